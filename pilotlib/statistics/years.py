"""Several years side by side: measures, certificates, majors, and where definitions break between years.

Every figure is one of a year's own statistics, as that year's report has it. What cannot be compared is not: a lower
bound, a figure that was not given and a round that did not exist are said, and nothing is computed across them.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pilotlib.columns import title_of
from pilotlib.reading import YearStatistics
from pilotlib.vocabulary import LEVELS, UNKNOWN, in_round_order

OVERVIEW, BY_ROUND, BY_LEVEL, GIVEN, RATES = "年度总览", "批次批准人数", "等级批准人数", "表外指标", "比率"
STANDINGS = ("新增", "更名", "延续", "不再申报")
NEW, RENAMED, CARRIED_ON, GONE = STANDINGS
_KEY = ["topic", "measure", "unit"]
# The statistics of a year that other years are compared with: a new one does not make an earlier year unreadable.
COMPARED = ("overview", "by_round", "by_level", "by_status", "by_certificate", "by_major", "indicators", "rates")


def measures(years: Sequence[YearStatistics]) -> pd.DataFrame:
    """Every measure of every year, a row each: `topic, measure, unit, year, value, lower_bound, incomplete, note`.

    A measure that a year does not have is missing there, and `note` says why: 没有这一批次, 未提供. A level for which
    nothing was applied counts 0. `incomplete` are ratios of counts of which some are missing: higher or lower.
    """
    measured = pd.concat([_measures_of(year) for year in years], ignore_index=True)
    order = measured.drop_duplicates(_KEY)[_KEY]
    rounds = in_round_order(order.loc[order["topic"] == BY_ROUND, "measure"].tolist())
    levels = [*LEVELS, *sorted(set(order.loc[order["topic"] == BY_LEVEL, "measure"]) - {*LEVELS, UNKNOWN}), UNKNOWN]
    place = {name: number for number, name in enumerate([*rounds, *levels])}
    topics = pd.CategoricalDtype([OVERVIEW, BY_ROUND, BY_LEVEL, GIVEN, RATES], ordered=True)
    order = order.assign(topic=order["topic"].astype(topics), place=order["measure"].map(place).fillna(-1))
    order = order.sort_values(["topic", "place"], kind="stable", ignore_index=True)[_KEY].astype({"topic": str})
    every = order.merge(pd.DataFrame({"year": [year.year for year in years]}), how="cross")
    table = every.merge(measured, on=[*_KEY, "year"], how="left")
    absent_level = (table["topic"] == BY_LEVEL) & table["note"].isna()
    # What has no level, or several, may belong to a level of which nothing is seen.
    of_levels = measured[measured["topic"] == BY_LEVEL].groupby("year")["measure"].agg(list)
    bounded = absent_level & pd.Series(
        [
            _is_bound(level, of_levels.get(year, []))
            for level, year in zip(table["measure"], table["year"], strict=True)
        ],
        table.index,
        dtype=bool,
    )
    absent = pd.Series("未提供", table.index).mask(table["topic"] == BY_ROUND, "没有这一批次")
    absent = absent.where(table["note"].fillna("") == "", table["note"])
    marks = {name: table[name].astype("boolean").fillna(False).astype(bool) for name in ("lower_bound", "incomplete")}
    return table.assign(
        **marks | {"lower_bound": marks["lower_bound"] | bounded},
        value=table["value"].mask(absent_level, 0),
        note=table["note"].fillna("").mask(table["value"].isna() & ~absent_level, absent),
    )


def compared(table: pd.DataFrame, earlier: int, later: int) -> pd.DataFrame:
    """Two years of `measures` beside each other; measures that neither has are left out.

    Returns:
        `topic, measure, unit, earlier, earlier_bound, later, later_bound, change, rate_of_change, note`. The change
        is missing where it is not exact, and `note` says what is known of it; the rate of change (in %) also where
        the earlier value is 0 or the measure is a rate itself, whose change is in percentage points.
    """
    first, second = (
        table[table["year"] == year].set_index(_KEY)[["value", "lower_bound", "incomplete", "note"]]
        for year in (earlier, later)
    )
    both = first.merge(second, left_index=True, right_index=True, suffixes=("", "_later")).reset_index()
    before, after = both["value"], both["value_later"]
    inexact = both[["lower_bound", "lower_bound_later", "incomplete", "incomplete_later"]].any(axis="columns")
    exact = before.notna() & after.notna() & ~inexact
    difference = (after - before).round(2)
    table = both[_KEY].assign(
        earlier=before,
        earlier_bound=both["lower_bound"],
        later=after,
        later_bound=both["lower_bound_later"],
        change=difference.where(exact),
        rate_of_change=(difference / before * 100).where(exact & (before > 0) & (both["unit"] != "%")).round(2),
        note=_why_not_compared(both, difference, earlier, later),
    )
    return table[before.notna() | after.notna()].reset_index(drop=True)


def _why_not_compared(both: pd.DataFrame, difference: pd.Series, earlier: int, later: int) -> np.ndarray:
    """Of two years' measures, what is known of a change that is not exact, or why it has no rate; "" where it has."""
    bound, later_bound = both["lower_bound"], both["lower_bound_later"]
    incomplete, later_incomplete = both["incomplete"], both["incomplete_later"]
    limit = difference.map(lambda value: f"{value:+,.10g}", na_action="ignore").astype(object).fillna("")
    # The first that fits.
    notes = (
        (both["value"].isna(), f"{earlier}年" + both["note"]),
        (both["value_later"].isna(), f"{later}年" + both["note_later"]),
        (incomplete & later_incomplete, "两年都有人数缺失，无法比较"),
        (incomplete, f"{earlier}年有人数缺失，无法比较"),
        (later_incomplete, f"{later}年有人数缺失，无法比较"),
        (bound & later_bound, "两年都是下限，无法比较"),
        (bound, f"{earlier}年为下限，变化不大于" + limit),
        (later_bound, f"{later}年为下限，变化不小于" + limit),
        ((both["value"] == 0) & (both["value_later"] != 0), f"{earlier}年为0，不计变化率"),
    )
    fits = [condition.fillna(False).to_numpy(dtype=bool) for condition, _ in notes]
    return np.select(fits, [note for _, note in notes], default="")


