"""The told tables of a year: its statistics, the applications as cleaned, and what cleaning and checking logged."""

from collections.abc import Mapping

import pandas as pd

from pilotlib.cleaning import repairs
from pilotlib.columns import COLUMNS, INDICATORS, SOURCE_COLUMNS, kind_of
from pilotlib.report.prose import number
from pilotlib.report.told import NOTHING, Told, in_words, names_of
from pilotlib.statistics import STATISTICS
from pilotlib.vocabulary import SEVERITIES

OURS = "本报告"  # the source of what the report itself says
_PROBLEMS_SHOWN = ("source_row", "severity", "rule", "message")
_STEPS = {
    "places_applied": "申请",
    "places_approved": "批准",
    "students_trained": "培训",
    "students_assessed": "考核",
    "students_passed": "通过",
    "students_awarded": "获证",
}


def statistic_tables(statistics: Mapping[str, pd.DataFrame], source: str, given: str = "") -> dict[str, Told]:
    """The statistics as told tables, by name.

    Args:
        statistics: Those of the registry, or some of them.
        source: Where the application table's figures come from.
        given: Where the figures come from that the school gave.
    """
    sources = {"indicators": given, "rates": f"{source}；{given}"} if given else {}
    return {
        name: Told(
            name,
            STATISTICS[name].title,
            STATISTICS[name].definition,
            STATISTICS[name].unit,
            sources.get(name, source),
            data,
        )
        for name, data in statistics.items()
    }


def figure_tables(statistics: Mapping[str, pd.DataFrame], source: str, given: str = "") -> dict[str, Told]:
    """What the figures of a year are drawn of: its statistics, and the way from applied to awarded."""
    flow = flow_table(statistics, f"{source}；{given}" if given else source)
    return statistic_tables(statistics, source, given) | {"flow": flow}


def flow_table(statistics: Mapping[str, pd.DataFrame], source: str) -> Told:
    """From applied to awarded: `step, people, step_before, percent` (of the step before, missing where either is)."""
    overview = statistics["overview"].set_index("measure")["value"]
    given = statistics["indicators"].set_index("indicator")["value"]
    people = pd.concat([overview, given]).reindex(list(_STEPS)).astype("Float64").reset_index(drop=True)
    before = people.shift()
    percent = (people / before * 100).round(2).where(before > 0)
    step = pd.Series(list(_STEPS.values()), dtype="str")
    data = pd.DataFrame({"step": step, "people": people, "step_before": step.shift(), "percent": percent})
    first = pd.DataFrame({"percent": [NOTHING, *[""] * (len(data) - 1)]})
    return Told(
        "flow",
        "从申请到获证",
        "从申请的名额到取得证书的学生，每一步的人数与占上一步的比例。",
        "人、%",
        source,
        data,
        gaps=first,
    )


def applications_table(
    applications: pd.DataFrame, majors: pd.DataFrame, changes: pd.DataFrame, problems: pd.DataFrame, source: str
) -> Told:
    """The applications as cleaned, for readers: a row each, `majors` joined, `note` of what was changed or found in it,
    and last the cells as given that cleaning took apart. Repaired cells are marked."""
    rows = applications["source_row"]
    notes = pd.concat(
        [
            in_words(repairs(changes)).assign(note=lambda table: table["rule"] + "：" + table["column"]),
            in_words(problems).assign(note=lambda table: table["rule"]),
        ]
    ).dropna(subset="source_row")
    by_row = {
        "majors": majors.groupby("source_row")["major"].agg("；".join),
        "note": notes.groupby("source_row")["note"].agg(lambda words: "；".join(dict.fromkeys(words))),
    }
    joined = {name: rows.map(column).astype(object).fillna("").astype("str") for name, column in by_row.items()}
    table = applications.assign(**joined)
    # What numbers the row in the file, and the year, which is that of the whole table, are not for readers.
    told = [name for name in SOURCE_COLUMNS if kind_of(name) not in ("row", "year") and name in table]
    data = table[["source_row", *told, "note", *as_given_columns(applications)]]
    return Told(
        "applications",
        "申报明细（清洗后）",
        "清洗后的申报表。着色的单元格与原表不同，原值与理由见“更改记录”。",
        "人",
        source,
        data,
        marks=_repaired(data, applications, repairs(changes)),
        shown=("source_row", *told, "note"),
        searchable=True,
    )


