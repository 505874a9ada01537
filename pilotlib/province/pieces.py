"""The pieces of a table of many schools: cleaned, with the names of each row's school and city."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from pilotlib.cleaning import CleanedPiece, clean_piece
from pilotlib.columns import source_columns, title_of
from pilotlib.distinct import each_value
from pilotlib.errors import PilotError
from pilotlib.reading.headers import Header
from pilotlib.reading.pieces import Piece, pieces_of
from pilotlib.vocabulary import TOTAL_FORM, plain
from pilotlib.words import normalised

# Rows that are set aside for these reasons belong to nobody, whatever stands in the school's column.
NAMELESS = ("重复的表头", "并入上一行")
CITY_TITLES = ("市", "城市", "地市", "所在市")


class SchoolPiece(NamedTuple):
    """A piece as it stands and cleaned, and the names of each row's school and city, "" where it names none.

    `positions` are those of the columns of schools and, if there is one, of cities.
    """

    piece: Piece
    positions: list[int]
    cleaned: CleanedPiece
    schools: pd.Series
    cities: pd.Series


def cleaned_pieces(path: Path | str, by: str, block_bytes: int) -> Iterator[SchoolPiece]:
    """Each piece of a table, with its schools and, if it has a column for them, its cities.

    Raises:
        PilotError: the table cannot be read, has no such column, or gives a number of people once for several rows.
    """
    for piece in _ahead(pieces_of(path, block_bytes)):
        positions = label_positions(piece.header, by, piece.file)
        _stop_on_shared_counts(piece)
        cleaned = clean_piece(piece, positions)
        nameless = cleaned.reasons.isin(NAMELESS).to_numpy()
        schools, *cities = (_names(piece.cells[position], nameless) for position in positions)
        yield SchoolPiece(
            piece, positions, cleaned, schools, cities[0] if cities else each_value(schools, lambda name: "")
        )


def _ahead(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The same pieces, the next of which is read while one is worked on."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, pieces, None)
        while piece := waiting.result():
            waiting = pool.submit(next, pieces, None)
            yield piece


def _names(cells: pd.Series, nameless: np.ndarray) -> pd.Series:
    """The names in a column of cells, "" in rows that are known to name none."""
    names = each_value(cells, school_name)
    if not nameless.any():
        return names
    return names.cat.set_categories(names.cat.categories.union([""], sort=False)).mask(nameless, "")


def label_positions(header: Header, by: str, file: str) -> list[int]:
    """The positions of the column of schools and, if there is one, of that of cities.

    Raises:
        PilotError: there is no column of that title, or there are two, or it is one of every table's own.
    """
    titles = [plain(title) for title in header.titles]
    found = [position for position, title in enumerate(titles) if title == plain(by)]
    if len(found) != 1:
        many = f"有 {len(found)} 列“{by}”" if found else f"没有“{by}”列"
        known = "、".join(filter(None, header.titles))
        raise PilotError(f"{file}：{many}，无法按它汇总。表头现有：{known}。请用 --by 指定学校所在的列名。")
    if header.names[found[0]]:
        raise PilotError(f"{file}：“{by}”是每张申报表都有的列，不是学校。请用 --by 指定学校所在的列名。")
    cities = [position for position, title in enumerate(titles) if title in CITY_TITLES and position != found[0]]
    return found + cities[:1]


def school_name(text: str) -> str:
    """A school's or a city's name, written in one way; a total over several is none.

    >>> school_name(" 某某\\n学院 "), school_name("合 计")
    ('某某学院', '')
    """
    return "" if TOTAL_FORM.fullmatch(plain(text)) else normalised(text.replace("\n", ""))


def _stop_on_shared_counts(piece: Piece) -> None:
    """Stop where a merged cell gives one number of people for several rows: it cannot be told apart by school.

    Raises:
        PilotError: names the first.
    """
    filled = piece.origin.filled
    for place, position in filled.loc[filled["kind"] == "once", ["place", "position"]].itertuples(index=False):
        name = piece.header.names[position]
        if name in source_columns("count"):
            raise PilotError(
                f"{piece.file}第{place}行的{title_of(name)}与上方合并为一格，分不到各行。请取消合并、逐行填好后另存。"
            )
