"""Files for people and programs: tables as CSV and Parquet, an executed notebook as one HTML page."""

import base64
import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pilotlib.cleaning import Cleaned
from pilotlib.errors import PilotError
from pilotlib.reading import YearInputs
from pilotlib.report.font import font_for
from pilotlib.report.tables import for_people
from pilotlib.statistics import STATISTICS
from pilotlib.vocabulary import COLUMNS, title_of, unit_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

TEMPLATES = Path(__file__).parent / "template"


def write_tables(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write each table as `<name>.csv` (for people: Chinese titles, utf-8-sig) and `<name>.parquet` (for programs)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        for_people(table).to_csv(folder / f"{name}.csv", index=False, encoding="utf-8-sig", lineterminator="\n")
        table.to_parquet(folder / f"{name}.parquet", index=False)


def write_year(folder: Path, inputs: YearInputs, cleaned: Cleaned, problems: pd.DataFrame) -> None:
    """Write what the first stage made of a year: its tables, `about.json`, and the school's text as it is.

    Statistics of an earlier run are removed: they are not of these tables.
    """
    shutil.rmtree(folder / "statistics", ignore_errors=True)
    write_tables(
        folder,
        {
            "cells": inputs.cells.set_axis([str(name) for name in inputs.cells.columns], axis="columns"),
            "corrections": inputs.corrections,
            "given_indicators": inputs.indicators,
            "problems": problems,
            **cleaned._asdict(),
        },
    )
    about = {name: getattr(inputs, name) for name in ("year", "file", "sha256", "school", "source")}
    text = json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True, default=str)
    (folder / "about.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    (folder / "narrative.md").write_text(inputs.narrative, encoding="utf-8", newline="\n")


def data_dictionary(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What every column of the given tables means: `table, title, column, unit, meaning`."""
    return pd.DataFrame(
        [
            (
                name,
                STATISTICS[name].title if name in STATISTICS else name,
                title_of(column),
                unit_of(column),
                COLUMNS[column].meaning,
            )
            for name, table in tables.items()
            for column in table.columns
            if column in COLUMNS
        ],
        columns=["table", "title", "column", "unit", "meaning"],
    )


def publish_html(notebook: Path, destination: Path) -> None:
    """Export an executed notebook as one self-contained page in the project's own template.

    No code, no script, no reference to another host. The Chinese font is carried as a subset of the characters on
    the page, for readers who have none of their own.

    Raises:
        PilotError: the notebook holds an error, or was never run.
    """
    import nbformat
    from jinja2 import Environment, FileSystemLoader
    from nbconvert import HTMLExporter

    node = nbformat.read(notebook, as_version=4)
    _refuse_unfit(node, notebook)
    exporter = HTMLExporter(
        template_name="template",
        extra_template_basedirs=[str(TEMPLATES.parent)],
        exclude_input=True,
        exclude_anchor_links=True,
    )
    body, _ = exporter.from_notebook_node(node)
    page = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=False, trim_blocks=True, lstrip_blocks=True)
    body, contents = _with_contents(body)
    opening, first_heading, rest = body.partition("<h2 ")
    html = page.get_template("page.html.j2").render(
        title=_heading_text(body, "h1"),
        contents=contents,
        opening=opening,
        body=first_heading + rest,
        style=(TEMPLATES / "page.css").read_text(encoding="utf-8"),
        font=base64.b64encode(font_for(body + "".join(text for _, text in contents))).decode("ascii"),
    )
    destination.write_text(html, encoding="utf-8", newline="\n")


def _refuse_unfit(node: "NotebookNode", notebook: Path) -> None:
    """Stop at a notebook that would come out as a clean page with something missing."""
    codes = [cell for cell in node.cells if cell.cell_type == "code"]
    for number, cell in enumerate(codes, start=1):
        for output in cell.outputs:
            if output.output_type == "error":
                raise PilotError(
                    f"{notebook.name}第{number}个代码格出错（{output.ename}：{output.evalue}），不能导出。"
                )
            kinds = set(output.get("data", {}))
            if (kinds and not kinds & {"text/html", "text/plain"}) or any(kind.startswith("image/") for kind in kinds):
                raise PilotError(
                    f"{notebook.name}第{number}个代码格的输出（{'、'.join(sorted(kinds))}）不能放进报告："
                    "图片没有文字说明。请用parts.figure。"
                )
    if not any(cell.outputs for cell in codes):
        raise PilotError(f"{notebook.name}还没有运行过，不能导出。请先运行全部单元格。")


def _with_contents(body: str) -> tuple[str, list[tuple[str, str]]]:
    """Give every second-level heading an id, and list them: `(id, text)`."""
    contents: list[tuple[str, str]] = []

    def marked(heading: re.Match) -> str:
        contents.append((f"section-{len(contents) + 1}", re.sub("<[^>]+>", "", heading[1])))
        return f'<h2 id="{contents[-1][0]}">{heading[1]}</h2>'

    return re.sub(r"<h2\b[^>]*>(.*?)</h2>", marked, body, flags=re.DOTALL), contents


def _heading_text(body: str, tag: str) -> str:
    heading = re.search(rf"<{tag}\b[^>]*>(.*?)</{tag}>", body, flags=re.DOTALL)
    return re.sub("<[^>]+>", "", heading[1]) if heading else ""
