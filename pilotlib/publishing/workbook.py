"""The report as a workbook: a sheet for each table, each with its title, definition, unit and source.

Numbers are numbers and every text is text: nothing that comes from a file can become a formula.
"""

import io
from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING

import pandas as pd

from pilotlib.publishing.archive import without_times
from pilotlib.publishing.sheets import Sheet
from pilotlib.report.colours import COLOURS
from pilotlib.report.prose import NOT_GIVEN, visible
from pilotlib.report.tables import (
    NOTHING,
    heading,
    in_words,
    missing_text,
    numeric_columns,
)
from pilotlib.words import display_width

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.styles.cell_style import StyleArray

LONGEST_TEXT = 32_767  # characters that Excel keeps in a cell
_FONT = "等线"
_WIDTHS = (8, 44)  # characters: the narrowest and the widest column
_LINE, _HIGHEST_ROW = 16, 409  # points: of a line, and the highest row that Excel knows
# What a cell looks like → its style in the workbook: made once, for of a hundred thousand cells most look alike.
Looks = dict[tuple, "StyleArray"]
_FIRST_ROW = 5  # of a table: title, definition, unit and source stand above it


def as_xlsx(title: str, school: str, about: str, sheets: Sequence[Sheet]) -> bytes:
    """The workbook: a page of contents with the title and what it is `about`, then the sheets."""
    from openpyxl import Workbook

    workbook = Workbook()
    looks: Looks = {}
    _write_contents(workbook, title, about, sheets, looks)
    for sheet in sheets:
        _write(workbook, sheet, looks)
    workbook.properties.title = visible(title)
    workbook.properties.creator = visible(school) or "pilotlib"
    target = io.BytesIO()
    workbook.save(target)
    return without_times(target.getvalue())


def _write_contents(workbook: "Workbook", title: str, about: str, sheets: Sequence[Sheet], looks: Looks) -> None:
    from openpyxl.worksheet.hyperlink import Hyperlink

    page = workbook.active
    page.title = "目录"
    lines = [
        [title],
        [f"{about}标“{NOT_GIVEN}”的没有数据，“至少”为下限。"],
        [],
        ["工作表", "定义", "单位", "来源", "行数"],
        *([sheet.title, sheet.definition, sheet.unit, sheet.source, len(sheet.table)] for sheet in sheets),
    ]
    for number, line in enumerate(lines, start=1):
        for place, value in enumerate(line, start=1):
            _set(page.cell(number, place), value, looks, wrap=number > 3)
    for number, sheet in enumerate(sheets, start=5):
        link = page.cell(number, 1)
        link.hyperlink = Hyperlink(link.coordinate, location=f"'{sheet.title}'!A1")
        link.font = _font(color=_colour("link"), underline="single")
    _set_off(page, 4, 5)
    for letter, width in zip("ABCDE", (28, 60, 14, 40, 8), strict=True):
        page.column_dimensions[letter].width = width
    _lay_out(page, "A4")


def _write(workbook: "Workbook", sheet: Sheet, looks: Looks) -> None:
    from openpyxl.styles import Alignment, PatternFill
    from openpyxl.utils import get_column_letter

    page = workbook.create_sheet(sheet.title)
    above = [sheet.title, sheet.definition, f"单位：{sheet.unit}。来源：{sheet.source}。"]
    for number, text in enumerate(above, start=1):
        _set(page.cell(number, 1), text, looks)
    told = in_words(sheet.table)
    names = list(told.columns)
    for place, name in enumerate(names, start=1):
        _set(page.cell(_FIRST_ROW, place), heading(name), looks, wrap=True)
    rows = zip(*(told[name].astype(object) for name in names), strict=True)
    for number, row in enumerate(rows, start=_FIRST_ROW + 1):
        for place, (name, value) in enumerate(zip(names, row, strict=True), start=1):
            _set(page.cell(number, place), missing_text(name) if _missing(value) else value, looks, name, wrap=True)
    if {"lower_bound", "value"} <= set(sheet.table):
        for number in sheet.table.index[sheet.table["lower_bound"] & sheet.table["value"].notna()]:
            cell = page.cell(_FIRST_ROW + 1 + number, names.index("value") + 1)
            cell.number_format = f'"至少"{cell.number_format}'
    if sheet.marked is not None:
        fill = PatternFill("solid", fgColor=_colour("mark"))
        for number, place in zip(*sheet.marked[names].to_numpy().nonzero(), strict=True):
            page.cell(_FIRST_ROW + 1 + int(number), int(place) + 1).fill = fill
    for number, target in enumerate([] if sheet.links is None else sheet.links, start=_FIRST_ROW + 1):
        if target:
            page.cell(number, 1).hyperlink = target
            page.cell(number, 1).font = _font(color=_colour("link"), underline="single")
    for place, name in enumerate(names, start=1):
        longest = max(
            [display_width(heading(name)), *told[name].astype(object).map(lambda value: display_width(str(value)))]
        )
        page.column_dimensions[get_column_letter(place)].width = min(max(longest + 4, _WIDTHS[0]), _WIDTHS[1])
    _set_off(page, _FIRST_ROW, len(names))
    for place, name in enumerate(names, start=1):
        if name in numeric_columns(sheet.table):
            page.cell(_FIRST_ROW, place).alignment = Alignment(horizontal="right", vertical="bottom", wrap_text=True)
    page.auto_filter.ref = f"A{_FIRST_ROW}:{get_column_letter(len(names))}{_FIRST_ROW + len(told)}"
    _lay_out(page, f"A{_FIRST_ROW}")


