"""An edition that stands there is made again with the others, or kept and said to be old; none is ever deleted."""

import json

import pytest

from pilotlib import PilotError
from pilotlib.running import pipeline
from tests import standin
from tests.conftest import pilot

WHY = "pdf版需要另装一组程序包。"
OLD = f"警示：原已有的 pdf 版没有更新，仍是以前的内容：{WHY}"


def write_text(project, text):
    (project / "data" / "raw" / "2021" / "narrative.md").write_text(text, encoding="utf-8")


def run(project, editions=("html", "xlsx"), **stand_ins):
    with standin.stages(execute=standin.copied, **stand_ins):
        return pipeline.run(project, 2021, editions=editions)


def versions(project) -> dict[str, str]:
    """What each edition says, by its name."""
    files = (project / "reports" / "2021").glob("annual-report.*")
    return {path.suffix[1:]: path.read_text(encoding="utf-8").splitlines()[0] for path in sorted(files)}


def without_pdf():
    """A machine on which no pdf can be made."""

    def check(names):
        if "pdf" in names:
            raise PilotError(WHY)

    return {"check_editions": check, "missing_for": lambda names: {"pdf": WHY} if "pdf" in names else {}}


@pytest.fixture
def made(project):
    """A year whose report stands there in four forms."""
    write_text(project, "第一版\n")
    run(project, ("html", "xlsx", "docx", "pdf"))
    return project


def test_every_edition_that_stands_there_is_made_again_and_said(made):
    assert run(made) == pipeline.Made([], run(made).written, [])
    write_text(made, "第二版\n")
    again = run(made)
    assert versions(made) == dict.fromkeys(("docx", "html", "pdf", "xlsx"), "第二版")
    assert again.said == ["原已有的 docx、pdf 版一并更新。"]
    names = ["manifest.json", *(f"annual-report.{name}" for name in ("pdf", "docx", "xlsx", "html"))]
    assert [path.name for path in again.written[-5:]] == names
    assert run(made, ("docx",)).stages == []


def test_the_terminal_says_which_were_made_again(made):
    write_text(made, "第二版\n")
    with standin.stages(execute=standin.copied):
        result = pilot(made, "run", "2021")
    lines = result.stdout.splitlines()
    assert "原已有的 docx、pdf 版一并更新。" in lines
    assert lines[-1] == "报告：reports/2021/annual-report.html （另有 pdf、docx、xlsx）"


def test_one_that_cannot_be_made_here_is_kept_and_said_to_be_old_until_it_can(made):
    write_text(made, "第二版\n")
    again = run(made, **without_pdf())
    expected = {"docx": "第二版", "html": "第二版", "pdf": "第一版", "xlsx": "第二版"}
    assert versions(made) == expected
    assert again.said == ["原已有的 docx 版一并更新。", OLD]
    assert "annual-report.pdf" not in [path.name for path in again.written]
    outputs = json.loads((made / "reports" / "2021" / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert sorted(outputs) == ["annual-report.docx", "annual-report.html", "annual-report.xlsx"]
    for _ in range(2):  # nothing has changed, and it is as old as before
        unchanged = run(made, **without_pdf())
        assert (unchanged.stages, unchanged.said) == ([], [OLD])
    assert versions(made) == expected
    now = run(made)
    assert (now.stages, now.said) == (["导出"], ["原已有的 docx、pdf 版一并更新。"])
    assert versions(made) == dict.fromkeys(expected, "第二版")
    assert run(made).stages == []


def test_the_terminal_warns_of_an_old_one(made):
    write_text(made, "第二版\n")
    for _ in range(2):
        with standin.stages(execute=standin.copied, **without_pdf()):
            result = pilot(made, "run", "2021")
        assert OLD in result.stderr.splitlines()


def test_one_that_is_asked_for_and_cannot_be_made_stops_the_run_also_where_nothing_has_changed(made):
    write_text(made, "第二版\n")
    run(made, **without_pdf())
    before = versions(made)
    with pytest.raises(PilotError, match=WHY):
        run(made, ("pdf",), **without_pdf())
    assert versions(made) == before


def test_one_that_is_taken_away_by_hand_is_not_made_again(made):
    (made / "reports" / "2021" / "annual-report.pdf").unlink()
    assert run(made).stages == ["导出"]
    assert sorted(versions(made)) == ["docx", "html", "xlsx"]


def test_one_that_was_put_there_by_hand_is_made_anew(made):
    """So that none says something else than the rest."""
    (made / "reports" / "2021" / "annual-report.docx").write_text("别的\n", encoding="utf-8")
    assert run(made).stages == ["导出"]
    assert set(versions(made).values()) == {"第一版"}
