"""A table as a file shows it: rows of text, merged cells, hidden rows; and the filling of merged cells."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby, product
from typing import NamedTuple

from pilotlib.columns import APPLICATION_COLUMNS, COUNT_COLUMNS, SOURCE_COLUMNS, source_columns
from pilotlib.errors import PilotError
from pilotlib.reading.headers import Header
from pilotlib.vocabulary import COUNT_FORM, DITTO, plain
from pilotlib.words import count_text, normalised

HIDDEN_SHEET = "（隐藏）"
WIDEST_TABLE = 1_000
MOST_CELLS = 20_000_000
# Characters that stand in no text, around what is not shown; and around text as white as paper.
BEGINS, ENDS, PALE_BEGINS, PALE_ENDS = MARKS = "\ufdd0\ufdd1\ufdd2\ufdd3"
_UNSHOWN = re.compile(f"{BEGINS}[^{BEGINS}{ENDS}]*{ENDS}")
_PALE = re.compile(f"{PALE_BEGINS}[^{PALE_BEGINS}{PALE_ENDS}]*{PALE_ENDS}")
_MARK = re.compile(f"[{MARKS}]")
_NO_MARKS = dict.fromkeys(map(ord, MARKS))
# Rows under one merged cell in each of these are one application.
OF_ONE_APPLICATION = {"certificate", *(name for name, column in APPLICATION_COLUMNS.items() if column.adds_up)}
# Such rows may say each for itself which majors are meant, and how many students these have.
SAID_ROW_BY_ROW = {"majors", "students"}
# A cell's row and column, the text before and after, the rule of `cleaning` under which that is logged, and why, where
# the rule alone does not say it.
Step = tuple[int, int, str, str, str, str]


class Grid(NamedTuple):
    """One table of a file.

    `rows` are its rows of text, all of one length; `where` says in words where it stands in the file, and is
    empty where the file is the table; `merged` are the first row, the column and the last row of merged cells,
    `hidden` rows, both by positions from 0; `places` are the numbers of its rows in the file, if not from 1 in
    steps of one. Text that is struck out, raised or hidden stands between marks (`unshown`). `by_separators`: what
    tells cells apart are marks that may also stand in a cell. `named` are rows of which the last cell is no cell of
    the file but what the sheet is named for.
    """

    where: str
    rows: list[list[str]]
    merged: Sequence[tuple[int, int, int]] = ()
    hidden: Sequence[int] = ()
    places: Sequence[int] = ()
    by_separators: bool = False
    named: Sequence[int] = ()


def unshown(text: str) -> str:
    """Text that a reader does not take for the cell's own (struck out, raised, hidden), between marks.

    >>> shown("866" + unshown("1"))
    '866'
    """
    return f"{BEGINS}{text}{ENDS}" if text else ""


def pale(text: str) -> str:
    """Text as white as paper, between marks: hidden beside other text of its cell; alone, it has a dark ground.

    >>> shown("120" + pale("0")), shown(pale("申报批次"))
    ('120', '申报批次')
    """
    return f"{PALE_BEGINS}{text}{PALE_ENDS}" if text else ""


def shown(text: str) -> str:
    """A cell's text without what is marked as unshown, or as pale beside other text."""
    while BEGINS in text:
        text = _UNSHOWN.sub("", text)
    beside = _PALE.sub("", text)
    return beside if beside.strip() else text.translate(_NO_MARKS)


def as_shown(rows: list[list[str]]) -> tuple[list[list[str]], list[int], list[Step]]:
    """Rows without the text that is not shown; those that are struck out whole, which stay; what went."""
    made, struck, steps = [], [], []
    for top, row in enumerate(rows):
        if not _MARK.search("".join(row)):
            made.append(row)
            continue
        texts, wholes = list(map(shown, row)), [cell.translate(_NO_MARKS) for cell in row]
        if any(map(str.strip, wholes)) and not any(map(str.strip, texts)):
            struck.append(top)
            texts = wholes
        made.append(texts)
        both = enumerate(zip(wholes, texts, strict=True))
        steps += [(top, place, whole, text, "text_unshown", "") for place, (whole, text) in both if whole != text]
    return made, struck, steps


def below_each_other(upper: Grid, lower: Grid) -> Grid:
    """Two tables as one, under the first one's `where`; its rows are numbered on."""
    down = len(upper.rows)
    merged = [*upper.merged, *((top + down, left, bottom + down) for top, left, bottom in lower.merged)]
    hidden = [*upper.hidden, *(row + down for row in lower.hidden)]
    rows, named = even(upper.where, upper.rows + lower.rows), [*upper.named, *(row + down for row in lower.named)]
    return upper._replace(rows=rows, merged=merged, hidden=hidden, places=(), named=named)


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
        most = f"超出可以读取的范围（{WIDEST_TABLE} 列、{MOST_CELLS} 格）"
        raise PilotError(f"{name}：表格有 {rows} 行、{columns} 列，{most}。请删去申报表以外的内容，另存后再试。")


