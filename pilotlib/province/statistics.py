"""What is counted of many schools → named tidy statistics: sums, rates, and how schools differ.

Schools of which a count is missing have lower bounds and are not compared.
"""

from collections.abc import Callable
from functools import partial
from operator import itemgetter

import numpy as np
import pandas as pd

from pilotlib.columns import unit_of
from pilotlib.report.prose import Statistics, number
from pilotlib.statistics import Statistic
from pilotlib.statistics.places import BOUNDS, DECIMALS, percent_of
from pilotlib.vocabulary import NO_SCHOOL

ADDED_UP = ["applications", "places_applied", "places_approved"]
COMPARED = ["approval_rate", "places_per_100_students", "places_approved"]
LEAST_SCHOOLS = 8  # with fewer, a quarter of them is one or two
FENCE = 1.5  # times the distance between the quartiles
HIGH, LOW = "高于上界", "低于下界"
_MEASURES = pd.CategoricalDtype(COMPARED, ordered=True)
_FIVE_NUMBERS = {0: "minimum", 0.25: "lower_quartile", 0.5: "median", 0.75: "upper_quartile", 1: "maximum"}
_RULE = (
    f"离群按Tukey的界判定：低于下四分位数减{number(FENCE)}倍四分位距，或高于上四分位数加{number(FENCE)}倍四分位距"
    f"（Tukey, J. W. (1977), Exploratory Data Analysis, Addison-Wesley）；有该数的学校不足{LEAST_SCHOOLS}所时不判定。"
    "人数有缺失的学校不参加比较。"
)


def summarise_schools(tables: Statistics) -> Statistics:
    """Every statistic of `SCHOOLS_STATISTICS`, by name, of the tables of `batch.school_tables`."""
    rated = {name: with_rate(table) for name, table in tables.items() if "places_approved" in table}
    rated["by_school"] = rated["by_school"].sort_values(
        ["year", "places_approved", "school"], ascending=[False, False, True], kind="stable", ignore_index=True
    )
    return {name: statistic.function(tables | rated) for name, statistic in SCHOOLS_STATISTICS.items()}


