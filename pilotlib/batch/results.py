"""Where a school's report is, whether it is as it should be, and why there is none."""

import json
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pandas as pd

from pilotlib.batch.school import Made, Settings, Task, made_from
from pilotlib.batch.splitting import Part, folder_named
from pilotlib.errors import PilotError
from pilotlib.running.fingerprints import files_in, hashes
from pilotlib.running.moving import aside, move_in
from pilotlib.vocabulary import NO_SCHOOL

MANIFEST = "manifest.json"
FAULT_COLUMNS = {
    "school": "str",
    "year": "Int64",
    "source_row": "Int64",
    "place": "Int64",
    "column": "str",
    "value": "str",
    "message": "str",
}
WITHOUT_YEAR = "申报年度不是四位数字，不知道是哪一年的报告。请在表中改好。"
WITHOUT_NAME = "没有写明学校，不属于任何一份报告。请在表中补上。"
_MOST_NAMED = 20


def place(final: Path, part: Part | Task) -> Path:
    """The folder of a school's report of a year."""
    return final / "schools" / folder_named(part.school) / str(part.year)


def is_current(part: Part, settings: Settings, final: Path) -> bool:
    """Whether a school's report was made from what it would be made from now, and is whole."""
    folder = place(final, part)
    manifest = manifest_of(folder)
    made = [path for path in files_in(folder) if path.name != MANIFEST]
    whole = manifest.get("outputs") == hashes(folder, made)
    return whole and manifest.get("made_from") == made_from(part.task(), settings)


def manifest_of(folder: Path) -> dict:
    """What a report's manifest says; nothing where there is none that can be read."""
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def put(made: Made, task: Task, settings: Settings, final: Path) -> None:
    """Put a finished report in its place, whole."""
    folder = place(final, task)
    manifest = json.loads(made.files[MANIFEST]) | {"made_from": made_from(task, settings)}
    files = made.files | {MANIFEST: (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()}
    with aside(folder) as new:
        for name, content in files.items():
            (new / name).write_bytes(content)
        move_in(new, folder)


def stop_on_another_table(final: Path, wanted: Iterable[Part], name: str) -> None:
    """Stop where none of the reports that there are is wanted: they are those of another table.

    Raises:
        PilotError: says what to do.
    """
    made = {manifest.parent for manifest in (final / "schools").glob(f"*/*/{MANIFEST}")}
    if made and not made & {place(final, part) for part in wanted}:
        raise PilotError(
            f"reports/batch/{name} 中是另一张表的 {len(made)} 份报告，没有覆盖。请给这张表换个文件名；"
            "确实要取代它们，请加 --force。"
        )


def forget_others(final: Path, wanted: Iterable[Part]) -> None:
    """Remove the reports of schools and years that are no longer in the table."""
    places = {place(final, part) for part in wanted}
    for manifest in (final / "schools").glob(f"*/*/{MANIFEST}"):
        if manifest.parent not in places:
            shutil.rmtree(manifest.parent)
            with suppress(OSError):  # another year's report is still there
                manifest.parent.parent.rmdir()


def faults_of(part: Part, made: Made) -> list[dict]:
    """Why a school has no report: each fault with its row in the school's table and in the table of all."""
    of_school, places = {"school": part.school, "year": part.year}, part.places()
    faults = [fault | _place_of(fault["source_row"], places) for fault in made.faults] or [{"message": made.message}]
    # There is no ledger for a table of many schools.
    return [
        of_school | fault | {"message": fault.get("file", "") + fault["message"].replace("corrections.csv", "原表")}
        for fault in faults
    ]


def fault_without_report(part: Part) -> dict:
    """Rows that can belong to no report, as one fault."""
    places = part.places()
    named = "、".join(f"{file}第{row}行" for file, row in places[:_MOST_NAMED])
    why = WITHOUT_NAME if part.school == NO_SCHOOL else WITHOUT_YEAR
    message = f"{named}{'等' if len(places) > _MOST_NAMED else ''}（共{len(places)}行）{why}"
    return {"school": part.school, "year": part.year or None, "place": places[0][1], "message": message}


def _place_of(row: int | None, places: list[tuple[str, int]]) -> dict:
    """Where a row of a school's table stands in the table of all; in a folder, the place is said with its file."""
    return {"place": places[row - 1][1], "file": places[row - 1][0]} if row else {}


def faults_table(faults: list[dict]) -> pd.DataFrame:
    """Faults as a table, by school: `school, year, source_row, place, column, value, message`."""
    table = pd.DataFrame(faults, columns=list(FAULT_COLUMNS)).astype(FAULT_COLUMNS)
    texts = {name: table[name].fillna("") for name, kind in FAULT_COLUMNS.items() if kind == "str"}
    return table.assign(**texts).sort_values(["school", "year", "source_row"], kind="stable", ignore_index=True)
