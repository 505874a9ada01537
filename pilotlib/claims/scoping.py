"""Of which part of the year a number is: what is named beside it, and what makes that doubtful."""

import re
from bisect import bisect_left
from itertools import pairwise

from pilotlib.claims import grammar
from pilotlib.claims.around import Around, Passage
from pilotlib.claims.carrying import Carried
from pilotlib.claims.counting import noun_of
from pilotlib.claims.facts import Scope
from pilotlib.claims.numbers import Number
from pilotlib.claims.shape import Segment
from pilotlib.claims.words import between
from pilotlib.vocabulary import CARRIED_ON
from pilotlib.words import split_certificate

_DOUBTFUL = {"perhaps part", "each", "each one", "excluded", "period"}
_REACH = 120  # so many characters before a number are searched for a word that bears on it


def own_scope(text: str, around: Around) -> Scope:
    """The part named beside a number: right after its unit, else the nearest before it, else the first after it.

    Names that are joined (沿用批次与第一次) are taken together.
    """
    scope = {}
    for dimension in dict.fromkeys(word.dimension for word in around.near if word.dimension):
        earlier = [word for word in around.before if word.dimension == dimension]
        later = [word for word in around.after if word.dimension == dimension]
        touches_after = later[:1] and later[0].start <= around.claim.unit_end + 1
        if earlier and (earlier[-1].end >= around.claim.start - 1 or not touches_after):
            names = [earlier.pop()]
            while earlier and re.fullmatch(grammar.SHAPE["joined"], text[earlier[-1].end : names[0].start]):
                names.insert(0, earlier.pop())
            scope[dimension] = "、".join(dict.fromkeys(word.part for word in names))
        elif later:
            names = [later.pop(0)]
            while later and re.fullmatch(grammar.SHAPE["joined"], text[names[-1].end : later[0].start]):
                names.append(later.pop(0))
            scope[dimension] = "、".join(dict.fromkeys(word.part for word in names))
    return Scope(**scope)


def paired_part(passage: Passage, segment: Segment, claim: Number) -> dict[str, str]:
    """The name that belongs to a number after 分别: the third of three names to the third of three numbers."""
    start, end = segment.sentence
    middle = max(passage.text.rfind(word, start, claim.start) for word in grammar.OTHER_WORDS["respectively"])
    if middle < 0:
        return {}
    end = segment.clause[1] if middle >= segment.clause[0] else end
    numbers = [number for number in between(passage.claims, middle, end) if number.kind == claim.kind]
    listed = [passage.lists[item.start].names for item in between(passage.claims, start, middle)]
    choices = [("certificate", [split_certificate(name)[0] for name in names]) for names in listed]
    words = between(passage.words, start, middle)
    for dimension in Scope._fields:
        choices.append((dimension, list(dict.fromkeys(word.part for word in words if word.dimension == dimension))))
    return next(
        ({dimension: names[numbers.index(claim)]} for dimension, names in choices if len(names) == len(numbers) > 1), {}
    )


def words_outside(around: Around, carried: Carried) -> str:
    """The words that put a number beyond the year's data: near it, or said of all that follows in the sentence."""
    outside = {"part", "elsewhere", "another time", "planned"}
    found = [word.text for word in around.near if outside & set(word.kinds)]
    found += filter(None, (carried.elsewhere, carried.time, carried.planned))
    if carried.scope.application_round == CARRIED_ON:  # 沿用往年的证书 speaks of this year's round
        times = {word.text for word in around.near if "another time" in word.kinds} | {carried.time}
        found = [text for text in found if text not in times]
    risen = [word.text for word in around.in_segment if "rise to" in word.kinds and word.start > around.claim.start]
    if risen and any("from" in word.kinds and word.end == around.claim.start for word in around.before):
        found.append(f"{risen[0]}之前")
    return "、".join(dict.fromkeys(found))


def doubts_about(passage: Passage, segment: Segment, around: Around, carried: Carried, scope: Scope) -> list[str]:
    """The words by which a number may be of a part only."""
    text, claim = passage.text, around.claim
    words = [word.text for word in around.near if _DOUBTFUL & set(word.kinds)]
    clause = text[max(segment.clause[0], claim.start - _REACH) : claim.start]
    words += [word for word in grammar.OTHER_WORDS["respectively"] if word in clause]
    words += [name for name in ("差额",) if clause.rstrip().endswith(grammar.OTHER_WORDS["difference"])]
    if claim.kind == grammar.THINGS and not noun_of(around._replace(before=[])):
        words += re.findall(grammar.SHAPE["noun_left_out"], clause)
    if is_condition(text, claim):
        words.append(claim.number)
    return [*words, *_named_besides(passage, segment, around, scope), *filter(None, [carried.part])]


def is_condition(text: str, claim: Number) -> bool:
    """Whether a number only says which things are counted after it: 超过100人的试点有5项."""
    return bool(claim.modifier and re.match(grammar.SHAPE["condition"], text[claim.unit_end : claim.unit_end + 16]))


def _named_besides(passage: Passage, segment: Segment, around: Around, scope: Scope) -> list[str]:
    """What is named beside a number and is not the part that it is taken to be of.

    Several names that are not joined, another number beside it (批准20人和70人), a name that nothing explains (B2B).
    """
    text, claim, found = passage.text, around.claim, []
    for dimension in dict.fromkeys(word.dimension for word in around.before if word.dimension):
        named = list(dict.fromkeys(word.part for word in around.before if word.dimension == dimension))
        if len(named) > 1 and "、".join(named) != getattr(scope, dimension):
            found.append("、".join(named))
    place = bisect_left(passage.claims, claim.start, key=lambda item: item.start)
    beside = passage.claims[max(0, place - 1) : place + 2]
    for first, second in pairwise(number for number in beside if number.unit == claim.unit):
        if re.fullmatch(grammar.SHAPE["joined"], text[first.unit_end : second.start]):
            found.append(text[first.start : second.unit_end])
    start = max(segment.start, passage.claims[place - 1].unit_end if place else 0)
    for label in between(passage.numbers, start, claim.start):
        known = any(word.start <= label.start < word.end for word in around.before)
        hidden = any(begin <= label.start < end for begin, end in passage.hidden[-1:])
        if label.label == grammar.NAME and "+" not in label.number and not known and not hidden:
            found.append(label.number)
    return found
