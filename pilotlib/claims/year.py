"""Layer two: a claim held against the year, where it is positively of this school, of this year and of the whole."""

import difflib
import re
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import Fact, Facts, Scope, close_to, fact_of, figure, fits, in_unit_of, scopes_of
from pilotlib.claims.grammar import AGREES, DISAGREES, LOWER_BOUND, NO_DATA, NOT_UNDERSTOOD, OTHER_WORDS, SHAPE, say
from pilotlib.claims.meaning import Claim, has_reason, measure_of
from pilotlib.claims.relations import Around, Count, Finding, Share, is_change, rate_named, share_of
from pilotlib.claims.text import NAMES, kinds_of
from pilotlib.columns import title_of
from pilotlib.words import split_certificate

_NAMED_IN = {"certificate": "by_certificate", "major": "by_major", "college": "by_college", "category": "by_category"}
_ASKED = frozenset({"place", "approve", "apply"})
_ADDED_UP_OVER_ROUNDS = ("applications", "places_approved", "places_applied")


class Verdict(NamedTuple):
    """A claim's state, why (in Chinese), the figure that it was held against (None for none) and its statistic."""

    state: str
    explanation: str
    expected: float | None = None
    statistic: str | None = None


class Derived(NamedTuple):
    """A figure that no one wrote but that follows from what is written, beside the claim that it belongs to."""

    number: str
    value: float
    unit: str
    verdict: Verdict
    instead: str = ""


class Reading(NamedTuple):
    """One way to take a claim: what it counts, of which part, and the figure that is known of that."""

    measure: str
    scope: Scope
    fact: Fact

    @property
    def title(self) -> str:
        """What it counts, in words: 第一次中级批准总培训人数."""
        return _title(self.measure, self.scope)

    @property
    def statement(self) -> str:
        """What is known: 第一次中级批准总培训人数为752人."""
        return say("at_least" if self.fact.lower_bound else "exactly", title=self.title, figure=self.fact.written)


