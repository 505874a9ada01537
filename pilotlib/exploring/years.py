"""One year or several, read from `data/raw` and ready to be explored: nothing has to be run before."""

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import chain
from operator import or_
from pathlib import Path
from typing import Any, NamedTuple, Never

import pandas as pd

from pilotlib.checking import stop_on_errors
from pilotlib.checking.year import CleanedYear, clean_year
from pilotlib.chinese import use_chinese_font
from pilotlib.cleaning import repairs
from pilotlib.cleaning.rows import name_columns
from pilotlib.columns import title_of
from pilotlib.errors import PilotError, UnknownNameError, suggestion
from pilotlib.project import find_project, newest_year, years_in
from pilotlib.reading import YearInputs
from pilotlib.reading.headers import header_of
from pilotlib.report import year_tables
from pilotlib.report.shown import Table, shown, titles_of
from pilotlib.report.told import Told, in_words, names_of
from pilotlib.statistics import STATISTICS, Tables, compare_counts, recount, summarise
from pilotlib.statistics.tables import college_of_major
from pilotlib.vocabulary import in_round_order

_OF_A_STATISTIC = ("title", "unit", "definition", "formula", "caveats")


class Statistics(dict[str, pd.DataFrame]):
    """Statistics by name; one that is not there is a sentence and not a traceback."""

    def __missing__(self, name: str) -> Never:
        """Called where a name is not there.

        Raises:
            UnknownNameError: names the one that was nearly meant.
        """
        raise UnknownNameError(f"没有统计“{name}”。{suggestion(str(name), list(self))}")


class Years(NamedTuple):
    """The cleaned tables of one year or several; every table has a column `year`.

    `applications`: one row per application, `majors` joined and a `note` of what was found in the row;
    `majors`: one per application and major; `statistics`: the tables of the reference, by name; `changes`, `problems`,
    `set_aside`: what cleaning and checking logged; `cells`: the rows of the files as received; `colleges`: major →
    college.
    """

    years: tuple[int, ...]
    applications: pd.DataFrame
    majors: pd.DataFrame
    statistics: Statistics
    changes: pd.DataFrame
    problems: pd.DataFrame
    set_aside: pd.DataFrame
    cells: pd.DataFrame
    indicators: pd.DataFrame
    colleges: dict[str, str]

    def __repr__(self) -> str:
        """What is here, in two lines."""
        years = "、".join(f"{year}年" for year in self.years)
        counts = f"申报{len(self.applications)}行，更改记录{len(self.changes)}条，问题{len(self.problems)}条"
        return f"{years}：{counts}，统计{len(self.statistics)}项\n可用：.{'、.'.join(self._fields[1:7])}"


class _Loaded(NamedTuple):
    """A year: what its statistics are computed from, its told tables by name, and its cells as received."""

    year: int
    tables: Tables
    told: dict[str, Told]
    cells: pd.DataFrame


def load_year(year: int | None = None, *, chinese: bool = False, project: Path | str | None = None) -> Years:
    """The cleaned tables and the statistics of a year, computed from its raw files as they are now.

    Args:
        year: The year; the newest by default.
        chinese: Whether the cleaned tables have Chinese column titles; statistics keep their names, which figures use.
        project: The project's folder, by default the one above the working directory.

    Raises:
        PilotError: no such year, or its table holds errors; the message names each.

    Example:
        load_year().applications.query("places_approved < places_applied")
    """
    folder = find_project(project)
    years = load_years([newest_year(folder)] if year is None else [year], project=folder)
    cleaned = ("applications", "majors", "changes", "problems", "set_aside") if chinese else ()
    translated: dict[str, Any] = {name: in_chinese(getattr(years, name)) for name in cleaned}
    return years._replace(**translated)


def load_years(years: Iterable[int] | None = None, *, project: Path | str | None = None) -> Years:
    """The cleaned tables and the statistics of several years, one below the other; of all years by default.

    Raises:
        PilotError: as `load_year`, or no year at all.
    """
    use_chinese_font()
    folder = find_project(project)
    asked = set(years if years is not None else years_in(folder))
    strange = [year for year in asked if not str(year).isdecimal()]
    if strange:
        raise PilotError(f"“{strange[0]}”不是年度。请写四位数字。")
    loaded = [_load(folder, number) for number in sorted(map(int, asked)) or [newest_year(folder)]]
    tables = {name: _shown(loaded, name) for name in loaded[0].told}
    return Years(
        years=tuple(one.year for one in loaded),
        statistics=Statistics({name: tables.pop(name) for name in STATISTICS}),
        cells=pd.concat([_with_year(one.cells, one.year) for one in loaded], ignore_index=True),
        indicators=pd.concat([_with_year(one.tables.indicators, one.year) for one in loaded], ignore_index=True),
        colleges=reduce(or_, [one.tables.colleges for one in loaded]),
        **tables,
    )


def in_chinese(table: pd.DataFrame) -> pd.DataFrame:
    """The table with Chinese titles for its columns and words for our names in its cells.

    Example:
        in_chinese(load_year().applications)[["证书名称", "批准总培训人数"]]
    """
    return in_words(table).rename(columns=titles_of(names_of(table)))


