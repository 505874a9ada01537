"""Any file → a table of text cells, each row with its place in the file; of several tables, the one that fits."""

import codecs
import re
from functools import reduce
from pathlib import Path
from pkgutil import resolve_name
from typing import NamedTuple

import pandas as pd

from pilotlib.columns import ADDED_UP_COLUMNS, column_named
from pilotlib.errors import PilotError
from pilotlib.project import READABLE_SUFFIXES
from pilotlib.reading.files import left_by_a_system, locked, read_bytes, unpacked
from pilotlib.reading.grids import HIDDEN_SHEET, Grid, as_shown, below_each_other, fill_merged, shown
from pilotlib.reading.headers import HEADER_WITHIN, Header, correct_header, find_header, fit, no_header
from pilotlib.reading.personal import without_personal
from pilotlib.reading.students import counted_up, has_row_a_student
from pilotlib.words import count_text, is_count, normalised

# A reader takes a file's name and bytes, and returns every table in it. It is imported for a file of its kind only:
# the libraries of one kind take longer to import than a table of another takes to read.
READERS = {
    **dict.fromkeys((".tsv", ".csv"), "texts.read_delimited"),
    **dict.fromkeys((".txt", ".md"), "texts.read_document"),
    **dict.fromkeys((".html", ".htm"), "pages.read_html"),
    ".xlsx": "xlsx.read_xlsx",
    ".xls": "workbooks.read_xls",
    ".xml": "workbooks.read_xml",
    ".ods": "workbooks.read_ods",
    ".mht": "pages.read_mht",
    ".docx": "pages.read_docx",
    ".pdf": "pages.read_pdf",
}
# How a file of a kind begins, whatever its name says (platforms export HTML and tabs as .xls), and what an archive of
# one holds.
BEGINNINGS = {
    ".xls": re.compile(rb"\xd0\xcf\x11\xe0|\x09[\x00\x02\x04]\x04\x00|\x09[\x02\x04]\x06\x00"),
    ".pdf": re.compile(rb"%pdf-"),
    ".mht": re.compile(rb"mime-version:"),
    ".xml": re.compile(rb"<\?xml[^\x00]*urn:schemas-microsoft-com:office:spreadsheet"),
    ".html": re.compile(
        rb"(<\?xml[^>]*>\s*)?<(!doctype html|html|head|meta|title|style|script|body|div|p|table|!--)[^\x00]*<t"
    ),
}
ARCHIVE = b"PK\x03\x04"
BEGINNING = 4000
# In small letters: files of an archive, or folders beside its list of contents.
MEMBERS = {"xl/workbook.bin": ".xlsb", "xl": ".xlsx", "content.xml": ".ods", "word": ".docx"}
CONTENT_TYPES = "[content_types].xml"
_BINARY = (".xls", ".xlsx", ".xlsm", ".et", ".ods", ".docx", ".pdf")
NOTHING_FILLED = pd.DataFrame(columns=["place", "position", "before", "after", "rule"])


class Origin(NamedTuple):
    """What cells alone do not say of a table: which one of its file it is and why, what was merged or hidden in it.

    `taken` and `why` are empty where a file holds one table and nothing else. `joined` names the tables that it was
    put together from, if it was; `left` others with a header and rows. `filled` says of cells what filling merged ones
    did (as `grids.fill_merged`), and which text is not shown; `position` is counted from the left. `personal`
    says what personal data there were, which were not read. The rest are places of rows: hidden ones, those that go on
    with the one above, and those that are struck out or hidden whole.
    """

    taken: str = ""
    why: str = ""
    hidden: tuple[int, ...] = ()
    filled: pd.DataFrame = NOTHING_FILLED
    continued: tuple[int, ...] = ()
    joined: str = ""
    left: str = ""
    struck: tuple[int, ...] = ()
    personal: str = ""


NO_ORIGIN = Origin()


class SourceTable(NamedTuple):
    """A table as received: its text cells, and where they come from."""

    cells: pd.DataFrame
    origin: Origin


