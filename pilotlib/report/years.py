"""The book over all processed years of a project: each measure, certificate and major with a column a year."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pandas as pd

from pilotlib.columns import title_of
from pilotlib.errors import PilotError
from pilotlib.project import processed_years
from pilotlib.reading import YearStatistics, read_year_statistics
from pilotlib.report.books import KINDS, Book
from pilotlib.report.comparison import NO_COMPARISON, PER_ROW, breaks_table, comparison_sentences
from pilotlib.report.drawing import stack_chart
from pilotlib.report.figures import FigureEntry, approved_and_applied
from pilotlib.report.prose import AT_LEAST, NOT_GIVEN, number
from pilotlib.report.told import NOTHING, Told, names_of
from pilotlib.statistics.years import (
    CARRIED_ON,
    COMPARED,
    GONE,
    NEW,
    OVERVIEW,
    RENAMED,
    came_and_went,
    certificates,
    compared,
    majors,
    measures,
)

_BOUNDED = f"（{AT_LEAST}）"
_KEY = ["topic", "measure", "unit"]
_STANDINGS = {NEW: "new", RENAMED: "renamed", CARRIED_ON: "carried_on", GONE: "gone"}


def read_all(project: Path, years: Sequence[int] | None = None) -> list[YearStatistics]:
    """Read every processed year of the project, or those named.

    Raises:
        PilotError: fewer than two years have been processed, or a named one has not.
    """
    chosen = sorted(set(years or processed_years(project)))
    if len(chosen) < 2:
        known = f"现有：{'、'.join(map(str, chosen))}。" if chosen else "现在一个也没有。"
        raise PilotError(
            f"历年对比至少需要两个处理过的年度，{known}用 pilot new 建立另一年度之后，运行 pilot run --all。"
        )
    return [read_year_statistics(project / "data" / "processed" / str(year), COMPARED) for year in chosen]


def book_of(years: Sequence[YearStatistics]) -> Book:
    """The book over these years."""
    names = {year.about["school"].get("name", "") for year in years}
    school = names.pop() if len(names) == 1 else ""
    source = f"{years[0].year}至{years[-1].year}年各年的处理结果"
    tables = (
        measures_table(measures(years), source),
        changes_table(years, source),
        members_table("certificates", certificates(years), years, source),
        members_table("majors", majors(years), years, source),
        breaks_table(years, source),
        sources_table(years, source),
    )
    before, after = (year.year for year in years[-2:])
    return Book(
        file=KINDS["years"].file,
        title=(school, "1+X证书制度试点历年对比"),
        subtitle=f"依据{source}；各数与当年的年度报告相同。",
        owner=school,
        source=source,
        tables={table.name: table for table in tables},
        figures={"places_over_years": places_figure(years, source), "levels_over_years": levels_figure(years, source)},
        paragraphs={"latest": "\n".join(comparison_sentences(years, before, after))},
        key_figures=[],
        doubts=[],
        provenance=[],
        facts={"years": [year.year for year in years]},
    )


def measures_table(long: pd.DataFrame, source: str) -> Told:
    """The measures with a column a year: `measure`, the years' values, `unit, topic, note` (years of lower bounds and
    of missing counts). What no year gives is not there."""
    shown = _wide(long, "value").set_index(_KEY)
    bounds, gaps = _wide(long, "lower_bound").set_index(_KEY), _wide(long, "note").set_index(_KEY)
    given = shown.notna().any(axis="columns") | (gaps != NOT_GIVEN).any(axis="columns")
    wide = shown[given].assign(note=_notes(long)).reset_index()
    wide = wide.assign(note=wide["note"].fillna("").astype("str"))
    columns = list(shown.columns)
    return Told(
        "measures",
        "各年的指标",
        f"{NO_COMPARISON}各年都未提供的指标不列。",
        PER_ROW,
        source,
        wide[["measure", *columns, "unit", "topic", "note"]],
        bounds=bounds[given].reset_index(drop=True).astype(bool),
        gaps=gaps[given].reset_index(drop=True),
        shown=("measure", *columns, "unit", "topic"),
    )


def changes_table(years: Sequence[YearStatistics], source: str) -> Told:
    """Each year beside the one before: a row a pair, the change of each total, and how many came and went."""
    data = changes_over_years(years, measures(years))
    definition = f"每年与前一个有结果的年度相比。{NO_COMPARISON}"
    return Told("changes", "逐年变化", definition, "各列注明", source, data)


def changes_over_years(years: Sequence[YearStatistics], table: pd.DataFrame) -> pd.DataFrame:
    """The data of `changes_table`; `table` is as `measures` returns it."""
    rows = []
    for before, after in pairwise(year.year for year in years):
        both = compared(table, before, after)
        changed = both[both["topic"] == OVERVIEW].set_index("measure")["change"]
        row: dict[str, object] = {"years": f"{after}年比{before}年"}
        row |= {f"{name}_change": changed.get(title_of(name)) for name in ("applications", "places_approved")}
        for kind, members in (("certificates", certificates(years)), ("majors", majors(years))):
            counts = came_and_went(members, before, after)["standing"].value_counts()
            row |= {f"{kind}_{name}": int(counts.get(standing, 0)) for standing, name in _STANDINGS.items()}
        rows.append(row)
    changes = pd.DataFrame(rows).drop(columns="certificates_renamed")  # of another name, it is another certificate
    return changes.astype(dict.fromkeys([name for name in names_of(changes) if name.endswith("_change")], "Float64"))


def members_table(kind: str, members: pd.DataFrame, years: Sequence[YearStatistics], source: str) -> Told:
    """Certificates or majors with a column a year."""
    titles = {
        "certificates": ("各年证书的批准人数", "数为批准人数；不区分等级。"),
        "majors": ("各年专业的学生规模", "数为学生规模；更名的专业按目录名称认作同一个，列出用过的名称。"),
    }
    title, definition = titles[kind]
    data = members_over_years(members, years)
    columns = columns_of(years)
    there = pd.DataFrame({name: data["in_years"].str.contains(name.removesuffix("年")) for name in columns})
    return Told(
        kind,
        title,
        f"“{NOTHING}”为当年没有申报。{definition}",
        "人",
        source,
        data,
        gaps=there.astype(str).replace({"True": "", "False": NOTHING}),
        shown=("name", *columns),
    )


def members_over_years(members: pd.DataFrame, years: Sequence[YearStatistics]) -> pd.DataFrame:
    """Certificates or majors with a column a year: `name` (every name it had), the years' values, `in_years`."""
    groups = members.sort_values("year", ascending=False).groupby("key")
    names = groups["name"].agg(lambda of: "，曾用".join(dict.fromkeys(of)))
    there = members.groupby("key")["year"].agg(lambda of: "、".join(map(str, of)))
    wide = members.pivot_table(index="key", columns="year", values="value", aggfunc="first", dropna=False)
    wide = wide.reindex(columns=[year.year for year in years])
    order = pd.DataFrame({"last": groups["year"].max(), "value": wide.ffill(axis="columns").iloc[:, -1]})
    order = order.sort_values(["last", "value"], ascending=False, kind="stable")
    table = wide.rename(columns=lambda year: f"{year}年").assign(name=names, in_years=there).loc[order.index]
    table = table.reset_index(drop=True)[["name", *columns_of(years), "in_years"]]
    return table.astype(dict.fromkeys(columns_of(years), "Float64"))


