"""OpenDocument workbooks → tables. Read here and not by calamine, which does not tell merged cells or hidden rows."""

import io
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import parse

from pilotlib.errors import PilotError
from pilotlib.reading.files import attribute_of, damaged, tag_of, unpacked
from pilotlib.reading.grids import MOST_CELLS, Grid, check_size, even, whole_number

# Marks inside a paragraph that stand for white space.
_WHITE_SPACE = {"line-break": "\n", "s": " ", "tab": " "}


def read_ods(name: str, content: bytes) -> list[Grid]:
    """The sheets of an OpenDocument workbook; of formulas, the values that were last shown.

    Raises:
        PilotError: the file is damaged, too large, or holds a formula whose value was never worked out.
    """
    document = unpacked(name, content).get("content.xml", b"")
    try:
        root = parse(io.BytesIO(document)).getroot()
    except Exception as error:  # damaged XML, and what defusedxml forbids in it
        raise damaged(name, error) from None
    return [_grid(name, table) for table in root.iter() if tag_of(table) == "table"]


def _grid(name: str, table: Element) -> Grid:
    where = f"工作表“{attribute_of(table, 'name')}”"
    rows: list[list[str]] = []
    merged: list[tuple[int, int, int, int]] = []
    hidden: list[int] = []
    blank = 0
    for row in (element for element in table.iter() if tag_of(element) == "table-row"):
        times = _number(row, "number-rows-repeated")
        texts, spans = _row(f"{name} 的{where}", row)
        if not any(texts) and not spans:
            blank += times  # a sheet ends in a million of them; they count only where something follows
            continue
        check_size(f"{name} 的{where}", len(rows) + blank + times, max(len(texts), 1))
        rows += [[] for _ in range(blank)]
        blank = 0
        merged += [(len(rows), column, len(rows) + high - 1, column + wide - 1) for column, high, wide in spans]
        if attribute_of(row, "visibility") in ("collapse", "filter"):
            hidden += range(len(rows), len(rows) + times)
        rows += [texts] * times
    return Grid(where, even(name, rows), merged=tuple(merged), hidden=tuple(hidden))


def _row(where: str, row: Element) -> tuple[list[str], list[tuple[int, int, int]]]:
    """A row's texts, and for each cell that reaches further: its column, over how many rows and columns."""
    texts: list[str] = []
    spans = []
    blank = 0
    for cell in row:
        if tag_of(cell) not in ("table-cell", "covered-table-cell"):
            continue
        text = _text(where, cell)
        times, high, wide = (
            _number(cell, word) for word in ("number-columns-repeated", "number-rows-spanned", "number-columns-spanned")
        )
        if not text and (high, wide) == (1, 1):
            blank += times
            continue
        check_size(where, 1, len(texts) + blank + times)
        texts += [""] * blank
        blank = 0
        if (high, wide) != (1, 1):
            spans.append((len(texts), high, wide))
        texts += [text] * times
    return texts, spans


def _text(where: str, cell: Element) -> str:
    kind, value = attribute_of(cell, "value-type"), attribute_of(cell, "value")
    if kind == "float" and value:
        return whole_number(value)
    for mark in cell.iter():
        mark.text = _WHITE_SPACE.get(tag_of(mark), mark.text)
    text = "\n".join("".join(part.itertext()) for part in cell if tag_of(part) == "p")
    if attribute_of(cell, "formula") and not text and not kind:
        raise PilotError(f"{where}：有公式没有算出的值（{attribute_of(cell, 'formula')}）。请打开后保存，再试一次。")
    return text


def _number(element: Element, name: str) -> int:
    """A count that an attribute states; 1 where it is absent or no number."""
    text = attribute_of(element, name)
    return min(int(text), MOST_CELLS) if text.isdecimal() and 0 < len(text) < 12 and int(text) else 1
