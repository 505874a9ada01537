"""Layer one: which two numbers a change is between, and so much for each or in all comes about by, as words say."""

import re
from itertools import permutations
from math import isclose

from pilotlib.claims import grammar
from pilotlib.claims.arithmetic import RELATIVE, compute
from pilotlib.claims.claim import Around, Claim, about, amount, factor, same_unit
from pilotlib.claims.facts import figure
from pilotlib.claims.grammar import PERCENT, SHAPE, WORDS, say
from pilotlib.claims.judging import Finding, Join, Way, judged

MOST_PARTS = 12  # so many parts of a total are counted


def by_time(near: Around, pool: list[Claim]) -> list[Join]:
    """The last two values, if of different times, the earlier first; the later is of the change's own time."""
    own = re.findall(SHAPE["time"], re.sub(SHAPE["so_many_of"], "", near.claim.lead))
    if len(pool) < 2 or (len(pool) > 2 and not re.search(SHAPE["year_by_year"], near.claim.lead)):
        return []
    early, late = sorted(pool[:2], key=lambda level: time_of(level, near.text) or SHAPE["now"])
    times = time_of(early, near.text), time_of(late, near.text) or SHAPE["now"]
    return [Join((early, late), True)] if "" != times[0] != times[1] and (not own or own[-1] == times[1]) else []


def time_of(claim: Claim, text: str) -> str:
    """The time that a sentence names last before a number; 上年 sorts before every year that is named."""
    times = re.findall(SHAPE["time"], text[claim.sentence[0] : claim.number.start])
    return times[-1].translate(str.maketrans(*SHAPE["order_of_times"])) if times else ""


def by_increase(near: Around, pool: list[Claim]) -> list[Join]:
    """较上年增加0.4万人，达2.4万人，增长20%: the value before is what is left of the one now."""
    changes = [other for other in near.earlier if other.family == "change" and other.number.unit not in RELATIVE]
    levels = [level for level in pool if changes and same_unit(changes[0], level)]
    of_a_part = any(word in near.claim.lead for word in WORDS["of which"])
    if not changes or of_a_part or near.claim.number.unit not in RELATIVE:
        return []
    apart = [pair for pair in permutations(levels, 2) if isclose(amount(pair[1]) - amount(pair[0]), amount(changes[0]))]
    if len(apart) == 1 and not re.search(SHAPE["fallen"], changes[0].stands):  # 415人，上年367人，增加48人，增幅
        return [Join(apart[0], True)]
    if not len(changes) == len(levels) == 1:
        return []
    by = changes[0].value * (-1 if re.search(SHAPE["fallen"], changes[0].stands) else 1)
    return [Join((levels[0]._replace(value=levels[0].value - by), levels[0]), True)]


def by_net(near: Around, _: list[Claim]) -> list[Join]:
    """All who went, and all who came or the most of these: 招聘26人，其中博士9人；退休11人、调出4人，净增11人."""
    alike = [other for other in near.earlier[::-1] if same_unit(near.claim, other)]
    gone = [other for other in alike if re.search(SHAPE["went"], other.stands)]
    came = [other for other in alike if re.search(SHAPE["came"], other.stands) and other not in gone]
    if not gone or not came:
        return []
    sums = [together(came), max(came, key=amount)]
    others = [other for other in alike[alike.index(came[0]) :] if other not in (*came, *gone)]
    of_another_time = any(re.search(SHAPE["another_time"], other.lead) for other in alike)
    parts = sum(amount(other) for other in (*came, *others)) - amount(sums[1])  # of 招聘26人，其中博士9人 ….
    sure = not of_another_time and (not others or parts == amount(sums[1]))
    return [Join((together(gone), one), sure) for one in sums]


def by_flow(near: Around, _: list[Claim]) -> list[Join]:
    """What there was, with what came and without what went: 教师168人，退休6人，新招聘13人，年末175人."""
    alike = [other for other in (*near.before[::-1], *near.earlier[::-1]) if same_unit(near.claim, other)]
    gone = [other for other in alike if re.search(SHAPE["went"], other.stands)]
    came = [other for other in alike if re.search(SHAPE["came"], other.stands) and other not in gone]
    base = [other for other in alike if other not in gone and other not in came]
    at_first = len(base) == 1 and (base[0] is alike[0] or re.search(SHAPE["at_first"], base[0].lead))
    if not (at_first and gone and came):
        return []
    others = [other for other in alike if other is not base[0]]
    signed = [other._replace(value=-other.value) if other in gone else other for other in others]
    return [Join((base[0], *signed), True)]


def together(parts: list[Claim]) -> Claim:
    """Several counts as one."""
    written, value = " + ".join(part.number.written for part in parts), sum(part.value for part in parts)
    written = f"（{written}）" if len(parts) > 1 else written
    return parts[0]._replace(value=value, number=parts[0].number._replace(written=written, value=value))


def without(whole: Claim, part: Claim) -> Claim:
    """A count without one of its parts."""
    written, value = f"（{whole.number.written} − {part.number.written}）", whole.value - amount(part) / factor(whole)
    return whole._replace(value=value, number=whole.number._replace(written=written, value=value))


