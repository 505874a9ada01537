"""What a run finds broken it puts right: changes while it ran, work and results lost or altered, leftovers."""

import hashlib
import json
import shutil
from pathlib import Path

import nbformat
import pytest

from pilotlib import PilotError
from pilotlib.running import pipeline, recipes
from tests import standin
from tests.conftest import make_project, pilot

ALL = ["清洗与检查", "统计", "年度报告", "导出"]


def write_text(project, text, year="2021"):
    (project / "data" / "raw" / year / "narrative.md").write_text(text, encoding="utf-8")


def run(project, year=2021, **stand_ins):
    with standin.stages(**({"execute": standin.copied} | stand_ins)):
        return pipeline.run(project, year, editions=standin.EDITIONS).stages


def report_is_whole(project):
    folder = project / "reports" / "2021"
    outputs = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    return outputs == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "manifest.json"
    }


@pytest.fixture
def made(project):
    write_text(project, "第一版\n")
    assert run(project) == ALL
    return project


def changing(project, stage, change):
    def execute(notebook, *arguments):
        standin.copied(notebook, *arguments)
        if notebook.stem == stage:
            change()

    return execute


def test_a_stage_that_read_what_changed_meanwhile_runs_again(made):
    write_text(made, "第二版\n")
    with pytest.raises(PilotError, match=r"清洗与检查所读的 narrative\.md 在运行中有改动"):
        run(made, execute=changing(made, "1_clean", lambda: write_text(made, "第三版\n")))
    assert run(made) == ALL
    assert (made / "data" / "processed" / "2021" / "about.json").read_text(encoding="utf-8") == "第三版\n"


def test_a_file_that_is_added_meanwhile_is_seen(made):
    write_text(made, "第二版\n")
    added = made / "data" / "raw" / "2021" / "added.csv"
    with pytest.raises(PilotError, match="2021 年的原始文件在运行中有改动"):
        run(made, execute=changing(made, "2_statistics", added.touch))
    assert "第一版" in (made / "reports" / "2021" / "annual-report.html").read_text(encoding="utf-8")


LOST = {
    "a file of the first stage": (".pilot/2021/cleaned/about.json", ["清洗与检查"]),
    "a folder of the second stage": (".pilot/2021/counted/statistics", ["统计"]),
    "the executed report": (".pilot/2021/told/3_annual_report.ipynb", ["年度报告"]),
    "an edition": (".pilot/2021/published/annual-report.html", ["导出"]),
    "all that the stages made": (".pilot/2021", ALL),
    "the assembled tables": (".pilot/2021/tables", []),
}


@pytest.mark.parametrize(("path", "stages"), LOST.values(), ids=list(LOST))
def test_lost_work_is_made_again_whatever_is_left_of_it(made, path, stages):
    lost = made / path
    shutil.rmtree(lost) if lost.is_dir() else lost.unlink()
    assert run(made) == stages
    assert report_is_whole(made)
    assert (made / "data" / "processed" / "2021" / "statistics" / "overview.parquet").exists()
    assert run(made) == []


def test_altered_work_never_reaches_the_report(made):
    (made / ".pilot" / "2021" / "published" / "annual-report.html").write_text("altered", encoding="utf-8")
    assert run(made) == ["导出"]
    assert report_is_whole(made)


def test_altered_results_are_moved_in_again_and_nothing_is_run(made):
    (made / "reports" / "2021" / "annual-report.html").write_text("altered", encoding="utf-8")
    (made / "reports" / "2021" / "added.html").touch()
    (made / "data" / "processed" / "2021" / "about.json").unlink()
    assert run(made, execute=None, publish_book=None) == ["导出"]
    assert report_is_whole(made)
    assert (made / "data" / "processed" / "2021" / "about.json").exists()


def test_a_forced_run_that_is_interrupted_is_not_taken_for_done(made):
    def interrupt(*_):
        raise KeyboardInterrupt

    with standin.stages(execute=interrupt), pytest.raises(KeyboardInterrupt):
        pipeline.run(made, 2021, editions=standin.EDITIONS, force=True)
    assert run(made)[0] == "清洗与检查"


DAMAGED = [b"", b"{", b"[1, 2]", b'{"inputs": 5}', b"\xff" * 5000, None]


@pytest.mark.parametrize("contents", [DAMAGED[:5], DAMAGED[1:]], ids=["one way", "another"])
def test_a_damaged_or_lost_recipe_is_not_current(made, contents):
    """One of each stage, each in another way: what a stage makes is the same again, so none runs for another's sake."""
    recipes = sorted((made / ".pilot" / "2021").glob(".*.recipe.json"))
    for recipe, content in zip(recipes, contents, strict=True):
        recipe.unlink() if content is None else recipe.write_bytes(content)
    assert run(made) == ALL
    assert run(made) == []


