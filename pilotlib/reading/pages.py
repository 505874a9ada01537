"""Pages that people read → the tables in them: HTML, Word, PDF with ruled tables."""

import email
import io
import logging
import re
from bisect import bisect_left
from contextlib import suppress
from importlib import import_module
from typing import Any

from pilotlib.errors import PilotError
from pilotlib.reading import grids
from pilotlib.reading.files import as_text, opening
from pilotlib.reading.grids import Grid, check_size, count_of, even, pale, unshown

MOST_PAGES = 500
_WANTED = '读取 {} 需要另装软件包。请运行 pip install "pilotlib[formats]"（项目中：make extras），或改用 xlsx。'
# Rulings drawn twice or by different programs may lie this far apart, in points.
_SAME_LINE = 2
# No page's own text holds this character; it stands for a line's end until white space is made even.
_NEW_LINE = "\x1e"
_CELLS = ["td", "th"]
# What HTML does not show as a cell's own text: marks, and what is said of looks, there or in a style sheet.
_HTML_UNSHOWN = "sup, sub, del, s, strike, [hidden]"
_HTML_HIDING = re.compile(r"line-through|vertical-align:su[pb]|display:none|visibility:hidden|font-size:0(?![.\d])")
_HTML_PALE = re.compile(r"(?:^|;)color:(?:white|#fff|#ffffff|rgb\(255,255,255\))(?=;|!|$)")
_CSS_RULE, _CSS_OF_A_MEDIUM = r"([^{}]+)\{([^{}]*)\}", r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|<!--|-->"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DOCX_UNSHOWN = {_WORD + tag for tag in ("del", "moveFrom", "txbxContent", "pPr", "rPr")}
_ON = 'not(@w:val) or (@w:val!="0" and @w:val!="false" and @w:val!="none")'
_DOCX_MARKS = f'w:rPr[w:vertAlign[starts-with(@w:val, "su")] or w:strike[{_ON}] or w:dstrike[{_ON}] or w:vanish[{_ON}]]'
_DOCX_PALE = 'w:rPr[w:color[@w:val="FFFFFF"]]'
_DOCX_CHARACTERS = {_WORD + "tab": " ", _WORD + "br": "\n", _WORD + "cr": "\n"}


def read_html(name: str, content: bytes) -> list[Grid]:
    """The tables of an HTML page, a table around other tables aside."""
    from bs4 import BeautifulSoup

    with opening(name):
        soup = BeautifulSoup(as_text(name, content), "html.parser")
    for mark in soup.find_all(["br", "p", "div", "li"]):
        mark.insert_before(_NEW_LINE)
        mark.insert_after(_NEW_LINE)
    rules = re.findall(_CSS_RULE, re.sub(_CSS_OF_A_MEDIUM, "", "".join(style.get_text() for style in soup("style"))))
    for looks_like, begins, ends in (
        (_HTML_HIDING, grids.BEGINS, grids.ENDS),
        (_HTML_PALE, grids.PALE_BEGINS, grids.PALE_ENDS),
    ):
        selectors = [_HTML_UNSHOWN] if begins == grids.BEGINS else []
        selectors += [selector for selector, looks in rules if _is(looks_like, looks)]
        marked = [mark for mark in soup.select("tr [style]") if _is(looks_like, str(mark["style"]))]
        for selector in selectors:
            with suppress(ValueError):  # one that is none
                marked += soup.select(f"tr :is({selector.strip()})")
        for mark in marked:
            mark.insert(0, begins)
            mark.append(ends)
    tables = (table for table in soup.find_all("table") if not table.find("table"))
    return [_html_grid(name, f"第 {number} 个表格", table) for number, table in enumerate(tables, start=1)]


def _is(form: re.Pattern[str], looks: str) -> bool:
    return form.search(re.sub(r"\s", "", looks).lower()) is not None


def read_mht(name: str, content: bytes) -> list[Grid]:
    """The tables of a web page saved in one file."""
    parts = [part for part in email.message_from_bytes(content).walk() if part.get_content_type() == "text/html"]
    pages = (part.get_payload(decode=True) for part in parts)
    return [grid for page in pages if isinstance(page, bytes) for grid in read_html(name, page)]


