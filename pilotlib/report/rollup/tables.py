"""The tables over all schools: as people read them on the page, and as data for the workbook."""

from html import escape
from pathlib import PurePosixPath
from urllib.parse import quote

import pandas as pd

from pilotlib.report.prose import NOT_GIVEN, number
from pilotlib.report.rollup import RollUp
from pilotlib.report.rollup.figures import entry_and_tables
from pilotlib.report.rollup.sentences import NOT_NAMED
from pilotlib.report.rollup.spread import FENCE, LEAST_SCHOOLS, TUKEY
from pilotlib.report.tables import cell_texts, html_table, numeric_columns

SCHOOLS_SHOWN = 3_000  # rows on the page; more make it slow on a phone
CERTIFICATES_SHOWN = 30
RULE = (
    f"离群按Tukey的界判定：低于下四分位数减{number(FENCE)}倍四分位距，或高于上四分位数加{number(FENCE)}倍四分位距"
    f"（{TUKEY}）；有该数的学校不足{LEAST_SCHOOLS}所时不判定。人数有缺失的学校不参加比较。"
)
_NAMES = ("school", "city", "application_round", "level", "certificate")
_SUMS = ("places_applied", "places_approved")
_SCHOOL_COLUMNS = (
    "school",
    "year",
    "city",
    "applications",
    "certificates",
    *_SUMS,
    "approval_rate",
    "distinct_students",
    "places_per_100_students",
    "warnings",
)


def schools_table(rollup: RollUp) -> str:
    """A row for each school and year, by places approved; a school's name leads to its report."""
    table = rollup.by_school
    shown = _of_years(rollup, table.head(SCHOOLS_SHOWN)[list(_SCHOOL_COLUMNS)])
    shown = shown if rollup.cities else shown.drop(columns="city")
    bounds = table["lower_bound"].head(SCHOOLS_SHOWN)
    texts = _texts(shown, bounds).map(escape)
    links = [link_to(report) for report in table["report"].head(SCHOOLS_SHOWN)]
    names = [f'<a href="{to}">{name}</a>' if to else name for to, name in zip(links, texts["school"], strict=True)]
    notes = "按批准总培训人数从多到少排列。" + ("点学校名称打开该校的报告。" if any(links) else "")
    if len(table) > SCHOOLS_SHOWN:
        notes += f"共{number(len(table))}行，页面列出前{number(SCHOOLS_SHOWN)}行，全部见本表的CSV与工作簿。"
    return html_table(
        texts.assign(school=names),
        "各学校",
        data=table,
        numeric=_figures(shown),
        notes=notes + _bounds_told(rollup),
        html=True,
        searchable=True,
    )


def link_to(report: str) -> str:
    """Where a school's report is, as it stands in a page: relative, percent-encoded; empty where it is no such place.

    >>> link_to("schools/甲校/2021/annual-report.html")
    'schools/%E7%94%B2%E6%A0%A1/2021/annual-report.html'
    >>> link_to("javascript:alert(1)"), link_to("../x.html"), link_to("//host/x"), link_to("")
    ('javascript%3Aalert%281%29', '', '', '')
    """
    parts = PurePosixPath(report).parts
    inside = parts and not report.startswith("/") and ".." not in parts and "\\" not in report
    return quote(report, safe="/") if inside else ""


def places_table(rollup: RollUp, table: pd.DataFrame, caption: str, shown: int | None = None, notes: str = "") -> str:
    """Places by city, round, level, certificate or year; of many rows the first."""
    bounded = rollup.bounded_years
    rows = _of_years(rollup, table).drop(columns="lower_bound", errors="ignore").head(shown or len(table))
    bounds = table["year"].isin(bounded) if "year" in table else pd.Series(bool(bounded), index=table.index)
    if len(table) > len(rows):
        notes += f"共{number(len(table))}行，列出批准最多的{number(len(rows))}行，全部见本表的CSV与工作簿。"
    texts = _texts(rows, bounds.head(len(rows)))
    return html_table(texts, caption, data=table, numeric=_figures(rows), notes=notes + _bounds_told(rollup))


