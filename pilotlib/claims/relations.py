"""Layer one: of which other numbers of its text a number comes about, by the words around it, and what follows from it.

It is called wrong only where the words determine of which, and no other reading of the passage fits.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import compress, permutations

from pilotlib.claims import changes, grammar, pairs
from pilotlib.claims.arithmetic import RELATIVE, Finding, Group, Join, Way, compute, fits, is_slip, is_mistyped, judged
from pilotlib.claims.claim import Around, Claim, amount, factor, is_count, of_one_thing, same_unit
from pilotlib.claims.facts import figure
from pilotlib.claims.grammar import AGREES, DISAGREES, PEOPLE, PERCENT, SHAPE, TIMES, Relation, say
from pilotlib.claims.numbers import worth
from pilotlib.claims.parts import by_complement, by_rest, of_one_deed, parts_before, parts_behind

_MOST_PARTS = 12  # so many parts of a total are counted
_NO_CHANCE = 20  # what several numbers before one add up to by no chance


def follows(near: Around) -> Finding | None:
    """What follows for a count from the others of its passage, by the computation that its words name."""
    claim, family = near.claim, near.claim.family
    if family in ("change", "each"):
        return comes_about(near, family) or (mean_of_list(near) if family == "each" else None)
    if counted := _counts_parts(near):
        return counted
    later = [other for other in near.later if not re.search(SHAPE["on_average"], other.lead)]
    of_each = any(other.family == "each" for other in (*near.earlier, *later))
    families = ("rest", "sum") if family == "rest" else ("product", "sum") if of_each else ("sum",)
    return next(filter(None, (comes_about(near, name) for name in families)), None)


def _counts_parts(near: Around) -> Finding | None:
    """A number of the parts that are listed before a total or behind it: 92.4万元、31.6万元、40.2万元，三项合计."""
    value, later = near.claim.value, near.later
    if not 1 < value <= _MOST_PARTS or not later:
        return None
    parts = [other for other in near.earlier if same_unit(other, later[0])]
    here = [part for part in parts if part.number.start > near.section]
    behind = [other for other in later[1:] if same_unit(other, later[0])]
    listed = re.search(SHAPE["respectively"], later[0].lead) and later[0].place[1] == value
    last = parts[: round(value)]
    if len(here) == value or (len(last) == value and sum(map(amount, last)) == amount(later[0])):
        return Finding(AGREES, say("parts_counted", count=value), value)
    all_behind = len(behind) == value and re.search(SHAPE["parted_by"], behind[0].lead)
    return Finding(AGREES, say("list_counted", count=value), value) if listed or all_behind else None


def comes_about(near: Around, family: str, *, certain: bool = False) -> Finding | None:
    """What follows for a number of a family: by the first relation that joins others, else by any that fit.

    A number that the words join otherwise is wrong; if `certain`, even where they may join others.
    """
    claim, pool = near.claim, _operands(near, family)
    ways = ((one, _joined(near, one, pool)) for one in grammar.RELATIONS[family])
    relation, joined = next((way for way in ways if way[1]), (None, list[Join]()))
    joined = [join._replace(sure=True) for join in joined] if certain else joined
    found = judged(claim, filter(None, (compute(family, claim, *join) for join in joined)))
    if found and family == "change" and (turned := _turned(near, found, joined)):
        return turned
    if found and relation and (found.state == AGREES or relation.sole or _names_its_part(claim, found)):
        return found
    others = (compute(family, claim, group) for group in _any_that_fit(near, family, pool))
    others = [way for way in others if way and _can_be(near, way)]
    otherwise = judged(claim, [*others, *_only_one(near, others)])
    # By how much two small counts differ is soon true of any two.
    by_chance = family in ("change", "each", "product") and claim.number.unit not in RELATIVE and claim.value / claim.number.step < 100
    agrees = otherwise and otherwise.state == AGREES
    if found and otherwise and len(otherwise.parts) < len(found.parts) and all(p in found.parts for p in otherwise.parts):
        return found  # a part is forgotten
    return None if found and agrees and by_chance else otherwise if agrees else found or otherwise


def _turned(near: Around, found: Finding, joined: Sequence[Join]) -> Finding | None:
    """What is said of a change that goes the other way than its words: 92.6%，较去年的94.1%提高1.5个百分点."""
    claim, (early, late) = near.claim, joined[0].parts[:2]
    alone = sum(same_unit(early, other) for other in near.earlier) == 1
    compared = early.number.start > claim.clause[0] and re.search(SHAPE["compared"], early.lead)
    rises, falls = (bool(re.search(SHAPE[words], claim.stands)) for words in ("risen", "fallen"))
    if found.state != AGREES or not compared or not alone or rises == falls or (amount(late) > amount(early)) == rises:
        return None
    way = say("turned", early=early.number.written, late=late.number.written)
    return found._replace(state=DISAGREES, explanation=way, expected=None)


def _names_its_part(claim: Claim, found: Finding) -> bool:
    """Whether the words right before a share name its part by those right before the count of that: 实践教学96学时, …，
    实践教学占比40%."""
    part = re.search(SHAPE["share_of_named"], claim.lead)
    return bool(part and found.parts[0].lead.endswith(part["part"]))


def mean_of_list(near: Around) -> Finding | None:
    """What follows for a mean from the list before it: 分别为8人、6人、10人，平均每个8人."""
    alike = [other for other in near.earlier if not other.number.unit or same_unit(other, near.claim)]
    of_number = re.search(SHAPE["of_number"], near.claim.lead)
    length = int(worth(of_number["count"])) if of_number else alike[0].place[1] if alike else 1
    row = alike[:length][::-1]
    weighted = re.search(SHAPE["weighted"], near.text[slice(*near.claim.sentence)])
    listed = of_number or [other.place for other in row] == [(place, length) for place in range(length)]
    if not len(row) == length > 1 or weighted or not listed:
        return None
    of_times = re.search(SHAPE["of_times_in_a_row"], near.earlier[0].number.unit + row[0].lead + near.claim.lead)
    if not of_times and not of_number and any(re.search(SHAPE["on_average"], other.lead) for other in row):  # of groups of any size
        return None
    top, mean = " + ".join(other.number.written for other in row), sum(map(amount, row)) / length
    division = say("division", top=f"（{top}）", bottom=length, percent=figure(mean / factor(near.claim)))
    # Of 最高, 最低 and of groups it need not be the mean; of numbers in a row and of years it is.
    sure = bool(of_number) or all(re.fullmatch(SHAPE["joint"], other.lead) or re.search(SHAPE["time"], other.lead) for other in row[1:])
    return judged(near.claim, [Way(mean, division, tuple(row), sure)])


def said_twice(claim: Claim, before: Sequence[Claim]) -> Finding | None:
    """The same quantity said before with two digits swapped: 326名考生, 362名考生; another referred to: 上述28名; or one
    in another unit: 360万元（即3600000元）.
    """
    if before and re.search(SHAPE["said_in_another_unit"], claim.lead) and same_unit(claim, before[-1]):
        state = AGREES if fits(claim, amount(before[-1]), before[-1]) else DISAGREES
        return Finding(state, otherwise_said("said_before", claim, before[-1]), amount(before[-1]) / factor(claim))
    referred = re.search(SHAPE["referred"], claim.lead)
    alike = [other for other in before if same_unit(claim, other) and other.sentence == before[-1].sentence]
    referred = referred if len(alike) < 2 else None  # 一等奖3名，二等奖5名。上述8名
    for other in reversed(before):
        differs = is_mistyped(claim, amount(other)) or (referred and claim.value != other.value)
        if differs and _of_the_same(claim, other):
            return Finding(DISAGREES, otherwise_said("said_before", claim, other), other.value, parts=(other,))
    return None


def otherwise_said(where: str, claim: Claim, other: Claim) -> str:
    """What is said of a number that stands elsewhere in the text, before or behind it, with another value."""
    said = say(where, other=other.number.with_unit)
    return say("text_differs", computation=said, written=claim.number.with_unit)


def _of_the_same(claim: Claim, other: Claim) -> bool:
    """Whether two numbers say how many of the same there are, by the words beside them or by what they measure."""
    again = claim.sentence != other.sentence or re.search(SHAPE["said_again"], claim.lead)
    if not again or claim.scope != other.scope or not same_unit(claim, other):
        return False
    if re.search(SHAPE["spoken_of"], f"{claim.lead}#{claim.tail}"):
        return of_one_thing(claim, other)
    alike = claim.limits == other.limits and len({claim.unknown, other.unknown} - {""}) < 2  # 机电系, 商贸系
    return alike and other.measure == claim.measure != "" and claim.number.kind in (PEOPLE, TIMES)


# --- Of which numbers a computation can be, the nearest first; of a rest the first ones first ---


def _operands(near: Around, family: str) -> list[Claim]:
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
        counts = [other for other in (*near.earlier, *(near.later if both else ())) if is_count(other)]
        behind = [other for other in counts if other.number.start > near.section]
        return behind if len(behind) > 1 else counts
    run = near.earlier or (near.before if family == "rest" else [])
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


def _any_that_fit(near: Around, family: str, pool: list[Claim]) -> Iterable[Group]:
    """The operands that a number may come about by though no words join them."""
    claim = near.claim
    if family == "rest":
        swapped = len(pool) == 2 and amount(pool[0]) < amount(pool[1])
        return [tuple(pool[::-1] if swapped else pool[first:]) for first in range(len(pool) - 1)]
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
        runs = (pool, of_one_deed(claim, pool), [*before, *pool] if pool else before)
        back = [run[first:] for run in runs for first in range(len(run) - 1) if not run[first].place[0]]
        runs = ([other for other in run if same_unit(claim, other)] for run in (near.later, near.behind))
        return map(tuple, [*back, *(run[:last] for run in runs for last in range(2, len(run) + 1) if _ends(run, last))])
    if family == "ratio":
        behind = [other for other in pool if near.section < other.number.start < claim.number.start]
        pool = behind if len(behind) > 1 else pool
    return permutations(pool[: pairs.PAIRED], 2)


def _only_one(near: Around, ways: Sequence[Way]) -> list[Way]:
    """The only way in which a number can come about by those before it in its clauses, if it does but for a slip."""
    claim, rate = near.claim, pairs.rate_named(near)
    here = [way for way in ways if all(near.section < part.number.start < claim.number.start for part in way.parts)]
    if not claim.family or claim.place[1] > 1 or len({way.expected for way in here}) != 1:
        return []
    last = max(part.number.start for part in here[0].parts)
    told = any(other.family == claim.family and other.number.start > last for other in near.earlier)
    of_another = claim.family == "change" and not re.search(SHAPE["changed_at_once"], claim.stands)
    first, second, *_ = here[0].parts
    of_another |= claim.family == "ratio" and (first.number.start < last or first.value == second.value)
    of_another |= claim.family == "ratio" and pairs.of_others(near, rate, [here[0].parts])
    of_another |= bool(rate and not first.kinds & {*rate.top}) or claim.number.unit == grammar.FOR_EACH
    return [] if told or of_another or not is_slip(claim, here[0].expected) else [here[0]._replace(sure=True)]


def _ends(run: list[Claim], last: int) -> bool:
    """Whether a list in a run of numbers ends before a place."""
    return last == len(run) or not run[last].place[0]


def _can_be(near: Around, way: Way) -> bool:
    """Whether a number can come about in a way that no words state: a part is no more than its whole, a fall falls."""
    claim, (first, second) = near.claim, map(amount, way.parts[:2])
    behind = way.parts[0].number.start > claim.number.start
    summed_up = re.search(f"{SHAPE['total']}|{SHAPE['levels_at']}", claim.lead)
    if way.number and not claim.family and (behind or not summed_up):  # of which no word speaks
        return fits(claim, way.expected)
    if claim.family == "ratio" and not (pairs.rate_named(near) or re.search(SHAPE["any_rate"], claim.stands)):
        return is_mistyped(claim, way.expected)
    if claim.family == "ratio" and behind and re.search(SHAPE["share_behind"], claim.stands):
        return False  # 438户，占34.7%；已报名152户
    if claim.family == "ratio" and not way.number:
        return first <= second or (claim.value > 100 and bool(re.search(SHAPE["beyond"], claim.stands)))
    grown = claim.number.unit in RELATIVE and re.search(SHAPE["changed_by"], claim.stands)
    return not grown or (second < first) == bool(re.search(SHAPE["fallen"], claim.stands))


# --- Which operands the words join ---


def _joined(near: Around, relation: Relation, pool: list[Claim]) -> list[Join]:
    cue = re.search(relation.cue, near.claim.stands)
    if not cue or (relation.unnamed and pairs.rate_named(near)):
        return []
    return _BY[relation.by](near, pool) if relation.by else pairs.by_forms(near, relation, cue, pool)


_BY: dict[str, Callable[[Around, list[Claim]], list[Join]]] = {
    "rate": pairs.by_rate,
    "time": changes.by_time,
    "two": changes.by_two,
    "increase": changes.by_increase,
    "net": changes.by_net,
    "flow": changes.by_flow,
    "only": changes.by_only,
    "rest": by_rest,
    "before": parts_before,
    "behind": parts_behind,
    "complement": by_complement,
    "share_before": pairs.by_share_before,
    "total_behind": pairs.by_total_behind,
}
