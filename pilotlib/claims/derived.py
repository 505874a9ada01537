"""What follows from several claims together: a list of names, a sum, rounds that are never mentioned."""

import difflib
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import Facts, Scope
from pilotlib.claims.judging import AGREES, DISAGREES, NO_DATA, NOT_UNDERSTOOD, Verdict, figure
from pilotlib.claims.meaning import Meaning
from pilotlib.claims.numbers import Number
from pilotlib.claims.words import kinds_of
from pilotlib.columns import title_of
from pilotlib.vocabulary import LEVELS
from pilotlib.words import split_certificate

Said = list[tuple[Number, Meaning]]


class Derived(NamedTuple):
    """A figure that no one wrote but that follows from what is written, beside the claim that it belongs to."""

    number: str
    value: float
    unit: str
    verdict: Verdict


def judge_names(claim: Number, meaning: Meaning, facts: Facts) -> Derived | None:
    """The names listed with a count: how many there are, and which of them the year's table does not have."""
    if not meaning.names.names:
        return None
    count = len(meaning.names.names)
    written = "、".join(meaning.names.names)
    many = f"列出{count}个名称"
    if count != claim.value:
        partly = meaning.names.open and count < claim.value and count * 2 < claim.value
        state = NOT_UNDERSTOOD if partly else DISAGREES
        why = "“等”字之前可能没有列全" if partly else f"与所写的{claim.number}{claim.unit}不符"
        return Derived(written, count, claim.unit, Verdict(state, claim.value, None, f"{many}，{why}。"))
    missing, statistic = _not_in_table(meaning.names.names, facts)
    if statistic is None:
        return Derived(
            written, count, claim.unit, Verdict(NO_DATA, None, None, f"{many}，与所写的个数相符；表中没有这类名称。")
        )
    if missing:
        names = "、".join(name + (f"（表中有“{near}”）" if near else "") for name, near in missing.items())
        why = f"{many}，其中{names}不在申报表中，表中有{count - len(missing)}个。"
        return Derived(written, count, claim.unit, Verdict(DISAGREES, count - len(missing), statistic, why))
    return Derived(written, count, claim.unit, Verdict(AGREES, count, statistic, f"{many}，都在申报表中。"))


def _not_in_table(names: tuple[str, ...], facts: Facts) -> tuple[dict[str, str], str | None]:
    """The names that the table lacks, each with its own name that is nearly that; no statistic if most are lacking."""
    for dimension, statistic in (
        ("certificate", "by_certificate"),
        ("major", "by_major"),
        ("college", "by_college"),
        ("category", "by_category"),
        ("application_round", "by_round"),
    ):
        known = facts.names[dimension]
        short = {
            name: split_certificate(name)[0] if dimension == "certificate" else name.removesuffix("专业")
            for name in names
        }
        missing = {
            name: next(iter(difflib.get_close_matches(text, known, 1, 0.8)), "")
            for name, text in short.items()
            if text not in known
        }
        if len(missing) * 2 < len(names):
            return missing, statistic
    return {}, None


def judge_sum(place: int, said: Said, text: str) -> Derived | None:
    """The parts of a total that stand in its sentence: before it (共、合计), or after it (其中、brackets)."""
    claim, meaning = said[place]
    alike = [item for item in said if item[1].sentence == meaning.sentence and item[0].unit == claim.unit]
    if claim.kind not in (grammar.PEOPLE, grammar.THINGS, grammar.MONEY) or meaning.names.names:
        return None
    total = "sum" in kinds_of(meaning.before)
    parts = _parts_before(claim, meaning, alike) if total else _parts_after(claim, meaning, alike, text)
    if total and len(parts) < 2:  # 学生1028人，教师51人，合计1079人
        earlier = [item for item in alike if item[0].start < claim.start]
        parts = earlier if abs(sum(number.value for number, _ in earlier) - claim.value) < 1e-6 else []
    if len(parts) < 2:
        return None
    values = [number.value for number, _ in parts]
    written = "+".join(number.number for number, _ in parts)
    equation = f"{' + '.join(map(figure, values))} = {figure(sum(values))}"
    if abs(sum(values) - claim.value) < 1e-6:
        state, why = AGREES, "与所写的合计相符"
    elif sum(values) < claim.value and not total:
        state, why = NOT_UNDERSTOOD, f"少于{claim.number}{claim.unit}，其中可能没有列全"
    else:
        state, why = DISAGREES, f"与所写的{claim.number}{claim.unit}不符"
    return Derived(written, sum(values), claim.unit, Verdict(state, claim.value, None, f"{equation}，{why}。"))


