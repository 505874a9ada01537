"""A national table → totals by school, round, level and city: read, cleaned and added up in pieces, never whole."""

from pathlib import Path

import pandas as pd

from pilotlib.reading.blocks import BLOCK_BYTES
from pilotlib.rollup.cleaned import cleaned_pieces
from pilotlib.rollup.partial import Partial, added, summarise_piece
from pilotlib.rollup.recount import Recount
from pilotlib.rollup.tables import combine
from pilotlib.rollup.writing import write_cleaned
from pilotlib.vocabulary import plain

__all__ = ["Partial", "added", "combine", "summarise_piece", "summarise_table", "write_cleaned"]

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
