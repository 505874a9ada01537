"""The report over all schools: their counts, held against the reports, told by a notebook and published."""

import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from pilotlib.columns import title_of, unit_of
from pilotlib.errors import PilotError
from pilotlib.province.book import SCHOOLS
from pilotlib.province.pieces import Part
from pilotlib.province.sentences import years_of
from pilotlib.province.statistics import summarise_schools
from pilotlib.publishing import write_tables
from pilotlib.report.prose import Statistics
from pilotlib.running.moving import put_in_place
from pilotlib.running.recipes import files_in, hashes
from pilotlib.running.reports import Report, find_notebooks, make_report, steps_of_telling
from pilotlib.vocabulary import NO_SCHOOL

# What a school's report and the count over all must agree on.
AGREED = ("applications", "certificates", "certificate_levels", "places_applied", "places_approved")
REPORT_COLUMNS = (
    {"school": "str", "year": "Int64", "distinct_students": "Int64", "places_per_100_students": "Float64"}
    | dict.fromkeys(("errors", "warnings", "notes"), "Int64")
    | {"report": "str"}
    | dict.fromkeys(AGREED, "Int64")
)


def reports_of(parts: dict[Path, Part], failures: pd.DataFrame, final: Path) -> pd.DataFrame:
    """What the manifests of the schools' reports say: a table of `REPORT_COLUMNS`.

    Args:
        parts: The schools and years that should have a report, by its folder.
        failures: As `school.faults_table` returns them: why some have none.
        final: The folder of the batch.

    Raises:
        PilotError: a report is not there any more.
    """
    rows = []
    failed = set(zip(failures["school"], failures["year"], strict=True))
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
    """The tables that statistics are made of: totals, what the schools' reports say, and why some schools have none.

    Args:
        totals: As `totals.tables_of` returns them.
        reports: As `reports_of` returns them.
        failures: As `school.faults_table` returns them.

    Returns:
        The totals, of which `overview` has a measure a row, and `by_school` also the `distinct_students,
        places_per_100_students, errors, warnings, notes` of a school's report, and where it is (`report`); `failures`.

    Raises:
        PilotError: a report and the totals do not agree.
    """
    by_school = _with_reports(totals["by_school"], reports, failures)
    overview = _overview(totals["overview"].iloc[0], by_school, failures)
    return totals | {"overview": overview, "by_school": by_school, "failures": failures}


def _with_reports(by_school: pd.DataFrame, reports: pd.DataFrame, failures: pd.DataFrame) -> pd.DataFrame:
    """The counts of every school with what its report says: students, problems, and where it is."""
    table = by_school.merge(reports, on=["school", "year"], how="left", suffixes=("", "_reported"))
    for measure in AGREED:
        reported = table.pop(f"{measure}_reported")
        differ = table[(reported.fillna(0) != table[measure].fillna(0)) & table["report"].notna()]
        if len(differ):
            school, year, count = differ[["school", "year", measure]].iloc[0]
            raise PilotError(
                f"两次计数不一致：{school} {year} 年的{title_of(measure)}，该校报告为 {reported[differ.index[0]]}，"
                f"汇总为 {count}，没有汇总。请再运行一次 pilot batch --force；仍不一致，请把申报表交给维护者查看。"
            )
    faults = failures.groupby(["school", "year"], dropna=False).size().astype("Int64").rename("faults").reset_index()
    table = table.merge(faults, on=["school", "year"], how="left")
    return table.assign(errors=table["errors"].fillna(table.pop("faults")), report=table["report"].fillna(""))


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


def tell_all(
    project: Path, final: Path, tables: Statistics, about: dict[str, Any], editions: Sequence[str], force: bool
) -> list[Path]:
    """Write the statistics of `school_tables` into `data/processed/batch/<table>/`, and tell them where they changed.

    `final` is the folder `reports/batch/<table>/`; `about` says the table's `title, file, sha256, by, rows_read`.

    Returns:
        The files of the report over all, the page first.

    Raises:
        PilotError: the notebook failed.
    """
    processed = project / "data" / "processed" / "batch" / final.name
    with tempfile.TemporaryDirectory(prefix="pilot-") as folder:
        write_statistics(Path(folder), tables, about)
        put_in_place({Path(folder): processed})
    notebook = find_notebooks(project, [SCHOOLS.notebook])[SCHOOLS.notebook]
    inputs, before = partial(files_in, processed), hashes(project, files_in(processed))
    named = (f"batch-{final.name}", SCHOOLS.title, notebook, final)
    report = Report(project, SCHOOLS, *named, inputs, before, editions, {})
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
    """Put the files of the report over all beside the schools', each whole, where it does not stand there already."""
    final.mkdir(parents=True, exist_ok=True)
    for path in published:
        target, new = final / path.name, final / f".{path.name}-new"
        if not target.exists() or target.read_bytes() != path.read_bytes():
            new.write_bytes(path.read_bytes())
            new.replace(target)
    for left_over in set(final.glob("index.*")) - {final / path.name for path in published}:
        left_over.unlink()  # an edition of an earlier run, which may say something else
