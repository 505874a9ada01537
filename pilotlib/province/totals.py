"""A table of many schools → totals by school, round, level, city and certificate, added up piece by piece."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from pandas.api.types import union_categoricals

from pilotlib.distinct import each_value, in_order
from pilotlib.errors import PilotError
from pilotlib.province.files import about_pieces, files_of
from pilotlib.province.owners import Owner
from pilotlib.province.pieces import NOBODYS, SchoolsPiece, cleaned_pieces, school_name
from pilotlib.province.workers import Results, Spread
from pilotlib.reading.texts import BLOCK_BYTES
from pilotlib.report.told import names_of
from pilotlib.running.progress import bar
from pilotlib.statistics.agreement import stop_on_difference
from pilotlib.statistics.places import BOUNDS, COUNTED, PLACES, added_up, counted, only_approved
from pilotlib.statistics.recount import TOTALLED, Recount, added, recount_piece
from pilotlib.vocabulary import NO_ROUND, NO_SCHOOL, NOTHING_SAID, UNKNOWN, in_level_order, in_round_order

_TOTALS = ["schools", "applications", "certificates", "certificate_levels", *PLACES, "cells_changed", *BOUNDS]
_PLACE = ["year", "city", "application_round", "level"]
_SUMMED = [*COUNTED, "cells_changed"]
# The order of the words of a column.
_ORDERS: dict[str, Callable[[list[str]], Iterable[str]]] = {
    "school": sorted,
    "city": sorted,
    "application_round": in_round_order,
    "level": in_level_order,
}


class Sums(NamedTuple):
    """What comes of rows, all that totals are formed of, and few of many: applications added up `of_schools`, by
    school, year, city, round and level, and `of_certificates`, by all these and the certificate but the school; the
    `pairs` of certificate × level that each school has in a year; of each row set aside its `school` and `reason`; the
    number of rows read, and the count of the raw cells."""

    of_schools: pd.DataFrame
    of_certificates: pd.DataFrame
    pairs: pd.DataFrame
    set_aside: pd.DataFrame
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
    of the column that names the school, `block_bytes` the size of a piece, of which a few are in memory at once: of
    the others codes and counts are kept, no text. `spread` goes through the files of a folder, several at once; else
    one after the other; `owners` are those of schools' own files in it, `answers` what unknown statuses mean.
    PilotError: the table cannot be read, has no such column or no application, or two counts differ.
    """
    sum_one = partial(sum_file, by=by, block_bytes=block_bytes, owners=owners, answers=answers)
    files = files_of(path)
    results: Results = zip(files, map(sum_one, files), strict=True)
    if spread and len(files) > 1:
        results = bar(f"{Path(path).name}：汇总", spread(sum_one, files), "个文件", len(files))
    parts: list[Sums] = []
    for file, part in results:
        if part is None:
            raise PilotError(f"{file.name}：汇总这个文件的进程两次中途退出，常因内存不足。")
        parts.append(part)
    sums = _add(parts)
    if sums.of_schools.empty:
        raise PilotError(f"{Path(path).name}：表头以下没有一行申报。请确认是申报明细表。")
    tables = tables_of(sums)
    _compare(tables, sums.recount)
    return tables


def sum_file(path: Path, by: str, block_bytes: int, owners: dict[str, Owner], answers: Mapping[str, str]) -> Sums:
    """Clean one file of a table piece by piece, and keep what its totals are formed of."""
    pieces = cleaned_pieces(path, by, block_bytes, owners, answers)
    shown = bar(f"{Path(path).name}：汇总", pieces, total=about_pieces(path))
    return _add([_sum_piece(piece, answers) for piece in shown])


def _sum_piece(of_schools: SchoolsPiece, answers: Mapping[str, str]) -> Sums:
    piece, cleaned, by, schools, cities = of_schools
    applied = (cleaned.reasons == "").to_numpy()
    applications = counted(only_approved(cleaned.applications.reset_index(drop=True)))
    rows = applications.assign(
        school=each_value(schools[applied], lambda name: name or NO_SCHOOL).array,
        city=cities[applied].array,
        application_round=_named(applications["application_round"], NO_ROUND),
        level=_named(applications["level"], UNKNOWN),
        cells_changed=cleaned.cells_changed.array,
    )
    aside = pd.DataFrame({"school": schools.array, "reason": cleaned.reasons.array})[(piece.rows != 0) & ~applied]
    labels = [piece.cells.iloc[:, place] for place in by] or [schools]
    recount = recount_piece(
        piece.cells,
        piece.header,
        piece.first,
        aside=piece.origin.aside,
        answers=answers,
        labels=labels,
        name_group=lambda text: school_name(text) or NO_SCHOOL,
    )
    return Sums(*sums_of(rows), aside, int((piece.rows > 0).sum()), recount)


