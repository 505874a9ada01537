"""A paragraph taken apart: its numbers, the words that are known, the lists of names, and its segments."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple, TypeVar

from pilotlib.claims import grammar
from pilotlib.claims.facts import NAME_OF, Lexicon
from pilotlib.claims.numbers import Number, find_numbers
from pilotlib.vocabulary import round_named
from pilotlib.words import split_certificate

Span = tuple[int, int]
Placed = TypeVar("Placed", "Word", Number)

_start = attrgetter("start")


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


class Names(NamedTuple):
    """The names listed with a count, whether 等 stands after them, and the stretch of the text that they fill.

    If all that are known are of one dimension, `dimension` is it and `parts` the table's names joined by 、.
    """

    names: tuple[str, ...] = ()
    open: bool = False
    span: Span = (0, 0)
    dimension: str = ""
    parts: str = ""


class Segment(NamedTuple):
    """A stretch between two marks, the mark that opens it ("。" at the beginning), its clause and its sentence."""

    start: int
    end: int
    opening: str
    clause: Span
    sentence: Span


class Paragraph(NamedTuple):
    """A text with everything that was found in it; `counts` are the numbers that are no labels, `names` by their start.

    `hidden` are the stretches that are names or quotations, in which no word speaks.
    """

    text: str
    numbers: list[Number]
    counts: list[Number]
    names: dict[int, Names]
    hidden: list[Span]
    words: list[Word]
    segments: list[Segment]


def paragraph_of(text: str, lexicon: Lexicon) -> Paragraph:
    """A text, as `numbers.plain_text` returns it, taken apart with the words of a lexicon."""
    numbers = find_numbers(text)
    counts = [number for number in numbers if not number.label]
    names = {count.start: names_with(text, count, numbers, lexicon) for count in counts}
    hidden = sorted([listed.span for listed in names.values() if listed.span[1]] + _quotations(text, numbers))
    words = words_of(text, numbers, hidden, lexicon)
    return Paragraph(text, numbers, counts, names, hidden, words, segments_of(text, numbers, words, hidden))


def words_of(text: str, numbers: list[Number], hidden: list[Span], lexicon: Lexicon) -> list[Word]:
    """The known words of a text outside of `hidden`, in order; rounds, years, parts of the school as it writes them."""
    apart = [(number.start, number.unit_end) for number in numbers if number.label not in grammar.READ_WITH_THE_WORDS]
    words: list[Word] = []
    position = 0
    for start, end in [*sorted(apart + hidden), (len(text), len(text))]:
        for match in lexicon.pattern.finditer(text, position, max(start, position)):
            word = re.sub(r"\s", "", match[0])
            words.append(Word(word, lexicon.kinds[word], *match.span(), *lexicon.parts.get(word, ())))
        position = max(position, end)
    words += filter(None, (_word_of_label(text, number, lexicon.year) for number in numbers))
    words.sort(key=_start)
    return _with_parts(text, [_after_a_preposition(text, word) for word in words], numbers)


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
    return "".join(re.findall(grammar.SHAPE["letters"], left + text[position:end]))


def stands_after(text: str, place: int, words: str) -> bool:
    """Whether one of the grammar's other words of a name stands right before a place in the text."""
    return text[:place].rstrip().endswith(grammar.OTHER_WORDS[words])


def _word_of_label(text: str, number: Number, year: int) -> Word | None:
    """A round, or a time, that a label names: 第一批次, 2020年, 2019级."""
    if number.label in (grammar.YEAR, grammar.DATE, grammar.COHORT):
        kind = _kind_of_time(text, number, year)
        return Word(number.written, (kind,) if kind else (), number.start, number.end)
    if number.label != grammar.ORDINAL:
        return None
    name = round_named(re.sub(r"\s", "", number.written))
    if not name.endswith(grammar.OTHER_WORDS["round_endings"]):
        return Word(name, (), number.start, number.end)
    return Word(name, (NAME_OF["application_round"],), number.start, number.end, "application_round", name)


def _kind_of_time(text: str, number: Number, year: int) -> str:
    """Whether a time is the year's own, another, a part of the year, or of those who entered or left in it."""
    years = set(re.findall(r"\d{4}", number.written))
    if number.written.endswith(grammar.OTHER_WORDS["cohort_endings"]):
        return "part"
    if years and years != {str(year)}:
        return "another time"
    if number.label == grammar.DATE:
        return "" if stands_after(text, number.start, "until") else "period"
    return "now" if years else ""


def _after_a_preposition(text: str, word: Word) -> Word:
    """A time after 较 or 比 is what the year is compared with; a part of the year after 除 or 较 is left out."""
    if "another time" in word.kinds and stands_after(text, word.start, "compared"):
        word = word._replace(kinds=("change",))
    if word.dimension and stands_after(text, word.start, "excluding"):
        word = Word(word.text, ("excluded",), word.start, word.end)
    return word


def _with_parts(text: str, words: list[Word], numbers: list[Number]) -> list[Word]:
    """An unknown word right before 学院, 系, 公司 … is a part of the school by that name."""
    known = [word for word in words if len(word.text) > 1]  # single characters may belong to a name: 艺术设计学院
    ends = sorted([0, *(word.end for word in known), *(number.unit_end for number in numbers)])
    covered = {place for word in words for place in range(word.start, word.end)}
    return [_with_name(text, word, ends, covered) if "ending" in word.kinds else word for word in words]


