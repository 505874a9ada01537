"""The ledger `corrections.csv`: each entry is put in only where the table still holds what it expects to find."""

from typing import NamedTuple

import pandas as pd

from pilotlib.columns import CORRECTION_COLUMNS, column_named, title_of
from pilotlib.distinct import categories_of
from pilotlib.errors import PilotError
from pilotlib.reading.headers import ledger_rows

NO_CORRECTIONS = pd.DataFrame(columns=list(CORRECTION_COLUMNS), dtype=str)
ROWS_ARE_COUNTED = "行次从表头下第一行数起，不是表格软件左侧的行号。"


class Entry(NamedTuple):
    """An entry of the ledger: which cell, by row as written and by number, what it holds, what it becomes, and why."""

    row: str
    number: float
    column: str
    was: str
    becomes: str
    reason: str


def ledger_columns(corrections: pd.DataFrame) -> list[str]:
    """The names of the columns that the ledger names by name, title or alias; an unknown word stays as it is."""
    return [column_named(column) or column for column in corrections["column"]]


def apply_corrections(table: pd.DataFrame, corrections: pd.DataFrame, file: str = "申报表") -> pd.DataFrame:
    """Put in the ledger's corrections.

    Args:
        table: The applications' cells, `source_row` as index.
        corrections: The ledger without what it says of the header: `row, column, was, becomes, reason`, all text.
        file: The file's name, for messages.

    Raises:
        PilotError: a correction of a row or column that is not there, of a cell that holds something else, or
            without a reason, or a second correction of the same cell; every such entry is named.
    """
    if corrections.empty:
        return table
    rows, names = ledger_rows(corrections), ledger_columns(corrections)
    texts = [corrections[name].str.strip() for name in ("was", "becomes", "reason")]
    entries = [Entry(*fields) for fields in zip(corrections["row"], rows, names, *texts, strict=True)]
    repeated = pd.DataFrame({"row": rows, "column": names}).duplicated()
    faults = [
        f"corrections.csv 第 {place} 条：{fault}"
        for place, (entry, again) in enumerate(zip(entries, repeated, strict=True), start=1)
        if (fault := _fault(entry, again, table, file))
    ]
    if faults:
        raise PilotError(faults[0] if len(faults) == 1 else "\n".join([f"有 {len(faults)} 条更正不符：", *faults]))
    corrected = {name: table[name].to_numpy(dtype=object, copy=True) for name in dict.fromkeys(names)}
    for place, entry in zip(table.index.get_indexer(pd.Index(rows)), entries, strict=True):
        corrected[entry.column][place] = entry.becomes
    return table.assign(**{name: categories_of(pd.Series(cells)) for name, cells in corrected.items()})


def _fault(entry: Entry, again: bool, table: pd.DataFrame, file: str) -> str:
    """What is wrong with an entry of the ledger, as a sentence; "" if nothing is."""
    title = title_of(entry.column)
    where = f"{file} 第 {entry.row} 行“{title}”"
    if entry.column not in table:
        return f"{file} 没有“{title}”列。现有：{'、'.join(map(title_of, table.columns.astype(str)))}。"
    if entry.number not in table.index:
        return f"{file} 没有第 {entry.row} 行申报（或已作为合计、空行等剔除）。{ROWS_ARE_COUNTED}"
    if again:
        return f"{where}更正了两次。请合并为一条。"
    now = str(table.loc[int(entry.number), entry.column])
    if now != entry.was:
        return f"{where}现为“{now}”，不是“{entry.was}”。请核对后修改这条更正，或删去它。{ROWS_ARE_COUNTED}"
    return "" if entry.reason else f"{where}的更正没有写理由（reason）。请写明依据。"
