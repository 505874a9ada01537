"""Cells merged over rows, filled as a reader sees them: what they say of each row below, and rows that are one."""

from collections.abc import Collection
from itertools import groupby

import pandas as pd

from pilotlib.columns import SOURCE_COLUMNS, source_columns
from pilotlib.reading.grids import Range
from pilotlib.reading.headers import Header
from pilotlib.vocabulary import COUNT_FORM, plain
from pilotlib.words import count_text, normalised

# Rows under one merged cell in each of these are one application.
OF_ONE_APPLICATION = {"certificate", *(name for name, column in SOURCE_COLUMNS.items() if column.adds_up)}
# Such rows may say each for itself which majors are meant, and how many students these have.
SAID_ROW_BY_ROW = {"majors", "students"}
NOTHING_FILLED = pd.DataFrame(columns=["place", "position", "before", "after", "kind"])
# A cell's row and column, the text before and after, and the kind of change.
Step = tuple[int, int, str, str, str]


def fill_merged(
    cells: pd.DataFrame, header: Header, merged: Collection[Range]
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[int, ...]]:
    """Write into each row below the header what a cell merged over rows says of it, and join rows that are one.

    A text holds for each row. A number of places is given once for all rows together, and so is a number of students
    unless the rows' majors are the same, and a number in a column that is not ours. `merged` are ranges of positions;
    of a range over several columns the first counts.

    Returns:
        The cells filled; what was done to each: its `place`, its `position` from the left, the text `before` and
        `after`, and the `kind`: `repeated` (the merged cell's text holds here too), `hidden` (a text of its own was
        covered), `once` (a number given once for all rows; `before` is the merged cell's text), `joined` (it gathered
        those of the rows that go on with it); and the places of these rows.
    """
    texts = cells.to_numpy(dtype=object, copy=True).tolist()
    # Each cell that a merged one covers from above → the row in which that begins.
    corners: dict[tuple[int, int], int] = {}
    for top, left, bottom, _ in merged:
        if top > header.last and left < len(header.titles):
            for row in range(top + 1, min(bottom, len(texts) - 1) + 1):
                corners.setdefault((row, left), top)
    if not corners:
        return cells, NOTHING_FILLED, ()
    positions = {name: place for place, name in enumerate(header.names) if name}

    def seen(row: int, column: int) -> str:
        return texts[corners.get((row, column), row)][column]

    steps: list[Step] = []
    for (row, column), top in corners.items():
        name, own, text = header.names[column], texts[row][column], texts[top][column]
        if name is None:
            holds = not COUNT_FORM.fullmatch(plain(text))
        elif name == "students":
            majors = positions.get("majors")
            holds = majors is None or seen(row, majors) == seen(top, majors)
        else:
            holds = not SOURCE_COLUMNS[name].adds_up and name not in source_columns("code")
        if not holds:
            steps.append((row, column, text, "", "once"))
        if own != (after := text if holds else ""):
            steps.append((row, column, own, after, "hidden" if own.strip() else "repeated"))
    for row, column, _, after, _ in steps:
        texts[row][column] = after
    joined, continued = _join_rows(texts, positions, corners)
    filled = [(cells.index[row], *rest) for row, *rest in (*steps, *joined)]
    table = pd.DataFrame(texts, index=cells.index, columns=cells.columns, dtype=str)
    places = tuple(int(cells.index[row]) for row in continued)
    return table, pd.DataFrame(filled, columns=NOTHING_FILLED.columns), places


def _join_rows(
    texts: list[list[str]], positions: dict[str, int], corners: dict[tuple[int, int], int]
) -> tuple[list[Step], list[int]]:
    """Gather into an application's first row the majors of the rows that only go on with it, and all their students.

    All of such a row but its majors and students is merged or empty. Where a row's students are no number, their sum
    is not known, and the cell is empty; a number of students that is merged too stands for all majors already.

    Returns:
        What was done to the first rows, whose `texts` are changed, and the rows that go on.
    """
    if not {*OF_ONE_APPLICATION, "majors"} <= set(positions):
        return [], []
    others = [place for name, place in positions.items() if name not in SAID_ROW_BY_ROW]
    tops: dict[int, int] = {}
    for row in sorted({row for row, _ in corners}):
        top, *more = {corners.get((row, positions[name])) for name in OF_ONE_APPLICATION}
        own_majors = (row, positions["majors"]) not in corners and texts[row][positions["majors"]].strip()
        if more or top is None or not own_majors:
            continue
        if all(texts[row][place] in ("", texts[top][place]) for place in others):
            tops[row] = top
    steps: list[Step] = []
    for top, rows in groupby(tops, key=tops.__getitem__):
        together = [top, *rows]
        for name in filter(SAID_ROW_BY_ROW.__contains__, positions):
            column = positions[name]
            words = [texts[row][column] for row in together]
            before = after = words[0]
            counts = [count_text(normalised(word)) for word in words]
            if name == "majors":
                after = "、".join(words)
            elif any(counts[1:]):
                after = str(sum(map(int, counts))) if all(map(str.isdecimal, counts)) else ""
            if after != before:
                steps.append((top, column, before, after, "joined"))
                texts[top][column] = after
    return steps, [*tops]
