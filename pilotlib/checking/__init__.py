"""A cleaned table → its problems, each a sentence; `rules.toml` has the words, and how grave they are."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from pilotlib import columns
from pilotlib.cleaning import Cleaned, clean
from pilotlib.cleaning.verbs import cut_off_certificates, with_expected_columns
from pilotlib.distinct import asked_of_each
from pilotlib.errors import PilotError
from pilotlib.reading import YearInputs
from pilotlib.reading.settings import OTHER_YEAR
from pilotlib.vocabulary import CARRIED_ON, LEVELS, ORDINAL_ROUND, SEVERITIES, STATUSES, registry
from pilotlib.words import count_text, normalised

__all__ = ["CHECK_RULES", "CleanedYear", "by_cause", "check", "clean_inputs", "rows_named", "stop_on_errors"]

CHECK_RULES = registry(__file__, "rules.toml")
# A case: the row of the table or NA, the column, its value, what that was compared with, the rule.
Case = tuple[Any, str, str, str, str]
# So many cases of one cause are told each, and so many rows of more are named.
_TOLD_EACH, _MOST_NAMED = 5, 20
TYPES: dict[str, Any] = dict.fromkeys(("source_row", "column", "value", "rule", "severity", "message"), "str") | {
    "source_row": "Int64",
    "severity": pd.CategoricalDtype(list(SEVERITIES), ordered=True),
}


class CleanedYear(NamedTuple):
    """What is given for a year, its cleaned tables with their logs, and the problems that checking found."""

    inputs: YearInputs
    cleaned: Cleaned
    problems: pd.DataFrame


def clean_inputs(inputs: YearInputs, ledger: str = "corrections.csv") -> CleanedYear:
    """Clean and check what has been read of a year; `ledger` is what sentences call the place of corrections."""
    cleaned = clean(inputs.cells, inputs.corrections, inputs.reference, inputs.file, inputs.origin, inputs.school)
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
    """Problems of a cleaned table: `source_row, column, value, rule, severity, message`, errors first.

    `year` is the one whose table this should be; `source` what was recorded on receipt, `sha256` and `rows`;
    `sha256` that of the file now; `indicators` the school's figures, as text. Without a `reference` no major
    is looked up. `ledger` is as in `clean_inputs`.
    """
    applications, majors, changes = with_expected_columns(cleaned.applications), cleaned.majors, cleaned.changes
    more = applications["places_approved"] - applications["places_applied"]
    unknown = majors["category"].isna() & (reference is not None and len(reference) > 0)
    seen = changes[changes["rule"].isin(list(CHECK_RULES))].assign(other="")
    found = [
        *_whole_table(cleaned.applications, year, source or {}, sha256),
        *_cells(cleaned.applications, year),
        *map(tuple, seen[["source_row", "column", "before", "other", "rule"]].to_numpy()),
        *_truncated(cleaned),
        *_cases("approved_above_applied", "places_approved", applications, more > 0, other="places_applied"),
        *_cases("approved_below_applied", "places_approved", applications, more < 0, other="places_applied"),
        *_students(applications, majors),
        *_repeats(applications),
        *_totals(cleaned),
        *_cases("major_unknown", "majors", majors, unknown, "major"),
        *([] if indicators is None else _given_indicators(indicators)),
    ]
    # A cell that cannot be read, or whose count stands in a merged cell, is one problem, not also a missing value.
    explained = {case[:2] for case in found if case[-1] in ("count_unreadable", "merged_count")}
    rows = []
    for row, column, value, other, rule in found:
        if rule not in ("value_missing", "value_required") or (row, column) not in explained:
            said = {"row": row, "value": value, "other": other, "ledger": ledger}
            message = CHECK_RULES[rule]["sentence"].format(title=columns.title_of(column), **said)
            rows.append((row, column, value, rule, CHECK_RULES[rule]["severity"], message))
    problems = pd.DataFrame(rows, columns=list(TYPES)).astype(TYPES)
    return problems.sort_values(["severity", "source_row"], kind="stable", ignore_index=True)


def stop_on_errors(problems: pd.DataFrame, file: str = "申报表") -> None:
    """Raise a PilotError that says all errors, a line each, if there are any."""
    errors = problems[problems["severity"] == "error"]
    if len(errors):
        lines = "\n".join(f"  · {message}" for message in by_cause(errors)["message"])
        raise PilotError(f"{file}：有 {len(errors)} 处错误，没有出报告。\n{lines}")


def by_cause(problems: pd.DataFrame) -> pd.DataFrame:
    """Problems as of `check`, one for each cause, which names its rows; in order of their first rows."""
    causes = problems.groupby(["severity", "rule", "column"], sort=False, observed=True, dropna=False)
    told = [problems.head(0)]
    for (_, rule, _), cases in causes:
        entry = CHECK_RULES[str(rule)]
        if "together" in entry:
            words = [
                f"“{word}”（{rows_named(of_word['source_row'])}）"
                for word, of_word in cases.groupby("value", sort=False)
            ]
            said = entry["together"].format(words="、".join(words), value=cases["value"].iloc[0])
            cases = cases.head(1).assign(message=said)
        elif len(cases) > _TOLD_EACH:
            said = f"{entry['title']}，共{len(cases)}处：{rows_named(cases['source_row'])}。如"
            cases = cases.head(1).assign(message=said + cases["message"])
        told.append(cases)
    return pd.concat(told).sort_index(ignore_index=True)


def rows_named(numbers: pd.Series) -> str:
    """The numbers of rows in words, the first ones of many: 第1、3、5行; "" where there is none."""
    rows = numbers.dropna().unique()
    return (
        f"第{'、'.join(map(str, rows[:_MOST_NAMED]))}{'等' if len(rows) > _MOST_NAMED else ''}行" if len(rows) else ""
    )


def _cases(
    rule: str, column: str, table: pd.DataFrame, which: pd.Series, value: str = "", other: str = ""
) -> list[Case]:
    """A case of a rule for each of some rows; `value` (else `column`) and `other` name the columns of these."""
    if not which.any():
        return []
    rows = table[which.fillna(False).astype(bool)].assign(none="").astype(object).fillna("")
    rows = rows.reindex(columns=["source_row", value or column, other or "none"])
    return [(row, column, str(text), str(compared), rule) for row, text, compared in rows.to_numpy()]


def _whole_table(applications: pd.DataFrame, year: int, source: dict[str, Any], sha256: str) -> list[Case]:
    """What holds of a whole table: empty, without years or some serial numbers, no longer the one received."""
    numbers = applications["serial"][applications["serial"].str.fullmatch("[0-9]{1,9}")].astype(int)
    # Else they are codes and no count, or that of several years.
    within = len(numbers) and numbers.max() <= 10 * len(numbers) and not source.get("years")
    gaps = sorted(set(range(1, numbers.max())) - set(numbers)) if within else []
    rows, recorded = str(len(applications)), str(source.get("rows", len(applications)))
    no_year = bool(len(applications)) and applications["year"].isna().all()
    changed = bool(sha256) and source.get("sha256", sha256).lower() != sha256
    whole = (
        (applications.empty, "certificate", "", "", "no_application"),
        (no_year, "year", str(year), "", "year_absent"),
        (gaps, "serial", "、".join(map(str, gaps)), "", "serial_gap"),
        (changed, "", sha256, "", "table_changed"),
        (rows != recorded, "", rows, recorded, "rows_differ"),
    )
    absent = [name for name in columns.EXPECTED_COLUMNS if not {name, f"{name}_as_given"} & set(applications)]
    lacks = [(True, name, "", "", "column_absent") for name in absent]
    return [(pd.NA, column, value, other, rule) for holds, column, value, other, rule in (*whole, *lacks) if holds]


def _cells(applications: pd.DataFrame, year: int) -> list[Case]:
    """Cells that are empty, and words that are not known, by the kinds of their columns; other years."""
    # By kind, in the order in which those of a row are told: the rule of an empty cell, that of an unknown word,
    # and which words are known.
    kinds: dict[columns.Kind, tuple[str, str, Callable[[str], object]]] = {
        "year": ("value_required", "year_differs", str(year).__eq__),
        "round": ("value_required", "round_unknown", lambda text: text == CARRIED_ON or ORDINAL_ROUND.fullmatch(text)),
        "name": ("value_required", "", bool),
        "names": ("value_missing", "", bool),
        "level": ("level_missing", "levels_several", LEVELS.__contains__),
        "count": ("value_missing", "", bool),
        "status": ("value_missing", "status_unknown", STATUSES.__contains__),
    }
    table = applications.rename(columns={"majors_as_given": "majors"}).assign(this_year=year)
    table = table.drop(columns="year") if table["year"].isna().all() else table
    found = []
    for kind, (rule, rule_of_others, is_known) in kinds.items():
        for name in table.columns.intersection(columns.source_columns(kind)):
            empty = table[name].isna() | (table[name] == "")
            others = ~empty & ~asked_of_each(table[name].astype(str), is_known)
            found += _cases(rule, name, table, empty, "certificate_as_given" if kind == "level" else name)
            found += _cases(rule_of_others, name, table, others, other="this_year")
    return found


def _truncated(cleaned: Cleaned) -> list[Case]:
    """Cells that the width of their column cut off, and what became of them."""
    table, changes, majors = cleaned.applications, cleaned.changes, cleaned.majors
    texts, has_level = table["certificate_as_given"].map(normalised), table["level_as_given"].notna().to_numpy()
    cut = cut_off_certificates(texts, has_level)
    corrected = changes[(changes["rule"] == "correction") & (changes["column"] == "certificate")]
    reasons = "等级由更正记录补出：" + corrected.set_index("source_row")["reason"].str.rstrip("。")
    settled = table["source_row"].map(reasons).astype(object)
    table = table.assign(settled=settled.where(table["level"].notna() & settled.notna(), "等级未知"))
    majors = majors.assign(open_end="其后可能还有专业，专业数只是下限；这里按“" + majors["major"] + "”统计")
    found = _cases("cell_truncated", "certificate", table, pd.Series(cut), "certificate_as_given", "settled")
    return found + _cases("cell_truncated", "majors", majors, majors["truncated"], "as_given", "open_end")


def _students(applications: pd.DataFrame, majors: pd.DataFrame) -> list[Case]:
    """Each single-major row fixes its major's size: the same in every row, and adding up in rows of several majors."""
    of_row = applications.set_index("source_row")["students"]
    lists = majors[["source_row", "major", "truncated"]].assign(students=majors["source_row"].map(of_row))
    shared = lists["source_row"].duplicated(keep=False)
    sizes = lists[~shared].groupby("major")["students"].agg(["first", "min", "max"])
    lists["first"] = lists["major"].map(sizes["first"])
    steady = sizes["max"][(sizes["min"] == sizes["max"]).fillna(False)]
    known = lists["major"].map(steady).mask(lists["truncated"])[shared]
    sums = known.groupby(lists["source_row"]).sum(skipna=False)
    rows = pd.DataFrame({"students": of_row[sums.index], "sum": sums}).reset_index()
    differ = ~shared & (lists["students"] != lists["first"])
    found = _cases("students_differ", "students", lists, differ, other="first")
    return found + _cases("students_sum_differs", "students", rows, rows["students"] != rows["sum"], other="sum")


