"""The report over all schools: their counts, held against the reports, told by a notebook and published."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from pilotlib.columns import title_of, unit_of
from pilotlib.errors import PilotError
from pilotlib.province.book import SCHOOLS
from pilotlib.province.results import manifest_of, place
from pilotlib.province.splitting import Part
from pilotlib.province.statistics import SchoolTables, summarise_schools
from pilotlib.running.recipes import aside, files_in, move_in, put_in_place
from pilotlib.running.reports import Report, find_notebooks, make_report, steps_of_telling
from pilotlib.vocabulary import NO_SCHOOL

# What a school's report and the count over all must agree on.
AGREED = ("applications", "certificates", "certificate_levels", "places_applied", "places_approved")
REPORT_COLUMNS = {
    "school": "str",
    "year": "Int64",
    "distinct_students": "Int64",
    "places_per_100_students": "Float64",
    "errors": "Int64",
    "warnings": "Int64",
    "notes": "Int64",
    "report": "str",
} | {f"{measure}_reported": "Int64" for measure in AGREED}


def tell_all(
    project: Path,
    work: Path,
    name: str,
    about: dict[str, Any],
    totals: dict[str, pd.DataFrame],
    parts: Sequence[Part],
    failures: pd.DataFrame,
    editions: Sequence[str],
    *,
    force: bool = False,
) -> list[Path]:
    """Write what was counted of the whole table into `data/processed/batch/<table>/`, and tell it, if it has changed.

    `name` is that of its folders, `about` says its `title, file, sha256, by`; `totals` are those of `summarise_table`,
    `parts` the schools and years that should have a report.

    Returns:
        The files of the report over all, the page first.

    Raises:
        PilotError: a report and the count over all do not agree, or the notebook failed.
    """
    processed, final = project / "data" / "processed" / "batch" / name, project / "reports" / "batch" / name
    failed = set(zip(failures["school"], failures["year"], strict=True))
    reports = reports_of([part for part in parts if part.key not in failed], final)
    tables = school_tables(totals, reports, failures)
    about = about | {
        "years": sorted(map(int, tables.by_school["year"].dropna().unique())),
        "rows_read": int(totals["overview"]["rows_read"].iloc[0]),
    }
    write_statistics(work / "counted", summarise_schools(tables) | {"set_aside": totals["set_aside"]}, about)
    put_in_place({work / "counted": processed})
    return _tell(project, name, processed, final, editions, force)


def _tell(project: Path, name: str, processed: Path, final: Path, editions: Sequence[str], force: bool) -> list[Path]:
    """Run the notebook on what was counted and publish it beside the schools, as far as something has changed."""
    report = Report(
        project,
        SCHOOLS,
        f"batch-{name}",
        SCHOOLS.title,
        find_notebooks(project, [SCHOOLS.notebook])[SCHOOLS.notebook],
        final,
        inputs=lambda: files_in(processed),
        editions=editions,
    )
    telling = steps_of_telling(report, [processed], {"processed": str(processed)}, partial(SCHOOLS.open, processed))
    make_report(report, telling, places={}, force=force, quiet=True)
    _put_beside(report.work / "published", final)
    return [*reversed(report.files)]


def reports_of(parts: Iterable[Part], final: Path) -> pd.DataFrame:
    """What the manifest of every report says of its school: `REPORT_COLUMNS`, and its counts as `<measure>_reported`.

    Raises:
        PilotError: a report is not there any more.
    """
    rows = []
    for part in parts:
        folder = place(final, part)
        manifest = manifest_of(folder)
        if not manifest:
            raise PilotError(f"{part.school} {part.year} 年的报告不见了，没有写出汇总。请再运行一次。")
        counts, severities = manifest["counts"], Counter(problem["severity"] for problem in manifest["problems"])
        page = folder / min(manifest["outputs"], key=lambda name: (not name.endswith(".html"), name))
        rows.append(
            {
                "school": part.school,
                "year": part.year,
                "distinct_students": counts["distinct_students"],
                "places_per_100_students": counts["places_per_100_students"],
                "errors": severities["error"],
                "warnings": severities["warning"],
                "notes": severities["note"],
                "report": page.relative_to(final).as_posix(),
                **{f"{measure}_reported": counts[measure] for measure in AGREED},
            }
        )
    return pd.DataFrame(rows, columns=list(REPORT_COLUMNS)).astype(REPORT_COLUMNS)


def school_tables(totals: dict[str, pd.DataFrame], reports: pd.DataFrame, failures: pd.DataFrame) -> SchoolTables:
    """Totals, what the schools' reports say, and why some have none, as the tables that statistics are made of.

    Args:
        totals: As `totals.tables_of` returns them.
        reports: As `reports_of` returns them.
        failures: As `results.faults_table` returns them.

    Raises:
        PilotError: a report and the totals do not agree.
    """
    by_school = _with_reports(totals["by_school"], reports, failures)
    return SchoolTables(
        _overview(totals["overview"], by_school, failures),
        by_school,
        totals["by_city"],
        totals["by_round"],
        totals["by_level"],
        totals["by_certificate"],
        failures,
    )


def _with_reports(by_school: pd.DataFrame, reports: pd.DataFrame, failures: pd.DataFrame) -> pd.DataFrame:
    """The counts of every school with what its report says: students, problems, and where it is."""
    table = by_school.merge(reports, on=["school", "year"], how="left")
    for measure in AGREED:
        reported = table[f"{measure}_reported"]
        differ = table[(reported.fillna(0) != table[measure].fillna(0)) & table["report"].notna()]
        if len(differ):
            school, year, one, other = differ[["school", "year", f"{measure}_reported", measure]].iloc[0]
            raise PilotError(
                f"两次计数不一致：{school} {year} 年的{title_of(measure)}，该校报告为 {one}，汇总为 {other}，没有汇总。"
                "请再运行一次 pilot batch --force；仍不一致，请把申报表交给维护者查看。"
            )
    number = failures.groupby(["school", "year"], dropna=False).size().astype("Int64").rename("faults").reset_index()
    table = table.merge(number, on=["school", "year"], how="left")
    table = table.assign(errors=table["errors"].fillna(table["faults"]), report=table["report"].fillna(""))
    return table.drop(columns=["faults", *(f"{measure}_reported" for measure in AGREED)])


def _overview(totals: pd.DataFrame, by_school: pd.DataFrame, failures: pd.DataFrame) -> pd.DataFrame:
    """The totals a measure a row: `measure, value, unit, lower_bound, note`."""
    row = totals.iloc[0]
    bound = bool(row["lower_bound"])
    values = [
        ("schools", by_school.loc[by_school["school"] != NO_SCHOOL, "school"].nunique(), False, ""),
        ("schools_failed", failures["school"].nunique(), False, "没有报告的学校，原因逐条列出"),
        *((measure, row[measure], bound and measure.startswith("places"), "") for measure in AGREED),
        ("rows_set_aside", row["rows_set_aside"], False, "合计、空行、重复的表头等"),
        ("cells_changed", row["cells_changed"], False, "清洗时改动的单元格"),
    ]
    table = pd.DataFrame(values, columns=["measure", "value", "lower_bound", "note"])
    table = table.assign(value=table["value"].astype("Float64"), unit=table["measure"].map(unit_of))
    return table[["measure", "value", "unit", "lower_bound", "note"]]


def write_statistics(folder: Path, tables: dict[str, pd.DataFrame], about: dict[str, Any]) -> None:
    """Write statistics over all schools, and what they are about, into a folder that is replaced as a whole."""
    from pilotlib.publishing import write_tables

    with aside(folder) as new:
        write_tables(new, tables)
        text = json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True)
        (new / "about.json").write_text(text + "\n", encoding="utf-8", newline="\n")
        move_in(new, folder)


def _put_beside(published: Path, final: Path) -> None:
    """Put the files of the report over all beside the schools', each whole, where it does not stand there already."""
    final.mkdir(parents=True, exist_ok=True)
    for path in files_in(published):
        target, new = final / path.name, final / f".{path.name}-new"
        if not target.exists() or target.read_bytes() != path.read_bytes():
            new.write_bytes(path.read_bytes())
            new.replace(target)
    for left_over in set(final.glob("index.*")) - {final / path.name for path in files_in(published)}:
        left_over.unlink()  # an edition of an earlier run, which may say something else
