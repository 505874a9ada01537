"""Which cells the width of their column has cut off."""

import re
from functools import lru_cache

import numpy as np
import pandas as pd

from pilotlib.distinct import asked_of_each, differ
from pilotlib.vocabulary import MAJOR_SEPARATORS
from pilotlib.words import display_width, majors_beginning, split_majors

# No column of a printed table is narrower than ten Chinese characters: a shorter cell was not cut off.
NARROWEST_COLUMN = 20


def cut_off_certificates(certificates: pd.Series, has_level: np.ndarray) -> np.ndarray:
    """Which certificate cells are cut off: an open bracket, or no level where the column's width ends.

    The second sign counts only where other rows have levels; `has_level` says which, in the name or beside it.
    """
    width = widest(certificates)
    open_bracket = asked_of_each(certificates, _opens_a_bracket)
    ends_there = asked_of_each(certificates, lambda text: not text.endswith((")", "）")) and _fills(text, width))
    return open_bracket | (~has_level & ends_there & has_level.any())


def cut_off_majors(majors: pd.Series, known_majors: frozenset[str]) -> np.ndarray:
    """Which major cells are cut off: they fill the column's width and end in a separator or a part of a known major."""
    width = widest(majors)
    return asked_of_each(majors, lambda text: cut_majors(text, known_majors, width))


def cut_majors(text: str, known_majors: frozenset[str], width: int) -> bool:
    """Whether a cell of majors is cut off, in a column of a width."""
    majors = split_majors(text) if _fills(text, width) else []
    return bool(majors) and bool(MAJOR_SEPARATORS.search(text[-1]) or majors_beginning(majors[-1], known_majors))


def widest(column: pd.Series) -> int:
    """The width of the widest cell of a column."""
    return int(asked_of_each(column, display_width, int).max(initial=0))


def lengthened(given: pd.Series, now: pd.Series) -> np.ndarray:
    """Cells of which more is known than stood in the table: whoever corrected them took them for cut off."""
    changed = np.flatnonzero(differ(given, now))
    before, after = given.iloc[changed], now.iloc[changed]
    longer = [new.startswith(old) and old != "" for old, new in zip(before, after, strict=True)]
    flags = np.zeros(len(given), bool)
    flags[changed] = longer
    return flags


@lru_cache(2**16)
def _opens_a_bracket(text: str) -> bool:
    return len(re.findall("[（(]", text)) > len(re.findall("[）)]", text))


def _fills(text: str, width: int) -> bool:
    """Whether a cell is as wide as the widest one, give or take a character: where a column's width would cut."""
    return display_width(text) >= max(width - 1, NARROWEST_COLUMN)
