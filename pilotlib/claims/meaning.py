"""What each number of a passage counts, and for what part of the year: read from the words around it.

The words nearest to a number say what it counts; what its segment leaves open is carried over from the clauses
before it in the sentence.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import Scope
from pilotlib.claims.numbers import Number
from pilotlib.claims.shape import Names, Segment, names_with, quotations, segments_of
from pilotlib.claims.words import NAME_OF, Lexicon, Span, Word, between, kinds_of, unexplained, words_of
from pilotlib.cleaning.words import split_certificate
from pilotlib.vocabulary import CARRIED_ON

# The nouns that a count of things can belong to.
_COUNTED = {noun for measure in grammar.MEASURES for noun in measure.counted} | {"place", "student", "teacher"}
_ACTORS = frozenset({"student", "teacher", "examiner"})
_SAYS_NOTHING_OF_ITS_OWN = {"sum", "of which", "each", "perhaps part", "number", "persons", "part", "student", "link"}
_DOUBTFUL = {"perhaps part", "each", "each one", "excluded", "period"}
_SEGMENTS_CARRIED = 3
_REACH = 120  # so many characters before a number are searched for a word that bears on it


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


class _Around(NamedTuple):
    """A claim and the words right before it, right after it, and in its segment."""

    claim: Number
    names: Names
    before: list[Word]
    after: list[Word]
    in_segment: list[Word]
    unknown: str

    @property
    def near(self) -> list[Word]:
        return [*self.before, *self.after]


class _Carried(NamedTuple):
    """What a sentence has said so far; `measures` by the class of the unit."""

    scope: Scope = Scope()
    part: str = ""
    elsewhere: str = ""
    time: str = ""
    planned: str = ""
    kinds: tuple[frozenset[str], ...] = ()
    said: frozenset[str] = frozenset()
    counted: str = ""
    listed: tuple[str, str] = ("", "")
    measures: tuple[tuple[str, tuple[str, ...]], ...] = ()


class _Passage(NamedTuple):
    """A text with everything that was found in it."""

    text: str
    numbers: list[Number]
    claims: list[Number]
    lists: dict[int, Names]
    words: list[Word]
    hidden: list[Span]


def understand(text: str, numbers: list[Number], lexicon: Lexicon) -> list[Meaning]:
    """The meaning of every claim in a passage, in order; `text` and `numbers` as `claims.numbers` gives them."""
    claims = [number for number in numbers if not number.label]
    lists = {claim.start: names_with(text, claim, numbers, lexicon) for claim in claims}
    hidden = sorted([names.span for names in lists.values() if names.span[1]] + quotations(text, numbers))
    words = words_of(text, numbers, hidden, lexicon)
    passage = _Passage(text, numbers, claims, lists, words, hidden)
    meanings: list[Meaning] = []
    carried = _Carried()
    for segment in segments_of(text, numbers, words, hidden):
        carried = _opened(carried, segment, text)
        end = segment.start
        for around in _arounds(passage, segment):
            carried = _carry(carried, around.before)
            kind, counted, measures = _measures(around, carried)
            meanings.append(_meaning(passage, segment, around, carried, kind, measures))
            if around.claim.kind == grammar.THINGS:
                carried = carried._replace(counted=counted)
            if measures:
                carried = carried._replace(measures=((kind, measures), *carried.measures))
            joined = {name: part for name, part in meanings[-1].scope._asdict().items() if "、" in part}
            carried = carried._replace(scope=carried.scope._replace(**joined))
            carried = carried._replace(listed=_listed(around.names, lexicon) or carried.listed)
            if _is_condition(text, around.claim):
                carried = carried._replace(part=around.claim.number)
            if "of which" in kinds_of(around.before) and not any(meanings[-1].scope):
                carried = carried._replace(part=carried.part or "其中")
            end = around.claim.unit_end
        carried = _closed(carried, between(words, segment.start, segment.end), end, segment)
    return meanings


def measure_of(kind: str, counted: str, kinds: frozenset[str]) -> str:
    """The first measure of the grammar that fits a class of unit, a noun and the words; "" for none.

    >>> measure_of("people", "", frozenset({"student", "training"}))
    'students_trained'
    """
    if "another field" in kinds:
        return ""
    kind = grammar.PEOPLE if kind == grammar.TIMES else kind
    fitting = (
        measure.name
        for measure in grammar.MEASURES
        if measure.kind == kind
        and (not measure.counted or counted in measure.counted)
        and set(measure.needs) <= kinds
        and not set(measure.never) & kinds
    )
    return next(fitting, "")


def _arounds(passage: _Passage, segment: Segment) -> Iterator[_Around]:
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
        yield _Around(claim, passage.lists[claim.start], before, after, near, unknown)


def _up_to_among(words: list[Word]) -> list[Word]:
    """The words after a number as far as they are of it: those of 参训学生 in 1028名参训学生中参加考核的."""
    ends = [
        place
        for place, word in enumerate(words)
        if word.text in grammar.OTHER_WORDS["among"] and place and _ACTORS & set(words[place - 1].kinds)
    ]
    return words[: ends[0]] if ends else words


def _meaning(
    passage: _Passage, segment: Segment, around: _Around, carried: _Carried, kind: str, measures: tuple[str, ...]
) -> Meaning:
    scope, paired = _own_scope(passage.text, around), _paired(passage, segment, around.claim)
    same = measures[:1] == _said_of(kind, carried)[:1]
    part = ["其中"] if same and "of which" in kinds_of(around.before) and not any(scope) else []
    return Meaning(
        measures=measures,
        scope=scope._replace(**paired),
        carried=_with_list(carried, measures),
        outside=_outside(around, carried),
        doubtful="" if paired else "、".join(dict.fromkeys([*_doubts(passage, segment, around, carried), *part])),
        unknown=around.unknown,
        before=tuple(around.before),
        near=kinds_of(around.near),
        said=kinds_of(around.in_segment) | carried.said,
        names=around.names,
        clause=segment.clause,
        sentence=segment.sentence,
    )


# --- What is counted -------------------------------------------------------------------------------------------------


def _measures(around: _Around, carried: _Carried) -> tuple[str, str, tuple[str, ...]]:
    """The class of a claim's unit, the noun that it counts, and the measures that it may be of, the likeliest first."""
    claim, nearest = around.claim, kinds_of(around.near)
    own = _counted(around)
    default = grammar.COUNTED_BY_UNIT.get(claim.unit, "")
    default = default if nearest & {"apply", "approve"} or not around.unknown else ""
    counted = own or (default if nearest & {"apply", "approve"} else "") or carried.counted or default
    kind = _kind_of(claim, counted, nearest.union(*carried.kinds))
    measures = _measures_of(kind, counted, around, carried)
    if not own and kind == grammar.PEOPLE and claim.kind == grammar.THINGS:  # 872个名额，其中初级2个
        measures += _measures_of(grammar.THINGS, "pilot", around, carried)
    return kind, own or carried.counted, tuple(dict.fromkeys(measures))


