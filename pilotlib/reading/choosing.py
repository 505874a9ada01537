"""Which of a file's tables is the application table, and in which others it goes on."""

import re
from collections.abc import Mapping
from functools import reduce
from typing import NamedTuple

import pandas as pd

from pilotlib.columns import ADDED_UP_COLUMNS, column_named, title_of
from pilotlib.errors import PilotError
from pilotlib.reading.grids import HIDDEN_SHEET, Grid, below_each_other, shown
from pilotlib.reading.headers import HEADER_WITHIN, Header, find_header, fit, no_header
from pilotlib.vocabulary import is_round, plain, round_named
from pilotlib.words import count_text, is_count, normalised

NO_ROWS: Mapping[int, str] = {}
NOTHING_FILLED = pd.DataFrame(columns=["place", "position", "before", "after", "rule"])


class Origin(NamedTuple):
    """What cells alone do not say of a table: which one of its file it is and why, what was merged or hidden in it.

    `taken` and `why` are empty where a file holds one table and nothing else. `joined` names the tables that it was
    put together from, if it was; `left` others with a header and rows. `filled` says of cells what filling merged ones
    did (as `grids.fill_merged`), and which text is not shown; `position` is counted from the left. `personal`
    says what personal data there were, which were not read. `hidden` are places of rows, `aside` those of rows that are
    no applications by themselves, and why: they go on with the one above, are struck out, or `source.toml` says so.
    """

    taken: str = ""
    why: str = ""
    hidden: tuple[int, ...] = ()
    filled: pd.DataFrame = NOTHING_FILLED
    aside: Mapping[int, str] = NO_ROWS
    joined: str = ""
    left: str = ""
    personal: str = ""


NO_ORIGIN = Origin()


def choice(
    file: str, grids: list[Grid], unread: dict[str, PilotError], called: Mapping[str, str], of_results: bool
) -> tuple[Grid, Header, Origin]:
    """The table, `of_results` or of applications, whose header names the most columns that only such have; of these
    one with rows below it, and one that is not hidden.

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
    origin = Origin(taken, why if taken else "", joined=taken if len(parts) > 1 else "", left=left)
    return reduce(below_each_other, [grids[place] for place in parts]), header, origin


def with_rounds_of_sheets(grids: list[Grid], called: Mapping[str, str]) -> list[Grid]:
    """The tables, those of a sheet for each round with that round in a last column where none of theirs says it."""
    rounds = [plain((re.findall("“([^”]*)”", grid.where) or [""])[-1]) for grid in grids]
    headers = [
        find_header(top(grid), called) if is_round(name) else None for grid, name in zip(grids, rounds, strict=True)
    ]
    told = [place for place, header in enumerate(headers) if header and "application_round" not in header.names]
    if len({round_named(rounds[place]) for place in told}) < 2:
        return grids
    made = list(grids)
    for place in told:
        grid, header = grids[place], headers[place]
        assert header is not None
        certificate = header.names.index("certificate") if "certificate" in header.names else 0
        below = [row for row in range(header.last + 1, len(grid.rows)) if grid.rows[row][certificate].strip()]
        below = [row for row in below if not column_named(grid.rows[row][certificate])]
        added = dict.fromkeys(below, rounds[place]) | {header.last: title_of("application_round")}
        rows = [[*cells, added.get(row, "")] for row, cells in enumerate(grid.rows)]
        made[place] = grid._replace(rows=rows, named=below)
    return made


def top(grid: Grid) -> list[list[str]]:
    """The rows of a table in which its header is, as they are shown."""
    return [list(map(shown, row)) for row in grid.rows[:HEADER_WITHIN]]


def _are_one(grids: list[Grid], headers: list[Header]) -> bool:
    """Whether tables have the same columns and no application in common: parts of one, not copies or drafts."""
    names = headers[0].names
    if len(grids) == 1 or any(header.names != names for header in headers) or "certificate" not in names:
        return len(grids) == 1
    certificate = names.index("certificate")
    telling = [place for place, name in enumerate(names) if name in ("certificate", "level", "application_round")]
    below = [grid.rows[header.last + 1 :] for grid, header in zip(grids, headers, strict=True)]
    # Rows without a certificate are totals and remarks, which each part may have, and so may it a header again.
    parts = [[row for row in rows if row[certificate].strip() and not column_named(row[certificate])] for rows in below]
    applications = [{tuple(row[place].strip() for place in telling) for row in rows} for rows in parts]
    return sum(map(len, applications)) == len(set().union(*applications))


def _goes_on(grid: Grid, header: Header) -> bool:
    """Whether a table without a header goes on with one: as many columns, certificates and counts where they are."""
    width = max((place + 1 for row in grid.rows for place, cell in enumerate(row) if cell.strip()), default=0)
    places = {name: place for place, name in enumerate(header.names[:width]) if name}
    if grid.where.endswith(HIDDEN_SHEET) or not 0 <= len(header.titles) - width <= 1 or "certificate" not in places:
        return False
    # As in `_are_one`: rows without a certificate are totals and remarks.
    rows = [row for row in grid.rows if row[places["certificate"]].strip()]
    of_counts = [places[name] for name in ADDED_UP_COLUMNS if name in places]
    return bool(rows) and all(any(is_count(count_text(normalised(row[place]))) for place in of_counts) for row in rows)
