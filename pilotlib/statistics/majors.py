"""Majors: places alone and shared, distinct students, places per 100 students, by 大类 and by college.

A row that names several majors gives its places to all of them together. They are never split and never added up
twice: per major they stand in a column of their own, and wherever totals are formed such majors are taken together.
"""

from collections.abc import Iterable

import pandas as pd

from pilotlib.statistics.tables import Tables, only_approved, totals
from pilotlib.vocabulary import listed

UNCLASSIFIED = "未归类"


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


def distinct_students(tables: Tables) -> pd.DataFrame:
    """Students of the majors, each counted once: `majors_together, students, source_rows, how`.

    A row of one major fixes its size. From a row of several, the sizes so known are taken off; the rest belongs to
    the other majors together and is not split. What cannot be told is missing and makes the sum a lower bound.
    """
    rows = _major_rows(tables)
    several = rows["shared"] | rows["cut_off"]
    alone = rows[~several].dropna(subset="students").rename(columns={"major": "majors_together"})
    fixed = _sizes(alone, "单独申报的行直接给出", "各行所写不同，按缺失处理")
    rests = _rests(rows[several], fixed["students"], list(rows["major"].unique()))
    covered = {name for names in (*fixed.index, *rests.index) for name in names.split("、")}
    absent = [name for name in rows["major"].unique() if name not in covered]
    without = pd.DataFrame({"students": pd.NA, "source_rows": "", "how": "没有可用的学生规模"}, index=absent)
    table = pd.concat([fixed, rests, without]).rename_axis("majors_together").reset_index()
    return table.astype({"students": "Int64"})[["majors_together", "students", "source_rows", "how"]]


def places_per_100_students(tables: Tables) -> pd.DataFrame:
    """Approved places per 100 students, majors that share places taken together; the most first.

    One row per group of majors: `majors_together, majors_count, students, places_approved,
    places_per_100_students`. Over the rows, places and students add up to the year's, each counted once.
    """
    rows = _major_rows(tables)
    groups = _groups(rows.groupby("source_row")["major"].agg(tuple).unique())
    one_each = rows.drop_duplicates("source_row")
    sizes = distinct_students(tables)
    students = sizes.groupby(sizes["majors_together"].str.split("、").str[0].map(groups))["students"]
    places = one_each.groupby(one_each["major"].map(groups))["places_approved"].sum(min_count=1)
    table = places.rename_axis("majors_together").reset_index().astype({"places_approved": "Int64"})
    known = students.sum(skipna=False).reindex(places.index).array.astype("Int64")
    ratio = (table["places_approved"].astype("Float64") / known.astype("Float64") * 100).round(2)
    table.insert(1, "majors_count", table["majors_together"].str.count("、") + 1)
    table.insert(2, "students", known)
    return table.assign(places_per_100_students=ratio.where(table["students"] > 0)).sort_values(
        ["places_per_100_students", "majors_together"], ascending=[False, True], ignore_index=True
    )


def by_category(tables: Tables) -> pd.DataFrame:
    """One row per 大类 of the catalogue, and one for places shared between several: majors, applications, places."""
    return _by_group(tables, tables.majors.drop_duplicates("major").set_index("major")["category"], "category")


def by_college(tables: Tables) -> pd.DataFrame:
    """One row per college, as `by_category`; empty where the school has not said which majors are whose."""
    table = _by_group(tables, tables.colleges, "college")
    return table if tables.colleges else table.iloc[:0]


def _sizes(rows: pd.DataFrame, how: str, how_not: str) -> pd.DataFrame:
    """By `majors_together`, the students that its rows give, and how; missing where they disagree."""
    sizes = rows.groupby("majors_together").agg(
        students=("students", "first"),
        different=("students", lambda counts: counts.nunique(dropna=False)),
        source_rows=("source_row", listed),
    )
    agreed = sizes["different"] == 1
    return sizes.assign(students=sizes["students"].where(agreed), how=agreed.map({True: how, False: how_not}))


