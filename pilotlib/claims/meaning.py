"""What each claim of a paragraph counts, and of which part of the year: read from the words around it.

The words nearest to a number say what it counts and of which part; what its segment leaves open is carried over from
the clauses before it in the sentence (`Said`).
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import DIMENSIONS, Scope
from pilotlib.claims.grammar import KINDS, OTHER_WORDS, SHAPE, WORDS
from pilotlib.claims.numbers import Number
from pilotlib.claims.text import (
    NAMES,
    Names,
    Paragraph,
    Segment,
    Span,
    Word,
    between,
    kinds_of,
    stands_after,
    unexplained,
)
from pilotlib.vocabulary import CARRIED_ON
from pilotlib.words import split_certificate

# The nouns that a count of things can belong to.
_COUNTED = {noun for measure in grammar.MEASURES for noun in measure.counted} | KINDS["counted_as_well"]
_ASKED = frozenset({"apply", "approve"})
_REACH = 120  # so many characters before a number are searched for a word that bears on it
_SEGMENTS_CARRIED = 3


class Claim(NamedTuple):
    """A number that states something, the words around it, and what they say of it.

    Read off the text: the `number`; `names` listed with it; the words right `before` and right `after` it, and all
    `in_segment`; `unknown`, the characters near it that nothing explains, and whether such a word is `touching` it;
    `clause` and `sentence`, where these begin and end; `lead` and `tail`, the text of its sentence from the number
    before it and up to the next.

    Understood: `unit_class` and `noun`, what is counted; `measures`, what it may count, the likeliest first; `scope`,
    the part named beside it; `carried`, the part named before it in the sentence, which may or may not be meant;
    `limits`, what it is of by the words said so far (part, elsewhere, time, planned); `outside`, all words that put it
    beyond the year's data; `doubtful`, words by which it may be only a part; `said`, the kinds of the sentence's words.
    """

    number: Number
    names: Names
    before: list[Word]
    after: list[Word]
    in_segment: list[Word]
    unknown: str
    touching: bool
    clause: Span
    sentence: Span
    lead: str
    tail: str
    unit_class: str = ""
    noun: str = ""
    measures: tuple[str, ...] = ()
    scope: Scope = Scope()
    carried: Scope = Scope()
    limits: tuple[tuple[str, str], ...] = ()
    outside: str = ""
    doubtful: str = ""
    said: frozenset[str] = frozenset()

    @property
    def value(self) -> float:
        """What its number is worth."""
        return self.number.value or 0.0

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of the words right before and after the number."""
        return kinds_of([*self.before, *self.after])

    @property
    def measure(self) -> str:
        """What it likeliest counts; "" where that is not known."""
        return self.measures[0] if self.measures else ""


@dataclass
class Said:
    """What a sentence has said before a number: the part it speaks of, its limits, its last nouns, lists and measures.

    `kinds` are those of the words in each of the last segments, the latest first; `all_kinds` of all together.
    """

    scope: Scope = field(default_factory=Scope)
    limits: dict[str, str] = field(default_factory=dict)
    kinds: tuple[frozenset[str], ...] = ()
    all_kinds: frozenset[str] = frozenset()
    noun: str = ""
    listed: tuple[str, str] = ("", "")
    measures: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def open(self, segment: Segment, text: str) -> "Said":
        """What still holds where a segment opens: at a new sentence little; after ；the round, unless 其中 goes on."""
        if segment.opening in SHAPE["sentence_ends"]:
            kept = {name: word for name, word in self.limits.items() if name in grammar.LIMITS_KEPT}
            return Said(limits=kept)
        if segment.opening in SHAPE["carry_ends"] and not text.startswith(OTHER_WORDS["parts_follow"], segment.start):
            self.scope, self.listed = Scope(self.scope.application_round), ("", "")
            self.limits = {name: word for name, word in self.limits.items() if name in ("time", "planned")}
        return self

    def hear(self, words: Iterable[Word]) -> None:
        """Add what words say, and end what they end."""
        for word in words:
            if word.dimension == "application_round":
                self.scope = self.scope._replace(application_round=word.part)
                self.limits.pop("part", None)
            elif word.dimension:
                self.scope = self.scope._replace(**{word.dimension: word.part})
                self.scope = self.scope._replace(level="") if word.dimension == "certificate" else self.scope
            for kind in word.kinds:
                if kind in grammar.LIMITS and (kind != "part" or len(word.text) > 1):
                    self.limits[grammar.LIMITS[kind]] = word.text
                for ended in grammar.ENDS_LIMITS.get(kind, ()):
                    self.limits.pop(ended, None)

    def add(self, claim: Claim, *, condition: bool) -> None:
        """Add what a claim says; of a `condition` (超过100人的试点), that a part is spoken of."""
        if condition:
            self.limits["part"] = claim.number.written
        elif "of which" in kinds_of(claim.before) and not any(claim.scope):
            self.limits.setdefault("part", WORDS["of which"][0])
        joined = {dimension: name for dimension, name in claim.scope._asdict().items() if "、" in name}
        self.scope = self.scope._replace(**joined)
        self.noun = claim.noun if claim.number.kind == grammar.THINGS else self.noun
        if claim.names.dimension:
            self.listed = claim.names.dimension, claim.names.parts
        if claim.measures:
            self.measures = ((claim.unit_class, claim.measures), *self.measures)

    def close(self, words: list[Word], end: int, segment: Segment) -> None:
        """Add what a segment leaves behind: the words after its last number, and its noun if it held no number."""
        self.hear([word for word in words if word.start >= end])
        kinds = kinds_of(words)
        self.kinds, self.all_kinds = (kinds, *self.kinds)[:_SEGMENTS_CARRIED], self.all_kinds | kinds
        if end > segment.start:
            self.limits.pop("planned", None)
            return
        nouns = [kind for word in words for kind in word.kinds if kind in _COUNTED - {"round"}]
        self.noun = nouns[-1] if nouns else self.noun

    def last_measures(self, unit_class: str) -> tuple[str, ...]:
        """The measures of the last claim in the sentence whose unit is of a class."""
        return next((measures for other, measures in self.measures if other == unit_class), ())

    def carried(self, measures: tuple[str, ...]) -> Scope:
        """The part said before; for a measure known of each of the names listed before, these together."""
        dimension, names = self.listed
        if not dimension or not set(measures[:1]) & set(grammar.ADDED_UP):
            return self.scope
        return self.scope._replace(**{dimension: names})


