"""Many schools and years: a report each, in processes of this machine or on a cluster, and one report over all.

What is made goes into `reports/batch/<table>/`: `schools/<school>/<year>/`, and beside it the report over all. A report
that was made from the same rows by the same code stays as it is, so that a second run does only what is missing or has
changed.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from tqdm import tqdm

from pilotlib.errors import PilotError
from pilotlib.province.over_all import tell_all
from pilotlib.province.results import (
    fault_without_report,
    faults_of,
    faults_table,
    forget_others,
    is_current,
    put,
    stop_on_another_table,
)
from pilotlib.province.school import Made, Settings, make_report, settings_of
from pilotlib.province.splitting import Part, folder_named, split
from pilotlib.province.totals import Sums, summarise_table
from pilotlib.province.workers import in_processes, number_of_workers, on_cluster
from pilotlib.reading.year import hash_of
from pilotlib.running.pipeline import YEAR_NOTEBOOKS
from pilotlib.running.reports import find_notebooks, only_run

# Goes through tasks in any order: `spread(function, tasks)` gives each task with its result, None where it was lost.
Spread = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[tuple[Any, Any]]]

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
    from pilotlib.publishing import check_editions

    check_editions(editions)
    table = table.resolve()
    name = folder_named(table.name if table.is_dir() else table.stem)
    final = project / "reports" / "batch" / name
    spread = _spread(workers or number_of_workers(), scheduler)
    with only_run(project, f"batch-{name}") as work:
        rows = work / "rows"
        shutil.rmtree(rows, ignore_errors=True)
        rows.mkdir()
        digest = hash_of(table) if table.exists() else ""
        parts = split(table, by, rows) if reports else []
        reported = [part for part in parts if part.is_reported]
        if reports and not force:
            stop_on_another_table(final, reported, name)
        totals = summarise_table(table, by, each=_over_files(spread))
        settings = settings_of(project, find_notebooks(project, YEAR_NOTEBOOKS), editions)
        changed = [part for part in reported if force or not is_current(part, settings, final)]
        faults = _make_reports(changed, settings, spread, table.stem, final)
        made = len(changed) - len({(fault["school"], fault["year"]) for fault in faults})
        faults += [fault_without_report(part) for part in parts if not part.is_reported]
        if hash_of(table) != digest:
            raise PilotError(f"{table.name} 在运行中有改动，没有写出汇总。请再运行一次。")
        failures = faults_table(faults)
        about = {"title": table.stem, "file": table.name, "sha256": digest, "by": by}
        over_all = tell_all(project, work, name, about, totals, reported, failures, editions, force=force)
        if reports:
            forget_others(final, reported)
        shutil.rmtree(rows)
    return Batch(made, len(reported) - len(changed), failures, over_all)


def _spread(workers: int, scheduler: str | None) -> Spread:
    """How tasks are spread: over processes of this machine, or over the workers of a cluster."""
    if scheduler:
        return lambda function, tasks: on_cluster(function, tasks, scheduler)
    return lambda function, tasks: in_processes(function, tasks, workers)


def _make_reports(
    parts: Sequence[Part], settings: Settings, spread: Spread, title: str, final: Path
) -> list[dict[str, Any]]:
    """Make the reports of some schools and years and put each in its place as it is done; return what went wrong.

    A bar shows how many are left and how long they will take.
    """
    if not parts:
        return []
    faults, of_task = [], {part.key: part for part in parts}
    results = spread(partial(make_report, settings=settings), (part.task() for part in parts))
    for task, result in tqdm(results, total=len(parts), unit="份", desc=title, disable=None):
        made = result or Made({}, LOST)
        if made.files:
            put(made, task, settings, final)
        else:
            faults += faults_of(of_task[task.school, task.year], made)
    return faults


def _over_files(spread: Spread) -> Callable[[Callable[[Path], Sums], list[Path]], Iterable[Sums]]:
    """Go through the files of a table, several at once where there are several."""

    def each(function: Callable[[Path], Sums], files: list[Path]) -> Iterator[Sums]:
        if len(files) == 1:
            yield function(files[0])
            return
        for file, result in spread(function, files):
            if result is None:
                raise PilotError(f"{file.name}：汇总这个文件的进程两次中途退出，常因内存不足。")
            yield result

    return each