def read_table(path: Path | str, corrections: pd.DataFrame | None = None, *, of_results: bool = False) -> SourceTable:
    """Read the application table, or the table `of_results`, in a file as it stands, every cell as text.

    Of several sheets, tables or files the one is taken whose header names the most columns, with those below it in
    which it goes on: under the same header, or without one in the next of as many columns. Of a text document (txt,
    md) the table inside it is read, from its header to its last row. Results that have a row a student are counted up.

    Args:
        path: A file of a kind in `READERS`, a zip archive of such files, or a folder of them.
        corrections: The ledger; how merged cells are filled depends on what it says of the header.

    Returns:
        `cells`, a row per row of the table, header included; columns 0, 1, 2 …, empty cells "". The index `place` is
        the row's number in the file: the line of a text, the row of a sheet or a table. And its `origin`.

    Raises:
        PilotError: the file is missing, empty, too large, damaged, of an unknown kind, without an application
            table, or holds two that fit equally well; or as `headers.correct_header`.

    Example:
        >>> read_table("data/raw/2021/applications.tsv").cells.loc[19, 3]
        '机械产品三维模型设计职业技能等级证书(中'
    """
    path = Path(path)
    grids, unread = _grids_of(path)
    grid, header, origin = _choice(path.name, grids, unread, of_results)
    rows, personal = without_personal(grid.rows, header)
    places = grid.places or range(1, len(grid.rows) + 1)
    rows, struck, unshown = as_shown(rows)
    header = correct_header(header, corrections, path.name)
    rows, filled, continued = fill_merged(rows, header, grid.merged)
    steps = [(places[row], *rest) for row, *rest in unshown + filled]
    origin = origin._replace(
        hidden=tuple(places[row] for row in grid.hidden if row < len(places)),
        filled=pd.DataFrame(steps, columns=NOTHING_FILLED.columns),
        continued=tuple(places[row] for row in continued),
        struck=tuple(places[row] for row in struck),
        personal=personal,
    )
    cells = pd.DataFrame(rows, pd.Index(places, name="place"), dtype=str)
    if of_results and has_row_a_student(header):
        cells = counted_up(cells, header, path.name, origin.continued + origin.struck)
        why = "一名学生一行，已按证书、等级等合计成人数，学生不列出"
        return SourceTable(cells, origin._replace(taken=origin.taken or "考核结果表", why=why, filled=NOTHING_FILLED))
    return SourceTable(cells, origin)


def kind_of(name: str, content: bytes) -> str:
    """The kind of a file as one of its usual endings: by its content where that tells, else by its name."""
    ending = Path(name).suffix.lower()
    if content.startswith(ARCHIVE):
        members = [member.lower() for member in unpacked(name, content)]
        marks = [*members, *(member.partition("/")[0] for member in members if CONTENT_TYPES in members)]
        return next((kind for mark, kind in MEMBERS.items() if mark in marks), ".zip")
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise locked(name)
    beginning = content[:BEGINNING].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    is_text = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" not in content
    by_name = ".csv" if ending in _BINARY and is_text else ending
    return next((kind for kind, form in BEGINNINGS.items() if form.match(beginning)), by_name)


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


def _choice(
    file: str, grids: list[Grid], unread: dict[str, PilotError], of_results: bool
) -> tuple[Grid, Header, Origin]:
    """The table, `of_results` or of applications, whose header names the most columns that only such have; of these
    one with rows below it, and one that is not hidden.

    What it goes on in is below it: tables under the same header, and without one those right after it that fit.
    """
    tops = ([list(map(shown, row)) for row in grid.rows[:HEADER_WITHIN]] for grid in grids)
    headers = {place: header for place, rows in enumerate(tops) if (header := find_header(rows))}
    seen = [not grid.where.endswith(HIDDEN_SHEET) for grid in grids]
    fits = {
        place: (*fit(header, of_results), len(grids[place].rows) > header.last + 1, seen[place])
        for place, header in headers.items()
    }
    if not fits and unread:
        raise PilotError("\n".join([f"{file}：能读取的文件中没有申报表。", *(f"  · {why}" for why in unread.values())]))
    if not fits:
        raise no_header(file, (row for grid in grids for row in grid.rows))
    best = max(fits.values())
    parts = [place for place in fits if fits[place] == best]
    header = headers[parts[0]]
    if not _are_one([grids[place] for place in parts], [headers[place] for place in parts]):
        names = "、".join(grids[place].where or "文件" for place in parts)
        raise PilotError(f"{file}：有 {len(parts)} 个表同样像申报表：{names}。请另存一份，只留下要用的那一个。")
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
