"""What many tests share: the 2021 inputs, a project to run in, and one run of it per session."""

import contextlib
import gc
import io
import os
import shutil
import subprocess
import sys
from functools import cache
from itertools import takewhile
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from pilotlib import PilotError, cli
from pilotlib.cleaning import clean
from pilotlib.publishing import check_editions
from pilotlib.reading import read_inputs
from pilotlib.running import recipes

ROOT = Path(__file__).parents[1]
# Kernels are started by one process at a time: two at once may take the same port.
KERNELS = FileLock(ROOT / ".pytest-kernels.lock")
FULL = False
# Files of tests go to processes whole, in this order: the longest first, so that none is left at the end; those that
# want the one run of a session (`ran`) come when it is made, by the first.
LONGEST = (
    "browser/test_report",
    "browser/test_lab",
    "browser/test_trends",
    "province/test_batch",
    "report/test_variations",
    "province/test_report",
    "test_faults",
    "test_results",
    "test_reruns",
    "reading/test_formats",
    "test_columns_missing",
    "browser/test_hostile",
    "exploring/test_years",
    "test_mending",
    "test_starting",
    "report/test_workbook",
)
GIVEN_DOCUMENT = ROOT.parent / "shared" / "source" / "2021-report.txt"


def pytest_configure(config):
    global FULL
    FULL = config.option.markexpr != "not full"


def pytest_xdist_make_scheduler(config, log):
    """Files of tests that open the same years go to one process: it opens each once."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return "exploring" if nodeid.startswith("tests/exploring/") else super()._split_scope(nodeid)

    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    place = {f"tests/{name}.py": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.split("::")[0], len(LONGEST)))


def pytest_collection_finish():
    """What is loaded by now is no garbage: the runs that tests make look for some, each in all that there is."""
    gc.collect()
    gc.freeze()


def full() -> bool:
    """Whether the full tests are asked for too: `pytest -m ""`."""
    return FULL


def examples(few: int, many: int, **others) -> settings:
    """So many examples of hypothesis, and so many where the full tests are asked for."""
    number = many if full() else few
    return settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck), **others)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport():
    """Where everything that tests need has been installed, a skip is a failure."""
    report = (yield).get_result()
    if report.skipped and os.environ.get("PILOTLIB_REQUIRE_ALL_TESTS") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr[2]}"


@pytest.fixture(scope="session", autouse=True)
def code_hashed_once():
    """The package does not change while it is tested: its hundred files are hashed once, and not for every run."""
    with mock.patch.object(recipes, "code", cache(recipes.code)):
        yield


@contextlib.contextmanager
def years_counted_once():
    """Each year of a project is cleaned and counted once, however often it is opened: its raw files do not change."""
    from pilotlib.exploring import years

    with mock.patch.object(years, "_counted", cache(years._counted)):
        yield


@pytest.fixture(scope="session")
def inputs():
    return read_inputs(ROOT, 2021)


@pytest.fixture(scope="session")
def cleaned(inputs):
    return clean(inputs.cells, inputs.corrections, inputs.reference, inputs.file)


@pytest.fixture(scope="session")
def cleaned_as_printed(inputs):
    """The table without the corrections ledger."""
    return clean(inputs.cells, None, inputs.reference, inputs.file)


@pytest.fixture(scope="session")
def given_document() -> Path:
    if not GIVEN_DOCUMENT.exists():
        pytest.skip("the given document is not beside the project")
    return GIVEN_DOCUMENT


def make_project(folder: Path) -> Path:
    """A project with the 2021 raw data and the notebooks, and nothing made from them."""
    shutil.copytree(ROOT / "data" / "raw", folder / "data" / "raw")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    return folder


def in_turn(command: list, folder: Path) -> subprocess.CompletedProcess:
    """Run a command that starts kernels."""
    with KERNELS:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


def pilot(project: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run the command in a project, as a user would; in this process unless it starts kernels, for that is quick."""
    if "kernel" in arguments:
        return in_turn([Path(sys.executable).with_name("pilot"), *arguments], project)
    output, errors, status = io.StringIO(), io.StringIO(), 0
    streams = contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors)
    with contextlib.chdir(project), mock.patch.object(sys, "argv", ["pilot", *arguments]), streams[0], streams[1]:
        try:
            cli.main()
        except SystemExit as end:
            status = int(end.code or 0)
    return subprocess.CompletedProcess(arguments, status, output.getvalue(), errors.getvalue())


def under(lines: list[str], heading: str) -> list[str]:
    """What a terminal is told below a heading that begins so, line by line."""
    (start,) = [number for number, line in enumerate(lines, 1) if line.startswith(heading)]
    return [line.strip() for line in takewhile(lambda line: line.startswith("  "), lines[start:])]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file in a folder and below it, by its path there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture
