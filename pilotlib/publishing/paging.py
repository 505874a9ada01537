"""On which page what a document's contents name will stand: reckoned from heights of lines, which are exact, and widths
of characters, which are nearly so. Whoever lays the document out puts its own numbers in their place."""

from collections.abc import Iterator
from math import ceil
from typing import Any, NamedTuple

from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from pilotlib.publishing.layouts import Layout, Type
from pilotlib.words import display_width

_POINT, _TWIP = 12_700, 20  # English Metric Units of a point, twips of one
_BESIDE, _RULE = 6, 0.5  # points: what of a cell's width is no text, and of a row's height


class Unit(NamedTuple):
    """A paragraph or a row: its height in points, how much of it must find room where it begins, and what of it may be
    lost at the foot of a page; whether it stays with what follows and begins a page, the head that is repeated above
    it, and the places in it."""

    height: float
    least: float
    after: float
    keep: bool
    begins: bool
    head: float
    places: list[str]


def pages_of(document: WordDocument, layout: Layout) -> dict[str, int]:
    """The page of each place of a document that has a bookmark."""
    looks = {document.styles[name].style_id: looks for name, looks in layout.styles.items()}
    pages, page = dict[str, int](), 1
    for units, section in _sections(document, looks):
        size, margins = section.pgSz, section.pgMar
        room, used = (size.h - margins.top - margins.bottom) / _POINT, 0.0
        while units:
            last = next((place for place, unit in enumerate(units) if not unit.keep), len(units) - 1)
            group, units = units[: last + 1], units[last + 1 :]
            whole = sum(unit.height for unit in group[:-1]) + group[-1].least
            if used and (group[0].begins or used + whole > room):
                page, used = page + 1, group[0].head
            for unit in group:
                if used + unit.least > room and used > unit.head:
                    page, used = page + 1, unit.head
                pages |= dict.fromkeys(unit.places, page)
                used += unit.height
                while used - unit.after > room:
                    page, used = page + 1, used - room
        page += 1
    return pages


def _sections(document: WordDocument, looks: dict[str, Type]) -> Iterator[tuple[list[Unit], Any]]:
    """What stands in each section, and the section."""
    elements, body = [], document.element.body
    for element in body.xpath("./w:p[not(w:pPr/w:framePr)] | ./w:tbl | ./w:sectPr"):
        elements.append(element)
        for section in [element] if element.tag == qn("w:sectPr") else element.xpath("./w:pPr/w:sectPr"):
            width = (section.pgSz.w - section.pgMar.left - section.pgMar.right) / _POINT
            yield [unit for each in elements[:-1] for unit in _units(each, width, looks)], section
            elements = []


def _units(element: Any, width: float, looks: dict[str, Type]) -> Iterator[Unit]:
    if element.tag == qn("w:p"):
        look, height = _look(element, looks), _height(element, width, looks)
        begins, places = bool(element.xpath("./w:pPr/w:pageBreakBefore")), element.xpath(".//w:bookmarkStart/@w:name")
        own = height - look.after
        broken = own >= look.before + 4 * look.line > look.before  # two lines here and two there
        least = look.before + 2 * look.line if broken else own
        yield Unit(height, least, look.after, look.keep, begins, 0, places)
        return
    head = 0.0
    for row in element.tr_lst:
        cells = [(cell.p_lst, (cell.width or 0) / _POINT - _BESIDE) for cell in row.tc_lst]
        height = max(sum(_height(part, room, looks) for part in parts) for parts, room in cells) + _RULE
        keep = bool(row.xpath("./w:tc/w:p/w:pPr/w:keepNext"))
        yield Unit(height, height, 0, keep, False, head, row.xpath(".//w:bookmarkStart/@w:name"))
        head = head or height


def _look(paragraph: Any, looks: dict[str, Type]) -> Type:
    style = paragraph.pPr.pStyle.val if paragraph.pPr is not None and paragraph.pPr.pStyle is not None else "Normal"
    return looks.get(style, looks["Normal"])


def _height(paragraph: Any, width: float, looks: dict[str, Type]) -> float:
    look = _look(paragraph, looks)
    pictures = sum(int(size) / _POINT for size in paragraph.xpath(".//wp:inline/wp:extent/@cy"))
    text = display_width("".join(paragraph.xpath(".//w:t/text()")))
    lines = max(1, ceil((text / 2 + look.indent) * look.size / max(width, 1)))
    return look.before + look.after + (pictures or lines * look.line)