def trace_row(years: Years, row: int, year: int | None = None) -> Table:
    """One row of the table as received, cell by cell: what stood there, what is used, and why it is not the same.

    Args:
        years: What `load_year` or `load_years` returns.
        row: The row, as `source_row` counts them.
        year: Which year's; needed where there are several.

    Raises:
        PilotError: no such row.
    """
    year = years.years[-1] if year is None else year
    cells, changes, problems, aside = (
        pd.DataFrame(table)[(table["year"] == year) & (table["source_row"] == row)]
        for table in (years.cells, years.changes, years.problems, years.set_aside)
    )
    if cells.empty:
        known = years.cells.loc[years.cells["year"] == year, "source_row"]
        raise PilotError(f"{year}年的申报表没有第{row}行：行次从{known.min()}到{known.max()}。")
    columns = in_words(repairs(changes)).groupby("column", sort=False)
    changed = columns.agg(after=("after", "last"), rule=("rule", _each_once), reason=("reason", _each_once))
    messages = in_words(problems).groupby("column", sort=False)["message"].agg(_each_once)
    traced = cells[["column", "before"]].set_index("column").join(changed).join(messages)
    traced = traced.assign(after=traced["after"].fillna(traced["before"])).fillna("").reset_index()
    if len(aside):
        traced = traced.assign(after="", rule="剔除的行", reason=aside["reason"].iloc[0])
    definition = "“原值”是文件中的内容，“现值”是统计所用的内容。"
    told = Told("traced", f"{year}年申报表第{row}行", definition, "格", f"{year}年申报明细表", traced)
    return shown(told, year=year)


def reference() -> Table:
    """Every statistic there is: `statistic, title, unit, definition, formula, caveats`."""
    rows = [(name, *(getattr(entry, field) for field in _OF_A_STATISTIC)) for name, entry in STATISTICS.items()]
    data = pd.DataFrame(rows, columns=["statistic", *_OF_A_STATISTIC], dtype="str")
    definition = "每项统计的名称、单位、定义、算式与注意。"
    return shown(Told("reference", "统计一览", definition, "项", year_tables.OURS, data))


def _load(project: Path, year: int) -> _Loaded:
    of_year = clean_year(project, year)
    inputs, cleaned, problems = of_year
    stop_on_errors(problems, inputs.file)
    tables = tables_to_count(of_year)
    statistics = summarise(tables)
    compare_counts(statistics, recount(inputs.cells, inputs.corrections, inputs.origin.continued))
    source = f"{year}年申报明细表（{inputs.file}）"
    applications = cleaned.applications
    logged = year_tables.logged_tables(cleaned, problems, source)
    told = logged["applications"]
    columns = list(told.shown)
    others = applications[applications.columns.difference(columns, sort=False)]
    every = {
        "applications": told._replace(data=told.data[columns].join(others)),
        "majors": year_tables.table_of("majors", cleaned.majors, source),
        **year_tables.statistic_tables(statistics, source),
    }
    return _Loaded(year, tables, logged | every, _cells(inputs))


def tables_to_count(of_year: CleanedYear) -> Tables:
    """What the statistics of a year are computed from."""
    inputs, cleaned, _ = of_year
    return Tables(cleaned.applications, cleaned.majors, inputs.indicators, college_of_major(inputs.school))


def _shown(loaded: Sequence[_Loaded], name: str) -> Table:
    """A table of all years below each other; categories are those of all years, in their order."""
    tables = [_with_year(one.told[name].data, one.year) for one in loaded]
    words = [table.astype(dict.fromkeys(table.select_dtypes("category"), object)) for table in tables]
    joined = pd.concat(words, ignore_index=True)
    for column in joined.columns:
        parts = [table[column] for table in tables if column in table]
        if all(isinstance(part.dtype, pd.CategoricalDtype) for part in parts):
            known = list(dict.fromkeys(chain.from_iterable(part.cat.categories for part in parts)))
            known = in_round_order(known) if column == "application_round" else known
            joined[column] = pd.Categorical(joined[column], known, ordered=parts[0].cat.ordered)
    year = loaded[0].year if len(loaded) == 1 else None
    marks = _marks(loaded) if name == "applications" else None
    return shown(loaded[0].told[name]._replace(data=joined), year=year, marks=marks)


def _marks(loaded: Sequence[_Loaded]) -> dict[str, dict[str, str]]:
    """The repaired cells of the applications: column → "year/row" → what was there and why it was changed."""
    marks: dict[str, dict[str, str]] = {}
    for one in loaded:
        told, log = one.told["applications"], repairs(one.told["changes"].data)
        cells = [log["column"], f"{one.year}/" + log["source_row"].astype(str)]
        why = ("原值：" + log["before"] + "。" + log["reason"]).groupby(cells).agg("；".join).to_dict()
        rows = f"{one.year}/" + told.data["source_row"].astype(str)
        repaired = pd.DataFrame() if told.marks is None else told.marks
        for name in [name for name in names_of(repaired) if repaired[name].any()]:
            cell = "certificate" if name == "level" else name
            marks.setdefault(name, {}).update({row: why.get((cell, row), "") for row in rows[repaired[name]]})
    return marks


def _with_year(table: pd.DataFrame, year: int) -> pd.DataFrame:
    """The table with the year it is of as its first column."""
    others = table.drop(columns="year", errors="ignore")
    return others.assign(year=year)[["year", *others.columns]]


def _cells(inputs: YearInputs) -> pd.DataFrame:
    """Every cell of the table as received: `source_row, column` (its Chinese title), `before`."""
    header = header_of(inputs.cells, inputs.file, inputs.corrections)
    table = name_columns(inputs.cells, header, inputs.file).rename(columns=title_of).reset_index()
    return table[table["source_row"] > 0].melt("source_row", var_name="column", value_name="before")


def _each_once(texts: pd.Series) -> str:
    return "；".join(dict.fromkeys(texts))
