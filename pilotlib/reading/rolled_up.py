"""What the splitting of a province's table has left: the tables over all its schools."""

import json
from pathlib import Path

import pandas as pd

from pilotlib.columns import title_of
from pilotlib.errors import PilotError
from pilotlib.reading.files import read_text

# Each table and its columns.
_PLACES = ("applications", "places_applied", "places_approved")
ROLLED_UP = {
    "overview": ("measure", "value", "unit", "lower_bound", "note"),
    "by_school": (
        *("school", "year", "city", *_PLACES, "certificates", "certificate_levels", "rows_set_aside", "cells_changed"),
        *("lower_bound", "distinct_students", "places_per_100_students", "errors", "warnings", "notes", "report"),
    ),
    "by_city": ("year", "city", "schools", *_PLACES),
    "by_round": ("year", "application_round", "schools", *_PLACES),
    "by_level": ("year", "level", "schools", *_PLACES),
    "by_certificate": ("certificate", "schools", *_PLACES),
    "failures": ("school", "year", "source_row", "place", "column", "value", "message"),
}
_COUNTS = (
    "year",
    "schools",
    "applications",
    "certificates",
    "certificate_levels",
    "places_applied",
    "places_approved",
    "rows_set_aside",
    "cells_changed",
    "distinct_students",
    "errors",
    "warnings",
    "notes",
    "source_row",
    "place",
)
_RATES = ("places_per_100_students",)
_TEXTS = ("school", "city", "report", "application_round", "level", "certificate", "column", "message", "note", "unit")


def read_rolled_up(folder: Path) -> tuple[dict, dict[str, pd.DataFrame]]:
    """Read `about.json` and the tables over all schools by name; counts are nullable integers, an unsaid text is empty.

    Raises:
        PilotError: they are not there, or not all of them, or a column is missing.
    """
    missing = [name for name in ROLLED_UP if not (folder / f"{name}.parquet").is_file()]
    if missing or not (folder / "about.json").is_file():
        file = "about.json" if not missing else f"{missing[0]}.parquet"
        raise PilotError(f"{folder.name} 中还没有各学校的汇总结果（缺 {file}）。请先运行 pilot batch。")
    tables = {name: _typed(name, pd.read_parquet(folder / f"{name}.parquet")) for name in ROLLED_UP}
    return json.loads(read_text(folder / "about.json")), tables


def newest_batch(folder: Path) -> Path:
    """The folder below `folder` whose `about.json` was written last.

    Raises:
        PilotError: there is none.
    """
    made = [about for about in folder.glob("*/about.json") if about.is_file()]
    if not made:
        raise PilotError("还没有各学校的汇总结果。请先运行 pilot batch 申报表 --by 学校。")
    return max(made, key=lambda about: (about.stat().st_mtime_ns, about.parent.name)).parent


def _typed(name: str, table: pd.DataFrame) -> pd.DataFrame:
    absent = [column for column in ROLLED_UP[name] if column not in table]
    if absent and len(table):
        raise PilotError(f"汇总结果 {name} 中没有“{title_of(absent[0])}”一列。请用 pilot batch --force 重新汇总。")
    table = table.reindex(columns=list(dict.fromkeys([*table.columns, *ROLLED_UP[name]])))
    counts = dict.fromkeys(table.columns.intersection(_COUNTS), "Int64")
    rates = dict.fromkeys(table.columns.intersection(_RATES), "Float64")
    names = [*table.columns.intersection(_TEXTS), *(["value"] if name == "failures" else [])]
    texts = {column: table[column].astype("str").fillna("") for column in names}
    bounds = {column: table[column].astype(bool) for column in table.columns.intersection(["lower_bound"])}
    return table.astype(counts | rates).assign(**texts, **bounds).reset_index(drop=True)
