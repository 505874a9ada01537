"""Workbooks → a table per sheet: what their program last showed; PilotError where a formula was never worked out."""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import xlrd
from defusedxml.ElementTree import iterparse

from pilotlib.errors import PilotError
from pilotlib.reading.files import locked, opening, unpacked
from pilotlib.reading.grids import (
    HIDDEN_SHEET,
    Grid,
    check_size,
    count_of,
    even,
    in_columns,
    pale,
    unshown,
    whole_number,
)

Mark = Callable[[str], str]


def read_xls(name: str, content: bytes) -> list[Grid]:
    """The sheets of an old Excel workbook; of formulas, the values that were last shown."""
    with opening(name):
        options: dict[str, Any] = {"file_contents": content, "formatting_info": True, "logfile": io.StringIO()}
        book = xlrd.open_workbook(**options)
        if book.biff_version < 80 and not book.codepage:  # so old that it does not name its encoding
            book = xlrd.open_workbook(**options, encoding_override="gb18030")
        return [_xls_grid(name, sheet) for sheet in book.sheets()]


def _xls_grid(name: str, sheet: xlrd.sheet.Sheet) -> Grid:
    where = f"工作表“{sheet.name}”"
    check_size(f"{name} 的{where}", sheet.nrows, sheet.ncols)
    texts = {
        xlrd.XL_CELL_NUMBER: whole_number,
        xlrd.XL_CELL_DATE: lambda value: str(xlrd.xldate_as_datetime(value, sheet.book.datemode)),
        xlrd.XL_CELL_ERROR: lambda value: xlrd.error_text_from_code.get(value, ""),
    }
    rows = even(name, ([texts.get(cell.ctype, str)(cell.value) for cell in row] for row in sheet.get_rows()))
    # What is struck out, raised or white, by the fonts of cells and of their parts; the oldest workbooks have none.
    fonts, white = list(enumerate(sheet.book.font_list)), (255, 255, 255)
    hidden_by = {number for number, font in fonts if font.struck_out or font.escapement in (1, 2)}
    pale_by = {number for number, font in fonts if sheet.book.colour_map.get(font.colour_index) == white}
    marks: dict[int, Mark] = {**dict.fromkeys(pale_by, pale), **dict.fromkeys(hidden_by, unshown)}
    looks = [look.font_index for look in sheet.book.xf_list]
    for row, cells in enumerate(sheet.get_rows() if marks else ()):
        for column, cell in enumerate(cells):
            runs = [(0, looks[cell.xf_index]), *sheet.rich_text_runlist_map.get((row, column), [])]
            if any(font in marks for _, font in runs):
                parts = pairwise([*runs, (len(rows[row][column]), 0)])
                pieces = [(rows[row][column][start:end], font) for (start, font), (end, _) in parts]
                rows[row][column] = "".join(marks.get(font, str)(text) for text, font in pieces)
    # Only a formula gives a text that is empty; where a column holds little else it was never worked out.
    for column in range(sheet.ncols):
        cells = enumerate(sheet.col(column))
        blank = {(row, column): "" for row, cell in cells if cell.ctype == xlrd.XL_CELL_TEXT and not cell.value}
        if len(blank) >= sum(bool(row[column].strip()) for row in rows):
            stop_on_formulas(f"{name} 的{where}", blank)
    merged = sorted((top, left, below - 1) for top, below, left, _ in sheet.merged_cells)
    hidden = [number for number, row in sorted(sheet.rowinfo_map.items()) if row.hidden and number < len(rows)]
    return Grid(where + (HIDDEN_SHEET if sheet.visibility else ""), rows, merged, hidden)


def stop_on_formulas(where: str, formulas: dict[tuple[int, int], str], recalculates: bool = False) -> None:
    """Refuse a sheet whose formulas (by position, with their values) were not worked out.

    They have no value then, or a 0 as a placeholder: all of a column have, or the file asks for working them out anew.
    """
    times = Counter(column for _, column in formulas)
    none = Counter(column for (_, column), value in formulas.items() if value in ("", "0"))
    unknown = [
        f"{xlrd.formula.colname(column)}{row + 1}"
        for (row, column), value in formulas.items()
        if not value or (value == "0" and (recalculates or times[column] == none[column] > 1))
    ]
    if unknown:
        cells = "、".join(unknown[:5])
        raise PilotError(f"{where}：单元格 {cells} 是公式，文件中没有算出的值。请用表格软件打开，保存后再试。")


