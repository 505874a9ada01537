"""Layer one: rates and shares, by the counts of the text and, where it has none of its own, by those of the year."""

import re
from itertools import pairwise, permutations, product
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import Facts, figure
from pilotlib.claims.grammar import AGREES, COUNTS, NO_DATA, NOT_UNDERSTOOD, PEOPLE, SHAPE, WORDS, say
from pilotlib.claims.meaning import Claim, measure_of
from pilotlib.claims.relations import (
    Around,
    Finding,
    Way,
    about,
    amount,
    fits,
    is_change,
    is_count,
    judged,
    ratio,
    same_unit,
)
from pilotlib.claims.sums import follows
from pilotlib.claims.text import kinds_of
from pilotlib.claims.year import rate_of_year, recomputed, share_of_year


class Share(NamedTuple):
    """A share: its part (None where it is only named), the words of what it is of ("" for the whole), their measure."""

    top: Claim | None
    base: str
    measure: str


class Roles(NamedTuple):
    """What can be the numerators and the denominators of a rate, and whether the words determine both."""

    tops: list[Claim]
    bottoms: list[Claim]
    sure: bool


def judge_rate(near: Around, facts: Facts) -> list[Finding]:
    """The verdict on a percentage, and the rate that its counts make held against the year's, if they are of the year.

    The text's own numbers decide it; where these do not and it has none, the year's.
    """
    changed = follows(near)
    if changed or is_change(near.claim):
        return [changed or Finding(NO_DATA, say("growth_unknown"))]
    near = _alone(near)
    claim, sentence = near.claim, near.text[near.claim.sentence[0] : near.claim.number.start]
    exception = re.search(SHAPE["exception"], sentence) if "each" in claim.kinds else None
    rate, share = _rate_named(claim, sentence), _share_of(near)
    finding, ways = _of_the_text(near, rate, share, sure=bool(exception)), list[Way]()
    if not finding and rate:
        ways = rate_of_year(near, rate, facts)
    elif not finding and share:
        ways = share_of_year(near, share.top, share.measure, facts)
    parts = finding.parts if finding else ways[0].parts if ways else ()
    if parts and exception:
        way = ratio(parts[0], parts[1], sure=False)
        explanation = say("rate_with_exception", exception=exception[0], division=way.computation)
        finding = Finding(NO_DATA, explanation, round(way.expected, 2), "rates", parts=parts)
    if finding:
        return [finding, *recomputed(finding, facts)]
    if not ways or claim.outside:
        known = rate or (share and (share.measure or any(claim.scope)))
        return [Finding(NO_DATA, say("rate_unknown")) if known else Finding(NOT_UNDERSTOOD, say("rate_unclear"))]
    certain = len(claim.unknown) <= grammar.RULES["measure_rules"]["most_unknown"] and not claim.number.modifier
    by_year = judged(claim, [way._replace(sure=way.sure and certain) for way in ways])
    unclear = Finding(NOT_UNDERSTOOD, say("rate_not_certain", division=ways[0].computation))
    return [by_year._replace(statistic="rates") if by_year else unclear]


def _alone(near: Around) -> Around:
    """A percentage of a list as if it stood alone: of lists as long as its own (80人和50人, 97.5%、86%) only what
    stands at its place is left, with the words behind its list; before it stands what stands before its own list."""
    lists = list[list[Claim]]()
    for claim in [*near.earlier, near.claim, *near.later]:
        joined = lists and same_unit(lists[-1][-1], claim) and re.fullmatch(SHAPE["next_of_list"], claim.lead)
        lists[-1:] = [*lists[-1:-1], [*lists[-1], claim]] if joined else [*lists[-1:], [claim]]
    own = next(row for row in lists if any(claim is near.claim for claim in row))
    place = next(place for place, claim in enumerate(own) if claim is near.claim)
    kept = list[Claim]()
    for row in lists:
        if len(row) == len(own) > 1:
            row = [row[place]._replace(kinds=row[place].kinds | kinds_of(row[-1].after))]
        kept += row
    claim = near.claim._replace(lead=own[0].lead, before=own[0].before, kinds=near.claim.kinds | own[0].kinds)
    earlier = [other for other in kept if other.number.start < own[0].number.start]
    later = [other for other in kept if other.number.start > near.claim.number.start]
    return near._replace(claim=claim, earlier=earlier, later=later)


