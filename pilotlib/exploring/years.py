"""One year or several, read from `data/raw` and ready to be explored, and drafts held against a year."""

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.checking import CleanedYear, clean_inputs, stop_on_errors
from pilotlib.chinese import use_chinese_font
from pilotlib.claims import check_claims, not_of_the_year, years_named
from pilotlib.claims.facts import NO_FACTS, facts_of
from pilotlib.cleaning import repairs
from pilotlib.cleaning.rows import name_columns
from pilotlib.columns import title_of
from pilotlib.errors import PilotError, UnknownNameError, suggestion
from pilotlib.project import find_project, year_of, years_in
from pilotlib.reading import read_inputs
from pilotlib.reading.documents import PROSE_SUFFIXES, Passage, passages_of, read_document
from pilotlib.reading.headers import header_of
from pilotlib.report import year_tables
from pilotlib.report.checked import claims_table
from pilotlib.report.shown import Table, shown, titles_of, with_names
from pilotlib.report.told import Told, aligned, in_words, names_of
from pilotlib.statistics import STATISTICS, Tables, compare_counts, recount, summarise
from pilotlib.statistics.places import college_of_major, results_of
from pilotlib.vocabulary import in_round_order


class Statistics(dict[str, pd.DataFrame]):
    """Statistics by name and by Chinese title, in Chinese where that is asked for; one that is not there is a sentence
    and not a traceback."""

    def __init__(self, tables: dict[str, pd.DataFrame], *, chinese: bool = False) -> None:
        """Tables by name."""
        super().__init__(tables)
        self.chinese = chinese

    def __getitem__(self, name: str) -> pd.DataFrame:
        """The table of a name or title; UnknownNameError for another, which names the one that was nearly meant."""
        known = {entry.title: known for known, entry in STATISTICS.items()}
        if (name := known.get(name, name)) not in self:
            raise UnknownNameError(f"没有统计“{name}”。{suggestion(str(name), [*self, *known])}")
        table = super().__getitem__(name)
        return in_chinese(table) if self.chinese else table

    def __repr__(self) -> str:
        """What there is, a line each: Chinese title, name."""
        titles = [STATISTICS[name].title for name in self]
        return "\n".join(aligned([(False, ["统计", *titles]), (False, ["名称", *self])]))

    def _ipython_key_completions_(self) -> list[str]:
        return [*self, *(STATISTICS[name].title for name in self)]


class Years(NamedTuple):
    """The cleaned tables of one year or several; every table has a column `year`.

    `applications`: one row per application, `majors` joined and a `note` of what was found in the row;
    `majors`: one per application and major; `results`: one per row of a table of results, its majors together, without
    the columns in which nothing stands, no row where there is no such table; `statistics`: the tables of the
    reference, by name; `changes`, `problems`, `set_aside`: what cleaning and checking logged; `cells`: `source_row,
    column` (its title) and text of every cell as received.
    """

    years: tuple[int, ...]
    applications: pd.DataFrame
    majors: pd.DataFrame
    results: pd.DataFrame
    statistics: Statistics
    changes: pd.DataFrame
    problems: pd.DataFrame
    set_aside: pd.DataFrame
    cells: pd.DataFrame

    def __repr__(self) -> str:
        """What is here, in two lines."""
        years = "、".join(f"{year}年" for year in self.years)
        counts = f"申报{len(self.applications)}行，更改记录{len(self.changes)}条，问题{len(self.problems)}条"
        return f"{years}：{counts}，统计{len(self.statistics)}项\n可用：.{'、.'.join(self._fields[1:8])}"


def load_year(year: int | str | None = None, *, chinese: bool = False, project: Path | str | None = None) -> Years:
    """The cleaned tables and the statistics of a year, computed from its raw files as they are now.

    Args:
        year: The year; the newest by default.
        chinese: Whether tables have Chinese titles and words; else their columns go by their Chinese titles too.
        project: The project's folder, by default the one above the working directory.

    Raises:
        PilotError: no such year, or its table holds errors; the message names each.

    Example:
        load_year().applications.query("places_approved < places_applied")
    """
    folder = find_project(project)
    years = load_years([year_of(folder, year)], project=folder)
    cleaned = ("applications", "majors", "results", "changes", "problems", "set_aside") if chinese else ()
    translated: dict[str, Any] = {name: in_chinese(getattr(years, name)) for name in cleaned}
    return years._replace(statistics=Statistics(years.statistics, chinese=chinese), **translated)


