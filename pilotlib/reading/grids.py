"""A table as a file shows it, before anybody asks what it says: rows of text, merged ranges, hidden rows."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pilotlib.errors import PilotError

HIDDEN_SHEET = "（隐藏）"
WIDEST_TABLE = 1_000
MOST_CELLS = 20_000_000
# Characters that stand in no text.
BEGINS, ENDS = "\ufdd0", "\ufdd1"
_UNSHOWN = re.compile(f"{BEGINS}[^{BEGINS}{ENDS}]*{ENDS}")
# Positions from 0, ends included: first row, first column, last row, last column.
Range = tuple[int, int, int, int]


class Grid(NamedTuple):
    """One table of a file.

    `rows` are its rows of text, all of one length; `where` says in words where it stands in the file, and is empty
    where the file is the table; `merged` are ranges of positions in `rows`, and `hidden` positions of rows; `places`
    are the numbers of its rows in the file, from 1 in steps of one if not given. Text that is struck out, raised or
    hidden stands between marks (`unshown`).
    """

    where: str
    rows: list[list[str]]
    merged: Sequence[Range] = ()
    hidden: Sequence[int] = ()
    places: Sequence[int] = ()


def unshown(text: str) -> str:
    """Text that a reader does not take for the cell's own (struck out, raised, hidden), between marks.

    >>> shown("866" + unshown("1"))
    '866'
    """
    return f"{BEGINS}{text}{ENDS}" if text else ""


def shown(text: str) -> str:
    """A cell's text without what is marked as unshown."""
    while BEGINS in text:
        text = _UNSHOWN.sub("", text)
    return text


def without_marks(text: str) -> str:
    """A cell's whole text, that which is unshown too."""
    return text.replace(BEGINS, "").replace(ENDS, "")


def below_each_other(upper: Grid, lower: Grid) -> Grid:
    """Two tables as one, under the first one's `where`; its rows are numbered on."""
    down = len(upper.rows)
    merged = [*upper.merged, *((top + down, left, bottom + down, right) for top, left, bottom, right in lower.merged)]
    hidden = [*upper.hidden, *(row + down for row in lower.hidden)]
    rows = even(upper.where, upper.rows + lower.rows)
    return upper._replace(rows=rows, merged=merged, hidden=hidden, places=())


def even(name: str, rows: Iterable[Sequence[str]], width: int = 0) -> list[list[str]]:
    """Rows filled up with empty cells to one length, at least `width`, of a size that `check_size` allows."""
    listed = [list(row) for row in rows]
    width = max([width, *map(len, listed)])
    check_size(name, len(listed), width)
    return [row + [""] * (width - len(row)) for row in listed]


def in_columns(name: str, rows: Iterable[dict[int, str]]) -> list[list[str]]:
    """Rows from their cells by position; those that are not there are empty."""
    return even(name, ([row.get(place, "") for place in range(max(row, default=-1) + 1)] for row in rows))


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
    """A number as text with the fifteen digits that programs show, without a decimal point where it is whole.

    What is no number stays as it is.

    >>> whole_number(50.0), whole_number("0.5"), whole_number("x"), whole_number(119.99999999999999)
    ('50', '0.5', 'x', '120')
    """
    try:
        number = float(f"{float(value):.15g}")
    except ValueError:
        return str(value)
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return str(number) if isinstance(value, float) else value
