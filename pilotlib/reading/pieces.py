"""A large table piece by piece: coded text cells of one file or of a folder of them, never whole in memory."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from pilotlib.coded import Coded, coded, from_arrow, mapped, repeated
from pilotlib.errors import PilotError
from pilotlib.reading.blocks import BLOCK_BYTES, Part, encoding_of, parts_of
from pilotlib.reading.files import damaged
from pilotlib.reading.grids import whole_number
from pilotlib.reading.headers import HEADER_WITHIN, Header, header_of
from pilotlib.reading.tables import read_table

# What a row of an application table takes in a text file, more or less.
BYTES_A_ROW = 150


class Piece(NamedTuple):
    """Rows of a table as they stand in a file.

    `file` is its name, `header` its header, and `header_place` the place of the header's last row in it. `rows` are
    the numbers of these rows from the header on (its last row is 0), `places` their places in the file, and `cells`
    the columns of coded text. `merged` are ranges of merged cells, as in `Origin`; a text file has none.
    """

    file: str
    header: Header
    header_place: int
    rows: np.ndarray
    places: np.ndarray
    cells: list[Coded]
    merged: tuple[tuple[int, int, int, int], ...] = ()


def pieces_of(path: Path | str, block_bytes: int = BLOCK_BYTES) -> Iterator[Piece]:
    """The pieces of a table in order: of a csv, tsv or Parquet file of any size, or of a folder of tables by name.

    Any other kind of file is one piece. The cells are those of `read_table`. Two things differ in a text file: its
    encoding is told by its beginning, and quotation marks that do not pair are part of the text from the block on in
    which they stand.

    Raises:
        PilotError: a file is missing, no table, without a header, or in two encodings.
    """
    for file in files_of(path):
        kind = file.suffix.lower()
        if kind in (".parquet", ".csv", ".tsv"):
            yield from _numbered(file.name, _of_file(file, block_bytes))
        else:
            yield from _of_any_kind(file)


def files_of(path: Path | str) -> list[Path]:
    """The files of a table: itself, or those of a folder, by name, without what systems and programs leave in it.

    Raises:
        PilotError: there is no such file, none in the folder, or a folder in it.
    """
    path = Path(path)
    if not path.exists():
        raise PilotError(f"{path.name}：没有这个文件（在 {path.parent} 中找过）。")
    files = [file for file in sorted(path.iterdir()) if _is_table(file)] if path.is_dir() else [path]
    if not files:
        raise PilotError(f"{path.name}：文件夹中没有可以读取的申报表。")
    folders = [file.name for file in files if file.is_dir()]
    if folders:
        raise PilotError(f"{path.name}：里面还有文件夹“{folders[0]}”，没有读取。请把各个申报表直接放在一个文件夹里。")
    return files


def _is_table(path: Path) -> bool:
    left_by_a_system = path.name.startswith((".", "~$")) or (path.name.startswith("_") and not path.suffix)
    return not left_by_a_system


def _of_file(path: Path, block_bytes: int) -> Iterator[Part]:
    kind = path.suffix.lower()
    if kind == ".parquet":
        yield from _of_parquet(path, max(1, block_bytes // BYTES_A_ROW))
    elif kind in (".csv", ".tsv") and (encoding := encoding_of(path)):
        with path.open("rb") as file:
            yield from parts_of(path.name, file, encoding, block_bytes)
    else:
        yield _as_part(read_table(path).cells)


def _of_any_kind(path: Path) -> Iterator[Piece]:
    """The one piece of a file that is read whole."""
    cells, origin = read_table(path)
    for piece in _numbered(path.name, [_as_part(cells)]):
        yield piece._replace(merged=origin.merged)


def _as_part(cells: pd.DataFrame) -> Part:
    return Part(cells.index.to_numpy(), [coded(cells[column]) for column in cells], 0)


def _of_parquet(path: Path, rows: int) -> Iterator[Part]:
    """The rows of a Parquet file under its columns' names, which are row 1 as in a text file."""
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
        with parquet.ParquetFile(path, read_dictionary=texts) as file:
            names = file.schema_arrow.names
            yield Part(np.ones(1, np.int64), [repeated(name, 1) for name in names], 2)
            after = 2
            for batch in file.iter_batches(rows):
                cells = [_text_of_column(column) for column in batch.columns]
                yield Part(np.arange(after, after + batch.num_rows), cells, after + batch.num_rows)
                after += batch.num_rows
    except pa.ArrowException as error:
        raise damaged(path.name, error) from None


def _text_of_column(column: pa.Array) -> Coded:
    """Values of any kind as the text that they would be in a text file; a missing one is empty."""
    if pa.types.is_dictionary(column.type) and (column.null_count or not pa.types.is_string(column.type.value_type)):
        column = column.dictionary_decode()
    if pa.types.is_dictionary(column.type):
        return from_arrow(column)
    texts = from_arrow(column.cast(pa.large_string()).fill_null(""))
    return mapped(texts, whole_number) if pa.types.is_floating(column.type) else texts


def _numbered(name: str, parts: Iterable[Part]) -> Iterator[Piece]:
    """Parts of a file as pieces, the header found in the first of them."""
    header, last, first = None, 0, 0
    for places, cells, _ in parts:
        if header is None:
            top = pd.DataFrame(dict(enumerate(_texts(column, HEADER_WITHIN) for column in cells)))
            header = header_of(top.set_axis(places[: len(top)]), name)
            last, first = int(places[header.last]), -header.last
        more = len(cells) - len(header.titles)
        wide = header._replace(titles=header.titles + [""] * more, names=header.names + [None] * more)
        yield Piece(name, wide, last, np.arange(first, first + len(places)), places, cells)
        first += len(places)


def _texts(column: Coded, rows: int) -> list[str]:
    return [column.words[code] for code in column.codes[:rows]]
