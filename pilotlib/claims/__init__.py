"""Numbers stated in prose and tables ↔ the text itself ↔ the year: every one is found, understood and judged.

`grammar` holds the words as data; `numbers` finds the numbers, `text` the words around them, `meaning` says what each
counts. Layer one, `relations` (prose) and `tables`, judges the text by itself; layer two, `year`, holds what is
positively of this school, this year and the whole of it against `facts`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import chain

import pandas as pd

from pilotlib.claims import grammar
from pilotlib.claims.facts import NO_FACTS, Facts, facts_of, figure
from pilotlib.claims.grammar import AGREES, DISAGREES, LOWER_BOUND, NO_DATA, NOT_UNDERSTOOD, STATES, say
from pilotlib.claims.meaning import Claim, understand
from pilotlib.claims.numbers import Number, plain_text
from pilotlib.claims.relations import Around, around, relations_of
from pilotlib.claims.tables import Judged, judge_table
from pilotlib.claims.text import Paragraph, lexicon_of, paragraph_of
from pilotlib.claims.year import Derived, Verdict, judge_count, judge_names, judge_rate, judge_rounds, recomputed
from pilotlib.reading import Processed
from pilotlib.reading.documents import Passage, passages_of
from pilotlib.statistics import tables_of
from pilotlib.vocabulary import round_named

__all__ = [
    "AGREES",
    "DISAGREES",
    "LOWER_BOUND",
    "NOT_UNDERSTOOD",
    "NO_DATA",
    "NO_FACTS",
    "STATES",
    "Facts",
    "check_claims",
    "check_narrative",
    "count_states",
    "facts_of",
    "not_of_the_year",
    "school_names",
]

# The columns of a table of claims, with their types.
_COLUMNS = {
    "number": "str",
    "value": "Float64",
    "unit": "str",
    "kind": "str",
    "state": "str",
    "expected": "Float64",
    "statistic": "str",
    "sentence": "str",
    "line": "int64",
    "column": "int64",
    "explanation": "str",
    "derived": "bool",
    "offset": "Int64",
    "instead": "str",
}
Row = dict[str, object]


def check_claims(passages: Iterable[Passage], facts: Facts) -> pd.DataFrame:
    """Judge every number of a text: by the text itself, and by what is known of a year.

    Args:
        passages: The text, paragraph by paragraph, as `reading.documents` gives it.
        facts: What is known of the year, from `facts_of`; `NO_FACTS` to judge the text by itself.

    Returns:
        One row per number in the order of the text: `number` (as written), `value`, `unit`, `kind` (claim | label),
        `state` (of `STATES`; missing for a label), `expected` (the value found), `statistic` (its name), `sentence`,
        `line` and `column` (from 1), `explanation` (Chinese). Rows that are `derived` (a list of names counted, a
        sum, a recomputed rate, rounds left out) follow the claim that they belong to. `offset` is the number's place in
        its sentence, from 0; `instead` what could stand there where it disagrees.
    """
    lexicon = lexicon_of(facts)
    claims: list[Claim] = []
    mentioned: set[str] = set()
    rows: list[list[Row]] = []  # of each number: its own, and those derived from it
    rows_of_claims: list[list[Row]] = []
    for passage in passages:
        if passage.rows:
            rows += [[_row_of_table(passage, judged)] for judged in judge_table(passage.rows)]
            continue
        paragraph = paragraph_of(plain_text(passage.text), lexicon)
        understood = understand(paragraph)
        nearby = list(around(understood))
        mentioned |= _rounds_mentioned(paragraph, facts)
        place = 0
        for number in paragraph.numbers:
            where = _where(passage, paragraph.text, number)
            if number.label:
                rows.append([where | {"kind": "label", "explanation": say("label", label=number.label)}])
                continue
            where |= _sentence(paragraph.text, understood[place])
            rows.append(
                _rows_of_claim(nearby[place], understood[max(0, place - 40) : place], paragraph.text, facts, where)
            )
            rows_of_claims.append(rows[-1])
            place += 1
        claims += understood
    for place, item in judge_rounds(claims, mentioned, facts).items():
        own = rows_of_claims[place][0]
        where = {name: own[name] for name in ("sentence", "line", "column", "offset")}
        rows_of_claims[place].insert(1, where | _derived_row(item))
    return pd.DataFrame([*chain(*rows)], columns=list(_COLUMNS)).astype(_COLUMNS)


def check_narrative(processed: Processed, statistics: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The school's own text of a year held against that year, as `check_claims` does it."""
    passages = passages_of(processed.narrative)
    schools = school_names(processed.about["school"])
    return check_claims(passages, facts_of(tables_of(processed), statistics, schools) if passages else NO_FACTS)


def school_names(school: dict[str, object]) -> tuple[str, ...]:
    """The name of a school and its short ones, as `school.toml` gives them (`name`, `short_names`)."""
    short = school.get("short_names", ())
    return (str(school.get("name", "")), *map(str, short if isinstance(short, list) else ()))


