"""The year's totals once more, straight from the raw cells and in plain Python: two counts that differ stop a run.

No table of cleaning and no arithmetic of pandas is used here; only how a word is read is shared.
"""

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from pilotlib.cleaning.words import levels_in, normalised, split_certificate
from pilotlib.columns import SOURCE_COLUMNS, column_named, title_of
from pilotlib.errors import PilotError
from pilotlib.reading.headers import FEWEST_HEADER_CELLS, HEADER_WITHIN, find_header
from pilotlib.vocabulary import APPROVED_STATUSES, RULED_LINE, TOTAL_FORM, UNKNOWN, plain, round_named

COUNTED_COLUMNS = ("students", "places_applied", "places_approved")
# A cell merged over rows gives these once.
COUNTED_ONCE = ("serial", "places_applied", "places_approved")
# Rows under one merged cell in each of these are one application, if their majors are said row by row.
MERGED_IN_ONE = ("certificate", "places_applied", "places_approved")
SAID_ROW_BY_ROW = ("majors", "students")
TOTALLED = ("applications", "places_applied", "places_approved")
# The breakdowns that count every application once, so that their sums are the year's totals.
BREAKDOWNS = ("by_round", "by_level", "by_round_level", "by_certificate", "by_category")


def recount(
    cells: pd.DataFrame, corrections: pd.DataFrame, merged: Iterable[tuple[int, int, int, int]] = ()
) -> Counter:
    """Count the raw cells: `(group, measure)` → number.

    Groups are "" for the whole year, each round, and each level; measures are applications and places, and for the
    year also certificates and certificate × level. `merged` is as `Origin.merged`.
    """
    corrected, headings = {}, {}
    for row, column, was, becomes in corrections[["row", "column", "was", "becomes"]].to_numpy().tolist():
        if float(row) == 0:
            headings[was.strip()] = becomes.strip()
        corrected[int(float(row)), column_named(column) or column] = becomes
    lines = cells.to_numpy().tolist()
    header = find_header(lines[:HEADER_WITHIN])
    names = [column_named(headings.get(title, title)) for title in header.titles]
    places = cells.index.tolist()
    corners = {
        (place, left): first
        for first, left, last, _ in merged
        if first > places[header.last]
        for place in range(first + 1, min(last, places[-1]) + 1)
    }
    totals: Counter = Counter()
    certificates, pairs = set(), set()
    read: dict[tuple[int, int], str] = {}
    for number, (place, line) in enumerate(zip(places, lines, strict=True), start=-header.last):
        if number <= 0:
            continue
        row, over = dict.fromkeys(SOURCE_COLUMNS, ""), {}
        for position, (name, cell) in enumerate(zip(names, line, strict=True)):
            if name and (place, position) in corners:
                over[name] = corners[place, position]
                cell = "" if name in COUNTED_ONCE else read.get((over[name], position), "")
            read[place, position] = cell
            if name:
                row[name] = corrected.get((number, name), cell).strip()
        within = {over.get(name) for name in MERGED_IN_ONE}
        goes_on = len(within) == 1 and None not in within and row["majors"] and "majors" not in over
        goes_on = goes_on and all(
            name in (None, *SAID_ROW_BY_ROW) or read[place, position] in ("", read.get((over["certificate"], position)))
            for position, name in enumerate(names)
        )
        repeated = len({column_named(cell) for cell in line} - {None}) >= FEWEST_HEADER_CELLS
        repeated = repeated or line in (lines[header.first], lines[header.last])
        ruled = all(RULED_LINE.fullmatch(plain(cell)) for cell in line)  # empty cells too
        words = [
            row.get(name, "") for name in ("serial", "year", "application_round", "certificate", "majors", "status")
        ]
        total = any(TOTAL_FORM.fullmatch(plain(word)) for word in words)
        if goes_on or repeated or ruled or total or not row["certificate"]:
            continue
        certificate, level = split_certificate(normalised(row["certificate"]))
        level = level or levels_in(normalised(row.get("level", ""))) or UNKNOWN
        certificates.add(certificate)
        pairs.add((certificate, level))
        approved = normalised(row["status"]) in APPROVED_STATUSES
        counts = {
            "applications": 1,
            "places_applied": _number(row["places_applied"]),
            "places_approved": _number(row["places_approved"]) if approved else 0,
        }
        for group in ("", round_named(normalised(row["application_round"])), level):
            totals.update({(group, measure): count for measure, count in counts.items()})
    totals["", "certificates"], totals["", "certificate_levels"] = len(certificates), len(pairs)
    return totals


def compare_counts(statistics: dict[str, pd.DataFrame], recounted: Counter) -> None:
    """Hold every total of the statistics against the second count.

    Raises:
        PilotError: two counts differ; names statistic, measure and both numbers.
    """
    overview = statistics["overview"].set_index("measure")["value"].fillna(0)
    counted = {
        ("overview", "", measure): overview[measure] for measure in (*TOTALLED, "certificates", "certificate_levels")
    }
    counted |= {
        (name, row[group], measure): row[measure]
        for name, group in (("by_round", "application_round"), ("by_level", "level"))
        for row in statistics[name].fillna(dict.fromkeys(TOTALLED, 0)).to_dict("records")
        for measure in TOTALLED
    }
    counted |= {(name, "", measure): statistics[name][measure].sum() for name in BREAKDOWNS for measure in TOTALLED}
    differing = {
        key: (int(count), recounted[key[1:]]) for key, count in counted.items() if int(count) != recounted[key[1:]]
    }
    if differing:
        (name, group, measure), (first, second) = next(iter(differing.items()))
        raise PilotError(
            f"两次计数不一致：统计“{name}”{group}的{title_of(measure)}为 {first}，从原始单元格重数为 {second}。"
            f"共 {len(differing)} 处不一致，没有出报告；请把申报表交给维护者查看。"
        )


def _number(cell: str) -> int:
    """The digits of a cell as a number; a cell without digits counts nothing."""
    digits = "".join(character for character in cell.split(".")[0] if character.isdecimal())
    return int(digits) if digits else 0
