"""The report over all schools: their counts, held against the reports, told by a notebook and published."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from pilotlib.batch.results import MANIFEST, manifest_of, place
from pilotlib.batch.splitting import Part
from pilotlib.columns import title_of, unit_of
from pilotlib.errors import PilotError
from pilotlib.running.fingerprints import files_in, hashes
from pilotlib.running.moving import aside, move_in, put_in_place
from pilotlib.running.pipeline import PUBLISHING, find_notebooks
from pilotlib.running.steps import Step, Steps
from pilotlib.vocabulary import NO_SCHOOL

NOTEBOOK = "rollup"
# What a school's report and the count over all must agree on.
AGREED = ("applications", "certificates", "certificate_levels", "places_applied", "places_approved")
_TOLD = {
    "school": "str",
    "year": "Int64",
    "distinct_students": "Int64",
    "places_per_100_students": "Float64",
    "errors": "Int64",
    "warnings": "Int64",
    "notes": "Int64",
    "report": "str",
} | {f"{measure}_told": "Int64" for measure in AGREED}


def tell_all(
    project: Path,
    work: Path,
    name: str,
    about: dict,
    tables: dict[str, pd.DataFrame],
    parts: Sequence[Part],
    faults: pd.DataFrame,
    editions: Sequence[str],
    *,
    force: bool = False,
) -> list[Path]:
    """Write what was counted of the whole table into `data/processed/batch/<table>/`, and tell it, if it has changed.

    `name` is that of its folders, `about` says its `title, file, sha256, by`; `tables` are those of `summarise_table`,
    `parts` the schools and years that should have a report.

    Returns:
        The files of the report over all, the page first.

    Raises:
        PilotError: a report and the count over all do not agree, or the notebook failed.
    """
    processed, final = project / "data" / "processed" / "batch" / name, project / "reports" / "batch" / name
    failed = set(zip(faults["school"], faults["year"], strict=True))
    reports = _told([part for part in parts if part[:2] not in failed], final)
    by_school = _with_reports(tables["by_school"], reports, faults)
    overview = _overview(tables["overview"], by_school, faults)
    about = about | {
        "years": sorted(map(int, by_school["year"].dropna().unique())),
        "rows_read": int(tables["overview"]["rows_read"].iloc[0]),
    }
    counted = tables | {"by_school": by_school, "overview": overview, "failures": faults}
    _write(work / "counted", counted, about)
    put_in_place({work / "counted": processed})

    notebook = find_notebooks(project, [NOTEBOOK])[NOTEBOOK]
    where = project / "reports" / "batch" / f"{name}-failed"
    inputs = files_in(processed)

    def tell(new: Path) -> None:
        from pilotlib.running.stages import execute

        execute(notebook, new / notebook.name, {"processed": str(processed)}, project, where, "汇总")

    def publish(new: Path) -> None:
        from pilotlib.running.stages import publish_all_schools

        publish_all_schools(work / "told" / notebook.name, processed, editions, new, hashes(project, inputs))

    with tqdm(total=2, disable=True) as progress:
        steps = Steps(work, lambda: None, force, progress)
        steps.take(Step(NOTEBOOK, "汇总", [notebook, *inputs], {}, work / "told", tell))
        told = [*files_in(work / "told"), *inputs]
        steps.take(Step("publish", PUBLISHING, told, {"editions": list(editions)}, work / "published", publish))
    return _put_beside(work / "published", final, [f"index.{edition}" for edition in editions])


def _told(parts: Iterable[Part], final: Path) -> pd.DataFrame:
    """What the manifest of every report says: `_TOLD`."""
    found = []
    for part in parts:
        folder = place(final, part)
        manifest = manifest_of(folder)
        if not manifest:
            raise PilotError(f"{part.school} {part.year} 年的报告不见了，没有写出汇总。请再运行一次。")
        counts, severities = manifest["counts"], Counter(problem["severity"] for problem in manifest["problems"])
        page = folder / min(manifest["outputs"], key=lambda name: (not name.endswith(".html"), name))
        found.append(
            {
                "school": part.school,
                "year": part.year,
                "distinct_students": counts["distinct_students"],
                "places_per_100_students": counts["places_per_100_students"],
                "errors": severities["error"],
                "warnings": severities["warning"],
                "notes": severities["note"],
                "report": page.relative_to(final).as_posix(),
            }
            | {f"{measure}_told": counts[measure] for measure in AGREED}
        )
    return pd.DataFrame(found, columns=list(_TOLD)).astype(_TOLD)


def _with_reports(by_school: pd.DataFrame, reports: pd.DataFrame, faults: pd.DataFrame) -> pd.DataFrame:
    """The counts of every school with what its report says: students, problems, and where it is.

    Raises:
        PilotError: a report and the count over all do not agree.
    """
    table = by_school.merge(reports, on=["school", "year"], how="left")
    for measure in AGREED:
        said = table[f"{measure}_told"]
        differ = table[(said.fillna(0) != table[measure].fillna(0)) & table["report"].notna()]
        if len(differ):
            school, year, one, other = differ[["school", "year", f"{measure}_told", measure]].iloc[0]
            raise PilotError(
                f"两次计数不一致：{school} {year} 年的{title_of(measure)}，该校报告为 {one}，汇总为 {other}，没有汇总。"
                "请再运行一次 pilot batch --force；仍不一致，请把申报表交给维护者查看。"
            )
    number = faults.groupby(["school", "year"], dropna=False).size().astype("Int64").rename("faults").reset_index()
    table = table.merge(number, on=["school", "year"], how="left")
    table = table.assign(errors=table["errors"].fillna(table["faults"]), report=table["report"].fillna(""))
    return table.drop(columns=["faults", *(f"{measure}_told" for measure in AGREED)])


def _overview(totals: pd.DataFrame, by_school: pd.DataFrame, faults: pd.DataFrame) -> pd.DataFrame:
    """The totals a measure a row: `measure, value, unit, lower_bound, note`."""
    row = totals.iloc[0]
    measures = ("applications", "certificates", "certificate_levels", "places_applied", "places_approved")
    bound = bool(row["lower_bound"])
    values = [
        ("schools", by_school.loc[by_school["school"] != NO_SCHOOL, "school"].nunique(), False, ""),
        ("schools_failed", faults["school"].nunique(), False, "没有报告的学校，原因逐条列出"),
        *((measure, row[measure], bound and measure.startswith("places"), "") for measure in measures),
        ("rows_set_aside", row["rows_set_aside"], False, "合计、空行、重复的表头等"),
        ("cells_changed", row["cells_changed"], False, "清洗时改动的单元格"),
    ]
    table = pd.DataFrame(values, columns=["measure", "value", "lower_bound", "note"])
    return table.assign(value=table["value"].astype("Float64"), unit=table["measure"].map(unit_of))


def _write(folder: Path, tables: dict[str, pd.DataFrame], about: dict) -> None:
    from pilotlib.publishing import write_tables

    with aside(folder) as new:
        write_tables(new, tables)
        text = json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True)
        (new / "about.json").write_text(text + "\n", encoding="utf-8", newline="\n")
        move_in(new, folder)


def _put_beside(published: Path, final: Path, names: Sequence[str]) -> list[Path]:
    """Put the files of the report over all beside the schools', each whole, where it does not stand there already."""
    final.mkdir(parents=True, exist_ok=True)
    for path in files_in(published):
        target, new = final / path.name, final / f".{path.name}-new"
        if not target.exists() or target.read_bytes() != path.read_bytes():
            new.write_bytes(path.read_bytes())
            new.replace(target)
    for left_over in set(final.glob("index.*")) - {final / path.name for path in files_in(published)}:
        left_over.unlink()  # an edition of an earlier run, which may say something else
    return [final / name for name in names] + [final / MANIFEST]
