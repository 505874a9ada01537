"""Which rows are applications: columns named by the header, other rows set aside with their reason."""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import reduce

import numpy as np
import pandas as pd

from pilotlib.columns import COLUMNS, REQUIRED_COLUMNS, SOURCE_COLUMNS, source_columns, title_of
from pilotlib.distinct import asked_of_each
from pilotlib.errors import PilotError
from pilotlib.reading.headers import Header, header_rows, nearly_named
from pilotlib.vocabulary import RULED_LINE, TOTAL_FORM, TOTAL_FORM_WITHOUT_CERTIFICATE, plain

# A row that fills none of these is no application but a remark.
TELLING_COLUMNS = source_columns("year", "round", "name", "count")
# Where the word for a total may stand.
LABEL_COLUMNS = [name for name, column in SOURCE_COLUMNS.items() if column.kind != "count"]


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
        same = [title for title, other in zip(titles, names, strict=True) if other == name]
        if len(same) > 1:
            raise PilotError(f"{where}：{_quoted(same)} 都是{title_of(name)}列。请只留一列。")
    columns: list[str | None] = []
    taken_titles = set()
    for number, (title, known, has_content) in enumerate(zip(titles, names, filled, strict=True), start=1):
        own = title or f"第{number}列"
        free = own not in taken_titles and own not in COLUMNS
        taken_titles.add(own)
        columns.append((known or (own if free else f"{own}（第{number}列）")) if known or has_content else None)
    return columns


def name_columns(cells: pd.DataFrame, header: Header, file: str = "申报表") -> pd.DataFrame:
    """Name the columns of a whole table by its header; number the rows: `source_row` becomes the index.

    The header's last row is number 0, rows above it are negative, the first row of the table is 1. Columns that are
    not ours keep their own names; those without name and content go.

    Raises:
        PilotError: a column is missing or found twice.
    """
    return named_and_numbered(cells, column_names(cells, header, file), -header.last)


def column_names(cells: pd.DataFrame, header: Header, file: str = "申报表") -> list[str | None]:
    """The name of every column of a whole table, as `names_of` gives it."""
    below = cells.iloc[header.first :]
    filled = [bool(asked_of_each(below[position], bool).any()) for position in below]
    return names_of(header, cells.index[header.last], filled, file)


def named_and_numbered(cells: pd.DataFrame, names: Sequence[str | None], first: int) -> pd.DataFrame:
    """Cells under the names of their columns, their rows numbered from `first`.

    A table without serial numbers or years has blank ones.
    """
    kept = [place for place, name in enumerate(names) if name is not None]
    table = cells.iloc[:, kept].set_axis([names[place] for place in kept], axis="columns")
    table = table.set_axis(pd.RangeIndex(first, first + len(cells), name="source_row"), axis="index")
    return table.assign(**{name: "" for name in ("serial", "year") if name not in table})


def reasons_of(
    table: pd.DataFrame,
    cells: pd.DataFrame,
    header: Header,
    continued: Collection[int] = (),
    labels: Iterable[int] = (),
) -> pd.Series:
    """Why each row is no application; "" where it is one.

    Args:
        table: The cells under the names of their columns, as `named_and_numbered` returns them.
        cells: The same rows as they stand in the file, their places as index.
        header: Their header.
        continued: The places of rows that only go on with the application above.
        labels: The positions of columns that are not ours and may say that a row is one of totals.
    """
    rows = table.index.to_numpy()
    filled = [asked_of_each(table[name], _is_filled) for name in TELLING_COLUMNS if name in table]
    reasons = np.full(len(table), "", dtype=object)
    # The later one counts.
    for reason, which in (
        ("表外文字", ~_any_of(filled)),
        ("并入上一行", cells.index.isin(list(continued))),
        ("合计行", _totals(table, [cells.iloc[:, place] for place in labels])),
        ("重复的表头", header_rows(cells, header)),
        ("表格线", ~_any_of(~asked_of_each(table[name], _is_ruled) for name in table)),
        ("空行", ~_any_of(asked_of_each(cells[column], _is_filled) for column in cells)),
        ("表头以上", rows < 0),
        ("表头的上一行", (rows < 0) & (rows >= header.first - header.last)),
        ("表头", rows == 0),
    ):
        if which.any():
            reasons[which] = reason
    return pd.Series(reasons, index=table.index, dtype=str)


def rows_set_aside(table: pd.DataFrame, cells: pd.DataFrame, reasons: pd.Series) -> pd.DataFrame:
    """The rows that are no applications, the header aside.

    Returns:
        `source_row` (missing above the header), `place`, `reason`, `text`, and the cells of `places_applied` and
        `places_approved`: what a total row says, to be held against the sum of the rows.
    """
    aside = ((reasons != "") & (reasons.index != 0)).to_numpy()
    texts = [cells[column].to_numpy(dtype=object)[aside] for column in cells]
    joined = pd.Series(reduce(lambda before, text: before + "｜" + text, texts), dtype=str)
    numbers = pd.Series(reasons.index[aside], dtype="Int64")
    return pd.DataFrame(
        {
            "source_row": numbers.where(numbers > 0),
            "place": cells.index[aside],
            "reason": reasons[aside].to_numpy(),
            "text": joined.str.rstrip("｜"),
            **{name: table[name].astype(str).to_numpy()[aside] for name in ("places_applied", "places_approved")},
        }
    )


def _totals(table: pd.DataFrame, others: Iterable[pd.Series]) -> np.ndarray:
    """Rows that add up others: a total's word in a cell, or within a longer text where there is no certificate."""
    labels = [*(table[name] for name in LABEL_COLUMNS if name in table), *others]

    def match(form: re.Pattern[str]) -> np.ndarray:
        return _any_of(asked_of_each(column, lambda text: bool(form.fullmatch(plain(text)))) for column in labels)

    without_certificate = ~asked_of_each(table["certificate"], _is_filled)
    return match(TOTAL_FORM) | (without_certificate & match(TOTAL_FORM_WITHOUT_CERTIFICATE))


def _any_of(flags: Iterable[np.ndarray]) -> np.ndarray:
    return reduce(np.logical_or, flags)


def _is_filled(text: str) -> bool:
    return bool(plain(text))


def _is_ruled(text: str) -> bool:
    return bool(RULED_LINE.fullmatch(plain(text)))


def _quoted(words: Iterable[str]) -> str:
    return "、".join(f"“{word}”" for word in words)
