"""Several years side by side: measures, certificates, majors, and where definitions break between years.

Every figure is one of a year's own statistics, as that year's report has it. What cannot be compared is not: a lower
bound, a figure that was not given and a round that did not exist are said, and nothing is computed across them.
"""

from collections.abc import Sequence
from itertools import chain, pairwise

import numpy as np
import pandas as pd

from pilotlib.columns import title_of
from pilotlib.reading import YearStatistics
from pilotlib.statistics.places import DECIMALS
from pilotlib.vocabulary import LEVELS, UNKNOWN, in_level_order, in_round_order

TOPICS = ("年度总览", "批次批准人数", "等级批准人数", "表外指标", "比率")
OVERVIEW, BY_ROUND, BY_LEVEL, GIVEN, RATES = TOPICS
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
    rounds = in_round_order(list(chain(*(_approved(year, "application_round").index for year in years))))
    seen = set(chain(*(_approved(year, "level").index for year in years)))
    levels = [level for level in (*in_level_order(seen - {UNKNOWN}), UNKNOWN) if level in seen]
    measured = pd.concat([_measures_of(year, rounds, levels) for year in years], ignore_index=True)
    order = measured.drop_duplicates(_KEY)[_KEY]
    order = order.sort_values("topic", key=lambda topics: topics.map(TOPICS.index), kind="stable")
    every = order.merge(pd.DataFrame({"year": [year.year for year in years]}), how="cross")
    table = every.merge(measured, on=[*_KEY, "year"], how="left")
    note = table["note"].fillna("未提供").mask(table["value"].notna(), "").astype(str)
    flags = {name: table[name].eq(True) for name in ("lower_bound", "incomplete")}
    return table.assign(**flags, note=note)


def compared(table: pd.DataFrame, earlier: int, later: int) -> pd.DataFrame:
    """Two years of `measures`: `topic, measure, unit, earlier, earlier_bound, later, later_bound, change,
    rate_of_change, note`; measures that neither has are left out.

    The change is missing where it is not exact, and `note` says what is known of it; the rate of change (in %) also
    where the earlier value is 0 or the measure is a rate itself, whose change is in percentage points.
    """
    sides = [table[table["year"] == year].set_index(_KEY).drop(columns="year") for year in (earlier, later)]
    both = sides[0].add_prefix("earlier_").join(sides[1].add_prefix("later_")).reset_index()
    both.columns = both.columns.str.replace("_value|lower_", "", regex=True)
    before, difference = both["earlier"], (both["later"] - both["earlier"]).round(DECIMALS)
    bound, later_bound = both["earlier_bound"], both["later_bound"]
    incomplete, later_incomplete = both["earlier_incomplete"], both["later_incomplete"]
    much = difference.abs().map(lambda value: f"{round(value, 2):,.10g}", na_action="ignore").astype(object).fillna("")
    rising, same = (flags.fillna(False).to_numpy(dtype=bool) for flags in (difference >= 0, difference == 0))
    least, most = (
        much.map(f"{least}增加{{}}".format).where(rising, f"{most}减少" + much).mask(same, f"{least}持平")
        for least, most in (("至少", "至多"), ("至多", "至少"))
    )
    # What is known of a change that is not exact, or why it has no rate: the first that fits.
    notes = (
        (before.isna(), f"{earlier}年" + both["earlier_note"]),
        (both["later"].isna(), f"{later}年" + both["later_note"]),
        (incomplete & later_incomplete, "两年都有人数缺失，无法比较"),
        (incomplete, f"{earlier}年有人数缺失，无法比较"),
        (later_incomplete, f"{later}年有人数缺失，无法比较"),
        (bound & later_bound, "两年都是下限，无法比较"),
        (bound, f"{earlier}年为下限，" + most),
        (later_bound, f"{later}年为下限，" + least),
        ((before == 0) & (both["later"] != 0), f"{earlier}年为0，不计变化率"),
    )
    fits = [condition.fillna(False).to_numpy(dtype=bool) for condition, _ in notes]
    exact = difference.notna() & ~(bound | later_bound | incomplete | later_incomplete)
    changes = both[[*_KEY, "earlier", "earlier_bound", "later", "later_bound"]].assign(
        change=difference.where(exact),
        rate_of_change=(difference / before * 100).where(exact & (before > 0) & (both["unit"] != "%")).round(DECIMALS),
        note=np.select(fits, [note for _, note in notes], default=""),
    )
    return changes[before.notna() | both["later"].notna()].reset_index(drop=True)


