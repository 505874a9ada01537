"""The log of cleaning: every cell changed with its reason, and every decision that no cell shows."""

import pandas as pd

from pilotlib.cleaning.cells import ledger_rows
from pilotlib.cleaning.rules import CHANGE_RULES
from pilotlib.reading.tables import Origin
from pilotlib.vocabulary import COUNT_COLUMNS, column_named

CHANGE_COLUMNS = ["source_row", "column", "before", "after", "rule", "reason"]


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


def with_reasons(changes: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Add to each logged change why it was made: the ledger's reason, else the rule's."""
    names = [column_named(column) or column for column in corrections["column"]]
    cells = pd.MultiIndex.from_arrays([ledger_rows(corrections), names])
    ledger = pd.Series(corrections["reason"].to_list(), index=cells, dtype=str)
    from_ledger = ledger.reindex(pd.MultiIndex.from_frame(changes[["source_row", "column"]])).to_numpy()
    of_rule = changes["rule"].map({rule: reason for rule, (_, reason) in CHANGE_RULES.items()})
    reasons = of_rule.where(changes["rule"] != "correction", from_ledger)
    return changes.assign(reason=reasons.astype(str))[CHANGE_COLUMNS]


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
