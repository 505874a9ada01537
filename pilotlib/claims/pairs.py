"""Layer one: numbers that come about by two others, a rate, a change, so much for each, by the grammar's relations."""

import re
from collections.abc import Callable
from itertools import permutations, product, takewhile

from pilotlib.claims import grammar
from pilotlib.claims.facts import figure
from pilotlib.claims.grammar import AGREES, MONEY, OTHER_WORDS, PEOPLE, PERCENT, SHAPE, TIMES, Relation, say
from pilotlib.claims.meaning import Claim, measure_of
from pilotlib.claims.relations import (
    Around,
    Finding,
    Way,
    about,
    amount,
    beside,
    change,
    fits,
    is_count,
    judged,
    ratio,
    same_unit,
)
from pilotlib.claims.text import kinds_of

_PAIRED = 8  # of so many operands any two may be meant
_RELATIVE = ("%", "倍", "番")  # what is no difference between two values
_Pair = tuple[Claim, Claim]


def pair_of(near: Around, family: str, *, certain: bool = False) -> Finding | None:
    """What follows for a number from two others: by the first relation that joins two, else by any two that fit.

    A number that the words join otherwise is wrong; if `certain`, even where they may join other two.
    """
    claim, (operands, way_of) = near.claim, _COMPUTED[family]
    pool, joined, sure = operands(near), list[Way](), False
    rate = rate_named(near) if family == "ratio" else None
    for relation in grammar.RELATIONS[family]:
        cue = re.search(relation.cue, claim.stands)
        pairs = _joined(near, relation, cue, pool) if cue else []
        joined = [way for pair in pairs if (way := way_of(claim, *pair))]
        most = 2 if relation.second == "@any" else 1
        sure = 0 < len({way.expected for way in joined}) <= most and (
            relation.named or _is_of_them(claim, family, joined)
        )
        if joined or (relation.by == "rate" and rate):
            break
    sure = certain or (sure and not (rate and relation.by == "rate" and _of_others(near, rate, joined)))
    found = judged(claim, [way._replace(sure=sure) for way in joined])
    if (found and found.state == AGREES) or (family == "ratio" and not rate and not is_rate(claim)):
        return found
    others = [way for pair in permutations(pool[:_PAIRED], 2) if (way := way_of(claim, *pair)) and _can_be(near, way)]
    otherwise = judged(claim, others)
    # By how much two small counts differ is soon true of any two.
    return None if found and otherwise and claim.number.unit not in _RELATIVE else otherwise or found


def _is_of_them(claim: Claim, family: str, joined: list[Way]) -> bool:
    """Whether a share or rate is said of no other place, time or part than its operands."""
    return family != "ratio" or about(claim) <= set[str]().union(*(about(part) for way in joined for part in way.parts))


def _of_others(near: Around, rate: grammar.Rate, joined: list[Way]) -> bool:
    """Whether a rate may be of others than its counts: of another part, or of whom a name behind ； or 。 says."""
    claim = near.claim
    if any(about(part) != about(claim) for way in joined for part in way.parts):
        return "done" not in rate.top
    section = _section(near)
    whom = claim.unknown or any("part" in word.kinds for word in claim.before if word.start > section)
    return bool(whom) and any(way.parts[0].number.start < section for way in joined)


def _joined(near: Around, relation: Relation, cue: re.Match[str], pool: list[Claim]) -> list[_Pair]:
    """The pairs of operands that a relation joins: those that are named in the cue, or that stand as its rules say."""
    if relation.by:
        return _BY[relation.by](near, pool)
    rules, named = {"first": relation.first, "second": relation.second}, cue.groupdict()
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


def _can_be(near: Around, way: Way) -> bool:
    """Whether a number can come about in a way that no words state: a part is no more than its whole, a fall falls."""
    claim, (first, second) = near.claim, map(amount, way.parts)
    if claim.family == "ratio":
        return first <= second or claim.value > 100
    fallen = bool(re.search(SHAPE["fallen"], claim.stands))
    return not is_growth(claim) or claim.number.unit not in _RELATIVE or (second < first) == fallen


