"""Layer one: the parts of a total, and a whole with those of its parts that leave a rest, by the words around them."""

import re

from pilotlib.claims import grammar
from pilotlib.claims.claim import Around, Claim, amount, beside, of_one_thing, same_unit
from pilotlib.claims.grammar import EXCLUSIVE, KINDS, MONEY, OTHER_WORDS, PEOPLE, PERCENT, SHAPE, THINGS, TIMES, WORDS
from pilotlib.claims.judging import Join


def by_rest(near: Around, pool: list[Claim]) -> list[Join]:
    """What is left of a whole without its other parts: 其余, 余下, 实考 of 应考 without 缺考, 未取得证书的."""
    if pool and near.claim.number.unit == "%" and re.search(SHAPE["all_others"], near.claim.lead):
        return [Join((pool[0]._replace(value=100), *pool), True)]  # 优秀占22%，良好占41%，其余
    totals = [at for at, one in enumerate(pool) if at and re.search(SHAPE["total"], one.lead)]
    pool = pool[totals[-1] :] if totals else pool  # 分别为17处、22处，合计39处；已整改30处，尚余
    groups = [(pool[first], pool[first + 1 :]) for first in range(len(pool) - 1)]
    if len(pool) == 2 and amount(pool[0]) < amount(pool[1]):
        groups = [(pool[1], pool[:1])]  # 覆盖21个专业，全校共28个
    joined = list[Join]()
    for whole, parts in groups:
        sure = whole is groups[0][0] or any(word in parts[0].lead for word in WORDS["of which"])
        sure |= len(parts) == 1 and bool(re.search(SHAPE["absent"], parts[0].stands))
        joined += [Join((whole, *parts), True)] if sure and _is_rest_of(near.claim, whole, parts) else []
    return joined


def _is_rest_of(claim: Claim, whole: Claim, parts: list[Claim]) -> bool:
    """Whether the words say that a number is what is left of a whole without its parts."""
    lacking = re.search(SHAPE["but_for"], claim.stands)
    if lacking and lacking["not"]:
        return len(parts) == 1 and lacking["not"][:2] in beside(parts[0])
    parted = SHAPE["parted" if re.search(SHAPE["rest"], claim.stands) else "present"]
    told = re.search(f"{parted}|{SHAPE['absent']}", parts[0].stands) or re.search(SHAPE["parted_after"], whole.tail)
    of_all = re.search(SHAPE["all_others"], claim.lead) and whole.place[1] == 1
    failed = lacking and lacking["failed"] and not re.search(SHAPE["of_others"], claim.lead)
    of_passed = failed and not parts[0].kinds.isdisjoint(("pass", "award"))
    return bool(told or of_all or of_passed) or parts[0].number.start < whole.number.start


def parts_before(near: Around, _: list[Claim]) -> list[Join]:
    """The counts of a total's unit back to the total before it, sure if they are its parts and all; or some."""
    claim, parts, total = near.claim, list[Claim](), re.search(SHAPE["total"], near.claim.lead)
    of_rates = claim.number.kind == PERCENT and re.search(SHAPE["other_rate"], claim.lead)  # 全年通过率 is no sum
    of_another_time = re.search(SHAPE["another_time"], claim.lead)
    of_last_name = re.match(SHAPE["last_name_after"], claim.lead)  # 9人及任课教师共64人
    if not total or of_rates or of_another_time or of_last_name:
        return []
    runs = (near.earlier, near.before)
    alike = [[o for o in run if _adds_up(o, claim, total) and o.family not in ("change", "each")] for run in runs]
    before = next(filter(None, alike), [])
    before = of_one_deed(claim, before)
    totals = [other for other in before if (one := re.search(SHAPE["total"], other.lead)) and not one["year"]]
    last = before.index(totals[0]) if totals else len(before)  # the parts of a total of totals are totals
    for other in before[:last] or totals:
        parts.insert(0, other)
        if any(word in other.lead for word in WORDS["of which"]):
            break
    # 合计608人；下半年715人，全年共计1323人
    if len(parts) == 1 and totals and parts[0] is not totals[0] and total["strong"]:
        parts = [totals[0], *parts]
    section = near.text.rfind(SHAPE["carry_ends"][0], 0, claim.number.start)
    apart = any(other.number.start > section for other in near.earlier if other.number.unit)  # not 两系
    apart = apart and bool(parts) and parts[-1].number.start < section and parts[0] not in totals
    # 总收入100万元，包括A、B。总支出: the parts of another total.
    of_another = not near.earlier and any(word in part.lead for part in parts for word in OTHER_WORDS["parts_follow"])
    of_another |= not near.earlier and bool(re.search(SHAPE["time"], claim.lead))  # 2021届毕业生共7741人
    # 总收入2.36亿元，其中拨款1.41亿元、学费0.5亿元；全年支出2.29亿元: those are of the total before.
    of_another |= not total["strong"] and len(before) > len(parts) > 0 and WORDS["of which"][0] in parts[0].lead
    between = near.text[before[0].number.unit_end : claim.number.start] if before else ""
    of_another |= bool(re.search(SHAPE["may_overlap"], between))  # 部分学生同时持有两种证书
    lead_up = near.text[parts[0].sentence[0] : parts[0].number.start] if parts else ""
    of_another |= not near.earlier and bool(re.search(SHAPE["in_the_main"], lead_up))
    plans = any(re.search(SHAPE["planned"], part.lead) for part in parts)  # 计划2400人，追加150人，全年录取2610人
    of_another |= plans and not re.search(SHAPE["planned"], claim.lead)
    sure = len(parts) > 1 and not apart and not of_another and _are_all(claim, parts, total)
    sure = sure and max(map(amount, parts)) <= amount(claim)  # else it is no sum: 报修137次，三天内修好的累计125次
    starts = (first for first in range(len(parts) - 1) if not first or not parts[first].place[0])  # none within a list
    return [Join(tuple(parts[first:]), sure and not first) for first in starts]


