"""Applications and places: by round, level, certificate and status."""

import pandas as pd

from pilotlib.statistics.tables import Tables, only_approved, totals
from pilotlib.vocabulary import APPROVED_STATUSES, UNKNOWN, listed


def by_round(tables: Tables) -> pd.DataFrame:
    """One row per round: applications, certificates, certificate × level, places, share of the approved in %."""
    return _with_share(totals(only_approved(tables.applications), ["application_round"]))


def by_level(tables: Tables) -> pd.DataFrame:
    """One row per level, after corrections and as the table alone has it (`…_as_given`)."""
    applications = only_approved(tables.applications)
    after = totals(applications.assign(level=_named_level(applications["level"])), ["level"])
    given = totals(applications.assign(level=_named_level(applications["level_as_given"])), ["level"])
    given = given[["level", "applications", "places_approved"]]
    both = after.merge(given, on="level", how="outer", suffixes=("", "_as_given"))
    # A level that only one side has stands for no application on the other: there its counts are 0, not missing.
    for side in ("", "_as_given"):
        absent = both[f"applications{side}"].isna()
        columns = [name for name in both if name != "level" and str(name).endswith("_as_given") == bool(side)]
        both.loc[absent, columns] = 0
    order = list(dict.fromkeys([*_named_level(applications["level"]).cat.categories, *both["level"]]))
    order = [level for level in order if level != UNKNOWN] + [UNKNOWN]
    both = both.assign(level=pd.Categorical(both["level"], order, ordered=True)).sort_values("level", ignore_index=True)
    counts = ["applications", "certificates", "certificate_levels", "applications_as_given"]
    return _with_share(both.astype(dict.fromkeys(counts, "int64")))


def by_round_level(tables: Tables) -> pd.DataFrame:
    """One row per round and level that occur together: applications, certificates, places."""
    applications = only_approved(tables.applications)
    named = applications.assign(level=_named_level(applications["level"]))
    columns = ["application_round", "level", "applications", "certificates", "places_applied", "places_approved"]
    return totals(named, ["application_round", "level"])[columns]


def by_certificate(tables: Tables) -> pd.DataFrame:
    """One row per certificate, its levels and rounds summed; the most places first."""
    applications = only_approved(tables.applications)
    groups = applications.sort_values(["certificate", "level", "application_round"]).groupby("certificate")
    words = groups.agg(levels=("level", listed), rounds=("application_round", listed))
    return (
        totals(applications, ["certificate"])
        .merge(words, on="certificate")
        .merge(_rounds_detail(applications, ["certificate"]), on="certificate")
        .sort_values(["places_approved", "certificate"], ascending=[False, True], ignore_index=True)
    )[["certificate", "levels", "rounds", "applications", "places_applied", "places_approved", "rounds_detail"]]


def repeated_over_rounds(tables: Tables) -> pd.DataFrame:
    """One row per certificate × level that was applied for in more than one round, with the sum over rounds."""
    applications = only_approved(tables.applications)
    keys = ["certificate", "level"]
    groups = applications.groupby(keys, observed=True)
    words = groups.agg(
        rounds=("application_round", listed),
        source_rows=("source_row", listed),
        number=("application_round", "nunique"),
    ).reset_index()
    return (
        words[words["number"] > 1]
        .merge(totals(applications, keys), on=keys)
        .merge(_rounds_detail(applications, keys), on=keys)
    )[["certificate", "level", "rounds", "places_applied", "places_approved", "rounds_detail", "source_rows"]]


def approved_unlike_applied(tables: Tables) -> pd.DataFrame:
    """The approved applications whose places are not those applied for."""
    applications = only_approved(tables.applications)
    differ = (applications["places_approved"] != applications["places_applied"]).fillna(False)
    columns = ["source_row", "application_round", "certificate", "level", "places_applied", "places_approved"]
    return applications.loc[differ, columns].reset_index(drop=True)


def by_status(tables: Tables) -> pd.DataFrame:
    """One row per status as the table has it, and whether its places count as approved."""
    table = totals(tables.applications, ["status"])
    counted = table["status"].isin(APPROVED_STATUSES)
    return table.assign(counts_as_approved=counted)[
        ["status", "counts_as_approved", "applications", "places_applied", "places_approved"]
    ]


def _with_share(table: pd.DataFrame) -> pd.DataFrame:
    share = table["places_approved"].astype("Float64") / table["places_approved"].sum() * 100
    return table.assign(share=share.round(2))


def _named_level(levels: pd.Series) -> pd.Series:
    """Levels with the missing ones named, last."""
    return levels.cat.add_categories(UNKNOWN).fillna(UNKNOWN)


def _rounds_detail(applications: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Per key, the approved places of each round in words: 沿用批次20、第二次70."""
    rounds = totals(applications, [*keys, "application_round"])
    places = rounds["places_approved"].astype(object).where(rounds["places_approved"].notna(), "未计入批准").astype(str)
    words = rounds["application_round"].astype(str) + places
    groups = rounds.assign(rounds_detail=words).groupby(keys, observed=True, dropna=False)
    return groups["rounds_detail"].agg("、".join).reset_index()