def certificates(years: Sequence[YearStatistics]) -> pd.DataFrame:
    """Every certificate in every year that has it: `key, year, name, levels, value` (places approved)."""
    rows = _below_each_other(years, "by_certificate")
    rows = rows.assign(key=rows["certificate"], name=rows["certificate"], value=rows["places_approved"])
    return rows[["key", "year", "name", "levels", "value"]].astype({"key": str, "name": str, "value": "Float64"})


def majors(years: Sequence[YearStatistics]) -> pd.DataFrame:
    """Every major in every year that has it: `key, year, name, value` (students).

    The key is the name in the catalogue, so that a renamed major stays one, and of two names in one year both are told;
    majors that the reference does not know go by their own names.
    """
    rows = _below_each_other(years, "by_major")
    keys = [rows["catalogue_name"].fillna(rows["major"]).astype(str).rename("key"), rows["year"]]
    groups = rows.astype({"major": str, "students": "Float64"}).groupby(keys, sort=False)
    names, students = groups["major"].agg("、".join), groups["students"].sum(min_count=1)
    return pd.DataFrame({"name": names, "value": students}).reset_index()


def came_and_went(members: pd.DataFrame, earlier: int, later: int) -> pd.DataFrame:
    """What is new, renamed, carried on and gone among what `certificates` or `majors` returned, by `standing`.

    Beside it `name` (of the later year, else of the earlier), `former` (the earlier name of a renamed one, else ""),
    `earlier` and `later` (values), and `levels` and `levels_later` where members have levels.
    """
    first, second = (members[members["year"] == year].drop(columns="year") for year in (earlier, later))
    both = first.merge(second, how="outer", on="key", suffixes=("", "_later"))
    here, there = both["name"].notna(), both["name_later"].notna()
    standing = np.select([~here, ~there, both["name"] != both["name_later"]], [NEW, GONE, RENAMED], CARRIED_ON)
    table = both.assign(
        standing=pd.Categorical(standing, STANDINGS, ordered=True),
        former=both["name"].where(standing == RENAMED, "").astype(str),
        name=both["name_later"].where(there, both["name"]),
    ).rename(columns={"value": "earlier", "value_later": "later"})
    order = ["standing", "later", "earlier", "name"]
    table = table.sort_values(order, ascending=[True, False, False, True], ignore_index=True)
    return table.filter(["name", "former", "standing", "earlier", "later", "levels", "levels_later"])


def breaks(years: Sequence[YearStatistics]) -> pd.DataFrame:
    """Where years are not alike and their figures not comparable as they stand: `topic, message`."""
    table = measures(years)
    rows = [
        ("年度不相邻", f"{earlier}年与{later}年之间的年度没有处理结果。")
        for earlier, later in pairwise(year.year for year in years)
        if later - earlier > 1
    ]
    schools = {year.year: year.about["school"].get("name", "") for year in years}
    if len(set(schools.values())) > 1:
        rows.append(("学校不同", "；".join(f"{year}年：{name or '未写明'}" for year, name in schools.items()) + "。"))
    given = table["value"].notna()
    somewhere = given.groupby([table["topic"], table["measure"]]).transform("any")
    for part in (table[~given & somewhere], table[given & table["lower_bound"]].assign(note="只有下限")):
        # Measures of which the same holds in the same years stand together.
        same = part.groupby(["topic", "measure", "note"], sort=False)["year"]
        in_years = same.agg(lambda numbers: "、".join(f"{number}年" for number in numbers)).reset_index()
        together = in_years.groupby(["topic", "note", "year"], sort=False)["measure"].agg("、".join).reset_index()
        rows += [(topic, f"{numbers}{note}：{names}。") for topic, note, numbers, names in together.to_numpy()]
    incomplete = table[given & table["incomplete"]].groupby(["topic", "year"], sort=False)["measure"]
    partly = incomplete.agg("、".join).reset_index().to_numpy()
    rows += [(topic, f"{year}年有人数缺失，只按已知的数算出：{names}。") for topic, year, names in partly]
    statuses = _below_each_other(years, "by_status")
    pending = statuses[~statuses["counts_as_approved"].astype(bool)].groupby("year")["applications"].sum()
    rows += [("状态", f"{year}年有{count}项的状态不是已批准，人数不计入批准。") for year, count in pending.items()]
    return pd.DataFrame(rows, columns=["topic", "message"], dtype=str)


