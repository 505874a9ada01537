"""Numbers and names as they are read, and the year's sentences from its statistics."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

import pandas as pd

from pilotlib.columns import RESULT_COUNTS, kind_of, title_of
from pilotlib.vocabulary import FEWEST_RANKED, NO_ROUND, PERSON_TIMES, RESULT_RATES, UNKNOWN, listed, round_title

Statistics = dict[str, pd.DataFrame]
NOT_GIVEN = "未提供"
AT_LEAST = "至少"
# Control characters but tab and line ends, and the marks of right-to-left text.
_HIDDEN = {*range(0x20), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_UNSEEN = {code: f"〔U+{code:04X}〕" for code in _HIDDEN - set(map(ord, "\t\n\r"))}


def number(value: Any, decimals: int = 1) -> str:
    """A number for reading: thousands separated, rounded, no needless decimals; a missing one is not given.

    >>> number(1662), number(30.21), number(30.21, 2), number(-36.02), number(pd.NA)
    ('1,662', '30.2', '30.21', '−36', '未提供')
    """
    return NOT_GIVEN if pd.isna(value) else re.sub(r"\.0+$|(?<=\.\d)0+$", "", fixed(value, decimals))


def fixed(value: float, decimals: int = 1) -> str:
    """A number with so many decimals, half of the last rounded up, as readers do it.

    >>> fixed(30.25), fixed(8), fixed(-0.01)
    ('30.3', '8.0', '0.0')
    """
    rounded = Decimal(f"{value:.6f}").quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded + 0:,f}".replace("-", "−")  # a sum with 0 has no sign where it is 0


def signed(value: float) -> str:
    """A change with its sign.

    >>> signed(30), signed(-1.5), signed(0)
    ('+30', '−1.5', '0')
    """
    return ("+" if value > 0 else "") + number(value)


def at_least(value: Any, bounded: bool = False, unit: str = "") -> str:
    """A count with its unit, 至少 before a lower bound; a missing one is not given.

    >>> at_least(50, True, "个"), people(50), people(pd.NA, True)
    ('至少50个', '50人', '未提供')
    """
    return NOT_GIVEN if pd.isna(value) else f"{AT_LEAST if bounded else ''}{number(value)}{unit}"


people = partial(at_least, unit="人")


def date_named(value: str) -> str:
    """A date as an office writes it; what is no date of the calendar stays as it is.

    >>> date_named("2022-01-10"), date_named("2022年1月")
    ('2022年1月10日', '2022年1月')
    """
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.year}年{day.month}月{day.day}日"


def measured(overview: pd.DataFrame, measure: str) -> str:
    """A measure of the overview with its unit, and 至少 where it is a lower bound: 至少15个."""
    row = overview.set_index("measure").to_dict("index")[measure]
    return at_least(row["value"], row["lower_bound"], row["unit"])


def breakdown(title: str, rows: pd.DataFrame, name: str) -> str:
    """Applications and approved places of each row that has any, 至少 before a lower bound; or empty."""
    rows = rows[rows["applications"] > 0]
    named = rows[name].astype(str).replace({UNKNOWN: "等级未知"} if name == "level" else {})
    bounds, known = rows.get("lower_bound", [False] * len(rows)), rows["places_approved"].notna().any()
    places = ["、批准" + text if known else "" for text in map(people, rows["places_approved"], bounds)]
    parts = list(map("{}{}项{}".format, named, rows["applications"].map(number), places))
    return f"分{title}看，{'；'.join(parts)}。" if set(named) - {"等级未知", NO_ROUND} else ""


def asked_and_granted(applied: str, approved: str, rate: str = "") -> str:
    """A sentence on the places applied for and approved, and perhaps a rate, as far as they are given.

    >>> asked_and_granted("50人", "40人"), asked_and_granted("未提供", "40人"), asked_and_granted("未提供", "未提供")
    ('申请培训50人，批准40人。', '批准40人。', '')
    """
    steps = {"申请培训": applied, "批准": approved}
    given = "，".join(step + places for step, places in steps.items() if places != NOT_GIVEN)
    return f"{given}{rate}。" if given else ""


def year_paragraphs(statistics: Statistics, year: int) -> dict[str, str]:
    """The year's applications in sentences, a paragraph a topic; an empty one where nothing is known."""
    overview = statistics["overview"].set_index("measure")
    said = {name: measured(statistics["overview"], name) for name in overview.index}
    pending = statistics["by_status"][~statistics["by_status"]["counts_as_approved"]]
    statuses = zip(pending["status"], pending["applications"], strict=True)
    parts = "、".join(f"{status or '状态空白'}{number(count)}项" for status, count in statuses)
    not_approved = f"其中{number(pending['applications'].sum())}项的状态不是已批准（{parts}），人数不计入批准。"
    # A list of what was approved says nothing of applying.
    is_list = said["places_applied"] == NOT_GIVEN != said["places_approved"] and statistics["by_status"].empty
    verb = "获批" if is_list else "申报"
    forms = {
        "majors_count": "涉及{}专业",
        "categories_count": "分属{}专业大类",
        "distinct_students": "共有在校生{}（每个专业只计一次）",
        "places_per_100_students": "平均每百名在校生的批准名额为{}",
    }
    known = "，".join(form.format(said[name]) for name, form in forms.items() if said[name] != NOT_GIVEN)
    note = overview["note"]["majors_count"]
    given, rates = statistics["indicators"].set_index("indicator"), statistics["rates"]
    titles, values = rates["numerator"].map(title_of), rates["numerator"].map(given["value"])
    units = {side: rates[side].map(given["unit"]).fillna("人") for side in ("numerator", "denominator")}
    base = rates["denominator_value"].map(number) + units["denominator"]
    bases = rates["denominator"].map(title_of) + "（" + base + "）"
    shares = ("，为" + bases + "的" + rates["percent"].map(number) + "%").where(rates["percent"].notna(), "")
    told = (titles + values.map(number) + units["numerator"] + shares)[values.notna()]
    missing = titles[values.isna()]
    return {
        "places": f"{year}年度共{verb}1+X证书试点{said['applications']}，涉及{said['certificates']}证书；"
        f"同一证书的不同等级分别计算，为{said['certificate_levels']}。"
        + asked_and_granted(said["places_applied"], said["places_approved"])
        + breakdown("批次", statistics["by_round"], "application_round")
        + (not_approved if parts else ""),
        "certificates": _certificates(statistics),
        "majors": (f"试点{known}。" if known else "") + (f"{note}，所以专业数只是下限。" if note else ""),
        "training": (f"{'；'.join(told)}。" if len(told) else "")
        + (f"{'、'.join(missing)}{NOT_GIVEN}，本报告不作推算。" if len(missing) else "")
        + _results(statistics),
    }