def _html_grid(name: str, where: str, table: Any) -> Grid:
    rows = table.find_all("tr")
    texts: list[list[str]] = []
    merged = []
    ends: dict[int, int] = {}  # the last row that a cell further up covers, by column
    for top, row in enumerate(rows):
        texts.append([])
        # Where ends of cells and rows are left out, each holds all that come after it.
        for cell in (cell for cell in row(_CELLS) if cell.find_parent("tr") is row):
            while ends.get(len(texts[top]), -1) >= top:
                texts[top].append("")
            high, wide = (count_of(str(cell.get(span, "")).strip()) for span in ("rowspan", "colspan"))
            left, bottom, wide = len(texts[top]), min(top + high, len(rows)) - 1, min(wide, 1000)
            check_size(name, len(rows), left + wide)
            ends |= {column: max(bottom, ends.get(column, -1)) for column in range(left, left + wide)}
            own = (text for text in cell.strings if text.find_parent(_CELLS) is cell)
            # As a browser shows it: white space is one space, and only the marks for it begin a line.
            lines = re.sub(r"[ \t\r\n\f]+", " ", "".join(own)).split(_NEW_LINE)
            text = "\n".join(filter(None, (line.strip(" ") for line in lines)))
            texts[top] += [text, *[""] * (wide - 1)]
            merged.append((top, left, bottom))
    hidden = [n for n, row in enumerate(rows) if row.has_attr("hidden") or _is(_HTML_HIDING, row.get("style", ""))]
    return Grid(where, even(name, texts), merged, hidden)


def read_docx(name: str, content: bytes) -> list[Grid]:
    """The tables of a Word document."""
    docx = library("docx", _WANTED.format("docx"))
    with opening(name):
        tables = shown_in_docx(docx.Document(io.BytesIO(content)).element.body, "w:tbl")
        return [_docx_grid(name, f"第 {number} 个表格", table) for number, table in enumerate(tables, start=1)]


def _docx_grid(name: str, where: str, table: Any) -> Grid:
    """A grid from a table's elements, which may lie within content controls and tracked insertions."""
    rows = [row for row in _docx_parts(table, "tr") if not row.xpath("w:trPr/w:del")]
    hidden = [top for top, row in enumerate(rows) if row.xpath("w:trPr/w:hidden")]
    texts: list[list[str]] = []
    # A merged cell's first row, by row and column of each of its parts; its last row, by the first and the column.
    tops: dict[tuple[int, int], int] = {}
    bottoms: dict[tuple[int, int], int] = {}
    for top, row in enumerate(rows):
        texts.append([""] * count_of(row.xpath("string(w:trPr/w:gridBefore/@w:val)"), 0))
        for cell in _docx_parts(row, "tc"):
            left = len(texts[top])
            wide = count_of(cell.xpath("string(w:tcPr/w:gridSpan/@w:val)"))
            check_size(name, top + 1, left + wide)
            text = "\n".join(docx_text(paragraph) for paragraph in _docx_parts(cell, "p"))
            texts[top] += [text, *[""] * (wide - 1)]
            if vertical := cell.xpath("w:tcPr/w:vMerge"):
                goes_on = vertical[0].get(f"{_WORD}val", "continue") == "continue"
                tops[top, left] = tops.get((top - 1, left), top) if goes_on else top
                bottoms[tops[top, left], left] = top
    merged = [(top, left, bottom) for (top, left), bottom in bottoms.items()]
    return Grid(where, even(name, texts), merged, hidden)


def _docx_parts(element: Any, tag: str) -> list[Any]:
    """The elements of a kind that belong to another one, and not to a table or a text box within it."""
    inner = (element.tag, f"{_WORD}txbxContent")
    return [part for part in element.iter(_WORD + tag) if next(part.iterancestors(*inner)) is element]


