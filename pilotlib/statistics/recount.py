"""Every total counted once more, straight from the cells: two counts that differ stop a run.

No table of cleaning and no grouping of pandas is used here; only how a word is read is shared. The same function
counts a year and a piece of a national table: columns repeat few words, so each is read once and then counted.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import reduce
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pilotlib import vocabulary
from pilotlib.columns import (
    ADDED_UP_COLUMNS,
    RESULT_COUNTS,
    SOURCE_COLUMNS,
    column_named,
    heading_of,
    source_columns,
)
from pilotlib.distinct import asked_of_each, both_filled, categories_of, each_value
from pilotlib.errors import PilotError
from pilotlib.reading.headers import FEWEST_HEADER_CELLS, HEADER_WITHIN, Header, find_header, headings_of
from pilotlib.statistics.places import PLACES
from pilotlib.vocabulary import APPROVED_STATUSES, NO_ROUND, NOTHING_SAID, UNKNOWN, plain, round_named, status_named
from pilotlib.words import count_text, is_count, levels_in, normalised, split_certificate

Counts = Counter[tuple[str, str]]
TOTALLED = ["applications", *PLACES]


class Recount(NamedTuple):
    """What was counted: `totals` by (group, measure), the distinct (certificate, level), the number of rows."""

    totals: Counts
    pairs: frozenset[tuple[str, str]]
    rows: int

    def counts(self) -> Counts:
        """The totals, with the numbers of certificates and of certificate × level over all."""
        certificates = {certificate for certificate, _ in self.pairs}
        over_all = {("", "certificates"): len(certificates), ("", "certificate_levels"): len(self.pairs)}
        return Counter(self.totals | over_all)


def recount(
    cells: pd.DataFrame,
    corrections: pd.DataFrame | None = None,
    aside: Collection[int] = (),
    school: Mapping[str, Any] = NOTHING_SAID,
) -> Counts:
    """Count a year's cells, header included: `(group, measure)` → number.

    Groups are "" for the whole year, each round, and each level; measures are `TOTALLED`, what a table of results
    counts, and for the year also certificates and certificate × level. `aside` are the places of `Origin.aside`;
    `school` is what `school.toml` says, of statuses too.
    """
    header = find_header(cells.head(HEADER_WITHIN).astype(str).to_numpy().tolist(), headings_of(corrections))
    if header is None:
        raise PilotError("没有找到表头，无法重数。")
    answers = school.get("statuses", NOTHING_SAID)
    return recount_piece(cells, header, -header.last, corrections, aside, answers=answers).counts()


def recount_piece(
    cells: pd.DataFrame,
    header: Header,
    first: int,
    corrections: pd.DataFrame | None = None,
    aside: Collection[int] = (),
    labels: Sequence[pd.Series] = (),
    name_group: Callable[[str], str] = normalised,
    answers: Mapping[str, str] = NOTHING_SAID,
) -> Recount:
    """Count the cells of a table or of a piece of one: text, a row per row of the file, places as index.

    `first` is the number of the first row; the header's last row is number 0. `corrections` are the ledger, if any,
    `aside` the places of rows that are no applications by themselves, `answers` what the school says of statuses.
    `labels` are columns that are not ours: if any, the first names the group (a school), as `name_group` reads its
    cells, and rounds and levels are not counted.
    """
    columns, factors = _corrected(cells, header, first, corrections)
    outside = (np.arange(first, first + len(cells)) <= 0) | cells.index.isin(list(aside))
    counts = ~(outside | _repeated_headers(cells, header) | _no_applications(cells, columns, list(labels)))
    if first <= 0:
        counts[_unnamed_totals(columns, counts)] = False
    blank = each_value(columns["certificate"], lambda text: "")

    def read(name: str, rule: Callable[[str], str]) -> pd.Series:
        return each_value(columns.get(name, blank), lambda text: rule(normalised(text)))

    # Of a table without statuses, what it says to be approved is.
    approves = read("status", lambda text: status_named(text, answers)).isin(APPROVED_STATUSES) | (
        "status" not in columns
    )
    measures = {name: _numbers(columns.get(name, blank), factors.get(name, 1)) for name in PLACES}
    measures["places_approved"] = measures["places_approved"] * approves
    measures["applications"] = np.ones(len(cells), int)
    measures |= {name: _numbers(columns[name], factors[name]) for name in RESULT_COUNTS if name in columns}
    names = read("certificate", lambda text: split_certificate(text)[0])
    in_names = read("certificate", lambda text: split_certificate(text)[1])
    levels = each_value(both_filled(in_names, read("level", levels_in)), levels_in)
    rounds = read("application_round", lambda text: round_named(text) or NO_ROUND)
    of_a_year = [blank, rounds, each_value(levels, lambda level: level or UNKNOWN)]
    totals: Counts = Counter()
    for group in [each_value(labels[0], name_group)] if labels else of_a_year:
        words, codes = categories_of(group).categories, categories_of(group).codes[counts]
        for measure, numbers in measures.items():
            sums = np.bincount(codes, numbers[counts], len(words)).astype(int)
            totals.update({(word, measure): number for word, number in zip(words, sums.tolist(), strict=True)})
    return Recount(totals, _pairs(names[counts], levels[counts]), max(first + len(cells) - max(first, 1), 0))


def added(recounts: Iterable[Recount]) -> Recount:
    """The counts of several pieces together."""
    totals, pairs, rows = zip(*recounts, strict=True)
    return Recount(sum(totals, Counter()), frozenset().union(*pairs), sum(rows))


def _pairs(names: pd.Series, levels: pd.Series) -> frozenset[tuple[str, str]]:
    """The different (certificate, level) of rows."""
    words = categories_of(names).categories.tolist(), categories_of(levels).categories.tolist()
    codes = categories_of(names).codes.astype(int) * len(words[1]) + categories_of(levels).codes
    both = (divmod(code, len(words[1])) for code in np.unique(codes).tolist())
    return frozenset((words[0][name], words[1][level]) for name, level in both)


def _corrected(
    cells: pd.DataFrame, header: Header, first: int, corrections: pd.DataFrame | None
) -> tuple[dict[str, pd.Series], dict[str, int]]:
    """Every source column with the ledger's corrections put in, and how many people one counts in each."""
    entries = [] if corrections is None else corrections[["row", "column", "was", "becomes"]].to_numpy().tolist()
    headings, own = headings_of(corrections), dict(zip(header.lines[-1], header.names, strict=False))
    columns, factors = {}, {}
    for place, title in enumerate(header.titles):
        name, factor, _ = heading_of(headings.get(title, title))
        if name:
            columns[name], factors[name] = cells.iloc[:, place], factor
    for row, column, _, becomes in entries:
        if float(row) > 0:
            name = column_named(column) or own.get(column.strip()) or column
            columns[name] = columns[name].astype(object)
            columns[name].iloc[int(float(row)) - first] = becomes
    return columns, factors


