"""The ledger of corrections, and the log: every cell changed, and every decision that no cell shows."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pilotlib.cleaning.rows import Piece
from pilotlib.cleaning.verbs import Verb
from pilotlib.columns import column_named, title_of
from pilotlib.distinct import categories_of, differ
from pilotlib.errors import PilotError
from pilotlib.project import ledger_beside
from pilotlib.reading.headers import Header, ledger_rows
from pilotlib.vocabulary import registry

CHANGE_RULES = registry(__file__, "rules.toml")
ROWS_ARE_COUNTED = "行次从表头下第一行数起，不是表格软件左侧的行号。"
CHANGE_COLUMNS = ["source_row", "column", "before", "after", "rule", "reason"]
NO_CHANGES = pd.DataFrame(columns=CHANGE_COLUMNS[:-1], dtype=str).astype({"source_row": "int64"})


def ledger_of(corrections: pd.DataFrame, header: Header) -> pd.DataFrame:
    """The ledger `row, column, was, becomes, reason`, with what its entries mean.

    `entry` counts them from 1; `source_row` is the row's number, 0 the header's, missing where none is named;
    `column` becomes the column's name, given by name, title, alias or as the file's header has it; an unknown word
    stays as it is.
    """
    texts = {name: corrections[name].str.strip() for name in ("was", "becomes", "reason")}
    own = dict(zip(header.lines[-1] if header.lines else [], header.names, strict=False))
    known = [column_named(word) or own.get(word.strip()) or word for word in corrections["column"]]
    names = pd.Series(known, corrections.index, str)
    rows, entries = ledger_rows(corrections), range(1, len(corrections) + 1)
    return corrections.assign(**texts, column=names, entry=entries, source_row=rows, rule="correction")


def apply_corrections(table: pd.DataFrame, ledger: pd.DataFrame, file: str = "申报表") -> pd.DataFrame:
    """Put in what the ledger (as `ledger_of` returns it) says of cells, where they hold what it expects.

    PilotError names each entry for a row or column that is not there, a cell that holds something else, without
    a reason, or the second for a cell.
    """
    entries = ledger[ledger["source_row"] != 0]
    entries = entries.assign(again=entries.duplicated(["source_row", "column"]))
    faults = [fault for entry in entries.itertuples() if (fault := _fault(entry, table, file))]
    if faults:
        raise PilotError(faults[0] if len(faults) == 1 else "\n".join([f"有 {len(faults)} 条更正不符：", *faults]))
    columns = {name: table[name].astype(object) for name in entries["column"]}
    for name, of_column in entries.groupby("column"):
        columns[name].loc[of_column["source_row"]] = of_column["becomes"].to_numpy()
    return table.assign(**{name: categories_of(cells) for name, cells in columns.items()})


def apply_logged(table: pd.DataFrame, verbs: Iterable[tuple[str, Verb]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table after some verbs, and what they changed in order: `source_row, column, before, after, rule`."""
    changes = [NO_CHANGES]
    for rule, verb in verbs:
        before, table = table, verb(table)
        for name in before:
            changed = differ(before[name], table[name])
            if changed.any():
                texts = {"before": before[name][changed].astype(str), "after": table[name][changed].astype(str)}
                of_column = {"source_row": table.index[changed], "column": name, **texts, "rule": rule}
                changes.append(pd.DataFrame(of_column))
    return table, pd.concat(changes, ignore_index=True)


def apply_counted(table: pd.DataFrame, verbs: Iterable[tuple[str, Verb]]) -> tuple[pd.DataFrame, pd.Series]:
    """The table after some verbs, as `apply_logged`, and for every row the number of its cells that they changed."""
    changed = {name: np.zeros(len(table), bool) for name in table}
    for _, verb in verbs:
        before, table = table, verb(table)
        changed = {name: flags | differ(before[name], table[name]) for name, flags in changed.items()}
    return table, pd.DataFrame(changed, index=table.index).sum(axis="columns")


