"""A paragraph taken apart: its numbers, the words that are known, the lists of names, and its segments."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple, TypeVar

from pilotlib.claims import grammar
from pilotlib.claims.facts import DIMENSIONS, Facts
from pilotlib.claims.grammar import OTHER_WORDS, SHAPE
from pilotlib.claims.numbers import Number, find_numbers
from pilotlib.vocabulary import LEVELS, ROUND_ALIASES, round_named

Span = tuple[int, int]
Placed = TypeVar("Placed", "Word", Number)
# A word that names a part of the year has a kind of its own: 会计 is the name of a major, 专业 a noun.
NAMES = frozenset(f"name_of_{dimension}" for dimension in DIMENSIONS)
_start = attrgetter("start")


class Lexicon(NamedTuple):
    """Every known word: one expression for all, the longest first; the kinds of each, and what it names, if a part."""

    pattern: re.Pattern[str]
    kinds: dict[str, tuple[str, ...]]
    parts: dict[str, tuple[str, str]]
    year: int


class Word(NamedTuple):
    """A known word at its place, with its kinds; `dimension` and `part` are what it names of the year ("" for none)."""

    text: str
    kinds: tuple[str, ...]
    start: int
    end: int
    dimension: str = ""
    part: str = ""


class Names(NamedTuple):
    """The names listed with a count, `fewest` if no 和, 与 or 及 joins two, `most` if each does; whether 等 follows;
    and the stretch of the text that they fill.
    """

    names: tuple[str, ...] = ()
    fewest: int = 0
    most: int = 0
    open: bool = False
    span: Span = (0, 0)


class Segment(NamedTuple):
    """A stretch between two marks, the mark that opens it ("。" at the beginning), its clause and its sentence."""

    start: int
    end: int
    opening: str
    clause: Span
    sentence: Span


class Paragraph(NamedTuple):
    """A text with its numbers (of these the `counts` are no labels), the names listed with each count by its start,
    the stretches that are names or quotations, in which no word speaks (`hidden`), its words and its segments.
    """

    text: str
    numbers: list[Number]
    counts: list[Number]
    names: dict[int, Names]
    hidden: list[Span]
    words: list[Word]
    segments: list[Segment]

    def sentence_at(self, place: int) -> Span:
        """Where the sentence of a place begins and ends."""
        return self.segments[bisect_right(self.segments, place, key=_start) - 1].sentence


def lexicon_of(facts: Facts) -> Lexicon:
    """The grammar's words, the school's names and the names in the year's table."""
    vague = [word for words in (*grammar.BEFORE.values(), *grammar.AFTER.values()) for word in words if len(word) > 1]
    kinds: dict[str, tuple[str, ...]] = dict.fromkeys((*OTHER_WORDS["fillers"], *vague), ())
    for kind, words in (*grammar.WORDS.items(), ("here", facts.schools)):
        kinds |= {word: (*kinds.get(word, ()), kind) for word in words}
    parts = {name: (dimension, name) for dimension, names in facts.names.items() for name in names}
    parts |= {level: ("level", level) for level in LEVELS}
    parts |= {alias: ("application_round", name) for alias, name in ROUND_ALIASES.items()}
    parts |= {major + SHAPE["major_ending"]: ("major", major) for major in facts.names["major"]}
    parts |= {name.removesuffix(SHAPE["category_ending"]): ("category", name) for name in facts.names["category"]}
    kinds |= {word: (f"name_of_{dimension}",) for word, (dimension, _) in parts.items()}
    # A name may be written with a space where Latin and Chinese characters meet.
    longest_first = sorted(kinds, key=len, reverse=True)
    forms = (re.sub(SHAPE["latin_meets_chinese"], r"\\s?", re.escape(word)) for word in longest_first)
    return Lexicon(re.compile("|".join(forms)), kinds, parts, facts.year)


def paragraph_of(text: str, lexicon: Lexicon) -> Paragraph:
    """A text, as `numbers.plain_text` returns it, taken apart with the words of a lexicon."""
    numbers = find_numbers(text)
    counts = [number for number in numbers if not number.label]
    names = {count.start: _names_with(text, count, numbers, lexicon) for count in counts}
    # What stands in quotation marks names something; a quotation that holds a count is read like the rest.
    quotations = [match.span() for match in re.finditer(SHAPE["quotation"], text)]
    hidden = [span for span in quotations if all(number.label for number in between(numbers, *span))]
    hidden = sorted([listed.span for listed in names.values() if listed.span[1]] + hidden)
    words = _words_of(text, numbers, hidden, lexicon) if counts else []
    return Paragraph(text, numbers, counts, names, hidden, words, [*_segments_of(text, numbers, hidden)])