def by_two(near: Around, pool: list[Claim]) -> list[Join]:
    """The only two as they stand, if they are of different parts."""
    if len(pool) != 2 or not same_unit(*pool):
        return []
    apart = about(pool[0]) != about(pool[1]) or pool[0].scope != pool[1].scope
    apart |= bool(re.search(SHAPE["former"], near.claim.lead))
    return [Join((pool[1], pool[0]), True)] if apart else []


def by_only(near: Around, pool: list[Claim]) -> list[Join]:
    """The last total and the only number that it is for each of; or the last price, if no other sum follows it."""
    claim, of_each = near.claim, near.claim.family == "each"
    pairs = [pair for pair in permutations(pool, 2) if compute("each" if of_each else "product", claim, pair)]
    # 每班40人，共计600人: not what is so much for each follows from the total, but the other way round.
    behind = [other for other in near.later if of_each and re.search(SHAPE["total"], other.lead)]
    pairs = [pair for pair in pairs if pair[0] not in behind]
    counts = {id(pair[1]): amount(pair[1]) for pair in pairs}
    totals = [pair for pair in pairs if amount(pair[1]) == sum(counts.values()) / 2]
    pairs = totals if len(counts) > 2 and totals else pairs  # 23间，其中自建14间、共建9间
    of_last = [pair for pair in pairs if pair[0] is pairs[0][0]]
    apart = [pair for pair in of_last if pair[0].number.start < near.section]  # 生均7.9平方米；全校生均5.3平方米
    here = [other for other in near.earlier if apart or other.number.start > near.section]
    alike = [other for other in here if other.family == "each" and same_unit(claim, other)]
    base, *others = [
        match and match.groups() for match in (re.search(SHAPE["for_each"], one.stands) for one in (claim, *alike))
    ]
    sums = next((other for other in pool if same_unit(claim, other)), None)
    sure = len(of_last) == 1 and (of_each or sums is of_last[0][0])
    sure &= not of_each or base not in others  # 生均320元，比省里的生均280元: of others
    sure &= of_each or not any(_is_rounded_mean(claim, *pair) for pair in of_last)
    sure &= all(part.sentence == claim.sentence for pair in of_last for part in pair)
    # 人均1280元，应收71860元: what is so much for each is not what follows.
    sure &= not of_each or all(pair[0].number.start < claim.number.start for pair in of_last)
    last = max((part.number.start for pair in of_last for part in pair), default=0)
    sure &= not set(SHAPE["carry_ends"]) & {*near.text[claim.number.start : last]}  # 生均66.8册；在校生10236人
    return [Join(pair, True) for pair in of_last if sure]


def _is_rounded_mean(claim: Claim, price: Claim, count: Claim) -> bool:
    """Whether a total may be that of a mean which is rounded: 平均每班45人，共20个教学班，905人."""
    total = amount(price) * amount(count)
    near = abs(amount(claim) - total) <= total * grammar.RULES["measure_rules"]["rounded_mean"]
    return near and bool(re.search(SHAPE["on_average"], price.lead))


def mean_of_list(near: Around) -> Finding | None:
    """What follows for a mean from the list before it: 分别为8人、6人、10人，平均每个8人."""
    alike = [other for other in near.earlier if other.value > MOST_PARTS and not other.number.unit]
    alike = alike or [other for other in near.earlier if same_unit(other, near.claim)]
    of_number = number_averaged(near)
    length = of_number or (alike[0].place[1] if alike else 1)
    row = alike[:length][::-1]
    of_groups = not (of_number and re.match(SHAPE["of_subjects"], near.earlier[0].tail))  # of any size; not 三科
    weighted = of_groups and re.search(SHAPE["weighted"], near.text[slice(*near.claim.sentence)])
    listed = of_number or [other.place for other in row] == [(place, length) for place in range(length)]
    if not len(row) == length > 1 or weighted or not listed:
        return None
    of_times = re.search(SHAPE["of_times_in_a_row"], near.earlier[0].number.unit + row[0].lead + near.claim.lead)
    of_groups = any(re.search(SHAPE["on_average"], other.lead) for other in row)  # which are of any size
    if of_groups and not of_times and not of_number:
        return None
    top, mean = " + ".join(other.number.written for other in row), sum(map(amount, row)) / length
    division = say("division", top=f"（{top}）", bottom=length, percent=figure(mean / factor(near.claim)))
    # Of 最高, 最低 and of groups it need not be the mean; of numbers in a row and of years it is.
    plain = all(re.fullmatch(SHAPE["joint"], other.lead) or re.search(SHAPE["time"], other.lead) for other in row[1:])
    sure = (of_number > 0 or plain) and near.claim.number.kind != PERCENT  # a mean of rates may be weighted
    sure &= not re.search(SHAPE["other_deed"], near.claim.stands)  # 毕业生分别为…，年均就业
    return judged(near.claim, [Way(mean, division, tuple(row), sure)])


def number_averaged(near: Around) -> int:
    """How many numbers a mean is of, if the one right before it says so: 四科平均; 0 if it does not."""
    count = next(iter(near.earlier), near.claim)
    few = 1 < count.value <= MOST_PARTS and count is not near.claim and re.match(SHAPE["averages"], count.tail)
    return int(count.value) if few else 0
