"""A year's stages: what each depends on, and that only those run again of which something has changed.

Stages write into `.pilot/<year>/`, which can be deleted at any time; what they made is moved in whole, or nothing is.
This module imports little, so that a year of which nothing has changed is done in a moment.
"""

import gc
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout
from tqdm import tqdm

from pilotlib.errors import PilotError
from pilotlib.project import earlier_folder, earlier_year, input_files, processed_years
from pilotlib.running.fingerprints import files_in, hashes
from pilotlib.running.moving import aside, mend, move_in, put_in_place
from pilotlib.running.steps import Step, Steps

STAGES = {"1_clean": "清洗与检查", "2_statistics": "统计", "3_annual_report": "年度报告"}
PUBLISHING = "导出"
# What the second stage reads of what the first wrote; the third reads all of it.
READ_BY_STATISTICS = ("about.json", *(f"{name}.parquet" for name in (
    "cells", "corrections", "applications", "majors", "given_indicators"
)))  # fmt: skip
TRENDS = "trends"


class Made(NamedTuple):
    """What a run made: titles of the stages that ran, in order, and the files that were written, the report last."""

    stages: list[str]
    written: list[Path]


def run(
    project: Path,
    year: int,
    parameters: dict[str, str] | None = None,
    *,
    editions: Sequence[str],
    strict: bool = False,
    force: bool = False,
    engine: str | None = None,
    quiet: bool = False,
) -> Made:
    """Make a year's processed tables and its report, as far as something has changed.

    Args:
        project: The project's folder.
        year: The year.
        parameters: Further parameters for the notebooks that know them.
        editions: The forms in which the report is published, names of `EDITIONS`.
        strict: Whether a number of the school's text that disagrees with the data stops the run.
        force: Whether everything is run again.
        engine: What runs the notebooks, one of `stages.ENGINES`; what they make does not depend on it.
        quiet: Whether no progress is shown.

    Raises:
        PilotError: an unknown parameter or an edition that cannot be made (before anything is run), bad input, a
            notebook that failed, another run of this year, an input that changed meanwhile, or, where the run is
            strict, a claim that disagrees. The last good report and tables are untouched; a notebook that failed is
            kept where the message says.
    """
    parameters = parameters or {}
    notebooks = find_notebooks(project)
    known = _known_parameters(notebooks.values(), parameters)
    processed, reports = project / "data" / "processed" / str(year), project / "reports" / str(year)
    failed = project / "reports" / f"{year}-failed"
    earlier = earlier_year(project, year)
    inputs = [*input_files(project, year), *_tables_of(project, earlier)]
    before = hashes(project, inputs)

    progressing = _progress(f"{year} 年", len(STAGES) + 1, quiet)
    with _collector_at_rest(), only_run(project, str(year)) as work, progressing as progress:
        mend(processed)
        mend(reports)
        tables, cleaned, counted = work / "tables", work / "cleaned", work / "counted"

        def notebook_step(stage: str, reads: Iterable[Path], makes: Path, act: Callable[[Path, Path], None]) -> Step:
            return Step(
                stage,
                STAGES[stage],
                [notebooks[stage], *reads],
                {"parameters": known[stage]},
                makes,
                lambda new: act(notebooks[stage], new),
            )

        def run_notebook(notebook: Path, folder: Path, output: Path) -> None:
            from pilotlib.running.stages import execute

            values = {"year": year, "processed": str(folder)} | parameters
            execute(notebook, output, values, project, failed, STAGES[notebook.stem], engine)

        def clean(notebook: Path, new: Path) -> None:
            run_notebook(notebook, new, work / notebook.name)

        def count(notebook: Path, new: Path) -> None:
            shutil.copytree(cleaned, new, dirs_exist_ok=True)
            run_notebook(notebook, new, work / notebook.name)
            for file in cleaned.iterdir():
                (new / file.name).unlink()

        def tell(notebook: Path, new: Path) -> None:
            run_notebook(notebook, tables, new / notebook.name)

        def publish(new: Path) -> None:
            from pilotlib.running.stages import publish_year

            told = work / "told" / notebooks["3_annual_report"].name
            publish_year(told, tables, earlier_folder(project, year), editions, new, before, parameters)

        def prepare() -> None:
            from pilotlib.running.stages import check_editions

            check_editions(editions)
            for final in (processed, reports):
                with aside(final):
                    pass  # a place that cannot be written is better known before than after the work

        steps = Steps(work, prepare, force, progress)
        steps.take(notebook_step("1_clean", input_files(project, year), cleaned, clean))
        statistics_read = [cleaned / name for name in READ_BY_STATISTICS]
        steps.take(notebook_step("2_statistics", statistics_read, counted, count))
        _assemble(tables, cleaned, counted)
        if strict:
            from pilotlib.running.stages import stop_on_disagreement

            stop_on_disagreement(tables)
        told = [*files_in(tables), *_tables_of(project, earlier)]
        steps.take(notebook_step("3_annual_report", told, work / "told", tell))
        published = Step(
            "publish",
            PUBLISHING,
            [*files_in(work / "told"), *files_in(tables), *inputs],
            {"editions": list(editions), "parameters": parameters},
            work / "published",
            publish,
        )
        steps.take(published)
        inputs = [*input_files(project, year), *_tables_of(project, earlier)]
        if hashes(project, inputs) != before:
            steps.forget()
            raise PilotError(f"{year} 年的原始文件在运行中有改动，结果没有写入。请再运行一次。")
        moved = put_in_place({tables: processed, work / "published": reports})
    shutil.rmtree(failed, ignore_errors=True)
    written = [
        *sorted(processed.glob("*.csv")),
        *sorted((processed / "statistics").glob("*.csv")),
        reports / "manifest.json",
        *(reports / f"annual-report.{name}" for name in reversed(editions)),
    ]
    return Made(steps.titles or ([PUBLISHING] if moved else []), written)


