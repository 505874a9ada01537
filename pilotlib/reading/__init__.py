"""From files to tables of text: the application table, and what else is known of a year."""

from pilotlib.reading.tables import Origin, SourceTable, read_table
from pilotlib.reading.year import (
    Processed,
    YearInputs,
    YearStatistics,
    processed_folder,
    read_inputs,
    read_processed,
    read_statistics,
    read_year_statistics,
)

__all__ = [
    "Origin",
    "Processed",
    "SourceTable",
    "YearInputs",
    "YearStatistics",
    "processed_folder",
    "read_inputs",
    "read_processed",
    "read_statistics",
    "read_table",
    "read_year_statistics",
]
