"""Results by certificate, level, major and college: how many registered, were trained, sat, passed, were awarded."""

from functools import cache, partial

import pandas as pd

from pilotlib.columns import RESULT_COUNTS
from pilotlib.statistics.places import NO_RESULTS, Tables, percent_of, totals
from pilotlib.vocabulary import FEWEST_RANKED, RESULT_RATES, UNKNOWN, in_level_order

_WITH_PLACES = {"part", "certificate", "level"}  # for a major or college alone no table says how many there are


def results_by(tables: Tables, by: list[str]) -> pd.DataFrame:
    """One row per group: counts, which of them are lower bounds (`…_bound`), the rates of `RESULT_RATES`, `few_sat`.

    A rate is missing where a row of its group lacks one of its counts. Groups stand in the order of their pass rates,
    those of which few sat last; levels in their own. Where no row says by what it is grouped, there is no group.
    """
    return _without_results(tuple(by)).copy() if tables.results is NO_RESULTS else _added_up(tables, by)


@cache
def _without_results(by: tuple[str, ...]) -> pd.DataFrame:
    """The table without a group of a year without results, as most are: it takes as long as one with, so once."""
    nothing = pd.DataFrame(columns=["certificate", "level"], dtype=str)
    return _added_up(Tables(nothing, nothing, nothing, {}), [*by])


def _added_up(tables: Tables, by: list[str]) -> pd.DataFrame:
    """As `results_by` says, from the rows."""
    rows, applications = (table.assign(part="全年") for table in (tables.results, tables.approved))
    by = [name for name in by if name != "level" or by == ["level"] or rows["level"].notna().any()]
    rows = rows if rows[by].notna().any().all() else rows.iloc[:0]
    words = rows[by].astype(object).fillna(UNKNOWN).astype(str)
    groups = rows[RESULT_COUNTS].groupby([words[name] for name in by])
    table = groups.sum(min_count=1)
    bounds = table.notna() & rows[RESULT_COUNTS].isna().groupby([words[name] for name in by]).any()
    exact = table.mask(bounds)
    if {*by} <= _WITH_PLACES:
        places = totals(applications, by).dropna(subset=by).astype(dict.fromkeys(by, str)).set_index(by)
        table = table.join(places[["places_approved", "lower_bound"]]).fillna({"lower_bound": False})
        exact["places_approved"] = table["places_approved"].mask(table["lower_bound"].astype(bool))
    possible = {rate: sides for rate, sides in RESULT_RATES.items() if {*sides} <= {*exact}}
    rates = {rate: percent_of(*(exact[name] for name in sides)) for rate, sides in possible.items()}
    few = (table["sat"] < FEWEST_RANKED).fillna(False).astype(bool)
    table = table.assign(**rates, few_sat=few).join(bounds.add_suffix("_bound")).reset_index()
    if by == ["level"]:
        order = in_level_order(table["level"])
        return table.sort_values("level", key=lambda levels: levels.map(order.index), ignore_index=True)
    ascending = {"few_sat": True, "pass_rate": False} | dict.fromkeys(by, True)
    return table.sort_values([*ascending], ascending=[*ascending.values()], ignore_index=True)


total = partial(results_by, by=["part"])
by_certificate = partial(results_by, by=["certificate", "level"])
by_level = partial(results_by, by=["level"])
by_major = partial(results_by, by=["majors_together"])
by_college = partial(results_by, by=["college"])
