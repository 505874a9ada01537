"""Every form of a table is made from the same told table, and every column of it is declared."""

import io
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from pilotlib.columns import column_of
from pilotlib.province.book import book_of as schools_book
from pilotlib.province.statistics import summarise_schools
from pilotlib.publishing.workbook import BLANKS, as_xlsx
from pilotlib.report import parts
from pilotlib.report.figures import data_of
from pilotlib.report.told import Told, csv_of, html
from pilotlib.report.years import book_of
from tests.conftest import ROOT
from tests.province.schools import ABOUT, counted, failure, school
from tests.report.reports import report_of
from tests.statistics.test_years import FIRST, SECOND, THIRD
from tests.tables import row

ROWS = (row(申报专业="会计；电子商务"), row(序号="2", 证书名称="界面设计(高级)", 批准总培训人数="40"))
GIVEN = [["students_trained", "1028", "人", ""]]


@pytest.fixture(scope="module")
def year(inputs):
    """The report of a year beside an earlier one."""
    text = "## 一、任务\n\n培训1028人，获批9种证书。\n"
    return report_of(*ROWS, earlier=FIRST, indicators=GIVEN, narrative=text, reference=inputs.reference)


@pytest.fixture(scope="module")
def years():
    """The report over three years."""
    about = {"file": "applications.tsv", "sha256": "0"}
    return book_of([year._replace(about=year.about | about) for year in (FIRST, SECOND, THIRD)])


@pytest.fixture(scope="module")
def schools():
    """The report over many schools, one of them unlike the others, one failed, of two cities and two years."""
    rows = [school(f"{place}校", 100, approved, city="甲市") for place, approved in enumerate([90] * 11 + [40])]
    rows += [school("丁校", 40, 30, year=2032, city="乙市", lower_bound=True)]
    return schools_book(ABOUT, summarise_schools(counted(rows, [failure("坏校", "第3行的人数读不出。")])))


def tables_of(book) -> dict[str, Told]:
    """Every table that the report shows, those of its figures too."""
    return book.tables | {f"figure {name}": data_of(entry) for name, entry in book.figures.items()}


@pytest.fixture(params=["year", "years", "schools"])
def tables(request):
    return tables_of(request.getfixturevalue(request.param))


def test_every_column_that_is_shown_is_declared(tables):
    undeclared = {name: [head for head in told.data if column_of(head) is None] for name, told in tables.items()}
    assert {name: heads for name, heads in undeclared.items() if heads} == {}


def test_every_table_says_all_of_itself(tables):
    for told in tables.values():
        assert all([told.name, told.title, told.definition, told.unit, told.source]), told.name
        assert len(told.title) <= 31 or told.title.startswith("图中数据"), "a sheet's name is no longer"


def test_no_heading_is_a_name_of_ours(tables):
    for told in tables.values():
        heads = [cell.get_text() for cell in BeautifulSoup(html(told), "html.parser").select("thead th")]
        heads += csv_of(told.data, told.heads).decode("utf-8-sig").splitlines()[0].split(",")
        assert not [head for head in heads if head.isascii() and head != "SHA-256"], told.name


def test_the_sheets_of_two_years_are_headed_by_the_years_as_the_page_is(year):
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx("", "", "来源", list(year.tables.values()))))
    for name in ("compared_measures", "compared_certificates", "compared_majors"):
        told = year.tables[name]
        sheet = [cell.value for cell in book[told.title][5] if cell.value not in (None, BLANKS)]
        page = [cell.get_text() for cell in BeautifulSoup(html(told), "html.parser").select("thead th")]
        assert [head for head in sheet if not head.endswith("为下限")] == page
        assert {head[:5] for head in page if head[:2] == "20"} == {"2019年", "2021年"}


def test_a_step_that_was_not_given_says_so_and_the_first_has_none_before_it(year):
    page = BeautifulSoup(parts.figure(year, "applied_to_awarded").data, "html.parser")
    cells = [[cell.get_text() for cell in line.find_all(["th", "td"])] for line in page.select("tbody tr")]
    assert [cell.get_text() for cell in page.select("thead th")] == ["步骤", "人数（人）", "比率（%）"]
    assert cells[0] == ["申请", "100", "—"]
    assert cells[2:4] == [["培训", "1,028", "1,142.2"], ["考核", "未提供", "未提供"]]


def test_places_per_100_students_have_one_decimal_on_page_and_sheet():
    data = pd.DataFrame({"majors_together": ["会计", "物流"], "places_per_100_students": [20.0, 8.77]})
    told = Told("places_per_100_students", "每百名", "定义。", "人", "来源", data)
    page = BeautifulSoup(html(told), "html.parser")
    assert [cell.get_text() for cell in page.select("td")] == ["20.0", "8.8"]
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx("", "", "来源", [told])))["每百名"]
    assert [sheet.cell(line, 2).number_format for line in (6, 7)] == ["#,##0.0"] * 2


def test_a_lower_bound_is_one_in_every_figure_of_its_row(year):
    data = pd.DataFrame({"measure": ["试点"], "earlier": [2.0], "earlier_bound": [True], "later": [3.0]})
    told = Told("bounds", "下限", "定义。", "项", "来源", data, heads={"earlier": "2019年"})
    assert [cell.get_text() for cell in BeautifulSoup(html(told), "html.parser").select("td")] == ["至少2", "3"]
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx("", "", "来源", [told])))["下限"]
    assert sheet["B6"].number_format == '"至少"#,##0'


WITH_ANOTHER_COLUMN = """
from pilotlib import columns

duration = columns.Column("学制", "年", "几年制", "text")
for table in (columns.APPLICATION_COLUMNS, columns.SOURCE_COLUMNS, columns.COLUMNS):
    table["duration"] = duration
columns.HEADERS["学制"] = "duration"

from pilotlib.exploring.charts import GROUPS
from pilotlib.exploring.selection import CHOICES
from pilotlib.publishing.workbook import as_xlsx
from pilotlib.report.told import csv_of, html
from tests.report.reports import processed_of
from pilotlib.report.year import book_of
from tests.tables import HEADER, row

processed, statistics = processed_of((*row(), "三年制"), header=(*HEADER, "学制"))
told = book_of(processed, statistics).tables["applications"]
assert processed.applications["duration"].tolist() == ["三年制"]
assert all("学制（年）" in page and "三年制" in page for page in [html(told)])
assert "学制" in csv_of(told.data, told.heads).decode("utf-8-sig") and as_xlsx("", "", "", [told])
assert "duration" in GROUPS and "duration" in CHOICES and "duration" in told.shown
"""


def test_a_column_of_the_table_is_added_by_one_entry():
    result = subprocess.run([sys.executable, "-c", WITH_ANOTHER_COLUMN], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