def test_leftovers_go_even_where_nothing_has_changed(made):
    for place in ("reports", "data/processed"):
        (made / place / ".2021~abcd").mkdir()
    (made / "reports" / ".2022~abcd").mkdir()  # of another year, whose run may be at it
    assert run(made) == []
    assert sorted(path.name for path in (made / "reports").iterdir()) == [".2022~abcd", "2021"]
    assert [path.name for path in (made / "data" / "processed").iterdir()] == ["2021"]


def test_a_report_put_aside_by_a_killed_run_is_back_before_anything_can_fail(made):
    (made / "reports" / "2021").rename(made / "reports" / ".2021~last")
    write_text(made, "第二版\n")

    def fail(*_):
        raise PilotError("坏的输入。")

    with pytest.raises(PilotError, match="坏的输入"):
        run(made, execute=fail)
    assert report_is_whole(made)


def test_a_link_in_the_place_of_the_report_stops_the_run_before_anything_is_moved(made, tmp_path):
    shutil.move(made / "reports" / "2021", tmp_path / "elsewhere")
    (made / "reports" / "2021").symlink_to(tmp_path / "elsewhere")
    write_text(made, "第二版\n")
    with pytest.raises(PilotError, match="reports/2021 不是文件夹，没有写入"):
        run(made)
    assert (made / "data" / "processed" / "2021" / "about.json").read_text(encoding="utf-8") == "第一版\n"


def test_both_copies_are_whole_before_either_is_moved(made, monkeypatch):
    copytree = shutil.copytree

    def full_at_the_report(folder, *others, **options):
        if Path(folder).name == "published":
            raise OSError(28, "No space left on device")
        return copytree(folder, *others, **options)

    write_text(made, "第二版\n")
    monkeypatch.setattr("pilotlib.running.recipes.shutil.copytree", full_at_the_report)
    with pytest.raises(OSError, match="No space left"):
        run(made)
    assert (made / "data" / "processed" / "2021" / "about.json").read_text(encoding="utf-8") == "第一版\n"
    assert report_is_whole(made)


def test_what_a_kernel_of_a_killed_run_still_writes_is_in_no_later_run(made):
    """The folder of each attempt is its own: the next one clears the last, and does not take its name."""
    folders = []

    def remember(notebook, output, parameters, *rest):
        if notebook.stem == "1_clean":
            folders.append(parameters["processed"])
        standin.copied(notebook, output, parameters, *rest)

    for text in ("第二版\n", "第三版\n"):
        write_text(made, text)
        run(made, execute=remember)
    assert len(set(folders)) == 2


def test_all_years_run_and_those_that_fail_are_named_at_the_end(tmp_path, monkeypatch):
    project = make_project(tmp_path / "project")
    for year in ("2018", "2019", "2020"):
        shutil.copytree(project / "data" / "raw" / "2021", project / "data" / "raw" / year)

    def run_year(folder, year, *_, **__):
        asked.append(year)
        if year == 2018:
            raise PilotError("表头缺列。")
        if year == 2020:
            raise PermissionError(13, "Permission denied", "reports/2020")
        return pipeline.Made(["导出"], [manifest])

    def trends(*_, **__):
        asked.append("trends")
        raise PilotError("笔记本出错。")

    asked = []
    manifest = project / "manifest.json"
    manifest.write_text("{}")
    monkeypatch.setattr(pipeline, "run", run_year)
    monkeypatch.setattr(pipeline, "run_trends", trends)
    result = pilot(project, "run", "--all")
    assert asked == [2018, 2019, 2020, 2021, "trends"]
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "错误：3 份报告没有完成：",
        "2018 年：表头缺列。",
        "2020 年：reports/2020 无法读写（Permission denied）。请检查权限与磁盘空间。",
        "历年对比：笔记本出错。",
    ]


def test_a_place_that_cannot_be_written_stops_before_the_work_is_done(project, monkeypatch):
    def aside(final):
        if final.parent == project / "reports":
            raise PermissionError(13, "Permission denied", str(final))
        return with_room(final)

    done, with_room = [], recipes.aside
    monkeypatch.setattr(recipes, "aside", aside)
    with pytest.raises(PermissionError):
        run(project, execute=lambda notebook, *_: done.append(notebook))
    assert not done


def test_all_of_no_years_is_a_sentence(tmp_path):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    result = pilot(tmp_path, "run", "--all")
    assert (result.returncode, result.stdout) == (1, "")
    assert "data/raw 中还没有任何年度" in result.stderr


def test_a_kernel_that_dies_is_a_sentence(project):
    path = project / "notebooks" / "1_clean.ipynb"
    node = nbformat.read(path, as_version=4)
    node.cells.insert(2, nbformat.v4.new_code_cell("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"))
    nbformat.write(node, path)
    result = pilot(project, "run", "2021", "--engine", "kernel")
    assert result.returncode == 1
    assert "清洗与检查（1_clean.ipynb）的 Python 内核没有启动或中途退出" in result.stderr
    assert "Traceback" not in result.stderr
