"""Small tables of text cells for tests."""

from collections.abc import Callable
from functools import cached_property

import pandas as pd

from pilotlib.cleaning import Cleaned, clean
from pilotlib.reading.choosing import Origin
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


def asked_once(function: Callable) -> Callable:
    """A function of tables and of what is said beside them, asked once for equal ones: files of many formats hold the
    same cells."""
    answers: dict[tuple, object] = {}

    def answer(*arguments):
        key = _key_of(arguments)
        if key not in answers:
            answers[key] = function(*arguments)
        return answers[key]

    return answer


def _key_of(value):
    if isinstance(value, pd.DataFrame):
        return value.to_json()
    return tuple(map(_key_of, value)) if isinstance(value, tuple) else repr(value)


@asked_once
def cleaned_once(cells: pd.DataFrame, origin: Origin, reference: pd.DataFrame | None = None) -> Cleaned:
    """`clean` of what has been read."""
    return clean(cells, None, reference, origin=origin)


class Statistics(dict):
    """The statistics of a cleaned table, by name, each computed when it is first asked for, as is the table itself."""

    def __init__(self, cleaned: Cleaned | Callable[[], Cleaned], colleges: dict[str, str] | None = None, indicators=()):
        self.cleaned = cleaned
        self.given = pd.DataFrame(indicators, columns=["indicator", "value", "unit", "note"], dtype=str)
        self.colleges = colleges or {}

    @cached_property
    def tables(self) -> Tables:
        cleaned = self.cleaned() if callable(self.cleaned) else self.cleaned
        return Tables(cleaned.applications, cleaned.majors, self.given, self.colleges)

    def __contains__(self, name: object) -> bool:
        return name in STATISTICS

    def __missing__(self, name: str) -> pd.DataFrame:
        self[name] = STATISTICS[name].function(self.tables)
        return self[name]
