"""The verbs of cleaning: each takes a table of text cells and returns a new one, `table.pipe(name_rounds)`.

A table has a row per application, its `source_row` as index, and columns named as in `columns.SOURCE_COLUMNS`, all of
text. Verbs change cells and nothing else: no row goes, comes or moves. With them: which cells their column cut off.
"""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from pilotlib.columns import COUNT_COLUMNS, SOURCE_COLUMNS, source_columns
from pilotlib.distinct import asked_of_each, differ, each_value
from pilotlib.vocabulary import MAJOR_SEPARATORS, round_named
from pilotlib.words import count_text, display_width, is_count, majors_beginning, normalised, split_majors

# No column of a printed table is narrower than ten Chinese characters: a shorter cell was not cut off.
NARROWEST_COLUMN = 20


def strip_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Take the white space around every cell away."""
    return _with_each(table, table.columns, str.strip)


def normalise_characters(table: pd.DataFrame) -> pd.DataFrame:
    """Write letters, digits and white space in one way in every cell of a source column."""
    return _with_each(table, SOURCE_COLUMNS, normalised)


def name_rounds(table: pd.DataFrame) -> pd.DataFrame:
    """Give each round its standard name.

    >>> pd.DataFrame({"application_round": ["第一批次"]}).pipe(name_rounds)["application_round"].to_list()
    ['第一次']
    """
    return _with_each(table, source_columns("round"), round_named)


def write_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Write counts as plain digits; marks that mean "missing" become empty.

    >>> pd.DataFrame({"students": ["1,234", "50人", "—"]}).pipe(write_counts)["students"].to_list()
    ['1234', '50', '']
    """
    return _with_each(table, COUNT_COLUMNS, count_text)


def blank_unreadable_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Empty the count cells that are still no whole number; the log keeps what they held."""
    return _with_each(table, COUNT_COLUMNS, lambda text: text if is_count(text) else "")


def complete_majors(table: pd.DataFrame, known_majors: frozenset[str]) -> pd.DataFrame:
    """Complete the last major of a cut-off cell when exactly one known major begins that way."""
    width = _widest(table["majors"])

    def completed(text: str) -> str:
        last = (split_majors(text) or [""])[-1]
        fulls = majors_beginning(last, known_majors) if _fills(text, width) else []
        # A separator at the end says that the last major is whole, and that another is cut off altogether.
        return text.removesuffix(last) + fulls[0] if len(fulls) == 1 and text.endswith(last) else text

    return _with_each(table, ["majors"], completed)


# What is done to the cells of every table, in order, each under its rule.
VERBS = (
    ("characters", normalise_characters),
    ("round_alias", name_rounds),
    ("count_format", write_counts),
    ("count_unreadable", blank_unreadable_counts),
)


def cut_off_certificates(certificates: pd.Series, has_level: np.ndarray) -> np.ndarray:
    """Which certificate cells are cut off: an open bracket, or no level where the column's width ends.

    The second sign counts only where other rows have levels; `has_level` says which, in the name or beside it.
    """
    width = _widest(certificates)
    open_bracket = asked_of_each(certificates, lambda text: _number_of("（(", text) > _number_of("）)", text))
    ends_there = asked_of_each(certificates, lambda text: not text.endswith((")", "）")) and _fills(text, width))
    return open_bracket | (~has_level & ends_there & has_level.any())


def cut_off_majors(majors: pd.Series, known_majors: frozenset[str]) -> np.ndarray:
    """Which major cells are cut off: they fill the column's width and end in a separator or a part of a known major."""
    width = _widest(majors)

    def is_cut(text: str) -> bool:
        names = split_majors(text) if _fills(text, width) else []
        return bool(names and (MAJOR_SEPARATORS.search(text[-1]) or majors_beginning(names[-1], known_majors)))

    return asked_of_each(majors, is_cut)


def lengthened(given: pd.Series, now: pd.Series) -> np.ndarray:
    """Cells of which more is known than stood in the table: whoever corrected them took them for cut off."""
    flags = differ(given, now)
    flags[flags] = [new.startswith(old) and old != "" for old, new in zip(given[flags], now[flags], strict=True)]
    return flags


def _with_each(table: pd.DataFrame, columns: Iterable[str], rule: Callable[[str], str]) -> pd.DataFrame:
    return table.assign(**{name: each_value(table[name], rule) for name in columns if name in table})


def _widest(column: pd.Series) -> int:
    return int(asked_of_each(column, display_width, int).max(initial=0))


def _fills(text: str, width: int) -> bool:
    """Whether a cell is as wide as the widest one, give or take a character: where a column's width would cut."""
    return display_width(text) >= max(width - 1, NARROWEST_COLUMN)


def _number_of(marks: str, text: str) -> int:
    return sum(map(text.count, marks))
