"""The told tables of a year: statistics, the applications as cleaned, and what cleaning and checking logged."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pilotlib.cleaning import repairs
from pilotlib.columns import COLUMNS, INDICATORS, SOURCE_COLUMNS, kind_of
from pilotlib.reading import Processed
from pilotlib.report.checked import claims_table
from pilotlib.report.prose import number
from pilotlib.report.told import NOTHING, Told, in_words, names_of
from pilotlib.statistics import STATISTICS
from pilotlib.vocabulary import SEVERITIES

OURS = "本报告"  # the source of what the report itself says
_STEPS = {
    "places_applied": "申请",
    "places_approved": "批准",
    "students_trained": "培训",
    "students_assessed": "考核",
    "students_passed": "通过",
    "students_awarded": "获证",
}
# Every table beside the statistics: title, definition, unit.
_TABLES = {
    "cells": ("收到的表", "单元格都是文本，与文件逐字相同。", "行"),
    "cleaned": ("申报明细（清洗后）", "一行一项申报，证书与等级已分开，人数已读成整数。", "人"),
    "applications": ("申报明细（清洗后）", "清洗后的申报表。着色的单元格与原表不同，原值与理由见“更改记录”。", "人"),
    "majors": ("申报专业", "每项申报的每个专业一行，名称已按《职业教育专业目录》核对。", "个"),
    "changes": ("更改记录", "除首尾空白外，凡与原表不同的单元格都在此表中。", "处"),
    "problems": ("问题与提示", "检查发现的全部问题，严重的在前。", "条"),
    "set_aside": ("剔除的行", "文件中不是申报的行及理由。", "行"),
    "definitions": ("统计表的定义", "每张统计表统计的是什么。", "张"),
    "columns": ("列与指标的含义", "申报明细各列与表外指标的含义。", "列"),
    "flow": ("从申请到获证", "从申请的名额到取得证书的学生，每一步的人数与占上一步的比例。", "人、%"),
}


def table_of(name: str, data: pd.DataFrame, source: str, **more: Any) -> Told:
    """Data as the told table of a name of `STATISTICS` or `_TABLES`; `more` are further fields."""
    entry = STATISTICS.get(name)
    title, definition, unit = (entry.title, entry.definition, entry.unit) if entry else _TABLES[name]
    return Told(name, title, definition, unit, source, data, **more)


def statistic_tables(statistics: Mapping[str, pd.DataFrame], source: str, given: str = "") -> dict[str, Told]:
    """Statistics as told tables by name; `given` says where those figures come from that the school gave."""
    sources = {"indicators": given, "rates": f"{source}；{given}"} if given else {}
    nothing = {"by_college": "按二级学院的统计：学校没有提供专业与学院的对照，未提供。"}
    return {
        name: table_of(name, data, sources.get(name, source), nothing=nothing.get(name, ""))
        for name, data in statistics.items()
    }


def figure_tables(statistics: Mapping[str, pd.DataFrame], source: str, given: str = "") -> dict[str, Told]:
    """What the figures of a year are drawn of: its statistics, and the way from applied to awarded."""
    flow = flow_table(statistics, f"{source}；{given}" if given else source)
    return statistic_tables(statistics, source, given) | {"flow": flow}


def flow_table(statistics: Mapping[str, pd.DataFrame], source: str) -> Told:
    """From applied to awarded: `step, people, step_before, percent` (of the step before)."""
    overview = statistics["overview"].set_index("measure")["value"]
    given = statistics["indicators"].set_index("indicator")["value"]
    people = pd.concat([overview, given]).reindex(list(_STEPS)).astype("Float64").reset_index(drop=True)
    before, step = people.shift(), pd.Series(list(_STEPS.values()), dtype="str")
    percent = (people / before * 100).round(2).where(before > 0)
    data = pd.DataFrame({"step": step, "people": people, "step_before": step.shift(), "percent": percent})
    first = pd.DataFrame({"percent": [NOTHING, *[""] * (len(data) - 1)]})
    return table_of("flow", data, source, gaps=first)


def cells_table(cells: pd.DataFrame, source: str) -> Told:
    """The table as received: every cell a text, the place of its row in the file before it."""
    columns = [f"第{number}列" for number in range(1, cells.shape[1] + 1)]
    return table_of("cells", cells.set_axis(columns, axis="columns").reset_index(), source)


def applications_table(
    applications: pd.DataFrame, majors: pd.DataFrame, changes: pd.DataFrame, problems: pd.DataFrame, source: str
) -> Told:
    """The applications as cleaned, for readers: a row each, `majors` joined, `note` of what was changed or found in it,
    and last the cells as given that cleaning took apart. Repaired cells are marked."""
    rows, repaired = applications["source_row"], repairs(changes)
    changed, noticed = in_words(repaired), in_words(problems)
    parts = [changed.assign(note=changed["rule"] + "：" + changed["column"]), noticed.assign(note=noticed["rule"])]
    notes = pd.concat(parts).dropna(subset="source_row").groupby("source_row")["note"]
    by_row = {
        "majors": majors.groupby("source_row")["major"].agg("；".join),
        "note": notes.agg(lambda words: "；".join(dict.fromkeys(words))),
    }
    joined = {name: rows.map(column).astype(object).fillna("").astype("str") for name, column in by_row.items()}
    table = applications.assign(**joined)
    # What numbers the row in the file, and the year, which is that of the whole table, are not for readers.
    shown = [name for name in SOURCE_COLUMNS if kind_of(name) not in ("row", "year") and name in table]
    shown = ["source_row", *shown, "note"]
    as_given = [name for name in names_of(applications) if name.endswith("_as_given") and kind_of(name) == "text"]
    data = table[[*shown, *as_given]]
    cells = repaired.groupby("column")["source_row"]
    marks = pd.DataFrame({name: rows.isin(cells.get_group(name) if name in cells.groups else []) for name in data})
    # Of a changed certificate cell, only the part that changed is marked.
    changed_level = applications["level"].astype(str) != applications["level_as_given"].astype(str)
    marks = marks.assign(certificate=marks["certificate"] & ~changed_level, level=marks["certificate"] & changed_level)
    return table_of("applications", data, source, marks=marks, shown=tuple(shown), searchable=True)


def problems_table(problems: pd.DataFrame, source: str) -> Told:
    """Everything that checking found, the gravest first."""
    counts = problems["severity"].value_counts()
    by_severity = "，".join(f"{title}{number(counts.get(name, 0))}条" for name, title in SEVERITIES.items())
    shown = ("source_row", "severity", "rule", "message")
    return table_of("problems", problems, source, notes=f"{by_severity}。有错误时不出报告。", shown=shown)


def set_aside_table(set_aside: pd.DataFrame, kept: int, source: str) -> Told:
    """The rows of the file that are no applications, beside so many that are."""
    notes = f"读入{number(kept + len(set_aside))}行，其中申报{number(kept)}行。"
    nothing = f"申报表读入{number(kept)}行，全部作为申报统计，没有剔除的行。"
    return table_of("set_aside", set_aside, source, notes=notes, nothing=nothing)


def logged_tables(processed: Processed, claims: pd.DataFrame, source: str) -> dict[str, Told]:
    """The applications, what the stages logged, the check of the text, and what statistics and columns mean."""
    applications, changes, problems = processed.applications, processed.changes, processed.problems
    defined = [(entry.title, entry.unit, entry.definition) for entry in STATISTICS.values()]
    columns = [COLUMNS[name] for name in applications.columns if name in COLUMNS] + list(INDICATORS.values())
    meant = [(entry.title, entry.unit, entry.meaning) for entry in columns]
    tables = (
        applications_table(applications, processed.majors, changes, problems, source),
        table_of("changes", changes, source),
        problems_table(problems, source),
        set_aside_table(processed.set_aside, len(applications), source),
        claims_table(claims, source),
        table_of("definitions", pd.DataFrame(defined, columns=["title", "unit", "definition"], dtype="str"), OURS),
        table_of("columns", pd.DataFrame(meant, columns=["title", "unit", "meaning"], dtype="str"), OURS),
    )
    return {told.name: told for told in tables}
