"""Rates and shares: recomputed from the numbers of the same passage, else from what is known of the year."""

import re
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.counting import measure_of
from pilotlib.claims.facts import Facts, Scope
from pilotlib.claims.judging import AGREES, DISAGREES, NO_DATA, NOT_UNDERSTOOD, Verdict, close_to, figure, scopes_of
from pilotlib.claims.meaning import Meaning
from pilotlib.claims.numbers import Number
from pilotlib.claims.words import NAME_OF, Word, kinds_of
from pilotlib.columns import title_of


class Count(NamedTuple):
    """A count that a rate can be formed of.

    What it is called, its value, whether the passage itself states it, and whether it is of the whole year.
    """

    name: str
    value: float
    stated: bool
    whole: bool = True


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
        top, bottom = (f"{title_of(count.name)}{figure(count.value)}" for count in self[:2])
        return f"{top} ÷ {bottom} = {figure(self.percent)}%"


# Words that may stand before 占 without saying whose share it is.
_NO_SUBJECT = {"of which", "sum", "each", "round", "here", "link", "persons", "number"}

Said = list[tuple[Number, Meaning]]


def judge_rate(claim: Number, meaning: Meaning, text: str, said: Said, facts: Facts) -> tuple[Verdict, Division | None]:
    """Hold a percentage against the counts it comes from; also the division that recomputes it, if there is one.

    Args:
        claim: The percentage.
        meaning: What the words around it say.
        text: The passage.
        said: Every claim of the passage with its meaning.
        facts: What is known of the year.

    Returns:
        The verdict, which names another denominator where only that makes the stated rate true; and the division.
    """
    clause = text[meaning.clause[0] : meaning.clause[1]]
    if "change" in kinds_of(meaning.before) or claim.unit.endswith("百分点"):
        return _growth(claim, said), None
    rate = _rate_named(clause, text[meaning.sentence[0] : claim.start])
    last = [of.measures[:1] for number, of in said if number.start < claim.start and number.kind != grammar.PERCENT][
        -1:
    ]
    if rate and rate.after and last and not set(last[0]) & set(rate.after):
        return Verdict(NOT_UNDERSTOOD, None, None, "没有认出这个百分数的分子与分母。"), None
    if rate:
        divisions, certain = _divisions(rate, claim, meaning, said, facts), True
    else:
        divisions, certain = _shares(claim, meaning, text, said, facts)
    if not divisions and (rate or certain):
        what = f"{title_of(rate.numerator)}占{title_of(rate.denominators[0])}的比率" if rate else "这一占比"
        return Verdict(NO_DATA, None, None, f"文中与数据中都没有{what}的分子与分母。"), None
    if not divisions:
        return Verdict(NOT_UNDERSTOOD, None, None, "没有认出这个百分数的分子与分母。"), None
    usual = divisions[0]
    exception = re.search(grammar.SHAPE["exception"], text[meaning.sentence[0] : claim.start])
    if exception and "each" in meaning.near:
        told = f"原文有例外“{exception[0]}”，无法逐项核对；全部合计{usual}。"
        return Verdict(NO_DATA, round(usual.percent, 2), usual.statistic, told), usual
    if meaning.outside and not usual.numerator.stated:
        return Verdict(NO_DATA, None, None, f"说的是“{meaning.outside}”，不在{facts.year}年度的数据之内。"), None
    fitting = [
        division for division in divisions if close_to(claim.value, claim.step, claim.modifier, division.percent)
    ]
    stated = usual.numerator.stated or usual.denominator.stated
    same = [each for each in fitting if each.denominator.name == usual.denominator.name or not rate or not stated]
    if same:
        return Verdict(AGREES, round(same[0].percent, 2), same[0].statistic, f"{same[0]}。"), same[0]
    if not certain or (len(meaning.unknown) > grammar.MOST_UNKNOWN and not usual.numerator.stated):
        return Verdict(NOT_UNDERSTOOD, None, None, f"不能确定这个百分数的分子与分母；{usual}。"), None
    sign = "" if claim.number.endswith("成") or "分之" in claim.number else "%"
    told = f"{usual}，文中写{claim.number}{sign}{_other_denominator(claim, usual, fitting, said)}。"
    return Verdict(DISAGREES, round(usual.percent, 2), usual.statistic, told), usual


def _rate_named(clause: str, before: str) -> grammar.Rate | None:
    """The rate that a clause names; where it names none and speaks of no other, the last one of the sentence."""
    named = _last_rate(clause)
    if named or "率" in clause or any(word in clause for word in grammar.OTHER_WORDS["share"]):
        return named
    return _last_rate(before)


