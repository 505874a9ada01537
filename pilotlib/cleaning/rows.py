"""Which rows are applications: columns named by the header, other rows set aside with their reason."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, reduce
from typing import NamedTuple

import numpy as np
import pandas as pd

from pilotlib import columns
from pilotlib.distinct import asked_of_each, each_value, numbers_alike
from pilotlib.errors import PilotError
from pilotlib.reading.choosing import NO_ORIGIN, Origin
from pilotlib.reading.headers import BY_COLUMNS, Header, header_rows, laid_out_in_parts
from pilotlib.reading.likely import misspelt, nearly_named
from pilotlib.vocabulary import LABEL_FORMS, ROW_FORMS, TOTAL_FORM_WITHOUT_CERTIFICATE, TOTAL_HALVES, plain
from pilotlib.words import REMEMBERED, count_text, is_count, levels_in, normalised, split_certificate

# A row that fills none of these is no application but a remark; and where the word for a total may stand.
TELLING_COLUMNS = columns.source_columns("round", "name", "count")
LABEL_COLUMNS = [name for name, column in columns.SOURCE_COLUMNS.items() if column.kind != "count"]
# What a cell's text is, as bits; the last three say what it is not, so that a row of such cells has none of them.
FILLED, TOTAL, MODEL, SIGNATURE, SUMMARY, TOTAL_WITHIN, HALF, OTHER_HALF = (1 << place for place in range(8))
NO_LINE, NO_UNIT, NO_NUMBER = (1 << place for place in range(8, 11))


class Piece(NamedTuple):
    """Rows of a table as they stand in a file, merged cells filled as `origin` says.

    `header_place` is the place of the header's last row in the file, `first` the number of the first of these rows
    (the header's last row is 0), and `cells` are their texts as categoricals, with their places as index.
    """

    file: str
    header: Header
    header_place: int
    first: int
    cells: pd.DataFrame
    origin: Origin = NO_ORIGIN

    @property
    def rows(self) -> np.ndarray:
        """The number of each row."""
        return np.arange(self.first, self.first + len(self.cells))


def whole_table(cells: pd.DataFrame, header: Header, file: str, origin: Origin = NO_ORIGIN) -> Piece:
    """A table as its only piece: the header's last row is number 0, rows above it have negative numbers."""
    return Piece(file, header, int(cells.index[header.last]), -header.last, cells, origin)


def names_of(piece: Piece) -> list[str | None]:
    """The name of every column by the header: ours, else its own; None for one without title and content.

    Raises a PilotError where no column has certificates, one is found twice, or a title is nearly a missing one's.
    """
    titles, names = piece.header.titles, piece.header.names
    where = f"{piece.file} 第 {piece.header_place} 行（表头）"
    for title in titles:
        if (nearly := columns.heading_of(title).nearly) and nearly not in names:
            raise PilotError(
                f"{where}：“{title}”是不是{columns.title_of(nearly)}，从括号中的字看不出来。"
                f'如确是这一列，请在 {BY_COLUMNS} 下写 "{title}" = "{columns.title_of(nearly)}"；不是，请补上这一列。',
                rows=[titles],
            )
    missing = [name for name in columns.EXPECTED_COLUMNS if name not in names]
    misspelled = [title for title in titles if title and misspelt(title, missing)]
    if misspelled or not set(columns.REQUIRED_COLUMNS) <= set(names):
        missing = missing if misspelled else list(columns.REQUIRED_COLUMNS)
        absent, there = "”、“".join(map(columns.title_of, missing)), "、".join(filter(None, titles))
        raise PilotError(
            f"{where}：缺少“{absent}”列。表头现有：{there}。{nearly_named(titles, missing)}"
            f"如确是同一列，请在 {BY_COLUMNS} 下写明；不是，请换一个列名或补上该列。",
            rows=[titles],
        )
    if len(parts := [title for title in titles if columns.is_part_of_a_row(title)]) > 1:
        raise laid_out_in_parts(where, parts)
    for name in dict.fromkeys(filter(None, names)):
        same = [title for title, other in zip(titles, names, strict=True) if other == name]
        if len(same) > 1:
            places = [f"“{title}”（第{place}列）" for place, title in enumerate(titles, 1) if names[place - 1] == name]
            side = "；两张表左右并排的，请改成上下排列" if name == "certificate" else ""
            raise PilotError(f"{where}：{'、'.join(places)}都是{columns.title_of(name)}列。请只留一列{side}。")
    below = piece.cells.iloc[max(piece.header.first - piece.header.last - piece.first, 0) :]
    found: list[str | None] = []
    for place, (title, known) in enumerate(zip(titles, names, strict=True)):
        own = title or f"第{place + 1}列"
        if own in (*titles[:place], *found, *columns.COLUMNS):
            own += f"（第{place + 1}列）"
        # A column with a title is one in every piece, whether this one holds anything in it or not.
        exists = known or title or asked_of_each(below.iloc[:, place], bool).any()
        found.append((known or own) if exists else None)
    return found


def name_columns(cells: pd.DataFrame, header: Header, file: str = "申报表") -> pd.DataFrame:
    """The cells of a whole table as `named` gives them; PilotError as in `names_of`."""
    piece = whole_table(cells, header, file)
    return named(piece, names_of(piece))


def named(piece: Piece, names: Sequence[str | None]) -> pd.DataFrame:
    """A piece's cells by columns' names (those without one go) and rows' numbers; what is absent is blank."""
    kept = [place for place, name in enumerate(names) if name is not None]
    table = piece.cells.iloc[:, kept].set_axis([names[place] for place in kept], axis="columns")
    table = table.set_axis(pd.Index(piece.rows, name="source_row"), axis="index")
    return table.assign(**{name: "" for name in ("serial", "year", "majors") if name not in table})


def reasons_of(piece: Piece, names: Sequence[str | None], labels: Iterable[int] = ()) -> pd.Series:
    """Why each row of a piece is no application, by its number; "" where it is one.

    `names` are those of its columns, `labels` the positions of columns, not ours, that may say "total".
    """
    of_header = set().union(*piece.header.lines)
    cells = pd.DataFrame({place: numbers_alike(column, of_header) for place, column in piece.cells.items()})
    signs = [asked_of_each(cells[position], _signs, np.uint16) for position in cells]
    by_name = {name: sign for name, sign in zip(names, signs, strict=True) if name}
    anywhere = reduce(np.bitwise_or, signs)
    telling = reduce(np.bitwise_or, [by_name[name] for name in TELLING_COLUMNS if name in by_name])
    label_signs = [by_name[name] for name in LABEL_COLUMNS if name in by_name] + [signs[place] for place in labels]
    label, certified = reduce(np.bitwise_or, label_signs), by_name["certificate"] & FILLED != 0
    in_halves = ~certified & (label & HALF != 0) & (label & OTHER_HALF != 0)
    above = piece.rows < 0
    said = pd.Series(dict(piece.origin.aside), dtype=object).reindex(cells.index)
    reasons = np.where(said.notna(), said, np.where(telling & FILLED, "", "表外文字")).astype(object)
    # The later one counts.
    for reason, which in (
        ("示例行", label & MODEL != 0),
        ("签字行", label & SIGNATURE != 0),
        ("汇总说明行", (label & SUMMARY != 0) & (telling & FILLED != 0)),
        ("合计行", (label & np.where(certified, TOTAL, TOTAL | TOTAL_WITHIN) != 0) | in_halves),
        ("单位行", anywhere & NO_UNIT == 0),
        ("列号行", certified & (anywhere & NO_NUMBER == 0)),
        ("重复的表头", header_rows(cells, piece.header)),
        ("表格线", anywhere & NO_LINE == 0),
        ("空行", anywhere & FILLED == 0),
        ("表头以上", above),
        ("表头的上一行", above & (piece.rows >= piece.header.first - piece.header.last)),
        ("表头", piece.rows == 0),
    ):
        if which.any():
            reasons[which] = reason
    _stop_on_other_order(piece, reasons)
    reasons[_unnamed_totals(piece, names, reasons)] = "合计行"
    return pd.Series(reasons, index=pd.Index(piece.rows, name="source_row"), dtype=str)


def _stop_on_other_order(piece: Piece, reasons: np.ndarray) -> None:
    """Stop where a header is repeated with its columns in another order: what stands below it is another's."""
    repeated = piece.cells[reasons == "重复的表头"].drop_duplicates().astype(str)
    for place, row in zip(repeated.index, repeated.to_numpy().tolist(), strict=True):
        both = zip(map(columns.column_named, map(str.strip, row)), piece.header.names, strict=False)
        if any(again and name and again != name for again, name in both):
            where = f"{piece.file} 文件第 {place} 行"
            raise PilotError(f"{where}：又有一行表头，列的顺序与前面不同。请把两段的列改成一样，另存后再试。")


def _unnamed_totals(piece: Piece, names: Sequence[str | None], reasons: np.ndarray) -> np.ndarray:
    """Positions of rows without level and majors that say the sums of those above, since the last such, or of all."""
    if piece.first > 0:  # rows above are in another piece
        return np.zeros(0, int)
    cells = {name: piece.cells.iloc[:, place] for place, name in enumerate(names) if name}

    def says(name: str, question: Callable[[str], object]) -> np.ndarray:
        if name not in cells:
            return np.zeros(len(reasons), bool)
        return asked_of_each(cells[name], lambda text: bool(question(normalised(text))))

    in_name = says("certificate", lambda text: split_certificate(text)[1])
    named = np.logical_or.reduce([says("majors", bool), says("level", levels_in), in_name])
    named = named if named.any() else says("certificate", bool)
    candidates, applied = np.flatnonzero((reasons == "") & ~named), (reasons == "") & named
    fits, of_all = np.cumsum(applied)[candidates] > 1, np.full(len(candidates), applied.sum() > 1)
    filled = np.zeros(len(candidates), bool)
    for name in cells.keys() & set(columns.ADDED_UP_COLUMNS):
        counts = each_value(cells[name], lambda text: count_text(normalised(text)))
        # NaN where the cell is blank, -1 where it is no count.
        numbers = asked_of_each(counts, lambda text: float(text) if is_count(text) else -1 if text else np.nan, float)
        sums = np.cumsum(np.where(applied, np.maximum(np.nan_to_num(numbers), 0), 0))
        above, own = sums[candidates], numbers[candidates]
        fits &= np.isnan(own) | (own == above) | (own == np.diff(above, prepend=0))
        of_all &= np.isnan(own) | (own == sums[-1])
        filled |= own > 0
    return candidates[(fits | of_all) & filled]


def rows_set_aside(table: pd.DataFrame, cells: pd.DataFrame, reasons: pd.Series) -> pd.DataFrame:
    """The rows that are no applications, without the header: `source_row, place, reason, text`, and totals.

    `source_row` is missing above the header. Cells of columns that add up, and rates, are what a row of totals says.
    """
    aside = ((reasons != "") & (reasons.index != 0)).to_numpy()
    texts = ["｜".join(row).rstrip("｜") for row in cells[aside].to_numpy(dtype=object)]
    numbers = pd.Series(reasons.index[aside], dtype="Int64")
    words = {"place": cells.index[aside], "reason": reasons[aside].to_numpy(), "text": pd.Series(texts, dtype=str)}
    of_totals = table.filter([*columns.ADDED_UP_COLUMNS, *columns.source_columns("rate")])[aside].astype("str")
    return pd.DataFrame({"source_row": numbers.where(numbers > 0), **words}).join(of_totals.reset_index(drop=True))


# The signs that a word is, and those that it lacks.
_WORDS = (*LABEL_FORMS, TOTAL_FORM_WITHOUT_CERTIFICATE, *TOTAL_HALVES)
_FORMS = dict(zip((TOTAL, MODEL, SIGNATURE, SUMMARY, TOTAL_WITHIN, HALF, OTHER_HALF), _WORDS, strict=True))
_OTHER_FORMS = dict(zip((NO_LINE, NO_UNIT, NO_NUMBER), ROW_FORMS, strict=True))


@lru_cache(REMEMBERED)
def _signs(text: str) -> int:
    word = plain(text)
    signs = sum(sign for sign, form in _FORMS.items() if form.fullmatch(word))
    return FILLED * bool(word) + signs + sum(sign for sign, form in _OTHER_FORMS.items() if not form.fullmatch(word))