def with_rate(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `approval_rate`, missing where a sum is a lower bound or nothing was applied for."""
    table, after = table.copy(), list(table.columns).index("places_approved")
    rate = percent_of(table["places_approved"], table["places_applied"])
    table.insert(after + 1, "approval_rate", rate.mask(is_incomplete(table)))
    return table


def is_incomplete(table: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows lack a count of places, applied for or approved, that others give."""
    return table[BOUNDS].any(axis="columns").astype(bool)


def by_year(tables: Statistics) -> pd.DataFrame:
    """One row per year: the sums over the schools that are counted; the rate is that of `schools_complete`,
    the schools of which no count is missing."""
    schools = tables["by_school"].dropna(subset="applications")  # one that failed has none
    names, complete = schools["school"], ~is_incomplete(schools)
    schools = schools.assign(schools=names.where(names != NO_SCHOOL), schools_complete=names.where(complete))
    groups, of_complete = schools.groupby("year"), schools[complete].groupby("year")[ADDED_UP].sum()
    counts = groups[["schools", "schools_complete"]].nunique().astype("Int64")
    sums = groups[ADDED_UP].sum(min_count=1)  # of nothing but missing counts not 0
    rates = percent_of(of_complete["places_approved"], of_complete["places_applied"])
    table = counts[["schools"]].join([sums, groups[BOUNDS].any(), counts[["schools_complete"]]])
    return table.assign(approval_rate=rates).reset_index()


def quartiles(tables: Statistics) -> pd.DataFrame:
    """The five numbers of a measure in a year, and fences (not below 0) where enough have it: `year, measure,
    unit, schools, minimum, lower_quartile, median, upper_quartile, maximum, lower_fence, upper_fence`."""
    values = _values(tables["by_school"]).groupby(["year", "measure"], observed=True)["value"]
    table = values.quantile(np.array(list(_FIVE_NUMBERS))).unstack().rename(columns=_FIVE_NUMBERS).astype("Float64")
    table = table.reindex(columns=list(_FIVE_NUMBERS.values()))
    table.insert(0, "schools", values.size().astype("Int64"))
    reach = FENCE * (table["upper_quartile"] - table["lower_quartile"])
    low, high = table["lower_quartile"] - reach, table["upper_quartile"] + reach
    enough = table["schools"] >= LEAST_SCHOOLS
    table = table.assign(lower_fence=low.where(enough & (low >= 0)), upper_fence=high.where(enough)).reset_index()
    table = table.astype({"measure": "str"}).rename_axis(columns=None)
    table.insert(2, "unit", table["measure"].map(unit_of).astype("str"))
    return table.round(dict.fromkeys(table.select_dtypes("Float64"), DECIMALS))


def outliers(tables: Statistics) -> pd.DataFrame:
    """The schools outside the fences of `quartiles`, by measure, the farthest first; `side` and the fences."""
    fences = quartiles(tables).astype({"measure": _MEASURES})
    table = _values(tables["by_school"]).merge(fences, on=["year", "measure"])
    above = (table["value"] - table["upper_fence"]).fillna(0)
    below = (table["lower_fence"] - table["value"]).fillna(0)
    side = pd.Series(np.where(above > 0, HIGH, LOW), dtype="str")
    table = table.assign(side=side, beyond=above.where(above > 0, below))
    table = table[table["beyond"] > 0].sort_values(
        ["year", "measure", "beyond", "school"], ascending=[False, True, False, True], kind="stable", ignore_index=True
    )
    names = ["school", "year", "city", "measure", "value", "unit", "side", "lower_fence", "upper_fence", "report"]
    return table[names].astype({"measure": "str"})


def places_bands(by_school: pd.DataFrame) -> pd.DataFrame:
    """How many schools of a year have how many places: `places_band, schools`; the largest share a band."""
    places = _compared(by_school)["places_approved"].dropna().astype(int)
    if places.empty:
        return _counts("places_band", places, [])
    most, high = int(places.max()), float(places.quantile(0.95))
    # The least of 1, 2, 5, 10, 20 … of which ten reach as far.
    widths = (digit * 10 ** (place // 3) for place, digit in enumerate((1, 2, 5) * 12))
    width = next(width for width in widths if width * 10 > high)
    last = int(min(most, max(high, width)) // width)
    starts = range(0, (last + 1) * width, width)
    names = [number(start) if width == 1 else f"{number(start)}至{number(start + width - 1)}" for start in starts]
    if most >= starts[-1] + width:
        names[-1] = f"{number(starts[-1])}及以上"
    return _counts("places_band", (places // width).clip(upper=last), names)


def rate_bands(by_school: pd.DataFrame) -> pd.DataFrame:
    """How many schools of a year were approved which share of what was applied for: `rate_band, schools`."""
    table = _compared(by_school).dropna(subset="approval_rate")
    differ = (table["places_approved"] - table["places_applied"]).astype(int)
    # A rate may be rounded to 100; whether it is, the counts say.
    band = (table["approval_rate"].astype(float) // 10).clip(upper=9).astype(int)
    band = band.mask(differ == 0, 10).mask(differ > 0, 11)
    names = [*(f"{low}%至不足{low + 10}%" for low in range(0, 100, 10)), "100%", "超过100%"]
    return _counts("rate_band", band, names).loc[band.min() : band.max()]


def _counts(name: str, bands: pd.Series, names: list[str]) -> pd.DataFrame:
    """How many schools lie in each of the bands, which are numbered in the order of their names."""
    counts = np.bincount(bands, minlength=len(names))
    return pd.DataFrame({name: pd.Series(names, dtype="str"), "schools": pd.Series(counts, dtype="Int64")})


def _of_each_year(bands: Callable[[pd.DataFrame], pd.DataFrame], tables: Statistics) -> pd.DataFrame:
    """`places_bands` or `rate_bands` of every year, oldest first: with the `year` before their columns."""
    years = {year: bands(schools) for year, schools in tables["by_school"].groupby("year")}
    return pd.concat(years, names=["year"]).reset_index("year").reset_index(drop=True).astype({"year": "Int64"})


def _compared(by_school: pd.DataFrame) -> pd.DataFrame:
    return by_school[~by_school["lower_bound"] & (by_school["school"] != NO_SCHOOL)]


def _values(by_school: pd.DataFrame) -> pd.DataFrame:
    """The compared measures below each other: `year, school, city, report, measure` (in order), `value`."""
    table = _compared(by_school).melt(["year", "school", "city", "report"], COMPARED, "measure").dropna(subset="value")
    return table.astype({"measure": _MEASURES, "value": "Float64"})


_COMPARED = "各区间的学校数；人数有缺失的学校不计。"
SCHOOLS_STATISTICS = {
    "overview": Statistic("总计", "各行注明", "全表各学校合计。", itemgetter("overview")),
    "by_year": Statistic("各年度", "各列注明", "不跨年度相加。", by_year),
    "by_school": Statistic(
        "各学校", "各列注明", "每所学校每个年度一行，按批准总培训人数从多到少。", itemgetter("by_school")
    ),
    "by_city": Statistic("各市", "各列注明", "", itemgetter("by_city")),
    "by_round": Statistic("各批次", "各列注明", "", itemgetter("by_round")),
    "by_level": Statistic("各等级", "各列注明", "", itemgetter("by_level")),
    "by_certificate": Statistic("各证书", "各列注明", "不区分等级。", itemgetter("by_certificate")),
    "places_bands": Statistic("批准人数分布", "所", _COMPARED, partial(_of_each_year, places_bands)),
    "rate_bands": Statistic("批准率分布", "所", _COMPARED, partial(_of_each_year, rate_bands)),
    "quartiles": Statistic("四分位数与界", "各行注明", _RULE, quartiles),
    "outliers": Statistic("与多数学校不同的学校", "各行注明", _RULE, outliers),
    "failures": Statistic("未完成的学校", "条", "逐条列出原因及所在的行。", itemgetter("failures")),
}
