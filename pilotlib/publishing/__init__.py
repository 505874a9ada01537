"""Files for people and programs: tables as CSV and Parquet, the report in its editions."""

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name
from typing import NamedTuple

import pandas as pd
import pyarrow

from pilotlib.errors import PilotError, suggestion
from pilotlib.publishing.page import Content, as_html, content_of
from pilotlib.publishing.paper import as_pdf
from pilotlib.publishing.picture import as_png, in_words
from pilotlib.publishing.workbook import as_xlsx
from pilotlib.report.books import EXTRAS, Book
from pilotlib.report.told import csv_of


def write_tables(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write each table as `<name>.csv` (for people: Chinese titles, utf-8-sig) and `<name>.parquet` (for programs)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        (folder / f"{name}.csv").write_bytes(csv_of(table))
        table.to_parquet(folder / f"{name}.parquet", index=False, schema=_schema_of(table))


def _schema_of(table: pd.DataFrame) -> pyarrow.Schema:
    """The types of a table's columns in its file: words are the same however this process holds them."""
    schema = pyarrow.Schema.from_pandas(table, preserve_index=False)
    return pyarrow.schema([field.with_type(_as_words(field.type)) for field in schema], schema.metadata)


def _as_words(kind: pyarrow.DataType) -> pyarrow.DataType:
    if pyarrow.types.is_dictionary(kind):
        return pyarrow.dictionary(kind.index_type, _as_words(kind.value_type), kind.ordered)
    return pyarrow.string() if pyarrow.types.is_large_string(kind) else kind


class Look(NamedTuple):
    """How the document for Word is laid out: by which standard, if by one, and by which template of the school's."""

    style: str = ""
    template: Path | None = None


# The forms of the report and what makes the bytes of each.
EDITIONS: dict[str, Callable[[Content, Book, Look], bytes]] = {
    "html": lambda content, *_: as_html(content),
    "xlsx": lambda content, book, _: as_xlsx(
        content.title, book.owner, book.source, book.tables.values(), book.figures.values()
    ),
    "docx": lambda content, book, look: resolve_name("pilotlib.publishing.document.as_docx")(content, book, *look),
    "pdf": lambda content, book, _: as_pdf(content, book),
    "png": lambda content, book, _: as_png(content, book),
}
LOOK = Look()


def check_editions(names: Sequence[str]) -> None:
    """PilotError, before anything is run, where an edition is unknown or wants what is not installed here."""
    for name in names or [""]:
        if name not in EDITIONS:
            wrong = f"没有“{name}”这种版本" if name else "没有写明要哪种版本"
            raise PilotError(f"{wrong}。{suggestion(name, list(EDITIONS))}")
        extra, *modules = EXTRAS[name] or ("",)
        try:
            for module in modules:
                import_module(module)
        except ModuleNotFoundError:
            packages = f'pip install "pilotlib[{extra}]"（项目中：make extras）'
            raise PilotError(f"{name}版需要另装一组程序包：{packages}") from None
        except OSError as error:  # of weasyprint
            install = "Debian：apt install libpango-1.0-0 libpangoft2-1.0-0"
            raise PilotError(f"{name}版需要系统的Pango库（{error}）。{install}") from None


def missing_for(names: Iterable[str]) -> dict[str, str]:
    """Those of the editions that cannot be made here, each with the sentence that says why."""
    missing = {}
    for name in names:
        try:
            check_editions([name])
        except PilotError as error:
            missing[name] = str(error)
    return missing


def publish(notebook: Path, book: Book, editions: Iterable[str], folder: Path, look: Look = LOOK) -> None:
    """Write each edition of a book as the executed notebook shows it, `<file of the book>.<edition>`; beside a picture
    what it shows in words, as text."""
    content = content_of(notebook)
    for name in editions:
        (folder / f"{book.file}.{name}").write_bytes(EDITIONS[name](content, book, look))
        if name == "png":
            (folder / f"{book.file}.png.txt").write_text(in_words(content, book), encoding="utf-8", newline="\n")
