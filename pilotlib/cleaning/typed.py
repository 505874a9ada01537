"""Clean text cells → the typed tables `applications` and `majors`."""

from collections.abc import Callable, Iterable

import pandas as pd

from pilotlib.cleaning.words import split_certificate, split_majors
from pilotlib.values import by_value
from pilotlib.vocabulary import COUNT_COLUMNS, LEVELS, SOURCE_COLUMNS, in_round_order


def typed_applications(
    given: pd.DataFrame, read_as_given: pd.DataFrame, now: pd.DataFrame, truncated: pd.Series
) -> pd.DataFrame:
    """One row per application, from the cells as given, read as given, and as cleaned; in the file's order."""
    parts = by_value(now["certificate"], split_certificate)
    levels_given = by_value(read_as_given["certificate"], lambda text: split_certificate(text)[1])
    counts = now[list(COUNT_COLUMNS)].apply(lambda column: pd.to_numeric(column.replace("", None)).astype("Int64"))
    return pd.DataFrame(
        {
            "serial": now.get("serial", pd.Series("", index=now.index, dtype=str)),
            "year": counts["year"],
            "application_round": _ordered(now["application_round"], in_round_order),
            "certificate": parts.str[0].astype(str),
            "level": _ordered(parts.str[1].astype(str), _in_level_order),
            "level_as_given": _ordered(levels_given.astype(str), _in_level_order),
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
    """One row per application and major, in the cell's order, with what the reference knows of the major."""
    as_given = _one_a_row(given, "as_given")
    last_given = as_given.groupby("source_row")["position"].transform("max") == as_given["position"]
    as_given["truncated"] = last_given & as_given["source_row"].map(cut).astype(bool)
    majors = _one_a_row(now, "major").merge(as_given, on=["source_row", "position"], how="left")
    by_either_name = pd.concat([reference, reference.assign(major=reference["catalogue_name"])]).drop_duplicates(
        "major"
    )
    in_code_order = list(dict.fromkeys(reference.sort_values(["catalogue_year", "code"])["category"]))
    return majors.merge(by_either_name, on="major", how="left").assign(
        as_given=lambda table: table["as_given"].fillna("").astype(str),
        truncated=lambda table: table["truncated"].fillna(False).astype(bool),
        category=lambda table: pd.Categorical(table["category"], in_code_order, ordered=True),
    )[["source_row", "major", "as_given", "truncated", "catalogue_name", "code", "catalogue_year", "category"]]


def _one_a_row(cells: pd.Series, name: str) -> pd.DataFrame:
    """One row per application, from the cells as given, read as given, and as cleaned; in the file's order."""
    parts = by_value(cells, split_majors).explode().dropna().astype(str).rename(name).reset_index()
    return parts.assign(position=parts.groupby("source_row").cumcount())


def _ordered(column: pd.Series, order: Callable[[Iterable[str]], list[str]]) -> pd.Series:
    """An ordered categorical; empty text is missing."""
    values = column.mask(column == "")
    return values.astype(pd.CategoricalDtype(order(values.dropna().unique()), ordered=True))


def _in_level_order(levels: Iterable[str]) -> list[str]:
    """The three levels, then cells that name several."""
    return [*LEVELS, *sorted(set(levels) - set(LEVELS))]
