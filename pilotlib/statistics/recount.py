"""Every total counted once more, straight from the cells and in plain Python: two counts that differ stop a run.

No table of cleaning and no arithmetic of pandas is used here; only how a word is read is shared. The same function
counts a year and a piece of a national table: columns repeat few words, so each is read once and then counted.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from itertools import compress
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.columns import SOURCE_COLUMNS, column_named, source_columns, title_of
from pilotlib.errors import PilotError
from pilotlib.reading.headers import FEWEST_HEADER_CELLS, HEADER_WITHIN, Header, find_header
from pilotlib.vocabulary import (
    APPROVED_STATUSES,
    RULED_LINE,
    TOTAL_FORM,
    TOTAL_FORM_WITHOUT_CERTIFICATE,
    UNKNOWN,
    plain,
    round_named,
)
from pilotlib.words import count_text, is_count, levels_in, normalised, split_certificate

TOTALLED = ("applications", "places_applied", "places_approved")
# The breakdowns that count every application once, so that their sums are the year's totals.
BREAKDOWNS = ("by_round", "by_level", "by_round_level", "by_certificate", "by_category")
Columns = dict[str, list[str]]


class Recount(NamedTuple):
    """What was counted: `totals` by (group, measure), the distinct (certificate, level), the number of rows."""

    totals: Counter[tuple[str, str]]
    pairs: frozenset[tuple[str, str]]
    rows: int


def recount(
    cells: pd.DataFrame, corrections: pd.DataFrame | None = None, continued: Collection[int] = ()
) -> Counter[tuple[str, str]]:
    """Count a year's cells: `(group, measure)` → number.

    Groups are "" for the whole year, each round, and each level; measures are applications and places, and for the
    year also certificates and certificate × level.

    Args:
        cells: As `read_table` returns them, header included.
        corrections: The ledger.
        continued: As `Origin.continued`.
    """
    lines = cells.head(HEADER_WITHIN).astype(str).to_numpy().tolist()
    header = find_header(lines)
    if header is None:
        raise PilotError("没有找到表头，无法重数。")
    counted = recount_piece(cells, header, -header.last, corrections, continued)
    counted.totals["", "certificates"] = len({certificate for certificate, _ in counted.pairs})
    counted.totals["", "certificate_levels"] = len(counted.pairs)
    return counted.totals


def recount_piece(
    cells: pd.DataFrame,
    header: Header,
    first: int,
    corrections: pd.DataFrame | None = None,
    continued: Collection[int] = (),
    by: Sequence[int] = (),
    name_group: Callable[[str], str] = normalised,
) -> Recount:
    """Count the cells of a table or of a piece of one.

    Args:
        cells: Text, a row per row of the file, places as index.
        header: The table's header.
        first: The number of the first row; the header's last row is number 0.
        corrections: The ledger, if there is one.
        continued: The places of rows that go on with the application above.
        by: The positions of columns that are not ours: where there are any, the first names the group (a school), and
            rounds and levels are not counted.
        name_group: The name of a group by what its cell says.
    """
    columns, header = _corrected(cells, header, first, corrections)
    others = [_texts(cells, place) for place in by]
    excluded = _no_applications(cells, columns, others, header, first, continued)
    is_application = [place not in excluded for place in range(len(cells))]
    approves = _read(columns["status"], lambda text: normalised(text) in APPROVED_STATUSES)
    approved = _read(columns["places_approved"], _number)
    measures = {
        "applications": [1] * len(cells),
        "places_applied": _read(columns["places_applied"], _number),
        "places_approved": [number if counts else 0 for number, counts in zip(approved, approves, strict=True)],
    }
    certificates = _read(columns["certificate"], lambda text: split_certificate(normalised(text)))
    beside = _read(columns.get("level", [""] * len(cells)), lambda text: levels_in(normalised(text)))
    pairs = {
        (certificate, level or other)
        for (certificate, level), other in set(compress(zip(certificates, beside, strict=True), is_application))
    }
    if others:
        groups = [_read(others[0], name_group)]
    else:
        levels = [level or other or UNKNOWN for (_, level), other in zip(certificates, beside, strict=True)]
        rounds = _read(columns["application_round"], lambda text: round_named(normalised(text)))
        groups = [[""] * len(cells), rounds, levels]
    totals: Counter[tuple[str, str]] = Counter()
    for group in groups:
        for measure, numbers in measures.items():
            for (name, number), times in Counter(compress(zip(group, numbers, strict=True), is_application)).items():
                totals[name, measure] += number * times
    return Recount(totals, frozenset(pairs), sum(1 for number in range(first, first + len(cells)) if number > 0))


def added(recounts: Iterable[Recount]) -> Recount:
    """The counts of several pieces together."""
    totals: Counter[tuple[str, str]] = Counter()
    pairs: set[tuple[str, str]] = set()
    rows = 0
    for counted in recounts:
        totals.update(counted.totals)
        pairs |= counted.pairs
        rows += counted.rows
    return Recount(totals, frozenset(pairs), rows)


def compare_counts(statistics: dict[str, pd.DataFrame], recounted: Counter[tuple[str, str]]) -> None:
    """Hold every total of a year's statistics against the second count.

    Raises:
        PilotError: two counts differ; names statistic, measure and both numbers.
    """
    overview = statistics["overview"].set_index("measure")["value"].fillna(0)
    counted = {
        ("overview", "", measure): overview[measure] for measure in (*TOTALLED, "certificates", "certificate_levels")
    }
    counted |= {
        (name, row[group], measure): row[measure]
        for name, group in (("by_round", "application_round"), ("by_level", "level"))
        for row in statistics[name].fillna(dict.fromkeys(TOTALLED, 0)).to_dict("records")
        for measure in TOTALLED
    }
    counted |= {(name, "", measure): statistics[name][measure].sum() for name in BREAKDOWNS for measure in TOTALLED}
    differing = {
        key: (int(count), recounted[key[1:]]) for key, count in counted.items() if int(count) != recounted[key[1:]]
    }
    if differing:
        (name, group, measure), (first, second) = next(iter(differing.items()))
        raise PilotError(
            f"两次计数不一致：统计“{name}”{group}的{title_of(measure)}为 {first}，从原始单元格重数为 {second}。"
            f"共 {len(differing)} 处不一致，没有出报告；请把申报表交给维护者查看。"
        )


def _corrected(
    cells: pd.DataFrame, header: Header, first: int, corrections: pd.DataFrame | None
) -> tuple[Columns, Header]:
    """The texts of every source column, and the header, with the ledger's corrections put in."""
    entries = [] if corrections is None else corrections[["row", "column", "was", "becomes"]].to_numpy().tolist()
    headings = {was.strip(): becomes.strip() for row, _, was, becomes in entries if float(row) == 0}
    names = [column_named(headings.get(title, title)) for title in header.titles]
    columns = {name: _texts(cells, place) for place, name in enumerate(names) if name}
    for row, column, _, becomes in entries:
        if float(row) > 0:
            columns[column_named(column) or column][int(float(row)) - first] = becomes
    return columns, header._replace(names=names)


