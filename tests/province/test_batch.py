"""A province by the command: a report each, one over all, what fails told with its place; runs again, kills, clusters."""

import contextlib
import hashlib
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from unittest import mock
from urllib.parse import unquote

import pandas as pd
import pytest
from openpyxl import load_workbook

from pilotlib import PilotError, cli
from pilotlib.running.pipeline import Made
from tests.conftest import ROOT, contents, full, made_once, make_project, pilot
from tests.province.cluster import cluster
from tests.province.province import province, write
from tests.province.standin import DEADLY, batch_of_standins, made_by_standins

SCHOOLS = 5 if full() else 3
BROKEN = 2
YEAR = 2031


def schools_in(folder: Path) -> dict[str, bytes]:
    """Every report's files but its manifest, which tells the time, and its recipe, which tells the manifest's hash."""
    return {
        name: content
        for name, content in contents(folder / "schools").items()
        if not name.endswith(("manifest.json", ".recipe.json"))
    }


@pytest.fixture(scope="session")
def batched(tmp_path_factory) -> SimpleNamespace:
    """A province of a few schools, one of them broken, by the command."""

    def run(folder):
        project = make_project(folder / "project")
        write(folder / "甲省.csv", province(7, SCHOOLS, broken=(BROKEN,))[0])
        # In one process: another would take longer to start than to make its one report.
        result = pilot(project, "batch", str(folder / "甲省.csv"), "--workers", "1")
        (folder / "said.json").write_text(json.dumps([result.returncode, result.stdout, result.stderr]))

    folder = made_once(tmp_path_factory, "batched", run)
    status, stdout, stderr = json.loads((folder / "said.json").read_text())
    project = folder / "project"
    return SimpleNamespace(
        project=project,
        table=folder / "甲省.csv",
        reports=project / "reports" / "batch" / "甲省",
        processed=project / "data" / "processed" / "batch" / "甲省",
        status=status,
        stdout=stdout,
        stderr=stderr,
        answers=province(7, SCHOOLS)[1],
    )


@pytest.fixture
def untold(monkeypatch):
    """The report over all schools is not made: it has tests of its own."""
    monkeypatch.setattr("pilotlib.province.batch._tell_all", lambda *_: Made([], []))


def test_each_school_has_its_report_and_the_broken_one_its_reason(batched):
    assert batched.status == 1
    assert "Traceback" not in batched.stderr
    assert batched.stdout.splitlines()[0] == f"甲省.csv：新做 {SCHOOLS - 1} 份，没有变化 0 份，没有做成 1 份"
    made = {path.parent.parent.name for path in batched.reports.glob("schools/*/*/annual-report.html")}
    assert made == set(batched.answers) - {"第0002职业技术学院"}
    lines = batched.table.read_text(encoding="utf-8-sig").splitlines()
    place = next(number for number, line in enumerate(lines, start=1) if line.startswith("第0002") and ",," in line)
    assert f"  · 第0002职业技术学院 {YEAR}（原表第{place}行）：第2行缺少证书名称" in batched.stderr


def test_a_report_is_that_of_its_school_alone(batched):
    page = (batched.reports / "schools" / "第0001职业技术学院" / str(YEAR) / "annual-report.html").read_text("utf-8")
    assert "第0001职业技术学院" in page and "第0000职业技术学院" not in page
    _, _, approved = batched.answers["第0001职业技术学院"]
    assert f"{approved:,}" in page


def test_the_totals_are_the_sum_over_schools_and_a_count_of_the_raw_file(batched):
    by_school = pd.read_parquet(batched.processed / "by_school.parquet").set_index("school")
    columns = ["applications", "places_applied", "places_approved"]
    assert {name: tuple(row) for name, row in by_school[columns].iterrows()} == batched.answers
    totals = pd.read_parquet(batched.processed / "overview.parquet").set_index("measure")["value"]
    assert totals[columns].tolist() == [sum(column) for column in zip(*batched.answers.values(), strict=True)]
    raw = [line.split(",") for line in batched.table.read_text(encoding="utf-8-sig").splitlines()]
    applied = sum(int(line[7].removesuffix("人")) for line in raw if line[0].endswith("学院"))
    assert totals["places_applied"] == applied
    assert totals["schools_failed"] == 1


class _Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.found.append(dict(attributes).get("href", ""))


