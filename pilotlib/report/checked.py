"""What became of the numbers of a text: a quiet mark at each that leads to its row, and the table of rows."""

import json
import re
from collections.abc import Hashable, Mapping
from functools import partial
from html import escape
from typing import Any, cast

import pandas as pd

from pilotlib.claims import count_states
from pilotlib.claims.grammar import AGREES, DISAGREES, LOWER_BOUND, NO_DATA, NOT_UNDERSTOOD, STATES
from pilotlib.report.prose import number, shortened
from pilotlib.report.told import NOTHING, Told, aligned, cells, names_of
from pilotlib.statistics import STATISTICS
from pilotlib.vocabulary import round_title

# Never by colour alone: each state has a sign of its own.
SIGNS = {AGREES: "✓", DISAGREES: "≠", LOWER_BOUND: "≥", NO_DATA: "○", NOT_UNDERSTOOD: "？"}
MARKS_EXPLAINED = (
    "<p class='notes'>以下是学校的原文，其中的数都已核对。数后的记号是结论，指向或点按时显示依据，并链接到“数据核对”："
    f"{'，'.join(f'{SIGNS[state]} {title}' for state, title in reversed(STATES.items()))}。</p>"
)
_DEFINITION = (
    "“下限”：数据只给出下限，所写的数不小于它。“无数据”：数据中没有可以核对的数。“未识别”：没有认出这个数说的是什么。"
)
_UNIT_INSIDE = re.compile("分之|成$")  # 百分之八十, 八成
_OPEN, _CLOSE = "\ue000", "\ue001"  # private characters, which no text of a school holds
_CLAUSE = re.compile("[^，。；！？,;!?]*")
_WIDEST = 20  # characters of a number (or a list of names) that a line of the terminal shows
_LONGEST = 56  # characters of a sentence that a table's cell shows


def with_marks(narrative: str, claims: pd.DataFrame) -> str:
    """The school's text with a placeholder behind each checked number, which `marks_as_links` fills later; one at the
    end of the clause for what the text does not state itself (a list, a sum) and that disagrees."""
    lines = narrative.replace(_OPEN, "\ufffd").replace(_CLOSE, "\ufffd").split("\n")
    marked = _numbered(claims).sort_values("entry").query("~derived or state == @DISAGREES")
    for _, marks in reversed(list(marked.groupby("owner"))):  # from the end, so that places stay true
        row = marks.iloc[0]
        line = lines[row["line"] - 1]
        start = row["column"] - 1 + len(row["number"])
        unit = re.match(rf"[余多来]?[\s*`]{{0,2}}.{{{len(row['unit'])}}}", line[start:])
        end = start + (unit.end() if unit and row["unit"] and not _UNIT_INSIDE.search(row["number"]) else 0)
        clause = end + len(cast(re.Match[str], _CLAUSE.match(line[end:]))[0])
        own, follows = (_placeholders(marks.loc[marks["derived"] == which, "entry"]) for which in (False, True))
        lines[row["line"] - 1] = f"{line[:end]}{own}{line[end:clause]}{follows}{line[clause:]}"
    return "\n".join(lines)


def _placeholders(entries: "pd.Series[int]") -> str:
    return "".join(f"{_OPEN}{entry}{_CLOSE}" for entry in entries)


def marks_as_links(html: str, claims: pd.DataFrame) -> str:
    """The rendered text, each placeholder turned into a link to the number's row in the table, which says on hover and
    focus what was found and why."""
    rows = _numbered(claims).set_index("entry").to_dict("index")

    def link(placeholder: re.Match[str]) -> str:
        entry, row = placeholder[1], rows[int(placeholder[1])]
        state, sign = row["state"], SIGNS[row["state"]] + ("推算" if row["derived"] else "")
        attributes = f'id="number-{entry}" href="#claim-{entry}" aria-label="核对第{entry}条：{STATES[state]}"'
        attributes += f' aria-describedby="why-{entry}"'
        told = f"<b>{sign} {STATES[state]}</b>　{escape(_why(row))}"
        why = f'<span class="why" id="why-{entry}" role="tooltip">{told}</span>'
        return f'<sup><a class="check {state}" {attributes}>{sign}</a>{why}</sup>'

    return re.sub(f"{_OPEN}(\\d+){_CLOSE}", link, html)


