"""Any file → a table of text cells, each row with its place in it; of several tables, the one that fits."""

import codecs
from pathlib import Path
from pkgutil import resolve_name
from typing import NamedTuple

import pandas as pd

from pilotlib.errors import PilotError
from pilotlib.project import READABLE_SUFFIXES
from pilotlib.reading.files import left_by_a_system, read_bytes, unpacked
from pilotlib.reading.grids import NOTHING_FILLED, Grid, fill_merged
from pilotlib.reading.headers import Header, correct_header, find_header, named, no_header

# Every reader takes a file's name and bytes, and returns every table in it or raises a PilotError. It is imported when
# a file of its kind is met: the libraries of one kind take longer to import than a table of another takes to read.
READERS = {
    ".tsv": "texts.read_delimited",
    ".csv": "texts.read_delimited",
    ".txt": "texts.read_document",
    ".md": "texts.read_document",
    ".xlsx": "workbooks.read_xlsx",
    ".xls": "workbooks.read_xls",
    ".ods": "workbooks.read_ods",
    ".html": "pages.read_html",
    ".htm": "pages.read_html",
    ".docx": "pages.read_docx",
    ".pdf": "pages.read_pdf",
}
# How a file of a kind begins (in small letters), or what an archive of one holds: platforms export HTML as .xls.
BEGINNINGS = {
    (b"\xd0\xcf\x11\xe0",): ".xls",
    (b"%pdf-",): ".pdf",
    (b"<!doctype html", b"<html", b"<table"): ".html",
}
ARCHIVE = b"PK\x03\x04"
BEGINNING = 1000
MEMBERS = {"xl/workbook.xml": ".xlsx", "content.xml": ".ods", "word/document.xml": ".docx"}


class Origin(NamedTuple):
    """What cells alone do not say of a table: which one of its file was `taken` and why; what was hidden or merged.

    `hidden` are places of rows; `filled` and `continued` say what filling merged cells did, as `fill_merged` returns
    them. A file that holds one table and nothing else has no `taken` and `why`.
    """

    taken: str = ""
    why: str = ""
    hidden: tuple[int, ...] = ()
    filled: pd.DataFrame = NOTHING_FILLED
    continued: tuple[int, ...] = ()


NO_ORIGIN = Origin()


class SourceTable(NamedTuple):
    """A table as received: its text cells, and where they come from."""

    cells: pd.DataFrame
    origin: Origin


def read_table(path: Path | str, corrections: pd.DataFrame | None = None) -> SourceTable:
    """Read the application table in a file as it stands, every cell as text.

    `path` is a file of a kind in `READERS`, a zip archive or a folder of such files; of several sheets, tables or files
    the one is taken whose header names the most columns. How merged cells are filled depends on what the ledger,
    `corrections`, says of the header.

    Returns:
        `cells`, a row per row of the table, header included; columns 0, 1, 2 …, empty cells "". The index `place` is
        the row's number in the file: the line of a text, the row of a sheet or a table. And its `origin`.

    Raises:
        PilotError: the file is missing, empty, too large, damaged, of a kind that is unknown or whose library is not
            installed, without an application table, or holds two that fit equally well; as `headers.correct_header`.
    """
    path = Path(path)
    grids, unread = _grids_of(path)
    grid, header, why = _choice(path.name, grids, unread)
    places = grid.places or range(1, len(grid.rows) + 1)
    cells = pd.DataFrame(grid.rows, pd.Index(places, name="place"), dtype=str)
    cells, filled, continued = fill_merged(cells, correct_header(header, corrections, path.name), grid.merged)
    hidden = tuple(places[row] for row in grid.hidden if row < len(places))
    return SourceTable(cells, Origin(grid.where, why if grid.where else "", hidden, filled, continued))


def kind_of(name: str, content: bytes) -> str:
    """The kind of a file as one of its usual endings: by its content where that tells, else by its name."""
    ending = Path(name).suffix.lower()
    if content.startswith(ARCHIVE):
        members = unpacked(name, content)
        return next((kind for member, kind in MEMBERS.items() if member in members), ".zip")
    beginning = content[:BEGINNING].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    return next((kind for marks, kind in BEGINNINGS.items() if beginning.startswith(marks)), ending)


def begins_as_text(path: Path) -> bool:
    """Whether nothing at the beginning of a file says that it is of another kind than text."""
    with path.open("rb") as file:
        beginning = file.read(BEGINNING)
    return not beginning.startswith(ARCHIVE) and kind_of(path.name, beginning) == path.suffix.lower()


def grids_of(name: str, content: bytes) -> list[Grid]:
    """Every table of a file that is no archive of files, as it stands."""
    kind = kind_of(name, content)
    if kind not in READERS:
        raise PilotError(f"{name}：与别的文件放在一起的压缩包没有打开。请先解开，只放入申报表。")
    return resolve_name(f"pilotlib.reading.{READERS[kind]}")(name, content)


def _grids_of(path: Path) -> tuple[list[Grid], dict[str, PilotError]]:
    """Every table of a file, or of those in an archive or a folder, and why a file there cannot be read."""
    if path.is_dir():
        container = "文件夹"
        files = {file.name: read_bytes(file) for file in sorted(path.iterdir()) if _may_hold_a_table(file.name)}
    else:
        if path.suffix.lower() not in READABLE_SUFFIXES:
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
    return Path(name).suffix.lower() in READABLE_SUFFIXES and not left_by_a_system(name)


def _choice(file: str, grids: list[Grid], unread: dict[str, PilotError]) -> tuple[Grid, Header, str]:
    """The table whose header names the most columns, best with rows below; its header; and why this one."""
    headers = {place: header for place, grid in enumerate(grids) if (header := find_header(grid.rows))}
    if not headers and unread:
        raise PilotError("\n".join([f"{file}：能读取的文件中没有申报表。", *(f"  · {why}" for why in unread.values())]))
    if not headers:
        raise no_header(file, (row for grid in grids for row in grid.rows))
    fits = {place: (named(header), len(grids[place].rows) > header.last + 1) for place, header in headers.items()}
    best = max(fits.values())
    same = [place for place in fits if fits[place] == best]
    if len(same) > 1:
        names = "、".join(grids[place].where or "文件" for place in same)
        raise PilotError(f"{file}：有 {len(same)} 个表同样像申报表：{names}。请另存一份，只留下要用的那一个。")
    why = f"表头认出 {best[0]} 列"
    if len(grids) > 1:
        rest = max((columns for place, (columns, _) in fits.items() if place not in same), default=0)
        why += f"；文件中共有 {len(grids)} 个表，其余" + (f"最多认出 {rest} 列" if rest else "没有申报表的表头")
    if unread:
        why += f"；没有读取：{'、'.join(unread)}"
    return grids[same[0]], headers[same[0]], why
