"""The report over all years: made only of two or more, only where one of them changed, whole or not at all."""

import json
import shutil
from types import SimpleNamespace
from unittest import mock

import nbformat
import pytest

from pilotlib import PilotError
from pilotlib.running import pipeline
from pilotlib.running.stages import publish_book as really_publish_book
from tests import standin


@pytest.fixture
def two_years(project):
    raw = project / "data" / "raw"
    shutil.copytree(raw / "2021", raw / "2020")
    for year in ("2020", "2021"):
        (raw / year / "narrative.md").write_text(f"{year} 年\n", encoding="utf-8")
    nbformat.write(nbformat.v4.new_notebook(), project / "notebooks" / "trends.ipynb")
    return project


def publish(notebook, book, editions, folder, look):
    for edition in editions:
        name = "trends" if notebook.stem == "trends" else "annual-report"
        shutil.copy(notebook, folder / f"{name}.{edition}")


def publish_book(*arguments):
    """The real one of a book that holds nothing, whose editions are copies of the notebook."""
    nothing = mock.patch(
        "pilotlib.report.books.Kind.open", lambda *_: SimpleNamespace(facts={}, owner="", key_figures=(), doubts=())
    )
    with nothing, mock.patch("pilotlib.running.stages.publish", publish):
        really_publish_book(*arguments)


def execute(notebook, output, parameters, project, failed, title, engine=None):
    if notebook.stem != "trends":
        return standin.copied(notebook, output, parameters, project, failed, title)
    files = sorted((project / "data" / "processed").glob("*/about.json"))
    return output.write_text("".join(path.read_text(encoding="utf-8") for path in files), encoding="utf-8")


def run(project, year, editions=("html",), **options):
    with standin.stages(execute=execute, publish_book=publish_book):
        made = pipeline.run if year else pipeline.run_trends
        return made(project, *filter(None, [year]), editions=editions, **options)


def test_trends_are_made_of_two_years_and_again_only_where_one_changed(two_years):
    reports = two_years / "reports" / "trends"
    run(two_years, 2020)
    assert run(two_years, None) is None
    assert not reports.exists()
    run(two_years, 2021)
    made = run(two_years, None)
    assert made.stages == ["历年对比", "导出"]
    assert made.written == [reports / "manifest.json", reports / "trends.html"]
    assert (reports / "trends.html").read_text(encoding="utf-8") == "2020 年\n2021 年\n"
    manifest = json.loads((reports / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["outputs"]) == ["trends.html"]
    assert {name.split("/")[2] for name in manifest["inputs"]} == {"2020", "2021"}
    assert run(two_years, None).stages == []

    (reports / "trends.html").write_text("altered", encoding="utf-8")
    assert run(two_years, None).stages == ["导出"]
    assert (reports / "trends.html").read_text(encoding="utf-8") == "2020 年\n2021 年\n"

    (two_years / "data" / "raw" / "2020" / "narrative.md").write_text("二〇二〇年\n", encoding="utf-8")
    run(two_years, 2020)
    assert run(two_years, None).stages == ["历年对比", "导出"]
    assert run(two_years, None, force=True).stages == ["历年对比", "导出"]


def test_an_edition_of_the_trends_that_stands_there_is_made_again(two_years):
    for year in (2020, 2021):
        run(two_years, year)
    run(two_years, None, editions=("html", "docx"))
    (two_years / "data" / "raw" / "2020" / "narrative.md").write_text("二〇二〇年\n", encoding="utf-8")
    run(two_years, 2020)
    made = run(two_years, None)
    assert made.said == ["原已有的 docx 版一并更新。"]
    for edition in ("html", "docx"):
        report = two_years / "reports" / "trends" / f"trends.{edition}"
        assert report.read_text(encoding="utf-8") == "二〇二〇年\n2021 年\n"


def test_a_year_that_changes_while_the_trends_are_made_stops_them(two_years):
    run(two_years, 2020)
    run(two_years, 2021)

    def changing(*arguments):
        execute(*arguments)
        (two_years / "data" / "processed" / "2020" / "about.json").write_text("{}", encoding="utf-8")

    with (
        standin.stages(execute=changing, publish_book=publish_book),
        pytest.raises(PilotError, match=r"about\.json 在运行中有改动"),
    ):
        pipeline.run_trends(two_years, editions=("html",))
    assert not (two_years / "reports" / "trends").exists()
