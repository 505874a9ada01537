"""The reports of a project: each made by steps where something has changed, then moved into its place whole.

A step makes one folder of `.pilot/<name>/`, which can be deleted at any time.
"""

import gc
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from pilotlib.errors import PilotError
from pilotlib.project import COUNTED, earlier_folder, input_files, processed_years
from pilotlib.report.books import KINDS
from pilotlib.running import recipes
from pilotlib.running.editions import editions_of, sentences
from pilotlib.running.report import Report, Step

# What the second stage depends on of what the first wrote; the report depends on all of it.
READ_BY_STATISTICS = ("about.json", "results", *(f"{name}.parquet" for name in COUNTED))
PUBLISHING = "导出"


class Made(NamedTuple):
    """What a run made: titles of the steps taken, in order; the files of the report, the page last; `sentences` on the
    editions that nobody asked for and that stand there."""

    stages: list[str]
    written: list[Path]
    said: Sequence[str] = ()


def run(
    project: Path,
    year: int,
    parameters: dict[str, str] | None = None,
    *,
    editions: Sequence[str],
    strict: bool = False,
    force: bool = False,
    engine: str | None = None,
    style: str | None = None,
    quiet: bool = False,
) -> Made:
    """Make a year's processed tables and its report, as far as something has changed.

    `parameters` are those of the notebooks that declare them, `editions` names of `EXTRAS`: those are made, and all
    that stand there. `strict`: a number of the school's text that disagrees stops the run. `force`: everything is run
    again. `engine`: one of `stages.ENGINES`, which all make the same. `style`: the standard by which the docx is laid
    out. `quiet`: no progress is shown.

    A PilotError leaves the last good report and tables untouched: an unknown parameter or an edition that cannot
    be made (before anything is run), bad input, a notebook that failed (kept where the message says), another run
    of this year, an input that changed meanwhile, or, if strict, a claim that disagrees.
    """

    def inputs() -> list[Path]:
        return [*input_files(project, year), *_tables_in(earlier_folder(project, year))]

    final, processed = project / "reports" / str(year), project / "data" / "processed" / str(year)
    tables, earlier = project / ".pilot" / str(year) / "tables", earlier_folder(project, year)
    telling = {"year": year, "processed": str(tables)}, (tables, earlier), parameters or {}, engine, style or ""
    report = Report(project, KINDS["year"], f"{year} 年", final, inputs, editions, *telling)
    steps, places = _steps_of_year(report, tables, year, strict), {tables: processed, report.published: final}
    with recipes.only_run(project, report.work.name):
        made = make_report(report, steps, [tables, *_tables_in(earlier)], places, force, quiet)
    return made._replace(written=[*sorted(processed.rglob("*.csv")), *made.written])


def run_trends(
    project: Path, editions: Sequence[str], force: bool = False, engine: str | None = None, style: str | None = None
) -> Made | None:
    """Make the report over all processed years as `run` makes a year's; None with fewer than two."""
    if len(processed_years(project)) < 2:
        return None
    kind, tables = KINDS["years"], project / "data" / "processed"
    final = project / "reports" / kind.file

    def inputs() -> list[Path]:
        return _tables_in(*(tables / str(year) for year in processed_years(project)))

    report = Report(project, kind, kind.title, final, inputs, editions, {}, [project], engine=engine, style=style or "")
    with recipes.only_run(project, report.work.name):
        return make_report(report, [], report.inputs(), {report.published: final}, force, quiet=False)


def _steps_of_year(report: Report, tables: Path, year: int, strict: bool) -> list[Step]:
    """A year's own steps: cleaned and counted by a notebook each, put together, and held against its text."""
    (cleaning, counting, _), work = report.notebooks, report.work
    cleaned, counted = work / "cleaned", work / "counted"

    def stage(title: str, notebook: Path, reads: list[Path], makes: Path, *parts: Path) -> Step:
        def run_notebook(new: Path) -> None:
            _put_together(parts, new)  # copies of the tables that it reads
            report.execute(title, notebook, work, processed=str(new))

        return Step(title, [notebook, *reads], report.declared.get(notebook, {}), makes, run_notebook)

    judging = Step("数据核对", [tables], {}, work / "judged", report.judge, named=False)
    return [
        stage("清洗与检查", cleaning, input_files(report.project, year), cleaned),
        stage("统计", counting, [cleaned / name for name in READ_BY_STATISTICS], counted, cleaned),
        Step("处理结果", [counted, cleaned], {}, tables, partial(_put_together, [counted, cleaned]), named=False),
        *([judging] if strict else []),
    ]


