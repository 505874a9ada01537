"""The verdict on a percentage: a change, or a rate or share by the numbers of the text, else by those of the year."""

import re

from pilotlib.claims import grammar
from pilotlib.claims.arithmetic import ratio
from pilotlib.claims.changes import mean_of_list, number_averaged
from pilotlib.claims.claim import Around, Claim, amount
from pilotlib.claims.facts import Facts, Scope, figure, matches, scopes_of
from pilotlib.claims.grammar import AGREES, COUNTS, DISAGREES, NO_DATA, NOT_UNDERSTOOD, PEOPLE, SHAPE, say
from pilotlib.claims.judging import Finding, Way, fits, judged
from pilotlib.claims.meaning import measure_of
from pilotlib.claims.operands import counts_for
from pilotlib.claims.pairs import rate_named
from pilotlib.claims.relations import comes_about, follows
from pilotlib.claims.text import NAMES, kinds_of


def judge_rate(near: Around, facts: Facts) -> list[Finding]:
    """The verdict on a percentage, and the rate that its counts make held against the year's, if they are of the year.

    The text's own numbers decide it; where these do not and it has none, the year's.
    """
    claim, sentence = near.claim, near.text[near.claim.sentence[0] : near.claim.number.start]
    if claim.family == "change":
        return [comes_about(near, "change") or Finding(NO_DATA, say("growth_unknown"))]
    added = follows(near) if re.search(SHAPE["total"], claim.lead) else None
    if added:
        return [added, added]
    if re.search(SHAPE["all_others"], claim.lead) and (rest := comes_about(near, "rest")):
        return [rest]
    if number_averaged(near) and (mean := mean_of_list(near)):
        return [mean]
    exception = re.search(SHAPE["exception"], sentence) if "each" in claim.kinds else None
    finding, rate, ways = rate_of_text(near, certain=bool(exception)), rate_named(near), list[Way]()
    share = re.search(f"{SHAPE['share_of']}|{SHAPE['share_behind']}", claim.stands)
    if not finding:
        ways = _rate_of_year(near, rate, facts) if rate else _share_of_year(near, facts) if share else []
    parts = finding.parts if finding else ways[0].parts if ways else ()
    if parts and exception:
        way = ratio(*parts)
        explanation = say("rate_with_exception", exception=exception[0], division=way.computation)
        finding = Finding(NO_DATA, explanation, round(way.expected, 2), "rates", parts=parts)
    if finding:
        return [finding, *_recomputed(finding, facts)]
    if not ways or claim.outside:
        known = rate or (share and (measure_of(PEOPLE, "", _base(claim)) or any(claim.scope)))
        return [Finding(NO_DATA, say("rate_unknown")) if known else Finding(NOT_UNDERSTOOD, say("rate_unclear"))]
    certain = len(claim.unknown) <= grammar.RULES["measure_rules"]["most_unknown"] and not claim.number.modifier
    by_year = judged(claim, [way._replace(sure=way.sure and certain and facts.ours) for way in ways])
    unclear = Finding(NOT_UNDERSTOOD, say("rate_not_certain", division=ways[0].computation))
    return [by_year._replace(statistic="rates") if by_year else unclear]


def rate_of_text(near: Around, *, certain: bool) -> Finding | None:
    """A rate or share by the counts of its own text; of one that disagrees, the denominator that would make it true."""
    claim, behind = near.claim, near.text[near.claim.number.unit_end : near.claim.sentence[1]]
    if re.match(SHAPE["numbers_follow"], behind):
        end = behind.find("）") if behind.startswith("（") else len(behind)
        follow = [other for other in near.later if other.number.start < claim.number.unit_end + end]
        if follow:
            near = near._replace(earlier=[*follow, *([] if len(follow) > 1 else near.earlier)], later=[])
    finding = comes_about(near, "ratio", certain=certain)
    if not finding or finding.state == AGREES or not claim.value or claim.number.unit != "%":
        return finding
    top, bottom = finding.parts
    implied = round(amount(top) / claim.value * 100)
    if not (top.value <= implied <= bottom.value and implied and fits(claim, amount(top) / implied * 100)):
        return finding
    other_way = say("other_denominator", denominator=implied, percent=figure(claim.value))
    return finding._replace(explanation=finding.explanation.removesuffix("。") + other_way)