class Comparison:
    """A count and the year: each property is worked out when a rule, or the sentence that it calls for, asks for it."""

    def __init__(self, claim: Claim, text: str, facts: Facts) -> None:
        """Set a claim beside what is known of the year."""
        self.claim, self.number, self.facts = claim, claim.number, facts
        self.sentence = text[slice(*claim.sentence)]

    @cached_property
    def ways(self) -> list[tuple[str, Scope]]:
        """Every way to take the claim, the likeliest first: its senses, with and without what is carried over."""
        scopes, senses = scopes_of(self.claim.scope, self.claim.carried), grammar.CERTIFICATE_SENSES
        ways = []
        for measure in self.claim.measures:
            several = senses.get(self.number.unit, senses["other"]) if measure == "applications" else (measure,)
            ways += [(name, scope) for scope in scopes for name in several]
        return ways

    @cached_property
    def known(self) -> list[Reading]:
        """The ways of which a figure is known."""
        facts = [(*way, fact_of(*way, self.facts)) for way in self.ways]
        return [Reading(measure, scope, fact) for measure, scope, fact in facts if fact]

    @cached_property
    def fitting(self) -> Reading | None:
        """The likeliest way whose figure fits."""
        return next((reading for reading in self.known if fits(self.number, reading.fact)), None)

    @cached_property
    def nearest(self) -> Reading:
        """Of the likeliest measure, the figure that is nearest to the claim."""
        likeliest = [reading for reading in self.known if reading.measure == self.known[0].measure]
        return min(likeliest, key=lambda reading: abs(in_unit_of(self.number, reading.fact) - reading.fact.value))

    @cached_property
    def part(self) -> Reading | None:
        """The part of a certificate (in a round, at a level) whose figure a claim gives without saying of which."""
        measure, own, _ = self.nearest
        if not own.certificate or "、" in own.certificate:
            return None
        for (known, scope), fact in self.facts.known.items():
            within = all(not name or name == other for name, other in zip(own, scope, strict=True))
            if known == measure and scope != own and within and fits(self.number, fact):
                return Reading(measure, scope, fact)
        return None

    @cached_property
    def rounds_left_out(self) -> str:
        """Which rounds a claim of the year leaves out, if it is the sum of the others, in words; "" if it is not."""
        measure, own, _ = self.nearest
        rounds = () if own.application_round else self.facts.names["application_round"]
        scopes = {name: (measure, own._replace(application_round=name)) for name in rounds}
        known = {name: self.facts.known[key] for name, key in scopes.items() if key in self.facts.known}
        for size in range(len(rounds) - 1, 1, -1):
            for names in combinations(known, size):
                if sum(known[name].value for name in names) == self.claim.value:
                    missing = "、".join(name + known[name].written for name in known if name not in names)
                    parts = "、".join(name + known[name].written for name in names)
                    return say("rounds_left_out", parts=parts, missing=missing)
        return ""

    @property
    def of_something_else(self) -> bool:
        """Whether a number that nothing says to be the whole is so far off that it can only be of something else."""
        near = (abs(in_unit_of(self.number, reading.fact) / (reading.fact.value or 1) - 1.25) for reading in self.known)
        return not self.claim.said & grammar.KINDS["whole"] and min(near) > 0.75

    @property
    def leaves_rounds_out(self) -> bool:
        """Whether the sentence says that it leaves rounds out."""
        return any(words in self.sentence for words in OTHER_WORDS["named_rounds"])

    @property
    def of_the_year(self) -> bool:
        """Whether a total is one of the year, not only of the parts that stand before it."""
        kinds = kinds_of(self.claim.before)
        return "sum" in kinds and bool({"here", "whole year"} & self.claim.kinds or self.rounds_left_out)

    @property
    def title(self) -> str:
        """What is likeliest counted."""
        return title_of(self.claim.measure)

    @property
    def of_title(self) -> str:
        """The title with 的 before it; "" where it is not known."""
        return say("of_title", title=self.title) if self.claim.measures else ""

    @property
    def likeliest(self) -> str:
        """What is likeliest counted, with its part."""
        return _title(*self.ways[0])

    @property
    def other_senses(self) -> str:
        """Of a count of certificates that fits in one sense, the figures in the others."""
        senses = grammar.CERTIFICATE_SENSES["other"]
        if not self.fitting or self.fitting.measure not in senses:
            return ""
        _, scope, fact = self.fitting
        others = [reading for reading in self.known if reading.scope == scope and reading.measure in senses]
        figures = {other.title: other.fact.written for other in others if other.fact.value != fact.value}
        return "".join(say("other_sense", title=title, figure=written) for title, written in figures.items())

    @property
    def difference(self) -> str:
        """By how much the claim is off: 多10人."""
        fact = self.nearest.fact
        by = in_unit_of(self.number, fact) - fact.value
        return say("more" if by > 0 else "less", figure=figure(abs(by)) + fact.unit)


class Rule(NamedTuple):
    """When it holds, a count is in a state; the reason names its sentence, `reading` is what it is held against."""

    reason: str
    state: str
    holds: Callable[[Comparison], object]
    reading: Callable[[Comparison], Reading | None] = lambda c: None


# The first that holds decides. A claim agrees if any way to take it does; it disagrees only if every way is known and
# none fits, and the words around it are understood. What is not certain is not called wrong.
RULES = [
    Rule("no_year", NO_DATA, lambda c: not c.facts.known and c.claim.measures),
    Rule("outside", NO_DATA, lambda c: c.claim.outside),
    Rule("no_measure", NOT_UNDERSTOOD, lambda c: not c.claim.measures),
    Rule("person_times", NO_DATA, lambda c: c.number.kind == grammar.TIMES),
    Rule("change", NO_DATA, lambda c: "change" in kinds_of(c.claim.before)),
    Rule("lower_bound", LOWER_BOUND, lambda c: c.fitting and c.fitting.fact.lower_bound, lambda c: c.fitting),
    Rule("fits", AGREES, lambda c: c.fitting, lambda c: c.fitting),
    Rule("not_known", NO_DATA, lambda c: not c.known),
    Rule("fits_a_part", AGREES, lambda c: c.part, lambda c: c.part),
    Rule("perhaps_part", NO_DATA, lambda c: c.claim.doubtful or len(c.known) < len(c.ways)),
    Rule("not_recognised", NOT_UNDERSTOOD, lambda c: len(c.claim.unknown) > grammar.MOST_UNKNOWN),
    Rule("not_certain", NOT_UNDERSTOOD, lambda c: c.of_something_else),
    Rule("not_certain", NOT_UNDERSTOOD, lambda c: not has_reason(c.claim.measure, c.claim.said)),
    Rule(
        "rounds_meant",
        AGREES,
        lambda c: c.rounds_left_out and c.leaves_rounds_out,
        lambda c: c.nearest._replace(fact=c.nearest.fact._replace(value=c.claim.value)),
    ),
    Rule("rounds_forgotten", DISAGREES, lambda c: c.rounds_left_out, lambda c: c.nearest),
    Rule("differs", DISAGREES, lambda c: True, lambda c: c.nearest),
]


