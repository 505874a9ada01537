"""What stands in the workbooks: a sheet for each table of a report, with what is said of it."""

from typing import NamedTuple

import pandas as pd

from pilotlib.report import Report
from pilotlib.report.checked import told_claims
from pilotlib.report.tables import repaired, source_of, told_applications
from pilotlib.report.trends import Trends
from pilotlib.report.years import compared_tables
from pilotlib.statistics import STATISTICS


class Sheet(NamedTuple):
    """A table with what is said of it; `marked` says which cells are set off, `links` where those of the first column
    lead: a relative address, or nothing."""

    title: str
    definition: str
    unit: str
    source: str
    table: pd.DataFrame
    marked: pd.DataFrame | None = None
    links: pd.Series | None = None


def sheets_of(report: Report) -> list[Sheet]:
    """Statistics, applications as cleaned, changes, problems, rows set aside, claims, and the year before beside it."""
    processed, source = report.processed, source_of(report)
    statistics = [
        Sheet(entry.title, entry.definition, entry.unit, source_of(report, name), report.statistics[name])
        for name, entry in STATISTICS.items()
    ]
    told = told_applications(processed)
    return [
        *statistics,
        Sheet(
            "申报明细",
            "清洗后的申报表。着色的单元格与原表不同，见“更改记录”。",
            "人",
            source,
            told,
            repaired(processed),
        ),
        Sheet("更改记录", "除首尾空白外，凡与原表不同的单元格。", "处", source, processed.changes),
        Sheet("问题与提示", "检查发现的全部问题，严重的在前。", "条", source, processed.problems),
        Sheet("剔除的行", "文件中不是申报的行及理由。", "行", source, processed.set_aside),
        Sheet(
            "数据核对",
            "学校文字中的数与数据逐条核对的结论。",
            "条",
            "narrative.md；" + source,
            told_claims(report.claims),
        ),
        *(
            Sheet(title, definition, "各行注明", source, table)
            for title, definition, table in (compared_tables(report) if report.earlier else [])
        ),
    ]


def sheets_of_trends(trends: Trends) -> list[Sheet]:
    """The tables of all years."""
    return [Sheet(title, definition, "各行注明", trends.source, table) for title, definition, table in trends.tables()]
