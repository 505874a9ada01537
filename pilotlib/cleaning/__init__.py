"""Text cells → applications and majors, with a log of every cell changed.

`clean` applies the verbs of `cells` in order and logs what each changed, so nothing can change without a record.
Splitting a cell (certificate and level, several majors) changes nothing: the `…_as_given` columns keep the cell
as it stands.
"""

from typing import NamedTuple

import pandas as pd

from pilotlib.cleaning.cells import (
    apply_corrections,
    blank_unreadable_counts,
    complete_majors,
    cut_off_certificates,
    cut_off_majors,
    ledger_rows,
    name_rounds,
    normalise_characters,
    write_counts,
)
from pilotlib.cleaning.log import (
    CHANGE_COLUMNS,
    changed_cells,
    decisions,
    number_of_changed_cells,
    repairs,
    with_reasons,
)
from pilotlib.cleaning.merged import continued_rows, fill_merged, join_continued, merged_below
from pilotlib.cleaning.rows import correct_header, name_columns, take_applications
from pilotlib.cleaning.typed import levels_of, typed_applications, typed_majors
from pilotlib.reading.headers import header_of
from pilotlib.reading.tables import NO_ORIGIN, Origin
from pilotlib.vocabulary import CORRECTION_COLUMNS, REFERENCE_COLUMNS

__all__ = ["Cleaned", "clean", "number_of_changed_cells", "repairs"]


class Cleaned(NamedTuple):
    """What cleaning makes of a table; columns as in `vocabulary.COLUMNS`.

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
    corrections = pd.DataFrame(columns=CORRECTION_COLUMNS, dtype=str) if corrections is None else corrections
    reference = pd.DataFrame(columns=REFERENCE_COLUMNS, dtype=str) if reference is None else reference
    known_majors = frozenset(reference["major"]) | frozenset(reference["catalogue_name"])

    of_header = ledger_rows(corrections) == 0
    header = correct_header(header_of(cells, file), corrections[of_header], file)
    as_received = name_columns(cells, header, file)
    covered = merged_below(cells, header, origin.merged)
    filled = fill_merged(cells, header, covered)
    continued = continued_rows(filled, header, covered)
    joined = name_columns(join_continued(filled, header, continued), header, file)
    table, set_aside = take_applications(joined, cells, header, continued["source_row"])
    unfilled, filled, given = (
        rows.loc[table.index].apply(lambda column: column.str.strip())
        for rows in (as_received, name_columns(filled, header, file), joined)
    )
    steps = (
        ("correction", lambda table: apply_corrections(table, corrections[~of_header], file)),
        ("characters", normalise_characters),
        ("round_alias", name_rounds),
        ("count_format", write_counts),
        ("count_unreadable", blank_unreadable_counts),
        ("major_completed", lambda table: complete_majors(table, known_majors)),
    )
    repeated = changed_cells(unfilled, filled, "merged_cell")
    repeated = repeated.assign(rule=repeated["rule"].where(repeated["before"] == "", "merged_hidden"))
    now, changes = given, [repeated, changed_cells(filled, given, "merged_row")]
    for rule, step in steps:
        after = step(now)
        changes.append(changed_cells(now, after, rule))
        now = after

    places = pd.Series(cells.index, index=range(-header.last, len(cells) - header.last))
    decided = decisions(origin, corrections[of_header], covered, table.index, places)
    read_as_given = normalise_characters(given)
    cut_majors = cut_off_majors(read_as_given, known_majors) | _lengthened(given["majors"], now["majors"])
    has_level = levels_of(read_as_given) != ""
    truncated = cut_off_certificates(read_as_given["certificate"], has_level) | cut_majors
    return Cleaned(
        applications=typed_applications(given, read_as_given, now, truncated),
        majors=typed_majors(now["majors"], given["majors"], cut_majors, reference),
        changes=pd.concat([decided, with_reasons(pd.concat(changes, ignore_index=True), corrections[~of_header])])
        .astype({"source_row": "Int64"} | dict.fromkeys(CHANGE_COLUMNS[1:], str))
        .sort_values("source_row", kind="stable", na_position="first", ignore_index=True),
        set_aside=set_aside,
    )


def _lengthened(given: pd.Series, now: pd.Series) -> pd.Series:
    """Cells of which more is known than stood in the table: whoever corrected them held them for cut off."""
    return pd.Series(
        [after.startswith(before) and after != before != "" for before, after in zip(given, now, strict=True)],
        index=given.index,
        dtype=bool,
    )
