"""What a sentence carries from clause to clause: the part it speaks of, the words it has said, its last noun."""

from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import Scope
from pilotlib.claims.shape import Names, Segment
from pilotlib.claims.words import Lexicon, Word, kinds_of
from pilotlib.words import split_certificate

# The nouns that a count of things can belong to.
COUNTED = {noun for measure in grammar.MEASURES for noun in measure.counted} | {"place", "student", "teacher"}
_SEGMENTS_CARRIED = 3


class Carried(NamedTuple):
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


def opened(carried: Carried, segment: Segment, text: str) -> Carried:
    """What still holds where a segment opens: nothing at a new sentence; after ；the round, unless 其中 goes on."""
    if segment.opening in grammar.SHAPE["sentence_ends"]:
        return Carried()
    goes_on = text.startswith(grammar.OTHER_WORDS["parts_follow"], segment.start)
    if segment.opening in grammar.SHAPE["carry_ends"] and not goes_on:
        scope = Scope(carried.scope.application_round)
        return carried._replace(scope=scope, part="", elsewhere="", listed=("", ""))
    return carried


def carry(carried: Carried, words: list[Word]) -> Carried:
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


def closed(carried: Carried, words: list[Word], end: int, segment: Segment) -> Carried:
    """What a segment leaves behind: the words after its last number, and its noun if it held no number."""
    carried = carry(carried, [word for word in words if word.start >= end])
    kinds = kinds_of(words)
    carried = carried._replace(kinds=(kinds, *carried.kinds)[:_SEGMENTS_CARRIED], said=carried.said | kinds)
    if end > segment.start:
        return carried._replace(planned="")
    nouns = [kind for word in words for kind in word.kinds if kind in COUNTED - {"round"}]
    return carried._replace(counted=nouns[-1]) if nouns else carried


def measures_said(kind: str, carried: Carried) -> tuple[str, ...]:
    """The measures of the last claim in the sentence whose unit is of a class."""
    return next((measures for said, measures in carried.measures if said == kind), ())


def listed_parts(names: Names, lexicon: Lexicon) -> tuple[str, str] | None:
    """The dimension of the names in a list, and the names together; none for names of no known kind."""
    if not names.names:
        return None
    parts = [lexicon.parts.get(name) or lexicon.parts.get(split_certificate(name)[0]) for name in names.names]
    dimensions = {part[0] for part in parts if part}
    return (dimensions.pop(), "、".join(part[1] if part else "" for part in parts)) if len(dimensions) == 1 else None


def scope_carried(carried: Carried, measures: tuple[str, ...]) -> Scope:
    """What was said before; for a measure that is known of each of the names listed before, of these together."""
    dimension, names = carried.listed
    if not dimension or not set(measures[:1]) & set(grammar.ADDED_UP):
        return carried.scope
    return carried.scope._replace(**{dimension: names})


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
