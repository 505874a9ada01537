"""Pages that people read → the tables in them: HTML, Word, PDF with ruled tables."""

import io
import logging
from itertools import groupby

from pilotlib.errors import PilotError
from pilotlib.reading.files import as_text, damaged
from pilotlib.reading.grids import Grid, even, spread

MOST_PAGES = 500
# Rulings drawn twice or by different programs may lie this far apart, in points.
_SAME_LINE = 2


def read_html(name: str, content: bytes) -> list[Grid]:
    """The tables of an HTML page, a table around other tables aside."""
    from bs4 import BeautifulSoup

    try:
        soup = BeautifulSoup(as_text(name, content), "html.parser")
    except PilotError:
        raise
    except Exception as error:  # RecursionError and AssertionError among them
        raise damaged(name, error) from None
    for mark in soup.find_all("br"):
        mark.replace_with("\n")
    tables = [table for table in soup.find_all("table") if not table.find("table")]
    grids = []
    for number, table in enumerate(tables, start=1):
        rows = table.find_all("tr")
        cells = [
            [(_html_text(cell), _html_span(cell, "rowspan"), _html_span(cell, "colspan")) for cell in row(["td", "th"])]
            for row in rows
        ]
        hidden = [place for place, row in enumerate(rows) if _is_hidden(row)]
        grids.append(spread(name, cells)._replace(where=f"第 {number} 个表格", hidden=tuple(hidden)))
    return grids


def read_docx(name: str, content: bytes) -> list[Grid]:
    """The tables of a Word document.

    Raises:
        PilotError: python-docx is not installed, or the file is damaged.
    """
    try:
        import docx
    except ImportError:
        raise _wants("docx") from None
    from pilotlib.reading.files import unpacked

    unpacked(name, content)
    try:
        tables = docx.Document(io.BytesIO(content)).tables
        return [
            _docx_grid(name, f"第 {number} 个表格", [row.cells for row in table.rows])
            for number, table in enumerate(tables, start=1)
        ]
    except PilotError:
        raise
    except Exception as error:
        raise damaged(name, error) from None


def read_pdf(name: str, content: bytes) -> list[Grid]:
    """The ruled tables of a PDF; one that goes on over the next pages with as many columns is one table.

    A line break in a cell is where the cell's width ended, and goes.

    Raises:
        PilotError: pdfplumber is not installed, or the file is damaged, protected, too long, or has no ruled table.
    """
    try:
        import pdfplumber
    except ImportError:
        raise _wants("pdf") from None
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # what it says of damage is of no use to a reader
    try:
        with pdfplumber.open(io.BytesIO(content)) as document:
            if len(document.pages) > MOST_PAGES:
                raise PilotError(f"{name}：超过 {MOST_PAGES} 页，没有读取。请只保留申报表所在的页。")
            found = [
                (number, grid)
                for number, page in enumerate(document.pages, start=1)
                for table in page.find_tables()
                for grid in [_pdf_grid(name, table)]
                if grid.rows
            ]
    except PilotError:
        raise
    except Exception as error:  # pdfminer raises whatever a damaged file leads to
        raise damaged(name, error) from None
    if not found:
        raise PilotError(f"{name}：没有带框线的表格（扫描件和没有框线的表格无法读取）。请索取 xlsx 或 docx。")
    return _over_pages(found)


def _html_text(cell) -> str:
    return cell.get_text().strip(" \t\r\n")


def _html_span(cell, name: str) -> int:
    text = str(cell.get(name, "")).strip()
    return min(int(text), 1000) if text.isdecimal() and len(text) < 9 else 1


def _is_hidden(row) -> bool:
    return row.has_attr("hidden") or "display:none" in str(row.get("style", "")).replace(" ", "").lower()


def _docx_grid(name: str, where: str, rows: list) -> Grid:
    """A grid from rows of cells of which merged ones stand in every place that they cover."""
    corners: dict[int, tuple[int, int]] = {}
    ends: dict[int, tuple[int, int]] = {}
    texts = [[""] * len(row) for row in rows]
    for top, row in enumerate(rows):
        for left, cell in enumerate(row):
            key = id(cell._tc)
            if key not in corners:
                corners[key] = (top, left)
                texts[top][left] = cell.text
            ends[key] = (top, left)
    merged = tuple((*corners[key], *ends[key]) for key in corners if ends[key] != corners[key])
    return Grid(where, even(name, texts), merged=merged)


def _pdf_grid(name: str, table) -> Grid:
    """A grid from a PDF's table; a cell reaches over the rows and columns whose edges lie inside it."""
    boxes = [[box for box in row.cells if box] for row in table.rows]
    lefts = _lines(box[0] for row in boxes for box in row)
    tops = _lines(box[1] for row in boxes for box in row)
    texts = [["" for _ in lefts] for _ in tops]
    merged = []
    for row, contents in zip(table.rows, table.extract(), strict=True):
        for box, text in zip(row.cells, contents, strict=True):
            if not box:
                continue
            top, left = _within(tops, box[1], box[3]), _within(lefts, box[0], box[2])
            texts[top[0]][left[0]] = (text or "").replace("\n", "")
            if len(top) > 1 or len(left) > 1:
                merged.append((top[0], left[0], top[-1], left[-1]))
    return Grid("", even(name, texts), merged=tuple(merged))


def _lines(positions) -> list[float]:
    """The different positions of rulings, in order."""
    lines: list[float] = []
    for position in sorted(positions):
        if not lines or position - lines[-1] > _SAME_LINE:
            lines.append(position)
    return lines


def _within(lines: list[float], start: float, end: float) -> list[int]:
    """The numbers of the rulings at which a cell begins and which it covers."""
    return [number for number, line in enumerate(lines) if start - _SAME_LINE <= line < end - _SAME_LINE]


def _over_pages(found: list[tuple[int, Grid]]) -> list[Grid]:
    """Join a table with those at the head of the next pages that have as many columns."""
    joined: list[tuple[int, int, Grid]] = []
    for page, on_page in groupby(found, key=lambda pair: pair[0]):
        for place, (_, grid) in enumerate(on_page):
            if place == 0 and joined and joined[-1][1] == page - 1 and _as_wide(joined[-1][2], grid):
                first, _, before = joined[-1]
                down = len(before.rows)
                merged = [(top + down, left, bottom + down, right) for top, left, bottom, right in grid.merged]
                joined[-1] = (
                    first,
                    page,
                    before._replace(rows=before.rows + grid.rows, merged=(*before.merged, *merged)),
                )
            else:
                joined.append((page, page, grid))
    return [
        grid._replace(where=f"第 {number} 个表格（第 {first}{f' 至 {last}' if last > first else ''} 页）")
        for number, (first, last, grid) in enumerate(joined, start=1)
    ]


def _as_wide(one: Grid, other: Grid) -> bool:
    return len(one.rows[0]) == len(other.rows[0])


def _wants(kind: str) -> PilotError:
    return PilotError(
        f'读取 {kind} 需要另装软件包。请运行 pip install "pilotlib[formats]"（项目中：make extras），或改用 xlsx。'
    )
