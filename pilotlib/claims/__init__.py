"""Numbers stated in prose and tables ↔ the text itself ↔ the year: every one is found, understood and judged.

`grammar` holds the words as data; `numbers` finds the numbers, `text` the words around them, `meaning` says what each
(a `claim`) counts. Layer one judges the text by itself: `relations` says what a number stands near, `pairs`, `parts`
and `changes` of which of its `operands` it comes about, `arithmetic` to what, `judging` whether so; `tables` says
the same of tables, `quoted` what prose says of these, `twice` what it says again. Layer two, `year`, holds what is
positively of this school, this year and the whole of it against `facts`; of percentages both are in `rates`.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from pilotlib.claims import grammar
from pilotlib.claims.cells import Cell, table_of
from pilotlib.claims.claim import Around, Claim, around
from pilotlib.claims.facts import NO_FACTS, Facts, facts_of, figure
from pilotlib.claims.grammar import AGREES, DISAGREES, STATES, UNDECIDED, say
from pilotlib.claims.judging import Finding
from pilotlib.claims.meaning import understand
from pilotlib.claims.numbers import Number, plain_text
from pilotlib.claims.quoted import Cells, Totals, cells_of, quoted, totals_of
from pilotlib.claims.rates import judge_rate
from pilotlib.claims.tables import judge_table
from pilotlib.claims.text import Span, lexicon_of, paragraph_of
from pilotlib.claims.twice import of_dates, otherwise_said, said_twice
from pilotlib.claims.year import judge_count, judge_rounds
from pilotlib.reading import Processed
from pilotlib.reading.documents import Passage, passages_of
from pilotlib.statistics import tables_of
from pilotlib.vocabulary import round_named

# The columns of a table of claims, with their types.
_NAMES = "number value unit kind state expected statistic sentence line column explanation derived offset instead"
_COLUMNS = dict.fromkeys(_NAMES.split(), "str") | dict.fromkeys(("value", "expected"), "Float64")
_COLUMNS |= {"line": "int64", "column": "int64", "derived": "bool", "offset": "Int64"}
_BLANK = {"kind": "claim", "derived": False, "instead": ""}
Row = dict[str, Any]


def check_claims(passages: Iterable[Passage], facts: Facts, *, ours: bool = False) -> pd.DataFrame:
    """Judge every number of a text: by the text itself, and by what is known of a year.

    Args:
        passages: The text, paragraph by paragraph, as `reading.documents` gives it.
        facts: What is known of the year, from `facts_of`; `NO_FACTS` to judge the text by itself.
        ours: Whether the text is known to be of this school and year; else it must say so, as by 学校, 我校.

    Returns:
        One row per number in the order of the text: `number` (as written), `value`, `unit`, `kind` (claim | label),
        `state` (of `STATES`; missing for a label), `expected` (the value found), `statistic` (its name), `sentence`,
        `line` and `column` (from 1), `explanation` (Chinese). Rows that are `derived` (a list of names counted, a
        sum, a recomputed rate, rounds left out) follow the claim that they belong to. `offset` is the number's place in
        its sentence, from 0; `instead` what could stand there where it disagrees. Of a table, the cells that others
        determine.
    """
    lexicon, claims, mentioned = lexicon_of(facts), list[Claim](), set[str]()
    told = list[tuple[Claim, str, str]]()
    rows, own_rows = list[Row](), list[int]()  # the derived ones stand behind the own one of their number
    passages = list(passages)
    texts, names = [plain_text(passage.text) for passage in passages], (*facts.schools, *grammar.WORDS["ours"])
    facts = facts._replace(ours=ours or any(name in text for text in texts for name in names))
    tables = [table_of(passage.rows) for passage in passages]
    totals = [*map(totals_of, tables)]
    cells = cells_of(tables, totals)
    for at, (passage, text, table) in enumerate(zip(passages, texts, tables, strict=True)):
        beside = "\n".join(texts[max(0, at - 1) : at + 2])
        rows += [_row_of_table(passage, *judged) for judged in judge_table(table, beside)]
        paragraph = paragraph_of(text, lexicon)
        nearby = around(understand(paragraph), text)
        mentioned |= {name for name in facts.names["application_round"] if name in text}
        ordinals = [number.written for number in paragraph.numbers if number.label == grammar.ORDINAL]
        mentioned.update(round_named(ordinal.replace(" ", "")) for ordinal in ordinals)
        for number in paragraph.numbers:
            where = _row_of_prose(passage, text, number, paragraph.sentence_at(number.start))
            if number.label:
                rows.append(where | {"kind": "label", "explanation": say("label", label=number.label)})
                continue
            near = next(nearby)
            own, *derived = _judged(near, claims[-40:], facts, cells, totals[max(0, at - 1) : at + 2])
            own_rows.append(len(rows))
            rows += [where | own._asdict(), *(where | row._asdict() | {"derived": True} for row in derived)]
            claims.append(near.claim)
            told += _told_of_others(near.claim, [own, *derived])
    places = {id(claim): own for claim, own in zip(claims, own_rows, strict=True)}
    for claim, state, explanation in told:
        row = places.get(id(claim))  # none of a table's
        if row is not None and rows[row]["state"] in UNDECIDED:
            rows[row] |= {"state": state, "explanation": explanation}
    for place, finding in sorted(judge_rounds(claims, mentioned, facts).items(), reverse=True):
        rows.insert(own_rows[place] + 1, rows[own_rows[place]] | finding._asdict() | {"derived": True})
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def check_narrative(processed: Processed, statistics: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The school's own text of a year held against that year, as `check_claims` does it."""
    passages, school = passages_of(processed.narrative), processed.about["school"]
    return check_claims(
        passages, facts_of(tables_of(processed), statistics, school) if passages else NO_FACTS, ours=True
    )


