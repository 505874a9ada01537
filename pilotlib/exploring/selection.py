"""Which applications are looked at: chosen, counted, and written as the lines of pandas that choose them."""

import json
from collections.abc import Iterable
from typing import Any

import pandas as pd

from pilotlib.columns import source_columns
from pilotlib.exploring.years import Years
from pilotlib.report.shown import Table, shown
from pilotlib.report.told import Told, texts
from pilotlib.statistics import Tables
from pilotlib.statistics.indicators import overview
from pilotlib.vocabulary import UNKNOWN

# What can be chosen in the table of applications itself: its columns of words.
CHOICES = source_columns("round", "level", "name", "status", "text")
# What has been chosen of each column; nothing chosen is everything.
Selection = dict[str, tuple[Any, ...]]


def choices(years: Years) -> dict[str, list[Any]]:
    """What there is to choose from, by column; a level that is not known is 未知."""
    applications = years.applications
    found: dict[str, list[Any]] = {"year": list(years.years)}
    for name in [name for name in CHOICES if name in applications]:
        column = applications[name]
        words = list(column.cat.categories) if isinstance(column.dtype, pd.CategoricalDtype) else sorted(set(column))
        present = set(column.dropna())
        found[name] = [word for word in words if word in present] + ([UNKNOWN] if column.isna().any() else [])
    return found | {"major": list(dict.fromkeys(years.majors["major"]))}


def select(years: Years, selection: Selection) -> pd.DataFrame:
    """The applications that are chosen: those for which every column with a choice holds one of the chosen words."""
    rows = years.applications
    chosen = pd.Series(True, index=rows.index)
    for name in ("year", *CHOICES):
        words = selection.get(name, ())
        if words:
            chosen &= rows[name].isin(words) | (rows[name].isna() & (UNKNOWN in words))
    if selection.get("major"):
        majors = years.majors[years.majors["major"].isin(selection["major"])]
        keys = pd.MultiIndex.from_frame(majors[["year", "source_row"]])
        chosen &= pd.MultiIndex.from_frame(rows[["year", "source_row"]]).isin(keys)
    return rows[chosen]


def as_code(years: Years, selection: Selection) -> str:
    """The lines of pandas that give the same rows: `rows = rows[rows["level"].isin(["中级"])]`."""
    numbers = [*(selection.get("year") or years.years)]
    conditions = [_condition(name, selection[name]) for name in CHOICES if selection.get(name)]
    lines = ["from pilotlib import load_years"]
    if selection.get("major"):
        wanted = f'majors["major"].isin({_listed(selection["major"])})'
        lines += [
            f"years = load_years({numbers})",
            "rows, majors = years.applications, years.majors",
            f'rows = rows.merge(majors.loc[{wanted}, ["year", "source_row"]].drop_duplicates())',
        ]
    else:
        lines += [f"rows = load_years({numbers}).applications"]
    return "\n".join([*lines, *([f"rows = rows[{' & '.join(conditions)}]"] if conditions else [])])


def totals(years: Years, rows: pd.DataFrame) -> Table:
    """The overview of the chosen applications, a column a year: `measure, unit`, the years, 至少 before lower bounds.

    Of a part of a table only what can be counted in that part: nothing is split.
    """
    told = Told("totals", f"所选申报：{len(rows):,}项", "只数所选的申报，名额不拆分。", "各行注明", "申报明细表", rows)
    columns = {}
    for year in dict.fromkeys(rows["year"]):
        part = rows[rows["year"] == year]
        majors = years.majors[(years.majors["year"] == year) & years.majors["source_row"].isin(part["source_row"])]
        of_year = years.indicators[years.indicators["year"] == year]
        table = overview(Tables(pd.DataFrame(part), pd.DataFrame(majors), of_year, years.colleges))
        columns[f"{year}年"] = table.set_index("measure")
    if not columns:
        none = pd.DataFrame({"measure": [], "unit": []}, dtype="str")
        return shown(told._replace(title="没有符合条件的申报", data=none))
    first = next(iter(columns.values()))
    values = {
        year: texts(told._replace(data=table[["value", "lower_bound"]]))["value"] for year, table in columns.items()
    }
    data = pd.DataFrame({"measure": first.index, "unit": first["unit"].to_numpy()})
    return shown(told._replace(data=data.assign(**{year: words.to_numpy() for year, words in values.items()})))


def _condition(name: str, words: tuple[Any, ...]) -> str:
    known = [word for word in words if word != UNKNOWN]
    isin = f'rows["{name}"].isin({_listed(known)})'
    missing = f'rows["{name}"].isna()'
    if UNKNOWN not in words:
        return isin
    return f"({isin} | {missing})" if known else missing


def _listed(words: Iterable[str]) -> str:
    """A list as Python writes it, in double quotes; JSON writes it alike."""
    return json.dumps(list(words), ensure_ascii=False)
