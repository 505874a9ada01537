"""The report as a workbook, a sheet for each table: every text is text, none can become a formula."""

import io
import re
import zipfile
from collections.abc import Collection, Sequence
from copy import copy
from functools import partial
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from pilotlib.columns import kind_of
from pilotlib.report.colours import COLOURS
from pilotlib.report.prose import AT_LEAST, NOT_GIVEN, visible
from pilotlib.report.told import NOTHING, Told, bounds_of, figure_columns, heading, in_words, texts
from pilotlib.words import display_width

LONGEST_TEXT = 32_767  # characters that Excel keeps in a cell
_NARROWEST, _WIDEST = 8, 44  # column, in characters
_LINE, _HIGHEST_ROW = 16, 409  # points: of a line, and the highest row that Excel knows
_HEADER = 5  # the row of a table's header: title, definition, unit and source stand above it
_COLOUR = {name: colour.light.removeprefix("#") for name, colour in COLOURS.items()}
_TIMES = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")
_font = partial(Font, name="等线", size=10.5)
_LINK = _font(color=_COLOUR["link"], underline="single")
# What a cell looks like → its style in the workbook: made once, for of a hundred thousand cells most look alike.
Looks = dict[tuple[bool, str | bool, bool], StyleArray]


def as_xlsx(title: str, owner: str, source: str, tables: Collection[Told]) -> bytes:
    """The workbook: a page of contents with the title and what it rests on, then a sheet for each table."""
    workbook, looks = Workbook(), Looks()
    page = workbook.active
    page.title = "目录"
    above = [[title], [f"来源：{source}。标“{NOT_GIVEN}”的没有数据，“至少”为下限。"], []]
    rows = [[table.title, table.definition, table.unit, table.source, len(table.data)] for table in tables]
    _fill(page, [*above, ["工作表", "定义", "单位", "来源", "行数"], *rows], 4, [""] * 5, looks)
    for number, table in enumerate(tables, start=5):
        cell, target = page.cell(number, 1), Hyperlink(f"A{number}", location=f"'{table.title}'!A1")
        cell.hyperlink, cell.font = target, _LINK
    _lay_out(page, 4, [False] * 5, (28, 60, 14, 40, 8))
    for table in tables:
        _write_table(workbook.create_sheet(table.title), table, looks)
    workbook.properties.title = visible(title)
    workbook.properties.creator = visible(owner) or "pilotlib"
    return saved(workbook)


def saved(office_file: Any) -> bytes:
    """The bytes of a workbook or document without the time at which it was made: the same every time."""
    file, target = io.BytesIO(), io.BytesIO()
    office_file.save(file)
    with zipfile.ZipFile(file) as given, zipfile.ZipFile(target, "w") as timeless:
        for name in given.namelist():
            content = _TIMES.sub(b"", given.read(name)) if name == "docProps/core.xml" else given.read(name)
            timeless.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # of the earliest time
    return target.getvalue()


def _write_table(page: Worksheet, told: Told, looks: Looks) -> None:
    """Write a table: what is said of it, its header, its data; lower bounds by their format, marks, links."""
    data = in_words(told.data)
    names, figures = list(data.columns), figure_columns(told.data)
    heads = [heading(name, told.heads) for name in names]
    values = data.astype(object)
    in_gaps = data.astype(str).assign(**texts(told))[names]  # says what stands where nothing is
    rows = values.mask(values.isna(), in_gaps).itertuples(index=False, name=None)
    above = [[told.title], [told.definition + told.notes], [f"单位：{told.unit}。来源：{told.source}。"], []]
    _fill(page, [*above, heads, *rows], _HEADER, names, looks)
    first, bounds = _HEADER + 1, bounds_of(told)
    for row, place in zip(*(bounds & told.data[list(bounds)].notna()).to_numpy(dtype=bool).nonzero(), strict=True):
        cell = page.cell(first + int(row), names.index(bounds.columns[place]) + 1)
        cell.number_format = f'"{AT_LEAST}"{cell.number_format}'
    if told.marks is not None:
        fill = PatternFill("solid", fgColor=_COLOUR["mark"])
        for row, place in zip(*told.marks[names].to_numpy().nonzero(), strict=True):
            page.cell(first + int(row), int(place) + 1).fill = fill
    for row, target in enumerate([] if told.links is None else told.links, start=first):
        if target:
            cell = page.cell(row, 1)
            cell.hyperlink, cell.font = target, _LINK
    columns = zip(heads, values.to_numpy().T, strict=True)
    longest = [max(map(display_width, [head, *map(str, column)])) for head, column in columns]
    page.auto_filter.ref = f"A{_HEADER}:{page.cell(_HEADER + len(data), len(names)).coordinate}"
    widths = [min(max(width + 4, _NARROWEST), _WIDEST) for width in longest]
    _lay_out(page, _HEADER, [name in figures for name in names], widths)


