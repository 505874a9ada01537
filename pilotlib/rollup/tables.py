"""Partial sums → tidy tables by school, round, level, city and certificate."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pilotlib.coded import Coded, category_of, count_of
from pilotlib.rollup.partial import CERTIFICATE_BITS, KIND_BITS, MEASURES, Partial, added
from pilotlib.vocabulary import LEVELS, NO_SCHOOL, UNKNOWN, in_round_order

MOST_TICKS = 2**26
COUNTS = ("schools", "applications", "certificates", "certificate_levels", "places_applied", "places_approved")
COUNTS += ("cells_changed", "lower_bound")
# Each table and the columns by which it adds up.
GROUPINGS = {
    "by_school": ("school", "year"),
    "by_round": ("year", "application_round"),
    "by_level": ("year", "level"),
    "by_city": ("year", "city"),
    "overview": (),
}


def combine(partials: Sequence[Partial], rows_read: int | None = None) -> dict[str, pd.DataFrame]:
    """The tables of the rows of some partial sums.

    Args:
        partials: As `summarise_piece` returns them, one or more.
        rows_read: The number of rows read below the headers, for the overview.

    Returns:
        `by_school`, `by_round`, `by_level`, `by_city` (empty without cities) and `overview`: the columns they add up
        by, then `COUNTS`; and `by_certificate`, which has no certificates to count, the most places first. A sum of
        nothing but missing numbers is missing; one that lacks a number is a lower bound.
        `by_school` has the `city`, several of them joined. It and `overview` also count `rows_set_aside`; those of a
        school with several years count in its first row, and those that name no school, or one without applications,
        in the overview alone. `set_aside` counts all of them by `school, reason`.
    """
    whole = added(partials)
    names = _names(whole)
    has_city = bool(names["city"].notna().any())
    tables = {name: _grouped(whole, names, list(by)) for name, by in GROUPINGS.items()}
    if not has_city:
        tables["by_city"] = tables["by_city"].iloc[:0]
    aside = pd.DataFrame(
        [(*key, number) for key, number in sorted(whole.set_aside.items())], columns=["school", "reason", "rows"]
    )
    of_school = aside.groupby("school")["rows"].sum()
    schools = tables["by_school"]["school"].astype(str)
    counted = schools.map(of_school).fillna(0).astype("int64").where(~schools.duplicated(), 0)
    by_school = tables["by_school"].assign(school=schools).drop(columns="schools")
    by_school.insert(2, "city", _cities(names))
    by_school.insert(len(by_school.columns) - 1, "rows_set_aside", counted)
    total = int(aside["rows"].sum())
    read = int(tables["overview"]["applications"].sum()) + total if rows_read is None else rows_read
    overview = tables["overview"].assign(rows_read=read, rows_set_aside=total)
    by_certificate = _by_certificate(whole, names)
    return tables | {"by_school": by_school, "overview": overview, "set_aside": aside, "by_certificate": by_certificate}


def _names(whole: Partial) -> pd.DataFrame:
    """What each group is called: its school, year, city, round and level."""
    place, kind = whole.groups >> KIND_BITS, whole.groups & (1 << KIND_BITS) - 1
    schools, years, cities = (Coded(place, list(words)) for words in zip(*whole.places, strict=True))
    rounds, levels = (Coded(kind, [word or UNKNOWN for word in words]) for words in zip(*whole.kinds, strict=True))
    return pd.DataFrame(
        {
            "school": category_of(schools, sorted),
            "year": count_of(years),
            "city": category_of(cities, sorted),
            "application_round": category_of(rounds, in_round_order),
            "level": category_of(levels, lambda words: [*LEVELS, *sorted(set(words) - set(LEVELS))]),
        }
    )


def _cities(names: pd.DataFrame) -> np.ndarray:
    """The cities of each school and year, in the order of `by_school`; "" where there is none."""
    places = names[["school", "year", "city"]].drop_duplicates()
    of_place = places.assign(city=places["city"].astype(object).where(places["city"].notna(), ""))
    groups = of_place.sort_values("city").groupby(["school", "year"], observed=True, dropna=False)["city"]
    return groups.agg(lambda cities: "、".join(filter(None, cities))).to_numpy()


def _by_certificate(whole: Partial, names: pd.DataFrame) -> pd.DataFrame:
    """The sums of each certificate, its levels taken together, and how many schools have it."""
    of_group, certificates = whole.seen >> CERTIFICATE_BITS, whole.seen & (1 << CERTIFICATE_BITS) - 1
    size = len(names["school"].cat.categories)
    named = (names["school"] != NO_SCHOOL).to_numpy()[of_group]
    schools = names["school"].cat.codes.to_numpy(np.int64)[of_group]
    pairs = _distinct((certificates * size + schools)[named], len(whole.certificates) * size)
    sums = dict(zip(MEASURES, whole.sums_by_certificate.T, strict=True))
    table = pd.DataFrame({"certificate": pd.Series(whole.certificates, dtype="str")}).assign(
        schools=np.bincount(pairs // max(size, 1), minlength=len(whole.certificates)), **_counts(sums)
    )
    return table.sort_values(["places_approved", "certificate"], ascending=[False, True], ignore_index=True)


def _counts(sums: dict[str, np.ndarray]) -> dict[str, pd.array]:
    """The columns of a table that are sums."""
    return {
        "applications": sums["applications"].astype(np.int64),
        "places_applied": _known(sums["places_applied"], sums["applied_known"]),
        "places_approved": _known(sums["places_approved"], sums["approved_known"]),
        "cells_changed": sums["cells_changed"].astype(np.int64),
        "lower_bound": sums["unknown"] > 0,
    }


def _grouped(whole: Partial, names: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The sums by some columns, and how many different schools, certificates and certificate × level there are."""
    codes = np.zeros(len(names), np.int64)
    keys = pd.DataFrame(index=range(1))
    if by:
        groups = names.groupby(by, observed=True, dropna=False)
        codes = groups.ngroup().to_numpy()
        example = np.zeros(groups.ngroups, np.int64)
        example[codes] = np.arange(len(codes))
        keys = names[by].take(example).reset_index(drop=True)
    sums = dict(zip(MEASURES, (np.bincount(codes, column, len(keys)) for column in whole.sums.T), strict=True))
    levels = names["level"].cat.codes.to_numpy(np.int64)
    number_of_levels = len(names["level"].cat.categories)
    of_group, certificates = whole.seen >> CERTIFICATE_BITS, whole.seen & (1 << CERTIFICATE_BITS) - 1
    pairs = _distinct(
        ((codes[of_group] * len(whole.certificates) + certificates) * number_of_levels) + levels[of_group],
        len(keys) * len(whole.certificates) * number_of_levels,
    )
    singles = _distinct(pairs // number_of_levels, len(keys) * len(whole.certificates))
    size = max(len(whole.certificates), 1)
    schools = names["school"].cat.codes.to_numpy(np.int64)
    of_school = len(names["school"].cat.categories)
    named = (names["school"] != NO_SCHOOL).to_numpy()
    here = _distinct((codes * of_school + schools)[named], len(keys) * of_school)
    counted = {
        "schools": np.bincount(here // max(of_school, 1), minlength=len(keys)),
        "certificates": np.bincount(singles // size, minlength=len(keys)),
        "certificate_levels": np.bincount(pairs // number_of_levels // size, minlength=len(keys)),
    }
    columns = counted | _counts(sums)
    return keys.assign(**{name: columns[name] for name in COUNTS})


def _distinct(keys: np.ndarray, below: int) -> np.ndarray:
    """The different numbers among `keys`, all of which are below a bound; ticked off where there is room for that."""
    if below > MOST_TICKS:
        return pd.unique(keys)
    ticks = np.zeros(below, bool)
    ticks[keys] = True
    return np.flatnonzero(ticks)


def _known(sums: np.ndarray, known: np.ndarray) -> pd.array:
    return pd.arrays.IntegerArray(sums.astype(np.int64), known == 0)
