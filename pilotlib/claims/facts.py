"""What is known of a year, by what it counts and for what part, and whether a number can be one of these figures."""

import math
from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from pilotlib.claims import grammar
from pilotlib.claims.numbers import Number
from pilotlib.columns import unit_of
from pilotlib.statistics.places import Tables, only_approved, totals
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
NO_FACTS = Facts(0, {}, dict.fromkeys(DIMENSIONS, ()))  # where a text is judged by itself
_STATISTIC_OF = {
    ("application_round",): "by_round",
    ("level",): "by_level",
    ("application_round", "level"): "by_round_level",
    ("certificate",): "by_certificate",
}
_GIVEN_BY_CERTIFICATE = ("major", "category", "college")  # no figure is known of both a certificate and one of these
_COUNTS = ["applications", "certificates", "certificate_levels", "places_applied", "places_approved"]
_Known = dict[tuple[str, Scope], Fact]


def facts_of(tables: Tables, statistics: dict[str, pd.DataFrame], schools: Iterable[str] = ()) -> Facts:
    """The figures of a year from its statistics; those of a certificate at a level in a round from the table itself.

    `schools` are the names by which a text may speak of the school, besides 学校, 我校 and the like.
    """
    applications = tables.applications.assign(level=tables.applications["level"].astype("str"))
    known: _Known = {}
    for statistic, key in (("overview", "measure"), ("indicators", "indicator")):
        given = statistics[statistic].dropna(subset="value").reindex(columns=[key, "value", "unit", "lower_bound"])
        for name, value, unit, bound in given.itertuples(index=False):
            known[name, Scope()] = Fact(float(value), unit, bound is True, statistic)
    for dimensions in (part for size in (1, 2, 3) for part in combinations(DIMENSIONS[:3], size)):
        known |= _of_places(applications, dimensions)
    known |= _of_majors(tables, statistics)
    rounds = applications["application_round"].unique()
    known["rounds_count", Scope()] = Fact(len(rounds), "个", False, "by_round")
    if tables.colleges:
        colleges = tables.majors["major"].map(tables.colleges).dropna().nunique()
        known["colleges_count", Scope()] = Fact(colleges, "个", bool(tables.majors["truncated"].any()), "by_college")
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
    bound = any(part.lower_bound for part in parts)
    return parts[0]._replace(value=sum(part.value for part in parts), lower_bound=bound)


def scopes_of(own: Scope, carried: Scope) -> list[Scope]:
    """The part named beside a claim, joined by all, some or none of what was said before it."""
    optional = [name for name in DIMENSIONS if getattr(carried, name) and not getattr(own, name)]
    if own.certificate or carried.certificate:
        optional = [name for name in optional if name not in _GIVEN_BY_CERTIFICATE]
    kept = [names for size in range(len(optional), -1, -1) for names in combinations(optional, size)]
    return [own._replace(**{name: getattr(carried, name) for name in names}) for names in kept]


def fits(number: Number, fact: Fact) -> bool:
    """Whether a figure can be what a number says, as exactly as the number says it."""
    value = in_unit_of(number, fact)
    step = number.step * (value / number.value if number.value else 1)
    return close_to(value, step, number.modifier, fact.value, lower_bound=fact.lower_bound)


def in_unit_of(number: Number, fact: Fact) -> float:
    """A number's value in the unit of a figure: 元 and 亿元 in 万元."""
    factors, value = grammar.IN_TEN_THOUSANDS, number.value or 0.0
    return value * factors.get(number.unit, 1) / factors.get(fact.unit, 1) if fact.unit in factors else value


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


def _of_places(applications: pd.DataFrame, dimensions: tuple[str, ...]) -> _Known:
    """Rows, certificates and places of each round, level, certificate, or of each that occur together."""
    approved = applications["status"].isin(APPROVED_STATUSES)
    missing = applications.assign(
        places_applied=applications["places_applied"].isna(),
        places_approved=applications["places_approved"].isna() & approved,
    )
    bounds = missing.groupby(list(dimensions), dropna=False)[["places_applied", "places_approved"]].any()
    table = totals(only_approved(applications), list(dimensions)).set_index(list(dimensions))
    return _facts(table[_COUNTS], bounds, dimensions, _STATISTIC_OF.get(dimensions, "applications"))


def _of_majors(tables: Tables, statistics: dict[str, pd.DataFrame]) -> _Known:
    """Majors by round, 大类 and college, students and places of each; lower bounds where a cell is cut or shared."""
    rows = tables.majors.merge(tables.applications[["source_row", "application_round"]], on="source_row")
    of_round = rows.groupby("application_round").agg(majors_count=("major", "nunique"), bound=("truncated", "any"))
    bounds = of_round[["bound"]].set_axis(["majors_count"], axis="columns")
    known = _facts(of_round[["majors_count"]], bounds, ("application_round",), "majors")
    for dimension, statistic in (("category", "by_category"), ("college", "by_college")):
        table = statistics[statistic]
        shared = "、".join(name for name in table[dimension] if "、" in name).split("、")
        own = table[~table[dimension].str.contains("、")].set_index(dimension)
        counts = own[["majors_count", "applications", "places_applied", "places_approved"]]
        bounds = pd.DataFrame({name: own.index.isin(shared) for name in counts}, index=own.index)
        known |= _facts(counts, bounds.assign(majors_count=True), (dimension,), statistic)
    own = statistics["by_major"].set_index("major")
    counts = own.assign(
        distinct_students=own["students"],
        applications=own["applications_alone"] + own["applications_shared"],
        places_approved=own["places_approved_alone"],
    )[["distinct_students", "applications", "places_approved"]]
    bounds = pd.DataFrame({"places_approved": own["applications_shared"] > 0})
    return known | _facts(counts, bounds, ("major",), "by_major")


def _facts(counts: pd.DataFrame, bounds: pd.DataFrame, dimensions: tuple[str, ...], statistic: str) -> _Known:
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
