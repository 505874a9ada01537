"""How a document for Word is laid out: as a report, or as GB/T 9704 asks of the documents of an office."""

from typing import NamedTuple

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph


class Type(NamedTuple):
    """A style of paragraphs: its font, size, height of a line, and the space before and after, in points; how many
    characters its first line is set in, whether it stays with what follows, and in the middle or at the right."""

    font: str
    size: float
    line: float
    before: float = 0
    after: float = 0
    indent: int = 0
    keep: bool = False
    aligned: str = "left"


class Layout(NamedTuple):
    """A document's styles by name, its margins (above, below, left, right) in millimetres, and whether it is of GB/T
    9704: 22 lines of 28 characters to a page, numbered — 1 — on the outer side, with no running header."""

    styles: dict[str, Type]
    margins: tuple[float, float, float, float]
    official: bool = False


_SONG, _HEI, _LATIN = "宋体", "黑体", "Times New Roman"
_FANG, _KAI, _TITLE = "仿宋_GB2312", "楷体_GB2312", "方正小标宋简体"
_TEXT, _SMALL = Type(_SONG, 12, 22, after=5, indent=2), Type(_SONG, 8, 12, 1, 1)
_TABLE = Type(_HEI, 10.5, 16, 12, 3, keep=True)
REPORT = Layout(
    {
        "Normal": _TEXT._replace(indent=0),
        "Body Text": _TEXT,
        "First Paragraph": _TEXT,
        "Compact": _TEXT._replace(indent=0),
        "Title": Type(_HEI, 22, 34, 12, 12, keep=True, aligned="center"),
        "Subtitle": _SMALL._replace(size=9, line=14, after=12, aligned="center"),
        "Heading 1": Type(_HEI, 16, 26, 16, 8, keep=True),
        "Heading 2": Type(_HEI, 13, 22, 10, 5, keep=True),
        "Heading 3": Type(_HEI, 12, 20, 8, 4, keep=True),
        "Point": Type(_SONG, 11, 18, before=1, after=3),
        "Picture": Type(_SONG, 12, 0, 3, 3, keep=True),
        "Figure Title": _TABLE,
        "Measure": _SMALL._replace(size=9, line=13, keep=True),
        "Table Caption": _TABLE,
        "Table Text": _SMALL,
        "Notes": _SMALL._replace(size=9, line=14, before=3, after=8),
        "Card Value": Type(_HEI, 15, 22),
        "TOC Heading": Type(_HEI, 16, 26, 0, 12, keep=True),
        "toc 1": _TEXT._replace(indent=0, after=2),
        "toc 2": Type(_SONG, 10.5, 17, indent=2),
        "Sign-off": _TEXT._replace(indent=0, after=0, aligned="right", keep=True),
        "Cover": Type(_SONG, 12, 30),
    },
    (25, 22, 22, 22),
)
_OFFICIAL = Type(_FANG, 16, 28.95, indent=2)
GONGWEN = Layout(
    REPORT.styles
    | {
        "Normal": _OFFICIAL._replace(indent=0),
        "Body Text": _OFFICIAL,
        "First Paragraph": _OFFICIAL,
        "Compact": _OFFICIAL._replace(indent=0),
        "Title": Type(_TITLE, 22, 34, 0, 14, keep=True, aligned="center"),
        "Heading 1": _OFFICIAL._replace(font=_HEI, keep=True),
        "Heading 2": _OFFICIAL._replace(font=_KAI, keep=True),
        "Heading 3": _OFFICIAL._replace(keep=True),
        "Point": Type(_FANG, 12, 18, after=2),
        "TOC Heading": Type(_HEI, 16, 28.95, 0, 10, keep=True, aligned="center"),
        "toc 1": Type(_FANG, 14, 22),
        "toc 2": Type(_FANG, 12, 18, indent=2),
        "Sign-off": _OFFICIAL._replace(indent=0, aligned="right", keep=True),
        "Cover": Type(_FANG, 16, 30),
    },
    (37, 35, 28, 26),
    official=True,
)
_SIDES = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}
_GRID = '<w:docGrid {} w:type="lines" w:linePitch="579"/>'  # 28.95 points
_FIELD = '<w:fldSimple {} w:instr="{}"><w:r>{}<w:t>1</w:t></w:r></w:fldSimple>'
_BORDER = '<w:{} w:val="single" w:sz="{}" w:space="{}" w:color="{}"/>'
# Three rules, and hairlines between rows.
_TABLE_STYLE = (
    f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="Table"><w:name w:val="Table"/><w:tblPr>'
    f"<w:tblBorders>{_BORDER.format('top', 12, 0, '000000')}{_BORDER.format('bottom', 12, 0, '000000')}"
    f'{_BORDER.format("insideH", 2, 0, "BFBFBF")}</w:tblBorders><w:tblCellMar><w:left w:w="40" w:type="dxa"/>'
    '<w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>'
    f"{_BORDER.format('bottom', 6, 0, '000000')}</w:tcBorders></w:tcPr></w:tblStylePr></w:style>"
)


