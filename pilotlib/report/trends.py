"""The report over all processed years: what `notebooks/trends.ipynb` shows, each cell one call."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from IPython.display import HTML

from pilotlib.errors import PilotError
from pilotlib.project import find_project, processed_years
from pilotlib.reading import YearStatistics, read_year_statistics
from pilotlib.report import figures
from pilotlib.report.figures import FigureEntry
from pilotlib.report.parts import drawn
from pilotlib.report.prose import Statistics, number, visible
from pilotlib.report.tables import NOTHING, cell_texts, html_table, numeric_columns
from pilotlib.report.wide import changes_over_years, columns_of, wide, wide_measures, wide_members
from pilotlib.report.years import NO_COMPARISON, sentences
from pilotlib.statistics import STATISTICS
from pilotlib.statistics.breaks import breaks
from pilotlib.statistics.years import (
    came_and_went,
    certificates,
    compared,
    majors,
    measures,
)

AT_LEAST = "（至少）"


class Trends(NamedTuple):
    """All processed years: their statistics, every measure of every year, and the statistics that figures show."""

    years: list[YearStatistics]
    measures: pd.DataFrame
    statistics: Statistics

    @property
    def school(self) -> str:
        """The school, if it is one."""
        names = {year.about["school"].get("name", "") for year in self.years}
        return names.pop() if len(names) == 1 else ""

    @property
    def source(self) -> str:
        """What the figures rest on."""
        return f"{self.years[0].year}至{self.years[-1].year}年各年的处理结果"

    def tables(self) -> list[tuple[str, str, pd.DataFrame]]:
        """The tables as data, each with its title and definition."""
        return [
            ("历年指标", NO_COMPARISON, wide_measures(self.measures)),
            ("逐年变化", "每年与前一个有结果的年度相比。", changes_over_years(self.years, self.measures)),
            ("历年证书", "数为批准人数，空白为当年没有申报。", wide_members(certificates(self.years), self.years)),
            ("历年专业", "数为学生规模，空白为当年没有申报。", wide_members(majors(self.years), self.years)),
            ("口径不同之处", "年度之间不能直接比较的地方。", breaks(self.years, self.measures)),
        ]


def open_trends(years: Sequence[int] | None = None) -> Trends:
    """Read every processed year of the project, or those named.

    Raises:
        PilotError: fewer than two years have been processed, or a named one has not.
    """
    return read_trends(find_project(), years)


def read_trends(project: Path, years: Sequence[int] | None = None) -> Trends:
    """As `open_trends`, of a project."""
    chosen = sorted(set(years or processed_years(project)))
    if len(chosen) < 2:
        known = f"现有：{'、'.join(map(str, chosen))}。" if chosen else "现在一个也没有。"
        raise PilotError(
            f"历年对比至少需要两个处理过的年度，{known}用 pilot new 建立另一年度之后，运行 pilot run --all。"
        )
    read = [read_year_statistics(project / "data" / "processed" / str(year), list(STATISTICS)) for year in chosen]
    table = measures(read)
    places = pd.concat(
        [
            year.statistics["by_round"][["places_applied", "places_approved"]]
            .sum(min_count=1)
            .to_frame()
            .T.assign(certificate=_named(year))
            for year in read
        ],
        ignore_index=True,
    )
    levels = pd.concat(
        [year.statistics["by_level"].assign(application_round=f"{year.year}年") for year in read], ignore_index=True
    )
    levels = levels[levels["applications"] > 0]
    return Trends(read, table, {"by_certificate": places, "by_round_level": levels.astype({"level": str})})


def title_block(trends: Trends) -> HTML:
    """The report's title, its school and what it rests on."""
    title = f"<span>{escape(trends.school)}</span><span>1+X证书制度试点历年对比</span>"
    return HTML(f"<h1>{title}</h1><p class='subtitle'>依据{escape(trends.source)}；各数与当年的年度报告相同。</p>")


def first_and_last(trends: Trends) -> HTML:
    """The last year beside the one before it, in sentences."""
    before, after = (year.year for year in trends.years[-2:])
    told = sentences(
        compared(trends.measures, before, after),
        came_and_went(certificates(trends.years), before, after),
        came_and_went(majors(trends.years), before, after),
        before,
        after,
    )
    return HTML("".join(f"<p>{escape(visible(sentence))}</p>" for sentence in told))


def broken(trends: Trends) -> HTML:
    """Where years cannot be compared as they stand."""
    found = breaks(trends.years, trends.measures)["message"]
    items = "".join(f"<li>{escape(visible(message))}</li>" for message in found)
    return HTML(f"<ul>{items}</ul>" if items else "<p>各年口径相同。</p>")


def figure(trends: Trends, name: str) -> HTML:
    """A figure over all years."""
    return drawn(name, TREND_FIGURES[name], trends.statistics, trends.source)


