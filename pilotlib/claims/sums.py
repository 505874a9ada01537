"""Layer one: sums and their parts, what is left of a whole, so much for each, and one quantity said twice."""

import re
from collections.abc import Iterable, Iterator
from itertools import product

from pilotlib.claims import grammar
from pilotlib.claims.facts import figure
from pilotlib.claims.grammar import AGREES, DISAGREES, EXCLUSIVE, NOT_UNDERSTOOD, OTHER_WORDS, PEOPLE, SHAPE, WORDS, say
from pilotlib.claims.meaning import Claim
from pilotlib.claims.relations import (
    Around,
    Finding,
    Way,
    amount,
    change_of,
    factor,
    fits,
    is_change,
    is_each,
    is_multiple,
    judged,
    ratio,
    same_unit,
)


def follows(near: Around) -> Finding | None:
    """What follows for a number from the others of its passage, by the relation that its words name: a change, so much
    for each, or a rest; of a sum and a rate, see `sum_of` and `rates`."""
    if is_change(near.claim) or is_multiple(near.claim):
        return change_of(near)
    return judged(near.claim, [*_each_of(near), *_rests(near)])


def said_twice(claim: Claim, before: Iterable[Claim]) -> Finding | None:
    """The same quantity said before with the same digits in another order: 326名考生, then 362名考生."""
    written = sorted(claim.number.written)
    for other in before if claim.measure and claim.number.kind == PEOPLE else ():
        alike = (claim.measure, claim.scope) == (other.measure, other.scope) and claim.sentence != other.sentence
        if alike and same_unit(claim, other) and claim.value != other.value and sorted(other.number.written) == written:
            said = say("said_before", before=other.number.with_unit)
            computation = say("text_differs", computation=said, written=claim.number.with_unit)
            return Finding(DISAGREES, computation, other.value)
    return None


def _rests(near: Around) -> Iterator[Way]:
    """What is left of a whole without its other parts: 其余, 余下, 实考 of 应考 without 缺考, 未取得证书的."""
    claim, left = near.claim, re.search(SHAPE["rest"], near.claim.lead)
    if not left and not re.search(SHAPE["but_for"], claim.lead):
        return
    earlier = [other for other in near.earlier if same_unit(claim, other)]
    for first in range(len(earlier) - 1):
        whole, parts = earlier[first], earlier[first + 1 :]
        rest = amount(whole) - sum(map(amount, parts))
        parted = re.search(SHAPE["parted"], parts[0].lead) or re.search(SHAPE["parted_after"], whole.tail)
        if left:
            determined = parted and (not left["open"] or re.match(SHAPE["not_yet"], claim.tail))
        else:
            absent = all(re.search(SHAPE["absent"], part.lead) for part in parts)
            determined = absent or re.search(SHAPE["present"], parts[0].lead)
        sure = bool(determined) and (first == 0 or any(word in parts[0].lead for word in WORDS["of which"]))
        equation = " − ".join(figure(amount(part)) for part in (whole, *parts))
        yield Way(rest, f"{equation} = {figure(rest)}", (whole, *parts), sure)


def _each_of(near: Around) -> Iterator[Way]:
    """So much for each of many: 人均 by a total and a number, or 8套，每套3.5万元，共28万元."""
    claim, each = near.claim, re.search(SHAPE["for_each"], near.claim.lead)
    counts = [other for other in near.earlier if not is_each(other)]
    alike = [other for other in counts if _alike(claim, other)]
    if each:
        divisors = [other for other in counts if _is_one_of(claim, other) and other.value]
        sure = len(divisors) == 1 and bool(re.search(SHAPE["average"], claim.lead))
        for top, bottom in product(alike[::-1], divisors):
            yield ratio(top, bottom, sure, per=1)
        return
    for price in [other for other in near.earlier if is_each(other)][-1:]:
        numbers = [other for other in counts if _is_one_of(price, other)]
        for count in numbers:
            value = amount(price) * amount(count)
            written = {"price": figure(amount(price)), "count": figure(amount(count)), "product": figure(value)}
            of_all = re.search(SHAPE["total"], claim.lead) or claim.number.kind == grammar.MONEY
            yield Way(
                value, say("product", **written), (price, count), bool(len(numbers) == 1 and not alike and of_all)
            )


