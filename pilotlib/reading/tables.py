"""Any file → a table of text cells, each row with its place in the file; of several tables, the one that fits."""

import codecs
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.errors import PilotError
from pilotlib.reading.choosing import Origin, choice, steps_of, top
from pilotlib.reading.files import ENDINGS, KINDS, READABLE_SUFFIXES, left_by_a_system, locked, read_bytes, unpacked
from pilotlib.reading.grids import Grid, as_shown, fill_merged
from pilotlib.reading.headers import correct_header, find_header, headings_of
from pilotlib.reading.personal import without_personal
from pilotlib.reading.settings import NO_SOURCE, chosen, rows_aside, years_in
from pilotlib.reading.students import counted_up, has_row_a_student
from pilotlib.reading.texts import stop_on_longer

_BEGINNINGS = {kind: re.compile(about["begins"].encode()) for kind, about in KINDS.items() if "begins" in about}
_MEMBERS = {about["holds"]: kind for kind, about in KINDS.items() if "holds" in about}
ARCHIVE = b"PK\x03\x04"
BEGINNING = 4000
CONTENT_TYPES = "[content_types].xml"


class SourceTable(NamedTuple):
    """A table as received: its text cells, and where they come from."""

    cells: pd.DataFrame
    origin: Origin


def read_table(
    path: Path | str,
    corrections: pd.DataFrame | None = None,
    source: Mapping[str, Any] = NO_SOURCE,
    year: int = 0,
    *,
    of_results: bool = False,
) -> SourceTable:
    """Read the application table, or the table `of_results`, in a file as it stands, every cell as text.

    The file is of one of `KINDS`, a zip archive of such files, or a folder of them; of several sheets, tables or
    files `choosing.choice` takes one, of a txt or md the table inside it. Results that have a row a student are counted
    up. `corrections` are the ledger, `source` what `source.toml` says; rows of other years that it names are set aside.

    Returns `cells`, a row per row of the table, header included, columns 0, 1, 2 …, empty cells "", by their `place`,
    the row's number in the file (the line of a text, the row of a sheet or a table); and its `origin`. PilotError: no
    file or one that cannot be read, no application table in it or two that fit equally well; or as in `rows_aside`.

    >>> read_table("data/raw/2021/applications.tsv").cells.loc[19, 3]
    '机械产品三维模型设计职业技能等级证书(中'
    """
    path = Path(path)
    grids, unread = _grids_of(path)
    kept, called = chosen(path.name, grids, source, year), headings_of(corrections)
    grid, header, decided = choice(path.name, kept, unread, called, of_results)
    places = grid.places or range(1, len(grid.rows) + 1)
    if (begin := source.get("begin")) and begin != places[header.first]:
        raise PilotError(f"source.toml：{path.name} 的表头不在 begin 所写的第 {begin} 行。")
    rows, personal = without_personal(grid.rows, header)
    decided += [(personal, "", "personal_left_out", "")] if personal else []
    if grid.by_separators:
        stop_on_longer(path.name, header, pd.DataFrame(rows, pd.Index(places)), -header.last)
    rows, struck, unshown = as_shown(rows)
    header = correct_header(header, corrections, path.name)
    rows, filled, continued = fill_merged(rows, header, grid.merged)
    aside = dict.fromkeys(continued, "并入上一行") | dict.fromkeys(struck, "划去的行")
    aside |= rows_aside(path.name, rows, header, source, year)
    aside = {places[row]: why for row, why in aside.items()}
    cells = pd.DataFrame(rows, pd.Index(places, name="place"), dtype=str)
    hidden = [(row, None, "", "", "row_hidden", "") for row in grid.hidden if row < len(places)]
    named = [(row, len(rows[row]) - 1, "", rows[row][-1], "round_of_sheet", "") for row in grid.named]
    done: Sequence[tuple[Any, ...]] = [*unshown, *filled, *named, *hidden]
    if of_results and has_row_a_student(header):
        cells, done = counted_up(cells, header, path.name, [*aside]), hidden
        why = "一名学生一行，已按证书、等级等合计成人数，学生不列出"
        taken = next((after for _, after, rule, _ in decided if rule == "table_taken"), "考核结果表")
        decided = [("", taken, "table_taken", why), *(step for step in decided if step[2] != "table_taken")]
    placed = [(places[row], *rest) for row, *rest in done]
    steps = steps_of([*((None, None, *decision) for decision in decided), *placed])
    return SourceTable(cells, Origin(steps, aside))


