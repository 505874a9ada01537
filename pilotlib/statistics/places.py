"""The tables that statistics are computed from; applications by round, level, certificate and status."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, wraps
from typing import Any

import pandas as pd

from pilotlib.cleaning import Cleaned
from pilotlib.cleaning.verbs import is_approved, with_expected_columns
from pilotlib.columns import RESULT_COUNTS
from pilotlib.reading import Processed
from pilotlib.vocabulary import APPROVED_STATUSES, UNKNOWN, listed

PLACES = ["places_applied", "places_approved"]
# Whether sums of these are lower bounds, and how many applications lack a count that is due.
BOUNDS = ["applied_lower_bound", "lower_bound"]
DECIMALS = 6  # of rates: they are rounded for readers once, where they are shown
LACKS = ["applied_lacking", "approved_lacking"]
COUNTED = ["applications", *PLACES, *LACKS]

_RESULTS = ["source_row", "certificate", "level", "majors_together", "college", *RESULT_COUNTS]
NO_RESULTS = pd.DataFrame(columns=_RESULTS).astype(dict.fromkeys(RESULT_COUNTS, "Int64"))


@dataclass(frozen=True, eq=False)
class Tables:
    """A year's tables as cleaned, `indicators` as text; `colleges` are major → college, empty if not said; `results`
    as of `results_of`."""

    applications: pd.DataFrame
    majors: pd.DataFrame
    indicators: pd.DataFrame
    colleges: dict[str, str]
    results: pd.DataFrame = field(default_factory=lambda: NO_RESULTS)

    @cached_property
    def approved(self) -> pd.DataFrame:
        """The applications as of `only_approved`, with what each adds to a total: see `counted`."""
        return counted(only_approved(self.applications))


def once(function: Callable[[Tables], pd.DataFrame]) -> Callable[[Tables], pd.DataFrame]:
    """A function of which others are formed too: computed once for the same tables, given anew to everyone who asks."""
    kept = lru_cache(maxsize=2)(function)
    return wraps(function)(lambda tables: kept(tables).copy(deep=False))


def tables_of(processed: Processed) -> Tables:
    """The tables of a year as the first stage wrote them."""
    colleges = college_of_major(processed.about["school"])
    results = results_of(processed.results, colleges)
    return Tables(processed.applications, processed.majors, processed.given_indicators, colleges, results)


def results_of(given: Cleaned | Processed | None, colleges: dict[str, str]) -> pd.DataFrame:
    """The rows of a cleaned table of results, each with all of RESULT_COUNTS, `majors_together` (all of its cell) and
    `college`, its own or that of its majors; none where there is no such table."""
    if given is None:
        return NO_RESULTS
    majors = given.majors.assign(college=given.majors["major"].map(colleges)).groupby("source_row")
    words = {"majors_together": majors["major"].agg(listed), "college": majors["college"].agg(listed)}
    rows = given.applications
    columns = {name: rows["source_row"].map(word).astype(object).replace("", pd.NA) for name, word in words.items()}
    own = rows["college"].astype(object).replace("", pd.NA) if "college" in rows else columns["college"]
    rows = rows.assign(**columns | {"college": own.fillna(columns["college"])})
    return rows.reindex(columns=_RESULTS).astype(dict.fromkeys(RESULT_COUNTS, "Int64"))


def college_of_major(school: dict[str, Any]) -> dict[str, str]:
    """Major → college, from what the school has said of itself."""
    return {major: college for college, majors in school.get("colleges", {}).items() for major in majors}


def only_approved(applications: pd.DataFrame) -> pd.DataFrame:
    """Applications with every column, and `places_approved` missing where they are not approved."""
    applications = with_expected_columns(applications)
    return applications.assign(places_approved=applications["places_approved"].where(is_approved(applications)))


def percent_of(part: pd.Series, whole: pd.Series) -> pd.Series:
    """One column in percent of another; missing where either is, or the other is 0."""
    return (part.astype("Float64") / whole * 100).round(DECIMALS).where(whole > 0)


def lacking(applications: pd.DataFrame) -> pd.DataFrame:
    """Which applications lack a count that is due: `places_applied`, and `places_approved` once approved."""
    missing = applications[PLACES].isna()
    return missing.assign(places_approved=missing["places_approved"] & is_approved(applications))


def counted(applications: pd.DataFrame) -> pd.DataFrame:
    """Applications with what each adds to a total: the columns `COUNTED`."""
    return applications.assign(applications=1, **lacking(applications).set_axis(LACKS, axis="columns"))


def _pairs(rows: pd.DataFrame) -> "pd.Series[int]":
    """A number for each certificate × level."""
    certificates, levels = (rows[name].astype("category").cat for name in ("certificate", "level"))
    width = len(levels.categories) + 1  # that no level is given is one more
    return certificates.codes.astype("int64") * width + levels.codes


def totals(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Rows of `counted` by columns, added up as by `added_up`; none where no row says by what it is grouped."""
    return added_up(rows if rows[by].notna().any().all() else rows.iloc[:0], by)