def quartiles_table(rollup: RollUp) -> str:
    """The five numbers and the fences of each measure."""
    return _spread_table(rollup, rollup.quartiles, "学校之间的差异")


def outliers_table(rollup: RollUp) -> str:
    """The schools outside the fences."""
    return _spread_table(rollup, rollup.outliers, "与多数学校不同的学校", RULE)


def failures_table(rollup: RollUp) -> str:
    """Why a school could not be done: the row in its table and in the file, the column, the value, the reason."""
    table = rollup.failures
    return html_table(_texts(_of_years(rollup, table)), "未完成的学校及原因", data=table)


def tables_of(rollup: RollUp) -> list[tuple[str, str, pd.DataFrame]]:
    """Every table as data, each with its title and definition."""
    bounds = _bounds_told(rollup)
    bands = [
        (title, "各区间的学校数；人数有缺失的学校不计。", _bands(rollup, name))
        for title, name in (("批准人数分布", "places"), ("批准率分布", "rate"))
    ]
    several = len(rollup.years) > 1
    return [
        ("总计", f"{'各年度相加。' if several else ''}{bounds}", rollup.overview),
        *([("各年度", f"不跨年度相加。{bounds}", rollup.by_year)] if several else []),
        ("各学校", f"每所学校每个年度一行，按批准总培训人数从多到少。{bounds}", rollup.by_school),
        *([("各市", bounds, rollup.by_city)] if rollup.cities else []),
        ("各批次", bounds, rollup.by_round),
        ("各等级", bounds, rollup.by_level),
        ("各证书", f"不区分等级。{'各年度相加。' if several else ''}{bounds}", rollup.by_certificate),
        *bands,
        ("学校之间的差异", "四分位数按线性插值。", rollup.quartiles),
        ("与多数学校不同的学校", RULE, rollup.outliers),
        ("未完成的学校", "逐条列出原因及所在的行。", rollup.failures),
    ]


def _bands(rollup: RollUp, name: str) -> pd.DataFrame:
    made = []
    for year in rollup.years:
        entry, statistics = entry_and_tables(rollup, name, year)
        made.append(entry.table(statistics).assign(year=year))
    table = pd.concat(made, ignore_index=True)
    return table[["year", *table.columns.drop("year")]]


def _spread_table(rollup: RollUp, table: pd.DataFrame, caption: str, notes: str = "") -> str:
    shown = _of_years(rollup, table)
    shown = shown if rollup.cities else shown.drop(columns="city", errors="ignore")
    return html_table(_texts(shown), caption, data=table, numeric=_figures(shown), notes=notes)


def _texts(table: pd.DataFrame, bounds: pd.Series | None = None) -> pd.DataFrame:
    """The cells for readers: a name that is empty says so, and a sum that is a lower bound."""
    texts = cell_texts(table)
    names = {name: texts[name].where(texts[name].str.strip() != "", NOT_NAMED) for name in texts if name in _NAMES}
    sums = {} if bounds is None else {name: _with_bounds(texts[name], table[name], bounds) for name in _SUMS}
    return texts.assign(**names, **sums)


def _with_bounds(texts: pd.Series, values: pd.Series, bounds: pd.Series) -> pd.Series:
    return texts.mask(bounds.to_numpy() & values.notna().to_numpy(), "至少" + texts)


def _of_years(rollup: RollUp, table: pd.DataFrame) -> pd.DataFrame:
    """The table without its year, where that is the same in every row."""
    return table if len(rollup.years) > 1 else table.drop(columns="year", errors="ignore")


def _figures(table: pd.DataFrame) -> set[str]:
    return numeric_columns(table) - {"year"}


def _bounds_told(rollup: RollUp) -> str:
    """What a lower bound means, where there is one."""
    rows = rollup.by_school[rollup.by_school["lower_bound"]]
    if rows.empty:
        return ""
    counts = rows.groupby("year")["school"].nunique()
    told = "、".join(f"{year}年{number(count)}所" for year, count in counts.items())
    return f"有学校的人数{NOT_GIVEN}（{told}），合计为至少，不计算批准率。"