def _with_name(text: str, ending: Word, ends: list[int], covered: set[int]) -> Word:
    """An ending with the letters right before it, up to the last of `ends`, if enough of them are not `covered`."""
    start = ending.start
    while start > ends[bisect_right(ends, ending.start) - 1] and re.match(grammar.SHAPE["letters"], text[start - 1]):
        start -= 1
    unknown = [place for place in range(start, ending.start) if place not in covered]
    if len(unknown) <= (ending.text not in grammar.OTHER_WORDS["short_named_endings"]):
        return ending
    return Word(text[start : ending.end], ("part",), start, ending.end)


def segments_of(text: str, numbers: list[Number], words: list[Word], hidden: list[Span]) -> list[Segment]:
    """The stretches of a text between its marks."""
    shape = grammar.SHAPE
    marks = shape["sentence_ends"] + shape["clause_ends"] + shape["small_ends"]
    skipped = _no_marks(text, numbers, words, hidden)
    ends = [place for place, character in enumerate(text) if character in marks and place not in skipped]
    sentences = _spans(_sentence_ends(text, ends), len(text))
    clauses = _spans([end for end in ends if text[end] not in shape["small_ends"]], len(text))
    segments, sentence, clause = [], 0, 0
    for start, end in _spans(ends, len(text)):
        sentence += sentences[sentence][1] < start
        clause += clauses[clause][1] < start
        opening = text[start - 1] if start else shape["opening"]
        segments.append(Segment(start, end, opening, clauses[clause], sentences[sentence]))
    return segments


def _no_marks(text: str, numbers: list[Number], words: list[Word], hidden: list[Span]) -> set[int]:
    """Where a mark is none: in numbers and names, at brackets without a count, between two names (初级、中级)."""
    places: set[int] = set()
    for start, end in [*hidden, *((number.start, number.end) for number in numbers)]:
        places.update(range(start, end))
    for match in re.finditer(grammar.SHAPE["brackets"], text):
        if all(number.label for number in between(numbers, *match.span())):
            places |= {match.start(), match.end() - 1}
    for word, following in pairwise(words):
        if word.dimension and word.dimension == following.dimension and word.end + 1 == following.start:
            places.add(word.end)
    return places


def _sentence_ends(text: str, ends: list[int]) -> list[int]:
    """The marks that end a sentence; a text that goes on without any is cut where it has grown too long."""
    sentence_ends = [0]
    for end in ends:
        if text[end] in grammar.SHAPE["sentence_ends"] or end - sentence_ends[-1] > grammar.SHAPE["longest_sentence"]:
            sentence_ends.append(end)
    return sentence_ends[1:]


def _spans(ends: list[int], length: int) -> list[Span]:
    return list(zip([0, *(end + 1 for end in ends)], [*ends, length], strict=True))


def names_with(text: str, count: Number, numbers: list[Number], lexicon: Lexicon) -> Names:
    """The names listed before a count (A、B、C等12个证书) or after it (12个证书：A、B、C)."""
    if count.kind != grammar.THINGS:
        return Names()
    shape = grammar.SHAPE
    clause = max(text.rfind(mark, 0, count.start) for mark in shape["sentence_ends"] + shape["clause_ends"]) + 1
    before = re.compile(shape["names_before"]).match(text, clause, count.start)
    one = None if before else re.compile(shape["name_before"]).match(text, clause, count.start)
    after = re.compile(shape["names_after"]).match(text, count.unit_end)
    for match in filter(None, (before, one, after)):
        start, end = match.span("names")
        if all(number.label for number in between(numbers, start, end)):
            *names, last = match["names"].split("、")
            names = [name for name in (*names, *_parted(last, lexicon)) if name.strip()]
            lead = 0 if match is after else _lead(names[0], lexicon)
            listed = tuple(re.sub(r"\s", "", name) for name in (names[0][lead:], *names[1:]))
            listed = listed if len(listed) > 1 else ()
            return Names(
                listed,
                bool(match["open"]),
                (match.start("names") + lead, match.end("names")),
                *_parts_listed(listed, lexicon),
            )
    return Names()


def _parted(last: str, lexicon: Lexicon) -> list[str]:
    """The last names of a list, joined by 和; not where the word stands inside a known name: 网络系统建设与运维."""
    known = [match.span() for match in lexicon.pattern.finditer(last) if len(match[0]) > 2]
    for match in re.finditer(grammar.SHAPE["last_name_after"], last):
        if not any(start <= match.start() < end for start, end in known):
            return [last[: match.start()], last[match.end() :]]
    return [last]


def _lead(name: str, lexicon: Lexicon) -> int:
    """How much of the first name of a list is not the name: 先后组织 of 先后组织电子商务数据分析."""
    for match in reversed(list(lexicon.pattern.finditer(name))):
        dimension, _ = lexicon.parts.get(re.sub(r"\s", "", match[0]), ("", ""))
        if dimension in ("certificate", "major", "college", "category"):
            return match.start()
    lead = re.match(grammar.SHAPE["before_names"], name)
    return lead.end() if lead else 0


def _parts_listed(names: tuple[str, ...], lexicon: Lexicon) -> tuple[str, str]:
    """The dimension of the names in a list, and the names together; empty for names of no known kind."""
    parts = [lexicon.parts.get(name) or lexicon.parts.get(split_certificate(name)[0]) for name in names]
    dimensions = {part[0] for part in parts if part}
    if len(dimensions) != 1:
        return "", ""
    return dimensions.pop(), "、".join(part[1] if part else "" for part in parts)


def _quotations(text: str, numbers: list[Number]) -> list[Span]:
    """What stands in quotation marks names something; a quotation that holds a count is read like the rest."""
    spans = [match.span() for match in re.finditer(grammar.SHAPE["quotation"], text)]
    return [(start, end) for start, end in spans if all(number.label for number in between(numbers, start, end))]