def _is_one_of(each: Claim, claim: Claim) -> bool:
    """Whether a count is of what a number for each is said of: persons for 每人, sittings for 场均, any for 单价."""
    match = re.search(SHAPE["for_each"], each.lead)
    word = (match and (match["one"] or match["each"])) or ""
    if word in OTHER_WORDS["one_person"]:
        return claim.number.kind == PEOPLE
    return claim.number.unit.startswith(word) or bool(re.match(f"[^，。；、]{{0,6}}{re.escape(word)}", claim.tail))


def _alike(claim: Claim, total: Claim) -> bool:
    """Whether a figure for each can be of a total: money of money, 次 of 人次, persons of both, else the same unit."""
    one, two = claim.number, total.number
    times = one.unit in OTHER_WORDS["times_of_each"] and two.kind == grammar.TIMES
    persons = one.kind == PEOPLE and two.kind in grammar.COUNTS[:2]
    return one.unit == two.unit or one.kind == two.kind == grammar.MONEY or times or persons


def sum_of(near: Around) -> Finding | None:
    """A total and its parts: before it (合计, 共), or after it (其中, in a bracket, 初级2个、中级10个)."""
    claim, total = near.claim, re.search(SHAPE["total"], near.claim.lead)
    parts, sure = _parts_before(near, total) if total else ([], False)
    all_parts = len(parts) > 1
    if not all_parts:
        parts, sure, all_parts = _parts_behind(near)
    if len(parts) < 2:
        return None
    readings = [parts[first:] for first in range(len(parts) - 1)] if parts[-1] in near.earlier else [parts]
    reading = next((way for way in readings if fits(claim, sum(map(amount, way)), *way)), None)
    added = sum(map(amount, reading or parts))
    if not reading and (not sure or any(part.number.modifier for part in (*parts, claim))):
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
    for other in [other for other in near.earlier[::-1] if same_unit(other, claim) and not is_change(other)]:
        another = re.search(SHAPE["total"], other.lead)
        if another and not another["year"]:
            break
        parts.insert(0, other)
        if any(word in other.lead for word in of_which):
            break
    if len(parts) < 2:
        return [], False
    names, deeds = [_part_name(part) for part in parts], [part.kinds & grammar.KINDS["deeds"] for part in parts]
    listed = not any(names[1:]) and any(word in parts[0].lead for word in OTHER_WORDS["respectively"])
    own = claim.kinds & grammar.KINDS["deeds"] <= deeds[0] | grammar.KINDS["general_deeds"]
    one_deed = listed or claim.number.kind == grammar.MONEY or (own and len({*deeds[1:]}) < 2)
    one_measure = len({part.measure for part in parts if part.measure}) < 2
    of_them = total["strong"] or not total["rest"] or not claim.noun
    # 累计 may hold more than these, if the parts do not come to more.
    no_more = not total["weak"] or listed or sum(map(amount, parts)) > amount(claim)
    distinct = listed or len({*names}) == len(names)
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
        if ended or other.number.kind == grammar.PERCENT or re.search(SHAPE["total"], other.lead):
            break
        parts += [other] if other.number.unit == claim.number.unit and depth == bracket else []
    names = [_part_name(part) for part in parts]
    group, scopes = _one_group(names), {part.scope for part in parts}
    endings = {next((end for end in OTHER_WORDS["exclusive_endings"] if name.endswith(end)), "") for name in names}
    exclusive = bool(group) or (len(endings) == 1 and "" not in endings) or len(scopes) == len(parts)
    return parts, exclusive or whole, whole or len(group.split()) == len(parts)


def _one_group(names: list[str]) -> str:
    """The group of names that share nobody which all the names belong to (初级 中级 高级); "" for none."""
    groups = {EXCLUSIVE.get(name, "") for name in names}
    return groups.pop() if len(groups) == 1 else ""


def _part_name(claim: Claim) -> str:
    """What stands between a part and the number before it, without what only joins them."""
    return re.sub(SHAPE["no_part_name"], "", claim.lead)
