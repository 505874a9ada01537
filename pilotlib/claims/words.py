"""The words of a passage that the grammar or the year's table knows, each at its place and with what it says."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from pilotlib.claims import grammar
from pilotlib.claims.facts import Facts, Scope
from pilotlib.claims.numbers import Number
from pilotlib.vocabulary import LEVELS, ROUND_ALIASES, round_named

Span = tuple[int, int]
Placed = TypeVar("Placed", "Word", Number)

# A word that names a part of the year has a kind of its own: 会计 is the name of a major, 专业 a noun.
NAME_OF = {dimension: f"name_of_{dimension}" for dimension in Scope._fields}
_LATIN_MEETS_CHINESE = r"(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])"


class Word(NamedTuple):
    """A known word at its place in the text, and its kinds: those of the grammar, or the name of a part of the year.

    `dimension` is the dimension that it names a part of ("" for none), `part` the table's own name for that part.
    """

    text: str
    kinds: tuple[str, ...]
    start: int
    end: int
    dimension: str = ""
    part: str = ""


class Lexicon(NamedTuple):
    """Every known word: one expression for all, the longest first; the kinds of each, and what it names, if a part."""

    pattern: re.Pattern
    kinds: dict[str, tuple[str, ...]]
    parts: dict[str, tuple[str, str]]
    year: int


def lexicon_of(facts: Facts) -> Lexicon:
    """The grammar's words and the names in the year's table."""
    kinds: dict[str, tuple[str, ...]] = dict.fromkeys(grammar.OTHER_WORDS["fillers"], ())
    for kind, words in (*grammar.WORDS.items(), ("ending", grammar.OTHER_WORDS["part_endings"])):
        kinds |= {word: (*kinds.get(word, ()), kind) for word in words}
    parts = {name: (dimension, name) for dimension, names in facts.names.items() for name in names}
    parts |= {level: ("level", level) for level in LEVELS}
    parts |= {alias: ("application_round", name) for alias, name in ROUND_ALIASES.items()}
    parts |= {f"{major}专业": ("major", major) for major in facts.names["major"]}
    parts |= {name.removesuffix("大类"): ("category", name) for name in facts.names["category"]}
    kinds |= {word: (NAME_OF[dimension],) for word, (dimension, _) in parts.items()}
    # A name may be written with a space where Latin and Chinese characters meet: 5G 移动网络运维.
    forms = (re.sub(_LATIN_MEETS_CHINESE, r"\\s?", re.escape(word)) for word in sorted(kinds, key=len, reverse=True))
    return Lexicon(re.compile("|".join(forms)), kinds, parts, facts.year)


def words_of(text: str, numbers: list[Number], hidden: list[Span], lexicon: Lexicon) -> list[Word]:
    """The known words of a text, in order; rounds, years and parts of the school are read from what stands there.

    Args:
        text: The passage.
        numbers: Its numbers.
        hidden: Stretches that are names, in which no word speaks.
        lexicon: What is known.
    """
    apart = [(number.start, number.unit_end) for number in numbers if number.label not in grammar.READ_WITH_THE_WORDS]
    found: list[Word] = []
    position = 0
    for start, end in [*sorted(apart + hidden), (len(text), len(text))]:
        for match in lexicon.pattern.finditer(text, position, max(start, position)):
            word = re.sub(r"\s", "", match[0])
            found.append(Word(word, lexicon.kinds[word], *match.span(), *lexicon.parts.get(word, ())))
        position = max(position, end)
    found += filter(None, (_word_of_label(text, number, lexicon.year) for number in numbers))
    found.sort(key=lambda word: word.start)
    return _with_parts(text, [_excluded(text, _compared(text, word)) for word in found], numbers)


def kinds_of(words: Iterable[Word]) -> frozenset[str]:
    """The kinds of all the words together."""
    return frozenset(kind for word in words for kind in word.kinds)


def between(items: list[Placed], start: int, end: int) -> list[Placed]:
    """The words or numbers, which stand in order, that begin in a stretch of the text."""
    return items[bisect_left(items, start, key=_start) : bisect_left(items, end, key=_start)]


def unexplained(text: str, start: int, end: int, spans: list[Span]) -> str:
    """The letters and Chinese characters between two places that none of the spans covers."""
    left, position = "", start
    for begin, stop in sorted(spans):
        left += text[position : min(begin, end)]
        position = max(position, stop)
    return "".join(re.findall(r"[A-Za-z\u4e00-\u9fff]", left + text[position:end]))


def _start(item: Word | Number) -> int:
    return item.start


def _word_of_label(text: str, number: Number, year: int) -> Word | None:
    """A round, or a time, that a label names: 第一批次, 2020年, 2019级."""
    if number.label == grammar.ORDINAL:
        name = round_named(re.sub(r"\s", "", number.number))
        kind = NAME_OF["application_round"] if name.endswith("次") else ""
    elif number.label in (grammar.YEAR, grammar.DATE, grammar.COHORT):
        name = number.number
        kind = _kind_of_time(text, number, year)
    else:
        return None
    dimension = "application_round" if kind in NAME_OF.values() else ""
    return Word(name, (kind,) if kind else (), number.start, number.end, dimension, name if dimension else "")


def _kind_of_time(text: str, number: Number, year: int) -> str:
    """Whether a time is the year's own, another, a part of the year, or of those who entered or left in it."""
    years = set(re.findall(r"\d{4}", number.number))
    if number.number.endswith(("级", "届")):
        return "part"
    if years and years != {str(year)}:
        return "another time"
    if number.label == grammar.DATE:
        return "" if text[: number.start].rstrip().endswith(grammar.OTHER_WORDS["until"]) else "period"
    return "now" if years else ""


def _compared(text: str, word: Word) -> Word:
    """A time after 较 or 比 is what the year is compared with, not a time that is spoken of."""
    after = text[: word.start].rstrip().endswith(grammar.OTHER_WORDS["compared"])
    return word._replace(kinds=("change",)) if after and "another time" in word.kinds else word


def _excluded(text: str, word: Word) -> Word:
    """A part of the year after 除 or 较 is left out, or compared with; what follows is not of it."""
    after = text[: word.start].rstrip().endswith(grammar.OTHER_WORDS["excluding"])
    return Word(word.text, ("excluded",), word.start, word.end) if after and word.dimension else word


def _with_parts(text: str, words: list[Word], numbers: list[Number]) -> list[Word]:
    """An unknown word right before 学院, 系, 公司 … is a part of the school by that name."""
    known = [word for word in words if len(word.text) > 1]  # single characters may belong to a name: 艺术设计学院
    ends = sorted([word.end for word in known] + [number.unit_end for number in numbers])
    covered = {place for word in words for place in range(word.start, word.end)}
    joined = []
    for word in words:
        if "ending" in word.kinds:
            last = bisect_right(ends, word.start)
            name = re.search(r"[\u4e00-\u9fffA-Za-z]*$", text[ends[last - 1] if last else 0 : word.start])[0]
            start = word.start - len(name)
            unknown = [place for place in range(start, word.start) if place not in covered]
            if len(unknown) > (word.text not in grammar.OTHER_WORDS["short_named_endings"]):
                word = Word(name + word.text, ("part",), start, word.end)
        joined.append(word)
    return joined
