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
    RULED_LINE,
    SOURCE_COLUMNS,
    TOTAL_FORM,
    TOTAL_FORM_WITHOUT_CERTIFICATE,
    column_named,
    plain,
    title_of,
)

# A row that fills none of these is no application but a remark.
TELLING_COLUMNS = ("year", "application_round", "certificate", "students", "places_applied", "places_approved")


def name_columns(cells: pd.DataFrame, file: str = "申报表") -> pd.DataFrame:
    """Name the columns by the header row; number the rows: `source_row` becomes the index.

    The header is number 0, rows above it are negative, the first row of the table is 1. Columns that are not ours
    keep their own names; those without name and content go.
    """
    headers = header_rows(cells)
    if not headers.any():
        raise PilotError(f"{file}：没有找到表头。表头应有这些列：{_titles(REQUIRED_COLUMNS)}。")
    position = int(headers.argmax())
    where = f"{file} 第 {cells.index[position]} 行（表头）"
    header = cells.iloc[position].str.strip()
    names = header.map(column_named)
    missing = [name for name in REQUIRED_COLUMNS if name not in set(names)]
    if missing:
        found = "、".join(header[header != ""])
        raise PilotError(f"{where}：缺少{_titles(missing)}列。表头现有：{found}。请补上该列，或改用规定的列名。")
    twice = names[names.notna() & names.duplicated()]
    if len(twice):
        columns = "、".join(f"“{text}”" for text in header[names == twice.iloc[0]])
        raise PilotError(f"{where}：{columns} 都是{title_of(twice.iloc[0])}列。请只留一列。")
    numbers = pd.Series([f"第{number}列" for number in range(1, len(header) + 1)], index=header.index)
    titles = header.where(header != "", numbers)
    titles = titles.mask(titles.duplicated() | titles.isin(COLUMNS), titles + "（" + numbers + "）")
    filled = names.notna() | (cells.iloc[position:] != "").any()
    table = cells.set_axis(names.where(names.notna(), titles).to_list(), axis="columns").loc[:, filled.to_numpy()]
    return table.set_axis(pd.RangeIndex(-position, len(cells) - position, name="source_row"), axis="index")


def take_applications(table: pd.DataFrame, cells: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the rows that are applications from those set aside, each with its reason.

    Args:
        table: As `name_columns` returns it.
        cells: What it was made from, for the places and whole texts of rows.

    Returns:
        The applications' rows, and `source_row` (missing above the header), `place`, `reason`, `text`,
        and the cells of `places_applied` and `places_approved`.
    """
    words = table.apply(lambda column: by_value(column, plain))
    reasons = pd.Series("", index=table.index)
    reasons = reasons.mask((words[[*TELLING_COLUMNS]] == "").all(axis=1), "表外文字")
    reasons = reasons.mask(_totals(words), "合计行")
    reasons = reasons.mask(header_rows(table), "重复的表头")
    ruled = words.apply(lambda column: by_value(column, lambda word: bool(RULED_LINE.fullmatch(word)))).all(axis=1)
    reasons = reasons.mask(ruled, "表格线").mask((words == "").all(axis=1), "空行")
    reasons = reasons.mask(table.index < 0, "表头以上")
    aside = ((reasons != "") & (table.index != 0)).to_numpy()
    set_aside = pd.DataFrame(
        {
            "source_row": pd.Series(table.index[aside], dtype="Int64").where(lambda rows: rows > 0),
            "place": cells.index[aside],
            "reason": reasons[aside].to_numpy(),
            "text": pd.Series(["｜".join(row).rstrip("｜") for row in cells[aside].to_numpy()], dtype=str),
            # what a total row says, to be held against the sum of the rows
            "places_applied": table.loc[aside, "places_applied"].to_numpy(),
            "places_approved": table.loc[aside, "places_approved"].to_numpy(),
        }
    )
    return table[(reasons == "") & (table.index > 0)], set_aside


def _totals(words: pd.DataFrame) -> pd.Series:
    """Rows that add up others: a total's word in a cell, or within a longer text where there is no certificate."""
    labels = words[[name for name in SOURCE_COLUMNS if name in words and name not in COUNT_COLUMNS] + ["year"]]

    def matches(form) -> pd.Series:
        return labels.apply(lambda column: by_value(column, lambda word: bool(form.fullmatch(word)))).any(axis=1)

    return matches(TOTAL_FORM) | ((words["certificate"] == "") & matches(TOTAL_FORM_WITHOUT_CERTIFICATE))


def _titles(names: Iterable[str]) -> str:
    return "、".join(f"“{title_of(name)}”" for name in names)