def count_of(text: str, otherwise: int = 1) -> int:
    """A number of rows or columns that a file states; where it states none, or 0, another one."""
    return min(int(text), MOST_CELLS) if text.isdecimal() and len(text) < 12 and int(text) else otherwise


def whole_number(value: str | float) -> str:
    """A number as text with the fifteen digits that programs show, a whole one without a point; other text as it is.

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


def fill_merged(
    rows: list[list[str]], header: Header, merged: Iterable[tuple[int, int, int]]
) -> tuple[list[list[str]], list[Step], list[int]]:
    """Write into each row below the header what a merged cell says of it, and join rows that are one.

    A text holds for each row. A number of places is given once for all rows together, and so is a number of students
    unless the rows' majors are the same, and a number in a column that is not ours.

    Returns:
        The rows filled; what was done to each cell: `ditto`, `merged_cell` (a merged cell's text holds here too),
        `merged_hidden` (a text of its own was covered), `merged_count` (a number was given once for all rows, and
        is the reason), `merged_row` (it gathered those of rows that go on with it); and these rows' positions.
    """
    rows = [list(row) for row in rows]
    # Each cell that a merged one covers from above → the row in which that begins.
    corners: dict[tuple[int, int], int] = {}
    for top, left, bottom in merged:
        if top > header.last and left < len(header.titles):
            for row in range(top + 1, min(bottom, len(rows) - 1) + 1):
                corners.setdefault((row, left), top)
    positions = {name: place for place, name in enumerate(header.names) if name}
    place = positions.get("majors")
    majors = [place is None or rows[corners.get((row, place), row)][place] for row in range(len(rows))]
    steps: list[Step] = []
    for (row, column), top in corners.items():
        name, own, text = header.names[column], rows[row][column], rows[top][column]
        if name is None:
            holds = not COUNT_FORM.fullmatch(plain(text))
        elif name == "students":
            holds = majors[row] == majors[top]
        else:
            holds = not SOURCE_COLUMNS[name].adds_up and name not in source_columns("rate")
        if not holds and name in COUNT_COLUMNS:
            steps.append((row, column, "", "", "merged_count", f"（{text}）"))
        if own != (after := text if holds else ""):
            rows[row][column] = after
            steps.append((row, column, own, after, "merged_hidden" if own.strip() else "merged_cell", ""))
    for row, column in product(range(header.last + 2, len(rows)), places_of_words(header)):
        if (own := rows[row][column]).strip() in DITTO:
            rows[row][column] = rows[row - 1][column]
            steps.append((row, column, own, rows[row - 1][column], "ditto", ""))
    joined, continued = _join_rows(rows, positions, corners)
    return rows, steps + joined, continued


def places_of_words(header: Header) -> list[int]:
    """The columns in which 同上 may stand for the cell above: those of words, not of numbers."""
    words = source_columns("round", "name", "names", "level", "status", "year")
    return [place for place, name in enumerate(header.names) if name in words]


def _join_rows(
    rows: list[list[str]], positions: dict[str, int], corners: dict[tuple[int, int], int]
) -> tuple[list[Step], list[int]]:
    """Gather in an application's first row the majors and students of rows that go on with it.

    All of such a row but its majors and students is merged or empty. Where a row's students are no number, their sum
    is not known, and the cell is empty; a number of students that is merged too stands for all majors already.
    """
    if not {*OF_ONE_APPLICATION, "majors"} <= set(positions):
        return [], []
    others = [place for name, place in positions.items() if name not in SAID_ROW_BY_ROW]
    tops: dict[int, int] = {}
    for row in sorted({row for row, _ in corners}):
        top, *more = {corners.get((row, positions[name])) for name in OF_ONE_APPLICATION}
        own_majors = (row, positions["majors"]) not in corners and rows[row][positions["majors"]].strip()
        if more or top is None or not own_majors:
            continue
        if all(rows[row][place] in ("", rows[top][place]) for place in others):
            tops[row] = top
    steps: list[Step] = []
    for top, below in groupby(tops, key=tops.__getitem__):
        together = [top, *below]
        for name in filter(SAID_ROW_BY_ROW.__contains__, positions):
            column = positions[name]
            words = [rows[row][column] for row in together]
            before = after = words[0]
            counts = [count_text(normalised(word)) for word in words]
            if name == "majors":
                after = "、".join(words)
            elif any(counts[1:]):
                after = str(sum(map(int, counts))) if all(map(str.isdecimal, counts)) else ""
            if after != before:
                steps.append((top, column, before, after, "merged_row", ""))
                rows[top][column] = after
    return steps, [*tops]