def added_up(rows: pd.DataFrame, by: list[str], pairs: pd.DataFrame | None = None) -> pd.DataFrame:
    """Per group of `by`: applications, certificates, certificate × level, places applied for and approved.

    The rows are those of `counted`, or sums over some; `pairs` then has each certificate × level that these sum over.
    A sum over nothing but missing cells is missing, not 0; where an application lacks a count that others have, sums of
    it are lower bounds (`BOUNDS`). `cells_changed` are added up last, where the rows have them.
    """
    pairs = rows if pairs is None else pairs
    pairs = pairs.assign(certificates=pairs["certificate"], certificate_levels=_pairs(pairs))
    different = pairs.groupby(by, observed=True, dropna=False)[["certificates", "certificate_levels"]].nunique()
    summed = [*COUNTED, *rows.columns.intersection(["cells_changed"])]
    sums = rows.groupby(by, observed=True, dropna=False)[summed].sum(min_count=1)
    given = rows[LACKS].sum().set_axis(BOUNDS) < rows["applications"].sum()
    bounds = (sums[LACKS].set_axis(BOUNDS, axis="columns") > 0) & given
    return sums[["applications"]].join([different, sums[PLACES], bounds, sums[summed[len(COUNTED) :]]]).reset_index()


def by_round(tables: Tables) -> pd.DataFrame:
    """One row per round: applications, certificates, certificate × level, places, share of the approved in %."""
    return _with_share(totals(tables.approved, ["application_round"]))


def by_level(tables: Tables) -> pd.DataFrame:
    """One row per level, corrected and as in the table alone (`…_as_given`); 0 where a side lacks it."""
    applications = tables.approved
    after, given = (
        totals(applications.assign(level=levels.astype(object).fillna(UNKNOWN)), ["level"])
        .set_index("level")
        .astype(dict.fromkeys(BOUNDS, int))
        for levels in (applications["level"], applications["level_as_given"])
    )
    given = given[["applications", "places_approved"]].add_suffix("_as_given")
    known = applications["level"].cat.categories
    order = [*known, *sorted({*given.index} - {*known, UNKNOWN}), UNKNOWN]
    levels = [level for level in order if level in {*after.index, *given.index}]
    table = pd.concat([side.reindex(levels, fill_value=0) for side in (after, given)], axis="columns")
    table = table.set_axis(pd.CategoricalIndex(levels, order, ordered=True, name="level"), axis="index")
    return _with_share(table.reset_index().astype(dict.fromkeys(BOUNDS, bool)))


def by_round_level(tables: Tables) -> pd.DataFrame:
    """One row per round and level that occur together: applications, certificates, places."""
    applications = tables.approved
    named = applications.assign(level=applications["level"].cat.add_categories(UNKNOWN).fillna(UNKNOWN))
    return totals(named, ["application_round", "level"]).drop(columns="certificate_levels")


def by_certificate(tables: Tables) -> pd.DataFrame:
    """One row per certificate, its levels and rounds summed; the most places first."""
    applications = tables.approved.sort_values(["certificate", "level", "application_round"])
    table = _with_rounds(applications, ["certificate"])
    table = table.sort_values([measured_by(table), "certificate"], ascending=[False, True], ignore_index=True)
    return table[["certificate", "levels", "rounds", "applications", *PLACES, *BOUNDS, "rounds_detail"]]


def measured_by(table: pd.DataFrame) -> str:
    """Which of `PLACES` tells large from small: the approved, or those applied for where nobody gives the approved."""
    applied, approved = PLACES
    return approved if table[approved].notna().any() else applied


@once
def repeated_over_rounds(tables: Tables) -> pd.DataFrame:
    """One row per certificate × level that was applied for in more than one round, with the sum over rounds."""
    table = _with_rounds(tables.approved, ["certificate", "level"])
    columns = ["certificate", "level", "rounds", *PLACES, *BOUNDS, "rounds_detail", "source_rows"]
    return table.loc[table["rounds_count"] > 1, columns].reset_index(drop=True)


def approved_unlike_applied(tables: Tables) -> pd.DataFrame:
    """The approved applications whose places are not those applied for."""
    applications = tables.approved
    differ = (applications["places_approved"] != applications["places_applied"]).fillna(False)
    columns = ["source_row", "application_round", "certificate", "level", *PLACES]
    return applications.loc[differ, columns].reset_index(drop=True)


def by_status(tables: Tables) -> pd.DataFrame:
    """One row per status as the table has it, and whether its places count as approved."""
    table = totals(counted(with_expected_columns(tables.applications)), ["status"])
    table = table.drop(columns=["certificates", "certificate_levels"])
    table.insert(1, "counts_as_approved", table["status"].isin(APPROVED_STATUSES))
    return table


def _with_share(table: pd.DataFrame) -> pd.DataFrame:
    share = table["places_approved"].astype("Float64") / table["places_approved"].sum() * 100
    return table.assign(share=share.round(DECIMALS))


def _with_rounds(applications: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The totals by `keys`, none of them missing, with the levels, rounds and rows that are summed, in words.

    `rounds_detail` has the approved places of each round: 沿用批次20、第二次至少70.
    """
    words = applications.groupby(keys, observed=True).agg(
        levels=("level", listed),
        rounds=("application_round", listed),
        source_rows=("source_row", listed),
        rounds_count=("application_round", "nunique"),
    )
    rounds = totals(applications, [*keys, "application_round"])
    missing = "未计入批准" if rounds["places_approved"].notna().any() else ""
    places = rounds["places_approved"].astype(object).fillna(missing).astype(str)
    at_least = (rounds["lower_bound"] & rounds["places_approved"].notna()).map({True: "至少", False: ""})
    rounds["rounds_detail"] = rounds["application_round"].astype(str) + at_least + places
    detail = rounds.groupby(keys, observed=True)["rounds_detail"].agg("、".join)
    words = words.join(detail).fillna({"rounds_detail": ""})
    return totals(applications, keys).merge(words.reset_index(), on=keys)
