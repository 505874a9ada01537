"""What reading, cleaning and checking a table found, line by line, for a terminal."""

from collections.abc import Container, Iterable

import pandas as pd

from pilotlib.checking import by_cause
from pilotlib.cleaning import Cleaned, number_of_changed_cells, repairs
from pilotlib.columns import CORRECTION_COLUMNS
from pilotlib.report.told import in_words
from pilotlib.vocabulary import SEVERITIES, listed
from pilotlib.words import display_width


def findings(file: str, cleaned: Cleaned, problems: pd.DataFrame) -> list[str]:
    """Rows set aside, cells changed and decisions, problems, and the counts of all."""
    aside, changes = cleaned.set_aside, in_words(cleaned.changes)
    counts = "，".join(f"{title} {(problems['severity'] == name).sum()} 条" for name, title in SEVERITIES.items())
    merged = changes[cleaned.changes["rule"] == "merged_cell"]
    filled = merged.groupby(["column", "after"], sort=False)["source_row"].agg(listed)
    row = "第{source_row}行"
    return [
        *_lines("选用  {after}（{reason}）", changes[cleaned.changes["rule"] == "table_taken"]),
        *_lines("剔除  文件第{place}行（{reason}）：{text}", aside),
        *_lines("更正  表头“{before}”→“{after}”（{reason}）", changes[changes["source_row"] == 0]),
        *_lines(f"合并  {row}{{column}}：与上方合并为一格，同为“{{after}}”", filled.reset_index()),
        *_lines(f"更改  {row}{{column}}：“{{before}}”→“{{after}}”（{{rule}}）", in_words(repairs(cleaned.changes))),
        *_lines("{severity}  {message}", in_words(by_cause(problems))),
        f"{file}：申报 {len(cleaned.applications)} 行，剔除 {len(aside)} 行，"
        f"更改 {number_of_changed_cells(cleaned.changes)} 个单元格；{counts}。",
    ]


def _lines(form: str, table: pd.DataFrame) -> list[str]:
    """A line for each row, its cells put into the form."""
    return [form.format_map({str(name): cell for name, cell in row.items()}) for row in table.to_dict("records")]


def as_ledger(corrections: pd.DataFrame) -> str:
    """Corrections as lines of the ledger, ready to paste."""
    return corrections[list(CORRECTION_COLUMNS)].to_csv(index=False, header=False, lineterminator="\n").rstrip("\n")


def aligned(columns: Iterable[list[str]], figures: Container[int] = ()) -> list[str]:
    """Columns of texts, each from its heading down, as lines for a terminal: a Chinese character is two wide.

    `figures` are the places of the columns that are set to the right.
    """
    padded = []
    for place, column in enumerate(columns):
        widths = [display_width(text) for text in column]
        spaces = [" " * (max(widths) - width) for width in widths]
        pairs = zip(spaces, column, strict=True) if place in figures else zip(column, spaces, strict=True)
        padded.append(["".join(pair) for pair in pairs])
    return ["  ".join(row).rstrip() for row in zip(*padded, strict=True)]
