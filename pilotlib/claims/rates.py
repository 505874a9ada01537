"""Rates and shares: recomputed from the numbers of the same passage, else from what is known of the year."""

import re
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.claim import Claim, Context
from pilotlib.claims.facts import NAMES, Scope, close_to, figure, scopes_of
from pilotlib.claims.grammar import say
from pilotlib.claims.judging import AGREES, DISAGREES, NO_DATA, NOT_UNDERSTOOD, Derived, Verdict
from pilotlib.claims.meaning import measure_of
from pilotlib.claims.text import Word, kinds_of
from pilotlib.columns import title_of


class Count(NamedTuple):
    """A count that a rate can be formed of, whether the passage states it, and whether it is of the whole year."""

    measure: str
    value: float
    stated: bool
    of_all: bool = True

    @property
    def written(self) -> str:
        """As an explanation tells it: 参加考核学生908."""
        return title_of(self.measure) + figure(self.value)


class Division(NamedTuple):
    """A numerator over a denominator, and the rate that the year's own figures give (None: they do not)."""

    numerator: Count
    denominator: Count
    known: float | None = None
    statistic: str | None = None

    @property
    def percent(self) -> float:
        """The rate in percent."""
        return self.numerator.value / self.denominator.value * 100

    def __str__(self) -> str:
        """As an explanation tells it: 参加考核学生908 ÷ 培训学生1028 = 88.33%."""
        top, bottom = self.numerator.written, self.denominator.written
        return say("division", top=top, bottom=bottom, percent=figure(self.percent))


# The ways to form a percentage, the likeliest first, and whether it is certain that it is one of these.
Divisions = tuple[list[Division], bool]


def judge_rate(context: Context) -> tuple[Verdict, Division | None]:
    """Hold a percentage against the counts it comes from; also the division that recomputes it, if there is one.

    The verdict names another denominator where only that makes the stated rate true.
    """
    claim, text = context.claim, context.text
    if "change" in claim.kinds_before or claim.number.unit.endswith(grammar.OTHER_WORDS["points"]):
        return _growth(context), None
    rate = _rate_named(text[slice(*claim.clause)], text[claim.sentence[0] : claim.number.start])
    if not rate:
        ways, certain = _shares(context)
        if ways:
            return _judge_divisions(context, ways, certain=certain, named=False)
        if certain:
            return Verdict(NO_DATA, say("share_unknown")), None
        return Verdict(NOT_UNDERSTOOD, say("rate_unclear")), None
    last = [other.measure for other in context.earlier if other.number.kind != grammar.PERCENT][-1:]
    if rate.after and last and last[0] not in rate.after:
        return Verdict(NOT_UNDERSTOOD, say("rate_unclear")), None
    ways = _divisions(rate.numerator, rate.denominators, context)
    if ways:
        return _judge_divisions(context, ways, certain=True, named=True)
    top, bottom = title_of(rate.numerator), title_of(rate.denominators[0])
    return Verdict(NO_DATA, say("rate_unknown", top=top, bottom=bottom)), None


def recomputed(division: Division) -> Derived:
    """The rate as a division gives it, held against the rate that the year's figures give."""
    written = f"{division.numerator.value:g}÷{division.denominator.value:g}"
    percent = round(division.percent, 2)
    if division.known is None:
        return Derived(written, percent, "%", Verdict(NO_DATA, say("rate_not_in_data", division=division)))
    known = round(division.known, 2)
    state, sentence = (AGREES, "rate_agrees") if known == percent else (DISAGREES, "rate_otherwise")
    explanation = say(sentence, division=division, known=figure(known))
    return Derived(written, percent, "%", Verdict(state, explanation, known, division.statistic))


def _judge_divisions(
    context: Context, ways: list[Division], *, certain: bool, named: bool
) -> tuple[Verdict, Division | None]:
    """Hold a percentage against the ways to form it; that of a rate with a name only against its usual denominator."""
    claim, usual = context.claim, ways[0]
    expected, statistic = round(usual.percent, 2), usual.statistic
    exception = re.search(grammar.SHAPE["exception"], context.text[claim.sentence[0] : claim.number.start])
    if exception and "each" in claim.kinds:
        explanation = say("rate_with_exception", exception=exception[0], division=usual)
        return Verdict(NO_DATA, explanation, expected, statistic), usual
    if claim.outside and not usual.numerator.stated:
        return Verdict(NO_DATA, say("rate_outside", outside=claim.outside, year=context.facts.year)), None
    fitting = [way for way in ways if _fits(claim, way.percent)]
    any_denominator = not named or not (usual.numerator.stated or usual.denominator.stated)
    for way in fitting:
        if any_denominator or way.denominator.measure == usual.denominator.measure:
            return Verdict(AGREES, say("rate_agrees", division=way), round(way.percent, 2), way.statistic), way
    unrecognised = len(claim.unknown) > grammar.MOST_UNKNOWN and not usual.numerator.stated
    if not certain or unrecognised:
        return Verdict(NOT_UNDERSTOOD, say("rate_not_certain", division=usual)), None
    in_words = any(word in claim.number.written for word in grammar.OTHER_WORDS["percent_in_words"])
    written, other = claim.number.written + ("" if in_words else "%"), _other_denominator(context, usual, fitting)
    explanation = say("rate_differs", division=usual, written=written, other=other)
    return Verdict(DISAGREES, explanation, expected, statistic), usual


