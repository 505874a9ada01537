"""Many schools and years: a report each, in `reports/batch/<table>/schools/<school>/<year>/`, and one over
all in `reports/batch/<table>/`. What was made from the same rows by the same code stays as it is."""

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

from pilotlib.checking import CHECK_RULES
from pilotlib.columns import title_of, unit_of
from pilotlib.errors import PilotError
from pilotlib.province.book import SCHOOLS
from pilotlib.province.owners import Owner, owners_of, unpack
from pilotlib.province.pieces import Part, folder_named, split
from pilotlib.province.school import fault_without_report, faults_table, make_reports, settings_of
from pilotlib.province.sections import years_of
from pilotlib.province.statistics import summarise_schools
from pilotlib.province.totals import summarise_table
from pilotlib.province.workers import Spread, in_processes, on_cluster
from pilotlib.publishing import check_editions, write_tables
from pilotlib.reading import hash_of
from pilotlib.report.prose import Statistics
from pilotlib.running import recipes
from pilotlib.running.pipeline import Made, make_report
from pilotlib.running.report import Report
from pilotlib.statistics.places import BOUNDS, PLACES
from pilotlib.vocabulary import NO_SCHOOL

# What a school's report and the count over all must agree on.
AGREED = ("applications", "certificates", "certificate_levels", "places_applied", "places_approved")
REPORT_COLUMNS = {"school": "str", **dict.fromkeys(("year", "distinct_students"), "Int64")}
REPORT_COLUMNS |= {"places_per_100_students": "Float64", **dict.fromkeys(("errors", "warnings", "notes"), "Int64")}
REPORT_COLUMNS |= {"warning_causes": "str", "report": "str", **dict.fromkeys(AGREED, "Int64")}