def _results(statistics: Statistics) -> str:
    """The year's results: counts, rates with their denominators, the certificates of the highest and the lowest."""
    if statistics["results"].empty:
        return ""
    year, groups = statistics["results"].iloc[0], statistics["results_by_certificate"]
    said = {name: title_of(name) + at_least(year[name], year[f"{name}_bound"], PERSON_TIMES) for name in RESULT_COUNTS}
    sides = said | {"places_approved": "批准名额" + people(year["places_approved"])}
    form = "{}{}%（{}÷{}）".format
    known = {rate: map(sides.get, parts) for rate, parts in RESULT_RATES.items() if pd.notna(year[rate])}
    rates = [form(title_of(rate), number(year[rate]), *parts) for rate, parts in known.items()]
    text = f"\n考核结果表共计：{'，'.join(said.values())}。" + (f"{'；'.join(rates)}。" if rates else "")
    names, few, percent = level_named(groups), groups["few_sat"], groups["pass_rate"].mask(groups["few_sat"])
    if percent.count() and percent.max() > percent.min():
        most, least = (f"{listed(names[percent == end])}（{number(end)}%）" for end in (percent.max(), percent.min()))
        text += f"按证书与等级看，通过率最高的是{most}，最低的是{least}。"
    return text + (f"参考不足{FEWEST_RANKED}人次的不参与比较：{listed(names[few])}。" if few.any() else "")


def level_named(rows: pd.DataFrame) -> "pd.Series[str]":
    """Certificates with their levels, where rows have any: 财务共享服务（初级）."""
    levels = rows["level"].astype(str) if "level" in rows else pd.Series(UNKNOWN, rows.index)
    return rows["certificate"].astype(str) + ("（" + levels + "）").mask(levels == UNKNOWN, "")


def _certificates(statistics: Statistics) -> str:
    levels, repeated = statistics["by_level"], statistics["repeated_over_rounds"]
    text = breakdown("等级", levels, "level")
    unknown = levels.loc[levels["level"] == UNKNOWN].sum(numeric_only=True)
    filled = unknown["applications_as_given"] - unknown["applications"]
    if filled > 0:
        places = people(unknown["places_approved_as_given"] - unknown["places_approved"])
        text += f"其中{number(filled)}项的等级在原表中看不到，由更正记录补出，涉及批准{places}。"
    if len(repeated):
        form = "{certificate}（{level}，{rounds_detail}{total}）"
        sums = zip(repeated["places_approved"], repeated["lower_bound"], strict=True)
        counts = [f"，合计{people(*total)}" if pd.notna(total[0]) else "" for total in sums]
        repeats = map(form.format_map, repeated.assign(total=counts).to_dict("records"))
        text += f"在不止一个批次申报的有{number(len(repeated))}个：{'、'.join(repeats)}。"
    rows = statistics["approved_unlike_applied"]
    unlike = [
        f"第{row.source_row}行{row.certificate}申请{people(row.places_applied)}、批准{people(row.places_approved)}"
        for row in rows.head(5).itertuples()
    ]
    if unlike:
        more = "等" if len(rows) > len(unlike) else ""
        text += f"批准人数与申请人数不同的共{number(len(rows))}项：{'；'.join(unlike)}{more}。"
    return text


def brief(table: pd.DataFrame) -> pd.DataFrame:
    """The table with names cut that are too long for a sentence or a figure; tables show them whole."""
    kinds = {name: kind_of(name) for name in map(str, table.columns)}
    names = [name for name, kind in kinds.items() if kind in ("name", "status")]
    words = table[names].astype("str").map(lambda text: shortened(visible(text)), na_action="ignore")
    rounds = [name for name, kind in kinds.items() if kind == "round" or name in ("rounds", "rounds_detail")]
    return table.assign(**words, **table[rounds].astype("str").map(round_title, na_action="ignore"))


def visible(text: str) -> str:
    """The text with marks written out that steer its direction or mean nothing: they would turn what follows.

    >>> visible("界面\u202e设计")
    '界面〔U+202E〕设计'
    """
    return text.translate(_UNSEEN)


def shortened(name: str, longest: int = 40) -> str:
    """A name as it stands in sentences and figures: one that is too long to read there is cut, and says so.

    >>> shortened("界面设计"), shortened("很长的名称", 4)
    ('界面设计', '很长的…')
    """
    return name if len(name) <= longest else f"{name[: longest - 1]}…"
