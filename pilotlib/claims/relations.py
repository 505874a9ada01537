"""Layer one: what the words of a text state between its numbers (rates in `rates`), judged by the text alone.

A relation accuses only where the words determine which numbers it joins and no other reading of the passage fits; where
they do not, there is no finding.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, groupby, pairwise, takewhile
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import close_to, figure
from pilotlib.claims.grammar import AGREES, COUNTS, DISAGREES, OTHER_WORDS, PERCENT, SHAPE, WORDS, say
from pilotlib.claims.meaning import Claim
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
    """One way to compute a value: of which counts, how (in Chinese), and whether the words prove that it is meant."""

    expected: float
    computation: str
    parts: tuple[Claim, Claim]
    sure: bool


class Around(NamedTuple):
    """A claim with those of its sentence and of the sentence before; of these the `counts`, the nearest first; `since`
    are the counts before it, from the last percentage on; else those after it; else the sentence before's.
    """

    claim: Claim
    text: str
    earlier: list[Claim]
    later: list[Claim]
    counts: list[Claim]
    since: list[Claim]


def around(claims: list[Claim], text: str) -> Iterator[Around]:
    """Each claim of a passage with those that its relations can join."""
    before: list[Claim] = []
    for _, group in groupby(claims, key=lambda claim: claim.sentence):
        sentence = list(group)
        for place, claim in enumerate(sentence):
            earlier, later = sentence[max(0, place - _REACH) : place], sentence[place + 1 : place + 1 + _REACH]
            runs = [earlier[::-1], later, before[: -_REACH - 1 : -1]]
            near = [takewhile(lambda other: other.number.kind != PERCENT or is_change(other), run) for run in runs]
            counts = [[other for other in run if other.number.kind in COUNTS] for run in (*near, chain(*runs))]
            yield Around(claim, text, earlier, later, counts[-1], next(filter(None, counts[:-1]), []))
        before = sentence


def fits(claim: Claim, expected: float, *parts: Claim) -> bool:
    """Whether a stated value can be the one that follows from parts, as far as these are rounded (3.6万) or vague."""
    number = claim.number
    rounded = sum(part.number.step / part.value / 2 for part in parts if part.number.step > 1 and part.value)
    slack = 0.1 if any(part.number.modifier for part in parts) else min(rounded, 0.05)
    near = abs(claim.value - expected) <= slack * abs(expected) + number.step / 2
    return near or close_to(claim.value, number.step, number.modifier, expected)


def judged(claim: Claim, ways: Iterable[Way]) -> Finding | None:
    """Agreement with the first way that fits, else disagreement with the first that is sure and of nothing vague."""
    differs = None
    for expected, computation, parts, sure in ways:
        if fits(claim, expected, *parts):
            return Finding(AGREES, computation + "。", round(expected, 2), parts=parts)
        if sure and not differs and not any(part.number.modifier for part in parts):
            explanation = say("text_differs", computation=computation, written=claim.number.with_unit)
            differs = Finding(DISAGREES, explanation, round(expected, 2), parts=parts)
    return differs


def ratio(top: Claim, bottom: Claim, sure: bool) -> Way:
    """A rate, and how it comes about: 参加考核学生908 ÷ 培训学生1028 = 88.33%."""
    percent, written = top.value / bottom.value * 100, list[str]()
    for part in (top, bottom):
        titled = top.measure != bottom.measure or part.value != part.number.value
        written.append((title_of(part.measure) if titled else "") + figure(part.value))
    division = say("division", top=written[0], bottom=written[1], percent=figure(percent))
    return Way(percent, division, (top, bottom), sure)


def same_unit(claim: Claim, other: Claim) -> bool:
    """Whether two counts are of one unit: persons with persons, things with things of the same measure word."""
    one, two = claim.number, other.number
    return claim is not other and one.kind == two.kind and (one.kind != grammar.THINGS or one.unit == two.unit)


def about(claim: Claim) -> set[str]:
    """Whom a claim is of: the words for another place, time or part; a plan and 其中 aside."""
    after = {word.text for word in claim.after if {"part", "elsewhere"} & set(word.kinds)}
    return {word for name, word in claim.limits if name != "planned"} - set(WORDS["of which"]) | after


def is_change(claim: Claim) -> bool:
    """Whether a number says by how much something is more or less than something else."""
    return claim.number.unit.endswith(OTHER_WORDS["points"]) or bool(re.search(SHAPE["changed_by"], claim.lead))


def change_of(near: Around) -> Finding | None:
    """A growth, fall or difference between two values: 由 A 增至 B, 比 A 高, 较 A 增加, or B less its own increase."""
    claim, number, ways = near.claim, near.claim.number, list[Way]()
    relative = number.kind == PERCENT and not number.unit.endswith(OTHER_WORDS["points"])
    kinds = COUNTS if relative else (number.kind,)
    levels = [other for other in (*near.earlier, *near.later) if other.number.kind in kinds and not is_change(other)]
    levels = levels if relative else [level for level in levels if same_unit(claim, level)]
    for base, level, sure in _bases(near, levels):
        by, (less, more) = abs(level.value - base.value), sorted((base.value, level.value))
        percent = by / base.value * 100 if base.value else 0
        values = {"late": level.value, "early": base.value, "less": less, "more": more, "by": by, "percent": percent}
        fields = {name: figure(value) for name, value in values.items()}
        computation = say("growth" if relative else "difference", unit=number.unit, **fields)
        ways.append(Way(percent if relative else by, computation, (base, level), sure))
    finding = judged(claim, ways)
    changes = [other for other in near.earlier if is_change(other) and other.number.kind in COUNTS]
    if finding or not relative or len(changes) != 1:
        return finding
    by, fallen = changes[0].value, re.search(SHAPE["fallen"], changes[0].lead)
    alike = [level for level in levels if same_unit(changes[0], level)]
    levels = [level for level in alike if not re.search(SHAPE["compared_with"], level.lead)]
    for level in levels[-1:]:
        early = level.value + (by if fallen else -by)
        computation = say("growth_by", by=figure(by), early=figure(early), percent=figure(by / (early or 1) * 100))
        sure = len(levels) == 1 and not about(level) - about(claim)
        ways = [Way(by / early * 100, computation, (changes[0], level), sure)] if early > 0 else []
    return judged(claim, ways)


def _bases(near: Around, levels: list[Claim]) -> list[tuple[Claim, Claim, bool]]:
    """What a change starts from and what it leads to, and whether the words determine both."""
    claim, others = near.claim, near.earlier + near.later
    before = [level for level in levels if level.number.start < claim.number.start]
    run = levels if not before and re.fullmatch(SHAPE["goes_on_from"], claim.tail) else before
    for base, level in reversed(list(pairwise(run))):
        risen = re.search(SHAPE["risen_from"], base.lead) and re.search(SHAPE["risen_to"], level.lead)
        if risen and same_unit(base, level):
            return [(base, level, others.index(level) - others.index(base) == 1 and level is run[-1])]
    if len(before) > 1 and re.search(SHAPE["compared_with"], before[-1].lead) and near.earlier[-1] is before[-1]:
        return [(before[-1], level, len(before) == 2) for level in before[-2::-1] if same_unit(before[-1], level)]
    if len(levels) != 2 or not same_unit(*levels):
        return []
    times = [dict(level.limits).get("time", "") for level in levels]
    compared = re.search(SHAPE["compared"], claim.lead)
    other = compared["base"] if compared else ""
    named = [
        bool(other and ((time and (time in other or other in time)) or other in level.lead[-12:]))
        for level, time in zip(levels, times, strict=True)
    ]
    if sum(named) == 1:
        return [(levels[named[1]], levels[named[0]], True)]
    if times[0] == times[1]:
        return []
    first = 0 if not times[1] or "" < times[0] < times[1] else 1
    return [(levels[first], levels[1 - first], not all(times) or all(re.match(r"\d{4}", time) for time in times))]


def sum_of(near: Around) -> Finding | None:
    """A total and its parts: before it (合计, 共), or after it (其中, in a bracket, 初级2个、中级10个)."""
    claim, total = near.claim, re.search(SHAPE["total"], near.claim.lead)
    if not claim.number.unit or claim.names.names:
        return None
    parts, sure = _parts_before(near, total) if total else ([], False)
    if len(parts) < 2:
        total, (parts, sure) = None, _parts_behind(near)
    if len(parts) < 2:
        return None
    readings = [parts[first:] for first in range(len(parts) - 1)] if total else [parts]
    reading = next((way for way in readings if abs(sum(part.value for part in way) - claim.value) < 1e-6), parts)
    added, vague = sum(part.value for part in reading), any(part.number.modifier for part in (*reading, claim))
    too_much = total or added > claim.value
    state, sentence = (DISAGREES, "sum_differs") if too_much else (grammar.NOT_UNDERSTOOD, "sum_less")
    if abs(added - claim.value) < 1e-6:
        state, sentence = AGREES, "sum_agrees"
    elif vague or not sure:
        return None
    equation = f"{' + '.join(figure(part.value) for part in reading)} = {figure(added)}"
    said = say(sentence, sum=equation, n=claim.number, rest=figure(claim.value - added))
    return Finding(state, said, added, None, "+".join(part.number.written for part in reading), added)


def _parts_before(near: Around, total: re.Match[str]) -> tuple[list[Claim], bool]:
    """The counts of a total's unit back to the total before it, and whether they are its parts and nothing else."""
    parts: list[Claim] = []
    for other in reversed([other for other in near.earlier if other.number.unit == near.claim.number.unit]):
        if re.search(SHAPE["total"], other.lead) or is_change(other) or other.names.open:
            break
        parts.insert(0, other)
        if any(word in other.lead for word in WORDS["of which"]):
            break
    own, general = near.claim.kinds & grammar.KINDS["deeds"], grammar.KINDS["general_deeds"]
    deeds = [part.kinds & grammar.KINDS["deeds"] for part in parts] or [own]
    one_deed = len(set(deeds[1:])) < 2 and deeds[0] >= deeds[-1] and not own - deeds[0] - general
    several = any("of which" in part.kinds for part in parts[:1])
    one_measure = len({part.measure for part in parts if part.measure}) < 2 and not several
    distinct = len({_part_name(part) for part in parts}) == len(parts)
    return parts, one_deed and one_measure and distinct and bool(total["strong"] or not total["rest"])