def kinds_of(words: Iterable[Word]) -> frozenset[str]:
    """The kinds of all the words together."""
    return frozenset(kind for word in words for kind in word.kinds)


def between(items: list[Placed], start: int, end: int) -> list[Placed]:
    """The words or numbers, which stand in order, that begin in a stretch of the text."""
    return items[bisect_left(items, start, key=_start) : bisect_left(items, end, key=_start)]


def _words_of(text: str, numbers: list[Number], hidden: list[Span], lexicon: Lexicon) -> list[Word]:
    """The known words of a text outside of `hidden`, in order; rounds, years, parts of the school as it writes them."""
    apart = [(number.start, number.unit_end) for number in numbers if number.label not in grammar.READ_WITH_THE_WORDS]
    words: list[Word] = []
    position = 0
    for start, end in [*sorted(apart + hidden), (len(text), len(text))]:
        for match in lexicon.pattern.finditer(text, position, max(start, position)):
            name = re.sub(r"\s", "", match[0])
            words.append(Word(name, lexicon.kinds[name], *match.span(), *lexicon.parts.get(name, ())))
        position = max(position, end)
    words += filter(None, (_word_of_label(text, number, lexicon.year) for number in numbers))
    words.sort(key=_start)
    for place, word in enumerate(words):
        if "another time" in word.kinds and _stands_after(text, word.start, "compared"):  # 较上年
            words[place] = word._replace(kinds=("change",))
        elif word.dimension and _stands_after(text, word.start, "excluding"):  # 除第一次外
            words[place] = Word(word.text, ("excluded",), word.start, word.end)
    # An unknown word right before 学院, 系 … is a part of the school by that name; before 市, 学校 … another place.
    known = [word for word in words if len(word.text) > 1]  # single characters may belong to a name: 艺术设计学院
    ends = sorted([0, *(word.end for word in known), *(number.unit_end for number in numbers)])
    covered = {place for word in known for place in range(word.start, word.end)}
    for place, word in enumerate(words):
        kind = next((kind for kind in ("ending", "other ending") if kind in word.kinds), "")
        start, last = word.start, ends[bisect_right(ends, word.start) - 1]
        while kind and start > last and re.match(SHAPE["letters"], text[start - 1]):
            start -= 1
        shortest = 1 if word.text in OTHER_WORDS["short_named_endings"] else 2
        if len({*range(start, word.start)} - covered) >= shortest:
            name = text[start : word.end]
            other = kind == "other ending" or re.search(SHAPE["of_another_school"], name)
            words[place] = Word(name, ("elsewhere" if other else "part",), start, word.end)
    return words


def _word_of_label(text: str, number: Number, year: int) -> Word | None:
    """A round, or a time, that a label names: 第一批次, 2020年, 2019级; 第二批 may be another's, which is doubtful."""
    written, place = re.sub(r"\s", "", number.written), (number.start, number.end)
    if number.label == grammar.ORDINAL:
        name = round_named(written)
        if not name.endswith(OTHER_WORDS["round_endings"]):
            return Word(name, (), *place)
        doubt = ("perhaps part",) if re.match(SHAPE["perhaps_a_batch"], text[number.end - 1 :]) else ()
        return Word(name, ("name_of_application_round", *doubt), *place, "application_round", name)
    if number.label not in (grammar.YEAR, grammar.DATE, grammar.COHORT):
        return None
    kinds: tuple[str, ...] = ()
    years, until = set(re.findall(r"\d{4}", written)), _stands_after(text, number.start, "until")
    if written.endswith(OTHER_WORDS["cohort_endings"]):
        kinds = ("part",)
    elif (years and years != {str(year)}) or written.endswith(OTHER_WORDS["since_endings"]):
        kinds = ("another time",)
    elif number.label == grammar.DATE:
        kinds = () if until and re.search(SHAPE["end_of_year"], written) else ("period",)
    else:
        kinds = () if not years else ("now",) if until else ("now", "whole year")
    return Word(written, kinds, *place)


def _stands_after(text: str, place: int, words: str) -> bool:
    """Whether one of the grammar's other words of a name stands right before a place in the text."""
    return text[max(0, place - 9) : place].rstrip().endswith(OTHER_WORDS[words])


