"""Excel workbooks → tables: one per sheet. Values are what the program that wrote the file last showed."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from functools import reduce
from xml.etree.ElementTree import Element

import xlrd
from defusedxml.ElementTree import iterparse
from python_calamine import CalamineWorkbook  # openpyxl drops what merged cells cover, and refuses odd styles

from pilotlib.errors import PilotError
from pilotlib.reading.files import attribute_of, damaged, tag_of, unpacked
from pilotlib.reading.grids import Grid, check_size, even, whole_number

HIDDEN_SHEET = "（隐藏）"

# What a sheet's formulas ended in (#REF!), by row and column from 1.
Errors = dict[tuple[int, int], str]


def read_xls(name: str, content: bytes) -> list[Grid]:
    """The sheets of an old Excel workbook; of formulas, the values that were last shown."""
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
        return [_xls_grid(name, sheet, book.datemode) for sheet in book.sheets()]
    except PilotError:
        raise
    except Exception as error:  # a damaged file leads xlrd anywhere
        raise damaged(name, error) from None


def _xls_grid(name: str, sheet: xlrd.sheet.Sheet, datemode: int) -> Grid:
    check_size(f"{name} 的工作表“{sheet.name}”", sheet.nrows, sheet.ncols)
    rows = ([_xls_text(cell, datemode) for cell in sheet.row(number)] for number in range(sheet.nrows))
    return Grid(
        f"工作表“{sheet.name}”" + (HIDDEN_SHEET if sheet.visibility else ""),
        even(name, rows),
        merged=tuple(sorted((top, left, below - 1, beside - 1) for top, below, left, beside in sheet.merged_cells)),
        hidden=tuple(number for number in range(sheet.nrows) if getattr(sheet.rowinfo_map.get(number), "hidden", 0)),
    )


def _xls_text(cell: xlrd.sheet.Cell, datemode: int) -> str:
    if cell.ctype == xlrd.XL_CELL_DATE:
        return str(xlrd.xldate_as_datetime(cell.value, datemode))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "")
    return whole_number(cell.value) if cell.ctype == xlrd.XL_CELL_NUMBER else str(cell.value)


def read_xlsx(name: str, content: bytes) -> list[Grid]:
    """The sheets of an Excel workbook; of formulas, the values that were last shown.

    Raises:
        PilotError: the file is damaged, too large, or holds a formula whose value was never worked out.
    """
    members = {member: _in_utf8(data) for member, data in unpacked(name, content).items()}
    structures = {
        sheet: _structure(name, sheet, members[member]) for sheet, member in _sheet_members(name, members).items()
    }
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(_packed(members)))
    except Exception as error:
        raise damaged(name, error) from None
    return [
        _grid(name, workbook, number, *structures.get(sheet, ([], {})))
        for number, sheet in enumerate(workbook.sheet_names)
    ]


def _grid(name: str, workbook: CalamineWorkbook, number: int, hidden: list[int], errors: Errors) -> Grid:
    about = workbook.sheets_metadata[number]
    try:
        sheet = workbook.get_sheet_by_index(number)
        rows = sheet.to_python(skip_empty_area=False)
        ranges = sheet.merged_cell_ranges or []
    except Exception as error:
        raise damaged(f"{name} 的工作表“{about.name}”", error) from None
    return Grid(
        f"工作表“{about.name}”" + (HIDDEN_SHEET if "Hidden" in str(about.visible) else ""),
        _with_errors(name, [[_shown(value) for value in row] for row in rows], errors),
        merged=tuple(sorted((*first, *last) for first, last in ranges)),
        hidden=tuple(row - 1 for row in hidden),
    )


def _with_errors(name: str, rows: list[list[str]], errors: Errors) -> list[list[str]]:
    """Rows with the errors that a sheet shows (#REF!), which calamine reads as empty: a reader must hear of them."""
    high = max((row for row, _ in errors), default=0)
    wide = max((column for _, column in errors), default=0)
    listed = even(name, [*rows, *[[]] * (high - len(rows))], wide)
    for (row, column), text in errors.items():
        listed[row - 1][column - 1] = text
    return listed


def _shown(value: object) -> str:
    """A cell's value as text: whole numbers without a decimal point, times as a sheet shows them."""
    return whole_number(value) if isinstance(value, float) else str(value)


def _sheet_members(name: str, members: dict[str, bytes]) -> dict[str, str]:
    """Sheet → the archive's member that holds it."""
    targets = {
        entry.get("Id"): entry.get("Target", "")
        for entry in _elements(name, members.get("xl/_rels/workbook.xml.rels", b""), "Relationship")
    }
    sheets = {
        sheet.get("name", ""): attribute_of(sheet, "id")
        for sheet in _elements(name, members.get("xl/workbook.xml", b""), "sheet")
    }
    places = {sheet: posixpath.join("/xl", targets.get(key, "")).lstrip("/") for sheet, key in sheets.items()}
    return {sheet: member for sheet, member in places.items() if member in members}


def _structure(name: str, sheet: str, xml: bytes) -> tuple[list[int], Errors]:
    """What calamine does not tell of a sheet: its hidden rows, from 1, and the errors that it shows.

    Raises:
        PilotError: the sheet reaches too far, or holds a formula whose value was never worked out.
    """
    rows = columns = 0
    hidden, unknown, errors = [], [], {}
    for row, column, element in _rows_and_cells(name, xml):
        if not column:
            hidden += [row] if element.get("hidden") in ("1", "true") else []
            continue
        parts = {tag_of(child): child for child in element}
        filled = {part for part, child in parts.items() if child.text or len(child)}
        if filled:  # a cell that is only formatted does not count
            rows, columns = max(rows, row), max(columns, column)
        if element.get("t") == "e" and "v" in filled and row:
            errors[row, column] = parts["v"].text or ""
        if "f" in parts and not filled & {"v", "is"}:
            unknown.append(element.get("r", f"第{row}行"))
    check_size(f"{name} 的工作表“{sheet}”", rows, columns)
    if unknown:
        raise PilotError(
            f"{name} 的工作表“{sheet}”：单元格 {'、'.join(unknown[:5])} 是公式，文件中没有算出的值。"
            "请用表格软件打开，保存后再试。"
        )
    return hidden, errors


def _rows_and_cells(name: str, xml: bytes) -> Iterator[tuple[int, int, Element]]:
    """The rows of a sheet, each followed by its cells: row and column from 1, the column of a row itself being 0."""
    row = column = 0
    for event, element in _events(name, xml):
        tag = tag_of(element)
        if tag == "row" and event == "start":
            number = element.get("r", "")
            row, column = int(number) if number.isdecimal() and len(number) < 9 else row + 1, 0
            yield row, 0, element
        elif tag == "row":
            element.clear()
        elif tag == "c" and event == "end":
            place = re.fullmatch("([A-Z]{1,4})([0-9]{1,8})", element.get("r", ""))
            column = _column_number(place[1]) if place else column + 1
            yield int(place[2]) if place else row, column, element


def _column_number(letters: str) -> int:
    """A sheet's column by its letters.

    >>> _column_number("A"), _column_number("AB")
    (1, 28)
    """
    return reduce(lambda number, letter: number * 26 + ord(letter) - ord("A") + 1, letters, 0)


def _events(name: str, xml: bytes) -> Iterator[tuple[str, Element]]:
    """The start and end of every element of an XML file."""
    try:
        yield from iterparse(io.BytesIO(xml), events=("start", "end"))
    except Exception as error:  # damaged XML, and what defusedxml forbids in it
        raise damaged(name, error) from None


def _elements(name: str, xml: bytes, tag: str) -> list[Element]:
    return [element for event, element in _events(name, xml) if event == "end" and tag_of(element) == tag]


def _in_utf8(content: bytes) -> bytes:
    """An XML file in UTF-8, where a program of this country wrote it in GBK: libraries read no other encodings."""
    declared = re.match(rb"""<\?xml[^>]*?encoding=["'](gb[\w-]*)["']""", content[:200], flags=re.IGNORECASE)
    if not declared:
        return content
    text = content.decode("gb18030", errors="replace")
    return text.replace(declared[1].decode(), "UTF-8", 1).encode()


def _packed(members: dict[str, bytes]) -> bytes:
    """An archive of members, nothing compressed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()
