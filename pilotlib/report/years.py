"""How years are told side by side: the annual report's 历年对比, and what the report over all years is made of."""

from html import escape

import pandas as pd
from IPython.display import HTML

from pilotlib.columns import title_of
from pilotlib.reading import YearStatistics
from pilotlib.report import Report
from pilotlib.report.prose import NOT_GIVEN, number, shortened, visible
from pilotlib.report.tables import NOTHING, html_table
from pilotlib.statistics.breaks import breaks
from pilotlib.statistics.years import (
    CARRIED_ON,
    GONE,
    NEW,
    OVERVIEW,
    RENAMED,
    came_and_went,
    certificates,
    compared,
    majors,
    measures,
)

TOLD_MEASURES = (
    "applications",
    "certificates",
    "places_applied",
    "places_approved",
    "majors_count",
    "distinct_students",
)
NAMES_TOLD = 8
NO_COMPARISON = "下限、未提供的数和当年没有的批次不作比较，原因写在备注中；比率的变化以百分点计。"


def comparison(report: Report) -> HTML:
    """The section 历年对比: the year beside the nearest earlier one; nothing where there is none."""
    if report.earlier is None:
        return HTML("")
    now = YearStatistics(report.year, report.processed.about, report.statistics)
    years = (report.earlier, now)
    before, after = report.earlier.year, report.year
    table = measures(years)
    changes = compared(table, before, after)
    certificate_standing = came_and_went(certificates(years), before, after)
    major_standing = came_and_went(majors(years), before, after)
    broken = breaks(years, table)
    told = sentences(changes, certificate_standing, major_standing, before, after)
    warned = "".join(f"<li>{escape(message)}</li>" for message in broken["message"])
    return HTML(
        "<h2>历年对比</h2>"
        + "".join(f"<p>{escape(visible(sentence))}</p>" for sentence in told)
        + (f"<h3>两年口径不同之处</h3><ul>{warned}</ul>" if warned else "")
        + changes_table(changes, before, after)
        + standing_table("证书", certificate_standing, before, after)
        + standing_table("专业", major_standing, before, after)
    )


def compared_tables(report: Report) -> list[tuple[str, str, pd.DataFrame]]:
    """The tables of the section as data, each with its title and definition; `earlier` is there."""
    years = (report.earlier, YearStatistics(report.year, report.processed.about, report.statistics))
    before, after = report.earlier.year, report.year
    return [
        (f"{before}与{after}指标", NO_COMPARISON, compared(measures(years), before, after)),
        (
            f"{before}与{after}证书",
            "证书不区分等级，人数为批准人数。",
            came_and_went(certificates(years), before, after),
        ),
        (f"{before}与{after}专业", "人数为学生规模；更名按目录名称识别。", came_and_went(majors(years), before, after)),
    ]


def sentences(
    changes: pd.DataFrame, certificate_standing: pd.DataFrame, major_standing: pd.DataFrame, before: int, after: int
) -> list[str]:
    """What rose and fell, and what is new and gone, in sentences; every number is one of the tables'."""
    overview = changes[changes["topic"] == OVERVIEW].set_index("measure")
    titles = [title for title in map(title_of, TOLD_MEASURES) if title in overview.index]
    parts = [_change_in_words(title, overview.loc[title], before, after) for title in titles]
    first = f"与{before}年相比，{'；'.join(parts)}。" if parts else ""
    return [
        *filter(None, [first]),
        _standing_in_words("证书", "种", certificate_standing, "批准"),
        _standing_in_words("专业", "个", major_standing, ""),
    ]


