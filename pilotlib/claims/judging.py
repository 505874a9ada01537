"""Each claim held against what is known of the year: one of five states, the figure found, and a sentence why."""

import math
from itertools import combinations
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.counting import has_reason
from pilotlib.claims.facts import Fact, Facts, Scope
from pilotlib.claims.meaning import Meaning
from pilotlib.claims.numbers import Number
from pilotlib.claims.words import kinds_of
from pilotlib.columns import title_of

_GIVEN_BY_CERTIFICATE = ("major", "category", "college")  # no figure is known of both a certificate and one of these
AGREES, DISAGREES, LOWER_BOUND = "agrees", "disagrees", "lower_bound"
NO_DATA, NOT_UNDERSTOOD = "no_data", "not_understood"


class Verdict(NamedTuple):
    """A claim's state, the figure that it was held against (None for none), its statistic, and why, in Chinese."""

    state: str
    expected: float | None
    statistic: str | None
    explanation: str


class Reading(NamedTuple):
    """One way to take a claim: what it counts, of which part, and what is known of that (None: nothing)."""

    measure: str
    scope: Scope
    fact: Fact | None


def judge(claim: Number, meaning: Meaning, sentence: str, facts: Facts) -> Verdict:
    """Hold one count against the year.

    A claim agrees if any reading of it does; it disagrees only if every reading is known and none fits, and the words
    around it are understood. What is not certain is not called wrong.
    """
    if meaning.outside:
        title = f"的{title_of(meaning.measures[0])}" if meaning.measures else ""
        return Verdict(NO_DATA, None, None, f"说的是“{meaning.outside}”{title}，不在{facts.year}年度的数据之内。")
    if not meaning.measures:
        return Verdict(NOT_UNDERSTOOD, None, None, "没有认出这个数说的是什么。")
    title = title_of(meaning.measures[0])
    if claim.kind == grammar.TIMES:
        return Verdict(NO_DATA, None, None, f"人次与人数不能相互核对；数据中没有{title}的人次。")
    if "change" in kinds_of(meaning.before):
        return Verdict(NO_DATA, None, None, f"说的是{title}的变化或差额，没有可以核对的数。")
    readings = _readings(claim, meaning, facts)
    for reading in readings:
        if reading.fact and fits(claim, reading.fact):
            return _fitting(claim, reading, readings)
    known = [reading for reading in readings if reading.fact]
    if not known:
        return Verdict(NO_DATA, None, None, f"数据中没有{described(readings[0])}。")
    likeliest = [reading for reading in known if reading.measure == known[0].measure]
    nearest = min(likeliest, key=lambda reading: abs(_in_unit_of(claim, reading.fact) - reading.fact.value))
    found = f"{described(nearest)}{'至少' if nearest.fact.lower_bound else ''}为{_figure(nearest.fact)}"
    row = _row_of(claim, nearest, facts)
    if row:
        return Verdict(AGREES, row.fact.value, row.fact.statistic, f"{described(row)}为{_figure(row.fact)}；{found}。")
    first = {reading.scope for reading in readings if reading.measure == readings[0].measure}
    if meaning.doubtful or any(not reading.fact for reading in readings if reading.scope in first):
        return Verdict(NO_DATA, None, None, f"可能只说其中一部分，数据中没有这一部分；{found}。")
    if _uncertain(meaning):
        about = f"没有认出“{meaning.unknown}”，" if len(meaning.unknown) > grammar.MOST_UNKNOWN else ""
        return Verdict(NOT_UNDERSTOOD, None, None, f"{about}不能确定说的是什么范围；{found}。")
    omitted = _omitted_rounds(claim, nearest, facts)
    if omitted and any(words in sentence for words in grammar.OTHER_WORDS["named_rounds"]):
        return Verdict(AGREES, claim.value, nearest.fact.statistic, f"{omitted}；全年{found}。")
    difference = _in_unit_of(claim, nearest.fact) - nearest.fact.value
    by = f"{'多' if difference > 0 else '少'}{figure(abs(difference))}{nearest.fact.unit}"
    why = f"{found}，文中写{claim.number}{claim.unit}，{by}{'；' if omitted else ''}{omitted}。"
    return Verdict(DISAGREES, nearest.fact.value, nearest.fact.statistic, why)


def fits(claim: Number, fact: Fact) -> bool:
    """Whether a figure can be what a claim says, as exactly as the claim says it."""
    value = _in_unit_of(claim, fact)
    step = claim.step * (value / claim.value if claim.value else 1)
    return close_to(value, step, claim.modifier, fact.value, lower_bound=fact.lower_bound)


def close_to(value: float, step: float, modifier: str, expected: float, *, lower_bound: bool = False) -> bool:
    """Whether a stated value, exact to its last digit (rounded or cut off) or as its modifier says, is the expected.

    >>> close_to(88.3, 0.1, "", 88.3268), close_to(900, 1, "at_least", 908), close_to(872, 1, "", 873)
    (True, True, False)
    """
    if lower_bound:
        return value >= expected - 1e-9
    if modifier == grammar.SOME_MORE:
        return value <= expected < value + 10 ** (len(f"{value:.0f}") - len(f"{value:.0f}".rstrip("0")))
    if modifier == grammar.AT_LEAST:
        return expected >= value - 1e-9
    if modifier == grammar.BELOW:
        return expected < value
    if modifier == grammar.ABOUT:
        return abs(expected - value) <= max(0.1 * abs(value), step / 2)
    return abs(value - expected) <= step / 2 + 1e-9 or math.isclose(
        math.floor(expected / step + 1e-9) * step, value, abs_tol=1e-6
    )