def _adds_up(part: Claim, claim: Claim, total: re.Match[str]) -> bool:
    """Whether a number can be part of a total: of its unit, or things as well: 一等奖2项、二等奖5项，合计7个奖项."""
    kinds = {part.number.kind, claim.number.kind}
    return same_unit(part, claim) or bool(total["strong"] and (kinds == {THINGS} or kinds == {PEOPLE, TIMES}))


def _are_all(claim: Claim, parts: list[Claim], total: re.Match[str]) -> bool:
    """Whether the words leave nothing else that a total can be of than the parts before it."""
    deeds, of_first = claim.kinds & KINDS["deeds"], parts[0].kinds & KINDS["deeds"]
    of_each = any(word in parts[0].lead for word in OTHER_WORDS["respectively"])
    listed = not any(map(_part_name, parts[1:])) and (of_each or parts[0].place[1] == len(parts))
    # 累计 may hold more than these, if the parts do not come to more.
    no_more = not total["weak"] or sum(map(amount, parts)) > amount(claim)
    one_deed = len({part.kinds & KINDS["deeds"] for part in parts[1:]}) < 2
    one_deed &= bool(total["strong"]) or deeds <= of_first | KINDS["general_deeds"]
    in_series = all(re.search(SHAPE["one_of_a_series"], part.lead) for part in parts)  # 第一批, 第二批
    of_them = claim.number.unit in KINDS["exclusive"] or one_deed or in_series
    of_several = any(not KINDS["spread"].isdisjoint(part.kinds) for part in parts)  # 两级均为40人
    marks = {SHAPE["small_ends"][0], SHAPE["clause_ends"][0]}  # 教授12人、讲师30人，博士8人: classed in two ways
    two_lists = marks <= {part.lead[:1] for part in parts[1:]}
    listed |= bool(total["strong"]) and parts[0].place[1] == len(parts) > 2  # 实训室8间、机房12间、教室5间，总计
    return listed or bool(of_them and no_more and not of_several and not two_lists)


def parts_behind(near: Around, _: list[Claim]) -> list[Join]:
    """The parts that follow a total, if no one can be counted in two of them."""
    claim, (later, whole) = near.claim, _told_behind(near)
    parts = _parts_from(claim, later)
    summed = [other for other in near.later if amount(other) == sum(map(amount, parts)) and other not in parts]
    if len(parts) < 2 or summed or any(part.family == "rest" for part in parts):  # then that is the one in question
        return []
    names = [_part_name(part) for part in parts]
    groups, told = _groups_of(names), near.text[claim.number.start : parts[-1].sentence[1]]
    overlap = re.search(SHAPE["may_overlap"], told)
    group = groups.pop() if len(groups) == 1 else ""  # 初级 中级 高级
    endings = {next((end for end in OTHER_WORDS["exclusive_endings"] if name.endswith(end)), "") for name in names}
    one_ending = len(endings) == 1 and "" not in endings
    distinct = group or one_ending or len({part.scope for part in parts}) == len(parts)
    sure = (whole or distinct or _miscounted(claim, parts) or claim.number.unit in KINDS["exclusive"]) and not overlap
    sure = sure and not any(re.search(SHAPE["on_average"], part.lead) for part in parts)
    if claim.number.kind != MONEY and not group:  # 中级180人，通过162人
        of_whole = (claim.kinds | later[0].kinds) & KINDS["deeds"]
        sure = sure and all(part.kinds & KINDS["deeds"] <= of_whole for part in parts)
    short = not (whole or _counted(near, parts) or len(group.split()) == len(parts))  # then the total may be more
    return [Join(tuple(parts), bool(sure), short)]


def _counted(near: Around, parts: list[Claim]) -> bool:
    """Whether a number before says how many parts there are: 两县共11人，其中沅岭县6人."""
    return len(parts) > 1 and any(other.value == len(parts) for other in near.earlier)


