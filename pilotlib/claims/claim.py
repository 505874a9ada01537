"""A claim: a number with the words around it, and what its sentence has said before it comes."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import Facts, Scope
from pilotlib.claims.numbers import Number
from pilotlib.claims.text import Names, Paragraph, Segment, Span, Word, between, kinds_of, unexplained

# The nouns that a count of things can belong to.
COUNTED = {noun for measure in grammar.MEASURES for noun in measure.counted} | grammar.KINDS["counted_as_well"]
ACTORS = grammar.KINDS["actors"]
_SEGMENTS_CARRIED = 3


class Claim(NamedTuple):
    """A number that states something, the words around it, and what they say of it.

    Read off the text: `number` and its `value`; `names` listed with it; the words right `before` and right `after` it,
    and all `in_segment`; `unknown`, the characters near it that nothing explains, and whether such a word is `touching`
    it, as in 机位620个; `clause` and `sentence`, where these begin and end.

    Understood: `unit_class` and `noun`, what is counted; `measures`, what it may count, the likeliest first; `scope`,
    the part that is named beside it; `carried`, the part named before it in the sentence, which may or may not be
    meant; `outside`, the words that put it beyond the year's data; `doubtful`, words by which it may be only a part;
    `said`, the kinds of all words that the sentence has said so far.
    """

    number: Number
    value: float
    names: Names
    before: list[Word]
    after: list[Word]
    in_segment: list[Word]
    unknown: str
    touching: bool
    clause: Span
    sentence: Span
    unit_class: str = ""
    noun: str = ""
    measures: tuple[str, ...] = ()
    scope: Scope = Scope()
    carried: Scope = Scope()
    outside: str = ""
    doubtful: str = ""
    said: frozenset[str] = frozenset()

    @property
    def beside(self) -> list[Word]:
        """The words right before and after the number."""
        return [*self.before, *self.after]

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of the words right before and after the number."""
        return kinds_of(self.beside)

    @property
    def kinds_before(self) -> frozenset[str]:
        """The kinds of the words right before the number."""
        return kinds_of(self.before)

    @property
    def measure(self) -> str:
        """What it likeliest counts; "" where that is not known."""
        return self.measures[0] if self.measures else ""


class Context(NamedTuple):
    """A claim with those before and after it in its text, and what is known of the year."""

    claim: Claim
    earlier: list[Claim]
    later: list[Claim]
    text: str
    facts: Facts


class Limits(NamedTuple):
    """The words that bear on all that follows: a part, another place, another time, a plan; "" for none."""

    part: str = ""
    elsewhere: str = ""
    time: str = ""
    planned: str = ""


class Carried(NamedTuple):
    """What a sentence has said so far.

    The part that it speaks of (`scope`), its `limits`, the `kinds` of words in each of the last segments, the latest
    first, and in all (`said`), its last `noun`, the dimension and names of its last list, the measures of its claims,
    each with the class of its unit.
    """

    scope: Scope = Scope()
    limits: Limits = Limits()
    kinds: tuple[frozenset[str], ...] = ()
    said: frozenset[str] = frozenset()
    noun: str = ""
    listed: tuple[str, str] = ("", "")
    measures: tuple[tuple[str, tuple[str, ...]], ...] = ()


def claims_in(paragraph: Paragraph, segment: Segment) -> Iterator[Claim]:
    """Each claim of a segment with the words around it, up to the claims before and after it; not yet understood."""
    text, inside = paragraph.text, between(paragraph.counts, segment.start, segment.end)
    in_segment = between(paragraph.words, segment.start, segment.end)
    for place, number in enumerate(inside):
        start = inside[place - 1].unit_end if place else segment.start
        opens = not place and not between(in_segment, start, number.start)
        if opens and len(unexplained(text, start, number.start, [])) < 2:
            # A number that opens its segment is of the words before it: 在校生（5501人）, 批准总培训人数：1662人.
            earlier = between(paragraph.counts, segment.sentence[0], number.start)
            start = earlier[-1].unit_end if earlier else segment.sentence[0]
        end = inside[place + 1].start if place + 1 < len(inside) else segment.end
        before = between(paragraph.words, start, number.start)
        after = _up_to_among(between(in_segment, number.unit_end, end))
        reach = after[-1].end if after else number.unit_end
        explained = _explained(paragraph, [*before, *after], start, reach)
        touching = unexplained(text, max(start, number.start - 2), number.start, explained)
        yield Claim(
            number=number,
            value=number.value or 0.0,
            names=paragraph.names[number.start],
            before=before,
            after=after,
            in_segment=in_segment,
            unknown=unexplained(text, start, reach, explained),
            touching=len(touching) > 1,
            clause=segment.clause,
            sentence=segment.sentence,
        )


