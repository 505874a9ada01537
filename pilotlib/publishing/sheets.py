"""How a sheet of a workbook looks, on screen and on paper."""

from collections.abc import Sequence
from functools import partial

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

from pilotlib.report.colours import COLOURS
from pilotlib.words import display_width

COLOUR = {name: colour.light.removeprefix("#") for name, colour in COLOURS.items()}
COLUMN, CM_OF_COLUMN, CM_OF_ROW = 9.0, 1.7, 0.53  # a column that no table has set, in characters; it and a row on paper
PAPER, SMALLEST = 140, 0.6  # characters across A4; how small print may become
_NARROWEST, _WIDEST = 8, 44  # column, in characters
_HEAD = 12  # a header is broken into lines, of so many characters or more
_ABOVE = 100  # so are the lines that stand above a table
_LINE, _HIGHEST_ROW = 16, 409  # points: of a line, and the highest row that Excel knows
font = partial(Font, name="等线", size=10.5)


def widths_of(columns: Sequence[Sequence[str]]) -> list[int]:
    """The width of each column of texts, its heading first."""
    longest = [max(min(display_width(head), _HEAD), *map(display_width, texts), 0) for head, *texts in columns]
    return [min(max(width + 4, _NARROWEST), _WIDEST) for width in longest]


def lay_out(page: Worksheet, header: int, figures: Sequence[bool], widths: Sequence[float]) -> None:
    """The title large, what is said of the table quiet; its header in view and on every page."""
    page["A1"].font = font(size=14, bold=True)
    across = next((place for place in range(1, 9) if width_of(widths, place) >= _ABOVE), 9)
    for row in range(2, header):
        cell = page.cell(row, 1)
        cell.font, cell.alignment = font(color=COLOUR["quiet"]), Alignment(vertical="top", wrap_text=True)
        set_across(page, row, across, widths)
    for cell, is_figure, width in zip(page[header][: len(widths)], figures, widths, strict=True):
        cell.font = font(bold=True)
        cell.fill = PatternFill("solid", fgColor=COLOUR["panel"])
        cell.border = Border(bottom=Side(style="medium", color=COLOUR["line"]))
        side = {"horizontal": "right"} if is_figure else {"horizontal": "left", "indent": 1}
        cell.alignment = Alignment(vertical="bottom", wrap_text=True, **side)
        page.column_dimensions[cell.column_letter].width = width
    page.row_dimensions[1].height = 1.5 * _LINE
    for row, cells in enumerate(page.iter_rows(min_row=header, max_col=len(widths), values_only=True), start=header):
        # Not every program counts the lines when it opens a workbook.
        told = zip(cells, widths, strict=True)
        lines = [_lines(value, width) for value, width in told if isinstance(value, str)]
        page.row_dimensions[row].height = min(_LINE * max([1, *lines]), _HIGHEST_ROW)
    page.freeze_panes = f"B{header + 1}"
    page.sheet_view.showGridLines = False


def set_across(page: Worksheet, row: int, columns: int, widths: Sequence[float]) -> None:
    """Give the text of a row's first cell the width of several columns."""
    page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
    page.row_dimensions[row].height = _LINE * _lines(str(page.cell(row, 1).value or ""), width_of(widths, columns))


def _lines(text: str, width: float) -> int:
    return max(1, -(-display_width(text) // int(width - 3)))


def width_of(widths: Sequence[float], columns: int) -> float:
    """The width of the first columns together, in characters."""
    return sum(widths[:columns]) + COLUMN * max(columns - len(widths), 0)


def print_on_a4(page: Worksheet, header: int, columns: int, rows: int) -> None:
    """On A4 as wide as it is as long as that can be read, else on several pages that repeat the first column."""
    letters = [get_column_letter(place) for place in range(1, columns + 1)]
    width = sum(
        page.column_dimensions[letter].width if letter in page.column_dimensions else COLUMN for letter in letters
    )
    page.print_title_rows = f"{header}:{header}"
    page.print_area = f"A1:{letters[-1]}{rows}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_margins = PageMargins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    if width * SMALLEST <= PAPER:
        page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage = 0, True
    else:
        page.page_setup.scale, page.print_title_cols = round(100 * SMALLEST), "A:A"
    page.oddFooter.center.text = "&P / &N"
