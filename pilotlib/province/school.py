"""A report for each school: made apart from every other and put in its place, or why there is none.

A school of a batch is a project of its own for as long as its report takes. What goes in and comes out are bytes: any
process on any machine that has this package can make it.
"""

import gc
import hashlib
import json
import tempfile
import threading
from collections.abc import Hashable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.checking import clean_inputs
from pilotlib.errors import PilotError
from pilotlib.project import find_notebooks
from pilotlib.province.pieces import Part, Task
from pilotlib.province.workers import Spread
from pilotlib.publishing import missing_for
from pilotlib.reading import read_inputs
from pilotlib.reading.settings import read_settings
from pilotlib.report.books import KINDS
from pilotlib.running import recipes
from pilotlib.running.editions import editions_of, sentences
from pilotlib.running.pipeline import run
from pilotlib.running.progress import bar
from pilotlib.vocabulary import NO_SCHOOL

LOST = "做这份报告的进程两次中途退出，常因内存不足。请减少同时运行的数目（--workers）再试。"
WITHOUT_YEAR = "申报年度不是四位数字，不知道是哪一年的报告。请在表中改好。"
WITHOUT_NAME = "没有写明学校，不属于任何一份报告。请在表中补上。"
_MOST_NAMED = 20
_FAULT_COLUMNS = {"school": "str", "year": "Int64", "source_row": "Int64", "place": "Int64"}
_FAULT_COLUMNS |= {"column": "str", "value": "str", "message": "str"}
Fault = dict[Hashable, Any]  # a row of `faults_table`, or some of its columns
# The working directory and IPython's shell are one to a process.
_ONE_AT_A_TIME = threading.Lock()


class Settings(NamedTuple):
    """What all schools have in common: files of their projects by path, what unknown statuses mean, editions that are
    asked for, the hash of the code."""

    files: dict[str, bytes]
    statuses: dict[str, str]
    editions: tuple[str, ...]
    code: str


class Made(NamedTuple):
    """What came of a task: the report's files by name; or why it failed: messages, perhaps of cells."""

    files: dict[str, bytes]
    faults: Sequence[Fault] = ()


def settings_of(project: Path, editions: Sequence[str]) -> Settings:
    """The settings of a batch in a project."""
    reference, notebooks = "data/raw/reference/majors.csv", find_notebooks(project, KINDS["year"].notebooks)
    paths = {f"notebooks/{path.name}": path for path in notebooks} | {reference: project / reference}
    files = {name: path.read_bytes() if path.exists() else b"" for name, path in paths.items()}
    statuses = read_settings(project / "data" / "raw" / "school.toml").get("statuses", {})
    return Settings(files, statuses, tuple(editions), recipes.code())


def _files_of_project(task: Task, settings: Settings) -> dict[str, bytes]:
    """The files of the project of one school and one year, by path."""
    in_toml = partial(json.dumps, ensure_ascii=False)  # what it writes TOML takes, but for one sign
    statuses = [f"{in_toml(word)} = {in_toml(answer)}" for word, answer in settings.statuses.items()]
    lines = [f"name = {in_toml(task.school)}", *(["[statuses]", *statuses] if statuses else []), ""]
    school = "\n".join(lines).replace("\x7f", "\\u007f").encode()
    return settings.files | {f"data/raw/{task.year}/applications.csv": task.table, "data/raw/school.toml": school}


def make_report(task: Task, settings: Settings) -> Made:
    """Make one school's report for a year; what goes wrong is told and stops no other."""
    try:
        code = _code_here()
        with _ONE_AT_A_TIME, tempfile.TemporaryDirectory(prefix="pilot-") as folder:
            project = Path(folder).resolve()
            try:
                if settings.code != code:
                    raise PilotError("这台机器上的 pilotlib 与发起的机器不同。请装成同一版本。")
                for name, content in _files_of_project(task, settings).items():
                    (project / name).parent.mkdir(parents=True, exist_ok=True)
                    (project / name).write_bytes(content)
                run(project, task.year, editions=task.editions, quiet=True)
                gc.collect()  # no run looks for garbage
            except PilotError as error:
                # Where the run has kept its notebook goes with the project.
                return Made({}, _cells_at_fault(project, task.year) or [{"message": error.sentence}])
            reports = sorted((project / "reports" / str(task.year)).iterdir())
            return Made({path.name: path.read_bytes() for path in reports})
    except Exception as error:  # a fault of ours, or of the machine: it is this school's all the same
        why = f"没有做成（{type(error).__name__}：{error}）。请把这所学校的表交给维护者查看。"
        return Made({}, [{"message": why}])


