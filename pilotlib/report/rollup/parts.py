"""The parts of the roll-up, each as one piece of HTML that a notebook cell ends in."""

from html import escape

import pandas as pd
from IPython.display import HTML

from pilotlib import __version__
from pilotlib.columns import COLUMNS, title_of
from pilotlib.report.prose import measured, number
from pilotlib.report.rollup import ADDED_UP, RollUp
from pilotlib.report.rollup import sentences as told
from pilotlib.report.rollup import tables as shown
from pilotlib.report.rollup.attention import LOOK_AT
from pilotlib.report.rollup.figures import CITIES_DRAWN, entry_and_tables
from pilotlib.report.rollup.legacy import drawn, facts, html_table
from pilotlib.report.rollup.spread import LEAST_SCHOOLS

KEY_MEASURES = (
    "schools",
    "applications",
    "certificates",
    "places_applied",
    "places_approved",
    "certificate_levels",
    "schools_failed",
    "cells_changed",
)
_ADDED_UP = (*ADDED_UP, "cells_changed", "rows_set_aside")
_DEFINED = (
    "schools",
    "applications",
    "certificates",
    "certificate_levels",
    "places_applied",
    "places_approved",
    "approval_rate",
    "distinct_students",
    "places_per_100_students",
    "warnings",
    "lower_quartile",
    "median",
    "upper_quartile",
    "lower_fence",
    "upper_fence",
)


def title_block(rollup: RollUp) -> HTML:
    """The title, and what it rests on."""
    failed = rollup.failures["school"].nunique()
    rest = f"；{number(failed)}所学校未完成，原因逐条列出" if failed else ""
    title = f"<span>{escape(rollup.title)}</span><span>1+X证书制度试点汇总</span>"
    return HTML(f"<h1>{title}</h1><p class='subtitle'>{escape(f'依据{rollup.source}{rest}。')}</p>")


def key_figures(rollup: RollUp) -> HTML:
    """All schools in a few figures; of several years together, and said to be."""
    overview = rollup.overview.set_index("measure")
    named = [
        (
            title_of(name),
            measured(rollup.overview, name),
            "；".join(filter(None, [_over_years(rollup, name), overview["note"][name]])),
        )
        for name in KEY_MEASURES
        if name in overview.index
    ]
    return HTML(facts("key-figures", named))


def attention(rollup: RollUp) -> HTML:
    """What to look at: schools that failed, counts that are missing, most warnings, schools unlike the others."""
    found = "".join(listed(rollup) for listed in LOOK_AT)
    return HTML(found or "<p>没有发现需要留意之处。</p>")


def year_paragraphs(rollup: RollUp, topic: str) -> HTML:
    """Each year's paragraph on a topic: `places` or `schools`."""
    texts = [told.year_paragraphs(rollup, year)[topic] for year in rollup.years]
    over = "各年度分别说明，不跨年度相加。" if topic == "places" and len(texts) > 1 else ""
    return HTML("".join(f"<p>{escape(text)}</p>" for text in (over, *texts) if text))


def years(rollup: RollUp) -> HTML:
    """Each year's sums, where there is more than one."""
    several = len(rollup.years) > 1
    return HTML(shown.places_table(rollup, rollup.by_year, "各年度的试点") if several else "")


def schools(rollup: RollUp) -> HTML:
    """The table of schools."""
    return HTML(shown.schools_table(rollup))


def cities(rollup: RollUp) -> HTML:
    """The section 各市; nothing where the table names no cities."""
    if not rollup.cities:
        return HTML("")
    paragraphs = [told.year_paragraphs(rollup, year)["cities"] for year in rollup.years]
    more = f"图中为批准最多的{CITIES_DRAWN}个市。" if len(rollup.cities) > CITIES_DRAWN else ""
    texts = "".join(f"<p>{escape(text)}</p>" for text in (*paragraphs, more) if text)
    table = shown.places_table(rollup, rollup.by_city, "各市的试点")
    return HTML(f"<h2>各市</h2>{texts}{figure(rollup, 'cities').data}{table}")


