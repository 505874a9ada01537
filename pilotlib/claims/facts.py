"""What is known of a year, by what it counts and for what part, and whether a number can be one of these figures."""

import math
from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from pilotlib.claims import grammar
from pilotlib.claims.numbers import Number
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

    @property
    def written(self) -> str:
        """The figure with its unit: 1662人."""
        return figure(self.value) + self.unit


class Facts(NamedTuple):
    """All that is known of a year: `known` by measure and scope, the names in its table, those of the school."""

    year: int
    known: dict[tuple[str, Scope], Fact]
    names: dict[str, tuple[str, ...]]
    schools: tuple[str, ...] = ()


DIMENSIONS = Scope._fields
Known = dict[tuple[str, Scope], Fact]

NO_FACTS = Facts(0, {}, dict.fromkeys(DIMENSIONS, ()))  # where a text is judged by itself
_STATISTIC_OF = {
    ("application_round",): "by_round",
    ("level",): "by_level",
    ("application_round", "level"): "by_round_level",
    ("certificate",): "by_certificate",
}
_GIVEN_BY_CERTIFICATE = ("major", "category", "college")  # no figure is known of both a certificate and one of these
_COUNTS = ["applications", "certificates", "certificate_levels", "places_applied", "places_approved"]


def facts_of(tables: Tables, statistics: dict[str, pd.DataFrame], schools: Iterable[str] = ()) -> Facts:
    """The figures of a year from its statistics; those of a certificate at a level in a round from the table itself.

    `schools` are the names by which a text may speak of the school, besides 学校, 我校 and the like.
    """
    applications = tables.applications.assign(level=tables.applications["level"].astype("str"))
    known = _by_measure(statistics["overview"], "measure", "overview")
    for size in (1, 2, 3):
        for dimensions in combinations(DIMENSIONS[:3], size):
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
    names: dict[str, Iterable[object]] = {
        "application_round": rounds,
        "certificate": applications["certificate"].unique(),
        "major": tables.majors["major"].unique(),
        "category": tables.majors["category"].dropna().unique(),
        "college": sorted(set(tables.colleges.values())),
    }
    year = int(applications["year"].mode().iloc[0]) if applications["year"].notna().any() else 0
    listed = {name: tuple(map(str, values)) for name, values in names.items()}
    return Facts(year, known, listed, tuple(filter(None, schools)))


def fact_of(measure: str, scope: Scope, facts: Facts) -> Fact | None:
    """What is known of a measure in a part of the year; of several parts named together (by 、), their sum."""
    several = next((name for name, value in zip(DIMENSIONS, scope, strict=True) if "、" in value), None)
    if several is None:
        return facts.known.get((measure, scope))
    scopes = [scope._replace(**{several: name}) for name in getattr(scope, several).split("、")]
    parts = [facts.known[measure, part] for part in scopes if (measure, part) in facts.known]
    if measure not in grammar.ADDED_UP or len(parts) < len(scopes):
        return None
    total, bound = sum(part.value for part in parts), any(part.lower_bound for part in parts)
    return parts[0]._replace(value=total, lower_bound=bound)


def scopes_of(own: Scope, carried: Scope) -> list[Scope]:
    """The part named beside a claim, joined by all, some or none of what was said before it."""
    optional = [name for name in DIMENSIONS if getattr(carried, name) and not getattr(own, name)]
    if own.certificate or carried.certificate:
        optional = [name for name in optional if name not in _GIVEN_BY_CERTIFICATE]
    kept = [names for size in range(len(optional), -1, -1) for names in combinations(optional, size)]
    return [own._replace(**{name: getattr(carried, name) for name in names}) for names in kept]


def fits(number: Number, fact: Fact) -> bool:
    """Whether a figure can be what a number says, as exactly as the number says it."""
    stated, value = number.value or 0.0, in_unit_of(number, fact)
    step = number.step * (value / stated if stated else 1)
    return close_to(value, step, number.modifier, fact.value, lower_bound=fact.lower_bound)


def in_unit_of(number: Number, fact: Fact) -> float:
    """A number's value in the unit of a figure: 元 and 亿元 in 万元."""
    factors, value = grammar.IN_TEN_THOUSANDS, number.value or 0.0
    if number.unit not in factors or fact.unit not in factors:
        return value
    return value * factors[number.unit] / factors[fact.unit]