def _fits(claim: Claim, percent: float) -> bool:
    return close_to(claim.value, claim.number.step, claim.number.modifier, percent)


def _other_denominator(context: Context, usual: Division, fitting: list[Division]) -> str:
    """Which denominator would make a stated rate true, in words; "" where there is none."""
    claim, top, denominator = context.claim, usual.numerator.value, ""
    people = [other for other in (*context.earlier, *context.later) if other.number.kind == grammar.PEOPLE]
    in_text = [other for other in people if other.value and _fits(claim, top / other.value * 100)]
    implied = round(top / claim.value * 100) if claim.value else 0
    if fitting:
        denominator = fitting[0].denominator.written
    elif in_text:
        denominator = say("stated_here", n=in_text[0].number)
    elif implied and usual.numerator.stated and top <= implied <= usual.denominator.value:
        denominator = str(implied) if close_to(claim.value, claim.number.step, "", top / implied * 100) else ""
    if not denominator:
        return ""
    return say("other_denominator", denominator=denominator, percent=figure(claim.value))


def _growth(context: Context) -> Verdict:
    """A rate of change, from two counts of the same thing in the passage: one of another time, or their difference."""
    counts = [other for other in reversed(context.earlier) if other.measures and other.number.kind == grammar.PEOPLE]
    changes = [other.value for other in counts if "change" in other.kinds_before]
    for late in counts:
        if late.outside or "change" in late.kinds_before:
            continue
        before = [other.value for other in counts if other.measure == late.measure and other.outside]
        for early in before or [late.value - change for change in changes[:1]]:
            if early > 0:
                percent = (late.value - early) / early * 100
                explanation = say("growth", late=figure(late.value), early=figure(early), percent=figure(percent))
                state = AGREES if _fits(context.claim, abs(percent)) else DISAGREES
                return Verdict(state, explanation, round(percent, 2))
    return Verdict(NO_DATA, say("growth_unknown"))


# --- Rates that have a name ---


def _rate_named(clause: str, before: str) -> grammar.Rate | None:
    """The rate that a clause names; where it names none and speaks of no other, the last one of the sentence."""
    rate = _last_rate(clause)
    of_another = any(word in clause for word in grammar.OTHER_WORDS["rate_endings"] + grammar.OTHER_WORDS["share"])
    return rate if rate or of_another else _last_rate(before)


def _last_rate(text: str) -> grammar.Rate | None:
    """The rate whose name ends last in a text; of two that end there, the longer name."""
    names = [(word, place) for place, rate in enumerate(grammar.RATES) for word in rate.words if word in text]
    ends = [(text.rfind(word) + len(word), len(word), place) for word, place in names]
    return grammar.RATES[max(ends)[2]] if ends else None


def _divisions(numerator: str, denominators: tuple[str, ...], context: Context) -> list[Division]:
    """The ways to form a named rate: from numbers that the passage states, then from what is known of the year."""
    in_year = {name: context.facts.known.get((name, context.claim.scope)) for name in (numerator, *denominators)}
    known = {name: Count(name, fact.value, stated=False) for name, fact in in_year.items() if fact}
    known_top = [known[numerator]] if numerator in known else []
    stated_bottoms = [count for name in denominators for count in _stated(name, context)]
    tops = _stated(numerator, context)[:1]
    if not tops or stated_bottoms:
        # What the passage says of itself comes first; the year's own figures only where they are of the same thing.
        tops += known_top
    ways = []
    for top in tops:
        for bottom in [*stated_bottoms, *(known[name] for name in denominators if name in known)]:
            if bottom.value and (bottom.stated or top.of_all):
                ways.append(Division(top, bottom, *_rate_of_the_year(top, bottom, known)))
    return ways


def _rate_of_the_year(top: Count, bottom: Count, known: dict[str, Count]) -> tuple[float | None, str | None]:
    """The rate of two counts by the year's own figures, and its statistic; none where these are not of all."""
    numerator, denominator = known.get(top.measure), known.get(bottom.measure)
    if not (top.of_all and bottom.of_all and numerator and denominator and denominator.value):
        return None, None
    return numerator.value / denominator.value * 100, "rates"


def _stated(measure: str, context: Context) -> list[Count]:
    """The counts of a measure that the passage states: those before a rate, the nearest first, then those after it."""
    after = [other for other in context.later if other.sentence[0] < context.claim.number.start]
    return [
        Count(measure, other.value, True, not (other.outside or other.doubtful or any(other.scope + other.carried)))
        for other in [*reversed(context.earlier), *after]
        if other.measure == measure and other.number.kind == grammar.PEOPLE
    ]


# --- Shares ---