def _put_together(parts: Sequence[Path], new: Path) -> None:
    """Copy folders into one; of files of the same name the last stays."""
    for part in parts:
        shutil.copytree(part, new, dirs_exist_ok=True)


def _tables_in(*folders: Path | None) -> list[Path]:
    files = chain.from_iterable(recipes.files_in(folder) for folder in folders if folder)
    return [path for path in files if path.suffix in (".parquet", ".json")]


def make_report(
    report: Report, steps: list[Step], reads: list[Path], places: dict[Path, Path], force: bool, quiet: bool
) -> Made:
    """Take the steps of a report, every one if forced, then move what they made into its final `places`.
    After its own `steps` its notebook tells of the files and folders `reads`, and it is published. The caller
    holds `only_run` of its work folder. PilotErrors are those of `run`."""
    taken: list[Step] = []
    code, told, title, notebook = recipes.code(), report.work / "told", report.kind.title, report.notebooks[-1]
    for final in places.values():
        recipes.mend(final)
    editions = editions_of(report.editions, report.final, report.kind.file)
    if editions.can_be_made_now():
        recipes.forget(report.published)
    settings = {"parameters": report.parameters, "editions": editions.names, "style": report.style}
    tell = partial(report.execute, title, notebook)
    steps = [
        *steps,
        Step(title, [notebook, *reads], report.declared.get(notebook, {}), told, tell),
        Step(PUBLISHING, [told, *reads, *report.read()], settings, report.published, report.publish),
    ]
    with ExitStack() as stack:
        _seek_no_garbage(stack)
        for place, step in enumerate(steps):
            recipe = recipes.recipe_of(recipes.hashes(report.project, step.reads), step.settings, code)
            if not force and recipes.is_current(step.makes, recipe):
                continue
            if not taken:
                from pilotlib.running.progress import bar  # not before something has changed: to say so is quick

                shown = stack.enter_context(bar(report.title, range(len(steps)), "步", quiet=quiet))
                shown.set_postfix_str("准备")
                editions.check()
                report.editions = editions.made
                for final in places.values():  # one that cannot be written stops before the work is done
                    with recipes.aside(final):
                        pass
            shown.n = place
            shown.set_postfix_str(step.title)
            _take(step, recipe, report.project)
            taken.append(step)
        if recipes.hashes(report.project, report.read()) != report.before:
            for step in steps:
                recipes.forget(step.makes)
            raise PilotError(f"{report.title}的原始文件在运行中有改动，结果没有写入。请再运行一次。")
        moved = recipes.put_in_place(places, editions.kept)
    shutil.rmtree(report.failed, ignore_errors=True)
    titles = [step.title for step in taken if step.named] or ([PUBLISHING] if moved else [])
    written = ["manifest.json", *(f"{report.kind.file}.{name}" for name in reversed(editions.made))]
    refreshed = [name for name in editions.made if name in editions.others and PUBLISHING in titles]
    return Made(titles, [report.final / name for name in written], sentences(refreshed, editions.missing))


def _take(step: Step, recipe: recipes.Recipe, project: Path) -> None:
    """Make what a step makes; PilotError where what it reads, or the code, has changed meanwhile."""
    import pandas as pd  # not before something has changed: to say so is quick

    # In tables as small as a year's, words of Python's own are a fifth faster than arrow's.
    small = pd.option_context("mode.string_storage", "python")
    # A folder of its own: a kernel that outlived its killed run still writes into that run's.
    with small, recipes.replacing(step.makes, recipe) as new:
        step.action(new)
        now = recipes.hashes(project, step.reads) | {"pilotlib": recipes.code()}
        changed = "、".join(Path(name).name for name, was in recipe["inputs"].items() if now.get(name) != was)
        if changed:  # its result fits neither content
            raise PilotError(f"{step.title}所读的 {changed} 在运行中有改动，结果没有写入。请再运行一次。")


def _seek_no_garbage(stack: ExitStack) -> None:
    if gc.isenabled():  # looking for it all the time takes a sixth of a run
        gc.disable()
        stack.callback(gc.enable)
