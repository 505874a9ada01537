"""Every format × everything odd that files of that format bring: the table of docs/formats.md, cell by cell."""

import io
import re

import docx
import pytest

from pilotlib import PilotError
from pilotlib.checking import check
from pilotlib.cleaning import clean
from pilotlib.reading import read_table
from pilotlib.reading.files import unpacked
from tests import writers
from tests.conftest import ROOT
from tests.tables import HEADER as TITLES
from tests.tables import cleaned_once

HEADER = list(TITLES)
ROWS = [
    ["1", "2021", "沿用批次", "财务共享服务职业技能等级证书(初级)", "会计", "437", "50", "50", "审核通过"],
    ["2", "2021", "沿用批次", "财务共享服务职业技能等级证书(中级)", "会计", "437", "20", "20", "审核通过"],
    ["3", "2021", "第一次", "网店运营推广职业技能等级证书(中级)", "电子商务；市场营销", "900", "30", "31", "审核通过"],
]
# What the three rows say: round, certificate, level, majors, students, applied, approved.
SAID = [
    ("沿用批次", "财务共享服务", "初级", ["会计"], 437, 50, 50),
    ("沿用批次", "财务共享服务", "中级", ["会计"], 437, 20, 20),
    ("第一次", "网店运营推广", "中级", ["电子商务", "市场营销"], 900, 30, 31),
]
TABLE = [HEADER, *ROWS]
TITLE = ["2021年申报明细表", *[""] * 8]
TOTAL = ["合计", "", "", "", "", "", "100", "101", ""]
TWO_ROWS = [
    ["序号", "年度", "批次", "证书", "", "专业名称", "学生人数", "培训人数", "", "审核状态", "登记号"],
    ["", "", "", "名称", "等级", "", "", "申请", "批准", "", ""],
    ["1", "2021", "沿用批次", "财务共享服务", "初级", "会计", "437", "50", "50", "审核通过", "1"],
    ["2", "2021", "沿用批次", "财务共享服务", "中级", "会计", "437", "20", "20", "审核通过", "2"],
    ["3", "2021", "第一次", "网店运营推广", "中级", "电子商务；市场营销", "900", "30", "31", "审核通过", "3"],
]
TWO_ROWS_MERGED = [(0, 3, 0, 4), (0, 7, 0, 8), *((0, column, 1, column) for column in (0, 1, 2, 5, 6, 9, 10))]
# Year, round, certificate's major and size merged over the first two rows of the table, and places too.
MERGED = [(1, 1, 2, 1), (1, 2, 2, 2), (1, 4, 2, 4), (1, 5, 2, 5)]
NOTHING_BELOW = [
    [cell if (place, column) not in {(2, 1), (2, 2), (2, 4), (2, 5)} else "" for column, cell in enumerate(row)]
    for place, row in enumerate(TABLE)
]
PLACES_MERGED = [(1, 7, 2, 7)]
OTHER = [["姓名", "电话"], ["甲", "1"]]

GRIDS = {
    "tsv": lambda rows, **_: writers.delimited(rows, "\t"),
    "csv": lambda rows, **_: writers.delimited(rows),
    "txt": lambda rows, **_: writers.prose(rows),
    "md": lambda rows, **_: writers.markdown(rows),
    "xlsx": lambda rows, others=(), **odd: writers.xlsx(_sheets(rows, others), **odd),
    "xls": lambda rows, others=(), **odd: writers.xls(_sheets(rows, others), **odd),
    "ods": lambda rows, others=(), **odd: writers.ods(_sheets(rows, others), **odd),
    "html": lambda rows, others=(), **odd: writers.html([rows, *others], **odd),
    "docx": lambda rows, others=(), **odd: writers.docx_file([rows, *others], **odd),
    "pdf": lambda rows, others=(), **odd: writers.pdf([rows, *others], **odd),
    "zip": lambda rows, others=(), **odd: writers.zipped(
        {"申报/明细表.xlsx": writers.xlsx(_sheets(rows, others), **odd), "说明.txt": "请查收。".encode()}, in_gbk=True
    ),
}
SHEETS, LAID_OUT = ("xlsx", "xls", "ods", "zip"), ("xlsx", "xls", "ods", "html", "docx", "pdf", "zip")


def _sheets(rows, others):
    return {"申报明细": rows} | {f"其他{number}": other for number, other in enumerate(others, start=1)}


def read(tmp_path, kind, content, name="applications"):
    path = tmp_path / f"{name}.{kind}"
    path.write_bytes(content)
    return read_table(path)


