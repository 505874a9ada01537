"""The rules that look at more than one cell: each takes tables and returns its cases, to be worded by `check`."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from pilotlib.cleaning import Cleaned
from pilotlib.cleaning.cut_off import cut_off_certificates
from pilotlib.columns import indicator_named
from pilotlib.vocabulary import listed
from pilotlib.words import count_text, normalised


def cases(
    rule: str | Iterable[str],
    source_rows: Iterable[Any],
    column: str | Iterable[str],
    values: Iterable[Any],
    others: Iterable[Any] | None = None,
) -> pd.DataFrame:
    """Cases of a rule, to be worded: `source_row, column, value, other, rule`."""
    rows = pd.Series(list(source_rows), dtype="Int64")
    return pd.DataFrame(
        {
            "source_row": rows,
            "column": column if isinstance(column, str) else list(column),
            "value": ["" if pd.isna(value) else str(value) for value in values],
            "other": "" if others is None else [str(other) for other in others],
            "rule": rule if isinstance(rule, str) else list(rule),
        }
    )


def unreadable_counts(changes: pd.DataFrame) -> pd.DataFrame:
    """Counts that are no whole number."""
    cells = changes[changes["rule"] == "count_unreadable"]
    return cases("count_unreadable", cells["source_row"], cells["column"], cells["before"])


def decided(changes: pd.DataFrame) -> pd.DataFrame:
    """What cleaning decided and a reader should look at: counts in merged cells, hidden rows."""
    rows = changes[changes["rule"].isin(("merged_count", "row_hidden"))]
    return cases(rows["rule"], rows["source_row"], rows["column"], rows["before"])


def truncated(cleaned: Cleaned) -> pd.DataFrame:
    """Cells that the width of their column cut off, and what became of them."""
    applications, changes = cleaned.applications, cleaned.changes
    has_level = applications["level_as_given"].notna()
    certificates = applications[cut_off_certificates(applications["certificate_as_given"], has_level.to_numpy())]
    corrected = changes[(changes["rule"] == "correction") & (changes["column"] == "certificate")]
    reasons = "等级由更正记录补出：" + corrected.set_index("source_row")["reason"].str.rstrip("。")
    settled = certificates["source_row"].map(reasons).astype(object).fillna("等级未知")
    settled = settled.where(certificates["level"].notna(), "等级未知")
    majors = cleaned.majors[cleaned.majors["truncated"]]
    open_end = "其后可能还有专业，专业数只是下限；这里按“" + majors["major"] + "”统计"
    return pd.concat(
        [
            cases(
                "cell_truncated",
                certificates["source_row"],
                "certificate",
                certificates["certificate_as_given"],
                settled,
            ),
            cases("cell_truncated", majors["source_row"], "majors", majors["as_given"], open_end),
        ]
    )


def places(applications: pd.DataFrame) -> pd.DataFrame:
    """Approved places that are not those applied for."""
    applied, approved = applications["places_applied"], applications["places_approved"]
    above, below = (applications[mask.fillna(False)] for mask in (approved > applied, approved < applied))
    return pd.concat(
        [
            cases(
                "approved_above_applied",
                above["source_row"],
                "places_approved",
                above["places_approved"],
                above["places_applied"],
            ),
            cases(
                "approved_below_applied",
                below["source_row"],
                "places_approved",
                below["places_approved"],
                below["places_applied"],
            ),
        ]
    )


def students(applications: pd.DataFrame, majors: pd.DataFrame) -> pd.DataFrame:
    """Each single-major row fixes its major's size: the same in every row, and adding up in rows of several majors."""
    lists = majors.merge(applications[["source_row", "students"]], on="source_row")
    alone = lists[lists.groupby("source_row")["major"].transform("size") == 1]
    sizes = alone.groupby("major")["students"].agg(["min", "max", "nunique"])
    first = alone.groupby("major")["students"].transform("first")
    differ = alone[(alone["students"] != first).fillna(False)]
    steady = sizes.loc[sizes["nunique"] == 1, "max"]
    shared = lists.drop(alone.index).assign(size=lambda rows: rows["major"].map(steady))
    rows = shared.groupby("source_row")
    known = rows["size"].count() == rows.size()
    sums = pd.DataFrame({"students": rows["students"].first(), "sum": rows["size"].sum().where(known)})
    wrong = sums[(sums["students"] != sums["sum"]).fillna(False)].dropna()
    wrong = wrong[~wrong.index.isin(lists.loc[lists["truncated"], "source_row"])]
    return pd.concat(
        [
            cases("students_differ", differ["source_row"], "students", differ["students"], first[differ.index]),
            cases("students_sum_differs", wrong.index, "students", wrong["students"], wrong["sum"].astype("Int64")),
        ]
    )


