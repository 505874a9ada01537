"""What a reader of the report over all schools should look at."""

from collections.abc import Hashable
from typing import Any

import pandas as pd

from pilotlib.columns import title_of
from pilotlib.province.sentences import name_of, years_of
from pilotlib.province.spread import HIGH
from pilotlib.report.books import Doubt
from pilotlib.report.prose import NOT_GIVEN, Statistics, number, people

_FAILED, _SCHOOLS, _DIFFERENT = "未完成的学校", "各学校", "学校之间的差异"  # sections of the page


def doubts_of(statistics: Statistics) -> list[Doubt]:
    """Schools that failed, of which a count is missing, whose tables have warnings, and that are unlike the others."""
    several = len(years_of(statistics)) > 1
    return [
        doubt for find in (_failed, _bounded, _warned, _different) if (doubt := find(statistics, several)).sentences
    ]


def _failed(statistics: Statistics, several: bool) -> Doubt:
    """Schools that could not be done: the first reason of each, and where it is."""
    failures = statistics["failures"]
    groups = failures.groupby(["school", "year"], sort=False, dropna=False)
    first = failures.assign(reasons=groups["message"].transform("size")).drop_duplicates(["school", "year"])
    sentences = [
        f"{_of_year(row['school'], row['year'], several)}：{row['message'].rstrip('。')}{_place(row)}{_more(row)}。"
        for row in first.to_dict("records")
    ]
    return Doubt(f"{_schools(first)}所学校未完成", sentences, _FAILED)


def _bounded(statistics: Statistics, several: bool) -> Doubt:
    """Schools of which a count is missing."""
    rows = statistics["by_school"][statistics["by_school"]["lower_bound"]]
    sentences = [
        f"{_of_year(row['school'], row['year'], several)}：批准{people(row['places_approved'], True)}。"
        for row in rows.to_dict("records")
    ]
    return Doubt(f"{_schools(rows)}所学校的人数有{NOT_GIVEN}的，合计只是下限", sentences, _SCHOOLS)


def _warned(statistics: Statistics, several: bool) -> Doubt:
    """Schools whose tables have warnings, those with the most first."""
    rows = statistics["by_school"][statistics["by_school"]["warnings"].fillna(0) > 0]
    rows = rows.sort_values(["warnings", "school", "year"], ascending=[False, True, False], kind="stable")
    sentences = [
        f"{_of_year(row['school'], row['year'], several)}：{number(row['warnings'])}处。"
        for row in rows.to_dict("records")
    ]
    total = number(rows["warnings"].sum())
    return Doubt(f"{_schools(rows)}所学校的申报表有警示，共{total}处，多的在前", sentences, _SCHOOLS)


def _different(statistics: Statistics, several: bool) -> Doubt:
    """Schools outside the fences, by which measure and how far."""
    rows = statistics["outliers"]
    fences = rows["upper_fence"].where(rows["side"] == HIGH, rows["lower_fence"])
    sentences = [
        f"{_of_year(row['school'], row['year'], several)}：{title_of(row['measure'])}{number(row['value'])}"
        f"{row['unit']}，{row['side']}（{number(row['fence'])}{row['unit']}）。"
        for row in rows.assign(fence=fences).to_dict("records")
    ]
    return Doubt(f"{number(len(rows))}个数与多数学校不同", sentences, _DIFFERENT)


def _of_year(name: str, year: Any, several: bool) -> str:
    """A school as it is named, with its year where there is more than one."""
    return name_of(name) + (f"（{year}年）" if several and pd.notna(year) else "")


def _more(failure: dict[Hashable, Any]) -> str:
    """How many more faults a school has than the one that is told."""
    return f"；另有{number(failure['reasons'] - 1)}处" if failure["reasons"] > 1 else ""


def _schools(rows: pd.DataFrame) -> str:
    return number(rows["school"].nunique())


def _place(failure: dict[Hashable, Any]) -> str:
    """Where a failure is, as far as its message does not say so."""
    column = title_of(failure["column"])
    parts = [f"文件第{failure['place']}行"] if pd.notna(failure["place"]) else []
    parts += [column] if column and column not in failure["message"] else []
    return f"（{'，'.join(parts)}）" if parts else ""
