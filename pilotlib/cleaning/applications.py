"""Clean cells → the typed tables `applications` and `majors`."""

import numpy as np
import pandas as pd

from pilotlib.columns import SOURCE_COLUMNS
from pilotlib.distinct import asked_of_each, counts_of, each_value, first_filled, in_order
from pilotlib.vocabulary import LEVELS, in_round_order
from pilotlib.words import levels_in, split_certificate, split_majors

_ORDERS = {"round": in_round_order, "level": lambda levels: [*LEVELS, *sorted(set(levels) - set(LEVELS))]}


def applications_of(now: pd.DataFrame, given: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """One row per application, in the file's order: `source_row`, the source columns by their kinds, the table's own.

    Args:
        now: The applications' cells as cleaned, `source_row` as index.
        given: The same as given, surrounding white space aside.
        read: The same as given, characters written in one way.
    """
    columns = {name: _typed(now[name], name) for name in SOURCE_COLUMNS if name in now}
    columns |= {
        "certificate": certificates_of(now),
        "level": in_order(levels_of(now), _ORDERS["level"]),
        "level_as_given": in_order(levels_of(read), _ORDERS["level"]),
        "certificate_as_given": given["certificate"],
        "majors_as_given": given["majors"],
    }
    own = {name: given[name] for name in given if name not in SOURCE_COLUMNS}
    ours = {name: columns[name] for name in (*SOURCE_COLUMNS, *columns) if name in columns and name != "majors"}
    return pd.DataFrame(ours | own).rename_axis("source_row").reset_index()


def majors_of(now: pd.Series, given: pd.Series, cut: np.ndarray, reference: pd.DataFrame) -> pd.DataFrame:
    """One row per application and major, in the cell's order, with what the reference knows of the major.

    The last major of a cut-off cell is marked `truncated`: others may have followed. A correction that adds majors
    to the cell has settled that.

    Args:
        now: The cells of majors as cleaned, `source_row` as index.
        given: The same as given.
        cut: Which of them are cut off.
        reference: Known majors: `major, catalogue_name, code, catalogue_year, category`.

    Returns:
        `source_row, major, as_given, truncated, catalogue_name, code, catalogue_year, category`.
    """
    lists = now.astype(str).map(split_majors)
    before = given.astype(str).map(split_majors)
    table = pd.DataFrame(
        {
            "major": lists,
            "as_given": [(old + [None] * len(new))[: len(new)] for old, new in zip(before, lists, strict=True)],
            "last": [[False] * (len(new) - 1) + [True] * bool(new) for new in lists],
            "cut": cut,
        }
    )
    table = table[lists.map(bool).to_numpy(dtype=bool)].explode(["major", "as_given", "last"])
    table = table.rename_axis("source_row").reset_index()
    by_either_name = pd.concat([reference, reference.assign(major=reference["catalogue_name"])])
    known = by_either_name.drop_duplicates("major").set_index("major").reindex(table["major"]).reset_index(drop=True)
    in_code_order = list(dict.fromkeys(reference.sort_values(["catalogue_year", "code"])["category"]))
    return pd.DataFrame(
        {
            "source_row": table["source_row"],
            "major": table["major"].astype(str),
            "as_given": table["as_given"].fillna("").astype(str),
            "truncated": table["last"].astype(bool) & table["cut"].astype(bool) & table["as_given"].notna(),
            **{name: known[name] for name in ("catalogue_name", "code", "catalogue_year")},
            "category": pd.Categorical(known["category"], in_code_order, ordered=True),
        }
    )


def certificates_of(cells: pd.DataFrame) -> pd.Series:
    """The certificate in each name, without level and suffix."""
    return each_value(cells["certificate"], lambda text: split_certificate(text)[0])


def levels_of(cells: pd.DataFrame) -> pd.Series:
    """The level in the certificate's name, else in a column of its own; "" where there is none."""
    in_names = each_value(cells["certificate"], lambda text: split_certificate(text)[1])
    return first_filled(in_names, each_value(cells["level"], levels_in)) if "level" in cells else in_names


def has_level(cells: pd.DataFrame) -> np.ndarray:
    """Which applications name a level."""
    return asked_of_each(levels_of(cells), bool)


def _typed(column: pd.Series, name: str) -> pd.Series:
    kind = SOURCE_COLUMNS[name].kind
    if kind in ("count", "year"):
        return counts_of(column)
    return in_order(column, _ORDERS[kind]) if kind in _ORDERS else column
