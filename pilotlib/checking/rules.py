"""The rules, kept apart from their sentences: each takes tables and returns its cases, to be worded by `check`."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.cleaning import Cleaned
from pilotlib.cleaning.cut_off import cut_off_certificates
from pilotlib.columns import ADDED_UP_COLUMNS, Kind, indicator_named, source_columns
from pilotlib.distinct import asked_of_each
from pilotlib.vocabulary import CARRIED_ON, LEVELS, ORDINAL_ROUND, STATUSES, listed
from pilotlib.words import count_text, normalised

# The rule that an empty cell falls under by the kind of its column, in the order in which those of a row are told.
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
    """A case of a rule: the row of the table or NA, the column, its value, what the rule compared that with."""

    row: Any
    column: str
    value: str
    other: str
    rule: str


def cases(rule: str, column: str, rows: pd.DataFrame, value: str = "", other: str = "") -> list[Case]:
    """A case of a rule for each of some rows; `value` (else `column`) and `other` name the columns that hold these."""
    numbers = rows["source_row"] if "source_row" in rows else [pd.NA] * len(rows)
    values = _texts(rows[value or column])
    others = _texts(rows[other]) if other else [""] * len(rows)
    return [
        Case(row, column, text, compared, rule)
        for row, text, compared in zip(numbers, values, others, strict=True)
    ]


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
            found += cases(rule, name, table[empty], "certificate_as_given" if kind == "level" else name)
            if kind in known:
                rule_of_others, is_known = known[kind]
                others = ~empty & ~asked_of_each(table[name].astype(str), is_known)
                found += cases(rule_of_others, name, table[others], other="this_year")
    return found


def decided(changes: pd.DataFrame) -> list[Case]:
    """What cleaning decided and a person should look at: counts that are no whole number or merged, hidden rows."""
    rows = changes[changes["rule"].isin(("count_unreadable", "merged_count", "row_hidden"))]
    cells = rows[["source_row", "column", "before", "rule"]].itertuples(index=False)
    return [Case(row, column, before, "", rule) for row, column, before, rule in cells]


def truncated(cleaned: Cleaned) -> list[Case]:
    """Cells that the width of their column cut off, and what became of them."""
    applications, changes = cleaned.applications, cleaned.changes
    has_level = applications["level_as_given"].notna().to_numpy()
    certificates = applications[cut_off_certificates(applications["certificate_as_given"], has_level)]
    corrected = changes[(changes["rule"] == "correction") & (changes["column"] == "certificate")]
    reasons = "等级由更正记录补出：" + corrected.set_index("source_row")["reason"].str.rstrip("。")
    settled = certificates["source_row"].map(reasons).astype(object)
    settled = settled.where(certificates["level"].notna() & settled.notna(), "等级未知")
    majors = cleaned.majors[cleaned.majors["truncated"]]
    open_end = "其后可能还有专业，专业数只是下限；这里按“" + majors["major"] + "”统计"
    return [
        *cases(
            "cell_truncated", "certificate", certificates.assign(settled=settled), "certificate_as_given", "settled"
        ),
        *cases("cell_truncated", "majors", majors.assign(settled=open_end), "as_given", "settled"),
    ]


def places(applications: pd.DataFrame) -> list[Case]:
    """Approved places that are not those applied for."""
    more = (applications["places_approved"] - applications["places_applied"]).fillna(0)
    return [
        *cases("approved_above_applied", "places_approved", applications[more > 0], other="places_applied"),
        *cases("approved_below_applied", "places_approved", applications[more < 0], other="places_applied"),
    ]


def students(applications: pd.DataFrame, majors: pd.DataFrame) -> list[Case]:
    """Each single-major row fixes its major's size: the same in every row, and adding up in rows of several majors."""
    lists = majors.merge(applications[["source_row", "students"]], on="source_row")
    alone = lists[~lists["source_row"].duplicated(keep=False)]
    sizes = alone.groupby("major")["students"]
    alone = alone.assign(first=sizes.transform("first"))
    differ = alone[(alone["students"] != alone["first"]).fillna(False)]
    steady = sizes.max()[(sizes.max() == sizes.min()).fillna(False)]
    shared = lists.drop(alone.index).assign(size=lambda rows: rows["major"].map(steady))
    rows = shared.groupby("source_row").agg(
        students=("students", "first"),
        sum=("size", "sum"),
        known=("size", "count"),
        majors=("size", "size"),
        truncated=("truncated", "any"),
    )
    summed = (rows["known"] == rows["majors"]) & ~rows["truncated"]
    wrong = rows[summed & (rows["students"] != rows["sum"]).fillna(False)].reset_index()
    return [
        *cases("students_differ", "students", differ, other="first"),
        *cases("students_sum_differs", "students", wrong, other="sum"),
    ]


