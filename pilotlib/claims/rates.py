"""Layer one: rates and shares, by the counts of the text and, where it has none of its own, by those of the year."""

import re
from itertools import pairwise, permutations, product
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import Facts, figure
from pilotlib.claims.grammar import AGREES, COUNTS, NO_DATA, PEOPLE, SHAPE, WORDS, say
from pilotlib.claims.meaning import Claim, measure_of
from pilotlib.claims.relations import (
    Around,
    Finding,
    Way,
    about,
    amount,
    fits,
    is_change,
    is_each,
    judged,
    ratio,
    same_unit,
)
from pilotlib.claims.sums import follows
from pilotlib.claims.text import kinds_of
from pilotlib.claims.year import rate_of_year, recomputed, share_of_year

_MOST_PAIRS = 4  # with more counts than these, any two of them may fit by chance


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
    rate, share, exception = _rate_named(claim, sentence), _share_of(near), re.search(SHAPE["exception"], sentence)
    excepted = bool(exception and "each" in claim.kinds)
    finding = _of_the_text(near, rate, share, sure=excepted)
    ways = [] if finding else _of_the_year(near, rate, share, facts)
    parts = finding.parts if finding else ways[0].parts if ways else ()
    if parts and exception and excepted:
        way = ratio(parts[0], parts[1], sure=False)
        explanation = say("rate_with_exception", exception=exception[0], division=way.computation)
        finding = Finding(NO_DATA, explanation, round(way.expected, 2), "rates", parts=parts)
    if finding:
        return [finding, *recomputed(finding, facts)]
    if not ways or claim.outside:
        known = rate or (share and (share.measure or any((share.top or claim).scope)))
        return [
            Finding(NO_DATA, say("rate_unknown")) if known else Finding(grammar.NOT_UNDERSTOOD, say("rate_unclear"))
        ]
    certain = len(claim.unknown) <= grammar.RULES["measure_rules"]["most_unknown"] and not claim.number.modifier
    by_year = judged(claim, [way._replace(sure=way.sure and certain) for way in ways])
    unclear = Finding(grammar.NOT_UNDERSTOOD, say("rate_not_certain", division=ways[0].computation))
    return [by_year._replace(statistic="rates") if by_year else unclear]


def _of_the_year(near: Around, rate: grammar.Rate | None, share: Share | None, facts: Facts) -> list[Way]:
    if rate:
        return rate_of_year(near, rate, facts)
    return share_of_year(near, share.top, share.measure, facts) if share else []


def _alone(near: Around) -> Around:
    """A percentage of a list as if it stood alone: of lists as long as its own (80人和50人, 97.5%、86%) only what
    stands at its place is left, with the words behind its list; before it stands what stands before its own list."""
    lists = list[list[Claim]]()
    for claim in [*near.earlier, near.claim, *near.later]:
        joined = lists and same_unit(lists[-1][-1], claim) and re.fullmatch(SHAPE["next_of_list"], claim.lead)
        lists[-1:] = [*lists[-1:-1], [*lists[-1], claim]] if joined else [*lists[-1:], [claim]]
    own = next(row for row in lists if any(claim is near.claim for claim in row))
    if len(own) == 1:
        return near
    place = next(place for place, claim in enumerate(own) if claim is near.claim)
    alike = {
        id(row): row[place]._replace(kinds=row[place].kinds | kinds_of(row[-1].after))
        for row in lists
        if len(row) == len(own)
    }
    kept = [claim for row in lists if row is not own for claim in ([alike[id(row)]] if id(row) in alike else row)]
    claim = near.claim._replace(lead=own[0].lead, before=own[0].before, kinds=near.claim.kinds | own[0].kinds)
    earlier = [other for other in kept if other.number.start < own[0].number.start]
    return near._replace(claim=claim, earlier=earlier, later=[other for other in kept if other not in earlier])


def _rate_named(claim: Claim, sentence: str) -> grammar.Rate | None:
    """The rate named right behind it, else the one that its clause names last; if none and no share, the sentence's."""
    for word in [word for word in grammar.RATE_NAMED if claim.tail.startswith("的" + word)]:
        return grammar.RATE_NAMED[word]
    clause, of_another = (
        claim.clause[0] - claim.sentence[0],
        grammar.OTHER_WORDS["rate_endings"] + grammar.OTHER_WORDS["share"],
    )
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
    measure = measure_of(PEOPLE, "", kinds_of(words)) if base else ""
    base = re.sub(SHAPE["no_base"], "", base)
    if match and _other_subject(claim, match, top):
        subject = re.split(SHAPE["between_clauses"], claim.lead[: match.start()])[-1].rstrip("的")
        named = [other for other in counts if len(subject) > 1 and subject in _beside(other)]
        top = named[0] if len(named) == 1 else None
    return Share(top, "" if re.fullmatch(SHAPE["whole"], base) else base, measure)


