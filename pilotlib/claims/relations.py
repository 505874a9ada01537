"""Layer one: what the words of a text state between its numbers, judged by the text alone.

A relation accuses only where the words determine which numbers it joins and no other reading of the passage fits; where
they do not, there is no finding.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import close_to, figure
from pilotlib.claims.grammar import (
    AGREES,
    DISAGREES,
    KINDS,
    MONEY,
    NOT_UNDERSTOOD,
    OTHER_WORDS,
    PEOPLE,
    PERCENT,
    SHAPE,
    THINGS,
    TIMES,
    say,
)
from pilotlib.claims.meaning import Claim, measure_of
from pilotlib.claims.text import kinds_of
from pilotlib.columns import title_of

_COUNTS = (PEOPLE, TIMES, THINGS, MONEY)
_REACH = 40  # so many claims before and after one are looked at together with it


class Count(NamedTuple):
    """A count that a rate is formed of: what it is, what it is worth, whether the passage states it."""

    measure: str
    value: float

    @property
    def written(self) -> str:
        """As an explanation tells it: 参加考核学生908, or 1800 where it is not known what it counts."""
        return (title_of(self.measure) if self.measure else "") + figure(self.value)


class Finding(NamedTuple):
    """What a relation says of a claim: its state, the value that follows from the others, and the computation.

    `derived` is the computation as it is written in a row of its own ("" for none) with its value. `parts` are the
    counts that a rate was formed of.
    """

    state: str
    explanation: str
    expected: float
    derived: str = ""
    value: float = 0
    parts: tuple[Count, ...] = ()


class Around(NamedTuple):
    """A claim with those of its sentence, and of the sentence before it in the passage."""

    claim: Claim
    earlier: list[Claim]
    later: list[Claim]
    sentence_before: list[Claim]

    @property
    def since(self) -> list[Claim]:
        """The counts before it, from the last percentage on; else those after it; else those of the sentence before."""
        for run in (self.earlier[::-1], self.later, self.sentence_before[::-1]):
            counts = [*_up_to(run, lambda other: other.number.kind == PERCENT and not is_change(other))]
            counts = [other for other in counts if other.number.kind in _COUNTS]
            if counts:
                return counts
        return []

    @property
    def all(self) -> list[Claim]:
        """All counts of the sentence and the one before, the nearest first."""
        near = [*self.earlier[::-1], *self.later, *self.sentence_before[::-1]]
        return [other for other in near if other.number.kind in _COUNTS]


def around(claims: list[Claim]) -> Iterator[Around]:
    """Each claim of a passage with those that its relations can join."""
    before: list[Claim] = []
    for _, group in groupby(claims, key=lambda claim: claim.sentence):
        sentence = list(group)
        for place, claim in enumerate(sentence):
            earlier, later = sentence[max(0, place - _REACH) : place], sentence[place + 1 : place + 1 + _REACH]
            yield Around(claim, earlier, later, before[-_REACH:])
        before = sentence


def relations_of(near: Around) -> list[Finding]:
    """What the words of the text state of a claim, each relation that they determine."""
    if is_change(near.claim):
        judges: tuple[Callable[[Around], Finding | None], ...] = (_change,)
    else:
        judges = (_rate, _share) if near.claim.number.kind == PERCENT else (_total_after, _parts_after)
    return [finding for judge in judges if (finding := judge(near))]


def fits(claim: Claim, expected: float, parts: Iterable[Claim] = ()) -> bool:
    """Whether a stated value can be the one that follows from parts, as far as these are rounded (3.6万) or vague."""
    number = claim.number
    if close_to(claim.value, number.step, number.modifier, expected):
        return True
    rounded = sum(part.number.step / part.value / 2 for part in parts if part.number.step > 1 and part.value)
    vague = max((0.1 for part in parts if part.number.modifier), default=0.0)
    return abs(claim.value - expected) <= max(min(rounded, 0.05), vague) * abs(expected) + number.step / 2


def _finding(
    claim: Claim, expected: float, parts: list[Claim], sentence: str, *, sure: bool, **fields: object
) -> Finding | None:
    """Agreement where the value fits; disagreement where it does not, the words are sure and nothing is vague."""
    agrees = fits(claim, expected, parts)
    if not agrees and (not sure or any(part.number.modifier for part in parts)):
        return None
    computation = say(sentence, **fields)
    explanation = (
        computation if agrees else say("text_differs", computation=computation, written=claim.number.with_unit)
    )
    counts = tuple(Count(part.measure, part.value) for part in parts)
    return Finding(AGREES if agrees else DISAGREES, explanation, round(expected, 2), parts=counts)


def _best(findings: Iterable[Finding | None]) -> Finding | None:
    return min(filter(None, findings), key=lambda finding: finding.state != AGREES, default=None)


def _up_to(claims: Iterable[Claim], ends: Callable[[Claim], object]) -> Iterator[Claim]:
    for claim in claims:
        if ends(claim):
            return
        yield claim


def _same(claim: Claim, other: Claim) -> bool:
    """Whether two counts are of one unit: persons with persons, things with things of the same measure word."""
    one, two = claim.number, other.number
    return one.kind == two.kind and (one.kind != THINGS or one.unit == two.unit)


def _about(claim: Claim) -> set[str]:
    """Whom a claim is of: the words for another place, time or part; a plan and 其中 aside."""
    limits = {word for name, word in claim.limits if name != "planned"}
    after = {word.text for word in claim.after if {"part", "elsewhere"} & set(word.kinds)}
    return (limits | after) - set(grammar.WORDS["of which"])


# --- Rates ---


def rate_named(claim: Claim, text_before: str) -> grammar.Rate | None:
    """The rate that a clause names last before a percentage; where it names none and no share, the sentence's last."""
    clause = text_before[-(claim.number.start - claim.clause[0]) or len(text_before) :]
    of_another = any(word in clause for word in OTHER_WORDS["rate_endings"] + OTHER_WORDS["share"])
    for text in (clause, "" if of_another else text_before):
        names = [(word, place) for place, rate in enumerate(grammar.RATES) for word in rate.words if word in text]
        ends = [(text.rfind(word) + len(word), len(word), place) for word, place in names]
        if ends:
            return grammar.RATES[max(ends)[2]]
    return None