def _measures_of(kind: str, counted: str, around: _Around, carried: _Carried) -> list[str]:
    """By the words nearest to a number, by those of its segment, by what the sentence has said, by its last count."""
    nearest = kinds_of(around.near)
    attempts = (nearest, kinds_of(around.in_segment), nearest | _said(nearest, carried))
    bare = len(around.unknown) <= 2 and all(
        name in _SAYS_NOTHING_OF_ITS_OWN or name in NAME_OF.values() for name in nearest
    )
    last = _said_of(kind, carried) if bare and kind == grammar.PEOPLE else ()
    measures: list[str] = []
    for measure in (*(measure_of(kind, counted, kinds) for kinds in attempts), *last):
        # Past the first that stands by itself, there is nothing left to look for.
        if measure and not any(has_reason(said, nearest) for said in measures):
            measures.append(measure)
    return measures


def has_reason(measure: str, kinds: frozenset[str]) -> bool:
    """Whether the words give a measure by themselves; some need a word of each of their groups."""
    return all(group & kinds for group in grammar.NEEDS_A_REASON.get(measure, ()))


def _said_of(kind: str, carried: _Carried) -> tuple[str, ...]:
    """The measures of the last claim in the sentence whose unit is of a class."""
    return next((measures for said, measures in carried.measures if said == kind), ())


def _said(nearest: frozenset[str], carried: _Carried) -> frozenset[str]:
    """What the sentence has said before; of students, teachers and examiners only those that were named last."""
    said: frozenset[str] = frozenset()
    actors = nearest & _ACTORS
    for kinds in carried.kinds:
        said |= kinds - (_ACTORS if actors else frozenset())
        actors |= kinds & _ACTORS
    return said - {"done", "student"}


def _counted(around: _Around) -> str:
    """The noun that a count of things belongs to: right after its unit, else the last before the number."""
    nouns = [(word, next((kind for kind in word.kinds if kind in _COUNTED), "")) for word in around.after]
    found, end = "", -1
    for word, noun in nouns:
        if found and word.start != end:
            break
        if noun:  # of nouns that touch (试点专业) the last
            found, end = noun, word.end
        elif found or (word.kinds and not word.dimension):
            break
    earlier = [kind for word in around.before for kind in word.kinds if kind in _COUNTED]
    return found or (earlier[-1] if earlier else "")


def _kind_of(claim: Number, counted: str, kinds: frozenset[str]) -> str:
    """The class of a number's unit; told by the words where the unit is missing, or stands for any thing (个)."""
    if claim.kind == grammar.THINGS and counted in ("place", "student", "teacher"):
        return grammar.PEOPLE
    if claim.unit:
        return claim.kind
    return grammar.PEOPLE if "persons" in kinds else grammar.THINGS if "number" in kinds and counted else ""


# --- Of which part of the year ---------------------------------------------------------------------------------------


def _own_scope(text: str, around: _Around) -> Scope:
    """The part named beside a number: right after its unit, else the nearest before it, else the first after it.

    Names that are joined (沿用批次与第一次) are taken together.
    """
    scope = {}
    for dimension in Scope._fields:
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


