"""The same table written in every format that can be read, with what files of that format do to tables."""

import io
import zipfile
from base64 import b64encode
from html import escape

import docx
import xlwt
from odf import table as odf_table
from odf import text as odf_text
from odf.opendocument import OpenDocumentSpreadsheet
from openpyxl import Workbook

Rows = list[list[str]]
# (first row, first column, last row, last column), from 0, ends included.
Merged = list[tuple[int, int, int, int]]


def delimited(rows: Rows, separator: str = ",", encoding: str = "utf-8") -> bytes:
    return "".join(separator.join(_quoted(cell, separator) for cell in row) + "\n" for row in rows).encode(encoding)


def prose(rows: Rows, separator: str = "\t") -> bytes:
    table = "".join(separator.join(row) + "\n" for row in rows)
    return f"关于申报情况的说明\n\n下面是明细，共一张表。\n\n{table}\n以上情况属实。\n".encode()


def markdown(rows: Rows) -> bytes:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    ruled = "|" + "---|" * len(rows[0])
    return "\n".join(["# 说明", "", lines[0], ruled, *lines[1:], "", "以上。", ""]).encode()


def xlsx(sheets: dict[str, Rows], merged: Merged = (), hidden: tuple[int, ...] = (), numbers: bool = False) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append([_number(cell) if numbers else cell or None for cell in row])
    first = workbook.worksheets[0]
    for top, left, bottom, right in merged:
        first.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    for row in hidden:
        first.row_dimensions[row + 1].hidden = True
    return _bytes_of(workbook.save)


