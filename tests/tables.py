"""Small tables of text cells for tests."""

import pandas as pd

from pilotlib.cleaning import Cleaned
from pilotlib.statistics import STATISTICS, Tables

HEADER = (
    "序号",
    "申报年度",
    "申报批次",
    "证书名称",
    "申报专业",
    "学生规模",
    "申请总培训人数",
    "批准总培训人数",
    "申报状态",
)
ROW = ("1", "2021", "第一次", "财务共享服务职业技能等级证书(初级)", "会计", "437", "50", "50", "审核通过")


def cells_of(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> pd.DataFrame:
    """Text cells as `read_table` returns them, header first."""
    table = pd.DataFrame([header, *rows], dtype=str).fillna("")
    return table.set_axis(pd.RangeIndex(1, len(table) + 1, name="place"), axis="index")


def row(**values: str) -> tuple[str, ...]:
    """A row like `ROW`, some cells given by their Chinese headers."""
    return tuple(values.get(name, cell) for name, cell in zip(HEADER, ROW, strict=True))


class Statistics(dict):
    """The statistics of a cleaned table, by name, each computed when it is first asked for."""

    def __init__(self, cleaned: Cleaned, colleges: dict[str, str] | None = None, indicators=()):
        given = pd.DataFrame(indicators, columns=["indicator", "value", "unit", "note"], dtype=str)
        self.tables = Tables(cleaned.applications, cleaned.majors, given, colleges or {})

    def __contains__(self, name: object) -> bool:
        return name in STATISTICS

    def __missing__(self, name: str) -> pd.DataFrame:
        self[name] = STATISTICS[name].function(self.tables)
        return self[name]
