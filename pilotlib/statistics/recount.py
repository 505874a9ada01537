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
    EXPECTED_COLUMNS,
    RESULT_COUNTS,
    SOURCE_COLUMNS,
    column_named,
    heading_of,
    source_columns,
    title_of,
)
from pilotlib.distinct import asked_of_each, both_filled, categories_of, each_value
from pilotlib.errors import PilotError
from pilotlib.reading.headers import FEWEST_HEADER_CELLS, HEADER_WITHIN, Header, find_header, headings_of
from pilotlib.vocabulary import APPROVED_STATUSES, NO_ROUND, NOTHING_SAID, UNKNOWN, plain, round_named, status_named
from pilotlib.words import count_text, is_count, levels_in, normalised, split_certificate

Counts = Counter[tuple[str, str]]
NOTHING: Counts = Counter()
TOTALLED = ["applications", "places_applied", "places_approved"]
# The breakdowns that count every application once, so that their sums are the year's totals.
BREAKDOWNS = ("by_round", "by_level", "by_round_level", "by_certificate", "by_category")
# Those of which each group is counted too, and what names it.
GROUPS = {"by_round": "application_round", "by_level": "level", "results_by_level": "level"}


class Recount(NamedTuple):
    """What was counted: `totals` by (group, measure), the distinct (certificate, level), the number of rows."""

    totals: Counts
    pairs: frozenset[tuple[str, str]]
    rows: int


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
    counted = recount_piece(cells, header, -header.last, corrections, aside, answers=answers)
    counted.totals["", "certificates"] = len({certificate for certificate, _ in counted.pairs})
    counted.totals["", "certificate_levels"] = len(counted.pairs)
    return counted.totals


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

    `first` is the number of the first row; the header's last row is number 0. `corrections` are the ledger, if
    any, `aside` the places of rows that are no applications by themselves, `answers` what the school says of
    statuses. `labels` are
    columns that are not ours: if any, the first names the group (a school), as `name_group` reads its cells, and
    rounds and levels are not counted.
    """
    columns, factors = _corrected(cells, header, first, corrections)
    outside = (np.arange(first, first + len(cells)) <= 0) | cells.index.isin(list(aside))
    counts = ~(outside | _repeated_headers(cells, header) | _no_applications(cells, columns, list(labels)))
    if first <= 0:
        counts[_unnamed_totals(columns, counts)] = False
    has_status, blank = "status" in columns, each_value(columns["certificate"], lambda text: "")
    columns = dict.fromkeys(("level", *EXPECTED_COLUMNS), blank) | columns
    factors = dict.fromkeys(EXPECTED_COLUMNS, 1) | factors
    said = asked_of_each(columns["status"], lambda text: status_named(normalised(text), answers) in APPROVED_STATUSES)
    approves = said | (not has_status)  # of a table without statuses, what it says to be approved is
    measures = {
        "applications": np.ones(len(cells), int),
        "places_applied": _numbers(columns["places_applied"], factors["places_applied"]),
        "places_approved": _numbers(columns["places_approved"], factors["places_approved"]) * approves,
    }
    measures |= {name: _numbers(columns[name], factors[name]) for name in RESULT_COUNTS if name in columns}
    names = each_value(columns["certificate"], lambda text: split_certificate(normalised(text))[0])
    in_names = each_value(columns["certificate"], lambda text: split_certificate(normalised(text))[1])
    beside = each_value(columns["level"], lambda text: levels_in(normalised(text)))
    levels = each_value(both_filled(in_names, beside), levels_in)
    rounds = each_value(columns["application_round"], lambda text: round_named(normalised(text)) or NO_ROUND)
    of_a_year = [each_value(rounds, lambda name: ""), rounds, each_value(levels, lambda level: level or UNKNOWN)]
    totals: Counts = Counter()
    for group in [each_value(labels[0], name_group)] if labels else of_a_year:
        words, codes = categories_of(group).categories, categories_of(group).codes[counts]
        for measure, numbers in measures.items():
            sums = np.bincount(codes, numbers[counts], len(words)).astype(int)
            totals.update({(word, measure): number for word, number in zip(words, sums.tolist(), strict=True)})
    certificate, level = categories_of(names), categories_of(levels)
    both = np.unique(certificate.codes[counts].astype(int) * len(level.categories) + level.codes[counts])
    names_of_pairs, levels_of_pairs = np.divmod(both, len(level.categories))
    pairs = frozenset(zip(certificate.categories[names_of_pairs], level.categories[levels_of_pairs], strict=True))
    return Recount(totals, pairs, max(first + len(cells) - max(first, 1), 0))


def added(recounts: Iterable[Recount]) -> Recount:
    """The counts of several pieces together."""
    totals, pairs, rows = zip(*recounts, strict=True)
    return Recount(sum(totals, Counter()), frozenset().union(*pairs), sum(rows))


def compare_counts(statistics: dict[str, pd.DataFrame], recounted: Counts, of_results: Counts = NOTHING) -> None:
    """Hold every total of a year's statistics against the second counts, of its applications and `of_results`.

    PilotError names one that differs.
    """
    overview = statistics["overview"].set_index("measure")["value"].fillna(0)
    counted = {("overview", "", name): overview[name] for name in (*TOTALLED, "certificates", "certificate_levels")}
    # Where the table has no rounds or no majors, there is nothing to break down by them.
    absent = {"by_round", "by_round_level"} if recounted[NO_ROUND, "applications"] else set()
    absent |= set() if overview.get("majors_count", 1) else {"by_category"}
    broken_down = {name: statistics[name] for name in BREAKDOWNS if name not in absent}
    broken_down |= {name: table for name, table in statistics.items() if name.startswith("results") and len(table)}
    for name, table in broken_down.items():
        for measure in RESULT_COUNTS if name.startswith("results") else TOTALLED:
            counted[name, "", measure] = table[measure].sum()
            if name in GROUPS:
                counts = table.set_index(GROUPS[name])[measure].fillna(0)
                counted |= {(name, str(word), measure): count for word, count in counts.items()}
    second = {key: (of_results if key[0].startswith("results") else recounted)[key[1:]] for key in counted}
    differing = [key for key, count in counted.items() if int(count) != second[key]]
    if differing:
        name, group, measure = differing[0]
        raise PilotError(
            f"两次计数不一致：统计“{name}”{group}的{title_of(measure)}为 {int(counted[differing[0]])}，"
            f"从原始单元格重数为 {second[differing[0]]}。"
            f"共 {len(differing)} 处不一致，没有出报告；请把申报表交给维护者查看。"
        )


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
    none = [0] * len(ADDED_UP_COLUMNS)
    above, since, rows_above, totals = none, none, 0, list[int]()
    others: list[tuple[int, Sequence[str], list[int]]] = []
    stated = zip(*[read(name, count_text) for name in ADDED_UP_COLUMNS], strict=True)
    for row, (counted, is_named, texts) in enumerate(zip(counts, named, stated, strict=True)):
        numbers = [int(text) if is_count(text) else 0 for text in texts]
        if counted and is_named:
            above, since = ([a + b for a, b in zip(sums, numbers, strict=True)] for sums in (above, since))
            rows_above += 1
        elif counted:
            both = zip(above, since, numbers, strict=True)
            near = [last if number == last else whole for whole, last, number in both]
            if _says(texts, numbers, near) and any(numbers) and rows_above > 1:
                totals.append(row)
            since = none
            others.append((row, texts, numbers))
    of_all = [row for row, texts, numbers in others if any(numbers) and _says(texts, numbers, above)]
    return totals + (of_all if rows_above > 1 else [])


def _says(texts: Sequence[str], numbers: list[int], sums: list[int]) -> bool:
    """Whether each number that a row says is the one of some sums."""
    each = zip(texts, numbers, sums, strict=True)
    return all(not text or (is_count(text) and number == total) for text, number, total in each)


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