def repeats(applications: pd.DataFrame) -> list[Case]:
    """A certificate and level in one round twice, or in several rounds."""
    key = ["certificate", "level"]
    named = applications[applications["level"].notna() & (applications["certificate"] != "")]
    named = named.assign(name=named["certificate"] + "（" + named["level"].astype(str) + "）")
    in_round = named.groupby([*key, "application_round"], observed=True)
    named = named.assign(first=in_round["source_row"].transform("first"))
    again = named[named["first"].notna() & (named["first"] != named["source_row"])]
    several = named[named.groupby(key, observed=True)["application_round"].transform("nunique") > 1]
    # Joined once a certificate and level, not once a row.
    each = several.drop_duplicates([*key, "application_round"])
    rounds = each.groupby(key, observed=True)["application_round"].agg(listed).rename("rounds")
    return [
        *cases("application_repeated", "certificate", again.astype({"first": "Int64"}), "name", "first"),
        *cases("rounds_several", "certificate", several.join(rounds, on=key), "name", "rounds"),
    ]


def totals(cleaned: Cleaned) -> list[Case]:
    """Total rows that are not the sum of the rows above; of several, the last is the whole table's, if no subtotal."""
    last = cleaned.set_aside[cleaned.set_aside["reason"] == "合计行"].tail(1)
    last = last[~last["text"].str.contains("小计")]
    found = []
    for column in last.columns.intersection(list(ADDED_UP_COLUMNS)):
        rows = last.assign(
            stated=last[column].map(normalised).map(count_text), sum=str(cleaned.applications[column].sum())
        )
        wrong = rows[rows["stated"].str.isdecimal() & (rows["stated"] != rows["sum"])]
        found += cases("total_differs", column, wrong, "stated", "sum")
    return found


def serials(applications: pd.DataFrame) -> list[Case]:
    """Serial numbers that stand twice, and numbers that none has."""
    rows = applications[applications["serial"] != ""]
    rows = rows.assign(first=rows.groupby("serial")["source_row"].transform("first"))
    numbers = rows["serial"][rows["serial"].str.fullmatch("[0-9]{1,9}")].astype(int)
    within = len(numbers) and numbers.max() <= 10 * len(numbers)  # else they are codes, not a count
    gaps = sorted(set(range(1, numbers.max())) - set(numbers)) if within else []
    missing = [Case(pd.NA, "serial", "、".join(map(str, gaps)), "", "serial_gap")] if gaps else []
    return cases("serial_repeated", "serial", rows[rows["first"] != rows["source_row"]], other="first") + missing


def receipt(applications: pd.DataFrame, source: dict[str, Any], sha256: str) -> list[Case]:
    """A table that is no longer the one received."""
    rows, recorded = str(len(applications)), str(source.get("rows", len(applications)))
    changed = bool(sha256) and source.get("sha256", sha256).lower() != sha256
    found = [Case(pd.NA, "", sha256, "", "table_changed")] if changed else []
    return found + ([Case(pd.NA, "", rows, recorded, "rows_differ")] if rows != recorded else [])


def given_indicators(indicators: pd.DataFrame) -> list[Case]:
    """The school's own figures: not numbers, given twice, or not known."""
    rows = indicators.assign(entry=range(1, len(indicators) + 1))
    names = rows["indicator"].map(indicator_named)
    unreadable = pd.to_numeric(rows["value"].str.replace(",", ""), errors="coerce").isna()
    return [
        *cases("indicator_unreadable", "value", rows[unreadable], other="entry"),
        *cases("indicator_repeated", "indicator", rows[names.fillna(rows["indicator"]).duplicated()], other="entry"),
        *cases("indicator_unknown", "indicator", rows[names.isna()], other="entry"),
    ]


def _texts(column: pd.Series) -> list[str]:
    return ["" if pd.isna(value) else str(value) for value in column]
