"""What is known of a year, by what it counts and for what part: the figures that claims are held against."""

from itertools import combinations
from typing import NamedTuple

import pandas as pd

from pilotlib.columns import unit_of
from pilotlib.statistics.tables import Tables, only_approved, totals
from pilotlib.vocabulary import APPROVED_STATUSES


class Scope(NamedTuple):
    """The part of the year that a figure is of; "" where it is of all."""

    application_round: str = ""
    level: str = ""
    certificate: str = ""
    major: str = ""
    category: str = ""
    college: str = ""


class Fact(NamedTuple):
    """A figure, its unit, whether it is only a lower bound, and the statistic that it comes from."""

    value: float
    unit: str
    lower_bound: bool
    statistic: str


class Facts(NamedTuple):
    """All that is known of a year: `known` by measure and scope, and the names that its table holds."""

    year: int
    known: dict[tuple[str, Scope], Fact]
    names: dict[str, tuple[str, ...]]


NO_FACTS = Facts(0, {}, dict.fromkeys(Scope._fields, ()))  # enough where nothing is said
STATISTIC_OF = {
    (): "overview",
    ("application_round",): "by_round",
    ("level",): "by_level",
    ("application_round", "level"): "by_round_level",
    ("certificate",): "by_certificate",
}
COUNTS = ("applications", "certificates", "certificate_levels", "places_applied", "places_approved")


def facts_of(tables: Tables, statistics: dict[str, pd.DataFrame]) -> Facts:
    """The figures of a year from its statistics; those of a certificate at a level in a round from the table itself."""
    applications = tables.applications.assign(level=tables.applications["level"].astype("str"))
    known = _by_measure(statistics["overview"], "measure", "overview")
    for size in (1, 2, 3):
        for dimensions in combinations(Scope._fields[:3], size):
            known |= _of_places(applications, dimensions)
    known |= _of_majors(tables)
    for dimension, statistic in (("category", "by_category"), ("college", "by_college")):
        known |= _of_groups(statistics[statistic], dimension, statistic)
    known |= _of_single_majors(statistics["by_major"])
    known |= _by_measure(statistics["indicators"], "indicator", "indicators")
    rounds = applications["application_round"].unique()
    known["rounds_count", Scope()] = Fact(len(rounds), "个", False, "by_round")
    if tables.colleges:
        colleges = tables.majors["major"].map(tables.colleges).dropna().nunique()
        bound = bool(tables.majors["truncated"].any())
        known["colleges_count", Scope()] = Fact(colleges, "个", bound, "by_college")
    names = {
        "application_round": rounds,
        "certificate": applications["certificate"].unique(),
        "major": tables.majors["major"].unique(),
        "category": tables.majors["category"].dropna().unique(),
        "college": sorted(set(tables.colleges.values())),
    }
    year = int(applications["year"].mode().iloc[0]) if applications["year"].notna().any() else 0
    return Facts(year, known, {name: tuple(map(str, values)) for name, values in names.items()})


def _by_measure(table: pd.DataFrame, key: str, statistic: str) -> dict:
    given = table[table["value"].notna()]
    bounds = given["lower_bound"] if "lower_bound" in given else pd.Series(False, index=given.index)
    rows = zip(given[key], given["value"], given["unit"], bounds, strict=True)
    return {(name, Scope()): Fact(float(value), unit, bool(bound), statistic) for name, value, unit, bound in rows}


def _of_places(applications: pd.DataFrame, dimensions: tuple[str, ...]) -> dict:
    """Rows, certificates and places of each round, level, certificate, or of each that occur together."""
    approved = applications["status"].isin(APPROVED_STATUSES)
    missing = applications.assign(
        places_applied=applications["places_applied"].isna(),
        places_approved=applications["places_approved"].isna() & approved,
    )
    bounds = missing.groupby(list(dimensions), dropna=False)[["places_applied", "places_approved"]].any()
    table = totals(only_approved(applications), list(dimensions)).set_index(list(dimensions))
    return _facts(table[list(COUNTS)], bounds, dimensions, STATISTIC_OF.get(dimensions, "applications"))


def _of_majors(tables: Tables) -> dict:
    """The number of majors in each round; a lower bound where a list of majors is cut off."""
    rows = tables.majors.merge(tables.applications[["source_row", "application_round"]], on="source_row")
    groups = rows.groupby("application_round")
    table = groups.agg(majors_count=("major", "nunique"))
    bounds = groups.agg(majors_count=("truncated", "any"))
    return _facts(table, bounds, ("application_round",), "majors")


def _of_groups(table: pd.DataFrame, dimension: str, statistic: str) -> dict:
    """Majors, rows and places of each 大类 or college; lower bounds where others share rows with it."""
    shared = "、".join(name for name in table[dimension] if "、" in name).split("、")
    own = table[~table[dimension].str.contains("、")].set_index(dimension)
    counts = own[["majors_count", "applications", "places_applied", "places_approved"]]
    bounds = pd.DataFrame({name: own.index.isin(shared) for name in counts}, index=own.index)
    return _facts(counts, bounds.assign(majors_count=True), (dimension,), statistic)


def _of_single_majors(table: pd.DataFrame) -> dict:
    """Students, rows and places of each major; its places are a lower bound where it shares more with others."""
    own = table.set_index("major")
    counts = pd.DataFrame(
        {
            "distinct_students": own["students"],
            "applications": own["applications_alone"] + own["applications_shared"],
            "places_approved": own["places_approved_alone"],
        }
    )
    shared = own["applications_shared"] > 0
    bounds = pd.DataFrame({"places_approved": shared}, index=own.index).reindex(
        columns=counts.columns, fill_value=False
    )
    return _facts(counts, bounds, ("major",), "by_major")


def _facts(counts: pd.DataFrame, bounds: pd.DataFrame, dimensions: tuple[str, ...], statistic: str) -> dict:
    """One fact per cell: `counts` by measure (columns) and part (index); `bounds` likewise, False where it has none."""
    keys = [key if isinstance(key, tuple) else (key,) for key in counts.index]
    parts = [Scope(**dict(zip(dimensions, map(str, key), strict=True))) for key in keys]
    limits = bounds.reindex(index=counts.index, columns=counts.columns, fill_value=False)
    return {
        (measure, part): Fact(float(value), unit_of(measure), bool(bound), statistic)
        for measure in counts
        for part, value, bound in zip(parts, counts[measure], limits[measure], strict=True)
        if pd.notna(value)
    }
