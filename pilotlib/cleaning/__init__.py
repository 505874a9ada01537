"""Text cells → applications and majors, with a log of every cell changed.

Splitting a cell (certificate and level, several majors) changes nothing: `…_as_given` columns keep the whole.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pilotlib.cleaning import log, rows, verbs
from pilotlib.cleaning.log import number_of_changed_cells, repairs
from pilotlib.cleaning.rows import Piece
from pilotlib.columns import CORRECTION_COLUMNS, REFERENCE_COLUMNS
from pilotlib.distinct import asked_of_each, differ, with_categories
from pilotlib.reading.choosing import NO_ORIGIN, Origin
from pilotlib.reading.headers import header_of
from pilotlib.vocabulary import NOTHING_SAID

__all__ = ["Cleaned", "CleanedPiece", "clean", "clean_piece", "number_of_changed_cells", "repairs"]


class Cleaned(NamedTuple):
    """What cleaning makes of a table; columns as in `columns.COLUMNS`.

    `applications`: one row per application, with those of our columns that the table has (`verbs.with_expected_columns`
    adds the others), the file's own last and untouched; `majors`: one per
    application and major; `changes`: one per changed cell and rule; `set_aside`: rows that are no applications.
    """

    applications: pd.DataFrame
    majors: pd.DataFrame
    changes: pd.DataFrame
    set_aside: pd.DataFrame


class CleanedPiece(NamedTuple):
    """A piece of a large table, cleaned; every index is `source_row` but that of `applications`.

    `applications` are as in `Cleaned`, with texts as categoricals; `reasons` says of every row of the piece why it
    is no application ("" where it is one), `cells_changed` how many cells of an application changed.
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
    school: Mapping[str, Any] = NOTHING_SAID,
) -> Cleaned:
    """Clean the text cells of one application table. Rows below the header = applications + rows set aside.

    `cells` (header included) and `origin` are as `read_table` returns them. `corrections`, the ledger, and
    `reference`, the known majors, have CORRECTION_COLUMNS and REFERENCE_COLUMNS, all text; `school` is
    what `school.toml` says. Messages name the `file`.
    PilotError: no header, a column missing or found twice, or a correction that does not fit the table.
    """
    corrections = pd.DataFrame(columns=CORRECTION_COLUMNS, dtype=str) if corrections is None else corrections
    reference = pd.DataFrame(columns=REFERENCE_COLUMNS, dtype=str) if reference is None else reference
    known_majors = frozenset(reference["major"]) | frozenset(reference["catalogue_name"])
    cells = with_categories(cells)
    piece = rows.whole_table(cells, header_of(cells, file, corrections), file, origin)
    ledger = log.ledger_of(corrections, piece.header)
    names = rows.names_of(piece)
    table, reasons = rows.named(piece, names), rows.reasons_of(piece, names)
    given = verbs.strip_cells(table[reasons == ""])
    correct = partial(log.apply_corrections, ledger=ledger, file=file)
    complete = partial(verbs.complete_majors, known_majors=known_majors)
    of_every_table = verbs.verbs_for(piece.header, school.get("statuses", NOTHING_SAID))
    now, changes = log.apply_logged(given, [("correction", correct), *of_every_table, ("major_completed", complete)])
    applications = verbs.applications_of(now, given).drop(columns=[] if "majors" in names else ["majors_as_given"])
    texts = [name for name in applications.select_dtypes("category") if not applications[name].cat.ordered]
    read = verbs.normalise_characters(given[["certificate", "majors"]])
    cut_majors = verbs.cut_off_majors(read["majors"], known_majors) | _made_longer(given["majors"], now["majors"])
    has_level = applications["level_as_given"].notna().to_numpy()
    cut = cut_majors | verbs.cut_off_certificates(read["certificate"], has_level)
    return Cleaned(
        applications=applications.astype(dict.fromkeys(texts, "str")).assign(truncated=cut),
        majors=verbs.majors_of(now["majors"], given["majors"], cut_majors, reference),
        changes=log.log_of(changes, ledger, piece, names, now.index),
        set_aside=rows.rows_set_aside(table, cells, reasons),
    )


def _made_longer(before: pd.Series, after: pd.Series) -> np.ndarray:
    """Which cells as wide as their column were filled up at their end: whoever did so took them for cut off."""
    longer = differ(before, after) & asked_of_each(before, verbs.fills_width(before))
    longer[longer] = [new.startswith(old) and old != "" for old, new in zip(before[longer], after[longer], strict=True)]
    return longer


def clean_piece(piece: Piece, by: Sequence[int] = (), answers: Mapping[str, str] = NOTHING_SAID) -> CleanedPiece:
    """Clean a piece of a large table, without ledger or reference; PilotError as in `rows.names_of`.

    `by` are the positions of columns that are not ours (school, city) and may say that a row is one of totals;
    `answers` are as in `verbs.name_statuses`.
    """
    names = rows.names_of(piece)
    reasons = rows.reasons_of(piece, names, by)
    given = verbs.strip_cells(rows.named(piece, names)[reasons == ""])
    now, changed = log.apply_counted(given, verbs.verbs_for(piece.header, answers))
    return CleanedPiece(verbs.applications_of(now, given), reasons, changed)
