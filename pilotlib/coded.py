"""Columns of text with each distinct value once: what is done to a column is done to its few values, not to its rows.

A row holds the code of its value. Verbs make new values and leave the codes; questions are answered once a value and
looked up by the codes; text is made of them only where somebody reads it.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa


class Coded(NamedTuple):
    """A column of text: the text of a row is `words[codes[row]]`. A word may stand there twice, or for no row."""

    codes: np.ndarray
    words: list[str]


# What fits into a number of 64 bits.
LARGEST_KEY = 2**62
# A table is its columns by name, all of one length.
Table = dict[str, Coded]


def coded(texts: Iterable[str]) -> Coded:
    """A column as codes and values, from any texts.

    >>> coded(["第一次", "第二次", "第一次"])
    Coded(codes=array([0, 1, 0]), words=['第一次', '第二次'])
    """
    return from_arrow(pa.array(texts if isinstance(texts, pd.Series) else list(texts), pa.large_string()))


def from_arrow(texts: pa.Array | pa.ChunkedArray) -> Coded:
    """A column from arrow's texts, none of them missing; codes that arrow has already are kept."""
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    encoded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    return Coded(encoded.indices.to_numpy().astype(np.intp), encoded.dictionary.to_pylist())


def repeated(text: str, rows: int) -> Coded:
    """A column that says the same in every row."""
    return Coded(np.zeros(rows, np.intp), [text])


def mapped(column: Coded, function: Callable[[str], str]) -> Coded:
    """`function` of every cell."""
    return Coded(column.codes, [function(value) for value in column.words])


def looked_up(column: Coded, function: Callable[[str], object], kind: type = bool) -> np.ndarray:
    """What `function` says of every cell, as an array of a kind of number."""
    answers = np.array([function(word) for word in column.words], dtype=kind)
    return answers[column.codes] if answers.any() else np.zeros(len(column.codes), kind)


def any_of(flags: Iterable[np.ndarray]) -> np.ndarray:
    """Where one of some flags at least is true; of long columns numpy would first make one block."""
    return reduce(np.logical_or, flags)


def all_of(flags: Iterable[np.ndarray]) -> np.ndarray:
    """Where all of some flags are true."""
    return reduce(np.logical_and, flags)


def taken(column: Coded, rows: np.ndarray) -> Coded:
    """The column's rows at some positions, or where a mask is true."""
    return Coded(column.codes[rows], column.words)


def taken_of(table: Table, rows: np.ndarray) -> Table:
    """The table's rows at some positions, or where a mask is true."""
    return {name: taken(column, rows) for name, column in table.items()}


def distinct(column: Coded) -> Coded:
    """The same column with every value that occurs standing there once.

    >>> distinct(Coded(np.array([0, 2]), ["一", "二", "一"])).words
    ['一']
    """
    used = np.flatnonzero(np.bincount(column.codes, minlength=len(column.words)))
    places: dict[str, int] = {}
    again = np.zeros(len(column.words), np.intp)
    again[used] = [places.setdefault(column.words[code], len(places)) for code in used]
    return Coded(again[column.codes], list(places))


def stacked(columns: Sequence[Coded]) -> Coded:
    """Columns below each other."""
    starts = np.cumsum([0, *(len(column.words) for column in columns)])
    codes = [column.codes + start for column, start in zip(columns, starts[:-1].astype(np.intp), strict=True)]
    return Coded(
        np.concatenate([np.zeros(0, np.intp), *codes]), [value for column in columns for value in column.words]
    )


def together(columns: Sequence[Coded]) -> tuple[np.ndarray, list[tuple[str, ...]]]:
    """Rows by what they say in all of some columns: a code for each row, and what each code stands for.

    >>> together([coded(["a", "a", "b"]), coded(["x", "y", "x"])])
    (array([0, 1, 2]), [('a', 'x'), ('a', 'y'), ('b', 'x')])
    """
    first, *others = columns
    if all(other.codes is first.codes for other in others):
        return first.codes, list(zip(*(column.words for column in columns), strict=True))
    keys, most = first.codes.astype(np.int64), len(first.words)
    for column in others:
        most *= len(column.words)
        if most > LARGEST_KEY:
            keys = pd.factorize(keys)[0]
            most = len(keys) * len(column.words)
        keys = keys * len(column.words) + column.codes
    codes, found = pd.factorize(keys)
    example = np.zeros(len(found), np.int64)
    example[codes] = np.arange(len(codes))
    says = [[column.words[code] for code in column.codes[example]] for column in columns]
    return codes, list(zip(*says, strict=True))


def text_of(column: Coded) -> pd.Series:
    """The column as text, a row each."""
    return pd.Series(pd.array(column.words, dtype="str").take(column.codes))


def category_of(column: Coded, order: Callable[[list[str]], list[str]]) -> pd.Categorical:
    """The column as an ordered categorical of the values that occur, in an order; empty text is missing."""
    once = distinct(column)
    categories = order([value for value in once.words if value])
    places = {value: place for place, value in enumerate(categories)}
    codes = looked_up(once, lambda value: places.get(value, -1), np.intp)
    return pd.Categorical.from_codes(codes, pd.Index(categories, dtype="str"), ordered=True)


def count_of(column: Coded) -> pd.array:
    """A column of digits as whole numbers; empty text is missing."""
    return pd.arrays.IntegerArray(
        looked_up(column, lambda text: int(text or 0), np.int64), looked_up(column, lambda text: not text)
    )
