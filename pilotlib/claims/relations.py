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
_RELATIVE = ("%", "倍", "番")  # what is no difference between two values


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
        return [[other for other in run if is_count(other)] for run in (*near, [*chain(*runs)])]


def around(claims: list[Claim], text: str) -> Iterator[Around]:
    """Each claim of a passage with those that its relations can join."""
    before: list[Claim] = []
    for _, group in groupby(claims, key=lambda claim: claim.sentence):
        sentence = list(group)
        for place, claim in enumerate(sentence):
            earlier, later = sentence[max(0, place - _REACH) : place], sentence[place + 1 : place + 1 + _REACH]
            yield Around(claim, text, earlier, later, before[: -_REACH - 1 : -1])
        before = sentence


def factor(claim: Claim) -> int:
    """What one of a number's unit is worth: of money in 元, of anything else 1."""
    return round(grammar.RULES["in_ten_thousands"].get(claim.number.unit, 1e-4) * 1e4)


def amount(claim: Claim) -> float:
    """What a number is worth, money in 元."""
    return claim.value * factor(claim)


def fits(claim: Claim, expected: float, *parts: Claim) -> bool:
    """Whether a stated value can be the one that follows from parts, as far as these are rounded (3.6万)."""
    value, step = amount(claim), claim.number.step * factor(claim)
    rounded = sum(part.number.step / part.value / 2 for part in parts if part.number.step != 1 and part.value)
    near = abs(value - expected) <= min(rounded, 0.05) * abs(expected) + step / 2 + 1e-9
    return near or close_to(value, step, claim.number.modifier, expected)


def judged(claim: Claim, ways: Iterable[Way]) -> Finding | None:
    """Agreement with the first way that fits, else disagreement with the first that is sure and of nothing vague."""
    differs = None
    for expected, computation, parts, sure in ways:
        if fits(claim, expected, *parts):
            return Finding(AGREES, computation + "。", round(expected, 2), parts=parts)
        if sure and not differs and not any(part.number.modifier for part in parts):
            explanation = say("text_differs", computation=computation, written=claim.number.with_unit)
            differs = Finding(DISAGREES, explanation, round(expected / factor(claim), 2), parts=parts)
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
    """Whom a claim is of: the words for another place, time or part, 其中 aside."""
    after = {word.text for word in claim.after if {"part", "elsewhere"} & set(word.kinds)}
    return {word for _, word in claim.limits} - set(WORDS["of which"]) | after


def is_count(claim: Claim) -> bool:
    """Whether a number says how many or how much there is, not by how much more."""
    return claim.number.kind in COUNTS and not is_change(claim)


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
    claim, unit, grown = near.claim, near.claim.number.unit, is_change(near.claim)
    levels, ways, fallen = _levels(near), list[Way](), bool(re.search(SHAPE["fallen"], claim.lead))
    pair = _determined(near, levels) or _by_its_increase(near, levels)
    pairs = [(base, level) for level, base in permutations(levels[-_PAIRED:], 2) if same_unit(base, level)]
    for base, level in [pair, *pairs] if pair else pairs:
        early, late = amount(base), amount(level)
        if unit in _RELATIVE and early * late <= 0:
            continue
        if unit not in _RELATIVE:
            early, late = sorted((early, late))
        expected, computation = change(unit, grown, early, late, "元" if base.number.kind == MONEY else unit)
        if (base, level) == pair or unit not in _RELATIVE or not grown or (expected < 0) == fallen:
            ways.append(Way(abs(expected), computation, (base, level), (base, level) == pair))
    return judged(claim, ways)


def change(unit: str, grown: bool, early: float, late: float, of: str = "") -> tuple[float, str]:
    """What a change or a multiple between two values comes to in its unit (difference of unit `of`), and how."""
    if unit == "番":
        value, sentence = math.log2(late / early), "doublings"
    elif unit == "倍":
        value, sentence = late / early - grown, "times_more" if grown else "times"
    elif unit == "%":
        value, sentence = (late / early - grown) * 100, "growth" if grown else "multiple"
    else:
        value, sentence = late - early, "difference"
    return value, say(sentence, early=figure(early), late=figure(late), value=figure(value), unit=of or unit)


def _levels(near: Around) -> list[Claim]:
    """The values that a change or a multiple can be between: those before it, if there are two."""
    claim = near.claim
    stated = [other for other in (*near.earlier, *near.later) if not is_change(other)]
    levels = [other for other in stated if not is_each(other)]
    levels = levels if len(levels) > 1 else stated
    if claim.number.unit not in _RELATIVE:
        levels = [level for level in levels if same_unit(claim, level)]
    else:
        of_rates = bool(re.search(SHAPE["of_a_rate"], claim.lead))
        levels = [level for level in levels if (level.number.kind == PERCENT) == of_rates]
    before = [level for level in levels if level.number.start < claim.number.start]
    return before if len(before) > 1 else levels


def _by_its_increase(near: Around, levels: list[Claim]) -> tuple[Claim, Claim] | None:
    """较上年增加0.4万人，达2.4万人，增长20%: the value before is what is left of the one now."""
    changes = [other for other in near.earlier if is_change(other)]
    levels = [level for level in levels if changes and same_unit(changes[0], level)]
    if not len(changes) == len(levels) == 1:
        return None
    by = changes[0].value * (-1 if re.search(SHAPE["fallen"], changes[0].lead) else 1)
    return levels[0]._replace(value=levels[0].value - by), levels[0]


def _determined(near: Around, levels: list[Claim]) -> tuple[Claim, Claim] | None:
    """What a change starts from and what it leads to, where the words determine both."""
    lead, last = near.claim.lead, levels[-1:]
    for base, level in [*pairwise(levels)][-1:]:
        risen = re.search(SHAPE["risen_from"], base.lead) and re.search(SHAPE["risen_to"], level.lead)
        if risen and level in near.earlier:
            return (base, level) if same_unit(base, level) else None
    # 比A（n）多d, B是A的n倍: the last is compared with; 比A多d: the one that is so named.
    bases = [base for base in last if re.search(SHAPE["compared_with"], base.lead) or lead.strip() == SHAPE["of"]]
    compared = re.search(SHAPE["compared"], lead)
    if not bases and compared and compared["base"]:
        bases = [level for level in levels if compared["base"] in level.lead[-12:]]
    if len(bases) == 1:
        others = [level for level in levels if same_unit(bases[0], level)]
        return (bases[0], others[0]) if len(others) == 1 else None
    if len(levels) != 2 or not same_unit(*levels):
        return None
    first, second = levels
    former = re.search(SHAPE["former"], lead)
    if re.search(SHAPE["apart"], lead) and not former:
        return (first, second) if about(first) != about(second) else None
    if former or re.match(SHAPE["against"], first.tail):
        return first, second
    earlier, later = sorted(levels, key=lambda level: _time(level, near.text))
    times = _time(earlier, near.text), _time(later, near.text)
    return (earlier, later) if times[0] and times[0] != times[1] else None


def _time(claim: Claim, text: str) -> str:
    """The time that a sentence names last before a number; 上年 sorts before every year that is named."""
    times = re.findall(SHAPE["time"], text[claim.sentence[0] : claim.number.start])
    return times[-1].translate(str.maketrans(*SHAPE["order_of_times"])) if times else ""
