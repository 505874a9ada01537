"""Which rows are applications: the header found, columns named, other rows set aside with their reason."""

from collections.abc import Iterable

import pandas as pd

from pilotlib.errors import PilotError
from pilotlib.reading.headers import Header, header_rows, nearly_named
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


def correct_header(header: Header, corrections: pd.DataFrame, file: str = "申报表") -> Header:
    """Put in the ledger's corrections of the header, which is row 0: a word that is nearly a column's name.

    Raises:
        PilotError: the header does not say what the ledger says it does, or the correction names no column.
    """
    given, titles = list(header.titles), list(header.titles)
    for was, becomes, reason in zip(corrections["was"], corrections["becomes"], corrections["reason"], strict=True):
        places = [place for place, title in enumerate(given) if title == was.strip()]
        if not places:
            raise PilotError(f"corrections.csv：{file} 的表头没有“{was}”。表头现有：{_quoted(given)}。")
        if not column_named(becomes) or not reason.strip():
            raise PilotError(f"corrections.csv：表头“{was}”要更正为已知的列名并写明理由，现为“{becomes}”。")
        if len(places) > 1:
            raise PilotError(f"corrections.csv：{file} 的表头“{was}”有 {len(places)} 处。请在表中改好后另存。")
        if titles[places[0]] != given[places[0]]:
            raise PilotError(f"corrections.csv：{file} 的表头“{was}”更正了两次。请合并为一条。")
        titles[places[0]] = becomes.strip()
    return header._replace(titles=titles, names=[column_named(title) for title in titles])


def name_columns(cells: pd.DataFrame, header: Header, file: str = "申报表") -> pd.DataFrame:
    """Name the columns by the header; number the rows: `source_row` becomes the index.

    The header's last row is number 0, rows above it are negative, the first row of the table is 1. Columns that are
    not ours keep their own names; those without name and content go.

    Raises:
        PilotError: a column is missing or found twice.
    """
    where = f"{file} 第 {cells.index[header.last]} 行（表头）"
    titles = pd.Series(header.titles, index=cells.columns, dtype=str)
    names = pd.Series(header.names, index=cells.columns, dtype=object)
    missing = [name for name in REQUIRED_COLUMNS if name not in set(names)]
    if missing:
        raise PilotError(
            f"{where}：缺少{_quoted(map(title_of, missing))}列。表头现有：{'、'.join(titles[titles != ''])}。"
            f"{nearly_named(titles, missing)}"
            "如确是同一列，请在 corrections.csv 中更正表头（row 写 0）；没有该列请补上。"
        )
    twice = names[names.notna() & names.duplicated()]
    if len(twice):
        columns = _quoted(titles[names == twice.iloc[0]])
        raise PilotError(f"{where}：{columns} 都是{title_of(twice.iloc[0])}列。请只留一列。")
    numbers = pd.Series([f"第{number}列" for number in range(1, len(titles) + 1)], index=titles.index)
    titles = titles.where(titles != "", numbers)
    titles = titles.mask(titles.duplicated() | titles.isin(COLUMNS), titles + "（" + numbers + "）")
    filled = names.notna() | (cells.iloc[header.first :] != "").any()
    table = cells.set_axis(names.where(names.notna(), titles).to_list(), axis="columns").loc[:, filled.to_numpy()]
    table = table.set_axis(pd.RangeIndex(-header.last, len(cells) - header.last, name="source_row"), axis="index")
    return table if "year" in table else table.assign(year="")


def take_applications(
    table: pd.DataFrame, cells: pd.DataFrame, header: Header, continued: Iterable[int] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the rows that are applications from those set aside, each with its reason.

    Args:
        table: As `name_columns` returns it.
        cells: The cells as they stand in the file, for the places and whole texts of rows.
        header: Their header.
        continued: The `source_row` of rows that only go on with the application above.

    Returns:
        The applications' rows, and `source_row` (missing above the header), `place`, `reason`, `text`,
        and the cells of `places_applied` and `places_approved`.
    """
    words = table.apply(lambda column: by_value(column, plain))
    reasons = pd.Series("", index=table.index)
    reasons = reasons.mask((words[[*TELLING_COLUMNS]] == "").all(axis=1), "表外文字")
    reasons = reasons.mask(table.index.isin(list(continued)), "并入上一行")
    reasons = reasons.mask(_totals(words), "合计行")
    reasons = reasons.mask(header_rows(cells, header).to_numpy(), "重复的表头")
    ruled = words.apply(lambda column: by_value(column, lambda word: bool(RULED_LINE.fullmatch(word)))).all(axis=1)
    reasons = reasons.mask(ruled, "表格线")
    reasons = reasons.mask((cells.apply(lambda column: column.str.strip()) == "").all(axis=1).to_numpy(), "空行")
    reasons = reasons.mask(table.index < 0, "表头以上")
    reasons = reasons.mask((table.index < 0) & (table.index >= header.first - header.last), "表头的上一行")
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


def _quoted(words: Iterable[str]) -> str:
    return "、".join(f"“{word}”" for word in words)