def sums_of(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The sums over applications with `school`, `city` and `cells_changed`: the first three tables of `Sums`."""
    by_school, by_certificate = (
        rows.groupby(by, observed=True, dropna=False, sort=False)[_SUMMED].sum(min_count=1).reset_index()
        for by in (["school", *_PLACE], [*_PLACE, "certificate"])
    )
    pairs = rows[["school", "year", "certificate", "level"]].drop_duplicates()
    return by_school, by_certificate, pairs.astype({"year": "Int16"})  # there are about as many as rows


def _add(parts: Sequence[Sums]) -> Sums:
    if len(parts) == 1:
        return parts[0]
    of_schools, of_certificates, pairs, set_aside, rows, recounts = zip(*parts, strict=True)
    sums = _stacked(of_schools), _stacked(of_certificates), _stacked(pairs)
    return Sums(*sums, _stacked(set_aside), sum(rows), added(recounts))


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
    of_schools, of_certificates, pairs = map(_in_order, (sums.of_schools, sums.of_certificates, sums.pairs))
    of_places = partial(
        _totals, of_schools.assign(table=0), of_certificates.assign(table=0), of_schools.assign(table=0)
    )
    tables = {
        "by_school": _totals(of_schools, pairs, of_schools, ["school", "year"]),
        "by_round": of_places(["year", "application_round"]),
        "by_level": of_places(["year", "level"]),
        "by_city": of_places(["year", "city"]),
        "overview": of_places(["table"]),
    }
    certificates = _totals(of_certificates, of_certificates, pairs, ["certificate"])
    aside = sums.set_aside.astype("str").groupby(["school", "reason"]).size().rename("rows").reset_index()
    places = of_schools[["school", "year", "city"]].dropna(subset="city").drop_duplicates().sort_values("city")
    cities = places.groupby(["school", "year"], observed=True, dropna=False)["city"].agg("、".join).reset_index()
    by_school = tables["by_school"].merge(cities, on=["school", "year"], how="left")
    by_school = by_school.drop(columns="schools").astype({"school": "str", "city": "str"})
    rows_aside = by_school["school"].map(aside.groupby("school")["rows"].sum()).fillna(0).astype("int64")
    by_school.insert(2, "city", by_school.pop("city").fillna(""))
    by_school.insert(
        len(by_school.columns) - 1, "rows_set_aside", rows_aside.where(~by_school["school"].duplicated(), 0)
    )
    certificates = certificates.drop(columns=["certificates", "certificate_levels"])
    read = {"rows_read": sums.rows, "rows_set_aside": len(sums.set_aside)}
    return tables | {
        "by_school": by_school,
        "by_city": tables["by_city"] if len(places) else tables["by_city"].iloc[:0],
        "by_certificate": certificates.astype({"certificate": "str"}).sort_values(
            ["places_approved", "certificate"], ascending=[False, True], ignore_index=True
        ),
        "overview": tables["overview"].drop(columns="table").assign(**read),
        "set_aside": aside,
    }


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its words in the order in which tables are sorted; a city not named is missing."""
    return table.assign(**{name: in_order(table[name], order) for name, order in _ORDERS.items() if name in table})


def _totals(sums: pd.DataFrame, pairs: pd.DataFrame, schools: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The totals by some columns: `sums` added up, of cells changed too, and how many different `pairs` there are,
    and `schools` that have a name."""
    named = schools.assign(schools=schools["school"].where(schools["school"] != NO_SCHOOL))
    schools_named = named.groupby(by, observed=True, dropna=False)["schools"].nunique()
    return added_up(sums, by, pairs).join(schools_named.reset_index(drop=True))[[*by, *_TOTALS]]


def _compare(tables: dict[str, pd.DataFrame], recount: Recount) -> None:
    """Hold the tables against the second count; an error names school, measure and both numbers."""
    overview, by_school = tables["overview"].iloc[0], tables["by_school"].groupby("school")[TOTALLED].sum()
    first = Counter({("", name): int(overview[name]) for name in ("certificates", "certificate_levels", "rows_read")})
    for name in TOTALLED:
        first.update({(str(school), name): int(count) for school, count in by_school[name].items()})
    second = recount.counts()
    second["", "rows_read"] = recount.rows
    stop_on_difference(first, second, "没有汇总")
