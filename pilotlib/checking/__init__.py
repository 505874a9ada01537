"""A cleaned table → a table of its problems: all of them at once, each a sentence in the reader's language."""

from typing import Any

import pandas as pd

from pilotlib.checking import rules
from pilotlib.checking.sentences import CHECK_RULES
from pilotlib.cleaning import Cleaned
from pilotlib.columns import title_of
from pilotlib.errors import PilotError
from pilotlib.vocabulary import SEVERITIES

__all__ = ["check", "stop_on_errors"]

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
    """Hold a cleaned table against what each column must hold and against the rules.

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
    applications, majors = cleaned.applications, cleaned.majors
    found = [
        *rules.cells(applications, year),
        *rules.decided(cleaned.changes),
        *rules.truncated(cleaned),
        *rules.places(applications),
        *rules.students(applications, majors),
        *rules.repeats(applications),
        *rules.serials(applications),
        *rules.totals(cleaned),
        *rules.receipt(applications, source or {}, sha256),
    ]
    if reference is not None and len(reference):
        found += rules.cases("major_unknown", "majors", majors, majors["category"].isna(), "major")
    if indicators is not None:
        found += rules.given_indicators(indicators)
    # A cell that cannot be read, or whose count stands in a merged cell, is one problem, not also a missing value.
    explained = {case[:2] for case in found if case.rule in ("count_unreadable", "merged_count")}
    missing = ("value_missing", "value_required")
    told = [case for case in found if case.rule not in missing or case[:2] not in explained]
    problems = pd.DataFrame(
        [(*case, *_worded(case, ledger)) for case in told],
        columns=["source_row", "column", "value", "other", "rule", "severity", "message"],
    )
    problems = problems.astype(dict.fromkeys(PROBLEM_COLUMNS, str) | {"source_row": "Int64"})
    problems["severity"] = pd.Categorical(problems["severity"], list(SEVERITIES), ordered=True)
    return problems.sort_values(["severity", "source_row"], kind="stable", ignore_index=True)[PROBLEM_COLUMNS]


def stop_on_errors(problems: pd.DataFrame, file: str = "申报表") -> None:
    """Stop if there are errors.

    Raises:
        PilotError: says all errors, a line each.
    """
    errors = problems.loc[problems["severity"] == "error", "message"]
    if len(errors):
        lines = "\n".join(f"  · {message}" for message in errors)
        raise PilotError(f"{file}：有 {len(errors)} 处错误，没有出报告。\n{lines}")


def _worded(case: rules.Case, ledger: str) -> tuple[str, str]:
    """The severity of a case and what is said of it."""
    severity, _, sentence = CHECK_RULES[case.rule]
    return severity, sentence.format(title=title_of(case.column), ledger=ledger, **case._asdict())
