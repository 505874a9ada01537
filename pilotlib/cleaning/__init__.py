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
from pilotlib.cleaning.rows import name_columns, take_applications
from pilotlib.cleaning.rules import CHANGE_RULES
from pilotlib.cleaning.typed import typed_applications, typed_majors
from pilotlib.vocabulary import CORRECTION_COLUMNS, REFERENCE_COLUMNS, column_named

__all__ = ["Cleaned", "clean"]

CHANGE_COLUMNS = ["source_row", "column", "before", "after", "rule", "reason"]


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
) -> Cleaned:
    """Clean the text cells of one application table.

    Args:
        cells: As `read_table` returns them, header included.
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

    table, set_aside = take_applications(name_columns(cells, file), cells)
    given = table.apply(lambda column: column.str.strip())
    steps = (
        ("correction", lambda table: apply_corrections(table, corrections, file)),
        ("characters", normalise_characters),
        ("round_alias", name_rounds),
        ("count_format", write_counts),
        ("count_unreadable", blank_unreadable_counts),
        ("major_completed", lambda table: complete_majors(table, known_majors)),
    )
    now, changes = given, []
    for rule, step in steps:
        after = step(now)
        changes.append(changed_cells(now, after, rule))
        now = after

    read_as_given = normalise_characters(given)
    cut_majors = cut_off_majors(read_as_given, known_majors) | _lengthened(given["majors"], now["majors"])
    truncated = cut_off_certificates(read_as_given["certificate"]) | cut_majors
    return Cleaned(
        applications=typed_applications(given, read_as_given, now, truncated),
        majors=typed_majors(now["majors"], given["majors"], cut_majors, reference),
        changes=_with_reasons(pd.concat(changes, ignore_index=True), corrections),
        set_aside=set_aside,
    )


def changed_cells(before: pd.DataFrame, after: pd.DataFrame, rule: str) -> pd.DataFrame:
    """The log's rows for what a verb changed: `source_row, column, before, after, rule`."""
    rows, columns = (before != after).to_numpy().nonzero()
    return pd.DataFrame(
        {
            "source_row": before.index[rows],
            "column": before.columns[columns].astype(str),
            "before": before.to_numpy()[rows, columns].astype(str),
            "after": after.to_numpy()[rows, columns].astype(str),
            "rule": rule,
        }
    )


def _lengthened(given: pd.Series, now: pd.Series) -> pd.Series:
    """Cells of which more is known than stood in the table: whoever corrected them held them for cut off."""
    return pd.Series(
        [after.startswith(before) and after != before != "" for before, after in zip(given, now, strict=True)],
        index=given.index,
        dtype=bool,
    )


def _with_reasons(changes: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Add to each logged change why it was made: the ledger's reason, else the rule's."""
    names = [column_named(column) or column for column in corrections["column"]]
    cells = pd.MultiIndex.from_arrays([ledger_rows(corrections), names])
    ledger = pd.Series(corrections["reason"].to_list(), index=cells, dtype=str)
    from_ledger = ledger.reindex(pd.MultiIndex.from_frame(changes[["source_row", "column"]])).to_numpy()
    of_rule = changes["rule"].map({rule: reason for rule, (_, reason) in CHANGE_RULES.items()})
    reasons = of_rule.where(changes["rule"] != "correction", from_ledger)
    logged = changes.assign(reason=reasons.astype(str))
    return logged.sort_values("source_row", kind="stable", ignore_index=True)[CHANGE_COLUMNS]