def _rate_named(claim: Claim, sentence: str) -> grammar.Rate | None:
    """The rate named right behind it, else the one that its clause names last; if none and no share, the sentence's."""
    for word in [word for word in grammar.RATE_NAMED if claim.tail.startswith(SHAPE["of"] + word)]:
        return grammar.RATE_NAMED[word]
    of_another = grammar.OTHER_WORDS["rate_endings"] + grammar.OTHER_WORDS["share"]
    clause = claim.clause[0] - claim.sentence[0]
    ends = [(sentence.rfind(word) + len(word), len(word), word) for word in grammar.RATE_NAMED if word in sentence]
    end, _, name = max(ends, default=(0, 0, ""))
    unnamed = end <= clause and any(word in sentence[clause:] for word in of_another)
    return None if unnamed else grammar.RATE_NAMED.get(name)


def _share_of(near: Around) -> Share | None:
    """What a percentage says to be a share of, if it says so: 占培训人数的60%, （60%）, 女性占比为60%."""
    claim, match = near.claim, re.search(SHAPE["share"], near.claim.lead)
    counts = [other for other in near.earlier if other.number.kind in COUNTS]
    if not match and not (counts and re.fullmatch(SHAPE["share_opens"], claim.lead)):
        return None
    base, top = match["base"] if match else "", counts[-1] if counts else None
    words = [word for word in claim.before if word.start >= claim.number.start - len(base)]
    measure = measure_of(PEOPLE, "", kinds_of(words))
    base = re.sub(SHAPE["no_base"], "", base)
    if match and _other_subject(claim, match, top):
        subject = re.split(SHAPE["between_clauses"], claim.lead[: match.start()])[-1].rstrip(SHAPE["of"])
        named = [other for other in counts if subject in _beside(other)]
        top = named[0] if len(named) == 1 else None
    return Share(top, "" if re.fullmatch(SHAPE["whole"], base) else base, measure)


def _other_subject(holder: Claim, match: re.Match[str], top: Claim | None) -> bool:
    """Whether words between a mark and 占 name another subject than the count before the mark."""
    *another, subject = re.split(SHAPE["between_clauses"], holder.lead[: match.start()])
    if not another or not re.sub(SHAPE["no_subject"], "", subject):
        return False
    end = holder.number.start - len(holder.lead) + match.start()
    words = kinds_of(word for word in holder.before if end - len(subject) <= word.start < end)
    return not (words and top and words <= top.kinds)


def _of_the_text(near: Around, rate: grammar.Rate | None, share: Share | None, *, sure: bool) -> Finding | None:
    """A rate or share by the counts of its own text: those that the words name (any, if `sure`), else two that fit."""
    claim, per = near.claim, 1000 if near.claim.number.unit == "‰" else 100
    behind = near.text[claim.number.unit_end : claim.sentence[1]]
    worked_out = re.match(SHAPE["worked_out"], behind)
    if worked_out and float(worked_out["bottom"]):
        expected = float(worked_out["top"]) / float(worked_out["bottom"]) * 100
        division = say("division", **worked_out.groupdict(), percent=figure(expected) + "%")
        return judged(claim, [Way(expected, division, (), sure=True)])
    if re.match(SHAPE["numbers_follow"], behind):
        end = behind.find("）") if behind.startswith("（") else len(behind)
        follow = [other for other in near.later if other.number.start < claim.number.unit_end + end]
        near = near._replace(earlier=follow, later=[]) if len(follow) > 1 else near
    roles = _roles(near, rate, share)
    pairs = [pair for pair in product(roles.tops, roles.bottoms) if pair[1].value and same_unit(*pair)]
    more = bool(rate and "done" in rate.top)
    ways = [ratio(*pair, roles.sure, per) for pair in pairs if more or amount(pair[0]) <= amount(pair[1])]
    certain = len({way.expected for way in ways}) == 1
    finding = judged(claim, [way._replace(sure=sure or (way.sure and certain)) for way in ways])
    if finding and finding.state == AGREES:
        return finding
    counts = [other for other in near.runs[-1] if other.value]
    pairs = [pair for pair in permutations(counts, 2) if same_unit(*pair) and amount(pair[0]) <= amount(pair[1])]
    otherwise = judged(claim, [ratio(*pair, False, per) for pair in pairs])
    if otherwise:
        return otherwise if rate or re.search(SHAPE["any_rate"], claim.lead) else None
    return _with_other_denominator(claim, finding, per) if finding else None


def _with_other_denominator(claim: Claim, finding: Finding, per: int) -> Finding:
    """A rate that disagrees, with the denominator that would make it true, if one could."""
    top, bottom = finding.parts
    implied = round(amount(top) / claim.value * per) if claim.value else 0
    if not (0 < top.value <= implied <= bottom.value and fits(claim, amount(top) / implied * per)):
        return finding
    other_way = say("other_denominator", denominator=implied, percent=figure(claim.value))
    return finding._replace(explanation=finding.explanation.removesuffix("。") + other_way)


