"""What a reader of the roll-up should look at, each kind a list under a line that counts it."""

from html import escape

import pandas as pd

from pilotlib.report.parts import DOUBTS_SHOWN
from pilotlib.report.prose import NOT_GIVEN, number, visible
from pilotlib.report.rollup import RollUp
from pilotlib.report.rollup import sentences as told
from pilotlib.vocabulary import title_of

_FAILED, _SCHOOLS, _DIFFERENT = "未完成的学校", "各学校", "学校之间的差异"  # sections of the page


def failed(rollup: RollUp) -> str:
    """Schools that could not be done: the first reason of each, and where it is."""
    groups = rollup.failures.groupby(["school", "year"], sort=False, dropna=False)
    items = []
    for (school, year), rows in groups:
        first = rows.iloc[0]
        place = _place(first)
        more = f"；另有{number(len(rows) - 1)}处" if len(rows) > 1 else ""
        items.append(f"{_of_year(rollup, school, year)}：{first['message'].rstrip('。')}{place}{more}。")
    return _listed(f"{_schools(rollup.failures)}所学校未完成", items, _FAILED)


def bounded(rollup: RollUp) -> str:
    """Schools of which a count is missing."""
    rows = rollup.by_school[rollup.by_school["lower_bound"]]
    items = [
        f"{_of_year(rollup, school, year)}：批准{told.at_least(places, True)}。"
        for school, year, places in rows[["school", "year", "places_approved"]].itertuples(index=False)
    ]
    return _listed(f"{_schools(rows)}所学校的人数有{NOT_GIVEN}的，合计只是下限", items, _SCHOOLS)


def warned(rollup: RollUp) -> str:
    """Schools whose tables have warnings, those with the most first."""
    rows = rollup.by_school[rollup.by_school["warnings"].fillna(0) > 0]
    rows = rows.sort_values(["warnings", "school", "year"], ascending=[False, True, False], kind="stable")
    items = [
        f"{_of_year(rollup, school, year)}：{number(count)}处。"
        for school, year, count in rows[["school", "year", "warnings"]].itertuples(index=False)
    ]
    total = number(rows["warnings"].sum())
    return _listed(f"{_schools(rows)}所学校的申报表有警示，共{total}处，多的在前", items, _SCHOOLS)


def different(rollup: RollUp) -> str:
    """Schools outside the fences, by which measure and how far."""
    items = [
        f"{_of_year(rollup, row.school, row.year)}：{title_of(row.measure)}{number(row.value)}{row.unit}，{row.side}"
        f"（{number(row.upper_fence if row.side.startswith('高') else row.lower_fence)}{row.unit}）。"
        for row in rollup.outliers.itertuples(index=False)
    ]
    return _listed(f"{number(len(items))}个数与多数学校不同", items, _DIFFERENT)


LOOK_AT = (failed, bounded, warned, different)


def _listed(title: str, items: list[str], section: str) -> str:
    """Some sentences under a line that says how many there are, with a link to the section that holds them all."""
    if not items:
        return ""
    rest = f"，这里列出前{DOUBTS_SHOWN}个" if len(items) > DOUBTS_SHOWN else ""
    lines = "".join(f"<li>{escape(visible(item))}</li>" for item in items[:DOUBTS_SHOWN])
    return f'<p>{escape(title)}{rest}，详见<a class="section">{section}</a>。</p><ul>{lines}</ul>'


def _of_year(rollup: RollUp, name: str, year) -> str:
    """A school as it is named, with its year where there is more than one."""
    return told.name_of(name) + (f"（{year}年）" if len(rollup.years) > 1 and pd.notna(year) else "")


def _schools(rows: pd.DataFrame) -> str:
    return number(rows["school"].nunique())


def _place(failure: pd.Series) -> str:
    """Where a failure is, as far as its message does not say so."""
    column = title_of(failure["column"])
    parts = [f"文件第{failure['place']}行"] if pd.notna(failure["place"]) else []
    parts += [column] if column and column not in failure["message"] else []
    return f"（{'，'.join(parts)}）" if parts else ""
