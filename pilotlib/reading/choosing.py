"""Which of a file's tables is the application table, and in which others it goes on."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.columns import ADDED_UP_COLUMNS, column_named, title_of
from pilotlib.errors import PilotError
from pilotlib.reading.grids import HIDDEN_SHEET, Grid, below_each_other, shown
from pilotlib.reading.headers import HEADER_WITHIN, Header, find_header, fit, no_header
from pilotlib.vocabulary import is_round, plain, round_named
from pilotlib.words import count_text, is_count, normalised

NO_ROWS: Mapping[int, str] = {}
# What was decided of a whole table, as `STEP_COLUMNS` from `before` on.
Decision = tuple[str, str, str, str]
STEP_COLUMNS = ["place", "position", "before", "after", "rule", "reason"]


def steps_of(steps: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """What was decided and done as a table was read, from a sequence for each: STEP_COLUMNS.

    `place` is the row in the file, `position` the column from the left, both missing where it is of the whole table.
    """
    types = dict.fromkeys(STEP_COLUMNS, "str") | {"place": "Int64", "position": "Int64"}
    return pd.DataFrame(list(steps), columns=STEP_COLUMNS).astype(types)


class Origin(NamedTuple):
    """What cells alone do not say of a table.

    `steps` are as `steps_of` returns them, by the rules of cleaning: which table of its file it is and why, what it was
    put together from, what was left, which rows are hidden, which text is not shown, what filling merged cells did.
    `aside` are the places of rows that are no applications by themselves, and why: they go on with the one above, are
    struck out, or `source.toml` says so.
    """

    steps: pd.DataFrame = steps_of([])
    aside: Mapping[int, str] = NO_ROWS

    def said(self, rule: str) -> str:
        """The words of the first step of a rule; "" where there is none."""
        steps = self.steps[self.steps["rule"] == rule]
        return "".join((steps["before"] + steps["after"]).head(1))


NO_ORIGIN = Origin()


def choice(
    file: str, grids: list[Grid], unread: dict[str, PilotError], called: Mapping[str, str], of_results: bool
) -> tuple[Grid, Header, list[Decision]]:
    """The table, `of_results` or of applications, whose header names the most columns that only such have; of these
    one with rows below it, and one that is not hidden; and what was decided.

    What it goes on in is below it: tables under the same header, and without one those right after it that fit.
    """
    grids = with_rounds_of_sheets(grids, called)
    tops = list(map(top, grids))
    headers = {place: header for place, rows in enumerate(tops) if (header := find_header(rows, called))}
    seen = [not grid.where.endswith(HIDDEN_SHEET) for grid in grids]
    fits = {
        place: (*fit(header, of_results), len(grids[place].rows) > header.last + 1, seen[place])
        for place, header in headers.items()
    }
    if not fits and unread:
        raise PilotError("\n".join([f"{file}：能读取的文件中没有申报表。", *(f"  · {why}" for why in unread.values())]))
    if not fits:
        raise no_header(file, tops, called)
    best = max(fits.values())
    parts = [place for place in fits if fits[place] == best]
    header = headers[parts[0]]
    if not _are_one([grids[place] for place in parts], [headers[place] for place in parts]):
        names = "、".join(grids[place].where or "文件" for place in parts)
        how = f"请在 source.toml 中写明用哪一个，如 table = {parts[0] + 1}；或另存一份，只留下要用的"
        raise PilotError(f"{file}：有 {len(parts)} 个表同样像申报表：{names}。{how}。", rows=[])
    for place, grid in enumerate(grids):
        if place - 1 in parts and place not in headers and _goes_on(grid, header):
            parts = sorted([*parts, place])
    why = f"表头认出 {best[1]} 列"
    if len(grids) > len(parts):
        rest = max((fits[place][1] for place in fits.keys() - {*parts}), default=0)
        why += f"；文件中共有 {len(grids)} 个表，其余" + (f"最多认出 {rest} 列" if rest else "没有申报表的表头")
    if unread:
        why += f"；没有读取：{'、'.join(unread)}"
    taken = "、".join(grids[place].where for place in parts)
    left = "、".join(grids[place].where for place in fits if all(fits[place][1:]) and place not in parts)
    steps = [("", taken, "table_taken", why)] if taken else []
    steps += [(taken, "", "table_joined", "")] if len(parts) > 1 else []
    steps += [(left, "", "table_left", "")] if left else []
    return reduce(below_each_other, [grids[place] for place in parts]), header, steps


def with_rounds_of_sheets(grids: list[Grid], called: Mapping[str, str]) -> list[Grid]:
    """The tables, those of a sheet for each round with that round in a last column where none of theirs says it."""
    names = [plain((re.findall("“([^”]*)”", grid.where) or [""])[-1]) for grid in grids]
    found = {place: find_header(top(grids[place]), called) for place, name in enumerate(names) if is_round(name)}
    headers = {place: header for place, header in found.items() if header and "application_round" not in header.names}
    if len({round_named(names[place]) for place in headers}) < 2:
        return grids
    made = list(grids)
    for place, header in headers.items():
        below = _certified(grids[place], header)
        added = dict.fromkeys(below, names[place]) | {header.last: title_of("application_round")}
        rows = [[*cells, added.get(row, "")] for row, cells in enumerate(grids[place].rows)]
        made[place] = grids[place]._replace(rows=rows, named=below)
    return made


def top(grid: Grid) -> list[list[str]]:
    """The rows of a table in which its header is, as they are shown."""
    return [list(map(shown, row)) for row in grid.rows[:HEADER_WITHIN]]


def _certified(grid: Grid, header: Header) -> list[int]:
    """The rows below a header that name a certificate: others are totals and remarks, or a header again."""
    place = header.names.index("certificate") if "certificate" in header.names else 0
    cells = [(row, grid.rows[row][place]) for row in range(header.last + 1, len(grid.rows))]
    return [row for row, cell in cells if cell.strip() and not column_named(cell)]


def _are_one(grids: list[Grid], headers: list[Header]) -> bool:
    """Whether tables have the same columns and no application in common: parts of one, not copies or drafts."""
    names = headers[0].names
    if len(grids) == 1 or any(header.names != names for header in headers) or "certificate" not in names:
        return len(grids) == 1
    telling = [place for place, name in enumerate(names) if name in ("certificate", "level", "application_round")]
    applications = []
    for grid, header in zip(grids, headers, strict=True):
        rows = map(grid.rows.__getitem__, _certified(grid, header))
        applications.append({tuple(row[place].strip() for place in telling) for row in rows})
    return sum(map(len, applications)) == len(set().union(*applications))


def _goes_on(grid: Grid, header: Header) -> bool:
    """Whether a table without a header goes on with one: as many columns, certificates and counts where they are."""
    width = max((place + 1 for row in grid.rows for place, cell in enumerate(row) if cell.strip()), default=0)
    places = {name: place for place, name in enumerate(header.names[:width]) if name}
    if grid.where.endswith(HIDDEN_SHEET) or not 0 <= len(header.titles) - width <= 1 or "certificate" not in places:
        return False
    # As in `_certified`: others are totals and remarks.
    rows = [row for row in grid.rows if row[places["certificate"]].strip()]
    of_counts = [places[name] for name in ADDED_UP_COLUMNS if name in places]
    return bool(rows) and all(any(is_count(count_text(normalised(row[place]))) for place in of_counts) for row in rows)
