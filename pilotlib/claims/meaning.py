"""What each claim of a paragraph counts, and of which part of the year: read from the words around it.

The words nearest to a number say what it counts and of which part; what its segment leaves open is carried over from
the clauses before it in the sentence (`Said`).
"""

import re
from itertools import pairwise

from pilotlib.claims import grammar
from pilotlib.claims.claim import COUNTED, Claim, Said, claims_in
from pilotlib.claims.facts import DIMENSIONS, Scope
from pilotlib.claims.grammar import KINDS, OTHER_WORDS, PEOPLE, SHAPE, THINGS
from pilotlib.claims.text import Paragraph, Segment, Word, between, kinds_of
from pilotlib.vocabulary import CARRIED_ON
from pilotlib.words import split_certificate

_ASKED = frozenset({"apply", "approve"})
_REACH = 120  # so many characters before a number are searched for a word that bears on it


def understand(paragraph: Paragraph) -> list[Claim]:
    """Every claim of a paragraph with its meaning, in order."""
    claims: list[Claim] = []
    said = Said()
    for segment in paragraph.segments:
        if segment.opening in SHAPE["sentence_ends"]:
            said = Said()
        elif segment.opening in SHAPE["carry_ends"] and not paragraph.text.startswith(
            OTHER_WORDS["parts_follow"], segment.start
        ):
            said.scope = Scope(said.scope.application_round)
            said.limits = {name: word for name, word in said.limits.items() if name in ("time", "planned")}
        end = segment.start
        for claim in claims_in(paragraph, segment):
            said.hear(claim.before)
            claims.append(_understood(paragraph, segment, claim, said))
            said.add(claims[-1])
            end = claim.number.unit_end
        said.close(between(paragraph.words, segment.start, segment.end), end, end > segment.start)
    return _of_another_school(paragraph, claims)


def _of_another_school(paragraph: Paragraph, claims: list[Claim]) -> list[Claim]:
    """The claims of a paragraph that names another school: that school's where ours is not named, else in doubt."""
    named = [word.text for word in paragraph.words if "elsewhere" in word.kinds]
    others = "、".join(dict.fromkeys(name for name in named if re.search(SHAPE["school"], name)))
    if not others:
        return claims
    if "here" in kinds_of(paragraph.words):
        return [claim._replace(doubtful=claim.doubtful or others) for claim in claims]
    return [claim._replace(outside=claim.outside or others) for claim in claims]


def _understood(paragraph: Paragraph, segment: Segment, claim: Claim, said: Said) -> Claim:
    """A claim with its meaning."""
    unit_class, noun, measures = _counted(claim, said)
    scope, paired = _own_scope(paragraph.text, claim), _paired_part(paragraph, claim)
    doubts = _doubts(paragraph, segment, claim, said, scope)
    return claim._replace(
        unit_class=unit_class,
        noun=noun,
        measures=measures,
        scope=scope._replace(**paired),
        carried=said.scope,
        limits=frozenset(said.limits.items()),
        outside=_outside(claim, said),
        doubtful="" if paired else "、".join(dict.fromkeys(doubts)),
        said=kinds_of(claim.in_segment) | said.all,
    )


# --- What is counted ---


def measure_of(unit_class: str, noun: str, kinds: frozenset[str]) -> str:
    """The first measure of the grammar that fits a class of unit, a noun and the words; "" for none.

    >>> measure_of("people", "", frozenset({"student", "training"}))
    'students_trained'
    """
    unit_class = PEOPLE if unit_class == grammar.TIMES else unit_class
    fitting = (
        measure.name
        for measure in grammar.MEASURES
        if measure.kind == unit_class
        and (not measure.counted or noun in measure.counted)
        and kinds.issuperset(measure.needs)
        and kinds.isdisjoint((*measure.never, "another field"))
    )
    return next(fitting, "")


def has_reason(measure: str, kinds: frozenset[str]) -> bool:
    """Whether the words give a measure by themselves; some need a word of each of their groups."""
    return all(group & kinds for group in grammar.NEEDS_A_REASON.get(measure, ()))