def changes_table(changes: pd.DataFrame, before: int, after: int) -> str:
    """Every measure of two years with its change."""
    points = changes["unit"] == "%"
    texts = pd.DataFrame(
        {
            "measure": changes["measure"],
            f"{before}年": _values(changes["earlier"], changes["earlier_bound"], NOTHING),
            f"{after}年": _values(changes["later"], changes["later_bound"], NOTHING),
            "unit": changes["unit"],
            "change": [
                NOTHING if pd.isna(value) else signed(value) + ("个百分点" if of_rate else "")
                for value, of_rate in zip(changes["change"], points, strict=True)
            ],
            "rate_of_change": [NOTHING if pd.isna(value) else signed(value) for value in changes["rate_of_change"]],
            "topic": changes["topic"],
            "note": changes["note"],
        },
        dtype=str,
    )
    data = changes.rename(columns={"earlier": f"{before}年", "later": f"{after}年"})
    figures = {f"{before}年", f"{after}年", "change", "rate_of_change"}
    return html_table(texts, f"{before}年与{after}年的指标", data=data, numeric=figures, notes=NO_COMPARISON)


def standing_table(kind: str, standing: pd.DataFrame, before: int, after: int) -> str:
    """What is new, renamed, carried on and gone."""
    unit = "批准人数" if kind == "证书" else "学生规模"
    first, second = f"{before}年{unit}", f"{after}年{unit}"
    data = standing.rename(
        columns={"earlier": first, "later": second, "levels": f"{before}年等级", "levels_later": f"{after}年等级"}
    )
    here = {first: standing["standing"] != NEW, second: standing["standing"] != GONE}
    texts = data.assign(standing=standing["standing"].astype(str))
    for column, there in here.items():
        texts[column] = [
            NOTHING if not is_there else number(value) for value, is_there in zip(data[column], there, strict=True)
        ]
    if kind == "证书":
        texts = texts.drop(columns="former")
    texts = texts.astype(object).where(texts.notna(), NOTHING).astype(str)
    notes = f"单位：人。“{NOTHING}”为当年没有，“{NOT_GIVEN}”为人数缺失。"
    notes += (
        "证书不区分等级。"
        if kind == "证书"
        else "更名按专业对照表中的目录名称识别；名单被截断的年度，未必新增或不再申报。"
    )
    return html_table(texts, f"{before}年与{after}年的{kind}", data=data, numeric={first, second}, notes=notes)


def signed(value) -> str:
    """A change with its sign.

    >>> signed(30), signed(-1.5), signed(0)
    ('+30', '-1.5', '0')
    """
    return ("+" if value > 0 else "") + number(value)


def _values(values: pd.Series, bounds: pd.Series, missing: str) -> list[str]:
    return [
        missing if pd.isna(value) else ("至少" if bound else "") + number(value)
        for value, bound in zip(values, bounds, strict=True)
    ]


def _change_in_words(title: str, row: pd.Series, before: int, after: int) -> str:
    earlier, later = (
        ("至少" if bound else "") + number(value) + ("" if pd.isna(value) else row["unit"])
        for value, bound in ((row["earlier"], row["earlier_bound"]), (row["later"], row["later_bound"]))
    )
    if pd.isna(row["change"]):
        return f"{title}{before}年{earlier}、{after}年{later}（{row['note']}）"
    if row["change"] == 0:
        return f"{title}仍为{later}"
    verb = "增至" if row["change"] > 0 else "减至"
    rate = "" if pd.isna(row["rate_of_change"]) else f"，{signed(row['rate_of_change'])}%"
    return f"{title}由{earlier}{verb}{later}（{signed(row['change'])}{rate}）"


def _standing_in_words(kind: str, unit: str, standing: pd.DataFrame, counted: str) -> str:
    groups = {name: standing[standing["standing"] == name] for name in (NEW, RENAMED, CARRIED_ON, GONE)}
    parts = []
    for name, group in groups.items():
        if group.empty:
            continue
        listed = "" if name == CARRIED_ON else f"（{_names(group)}）"
        parts.append(f"{name}{number(len(group))}{unit}{listed}")
    return f"{kind}：{'，'.join(parts)}。" if parts else f"{kind}：两年都没有。"


def _names(group: pd.DataFrame) -> str:
    names = [
        f"{shortened(former)}改称{shortened(name)}" if former else shortened(name)
        for name, former in zip(group["name"], group["former"], strict=True)
    ]
    return "、".join(names[:NAMES_TOLD]) + ("等，全部见下表" if len(names) > NAMES_TOLD else "")
