"""The report's notebook as plain nbconvert writes it: the outputs carry what they need to look as on the page."""

import nbformat
import pytest
from nbconvert import HTMLExporter

from tests.browser.conftest import load

LOOKS = """() => Object.fromEntries([
  '.points', '.points b', '.doubts', '.lead', '.key-figures', '.key-figures dt', '.key-figures dd', 'h1 span',
  'h2 .topic', 'figure .headline', 'figure svg.narrow', '.fold summary', 'table thead th', 'table td.figure',
  '.table mark', '.facts div',
].map(asked => {
  const found = [...document.querySelectorAll(asked)].filter(one => !one.closest('.jp-RenderedMarkdown'))[0];
  const look = getComputedStyle(found);
  return [asked, ['display', 'color', 'fontSize', 'fontWeight', 'textAlign', 'float', 'borderBottomWidth']
    .map(name => look[name].replace(/^start$/, 'left'))];
}))"""


@pytest.fixture(scope="module")
def exported(executed, tmp_path_factory):
    html, _ = HTMLExporter().from_notebook_node(nbformat.read(executed, as_version=4))
    path = tmp_path_factory.mktemp("exported") / "3_annual_report.html"
    path.write_text(html, encoding="utf-8")
    return path


def test_an_export_looks_as_the_page(window, exported, ran):
    published = load(window, ran.report).evaluate(LOOKS)
    assert load(window, exported).evaluate(LOOKS) == published


def test_the_notebook_ends_in_a_link_to_the_page_which_is_not_on_the_page(window, exported, ran):
    links = "all => all.map(link => link.getAttribute('href'))"
    last = load(window, exported).locator(".jp-OutputArea a").last
    assert last.get_attribute("href") == "../reports/2021/annual-report.html"
    assert (ran.project / "notebooks" / last.get_attribute("href")).resolve() == ran.report.resolve()
    page = load(window, ran.report)
    assert not [link for link in page.locator("a").evaluate_all(links) if link.startswith("..")]
    assert "pilotlib-report" not in ran.report.read_text(encoding="utf-8")
