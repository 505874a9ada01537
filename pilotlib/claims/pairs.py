"""Layer one: which two numbers another one comes about by, as the words around it say: of a rate and of a share."""

import re
from collections.abc import Sequence
from itertools import dropwhile, permutations, product, takewhile

from pilotlib.claims import grammar
from pilotlib.claims.arithmetic import compute
from pilotlib.claims.changes import time_of
from pilotlib.claims.claim import Around, Claim, about, amount, beside, is_count, same_unit
from pilotlib.claims.grammar import OTHER_WORDS, PEOPLE, SHAPE, WORDS, Relation
from pilotlib.claims.judging import Group, Join, fits
from pilotlib.claims.meaning import measure_of
from pilotlib.claims.text import kinds_of

_FAR_APART = 1.5
PAIRED = 8  # of so many operands any two may be meant


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


def by_forms(near: Around, relation: Relation, cue: re.Match[str], pool: list[Claim]) -> list[Join]:
    """The operands that are named in the cue of a relation, or that stand as its rules say."""
    rules, named = {"first": relation.first, "second": relation.second}, cue.groupdict()
    if relation.named:
        pool = [*pool, *(other for other in near.behind if is_count(other) and not other.unknown)]
    behind = [*dropwhile(lambda other: not any(mark in other.lead for mark in SHAPE["carry_ends"]), near.later)]
    if relation.of == "ratio":  # 通过率89%；乙证书通过71人
        pool = [claim for claim in pool if claim not in behind]
    found, of_two = dict[str, list[Claim]](), near.claim.number.unit == grammar.FOR_EACH
    for role in sorted(rules, key=lambda role: rules[role].startswith(("@only", "@before"))):
        rule = rules[role] if rules[role].startswith("@") else f" {rules[role]}"
        position, _, form = rule.partition(" ")
        other = next((claims[0] for claims in found.values() if claims), None)
        rest = [claim for claim in pool if claim is not other and (not other or of_two or same_unit(other, claim))]
        if role == "second" and other and relation.of == "ratio" and not of_two:
            # A whole is more, but for 105%, and itself no part of another.
            last = near.claim.number.start if position == "@only" else len(near.text)
            most = amount(other) if near.claim.value <= 100 else 0
            rest = [one for one in rest if amount(one) >= most and one.number.start < last]
            rest = [one for one in rest if role in named or not one.is_part]
        if position == "@behind":
            rest = [one for one in rest if one.number.start > near.claim.number.start]
        if position in ("@nearest", "@before"):
            start = (other if other and position == "@before" else near.claim).number.start
            before = [claim for claim in rest if claim.number.start < start]
            if position == "@before":  # 较去年的88%提高2个百分点，较前年的85%提高5个百分点
                before = [claim for claim in before if not re.search(SHAPE["compared"], claim.lead)]
            rest = before[:1]
            if position == "@before" and relation.of == "change":
                # 46门，其中校级33门，比上年的38门: of the whole or the part
                parted = [
                    at for at, one in enumerate(before) if any(w in one.lead for w in OTHER_WORDS["parts_follow"])
                ]
                rest += before[parted[0] + 1 : parted[0] + 2] if parted else []
        rest = [claim for claim in rest if re.search(form, claim.stands)]
        if role in named:
            rest = _named(near.claim, rest, cue, role)
        rate = rate_named(near) if relation.sole and role == "first" else None
        if rate:  # 培训500人，取证440人；以培训人数计算的合格率
            likeliest = [claim for claim in rest if rate.top[0] in claim.kinds]
            rest = likeliest or [claim for claim in rest if claim.kinds & {*rate.top}]
        if rule == "@any":  # 2022年计划3000人；2023年计划3200人，报到2952人，报到率
            rest = [claim for claim in rest if claim.number.start > near.section] or rest
        found[role] = rest if position != "@only" or len({claim.value for claim in rest}) == 1 else []
    pairs = [*product(found["first"][:1], found["second"][: 2 if relation.second in ("@any", "@before") else 1])]
    return _certain(near, pairs, None, named=relation.named or relation.of != "ratio")


def _certain(
    near: Around, pairs: Sequence[Group], rate: grammar.Rate | None = None, *, named: bool = False
) -> list[Join]:
    """Pairs of operands, sure if they say one value (of a rate or any two, perhaps two) and of no others."""
    claim = near.claim
    ways = [(pair, way) for pair in pairs if (way := compute(claim.family or "product", claim, pair))]
    one_value = len({way.expected for _, way in ways}) <= (2 if rate or len(pairs) == 2 else 1)
    # One of two wholes that is far off leaves it open of which the rate is: 毕业生1846人，升学1102人，就业655人.
    least, most = (choose((way.expected for _, way in ways), default=1) for choose in (min, max))
    one_value &= bool(rate) or claim.family != "ratio" or most < _FAR_APART * least
    in_lists = any(part.place[1] > 1 for pair, _ in ways for part in pair)  # 分别为80人和40人，总体满意率
    one_value &= claim.place[1] > 1 or not (in_lists and re.search(SHAPE["of_them_all"], claim.lead))
    one_value &= claim.family != "ratio" or not any(of_other_times(near, pair) for pair, _ in ways)
    sure = one_value and (named or not of_others(near, rate, [pair for pair, _ in ways]))
    return [Join(pair, sure) for pair, _ in ways]