def certificates(years: Sequence[YearStatistics]) -> pd.DataFrame:
    """Every certificate in every year that has it: `key, name, year, value` (places approved), `levels`."""
    return _members(years, "by_certificate", "certificate", "certificate", "places_approved", ["levels"])


def majors(years: Sequence[YearStatistics]) -> pd.DataFrame:
    """Every major in every year that has it: `key, name, year, value` (students).

    The key is the name in the catalogue, so that a renamed major stays one; majors that the reference does not know
    go by their own names.
    """
    return _members(years, "by_major", "catalogue_name", "major", "students", [])


def came_and_went(members: pd.DataFrame, earlier: int, later: int) -> pd.DataFrame:
    """What is new, renamed, carried on and gone from one year to another.

    Args:
        members: As `certificates` or `majors` return them.

    Returns:
        `name` (of the later year, else of the earlier), `former` (the earlier name of a renamed one, else ""),
        `standing` (of `STANDINGS`, in their order), `earlier` and `later` (values), and `levels` and `levels_later`
        where members have levels.
    """
    first, second = (
        members[members["year"] == year].set_index("key").drop(columns="year") for year in (earlier, later)
    )
    both = first.merge(second, how="outer", left_index=True, right_index=True, suffixes=("", "_later"))
    here, there = both["name"].notna(), both["name_later"].notna()
    standing = np.select([~here, ~there, both["name"] != both["name_later"]], [NEW, GONE, RENAMED], CARRIED_ON)
    table = both.assign(
        standing=pd.Categorical(standing, STANDINGS, ordered=True),
        former=both["name"].where(standing == RENAMED, "").astype(str),
        name=both["name_later"].where(there, both["name"]),
    ).rename(columns={"value": "earlier", "value_later": "later"})
    levels = table.columns.intersection(["levels", "levels_later"])
    table = table.sort_values(["standing", "later", "earlier", "name"], ascending=[True, False, False, True])
    return table.reset_index(drop=True)[["name", "former", "standing", "earlier", "later", *levels]]