def _repeated_headers(cells: pd.DataFrame, header: Header) -> np.ndarray:
    """Which rows name three columns or more, or say what a row of the header says."""
    lines = [line + [""] * (cells.shape[1] - len(line)) for line in header.lines if any(line)]
    words = set(chain(*lines)) - {""}
    fewest = min([FEWEST_HEADER_CELLS, *(len(line) - line.count("") for line in lines)])

    def may_be_of_one(text: str) -> bool:
        return text.strip() in words or column_named(text) is not None

    alike = reduce(np.add, [asked_of_each(cells[name], may_be_of_one, np.uint16) for name in cells])
    places = np.flatnonzero(alike >= fewest)
    rows = cells.iloc[places].astype(object).map(str.strip).to_numpy().tolist()
    repeated = np.zeros(len(cells), bool)
    names = [len(set(map(column_named, row)) - {None}) for row in rows]
    repeated[places] = [number >= FEWEST_HEADER_CELLS or row in lines for number, row in zip(names, rows, strict=True)]
    return repeated


def _no_applications(cells: pd.DataFrame, columns: dict[str, pd.Series], others: list[pd.Series]) -> np.ndarray:
    """Which rows are totals, model rows, signatures, units, column numbers, lines between cells or remarks."""
    labels = [column for name, column in columns.items() if SOURCE_COLUMNS[name].kind != "count"] + others
    telling = [columns[name] for name in source_columns("round", "name", "count") if name in columns]
    none = _anywhere(labels, *vocabulary.LABEL_FORMS)
    # Rows without a certificate are few: every cell of theirs is looked at, and their words alone, not the columns'.
    rows = np.flatnonzero(_anywhere([columns["certificate"]], *vocabulary.ROW_FORMS))

    def few(columns: Iterable[pd.Series]) -> list[pd.Series]:
        return [pd.Series(categories_of(column)[rows].remove_unused_categories()) for column in columns]

    labels, every = few(labels), few(cells[name] for name in cells)
    has_certificate = _anywhere(few([columns["certificate"]]), vocabulary.ANYTHING)
    total = _anywhere(labels, vocabulary.TOTAL_FORM_WITHOUT_CERTIFICATE)
    total |= np.logical_and(*[_anywhere(labels, half) for half in vocabulary.TOTAL_HALVES])
    none[rows] |= (total & ~has_certificate) | ~_anywhere(few(telling), vocabulary.ANYTHING)
    for form in vocabulary.ROW_FORMS:
        of_form = np.logical_and.reduce([_anywhere([column], form) for column in every])
        none[rows] |= of_form & (has_certificate if form is vocabulary.COLUMN_NUMBER_FORM else True)
    return none


