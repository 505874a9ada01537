"""What is chosen of applications or results: the rows, their totals, and the lines of code that do the same."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from pilotlib.columns import SOURCE_COLUMNS, source_columns, title_of, unit_of
from pilotlib.errors import PilotError
from pilotlib.exploring.charts import FORMS, groups_of, measures_of, named, unfit
from pilotlib.exploring.years import Years
from pilotlib.report.shown import Table, shown
from pilotlib.report.told import Told, texts
from pilotlib.statistics import Tables
from pilotlib.statistics.indicators import overview
from pilotlib.statistics.places import NO_RESULTS
from pilotlib.statistics.results import total
from pilotlib.vocabulary import PERSON_TIMES, UNKNOWN

# What there is to look at: a field of `Years` and what its rows are called.
TABLES = {"applications": "申报", "results": "考核结果"}
# What can be chosen in a table itself: its columns of words.
CHOICES = [*source_columns("round", "level", "name", "status", "text"), "majors_together"]
# What has been chosen of each column; nothing chosen is everything.
Selection = dict[str, Sequence[Any]]
# What a board is asked: `number` (of the question), `table`, `selection`, `picks`.
Asked = dict[str, Any]
# What is chosen of a chart: the choice's title, and what is chosen at first, of what is there.
PICKS = {
    "form": ("图形", ["bar"]),
    "measure": ("数值", ["places_approved", "pass_rate"]),
    "by": ("分组", ["application_round", "certificate"]),
    "split": ("再分", ["level"]),
}
_as_list = partial(json.dumps, ensure_ascii=False)  # a list as Python writes it too, in double quotes


def tables_of(years: Years) -> list[str]:
    """Those of `TABLES` that there are: results only where a year has some."""
    return [name for name in TABLES if name == "applications" or len(getattr(years, name))]


def choices(years: Years, table: str = "applications") -> dict[str, list[Any]]:
    """What there is to choose from, by column; a word that is not known is 未知."""
    rows = getattr(years, table)
    offered: dict[str, list[Any]] = {"year": sorted(map(int, set(rows["year"])))}
    for name in [name for name in CHOICES if name in rows]:
        words = rows[name].astype("category").cat.remove_unused_categories().cat.categories
        offered[name] = [*words, *([UNKNOWN] if rows[name].isna().any() else [])]
    return offered | ({"major": list(dict.fromkeys(years.majors["major"]))} if table == "applications" else {})


def column_title(name: str) -> str:
    """The shortest title of a column, as a label; of majors it is that of one.

    >>> column_title("application_round"), column_title("major")
    ('批次', '专业')
    """
    column = SOURCE_COLUMNS.get("majors" if name == "major" else name)
    return min((column.title, *column.aliases[:1]), key=len) if column else title_of(name)


def select(years: Years, selection: Selection, table: str = "applications") -> pd.DataFrame:
    """The rows that are chosen: where every column with a choice holds one of the chosen words."""
    rows = getattr(years, table)
    chosen = pd.Series(True, index=rows.index)
    for name in filter(selection.get, ("year", *CHOICES)):
        words = selection[name]
        chosen &= rows[name].isin(words) | (rows[name].isna() & (UNKNOWN in words))
    if selection.get("major"):
        chosen &= rows["majors"].str.split("；").explode().isin(selection["major"]).groupby(level=0).any()
    return rows[chosen]


def offered(rows: pd.DataFrame, picks: dict[str, str]) -> dict[str, dict[str, str]]:
    """For each of `PICKS` the words that there are, each with why it does not fit what else is picked, "" where it
    does. A grouping in which there is but one word is none, unless there is no other."""
    groups = [name for name in groups_of(rows) if len(rows[name].unique()) > 1] or groups_of(rows)
    fitting = {"measure": dict.fromkeys(measures_of(rows), ""), "by": dict.fromkeys(groups, "")}
    by, measure = (_picked(picks, name, fitting[name]) for name in ("by", "measure"))
    split = dict.fromkeys((name for name in groups if name != by), "")
    lacks = "" if split else "没有别的分组可以再分"
    forms = {form: unfit(form, by, measure) or lacks * (form in ("stacked", "heat")) for form in FORMS}
    return {"form": forms, **fitting, "split": split}


def picked(rows: pd.DataFrame, picks: dict[str, str]) -> dict[str, str]:
    """What a chart is drawn by, as of `PICKS`: what is picked, and the first that fits where that does not. Without a
    second grouping that is the first."""
    chosen = {name: _picked(picks, name, words) for name, words in offered(rows, picks).items()}
    return chosen | {"split": chosen["split"] or chosen["by"]}


def _picked(picks: dict[str, str], name: str, words: dict[str, str]) -> str:
    """The word that is picked; one that does not fit gives way to the usual one, and that to the first."""
    fitting = [word for word, why in words.items() if not why]
    return next((word for word in (picks.get(name), *PICKS[name][1]) if word in fitting), (*fitting, "")[0])


def asked_at_first(years: Years, chosen: dict[str, Any]) -> Asked:
    """What a board is asked by words of an analyst, `table`, names of columns and those of `PICKS`, each by its name or
    title; PilotError for one that there is not, or that does not fit."""
    table = named(chosen.get("table", "applications"), {name: TABLES[name] for name in tables_of(years)}, "看的表")
    rows, columns = getattr(years, table), choices(years, table)
    titles = {name: title_of(name) for name in columns} | {name: title for name, (title, _) in PICKS.items()}
    wanted = {named(word, titles, "筛选"): value for word, value in chosen.items() if word != "table"}
    selection: Selection = {}
    for name in [name for name in columns if name in wanted]:
        words = wanted[name] if isinstance(wanted[name], list | tuple) else [wanted[name]]
        selection[name] = [named(word, {each: each for each in columns[name]}, column_title(name)) for word in words]
    picks: dict[str, str] = {}
    for name in [name for name in ("measure", "by", "split", "form") if name in wanted]:
        words = offered(rows, picks)[name]
        picks[name] = named(wanted[name], {word: FORMS.get(word) or title_of(word) for word in words}, PICKS[name][0])
        if why := words[picks[name]]:
            raise PilotError(f"{why}。")
    return {"number": 0, "table": table, "selection": selection, "picks": picks}


def as_code(years: Years, selection: Selection, picks: dict[str, str], table: str = "applications") -> str:
    """The lines that give the same rows and the same chart: `rows = rows[rows["level"].isin(["中级"])]`."""
    conditions = []
    for name in filter(selection.get, ("year", *CHOICES)):
        known = [word for word in selection[name] if word != UNKNOWN]
        parts = [f'rows["{name}"].isin({_as_list(known)})'] if known else []
        parts += [f'rows["{name}"].isna()'] if UNKNOWN in selection[name] else []
        conditions.append(f"({' | '.join(parts)})" if len(parts) > 1 else parts[0])
    if selection.get("major"):
        of_any = f"isin({_as_list(selection['major'])}).groupby(level=0).any()"
        conditions.append(f'rows["majors"].str.split("；").explode().{of_any}')
    drawn = [f"{name}={_as_list(word)}" for name, word in picks.items() if name != "split" or picks["form"] != "bar"]
    lines = ["from pilotlib import chart, load_years", f"rows = load_years({[*years.years]}).{table}"]
    lines += [f"rows = rows[{' & '.join(conditions)}]"] if conditions else []
    return "\n".join([*lines, f"chart(rows, {', '.join(drawn)})"])


def totals(years: Years, rows: pd.DataFrame, table: str = "applications") -> Table:
    """The chosen rows added up: `measure, unit`, a column a year, 至少 before lower bounds; of a part of a table only
    what can be counted in that part: nothing is split."""
    title = f"所选{TABLES[table]}：{len(rows):,}行" if len(rows) else "没有符合条件的行"
    definition = "只数所选的行，名额不拆分。" if table == "applications" else "只数所选的行；一人参加两种证书为两人次。"
    told = Told("totals", title, definition, "各行注明", "申报明细表", rows)
    columns: dict[str, Any] = {"measure": [], "unit": []}
    for year, part in pd.DataFrame(rows).groupby("year", sort=False):
        if table == "results":
            counted = _results(years, part)
        else:
            of_part = (years.majors["year"] == year) & years.majors["source_row"].isin(part["source_row"])
            counted = overview(Tables(part, pd.DataFrame(years.majors[of_part]), pd.DataFrame(), {}))
        values = texts(told._replace(data=counted[["value", "lower_bound"]]))["value"]
        columns |= {"measure": counted["measure"], "unit": counted["unit"], f"{year}年": values}
    return shown(told._replace(data=pd.DataFrame(columns, dtype="str")))


def _results(years: Years, part: pd.DataFrame) -> pd.DataFrame:
    """Counts and rates of some results: `measure, value, unit, lower_bound`."""
    none = years.applications.iloc[:0]  # the places of the certificates are not those of a part
    of_part = part.reindex(columns=NO_RESULTS.columns)
    summed = total(Tables(pd.DataFrame(none), years.majors, pd.DataFrame(), {}, of_part)).iloc[0]
    names = measures_of(part)
    table = pd.DataFrame({"measure": names, "value": pd.array(summed[names].tolist(), "Float64")})
    bounds = [bool(summed.get(f"{name}_bound", False)) for name in names]
    return table.assign(unit=[unit_of(name) or PERSON_TIMES for name in names], lower_bound=bounds)
