"""Layer one: the numbers that one can come about by, the nearest first, and in which ways it can, though no words join
them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, compress, permutations

from pilotlib.claims import changes, grammar, pairs
from pilotlib.claims.arithmetic import RELATIVE
from pilotlib.claims.claim import Around, Claim, amount, beside, is_count, same_unit
from pilotlib.claims.grammar import PEOPLE, PERCENT, SHAPE, TIMES
from pilotlib.claims.judging import Group, Way, fits, is_mistyped, is_slip
from pilotlib.claims.parts import of_one_deed

_NO_CHANCE = 20  # what several numbers before one add up to by no chance


def operands_of(near: Around, family: str) -> list[Claim]:
    """The numbers that a claim of a family can come about by, the nearest first; of a rest the first ones first."""
    if family == "change":
        return _levels(near)
    if family == "ratio":
        rate, counts = pairs.rate_named(near), counts_for(near)
        of_persons = rate and rate.numerator.startswith("students") and "done" not in rate.top
        # 4个证书, 3轮考核的通过率: of how many persons is not said
        persons = [other for other in counts if other.number.kind in (PEOPLE, TIMES, "") or other.value > _NO_CHANCE]
        return persons if of_persons else counts
    if family in ("each", "product"):  # the counts before it and after it; those behind ；, if there are two
        both = re.search(SHAPE["on_average" if family == "each" else "total"], near.claim.lead)
        before = near.before if is_exact(near.claim) else []
        counts = [other for other in (*near.earlier, *(near.later if both else ()), *before) if is_count(other)]
        behind = [other for other in counts if other.number.start > near.section]
        return behind if len(behind) > 1 else counts
    run = near.earlier or (near.before if family == "rest" or near.claim.number.kind == PERCENT else [])
    if family == "rest" and near.before and re.search(SHAPE["rest"], near.claim.stands):  # 1240份。满意806份，其余
        here = [amount(other) for other in near.earlier if same_unit(near.claim, other)]
        wholes = [other for other in near.before if same_unit(near.claim, other) and amount(other) > sum(here)]
        run = [*near.earlier, *wholes[-1:]] if (here and max(here) < sum(here)) or len(here) == 1 else run
    alike = [other for other in run[::-1] if same_unit(near.claim, other)]
    return [other for other in alike if family != "rest" or not ("each one" in other.kinds or other.family == "each")]


def counts_for(near: Around) -> list[Claim]:
    """The counts that a rate can be of: of a list as long as its own only the one at its place."""
    (place, length), earlier = near.claim.place, [other for other in near.earlier if is_count(other)]
    counts = [other for other in (*near.later, *near.before) if is_count(other)]
    counts = [other for other in (*earlier, *counts) if "each one" not in other.kinds and other.family != "each"]
    if length == 1:
        return counts
    if not any(other.place[1] == length for other in counts) and re.search(SHAPE["respectively"], near.claim.stands):
        row = [other for other in earlier if other is earlier[0] or same_unit(other, earlier[0])][length - 1 :: -1]
        return [other for other in counts if other not in row or other in row[place : place + 1]]
    counts = [other for other in counts if other.place[1] != length or other.place[0] == place]
    return sorted(counts, key=lambda other: other.place[1] != length)  # the one at its place is the nearest


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


def any_that_fit(near: Around, family: str, pool: list[Claim]) -> Iterable[Group]:
    """The operands that a number may come about by though no words join them."""
    claim = near.claim
    if family == "rest":
        swapped = len(pool) == 2 and amount(pool[0]) < amount(pool[1])
        groups = [tuple(pool[::-1] if swapped else pool[first:]) for first in range(len(pool) - 1)]
        return [*groups, *(combinations(pool, 2) if is_exact(claim) else ())]  # two totals, each with its parts
    if family == "sum":
        pool = [other for other in pool if other.family != "each"]
        if claim.number.kind == PERCENT and re.search(SHAPE["total"], claim.lead):  # 满意以上合计91%: the first ones
            ends = permutations(range(len(pool) + 1), 2)
            return [tuple(pool[first:last]) for first, last in ends if last - first > 1]
        by_chance = claim.value < _NO_CHANCE or claim.number.modifier or claim.number.kind == PERCENT
        if by_chance:
            return []
        # Not from within a list, nor up to within one: a part is missing.
        before = [other for other in near.before[::-1] if same_unit(claim, other)]
        by_turns = (pool[at::2] for at in (0, 1) if len(pool) > 3)  # 86人参加、71人合格，94人参加、80人合格
        runs = [pool, of_one_deed(claim, pool), [*before, *pool] if pool else before, *by_turns]
        back = [run[first:] for run in runs for first in range(len(run) - 1) if not run[first].place[0]]
        ahead = [[other for other in run if same_unit(claim, other)] for run in (near.later, near.behind)]
        parts = [run[:last] for run in ahead for last in range(2, len(run) + 1) if _ends(run, last)]
        return map(tuple, [*back, *parts])
    if family == "ratio":
        behind = [other for other in pool if near.section < other.number.start < claim.number.start]
        several = _of_several(pool[: pairs.PAIRED]) if is_exact(claim) else ()
        pool = (behind if len(behind) > 1 else pool)[: pairs.PAIRED]
        return [*permutations(pool, 2), *several]
    return permutations(pool[: pairs.PAIRED], 2)


def is_exact(claim: Claim) -> bool:
    """Whether a number is written with three digits or more, which are those of another by no chance."""
    return claim.value / claim.number.step >= 100 and not claim.number.modifier


def _of_several(pool: list[Claim]) -> Iterator[Group]:
    """Rates of several counts side by side (教授28人、副教授117人), of all but one (1250台, 待修35台), of two units."""
    ends = [(first, last) for first, last in combinations(range(len(pool) + 1), 2) if 1 < last - first < 5]
    runs = [pool[first:last] for first, last in ends]
    tops = [changes.together(run[::-1]) for run in runs if all(same_unit(run[0], one) for one in run[1:])]
    yield from ((top, of) for top in tops for of in pool if same_unit(top, of) and amount(top) < amount(of))
    lacking = [part for part in pool if re.search(SHAPE["lacking"], part.stands)]
    yield from ((changes.without(whole, part), whole) for part in lacking for whole in pool if same_unit(part, whole))
    for top, of in (pair for pair in permutations(pool, 2) if not same_unit(*pair)):
        yield top._replace(number=top.number._replace(unit=of.number.unit, kind=of.number.kind)), of


def only_one(near: Around, ways: Sequence[Way]) -> list[Way]:
    """The only way in which a number can come about by those before it in its clauses, if it does but for a slip."""
    claim, rate = near.claim, pairs.rate_named(near)
    plain = [way for way in ways if all(any(part is other for other in near.earlier) for part in way.parts)]
    here = [way for way in plain if all(part.number.start > near.section for part in way.parts)]
    if not claim.family or claim.place[1] > 1 or len({way.expected for way in here}) != 1:
        return []
    last = max(part.number.start for part in here[0].parts)
    told = any(other.family == claim.family and other.number.start > last for other in near.earlier)
    of_another = claim.family == "change" and not re.search(SHAPE["changed_at_once"], claim.stands)
    first, second, *_ = here[0].parts
    of_another |= claim.family == "ratio" and (first.number.start < last or first.value == second.value)
    of_another |= claim.family == "ratio" and pairs.of_others(near, rate, [here[0].parts])
    name = re.search(SHAPE["rate_name"], claim.stands) if claim.family == "ratio" and not rate else None
    of_another |= bool(name) and not any(_bears(part, name["name"]) for part in here[0].parts if name)
    of_another |= bool(rate and not first.kinds & {*rate.top}) or claim.number.unit == grammar.FOR_EACH
    return [] if told or of_another or not is_slip(claim, here[0].expected) else [here[0]._replace(sure=True)]


def _bears(part: Claim, name: str) -> bool:
    """Whether a count is of what a rate is called by: 完成 of 完成面, 应缴 of 收缴率."""
    return name in beside(part) or bool(re.search(f"[应实已]{name[-1]}", beside(part)))


def _ends(run: list[Claim], last: int) -> bool:
    """Whether a list in a run of numbers ends before a place."""
    return last == len(run) or not run[last].place[0]


def can_be(near: Around, way: Way) -> bool:
    """Whether a number can come about in a way that no words state: a part is no more than its whole, a fall falls."""
    claim, (first, second) = near.claim, map(amount, way.parts[:2])
    behind = way.parts[0].number.start > claim.number.start
    summed_up = re.search(f"{SHAPE['total']}|{SHAPE['levels_at']}", claim.lead)
    if way.number:
        return claim.family == "ratio" or fits(claim, way.expected) or bool(summed_up and not behind)
    if claim.family == "ratio" and not fits(claim, way.expected) and pairs.of_other_times(near, way.parts):
        return False  # 2022届2104人，2023届2260人，去向落实率91.3%
    if claim.family == "ratio" and not (pairs.rate_named(near) or re.search(SHAPE["any_rate"], claim.stands)):
        return is_mistyped(claim, way.expected)
    if claim.family == "ratio" and behind and re.search(SHAPE["share_behind"], claim.stands):
        return False  # 438户，占34.7%；已报名152户
    rate = pairs.rate_named(near) if claim.family == "ratio" else None
    if rate and "done" in rate.top and way.parts[1].kinds & {*rate.top} and not way.parts[0].kinds & {*rate.top}:
        return False  # 下达任务300人，完成315人，完成率: not the other way round
    if claim.family == "ratio":
        return first <= second or (claim.value > 100 and bool(re.search(SHAPE["beyond"], claim.stands)))
    grown = claim.number.unit in RELATIVE and re.search(SHAPE["changed_by"], claim.stands)
    return not grown or (second < first) == bool(re.search(SHAPE["fallen"], claim.stands))
