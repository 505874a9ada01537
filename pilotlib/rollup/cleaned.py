"""The cleaned pieces of a national table, with its columns of schools and of cities."""

from collections.abc import Iterator
from pathlib import Path

from pilotlib.cleaning.core import CleanedPiece, clean_piece
from pilotlib.errors import PilotError
from pilotlib.reading.headers import Header
from pilotlib.reading.pieces import Piece, pieces_of
from pilotlib.vocabulary import plain

CITY_TITLES = ("市", "城市", "地市", "所在市")


def cleaned_pieces(
    path: Path | str, by: str, block_bytes: int, **knowledge
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