def _parts_before(claim: Number, meaning: Meaning, alike: Said) -> Said:
    """The items that a total adds up: the counts right before it that count the same and are no total themselves."""
    parts: Said = []
    for number, of in reversed([item for item in alike if item[0].start < claim.start]):
        if (
            of.measures[:1] not in ((), meaning.measures[:1])
            or {"sum", "of which", "change"} & of.near
            or of.names.open
        ):
            break
        parts.insert(0, (number, of))
    distinct = {(of.scope, of.outside, of.doubtful, of.unknown) for _, of in parts}
    return parts if len(distinct) == len(parts) else []


def _parts_after(claim: Number, meaning: Meaning, alike: Said, text: str) -> Said:
    """The parts named after a total and 其中, or in brackets: as many as count the same, each of a part of its own."""
    following = [item for item in alike if item[0].start > claim.start]
    opening = text[claim.unit_end : following[0][0].start] if following else ""
    by_level = opening.strip("，：: ") in LEVELS  # 12个，初级2个、中级10个
    in_brackets = opening.lstrip().startswith(("（", "("))
    if not by_level and not in_brackets and not any(word in opening for word in grammar.OTHER_WORDS["parts_follow"]):
        return []
    end = min(
        [
            text.find(mark, claim.unit_end)
            for mark in grammar.SHAPE["carry_ends"]
            if text.find(mark, claim.unit_end) > 0
        ],
        default=len(text),
    )
    parts = [
        (number, of)
        for number, of in following
        if number.start < end
        and of.measures[:1] == meaning.measures[:1]
        and any(of.scope)
        and "sum" not in kinds_of(of.before)
    ]
    return parts if len({of.scope for _, of in parts}) == len(parts) else []


def judge_rounds(said: Said, mentioned: set[str], facts: Facts) -> dict[int, Derived]:
    """For counts that are stated of several rounds: what they add up to, and the rounds that are never mentioned.

    Returns:
        By place in `said` of the last such count.
    """
    rounds = facts.names["application_round"]
    found = {}
    for measure in ("applications", "places_approved", "places_applied"):
        of_round = {}
        for place, (number, meaning) in enumerate(said):
            scope = (
                meaning.scope
                if meaning.scope.application_round
                else meaning.scope._replace(application_round=meaning.carried.application_round)
            )
            one_round = scope == Scope(application_round=scope.application_round) and scope.application_round in rounds
            if meaning.measures[:1] == (measure,) and one_round and not meaning.outside:
                of_round.setdefault(scope.application_round, (place, number))
        absent = [name for name in rounds if name not in of_round and name not in mentioned]
        whole = facts.known.get((measure, Scope()))
        if len(of_round) < 2 or not absent or not whole:
            continue
        total = sum(number.value for _, number in of_round.values())
        parts = " + ".join(f"{name}{number.number}{number.unit}" for name, (_, number) in of_round.items())
        never = "、".join(_told(measure, name, facts) for name in absent)
        last = max(place for place, _ in of_round.values())
        written = "+".join(number.number for _, number in of_round.values())
        year = f"全年{title_of(measure)}为{figure(whole.value)}{whole.unit}"
        why = f"{parts} = {figure(total)}{whole.unit}，{year}；文中没有提到{never}。"
        found[last] = Derived(written, total, whole.unit, Verdict(DISAGREES, whole.value, "by_round", why))
    return found


def _told(measure: str, name: str, facts: Facts) -> str:
    """What the table has of a round: 第二次（2项，180人）."""
    counts = [
        facts.known.get((each, Scope(application_round=name)))
        for each in ("applications", measure if measure != "applications" else "places_approved")
    ]
    return f"{name}（{'，'.join(figure(fact.value) + fact.unit for fact in counts if fact)}）"
