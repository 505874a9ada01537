"""Layer one: what the words of a text state between its numbers, judged by the text alone.

As a number stands, it comes about by one computation, its `family`: `pairs` of two others, `sums` of several. It is
called wrong only where the words determine of which, and no other reading of the passage fits.
"""

import math
import re
from collections.abc import Iterable, Iterator
from itertools import groupby, product, takewhile
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.claim import Claim, about, amount, factor, same_unit
from pilotlib.claims.facts import close_to, figure
from pilotlib.claims.grammar import AGREES, DISAGREES, SHAPE, WORDS, say
from pilotlib.claims.text import kinds_of
from pilotlib.columns import title_of

_REACH = 40  # so many claims before and after one are looked at together with it
RELATIVE = ("%", "倍", "番")  # units of what is no difference between two values
Pair = tuple[Claim, Claim]


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
        one, two = sentence[place - 1], sentence[place]
        if not one.number.unit and re.fullmatch(SHAPE["joint"], two.lead):  # 43、35、9分
            alike = one.number._replace(unit=two.number.unit, kind=two.number.kind)
            sentence[place - 1] = one._replace(number=alike)
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


def fits(claim: Claim, expected: float, *parts: Claim) -> bool:
    """Whether a stated value can be the one that follows from parts, as far as these are rounded (3.6万)."""
    value, step = amount(claim), 0.2 if claim.number.unit == "番" else claim.number.step * factor(claim)
    rounded = sum(part.number.step / part.value / 2 for part in parts if part.number.step != 1 and part.value)
    near = abs(value - expected) <= min(rounded, 0.05) * abs(expected) + step / 2 + 1e-9
    return near or close_to(value, step, claim.number.modifier, expected)


def is_near(claim: Claim, expected: float) -> bool:
    """Whether a value can be meant by what is stated: one that is far off is of something else."""
    most = grammar.RULES["measure_rules"]["far"]
    return expected < amount(claim) * most and amount(claim) < expected * most


def judged(claim: Claim, ways: Iterable[Way]) -> Finding | None:
    """Agreement with the first way that fits, else disagreement with the first that is sure, near, of nothing vague."""
    differs = None
    for expected, computation, parts, sure in ways:
        if fits(claim, expected, *parts):
            return Finding(AGREES, computation + "。", round(expected, 2), parts=parts)
        vague = any(part.number.modifier for part in parts) or not is_near(claim, expected)
        if sure and not differs and not vague:
            explanation = say("text_differs", computation=computation, written=claim.number.with_unit)
            differs = Finding(DISAGREES, explanation, round(expected / factor(claim), 2), parts=parts)
    return differs


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


# --- Which two operands the words join, where no form of the grammar says it ---


def rate_named(near: Around) -> grammar.Rate | None:
    """The rate named right behind a percentage, else the one that its clause names last, else the sentence.

    Of a sentence only if the clause names no share and no other rate; what is compared with (低于去年的87.9%) has none.
    """
    claim, sentence = near.claim, near.text[near.claim.sentence[0] : near.claim.number.start]
    behind = near.text[claim.number.unit_end : claim.number.unit_end + 12]
    for word in [word for word in grammar.RATE_NAMED if behind.startswith(SHAPE["of"] + word)]:
        return grammar.RATE_NAMED[word]
    clause = sentence[claim.clause[0] - claim.sentence[0] :]
    ends = [(sentence.rfind(word) + len(word), len(word), word) for word in grammar.RATE_NAMED if word in sentence]
    end, _, name = max(ends, default=(0, 0, ""))
    unnamed = end <= len(sentence) - len(clause) and re.search(SHAPE["other_rate"], clause)
    return None if unnamed or re.search(SHAPE["compared_with"], claim.stands) else grammar.RATE_NAMED.get(name)


