"""Cells merged over rows, filled as a reader sees them: what they say of each row below, and rows that are one."""

from collections.abc import Collection
from itertools import groupby
from typing import NamedTuple

import pandas as pd

from pilotlib.columns import SOURCE_COLUMNS, source_columns
from pilotlib.reading.headers import Header
from pilotlib.vocabulary import COUNT_FORM, plain
from pilotlib.words import count_text, normalised

# Rows under one merged cell in each of these are one application.
OF_ONE_APPLICATION = {"certificate", *(name for name, column in SOURCE_COLUMNS.items() if column.adds_up)}
# Such rows may say each for itself which majors are meant, and how many students these have.
SAID_ROW_BY_ROW = {"majors", "students"}
FILLED_COLUMNS = ["place", "position", "before", "after", "kind"]
NOTHING_FILLED = pd.DataFrame(columns=FILLED_COLUMNS)


class Filled(NamedTuple):
    """A table with its merged cells filled.

    `filled` says of each cell what was done: its `place`, its `position` from the left, the text `before` and `after`,
    and the `kind`: `repeated` (the merged cell's text holds here too), `hidden` (a text of its own was covered), `once`
    (a number given once for all rows; `before` is the merged cell's text), `joined` (it gathered those of the rows that
    go on with it). `continued` are the places of these rows.
    """

    cells: pd.DataFrame
    filled: pd.DataFrame
    continued: tuple[int, ...]


def fill_merged(cells: pd.DataFrame, header: Header, merged: Collection[tuple[int, int, int, int]]) -> Filled:
    """Write into each row below the header what a cell merged over rows says of it, and join rows that are one.

    A text holds for each row. A number of places is given once for all rows together, and so is a number of students
    unless the rows' majors are the same. Rows under one merged application that only name further majors are joined.

    Args:
        cells: The text cells of a table.
        header: Its header.
        merged: Ranges of positions of rows and columns, ends included: top, left, bottom, right; of a range over
            several columns the first counts.
    """
    texts = cells.to_numpy(dtype=object, copy=True).tolist()
    corners = _corners(header, merged, len(texts))
    if not corners:
        return Filled(cells, NOTHING_FILLED, ())
    names = dict(enumerate(header.names))
    majors = {name: place for place, name in names.items()}.get("majors")

    def seen(row: int, column: int | None) -> str | None:
        """What a reader sees in a cell before anything is filled: of a covered one, what the merged cell says."""
        return None if column is None else texts[corners.get((row, column), row)][column]

    steps = []
    for (row, column), top in corners.items():
        own, text = texts[row][column], texts[top][column]
        holds = _holds_for_each(names[column], text) and (
            names[column] != "students" or seen(row, majors) == seen(top, majors)
        )
        after = text if holds else ""
        if not holds:
            steps.append((row, column, text, "", "once"))
        if own != after:
            steps.append((row, column, own, after, "hidden" if own.strip() else "repeated"))
    for row, column, _, after, _ in steps:
        texts[row][column] = after
    continued = _continued(texts, names, corners)
    for top, rows in groupby(continued, key=lambda row: continued[row]):
        steps += _join(texts, names, top, list(rows))
    filled = pd.DataFrame(
        [(cells.index[row], column, before, after, kind) for row, column, before, after, kind in steps],
        columns=FILLED_COLUMNS,
    )
    table = pd.DataFrame(texts, index=cells.index, columns=cells.columns, dtype=str)
    return Filled(table, filled, tuple(int(cells.index[row]) for row in continued))


def _corners(header: Header, merged: Collection[tuple[int, int, int, int]], rows: int) -> dict[tuple[int, int], int]:
    """Each cell below the header that a merged one covers from above → the row in which that begins."""
    corners: dict[tuple[int, int], int] = {}
    for top, left, bottom, _ in merged:
        if top > header.last and left < len(header.titles):
            for row in range(top + 1, min(bottom, rows - 1) + 1):
                corners.setdefault((row, left), top)
    return corners


def _holds_for_each(name: str | None, text: str) -> bool:
    """Whether what a merged cell says holds for each of its rows; in a column that is not ours, if it is text."""
    if name is None:
        return not COUNT_FORM.fullmatch(plain(text))
    return not SOURCE_COLUMNS[name].adds_up and name not in source_columns("code")


def _continued(
    texts: list[list[str]], names: dict[int, str | None], corners: dict[tuple[int, int], int]
) -> dict[int, int]:
    """The rows that only go on with the application above → its row: all of it is merged, the majors are said here."""
    positions = {name: place for place, name in names.items() if name}
    if not {*OF_ONE_APPLICATION, "majors"} <= set(positions):
        return {}
    found = {}
    for row in sorted({row for row, _ in corners}):
        tops = {corners.get((row, positions[name])) for name in OF_ONE_APPLICATION}
        top = tops.pop()
        own_majors = (row, positions["majors"]) not in corners and texts[row][positions["majors"]].strip()
        if tops or top is None or not own_majors:
            continue
        others = [place for name, place in positions.items() if name not in SAID_ROW_BY_ROW]
        if all(texts[row][place] in ("", texts[top][place]) for place in others):
            found[row] = top
    return found


def _join(
    texts: list[list[str]], names: dict[int, str | None], top: int, rows: list[int]
) -> list[tuple[int, int, str, str, str]]:
    """Gather into an application's first row the majors of the rows that go on with it, and the sum of their students.

    Where one row's students are no number, their sum is not known, and the cell is empty. A number of students that
    is merged too stands for all majors already.
    """
    steps = []
    for column, name in names.items():
        cells = [texts[row][column] for row in (top, *rows)]
        if name == "majors":
            after = "、".join(cells)
        elif name == "students":
            counts = [count_text(normalised(text)) for text in cells]
            known = all(count.isdecimal() for count in counts)
            after = (str(sum(map(int, counts))) if known else "") if any(counts[1:]) else cells[0]
        else:
            continue
        if after != cells[0]:
            steps.append((top, column, cells[0], after, "joined"))
            texts[top][column] = after
    return steps