def with_formula(content: bytes, cell: str, cached: str | None) -> bytes:
    """An xlsx whose cell is a formula, with the value that was last shown, or none."""
    value = f"<v>{cached}</v>" if cached is not None else ""

    def put_in(name: str, data: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return data
        before, _, rest = data.decode().partition(f'<c r="{cell}"')
        _, _, after = rest.partition("</c>")
        return f'{before}<c r="{cell}"><f>1+1</f>{value}</c>{after}'.encode()

    return repacked(content, put_in)


def repacked(content: bytes, change) -> bytes:
    """An archive with each member changed by `change(name, data)`."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, change(name, source.read(name)))
    return target.getvalue()


def xls(sheets: dict[str, Rows], merged: Merged = (), hidden: tuple[int, ...] = (), numbers: bool = False) -> bytes:
    workbook = xlwt.Workbook(encoding="gbk")
    for number, (name, rows) in enumerate(sheets.items()):
        sheet = workbook.add_sheet(name)
        ranges = merged if number == 0 else ()
        covered = {
            (row, column)
            for top, left, bottom, right in ranges
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        }
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell and (place, column) not in covered:
                    sheet.write(place, column, _number(cell) if numbers else cell)
        for top, left, bottom, right in ranges:
            sheet.write_merge(top, bottom, left, right, rows[top][left])
        for row in hidden if number == 0 else ():
            sheet.row(row).hidden = True
    return _bytes_of(workbook.save)


def ods(sheets: dict[str, Rows], merged: Merged = (), hidden: tuple[int, ...] = (), numbers: bool = False) -> bytes:
    document = OpenDocumentSpreadsheet()
    for number, (name, rows) in enumerate(sheets.items()):
        sheet = odf_table.Table(name=name)
        spans = {
            (top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merged if number == 0
        }
        for place, row in enumerate(rows):
            about = {"visibility": "collapse"} if number == 0 and place in hidden else {}
            line = odf_table.TableRow(**about)
            for column, cell in enumerate(row):
                high, wide = spans.get((place, column), (1, 1))
                about = {"numberrowsspanned": high, "numbercolumnsspanned": wide} if (high, wide) != (1, 1) else {}
                if numbers and cell.isdecimal():
                    about |= {"valuetype": "float", "value": cell}
                elif cell:
                    about |= {"valuetype": "string"}
                entry = odf_table.TableCell(**about)
                for part in cell.split("\n") if cell else ():
                    entry.addElement(odf_text.P(text=part))
                line.addElement(entry)
            sheet.addElement(line)
        # A sheet ends in a million empty rows that are written as one.
        last = odf_table.TableRow(numberrowsrepeated=1_000_000)
        last.addElement(odf_table.TableCell(numbercolumnsrepeated=1_000))
        sheet.addElement(last)
        document.spreadsheet.addElement(sheet)
    return _bytes_of(document.save)


def html(tables: list[Rows], merged: Merged = (), hidden: tuple[int, ...] = ()) -> bytes:
    body = "<p>其次</p>".join(
        _html_table(rows, merged if number == 0 else [], hidden if number == 0 else ())
        for number, rows in enumerate(tables)
    )
    return f"<!doctype html><meta charset=utf-8><title>x</title><style>td,th{{border:1px solid}}table{{border-collapse:collapse}}</style><p>说明</p>{body}".encode()


def docx_file(tables: list[Rows], merged: Merged = (), hidden: tuple[int, ...] = ()) -> bytes:
    document = docx.Document()
    document.add_paragraph("说明")
    for number, rows in enumerate(tables):
        table = document.add_table(len(rows), len(rows[0]))
        for place, row in enumerate(rows):
            for cell, text in zip(table.rows[place].cells, row, strict=True):
                cell.text = text
        for top, left, bottom, right in merged if number == 0 else ():
            texts = rows[top][left]
            table.cell(top, left).merge(table.cell(bottom, right)).text = texts
        for row in hidden if number == 0 else ():
            table.rows[row]._tr.get_or_add_trPr().append(docx.oxml.OxmlElement("w:hidden"))
        document.add_paragraph("以上")
    return _bytes_of(document.save)


def pdf(tables: list[Rows], merged: Merged = ()) -> bytes:
    return as_pdf(html(tables, merged).decode())


def as_pdf(page: str) -> bytes:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from pilotlib.chinese import font_for

    fonts = FontConfiguration()
    font = b64encode(font_for(page)).decode()
    style = f"""@font-face{{font-family:f;src:url(data:font/woff;base64,{font})}}
        @page{{size:A3 landscape}} body{{font:9pt f}} table{{border-collapse:collapse;width:100%}}
        td{{border:.5pt solid black;padding:2pt}}"""
    return HTML(string=page).write_pdf(stylesheets=[CSS(string=style, font_config=fonts)], font_config=fonts)


def zipped(files: dict[str, bytes], in_gbk: bool = False) -> bytes:
    """An archive; with `in_gbk`, names are written as old Windows programs in China do."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr((_NamedInGbk if in_gbk else zipfile.ZipInfo)(name), content)
    return target.getvalue()


class _NamedInGbk(zipfile.ZipInfo):
    def _encodeFilenameFlags(self):  # noqa: N802 - zipfile's name
        return self.filename.encode("gbk"), self.flag_bits


def _html_table(rows: Rows, merged: Merged, hidden: tuple[int, ...]) -> str:
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merged}
    covered = {
        (row, column)
        for top, left, bottom, right in merged
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    } - set(spans)
    lines = []
    for place, row in enumerate(rows):
        cells = []
        for column, cell in enumerate(row):
            if (place, column) in covered:
                continue
            high, wide = spans.get((place, column), (1, 1))
            cells.append(f"<td rowspan={high} colspan={wide}>{escape(cell).replace(chr(10), '<br>')}</td>")
        lines.append(f"<tr{' style=display:none' if place in hidden else ''}>{''.join(cells)}</tr>")
    return f"<table>{''.join(lines)}</table>"


def _quoted(cell: str, separator: str) -> str:
    if separator in cell or "\n" in cell or '"' in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _number(cell: str) -> int | str | None:
    return int(cell) if cell.isdecimal() else cell or None


def _bytes_of(save) -> bytes:
    target = io.BytesIO()
    save(target)
    return target.getvalue()