def _why(row: Mapping[Hashable, Any]) -> str:
    """Why a number was judged so, and the sentence that could stand instead."""
    return round_title(row["explanation"]) + (f"可写作：“{row['instead']}”。" if row["instead"] else "")


def disagreeing(claims: pd.DataFrame) -> str:
    """What disagrees, as a list: the sentence, why, and what could be written instead."""
    rows = _numbered(claims).query("state == @DISAGREES")
    items = [
        f"<li><q>{escape(row['sentence'])}</q><br>{escape(round_title(row['explanation']))}"
        + (f"<br><b>可写作</b>：“{escape(row['instead'])}”" if row["instead"] else "")
        + f'<a class="back" href="#number-{row["entry"]}" aria-label="第{row["entry"]}条，到原文">到原文</a></li>'
        for row in rows.to_dict("records")
    ]
    return f"<ol class='disagreeing'>{''.join(items)}</ol>" if items else ""


def claims_heading(claims: pd.DataFrame) -> str:
    """How many numbers a text states, and how many of these disagree."""
    counts = count_states(claims)
    wrong = counts.get(DISAGREES, 0)
    return f"{number((claims['kind'] == 'claim').sum())}处数字，" + (
        f"{number(wrong)}处不一致" if wrong else "没有不一致"
    )


def claims_lead(claims: pd.DataFrame) -> str:
    """The count of a text's numbers by state, in a sentence."""
    stated = (claims["kind"] == "claim").sum()
    counts = [f"{SIGNS[state]} {STATES[state]}{number(count)}条" for state, count in count_states(claims).items()]
    return (
        f"学校文字中的数逐一与数据核对，连同由它们推算的合计、名单与比率，共{number(stated)}条：{'，'.join(counts)}。"
        f"另有{number(len(claims) - stated)}处数字（年份、序号、名称等）不是陈述，没有列出。"
    )


def claims_table(claims: pd.DataFrame, source: str) -> Told:
    """A row for each number of a text, the gravest state first: `entry, state, number` (with its unit), `derived,
    line, sentence, explanation, expected, difference` (of those that disagree), `statistic` (its title)."""
    rows = _numbered(claims)
    data = rows.assign(
        state=rows["state"].map(STATES).astype("str"),
        number=rows["written"],
        difference=(rows["value"] - rows["expected"]).where(rows["state"] == DISAGREES),
        explanation=pd.Series(map(_why, rows.to_dict("records")), rows.index, dtype="str"),
    )
    shown = ("entry", "state", "sentence", "explanation", "expected", "difference", "statistic")
    data = data[[*shown[:2], "number", "derived", "line", *shown[2:]]]
    return Told("claims", "逐条核对", _DEFINITION, "条", f"学校的文字；{source}", data, shown=shown)


def claims_cells(claims: pd.DataFrame, told: Told) -> pd.DataFrame:
    """The cells of the page: each number marked in its sentence, and its row led back to it."""
    written, rows = cells(told), _numbered(claims)
    signs = rows["state"].map({state: f'<span class="check {state}">{sign}</span>' for state, sign in SIGNS.items()})
    return written.assign(
        entry=[
            f'<a id="claim-{entry}" href="#number-{owner}" aria-label="第{entry}条，回到正文">{entry}</a>'
            for entry, owner in zip(rows["entry"], rows["owner"], strict=True)
        ],
        state=signs.astype("str") + written["state"],
        sentence=[_excerpt(row) for row in rows.itertuples()],
    ).astype("str")


