"""Layer one: of which other numbers of its text a number comes about, by the words around it, and what follows from it.

It is called wrong only where the words determine of which, and no other reading of the passage fits.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import compress, permutations, product, takewhile

from pilotlib.claims import grammar
from pilotlib.claims.arithmetic import RELATIVE, Finding, Group, Join, Way, compute, fits, judged
from pilotlib.claims.claim import Around, Claim, about, amount, beside, is_count, same_unit
from pilotlib.claims.grammar import AGREES, DISAGREES, PEOPLE, PERCENT, SHAPE, TIMES, Relation, say
from pilotlib.claims.meaning import measure_of
from pilotlib.claims.parts import by_complement, by_rest, parts_before, parts_behind
from pilotlib.claims.text import kinds_of

_PAIRED = 8  # of so many operands any two may be meant
_MOST_PARTS = 12  # so many parts of a total are counted
_NO_CHANCE = 20  # what several numbers before one add up to by no chance


def follows(near: Around) -> Finding | None:
    """What follows for a count from the others of its passage, by the computation that its words name."""
    claim, family = near.claim, near.claim.family
    if family in ("change", "each"):
        return comes_about(near, family)
    if 1 < claim.value <= _MOST_PARTS and near.later:  # 92.4万元、31.6万元、40.2万元，三项合计
        parts = [other for other in near.earlier if same_unit(other, near.later[0])][: round(claim.value)]
        if len(parts) == claim.value and sum(map(amount, parts)) == amount(near.later[0]):
            return Finding(AGREES, say("parts_counted", count=len(parts)), claim.value)
    of_each = any(other.family == "each" for other in near.earlier)
    families = ("rest", "sum") if family == "rest" else ("product", "sum") if of_each else ("sum",)
    return next(filter(None, (comes_about(near, name) for name in families)), None)


def comes_about(near: Around, family: str, *, certain: bool = False) -> Finding | None:
    """What follows for a number of a family: by the first relation that joins others, else by any that fit.

    A number that the words join otherwise is wrong; if `certain`, even where they may join others.
    """
    claim, pool = near.claim, _operands(near, family)
    joined = next(filter(None, (_joined(near, one, pool) for one in grammar.RELATIONS[family])), [])
    joined = [join._replace(sure=True) for join in joined] if certain else joined
    found = judged(claim, filter(None, (compute(family, claim, *join) for join in joined)))
    if found and found.state == AGREES:
        return found
    others = (compute(family, claim, group) for group in _any_that_fit(near, family, pool))
    otherwise = judged(claim, (way for way in others if way and _can_be(claim, way)))
    # By how much two small counts differ is soon true of any two.
    by_chance = family in ("change", "each", "product") and claim.number.unit not in RELATIVE
    return None if found and otherwise and by_chance else otherwise or found


def said_twice(claim: Claim, before: Sequence[Claim]) -> Finding | None:
    """The same quantity said before with its digits swapped: 326名考生, 362名考生; or another referred to: 上述28名."""
    written, referred = sorted(claim.number.written), re.search(SHAPE["referred"], claim.lead)
    for other in reversed(before) if claim.measure and claim.number.kind in (PEOPLE, TIMES) else ():
        again = claim.sentence != other.sentence or re.search(SHAPE["said_again"], claim.lead)
        alike = (claim.measure, claim.scope) == (other.measure, other.scope) and again
        alike = alike and same_unit(claim, other) and claim.value != other.value
        if alike and (referred or sorted(other.number.written) == written):
            said = say("said_before", before=other.number.with_unit)
            computation = say("text_differs", computation=said, written=claim.number.with_unit)
            return Finding(DISAGREES, computation, other.value)
    return None


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


# --- Of which numbers a computation can be, the nearest first; of a rest the first ones first ---


def _operands(near: Around, family: str) -> list[Claim]:
    if family in ("ratio", "change"):
        return (counts_for if family == "ratio" else _levels)(near)
    if family in ("each", "product"):  # the counts before it; those behind ；, if there are two
        counts = [other for other in near.earlier if is_count(other)]
        behind = [other for other in counts if other.number.start > near.section]
        return behind if len(behind) > 1 else counts
    return [other for other in near.earlier[::-1] if same_unit(near.claim, other)]


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
        return [tuple(pool[first:]) for first in range(len(pool) - 1)]
    if family == "sum":
        pool = [other for other in pool if other.family != "each"]
        if claim.number.kind == PERCENT and re.search(SHAPE["total"], claim.lead):  # 满意以上合计91%: the first ones
            ends = permutations(range(len(pool) + 1), 2)
            return [tuple(pool[first:last]) for first, last in ends if last - first > 1]
        by_chance = claim.value < _NO_CHANCE or claim.number.modifier or claim.number.kind == PERCENT
        return [] if by_chance else [tuple(pool[first:]) for first in range(len(pool) - 1)]
    if family == "ratio":
        behind = [other for other in pool if near.section < other.number.start]
        pool = behind if len(behind) > 1 else pool
        if not (rate_named(near) or re.search(SHAPE["any_rate"], claim.stands)):
            return []
    return permutations(pool[:_PAIRED], 2)


def _can_be(claim: Claim, way: Way) -> bool:
    """Whether a number can come about in a way that no words state: a part is no more than its whole, a fall falls."""
    first, second = map(amount, way.parts[:2])
    if claim.family == "ratio" and not way.number:
        return first <= second or (claim.value > 100 and bool(re.search(SHAPE["beyond"], claim.stands)))
    grown = claim.number.unit in RELATIVE and re.search(SHAPE["changed_by"], claim.stands)
    return not grown or (second < first) == bool(re.search(SHAPE["fallen"], claim.stands))


# --- Which operands the words join ---


def _joined(near: Around, relation: Relation, pool: list[Claim]) -> list[Join]:
    """The operands that a relation joins: those that are named in the cue, or that stand as its rules say."""
    cue = re.search(relation.cue, near.claim.stands)
    if not cue or relation.by:
        return _BY[relation.by](near, pool) if cue else []
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
    pairs = [*product(found["first"][:1], found["second"][: 2 if relation.second == "@any" else 1])]
    return _certain(near, pairs, None, named=relation.named or relation.of != "ratio")


def _certain(
    near: Around, pairs: Sequence[Group], rate: grammar.Rate | None = None, *, named: bool = False
) -> list[Join]:
    """Pairs of operands, sure if they say one value (of a rate or any two, perhaps two) and of no others."""
    claim = near.claim
    ways = [(pair, way) for pair in pairs if (way := compute(claim.family or "product", claim, pair))]
    one_value = len({way.expected for _, way in ways}) <= (2 if rate or len(pairs) == 2 else 1)
    sure = one_value and (named or not _of_others(near, rate, [pair for pair, _ in ways]))
    return [Join(pair, sure) for pair, _ in ways]


def _named(claim: Claim, pool: list[Claim], cue: re.Match[str], role: str) -> list[Claim]:
    """The operands that words of a cue name: beside these, as what they are about, or as what they measure."""
    phrase, back = re.sub(SHAPE["no_base"], "", cue[role]), claim.stands.index("#") - cue.start(role)
    words = kinds_of(word for word in claim.before if word.start >= claim.number.start - back)
    measure = measure_of(PEOPLE, "", words) if role == "second" else ""
    by_name = [other for other in pool if phrase and phrase in beside(other)]
    by_part = [other for other in pool if phrase in {*about(other), *other.scope}]
    return by_name or by_part or [other for other in pool if phrase and measure and measure == other.measure]


def _of_others(near: Around, rate: grammar.Rate | None, pairs: Sequence[Group]) -> bool:
    """Whether a share or rate may be of others than its counts: of another part, or of a name behind ； or 。."""
    claim, parts = near.claim, [part for pair in pairs for part in pair]
    if not rate:
        return not about(claim) <= set[str]().union(*map(about, parts))
    if any(about(part) != about(claim) for part in parts):
        return "done" not in rate.top
    whom = claim.unknown or any("part" in word.kinds for word in claim.before if word.start > near.section)
    return bool(whom) and any(pair[0].number.start < near.section for pair in pairs)


def _by_rate(near: Around, pool: list[Claim]) -> list[Join]:
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
    if not any(other.number.kind == PEOPLE for other in tops):
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
    return _certain(near, [*product(tops, bottoms or others)], rate)


def _by_share_before(near: Around, pool: list[Claim]) -> list[Join]:
    """The whole of the share before, where one number alone stands between: 占64.8%；有副高职称的4860人，占35%."""
    part, share = near.earlier[:2] if len(near.earlier) > 1 else (near.claim, near.claim)
    if share.family != "ratio" or part not in pool:
        return []
    pairs = [pair for pair in permutations(pool[:_PAIRED], 2) if part not in pair and same_unit(part, pair[1])]
    wholes = [pair[1] for pair in pairs if (way := compute("ratio", share, pair)) and fits(share, way.expected, *pair)]
    return [Join((part, wholes[0]), True)] if len(wholes) == 1 and amount(part) <= amount(wholes[0]) else []


def _by_time(near: Around, pool: list[Claim]) -> list[Join]:
    """The last two values, if of different times, the earlier first; the later is of the change's own time."""
    own = re.findall(SHAPE["time"], near.claim.lead)
    if len(pool) < 2 or (len(pool) > 2 and not re.search(SHAPE["year_by_year"], near.claim.lead)):
        return []
    early, late = sorted(pool[:2], key=lambda level: _time(level, near.text))
    times = _time(early, near.text), _time(late, near.text)
    return [Join((early, late), True)] if "" != times[0] != times[1] and (not own or own[-1] == times[1]) else []


