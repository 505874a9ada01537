"""The report as a workbook, a sheet for each table: every text is text, none can become a formula; a number column
holds nothing but numbers; a table that a figure of the report draws has it as a chart."""

import io
import re
import zipfile
from collections.abc import Collection, Sequence
from copy import copy
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from pilotlib.columns import kind_of, title_of
from pilotlib.publishing.charts import WIDTH, chart_of, is_drawn, rows_of
from pilotlib.publishing.sheets import (
    CM_OF_COLUMN,
    CM_OF_ROW,
    COLOUR,
    PAPER,
    SMALLEST,
    font,
    lay_out,
    print_on_a4,
    set_across,
    width_of,
    widths_of,
)
from pilotlib.report.figures import FigureEntry, data_of
from pilotlib.report.prose import AT_LEAST, visible
from pilotlib.report.told import Told, bounds_of, figure_columns, heading, in_words, names_of, texts, totals_of

LONGEST_TEXT = 32_767  # characters that Excel keeps in a cell
BLANKS = "空格说明"
_HEADER = 5  # the row of a table's header: title, definition, unit and source stand above it
_TIMES = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")
_LINK = font(color=COLOUR["link"], underline="single")
# What a cell looks like → its style in the workbook: made once, for of a hundred thousand cells most look alike.
Looks = dict[tuple[bool, str | bool], StyleArray]


def as_xlsx(
    title: str, owner: str, source: str, given: Collection[Told], figures: Collection[FigureEntry] = ()
) -> bytes:
    """The workbook: a page of contents with the title and what it rests on, then a sheet for each table, and one for
    each that only a figure tells."""
    workbook, looks = Workbook(), Looks()
    drawn = [entry for entry in figures if is_drawn(entry)]
    tables = {told.name: told for told in given}
    for entry in drawn:
        tables.setdefault(entry.table.name, data_of(entry)._replace(title=entry.table.title))
    page = workbook.active
    page.title = "目录"
    above = [[title], [f"来源：{source}。数字列中的空格在“{BLANKS}”列说明，“至少”为下限。"], []]
    rows = [[told.title, told.definition, told.unit, told.source, len(told.data)] for told in tables.values()]
    _fill(page, [*above, ["工作表", "定义", "单位", "来源", "行数"], *rows], 4, [""] * 5, looks)
    for number, told in enumerate(tables.values(), start=5):
        cell, target = page.cell(number, 1), Hyperlink(f"A{number}", location=f"'{told.title}'!A1")
        cell.hyperlink, cell.font = target, _LINK
    lay_out(page, 4, [False] * 5, (28, 60, 14, 40, 8))
    print_on_a4(page, 4, 5, page.max_row)
    for told in tables.values():
        of_table = [entry for entry in drawn if entry.table.name == told.name]
        _write_table(workbook.create_sheet(told.title), told, of_table, looks)
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


def _write_table(page: Worksheet, told: Told, drawn: Sequence[FigureEntry], looks: Looks) -> None:
    """Write a table: what is said of it, its header, its data, sums, charts; lower bounds by their format, marks."""
    values = _values(told)
    names, figures = names_of(values), figure_columns(told.data)
    heads = [heading(name, told.heads) for name in names]
    sums = totals_of(told)
    rows = list(values.itertuples(index=False, name=None)) or [(told.nothing or "无。",)]
    if sums:
        words = next(name for name in names if name not in told.data.select_dtypes("number"))
        rows.append(tuple({words: "合计"}.get(name, sums.get(name, (None,))[0]) for name in names))
    above = [[told.title], [told.definition + told.notes], [f"单位：{told.unit}。来源：{told.source}。"], []]
    _fill(page, [*above, heads, *rows], _HEADER, names, looks)
    first, bounds = _HEADER + 1, bounds_of(told)
    at_least = (bounds & told.data[list(bounds)].notna()).to_numpy(dtype=bool)
    bounded = [(int(row), bounds.columns[place]) for row, place in zip(*at_least.nonzero(), strict=True)]
    for row, name in [*bounded, *((len(values), name) for name, (_, is_bound) in sums.items() if is_bound)]:
        cell = page.cell(first + row, names.index(name) + 1)
        cell.number_format = f'"{AT_LEAST}"{cell.number_format}'
    if told.marks is not None:
        fill, marks = PatternFill("solid", fgColor=COLOUR["mark"]), told.marks.reindex(columns=names, fill_value=False)
        for row, place in zip(*marks.to_numpy().nonzero(), strict=True):
            page.cell(first + int(row), int(place) + 1).fill = fill
    for row, target in enumerate([] if told.links is None else told.links, start=first):
        if target:
            cell = page.cell(row, 1)
            cell.hyperlink, cell.font = target, _LINK
    for cell in page[first + len(values)][: len(names)] if sums else []:
        cell.font, cell.border = font(bold=True), Border(top=Side(style="thin", color=COLOUR["line"]))
    page.auto_filter.ref = f"A{_HEADER}:{page.cell(_HEADER + len(values), len(names)).coordinate}"
    columns = [[head, *map(str, column)] for head, column in zip(heads, values.to_numpy().T, strict=True)]
    widths = widths_of(columns)
    lay_out(page, _HEADER, [name in figures for name in names], widths)
    if values.empty:
        set_across(page, first, len(names), widths)
    _add_charts(page, told, drawn, names, widths)


