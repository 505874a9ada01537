"""The ledger `corrections.csv`: each entry is put in only where the table still holds what it expects to find."""

from typing import Any

import pandas as pd

from pilotlib.columns import CORRECTION_COLUMNS, column_named, title_of
from pilotlib.distinct import categories_of
from pilotlib.errors import PilotError
from pilotlib.reading.headers import ledger_rows

NO_CORRECTIONS = pd.DataFrame(columns=list(CORRECTION_COLUMNS), dtype=str)
ROWS_ARE_COUNTED = "行次从表头下第一行数起，不是表格软件左侧的行号。"


def ledger_of(corrections: pd.DataFrame) -> pd.DataFrame:
    """The ledger `row, column, was, becomes, reason`, with what its entries mean.

    `entry` counts them from 1; `number` is the row's number, 0 the header's, missing where none is named; `name` is the
    name of the column, which is given by name, title or alias; an unknown word as it is.
    """
    texts = {name: corrections[name].str.strip() for name in ("was", "becomes", "reason")}
    names = pd.Series([column_named(word) or word for word in corrections["column"]], corrections.index, str)
    entries = range(1, len(corrections) + 1)
    return corrections.assign(**texts, entry=entries, number=ledger_rows(corrections), name=names)


def apply_corrections(table: pd.DataFrame, ledger: pd.DataFrame, file: str = "申报表") -> pd.DataFrame:
    """Put in what the ledger says of cells.

    Args:
        table: The applications' cells, `source_row` as index.
        ledger: As `ledger_of` returns it.
        file: The file's name, for messages.

    Raises:
        PilotError: a correction of a row or column that is not there, of a cell that holds something else, or
            without a reason, or a second correction of the same cell; every such entry is named.
    """
    entries = ledger[ledger["number"] != 0]
    if entries.empty:
        return table
    entries = entries.assign(again=entries.duplicated(["number", "name"]))
    faults = [
        f"corrections.csv 第 {entry.entry} 条：{fault}"
        for entry in entries.itertuples()
        if (fault := _fault(entry, table, file))
    ]
    if faults:
        raise PilotError(faults[0] if len(faults) == 1 else "\n".join([f"有 {len(faults)} 条更正不符：", *faults]))
    corrected = {}
    for name in entries["name"].unique():
        of_column = entries[entries["name"] == name]
        cells = table[name].astype(object)
        cells.loc[of_column["number"]] = of_column["becomes"].to_numpy()
        corrected[name] = categories_of(cells)
    return table.assign(**corrected)


def _fault(entry: Any, table: pd.DataFrame, file: str) -> str:
    """What is wrong with an entry of the ledger, as a sentence; "" if nothing is."""
    title = title_of(entry.name)
    where = f"{file} 第 {entry.row} 行“{title}”"
    if entry.name not in table:
        return f"{file} 没有“{title}”列。现有：{'、'.join(map(title_of, table.columns.astype(str)))}。"
    if entry.number not in table.index:
        return f"{file} 没有第 {entry.row} 行申报（或已作为合计、空行等剔除）。{ROWS_ARE_COUNTED}"
    if entry.again:
        return f"{where}更正了两次。请合并为一条。"
    now = str(table.loc[int(entry.number), entry.name])
    if now != entry.was:
        return f"{where}现为“{now}”，不是“{entry.was}”。请核对后修改这条更正，或删去它。{ROWS_ARE_COUNTED}"
    return "" if entry.reason else f"{where}的更正没有写理由（reason）。请写明依据。"
