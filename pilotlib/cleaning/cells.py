"""The verbs of cleaning: each takes a table of coded text and returns a new one, touching no row but a correction's."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

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
from pilotlib.coded import Coded, Table, looked_up, mapped
from pilotlib.columns import COUNT_COLUMNS, SOURCE_COLUMNS, column_named, title_of
from pilotlib.errors import PilotError
from pilotlib.vocabulary import MAJOR_SEPARATORS, round_named

# No column of a printed table is narrower than ten Chinese characters: a shorter cell was not cut off.
NARROWEST_COLUMN = 20
ROWS_ARE_COUNTED = "行次从表头下第一行数起，不是表格软件左侧的行号。"


def apply_corrections(table: Table, rows: np.ndarray, corrections: pd.DataFrame, file: str = "申报表") -> Table:
    """Put in the ledger's corrections, each only where the table still holds what the ledger says it holds.

    Args:
        table: The applications.
        rows: Their `source_row`.
        corrections: The ledger.
        file: The file's name, for messages.

    Raises:
        PilotError: a correction of a row or column that is not there, of a cell that holds something else, or
            without a reason, or a second correction of the same cell.
    """
    if corrections.empty:
        return table
    names = [column_named(column) or column for column in corrections["column"]]
    places = pd.Index(rows).get_indexer(ledger_rows(corrections))
    faults = pd.DataFrame(
        {
            "number": range(1, len(corrections) + 1),
            "row": corrections["row"],
            "title": [title_of(name) for name in names],
            "was": corrections["was"].str.strip(),
            "held": [
                table[name].words[table[name].codes[place]] if place >= 0 and name in table else None
                for place, name in zip(places, names, strict=True)
            ],
            "again": pd.MultiIndex.from_arrays([places, names]).duplicated(),
            "unfounded": corrections["reason"].str.strip() == "",
        }
    ).loc[
        lambda ledger: ledger["held"].isna() | (ledger["held"] != ledger["was"]) | ledger["again"] | ledger["unfounded"]
    ]
    if len(faults):
        number, row, title, was, held, again, unfounded = faults.iloc[0]
        entry = f"corrections.csv 第 {number} 条"
        where = f"{entry}：{file} 第 {row} 行“{title}”"
        if title not in {title_of(name) for name in table}:
            raise PilotError(f"{entry}：{file} 没有“{title}”列。现有：{'、'.join(map(title_of, table))}。")
        if pd.isna(held):
            raise PilotError(f"{entry}：{file} 没有第 {row} 行申报（或已作为合计、空行等剔除）。{ROWS_ARE_COUNTED}")
        if again:
            raise PilotError(f"{where}更正了两次。请合并为一条。")
        if unfounded and held == was:
            raise PilotError(f"{where}的更正没有写理由（reason）。请写明依据。")
        raise PilotError(f"{where}现为“{held}”，不是“{was}”。请核对后修改这条更正，或删去它。{ROWS_ARE_COUNTED}")
    corrected = dict(table)
    for name in dict.fromkeys(names):
        of_column = np.array([other == name for other in names])
        becomes = corrections["becomes"][of_column].str.strip().to_list()
        codes, words = table[name].codes.copy(), table[name].words
        codes[places[of_column]] = range(len(words), len(words) + len(becomes))
        corrected[name] = Coded(codes, words + becomes)
    return corrected


def ledger_rows(corrections: pd.DataFrame) -> pd.Series:
    """The rows that the ledger names, as numbers (Excel likes to write 16.0); missing where it names none."""
    return pd.to_numeric(
        corrections["row"].where(corrections["row"].str.fullmatch(r"\s*\d+(\.0+)?\s*")), errors="coerce"
    )


def normalise_characters(table: Table) -> Table:
    """Write letters, digits and white space in one way in every cell of a source column."""
    return _map_columns(table, SOURCE_COLUMNS, normalised)


def name_rounds(table: Table) -> Table:
    """Give each round its standard name (第一批次 → 第一次)."""
    return _map_columns(table, ["application_round"], round_named)


def write_counts(table: Table) -> Table:
    """Write counts as plain digits (1,234 and 1234人 → 1234); marks that mean "missing" become empty."""
    return _map_columns(table, COUNT_COLUMNS, count_text)


def blank_unreadable_counts(table: Table) -> Table:
    """Empty the count cells that are still no whole number; the log keeps what they held."""
    return _map_columns(table, COUNT_COLUMNS, lambda text: text if is_count(text) else "")


def complete_majors(table: Table, known_majors: frozenset[str], widest: int | None = None) -> Table:
    """Complete the last major of a cut-off cell when exactly one known major begins that way.

    `widest` is the width of the column's widest cell where this table is a part of a larger one.
    """
    if not known_majors:
        return table

    def completed(text: str) -> str:
        last = (split_majors(text) or [""])[-1]
        fulls = majors_beginning(last, known_majors)
        # A separator at the end says that the last major is whole, and that another is cut off altogether.
        return text.removesuffix(last) + fulls[0] if len(fulls) == 1 and text.endswith(last) else text

    width = widest_of(table["majors"]) if widest is None else widest
    return _map_columns(
        table, ["majors"], lambda text: completed(text) if _cut_majors(text, known_majors, width) else text
    )


def cut_off_certificates(
    certificates: Coded, has_level: np.ndarray, any_level: bool | None = None, widest: int | None = None
) -> np.ndarray:
    """Which certificate cells are cut off: an open bracket, or no level where the column's width ends.

    The second sign counts only where other rows have levels; `has_level` says which, in the name or beside it.
    `any_level` and `widest` say it for the whole table where these cells are a part of it.
    """
    any_level = bool(has_level.any()) if any_level is None else any_level
    width = widest_of(certificates) if widest is None else widest
    open_bracket = looked_up(certificates, _opens_a_bracket)
    ends_there = looked_up(certificates, lambda text: not text.endswith((")", "）")) and _at_full_width(text, width))
    return open_bracket | (~has_level & ends_there & any_level)


def cut_off_majors(majors: Coded, known_majors: frozenset[str], widest: int | None = None) -> np.ndarray:
    """Which major cells are cut off: they fill the column's width and end in a separator or a part of a known major."""
    width = widest_of(majors) if widest is None else widest
    return looked_up(majors, lambda text: _cut_majors(text, known_majors, width))


def widest_of(column: Coded) -> int:
    """The width of the widest cell."""
    return int(looked_up(column, display_width, int).max(initial=0))


@lru_cache(2**16)
def _opens_a_bracket(text: str) -> bool:
    return len(re.findall("[（(]", text)) > len(re.findall("[）)]", text))


def _cut_majors(text: str, known_majors: frozenset[str], widest: int) -> bool:
    majors = split_majors(text) if _at_full_width(text, widest) else []
    return bool(majors) and bool(MAJOR_SEPARATORS.search(text[-1]) or majors_beginning(majors[-1], known_majors))


def _at_full_width(text: str, widest: int) -> bool:
    """Whether a cell is as wide as the widest one, give or take a character: where a column's width would cut."""
    return display_width(text) >= max(widest - 1, NARROWEST_COLUMN)


def _map_columns(table: Table, columns: Iterable[str], function: Callable[[str], str]) -> Table:
    return table | {name: mapped(table[name], function) for name in columns if name in table}
