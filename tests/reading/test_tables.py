import pandas as pd
import pytest
import xlwt

from pilotlib import PilotError
from pilotlib.reading import read_table
from tests import writers
from tests.conftest import ROOT
from tests.tables import HEADER, ROW

TSV = ROOT / "data" / "raw" / "2021" / "applications.tsv"
LINES = TSV.read_text(encoding="utf-8").splitlines()
GRID = [line.split("\t") for line in LINES]


def test_every_cell_of_the_2021_table_is_read_as_it_stands():
    cells = read_table(TSV).cells
    assert cells.to_numpy().tolist() == GRID
    assert cells.index.tolist() == list(range(1, 27))
    assert all(dtype == "str" for dtype in cells.dtypes)


def test_the_given_document_holds_the_same_table(given_document):
    cells = read_table(given_document).cells
    assert cells.to_numpy().tolist() == GRID
    text = given_document.read_text(encoding="utf-8").splitlines()
    assert [text[place - 1].split("\t")[0] for place in cells.index] == [line[0] for line in GRID]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", ["\t", ",", ";", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_text_tables_in_every_encoding_and_separator(tmp_path, encoding, delimiter, line_end):
    path = tmp_path / "applications.csv"
    path.write_bytes(line_end.join(delimiter.join(row) for row in GRID).encode(encoding))
    assert read_table(path).cells.to_numpy().tolist() == GRID


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_workbooks(tmp_path, suffix):
    path = tmp_path / f"applications{suffix}"
    cells = [[int(cell) if cell.isdecimal() else cell for cell in line] for line in GRID]
    pd.DataFrame(cells, dtype=object).to_excel(
        path, index=False, header=False, engine={".xlsx": "openpyxl", ".ods": "odf"}[suffix]
    )
    assert read_table(path).cells.to_numpy().tolist() == GRID


def test_old_workbooks(tmp_path):
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("明细表")
    for place, line in enumerate(GRID):
        for column, cell in enumerate(line):
            sheet.write(place, column, int(cell) if cell.isdecimal() else cell)
    workbook.save(str(tmp_path / "applications.xls"))
    assert read_table(tmp_path / "applications.xls").cells.to_numpy().tolist() == GRID


def test_places_are_rows_of_the_sheet_and_titles_above_the_header_are_kept(tmp_path):
    path = tmp_path / "applications.xlsx"
    pd.DataFrame([["申报明细表", *[None] * 8], [None] * 9, HEADER, ROW]).to_excel(path, index=False, header=False)
    cells = read_table(path).cells
    assert cells.index.tolist() == [1, 2, 3, 4]
    assert cells.loc[4].tolist() == list(ROW)


def test_prose_around_the_table_of_a_document_is_no_row(tmp_path):
    path = tmp_path / "applications.md"
    path.write_text(
        "序号和批次\n\n" + "\t".join(HEADER) + "\n" + "\t".join(ROW) + "\n\n以上共一行。\n", encoding="utf-8"
    )
    assert read_table(path).cells.to_numpy().tolist() == [list(HEADER), list(ROW)]


def test_quoted_cells_may_hold_separators_and_line_breaks(tmp_path):
    path = tmp_path / "applications.csv"
    cell = '"电子商务,\n""市场""营销"'
    path.write_text(
        ",".join(HEADER) + "\n" + ",".join([*ROW[:4], cell, *ROW[5:]]) + "\n" + ",".join(ROW), encoding="utf-8"
    )
    cells = read_table(path).cells
    assert cells.loc[2, 4] == '电子商务,\n"市场"营销'
    assert cells.index.tolist() == [1, 2, 4]


def test_quotation_marks_that_do_not_pair_are_text_and_swallow_no_row(tmp_path):
    path = tmp_path / "applications.tsv"
    path.write_text(
        "\n".join(["\t".join(HEADER), "\t".join([*ROW[:4], '"会计', *ROW[5:]]), "\t".join(ROW)]), encoding="utf-8"
    )
    cells = read_table(path).cells
    assert len(cells) == 3
    assert cells.loc[2, 4] == '"会计'


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("applications.tsv", b"", "文件是空的"),
        ("applications.tsv", b" \n\n", "文件是空的"),
        ("applications.tsv", b"\x89PNG\x00\x01\x02", "二进制"),
        ("applications.tsv", b"\xff\xff\xff\xfe\x80", "不是文本文件"),
        ("applications.csv", "一段没有表格的文字".encode(), "没有找到表头"),
        ("applications.xlsx", b"not a workbook", "没有找到表头"),
        ("applications.xlsx", b"not a workbook\0", "文件损坏，或扩展名与内容不符"),
        ("applications.pages", b"x", "不认识这种文件"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path, name, content, sentence):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PilotError, match=sentence) as error:
        read_table(path)
    assert name in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PilotError, match=r"applications\.tsv：没有这个文件"):
        read_table(tmp_path / "applications.tsv")


def test_two_sheets_that_fit_are_both_named(tmp_path):
    path = tmp_path / "applications.xlsx"
    with pd.ExcelWriter(path) as workbook:
        for name in ("一稿", "二稿", "说明"):
            rows = [["说明"]] if name == "说明" else [HEADER, ROW]
            pd.DataFrame(rows).to_excel(workbook, sheet_name=name, index=False, header=False)
    with pytest.raises(PilotError, match="有 2 个表同样像申报表：工作表“一稿”、工作表“二稿”"):
        read_table(path)


def test_a_draft_beside_the_table_is_no_part_of_it(tmp_path):
    path = tmp_path / "applications.xlsx"
    other = [*ROW[:6], "60", "60", *ROW[8:]]
    path.write_bytes(writers.xlsx({"申报": [HEADER, ROW], "草稿": [HEADER, other]}))
    with pytest.raises(PilotError, match="有 2 个表同样像申报表：工作表“申报”、工作表“草稿”"):
        read_table(path)


def test_parts_of_a_table_may_each_have_a_total(tmp_path):
    path, total = tmp_path / "applications.xlsx", ["合计", *[""] * 5, "50", "50", ""]
    carried_on = [*ROW[:2], "沿用批次", *ROW[3:]]
    path.write_bytes(writers.xlsx({"沿用": [HEADER, carried_on, total], "第一次": [HEADER, ROW, total]}))
    cells, origin = read_table(path)
    assert len(cells) == 6
    assert origin.said("table_joined") == "工作表“沿用”、工作表“第一次”"


def test_a_folder_in_an_archive_may_be_called_like_a_part_of_a_document(tmp_path):
    path = tmp_path / "applications.zip"
    path.write_bytes(writers.zipped({"Word/申报表.csv": writers.delimited([HEADER, ROW]), "xl/说明.txt": b"1"}))
    assert read_table(path).cells.loc[2].tolist() == list(ROW)
