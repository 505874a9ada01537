"""From files to tables of text: the application table, a year's other files, and what stages wrote of it."""

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pilotlib import columns
from pilotlib.columns import CORRECTION_COLUMNS, RESULT_COUNTS, column_named, title_of
from pilotlib.errors import PilotError
from pilotlib.project import ledger_beside, year_folder
from pilotlib.reading.choosing import Origin
from pilotlib.reading.files import ENDINGS, READABLE_SUFFIXES, read_bytes, read_text
from pilotlib.reading.headers import BY_COLUMNS, Header, header_of, is_of_results
from pilotlib.reading.settings import read_settings
from pilotlib.reading.tables import read_table as read_table

# The tables of a year, by the names of their files.
TABLES = {"applications": "申报表", "results": "考核结果表"}


class YearInputs(NamedTuple):
    """All that is given for a year: its table as `read_table` returns it, its file's name and hash, and the rest.

    Text in the columns that `columns` gives, two toml files, and Markdown; each is empty where there is none. Among the
    corrections are those of the header that `source.toml` gives. `results` are the same of its table of results with a
    ledger of its own, None where there is none.
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
    results: "YearInputs | None" = None


class Processed(NamedTuple):
    """A year as the first stage left it; the tables as `cleaning`, `checking` and `reading` describe them.

    `about` holds `year`, `file`, `sha256`, `school`, `source`, and as `aside` the places of `Origin.aside`.
    `results` are the tables that were made of a table of results in the same way, None where there is none.
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
    results: "Processed | None" = None


class YearStatistics(NamedTuple):
    """A processed year as other years see it: `about` as in `Processed`, and its statistics by name."""

    year: int
    about: dict[str, Any]
    statistics: dict[str, pd.DataFrame]


def read_inputs(project: Path, year: int) -> YearInputs:
    """Read everything given for a year; PilotError where there is none, not one table, or a file without sense."""
    raw, folder = project / "data" / "raw", year_folder(project, year)
    table, results = (find_table(folder, name) for name in TABLES)
    if not table:
        endings = "、".join(READABLE_SUFFIXES).replace(".", "")
        alone = "只有考核结果出不了报告：名额要由申报表或获批名单（证书、等级、批准人数）给出。" if results else ""
        raise PilotError(f"data/raw/{year} 中没有申报表。{alone}请放入 applications.tsv（或 {endings}）。")
    source = read_settings(folder / "source.toml")
    lines = [("0", title, title, becomes, BY_COLUMNS) for title, becomes in source.get("columns", {}).items()]
    headings = pd.DataFrame(lines, columns=list(CORRECTION_COLUMNS), dtype=str)
    of_results = headings["becomes"].map(column_named).isin(list(columns.RESULT_COLUMNS)) & (results is not None)
    received, header = _received(table, headings[~of_results], source, year)
    if is_of_results(header):
        advice = f"请改名为 results{table.suffix}，再放入申报表或获批名单。"
        raise PilotError(f"{table.name}：是考核结果表，没有申请、批准人数和状态。{advice}")
    inputs = YearInputs(
        year=year,
        **received,
        indicators=_read_ledger(folder / "indicators.csv", columns.INDICATOR_COLUMNS),
        narrative=_read_if_any(folder / "narrative.md"),
        source=source,
        school=read_settings(raw / "school.toml"),
        reference=_read_ledger(raw / "reference" / "majors.csv", columns.REFERENCE_COLUMNS),
    )
    if not results:
        return inputs
    received, header = _received(results, headings[of_results], {"years": source.get("years", [])}, year, True)
    if not {*RESULT_COUNTS} & {*header.names}:
        titles = "、".join(map(title_of, RESULT_COUNTS))
        there = "、".join(filter(None, header.titles))
        raise PilotError(f"{results.name}：没有{titles}中的任何一列，不是考核结果表。表头现有：{there}。")
    return inputs._replace(results=inputs._replace(**received, source={}, narrative=""))


