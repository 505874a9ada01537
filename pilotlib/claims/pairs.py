"""Layer one: numbers that come about by two others, a rate, a change, so much for each, by the grammar's relations."""

import re
from collections.abc import Callable
from itertools import compress, permutations, product

from pilotlib.claims import grammar
from pilotlib.claims.claim import Claim, about, amount, beside, is_count, same_unit
from pilotlib.claims.facts import figure
from pilotlib.claims.grammar import AGREES, MONEY, OTHER_WORDS, PEOPLE, PERCENT, SHAPE, TIMES, Relation, say
from pilotlib.claims.meaning import measure_of
from pilotlib.claims.relations import (
    RELATIVE,
    Around,
    Finding,
    Pair,
    Way,
    by_increase,
    by_rate,
    by_time,
    change,
    judged,
    of_others,
    rate_named,
    ratio,
    section_of,
)
from pilotlib.claims.text import kinds_of

_PAIRED = 8  # of so many operands any two may be meant


def pair_of(near: Around, family: str, *, certain: bool = False) -> Finding | None:
    """What follows for a number from two others: by the first relation that joins two, else by any two that fit.

    A number that the words join otherwise is wrong; if `certain`, even where they may join other two.
    """
    claim, (operands, way_of) = near.claim, _COMPUTED[family]
    pool, joined, sure = operands(near), list[Way](), certain
    rate = rate_named(near) if family == "ratio" else None
    for relation in grammar.RELATIONS[family]:
        cue = re.search(relation.cue, claim.stands)
        pairs = _joined(near, relation, cue, pool) if cue else []
        joined = [way for pair in pairs if (way := way_of(claim, *pair))]
        of_rate = rate if relation.by == "rate" else None
        if joined or of_rate:
            determined = len({way.expected for way in joined}) <= (2 if of_rate or relation.second == "@any" else 1)
            named = relation.named or family != "ratio" or not of_others(near, of_rate, joined)
            sure = certain or (determined and named)
            break
    found = judged(claim, [way._replace(sure=sure) for way in joined])
    any_two = family != "ratio" or rate or re.search(SHAPE["any_rate"], claim.stands)
    if (found and found.state == AGREES) or not any_two:
        return found
    behind = [other for other in pool if section_of(near) < other.number.start]
    pool = (behind if family == "ratio" and len(behind) > 1 else pool)[:_PAIRED]
    others = [way for pair in permutations(pool, 2) if (way := way_of(claim, *pair)) and _can_be(claim, way)]
    otherwise = judged(claim, others)
    # By how much two small counts differ is soon true of any two.
    return None if found and otherwise and claim.number.unit not in RELATIVE else otherwise or found


def _joined(near: Around, relation: Relation, cue: re.Match[str], pool: list[Claim]) -> list[Pair]:
    """The pairs of operands that a relation joins: those that are named in the cue, or that stand as its rules say."""
    if relation.by:
        return _BY[relation.by](near, pool)
    rules, named = {"first": relation.first, "second": relation.second}, cue.groupdict()
    pool = [*pool, *filter(is_count, near.behind)] if relation.named else pool
    found = dict[str, list[Claim]]()
    for role in sorted(rules, key=lambda role: rules[role].startswith(("@only", "@before"))):
        rule = rules[role] if rules[role].startswith("@") else f" {rules[role]}"
        position, _, form = rule.partition(" ")
        other = next((claims[0] for claims in found.values() if claims), None)
        rest = [claim for claim in pool if claim is not other and (not other or same_unit(other, claim))]
        if role == "second" and other and relation.of == "ratio":  # a whole is more, and itself no part of another
            last = near.claim.number.start if position == "@only" else len(near.text)
            rest = [one for one in rest if amount(one) >= amount(other) and not one.is_part and one.number.start < last]
        if position in ("@nearest", "@before"):
            start = (other if other and position == "@before" else near.claim).number.start
            rest = [claim for claim in rest if claim.number.start < start][:1]
        rest = [claim for claim in rest if re.search(form, claim.stands)]
        if role in named:
            rest = _named(near.claim, rest, cue, role)
        found[role] = rest if position != "@only" or len({claim.value for claim in rest}) == 1 else []
    return [*product(found["first"][:1], found["second"][: 2 if relation.second == "@any" else 1])]


def _named(claim: Claim, pool: list[Claim], cue: re.Match[str], role: str) -> list[Claim]:
    """The operands that words of a cue name: beside these, as what they are about, or as what they measure."""
    phrase, back = re.sub(SHAPE["no_base"], "", cue[role]), claim.stands.index("#") - cue.start(role)
    words = kinds_of(word for word in claim.before if word.start >= claim.number.start - back)
    measure = measure_of(PEOPLE, "", words) if role == "second" else ""
    by_name = [other for other in pool if phrase and phrase in beside(other)]
    by_part = [other for other in pool if phrase in about(other)]
    return by_name or by_part or [other for other in pool if phrase and measure and measure == other.measure]


def _can_be(claim: Claim, way: Way) -> bool:
    """Whether a number can come about in a way that no words state: a part is no more than its whole, a fall falls."""
    first, second = map(amount, way.parts)
    if claim.family == "ratio":
        return first <= second or (claim.value > 100 and bool(re.search(SHAPE["beyond"], claim.stands)))
    grown = claim.number.unit in RELATIVE and re.search(SHAPE["changed_by"], claim.stands)
    return not grown or (second < first) == bool(re.search(SHAPE["fallen"], claim.stands))


# --- How two operands make a number ---


