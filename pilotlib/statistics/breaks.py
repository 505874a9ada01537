"""Where years are not alike, so that their figures cannot be compared as they stand."""

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from pilotlib.reading import YearStatistics


def breaks(years: Sequence[YearStatistics], table: pd.DataFrame) -> pd.DataFrame:
    """Where years are not alike and their figures not comparable as they stand: `topic, message`.

    `table` is as `measures` returns it.
    """
    numbers = [year.year for year in years]
    rows = [
        ("年度不相邻", f"{earlier}年与{later}年之间的年度没有处理结果。")
        for earlier, later in pairwise(numbers)
        if later - earlier > 1
    ]
    schools = {year.year: year.about["school"].get("name", "") for year in years}
    if len(set(schools.values())) > 1:
        rows.append(("学校不同", "；".join(f"{year}年：{name or '未写明'}" for year, name in schools.items()) + "。"))
    known = table.groupby(["topic", "measure"])["value"].transform("count") > 0
    missing = _by_years(table[table["value"].isna() & known], "note")
    bounds = _by_years(table[table["lower_bound"] & table["value"].notna()].assign(note="只有下限"), "note")
    partly = table[table["incomplete"] & table["value"].notna()]
    rows += [(topic, f"{years}{what}：{measures}。") for topic, what, years, measures in [*missing, *bounds]]
    rows += [
        (str(topic), f"{year}年有人数缺失，只按已知的数算出：{'、'.join(group['measure'])}。")
        for (topic, year), group in partly.groupby(["topic", "year"], sort=False)
    ]
    for year in years:
        statuses = year.statistics["by_status"]
        pending = statuses.loc[~statuses["counts_as_approved"].astype(bool), "applications"].sum()
        if pending:
            rows.append(("状态", f"{year.year}年有{pending}项的状态不是已批准，人数不计入批准。"))
    return pd.DataFrame(rows, columns=["topic", "message"], dtype=str)


def _by_years(table: pd.DataFrame, what: str) -> list[tuple[str, str, str, str]]:
    """Measures of which the same holds in the same years, together: topic, what holds, the years, the measures."""
    keys = ["topic", "measure", what]
    years = table.groupby(keys, sort=False)["year"].agg(lambda years: "、".join(f"{year}年" for year in years))
    groups = years.reset_index().groupby(["topic", what, "year"], sort=False)["measure"].agg("、".join)
    return list(groups.reset_index()[["topic", what, "year", "measure"]].itertuples(index=False, name=None))
