"""What each number of a passage counts, and for what part of the year: read from the words around it.

The words nearest to a number say what it counts (`counting`) and of which part (`scoping`); what its segment leaves
open is carried over from the clauses before it in the sentence (`carrying`).
"""

from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.around import Around, Passage, arounds_of
from pilotlib.claims.carrying import Carried, carry, closed, listed_parts, measures_said, opened, scope_carried
from pilotlib.claims.counting import measures_of
from pilotlib.claims.facts import Scope
from pilotlib.claims.numbers import Number
from pilotlib.claims.scoping import doubts_about, is_condition, own_scope, paired_part, words_outside
from pilotlib.claims.shape import Names, Segment, names_with, quotations, segments_of
from pilotlib.claims.words import Lexicon, Span, Word, between, kinds_of, words_of


class Meaning(NamedTuple):
    """What the words around a number say of it.

    `measures`: what it may count, the likeliest first; `scope`: the part that is named beside it; `carried`: the part
    that is named before it in the sentence, which may or may not hold; `outside`: the words that put it beyond the
    year's data; `doubtful`: words by which it may be only a part; `unknown`: the words near it that nothing explains;
    `before`: the words right before it; `near` and `said`: the kinds of the words around it, and of those that the
    sentence has said so far; `names`: the names listed with it; `clause` and `sentence`: where these begin and end.
    """

    measures: tuple[str, ...]
    scope: Scope
    carried: Scope
    outside: str
    doubtful: str
    unknown: str
    before: tuple[Word, ...]
    near: frozenset[str]
    said: frozenset[str]
    names: Names
    clause: Span
    sentence: Span


def understand(text: str, numbers: list[Number], lexicon: Lexicon) -> list[Meaning]:
    """The meaning of every claim in a passage, in order; `text` and `numbers` as `claims.numbers` gives them."""
    claims = [number for number in numbers if not number.label]
    lists = {claim.start: names_with(text, claim, numbers, lexicon) for claim in claims}
    hidden = sorted([names.span for names in lists.values() if names.span[1]] + quotations(text, numbers))
    words = words_of(text, numbers, hidden, lexicon)
    passage = Passage(text, numbers, claims, lists, words, hidden)
    meanings: list[Meaning] = []
    carried = Carried()
    for segment in segments_of(text, numbers, words, hidden):
        carried = opened(carried, segment, text)
        end = segment.start
        for around in arounds_of(passage, segment):
            carried = carry(carried, around.before)
            kind, counted, measures = measures_of(around, carried)
            meanings.append(_meaning(passage, segment, around, carried, kind, measures))
            if around.claim.kind == grammar.THINGS:
                carried = carried._replace(counted=counted)
            if measures:
                carried = carried._replace(measures=((kind, measures), *carried.measures))
            joined = {name: part for name, part in meanings[-1].scope._asdict().items() if "、" in part}
            carried = carried._replace(scope=carried.scope._replace(**joined))
            carried = carried._replace(listed=listed_parts(around.names, lexicon) or carried.listed)
            if is_condition(text, around.claim):
                carried = carried._replace(part=around.claim.number)
            if "of which" in kinds_of(around.before) and not any(meanings[-1].scope):
                carried = carried._replace(part=carried.part or "其中")
            end = around.claim.unit_end
        carried = closed(carried, between(words, segment.start, segment.end), end, segment)
    return meanings


def _meaning(
    passage: Passage, segment: Segment, around: Around, carried: Carried, kind: str, measures: tuple[str, ...]
) -> Meaning:
    scope, paired = own_scope(passage.text, around), paired_part(passage, segment, around.claim)
    same = measures[:1] == measures_said(kind, carried)[:1]
    part = ["其中"] if same and "of which" in kinds_of(around.before) and not any(scope) else []
    doubts = [*doubts_about(passage, segment, around, carried, scope), *part]
    return Meaning(
        measures=measures,
        scope=scope._replace(**paired),
        carried=scope_carried(carried, measures),
        outside=words_outside(around, carried),
        doubtful="" if paired else "、".join(dict.fromkeys(doubts)),
        unknown=around.unknown,
        before=tuple(around.before),
        near=kinds_of(around.near),
        said=kinds_of(around.in_segment) | carried.said,
        names=around.names,
        clause=segment.clause,
        sentence=segment.sentence,
    )
