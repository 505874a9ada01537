"""A table of many schools → totals by school, round, level, city and certificate: read and added up piece by piece."""

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from pandas.api.types import union_categoricals

from pilotlib.columns import title_of
from pilotlib.distinct import each_value, in_order
from pilotlib.errors import PilotError
from pilotlib.province.pieces import SchoolPiece, cleaned_pieces, school_name
from pilotlib.reading.pieces import files_of
from pilotlib.reading.texts import BLOCK_BYTES
from pilotlib.statistics.recount import TOTALLED, Recount, added, recount_piece
from pilotlib.vocabulary import APPROVED_STATUSES, NO_SCHOOL, UNKNOWN, in_level_order, in_round_order

GROUPS = ["school", "year", "city", "application_round", "level"]
PLACES = ["places_applied", "places_approved"]
SUMS = ["applications", *PLACES, "cells_changed", "unknown"]
# Each table of totals and the columns by which it adds up.
TOTALS_BY = {
    "by_school": ["school", "year"],
    "by_round": ["year", "application_round"],
    "by_level": ["year", "level"],
    "by_city": ["year", "city"],
    "overview": [],
}
# The order of the words of a column.
ORDERS: dict[str, Callable[[list[str]], Iterable[str]]] = {
    "school": sorted,
    "city": sorted,
    "application_round": in_round_order,
    "level": in_level_order,
}
# Sums of pieces are added together when so many more certificates of schools have come.
FEWEST_TO_ADD = 2_000_000


class Sums(NamedTuple):
    """What some rows of a table add up to; what others add up to can be added.

    `groups` has the sums by `school, year, city, application_round, level`, `certificates` those by `certificate`:
    `applications, places_applied, places_approved, cells_changed`, and `unknown`, the applications that lack a number.
    `of_schools` are the different `school, year, certificate, level`, `of_places` the different
    `year, city, application_round, level, certificate`. `set_aside` counts `rows` by `school, reason`, and `rows` are
    all rows below the header. `recount` is the second count of them all, made from the raw cells.
    """

    groups: pd.DataFrame
    certificates: pd.DataFrame
    of_schools: pd.DataFrame
    of_places: pd.DataFrame
    set_aside: pd.DataFrame
    rows: int
    recount: Recount


def summarise_table(
    path: Path | str,
    by: str = "学校",
    block_bytes: int = BLOCK_BYTES,
    each: Callable[[Callable[[Path], Sums], list[Path]], Iterable[Sums]] = map,
) -> dict[str, pd.DataFrame]:
    """Clean a table of any size piece by piece and add it up.

    Args:
        path: A csv, tsv or Parquet file, or a folder of them; other files that `read_table` reads.
        by: The title of the column that names the school.
        block_bytes: The size of a piece: memory is a multiple of it, and time hardly depends on it.
        each: How the files of a folder are gone through: one after the other, or spread by what is called like `map`.

    Returns:
        The tables of `tables_of`.

    Raises:
        PilotError: the table cannot be read, has no such column or no application, or two counts differ.
    """
    sums = add(list(each(functools.partial(sum_file, by=by, block_bytes=block_bytes), files_of(path))))
    if sums.groups.empty:
        raise PilotError(f"{Path(path).name}：表头以下没有一行申报。请确认是申报明细表。")
    tables = tables_of(sums)
    compare(tables, sums.recount)
    return tables


def sum_file(path: Path, by: str, block_bytes: int = BLOCK_BYTES) -> Sums:
    """Clean one file of a table piece by piece and add it up.

    Raises:
        PilotError: the file cannot be read, or has no such column.
    """
    parts: list[Sums] = []
    for piece in cleaned_pieces(path, by, block_bytes):
        parts.append(sum_piece(piece))
        if sum(len(part.of_schools) for part in parts[1:]) > max(FEWEST_TO_ADD, len(parts[0].of_schools)):
            parts = [add(parts)]
    return add(parts)