def shown_in_docx(body: Any, path: str) -> list[Any]:
    """The elements of a Word document that an XPath names, a text box not a second time for old programs."""
    return body.xpath(f".//{path}[not(ancestor::*[local-name()='Fallback'])]")


def docx_text(element: Any) -> str:
    """The text of a Word document in an element, without what was deleted or moved away, or is in a box."""
    if element.tag in _DOCX_UNSHOWN:
        return ""
    if element.tag == f"{_WORD}t":
        return element.text or ""
    text = _DOCX_CHARACTERS.get(element.tag) or "".join(map(docx_text, element))
    if element.tag != f"{_WORD}r":
        return text
    return unshown(text) if element.xpath(_DOCX_MARKS) else pale(text) if element.xpath(_DOCX_PALE) else text


def read_pdf(name: str, content: bytes) -> list[Grid]:
    """The ruled tables of a PDF, without the line breaks that the widths of cells make.

    The first table of a page goes on with the last one of the page before if it has as many columns.
    """
    pdfplumber = library("pdfplumber", _WANTED.format("pdf"))
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # what it says of damage is of no use to a reader
    tables: list[tuple[int, int, Grid]] = []
    with opening(name), pdfplumber.open(io.BytesIO(content)) as document:
        if len(document.pages) > MOST_PAGES:
            raise PilotError(f"{name}：超过 {MOST_PAGES} 页，没有读取。请只保留申报表所在的页。")
        for number, page in enumerate(document.pages, start=1):
            ruled = page.find_tables()
            _mark_characters(page)
            for grid in (_pdf_grid(name, table) for table in ruled):
                goes_on = bool(tables) and tables[-1][1] == number - 1
                if goes_on and grid.rows and len(tables[-1][2].rows[0]) == len(grid.rows[0]):
                    first, _, upper = tables.pop()
                    tables.append((first, number, grids.below_each_other(upper, grid)))
                elif grid.rows:
                    tables.append((number, number, grid))
    if not tables:
        raise PilotError(f"{name}：没有带框线的表格（扫描件和没有框线的表格无法读取）。请索取 xlsx 或 docx。")
    return [
        grid._replace(where=f"第 {number} 个表格（第 {first}{f' 至 {last}' if last > first else ''} 页）")
        for number, (first, last, grid) in enumerate(tables, start=1)
    ]


def _mark_characters(page: Any) -> None:
    """Mark the characters of a page that are crossed by a line, or smaller and higher than the one before them."""
    lines = [line for line in [*page.lines, *page.rects] if line["height"] < _SAME_LINE]
    before = None
    for character in page.chars:
        top, height = character["top"], character["height"]
        middle = (character["x0"] + character["x1"]) / 2
        crossing = (line for line in lines if line["x0"] <= middle <= line["x1"])
        struck = any(top + height / 4 < line["top"] < top + height * 3 / 4 for line in crossing)
        raised = before is not None and (
            height < 0.9 * before["height"]
            and before["top"] < character["bottom"] < before["bottom"] - height / 8
            and abs(character["x0"] - before["x1"]) < before["height"]
        )
        if not raised:
            before = character
        if struck or raised:
            character["text"] = unshown(character["text"])
        elif {*(character["non_stroking_color"] or [0])} == {1}:  # in grey or in colours
            character["text"] = pale(character["text"])


def _pdf_grid(name: str, table: Any) -> Grid:
    """A grid from a PDF's table; a cell reaches over the rows that begin before it ends."""
    tops = [row.bbox[1] for row in table.rows]
    merged = []
    for top, row in enumerate(table.rows):
        merged += [(top, left, bisect_left(tops, box[3] - _SAME_LINE) - 1) for left, box in enumerate(row.cells) if box]
    rows = [[(text or "").replace("\n", "") for text in row] for row in table.extract()]
    return Grid("", even(name, rows), merged)


def library(module: str, sentence: str) -> Any:
    """A library that reads a kind of file; where it is not installed, a PilotError with a sentence."""
    try:
        return import_module(module)
    except ImportError:
        raise PilotError(sentence) from None
