"""The first page as a picture, and what it shows in words."""

import io

import nbformat
import pytest
from PIL import Image, ImageChops

from pilotlib.publishing import publish
from pilotlib.publishing.page import content_in
from pilotlib.publishing.paper import as_pdf
from pilotlib.publishing.picture import as_png
from tests.conftest import editions_here
from tests.report.test_paper import BOOK, OPENING

PAGE = f"{OPENING}<h2>一、名额</h2><p>正文。</p>"


@pytest.fixture(scope="module", autouse=True)
def pango():
    """Asked only once a test runs, for to ask takes a second."""
    if "pdf" not in editions_here():
        pytest.skip("no Pango on this machine")


@pytest.fixture(scope="module")
def png():
    return as_png(content_in(PAGE), BOOK)


def test_it_is_small_and_the_same_again(png):
    assert len(png) < 500_000
    assert Image.open(io.BytesIO(png)).size == (1200, 1698)
    assert as_png(content_in(PAGE), BOOK) == png


def test_it_is_the_first_page_of_the_pdf(png):
    import pypdfium2

    page = pypdfium2.PdfDocument(as_pdf(content_in(PAGE), BOOK))[0]
    first = page.render(scale=1200 / page.get_width()).to_pil().convert("L")
    difference = ImageChops.difference(first, Image.open(io.BytesIO(png)).convert("L"))
    assert difference.getextrema()[1] < 40  # of the colours that are left out
    assert first.getextrema()[0] < 60  # something is drawn


def test_what_it_shows_stands_beside_it_in_words(tmp_path):
    output = nbformat.v4.new_output("execute_result", data={"text/html": PAGE})
    cell = nbformat.v4.new_code_cell("told()", outputs=[output])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "report.ipynb")
    publish(tmp_path / "report.ipynb", BOOK, ["png"], tmp_path)
    assert (tmp_path / "report.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "report.png.txt").read_text(encoding="utf-8").splitlines() == [
        "某校",
        "某年度报告",
        "批准1,662人 ，与申请相当。",
        "图1 名额用了六成",
        "2021年，人",
        "批准名额 1,662人 申请1,659人",
        "3处不一致",
        "编制单位：教务处",
        "编制日期：2022年1月10日",
    ]
