"""Layer one: of which other numbers of its text a number comes about, by the words around it, and what follows from it.

It is called wrong only where the words determine of which, and no other reading of the passage fits.
"""

import re
from collections.abc import Callable, Sequence

from pilotlib.claims import changes, grammar, pairs
from pilotlib.claims.arithmetic import RELATIVE, compute
from pilotlib.claims.claim import Around, Claim, amount, factor, same_unit
from pilotlib.claims.grammar import AGREES, DISAGREES, PERCENT, SHAPE, WORDS, Relation, say
from pilotlib.claims.judging import Finding, Join, fits, judged
from pilotlib.claims.operands import any_that_fit, can_be, is_exact, only_one, operands_of
from pilotlib.claims.parts import by_complement, by_rest, parts_before, parts_behind


def follows(near: Around) -> Finding | None:
    """What follows for a count from the others of its passage, by the computation that its words name."""
    family = near.claim.family
    if family in ("change", "each"):
        return comes_about(near, family) or (changes.mean_of_list(near) if family == "each" else None)
    if counted := _counts_parts(near):
        return counted
    later = [other for other in near.later if not re.search(SHAPE["on_average"], other.lead)]
    before = near.before if is_exact(near.claim) else []
    of_each = any(other.family == "each" for other in (*near.earlier, *later, *before))
    families = ("rest", "sum") if family == "rest" else ("product", "sum") if of_each else ("sum",)
    return next(filter(None, (comes_about(near, name) for name in families)), None)


def _counts_parts(near: Around) -> Finding | None:
    """A number of the parts that are listed before a total or behind it: 92.4万元、31.6万元、40.2万元，三项合计."""
    value, later = near.claim.value, near.later
    if not 1 < value <= changes.MOST_PARTS or not later:
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
    claim, pool = near.claim, operands_of(near, family)
    ways = ((one, _joined(near, one, pool)) for one in grammar.RELATIONS[family])
    relation, joined = next((way for way in ways if way[1]), (None, list[Join]()))
    joined = [join._replace(sure=True) for join in joined] if certain else joined
    found = judged(claim, filter(None, (compute(family, claim, *join) for join in joined)))
    if found and family == "change" and (turned := _turned(near, found, joined)):
        return turned
    if found and not (relation and relation.sole and relation.named) and _is_explained(near, found):
        found = None
    if found and relation and (found.state == AGREES or relation.sole or _names_its_part(claim, found)):
        return found
    computed = (compute(family, claim, group) for group in any_that_fit(near, family, pool))
    possible = [way for way in computed if way and can_be(near, way)]
    otherwise = judged(claim, [*possible, *only_one(near, possible)])
    if not otherwise or otherwise.state != AGREES:
        return found or (None if otherwise and _is_explained(near, otherwise) else otherwise)
    fewer = found and len(otherwise.parts) < len(found.parts) and claim.number.kind != PERCENT  # 满意以上合计91%
    if found and fewer and all(part in found.parts for part in otherwise.parts):
        return found  # a part is forgotten
    # By how much two small counts differ is soon true of any two.
    of_counts = family in ("change", "each", "product") and claim.number.unit not in RELATIVE
    return None if found and of_counts and not is_exact(claim) else otherwise


def _is_explained(near: Around, found: Finding) -> bool:
    """Whether the text says why a number is another: by terms or a basis in words, or by a number that follows."""
    claim, first = near.claim, min((part.number.start for part in found.parts), default=near.claim.number.start)
    if found.state != DISAGREES:
        return False
    of_last_time = claim.family == "change" and re.search(SHAPE["of_last_time"], f"{claim.lead}#")
    behind = [part for part in found.parts if part.number.start > claim.number.start]
    if of_last_time and any(not re.search(SHAPE["another_time"], part.lead) for part in behind):
        return True  # 比上年增加800元；比省定标准12000元高600元
    if claim.family == "ratio":  # 报到率95.8%，其中本地生97.6%: the counts are of the other rate
        start = max(part.number.start for part in found.parts)
        of_a_part = WORDS["of which"][0] in claim.lead and not re.search(SHAPE["share_of"], claim.stands)
        if of_a_part and start < claim.number.start:
            return True
        rates = [other for other in near.later if other.family == "ratio" and other.number.start < start]
        if rates or any(fits(other, found.expected or 0) for other in near.earlier if other.family == "ratio"):
            return True
    between, after = near.text[first : claim.number.start], near.text[claim.number.unit_end : claim.sentence[1]]
    if re.search(SHAPE["other_terms"], between) or re.search(SHAPE["basis_behind"], after):
        return True
    alike = [amount(other) for other in near.later[:3] if same_unit(claim, other) and other not in found.parts]
    by = abs((found.expected or 0) * factor(claim) - amount(claim))
    return claim.family != "change" and any(by == sum(alike[:last]) for last in range(1, len(alike) + 1))


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
    "parted": pairs.by_parted,
    "total_behind": pairs.by_total_behind,
}
