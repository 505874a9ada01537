"""The log of cleaning: every cell changed with its reason, and every decision that no cell shows."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from pilotlib.columns import COUNT_COLUMNS, column_named
from pilotlib.distinct import differ
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
# What filling a merged cell did, as in `reading.merged.Filled` → the rule.
FILLING_RULES = {"repeated": "merged_cell", "hidden": "merged_hidden", "joined": "merged_row", "once": "merged_count"}
CHANGE_COLUMNS = ["source_row", "column", "before", "after", "rule", "reason"]
NO_CHANGES = pd.DataFrame(columns=CHANGE_COLUMNS[:-1], dtype=str).astype({"source_row": "int64"})
Verb = Callable[[pd.DataFrame], pd.DataFrame]


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
                texts = {"before": before[name].array[rows].astype(str), "after": table[name].array[rows].astype(str)}
                changes.append(pd.DataFrame({"source_row": table.index[rows], "column": name, **texts, "rule": rule}))
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

    Args:
        changes: As `apply_logged` returns them.
        ledger: As `ledger_of` returns it.
        piece: The whole table.
        names: The names of its columns.
        applications: The numbers of the rows that are applications.

    Returns:
        In order of rows; for one cell what was decided comes first, then what filling merged cells changed, then
        the changes in the order of the verbs. What concerns the whole table has no row, and the header is row 0.
    """
    taken, why, places = piece.origin.taken, piece.origin.why, piece.origin.hidden
    hidden = applications[piece.cells.index[applications - piece.first].isin(places)]
    entries = ledger.assign(source_row=ledger["number"], column=ledger["name"], rule="correction")
    header = entries[entries["number"] == 0].rename(columns={"was": "before", "becomes": "after"})
    once, filled = _filled_cells(piece, names, applications)
    parts = [
        pd.DataFrame([{"after": taken, "rule": "table_taken", "reason": why}] if taken else []),
        header.assign(column=header["after"].map(column_named)),
        once,
        pd.DataFrame({"source_row": hidden, "rule": "row_hidden"}),
        filled,
        changes.merge(entries[["source_row", "column", "rule", "reason"]], "left") if len(entries) else changes,
    ]
    log = pd.concat([part for part in parts if len(part)] or [NO_CHANGES]).reindex(columns=CHANGE_COLUMNS)
    reasons = log["rule"].map({rule: reason for rule, (_, reason) in CHANGE_RULES.items()})
    log["reason"] = log["reason"].where(log["reason"].notna(), reasons)
    log = log.fillna({"column": "", "before": "", "after": ""})
    log = log.astype(dict.fromkeys(CHANGE_COLUMNS, "str") | {"source_row": "Int64"})
    return log.sort_values("source_row", kind="stable", na_position="first", ignore_index=True)


def _filled_cells(
    piece: Piece, names: Sequence[str | None], applications: pd.Index
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The counts that a merged cell gave once for all its rows, and what filling changed beyond white space."""
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
    return counts.assign(reason=told, before="", after=""), filled[~once & (filled["before"] != filled["after"])]


def repairs(changes: pd.DataFrame) -> pd.DataFrame:
    """The log's rows for cells of applications that now say something else than in the file.

    An empty cell merged with the one above says the same as there; decisions change no cell.
    """
    changed = (changes["before"] != changes["after"]) & (changes["source_row"] > 0).fillna(False)
    return changes[changed & (changes["rule"] != "merged_cell")]


def number_of_changed_cells(changes: pd.DataFrame) -> int:
    """How many cells the log says were changed, each once."""
    return len(repairs(changes).drop_duplicates(["source_row", "column"]))
