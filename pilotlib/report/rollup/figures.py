"""Figures over all schools of a year: never a mark for each school, but how many schools lie in a band."""

import pandas as pd
from matplotlib.figure import Figure

from pilotlib.report.drawing import bar_chart
from pilotlib.report.prose import Statistics, number
from pilotlib.report.rollup import RollUp, counted
from pilotlib.report.rollup.legacy import FigureEntry
from pilotlib.report.rollup.sentences import at_least, name_of
from pilotlib.report.rollup.spread import places_bands, rate_bands

CITIES_DRAWN = 30


def entry_and_tables(rollup: RollUp, name: str, year: int) -> tuple[FigureEntry, Statistics]:
    """A figure's entry, and what it is drawn of: the rows of one year."""
    schools = counted(rollup.by_school[rollup.by_school["year"] == year])
    cities = rollup.by_city[rollup.by_city["year"] == year]
    spread = rollup.quartiles[rollup.quartiles["year"] == year].set_index("measure")
    return ROLLUP_FIGURES[name], {"by_school": schools, "by_city": cities, "quartiles": spread}


def drawing(rollup: RollUp, name: str) -> Figure:
    """The figure that the page calls `<name>-<year>`."""
    name, _, year = name.rpartition("-")
    entry, tables = entry_and_tables(rollup, name, int(year))
    return entry.draw(tables)


def _of_schools(table: pd.DataFrame, name: str) -> Figure:
    lengths = table["schools"].astype(float)
    whole = lengths.sum()
    return bar_chart(
        table[name], lengths, [f"{number(count)}所（{number(count / whole * 100)}%）" for count in lengths]
    )


def _places_headline(statistics: Statistics) -> str:
    row = statistics["quartiles"].loc["places_approved"]
    return (
        f"{row['year']}年{number(row['schools'])}所学校批准人数的中位数为{number(row['median'])}人，"
        f"最多{number(row['maximum'])}人"
    )


def _rate_headline(statistics: Statistics) -> str:
    row, schools = statistics["quartiles"].loc["approval_rate"], statistics["by_school"].dropna(subset="approval_rate")
    full = (schools["places_approved"] == schools["places_applied"]).sum()
    return (
        f"{row['year']}年{number(row['schools'])}所学校批准率的中位数为{number(row['median'])}%，"
        f"{number(full)}所照申请批准"
    )


def _cities(statistics: Statistics) -> pd.DataFrame:
    table = statistics["by_city"].sort_values("places_approved", ascending=False, kind="stable")
    return table.assign(city=table["city"].map(name_of).astype("str")).head(CITIES_DRAWN).reset_index(drop=True)


def _draw_cities(statistics: Statistics) -> Figure:
    table = _cities(statistics)
    places = table["places_approved"].astype("Float64").fillna(0).astype(float)
    texts = [
        f"{at_least(count, bounded)}（{number(schools)}所）"
        for count, bounded, schools in table[["places_approved", "lower_bound", "schools"]].itertuples(index=False)
    ]
    return bar_chart(table["city"], places, texts)


def _cities_headline(statistics: Statistics) -> str:
    table = _cities(statistics)
    top, year = table.iloc[0], table["year"].iloc[0]
    known = "就已知人数，" if table["lower_bound"].any() else ""
    return f"{year}年{known}{top['city']}批准最多，为{at_least(top['places_approved'], top['lower_bound'])}"


ROLLUP_FIGURES = {
    "places": FigureEntry(
        lambda statistics: _of_schools(places_bands(statistics["by_school"]), "places_band"),
        _places_headline,
        "横向条形图，每个批准人数区间一条，条长为学校数。",
        lambda statistics: places_bands(statistics["by_school"]),
        ["places_band"],
        ["schools"],
        "单位：所（批准总培训人数在该区间的学校；人数有缺失的学校不计）",
    ),
    "rate": FigureEntry(
        lambda statistics: _of_schools(rate_bands(statistics["by_school"]), "rate_band"),
        _rate_headline,
        "横向条形图，每个批准率区间一条，条长为学校数。",
        lambda statistics: rate_bands(statistics["by_school"]),
        ["rate_band"],
        ["schools"],
        "单位：所（批准率在该区间的学校；人数有缺失的学校不计）",
    ),
    "cities": FigureEntry(
        _draw_cities,
        _cities_headline,
        "横向条形图，每个市一条，从多到少排列。",
        _cities,
        ["city"],
        ["places_approved", "schools"],
        "单位：人（批准总培训人数；括号内为学校数）",
    ),
}