def years_on_sheets(path: Path) -> set[int]:
    """The years for which the tables of a file are named, a year each: its sheets, or several files; else none."""
    named = [years_in(grid.where) for grid in _grids_of(path)[0] if find_header(top(grid))]
    return set[int]().union(*named) if all(len(years) == 1 for years in named) else set()


def kind_of(name: str, content: bytes) -> str:
    """The kind of a file as one of its usual endings: by its content where that tells, else by its name."""
    ending = Path(name).suffix.lower()
    if content.startswith(ARCHIVE):
        members = [member.lower() for member in unpacked(name, content)]
        marks = [*members, *(member.partition("/")[0] for member in members if CONTENT_TYPES in members)]
        return next((kind for mark, kind in _MEMBERS.items() if mark in marks), ".zip")
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise locked(name)
    beginning = content[:BEGINNING].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    is_text = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" not in content
    by_name = ENDINGS.get(ending, ending)
    by_name = ".csv" if is_text and "binary" in KINDS.get(by_name, {}) else by_name
    return next((kind for kind, form in _BEGINNINGS.items() if form.match(beginning)), by_name)


def begins_as_text(path: Path) -> bool:
    """Whether nothing at the beginning of a file says that it is of another kind than text."""
    with path.open("rb") as file:
        beginning = file.read(BEGINNING)
    return not beginning.startswith(ARCHIVE) and kind_of(path.name, beginning) == path.suffix.lower()


def grids_of(name: str, content: bytes) -> list[Grid]:
    """Every table of a file that is no archive of files, as it stands."""
    kind = kind_of(name, content)
    if kind == ".xlsb":
        raise PilotError(f"{name}：是二进制的 xlsb，读不出划去的字和没有算出的公式。请另存为 xlsx 后再试。")
    if not (reader := KINDS.get(kind, {}).get("reader")):
        raise PilotError(f"{name}：与别的文件放在一起的压缩包没有打开。请先解开，只放入申报表。")
    # Imported for a file of its kind only: the libraries of one take longer to import than a table of another to read.
    return resolve_name(f"pilotlib.reading.{reader}")(name, content)


def _grids_of(path: Path) -> tuple[list[Grid], dict[str, PilotError]]:
    """Every table of a file, or of those in an archive or a folder, and why a file there cannot be read."""
    if path.is_dir():
        container = "文件夹"
        files = {file.name: read_bytes(file) for file in sorted(path.iterdir()) if _may_hold_a_table(file.name)}
    else:
        if path.suffix.lower() not in ENDINGS:
            kinds = "、".join(READABLE_SUFFIXES).replace(".", "")
            raise PilotError(f"{path.name}：不认识这种文件。可以读取的有 {kinds}。")
        content = read_bytes(path)
        if not content.strip():
            raise PilotError(f"{path.name}：文件是空的。请放入收到的文件后再运行。")
        if kind_of(path.name, content) != ".zip":
            return grids_of(path.name, content), {}
        container = "压缩包"
        files = {name: member for name, member in unpacked(path.name, content).items() if _may_hold_a_table(name)}
    grids, unread = [], {}
    for name, content in sorted(files.items()):
        try:
            tables = grids_of(name, content) if content.strip() else []
        except PilotError as error:
            unread[name] = error
            continue
        where = f"{container}中的文件“{name}”"
        grids += [grid._replace(where=where + (f"的{grid.where}" if grid.where else "")) for grid in tables]
    return grids, unread


def _may_hold_a_table(name: str) -> bool:
    return Path(name).suffix.lower() in ENDINGS and not left_by_a_system(name)