def _received(
    table: Path, headings: pd.DataFrame, source: Mapping[str, Any], year: int, of_results: bool = False
) -> tuple[dict[str, Any], Header]:
    """A table, with what its ledger and the `headings` of `source.toml` say, as in `YearInputs`; and its header."""
    ledger = _read_ledger(table.with_name(ledger_beside(table.name)), CORRECTION_COLUMNS)
    corrections = pd.concat([ledger, headings], ignore_index=True)
    cells, origin = read_table(table, corrections, source, year, of_results=of_results)
    received = {"file": table.name, "sha256": hash_of(table), "cells": cells, "origin": origin}
    return received | {"corrections": corrections}, header_of(cells, table.name, corrections)


def find_table(folder: Path, name: str) -> Path | None:
    """The table of a name of `TABLES` in a year's folder, a file or a folder; PilotError where there are several."""
    named = [*folder.glob(f"{name}.*"), *folder.glob(name)]
    tables = sorted(path for path in named if path.is_dir() or path.suffix.lower() in ENDINGS)
    if len(tables) > 1:
        names = "、".join(path.name for path in tables)
        raise PilotError(f"data/raw/{folder.name} 中有 {len(tables)} 个{TABLES[name]}：{names}。请只留下一个。")
    return tables[0] if tables else None


def hash_of(table: Path) -> str:
    """The SHA-256 of a file; of a folder, that of its files' names and hashes, a line each in order."""
    if table.is_dir():
        lines = [f"{hash_of(file)}  {file.name}\n" for file in sorted(table.iterdir()) if file.is_file()]
        return hashlib.sha256("".join(lines).encode()).hexdigest()
    with table.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def processed_folder(project: Path, year: int, folder: str | None = None) -> Path:
    """Where a year's processed tables are: `data/processed/<year>`, or `folder` if a run has set one aside."""
    return Path(folder) if folder else project / "data" / "processed" / str(year)


def read_processed(folder: Path) -> Processed:
    """Read what the cleaning stage wrote; a PilotError where it is not there."""
    year = folder.name
    if not (folder / "about.json").exists():
        first = "请先运行 1_clean（清洗与检查），或 pilot run。"
        raise PilotError(f"还没有 {year} 的处理结果（{year}/about.json）。{first}")
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in Processed._fields[2:-1]}
    tables["cells"] = tables["cells"].set_index("place")
    results = read_processed(folder / "results") if (folder / "results").is_dir() else None
    about = json.loads(read_text(folder / "about.json"))
    return Processed(about, _read_if_any(folder / "narrative.md"), **tables, results=results)


def read_year_statistics(folder: Path, names: Iterable[str]) -> YearStatistics:
    """Read some statistics that the second stage wrote, by name; a PilotError where one is not there."""
    year, files = folder.name, {name: folder / "statistics" / f"{name}.parquet" for name in names}
    if missing := next((f"{year}/statistics/{path.name}" for path in files.values() if not path.exists()), ""):
        raise PilotError(f"还没有 {year} 的统计结果（{missing}）。请先运行 2_statistics（统计），或 pilot run {year}。")
    about = json.loads(read_text(folder / "about.json"))
    return YearStatistics(about["year"], about, {name: pd.read_parquet(path) for name, path in files.items()})


def _read_if_any(path: Path) -> str:
    return read_text(path) if path.exists() and read_bytes(path).strip() else ""


def _read_ledger(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """A small csv as text, empty where there is nothing in it; lines that begin with # are comments."""
    if not (text := _read_if_any(path)):
        return pd.DataFrame(columns=columns, dtype=str)
    lines = [line + "\n" for line in text.split("\n") if line.strip() and not line.startswith("#")]
    expected = f"列应为 {'、'.join(columns)}。"
    try:
        header, *rows = csv.reader(lines, strict=True)
    except (csv.Error, ValueError) as error:
        raise PilotError(f"{path.name}：无法读成表格（{error}）。{expected}") from None
    names = {title_of(name): name for name in columns}
    header = [names.get(word, word) for word in header]
    if missing := [name for name in columns if name not in header]:
        raise PilotError(f"{path.name} 第 1 行（表头）：缺少列 {'、'.join(missing)}。{expected}")
    if faults := [(number, len(row)) for number, row in enumerate(rows, start=1) if len(row) != len(header)]:
        sentence = f"{path.name} 第 {{}} 条：有 {{}} 格，表头有 {len(header)} 格。请检查逗号与引号。"
        raise PilotError("\n".join(sentence.format(*fault) for fault in faults))
    return pd.DataFrame(rows, columns=header, dtype=str)[list(columns)]