def close_to(value: float, step: float, modifier: str, expected: float, *, lower_bound: bool = False) -> bool:
    """Whether a stated value, exact to its last digit (rounded or cut off) or as its modifier says, is the expected.

    >>> close_to(88.3, 0.1, "", 88.3268), close_to(900, 1, "at_least", 908), close_to(872, 1, "", 873)
    (True, True, False)
    """
    if lower_bound:
        return value >= expected - 1e-9
    if modifier == grammar.SOME_MORE:
        digits = f"{value:.0f}"
        return value <= expected < value + 10 ** (len(digits) - len(digits.rstrip("0")))
    if modifier == grammar.AT_LEAST:
        return expected >= value - 1e-9
    if modifier == grammar.BELOW:
        return expected < value
    if modifier == grammar.ABOUT:
        return abs(expected - value) <= max(0.1 * abs(value), step / 2)
    cut_off = math.floor(expected / step + 1e-9) * step
    return abs(value - expected) <= step / 2 + 1e-9 or math.isclose(cut_off, value, abs_tol=1e-6)


def figure(value: float) -> str:
    """A figure as it is written in an explanation: 1662, 88.33."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _by_measure(table: pd.DataFrame, key: str, statistic: str) -> Known:
    given = table[table["value"].notna()]
    bounds = given["lower_bound"] if "lower_bound" in given else pd.Series(False, index=given.index)
    rows = zip(given[key], given["value"], given["unit"], bounds, strict=True)
    return {(name, Scope()): Fact(float(value), unit, bool(bound), statistic) for name, value, unit, bound in rows}


def _of_places(applications: pd.DataFrame, dimensions: tuple[str, ...]) -> Known:
    """Rows, certificates and places of each round, level, certificate, or of each that occur together."""
    approved = applications["status"].isin(APPROVED_STATUSES)
    missing = applications.assign(
        places_applied=applications["places_applied"].isna(),
        places_approved=applications["places_approved"].isna() & approved,
    )
    bounds = missing.groupby(list(dimensions), dropna=False)[["places_applied", "places_approved"]].any()
    table = totals(only_approved(applications), list(dimensions)).set_index(list(dimensions))
    return _facts(table[_COUNTS], bounds, dimensions, _STATISTIC_OF.get(dimensions, "applications"))


def _of_majors(tables: Tables) -> Known:
    """The number of majors in each round; a lower bound where a list of majors is cut off."""
    rows = tables.majors.merge(tables.applications[["source_row", "application_round"]], on="source_row")
    groups = rows.groupby("application_round")
    table = groups.agg(majors_count=("major", "nunique"))
    bounds = groups.agg(majors_count=("truncated", "any"))
    return _facts(table, bounds, ("application_round",), "majors")


def _of_groups(table: pd.DataFrame, dimension: str, statistic: str) -> Known:
    """Majors, rows and places of each 大类 or college; lower bounds where others share rows with it."""
    shared = "、".join(name for name in table[dimension] if "、" in name).split("、")
    own = table[~table[dimension].str.contains("、")].set_index(dimension)
    counts = own[["majors_count", "applications", "places_applied", "places_approved"]]
    bounds = pd.DataFrame({name: own.index.isin(shared) for name in counts}, index=own.index)
    return _facts(counts, bounds.assign(majors_count=True), (dimension,), statistic)


def _of_single_majors(table: pd.DataFrame) -> Known:
    """Students, rows and places of each major; its places are a lower bound where it shares more with others."""
    own = table.set_index("major")
    own["applications"] = own["applications_alone"] + own["applications_shared"]
    counts = own[["students", "applications", "places_approved_alone"]]
    counts = counts.set_axis(["distinct_students", "applications", "places_approved"], axis="columns")
    bounds = pd.DataFrame({"places_approved": own["applications_shared"] > 0})
    return _facts(counts, bounds, ("major",), "by_major")


def _facts(counts: pd.DataFrame, bounds: pd.DataFrame, dimensions: tuple[str, ...], statistic: str) -> Known:
    """One fact per cell: `counts` by measure (columns) and part (index); `bounds` likewise, False where it has none."""
    keys = [key if isinstance(key, tuple) else (key,) for key in counts.index]
    parts = [Scope(**dict(zip(dimensions, map(str, key), strict=True))) for key in keys]
    limits = bounds.reindex(index=counts.index, columns=counts.columns, fill_value=False)
    return {
        (measure, part): Fact(float(value), unit_of(measure), bool(bound), statistic)
        for measure in map(str, counts)
        for part, value, bound in zip(parts, counts[measure], limits[measure], strict=True)
        if pd.notna(value)
    }