def _listed(names: Names, lexicon: Lexicon) -> tuple[str, str] | None:
    """The dimension of the names in a list, and the names together; none for names of no known kind."""
    if not names.names:
        return None
    parts = [lexicon.parts.get(name) or lexicon.parts.get(split_certificate(name)[0]) for name in names.names]
    dimensions = {part[0] for part in parts if part}
    return (dimensions.pop(), "、".join(part[1] if part else "" for part in parts)) if len(dimensions) == 1 else None


def _with_list(carried: _Carried, measures: tuple[str, ...]) -> Scope:
    """What was said before; for a measure that is known of each of the names listed before, of these together."""
    dimension, names = carried.listed
    if not dimension or not set(measures[:1]) & set(grammar.ADDED_UP):
        return carried.scope
    return carried.scope._replace(**{dimension: names})


def _paired(passage: _Passage, segment: Segment, claim: Number) -> dict[str, str]:
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


def _outside(around: _Around, carried: _Carried) -> str:
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


def _doubts(passage: _Passage, segment: Segment, around: _Around, carried: _Carried) -> list[str]:
    """The words by which a number may be of a part only."""
    text, claim = passage.text, around.claim
    words = [word.text for word in around.near if _DOUBTFUL & set(word.kinds)]
    clause = text[max(segment.clause[0], claim.start - _REACH) : claim.start]
    words += [word for word in grammar.OTHER_WORDS["respectively"] if word in clause]
    words += [name for name in ("差额",) if clause.rstrip().endswith(grammar.OTHER_WORDS["difference"])]
    if claim.kind == grammar.THINGS and not _counted(around._replace(before=[])):
        words += re.findall(grammar.SHAPE["noun_left_out"], clause)
    if _is_condition(text, claim):
        words.append(claim.number)
    return [*words, *_named_besides(passage, segment, around), *filter(None, [carried.part])]


def _named_besides(passage: _Passage, segment: Segment, around: _Around) -> list[str]:
    """What is named beside a number and is not the part that it is taken to be of.

    Several names that are not joined, another number beside it (批准20人和70人), a name that nothing explains (B2B).
    """
    text, claim, found = passage.text, around.claim, []
    scope = _own_scope(text, around)
    for dimension in Scope._fields:
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


def _is_condition(text: str, claim: Number) -> bool:
    """Whether a number only says which things are counted after it: 超过100人的试点有5项."""
    return bool(claim.modifier and re.match(grammar.SHAPE["condition"], text[claim.unit_end : claim.unit_end + 16]))


# --- What a sentence carries from clause to clause -------------------------------------------------------------------


def _opened(carried: _Carried, segment: Segment, text: str) -> _Carried:
    """What still holds where a segment opens: nothing at a new sentence; after ；the round, unless 其中 goes on."""
    if segment.opening in grammar.SHAPE["sentence_ends"]:
        return _Carried()
    goes_on = text.startswith(grammar.OTHER_WORDS["parts_follow"], segment.start)
    if segment.opening in grammar.SHAPE["carry_ends"] and not goes_on:
        scope = Scope(carried.scope.application_round)
        return carried._replace(scope=scope, part="", elsewhere="", listed=("", ""))
    return carried


def _carry(carried: _Carried, words: list[Word]) -> _Carried:
    """What has been said, with what these words add or end."""
    for word in words:
        if word.dimension == "application_round":
            carried = carried._replace(scope=carried.scope._replace(application_round=word.part), part="")
        elif word.dimension:
            scope = carried.scope._replace(**{word.dimension: word.part})
            carried = carried._replace(scope=scope._replace(level="") if word.dimension == "certificate" else scope)
        for kind in word.kinds:
            carried = carried._replace(**_effect(kind, word.text))
    return carried


def _effect(kind: str, text: str) -> dict[str, str]:
    """What a word of a kind changes in what is carried."""
    effects = {
        "part": {"part": text} if len(text) > 1 else {},
        "period": {"part": text},
        "each one": {"part": text},
        "excluded": {"part": text},
        "elsewhere": {"elsewhere": text},
        "another time": {"time": text},
        "planned": {"planned": text},
        "here": {"elsewhere": "", "part": ""},
        "now": {"time": "", "planned": ""},
        "done": {"planned": ""},
    }
    return effects.get(kind, {})


def _closed(carried: _Carried, words: list[Word], end: int, segment: Segment) -> _Carried:
    """What a segment leaves behind: the words after its last number, and its noun if it held no number."""
    carried = _carry(carried, [word for word in words if word.start >= end])
    kinds = kinds_of(words)
    carried = carried._replace(kinds=(kinds, *carried.kinds)[:_SEGMENTS_CARRIED], said=carried.said | kinds)
    if end > segment.start:
        return carried._replace(planned="")
    nouns = [kind for word in words for kind in word.kinds if kind in _COUNTED - {"round"}]
    return carried._replace(counted=nouns[-1]) if nouns else carried