def read_ods(name: str, content: bytes) -> list[Grid]:
    """The sheets of an OpenDocument workbook; not by calamine, which does not tell its merged cells or hidden rows."""
    members = unpacked(name, content)
    if b"encryption-data" in members.get("META-INF/manifest.xml", b""):
        raise locked(name)
    document = members.get("content.xml", b"")
    marks: dict[str | None, Mark] = {}
    for style in elements(name, document, "style"):
        for look in style.iterfind("text-properties"):
            if look.get("text-line-through-style", "none") != "none" or look.get("text-position", "").startswith("su"):
                marks[style.get("name")] = unshown
            elif look.get("color", "").lower() == "#ffffff":
                marks[style.get("name")] = pale
    return [_ods_grid(name, table, marks) for table in elements(name, document, "table")]


def _ods_grid(name: str, table: Element, marks: dict[str | None, Mark]) -> Grid:
    """A grid from a sheet; `marks` are put around what has one of the styles."""
    where = f"工作表“{table.get('name', '')}”"
    place = f"{name} 的{where}"
    for mark in table.iter():
        mark.text = {"line-break": "\n", "s": " ", "tab": " "}.get(mark.tag, mark.text)
        if mark.tag == "span" and mark.get("style-name") in marks:
            mark.text = marks[mark.get("style-name")]("".join(mark.itertext()))
            del mark[:]
    texts: list[dict[int, str]] = []
    hidden: list[int] = []
    merged, formulas, top = [], {}, 0
    for row in table.iter("table-row"):
        cells: dict[int, str] = {}
        left = 0
        for cell in (child for child in row if child.tag in ("table-cell", "covered-table-cell")):
            text = "\n".join("".join(part.itertext()) for part in cell.iterfind("p"))
            if cell.get("value-type") == "float" and (value := cell.get("value")):
                text = whole_number(value)
            text = marks.get(cell.get("style-name"), str)(text)
            if cell.get("formula"):
                formulas[top, left] = text or (cell.get("value-type") or "")
            counts = ("number-columns-repeated", "number-rows-spanned", "number-columns-spanned")
            times, high, wide = (count_of(cell.get(count, "")) for count in counts)
            if text or (high, wide) != (1, 1):
                check_size(place, 1, left + times)
                cells |= dict.fromkeys(range(left, left + times), text)
                merged.append((top, left, top + high - 1))
            left += times
        times = count_of(row.get("number-rows-repeated", ""))
        if cells:  # a sheet ends in a million empty rows
            check_size(place, top + times, max(cells) + 1)
            texts += [{}] * (top - len(texts)) + [cells] * times
            if row.get("visibility") in ("collapse", "filter"):
                hidden += range(top, top + times)
        top += times
    stop_on_formulas(place, formulas)
    return Grid(where, in_columns(name, texts), merged, hidden)


def read_xml(name: str, content: bytes) -> list[Grid]:
    """The sheets of an XML Spreadsheet 2003."""
    return [_xml_grid(name, sheet) for sheet in elements(name, content, "Worksheet")]


def _xml_grid(name: str, sheet: Element) -> Grid:
    where = f"工作表“{sheet.get('Name', '')}”"
    texts: list[dict[int, str]] = []
    merged = []
    hidden: list[int] = []
    for row in sheet.iter("Row"):
        top, left = count_of(row.get("Index", ""), len(texts) + 1) - 1, 0
        check_size(f"{name} 的{where}", top + 1, 1)
        texts += [{}] * (top - len(texts)) + [{}]
        hidden += [top] * (row.get("Hidden", "") == "1")
        for cell in row.iterfind("Cell"):
            left = count_of(cell.get("Index", ""), left + 1) - 1
            check_size(f"{name} 的{where}", top + 1, left + 1)
            data = next(cell.iterfind("Data"), Element("Data"))
            text = "".join(data.itertext())
            if cell.get("Formula", "") and not text:
                raise PilotError(f"{name} 的{where}：有公式没有算出的值。请打开后保存，再试一次。")
            texts[top] = texts[top] | {left: whole_number(text) if data.get("Type") == "Number" else text}
            merged.append((top, left, top + count_of(cell.get("MergeDown", ""), 0)))
            left += 1 + count_of(cell.get("MergeAcross", ""), 0)
    return Grid(where, in_columns(name, texts), merged, hidden)


def elements(name: str, xml: bytes, tag: str) -> Iterator[Element]:
    """The elements of a tag in an XML file, each when it has ended; no tag or attribute in it has a namespace."""
    with opening(name):  # damaged XML, and what defusedxml forbids in it
        for _, element in iterparse(io.BytesIO(xml)):
            element.tag = element.tag.rpartition("}")[2]
            # Of two attributes of one name the first counts.
            element.attrib = {key.rpartition("}")[2]: value for key, value in reversed(element.items())}
            if element.tag == tag:
                yield element
