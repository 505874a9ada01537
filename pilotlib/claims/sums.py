"""Layer one: numbers that come about by several others, a sum, a rest; and one quantity said twice."""

import re
from collections.abc import Iterable, Iterator

from pilotlib.claims import grammar
from pilotlib.claims.claim import Claim, amount, beside, factor, same_unit
from pilotlib.claims.facts import figure
from pilotlib.claims.grammar import (
    AGREES,
    DISAGREES,
    EXCLUSIVE,
    NOT_UNDERSTOOD,
    OTHER_WORDS,
    PEOPLE,
    PERCENT,
    SHAPE,
    TIMES,
    WORDS,
    say,
)
from pilotlib.claims.pairs import pair_of
from pilotlib.claims.relations import Around, Finding, Way, fits, is_near, judged

_MOST_PARTS = 12  # so many parts of a total are counted
_NO_CHANCE = 20  # what several numbers before one add up to by no chance


def follows(near: Around) -> Finding | None:
    """What follows for a count from the others of its passage, by the computation that its words name."""
    claim, family = near.claim, near.claim.family
    if family in ("change", "each"):
        return pair_of(near, family)
    if family == "rest":
        return judged(claim, _rests(near))
    if 1 < claim.value <= _MOST_PARTS and near.later:  # 92.4万元、31.6万元、40.2万元，三项合计
        parts = [other for other in near.earlier if same_unit(other, near.later[0])][: round(claim.value)]
        if len(parts) == claim.value and fits(near.later[0], sum(map(amount, parts)), *parts):
            return Finding(AGREES, say("parts_counted", count=len(parts)), claim.value)
    of_each = any(other.family == "each" for other in near.earlier)
    return (pair_of(near, "product") if of_each else None) or _sum_of(near)


def said_twice(claim: Claim, before: Iterable[Claim]) -> Finding | None:
    """The same quantity said before with the same digits in another order: 326名考生, then 362名考生."""
    written = sorted(claim.number.written)
    for other in before if claim.measure and claim.number.kind in (PEOPLE, TIMES) else ():
        again = claim.sentence != other.sentence or re.search(SHAPE["said_again"], claim.lead)
        alike = (claim.measure, claim.scope) == (other.measure, other.scope) and again
        if alike and same_unit(claim, other) and claim.value != other.value and sorted(other.number.written) == written:
            said = say("said_before", before=other.number.with_unit)
            computation = say("text_differs", computation=said, written=claim.number.with_unit)
            return Finding(DISAGREES, computation, other.value)
    return None


def _rests(near: Around) -> Iterator[Way]:
    """What is left of a whole without its other parts: 其余, 余下, 实考 of 应考 without 缺考, 未取得证书的."""
    claim, left = near.claim, re.search(SHAPE["rest"], near.claim.stands)
    earlier = [other for other in near.earlier[::-1] if same_unit(claim, other)]
    ways = [(earlier[first], earlier[first + 1 :]) for first in range(len(earlier) - 1)]
    if len(earlier) == 2 and re.search(SHAPE["of_all"], earlier[1].lead):
        ways = [(earlier[1], earlier[:1])]  # 覆盖21个专业，全校共28个
    for whole, parts in ways:
        rest, sure = amount(whole) - sum(map(amount, parts)), _is_rest_of(claim, left, whole, parts)
        first = whole is ways[0][0] or any(word in parts[0].lead for word in WORDS["of which"])
        first |= len(parts) == 1 and bool(re.search(SHAPE["absent"], parts[0].stands))
        equation = " − ".join(figure(amount(part)) for part in (whole, *parts))
        yield Way(rest, f"{equation} = {figure(rest)}", (whole, *parts), sure and first)


def _is_rest_of(claim: Claim, left: re.Match[str] | None, whole: Claim, parts: list[Claim]) -> bool:
    """Whether the words say that a number is what is left of a whole without its parts."""
    if left:
        parted = re.search(SHAPE["parted"], parts[0].lead) or re.search(SHAPE["parted_after"], whole.tail)
        parted = parted or re.search(SHAPE["absent"], parts[0].stands)
        apart = parted or parts[0].number.start < whole.number.start
        return bool(apart) and (not left["open"] or bool(re.match(SHAPE["not_yet"], claim.tail)))
    lacking = re.search(SHAPE["but_for"], claim.stands)
    if lacking and lacking["not"]:
        return len(parts) == 1 and lacking["not"] in beside(parts[0])
    if lacking and lacking["failed"]:
        return len(parts) == 1 and not parts[0].kinds.isdisjoint(("pass", "award"))
    absent = all(re.search(SHAPE["absent"], part.stands) for part in parts)
    return absent or bool(re.search(SHAPE["present"], parts[0].stands))