def measures_table(trends: Trends) -> HTML:
    """Every measure, a column a year."""
    table = trends.measures
    texts = table.assign(
        text=[
            note if pd.isna(value) else ("至少" if bound else "") + number(value)
            for value, bound, note in zip(table["value"], table["lower_bound"], table["note"], strict=True)
        ]
    )
    data = wide_measures(table)
    shown = wide(texts, "text")[["measure", *columns_of(trends.years), "unit", "topic"]]
    given = shown[columns_of(trends.years)].ne("未提供").any(axis="columns")
    notes = f"{NO_COMPARISON}各年都未提供的指标不列。"
    return HTML(html_table(shown[given], "各年的指标", data=data, numeric=set(columns_of(trends.years)), notes=notes))


def changes_table(trends: Trends) -> HTML:
    """Each year's change from the one before: measures of the overview, and what came and went."""
    data = changes_over_years(trends.years, trends.measures)
    texts = cell_texts(data).replace({"<NA>": NOTHING})
    return HTML(html_table(texts, "逐年变化", data=data, numeric=numeric_columns(data), notes=NO_COMPARISON))


def certificates_table(trends: Trends) -> HTML:
    """Which certificate was applied for in which year."""
    notes = "数为批准人数（人）；不区分等级。"
    return _members_table(
        "各年证书的批准人数", wide_members(certificates(trends.years), trends.years), trends.years, notes
    )


def majors_table(trends: Trends) -> HTML:
    """Which major took part in which year."""
    notes = "数为学生规模（人）；更名的专业按目录名称认作同一个，列出用过的名称。"
    table = wide_members(majors(trends.years), trends.years)
    return _members_table("各年专业的学生规模", table, trends.years, notes)


def sources_table(trends: Trends) -> HTML:
    """Where each year's figures come from."""
    rows = [
        (f"{year.year}年", year.about["school"].get("name", ""), year.about["file"], year.about["sha256"])
        for year in trends.years
    ]
    return HTML(
        html_table(pd.DataFrame(rows, columns=["年度", "学校", "申报表", "SHA-256"], dtype=str), "各年数据来源")
    )


def _members_table(caption: str, table: pd.DataFrame, years: Sequence[YearStatistics], notes: str) -> HTML:
    columns = columns_of(years)
    there = {
        column: table["in_years"].astype(str).str.split("、").map(lambda of, year=column[:-1]: year in of)
        for column in columns
    }
    texts = table.assign(
        **{
            column: [
                number(value) if held else NOTHING for value, held in zip(table[column], there[column], strict=True)
            ]
            for column in columns
        }
    )[["name", *columns]]
    texts = texts.astype(str).map(visible)
    return HTML(
        html_table(texts, caption, data=table, numeric=set(columns), notes=f"“{NOTHING}”为当年没有申报。{notes}")
    )


def _named(year: YearStatistics) -> str:
    bound = year.statistics["overview"].set_index("measure")["lower_bound"]["places_approved"]
    return f"{year.year}年" + (AT_LEAST if bound else "")


def _places(statistics: Statistics) -> pd.DataFrame:
    return statistics["by_certificate"].rename(columns={"certificate": "年度"})


def _places_headline(statistics: Statistics) -> str:
    every = _places(statistics)
    table = every.dropna(subset="places_approved")
    if len(table) < 2:
        return "历年批准培训人数"
    first, last = table.iloc[0], table.iloc[-1]
    most = table[table["places_approved"] == table["places_approved"].max()]["年度"].tolist()
    comparable = len(table) == len(every) and not every["年度"].str.endswith(AT_LEAST).any()
    return (
        f"批准培训人数{first['年度']}为{number(first['places_approved'])}人，{last['年度']}为"
        f"{number(last['places_approved'])}人" + (f"，{most[0]}最多" if comparable and len(most) == 1 else "")
    )


def _levels(statistics: Statistics) -> pd.DataFrame:
    return statistics["by_round_level"].rename(columns={"application_round": "年度"})


def _levels_headline(statistics: Statistics) -> str:
    table = _levels(statistics)
    last = table[table["年度"] == table["年度"].iloc[-1]].dropna(subset="share")
    if last.empty:
        return "历年各等级批准培训人数"
    top = last.loc[last["share"].astype(float).idxmax()]
    return f"{top['年度']}{top['level']}占批准人数的{number(top['share'])}%"


TREND_FIGURES = {
    "places_over_years": FigureEntry(
        figures.certificates,
        _places_headline,
        "横向条形图，每年一条，批准与申请不同的以菱形标出申请数。",
        _places,
        ["年度"],
        ["places_approved", "places_applied"],
        "单位：人（批准培训人数）",
    ),
    "levels_over_years": FigureEntry(
        figures.round_level,
        _levels_headline,
        "横向堆叠条形图，每年一条，按等级分段。",
        _levels,
        ["年度", "level"],
        ["places_approved"],
        "单位：人（批准培训人数）",
    ),
}
