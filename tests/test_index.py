"""The page over all reports: every one that stands there, newest first, made anew where one has changed."""

import json
import os
import re
import shutil
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from pilotlib.running import recipes
from pilotlib.running.index import make_index
from tests import standin
from tests.conftest import ROOT, make_project, pilot

FIGURES = [["试点", "25项", "年度总览"], ["专业数", "至少15个", ""]]


def put_report(project, name, file, editions=("html", "xlsx"), figures=FIGURES, made=None, owner="某校"):
    folder = project / "reports" / name
    folder.mkdir(parents=True)
    for edition in editions:
        (folder / f"{file}.{edition}").write_bytes(b"x" * 2048)
    manifest = {"outputs": dict.fromkeys((f"{file}.{edition}" for edition in made or editions), "")}
    manifest |= {"report": {"owner": owner, "key_figures": figures}, "made_at": os.urandom(4).hex()}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture
def project(tmp_path):
    """Two years, the later in four forms, and the report over both."""
    put_report(tmp_path, "2020", "annual-report")
    put_report(tmp_path, "2021", "annual-report", ("html", "xlsx", "docx", "pdf"))
    put_report(tmp_path, "trends", "trends", figures=[["试点", "25项", "2021年；2020年20项"]])
    put_report(tmp_path, "2021-failed", "annual-report")
    return tmp_path


def page_of(project):
    return BeautifulSoup((project / "reports" / "index.html").read_text(encoding="utf-8"), "html.parser")


def test_every_report_stands_on_the_page_the_newest_first(project):
    assert make_index(project) == [project / "reports" / "index.html"]
    page = page_of(project)
    assert page.h1.get_text() == page.title.get_text() == "某校1+X证书制度试点报告"
    assert [heading.get_text() for heading in page.select("main h2")] == [
        "2021年度报告",
        "2020年度报告",
        "历年对比",
    ]
    assert [link.get_text() for link in page.select("nav .wide a")] == ["2021年度报告", "2020年度报告", "历年对比"]


def test_links_are_relative_lead_to_what_stands_there_and_say_how_large_it_is(project):
    make_index(project)
    links = page_of(project).select("main li a")
    assert [link["href"] for link in links] == [
        *(f"2021/annual-report.{name}" for name in ("html", "xlsx", "docx", "pdf")),
        *(f"2020/annual-report.{name}" for name in ("html", "xlsx")),
        *(f"trends/trends.{name}" for name in ("html", "xlsx")),
    ]
    assert all((project / "reports" / unquote(link["href"])).is_file() for link in links)
    assert links[2].parent.get_text() == "文档（docx，2 KB）"


def test_key_figures_are_those_of_the_manifests(project):
    make_index(project)
    told = [[[part.get_text() for part in card.find_all(["dt", "dd"])] for card in shown.select("div")]
            for shown in page_of(project).select(".key-figures")]  # fmt: skip
    assert told == [FIGURES, FIGURES, [["试点", "25项", "2021年；2020年20项"]]]


def test_the_page_is_made_again_only_where_a_report_has_changed_and_then_says_the_same_everywhere(project, tmp_path):
    page = project / "reports" / "index.html"
    make_index(project)
    first = page.read_bytes()
    assert make_index(project) == []
    page.write_text("altered", encoding="utf-8")
    assert make_index(project) == [page]
    assert page.read_bytes() == first
    (project / "reports" / "2020" / "annual-report.xlsx").unlink()
    assert make_index(project) == [page]
    assert page.read_bytes() != first
    shutil.rmtree(project / "reports" / "2020")
    make_index(project)
    assert "2020" not in page.read_text(encoding="utf-8").partition("<main")[2].partition("历年对比")[0]
    elsewhere = shutil.copytree(project / "reports", tmp_path / "elsewhere" / "reports").parent
    (elsewhere / "reports" / "index.html").unlink()
    make_index(elsewhere)
    assert (elsewhere / "reports" / "index.html").read_bytes() == page.read_bytes()


def test_an_edition_that_its_last_run_could_not_make_is_said_to_be_old(tmp_path):
    put_report(tmp_path, "2021", "annual-report", ("html", "pdf"), made=("html",))
    make_index(tmp_path)
    items = [item.get_text() for item in page_of(tmp_path).select("main li")]
    assert items == ["网页（html，2 KB）", "PDF（pdf，2 KB，仍是以前的内容）"]


def test_what_a_manifest_says_is_text_and_one_that_cannot_be_read_hides_no_report(tmp_path):
    put_report(tmp_path, "2021", "annual-report", figures=[["<script>x</script>", "&", "\x07"]], owner="<b>甲校</b>")
    put_report(tmp_path, "2020", "annual-report")
    (tmp_path / "reports" / "2020" / "manifest.json").write_bytes(b"\xff{")
    make_index(tmp_path)
    page = page_of(tmp_path)
    assert len(page.find_all("script")) == 1
    assert page.select_one("dt").get_text() == "<script>x</script>"
    assert len(page.select("main h2")) == 2


def test_the_page_asks_nothing_of_any_host(project):
    make_index(project)
    text = (project / "reports" / "index.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"https?:|src=[\"']?//|@import", text)


def test_without_a_report_there_is_no_page(tmp_path):
    (tmp_path / "reports").mkdir()
    assert make_index(tmp_path) == []
    assert not (tmp_path / "reports" / "index.html").exists()


def test_a_page_is_moved_in_whole(project, monkeypatch):
    make_index(project)
    before = (project / "reports" / "index.html").read_bytes()
    put_report(project, "2022", "annual-report")

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(recipes, "put_file", full)
    with pytest.raises(OSError, match="No space left"):
        make_index(project)
    assert (project / "reports" / "index.html").read_bytes() == before


def test_a_run_makes_the_page_and_says_so_before_the_report(tmp_path):
    project = make_project(tmp_path / "project")
    with standin.stages(execute=standin.copied):
        lines = pilot(project, "run", "2021", "-v").stdout.splitlines()
        assert "已写入 reports/index.html" in lines
        assert lines[-1] == "报告：reports/2021/annual-report.html （另有 xlsx）"
        assert "没有变化，报告已是最新：reports/2021/annual-report.html" in pilot(project, "run", "2021").stdout
        (project / "reports" / "index.html").unlink()
        pilot(project, "run", "--all")
    assert [heading.get_text() for heading in page_of(project).select("main h2")] == ["2021年度报告"]


def test_cleaning_removes_the_page():
    assert "reports/index.html" in (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nclean:")[2]
