"""The log of cleaning: every cell changed with its reason, and every decision that no cell shows."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from pilotlib.cleaning.corrections import ledger_columns
from pilotlib.cleaning.rules import CHANGE_RULES
from pilotlib.columns import COUNT_COLUMNS, column_named
from pilotlib.distinct import differ
from pilotlib.reading.headers import ledger_rows
from pilotlib.reading.tables import Origin

CHANGE_COLUMNS = ["source_row", "column", "before", "after", "rule", "reason"]
NO_CHANGES = pd.DataFrame(columns=CHANGE_COLUMNS[:-1], dtype=str).astype({"source_row": "int64"})
Verb = Callable[[pd.DataFrame], pd.DataFrame]


def apply_logged(table: pd.DataFrame, verbs: Iterable[tuple[str, Verb]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table after some verbs, each under its rule, and every cell that they changed: nothing changes unrecorded.

    Returns:
        The table, and the changes in the order of the verbs: `source_row, column, before, after, rule`.
    """
    changes = []
    for rule, verb in verbs:
        after = verb(table)
        changes += changed_cells(table, after, rule)
        table = after
    return table, pd.concat([NO_CHANGES, *changes], ignore_index=True) if changes else NO_CHANGES


def apply_counted(table: pd.DataFrame, verbs: Iterable[tuple[str, Verb]]) -> tuple[pd.DataFrame, pd.Series]:
    """The table after some verbs, as `apply_logged`, and for every row the number of its cells that they changed."""
    changed = {name: np.zeros(len(table), bool) for name in table}
    for _, verb in verbs:
        after = verb(table)
        changed = {name: before | differ(table[name], after[name]) for name, before in changed.items()}
        table = after
    return table, pd.DataFrame(changed, index=table.index).sum(axis="columns")


def changed_cells(before: pd.DataFrame, after: pd.DataFrame, rule: str) -> list[pd.DataFrame]:
    """The cells that are not the same in two versions of a table, a column each, as in `apply_logged`."""
    different = {name: np.flatnonzero(differ(before[name], after[name])) for name in before}
    return [
        pd.DataFrame(
            {
                "source_row": before.index[rows],
                "column": name,
                "before": before[name].array[rows].astype(str),
                "after": after[name].array[rows].astype(str),
                "rule": rule,
            }
        )
        for name, rows in different.items()
        if len(rows)
    ]


def log_of(
    changes: pd.DataFrame,
    corrections: pd.DataFrame,
    origin: Origin,
    names: Sequence[str | None],
    applications: pd.DataFrame,
    places: pd.Series,
) -> pd.DataFrame:
    """The log: what reading and cleaning decided and changed, each with why: the ledger's reason, else the rule's.

    Args:
        changes: What the verbs changed, as `apply_logged` returns it.
        corrections: The ledger.
        origin: Where the table comes from, and what filling merged cells changed in it.
        names: The name of every column, from the left.
        applications: The applications' cells, `source_row` as index.
        places: Each row's place in the file, by `source_row`.

    Returns:
        `source_row, column, before, after, rule, reason`, in the order of rows; of one row decisions first, then in the
        order of the verbs. What concerns the whole table has no row, and the header is row 0.
    """
    rows = pd.Series(places.index, index=places)
    filled = origin.filled.assign(
        source_row=origin.filled["place"].map(rows),
        column=origin.filled["position"].map(dict(enumerate(names))),
    )
    filled = filled[filled["source_row"].isin(applications.index) & filled["column"].notna()]
    log = pd.concat(
        [
            _decisions(origin, corrections, filled, applications.index[places[applications.index].isin(origin.hidden)]),
            _filled_cells(filled),
            _with_reasons(changes, corrections),
        ],
        ignore_index=True,
    )
    log = log.astype({"source_row": "Int64"}).sort_values("source_row", kind="stable", na_position="first")
    return log.reset_index(drop=True)[CHANGE_COLUMNS]


def _decisions(origin: Origin, corrections: pd.DataFrame, filled: pd.DataFrame, hidden: pd.Index) -> pd.DataFrame:
    """What was decided and changed no cell of an application."""
    of_header = corrections[ledger_rows(corrections) == 0]
    once = filled[(filled["kind"] == "once") & filled["column"].isin(COUNT_COLUMNS)]
    told_once, is_hidden = CHANGE_RULES["merged_count"][1], CHANGE_RULES["row_hidden"][1]
    rows = [
        *([(pd.NA, "", "", origin.taken, "table_taken", origin.why)] if origin.taken else []),
        *(
            (0, column_named(becomes), was, becomes, "correction", reason)
            for was, becomes, reason in zip(of_header["was"], of_header["becomes"], of_header["reason"], strict=True)
        ),
        *(
            (row, column, "", "", "merged_count", f"{told_once}（{text}）")
            for row, column, text in zip(once["source_row"], once["column"], once["before"], strict=True)
        ),
        *((row, "", "", "", "row_hidden", is_hidden) for row in hidden),
    ]
    return pd.DataFrame(rows, columns=CHANGE_COLUMNS)


def _filled_cells(filled: pd.DataFrame) -> pd.DataFrame:
    """What filling merged cells changed, beyond surrounding white space."""
    rules = {"repeated": "merged_cell", "hidden": "merged_hidden", "joined": "merged_row"}
    cells = filled[filled["kind"].isin(rules)]
    cells = cells.assign(before=cells["before"].str.strip(), after=cells["after"].str.strip())
    cells = cells[cells["before"] != cells["after"]].assign(rule=cells["kind"].map(rules))
    return cells.assign(reason=cells["rule"].map(lambda rule: CHANGE_RULES[rule][1]))[CHANGE_COLUMNS]


def _with_reasons(changes: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """The changes with `reason`: the ledger's for a correction, else the rule's."""
    ledger = pd.DataFrame(
        {
            "source_row": ledger_rows(corrections),
            "column": ledger_columns(corrections),
            "rule": "correction",
            "own": corrections["reason"],
        }
    )
    reasons = changes["rule"].map({rule: reason for rule, (_, reason) in CHANGE_RULES.items()})
    if not len(ledger):
        return changes.assign(reason=reasons)
    own = changes.merge(ledger, on=["source_row", "column", "rule"], how="left")["own"]
    return changes.assign(reason=own.where(own.notna(), reasons))


def repairs(changes: pd.DataFrame) -> pd.DataFrame:
    """The log's rows for cells of applications that now say something else than in the file.

    An empty cell merged with the one above says the same as there; decisions change no cell.
    """
    changed = (changes["before"] != changes["after"]) & (changes["source_row"] > 0).fillna(False)
    return changes[changed & (changes["rule"] != "merged_cell")]


def number_of_changed_cells(changes: pd.DataFrame) -> int:
    """How many cells the log says were changed, each once."""
    return len(repairs(changes).drop_duplicates(["source_row", "column"]))
