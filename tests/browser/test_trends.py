"""The report over all years, and the annual report beside an earlier year, seen as `test_report` sees the report."""

import pytest

from tests.browser import gate
from tests.browser.conftest import ARTEFACTS, load
from tests.conftest import full

WINDOWS = [
    ("trends", 1280, "light"),
    pytest.param(("trends", 390, "dark"), marks=pytest.mark.full),
    pytest.param(("report", 390, "light"), marks=pytest.mark.full),
    ("report", 390, "dark"),
]


@pytest.fixture(scope="module", params=WINDOWS, ids=lambda window: "-".join(map(str, window)))
def page(request, window, several_years):
    name, width, scheme = request.param
    gate.open_all(load(window, getattr(several_years, name), width, scheme))
    window.name = f"{name}-{width}-{scheme}"
    return window


def test_axe_finds_nothing(page):
    # The annual report's contrast axe has measured in `test_report`.
    violations, _ = gate.found_by_axe(page, contrast=full() or page.name.startswith("trends"))
    assert violations == []


@pytest.mark.parametrize("check", gate.CHECKS, ids=lambda check: check.__name__)
def test_the_gate_finds_nothing(page, check):
    if check is gate.out_of_reach and page.name.startswith("report") and not full():
        return  # what can be reached in the annual report `test_report` sees
    assert check(page) == []


def test_nothing_is_asked_of_any_host(page):
    assert page.heard == []


@pytest.mark.full
def test_a_screenshot_is_kept(page):
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"years-{page.name}.png", full_page=True)


def test_the_comparison_is_a_section_of_the_contents(page):
    listed, titles = gate.contents(page)
    assert listed == titles
    assert any("历年对比" in title for title in listed) == page.name.startswith("report")
