"""The figures of the report over all schools, and its parts that are shown once a year or not always.

A figure never has a mark for each school, but how many schools lie in a band.
"""

from functools import partial
from html import escape

import pandas as pd
from IPython.display import HTML
from matplotlib.figure import Figure

from pilotlib.columns import title_of
from pilotlib.province.sentences import name_of
from pilotlib.province.statistics import LEAST_SCHOOLS, counted
from pilotlib.report import parts
from pilotlib.report.books import Book
from pilotlib.report.drawing import bar_chart, floats
from pilotlib.report.figures import FigureEntry
from pilotlib.report.prose import Statistics, number, people
from pilotlib.report.told import Told

CITIES_DRAWN = 30


def figures(book: Book, name: str) -> HTML:
    """A figure for each year, in order."""
    pieces = [parts.figure(book, figure).data for figure in book.figures if figure.startswith(f"{name}-")]
    return HTML("".join(pieces))


def years(book: Book) -> HTML:
    """Each year's sums, where there is more than one."""
    return parts.table(book, *({"by_year"} & set(book.tables)))


def cities(book: Book) -> HTML:
    """The section 各市; nothing where the table names no cities."""
    if "by_city" not in book.tables:
        return HTML("")
    pieces = (parts.paragraph(book, "cities"), figures(book, "cities"), parts.table(book, "by_city"))
    return HTML("<h2>各市</h2>" + "".join(piece.data for piece in pieces))


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
    lines = [f"<p>{escape(text)}</p>" for text in (intro, *texts)]
    return HTML("".join(lines) + parts.table(book, "outliers").data)


def failures(book: Book) -> HTML:
    """Why some schools could not be done."""
    if book.tables["failures"].data.empty:
        return HTML("<p>没有。表中的学校全部完成。</p>")
    return parts.table(book, "failures")


def year_figures(statistics: Statistics, tables: dict[str, Told], year: int) -> dict[str, FigureEntry]:
    """The figures of one year: `places-<year>`, `rate-<year>`, and `cities-<year>` where cities are named."""
    of_year = {name: table[table["year"] == year] for name, table in statistics.items() if "year" in table}
    entries = {
        f"{name}-{year}": FigureEntry(
            _of_year(tables[f"{name}_bands"], of_year[f"{name}_bands"]),
            partial(_draw_bands, of_year[f"{name}_bands"], name=f"{name}_band"),
            _bands_headline(of_year, measure, title),
            f"横向条形图，每个{title}区间一条，条长为学校数。",
            [f"{name}_band"],
            ["schools"],
            f"所（{title_of(measure)}在该区间的学校；人数有缺失的学校不计）",
        )
        for name, measure, title in (("places", "places_approved", "批准人数"), ("rate", "approval_rate", "批准率"))
    }
    if "by_city" in tables:
        largest = of_year["by_city"].sort_values("places_approved", ascending=False, kind="stable").head(CITIES_DRAWN)
        cities = largest.assign(city=largest["city"].map(name_of).astype("str"))
        entries[f"cities-{year}"] = FigureEntry(
            _of_year(tables["by_city"], cities),
            partial(_draw_cities, cities),
            _cities_headline(of_year["by_city"]),
            "横向条形图，每个市一条，从多到少排列。",
            ["city"],
            ["places_approved", "schools"],
            "人（批准总培训人数；括号内为学校数）",
        )
    return entries


def _of_year(told: Told, rows: pd.DataFrame) -> Told:
    return told._replace(data=rows.reset_index(drop=True), bounds=None, gaps=None, links=None)


def _draw_bands(bands: pd.DataFrame, name: str) -> Figure:
    total = bands["schools"].sum()
    texts = [f"{number(count)}所（{number(count / total * 100)}%）" for count in bands["schools"]]
    return bar_chart(bands[name], floats(bands["schools"]), texts)


def _draw_cities(table: pd.DataFrame) -> Figure:
    rows = table[["places_approved", "lower_bound", "schools"]].itertuples(index=False)
    texts = [f"{people(places, bounded)}（{number(schools)}所）" for places, bounded, schools in rows]
    return bar_chart(table["city"], floats(table["places_approved"]), texts)


def _bands_headline(of_year: Statistics, measure: str, title: str) -> str:
    spread = of_year["quartiles"].set_index("measure")
    if measure not in spread.index:
        return ""
    row, schools = spread.loc[measure], counted(of_year["by_school"]).dropna(subset=measure)
    as_applied = (schools["places_approved"] == schools["places_applied"]).sum()
    rest = f"最多{number(row['maximum'])}人" if measure == "places_approved" else f"{number(as_applied)}所照申请批准"
    middle = f"{title}的中位数为{number(row['median'])}{row['unit']}"
    return f"{row['year']}年{number(row['schools'])}所学校{middle}，{rest}"


def _cities_headline(by_city: pd.DataFrame) -> str:
    named = by_city.dropna(subset=["city", "places_approved"])
    if named.empty:
        return "各市的批准培训人数"
    top = named.nlargest(1, "places_approved").iloc[0]
    known = "就已知人数，" if by_city["lower_bound"].any() else ""
    most = people(top["places_approved"], top["lower_bound"])
    return f"{top['year']}年{known}{name_of(top['city'])}批准最多，为{most}"
