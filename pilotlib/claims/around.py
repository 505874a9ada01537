"""A passage with all that was found in it, and each claim with the words around it."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.numbers import Number
from pilotlib.claims.shape import Names, Segment
from pilotlib.claims.words import Span, Word, between, unexplained

# Of these only the one that was named last is spoken of.
ACTORS = frozenset({"student", "teacher", "examiner"})


class Passage(NamedTuple):
    """A text with everything that was found in it."""

    text: str
    numbers: list[Number]
    claims: list[Number]
    lists: dict[int, Names]
    words: list[Word]
    hidden: list[Span]


class Around(NamedTuple):
    """A claim and the words right before it, right after it, and in its segment.

    `unknown` are the characters around it that nothing explains; `counts_unknown`: whether such a word touches it, as
    in 机位620个.
    """

    claim: Number
    names: Names
    before: list[Word]
    after: list[Word]
    in_segment: list[Word]
    unknown: str
    counts_unknown: bool

    @property
    def near(self) -> list[Word]:
        """The words right before and after the number."""
        return [*self.before, *self.after]


def arounds_of(passage: Passage, segment: Segment) -> Iterator[Around]:
    """Each claim of a segment with the words around it, up to the claims before and after it."""
    inside = between(passage.claims, segment.start, segment.end)
    near = between(passage.words, segment.start, segment.end)
    for place, claim in enumerate(inside):
        start = inside[place - 1].unit_end if place else segment.start
        opens = not place and not between(near, start, claim.start)
        if opens and len(unexplained(passage.text, start, claim.start, [])) < 2:
            # A number that opens its segment is of the words before it: 在校生（5501人）, 批准总培训人数：1662人.
            earlier = between(passage.claims, segment.sentence[0], claim.start)
            start = earlier[-1].unit_end if earlier else segment.sentence[0]
        end = inside[place + 1].start if place + 1 < len(inside) else segment.end
        before, after = between(passage.words, start, claim.start), _up_to_among(between(near, claim.unit_end, end))
        reach = after[-1].end if after else claim.unit_end
        spans = [(item.start, item.end) for item in (*before, *after)]
        spans += [(item.start, item.unit_end) for item in between(passage.numbers, start, reach)]
        spans += passage.hidden[bisect_left(passage.hidden, (start, 0)) : bisect_left(passage.hidden, (reach, 0))]
        unknown = unexplained(passage.text, start, reach, spans)
        touching = unexplained(passage.text, max(start, claim.start - 2), claim.start, spans)
        yield Around(claim, passage.lists[claim.start], before, after, near, unknown, len(touching) > 1)


def _up_to_among(words: list[Word]) -> list[Word]:
    """The words after a number as far as they are of it: those of 参训学生 in 1028名参训学生中参加考核的."""
    ends = [
        place
        for place, word in enumerate(words)
        if word.text in grammar.OTHER_WORDS["among"] and place and ACTORS & set(words[place - 1].kinds)
    ]
    return words[: ends[0]] if ends else words
