"""Clean cells → the typed tables `applications` and `majors`."""

import numpy as np
import pandas as pd

from pilotlib.cleaning.verbs import normalise_characters
from pilotlib.columns import SOURCE_COLUMNS
from pilotlib.distinct import counts_of, each_value, first_filled, in_order
from pilotlib.vocabulary import in_level_order, in_round_order
from pilotlib.words import levels_in, split_certificate, split_majors


def applications_of(now: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """One row per application, in the file's order: `source_row`, the source columns by their kinds, the table's own.

    Args:
        now: The applications' cells as cleaned, `source_row` as index.
        given: The same as given, surrounding white space aside.
    """
    names = each_value(now["certificate"], lambda text: split_certificate(text)[0])
    table = now.assign(certificate=names, level=_levels_of(now))
    read = normalise_characters(given.filter(["certificate", "level"]))
    ours = {name: _typed(table[name], name) for name in SOURCE_COLUMNS if name in table and name != "majors"}
    as_given = {
        "level_as_given": _typed(_levels_of(read), "level"),
        "certificate_as_given": given["certificate"],
        "majors_as_given": given["majors"],
    }
    own = {name: given[name] for name in given if name not in SOURCE_COLUMNS}
    return pd.DataFrame(ours | as_given | own).rename_axis("source_row").reset_index()


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
    lists, before = (cells.astype(object).map(split_majors) for cells in (now, given))
    padded = [(old + [None] * len(new))[: len(new)] for old, new in zip(before, lists, strict=True)]
    table = pd.DataFrame({"major": lists, "as_given": padded, "cut": cut}, index=now.index)
    table = table.explode(["major", "as_given"]).dropna(subset="major").rename_axis("source_row").reset_index()
    last = ~table["source_row"].duplicated(keep="last")
    by_either_name = pd.concat([reference, reference.assign(major=reference["catalogue_name"])])
    known = by_either_name.drop_duplicates("major").set_index("major").reindex(table["major"]).reset_index(drop=True)
    in_code_order = reference.sort_values(["catalogue_year", "code"])["category"].unique()
    return pd.DataFrame(
        {
            "source_row": table["source_row"],
            "major": table["major"].astype(str),
            "as_given": table["as_given"].fillna("").astype(str),
            "truncated": last & table["cut"].astype(bool) & table["as_given"].notna(),
            **{name: known[name] for name in ("catalogue_name", "code", "catalogue_year")},
            "category": pd.Categorical(known["category"], in_code_order, ordered=True),
        }
    )


def _levels_of(cells: pd.DataFrame) -> pd.Series:
    """The level in the certificate's name, else in a column of its own; "" where there is none."""
    in_names = each_value(cells["certificate"], lambda text: split_certificate(text)[1])
    return first_filled(in_names, each_value(cells["level"], levels_in)) if "level" in cells else in_names


def _typed(column: pd.Series, name: str) -> pd.Series:
    kind = SOURCE_COLUMNS[name].kind
    if kind in ("count", "year"):
        return counts_of(column)
    orders = {"round": in_round_order, "level": in_level_order}
    return in_order(column, orders[kind]) if kind in orders else column
