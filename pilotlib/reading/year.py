"""What is given for a year, its table and the small files beside it; and what the stages have written of it."""

import csv
import hashlib
import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.columns import CORRECTION_COLUMNS, INDICATOR_COLUMNS, REFERENCE_COLUMNS, title_of
from pilotlib.errors import PilotError, suggestion
from pilotlib.project import find_table, year_folder
from pilotlib.reading.files import read_bytes, read_text
from pilotlib.reading.tables import Origin, read_table

SOURCE_KEYS = ("file", "received_from", "received_on", "sha256", "rows")


class YearInputs(NamedTuple):
    """All that is given for a year: its table as `read_table` returns it, with its file's name and hash, and the rest.

    `corrections` (`row, column, was, becomes, reason`), `indicators` (`indicator, value, unit, note`) and `reference`
    (`major, catalogue_name, code, catalogue_year, category`) are text, `source` and `school` the two toml files, and
    `narrative` is Markdown; each is empty where there is none.
    """

    year: int
    file: str
    sha256: str
    cells: pd.DataFrame
    origin: Origin
    corrections: pd.DataFrame
    indicators: pd.DataFrame
    narrative: str
    source: dict[str, Any]
    school: dict[str, Any]
    reference: pd.DataFrame


class Processed(NamedTuple):
    """A year as the first stage left it; the tables as `cleaning`, `checking` and `reading` describe them.

    `about` holds `year`, `file`, `sha256`, `school`, `source` and `continued` (rows that are no applications by their
    look: as `Origin.continued` and `Origin.struck`).
    """

    about: dict[str, Any]
    narrative: str
    cells: pd.DataFrame
    corrections: pd.DataFrame
    applications: pd.DataFrame
    majors: pd.DataFrame
    changes: pd.DataFrame
    set_aside: pd.DataFrame
    problems: pd.DataFrame
    given_indicators: pd.DataFrame


class YearStatistics(NamedTuple):
    """A processed year as other years see it: `about` as in `Processed`, and its statistics by name."""

    year: int
    about: dict[str, Any]
    statistics: dict[str, pd.DataFrame]


def read_inputs(project: Path, year: int) -> YearInputs:
    """Read everything given for a year: `data/raw/<year>/`, the reference and the school's own file.

    Raises:
        PilotError: no such year, no table or two of them, or a file that cannot be read.
    """
    raw, folder = project / "data" / "raw", year_folder(project, year)
    table = find_table(folder)
    corrections = _read_ledger(folder / "corrections.csv", CORRECTION_COLUMNS)
    cells, origin = read_table(table, corrections)
    return YearInputs(
        year=year,
        file=table.name,
        sha256=hash_of(table),
        cells=cells,
        origin=origin,
        corrections=corrections,
        indicators=_read_ledger(folder / "indicators.csv", INDICATOR_COLUMNS),
        narrative=_read_if_any(folder / "narrative.md"),
        source=_read_source(folder / "source.toml"),
        school=_read_school(raw / "school.toml"),
        reference=_read_ledger(raw / "reference" / "majors.csv", REFERENCE_COLUMNS),
    )


def hash_of(table: Path) -> str:
    """The SHA-256 of a file; of a folder, that of its files' names and hashes, a line each in order."""
    if table.is_dir():
        lines = [f"{hash_of(file)}  {file.name}\n" for file in sorted(table.iterdir()) if file.is_file()]
        return hashlib.sha256("".join(lines).encode()).hexdigest()
    with table.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_if_any(path: Path) -> str:
    """The text of a file; "" where there is none, or nothing in it."""
    return read_text(path) if path.exists() and read_bytes(path).strip() else ""


def _read_ledger(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """A small csv as text, empty where there is nothing in it; lines that begin with # are comments."""
    text = _read_if_any(path)
    if not text:
        return pd.DataFrame(columns=columns, dtype=str)
    lines = [line + "\n" for line in text.split("\n") if line.strip() and not line.startswith("#")]
    expected = f"列应为 {'、'.join(columns)}。"
    try:
        header, *rows = csv.reader(lines, strict=True)
    except (csv.Error, ValueError) as error:
        raise PilotError(f"{path.name}：无法读成表格（{error}）。{expected}") from None
    header = [next((name for name in columns if word in (name, title_of(name))), word) for word in header]
    missing = [name for name in columns if name not in header]
    if missing:
        raise PilotError(f"{path.name} 第 1 行（表头）：缺少列 {'、'.join(missing)}。{expected}")
    faults = [
        f"{path.name} 第 {number} 条：有 {len(row)} 格，表头有 {len(header)} 格。请检查逗号与引号。"
        for number, row in enumerate(rows, start=1)
        if len(row) != len(header)
    ]
    if faults:
        raise PilotError("\n".join(faults))
    return pd.DataFrame(rows, columns=header, dtype=str)[list(columns)]


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(path)) if path.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise PilotError(f"{path.name}：不是有效的 TOML（{error}）。") from None


def _read_source(path: Path) -> dict[str, Any]:
    source = _read_toml(path)
    for key in source:
        if key not in SOURCE_KEYS:
            raise PilotError(f"{path.name}：不认识“{key}”。{suggestion(key, list(SOURCE_KEYS))}")
    if not isinstance(source.get("rows", 0), int):
        raise PilotError(f"{path.name}：rows 应是不带引号的整数，现为“{source['rows']}”。")
    return source


def _read_school(path: Path) -> dict[str, Any]:
    school = _read_toml(path)
    colleges = school.get("colleges", {})
    if not isinstance(colleges, dict) or not all(isinstance(majors, list) for majors in colleges.values()):
        raise PilotError(f'{path.name}：[colleges] 中每个学院应写成 "学院" = ["专业", "专业"]。')
    return school


def processed_folder(project: Path, year: int, folder: str | None = None) -> Path:
    """Where a year's processed tables are: `data/processed/<year>`, or `folder` if a run has set one aside."""
    return Path(folder) if folder else project / "data" / "processed" / str(year)


def read_processed(folder: Path) -> Processed:
    """Read what the cleaning stage wrote; a PilotError where it is not there."""
    if not (folder / "about.json").exists():
        where = f"{folder.name}/about.json"
        raise PilotError(f"还没有 {folder.name} 的处理结果（{where}）。请先运行 1_clean，或 pilot run。")
    names = Processed._fields[2:]
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in names}
    tables["cells"] = tables["cells"].set_index("place")
    return Processed(json.loads(read_text(folder / "about.json")), _read_if_any(folder / "narrative.md"), **tables)


def read_year_statistics(folder: Path, names: Iterable[str]) -> YearStatistics:
    """Read what other years need of a processed year; a PilotError where it is not there."""
    statistics = read_statistics(folder, names)
    about = json.loads(read_text(folder / "about.json"))
    return YearStatistics(about["year"], about, statistics)


def read_statistics(folder: Path, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Read the named statistics that the second stage wrote; a PilotError where one is not there."""
    files = {name: folder / "statistics" / f"{name}.parquet" for name in names}
    missing = next((path for path in files.values() if not path.exists()), None)
    if missing:
        raise PilotError(
            f"还没有 {folder.name} 的统计结果（{folder.name}/statistics/{missing.name}）。"
            f"请先运行 2_statistics，或 pilot run {folder.name}。"
        )
    return {name: pd.read_parquet(path) for name, path in files.items()}
