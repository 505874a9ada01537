"""A run beside another, killed, on a full disk, with files that change: one report or the other, whole, and a sentence."""

import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from pilotlib import PilotError
from pilotlib.project import processed_years
from pilotlib.running import pipeline, recipes
from tests import standin
from tests.conftest import ROOT, make_project, pilot


def start(project, *arguments, **options):
    command = [sys.executable, "-m", "tests.standin", str(project), "2021", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def write_version(project, number):
    (project / "data" / "raw" / "2021" / "narrative.md").write_text(f"第{number:04d}版\n" * 200, encoding="utf-8")


def version_of_report(project):
    """The one version that every file of the report is of; the files are those of the manifest, whole."""
    folder = project / "reports" / "2021"
    outputs = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "manifest.json"}
    assert outputs == {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}
    assert sorted(found) == [f"annual-report.{edition}" for edition in standin.EDITIONS]
    (version,) = {line for content in found.values() for line in content.decode().splitlines()}
    return int(version[1:5])


@pytest.mark.parametrize(
    ("exchange", "kills"),
    [(True, 2), (False, 1), *(pytest.param(*case, marks=pytest.mark.full) for case in ((True, 36), (False, 12)))],
    ids=lambda value: {True: "exchanged in one step", False: "renamed in two steps"}.get(value, f"{value} times"),
)
def test_a_run_killed_at_any_moment_leaves_one_whole_report_and_the_next_succeeds(tmp_path, exchange, kills):
    if exchange and not hasattr(__import__("ctypes").CDLL(None), "renameat2"):
        pytest.skip("this system cannot exchange two folders in one step")
    project = make_project(tmp_path / "project")
    chance = random.Random(20)
    environment = os.environ | ({} if exchange else {"PILOTLIB_TEST_WITHOUT_EXCHANGE": "1"})
    whole = 0.0
    killed, number = 0, 0
    while killed < kills:
        write_version(project, number)
        began = time.perf_counter()
        run = start(project, env=environment)
        try:
            # The first runs to its end; each that ends before it is killed says anew how long one takes.
            said = run.communicate(timeout=chance.uniform(0.3, 1) * whole or None)[1]
            assert said == ""
            whole = time.perf_counter() - began
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            run.communicate()
            killed += 1
        if exchange or (project / "reports" / "2021").exists():  # else between the two steps; the next run mends it
            assert version_of_report(project) in range(number + 1)
        number += 1
    write_version(project, number)
    last = start(project, env=environment)
    assert last.communicate()[1] == ""
    assert last.returncode == 0
    assert version_of_report(project) == number
    text = (project / "data" / "processed" / "2021" / "about.json").read_text(encoding="utf-8")
    assert text.startswith(f"第{number:04d}版")
    assert [path.name for path in (project / "reports").iterdir()] == ["2021"]
    assert [path.name for path in (project / "data" / "processed").iterdir()] == ["2021"]


def test_an_interrupted_renaming_is_mended(tmp_path):
    final = tmp_path / "2021"
    last = tmp_path / ".2021~last"
    last.mkdir()
    (last / "report").touch()
    (tmp_path / ".2021~abcd").mkdir()
    with recipes.aside(final) as new:
        assert (final / "report").exists()
        (new / "report").touch()
    assert [path.name for path in tmp_path.iterdir()] == ["2021"]


