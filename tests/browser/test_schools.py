"""The report over all schools, seen as `test_report` sees the annual report."""

from urllib.parse import unquote

import pytest

from pilotlib import publishing
from pilotlib.province.book import open_schools
from pilotlib.running import stages
from tests.browser import gate
from tests.browser.conftest import ARTEFACTS, load
from tests.conftest import ROOT, made_once
from tests.province.schools import province, write

WINDOWS = [
    pytest.param((1280, "light"), marks=pytest.mark.full),
    pytest.param((1280, "dark"), marks=pytest.mark.full),
    pytest.param((390, "light"), marks=pytest.mark.full),
    (390, "dark"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two years of 12 schools in 6 cities, two failed; every report that is led to is there."""

    def make(folder):
        tables = province(12, years=(2030, 2031), cities=6)
        write(folder / "tables", tables)
        for report in tables["by_school"]["report"]:
            path = folder / "page" / report
            path.parent.mkdir(parents=True)
            path.write_text("<title>一所学校的报告</title>", encoding="utf-8")
        told = folder / "told.ipynb"
        values = {"processed": str(folder / "tables")}
        stages.execute(ROOT / "notebooks" / "schools.ipynb", told, values, ROOT, folder, "汇总", "in-process")
        publishing.publish(told, open_schools(folder / "tables"), ["html"], folder / "page")

    return made_once(tmp_path_factory, "schools", make) / "page"


@pytest.fixture(scope="module", params=WINDOWS, ids=lambda window: "-".join(map(str, window)))
def page(request, window, folder):
    width, scheme = request.param
    gate.open_all(load(window, folder / "index.html", width, scheme))
    window.name = f"{width}-{scheme}"
    return window


@pytest.fixture
def desk(desk_window, folder):
    return load(desk_window, folder / "index.html")


class TestGate(gate.OfLinkingPage):
    """The page passes the gate."""


def test_every_link_leads_to_a_section_or_a_report(page, folder):
    out = gate.dangling_links(page)
    assert len(out) >= 24
    assert [to for to in out if not (folder / unquote(to)).is_file()] == []


@pytest.mark.full
def test_a_screenshot_is_kept(page):
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"schools-{page.name}.png", full_page=True)


def test_the_contents_list_every_section(page):
    listed, titles = gate.contents(page)
    assert listed == titles


def names(page) -> list[str]:
    return page.locator(".searchable tbody tr:visible th").all_inner_texts()


def test_a_phone_shows_a_school_and_its_places_before_anything_is_scrolled(page):
    """Whole, side by side, in the table and as a link in the figure."""
    table = page.locator(".table.searchable")
    right = table.bounding_box()["x"] + table.bounding_box()["width"]
    for cell in table.locator("tbody tr:first-child > *").all()[:3]:  # school, year, places
        assert cell.bounding_box()["x"] + cell.bounding_box()["width"] <= right + 1
    assert table.locator("tbody th").first.bounding_box()["width"] >= 78
    drawn = page.locator("figure svg:visible a").first
    assert drawn.get_attribute("href").startswith("schools/")


def test_schools_are_searched_and_sorted_and_lead_to_their_reports(desk):
    assert len(names(desk)) == 24
    desk.get_by_label("在表中查找").fill("甲州市 2030")
    assert desk.get_by_role("status").inner_text() == "显示2行，共24行"
    desk.get_by_label("在表中查找").fill("")
    assert len(names(desk)) == 24
    heading = desk.get_by_role("button", name="批准率")
    heading.click()
    rates = desk.locator(".searchable tbody tr td:nth-child(4)").all_inner_texts()
    known = [float(rate) for rate in rates if rate != "—"]
    assert known == sorted(known)
    assert rates[len(known) :] == ["—"] * 4
    first = names(desk)[0]
    desk.locator(".searchable tbody").get_by_role("link", name=first, exact=True).first.click()
    assert desk.title() == "一所学校的报告"