def _rate(near: Around) -> Finding | None:
    """A rate with a name: its numerator and denominator by their words, in the sentence or the one before."""
    claim, text = near.claim, "".join(other.lead for other in near.earlier) + near.claim.lead
    rate, unnamed = rate_named(claim, text), re.search(SHAPE["unnamed_rate"], claim.lead)
    if rate:
        tops = [other for other in near.since if other.kinds & set(rate.top) and not is_change(other)]
        bottoms = [
            found
            for counts in (near.since, near.all)
            for kind in rate.bottom
            if (found := [other for other in counts if kind in other.kinds and not other.kinds & set(rate.top)])
        ]
    elif unnamed:
        stem = unnamed["stem"]
        tops = [other for other in near.since if stem in other.lead[-8:] + other.tail[:8]]
        bottoms = []
    else:
        return None
    return _divided(near, tops, [other for group in bottoms[:1] for other in group], rate)


def _divided(near: Around, tops: list[Claim], bottoms: list[Claim], rate: grammar.Rate | None) -> Finding | None:
    """A percentage held against the ways to form it; without a denominator of its own words, the only larger count."""
    claim, more = near.claim, bool(rate and "done" in rate.top)
    strict = [top for top in tops if _about(top) == _about(claim)]
    ways: list[tuple[Claim, Claim, bool]] = []
    for top in tops:
        same = [other for other in bottoms if _same(top, other) and other is not top]
        if not same:
            others = [other for other in (*near.earlier, *near.later) if _same(top, other) and other is not top]
            same = [other for other in others if other.value >= top.value] if len(others) == 1 else []
        values = {other.value for other in same}
        for other in same:
            sure = len(values) == 1 and len({each.value for each in strict}) == 1 and _about(other) == _about(claim)
            plausible = other.value and (more or top.value <= other.value)
            ways += [(top, other, sure and top in strict)] if plausible else []
    found = [
        _finding(claim, top.value / bottom.value * 100, [top, bottom], "text_rate", sure=sure, **_of_rate(top, bottom))
        for top, bottom, sure in ways
    ]
    best = _best(found)
    if not best or best.state == AGREES:
        return best
    return (
        None
        if _fits_otherwise(near, tops)
        else best._replace(explanation=best.explanation + _implied(claim, *best.parts))
    )


