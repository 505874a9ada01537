"""Layer one: what the words of a text state between its numbers, judged by the text alone.

A relation lists the ways in which a value can come about. It accuses only where the words determine one of them and no
other reading of the passage fits; where they do not, there is no finding. Here is a change between two values (growth,
difference, multiple); `sums` knows sums, what is left of them and so much for each, `rates` rates and shares.
"""

import math
import re
from collections.abc import Iterable, Iterator
from itertools import chain, groupby, pairwise, permutations, takewhile
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import close_to, figure
from pilotlib.claims.grammar import AGREES, COUNTS, DISAGREES, MONEY, OTHER_WORDS, PERCENT, SHAPE, WORDS, say
from pilotlib.claims.meaning import Claim
from pilotlib.columns import title_of

_REACH = 40  # so many claims before and after one are looked at together with it
_PAIRED = 6  # of so many levels any two may be meant by a change


class Finding(NamedTuple):
    """A claim's state, why (in Chinese), the value it was held against (None for none) and that value's statistic.

    `number` is a computation that has a row of its own ("" for none), with its `value` and what could stand `instead`;
    `parts` are the two counts that a rate was formed of.
    """

    state: str
    explanation: str
    expected: float | None = None
    statistic: str | None = None
    number: str = ""
    value: float = 0
    instead: str = ""
    parts: tuple[Claim, ...] = ()


class Way(NamedTuple):
    """One way to compute a value: how (in Chinese), of which numbers, and whether the words prove that it is meant."""

    expected: float
    computation: str
    parts: tuple[Claim, ...]
    sure: bool = False


class Around(NamedTuple):
    """A claim with those of its sentence, before and after it, and those of the sentence before, the last first."""

    claim: Claim
    text: str
    earlier: list[Claim]
    later: list[Claim]
    before: list[Claim]

    @property
    def runs(self) -> list[list[Claim]]:
        """The counts before the claim from the last percentage on, those after it, the sentence before's; then all."""
        runs = [self.earlier[::-1], self.later, self.before]
        near = [takewhile(lambda other: other.number.kind != PERCENT or is_change(other), run) for run in runs]
        return [[other for other in run if other.number.kind in COUNTS] for run in (*near, [*chain(*runs)])]


def around(claims: list[Claim], text: str) -> Iterator[Around]:
    """Each claim of a passage with those that its relations can join."""
    before: list[Claim] = []
    for _, group in groupby(claims, key=lambda claim: claim.sentence):
        sentence = list(group)
        for place, claim in enumerate(sentence):
            earlier, later = sentence[max(0, place - _REACH) : place], sentence[place + 1 : place + 1 + _REACH]
            yield Around(claim, text, earlier, later, before[: -_REACH - 1 : -1])
        before = sentence


def amount(claim: Claim) -> float:
    """What a number is worth, money in 元."""
    factors = grammar.RULES["in_ten_thousands"]
    return claim.value * round(factors[claim.number.unit] * 1e4) if claim.number.unit in factors else claim.value


def fits(claim: Claim, expected: float, *parts: Claim) -> bool:
    """Whether a stated value can be the one that follows from parts, as far as these are rounded (3.6万) or vague."""
    number, value = claim.number, amount(claim)
    rounded = sum(part.number.step / part.value / 2 for part in parts if part.number.step != 1 and part.value)
    slack = 0.1 if any(part.number.modifier for part in parts) else min(rounded, 0.05)
    step = number.step * (value / claim.value if claim.value else 1)
    near = abs(value - expected) <= slack * abs(expected) + step / 2 + 1e-9
    return near or close_to(value, step, number.modifier, expected)


def judged(claim: Claim, ways: Iterable[Way]) -> Finding | None:
    """Agreement with the first way that fits, else disagreement with the first that is sure and of nothing vague."""
    differs = None
    for expected, computation, parts, sure in ways:
        if fits(claim, expected, *parts):
            return Finding(AGREES, computation + "。", round(expected, 2), parts=parts)
        if sure and not differs and not any(part.number.modifier for part in parts):
            explanation = say("text_differs", computation=computation, written=claim.number.with_unit)
            worth = amount(claim) / claim.value if claim.value else 1
            differs = Finding(DISAGREES, explanation, round(expected / worth, 2), parts=parts)
    return differs