def of_other_times(near: Around, pair: Group) -> bool:
    """Whether two counts are of different years, or of another than their rate: 今年计划1800人，去年报到1653人."""
    of_all = (near.claim, *pair[:2])
    times = [time_of(one, near.text) for one in of_all]
    if "" in times[1:] and re.search(SHAPE["time"], near.claim.lead):  # 在校生8200人，2021年生师比
        return True
    years = {*times} - {""}
    own, *others = (frozenset(word for kind, word in one.limits if kind == "time") for one in of_all)
    of_last_year = any(not word[0].isdigit() for word in own)  # which is said of its counts as well
    return len(years) > 1 or (of_last_year and {*others} != {own})


def _named(claim: Claim, pool: list[Claim], cue: re.Match[str], role: str) -> list[Claim]:
    """The operands that words of a cue name: beside these, as what they are about, or as what they measure."""
    phrase, back = re.sub(SHAPE["no_base"], "", cue[role]), claim.stands.index("#") - cue.start(role)
    start = claim.number.start - back
    words = kinds_of(word for word in claim.before if start <= word.start < start + len(cue[role]))
    measure = measure_of(PEOPLE, "", words) if role == "second" else ""
    negated = tuple(no + phrase for no in OTHER_WORDS["negations"])
    by_name = [other for other in pool if phrase and phrase in beside(other)]
    if role == "second" and not by_name and re.search(SHAPE["truly"], phrase):  # 实考: 实际参考92人
        by_name = [other for other in pool if phrase[0] in other.lead[-6:]]
    core = re.sub(SHAPE["no_core"], "", phrase)  # 占收回问卷的: 收回472份
    if role == "second" and not by_name and len(core) > 1:
        edges = [re.split(SHAPE["between_clauses"], text) for other in pool for text in (other.lead, other.tail)]
        by_name = [other for at, other in enumerate(pool) if core in edges[2 * at][-1] + "#" + edges[2 * at + 1][0]]
    by_name = by_name or [other for other in pool if phrase and phrase == other.number.unit and not other.is_part]
    by_name = [other for other in by_name if not any(no in beside(other) for no in negated)]
    by_name = [other for other in by_name if not other.is_part or other.lead.endswith(phrase) or role == "first"]
    by_part = [other for other in pool if phrase and phrase in {*about(other), *other.scope}]
    by_measure = [other for other in pool if phrase and measure and measure == other.measure]
    # Before a row of numbers stand the first and the last of its years, each of which is one number's.
    return (by_part if phrase[:1].isdigit() else []) or by_name or by_part or by_measure


def of_others(near: Around, rate: grammar.Rate | None, pairs: Sequence[Group]) -> bool:
    """Whether a share or rate may be of others than its counts: of another part, or of a name behind ； or 。."""
    claim, parts = near.claim, [part for pair in pairs for part in pair]
    if len({frozenset(one.unknown) & {*SHAPE["one_of_several"]} for one in (claim, *parts)} - {frozenset()}) > 1:
        return True  # 甲校报名230人，乙校通过184人
    if re.search(SHAPE["of_others"], claim.lead):
        return True  # 2302班45人中有39人取得，其他班级通过率
    if not rate:
        return not about(claim) <= set[str]().union(*map(about, parts))
    own, *of_parts = (about(one) - {word for kind, word in one.limits if kind == "time"} for one in (claim, *parts))
    others = set(map(frozenset, of_parts))  # times are compared by themselves
    if others - {frozenset(own)} and (own or len(others) > 1 or any(p.sentence != claim.sentence for p in parts)):
        return "done" not in rate.top
    whom = claim.unknown or any("part" in word.kinds for word in claim.before if word.start > near.section)
    return bool(whom) and any(pair[0].number.start < near.section for pair in pairs)


