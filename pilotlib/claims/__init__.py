"""Numbers stated in prose ↔ statistics: every number of a text is found, understood and held against the year.

`grammar` holds the words as data; `numbers` finds the numbers; `meaning` says what each counts; `facts` are what is
known of the year; `judging`, `rates` and `derived` say which of five states each claim is in, and why.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable

import pandas as pd

from pilotlib.claims import grammar
from pilotlib.claims.derived import Derived, judge_names, judge_rounds, judge_sum
from pilotlib.claims.facts import NO_FACTS, Facts, facts_of
from pilotlib.claims.judging import AGREES, DISAGREES, LOWER_BOUND, NO_DATA, NOT_UNDERSTOOD, Verdict, figure, judge
from pilotlib.claims.meaning import Meaning, understand
from pilotlib.claims.numbers import Number, find_numbers, plain_text
from pilotlib.claims.rates import Division, judge_rate
from pilotlib.claims.shape import sentence_at
from pilotlib.claims.words import kinds_of, lexicon_of
from pilotlib.reading import Processed
from pilotlib.reading.documents import Passage, passages_of
from pilotlib.statistics import tables_of
from pilotlib.vocabulary import round_named

__all__ = [
    "AGREES",
    "CLAIM_COLUMNS",
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

_REACH = 40  # so many claims before and after one are looked at together with it
# The states of a claim, the gravest first, with their Chinese names.
STATES = {DISAGREES: "不一致", NOT_UNDERSTOOD: "未识别", LOWER_BOUND: "下限", NO_DATA: "无数据", AGREES: "一致"}
CLAIM_COLUMNS = [
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
    "derived",
    "offset",
]


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
    rows: list[dict] = []
    said: list[tuple[Number, Meaning]] = []
    row_of_claim: list[int] = []
    mentioned: set[str] = set()
    for passage in passages:
        text = plain_text(passage.text)
        numbers = find_numbers(text)
        meanings = iter(understand(text, numbers, lexicon))
        here = [(number, next(meanings)) for number in numbers if not number.label]
        mentioned |= {name for name in facts.names["application_round"] if name in text}
        line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        places = {id(number): place for place, (number, _) in enumerate(here)}
        for number in numbers:
            where = _place(passage.line, line_starts, number) | {"sentence": sentence_at(text, number.start)}
            if number.label:
                rows.append(
                    where | {"number": number.number, "kind": "label", "explanation": f"{number.label}，不是陈述"}
                )
                if number.label == grammar.ORDINAL:
                    mentioned.add(round_named(number.number.replace(" ", "")))
                continue
            place = places[id(number)]
            verdict, extra = _verdict(place, here, text, facts)
            where |= _sentence(text, number, here[place][1])
            row_of_claim.append(len(rows))
            said.append(here[place])
            rows.append(
                where
                | {"number": number.number, "value": number.value, "unit": number.unit, "kind": "claim"}
                | _told(verdict)
            )
            rows += [where | _derived(item) for item in extra]
    omitted = judge_rounds(said, mentioned, facts)
    for place in sorted(omitted, reverse=True):
        row = row_of_claim[place]
        where = {name: rows[row][name] for name in ("sentence", "line", "column", "offset")}
        rows.insert(row + 1, where | _derived(omitted[place]))
    table = pd.DataFrame(rows, columns=list(CLAIM_COLUMNS)).assign(
        derived=lambda table: table["derived"].eq(True),
        unit=lambda table: table["unit"].astype("str").fillna(""),
        sentence=lambda table: table["sentence"].astype("str").fillna(""),
    )
    texts = dict.fromkeys(("number", "unit", "kind", "state", "statistic", "sentence", "explanation"), "str")
    return table.astype(
        texts | {"value": "Float64", "expected": "Float64", "line": "int64", "column": "int64", "offset": "Int64"}
    )


def check_narrative(processed: Processed, statistics: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The school's own text of a year held against that year, as `check_claims` does it."""
    passages = passages_of(processed.narrative)
    return check_claims(passages, facts_of(tables_of(processed), statistics) if passages else NO_FACTS)


def count_states(claims: pd.DataFrame) -> dict[str, int]:
    """How many claims are in each state, every state named, the gravest first."""
    counts = claims["state"].value_counts()
    return {state: int(counts.get(state, 0)) for state in STATES}


def _verdict(place: int, here: list, text: str, facts: Facts) -> tuple[Verdict, list[Derived]]:
    number, meaning = here[place]
    first = max(0, place - _REACH)
    here, place = here[first : place + _REACH], place - first
    names = judge_names(number, meaning, facts)
    total = judge_sum(place, here, text)
    extra = [names, total]
    if number.kind == grammar.PERCENT:
        verdict, division = judge_rate(number, meaning, text, here, facts)
        return verdict, [*filter(None, extra), *([_recomputed(division)] if division else [])]
    before = [item.scope.application_round for _, item in here[:place]]
    rounds = list(dict.fromkeys(filter(None, before)))
    if meaning.measures[:1] == ("rounds_count",) and len(rounds) == number.value:
        return Verdict(AGREES, number.value, "by_round", f"指前文的{'、'.join(rounds)}。"), []
    sentence = text[meaning.sentence[0] : meaning.sentence[1]]
    verdict = judge(number, meaning, sentence, facts)
    if names and names.verdict.state == AGREES and verdict.state != AGREES:  # it counts the names beside it
        verdict = names.verdict
    of_the_year = {"here", "whole year"} & meaning.near or "没有计入" in verdict.explanation
    of_the_year = of_the_year and "sum" in kinds_of(meaning.before)  # parts that follow a total say what it is of
    if total and total.verdict.state == AGREES and verdict.state == DISAGREES and not of_the_year:
        verdict = total.verdict  # the sum of the parts named with it, not of the year
    return verdict, [*filter(None, extra)]


def _recomputed(division: Division) -> Derived:
    written = f"{division.numerator.value:g}÷{division.denominator.value:g}"
    percent = round(division.percent, 2)
    if division.known is None:
        return Derived(written, percent, "%", Verdict(NO_DATA, None, None, f"{division}；数据中没有这一比率。"))
    known = round(division.known, 2)
    state, told = (AGREES, "") if known == percent else (DISAGREES, f"；数据中为{figure(known)}%")
    return Derived(written, percent, "%", Verdict(state, known, division.statistic, f"{division}{told}。"))


def _derived(item: Derived) -> dict:
    return {"number": item.number, "value": item.value, "unit": item.unit, "kind": "claim", "derived": True} | _told(
        item.verdict
    )


def _told(verdict: Verdict) -> dict:
    return verdict._asdict()


def _place(first_line: int, line_starts: list[int], number: Number) -> dict:
    line = bisect_right(line_starts, number.start) - 1
    return {"line": first_line + line, "column": number.start - line_starts[line] + 1}


def _sentence(text: str, number: Number, meaning: Meaning) -> dict:
    start, end = meaning.sentence
    before = " ".join(f"{text[start : number.start]}|".split())
    return {"sentence": " ".join(text[start : end + 1].split()), "offset": len(before) - 1}