def load_years(years: Iterable[int | str] | int | str | None = None, *, project: Path | str | None = None) -> Years:
    """The cleaned tables and the statistics of several years, one below the other; of all years by default.

    PilotError as in `load_year`, or where there is no year at all.
    """
    use_chinese_font()
    folder = find_project(project)
    years = [years] if isinstance(years, int | str) else years
    asked = years_in(folder) if years is None else years
    numbers = sorted({year_of(folder, year) for year in asked}) or [year_of(folder)]
    loaded = [_load(folder, number) for number in numbers]
    year = numbers[0] if len(numbers) == 1 else None
    tables = {}
    below = {name: _below([of_year[name].data for of_year in loaded], numbers) for name in loaded[0]}
    repaired = pd.concat([of_year["applications"].marks for of_year in loaded], ignore_index=True)
    for name, told in loaded[0].items():
        marks = _marks(below["applications"], repaired, below["changes"]) if name == "applications" else None
        sources = dict.fromkeys(filter(None, (of_year[name].source for of_year in loaded)))
        tables[name] = shown(told._replace(data=below[name], source="；".join(sources)), year=year, marks=marks)
    results = tables.pop("results_rows")
    results = results.dropna(axis="columns", how="all") if len(results) else results
    statistics = Statistics({name: tables.pop(name) for name in STATISTICS})
    if year:  # which would be a measure like others where a statistic is drawn
        statistics = Statistics({name: table.drop(columns="year") for name, table in statistics.items()})
    return Years(tuple(numbers), statistics=statistics, results=results, **tables)


def in_chinese(table: pd.DataFrame) -> pd.DataFrame:
    """The table with Chinese titles for its columns and words for our names in its cells.

    Example:
        in_chinese(load_year().applications)[["证书名称", "批准总培训人数"]]
    """
    return in_words(table).rename(columns=titles_of(names_of(table)))


