"""The one reader of text files: a csv or tsv of any size, in blocks of rows; the table inside a document.

Blocks are split by pyarrow where that is sure to be right, else by Python's csv; the cells are the same either way.
"""

import csv
import io
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import reduce
from itertools import islice
from typing import BinaryIO, Literal

import numpy as np
import pandas as pd

from pilotlib.distinct import asked_of_each, categories_of, each_value
from pilotlib.errors import PilotError
from pilotlib.reading.files import as_text, binary, encoding_of
from pilotlib.reading.grids import WIDEST_TABLE, Grid, even
from pilotlib.reading.headers import FEWEST_HEADER_CELLS, HEADER_WITHIN, Header, find_header, named

DELIMITERS = "\t,;|"
# Some fifty thousand rows. Arrow reads up to 32 blocks ahead, so they are small, and joined to save work on each.
BLOCK_BYTES = 8 * 2**20
BLOCKS_TOGETHER = 4
# What tells a file's encoding.
BEGINNING = 2**18
ROWS_BY_PYTHON = 50_000
QUOTE = b'"'
Quoting = Literal[0, 3]  # csv.QUOTE_MINIMAL, csv.QUOTE_NONE
# The lines of a text, from its beginning every time that they are asked for.
Lines = Callable[[], Iterator[str]]


def read_delimited(name: str, content: bytes) -> list[Grid]:
    """The table that a csv or tsv is, title lines above its header included."""
    blocks = list(blocks_of(name, io.BytesIO(content)))
    rows = [row for block in blocks for row in block.to_numpy(dtype=object).tolist()]
    return [Grid("", even(name, rows), places=[place for block in blocks for place in block.index.tolist()])]


def read_document(name: str, content: bytes) -> list[Grid]:
    """The table inside a txt or md: from its header to its last full row and the shorter rows right below it."""
    lines = as_text(name, content).removesuffix("\n").split("\n")
    delimiter, header = _delimiter(lines, len(lines))
    if not header and not any(delimiter in line for line in lines):
        return []
    first, end = (header.first, _end_of_table(lines, delimiter, header.last)) if header else (0, len(lines))
    where = f"第 {first + 1} 至 {end} 行的表格" if header and (first, end) != (0, len(lines)) else ""

    def table() -> Iterator[str]:
        return iter(lines[first:end])

    with _splitting(name):
        rows = list(_split(table(), delimiter, _quoting(table, delimiter), first + 1))
    return [Grid(where, even(name, (row for _, row in rows)), places=[place for place, _ in rows])]


def blocks_of(name: str, file: BinaryIO, block_bytes: int = BLOCK_BYTES) -> Iterator[pd.DataFrame]:
    """The rows of a csv or tsv in blocks: its first rows, in which the header is, and then the rest.

    Args:
        name: The file's name, for messages.
        file: The file, in which one can go back.
        block_bytes: How many bytes of the file are read at a time; a block of rows holds several times as many.

    Yields:
        Columns 0, 1, 2 … of text as categoricals; the index `place` is the line on which a row begins, from 1.

    Raises:
        PilotError: the file is not all of one encoding, holds what is no text, or a line that cannot be split.
    """
    encoding, lines = _text_of(name, file)
    delimiter, _ = _delimiter(list(islice(lines(), HEADER_WITHIN)), HEADER_WITHIN)
    # In GB18030 a byte of a character may look like this separator, and like no other that matters.
    by_arrow = not (encoding == "gb18030" and delimiter == "|") and encoding != "utf-16"
    by_arrow = by_arrow and _is_plain(name, file, delimiter)
    quoting = csv.QUOTE_MINIMAL if by_arrow else _quoting(lines, delimiter)
    with _splitting(name):
        rows = _split(lines(), delimiter, quoting)
        first = list(islice(rows, HEADER_WITHIN))
        block = _block(name, first, 0)
        yield block
        width = block.shape[1]
        if by_arrow and len(first) == HEADER_WITHIN:
            next_line, _ = next(rows, (0, []))
            after = yield from _by_arrow(file, encoding, delimiter, width, next_line, block_bytes)
            rows = _split(islice(lines(), after - 1, None), delimiter, quoting, after) if after else iter(())
        while batch := list(islice(rows, ROWS_BY_PYTHON)):
            yield _block(name, batch, width)


@contextmanager
def _splitting(name: str) -> Iterator[None]:
    """What csv refuses (a cell of a hundred thousand characters), in a sentence."""
    try:
        yield
    except csv.Error as error:
        raise PilotError(f"{name}：有一行无法拆分成单元格（{error}）。") from None


def _text_of(name: str, file: BinaryIO) -> tuple[str, Lines]:
    """The encoding of a file, and its lines without their ends."""
    beginning = file.read(BEGINNING)
    encoding = encoding_of(name, beginning, whole=len(beginning) < BEGINNING)

    def lines() -> Iterator[str]:
        file.seek(0)
        text = io.TextIOWrapper(file, encoding)  # every end of a line becomes a line feed
        try:
            for line in text:
                yield line.removesuffix("\n")
        except UnicodeDecodeError:
            known = encoding.removesuffix("-sig")
            raise PilotError(f"{name}：开头是 {known} 编码，后面有内容不是。请整份另存为 UTF-8 编码后再试。") from None
        finally:
            with suppress(ValueError):  # the file was closed meanwhile
                text.detach()

    return encoding, lines


