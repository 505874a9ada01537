"""A report as a book: its title, tables, figures and sentences; and the kinds of reports.

Light to import: what makes a book is imported where one is opened.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

    from pilotlib.report.figures import FigureEntry
    from pilotlib.report.told import Told


class Fact(NamedTuple):
    """A named fact, perhaps with a note."""

    name: str
    value: str
    note: str = ""


class Doubt(NamedTuple):
    """What a reader should doubt: a line that counts it, the sentences, and the section that holds them all."""

    title: str
    sentences: list[str]
    section: str


class Book(NamedTuple):
    """All that a report holds, whatever its kind.

    `file` is the name of its editions; `title` the lines of its title; `subtitle` what stands below; `owner` whose it
    is; `source` what it rests on. `tables` by name, in the order of the workbook's sheets. `paragraphs` by topic, empty
    where nothing is known. `facts` is what the manifest says of it. `narrative` is a school's own text, `claims` what
    became of its numbers.
    """

    file: str
    title: tuple[str, ...]
    subtitle: str
    owner: str
    source: str
    tables: "dict[str, Told]"
    figures: "dict[str, FigureEntry]"
    paragraphs: dict[str, str]
    key_figures: list[Fact]
    doubts: list[Doubt]
    provenance: list[Fact]
    facts: dict[str, Any]
    narrative: str = ""
    claims: "pd.DataFrame | None" = None


class Kind(NamedTuple):
    """A kind of report: the notebook that tells it, the name of its editions, its title, and what opens its book."""

    notebook: str
    file: str
    title: str
    open: Callable[..., Book]


def read_year(folder: Path, earlier: Path | None = None) -> Book:
    """The book of a year from what the first two stages wrote into a folder.

    `earlier` is the folder of the year with which it is compared.

    Raises:
        PilotError: the stages have not been run.
    """
    from pilotlib.reading import read_processed, read_statistics, read_year_statistics
    from pilotlib.report.year import book_of
    from pilotlib.statistics import STATISTICS
    from pilotlib.statistics.years import COMPARED

    before = read_year_statistics(earlier, COMPARED) if earlier else None
    return book_of(read_processed(folder), read_statistics(folder, STATISTICS), before)


def read_years(project: Path, years: list[int] | None = None) -> Book:
    """The book over all processed years of a project, or those named.

    Raises:
        PilotError: fewer than two years have been processed, or a named one has not.
    """
    from pilotlib.report.years import book_of, read_all

    return book_of(read_all(project, years))


DEFAULT_EDITIONS = ("html", "xlsx")
KINDS = {
    "year": Kind("3_annual_report", "annual-report", "年度报告", read_year),
    "years": Kind("trends", "trends", "历年对比", read_years),
}


def open_year(year: int | None = None, processed: str | None = None) -> Book:
    """The book of a year of the project around the working directory; the newest year by default.

    `processed` is the folder of its processed tables, `data/processed/<year>` by default.

    Raises:
        PilotError: the stages have not been run.
    """
    from pilotlib.project import earlier_folder, find_project, newest_year
    from pilotlib.reading import processed_folder

    project = find_project()
    year = year or newest_year(project)
    return read_year(processed_folder(project, year, processed), earlier_folder(project, year))


def open_years(years: list[int] | None = None) -> Book:
    """The book over all processed years of the project around the working directory, or those named.

    Raises:
        PilotError: as `read_years`.
    """
    from pilotlib.project import find_project

    return read_years(find_project(), years)
