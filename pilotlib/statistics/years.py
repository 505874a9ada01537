"""Several years side by side: measures, certificates, majors, and where definitions break between years.

Every figure is one of a year's own statistics, as that year's report has it. What cannot be compared is not: a lower
bound, a figure that was not given and a round that did not exist are said, and nothing is computed across them.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from pilotlib.columns import title_of
from pilotlib.reading import YearStatistics
from pilotlib.vocabulary import LEVELS, UNKNOWN, in_round_order

OVERVIEW, BY_ROUND, BY_LEVEL, GIVEN, RATES = "年度总览", "批次批准人数", "等级批准人数", "表外指标", "比率"
STANDINGS = ("新增", "更名", "延续", "不再申报")
NEW, RENAMED, CARRIED_ON, GONE = STANDINGS
_KEY = ["topic", "measure", "unit"]


def measures(years: Sequence[YearStatistics]) -> pd.DataFrame:
    """Every measure of every year, a row each: `topic, measure, unit, year, value, lower_bound, incomplete, note`.

    A measure that a year does not have is missing there, and `note` says why: 没有这一批次, 未提供. A level for which
    nothing was applied counts 0. `incomplete` are ratios of counts of which some are missing: higher or lower.
    """
    found = pd.concat([_measures_of(year) for year in years], ignore_index=True)
    order = found.drop_duplicates(_KEY)[_KEY]
    rounds = in_round_order(order.loc[order["topic"] == BY_ROUND, "measure"].tolist())
    levels = [*LEVELS, *sorted(set(order.loc[order["topic"] == BY_LEVEL, "measure"]) - {*LEVELS, UNKNOWN}), UNKNOWN]
    place = {name: number for number, name in enumerate([*rounds, *levels])}
    topics = pd.CategoricalDtype([OVERVIEW, BY_ROUND, BY_LEVEL, GIVEN, RATES], ordered=True)
    order = order.assign(topic=order["topic"].astype(topics), place=order["measure"].map(place).fillna(-1))
    order = order.sort_values(["topic", "place"], kind="stable", ignore_index=True)[_KEY].astype({"topic": str})
    every = order.merge(pd.DataFrame({"year": [year.year for year in years]}), how="cross")
    table = every.merge(found, on=[*_KEY, "year"], how="left")
    absent_level = (table["topic"] == BY_LEVEL) & table["note"].isna()
    # What has no level, or several, may belong to a level of which nothing is seen.
    of_levels = found[found["topic"] == BY_LEVEL].groupby("year")["measure"].agg(list)
    bounded = absent_level & pd.Series(
        [
            _is_bound(level, of_levels.get(year, []))
            for level, year in zip(table["measure"], table["year"], strict=True)
        ],
        table.index,
        dtype=bool,
    )
    absent = np.where(table["topic"] == BY_ROUND, "没有这一批次", "未提供")
    absent = pd.Series(absent, table.index).where(table["note"].fillna("") == "", table["note"])
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
    bound, later_bound = both["lower_bound"], both["lower_bound_later"]
    known = before.notna() & after.notna()
    difference = (after - before).round(2)
    incomplete, later_incomplete = both["incomplete"], both["incomplete_later"]
    exact = known & ~bound & ~later_bound & ~incomplete & ~later_incomplete
    change = difference.where(exact)
    rate = (change / before * 100).where(exact & (before > 0) & (both["unit"] != "%")).round(2)
    told = difference.map(lambda value: f"{value:+,.10g}", na_action="ignore").astype(object).fillna("")
    note = np.select(
        [
            before.isna(),
            after.isna(),
            incomplete & later_incomplete,
            incomplete,
            later_incomplete,
            bound & later_bound,
            bound,
            later_bound,
            exact & (before == 0) & (after != 0),
        ],
        [
            f"{earlier}年" + both["note"],
            f"{later}年" + both["note_later"],
            "两年都有人数缺失，无法比较",
            f"{earlier}年有人数缺失，无法比较",
            f"{later}年有人数缺失，无法比较",
            "两年都是下限，无法比较",
            f"{earlier}年为下限，变化不大于" + told,
            f"{later}年为下限，变化不小于" + told,
            f"{earlier}年为0，不计变化率",
        ],
        default="",
    )
    compared = both[_KEY].assign(
        earlier=before,
        earlier_bound=bound,
        later=after,
        later_bound=later_bound,
        change=change,
        rate_of_change=rate,
        note=note,
    )
    return compared[before.notna() | after.notna()].reset_index(drop=True)


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


def breaks(years: Sequence[YearStatistics], table: pd.DataFrame) -> pd.DataFrame:
    """Where years are not alike and their figures not comparable as they stand: `topic, message`.

    `table` is as `measures` returns it.
    """
    numbers = [year.year for year in years]
    found = [
        ("年度不相邻", f"{earlier}年与{later}年之间的年度没有处理结果。")
        for earlier, later in pairwise(numbers)
        if later - earlier > 1
    ]
    schools = {year.year: year.about["school"].get("name", "") for year in years}
    if len(set(schools.values())) > 1:
        found.append(("学校不同", "；".join(f"{year}年：{name or '未写明'}" for year, name in schools.items()) + "。"))
    known = table.groupby(["topic", "measure"])["value"].transform("count") > 0
    absent = table[table["value"].isna() & known]
    absent = absent.groupby(["topic", "measure", "note"], sort=False)["year"].agg(tuple).reset_index()
    for (topic, what, without), group in absent.groupby(["topic", "note", "year"], sort=False):
        found.append((topic, f"{_years(without)}{what}：{'、'.join(group['measure'])}。"))
    bounds = table[table["lower_bound"] & table["value"].notna()]
    bounds = bounds.groupby(["topic", "measure"], sort=False)["year"].agg(tuple).reset_index()
    for (topic, those), group in bounds.groupby(["topic", "year"], sort=False):
        found.append((topic, f"{_years(those)}只有下限：{'、'.join(group['measure'])}。"))
    partly = table[table["incomplete"] & table["value"].notna()]
    for (topic, year), group in partly.groupby(["topic", "year"], sort=False):
        found.append((topic, f"{year}年有人数缺失，只按已知的数算出：{'、'.join(group['measure'])}。"))
    for year in years:
        statuses = year.statistics["by_status"]
        pending = statuses.loc[~statuses["counts_as_approved"].astype(bool), "applications"].sum()
        if pending:
            found.append(("状态", f"{year.year}年有{pending}项的状态不是已批准，人数不计入批准。"))
    return pd.DataFrame(found, columns=["topic", "message"], dtype=str)


def _measures_of(year: YearStatistics) -> pd.DataFrame:
    statistics = year.statistics
    overview = statistics["overview"].assign(topic=OVERVIEW, measure=statistics["overview"]["measure"].map(title_of))
    rounds = statistics["by_round"].assign(
        topic=BY_ROUND, measure=lambda rows: rows["application_round"].astype(str), unit="人"
    )
    levels = statistics["by_level"]
    levels = levels[levels["applications"] > 0]
    every_level = levels["level"].astype(str).tolist()
    # Counts that are missing in some row are missing in its round and level too, and in what is formed of them.
    bounds = statistics["overview"].set_index("measure")["lower_bound"]
    of_rows = bool(bounds["places_approved"])
    unknown = "批准人数缺失或尚未批准" if of_rows else "没有已批准的申报"
    levels = levels.assign(
        topic=BY_LEVEL,
        measure=lambda rows: rows["level"].astype(str),
        unit="人",
        # What has no level, or several, belongs to one of them.
        lower_bound=lambda rows: [_is_bound(level, every_level) for level in rows["level"].astype(str)],
    )
    given = statistics["indicators"].assign(
        topic=GIVEN, measure=statistics["indicators"]["indicator"].map(title_of), note=""
    )
    counted = {name for name in ("places_applied", "places_approved") if bounds[name]}
    rates = statistics["rates"].assign(
        topic=RATES,
        measure=statistics["rates"]["rate"],
        unit="%",
        incomplete=lambda rows: rows["numerator"].isin(counted) | rows["denominator"].isin(counted),
    )
    parts = [
        overview.assign(
            note=np.where(statistics["overview"]["measure"] == "places_approved", unknown, ""),
            incomplete=(statistics["overview"]["measure"] == "places_per_100_students") & of_rows,
        ),
        rounds.rename(columns={"places_approved": "value"}).assign(note=unknown),
        levels.rename(columns={"places_approved": "value"}).assign(note=unknown),
        given,
        rates.rename(columns={"percent": "value"}),
    ]
    columns = ["topic", "measure", "unit", "value", "lower_bound", "incomplete", "note"]
    absent = {"lower_bound": False, "incomplete": False, "note": ""}
    table = pd.concat(
        part.assign(**{name: absent[name] for name in absent if name not in part})[columns].astype(
            {"value": "Float64", "lower_bound": bool, "incomplete": bool}
        )
        for part in parts
    )
    parted = table["topic"].isin((BY_ROUND, BY_LEVEL)) & of_rows
    known = table["value"].notna()
    table = table.assign(lower_bound=table["lower_bound"] | parted, note=table["note"].mask(known, ""), year=year.year)
    return table.drop_duplicates([*_KEY, "year"])


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


def _years(years: Sequence[int]) -> str:
    return "、".join(f"{year}年" for year in years)