def sources_table(years: Sequence[YearStatistics], source: str) -> Told:
    """Where each year's figures come from."""
    rows = [
        (f"{year.year}年", year.about["school"].get("name", ""), year.about["file"], year.about["sha256"])
        for year in years
    ]
    data = pd.DataFrame(rows, columns=["years", "school", "file", "sha256"], dtype="str")
    return Told("sources", "各年数据来源", "每个年度的学校与申报表。", "年", source, data)


def places_figure(years: Sequence[YearStatistics], source: str) -> FigureEntry:
    """Places approved and applied for, a bar a year."""
    sums = [year.statistics["by_round"][["places_applied", "places_approved"]].sum(min_count=1) for year in years]
    data = pd.DataFrame(sums).reset_index(drop=True)
    data.insert(0, "years", pd.Series([_named(year) for year in years], dtype="str"))
    return FigureEntry(
        Told("places_over_years", "历年人数", "各年申请与批准的培训人数。", "人", source, data),
        lambda table: approved_and_applied(table, "years"),
        places_headline(data),
        "横向条形图，每年一条，批准与申请不同的以菱形标出申请数。",
        ["years"],
        ["places_approved", "places_applied"],
        "人（批准培训人数）",
    )


def levels_figure(years: Sequence[YearStatistics], source: str) -> FigureEntry:
    """Places approved, a stack a year, a piece a level."""
    parts = [year.statistics["by_level"].assign(years=f"{year.year}年").astype({"level": "str"}) for year in years]
    data = pd.concat(parts, ignore_index=True)
    data = data[data["applications"] > 0]
    return FigureEntry(
        Told("levels_over_years", "历年等级", "各年各等级的批准培训人数。", "人", source, data),
        lambda table: stack_chart(table, "years", "level", "places_approved"),
        _levels_headline(data),
        "横向堆叠条形图，每年一条，按等级分段。",
        ["years", "level"],
        ["places_approved"],
        "人（批准培训人数）",
    )