def sum_piece(piece: SchoolPiece) -> Sums:
    """The sums of a cleaned piece."""
    cleaned, applied = piece.cleaned, (piece.cleaned.reasons == "").to_numpy()
    applications = cleaned.applications.reset_index(drop=True)
    approved = applications["status"].isin(APPROVED_STATUSES)
    lacking = applications["places_applied"].isna() | (approved & applications["places_approved"].isna())
    rows = pd.DataFrame(
        {
            "school": each_value(piece.schools[applied], lambda name: name or NO_SCHOOL).array,
            "year": applications["year"],
            "city": piece.cities[applied].array,
            "application_round": _named(applications["application_round"]),
            "level": _named(applications["level"]),
            "certificate": applications["certificate"],
            "applications": 1,
            "places_applied": applications["places_applied"],
            "places_approved": applications["places_approved"].where(approved),
            "cells_changed": cleaned.cells_changed.array,
            "unknown": lacking.astype("int64"),
        }
    )
    aside = pd.DataFrame({"school": piece.schools.array, "reason": cleaned.reasons.array, "rows": 1})
    below = piece.piece.rows != 0
    return Sums(
        _summed(rows, GROUPS, SUMS),
        _summed(rows, ["certificate"], SUMS),
        rows[["school", "year", "certificate", "level"]].drop_duplicates(),
        rows[["year", "city", "application_round", "level", "certificate"]].drop_duplicates(),
        _summed(aside[below & ~applied], ["school", "reason"], ["rows"]),
        int((piece.piece.rows > 0).sum()),
        recount_piece(
            piece.piece.cells,
            piece.piece.header,
            piece.piece.first,
            continued=piece.piece.origin.continued,
            by=piece.positions,
            name_group=lambda text: school_name(text) or NO_SCHOOL,
        ),
    )


def add(parts: Sequence[Sums]) -> Sums:
    """The sums of all rows of which there are sums, one or more."""
    if len(parts) == 1:
        return parts[0]
    groups, certificates, of_schools, of_places, set_aside, rows, recounts = zip(*parts, strict=True)
    return Sums(
        _summed(_stacked(groups), GROUPS, SUMS),
        _summed(_stacked(certificates), ["certificate"], SUMS),
        _stacked(of_schools).drop_duplicates(ignore_index=True),
        _stacked(of_places).drop_duplicates(ignore_index=True),
        _summed(_stacked(set_aside), ["school", "reason"], ["rows"]),
        sum(rows),
        added(recounts),
    )


def tables_of(sums: Sums) -> dict[str, pd.DataFrame]:
    """The tables of totals.

    Returns:
        `by_school`, `by_round`, `by_level`, `by_city` (empty without cities) and `overview`: the columns they add up
        by, then `schools, applications, certificates, certificate_levels, places_applied, places_approved,
        cells_changed, lower_bound`; and `by_certificate`, which has no certificates to count, the most places first.
        A sum of nothing but missing numbers is missing; one that lacks a number is a lower bound.
        `by_school` has the `city`, several of them joined. It and `overview` also count `rows_set_aside`; those of a
        school with several years count in its first row, and those that name no school, or one without applications,
        in the overview alone. `set_aside` counts all of them by `school, reason`.
    """
    groups, of_schools, of_places = map(_in_order, (sums.groups, sums.of_schools, sums.of_places))
    tables = {name: _totals(groups, of_schools if "school" in by else of_places, by) for name, by in TOTALS_BY.items()}
    aside = sums.set_aside.astype({"school": "str", "reason": "str"})
    aside = aside.sort_values(["school", "reason"], ignore_index=True)
    total = int(aside["rows"].sum())
    return tables | {
        "by_school": _with_rows_set_aside(_with_cities(tables["by_school"].drop(columns="schools"), groups), aside),
        "by_city": tables["by_city"] if groups["city"].notna().any() else tables["by_city"].iloc[:0],
        "by_certificate": _by_certificate(sums.certificates, of_schools),
        "overview": tables["overview"].assign(rows_read=sums.rows, rows_set_aside=total),
        "set_aside": aside,
    }


def compare(tables: dict[str, pd.DataFrame], recount: Recount) -> None:
    """Hold the tables against the second count.

    Raises:
        PilotError: two counts differ; names school, measure and both numbers.
    """
    overview = tables["overview"].iloc[0]
    by_school = tables["by_school"].groupby("school")[list(TOTALLED)].sum()
    first = Counter({("", name): int(overview[name]) for name in ("certificates", "certificate_levels", "rows_read")})
    for name in TOTALLED:
        numbers = zip(by_school.index.tolist(), by_school[name].tolist(), strict=True)
        first.update({(school, name): int(number) for school, number in numbers})
    second = recount.totals + Counter(
        {
            ("", "certificates"): len({certificate for certificate, _ in recount.pairs}),
            ("", "certificate_levels"): len(recount.pairs),
            ("", "rows_read"): recount.rows,
        }
    )
    differing = [key for key in first | second if first[key] != second[key]]
    if differing:
        school, measure = differing[0]
        raise PilotError(
            f"两次计数不一致：{school or '全表'}的{title_of(measure)}为 {first[school, measure]}，"
            f"从原始单元格重数为 {second[school, measure]}。共 {len(differing)} 处不一致，没有汇总；"
            "请把申报表交给维护者查看。"
        )


