"""A count held against what is known of the year: one of five states, and a sentence why."""

from collections.abc import Callable
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.claim import Context
from pilotlib.claims.facts import Fact, Scope, fact_of, figure, fits, in_unit_of, scopes_of
from pilotlib.claims.grammar import say
from pilotlib.claims.meaning import has_reason
from pilotlib.columns import title_of

AGREES, DISAGREES, LOWER_BOUND = "agrees", "disagrees", "lower_bound"
NO_DATA, NOT_UNDERSTOOD = "no_data", "not_understood"
# The states of a claim, the gravest first, with their Chinese names.
STATES = {DISAGREES: "不一致", NOT_UNDERSTOOD: "未识别", LOWER_BOUND: "下限", NO_DATA: "无数据", AGREES: "一致"}


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

    def __init__(self, context: Context) -> None:
        """Set a claim beside what is known of the year."""
        self.claim, self.number = context.claim, context.claim.number
        self.sentence = context.text[slice(*context.claim.sentence)]
        self.facts = context.facts

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
    def leaves_rounds_out(self) -> bool:
        """Whether the sentence says that it leaves rounds out."""
        return any(words in self.sentence for words in grammar.OTHER_WORDS["named_rounds"])

    @property
    def of_the_year(self) -> bool:
        """Whether a total is one of the year, not only of the parts that stand before it."""
        named = {"here", "whole year"} & self.claim.kinds
        return "sum" in self.claim.kinds_before and bool(named or self.rounds_left_out)

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
    Rule("outside", NO_DATA, lambda c: c.claim.outside),
    Rule("no_measure", NOT_UNDERSTOOD, lambda c: not c.claim.measures),
    Rule("person_times", NO_DATA, lambda c: c.number.kind == grammar.TIMES),
    Rule("change", NO_DATA, lambda c: "change" in c.claim.kinds_before),
    Rule("lower_bound", LOWER_BOUND, lambda c: c.fitting and c.fitting.fact.lower_bound, lambda c: c.fitting),
    Rule("fits", AGREES, lambda c: c.fitting, lambda c: c.fitting),
    Rule("not_known", NO_DATA, lambda c: not c.known),
    Rule("fits_a_part", AGREES, lambda c: c.part, lambda c: c.part),
    Rule("perhaps_part", NO_DATA, lambda c: c.claim.doubtful or len(c.known) < len(c.ways)),
    Rule("not_recognised", NOT_UNDERSTOOD, lambda c: len(c.claim.unknown) > grammar.MOST_UNKNOWN),
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


def judge_count(context: Context, names: Derived | None, total: Derived | None) -> Verdict:
    """Hold a count of a text against the year, by the first rule that holds.

    It agrees also with the `names` listed with it, and with the `total` of the parts beside it where it is one of these
    only, not of the year.
    """
    comparison = Comparison(context)
    rule = next(rule for rule in RULES if rule.holds(comparison))
    if rule.state != AGREES and names and names.verdict.state == AGREES:
        return names.verdict
    if rule.state == DISAGREES and total and total.verdict.state == AGREES and not comparison.of_the_year:
        return total.verdict
    explanation, reading = say(rule.reason, c=comparison, n=comparison.number), rule.reading(comparison)
    if not reading:
        return Verdict(rule.state, explanation)
    return Verdict(rule.state, explanation, reading.fact.value, reading.fact.statistic)


def _title(measure: str, scope: Scope) -> str:
    return "".join(filter(None, scope)) + title_of(measure)