def _last_rate(text: str) -> grammar.Rate | None:
    """The rate whose name ends last in a text; of two that end there, the longer name."""
    found = [
        (text.rfind(word) + len(word), len(word), place)
        for place, rate in enumerate(grammar.RATES)
        for word in rate.words
        if word in text
    ]
    return grammar.RATES[max(found)[2]] if found else None


def _divisions(rate: grammar.Rate, claim: Number, meaning: Meaning, said: Said, facts: Facts) -> list[Division]:
    """The ways to form a named rate: from numbers that the passage states, then from what is known of the year."""
    measures = (rate.numerator, *rate.denominators)
    facts_here = {name: facts.known.get((name, meaning.scope)) for name in measures}
    known = {name: Count(name, fact.value, False) for name, fact in facts_here.items() if fact}
    tops = _stated(rate.numerator, claim, said)[:1] or [known[name] for name in measures[:1] if name in known]
    bottoms = [count for name in rate.denominators for count in _stated(name, claim, said)]
    bottoms += [known[name] for name in rate.denominators if name in known]
    if any(top.stated for top in tops) and any(bottom.stated for bottom in bottoms):
        # What the passage says of itself comes first; the year's own figures only where they are of the same thing.
        tops += [known[name] for name in measures[:1] if name in known]
    rates = {
        name: known[rate.numerator].value / known[name].value * 100
        for name in rate.denominators
        if name in known and rate.numerator in known and known[name].value
    }
    return [
        Division(
            top, bottom, *((rates[bottom.name], "rates") if bottom.name in rates and top.whole and bottom.whole else ())
        )
        for top in tops
        for bottom in bottoms
        if bottom.value and (bottom.stated or top.whole)
    ]


def _stated(measure: str, claim: Number, said: Said) -> list[Count]:
    """The counts of a measure that the passage states: those before a rate, the nearest first, then those after it."""
    counts = [
        (number, meaning)
        for number, meaning in said
        if meaning.measures[:1] == (measure,) and number.kind == grammar.PEOPLE
    ]
    before = [item for item in reversed(counts) if item[0].start < claim.start]
    after = [item for item in counts if item[0].start > claim.start and item[1].sentence[0] < claim.start]
    return [
        Count(measure, number.value, True, not (any(of.scope) or any(of.carried) or of.outside or of.doubtful))
        for number, of in before + after
    ]


def _shares(claim: Number, meaning: Meaning, text: str, said: Said, facts: Facts) -> tuple[list[Division], bool]:
    """What a share (占…的x%, or a percentage in brackets) can be of, and whether that is certain."""
    counts = [item for item in said if item[0].start < claim.start and item[0].kind in (grammar.PEOPLE, grammar.THINGS)]
    in_brackets = bool(counts) and not text[counts[-1][0].unit_end : claim.start].strip("（( 约占")
    places = [text.rfind(word, meaning.clause[0], claim.start) for word in grammar.OTHER_WORDS["share"]]
    share = next((place for place in places if place >= 0), -1)
    paired = _paired(claim, text, said)
    if share < 0 and not in_brackets and not paired:
        return [], False
    place = claim.start if share < 0 or in_brackets else share
    subject = [word for word in meaning.before if word.start < place]
    base = [word for word in meaning.before if word.start > place]
    of = measure_of(grammar.PEOPLE, "", kinds_of(base))
    earlier = [item for item in counts if item[0].start < place and item[1].sentence == meaning.sentence]
    named = kinds_of(subject) - _NO_SUBJECT if not in_brackets else frozenset()
    if named and not paired and not (earlier and earlier[-1][0].start >= meaning.clause[0]):
        part = "" if named - set(NAME_OF.values()) else of  # 第一次占批准人数的…: the same of a part
        return _shares_named(claim, meaning, measure_of(grammar.PEOPLE, "", named) or part, of, said, facts)
    tops = paired or earlier[-1:]
    if not tops:
        return [], False
    number, top_meaning = tops[0]
    measure = top_meaning.measures[0] if top_meaning.measures else ""
    top = Count(measure, number.value, True)
    stated = [number for number, _ in counts if number.start > place]
    if not stated and of:
        stated = [other for other, its in reversed(counts) if its.measures[:1] == (of,) and other is not number]
    known = _wholes(of or measure, Scope(**_named_in(base)), meaning.carried, facts) if not stated or of else []
    known = [value for value in known if value > number.value]  # not the whole itself
    if not of and not any(top_meaning.scope) and not any(top_meaning.carried):
        known = []
    sure = [Count(of, other.value, True) for other in stated] + [Count(of or measure, value, False) for value in known]
    larger = [item for item in reversed(counts) if item[0].kind == number.kind and item[0].value > number.value]
    larger = (
        [] if stated or of else sorted(larger, key=lambda item: bool(item[1].outside))
    )  # a whole before other parts
    sure += [Count(measure, other.value, True) for other, its in larger if its.measures[:1] == (measure,)]
    perhaps = [Count("", other.value, True) for other, its in larger if its.measures[:1] != (measure,)]
    certain = bool(sure) and not any(word in top_meaning.doubtful for word in grammar.WORDS["each one"])
    return [Division(top, whole) for whole in [*sure, *perhaps] if whole.value], certain