def _roles(near: Around, rate: grammar.Rate | None, share: Share | None) -> Roles:
    """What is divided by what: by 占 or 的 before the percentage, by the name of a rate, or by 其中."""
    claim, counts = near.claim, near.runs[-1]
    earlier = [other for other in near.earlier if is_count(other)]
    if re.fullmatch(SHAPE["after_base"], claim.lead) and near.earlier[-1:] == earlier[-1:] != []:
        return Roles(earlier[-2:-1], earlier[-1:], sure=True)  # 占培训总数5200人的60%
    if share:
        return _roles_of_share(near, share)
    if rate:
        return _roles_of_rate(near, rate)
    unnamed = re.search(SHAPE["unnamed_rate"], claim.lead)
    tops = [other for other in counts if unnamed and unnamed["stem"] in _beside(other)]
    if tops:
        larger = [other for other in counts if same_unit(tops[0], other) and other.value >= tops[0].value]
        return Roles(tops[:1], larger, len(tops) == len(larger) == 1)
    among = [(whole, part) for whole, part in pairwise(earlier) if _has_among(whole, part)][-1:]
    if not re.search(SHAPE["any_rate"], claim.lead):
        among = []
    return Roles([part for _, part in among], [whole for whole, _ in among], bool(unnamed))


def _has_among(whole: Claim, part: Claim | None = None) -> bool:
    """Whether 其中 or 中有 says that a part is of a whole: 40个专业，其中22个; 46个专业中有29个."""
    of_which = part and any(word in part.lead for word in WORDS["of which"])
    return bool(of_which or re.match(SHAPE["among_them"], whole.tail))


def _beside(claim: Claim) -> str:
    """The text right before and right after a number, up to the next mark."""
    return claim.lead[-14:] + re.split(SHAPE["between_clauses"], claim.tail)[0][:10]


def _roles_of_rate(near: Around, rate: grammar.Rate) -> Roles:
    """The counts that the words of a rate name, since the rate before it; else in the sentence before."""
    claim, (*runs, counts) = near.claim, near.runs
    since = next(filter(None, runs), [])
    tops = [other for other in since if other.kinds & {*rate.top}]
    rest = [other for other in since if other not in tops and not other.kinds & {*rate.bottom}]
    tops += [other for other in rest if other.measure == rate.numerator]
    bottoms = list[Claim]()
    for run, kind in product((since, counts), (*rate.bottom, *rate.denominators)):
        apart = [other for other in run if other not in tops and not other.kinds & {*rate.top}]
        bottoms = bottoms or [other for other in apart if kind in (*other.kinds, other.measure)]
    certain = "done" in rate.top or all(about(part) == about(claim) for part in (*tops, *bottoms))
    return Roles(tops, bottoms, certain)


def _roles_of_share(near: Around, share: Share) -> Roles:
    """A share's part, and its whole: what stands behind 占, what is before 其中, a larger count of something else."""
    (top, base, measure), claim = share, near.claim
    if not top or "each one" in top.kinds:
        return Roles([], [], sure=False)
    earlier = [other for other in near.earlier if other.number.kind in COUNTS]
    wholes = [other for other in near.runs[-1] if same_unit(top, other) and other.value >= top.value]
    steps = [*pairwise(earlier[: earlier.index(top) + 1])][::-1]
    known = [whole for whole in earlier[::-1] if _has_among(whole)]
    known += [whole for whole, part in steps if _has_among(whole, part)]
    sure = not about(claim) - about(top)
    if top is not earlier[-1]:
        wholes = [other for other in wholes if re.search(SHAPE["of_all"], other.lead)]
    elif base:
        of = [other for other in wholes if other.measure == measure != top.measure]
        wholes = [other for other in wholes if base in _beside(other) or base in about(other)] + of
        sure = True
    elif known:
        wholes = [whole for whole in known if same_unit(top, whole)][:1]
    else:
        wholes = [other for other in wholes if other in earlier]
        only = sum(same_unit(top, other) for other in earlier) == len(wholes) == 1
        other_measure = only and wholes[0].measure not in ("", top.measure)
        sure &= other_measure or (only and bool(re.search(SHAPE["of_all"], wholes[0].lead)))
    return Roles([top], wholes, sure and len({whole.value for whole in wholes}) == 1)
