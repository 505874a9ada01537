"""The one reader of text files: a csv or tsv of any size, in blocks of rows; the table inside a document.

Blocks are split by pyarrow where that is sure to be right, else by Python's csv; the cells are the same either way.
"""

import csv
import io
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from functools import partial, reduce
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
import pandas as pd

from pilotlib.distinct import asked_of_each, each_value, with_categories
from pilotlib.errors import PilotError
from pilotlib.reading.files import as_text, binary, encoding_of
from pilotlib.reading.grids import WIDEST_TABLE, Grid, even
from pilotlib.reading.headers import FEWEST_HEADER_CELLS, HEADER_WITHIN, Header, columns_named, find_header
from pilotlib.reading.personal import told_row

DELIMITERS = "\t,;|"
# Some fifty thousand rows. Arrow reads up to 32 blocks ahead, so they are small, and joined to save work on each.
BLOCK_BYTES = 8 * 2**20
BLOCKS_TOGETHER = 8
# What tells a file's encoding.
BEGINNING = 2**18
ROWS_BY_PYTHON = 50_000
Quoting = Literal[0, 3]  # csv.QUOTE_MINIMAL, csv.QUOTE_NONE
# A text, opened anew by everyone who reads it: pyarrow reads on in a thread of its own when nobody listens any more.
Text = bytes | Path


def read_delimited(name: str, content: bytes, where: str = "", above: int = 0) -> list[Grid]:
    """The table that a csv or tsv is, title lines above its header included; or a part of a text below other lines."""
    blocks = list(blocks_of(name, content))
    rows = [row for block in blocks for row in block.to_numpy(dtype=object).tolist()]
    places = np.concatenate([block.index for block in blocks]) + above
    return [Grid(where, even(name, rows), places=places.tolist(), by_separators=True)]


def read_document(name: str, content: bytes) -> list[Grid]:
    """The table inside a txt or md: from its header to its last full row and the shorter rows right below it.

    A line between rows that has no separator, such as a page's number, ends nothing.
    """
    lines = as_text(name, content).removesuffix("\n").split("\n")
    delimiter, header = _delimiter(lines)
    if not header:
        return read_delimited(name, content) if any(delimiter in line for line in lines) else []
    end = 1 + max(place for place, line in enumerate(lines) if line.count(delimiter) >= FEWEST_HEADER_CELLS - 1)
    while end < len(lines) and delimiter in lines[end]:
        end += 1
    where = f"第 {header.first + 1} 至 {end} 行的表格" if (header.first, end) != (0, len(lines)) else ""
    return read_delimited(name, "\n".join(lines[header.first : end]).encode(), where, header.first)


def blocks_of(name: str, text: Text, block_bytes: int = BLOCK_BYTES) -> Iterator[pd.DataFrame]:
    """The rows of a csv or tsv in blocks: its first rows, in which the header is, and then the rest.

    So many bytes are read at a time; a block holds several times as many. Its columns 0, 1, 2 … of text are
    categoricals; the index `place` is the line on which a row begins, from 1. PilotError where the file is not all
    of one encoding, holds what is no text, or a line that cannot be split.
    """
    with _open(text) as file:
        beginning = file.read(BEGINNING)
    encoding = encoding_of(name, beginning, complete=len(beginning) < BEGINNING)
    lines = partial(_lines, name, text, encoding)
    delimiter, _ = _delimiter(list(islice(lines(), HEADER_WITHIN)))
    # In GB18030 a byte of a character may look like this separator, and like no other that matters.
    splits_bytes = encoding == "utf-8-sig" or (encoding == "gb18030" and delimiter != "|")
    by_arrow = splits_bytes and _is_plain(name, text, delimiter)
    quoting: Quoting = csv.QUOTE_MINIMAL
    try:
        if not by_arrow:
            deque(_split(lines(), delimiter, quoting), maxlen=0)
    except csv.Error:  # marks that do not pair anywhere in the text are a part of it
        quoting = csv.QUOTE_NONE
    try:
        rows = _split(lines(), delimiter, quoting)
        first = list(islice(rows, HEADER_WITHIN))
        block = _block(name, first, 0)
        yield block
        width = block.shape[1]
        if by_arrow and len(first) == HEADER_WITHIN and (following := next(rows, None)):
            after = yield from _by_arrow(text, encoding, delimiter, width, following[0], block_bytes)
            rows = _split(islice(lines(), after - 1, None), delimiter, quoting, after) if after else iter(())
        while batch := list(islice(rows, ROWS_BY_PYTHON)):
            yield _block(name, batch, width)
    except csv.Error as error:  # a cell of a hundred thousand characters
        raise PilotError(f"{name}：有一行无法拆分成单元格（{error}）。") from None


