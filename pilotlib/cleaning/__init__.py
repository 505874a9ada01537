"""Text cells → applications and majors, with a log of every cell changed.

Verbs (`verbs`) take a table and return a new one; what each changed is found by comparing the two, so nothing can
change without a record. Splitting a cell (certificate and level, several majors) changes nothing: the `…_as_given`
columns keep the cell as it stands.
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import pandas as pd

from pilotlib.cleaning.applications import applications_of, has_level, majors_of
from pilotlib.cleaning.corrections import NO_CORRECTIONS, apply_corrections
from pilotlib.cleaning.cut_off import cut_off_certificates, cut_off_majors, lengthened
from pilotlib.cleaning.log import apply_counted, apply_logged, log_of, number_of_changed_cells, repairs
from pilotlib.cleaning.rows import column_names, named_and_numbered, names_of, reasons_of, rows_set_aside
from pilotlib.cleaning.verbs import (
    blank_unreadable_counts,
    complete_majors,
    name_rounds,
    normalise_characters,
    strip_cells,
    write_counts,
)
from pilotlib.columns import REFERENCE_COLUMNS
from pilotlib.distinct import asked_of_each, with_categories
from pilotlib.reading.headers import header_of, ledger_rows
from pilotlib.reading.pieces import Piece
from pilotlib.reading.tables import NO_ORIGIN, Origin

__all__ = ["Cleaned", "CleanedPiece", "clean", "clean_piece", "number_of_changed_cells", "repairs"]

NO_REFERENCE = pd.DataFrame(columns=list(REFERENCE_COLUMNS), dtype=str)
# What is done to the cells of every table, in order, each under its rule.
VERBS = (
    ("characters", normalise_characters),
    ("round_alias", name_rounds),
    ("count_format", write_counts),
    ("count_unreadable", blank_unreadable_counts),
)


class Cleaned(NamedTuple):
    """What cleaning makes of a table; columns as in `columns.COLUMNS`.

    applications: one row per application; `majors`: one per application and major; `changes`: one per changed
    cell and rule; `set_aside`: the rows that are no applications. Columns of the file that are not ours stay
    in `applications`, untouched, after ours.
    """

    applications: pd.DataFrame
    majors: pd.DataFrame
    changes: pd.DataFrame
    set_aside: pd.DataFrame


class CleanedPiece(NamedTuple):
    """A piece of a large table, cleaned; every index is `source_row` but that of `applications`.

    `applications` has the columns of `Cleaned.applications`, its texts as categoricals; `reasons` says of every row of
    the piece why it is no application ("" where it is one), `cells_changed` how many cells of an application changed.
    """

    applications: pd.DataFrame
    reasons: pd.Series
    cells_changed: pd.Series


def clean(
    cells: pd.DataFrame,
    corrections: pd.DataFrame | None = None,
    reference: pd.DataFrame | None = None,
    file: str = "申报表",
    origin: Origin = NO_ORIGIN,
) -> Cleaned:
    """Clean the text cells of one application table.

    Args:
        cells: As `read_table` returns them, header included; and `origin` likewise.
        corrections: The ledger: `row, column, was, becomes, reason`, all text; `row` is the `source_row`.
        reference: Known majors: `major, catalogue_name, code, catalogue_year, category`, all text.
        file: The file's name, for messages.

    Returns:
        The four tables of `Cleaned`. Rows below the header = applications + rows set aside.

    Raises:
        PilotError: no header, a column missing or found twice, or a correction that does not fit the table.
    """
    corrections = NO_CORRECTIONS if corrections is None else corrections
    reference = NO_REFERENCE if reference is None else reference
    known_majors = frozenset(reference["major"]) | frozenset(reference["catalogue_name"])
    below_header = corrections[ledger_rows(corrections) != 0]
    cells = with_categories(cells)
    header = header_of(cells, file, corrections)
    names = column_names(cells, header, file)
    table = named_and_numbered(cells, names, -header.last)
    reasons = reasons_of(table, cells, header, origin.continued)
    given = strip_cells(table[reasons == ""])
    now, changes = apply_logged(
        given,
        [
            (
                "correction",
                partial(apply_corrections, corrections=below_header, file=file),
            ),
            *VERBS,
            ("major_completed", partial(complete_majors, known_majors=known_majors)),
        ],
    )
    read = normalise_characters(given)
    cut_majors = cut_off_majors(read["majors"], known_majors) | lengthened(given["majors"], now["majors"])
    cut = cut_majors | cut_off_certificates(read["certificate"], has_level(read))
    places = pd.Series(cells.index, index=table.index)
    return Cleaned(
        applications=_with_plain_text(applications_of(now, given, read)).assign(truncated=cut),
        majors=majors_of(now["majors"], given["majors"], cut_majors, reference),
        changes=log_of(changes, corrections, origin, names, now, places),
        set_aside=rows_set_aside(table, cells, reasons),
    )


def clean_piece(piece: Piece, by: Sequence[int] = ()) -> CleanedPiece:
    """Clean a piece of a large table, for which there is neither a ledger nor a reference of majors.

    Args:
        piece: As `pieces_of` returns it.
        by: The positions of columns that are not ours (school, city) and may say that a row is one of totals.

    Raises:
        PilotError: a column is missing or found twice.
    """
    # A column with a title is one in every piece, whether this one holds anything in it or not.
    filled = [
        bool(title) or bool(asked_of_each(piece.cells[place], bool).any())
        for place, title in enumerate(piece.header.titles)
    ]
    names = names_of(piece.header, piece.header_place, filled, piece.file)
    table = named_and_numbered(piece.cells, names, piece.first)
    reasons = reasons_of(table, piece.cells, piece.header, piece.origin.continued, by)
    given = strip_cells(table[reasons == ""])
    now, changed = apply_counted(given, VERBS)
    return CleanedPiece(applications_of(now, given, normalise_characters(given)), reasons, changed)


def _with_plain_text(applications: pd.DataFrame) -> pd.DataFrame:
    """The table with text columns as text; only what has an order stays a categorical."""
    unordered = [
        name
        for name, dtype in applications.dtypes.items()
        if isinstance(dtype, pd.CategoricalDtype) and not dtype.ordered
    ]
    return applications.astype(dict.fromkeys(unordered, "str"))
