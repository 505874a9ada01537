"""The tables over all schools: as people read them on the page, and as data for the workbook."""

from html import escape
from pathlib import PurePosixPath
from urllib.parse import quote

import pandas as pd

from pilotlib.report.prose import NOT_GIVEN, number
from pilotlib.report.rollup import RollUp
from pilotlib.report.rollup.figures import entry_and_tables
from pilotlib.report.rollup.legacy import cell_texts, html_table, numeric_columns
from pilotlib.report.rollup.sentences import NOT_NAMED
from pilotlib.report.rollup.spread import FENCE, LEAST_SCHOOLS, TUKEY

SCHOOLS_SHOWN = 2_000  # rows on the page, which a phone searches and sorts within a second
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
    linked = _linked(texts["school"], table["report"].head(SCHOOLS_SHOWN))
    notes = "按批准总培训人数从多到少排列。" + ("学校名称链接到该校的报告。" if "<a" in "".join(linked) else "")
    if len(table) > SCHOOLS_SHOWN:
        notes += f"共{number(len(table))}行，页面列出前{number(SCHOOLS_SHOWN)}行，全部见本表的CSV与工作簿。"
    return html_table(
        texts.assign(school=linked),
        "各学校的试点",
        data=table,
        numeric=_figures(shown),
        notes=notes + _bounds_told(rollup),
        html=True,
        searchable=True,
    )


def link_to(report: str) -> str:
    """Where a school's report is, as it stands in a page: relative, percent-encoded; empty where it is no such place.

    >>> link_to("schools/甲校/2031/annual-report.html")
    'schools/%E7%94%B2%E6%A0%A1/2031/annual-report.html'
    >>> link_to("javascript:alert(1)"), link_to("../x.html"), link_to("//host/x"), link_to("")
    ('javascript%3Aalert%281%29', '', '', '')
    """
    parts = PurePosixPath(report).parts
    inside = parts and not report.startswith("/") and ".." not in parts and "\\" not in report
    return quote(report, safe="/") if inside else ""


def places_table(rollup: RollUp, table: pd.DataFrame, caption: str, shown: int | None = None, notes: str = "") -> str:
    """Places by city, round, level, certificate or year; of many rows the first."""
    rows = _of_years(rollup, table).drop(columns="lower_bound").head(shown or len(table))
    if len(table) > len(rows):
        notes += f"共{number(len(table))}行，列出批准最多的{number(len(rows))}行，全部见本表的CSV与工作簿。"
    texts = _texts(rows, table["lower_bound"].head(len(rows)))
    return html_table(texts, caption, data=table, numeric=_figures(rows), notes=notes + _bounds_told(rollup))


def quartiles_table(rollup: RollUp) -> str:
    """The five numbers and the fences of each measure."""
    shown = _of_years(rollup, rollup.quartiles)
    return html_table(_texts(shown), "四分位数与界", data=rollup.quartiles, numeric=_figures(shown), notes=RULE)


def outliers_table(rollup: RollUp) -> str:
    """The schools outside the fences."""
    table = rollup.outliers
    shown = _of_years(rollup, table).drop(columns=["report", *([] if rollup.cities else ["city"])])
    texts = _texts(shown).map(escape)
    linked = texts.assign(school=_linked(texts["school"], table["report"]))
    return html_table(linked, "与多数学校不同的学校", data=table, numeric=_figures(shown), html=True)


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
        ("四分位数与界", RULE, rollup.quartiles),
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


def _linked(names: pd.Series, reports: pd.Series) -> list[str]:
    """Names, which are HTML already, as links to reports."""
    links = zip(reports.map(link_to), names, strict=True)
    return [f'<a href="{to}">{name}</a>' if to else name for to, name in links]


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
    return f"有学校的人数{NOT_GIVEN}（{told}），含有它们的合计为至少，批准率只按人数完整的学校计算。"
