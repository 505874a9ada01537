"""What follows from several claims together: a list of names, a sum, rounds that are never mentioned."""

import difflib
from collections.abc import Iterable

from pilotlib.claims import grammar
from pilotlib.claims.claim import Claim, Context
from pilotlib.claims.facts import Fact, Facts, Scope, figure
from pilotlib.claims.grammar import say
from pilotlib.claims.judging import AGREES, DISAGREES, NO_DATA, NOT_UNDERSTOOD, Derived, Verdict
from pilotlib.columns import title_of
from pilotlib.vocabulary import LEVELS
from pilotlib.words import split_certificate

_NAMED_IN = {
    "certificate": "by_certificate",
    "major": "by_major",
    "college": "by_college",
    "category": "by_category",
    "application_round": "by_round",
}
_ADDED_UP_OVER_ROUNDS = ("applications", "places_approved", "places_applied")


def judge_names(claim: Claim, facts: Facts) -> Derived | None:
    """The names listed with a count: how many there are, and which of them the year's table does not have."""
    names = claim.names.names
    if not names:
        return None
    return Derived("、".join(names), len(names), claim.number.unit, _verdict_on_names(claim, facts))


def _verdict_on_names(claim: Claim, facts: Facts) -> Verdict:
    names, count = claim.names.names, len(claim.names.names)
    if claim.names.open and count * 2 < claim.value:
        return Verdict(NOT_UNDERSTOOD, say("names_left_out", count=count), claim.value)
    if count != claim.value:
        return Verdict(DISAGREES, say("names_miscounted", count=count, n=claim.number), claim.value)
    missing, statistic = _not_in_table(names, facts)
    if statistic is None:
        return Verdict(NO_DATA, say("names_not_known", count=count))
    if not missing:
        return Verdict(AGREES, say("names_present", count=count), count, statistic)
    present = count - len(missing)
    nearly = "、".join(say("name_nearly", name=name, near=near) if near else name for name, near in missing.items())
    explanation = say("names_missing", count=count, names=nearly, present=present)
    return Verdict(DISAGREES, explanation, present, statistic)


def _not_in_table(names: tuple[str, ...], facts: Facts) -> tuple[dict[str, str], str | None]:
    """The names that the table lacks, each with its own name that is nearly that; no statistic if most are lacking."""
    ending = grammar.SHAPE["major_ending"]
    for dimension, statistic in _NAMED_IN.items():
        known, missing = facts.names[dimension], {}
        for name in names:
            short = split_certificate(name)[0] if dimension == "certificate" else name.removesuffix(ending)
            if short not in known:
                missing[name] = next(iter(difflib.get_close_matches(short, known, 1, 0.8)), "")
        if len(missing) * 2 < len(names):
            return missing, statistic
    return {}, None


def judge_sum(context: Context) -> Derived | None:
    """The parts of a total that stand in its sentence: before it (共、合计), or after it (其中、brackets)."""
    claim, number = context.claim, context.claim.number
    if number.kind not in (grammar.PEOPLE, grammar.THINGS, grammar.MONEY) or claim.names.names:
        return None
    earlier, later = _alike(claim, context.earlier), _alike(claim, context.later)
    is_total = "sum" in claim.kinds_before
    parts = _parts_before(claim, earlier) if is_total else _parts_after(claim, later, context.text)
    if is_total and len(parts) < 2 and abs(_total(earlier) - claim.value) < 1e-6:  # 学生1028人，教师51人，合计1079人
        parts = earlier
    if len(parts) < 2:
        return None
    total = _total(parts)
    if abs(total - claim.value) < 1e-6:
        state, sentence = AGREES, "sum_agrees"
    elif total < claim.value and not is_total:
        state, sentence = NOT_UNDERSTOOD, "sum_less"
    else:
        state, sentence = DISAGREES, "sum_differs"
    equation = f"{' + '.join(figure(part.value) for part in parts)} = {figure(total)}"
    written = "+".join(part.number.written for part in parts)
    return Derived(written, total, number.unit, Verdict(state, say(sentence, sum=equation, n=number), claim.value))