def _measures_of(year: YearStatistics, rounds: list[str], levels: list[str]) -> pd.DataFrame:
    """Every measure of one year, as `measures` returns them, of all those rounds and levels."""
    overview, indicators, rates = (year.statistics[name] for name in ("overview", "indicators", "rates"))
    by_round, by_level = _approved(year, "application_round"), _approved(year, "level")
    # More may belong to a level than says so: some applications have none, or name it beside another.
    others = "、".join(by_level.index.difference(list(LEVELS)))
    open_levels = [level for level in LEVELS if UNKNOWN in others or level in others]
    # Counts that are missing in some row are missing in what is formed of them too.
    bounds = overview.set_index("measure")["lower_bound"]
    missing = bool(bounds["places_approved"])
    unknown = "批准人数缺失或尚未批准" if missing else "没有已批准的申报"
    bounded = [name for name in ("places_applied", "places_approved") if bounds[name]]
    parts = [
        overview.assign(
            topic=OVERVIEW,
            measure=overview["measure"].map(title_of),
            # Of a part of the majors it has another basis than of all.
            incomplete=(overview["measure"] == "places_per_100_students") & (missing or bounds["distinct_students"]),
            note=np.where(overview["measure"] == "places_approved", unknown, "未提供"),
        ),
        pd.DataFrame({"topic": BY_ROUND, "measure": rounds, "unit": "人"}).assign(
            value=by_round["places_approved"].reindex(rounds).array,
            lower_bound=missing & by_round["lower_bound"].reindex(rounds, fill_value=False).to_numpy(),
            note=[unknown if name in by_round.index else "没有这一批次" for name in rounds],
        ),
        pd.DataFrame({"topic": BY_LEVEL, "measure": levels, "unit": "人", "note": unknown}).assign(
            value=by_level["places_approved"].reindex(levels, fill_value=0).array,
            lower_bound=np.isin(levels, open_levels)
            | (missing & by_level["lower_bound"].reindex(levels, fill_value=False).to_numpy()),
        ),
        indicators.assign(topic=GIVEN, measure=indicators["indicator"].map(title_of), note="未提供"),
        rates.rename(columns={"rate": "measure", "percent": "value"}).assign(
            topic=RATES, unit="%", incomplete=rates[["numerator", "denominator"]].isin(bounded).any(axis=1)
        ),
    ]
    table = pd.concat(parts).astype({"value": "Float64"}).assign(year=year.year)
    return table[[*_KEY, "year", "value", "lower_bound", "incomplete", "note"]].drop_duplicates([*_KEY, "year"])


def _approved(year: YearStatistics, by: str) -> pd.DataFrame:
    """Approved places by a column, where any were applied for; tables of an earlier version say no bounds."""
    table = year.statistics["by_level" if by == "level" else "by_round"]
    table = table[table["applications"] > 0]
    table = table.set_index(table[by].astype(str))
    return table.reindex(columns=["places_approved", "lower_bound"], fill_value=True)


def _below_each_other(years: Sequence[YearStatistics], statistic: str) -> pd.DataFrame:
    return pd.concat([year.statistics[statistic].assign(year=year.year) for year in years], ignore_index=True)