def said(table):
    cleaned = cleaned_once(*table)
    majors = cleaned.majors.groupby("source_row")["major"].agg(list)
    rows = cleaned.applications
    told = [
        (
            row.application_round,
            row.certificate,
            row.level,
            majors[row.source_row],
            row.students,
            row.places_applied,
            row.places_approved,
        )
        for row in rows.itertuples()
    ]
    return told, cleaned


def reads(kind, tmp_path, rows=TABLE, aside=(), rules=(), **odd):
    """The three applications are read; what was set aside, and what the log says besides the table taken."""
    told, cleaned = said(read(tmp_path, kind, GRIDS[kind](rows, **odd)))
    assert told == SAID
    ruled = {"表格线"} if kind == "md" else set()
    assert set(cleaned.set_aside["reason"]) - ruled == set(aside)
    assert set(cleaned.changes["rule"]) - {"table_taken", "major_completed"} == set(rules)
    return cleaned


def title_above(kind, tmp_path):
    above = ["表头以上"] if kind not in ("txt", "md") else []
    reads(kind, tmp_path, [TITLE, *TABLE], aside=above)


def header_again_and_total(kind, tmp_path):
    reads(kind, tmp_path, [HEADER, ROWS[0], HEADER, *ROWS[1:], TOTAL], aside=["重复的表头", "合计行"])


def header_of_two_rows(kind, tmp_path):
    odd = {"merged": TWO_ROWS_MERGED} if kind in LAID_OUT else {}
    cleaned = reads(kind, tmp_path, TWO_ROWS, aside=["表头的上一行"], **odd)
    assert cleaned.applications["登记号"].tolist() == ["1", "2", "3"]


def merged_cells(kind, tmp_path):
    cleaned = reads(kind, tmp_path, NOTHING_BELOW, merged=MERGED, rules=["merged_cell"])
    filled = cleaned.changes[cleaned.changes["rule"] == "merged_cell"]
    assert filled[["source_row", "column", "before", "after"]].to_numpy().tolist() == [
        [2, "year", "", "2021"],
        [2, "application_round", "", "沿用批次"],
        [2, "majors", "", "会计"],
        [2, "students", "", "437"],
    ]


def one_application(kind, tmp_path):
    goes_on = ["", "", "", "", "市场营销", "463", "", "", ""]
    rows = [HEADER, ROWS[0], goes_on, ROWS[2]]
    table = read(tmp_path, kind, GRIDS[kind](rows, merged=[(1, column, 2, column) for column in (0, 1, 2, 3, 6, 7, 8)]))
    told, cleaned = said(table)
    assert told == [("沿用批次", "财务共享服务", "初级", ["会计", "市场营销"], 900, 50, 50), SAID[2]]
    assert cleaned.set_aside["reason"].tolist() == ["并入上一行"]
    assert {"merged_row"} == set(cleaned.changes["rule"]) - {"table_taken"}


def places_merged(kind, tmp_path):
    rows = [HEADER, ROWS[0], [*ROWS[1][:7], "", ROWS[1][8]], ROWS[2]]
    told, cleaned = said(read(tmp_path, kind, GRIDS[kind](rows, merged=PLACES_MERGED)))
    assert [str(row[-1]) for row in told] == ["50", "<NA>", "31"]
    messages = check(cleaned, 2021)["message"].tolist()
    assert "第2行的批准总培训人数与上方合并为一格，只在上方计一次，不拆分到各行。" in messages
    assert "第2行缺少批准总培训人数，按缺失处理，不计入相应统计。" not in messages


def hidden_rows(kind, tmp_path):
    cleaned = reads(kind, tmp_path, hidden=(2,), rules=["row_hidden"])
    said_so = "第2行在收到的文件中是隐藏的，已照常计入；如不应计入，请向发文方核实。"
    assert said_so in check(cleaned, 2021)["message"].tolist()


def other_table(kind, tmp_path):
    taken = reads(kind, tmp_path, others=[OTHER]).changes.iloc[0]
    assert taken["rule"] == "table_taken"
    assert taken["reason"] == "表头认出 9 列；文件中共有 2 个表，其余没有申报表的表头"
    if kind != "zip":
        assert (
            taken["after"]
            == {
                "xlsx": "工作表“申报明细”",
                "xls": "工作表“申报明细”",
                "ods": "工作表“申报明细”",
                "html": "第 1 个表格",
                "docx": "第 1 个表格",
                "pdf": "第 1 个表格（第 1 页）",
            }[kind]
        )
    else:
        assert taken["after"] == "压缩包中的文件“申报/明细表.xlsx”的工作表“申报明细”"


