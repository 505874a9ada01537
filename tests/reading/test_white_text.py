"""Text as white as paper: hidden beside other text of its cell, and the cell's own where it is all of it."""

import docx
import pytest
import xlwt
from docx.shared import RGBColor
from odf import style as odf_style
from odf import table as odf_table
from odf import text as odf_text
from odf.opendocument import OpenDocumentSpreadsheet
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from pilotlib.reading import read_table
from tests import writers

HEADER = ["证书名称", "等级", "批准总培训人数"]
SEEN, HIDDEN = "120", "0"  # read together they are ten times as many
ROWS = [["界面设计", "初级"], ["财务共享服务", "中级"]]


def in_xlsx() -> bytes:
    workbook, white = Workbook(), "FFFFFFFF"
    sheet = workbook.active
    sheet.append(HEADER)
    for cell in sheet[1]:
        cell.font = Font(color=white)
    sheet.append([*ROWS[0], CellRichText(SEEN, TextBlock(InlineFont(color=white), HIDDEN))])
    sheet.append([*ROWS[1], "30"])
    return writers._bytes_of(workbook.save)


def in_xls() -> bytes:
    workbook = xlwt.Workbook(encoding="gbk")
    sheet, white = workbook.add_sheet("申报"), xlwt.easyfont("color white")
    for place, title in enumerate(HEADER):
        sheet.write(0, place, title, xlwt.easyxf("font: color white"))
    for row, cells in enumerate(ROWS, start=1):
        for place, cell in enumerate(cells):
            sheet.write(row, place, cell)
    sheet.write_rich_text(1, 2, (SEEN, (HIDDEN, white)))
    sheet.write(2, 2, "30")
    return writers._bytes_of(workbook.save)


def in_ods() -> bytes:
    document = OpenDocumentSpreadsheet()
    white = odf_style.Style(name="white", family="text")
    white.addElement(odf_style.TextProperties(color="#FFFFFF"))
    document.automaticstyles.addElement(white)
    sheet = odf_table.Table(name="申报")
    for row in (HEADER, [*ROWS[0], SEEN], [*ROWS[1], "30"]):
        line = odf_table.TableRow()
        for text in row:
            part = odf_text.P() if row is HEADER else odf_text.P(text=text)
            if row is HEADER or text == SEEN:
                part.addElement(odf_text.Span(stylename=white, text=text if row is HEADER else HIDDEN))
            cell = odf_table.TableCell(valuetype="string")
            cell.addElement(part)
            line.addElement(cell)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    return writers._bytes_of(document.save)


def in_docx() -> bytes:
    document = docx.Document()
    table = document.add_table(3, 3)
    for place, row in enumerate([HEADER, [*ROWS[0], SEEN], [*ROWS[1], "30"]]):
        for cell, text in zip(table.rows[place].cells, row, strict=True):
            words = cell.paragraphs[0].add_run(text)
            if row is HEADER:
                words.font.color.rgb = RGBColor(255, 255, 255)
            elif text == SEEN:
                cell.paragraphs[0].add_run(HIDDEN).font.color.rgb = RGBColor(255, 255, 255)
    return writers._bytes_of(document.save)


def in_html() -> bytes:
    hidden = f'{SEEN}<b style="color: #FFF">{HIDDEN}</b>'
    titles = "".join(f"<th>{title}</th>" for title in HEADER)
    rows = "".join(f"<tr><td>{'<td>'.join(row)}<td>{last}" for row, last in zip(ROWS, (hidden, "30"), strict=True))
    looks = "th { background: navy; color: white } td, th { border: 1px solid }"
    return f"<!doctype html><meta charset=utf-8><style>{looks}</style><table><tr>{titles}</tr>{rows}</table>".encode()


def in_pdf() -> bytes:
    return writers.as_pdf(in_html().decode())


@pytest.mark.parametrize("write", [in_xlsx, in_xls, in_ods, in_docx, in_html, in_pdf])
def test_white_text_counts_only_where_nothing_stands_beside_it(write, tmp_path):
    path = tmp_path / f"申报.{write.__name__.removeprefix('in_')}"
    path.write_bytes(write())
    cells, origin = read_table(path)
    assert cells.to_numpy().tolist() == [HEADER, [*ROWS[0], SEEN], [*ROWS[1], "30"]]
    changed = origin.steps.dropna(subset="position")[["before", "after", "rule"]].to_numpy().tolist()
    assert changed == [[SEEN + HIDDEN, SEEN, "text_unshown"]]