def _shares_named(
    claim: Number, meaning: Meaning, measure: str, of: str, said: Said, facts: Facts
) -> tuple[list[Division], bool]:
    """A share whose count is not stated: 第一次占批准人数的52.47%, 参加考核的学生占培训学生的88%."""
    part, whole = facts.known.get((measure, meaning.scope)), facts.known.get((of, Scope()))
    if measure == of and any(meaning.scope) and part and whole and whole.value:
        top, bottom = Count(measure, part.value, False), Count(of, whole.value, False)
        return [Division(top, bottom, part.value / whole.value * 100, part.statistic)], not part.lower_bound
    if measure and of and measure != of:
        return _divisions(grammar.Rate((), measure, (of,), ""), claim, meaning, said, facts), True
    return [], False


def _wholes(measure: str, named: Scope, carried: Scope, facts: Facts) -> list[float]:
    """What is known of a measure in the part that is named, or was named before, and in the whole year."""
    scopes = [*scopes_of(named, carried), Scope(major=carried.major)]  # 占该专业学生的34.7%
    found = [facts.known.get((measure, scope)) for scope in dict.fromkeys(scopes)]
    return [fact.value for fact in found if fact]


def _named_in(words: list[Word]) -> dict[str, str]:
    return {word.dimension: word.part for word in words if word.dimension}


def _paired(claim: Number, text: str, said: Said) -> Said:
    """The count that belongs to a percentage after 分别: of two percentages the second goes with the second count."""
    _, meaning = next(item for item in said if item[0] is claim)
    middle = max(text.rfind(word, meaning.sentence[0], claim.start) for word in grammar.OTHER_WORDS["respectively"])
    if middle < 0:
        return []
    percentages = [
        number
        for number, of in said
        if number.start > middle and number.kind == grammar.PERCENT and of.sentence == meaning.sentence
    ]
    counts = [item for item in said if item[0].start < middle and item[0].kind != grammar.PERCENT][-len(percentages) :]
    return [counts[percentages.index(claim)]] if len(counts) == len(percentages) > 1 else []


def _growth(claim: Number, said: Said) -> Verdict:
    """A rate of change, from two counts of the same thing in the passage: one of another time, or their difference."""
    counts = [
        item for item in said if item[1].measures and item[0].kind == grammar.PEOPLE and item[0].start < claim.start
    ]
    changes = [number.value for number, meaning in counts if "change" in kinds_of(meaning.before)]
    now = [item for item in counts if not item[1].outside and "change" not in kinds_of(item[1].before)]
    for late, meaning in reversed(now):
        before = [number.value for number, of in counts if of.measures[0] == meaning.measures[0] and of.outside]
        for early in (*reversed(before), *(late.value - change for change in changes[-1:] if not before)):
            if early <= 0:
                continue
            percent = (late.value - early) / early * 100
            told = f"（{figure(late.value)} − {figure(early)}）÷ {figure(early)} = {figure(percent)}%"
            state = AGREES if close_to(claim.value, claim.step, claim.modifier, abs(percent)) else DISAGREES
            return Verdict(state, round(percent, 2), None, f"按文中两个数，{told}。")
    return Verdict(NO_DATA, None, None, "说的是与另一时间相比的变化，数据中没有可以比较的数。")


def _other_denominator(claim: Number, usual: Division, fitting: list[Division], said: Said) -> str:
    """Which denominator would make a stated rate true, in words; "" where there is none."""
    top, then = usual.numerator.value, f"为分母才是{figure(claim.value)}%"
    if fitting:
        return f"；以{title_of(fitting[0].denominator.name)}{figure(fitting[0].denominator.value)}{then}"
    others = [number for number, _ in said if number.kind == grammar.PEOPLE and number.value]
    for number in others:
        if close_to(claim.value, claim.step, claim.modifier, top / number.value * 100):
            return f"；以文中的{number.number}{number.unit}{then}"
    implied = round(top / claim.value * 100) if claim.value else 0
    if implied and usual.numerator.stated and close_to(claim.value, claim.step, "", top / implied * 100):
        return f"；以{implied}{then}" if top <= implied <= usual.denominator.value else ""
    return ""
