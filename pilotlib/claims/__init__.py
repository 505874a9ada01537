"""Numbers stated in prose ↔ statistics: every number of a text is found, understood and held against the year.

`grammar` holds the words as data; `numbers` finds the numbers and `text` the words around them; `claim` and `meaning`
say what each counts; `facts` are what is known of the year; `judging`, `rates` and `derived` say which of five states
each claim is in, and why.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import chain

import pandas as pd

from pilotlib.claims import grammar
from pilotlib.claims.claim import Claim, Context
from pilotlib.claims.derived import judge_names, judge_rounds, judge_sum
from pilotlib.claims.facts import NO_FACTS, Facts, facts_of, lexicon_of
from pilotlib.claims.judging import (
    AGREES,
    DISAGREES,
    LOWER_BOUND,
    NO_DATA,
    NOT_UNDERSTOOD,
    STATES,
    Derived,
    Verdict,
    judge_count,
)
from pilotlib.claims.meaning import understand
from pilotlib.claims.numbers import Number, plain_text
from pilotlib.claims.rates import judge_rate, recomputed
from pilotlib.claims.text import Paragraph, paragraph_of
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
    "STATES",
    "Facts",
    "check_claims",
    "check_narrative",
    "count_states",
    "facts_of",
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
}
_REACH = 40  # so many claims before and after one are looked at together with it


def check_claims(passages: Iterable[Passage], facts: Facts) -> pd.DataFrame:
    """Hold every number of a text against what is known of a year.

    Args:
        passages: The text, paragraph by paragraph, as `reading.documents` gives it.
        facts: What is known of the year, from `facts_of`.

    Returns:
        One row per number in the order of the text: `number` (as written), `value`, `unit`, `kind` (claim | label),
        `state` (of `STATES`; missing for a label), `expected` (the value found), `statistic` (its name), `sentence`,
        `line` and `column` (from 1), `explanation` (Chinese). Rows that are `derived` (a list of names counted, a
        sum, a recomputed rate, rounds left out) follow the claim that they belong to. `offset` is the number's place in
        its sentence, from 0.
    """
    lexicon = lexicon_of(facts)
    claims: list[Claim] = []
    mentioned: set[str] = set()
    rows: list[list[dict[str, object]]] = []  # of each number: its own, and those derived from it
    rows_of_claims: list[list[dict[str, object]]] = []
    for passage in passages:
        paragraph = paragraph_of(plain_text(passage.text), lexicon)
        understood = understand(paragraph)
        mentioned |= _rounds_mentioned(paragraph, facts)
        place = 0
        for number in paragraph.numbers:
            where = _where(passage, paragraph.text, number)
            if number.label:
                rows.append([where | {"kind": "label", "explanation": grammar.say("label", label=number.label)}])
                continue
            where |= _sentence(paragraph.text, understood[place])
            earlier, later = understood[max(0, place - _REACH) : place], understood[place + 1 : place + _REACH]
            context = Context(understood[place], earlier, later, paragraph.text, facts)
            rows.append(_rows_of_claim(context, where))
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
    return check_claims(passages, facts_of(tables_of(processed), statistics) if passages else NO_FACTS)


def count_states(claims: pd.DataFrame) -> dict[str, int]:
    """How many claims are in each state, every state named, the gravest first."""
    counts = claims["state"].value_counts()
    return {state: int(counts.get(state, 0)) for state in STATES}


def _rows_of_claim(context: Context, where: dict[str, object]) -> list[dict[str, object]]:
    number, (judged, derived) = context.claim.number, _judge(context)
    own = {"value": number.value, "kind": "claim"} | judged._asdict()
    return [where | own, *(where | _derived_row(item) for item in derived)]


def _judge(context: Context) -> tuple[Verdict, list[Derived]]:
    """The verdict on a claim, and what follows from it together with those around it."""
    claim = context.claim
    names, total = judge_names(claim, context.facts), judge_sum(context)
    derived = [item for item in (names, total) if item]
    if claim.number.kind == grammar.PERCENT:
        verdict, division = judge_rate(context)
        return verdict, [*derived, recomputed(division)] if division else derived
    rounds = list(dict.fromkeys(filter(None, (other.scope.application_round for other in context.earlier))))
    if claim.measure == "rounds_count" and len(rounds) == claim.value:
        return Verdict(AGREES, grammar.say("rounds_before", rounds="、".join(rounds)), claim.value, "by_round"), []
    return judge_count(context, names, total), derived


def _derived_row(item: Derived) -> dict[str, object]:
    own = {"number": item.number, "value": item.value, "unit": item.unit, "kind": "claim", "derived": True}
    return own | item.verdict._asdict()


def _rounds_mentioned(paragraph: Paragraph, facts: Facts) -> set[str]:
    named = {name for name in facts.names["application_round"] if name in paragraph.text}
    ordinals = [number.written for number in paragraph.numbers if number.label == grammar.ORDINAL]
    return named | {round_named(ordinal.replace(" ", "")) for ordinal in ordinals}


def _where(passage: Passage, text: str, number: Number) -> dict[str, object]:
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
    }


def _sentence(text: str, claim: Claim) -> dict[str, object]:
    """The sentence of a claim, and the place of its number in it."""
    start, end = claim.sentence
    before = " ".join(f"{text[start : claim.number.start]}|".split())
    return {"sentence": " ".join(text[start : end + 1].split()), "offset": len(before) - 1}