def _measures_of(year: YearStatistics) -> pd.DataFrame:
    """Every measure that one year has, as `measures` returns them."""
    statistics = year.statistics
    overview, rates = statistics["overview"], statistics["rates"]
    # Counts that are missing in some row are missing in its round and level too, and in what is formed of them.
    bounds = overview.set_index("measure")["lower_bound"]
    missing_counts = bool(bounds["places_approved"])
    unknown = "批准人数缺失或尚未批准" if missing_counts else "没有已批准的申报"
    bounded = [name for name in ("places_applied", "places_approved") if bounds[name]]
    levels = statistics["by_level"]
    levels = levels[levels["applications"] > 0]
    level_names = levels["level"].astype(str).to_list()
    parts = [
        _measures(
            OVERVIEW,
            overview["measure"].map(title_of),
            overview["unit"],
            overview["value"],
            overview["lower_bound"],
            incomplete=(overview["measure"] == "places_per_100_students") & missing_counts,
            note=np.where(overview["measure"] == "places_approved", unknown, ""),
        ),
        _measures(
            BY_ROUND,
            statistics["by_round"]["application_round"],
            "人",
            statistics["by_round"]["places_approved"],
            missing_counts,
            note=unknown,
        ),
        _measures(
            BY_LEVEL,
            levels["level"],
            "人",
            levels["places_approved"],
            # What has no level, or several, belongs to one of them.
            [missing_counts or _is_bound(level, level_names) for level in level_names],
            note=unknown,
        ),
        _measures(
            GIVEN,
            statistics["indicators"]["indicator"].map(title_of),
            statistics["indicators"]["unit"],
            statistics["indicators"]["value"],
        ),
        _measures(
            RATES,
            rates["rate"],
            "%",
            rates["percent"],
            incomplete=rates["numerator"].isin(bounded) | rates["denominator"].isin(bounded),
        ),
    ]
    table = pd.concat(parts)
    table = table.assign(note=table["note"].mask(table["value"].notna(), ""), year=year.year)
    return table.drop_duplicates([*_KEY, "year"])


def _measures(
    topic: str,
    measure: pd.Series,
    unit: object,
    value: pd.Series,
    lower_bound: object = False,
    *,
    incomplete: object = False,
    note: object = "",
) -> pd.DataFrame:
    """Measures of one topic: `topic, measure, unit, value, lower_bound, incomplete, note`."""
    columns = {"topic": topic, "measure": measure.astype(str), "unit": unit, "value": value.astype("Float64")}
    return pd.DataFrame(columns | {"lower_bound": lower_bound, "incomplete": incomplete, "note": note})


def _is_bound(level: str, seen: Sequence[str]) -> bool:
    """Whether more may belong to a level than says so: some applications have none, or name it beside another."""
    return level in LEVELS and any(other == UNKNOWN or (level in other and level != other) for other in seen)


def _members(
    years: Sequence[YearStatistics], statistic: str, key: str, name: str, value: str, others: list[str]
) -> pd.DataFrame:
    """The rows of a statistic that stand for one thing each, of all years; two names of one key are told together."""
    tables = [
        year.statistics[statistic].assign(year=year.year)[["year", *dict.fromkeys((key, name)), value, *others]]
        for year in years
    ]
    rows = pd.concat(tables, ignore_index=True)
    rows = rows.assign(key=rows[key].fillna(rows[name]).astype(str), name=rows[name].astype(str))
    groups = rows.groupby(["key", "year"], sort=False)
    joined = groups.agg(name=("name", "、".join), **{other: (other, "first") for other in others})
    return joined.assign(value=groups[value].sum(min_count=1).astype("Float64")).reset_index()
