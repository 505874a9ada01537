"""A table of many schools → totals by school, round, level, city and certificate, added up piece by piece."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from pilotlib.cleaning import CleanedPiece
from pilotlib.cleaning.rows import Piece
from pilotlib.columns import title_of
from pilotlib.distinct import each_value, in_order
from pilotlib.errors import PilotError
from pilotlib.province.files import files_of
from pilotlib.province.owners import Owner
from pilotlib.province.pieces import NOBODYS, cleaned_pieces, school_name
from pilotlib.province.workers import Spread
from pilotlib.reading.texts import BLOCK_BYTES
from pilotlib.report.told import names_of
from pilotlib.statistics.places import BOUNDS, PLACES, lacking, only_approved
from pilotlib.statistics.recount import TOTALLED, Recount, added, recount_piece
from pilotlib.vocabulary import NO_ROUND, NO_SCHOOL, NOTHING_SAID, UNKNOWN, in_level_order, in_round_order

GROUPS = ["school", "year", "city", "application_round", "level"]
# How many applications lack a count that is due, of each of `PLACES`.
LACKS = ["applied_lacking", "approved_lacking"]
SUMS = ["applications", *PLACES, "cells_changed", *LACKS]
# What is kept of a piece: tables by these columns, with sums of those; one without sums says what occurs together.
_PARTS: dict[str, tuple[list[str], list[str]]] = {
    "groups": (GROUPS, SUMS),
    "certificates": (["certificate"], SUMS),
    "of_schools": (["school", "year", "certificate", "level"], []),
    "of_places": (["year", "city", "application_round", "level", "certificate"], []),
    "set_aside": (["school", "reason"], ["rows"]),
}
# Each table of totals and the columns by which it adds up.
_TOTALS_BY = {
    "by_school": ["school", "year"],
    "by_round": ["year", "application_round"],
    "by_level": ["year", "level"],
    "by_city": ["year", "city"],
    "overview": [],
}
# The order of the words of a column.
_ORDERS: dict[str, Callable[[list[str]], Iterable[str]]] = {
    "school": sorted,
    "city": sorted,
    "application_round": in_round_order,
    "level": in_level_order,
}
# Sums of pieces are added together when so many more certificates of schools have come.
_FEWEST_TO_ADD = 2_000_000


class Sums(NamedTuple):
    """What rows add up to: the tables of `_PARTS`, the number of rows, and the count of the raw cells."""

    tables: dict[str, pd.DataFrame]
    rows: int
    recount: Recount


def summarise_table(
    path: Path | str,
    by: str = "学校",
    block_bytes: int = BLOCK_BYTES,
    spread: Spread | None = None,
    owners: dict[str, Owner] = NOBODYS,
    answers: Mapping[str, str] = NOTHING_SAID,
) -> dict[str, pd.DataFrame]:
    """Clean a table of any size piece by piece and add it up: the tables of `tables_of`.

    `path` is a csv, tsv or Parquet file, another that `read_table` reads, or a folder of them, `by` the title
    of the column that names the school, `block_bytes` the size of a piece: memory is a multiple of it, time
    hardly depends on it. `spread` goes through the files of a folder, several at once; else one after the other;
    `owners` are those of schools' own files in it, `answers` what unknown statuses mean.
    PilotError: the table cannot be read, has no such column or no application, or two counts differ.
    """
    sum_one = partial(sum_file, by=by, block_bytes=block_bytes, owners=owners, answers=answers)
    files = files_of(path)
    results = spread(sum_one, files) if spread and len(files) > 1 else zip(files, map(sum_one, files), strict=True)
    parts: list[Sums] = []
    for file, part in results:
        if part is None:
            raise PilotError(f"{file.name}：汇总这个文件的进程两次中途退出，常因内存不足。")
        parts.append(part)
    sums = _add(parts)
    if sums.tables["groups"].empty:
        raise PilotError(f"{Path(path).name}：表头以下没有一行申报。请确认是申报明细表。")
    tables = tables_of(sums)
    _compare(tables, sums.recount)
    return tables


def sum_file(path: Path, by: str, block_bytes: int, owners: dict[str, Owner], answers: Mapping[str, str]) -> Sums:
    """Clean one file of a table piece by piece and add it up."""
    parts: list[Sums] = []
    sum_piece = partial(_sum_piece, answers)
    for sums in cleaned_pieces(path, by, block_bytes, sum_piece, owners, answers):
        parts.append(sums)
        pairs = [len(part.tables["of_schools"]) for part in parts]
        if sum(pairs[1:]) > max(_FEWEST_TO_ADD, pairs[0]):
            parts = [_add(parts)]
    return _add(parts)


def _sum_piece(
    answers: Mapping[str, str],
    piece: Piece,
    by: list[int],
    cleaned: CleanedPiece,
    schools: pd.Series,
    cities: pd.Series,
) -> Sums:
    applied = (cleaned.reasons == "").to_numpy()
    applications = only_approved(cleaned.applications.reset_index(drop=True))
    rows = applications.assign(
        school=each_value(schools[applied], lambda name: name or NO_SCHOOL).array,
        city=cities[applied].array,
        application_round=_named(applications["application_round"], NO_ROUND),
        level=_named(applications["level"], UNKNOWN),
        applications=1,
        cells_changed=cleaned.cells_changed.array,
        **lacking(applications).set_axis(LACKS, axis="columns").astype("int64"),
    )
    aside = pd.DataFrame({"school": schools.array, "reason": cleaned.reasons.array, "rows": 1})
    aside = aside[(piece.rows != 0) & ~applied]
    tables = {name: _added(aside if name == "set_aside" else rows, name) for name in _PARTS}
    labels = [piece.cells.iloc[:, place] for place in by] or [schools]
    named = partial(recount_piece, labels=labels, name_group=lambda text: school_name(text) or NO_SCHOOL)
    recount = named(piece.cells, piece.header, piece.first, aside=piece.origin.aside, answers=answers)
    return Sums(tables, int((piece.rows > 0).sum()), recount)


def _add(parts: Sequence[Sums]) -> Sums:
    if len(parts) == 1:
        return parts[0]
    return Sums(
        {name: _added(_stacked([part.tables[name] for part in parts]), name) for name in _PARTS},
        sum(part.rows for part in parts),
        added(part.recount for part in parts),
    )


def _added(rows: pd.DataFrame, part: str) -> pd.DataFrame:
    by, sums = _PARTS[part]
    if not sums:
        return rows[by].drop_duplicates(ignore_index=True)
    return rows.groupby(by, observed=True, dropna=False, sort=False)[sums].sum(min_count=1).reset_index()


def _stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables of the same columns below each other, text as categoricals of all their words."""
    columns: dict[str, Any] = {}
    for name in names_of(tables[0]):
        parts = [table[name] for table in tables]
        is_text = isinstance(parts[0].dtype, pd.CategoricalDtype)
        columns[name] = union_categoricals(parts, ignore_order=True) if is_text else pd.concat(parts, ignore_index=True)
    return pd.DataFrame(columns)


