"""Reports on made-up tables, without a kernel: the report, its pieces in order, and the notebook that shows them."""

from contextlib import nullcontext
from pathlib import Path
from unittest import mock

import nbformat
import pandas as pd

from pilotlib.checking import check
from pilotlib.cleaning import clean
from pilotlib.reading import Processed, YearStatistics
from pilotlib.report import parts
from pilotlib.report.books import Book
from pilotlib.report.year import book_of
from pilotlib.statistics import Tables, compare_counts, recount, summarise
from tests.conftest import ROOT
from tests.tables import HEADER, cells_of

NO_CORRECTIONS = pd.DataFrame(columns=["row", "column", "was", "becomes", "reason"], dtype=str)


def report_of(*rows, earlier: YearStatistics | None = None, **given) -> Book:
    """The report on a table of these rows."""
    return book_of(*processed_of(*rows, **given), earlier)


def processed_of(
    *rows, reference=None, indicators=(), narrative="", header=HEADER, corrections=NO_CORRECTIONS, school="某校"
) -> tuple[Processed, dict[str, pd.DataFrame]]:
    """A table of these rows, as cleaned and counted."""
    cells = cells_of(*rows, header=header)
    given = pd.DataFrame(indicators, columns=["indicator", "value", "unit", "note"], dtype=str)
    cleaned = clean(cells, corrections, reference)
    problems = check(cleaned, 2021, indicators=given, reference=reference)
    statistics = summarise(Tables(cleaned.applications, cleaned.majors, given, {}))
    compare_counts(statistics, recount(cells, corrections))
    about = {"year": 2021, "file": "applications.tsv", "sha256": "0", "school": {"name": school}, "source": {}}
    return Processed(about, narrative, cells, corrections, *cleaned[:2], *cleaned[2:], problems, given), statistics


def cells_of_notebook() -> list:
    """The cells of the report's notebook after the one that opens the report, but for those about the notebook."""
    node = nbformat.read(ROOT / "notebooks" / "3_annual_report.ipynb", as_version=4)
    opening = next(place for place, cell in enumerate(node.cells) if "open_year(" in cell.source)
    told = [cell for cell in node.cells[opening + 1 :] if "about" not in cell.metadata.get("tags", [])]
    return [nbformat.v4.new_code_cell("parts.title_block(report)"), *told]


def pieces_of(report: Book, drawn: bool = True) -> list[str]:
    """What the code cells of the report's notebook show of a report, as HTML; its figures need not be drawn."""
    names = {"parts": parts, "report": report}
    blank = {"drawing": lambda *_: None, "svg_of": lambda *_: "<svg ></svg>"}
    with nullcontext() if drawn else mock.patch.multiple(parts, **blank):
        return [eval(cell.source, names).data for cell in cells_of_notebook() if cell.cell_type == "code"]


def notebook_of(report: Book, path: Path) -> Path:
    """The report's notebook as executed on a report."""
    cells, pieces = cells_of_notebook(), iter(pieces_of(report))
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("execute_result", data={"text/html": next(pieces)})]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path
