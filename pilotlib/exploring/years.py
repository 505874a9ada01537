"""One year or several, read from `data/raw` and ready to be explored: nothing has to be run before."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pilotlib.checking import stop_on_errors
from pilotlib.checking.year import CleanedYear, clean_year
from pilotlib.chinese import use_chinese_font
from pilotlib.cleaning import repairs
from pilotlib.cleaning.corrections import correct_header, ledger_rows
from pilotlib.cleaning.rows import name_columns
from pilotlib.columns import title_of
from pilotlib.errors import PilotError, UnknownNameError, suggestion
from pilotlib.project import find_project, newest_year, years_in
from pilotlib.reading import YearInputs
from pilotlib.reading.headers import header_of
from pilotlib.report.shown import Table, renamed, shown, together
from pilotlib.report.told import Told, in_words
from pilotlib.report.year_tables import (
    applications_table,
    changes_table,
    majors_table,
    problems_table,
    set_aside_table,
    statistic_tables,
)
from pilotlib.statistics import STATISTICS, Tables, college_of_major, compare_counts, recount, summarise
from pilotlib.vocabulary import in_round_order

# The tables of a year that carry what cleaning and checking made.
_TABLES = ("applications", "majors", "changes", "problems", "set_aside")


class Statistics(dict):
    """Statistics by name; one that is not there is a sentence and not a traceback."""

    def __missing__(self, name: str):
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
    applications: Table
    majors: Table
    statistics: Statistics
    changes: Table
    problems: Table
    set_aside: Table
    cells: pd.DataFrame
    indicators: pd.DataFrame
    colleges: dict[str, str]

    def __repr__(self) -> str:
        """What is here, in two lines."""
        years = "、".join(f"{year}年" for year in self.years)
        counts = f"申报{len(self.applications)}行，更改记录{len(self.changes)}条，问题{len(self.problems)}条"
        return f"{years}：{counts}，统计{len(self.statistics)}项\n可用：.{'、.'.join(self._fields[1:7])}"


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
    if not chinese:
        return years
    tables = {name: in_chinese(getattr(years, name)) for name in _TABLES}
    return years._replace(**tables)


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
    numbers = sorted(map(int, asked)) or [newest_year(folder)]
    loaded = [_load(folder, number) for number in numbers]
    if len(loaded) == 1:
        return loaded[0]
    together = {name: _below_each_other([getattr(one, name) for one in loaded]) for name in (*_TABLES, "cells")}
    statistics = {name: _below_each_other([one.statistics[name] for one in loaded]) for name in STATISTICS}
    indicators = _below_each_other([one.indicators for one in loaded])
    colleges = {major: college for one in loaded for major, college in one.colleges.items()}
    return Years(
        tuple(numbers), **together, statistics=Statistics(statistics), indicators=indicators, colleges=colleges
    )


def in_chinese(table: pd.DataFrame) -> pd.DataFrame:
    """The table with Chinese titles for its columns and words for our names in its cells.

    Example:
        in_chinese(load_year().applications)[["证书名称", "批准总培训人数"]]
    """
    titles = pd.Series({name: title_of(name) for name in table.columns})
    titles = titles.where(~titles.duplicated(keep=False), titles + "（" + titles.index + "）")
    return renamed(in_words(table).rename(columns=titles), table, dict(zip(titles, titles.index, strict=True)))


def computed(of_year: CleanedYear) -> tuple[Tables, dict[str, pd.DataFrame]]:
    """What the statistics of a year are computed from, and the statistics by name."""
    inputs, cleaned, _ = of_year
    tables = Tables(cleaned.applications, cleaned.majors, inputs.indicators, college_of_major(inputs.school))
    return tables, summarise(tables)


def _load(project: Path, year: int) -> Years:
    of_year = clean_year(project, year)
    inputs, cleaned, problems = of_year
    stop_on_errors(problems, inputs.file)
    tables, statistics = computed(of_year)
    compare_counts(statistics, recount(inputs.cells, inputs.corrections, inputs.origin.continued))
    source = f"{year}年申报明细表（{inputs.file}）"
    applications = _applications(of_year, source)
    told = {
        "majors": majors_table(cleaned.majors, source),
        "changes": changes_table(cleaned.changes, source),
        "problems": problems_table(problems, source),
        "set_aside": set_aside_table(cleaned.set_aside, len(cleaned.applications), source),
    }
    marks = _marks(applications, cleaned.changes, year)
    return Years(
        (year,),
        shown(_of_year(applications, year), year=year, marks=marks),
        **{name: shown(_of_year(table, year), year=year) for name, table in told.items()},
        statistics=Statistics(
            {
                name: shown(_of_year(table, year), year=year)
                for name, table in statistic_tables(statistics, source).items()
            }
        ),
        cells=_with_year(_cells(inputs), year),
        indicators=_with_year(inputs.indicators, year),
        colleges=tables.colleges,
    )


def _applications(of_year: CleanedYear, source: str) -> Told:
    """The applications as the report tells them, what is asked most first, with every other column that they have."""
    cleaned = of_year.cleaned
    told = applications_table(cleaned.applications, cleaned.majors, cleaned.changes, of_year.problems, source)
    others = cleaned.applications.drop(columns=[*told.data.columns, "year"], errors="ignore")
    return told._replace(data=told.data.join(others)[[*told.shown, *_others(told, others)]])


def _others(told: Told, others: pd.DataFrame) -> list[str]:
    return [*told.data.columns.drop(list(told.shown)), *others.columns]


def _marks(told: Told, changes: pd.DataFrame, year: int) -> dict[str, dict[str, str]]:
    """The repaired cells of the applications: column → "year/row" → what was there and why it was changed."""
    log = repairs(changes)
    cells = [log["column"], f"{year}/" + log["source_row"].astype(str)]
    why = ("原值：" + log["before"] + "。" + log["reason"]).groupby(cells).agg("；".join)
    rows = f"{year}/" + told.data["source_row"].astype(str)
    return {
        name: {row: why.get(("certificate" if name == "level" else name, row), "") for row in rows[changed]}
        for name, changed in (told.marks if told.marks is not None else pd.DataFrame()).items()
        if changed.any()
    }


def _of_year(told: Told, year: int) -> Told:
    return told._replace(data=_with_year(told.data, year))


def _with_year(table: pd.DataFrame, year: int) -> pd.DataFrame:
    """The table with the year it is of as its first column."""
    others = table.drop(columns="year", errors="ignore")
    return others.assign(year=year)[["year", *others.columns]]


def _cells(inputs: YearInputs) -> pd.DataFrame:
    """Every cell of the table as received: `source_row, column` (its Chinese title), `before`."""
    corrections = inputs.corrections
    of_header = corrections[ledger_rows(corrections) == 0]
    header = correct_header(header_of(inputs.cells, inputs.file), of_header, inputs.file)
    table = name_columns(inputs.cells, header, inputs.file).rename(columns=title_of).reset_index()
    return table[table["source_row"] > 0].melt("source_row", var_name="column", value_name="before")


def _below_each_other(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Tables of several years as one; categories are those of all years, in their order."""
    joined = pd.concat(map(_plain, tables), ignore_index=True)
    for name in joined.columns:
        columns = [table[name] for table in tables if name in table]
        if all(isinstance(column.dtype, pd.CategoricalDtype) for column in columns):
            known = list(dict.fromkeys(word for column in columns for word in column.cat.categories))
            known = in_round_order(known) if name == "application_round" else known
            joined[name] = pd.Categorical(joined[name], known, ordered=columns[0].cat.ordered)
    return together(joined, tables)


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Without what it tells of itself; a category becomes its word."""
    words = {name: table[name].astype(object) for name in table.select_dtypes("category")}
    made = pd.DataFrame(table).assign(**words)
    made.attrs = {}
    return made
