"""The files of settings, `source.toml` of a year and `school.toml`, and what the former says of where the table is.

What may stand in each, and how it is written, is an example: what a new year, and what a new project begins with.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from pilotlib.errors import PilotError, suggestion
from pilotlib.project import STARTING
from pilotlib.reading.files import read_text
from pilotlib.reading.grids import Grid
from pilotlib.reading.headers import Header
from pilotlib.vocabulary import STATUSES, status_named
from pilotlib.words import normalised, year_text

SOURCE = Path(__file__).with_name("source.toml").read_text("utf-8")
_EXAMPLES = {
    "source.toml": SOURCE.format(file='"申报表.xlsx"', sha256="", year=2000, years=""),
    "school.toml": (STARTING / "data" / "raw" / "school.toml").read_text("utf-8"),
}
FORMS = {name: tomllib.loads(re.sub("(?m)^# ", "", text)) for name, text in _EXAMPLES.items()}
NO_SOURCE: Mapping[str, Any] = {}
OTHER_YEAR = "其他年度的行"


def read_settings(path: Path) -> dict[str, Any]:
    """What a file of settings says, {} where there is none; PilotError for a key or a value of another form."""
    try:
        said = tomllib.loads(read_text(path)) if path.exists() and path.stat().st_size else {}
    except tomllib.TOMLDecodeError as error:
        why = f"不是有效的 TOML（{error}）。文字和中文的名称要加英文引号，每一节只写一次"
        raise PilotError(f"{path.name}：{why}。") from None
    forms = FORMS[path.name]
    for key, value in said.items():
        if key not in forms:
            raise PilotError(f"{path.name}：不认识“{key}”。{suggestion(key, list(forms))}")
        if not _alike(value, forms[key]):
            as_toml = partial(json.dumps, ensure_ascii=False, default=str, separators=(", ", " = "))
            raise PilotError(f"{path.name}：{key} = {as_toml(value)} 应写成 {key} = {as_toml(forms[key])} 那样。")
    for word, answer in said.get("statuses", {}).items():
        if status_named(word, {word: answer}) not in STATUSES:
            how = f'批准的写 "{word}" = "approved"，没有批准的写 "{word}" = "not_approved"'
            raise PilotError(f'{path.name}：[statuses] 的 "{word}" = "{answer}" 不能用。{how}。')
    return said


def _alike(value: Any, form: Any) -> bool:
    """Whether a value is of an example's form: a list or a table of what the example has; a date may be a text."""
    if isinstance(form, dict | list):
        parts = [list(each.values()) if isinstance(each, dict) else each for each in (value, form)]
        return type(value) is type(form) and all(_alike(part, parts[1][0]) for part in parts[0])
    return type(value) is type(form) or (isinstance(form, date) and isinstance(value, str))


def chosen(file: str, grids: list[Grid], source: Mapping[str, Any], year: int) -> list[Grid]:
    """The tables of a file that `source.toml` says, blank outside the rows that it says; PilotError for none.

    Where a sheet or a file is named for the year, those that are named for another are not its tables.
    """
    sheet, table, begin, end = (source.get(key) for key in ("sheet", "table", "begin", "end"))
    years = [years_in(grid.where) for grid in grids]
    if any(year in named for named in years):
        grids = [grid for grid, named in zip(grids, years, strict=True) if not named or year in named]
    kept = [grid for grid in grids if sheet is None or re.search(f"[“/]{re.escape(sheet)}”", grid.where)]
    kept = kept if table is None else kept[max(table, 1) - 1 : table]
    last = max(((grid.places or [len(grid.rows)])[-1] for grid in kept), default=0)
    if (grids and not kept) or max(begin or 1, end or 1) > max(last, 1):
        there = "、".join(grid.where or f"只有一个表，到第 {last} 行" for grid in grids)
        raise PilotError(f"source.toml：{file} 中没有 sheet、table、begin 或 end 所写的表或行。有：{there}。")
    return [_between(grid, begin or 1, end or last) for grid in kept] if begin or end else kept


def years_in(where: str) -> set[int]:
    """The years that the name of a sheet or a file says, where that is in words where a table stands."""
    names = "，".join(re.findall("“([^”]*)”", where))
    return set(map(int, re.findall(r"(?<!\d)20\d\d(?!\d)", names)))


def _between(grid: Grid, begin: int, end: int) -> Grid:
    places = grid.places or range(1, len(grid.rows) + 1)
    inside = [row if begin <= place <= end else [""] * len(row) for place, row in zip(places, grid.rows, strict=True)]
    return grid._replace(rows=inside, where=f"{grid.where}第 {begin} 至 {end} 行")


def rows_aside(
    file: str, rows: Sequence[Sequence[str]], header: Header, source: Mapping[str, Any], year: int
) -> dict[int, str]:
    """Positions of rows that `source.toml` says to be no applications of this year, and why.

    PilotError names each row that is not there or has another certificate than `source.toml` says.
    """
    expected, others = dict(source.get("set_aside", {})), set(map(str, source.get("years", ()))) - {str(year)}
    reason, places = expected.pop("reason", "").strip(), {name: place for place, name in enumerate(header.names)}
    below, faults = range(header.last + 1, len(rows)), [] if reason or not expected else ["没有写理由（reason）"]
    named = {int(number) + header.last: was.strip() for number, was in expected.items() if number.isdecimal()}
    for row, was in named.items():
        now = f"现为“{rows[row][places.get('certificate', 0)].strip()}”" if row in below else "不存在"
        if now != f"现为“{was}”":
            faults.append(f"第 {row - header.last} 行的证书名称{now}，不是“{was}”")
    if faults or len(named) < len(expected):
        why = "；".join(faults) or "行次要写数字"
        raise PilotError(f"source.toml：{file} 的 [set_aside] {why}。行次从表头下第一行数起，请核对后改好。")
    aside = dict.fromkeys(named, f"{reason}（source.toml）")
    if others and "year" in places:
        said = {row: year_text(normalised(rows[row][places["year"]])) for row in below}
        aside |= {row: OTHER_YEAR for row, of_row in said.items() if of_row in others}
    return aside