def rounds(rollup: RollUp) -> HTML:
    """Places by round and by level."""
    tables = {"各批次的试点": rollup.by_round, "各等级的试点": rollup.by_level}
    return HTML("".join(shown.places_table(rollup, table, caption) for caption, table in tables.items()))


def certificates(rollup: RollUp) -> HTML:
    """Places by certificate, and which is where."""
    over = f"{'、'.join(map(str, rollup.years))}年合计。" if len(rollup.years) > 1 else ""
    table = shown.places_table(
        rollup, rollup.by_certificate, "各证书的试点", shown.CERTIFICATES_SHOWN, f"不区分等级。{over}"
    )
    return HTML(f"<p>{escape(told.certificates_paragraph(rollup))}</p>{table}")


def figure(rollup: RollUp, name: str) -> HTML:
    """A figure for each year, in order."""
    pieces = []
    for year in rollup.years:
        entry, statistics = entry_and_tables(rollup, name, year)
        if entry.table(statistics).empty:
            pieces.append(f"<p>{year}年：{escape(entry.unit)}：没有可以画出的数据。</p>")
        else:
            pieces.append(drawn(f"{name}-{year}", entry, statistics, rollup.source).data)
    return HTML("".join(pieces))


def quartiles(rollup: RollUp) -> HTML:
    """The five numbers of each measure."""
    return HTML(shown.quartiles_table(rollup))


def outliers(rollup: RollUp) -> HTML:
    """The schools unlike the others, by name, and by which rule."""
    if rollup.outliers.empty:
        return HTML(f"<p>没有学校在界外。</p><p class='notes'>{escape(shown.RULE)}</p>")
    spread = rollup.quartiles
    same = spread[(spread["lower_quartile"] == spread["upper_quartile"]) & (spread["schools"] >= LEAST_SCHOOLS)]
    texts = [
        f"{year}年一半以上的学校{title_of(measure)}同为{number(value)}{unit}，四分位距为0，凡与之不同的都列出。"
        for year, measure, value, unit in same[["year", "measure", "median", "unit"]].itertuples(index=False)
    ]
    intro = "离群只表示与多数学校不同，未必有错，值得核实。"
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in (intro, *texts))
    return HTML(paragraphs + shown.outliers_table(rollup))


def failures(rollup: RollUp) -> HTML:
    """Why some schools could not be done."""
    if rollup.failures.empty:
        return HTML("<p>没有。表中的学校全部完成。</p>")
    return HTML(shown.failures_table(rollup))


def definitions(rollup: RollUp) -> HTML:
    """What the measures mean."""
    entries = [(COLUMNS[name].title, COLUMNS[name].unit, COLUMNS[name].meaning) for name in _DEFINED]
    table = pd.DataFrame(entries, columns=["title", "unit", "meaning"])
    return HTML(html_table(table, "指标的含义"))


def provenance(rollup: RollUp) -> HTML:
    """Where the figures come from."""
    about, overview = rollup.about, rollup.overview
    origin = {
        "来源": about["file"],
        "SHA-256": about["sha256"],
        "汇总依据": about["by"],
        "年度": "、".join(map(str, rollup.years)),
        "读入行数": number(about["rows_read"]),
        **{title_of(name): measured(overview, name) for name in ("rows_set_aside", "cells_changed")},
        "计算程序": f"pilotlib {__version__}；试点、申请与批准人数按学校、批次、等级相加，与总计一致",
    }
    return HTML(facts("facts", list(origin.items())))


def _over_years(rollup: RollUp, measure: str) -> str:
    """How a measure of several years came about."""
    if len(rollup.years) < 2:
        return ""
    years = "、".join(map(str, rollup.years))
    return f"{years}年相加" if measure in _ADDED_UP else f"{years}年，重复的只计一次"
