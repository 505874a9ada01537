"""Rates and shares, by the counts of the text and, where it has none of its own, by those of the year."""

import re
from itertools import pairwise, product
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import Facts, Scope, figure, matches, scopes_of
from pilotlib.claims.grammar import AGREES, DISAGREES, KINDS, NO_DATA, NOT_UNDERSTOOD, OTHER_WORDS, PEOPLE, SHAPE, say
from pilotlib.claims.meaning import Claim, measure_of
from pilotlib.claims.relations import Around, Finding, Way, about, change_of, fits, is_change, judged, ratio, same_unit
from pilotlib.claims.text import NAMES, kinds_of


class Share(NamedTuple):
    """A share: its part, the words behind 占 (`base`, "" for the whole), their measure, the count among them."""

    part: Claim | None
    base: str
    measure: str
    whole: Claim | None


def judge_rate(near: Around, facts: Facts) -> list[Finding]:
    """The verdict on a percentage, and the rate that its counts make held against the year's, if they are of the year.

    The text's own numbers decide it; where these do not and it has none, the year's.
    """
    claim, sentence = near.claim, near.text[near.claim.sentence[0] : near.claim.number.start]
    if is_change(claim):
        return [change_of(near) or Finding(NO_DATA, say("growth_unknown"))]
    # The rate that its clause names last before it; where that names none and no share, the sentence's last.
    clause, of_another = claim.clause[0] - claim.sentence[0], OTHER_WORDS["rate_endings"] + OTHER_WORDS["share"]
    ends = [(sentence.rfind(word) + len(word), len(word), word) for word in grammar.RATE_NAMED if word in sentence]
    end, _, name = max(ends, default=(0, 0, ""))
    unnamed = end <= clause and any(word in sentence[clause:] for word in of_another)
    rate = None if unnamed else grammar.RATE_NAMED.get(name)
    share, exception = share_of(near), re.search(SHAPE["exception"], sentence)
    finding = judge_named_rate(near, rate) or (judged(claim, _share_ways(near, share)) if share else None)
    ways = _rate_of_year(near, rate, facts) if rate else _share_of_year(near, share, facts) if share else []
    parts = finding.parts if finding else ways[0].parts if ways else ()
    if parts and exception and "each" in claim.kinds:
        way = ratio(parts[0], parts[1], sure=False)
        explanation = say("rate_with_exception", exception=exception[0], division=way.computation)
        finding = Finding(NO_DATA, explanation, round(way.expected, 2), "rates", parts=parts)
    if finding:
        return [finding, *_recomputed(finding, facts)]
    if not ways or claim.outside:
        known = rate or (share and (share.measure or any((share.part or claim).scope)))
        return [Finding(NO_DATA, say("rate_unknown")) if known else Finding(NOT_UNDERSTOOD, say("rate_unclear"))]
    certain = len(claim.unknown) <= grammar.RULES["measure_rules"]["most_unknown"]
    by_year = judged(claim, [way._replace(sure=way.sure and certain) for way in ways])
    unclear = Finding(NOT_UNDERSTOOD, say("rate_not_certain", division=ways[0].computation))
    return [by_year._replace(statistic="rates") if by_year else unclear]


def _beside(claim: Claim) -> str:
    """The text right before and right after a number, up to the next mark."""
    return claim.lead[-14:] + re.split(SHAPE["between_clauses"], claim.tail)[0][:10]


