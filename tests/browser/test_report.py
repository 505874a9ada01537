"""The report in a real browser: offline, on a phone, and on a machine without a Chinese font.

Screenshots are kept in `artefacts/`, which git ignores.
"""

import re
import shutil
from itertools import pairwise

import pytest

from tests.conftest import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARTEFACTS = ROOT / "artefacts"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser_without_chinese_fonts(tmp_path_factory):
    """Chromium where the system offers DejaVu and nothing else."""
    if not CHROMIUM:
        pytest.skip("chromium is not installed")
    from matplotlib import get_data_path
    from playwright.sync_api import sync_playwright

    folder = tmp_path_factory.mktemp("fonts")
    configuration = folder / "fonts.conf"
    configuration.write_text(
        f"<?xml version='1.0'?><fontconfig><dir>{get_data_path()}/fonts/ttf</dir>"
        f"<cachedir>{folder}/cache</cachedir></fontconfig>"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=QUIET, env={"FONTCONFIG_FILE": str(configuration), "HOME": str(folder)}
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=[1280, 390, 320])
def page(request, browser_without_chinese_fonts, ran):
    """The report at a width, with `heard`: every request and every line of the console."""
    page = browser_without_chinese_fonts.new_page(viewport={"width": request.param, "height": 900})
    page.heard = []
    page.on("console", lambda message: page.heard.append(message.text))
    page.on(
        "request", lambda asked: page.heard.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None
    )
    page.goto(ran.report.as_uri())
    page.evaluate("document.fonts.ready")
    yield page
    page.close()


def test_nothing_is_asked_of_any_host_and_nothing_is_complained_of(page):
    assert page.heard == []


def test_the_page_never_scrolls_sideways(page):
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen


def test_every_chinese_character_is_drawn_by_the_font_that_the_page_carries(page):
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": -1})["root"]
    nodes = session.send(
        "DOM.querySelectorAll", {"nodeId": root["nodeId"], "selector": "h1, h2, p, td, th, dd, text, caption"}
    )
    drawn = {"ours": 0, "others": set()}
    for node in nodes["nodeIds"]:
        for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]:
            if font["isCustomFont"]:
                drawn["ours"] += font["glyphCount"]
            else:
                drawn["others"].add(font["familyName"])
    assert drawn["ours"] > 2000
    assert drawn["others"] == set()


def test_figures_are_pictures_with_descriptions_of_their_own(page):
    told = page.eval_on_selector_all(
        "figure svg", "all => all.map(one => [one.getAttribute('role'), one.getAttribute('aria-label')])"
    )
    assert len(told) >= 5
    assert {role for role, _ in told} == {"img"}
    assert len({label for _, label in told}) == len(told)
    assert all(len(label) > 40 and re.search(r"\d", label) for _, label in told)


def test_every_link_within_the_page_leads_somewhere(page):
    targets = page.eval_on_selector_all(
        "a[href^='#']", "all => all.map(one => !!document.getElementById(one.hash.slice(1)))"
    )
    assert len(targets) > 10
    assert all(targets)


def test_the_mark_of_a_number_leads_to_its_row_and_back(page):
    marks = page.locator("sup a.check")
    assert marks.count() == 21  # 18 numbers, and three of them have a sum or a list that disagrees
    assert page.locator("sup a.check.disagrees").all_inner_texts() == ["≠"] * 3
    mark = page.locator("sup a.check.lower_bound")
    assert mark.get_attribute("aria-label").endswith("：下限")
    mark.click()
    row = page.locator("tr:has(:target)")
    assert "17" in row.locator("mark").inner_text()
    assert "至少为15个" in row.inner_text()
    row.locator("a").click()
    assert page.evaluate("document.querySelector(':target').textContent") == "≥"


def test_headings_are_in_order(page):
    levels = page.eval_on_selector_all("main :is(h1, h2, h3)", "all => all.map(one => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_a_screenshot_is_kept(page):
    ARTEFACTS.mkdir(exist_ok=True)
    path = ARTEFACTS / f"annual-report-{page.viewport_size['width']}.png"
    page.screenshot(path=path, full_page=True)
    assert path.stat().st_size > 50_000
