"""What the report over all schools still uses until it is a book like the others."""

from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from IPython.display import HTML
from matplotlib.figure import Figure

from pilotlib.publishing import publish
from pilotlib.report.books import Book, Fact
from pilotlib.report.figures import FigureEntry as NewEntry
from pilotlib.report.parts import _facts, figure_html
from pilotlib.report.prose import Statistics
from pilotlib.report.told import Told, _download, box, figure_columns, texts


def cell_texts(table: pd.DataFrame) -> pd.DataFrame:
    return texts(_told("", table))


numeric_columns = figure_columns


def _told(title: str, data: pd.DataFrame, definition: str = "", source: str = "") -> Told:
    return Told(title, title, definition, "各列注明", source, data)


def html_table(cells, caption, *, data=None, numeric=frozenset(), notes="", html=False, searchable=False) -> str:
    shown = cells if html else cells.map(escape)
    data = cells if data is None else data
    told = _told(caption, data)._replace(searchable=searchable)
    below = f'<p class="notes">{escape(notes)}</p>' if notes else ""
    return f"{box(told, shown)}{below}{_download(told) if len(cells) else ''}"


def facts(kind: str, named: list) -> str:
    return _facts(kind, [Fact(*fact) for fact in named])


class FigureEntry(NamedTuple):
    draw: Callable[[Statistics], Figure]
    headline: Callable[[Statistics], str]
    form: str
    table: Callable[[Statistics], pd.DataFrame]
    labels: list[str]
    lengths: list[str]
    unit: str


def made(name: str, entry: FigureEntry, statistics: Statistics, source: str) -> NewEntry:
    told = _told(name, entry.table(statistics), "", source)
    unit = entry.unit.removeprefix("单位：")
    return NewEntry(
        told,
        lambda _: entry.draw(statistics),
        entry.headline(statistics) if len(told.data) else "",
        entry.form,
        entry.labels,
        entry.lengths,
        unit,
    )


def drawn(name: str, entry: FigureEntry, statistics: Statistics, source: str) -> HTML:
    return HTML(figure_html(name, made(name, entry, statistics, source)))


def book_of(rollup) -> Book:
    from pilotlib.report.rollup.figures import ROLLUP_FIGURES, entry_and_tables
    from pilotlib.report.rollup.tables import link_to, tables_of

    tables = {}
    for title, definition, table in tables_of(rollup):
        links = table["report"].map(link_to) if "report" in table else None
        tables[title] = _told(title, table, definition, rollup.source)._replace(links=links)
    figures = {
        f"{name}-{year}": made(name, *entry_and_tables(rollup, name, year), rollup.source)
        for name in ROLLUP_FIGURES
        for year in rollup.years
    }
    source = f"{rollup.source}，SHA-256 {rollup.about['sha256']}"
    return Book("index", (rollup.title,), "", rollup.title, source, tables, figures, {}, [], [], [], {})


def publish_rollup(notebook: Path, rollup, editions: Iterable[str], folder: Path) -> None:
    publish(notebook, book_of(rollup), editions, folder)