def _texts(cells: pd.DataFrame, place: int) -> list[str]:
    return cells.iloc[:, place].tolist()


def _read(texts: list[str], read: Callable[[str], Any]) -> list[Any]:
    """What every text means, each distinct one read once."""
    meanings = {text: read(text) for text in set(texts)}
    return [meanings[text] for text in texts]


def _rows_where(texts: list[str], fits: Callable[[str], object]) -> set[int]:
    """The positions of the texts that fit, each distinct one tried once."""
    fitting = {text for text in set(texts) if fits(text)}
    return {place for place, text in enumerate(texts) if text in fitting} if fitting else set()


def _no_applications(
    cells: pd.DataFrame,
    columns: Columns,
    others: list[list[str]],
    header: Header,
    first: int,
    continued: Collection[int],
) -> set[int]:
    """The positions of the rows that are no applications; of those without a certificate every cell is looked at."""
    labels = [texts for name, texts in columns.items() if SOURCE_COLUMNS[name].kind != "count"] + others
    without_certificate = _rows_where(columns["certificate"], lambda text: RULED_LINE.fullmatch(plain(text)))
    return {
        *range(-first + 1),
        *(place for place, number in enumerate(cells.index if len(continued) else ()) if number in continued),
        *_repeated_headers([_texts(cells, place) for place in range(cells.shape[1])], header),
        *(place for texts in labels for place in _rows_where(texts, lambda text: TOTAL_FORM.fullmatch(plain(text)))),
        *(place for place in without_certificate if not _says_something(place, cells, columns, labels)),
    }


def _says_something(place: int, cells: pd.DataFrame, columns: Columns, labels: list[list[str]]) -> bool:
    """Whether a row without a certificate is an application all the same: neither a total, nor a rule, nor a remark."""
    total = not plain(columns["certificate"][place]) and any(
        TOTAL_FORM_WITHOUT_CERTIFICATE.fullmatch(plain(texts[place])) for texts in labels
    )
    ruled = all(RULED_LINE.fullmatch(plain(text)) for text in cells.iloc[place])
    telling = source_columns("year", "round", "name", "count")
    return not total and not ruled and any(plain(columns[name][place]) for name in telling if name in columns)


def _repeated_headers(texts: list[list[str]], header: Header) -> set[int]:
    """The positions of rows that name three columns or more, or say what a row of the header says."""
    names = Counter(place for column in texts for place in _rows_where(column, column_named))
    rows = {
        place
        for place, number in names.items()
        if number >= FEWEST_HEADER_CELLS
        and len({column_named(column[place]) for column in texts} - {None}) >= FEWEST_HEADER_CELLS
    }
    for line in header.lines:
        alike = [_rows_where(column, partial(_says, word)) for column, word in zip(texts, line, strict=False) if word]
        same = set.intersection(*alike) if alike else set()
        rows |= {place for place in same if [column[place].strip() for column in texts[: len(line)]] == line}
    return rows


def _says(word: str, text: str) -> bool:
    return text.strip() == word


def _number(cell: str) -> int:
    """A count cell as a number; one that cannot be read, or says that nothing is there, counts nothing."""
    digits = count_text(normalised(cell.strip()))
    return int(digits) if is_count(digits) else 0
