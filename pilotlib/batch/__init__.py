"""Many schools and years: a report each, in processes of this machine or on a cluster, and one report over all.

What is made goes into `reports/batch/<table>/`: `schools/<school>/<year>/`, and beside it the report over all. A report
that was made from the same rows by the same code stays as it is, so that a second run does only what is missing or has
changed.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from tqdm import tqdm

from pilotlib.batch.over_all import tell_all
from pilotlib.batch.results import (
    fault_without_report,
    faults_of,
    faults_table,
    forget_others,
    is_current,
    put,
    stop_on_another_table,
)
from pilotlib.batch.school import Made, Settings, Task, make_report, settings_of
from pilotlib.batch.splitting import Part, folder_named, split
from pilotlib.batch.workers import in_processes, number_of_workers, on_cluster
from pilotlib.errors import PilotError
from pilotlib.reading.year import hash_of
from pilotlib.rollup import summarise_table
from pilotlib.running.pipeline import find_notebooks, only_run
from pilotlib.vocabulary import NO_SCHOOL

# Goes through tasks in any order: `spread(function, tasks)` gives each task with its result, None where it was lost.
Spread = Callable[[Callable, Iterable], Iterator[tuple]]

LOST = "做这份报告的进程两次中途退出，常因内存不足。请减少同时运行的数目（--workers）再试。"


class Batch(NamedTuple):
    """What a batch made: how many reports are new, how many were left as they are, the faults, the report over all.

    `faults` has a row for each fault of a school whose report failed: `school, year, source_row, place, column, value,
    message`.
    """

    made: int
    kept: int
    faults: pd.DataFrame
    over_all: list[Path]


def run_batch(
    project: Path,
    table: Path,
    by: str,
    *,
    editions: Sequence[str],
    workers: int | None = None,
    scheduler: str | None = None,
    reports: bool = True,
    force: bool = False,
) -> Batch:
    """Make a report for each school and year of a table, and one over all.

    Args:
        project: The project's folder.
        table: A file, or a folder of files that are parts of one table.
        by: The title of the column that names the school.
        editions: The forms in which reports are published.
        workers: How many processes work at once; by default as many as there are cores.
        scheduler: The address of a dask scheduler, whose workers make the reports instead.
        reports: Whether each school gets one; else only the one over all is made, and those that there are stay.
        force: Whether everything is made again.

    Raises:
        PilotError: the table cannot be read or has changed meanwhile, it is being worked on already, the reports that
            there are are those of another table, or an edition cannot be made here. A school that fails raises nothing.
    """
    from pilotlib.running.stages import check_editions

    check_editions(editions)
    table = table.resolve()
    name = folder_named(table.name if table.is_dir() else table.stem)
    final = project / "reports" / "batch" / name
    with only_run(project, f"batch-{name}") as work:
        rows = work / "rows"
        shutil.rmtree(rows, ignore_errors=True)
        rows.mkdir()
        digest = hash_of(table) if table.exists() else ""
        parts = split(table, by, rows) if reports else []
        settings = settings_of(project, find_notebooks(project), editions)
        wanted = [part for part in parts if _is_of_a_school_and_year(part)]
        if reports and not force:
            stop_on_another_table(final, wanted, name)
        spread = _spread(workers or number_of_workers(), scheduler)
        tables = summarise_table(table, by, each=_over_files(spread))
        changed = [part for part in wanted if force or not is_current(part, settings, final)]
        faults = [fault_without_report(part) for part in parts if not _is_of_a_school_and_year(part)]
        made, of = 0, {part[:2]: part for part in changed}
        for task, result in _results(changed, settings, spread, table.stem):
            if result.files:
                put(result, task, settings, final)
                made += 1
            else:
                faults += faults_of(of[task[:2]], result)
        if hash_of(table) != digest:
            raise PilotError(f"{table.name} 在运行中有改动，没有写出汇总。请再运行一次。")
        told = faults_table(faults)
        about = {"title": table.stem, "file": table.name, "sha256": digest, "by": by}
        over_all = tell_all(project, work, name, about, tables, wanted, told, editions, force=force)
        if reports:
            forget_others(final, wanted)
        shutil.rmtree(rows)
    return Batch(made, len(wanted) - len(changed), told, over_all)


def _is_of_a_school_and_year(part: Part) -> bool:
    return part.school != NO_SCHOOL and part.year > 0


def _spread(workers: int, scheduler: str | None) -> Spread:
    """How tasks are spread: over processes of this machine, or over the workers of a cluster."""
    if scheduler:
        return lambda function, tasks: on_cluster(function, tasks, scheduler)
    return lambda function, tasks: in_processes(function, tasks, workers)


def _results(parts: Sequence[Part], settings: Settings, spread: Spread, title: str) -> Iterator[tuple[Task, Made]]:
    """Each report as it is done, with a bar that shows how many are left and how long they will take."""
    if not parts:
        return
    results = spread(partial(make_report, settings=settings), (part.task() for part in parts))
    for task, made in tqdm(results, total=len(parts), unit="份", desc=title, disable=None):
        yield task, made or Made({}, LOST)


def _over_files(spread: Spread) -> Callable[[Callable, list[Path]], Iterable]:
    """Go through the files of a table, several at once where there are several."""

    def each(function: Callable, files: list[Path]) -> Iterator:
        if len(files) == 1:
            yield function(files[0])
            return
        for file, result in spread(function, files):
            if result is None:
                raise PilotError(f"{file.name}：汇总这个文件的进程两次中途退出，常因内存不足。")
            yield result

    return each