def set_styles(document: WordDocument, layout: Layout, own: set[str]) -> None:
    """Give a document a layout's styles, but those of these names: a school's own, whose looks text takes."""
    known, normal = {str(style.name) for style in document.styles}, layout.styles["Normal"]
    for name, looks in layout.styles.items():
        if name in own:
            continue
        style = document.styles[name] if name in known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        shape = style.paragraph_format
        shape.keep_with_next, shape.alignment = looks.keep, _SIDES[looks.aligned]
        shape.first_line_indent = Pt(looks.size * looks.indent)
        if own and looks[:3] == normal[:3]:
            continue
        shape.space_before, shape.space_after = Pt(looks.before), Pt(looks.after)
        shape.line_spacing = Pt(looks.line) if looks.line else 1.0
        for spread in style.element.xpath("./w:rPr/w:spacing"):
            spread.getparent().remove(spread)
        if layout.official and looks.size == normal.size:  # so that 28 characters fill the 156 mm of a line
            closer = parse_xml(f'<w:spacing {nsdecls("w")} w:val="-5"/>')
            style.element.get_or_add_rPr().insert_element_before(
                closer, "w:w", "w:kern", "w:position", "w:sz", "w:szCs"
            )
        if looks.line != normal.line:  # type and pictures of their own height
            shape._element.get_or_add_pPr().insert_element_before(
                parse_xml(f'<w:snapToGrid {nsdecls("w")} w:val="0"/>'), "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
            )
        style.font.name, style.font.size = _LATIN, Pt(looks.size)
        style.font.italic = style.font.bold = False
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.rPr.rFonts
        fonts.set(qn("w:eastAsia"), looks.font)
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    if "Table" not in own:
        if "Table" in known:
            document.styles["Table"].delete()
        document.styles.element.append(parse_xml(_TABLE_STYLE))


def set_page(document: WordDocument, layout: Layout, title: str) -> None:
    """Lay out the page of A4: its margins, the title that runs above every page, the page's number below."""
    section, (above, below, left, right) = document.sections[0], layout.margins
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(above), Mm(below)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    section.header_distance, section.footer_distance = Mm(above / 2), Mm(below / 2)
    if not layout.official:
        header = section.header.paragraphs[0]
        header.text, header.alignment = title, WD_ALIGN_PARAGRAPH.CENTER
        header.runs[0].font.size = Pt(9)
        rule = _BORDER.format("bottom", 4, 4, "808080")
        header._p.get_or_add_pPr().insert_element_before(
            parse_xml(f"<w:pBdr {nsdecls('w')}>{rule}</w:pBdr>"), "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )
        _number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.CENTER, 9, "", " / ")
        return
    section.footer_distance = Mm(below - 7 - 5)  # the number's line lies 7 mm below the text
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        _number(paragraph, side, 14, "— ", " —")
        shape = paragraph.paragraph_format
        shape.left_indent = shape.right_indent = Pt(16)
    section._sectPr.append(parse_xml(_GRID.format(nsdecls("w"))))


def _number(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH, size: float, before: str, after: str) -> None:
    """Write the page's number into a paragraph, between these; after a stroke also how many there are."""
    paragraph.alignment = side
    look = (
        f'<w:rPr><w:rFonts w:ascii="{_SONG}" w:hAnsi="{_SONG}" w:eastAsia="{_SONG}"/><w:sz w:val="{2 * size}"/></w:rPr>'
    )
    for part in (before, "PAGE", after, "NUMPAGES" if "/" in after else ""):
        if part.isupper():
            paragraph._p.append(parse_xml(_FIELD.format(nsdecls("w"), part, look)))
        elif part:
            run = f'<w:r {nsdecls("w")}>{look}<w:t xml:space="preserve">{part}</w:t></w:r>'
            paragraph._p.append(parse_xml(run))
