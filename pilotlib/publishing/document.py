"""The report as a document for Word: real headings, repeated headers of tables, a list of contents."""

import tempfile
from pathlib import Path

import pypandoc
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from pilotlib.publishing.page import Content
from pilotlib.publishing.paper import for_paper
from pilotlib.publishing.workbook import saved
from pilotlib.report.books import Book
from pilotlib.report.drawing import png_of
from pilotlib.report.figures import drawing
from pilotlib.report.prose import shortened, visible

TEXT_FONT, HEADING_FONT, LATIN_FONT = "宋体", "黑体", "Times New Roman"
# Styles → font, points, line spacing, space before and after.
_SETTINGS = {
    ("Normal", "Body Text", "First Paragraph"): (TEXT_FONT, 12, 1.5, 0, 6),
    ("Compact", "toc 1"): (TEXT_FONT, 12, 1.5, 0, 0),
    ("Table Text",): (TEXT_FONT, 9, 1.15, 1, 1),
    ("Table Caption",): (HEADING_FONT, 10.5, 1.2, 12, 3),
    ("Title",): (HEADING_FONT, 22, 1.3, 0, 12),
    ("Heading 1",): (HEADING_FONT, 16, 1.3, 18, 8),
    ("Heading 2",): (HEADING_FONT, 13, 1.3, 12, 6),
    ("Subtitle",): (TEXT_FONT, 12, 1.3, 0, 18),
    ("Notes",): (TEXT_FONT, 9, 1.3, 3, 6),
    ("TOC Heading",): (HEADING_FONT, 16, 1.3, 12, 6),
}
_LONGEST_PROPERTY = 255  # characters
_TEXT_WIDTH_CM = 16


def as_docx(content: Content, book: Book) -> bytes:
    """The document, made of the page by pandoc and then set as Chinese official documents are."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.docx"
        pypandoc.convert_text(
            f"<html><body>{_prepared(content, book, Path(folder))}</body></html>",
            "docx",
            format="html-auto_identifiers",
            outputfile=path,
            extra_args=["--quiet", "--shift-heading-level-by=-1", f"--resource-path={folder}"],
        )
        document = Document(str(path))
    _set_styles(document)
    section = document.sections[0]  # of A4, with the page's number and their count below
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm((21 - _TEXT_WIDTH_CM) / 2)
    section.top_margin = section.bottom_margin = Cm(2.5)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = f'<w:fldSimple {nsdecls("w")} w:instr="{{}}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    footer._p.append(parse_xml(field.format("PAGE")))
    footer.add_run(" / ")
    footer._p.append(parse_xml(field.format("NUMPAGES")))
    _write_contents(document, content)
    document.core_properties.title = shortened(content.title, _LONGEST_PROPERTY)
    document.core_properties.author = shortened(visible(book.owner), _LONGEST_PROPERTY) or "pilotlib"
    document.core_properties.language = "zh-CN"
    return saved(document)


def _prepared(content: Content, book: Book, folder: Path) -> str:
    """The page's HTML in the words that pandoc understands: pictures (in `folder`) for drawings, tables for facts."""
    soup = for_paper(content.opening + content.body)
    for figure in soup.select("figure[id^=figure-]"):  # becomes a picture with its caption below
        svg, caption, name = figure.svg, figure.figcaption, str(figure["id"]).removeprefix("figure-")
        assert svg is not None and caption is not None
        (folder / f"{name}.png").write_bytes(png_of(drawing(book.figures[name])))
        svg.replace_with(soup.new_tag("img", src=f"{name}.png", alt=str(svg["aria-label"]), style="width:11cm"))
        caption.name, caption["class"] = "p", "notes"
        figure.unwrap()
    for facts in soup.find_all("dl"):  # becomes a table, a row for each: name, fact, perhaps a note
        rows = facts.find_all("div")
        for cell in facts.find_all(["dt", "dd"]):
            cell.name, cell.string = "td", cell.get_text()
        most = max(len(row.find_all("td")) for row in rows)
        heads = ["指标", "数值", "说明"][:most] if "key-figures" in facts["class"] else ["项目", "内容"]
        for row in rows:
            row.name = "tr"
        facts.name, header = "table", soup.new_tag("tr")
        header.extend(soup.new_tag("th", string=head) for head in heads)
        facts.insert(0, header)
    for link in soup.select("a[id]"):  # a place to lead to; pandoc makes one of a span, not of a link
        link.wrap(soup.new_tag("span", id=str(link["id"])))
        del link["id"]
    for cell in soup.select("td.figure, th.figure"):
        cell["style"] = "text-align:right"
    for part in soup.select("h1 span")[1:]:  # the parts of the title, a line each
        part.insert_before(soup.new_tag("br"))
    for style, where in {"Title": "h1", "Subtitle": ".subtitle", "Notes": ".notes"}.items():
        for paragraph in soup.select(where):
            paragraph.wrap(soup.new_tag("div", attrs={"custom-style": style}))
            paragraph.name = "p"
    return str(soup)