def _shares(context: Context) -> Divisions:
    """What a percentage without a name can be a share of, in four cases.

    It is paired with a count by 分别; it stands in brackets behind its count; what stands before 占 names its part; or
    the count before 占 is stated.
    """
    claim, text, start = context.claim, context.text, context.claim.number.start
    counts = [other for other in context.earlier if other.number.kind in (grammar.PEOPLE, grammar.THINGS)]
    paired, place = _paired(context), _place_of_share(context)
    in_brackets = bool(counts) and not text[counts[-1].number.unit_end : start].strip(grammar.SHAPE["share_opens"])
    if place < 0 and not in_brackets and not paired:
        return [], False
    place = start if place < 0 or in_brackets else place
    base = [word for word in claim.before if word.start > place]
    before = [other for other in counts if other.number.start < place and other.sentence == claim.sentence]
    if not paired and not in_brackets and not (before and before[-1].number.start >= claim.clause[0]):
        named = kinds_of(word for word in claim.before if word.start < place) - grammar.KINDS["no_subject"]
        if named:
            return _share_named(context, named, base)
    top = paired or (before[-1] if before else None)
    behind = [other for other in counts if other.number.start > place]
    return _share_of_count(context, top, base, counts, behind) if top else ([], False)


def _place_of_share(context: Context) -> int:
    """Where 占 or the like stands in the clause before a percentage; -1 where it does not."""
    start, end = context.claim.clause[0], context.claim.number.start
    places = [context.text.rfind(word, start, end) for word in grammar.OTHER_WORDS["share"]]
    return next((place for place in places if place >= 0), -1)


def _paired(context: Context) -> Claim | None:
    """The count that belongs to a percentage after 分别: of two percentages the second goes with the second count."""
    claim, earlier = context.claim, context.earlier
    start, end = claim.sentence[0], claim.number.start
    middle = max(context.text.rfind(word, start, end) for word in grammar.OTHER_WORDS["respectively"])
    percentages = [
        other
        for other in (*earlier, claim, *context.later)
        if other.number.kind == grammar.PERCENT and other.sentence == claim.sentence and other.number.start > middle
    ]
    counts = [other for other in earlier if other.number.start < middle and other.number.kind != grammar.PERCENT]
    counts = counts[-len(percentages) :]
    return counts[percentages.index(claim)] if len(counts) == len(percentages) > 1 else None


def _share_named(context: Context, named: frozenset[str], base: list[Word]) -> Divisions:
    """A share whose count is not stated: 第一次占批准人数的52.47%, 参加考核的学生占培训学生的88%."""
    scope, known = context.claim.scope, context.facts.known
    of = measure_of(grammar.PEOPLE, "", kinds_of(base))
    # 第一次占批准人数的…: the same of a part
    measure = measure_of(grammar.PEOPLE, "", named) or (of if named <= NAMES else "")
    part, year = known.get((measure, scope)), known.get((of, Scope()))
    if measure == of and any(scope) and part and year and year.value:
        top, bottom = Count(measure, part.value, stated=False), Count(of, year.value, stated=False)
        division = Division(top, bottom, part.value / year.value * 100, part.statistic)
        return [division], not part.lower_bound
    return (_divisions(measure, (of,), context), True) if measure and of and measure != of else ([], False)


def _share_of_count(
    context: Context, top: Claim, base: list[Word], counts: list[Claim], behind: list[Claim]
) -> Divisions:
    """A share of a stated count: of what stands behind 占, else of a larger count of the same kind."""
    carried, of = context.claim.carried, measure_of(grammar.PEOPLE, "", kinds_of(base))
    own = Scope(**{word.dimension: word.part for word in base if word.dimension})
    scopes = [*scopes_of(own, carried), Scope(major=carried.major)]  # 占该专业学生的34.7%
    in_year = [context.facts.known.get((of or top.measure, scope)) for scope in dict.fromkeys(scopes)]
    known = [Count(of or top.measure, fact.value, stated=False) for fact in in_year if fact and fact.value > top.value]
    perhaps: list[Count] = []
    if behind or of:
        same = [other for other in reversed(counts) if other.measure == of and other.number is not top.number]
        sure = [Count(of, other.value, stated=True) for other in behind or same] + (known if of else [])
    else:
        alike = [other for other in reversed(counts) if other.number.kind == top.number.kind]
        larger = [other for other in alike if other.value > top.value]
        larger.sort(key=lambda other: bool(other.outside))  # a whole before other parts
        sure = known if any(top.scope) or any(top.carried) else []
        sure += [Count(top.measure, other.value, stated=True) for other in larger if other.measure == top.measure]
        perhaps = [Count("", other.value, stated=True) for other in larger if other.measure != top.measure]
    numerator = Count(top.measure, top.value, stated=True)
    one_of_several = any(word in top.doubtful for word in grammar.WORDS["each one"])
    ways = [Division(numerator, bottom) for bottom in [*sure, *perhaps] if bottom.value]
    return ways, bool(sure) and not one_of_several
