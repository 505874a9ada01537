"""Clean text cells → the typed tables `applications` and `majors`."""

from collections.abc import Callable, Iterable

import pandas as pd

from pilotlib.cleaning.words import levels_in, split_certificate, split_majors
from pilotlib.values import by_value
from pilotlib.vocabulary import COUNT_COLUMNS, LEVELS, SOURCE_COLUMNS, in_round_order


def typed_applications(
    given: pd.DataFrame, read_as_given: pd.DataFrame, now: pd.DataFrame, truncated: pd.Series
) -> pd.DataFrame:
    """One row per application, from the cells as given, read as given, and as cleaned; in the file's order."""
    names = by_value(now["certificate"], lambda text: split_certificate(text)[0]).astype(str)
    counts = now[list(COUNT_COLUMNS)].apply(lambda column: pd.to_numeric(column.replace("", None)).astype("Int64"))
    return pd.DataFrame(
        {
            "serial": now.get("serial", pd.Series("", index=now.index, dtype=str)),
            "year": counts["year"],
            "application_round": _ordered(now["application_round"], in_round_order),
            "certificate": names,
            "level": _ordered(levels_of(now), _in_level_order),
            "level_as_given": _ordered(levels_of(read_as_given), _in_level_order),
            "certificate_as_given": given["certificate"],
            "majors_as_given": given["majors"],
            "students": counts["students"],
            "places_applied": counts["places_applied"],
            "places_approved": counts["places_approved"],
            "status": now["status"],
            "truncated": truncated,
            **{name: given[name] for name in given.columns if name not in SOURCE_COLUMNS},
        }
    ).reset_index()


def typed_majors(now: pd.Series, given: pd.Series, cut: pd.Series, reference: pd.DataFrame) -> pd.DataFrame:
    """One row per application and major, in the cell's order, with what the reference knows of the major.

    The last major of a cut-off cell is marked `truncated`: others may have followed. A correction that adds majors
    to the cell has settled that.
    """
    as_given = _one_a_row(given, "as_given")
    majors = _one_a_row(now, "major").merge(as_given, on=["source_row", "position"], how="left")
    last = majors.groupby("source_row")["position"].transform("max") == majors["position"]
    unsettled = last & majors["as_given"].notna() & majors["source_row"].map(cut).astype(bool)
    by_either_name = pd.concat([reference, reference.assign(major=reference["catalogue_name"])]).drop_duplicates(
        "major"
    )
    in_code_order = list(dict.fromkeys(reference.sort_values(["catalogue_year", "code"])["category"]))
    return majors.merge(by_either_name, on="major", how="left").assign(
        as_given=lambda table: table["as_given"].fillna("").astype(str),
        truncated=unsettled.to_numpy(),
        category=lambda table: pd.Categorical(table["category"], in_code_order, ordered=True),
    )[["source_row", "major", "as_given", "truncated", "catalogue_name", "code", "catalogue_year", "category"]]


def levels_of(cells: pd.DataFrame) -> pd.Series:
    """The level in the certificate's name, else in a column of its own."""
    in_names = by_value(cells["certificate"], lambda text: split_certificate(text)[1]).astype(str)
    if "level" not in cells:
        return in_names
    return in_names.where(in_names != "", by_value(cells["level"], levels_in).astype(str))


def _one_a_row(cells: pd.Series, name: str) -> pd.DataFrame:
    """Each cell's majors below each other: `source_row`, the column `name`, and the `position` in the cell."""
    parts = by_value(cells, split_majors).explode().dropna().astype(str).rename(name).reset_index()
    return parts.assign(position=parts.groupby("source_row").cumcount())


def _ordered(column: pd.Series, order: Callable[[Iterable[str]], list[str]]) -> pd.Series:
    """An ordered categorical; empty text is missing."""
    values = column.mask(column == "")
    return values.astype(pd.CategoricalDtype(order(values.dropna().unique()), ordered=True))


def _in_level_order(levels: Iterable[str]) -> list[str]:
    """The three levels, then cells that name several."""
    return [*LEVELS, *sorted(set(levels) - set(LEVELS))]