def test_the_page_over_all_leads_to_every_report_and_names_the_failed_school(batched):
    page = (batched.reports / "index.html").read_text(encoding="utf-8")
    links = _Links()
    links.feed(page)
    leading = {unquote(link) for link in links.found if link.startswith("schools/")}
    assert leading == {
        path.relative_to(batched.reports).as_posix() for path in batched.reports.glob("schools/*/*/*.html")
    }
    assert "第0002职业技术学院" in page and "缺少证书名称" in page
    assert (batched.reports / "index.xlsx").stat().st_size > 5000


def test_a_report_that_stands_is_kept(batched, tmp_path):
    project = shutil.copytree(batched.project, tmp_path / "project")
    again = pilot(project, "batch", str(batched.table))
    assert again.stdout.splitlines()[0] == f"甲省.csv：新做 0 份，没有变化 {SCHOOLS - 1} 份，没有做成 1 份"
    assert contents(project / "reports" / "batch" / "甲省" / "schools") == contents(batched.reports / "schools")


def test_only_what_is_missing_or_changed_is_made_again(untold, tmp_path):
    project, table = make_project(tmp_path / "project"), write(tmp_path / "甲省.csv", province(7, 5)[0])
    reports = project / "reports" / "batch" / "甲省"
    assert made_by_standins(project, table) == {"made": 5, "kept": 0, "failed": 0}
    before = contents(reports)
    (reports / "schools" / "第0000职业技术学院" / str(YEAR) / "annual-report.html").write_bytes(b"altered")
    lines = table.read_text(encoding="utf-8-sig")
    changed = re.sub(r"(第0001职业技术学院,1,.*?),\d+人,\d+,", r"\1,15人,15,", lines, count=1)
    removed = "\n".join(line for line in changed.splitlines() if not line.startswith("第0002")) + "\n"
    table.write_text(removed, encoding="utf-8-sig")
    assert made_by_standins(project, table) == {"made": 2, "kept": 2, "failed": 0}
    after = contents(reports)
    different = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert {name.split("/")[1] for name in different if name.startswith("schools/")} == {
        "第0001职业技术学院",
        "第0002职业技术学院",
    }
    assert not (reports / "schools" / "第0002职业技术学院").exists()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_how_far_it_is_from_the_beginning_and_nothing_else_is(untold, tmp_path, monkeypatch):
    project, table = make_project(tmp_path / "project"), write(tmp_path / "甲省.csv", province(7, 3)[0])
    assert pilot(project, "batch", str(table), "--no-reports").stderr == ""
    monkeypatch.setattr(sys, "argv", ["pilot", "batch", str(table), "--no-reports", "--project", str(project)])
    with contextlib.redirect_stderr(Terminal()) as terminal, pytest.raises(SystemExit):
        cli.main()
    begun = r"\r甲省\S*：(\w+)(?:……|: +0%.*?\| (\S+) \[00:00<)"
    assert re.findall(begun, terminal.getvalue()) == [("准备", ""), ("汇总", "0/1")]
    with contextlib.redirect_stderr(Terminal()) as terminal:
        batch_of_standins(project, table)
    assert re.findall(begun, terminal.getvalue()) == [("按学校分开", "0/1"), ("汇总", "0/1"), ("各校报告", "0/3")]
    assert terminal.getvalue().endswith("\r")  # the bars are gone


def test_a_folder_of_parts_is_one_table_and_reports_can_be_left_out(tmp_path):
    project, parts = make_project(tmp_path / "project"), tmp_path / "parts"
    header, *rows = province(3, 7)[0]
    parts.mkdir()
    write(parts / "a.csv", [header, *rows[:12]])
    write(parts / "b.csv", [header, *rows[12:]])
    whole = write(tmp_path / "whole.csv", [header, *rows])
    tables = {}
    for table in (parts, whole):
        result = pilot(project, "batch", str(table), "--no-reports", "--editions", "html")
        assert result.returncode == 0, result.stderr
        assert (project / "reports" / "batch" / table.stem / "index.html").is_file()
        assert not (project / "reports" / "batch" / table.stem / "schools").exists()
        processed = project / "data" / "processed" / "batch" / table.stem
        tables[table.stem] = {path.name: path.read_bytes() for path in processed.glob("*.parquet")}
    assert tables["parts"] == tables["whole"]
    assert len(tables["whole"]) >= 8