def two_tables(kind, tmp_path):
    with pytest.raises(PilotError, match=r"有 2 个表同样像申报表：.+、.+。请在 source.toml 中写明") as error:
        read(tmp_path, kind, GRIDS[kind](TABLE, others=[TABLE]))
    named = re.findall("“[^”]+”的?(?:工作表“[^”]+”)?|第 . 个表格", str(error.value))
    assert len(named) == 2
    assert named[0] != named[1]


def numbers_as_numbers(kind, tmp_path):
    reads(kind, tmp_path, numbers=True)


def formula(kind, tmp_path):
    content = writers.with_formula(writers.xlsx({"申报明细": TABLE}), "H2", cached="50")
    told, _ = said(read(tmp_path, kind, content if kind == "xlsx" else writers.zipped({"a.xlsx": content})))
    assert told == SAID


def formula_without_value(kind, tmp_path):
    content = writers.with_formula(writers.xlsx({"申报明细": TABLE}), "H2", cached=None)
    with pytest.raises(
        PilotError, match="工作表“申报明细”：单元格 H2 是公式，文件中没有算出的值。请用表格软件打开，保存后再试。"
    ):
        read(tmp_path, kind, content if kind == "xlsx" else writers.zipped({"a.xlsx": content}))


def encodings(kind, tmp_path):
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        content = GRIDS[kind](TABLE).decode("utf-8").encode(encoding)
        assert said(read(tmp_path, kind, content, name=encoding))[0] == SAID


def separators(kind, tmp_path):
    for separator in (",", ";", "\t", "|"):
        content = writers.prose(TABLE, separator) if kind == "txt" else writers.delimited(TABLE, separator)
        assert said(read(tmp_path, kind, content))[0] == SAID


def ending_of_another_kind(kind, tmp_path):
    assert said(read(tmp_path, {"xls": "xlsx", "xlsx": "xls"}.get(kind, "xls"), GRIDS[kind](TABLE)))[0] == SAID