def _implied(claim: Claim, top: Count, bottom: Count) -> str:
    """The denominator, between the two counts of a wrong rate, that would make it true, in words; "" for none."""
    implied = round(top.value / claim.value * 100) if claim.value else 0
    if not top.value <= implied <= bottom.value or not fits(claim, top.value / implied * 100):
        return ""
    return say("other_denominator", denominator=implied, percent=figure(claim.value))


def _of_rate(top: Claim, bottom: Claim) -> dict[str, str]:
    named = top.measure != bottom.measure
    written = [Count(part.measure if named else "", part.value).written for part in (top, bottom)]
    return {"top": written[0], "bottom": written[1], "percent": figure(top.value / bottom.value * 100)}


def _fits_otherwise(near: Around, tops: list[Claim]) -> bool:
    """Whether some other count of the passage as denominator makes a rate true."""
    pairs = [(top, other) for top in tops for other in near.all if other.value and _same(top, other)]
    return any(fits(near.claim, top.value / other.value * 100, [top, other]) for top, other in pairs)


class Share(NamedTuple):
    """A percentage as a share: the count that it is a share of something with, if one stands there, and what it is of.

    `base` is what stands behind 占 ("" for the whole), `of` its measure, `inside` a count that stands in it.
    """

    top: Claim | None
    base: str
    of: str
    inside: Claim | None


def share_of(near: Around) -> Share | None:
    """What a percentage says to be a share of: 513人（占56.5%）, 分别占56.5%和43.5%, 占1028名学生的88%."""
    claim, earlier, inside = near.claim, near.earlier, None
    match = re.search(SHAPE["share"], claim.lead)
    if not match and earlier and re.fullmatch(SHAPE["after_base"], claim.lead):
        match, inside = re.search(SHAPE["share"], earlier[-1].lead), earlier[-1]
        earlier = earlier[:-1]
    paired = _paired(near)
    if not match and not paired and not (earlier and re.fullmatch(SHAPE["share_opens"], claim.lead)):
        return None
    holder = inside or claim
    if paired and not match:
        holder = next((other for other in earlier if other.number.kind == PERCENT), claim)
        match = re.search(SHAPE["share"], holder.lead)
    *another, subject = re.split(SHAPE["between_clauses"], holder.lead[: match.start()] if match else "")
    subject = re.sub(SHAPE["no_subject"], "", subject) if another else ""
    beside = earlier[-1] if earlier and earlier[-1].number.kind in _COUNTS and not subject else None
    text = match["base"] if match else ""
    start = holder.number.start - len(text)
    of = measure_of(PEOPLE, "", kinds_of(word for word in holder.before if word.start >= start)) if text else ""
    base = re.sub(SHAPE["no_base"], "", text)
    return Share(paired or beside, "" if re.fullmatch(SHAPE["whole"], base) else base, of, inside)


