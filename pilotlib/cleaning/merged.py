"""Cells merged over rows: what they say of each row below, and rows that are one application together."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from pilotlib.cleaning.words import count_text, normalised
from pilotlib.reading.headers import Header

# What a cell merged over rows says is true of each of them; numbers of places it gives for all together. So does a
# number of students, unless the rows' majors are the same.
REPEATED_COLUMNS = ("year", "application_round", "certificate", "level", "majors", "students", "status")
# Rows under one merged cell in each of these are one application.
OF_ONE_APPLICATION = ("certificate", "places_applied", "places_approved")
# Such rows may say each for itself which majors are meant, and how many students these have.
SAID_ROW_BY_ROW = ("majors", "students")
COVERED_COLUMNS = ["source_row", "column", "position", "corner", "text"]


def merged_below(cells: pd.DataFrame, header: Header, merged: Collection[tuple[int, int, int, int]]) -> pd.DataFrame:
    """The cells below the header that a merged cell covers from above; what they hold themselves is not seen.

    Args:
        cells: The text cells of a table.
        header: Its header, with a column of majors.
        merged: Ranges of places and columns, as `Origin.merged`; of a range over several columns the first counts.

    Returns:
        `source_row`, `column` (its name), `position` (of the column in `cells`), `corner` (the `source_row` of the
        merged cell's first row), `text` (the merged cell's), and `repeated`: whether the text holds for this row.
    """
    if not merged:
        return pd.DataFrame(columns=[*COVERED_COLUMNS, "repeated"]).astype({"repeated": bool})
    values = cells.to_numpy()
    found = [
        (row - header.last, header.names[left], left, rows[0] - header.last, values[rows[0], left])
        for first, left, last, _ in merged
        if left < len(header.names) and header.names[left]
        for rows in [np.flatnonzero((cells.index >= first) & (cells.index <= last))]
        if len(rows) and rows[0] > header.last
        for row in rows[1:]
    ]
    covered = pd.DataFrame(found, columns=COVERED_COLUMNS)
    covered = covered.drop_duplicates(["source_row", "position"], ignore_index=True)
    corners = covered[covered["column"] == "majors"].set_index("source_row")["corner"]
    majors = pd.Series(values[:, header.names.index("majors")], range(-header.last, len(values) - header.last))
    of_row = majors.reindex(covered["source_row"].map(corners).fillna(covered["source_row"])).to_numpy()
    of_corner = majors.reindex(covered["corner"].map(corners).fillna(covered["corner"])).to_numpy()
    repeated = covered["column"].isin(REPEATED_COLUMNS) & ((covered["column"] != "students") | (of_row == of_corner))
    return covered.assign(repeated=repeated.astype(bool))


def fill_merged(cells: pd.DataFrame, header: Header, covered: pd.DataFrame) -> pd.DataFrame:
    """Write into each row what a cell merged over rows says of it; nothing where it gives a number once for all."""
    values = cells.to_numpy(dtype=object, copy=True)
    texts = covered["text"].where(covered["repeated"], "")
    values[covered["source_row"].to_numpy(int) + header.last, covered["position"].to_numpy(int)] = texts
    return pd.DataFrame(values, index=cells.index, columns=cells.columns, dtype=str)


def continued_rows(filled: pd.DataFrame, header: Header, covered: pd.DataFrame) -> pd.DataFrame:
    """The rows that only go on with the application above: all of it is merged, the majors are said row by row.

    Args:
        filled: As `fill_merged` returns it.
        header: Its header.
        covered: As `merged_below` returns it.

    Returns:
        `source_row`, and `corner`, that of the application.
    """
    corners = covered.pivot(index="source_row", columns="column", values="corner").reindex(
        columns=[*OF_ONE_APPLICATION, "majors"]
    )
    whole = corners[list(OF_ONE_APPLICATION)]
    one = whole.notna().all(axis="columns") & whole.eq(whole["certificate"], axis="index").all(axis="columns")
    rows = corners[one & corners["majors"].isna()]["certificate"].astype(int)
    positions = {name: place for place, name in enumerate(header.names) if name}
    texts = filled.to_numpy()
    here, there = texts[rows.index.to_numpy(int) + header.last], texts[rows.to_numpy() + header.last]
    same = pd.Series(True, rows.index)
    for name, place in positions.items():
        if name == "majors":
            same &= np.array([bool(text.strip()) for text in here[:, place]], dtype=bool)
        elif name not in SAID_ROW_BY_ROW:
            same &= np.array((here[:, place] == "") | (here[:, place] == there[:, place]), dtype=bool)
    return rows[same].rename("corner").reset_index()


def join_continued(filled: pd.DataFrame, header: Header, continued: pd.DataFrame) -> pd.DataFrame:
    """Gather into an application's first row the majors of the rows that go on with it, and the sum of their students.

    Where one row's students are no number, their sum is not known, and the cell is empty. A number of students that
    is merged too stands for all majors already.
    """
    values = filled.to_numpy(dtype=object, copy=True)
    for corner, rows in continued.groupby("corner")["source_row"]:
        first, all_rows = corner + header.last, [corner + header.last, *(rows + header.last)]
        majors, students = (header.names.index(name) for name in SAID_ROW_BY_ROW)
        values[first, majors] = "、".join(values[all_rows, majors])
        counts = [count_text(normalised(text)) for text in values[all_rows, students]]
        if any(counts[1:]):
            values[first, students] = str(sum(map(int, counts))) if all(map(str.isdecimal, counts)) else ""
    return pd.DataFrame(values, index=filled.index, columns=filled.columns, dtype=str)
