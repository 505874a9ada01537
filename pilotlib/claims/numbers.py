"""Every number of a text: what it is worth, its unit, how exactly it is meant, or that it states nothing."""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import cn2an

from pilotlib.claims import grammar

# Full-width characters count as their plain forms; one for one, so that every place in the text stays what it is.
_PLAIN = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_PLAIN |= {ord("*"): " ", ord("`"): " "}  # emphasis in Markdown: **12**个
_PLAIN |= {ord("％"): "%", ord("＋"): "+", ord("．"): ".", ord("﹪"): "%", 0x00A0: " ", 0x3000: " "}


class Number(NamedTuple):
    """A number as it stands in a text.

    `number` is what is written, `value` what it is worth (none for a label), `unit` as written ("" for none), `kind`
    the class of the unit, `label` the kind of label ("" for a claim), `modifier` how it is meant ("" for exactly),
    `step` the worth of its last digit. `start` and `end` bound the number, `unit_end` its unit.
    """

    number: str
    value: float | None
    unit: str
    kind: str
    label: str
    modifier: str
    step: float
    start: int
    end: int
    unit_end: int


def plain_text(text: str) -> str:
    """The text with full-width digits, letters and signs in their plain form, character for character.

    >>> plain_text("１０２８人，８０％")
    '1028人，80%'
    """
    grouped = re.sub("(?<=[０-９])，(?=[０-９]{3}(?![０-９]))", ",", text)
    return grouped.translate(_PLAIN)


def find_numbers(text: str) -> list[Number]:
    """Every number of a text in order, claims and labels; `text` is what `plain_text` returns.

    >>> [(found.number, found.unit, found.label) for found in find_numbers("2021年培训1,028人")]
    [('2021年', '', '年份'), ('1,028', '人', '')]
    >>> [found.value for found in find_numbers("一千零二十八人、2.5万人、百分之八十")]
    [1028.0, 25000.0, 80.0]
    """
    return [
        _label(found) if found.lastgroup.startswith("label") else _claim(found) for found in _scanner().finditer(text)
    ]


def worth(number: str) -> float:
    """What a number is worth as it is written.

    >>> [worth(number) for number in ("1,028", "2.5万", "一千零二十八", "两百", "二分之一")]
    [1028.0, 25000.0, 1028.0, 200.0, 0.5]
    """
    if number.endswith("成"):
        return 10 * worth(number[0])
    number = re.sub(r"\s", "", number).replace(",", "").replace("，", "").replace("两", "二").replace("〇", "零")
    if "分之" in number:
        whole, part = number.split("分之")
        return worth(part) / worth(whole)
    return float(cn2an.cn2an(number, "smart")) if re.search("[^0-9.]", number) else float(number)


@cache
def _scanner() -> re.Pattern:
    """One expression for every label and every number: at each place the first that fits is taken."""
    forms = grammar.NUMBER
    arabic, chinese = forms["arabic"], forms["chinese"]
    number = f"(?:{arabic}|{chinese})"
    units, chinese_units = _any_of(grammar.UNITS), _any_of(set(grammar.UNITS) - set(grammar.NOT_AFTER_CHINESE))
    inner = _any_of(word for words in grammar.AFTER.values() for word in words if len(word) == 1)
    outer = _any_of(word for words in grammar.AFTER.values() for word in words if len(word) > 1)
    labels = [
        f"(?P<label{place}>{label.form.replace('{unit}', units).replace('{number}', number)})"
        for place, label in enumerate(grammar.LABELS)
    ]
    numbers = [
        rf"(?P<percent>百分之(?:{number}|百)|{forms['tenths']})",
        rf"(?P<fraction>{number}分之{number})",
        rf"(?P<arabic>{arabic}(?:{forms['power']})?)",
        rf"(?P<chinese>{forms['no_chinese_before']}{chinese}(?=\s?(?:{inner})?(?:{chinese_units}|{forms['nouns_after_chinese']}))|{forms['chinese_without_unit']})",
    ]
    tail = rf"(?P<inner>\s?(?:{inner}))?(?:\s{{0,2}}(?P<unit>{units}))?(?P<outer>{outer})?"
    # The look-ahead spares the labels' expressions wherever no number can begin.
    return re.compile(rf"(?={forms['begins']})(?:{'|'.join(labels)}|(?:{'|'.join(numbers)}){tail})")


def _any_of(words: Iterable[str]) -> str:
    """An expression for any of the words, the longest first."""
    return "|".join(grammar.UNIT_FORMS.get(word, word) for word in sorted(words, key=lambda word: (-len(word), word)))


def _label(found: re.Match) -> Number:
    written = found[0].strip().lstrip("# ")
    start = found.start() + found[0].index(written)
    name = grammar.LABELS[int(found.lastgroup.removeprefix("label"))].name
    return Number(written, None, "", "", name, "", 0, start, start + len(written), start + len(written))


def _claim(found: re.Match) -> Number:
    name = next(name for name in ("percent", "fraction", "arabic", "chinese") if found[name])
    written, unit = found[name].rstrip(), found["unit"] or ""
    try:
        value = 100.0 if written == "百分之百" else worth(written.removeprefix("百分之"))
    except (ValueError, ZeroDivisionError):  # 一万百 is no way to write a number
        start = found.start(name)
        return Number(
            written, None, "", "", grammar.MALFORMED, "", 0, start, start + len(written), start + len(written)
        )
    percent = name in ("percent", "fraction")
    value = value * 100 if name == "fraction" else value
    kind = grammar.PERCENT if percent else grammar.UNITS.get(unit, "")
    modifier = _modifier(
        found.string[max(0, found.start() - 4) : found.start()], (found["inner"] or "").strip(), found["outer"] or ""
    )
    start = found.start(name)
    return Number(
        written,
        round(value, 6),
        "%" if percent else unit,
        kind,
        "",
        modifier,
        _step(written, value),
        start,
        start + len(written),
        found.end(),
    )


def _modifier(before: str, *after: str) -> str:
    before = before.rstrip()
    for meaning, words in grammar.BEFORE.items():
        if before.endswith(words):
            return meaning
    return next((meaning for meaning, words in grammar.AFTER.items() if set(words) & set(after)), "")


def _step(written: str, value: float) -> float:
    """The worth of the last digit that is written: 0.1 of 88.3, 1000 of 2.5万, 1 of 1,028."""
    digits = re.match(r"[\d,，]+(?:\.(\d+))?", written.replace(" ", ""))
    if not digits or not value:
        return 1
    return (
        value / float(re.sub("[,，]", "", digits[0])) * 10 ** -len(digits[1] or "")
        if float(re.sub("[,，]", "", digits[0]))
        else 1
    )
