import zipfile

import docx
import pytest

from pilotlib import PilotError
from pilotlib.reading.documents import Passage, passages_of, read_document

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
}


def test_paragraphs_are_read_with_the_lines_they_begin_on(tmp_path):
    path = tmp_path / "report.md"
    path.write_text("# 总结\n\n培训1028人。\n考核908人。\n\n- 第一项\n- 第二项\n", encoding="utf-8")
    assert read_document(path) == [
        Passage(1, "# 总结"),
        Passage(3, "培训1028人。"),
        Passage(4, "考核908人。"),
        Passage(6, "- 第一项"),
        Passage(7, "- 第二项"),
    ]


def test_lines_that_a_program_wrapped_are_joined():
    assert passages_of("完成学生培训\n1028人。") == [Passage(1, "完成学生培训\n1028人。")]


@pytest.mark.parametrize("table", ["序号\t专业\t人数\n1\t会计\t437", "| 专业 | 人数 |\n| --- | --- |\n| 会计 | 437 |"])
def test_a_table_is_a_passage_of_its_own(table):
    before, of_table, after = passages_of(f"前文。\n{table}\n后文。")
    assert (before, after) == (Passage(1, "前文。"), Passage(table.count("\n") + 3, "后文。"))
    assert (of_table.line, of_table.text) == (2, "")
    assert [of_table.between.join(row) for row in of_table.rows] == table.split("\n")


def test_gb18030_and_utf16_are_read(tmp_path):
    for encoding in ("gb18030", "utf-16", "utf-8-sig"):
        path = tmp_path / f"{encoding}.txt"
        path.write_text("培训1028人。", encoding=encoding)
        assert read_document(path) == [Passage(1, "培训1028人。")]


@pytest.fixture
def written(tmp_path):
    """A docx with a heading, a paragraph, a table, an insertion and a deletion."""
    document = docx.Document()
    document.add_heading("一、概况")
    paragraph = document.add_paragraph("完成学生培训")
    paragraph.add_run("10").bold = True
    paragraph.add_run("28人。")
    document.add_table(1, 2).cell(0, 0).text = "437人"
    changed = document.add_paragraph("考核")
    for tag, inner, text in (("ins", "t", "908"), ("del", "delText", "980")):
        change = docx.oxml.OxmlElement(f"w:{tag}")
        run = docx.oxml.OxmlElement("w:r")
        part = docx.oxml.OxmlElement(f"w:{inner}")
        part.text = text
        run.append(part)
        change.append(run)
        changed._p.append(change)
    path = tmp_path / "report.docx"
    document.save(path)
    return path


def test_a_docx_is_read_paragraph_by_paragraph_without_tables_and_deletions(written):
    assert read_document(written) == [Passage(1, "一、概况"), Passage(2, "完成学生培训1028人。"), Passage(3, "考核908")]


MOVED_AND_BOXED = """
<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="8"/></w:tabs></w:pPr><w:r><w:t>一、</w:t></w:r><w:moveFrom w:id="1"
w:author="a"><w:r><w:t>培训50人。</w:t></w:r></w:moveFrom><w:r><w:t>概况</w:t><mc:AlternateContent>
<mc:Choice Requires="wps"><w:drawing><w:txbxContent>{box}</w:txbxContent></w:drawing></mc:Choice>
<mc:Fallback><w:pict><w:txbxContent>{box}</w:txbxContent></w:pict></mc:Fallback>
</mc:AlternateContent></w:r></w:p>
<w:p><w:moveTo w:id="2" w:author="a"><w:r><w:t>培训50人。</w:t></w:r></w:moveTo></w:p>
"""
BOX = "<w:p><w:r><w:t>考核30人。</w:t></w:r></w:p><w:tbl>{rows}</w:tbl><w:p/>"
ROW = "<w:tr><w:tc><w:p><w:r><w:t>合计{count}人</w:t></w:r></w:p></w:tc></w:tr>"


def test_what_was_moved_or_stands_in_a_box_is_read_once(tmp_path):
    document = docx.Document()
    body = MOVED_AND_BOXED.format(box=BOX.format(rows=ROW.format(count=1) + ROW.format(count=2)))
    spaces = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    for paragraph in docx.oxml.parse_xml(f"<w:body{spaces}>{body}</w:body>"):
        document.element.body.insert_element_before(paragraph, "w:sectPr")
    path = tmp_path / "moved.docx"
    document.save(path)
    *prose, table = read_document(path)
    assert [passage.text for passage in prose] == ["一、概况", "考核30人。", "培训50人。"]
    assert (table.text, table.rows) == ("", (("合计1人",), ("合计2人",)))


def test_bad_documents_are_each_a_sentence(tmp_path):
    renamed = tmp_path / "renamed.docx"
    with zipfile.ZipFile(renamed, "w") as archive:
        archive.writestr("readme.txt", "no Word document")
    text, empty, blank, table, other = (tmp_path / name for name in ("t.docx", "e.txt", "b.md", "t.md", "r.pdf"))
    text.write_text("只是文本", encoding="utf-8")
    empty.write_text("", encoding="utf-8")
    blank.write_text("\n \n", encoding="utf-8")
    table.write_text("| a | b |\n| - | - |\n", encoding="utf-8")
    other.write_bytes(b"%PDF")
    for path, sentence in (
        (renamed, "不是 Word 文档"),
        (text, "不是 Word 文档"),
        (empty, "文件是空的"),
        (blank, "文件是空的"),
        (table, "没有正文可以核对"),
        (other, "不能核对这种文件"),
        (tmp_path / "none.docx", "没有这个文件"),
        (tmp_path / "none.md", "没有这个文件"),
    ):
        with pytest.raises(PilotError, match=sentence) as raised:
            read_document(path)
        assert path.name in str(raised.value)


def test_an_empty_docx_has_nothing_to_check(tmp_path):
    path = tmp_path / "empty.docx"
    docx.Document().save(path)
    with pytest.raises(PilotError, match="没有正文可以核对"):
        read_document(path)


def test_without_python_docx_the_message_names_the_command(written, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    with pytest.raises(PilotError, match=r'pip install "pilotlib\[office\]"'):
        read_document(written)
