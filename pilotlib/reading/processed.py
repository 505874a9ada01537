"""What the stages before have written: the processed tables of a year and its statistics."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.errors import PilotError
from pilotlib.project import TABLES
from pilotlib.reading.files import read_text


class Processed(NamedTuple):
    """A year as the first stage left it; the tables as `cleaning`, `checking` and `reading` describe them.

    `about` holds `year`, `file`, `sha256`, `school`, `source` and `continued` (as `Origin.continued`).
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


def processed_folder(project: Path, year: int, folder: str | None = None) -> Path:
    """Where a year's processed tables are: `data/processed/<year>`, or `folder` if a run has set one aside."""
    return Path(folder) if folder else project / "data" / "processed" / str(year)


def read_processed(folder: Path) -> Processed:
    """Read what the cleaning stage wrote.

    Raises:
        PilotError: it is not there.
    """
    if not (folder / "about.json").exists():
        raise PilotError(
            f"还没有 {folder.name} 的处理结果（{folder.name}/about.json）。请先运行 1_clean，或 pilot run。"
        )
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in TABLES}
    tables["cells"] = tables["cells"].set_index("place")
    narrative = folder / "narrative.md"
    return Processed(
        about=json.loads(read_text(folder / "about.json")),
        narrative=read_text(narrative) if narrative.stat().st_size else "",
        **tables,
    )


def read_year_statistics(folder: Path, names: Iterable[str]) -> YearStatistics:
    """Read what other years need of a processed year.

    Raises:
        PilotError: it is not there.
    """
    statistics = read_statistics(folder, names)
    about = json.loads(read_text(folder / "about.json"))
    return YearStatistics(about["year"], about, statistics)


def read_statistics(folder: Path, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Read the named statistics that the second stage wrote.

    Raises:
        PilotError: they are not there.
    """
    files = {name: folder / "statistics" / f"{name}.parquet" for name in names}
    missing = next((path for path in files.values() if not path.exists()), None)
    if missing:
        raise PilotError(
            f"还没有 {folder.name} 的统计结果（{folder.name}/statistics/{missing.name}）。"
            f"请先运行 2_statistics，或 pilot run {folder.name}。"
        )
    return {name: pd.read_parquet(path) for name, path in files.items()}
