"""The cleaned pieces of a national table, with its columns of schools and of cities."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from pilotlib.cleaning.core import CleanedPiece, clean_piece
from pilotlib.cleaning.merged import fill_merged, merged_below
from pilotlib.coded import Coded, coded, mapped
from pilotlib.columns import title_of
from pilotlib.errors import PilotError
from pilotlib.reading.headers import Header
from pilotlib.reading.pieces import Piece, pieces_of
from pilotlib.vocabulary import TOTAL_FORM, plain
from pilotlib.words import normalised

CITY_TITLES = ("市", "城市", "地市", "所在市")
COUNTED_ONCE = ("students", "places_applied", "places_approved")


class SchoolPiece(NamedTuple):
    """A piece as it stands and cleaned, and the names of each row's school and city, "" where it says none."""

    piece: Piece
    cleaned: CleanedPiece
    schools: Coded
    cities: Coded | None


def cleaned_pieces(path: Path | str, by: str, block_bytes: int, **knowledge) -> Iterator[SchoolPiece]:
    """Each piece of a table, with its schools and, if it has a column for them, its cities.

    Raises:
        PilotError: the table cannot be read, has no such column, or merges cells that cannot be told apart.
    """
    for piece in pieces_of(path, block_bytes):
        places = school_and_city(piece.header, by, piece.file)
        piece = _filled(piece, places)
        labels = [piece.cells[place] for place in places]
        schools, *cities = (mapped(column, school_name) for column in labels)
        cleaned = clean_piece(piece, labels=labels, **knowledge)
        yield SchoolPiece(piece, cleaned, schools, cities[0] if cities else None)


def school_and_city(header: Header, by: str, file: str) -> list[int]:
    """The positions of the column of schools and, if there is one, of that of cities.

    Raises:
        PilotError: there is no column of that title, or there are two, or it is one of every table's own.
    """
    titles = [plain(title) for title in header.titles]
    found = [place for place, title in enumerate(titles) if title == plain(by)]
    if len(found) != 1:
        many = f"有 {len(found)} 列“{by}”" if found else f"没有“{by}”列"
        known = "、".join(filter(None, header.titles))
        raise PilotError(f"{file}：{many}，无法按它汇总。表头现有：{known}。请用 --by 指定学校所在的列名。")
    if header.names[found[0]]:
        raise PilotError(f"{file}：“{by}”是每张申报表都有的列，不是学校。请用 --by 指定学校所在的列名。")
    return found + [place for place, title in enumerate(titles) if title in CITY_TITLES and place != found[0]][:1]


def school_name(text: str) -> str:
    """A school's or a city's name, written in one way; a total over several is none.

    >>> school_name(" 某某\\n学院 "), school_name("合 计")
    ('某某学院', '')
    """
    return "" if TOTAL_FORM.fullmatch(plain(text)) else normalised(text.replace("\n", ""))


def _filled(piece: Piece, places: list[int]) -> Piece:
    """The piece with what a merged cell says written into each row below it.

    Raises:
        PilotError: numbers of people are merged over rows, and cannot be told apart.
    """
    if not piece.merged:
        return piece
    cells = pd.DataFrame(
        {place: np.array(column.words, object)[column.codes] for place, column in enumerate(piece.cells)}
    )
    cells = cells.set_axis(piece.places, axis="index")
    covered = merged_below(cells, piece.header, piece.merged)
    counts = covered[covered["column"].isin(COUNTED_ONCE)]
    if len(counts):
        row, column = counts[["source_row", "column"]].iloc[0]
        place = piece.places[piece.rows == row][0]
        raise PilotError(
            f"{piece.file}第{place}行的{title_of(column)}与上方合并为一格，分不到各行。请取消合并、逐行填好后另存。"
        )
    filled = fill_merged(cells, piece.header, covered)
    for first, left, last, _ in piece.merged:
        if left in places:
            below = (filled.index >= first) & (filled.index <= last)
            filled.loc[below, left] = filled.loc[first, left]
    return piece._replace(cells=[coded(filled[place]) for place in filled])
