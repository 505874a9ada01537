"""A year cleaned and checked from what is given for it: for the command, the first notebook and a cell."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pilotlib.checking import check
from pilotlib.cleaning import Cleaned, clean
from pilotlib.reading import YearInputs, read_inputs


class CleanedYear(NamedTuple):
    """What is given for a year, its cleaned tables with their logs, and the problems that checking found."""

    inputs: YearInputs
    cleaned: Cleaned
    problems: pd.DataFrame


def clean_year(project: Path, year: int) -> CleanedYear:
    """Read, clean and check a year's table; PilotError where it cannot be read, not where it holds errors."""
    return clean_inputs(read_inputs(project, year))


def clean_inputs(inputs: YearInputs, ledger: str = "corrections.csv") -> CleanedYear:
    """Clean and check what has been read of a year; `ledger` is what sentences call the place of corrections."""
    cleaned = clean(inputs.cells, inputs.corrections, inputs.reference, inputs.file, inputs.origin)
    problems = check(cleaned, inputs.year, inputs.source, inputs.sha256, inputs.indicators, inputs.reference, ledger)
    return CleanedYear(inputs, cleaned, problems)