def judge_named_rate(near: Around, rate: grammar.Rate | None) -> Finding | None:
    """A rate by its words, in the sentence or the one before; one not in the grammar (就业率) by its first word."""
    claim, bottoms, unnamed = near.claim, list[Claim](), re.search(SHAPE["unnamed_rate"], near.claim.lead)
    if rate:
        tops = [other for other in near.since if other.kinds & set(rate.top) and not is_change(other)]
        rest = [other for other in near.since if other not in tops and not other.kinds & set(rate.bottom)]
        tops += [other for other in rest if other.measure == rate.numerator]
        for run, kind in product((near.since, near.counts), (*rate.bottom, *rate.denominators)):
            apart = [other for other in run if not other.kinds & set(rate.top) and other not in tops]
            # Who are only enlisted did not sit: 考核报名人数.
            deeds = [(other, other.kinds & {"enlisted"} or {*other.kinds, other.measure}) for other in apart]
            bottoms = bottoms or [other for other, done in deeds if kind in done]
    else:
        tops = [other for other in near.since if unnamed and unnamed["stem"] in _beside(other)]
    ratios, fitting = list[Way](), False
    for top in tops:
        others = [other for other in (*near.earlier, *near.later) if same_unit(top, other)]
        same = [other for other in bottoms if same_unit(top, other)]
        same = same or [other for other in others if other.value >= top.value and len(others) == 1]
        alike = [other for other in near.counts if other.value and same_unit(top, other)]
        fitting |= any(fits(claim, top.value / other.value * 100, top, other) for other in alike)
        rivals = {other.value for other in tops if same_unit(top, other) and about(other) == about(claim)}
        certain = rivals <= {top.value} and about(top) == about(claim) and len({other.value for other in same}) == 1
        for other in same:
            if other.value and (top.value <= other.value or (rate and "done" in rate.top)):
                ratios.append(ratio(top, other, certain and about(other) == about(claim)))
    finding = judged(claim, ratios)
    if not finding or finding.state == AGREES:
        return finding
    top, bottom = finding.parts
    implied = round(top.value / claim.value * 100) if claim.value else 0  # the denominator that would make it true
    if 0 < top.value <= implied <= bottom.value and fits(claim, top.value / implied * 100):
        other_way = say("other_denominator", denominator=implied, percent=figure(claim.value))
        finding = finding._replace(explanation=finding.explanation.removesuffix("。") + other_way)
    return None if fitting else finding


def share_of(near: Around) -> Share | None:
    """What a percentage says to be a share of, if it says so; after 分别 the second of two is of the second count."""
    claim, earlier, inside = near.claim, near.earlier, None
    percents = [other for other in (*earlier, claim, *near.later) if other.number.kind == grammar.PERCENT]
    counts = [other for other in near.earlier if other.number.kind in grammar.COUNTS]
    stated = [other for other in counts if other.number.start < percents[0].number.start][-len(percents) :]
    respectively = any(word in percents[0].lead for word in OTHER_WORDS["respectively"])
    paired = stated[percents.index(claim)] if respectively and len(stated) == len(percents) > 1 else None
    holder, match = claim, re.search(SHAPE["share"], claim.lead)
    if not match and earlier and re.fullmatch(SHAPE["after_base"], claim.lead):
        inside = holder = earlier[-1]
        match = re.search(SHAPE["share"], holder.lead)
    if not match and paired:
        holder, inside, match = percents[0], None, re.search(SHAPE["share"], percents[0].lead)
    if not match and not paired and not (earlier and re.fullmatch(SHAPE["share_opens"], claim.lead)):
        return None
    *another, subject = re.split(SHAPE["between_clauses"], holder.lead[: match.start()] if match else "")
    subject = re.sub(SHAPE["no_subject"], "", subject) if another else ""
    beside = (earlier[:-1] if match and inside else earlier)[-1:]
    top = paired or (beside[0] if beside and beside[0].number.kind in grammar.COUNTS and not subject else None)
    if not match:
        return Share(top, "", "", None)
    words = [word for word in holder.before if word.start >= holder.number.start - len(match["base"])]
    measure = measure_of(PEOPLE, "", kinds_of(words)) if match["base"] else ""
    base = re.sub(SHAPE["no_base"], "", match["base"])
    return Share(top, "" if re.fullmatch(SHAPE["whole"], base) else base, measure, inside)


def _share_ways(near: Around, share: Share) -> list[Way]:
    """A share: of what stands behind 占, of the whole before 其中, or of a larger count of something else."""
    claim, (top, base, of, inside) = near.claim, share
    if not top or "each one" in top.kinds:
        return []
    larger = [other for other in near.counts if same_unit(top, other) and other.value >= top.value]
    counts = [other for other in near.earlier if other.number.kind in grammar.COUNTS]
    if inside:
        wholes, sure = [inside] if same_unit(top, inside) else [], True
    elif base:
        wholes = [other for other in larger if base in _beside(other) or base in about(other)]
        wholes += [other for other in larger if of and other.measure == of != top.measure]
        sure = len({whole.value for whole in wholes}) == 1
    else:
        among = [count for count in counts if re.match(SHAPE["among_them"], count.tail) and same_unit(top, count)]
        steps = pairwise(counts[: counts.index(top) + 1])  # the count before the last 其中
        before = [whole for whole, part in steps if any(word in part.lead for word in grammar.WORDS["of which"])][-1:]
        known = among[-1:] or [whole for whole in before if same_unit(top, whole)]
        wholes = known or [other for other in larger if other in counts]
        only = sum(same_unit(top, other) for other in counts) == len(wholes) == 1
        sure = bool(known) or (only and wholes[0].measure not in ("", top.measure))
    sure = sure and (not about(claim) - about(top) or bool(base or inside))
    return [ratio(top, whole, sure) for whole in wholes if whole.value]


