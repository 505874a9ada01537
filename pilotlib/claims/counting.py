"""What a number counts: its noun, the class of its unit, and the measures of the grammar that fit."""

from pilotlib.claims import grammar
from pilotlib.claims.around import ACTORS, Around
from pilotlib.claims.carrying import COUNTED, Carried, measures_said
from pilotlib.claims.numbers import Number
from pilotlib.claims.words import NAME_OF, kinds_of

_SAYS_NOTHING_OF_ITS_OWN = {"sum", "of which", "each", "perhaps part", "number", "persons", "part", "student", "link"}


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


def measures_of(around: Around, carried: Carried) -> tuple[str, str, tuple[str, ...]]:
    """The class of a claim's unit, the noun that it counts, and the measures that it may be of, the likeliest first."""
    claim, nearest = around.claim, _nearest(around)
    own = noun_of(around)
    default = grammar.COUNTED_BY_UNIT.get(claim.unit, "")
    default = default if nearest & {"apply", "approve"} or not around.unknown else ""
    before = "" if around.counts_unknown else carried.counted
    counted = own or (default if nearest & {"apply", "approve"} else "") or before or default
    kind = _kind_of(claim, counted, nearest.union(*carried.kinds))
    measures = _by_attempts(kind, counted, around, carried)
    if not own and kind == grammar.PEOPLE and claim.kind == grammar.THINGS:  # 872个名额，其中初级2个
        measures += _by_attempts(grammar.THINGS, "pilot", around, carried)
    return kind, own or carried.counted, tuple(dict.fromkeys(measures))


def has_reason(measure: str, kinds: frozenset[str]) -> bool:
    """Whether the words give a measure by themselves; some need a word of each of their groups."""
    return all(group & kinds for group in grammar.NEEDS_A_REASON.get(measure, ()))


def noun_of(around: Around) -> str:
    """The noun that a count of things belongs to: right after its unit, else the last before the number."""
    nouns = [(word, next((kind for kind in word.kinds if kind in COUNTED), "")) for word in around.after]
    found, end = "", -1
    for word, noun in nouns:
        if found and word.start != end:
            break
        if noun:  # of nouns that touch (试点专业) the last
            found, end = noun, word.end
        elif found or (word.kinds and not word.dimension):
            break
    earlier = [kind for word in around.before for kind in word.kinds if kind in COUNTED]
    return found or (earlier[-1] if earlier else "")


def _by_attempts(kind: str, counted: str, around: Around, carried: Carried) -> list[str]:
    """By the words nearest to a number, by those of its segment, by what the sentence has said, by its last count."""
    nearest = _nearest(around)
    attempts = (nearest, kinds_of(around.in_segment), nearest | _said(nearest, carried))
    bare = len(around.unknown) <= 2 and all(
        name in _SAYS_NOTHING_OF_ITS_OWN or name in NAME_OF.values() for name in nearest
    )
    last = measures_said(kind, carried) if bare and kind == grammar.PEOPLE else ()
    measures: list[str] = []
    for measure in (*(measure_of(kind, counted, kinds) for kinds in attempts), *last):
        # Past the first that stands by itself, there is nothing left to look for.
        if measure and not any(has_reason(said, nearest) for said in measures):
            measures.append(measure)
    return measures


def _nearest(around: Around) -> frozenset[str]:
    """The kinds of the words around a number; of 申请 and 批准 only the one that is nearer to it."""
    kinds, claim = kinds_of(around.near), around.claim
    if not {"apply", "approve"} <= kinds:
        return kinds
    words = [word for word in around.near if {"apply", "approve"} & set(word.kinds)]
    nearer = min(words, key=lambda word: max(claim.start - word.end, word.start - claim.unit_end))
    return kinds - {"apply", "approve"} | set(nearer.kinds)


def _said(nearest: frozenset[str], carried: Carried) -> frozenset[str]:
    """What the sentence has said before; of students, teachers and examiners only those that were named last."""
    said: frozenset[str] = frozenset()
    actors = nearest & ACTORS
    for kinds in carried.kinds:
        said |= kinds - (ACTORS if actors else frozenset())
        actors |= kinds & ACTORS
    return said - {"done", "student"}


def _kind_of(claim: Number, counted: str, kinds: frozenset[str]) -> str:
    """The class of a number's unit; told by the words where the unit is missing, or stands for any thing (个)."""
    if claim.kind == grammar.THINGS and counted in ("place", "student", "teacher"):
        return grammar.PEOPLE
    if claim.unit:
        return claim.kind
    return grammar.PEOPLE if "persons" in kinds else grammar.THINGS if "number" in kinds and counted else ""
