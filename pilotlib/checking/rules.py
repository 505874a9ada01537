"""The rules, apart from their sentences: each takes tables and returns its cases, to be worded by `check`."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.checking.sentences import CHECK_RULES
from pilotlib.cleaning import Cleaned
from pilotlib.cleaning.verbs import cut_off_certificates
from pilotlib.columns import ADDED_UP_COLUMNS, Kind, indicator_named, source_columns
from pilotlib.distinct import asked_of_each
from pilotlib.vocabulary import CARRIED_ON, LEVELS, ORDINAL_ROUND, STATUSES
from pilotlib.words import count_text, normalised

# The rule of an empty cell by the kind of its column, in the order in which those of a row are told.
EMPTY: dict[Kind, str] = {
    "year": "value_required",
    "round": "value_required",
    "name": "value_required",
    "names": "value_missing",
    "level": "level_missing",
    "count": "value_missing",
    "status": "value_missing",
}
# By kind: the rule that any other word falls under than those that are known, and which are.
KNOWN: dict[Kind, tuple[str, Callable[[str], bool]]] = {
    "round": ("round_unknown", lambda text: text == CARRIED_ON or bool(ORDINAL_ROUND.fullmatch(text))),
    "level": ("levels_several", LEVELS.__contains__),
    "status": ("status_unknown", STATUSES.__contains__),
}


class Case(NamedTuple):
    """A case of a rule: the row of the table or NA, the column, its value, and what that was compared with."""

    row: Any
    column: str
    value: str
    other: str
    rule: str


def cases(
    rule: str, column: str, table: pd.DataFrame, which: pd.Series, value: str = "", other: str = ""
) -> list[Case]:
    """A case of a rule for each of some rows; `value` (else `column`) and `other` name the columns of these."""
    if not which.any():
        return []
    rows = table[which].assign(none="").astype(object).fillna("")
    numbers = rows["source_row"] if "source_row" in rows else [pd.NA] * len(rows)
    texts = zip(numbers, rows[value or column].map(str), rows[other or "none"].map(str), strict=True)
    return [Case(row, column, text, compared, rule) for row, text, compared in texts]


def cells(applications: pd.DataFrame, year: int) -> list[Case]:
    """Cells that are empty, and words that are not known, by the kinds of their columns; other years."""
    if applications.empty:
        return [Case(pd.NA, "certificate", "", "", "no_application")]
    table = applications.rename(columns={"majors_as_given": "majors"}).assign(this_year=year)
    known = KNOWN | {"year": ("year_differs", str(year).__eq__)}
    found = []
    if table["year"].isna().all():
        table = table.drop(columns="year")
        found.append(Case(pd.NA, "year", str(year), "", "year_absent"))
    for kind, rule in EMPTY.items():
        for name in table.columns.intersection(source_columns(kind)):
            empty = table[name].isna() | (table[name] == "")
            found += cases(rule, name, table, empty, "certificate_as_given" if kind == "level" else name)
            if kind in known:
                rule_of_others, is_known = known[kind]
                others = ~empty & ~asked_of_each(table[name].astype(str), is_known)
                found += cases(rule_of_others, name, table, others, other="this_year")
    return found


def decided(changes: pd.DataFrame) -> list[Case]:
    """What reading and cleaning decided and a person should see: the rules of the log that have a sentence here."""
    rows = changes[changes["rule"].isin(list(CHECK_RULES))]
    cells = rows[["source_row", "column", "before", "rule"]].itertuples(index=False)
    return [Case(row, column, before, "", rule) for row, column, before, rule in cells]


def truncated(cleaned: Cleaned) -> list[Case]:
    """Cells that the width of their column cut off, and what became of them."""
    table, changes, majors = cleaned.applications, cleaned.changes, cleaned.majors
    cut = cut_off_certificates(table["certificate_as_given"], table["level_as_given"].notna().to_numpy())
    corrected = changes[(changes["rule"] == "correction") & (changes["column"] == "certificate")]
    reasons = "等级由更正记录补出：" + corrected.set_index("source_row")["reason"].str.rstrip("。")
    settled = table["source_row"].map(reasons).astype(object)
    table = table.assign(settled=settled.where(table["level"].notna() & settled.notna(), "等级未知"))
    majors = majors.assign(open_end="其后可能还有专业，专业数只是下限；这里按“" + majors["major"] + "”统计")
    found = cases("cell_truncated", "certificate", table, pd.Series(cut), "certificate_as_given", "settled")
    return found + cases("cell_truncated", "majors", majors, majors["truncated"], "as_given", "open_end")


def places(applications: pd.DataFrame) -> list[Case]:
    """Approved places that are not those applied for."""
    more = (applications["places_approved"] - applications["places_applied"]).fillna(0)
    column, other = "places_approved", "places_applied"
    above = cases("approved_above_applied", column, applications, more > 0, other=other)
    return above + cases("approved_below_applied", column, applications, more < 0, other=other)


def students(applications: pd.DataFrame, majors: pd.DataFrame) -> list[Case]:
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
    differ = ~shared & (lists["students"] != lists["first"]).fillna(False)
    wrong = (rows["students"] != rows["sum"]).fillna(False)
    found = cases("students_differ", "students", lists, differ, other="first")
    return found + cases("students_sum_differs", "students", rows, wrong, other="sum")


def repeats(applications: pd.DataFrame) -> list[Case]:
    """A certificate and level in one round twice, or in several rounds."""
    rows = applications[applications["level"].notna() & (applications["certificate"] != "")]
    name = rows["certificate"] + "（" + rows["level"].astype(str) + "）"
    rows = rows[["source_row", "application_round"]].assign(name=name)
    in_round = rows.groupby(["name", "application_round"], observed=True)["source_row"]
    rows["first"] = in_round.transform("first").astype("Int64")
    each = rows.dropna().drop_duplicates(["name", "application_round"])
    in_several = each[each["name"].duplicated(keep=False)].astype({"application_round": str})
    rows["rounds"] = rows["name"].map(in_several.groupby("name")["application_round"].agg("、".join))
    again = (rows["source_row"] != rows["first"]).fillna(False)
    found = cases("application_repeated", "certificate", rows, again, "name", "first")
    return found + cases("rounds_several", "certificate", rows, rows["rounds"].notna(), "name", "rounds")


def totals(cleaned: Cleaned) -> list[Case]:
    """Total rows that are not the sum of the rows above; of several, the last is the whole table's, if no subtotal."""
    last = cleaned.set_aside[cleaned.set_aside["reason"] == "合计行"].tail(1)
    last = last[~last["text"].str.contains("小计")]
    found = []
    for column in last.columns.intersection(list(ADDED_UP_COLUMNS)):
        stated, total = last[column].map(normalised).map(count_text), str(cleaned.applications[column].sum())
        wrong = stated.str.isdecimal() & (stated != total)
        found += cases("total_differs", column, last.assign(stated=stated, sum=total), wrong, "stated", "sum")
    return found