def _time(claim: Claim, text: str) -> str:
    """The time that a sentence names last before a number; 上年 sorts before every year that is named."""
    times = re.findall(SHAPE["time"], text[claim.sentence[0] : claim.number.start])
    return times[-1].translate(str.maketrans(*SHAPE["order_of_times"])) if times else ""


def _by_increase(near: Around, pool: list[Claim]) -> list[Join]:
    """较上年增加0.4万人，达2.4万人，增长20%: the value before is what is left of the one now."""
    changes = [other for other in near.earlier if other.family == "change" and other.number.unit not in RELATIVE]
    levels = [level for level in pool if changes and same_unit(changes[0], level)]
    if not len(changes) == len(levels) == 1 or near.claim.number.unit not in RELATIVE:
        return []
    by = changes[0].value * (-1 if re.search(SHAPE["fallen"], changes[0].stands) else 1)
    return [Join((levels[0]._replace(value=levels[0].value - by), levels[0]), True)]


def _by_two(near: Around, pool: list[Claim]) -> list[Join]:
    """The only two as they stand, if they are of different parts or the words speak of two."""
    apart = len(pool) == 2 and (about(pool[0]) != about(pool[1]) or re.search(SHAPE["former"], near.claim.stands))
    return [Join((pool[1], pool[0]), True)] if apart and same_unit(*pool) else []


def _by_only(near: Around, pool: list[Claim]) -> list[Join]:
    """The last total and the only number that it is for each of; or the last price, if no other sum follows it."""
    claim, of_each = near.claim, near.claim.family == "each"
    pairs = [pair for pair in permutations(pool, 2) if compute("each" if of_each else "product", claim, pair)]
    of_last = [pair for pair in pairs if pair[0] is pairs[0][0]]
    sums = next((other for other in pool if same_unit(claim, other)), None)
    sure = len(of_last) == 1 and (of_each or (sums is of_last[0][0] and claim.number.kind != PEOPLE))
    return [Join(pair, True) for pair in of_last if sure]


_BY: dict[str, Callable[[Around, list[Claim]], list[Join]]] = {
    "rate": _by_rate,
    "time": _by_time,
    "two": _by_two,
    "increase": _by_increase,
    "only": _by_only,
    "rest": by_rest,
    "before": parts_before,
    "behind": parts_behind,
    "complement": by_complement,
    "share_before": _by_share_before,
}