def _fill(page: Worksheet, lines: Sequence[Sequence[Any]], header: int, names: Sequence[str], looks: Looks) -> None:
    """Write what stands above a table, its header, which is this row, and its rows; `names` are its columns'."""
    for number, values in enumerate(lines, start=1):
        for place, (name, value) in enumerate(zip(names, values, strict=False), start=1):
            cell, is_text = page.cell(number, place), isinstance(value, str)
            cell.value = value
            if is_text:
                text = visible(value)
                rest = f"…（共{len(text)}字，全文见CSV）"
                cell.value = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(rest)] + rest
                cell.data_type = "s"
            form = value[:1] in "=+-@" if is_text else _number_format(value, name)
            look = (number >= header and is_text, form, value in (NOT_GIVEN, NOTHING))
            if look not in looks:
                # A text is set in a little, so that it does not touch the number to its left.
                side = {"horizontal": "left", "indent": 1, "wrap_text": True} if look[0] else {}
                cell.font = _font()
                cell.alignment = Alignment(vertical="top", **({"horizontal": "right"} if look[2] else side))
                setattr(cell, "quotePrefix" if is_text else "number_format", form)
                looks[look] = cell._style
            cell._style = copy(looks[look])


def _number_format(value: float, name: str) -> str:
    kind = kind_of(name)
    if kind in ("row", "year", "code"):
        return "0"
    digits = "#,##0" if value == int(value) and kind != "rate" else "#,##0.00"
    return f"+{digits};−{digits};0" if kind == "change" else digits


def _lay_out(page: Worksheet, header: int, figures: Sequence[bool], widths: Sequence[float]) -> None:
    """The title large, what is said of the table quiet; its header in view and on every page."""
    page["A1"].font = _font(size=14, bold=True)
    for row in range(2, header):
        page.cell(row, 1).font = _font(color=_COLOUR["quiet"])
    for cell, is_figure, width in zip(page[header], figures, widths, strict=True):
        cell.font = _font(bold=True)
        cell.fill = PatternFill("solid", fgColor=_COLOUR["panel"])
        cell.border = Border(bottom=Side(style="medium", color=_COLOUR["line"]))
        side = {"horizontal": "right"} if is_figure else {"horizontal": "left", "indent": 1}
        cell.alignment = Alignment(vertical="bottom", wrap_text=True, **side)
        page.column_dimensions[cell.column_letter].width = width
    page.row_dimensions[1].height = 1.5 * _LINE
    for row, cells in enumerate(page.iter_rows(min_row=header, values_only=True), start=header):
        # Not every program counts the lines when it opens a workbook.
        told = zip(cells, widths, strict=True)
        lines = [-(-display_width(value) // int(wide - 3)) for value, wide in told if isinstance(value, str)]
        page.row_dimensions[row].height = min(_LINE * max([1, *lines]), _HIGHEST_ROW)
    page.freeze_panes = f"B{header + 1}"
    page.print_title_rows = f"{header}:{header}"
    page.sheet_view.showGridLines = False
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddFooter.center.text = "&P / &N"