@pytest.mark.parametrize(("schools", "kills"), [(6, 1), pytest.param(40, 4, marks=pytest.mark.full)])
def test_a_batch_killed_at_any_moment_goes_on_where_it_was(schools, kills, tmp_path):
    """With a stand-in for the making of a report, so that there are many moments."""
    project, table = make_project(tmp_path / "project"), tmp_path / "乙省.csv"
    lines, answers = province(11, schools, broken=(1, 4))
    write(table, lines)
    reports = project / "reports" / "batch" / "乙省"
    command = [sys.executable, "-m", "tests.province.standin", str(project), str(table)]
    chance = random.Random(3)
    made: dict[str, bytes] = {}
    for _ in range(kills):
        process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL)
        wanted = len(made) + chance.randrange(1, min(schools - 2, 9))
        while process.poll() is None and len(list(reports.glob("schools/*/*/manifest.json"))) < wanted:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        found = schools_in(reports) if reports.exists() else {}
        assert made.items() <= found.items()  # whole, and not made again
        made = {name: content for name, content in found.items() if not name.startswith(".") and "/." not in name}
    done = len(list(reports.glob("schools/*/.*.recipe.json")))  # a report is done when its recipe is written
    assert done in (len(made), len(made) - 1)
    assert made_by_standins(project, table) == {"made": schools - 2 - done, "kept": done, "failed": 2}
    assert len(schools_in(reports)) == schools - 2 and len(answers) == schools
    assert not [path for path in reports.rglob(".*") if not path.name.endswith(".recipe.json")]


def test_another_table_of_the_same_name_takes_no_reports_away(untold, tmp_path):
    project = make_project(tmp_path / "project")
    (tmp_path / "later").mkdir()
    for folder, first in ((tmp_path, 0), (tmp_path / "later", 2)):
        lines = province(5, 4)[0]
        kept = tuple(f"第{number:04d}职业技术学院" for number in (first, first + 1))
        write(folder / "戊省.csv", [line for line in lines if line[0] in ("学校", *kept)])
    reports = project / "reports" / "batch" / "戊省"
    assert made_by_standins(project, tmp_path / "戊省.csv") == {"made": 2, "kept": 0, "failed": 0}
    before = contents(reports)
    with pytest.raises(PilotError, match="另一张表的 2 份报告，没有覆盖"):
        made_by_standins(project, tmp_path / "later" / "戊省.csv")
    assert contents(reports) == before


def test_an_edition_that_is_no_longer_asked_for_stays_with_new_figures(batched, tmp_path):
    project = shutil.copytree(batched.project, tmp_path / "project")
    lines = batched.table.read_text(encoding="utf-8-sig").splitlines()
    table = write(tmp_path / "甲省.csv", [line.split(",") for line in lines if not line.startswith("第0001")])
    result = pilot(project, "batch", str(table), "--no-reports", "--editions", "html")
    assert result.returncode == 0, result.stderr
    assert "原已有的 xlsx 版一并更新。" in result.stdout
    reports = project / "reports" / "batch" / "甲省"
    assert sorted(path.name for path in reports.iterdir()) == ["index.html", "index.xlsx", "manifest.json", "schools"]
    names = {cell.value for row in load_workbook(reports / "index.xlsx")["各学校"].iter_rows() for cell in row}
    assert "第0000职业技术学院" in names and "第0001职业技术学院" not in names


def test_the_editions_of_each_school_that_stand_there_are_made_again_or_kept_and_said(untold, tmp_path):
    project, table = make_project(tmp_path / "project"), write(tmp_path / "甲省.csv", province(7, 2)[0])
    schools = project / "reports" / "batch" / "甲省" / "schools"
    batch_of_standins(project, table, ["html", "docx", "pdf"])
    before = contents(schools)
    text = table.read_text(encoding="utf-8-sig")
    table.write_text(re.sub(r"(第0001职业技术学院,1,.*?),\d+人,\d+,", r"\1,15人,15,", text, count=1), "utf-8-sig")
    none = {"pdf": "pdf版需要另装一组程序包。"}
    with mock.patch("pilotlib.province.school.missing_for", lambda _: none):
        done = batch_of_standins(project, table)
        assert (done.made, done.kept) == (1, 1)
        assert done.said[0] == "原已有的 docx 版一并更新。"
        assert done.said[1:] == ["警示：原已有的 pdf 版没有更新，仍是以前的内容：pdf版需要另装一组程序包。"]
        folder = f"第0001职业技术学院/{YEAR}/"
        after = contents(schools)
        assert sorted(name for name in after if before.get(name) != after[name] and not name.startswith(".")) == [
            f"第0001职业技术学院/.{YEAR}.recipe.json",
            *(f"{folder}{name}" for name in ("annual-report.docx", "annual-report.html", "manifest.json")),
        ]
        assert set(before) == set(after)
        assert batch_of_standins(project, table).kept == 2
    assert batch_of_standins(project, table).made == 1  # now that it can be
    assert contents(schools)[f"{folder}annual-report.pdf"] == contents(schools)[f"{folder}annual-report.docx"]