def is_growth(claim: Claim) -> bool:
    """Whether a change is by how much, not to how much: 增长了2倍, not 是2倍."""
    return bool(re.search(SHAPE["changed_by"], claim.stands))


# --- How two operands make a number ---


def _ratio_of(claim: Claim, top: Claim, bottom: Claim) -> Way | None:
    known = same_unit(top, bottom) and bottom.value
    return ratio(top, bottom, per=1000 if claim.number.unit == "‰" else 100) if known else None


def _change_of(claim: Claim, early: Claim, late: Claim) -> Way | None:
    unit, base, level = claim.number.unit, amount(early), amount(late)
    if not same_unit(early, late) or (unit in _RELATIVE and base * level <= 0):
        return None
    if unit not in _RELATIVE:
        base, level = sorted((base, level))
    of = "元" if early.number.kind == MONEY else unit
    expected, computation = change(unit, is_growth(claim), base, level, of)
    return Way(abs(expected), computation, (early, late))


def _each_of(claim: Claim, total: Claim, count: Claim) -> Way | None:
    one, two = claim.number, total.number
    alike = one.unit == two.unit or one.kind == two.kind == MONEY
    alike |= one.unit in OTHER_WORDS["times_of_each"] and two.kind == TIMES
    alike |= one.kind == PEOPLE and two.kind in (PEOPLE, TIMES)
    return ratio(total, count, per=1) if alike and count.value and _is_one_of(claim, count) else None


def _product_of(claim: Claim, price: Claim, count: Claim) -> Way | None:
    if (
        claim.number.kind == PEOPLE
        or price.family != "each"
        or count.family == "each"
        or not same_unit(claim, price)
        or not _is_one_of(price, count)
    ):
        return None
    written = {"price": figure(amount(price)), "count": figure(amount(count))}
    value = amount(price) * amount(count)
    return Way(value, say("product", product=figure(value), **written), (price, count))


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
    claim, of_rates = near.claim, bool(re.search(SHAPE["of_a_rate"], near.claim.lead))
    levels = list[Claim]()
    for stated in (near.earlier, near.later, near.before):
        added = [other for other in stated if other.family != "change"]
        if claim.number.unit in _RELATIVE:
            added = [other for other in added if (other.number.kind == PERCENT) == of_rates]
        else:
            added = [other for other in added if same_unit(claim, other)]
        levels += added
        if len(levels) > 1:
            break
    apart = [level for level in levels if level.family != "each"]
    return apart if len(apart) > 1 and levels[0] in apart else levels


def counts_for(near: Around) -> list[Claim]:
    """The counts that a rate can be of: of a list as long as its own only the one at its place."""
    (place, length), earlier = near.claim.place, [other for other in near.earlier if is_count(other)]
    counts = [other for other in (*near.counts, *near.behind) if is_count(other) and "each one" not in other.kinds]
    if length == 1:
        return counts
    if not any(other.place[1] == length for other in counts) and re.search(SHAPE["respectively"], near.claim.stands):
        row = [other for other in earlier if other is earlier[0] or same_unit(other, earlier[0])][length - 1 :: -1]
        return [other for other in counts if other not in row or other in row[place : place + 1]]
    return [other for other in counts if other.place[1] != length or other.place[0] == place]


def _section(near: Around) -> int:
    """The place of the last ； or 。 before a claim."""
    return max(near.text.rfind(mark, 0, near.claim.number.start) for mark in SHAPE["section_ends"])


def _stated(near: Around) -> list[Claim]:
    """The counts before one that is for each of them, or a sum of such; those behind ；, if there are two."""
    counts = [other for other in near.earlier if is_count(other)]
    behind = [other for other in counts if other.number.start > _section(near)]
    return behind if len(behind) > 1 else counts


# --- Which two operands the words join, where no form of the grammar says it ---