def _other_subject(holder: Claim, match: re.Match[str], top: Claim | None = None) -> bool:
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
    pairs = [
        (top, bottom) for top, bottom in product(roles.tops, roles.bottoms) if bottom.value and same_unit(top, bottom)
    ]
    more = bool(rate and "done" in rate.top)
    ways = [ratio(*pair, roles.sure, per) for pair in pairs if more or amount(pair[0]) <= amount(pair[1])]
    certain = len({way.expected for way in ways}) == 1
    finding = judged(claim, [way._replace(sure=sure or (way.sure and certain)) for way in ways])
    if finding and finding.state == AGREES:
        return finding
    counts = [other for other in near.runs[-1] if not is_change(other) and other.value]
    pairs = [pair for pair in permutations(counts, 2) if same_unit(*pair) and amount(pair[0]) <= amount(pair[1])]
    otherwise = judged(claim, [ratio(*pair, False, per) for pair in pairs])
    if otherwise:
        named = (rate or re.search(SHAPE["any_rate"], claim.lead)) and not (share and share.base)
        return otherwise if named and len(counts) <= _MOST_PAIRS else None
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
    earlier = [other for other in near.earlier if not is_change(other)]
    last = earlier[-1:]
    if (
        last and re.fullmatch(SHAPE["after_base"], claim.lead) and last[0].number.kind in COUNTS
    ):  # 占培训总数5200人的60%
        match = re.search(SHAPE["share"], last[0].lead)
        tops = [other for other in earlier[-2:-1] if same_unit(other, last[0])]
        return Roles(tops, last, not (match and _other_subject(last[0], match)))
    if share:
        return _roles_of_share(near, share)
    if rate:
        return _roles_of_rate(near, rate)
    unnamed = re.search(SHAPE["unnamed_rate"], claim.lead)
    tops = [other for other in counts if unnamed and unnamed["stem"] in _beside(other)]
    if tops:
        larger = [other for other in counts if same_unit(tops[0], other) and other.value >= tops[0].value]
        return Roles(tops[:1], larger, len(tops) == len(larger) == 1 and about(larger[0]) == about(tops[0]))
    earlier = [other for other in earlier if other.number.kind in COUNTS]
    wholes = [pair for pair in pairwise(earlier) if same_unit(*pair) and pair[0].value >= pair[1].value]
    wholes = [(whole, part) for whole, part in wholes if _has_among(whole, part)]
    if not wholes or not re.search(SHAPE["any_rate"], claim.lead):
        return Roles([], [], sure=False)
    alone = sum(same_unit(wholes[0][0], other) for other in earlier) == 1
    return Roles([wholes[-1][1]], [wholes[-1][0]], alone and bool(unnamed))


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
    since = [other for other in next(filter(None, runs), []) if not is_change(other) and not is_each(other)]
    tops = [other for other in since if other.kinds & {*rate.top}]
    rest = [other for other in since if other not in tops and not other.kinds & {*rate.bottom}]
    tops += [other for other in rest if other.measure == rate.numerator]
    bottoms = list[Claim]()
    for run, kind in product((since, counts), (*rate.bottom, *rate.denominators)):
        apart = [other for other in run if not other.kinds & {*rate.top} and other not in tops]
        # Who are only enlisted did not sit: 考核报名人数.
        deeds = [(other, other.kinds & {"enlisted"} or {*other.kinds, other.measure}) for other in apart]
        bottoms = bottoms or [other for other, done in deeds if kind in done]
    if tops and not any(same_unit(*pair) for pair in product(tops, bottoms)):
        others = [other for other in counts if same_unit(tops[0], other) and other.value >= tops[0].value]
        bottoms = others if len(others) == 1 else []
    certain = "done" in rate.top or all(about(part) == about(claim) for part in (*tops, *bottoms))
    return Roles(tops, bottoms, certain and len({top.value for top in tops}) == 1)


def _roles_of_share(near: Around, share: Share) -> Roles:
    """A share's part, and its whole: what stands behind 占, what is before 其中, a larger count of something else."""
    (top, base, measure), claim = share, near.claim
    earlier = [other for other in near.earlier if other.number.kind in COUNTS]
    if not top or "each one" in top.kinds:
        return Roles([], [], sure=False)
    wholes = [other for other in near.runs[-1] if same_unit(top, other) and other.value >= top.value]
    steps = pairwise(earlier[: earlier.index(top) + 1])
    known = [whole for whole in earlier if same_unit(top, whole) and _has_among(whole)][-1:]
    known = (
        known or [whole for whole, part in list(steps)[::-1] if same_unit(top, whole) and _has_among(whole, part)][:1]
    )
    if top is not earlier[-1]:
        wholes = [other for other in wholes if other is not top and re.search("共|总|合计", other.lead)]
    elif base:
        of = [other for other in wholes if other.measure == measure != top.measure and measure]
        wholes = [other for other in wholes if base in _beside(other) or base in about(other)] + of
    elif known:
        wholes = known
    else:
        wholes = [other for other in wholes if other in earlier]
        only = sum(same_unit(top, other) for other in earlier) == len(wholes) == 1
        sure = only and (wholes[0].measure not in ("", top.measure) or re.search("共|总", wholes[0].lead))
        return Roles([top], wholes, bool(sure) and not about(claim) - about(top))
    sure = len({whole.value for whole in wholes}) == 1 and (not about(claim) - about(top) or bool(base))
    return Roles([top], wholes, sure)
