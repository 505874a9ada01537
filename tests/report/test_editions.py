"""The editions of 2021: the same figures and claims in all of them, and what each owes its readers."""

import io
import re
import zipfile
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook
from pypdf import PdfReader

from pilotlib.publishing import publish
from pilotlib.publishing.workbook import BLANKS
from pilotlib.report.year import read_year
from pilotlib.statistics import RESULT_STATISTICS, STATISTICS
from tests.conftest import editions_here


@pytest.fixture(scope="module")
def page(ran):
    return BeautifulSoup(ran.report.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module")
def workbook(ran):
    return load_workbook(ran.reports / "annual-report.xlsx")


@pytest.fixture(scope="module")
def document(ran):
    return Document(ran.reports / "annual-report.docx")


@pytest.fixture(scope="module")
def pdf(ran):
    if "pdf" not in editions_here():
        pytest.skip("no Pango on this machine")
    return PdfReader(ran.reports / "annual-report.pdf")


@pytest.fixture(scope="module")
def page_tables(page):
    return of_page(page)


@pytest.fixture(scope="module")
def document_tables(document):
    return of_document(document)


# Of a year without results, whose tables are no part of its report.
OF_APPLICATIONS = [entry.title for name, entry in STATISTICS.items() if name not in RESULT_STATISTICS]


def shown(cell) -> str:
    """A cell of the workbook as its reader sees it."""
    if isinstance(cell.value, str) or cell.value is None:
        return cell.value or ""
    digits = Decimal("0.1" if "0.0" in cell.number_format else "1")
    rounded = Decimal(str(cell.value)).quantize(digits, ROUND_HALF_UP)
    return ("至少" if "至少" in cell.number_format else "") + (
        f"{rounded:,}".rstrip("0").rstrip(".") if "." in str(rounded) else f"{rounded:,}"
    )


def plain(text: str) -> str:
    """A cell's text without what only one edition has: sign, digits after the point that say nothing, a break."""
    text = re.sub(r"\s", "", text)
    return re.sub(r"(\.\d*?)0+$", r"\1", text).rstrip(".") if re.fullmatch(r"(至少)?[\d,]+\.\d+", text) else text


def unnumbered(caption: str) -> str:
    """A table's title without its number."""
    return re.sub(r"^表\d+\s*", "", caption)


def of_page(page) -> dict[str, list[list[str]]]:
    return {
        unnumbered(table.caption.get_text()): [
            [plain(cell.get_text()) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")
        ]
        for table in page.find_all("table")
        if not table.find_parent("details", class_="data")
    }


def of_document(document) -> dict[str, list[list[str]]]:
    captions = {
        unnumbered(table._tbl.tblPr.xpath("./w:tblCaption/@w:val")[0]): table
        for table in document.tables
        if table._tbl.tblPr.xpath("./w:tblCaption")
    }
    texts = lambda row: [plain("".join(cell.xpath(".//w:t/text()"))) for cell in row.xpath("./w:tc")]  # noqa: E731
    return {caption: [texts(row) for row in table._tbl.tr_lst] for caption, table in captions.items()}


def of_workbook(workbook, title: str) -> list[list[str]]:
    """A sheet's table as the report tells it: without its sums, and without the columns that say in words what a
    number's format says, and what is not there."""
    heads, *rows = of_sheet(workbook[title])
    kept = [place for place, head in enumerate(heads) if head not in ("下限", "申请下限", BLANKS)]
    told = [[re.sub("（[^）]+）$", "", heads[place]) for place in kept]]
    for row in rows:
        why = dict(part.split("：") for part in row[heads.index(BLANKS)].split("；") if part) if BLANKS in heads else {}
        assert {*why} <= {name for name, place in zip(told[0], kept, strict=True) if not row[place]}
        told.append([row[place] or why.get(name, "") for name, place in zip(told[0], kept, strict=True)])
    return [[heads[place] for place in kept], *told[1:]]


def of_sheet(sheet) -> list[list[str]]:
    """The header of a sheet and its rows, without those that a filter leaves in place."""
    last = int(re.search(r"\d+$", sheet.auto_filter.ref)[0])
    return [[plain(shown(cell)) for cell in row] for row in sheet[sheet.auto_filter.ref] if row[0].row <= last]


def test_the_tables_of_the_document_are_those_of_the_page(page_tables, document_tables):
    assert document_tables == page_tables


@pytest.mark.parametrize("title", [title for title in OF_APPLICATIONS if title != "按二级学院"])
def test_the_sheet_of_a_statistic_holds_what_the_document_holds(workbook, document_tables, title):
    assert of_workbook(workbook, title) == document_tables[title]


def rows_of(cause: list[str]) -> list[list[str]]:
    """A cause of several rows as each row would say it."""
    numbers, said = re.fullmatch("第([0-9、]+)行(.*)", cause[-1]).groups()
    return [[number, *cause[1:-1], f"第{number}行{said}"] for number in numbers.split("、")]


def test_the_sheets_of_changes_and_problems_hold_what_the_document_holds(workbook, document_tables):
    tables = document_tables
    assert of_workbook(workbook, "更改记录") == tables["更改记录"]
    problems = pd.DataFrame(of_workbook(workbook, "问题与提示")[1:], columns=of_workbook(workbook, "问题与提示")[0])
    names, *causes = tables[
        "问题与提示"
    ]  # the document says a cause once and names its rows, the sheet says it of each
    assert sorted(problems[names].to_numpy().tolist()) == sorted(row for cause in causes for row in rows_of(cause))
    assert (len(problems), len(causes)) == (9, 6)
    assert [row[:10] for row in of_workbook(workbook, "申报明细（清洗后）")] == tables["申报明细（清洗后）"]


def test_the_claims_are_the_same_in_the_workbook_and_on_the_page(workbook, page_tables):
    sheet = of_workbook(workbook, "逐条核对")
    names = sheet[0]
    told = {row[names.index("条")]: (row[names.index("结论")], row[names.index("说明")]) for row in sheet[1:]}
    on_page = {row[0]: (re.sub(r"^[✓≠≥○？]", "", row[1]), row[3]) for row in page_tables["逐条核对"][1:]}
    assert told == on_page
    assert len(told) == 23


def test_the_figures_of_2021_stand_in_the_workbook(workbook):
    overview = {row[0].value: row[1] for row in workbook["年度总览"].iter_rows(min_row=6)}
    assert [overview[title].value for title in ("试点", "证书", "申请总培训人数", "批准总培训人数")] == [
        25,
        21,
        1659,
        1662,
    ]
    assert overview["专业数"].value == 15
    assert overview["专业数"].number_format == '"至少"#,##0'
    given = {row[0].value: row[1].value for row in workbook["表外指标"].iter_rows(min_row=6)}
    assert given["参加考核学生"] == 908
    assert given["获得证书学生"] is None
    assert {row[0].value: row[4].value for row in workbook["表外指标"].iter_rows(min_row=6)}[
        "获得证书学生"
    ] == "值：未提供"


def test_the_sums_of_2021_stand_below_its_tables(workbook):
    last = {
        title: [cell.value for cell in workbook[title][workbook[title].max_row]] for title in ("按申报批次", "比率")
    }
    assert last["按申报批次"][:6] == ["合计", 25, None, None, 1659, 1662]
    assert "合计" not in last["比率"]
    sheet = workbook["申报明细（清洗后）"]
    assert [cell.value for cell in sheet[31]][:8] == [None, "合计", None, None, None, None, 1659, 1662]


def test_the_figures_of_2021_are_charts_of_their_sheets(workbook):
    charts = {sheet.title: sheet._charts for sheet in workbook if sheet._charts}
    assert list(charts) == ["按批次与等级", "按证书", "按专业", "每百名在校生的批准名额", "按专业大类", "从申请到获证"]
    headline = charts["按证书"][0].title.tx.rich.p[0].r[0].t
    assert headline == "工业机器人应用编程获批最多，为170人；1种证书的批准与申请不同"
    assert charts["按证书"][0].series[1].val.numRef.f == "'按证书'!$F$6:$F$26"


def test_every_sheet_says_what_it_holds_and_the_first_leads_to_each(workbook):
    listed = {cell.value: cell.hyperlink.location for (cell,) in workbook["目录"].iter_rows(min_row=5, max_col=1)}
    assert listed == {title: f"'{title}'!A1" for title in workbook.sheetnames[1:]}
    assert workbook.sheetnames[1:16] == OF_APPLICATIONS
    for title in workbook.sheetnames[1:]:
        sheet = workbook[title]
        assert sheet["A1"].value == title
        assert len(sheet["A2"].value) > 5
        assert sheet["A3"].value.startswith("单位：")
        assert "来源：" in sheet["A3"].value
        assert sheet.freeze_panes == "B6"
        assert sheet.print_title_rows == "$5:$5"


def test_repaired_cells_are_set_off_in_the_workbook(workbook):
    sheet = workbook["申报明细（清洗后）"]
    marked = {
        cell.coordinate for row in sheet.iter_rows(min_row=6) for cell in row if cell.fill.fgColor.rgb == "00FDEBC8"
    }
    assert marked == {"E13", "D21", "D23", "E30"}  # majors of rows 8 and 25, levels of rows 16 and 18


def test_the_document_has_headings_contents_repeated_headers_and_page_numbers(document, page):
    sections = [heading.get_text() for heading in page.select("main h2")]
    assert [item.text for item in document.paragraphs if item.style.name == "Heading 1"] == sections
    assert document.paragraphs[0].style.name == "Title"
    body = document.element.body
    contents = body.xpath("./w:p/w:hyperlink[.//w:instrText[contains(., 'PAGEREF')]]")
    assert [link.xpath("./w:r/w:t/text()")[0] for link in contents] == [
        entry.get_text() for entry in page.select("nav .wide a")
    ]
    pages = [int(link.xpath("./w:r/w:t/text()")[1]) for link in contents]
    assert pages == sorted(pages)
    assert pages[0] == 3  # after the cover and the contents
    anchors = {link.get(qn("w:anchor")) for link in body.xpath("//w:hyperlink[@w:anchor]")}
    assert anchors <= set(body.xpath("//w:bookmarkStart/@w:name"))
    assert len(document.tables) > 20
    assert all(table._tbl.tr_lst[0].xpath("./w:trPr/w:tblHeader") for table in document.tables)
    fields = [section.footer._element.xpath(".//w:fldSimple/@w:instr") for section in document.sections]
    assert fields == [[], *[["PAGE", "NUMPAGES"]] * (len(fields) - 1)]
    fonts = {document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) for name in ("Body Text", "Heading 1")}
    assert fonts == {"宋体", "黑体"}


def test_pictures_in_the_document_are_described_as_on_the_page(document, page):
    told = document.element.body.xpath("//wp:docPr/@descr")
    assert told == [drawing["aria-label"] for drawing in page.select(".drawing")]
    assert len(document.inline_shapes) == 6


def test_the_pdf_is_tagged_numbered_and_its_text_is_text(pdf, page):
    texts = [text.extract_text() for text in pdf.pages]
    whole = re.sub(r"\s", "", "".join(texts))
    sections = [re.sub(r"\s", "", heading.get_text()) for heading in page.select("main h2")]
    titles = [re.sub(r"\s", "", item.title) for item in pdf.outline[1] if not isinstance(item, list)]
    assert titles == ["目录", *sections]
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "zh-CN"
    assert all(f"{number} / {len(texts)}" in text for number, text in enumerate(texts[1:], start=2))
    assert not re.search("[\u2e80-\u2fdf]", whole)  # 人 and 用, not the radicals that look like them
    page = BeautifulSoup(str(page), "html.parser")
    for on_screen in page.select(".why, .back"):
        on_screen.decompose()
    for paragraph in page.select("main > p:not(.download):not(.notes), main li, .given > p"):
        for sentence in re.split("(?<=。)", re.sub(r"[\s✓≠≥○？]", "", paragraph.get_text())):
            assert sentence in re.sub("[✓≠≥○？•]|\\d+/\\d+", "", whole) or len(sentence) > 60, sentence


def test_every_figure_in_the_pdf_has_its_description(pdf, page):
    def told(node) -> list[str]:
        node = node.get_object()
        children = node.get("/K", [])
        children = children if isinstance(children, list) else [children]
        here = [str(node["/Alt"])] if node.get("/S") == "/Figure" and "/Alt" in node else []
        return here + [
            text
            for child in children
            if not isinstance(child.get_object(), int) and hasattr(child.get_object(), "get")
            for text in told(child)
        ]

    assert told(pdf.trailer["/Root"]["/StructTreeRoot"]) == [
        drawing["aria-label"] for drawing in page.select(".drawing")
    ]


@pytest.mark.full
def test_the_pdf_is_the_same_bytes_again(pdf, ran, executed, tmp_path):
    publish(executed, read_year(ran.processed), ("pdf",), tmp_path)
    assert (tmp_path / "annual-report.pdf").read_bytes() == (ran.reports / "annual-report.pdf").read_bytes()


def test_every_edition_is_the_same_bytes_of_a_kernel_too_and_says_no_time(ran, executed, tmp_path):
    """`ran` was made in one process, `executed` by a kernel."""
    publish(executed, read_year(ran.processed), ("docx", "xlsx", "html"), tmp_path)
    assert (tmp_path / "annual-report.html").read_bytes() == ran.report.read_bytes()
    for edition in ("docx", "xlsx"):
        content = (tmp_path / f"annual-report.{edition}").read_bytes()
        assert content == (ran.reports / f"annual-report.{edition}").read_bytes(), edition
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
            assert b"dcterms" not in re.sub(rb'xmlns:dcterms="[^"]*"', b"", archive.read("docProps/core.xml"))
            assert not any(b"/tmp" in archive.read(name) for name in archive.namelist())
