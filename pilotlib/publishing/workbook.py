"""The report as a workbook: a sheet for each table, each with its title, definition, unit and source.

Numbers are numbers and every text is text: nothing that comes from a file can become a formula.
"""

import io
from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

import pandas as pd

from pilotlib.columns import kind_of
from pilotlib.publishing.archive import without_times
from pilotlib.report.colours import COLOURS
from pilotlib.report.prose import AT_LEAST, NOT_GIVEN, visible
from pilotlib.report.told import (
    NOTHING,
    Told,
    bounds_of,
    figure_columns,
    heading,
    in_words,
    is_missing,
    texts,
)
from pilotlib.words import display_width

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.styles import Font
    from openpyxl.styles.cell_style import StyleArray
    from openpyxl.worksheet.worksheet import Worksheet

LONGEST_TEXT = 32_767  # characters that Excel keeps in a cell
_FONT = "等线"
_WIDTHS = (8, 44)  # characters: the narrowest and the widest column
_LINE, _HIGHEST_ROW = 16, 409  # points: of a line, and the highest row that Excel knows
# What a cell looks like → its style in the workbook: made once, for of a hundred thousand cells most look alike.
Looks = dict[tuple[bool, str | bool, bool], "StyleArray"]
_FIRST_ROW = 5  # of a table: title, definition, unit and source stand above it


def as_xlsx(title: str, owner: str, source: str, tables: Sequence[Told]) -> bytes:
    """The workbook: a page of contents with the title and what it rests on, then a sheet for each table."""
    from openpyxl import Workbook

    workbook = Workbook()
    looks: Looks = {}
    _write_contents(workbook, title, source, tables, looks)
    for table in tables:
        _write(workbook, table, looks)
    workbook.properties.title = visible(title)
    workbook.properties.creator = visible(owner) or "pilotlib"
    target = io.BytesIO()
    workbook.save(target)
    return without_times(target.getvalue())


def _write_contents(workbook: "Workbook", title: str, source: str, tables: Sequence[Told], looks: Looks) -> None:
    from openpyxl.worksheet.hyperlink import Hyperlink

    page = workbook.active
    page.title = "目录"
    lines: list[list[Any]] = [
        [title],
        [f"来源：{source}。标“{NOT_GIVEN}”的没有数据，“至少”为下限。"],
        [],
        ["工作表", "定义", "单位", "来源", "行数"],
        *([table.title, table.definition, table.unit, table.source, len(table.data)] for table in tables),
    ]
    for number, line in enumerate(lines, start=1):
        for place, value in enumerate(line, start=1):
            _set(page.cell(number, place), value, looks, wrap=number > 3)
    for number, table in enumerate(tables, start=5):
        link = page.cell(number, 1)
        link.hyperlink = Hyperlink(link.coordinate, location=f"'{table.title}'!A1")
        link.font = _font(color=_colour("link"), underline="single")
    _set_off(page, 4, 5)
    for letter, width in zip("ABCDE", (28, 60, 14, 40, 8), strict=True):
        page.column_dimensions[letter].width = width
    _lay_out(page, "A4")


def _write(workbook: "Workbook", told: Told, looks: Looks) -> None:
    """Write a told table as a sheet: what is said of it, its header, its data."""
    page = workbook.create_sheet(told.title)
    above = [told.title, told.definition + told.notes, f"单位：{told.unit}。来源：{told.source}。"]
    for number, text in enumerate(above, start=1):
        _set(page.cell(number, 1), text, looks)
    data = in_words(told.data)
    names = list(data.columns)
    for place, name in enumerate(names, start=1):
        _set(page.cell(_FIRST_ROW, place), heading(name, told.heads), looks, wrap=True)
    _write_cells(page, told, data, looks)
    _set_widths(page, told, data)
    _set_off(page, _FIRST_ROW, len(names))
    _set_heads_of_figures(page, [name in figure_columns(told.data) for name in names])
    last = page.cell(_FIRST_ROW + len(data), len(names)).coordinate
    page.auto_filter.ref = f"A{_FIRST_ROW}:{last}"
    _lay_out(page, f"A{_FIRST_ROW}")