def damaged(kind, tmp_path):
    content = GRIDS[kind](TABLE)
    with pytest.raises(PilotError, match=rf"applications\.{kind}：.+。"):
        read(tmp_path, kind, content[: len(content) // 3])


def empty(kind, tmp_path):
    with pytest.raises(PilotError, match=rf"applications\.{kind}：文件是空的"):
        read(tmp_path, kind, b"")


def without_header(kind, tmp_path):
    with pytest.raises(PilotError, match=rf"applications\.{kind}：没有找到表头"):
        read(tmp_path, kind, GRIDS[kind]([[f"甲{number}" for number in range(9)]] * 3))


READ, SAID_SO, REFUSED, NOT_THERE = "✓", "✓ !", "✗", "—"
TEXTS = ("tsv", "csv", "txt", "md")
# What is odd → what happens in each format that can hold it, and the test that says so.
ODDITIES = {
    "title rows above the header": (title_above, dict.fromkeys(GRIDS, SAID_SO) | dict.fromkeys(("txt", "md"), READ)),
    "header repeated, 合计 row": (header_again_and_total, dict.fromkeys(GRIDS, SAID_SO)),
    "header of two rows": (header_of_two_rows, dict.fromkeys(GRIDS, SAID_SO) | {"md": NOT_THERE}),
    "merged cells": (merged_cells, dict.fromkeys(LAID_OUT, SAID_SO)),
    "one application over rows": (one_application, dict.fromkeys(LAID_OUT, SAID_SO)),
    "places in a merged cell": (places_merged, dict.fromkeys(LAID_OUT, SAID_SO)),
    "hidden rows": (hidden_rows, dict.fromkeys(("xlsx", "xls", "ods", "html", "docx", "zip"), SAID_SO)),
    "other sheets or tables": (other_table, dict.fromkeys(LAID_OUT, SAID_SO)),
    "two sheets or tables that fit": (two_tables, dict.fromkeys(LAID_OUT, REFUSED)),
    "numbers stored as numbers": (numbers_as_numbers, dict.fromkeys(SHEETS, READ)),
    "formulas with their values": (formula, dict.fromkeys(("xlsx", "zip"), READ)),
    "formulas without a value": (formula_without_value, dict.fromkeys(("xlsx", "zip"), REFUSED)),
    "UTF-8 with and without mark, GB18030, UTF-16": (encodings, dict.fromkeys((*TEXTS, "html"), READ)),
    "separated by , ; tab or |": (separators, dict.fromkeys(("tsv", "csv", "txt"), READ)),
    "named as another kind": (
        ending_of_another_kind,
        dict.fromkeys(("xlsx", "xls", "ods", "html", "docx", "pdf"), READ),
    ),
    "cut off in the middle": (damaged, dict.fromkeys(("xlsx", "xls", "ods", "docx", "pdf", "zip"), REFUSED)),
    "empty": (empty, dict.fromkeys(GRIDS, REFUSED)),
    "no application table in it": (without_header, dict.fromkeys(GRIDS, REFUSED)),
}
CELLS = [
    pytest.param(test, kind, id=f"{oddity}-{kind}")
    for oddity, (test, kinds) in ODDITIES.items()
    for kind, outcome in kinds.items()
    if outcome != NOT_THERE
]


@pytest.mark.parametrize(("test", "kind"), CELLS)
def test_a_cell_of_the_table_of_formats(test, kind, tmp_path):
    test(kind, tmp_path)


def test_the_documented_table_is_the_tested_one():
    lines = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in (ROOT / "docs" / "formats.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    kinds = list(GRIDS)
    assert lines[0][1:] == kinds
    documented = {row[0].replace("¦", "|"): dict(zip(kinds, row[1:], strict=True)) for row in lines[2:]}
    assert documented == {
        oddity: dict.fromkeys(kinds, NOT_THERE) | outcomes for oddity, (_, outcomes) in ODDITIES.items()
    }


def test_a_folder_is_read_like_an_archive(tmp_path):
    folder = tmp_path / "applications"
    folder.mkdir()
    (folder / "明细.csv").write_bytes(writers.delimited(TABLE, encoding="gb18030"))
    (folder / "~$明细.csv").write_bytes(b"x")
    (folder / "说明.txt").write_text("请查收。", encoding="utf-8")
    table = read_table(folder)
    assert said(table)[0] == SAID
    assert table.origin.said("table_taken") == "文件夹中的文件“明细.csv”"
    (folder / "副本.csv").write_bytes(writers.delimited(TABLE))
    with pytest.raises(PilotError, match=r"同样像申报表：文件夹中的文件“副本.csv”、文件夹中的文件“明细.csv”"):
        read_table(folder)


def docx_of(change):
    """A Word document with the table, changed by a function of its XML."""
    document = docx.Document(io.BytesIO(GRIDS["docx"](TABLE)))
    change(document.tables[0]._tbl)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def within(element, *tags):
    """Put an element inside others, the outermost first."""
    inside = None
    for tag in tags:
        wrapper = docx.oxml.OxmlElement(tag)
        if inside is None:
            element.addprevious(wrapper)
        else:
            inside.append(wrapper)
        inside = wrapper
    inside.append(element)


def marked(properties, tag):
    properties.append(docx.oxml.OxmlElement(tag))


@pytest.mark.parametrize(
    "change",
    [
        lambda table: within(table.tr_lst[2], "w:sdt", "w:sdtContent"),
        lambda table: within(table.tr_lst[2].tc_lst[4], "w:sdt", "w:sdtContent"),
        lambda table: within(table.tr_lst[2].tc_lst[4].p_lst[0].r_lst[0], "w:ins"),
        lambda table: within(table, "w:sdt", "w:sdtContent"),
    ],
    ids=["a row in a content control", "a cell in one", "an insertion", "the table in one"],
)
def test_a_word_table_is_whole_whatever_is_wrapped_around_its_parts(tmp_path, change):
    assert said(read(tmp_path, "docx", docx_of(change)))[0] == SAID


def test_a_deleted_row_of_a_word_table_is_none_and_a_hidden_one_is_said(tmp_path):
    def deleted(table):
        marked(table.tr_lst[3].get_or_add_trPr(), "w:del")
        marked(table.tr_lst[2].get_or_add_trPr(), "w:hidden")

    told, cleaned = said(read(tmp_path, "docx", docx_of(deleted)))
    assert told == SAID[:2]
    hidden = cleaned.changes[cleaned.changes["rule"] == "row_hidden"]
    assert hidden["source_row"].tolist() == [2]


def test_white_space_in_the_source_of_a_page_is_no_line_and_a_mark_for_a_line_is_one(tmp_path):
    page = GRIDS["html"](TABLE).decode().replace("电子商务；市场营销", "电子\n   商务<br>市场营销<p>会计</p>")
    cells = read(tmp_path, "html", page.encode()).cells
    assert cells.iloc[3, 4] == "电子 商务\n市场营销\n会计"


def test_the_errors_of_a_sheet_are_kept_as_it_shows_them(tmp_path):
    content = writers.with_formula(GRIDS["xlsx"](TABLE), "H2", cached="50")
    members = unpacked("a.xlsx", content)
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    cell = re.search('<c r="H2"[^>]*>.*?</c>', sheet)[0]
    wrong = sheet.replace(cell, '<c r="H2" t="e"><f>1/0</f><v>#REF!</v></c>')
    rows = '<row r="9"><c r="L9" t="e"><v>#N/A</v></c></row><row r="10"><c r="A10" t="e"><v>#SPILL!</v></c></row>'
    beyond = wrong.replace("</sheetData>", f"{rows}</sheetData>")
    cells = read(tmp_path, "xlsx", writers.zipped(members | {"xl/worksheets/sheet1.xml": beyond.encode()})).cells
    assert (cells.iloc[1, 7], cells.iloc[8, 11], cells.iloc[1, 6]) == ("#REF!", "#N/A", "50")
    assert cells.iloc[9, 0] == "#SPILL!"  # newer programs than calamine write it
    cleaned = clean(cells)
    assert "#REF!" in " ".join(check(cleaned, 2021)["message"])


def test_a_file_that_cannot_be_read_does_not_keep_its_neighbour_from_being_read(tmp_path):
    files = {"a.xlsx": GRIDS["xlsx"](TABLE), "扫描件.pdf": b"%PDF-1.4 broken"}
    told, cleaned = said(read(tmp_path, "zip", writers.zipped(files)))
    assert told == SAID
    assert cleaned.changes.iloc[0]["reason"].endswith("；没有读取：扫描件.pdf")
    with pytest.raises(PilotError, match="能读取的文件中没有申报表") as error:
        read(tmp_path, "zip", writers.zipped({"扫描件.pdf": b"%PDF-1.4 broken"}))
    assert "扫描件.pdf：文件损坏" in str(error.value)


def test_rows_under_a_header_with_a_fault_are_not_lost_to_a_better_one_further_down(tmp_path):
    nearly = [*HEADER[:8], "申报状太"]
    content = GRIDS["csv"]([nearly, ROWS[0], HEADER, *ROWS[1:]])
    with pytest.raises(PilotError, match=r"第 1 行与第 3 行都像表头.+“申报状太”接近“申报状态”"):
        said(read(tmp_path, "csv", content))


@pytest.mark.parametrize("write", [writers.xlsx, writers.xls, writers.ods])
def test_the_round_of_a_sheet_is_its_name_where_no_column_says_it(tmp_path, write):
    header, line = ["序号", "证书名称", "等级", "申请人数", "批准人数"], ["1", "网店运营推广", "中级", "50", "40"]
    path = tmp_path / f"applications.{write.__name__}"
    path.write_bytes(write({"第一批": [header, line], "第二批": [header, line, ["合计", "", "", "50", "40"]]}))
    cells = read_table(path).cells
    assert cells.to_numpy().tolist() == [
        [*header, "申报批次"],
        [*line, "第一批"],
        [*header, "申报批次"],
        [*line, "第二批"],
        ["合计", "", "", "50", "40", ""],
    ]
    cleaned = clean(cells, origin=read_table(path).origin)
    assert cleaned.applications["application_round"].tolist() == ["第一次", "第二次"]
    named = cleaned.changes[cleaned.changes["rule"] == "round_of_sheet"]
    assert named[["source_row", "before", "after"]].to_numpy().tolist() == [[1, "", "第一批"], [3, "", "第二批"]]


def test_two_sheets_alike_that_are_named_for_one_round_are_not_put_together(tmp_path):
    rows = [["序号", "证书名称", "等级", "申请人数", "批准人数"], ["1", "网店运营推广", "中级", "50", "40"]]
    path = tmp_path / "applications.xlsx"
    path.write_bytes(writers.xlsx({"第一批": rows, "第1批": rows}))
    with pytest.raises(PilotError, match="有 2 个表同样像申报表"):
        read_table(path)


@pytest.mark.parametrize("name", ["applications.xlsb", "applications.xlsx"])
def test_a_binary_workbook_is_named_as_one_whatever_its_name_and_says_what_to_do(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(writers.zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x83\x01\x00"}))
    with pytest.raises(PilotError, match=f"{name}：是二进制的 xlsb，.*请另存为 xlsx 后再试"):
        read_table(path)
