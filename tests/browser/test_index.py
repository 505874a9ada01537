"""The page over all reports, held against the gate of the reports themselves."""

import pytest

from pilotlib.running.index import make_index
from tests.browser import gate
from tests.browser.conftest import load
from tests.test_index import put_report


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    project = tmp_path_factory.mktemp("index")
    figures = [
        ["批准总培训人数", "1,662人", "全部批次"],
        ["每百名在校生批准名额", "30.21人", "批准培训人数 ÷ 在校生数 × 100"],
    ]
    for year in ("2019", "2020", "2021"):
        put_report(project, year, "annual-report", ("html", "xlsx", "docx", "pdf"), figures=figures * 3)
    make_index(project)
    return project / "reports"


@pytest.fixture(scope="module", params=[(1280, "light"), (390, "dark")], ids=lambda window: "-".join(map(str, window)))
def page(request, window, folder):
    return load(window, folder / "index.html", *request.param)


class TestGate(gate.OfLinkingPage):
    """The page passes the gate."""


def test_every_link_leads_to_a_section_or_a_file(page, folder):
    out = gate.dangling_links(page)
    assert len(out) == 12
    assert [to for to in out if not (folder / to).is_file()] == []
    assert page.heard == []