def _write_cells(page: "Worksheet", told: Told, data: pd.DataFrame, looks: Looks) -> None:
    """Write the data, row by row: missing said in words, lower bounds by their format, marked cells filled, links."""
    from openpyxl.styles import PatternFill

    names = list(data.columns)
    written = texts(told)  # says what stands where nothing is
    missing = {name: (written[name] if name in written else data[name].astype(str)).tolist() for name in names}
    columns = [data[name].astype(object).tolist() for name in names]
    for row, values in enumerate(zip(*columns, strict=True)):
        for place, (name, value) in enumerate(zip(names, values, strict=True), start=1):
            shown = missing[name][row] if is_missing(value) else value
            _set(page.cell(_FIRST_ROW + 1 + row, place), shown, looks, name, wrap=True)
    bounds = bounds_of(told)
    for row, place in zip(*(bounds & told.data[list(bounds)].notna()).to_numpy(dtype=bool).nonzero(), strict=True):
        cell = page.cell(_FIRST_ROW + 1 + int(row), names.index(bounds.columns[place]) + 1)
        cell.number_format = f'"{AT_LEAST}"{cell.number_format}'
    if told.marks is not None:
        fill = PatternFill("solid", fgColor=_colour("mark"))
        for row, place in zip(*told.marks[names].to_numpy().nonzero(), strict=True):
            page.cell(_FIRST_ROW + 1 + int(row), int(place) + 1).fill = fill
    for row, target in enumerate([] if told.links is None else told.links, start=_FIRST_ROW + 1):
        if target:
            page.cell(row, 1).hyperlink = target
            page.cell(row, 1).font = _font(color=_colour("link"), underline="single")


def _set_widths(page: "Worksheet", told: Told, data: pd.DataFrame) -> None:
    """Make each column as wide as its longest text wants, within reason."""
    from openpyxl.utils import get_column_letter

    for place, name in enumerate(data.columns, start=1):
        widths = data[name].astype(object).map(lambda value: display_width(str(value)))
        longest = max([display_width(heading(name, told.heads)), *widths])
        page.column_dimensions[get_column_letter(place)].width = min(max(longest + 4, _WIDTHS[0]), _WIDTHS[1])


def _set_heads_of_figures(page: "Worksheet", figures: Sequence[bool]) -> None:
    """Set the headings of columns of figures to the right, as the figures are."""
    from openpyxl.styles import Alignment

    for place, is_figure in enumerate(figures, start=1):
        if is_figure:
            page.cell(_FIRST_ROW, place).alignment = Alignment(horizontal="right", vertical="bottom", wrap_text=True)


def _set(cell: "Cell", value: Any, looks: Looks, name: str = "", *, wrap: bool = False) -> None:
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
    kind = kind_of(name)
    if kind in ("row", "year", "code"):
        return "0"
    digits = "#,##0" if value == int(value) and kind != "rate" else "#,##0.00"
    return f"+{digits};−{digits};0" if kind == "change" else digits


def _text(value: str) -> str:
    text = visible(value)
    said = f"…（共{len(text)}字，全文见CSV）"
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(said)] + said


def _lines(cell: "Cell") -> int:
    """Into how many lines a cell's text is broken; not every program counts them when it opens a workbook."""
    if not isinstance(cell.value, str):
        return 1
    return -(-display_width(cell.value) // int(cell.parent.column_dimensions[cell.column_letter].width - 3))


def _font(**settings: Any) -> "Font":
    from openpyxl.styles import Font

    return Font(name=_FONT, size=settings.pop("size", 10.5), **settings)


def _colour(name: str) -> str:
    return COLOURS[name].light.removeprefix("#")


def _set_off(page: "Worksheet", header: int, columns: int) -> None:
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


def _lay_out(page: "Worksheet", header: str) -> None:
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