def run_trends(
    project: Path, *, editions: Sequence[str], force: bool = False, engine: str | None = None
) -> Made | None:
    """Make the report over all processed years, as far as something has changed; None with fewer than two.

    Raises:
        PilotError: as `run`.
    """
    years = processed_years(project)
    if len(years) < 2:
        return None
    notebook = find_notebooks(project, [TRENDS])[TRENDS]
    inputs = [path for year in years for path in _tables_of(project, year)]
    before = hashes(project, inputs)
    reports, failed = project / "reports" / TRENDS, project / "reports" / f"{TRENDS}-failed"

    with only_run(project, TRENDS) as work, _progress("历年对比", 2) as progress:
        mend(reports)

        def tell(new: Path) -> None:
            from pilotlib.running.stages import execute

            execute(notebook, new / notebook.name, {}, project, failed, "历年对比", engine)

        def publish(new: Path) -> None:
            from pilotlib.running.stages import publish_all_years

            publish_all_years(work / "told" / notebook.name, project, editions, new, before)

        def prepare() -> None:
            from pilotlib.running.stages import check_editions

            check_editions(editions)
            with aside(reports):
                pass

        steps = Steps(work, prepare, force, progress)
        steps.take(Step(TRENDS, "历年对比", [notebook, *inputs], {}, work / "told", tell))
        settings = {"editions": list(editions)}
        told = [*files_in(work / "told"), *inputs]
        steps.take(Step("publish", PUBLISHING, told, settings, work / "published", publish))
        if hashes(project, [path for year in years for path in _tables_of(project, year)]) != before:
            steps.forget()
            raise PilotError("历年的处理结果在运行中有改动，历年对比没有写入。请再运行一次。")
        moved = put_in_place({work / "published": reports})
    shutil.rmtree(failed, ignore_errors=True)
    written = [reports / "manifest.json", *(reports / f"{TRENDS}.{name}" for name in reversed(editions))]
    return Made(steps.titles or ([PUBLISHING] if moved else []), written)


def find_notebooks(project: Path, names: Iterable[str] = tuple(STAGES)) -> dict[str, Path]:
    """The notebooks: the project's own, else those beside the package.

    Raises:
        PilotError: there are none.
    """
    for folder in (project / "notebooks", Path(__file__).parents[2] / "notebooks"):
        notebooks = {name: folder / f"{name}.ipynb" for name in names}
        if all(path.exists() for path in notebooks.values()):
            return notebooks
    raise PilotError(f"找不到笔记本：{project / 'notebooks'} 中应有 {'、'.join(f'{name}.ipynb' for name in names)}。")


@contextmanager
def only_run(project: Path, name: str) -> Iterator[Path]:
    """The work folder of a year, of the trends or of a batch, for one run at a time; the lock ends with its process.

    Raises:
        PilotError: another run is at it.
    """
    work = project / ".pilot" / name
    work.mkdir(parents=True, exist_ok=True)
    lock = FileLock(work.with_name(f"{name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise PilotError(f"{name} 正由另一个 pilot run 处理，这一次没有运行。请等它结束后再试。") from None
    try:
        yield work
    finally:
        lock.release()


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Collect garbage once, afterwards: looking for it all the time takes a sixth of a run."""
    at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if at_work:
            gc.enable()
        gc.collect()


def _progress(description: str, total: int, quiet: bool = False) -> tqdm:
    return tqdm(desc=description, total=total, unit="步", disable=True if quiet else None, leave=False)


def _known_parameters(notebooks: Iterable[Path], parameters: dict[str, str]) -> dict[str, dict[str, str]]:
    if not parameters:
        return {notebook.stem: {} for notebook in notebooks}
    from pilotlib.running.stages import check_parameters

    return check_parameters(notebooks, parameters)


def _tables_of(project: Path, year: int | None) -> list[Path]:
    """The processed tables of a year that another year's report reads; none of no year."""
    if year is None:
        return []
    folder = project / "data" / "processed" / str(year)
    return [path for path in files_in(folder) if path.suffix in (".parquet", ".json")]


def _assemble(tables: Path, *parts: Path) -> None:
    """Put together what the stages made, as it goes into `data/processed`, unless it stands there already."""
    wanted = {name: digest for part in parts for name, digest in hashes(part, files_in(part)).items()}
    if hashes(tables, files_in(tables)) == wanted:
        return
    with aside(tables) as new:
        for part in parts:
            shutil.copytree(part, new, dirs_exist_ok=True)
        move_in(new, tables)
