"""The ledger of corrections, and the log: every cell changed, and every decision that no cell shows."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pilotlib.columns import COUNT_COLUMNS, column_named, title_of
from pilotlib.distinct import categories_of, differ
from pilotlib.errors import PilotError
from pilotlib.reading.headers import ledger_rows
from pilotlib.reading.pieces import Piece

# Rule → title, reason. A correction's reason is in the ledger.
CHANGE_RULES = {
    "table_taken": ("选用的表", ""),
    "merged_cell": ("合并单元格", "与上方合并为一格，各行内容相同"),
    "merged_hidden": ("合并盖住的内容", "被上方的合并单元格盖住，表中看不见，以看得见的为准"),
    "merged_row": ("合并的行", "一项申报合并为一格，专业分行填写；各行的专业与学生数合在第一行"),
    "merged_count": ("合并的人数", "与上方合并为一格，人数只给了一次，不拆分到各行"),
    "row_hidden": ("隐藏的行", "在收到的文件中是隐藏的，照常计入申报"),
    "correction": ("人工更正", ""),
    "characters": ("统一字符", "全角字母数字、兼容字符与多余空白改为通用写法"),
    "round_alias": ("统一批次名称", "同一批次的不同叫法"),
    "count_format": ("统一数字写法", "去掉千分位、单位与缺失标记"),
    "count_unreadable": ("不是整数", "内容无法读成整数，按缺失处理"),
    "major_completed": ("补全专业名称", "单元格被列宽截断，已知专业中只有一个以此开头"),
}
# What filling a merged cell did, as in `reading.grids.fill_merged` → the rule.
FILLING_RULES = {"repeated": "merged_cell", "hidden": "merged_hidden", "joined": "merged_row", "once": "merged_count"}
ROWS_ARE_COUNTED = "行次从表头下第一行数起，不是表格软件左侧的行号。"
CHANGE_COLUMNS = ["source_row", "column", "before", "after", "rule", "reason"]
NO_CHANGES = pd.DataFrame(columns=CHANGE_COLUMNS[:-1], dtype=str).astype({"source_row": "int64"})
Verb = Callable[[pd.DataFrame], pd.DataFrame]


def ledger_of(corrections: pd.DataFrame) -> pd.DataFrame:
    """The ledger `row, column, was, becomes, reason`, with what its entries mean.

    `entry` counts them from 1; `number` is the row's, 0 the header's, missing where none is named; `name` is the
    name of the column, which is given by name, title or alias; an unknown word as it is.
    """
    texts = {name: corrections[name].str.strip() for name in ("was", "becomes", "reason")}
    names = pd.Series([column_named(word) or word for word in corrections["column"]], corrections.index, str)
    entries = range(1, len(corrections) + 1)
    return corrections.assign(**texts, entry=entries, number=ledger_rows(corrections), name=names)


def apply_corrections(table: pd.DataFrame, ledger: pd.DataFrame, file: str = "申报表") -> pd.DataFrame:
    """Put in what the ledger (as `ledger_of` returns it) says of cells, where they hold what it expects.

    Raises:
        PilotError: a correction of a row or column that is not there, of a cell that holds something else, or
            without a reason, or a second correction of the same cell; every such entry is named.
    """
    entries = ledger[ledger["number"] != 0]
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


def apply_logged(table: pd.DataFrame, verbs: Iterable[tuple[str, Verb]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table after some verbs, each under its rule, and every cell that they changed: nothing changes unrecorded.

    Returns:
        The table, and the changes in the order of the verbs: `source_row, column, before, after, rule`.
    """
    changes = [NO_CHANGES]
    for rule, verb in verbs:
        before, table = table, verb(table)
        for name in before:
            rows = np.flatnonzero(differ(before[name], table[name]))
            if len(rows):
                versions = {"before": before[name], "after": table[name]}
                texts = {version: cells.array[rows].astype(str) for version, cells in versions.items()}
                of_column = {"source_row": table.index[rows], "column": name} | texts | {"rule": rule}
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
    """The log of a whole table: `source_row, column, before, after, rule, reason`.

    In order of rows; of one row what was decided, then what filling merged cells changed, then the changes in
    the order of the verbs. What concerns the whole table has no row, and the header is row 0.

    Args:
        changes: As `apply_logged` returns them.
        ledger: As `ledger_of` returns it.
        piece: The whole table.
        names: The names of its columns.
        applications: The numbers of the rows that are applications.
    """
    origin = piece.origin
    taken = {"after": origin.taken, "rule": "table_taken", "reason": origin.why}
    hidden = applications[piece.cells.index[applications - piece.first].isin(origin.hidden)]
    entries = ledger.assign(source_row=ledger["number"], column=ledger["name"], rule="correction")
    header = entries[entries["number"] == 0].rename(columns={"was": "before", "becomes": "after"})
    once, filled = _filled_cells(piece, names, applications)
    parts = [
        pd.DataFrame([taken] if origin.taken else []),
        header.assign(column=header["after"].map(column_named)),
        once,
        pd.DataFrame({"source_row": hidden, "rule": "row_hidden"}),
        filled,
        changes.merge(entries[[*CHANGE_COLUMNS[:2], "rule", "reason"]], "left") if len(entries) else changes,
    ]
    table = (
        pd.concat([part for part in parts if len(part)] or [NO_CHANGES]).reindex(columns=CHANGE_COLUMNS).astype(object)
    )
    reasons = table["rule"].map({rule: reason for rule, (_, reason) in CHANGE_RULES.items()})
    table["reason"] = table["reason"].where(table["reason"].notna(), reasons)
    table = table.fillna({"column": "", "before": "", "after": ""})
    table = table.astype(dict.fromkeys(CHANGE_COLUMNS, "str") | {"source_row": "Int64"})
    return table.sort_values("source_row", kind="stable", na_position="first", ignore_index=True)


def repairs(changes: pd.DataFrame) -> pd.DataFrame:
    """The log's rows for cells of applications that now say something else than in the file.

    An empty cell merged with the one above says the same as there; decisions change no cell.
    """
    changed = (changes["before"] != changes["after"]) & (changes["source_row"] > 0).fillna(False)
    return changes[changed & (changes["rule"] != "merged_cell")]


def number_of_changed_cells(changes: pd.DataFrame) -> int:
    """How many cells the log says were changed, each once."""
    return len(repairs(changes).drop_duplicates(["source_row", "column"]))


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


def _filled_cells(
    piece: Piece, names: Sequence[str | None], applications: pd.Index
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The counts that a merged cell gave once for its rows, and what filling changed beyond white space."""
    filled = piece.origin.filled
    if filled.empty:
        return filled, filled
    filled = filled.assign(
        source_row=filled["place"].map(pd.Series(piece.rows, piece.cells.index)),
        column=filled["position"].map(dict(enumerate(names))),
        rule=filled["kind"].map(FILLING_RULES),
        before=filled["before"].str.strip(),
        after=filled["after"].str.strip(),
    )
    filled = filled[filled["source_row"].isin(applications) & filled["column"].notna()]
    once = filled["kind"] == "once"
    counts = filled[once & filled["column"].isin(COUNT_COLUMNS)]
    told = f"{CHANGE_RULES['merged_count'][1]}（" + counts["before"] + "）"
    changed = ~once & (filled["before"] != filled["after"])
    return counts.assign(reason=told, before="", after=""), filled[changed]