def _is_plain(name: str, file: BinaryIO, delimiter: str) -> bool:
    """Whether all readers agree on where the cells of a file end.

    Every quotation mark begins or ends a cell that csv would not refuse for its length, or is doubled within one, and
    every line ends in a line feed.
    """
    ends = np.array([ord(delimiter), *b"\n\r", *QUOTE], np.uint8)
    start, opened = 0, np.array([], np.int64)
    file.seek(0)
    while content := file.read(BLOCK_BYTES) + file.readline():
        if b"\0" in content:
            raise binary(name)
        if b"\r" in content and content.count(b"\r") != content.count(b"\r\n"):
            return False
        if QUOTE in content:
            characters = np.frombuffer(b"\n" + content + b"\n", np.uint8)
            marks = np.flatnonzero(characters == ord(QUOTE))
            opening, closing = marks[len(opened) :: 2], marks[1 - len(opened) :: 2]
            if not (np.isin(characters[opening - 1], ends).all() and np.isin(characters[closing + 1], ends).all()):
                return False
            opened = np.concatenate([opened, opening + start])
            if np.any(closing + start - opened[: len(closing)] > csv.field_size_limit()):
                return False
            opened = opened[len(closing) :]
        start += len(content)
    return not len(opened)


def _by_arrow(
    file: BinaryIO, encoding: str, delimiter: str, width: int, first: int, block_bytes: int
) -> Generator[pd.DataFrame, None, int]:
    """The rows from a line on in blocks; returns the line at which Python has to go on, 0 where nothing is left."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    if not first:
        return 0
    file.seek(0)
    deque(islice(file, first - 1), maxlen=0)
    names = [str(number) for number in range(width)]
    try:
        batches = arrow.open_csv(
            file,
            arrow.ReadOptions(block_size=block_bytes, column_names=names, encoding=encoding.removesuffix("-sig")),
            arrow.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            arrow.ConvertOptions(
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())),
                null_values=[],
                strings_can_be_null=False,
            ),
        )
        while several := list(islice(batches, BLOCKS_TOGETHER)):
            table = pa.Table.from_batches(several).unify_dictionaries().combine_chunks()
            columns = [pd.Series(column.to_pandas()) for column in table.columns]
            columns = [each_value(column, lambda text: text.replace("\r\n", "\n")) for column in columns]
            breaks = [asked_of_each(column, lambda text: text.count("\n"), int) for column in columns]
            lines = np.cumsum(1 + reduce(np.add, breaks)) + first
            places = np.concatenate([[first], lines[:-1]])
            yield pd.DataFrame(dict(enumerate(columns))).set_index(pd.Index(places, name="place"))
            first = int(lines[-1])
    except (pa.ArrowInvalid, UnicodeDecodeError):  # a row of another length; a cell larger than a block; two encodings
        return first
    return 0


def _delimiter(lines: list[str], within: int) -> tuple[str, Header | None]:
    """The separator and the header, its rows counted in lines; without a header the separator that occurs most."""
    top = lines[:within]
    split = {
        delimiter: [
            [cell.strip().strip('"') for cell in line.split(delimiter)]
            if FEWEST_HEADER_CELLS <= line.count(delimiter) + 1 <= WIDEST_TABLE
            else []
            for line in top
        ]
        for delimiter in DELIMITERS
    }
    headers = {delimiter: header for delimiter, rows in split.items() if (header := find_header(rows, within))}
    if not headers:
        return max(DELIMITERS, key=lambda delimiter: sum(line.count(delimiter) for line in top)), None
    delimiter = max(headers, key=lambda delimiter: named(headers[delimiter]))
    return delimiter, headers[delimiter]


def _quoting(lines: Lines, delimiter: str) -> Quoting:
    """How quotation marks are meant: around cells, or, where they do not pair anywhere in the text, as a part of it."""
    try:
        deque(_split(lines(), delimiter, csv.QUOTE_MINIMAL), maxlen=0)
    except csv.Error:
        return csv.QUOTE_NONE
    return csv.QUOTE_MINIMAL


def _split(lines: Iterable[str], delimiter: str, quoting: Quoting, first: int = 1) -> Iterator[tuple[int, list[str]]]:
    """Rows of cells with the line on which each begins (a quoted cell may run over lines), counted from `first`."""
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, quoting=quoting, strict=True)
    place = first
    for row in reader:
        yield place, row
        place = first + reader.line_num


def _block(name: str, rows: list[tuple[int, list[str]]], width: int) -> pd.DataFrame:
    """Split rows as a block, filled up with empty cells to one length, at least `width`."""
    cells = even(name, (row for _, row in rows), width)
    table = pd.DataFrame(cells, index=pd.Index([place for place, _ in rows], name="place"), dtype=object)
    return pd.DataFrame({column: categories_of(table[column]) for column in table}, index=table.index)


def _end_of_table(lines: list[str], delimiter: str, header: int) -> int:
    """The number after the last line of the table: the last full row, and shorter rows (totals) right below it.

    A line between rows that has no separator, such as a page's number, ends nothing.
    """
    full = [number for number in range(header, len(lines)) if lines[number].count(delimiter) >= FEWEST_HEADER_CELLS - 1]
    end = full[-1] + 1
    while end < len(lines) and delimiter in lines[end]:
        end += 1
    return end