def not_of_the_year(passages: list[Passage], facts: Facts, *, any_year: bool = False) -> str:
    """What the title of a document names, if that is another year (unless any will do) or school; "" if it does not."""
    title = next((plain_text(passage.text) for passage in passages if passage.text.strip()), "")
    if len(title) > grammar.SHAPE["longest_title"] or re.search(grammar.SHAPE["no_title"], title):
        return ""
    years = set(re.findall(r"(?<!\d)(?:19|20)\d{2}(?=\s*(?:年|学年|[-—–~至]))", title))
    if years and str(facts.year) not in years and not any_year:
        return f"{min(years)}年"
    school = re.search(grammar.SHAPE["school_in_title"], title)
    known = any(name in title for name in facts.schools if name)
    return school[0] if school and facts.schools and not known else ""


def count_states(claims: pd.DataFrame) -> dict[str, int]:
    """How many claims are in each state, every state named, the gravest first."""
    counts = claims["state"].value_counts()
    return {state: int(counts.get(state, 0)) for state in STATES}


def _rows_of_claim(near: Around, earlier: list[Claim], text: str, facts: Facts, where: Row) -> list[Row]:
    """The row of a claim, and those of what follows from it together with the claims around it."""
    claim, findings = near.claim, relations_of(near)
    names = judge_names(claim, facts)
    sums = [
        Derived(item.derived, item.value, claim.number.unit, Verdict(item.state, item.explanation, claim.value))
        for item in findings
        if item.derived
    ]
    derived = [*filter(None, [names]), *sums]
    rounds = dict.fromkeys(filter(None, (other.scope.application_round for other in earlier)))
    if claim.number.kind == grammar.PERCENT:
        verdict = judge_rate(near, text, facts, findings)
        item = recomputed(claim, earlier, text[claim.sentence[0] : claim.number.start], facts)
        derived += [item] if item else []
    elif claim.measure == "rounds_count" and len(rounds) == claim.value:
        verdict = Verdict(AGREES, say("rounds_before", rounds="、".join(rounds)), claim.value, "by_round")
    else:
        verdict = judge_count(claim, text, facts, findings, names)
    own = where | {"value": claim.number.value, "kind": "claim"} | verdict._asdict()
    if verdict.state == DISAGREES:
        own["instead"] = _instead(text, claim, verdict.expected)
    return [own, *(where | _derived_row(item) for item in derived)]


def _instead(text: str, claim: Claim, expected: float | None) -> str:
    """The clause of a claim with the value that follows from the others in its place."""
    start, end = claim.clause
    number = claim.number
    if not re.fullmatch(r"[\d,.]+", number.written) or expected is None:
        return ""
    value = figure(round(expected, max(1, len(number.written.partition(".")[2]))))
    value = f"{float(value):,.0f}" if "," in number.written else value
    return " ".join((text[start : number.start] + value + text[number.end : end]).split())


def _row_of_table(passage: Passage, judged: Judged) -> Row:
    """A cell that its table determines: its row is the sentence."""
    row, cell = passage.rows[judged.row], judged.cell
    texts = [" ".join(text.split()) for text in row]
    sentence, offset = " | ".join(texts), sum(len(text) + 3 for text in texts[: judged.column])
    before = (
        sum(len(text) + len(passage.between) for text in row[: judged.column]) if passage.between else judged.column
    )
    indent = row[judged.column].index(cell.written) if passage.between else 0
    return {
        "number": cell.written,
        "value": cell.value,
        "unit": "%" if cell.percent else "",
        "kind": "claim",
        "state": judged.state,
        "expected": judged.expected,
        "sentence": sentence,
        "line": passage.line + judged.row,
        "column": before + indent + 1,
        "explanation": judged.explanation,
        "derived": False,
        "offset": offset,
        "instead": figure(judged.expected) + ("%" if cell.percent else "") if judged.state == DISAGREES else "",
    }


def _derived_row(item: Derived) -> Row:
    own = {"number": item.number, "value": item.value, "unit": item.unit, "kind": "claim", "derived": True}
    return own | item.verdict._asdict() | {"instead": item.instead}


def _rounds_mentioned(paragraph: Paragraph, facts: Facts) -> set[str]:
    named = {name for name in facts.names["application_round"] if name in paragraph.text}
    ordinals = [number.written for number in paragraph.numbers if number.label == grammar.ORDINAL]
    return named | {round_named(ordinal.replace(" ", "")) for ordinal in ordinals}


def _where(passage: Passage, text: str, number: Number) -> Row:
    """A number with its line and column, and the sentence in which it stands, as far as it is not too long."""
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    line, longest = bisect_right(line_starts, number.start) - 1, grammar.SHAPE["longest_sentence"]
    first, last = max(0, number.start - longest), number.start + longest
    marks = grammar.SHAPE["sentence_ends"]
    start = max(first, *(text.rfind(mark, first, number.start) + 1 for mark in marks))
    end = min((end for mark in marks if (end := text.find(mark, number.start, last)) >= 0), default=last)
    return {
        "number": number.written,
        "unit": number.unit,
        "derived": False,
        "line": passage.line + line,
        "column": number.start - line_starts[line] + 1,
        "sentence": " ".join(text[start : end + 1].split()),
        "instead": "",
    }


def _sentence(text: str, claim: Claim) -> Row:
    """The sentence of a claim, and the place of its number in it."""
    start, end = claim.sentence
    before = " ".join(f"{text[start : claim.number.start]}|".split())
    return {"sentence": " ".join(text[start : end + 1].split()), "offset": len(before) - 1}
