"""The report over all schools of a province's table: what `notebooks/rollup.ipynb` shows, each cell one call."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pilotlib.columns import title_of
from pilotlib.errors import PilotError
from pilotlib.project import find_project
from pilotlib.reading.rolled_up import newest_batch, read_rolled_up
from pilotlib.report.prose import number
from pilotlib.report.rollup.spread import outliers, quartiles, with_rate
from pilotlib.vocabulary import NO_SCHOOL

ADDED_UP = ("applications", "places_applied", "places_approved")
# The tables in which every application stands once.
_WHOLE = {"by_school": "各学校", "by_round": "各批次", "by_level": "各等级"}
_GROUPED = ("by_city", "by_round", "by_level", "by_certificate")


class RollUp(NamedTuple):
    """All schools of a table: `about` it, and its tables as the batch left them, those of places with their rate.

    `quartiles` and `outliers` are of the measures by which schools are compared, for each year.
    """

    about: dict
    overview: pd.DataFrame
    by_school: pd.DataFrame
    by_city: pd.DataFrame
    by_round: pd.DataFrame
    by_level: pd.DataFrame
    by_certificate: pd.DataFrame
    failures: pd.DataFrame
    quartiles: pd.DataFrame
    outliers: pd.DataFrame

    @property
    def title(self) -> str:
        """What the table is called."""
        return self.about["title"]

    @property
    def source(self) -> str:
        """What the figures rest on."""
        return f"{self.about['file']}，按{self.about['by']}汇总"

    @property
    def years(self) -> list[int]:
        """The years of the table, in order."""
        return sorted({*map(int, self.about["years"]), *self.by_school["year"].dropna().astype(int)})

    @property
    def cities(self) -> list[str]:
        """The cities named in the table."""
        return sorted({*self.by_city["city"]} - {""})

    @property
    def bounded_years(self) -> list[int]:
        """The years in which a count of some school is missing: their sums are lower bounds."""
        return sorted(set(self.by_school.loc[self.by_school["lower_bound"], "year"].astype(int)))

    @property
    def by_year(self) -> pd.DataFrame:
        """The sums of each year over the schools that are counted; the rate is that of `schools_complete`, those of
        which no count is missing."""
        schools = counted(self.by_school)
        sums, whole = schools.groupby("year"), schools[~schools["lower_bound"]].groupby("year")
        table = sums[list(ADDED_UP)].sum()
        rate = with_rate(whole[list(ADDED_UP)].sum().assign(lower_bound=False))["approval_rate"]
        named = schools[schools["school"] != NO_SCHOOL]
        of_year = named.groupby("year")["school"].nunique().reindex(table.index, fill_value=0)
        table.insert(0, "schools", of_year.astype("Int64"))
        complete = whole["school"].nunique().reindex(table.index, fill_value=0).astype("Int64")
        return table.assign(
            lower_bound=sums["lower_bound"].any(), schools_complete=complete, approval_rate=rate
        ).reset_index()


def counted(by_school: pd.DataFrame) -> pd.DataFrame:
    """The schools that have been counted: one that failed has no applications."""
    return by_school[by_school["applications"].notna()]


def open_rollup(processed: str | None = None) -> RollUp:
    """Open the tables over all schools in the folder `processed`, or those of the project that were made last.

    Raises:
        PilotError: there are none, or their totals do not agree with each other.
    """
    return read_rollup(Path(processed) if processed else newest_batch(find_project() / "data" / "processed" / "batch"))


def read_rollup(folder: Path) -> RollUp:
    """As `open_rollup`, of a folder."""
    about, tables = read_rolled_up(folder)
    _compare_totals(tables)
    bounded = tables["by_school"][tables["by_school"]["lower_bound"]]
    rated = {name: with_rate(_with_bounds(tables[name], bounded)) for name in _GROUPED}
    schools = with_rate(tables["by_school"])
    schools = schools.sort_values(
        ["year", "places_approved", "school"], ascending=[False, False, True], kind="stable", ignore_index=True
    )
    spread = quartiles(schools)
    return RollUp(
        about,
        **tables | rated | {"by_school": schools},
        quartiles=spread,
        outliers=outliers(schools, spread),
    )


def _with_bounds(table: pd.DataFrame, bounded: pd.DataFrame) -> pd.DataFrame:
    """The table with `lower_bound`, if it does not say so itself: every row that may hold a school of `bounded`."""
    if "lower_bound" in table:
        return table
    keys = table.columns.intersection(["year", "city"])
    if keys.empty:
        return table.assign(lower_bound=len(bounded) > 0)
    return table.assign(lower_bound=pd.MultiIndex.from_frame(table[keys]).isin(pd.MultiIndex.from_frame(bounded[keys])))


def _compare_totals(tables: dict[str, pd.DataFrame]) -> None:
    """Hold the sums over schools, rounds and levels against the totals of the overview.

    Raises:
        PilotError: names the first that differs.
    """
    totals = tables["overview"].set_index("measure")["value"]
    for measure in ADDED_UP:
        for name, title in _WHOLE.items():
            added, total = tables[name][measure].sum(), totals.get(measure)
            if pd.notna(total) and added != total:
                raise PilotError(
                    f"汇总的两次计数不一致：{title_of(measure)}，{title}相加为{number(added)}，"
                    f"总计为{number(total)}。没有写出汇总；请再运行一次 pilot batch --force，仍不一致请报告。"
                )