def _totals(groups: pd.DataFrame, pairs: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The sums by some columns, and how many different schools, certificates and certificate × level there are."""
    keys = by or (lambda row: 0)
    of_pairs = pairs.groupby(keys, observed=True, dropna=False)["certificate"]
    different = pairs if len(pairs.columns) == len(by) + 2 else pairs.drop_duplicates([*by, "certificate", "level"])
    schools = groups["school"].where(groups["school"] != NO_SCHOOL)
    of_groups = groups.assign(named=schools).groupby(keys, observed=True, dropna=False)
    sums = of_groups[SUMS].sum(min_count=1)
    return pd.DataFrame(
        {
            "schools": of_groups["named"].nunique(),
            "applications": sums["applications"],
            "certificates": of_pairs.nunique(),
            "certificate_levels": different.groupby(keys, observed=True, dropna=False).size(),
            **{name: sums[name] for name in PLACES},
            "cells_changed": sums["cells_changed"],
            "lower_bound": sums["unknown"] > 0,
        }
    ).reset_index(drop=not by)


def _with_cities(by_school: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """The table with the cities of each school and year, "" where there is none."""
    places = groups[["school", "year", "city"]].dropna(subset="city").drop_duplicates().sort_values("city")
    joined = places.groupby(["school", "year"], observed=True, dropna=False)["city"].agg("、".join).reset_index()
    cities = by_school[["school", "year"]].merge(joined, on=["school", "year"], how="left")["city"]
    by_school.insert(2, "city", cities.astype("str").fillna(""))
    return by_school


def _with_rows_set_aside(by_school: pd.DataFrame, aside: pd.DataFrame) -> pd.DataFrame:
    """The table with the rows that name a school and are no applications, told in the first of its years."""
    schools = by_school["school"].astype("str")
    counted = schools.map(aside.groupby("school")["rows"].sum()).fillna(0).astype("int64")
    by_school = by_school.assign(school=schools)
    by_school.insert(len(by_school.columns) - 1, "rows_set_aside", counted.where(~schools.duplicated(), 0))
    return by_school


def _by_certificate(certificates: pd.DataFrame, of_schools: pd.DataFrame) -> pd.DataFrame:
    """The sums of each certificate, its levels taken together, and how many schools have it."""
    named = of_schools[of_schools["school"] != NO_SCHOOL].drop_duplicates(["certificate", "school"])
    schools = named["certificate"].value_counts()
    table = pd.DataFrame(
        {
            "certificate": certificates["certificate"].astype("str"),
            "schools": certificates["certificate"].map(schools).astype("Int64").fillna(0).astype("int64"),
            **{name: certificates[name] for name in ("applications", *PLACES, "cells_changed")},
            "lower_bound": certificates["unknown"] > 0,
        }
    )
    return table.sort_values(["places_approved", "certificate"], ascending=[False, True], ignore_index=True)


def _summed(rows: pd.DataFrame, by: list[str], sums: list[str]) -> pd.DataFrame:
    return rows.groupby(by, observed=True, dropna=False, sort=False)[sums].sum(min_count=1).reset_index()


def _named(column: pd.Series) -> pd.Series:
    """A categorical in which what is missing is called unknown."""
    if UNKNOWN not in column.cat.categories:
        column = column.cat.add_categories(UNKNOWN)
    return column.fillna(UNKNOWN)


def _stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables of the same columns below each other, text as categoricals of all their words."""
    return pd.DataFrame({name: _below_each_other([table[name] for table in tables]) for name in tables[0]})


def _below_each_other(columns: list[pd.Series]) -> pd.Series:
    if isinstance(columns[0].dtype, pd.CategoricalDtype):
        return pd.Series(union_categoricals(columns, ignore_order=True))
    return pd.concat(columns, ignore_index=True)


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its words in the order in which tables are sorted; a city that is not named is missing."""
    return table.assign(
        **{name: in_order(table[name], ORDERS[name]) for name in table.columns.intersection(list(ORDERS))}
    )
