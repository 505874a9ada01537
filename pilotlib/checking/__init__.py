"""Schema and rules → a table of problems: all of them at once, each a sentence in the reader's language."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pandera.pandas as pa

from pilotlib.checking.rules import (
    cases,
    decided,
    given_indicators,
    places,
    receipt,
    repeats,
    serials,
    students,
    totals,
    truncated,
    unreadable_counts,
)
from pilotlib.checking.sentences import CHECK_RULES
from pilotlib.cleaning import Cleaned
from pilotlib.columns import title_of
from pilotlib.distinct import asked_of_each
from pilotlib.errors import PilotError
from pilotlib.vocabulary import CARRIED_ON, LEVELS, ORDINAL_ROUND, SEVERITIES, STATUSES

__all__ = ["check", "schema", "stop_on_errors"]

PROBLEM_COLUMNS = ["source_row", "column", "value", "rule", "severity", "message"]


def check(
    cleaned: Cleaned,
    year: int,
    source: dict[str, Any] | None = None,
    sha256: str = "",
    indicators: pd.DataFrame | None = None,
    reference: pd.DataFrame | None = None,
    ledger: str = "corrections.csv",
) -> pd.DataFrame:
    """Hold a cleaned table against schema and rules.

    Args:
        cleaned: As `clean` returns it.
        year: The year whose table this should be.
        source: What was recorded on receipt: `sha256` and `rows`, each optional.
        sha256: The hash of the table's file as it is now.
        indicators: `indicator, value, unit, note`, all text.
        reference: Known majors; without it majors are not looked up.
        ledger: What the sentences call the place where a cell is corrected.

    Returns:
        `source_row, column, value, rule, severity, message`: errors first, then in the order of rows. Rules and
        their sentences are in `sentences.CHECK_RULES`.
    """
    source = source or {}
    applications, majors = cleaned.applications, cleaned.majors
    groups = [
        _against_schema(applications, year),
        unreadable_counts(cleaned.changes),
        decided(cleaned.changes),
        truncated(cleaned),
        places(applications),
        students(applications, majors),
        repeats(applications),
        serials(applications),
        totals(cleaned),
        receipt(applications, source, sha256),
    ]
    if reference is not None and len(reference):
        unknown = majors[majors["category"].isna()]
        groups.append(cases("major_unknown", unknown["source_row"], "majors", unknown["major"]))
    if indicators is not None:
        groups.append(given_indicators(indicators))
    return _worded(pd.concat(groups, ignore_index=True), ledger)


def stop_on_errors(problems: pd.DataFrame, file: str = "申报表") -> None:
    """Stop if there are errors.

    Raises:
        PilotError: says all errors, a line each.
    """
    errors = problems.loc[problems["severity"] == "error", "message"]
    if len(errors):
        lines = "\n".join(f"  · {message}" for message in errors)
        raise PilotError(f"{file}：有 {len(errors)} 处错误，没有出报告。\n{lines}")


def schema(year: int) -> pa.DataFrameSchema:
    """The schema of `applications`, one column at a time; each check's error is a rule of `CHECK_RULES`."""

    def filled(rule: str) -> pa.Check:
        return pa.Check(lambda column: column.notna() & (column.astype(str) != ""), error=rule, ignore_na=False)

    def known(rule: str, form: Callable[[str], bool]) -> pa.Check:
        return pa.Check(lambda column: (column.astype(str) == "") | asked_of_each(column.astype(str), form), error=rule)

    return pa.DataFrameSchema(
        {
            "year": pa.Column(
                "Int64", [filled("value_required"), pa.Check.equal_to(year, error="year_differs")], nullable=True
            ),
            "application_round": pa.Column(
                None,
                [
                    filled("value_required"),
                    known("round_unknown", lambda text: text == CARRIED_ON or bool(ORDINAL_ROUND.fullmatch(text))),
                ],
                nullable=True,
            ),
            "certificate": pa.Column(str, filled("value_required")),
            "majors_as_given": pa.Column(str, filled("value_missing")),
            "level": pa.Column(
                None, [filled("level_missing"), known("levels_several", lambda text: text in LEVELS)], nullable=True
            ),
            "students": pa.Column("Int64", filled("value_missing"), nullable=True),
            "places_applied": pa.Column("Int64", filled("value_missing"), nullable=True),
            "places_approved": pa.Column("Int64", filled("value_missing"), nullable=True),
            "status": pa.Column(str, [filled("value_missing"), known("status_unknown", lambda text: text in STATUSES)]),
        }
    )


def _against_schema(applications: pd.DataFrame, year: int) -> pd.DataFrame:
    if applications.empty:
        return cases("no_application", [pd.NA], "certificate", [""])
    required = schema(year)
    if applications["year"].isna().all():
        absent = cases("year_absent", [pd.NA], "year", [year])
        return pd.concat([absent, _failures(applications, required.remove_columns(["year"]), year)])
    return _failures(applications, required, year)


def _failures(applications: pd.DataFrame, required: pa.DataFrameSchema, year: int) -> pd.DataFrame:
    try:
        required.validate(applications, lazy=True)
    except pa.errors.SchemaErrors as errors:
        failures = errors.failure_cases
    else:
        return cases("no_application", [], "", [])
    rows = applications.loc[failures["index"].astype(int)]
    level_missing = (failures["check"] == "level_missing").to_numpy()
    values = failures["failure_case"].astype(object).where(~level_missing, rows["certificate_as_given"].to_numpy())
    columns = failures["column"].replace("majors_as_given", "majors")
    return cases(failures["check"], rows["source_row"], columns, values, [year] * len(failures))


def _worded(rows: pd.DataFrame, ledger: str) -> pd.DataFrame:
    # A cell that cannot be read, or whose count stands in a merged cell, is one problem, not also a missing value.
    explained = rows[rows["rule"].isin(("count_unreadable", "merged_count"))].set_index(["source_row", "column"]).index
    again = pd.MultiIndex.from_frame(rows[["source_row", "column"]]).isin(explained)
    rows = rows[~(again & rows["rule"].isin(["value_missing", "value_required"]))]
    severities = pd.Categorical(rows["rule"].map(lambda rule: CHECK_RULES[rule][0]), list(SEVERITIES), ordered=True)
    messages = [
        CHECK_RULES[rule][2].format(row=row, title=title_of(column), value=value, other=other, ledger=ledger)
        for row, column, value, other, rule in rows.itertuples(index=False)
    ]
    problems = rows.assign(severity=severities, message=pd.Series(messages, index=rows.index, dtype=str))
    return problems.sort_values(["severity", "source_row"], kind="stable", ignore_index=True)[PROBLEM_COLUMNS]