def _share(near: Around) -> Finding | None:
    """A share: of what stands behind 占, of the whole before 其中, or of a larger count of something else."""
    claim, share = near.claim, share_of(near)
    if not share or not share.top or "each one" in share.top.kinds:
        return None
    top = share.top
    others = [other for other in near.all if _same(top, other) and other.value >= top.value and other is not top]
    if share.inside:
        wholes = [share.inside] if _same(top, share.inside) else []
        sure = True
    elif share.base:
        wholes = [other for other in others if _is_base(share, top, other)]
        sure = len({whole.value for whole in wholes}) == 1
    else:
        counts = [other for other in near.earlier if other.number.kind in _COUNTS]
        whole = _whole_of(top, counts)
        larger = [other for other in others if other in counts]
        wholes = whole or larger
        sure = bool(whole) or (
            sum(_same(top, other) for other in counts) == 2
            and len(larger) == 1
            and larger[0].measure not in ("", top.measure)
        )
    sure = sure and (not _about(claim) - _about(top) or bool(share.base or share.inside))
    return _best(
        _finding(claim, top.value / whole.value * 100, [top, whole], "text_rate", sure=sure, **_of_rate(top, whole))
        for whole in wholes
        if whole.value
    )


def _is_base(share: Share, top: Claim, other: Claim) -> bool:
    """Whether a count is what stands behind 占: by its words, by what it counts, or as the other place named there."""
    if share.of and share.of != top.measure and other.measure == share.of:
        return True
    return share.base in other.lead[-14:] + other.tail[:10] or share.base in _about(other)


def _whole_of(part: Claim, counts: list[Claim]) -> list[Claim]:
    """The count before the last 其中 at or before a part, or one followed by 中 (908人中), of the same unit."""
    among = [count for count in counts if re.match(SHAPE["among_them"], count.tail) and _same(part, count)]
    if among and part is not among[-1]:
        return among[-1:]
    for place in range(counts.index(part), 0, -1):
        if any(word in counts[place].lead for word in grammar.WORDS["of which"]):
            return [whole for whole in counts[place - 1 : place] if _same(part, whole)]
    return []


def _paired(near: Around) -> Claim | None:
    """The count that belongs to a percentage after 分别: of two percentages the second goes with the second count."""
    run = [*near.earlier, near.claim, *near.later]
    first = next((place for place, other in enumerate(run) if other.number.kind == PERCENT), 0)
    percents = [other for other in run[first:] if other.number.kind == PERCENT]
    counts = [other for other in run[:first] if other.number.kind in _COUNTS][-len(percents) :]
    respectively = any(word in run[first].lead for word in OTHER_WORDS["respectively"])
    if not respectively or len(counts) != len(percents) or len(percents) < 2:
        return None
    return counts[[other.number.start for other in percents].index(near.claim.number.start)]


# --- Changes and differences ---


def is_change(claim: Claim) -> bool:
    """Whether a number says by how much something is more or less than something else."""
    return claim.number.unit.endswith(OTHER_WORDS["points"]) or bool(re.search(SHAPE["changed_by"], claim.lead))


def _change(near: Around) -> Finding | None:
    """A growth, fall or difference between two values: 由 A 增至 B, 比 A 高, 较 A 增加, or B less its own increase."""
    claim, number = near.claim, near.claim.number
    relative = number.kind == PERCENT and not number.unit.endswith(OTHER_WORDS["points"])
    levels = [
        other
        for other in (*near.earlier, *near.later)
        if not is_change(other) and _is_level(claim, other, relative=relative)
    ]
    found: list[Finding | None] = []
    for base, level, sure in _bases(near, levels):
        if relative and base.value:
            values = {"late": figure(level.value), "early": figure(base.value)}
            percent = (level.value - base.value) / base.value * 100
            values["percent"] = figure(abs(percent))
            found.append(_finding(claim, abs(percent), [base, level], "growth", sure=sure, **values))
        elif not relative:
            values = {"more": figure(max(base.value, level.value)), "less": figure(min(base.value, level.value))}
            by = abs(level.value - base.value)
            values |= {"by": figure(by), "unit": number.unit}
            found.append(_finding(claim, by, [base, level], "difference", sure=sure, **values))
    if best := _best(found):
        return best
    changes = [other for other in near.earlier if is_change(other) and other.number.kind in _COUNTS]
    levels = [level for level in levels if not re.search(SHAPE["compared_with"], level.lead)]
    levels = [level for level in levels if len(changes) == 1 and _same(changes[0], level)]
    if relative and len(changes) == 1 and levels:
        early = levels[-1].value + (
            changes[0].value if re.search(SHAPE["fallen"], changes[0].lead) else -changes[0].value
        )
        percent = abs(changes[0].value / early * 100) if early > 0 else 0
        fields = {"by": figure(changes[0].value), "early": figure(early), "percent": figure(percent)}
        sure = early > 0 and len(levels) == 1 and not _about(levels[-1]) - _about(claim)
        return _finding(claim, percent, [changes[0], levels[-1]], "growth_by", sure=sure, **fields)
    return None