def _segments_of(text: str, numbers: list[Number], hidden: list[Span]) -> Iterator[Segment]:
    """The stretches between marks outside of numbers and names; a text that goes on without any is cut."""
    spans = [*hidden, *((number.start, number.end) for number in numbers)]
    skipped = {place for span in spans for place in range(*span)}
    marks = SHAPE["sentence_ends"] + SHAPE["clause_ends"] + SHAPE["small_ends"]
    ends = [place for place, character in enumerate(text) if character in marks and place not in skipped]
    clauses = [-1, *(end for end in ends if text[end] not in SHAPE["small_ends"]), len(text)]
    sentences = [-1]
    for end in ends:
        if text[end] in SHAPE["sentence_ends"] or end - max(sentences[-1], 0) > SHAPE["longest_sentence"]:
            sentences.append(end)
    sentences.append(len(text))
    for mark, end in pairwise([-1, *ends, len(text)]):
        places = ((level, bisect_right(level, mark)) for level in (clauses, sentences))
        clause, sentence = ((level[place - 1] + 1, level[place]) for level, place in places)
        yield Segment(mark + 1, end, text[mark] if mark >= 0 else SHAPE["opening"], clause, sentence)


def _names_with(text: str, count: Number, numbers: list[Number], lexicon: Lexicon) -> Names:
    """The names listed before a count (A、B、C等12个证书) or after it (12个证书：A、B、C)."""
    text = re.sub(SHAPE["quotations_touch"], lambda marks: marks[0][0] + "、", text)
    persons = re.match(SHAPE["persons_listed"], text[count.end :])
    if count.kind != grammar.THINGS and not persons:
        return Names()
    alone = not re.match(SHAPE["letters"], text[count.unit_end : count.unit_end + 1])
    counted = re.compile(SHAPE["counted"]).search(text, max(0, count.start - 6), count.start) if alone else None
    stop = counted.start() if counted else count.start
    clause = max(text.rfind(mark, 0, stop) for mark in SHAPE["sentence_ends"] + SHAPE["clause_ends"]) + 1
    before = (re.compile(SHAPE[form]).match(text, clause, stop) for form in ("names_before", "name_before"))
    after = re.compile(SHAPE["names_after"]).match(text, count.unit_end)
    for match in filter(None, (next(filter(None, before), None), after)):
        start, end = match.span("names")
        joined = re.sub(SHAPE["bracket"], lambda bracket: " " * len(bracket[0]), match["names"])
        *names, last = joined.split("、")
        # The last two may be joined by 和; not where the word stands inside a known name: 网络系统建设与运维.
        inside = [known.span() for known in lexicon.pattern.finditer(last) if len(known[0]) > 2]
        # A joint is within a name where it is within another (服务与管理、经营与管理), and before 管理, 运维 ….
        within = any(SHAPE["joint_within"][0] in name for name in names) or re.search(SHAPE["name_ends"], last)
        joints = (joint.span() for joint in re.finditer(SHAPE["last_name_after"], "" if within else last))
        cut = next((cut for cut in joints if not any(first <= cut[0] < stop for first, stop in inside)), None)
        names = [name for name in (*names, *((last[: cut[0]], last[cut[1] :]) if cut else (last,))) if name.strip()]
        # Before the first name may stand what is no name: 先后组织 of 先后组织电子商务数据分析.
        words = {known.start(): re.sub(r"\s", "", known[0]) for known in lexicon.pattern.finditer(names[0])}
        opens = [place for place, word in words.items() if lexicon.parts.get(word, ("",))[0] in DIMENSIONS[2:]]
        verb = re.match(SHAPE["before_names"], names[0])
        lead = 0 if match is after else opens[-1] if opens else verb.end() if verb else 0
        lead = max(lead, names[0].rfind(SHAPE["quotation"][0]))
        if all(number.label in grammar.IN_NAMES for number in between(numbers, start + lead, end)):
            listed = tuple(re.sub(r"[\s“”]", "", name) for name in (names[0][lead:], *names[1:]))
            no_names = any(re.search(SHAPE["no_name"], name) for name in listed)
            if len(listed) < 2 or no_names or (persons and not all(re.match(SHAPE["person"], name) for name in listed)):
                listed = ()
            fewest = joined.count("、") + 1
            *others, last = joined[lead:].split("、")  # 与 and 及 join only the last two
            joined_last = not within and bool(re.search(SHAPE["last_name_after"], last))
            most = fewest + sum(name.count("和") for name in others) + joined_last
            return Names(listed, fewest, most, bool(match["open"]), (start + lead, end))
    return Names()
