"""What a document for Word gets that pandoc does not make: lines to sign on, contents, sections, tables that fit."""

from copy import deepcopy
from typing import Any

from docx.document import Document as WordDocument
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Twips

from pilotlib.publishing.layouts import Layout
from pilotlib.publishing.page import Content
from pilotlib.publishing.paging import pages_of
from pilotlib.publishing.paper import FEW, SIGNED
from pilotlib.report.books import Book
from pilotlib.report.colours import COLOURS

BREAK = "Section Break"  # the style of a paragraph that ends a section, which its text names
_COVER_MARGIN = Mm(25)  # at most, above and below
_FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
_ENTRY = (
    '<w:p {0}><w:pPr><w:pStyle w:val="{1}"/><w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{2}"/></w:tabs></w:pPr>'
    '<w:hyperlink w:anchor="{3}" w:history="1"><w:r><w:t>{4}</w:t></w:r><w:r><w:tab/></w:r>'
    f'{_FIELD.format("begin")}<w:r><w:instrText xml:space="preserve"> PAGEREF {{3}} \\h </w:instrText></w:r>'
    f"{_FIELD.format('separate')}<w:r><w:t/></w:r>{_FIELD.format('end')}</w:hyperlink></w:p>"
)


def set_cover(document: WordDocument, book: Book) -> None:
    """Who made the report, and lines to sign on, at the foot of the first page."""
    mark = next(item for item in document.paragraphs if item.style and item.style.name == BREAK)
    width = _text_width(document.sections[0]._sectPr)
    tab = f'<w:tab {nsdecls("w")} w:val="left" w:leader="{{}}" w:pos="{{}}"/>'
    middle, ends = tab.format("none", width // 2), [tab.format("underscore", width * part // 20) for part in (9, 19)]
    given = "\t".join(f"{fact.name}：{fact.value}" for fact in book.cover)
    for text, stops in ((given, [middle]), ("：\t\t".join(SIGNED) + "：\t", [ends[0], middle, ends[1]])):
        paragraph = mark.insert_paragraph_before(text, "Cover")
        shape = paragraph._p.get_or_add_pPr()
        frame = f'w:w="{width}" w:hAnchor="margin" w:vAnchor="margin" w:xAlign="left" w:yAlign="bottom" w:wrap="around"'
        for part in (f"<w:framePr {nsdecls('w')} {frame}/>", f"<w:tabs {nsdecls('w')}>{''.join(stops)}</w:tabs>"):
            shape.append(parse_xml(part))


def _text_width(section: Any) -> int:
    """How wide the text of a section is, in twentieths of a point."""
    size, margins = section.pgSz, section.pgMar
    return (size.w - margins.left - margins.right) // 635


def set_contents(document: WordDocument, content: Content) -> None:
    """A list of contents on a page of its own: its entries are links, and fields that know the page."""
    mark = next(item for item in document.paragraphs if item.style and item.style.name == BREAK)
    headings = [item for item in document.paragraphs if item.style and str(item.style.name).startswith("Heading")]
    if headings:
        headings[0].paragraph_format.page_break_before = True
    width, lines = _text_width(document.sections[0]._sectPr), []
    for number, entry in enumerate(content.contents, start=1):
        anchor, title, level = (*entry, 1)[:3]
        start, name = f"//w:bookmarkStart[@w:name='{anchor}']", f"_Toc{number:08}"
        around = document.element.body.xpath(f"{start}/ancestor::w:p | ({start}/following::w:p)[1]")
        if not around:
            continue
        heading = around[0]
        for tag in ("bookmarkEnd", "bookmarkStart"):
            ends = f'w:id="{90000 + number}"' + (f' w:name="{name}"' if tag == "bookmarkStart" else "")
            heading.insert(1 if heading.pPr is not None else 0, parse_xml(f"<w:{tag} {nsdecls('w')} {ends}/>"))
        style = document.styles[f"toc {level}"].style_id
        lines.append(_ENTRY.format(nsdecls("w"), style, width, name, title))
    for line in reversed(lines):
        mark._p.addnext(parse_xml(line))
    heading = OxmlElement("w:p")
    mark._p.addnext(heading)
    heading.get_or_add_pPr().get_or_add_pStyle().val = document.styles["TOC Heading"].style_id
    heading.add_r().text = "目录"


def set_sections(document: WordDocument) -> None:
    """Sections where they are marked: the cover without header and number, wide tables on pages on their side."""
    last = document.sections[-1]._sectPr
    marks = [item for item in document.paragraphs if item.style and item.style.name == BREAK]
    kinds = [mark.text for mark in marks]
    for mark, kind in zip(marks, kinds, strict=True):
        section: Any = _turned(deepcopy(last)) if kind == "landscape" else deepcopy(last)
        if kind == "cover":
            for part in section.xpath("./w:headerReference | ./w:footerReference"):
                section.remove(part)
            margins = section.pgMar
            margins.top, margins.bottom = min(margins.top, _COVER_MARGIN), min(margins.bottom, _COVER_MARGIN)
        shape = (
            f'<w:p {nsdecls("w")}><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
            '<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
        )
        paragraph = parse_xml(shape)
        paragraph.pPr.append(section)
        mark._p.getparent().replace(mark._p, paragraph)
    if kinds[-1:] == ["upright"]:
        _turned(last)


def _turned(section: Any) -> Any:
    size = section.pgSz
    size.w, size.h = size.h, size.w
    size.set(qn("w:orient"), "landscape")
    return section


def set_tables(document: WordDocument) -> None:
    """Tables as wide as their page, with the columns' shares that they have; rows whole and, of few, together; each
    stays with its notes."""
    waiting = []
    for element in document.element.body.xpath("./w:tbl | ./w:p/w:pPr/w:sectPr | ./w:sectPr"):
        if element.tag == qn("w:tbl"):
            waiting.append(element)
            continue
        for table in waiting:
            _set_table(table, _text_width(element))
        waiting = []


def set_numbers(document: WordDocument, layout: Layout) -> None:
    """The contents' page numbers, until a program that lays the document out puts its own."""
    pages = pages_of(document, layout)
    for field in document.element.body.xpath("//w:hyperlink[.//w:instrText[contains(., 'PAGEREF')]]"):
        field.xpath("./w:r/w:t")[-1].text = str(pages[field.get(qn("w:anchor"))])


def set_marks(document: WordDocument) -> None:
    """What is set off, in the colour of the page."""
    fill = COLOURS["mark"].light.removeprefix("#")
    for mark in document.element.body.xpath("//w:highlight"):
        mark.addnext(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{fill}"/>'))
        mark.getparent().remove(mark)


def _set_table(table: Any, width: int) -> None:
    columns = table.tblGrid.findall(qn("w:gridCol"))
    whole = sum(int(column.get(qn("w:w"))) for column in columns)
    shares = [width * int(column.get(qn("w:w"))) // whole for column in columns]
    for column, share in zip(columns, shares, strict=True):
        column.set(qn("w:w"), str(share))
    size = table.tblPr.find(qn("w:tblW"))
    size.set(qn("w:type"), "dxa")
    size.set(qn("w:w"), str(width))
    noted = bool(table.xpath("following-sibling::*[1][self::w:p]/w:pPr/w:pStyle[@w:val='Notes']"))
    rows = table.tr_lst
    for number, row in enumerate(rows):
        row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        together = len(rows) <= FEW + 1 or number < 3 or number >= len(rows) - 3
        for cell, share in zip(row.tc_lst, shares, strict=False):
            cell.width = Twips(share)
        for paragraph in row.xpath("./w:tc/w:p"):
            shape = paragraph.get_or_add_pPr()
            if shape.pStyle is not None and shape.pStyle.val == "Compact":
                shape.pStyle.val = "TableText"
            if together and (noted or number < len(rows) - 1):
                shape.get_or_add_keepNext()
