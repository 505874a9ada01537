"""A cleaned table → its problems, each a sentence; `rules.toml` has the words, and how grave they are."""

import re
from typing import Any, NamedTuple

import pandas as pd

from pilotlib import columns
from pilotlib.checking import cases
from pilotlib.checking.cases import CHECK_RULES, Case, by_cause, cases_of, rows_named
from pilotlib.checking.results import check_results
from pilotlib.cleaning import Cleaned, clean
from pilotlib.cleaning.verbs import cut_off_certificates, with_expected_columns
from pilotlib.distinct import asked_of_each
from pilotlib.errors import PilotError
from pilotlib.reading import YearInputs
from pilotlib.vocabulary import SCHOOL_TITLE, VOID_WORD, plain
from pilotlib.words import normalised

__all__ = ["CHECK_RULES", "CleanedYear", "by_cause", "check", "clean_inputs", "rows_named", "stop_on_errors"]


class CleanedYear(NamedTuple):
    """What is given for a year, its cleaned tables with their logs, and the problems that checking found; `results`
    are those of its table of results, None where there is none."""

    inputs: YearInputs
    cleaned: Cleaned
    problems: pd.DataFrame
    results: "CleanedYear | None" = None


def clean_inputs(inputs: YearInputs, ledger: str = "corrections.csv") -> CleanedYear:
    """Clean and check what has been read of a year; `ledger` is what sentences call the place of corrections."""
    cleaned = clean(inputs.cells, inputs.corrections, inputs.reference, inputs.file, inputs.origin, inputs.school)
    problems = check(cleaned, inputs.year, inputs.source, inputs.sha256, inputs.indicators, inputs.reference, ledger)
    if not (given := inputs.results):
        return CleanedYear(inputs, cleaned, problems)
    counted = clean(given.cells, given.corrections, given.reference, given.file, given.origin, given.school)
    found = check_results(counted, cleaned, given)
    return CleanedYear(inputs, cleaned, problems, CleanedYear(given, counted, found))


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
    found = [
        *_whole_table(cleaned, year, source or {}, sha256),
        *cases.of_cells(cleaned.applications, year),
        *cases.seen_in(changes),
        *_truncated(cleaned),
        *cases_of("approved_above_applied", "places_approved", applications, more > 0, other="places_applied"),
        *cases_of("approved_below_applied", "places_approved", applications, more < 0, other="places_applied"),
        *_students(applications, majors),
        *_repeats(applications),
        *_own_columns(cleaned.applications),
        *cases.of_totals(cleaned),
        *cases_of("major_unknown", "majors", majors, unknown, "major"),
        *([] if indicators is None else _given_indicators(indicators)),
    ]
    return cases.problems_of(found, ledger)


def has_errors(year: CleanedYear) -> bool:
    """Whether checking found an error in a year's table, or in its table of results."""
    return any((table.problems["severity"] == "error").any() for table in (year, year.results) if table)


def stop_on_errors(problems: pd.DataFrame, file: str = "申报表", results: CleanedYear | None = None) -> None:
    """Raise a PilotError that says all errors, also of the table of results, a line each, if there are any."""
    said, tables = list[str](), {file: problems} | ({results.inputs.file: results.problems} if results else {})
    for name, of_table in tables.items():
        if len(errors := of_table[of_table["severity"] == "error"]):
            lines = "\n".join(f"  · {message}" for message in by_cause(errors)["message"])
            said.append(f"{name}：有 {len(errors)} 处错误，没有出报告。\n{lines}")
    if said:
        raise PilotError("\n".join(said))


def _whole_table(cleaned: Cleaned, year: int, source: dict[str, Any], sha256: str) -> list[Case]:
    """What holds of a whole table: empty, without years or some serial numbers, no longer the one received."""
    applications, aside, changes = cleaned.applications, cleaned.set_aside, cleaned.changes
    numbers = applications["serial"][applications["serial"].str.fullmatch("[0-9]{1,9}")].astype(int)
    # Else they are codes and no count, or that of several years.
    within = len(numbers) and numbers.max() <= 10 * len(numbers) and not source.get("years")
    gaps = sorted(set(range(1, numbers.max())) - set(numbers)) if within else []
    rows, recorded = str(len(applications)), str(source.get("rows", len(applications)))
    no_year = bool(len(applications)) and applications["year"].isna().all()
    titles = [*aside["text"][aside["reason"] == "表头以上"], *changes["after"][changes["rule"] == "table_taken"]]
    titled = set(re.findall(r"(?<!\d)20\d\d(?!\d)", "".join([*titles, str(source.get("file", ""))])))
    elsewhere = no_year and bool(titled) and str(year) not in titled
    changed = bool(sha256) and source.get("sha256", sha256).lower() != sha256
    whole = (
        (applications.empty, "certificate", "", "", "no_application"),
        (no_year, "year", str(year), "", "year_absent"),
        (elsewhere, "year", "、".join(sorted(titled)), str(year), "year_elsewhere"),
        (gaps, "serial", "、".join(map(str, gaps)), "", "serial_gap"),
        (changed, "", sha256, "", "table_changed"),
        (rows != recorded, "", rows, recorded, "rows_differ"),
    )
    absent = [name for name in columns.EXPECTED_COLUMNS if not {name, f"{name}_as_given"} & set(applications)]
    lacks = [(True, name, columns.title_of(name), "", "column_absent") for name in absent]
    return [(pd.NA, column, value, other, rule) for holds, column, value, other, rule in (*whole, *lacks) if holds]


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
    found = cases_of("cell_truncated", "certificate", table, pd.Series(cut), "certificate_as_given", "settled")
    return found + cases_of("cell_truncated", "majors", majors, majors["truncated"], "as_given", "open_end")


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
    found = cases_of("students_differ", "students", lists, differ, other="first")
    return found + cases_of("students_sum_differs", "students", rows, rows["students"] != rows["sum"], other="sum")


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
        *cases_of("application_repeated", "certificate", rows, again, "name", "first"),
        *cases_of("rounds_several", "certificate", rows, rows["rounds"].notna(), "name", "rounds"),
        *cases_of("serial_repeated", "serial", numbered, same, other="first"),
    ]


def _own_columns(applications: pd.DataFrame) -> list[Case]:
    """Columns that are not ours: words by which a row may not count, and several schools."""
    found = []
    for name in [str(name) for name in applications if name not in columns.COLUMNS]:
        texts = applications[name].astype(str)
        is_void = pd.Series(asked_of_each(texts, lambda text: bool(VOID_WORD.search(text))), applications.index)
        if is_void.mean() <= 0.5:  # of most rows it says nothing of one
            found += cases_of("row_doubtful", name, applications, is_void)
        schools = [text for text in texts.unique() if text]
        if SCHOOL_TITLE.fullmatch(plain(name)) and len(schools) > 1:
            found.append((pd.NA, name, "、".join(schools[:5]), "", "schools_several"))
    return found


def _given_indicators(indicators: pd.DataFrame) -> list[Case]:
    """The school's own figures: not numbers, given twice, or not known."""
    table = indicators.assign(entry=range(1, len(indicators) + 1))
    names = table["indicator"].replace(columns.INDICATOR_TITLES)
    unreadable = pd.to_numeric(table["value"].str.replace(",", ""), errors="coerce").isna()
    return [
        *cases_of("indicator_unreadable", "value", table, unreadable, other="entry"),
        *cases_of("indicator_repeated", "indicator", table, names.duplicated(), other="entry"),
        *cases_of("indicator_unknown", "indicator", table, ~names.isin([*columns.INDICATORS]), other="entry"),
    ]
