"""pandas over distinct values: the same `.str` methods, on each column's few different words."""

from collections.abc import Callable

import pandas as pd

from benchmarks.peers import words
from benchmarks.peers.pandas_rows import counts, read, rounds, summed


def by_word(column: pd.Series, function: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """What a function makes of a column, asked for its distinct words alone."""
    codes, found = pd.factorize(column)
    return function(pd.Series(found, dtype=str)).take(codes).set_axis(column.index)


def summarise(path: str) -> list[tuple]:
    cells = read(path)
    cells = cells.apply(lambda column: by_word(column, lambda texts: texts.str.strip()))
    no_application = by_word(
        cells["certificate"], lambda texts: (texts == "") | texts.str.contains(words.HEADER)
    ) | by_word(cells["serial"], lambda texts: texts.str.contains(words.TOTAL))
    rows = cells[~no_application]
    parts = [
        by_word(rows["certificate"], lambda texts, part=part: texts.str.extract(words.CERTIFICATE)[part].fillna(""))
        for part in (0, 1)
    ]
    return summed(
        rows.assign(
            name=parts[0],
            level=parts[1],
            application_round=by_word(rows["application_round"], rounds),
            **{name: by_word(rows[name], counts) for name in words.COUNTS},
        )
    )
