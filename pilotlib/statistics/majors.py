"""Majors: places alone and shared, distinct students, places per 100 students, by 大类 and by college.

A row that names several majors gives its places to all of them together. They are never split and never added up
twice: per major they stand in a column of their own, and wherever totals are formed such majors are taken together.
"""

from itertools import chain

import pandas as pd

from pilotlib.statistics.places import DECIMALS, Tables, once, totals
from pilotlib.vocabulary import listed

_NO_GROUP = "未归类"


def by_major(tables: Tables) -> pd.DataFrame:
    """One row per major in the order of the catalogue: students, places of its own, places shared with others."""
    rows = _major_rows(tables)
    table = rows.drop_duplicates("major").sort_values(["category", "code", "source_row"], ignore_index=True)
    table = table[["major", "catalogue_name", "code", "category"]]
    sizes = distinct_students(tables).set_index("majors_together")["students"]
    table["students"] = table["major"].map(sizes).astype("Int64")
    for shared, word in ((False, "alone"), (True, "shared")):
        places = rows[rows["shared"] == shared].groupby("major")["places_approved"]
        table[f"applications_{word}"] = table["major"].map(places.size()).fillna(0).astype("int64")
        table[f"places_approved_{word}"] = table["major"].map(places.sum(min_count=1)).astype("Int64")
    pairs = rows.merge(rows[["source_row", "major"]], on="source_row", suffixes=("", "_other"))
    others = pairs[pairs["major"] != pairs["major_other"]].groupby("major")["major_other"].agg(listed)
    return table.assign(shared_with=_looked_up(table["major"], others, ""))


@once
def distinct_students(tables: Tables) -> pd.DataFrame:
    """Students of the majors, each counted once: `majors_together, students, source_rows, how`.

    A row of one major fixes its size. From a row of several, the sizes so known are taken off; the rest belongs to
    the other majors together and is not split. What cannot be told is missing and makes the sum a lower bound.
    """
    rows = _major_rows(tables)
    order = list(rows["major"].unique())
    in_several = rows["shared"] | rows["cut_off"]
    alone = rows[~in_several].dropna(subset="students").rename(columns={"major": "majors_together"})
    fixed = _sizes(alone, "单独申报的行直接给出", "各行所写不同，按缺失处理")
    several = rows[in_several]
    known = several["major"].isin(fixed.index)
    size = several["major"].map(fixed["students"]).astype("Int64").where(known, 0)
    by_row = several.assign(size=size, left=several["major"].mask(known, "")).groupby("source_row")
    left = by_row.agg(
        students=("students", "first"),
        known=("size", lambda sizes: sizes.sum(skipna=False)),
        cut_off=("cut_off", "first"),
        majors_together=("left", lambda names: "、".join(sorted(filter(None, names), key=order.index))),
    )
    left["students"] -= left["known"].astype("Int64")
    left = left[(left["majors_together"] != "") | (left["cut_off"] & (left["students"] > 0))].reset_index()
    rests = _sizes(left, "共享行减去已知专业后的余数", "无法从表中得出")
    # Missing also where less than nothing is left, and where groups of majors overlap without being the same.
    names = pd.Series(rests.index, index=rests.index).str.split("、").explode()
    overlapping = rests.index.isin(names[names.duplicated(keep=False)].index)
    certain = ~overlapping & (rests["students"] >= 0).fillna(False)
    cut_off = left.groupby("majors_together")["cut_off"].any()
    how = rests["how"] + cut_off.map({True: "；单元格被截断，可能还含其后的专业", False: ""})
    rests = rests.assign(students=rests["students"].where(certain), how=how.where(certain, "无法从表中得出"))
    covered = "、".join([*fixed.index, *rests.index]).split("、")
    absent = [name for name in order if name not in covered]
    without = pd.DataFrame({"students": pd.NA, "source_rows": "", "how": "没有可用的学生规模"}, index=absent)
    parts = [part[["students", "source_rows", "how"]] for part in (fixed, rests.rename({"": "被截断的专业"}), without)]
    return pd.concat(parts).rename_axis("majors_together").reset_index().astype({"students": "Int64"})


