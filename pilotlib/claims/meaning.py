"""What each number of a paragraph counts, and of which part of the year: read from the words around it.

What the words of its segment leave open is carried over from the clauses before it in the sentence (`Said`).
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from pilotlib.claims import grammar
from pilotlib.claims.claim import Claim
from pilotlib.claims.facts import DIMENSIONS, Scope
from pilotlib.claims.grammar import KINDS, OTHER_WORDS, PEOPLE, SHAPE, THINGS, WORDS
from pilotlib.claims.text import Paragraph, Segment, Word, between, kinds_of
from pilotlib.vocabulary import CARRIED_ON
from pilotlib.words import split_certificate

# The nouns that a count of things can belong to.
_COUNTED = {noun for measure in grammar.MEASURES for noun in measure.counted} | KINDS["counted_as_well"]
_REACH = 120  # so many characters before a number are searched for a word that bears on it


@dataclass
class Said:
    """What a sentence has said so far: the `kinds` of its last segments' words, the latest first, and of `all`."""

    scope: Scope = field(default_factory=Scope)
    limits: dict[str, str] = field(default_factory=dict)
    kinds: list[frozenset[str]] = field(default_factory=list)
    all: frozenset[str] = frozenset()
    noun: str = ""

    def hear(self, words: Iterable[Word]) -> None:
        """Take in words: the parts that they name, the limits that they set and those that they end."""
        for word in words:
            if word.dimension:
                self.scope = self.scope._replace(**{word.dimension: word.part})
                self.scope = self.scope._replace(level="") if word.dimension == "certificate" else self.scope
            self.all |= set(word.kinds)
            for kind in word.kinds:
                of_the_year = kind == "cumulative" and "whole year" in self.all
                if kind in grammar.LIMITS and (kind != "part" or len(word.text) > 1) and not of_the_year:
                    self.limits[grammar.LIMITS[kind]] = word.text
                for ended in grammar.RULES["ends_limits"].get(kind, ()):
                    self.limits.pop(ended, None)


def understand(paragraph: Paragraph) -> list[Claim]:
    """Every claim of a paragraph with its meaning, in order; where another school is named, not ours or in doubt."""
    claims, said = list[Claim](), Said()
    for segment in paragraph.segments if paragraph.counts else ():
        parts_follow = paragraph.text.startswith(OTHER_WORDS["parts_follow"], segment.start)
        if segment.opening in SHAPE["sentence_ends"]:
            said = Said()
        elif segment.opening in SHAPE["carry_ends"] and not parts_follow:
            said.scope = Scope(said.scope.application_round)
            said.limits = {name: word for name, word in said.limits.items() if name in ("time", "planned")}
        end, words = segment.start, between(paragraph.words, segment.start, segment.end)
        for read in _claims_in(paragraph, segment, words):
            said.hear(read.before)
            claim = _understood(paragraph, read, said)
            claims.append(claim)
            end = claim.number.unit_end
            # What follows may be a part of it, or of its noun.
            if "of which" in kinds_of(claim.before) and not any(claim.scope):
                said.limits.setdefault("part", WORDS["of which"][0])
            several = {name: part for name, part in claim.scope._asdict().items() if "、" in part}
            said.scope = said.scope._replace(**several)
            said.noun = claim.noun if claim.number.kind == THINGS else said.noun
        said.hear([word for word in words if word.start >= end])
        said.kinds, said.all = [kinds_of(words), *said.kinds][:3], said.all | kinds_of(words)
        nouns = [kind for word in words for kind in word.kinds if kind in _COUNTED - {"round"}]
        if end > segment.start:
            said.limits.pop("planned", None)
        elif nouns:
            said.noun = nouns[-1]
    named = [word.text for word in paragraph.words if "elsewhere" in word.kinds]
    others = "、".join(dict.fromkeys(name for name in named if re.search(SHAPE["school"], name)))
    if "here" in kinds_of(paragraph.words):
        return [claim._replace(doubtful=claim.doubtful or others) for claim in claims]
    return [claim._replace(outside=claim.outside or others) for claim in claims]


