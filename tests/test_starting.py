"""Another school starts: `pilot init` from a clone, and from nothing but the wheel as far as a report."""

import html
import json
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import pytest

from pilotlib.project import begin_project
from pilotlib.reading.settings import read_settings
from tests.conftest import ROOT, contents, pilot

# The places that another folder may hold: nothing of it may change.
OCCUPIED = {
    "a file in it": lambda folder: (folder.mkdir(), (folder / "笔记.txt").write_text("x", encoding="utf-8")),
    "a project": begin_project,
    "hidden": lambda folder: (folder.mkdir(), (folder / ".git").mkdir()),
    "itself a file": lambda folder: folder.write_text("x", encoding="utf-8"),
}


@pytest.fixture(scope="module")
def begun(tmp_path_factory) -> Path:
    """A project that has just been made from this clone."""
    return begin_project(tmp_path_factory.mktemp("begun") / "外校")


def test_a_new_project_holds_what_is_needed_and_no_year(begun):
    made = contents(begun)
    kept = [name for name in made if name.startswith(("notebooks/", "jupyter/", "docs/", "data/raw/reference/"))]
    assert {name: made[name] for name in kept} == {name: (ROOT / name).read_bytes() for name in kept}
    assert {f"notebooks/{path.name}" for path in (ROOT / "notebooks").iterdir() if path.is_file()} <= {*kept}
    assert "jupyter/jupyter_lab_config.py" in kept and "data/raw/reference/majors.csv" in kept
    others = {".gitignore", "README.zh-CN.md", "data/processed/README.md", "reports/README.md"}
    others |= {f"data/raw/{name}" for name in ("school.toml", "README.md", "README.zh-CN.md")}
    assert {*made} - {*kept} == others
    assert re.findall("2021|火炬", made["README.zh-CN.md"].decode() + made["data/raw/school.toml"].decode()) == []


def test_every_link_of_a_new_project_leads_somewhere(begun):
    texts = {path: path.read_text(encoding="utf-8") for path in begun.rglob("*.md")}
    for path in begun.rglob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts[path] = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    links = [(path, link) for path, text in texts.items() for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text)]
    assert len(links) > 15
    assert [(path.name, link) for path, link in links if not (path.parent / link).exists()] == []


def test_the_settings_of_a_new_school_say_nothing_until_a_line_is_uncommented(begun, tmp_path):
    given = begun / "data" / "raw" / "school.toml"
    assert read_settings(given) == {}
    filled = tmp_path / "school.toml"
    filled.write_text(re.sub("(?m)^# ", "", given.read_text(encoding="utf-8")), encoding="utf-8")
    said = read_settings(filled)
    assert (said["name"], said["colleges"]) == ("某某职业技术学院", {"商学院": ["会计", "市场营销"]})


@pytest.mark.parametrize("command", [["check"], ["run"], ["run", "--all"]], ids=" ".join)
def test_a_project_without_a_year_says_what_to_do_next(begun, command):
    before, result = contents(begun), pilot(begun, *command)
    assert result.returncode == 1
    assert result.stderr == (
        "错误：data/raw 中还没有任何年度。"
        "下一步：填好 data/raw/school.toml，再用收到的申报表建立年度：pilot new 年度 文件\n"
    )
    assert contents(begun) == before


@pytest.mark.parametrize("occupied", OCCUPIED)
def test_what_is_there_is_never_overwritten(tmp_path, occupied):
    OCCUPIED[occupied](tmp_path / "place")
    before, names = contents(tmp_path), sorted(tmp_path.rglob("*"))
    result = pilot(tmp_path, "init", "place")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("错误：place 中已有内容，没有改动。")
    assert (contents(tmp_path), sorted(tmp_path.rglob("*"))) == (before, names)


def test_an_empty_folder_is_taken_as_it_is(tmp_path):
    result = pilot(tmp_path, "init", ".")
    assert result.returncode == 0, result.stderr
    first, second = result.stdout.splitlines()
    assert first == f"已建立 {tmp_path}：.gitignore、README.zh-CN.md、data、docs、jupyter、notebooks、reports"
    assert "pilot new 年度 文件" in second


def test_what_a_notebook_was_run_on_stays_where_it_was(tmp_path, monkeypatch):
    notebook = {"cells": [{"cell_type": "code", "source": "1", "outputs": [{"text": "1662"}], "execution_count": 3}]}
    (tmp_path / "clone" / "notebooks" / ".ipynb_checkpoints").mkdir(parents=True)
    for place in ("a.ipynb", ".ipynb_checkpoints/a.ipynb"):
        (tmp_path / "clone" / "notebooks" / place).write_text(json.dumps(notebook), encoding="utf-8")
    monkeypatch.setattr("pilotlib.project.STARTING", tmp_path / "clone" / "pilotlib" / "starting")
    monkeypatch.setattr("pilotlib.project._BEGINNING", ("notebooks",))
    made = contents(begin_project(tmp_path / "new"))
    assert [*made] == ["notebooks/a.ipynb"]
    cell = {"cell_type": "code", "source": "1", "outputs": [], "execution_count": None}
    assert json.loads(made["notebooks/a.ipynb"]) == {"cells": [cell]}


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> SimpleNamespace:
    """The wheel in an environment of its own, whose other packages are those of this one; `run` runs a command there,
    `python` a line of Python. No network is asked."""
    folder = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    places = {"base": str(folder / "venv"), "platbase": str(folder / "venv")}
    scripts, packages = (Path(sysconfig.get_path(name, vars=places)) for name in ("scripts", "purelib"))
    python = scripts / Path(sys.executable).name
    (wheel,) = folder.glob("*.whl")
    install = [sys.executable, "-m", "uv", "pip", "install", "--offline", "--no-deps", "--python", python, wheel]
    subprocess.run(install, check=True, capture_output=True)
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= {"PYTHONUTF8": "1", "JUPYTER_PATH": str(Path(sys.prefix, "share", "jupyter"))}

    def run(*command) -> str:
        result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
        assert result.returncode == 0, result.stderr
        return result.stdout

    at = run(python, "-c", "import pilotlib; print(pilotlib.__file__)").strip()
    assert Path(at) == packages / "pilotlib" / "__init__.py"
    return SimpleNamespace(folder=folder, run=lambda *command: run(scripts / "pilot", *command))


def test_from_nothing_but_the_wheel_to_a_report(installed, begun):
    installed.run("init", "外校")
    project = installed.folder / "外校"
    assert contents(project) == contents(begun)  # the wheel brings what a clone has
    received = ROOT / "data" / "raw" / "2021" / "applications.tsv"
    assert "申报 25 行，剔除 0 行" in installed.run("new", "2021", str(received), "--project", "外校")
    with (project / "data" / "raw" / "school.toml").open("a", encoding="utf-8") as file:
        file.write('name = "外校职业学院"\n')
    said = installed.run("run", "--editions", "html", "--project", "外校").splitlines()
    assert said[-1] == "报告：reports/2021/annual-report.html"
    page = (project / "reports" / "2021" / "annual-report.html").read_text(encoding="utf-8")
    text = html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"(?s)<(script|style|svg).*?</\1>", "", page)))
    assert "外校职业学院" in text and "火炬" not in text
    # Without the ledger two levels are cut off: 284 and 1,268 are what is printed, 110 (60 and 50) at none.
    for sentence in (
        "申请培训1,659人，批准1,662人",
        "沿用批次11项、批准610人；第一批次12项、批准872人；第二批次2项、批准180人",
        "初级5项、批准284人；中级18项、批准1,268人；等级未知2项、批准110人",
        "至少15个专业，其在校生共5,501名",
    ):
        assert sentence in text
