"""Hostile text in the raw files: in every edition it is text, and breaks no layout."""

import base64
import html
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from pilotlib.checking import clean_inputs
from pilotlib.publishing import publish
from pilotlib.reading import Processed, read_inputs
from pilotlib.report.books import Book
from pilotlib.report.year import book_of
from pilotlib.statistics import Tables, summarise
from tests import hostile
from tests.browser import gate
from tests.browser.conftest import load
from tests.conftest import editions_here, make_project
from tests.report.reports import notebook_of

SHOWN = [*(text for text in hostile.CELLS if text != hostile.TURNED), hostile.TURNED_AS_SHOWN]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, Book]:
    """The notebook of the report on hostile files, executed, and what it holds."""
    folder = tmp_path_factory.mktemp("hostile")
    inputs, cleaned, problems, _ = clean_inputs(read_inputs(hostile.spoil(make_project(folder / "project")), 2021))
    statistics = summarise(Tables(cleaned.applications, cleaned.majors, inputs.indicators, {}))
    about = {name: getattr(inputs, name) for name in ("year", "file", "sha256", "school", "source")}
    processed = Processed(
        about, inputs.narrative, inputs.cells, inputs.corrections, *cleaned, problems, inputs.indicators
    )
    report = book_of(processed, statistics)
    return notebook_of(report, folder / "report.ipynb"), report


@pytest.fixture(scope="module")
def reports(made) -> Path:
    """The folder of the report, in every edition but the pdf."""
    notebook, report = made
    publish(notebook, report, ["html", "xlsx", "docx"], notebook.parent)
    return notebook.parent


@pytest.fixture(scope="module", params=[1280, 390])
def page(request, window, reports):
    gate.open_all(load(window, reports / "annual-report.html", request.param))
    return window


def test_nothing_hostile_runs_or_asks_for_anything(page):
    assert page.evaluate("window.alien") is None
    assert page.heard == []
    assert page.locator("main img, main iframe, main style:not(svg style), main [onclick], main [onerror]").count() == 0


def test_it_is_shown_as_text(page):
    shown = page.locator("body").inner_text()
    assert [text[:40] for text in SHOWN if text not in shown] == []
    assert "49{% raw %}" not in shown
    assert hostile.TURNED not in page.content()


@pytest.mark.parametrize(
    "look", [gate.scrolls_sideways, gate.dangling_links, gate.disordered_headings, gate.poor_tables]
)
def test_the_layout_holds(page, look):
    assert look(page) == []


def test_names_too_long_for_a_figure_are_cut_there_and_whole_in_a_table(page):
    drawn = page.locator("svg text").all_text_contents()
    assert max(map(len, drawn)) < 40
    assert any(text.startswith("长长") and text.endswith("…") for text in drawn)
    assert page.locator("td", has_text=hostile.LONG).count() > 0


def test_the_workbook_holds_no_formula(reports):
    workbook = load_workbook(reports / "annual-report.xlsx")
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert [
        cell.coordinate
        for cell in cells
        if str(cell.value)[:1] in "=+-@" and not isinstance(cell.value, (int, float)) and not cell.quotePrefix
    ] == []
    values = "\n".join(str(cell.value) for cell in cells)
    assert [text[:40] for text in SHOWN if text not in values] == []
    with zipfile.ZipFile(reports / "annual-report.xlsx") as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        assert not any(b"<f>" in archive.read(name) or b"<f " in archive.read(name) for name in sheets)
        charts = b"".join(archive.read(name) for name in archive.namelist() if name.startswith("xl/charts/"))
        assert all(
            re.fullmatch(rb"'[^']+'!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?", ref) for ref in re.findall(b"<f>(.*?)</f>", charts)
        )
        assert len(re.findall(b"<f>", charts)) > 9
        assert not any("externalLink" in name for name in archive.namelist())


def test_the_document_holds_text_and_no_link_to_elsewhere(reports):
    document = Document(reports / "annual-report.docx")
    assert document.core_properties.title.startswith(hostile.SCRIPT + hostile.MATHS)
    text = "".join(document.element.body.xpath("//w:t/text()"))
    assert [part[:40] for part in SHOWN if part not in text] == []
    with zipfile.ZipFile(reports / "annual-report.docx") as archive:
        relations = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".rels"))
    assert b'TargetMode="External"' not in relations


@pytest.mark.full
def test_the_pdf_holds_the_text(made, tmp_path):
    if "pdf" not in editions_here():
        pytest.skip("no Pango on this machine")
    publish(*made, ["pdf"], tmp_path)
    pages = [page.extract_text() for page in PdfReader(tmp_path / "annual-report.pdf").pages]
    text = re.sub(r"\s", "", "".join(re.sub(r"\d+ / \d+", "", page) for page in pages))
    assert [part[:40] for part in SHOWN if re.sub(r"\s", "", part)[:200] not in text] == []


def test_downloads_hold_the_cells_as_they_are_but_no_formula(reports):
    page = (reports / "annual-report.html").read_text(encoding="utf-8")
    link = re.search(
        r'download="申报明细（清洗后）\.csv" href="data:text/csv;charset=utf-8;base64,([^"]+)"', html.unescape(page)
    )
    table = base64.b64decode(link[1]).decode("utf-8-sig")
    assert "'" + hostile.FORMULA in table
    assert hostile.SCRIPT in table
    assert not re.search(r"(^|,)[=+@]", table, flags=re.M)
