"""Sheets to reckon on and to print: numbers alone in number columns, sums that may be made, charts, pages that read."""

import io
import re

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from pilotlib.publishing.sheets import COLUMN, PAPER, SMALLEST
from pilotlib.publishing.workbook import BLANKS, as_xlsx
from pilotlib.report.told import Told, figure_columns, heading
from tests.report.reports import report_of
from tests.report.test_declared import schools, years  # noqa: F401
from tests.tables import row

ROWS = (
    row(申报专业="会计；电子商务"),
    row(序号="2", 证书名称="界面设计(高级)", 批准总培训人数="40"),
    row(序号="3", 证书名称="网店运营推广(初级)", 申报批次="第二次", 批准总培训人数=""),
)


@pytest.fixture(scope="module")
def year(inputs):
    return report_of(*ROWS, indicators=[["students_trained", "28", "人", ""]], reference=inputs.reference)


@pytest.fixture(params=["year", "years", "schools"])
def book(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def workbooks(year, years, schools):  # noqa: F811
    """The workbook of each book, by the name of its files: made and read once."""
    given = {
        book.file: ("题", "", "来源", book.tables.values(), book.figures.values()) for book in (year, years, schools)
    }
    return {file: load_workbook(io.BytesIO(as_xlsx(*parts))) for file, parts in given.items()}


def sheet_of(data: pd.DataFrame, **more):
    told = Told(
        **{"name": "told", "title": "表", "definition": "定义。", "unit": "人", "source": "来源"} | more, data=data
    )
    return load_workbook(io.BytesIO(as_xlsx("", "", "", [told])))["表"]


def heads_of(sheet) -> list[str]:
    return [cell.value for cell in sheet[5] if cell.value]


def last_row(sheet) -> list:
    return [cell.value for cell in sheet[sheet.max_row]][: len(heads_of(sheet))]


def test_a_number_column_holds_numbers_and_nothing_else(book, workbooks):
    workbook = workbooks[book.file]
    for told in book.tables.values():
        sheet = workbook[told.title]
        heads = [cell.value for cell in sheet[5]]
        for name in told.data.select_dtypes("number"):
            column = [row[heads.index(heading(name, told.heads))].value for row in sheet.iter_rows(min_row=6)]
            assert all(value is None or isinstance(value, (int, float)) for value in column[: len(told.data)]), name
            assert len(told.data) == 0 or not isinstance(column[-1], str)


def test_what_is_not_there_is_said_beside_it_with_its_word():
    data = pd.DataFrame({"certificate": ["甲", "乙"], "sat": [3, None], "change": [None, 1.5], "note": ["", None]})
    sheet = sheet_of(data.astype({"sat": "Int64", "note": "str"}))
    assert heads_of(sheet) == ["证书名称", "参考人数", "变化", "备注", BLANKS]
    rows = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=6, max_row=7, max_col=5)]
    assert rows == [["甲", 3, None, None, "变化：—"], ["乙", None, 1.5, "—", "参考人数：未提供"]]


def test_a_table_in_which_nothing_is_missing_has_no_such_column():
    assert heads_of(sheet_of(pd.DataFrame({"certificate": ["甲"], "sat": [3]}))) == ["证书名称", "参考人数"]


def test_an_empty_table_says_so_or_why():
    nothing = pd.DataFrame({"certificate": pd.Series(dtype="str"), "sat": pd.Series(dtype="Int64")})
    assert sheet_of(nothing)["A6"].value == "无。"
    assert sheet_of(nothing, nothing="学校没有提供。")["A6"].value == "学校没有提供。"


def test_counts_add_up_and_neither_certificates_nor_rates_do():
    data = pd.DataFrame(
        {
            "application_round": ["第一次", "第二次"],
            "applications": [12, 2],
            "certificates": [12, 2],
            "places_applied": [869, 180],
            "places_approved": [872, 180],
            "lower_bound": [False, False],
            "share": [82.89, 17.11],
        }
    )
    sheet = sheet_of(data)
    assert last_row(sheet) == ["合计", 14, None, 1049, 1052, None]
    assert sheet["E8"].number_format == "#,##0"
    assert sheet.auto_filter.ref == "A5:F7"  # a filter leaves the sums in place
    assert all(cell.font.b for cell in sheet[8] if cell.value)


def test_a_sum_with_a_missing_count_is_at_least_what_it_says():
    data = pd.DataFrame({"certificate": ["甲", "乙"], "places_applied": [60, None], "places_approved": [40, 10]})
    sheet = sheet_of(data.astype({"places_applied": "Int64"}))
    assert last_row(sheet) == ["合计", 60, 50, None]
    assert [cell.number_format for cell in sheet[8]][1:3] == ['"至少"#,##0', "#,##0"]
    of_bounds = data.fillna(50).assign(lower_bound=[False, True])
    assert [cell.number_format for cell in sheet_of(of_bounds)[8]][1:3] == ["#,##0", '"至少"#,##0']


@pytest.mark.parametrize(
    ("columns", "more"),
    [
        ({"year": [2021, 2022]}, {}),
        ({"years": ["2021年", "2022年"]}, {}),
        ({"note": ["合计", "空行"]}, {"name": "set_aside"}),
    ],
)
def test_what_is_no_part_of_one_whole_has_no_sum(columns, more):
    sheet = sheet_of(pd.DataFrame(columns | {"places_applied": [1, 2]}), **more)
    assert sheet.max_row == 7