def _repeats(applications: pd.DataFrame) -> list[Case]:
    """A certificate and level in one round twice, or in several rounds; a serial number that stands twice."""
    rows = applications[applications["level"].notna() & (applications["certificate"] != "")]
    name = rows["certificate"] + "（" + rows["level"].astype(str) + "）"
    rows = rows[["source_row", "application_round"]].assign(name=name)
    in_round = rows.groupby(["name", "application_round"], observed=True)["source_row"]
    rows["first"] = in_round.transform("first").astype("Int64")
    each = rows.dropna().drop_duplicates(["name", "application_round"])
    in_several = each[each["name"].duplicated(keep=False)].astype({"application_round": str})
    rows["rounds"] = rows["name"].map(in_several.groupby("name")["application_round"].agg("、".join))
    again = rows["source_row"] != rows["first"]
    numbered = applications.loc[applications["serial"] != "", ["source_row", "serial"]]
    numbered["first"] = numbered.groupby("serial")["source_row"].transform("first")
    same = numbered["source_row"] != numbered["first"]
    return [
        *_cases("application_repeated", "certificate", rows, again, "name", "first"),
        *_cases("rounds_several", "certificate", rows, rows["rounds"].notna(), "name", "rounds"),
        *_cases("serial_repeated", "serial", numbered, same, other="first"),
    ]