def trace_row(years: Years, row: int | str, year: int | None = None) -> Table:
    """One row of the table as received, cell by cell: what stood there, what is used, and why it differs.

    `years` are as `load_year` or `load_years` returns them, `row` is one as `source_row` counts them; where there
    are several years, `year` says whose. PilotError: there is no such row.
    """
    year = years.years[-1] if year is None else year
    tables = map(with_names, (years.cells, years.changes, years.problems, years.set_aside))
    cells, changes, problems, aside = (
        pd.DataFrame(table)[(table["year"] == year) & (table["source_row"].astype(str) == str(row))] for table in tables
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
    data = pd.DataFrame(list(STATISTICS.values())).drop(columns="function")
    data.insert(0, "statistic", list(STATISTICS))
    definition = "每项统计的名称、单位、定义、算式与注意。"
    return shown(Told("reference", "统计一览", definition, "项", year_tables.OURS, data))


def check_draft(draft: Path | str, year: int | str | None = None, *, project: Path | str | None = None) -> Table:
    """Every number of a draft held against a year's data, those that disagree first.

    `draft` is a file (md, txt, docx, html, xlsx) or the text itself, `year` by default that of its title, else the
    newest. Columns: `entry, state, number, derived, line, sentence, explanation, expected,
    difference, statistic`. PilotError: there is no such file, or it cannot be read.
    """
    is_file = isinstance(draft, Path) or draft.strip().endswith(PROSE_SUFFIXES)
    passages = read_document(Path(draft)) if is_file else passages_of(str(draft))
    folder = find_project(project)
    claims, note = claims_in(passages, folder, year)
    told = claims_table(claims, f"{year_of(folder, year)}年申报明细表")
    definition = f"“相差”是所写的数减去数据中的数。{note}"
    return shown(told._replace(title="草稿中的数", definition=definition))


def claims_in(
    passages: list[Passage], project: Path | None, year: int | str | None = None, school: str = ""
) -> tuple[pd.DataFrame, str]:
    """Every number of a document judged by itself and against a year, by default as in `check_draft`.

    `school` is one more name of this school. Returns the claims, as `claims.check_claims` does, and why no year
    was asked, in a sentence ("" if one was).
    """
    if project is None or (year is None and not years_in(project)):
        return check_claims(passages, NO_FACTS), "没有年度数据，只按文字自身核对。"
    named = [number for number in years_named(passages) if number in years_in(project)] if year is None else []
    (inputs, *_), tables, statistics = _counted(project, year_of(project, named[-1] if named else year))
    names = [*inputs.school.get("short_names", ()), school]
    facts = facts_of(tables, statistics, inputs.school | {"short_names": names})
    other = not_of_the_year(passages, facts, any_year=year is not None)
    note = f"标题说的是“{other}”，只按文字自身核对；如要与数据核对，请用 --year 或 --school 指明。" if other else ""
    ours = year is not None or bool(school)
    return check_claims(passages, NO_FACTS if other else facts, ours=ours), note


def _load(project: Path, number: int) -> dict[str, Told]:
    """The tables of a year by name."""
    (inputs, cleaned, problems, _), tables, statistics = _counted(project, number)
    given = [table for table in (inputs, inputs.results) if table]
    counts = [recount(table.cells, table.corrections, table.origin.aside, inputs.school) for table in given]
    compare_counts(statistics, *counts)
    source, results = f"{number}年申报明细表", f"{number}年考核结果表" if inputs.results else ""
    own = "学校提供的表外指标" if len(inputs.indicators) else ""
    applications = cleaned.applications
    logged = year_tables.logged_tables(cleaned, problems, source)
    told = logged["applications"]
    columns = list(told.shown)
    others = applications[applications.columns.difference(columns, sort=False)]
    header = header_of(inputs.cells, inputs.file, inputs.corrections)
    cells = name_columns(inputs.cells, header, inputs.file).rename(columns=title_of).reset_index()
    cells = cells[cells["source_row"] > 0].melt("source_row", var_name="column", value_name="before")
    return logged | {
        "applications": told._replace(data=told.data[columns].join(others)),
        "majors": year_tables.table_of("majors", cleaned.majors, source),
        "cells": year_tables.table_of("cells", cells, source),
        "results_rows": Told("results_rows", "考核结果明细", "考核结果表的各行。", "人次、%", results, tables.results),
        **year_tables.statistic_tables(statistics, source, own, results),
    }


def _counted(project: Path, number: int) -> tuple[CleanedYear, Tables, dict[str, pd.DataFrame]]:
    """A year without errors, cleaned; what its statistics are computed from; and these by name."""
    of_year = clean_inputs(read_inputs(project, number))
    inputs, cleaned, problems, results = of_year
    try:
        stop_on_errors(problems, inputs.file, results)
    except PilotError as error:
        raise PilotError(f"data/raw/{number}：{error.sentence}\n其他年度请写明，如 load_year(年度)。") from None
    colleges = college_of_major(inputs.school)
    counted = results_of(results.cleaned if results else None, colleges)
    tables = Tables(cleaned.applications, cleaned.majors, inputs.indicators, colleges, counted)
    return of_year, tables, summarise(tables)


def _below(tables: Sequence[pd.DataFrame], years: Sequence[int]) -> pd.DataFrame:
    """The tables of all years below each other, under `year`; categories are those of all, in their order. A table
    without rows says nothing of what its columns hold."""
    without = dict(zip(years, (table.drop(columns="year", errors="ignore") for table in tables), strict=True))
    without = {year: table for year, table in without.items() if len(table)} or without
    joined = pd.concat(without, names=["year"]).reset_index("year").reset_index(drop=True)
    for column in joined.columns:
        parts = [table[column] for table in without.values() if column in table]
        if parts and all(isinstance(part.dtype, pd.CategoricalDtype) for part in parts):
            known = list(dict.fromkeys(chain.from_iterable(part.cat.categories for part in parts)))
            known = in_round_order(known) if column == "application_round" else known
            joined[column] = pd.Categorical(joined[column], known, ordered=parts[0].cat.ordered)
    return joined


def _marks(applications: pd.DataFrame, marked: pd.DataFrame, changes: pd.DataFrame) -> dict[str, Any]:
    """The repaired cells of the applications: column → "year/row" → what was there and why it was changed."""
    log, marked = repairs(changes), marked.fillna(False).astype(bool)
    rows, changed = (part["year"].astype(str) + "/" + part["source_row"].astype(str) for part in (applications, log))
    why = ("原值：" + log["before"] + "。" + log["reason"]).groupby([log["column"], changed]).agg("；".join)
    return {
        name: why.xs("certificate" if name == "level" else name).reindex(rows[marked[name]]).to_dict()
        for name in names_of(marked.loc[:, marked.any()])
    }


def _each_once(texts: pd.Series) -> str:
    return "；".join(dict.fromkeys(texts))
