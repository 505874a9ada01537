"""Numbers and names as they are read, and the year's sentences from its statistics: what the office used to type.

No number stands here that was not computed.
"""

from typing import Any

import pandas as pd

from pilotlib.columns import kind_of, title_of
from pilotlib.vocabulary import UNKNOWN

Statistics = dict[str, pd.DataFrame]
NOT_GIVEN = "未提供"
AT_LEAST = "至少"
# Control characters but tab and line ends, and the marks of right-to-left text.
_UNSEEN = {
    code: f"〔U+{code:04X}〕"
    for code in (
        *(code for code in range(0x20) if chr(code) not in "\t\n\r"),
        *range(0x7F, 0xA0),
        *(0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    )
}
LONGEST_NAME = 40  # characters; a longer name is a fault of the table, which shows it whole


def number(value: Any) -> str:
    """A number for reading: thousands separated, no needless decimals; a missing one is not given.

    >>> number(1662), number(30.21), number(36.70), number(pd.NA)
    ('1,662', '30.21', '36.7', '未提供')
    """
    if pd.isna(value):
        return NOT_GIVEN
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def at_least(value: Any, bounded: bool, unit: str = "") -> str:
    """A count with its unit, 至少 before a lower bound; a missing one is not given.

    >>> at_least(50, True, "人"), at_least(pd.NA, True, "人")
    ('至少50人', '未提供')
    """
    return NOT_GIVEN if pd.isna(value) else f"{AT_LEAST if bounded else ''}{number(value)}{unit}"


def people(value: Any, bounded: bool = False) -> str:
    """A number of people with its unit, 至少 before a lower bound; a missing one is not given."""
    return at_least(value, bounded, "人")


def measured(overview: pd.DataFrame, measure: str) -> str:
    """A measure of the overview with its unit, and 至少 where it is a lower bound: 至少15个."""
    row = overview.set_index("measure").to_dict("index")[measure]
    return at_least(row["value"], row["lower_bound"], row["unit"])


def year_paragraphs(statistics: Statistics, year: int) -> dict[str, str]:
    """The year's applications in sentences, a paragraph a topic; an empty one where nothing is known.

    `places`: totals and rounds; `certificates`: levels, repeats, differences; `majors`: majors and their students;
    `training`: from training to certificate.
    """
    return {
        "places": _totals(statistics, year) + _rounds(statistics) + _pending(statistics),
        "certificates": _levels(statistics) + _repeats(statistics) + _differences(statistics),
        "majors": _majors(statistics),
        "training": _training(statistics),
    }


def _totals(statistics: Statistics, year: int) -> str:
    overview = statistics["overview"]
    return (
        f"{year}年度共申报1+X证书试点{measured(overview, 'applications')}，"
        f"涉及{measured(overview, 'certificates')}证书；"
        f"同一证书的不同等级分别计算，为{measured(overview, 'certificate_levels')}。"
        f"申请培训{measured(overview, 'places_applied')}，批准{measured(overview, 'places_approved')}。"
    )


def _rounds(statistics: Statistics) -> str:
    return breakdown("批次", statistics["by_round"], "application_round")


def breakdown(title: str, rows: pd.DataFrame, name: str) -> str:
    """The applications and approved places of each row that has any, 至少 before a lower bound; empty without rows."""
    rows = rows[rows["applications"] > 0]
    named = rows[name].astype(str).replace({UNKNOWN: "等级未知"} if name == "level" else {})
    bounds = rows["lower_bound"] if "lower_bound" in rows else [False] * len(rows)
    parts = [
        f"{part}{number(count)}项、批准{people(places, bound)}"
        for part, count, places, bound in zip(named, rows["applications"], rows["places_approved"], bounds, strict=True)
    ]
    return f"分{title}看，{'；'.join(parts)}。" if parts else ""


def _levels(statistics: Statistics) -> str:
    levels = statistics["by_level"]
    counts = ["applications", "applications_as_given", "places_approved", "places_approved_as_given"]
    unknown = levels.loc[levels["level"] == UNKNOWN, counts].sum()
    filled = unknown["applications_as_given"] - unknown["applications"]
    corrected = (
        f"其中{number(filled)}项的等级在原表中看不到，由更正记录补出，涉及批准"
        f"{people(unknown['places_approved_as_given'] - unknown['places_approved'])}。"
        if filled > 0
        else ""
    )
    return breakdown("等级", levels, "level") + corrected


def _repeats(statistics: Statistics) -> str:
    repeats = statistics["repeated_over_rounds"]
    parts = [
        f"{certificate}（{level}，{detail}，合计{people(places)}）"
        for certificate, level, detail, places in repeats[
            ["certificate", "level", "rounds_detail", "places_approved"]
        ].itertuples(index=False)
    ]
    return f"在不止一个批次申报的有{number(len(parts))}个：{'、'.join(parts)}。" if parts else ""


def _pending(statistics: Statistics) -> str:
    rows = statistics["by_status"]
    rows = rows[~rows["counts_as_approved"]]
    counts = zip(rows["status"], rows["applications"], strict=True)
    parts = "、".join(f"{status or '状态空白'}{number(count)}项" for status, count in counts)
    return f"其中{number(rows['applications'].sum())}项的状态不是已批准（{parts}），人数不计入批准。" if parts else ""


def _differences(statistics: Statistics) -> str:
    rows = statistics["approved_unlike_applied"]
    parts = [
        f"第{row.source_row}行{row.certificate}申请{people(row.places_applied)}、批准{people(row.places_approved)}"
        for row in rows.head(5).itertuples(index=False)
    ]
    more = "等" if len(rows) > len(parts) else ""
    return f"批准人数与申请人数不同的共{number(len(rows))}项：{'；'.join(parts)}{more}。" if parts else ""


def _majors(statistics: Statistics) -> str:
    overview = statistics["overview"].set_index("measure")
    known = overview["value"].notna()
    parts = {
        "majors_count": "涉及{}专业",
        "categories_count": "分属{}专业大类",
        "distinct_students": "共有在校生{}（每个专业只计一次）",
        "places_per_100_students": "平均每百名在校生的批准名额为{}",
    }
    told = [words.format(measured(statistics["overview"], name)) for name, words in parts.items() if known[name]]
    note = overview["note"]["majors_count"]
    return (f"试点{'，'.join(told)}。" if told else "") + (f"{note}，所以专业数只是下限。" if note else "")


def _training(statistics: Statistics) -> str:
    """The students' way from training to certificate: every figure given, its rate where there is one, what is not."""
    given = statistics["indicators"].set_index("indicator")["value"]
    parts: list[str] = []
    missing: list[str] = []
    for rate in statistics["rates"].to_dict("records"):
        title, count = title_of(rate["numerator"]), given[rate["numerator"]]
        if pd.isna(count):
            missing.append(title)
            continue
        share = (
            f"，为{title_of(rate['denominator'])}（{people(rate['denominator_value'])}）的{number(rate['percent'])}%"
        )
        parts.append(f"{title}{people(count)}" + (share if pd.notna(rate["percent"]) else ""))
    told = f"{'；'.join(parts)}。" if parts else ""
    return told + (f"{'、'.join(missing)}{NOT_GIVEN}，本报告不作推算。" if missing else "")


def brief(table: pd.DataFrame) -> pd.DataFrame:
    """The table with names that are too long to read in a sentence or a figure cut; tables show them whole."""
    table = table.copy()
    for name in [name for name in map(str, table.columns) if kind_of(name) in ("name", "status")]:
        table[name] = table[name].astype("str").map(lambda word: shortened(visible(word)), na_action="ignore")
    return table


def visible(text: str) -> str:
    """The text with marks that steer its direction, or mean nothing, written out: they would turn around what follows.

    >>> visible("界面\u202e设计")
    '界面〔U+202E〕设计'
    """
    return text.translate(_UNSEEN)


def shortened(name: str, longest: int = LONGEST_NAME) -> str:
    """A name as it stands in sentences and figures: one that is too long to read there is cut, and says so.

    >>> shortened("界面设计"), shortened("很长的名称", 4)
    ('界面设计', '很长的…')
    """
    return name if len(name) <= longest else f"{name[: longest - 1]}…"