def understand(paragraph: Paragraph) -> list[Claim]:
    """Every claim of a paragraph with its meaning, in order."""
    claims: list[Claim] = []
    said = Said()
    for segment in paragraph.segments:
        said = said.open(segment, paragraph.text)
        end = segment.start
        for claim in _claims_in(paragraph, segment):
            said.hear(claim.before)
            claims.append(_understood(paragraph, segment, claim, said))
            said.add(claims[-1], condition=_is_condition(paragraph.text, claim.number))
            end = claim.number.unit_end
        said.close(between(paragraph.words, segment.start, segment.end), end, segment)
    return claims


def _claims_in(paragraph: Paragraph, segment: Segment) -> Iterator[Claim]:
    """Each claim of a segment with the words around it, up to the claims before and after it; not yet understood."""
    text, inside = paragraph.text, between(paragraph.counts, segment.start, segment.end)
    in_segment = between(paragraph.words, segment.start, segment.end)
    for place, number in enumerate(inside):
        start = inside[place - 1].unit_end if place else segment.start
        last = bisect_left(paragraph.counts, number.start, key=lambda count: count.start)
        earlier = (
            paragraph.counts[last - 1] if last and paragraph.counts[last - 1].start >= segment.sentence[0] else None
        )
        later = paragraph.counts[last + 1] if last + 1 < len(paragraph.counts) else None
        opens = not place and not between(in_segment, start, number.start)
        if opens and len(unexplained(text, start, number.start, [])) < 2:
            # A number that opens its segment is of the words before it: 在校生（5501人）, 批准总培训人数：1662人.
            start = earlier.unit_end if earlier else segment.sentence[0]
        end = inside[place + 1].start if place + 1 < len(inside) else segment.end
        before = between(paragraph.words, start, number.start)
        after = _up_to_among(between(in_segment, number.unit_end, end))
        reach = after[-1].end if after else number.unit_end
        explained = _explained(paragraph, [*before, *after], start, reach)
        touching = unexplained(text, max(start, number.start - 2), number.start, explained)
        sentence_end = min(segment.sentence[1], later.start if later else len(text))
        yield Claim(
            number=number,
            names=paragraph.names[number.start],
            before=before,
            after=after,
            in_segment=in_segment,
            unknown=unexplained(text, start, reach, explained),
            touching=len(touching) > 1,
            clause=segment.clause,
            sentence=segment.sentence,
            lead=text[earlier.unit_end if earlier else segment.sentence[0] : number.start],
            tail=text[number.unit_end : sentence_end],
        )


def _explained(paragraph: Paragraph, words: list[Word], start: int, end: int) -> list[Span]:
    """The stretches between two places that are words, numbers or hidden."""
    first, last = (bisect_left(paragraph.hidden, (place, 0)) for place in (start, end))
    numbers = between(paragraph.numbers, start, end)
    topics = [match.span() for match in re.compile(SHAPE["topic"]).finditer(paragraph.text, start, end)]
    spans = (
        topics + [(word.start, word.end) for word in words] + [(number.start, number.unit_end) for number in numbers]
    )
    return spans + paragraph.hidden[first:last]