def _ratio_of(claim: Claim, top: Claim, bottom: Claim) -> Way | None:
    known = same_unit(top, bottom) and bottom.value
    return ratio(top, bottom, per=1000 if claim.number.unit == "‰" else 100) if known else None


def _change_of(claim: Claim, early: Claim, late: Claim) -> Way | None:
    unit, base, level = claim.number.unit, amount(early), amount(late)
    if not same_unit(early, late) or (unit in RELATIVE and base * level <= 0):
        return None
    if unit not in RELATIVE:
        base, level = sorted((base, level))
    of = "元" if early.number.kind == MONEY else unit
    grown = bool(re.search(SHAPE["changed_by"], claim.stands))  # 增长了2倍, not 是2倍
    expected, computation = change(unit, grown, base, level, of)
    return Way(abs(expected), computation, (early, late))


def _each_of(claim: Claim, total: Claim, count: Claim) -> Way | None:
    one, two = claim.number, total.number
    alike = one.unit == two.unit or one.kind == two.kind == MONEY
    alike |= one.unit in OTHER_WORDS["times_of_each"] and two.kind == TIMES
    alike |= one.kind == PEOPLE and two.kind in (PEOPLE, TIMES)
    alike &= total.family != "each"
    return ratio(total, count, per=1) if alike and count.value and _is_one_of(claim, count) else None


def _product_of(claim: Claim, price: Claim, count: Claim) -> Way | None:
    of_each = price.family == "each" != count.family and same_unit(claim, price)
    if not of_each or not _is_one_of(price, count):
        return None
    one, many, value = amount(price), amount(count), amount(price) * amount(count)
    written = say("product", price=figure(one), count=figure(many), product=figure(value))
    return Way(value, written, (price, count))


def _is_one_of(each: Claim, claim: Claim) -> bool:
    """Whether a count is of what a number for each is said of: persons for 每人, sittings for 场均, any for 单价."""
    match = re.search(SHAPE["for_each"], each.stands)
    word = (match and (match["one"] or match["each"])) or ""
    if word in OTHER_WORDS["one_person"]:
        return claim.number.kind == PEOPLE
    unit = SHAPE["each_of"].get(word, word)
    return claim.number.unit.startswith(unit) or bool(re.match(f"[^，。；、]{{0,6}}{re.escape(word)}", claim.tail))


# --- Of which numbers a computation can be, the nearest first ---


def _levels(near: Around) -> list[Claim]:
    """The values that a change or a multiple can be between: those before it, if there are two."""
    claim, levels = near.claim, list[Claim]()
    of_rates, relative = re.search(SHAPE["of_a_rate"], claim.lead), claim.number.unit in RELATIVE
    for run in (near.earlier, near.later, near.before):
        stated = [other for other in run if other.family != "change"]
        alike = [
            (other.number.kind == PERCENT) == bool(of_rates) if relative else same_unit(claim, other)
            for other in stated
        ]
        levels += compress(stated, alike)
        if len(levels) > 1:
            break
    apart = [level for level in levels if level.family != "each"]
    return apart if len(apart) > 1 and levels[0] in apart else levels


def counts_for(near: Around) -> list[Claim]:
    """The counts that a rate can be of: of a list as long as its own only the one at its place."""
    (place, length), earlier = near.claim.place, [other for other in near.earlier if is_count(other)]
    counts = [other for other in (*near.later, *near.before) if is_count(other)]
    counts = [other for other in (*earlier, *counts) if "each one" not in other.kinds]
    if length == 1:
        return counts
    if not any(other.place[1] == length for other in counts) and re.search(SHAPE["respectively"], near.claim.stands):
        row = [other for other in earlier if other is earlier[0] or same_unit(other, earlier[0])][length - 1 :: -1]
        return [other for other in counts if other not in row or other in row[place : place + 1]]
    return [other for other in counts if other.place[1] != length or other.place[0] == place]


def _stated(near: Around) -> list[Claim]:
    """The counts before one that is for each of them, or a sum of such; those behind ；, if there are two."""
    counts = [other for other in near.earlier if is_count(other)]
    behind = [other for other in counts if other.number.start > section_of(near)]
    return behind if len(behind) > 1 else counts


def _by_two(near: Around, pool: list[Claim]) -> list[Pair]:
    """The only two as they stand, if they are of different parts or the words speak of two."""
    apart = len(pool) == 2 and (about(pool[0]) != about(pool[1]) or re.search(SHAPE["former"], near.claim.stands))
    return [(pool[1], pool[0])] if apart and same_unit(*pool) else []


def _by_only(near: Around, pool: list[Claim]) -> list[Pair]:
    """The last total and the only number that it is for each of; or the last price, if no other sum follows it."""
    claim, of_each = near.claim, near.claim.family == "each"
    pairs = [pair for pair in permutations(pool, 2) if (_each_of if of_each else _product_of)(claim, *pair)]
    of_last = [pair for pair in pairs if pair[0] is pairs[0][0]]
    sums = next((other for other in pool if same_unit(claim, other)), None)
    sure = len(of_last) == 1 and (of_each or (sums is of_last[0][0] and claim.number.kind != PEOPLE))
    return of_last if sure else []


_Computed = tuple[Callable[[Around], list[Claim]], Callable[[Claim, Claim, Claim], Way | None]]
_COMPUTED: dict[str, _Computed] = {
    "ratio": (counts_for, _ratio_of),
    "change": (_levels, _change_of),
    "each": (_stated, _each_of),
    "product": (_stated, _product_of),
}
_BY: dict[str, Callable[[Around, list[Claim]], list[Pair]]] = {
    "rate": by_rate,
    "time": by_time,
    "two": _by_two,
    "increase": by_increase,
    "only": _by_only,
}
