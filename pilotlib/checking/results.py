"""A table of results → its problems: what it says of itself, and beside places and the school's own figures."""

from itertools import chain

import pandas as pd

from pilotlib.checking.cases import Case, cases_of, counts_in, of_cells, of_totals, problems_of, seen_in
from pilotlib.cleaning import Cleaned
from pilotlib.cleaning.verbs import is_approved, with_expected_columns
from pilotlib.columns import INDICATOR_TITLES, RESULT_COUNTS, application_columns, title_of
from pilotlib.project import ledger_beside
from pilotlib.reading import YearInputs
from pilotlib.vocabulary import RESULT_INDICATORS
from pilotlib.words import normalised, rate_text

# Of each pair the first are among the second.
_AMONG = (("sat", "registered"), ("passed", "sat"), ("awarded", "passed"))


def check_results(results: Cleaned, cleaned: Cleaned, inputs: YearInputs) -> pd.DataFrame:
    """Problems of a table of results, as `checking.check` returns those of the applications (`cleaned`).

    What concerns certificates or the whole table names no row.
    """
    rows, aside = results.applications, results.set_aside
    said = rows.drop(columns=application_columns("count", "status"), errors="ignore")  # places are not its subject
    again = rows.drop(columns=["source_row", "serial"]).astype(str).duplicated()
    totals = aside[aside["reason"] == "合计行"]  # their cells stand as received
    if "pass_rate" in totals:
        totals = totals.assign(pass_rate=totals["pass_rate"].map(normalised).map(rate_text))
    found = [
        *([(pd.NA, "certificate", "", "", "no_results")] if rows.empty else []),
        *((pd.NA, name, title_of(name), "", "result_absent") for name in RESULT_COUNTS if name not in rows),
        *of_cells(said, inputs.year),
        *seen_in(results.changes),
        *cases_of("result_repeated", "certificate", rows, again, "certificate_as_given"),
        *chain(*(_above(rows, *pair) for pair in _AMONG if {*pair} <= {*rows})),
        *_pass_rates(rows),
        *_pass_rates(totals),
        *of_totals(results),
        *_beside_places(rows, with_expected_columns(cleaned.applications)),
        *_beside_indicators(rows, inputs.indicators),
    ]
    return problems_of(found, ledger_beside(inputs.file))


def _above(rows: pd.DataFrame, few: str, many: str) -> list[Case]:
    said = rows.assign(other=title_of(many) + rows[many].astype(str))
    return cases_of("result_above", few, said, rows[few] > rows[many], other="other")


def _pass_rates(rows: pd.DataFrame) -> list[Case]:
    """Pass rates that do not follow from those who sat and passed, as exactly as they are given, rounded or cut."""
    if rows.empty or not {"pass_rate", "sat", "passed"} <= {*rows}:
        return []
    given = rows["pass_rate"].astype(str)
    parts = given.str.extract(r"^(\d+(?:\.(\d+))?)$")
    stated, decimals = pd.to_numeric(parts[0]), parts[1].str.len().fillna(0)
    step = 10.0**-decimals
    passed, sat = counts_in(rows, "passed").astype("Float64"), counts_in(rows, "sat").astype("Float64")
    actual = (passed / sat * 100).where(sat > 0)
    off = (actual - stated).astype("Float64")
    wrong = ~((off >= -step / 2 - 1e-6) & (off < step + 1e-6)) & off.notna()
    how = "通过" + passed.map("{:.0f}".format) + "÷参考" + sat.map("{:.0f}".format) + "=" + actual.map("{:.2f}%".format)
    unreadable = stated.isna() & (given != "")
    return [
        *cases_of("pass_rate_differs", "pass_rate", rows.assign(said=given + "%", other=how), wrong, "said", "other"),
        *cases_of("pass_rate_unreadable", "pass_rate", rows, unreadable),
    ]


def _beside_places(rows: pd.DataFrame, applications: pd.DataFrame) -> list[Case]:
    """Certificates (with their levels, where both tables have them) in one table and not in the other, and those of
    which more were trained than there are places."""
    both = rows["level"].notna().any() and applications["level"].notna().any()
    by = ["certificate", "level"] if both else ["certificate"]
    places = applications.assign(places=applications["places_approved"].where(is_approved(applications)))
    trained = rows.reindex(columns=["certificate", "level", "trained"]).astype({"trained": "Int64"})
    groups = [table.dropna(subset=by).astype({"level": str}).groupby(by) for table in (places, trained)]
    sums = {"places": groups[0]["places"].sum(min_count=1), "trained": groups[1]["trained"].sum(min_count=1)}
    sizes = {"applied": groups[0].size(), "counted": groups[1].size()}
    table = pd.concat(sums | sizes, axis="columns").reset_index()
    table["name"] = table["certificate"] + ("（" + table["level"] + "）" if both else "")
    table["other"] = table["name"] + "的" + table["places"].astype(str)
    above = (table["trained"] > table["places"]).fillna(False)
    return [
        *cases_of("result_missing", "certificate", table, table["counted"].isna(), "name"),
        *cases_of("result_unknown", "certificate", table, table["applied"].isna(), "name"),
        *cases_of("trained_above_places", "trained", table, above, other="other"),
    ]


def _beside_indicators(rows: pd.DataFrame, indicators: pd.DataFrame) -> list[Case]:
    """Figures of the school's own that are not the sums of its results (where counts are missing, those below), and a
    number of certificates assessed that is neither that of certificates nor that with their levels."""
    names = indicators["indicator"].replace(INDICATOR_TITLES)
    given = pd.to_numeric(indicators["value"].str.replace(",", ""), errors="coerce")
    table = indicators.assign(said=indicators["indicator"] + indicators["value"], other="")
    unlike = pd.Series(False, table.index)
    for measure, indicator in RESULT_INDICATORS.items():
        if measure in rows and rows[measure].notna().any():
            total, is_whole = rows[measure].sum(), bool(rows[measure].notna().all())
            unlike |= (names == indicator) & ((given < total) | ((given > total) & is_whole))
            table.loc[names == indicator, "other"] = f"{title_of(measure)}相加为{total}人次"
    found = cases_of("indicator_unlike_results", "value", table, unlike, "said", "other")
    if "sat" in rows:
        sat = rows.loc[rows["sat"] > 0, ["certificate", "level"]]
        kinds, with_levels = sat["certificate"].nunique(), len(sat.drop_duplicates())
        table["other"] = f"参加了考核的证书有{kinds}种，连等级{with_levels}项"
        unlike = (names == "certificates_assessed") & given.notna() & ~given.isin([kinds, with_levels])
        found += cases_of("indicator_unlike_results", "value", table, unlike, "said", "other")
    return found