def _rests(several: pd.DataFrame, sizes: pd.Series, order: list[str]) -> pd.DataFrame:
    """By the names of the majors left over, what rows of several majors hold beyond the sizes already fixed.

    Missing where rows disagree, where a fixed size is in doubt, where less than nothing is left, and where groups
    of majors overlap without being the same.
    """
    known = several["major"].isin(sizes.index)
    size = several["major"].map(sizes).astype("Int64").where(known, 0)
    by_row = several.assign(size=size, left=several["major"].mask(known, "")).groupby("source_row")
    rows = by_row.agg(
        students=("students", "first"),
        known=("size", lambda sizes: sizes.sum(skipna=False)),
        cut_off=("cut_off", "first"),
        majors_together=("left", lambda names: "、".join(sorted(filter(None, names), key=order.index))),
    )
    rows["students"] -= rows["known"].astype("Int64")
    unnamed = rows["cut_off"] & (rows["students"] > 0).fillna(False)
    rows = rows[(rows["majors_together"] != "") | unnamed].reset_index()
    rests = _sizes(rows, "共享行减去已知专业后的余数", "无法从表中得出")
    names = pd.Series(rests.index, index=rests.index).str.split("、").explode()
    overlapping = rests.index.isin(names[names.duplicated(keep=False)].index)
    cut_off = rows.groupby("majors_together")["cut_off"].any()
    certain = ~overlapping & (rests["students"] >= 0).fillna(False)
    how = rests["how"] + cut_off.map({True: "；单元格被截断，可能还含其后的专业", False: ""})
    return rests.assign(students=rests["students"].where(certain), how=how.where(certain, "无法从表中得出")).set_axis(
        rests.index.where(rests.index != "", "被截断的专业")
    )


def _by_group(tables: Tables, group_of: pd.Series | dict[str, str], name: str) -> pd.DataFrame:
    """One row per group of majors, and one for each set of groups that share places, under the column `name`."""
    majors = tables.majors.assign(**{name: _looked_up(tables.majors["major"], group_of)})
    of_row = majors.groupby("source_row")[name].agg(listed)
    applications = only_approved(tables.applications)
    table = totals(applications.assign(**{name: _looked_up(applications["source_row"], of_row)}), [name])
    table = table.drop(columns=["certificates", "certificate_levels"])
    table.insert(1, "majors_count", table[name].map(majors.groupby(name)["major"].nunique()).astype("Int64"))
    return table.sort_values("places_approved", ascending=False, kind="stable", ignore_index=True)


def _major_rows(tables: Tables) -> pd.DataFrame:
    """`majors` with the row's students and approved places, `shared` (with other majors) and `cut_off` (the row is)."""
    applications = only_approved(tables.applications)[["source_row", "students", "places_approved"]]
    rows = tables.majors.merge(applications, on="source_row")
    by_row = rows.groupby("source_row")
    return rows.assign(
        shared=by_row["major"].transform("size") > 1, cut_off=by_row["truncated"].transform("any").astype(bool)
    )


def _groups(lists: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """Major → the names of all majors that it shares places with, directly or through others, and its own.

    >>> _groups([("甲",), ("甲", "乙"), ("乙", "丙"), ("丁",)])
    {'甲': '甲、乙、丙', '乙': '甲、乙、丙', '丙': '甲、乙、丙', '丁': '丁'}
    """
    groups: list[list[str]] = []
    for names in lists:
        joined = [group for group in groups if set(group) & set(names)]
        groups = [group for group in groups if group not in joined]
        groups.append(list(dict.fromkeys([*(name for group in joined for name in group), *names])))
    return {name: "、".join(group) for group in groups for name in group}


def _looked_up(keys: pd.Series, words: pd.Series | dict[str, str], otherwise: str = UNCLASSIFIED) -> pd.Series:
    texts = keys.map(words).astype(object)
    return texts.where(texts.notna(), otherwise).astype(str)
