"""A number that states something, with the words around it, and what its sentence has said before it."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import Scope
from pilotlib.claims.grammar import KINDS, SHAPE, THINGS, WORDS
from pilotlib.claims.numbers import Number
from pilotlib.claims.text import Names, Paragraph, Segment, Span, Word, between, kinds_of

# The nouns that a count of things can belong to.
COUNTED = {noun for measure in grammar.MEASURES for noun in measure.counted} | KINDS["counted_as_well"]


class Claim(NamedTuple):
    """A number that states something, the words around it, and what they say of it.

    Read off the text: the `number` and its `value`; `names` listed with it; the words right `before` and right `after`
    it, their `kinds`, and all words `in_segment`; `unknown`, the characters near it that nothing explains; `clause` and
    `sentence`, where these begin and end; `lead` and `tail`, the text of its sentence from the number before it and up
    to the next. Understood: `unit_class`, `noun` and `measures`, what it may count, the likeliest first; `scope`, the
    part named beside it; `carried`, the part named before it, which may or may not be meant; `limits`, what the words
    so far confine it to (part, elsewhere, time, planned); `outside`, all words that put it beyond the year's data;
    `doubtful`, words by which it may be only a part; `said`, the kinds of all words of the sentence so far.
    """

    number: Number
    value: float
    names: Names
    before: list[Word]
    after: list[Word]
    kinds: frozenset[str]
    in_segment: list[Word]
    unknown: str
    clause: Span
    sentence: Span
    lead: str
    tail: str
    unit_class: str = ""
    noun: str = ""
    measures: tuple[str, ...] = ()
    scope: Scope = Scope()
    carried: Scope = Scope()
    limits: frozenset[tuple[str, str]] = frozenset()
    outside: str = ""
    doubtful: str = ""
    said: frozenset[str] = frozenset()

    @property
    def measure(self) -> str:
        """What it likeliest counts; "" where that is not known."""
        return self.measures[0] if self.measures else ""


class Said:
    """What a sentence has said so far.

    The part it speaks of (`scope`), its `limits`, the `kinds` of the last segments' words, the latest first, and `all`
    kinds and the last `noun`.
    """

    def __init__(self) -> None:
        """Of a sentence that has said nothing yet."""
        self.scope = Scope()
        self.limits: dict[str, str] = {}
        self.kinds: list[frozenset[str]] = []
        self.all: frozenset[str] = frozenset()
        self.noun = ""

    def hear(self, words: Iterable[Word]) -> None:
        """Take in words: the parts that they name, the limits that they set and those that they end."""
        for word in words:
            if word.dimension:
                if word.dimension == "application_round":
                    self.limits.pop("part", None)
                self.scope = self.scope._replace(**{word.dimension: word.part})
                self.scope = self.scope._replace(level="") if word.dimension == "certificate" else self.scope
            self.all |= set(word.kinds)
            for kind in word.kinds:
                of_the_year = kind == "cumulative" and "whole year" in self.all
                if kind in grammar.LIMITS and (kind != "part" or len(word.text) > 1) and not of_the_year:
                    self.limits[grammar.LIMITS[kind]] = word.text
                for ended in grammar.ENDS_LIMITS.get(kind, ()):
                    self.limits.pop(ended, None)

    def add(self, claim: Claim) -> None:
        """Take in a claim that is understood: what follows may be a part of it, or of its noun."""
        if "of which" in kinds_of(claim.before) and not any(claim.scope):
            self.limits.setdefault("part", WORDS["of which"][0])
        self.scope = self.scope._replace(**{name: part for name, part in claim.scope._asdict().items() if "、" in part})
        self.noun = claim.noun if claim.number.kind == THINGS else self.noun

    def close(self, words: list[Word], end: int, has_claims: bool) -> None:
        """End a segment of these words, whose last claim ends at `end`."""
        self.hear([word for word in words if word.start >= end])
        self.kinds, self.all = [kinds_of(words), *self.kinds][:3], self.all | kinds_of(words)
        nouns = [kind for word in words for kind in word.kinds if kind in COUNTED - {"round"}]
        if has_claims:
            self.limits.pop("planned", None)
        elif nouns:
            self.noun = nouns[-1]


def claims_in(paragraph: Paragraph, segment: Segment) -> Iterator[Claim]:
    """Each claim of a segment with the words around it, up to the claims before and after it; not yet understood."""
    text, counts, opens = paragraph.text, paragraph.counts, segment.sentence[0]
    in_segment = between(paragraph.words, segment.start, segment.end)
    for place in range(*(bisect_left(counts, edge, key=lambda count: count.start) for edge in segment[:2])):
        number, later = counts[place], counts[place + 1].start if place + 1 < len(counts) else len(text)
        last = max(counts[place - 1].unit_end if place else 0, opens)
        start, end = max(last, segment.start), min(later, segment.end)
        if not between(in_segment, start, number.start) and last <= segment.start:
            # A number that opens its segment is of the words before it: 在校生（5501人）, 批准总培训人数：1662人.
            start = start if len(_unexplained(paragraph, start, number.start, [])) > 1 else last
        before, after = between(paragraph.words, start, number.start), between(in_segment, number.unit_end, end)
        reach = after[-1].end if after else number.unit_end
        yield Claim(
            number=number,
            value=number.value or 0.0,
            names=paragraph.names[number.start],
            before=before,
            after=after,
            kinds=kinds_of([*before, *after]),
            in_segment=in_segment,
            unknown=_unexplained(paragraph, start, reach, [*before, *after]),
            clause=segment.clause,
            sentence=segment.sentence,
            lead=text[last : number.start],
            tail=text[number.unit_end : min(later, segment.sentence[1])],
        )


def _unexplained(paragraph: Paragraph, start: int, end: int, words: list[Word]) -> str:
    """The letters between two places that are no word, number, quotation or topic (条件方面，)."""
    first, last = (bisect_left(paragraph.hidden, (place, 0)) for place in (start, end))
    spans = [(word.start, word.end) for word in words] + paragraph.hidden[first:last]
    spans += [(number.start, number.unit_end) for number in between(paragraph.numbers, start, end)]
    spans += [match.span() for match in re.compile(SHAPE["topic"]).finditer(paragraph.text, start, end)]
    left, position = "", start
    for begin, stop in sorted(spans):
        left += paragraph.text[position : min(begin, end)]
        position = max(position, stop)
    return "".join(re.findall(SHAPE["letters"], left + paragraph.text[position:end]))
