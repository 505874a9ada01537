"""The parts of the report over all schools that are shown once a year, or only where there is something to show."""

from collections.abc import Iterable
from html import escape

from IPython.display import HTML

from pilotlib.columns import title_of
from pilotlib.province.spread import LEAST_SCHOOLS
from pilotlib.report import parts
from pilotlib.report.books import Book
from pilotlib.report.prose import number


def figures(book: Book, name: str) -> HTML:
    """A figure for each year, in order."""
    return _joined(parts.figure(book, figure).data for figure in book.figures if figure.startswith(f"{name}-"))


def years(book: Book) -> HTML:
    """Each year's sums, where there is more than one."""
    return parts.table(book, *({"by_year"} & set(book.tables)))


def cities(book: Book) -> HTML:
    """The section 各市; nothing where the table names no cities."""
    if "by_city" not in book.tables:
        return HTML("")
    pieces = (parts.paragraph(book, "cities").data, figures(book, "cities").data, parts.table(book, "by_city").data)
    return _joined(["<h2>各市</h2>", *pieces])


def outliers(book: Book) -> HTML:
    """The schools unlike the others, by name, and by which rule."""
    if book.tables["outliers"].data.empty:
        rule = escape(book.tables["outliers"].definition)
        return HTML(f"<p>没有学校在界外。</p><p class='notes'>{rule}</p>")
    spread = book.tables["quartiles"].data
    same = spread[(spread["lower_quartile"] == spread["upper_quartile"]) & (spread["schools"] >= LEAST_SCHOOLS)]
    texts = [
        f"{year}年一半以上的学校{title_of(measure)}同为{number(value)}{unit}，四分位距为0，凡与之不同的都列出。"
        for year, measure, value, unit in same[["year", "measure", "median", "unit"]].itertuples(index=False)
    ]
    intro = "离群只表示与多数学校不同，未必有错，值得核实。"
    return _joined([*(f"<p>{escape(text)}</p>" for text in (intro, *texts)), parts.table(book, "outliers").data])


def failures(book: Book) -> HTML:
    """Why some schools could not be done."""
    if book.tables["failures"].data.empty:
        return HTML("<p>没有。表中的学校全部完成。</p>")
    return parts.table(book, "failures")


def _joined(pieces: Iterable[str]) -> HTML:
    return HTML("".join(pieces))