def _set_styles(document: WordDocument) -> None:
    """Text in 宋体, headings in 黑体, tables in small type with three rules, as in Chinese documents."""
    document.styles.add_style("Table Text", WD_STYLE_TYPE.PARAGRAPH)
    contents = document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    contents.element.set(qn("w:styleId"), "TOC1")
    contents.paragraph_format.tab_stops.add_tab_stop(Cm(_TEXT_WIDTH_CM), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    for names, (font, points, line, before, after) in _SETTINGS.items():
        for style in map(document.styles.__getitem__, names):
            style.font.name, style.font.size, style.font.italic = LATIN_FONT, Pt(points), False
            style.font.color.rgb = RGBColor(0, 0, 0)
            fonts = style.element.rPr.rFonts
            fonts.set(qn("w:eastAsia"), font)
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            shape = style.paragraph_format
            shape.line_spacing, shape.space_before, shape.space_after = line, Pt(before), Pt(after)
            shape.keep_with_next = font == HEADING_FONT
            # Two characters, in paragraphs of text.
            shape.first_line_indent = Pt(24) if style.name in ("Body Text", "First Paragraph") else Pt(0)
    document.styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for style in document.element.body.xpath(".//w:tc/w:p/w:pPr/w:pStyle[@w:val='Compact']"):
        style.set(qn("w:val"), "TableText")
    for row in document.element.body.xpath(".//w:tr"):  # not broken over two pages
        row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'
        for side, size, colour in (("top", 12, "000000"), ("bottom", 12, "000000"), ("insideH", 2, "BFBFBF"))
    )
    indent = document.styles["Table"].element.find(f"{qn('w:tblPr')}/{qn('w:tblInd')}")
    indent.addnext(parse_xml(f"<w:tblBorders {nsdecls('w')}>{borders}</w:tblBorders>"))


def _write_contents(document: WordDocument, content: Content) -> None:
    """A list of contents on the first page: its entries are links, to which Word adds page numbers."""
    headings = [item for item in document.paragraphs if item.style and str(item.style.name).startswith("Heading")]
    if not headings:
        return
    headings[0].paragraph_format.page_break_before = True
    field = (
        '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
        r'<w:r><w:instrText xml:space="preserve"> TOC \o "1-1" \h \z \u </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    entries = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr>{field if place == 0 else ""}'
        f'<w:hyperlink w:anchor="{anchor}" w:history="1"><w:r><w:t>{title}</w:t></w:r></w:hyperlink></w:p>'
        for place, (anchor, title) in enumerate(content.contents)
    )
    block = (
        f'<w:sdt {nsdecls("w")}><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
        f"<w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent>"
        f'<w:p><w:pPr><w:pStyle w:val="TOCHeading"/></w:pPr><w:r><w:t>目录</w:t></w:r></w:p>{entries}'
        f'<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:sdtContent></w:sdt>'
    )
    headings[0]._p.addprevious(parse_xml(block))
