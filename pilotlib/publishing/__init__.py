"""Files for people and programs: tables as CSV and Parquet, the report in its editions."""

from collections.abc import Callable, Iterable, Sequence
from html import unescape
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name
from typing import NamedTuple

import pandas as pd

from pilotlib.errors import PilotError, suggestion
from pilotlib.publishing.page import Content, as_html, as_pdf, content_of
from pilotlib.publishing.workbook import as_xlsx
from pilotlib.report.books import Book
from pilotlib.report.told import csv_of


def write_tables(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write each table as `<name>.csv` (for people: Chinese titles, utf-8-sig) and `<name>.parquet` (for programs)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        (folder / f"{name}.csv").write_bytes(csv_of(table))
        table.to_parquet(folder / f"{name}.parquet", index=False)


class Edition(NamedTuple):
    """A form of the report: what makes its bytes, and what it wants: an extra of the package, with these modules."""

    make: Callable[[Content, Book], bytes]
    extra: str = ""
    modules: tuple[str, ...] = ()


EDITIONS = {
    "html": Edition(lambda content, _: as_html(content)),
    "xlsx": Edition(lambda told, book: as_xlsx(unescape(told.title), book.owner, book.source, book.tables.values())),
    "docx": Edition(
        lambda *told: resolve_name("pilotlib.publishing.document.as_docx")(*told), "office", ("pypandoc", "docx")
    ),
    "pdf": Edition(lambda content, _: as_pdf(content), "pdf", ("weasyprint",)),
}


def check_editions(names: Sequence[str]) -> None:
    """PilotError, before anything is run, where an edition is unknown or wants what is not installed here."""
    for name in names or [""]:
        if name not in EDITIONS:
            wrong = f"没有“{name}”这种版本" if name else "没有写明要哪种版本"
            raise PilotError(f"{wrong}。{suggestion(name, list(EDITIONS))}")
        try:
            for module in EDITIONS[name].modules:
                import_module(module)
        except ModuleNotFoundError:
            packages = f'pip install "pilotlib[{EDITIONS[name].extra}]"（项目中：make extras）'
            raise PilotError(f"{name}版需要另装一组程序包：{packages}") from None
        except OSError as error:  # of weasyprint
            install = "Debian：apt install libpango-1.0-0 libpangoft2-1.0-0"
            raise PilotError(f"{name}版需要系统的Pango库（{error}）。{install}") from None


def publish(notebook: Path, book: Book, editions: Iterable[str], folder: Path) -> None:
    """Write a book as the executed notebook shows it, an edition each: `<folder>/<file of the book>.<edition>`.

    PilotError as in `content_of`.
    """
    content = content_of(notebook)
    for name in editions:
        (folder / f"{book.file}.{name}").write_bytes(EDITIONS[name].make(content, book))