def _rate_of_year(near: Around, rate: grammar.Rate, facts: Facts) -> list[Way]:
    """The ways to form a rate by the year's figures; it is surely one of these if the text has none of its own."""
    claim = near.claim
    top, *bottoms = (_of_year(claim, name, claim.scope, facts) for name in (rate.numerator, *rate.denominators))
    pairs = [(top, bottom) for bottom in bottoms if top and bottom]
    stated = [other for other in near.earlier if other.number.kind in COUNTS[:2] and not other.outside]
    own = {other.value for other in stated if other.kinds & {*rate.top, *rate.bottom}}
    return [ratio(*pair, sure=own <= {part.value for part in pairs[0]}) for pair in pairs]


def _base(claim: Claim) -> frozenset[str]:
    """The kinds of the words between 占 and a percentage."""
    place = claim.lead.rfind(grammar.OTHER_WORDS["share"][1])
    start = claim.number.start - (len(claim.lead) - place if place >= 0 else 0)
    return kinds_of(word for word in claim.before if word.start >= start)


def _share_of_year(near: Around, facts: Facts) -> list[Way]:
    """The ways to form a share of a figure of the year; its part is the count stated right before it, or named."""
    claim, of = near.claim, measure_of(PEOPLE, "", _base(near.claim))
    counts = [other for other in counts_for(near) if other.number.start < claim.number.start]
    if counts and re.search(SHAPE["share_behind"], claim.stands):
        scopes = dict.fromkeys([*scopes_of(claim.scope, claim.carried), Scope()])
        wholes = [whole for scope in scopes if (whole := _of_year(claim, of or counts[0].measure, scope, facts))]
        sure = bool(of or any(counts[0].scope)) and not (counts[0].outside or counts[0].doubtful)
        return [ratio(counts[0], whole, sure=sure) for whole in wholes if whole.value > counts[0].value]
    named = kinds_of(claim.before) - grammar.KINDS["no_subject"] - {"rate"}
    measure = measure_of(PEOPLE, "", named)
    of = of or (measure if any(claim.scope) else "")
    part, year = _of_year(claim, measure, claim.scope, facts), _of_year(claim, of, Scope(), facts)
    if not part or not year or (measure == of and not any(claim.scope)):
        return []
    return [ratio(part, year, sure=not facts.known[measure, claim.scope].lower_bound and bool(named - NAMES))]


def _of_year(claim: Claim, measure: str, scope: Scope, facts: Facts) -> Claim | None:
    """A figure of the year in the place of a stated one."""
    fact, number = facts.known.get((measure, scope)), claim.number._replace(modifier="", step=1, unit="人")
    return claim._replace(number=number, value=fact.value, measures=(measure,)) if fact and fact.value else None


def _recomputed(finding: Finding, facts: Facts) -> list[Finding]:
    """The rate that two counts of the text make, held against the one of the year, if they are the year's counts."""
    counts = [part for part in finding.parts if not any(part.scope) and not part.outside]
    pairs = [(part, fact) for part in counts if (fact := facts.known.get((part.measure, Scope())))]
    if len({part.measure for part, _ in pairs}) < 2 or not any(matches(part.number, fact) for part, fact in pairs):
        return []
    (top, of_top), (bottom, of_bottom) = pairs
    way, year = ratio(top, bottom, sure=True), round(of_top.value / of_bottom.value * 100, 2)
    state, sentence = (AGREES, "rate_agrees") if round(way.expected, 2) == year else (DISAGREES, "rate_otherwise")
    explanation = say(sentence, division=way.computation, known=figure(year))
    written = "÷".join(f"{part.value:g}" for part in counts)
    return [Finding(state, explanation, year, "rates", written, round(way.expected, 2))]