def _totals(cleaned: Cleaned) -> list[Case]:
    """Total rows that are not the sum of the rows above; of several, the last is the whole table's, if no subtotal."""
    last = cleaned.set_aside[cleaned.set_aside["reason"] == "合计行"].tail(1)
    if OTHER_YEAR in cleaned.set_aside["reason"].to_numpy():  # it is of all years
        last = last.head(0)
    last = last[~last["text"].str.contains("小计")]
    found = []
    for column in cleaned.applications.columns.intersection(list(columns.ADDED_UP_COLUMNS)):
        stated, total = last[column].map(normalised).map(count_text), str(cleaned.applications[column].sum())
        wrong = stated.str.isdecimal() & (stated != total)
        found += _cases("total_differs", column, last.assign(stated=stated, sum=total), wrong, "stated", "sum")
    return found


def _given_indicators(indicators: pd.DataFrame) -> list[Case]:
    """The school's own figures: not numbers, given twice, or not known."""
    table = indicators.assign(entry=range(1, len(indicators) + 1))
    names = table["indicator"].replace(columns.INDICATOR_TITLES)
    unreadable = pd.to_numeric(table["value"].str.replace(",", ""), errors="coerce").isna()
    return [
        *_cases("indicator_unreadable", "value", table, unreadable, other="entry"),
        *_cases("indicator_repeated", "indicator", table, names.duplicated(), other="entry"),
        *_cases("indicator_unknown", "indicator", table, ~names.isin([*columns.INDICATORS]), other="entry"),
    ]
