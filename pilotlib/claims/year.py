"""Layer two: a claim held against the year, where it is positively of this school, of this year and of the whole."""

import difflib
import re
from itertools import chain, combinations, product

from pilotlib.claims import grammar
from pilotlib.claims.facts import Fact, Facts, Scope, fact_of, figure, in_unit_of, matches, scopes_of, titled
from pilotlib.claims.grammar import AGREES, COUNTS, DISAGREES, NO_DATA, NOT_UNDERSTOOD, PEOPLE, SHAPE, say
from pilotlib.claims.meaning import Claim, has_reason, measure_of
from pilotlib.claims.pairs import counts_for, pair_of, rate_named, rate_of_text
from pilotlib.claims.relations import Around, Finding, Way, judged, ratio
from pilotlib.claims.sums import follows
from pilotlib.claims.text import NAMES, kinds_of
from pilotlib.columns import title_of
from pilotlib.words import split_certificate


def judge_count(near: Around, facts: Facts) -> list[Finding]:
    """The verdict on a count, and what has a row of its own: the names listed with it, the sum of its parts.

    The year decides; where it does not, the text. A list of names or a total that agrees stands before a figure of the
    year that it is not.
    """
    claim, (verdict, of_the_year) = near.claim, _by_year(near, facts)
    finding, names = follows(near), _judge_names(claim, facts)
    derived = [item for item in (names, finding) if item and item.number]
    undecided = verdict.state in (NO_DATA, NOT_UNDERSTOOD)
    agrees_by_text = finding and finding.state == AGREES and verdict.state == DISAGREES and not of_the_year
    if names and names.value == claim.value and names.state in (AGREES, NO_DATA) and verdict.state != AGREES:
        verdict = names._replace(state=AGREES, expected=names.value)
    elif names and names.value != claim.value and names.state == DISAGREES and undecided and not names.statistic:
        verdict = names._replace(expected=names.value)
    elif finding and finding.state != NOT_UNDERSTOOD and (undecided or agrees_by_text):
        verdict = finding
    return [verdict, *derived]


def _by_year(near: Around, facts: Facts) -> tuple[Finding, bool]:
    """The verdict of the year on a count, and whether one that disagrees is a total of the year, not of other parts.

    It agrees if any way to take it does, and disagrees only if all are known, none fits and its words are understood.
    """
    claim, number, title = near.claim, near.claim.number, title_of(near.claim.measure)
    scopes, senses = scopes_of(claim.scope, claim.carried), grammar.RULES["certificate_senses"]
    several = {"applications": senses.get(number.unit, senses["other"])}
    pairs = ((several.get(measure, (measure,)), scope) for measure, scope in product(claim.measures, scopes))
    ways = [(name, scope) for names, scope in pairs for name in names]
    known = [fact for way in ways if (fact := fact_of(*way, facts))]
    fitting = [fact for fact in known if matches(number, fact)]
    likeliest = fitting[:1] or [fact for fact in known if fact.measure == known[0].measure]
    fact = min(likeliest, key=lambda fact: abs(in_unit_of(number, fact) - fact.value), default=None)
    left_out = _rounds_left_out(claim, fact, facts) if fact and not fitting else ""
    rounds_named = any(words in near.text[slice(*claim.sentence)] for words in grammar.OTHER_WORDS["named_rounds"])
    cases = (
        (claim.measures and not facts.known, NO_DATA, "no_year"),
        (claim.outside, NO_DATA, "outside"),
        (not claim.measures, NOT_UNDERSTOOD, "no_measure"),
        (number.kind == grammar.TIMES, NO_DATA, "person_times"),
        (claim.family == "change" or "change" in kinds_of(claim.before), NO_DATA, "change"),
        (fitting and fitting[0].lower_bound, grammar.LOWER_BOUND, "lower_bound"),
        (fitting, AGREES, "fits"),
        (not known, NO_DATA, "not_known"),
        (claim.doubtful or len(known) < len(ways), NO_DATA, "perhaps_part"),
        (len(claim.unknown) > grammar.RULES["measure_rules"]["most_unknown"], NOT_UNDERSTOOD, "not_recognised"),
        (not _is_certain(claim, known), NOT_UNDERSTOOD, "not_certain"),
        (not facts.ours, NOT_UNDERSTOOD, "not_ours"),
        (left_out and rounds_named, AGREES, "rounds_meant"),
        (True, DISAGREES, "differs"),
    )
    state, sentence = next((state, sentence) for holds, state, sentence in cases if holds)
    fields = {"n": number, "c": claim, "year": facts.year, "title": title, "left_out": left_out}
    fields["of_title"] = say("of_title", title=title) if claim.measures else ""
    if fact:
        by = in_unit_of(number, fact) - fact.value
        difference = say("more" if by > 0 else "less", figure=figure(abs(by)) + fact.unit)
        fields |= {"known": fact.statement, "others": _other_senses(fact, known), "difference": difference}
    elif ways:
        fields["likeliest"] = titled(*ways[0])
    decided = fact if state not in (NO_DATA, NOT_UNDERSTOOD) else None
    value = claim.value if sentence == "rounds_meant" else decided.value if decided else None
    of_the_year = "sum" in kinds_of(claim.before) and "whole year" in claim.kinds
    return Finding(state, say(sentence, **fields), value, decided and decided.statistic), of_the_year