def _claims_in(paragraph: Paragraph, segment: Segment, words: list[Word]) -> Iterator[Claim]:
    """Each claim of a segment with the words around it, up to the claims before and after it; not yet understood."""
    text, counts, opens = paragraph.text, paragraph.counts, segment.sentence[0]
    for place in range(*(bisect_left(counts, edge, key=lambda count: count.start) for edge in segment[:2])):
        number, later = counts[place], counts[place + 1].start if place + 1 < len(counts) else len(text)
        last = max(counts[place - 1].unit_end if place else 0, opens)
        start, end = max(last, segment.start), min(later, segment.end)
        if not between(words, start, number.start) and last <= segment.start:
            # A number that opens its segment is of the words before it: 在校生（5501人）, 批准总培训人数：1662人.
            start = start if len(_unexplained(paragraph, start, number.start, [])) > 1 else last
        before, after = between(paragraph.words, start, number.start), between(words, number.unit_end, end)
        reach = after[-1].end if after else number.unit_end
        unknown = _unexplained(paragraph, start, reach, [*before, *after])
        beside = text[last : number.start], text[number.unit_end : min(later, segment.sentence[1])]
        names, kinds, spans = paragraph.names[number.start], kinds_of([*before, *after]), segment[-2:]
        yield Claim(number, number.value or 0.0, names, before, after, kinds, words, unknown, *spans, *beside)


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


def _understood(paragraph: Paragraph, claim: Claim, said: Said) -> Claim:
    """A claim with its meaning; doubtful are words by which it may be of a part only, or of something beside it."""
    noun, measures = _counted(claim, said)
    scope, names_left = _own_scope(paragraph.text, claim)
    paired, all_said = _paired_part(paragraph, claim), kinds_of(claim.in_segment) | said.all
    beside = [*claim.before, *claim.after]
    doubts = [word.text for word in beside if not KINDS["doubtful"].isdisjoint(word.kinds)]
    clause = paragraph.text[max(claim.clause[0], claim.number.start - _REACH) : claim.number.start]
    doubts += [word for word in OTHER_WORDS["respectively"] if word in clause]
    joined = [text for text in (claim.lead, claim.tail) if re.fullmatch(SHAPE["last_name_after"], text)]
    doubts += [*joined, *names_left, *filter(None, [said.limits.get("part")])]  # 批准20人和70人
    outside = [word.text for word in beside if not KINDS["outside"].isdisjoint(word.kinds)]
    outside += [said.limits[name] for name in ("elsewhere", "time", "planned") if name in said.limits]
    if said.scope.application_round == CARRIED_ON:  # 沿用往年的证书 speaks of this year's round
        times = {word.text for word in beside if "another time" in word.kinds} | {said.limits.get("time")}
        outside = [text for text in outside if text not in times]
    risen = [word.text for word in claim.in_segment if "rise to" in word.kinds and word.start > claim.number.start]
    if risen and not outside:
        outside.append(grammar.say("before", time=risen[0]))
    doubtful = "" if paired else "、".join(dict.fromkeys(doubts))
    claim = claim._replace(noun=noun, measures=measures, scope=scope._replace(**paired), carried=said.scope)
    claim = claim._replace(limits=frozenset(said.limits.items()), said=all_said, doubtful=doubtful)
    return claim._replace(outside="、".join(dict.fromkeys(outside)))


@cache
def measure_of(unit_class: str, noun: str, kinds: frozenset[str]) -> str:
    """The first measure of the grammar that fits a class of unit, a noun and the words; "" for none.

    >>> measure_of("people", "", frozenset({"student", "training"}))
    'students_trained'
    """
    for measure in grammar.MEASURES:
        of_unit = measure.kind == (PEOPLE if unit_class == grammar.TIMES else unit_class)
        words_fit = kinds.issuperset(measure.needs) and kinds.isdisjoint((*measure.never, "another field"))
        if of_unit and words_fit and (not measure.counted or noun in measure.counted):
            return measure.name
    return ""


def has_reason(measure: str, kinds: frozenset[str]) -> bool:
    """Whether the words give a measure by themselves; some need a word of each of their groups."""
    return not any(kinds.isdisjoint(group) for group in grammar.RULES["needs_a_reason"].get(measure, ()))