def serials(applications: pd.DataFrame) -> list[Case]:
    """Serial numbers that stand twice, and numbers that none has."""
    rows = applications.loc[applications["serial"] != "", ["source_row", "serial"]]
    rows["first"] = rows.groupby("serial")["source_row"].transform("first")
    numbers = rows["serial"][rows["serial"].str.fullmatch("[0-9]{1,9}")].astype(int)
    within = len(numbers) and numbers.max() <= 10 * len(numbers)  # else they are codes, not a count
    gaps = sorted(set(range(1, numbers.max())) - set(numbers)) if within else []
    missing = [Case(pd.NA, "serial", "、".join(map(str, gaps)), "", "serial_gap")] if gaps else []
    again = rows["first"] != rows["source_row"]
    return cases("serial_repeated", "serial", rows, again, other="first") + missing


def receipt(applications: pd.DataFrame, source: dict[str, Any], sha256: str) -> list[Case]:
    """A table that is no longer the one received."""
    rows, recorded = str(len(applications)), str(source.get("rows", len(applications)))
    changed = bool(sha256) and source.get("sha256", sha256).lower() != sha256
    found = [Case(pd.NA, "", sha256, "", "table_changed")] if changed else []
    return found + ([Case(pd.NA, "", rows, recorded, "rows_differ")] if rows != recorded else [])


def given_indicators(indicators: pd.DataFrame) -> list[Case]:
    """The school's own figures: not numbers, given twice, or not known."""
    table = indicators.assign(entry=range(1, len(indicators) + 1))
    names = table["indicator"].map(indicator_named)
    unreadable = pd.to_numeric(table["value"].str.replace(",", ""), errors="coerce").isna()
    repeated = names.fillna(table["indicator"]).duplicated()
    return [
        *cases("indicator_unreadable", "value", table, unreadable, other="entry"),
        *cases("indicator_repeated", "indicator", table, repeated, other="entry"),
        *cases("indicator_unknown", "indicator", table, names.isna(), other="entry"),
    ]
