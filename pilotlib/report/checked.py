"""How the check of the prose is told: a quiet mark at each number that leads to its row, and the table of rows."""

import json
import re
from html import escape
from typing import Any

import pandas as pd

from pilotlib.claims import AGREES, DISAGREES, LOWER_BOUND, NO_DATA, NOT_UNDERSTOOD, STATES, count_states
from pilotlib.report.findings import aligned
from pilotlib.report.prose import number
from pilotlib.report.told import NOTHING, Told, cells
from pilotlib.statistics import STATISTICS

# Never by colour alone: each state has a sign of its own.
SIGNS = {AGREES: "✓", DISAGREES: "≠", LOWER_BOUND: "≥", NO_DATA: "○", NOT_UNDERSTOOD: "？"}
JSON_KEYS = (
    "number",
    "value",
    "unit",
    "kind",
    "state",
    "expected",
    "statistic",
    "sentence",
    "line",
    "column",
    "explanation",
)
_UNIT_INSIDE = re.compile("分之|成$")  # 百分之八十, 八成
_OPEN, _CLOSE = "\ue000", "\ue001"  # private characters, which no text of a school holds
_WIDEST = 20  # characters of a number (or a list of names) that a line of the terminal shows
_LONGEST = 56  # characters of a sentence that a table's cell shows


def with_marks(narrative: str, claims: pd.DataFrame) -> str:
    """The school's text with a placeholder behind each checked number, for `marks_as_links` to fill after rendering.

    A number from which something follows that disagrees (a list, a sum) carries a second mark for that.
    """
    lines = narrative.replace(_OPEN, "\ufffd").replace(_CLOSE, "\ufffd").split("\n")
    rows = _numbered(claims)
    marked = rows[~rows["derived"] | (rows["state"] == DISAGREES)]
    for _, marks in reversed(list(marked.groupby("owner"))):  # from the end, so that places stay true
        row = marks.iloc[0]
        line = lines[row["line"] - 1]
        start = row["column"] - 1 + len(row["number"])
        unit = re.match(rf"[余多来]?[\s*`]{{0,2}}.{{{len(row['unit'])}}}", line[start:])
        end = start + (unit.end() if unit and row["unit"] and not _UNIT_INSIDE.search(row["number"]) else 0)
        placeholders = "".join(f"{_OPEN}{entry}{_CLOSE}" for entry in marks["entry"])
        lines[row["line"] - 1] = f"{line[:end]}{placeholders}{line[end:]}"
    return "\n".join(lines)


def marks_as_links(html: str, claims: pd.DataFrame) -> str:
    """The rendered text, each placeholder turned into a link to the number's row in the table."""
    states = _numbered(claims).set_index("entry")["state"]

    def link(found: re.Match[str]) -> str:
        state = states[int(found[1])]
        told = f"核对第{found[1]}条：{STATES[state]}"
        mark = f'<a class="check {state}" id="number-{found[1]}" href="#claim-{found[1]}" aria-label="{told}">'
        return f"<sup>{mark}{SIGNS[state]}</a></sup>"

    return re.sub(f"{_OPEN}(\\d+){_CLOSE}", link, html)


def claims_lead(claims: pd.DataFrame) -> str:
    """The count of a text's numbers by state, in a sentence."""
    stated = (claims["kind"] == "claim").sum()
    counts = "，".join(
        f"{SIGNS[state]} {STATES[state]}{number(count)}条" for state, count in count_states(claims).items()
    )
    return (
        f"学校文字中的数逐一与数据核对，连同由它们推算的合计、名单与比率，共{number(stated)}条：{counts}。"
        f"另有{number(len(claims) - stated)}处数字（年份、序号、名称等）不是陈述，没有列出。"
    )


def claims_cells(claims: pd.DataFrame, told: Told) -> pd.DataFrame:
    """The cells of the page: each number marked in its sentence, and its row led back to it."""
    rows, shown = cells(told), _by_gravity(claims)
    signs = shown["state"].map({state: f'<span class="check {state}">{sign}</span>' for state, sign in SIGNS.items()})
    return rows.assign(
        entry=[_entry(row) for row in shown.itertuples()],
        state=signs.astype("str") + rows["state"],
        sentence=[_excerpt(row) for row in shown.itertuples()],
    ).astype("str")


def claims_table(claims: pd.DataFrame, source: str) -> Told:
    """A row for each number of a text, the gravest state first, in the order of the text.

    `entry, state` (in words), `number` (with its unit), `derived, line, sentence, explanation, expected, difference`
    (of those that disagree), `statistic` (its title).
    """
    shown = _by_gravity(claims)
    data = shown.assign(
        state=shown["state"].map(STATES).astype("str"),
        number=[_written(row) for row in shown.itertuples()],
        difference=(shown["value"] - shown["expected"]).where(shown["state"] == DISAGREES),
        statistic=shown["statistic"].map(statistic_title),
        explanation=shown["explanation"] + shown["instead"].map(lambda text: f"可写作：“{text}”。" if text else ""),
    )[
        [
            *("entry", "state", "number", "derived", "line", "sentence"),
            *("explanation", "expected", "difference", "statistic"),
        ]
    ]
    definition = (
        "“下限”：数据只给出下限，所写的数不小于它。“无数据”：数据中没有可以核对的数。"
        "“未识别”：没有认出这个数说的是什么。"
    )
    page = ("entry", "state", "sentence", "explanation", "expected", "difference", "statistic")
    return Told("claims", "逐条核对", definition, "条", f"学校的文字；{source}", data, shown=page)