def repeats(applications: pd.DataFrame) -> pd.DataFrame:
    """A certificate and level in one round twice, or in several rounds."""
    named = applications[applications["level"].notna() & (applications["certificate"] != "")]
    name = named["certificate"] + "（" + named["level"].astype(str) + "）"
    groups = named.groupby(["certificate", "level"], observed=True)
    in_round = named.groupby(["certificate", "level", "application_round"], observed=True)
    several = groups["application_round"].transform("nunique") > 1
    # Joined once a certificate and level, not once a row.
    each = named[several].drop_duplicates(["certificate", "level", "application_round"])
    rounds = each.groupby(["certificate", "level"], observed=True)["application_round"].agg(listed)
    rounds = rounds.reindex(pd.MultiIndex.from_frame(named.loc[several, ["certificate", "level"]]))
    first_row = in_round["source_row"].transform("first")
    again = first_row.notna() & (first_row != named["source_row"])
    return pd.concat(
        [
            cases(
                "application_repeated",
                named["source_row"][again],
                "certificate",
                name[again],
                first_row[again].astype(int),
            ),
            cases("rounds_several", named["source_row"][several], "certificate", name[several], rounds),
        ]
    )


def totals(cleaned: Cleaned) -> pd.DataFrame:
    """Total rows that are not the sum of the rows above; of several, the last is the whole table's, if no subtotal."""
    last = cleaned.set_aside[cleaned.set_aside["reason"] == "合计行"].tail(1)
    last = last[~last["text"].str.contains("小计")]
    groups = []
    for column in ("places_applied", "places_approved"):
        stated = last[column].map(normalised).map(count_text)
        total = cleaned.applications[column].sum()
        wrong = last[stated.str.isdecimal() & (stated != str(total))]
        groups.append(cases("total_differs", wrong["source_row"], column, stated[wrong.index], [total] * len(wrong)))
    return pd.concat(groups)


def serials(applications: pd.DataFrame) -> pd.DataFrame:
    """Serial numbers that stand twice, and numbers that none has."""
    serials = applications[applications["serial"] != ""]
    again = serials[serials["serial"].duplicated()]
    first_row = serials.drop_duplicates("serial").set_index("serial")["source_row"]
    numbers = serials["serial"][serials["serial"].str.fullmatch("[0-9]{1,9}")].astype(int)
    within = len(numbers) and numbers.max() <= 10 * len(numbers)  # else they are codes, not a count
    gaps = sorted(set(range(1, numbers.max())) - set(numbers)) if within else []
    return pd.concat(
        [
            cases("serial_repeated", again["source_row"], "serial", again["serial"], again["serial"].map(first_row)),
            cases("serial_gap", [pd.NA] if gaps else [], "serial", ["、".join(map(str, gaps))] if gaps else []),
        ]
    )


def receipt(applications: pd.DataFrame, source: dict[str, Any], sha256: str) -> pd.DataFrame:
    """A table that is no longer the one received."""
    rows = source.get("rows", len(applications))
    changed = bool(sha256) and source.get("sha256", sha256).lower() != sha256
    return pd.concat(
        [
            cases("table_changed", [pd.NA] * changed, "", [sha256] * changed),
            cases(
                "rows_differ",
                [pd.NA] * (rows != len(applications)),
                "",
                [len(applications)] * (rows != len(applications)),
                [rows] * (rows != len(applications)),
            ),
        ]
    )


def given_indicators(indicators: pd.DataFrame) -> pd.DataFrame:
    """The school's own figures: not numbers, or not known."""
    number = pd.Series(range(1, len(indicators) + 1), index=indicators.index)
    unreadable = pd.to_numeric(indicators["value"].str.replace(",", ""), errors="coerce").isna()
    names = indicators["indicator"].map(lambda word: indicator_named(word) or word)
    unknown = indicators["indicator"].map(indicator_named).isna()
    return pd.concat(
        [
            cases(rule, [pd.NA] * int(mask.sum()), column, indicators[column][mask], number[mask])
            for rule, column, mask in (
                ("indicator_unreadable", "value", unreadable),
                ("indicator_repeated", "indicator", names.duplicated()),
                ("indicator_unknown", "indicator", unknown),
            )
        ]
    )
