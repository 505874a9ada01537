"""Many schools and years: a report each, in processes of this machine or on a cluster, and one report over all.

What is made goes into `reports/batch/<table>/`: `schools/<school>/<year>/`, and beside it the report over all. A report
that was made from the same rows by the same code stays as it is, so that a second run does only what is missing or has
changed.
"""

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from tqdm import tqdm

from pilotlib.errors import PilotError
from pilotlib.province.over_all import reports_of, school_tables, tell_all
from pilotlib.province.pieces import Part, folder_named, split
from pilotlib.province.school import (
    Fault,
    Made,
    fault_without_report,
    faults_of,
    faults_table,
    forget,
    make_report,
    place,
    put,
    recipe,
    reports_in,
    settings_of,
)
from pilotlib.province.totals import summarise_table
from pilotlib.province.workers import Spread, in_processes, on_cluster
from pilotlib.publishing import check_editions
from pilotlib.reading.year import hash_of
from pilotlib.running import recipes
from pilotlib.running.pipeline import YEAR_NOTEBOOKS
from pilotlib.running.reports import find_notebooks, only_run

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
    check_editions(editions)
    table = table.resolve()
    final = project / "reports" / "batch" / folder_named(table.name if table.is_dir() else table.stem)
    spread: Spread = partial(on_cluster, address=scheduler) if scheduler else partial(in_processes, workers=workers)
    with only_run(project, f"batch-{final.name}") as work:
        digest = hash_of(table) if table.exists() else ""
        parts = _split(table, by, work / "rows", final, force) if reports else []
        wanted = {place(final, part): part for part in parts if part.is_reported}
        totals = summarise_table(table, by, spread=spread)
        changed, faults = _make_reports(project, wanted, editions, spread, table.stem, force)
        made = changed - len({(fault["school"], fault["year"]) for fault in faults})
        faults += [fault_without_report(part) for part in parts if not part.is_reported]
        if hash_of(table) != digest:
            raise PilotError(f"{table.name} 在运行中有改动，没有写出汇总。请再运行一次。")
        failures = faults_table(faults)
        tables = school_tables(totals, reports_of(wanted, failures, final), failures)
        rows = int(totals["overview"]["rows_read"].iloc[0])
        about = {"title": table.stem, "file": table.name, "sha256": digest, "by": by, "rows_read": rows}
        over_all = tell_all(project, final, tables, about, editions, force)
        for folder in reports_in(final) - wanted.keys() if reports else ():
            forget(folder)
        shutil.rmtree(work / "rows", ignore_errors=True)
    return Batch(made, len(wanted) - changed, failures, over_all)


def _split(table: Path, by: str, rows: Path, final: Path, force: bool) -> list[Part]:
    """The schools and years of a table, each in a file in the folder `rows`.

    Raises:
        PilotError: none of the reports that there are is wanted: they are those of another table.
    """
    shutil.rmtree(rows, ignore_errors=True)
    rows.mkdir()
    parts, there = split(table, by, rows), reports_in(final)
    if there and not force and not there & {place(final, part) for part in parts if part.is_reported}:
        raise PilotError(
            f"reports/batch/{final.name} 中是另一张表的 {len(there)} 份报告，没有覆盖。请给这张表换个文件名；"
            "确实要取代它们，请加 --force。"
        )
    return parts


def _make_reports(
    project: Path, parts: dict[Path, Part], editions: Sequence[str], spread: Spread, title: str, force: bool
) -> tuple[int, list[Fault]]:
    """Make the reports of schools and years that are not current, each in its folder; how many, and what went wrong.

    Each is put in its place as it is done; a bar shows how many are left and how long they will take.
    """
    settings = settings_of(project, find_notebooks(project, YEAR_NOTEBOOKS), editions)
    changed = {
        part.key: folder
        for folder, part in parts.items()
        if force or not recipes.is_current(folder, recipe(part.task(), settings))
    }
    faults: list[Fault] = []
    tasks = (parts[folder].task() for folder in changed.values())
    results = spread(partial(make_report, settings=settings), tasks) if changed else ()
    for task, result in tqdm(results, total=len(changed), unit="份", desc=title, disable=None if changed else True):
        folder, made = changed[task.school, task.year], result or Made({}, LOST)
        if made.files:
            put(made, task, settings, folder)
        else:
            faults += faults_of(parts[folder], made)
    return len(changed), faults
