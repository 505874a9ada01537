"""Layer one: the same quantity said twice in a text with two values; so many days or years beside their dates."""

import re
from collections.abc import Sequence
from datetime import date

from pilotlib.claims.claim import Claim, amount, factor, of_one_thing, same_unit
from pilotlib.claims.grammar import AGREES, DISAGREES, MONEY, PEOPLE, SHAPE, TIMES, say
from pilotlib.claims.judging import Finding, Way, fits, is_mistyped, judged


def said_twice(claim: Claim, before: Sequence[Claim]) -> Finding | None:
    """The same quantity said before: with digits swapped (326名考生, 362名考生), referred to (上述28名), or in another
    unit (360万元，即3600000元).
    """
    converted = before and re.search(SHAPE["said_in_another_unit"], claim.lead) and same_unit(claim, before[-1])
    if converted and claim.number.kind == MONEY and claim.number.unit != before[-1].number.unit:
        state = AGREES if fits(claim, amount(before[-1]), before[-1]) else DISAGREES
        return Finding(state, otherwise_said("said_before", claim, before[-1]), amount(before[-1]) / factor(claim))
    referred = re.search(SHAPE["referred"], claim.lead)
    alike = [other for other in before if same_unit(claim, other)]
    last = [other for other in alike if other.sentence == before[-1].sentence]
    for other in reversed(alike):
        same_digits = sorted(claim.number.written) == sorted(other.number.written)
        of_it = referred and (len(last) < 2 or same_digits)  # 一等奖3名，二等奖5名。上述8名
        if (of_it or is_mistyped(claim, amount(other))) and _of_the_same(claim, other):
            if claim.value == other.value:
                return Finding(AGREES, say("said_before", other=other.number.with_unit) + "。", other.value)
            return Finding(DISAGREES, otherwise_said("said_before", claim, other), other.value, parts=(other,))
    return None


def otherwise_said(where: str, claim: Claim, other: Claim) -> str:
    """What is said of a number that stands elsewhere in the text, before or behind it, with another value."""
    said = say(where, other=other.number.with_unit)
    return say("text_differs", computation=said, written=claim.number.with_unit)


def _of_the_same(claim: Claim, other: Claim) -> bool:
    """Whether two numbers say how many of the same there are, by the words beside them or by what they measure."""
    mistyped = is_mistyped(claim, amount(other))
    forms = SHAPE["said_again"] + ("|" + SHAPE["referred"] if mistyped else "")
    again = claim.sentence != other.sentence or re.search(forms, claim.lead)
    phases = [re.findall(SHAPE["phase"], one.lead) for one in (claim, other)]
    if phases[0] != phases[1] or re.search(SHAPE["part_of_it"], claim.lead):
        return False
    if not again or claim.scope != other.scope:
        return False
    if re.search(SHAPE["spoken_of"], f"{claim.lead}#{claim.tail}"):
        return of_one_thing(claim, other) or (mistyped and bool(re.search(SHAPE["this"], claim.lead)))  # 这578万元
    alike = claim.limits == other.limits and len({claim.unknown, other.unknown} - {""}) < 2  # 机电系, 商贸系
    return alike and other.measure == claim.measure != "" and claim.number.kind in (PEOPLE, TIMES)


def of_dates(claim: Claim, text: str) -> Finding | None:
    """Days or years held against the dates before them: 7月3日至14日，为期12天; 创办于1978年，到2023年已45年."""
    before = text[claim.sentence[0] : claim.number.start]
    days, years = (re.search(SHAPE[form], before) for form in ("days_between", "years_between"))
    if days and claim.number.unit == SHAPE["day"]:
        month, last_month = int(days["month"]), int(days["last_month"] or days["month"])
        try:
            first = date.min.replace(month=month, day=int(days["day"]))
            apart = (date.min.replace(month=last_month, day=int(days["last_day"])) - first).days
        except ValueError:  # there is no such day
            return None
    elif years and claim.number.unit in SHAPE["years"]:
        apart = int(years["last"]) - int(years["first"])
    else:
        return None
    ways = [
        Way(value, say("between_dates", dates=(days or years or [""])[0], count=value), (), True)
        for value in (apart + 1, apart)
    ]
    return judged(claim, ways if days else ways[::-1])