def _named(column: pd.Series, name: str) -> pd.Series:
    """A categorical in which what is missing has a name."""
    return column.cat.set_categories(column.cat.categories.union([name], sort=False)).fillna(name)


def tables_of(sums: Sums) -> dict[str, pd.DataFrame]:
    """`by_school`, `by_round`, `by_level`, `by_city`, `by_certificate`, `overview`, and `set_aside` (by `reason`).

    They have the columns by which they add up, then, as far as they apply, `schools, applications, certificates,
    certificate_levels, places_applied, places_approved, cells_changed` and `BOUNDS`: a sum of missing numbers alone is
    missing, one that lacks a number is a lower bound, unless nobody in the table gives it. `by_school` has the `city`,
    several joined, and like `overview` `rows_set_aside`: those of a school in its first year, those that name no
    school with applications only over all.
    """
    groups, of_schools, of_places = (_in_order(sums.tables[name]) for name in ("groups", "of_schools", "of_places"))
    lacks = [lack for name, lack in zip(PLACES, LACKS, strict=True) if groups[name].notna().any()]
    tables = {}
    for name, by in _TOTALS_BY.items():
        pairs = of_schools if "school" in by else of_places.drop_duplicates([*by, "certificate", "level"])
        tables[name] = _totals(groups, groups, by, lacks, pairs)
    certificates = _totals(sums.tables["certificates"], of_schools, ["certificate"], lacks)
    certificates = certificates.astype({"certificate": "str"})
    aside = sums.tables["set_aside"].astype({"school": "str", "reason": "str"})
    aside = aside.sort_values(["school", "reason"], ignore_index=True)
    places = groups[["school", "year", "city"]].dropna(subset="city").drop_duplicates().sort_values("city")
    cities = places.groupby(["school", "year"], observed=True, dropna=False)["city"].agg("、".join).reset_index()
    by_school = tables["by_school"].merge(cities, on=["school", "year"], how="left")
    by_school = by_school.drop(columns="schools").astype({"school": "str", "city": "str"})
    rows = by_school["school"].map(aside.groupby("school")["rows"].sum()).fillna(0).astype("int64")
    by_school.insert(2, "city", by_school.pop("city").fillna(""))
    by_school.insert(len(by_school.columns) - 1, "rows_set_aside", rows.where(~by_school["school"].duplicated(), 0))
    return tables | {
        "by_school": by_school,
        "by_city": tables["by_city"] if groups["city"].notna().any() else tables["by_city"].iloc[:0],
        "by_certificate": certificates.sort_values(
            ["places_approved", "certificate"], ascending=[False, True], ignore_index=True
        ),
        "overview": tables["overview"].assign(rows_read=sums.rows, rows_set_aside=int(aside["rows"].sum())),
        "set_aside": aside,
    }


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its words in the order in which tables are sorted; a city not named is missing."""
    return table.assign(**{name: in_order(table[name], order) for name, order in _ORDERS.items() if name in table})


def _totals(
    sums: pd.DataFrame, schools: pd.DataFrame, by: list[str], lacks: list[str], pairs: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The sums by some columns, of how many different schools, and how many certificates are in `pairs`; those of
    which one of `lacks` is not 0 are lower bounds."""

    def grouped(table: pd.DataFrame) -> Any:
        return table.groupby(by or np.zeros(len(table), int), observed=True, dropna=False)

    totals = grouped(sums)[SUMS].sum(min_count=1)
    named = schools.assign(school=schools["school"].where(schools["school"] != NO_SCHOOL))
    totals.insert(0, "schools", grouped(named)["school"].nunique())
    if pairs is not None:
        totals.insert(2, "certificates", grouped(pairs)["certificate"].nunique())
        totals.insert(3, "certificate_levels", grouped(pairs).size())
    bounds = {bound: (totals[lack] > 0) & (lack in lacks) for bound, lack in zip(BOUNDS, LACKS, strict=True)}
    return totals.drop(columns=LACKS).assign(**bounds).reset_index(drop=not by)


def _compare(tables: dict[str, pd.DataFrame], recount: Recount) -> None:
    """Hold the tables against the second count; an error names school, measure and both numbers."""
    overview = tables["overview"].iloc[0]
    by_school = tables["by_school"].groupby("school")[TOTALLED].sum().astype("int64")
    first = Counter({("", name): int(overview[name]) for name in ("certificates", "certificate_levels", "rows_read")})
    for name in TOTALLED:
        first.update({(str(school), name): count for school, count in by_school[name].to_dict().items()})
    second = Counter(recount.totals)
    second["", "certificates"] = len({certificate for certificate, _ in recount.pairs})
    second["", "certificate_levels"] = len(recount.pairs)
    second["", "rows_read"] = recount.rows
    differing = [key for key in first | second if first[key] != second[key]]
    if differing:
        key = differing[0]
        what = f"{key[0] or '全表'}的{title_of(key[1])}为 {first[key]}，从原始单元格重数为 {second[key]}。"
        rest = f"共 {len(differing)} 处不一致，没有汇总；请把申报表交给维护者查看。"
        raise PilotError(f"两次计数不一致：{what}{rest}")