def _counted(claim: Claim, said: Said) -> tuple[str, tuple[str, ...]]:
    """The noun that a claim counts, and the measures that it may be of, the likeliest first."""
    number, nearest, asked = claim.number, claim.kinds, KINDS["asked"]
    if nearest >= asked:  # of 申请 and 批准 only the one that is nearer
        words = [word for word in (*claim.before, *claim.after) if not asked.isdisjoint(word.kinds)]
        nearer = min(words, key=lambda word: max(number.start - word.end, word.start - number.unit_end))
        nearest = nearest - asked | set(nearer.kinds)
    # A count of things is of the noun right after its unit (of nouns that touch, the last), else of the last before it.
    own, end = "", -1
    for word in claim.after:
        counted = next((kind for kind in word.kinds if kind in _COUNTED), "")
        if (own and (not counted or word.start != end)) or (not counted and word.kinds and not word.dimension):
            break
        own, end = counted or own, word.end
    own = own or next((kind for word in claim.before[::-1] for kind in word.kinds[::-1] if kind in _COUNTED), "")
    by_unit = grammar.RULES["counted_by_unit"].get(number.unit, "")
    one_by_one = number.unit in OTHER_WORDS["of_persons_as_well"]
    noun = own or (by_unit if nearest & asked else "") or said.noun or ("" if claim.unknown else by_unit)
    unit_class, around = number.kind, nearest.union(*said.kinds)
    if one_by_one and noun in KINDS["counted_as_well"]:
        unit_class = PEOPLE
    elif not number.unit:
        unit_class = PEOPLE if "persons" in around else THINGS if "number" in around and noun else ""
    # What the sentence has said before; of students, teachers and examiners only those that were named last.
    together, actors = frozenset[str](), nearest & KINDS["actors"]
    for kinds in said.kinds:
        together |= kinds - (KINDS["actors"] if actors else frozenset())
        actors |= kinds & KINDS["actors"]
    attempts = [nearest, kinds_of(claim.in_segment), nearest | together - {"done", "student"}]
    measures = _tried(unit_class, noun, attempts)
    if not own and unit_class == PEOPLE and number.kind == THINGS:  # 872个名额，其中初级2个
        measures += _tried(THINGS, "pilot", attempts)
    if measures == ["places_applied"] and "name_of_application_round" in nearest and "approve" in said.all:
        measures.append("places_approved")  # 批准1662人，其中第一次申报872人
    return own or said.noun, tuple(dict.fromkeys(measures))


def _tried(unit_class: str, noun: str, attempts: list[frozenset[str]]) -> list[str]:
    """The measures that ever wider circles of words fit, up to the first that stands by itself."""
    measures = list[str]()
    for measure in (measure_of(unit_class, noun, kinds) for kinds in attempts):
        if measure and not any(has_reason(earlier, attempts[0]) for earlier in measures):
            measures.append(measure)
    return measures


def _own_scope(text: str, claim: Claim) -> tuple[Scope, list[str]]:
    """The part named beside a number, joined names (沿用批次与第一次) together; and names before it that are left.

    It is the one right after its unit, else the nearest before it, else the first after it.
    """
    scope, left, number = {}, [], claim.number
    for dimension in dict.fromkeys(word.dimension for word in (*claim.before, *claim.after) if word.dimension):
        earlier = [word for word in claim.before if word.dimension == dimension]
        later = [word for word in claim.after if word.dimension == dimension]
        touches_after = bool(later) and later[0].start <= number.unit_end + 1
        backwards = bool(earlier) and (earlier[-1].end >= number.start - 1 or not touches_after)
        words = earlier[::-1] if backwards else later
        names = words[:1]
        for pair in pairwise(words):
            first, second = sorted(pair, key=lambda word: word.start)
            if not re.fullmatch(SHAPE["joined"], text[first.end : second.start]):
                break
            names.append(pair[1])
        runs = (names[::-1] if backwards else names, earlier)
        scope[dimension], before = ("、".join(dict.fromkeys(word.part for word in run)) for run in runs)
        left += [before] if "、" in before and before != scope[dimension] else []
    return Scope(**scope), left


def _paired_part(paragraph: Paragraph, claim: Claim) -> dict[str, str]:
    """The name that belongs to a number after 分别: the third of three names to the third of three numbers."""
    start = claim.sentence[0]
    middle = max(paragraph.text.rfind(word, start, claim.number.start) for word in OTHER_WORDS["respectively"])
    if middle < 0:
        return {}
    end = claim.clause[1] if middle >= claim.clause[0] else claim.sentence[1]
    numbers = [other for other in between(paragraph.counts, middle, end) if other.kind == claim.number.kind]
    words, counts = between(paragraph.words, start, middle), between(paragraph.counts, start, middle)
    lists = [paragraph.names[count.start].names for count in counts]
    choices = [("certificate", [split_certificate(name)[0] for name in names]) for names in lists]
    named = [(name, dict.fromkeys(word.part for word in words if word.dimension == name)) for name in DIMENSIONS]
    for dimension, names in (*choices, *named):
        if len(names) == len(numbers) > 1:
            return {dimension: [*names][numbers.index(claim.number)]}
    return {}
