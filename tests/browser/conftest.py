"""A browser on a machine that has no Chinese font, and the report open in it."""

import shutil

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


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
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
            executable_path=CHROMIUM,
            args=QUIET,
            env={"FONTCONFIG_FILE": str(configuration), "HOME": str(folder), "LANG": "C.UTF-8"},
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def window(browser):
    """One window for all pages that are only looked at: each stands in it until `load` opens the next."""
    return new_window(browser)


@pytest.fixture(scope="session")
def desk_window(browser):
    """Another, for pages to which something is done."""
    return new_window(browser)


def new_window(browser, **settings):
    """An empty page, with `heard`: every request and every line of the console since `load`."""
    page = browser.new_context(**settings).new_page()
    page.heard = []
    page.on("console", lambda message: page.heard.append(message.text))
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    page.on(
        "request", lambda asked: page.heard.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None
    )
    return page


def cleared(page, width: int = 1280, scheme: str = "light"):
    """A window in which nothing is open, as wide as asked, on a light or a dark ground."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, forced_colors="none")
    page.goto("about:blank")
    page.heard.clear()
    return page


def load(page, path, width: int = 1280, scheme: str = "light"):
    """Open a file in a window, whatever was open there: that takes a third of what another window takes."""
    cleared(page, width, scheme).goto(path.as_uri())
    page.evaluate("document.fonts.ready")
    return page


def open_page(browser, path, **settings):
    """A file open in a window of its own, where that is of another kind: a phone, one without scripts."""
    page = new_window(browser, **settings)
    page.goto(path.as_uri())
    if settings.get("java_script_enabled", True):
        page.evaluate("document.fonts.ready")
    return page
