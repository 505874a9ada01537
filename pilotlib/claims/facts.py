"""What is known of a year, by what it counts and for what part, and whether a number can be one of these figures."""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.claims import grammar
from pilotlib.claims.numbers import Number
from pilotlib.cleaning.verbs import with_expected_columns
from pilotlib.columns import RESULT_COUNTS, title_of, unit_of
from pilotlib.statistics.places import BOUNDS, PLACES, Tables, lacking, totals
from pilotlib.vocabulary import PERSON_TIMES, RESULT_INDICATORS


class Scope(NamedTuple):
    """The part of the year that a figure is of; "" where it is of all."""

    application_round: str = ""
    level: str = ""
    certificate: str = ""
    major: str = ""
    category: str = ""
    college: str = ""


class Fact(NamedTuple):
    """A figure of the year: of what measure and which part, whether it is only a lower bound, and its statistic."""

    measure: str
    scope: Scope
    value: float
    unit: str
    lower_bound: bool
    statistic: str

    @property
    def written(self) -> str:
        """The figure with its unit: 1662人."""
        return figure(self.value) + self.unit

    @property
    def statement(self) -> str:
        """What is known, as a clause: 第一次证书数为12种."""
        sentence = "at_least" if self.lower_bound else "exactly"
        return grammar.say(sentence, title=titled(self.measure, self.scope), figure=self.written)


class Facts(NamedTuple):
    """All that is known of a year: `known` by measure and scope, the names in its table, those of the school; and
    whether the text is of this school (`ours`): of another no number is called wrong by the year.
    """

    year: int
    known: dict[tuple[str, Scope], Fact]
    names: dict[str, tuple[str, ...]]
    schools: tuple[str, ...] = ()
    ours: bool = True


DIMENSIONS = Scope._fields
NO_FACTS = Facts(0, {}, dict.fromkeys(DIMENSIONS, ()))  # where a text is judged by itself
_GIVEN_BY_CERTIFICATE = ("major", "category", "college")  # no figure is known of both a certificate and one of these


def facts_of(tables: Tables, statistics: dict[str, pd.DataFrame], school: dict[str, Any] | None = None) -> Facts:
    """The figures of a year from its statistics; those of a certificate at a level in a round from the table itself.

    A text may speak of the school by its `name` and `short_names`, as `school.toml` gives them, besides 学校 and 我校.
    """
    applications = with_expected_columns(tables.applications).astype({"level": "str"})
    rounds = applications["application_round"].nunique()
    facts = [Fact("rounds_count", Scope(), rounds, "个", False, "by_round")] if rounds else []
    for statistic, key in (("overview", "measure"), ("indicators", "indicator")):
        given = statistics[statistic].dropna(subset="value").reindex(columns=[key, "value", "unit", "lower_bound"])
        given = given[given["unit"] != PERSON_TIMES]  # how many persons these are is not known
        for name, value, unit, bound in given.itertuples(index=False):
            facts.append(Fact(name, Scope(), float(value), unit, bound is True, statistic))
    for counts, lower, statistic in _counts(replace(tables, applications=applications), statistics):
        parts = counts.index.to_frame().reindex(columns=DIMENSIONS, fill_value="").to_numpy()
        lower = lower.reindex(index=counts.index, columns=counts.columns, fill_value=False)
        for measure in map(str, counts):
            for part, value, bound in zip(parts, counts[measure], lower[measure], strict=True):
                if pd.notna(value):
                    scope, unit = Scope(*map(str, part)), unit_of(measure)
                    facts.append(Fact(measure, scope, float(value), unit, bool(bound), statistic))
    if tables.colleges:
        colleges, bound = tables.majors["major"].map(tables.colleges).dropna(), tables.majors["truncated"].any()
        facts.append(Fact("colleges_count", Scope(), colleges.nunique(), "个", bool(bound), "by_college"))
    named = (*applications[["application_round", "certificate"]].items(), *tables.majors[["major", "category"]].items())
    names = {str(dimension): tuple(map(str, column.dropna().unique())) for dimension, column in named}
    names["college"] = tuple(sorted(set(tables.colleges.values())))
    year = int(applications["year"].mode().iloc[0]) if applications["year"].notna().any() else 0
    known = {(fact.measure, fact.scope): fact for fact in facts}
    schools = (school.get("name", ""), *school.get("short_names", ())) if school else ()
    return Facts(year, known, names, tuple(filter(None, schools)))


def fact_of(measure: str, scope: Scope, facts: Facts) -> Fact | None:
    """What is known of a measure in a part of the year; of several parts named together (by 、), their sum."""
    several = next((name for name, value in zip(DIMENSIONS, scope, strict=True) if "、" in value), None)
    if several is None:
        return facts.known.get((measure, scope))
    scopes = [scope._replace(**{several: name}) for name in getattr(scope, several).split("、")]
    parts = [facts.known[measure, part] for part in scopes if (measure, part) in facts.known]
    if measure not in grammar.RULES["measure_rules"]["added_up"] or len(parts) < len(scopes):
        return None
    bound = any(part.lower_bound for part in parts)
    return parts[0]._replace(scope=scope, value=sum(part.value for part in parts), lower_bound=bound)