def ratio(top: Claim, bottom: Claim, sure: bool, per: int = 100) -> Way:
    """A rate, and how it comes about: 参加考核学生908 ÷ 培训学生1028 = 88.33%."""
    rate, written = amount(top) / amount(bottom) * per, list[str]()
    for part in (top, bottom):
        titled = top.measure != bottom.measure or part.value != part.number.value
        written.append((title_of(part.measure) if titled else "") + figure(amount(part)))
    sign = {100: "%", 1000: "‰"}.get(per, "")
    division = say("division", top=written[0], bottom=written[1], percent=figure(rate) + sign)
    return Way(rate, division, (top, bottom), sure)


def same_unit(claim: Claim, other: Claim) -> bool:
    """Whether two counts are of one unit: persons with persons, things with things of the same measure word."""
    one, two = claim.number, other.number
    return (
        claim is not other
        and one.kind == two.kind
        and (one.kind in (PERCENT, *COUNTS[:2], MONEY) or one.unit == two.unit)
    )


def about(claim: Claim) -> set[str]:
    """Whom a claim is of: the words for another place, time or part; a plan and 其中 aside."""
    after = {word.text for word in claim.after if {"part", "elsewhere"} & set(word.kinds)}
    return {word for name, word in claim.limits if name != "planned"} - set(WORDS["of which"]) | after


def is_change(claim: Claim) -> bool:
    """Whether a number says by how much something is more or less than something else."""
    return claim.number.unit.endswith(OTHER_WORDS["points"]) or bool(re.search(SHAPE["changed_by"], claim.lead))


def is_multiple(claim: Claim) -> bool:
    """Whether a number says how many times something is something else: 4倍, 翻两番, 为原来的80%."""
    return claim.number.unit in ("倍", "番") or bool(re.search(SHAPE["of_before"], claim.lead))


def is_each(claim: Claim) -> bool:
    """Whether a number is for each of many: 人均200元."""
    return bool(re.search(SHAPE["for_each"], claim.lead))


def change_of(near: Around) -> Finding | None:
    """A growth, fall, difference or multiple between two values: 由 A 增至 B, 比 A 高, 较 A 增加, A 的 n 倍."""
    claim, unit = near.claim, near.claim.number.unit
    levels = _levels(near)
    pair, grown, fallen = _determined(near, levels), is_change(claim), bool(re.search(SHAPE["fallen"], claim.lead))
    if not pair and unit == "%" and grown:
        pair, levels = _by_its_increase(near, levels), levels
    before, ways = [level for level in levels if level.number.start < claim.number.start], list[Way]()
    levels = (before if len(before) > 1 else levels)[-_PAIRED:]
    pairs = [(base, level) for level, base in permutations(levels, 2) if same_unit(base, level)]
    for base, level in [pair, *pairs] if pair else pairs:
        early, late = amount(base), amount(level)
        wrong_way = unit in ("%", "倍") and grown and (base, level) != pair and (late < early) != fallen
        if wrong_way or (unit in ("%", "倍", "番") and early * late <= 0):
            continue
        expected, sentence = _changed(unit, grown, early, late)
        values = {"late": late, "early": early, "less": min(early, late), "more": max(early, late), "value": expected}
        written = {name: figure(value) for name, value in values.items()}
        of_money = base.number.kind == MONEY
        computation = say(sentence, unit="元" if of_money else unit, **written)
        ways.append(Way(expected, computation, (base, level), (base, level) == pair))
    return judged(claim, ways)


def _changed(unit: str, grown: bool, early: float, late: float) -> tuple[float, str]:
    """A change by the unit that it is stated in, and the sentence that says it."""
    if unit == "番":
        return math.log2(late / early), "doublings"
    if unit == "倍":
        return late / early - grown, "times_more" if grown else "times"
    if unit == "%":
        return (abs(late - early) / early * 100, "growth") if grown else (late / early * 100, "multiple")
    return abs(late - early), "difference"


