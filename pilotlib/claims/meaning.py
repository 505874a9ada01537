"""What each claim of a paragraph counts, and of which part of the year: read from the words around it.

The words nearest to a number say what it counts and of which part; what its segment leaves open is carried over from
the clauses before it in the sentence (`claim.Carried`).
"""

import re
from bisect import bisect_left
from itertools import pairwise

from pilotlib.claims import grammar
from pilotlib.claims.claim import (
    ACTORS,
    COUNTED,
    Carried,
    Claim,
    claims_in,
    closed,
    measures_said,
    opened,
    scope_carried,
    with_claim,
    with_words,
)
from pilotlib.claims.facts import NAMES, Scope
from pilotlib.claims.numbers import Number
from pilotlib.claims.text import Paragraph, Segment, Word, between, kinds_of, stands_after
from pilotlib.vocabulary import CARRIED_ON
from pilotlib.words import split_certificate

_ASKED = frozenset({"apply", "approve"})
_REACH = 120  # so many characters before a number are searched for a word that bears on it


def understand(paragraph: Paragraph) -> list[Claim]:
    """Every claim of a paragraph with its meaning, in order."""
    claims: list[Claim] = []
    carried = Carried()
    for segment in paragraph.segments:
        carried = opened(carried, segment, paragraph.text)
        end = segment.start
        for claim in claims_in(paragraph, segment):
            carried = with_words(carried, claim.before)
            claims.append(_understood(paragraph, segment, claim, carried))
            carried = with_claim(carried, claims[-1], condition=_is_condition(paragraph.text, claim.number))
            end = claim.number.unit_end
        carried = closed(carried, between(paragraph.words, segment.start, segment.end), end, segment)
    return claims


def _understood(paragraph: Paragraph, segment: Segment, claim: Claim, carried: Carried) -> Claim:
    unit_class, noun, measures = _counted(claim, carried)
    scope, paired = _own_scope(paragraph.text, claim), _paired_part(paragraph, claim)
    doubts = _doubts(paragraph, segment, claim, carried, scope)
    if "of which" in claim.kinds_before and not any(scope):
        last = measures_said(unit_class, carried)
        doubts += [grammar.WORDS["of which"][0]] if measures[:1] == last[:1] else []
    return claim._replace(
        unit_class=unit_class,
        noun=noun,
        measures=measures,
        scope=scope._replace(**paired),
        carried=scope_carried(carried, measures),
        outside=_outside(claim, carried),
        doubtful="" if paired else "、".join(dict.fromkeys(doubts)),
        said=kinds_of(claim.in_segment) | carried.said,
    )


# --- What is counted ---


def measure_of(unit_class: str, noun: str, kinds: frozenset[str]) -> str:
    """The first measure of the grammar that fits a class of unit, a noun and the words; "" for none.

    >>> measure_of("people", "", frozenset({"student", "training"}))
    'students_trained'
    """
    if "another field" in kinds:
        return ""
    unit_class = grammar.PEOPLE if unit_class == grammar.TIMES else unit_class
    fitting = (
        measure.name
        for measure in grammar.MEASURES
        if measure.kind == unit_class
        and (not measure.counted or noun in measure.counted)
        and kinds.issuperset(measure.needs)
        and kinds.isdisjoint(measure.never)
    )
    return next(fitting, "")


def has_reason(measure: str, kinds: frozenset[str]) -> bool:
    """Whether the words give a measure by themselves; some need a word of each of their groups."""
    return all(group & kinds for group in grammar.NEEDS_A_REASON.get(measure, ()))


def _counted(claim: Claim, carried: Carried) -> tuple[str, str, tuple[str, ...]]:
    """The class of a claim's unit, the noun that it counts, and the measures that it may be of, the likeliest first."""
    number, nearest = claim.number, _nearest(claim)
    own = _noun(claim.before, claim.after)
    by_unit = grammar.COUNTED_BY_UNIT.get(number.unit, "")
    asked = by_unit if nearest & _ASKED else ""
    before = "" if claim.touching else carried.noun
    noun = own or asked or before or ("" if claim.unknown else by_unit)
    unit_class = _unit_class(number, noun, nearest.union(*carried.kinds))
    measures = _by_attempts(unit_class, noun, claim, carried)
    if not own and unit_class == grammar.PEOPLE and number.kind == grammar.THINGS:  # 872个名额，其中初级2个
        measures += _by_attempts(grammar.THINGS, "pilot", claim, carried)
    return unit_class, own or carried.noun, tuple(dict.fromkeys(measures))


