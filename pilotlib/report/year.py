"""The book of a year: its tables, figures and sentences, and the school's own text with what became of its numbers."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from pilotlib import __version__
from pilotlib.claims import DISAGREES, check_narrative, count_states
from pilotlib.cleaning import number_of_changed_cells
from pilotlib.columns import COLUMNS
from pilotlib.reading import Processed, YearStatistics
from pilotlib.report.books import KINDS, Book, Doubt, Fact
from pilotlib.report.checked import claims_table
from pilotlib.report.comparison import breaks_table, comparison_sentences, comparison_tables
from pilotlib.report.figures import FIGURES, FigureEntry
from pilotlib.report.prose import brief, measured, number, year_paragraphs
from pilotlib.report.told import Told
from pilotlib.report.year_tables import (
    applications_table,
    changes_table,
    columns_table,
    definitions_table,
    figure_tables,
    problems_table,
    set_aside_table,
    statistic_tables,
)

KEY_MEASURES = (
    "applications",
    "certificates",
    "places_applied",
    "places_approved",
    "majors_count",
    "distinct_students",
    "places_per_100_students",
    "repeated_certificates",
)
Statistics = Mapping[str, pd.DataFrame]


def book_of(processed: Processed, statistics: Statistics, earlier: YearStatistics | None = None) -> Book:
    """The book of a year as cleaned and counted.

    `earlier` is a processed year with which it is compared.
    """
    year, school = processed.about["year"], processed.about["school"].get("name", "")
    source, given = f"{year}年申报明细表（{processed.about['file']}）", _given(processed)
    claims = check_narrative(processed, dict(statistics))
    cut = {name: brief(table) for name, table in statistics.items()}
    paragraphs = year_paragraphs(cut, year)
    tables = statistic_tables(statistics, source, given) | _logged_tables(processed, claims, source)
    if earlier:
        years = (earlier, YearStatistics(year, processed.about, dict(statistics)))
        tables |= _comparison_tables(years, f"{earlier.year}年与{year}年的申报明细表")
        paragraphs["comparison"] = "\n".join(comparison_sentences(years, earlier.year, year))
    changed, problems = number_of_changed_cells(processed.changes), len(processed.problems)
    return Book(
        file=KINDS["year"].file,
        title=(school, f"{year}年1+X证书制度试点年度报告"),
        subtitle=f"依据{source}；更改{number(changed)}个单元格，{number(problems)}处问题与提示逐条列出。",
        owner=school,
        source=f"{processed.about['file']}，SHA-256 {processed.about['sha256']}",
        tables=tables,
        figures=figures_of(cut, source, given),
        paragraphs=paragraphs,
        key_figures=key_figures(statistics["overview"]),
        doubts=_doubts(processed.problems, claims),
        provenance=_provenance(processed),
        facts=_facts(processed, statistics["overview"], claims),
        narrative=processed.narrative,
        claims=claims,
    )


def figures_of(statistics: Statistics, source: str, given: str = "") -> dict[str, FigureEntry]:
    """The figures of a year, of statistics whose names have been cut where they are too long."""
    tables = figure_tables(statistics, source, given)
    return {name: entry(tables) for name, entry in FIGURES.items()}


def key_figures(overview: pd.DataFrame) -> list[Fact]:
    """The year in a few figures."""
    notes = overview.set_index("measure")["note"]
    return [Fact(COLUMNS[name].title, measured(overview, name), notes[name]) for name in KEY_MEASURES]


def _given(processed: Processed) -> str:
    return "学校提供的indicators.csv" if len(processed.given_indicators) else "学校没有提供表外指标"


def _logged_tables(processed: Processed, claims: pd.DataFrame, source: str) -> dict[str, Told]:
    applications, changes, problems = processed.applications, processed.changes, processed.problems
    tables = (
        applications_table(applications, processed.majors, changes, problems, source),
        changes_table(changes, source),
        problems_table(problems, source),
        set_aside_table(processed.set_aside, len(applications), source),
        claims_table(claims, source),
        definitions_table(),
        columns_table(applications),
    )
    return {table.name: table for table in tables}


def _comparison_tables(years: tuple[YearStatistics, YearStatistics], source: str) -> dict[str, Told]:
    broken = breaks_table(years, source)
    before, after = (year.year for year in years)
    tables = comparison_tables(years, before, after, source)
    return ({"breaks": broken} if len(broken.data) else {}) | tables


def _doubts(problems: pd.DataFrame, claims: pd.DataFrame) -> list[Doubt]:
    """The claims that disagree, then the warnings."""
    # What is doubtful of the whole table comes before what is doubtful of a row.
    problems = problems.sort_values("source_row", na_position="first", kind="stable")
    wrong = claims.loc[claims["state"] == DISAGREES, "explanation"].drop_duplicates().tolist()
    warnings = problems.loc[problems["severity"] == "warning", "message"].drop_duplicates().tolist()
    return [
        Doubt(f"学校文字与数据不一致：{number(len(wrong))}处", wrong, "数据核对"),
        Doubt(f"申报表中的警示：{number(len(warnings))}处", warnings, "数据修正与存疑"),
    ]


def _provenance(processed: Processed) -> list[Fact]:
    """File, receipt, hash, and the version that computed the figures."""
    about, source = processed.about, processed.about["source"]
    return [
        Fact("申报表", about["file"]),
        Fact("来自", str(source.get("received_from", "未记录"))),
        Fact("收到日期", str(source.get("received_on", "未记录"))),
        Fact("SHA-256", about["sha256"]),
        Fact("申报行数", number(len(processed.applications))),
        Fact("人工更正", f"{number(len(processed.corrections))}条（corrections.csv）"),
        Fact("表外指标", f"{number(len(processed.given_indicators))}条（indicators.csv）"),
        Fact("计算程序", f"pilotlib {__version__}；申报数、证书数、申请与批准人数由两种方法各算一次，结果一致"),
    ]


def _facts(processed: Processed, overview: pd.DataFrame, claims: pd.DataFrame) -> dict[str, Any]:
    """What the manifest says of a year."""
    rows = {
        "rows_read": len(processed.applications) + len(processed.set_aside),
        "rows_set_aside": len(processed.set_aside),
        "cells_changed": number_of_changed_cells(processed.changes),
    }
    return {
        "year": processed.about["year"],
        "counts": rows | counts_of(overview),
        "claims": count_states(claims),
        "problems": json.loads(processed.problems.to_json(orient="records", force_ascii=False)),
    }


def counts_of(overview: pd.DataFrame) -> dict[str, float | None]:
    """The measures of an overview; what is not known is null."""
    values = zip(overview["measure"], overview["value"], strict=True)
    return {measure: None if pd.isna(value) else value for measure, value in values}