def _levels(near: Around) -> list[Claim]:
    """The values that a change or a multiple can be between."""
    claim, unit = near.claim, near.claim.number.unit
    stated = [other for other in (*near.earlier, *near.later) if not is_change(other) and not is_multiple(other)]
    levels = [other for other in stated if not is_each(other)]
    levels = levels if len(levels) > 1 else stated
    levels += [] if len(levels) > 1 else [other for other in near.before[::-1] if not is_change(other)]
    if unit not in ("%", "倍", "番"):
        return [level for level in levels if same_unit(claim, level)]
    if "相对" in claim.lead:
        return [level for level in levels if level.number.kind == PERCENT]
    counts = [level for level in levels if level.number.kind in COUNTS]
    return counts if len(counts) > 1 else [level for level in levels if level.number.kind != PERCENT]


def _by_its_increase(near: Around, levels: list[Claim]) -> tuple[Claim, Claim] | None:
    """较上年增加0.4万人，达2.4万人，增长20%: the value before is what is left of the one now."""
    changes = [other for other in near.earlier if is_change(other) and other.number.kind in COUNTS]
    if len(changes) != 1:
        return None
    by = changes[0].value * (-1 if re.search(SHAPE["fallen"], changes[0].lead) else 1)
    levels = [level for level in levels if same_unit(changes[0], level)]
    levels = [level for level in levels if not re.search(SHAPE["compared_with"], level.lead)]
    sure = len(levels) == 1 and not about(levels[0]) - about(near.claim) and levels[0].value > by
    return (levels[0]._replace(value=levels[0].value - by), levels[0]) if sure else None


def _determined(near: Around, levels: list[Claim]) -> tuple[Claim, Claim] | None:
    """What a change starts from and what it leads to, where the words determine both."""
    claim, lead = near.claim, near.claim.lead
    before = [level for level in levels if level.number.start < claim.number.start]
    run = levels if not before and re.fullmatch(SHAPE["goes_on_from"], claim.tail) else before
    for base, level in reversed(list(pairwise(run))):
        risen = re.search(SHAPE["risen_from"], base.lead) and re.search(SHAPE["risen_to"], level.lead)
        if risen and same_unit(base, level) and level is run[-1]:
            return base, level
    # 比A（n）多d, B是A的n倍: the last is compared with; 比A多d: the one that is so named.
    bases = before[-1:] if len(before) > 1 and near.earlier[-1] is before[-1] else []
    bases = [base for base in bases if re.search(SHAPE["compared_with"], base.lead) or lead.strip() == "的"]
    compared = re.search(SHAPE["compared"], lead)
    if not bases and compared and compared["base"]:
        bases = [level for level in levels if _is_named(compared["base"], level, _time(level, near.text))]
    if len(bases) == 1:
        others = [level for level in levels if level is not bases[0] and same_unit(bases[0], level)]
        own = _time(claim, near.text, claim.clause[0])
        others = [level for level in others if own and own == _time(level, near.text)] or others
        return (bases[0], others[0]) if len(others) == 1 else None
    levels = before if len(before) > 1 else levels
    if len(levels) != 2 or not same_unit(*levels):
        return None
    first, second = levels
    if re.search(SHAPE["apart"], lead) and not re.search("[前后]者", lead):
        differ = about(first) != about(second) and near.earlier[-1:] == levels[-1:]
        return (first, second) if differ or ("相差" in lead and near.earlier[-2:] == levels) else None
    times = _time(first, near.text), _time(second, near.text)
    if re.match(SHAPE["against"], first.tail) or re.search("[前后]者", lead):
        return first, second
    if times[0] == times[1] or not all(times) or first not in near.earlier + near.later:
        return None
    return (first, second) if times[0] < times[1] else (second, first)


def _is_named(words: str, level: Claim, time: str) -> bool:
    """Whether the words behind 比 name a level: by its time, or as it is named itself."""
    return bool(time and (time in words or words in time)) or (len(words) > 1 and words in level.lead[-12:])


def _time(claim: Claim, text: str, start: int | None = None) -> str:
    """The time that a clause or sentence names last before a number; 上年 sorts before every year that is named."""
    times = re.findall(SHAPE["time"], text[claim.sentence[0] if start is None else start : claim.number.start])
    return times[-1].translate(str.maketrans("上去今本", "0099")) if times else ""
