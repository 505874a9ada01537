"""The document for Word, of a page made up here: its cover, contents, sections and tables, its looks, its bytes."""

import io
import re

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from pilotlib import PilotError
from pilotlib.publishing.document import as_docx
from pilotlib.publishing.page import content_in
from tests.report.test_paper import BOOK, OPENING, table

WIDE = table("宽表", 3, 10, "机械制造与自动化专业")
LEAD = re.sub("<figure.*?</figure>", "", OPENING)
PAGE = (
    f"{LEAD}<h2>一、名额</h2><p>正文。</p><h3>（一）批次</h3>{table('短表', 3)}<h2>附录A　明细</h2>{WIDE}"
    f"<h2>附录B　定义</h2><p>{'释义。' * 400}</p>{table('长表', 30)}"
)


def made(html: str = PAGE, *look):
    return Document(io.BytesIO(as_docx(content_in(html), BOOK, *look)))


@pytest.fixture(scope="module")
def document():
    return made()


@pytest.fixture(scope="module")
def official():
    return made(PAGE, "gongwen")


def lines(document, *styles: str) -> list[str]:
    return [item.text for item in document.paragraphs if item.style.name in styles]


def entries(document) -> list[tuple[str, int]]:
    links = document.element.body.xpath("./w:p/w:hyperlink[.//w:instrText[contains(., 'PAGEREF')]]")
    return [(title, int(page)) for title, page in (link.xpath("./w:r/w:t/text()") for link in links)]


def test_the_cover_holds_the_message_who_made_it_and_lines_to_sign_on(document):
    before = document.element.body.xpath("./w:p[w:pPr/w:sectPr][1]/preceding-sibling::w:p")
    texts = ["".join(item.xpath(".//w:t/text() | .//w:tab[not(ancestor::w:pPr)]/@*")) for item in before]
    assert texts[0] == "某校某年度报告"
    assert texts[1] == "批准1,662人，与申请相当。"
    assert before[1].xpath("./w:r[w:rPr/w:b]/w:t/text()") == ["批准1,662人"]
    assert texts[-3:] == ["3处不一致", "编制单位：教务处编制日期：2022年1月10日", "审核：签字："]
    assert [item.pPr.find(qn("w:framePr")) is not None for item in before[-3:]] == [False, True, True]
    cards = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert cards == [["批准名额"], ["1,662人"], ["申请1,659人"]]


def test_the_contents_stand_after_the_cover_and_lead_to_their_sections(document):
    assert entries(document) == [("一、名额", 3), ("附录A　明细", 4), ("附录B　定义", 5)]
    names = document.element.body.xpath("//w:hyperlink[.//w:instrText]/@w:anchor")
    headings = {name: document.element.body.xpath(f"//w:p[w:bookmarkStart[@w:name='{name}']]")[0] for name in names}
    assert ["".join(item.xpath(".//w:t/text()")) for item in headings.values()] == [
        title for title, _ in entries(document)
    ]
    assert document.settings.element.xpath("./w:updateFields/@w:val") == ["true"]


def test_a_table_that_contents_name_is_found_on_its_page():
    content = content_in(
        f"{LEAD}<h2>附录B</h2><p>{'释义。' * 900}</p>{table('表1', 3).replace('<details>', '<details id=t>')}"
    )
    content = content._replace(contents=[*content.contents, ("t", "表1 某表", 2)])
    document = Document(io.BytesIO(as_docx(content, BOOK)))
    assert entries(document) == [("附录B", 3), ("表1 某表", 5)]
    assert lines(document, "toc 2")
    names = document.element.body.xpath("//w:bookmarkStart/@w:name")
    assert len(set(names)) == len(names)


def test_only_wide_tables_lie_on_their_side_each_with_its_heading(document):
    kinds = [
        (section.orientation, bool(section.header._sectPr.xpath("./w:headerReference")))
        for section in document.sections
    ]
    upright, turned = WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE
    assert kinds == [(upright, False), (upright, True), (turned, True), (upright, True)]
    ends = document.element.body.xpath("./w:p[w:pPr/w:sectPr]")
    inside = list(ends[1].itersiblings(qn("w:p"), qn("w:tbl")))
    kinds = [item.tag if item.tag == qn("w:tbl") else item.text for item in inside[: inside.index(ends[2])]]
    assert kinds == ["附录A　明细", "宽表", qn("w:tbl"), "宽表的注"]
    assert document.sections[1].header.paragraphs[0].text == "某校　某年度报告"