def _sum_of(near: Around) -> Finding | None:
    """A total and its parts: before it (合计, 共), or after it (其中, in a bracket, 初级2个、中级10个)."""
    claim, total = near.claim, re.search(SHAPE["total"], near.claim.lead)
    total = None if re.match(SHAPE["last_name_after"], claim.lead) else total  # 9人及任课教师共64人
    parts, sure = _parts_before(near, total) if total else ([], False)
    all_parts = len(parts) > 1
    if not all_parts:
        parts, sure, all_parts = _parts_behind(near)
    if not parts and claim.value >= _NO_CHANCE:
        parts = [other for other in near.earlier[::-1] if same_unit(other, claim) and other.family != "each"]
        sure = False
        parts = [] if claim.number.modifier else parts
    if len(parts) < 2:
        return None
    readings = [parts[first:] for first in range(len(parts) - 1)] if parts[-1] not in near.later else [parts]
    if claim.number.kind == PERCENT:  # 满意以上合计91% is the sum of the first ones
        readings += [parts[first:last] for first in range(len(parts)) for last in range(first + 2, len(parts))]
    reading = next((way for way in readings if fits(claim, sum(map(amount, way)), *way)), None)
    added = sum(map(amount, reading or parts))
    vague = any(part.number.modifier for part in (*parts, claim)) or not is_near(claim, added)
    if not reading and (not sure or vague):
        return None
    state, sentence = (AGREES, "sum_agrees") if reading else (NOT_UNDERSTOOD, "sum_less")
    if not reading and (all_parts or added > amount(claim)):
        state, sentence = DISAGREES, "sum_differs"
    equation = f"{' + '.join(figure(amount(part)) for part in reading or parts)} = {figure(added)}"
    said = say(sentence, sum=equation, n=claim.number, rest=figure(amount(claim) - added))
    added /= factor(claim)
    return Finding(state, said, added, None, "+".join(part.number.written for part in reading or parts), added)


def _parts_before(near: Around, total: re.Match[str]) -> tuple[list[Claim], bool]:
    """The counts of a total's unit back to the total before it, and whether they are its parts and nothing else."""
    claim, parts, of_which = near.claim, list[Claim](), WORDS["of which"]
    alike = [
        [o for o in run if same_unit(o, claim) and o.family not in ("change", "each")]
        for run in (near.earlier, near.before)
    ]
    before = next(filter(None, alike), [])
    totals = [other for other in before if (one := re.search(SHAPE["total"], other.lead)) and not one["year"]]
    last = before.index(totals[0]) if totals else len(before)  # the parts of a total of totals are totals
    for other in before[:last] or totals:
        parts.insert(0, other)
        if any(word in other.lead for word in of_which):
            break
    if len(parts) < 2:
        return [], False
    section = near.text.rfind(SHAPE["carry_ends"][0], 0, claim.number.start)
    apart = any(other.number.start > section for other in near.earlier) and parts[-1].number.start < section
    if apart and parts[0] not in totals:
        return parts, False
    names, deeds = [_part_name(part) for part in parts], [part.kinds & grammar.KINDS["deeds"] for part in parts]
    of_each = any(word in parts[0].lead for word in OTHER_WORDS["respectively"])
    one_list = parts[0].place[1] == len(parts)
    listed = not any(names[1:]) and (of_each or one_list)
    own = claim.kinds & grammar.KINDS["deeds"] <= deeds[0] | grammar.KINDS["general_deeds"]
    one_deed = listed or claim.number.kind == grammar.MONEY or (own and len({*deeds[1:]}) < 2)
    one_measure = one_list or len({part.measure for part in parts if part.measure}) < 2
    of_them = total["strong"] or not total["rest"] or not claim.noun
    # 累计 may hold more than these, if the parts do not come to more.
    no_more = not total["weak"] or listed or sum(map(amount, parts)) > amount(claim)
    distinct = listed or parts[0] in totals or len({*names}) == len(names)
    return parts, bool(one_deed and one_measure and of_them and no_more and distinct)


def _parts_behind(near: Around) -> tuple[list[Claim], bool, bool]:
    """The parts that follow a total, whether no one can be counted in two of them, and whether they must be all."""
    claim, follow, parts, depth = near.claim, OTHER_WORDS["parts_follow"], list[Claim](), 0
    if not near.later:
        return [], False, False
    first = near.later[0]
    whole = bool(re.search(SHAPE["all_parts"], claim.tail + first.lead))
    bracket, named = bool(re.match(r"\s*[（(][^）)]*$", first.lead)), any(word in first.lead for word in follow)
    one_of_them = any(claim.lead.endswith(name) for name in EXCLUSIVE)
    if not (bracket or named or whole or (_part_name(first) in EXCLUSIVE and not one_of_them)):
        return [], False, False
    for other in near.later:
        depth += len(re.findall("[（(]", other.lead)) - len(re.findall("[）)]", other.lead))
        ended = parts and any(word in other.lead for word in (*follow, *SHAPE["carry_ends"]))
        if ended or other.number.kind == PERCENT != claim.number.kind or re.search(SHAPE["total"], other.lead):
            break
        parts += [other] if other.number.unit == claim.number.unit and depth == bracket else []
    names = [_part_name(part) for part in parts]
    groups, scopes = {EXCLUSIVE.get(name, "") for name in names}, {part.scope for part in parts}
    group = groups.pop() if len(groups) == 1 else ""  # 初级 中级 高级
    endings = {next((end for end in OTHER_WORDS["exclusive_endings"] if name.endswith(end)), "") for name in names}
    exclusive = (
        bool(group)
        or claim.number.unit in grammar.RULES["kinds"]["exclusive"]
        or (len(endings) == 1 and "" not in endings)
        or len(scopes) == len(parts)
    )
    return parts, exclusive or whole, whole or len(group.split()) == len(parts)


def _part_name(claim: Claim) -> str:
    """What stands right before a part, without what only joins it to the one before."""
    return re.sub(SHAPE["no_part_name"], "", re.split(SHAPE["between_parts"], claim.lead)[-1])
