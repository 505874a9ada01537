"""The log of cleaning: every cell changed with its reason, and every decision that no cell shows."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from pilotlib.cleaning.cells import ledger_rows
from pilotlib.cleaning.rules import CHANGE_RULES
from pilotlib.coded import Coded, Table, coded, looked_up, repeated, stacked, taken, text_of, together
from pilotlib.columns import COUNT_COLUMNS, column_named
from pilotlib.reading.tables import Origin

CHANGE_COLUMNS = ["source_row", "column", "before", "after", "rule", "reason"]


class Changes(NamedTuple):
    """Cells that one verb changed in one column: their `source_row`, what they held, and what they hold."""

    rule: str
    column: str
    rows: np.ndarray
    before: Coded
    after: Coded


def changed_cells(rows: np.ndarray, before: Table, after: Table, rule: str) -> list[Changes]:
    """What a verb changed, a column each.

    Args:
        rows: The `source_row` of every row.
        before: The table that the verb was given.
        after: The table that it returned.
        rule: Why it changes cells, as in `CHANGE_RULES`.
    """
    found = []
    for name in before:
        here = np.flatnonzero(changed_in(before[name], after[name]))
        if len(here):
            found.append(Changes(rule, name, rows[here], taken(before[name], here), taken(after[name], here)))
    return found


def changed_in(before: Coded, after: Coded) -> np.ndarray:
    """Which rows of a column a verb changed."""
    if before is after:
        return np.zeros(len(before.codes), bool)
    if before.codes is after.codes:
        return np.array([was != now for was, now in zip(before.words, after.words, strict=True)], bool)[before.codes]
    codes, both = together([before, after])
    return np.array([was != now for was, now in both], bool)[codes]


def merged_cells(rows: np.ndarray, before: Table, after: Table) -> list[Changes]:
    """What cells merged over rows changed; a cell that held something of its own was hidden by them."""
    found = []
    for change in changed_cells(rows, before, after, "merged_cell"):
        hidden = looked_up(change.before, bool)
        for rule, which in (("merged_cell", ~hidden), ("merged_hidden", hidden)):
            cells = (change.rows[which], taken(change.before, which), taken(change.after, which))
            found.append(Changes(rule, change.column, *cells))
    return found


def log_of(decided: pd.DataFrame, changes: list[Changes], corrections: pd.DataFrame) -> pd.DataFrame:
    """The log: decisions and changed cells, each with why: the ledger's reason, else the rule's.

    In the order of rows; of one row decisions first, then in the order of the verbs.
    """
    sizes = [len(change.rows) for change in changes]
    of_none = decided["source_row"].isna()
    rows = np.concatenate([decided["source_row"].where(~of_none, -1).to_numpy(int), *(one.rows for one in changes)])
    order = np.argsort(rows, kind="stable")
    columns = {
        "column": [repeated(change.column, size) for change, size in zip(changes, sizes, strict=True)],
        "before": [change.before for change in changes],
        "after": [change.after for change in changes],
        "rule": [repeated(change.rule, size) for change, size in zip(changes, sizes, strict=True)],
        "reason": [_reasons(change, corrections) for change in changes],
    }
    texts = {name: text_of(taken(stacked([coded(decided[name]), *parts]), order)) for name, parts in columns.items()}
    return pd.DataFrame({"source_row": pd.array(rows[order], "Int64"), **texts}).assign(
        source_row=lambda log: log["source_row"].where(log["source_row"] >= 0)
    )


def _reasons(change: Changes, corrections: pd.DataFrame) -> Coded:
    if change.rule != "correction":
        return repeated(CHANGE_RULES[change.rule][1], len(change.rows))
    here = [(column_named(column) or column) == change.column for column in corrections["column"]]
    ledger = corrections["reason"][here].set_axis(ledger_rows(corrections[here]))
    return coded(ledger.reindex(change.rows))


def decisions(
    origin: Origin, of_header: pd.DataFrame, covered: pd.DataFrame, applications: pd.Index, places: pd.Series
) -> pd.DataFrame:
    """The log's rows for what was decided and changed no cell of an application.

    Args:
        origin: Where the table comes from.
        of_header: The ledger's corrections of the header.
        covered: Cells below a merged one, as `merged_below` returns them.
        applications: The `source_row` of every application.
        places: Each row's place in the file, by `source_row`.
    """
    counts = covered[covered["column"].isin(COUNT_COLUMNS) & covered["source_row"].isin(applications)]
    counts = counts[~counts["repeated"]]
    hidden = applications[places[applications].isin(origin.hidden)]
    found = [
        *([(pd.NA, "", "", origin.taken, "table_taken", origin.why)] if origin.taken else []),
        *(
            (0, column_named(becomes), was, becomes, "correction", reason)
            for was, becomes, reason in zip(of_header["was"], of_header["becomes"], of_header["reason"], strict=True)
        ),
        *(
            (row, column, "", "", "merged_count", f"{CHANGE_RULES['merged_count'][1]}（{text}）")
            for row, column, text in zip(counts["source_row"], counts["column"], counts["text"], strict=True)
        ),
        *((row, "", "", "", "row_hidden", CHANGE_RULES["row_hidden"][1]) for row in hidden),
    ]
    return pd.DataFrame(found, columns=CHANGE_COLUMNS)


def repairs(changes: pd.DataFrame) -> pd.DataFrame:
    """The log's rows for cells of applications that now say something else than in the file.

    An empty cell merged with the one above says the same as there; decisions change no cell.
    """
    changed = (changes["before"] != changes["after"]) & (changes["source_row"] > 0).fillna(False)
    return changes[changed & (changes["rule"] != "merged_cell")]


def number_of_changed_cells(changes: pd.DataFrame) -> int:
    """How many cells the log says were changed, each once."""
    return len(repairs(changes).drop_duplicates(["source_row", "column"]))
