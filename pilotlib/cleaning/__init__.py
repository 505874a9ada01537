"""Text cells → applications and majors, with a log of every cell changed.

Verbs (`verbs`) take a table and return a new one; what each changed is found by comparing the two, so nothing can
change without a record. Splitting a cell (certificate and level, several majors) changes nothing: the `…_as_given`
columns keep the cell as it stands.
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import pandas as pd

from pilotlib.cleaning.applications import applications_of, majors_of
from pilotlib.cleaning.corrections import NO_CORRECTIONS, apply_corrections, ledger_of
from pilotlib.cleaning.log import apply_counted, apply_logged, log_of, number_of_changed_cells, repairs
from pilotlib.cleaning.rows import named, names_of, reasons_of, rows_set_aside, whole_table
from pilotlib.cleaning.verbs import (
    VERBS,
    complete_majors,
    cut_off_certificates,
    cut_off_majors,
    lengthened,
    normalise_characters,
    strip_cells,
)
from pilotlib.columns import REFERENCE_COLUMNS
from pilotlib.distinct import with_categories
from pilotlib.reading.headers import header_of
from pilotlib.reading.pieces import Piece
from pilotlib.reading.tables import NO_ORIGIN, Origin

__all__ = ["Cleaned", "CleanedPiece", "clean", "clean_piece", "number_of_changed_cells", "repairs"]

NO_REFERENCE = pd.DataFrame(columns=list(REFERENCE_COLUMNS), dtype=str)


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
    ledger = ledger_of(corrections)
    cells = with_categories(cells)
    piece = whole_table(cells, header_of(cells, file, corrections), file, origin)
    names = names_of(piece)
    table, reasons = named(piece, names), reasons_of(piece, names)
    given = strip_cells(table[reasons == ""])
    now, changes = apply_logged(
        given,
        [
            ("correction", partial(apply_corrections, ledger=ledger, file=file)),
            *VERBS,
            ("major_completed", partial(complete_majors, known_majors=known_majors)),
        ],
    )
    applications = applications_of(now, given)
    texts = [name for name in applications.select_dtypes("category") if not applications[name].cat.ordered]
    read = normalise_characters(given[["certificate", "majors"]])
    cut_majors = cut_off_majors(read["majors"], known_majors) | lengthened(given["majors"], now["majors"])
    cut = cut_majors | cut_off_certificates(read["certificate"], applications["level_as_given"].notna().to_numpy())
    return Cleaned(
        applications=applications.astype(dict.fromkeys(texts, "str")).assign(truncated=cut),
        majors=majors_of(now["majors"], given["majors"], cut_majors, reference),
        changes=log_of(changes, ledger, piece, names, now.index),
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
    names = names_of(piece)
    reasons = reasons_of(piece, names, by)
    given = strip_cells(named(piece, names)[reasons == ""])
    now, changed = apply_counted(given, VERBS)
    return CleanedPiece(applications_of(now, given), reasons, changed)