def _values(told: Told) -> pd.DataFrame:
    """The table as its sheet holds it: words where nothing is, but nothing in a number column, whose words stand in a
    column of their own; without the columns that say of nothing that it is a lower bound."""
    data, numbers = in_words(told.data), set(told.data.select_dtypes("number"))
    words = texts(told._replace(data=told.data.loc[:, told.data.isna().any()]))
    columns, why = dict[str, "pd.Series[Any]"](), pd.Series("", data.index, dtype="str")
    for name in names_of(data):
        if kind_of(name) == "bound" and not told.data[name].any():
            continue
        column, gaps = data[name].astype(object), data[name].isna()
        if gaps.any() and name in numbers:
            said = f"；{told.heads.get(name, title_of(name))}：" + words[name]
            column, why = column.where(~gaps, None), why.mask(gaps, why + said)
        columns[name] = column.mask(gaps, words[name]) if gaps.any() and name not in numbers else column
    columns |= {BLANKS: why.str.removeprefix("；")} if why.any() else {}
    return pd.DataFrame(columns, data.index, dtype=object)


def _fill(page: Worksheet, lines: Sequence[Sequence[Any]], header: int, names: Sequence[str], looks: Looks) -> None:
    """Write what stands above a table, its header, which is this row, and its rows; `names` are its columns'."""
    for number, values in enumerate(lines, start=1):
        for place, (name, value) in enumerate(zip(names, values, strict=False), start=1):
            if value is None:
                continue
            cell, is_text = page.cell(number, place), isinstance(value, str)
            cell.value = value
            if is_text:
                text = visible(value)
                rest = f"…（共{len(text)}字，全文见CSV）"
                cell.value = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(rest)] + rest
                cell.data_type = "s"
            form = value[:1] in "=+-@" if is_text else _number_format(value, name)
            look = (number >= header and is_text, form)
            if look not in looks:
                # A text is set in a little, so that it does not touch the number to its left.
                side = {"horizontal": "left", "indent": 1, "wrap_text": True} if look[0] else {}
                cell.font = font()
                cell.alignment = Alignment(vertical="top", **side)
                setattr(cell, "quotePrefix" if is_text else "number_format", form)
                looks[look] = cell._style
            cell._style = copy(looks[look])


def _number_format(value: float, name: str) -> str:
    kind = kind_of(name)
    if kind in ("row", "year", "code"):
        return "0"
    digits = "#,##0" if value == int(value) and kind != "rate" else "#,##0.0"
    return f"+{digits};−{digits};0" if kind == "change" else digits


def _add_charts(
    page: Worksheet, told: Told, drawn: Sequence[FigureEntry], names: list[str], widths: Sequence[float]
) -> None:
    """Its figures beside a table, or below one that would leave no room on paper; then what is printed."""
    places = {name: place for place, name in enumerate(names, start=1)}
    columns, rows = len(names), page.max_row
    with_chart = columns + 2 + int(WIDTH / CM_OF_COLUMN)
    is_beside = width_of(widths, with_chart) <= PAPER / SMALLEST
    column, row = (columns + 2, _HEADER) if is_beside else (1, rows + 2)
    for entry in drawn:
        part = rows_of(entry, told.data, alone=len(drawn) == 1)
        if part and {*entry.labels, *entry.lengths} <= {*places}:
            chart = chart_of(page, entry, told.data, places, _HEADER, part)
            page.add_chart(chart, f"{get_column_letter(column)}{row}")
            if not is_beside:
                page.row_breaks.append(Break(id=row - 1))  # so that no page ends within it
            row += int(chart.height / CM_OF_ROW) + 2
            columns, rows = with_chart if is_beside else columns, max(rows, row)
    print_on_a4(page, _HEADER, columns, rows)
