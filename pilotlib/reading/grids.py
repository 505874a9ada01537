"""A table as a file shows it, before anybody asks what it says: rows of text, merged ranges, hidden rows."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pilotlib.errors import PilotError

WIDEST_TABLE = 1_000
MOST_CELLS = 20_000_000
# Positions from 0, ends included: first row, first column, last row, last column.
Range = tuple[int, int, int, int]


class Grid(NamedTuple):
    """One table of a file.

    `rows` are its rows of text, all of one length; `where` says in words where it stands in the file, and is empty
    where the file is the table; `merged` are ranges of positions in `rows`, and `hidden` positions of rows; `places`
    are the numbers of its rows in the file, from 1 in steps of one if not given.
    """

    where: str
    rows: list[list[str]]
    merged: Sequence[Range] = ()
    hidden: Sequence[int] = ()
    places: Sequence[int] = ()


def below_each_other(upper: Grid, lower: Grid) -> Grid:
    """Two tables of as many columns as one, under the first one's `where`."""
    down = len(upper.rows)
    merged = [*upper.merged, *((top + down, left, bottom + down, right) for top, left, bottom, right in lower.merged)]
    hidden = [*upper.hidden, *(row + down for row in lower.hidden)]
    return upper._replace(rows=upper.rows + lower.rows, merged=merged, hidden=hidden)


def even(name: str, rows: Iterable[Sequence[str]], width: int = 0) -> list[list[str]]:
    """Rows filled up with empty cells to one length, at least `width`, of a size that `check_size` allows."""
    listed = [list(row) for row in rows]
    width = max([width, *map(len, listed)])
    check_size(name, len(listed), width)
    return [row + [""] * (width - len(row)) for row in listed]


def check_size(name: str, rows: int, columns: int) -> None:
    """Raise a PilotError for a table of so many columns or cells that it would take the machine's memory."""
    if columns > WIDEST_TABLE or rows * columns > MOST_CELLS:
        raise PilotError(
            f"{name}：表格有 {rows} 行、{columns} 列，超出可以读取的范围（{WIDEST_TABLE} 列、{MOST_CELLS} 格）。"
            "请删去申报表以外的内容，另存后再试。"
        )


def count_of(text: str, otherwise: int = 1) -> int:
    """A number of rows or columns that a file states; where it states none, or 0, another one."""
    return min(int(text), MOST_CELLS) if text.isdecimal() and len(text) < 12 and int(text) else otherwise


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
