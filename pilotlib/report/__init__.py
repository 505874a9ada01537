"""How the year is told: sentences, tables, figures, and the page that holds them."""

from typing import NamedTuple

import pandas as pd

from pilotlib.claims import check_narrative
from pilotlib.reading import (
    Processed,
    find_project,
    newest_year,
    processed_folder,
    read_processed,
    read_statistics,
)
from pilotlib.statistics import STATISTICS


class Report(NamedTuple):
    """Everything the annual report tells: the year as cleaned, its statistics by name, the school's claims checked."""

    year: int
    school: str
    processed: Processed
    statistics: dict[str, pd.DataFrame]
    claims: pd.DataFrame


def open_report(year: int | None = None, processed: str | None = None) -> Report:
    """Open what the first two stages wrote of a year.

    Args:
        year: The year; the newest one by default.
        processed: The folder of the processed tables; `data/processed/<year>` by default.

    Raises:
        PilotError: the stages have not been run.
    """
    project = find_project()
    folder = processed_folder(project, year or newest_year(project), processed)
    tables = read_processed(folder)
    statistics = read_statistics(folder, list(STATISTICS))
    return Report(
        year=tables.about["year"],
        school=tables.about["school"].get("name", ""),
        processed=tables,
        statistics=statistics,
        claims=check_narrative(tables, statistics),
    )
