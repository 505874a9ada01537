"""A report as a book, and the kinds of reports. Light to import: a kind imports what reads its book."""

from collections.abc import Mapping, Sequence
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

    from pilotlib.report.figures import FigureEntry
    from pilotlib.report.told import Told

NO_HEADINGS: Mapping[str, str] = {}


class Fact(NamedTuple):
    """A named fact, perhaps with a note."""

    name: str
    value: str
    note: str = ""


class Point(NamedTuple):
    """A sentence of the report's message: what happened, and what it means (perhaps nothing)."""

    happened: str
    means: str = ""


class Doubt(NamedTuple):
    """What a reader should doubt: a line that counts it, the sentences, and the section that holds all."""

    title: str
    sentences: list[str]
    section: str


class Book(NamedTuple):
    """All that a report holds: `file`, its editions' name; `title` in lines; `source`, what it rests on, of which
    `period`; `points`, its message, the weightiest first; `tables` by name, in the workbook's order; `paragraphs` by
    topic, empty where nothing is known, and their `headings`; `facts` for the manifest; `cover`, who made it and when,
    as given; `narrative`, a school's own text, and `claims`, what became of its numbers."""

    file: str
    title: tuple[str, ...]
    owner: str
    source: str
    period: str
    tables: "dict[str, Told]"
    figures: "dict[str, FigureEntry]"
    paragraphs: dict[str, str]
    facts: dict[str, Any]
    headings: Mapping[str, str] = NO_HEADINGS
    points: Sequence[Point] = ()
    cover: Sequence[Fact] = ()
    key_figures: Sequence[Fact] = ()
    doubts: Sequence[Doubt] = ()
    provenance: Sequence[Fact] = ()
    narrative: str = ""
    claims: "pd.DataFrame | None" = None


class Kind(NamedTuple):
    """A kind of report: its notebooks, of which the last tells it, its editions' name, title, and reader's path."""

    notebooks: tuple[str, ...]
    file: str
    title: str
    reader: str

    def open(self, *given: Any) -> Book:
        """The book that the reader makes of what is given."""
        return resolve_name(self.reader)(*given)


DEFAULT_EDITIONS = ("html", "xlsx")
_PDF = ("weasyprint", "noto_cjk_sans_jp_bold")
# The forms of a report, the page first, and what each wants: an extra of the package, with these modules.
EXTRAS: dict[str, tuple[str, ...]] = {
    "html": (),
    "xlsx": (),
    "docx": ("office", "pypandoc", "docx"),
    "pdf": ("pdf", *_PDF),
    "png": ("pdf", *_PDF, "pypdfium2"),
}
KINDS = {
    "year": Kind(
        ("1_clean", "2_statistics", "3_annual_report"), "annual-report", "年度报告", "pilotlib.report.year.read_year"
    ),
    "years": Kind(("trends",), "trends", "历年对比", "pilotlib.report.years.read_years"),
}
