"""Sentences from statistics: what the office used to type, headlines of figures, and what a figure shows.

Every function takes the statistics by name and returns text; no number stands here that was not computed.
"""

import pandas as pd

from pilotlib.columns import title_of, unit_of
from pilotlib.vocabulary import UNKNOWN

Statistics = dict[str, pd.DataFrame]
NOT_GIVEN = "未提供"
# Control characters but tab and line ends, and the marks of right-to-left text.
_UNSEEN = {
    code: f"〔U+{code:04X}〕"
    for code in (
        *(code for code in range(0x20) if chr(code) not in "\t\n\r"),
        *range(0x7F, 0xA0),
        *(0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    )
}
_NAMES = {"certificate", "major", "majors_together", "category", "status"}
LONGEST_NAME = 40  # characters; a longer name is a fault of the table, which shows it whole


def number(value) -> str:
    """A number for reading: thousands separated, no needless decimals; a missing one is not given.

    >>> number(1662), number(30.21), number(36.70), number(pd.NA)
    ('1,662', '30.21', '36.7', '未提供')
    """
    if pd.isna(value):
        return NOT_GIVEN
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def measured(overview: pd.DataFrame, measure: str) -> str:
    """A measure of the overview with its unit, and 至少 where it is a lower bound: 至少15个."""
    row = overview.set_index("measure").loc[measure]
    if pd.isna(row["value"]):
        return NOT_GIVEN
    return ("至少" if row["lower_bound"] else "") + number(row["value"]) + row["unit"]


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
    rounds = statistics["by_round"]
    parts = [
        f"{name}{number(count)}项、批准{_people(places)}"
        for name, count, places in rounds[["application_round", "applications", "places_approved"]].itertuples(
            index=False
        )
    ]
    return f"分批次看，{'；'.join(parts)}。"


def _levels(statistics: Statistics) -> str:
    levels = statistics["by_level"]
    shown = levels[levels["applications"] > 0]
    parts = [
        f"{'等级未知' if name == UNKNOWN else name}{number(count)}项、批准{_people(places)}"
        for name, count, places in shown[["level", "applications", "places_approved"]].itertuples(index=False)
    ]
    counts = ["applications", "applications_as_given", "places_approved", "places_approved_as_given"]
    unknown = levels.loc[levels["level"] == UNKNOWN, counts].sum()
    filled = unknown["applications_as_given"] - unknown["applications"]
    corrected = (
        f"其中{number(filled)}项的等级在原表中看不到，由更正记录补出，涉及批准"
        f"{_people(unknown['places_approved_as_given'] - unknown['places_approved'])}。"
        if filled > 0
        else ""
    )
    return f"分等级看，{'；'.join(parts)}。{corrected}"


def _repeats(statistics: Statistics) -> str:
    repeats = statistics["repeated_over_rounds"]
    parts = [
        f"{certificate}（{level}，{detail}，合计{_people(places)}）"
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
        f"第{row.source_row}行{row.certificate}申请{_people(row.places_applied)}、批准{_people(row.places_approved)}"
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
    note = overview.loc["majors_count", "note"]
    return (f"试点{'，'.join(told)}。" if told else "") + (f"{note}，所以专业数只是下限。" if note else "")


def _training(statistics: Statistics) -> str:
    """The students' way from training to certificate: every figure given, its rate where there is one, what is not."""
    given = statistics["indicators"].set_index("indicator")["value"]
    parts, missing = [], []
    for row in statistics["rates"].itertuples(index=False):
        if pd.isna(given[row.numerator]):
            missing.append(title_of(row.numerator))
            continue
        part = f"{title_of(row.numerator)}{_people(given[row.numerator])}"
        if pd.notna(row.percent):
            part += f"，为{title_of(row.denominator)}（{_people(row.denominator_value)}）的{number(row.percent)}%"
        parts.append(part)
    told = f"{'；'.join(parts)}。" if parts else ""
    return told + (f"{'、'.join(missing)}{NOT_GIVEN}，本报告不作推算。" if missing else "")


def round_level_headline(statistics: Statistics) -> str:
    """The round and the level with the most places, and their shares."""
    top_round, top_level = (_top(statistics[name], "share") for name in ("by_round", "by_level"))
    if top_round is None or top_level is None:
        return "各批次、各等级的批准培训人数"
    return (
        f"{top_round['application_round']}占批准人数的{number(top_round['share'])}%，"
        f"{top_level['level']}占{number(top_level['share'])}%"
    )


def certificates_headline(statistics: Statistics) -> str:
    """The certificate with the most places, and how many were approved for other than asked."""
    top = _top(statistics["by_certificate"], "places_approved")
    if top is None:
        return "各证书的申请与批准培训人数"
    differing = statistics["approved_unlike_applied"]["certificate"].nunique()
    rest = f"；{number(differing)}种证书的批准与申请不同" if differing else ""
    return f"{top['certificate']}获批最多，为{_people(top['places_approved'])}{rest}"


def majors_headline(statistics: Statistics) -> str:
    """The major with the most places of its own, and how many share places."""
    table = statistics["by_major"]
    top = _top(table, "places_approved_alone")
    shared = int((table["applications_shared"] > 0).sum())
    rest = f"；{number(shared)}个专业另有与其他专业共享的名额" if shared else ""
    if top is None:
        return f"各专业的批准培训人数{rest}"
    return f"{top['major']}单独获批最多，为{_people(top['places_approved_alone'])}{rest}"


def per_100_students_headline(statistics: Statistics) -> str:
    """Who has the most and the fewest places for its students."""
    table = statistics["places_per_100_students"].dropna(subset="places_per_100_students")
    if len(table) < 2:
        return "每百名在校生的批准名额"
    most, least = table.iloc[0], table.iloc[-1]
    return (
        f"每百名在校生的名额，{most['majors_together']}最多（{number(most['places_per_100_students'])}），"
        f"{least['majors_together']}最少（{number(least['places_per_100_students'])}）"
    )


def applied_to_awarded_headline(statistics: Statistics) -> str:
    """Every step that was given, in order."""
    steps = flow(statistics).dropna(subset="people")
    return "，".join(f"{row.step}{_people(row.people)}" for row in steps.itertuples(index=False)) or "从申请到获证"


def categories_headline(statistics: Statistics) -> str:
    """The 大类 with the most places, and its share."""
    table = statistics["by_category"]
    top = _top(table, "places_approved")
    if top is None or len(table) < 2:
        return "各专业大类的批准培训人数"
    return f"{top['category']}获批最多，占{number(top['places_approved'] / table['places_approved'].sum() * 100)}%"


def flow(statistics: Statistics) -> pd.DataFrame:
    """From applied to awarded: `step, people, step_before, percent` (of the step before, missing where either is)."""
    overview = statistics["overview"].set_index("measure")["value"]
    given = statistics["indicators"].set_index("indicator")["value"]
    names = {
        "places_applied": "申请",
        "places_approved": "批准",
        "students_trained": "培训",
        "students_assessed": "考核",
        "students_passed": "通过",
        "students_awarded": "获证",
    }
    values = pd.concat([overview, given])
    table = pd.DataFrame({"step": list(names.values()), "people": [values[name] for name in names]})
    table["people"] = table["people"].astype("Float64")
    before = table["people"].shift()
    percent = (table["people"] / before * 100).round(2).where(before > 0)
    return table.assign(step_before=table["step"].shift(), percent=percent)


def description(message: str, form: str, table: pd.DataFrame, labels: list[str], values: list[str]) -> str:
    """A figure in words, for those who do not see it: its message, its form, its longest and its shortest bar."""
    texts = table[labels].astype(str).agg("".join, axis="columns").map(shortened)
    first, lengths = values[0], table[values[0]].astype("Float64").dropna()
    told = f"共{number(len(table))}个数"
    if len(lengths) > 1:
        most, least = (f"{texts[place]}的{number(lengths[place])}" for place in (lengths.idxmax(), lengths.idxmin()))
        told += f"，{title_of(first)}从{most}{unit_of(first)}到{least}{unit_of(first)}"
    return f"{message}。{form}{told}。各数见数据表。"


def brief(statistics: Statistics) -> Statistics:
    """The statistics with names that are too long to read in a sentence or a figure cut; tables show them whole."""
    return {
        name: table.assign(
            **{
                column: table[column].astype("str").map(lambda name: shortened(visible(name)), na_action="ignore")
                for column in _NAMES & set(table)
            }
        )
        for name, table in statistics.items()
    }


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


def _top(table: pd.DataFrame, column: str) -> pd.Series | None:
    """The row with the most; none where nothing is known or all is 0."""
    values = table[column].astype("Float64").fillna(0)
    return table.loc[values.idxmax()] if (values > 0).any() else None


def _people(value) -> str:
    return NOT_GIVEN if pd.isna(value) else f"{number(value)}人"
