"""Reports on made-up tables, without a kernel: the report, its pieces in order, and the notebook that shows them."""

from pathlib import Path

import nbformat
import pandas as pd

from pilotlib.checking import check
from pilotlib.claims import check_narrative
from pilotlib.cleaning import clean
from pilotlib.reading import Processed
from pilotlib.report import Report, parts, years
from pilotlib.statistics import Tables, compare_counts, recount, summarise
from tests.conftest import ROOT
from tests.tables import HEADER, cells_of

NO_CORRECTIONS = pd.DataFrame(columns=["row", "column", "was", "becomes", "reason"], dtype=str)


def report_of(
    *rows, reference=None, indicators=(), narrative="", header=HEADER, corrections=NO_CORRECTIONS, school="某校"
) -> Report:
    """The report on a table of these rows."""
    cells = cells_of(*rows, header=header)
    given = pd.DataFrame(indicators, columns=["indicator", "value", "unit", "note"], dtype=str)
    cleaned = clean(cells, corrections, reference)
    problems = check(cleaned, 2021, indicators=given, reference=reference)
    statistics = summarise(Tables(cleaned.applications, cleaned.majors, given, {}))
    compare_counts(statistics, recount(cells, corrections))
    about = {"year": 2021, "file": "applications.tsv", "sha256": "0", "school": {}, "source": {}}
    processed = Processed(Path(), about, narrative, cells, corrections, *cleaned[:2], *cleaned[2:], problems, given)
    return Report(2021, school, processed, statistics, check_narrative(processed, statistics))


def cells_of_notebook() -> list:
    """The cells of the report's notebook after the one that opens the report."""
    node = nbformat.read(ROOT / "notebooks" / "3_annual_report.ipynb", as_version=4)
    opening = next(place for place, cell in enumerate(node.cells) if "open_report(" in cell.source)
    return [nbformat.v4.new_code_cell("parts.title_block(report)"), *node.cells[opening + 1 :]]


def pieces_of(report: Report) -> list[str]:
    """What the code cells of the report's notebook show of a report, as HTML."""
    names = {"parts": parts, "years": years, "report": report}
    return [eval(cell.source, names).data for cell in cells_of_notebook() if cell.cell_type == "code"]


def notebook_of(report: Report, path: Path) -> Path:
    """The report's notebook as executed on a report."""
    cells, pieces = cells_of_notebook(), iter(pieces_of(report))
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("execute_result", data={"text/html": next(pieces)})]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path
