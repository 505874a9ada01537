"""Which rows are applications: columns named by the header, other rows set aside with their reason."""

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np
import pandas as pd

from pilotlib.columns import ADDED_UP_COLUMNS, COLUMNS, REQUIRED_COLUMNS, SOURCE_COLUMNS, source_columns, title_of
from pilotlib.distinct import asked_of_each, numbers_alike
from pilotlib.errors import PilotError
from pilotlib.reading.headers import Header, header_rows, nearly_named
from pilotlib.reading.pieces import Piece
from pilotlib.reading.tables import NO_ORIGIN, Origin
from pilotlib.vocabulary import RULED_LINE, TOTAL_FORM, TOTAL_FORM_WITHOUT_CERTIFICATE, plain

# A row that fills none of these is no application but a remark; and where the word for a total may stand.
TELLING_COLUMNS = source_columns("year", "round", "name", "count")
LABEL_COLUMNS = [name for name, column in SOURCE_COLUMNS.items() if column.kind != "count"]
# What a cell's text is, as bits.
FILLED, NO_LINE, TOTAL, TOTAL_WITHIN = 1, 2, 4, 8


def whole_table(cells: pd.DataFrame, header: Header, file: str, origin: Origin = NO_ORIGIN) -> Piece:
    """A table as its only piece: the header's last row is number 0, rows above it have negative numbers."""
    return Piece(file, header, int(cells.index[header.last]), -header.last, cells, origin)


def names_of(piece: Piece) -> list[str | None]:
    """The name of every column by the header: ours, else its own; None for one without title and content.

    Raises a PilotError where a column is missing or found twice.
    """
    titles, names = piece.header.titles, piece.header.names
    where = f"{piece.file} 第 {piece.header_place} 行（表头）"
    if missing := [name for name in REQUIRED_COLUMNS if name not in names]:
        raise PilotError(
            f"{where}：缺少“{'”、“'.join(map(title_of, missing))}”列。表头现有：{'、'.join(filter(None, titles))}。"
            f"{nearly_named(titles, missing)}"
            "如确是同一列，请在 corrections.csv 中更正表头（row 写 0）；没有该列请补上。"
        )
    for name in dict.fromkeys(filter(None, names)):
        same = [title for title, other in zip(titles, names, strict=True) if other == name]
        if len(same) > 1:
            raise PilotError(f"{where}：“{'”、“'.join(same)}” 都是{title_of(name)}列。请只留一列。")
    below = piece.cells.iloc[max(piece.header.first - piece.header.last - piece.first, 0) :]
    columns: list[str | None] = []
    for place, (title, known) in enumerate(zip(titles, names, strict=True)):
        own = title or f"第{place + 1}列"
        # A column with a title is one in every piece, whether this one holds anything in it or not.
        exists = known or title or asked_of_each(below.iloc[:, place], bool).any()
        free = own not in titles[:place] and own not in columns and own not in COLUMNS
        columns.append((known or (own if free else f"{own}（第{place + 1}列）")) if exists else None)
    return columns


def name_columns(cells: pd.DataFrame, header: Header, file: str = "申报表") -> pd.DataFrame:
    """The cells of a whole table as `named` gives them; PilotError as in `names_of`."""
    piece = whole_table(cells, header, file)
    return named(piece, names_of(piece))


def named(piece: Piece, names: Sequence[str | None]) -> pd.DataFrame:
    """A piece's cells under the names of their columns, the number of each row as index `source_row`.

    Columns that are not ours keep their own names, those without a name go; serial numbers and years that a
    table does not have are blank.
    """
    kept = [place for place, name in enumerate(names) if name is not None]
    table = piece.cells.iloc[:, kept].set_axis([names[place] for place in kept], axis="columns")
    table = table.set_axis(pd.Index(piece.rows, name="source_row"), axis="index")
    return table.assign(**{name: "" for name in ("serial", "year") if name not in table})


def reasons_of(piece: Piece, names: Sequence[str | None], labels: Iterable[int] = ()) -> pd.Series:
    """Why each row of a piece is no application, by its number; "" where it is one.

    `names` are those of its columns, `labels` the positions of columns, not ours, that may say "total".
    """
    of_header = set().union(*piece.header.lines)
    cells = pd.DataFrame({place: numbers_alike(column, of_header) for place, column in piece.cells.items()})
    signs = [asked_of_each(cells[position], _signs, np.uint8) for position in cells]
    by_name = {name: sign for name, sign in zip(names, signs, strict=True) if name}
    anywhere = reduce(np.bitwise_or, signs)
    telling = reduce(np.bitwise_or, [by_name[name] for name in TELLING_COLUMNS if name in by_name])
    label = [by_name[name] for name in LABEL_COLUMNS if name in by_name] + [signs[place] for place in labels]
    total_words = np.where(by_name["certificate"] & FILLED, TOTAL, TOTAL | TOTAL_WITHIN)
    above = piece.rows < 0
    reasons = np.full(len(cells), "", dtype=object)
    # The later one counts.
    for reason, which in (
        ("表外文字", telling & FILLED == 0),
        ("并入上一行", cells.index.isin(list(piece.origin.continued))),
        ("合计行", reduce(np.bitwise_or, label) & total_words != 0),
        ("重复的表头", header_rows(cells, piece.header)),
        ("表格线", anywhere & NO_LINE == 0),
        ("空行", anywhere & FILLED == 0),
        ("表头以上", above),
        ("表头的上一行", above & (piece.rows >= piece.header.first - piece.header.last)),
        ("表头", piece.rows == 0),
    ):
        if which.any():
            reasons[which] = reason
    return pd.Series(reasons, index=pd.Index(piece.rows, name="source_row"), dtype=str)


def rows_set_aside(table: pd.DataFrame, cells: pd.DataFrame, reasons: pd.Series) -> pd.DataFrame:
    """The rows that are no applications, without the header: `source_row, place, reason, text`, and totals.

    `source_row` is missing above the header. The cells of columns that add up are what a row of totals says.
    """
    aside = ((reasons != "") & (reasons.index != 0)).to_numpy()
    texts = [cells[column].to_numpy(dtype=object)[aside] for column in cells]
    joined = pd.Series(reduce(lambda before, text: before + "｜" + text, texts), dtype=str)
    numbers = pd.Series(reasons.index[aside], dtype="Int64")
    columns = {"place": cells.index[aside], "reason": reasons[aside].to_numpy(), "text": joined.str.rstrip("｜")}
    sums = {name: table[name].astype(str).to_numpy()[aside] for name in ADDED_UP_COLUMNS if name in table}
    return pd.DataFrame({"source_row": numbers.where(numbers > 0), **columns, **sums})


def _signs(text: str) -> int:
    word = plain(text)
    total = TOTAL * bool(TOTAL_FORM.fullmatch(word))
    total_within = TOTAL_WITHIN * bool(TOTAL_FORM_WITHOUT_CERTIFICATE.fullmatch(word))
    return FILLED * bool(word) + NO_LINE * (not RULED_LINE.fullmatch(word)) + total + total_within
