"""The told tables of a year: statistics, applications as cleaned, and what was found, also line by line."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

import pandas as pd

from pilotlib.checking import CleanedYear, by_cause, rows_named
from pilotlib.cleaning import Cleaned, number_of_changed_cells, repairs
from pilotlib.columns import COLUMNS, INDICATORS, SOURCE_COLUMNS, kind_of, source_columns
from pilotlib.reading import Processed
from pilotlib.report.prose import number
from pilotlib.report.told import NOTHING, Told, in_words, names_of
from pilotlib.statistics import RESULT_STATISTICS, STATISTICS
from pilotlib.statistics.places import percent_of
from pilotlib.vocabulary import SEVERITIES, registry

_TERMS = registry(__file__, "terms.toml")
_Named = Mapping[str, pd.DataFrame]
_TOLD_EACH = 10  # changes of one kind in a column; more are told in one line
OURS = "本报告"  # the source of what the report itself says
# The steps from applied to awarded: what the table says, and what the school gives.
_STEPS = {"places_applied": "申请", "places_approved": "批准", "students_trained": "培训"}
_STEPS |= {"students_assessed": "考核", "students_passed": "通过", "students_awarded": "获证"}
# Statistics that may well be empty, and the measures without which that is not known; any other is empty only where
# the table lacks a column.
_NEEDING = {
    "repeated_over_rounds": ("repeated_certificates",),
    "approved_unlike_applied": ("places_applied", "places_approved"),
}
# Statistics that say nothing where all of a column is missing.
_OF_COLUMN = {"places_per_100_students": "places_per_100_students", "distinct_students": "students"}
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
    "terms": ("术语", "本报告所用词语的含义。", "条"),
    "flow": ("从申请到获证", "从申请的名额到取得证书的学生，每一步的人数与占上一步的比例。", "人、%"),
}


def table_of(name: str, data: pd.DataFrame, source: str, **more: Any) -> Told:
    """Data as the told table of a name of `STATISTICS` or `_TABLES`; `more` are further fields."""
    entry = STATISTICS.get(name)
    title, definition, unit = (entry.title, entry.definition, entry.unit) if entry else _TABLES[name]
    return Told(name, title, definition, unit, source, data, **more)


def statistic_tables(statistics: _Named, source: str, given: str = "", results: str = "") -> dict[str, Told]:
    """Statistics as told tables by name; `given` says where those figures come from that the school gave, `results`
    those of results."""
    sources = {"indicators": given, "rates": f"{source}；{given}"} if given else {}
    sources |= dict.fromkeys(RESULT_STATISTICS, results) if results else {}
    known = statistics["overview"].dropna(subset="value")["measure"].tolist() if "overview" in statistics else []
    told = {name: data[_OF_COLUMN[name]].dropna() if name in _OF_COLUMN else data for name, data in statistics.items()}
    grouped = [name for name, part in told.items() if part.empty and name not in _NEEDING]
    needed = [name for name, measures in _NEEDING.items() if not {*measures} <= {*known}]
    nothing = {name: f"{STATISTICS[name].title}：申报表没有所需的列，未提供。" for name in (*grouped, *needed)}
    nothing |= {name: f"{STATISTICS[name].title}：没有给出，未提供。" for name in RESULT_STATISTICS}
    nothing |= {"by_college": "按二级学院的统计：学校没有提供专业与学院的对照，未提供。"}
    return {
        name: table_of(name, data, sources.get(name, source), nothing=nothing.get(name, ""), shown=filled(data))
        for name, data in statistics.items()
    }


def filled(data: pd.DataFrame) -> tuple[str, ...]:
    """The columns in which something stands, or is to be given: a page shows no others."""
    names = [name for name in names_of(data) if kind_of(name) != "bound"]
    said = {name for name in names if any(value != "" for value in data[name].dropna())}
    return tuple(name for name in names if name in said or (name in COLUMNS and COLUMNS[name].not_given))


def figure_tables(statistics: _Named, source: str, given: str = "", results: str = "") -> dict[str, Told]:
    """What the figures of a year are drawn of: its statistics, and `flow`, the way from applied to awarded:
    `step, people, step_before, percent` (of the step before)."""
    overview = statistics["overview"].set_index("measure")
    indicators = statistics["indicators"].set_index("indicator")
    # What the table has no column for is no step; what the school has not given is one, and says so.
    names = [name for name in _STEPS if name not in overview.index or pd.notna(overview["value"][name])]
    known = pd.concat([overview, indicators]).reindex(names).reset_index(drop=True)
    people, unit = known["value"].astype("Float64"), known["unit"].fillna("人")
    before, step = people.shift(), pd.Series(map(_STEPS.get, names), dtype="str")
    bounded = overview["lower_bound"].reindex(names, fill_value=False).astype(bool).reset_index(drop=True)
    unlike = bounded | bounded.shift(fill_value=False)  # of lower bounds there is no rate
    percent = percent_of(people, before).mask(unlike)
    flow = {"step": step, "people": people, "unit": unit, "step_before": step.shift(), "percent": percent}
    none = unlike.map({True: NOTHING, False: ""}).where(unlike.index > 0, NOTHING).to_frame("percent")
    sources = f"{source}；{given}" if given else source
    told = table_of("flow", pd.DataFrame(flow), sources, gaps=none, bounds=bounded.to_frame("people"))
    return statistic_tables(statistics, source, given, results) | {"flow": told}


def cells_table(cells: pd.DataFrame, source: str) -> Told:
    """The table as received: every cell a text, the place of its row in the file before it."""
    columns = [f"第{number}列" for number in range(1, cells.shape[1] + 1)]
    return table_of("cells", cells.set_axis(columns, axis="columns").reset_index(), source)


def logged_tables(logged: Cleaned | Processed, problems: pd.DataFrame, source: str) -> dict[str, Told]:
    """What cleaning logged and checking found, the gravest first; and for readers `applications`: a row each,
    `majors` joined, `note` of what was changed or found in it, last the cells as given that were taken apart."""
    applications, repaired = logged.applications, repairs(logged.changes)
    rows, changed, noticed = applications["source_row"], in_words(repaired), in_words(problems)
    parts = [changed.assign(note=changed["rule"] + "：" + changed["column"]), noticed.assign(note=noticed["rule"])]
    notes = pd.concat(parts).dropna(subset="source_row").drop_duplicates(["source_row", "note"])
    by_row = {"majors": logged.majors.groupby("source_row")["major"], "note": notes.groupby("source_row")["note"]}
    joined = {name: rows.map(part.agg("；".join)).astype(object).fillna("") for name, part in by_row.items()}
    table = applications.assign(**joined).astype(dict.fromkeys(by_row, "str"))
    # What numbers the row in the file, and the year, which is that of the whole table, are not for readers.
    shown = [name for name in SOURCE_COLUMNS if kind_of(name) not in ("row", "year") and name in table]
    shown = ["source_row", *shown, "note"]
    as_given = [name for name in names_of(applications) if name.endswith("_as_given") and kind_of(name) == "text"]
    rates = {name: pd.to_numeric(table[name], errors="coerce") for name in source_columns("rate") if name in table}
    data = table[[*shown, *as_given]].assign(**rates)
    marks = pd.DataFrame({name: rows.isin(repaired["source_row"][repaired["column"] == name]) for name in data})
    # Of a changed certificate cell, only the part that changed is marked.
    changed_level = applications["level"].astype(str) != applications["level_as_given"].astype(str)
    marks = marks.assign(certificate=marks["certificate"] & ~changed_level, level=marks["certificate"] & changed_level)
    counts, kept = problems["severity"].value_counts(), number(len(rows))
    by_severity = "，".join(f"{title}{number(counts.get(name, 0))}条" for name, title in SEVERITIES.items())
    columns = ("source_row", "severity", "rule", "message")
    read = f"读入{number(len(rows) + len(logged.set_aside))}行，其中申报{kept}行。"
    nothing = f"申报表读入{kept}行，全部作为申报统计，没有剔除的行。"
    tables = (
        table_of("applications", data, source, marks=marks, shown=tuple(shown), searchable=True),
        table_of("changes", logged.changes, source),
        table_of("problems", problems, source, notes=f"{by_severity}。有错误时不出报告。", shown=columns),
        table_of("set_aside", logged.set_aside, source, notes=read, nothing=nothing, limit=100),
    )
    return {told.name: told for told in tables}


def results_tables(logged: Cleaned | Processed, problems: pd.DataFrame, source: str) -> dict[str, Told]:
    """The `logged_tables` of a table of results, each under its name after `results_`."""

    def renamed(told: Told) -> Told:
        """The same of results: what is said of applications is said of these."""
        said = {field: getattr(told, field).replace("申报", "结果") for field in ("definition", "notes", "nothing")}
        return told._replace(name=f"results_{told.name}", title=f"考核结果：{told.title.replace('申报', '')}", **said)

    return {f"results_{name}": renamed(told) for name, told in logged_tables(logged, problems, source).items()}


def defining_tables(applications: pd.DataFrame) -> dict[str, Told]:
    """What each statistic counts, what the report's words, and what the columns and the indicators mean."""
    columns = [COLUMNS[name] for name in names_of(applications) if name in COLUMNS]
    counted = pd.DataFrame([*STATISTICS.values()])[["title", "unit", "definition"]]
    meant = pd.DataFrame([*columns, *INDICATORS.values()])[["title", "unit", "meaning"]]
    terms = pd.DataFrame([*_TERMS.items()], columns=["title", "meaning"])
    tables = {"definitions": counted, "terms": terms, "columns": meant}
    return {name: table_of(name, data.astype("str"), OURS) for name, data in tables.items()}


