"""Which rows are applications: the header found, columns named, other rows set aside with their reason."""

from collections.abc import Iterable

import pandas as pd

from pilotlib.errors import PilotError
from pilotlib.reading.tables import header_rows
from pilotlib.values import by_value
from pilotlib.vocabulary import (
    COLUMNS,
    COUNT_COLUMNS,
    REQUIRED_COLUMNS,
    SOURCE_COLUMNS,
    TOTAL_WORDS,
    column_named,
    plain,
    title_of,
)


def name_columns(cells: pd.DataFrame, file: str = "申报表") -> pd.DataFrame:
    """Name the columns by the header row and mark rows: `place` and `source_row` become the index.

    The header row is number 0, rows above it are negative, the first row of the table is 1.
    """
    headers = header_rows(cells)
    if not headers.any():
        raise PilotError(f"{file}：没有找到表头。表头应有这些列：{_titles(REQUIRED_COLUMNS)}。")
    position = int(headers.argmax())
    header = cells.iloc[position]
    names = header.map(column_named)
    missing = [name for name in REQUIRED_COLUMNS if name not in set(names)]
    if missing:
        found = "、".join(header[header.str.strip() != ""])
        raise PilotError(
            f"{file} 第 {cells.index[position]} 行（表头）：缺少{_titles(missing)}列。"
            f"表头现有：{found}。请补上该列，或改用规定的列名。"
        )
    twice = names[names.notna() & names.duplicated()]
    if len(twice):
        columns = "、".join(f"“{text.strip()}”" for text in header[names == twice.iloc[0]])
        raise PilotError(
            f"{file} 第 {cells.index[position]} 行（表头）：{columns} 都是{title_of(twice.iloc[0])}列。请只留一列。"
        )
    titles = header.str.strip()
    numbers = pd.Series([f"第{number}列" for number in range(1, len(titles) + 1)], index=titles.index)
    titles = titles.where(titles != "", numbers)
    titles = titles.mask(titles.duplicated() | titles.isin(COLUMNS), titles + "（" + numbers + "）")
    filled = names.notna() | (cells.iloc[position:] != "").any()
    numbered = cells.set_axis(names.where(names.notna(), titles).to_list(), axis="columns").loc[:, filled.to_numpy()]
    source_rows = pd.RangeIndex(-position, len(cells) - position, name="source_row")
    return numbered.set_index(source_rows, append=True)


def take_applications(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the rows that are applications (index `source_row`) from those set aside, each with its reason."""
    above = table.index.get_level_values("source_row") <= 0
    words = table.apply(lambda column: by_value(column, plain))
    labels = words[[name for name in SOURCE_COLUMNS if name in words and name not in COUNT_COLUMNS] + ["year"]]
    reasons = pd.Series("", index=table.index)
    reasons = reasons.mask(
        labels.isin({f"{word}{mark}" for word in TOTAL_WORDS for mark in ("", ":")}).any(axis=1), "合计行"
    )
    reasons = reasons.mask(header_rows(table), "重复的表头")
    reasons = reasons.mask((words == "").all(axis=1), "空行")
    reasons = reasons.mask(above & ~header_rows(table), "表头以上")
    kept = table[(reasons == "") & ~above].droplevel("place")
    aside = table[(reasons != "") & (table.index.get_level_values("source_row") != 0)]
    set_aside = aside.index.to_frame(index=False).assign(
        source_row=lambda rows: rows["source_row"].where(rows["source_row"] > 0).astype("Int64"),
        reason=reasons[aside.index].to_numpy(),
        text=aside.agg("｜".join, axis=1).to_numpy() if len(aside) else "",
    )
    return kept, set_aside[["source_row", "place", "reason", "text"]]


def _titles(names: Iterable[str]) -> str:
    return "、".join(f"“{title_of(name)}”" for name in names)
