"""A national table → totals by school, round, level and city: read, cleaned and added up in pieces, never whole."""

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pilotlib.errors import PilotError
from pilotlib.reading.blocks import BLOCK_BYTES
from pilotlib.reading.pieces import files_of
from pilotlib.rollup.cleaned import cleaned_pieces, school_and_city
from pilotlib.rollup.partial import Partial, added, summarise_piece
from pilotlib.rollup.recount import Recount
from pilotlib.rollup.tables import combine
from pilotlib.rollup.writing import write_cleaned

__all__ = ["Partial", "added", "combine", "summarise_piece", "summarise_table", "write_cleaned"]

# Partial sums are added together when so many more pairs of a group and a certificate have come.
FEWEST_TO_ADD = 2_000_000


class Summed(NamedTuple):
    """What a file adds to the totals: its sums, the number of its rows, and the second count of it, if there is one."""

    partial: Partial
    rows: int
    recount: Recount | None


def summarise_table(
    path: Path | str,
    by: str = "学校",
    block_bytes: int = BLOCK_BYTES,
    check: bool = True,
    each: Callable[[Callable[[Path], Summed], list[Path]], Iterable[Summed]] = map,
) -> dict[str, pd.DataFrame]:
    """Clean a table of any size piece by piece and add it up.

    Args:
        path: A csv, tsv or Parquet file, or a folder of them; other files that `read_table` reads.
        by: The title of the column that names the school.
        block_bytes: The size of a piece: memory is a multiple of it, and time hardly depends on it.
        check: Whether everything is counted a second time from the raw cells.
        each: How the files of a folder are gone through: one after the other, or spread by what is called like `map`.

    Returns:
        The tables of `combine`.

    Raises:
        PilotError: the table cannot be read, has no such column or no application, or two counts differ.
    """
    summed = list(each(functools.partial(sum_file, by=by, block_bytes=block_bytes, check=check), files_of(path)))
    if not any(len(one.partial.groups) for one in summed):
        raise PilotError(f"{Path(path).name}：表头以下没有一行申报。请确认是申报明细表。")
    tables = combine([one.partial for one in summed], sum(one.rows for one in summed))
    if check:
        recount = summed[0].recount
        for one in summed[1:]:
            recount.take(one.recount)
        recount.compare(tables)
    return tables


def sum_file(path: Path, by: str, block_bytes: int = BLOCK_BYTES, check: bool = True) -> Summed:
    """Clean one file of a table piece by piece and add it up.

    Raises:
        PilotError: the file cannot be read, or has no such column.
    """
    recount, partials, rows = Recount(), [], 0
    for piece, cleaned, schools, cities in cleaned_pieces(path, by, block_bytes):
        partials.append(summarise_piece(cleaned, schools, cities))
        rows += int((piece.rows > 0).sum())
        if check:
            recount.add(piece, school_and_city(piece.header, by, piece.file))
        if sum(len(one.seen) for one in partials[1:]) > max(FEWEST_TO_ADD, len(partials[0].seen)):
            partials = [added(partials)]
    return Summed(added(partials), rows, recount if check else None)