def _up_to_among(words: list[Word]) -> list[Word]:
    """The words after a number as far as they are of it: those of 参训学生 in 1028名参训学生中参加考核的."""
    for place, word in enumerate(words):
        if place and word.text in OTHER_WORDS["among"] and KINDS["actors"] & set(words[place - 1].kinds):
            return words[:place]
    return words


def _understood(paragraph: Paragraph, segment: Segment, claim: Claim, said: Said) -> Claim:
    unit_class, noun, measures = _counted(claim, said)
    scope, paired = _own_scope(paragraph.text, claim), _paired_part(paragraph, claim)
    doubts = _doubts(paragraph, segment, claim, said, scope)
    if "of which" in kinds_of(claim.before) and not any(scope) and measures[:1] == said.last_measures(unit_class)[:1]:
        doubts += [WORDS["of which"][0]] if measures else []
    return claim._replace(
        unit_class=unit_class,
        noun=noun,
        measures=measures,
        scope=scope._replace(**paired),
        carried=said.carried(measures),
        limits=tuple(sorted(said.limits.items())),
        outside=_outside(claim, said),
        doubtful="" if paired else "、".join(dict.fromkeys(doubts)),
        said=kinds_of(claim.in_segment) | said.all_kinds,
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


def _counted(claim: Claim, said: Said) -> tuple[str, str, tuple[str, ...]]:
    """The class of a claim's unit, the noun that it counts, and the measures that it may be of, the likeliest first."""
    number, nearest = claim.number, _nearest(claim)
    own = _noun(claim.before, claim.after)
    by_unit = grammar.COUNTED_BY_UNIT.get(number.unit, "")
    asked = by_unit if nearest & _ASKED else ""
    of_persons = said.noun in KINDS["counted_as_well"] and number.unit not in OTHER_WORDS["of_persons_as_well"]
    before = "" if claim.touching or of_persons else said.noun
    noun = own or asked or before or ("" if claim.unknown else by_unit)
    unit_class = _unit_class(number, noun, nearest.union(*said.kinds))
    measures = _by_attempts(unit_class, noun, claim, said)
    if not own and unit_class == grammar.PEOPLE and number.kind == grammar.THINGS:  # 872个名额，其中初级2个
        measures += _by_attempts(grammar.THINGS, "pilot", claim, said)
    return unit_class, own or said.noun, tuple(dict.fromkeys(measures))


def _noun(before: list[Word], after: list[Word]) -> str:
    """The noun that a count of things belongs to: right after its unit, else the last before the number."""
    noun, end = "", -1
    for word in after:
        if noun and word.start != end:
            break
        own = next((kind for kind in word.kinds if kind in _COUNTED), "")
        if own:  # of nouns that touch (试点专业) the last
            noun, end = own, word.end
        elif noun or (word.kinds and not word.dimension):
            break
    earlier = [kind for word in before for kind in word.kinds if kind in _COUNTED]
    return noun or (earlier[-1] if earlier else "")


def _by_attempts(unit_class: str, noun: str, claim: Claim, said: Said) -> list[str]:
    """By the words nearest to a number, by those of its segment, by what the sentence has said, by its last count."""
    nearest = _nearest(claim)
    bare = len(claim.unknown) <= 2 and nearest <= KINDS["no_count"] | NAMES
    last = said.last_measures(unit_class) if bare and unit_class == grammar.PEOPLE else ()
    attempts = (nearest, kinds_of(claim.in_segment), nearest | _kinds_said(nearest, said))
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
    words = [word for word in (*claim.before, *claim.after) if not _ASKED.isdisjoint(word.kinds)]
    nearer = min(words, key=lambda word: max(number.start - word.end, word.start - number.unit_end))
    return claim.kinds - _ASKED | set(nearer.kinds)


def _kinds_said(nearest: frozenset[str], said: Said) -> frozenset[str]:
    """What the sentence has said before; of students, teachers and examiners only those that were named last."""
    together: frozenset[str] = frozenset()
    actors = nearest & KINDS["actors"]
    for kinds in said.kinds:
        together |= kinds - (KINDS["actors"] if actors else frozenset())
        actors |= kinds & KINDS["actors"]
    return together - {"done", "student"}


def _unit_class(number: Number, noun: str, kinds: frozenset[str]) -> str:
    """The class of a number's unit; told by the words where the unit is missing, or stands for any thing (个)."""
    if number.unit in OTHER_WORDS["of_persons_as_well"] and noun in KINDS["counted_as_well"]:
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
    for dimension in dict.fromkeys(word.dimension for word in (*claim.before, *claim.after) if word.dimension):
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
        if not re.fullmatch(SHAPE["joined"], text[first.end : second.start]):
            return words[:place]
    return words


def _paired_part(paragraph: Paragraph, claim: Claim) -> dict[str, str]:
    """The name that belongs to a number after 分别: the third of three names to the third of three numbers."""
    number, (start, end) = claim.number, claim.sentence
    middle = max(paragraph.text.rfind(word, start, number.start) for word in OTHER_WORDS["respectively"])
    if middle < 0:
        return {}
    end = claim.clause[1] if middle >= claim.clause[0] else end
    numbers = [other for other in between(paragraph.counts, middle, end) if other.kind == number.kind]
    choices: list[tuple[str, list[str]]] = []
    for count in between(paragraph.counts, start, middle):
        names = paragraph.names[count.start].names
        choices.append(("certificate", [split_certificate(name)[0] for name in names]))
    words = between(paragraph.words, start, middle)
    for dimension in DIMENSIONS:
        choices.append((dimension, list(dict.fromkeys(word.part for word in words if word.dimension == dimension))))
    for dimension, names_before in choices:
        if len(names_before) == len(numbers) > 1:
            return {dimension: names_before[numbers.index(number)]}
    return {}


def _outside(claim: Claim, said: Said) -> str:
    """The words that put a number beyond the year's data: near it, or said of all that follows in the sentence."""
    beside, limits = [*claim.before, *claim.after], said.limits
    outside = [word.text for word in beside if not KINDS["outside"].isdisjoint(word.kinds)]
    outside += [limits[name] for name in ("elsewhere", "time", "planned") if name in limits]
    if said.scope.application_round == CARRIED_ON:  # 沿用往年的证书 speaks of this year's round
        times = {word.text for word in beside if "another time" in word.kinds} | {limits.get("time")}
        outside = [text for text in outside if text not in times]
    risen = [word.text for word in claim.in_segment if "rise to" in word.kinds and word.start > claim.number.start]
    if risen and any("from" in word.kinds and word.end == claim.number.start for word in claim.before):
        outside.append(grammar.say("before", time=risen[0]))
    return "、".join(dict.fromkeys(outside))


def _doubts(paragraph: Paragraph, segment: Segment, claim: Claim, said: Said, scope: Scope) -> list[str]:
    """The words by which a number may be of a part only, or of something beside the part that it is taken to be of.

    Such are several names that are not joined, another number beside it (批准20人和70人), a name that nothing explains.
    """
    text, number, beside = paragraph.text, claim.number, [*claim.before, *claim.after]
    doubts = [word.text for word in beside if not KINDS["doubtful"].isdisjoint(word.kinds)]
    clause = text[max(segment.clause[0], number.start - _REACH) : number.start]
    doubts += [word for word in OTHER_WORDS["respectively"] if word in clause]
    if stands_after(clause, len(clause), "difference"):
        doubts.append(OTHER_WORDS["difference"][0])
    if number.kind == grammar.THINGS and not _noun([], claim.after):
        doubts += re.findall(SHAPE["noun_left_out"], clause)
    if _is_condition(text, number):
        doubts.append(number.written)
    for dimension in dict.fromkeys(word.dimension for word in claim.before if word.dimension):
        names = list(dict.fromkeys(word.part for word in claim.before if word.dimension == dimension))
        if len(names) > 1 and "、".join(names) != getattr(scope, dimension):
            doubts.append("、".join(names))
    place = bisect_left(paragraph.counts, number.start, key=lambda count: count.start)
    nearby = paragraph.counts[max(0, place - 1) : place + 2]
    for first, second in pairwise(other for other in nearby if other.unit == number.unit):
        if re.fullmatch(SHAPE["joined"], text[first.unit_end : second.start]):
            doubts.append(text[first.start : second.unit_end])
    start = max(segment.start, paragraph.counts[place - 1].unit_end if place else 0)
    explained = [*((word.start, word.end) for word in claim.before), *paragraph.hidden[-1:]]
    for label in between(paragraph.numbers, start, number.start):
        named = label.label == grammar.NAME and "+" not in label.written
        if named and not any(first <= label.start < last for first, last in explained):
            doubts.append(label.written)
    return [*doubts, *filter(None, [said.limits.get("part")])]


def _is_condition(text: str, number: Number) -> bool:
    """Whether a number only says which things are counted after it: 超过100人的试点有5项."""
    return bool(number.modifier and re.match(SHAPE["condition"], text[number.unit_end : number.unit_end + 16]))