def _alike(claim: Claim, claims: list[Claim]) -> list[Claim]:
    """The claims with the same unit in the same sentence."""
    return [other for other in claims if other.sentence == claim.sentence and other.number.unit == claim.number.unit]


def _total(claims: Iterable[Claim]) -> float:
    return sum(claim.value for claim in claims)


def _parts_before(claim: Claim, earlier: list[Claim]) -> list[Claim]:
    """The items that a total adds up: the counts right before it that count the same and are no total themselves."""
    parts: list[Claim] = []
    for part in reversed(earlier):
        counts_another = part.measures and part.measure != claim.measure
        if counts_another or {"sum", "of which", "change"} & part.kinds or part.names.open:
            break
        parts.insert(0, part)
    distinct = {(part.scope, part.outside, part.doubtful, part.unknown) for part in parts}
    return parts if len(distinct) == len(parts) else []


def _parts_after(claim: Claim, later: list[Claim], text: str) -> list[Claim]:
    """The parts named after a total and 其中, or in brackets: as many as count the same, each of a part of its own."""
    end = claim.number.unit_end
    opening = text[end : later[0].number.start] if later else ""
    by_level = opening.strip("，：: ") in LEVELS  # 12个，初级2个、中级10个
    in_brackets = opening.lstrip().startswith(("（", "("))
    if not by_level and not in_brackets and not any(word in opening for word in grammar.OTHER_WORDS["parts_follow"]):
        return []
    places = [text.find(mark, end) for mark in grammar.SHAPE["carry_ends"]]
    stop = min((place for place in places if place > 0), default=len(text))
    parts = [
        part
        for part in later
        if part.number.start < stop
        and part.measure == claim.measure
        and any(part.scope)
        and "sum" not in part.kinds_before
    ]
    return parts if len({part.scope for part in parts}) == len(parts) else []


def judge_rounds(claims: list[Claim], mentioned: set[str], facts: Facts) -> dict[int, Derived]:
    """For counts that are stated of several rounds: what they add up to, and the rounds that are never mentioned.

    Returns:
        By place in `claims` of the last such count.
    """
    omitted = {}
    for measure in _ADDED_UP_OVER_ROUNDS:
        places = _places_by_round(measure, claims, facts)
        absent = [name for name in facts.names["application_round"] if name not in places and name not in mentioned]
        year = facts.known.get((measure, Scope()))
        if len(places) > 1 and absent and year:
            of_round = {name: claims[place] for name, place in places.items()}
            omitted[max(places.values())] = _rounds_never(measure, of_round, absent, year, facts)
    return omitted


def _places_by_round(measure: str, claims: list[Claim], facts: Facts) -> dict[str, int]:
    """By round, the place of the first claim that states a measure of it, and of nothing smaller."""
    places: dict[str, int] = {}
    for place, claim in enumerate(claims):
        name = claim.scope.application_round or claim.carried.application_round
        one_round = claim.scope._replace(application_round=name) == Scope(name)
        known = name in facts.names["application_round"]
        if claim.measure == measure and one_round and known and not claim.outside:
            places.setdefault(name, place)
    return places


def _rounds_never(measure: str, of_round: dict[str, Claim], absent: list[str], year: Fact, facts: Facts) -> Derived:
    """The sum of the rounds that have a figure, held against the year's, with what the table has of the others."""
    numbers = {name: claim.number for name, claim in of_round.items()}
    total = _total(of_round.values())
    second = measure if measure != "applications" else "places_approved"
    never = []
    for name in absent:  # 第二次（2项，180人）
        counts = [facts.known.get((each, Scope(name))) for each in ("applications", second)]
        never.append(say("round_never", round=name, figures="，".join(fact.written for fact in counts if fact)))
    explanation = say(
        "rounds_never",
        parts=" + ".join(f"{name}{number.written}{number.unit}" for name, number in numbers.items()),
        total=figure(total) + year.unit,
        year=say("exactly", title=title_of(measure), figure=year.written),
        never="、".join(never),
    )
    written = "+".join(number.written for number in numbers.values())
    return Derived(written, total, year.unit, Verdict(DISAGREES, explanation, year.value, "by_round"))
