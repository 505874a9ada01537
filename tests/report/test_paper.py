"""The report on paper: what of a page is for it, how wide its columns are, and what each page of the PDF shows."""

import io
import re

import pytest
from pypdf import PdfReader

from pilotlib.publishing.page import content_in
from pilotlib.publishing.paper import as_pdf, for_paper
from pilotlib.report.books import Book, Fact
from tests.conftest import editions_here, full

FIGURE = (
    '<figure id="figure-flow"><p class="headline"><span class="numbered">图1</span>名额用了六成</p><p class="measure">2021年，人</p>'
    '<svg role="img" aria-label="批准到取证" viewBox="0 0 10 5" width="100" height="50"><rect width="10" height="5"/></svg>'
    '<figcaption>来源：某表。</figcaption><details class="data"><table><tr><td>图中数据</td></tr></table></details></figure>'
)
OPENING = (
    "<h1><span>某校</span><span>某年度报告</span></h1><p class='by'>教务处，2022年1月10日</p>"
    f'<div class="lead"><ol class="points"><li><b>批准1,662人</b>，与申请相当。</li></ol>{FIGURE}</div>'
    '<dl class="key-figures"><div><dt>批准名额</dt><dd>1,662人</dd><dd class="note">申请1,659人</dd></div></dl>'
    '<p class="doubts"><a href="#section-1">3处不一致</a></p>'
)
COVER = [Fact("编制单位", "教务处"), Fact("编制日期", "2022年1月10日")]
BOOK = Book("report", ("某校", "某年度报告"), "某校", "某表", "2021年", {}, {}, {}, {}, cover=COVER)


def table(title: str, rows: int, columns: int = 2, text: str = "甲") -> str:
    """A table of the page with its notes, folded as in an appendix."""
    row, heads = f"<tr>{f'<td>{text}</td>' * columns}</tr>", "<th>列</th>" * columns
    return (
        f'<details><summary>{title}</summary><div class="table"><table><caption>{title}</caption><thead><tr>{heads}</tr>'
        f'</thead><tbody>{row * rows}</tbody></table></div><div class="notes">{title}的注</div></details>'
    )


def pages_of(html: str) -> list[str]:
    if "pdf" not in editions_here():
        pytest.skip("no Pango on this machine")
    pdf = PdfReader(io.BytesIO(as_pdf(content_in(html), BOOK)))
    return [re.sub(r"\s", "", page.extract_text()) for page in pdf.pages]


def test_what_is_of_the_screen_goes_and_what_was_folded_is_open():
    marked = '<p>25<a class="check" href="#claim-1">✓<span class="why">相符</span></a><a href="data:,">下载</a></p>'
    soup = for_paper(OPENING + marked + table("表1", 2) + '<p hidden="until-found">折叠的话</p>')
    text = soup.get_text()
    assert not re.search("相符|图中数据|教务处", text)
    assert "折叠的话" in text
    assert "表1的注" in text
    assert not soup.select("details, summary, [hidden], div.table, a[href^='data']")
    assert soup.select_one("a.check")["href"] == "#claim-1"


def test_a_wide_table_lies_on_its_side_with_its_heading_and_a_narrow_one_stands():
    wide = table("宽表", 3, 10, "机械制造与自动化专业")
    soup = for_paper(f"<h2>附录A</h2><p>共3行。</p>{wide}<h2>附录B</h2><p>甲</p>{table('窄表', 3)}{table('长表', 30)}")
    blocks = [
        (block["class"], [tag.name for tag in block.find_all(True, recursive=False)]) for block in soup("section")
    ]
    assert blocks == [
        (["block", "landscape", "few"], ["h2", "p", "table", "div"]),
        (["block", "few"], ["table", "div"]),
        (["block"], ["table", "div"]),
    ]
    assert "landscape" in for_paper(table("宽表", 5, 10, "国际贸易类"))("section")[0]["class"]
    assert "landscape" not in for_paper(table("一行的宽表", 1, 10, "国际贸易类"))("section")[0]["class"]
    widths = [[float(re.search(r"[\d.]+", col["style"])[0]) for col in block("col")] for block in soup("section")]
    assert [round(sum(shares)) for shares in widths] == [100, 100, 100]


def test_columns_get_their_room_by_what_they_hold():
    cells = "<tr><td>1</td><td>一句较长的话，写在这里</td><td>" + "很长的理由，" * 30 + "</td></tr>"
    (narrow, middle, long) = for_paper(f"<table><tr><th>行</th><th>话</th><th>理由</th></tr>{cells}</table>")("col")
    shares = [float(re.search(r"[\d.]+", col["style"])[0]) for col in (narrow, middle, long)]
    assert shares[0] == pytest.approx(100 * 5 / 124, abs=0.1)
    assert shares[1] == pytest.approx(100 * 25 / 124, abs=0.1)  # eleven characters and the gap: all that it needs
    assert shares[2] == max(shares)


def test_the_first_page_is_cover_and_message_the_second_the_contents():
    cover, contents, body, *_ = pages_of(
        f"{OPENING}<h2>一、名额</h2><p>正文。</p><h2>附录A　核对</h2>{table('表1', 3)}"
    )
    for words in (
        "某年度报告",
        "批准1,662人",
        "图1名额用了六成",
        "3处不一致",
        "编制单位：教务处",
        "编制日期：2022年1月10日",
    ):
        assert words in cover
    assert re.search("审核：.*签字：", cover)
    assert "1/3" not in cover
    assert re.fullmatch(r"目录一、名额\.+3附录A核对\.+3某年度报告某校2/3", contents)
    assert body.startswith("一、名额正文。某校2022年1月10日附录A核对表1")


def test_a_table_of_few_rows_stays_on_one_page_and_of_a_long_one_no_row_stands_alone():
    before = "<p>" + "话。" * 700 + "</p>"
    pages = pages_of(f"{OPENING}<h2>一、名额</h2>{before}{table('短表', 12)}")
    (holding,) = [page for page in pages if "短表" in page]
    assert holding.count("甲") == 24
    assert "短表的注" in holding
    # By default those of which no row would stand on the next page, one, and two.
    for rows in range(26, 60, 3) if full() else (32, 35, 38):
        parts = [page.count("甲") // 2 for page in pages_of(f"{OPENING}<h2>一、名额</h2>{table('长表', rows)}")[2:]]
        assert sum(parts) == rows
        assert all(part >= 3 for part in parts), parts


def test_the_pdf_is_bold_where_the_page_is_and_names_its_author():
    if "pdf" not in editions_here():
        pytest.skip("no Pango on this machine")
    made = as_pdf(content_in(f"{OPENING}<h2>一、直角</h2><p>正文。</p>"), BOOK)
    pdf = PdfReader(io.BytesIO(made))
    fonts = {str(font.get_object()["/BaseFont"]) for page in pdf.pages for font in page["/Resources"]["/Font"].values()}
    assert {font.partition("+")[2] for font in fonts} == {"Report-Sans", "Report-Sans-Bold"}
    assert (pdf.metadata.author, pdf.metadata.title) == ("某校", "某校某年度报告")
    assert as_pdf(content_in(f"{OPENING}<h2>一、直角</h2><p>正文。</p>"), BOOK) == made
