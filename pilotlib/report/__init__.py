"""How the year is told: sentences, tables, figures, and the page that holds them."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pilotlib.claims import check_narrative
from pilotlib.project import earlier_folder, find_project, newest_year
from pilotlib.reading import (
    Processed,
    YearStatistics,
    processed_folder,
    read_processed,
    read_statistics,
    read_year_statistics,
)
from pilotlib.statistics import STATISTICS


class Report(NamedTuple):
    """Everything the annual report tells: the year as cleaned, its statistics by name, the school's claims checked.

    `earlier` is the nearest earlier year that has been processed, with which the year is compared.
    """

    year: int
    school: str
    processed: Processed
    statistics: dict[str, pd.DataFrame]
    claims: pd.DataFrame
    earlier: YearStatistics | None = None


def open_report(year: int | None = None, processed: str | None = None) -> Report:
    """Open what the first two stages wrote of a year.

    Args:
        year: The year; the newest one by default.
        processed: The folder of the processed tables; `data/processed/<year>` by default.

    Raises:
        PilotError: the stages have not been run.
    """
    project = find_project()
    year = year or newest_year(project)
    return read_report(processed_folder(project, year, processed), earlier_folder(project, year))


def read_report(folder: Path, earlier: Path | None = None) -> Report:
    """Read what the first two stages wrote into a folder, and check the school's claims against it.

    `earlier` is the folder of the earlier year with which it is compared.

    Raises:
        PilotError: the stages have not been run.
    """
    processed = read_processed(folder)
    statistics = read_statistics(folder, list(STATISTICS))
    return Report(
        year=processed.about["year"],
        school=processed.about["school"].get("name", ""),
        processed=processed,
        statistics=statistics,
        claims=check_narrative(processed, statistics),
        earlier=read_year_statistics(earlier, list(STATISTICS)) if earlier else None,
    )
