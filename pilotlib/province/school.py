"""One school's report, made apart from every other: what goes in and what comes out are bytes.

A school of a batch is a project of its own for as long as its report takes, in a folder that goes afterwards. So any
process on any machine that has this package can make it, and nothing is shared but the code.
"""

import gc
import json
import tempfile
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pilotlib.errors import PilotError
from pilotlib.running.recipes import Recipe, code, digest, recipe_of

# The working directory and IPython's shell are one to a process.
_ONE_AT_A_TIME = threading.Lock()
# There is no ledger for a table of many schools: faults are mended in the table.
_LEDGER = "原表"


class Task(NamedTuple):
    """A school's year: its name and its part of the table, the bytes of a CSV whose rows say where they come from."""

    school: str
    year: int
    table: bytes


class Settings(NamedTuple):
    """What all schools of a batch have in common: notebooks by name, the reference of majors, editions, the code."""

    notebooks: dict[str, bytes]
    reference: bytes
    editions: tuple[str, ...]
    code: str


class Made(NamedTuple):
    """What came of a task: the report's files by name; or, where it failed, why, and the rows at fault.

    `faults` are `source_row, column, value, message`, a dictionary each.
    """

    files: dict[str, bytes]
    message: str = ""
    faults: Sequence[dict[str, Any]] = ()


def settings_of(project: Path, notebooks: dict[str, Path], editions: Sequence[str]) -> Settings:
    """The settings of a batch in a project."""
    reference = project / "data" / "raw" / "reference" / "majors.csv"
    return Settings(
        {path.name: path.read_bytes() for path in notebooks.values()},
        reference.read_bytes() if reference.exists() else b"",
        tuple(editions),
        code(),
    )


def recipe(task: Task, settings: Settings) -> Recipe:
    """All that a school's report depends on."""
    contents = {"applications.csv": task.table, "majors.csv": settings.reference} | settings.notebooks
    inputs = {name: digest(content) for name, content in contents.items()}
    of_school = {"school": task.school, "year": task.year, "editions": list(settings.editions)}
    return recipe_of(inputs, of_school, settings.code)


def make_report(task: Task, settings: Settings) -> Made:
    """Make one school's report for a year; what goes wrong is told and stops no other."""
    try:
        _set_modules_apart()
        with _ONE_AT_A_TIME, tempfile.TemporaryDirectory(prefix="pilot-") as folder:
            return _made(Path(folder).resolve(), task, settings)
    except Exception as error:  # a fault of ours, or of the machine: it is this school's all the same
        return Made({}, f"没有做成（{type(error).__name__}：{error}）。请把这所学校的表交给维护者查看。")


def _made(project: Path, task: Task, settings: Settings) -> Made:
    try:
        if settings.code != _code_here():
            raise PilotError("这台机器上的 pilotlib 与发起的机器不同。请装成同一版本。")
        _lay_out(project, task, settings)
        return Made(_run(project, task, settings))
    except PilotError as error:
        # Where the run has kept its notebook goes with the project.
        return Made({}, error.sentence, _faults(project, task))


_code_here = cache(code)


@cache
def _set_modules_apart() -> None:
    """Never look for garbage among what is there before the first report; later, what dies would stay."""
    import pilotlib.running.stages  # noqa: F401 - all that a report needs

    gc.freeze()


def _run(project: Path, task: Task, settings: Settings) -> dict[str, bytes]:
    from pilotlib.running.pipeline import run

    run(project, task.year, editions=settings.editions, quiet=True)
    reports = project / "reports" / str(task.year)
    return {path.name: path.read_bytes() for path in sorted(reports.iterdir())}


def _lay_out(project: Path, task: Task, settings: Settings) -> None:
    """Write the project of one school and one year."""
    raw = project / "data" / "raw"
    files = {
        raw / str(task.year) / "applications.csv": task.table,
        # TOML takes what JSON writes, but for one sign.
        raw / "school.toml": f"name = {json.dumps(task.school)}\n".replace("\x7f", "\\u007f").encode(),
        raw / "reference" / "majors.csv": settings.reference,
    } | {project / "notebooks" / name: content for name, content in settings.notebooks.items()}
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _faults(project: Path, task: Task) -> list[dict[str, Any]]:
    """The cells at which a school's table was refused, if it can be read at all."""
    from pilotlib.checking.year import clean_inputs
    from pilotlib.reading import read_inputs

    try:
        problems = clean_inputs(read_inputs(project, task.year), _LEDGER).problems
    except PilotError:
        return []
    errors = problems.loc[problems["severity"] == "error", ["source_row", "column", "value", "message"]]
    records = errors.astype(object).where(errors.notna(), None).to_dict("records")
    return [{str(name): value for name, value in record.items()} for record in records]
