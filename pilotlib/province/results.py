"""Where a school's report is, whether it is as it should be, and why there is none."""

import json
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from pilotlib.errors import PilotError
from pilotlib.province.school import Made, Settings, Task, recipe
from pilotlib.province.splitting import Part, folder_named
from pilotlib.running import recipes
from pilotlib.running.recipes import aside, move_in
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
    return recipes.is_current(place(final, part), recipe(part.task(), settings))


def manifest_of(folder: Path) -> dict[str, Any]:
    """What a report's manifest says; nothing where there is none that can be read."""
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def put(made: Made, task: Task, settings: Settings, final: Path) -> None:
    """Put a finished report in its place, whole, and its recipe beside it."""
    folder = place(final, task)
    with aside(folder) as new:
        for name, content in made.files.items():
            (new / name).write_bytes(content)
        recipes.forget(folder)
        move_in(new, folder)
    recipes.record(folder, recipe(task, settings))


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
            recipes.forget(manifest.parent)
            with suppress(OSError):  # another year's report is still there
                manifest.parent.parent.rmdir()


def faults_of(part: Part, made: Made) -> list[dict[str, Any]]:
    """Why a school has no report: each fault with its row in the school's table and in the table of all."""
    places = part.places()
    faults = [_placed(fault, places) for fault in made.faults] or [{"message": made.message}]
    return [{"school": part.school, "year": part.year} | fault for fault in faults]


def fault_without_report(part: Part) -> dict[str, Any]:
    """Rows that can belong to no report, as one fault."""
    places = part.places()
    named = "、".join(f"{file}第{row}行" for file, row in places[:_MOST_NAMED])
    why = WITHOUT_NAME if part.school == NO_SCHOOL else WITHOUT_YEAR
    message = f"{named}{'等' if len(places) > _MOST_NAMED else ''}（共{len(places)}行）{why}"
    return {"school": part.school, "year": part.year or None, "place": places[0][1], "message": message}


def _placed(fault: dict[str, Any], places: list[tuple[str, int]]) -> dict[str, Any]:
    """A fault with its row's place in the table of all; in a folder, the message names the file."""
    if not fault["source_row"]:
        return fault
    file, place = places[fault["source_row"] - 1]
    return fault | {"place": place, "message": file + fault["message"]}


def faults_table(faults: list[dict[str, Any]]) -> pd.DataFrame:
    """Faults as a table, by school: `school, year, source_row, place, column, value, message`."""
    table = pd.DataFrame(faults, columns=list(FAULT_COLUMNS)).astype(FAULT_COLUMNS)
    texts = {name: table[name].fillna("") for name, kind in FAULT_COLUMNS.items() if kind == "str"}
    return table.assign(**texts).sort_values(["school", "year", "source_row"], kind="stable", ignore_index=True)