def places_headline(every: pd.DataFrame) -> str:
    """The first and the last year's places, and the year with the most where all are known."""
    table = every.dropna(subset="places_approved")
    if len(table) < 2:
        return "历年批准培训人数"
    first, last = table.iloc[0], table.iloc[-1]
    most = table.loc[table["places_approved"] == table["places_approved"].max(), "years"].tolist()
    comparable = len(table) == len(every) and not every["years"].str.endswith(_BOUNDED).any()
    return (
        f"批准培训人数{first['years']}为{number(first['places_approved'])}人，{last['years']}为"
        f"{number(last['places_approved'])}人" + (f"，{most[0]}最多" if comparable and len(most) == 1 else "")
    )


def columns_of(years: Sequence[YearStatistics]) -> list[str]:
    """The names of the years' columns."""
    return [f"{year.year}年" for year in years]


def _levels_headline(table: pd.DataFrame) -> str:
    last = table[table["years"] == table["years"].iloc[-1]].dropna(subset="share") if len(table) else table
    if last.empty:
        return "历年各等级批准培训人数"
    top = last.iloc[int(last["share"].astype(float).argmax())]
    return f"{top['years']}{top['level']}占批准人数的{number(top['share'])}%"


def _wide(long: pd.DataFrame, values: str) -> pd.DataFrame:
    """One column of `measures` with a column a year, in the order of the measures."""
    wide = long.set_index([*_KEY, "year"])[values].unstack("year")
    order = pd.MultiIndex.from_frame(long.drop_duplicates(_KEY)[_KEY])
    return wide.reindex(order).rename(columns=lambda year: f"{year}年").reset_index().rename_axis(columns=None)


def _notes(long: pd.DataFrame) -> "pd.Series[str]":
    """By measure, the years of lower bounds and of missing counts."""
    marks = (("lower_bound", "下限"), ("incomplete", "有人数缺失"))
    notes = pd.concat(
        long.loc[long[mark] & long["value"].notna(), [*_KEY, "year"]].assign(word=word) for mark, word in marks
    )
    years = notes.groupby([*_KEY, "word"], sort=False)["year"].agg(lambda of: "、".join(f"{year}年" for year in of))
    words = years.reset_index("word")
    return (words["word"] + "：" + words["year"]).groupby(_KEY).agg("；".join)


def _named(year: YearStatistics) -> str:
    bound = year.statistics["overview"].set_index("measure")["lower_bound"]["places_approved"]
    return f"{year.year}年" + (_BOUNDED if bound else "")
