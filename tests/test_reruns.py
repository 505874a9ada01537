"""What a run does again, and what not: told by content, stage by stage."""

import importlib.metadata
import json
import os
import re
import shutil
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement

from pilotlib import PilotError
from pilotlib.running import pipeline, recipes
from tests import standin
from tests.conftest import ROOT, pilot

ALL = ["清洗与检查", "统计", "年度报告", "导出"]


def run(project, year=2021, execute=standin.execute, **arguments):
    with standin.stages(execute=execute):
        return pipeline.run(project, year, **({"editions": standin.EDITIONS} | arguments)).stages


def replaced(*path, was, becomes):
    def change(project):
        file = project.joinpath(*path)
        text = file.read_text(encoding="utf-8-sig")
        assert was in text
        file.chmod(0o644)
        file.write_text(text.replace(was, becomes, 1), encoding="utf-8")

    return change


def raw(name, was, becomes):
    return replaced("data", "raw", "2021", name, was=was, becomes=becomes)


def cell_of_the_table(project):
    table = project / "data" / "raw" / "2021" / "applications.tsv"
    before = table.stat()
    raw("applications.tsv", "\t437\t", "\t438\t")(project)
    os.utime(table, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (table.stat().st_size, table.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


CHANGES = {
    "nothing": (lambda project: None, []),
    "a time stamp": (lambda project: os.utime(project / "data" / "raw" / "2021" / "applications.tsv", (1, 1)), []),
    "a cell of the table, with the old time and length": (cell_of_the_table, ALL),
    "the school's text": (raw("narrative.md", "统筹", "统筹和"), ["清洗与检查", "年度报告", "导出"]),
    "an indicator": (raw("indicators.csv", "1028", "1029"), ALL),
    "a correction's reason": (raw("corrections.csv", "宜向平台核实", "已核实"), ALL),
    # Nothing but the manifest, which records the hash of every input, says it.
    "a comment on the source": (raw("source.toml", "# ", "# 注："), ["清洗与检查", "导出"]),
    "the school's name": (replaced("data", "raw", "school.toml", was="name", becomes="name"), []),
    "a major's category": (replaced("data", "raw", "reference", "majors.csv", was="财经商贸", becomes="财经"), ALL),
    "a word of the first notebook": (replaced("notebooks", "1_clean.ipynb", was="第一步", becomes="其一"), ["清洗与检查"]),
    "a word of the second notebook": (replaced("notebooks", "2_statistics.ipynb", was="第二步", becomes="其二"), ["统计"]),
    "a word of the report": (replaced("notebooks", "3_annual_report.ipynb", was="附录B", becomes="附表B"), ["年度报告", "导出"]),
    "a file of the report gone": (lambda project: (project / "reports" / "2021" / "annual-report.html").unlink(), ["导出"]),
    "a processed table altered": (replaced("data", "processed", "2021", "majors.csv", was="会计", becomes="審計"), ["导出"]),
    "a recipe damaged": (lambda project: (project / ".pilot" / "2021" / ".counted.recipe.json").write_bytes(b"x"), ["统计"]),
    "the work folder gone": (lambda project: shutil.rmtree(project / ".pilot"), ALL),
}  # fmt: skip
# Each runs every stage again for the reason of another that does: an input of the first stage, work that is gone.
ALIKE = ("a correction's reason", "a major's category", "the work folder gone")


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    from tests.conftest import make_project

    project = make_project(tmp_path_factory.mktemp("reruns") / "project")
    assert run(project) == ALL
    return project


@pytest.fixture
def ready(once, tmp_path):
    """A project that has been run, and then moved: where it stands is nothing that a result depends on."""
    return shutil.copytree(once, tmp_path / "project")


def run_copied(project, year=2021, **arguments):
    return run(project, year, execute=standin.copied, **arguments)


@pytest.fixture
def copied(project):
    """A project that has been run with stages that only carry the school's text along."""
    assert run_copied(project) == ALL
    return project


@pytest.mark.parametrize(
    ("change", "stages"),
    [pytest.param(*case, id=name, marks=pytest.mark.full if name in ALIKE else []) for name, case in CHANGES.items()],
)
def test_a_change_reruns_exactly_the_stages_that_depend_on_it(ready, change, stages):
    outputs = {path: path.read_bytes() for path in (ready / "data" / "processed").rglob("*.csv")}
    change(ready)
    assert run(ready) == stages
    assert run(ready) == []
    if stages == ["导出"]:
        assert {path: path.read_bytes() for path in outputs} == outputs
        assert (ready / "reports" / "2021" / "annual-report.html").exists()


def test_the_code_is_an_input(copied, monkeypatch, tmp_path):
    module = tmp_path / "module.py"
    module.write_text("1")
    monkeypatch.setattr(recipes, "code", recipes.code.__wrapped__)  # it is not to be remembered here
    package, files_in = Path(recipes.__file__).parents[1], recipes.files_in
    monkeypatch.setattr(recipes, "files_in", lambda folder: files_in(folder) + [module] * (folder == package))
    assert run_copied(copied) == ALL
    module.write_text("2")
    assert run_copied(copied) == ALL
    assert run_copied(copied) == []


# One that we ask for, and one that it asks for; others are no different.
@pytest.mark.parametrize(
    "package", ["et-xmlfile", "openpyxl", *(pytest.param(name, marks=pytest.mark.full) for name in ("cn2an", "pandas"))]
)
def test_another_version_of_a_dependency_runs_everything_again(copied, monkeypatch, package):
    distribution = importlib.metadata.distribution
    another = SimpleNamespace(read_text=lambda _: f"Name: {package}\nVersion: 0\n\n")
    monkeypatch.setattr(
        importlib.metadata, "distribution", lambda name: another if name == package else distribution(name)
    )
    recipes.versions.cache_clear()
    try:
        assert run_copied(copied) == ALL
        assert run_copied(copied) == []
    finally:
        recipes.versions.cache_clear()


def test_every_dependency_that_is_installed_is_recorded_and_no_tool_of_development():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = settings["optional-dependencies"]
    asked = [*settings["dependencies"], *(line for name in extras if name != "dev" for line in extras[name])]
    names = {re.match(r"[\w.-]+", line)[0].lower() for line in asked}
    recorded = {name.lower() for name in recipes.versions()}
    installed = {distribution.name.lower() for distribution in importlib.metadata.distributions()}
    assert names & installed <= recorded
    assert not {"pytest", "ruff", "mypy"} & recorded


def test_what_the_dependencies_ask_for_themselves_is_recorded():
    recorded = recipes.versions()
    for name in ("pilotlib", "et-xmlfile", "jupyter-client", "python-dateutil", "lxml", "nbclient", "ipython"):
        assert recorded[name] == importlib.metadata.version(name)
    for need in map(Requirement, importlib.metadata.requires("nbconvert")):
        if need.marker is None or need.marker.evaluate({"extra": ""}):
            assert need.name.lower().replace("_", "-") in recorded
    assert not {"hypothesis", "pandas-stubs", "polars"} & set(recorded)  # of extras that nobody asked for


def test_a_parameter_runs_again_only_the_notebook_that_declares_it(copied):
    path = copied / "notebooks" / "2_statistics.ipynb"
    text = path.read_text(encoding="utf-8")
    assert text.count('"processed = None') == 1
    path.write_text(
        text.replace('"processed = None', '"threshold = 5\\n",\n    "processed = None', 1), encoding="utf-8"
    )
    assert run_copied(copied) == ["统计"]
    assert run_copied(copied, parameters={"threshold": "6"}) == ["统计", "导出"]  # the manifest says it
    assert run_copied(copied, parameters={"threshold": "6"}) == []
    assert run_copied(copied, parameters={"threshold": "7"}) == ["统计", "导出"]


def test_force_runs_everything_and_other_editions_only_publish(copied):
    assert run_copied(copied, force=True) == ALL
    assert run_copied(copied, editions=("docx",)) == ["导出"]
    assert sorted(path.name for path in (copied / "reports" / "2021").iterdir()) == [
        "annual-report.docx",
        "annual-report.html",
        "annual-report.xlsx",
        "manifest.json",
    ]
    assert run_copied(copied, editions=("docx",)) == []
    assert run_copied(copied) == []


def test_the_style_and_the_template_of_the_document_make_it_anew(copied):
    editions = {"editions": ("html", "docx")}
    assert run_copied(copied, **editions) == ["导出"]
    assert run_copied(copied, **editions, style="gongwen") == ["导出"]
    assert run_copied(copied, **editions, style="gongwen") == []
    assert run_copied(copied, **editions) == ["导出"]
    template = copied / "data" / "raw" / "report-template.docx"
    for content in (b"one", b"other"):
        template.write_bytes(content)
        assert run_copied(copied, **editions) == ["导出"]
        assert run_copied(copied, **editions) == []
    assert run_copied(copied, editions=("html",)) == []  # for the document stands there
    template.write_bytes(b"a third")
    assert run_copied(copied, editions=("html",)) == ["导出"]
    assert run_copied(copied, **editions, style="gongwen") == ["导出"]
    assert run_copied(copied, editions=("html",)) == []  # it keeps its style


def test_a_style_for_no_document_is_refused(copied):
    with pytest.raises(PilotError, match="--style gongwen 是docx版的版式，这次没有要docx版"):
        run_copied(copied, editions=("html", "pdf"), style="gongwen")


def test_a_year_depends_on_the_statistics_of_the_nearest_earlier_one(copied):
    for year in ("2019", "2020", "2022"):
        folder = copied / "data" / "raw" / year
        shutil.copytree(copied / "data" / "raw" / "2021", folder)
        (folder / "narrative.md").write_text(f"{year} 年", encoding="utf-8")
    for year in (2019, 2020):
        assert run_copied(copied, year) == ALL
    assert run_copied(copied, 2021) == ["年度报告", "导出"]
    assert run_copied(copied, 2022) == ALL
    replaced("data", "raw", "2020", "narrative.md", was="年", becomes="学年")(copied)
    assert [run_copied(copied, year) for year in (2019, 2020, 2021, 2022)] == [[], ALL, ["年度报告", "导出"], []]


def test_a_failed_stage_runs_again_and_the_last_report_stays(copied):
    report = copied / "reports" / "2021" / "annual-report.html"
    before = report.read_bytes()
    raw("narrative.md", "统筹", "统筹和")(copied)

    def fail(*_):
        raise RuntimeError

    with standin.stages(execute=standin.copied, publish_book=fail), pytest.raises(RuntimeError):
        pipeline.run(copied, 2021, editions=standin.EDITIONS)
    assert report.read_bytes() == before
    assert run_copied(copied) == ["导出"]
    assert report.read_bytes() != before


def test_an_unchanged_year_says_so_and_imports_nothing_heavy(ran):
    manifest = json.loads((ran.reports / "manifest.json").read_text(encoding="utf-8"))
    editions = ",".join(name.removeprefix("annual-report.") for name in manifest["outputs"])
    order = ("html", "xlsx", "docx", "pdf")
    editions = ",".join(sorted(editions.split(","), key=order.index))
    again = pilot(ran.project, "run", "2021", "--editions", editions)
    assert again.stdout.splitlines()[1:] == [
        "发现：学校文字中3处与数据不一致；申报表中5处存疑",
        "没有变化，报告已是最新：reports/2021/annual-report.html （另有 pdf、docx、xlsx）",
    ]
    assert again.stderr == ""


def test_the_pipeline_itself_imports_nothing_heavy():
    import subprocess
    import sys

    code = "import sys, pilotlib.cli, pilotlib.running.pipeline; print(sorted({'pandas', 'matplotlib', 'papermill', 'nbconvert', 'pyarrow'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[]"