def _explained(paragraph: Paragraph, words: list[Word], start: int, end: int) -> list[Span]:
    """The stretches between two places that are words, numbers or hidden."""
    first, last = (bisect_left(paragraph.hidden, (place, 0)) for place in (start, end))
    numbers = between(paragraph.numbers, start, end)
    return [
        *((word.start, word.end) for word in words),
        *((number.start, number.unit_end) for number in numbers),
        *paragraph.hidden[first:last],
    ]


def _up_to_among(words: list[Word]) -> list[Word]:
    """The words after a number as far as they are of it: those of 参训学生 in 1028名参训学生中参加考核的."""
    for place, word in enumerate(words):
        if place and word.text in grammar.OTHER_WORDS["among"] and ACTORS & set(words[place - 1].kinds):
            return words[:place]
    return words


# --- What is carried from clause to clause ---


def opened(carried: Carried, segment: Segment, text: str) -> Carried:
    """What still holds where a segment opens: nothing at a new sentence; after ；the round, unless 其中 goes on."""
    if segment.opening in grammar.SHAPE["sentence_ends"]:
        return Carried()
    goes_on = text.startswith(grammar.OTHER_WORDS["parts_follow"], segment.start)
    if segment.opening in grammar.SHAPE["carry_ends"] and not goes_on:
        limits = carried.limits._replace(part="", elsewhere="")
        return carried._replace(scope=Scope(carried.scope.application_round), limits=limits, listed=("", ""))
    return carried


def with_words(carried: Carried, words: Iterable[Word]) -> Carried:
    """What has been said, with what these words add or end."""
    scope, limits = carried.scope, carried.limits
    for word in words:
        if word.dimension == "application_round":
            scope, limits = scope._replace(application_round=word.part), limits._replace(part="")
        elif word.dimension:
            scope = scope._replace(**{word.dimension: word.part})
            scope = scope._replace(level="") if word.dimension == "certificate" else scope
        for kind in word.kinds:
            limit = grammar.LIMITS.get(kind)
            if limit and (kind != "part" or len(word.text) > 1):
                limits = limits._replace(**{limit: word.text})
            limits = limits._replace(**dict.fromkeys(grammar.ENDS_LIMITS.get(kind, ()), ""))
    return carried._replace(scope=scope, limits=limits)


def with_claim(carried: Carried, claim: Claim, *, condition: bool) -> Carried:
    """What has been said, with what a claim adds; of a `condition` (超过100人的试点), that a part is spoken of."""
    part = claim.number.written if condition else carried.limits.part
    if "of which" in claim.kinds_before and not any(claim.scope):
        part = part or grammar.WORDS["of which"][0]
    joined = {dimension: name for dimension, name in claim.scope._asdict().items() if "、" in name}
    names = claim.names
    return carried._replace(
        scope=carried.scope._replace(**joined),
        limits=carried.limits._replace(part=part),
        noun=claim.noun if claim.number.kind == grammar.THINGS else carried.noun,
        listed=(names.dimension, names.parts) if names.dimension else carried.listed,
        measures=((claim.unit_class, claim.measures), *carried.measures) if claim.measures else carried.measures,
    )


def closed(carried: Carried, words: list[Word], end: int, segment: Segment) -> Carried:
    """What a segment leaves behind: the words after its last number, and its noun if it held no number."""
    carried = with_words(carried, [word for word in words if word.start >= end])
    kinds = kinds_of(words)
    carried = carried._replace(kinds=(kinds, *carried.kinds)[:_SEGMENTS_CARRIED], said=carried.said | kinds)
    if end > segment.start:
        return carried._replace(limits=carried.limits._replace(planned=""))
    nouns = [kind for word in words for kind in word.kinds if kind in COUNTED - {"round"}]
    return carried._replace(noun=nouns[-1]) if nouns else carried


def measures_said(unit_class: str, carried: Carried) -> tuple[str, ...]:
    """The measures of the last claim in the sentence whose unit is of a class."""
    return next((measures for said, measures in carried.measures if said == unit_class), ())


def scope_carried(carried: Carried, measures: tuple[str, ...]) -> Scope:
    """What was said before; for a measure that is known of each of the names listed before, of these together."""
    dimension, names = carried.listed
    if not dimension or not set(measures[:1]) & set(grammar.ADDED_UP):
        return carried.scope
    return carried.scope._replace(**{dimension: names})
