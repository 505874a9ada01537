"""Which rows are applications: the header found, columns named, other rows set aside with their reason."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pilotlib.coded import Coded, Table, all_of, any_of, from_arrow, looked_up, mapped, repeated, taken, text_of
from pilotlib.columns import COLUMNS, COUNT_COLUMNS, REQUIRED_COLUMNS, SOURCE_COLUMNS, column_named, title_of
from pilotlib.errors import PilotError
from pilotlib.reading.headers import Header, header_rows, nearly_named
from pilotlib.vocabulary import RULED_LINE, TOTAL_FORM, TOTAL_FORM_WITHOUT_CERTIFICATE, plain

# Why a row is no application; the first of them: it is one.
REASONS = (
    "",
    "表外文字",
    "并入上一行",
    "合计行",
    "重复的表头",
    "表格线",
    "空行",
    "表头以上",
    "表头的上一行",
    "表头",
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


def names_of(header: Header, place: int, filled: Sequence[bool], file: str = "申报表") -> list[str | None]:
    """The name of every column by the header: ours, else its own; None for one without name and content.

    Args:
        header: The header.
        place: The place in the file of its last row, for messages.
        filled: Which columns hold anything at all.
        file: The file's name, for messages.

    Raises:
        PilotError: a column is missing or found twice.
    """
    where = f"{file} 第 {place} 行（表头）"
    titles, names = header.titles, header.names
    missing = [name for name in REQUIRED_COLUMNS if name not in names]
    if missing:
        raise PilotError(
            f"{where}：缺少{_quoted(map(title_of, missing))}列。表头现有：{'、'.join(filter(None, titles))}。"
            f"{nearly_named(titles, missing)}"
            "如确是同一列，请在 corrections.csv 中更正表头（row 写 0）；没有该列请补上。"
        )
    for name in dict.fromkeys(filter(None, names)):
        columns = [title for title, other in zip(titles, names, strict=True) if other == name]
        if len(columns) > 1:
            raise PilotError(f"{where}：{_quoted(columns)} 都是{title_of(name)}列。请只留一列。")
    found, taken_titles = [], set()
    for number, (title, name, held) in enumerate(zip(titles, names, filled, strict=True), start=1):
        own = title or f"第{number}列"
        free = own not in taken_titles and own not in COLUMNS
        taken_titles.add(own)
        found.append((name or (own if free else f"{own}（第{number}列）")) if name or held else None)
    return found


def name_columns(cells: pd.DataFrame, header: Header, file: str = "申报表") -> pd.DataFrame:
    """Name the columns by the header; number the rows: `source_row` becomes the index.

    The header's last row is number 0, rows above it are negative, the first row of the table is 1. Columns that are
    not ours keep their own names; those without name and content go.

    Raises:
        PilotError: a column is missing or found twice.
    """
    filled = (cells.iloc[header.first :] != "").any().to_list()
    names = names_of(header, cells.index[header.last], filled, file)
    table = cells.set_axis(names, axis="columns").loc[:, [name is not None for name in names]]
    table = table.set_axis(pd.RangeIndex(-header.last, len(cells) - header.last, name="source_row"), axis="index")
    return table if "year" in table else table.assign(year="")


def table_of(cells: Sequence[Coded], names: Sequence[str | None]) -> Table:
    """Coded cells as a table under the names of its columns; a table without years has an empty column of them."""
    table = {name: column for name, column in zip(names, cells, strict=True) if name}
    return table if "year" in table else table | {"year": repeated("", len(cells[0].codes))}


def reasons_of(
    table: Table,
    rows: np.ndarray,
    cells: Sequence[Coded],
    header: Header,
    continued: Iterable[int] = (),
    labels: Iterable[Coded] = (),
) -> np.ndarray:
    """Part the rows that are applications from those set aside: each row's reason, as its place in `REASONS`.

    Args:
        table: As `table_of` returns it.
        rows: The number of every row, as `name_columns` gives them.
        cells: The cells as they stand in the file.
        header: Their header.
        continued: The `source_row` of rows that only go on with the application above.
        labels: Columns of cells that are not ours and may say that a row is one of totals.
    """
    words = {name: mapped(column, plain) for name, column in table.items()}
    telling = [looked_up(words[name], bool) for name in TELLING_COLUMNS]
    ruled = [looked_up(column, lambda word: bool(RULED_LINE.fullmatch(word))) for column in words.values()]
    written = [looked_up(column, lambda text: bool(text.strip())) for column in cells]
    above = rows < 0
    reasons = np.zeros(len(rows), np.int8)
    for reason, which in (
        ("表外文字", ~any_of(telling)),
        ("并入上一行", np.isin(rows, list(continued))),
        ("合计行", _totals(words, labels)),
        ("重复的表头", header_rows(cells, header)),
        ("表格线", all_of(ruled)),
        ("空行", ~any_of(written)),
        ("表头以上", above),
        ("表头的上一行", above & (rows >= header.first - header.last)),
        ("表头", rows == 0),
    ):
        reasons[which] = REASONS.index(reason)
    return reasons


def set_aside_rows(
    table: Table, rows: np.ndarray, places: np.ndarray, cells: Sequence[Coded], reasons: np.ndarray
) -> pd.DataFrame:
    """The rows that are no applications, the header aside.

    Returns:
        `source_row` (missing above the header), `place`, `reason`, `text`, and the cells of `places_applied` and
        `places_approved`.
    """
    aside = np.flatnonzero((reasons != 0) & (rows != 0))
    texts = [pa.array(column.words, pa.large_string()).take(pa.array(column.codes[aside])) for column in cells]
    whole = pc.utf8_rtrim(pc.binary_join_element_wise(*texts, pa.scalar("｜", pa.large_string())), "｜")
    return pd.DataFrame(
        {
            "source_row": pd.Series(rows[aside], dtype="Int64").where(lambda numbers: numbers > 0),
            "place": places[aside],
            "reason": text_of(Coded(reasons[aside].astype(np.intp), list(REASONS))),
            "text": text_of(from_arrow(whole)),
            # what a total row says, to be held against the sum of the rows
            "places_applied": text_of(taken(table["places_applied"], aside)),
            "places_approved": text_of(taken(table["places_approved"], aside)),
        }
    )


def _totals(words: Table, others: Iterable[Coded] = ()) -> np.ndarray:
    """Rows that add up others: a total's word in a cell, or within a longer text where there is no certificate."""
    ours = [name for name in SOURCE_COLUMNS if name in words and (name == "year" or name not in COUNT_COLUMNS)]
    labels = [*(words[name] for name in ours), *(mapped(column, plain) for column in others)]

    def matches(form: re.Pattern) -> np.ndarray:
        return any_of([looked_up(column, lambda word: bool(form.fullmatch(word))) for column in labels])

    without_certificate = looked_up(words["certificate"], lambda word: not word)
    return matches(TOTAL_FORM) | (without_certificate & matches(TOTAL_FORM_WITHOUT_CERTIFICATE))


def _quoted(words: Iterable[str]) -> str:
    return "、".join(f"“{word}”" for word in words)