@contextmanager
def as_another_user():
    """Another user, of the same group as the files."""
    nobody, umask = 65534, os.umask(0o002)
    os.setresuid(nobody, nobody, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.umask(umask)


@pytest.mark.parametrize("group", ["reads", "writes"])
def test_another_user_of_a_shared_folder_is_not_locked_out(group):
    if os.geteuid():
        pytest.xfail("only root can be another user")
    stages, titles = standin.stages(execute=standin.copied), ["清洗与检查", "统计", "年度报告", "导出"]
    recipes.code(), recipes.versions()  # asked once: the package need not stand where another user can read it
    with tempfile.TemporaryDirectory() as folder, stages:
        project = make_project(Path(folder, "project"))
        Path(folder).chmod(0o755)
        mode, umask = (0o755, os.umask(0o022)) if group == "reads" else (0o2775, os.umask(0o002))
        for path in (project, *project.rglob("*")):
            path.chmod(mode if path.is_dir() else 0o644)
        try:
            assert pipeline.run(project, 2021, editions=standin.EDITIONS).stages == titles
            with as_another_user():
                assert pipeline.run(project, 2021, editions=standin.EDITIONS).stages == []
            write_version(project, 2)
            with as_another_user():
                if group == "reads":
                    with pytest.raises(PermissionError):
                        pipeline.run(project, 2021, editions=standin.EDITIONS)
                else:
                    assert pipeline.run(project, 2021, editions=standin.EDITIONS).stages == titles
            assert pipeline.run(project, 2021, editions=standin.EDITIONS).stages == (titles if group == "reads" else [])
            assert version_of_report(project) == 2
            assert [*project.rglob("*~*")] == []
        finally:
            os.umask(umask)


def test_two_runs_of_one_year_the_second_is_refused(tmp_path):
    project = make_project(tmp_path / "project")
    write_version(project, 1)
    first = start(project, "wait")
    assert first.stdout.readline() == "ready\n"
    second = start(project)
    _, said = second.communicate()
    assert second.returncode == 1
    assert said == "2021 正由另一个 pilot run 处理，这一次没有运行。请等它结束后再试。\n"
    assert not (project / "reports" / "2021").exists()
    first.communicate("go\n")
    assert first.returncode == 0
    assert version_of_report(project) == 1
    assert start(project).communicate()[1] == ""


def test_the_lock_of_a_killed_run_is_no_lock(tmp_path):
    project = make_project(tmp_path / "project")
    write_version(project, 1)
    first = start(project, "wait")
    assert first.stdout.readline() == "ready\n"
    first.kill()
    first.communicate()
    assert start(project).communicate()[1] == ""
    assert version_of_report(project) == 1


def stand_in(project):
    with standin.stages(execute=standin.copied):
        return pipeline.run(project, 2021, editions=standin.EDITIONS)


@pytest.fixture
def made(project):
    write_version(project, 1)
    stand_in(project)
    write_version(project, 2)
    return project


def test_a_file_that_changes_while_it_is_read_is_a_sentence(made):
    def change_and_publish(*arguments):
        write_version(made, 3)
        standin.publish_book(*arguments)

    stages = standin.stages(execute=standin.copied, publish_book=change_and_publish)
    with (
        stages,
        pytest.raises(PilotError, match=r"导出所读的 narrative\.md 在运行中有改动，结果没有写入。请再运行一次。"),
    ):
        pipeline.run(made, 2021, editions=standin.EDITIONS)
    assert version_of_report(made) == 1
    stand_in(made)
    assert version_of_report(made) == 3


def test_a_file_that_disappears_meanwhile_is_the_same(made):
    def remove_and_publish(*arguments):
        (made / "data" / "raw" / "2021" / "indicators.csv").unlink()
        standin.publish_book(*arguments)

    stages = standin.stages(execute=standin.copied, publish_book=remove_and_publish)
    with stages, pytest.raises(PilotError, match="在运行中有改动"):
        pipeline.run(made, 2021, editions=standin.EDITIONS)
    assert version_of_report(made) == 1


def test_a_full_disk_is_a_sentence_and_leaves_the_last_report(ran, tmp_path):
    """A limit on the size of any file stands for the disk: what is written beyond it fails in the same places."""
    project = tmp_path / "project"
    shutil.copytree(ran.project, project)
    before = {path: path.read_bytes() for path in (project / "reports").rglob("*") if path.is_file()}
    command = [
        sys.executable,
        "-c",
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "from pilotlib.cli import main;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)); sys.argv = ['pilot', 'run', '--force']; main()",
    ]
    result = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("错误：")
    assert result.stderr.rstrip().endswith("。")
    assert {path: path.read_bytes() for path in before} == before
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 3000


@pytest.mark.parametrize("place", ["reports", "data/processed", ".pilot"])
def test_a_folder_that_cannot_be_written_is_a_sentence(project, place):
    (project / place).write_text("not a folder", encoding="utf-8")
    result = pilot(project, "run", "2021")
    assert result.returncode == 1
    assert result.stderr.startswith("错误：")
    assert "Traceback" not in result.stderr
    assert (project / place).read_text(encoding="utf-8") == "not a folder"


def test_a_report_folder_that_leads_elsewhere_is_not_followed(made, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    shutil.move(made / "reports" / "2021", elsewhere)
    (made / "reports" / "2021").symlink_to(elsewhere, target_is_directory=True)
    before = {path.name: path.read_bytes() for path in elsewhere.iterdir()}
    with pytest.raises(PilotError, match="reports/2021 不是文件夹，没有写入。请先把它移走。"):
        stand_in(made)
    assert {path.name: path.read_bytes() for path in elsewhere.iterdir()} == before


def test_only_whole_years_count_as_processed(tmp_path):
    for name in ("2021", ".2022~abcd", "2023", "二〇二四", "20211"):
        (tmp_path / "data" / "processed" / name / "statistics").mkdir(parents=True)
    (tmp_path / "data" / "processed" / "2021" / "statistics" / "overview.parquet").touch()
    (tmp_path / "data" / "processed" / ".2022~abcd" / "statistics" / "overview.parquet").touch()
    assert processed_years(tmp_path) == [2021]