def _counted(claim: Claim, said: Said) -> tuple[str, str, tuple[str, ...]]:
    """The class of a claim's unit, the noun that it counts, and the measures that it may be of, the likeliest first."""
    number, nearest = claim.number, claim.kinds
    if nearest >= _ASKED:  # of 申请 and 批准 only the one that is nearer
        asked = [word for word in (*claim.before, *claim.after) if not _ASKED.isdisjoint(word.kinds)]
        nearer = min(asked, key=lambda word: max(number.start - word.end, word.start - number.unit_end))
        nearest = nearest - _ASKED | set(nearer.kinds)
    own, by_unit = _noun(claim.before, claim.after), grammar.COUNTED_BY_UNIT.get(number.unit, "")
    one_by_one = number.unit in OTHER_WORDS["of_persons_as_well"]
    before = "" if (said.noun in KINDS["counted_as_well"] and not one_by_one) else said.noun
    noun = own or (by_unit if nearest & _ASKED else "") or before or ("" if claim.unknown else by_unit)
    unit_class, around = number.kind, nearest.union(*said.kinds)
    if one_by_one and noun in KINDS["counted_as_well"]:
        unit_class = PEOPLE
    elif not number.unit:
        unit_class = PEOPLE if "persons" in around else THINGS if "number" in around and noun else ""
    ways = [(unit_class, noun)]
    if not own and unit_class == PEOPLE and number.kind == THINGS:  # 872个名额，其中初级2个
        ways.append((THINGS, "pilot"))
    # What the sentence has said before; of students, teachers and examiners only those that were named last.
    together, actors = frozenset[str](), nearest & KINDS["actors"]
    for kinds in said.kinds:
        together |= kinds - (KINDS["actors"] if actors else frozenset())
        actors |= kinds & KINDS["actors"]
    measures: list[str] = []
    for of_class, of_noun in ways:
        attempts = (nearest, kinds_of(claim.in_segment), nearest | together - {"done", "student"})
        tried: list[str] = []
        for measure in (measure_of(of_class, of_noun, kinds) for kinds in attempts):
            # Past the first that stands by itself, there is nothing left to look for.
            if measure and not any(has_reason(earlier, nearest) for earlier in tried):
                tried.append(measure)
        measures += tried
    return unit_class, own or said.noun, tuple(dict.fromkeys(measures))


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


# --- Of which part ---


def _own_scope(text: str, claim: Claim) -> Scope:
    """The part named beside a number: right after its unit, else the nearest before it, else the first after it.

    Names that are joined (沿用批次与第一次) are taken together.
    """
    scope, number = {}, claim.number
    for dimension in {word.dimension: 0 for word in (*claim.before, *claim.after) if word.dimension}:
        earlier, later = (
            [word for word in words if word.dimension == dimension] for words in (claim.before, claim.after)
        )
        touches_after = bool(later) and later[0].start <= number.unit_end + 1
        backwards = bool(earlier) and (earlier[-1].end >= number.start - 1 or not touches_after)
        words = earlier[::-1] if backwards else later
        names = words[:1]
        for pair in pairwise(words):
            first, second = sorted(pair, key=lambda word: word.start)
            if not re.fullmatch(SHAPE["joined"], text[first.end : second.start]):
                break
            names.append(pair[1])
        scope[dimension] = "、".join(dict.fromkeys(word.part for word in (names[::-1] if backwards else names)))
    return Scope(**scope)


def _paired_part(paragraph: Paragraph, claim: Claim) -> dict[str, str]:
    """The name that belongs to a number after 分别: the third of three names to the third of three numbers."""
    start = claim.sentence[0]
    middle = max(paragraph.text.rfind(word, start, claim.number.start) for word in OTHER_WORDS["respectively"])
    if middle < 0:
        return {}
    end = claim.clause[1] if middle >= claim.clause[0] else claim.sentence[1]
    numbers = [other for other in between(paragraph.counts, middle, end) if other.kind == claim.number.kind]
    listed = [paragraph.names[count.start].names for count in between(paragraph.counts, start, middle)]
    choices = [("certificate", [split_certificate(name)[0] for name in names]) for names in listed]
    for dimension in DIMENSIONS:
        words = between(paragraph.words, start, middle)
        choices.append((dimension, list(dict.fromkeys(word.part for word in words if word.dimension == dimension))))
    fitting = [choice for choice in choices if len(choice[1]) == len(numbers) > 1]
    return {dimension: names[numbers.index(claim.number)] for dimension, names in fitting[:1]}


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
    """The words by which a number may be of a part only, or of something beside the part that it is taken to be of."""
    doubts = [word.text for word in (*claim.before, *claim.after) if not KINDS["doubtful"].isdisjoint(word.kinds)]
    clause = paragraph.text[max(segment.clause[0], claim.number.start - _REACH) : claim.number.start]
    doubts += [word for word in OTHER_WORDS["respectively"] if word in clause]
    doubts += [
        text for text in (claim.lead, claim.tail) if re.fullmatch(SHAPE["last_name_after"], text)
    ]  # 批准20人和70人
    for dimension in {word.dimension: 0 for word in claim.before if word.dimension}:
        names = "、".join(dict.fromkeys(word.part for word in claim.before if word.dimension == dimension))
        doubts += [names] if "、" in names and names != getattr(scope, dimension) else []
    return [*doubts, *filter(None, [said.limits.get("part")])]
