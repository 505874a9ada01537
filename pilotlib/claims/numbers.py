"""Every number of a text: what it is worth, its unit, how exactly it is meant, or that it states nothing."""

import re
from collections.abc import Iterable
from functools import cache
from math import inf, isfinite
from operator import mul
from typing import NamedTuple
from unicodedata import numeric

from pilotlib.claims import grammar

# Full-width characters count as their plain forms, traditional ones as simplified; one for one, so that every place in
# the text stays what it is. Emphasis in Markdown is white space: **12**个.
_PLAIN: dict[int, int | str] = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_PLAIN |= str.maketrans("％＋．﹪∶\u00a0\u3000*`", "%+.%:    ") | str.maketrans(*grammar.TRADITIONAL)


# Marks of a text that are written narrow beside Chinese characters: 就业899人,就业率94%.
_NARROW_MARK = re.compile("(?<=[\u4e00-\u9fff])[,;:()]|[,;:()](?=[\u4e00-\u9fff])")
_WIDE = str.maketrans(",;:()", "，；：（）")


class Number(NamedTuple):
    """A number as it stands in a text: `written` from `start` to `end`, and up to `unit_end` its unit.

    `label` is the kind of label ("" for a claim), `value` what it is worth (none for a label), `kind` the class of its
    unit, `modifier` how the number is meant ("" for exactly), `step` the worth of its last digit.
    """

    written: str
    start: int
    end: int
    unit_end: int
    label: str = ""
    value: float | None = None
    unit: str = ""
    kind: str = ""
    modifier: str = ""
    step: float = 0

    @property
    def with_unit(self) -> str:
        """The number and its unit as they are written: 1028人, 86.8%, 八成."""
        in_words = any(word in self.written for word in grammar.OTHER_WORDS["percent_in_words"])
        return self.written + ("" if in_words else self.unit)


def plain_text(text: str) -> str:
    """The text with full-width and traditional characters in their plain form, character for character.

    >>> plain_text("１０２８人，８０％，學校")
    '1028人，80%，学校'
    """
    plain = re.sub("(?<=[０-９])，(?=[０-９]{3}(?![０-９]))", ",", text).translate(_PLAIN)
    return _NARROW_MARK.sub(lambda mark: mark[0].translate(_WIDE), plain)


def find_numbers(text: str) -> list[Number]:
    """Every number of a text in order, claims and labels; `text` is what `plain_text` returns.

    >>> [(number.written, number.unit, number.label) for number in find_numbers("2021年培训1,028人")]
    [('2021年', '', '年份'), ('1,028', '人', '')]
    >>> [number.value for number in find_numbers("一千零二十八人、2.5万人、百分之八十")]
    [1028.0, 25000.0, 80.0]
    """
    return [_number(match) for match in _scanner().finditer(text)]


def worth(number: str) -> float:
    """What a number is worth as it is written.

    >>> [worth(number) for number in ("1,028", "2.5万", "一千零二十八", "两百", "二分之一", "1/4")]
    [1028.0, 25000.0, 1028.0, 200.0, 0.5, 0.25]
    """
    if number == grammar.OTHER_WORDS["half"][0]:
        return 50
    if "成" in number:  # 七成, 七成八
        return sum(map(mul, map(worth, number.split("成")[0] + number.split("成")[1]), (10, 1)))
    number = re.sub(r"[\s,，]", "", number).replace("两", "二").replace("〇", "零")
    number = re.sub("(.+)/(.+)", r"\2分之\1", number)
    if "分之" in number:
        denominator, numerator = number.split("分之")
        return worth(numerator) / worth(denominator)
    if not re.search("[^0-9.]", number):
        return float(number)
    if re.fullmatch("[零一二三四五六七八九十]", number):
        return numeric(number)
    from cn2an import cn2an  # takes half a second to load, and most texts have no longer number in Chinese characters

    return float(cn2an(number, "smart"))