def _is_certain(claim: Claim, known: list[Fact]) -> bool:
    """Whether the words prove what is counted, and that it is the whole; what is far off is of something else."""
    most = 3 if "whole year" in claim.said or "sum" in claim.kinds else 2
    return _is_near(claim, known, most) and has_reason(claim.measure, claim.said)


def _is_near(claim: Claim, known: list[Fact], most: float) -> bool:
    ratios = [in_unit_of(claim.number, fact) / (fact.value or 1) for fact in known]
    return any(ratio and max(ratio, 1 / ratio) <= most for ratio in ratios)


def _other_senses(fitting: Fact, known: list[Fact]) -> str:
    """Of a count of certificates that fits in one sense, the figures in the others."""
    senses = {*grammar.RULES["certificate_senses"]["other"]}
    alike = [fact for fact in known if fact.scope == fitting.scope and {fact.measure, fitting.measure} <= senses]
    statements = dict.fromkeys(fact.statement for fact in alike if fact.value != fitting.value)
    return "".join(say("other_sense", statement=statement) for statement in statements)


def _rounds_left_out(claim: Claim, nearest: Fact, facts: Facts) -> str:
    """Which rounds a claim of the year leaves out, if it is the sum of the others, in words; "" if it is not."""
    rounds = () if nearest.scope.application_round else facts.names["application_round"]
    scopes = {name: (nearest.measure, nearest.scope._replace(application_round=name)) for name in rounds}
    known = {name: facts.known[key] for name, key in scopes.items() if key in facts.known}
    for names in chain(*(combinations(known, size) for size in range(len(rounds) - 1, 1, -1))):
        if sum(known[name].value for name in names) == claim.value:
            written = {name: name + fact.written for name, fact in known.items()}
            parts = "、".join(written.pop(name) for name in names)
            return say("rounds_left_out", parts=parts, missing="、".join(written.values()))
    return ""


def _judge_names(claim: Claim, facts: Facts) -> Finding | None:
    """The names listed with a count: how many (检测与维修 may be two), and which of them the year's table lacks."""
    listed, value = claim.names, int(claim.value)
    far_off = value > 2 * listed.most and not listed.open  # then it is no list of what is counted
    if not listed.names or far_off:
        return None
    count = value if listed.fewest <= value <= listed.most else len(listed.names)
    missing, statistic = ({}, None) if claim.outside else _not_in_table(listed.names, facts)
    nearly = "、".join(say("name_nearly", name=name, near=near[0]) if near else name for name, near in missing.items())
    present, expected = len(listed.names) - len(missing), claim.value
    state, sentence = (NO_DATA, "names_not_known") if statistic is None else (AGREES, "names_present")
    if missing and facts.ours:
        state, sentence, expected = DISAGREES, "names_missing", present
    elif count != value and (count > value or not listed.open):
        state, sentence, statistic = DISAGREES, "names_miscounted", None
    elif count < value:
        state, sentence, statistic = NOT_UNDERSTOOD, "names_left_out", None
    explanation = say(sentence, count=count, names=nearly, present=present, n=claim.number)
    return Finding(state, explanation, expected, statistic, "、".join(listed.names), count)


def _not_in_table(names: tuple[str, ...], facts: Facts) -> tuple[dict[str, list[str]], str | None]:
    """The certificates that the table lacks, each with its own name nearly that; no statistic for other names."""
    for dimension in ("certificate", "major", "college", "category"):
        known = facts.names[dimension]
        short = {name: split_certificate(name)[0].removesuffix(SHAPE["major_ending"]) for name in names}
        lacking = {name: text for name, text in short.items() if text not in known}
        missing = {name: difflib.get_close_matches(text, known, 1, 0.8) for name, text in lacking.items()}
        if len(missing) * 2 < len(names):
            return ({}, None) if missing and dimension != "certificate" else (missing, f"by_{dimension}")
    return {}, None


