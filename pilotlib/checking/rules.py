"""The rules, apart from their sentences: each takes tables and returns its cases, to be worded by `check`."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.cleaning import Cleaned
from pilotlib.cleaning.verbs import cut_off_certificates
from pilotlib.columns import ADDED_UP_COLUMNS, Kind, indicator_named, source_columns
from pilotlib.distinct import asked_of_each
from pilotlib.vocabulary import CARRIED_ON, LEVELS, ORDINAL_ROUND, STATUSES
from pilotlib.words import count_text, normalised


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
    rows = table[which.fillna(False).astype(bool)].assign(none="").astype(object).fillna("")
    numbers = rows["source_row"] if "source_row" in rows else [pd.NA] * len(rows)
    texts = zip(numbers, rows[value or column].map(str), rows[other or "none"].map(str), strict=True)
    return [Case(row, column, text, compared, rule) for row, text, compared in texts]


def whole_table(applications: pd.DataFrame, year: int, source: dict[str, Any], sha256: str) -> list[Case]:
    """What holds of a table as a whole: empty, without years or some serial numbers, no longer the one received."""
    numbers = applications["serial"][applications["serial"].str.fullmatch("[0-9]{1,9}")].astype(int)
    within = len(numbers) and numbers.max() <= 10 * len(numbers)  # else they are codes, not a count
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
    return [Case(pd.NA, *case) for holds, *case in whole if holds]


def cells(applications: pd.DataFrame, year: int) -> list[Case]:
    """Cells that are empty, and words that are not known, by the kinds of their columns; other years."""
    is_ordinal = ORDINAL_ROUND.fullmatch
    # By kind, in the order in which those of a row are told: the rule of an empty cell, that of a word that is not
    # known, and which words are.
    kinds: dict[Kind, tuple[str, str, Callable[[str], object]]] = {
        "year": ("value_required", "year_differs", str(year).__eq__),
        "round": ("value_required", "round_unknown", lambda text: text == CARRIED_ON or is_ordinal(text)),
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
        for name in table.columns.intersection(source_columns(kind)):
            empty = table[name].isna() | (table[name] == "")
            others = ~empty & ~asked_of_each(table[name].astype(str), is_known)
            found += cases(rule, name, table, empty, "certificate_as_given" if kind == "level" else name)
            found += cases(rule_of_others, name, table, others, other="this_year")
    return found


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
    differ = ~shared & (lists["students"] != lists["first"])
    found = cases("students_differ", "students", lists, differ, other="first")
    return found + cases("students_sum_differs", "students", rows, rows["students"] != rows["sum"], other="sum")


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
    again = rows["source_row"] != rows["first"]
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
    """Serial numbers that stand twice."""
    rows = applications.loc[applications["serial"] != "", ["source_row", "serial"]]
    rows["first"] = rows.groupby("serial")["source_row"].transform("first")
    return cases("serial_repeated", "serial", rows, rows["first"] != rows["source_row"], other="first")


def given_indicators(indicators: pd.DataFrame) -> list[Case]:
    """The school's own figures: not numbers, given twice, or not known."""
    table = indicators.assign(entry=range(1, len(indicators) + 1))
    names = table["indicator"].map(indicator_named)
    unreadable = pd.to_numeric(table["value"].str.replace(",", ""), errors="coerce").isna()
    again = names.fillna(table["indicator"]).duplicated()
    return [
        *cases("indicator_unreadable", "value", table, unreadable, other="entry"),
        *cases("indicator_repeated", "indicator", table, again, other="entry"),
        *cases("indicator_unknown", "indicator", table, names.isna(), other="entry"),
    ]