def _miscounted(claim: Claim, parts: list[Claim]) -> bool:
    """Whether parts of several names come to hardly more than a total: then they are all."""
    more = sum(map(amount, parts)) - amount(claim)
    several = len({*map(_part_name, parts)}) == len(parts) > 2
    several &= max(map(amount, parts), default=0) < amount(claim) * 0.9  # 年初2874人，退学31人，年末2850人
    return several and 0 < more <= grammar.RULES["measure_rules"]["slip"] * amount(claim)


def _groups_of(names: list[str]) -> set[str]:
    """The groups of names that share nobody to which those of parts belong; also where all are longer by the same:
    在省内实习, 在省外实习."""
    words = {next((one for one in EXCLUSIVE if one == name), "") or _word_within(name) for name in names}
    rests = {name.replace(word, "", 1) for name in names for word in words if word and word in name}
    alike = len(rests) == 1 or all(name in EXCLUSIVE for name in names)
    return {EXCLUSIVE.get(word, "") for word in words} if alike else {""}


def _word_within(name: str) -> str:
    return next((one for one in EXCLUSIVE if len(one) > 1 and one in name and one not in SHAPE["of_one_person"]), "")


def _told_behind(near: Around) -> tuple[list[Claim], bool]:
    """The claims from the first part of a total on, none if the words do not say that parts follow; and whether they
    say that these are all."""
    claim, later = near.claim, near.later
    if not later and near.behind and re.match(SHAPE["by_kind"], near.behind[0].lead):
        return near.behind, False  # 专任教师352人。从职称看，
    alike = next((place for place, other in enumerate(later) if same_unit(claim, other)), -1)
    if alike < 0:
        return [], False
    first_alike = later[alike]
    same_deed = first_alike.kinds & KINDS["deeds"] <= claim.kinds
    if same_deed and re.search(SHAPE["each_of_all"], first_alike.lead) and of_one_thing(claim, first_alike):
        return later[alike:], True  # 186名选手参加4个工种的比赛，各工种选手分别为
    first, tail = later[0], claim.tail
    last = next((at for at, part in enumerate(later) if re.match(SHAPE["consisted_of"], part.tail)), -1)
    whole = bool(
        re.search(SHAPE["all_parts"], tail + first.lead)
        or re.match(SHAPE["listed_next"], first.lead)
        or (last > 0 and re.match(SHAPE["consists_of"], first.lead))
    )
    later = later[: last + 1] if last > 0 else later
    told = bool(
        _in_bracket(first)
        or any(word in first.lead for word in OTHER_WORDS["parts_follow"])
        or re.search(SHAPE["parted_at_last"], first.lead)
        or re.match(SHAPE["listed_behind"], tail)
        or _miscounted(claim, _parts_from(claim, later))
        or _counted(near, _parts_from(claim, later))
        or (_part_name(first) in EXCLUSIVE and not claim.lead.endswith(tuple(EXCLUSIVE)))
    )
    return (later, whole) if whole or told else ([], False)


def _in_bracket(part: Claim) -> bool:
    return bool(re.match(r"\s*[（(][^）)]*$", part.lead))


def _parts_from(claim: Claim, later: list[Claim]) -> list[Claim]:
    """The counts of a total's unit up to the next total, to what is divided anew, or to the end of the bracket."""
    parts, depth, bracket = list[Claim](), 0, bool(later) and _in_bracket(later[0])
    for other in later:
        depth += len(re.findall("[（(]", other.lead)) - len(re.findall("[）)]", other.lead))
        anew = any(word in other.lead for word in (*OTHER_WORDS["parts_follow"], *SHAPE["carry_ends"]))
        share = re.search(SHAPE["share_behind"], other.stands)
        of_rates = other.number.kind == PERCENT != claim.number.kind and not share
        compared = parts and re.search(SHAPE["goes_on"], other.lead)  # 其中省级11门，比上年的38门新增8门
        if (parts and anew) or compared or of_rates or re.search(SHAPE["total"], other.lead):
            break
        is_part = same_unit(other, claim) and other.family not in ("each", "change")
        parts += [other] if is_part and depth == bracket else []
    return parts


def by_complement(near: Around, pool: list[Claim]) -> list[Join]:
    """Those who did and those who did not, of whom a third number says how many they are: 通过391人，未通过67人."""
    if not any(no in part.lead for part in pool[-2:] for no in OTHER_WORDS["negations"]):
        return []
    names, own = [_part_name(part) for part in pool[-2:]], _part_name(near.claim)
    negated = [{name, no + name} == {*names} for name in names for no in OTHER_WORDS["negations"]]
    return [Join(tuple(pool[-2:]), True)] if any(negated) and own and own not in names else []


def of_one_deed(claim: Claim, others: list[Claim]) -> list[Claim]:
    """Of numbers of 报名 and 通过 by turns those of what is said of a claim, if there are several."""
    done = [other for other in others if other.kinds & claim.kinds & KINDS["deeds"]]
    return done if len(done) > 1 and claim.number.kind != MONEY else others


def _part_name(claim: Claim) -> str:
    """What stands right before a part, without what only joins it to the one before."""
    return re.sub(SHAPE["no_part_name"], "", re.split(SHAPE["between_parts"], claim.lead)[-1])