@cache
def _scanner() -> re.Pattern[str]:
    """One expression for every label and every number: at each place the first that fits is taken."""
    forms, units = grammar.RULES["number"], _any_of(grammar.UNITS)
    arabic, chinese = forms["arabic"], forms["chinese"]
    number = f"(?:{arabic}|{chinese})"
    chinese_units = _any_of({*grammar.UNITS}.difference(grammar.RULES["unit_rules"]["not_after_chinese"].split()))
    modifiers = [word for words in grammar.AFTER.values() for word in words]
    inner = _any_of(word for word in modifiers if len(word) == 1)
    outer = _any_of(word for word in modifiers if len(word) > 1) + f"|(?:{inner})(?=[，。；、])"  # 翻了一番多
    filled = (label.form.replace("{unit}", units).replace("{number}", number) for label in grammar.LABELS)
    labels = [f"(?P<label{place}>{form})" for place, form in enumerate(filled)]
    unit_follows = rf"(?=\s?(?:{inner})?(?:{chinese_units}|{forms['nouns_after_chinese']}))"
    numbers = [
        rf"(?P<percent>百分之(?:{number}|百)|{forms['tenths']})",
        rf"(?P<fraction>{number}分之{number}|{forms['fraction']})",
        rf"(?P<arabic>{arabic}(?:{forms['power']})?)",
        rf"(?P<chinese>{forms['no_chinese_before']}{chinese}{unit_follows}|{forms['chinese_without_unit']})",
    ]
    tail = rf"(?P<inner>\s?(?:{inner}))?(?:\s{{0,2}}(?P<unit>{units}))?(?P<outer>{outer})?"
    # The look-ahead spares the labels' expressions wherever no number can begin.
    return re.compile(rf"(?={forms['begins']})(?:{forms['ratio']}|{'|'.join(labels)}|(?:{'|'.join(numbers)}){tail})")


def _any_of(words: Iterable[str]) -> str:
    """An expression for any of the words, the longest first."""
    forms, longest_first = grammar.RULES["unit_forms"], sorted(sorted(words), key=len, reverse=True)
    return "|".join(forms.get(word, word) for word in longest_first)


def _number(match: re.Match[str]) -> Number:
    """The number that the scanner met: a label, or a claim; a label too if it is worth nothing that can be told."""
    place = (match.lastgroup or "").removeprefix("label")
    if place.isdigit():
        written = match[0].strip().lstrip("# ")
        start = match.start() + match[0].index(written)
        end = start + len(written)
        return Number(written, start, end, end, grammar.LABELS[int(place)].name)
    if match["ratio"]:
        return _ratio(match)
    form = next(form for form in ("percent", "fraction", "arabic", "chinese") if match[form])
    written, start = match[form].rstrip(), match.start(form)
    end = start + len(written)
    try:
        value = 100.0 if written == "百分之百" else worth(written.removeprefix("百分之"))
    except (ValueError, ZeroDivisionError):  # 一万百 is no way to write a number
        value = inf
    if not isfinite(value):
        return Number(written, start, end, end, grammar.MALFORMED)
    before = match.string[max(0, match.start() - 9) : match.start()].rstrip()
    unit = "%" if form in ("percent", "fraction") else match["unit"] or ""
    if not unit and re.search(grammar.RULES["number"]["no_unit_of_ratio"], before):  # 生师比为17.59
        unit = grammar.FOR_EACH
    after = {(match["inner"] or "").strip(), match["outer"] or ""}
    no_modifier = re.search(grammar.RULES["number"]["no_modifier"], before)  # 节约3.3万元
    modifiers = [meaning for meaning, words in grammar.BEFORE.items() if before.endswith(words) and not no_modifier]
    modifiers += [meaning for meaning, words in grammar.AFTER.items() if set(words) & after]
    value = round(value * 100 if form == "fraction" else value, 6)
    # The worth of the last digit that is written: 0.1 of 88.3, 1000 of 2.5万, 1 of 1,028 and of a fraction.
    digits = re.match(r"[\d,，]+(?:\.(\d+))?", written.replace(" ", ""))
    count = float(re.sub("[,，]", "", digits[0])) if digits and "/" not in written else 0
    step = value / count * 10 ** -len(digits[1] or "") if digits and count and value else 1
    kind = grammar.PERCENT if unit == grammar.FOR_EACH else grammar.UNITS.get(unit, "")
    modifier = (modifiers or [""])[0]
    return Number(written, start, end, match.end(), "", value, unit, kind, modifier, step)


def _ratio(match: re.Match[str]) -> Number:
    """How many there are for each one: 18 of 18:1 and of 1:18 students for a teacher; a label where no words say so."""
    written, (start, end) = match["ratio"], match.span("ratio")
    if not re.search(grammar.RULES["number"]["ratio_before"], match.string[max(0, start - 9) : start]):
        return Number(written, start, end, end, grammar.PROPORTION)
    larger = max(re.split("[:：]", written), key=worth)
    step = 10.0 ** -len(larger.strip().partition(".")[2])
    return Number(written, start, end, end, "", worth(larger), grammar.FOR_EACH, grammar.PERCENT, "", step)
