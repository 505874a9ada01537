"""A cleaned table → a table of its problems: all at once, each a sentence in the reader's language."""

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.checking import rules
from pilotlib.checking.sentences import CHECK_RULES
from pilotlib.cleaning import Cleaned, clean
from pilotlib.columns import title_of
from pilotlib.errors import PilotError
from pilotlib.reading import YearInputs, read_inputs
from pilotlib.vocabulary import SEVERITIES

__all__ = ["CleanedYear", "check", "clean_inputs", "clean_year", "stop_on_errors"]

TYPES: dict[str, Any] = dict.fromkeys(("source_row", "column", "value", "rule", "severity", "message"), "str") | {
    "source_row": "Int64",
    "severity": pd.CategoricalDtype(list(SEVERITIES), ordered=True),
}


class CleanedYear(NamedTuple):
    """What is given for a year, its cleaned tables with their logs, and the problems that checking found."""

    inputs: YearInputs
    cleaned: Cleaned
    problems: pd.DataFrame


def clean_year(project: Path, year: int) -> CleanedYear:
    """Read, clean and check a year's table; PilotError where it cannot be read, not where it holds errors."""
    return clean_inputs(read_inputs(project, year))


def clean_inputs(inputs: YearInputs, ledger: str = "corrections.csv") -> CleanedYear:
    """Clean and check what has been read of a year; `ledger` is what sentences call the place of corrections."""
    cleaned = clean(inputs.cells, inputs.corrections, inputs.reference, inputs.file, inputs.origin)
    problems = check(cleaned, inputs.year, inputs.source, inputs.sha256, inputs.indicators, inputs.reference, ledger)
    return CleanedYear(inputs, cleaned, problems)


def check(
    cleaned: Cleaned,
    year: int,
    source: dict[str, Any] | None = None,
    sha256: str = "",
    indicators: pd.DataFrame | None = None,
    reference: pd.DataFrame | None = None,
    ledger: str = "corrections.csv",
) -> pd.DataFrame:
    """Hold a cleaned table against what each column must hold and against the rules.

    Args:
        cleaned: As `clean` returns it; `year`: the one whose table this should be.
        source: What was recorded on receipt: `sha256` and `rows`, each optional; `sha256`: of the file now.
        indicators: `indicator, value, unit, note`, all text.
        reference: Known majors; without it majors are not looked up.
        ledger: What the sentences call the place where a cell is corrected.

    Returns:
        `source_row, column, value, rule, severity, message`: errors first, then in the order of rows. Rules and
        their sentences are in `sentences.CHECK_RULES`.
    """
    applications, majors, changes = cleaned.applications, cleaned.majors, cleaned.changes
    applied, approved = "places_applied", "places_approved"
    more = applications[approved] - applications[applied]
    decided = changes[changes["rule"].isin(("count_unreadable", "merged_count", "row_hidden"))].assign(other="")
    found = [
        *rules.whole_table(applications, year, source or {}, sha256),
        *rules.cells(applications, year),
        *map(rules.Case._make, decided[["source_row", "column", "before", "other", "rule"]].to_numpy()),
        *rules.truncated(cleaned),
        *rules.cases("approved_above_applied", approved, applications, more > 0, other=applied),
        *rules.cases("approved_below_applied", approved, applications, more < 0, other=applied),
        *rules.students(applications, majors),
        *rules.repeats(applications),
        *rules.serials(applications),
        *rules.totals(cleaned),
    ]
    if reference is not None and len(reference):
        found += rules.cases("major_unknown", "majors", majors, majors["category"].isna(), "major")
    if indicators is not None:
        found += rules.given_indicators(indicators)
    # A cell that cannot be read, or whose count stands in a merged cell, is one problem, not also a missing value.
    explained = {case[:2] for case in found if case.rule in ("count_unreadable", "merged_count")}
    missing = ("value_missing", "value_required")
    rows = []
    for case in found:
        if case.rule not in missing or case[:2] not in explained:
            severity, _, sentence = CHECK_RULES[case.rule]
            message = sentence.format(title=title_of(case.column), ledger=ledger, **case._asdict())
            rows.append((*case[:3], case.rule, severity, message))
    problems = pd.DataFrame(rows, columns=list(TYPES)).astype(TYPES)
    return problems.sort_values(["severity", "source_row"], kind="stable", ignore_index=True)


def stop_on_errors(problems: pd.DataFrame, file: str = "申报表") -> None:
    """Raise a PilotError that says all errors, a line each, if there are any."""
    errors = problems.loc[problems["severity"] == "error", "message"]
    if len(errors):
        lines = "\n".join(f"  · {message}" for message in errors)
        raise PilotError(f"{file}：有 {len(errors)} 处错误，没有出报告。\n{lines}")