def _numbered(claims: pd.DataFrame) -> pd.DataFrame:
    """The claims without labels, the gravest state first: `entry` counts them in the text, `owner` is the entry
    that each belongs to, `written` the number with its unit, `statistic` the title of what it rests on."""
    rows = claims[claims["kind"] == "claim"]
    entry = pd.Series(range(1, len(rows) + 1), index=rows.index, dtype="int64")
    owner = entry.where(~rows["derived"]).ffill().astype("int64")
    unit = rows["unit"].mask(rows["derived"] | rows["number"].str.contains(_UNIT_INSIDE), "")
    titles = rows["statistic"].map({name: known.title for name, known in STATISTICS.items()}).fillna("申报明细")
    titles = titles.where(rows["statistic"].notna(), NOTHING)
    rows = rows.assign(entry=entry, owner=owner, written=rows["number"] + unit, statistic=titles)
    return rows.iloc[rows["state"].map(list(STATES).index).argsort(kind="stable")].reset_index(drop=True)


def _excerpt(row: Any) -> str:
    """The sentence with the number marked, cut where it is long; of a derived row, what was derived."""
    if row.derived:
        return f"<span class='derived'>推算</span>{escape(row.number)}"
    end = row.offset + len(row.number) + len(row.unit)
    room = max(0, (_LONGEST - (end - row.offset)) // 2)
    first, last = max(0, row.offset - room), min(len(row.sentence), end + room)
    before = ("…" if first else "") + escape(row.sentence[first : row.offset])
    after = escape(row.sentence[row.offset + len(row.number) : last]) + ("…" if last < len(row.sentence) else "")
    return f"{before}<mark>{escape(row.number)}</mark>{after}"


def as_json(claims: pd.DataFrame) -> str:
    """A list of objects, one per number, with the columns of the claims; the derived ones say so."""
    objects = json.loads(claims.drop(columns="offset").to_json(orient="records", force_ascii=False))
    shown = [{key: value for key, value in item.items() if key != "derived" or value} for item in objects]
    return json.dumps(shown, ensure_ascii=False, indent=2)


def as_lines(claims: pd.DataFrame, file: str, *, everything: bool = False) -> list[str]:
    """For a terminal: what disagrees, in full; what is not certain, or `everything`, as a table; the counts."""
    stated = _numbered(claims).sort_values("entry")
    if stated.empty:
        return [f"{file}：没有找到陈述性的数（只有年份、序号一类的数字 {len(claims)} 处）。"]
    short = stated["written"].map(lambda text: shortened(text, _WIDEST))
    columns = {
        "结论": stated["state"].map({state: f"{sign} {STATES[state]}" for state, sign in SIGNS.items()}),
        "行:列": stated["line"].astype(str) + ":" + stated["column"].astype(str),
        "数": short.mask(stated["derived"], "推算 " + short),
        "数据": stated["expected"].map(partial(number, decimals=2)).mask(stated["expected"].isna(), NOTHING),
        "依据": stated["statistic"],
        "说明": stated["explanation"].map(round_title),
    }
    table, lines = pd.DataFrame(columns), list[str]()
    again = stated.duplicated(["line", "column", "explanation"])  # a sum that is told of its total
    wrong = (stated["state"] == DISAGREES) & ~again
    said = stated.assign(explanation=columns["说明"]).loc[wrong, ["sentence", "explanation", "instead"]].to_numpy()
    for head, (sentence, explanation, instead) in zip(table[wrong].to_numpy(), said, strict=True):
        lines += ["  ".join(head[:3]), f"    原文：{sentence}", f"    核对：{explanation}"]
        lines += [f"    可写作：{instead}"] if instead else []
    listed = table if everything else table[~stated["state"].isin([AGREES, DISAGREES])]
    lines += aligned((False, [name, *listed[name]]) for name in names_of(listed)) if len(listed) else []
    counts = "，".join(f"{STATES[state]} {count} 条" for state, count in count_states(claims).items())
    return [*lines, f"{file}：{counts}；另有 {len(claims) - len(stated)} 处数字不是陈述。"]
