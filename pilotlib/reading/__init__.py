"""From files to tables of text: the application table, and what else is known of a year."""

from pilotlib.reading.processed import Processed, processed_folder, read_processed, read_statistics
from pilotlib.reading.project import YearInputs, find_project, newest_year, read_inputs
from pilotlib.reading.tables import read_table

__all__ = [
    "Processed",
    "YearInputs",
    "find_project",
    "newest_year",
    "processed_folder",
    "read_inputs",
    "read_processed",
    "read_statistics",
    "read_table",
]
