"""One year or several, read from `data/raw` and ready to be explored: nothing has to be run before."""

from collections import Counter
from collections.abc import Iterable
from functools import reduce
from operator import or_
from pathlib import Path
from typing import NamedTuple, Never

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
from pilotlib.report.shown import renamed, shown, together
from pilotlib.report.told import Told, in_words, names_of
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
    return years._replace(
        applications=in_chinese(years.applications),
        majors=in_chinese(years.majors),
        changes=in_chinese(years.changes),
        problems=in_chinese(years.problems),
        set_aside=in_chinese(years.set_aside),
    )


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
    return Years(
        tuple(numbers),
        _below_each_other([one.applications for one in loaded]),
        _below_each_other([one.majors for one in loaded]),
        Statistics({name: _below_each_other([one.statistics[name] for one in loaded]) for name in STATISTICS}),
        _below_each_other([one.changes for one in loaded]),
        _below_each_other([one.problems for one in loaded]),
        _below_each_other([one.set_aside for one in loaded]),
        _below_each_other([one.cells for one in loaded]),
        _below_each_other([one.indicators for one in loaded]),
        reduce(or_, [one.colleges for one in loaded]),
    )


def in_chinese(table: pd.DataFrame) -> pd.DataFrame:
    """The table with Chinese titles for its columns and words for our names in its cells.

    Example:
        in_chinese(load_year().applications)[["证书名称", "批准总培训人数"]]
    """
    counts = Counter(map(title_of, names_of(table)))
    titles = {
        name: title_of(name) if counts[title_of(name)] == 1 else f"{title_of(name)}（{name}）"
        for name in names_of(table)
    }
    return renamed(in_words(table).rename(columns=titles), table, {title: name for name, title in titles.items()})


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
    told = applications_table(cleaned.applications, cleaned.majors, cleaned.changes, problems, source)
    marks = _marks(told, cleaned.changes, year)
    every = Statistics({name: _shown(table, year) for name, table in statistic_tables(statistics, source).items()})
    return Years(
        (year,),
        _shown(told._replace(data=_with_other_columns(told, cleaned.applications)), year, marks),
        _shown(majors_table(cleaned.majors, source), year),
        every,
        _shown(changes_table(cleaned.changes, source), year),
        _shown(problems_table(problems, source), year),
        _shown(set_aside_table(cleaned.set_aside, len(cleaned.applications), source), year),
        _with_year(_cells(inputs), year),
        _with_year(inputs.indicators, year),
        tables.colleges,
    )


def _shown(told: Told, year: int, marks: dict[str, dict[str, str]] | None = None) -> pd.DataFrame:
    return shown(told._replace(data=_with_year(told.data, year)), year=year, marks=marks)


def _with_other_columns(told: Told, applications: pd.DataFrame) -> pd.DataFrame:
    """The applications as the report shows them, with every other column that they have."""
    others = applications[applications.columns.difference(list(told.shown), sort=False)]
    return told.data[list(told.shown)].join(others)


def _marks(told: Told, changes: pd.DataFrame, year: int) -> dict[str, dict[str, str]]:
    """The repaired cells of the applications: column → "year/row" → what was there and why it was changed."""
    log = repairs(changes)
    cells = [log["column"], f"{year}/" + log["source_row"].astype(str)]
    why = ("原值：" + log["before"] + "。" + log["reason"]).groupby(cells).agg("；".join).to_dict()
    rows = f"{year}/" + told.data["source_row"].astype(str)
    repaired = pd.DataFrame() if told.marks is None else told.marks
    marks = {}
    for name in [name for name in names_of(repaired) if repaired[name].any()]:
        cell = "certificate" if name == "level" else name
        marks[name] = {row: why.get((cell, row), "") for row in rows[repaired[name]]}
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
    made = pd.DataFrame(table).astype(dict.fromkeys(table.select_dtypes("category"), object))
    made.attrs = {}
    return made