def _noun(before: list[Word], after: list[Word]) -> str:
    """The noun that a count of things belongs to: right after its unit, else the last before the number."""
    noun, end = "", -1
    for word in after:
        if noun and word.start != end:
            break
        own = next((kind for kind in word.kinds if kind in COUNTED), "")
        if own:  # of nouns that touch (试点专业) the last
            noun, end = own, word.end
        elif noun or (word.kinds and not word.dimension):
            break
    earlier = [kind for word in before for kind in word.kinds if kind in COUNTED]
    return noun or (earlier[-1] if earlier else "")


def _by_attempts(unit_class: str, noun: str, claim: Claim, carried: Carried) -> list[str]:
    """By the words nearest to a number, by those of its segment, by what the sentence has said, by its last count."""
    nearest = _nearest(claim)
    bare = len(claim.unknown) <= 2 and nearest <= grammar.KINDS["no_count"] | NAMES
    last = measures_said(unit_class, carried) if bare and unit_class == grammar.PEOPLE else ()
    attempts = (nearest, kinds_of(claim.in_segment), nearest | _said(nearest, carried))
    measures: list[str] = []
    for measure in (*(measure_of(unit_class, noun, kinds) for kinds in attempts), *last):
        # Past the first that stands by itself, there is nothing left to look for.
        if measure and not any(has_reason(earlier, nearest) for earlier in measures):
            measures.append(measure)
    return measures


def _nearest(claim: Claim) -> frozenset[str]:
    """The kinds of the words around a number; of 申请 and 批准 only the one that is nearer to it."""
    if not claim.kinds >= _ASKED:
        return claim.kinds
    number = claim.number
    words = [word for word in claim.beside if not _ASKED.isdisjoint(word.kinds)]
    nearer = min(words, key=lambda word: max(number.start - word.end, word.start - number.unit_end))
    return claim.kinds - _ASKED | set(nearer.kinds)


def _said(nearest: frozenset[str], carried: Carried) -> frozenset[str]:
    """What the sentence has said before; of students, teachers and examiners only those that were named last."""
    said: frozenset[str] = frozenset()
    actors = nearest & ACTORS
    for kinds in carried.kinds:
        said |= kinds - (ACTORS if actors else frozenset())
        actors |= kinds & ACTORS
    return said - {"done", "student"}


def _unit_class(number: Number, noun: str, kinds: frozenset[str]) -> str:
    """The class of a number's unit; told by the words where the unit is missing, or stands for any thing (个)."""
    if number.kind == grammar.THINGS and noun in grammar.KINDS["counted_as_well"]:
        return grammar.PEOPLE
    if number.unit:
        return number.kind
    if "persons" in kinds:
        return grammar.PEOPLE
    return grammar.THINGS if "number" in kinds and noun else ""


# --- Of which part ---


def _own_scope(text: str, claim: Claim) -> Scope:
    """The part named beside a number: right after its unit, else the nearest before it, else the first after it.

    Names that are joined (沿用批次与第一次) are taken together.
    """
    scope, number = {}, claim.number
    for dimension in dict.fromkeys(word.dimension for word in claim.beside if word.dimension):
        earlier = [word for word in claim.before if word.dimension == dimension]
        later = [word for word in claim.after if word.dimension == dimension]
        touches_after = bool(later) and later[0].start <= number.unit_end + 1
        if earlier and (earlier[-1].end >= number.start - 1 or not touches_after):
            names = _joined(earlier[::-1], text)[::-1]
        else:
            names = _joined(later, text)
        scope[dimension] = "、".join(dict.fromkeys(word.part for word in names))
    return Scope(**scope)


def _joined(words: list[Word], text: str) -> list[Word]:
    """The first of some words and those that follow it (in either direction) joined by 、, 和 and the like."""
    for place, pair in enumerate(pairwise(words), 1):
        first, second = sorted(pair, key=lambda word: word.start)
        if not re.fullmatch(grammar.SHAPE["joined"], text[first.end : second.start]):
            return words[:place]
    return words