def test_a_table_without_a_year_is_refused_in_a_sentence(tmp_path):
    project = make_project(tmp_path / "project")
    lines = [tuple(cell.replace(str(YEAR), "待定") for cell in line) for line in province(5, 2)[0]]
    result = pilot(project, "batch", str(write(tmp_path / "辛省.csv", lines)), "--no-reports")
    assert (result.returncode, "没有一行申报写明四位数的申报年度" in result.stderr) == (1, True), result.stderr
    assert not (project / "reports" / "batch").exists()


def test_an_edition_that_there_is_not_is_said_before_anything_is_written(tmp_path):
    project, table = make_project(tmp_path / "project"), write(tmp_path / "己省.csv", province(5, 2)[0])
    result = pilot(project, "batch", str(table), "--no-reports", "--editions", "papyrus")
    assert result.returncode == 1
    assert "没有“papyrus”这种版本" in result.stderr
    assert not (project / "data" / "processed" / "batch").exists()


def test_a_report_that_was_never_finished_stops_no_batch_and_is_taken_away(untold, tmp_path):
    project, table = make_project(tmp_path / "project"), tmp_path / "己省.csv"
    write(table, province(5, 2)[0])
    unfinished = project / "reports" / "batch" / "己省" / "schools" / "第0000职业技术学院" / ".2031.half"
    unfinished.mkdir(parents=True)
    (unfinished / "manifest.json").write_text("{}", encoding="utf-8")
    assert made_by_standins(project, table) == {"made": 2, "kept": 0, "failed": 0}
    assert not unfinished.exists()


@pytest.mark.full
@pytest.mark.parametrize("workers", [2, 3])
def test_a_cluster_that_loses_a_worker_makes_the_same_reports_each_once(workers, batched, tmp_path):
    """A scheduler and its workers on loopback; one is killed while it works."""
    pytest.importorskip("distributed")
    project = shutil.copytree(batched.project, tmp_path / "project")
    shutil.rmtree(project / "reports")
    with cluster(tmp_path, workers) as (address, processes):
        command = [str(Path(sys.executable).with_name("pilot")), "batch", str(batched.table), "--scheduler", address]
        run = subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        reports = project / "reports" / "batch" / "甲省"
        while run.poll() is None and not list(reports.glob("schools/*/*/manifest.json")):
            time.sleep(0.05)
        os.killpg(processes[1].pid, signal.SIGKILL)
        stdout, stderr = run.communicate(timeout=240)
    assert run.returncode == 1, stderr
    assert stdout.splitlines()[0] == f"甲省.csv：新做 {SCHOOLS - 1} 份，没有变化 0 份，没有做成 1 份"
    assert schools_in(reports) == schools_in(batched.reports)


def test_only_one_batch_of_a_table_runs_at_a_time(batched, tmp_path):
    from pilotlib.running.recipes import only_run

    with only_run(batched.project, "batch-甲省"):
        result = pilot(batched.project, "batch", str(batched.table))
    assert result.returncode == 1
    assert "正由另一个 pilot run 处理" in result.stderr


def test_names_of_schools_are_text_everywhere_and_one_that_takes_its_process_down_is_told_apart(tmp_path):
    project, table = make_project(tmp_path / "project"), tmp_path / "丁省.csv"
    hostile = ("../../../etc", "<script>alert(1)</script>学院", "=HYPERLINK(1)", DEADLY)
    lines, _ = province(5, 4)
    names = {f"第{number:04d}职业技术学院": name for number, name in enumerate(hostile)}
    write(table, [(names.get(line[0], line[0]), *line[1:]) for line in lines])
    assert made_by_standins(project, table, apart=True) == {"made": 3, "kept": 0, "failed": 1}
    reports = project / "reports" / "batch" / "丁省"
    assert len(list(reports.glob("schools/*/*/annual-report.html"))) == 3
    assert {path.name for path in (project / "reports").iterdir()} == {"batch"}
    assert "<script>alert" not in (reports / "index.html").read_text(encoding="utf-8")
    digest = hashlib.sha256(hostile[0].encode()).hexdigest()[:8]
    assert any(path.name.endswith(digest) for path in (reports / "schools").iterdir())