def judge_count(claim: Claim, text: str, facts: Facts, findings: list[Finding], names: Derived | None) -> Verdict:
    """Hold a count against the year, by the first rule that holds; where that decides nothing, by the text itself.

    A list of names or a total of parts that agrees stands before a figure of the year that it is not.
    """
    comparison = Comparison(claim, text, facts)
    rule = next(rule for rule in RULES if rule.holds(comparison))
    if rule.state != AGREES and names and names.verdict.state in (AGREES, NO_DATA) and names.value == claim.value:
        return Verdict(AGREES, names.verdict.explanation, names.value, names.verdict.statistic)
    if (
        rule.state in (NO_DATA, NOT_UNDERSTOOD)
        and names
        and names.verdict.state == DISAGREES
        and names.value != claim.value
    ):
        return Verdict(DISAGREES, names.verdict.explanation, names.value)
    finding = next((finding for finding in findings if finding.state in (AGREES, DISAGREES)), None)
    decides = finding and rule.state in (NO_DATA, NOT_UNDERSTOOD)
    if finding and rule.state == DISAGREES and finding.state == AGREES:
        decides = not comparison.of_the_year
    if finding and decides:
        return Verdict(finding.state, finding.explanation, finding.expected)
    explanation, reading = say(rule.reason, c=comparison, n=comparison.number), rule.reading(comparison)
    if not reading:
        return Verdict(rule.state, explanation)
    return Verdict(rule.state, explanation, reading.fact.value, reading.fact.statistic)


def _title(measure: str, scope: Scope) -> str:
    return "".join(filter(None, scope)) + title_of(measure)


# --- Rates of the year ---


def judge_rate(near: Around, text: str, facts: Facts, findings: list[Finding]) -> Verdict:
    """A percentage by the text's own numbers; where these do not decide it and it has none, by the year's."""
    if findings:
        return Verdict(findings[0].state, findings[0].explanation, findings[0].expected)
    claim, sentence = near.claim, text[near.claim.sentence[0] : near.claim.number.start]
    if is_change(claim) or "change" in kinds_of(claim.before):
        return Verdict(NO_DATA, say("growth_unknown"))
    rate, share = rate_named(claim, sentence), share_of(near)
    if rate:
        return _named_rate(near, rate, sentence, facts)
    return _share_of_year(near, share, facts) if share else Verdict(NOT_UNDERSTOOD, say("rate_unclear"))


def _named_rate(near: Around, rate: grammar.Rate, sentence: str, facts: Facts) -> Verdict:
    claim, counts = near.claim, [other for other in near.earlier if other.number.kind == grammar.PEOPLE]
    last = [other.measure for other in counts][-1:]
    if not rate.numerator or (rate.after and last and last[0] not in rate.after):
        return Verdict(NOT_UNDERSTOOD, say("rate_unclear"))
    known = {name: facts.known.get((name, claim.scope)) for name in (rate.numerator, *rate.denominators)}
    top = known[rate.numerator]
    ways = [
        (Count(rate.numerator, top.value), Count(name, bottom.value))
        for name in rate.denominators
        if top and (bottom := known[name]) and bottom.value
    ]
    if not ways:
        titles = {"top": title_of(rate.numerator), "bottom": title_of(rate.denominators[0])}
        return Verdict(NO_DATA, say("rate_unknown", **titles))
    own = [other for other in counts if other.kinds & {*rate.top, *rate.bottom} and not other.outside]
    unlike = [other for other in own if other.value not in (ways[0][0].value, ways[0][1].value)]
    exception = re.search(SHAPE["exception"], sentence)
    if exception and "each" in claim.kinds:
        explanation = say("rate_with_exception", exception=exception[0], division=_division(*ways[0]))
        return Verdict(NO_DATA, explanation, _percent(*ways[0]), "rates")
    if claim.outside:
        return Verdict(NO_DATA, say("rate_outside", outside=claim.outside, year=facts.year))
    for way in ways:
        if _near(claim, *way):
            return Verdict(AGREES, say("rate_agrees", division=_division(*way)), _percent(*way), "rates")
    doubts = set(claim.doubtful.split("、")) - {"", *grammar.WORDS["each one"], *grammar.WORDS["each"]}
    if unlike or doubts or len(claim.unknown) > grammar.MOST_UNKNOWN:
        return Verdict(NOT_UNDERSTOOD, say("rate_not_certain", division=_division(*ways[0])))
    explanation = say("rate_differs", division=_division(*ways[0]), written=claim.number.with_unit)
    return Verdict(DISAGREES, explanation, _percent(*ways[0]), "rates")