def project(tmp_path) -> Path:
    return make_project(tmp_path / "project")


def editions_here() -> list[str]:
    """The editions that can be made on this machine: a PDF wants a system library."""
    try:
        check_editions(["pdf"])
    except PilotError:
        return ["html", "xlsx", "docx"]
    return ["html", "xlsx", "docx", "pdf"]


def made_once(tmp_path_factory, name: str, make) -> Path:
    """A folder that `make` fills once per session, however many processes the tests run in."""
    root = tmp_path_factory.getbasetemp()
    root = root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root
    with FileLock(root / f"{name}.lock"):
        if not (root / f"{name}.done").exists():
            make(root / name)
            (root / f"{name}.done").touch()
    return root / name


@pytest.fixture(scope="session")
def ran(tmp_path_factory) -> SimpleNamespace:
    """The year 2021 run once, in every edition: `project`, `processed`, `reports`, `report` (the page), what it said."""

    def run(folder):
        command = [Path(sys.executable).with_name("pilot"), "run", "2021", "-v", "--editions"]
        command += [",".join(editions_here())]
        result = subprocess.run(
            command, cwd=make_project(folder / "project"), capture_output=True, text=True, timeout=300
        )
        assert result.returncode == 0, result.stderr
        (folder / "stdout").write_text(result.stdout, encoding="utf-8")
        (folder / "stderr").write_text(result.stderr, encoding="utf-8")

    folder = made_once(tmp_path_factory, "ran", run)
    project = folder / "project"
    return SimpleNamespace(
        project=project,
        processed=project / "data" / "processed" / "2021",
        reports=project / "reports" / "2021",
        report=project / "reports" / "2021" / "annual-report.html",
        stdout=(folder / "stdout").read_text(encoding="utf-8"),
        stderr=(folder / "stderr").read_text(encoding="utf-8"),
    )


@pytest.fixture(scope="session")
def executed(ran, tmp_path_factory) -> Path:
    """The report's notebook, executed by papermill alone, from another folder and with the year as a text."""

    def execute(folder):
        folder.mkdir()
        notebook, parameters = ran.project / "notebooks" / "3_annual_report.ipynb", ["-r", "year", "2021"]
        parameters += ["-p", "project", str(ran.project)]
        command = [sys.executable, "-m", "papermill", notebook, folder / "out.ipynb", *parameters, "--no-progress-bar"]
        result = in_turn(command, folder)
        assert result.returncode == 0, result.stderr

    return made_once(tmp_path_factory, "executed", execute) / "out.ipynb"


@pytest.fixture(scope="session")
def statistics(ran) -> dict[str, pd.DataFrame]:
    """The statistics that the run has written, by name."""
    return {path.stem: pd.read_parquet(path) for path in (ran.processed / "statistics").glob("*.parquet")}


@pytest.fixture(scope="session")
def several_years(tmp_path_factory) -> SimpleNamespace:
    """Generated years and 2021, processed; `trends` is the page over all, `report` the one of the last year.

    `generated` are the tables of the generated years, and what came and went from each to the next.

    The first two stages run as stand-ins; the notebooks of the two reports run by papermill. All run in this process.
    """

    from tests.generator import years

    before = 5 if full() else 2
    generated = years(3, 2021 - before, before)

    def make(folder):
        from pilotlib.publishing import publish
        from pilotlib.report.year import read_year
        from pilotlib.report.years import read_years
        from pilotlib.running.stages import execute
        from tests import standin

        project = make_project(folder / "project")
        raw = project / "data" / "raw"
        for made in generated[0]:
            (raw / str(made.year)).mkdir()
            text = "\n".join("\t".join(row) for row in made.rows)
            (raw / str(made.year) / "applications.tsv").write_text(text, encoding="utf-8")
        for year in range(2021 - before, 2022):
            processed = project / "data" / "processed" / str(year)
            for stage in ("1_clean", "2_statistics"):
                values = {"year": year, "processed": str(processed)}
                standin.execute(project / "notebooks" / f"{stage}.ipynb", None, values, project, None, "")
        reports, tables = project / "reports", project / "data" / "processed"
        reports.mkdir()
        for name, values in (("trends", {}), ("3_annual_report", {"year": 2021})):
            notebook, told = project / "notebooks" / f"{name}.ipynb", reports / f"{name}.ipynb"
            execute(notebook, told, values, project, reports, name, "in-process")
        publish(reports / "trends.ipynb", read_years(project), ["html", "xlsx", "docx"], reports)
        year = read_year(tables / "2021", tables / "2020")
        publish(reports / "3_annual_report.ipynb", year, ["html", "xlsx"], reports)

    project = made_once(tmp_path_factory, "several-years", make) / "project"
    return SimpleNamespace(
        project=project,
        generated=generated,
        trends=project / "reports" / "trends.html",
        report=project / "reports" / "annual-report.html",
    )
