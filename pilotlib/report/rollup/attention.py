"""What a reader of the roll-up should look at, each kind a list under a line that counts it."""

from html import escape
from typing import NamedTuple

import pandas as pd

from pilotlib.columns import title_of
from pilotlib.report.parts import DOUBTS_SHOWN
from pilotlib.report.prose import NOT_GIVEN, number, visible
from pilotlib.report.rollup import RollUp
from pilotlib.report.rollup import sentences as told
from pilotlib.report.rollup.spread import HIGH

_FAILED, _SCHOOLS, _DIFFERENT = "未完成的学校", "各学校", "学校之间的差异"  # sections of the page


def failed(rollup: RollUp) -> str:
    """Schools that could not be done: the first reason of each, and where it is."""
    groups = rollup.failures.groupby(["school", "year"], sort=False, dropna=False)
    first = rollup.failures.assign(reasons=groups["message"].transform("size")).drop_duplicates(["school", "year"])
    items = [
        f"{_of_year(rollup, row.school, row.year)}：{row.message.rstrip('。')}{_place(row)}"
        f"{f'；另有{number(row.reasons - 1)}处' if row.reasons > 1 else ''}。"
        for row in first.head(DOUBTS_SHOWN).itertuples(index=False)
    ]
    return _listed(f"{_schools(first)}所学校未完成", len(first), items, _FAILED)


def bounded(rollup: RollUp) -> str:
    """Schools of which a count is missing."""
    rows = rollup.by_school[rollup.by_school["lower_bound"]]
    items = [
        f"{_of_year(rollup, row.school, row.year)}：批准{told.at_least(row.places_approved, True)}。"
        for row in rows.head(DOUBTS_SHOWN).itertuples(index=False)
    ]
    return _listed(f"{_schools(rows)}所学校的人数有{NOT_GIVEN}的，合计只是下限", len(rows), items, _SCHOOLS)


def warned(rollup: RollUp) -> str:
    """Schools whose tables have warnings, those with the most first."""
    rows = rollup.by_school[rollup.by_school["warnings"].fillna(0) > 0]
    rows = rows.sort_values(["warnings", "school", "year"], ascending=[False, True, False], kind="stable")
    items = [
        f"{_of_year(rollup, row.school, row.year)}：{number(row.warnings)}处。"
        for row in rows.head(DOUBTS_SHOWN).itertuples(index=False)
    ]
    total = number(rows["warnings"].sum())
    return _listed(f"{_schools(rows)}所学校的申报表有警示，共{total}处，多的在前", len(rows), items, _SCHOOLS)


def different(rollup: RollUp) -> str:
    """Schools outside the fences, by which measure and how far."""
    items = [
        f"{_of_year(rollup, row.school, row.year)}：{title_of(row.measure)}{number(row.value)}{row.unit}，{row.side}"
        f"（{number(row.upper_fence if row.side == HIGH else row.lower_fence)}{row.unit}）。"
        for row in rollup.outliers.head(DOUBTS_SHOWN).itertuples(index=False)
    ]
    return _listed(f"{number(len(rollup.outliers))}个数与多数学校不同", len(rollup.outliers), items, _DIFFERENT)


LOOK_AT = (failed, bounded, warned, different)


def _listed(title: str, count: int, items: list[str], section: str) -> str:
    """The first of `count` items under a line that says so, with a link to the section that holds them all."""
    if not count:
        return ""
    rest = f"，这里列出前{len(items)}个" if count > len(items) else ""
    lines = "".join(f"<li>{escape(visible(item))}</li>" for item in items)
    return f'<p>{escape(title)}{rest}，详见<a class="section">{section}</a>。</p><ul>{lines}</ul>'


def _of_year(rollup: RollUp, name: str, year) -> str:
    """A school as it is named, with its year where there is more than one."""
    return told.name_of(name) + (f"（{year}年）" if len(rollup.years) > 1 and pd.notna(year) else "")


def _schools(rows: pd.DataFrame) -> str:
    return number(rows["school"].nunique())


def _place(failure: NamedTuple) -> str:
    """Where a failure is, as far as its message does not say so."""
    column = title_of(failure.column)
    parts = [f"文件第{failure.place}行"] if pd.notna(failure.place) else []
    parts += [column] if column and column not in failure.message else []
    return f"（{'，'.join(parts)}）" if parts else ""