def _paired_part(paragraph: Paragraph, claim: Claim) -> dict[str, str]:
    """The name that belongs to a number after 分别: the third of three names to the third of three numbers."""
    number, (start, end) = claim.number, claim.sentence
    middle = max(paragraph.text.rfind(word, start, number.start) for word in grammar.OTHER_WORDS["respectively"])
    if middle < 0:
        return {}
    end = claim.clause[1] if middle >= claim.clause[0] else end
    numbers = [other for other in between(paragraph.counts, middle, end) if other.kind == number.kind]
    choices: list[tuple[str, list[str]]] = []
    for count in between(paragraph.counts, start, middle):
        names = paragraph.names[count.start].names
        choices.append(("certificate", [split_certificate(name)[0] for name in names]))
    words = between(paragraph.words, start, middle)
    for dimension in Scope._fields:
        choices.append((dimension, list(dict.fromkeys(word.part for word in words if word.dimension == dimension))))
    for dimension, names_before in choices:
        if len(names_before) == len(numbers) > 1:
            return {dimension: names_before[numbers.index(number)]}
    return {}


def _outside(claim: Claim, carried: Carried) -> str:
    """The words that put a number beyond the year's data: near it, or said of all that follows in the sentence."""
    limits = carried.limits
    outside = [word.text for word in claim.beside if not grammar.KINDS["outside"].isdisjoint(word.kinds)]
    outside += filter(None, (limits.elsewhere, limits.time, limits.planned))
    if carried.scope.application_round == CARRIED_ON:  # 沿用往年的证书 speaks of this year's round
        times = {word.text for word in claim.beside if "another time" in word.kinds} | {limits.time}
        outside = [text for text in outside if text not in times]
    risen = [word.text for word in claim.in_segment if "rise to" in word.kinds and word.start > claim.number.start]
    if risen and any("from" in word.kinds and word.end == claim.number.start for word in claim.before):
        outside.append(grammar.say("before", time=risen[0]))
    return "、".join(dict.fromkeys(outside))


def _doubts(paragraph: Paragraph, segment: Segment, claim: Claim, carried: Carried, scope: Scope) -> list[str]:
    """The words by which a number may be of a part only."""
    text, number = paragraph.text, claim.number
    words = [word.text for word in claim.beside if not grammar.KINDS["doubtful"].isdisjoint(word.kinds)]
    clause = text[max(segment.clause[0], number.start - _REACH) : number.start]
    words += [word for word in grammar.OTHER_WORDS["respectively"] if word in clause]
    if stands_after(clause, len(clause), "difference"):
        words.append(grammar.OTHER_WORDS["difference"][0])
    if number.kind == grammar.THINGS and not _noun([], claim.after):
        words += re.findall(grammar.SHAPE["noun_left_out"], clause)
    if _is_condition(text, number):
        words.append(number.written)
    return [*words, *_named_besides(paragraph, segment, claim, scope), *filter(None, [carried.limits.part])]


def _is_condition(text: str, number: Number) -> bool:
    """Whether a number only says which things are counted after it: 超过100人的试点有5项."""
    return bool(number.modifier and re.match(grammar.SHAPE["condition"], text[number.unit_end : number.unit_end + 16]))


def _named_besides(paragraph: Paragraph, segment: Segment, claim: Claim, scope: Scope) -> list[str]:
    """What is named beside a number and is not the part that it is taken to be of.

    Several names that are not joined, another number beside it (批准20人和70人), a name that nothing explains (B2B).
    """
    text, number, besides = paragraph.text, claim.number, []
    for dimension in dict.fromkeys(word.dimension for word in claim.before if word.dimension):
        names = list(dict.fromkeys(word.part for word in claim.before if word.dimension == dimension))
        if len(names) > 1 and "、".join(names) != getattr(scope, dimension):
            besides.append("、".join(names))
    place = bisect_left(paragraph.counts, number.start, key=lambda count: count.start)
    nearby = paragraph.counts[max(0, place - 1) : place + 2]
    for first, second in pairwise(other for other in nearby if other.unit == number.unit):
        if re.fullmatch(grammar.SHAPE["joined"], text[first.unit_end : second.start]):
            besides.append(text[first.start : second.unit_end])
    start = max(segment.start, paragraph.counts[place - 1].unit_end if place else 0)
    explained = [*((word.start, word.end) for word in claim.before), *paragraph.hidden[-1:]]
    for label in between(paragraph.numbers, start, number.start):
        named = label.label == grammar.NAME and "+" not in label.written
        if named and not any(first <= label.start < last for first, last in explained):
            besides.append(label.written)
    return besides
