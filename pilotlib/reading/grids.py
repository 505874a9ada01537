"""A table as a file shows it, before anybody asks what it says: rows of text, merged ranges, hidden rows."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from pilotlib.errors import PilotError

WIDEST_TABLE = 1_000
MOST_CELLS = 20_000_000


class Grid(NamedTuple):
    """One table of a file.

    `rows` are its rows of text, all of one length; `where` says in words where it stands in the file, and is empty
    where the file is the table; `places` are the numbers of its rows in the file, from 1 in steps of one if not given.
    `merged` are ranges of positions in `rows`, ends included: (first row, first column, last row, last column), and
    `hidden` positions of rows.
    """

    where: str
    rows: list[list[str]]
    places: Sequence[int] | None = None
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: tuple[int, ...] = ()

    def numbers(self) -> Sequence[int]:
        """The number in the file of each row."""
        return range(1, len(self.rows) + 1) if self.places is None else self.places

    def cells(self) -> pd.DataFrame:
        """The rows as a table of text, its index the places."""
        return pd.DataFrame(self.rows, index=pd.Index(self.numbers(), name="place"), dtype=str)

    def hidden_places(self) -> tuple[int, ...]:
        """The hidden rows, by places in the file."""
        numbers = self.numbers()
        return tuple(numbers[row] for row in self.hidden if row < len(numbers))


def even(name: str, rows: Iterable[Sequence[str]], width: int = 0) -> list[list[str]]:
    """Rows filled up with empty cells to one length, at least `width`.

    Raises:
        PilotError: the table is wider or larger than a table of applications can be.
    """
    listed = [list(row) for row in rows]
    width = max([width, *map(len, listed)])
    check_size(name, len(listed), width)
    return [row + [""] * (width - len(row)) for row in listed]


def check_size(name: str, rows: int, columns: int) -> None:
    """Refuse a table that would take the machine's memory.

    Raises:
        PilotError: it has too many columns or cells.
    """
    if columns > WIDEST_TABLE or rows * columns > MOST_CELLS:
        raise PilotError(
            f"{name}：表格有 {rows} 行、{columns} 列，超出可以读取的范围（{WIDEST_TABLE} 列、{MOST_CELLS} 格）。"
            "请删去申报表以外的内容，另存后再试。"
        )


def spread(name: str, rows: Iterable[Iterable[tuple[str, int, int]]]) -> Grid:
    """A grid from cells that say over how many rows and columns they reach: `(text, rows, columns)`, as in HTML.

    >>> spread("a.html", [[("a", 2, 1), ("b", 1, 1)], [("c", 1, 1)]]).rows
    [['a', 'b'], ['', 'c']]
    """
    listed = [list(row) for row in rows]
    texts: list[dict[int, str]] = [{} for _ in listed]
    merged = []
    for top, row in enumerate(listed):
        left = 0
        for text, high, wide in row:
            while left in texts[top]:
                left += 1
            bottom = min(top + max(high, 1), len(listed)) - 1
            right = left + max(wide, 1) - 1
            check_size(name, len(listed), right + 1)
            for place in range(top, bottom + 1):
                texts[place] |= dict.fromkeys(range(left, right + 1), "")
            texts[top][left] = text
            if (bottom, right) != (top, left):
                merged.append((top, left, bottom, right))
    width = max((max(row, default=-1) + 1 for row in texts), default=0)
    return Grid("", [[row.get(column, "") for column in range(width)] for row in texts], merged=tuple(merged))


def whole_number(value: str | float) -> str:
    """A number as text, without a decimal point where it is whole; what is no number stays as it is.

    >>> whole_number(50.0), whole_number("0.5"), whole_number("x")
    ('50', '0.5', 'x')
    """
    try:
        number = float(value)
    except ValueError:
        return str(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else str(value)
