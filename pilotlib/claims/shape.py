"""The shape of a passage: its sentences, clauses and segments, and the lists of names that stand with a count."""

import re
from itertools import pairwise
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.numbers import Number
from pilotlib.claims.words import Lexicon, Span, Word, between

_LONGEST_SENTENCE = 600
_QUOTATION = re.compile("“[^“”]*”|《[^《》]*》|「[^「」]*」")
_BRACKETS = re.compile(r"[（(][^（()）]*[）)]")


class Segment(NamedTuple):
    """A stretch between two marks, the mark that opens it ("。" at the beginning), its clause and its sentence."""

    start: int
    end: int
    opening: str
    clause: Span
    sentence: Span


class Names(NamedTuple):
    """The names listed with a count, whether 等 stands after them, and the stretch of the text that they fill."""

    names: tuple[str, ...] = ()
    open: bool = False
    span: Span = (0, 0)


def segments_of(text: str, numbers: list[Number], words: list[Word], hidden: list[Span]) -> list[Segment]:
    """The stretches of a text between its marks.

    Marks inside numbers and names are none, nor are brackets without a claim, nor 、 between two names (初级、中级).
    """
    claims = [number for number in numbers if not number.label]
    brackets = [match.span() for match in _BRACKETS.finditer(text)]
    joined = [
        word.end
        for word, following in pairwise(words)
        if word.end + 1 == following.start and word.dimension and word.dimension == following.dimension
    ]
    skipped = {place for start, end in brackets if not between(claims, start, end) for place in (start, end - 1)}
    skipped |= {
        place for start, end in [*hidden, *((item.start, item.end) for item in numbers)] for place in range(start, end)
    }
    skipped.update(joined)
    shape = grammar.SHAPE
    marks = shape["sentence_ends"] + shape["clause_ends"] + shape["small_ends"]
    ends = [place for place, character in enumerate(text) if character in marks and place not in skipped]
    sentences = _spans(_sentence_ends(text, ends), len(text))
    clauses = _spans([end for end in ends if text[end] not in shape["small_ends"]], len(text))
    segments, sentence, clause = [], 0, 0
    for start, end in _spans(ends, len(text)):
        sentence += sentences[sentence][1] < start
        clause += clauses[clause][1] < start
        segments.append(Segment(start, end, text[start - 1] if start else "。", clauses[clause], sentences[sentence]))
    return segments


def _sentence_ends(text: str, ends: list[int]) -> list[int]:
    """The marks that end a sentence; a text that goes on without any is cut where it has grown too long."""
    found, start = [], 0
    for end in ends:
        if text[end] in grammar.SHAPE["sentence_ends"] or end - start > _LONGEST_SENTENCE:
            found.append(end)
            start = end
    return found


def sentence_at(text: str, place: int) -> str:
    """The sentence in which a place of a text stands."""
    first, last, marks = max(0, place - _LONGEST_SENTENCE), place + _LONGEST_SENTENCE, grammar.SHAPE["sentence_ends"]
    start = max(first, *(text.rfind(mark, first, place) + 1 for mark in marks))
    end = min((end for mark in marks if (end := text.find(mark, place, last)) >= 0), default=last)
    return " ".join(text[start : end + 1].split())


def quotations(text: str, numbers: list[Number]) -> list[Span]:
    """What stands in quotation marks names something; a quotation that holds a claim is read like the rest."""
    spans = [match.span() for match in _QUOTATION.finditer(text)]
    return [(start, end) for start, end in spans if all(number.label for number in between(numbers, start, end))]


def names_with(text: str, claim: Number, numbers: list[Number], lexicon: Lexicon) -> Names:
    """The names listed before a count (A、B、C等12个证书) or after it (12个证书：A、B、C)."""
    if claim.kind != grammar.THINGS:
        return Names()
    shape = grammar.SHAPE
    clause = max(text.rfind(mark, 0, claim.start) for mark in shape["sentence_ends"] + shape["clause_ends"]) + 1
    before = re.compile(shape["names_before"]).match(text, clause, claim.start)
    one = None if before else re.compile(shape["name_before"]).match(text, clause, claim.start)
    after = re.compile(shape["names_after"]).match(text, claim.unit_end)
    for found in filter(None, (before, one, after)):
        start, end = found.span("names")
        if all(number.label for number in between(numbers, start, end)):
            *names, last = found["names"].split("、")
            names = [name for name in (*names, *_parted(last, lexicon)) if name.strip()]
            lead = 0 if found is after else _lead(names[0], lexicon)
            listed = tuple(re.sub(r"\s", "", name) for name in (names[0][lead:], *names[1:]))
            return Names(listed if len(listed) > 1 else (), bool(found["open"]), (start + lead, end))
    return Names()


def _parted(last: str, lexicon: Lexicon) -> list[str]:
    """The last names of a list, joined by 和; not where the word stands inside a known name: 网络系统建设与运维."""
    inside = {place for match in lexicon.pattern.finditer(last) if len(match[0]) > 2 for place in range(*match.span())}
    for match in re.finditer(grammar.SHAPE["last_name_after"], last):
        if match.start() not in inside:
            return [last[: match.start()], last[match.end() :]]
    return [last]


def _lead(name: str, lexicon: Lexicon) -> int:
    """How much of the first name of a list is not the name: 先后组织 of 先后组织电子商务数据分析."""
    for match in reversed(list(lexicon.pattern.finditer(name))):
        dimension, _ = lexicon.parts.get(re.sub(r"\s", "", match[0]), ("", ""))
        if dimension in ("certificate", "major", "college", "category"):
            return match.start()
    lead = re.match(grammar.SHAPE["before_names"], name)
    return lead.end() if lead else 0


def _spans(ends: list[int], length: int) -> list[Span]:
    return list(zip([0, *(end + 1 for end in ends)], [*ends, length], strict=True))
