"""A cleaned table → a table of its problems: all at once, each a sentence in the reader's language."""

from typing import Any

import pandas as pd

from pilotlib.checking import rules
from pilotlib.checking.sentences import CHECK_RULES
from pilotlib.cleaning import Cleaned
from pilotlib.columns import title_of
from pilotlib.errors import PilotError
from pilotlib.vocabulary import SEVERITIES

__all__ = ["by_cause", "check", "stop_on_errors"]

# So many cases of one cause are told each, and so many rows of more are named.
_TOLD_EACH, _MOST_NAMED = 5, 20
TYPES: dict[str, Any] = dict.fromkeys(("source_row", "column", "value", "rule", "severity", "message"), "str") | {
    "source_row": "Int64",
    "severity": pd.CategoricalDtype(list(SEVERITIES), ordered=True),
}


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
    problems = pd.DataFrame(told, columns=["source_row", "column", "value", "other", "rule"])
    severities = [CHECK_RULES[case.rule][0] for case in told]
    messages = [
        CHECK_RULES[case.rule][2].format(title=title_of(case.column), ledger=ledger, **case._asdict()) for case in told
    ]
    problems = problems.assign(severity=severities, message=messages).astype(TYPES)
    return problems.sort_values(["severity", "source_row"], kind="stable", ignore_index=True)[list(TYPES)]


def stop_on_errors(problems: pd.DataFrame, file: str = "申报表") -> None:
    """Raise a PilotError that says all errors, a line each, if there are any."""
    errors = problems[problems["severity"] == "error"]
    if len(errors):
        lines = "\n".join(f"  · {message}" for message in by_cause(errors)["message"])
        raise PilotError(f"{file}：有 {len(errors)} 处错误，没有出报告。\n{lines}")


def by_cause(problems: pd.DataFrame) -> pd.DataFrame:
    """Problems with a row for each cause: where several rows of the table have one, it is said once, with the rows.

    The columns are those of `check`, and the order that of each cause's first row.
    """
    causes = problems.groupby(["severity", "rule", "column"], sort=False, observed=True, dropna=False)
    told = [_as_one(cases) if len(cases) > _TOLD_EACH else cases for _, cases in causes]
    return pd.concat(told or [problems]).sort_index(ignore_index=True)


def _as_one(cases: pd.DataFrame) -> pd.DataFrame:
    first = cases.head(1)
    title = CHECK_RULES[first["rule"].iloc[0]][1]
    rows = "、".join(map(str, cases["source_row"].dropna().unique()[:_MOST_NAMED]))
    where = f"第{rows}{'等' if len(cases) > _MOST_NAMED else ''}行" if rows else ""
    return first.assign(message=f"{title}，共{len(cases)}处：{where}。如" + first["message"])