def _unnamed_totals(columns: dict[str, pd.Series], counts: np.ndarray) -> list[int]:
    """Rows without level and majors in which each number is the sum of those above, since the last such, or of all."""

    def read(name: str, rule: Callable[[str], str]) -> list[str]:
        return [rule(normalised(cell)) for cell in columns[name]] if name in columns else [""] * len(counts)

    in_name = read("certificate", lambda text: split_certificate(text)[1])
    named = [any(words) for words in zip(read("majors", str), read("level", levels_in), in_name, strict=True)]
    named = named if any(named) else [bool(text) for text in read("certificate", str)]
    stated = list(zip(*[read(name, count_text) for name in ADDED_UP_COLUMNS], strict=True))
    above = since = none = [0] * len(ADDED_UP_COLUMNS)
    rows_above, others = 0, list[tuple[int, list[list[int]]]]()
    for row in np.flatnonzero(counts).tolist():
        if named[row]:
            numbers = [int(text) if is_count(text) else 0 for text in stated[row]]
            above, since = (list(map(int.__add__, sums, numbers)) for sums in (above, since))
            rows_above += 1
        else:
            others.append((row, [above, since] if rows_above > 1 else []))
            since = none

    def says(row: int, *sums: list[int]) -> bool:
        """Whether a row says something, and each number that it says is one of the sums."""
        cells = [(text, known) for text, *known in zip(stated[row], *sums, strict=True) if text]
        is_said = all(is_count(text) and int(text) in known for text, known in cells)
        return is_said and any(int(text) for text, _ in cells)

    return [row for row, near in others if says(row, *near) or (rows_above > 1 and says(row, above))]


def _anywhere(columns: Iterable[pd.Series], *forms: re.Pattern[str]) -> np.ndarray:
    """Which rows have a cell of one of these forms."""
    one = re.compile("|".join(f"(?:{form.pattern})" for form in forms))
    return np.logical_or.reduce([asked_of_each(column, lambda text: one.fullmatch(plain(text))) for column in columns])


def _numbers(cells: pd.Series, factor: int) -> np.ndarray:
    """Count cells as numbers of people; one that cannot be read, or says that nothing is there, counts nothing."""

    def number(cell: str) -> int:
        text = normalised(cell.strip())
        if factor > 1:
            hundreds = text.replace(",", "")
            return round(float(hundreds) * factor) if re.fullmatch(r"\d+(\.\d+)?", hundreds) else 0
        digits = count_text(text)
        return int(digits) if is_count(digits) else 0

    return asked_of_each(cells, number, int)
