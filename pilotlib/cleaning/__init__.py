"""Text cells → applications and majors, with a log of every cell changed.

`clean` cleans a whole table, `clean_piece` a piece of a large one, by the same verbs of `cells`. What each verb
changed is logged, so nothing can change without a record. Splitting a cell (certificate and level, several majors)
changes nothing: the `…_as_given` columns keep the cell as it stands.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from pilotlib.cleaning.cells import ledger_rows
from pilotlib.cleaning.core import NO_CORRECTIONS, NO_REFERENCE, clean_piece, clean_rows
from pilotlib.cleaning.log import changed_cells, decisions, log_of, merged_cells, number_of_changed_cells, repairs
from pilotlib.cleaning.merged import continued_rows, fill_merged, join_continued, merged_below
from pilotlib.cleaning.rows import correct_header, names_of, reasons_of, set_aside_rows, table_of
from pilotlib.coded import Table, coded, mapped, taken_of
from pilotlib.reading.headers import header_of
from pilotlib.reading.tables import NO_ORIGIN, Origin

__all__ = ["Cleaned", "clean", "clean_piece", "number_of_changed_cells", "repairs"]


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

    of_header = ledger_rows(corrections) == 0
    header = correct_header(header_of(cells, file), corrections[of_header], file)
    filled = (cells.iloc[header.first :] != "").any().to_list()
    names = names_of(header, cells.index[header.last], filled, file)
    received = [coded(cells[column]) for column in cells]
    rows = np.arange(-header.last, len(cells) - header.last)

    covered = merged_below(cells, header, origin.merged)
    as_received = with_repeats = joined = table_of(received, names)
    continued: Iterable[int] = ()
    if len(covered):
        repeats = fill_merged(cells, header, covered)
        gathered = continued_rows(repeats, header, covered)
        joined_cells = join_continued(repeats, header, gathered)
        with_repeats, joined = (
            table_of([coded(table[column]) for column in table], names) for table in (repeats, joined_cells)
        )
        continued = gathered["source_row"]
    reasons = reasons_of(joined, rows, received, header, continued)
    applications = clean_rows(joined, rows, reasons == 0, corrections[~of_header], reference, file)
    changes = [change for step in applications.steps for change in changed_cells(applications.rows, *step)]
    if len(covered):
        before, after = (_stripped(taken_of(table, reasons == 0)) for table in (as_received, with_repeats))
        changes = [
            *merged_cells(applications.rows, before, after),
            *changed_cells(applications.rows, after, applications.given, "merged_row"),
            *changes,
        ]
    places = pd.Series(cells.index, index=rows)
    decided = decisions(origin, corrections[of_header], covered, pd.Index(applications.rows), places)
    return Cleaned(
        applications=applications.typed(),
        majors=applications.majors(reference),
        changes=log_of(decided, changes, corrections[~of_header]),
        set_aside=set_aside_rows(joined, rows, cells.index.to_numpy(), received, reasons),
    )


def _stripped(table: Table) -> Table:
    return {name: mapped(column, str.strip) for name, column in table.items()}
