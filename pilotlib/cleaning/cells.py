"""The verbs of cleaning: each takes a table of text cells and returns a new one."""

import re
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from pilotlib.cleaning.words import (
    count_text,
    display_width,
    is_count,
    majors_beginning,
    normalised,
    split_majors,
)
from pilotlib.errors import PilotError
from pilotlib.values import by_value
from pilotlib.vocabulary import (
    COUNT_COLUMNS,
    MAJOR_SEPARATORS,
    SOURCE_COLUMNS,
    column_named,
    round_named,
    title_of,
)

# No column of a printed table is narrower than ten Chinese characters: a shorter cell was not cut off.
NARROWEST_COLUMN = 20
ROWS_ARE_COUNTED = "行次从表头下第一行数起，不是表格软件左侧的行号。"


def apply_corrections(table: pd.DataFrame, corrections: pd.DataFrame, file: str = "申报表") -> pd.DataFrame:
    """Put in the ledger's corrections, each only where the table still holds what the ledger says it holds.

    Raises:
        PilotError: a correction of a row or column that is not there, of a cell that holds something else, or
            without a reason, or a second correction of the same cell.
    """
    names = [column_named(column) or column for column in corrections["column"]]
    rows = table.index.get_indexer(ledger_rows(corrections))
    columns = table.columns.get_indexer(names)
    values = table.to_numpy(dtype=object, copy=True)
    faults = pd.DataFrame(
        {
            "number": range(1, len(corrections) + 1),
            "row": corrections["row"],
            "title": [title_of(name) for name in names],
            "was": corrections["was"].str.strip(),
            "held": np.where((rows >= 0) & (columns >= 0), values[rows, columns], None) if len(values) else None,
            "again": pd.MultiIndex.from_arrays([rows, columns]).duplicated(),
            "unfounded": corrections["reason"].str.strip() == "",
        }
    ).loc[
        lambda ledger: ledger["held"].isna() | (ledger["held"] != ledger["was"]) | ledger["again"] | ledger["unfounded"]
    ]
    if len(faults):
        number, row, title, was, held, again, unfounded = faults.iloc[0]
        entry = f"corrections.csv 第 {number} 条"
        where = f"{entry}：{file} 第 {row} 行“{title}”"
        if title not in {title_of(name) for name in table.columns}:
            raise PilotError(f"{entry}：{file} 没有“{title}”列。现有：{'、'.join(map(title_of, table.columns))}。")
        if pd.isna(held):
            raise PilotError(f"{entry}：{file} 没有第 {row} 行申报（或已作为合计、空行等剔除）。{ROWS_ARE_COUNTED}")
        if again:
            raise PilotError(f"{where}更正了两次。请合并为一条。")
        if unfounded and held == was:
            raise PilotError(f"{where}的更正没有写理由（reason）。请写明依据。")
        raise PilotError(f"{where}现为“{held}”，不是“{was}”。请核对后修改这条更正，或删去它。{ROWS_ARE_COUNTED}")
    values[rows, columns] = corrections["becomes"].str.strip()
    return pd.DataFrame(values, index=table.index, columns=table.columns, dtype=str)


def ledger_rows(corrections: pd.DataFrame) -> pd.Series:
    """The rows that the ledger names, as numbers (Excel likes to write 16.0); missing where it names none."""
    return pd.to_numeric(
        corrections["row"].where(corrections["row"].str.fullmatch(r"\s*\d+(\.0+)?\s*")), errors="coerce"
    )


def normalise_characters(table: pd.DataFrame) -> pd.DataFrame:
    """Write letters, digits and white space in one way in every cell of a source column."""
    return _map_columns(table, SOURCE_COLUMNS, normalised)


def name_rounds(table: pd.DataFrame) -> pd.DataFrame:
    """Give each round its standard name (第一批次 → 第一次)."""
    return _map_columns(table, ["application_round"], round_named)


def write_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Write counts as plain digits (1,234 and 1234人 → 1234); marks that mean "missing" become empty."""
    return _map_columns(table, COUNT_COLUMNS, count_text)


def blank_unreadable_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Empty the count cells that are still no whole number; the log keeps what they held."""
    return _map_columns(table, COUNT_COLUMNS, lambda text: text if is_count(text) else "")


def complete_majors(table: pd.DataFrame, known_majors: frozenset[str]) -> pd.DataFrame:
    """Complete the last major of a cut-off cell when exactly one known major begins that way."""
    cut = cut_off_majors(table, known_majors)

    def completed(text: str) -> str:
        last = (split_majors(text) or [""])[-1]
        (full,) = fulls if len(fulls := majors_beginning(last, known_majors)) == 1 else (last,)
        return text.removesuffix(last) + full

    return table.assign(majors=table["majors"].mask(cut, by_value(table["majors"], completed)))


def cut_off_certificates(certificates: pd.Series, has_level: pd.Series) -> pd.Series:
    """Which certificate cells are cut off: an open bracket, or no level where the column's width ends.

    The second sign counts only where other rows have levels; `has_level` says which, in the name or beside it.
    """
    closed = certificates.str.endswith((")", "）"))
    open_bracket = by_value(certificates, lambda text: len(re.findall("[（(]", text)) > len(re.findall("[）)]", text)))
    return open_bracket.astype(bool) | (~has_level & ~closed & has_level.any() & _at_full_width(certificates))


def cut_off_majors(table: pd.DataFrame, known_majors: frozenset[str]) -> pd.Series:
    """Which major cells are cut off: they fill the column's width and end in a separator or a part of a known major."""

    def ends_early(text: str) -> bool:
        majors = split_majors(text)
        return bool(majors) and bool(MAJOR_SEPARATORS.search(text[-1]) or majors_beginning(majors[-1], known_majors))

    return by_value(table["majors"], ends_early).astype(bool) & _at_full_width(table["majors"])


def _at_full_width(column: pd.Series) -> pd.Series:
    """Which cells are as wide as the widest one, give or take a character: where a column's width would cut."""
    widths = by_value(column, display_width).astype(int)
    return (widths >= widths.max() - 1) & (widths >= NARROWEST_COLUMN)


def _map_columns(table: pd.DataFrame, columns: Iterable[str], function: Callable[[str], str]) -> pd.DataFrame:
    return table.assign(**{name: by_value(table[name], function).astype(str) for name in columns if name in table})
