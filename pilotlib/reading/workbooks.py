"""Workbooks → a table per sheet. Values are what the program that wrote the file last showed."""

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
from pilotlib.reading.files import opening, unpacked
from pilotlib.reading.grids import Grid, Range, check_size, count_of, even, whole_number

HIDDEN_SHEET = "（隐藏）"
_IN_GBK = re.compile(rb"""<\?xml[^>]{0,150}?encoding=["'](gb[\w-]*)["']""", re.IGNORECASE)
_ERROR = re.compile(rb"""(<(?:\w+:)?c\s[^>]*?\b)t=["']e["']""")
# Marks inside a paragraph of an OpenDocument file that stand for white space.
_WHITE_SPACE = {"line-break": "\n", "s": " ", "tab": " "}


def read_xls(name: str, content: bytes) -> list[Grid]:
    """The sheets of an old Excel workbook; of formulas, the values that were last shown."""
    grids = []
    with opening(name):
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
        texts = {
            xlrd.XL_CELL_NUMBER: whole_number,
            xlrd.XL_CELL_DATE: lambda value: str(xlrd.xldate_as_datetime(value, book.datemode)),
            xlrd.XL_CELL_ERROR: lambda value: xlrd.error_text_from_code.get(value, ""),
        }
        for sheet in book.sheets():
            where = f"工作表“{sheet.name}”"
            check_size(f"{name} 的{where}", sheet.nrows, sheet.ncols)
            rows = even(name, ([texts.get(cell.ctype, str)(cell.value) for cell in row] for row in sheet.get_rows()))
            merged = sorted((top, left, below - 1, beside - 1) for top, below, left, beside in sheet.merged_cells)
            hidden = [place for place, row in sorted(sheet.rowinfo_map.items()) if row.hidden and place < len(rows)]
            grids.append(Grid(where + (HIDDEN_SHEET if sheet.visibility else ""), rows, merged, hidden))
    return grids


def read_xlsx(name: str, content: bytes) -> list[Grid]:
    """The sheets of an Excel workbook; of formulas, the values last shown, without which one is refused."""
    members = unpacked(name, content)
    for member, data in members.items():  # libraries read no XML in GBK, which programs of this country write
        if declared := _IN_GBK.match(data):
            text = data.decode("gb18030", errors="replace")
            members[member] = text.replace(declared[1].decode(), "UTF-8", 1).encode()
    files = {
        entry.get("Id"): posixpath.join("/xl", entry.get("Target", "")).lstrip("/")
        for entry in _elements(name, members.get("xl/_rels/workbook.xml.rels", b""), "Relationship")
    }
    hidden = {}
    for entry in _elements(name, members.get("xl/workbook.xml", b""), "sheet"):
        if (file := files.get(entry.get("id"))) in members:
            title = entry.get("name", "")
            hidden[title] = _hidden_rows(f"{name} 的工作表“{title}”", name, members[file])
            # Calamine reads the errors that a sheet shows as empty: a reader must hear of them, as texts.
            members[file] = _ERROR.sub(rb'\1t="str"', members[file])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    with opening(name):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(packed.getvalue()))
    grids = []
    for number, about in enumerate(workbook.sheets_metadata):
        where = f"工作表“{about.name}”"
        with opening(f"{name} 的{where}"):
            sheet = workbook.get_sheet_by_index(number)
            values = sheet.to_python(skip_empty_area=False)
            merged = sorted((*first, *last) for first, last in sheet.merged_cell_ranges or [])
        rows = [[whole_number(value) if isinstance(value, float) else str(value) for value in row] for row in values]
        where += HIDDEN_SHEET if "Hidden" in str(about.visible) else ""
        grids.append(Grid(where, even(name, rows), merged, hidden.get(about.name, ())))
    return grids


def _hidden_rows(where: str, name: str, xml: bytes) -> list[int]:
    """The positions of a sheet's hidden rows, which calamine does not tell.

    A sheet that reaches too far, or holds a formula whose value was never worked out, is refused.
    """
    row = rows = columns = 0
    hidden, unknown = [], []
    for element in _elements(name, xml, "row"):
        row = count_of(element.get("r", ""), row + 1)
        if element.get("hidden") in ("1", "true"):
            hidden.append(row - 1)
        column = 0
        for cell in element.iterfind("c"):
            place = re.fullmatch("([A-Z]{1,4})([0-9]{1,8})", cell.get("r", ""))
            letters, cell_row = (place[1], int(place[2])) if place else ("", row)
            # A is 1, AB is 28.
            column = reduce(lambda number, letter: number * 26 + ord(letter) - 64, letters, 0) or column + 1
            filled = {part.tag for part in cell if part.text or len(part)}
            if filled:  # a cell that is only formatted does not count
                rows, columns = max(rows, cell_row), max(columns, column)
            if cell.find("f") is not None and not filled & {"v", "is"}:
                unknown.append(cell.get("r", f"第{row}行"))
        element.clear()
    check_size(where, rows, columns)
    if unknown:
        raise PilotError(
            f"{where}：单元格 {'、'.join(unknown[:5])} 是公式，文件中没有算出的值。请用表格软件打开，保存后再试。"
        )
    return hidden


def read_ods(name: str, content: bytes) -> list[Grid]:
    """The sheets of an OpenDocument workbook, of which calamine tells no merged cells or hidden rows."""
    document = unpacked(name, content).get("content.xml", b"")
    return [_ods_grid(name, table) for table in _elements(name, document, "table")]


def _ods_grid(name: str, table: Element) -> Grid:
    where = f"工作表“{table.get('name', '')}”"
    place = f"{name} 的{where}"
    texts: list[list[str]] = []
    merged: list[Range] = []
    hidden: list[int] = []
    top = 0
    for row in table.iter("table-row"):
        cells: list[str] = []
        left = 0
        for cell in (part for part in row if part.tag in ("table-cell", "covered-table-cell")):
            for mark in cell.iter():
                mark.text = _WHITE_SPACE.get(mark.tag, mark.text)
            text = "\n".join("".join(part.itertext()) for part in cell.iterfind("p"))
            kind, formula = cell.get("value-type"), cell.get("formula")
            if kind == "float" and (value := cell.get("value")):
                text = whole_number(value)
            if formula and not text and not kind:
                raise PilotError(f"{place}：有公式没有算出的值（{formula}）。请打开后保存，再试一次。")
            counts = ("number-columns-repeated", "number-rows-spanned", "number-columns-spanned")
            times, high, wide = (count_of(cell.get(count, "")) for count in counts)
            if text or (high, wide) != (1, 1):
                check_size(place, 1, left + times)
                cells += [""] * (left - len(cells)) + [text] * times
            if (high, wide) != (1, 1):
                merged.append((top, left, top + high - 1, left + wide - 1))
            left += times
        times = count_of(row.get("number-rows-repeated", ""))
        if cells:  # a sheet ends in a million empty rows
            check_size(place, top + times, len(cells))
            texts += [[]] * (top - len(texts)) + [cells] * times
            if row.get("visibility") in ("collapse", "filter"):
                hidden += range(top, top + times)
        top += times
    return Grid(where, even(name, texts), merged, hidden)


def _elements(name: str, xml: bytes, tag: str) -> Iterator[Element]:
    """The elements of a tag in an XML file when each has ended, without namespaces; a name's first attribute counts."""
    with opening(name):  # damaged XML, and what defusedxml forbids in it
        for _, element in iterparse(io.BytesIO(xml)):
            element.tag = element.tag.rpartition("}")[2]
            element.attrib = {key.rpartition("}")[2]: value for key, value in reversed(element.items())}
            if element.tag == tag:
                yield element
