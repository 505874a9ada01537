"""A year of many schools in figures, which have a mark for the largest alone and say how many lie in a band."""

from functools import partial

import pandas as pd

from pilotlib.columns import title_of
from pilotlib.province.sections import in_year, name_of
from pilotlib.report.drawing import bar_chart, dot_chart, floats
from pilotlib.report.figures import FigureEntry
from pilotlib.report.prose import Statistics, number, people
from pilotlib.report.told import Told

CITIES_DRAWN, SCHOOLS_DRAWN = 30, 40
# Bands of what, and what it is called.
_BANDS = {"places": ("places_approved", "批准人数"), "rate": ("approval_rate", "批准率")}


def year_figures(statistics: Statistics, tables: dict[str, Told], year: int) -> dict[str, FigureEntry]:
    """The figures of one year: `schools-<year>`, `places-<year>`, `rate-<year>`, and `cities-<year>` where cities are
    named."""
    of_year, entries = in_year(statistics, year), dict[str, FigureEntry]()
    if "places_approved" in of_year["quartiles"]["measure"].tolist():
        entries[f"schools-{year}"] = _ranked(of_year, tables["by_school"], year)
    entries |= {f"{name}-{year}": _bands(of_year, tables[f"{name}_bands"], name, year) for name in _BANDS}
    return entries | ({f"cities-{year}": _cities(of_year, tables["by_city"], year)} if "by_city" in tables else {})


def _bands(of_year: Statistics, told: Told, name: str, year: int) -> FigureEntry:
    """How many schools lie in each band of places or rates."""
    (measure, title), headline = _BANDS[name], ""
    bands, quartiles = of_year[told.name], of_year["quartiles"].set_index("measure")
    texts = [f"{number(count)}所（{number(count / bands['schools'].sum() * 100)}%）" for count in bands["schools"]]
    if measure in quartiles.index:
        row, schools = quartiles.loc[measure], of_year["by_school"].dropna(subset=["applications", measure])
        as_applied = (schools["places_approved"] == schools["places_applied"]).sum()
        rest = f"最多{number(row['maximum'])}人" if name == "places" else f"{number(as_applied)}所照申请批准"
        middle = f"{title}的中位数为{number(row['median'])}{row['unit']}"
        headline = f"{year}年{number(row['schools'])}所学校{middle}，{rest}"
    form, unit = (
        f"横向条形图，每个{title}区间一条，条长为学校数。",
        f"所（{title_of(measure)}在该区间的学校；人数有缺失的学校不计）",
    )
    return _bars(told, bands, f"{name}_band", ["schools"], texts, headline, form, unit)


def _cities(of_year: Statistics, told: Told, year: int) -> FigureEntry:
    """The cities by their places, with how many schools each has."""
    table, headline = of_year["by_city"], "各市的批准培训人数"
    located = table.dropna(subset=["city", "places_approved"])
    if len(located):
        top = located.nlargest(1, "places_approved").iloc[0]
        known = "就已知人数，" if table["lower_bound"].any() else ""
        most = people(top["places_approved"], top["lower_bound"])
        headline = f"{year}年{known}{name_of(top['city'])}批准最多，为{most}"
    rows = table.sort_values("places_approved", ascending=False, kind="stable").head(CITIES_DRAWN)
    rows = rows.assign(city=rows["city"].map(name_of).astype("str"))
    counts = rows[["places_approved", "lower_bound", "schools"]].itertuples(index=False)
    texts = [f"{people(places, bounded)}（{number(schools)}所）" for places, bounded, schools in counts]
    form, unit = "横向条形图，每个市一条，从多到少排列。", "人（批准总培训人数；括号内为学校数）"
    return _bars(told, rows, "city", ["places_approved", "schools"], texts, headline, form, unit)


def _ranked(of_year: Statistics, told: Told, year: int) -> FigureEntry:
    """The schools by their places, each a dot, with the median; set off are those unlike the others."""
    rows, quartiles = of_year["by_school"].dropna(subset="places_approved"), of_year["quartiles"].set_index("measure")
    median = quartiles["median"]["places_approved"]
    rows = rows.sort_values("places_approved", ascending=False, kind="stable")
    shown, unlike = rows.head(SCHOOLS_DRAWN), of_year["outliers"].query("measure == 'places_approved'")["school"]
    names, counts = shown["school"].map(name_of), shown[["places_approved", "lower_bound"]]
    texts = [people(places, bounded) for places, bounded in counts.itertuples(index=False)]
    marked = [place for place, school in enumerate(shown["school"]) if school in set(unlike)]
    draw = partial(
        dot_chart,
        lengths=floats(shown["places_approved"]).set_axis(names),
        texts=texts,
        middle=float(median),
        label=f"中位数{people(median)}",
        marked=marked,
        links=[] if told.links is None else told.links[shown.index],
    )
    headline = f"{year}年各学校批准人数的中位数为{people(median)}，{names.iloc[0]}最多，为{texts[0]}"
    rest = f"；前{SCHOOLS_DRAWN}所，其余{number(len(rows) - len(shown))}所见表" if len(rows) > len(shown) else ""
    unit = f"批准培训人数，人{rest}" + ("；深色的与多数学校不同" if marked else "")
    form = "点图，每所学校一点，从多到少排列，虚线为中位数。"
    table = told._replace(data=rows, bounds=None, gaps=None, links=None)
    return FigureEntry(table, draw, headline, form, ["school"], ["places_approved"], unit)


def _bars(
    told: Told, rows: pd.DataFrame, label: str, sums: list[str], texts: list[str], headline: str, form: str, unit: str
) -> FigureEntry:
    """A bar a row, as long as the first of `sums` and followed by its text."""
    shown = told._replace(data=rows, bounds=None, gaps=None, links=None)
    draw = partial(bar_chart, lengths=floats(rows[sums[0]]).set_axis(rows[label]), texts=texts)
    return FigureEntry(shown, draw, headline, form, [label], sums, unit)