def as_given_columns(applications: pd.DataFrame) -> list[str]:
    """The columns that hold a whole cell as received."""
    names = names_of(applications)
    return [name for name in names if name.endswith("_as_given") and kind_of(name) == "text"]


def cells_table(cells: pd.DataFrame, source: str) -> Told:
    """The table as received: every cell a text, the place of its row in the file before it."""
    columns = [f"第{number}列" for number in range(1, cells.shape[1] + 1)]
    data = cells.set_axis(columns, axis="columns").reset_index()
    return Told("cells", "收到的表", "单元格都是文本，与文件逐字相同。", "行", source, data)


def cleaned_table(applications: pd.DataFrame, source: str) -> Told:
    """The applications with every column that cleaning gives them."""
    definition = "一行一项申报，证书与等级已分开，人数已读成整数。"
    return Told("applications", "申报明细（清洗后）", definition, "人", source, applications)


def majors_table(majors: pd.DataFrame, source: str) -> Told:
    """Every major of every application."""
    return Told(
        "majors", "申报专业", "每项申报的每个专业一行，名称已按《职业教育专业目录》核对。", "个", source, majors
    )


def changes_table(changes: pd.DataFrame, source: str) -> Told:
    """Every cell that was changed: what it held, what it holds, and why."""
    return Told("changes", "更改记录", "除首尾空白外，凡与原表不同的单元格都在此表中。", "处", source, changes)


def problems_table(problems: pd.DataFrame, source: str) -> Told:
    """Everything that checking found, the gravest first."""
    counts = problems["severity"].value_counts()
    by_severity = "，".join(f"{title}{number(counts.get(name, 0))}条" for name, title in SEVERITIES.items())
    notes = f"{by_severity}。有错误时不出报告。"
    return Told(
        "problems",
        "问题与提示",
        "检查发现的全部问题，严重的在前。",
        "条",
        source,
        problems,
        notes=notes,
        shown=_PROBLEMS_SHOWN,
    )


def set_aside_table(set_aside: pd.DataFrame, kept: int, source: str) -> Told:
    """The rows of the file that are no applications, beside so many that are."""
    notes = f"读入{number(kept + len(set_aside))}行，其中申报{number(kept)}行。"
    return Told("set_aside", "剔除的行", "文件中不是申报的行及理由。", "行", source, set_aside, notes=notes)


def definitions_table() -> Told:
    """How each statistic is defined."""
    entries = [(entry.title, entry.unit, entry.definition) for entry in STATISTICS.values()]
    data = pd.DataFrame(entries, columns=["title", "unit", "definition"], dtype="str")
    return Told("definitions", "统计表的定义", "每张统计表统计的是什么。", "张", OURS, data)


def columns_table(applications: pd.DataFrame) -> Told:
    """What the columns of the application table and the indicators mean."""
    entries = [COLUMNS[name] for name in applications.columns if name in COLUMNS] + list(INDICATORS.values())
    rows = [(entry.title, entry.unit, entry.meaning) for entry in entries]
    data = pd.DataFrame(rows, columns=["title", "unit", "meaning"], dtype="str")
    return Told("columns", "列与指标的含义", "申报明细各列与表外指标的含义。", "列", OURS, data)


def _repaired(data: pd.DataFrame, applications: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Which cells differ from the table as received. Of a changed certificate cell, only the part that changed."""
    cell_of = {name: "certificate" if name == "level" else name for name in data.columns}
    cells = pd.DataFrame(
        {
            name: data["source_row"].isin(changes.loc[changes["column"] == cell, "source_row"])
            for name, cell in cell_of.items()
        }
    )
    level_changed = applications["level"].astype(str) != applications["level_as_given"].astype(str)
    return cells.assign(certificate=cells["certificate"] & ~level_changed, level=cells["level"] & level_changed)