def _rate_of_year(near: Around, rate: grammar.Rate, facts: Facts) -> list[Way]:
    """The ways to form a rate by the year's figures; it is surely one of these if the text has none of its own."""
    claim, counts = near.claim, [other for other in near.earlier if other.number.kind == PEOPLE]
    top, *bottoms = (_of_year(claim, name, claim.scope, facts) for name in (rate.numerator, *rate.denominators))
    pairs = [(top, bottom) for bottom in bottoms if top and bottom]
    if rate.after and counts and counts[-1].measure not in rate.after:  # a rate of something else
        return []
    own = [other for other in counts if other.kinds & {*rate.top, *rate.bottom} and not other.outside]
    doubts = set(claim.doubtful.split("、")) - {"", *grammar.WORDS["each one"], *grammar.WORDS["each"]}
    sure = not doubts and {other.value for other in own} <= {part.value for pair in pairs[:1] for part in pair}
    return [ratio(*pair, sure) for pair in pairs]


def _share_of_year(near: Around, share: Share, facts: Facts) -> list[Way]:
    """The ways to form a share of a figure of the year; its part is a count stated before it, or named."""
    claim, (top, _, of, inside) = near.claim, share
    if top:
        scopes = dict.fromkeys([*scopes_of(claim.scope, claim.carried), Scope()])
        wholes = [whole for scope in scopes if (whole := _of_year(claim, of or top.measure, scope, facts))]
        sure = bool(of or any(top.scope)) and not (top.outside or inside or top.doubtful)
        return [ratio(top, whole, sure) for whole in wholes if whole.value > top.value]
    words = [word for word in claim.before if word.start >= claim.number.start - len(claim.lead)]
    named = kinds_of(words) - KINDS["no_subject"] - {"rate"}
    measure = of if of and not named - NAMES - {"place", "approve", "apply"} else measure_of(PEOPLE, "", named)
    of = of or (measure if any(claim.scope) else "")
    part, year = _of_year(claim, measure, claim.scope, facts), _of_year(claim, of, Scope(), facts)
    if not part or not year or (measure == of and not any(claim.scope)):
        return []
    sure = not facts.known[measure, claim.scope].lower_bound and bool(of != measure or named - NAMES)
    return [ratio(part, year, sure)]


def _of_year(claim: Claim, measure: str, scope: Scope, facts: Facts) -> Claim | None:
    """A figure of the year in the place of a stated one."""
    fact, number = facts.known.get((measure, scope)), claim.number._replace(modifier="", step=1)
    return claim._replace(number=number, value=fact.value, measures=(measure,)) if fact and fact.value else None


def _recomputed(finding: Finding, facts: Facts) -> list[Finding]:
    """The rate that two counts of the text make, held against the one of the year, if they are the year's counts."""
    counts = [part for part in finding.parts if part.number.kind == PEOPLE and (part.measure, Scope()) in facts.known]
    figures = [facts.known[part.measure, Scope()] for part in counts]
    pairs = list(zip(counts, figures, strict=True))
    of_the_year = any(matches(part.number, fact) for part, fact in pairs)
    of_the_year = of_the_year and all(fact.value / 2 <= part.value <= fact.value * 2 for part, fact in pairs)
    if len({part.measure for part in counts}) < 2 or not of_the_year:
        return []
    way, year = ratio(counts[0], counts[1], sure=True), round(figures[0].value / figures[1].value * 100, 2)
    state, sentence = (AGREES, "rate_agrees") if round(way.expected, 2) == year else (DISAGREES, "rate_otherwise")
    explanation = say(sentence, division=way.computation, known=figure(year))
    written = f"{counts[0].value:g}÷{counts[1].value:g}"
    return [Finding(state, explanation, year, "rates", written, round(way.expected, 2))]
