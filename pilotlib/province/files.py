"""A table of any size piece by piece: text cells of one file or of a folder of them, never whole in memory."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pilotlib.cleaning.rows import Piece
from pilotlib.distinct import asked_of_each, each_value, with_categories
from pilotlib.errors import PilotError
from pilotlib.reading.choosing import NO_ORIGIN, Origin
from pilotlib.reading.files import left_by_a_system, opening
from pilotlib.reading.grids import places_of_words, whole_number
from pilotlib.reading.headers import Header, header_of
from pilotlib.reading.tables import begins_as_text, read_table
from pilotlib.reading.texts import BLOCK_BYTES, blocks_of, stop_on_longer
from pilotlib.vocabulary import DITTO

# In a folder of schools' own files: file, school, city. It overrules what these say.
SCHOOLS_FILE = "schools.csv"


def pieces_of(path: Path | str, block_bytes: int = BLOCK_BYTES) -> Iterator[Piece]:
    """The pieces of a table in order: of a csv, tsv or Parquet file of any size, or of a folder of tables by name.

    Any other kind of file is one piece. The cells are those of `read_table`, and so are the errors.
    """
    for file in files_of(path):
        header, place, first = None, 0, 0
        for cells, origin in _blocks(file, block_bytes):
            if header is None:
                header = header_of(cells, file.name)
                place, first = int(cells.index[header.last]), -header.last
            if origin is NO_ORIGIN:
                stop_on_longer(file.name, header, cells, first)
                _stop_on_ditto(file.name, header, cells)
            more = cells.shape[1] - len(header.titles)
            wide = header._replace(titles=header.titles + [""] * more, names=header.names + [None] * more)
            yield Piece(file.name, wide, place, first, cells, origin)
            first += len(cells)


def _stop_on_ditto(name: str, header: Header, cells: pd.DataFrame) -> None:
    """Stop at 同上 in a column of words: in a part of a table the row above may not be there."""
    for place in places_of_words(header):
        column = cells.iloc[:, place]
        if (again := asked_of_each(column, lambda text: text.strip() in DITTO)).any():
            row = int(again.argmax())
            raise PilotError(f"{name}：文件第 {cells.index[row]} 行写着“{column.iloc[row]}”。请逐行写明后另存。")


def files_of(path: Path | str) -> list[Path]:
    """The files of a table: itself, or a folder's by name; PilotError for none, or a folder in it."""
    path = Path(path)
    if not path.exists():
        raise PilotError(f"{path.name}：没有这个文件（在 {path.parent} 中找过）。")
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.name != SCHOOLS_FILE and not left_by_a_system(file.name))
    if not files:
        raise PilotError(f"{path.name}：文件夹中没有可以读取的申报表。")
    if inner := next((file.name for file in files if file.is_dir()), ""):
        raise PilotError(f"{path.name}：里面还有文件夹“{inner}”，没有读取。请把各个申报表直接放在一个文件夹里。")
    return files


def about_pieces(path: Path | str) -> int:
    """About how many pieces a table has, by the sizes of its files."""
    return sum(max(1, round(file.stat().st_size / BLOCK_BYTES)) for file in files_of(path))


def _blocks(path: Path, block_bytes: int) -> Iterable[tuple[pd.DataFrame, Origin]]:
    """The cells of a file in blocks, as categoricals, and where they come from."""
    kind = path.suffix.lower()
    if kind == ".parquet":
        blocks = _of_parquet(path, max(1, block_bytes // 150))  # about what a row takes in a text file
    elif kind in (".csv", ".tsv") and begins_as_text(path):
        blocks = blocks_of(path.name, path, block_bytes)
    else:
        cells, origin = read_table(path)
        return [(with_categories(cells), origin)]
    return ((block, NO_ORIGIN) for block in blocks)


def _of_parquet(path: Path, rows: int) -> Iterator[pd.DataFrame]:
    """The rows of a Parquet file under its columns' names, which are row 1 as in a text file."""
    from pyarrow import parquet

    with opening(path.name):
        with parquet.ParquetFile(path) as file:
            texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
        with parquet.ParquetFile(path, read_dictionary=texts) as file:
            names = pd.DataFrame([file.schema_arrow.names], index=pd.Index([1], name="place"), dtype=str)
            yield with_categories(names)
            after = 2
            for batch in file.iter_batches(rows):
                index = pd.RangeIndex(after, after + batch.num_rows, name="place")
                columns = [_text_of_column(column) for column in batch.columns]
                yield pd.DataFrame({place: column.array for place, column in enumerate(columns)}, index=index)
                after += batch.num_rows


def _text_of_column(column: pa.Array) -> pd.Series:
    """Values of any kind as the text that they would be in a text file; a missing one is empty."""
    is_floating, is_coded = pa.types.is_floating(column.type), pa.types.is_dictionary(column.type)
    if not (is_coded and pa.types.is_string(column.type.value_type) and not column.null_count):
        column = column.dictionary_decode() if is_coded else column
        column = column.cast(pa.large_string()).fill_null("").dictionary_encode()
    texts = pd.Series(column.to_pandas())
    return each_value(texts, whole_number) if is_floating else texts
