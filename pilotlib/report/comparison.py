"""How years are told side by side: two years beside each other, in sentences and tables."""

from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from pilotlib.columns import title_of
from pilotlib.reading import YearStatistics
from pilotlib.report.prose import NOT_GIVEN, at_least, number, shortened
from pilotlib.report.told import NOTHING, Told, signed
from pilotlib.statistics.years import (
    CARRIED_ON,
    GONE,
    NEW,
    OVERVIEW,
    RENAMED,
    breaks,
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
PER_ROW = "各行注明"


def comparison_tables(years: Sequence[YearStatistics], before: int, after: int, source: str) -> dict[str, Told]:
    """Two of the years beside each other: measures, certificates and majors."""
    return {
        "compared_measures": changes_table(compared(measures(years), before, after), before, after, source),
        "compared_certificates": standing_table(
            "证书", came_and_went(certificates(years), before, after).drop(columns="former"), before, after, source
        ),
        "compared_majors": standing_table("专业", came_and_went(majors(years), before, after), before, after, source),
    }


def comparison_sentences(years: Sequence[YearStatistics], before: int, after: int) -> list[str]:
    """Two of the years in sentences."""
    changes = compared(measures(years), before, after)
    of_certificates, of_majors = (came_and_went(found(years), before, after) for found in (certificates, majors))
    return sentences(changes, of_certificates, of_majors, before, after)


def sentences(
    changes: pd.DataFrame, certificate_standing: pd.DataFrame, major_standing: pd.DataFrame, before: int, after: int
) -> list[str]:
    """What rose and fell, and what is new and gone, in sentences; every number is one of the tables'."""
    overview = changes[changes["topic"] == OVERVIEW].set_index("measure").to_dict("index")
    titles = [title for title in map(title_of, TOLD_MEASURES) if title in overview]
    parts = [_change_in_words(title, overview[title], before, after) for title in titles]
    first = f"与{before}年相比，{'；'.join(parts)}。" if parts else ""
    return [
        *filter(None, [first]),
        _standing_in_words("证书", "种", certificate_standing),
        _standing_in_words("专业", "个", major_standing),
    ]


def changes_table(changes: pd.DataFrame, before: int, after: int, source: str) -> Told:
    """Every measure of two years with its change."""
    data = changes[
        [
            "measure",
            *("earlier", "earlier_bound", "later", "later_bound"),
            *("unit", "change", "rate_of_change", "topic", "note"),
        ]
    ]
    return Told(
        "compared_measures",
        f"{before}年与{after}年的指标",
        NO_COMPARISON,
        PER_ROW,
        source,
        data,
        gaps=pd.DataFrame(NOTHING, index=data.index, columns=["earlier", "later"]),
        heads={"earlier": f"{before}年", "later": f"{after}年"},
    )


def standing_table(kind: str, standing: pd.DataFrame, before: int, after: int, source: str) -> Told:
    """What is new, renamed, carried on and gone: certificates by places approved, majors by students."""
    is_certificate = kind == "证书"
    counted = "批准人数" if is_certificate else "学生规模"
    absent = pd.DataFrame({"earlier": standing["standing"] == NEW, "later": standing["standing"] == GONE})
    notes = (
        "证书不区分等级。"
        if is_certificate
        else "更名按专业对照表中的目录名称识别；名单被截断的年度，未必新增或不再申报。"
    )
    return Told(
        "compared_certificates" if is_certificate else "compared_majors",
        f"{before}年与{after}年的{kind}",
        f"“{NOTHING}”为当年没有，“{NOT_GIVEN}”为人数缺失。{notes}",
        "人",
        source,
        standing.astype({"standing": "str"}),
        gaps=absent.astype(str).replace({"True": NOTHING, "False": ""}),
        heads={
            "earlier": f"{before}年{counted}",
            "later": f"{after}年{counted}",
            "levels": f"{before}年等级",
            "levels_later": f"{after}年等级",
        },
    )


def breaks_table(years: Sequence[YearStatistics], source: str) -> Told:
    """Where the years cannot be compared as they stand."""
    data = breaks(years, measures(years))
    return Told("breaks", "口径不同之处", "年度之间不能直接比较的地方。", "处", source, data)


def _change_in_words(title: str, row: dict[Hashable, Any], before: int, after: int) -> str:
    earlier, later = (at_least(row[name], row[f"{name}_bound"], row["unit"]) for name in ("earlier", "later"))
    if pd.isna(row["change"]):
        return f"{title}{before}年{earlier}、{after}年{later}（{row['note']}）"
    if row["change"] == 0:
        return f"{title}仍为{later}"
    verb = "增至" if row["change"] > 0 else "减至"
    rate = "" if pd.isna(row["rate_of_change"]) else f"，{signed(row['rate_of_change'])}%"
    return f"{title}由{earlier}{verb}{later}（{signed(row['change'])}{rate}）"


def _standing_in_words(kind: str, unit: str, standing: pd.DataFrame) -> str:
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