def _by_gravity(claims: pd.DataFrame) -> pd.DataFrame:
    made = _numbered(claims)
    rank = made["state"].map(list(STATES).index)
    return made.assign(rank=rank).sort_values("rank", kind="stable", ignore_index=True)


def statistic_title(name: str | float) -> str:
    """The Chinese title of the statistic that a claim was held against; the application table for finer parts."""
    if pd.isna(name):
        return NOTHING
    return STATISTICS[name].title if name in STATISTICS else "申报明细"


def _numbered(claims: pd.DataFrame) -> pd.DataFrame:
    """The claims without labels; `entry` numbers them from 1, `owner` is the entry of the number each belongs to."""
    made = claims[claims["kind"] == "claim"]
    entry = pd.Series(range(1, len(made) + 1), index=made.index, dtype="int64")
    return made.assign(entry=entry, owner=entry.where(~made["derived"]).ffill().astype("int64"))


def _entry(row: Any) -> str:
    """The row's number: the target of the mark in the prose, and the way back to the number that it belongs to."""
    return (
        f'<a id="claim-{row.entry}" href="#number-{row.owner}" aria-label="第{row.entry}条，回到正文">{row.entry}</a>'
    )


def _excerpt(row: Any) -> str:
    """The sentence with the number marked, cut on both sides where it is long; of a derived row, what was derived."""
    if row.derived:
        return f"<span class='derived'>推算</span>{escape(row.number)}"
    end = row.offset + len(row.number) + len(row.unit)
    room = max(0, (_LONGEST - (end - row.offset)) // 2)
    first, last = max(0, row.offset - room), min(len(row.sentence), end + room)
    before, after = row.sentence[first : row.offset], row.sentence[row.offset + len(row.number) : last]
    return (
        f"{'…' if first else ''}{escape(before)}<mark>{escape(row.number)}</mark>{escape(after)}"
        f"{'…' if last < len(row.sentence) else ''}"
    )


def as_json(claims: pd.DataFrame) -> str:
    """A list of objects with `JSON_KEYS`, one per number; the derived ones say so."""
    objects = json.loads(claims[[*JSON_KEYS, "derived"]].to_json(orient="records", force_ascii=False))
    shown = [{key: value for key, value in item.items() if key != "derived" or value} for item in objects]
    return json.dumps(shown, ensure_ascii=False, indent=2)


def as_lines(claims: pd.DataFrame, file: str, *, everything: bool = False) -> list[str]:
    """For a terminal: what disagrees, each with its sentence, the computation and what could stand instead.

    Then a table of what is not certain (of `everything`, if asked for), and the count by state.
    """
    made = claims[claims["kind"] == "claim"]
    if made.empty:
        return [f"{file}：没有找到陈述性的数（只有年份、序号一类的数字 {len(claims)} 处）。"]
    lines: list[str] = []
    row: Any
    for row in made[made["state"] == DISAGREES].itertuples():
        lines += [f"{SIGNS[DISAGREES]} {STATES[DISAGREES]}  {row.line}:{row.column}  {_short(row)}"]
        lines += [f"    原文：{row.sentence}", f"    核对：{row.explanation}"]
        lines += [f"    可写作：{row.instead}"] if row.instead else []
    listed = made if everything else made[~made["state"].isin([AGREES, DISAGREES])]
    columns = [
        ["结论", *(f"{SIGNS[state]} {STATES[state]}" for state in listed["state"])],
        ["行:列", *(f"{line}:{column}" for line, column in zip(listed["line"], listed["column"], strict=True))],
        ["数", *(_short(row) for row in listed.itertuples())],
        ["查得", *(NOTHING if pd.isna(value) else number(value) for value in listed["expected"])],
        ["依据", *map(statistic_title, listed["statistic"])],
        ["说明", *listed["explanation"]],
    ]
    counts = "，".join(f"{STATES[state]} {count} 条" for state, count in count_states(claims).items())
    lines += aligned(columns) if len(listed) else []
    return [*lines, f"{file}：{counts}；另有 {len(claims) - len(made)} 处数字不是陈述。"]


def _written(row: Any) -> str:
    return f"{row.number}{'' if row.derived or _UNIT_INSIDE.search(row.number) else row.unit}"


def _short(row: Any) -> str:
    text = _written(row)
    return ("推算 " if row.derived else "") + (text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…")
