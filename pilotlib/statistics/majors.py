"""Majors: places alone and shared, distinct students, places per 100 students, by 大类 and by college.

A row that names several majors gives its places to all of them together. They are never split and never added up
twice: per major they stand in a column of their own, and wherever totals are formed such majors are taken together.
"""

from collections.abc import Iterable

import pandas as pd

from pilotlib.statistics.tables import Tables, only_approved
from pilotlib.values import listed

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
    alone = rows[~rows["shared"] & ~rows["cut_off"]].groupby("major")
    fixed = alone.agg(students=("students", "first"), sizes=("students", "nunique"), source_rows=("source_row", listed))
    fixed = fixed[fixed["sizes"] > 0]
    fixed["how"] = fixed["sizes"].map(
        lambda sizes: "单独申报的行直接给出" if sizes == 1 else "各行所写不同，按缺失处理"
    )
    fixed["students"] = fixed["students"].mask(fixed["sizes"] > 1)

    order = rows.drop_duplicates("major").reset_index()["major"]
    rows = rows.sort_values("major", key=lambda names: names.map(pd.Series(order.index, order)), kind="stable")
    other = rows[rows["shared"] | rows["cut_off"]].assign(size=lambda table: table["major"].map(fixed["students"]))
    left = other["major"].mask(other["major"].isin(fixed.index), "")
    lists = (
        other.assign(left=left)
        .groupby("source_row")
        .agg(
            students=("students", "first"),
            cut_off=("cut_off", "first"),
            # a size that is in doubt leaves the rest in doubt
            known=("size", "sum"),
            doubtful=("major", lambda majors: majors.map(fixed["sizes"]).gt(1).any()),
            majors_together=("left", lambda names: "、".join(filter(None, names))),
        )
    )
    lists["students"] = (lists["students"] - lists["known"].astype("Int64")).mask(lists["doubtful"])
    lists = lists[(lists["majors_together"] != "") | (lists["cut_off"] & (lists["students"] > 0).fillna(False))]
    rests = (
        lists.reset_index()
        .groupby("majors_together")
        .agg(
            students=("students", "first"),
            sizes=("students", "nunique"),
            source_rows=("source_row", listed),
            cut_off=("cut_off", "any"),
        )
    )
    names = pd.Series(rests.index, index=rests.index).str.split("、").explode()
    overlapping = names[names.duplicated(keep=False)].index
    rests["students"] = rests["students"].mask(
        (rests["sizes"] != 1) | rests.index.isin(overlapping) | (rests["students"] < 0)
    )
    rests["how"] = "共享行减去已知专业后的余数" + rests["cut_off"].map(
        {True: "；单元格被截断，可能还含其后的专业", False: ""}
    )
    rests["how"] = rests["how"].mask(rests["students"].isna(), "无法从表中得出")
    rests.index = rests.index.where(rests.index != "", "被截断的专业")
    told = {name for names in (*fixed.index, *rests.index) for name in names.split("、")}
    absent = [name for name in rows["major"].unique() if name not in told]
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
    found = keys.map(words).astype(object)
    return found.where(found.notna(), otherwise).astype(str)


def _sum(counts: pd.Series):
    """The sum; missing, not 0, where every count is missing."""
    return counts.sum(min_count=1)