def _parts_behind(near: Around) -> tuple[list[Claim], bool]:
    """The parts that follow a total, and whether no one can be counted in two of them."""
    claim, follow, parts, depth = near.claim, OTHER_WORDS["parts_follow"], list[Claim](), 0
    first = next((other for other in near.later if other.number.unit == claim.number.unit), None)
    if not first:
        return [], False
    bracket, named = first.lead.lstrip().startswith(("（", "(")), any(word in first.lead for word in follow)
    one_of_them = any(claim.lead.endswith(name) for name in grammar.EXCLUSIVE)
    if not (bracket or named or (_part_name(first) in grammar.EXCLUSIVE and not one_of_them)):
        return [], False
    for other in near.later:
        depth += len(re.findall("[（(]", other.lead)) - len(re.findall("[）)]", other.lead))
        ended = parts and any(word in other.lead for word in (*follow, "；", ";"))
        if ended or depth < bracket or other.number.kind == PERCENT or re.search(SHAPE["total"], other.lead):
            break
        parts += [other] if other.number.unit == claim.number.unit and depth == bracket else []
    names = [_part_name(part) for part in parts]
    if len(set(names)) < len(names) or not all(names) or any(is_change(part) for part in parts):
        return [], False
    groups = {grammar.EXCLUSIVE.get(name, "") for name in names}
    endings = {next((end for end in OTHER_WORDS["exclusive_endings"] if name.endswith(end)), "") for name in names}
    scopes = {part.scope for part in parts if any(part.scope)}
    return parts, any(len(kinds) == 1 and "" not in kinds for kinds in (groups, endings)) or len(scopes) == len(parts)


def _part_name(claim: Claim) -> str:
    """What stands between a part and the number before it, without what only joins them."""
    return re.sub(SHAPE["no_part_name"], "", claim.lead)
