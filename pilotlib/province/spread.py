"""How schools differ: rates, quartiles, those outside Tukey's fences, and how many schools lie in which band.

Schools of which a count is missing have lower bounds and are not compared.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from pilotlib.columns import unit_of
from pilotlib.report.prose import number
from pilotlib.vocabulary import NO_SCHOOL

COMPARED = ("approval_rate", "places_per_100_students", "places_approved")
LEAST_SCHOOLS = 8  # with fewer, a quarter of them is one or two
FENCE = 1.5  # times the distance between the quartiles
TUKEY = "Tukey, J. W. (1977), Exploratory Data Analysis, Addison-Wesley"
HIGH, LOW = "高于上界", "低于下界"
_MOST_BANDS = 10
_FIVE_NUMBERS = {0: "minimum", 0.25: "lower_quartile", 0.5: "median", 0.75: "upper_quartile", 1: "maximum"}


def with_rate(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `approval_rate`: approved of applied for, missing where a sum is a lower bound or nothing is."""
    applied = table["places_applied"].astype("Float64")
    rate = (table["places_approved"] / applied.where(applied > 0) * 100).round(2)
    table = table.copy()
    place = list(table.columns).index("places_approved") + 1
    table.insert(place, "approval_rate", rate.mask(table["lower_bound"].astype(bool)))
    return table


def quartiles(by_school: pd.DataFrame) -> pd.DataFrame:
    """The five numbers of each measure in each year, and the fences where enough schools have it.

    Returns:
        `year, measure, unit, schools, minimum, lower_quartile, median, upper_quartile, maximum, lower_fence,
        upper_fence`. A fence below 0 is missing: nothing lies below it.
    """
    values = _values(by_school).groupby(["year", "measure"], observed=True)["value"]
    table = values.quantile(np.array(list(_FIVE_NUMBERS))).unstack().rename(columns=_FIVE_NUMBERS).astype("Float64")
    table = table.reindex(columns=list(_FIVE_NUMBERS.values()))
    table.insert(0, "schools", values.size().astype("Int64"))
    reach = FENCE * (table["upper_quartile"] - table["lower_quartile"])
    low, high = table["lower_quartile"] - reach, table["upper_quartile"] + reach
    enough = table["schools"] >= LEAST_SCHOOLS
    table = table.assign(lower_fence=low.where(enough & (low >= 0)), upper_fence=high.where(enough)).reset_index()
    table = table.astype({"measure": "str"}).rename_axis(columns=None)
    table.insert(2, "unit", table["measure"].map(unit_of).astype("str"))
    return table.round(dict.fromkeys(table.select_dtypes("Float64"), 2))


def outliers(by_school: pd.DataFrame) -> pd.DataFrame:
    """The schools outside the fences of `quartiles`, by measure, the farthest first.

    Returns:
        `school, year, city, measure, value, unit, side, lower_fence, upper_fence, report`.
    """
    fences = quartiles(by_school)[["year", "measure", "unit", "lower_fence", "upper_fence"]]
    both = _values(by_school).astype({"measure": "str"}).merge(fences, on=["year", "measure"], how="inner")
    above = (both["value"] - both["upper_fence"]).fillna(0)
    below = (both["lower_fence"] - both["value"]).fillna(0)
    both = both.assign(side=np.where(above > 0, HIGH, LOW), beyond=above.where(above > 0, below))
    both = both.assign(side=both["side"].astype("str"), place=both["measure"].map(COMPARED.index).astype("Int64"))
    both = both[both["beyond"] > 0].sort_values(
        ["year", "place", "beyond", "school"], ascending=[False, True, False, True], kind="stable", ignore_index=True
    )
    return both[["school", "year", "city", "measure", "value", "unit", "side", "lower_fence", "upper_fence", "report"]]


def of_each_year(bands: Callable[[pd.DataFrame], pd.DataFrame], by_school: pd.DataFrame) -> pd.DataFrame:
    """`places_bands` or `rate_bands` of every year, oldest first: with the `year` before their columns."""
    years = sorted(by_school["year"].dropna().unique())
    tables = [bands(by_school[by_school["year"] == year]) for year in years]
    for year, table in zip(years, tables, strict=True):
        table.insert(0, "year", year)
    return pd.concat(tables, ignore_index=True).astype({"year": "Int64"})


def places_bands(by_school: pd.DataFrame) -> pd.DataFrame:
    """How many schools of one year were approved how many places: `places_band, schools`, bands of equal width.

    The few largest schools share the last, open band.
    """
    places = _compared(by_school)["places_approved"].dropna().astype(int)
    if places.empty:
        return _counts("places_band", places.astype(str), [])
    most, high = int(places.max()), float(places.quantile(0.95))
    step = _step(high)
    last = int(min(most, max(high, step)) // step)
    starts = [place * step for place in range(last + 1)]
    names = [number(start) if step == 1 else f"{number(start)}至{number(start + step - 1)}" for start in starts]
    if most >= starts[-1] + step:
        names[-1] = f"{number(starts[-1])}及以上"
    bands = (places // step).clip(upper=last).astype(int).map(dict(enumerate(names)))
    return _counts("places_band", bands, names)


def rate_bands(by_school: pd.DataFrame) -> pd.DataFrame:
    """How many schools of one year were approved which share: `rate_band, schools`, in steps of ten per cent.

    Exactly what was applied for, and more than that, are bands of their own.
    """
    table = _compared(by_school).dropna(subset="approval_rate")
    differ = (table["places_approved"] - table["places_applied"]).astype(int)
    # A rate may be rounded to 100; whether it is, the counts say.
    band = (table["approval_rate"].astype(float) // 10).clip(upper=9).astype(int)
    band = band.mask(differ == 0, 10).mask(differ > 0, 11)
    names = {place: f"{10 * place}%至不足{10 * place + 10}%" for place in range(10)} | {10: "100%", 11: "超过100%"}
    there = range(band.min(), band.max() + 1) if len(band) else []
    return _counts("rate_band", band.map(names), [names[place] for place in there])


def _counts(name: str, bands: pd.Series, order: list[str]) -> pd.DataFrame:
    counts = bands.value_counts().reindex(order, fill_value=0).astype("Int64")
    return pd.DataFrame({name: pd.Series(order, dtype="str"), "schools": counts.array})


def _compared(by_school: pd.DataFrame) -> pd.DataFrame:
    return by_school[~by_school["lower_bound"] & (by_school["school"] != NO_SCHOOL)]


def _values(by_school: pd.DataFrame) -> pd.DataFrame:
    """The compared measures one below the other: `year, school, city, report, measure` (in order), `value`."""
    table = (
        _compared(by_school)
        .melt(["year", "school", "city", "report"], list(COMPARED), "measure")
        .dropna(subset="value")
    )
    measure = pd.Categorical(table["measure"], COMPARED, ordered=True)
    return table.assign(measure=measure, value=table["value"].astype("Float64"))


def _step(highest: float) -> int:
    """The least of 1, 2, 5, 10, 20 … of which ten reach as far as `highest`.

    >>> _step(9), _step(11), _step(430)
    (1, 2, 50)
    """
    steps = (digit * 10**power for power in range(12) for digit in (1, 2, 5))
    return next(step for step in steps if step * _MOST_BANDS > highest)
