"""Layer one: how a number comes about by others, computed, in a text and in a table.

A number has a `family`: it is a ratio, a change, so much for each, a product, a rest or a sum of its operands.
"""

import math
import re
from collections.abc import Callable

from pilotlib.claims import grammar
from pilotlib.claims.claim import Claim, amount, beside, factor, same_unit
from pilotlib.claims.facts import figure
from pilotlib.claims.grammar import MONEY, OTHER_WORDS, PEOPLE, SHAPE, TIMES, say
from pilotlib.claims.judging import Group, Way
from pilotlib.columns import title_of

RELATIVE = ("%", "倍", "番")  # units of what is no difference between two values


def compute(family: str, claim: Claim, parts: Group, sure: bool = False, may_be_more: bool = False) -> Way | None:
    """What a number of a family comes to by its operands; None where these cannot be its operands."""
    way = _OPERATIONS[family](claim, *parts)
    return way and way._replace(sure=sure, open=may_be_more)


def ratio(top: Claim, bottom: Claim, *, sure: bool = False, per: int = 100) -> Way:
    """A rate, and how it comes about: 参加考核学生908 ÷ 培训学生1028 = 88.33%."""
    rate, written = amount(top) / amount(bottom) * per, _written(top, bottom)
    for at, part in enumerate((top, bottom)):
        titled = top.measure != bottom.measure or part.value != part.number.value
        written[at] = (title_of(part.measure) if titled else "") + written[at]
    sign = {100: "%", 1000: "‰"}.get(per, "")
    return Way(
        rate, say("division", top=written[0], bottom=written[1], percent=figure(rate) + sign), (top, bottom), sure
    )


def _written(*parts: Claim) -> list[str]:
    """Operands as they stand in the text, if of one unit, else as what they are worth; what we found as we write it."""
    quoted = len({part.number.unit for part in parts}) == 1
    stand = [part.number.written if quoted and abs(part.value) == part.number.value else "" for part in parts]
    return [written or figure(abs(amount(part))) for written, part in zip(stand, parts, strict=True)]


def _in_unit(value: float, *parts: Claim) -> str:
    """A value in the unit in which operands are written."""
    return figure(value / factor(parts[0]) if len({part.number.unit for part in parts}) == 1 else value)


def is_one_of(each: Claim, claim: Claim) -> bool:
    """Whether a count is of what a number for each is said of: persons for 每人, sittings for 场均, any for 单价."""
    match = re.search(SHAPE["for_each"], each.stands)
    word = (match and (match["one"] or match["each"])) or ""
    if not match:  # 平均 alone does not say of what
        return False
    if word in OTHER_WORDS["one_person"]:
        of_times = each.stands[match.start() :].startswith("每" + OTHER_WORDS["times"][0])
        return claim.number.kind == (TIMES if of_times else PEOPLE)
    unit = SHAPE["each_of"].get(word, word)
    before = match["each"] and claim.lead.rstrip("有共为").endswith(word)  # 教学班12个
    behind = re.match(f"[^，。；、]{{0,6}}{re.escape(word)}", claim.tail)
    by_name = match["each"] and each.stands[match.start("each") :][:2] in beside(claim)  # 每名辅导员 of 辅导员48人
    of_times = claim.number.kind == TIMES and claim.number.unit.endswith(unit)  # 次均 of 204人次
    return claim.number.unit.startswith(unit) or of_times or bool(before or behind or by_name)


def _ratio_of(claim: Claim, top: Claim, bottom: Claim) -> Way | None:
    of_two = claim.number.unit == grammar.FOR_EACH
    top, bottom = sorted((top, bottom), key=amount, reverse=True) if of_two else (top, bottom)
    known = (of_two or same_unit(top, bottom)) and bottom.value
    per = {"‰": 1000, grammar.FOR_EACH: 1}.get(claim.number.unit, 100)
    return ratio(top, bottom, per=per) if known else None