def test_places_that_are_not_approved_are_in_no_sum_of_the_approved():
    data = pd.DataFrame({"status": ["审核通过", "未通过"], "places_applied": [60, 50], "places_approved": [60, 50]})
    assert last_row(sheet_of(data)) == ["合计", 110, None]
    assert last_row(sheet_of(data.assign(status="审核通过"))) == ["合计", 110, 110]


def test_a_row_alone_has_no_sum():
    assert last_row(sheet_of(pd.DataFrame({"certificate": ["甲"], "places_applied": [60]}))) == ["甲", 60]


def values_in(workbook, reference: str) -> list:
    title, cells = re.fullmatch(r"'(.+)'!(.+)", reference).groups()
    left, top, right, bottom = range_boundaries(cells.replace("$", ""))
    block = workbook[title].iter_rows(min_row=top, max_row=bottom, min_col=left, max_col=right, values_only=True)
    return [line if len(line) > 1 else line[0] for line in block]


def title_of(chart) -> str:
    return "".join(run.t for paragraph in chart.title.tx.rich.p for run in paragraph.r or [])


def test_each_figure_is_a_chart_of_its_own_sheet_with_its_headline(book, workbooks):
    workbook = workbooks[book.file]
    charts = {title_of(chart): (sheet, chart) for sheet in workbook for chart in sheet._charts}
    drawn = {
        entry.headline or entry.table.title: entry
        for entry in book.figures.values()
        if entry.table.data[entry.lengths].notna().any(axis="columns").sum() >= entry.fewest
    }
    assert charts.keys() == drawn.keys()
    for headline, entry in drawn.items():
        sheet, chart = charts[headline]
        assert sheet.title == entry.table.title
        rows, series = entry.table.data.sort_index(), chart.series[0]
        numbers = values_in(workbook, series.val.numRef.f)
        lengths = rows[entry.lengths[0]].astype(object)
        assert numbers == lengths.where(lengths.notna(), None).tolist()
        named = series.cat.strRef or series.cat.multiLvlStrRef
        assert len(values_in(workbook, named.f)) == len(numbers)
        assert values_in(workbook, series.tx.strRef.f) == [heading(entry.lengths[0], entry.table.heads)]


def test_a_chart_has_bars_of_one_unit_coloured_as_the_report(year, workbooks):
    charts = {sheet.title: sheet._charts[0] for sheet in workbooks[year.file] if sheet._charts}
    colour = lambda series: series.graphicalProperties.solidFill.srgbClr  # noqa: E731
    assert [colour(series) for series in charts["按证书"].series] == ["7A8793", "0B4F8A"]  # applied, approved
    assert len(charts["从申请到获证"].series) == 1  # people, not percent
    levels = [point.spPr.solidFill.srgbClr for point in charts["按批次与等级"].series[0].dPt]
    assert set(levels) <= {"4696CC", "0F3A5F", "DB7426"}


def test_the_page_of_contents_leads_to_the_sheets_of_figures_too(year, workbooks):
    workbook = workbooks[year.file]
    links = {cell.value: cell.hyperlink.location for (cell,) in workbook["目录"].iter_rows(min_row=5, max_col=1)}
    assert links == {title: f"'{title}'!A1" for title in workbook.sheetnames[1:]}
    assert "从申请到获证" in links


def test_a_sheet_is_printed_so_that_it_can_be_read(book, workbooks):
    for sheet in workbooks[book.file]:
        left, top, right, bottom = range_boundaries(sheet.print_area.rpartition("!")[2].replace("$", ""))
        assert (left, top) == (1, 1)
        assert right >= len([cell for cell in sheet[5] if cell.value])
        assert bottom >= sheet.max_row
        widths = {letter: dimension.width for letter, dimension in sheet.column_dimensions.items()}
        width = sum(widths.values()) + COLUMN * max(right - len(widths), 0)
        if sheet.sheet_properties.pageSetUpPr.fitToPage:
            assert width * SMALLEST <= PAPER
            assert sheet.page_setup.fitToHeight == 0
        else:
            assert sheet.page_setup.scale == 60
            assert sheet.print_title_cols == "$A:$A"
        assert sheet.page_setup.orientation == "landscape"
        for chart in sheet._charts:  # within what is printed
            assert chart.anchor._from.col + 9 <= right or chart.anchor._from.col == 0


def test_a_headline_is_text_whatever_it_holds(year):
    entry = year.figures["certificates"]._replace(headline='=1+1 <a:t> & \x07"')
    workbook = load_workbook(io.BytesIO(as_xlsx("", "", "", [entry.table], [entry])))
    assert title_of(workbook["按证书"]._charts[0]) == '=1+1 <a:t> & 〔U+0007〕"'


def test_figures_stay_figures(book, workbooks):
    """Sums are of figures alone."""
    workbook = workbooks[book.file]
    for told in book.tables.values():
        sheet = workbook[told.title]
        if sheet.max_row > 5 + max(len(told.data), 1):
            heads = [cell.value for cell in sheet[5]]
            summed = {
                heads[place] for place, cell in enumerate(sheet[sheet.max_row]) if isinstance(cell.value, (int, float))
            }
            assert summed <= {heading(name, told.heads) for name in figure_columns(told.data)}
            assert not [head for head in summed if "证书（" in head or "%" in head or "学生" in head]