@once
def places_per_100_students(tables: Tables) -> pd.DataFrame:
    """Approved places per 100 students, majors that share places taken together; the most first.

    One row per group of majors: `majors_together, majors_count, students, places_approved,
    places_per_100_students`. Over the rows, places and students add up to the year's, each counted once.
    """
    rows, sizes = _major_rows(tables), distinct_students(tables)
    # All majors that share places, directly or through others, are one group.
    groups: list[list[str]] = []
    for names in rows.groupby("source_row")["major"].agg(tuple).unique():
        joined = [group for group in groups if set(group) & set(names)]
        groups = [*(group for group in groups if group not in joined), list(dict.fromkeys(chain(*joined, names)))]
    group_of = {name: "、".join(group) for group in groups for name in group}
    one_each, first = rows.drop_duplicates("source_row"), sizes["majors_together"].str.split("、").str[0]
    students = sizes["students"].groupby(first.map(group_of)).sum(skipna=False)
    places = one_each["places_approved"].groupby(one_each["major"].map(group_of)).sum(min_count=1)
    table = pd.concat([students, places], axis="columns").astype("Int64")
    table = table.rename_axis("majors_together").reset_index().astype({"majors_together": "str"})
    table.insert(1, "majors_count", table["majors_together"].str.count("、") + 1)
    ratio = (table["places_approved"] / table["students"] * 100).round(DECIMALS).where(table["students"] > 0)
    order = ["places_per_100_students", "majors_together"]
    table["places_per_100_students"] = ratio
    return table.sort_values(order, ascending=[False, True], ignore_index=True)


def by_category(tables: Tables) -> pd.DataFrame:
    """One row per 大类 of the catalogue, and one for places shared between several: majors, applications, places."""
    return _by_group(tables, tables.majors["category"], "category")


def by_college(tables: Tables) -> pd.DataFrame:
    """One row per college, as `by_category`, as the table says, else as the school has said which majors are whose;
    empty where neither does."""
    own = tables.applications.reindex(columns=["source_row", "college"]).set_index("source_row")["college"]
    own = own.astype(object).replace("", pd.NA).dropna()
    majors = tables.majors
    colleges = majors["major"].map(tables.colleges) if own.empty else majors["source_row"].map(own)
    return _by_group(tables, colleges, "college").head(len(majors) * int(colleges.notna().any()))


def _sizes(rows: pd.DataFrame, how: str, how_not: str) -> pd.DataFrame:
    """By `majors_together`, the students that its rows give, and how; missing where they disagree."""
    sizes = rows.groupby("majors_together").agg(
        students=("students", "first"),
        different=("students", lambda counts: counts.nunique(dropna=False)),
        source_rows=("source_row", listed),
    )
    agreed = sizes["different"] == 1
    return sizes.assign(students=sizes["students"].where(agreed), how=agreed.map({True: how, False: how_not}))


def _by_group(tables: Tables, groups: pd.Series, name: str) -> pd.DataFrame:
    """One row per group, and one for each set of groups that share places, under the column `name`; `groups` says
    which one each row of `majors` belongs to."""
    majors = tables.majors.assign(**{name: groups.astype(object).fillna(_NO_GROUP).astype(str)})
    of_row = majors.groupby("source_row")[name].agg(listed)
    rows = tables.approved.assign(**{name: _looked_up(tables.applications["source_row"], of_row)})
    table = totals(rows, [name])
    table = table.drop(columns=["certificates", "certificate_levels"])
    table.insert(1, "majors_count", table[name].map(majors.groupby(name)["major"].nunique()).astype("Int64"))
    table = table if len(majors) else table.iloc[:0]
    return table.sort_values("places_approved", ascending=False, kind="stable", ignore_index=True)


@once
def _major_rows(tables: Tables) -> pd.DataFrame:
    """`majors` with the row's students and approved places, `shared` (with other majors) and `cut_off` (the row is)."""
    rows = tables.majors.merge(tables.approved[["source_row", "students", "places_approved"]], on="source_row")
    cut_off = rows["source_row"].isin(rows.loc[rows["truncated"], "source_row"])
    return rows.assign(shared=rows["source_row"].duplicated(keep=False), cut_off=cut_off)


def _looked_up(keys: pd.Series, words: pd.Series, otherwise: str = _NO_GROUP) -> pd.Series:
    texts = keys.map(words).astype(object)
    return texts.where(texts.notna(), otherwise).astype(str)