def by_rate(near: Around, pool: list[Claim]) -> list[Join]:
    """The counts that the words of a rate name, since the rate before it; else in the sentence before."""
    rate = rate_named(near)
    if not rate:
        return []
    if near.claim.place[1] > 1 and near.claim.stands.split("#")[0].count("率") > 1:
        return []  # 合格率、优秀率分别为92%和30%
    if in_order := _in_order(near, rate):
        return _certain(near, [in_order], rate, named=True)
    if near.earlier and re.search(SHAPE["all_of_them"], near.earlier[0].tail):
        return [Join((near.earlier[0], near.earlier[0]._replace()))]  # 46人全部通过
    behind = [] if near.claim.number.unit == grammar.FOR_EACH else near.later
    later = takewhile(lambda other: not any(mark in other.lead for mark in SHAPE["carry_ends"]), behind)
    near_ones = (takewhile(lambda other: other.family != "ratio", run) for run in (near.earlier, later, near.before))
    counts = [other for other in pool if other.number.kind != "rounds"]
    since = next(filter(None, ([other for other in run if other in counts] for run in near_ones)), [])
    failed = [other for other in since if re.search(SHAPE["failed"], other.stands)]
    tops = [other for other in since if other.kinds & {*rate.top} and other not in failed]
    tops = [other for other in tops if rate.bottom[0] not in other.kinds] or tops  # 报名参加考核642人，到考617人
    tops = [other for other in tops if rate.top[0] in other.kinds] or tops  # 实操合格81人，取证79人，取证率
    rest = [other for other in since if other not in tops and not other.kinds & {*rate.bottom}]
    if not any(other.number.kind == PEOPLE for other in tops):
        tops += [other for other in rest if other.measure == rate.numerator]
    bottoms, usual = list[Claim](), rate.bottom[0]
    for run, kind in product((since, pool), (*rate.bottom, *rate.denominators)):
        apart = [other for other in run if other not in (*tops, *failed)]
        apart = [other for other in apart if kind == usual or not other.kinds & {*rate.top}]
        bottoms = bottoms or [other for other in apart if kind in (*other.kinds, other.measure)]
    sums = [one for one in bottoms if amount(one) == sum(map(amount, bottoms)) / 2 and len(bottoms) > 2]
    bottoms = sums or bottoms  # 首期268人、第二期305人、第三期241人，共814人
    if tops and not bottoms and re.search(SHAPE["all_of_them"], tops[0].tail):
        bottoms = [tops[0]._replace()]
    of_two = near.claim.number.unit == grammar.FOR_EACH
    least = tops[0].value if tops and "done" not in rate.top and not of_two else 0
    others = [other for other in since if other not in tops and other.value >= least]
    if of_two and not len(tops) == len(bottoms or others) == 1:
        return []  # which of several
    if bottoms and not tops and len(failed) == 1:  # 63人参加，9人不合格
        tops = [bottoms[0]._replace(value=bottoms[0].value - failed[0].value)]
    return _certain(near, [*product(tops, bottoms or others)], rate)


def _in_order(near: Around, rate: grammar.Rate) -> Group | None:
    """The counts of one of several rates: 甲参考140人，通过119人；乙参考96人，通过72人，通过率分别为85%、75%."""
    place, length = near.claim.place
    for run in (near.earlier, near.before):
        counts = [other for other in run[::-1] if is_count(other) and not re.search(SHAPE["failed"], other.stands)]
        tops = [other for other in counts if other.kinds & {*rate.top}]
        bottoms = [other for other in counts if rate.bottom[0] in other.kinds and other not in tops]
        # 男生、女生通过率分别为: names that no count bears are of other groups.
        names = re.findall(SHAPE["named_in_order"], near.claim.stands.split("#")[0])
        borne = all(any(name in other.lead for other in counts) for name in names)
        apart = not any(word in other.lead for other in counts for word in WORDS["of which"])
        if borne and apart and len(tops) == len(bottoms) == length > 1:
            return tops[place], bottoms[place]
    return None


def by_total_behind(near: Around, _: list[Claim]) -> list[Join]:
    """The count right before a share, of the total that ends the list: 男101人，占35%；女187人，占65%；合计288人."""
    part = near.earlier[0] if near.earlier else near.claim
    totals = [other for other in near.later if same_unit(part, other) and re.search(SHAPE["total"], other.lead)]
    if not totals:
        return []
    before = [other for other in near.later if other.number.start < totals[0].number.start]
    parts = [part, *(other for other in (*near.earlier, *before) if same_unit(part, other))]
    adds_up = sum(map(amount, parts)) == amount(totals[0]) and not totals[0].is_part
    return [Join((part, totals[0]), True)] if adds_up else []


def by_share_before(near: Around, pool: list[Claim]) -> list[Join]:
    """The whole of the share before, where one number alone stands between: 占64.8%；有副高职称的4860人，占35%."""
    part, *others = near.earlier or [near.claim]
    share = next((other for other in others[:2] if other.family == "ratio"), None)
    if not share or part not in pool:
        return []
    pairs = [pair for pair in permutations(pool[:PAIRED], 2) if part not in pair and same_unit(part, pair[1])]
    wholes = [pair[1] for pair in pairs if (way := compute("ratio", share, pair)) and fits(share, way.expected, *pair)]
    return [Join((part, wholes[0]), True)] if len(wholes) == 1 and amount(part) <= amount(wholes[0]) else []


def by_parted(near: Around, _: list[Claim]) -> list[Join]:
    """The count right before a share, of the total that it makes up with others: 8646人，男5230人，女3416人，女生占."""
    part = next(iter(near.earlier), near.claim)
    alike = [other for other in near.earlier if other is part or same_unit(part, other)]
    wholes = [one for at, one in enumerate(alike) if at > 1 and amount(one) == sum(map(amount, alike[:at]))]
    return [Join((part, wholes[0]), True)] if wholes else []