class Batch(NamedTuple):
    """How many reports a batch made and how many it left as they are, its `faults_table`, files over all, whose the
    files of a folder are that name no schools themselves, and what is said of editions that stand there."""

    made: int
    kept: int
    faults: pd.DataFrame
    over_all: list[Path]
    owners: dict[str, Owner]
    said: list[str]


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

    `table` is a file, or a folder or zip of its parts or of schools' own files, `by` the title of the column that
    names the school, `editions` the forms of reports beside those that stand there. `workers` processes work at once,
    by default one a core, or those of a dask `scheduler` at an address. Without `reports` only the one over all is
    made, with `force` everything again.

    PilotError: the table cannot be read, has changed meanwhile or is being worked on, the reports there
    are another table's, or an edition cannot be made here. A school that fails raises nothing.
    """
    check_editions(editions)
    table = table.resolve()
    final = project / "reports" / "batch" / folder_named(table.name if table.is_dir() else table.stem)
    spread: Spread = partial(on_cluster, address=scheduler) if scheduler else partial(in_processes, workers=workers)
    with recipes.only_run(project, f"batch-{final.name}") as work, recipes.aside(work / "received") as folder:
        digest = hash_of(table) if table.exists() else ""
        received = unpack(table, folder / "files") if table.suffix.lower() == ".zip" else table
        owners, settings = owners_of(received, by), settings_of(project, editions)
        parts = split(received, by, owners) if reports else []
        wanted, left_over = _folders(parts, final, force)
        totals = summarise_table(received, by, spread=spread, owners=owners, answers=settings.statuses)
        changed, faults, said = make_reports(wanted, settings, spread, table.stem, force)
        failed = {(fault["school"], fault["year"]) for fault in faults}
        faults += [fault_without_report(part) for part in parts if not part.is_reported]
        if hash_of(table) != digest:
            raise PilotError(f"{table.name} 在运行中有改动，没有写出汇总。请再运行一次。")
        failures, read = faults_table(faults), int(totals["overview"]["rows_read"].iloc[0])
        reported = {folder: part for folder, part in wanted.items() if (part.school, part.year) not in failed}
        tables = school_tables(totals, _reports_of(reported, final), failures)
        about = {"title": table.stem, "file": table.name, "sha256": digest, "by": by, "rows_read": read}
        told = _tell_all(project, final, tables, about, editions, force)
        for folder in left_over:
            shutil.rmtree(folder)
            recipes.forget(folder)
            with suppress(OSError):  # another year's report is still there
                folder.parent.rmdir()
    said = list(dict.fromkeys([*said, *told.said]))
    return Batch(changed - len(failed), len(wanted) - changed, failures, told.written[::-1], owners, said)


def _folders(parts: list[Part], final: Path, force: bool) -> tuple[dict[Path, Part], set[Path]]:
    """The folder of each report that there is to be, and those of reports whose school or year is gone."""
    schools = final / "schools"
    wanted = {schools / folder_named(part.school) / str(part.year): part for part in parts if part.is_reported}
    there = {manifest.parent for manifest in schools.glob("*/*/manifest.json")} if parts else set()
    reports = {folder for folder in there if not folder.name.startswith(".")}  # the others were not finished
    if reports and not force and reports.isdisjoint(wanted):
        kept = f"reports/batch/{final.name} 中是另一张表的 {len(reports)} 份报告，没有覆盖。"
        raise PilotError(f"{kept}请给这张表换个文件名；确实要取代它们，请加 --force。")
    return wanted, there - wanted.keys()


def _reports_of(parts: dict[Path, Part], final: Path) -> pd.DataFrame:
    """What the manifests of the reports in these folders say: `REPORT_COLUMNS`."""
    rows = []
    for folder, part in parts.items():
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise PilotError(f"{part.school} {part.year} 年的报告不见了，没有写出汇总。请再运行一次。") from None
        severities = Counter(f"{problem['severity']}s" for problem in manifest["problems"])
        warned = [problem["rule"] for problem in manifest["problems"] if problem["severity"] == "warning"]
        causes = "、".join(f"{CHECK_RULES[rule]['title']}{count}处" for rule, count in Counter(warned).most_common())
        page = folder / min(manifest["outputs"], key=lambda name: (not name.endswith(".html"), name))
        about = {"school": part.school, "year": part.year, "report": page.relative_to(final).as_posix()}
        about |= {"warning_causes": causes}
        rows.append(dict.fromkeys(("errors", "warnings", "notes"), 0) | manifest["counts"] | severities | about)
    return pd.DataFrame(rows, columns=list(REPORT_COLUMNS)).astype(REPORT_COLUMNS)


def school_tables(totals: Statistics, reports: pd.DataFrame, failures: pd.DataFrame) -> Statistics:
    """The tables that statistics are made of: `failures` (a `faults_table`) and totals (of `totals.tables_of`).

    Of these `by_school` also has the columns of `reports` (`REPORT_COLUMNS`, a row each), and `overview` has a
    measure a row. A report that does not agree with the totals is a PilotError.
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
    faults = failures.groupby(["school", "year"], dropna=False).size().astype("Int64").reset_index(name="faults")
    table = table.merge(faults, on=["school", "year"], how="left").fillna({"report": "", "warning_causes": ""})
    by_school = table.assign(errors=table["errors"].fillna(table.pop("faults")))
    total = totals["overview"].iloc[0]
    bounds = {name: bool(total[bound]) for name, bound in zip(PLACES, BOUNDS, strict=True)}
    rows = [
        ("schools", by_school.loc[by_school["school"] != NO_SCHOOL, "school"].nunique(), False, ""),
        ("schools_failed", failures["school"].nunique(), False, "没有报告的学校，原因逐条列出"),
        *((measure, total[measure], bounds.get(measure, False), "") for measure in AGREED),
        ("rows_set_aside", total["rows_set_aside"], False, "合计、空行、重复的表头等"),
        ("cells_changed", total["cells_changed"], False, "清洗时改动的单元格"),
    ]
    overview = pd.DataFrame(rows, columns=["measure", "value", "lower_bound", "note"]).astype({"value": "Float64"})
    overview.insert(2, "unit", overview["measure"].map(unit_of))
    return totals | {"overview": overview, "by_school": by_school, "failures": failures}


def _tell_all(
    project: Path, final: Path, tables: Statistics, about: dict[str, Any], editions: Sequence[str], force: bool
) -> Made:
    """Write the statistics into `data/processed/batch/<table>/` and tell them."""
    if tables["by_school"]["year"].isna().all():
        raise PilotError(f"{about['file']}：没有一行申报写明四位数的申报年度，无法汇总。请补上后再试。")
    processed = project / "data" / "processed" / "batch" / final.name
    with tempfile.TemporaryDirectory(prefix="pilot-") as folder:
        write_statistics(Path(folder), tables, about)
        recipes.put_in_place({Path(folder): processed})
    told = {"processed": str(processed)}, [processed]
    report = Report(project, SCHOOLS, SCHOOLS.title, final, partial(recipes.files_in, processed), editions, *told)
    made = make_report(report, [], [processed], {}, force, quiet=False)
    final.mkdir(parents=True, exist_ok=True)
    for path in recipes.files_in(report.published):  # whole, where it does not stand there already
        recipes.put_file(path, final / path.name)
    return made


def write_statistics(folder: Path, tables: Statistics, about: dict[str, Any]) -> None:
    """Write the statistics of tables of schools, and what they are about, into a folder."""
    write_tables(folder, summarise_schools(tables) | {"set_aside": tables["set_aside"]})
    text = json.dumps(about | {"years": years_of(tables)}, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / "about.json").write_text(text + "\n", encoding="utf-8", newline="\n")
