"""A national table → totals by school, round, level and city: read, cleaned and added up in pieces, never whole."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from pilotlib.cleaning.core import CleanedPiece, clean_piece
from pilotlib.errors import PilotError
from pilotlib.reading.blocks import BLOCK_BYTES
from pilotlib.reading.headers import Header
from pilotlib.reading.pieces import Piece, pieces_of
from pilotlib.rollup.partial import Partial, added, summarise_piece
from pilotlib.rollup.recount import Recount
from pilotlib.rollup.tables import combine
from pilotlib.vocabulary import plain

__all__ = ["Partial", "added", "combine", "summarise_piece", "summarise_table"]

CITY_TITLES = ("市", "城市", "地市", "所在市")
# Partial sums are added together when so many more pairs of a group and a certificate have come.
FEWEST_TO_ADD = 2_000_000


def summarise_table(
    path: Path | str, by: str = "学校", block_bytes: int = BLOCK_BYTES, check: bool = True
) -> dict[str, pd.DataFrame]:
    """Clean a table of any size piece by piece and add it up.

    Args:
        path: A csv, tsv or Parquet file, or a folder of them; other files that `read_table` reads.
        by: The title of the column that names the school.
        block_bytes: The size of a piece: memory is a multiple of it, and time hardly depends on it.
        check: Whether everything is counted a second time from the raw cells.

    Returns:
        The tables of `combine`.

    Raises:
        PilotError: the table cannot be read, has no such column, or two counts differ.
    """
    recount, partials, rows = Recount(plain(by)), [], 0
    for piece, cleaned, school, city in cleaned_pieces(path, by, block_bytes):
        partials.append(summarise_piece(cleaned, school, city))
        rows += int((piece.rows > 0).sum())
        if check:
            recount.add(piece)
        if sum(len(partial.seen) for partial in partials[1:]) > max(FEWEST_TO_ADD, len(partials[0].seen)):
            partials = [added(partials)]
    tables = combine(partials, rows)
    if check:
        recount.compare(tables)
    return tables


def cleaned_pieces(
    path: Path | str, by: str, block_bytes: int = BLOCK_BYTES, **knowledge
) -> Iterator[tuple[Piece, CleanedPiece, str, str | None]]:
    """Each piece as it stands and cleaned, with the names of its columns of schools and of cities, if it has these."""
    for piece in pieces_of(path, block_bytes):
        school = column_titled(piece.header, by, piece.file)
        city = next((title for title in piece.header.titles if plain(title) in CITY_TITLES), None)
        yield piece, clean_piece(piece, labels=[school], **knowledge), school, city


def column_titled(header: Header, title: str, file: str) -> str:
    """The name in a table of the column with a title that is not one of ours.

    Raises:
        PilotError: there is none, or there are two.
    """
    titles = [name for name in header.titles if name]
    found = [name for name in titles if plain(name) == plain(title)]
    if len(found) != 1:
        many = f"有 {len(found)} 列“{title}”" if found else f"没有“{title}”列"
        raise PilotError(f"{file}：{many}，无法按它汇总。表头现有：{'、'.join(titles)}。请用 --by 指定学校所在的列名。")
    return found[0]
