"""Layer two: a claim held against the year, where it is positively of this school, of this year and of the whole."""

import difflib
import re
from itertools import chain, combinations, product

from pilotlib.claims import grammar
from pilotlib.claims.claim import Around, Claim
from pilotlib.claims.facts import Fact, Facts, Scope, fact_of, figure, in_unit_of, matches, scopes_of, titled
from pilotlib.claims.grammar import AGREES, DISAGREES, NO_DATA, NOT_UNDERSTOOD, SHAPE, UNDECIDED, say
from pilotlib.claims.judging import Finding
from pilotlib.claims.meaning import has_reason
from pilotlib.claims.relations import follows
from pilotlib.claims.text import kinds_of
from pilotlib.columns import title_of
from pilotlib.vocabulary import round_title
from pilotlib.words import split_certificate


def judge_count(near: Around, facts: Facts) -> list[Finding]:
    """The verdict on a count, and what has a row of its own: the names listed with it, the sum of its parts.

    The year decides; where it does not, the text. A list of names or a total that agrees stands before a figure of the
    year that it is not.
    """
    claim, (verdict, of_the_year) = near.claim, _by_year(near, facts)
    finding, names = follows(near), _judge_names(claim, facts)
    derived = [item for item in (names, finding) if item and item.number]
    undecided = verdict.state in UNDECIDED
    behind = finding and any(part.number.start > claim.number.start for part in finding.parts)
    stated = claim.family or behind or re.search(SHAPE["total"], claim.lead)  # no sum that the text does not state
    agrees_by_text = finding and finding.state == AGREES and verdict.state == DISAGREES and stated and not of_the_year
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
        (claim.outside, NO_DATA, "outside" if facts.known else "outside_alone"),
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
    decided = fact if state not in UNDECIDED else None
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
        never = "；".join(round_title(name) + "、".join(given) for name, given in figures.items())
        written = "+".join(number.written for number in numbers.values())
        instead = say("rounds_instead", never=never, all=all_year)
        omitted[max(places.values())] = Finding(DISAGREES, explanation, year.value, "by_round", written, total, instead)
    return omitted