def _is_level(claim: Claim, other: Claim, *, relative: bool) -> bool:
    """Whether a number can be one of the two that a change lies between."""
    if relative:
        return other.number.kind in _COUNTS
    if claim.number.unit.endswith(OTHER_WORDS["points"]):
        return other.number.kind == PERCENT
    return _same(claim, other)


def _bases(near: Around, levels: list[Claim]) -> Iterator[tuple[Claim, Claim, bool]]:
    """What a change starts from and what it leads to, and whether the words determine both."""
    claim = near.claim
    before = [level for level in levels if level.number.start < claim.number.start]
    run = before if len(before) > 1 else [] if before or not re.fullmatch(SHAPE["goes_on_from"], claim.tail) else levels
    for base, level in zip(reversed(run[:-1]), reversed(run[1:]), strict=True):
        between_them = near.earlier + near.later
        adjacent = between_them.index(level) - between_them.index(base) == 1
        if (
            re.search(SHAPE["risen_from"], base.lead)
            and re.search(SHAPE["risen_to"], level.lead)
            and _same(base, level)
        ):
            yield base, level, adjacent and level is run[-1]
            return
    if len(before) > 1 and re.search(SHAPE["compared_with"], before[-1].lead) and near.earlier[-1] is before[-1]:
        yield from (
            (before[-1], level, len(before) == 2) for level in reversed(before[:-1]) if _same(before[-1], level)
        )
        return
    compared = re.search(SHAPE["compared"], claim.lead)
    times = {level.number.start: next((word for name, word in level.limits if name == "time"), "") for level in levels}
    if compared and len(levels) == 2 and _same(*levels):
        named = [level for level in levels if _names(compared["base"], level, times[level.number.start])]
        if len(named) == 1:
            other = levels[1 - levels.index(named[0])]
            yield named[0], other, times[other.number.start] != times[named[0].number.start] or bool(compared["base"])
            return
    early = [level for level in levels if times[level.number.start]]
    if len(levels) == 2 and len({*times.values()}) == 2 and _same(*levels) and early:
        earliest = min(levels, key=lambda level: (not times[level.number.start], times[level.number.start]))
        yield (
            earliest,
            levels[1 - levels.index(earliest)],
            len(early) == 1 or all(re.match(r"\d{4}", time) for time in times.values()),
        )


def _names(base: str, level: Claim, time: str) -> bool:
    """Whether what stands behind 较 names a level: by its time, or by a word beside it."""
    if not base:
        return False
    return (bool(time) and (time in base or base in time)) or base in level.lead[-12:]


# --- Sums ---