def _set(cell: "Cell", value, looks: Looks, name: str = "", *, wrap: bool = False) -> None:
    """Put a value into a cell: a number as a number, everything else as text that stays text when it is edited."""
    numeric = not isinstance(value, str)
    cell.value = value if numeric else _text(value)
    if not numeric:
        cell.data_type = "s"
    kind = _number_format(value, name) if numeric else value[:1] in "=+-@"
    look = (wrap and not numeric, kind, value in (NOT_GIVEN, NOTHING))
    if look not in looks:
        _dress(cell, *look)
        looks[look] = copy(cell._style)
    else:
        cell._style = copy(looks[look])


def _dress(cell: "Cell", inside: bool, kind: str | bool, missing: bool) -> None:
    """Give a cell its look; `kind` is a number's format, or of a text whether it begins as a formula does."""
    from openpyxl.styles import Alignment

    # A text is set in a little, so that it does not touch the number to its left.
    cell.alignment = Alignment(
        vertical="top", **({"horizontal": "left", "indent": 1, "wrap_text": True} if inside else {})
    )
    cell.font = _font()
    if isinstance(kind, str):
        cell.number_format = kind
    else:
        cell.quotePrefix = kind
    if missing:
        cell.alignment = Alignment(vertical="top", horizontal="right")


def _number_format(value: float, name: str) -> str:
    if name in ("source_row", "place", "year", "entry", "line"):
        return "0"
    return "#,##0" if value == int(value) and name not in ("share", "percent", "approval_rate") else "#,##0.00"


def _text(value: str) -> str:
    text = visible(value)
    said = f"…（共{len(text)}字，全文见CSV）"
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(said)] + said


def _lines(cell: "Cell") -> int:
    """Into how many lines a cell's text is broken; not every program counts them when it opens a workbook."""
    if not isinstance(cell.value, str):
        return 1
    return -(-display_width(cell.value) // int(cell.parent.column_dimensions[cell.column_letter].width - 3))


def _missing(value) -> bool:
    return not isinstance(value, str) and bool(pd.isna(value))


def _font(**settings):
    from openpyxl.styles import Font

    return Font(name=_FONT, size=settings.pop("size", 10.5), **settings)


def _colour(name: str) -> str:
    return COLOURS[name].light.removeprefix("#")


def _set_off(page, header: int, columns: int) -> None:
    """The title large, what is said of the table quiet, its header set off by weight and a rule."""
    from openpyxl.styles import Alignment, Border, PatternFill, Side

    page["A1"].font = _font(size=14, bold=True)
    for row in range(2, header):
        page.cell(row, 1).font = _font(color=_colour("quiet"))
    for place in range(1, columns + 1):
        cell = page.cell(header, place)
        cell.font = _font(bold=True)
        cell.fill = PatternFill("solid", fgColor=_colour("panel"))
        cell.border = Border(bottom=Side(style="medium", color=_colour("line")))
        cell.alignment = Alignment(horizontal="left", vertical="bottom", wrap_text=True, indent=1)


def _lay_out(page, header: str) -> None:
    """Header in view when scrolling and on every printed page; as wide as a page of A4 lying down."""
    row = int(header[1:])
    page.row_dimensions[1].height = 1.5 * _LINE
    for cells in page.iter_rows(min_row=row):
        page.row_dimensions[cells[0].row].height = min(_LINE * max(map(_lines, cells)), _HIGHEST_ROW)
    page.freeze_panes = f"B{row + 1}"
    page.print_title_rows = f"{row}:{row}"
    page.sheet_view.showGridLines = False
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddFooter.center.text = "&P / &N"
