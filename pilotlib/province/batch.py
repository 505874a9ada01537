"""Many schools and years: a report each, in processes or on a cluster, and one report over all.

The schools' go into `reports/batch/<table>/schools/<school>/<year>/`, the one over all into `reports/batch/<table>/`.
What was made from the same rows by the same code stays as it is.
"""

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.columns import title_of, unit_of
from pilotlib.errors import PilotError
from pilotlib.province.book import SCHOOLS
from pilotlib.province.pieces import Part, folder_named, split
from pilotlib.province.school import fault_without_report, faults_table, make_reports, place
from pilotlib.province.sentences import years_of
from pilotlib.province.statistics import summarise_schools
from pilotlib.province.totals import summarise_table
from pilotlib.province.workers import Spread, in_processes, on_cluster
from pilotlib.publishing import check_editions, write_tables
from pilotlib.reading import hash_of
from pilotlib.report.prose import Statistics
from pilotlib.running import recipes
from pilotlib.running.recipes import files_in, put_in_place
from pilotlib.running.reports import Report, find_notebooks, make_report, only_run, steps_of_telling
from pilotlib.vocabulary import NO_SCHOOL

# What a school's report and the count over all must agree on.
AGREED = ("applications", "certificates", "certificate_levels", "places_applied", "places_approved")
REPORT_COLUMNS = (
    {"school": "str", "year": "Int64", "distinct_students": "Int64", "places_per_100_students": "Float64"}
    | dict.fromkeys(("errors", "warnings", "notes"), "Int64")
    | {"report": "str"}
    | dict.fromkeys(AGREED, "Int64")
)


class Batch(NamedTuple):
    """How many reports a batch made and how many it left as they are, its `faults_table`, its files over all."""

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
        reports: Whether each school gets one; else those that there are stay, and only the one over all is made.
        force: Whether everything is made again.

    Raises:
        PilotError: the table cannot be read, has changed meanwhile or is being worked on already, the reports there
            are those of another table, or an edition cannot be made here. A school that fails raises nothing.
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
        changed, faults = make_reports(project, wanted, editions, spread, table.stem, force)
        made = changed - len({(fault["school"], fault["year"]) for fault in faults})
        faults += [fault_without_report(part) for part in parts if not part.is_reported]
        if hash_of(table) != digest:
            raise PilotError(f"{table.name} 在运行中有改动，没有写出汇总。请再运行一次。")
        failures, rows = faults_table(faults), int(totals["overview"]["rows_read"].iloc[0])
        tables = school_tables(totals, _reports_of(wanted, failures, final), failures)
        about = {"title": table.stem, "file": table.name, "sha256": digest, "by": by, "rows_read": rows}
        over_all = _tell_all(project, final, tables, about, editions, force)
        for folder in _reports_in(final) - wanted.keys() if reports else ():
            _forget(folder)
        shutil.rmtree(work / "rows", ignore_errors=True)
    return Batch(made, len(wanted) - changed, failures, over_all)


def _split(table: Path, by: str, rows: Path, final: Path, force: bool) -> list[Part]:
    """The schools and years of a table, each in a file in the folder `rows`.

    Raises:
        PilotError: none of the reports that there are is wanted: they are those of another table.
    """
    shutil.rmtree(rows, ignore_errors=True)
    rows.mkdir()
    parts, there = split(table, by, rows), _reports_in(final)
    if there and not force and not there & {place(final, part) for part in parts if part.is_reported}:
        raise PilotError(
            f"reports/batch/{final.name} 中是另一张表的 {len(there)} 份报告，没有覆盖。请给这张表换个文件名；"
            "确实要取代它们，请加 --force。"
        )
    return parts


def _reports_in(final: Path) -> set[Path]:
    return {manifest.parent for manifest in final.glob("schools/*/*/manifest.json")}


def _forget(folder: Path) -> None:
    """Remove a report of a school and year that are no longer in the table."""
    shutil.rmtree(folder)
    recipes.forget(folder)
    with suppress(OSError):  # another year's report is still there
        folder.parent.rmdir()


def _reports_of(parts: dict[Path, Part], failures: pd.DataFrame, final: Path) -> pd.DataFrame:
    """What the manifests of the reports in these folders say, but of those that failed: `REPORT_COLUMNS`."""
    rows, failed = [], set(zip(failures["school"], failures["year"], strict=True))
    for folder, part in parts.items():
        if part.key in failed:
            continue
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise PilotError(f"{part.school} {part.year} 年的报告不见了，没有写出汇总。请再运行一次。") from None
        severities = Counter(f"{problem['severity']}s" for problem in manifest["problems"])
        page = folder / min(manifest["outputs"], key=lambda name: (not name.endswith(".html"), name))
        about = {"school": part.school, "year": part.year, "report": page.relative_to(final).as_posix()}
        rows.append(dict.fromkeys(("errors", "warnings", "notes"), 0) | manifest["counts"] | severities | about)
    return pd.DataFrame(rows, columns=list(REPORT_COLUMNS)).astype(REPORT_COLUMNS)