def by_rate(near: Around, pool: list[Claim]) -> list[Pair]:
    """The counts that the words of a rate name, since the rate before it; else in the sentence before."""
    rate = rate_named(near)
    if not rate:
        return []
    later = takewhile(lambda other: not any(mark in other.lead for mark in SHAPE["carry_ends"]), near.later)
    near_ones = (takewhile(lambda other: other.family != "ratio", run) for run in (near.earlier, later, near.before))
    counts = [other for other in pool if other.number.kind != "rounds"]
    since = next(filter(None, ([other for other in run if other in counts] for run in near_ones)), [])
    failed = [other for other in since if re.search(SHAPE["failed"], other.stands)]
    tops = [other for other in since if other.kinds & {*rate.top} and other not in failed]
    tops = [other for other in tops if rate.bottom[0] not in other.kinds] or tops  # 报名参加考核642人，到考617人
    rest = [other for other in since if other not in tops and not other.kinds & {*rate.bottom}]
    if not any(other.number.kind == grammar.PEOPLE for other in tops):
        tops += [other for other in rest if other.measure == rate.numerator]
    bottoms, usual = list[Claim](), rate.bottom[0]
    for run, kind in product((since, pool), (*rate.bottom, *rate.denominators)):
        apart = [other for other in run if other not in (*tops, *failed)]
        apart = [other for other in apart if kind == usual or not other.kinds & {*rate.top}]
        bottoms = bottoms or [other for other in apart if kind in (*other.kinds, other.measure)]
    least = tops[0].value if tops and "done" not in rate.top else 0
    others = [other for other in since if other not in tops and other.value >= least]
    if bottoms and not tops and len(failed) == 1:  # 63人参加，9人不合格
        tops = [bottoms[0]._replace(value=bottoms[0].value - failed[0].value)]
    return [*product(tops, bottoms or others)]


def of_others(near: Around, rate: grammar.Rate | None, joined: list[Way]) -> bool:
    """Whether a share or rate may be of others than its counts: of another part, or of a name behind ； or 。."""
    claim, parts = near.claim, [part for way in joined for part in way.parts]
    if not rate:
        return not about(claim) <= set[str]().union(*map(about, parts))
    if any(about(part) != about(claim) for part in parts):
        return "done" not in rate.top
    section = section_of(near)
    whom = claim.unknown or any("part" in word.kinds for word in claim.before if word.start > section)
    return bool(whom) and any(way.parts[0].number.start < section for way in joined)


def section_of(near: Around) -> int:
    """The place of the last ； or 。 before a claim."""
    return max(near.text.rfind(mark, 0, near.claim.number.start) for mark in SHAPE["section_ends"])


def by_time(near: Around, pool: list[Claim]) -> list[Pair]:
    """The last two values, if of different times, the earlier first; the later is of the change's own time."""
    own = re.findall(SHAPE["time"], near.claim.lead)
    if len(pool) < 2 or (len(pool) > 2 and not re.search(SHAPE["year_by_year"], near.claim.lead)):
        return []
    early, late = sorted(pool[:2], key=lambda level: _time(level, near.text))
    times = _time(early, near.text), _time(late, near.text)
    of_late = not own or own[-1] == times[1]
    return [(early, late)] if "" != times[0] != times[1] and of_late else []


def _time(claim: Claim, text: str) -> str:
    """The time that a sentence names last before a number; 上年 sorts before every year that is named."""
    times = re.findall(SHAPE["time"], text[claim.sentence[0] : claim.number.start])
    return times[-1].translate(str.maketrans(*SHAPE["order_of_times"])) if times else ""


def by_increase(near: Around, pool: list[Claim]) -> list[Pair]:
    """较上年增加0.4万人，达2.4万人，增长20%: the value before is what is left of the one now."""
    changes = [other for other in near.earlier if other.family == "change" and other.number.unit not in RELATIVE]
    levels = [level for level in pool if changes and same_unit(changes[0], level)]
    if not len(changes) == len(levels) == 1 or near.claim.number.unit not in RELATIVE:
        return []
    by = changes[0].value * (-1 if re.search(SHAPE["fallen"], changes[0].stands) else 1)
    return [(levels[0]._replace(value=levels[0].value - by), levels[0])]