def judge_rounds(claims: list[Claim], mentioned: set[str], facts: Facts) -> dict[int, Finding]:
    """For counts of several rounds, by place of the last: their sum against the year's, and rounds never mentioned."""
    omitted, rounds = {}, facts.names["application_round"] if facts.ours else ()
    nearly = grammar.RULES["measure_rules"]["nearly"]
    for measure in ("applications", "places_approved", "places_applied"):  # what may be added up over rounds
        places: dict[str, int] = {}  # of the first claim of each round, and of nothing smaller
        for place, claim in enumerate(claims):
            name = claim.carried.application_round
            fact = facts.known.get((measure, Scope(name))) if name in rounds and claim.measure == measure else None
            if fact and claim.scope in (Scope(), Scope(name)) and _is_near(claim, [fact], nearly):
                places.setdefault(name, place)
        absent = [name for name in rounds if name not in places and name not in mentioned]
        year = facts.known.get((measure, Scope()))
        total = sum(claims[place].value for place in places.values())
        stated = year and {claim.value for claim in claims if claim.measure == measure} & {year.value, total}
        if len(places) < 2 or not absent or not year or stated:
            continue
        numbers = {name: claims[place].number for name, place in places.items()}
        both = ("applications", measure if measure != "applications" else "places_approved")
        known = {name: [facts.known.get((each, Scope(name))) for each in both] for name in ("", *absent)}
        figures = {name: [fact.written for fact in given if fact] for name, given in known.items()}
        all_year = "、".join(figures.pop(""))
        parts = " + ".join(f"{name}{number.written}{number.unit}" for name, number in numbers.items())
        never = "、".join(say("round_never", round=name, figures="，".join(given)) for name, given in figures.items())
        added = figure(total) + year.unit
        explanation = say("rounds_never", parts=parts, total=added, year=year.statement, never=never)
        never = "；".join(name + "、".join(given) for name, given in figures.items())
        written = "+".join(number.written for number in numbers.values())
        instead = say("rounds_instead", never=never, all=all_year)
        omitted[max(places.values())] = Finding(DISAGREES, explanation, year.value, "by_round", written, total, instead)
    return omitted


def judge_rate(near: Around, facts: Facts) -> list[Finding]:
    """The verdict on a percentage, and the rate that its counts make held against the year's, if they are of the year.

    The text's own numbers decide it; where these do not and it has none, the year's.
    """
    claim, sentence = near.claim, near.text[near.claim.sentence[0] : near.claim.number.start]
    if claim.family == "change":
        return [pair_of(near, "change") or Finding(NO_DATA, say("growth_unknown"))]
    added = follows(near) if re.search(SHAPE["total"], claim.lead) else None
    if added:
        return [added, added]
    exception = re.search(SHAPE["exception"], sentence) if "each" in claim.kinds else None
    finding, rate, ways = rate_of_text(near, certain=bool(exception)), rate_named(near), list[Way]()
    share = re.search(SHAPE["other_rate"], claim.stands.partition("#")[0]) or _in_brackets(claim)
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


def _rate_of_year(near: Around, rate: grammar.Rate, facts: Facts) -> list[Way]:
    """The ways to form a rate by the year's figures; it is surely one of these if the text has none of its own."""
    claim = near.claim
    top, *bottoms = (_of_year(claim, name, claim.scope, facts) for name in (rate.numerator, *rate.denominators))
    pairs = [(top, bottom) for bottom in bottoms if top and bottom]
    stated = [other for other in near.earlier if other.number.kind in COUNTS[:2] and not other.outside]
    own = {other.value for other in stated if other.kinds & {*rate.top, *rate.bottom}}
    return [ratio(*pair, sure=own <= {part.value for part in pairs[0]}) for pair in pairs]


def _in_brackets(claim: Claim) -> bool:
    return bool(re.search(SHAPE["share_opens"], claim.stands))


def _base(claim: Claim) -> frozenset[str]:
    """The kinds of the words between 占 and a percentage."""
    place = claim.lead.rfind(grammar.OTHER_WORDS["share"][1])
    start = claim.number.start - (len(claim.lead) - place if place >= 0 else 0)
    return kinds_of(word for word in claim.before if word.start >= start)


def _share_of_year(near: Around, facts: Facts) -> list[Way]:
    """The ways to form a share of a figure of the year; its part is the count stated right before it, or named."""
    claim, of = near.claim, measure_of(PEOPLE, "", _base(near.claim))
    counts = [other for other in counts_for(near) if other.number.start < claim.number.start]
    if counts and (re.search(SHAPE["share"], claim.stands) or _in_brackets(claim)):
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