def not_of_the_year(passages: list[Passage], facts: Facts, *, any_year: bool = False) -> str:
    """What the title of a document names, if that is another year (unless any will do) or school; "" if it does not."""
    title, years = _title_of(passages), years_named(passages)
    school = re.search(grammar.SHAPE["school_in_title"], title)
    if years and facts.year not in years and not any_year:
        return f"{years[0]}年"
    return school[0] if school and facts.schools and not any(name in title for name in facts.schools) else ""


def years_named(passages: list[Passage]) -> list[int]:
    """The years that the title of a document names, in order."""
    return sorted(map(int, re.findall(grammar.SHAPE["year_in_title"], _title_of(passages))))


def _title_of(passages: list[Passage]) -> str:
    title = next((plain_text(passage.text) for passage in passages if passage.text.strip()), "")
    is_none = len(title) > grammar.SHAPE["longest_title"] or re.search(grammar.SHAPE["no_title"], title)
    return "" if is_none else title


def count_states(claims: pd.DataFrame) -> dict[str, int]:
    """How many claims are in each state, every state named, the gravest first."""
    counts = claims["state"].value_counts()
    return {state: int(counts.get(state, 0)) for state in STATES}


def _judged(near: Around, before: list[Claim], facts: Facts, cells: Cells, beside: list[Totals]) -> list[Finding]:
    """What is found of a claim, and of what follows from it together with the claims around it."""
    claim, number, text = near.claim, near.claim.number, near.text
    verdict, *derived = (judge_rate if number.kind == grammar.PERCENT else judge_count)(near, facts)
    if verdict.state in UNDECIDED:
        verdict = quoted(claim, text, cells, beside) or said_twice(claim, before) or of_dates(claim, text) or verdict
    rounds = {other.scope.application_round: None for other in before} if claim.measure == "rounds_count" else {}
    rounds.pop("", None)
    if rounds and len(rounds) == claim.value:
        verdict = Finding(AGREES, say("rounds_before", rounds="、".join(rounds)), claim.value, "by_round")
    instead = ""
    if verdict.state == DISAGREES and verdict.expected is not None and re.fullmatch(r"[\d,.]+", number.written):
        value = round(verdict.expected, max(1, len(number.written.partition(".")[2])))
        clause = text[claim.clause[0] : number.start] + figure(value) + text[number.end : claim.clause[1]]
        instead = " ".join(clause.split())
    return [verdict._replace(number=number.written, value=claim.value, instead=instead), *derived]


def _told_of_others(claim: Claim, findings: list[Finding]) -> Iterator[tuple[Claim, str, str]]:
    """What is found of a claim, as it is told of others: of the same said before, which may be the one that is wrong,
    and of the parts behind a total that agrees.
    """
    own, *derived = findings
    if own.state == DISAGREES and len(own.parts) == 1:
        yield own.parts[0], DISAGREES, otherwise_said("said_behind", own.parts[0], claim)
    for finding in derived:
        behind = [part for part in finding.parts if part.number.start > claim.number.start]
        yield from ((part, AGREES, finding.explanation) for part in behind if finding.state == AGREES)


def _row_of_prose(passage: Passage, text: str, number: Number, sentence: Span) -> Row:
    """A number of a text, with its place in that and in its sentence."""
    place, (first, last) = number.start, sentence
    where = _BLANK | {"number": number.written, "unit": number.unit, "line": passage.line + text.count("\n", 0, place)}
    where |= {"column": place - text.rfind("\n", 0, place), "sentence": " ".join(text[first : last + 1].split())}
    return where | {"offset": len(" ".join(f"{text[first:place]}|".split())) - 1}


def _row_of_table(passage: Passage, cell: Cell, finding: Finding) -> Row:
    """A cell that its table determines: its row is the sentence."""
    row, texts = passage.rows[cell.row], [" ".join(text.split()) for text in passage.rows[cell.row]]
    column = cell.column + 1
    if passage.between:
        place = max(0, row[cell.column].find(cell.written))  # not found where a space stands within the number
        column = len("|".join([*row[: cell.column], ""])) + place + 1
    where = {"unit": cell.claim.number.unit, "line": passage.line + cell.row, "column": column}
    first = int(not texts[0])  # before the first | stands nothing
    where |= {"sentence": " | ".join(texts[first:]).rstrip(" |")}
    where["offset"] = sum(len(text) + 3 for text in texts[first : cell.column])
    return _BLANK | where | finding._asdict()
