"""What is done with a column of repeating words: once per distinct value, not once per row."""

from collections.abc import Callable

import pandas as pd


def by_value(column: pd.Series, function: Callable[[str], object]) -> pd.Series:
    """`function` of every cell, called once per distinct value: columns repeat the same few words many times."""
    return column.map({value: function(value) for value in column.unique()})


def listed(values: pd.Series) -> str:
    """Distinct values in order, joined for reading.

    >>> listed(pd.Series(["第一次", "第二次", "第一次"]))
    '第一次、第二次'
    """
    return "、".join(values.dropna().astype(str).unique())