def stop_on_longer(name: str, header: Header, block: pd.DataFrame, row: int) -> None:
    """Stop where rows below the header, of which the block's first is number `row`, hold more than it has titles."""
    titled = 1 + max(place for place, title in enumerate(header.titles) if title)
    longer = np.zeros(len(block), bool)
    for place in range(titled, block.shape[1]):
        longer |= asked_of_each(block.iloc[:, place], lambda text: bool(text.strip()))
    if told := [place for place in np.flatnonzero(longer).tolist() if row + place > 0][:3]:
        lines = [f"{name}：表头有 {titled} 列，下面的行比它长，无法确定哪个数在哪一列。"]
        for place in told:
            text = told_row([*block.iloc[place]], header)
            lines.append(f"  · 第 {row + place} 行（文件第 {block.index[place]} 行）：{text}")
        why = "常因数中的千分位逗号或文字中的逗号没有加引号。请给这样的单元格加上引号，或另存为 xlsx 后再试"
        raise PilotError("\n".join([*lines, f"{why}；如确有没写列名的一列，请补上列名。"]))


def _open(text: Text) -> BinaryIO:
    return io.BytesIO(text) if isinstance(text, bytes) else text.open("rb")


def _lines(name: str, text: Text, encoding: str) -> Iterator[str]:
    """The lines of a file without their ends, of which every kind is one."""
    try:
        with io.TextIOWrapper(_open(text), encoding) as file:
            for line in file:
                yield line.removesuffix("\n")
    except UnicodeDecodeError:
        known = encoding.removesuffix("-sig")
        raise PilotError(f"{name}：开头是 {known} 编码，后面有内容不是。请整份另存为 UTF-8 编码后再试。") from None


def _is_plain(name: str, text: Text, delimiter: str) -> bool:
    """Whether all readers agree on where the cells of a file end.

    Every quotation mark begins or ends a cell that csv would not refuse for its length, or is doubled within one, and
    every line ends in a line feed.
    """
    ends = np.array([ord(delimiter), *b'\n\r"'], np.uint8)
    start, unpaired = 0, np.array([], np.int64)
    with _open(text) as file:
        while content := file.read(BLOCK_BYTES) + file.readline():
            if b"\0" in content:
                raise binary(name)
            if b"\r" in content and content.count(b"\r") != content.count(b"\r\n"):
                return False
            if b'"' in content:
                characters = np.frombuffer(content, np.uint8)
                marks = np.flatnonzero(characters == ord('"'))
                opening, closing = marks[len(unpaired) :: 2], marks[1 - len(unpaired) :: 2]
                # At the beginning and the end the mark stands for its neighbour, which is not there.
                beside = [characters.take(places, mode="clip") for places in (opening - 1, closing + 1)]
                if not np.isin(np.concatenate(beside), ends).all():
                    return False
                unpaired = np.concatenate([unpaired, opening + start])
                if np.any(closing + start - unpaired[: len(closing)] > csv.field_size_limit()):
                    return False
                unpaired = unpaired[len(closing) :]
            start += len(content)
    return not len(unpaired)


def _by_arrow(
    text: Text, encoding: str, delimiter: str, width: int, first: int, block_bytes: int
) -> Generator[pd.DataFrame, None, int]:
    """The rows from a line on in blocks; returns the line at which Python has to go on, 0 where nothing is left."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    source = pa.BufferReader(text) if isinstance(text, bytes) else pa.OSFile(str(text))
    with _open(text) as file:
        deque(islice(file, first - 1), maxlen=0)
        source.seek(file.tell())
    names = [str(number) for number in range(width)]
    types = dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string()))
    try:
        batches = arrow.open_csv(
            source,
            arrow.ReadOptions(block_size=block_bytes, column_names=names, encoding=encoding.removesuffix("-sig")),
            arrow.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            arrow.ConvertOptions(column_types=types, null_values=[], strings_can_be_null=False),
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


def _delimiter(lines: list[str]) -> tuple[str, Header | None]:
    """The separator and the header, its rows counted in lines; without a header the separator that occurs most."""
    headers = {}
    for delimiter in DELIMITERS:
        split = (line.split(delimiter, WIDEST_TABLE) for line in lines)
        fitting = (row if FEWEST_HEADER_CELLS <= len(row) <= WIDEST_TABLE else [] for row in split)
        rows = [[cell.strip().strip('"') for cell in row] for row in fitting]
        if header := find_header(rows):
            headers[delimiter] = header
    if headers:
        return max(headers.items(), key=lambda item: columns_named(item[1]))
    return max(DELIMITERS, key=lambda delimiter: sum(line.count(delimiter) for line in lines)), None


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
    return with_categories(pd.DataFrame(cells, pd.Index([place for place, _ in rows], name="place"), dtype=object))