def test_tables_fill_their_page_repeat_their_head_and_stay_with_their_notes(document):
    named = {item._tbl.tblPr.xpath("./w:tblCaption/@w:val")[0]: item._tbl for item in document.tables[1:]}
    text = 11906 - 2 * 1247
    for title, width in {"短表": text, "宽表": 16838 - 2 * 1247, "长表": text}.items():
        columns = [int(column) for column in named[title].xpath("./w:tblGrid/w:gridCol/@w:w")]
        assert sum(columns) == pytest.approx(width, abs=12)
        rows = named[title].tr_lst
        assert rows[0].xpath("./w:trPr/w:tblHeader")
        assert all(row.xpath("./w:trPr/w:cantSplit") for row in rows)
        kept = [bool(row.xpath("./w:tc/w:p/w:pPr/w:keepNext")) for row in rows]
        assert kept == [True] * len(rows) if len(rows) < 14 else [True] * 3 + [False] * 25 + [True] * 3
    assert document.styles["Table Caption"].paragraph_format.keep_with_next
    assert document.styles["Heading 1"].paragraph_format.keep_with_next


def test_the_school_signs_before_the_appendices_with_the_date_that_is_given(document):
    texts = [item.text for item in document.paragraphs if item.text]
    place = texts.index("附录A　明细", texts.index("目录") + 4)
    assert texts[place - 2 : place] == ["某校", "2022年1月10日"]
    without = Document(
        io.BytesIO(as_docx(content_in(f"{LEAD}<h2>一、名额</h2><p>正文。</p>"), BOOK._replace(cover=[])))
    )
    assert without.paragraphs[-1].text == "某校"
    assert "编制" not in "".join(item.text for item in without.paragraphs)


def test_the_official_style_is_laid_out_as_the_standard_asks(official):
    section = official.sections[1]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin / Mm(1)) for margin in margins] == [37, 35, 28, 26]
    assert section._sectPr.xpath("./w:docGrid/@w:linePitch") == ["579"]
    looks = {}
    for name in ("Body Text", "First Paragraph", "Heading 1", "Heading 2", "Title"):
        style = official.styles[name]
        looks[name] = (style.element.rPr.rFonts.get(qn("w:eastAsia")), style.font.size)
        if name != "Title":
            assert style.paragraph_format.line_spacing_rule == WD_LINE_SPACING.EXACTLY
            assert style.paragraph_format.line_spacing == Pt(28.95)
            assert style.paragraph_format.first_line_indent == Pt(32)
    assert looks == {
        "Body Text": ("仿宋_GB2312", Pt(16)),
        "First Paragraph": ("仿宋_GB2312", Pt(16)),
        "Heading 1": ("黑体", Pt(16)),
        "Heading 2": ("楷体_GB2312", Pt(16)),
        "Title": ("方正小标宋简体", Pt(22)),
    }
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        assert "".join(footer._element.xpath(".//w:t/text()")) == "— 1 —"
        assert footer._element.xpath(".//w:jc/@w:val") == [side]
    assert official.settings.odd_and_even_pages_header_footer
    assert not section.header.paragraphs[0].text


def template(path, **styles):
    own = Document()
    own.styles["Normal"].font.name = "华文仿宋"
    own.styles["Heading 1"].font.size = Pt(30)
    own.sections[0].left_margin = Mm(40)
    own.sections[0].header.paragraphs[0].text = "某校办公室"
    own.save(path)
    return path


def test_a_template_of_the_school_gives_its_styles_page_and_header(tmp_path):
    document = made(PAGE, "", template(tmp_path / "report-template.docx"))
    assert document.styles["Normal"].font.name == "华文仿宋"
    assert document.styles["Heading 1"].font.size == Pt(30)
    assert [round(section.left_margin / Mm(1)) for section in document.sections] == [40] * 4
    assert document.sections[1].header.paragraphs[0].text == "某校办公室"
    assert document.styles["Table Text"].font.size == Pt(8)
    assert document.styles["Point"].font.size == Pt(11)
    told = document.element.body.xpath("./w:p/w:hyperlink[.//w:instrText]//w:t/text()")
    assert told == ["一、名额", "附录A　明细", "附录B　定义"]  # without pages, which only Word can tell here


def test_the_official_style_comes_before_the_template_and_a_template_that_is_none_is_refused(tmp_path):
    official = made(PAGE, "gongwen", template(tmp_path / "report-template.docx"))
    assert official.styles["Normal"].font.size == Pt(16)
    (tmp_path / "report-template.docx").write_bytes(b"{\\rtf1}")
    with pytest.raises(PilotError, match=r"report-template\.docx读不出来，不能用作模板"):
        made(PAGE, "", tmp_path / "report-template.docx")


def test_author_title_and_language_are_said_and_the_bytes_are_the_same_again(document, tmp_path):
    properties = document.core_properties
    assert (properties.author, properties.title, properties.language) == ("某校", "某校某年度报告", "zh-CN")
    path = template(tmp_path / "report-template.docx")
    for look in ((), ("gongwen",), ("", path)):
        assert as_docx(content_in(PAGE), BOOK, *look) == as_docx(content_in(PAGE), BOOK, *look)