def described(reading: Reading) -> str:
    """What a reading counts, in words: 第一次中级批准总培训人数."""
    return "".join(filter(None, reading.scope)) + title_of(reading.measure)


def figure(value: float) -> str:
    """A figure as it is written in an explanation: 1662, 88.33."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _readings(claim: Number, meaning: Meaning, facts: Facts) -> list[Reading]:
    """Every way to take a claim, the likeliest first: its senses, with and without what is carried over."""
    scopes = scopes_of(meaning.scope, meaning.carried)
    senses = grammar.CERTIFICATE_SENSES
    readings = []
    for measure in meaning.measures:
        names = senses.get(claim.unit, senses["other"]) if measure == "applications" else (measure,)
        readings += [Reading(name, scope, fact_of(name, scope, facts)) for scope in scopes for name in names]
    return readings


def fact_of(measure: str, scope: Scope, facts: Facts) -> Fact | None:
    """What is known of a measure in a part of the year; of several parts named together, their sum."""
    several = next((name for name, value in zip(Scope._fields, scope, strict=True) if "、" in value), None)
    if several is None:
        return facts.known.get((measure, scope))
    parts = [
        facts.known.get((measure, scope._replace(**{several: name}))) for name in getattr(scope, several).split("、")
    ]
    if measure not in grammar.ADDED_UP or not all(parts):
        return None
    return parts[0]._replace(
        value=sum(part.value for part in parts), lower_bound=any(part.lower_bound for part in parts)
    )


def scopes_of(own: Scope, carried: Scope) -> list[Scope]:
    """The part named beside a claim, joined by all, some or none of what was said before it."""
    optional = [name for name in Scope._fields if getattr(carried, name) and not getattr(own, name)]
    optional = [
        name for name in optional if name not in _GIVEN_BY_CERTIFICATE or not (own.certificate or carried.certificate)
    ]
    kept = [names for size in range(len(optional), -1, -1) for names in combinations(optional, size)]
    return [own._replace(**{name: getattr(carried, name) for name in names}) for names in kept]


def _fitting(claim: Number, reading: Reading, readings: list[Reading]) -> Verdict:
    fact = reading.fact
    found = f"{described(reading)}{'至少' if fact.lower_bound else ''}为{_figure(fact)}"
    if fact.lower_bound:
        return Verdict(
            LOWER_BOUND, fact.value, fact.statistic, f"{found}，是下限，不能确认也不能否定{claim.number}{claim.unit}。"
        )
    others = {
        described(other): _figure(other.fact)
        for other in readings
        if other.scope == reading.scope and other.fact and other.fact.value != fact.value
        if {other.measure, reading.measure} <= set(grammar.CERTIFICATE_SENSES["other"])
    }
    senses = "".join(f"；{name}为{value}" for name, value in others.items())
    return Verdict(AGREES, fact.value, fact.statistic, f"{found}{senses}。")


def _uncertain(meaning: Meaning) -> bool:
    """Whether the words leave it open what is counted, so that a difference proves nothing."""
    return len(meaning.unknown) > grammar.MOST_UNKNOWN or not has_reason(meaning.measures[0], meaning.said)


def _row_of(claim: Number, reading: Reading, facts: Facts) -> Reading | None:
    """The part of a certificate (in a round, at a level) whose figure a claim gives, where it does not say which."""
    if not reading.scope.certificate or "、" in reading.scope.certificate:
        return None
    finer = (
        Reading(measure, scope, fact)
        for (measure, scope), fact in facts.known.items()
        if measure == reading.measure and scope != reading.scope and fits(claim, fact)
        if all(not part or part == of for part, of in zip(reading.scope, scope, strict=True))
    )
    return next(finer, None)


def _omitted_rounds(claim: Number, reading: Reading, facts: Facts) -> str:
    """Which rounds a claim of all leaves out, where it is the sum of the others; "" where it is not."""
    rounds = facts.names["application_round"]
    if reading.scope.application_round:
        return ""
    of_round = {
        name: facts.known.get((reading.measure, reading.scope._replace(application_round=name))) for name in rounds
    }
    for size in range(len(rounds) - 1, 1, -1):
        for names in combinations(rounds, size):
            if all(of_round[name] for name in names) and sum(of_round[name].value for name in names) == claim.value:
                parts = "、".join(f"{name}{_figure(of_round[name])}" for name in names)
                missing = "、".join(
                    f"{name}{_figure(of_round[name])}" for name in rounds if name not in names and of_round[name]
                )
                return f"等于{parts}之和，没有计入{missing}"
    return ""


def _in_unit_of(claim: Number, fact: Fact) -> float:
    """The claim's value in the unit of the figure: 元 and 亿元 in 万元."""
    factors = grammar.IN_TEN_THOUSANDS
    return (
        claim.value * factors[claim.unit] / factors[fact.unit]
        if {claim.unit, fact.unit} <= set(factors)
        else claim.value
    )


def _figure(fact: Fact) -> str:
    return figure(fact.value) + fact.unit
