"""The work of a year as a plain Python script: no notebook is executed, nothing is kept. Nothing can be faster.

Usage: python -m benchmarks.floor PROJECT YEAR OUT
"""

import ast
import json
import os
import sys
from pathlib import Path

import mistune

from pilotlib.project import find_notebooks
from pilotlib.publishing.page import as_html, content_in
from pilotlib.publishing.workbook import as_xlsx
from pilotlib.report.books import KINDS
from pilotlib.report.year import read_year


def run(project: Path, year: int, out: Path) -> None:
    os.chdir(project)
    processed = out / "processed"
    for notebook in find_notebooks(project, KINDS["year"].notebooks):
        shown = _shown(notebook, {"year": year, "processed": str(processed), "project": None})
    book = read_year(processed)
    (out / "report.html").write_bytes(as_html(content_in("".join(shown))))
    (out / "report.xlsx").write_bytes(as_xlsx("", book.owner, "", list(book.tables.values())))


def _shown(notebook: Path, parameters: dict) -> list[str]:
    """What the cells of a notebook come to, as HTML."""
    names, shown = {}, []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            shown.append(mistune.html(source))
        elif "parameters" in cell["metadata"].get("tags", []):
            names |= parameters
        else:
            *body, last = ast.parse(source).body
            exec(compile(ast.Module(body, []), notebook.name, "exec"), names)
            value = eval(compile(ast.Expression(last.value), notebook.name, "eval"), names)
            shown.append(value._repr_html_() if hasattr(value, "_repr_html_") else repr(value))
    return shown


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