def _by_rate(near: Around, pool: list[Claim]) -> list[_Pair]:
    """The counts that the words of a rate name, since the rate before it; else in the sentence before."""
    rate = rate_named(near)
    if not rate:
        return []
    later = takewhile(lambda other: not any(mark in other.lead for mark in SHAPE["carry_ends"]), near.later)
    runs = (near.earlier, later, near.before)
    near_ones = (takewhile(lambda other: other.family != "ratio", run) for run in runs)
    counts = [other for other in pool if other.number.kind != "rounds"]
    since = next(filter(None, ([other for other in run if other in counts] for run in near_ones)), [])
    tops = [other for other in since if other.kinds & {*rate.top}]
    rest = [other for other in since if other not in tops and not other.kinds & {*rate.bottom}]
    tops += [other for other in rest if other.measure == rate.numerator]
    bottoms = list[Claim]()
    for run, kind in product((since, pool), (*rate.bottom, *rate.denominators)):
        apart = [other for other in run if other not in tops and not other.kinds & {*rate.top}]
        bottoms = bottoms or [other for other in apart if kind in (*other.kinds, other.measure)]
    more = "done" in rate.top
    others = [other for other in since if other not in tops and (more or (tops and other.value >= tops[0].value))]
    return [*product(tops, bottoms or others)]


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


def rate_of_text(near: Around, *, certain: bool) -> Finding | None:
    """A rate or share by the counts of its own text; of one that disagrees, the denominator that would make it true."""
    claim, behind = near.claim, near.text[near.claim.number.unit_end : near.claim.sentence[1]]
    if re.match(SHAPE["numbers_follow"], behind):
        end = behind.find("）") if behind.startswith("（") else len(behind)
        follow = [other for other in near.later if other.number.start < claim.number.unit_end + end]
        near = near._replace(earlier=follow, later=[]) if len(follow) > 1 else near
    finding = pair_of(near, "ratio", certain=certain)
    if not finding or finding.state == AGREES or not claim.value:
        return finding
    top, bottom = finding.parts
    implied = round(amount(top) / claim.value * 100)
    if not (top.value <= implied <= bottom.value and implied and fits(claim, amount(top) / implied * 100)):
        return finding
    other_way = say("other_denominator", denominator=implied, percent=figure(claim.value))
    return finding._replace(explanation=finding.explanation.removesuffix("。") + other_way)


def is_rate(claim: Claim) -> bool:
    """Whether a percentage is likely a rate of two counts."""
    return bool(re.search(SHAPE["any_rate"], claim.stands))


def _by_time(near: Around, pool: list[Claim]) -> list[_Pair]:
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


def _by_two(near: Around, pool: list[Claim]) -> list[_Pair]:
    """The only two as they stand, if they are of different parts or the words speak of two."""
    apart = len(pool) == 2 and (about(pool[0]) != about(pool[1]) or re.search(SHAPE["former"], near.claim.stands))
    return [(pool[1], pool[0])] if apart and same_unit(*pool) else []


def _by_increase(near: Around, pool: list[Claim]) -> list[_Pair]:
    """较上年增加0.4万人，达2.4万人，增长20%: the value before is what is left of the one now."""
    changes = [other for other in near.earlier if other.family == "change" and other.number.unit not in _RELATIVE]
    levels = [level for level in pool if changes and same_unit(changes[0], level)]
    if not len(changes) == len(levels) == 1 or near.claim.number.unit not in _RELATIVE:
        return []
    by = changes[0].value * (-1 if re.search(SHAPE["fallen"], changes[0].stands) else 1)
    return [(levels[0]._replace(value=levels[0].value - by), levels[0])]


def _by_only(near: Around, pool: list[Claim]) -> list[_Pair]:
    """The last total, or price, and the only number that it can be of."""
    way_of = _each_of if near.claim.family == "each" else _product_of
    pairs = [pair for pair in permutations(pool, 2) if way_of(near.claim, *pair)]
    of_last = [pair for pair in pairs if pair[0] is pairs[0][0]]
    return of_last if len(of_last) == 1 else []


_Operands = Callable[[Around], list[Claim]]
_COMPUTED: dict[str, tuple[_Operands, Callable[[Claim, Claim, Claim], Way | None]]] = {
    "ratio": (counts_for, _ratio_of),
    "change": (_levels, _change_of),
    "each": (_stated, _each_of),
    "product": (_stated, _product_of),
}
_BY: dict[str, Callable[[Around, list[Claim]], list[_Pair]]] = {
    "rate": _by_rate,
    "time": _by_time,
    "two": _by_two,
    "increase": _by_increase,
    "only": _by_only,
}