def _change_of(claim: Claim, early: Claim, late: Claim) -> Way | None:
    unit, relative = claim.number.unit, claim.number.unit in RELATIVE
    rises, falls = (bool(re.search(SHAPE[words], claim.stands)) for words in ("risen", "fallen"))
    if not relative or rises != falls:  # a growth is of the smaller value, a fall of the larger one
        early, late = sorted((early, late), key=amount, reverse=relative and falls)
    base, level = amount(early), amount(late)
    if not same_unit(early, late) or (relative and base * level <= 0):
        return None
    grown = bool(re.search(SHAPE["changed_by"], claim.stands))  # 增长了2倍, not 是2倍
    value, sentence = level - base, "difference"
    if unit == "番":
        value, sentence = math.log2(level / base), "doublings"
    elif unit == "倍":
        value, sentence = level / base - grown, "times_more" if grown else "times"
    elif unit == "%":
        value, sentence = (level / base - grown) * 100, "growth" if grown else "multiple"
    fields = dict(zip(("early", "late"), _written(early, late), strict=True))
    fields |= {"value": figure(value) if relative else _in_unit(value, early, late)}
    return Way(abs(value), say(sentence, **fields, unit=unit if relative else early.number.unit), (early, late))


def _each_of(claim: Claim, total: Claim, count: Claim) -> Way | None:
    one, two = claim.number, total.number
    alike = one.unit == two.unit or one.kind == two.kind == MONEY
    alike |= one.unit in OTHER_WORDS["times_of_each"] and two.kind == TIMES
    alike |= one.kind == PEOPLE and two.kind in (PEOPLE, TIMES)
    if not (alike and total.family != "each" and count.value and is_one_of(claim, count)):
        return None
    value, written = amount(total) / amount(count), two.written if one.unit == two.unit else figure(amount(total))
    each = figure(value / factor(total) if one.unit == two.unit else value)
    return Way(value, say("division", top=written, bottom=figure(count.value), percent=each), (total, count))


def _product_of(claim: Claim, price: Claim, count: Claim) -> Way | None:
    reached = re.search(SHAPE["reached"], claim.lead) and is_one_of(price, claim)
    if price.family == "each" and same_unit(price, count) and reached and amount(price):
        value, written = amount(count) / amount(price), _written(count, price)  # 612.5万元，每人2500元，惠及2450人
        return Way(value, say("division", top=written[0], bottom=written[1], percent=figure(value)), (price, count))
    several = claim.value / claim.number.step > 100  # 120间，每间8个床位，可住960人
    if not (price.family == "each" and (several or same_unit(claim, price)) and is_one_of(price, count)):
        return None
    value, one, many = amount(price) * amount(count), price.number.written, count.number.written
    return Way(value, say("product", price=one, count=many, product=_in_unit(value, price)), (price, count))


def _rest_of(_: Claim, whole: Claim, *parts: Claim) -> Way:
    rest = amount(whole) - sum(map(amount, parts))
    return Way(rest, f"{' − '.join(_written(whole, *parts))} = {_in_unit(rest, whole, *parts)}", (whole, *parts))


def _sum_of(_: Claim, *parts: Claim) -> Way:
    """What parts come to; those that are negative go off."""
    added, signs = sum(map(amount, parts)), ["−" if part.value < 0 else "+" for part in parts]
    terms = [f" {sign} {term}" for sign, term in zip(signs, _written(*parts), strict=True)]
    equation = "".join(terms)[3:] if len(parts) < 8 else say("column_sum", count=len(parts))
    number = "".join(sign + part.number.written for sign, part in zip(signs, parts, strict=True))[1:]
    return Way(added, f"{equation} = {_in_unit(added, *parts)}", parts, number=number)


_OPERATIONS: dict[str, Callable[..., Way | None]] = {
    "ratio": _ratio_of,
    "change": _change_of,
    "each": _each_of,
    "product": _product_of,
    "rest": _rest_of,
    "sum": _sum_of,
}