def school_tables(totals: Statistics, reports: pd.DataFrame, failures: pd.DataFrame) -> Statistics:
    """The tables that statistics are made of.

    Args:
        totals: As `totals.tables_of` returns them.
        reports: A row for each report, `REPORT_COLUMNS`.
        failures: As `school.faults_table` returns them: why some schools have no report.

    Returns:
        `failures` and the totals; of these `by_school` also with the columns of `reports`, and `overview` with a
        measure a row.

    Raises:
        PilotError: a report and the totals do not agree.
    """
    table = totals["by_school"].merge(reports, on=["school", "year"], how="left", suffixes=("", "_reported"))
    for measure in AGREED:
        reported = table.pop(f"{measure}_reported")
        differ = table[(reported.fillna(0) != table[measure].fillna(0)) & table["report"].notna()]
        if len(differ):
            school, year, count = differ[["school", "year", measure]].iloc[0]
            raise PilotError(
                f"两次计数不一致：{school} {year} 年的{title_of(measure)}，该校报告为 {reported[differ.index[0]]}，"
                f"汇总为 {count}，没有汇总。请再运行一次 pilot batch --force；仍不一致，请把申报表交给维护者查看。"
            )
    faults = failures.assign(faults=1).groupby(["school", "year"], dropna=False)["faults"].sum().astype("Int64")
    table = table.merge(faults.reset_index(), on=["school", "year"], how="left").fillna({"report": ""})
    by_school = table.assign(errors=table["errors"].fillna(table.pop("faults")))
    overview = _overview(totals["overview"].iloc[0], by_school, failures)
    return totals | {"overview": overview, "by_school": by_school, "failures": failures}


def _overview(totals: "pd.Series[Any]", by_school: pd.DataFrame, failures: pd.DataFrame) -> pd.DataFrame:
    """The totals a measure a row: `measure, value, unit, lower_bound, note`."""
    bound = bool(totals["lower_bound"])
    rows = [
        ("schools", by_school.loc[by_school["school"] != NO_SCHOOL, "school"].nunique(), False, ""),
        ("schools_failed", failures["school"].nunique(), False, "没有报告的学校，原因逐条列出"),
        *((measure, totals[measure], bound and measure.startswith("places"), "") for measure in AGREED),
        ("rows_set_aside", totals["rows_set_aside"], False, "合计、空行、重复的表头等"),
        ("cells_changed", totals["cells_changed"], False, "清洗时改动的单元格"),
    ]
    table = pd.DataFrame(rows, columns=["measure", "value", "lower_bound", "note"]).astype({"value": "Float64"})
    table.insert(2, "unit", table["measure"].map(unit_of))
    return table


def _tell_all(
    project: Path, final: Path, tables: Statistics, about: dict[str, Any], editions: Sequence[str], force: bool
) -> list[Path]:
    """Write the statistics into `data/processed/batch/<table>/`, and tell them into `final` where they changed.

    Returns the files of the report over all, the page first.

    Raises:
        PilotError: no row says of which year it is.
    """
    if tables["by_school"]["year"].isna().all():
        raise PilotError(f"{about['file']}：没有一行申报写明四位数的申报年度，无法汇总。请补上后再试。")
    processed = project / "data" / "processed" / "batch" / final.name
    with tempfile.TemporaryDirectory(prefix="pilot-") as folder:
        write_statistics(Path(folder), tables, about)
        put_in_place({Path(folder): processed})
    notebook = find_notebooks(project, [SCHOOLS.notebook])[SCHOOLS.notebook]
    named = (f"batch-{final.name}", SCHOOLS.title, notebook, final)
    report = Report(project, SCHOOLS, *named, partial(files_in, processed), editions)
    telling = steps_of_telling(report, [processed], {"processed": str(processed)}, partial(SCHOOLS.open, processed))
    make_report(report, telling, places={}, force=force, quiet=True)
    _put_beside(files_in(report.work / "published"), final)
    return [*reversed(report.files)]


def write_statistics(folder: Path, tables: Statistics, about: dict[str, Any]) -> None:
    """Write the statistics of tables of schools, and what they are about, into a folder."""
    write_tables(folder, summarise_schools(tables) | {"set_aside": tables["set_aside"]})
    text = json.dumps(about | {"years": years_of(tables)}, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / "about.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _put_beside(published: list[Path], final: Path) -> None:
    """Put files beside the schools' reports, each whole, where it does not stand there already."""
    final.mkdir(parents=True, exist_ok=True)
    for path in published:
        target, new = final / path.name, final / f".{path.name}-new"
        if not target.exists() or target.read_bytes() != path.read_bytes():
            new.write_bytes(path.read_bytes())
            new.replace(target)
    for left_over in set(final.glob("index.*")) - {final / path.name for path in published}:
        left_over.unlink()  # an edition of an earlier run, which may say something else
