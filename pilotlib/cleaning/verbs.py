"""The verbs of cleaning: each takes a table of text cells and returns a new one, `table.pipe(name_rounds)`.

A table has a row per application, its `source_row` as index, and columns named as in `columns.SOURCE_COLUMNS`, all of
text. Verbs change cells and nothing else: no row goes, comes or moves.
"""

from collections.abc import Callable, Iterable

import pandas as pd

from pilotlib.cleaning.cut_off import cut_majors, widest
from pilotlib.columns import COUNT_COLUMNS, SOURCE_COLUMNS, source_columns
from pilotlib.distinct import each_value
from pilotlib.vocabulary import round_named
from pilotlib.words import count_text, is_count, majors_beginning, normalised, split_majors


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
    if not known_majors:
        return table

    def completed(text: str) -> str:
        last = (split_majors(text) or [""])[-1]
        fulls = majors_beginning(last, known_majors)
        # A separator at the end says that the last major is whole, and that another is cut off altogether.
        return text.removesuffix(last) + fulls[0] if len(fulls) == 1 and text.endswith(last) else text

    width = widest(table["majors"])
    return _with_each(
        table, ["majors"], lambda text: completed(text) if cut_majors(text, known_majors, width) else text
    )


def _with_each(table: pd.DataFrame, columns: Iterable[str], rule: Callable[[str], str]) -> pd.DataFrame:
    return table.assign(**{name: each_value(table[name], rule) for name in columns if name in table})
