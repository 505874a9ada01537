"""Corrections that a table's faults suggest: for a person to check and paste into the ledger, never applied."""

import json
import re
from difflib import get_close_matches

import pandas as pd

from pilotlib.columns import CORRECTION_COLUMNS, REFERENCE_COLUMNS, SOURCE_COLUMNS, title_of
from pilotlib.vocabulary import LEVELS, MAJOR_SEPARATORS
from pilotlib.words import count_text, is_count, normalised, one_off


def propose(problems: pd.DataFrame, table: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Corrections (CORRECTION_COLUMNS) for problems of which one reading suggests itself, one a cell, in order.

    `problems` are as `check` returns them, `reference` the known majors, `table` the applications' cells by
    `source_row`, as the file holds them.
    """
    majors = sorted({*reference["major"], *reference["catalogue_name"]})
    proposals: dict[tuple[int, str], tuple[str, str, str]] = {}
    for row, column, value, rule in problems[["source_row", "column", "value", "rule"]].itertuples(index=False):
        column = "certificate" if rule == "level_missing" else column
        if pd.isna(row) or row not in table.index or column not in SOURCE_COLUMNS or column not in table:
            continue
        cell = table.loc[row, column]
        was, now, reasons = proposals.get((row, column), (cell, cell, ""))
        above = table[column].loc[: row - 1].tail(1).to_list()
        becomes, reason = _reading(rule, now, value, above, majors)
        if becomes and becomes != now:
            proposals[row, column] = (was, becomes, "；".join(filter(None, [reasons, reason])))
    rows = [(str(row), title_of(column), *proposal) for (row, column), proposal in proposals.items()]
    return pd.DataFrame(rows, columns=list(CORRECTION_COLUMNS), dtype=str)


def lines_for_statuses(problems: pd.DataFrame) -> list[str]:
    """Lines for `[statuses]` of `school.toml`, one a status that is not known, none of which holds as it stands."""
    words = problems["value"][problems["rule"] == "status_unknown"].unique()
    return [f'# {json.dumps(word, ensure_ascii=False)} = "approved"  # 没有批准的写 "not_approved"' for word in words]


def lines_for_majors(problems: pd.DataFrame, reference: pd.DataFrame) -> list[str]:
    """Lines for `majors.csv`, one a major that is not known: as the likeliest one there, else to be filled in.

    One that is misspelt is none: its cell is to be corrected.
    """
    entries = reference[list(REFERENCE_COLUMNS[1:])].to_numpy().tolist()
    known = dict(zip([*reference["catalogue_name"], *reference["major"]], entries * 2, strict=True))
    nearest = {
        word: (get_close_matches(word, known, n=1, cutoff=0.7) or [""])[0]
        for word in problems["value"][problems["rule"] == "major_unknown"].unique()
    }
    blank = list(map(title_of, REFERENCE_COLUMNS[1:]))
    return [
        ",".join([word if near else f"# {word}", *known.get(near, blank)])
        for word, near in nearest.items()
        if not one_off(word, near)
    ]


def _reading(rule: str, was: str, value: str, above: list[str], majors: list[str]) -> tuple[str, str]:
    """What a cell with a problem may have meant, and why; "" if nothing suggests itself."""
    if rule == "count_unreadable":
        text = count_text(normalised(was).translate(str.maketrans("OoIlＯ", "00110")))  # 5O is 50
        digits = re.findall(r"\d+", text)
        # Some marks make digits another number: 2万, -50, 1/2, 50%.
        if len(digits) == 1 and is_count(digits[0]) and not re.search("[-−负半十百千万亿%‰/.]", text):
            return digits[0], "原文不是整数，请核对"
    if rule == "value_required" and not was and above:
        return above[0], "空着，可能与上一行合并为一格，请核对"
    if rule == "level_missing" and (cut := re.fullmatch(r"(.*([(（]))([初中高])级?", was)):
        level = next(level for level in LEVELS if level.startswith(cut[3]))
        return f"{cut[1]}{level}{'）' if cut[2] == '（' else ')'}", "等级被截断，以此开头的等级只有一个"
    if rule == "major_unknown" and (near := [major for major in majors if len(value) > 2 and one_off(value, major)]):
        # Longer names that hold this one stay: of 会记、会记信息管理 only the first becomes 会计.
        parts = re.split(f"({MAJOR_SEPARATORS.pattern})", was)
        becomes = "".join(near[0] if normalised(part) == value else part for part in parts)
        return becomes, f"“{value}”接近对照表中的“{near[0]}”，请核对"
    return "", ""
