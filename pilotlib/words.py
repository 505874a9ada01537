"""What one cell says: its characters, a count, a certificate and its level, a list of majors."""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from pilotlib import vocabulary

CHINESE_PUNCTUATION = frozenset("（），、；：！？～“”‘’…—·")
# The pieces of a large table repeat the same words: what was read of so many is remembered.
REMEMBERED = 2**16


@lru_cache(REMEMBERED)
def normalised(text: str) -> str:
    """One cell's text by NFKC, which spares Chinese punctuation; no invisible characters, no stray white space.

    White space stays between two Latin words, and line breaks stay: they separate majors.
    """
    if text.isascii() and text.isalnum():
        return text
    text = "".join(map(_compatible, vocabulary.INVISIBLE.sub("", text)))
    text = re.sub(r"[^\S\n]+", " ", text)
    return re.sub(r"(?<![A-Za-z0-9]) | (?![A-Za-z0-9])", "", text).strip()


@lru_cache(REMEMBERED)
def _compatible(character: str) -> str:
    """NFKC, but Chinese punctuation is right as it stands, and a mark like ① must not become a digit."""
    if character in CHINESE_PUNCTUATION or unicodedata.category(character) == "No":
        return character
    return unicodedata.normalize("NFKC", character)


@lru_cache(REMEMBERED)
def count_text(text: str) -> str:
    """A count (1,234 or 50人) as plain digits; empty if the cell means "missing"; a text that is none as it is."""
    if text in vocabulary.MISSING_MARKS:
        return ""
    number = vocabulary.COUNT_FORM.fullmatch(text)
    digits = re.sub(r"\D", "", number[1]) if number else ""
    return str(int(digits)) if is_count(digits) else text


def year_text(text: str) -> str:
    """A year as plain digits, also that of a date; else as `count_text`.

    >>> year_text("2021年") == year_text("2021-01-01 00:00:00") == "2021", year_text("两年")
    (True, '两年')
    """
    date = vocabulary.DATE_FORM.fullmatch(text)
    return date[1] if date else count_text(text)


def rate_text(text: str) -> str:
    """A rate in percent as digits, also one that is given as a part of 1; other text as it is.

    >>> rate_text("86.67%"), rate_text("0.8667"), rate_text("90"), rate_text("—"), rate_text("全部")
    ('86.67', '86.67', '90', '', '全部')
    """
    if text in vocabulary.MISSING_MARKS:
        return ""
    if not (rate := re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", text)):
        return text
    percent = Decimal(rate[1]) * (100 if not rate[2] and float(rate[1]) <= 1 else 1)
    return format(percent.normalize() if percent != Decimal(rate[1]) else percent, "f")


def multiplied(text: str, factor: int) -> str:
    """A number of tens, hundreds … of people as a number of people; a count with a unit of its own is left unread.

    >>> multiplied("0.5", 100), multiplied("5人", 100), multiplied("—", 100)
    ('50', '5人×100', '—')
    """
    if not re.fullmatch(r"(\d+|\d{1,3}(?:,\d{3})+)(\.\d+)?", text):
        return f"{text}×{factor}" if vocabulary.COUNT_FORM.fullmatch(text) else text
    people = Decimal(text.replace(",", "")) * factor
    return str(people.quantize(Decimal(1))) if people == people.to_integral() else str(people)


def is_count(text: str) -> bool:
    """Whether a text is nine digits at most, enough for all the country's students: no telephone number."""
    return text.isdecimal() and len(text) <= 9


@lru_cache(REMEMBERED)
def split_certificate(text: str) -> tuple[str, str]:
    """Certificate and level of a cell, 财务共享服务 and 初级; the level is empty where the cell gives none."""
    text = text.replace("\n", "")  # the width of a cell broke the line
    matches = (re.fullmatch(form, text) for form in vocabulary.CERTIFICATE_FORMS)
    parts = next((match.groupdict() for match in matches if match), {})
    return parts.get("name", text), levels_in(parts.get("levels") or "")


@lru_cache(REMEMBERED)
def levels_in(text: str) -> str:
    """The levels that a text names, in order: of 初、中级 they are 初级、中级."""
    return "、".join(level for level in vocabulary.LEVELS if level[0] in text) if "级" in text else ""


def split_majors(text: str) -> list[str]:
    """The majors of a cell, in order, each once: 电子商务；市场营销 are two."""
    majors = map(str.strip, vocabulary.MAJOR_SEPARATORS.split(text))
    return list(dict.fromkeys(filter(None, majors)))


@lru_cache(REMEMBERED)
def display_width(text: str) -> int:
    """Columns that a text fills where a Chinese character fills two and a Latin one fills one."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def one_off(word: str, other: str) -> bool:
    """Whether two words differ by one character: 申报状太 and 申报状态, 电子商务技 and 电子商务."""
    short, long = sorted((word, other), key=len)
    spared = (short[:place] + short[place + (len(short) == len(long)) :] for place in range(len(long)))
    return word != other and any(rest == long[:place] + long[place + 1 :] for place, rest in enumerate(spared))


def majors_beginning(text: str, known_majors: frozenset[str]) -> list[str]:
    """The known majors of which `text` is a part cut off at the end; none if it is a known major itself."""
    if not text or text in known_majors:
        return []
    return sorted(major for major in known_majors if major.startswith(text))
