"""A number that states something, with what the words around it say of it; what two of them have in common."""

import re
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import Scope
from pilotlib.claims.grammar import MONEY, PEOPLE, PERCENT, SHAPE, TIMES, WORDS
from pilotlib.claims.numbers import Number
from pilotlib.claims.text import Names, Span, Word


class Claim(NamedTuple):
    """A number that states something, the words around it, and what they say of it.

    Read off the text: the words right `before` and `after` the number, their `kinds`, all words `in_segment`; the
    characters near it that nothing explains (`unknown`); where its `clause` and `sentence` begin and end; the text from
    the number before it (`lead`) and up to the next (`tail`). Understood: the `measures` that it may be of, the
    likeliest first; the `scope` named beside it and the one `carried` over; the `limits` (part, elsewhere, time,
    planned) that hold; the words that put it `outside` the year or make it `doubtful` that it is of the whole; and the
    kinds of all words `said` in the sentence so far. Of its relations: its `place` in a list and the length of that,
    how it `stands` (`lead`, #, unit, `tail`; in a bare list as all do) and the `family` of its
    computation; whether a share of it follows (`is_part`).
    """

    number: Number
    value: float
    names: Names
    before: list[Word]
    after: list[Word]
    kinds: frozenset[str]
    in_segment: list[Word]
    unknown: str
    clause: Span
    sentence: Span
    lead: str
    tail: str
    noun: str = ""
    measures: tuple[str, ...] = ()
    scope: Scope = Scope()
    carried: Scope = Scope()
    limits: frozenset[tuple[str, str]] = frozenset()
    outside: str = ""
    doubtful: str = ""
    said: frozenset[str] = frozenset()
    place: tuple[int, int] = (0, 1)
    stands: str = ""
    family: str = ""
    is_part: bool = False

    @property
    def measure(self) -> str:
        """What it likeliest counts; "" where that is not known."""
        return self.measures[0] if self.measures else ""


def factor(claim: Claim) -> int:
    """What one of a number's unit is worth: of money in 元, of anything else 1."""
    return round(grammar.RULES["in_ten_thousands"].get(claim.number.unit, 1e-4) * 1e4)


def amount(claim: Claim) -> float:
    """What a number is worth, money in 元."""
    return claim.value * factor(claim)


def same_unit(claim: Claim, other: Claim) -> bool:
    """Whether two counts are of one unit: persons with persons, things with things of the same measure word."""
    one, two = claim.number, other.number
    if (one.unit == "") != (two.unit == ""):  # 总课时180，其中理论72课时
        return (other if one.unit else claim).lead.endswith(one.unit or two.unit)
    alike = one.kind in (PERCENT, PEOPLE, TIMES, MONEY) or one.unit == two.unit
    return claim is not other and one.kind == two.kind and alike


def about(claim: Claim) -> set[str]:
    """Whom a claim is of: the words for another place, time or part, 其中 aside."""
    after = {word.text for word in claim.after if {"part", "elsewhere"} & set(word.kinds)}
    return {word for _, word in claim.limits} - set(WORDS["of which"]) | after


def beside(claim: Claim) -> str:
    """The text right before and right after a number, up to the next mark."""
    return claim.lead[-14:] + re.split(SHAPE["between_clauses"], claim.tail)[0][:10]


def is_count(claim: Claim) -> bool:
    """Whether a number says how many or how much there is, not by how much more."""
    return claim.number.kind != PERCENT and claim.family != "change"
