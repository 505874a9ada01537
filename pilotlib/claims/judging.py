"""Layer one: a number held against what it comes to by others: the same, wrong, mistyped, or of something else."""

import re
from collections.abc import Iterable
from operator import ne
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.claim import Claim, amount, factor
from pilotlib.claims.facts import close_to, figure
from pilotlib.claims.grammar import AGREES, DISAGREES, NOT_UNDERSTOOD, SHAPE, say

Group = tuple[Claim, ...]


class Join(NamedTuple):
    """Operands that words join, whether the words leave no other, and whether there may be more of them (`open`)."""

    parts: Group
    sure: bool = False
    open: bool = False


class Finding(NamedTuple):
    """A claim's state, why (in Chinese), the value it was held against (None for none) and that value's statistic.

    `number` is a computation that has a row of its own ("" for none), with its `value` and what could stand `instead`;
    `parts` are the operands.
    """

    state: str
    explanation: str
    expected: float | None = None
    statistic: str | None = None
    number: str = ""
    value: float = 0
    instead: str = ""
    parts: Group = ()


class Way(NamedTuple):
    """One way to compute a value: how (in Chinese), of which numbers, whether the words prove that it is meant; whether
    the value may be more than this (`open`); and its number, where it has a row of its own.
    """

    expected: float
    computation: str
    parts: Group
    sure: bool = False
    open: bool = False
    number: str = ""


def fits(claim: Claim, expected: float, *parts: Claim, added: bool = False) -> bool:
    """Whether a stated value can be what follows from parts, or their sum, as far as these are rounded (3.6万)."""
    value, step = amount(claim), 0.2 if claim.number.unit == "番" else claim.number.step * factor(claim)
    of_rounded = [part for part in parts if part.number.step != 1 and part.value]
    rounded = sum(part.number.step / part.value / 2 for part in of_rounded)
    by = expected if added else 0.0
    if claim.family == "change" and len(parts) == 2 and not added:
        by = amount(parts[0]) - amount(parts[1])
    if by:  # what parts are rounded by weighs more in their difference
        rounded = sum(part.number.step * amount(part) / part.value / 2 for part in of_rounded) / abs(by)
    near = abs(value - expected) <= min(rounded, 0.05) * abs(expected) + step / 2 + 1e-9
    return near or close_to(value, step, claim.number.modifier, expected)


def is_mistyped(claim: Claim, expected: float) -> bool:
    """Whether a number is what is expected with two digits swapped (83.0 of 80.3) or one of four or more another. It is
    so by no chance, which proves of which numbers it comes about.
    """
    written, right = _digits(claim, expected)
    swapped = len(written) > 2 and _apart(written, right) == 2 and sorted(written) == sorted(right)
    return swapped or (len(written.rstrip("0")) > 3 and _apart(written, right) == 1)


def is_slip(claim: Claim, expected: float) -> bool:
    """Whether a number is what is expected but for a digit or the point mistyped, or a little off as by a miscount."""
    near = abs(amount(claim) - expected) <= grammar.RULES["measure_rules"]["slip"] * abs(expected)
    near |= fits(claim, expected * 10) or fits(claim, expected / 10)
    return near or _apart(*_digits(claim, expected)) == 1 or is_mistyped(claim, expected)


def _digits(claim: Claim, expected: float) -> tuple[str, str]:
    """The digits of a number and of what is expected in its place; none of a number that is vague."""
    step = claim.number.step * factor(claim)
    return ("", "") if claim.number.modifier else (f"{amount(claim) / step:.0f}", f"{expected / step:.0f}")


def _apart(one: str, two: str) -> int:
    """In how many places two numbers differ; all if they are not of one length."""
    return sum(map(ne, one, two)) if len(one) == len(two) else len(one + two)


def judged(claim: Claim, ways: Iterable[Way], most: float | None = None) -> Finding | None:
    """Agreement with the first way that fits, else disagreement with the first that is sure, near, of nothing vague; or
    of which it is mistyped.
    """
    differs = None
    for way in ways:
        expected = round(way.expected / factor(claim), 2)
        agrees = Finding(AGREES, way.computation + "。", expected, None, way.number, expected, "", way.parts)
        rounded = [part for part in way.parts if not way.number or part.number.step > 1]  # 12.5 of a sum is exact
        mistyped = is_mistyped(claim, way.expected) and not fits(claim, way.expected)
        if fits(claim, way.expected, *rounded, added=bool(way.number)) and not mistyped:
            return agrees
        far = most or grammar.RULES["measure_rules"]["far_sum" if way.number else "far"]
        near = way.expected < amount(claim) * far and amount(claim) < way.expected * far  # else of something else
        near |= any(fits(claim, slip, *rounded) for slip in _slips(claim, way))
        near |= (way.sure and mistyped) or (claim.family == "rest" and _is_little_of_its_whole(claim, way))
        if near and (way.sure or mistyped) and not differs and not any(part.number.modifier for part in way.parts):
            short = way.open and way.expected < amount(claim) and not mistyped
            state, sentence = (NOT_UNDERSTOOD, "sum_less") if short else (DISAGREES, "text_differs")
            written = {"written": claim.number.with_unit, "rest": figure(amount(claim) - way.expected)}
            explanation = say(sentence, computation=way.computation, **written)
            differs = agrees._replace(state=state, explanation=explanation)
    return differs


def _is_little_of_its_whole(claim: Claim, way: Way) -> bool:
    """Whether a rest is off by little of its whole: 4 of 156 are left, not 14."""
    most = grammar.RULES["measure_rules"]["rest_of"] * amount(way.parts[0])
    return bool(re.search(SHAPE["all_others"], claim.lead)) and abs(amount(claim) - way.expected) <= most


def _slips(claim: Claim, way: Way) -> list[float]:
    """What is written where the decimal point slips, or where growth is told as a multiple."""
    if claim.family not in ("ratio", "change", "each"):
        return []
    return [way.expected * 10, way.expected / 10, *([way.expected + 100] if claim.number.unit == "%" else [])]
