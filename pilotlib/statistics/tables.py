"""What the statistics are computed from."""

from typing import Any, NamedTuple

import pandas as pd

from pilotlib.reading import Processed
from pilotlib.vocabulary import APPROVED_STATUSES


class Tables(NamedTuple):
    """The cleaned tables of a year.

    `applications` and `majors` as cleaning returns them, `indicators` (`indicator, value, unit, note`, text), and
    `colleges`: major → college, empty where the school has not said.
    """

    applications: pd.DataFrame
    majors: pd.DataFrame
    indicators: pd.DataFrame
    colleges: dict[str, str]


def tables_of(processed: Processed) -> Tables:
    """The tables of a year as the first stage wrote them."""
    colleges = college_of_major(processed.about["school"])
    return Tables(processed.applications, processed.majors, processed.given_indicators, colleges)


def college_of_major(school: dict[str, Any]) -> dict[str, str]:
    """Major → college, from what the school has said of itself."""
    return {major: college for college, majors in school.get("colleges", {}).items() for major in majors}


def only_approved(applications: pd.DataFrame) -> pd.DataFrame:
    """The applications with `places_approved` missing where the status does not mean that they are approved."""
    approved = applications["status"].isin(APPROVED_STATUSES)
    return applications.assign(places_approved=applications["places_approved"].where(approved))


def totals(applications: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Per group of `by`: applications, certificates, certificate × level, places applied for and approved.

    A sum over nothing but missing cells is missing, not 0.
    """
    pairs = applications["certificate"] + "|" + applications["level"].astype(str)
    groups = applications.assign(pair=pairs).groupby(by, observed=True, dropna=False)
    counts = groups.agg(
        applications=("source_row", "size"),
        certificates=("certificate", "nunique"),
        certificate_levels=("pair", "nunique"),
    )
    places = groups[["places_applied", "places_approved"]].sum(min_count=1)
    return pd.concat([counts, places], axis="columns").reset_index()