@cache
def _code_here() -> str:
    """The hash of the code that this process runs; asked before its first report, which finds all loaded."""
    import pilotlib.running.stages  # noqa: F401

    gc.freeze()  # no garbage is looked for among it; later, what dies would stay
    return recipes.code()


def _cells_at_fault(project: Path, year: int) -> list[Fault]:
    """The cells at which a school's table was refused, if it can be read at all."""
    try:
        # There is no ledger for a table of many schools: faults are mended in the table.
        problems = clean_inputs(read_inputs(project, year), "原表").problems
    except PilotError:
        return []
    errors = problems.loc[problems["severity"] == "error", ["source_row", "column", "value", "message"]]
    return errors.astype(object).where(errors.notna(), None).to_dict("records")


def make_reports(
    parts: dict[Path, Part], settings: Settings, spread: Spread, title: str, force: bool
) -> tuple[int, list[Fault], list[str]]:
    """Make the reports of schools and years that are not current; how many those were, what went wrong, and what is
    said of their editions. Each is put into its folder, whole and its recipe beside it, as it is done; a bar shows how
    many are left."""
    changed, faults, file = {}, list[Fault](), KINDS["year"].file
    wanted = {folder: editions_of(settings.editions, folder, file) for folder in parts}
    missing = missing_for(sorted({name for editions in wanted.values() for name in editions.others}))
    for folder, part in parts.items():
        editions = wanted[folder]
        editions.missing = {name: why for name, why in missing.items() if name in editions.others}
        files = _files_of_project(part.task(), settings)
        inputs = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        recipe = recipes.recipe_of(inputs, {"year": part.year, "editions": editions.names}, settings.code)
        if force or not editions.old <= missing.keys() or not recipes.is_current(folder, recipe):
            changed[part.school, part.year] = folder, recipe
    refreshed = {name for folder, _ in changed.values() for name in wanted[folder].others} - missing.keys()
    said = sentences(sorted(refreshed), missing)
    if not changed:
        return 0, [], said
    tasks = (parts[folder].task(wanted[folder].made) for folder, _ in changed.values())
    results = spread(partial(make_report, settings=settings), tasks)
    for task, result in bar(f"{title}：各校报告", results, "份", len(changed)):
        (folder, recipe), made = changed[task.school, task.year], result or Made({}, [{"message": LOST}])
        if not made.files:
            faults += _faults_of(parts[folder], made)
            continue
        with recipes.replacing(folder, recipe) as new:
            for name, content in made.files.items():
                (new / name).write_bytes(content)
            recipes.keep(wanted[folder].kept, folder, new)
    return len(changed), faults, said


def _faults_of(part: Part, made: Made) -> list[Fault]:
    """Why a school has no report: each fault with its row in the school's table and in the table of all."""
    places, faults = part.places, []
    for fault in made.faults:
        if row := fault.get("source_row"):
            file, number = places[row - 1]  # in a folder, the message names the file
            fault = fault | {"place": number, "message": file + fault["message"]}
        faults.append({"school": part.school, "year": part.year} | fault)
    return faults


def fault_without_report(part: Part) -> Fault:
    """Rows that can belong to no report, as one fault."""
    places = part.places
    named = "、".join(f"{file}第{row}行" for file, row in places[:_MOST_NAMED])
    why = WITHOUT_NAME if part.school == NO_SCHOOL else WITHOUT_YEAR
    message = f"{named}{'等' if len(places) > _MOST_NAMED else ''}（共{len(places)}行）{why}"
    return {"school": part.school, "year": part.year or None, "place": places[0][1], "message": message}


def faults_table(faults: list[Fault]) -> pd.DataFrame:
    """Faults as a table, by school: `school, year, source_row, place, column, value, message`."""
    table = pd.DataFrame(faults, columns=list(_FAULT_COLUMNS)).astype(_FAULT_COLUMNS)
    table = table.fillna({name: "" for name, kind in _FAULT_COLUMNS.items() if kind == "str"})
    return table.sort_values(["school", "year", "source_row"], kind="stable", ignore_index=True)