def _share_of_year(near: Around, share: Share, facts: Facts) -> Verdict:
    """A share of a figure of the year: of what stands behind 占; its part is a count stated before, or named."""
    claim, top = near.claim, share.top
    if claim.outside:
        return Verdict(NOT_UNDERSTOOD, say("rate_unclear"))
    if top:
        measure = share.of or top.measure
        scopes = [*scopes_of(claim.scope, claim.carried), Scope()]
        wholes = [facts.known.get((measure, scope)) for scope in dict.fromkeys(scopes)]
        larger = [whole for whole in wholes if whole and whole.value > top.value]
        ways = [(Count(top.measure, top.value), Count(measure, whole.value)) for whole in larger]
        sure = bool(share.of or any(top.scope)) and not (top.outside or share.inside or top.doubtful)
        statistic = None
    else:
        start = claim.number.start - len(claim.lead)
        named = kinds_of(word for word in claim.before if word.start >= start) - grammar.KINDS["no_subject"] - {"rate"}
        measure = measure_of(grammar.PEOPLE, "", named) if not share.of or named - NAMES - _ASKED else share.of
        of = share.of or (measure if any(claim.scope) else "")
        part, year = facts.known.get((measure, claim.scope)), facts.known.get((of, Scope()))
        ways = [(Count(measure, part.value), Count(of, year.value))] if part and year and year.value else []
        ways = [] if measure == of and not any(claim.scope) else ways
        sure = bool(part and not part.lower_bound and (share.of or named - NAMES))
        statistic = part.statistic if part else None
    if not ways:
        return Verdict(NO_DATA, say("share_unknown"))
    for way in ways:
        if _near(claim, *way):
            return Verdict(AGREES, say("rate_agrees", division=_division(*way)), _percent(*way), statistic)
    if not sure or len(claim.unknown) > grammar.MOST_UNKNOWN:
        return Verdict(NOT_UNDERSTOOD, say("rate_not_certain", division=_division(*ways[0])))
    explanation = say("rate_differs", division=_division(*ways[0]), written=claim.number.with_unit)
    return Verdict(DISAGREES, explanation, _percent(*ways[0]), statistic)


def recomputed(claim: Claim, counts: list[Claim], sentence: str, facts: Facts) -> Derived | None:
    """The rate that two counts of a sentence make, held against the one that the year's figures give."""
    rate = rate_named(claim, sentence)
    if not rate or not rate.numerator:
        return None
    for bottom_name in rate.denominators:
        known = [facts.known.get((name, Scope())) for name in (rate.numerator, bottom_name)]
        stated = [
            next((other for other in reversed(counts) if other.measure == name and not other.outside), None)
            for name in (rate.numerator, bottom_name)
        ]
        top, bottom = stated
        if top and bottom and bottom.value and known[0] and known[1] and _of_the_year(top, bottom, known[0], known[1]):
            written = f"{top.value:g}÷{bottom.value:g}"
            own, year = (
                round(one / other * 100, 2)
                for one, other in ((top.value, bottom.value), (known[0].value, known[1].value))
            )
            division = _division(Count(top.measure, top.value), Count(bottom.measure, bottom.value))
            sentence = "rate_agrees" if own == year else "rate_otherwise"
            explanation = say(sentence, division=division, known=figure(year))
            return Derived(written, own, "%", Verdict(AGREES if own == year else DISAGREES, explanation, year, "rates"))
    return None


