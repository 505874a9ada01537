"""Several years as tables with a column a year."""

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from pilotlib.columns import title_of
from pilotlib.reading import YearStatistics
from pilotlib.statistics.years import OVERVIEW, STANDINGS, came_and_went, certificates, compared, majors


def wide_measures(table: pd.DataFrame) -> pd.DataFrame:
    """The measures with a column a year: `topic, measure, unit`, the years' values, `note` (years of lower
    bounds and of missing counts)."""
    keys = ["topic", "measure", "unit"]
    marks = [("lower_bound", "下限"), ("incomplete", "有人数缺失")]
    notes = pd.concat(
        table.loc[table[mark] & table["value"].notna(), [*keys, "year"]].assign(word=word) for mark, word in marks
    )
    notes = notes.groupby([*keys, "word"], sort=False)["year"].agg(lambda of: "、".join(f"{year}年" for year in of))
    notes = notes.reset_index("word").assign(note=lambda rows: rows["word"] + "：" + rows["year"])
    notes = notes.groupby(keys)["note"].agg("；".join)
    values = wide(table, "value")
    return values.assign(note=notes.reindex(pd.MultiIndex.from_frame(values[keys])).fillna("").to_numpy(dtype=str))


def wide_members(members: pd.DataFrame, years: Sequence[YearStatistics]) -> pd.DataFrame:
    """Certificates or majors with a column a year: `name` (every name it had), `in_years`, the years' values."""
    numbers = [year.year for year in years]
    last = members.groupby("key")["year"].max()
    wide = members.pivot_table(index="key", columns="year", values="value", aggfunc="first", dropna=False)
    wide = wide.reindex(columns=numbers)
    there = members.groupby("key")["year"].agg(lambda of: "、".join(map(str, of)))
    names = (
        members.sort_values("year", ascending=False)
        .groupby("key")["name"]
        .agg(lambda of: "，曾用".join(dict.fromkeys(of)))
    )
    order = pd.DataFrame({"last": last, "value": wide.ffill(axis="columns").iloc[:, -1]})
    order = order.sort_values(["last", "value"], ascending=False, kind="stable").index
    table = wide.rename(columns=lambda year: f"{year}年").assign(name=names, in_years=there).loc[order]
    return table.reset_index(drop=True)[["name", *columns_of(years), "in_years"]].astype(
        dict.fromkeys(columns_of(years), "Float64")
    )


def changes_over_years(years: Sequence[YearStatistics], table: pd.DataFrame) -> pd.DataFrame:
    """Each year beside the one before: a row a pair, the change of each total, and how many came and went."""
    rows = []
    for before, after in pairwise(year.year for year in years):
        both = compared(table, before, after)
        changed = both[both["topic"] == OVERVIEW].set_index("measure")["change"]
        row: dict = {"年度": f"{after}年比{before}年"}
        row |= {f"{title_of(name)}变化": changed.get(title_of(name)) for name in ("applications", "places_approved")}
        for kind, members in (("证书", certificates(years)), ("专业", majors(years))):
            counts = came_and_went(members, before, after)["standing"].value_counts()
            row |= {f"{standing}{kind}": int(counts.get(standing, 0)) for standing in STANDINGS}
        rows.append(row)
    changes = pd.DataFrame(rows).drop(columns="更名证书")  # a certificate of another name is another certificate
    return changes.astype(dict.fromkeys([name for name in changes if name.endswith("变化")], "Float64"))


def wide(table: pd.DataFrame, values: str) -> pd.DataFrame:
    """One column of `measures` with a column a year, in the order of the measures."""
    keys = ["topic", "measure", "unit"]
    wide = table.set_index([*keys, "year"])[values].unstack("year")
    order = pd.MultiIndex.from_frame(table.drop_duplicates(keys)[keys])
    return wide.reindex(order).rename(columns=lambda year: f"{year}年").reset_index().rename_axis(columns=None)


def columns_of(years: Sequence[YearStatistics]) -> list[str]:
    """The headings of the years' columns."""
    return [f"{year.year}年" for year in years]