def log_of(
    changes: pd.DataFrame, ledger: pd.DataFrame, piece: Piece, names: Sequence[str | None], applications: pd.Index
) -> pd.DataFrame:
    """The log of a whole table (CHANGE_COLUMNS), of what `apply_logged` and `ledger_of` return, by rows.

    Of one row what was decided, then what filling merged cells changed, then what the verbs changed, in order.
    What concerns the whole table has no row, the header is row 0. `applications` are the numbers of their rows.
    """
    header = ledger[ledger["source_row"] == 0].rename(columns={"was": "before", "becomes": "after"})
    was, becomes = piece.header.understood or ("", "")
    understood = {"rule": "header_understood", "before": was, "after": becomes}
    steps = piece.origin.steps
    steps = steps.assign(
        source_row=steps["place"].map(pd.Series(piece.rows, piece.cells.index)),
        column=steps["position"].map(dict(enumerate(names))),
        **{version: steps[version].str.strip() for version in ("before", "after")},
    )
    decided = steps["position"].isna() | (steps["rule"] == "merged_count")
    concerns = steps["place"].isna() | steps["source_row"].isin(applications)
    done = ~decided & steps["column"].notna() & (steps["before"] != steps["after"])
    parts = [
        steps[decided & concerns],
        header.assign(column=header["after"].map(column_named)),
        pd.DataFrame([{"source_row": 0, "column": column_named(becomes), **understood}] if becomes else []),
        steps[done & concerns],
        changes.merge(ledger[["source_row", "column", "rule", "reason"]], "left") if len(ledger) else changes,
    ]
    table = pd.concat([part for part in parts if len(part)] or [NO_CHANGES], ignore_index=True)
    table = table.reindex(columns=CHANGE_COLUMNS).astype(object)
    table = table.fillna(dict.fromkeys(["reason", "column", "before", "after"], ""))
    table["reason"] = (
        table["rule"].map({rule: entry["reason"] for rule, entry in CHANGE_RULES.items()}) + table["reason"]
    )
    table = table.astype(dict.fromkeys(CHANGE_COLUMNS, "str") | {"source_row": "Int64"})
    return table.sort_values("source_row", kind="stable", na_position="first", ignore_index=True)


def repairs(changes: pd.DataFrame) -> pd.DataFrame:
    """The log's rows for cells that say something else than the file; one merged with that above does not."""
    changed = (changes["before"] != changes["after"]) & (changes["source_row"] > 0).fillna(False)
    return changes[changed & (changes["rule"] != "merged_cell")]


def number_of_changed_cells(changes: pd.DataFrame) -> int:
    """How many cells the log says were changed, each once."""
    return len(repairs(changes).drop_duplicates(["source_row", "column"]))


def _fault(entry: Any, table: pd.DataFrame, file: str) -> str:
    """What is wrong with an entry of the ledger, as a sentence; "" if nothing is."""
    title, file = title_of(entry.column), f"{ledger_beside(file)} 第 {entry.entry} 条：{file}"
    where = f"{file} 第 {entry.row} 行“{title}”"
    if entry.column not in table:
        return f"{file} 没有“{title}”列。现有：{'、'.join(map(title_of, table.columns.astype(str)))}。"
    if entry.source_row not in table.index:
        return f"{file} 没有第 {entry.row} 行，或它是合计、空行一类剔除的行，只能在原表中改好。{ROWS_ARE_COUNTED}"
    if entry.again:
        return f"{where}更正了两次。请合并为一条。"
    now = str(table.loc[int(entry.source_row), entry.column])
    if now != entry.was:
        return f"{where}现为“{now}”，不是“{entry.was}”。请核对后修改这条更正，或删去它。{ROWS_ARE_COUNTED}"
    return "" if entry.reason else f"{where}的更正没有写理由（reason）。请写明依据。"