def _of_the_year(top: Claim, bottom: Claim, known_top: Fact, known_bottom: Fact) -> bool:
    """Whether two counts are those of the year, or one is and the other is nearly."""
    pairs = ((top, known_top), (bottom, known_bottom))
    return any(fits(count.number, fact) for count, fact in pairs) and all(
        fact.value / 2 <= count.value <= fact.value * 2 and count.number.kind == grammar.PEOPLE for count, fact in pairs
    )


def _percent(top: Count, bottom: Count) -> float:
    return round(top.value / bottom.value * 100, 2)


def _near(claim: Claim, top: Count, bottom: Count) -> bool:
    return close_to(claim.value, claim.number.step, claim.number.modifier, top.value / bottom.value * 100)


def _division(top: Count, bottom: Count) -> str:
    return say("division", top=top.written, bottom=bottom.written, percent=figure(_percent(top, bottom)))


# --- Lists of names; rounds without a figure ---


def judge_names(claim: Claim, facts: Facts) -> Derived | None:
    """The names listed with a count: how many there are, and which of them the year's table does not have.

    What can be counted in two ways (检测与维修) fits in either.
    """
    listed, value = claim.names, int(claim.value)
    far_off = value > 2 * listed.most and not listed.open  # then it is no list of what is counted
    if not listed.names or far_off or claim.number.modifier or re.match(SHAPE["one_of_them"], claim.tail):
        return None
    count = value if listed.fewest <= value <= listed.most else len(listed.names)
    verdict = _verdict_on_names(claim, count, facts)
    return Derived("、".join(listed.names), count, claim.number.unit, verdict)


def _verdict_on_names(claim: Claim, count: int, facts: Facts) -> Verdict:
    listed, value = claim.names, claim.value
    missing, statistic = _not_in_table(listed.names, facts) if not claim.outside else ({}, None)
    if missing:
        present = len(listed.names) - len(missing)
        nearly = "、".join(say("name_nearly", name=name, near=near) if near else name for name, near in missing.items())
        return Verdict(DISAGREES, say("names_missing", count=count, names=nearly, present=present), present, statistic)
    if count > value or (count < value and not listed.open):
        return Verdict(DISAGREES, say("names_miscounted", count=count, n=claim.number), value)
    if count < value:
        return Verdict(NOT_UNDERSTOOD, say("names_left_out", count=count), value)
    if statistic is None:
        return Verdict(NO_DATA, say("names_not_known", count=count))
    return Verdict(AGREES, say("names_present", count=count), count, statistic)


def _not_in_table(names: tuple[str, ...], facts: Facts) -> tuple[dict[str, str], str | None]:
    """The names that the table lacks, each with its own name that is nearly that; no statistic if most are lacking."""
    for dimension, statistic in _NAMED_IN.items():
        known, missing = facts.names[dimension], {}
        for name in names:
            short = (
                split_certificate(name)[0] if dimension == "certificate" else name.removesuffix(SHAPE["major_ending"])
            )
            if short not in known:
                missing[name] = next(iter(difflib.get_close_matches(short, known, 1, 0.8)), "")
        if len(missing) * 2 < len(names):
            return ({}, None) if missing and dimension != "certificate" else (missing, statistic)
    return {}, None


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
    total = sum(claim.value for claim in of_round.values())
    second = measure if measure != "applications" else "places_approved"
    names: Iterable[str] = dict.fromkeys(("applications", second))
    figures = {
        name: [fact.written for each in names if (fact := facts.known.get((each, Scope(name))))] for name in absent
    }
    explanation = say(
        "rounds_never",
        parts=" + ".join(f"{name}{number.written}{number.unit}" for name, number in numbers.items()),
        total=figure(total) + year.unit,
        year=say("exactly", title=title_of(measure), figure=year.written),
        never="、".join(say("round_never", round=name, figures="，".join(given)) for name, given in figures.items()),
    )
    instead = say(
        "rounds_instead",
        never="；".join(name + "、".join(given) for name, given in figures.items()),
        all="、".join(fact.written for each in names if (fact := facts.known.get((each, Scope())))),
    )
    written = "+".join(number.written for number in numbers.values())
    return Derived(written, total, year.unit, Verdict(DISAGREES, explanation, year.value, "by_round"), instead)