def scopes_of(own: Scope, carried: Scope) -> list[Scope]:
    """The part named beside a claim, joined by all, some or none of what was said before it."""
    optional = [name for name in DIMENSIONS if getattr(carried, name) and not getattr(own, name)]
    if own.certificate or carried.certificate:
        optional = [name for name in optional if name not in _GIVEN_BY_CERTIFICATE]
    kept = [names for size in range(len(optional), -1, -1) for names in combinations(optional, size)]
    return [own._replace(**{name: getattr(carried, name) for name in names}) for names in kept]


def matches(number: Number, fact: Fact) -> bool:
    """Whether a figure can be what a number says, as exactly as the number says it."""
    value = in_unit_of(number, fact)
    step = number.step * (value / number.value if number.value else 1)
    at_least = value >= fact.value - 1e-9
    return at_least if fact.lower_bound else close_to(value, step, number.modifier, fact.value)


def in_unit_of(number: Number, fact: Fact) -> float:
    """A number's value in the unit of a figure: 元 and 亿元 in 万元."""
    factors, value = grammar.RULES["in_ten_thousands"], number.value or 0.0
    return value * factors.get(number.unit, 1) / factors.get(fact.unit, 1) if fact.unit in factors else value


def close_to(value: float, step: float, modifier: str, expected: float) -> bool:
    """Whether a stated value, exact to its last digit (rounded or cut off) or as its modifier says, is the expected.

    >>> close_to(88.3, 0.1, "", 88.3268), close_to(900, 1, "at_least", 908), close_to(872, 1, "", 873)
    (True, True, False)
    """
    digits, cut_off = f"{value:.0f}", math.floor(expected / step + 1e-9) * step
    round_to = 10 ** (len(digits) - len(digits.rstrip("0")))  # 100 of 900, and 5 of 85
    about = round_to * (5 if digits.rstrip("0").endswith("5") else 1 if value % step < 1e-6 else 10)  # 三分之一
    return {
        "": abs(value - expected) <= step / 2 + 1e-9 or math.isclose(cut_off, value, abs_tol=1e-6),
        "some_more": value <= expected < value + round_to,
        "at_least": expected >= value - 1e-9,
        "below": expected < value,
        "about": abs(expected - value) <= max(min(0.1 * abs(value), about), step / 2),
    }[modifier]


def figure(value: float) -> str:
    """A figure as we write it: 1,662, 88.33."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def titled(measure: str, scope: Scope) -> str:
    """A measure of a part of the year in Chinese: 第一次批准总培训人数."""
    return "".join(filter(None, scope)) + title_of(measure)


def _counts(tables: Tables, statistics: dict[str, pd.DataFrame]) -> Iterator[tuple[pd.DataFrame, pd.DataFrame, str]]:
    """Tables of counts by part, each with a table of which of them are lower bounds, and its statistic.

    Rows, certificates and places of each round, level, certificate, and of those that occur together; majors by round,
    大类 and college; students and places of each major.
    """
    applications = tables.applications
    bounded = lacking(applications)
    for dimensions in (list(part) for size in (1, 2, 3) for part in combinations(DIMENSIONS[:3], size)):
        statistic = "by_" + "_".join(dimensions).replace("application_", "")
        bounds = bounded.groupby([applications[name] for name in dimensions], dropna=False, observed=True).any()
        counts = totals(tables.approved, dimensions).set_index(dimensions).drop(columns=BOUNDS)
        yield counts, bounds, statistic if statistic in statistics else "applications"
    rows = tables.majors.merge(applications[["source_row", "application_round"]], on="source_row")
    rounds = rows.groupby("application_round").agg(majors_count=("major", "nunique"), bound=("truncated", "any"))
    yield rounds[["majors_count"]], rounds[["bound"]].set_axis(["majors_count"], axis=1), "majors"
    for dimension in ("category", "college"):
        table = statistics[f"by_{dimension}"].set_index(dimension)
        several = table.index.str.contains("、")
        alone = table.loc[~several]
        counts = alone[["majors_count", "applications", *PLACES]]
        shared = pd.DataFrame(alone[BOUNDS]).set_axis(PLACES, axis=1).assign(applications=False, majors_count=True)
        shared.loc[counts.index.isin("、".join(table.index[several]).split("、"))] = True
        yield counts, shared, f"by_{dimension}"
    # Over several certificates results are person-times: no text that speaks of persons is held against these.
    results = statistics["results_by_certificate"]
    alone = results[~results["certificate"].duplicated(keep=False)].drop(columns="level", errors="ignore")
    for table in (results, alone):
        table = table.set_index([name for name in DIMENSIONS if name in table])
        bounds = table[[f"{name}_bound" for name in RESULT_COUNTS]].set_axis([*RESULT_INDICATORS.values()], axis=1)
        yield table[RESULT_COUNTS].rename(columns=RESULT_INDICATORS), bounds, "results_by_certificate"
    majors = statistics["by_major"].set_index("major")
    counts = majors[["students", "places_approved_alone"]].set_axis(["distinct_students", "places_approved"], axis=1)
    counts.insert(1, "applications", majors["applications_alone"] + majors["applications_shared"])
    yield counts, (majors[["applications_shared"]] > 0).set_axis(["places_approved"], axis=1), "by_major"
