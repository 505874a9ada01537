"""Corrections that a table's faults suggest: for a person to check and paste into the ledger, never applied."""

import re
from difflib import get_close_matches

import pandas as pd

from pilotlib.columns import CORRECTION_COLUMNS, REQUIRED_COLUMNS, SOURCE_COLUMNS, title_of
from pilotlib.reading.headers import Header, nearest_column
from pilotlib.vocabulary import LEVELS, MAJOR_SEPARATORS, STATUSES
from pilotlib.words import count_text, is_count, normalised

_DIGITS = re.compile(r"\d+")
# Marks beside digits that make them another number: 2万, -50, 1/2, 50%.
_NOT_AS_WRITTEN = re.compile("[-−负半十百千万亿%‰/.]")
# Letters that are taken for digits: 5O is 50.
_LIKE_DIGITS = str.maketrans("OoIlＯ", "00110")


def propose_header(header: Header) -> pd.DataFrame:
    """For each missing column, the word of the header that is nearly its name: `row, column, was, becomes, reason`."""
    missing = [name for name in REQUIRED_COLUMNS if name not in header.names]
    first: dict[str, str] = {}
    for title in header.titles:
        # Of two words near one name only a person can tell which is meant: the first is proposed.
        if match := nearest_column(title, missing):
            first.setdefault(match[1], title)
    words = [(first[name], title_of(name)) for name in missing if name in first]
    return _ledger([("0", word, word, title, "表头用词接近，请核对是否同一列") for word, title in words])


def propose(problems: pd.DataFrame, table: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Corrections for problems of which one reading suggests itself, one a cell, in the order of the problems.

    Args:
        problems: As `check` returns them.
        table: The applications' cells by `source_row`, as the file holds them.
        reference: Known majors.

    Returns:
        `row, column, was, becomes, reason`, all text; empty if nothing suggests itself.
    """
    majors = sorted({*reference["major"], *reference["catalogue_name"]})
    proposals: dict[tuple[int, str], tuple[str, str, str]] = {}
    for row, column, value, rule in problems[["source_row", "column", "value", "rule"]].itertuples(index=False):
        column = "certificate" if rule == "level_missing" else column
        if pd.isna(row) or row not in table.index or column not in SOURCE_COLUMNS or column not in table:
            continue
        was, now, reasons = proposals.get((row, column), (table.loc[row, column], table.loc[row, column], ""))
        above = table[column].loc[: row - 1].tail(1).to_list()
        becomes, reason = _reading(rule, now, value, above, majors)
        if becomes and becomes != now:
            proposals[row, column] = (was, becomes, "；".join(filter(None, [reasons, reason])))
    return _ledger([(str(row), title_of(column), *proposal) for (row, column), proposal in proposals.items()])


def _ledger(rows: list[tuple[str, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(CORRECTION_COLUMNS), dtype=str)


def _reading(rule: str, was: str, value: str, above: list[str], majors: list[str]) -> tuple[str, str]:
    """What a cell with a problem may have meant, and why; "" if nothing suggests itself."""
    if rule == "count_unreadable":
        text = count_text(normalised(was).translate(_LIKE_DIGITS))
        digits = _DIGITS.findall(text)
        plain_number = len(digits) == 1 and is_count(digits[0]) and not _NOT_AS_WRITTEN.search(text)
        return (digits[0], "原文不是整数，请核对") if plain_number else ("", "")
    if rule == "value_required" and not was and above:
        return above[0], "空着，可能与上一行合并为一格，请核对"
    if rule == "level_missing":
        return _with_level(was), "等级被截断，以此开头的等级只有一个"
    if rule == "major_unknown":
        near = get_close_matches(value, majors, n=1, cutoff=0.75)
        return (_with_major(was, value, near[0]), f"“{value}”接近对照表中的“{near[0]}”，请核对") if near else ("", "")
    if rule == "status_unknown":
        near = get_close_matches(normalised(was), STATUSES, n=1, cutoff=0.7)
        return (near[0], "接近已知的状态，请核对") if near else ("", "")
    return "", ""


def _with_major(text: str, major: str, becomes: str) -> str:
    """A cell of majors with one of them replaced; longer names that hold it stay.

    >>> _with_major("会记、会记信息管理", "会记", "会计")
    '会计、会记信息管理'
    """
    parts = re.split(f"({MAJOR_SEPARATORS.pattern})", text)
    return "".join(becomes if normalised(part) == major else part for part in parts)


def _with_level(text: str) -> str:
    """A certificate cut off inside its level's bracket, completed; "" where nothing of the level is there.

    >>> _with_level("机械产品三维模型设计职业技能等级证书(中")
    '机械产品三维模型设计职业技能等级证书(中级)'
    """
    cut = re.fullmatch(r"(.*[(（])([初中高])级?", text)
    if not cut:
        return ""
    level = next(level for level in LEVELS if level.startswith(cut[2]))
    return f"{cut[1]}{level}{'）' if cut[1].endswith('（') else ')'}"