def _total_after(near: Around) -> Finding | None:
    """A total (合计, 共) after its parts: those of its sentence with its unit, back to the total before it."""
    claim, total = near.claim, re.search(SHAPE["total"], near.claim.lead)
    if claim.number.kind not in _COUNTS or claim.names.names or not total:
        return None
    parts: list[Claim] = []
    for other in reversed([other for other in near.earlier if other.number.unit == claim.number.unit]):
        if re.search(SHAPE["total"], other.lead) or is_change(other) or other.names.open:
            break
        parts.insert(0, other)
        if any(word in other.lead for word in grammar.WORDS["of which"]):
            break
    if len(parts) < 2:
        return None
    for first in range(len(parts) - 1):
        if abs(sum(part.value for part in parts[first:]) - claim.value) < 1e-6:
            return _sum(claim, parts[first:], AGREES, "sum_agrees")
    verbs = [frozenset(part.kinds & KINDS["deeds"]) for part in parts]
    own = claim.kinds & KINDS["deeds"]
    plain = (
        len(set(verbs[1:])) < 2 and verbs[0] >= verbs[-1] and not any(part.number.modifier for part in (*parts, claim))
    )
    alike = len({part.measure for part in parts if part.measure}) < 2 and len(
        {_part_name(part) for part in parts}
    ) == len(parts)
    weak = not total["strong"] and total["rest"]
    if not plain or not alike or weak or "of which" in parts[0].kinds or own - verbs[0] - KINDS["general_deeds"]:
        return None
    return _sum(claim, parts, DISAGREES, "sum_differs")


def _parts_after(near: Around) -> Finding | None:
    """The parts that follow a total: after 其中, in a bracket, or named one after another (初级2个、中级10个)."""
    claim, later = near.claim, [other for other in near.later if other.number.unit == near.claim.number.unit]
    if claim.number.kind not in _COUNTS or not later or not near.later or claim.names.names:
        return None
    opening = later[0].lead
    bracket = opening.lstrip().startswith(("（", "("))
    if (
        not bracket
        and not any(word in opening for word in OTHER_WORDS["parts_follow"])
        and _part_name(later[0]) not in grammar.EXCLUSIVE
    ):
        return None
    parts: list[Claim] = []
    depth = 0
    for other in near.later:
        depth += other.lead.count("（") + other.lead.count("(") - other.lead.count("）") - other.lead.count(")")
        ended = parts and any(word in other.lead for word in (*OTHER_WORDS["parts_follow"], "；", ";"))
        if ended or re.search(SHAPE["total"], other.lead) or depth < bracket or other.number.kind == PERCENT:
            break
        if other.number.unit == claim.number.unit and depth == bracket:
            parts.append(other)
    names = [_part_name(part) for part in parts]
    if not parts or len(set(names)) < len(names) or not all(names) or any(is_change(part) for part in parts):
        return None
    total = sum(part.value for part in parts)
    if len(parts) > 1 and abs(total - claim.value) < 1e-6:
        return _sum(claim, parts, AGREES, "sum_agrees")
    if any(part.number.modifier for part in (*parts, claim)):
        return None
    exclusive = _exclusive(names) or len({part.scope for part in parts if any(part.scope)}) == len(parts)
    if total > claim.value + 1e-6 and (exclusive or len(parts) == 1) and claim.number.kind in (PEOPLE, THINGS, MONEY):
        return _sum(claim, parts, DISAGREES, "sum_differs") if len(parts) > 1 else None
    if total < claim.value and len(parts) > 1 and exclusive:
        return _sum(claim, parts, NOT_UNDERSTOOD, "sum_less")
    return None


def _sum(claim: Claim, parts: list[Claim], state: str, sentence: str) -> Finding:
    total = sum(part.value for part in parts)
    equation = f"{' + '.join(figure(part.value) for part in parts)} = {figure(total)}"
    written = "+".join(part.number.written for part in parts)
    explanation = say(sentence, sum=equation, n=claim.number, rest=figure(claim.value - total))
    return Finding(state, explanation, total, derived=written, value=total)


def _part_name(claim: Claim) -> str:
    """What stands between a part and the number before it, without what only joins them."""
    return re.sub(SHAPE["no_part_name"], "", claim.lead)


def _exclusive(names: list[str]) -> bool:
    """Whether no one can be counted in two of the parts: levels, men and women, or classes, departments, schools."""
    groups = {grammar.EXCLUSIVE.get(name, "") for name in names}
    endings = [
        next((ending for ending in OTHER_WORDS["exclusive_endings"] if name.endswith(ending)), "") for name in names
    ]
    return (len(groups) == 1 and "" not in groups) or (len(set(endings)) == 1 and "" not in endings)
