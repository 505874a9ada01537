"""Everything that is given for a year: its table, and the small files beside it."""

import csv
import hashlib
import tomllib
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
    """All that is given for a year.

    `cells` and `origin` are the table as `read_table` returns it, `file` its name, `sha256` its hash as it is now.
    `corrections` (`row, column, was, becomes, reason`), `indicators` (`indicator, value, unit, note`) and `reference`
    (`major, catalogue_name, code, catalogue_year, category`) are text. `source` and `school` are the two toml
    files, empty where there is none; `narrative` is Markdown.
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


def read_inputs(project: Path, year: int) -> YearInputs:
    """Read everything given for a year: `data/raw/<year>/`, the reference and the school's own file.

    Raises:
        PilotError: no such year, no table or two of them, or a file that cannot be read.
    """
    raw = project / "data" / "raw"
    folder = year_folder(project, year)
    table = find_table(folder)
    narrative = folder / "narrative.md"
    corrections = _read_ledger(folder / "corrections.csv", CORRECTION_COLUMNS)
    of_header = corrections[pd.to_numeric(corrections["row"], errors="coerce") == 0]
    cells, origin = read_table(table, dict(zip(of_header["was"].str.strip(), of_header["becomes"], strict=True)))
    return YearInputs(
        year=year,
        file=table.name,
        sha256=hash_of(table),
        cells=cells,
        origin=origin,
        corrections=corrections,
        indicators=_read_ledger(folder / "indicators.csv", INDICATOR_COLUMNS),
        narrative=read_text(narrative) if _holds_text(narrative) else "",
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


def _read_ledger(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """A small csv as text, empty where there is nothing in it; lines that begin with # are comments."""
    if not _holds_text(path):
        return pd.DataFrame(columns=columns, dtype=str)
    lines = [line for line in read_text(path).split("\n") if line.strip() and not line.startswith("#")]
    try:
        header, *rows = csv.reader((line + "\n" for line in lines), strict=True)
        header = [next((name for name in columns if word in (name, title_of(name))), word) for word in header]
    except (csv.Error, ValueError) as error:
        raise PilotError(f"{path.name}：无法读成表格（{error}）。列应为 {'、'.join(columns)}。") from None
    missing = [name for name in columns if name not in header]
    if missing:
        raise PilotError(f"{path.name} 第 1 行（表头）：缺少列 {'、'.join(missing)}。列应为 {'、'.join(columns)}。")
    faults = [
        f"{path.name} 第 {number} 条：有 {len(row)} 格，表头有 {len(header)} 格。请检查逗号与引号。"
        for number, row in enumerate(rows, start=1)
        if len(row) != len(header)
    ]
    if faults:
        raise PilotError("\n".join(faults))
    return pd.DataFrame(rows, columns=header, dtype=str)[list(columns)]


def _holds_text(path: Path) -> bool:
    return path.exists() and bool(read_bytes(path).strip())


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


def _read_toml(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise PilotError(f"{path.name}：不是有效的 TOML（{error}）。") from None