def findings(
    file: str, cleaned: Cleaned, problems: pd.DataFrame, results: CleanedYear | None = None, rows: str = "申报"
) -> list[str]:
    """Lines for a terminal, under headings: problems, the gravest first, cells changed and decisions, rows set aside;
    then the counts of all; then the same of the table of results. `rows` is what a row of the table is called."""
    aside = cleaned.set_aside.groupby(["reason", "text"], sort=False)["place"]
    changes, repaired = in_words(cleaned.changes), in_words(repairs(cleaned.changes))
    merged, taken = (changes[cleaned.changes["rule"] == rule] for rule in ("merged_cell", "table_taken"))
    many = repaired.groupby(["column", "rule"], sort=False)["before"].transform("size") > _TOLD_EACH
    each, alike = _rows_by(repaired[~many], "before", "after"), _rows_by(repaired[many])
    counts = {title: f"{title} {(problems['severity'] == name).sum()} 条" for name, title in SEVERITIES.items()}
    said, cells_changed = in_words(by_cause(problems)), number_of_changed_cells(cleaned.changes)
    changed, set_aside = f"更改 {cells_changed} 个单元格", f"剔除 {len(cleaned.set_aside)} 行"
    kinds = (
        *((count, "{message}", said[said["severity"] == title]) for title, count in counts.items()),
        ("更正的表头", "“{before}”→“{after}”（{reason}）", changes[changes["source_row"] == 0]),
        ("合并的单元格", "{source_row}{column}：与上方合并为一格，同为“{after}”", _rows_by(merged, "after")),
        (changed, "{source_row}{column}：“{before}”→“{after}”（{rule}）", each),
        (changed, "{column}（{rule}）：{source_row}", alike),
        (set_aside, "文件{place}（{reason}）：{text}", aside.agg(rows_named).reset_index()),
        ("选用的表", "{after}（{reason}）", taken),
    )
    told: dict[str, list[str]] = {}
    for heading, form, table in kinds:
        told.setdefault(heading, []).extend(map(f"  {form}".format_map, table.to_dict("records")))
    lines = chain(*([heading, *below] for heading, below in told.items() if below))
    total = f"{file}：{rows} {len(cleaned.applications)} 行，{set_aside}，{changed}；{'，'.join(counts.values())}。"
    others = findings(results.inputs.file, results.cleaned, results.problems, rows="结果") if results else []
    return [*lines, total, *others]


def _rows_by(changes: pd.DataFrame, *more: str) -> pd.DataFrame:
    """Changes that are alike in column, rule and `more`, as one whose `source_row` names all rows in words."""
    return changes.groupby(["column", "rule", *more], sort=False)["source_row"].agg(rows_named).reset_index()
