"""Layer one: what the words of a text state between its numbers, judged by the text alone.

As a number stands, it comes about by one computation, its `family`: `pairs` of two others, `sums` of several. It is
called wrong only where the words determine of which, and no other reading of the passage fits.
"""

import math
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import close_to, figure
from pilotlib.claims.grammar import AGREES, DISAGREES, MONEY, PEOPLE, PERCENT, SHAPE, TIMES, WORDS, say
from pilotlib.claims.meaning import Claim
from pilotlib.claims.text import kinds_of
from pilotlib.columns import title_of

_REACH = 40  # so many claims before and after one are looked at together with it


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
    """A claim with those of its sentence, before it (the nearest first) and after it, and those of the sentences before
    (the last first) and after it.
    """

    claim: Claim
    text: str
    earlier: list[Claim]
    later: list[Claim]
    before: list[Claim]
    behind: list[Claim]

    @property
    def counts(self) -> list[Claim]:
        """The counts around the claim, the nearest first, without those of the sentence after it."""
        return [other for other in (*self.earlier, *self.later, *self.before) if is_count(other)]


def around(claims: list[Claim], text: str) -> Iterator[Around]:
    """Each claim of a passage with those that its relations can join."""
    sentences = [_in_lists([*group]) for _, group in groupby(claims, key=lambda claim: claim.sentence)]
    for number, sentence in enumerate(sentences):
        before = sentences[number - 1][: -_REACH - 1 : -1] if number else []
        behind = sentences[number + 1][:_REACH] if number + 1 < len(sentences) else []
        for place, claim in enumerate(sentence):
            last = place - (claim.place[0] if claim.family == "ratio" else 0)  # not those of its own list
            earlier, later = sentence[max(0, last - _REACH) : last][::-1], sentence[place + 1 : place + 1 + _REACH]
            yield Around(claim, text, earlier, later, before, behind)


def _in_lists(sentence: list[Claim]) -> list[Claim]:
    """The claims of a sentence, with place in a list and family; in a bare list (80人和50人) all stand alike."""
    lists = list[list[Claim]]()
    for place in range(len(sentence) - 1, 0, -1):
        claim, one = sentence[place], sentence[place - 1]
        if not one.number.unit and re.fullmatch(SHAPE["joint"], claim.lead):  # 43、35、9分
            sentence[place - 1] = one._replace(
                number=one.number._replace(unit=claim.number.unit, kind=claim.number.kind)
            )
    for claim in sentence:
        joined = lists and same_unit(lists[-1][-1], claim) and re.fullmatch(SHAPE["next_of_list"], claim.lead)
        lists[-1:] = [*lists[-1:-1], [*lists[-1], claim]] if joined else [*lists[-1:], [claim]]
    placed = list[Claim]()
    for row in lists:
        bare = all(re.fullmatch(SHAPE["joint"], claim.lead) for claim in row[1:])
        for place, claim in enumerate(row):
            stands = f"{(row[0] if bare else claim).lead}#{claim.number.unit}{(row[-1] if bare else claim).tail}"
            family = next((name for name, cue in grammar.FAMILIES.items() if cue.search(stands)), "")
            kinds = claim.kinds | kinds_of(row[-1].after) | (row[0].kinds if bare else frozenset())
            placed.append(claim._replace(place=(place, len(row)), stands=stands, family=family, kinds=kinds))
    return _with_shares(placed)


def _with_shares(sentence: list[Claim]) -> list[Claim]:
    """The claims of a sentence, those marked that a share follows; a share that says no whole is of the one before."""
    base = ""
    for at, claim in enumerate(sentence):
        share = re.search(SHAPE["share_of"], claim.stands) if claim.family == "ratio" else None
        if share and at:
            part = sentence[at - 1]
            sentence[at - 1] = part._replace(is_part=bool(re.search(SHAPE["share_behind"], claim.stands)))
            if not share["base"] and base and not any(word in part.lead for word in WORDS["of which"]):
                sentence[at] = claim._replace(stands=claim.stands.replace("#", base + "#", 1))
            base = share["base"] or base
    return sentence


def factor(claim: Claim) -> int:
    """What one of a number's unit is worth: of money in 元, of anything else 1."""
    return round(grammar.RULES["in_ten_thousands"].get(claim.number.unit, 1e-4) * 1e4)


def amount(claim: Claim) -> float:
    """What a number is worth, money in 元."""
    return claim.value * factor(claim)


def fits(claim: Claim, expected: float, *parts: Claim) -> bool:
    """Whether a stated value can be the one that follows from parts, as far as these are rounded (3.6万)."""
    value, step = amount(claim), 0.2 if claim.number.unit == "番" else claim.number.step * factor(claim)
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


def ratio(top: Claim, bottom: Claim, *, sure: bool = False, per: int = 100) -> Way:
    """A rate, and how it comes about: 参加考核学生908 ÷ 培训学生1028 = 88.33%."""
    rate, written = amount(top) / amount(bottom) * per, list[str]()
    for part in (top, bottom):
        titled = top.measure != bottom.measure or part.value != part.number.value
        written.append((title_of(part.measure) if titled else "") + figure(amount(part)))
    sign = {100: "%", 1000: "‰"}.get(per, "")
    division = say("division", top=written[0], bottom=written[1], percent=figure(rate) + sign)
    return Way(rate, division, (top, bottom), sure)


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
