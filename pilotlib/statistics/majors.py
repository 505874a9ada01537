"""Majors: places alone and shared, distinct students, places per 100 students, by 大类 and by college.

A row that names several majors gives its places to all of them together. They are never split and never added up
twice: per major they stand in a column of their own, and wherever totals are formed such majors are taken together.
"""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from pilotlib.statistics.tables import Tables, only_approved
from pilotlib.vocabulary import listed

UNCLASSIFIED = "未归类"


def by_major(tables: Tables) -> pd.DataFrame:
    """One row per major in the order of the catalogue: students, places of its own, places shared with others."""
    rows = _major_rows(tables)
    groups = rows.groupby(["major", "shared"])["places_approved"]
    counts = groups.size().unstack("shared").reindex(columns=[False, True]).fillna(0).astype("int64")
    places = groups.agg(_sum).unstack("shared").reindex(columns=[False, True]).astype("Int64")
    pairs = rows.merge(rows[["source_row", "major"]], on="source_row", suffixes=("", "_other"))
    others = pairs[pairs["major"] != pairs["major_other"]].groupby("major")["major_other"].agg(listed)
    sizes = distinct_students(tables).set_index("majors_together")["students"]
    majors = rows.drop_duplicates("major").sort_values(["category", "code", "source_row"], ignore_index=True)
    return majors[["major", "catalogue_name", "code", "category"]].assign(
        students=majors["major"].map(sizes).astype("Int64"),
        applications_alone=majors["major"].map(counts[False]),
        places_approved_alone=majors["major"].map(places[False]),
        applications_shared=majors["major"].map(counts[True]),
        places_approved_shared=majors["major"].map(places[True]),
        shared_with=_looked_up(majors["major"], others, ""),
    )


def distinct_students(tables: Tables) -> pd.DataFrame:
    """Students of the majors, each counted once: `majors_together, students, source_rows, how`.

    A row of one major fixes its size. From a row of several, the sizes so known are taken off; the rest belongs to
    the other majors together and is not split. What cannot be told is missing and makes the sum a lower bound.
    """
    rows = _major_rows(tables)
    fixed = _fixed_sizes(rows)
    rests = _rests(rows, fixed)
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
    grouped = rows.assign(group=rows["major"].map(groups)).drop_duplicates("source_row")
    places = grouped.groupby("group")["places_approved"].agg(_sum)
    sizes = distinct_students(tables)
    group_of_size = sizes["majors_together"].str.split("、").str[0].map(groups)
    students = sizes.groupby(group_of_size)["students"].agg(lambda counts: counts.sum(skipna=False))
    table = pd.DataFrame({"places_approved": places, "students": students.reindex(places.index)}).astype("Int64")
    ratio = (table["places_approved"].astype("Float64") / table["students"].astype("Float64") * 100).round(2)
    ratio = ratio.where(table["students"] > 0)
    return (
        table.assign(places_per_100_students=ratio, majors_count=[len(name.split("、")) for name in table.index])
        .rename_axis("majors_together")
        .reset_index()
        .sort_values(["places_per_100_students", "majors_together"], ascending=[False, True], ignore_index=True)
    )[["majors_together", "majors_count", "students", "places_approved", "places_per_100_students"]]


def by_category(tables: Tables) -> pd.DataFrame:
    """One row per 大类 of the catalogue, and one for places shared between several: majors, applications, places."""
    categories = tables.majors.drop_duplicates("major").set_index("major")["category"]
    return _by_group(tables, categories.astype(object).where(categories.notna(), UNCLASSIFIED), "category")


def by_college(tables: Tables) -> pd.DataFrame:
    """One row per college, as `by_category`; empty where the school has not said which majors are whose."""
    majors = pd.Series(tables.majors["major"].unique())
    table = _by_group(tables, _looked_up(majors, tables.colleges).set_axis(majors), "college")
    return table if tables.colleges else table.iloc[:0]


def _fixed_sizes(rows: pd.DataFrame) -> pd.DataFrame:
    """By major, the size that rows of this major alone give; missing where they disagree."""
    alone = rows[~rows["shared"] & ~rows["cut_off"]].dropna(subset="students").groupby("major")
    sizes = alone.agg(
        students=("students", "first"), different=("students", "nunique"), source_rows=("source_row", listed)
    )
    agreed = sizes["different"] == 1
    return sizes.assign(
        students=sizes["students"].where(agreed),
        how=agreed.map({True: "单独申报的行直接给出", False: "各行所写不同，按缺失处理"}),
    )


def _rests(rows: pd.DataFrame, fixed: pd.DataFrame) -> pd.DataFrame:
    """By the names of the majors left over, what rows of several majors hold beyond the sizes already fixed.

    Missing where rows disagree, where a fixed size is in doubt, where less than nothing is left, and where groups
    of majors overlap without being the same.
    """
    several = rows[rows["shared"] | rows["cut_off"]]
    known = several["major"].isin(fixed.index)
    size = several["major"].map(fixed["students"]).astype("Int64").where(known, 0)
    by_row = several.assign(size=size, left=several["major"].mask(known, "")).groupby("source_row")
    lists = by_row.agg(
        students=("students", "first"),
        known=("size", lambda sizes: sizes.sum(skipna=False)),
        cut_off=("cut_off", "first"),
        majors_together=("left", lambda names: "、".join(sorted(filter(None, names), key=list(rows["major"]).index))),
    )
    lists["rest"] = lists["students"] - lists["known"].astype("Int64")
    unnamed = lists["cut_off"] & (lists["rest"] > 0).fillna(False)
    groups = lists[(lists["majors_together"] != "") | unnamed].reset_index().groupby("majors_together")
    rests = groups.agg(
        students=("rest", "first"),
        different=("rest", lambda rests: rests.nunique(dropna=False)),
        cut_off=("cut_off", "any"),
        source_rows=("source_row", listed),
    )
    names = pd.Series(rests.index, index=rests.index).str.split("、").explode()
    overlapping = rests.index.isin(names[names.duplicated(keep=False)].index)
    certain = (rests["different"] == 1) & ~overlapping & (rests["students"] >= 0).fillna(False)
    how = rests["cut_off"].map({True: "；单元格被截断，可能还含其后的专业", False: ""})
    return rests.assign(
        students=rests["students"].where(certain),
        how=("共享行减去已知专业后的余数" + how).where(certain, "无法从表中得出"),
    ).set_axis(rests.index.where(rests.index != "", "被截断的专业"))


def _by_group(tables: Tables, group_of: pd.Series, name: str) -> pd.DataFrame:
    rows = _major_rows(tables).assign(group=lambda table: table["major"].map(group_of))
    of_row = rows.groupby("source_row")["group"].agg(listed)
    applications = only_approved(tables.applications)
    applications = applications.assign(group=_looked_up(applications["source_row"], of_row))
    table = applications.groupby("group").agg(
        applications=("source_row", "size"),
        places_applied=("places_applied", _sum),
        places_approved=("places_approved", _sum),
    )
    counted = table.assign(majors_count=rows.groupby("group")["major"].nunique().reindex(table.index).astype("Int64"))
    in_order = counted.sort_values("places_approved", ascending=False, kind="stable").rename_axis(name).reset_index()
    return in_order[[name, "majors_count", "applications", "places_applied", "places_approved"]]


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


def _sum(counts: pd.Series) -> Any:
    """The sum; missing, not 0, where every count is missing."""
    return counts.sum(min_count=1)
