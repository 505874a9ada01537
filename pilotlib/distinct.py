"""Columns of text as pandas categoricals: what is done to a column is done once to each of its few distinct values."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd


def categories_of(column: pd.Series) -> pd.Categorical:
    """A column of text, none of it missing, as codes and the words that they stand for."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.array
    codes, words = pd.factorize(column.to_numpy(dtype=object))
    return _categorical(codes, words)


def with_categories(table: pd.DataFrame) -> pd.DataFrame:
    """A table of text with every column as a categorical."""
    return pd.DataFrame({name: categories_of(table[name]) for name in table}, index=table.index)


def numbers_alike(column: pd.Series, but: Iterable[str] = ()) -> pd.Series:
    """A column in which one word of digits stands for all, save some: for questions that all answer alike.

    A column of serial numbers has as many words as rows. Where words are few, all stay.
    """
    coded = categories_of(column)
    if len(coded.categories) > 1000:  # fewer are asked sooner than sorted out
        digits = coded.categories.str.fullmatch("[0-9]+") & ~coded.categories.isin(list(but))
        codes, words = pd.factorize(coded.categories.where(~digits, "0"))
        coded = _categorical(codes[coded.codes], words)
    return pd.Series(coded, index=column.index)


def each_value(column: pd.Series, rule: Callable[[str], str]) -> pd.Series:
    """A column of text with `rule` applied to every cell, called once per distinct value.

    >>> each_value(pd.Series(["第一批", "第二批", "第一批"]), lambda text: text.replace("批", "次")).to_list()
    ['第一次', '第二次', '第一次']
    """
    coded = categories_of(column)
    before = coded.categories.to_list()
    after = [rule(word) for word in before]
    if after != before:
        codes, words = pd.factorize(np.array(after, dtype=object))
        coded = _categorical(codes[coded.codes], words)
    return pd.Series(coded, index=column.index)


def asked_of_each(column: pd.Series, question: Callable[[str], Any], dtype: Any = bool) -> np.ndarray:
    """What `question` answers for every cell, as an array of a type; it is asked once per distinct value.

    >>> asked_of_each(pd.Series(["", "50"]), bool)
    array([False,  True])
    """
    coded = categories_of(column)
    answers = np.array([question(word) for word in coded.categories.tolist()], dtype=dtype)
    if not answers.size or (answers == answers[0]).all():  # nothing to look up
        return np.full(len(column), answers[0] if answers.size else 0, dtype)
    return answers[coded.codes]


def counts_of(column: pd.Series) -> pd.Series:
    """A column of digits as whole numbers; empty text is missing."""
    numbers = asked_of_each(column, lambda text: int(text or 0), np.int64)
    return pd.Series(pd.arrays.IntegerArray(numbers, ~asked_of_each(column, bool)), index=column.index)


def in_order(column: pd.Series, order: Callable[[list[str]], Iterable[str]]) -> pd.Series:
    """The column as an ordered categorical of the values that occur, in an order; empty text is missing."""
    coded = categories_of(column)
    occurring = np.flatnonzero(np.bincount(coded.codes, minlength=len(coded.categories)))
    words = pd.Index(list(order([word for word in coded.categories[occurring] if word])), dtype=str)
    codes = words.get_indexer(coded.categories)[coded.codes] if len(words) else np.full(len(column), -1)
    return pd.Series(pd.Categorical.from_codes(codes, words, ordered=True), index=column.index)


def both_filled(column: pd.Series, other: pd.Series) -> pd.Series:
    """The column's text, and where it is empty that of the other column; where they differ both, joined by 、."""
    words = categories_of(column).categories.union(categories_of(other).categories, sort=False)
    first = pd.Series(categories_of(column).set_categories(words), index=column.index)
    either = first.where(first != "", categories_of(other).set_categories(words))
    unlike = differ(column, other) & asked_of_each(column, bool) & asked_of_each(other, bool)
    if not unlike.any():
        return either
    joined = column[unlike].astype(str) + "、" + other[unlike].astype(str)
    return pd.Series(categories_of(either.astype(object).where(~unlike, joined)), index=column.index)


def differ(before: pd.Series, after: pd.Series) -> np.ndarray:
    """Which rows of a column of text are not the same in two versions of it."""
    one, other = categories_of(before), categories_of(after)
    if one.categories is other.categories:
        return one.codes != other.codes
    known = one.categories.get_indexer(other.categories)
    return known[other.codes] != one.codes if len(known) else np.zeros(len(before), bool)


def _categorical(codes: np.ndarray, words: np.ndarray | pd.Index) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, pd.Index(words, dtype=str), validate=False)
