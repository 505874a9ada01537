"""The one cleaning of rows, over codes: of a whole table, or of a piece of one that is never whole in memory."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from pilotlib.cleaning.cells import (
    apply_corrections,
    blank_unreadable_counts,
    complete_majors,
    cut_off_certificates,
    cut_off_majors,
    name_rounds,
    normalise_characters,
    widest_of,
    write_counts,
)
from pilotlib.cleaning.rows import names_of, reasons_of, table_of
from pilotlib.cleaning.typed import levels_of, typed_applications, typed_majors
from pilotlib.coded import Coded, Table, looked_up, mapped, taken_of, together
from pilotlib.columns import CORRECTION_COLUMNS, REFERENCE_COLUMNS
from pilotlib.reading.pieces import Piece

NO_CORRECTIONS = pd.DataFrame(columns=CORRECTION_COLUMNS, dtype=str)
NO_REFERENCE = pd.DataFrame(columns=REFERENCE_COLUMNS, dtype=str)


class Whole(NamedTuple):
    """What only a whole table tells of a cell that may be cut off: its columns' widths, and whether it has levels."""

    certificates: int = 0
    majors: int = 0
    levels: bool = False


class Applications(NamedTuple):
    """The applications of a piece, cleaned.

    `rows` are their `source_row`. `given` are their cells without surrounding white space, `read` those with their
    characters written in one way, `now` what cleaning made of them. `steps` are the verbs on the way from `given` to
    `now`, each as the table before, the table after, and its rule. `cut_majors` and `truncated` say where a cell of
    majors, and any cell, is cut off.
    """

    rows: np.ndarray
    given: Table
    read: Table
    now: Table
    steps: list[tuple[Table, Table, str]]
    cut_majors: np.ndarray
    truncated: np.ndarray

    def typed(self) -> pd.DataFrame:
        """The table `applications`."""
        return typed_applications(self.rows, self.given, self.read, self.now, self.truncated)

    def majors(self, reference: pd.DataFrame) -> pd.DataFrame:
        """The table `majors`."""
        return typed_majors(self.rows, self.now["majors"], self.given["majors"], self.cut_majors, reference)


class CleanedPiece(NamedTuple):
    """A piece under the names of its columns, each row's number and reason to be set aside, and its applications.

    A reason is a place in `REASONS`; the first means that the row is an application.
    """

    table: Table
    rows: np.ndarray
    reasons: np.ndarray
    applications: Applications


def clean_piece(
    piece: Piece, reference: pd.DataFrame = NO_REFERENCE, whole: Whole | None = None, labels: Iterable[Coded] = ()
) -> CleanedPiece:
    """Clean a piece of a large table, in which nothing is merged and for which there is no ledger.

    Args:
        piece: As `pieces_of` returns them.
        reference: Known majors.
        whole: What `whole_of` has learnt of all pieces. Without it a cell counts as cut off by the width of its
            column in the piece alone; nothing but `truncated` and the completion of majors depends on it.
        labels: Columns of cells, other than ours, in which the word for a total marks a row of totals.

    Raises:
        PilotError: a column is missing or found twice.
    """
    # A column with a title is one in every piece, whether this one holds anything in it or not.
    filled = [
        bool(title) or bool(looked_up(column, bool).any())
        for title, column in zip(piece.header.titles, piece.cells, strict=True)
    ]
    table = table_of(piece.cells, names_of(piece.header, piece.header_place, filled, piece.file))
    reasons = reasons_of(table, piece.rows, piece.cells, piece.header, labels=labels)
    kept = reasons == 0
    return CleanedPiece(
        table, piece.rows, reasons, clean_rows(table, piece.rows, kept, NO_CORRECTIONS, reference, piece.file, whole)
    )


def clean_rows(
    table: Table,
    rows: np.ndarray,
    kept: np.ndarray,
    corrections: pd.DataFrame,
    reference: pd.DataFrame,
    file: str,
    whole: Whole | None = None,
) -> Applications:
    """Clean those rows of a table that are applications.

    Args:
        table: The cells by the names of their columns.
        rows: The number of every row.
        kept: Which rows are applications.
        corrections: The ledger, without what it says of the header.
        reference: Known majors.
        file: The file's name, for messages.
        whole: What the whole table tells where these rows are a part of it.

    Raises:
        PilotError: a correction that does not fit the table.
    """
    known_majors = frozenset(reference["major"]) | frozenset(reference["catalogue_name"])
    of_certificates, of_majors = (whole.certificates, whole.majors) if whole else (None, None)
    given = {name: mapped(column, str.strip) for name, column in taken_of(table, kept).items()}
    rows = rows[kept]
    now, steps = given, []
    for rule, verb in (
        ("correction", lambda table: apply_corrections(table, rows, corrections, file)),
        ("characters", normalise_characters),
        ("round_alias", name_rounds),
        ("count_format", write_counts),
        ("count_unreadable", blank_unreadable_counts),
        ("major_completed", lambda table: complete_majors(table, known_majors, of_majors)),
    ):
        after = verb(now)
        steps.append((now, after, rule))
        now = after
    read = normalise_characters(given)
    cut_majors = cut_off_majors(read["majors"], known_majors, of_majors) | _lengthened(given["majors"], now["majors"])
    has_level = looked_up(levels_of(read), bool)
    any_level = whole.levels if whole else None
    cut = cut_off_certificates(read["certificate"], has_level, any_level, of_certificates)
    return Applications(rows, given, read, now, steps, cut_majors, cut | cut_majors)


def whole_of(applications: Applications, others: Whole) -> Whole:
    """What the applications of a piece add to what is known of the whole table."""
    return Whole(
        max(others.certificates, widest_of(applications.read["certificate"])),
        max(others.majors, widest_of(applications.read["majors"])),
        others.levels or bool(looked_up(levels_of(applications.read), bool).any()),
    )


def _lengthened(given: Coded, now: Coded) -> np.ndarray:
    """Cells of which more is known than stood in the table: whoever corrected them held them for cut off."""
    codes, both = together([given, now])
    return np.array([after.startswith(before) and after != before != "" for before, after in both], bool)[codes]
