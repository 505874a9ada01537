"""A year's three notebooks as anybody would run them: papermill with a kernel each, then nbconvert as it comes.

Usage: python -m benchmarks.plain PROJECT YEAR OUT. Makes no workbook, moves nothing in, and writes no manifest.
"""

import sys
from pathlib import Path

import papermill
from nbconvert import HTMLExporter

from pilotlib.project import find_notebooks
from pilotlib.report.books import KINDS


def run(project: Path, year: int, out: Path) -> None:
    for notebook in find_notebooks(project, KINDS["year"].notebooks):
        executed = out / notebook.name
        values = {"year": year, "processed": str(out / "processed")}
        papermill.execute_notebook(notebook, executed, values, cwd=project, progress_bar=False, kernel_name="python3")
        html, _ = HTMLExporter().from_filename(str(executed))
        executed.with_suffix(".html").write_text(html, encoding="utf-8")


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
