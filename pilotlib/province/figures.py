"""Figures over all schools of a year: never a mark for each school, but how many schools lie in a band."""

from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from pilotlib.province.sentences import name_of
from pilotlib.province.statistics import counted
from pilotlib.report.drawing import bar_chart, floats
from pilotlib.report.figures import FigureEntry
from pilotlib.report.prose import Statistics, number, people
from pilotlib.report.told import Told

CITIES_DRAWN = 30


def year_figures(statistics: Statistics, tables: dict[str, Told], year: int) -> dict[str, FigureEntry]:
    """The figures of one year: `places-<year>`, `rate-<year>`, and `cities-<year>` where cities are named."""
    of_year = {name: table[table["year"] == year] for name, table in statistics.items() if "year" in table}
    figures = {
        f"places-{year}": FigureEntry(
            _of_year(tables["places_bands"], of_year["places_bands"]),
            partial(_draw_bands, of_year["places_bands"], "places_band"),
            _places_headline(of_year),
            "横向条形图，每个批准人数区间一条，条长为学校数。",
            ["places_band"],
            ["schools"],
            "所（批准总培训人数在该区间的学校；人数有缺失的学校不计）",
        ),
        f"rate-{year}": FigureEntry(
            _of_year(tables["rate_bands"], of_year["rate_bands"]),
            partial(_draw_bands, of_year["rate_bands"], "rate_band"),
            _rate_headline(of_year),
            "横向条形图，每个批准率区间一条，条长为学校数。",
            ["rate_band"],
            ["schools"],
            "所（批准率在该区间的学校；人数有缺失的学校不计）",
        ),
    }
    if "by_city" in tables:
        cities = _largest(of_year["by_city"])
        figures[f"cities-{year}"] = FigureEntry(
            _of_year(tables["by_city"], cities),
            partial(_draw_cities, cities),
            _cities_headline(of_year["by_city"]),
            "横向条形图，每个市一条，从多到少排列。",
            ["city"],
            ["places_approved", "schools"],
            "人（批准总培训人数；括号内为学校数）",
        )
    return figures


def _of_year(told: Told, rows: pd.DataFrame) -> Told:
    return told._replace(data=rows.reset_index(drop=True), bounds=None, gaps=None, links=None)


def _draw_bands(bands: pd.DataFrame, name: str) -> Figure:
    total = bands["schools"].sum()
    texts = [f"{number(count)}所（{number(count / total * 100)}%）" for count in bands["schools"]]
    return bar_chart(bands[name], floats(bands["schools"]), texts)


def _draw_cities(cities: pd.DataFrame) -> Figure:
    rows = cities[["places_approved", "lower_bound", "schools"]].itertuples(index=False)
    texts = [f"{people(places, bounded)}（{number(schools)}所）" for places, bounded, schools in rows]
    return bar_chart(cities["city"], floats(cities["places_approved"]), texts)


def _largest(cities: pd.DataFrame) -> pd.DataFrame:
    """The cities that are drawn, the most places first."""
    table = cities.sort_values("places_approved", ascending=False, kind="stable").head(CITIES_DRAWN)
    return table.assign(city=table["city"].map(name_of).astype("str")).reset_index(drop=True)


def _places_headline(of_year: Statistics) -> str:
    spread = of_year["quartiles"].set_index("measure")
    if "places_approved" not in spread.index:
        return ""
    row = spread.loc["places_approved"]
    return (
        f"{row['year']}年{number(row['schools'])}所学校批准人数的中位数为{number(row['median'])}人，"
        f"最多{number(row['maximum'])}人"
    )


def _rate_headline(of_year: Statistics) -> str:
    spread = of_year["quartiles"].set_index("measure")
    if "approval_rate" not in spread.index:
        return ""
    row, schools = spread.loc["approval_rate"], counted(of_year["by_school"]).dropna(subset="approval_rate")
    full = (schools["places_approved"] == schools["places_applied"]).sum()
    return (
        f"{row['year']}年{number(row['schools'])}所学校批准率的中位数为{number(row['median'])}%，"
        f"{number(full)}所照申请批准"
    )


def _cities_headline(cities: pd.DataFrame) -> str:
    named = cities.dropna(subset=["city", "places_approved"])
    if named.empty:
        return "各市的批准培训人数"
    top, year = named.nlargest(1, "places_approved").iloc[0], named["year"].iloc[0]
    known = "就已知人数，" if cities["lower_bound"].any() else ""
    return f"{year}年{known}{name_of(top['city'])}批准最多，为{people(top['places_approved'], top['lower_bound'])}"
