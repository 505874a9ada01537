"""A text file of any size → parts of its rows: split by pyarrow where that is sure to be right, else by Python."""

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial, reduce
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import pyarrow as pa

from pilotlib.coded import Coded, coded, looked_up, repeated
from pilotlib.errors import PilotError
from pilotlib.reading.grids import even
from pilotlib.reading.headers import HEADER_WITHIN
from pilotlib.reading.texts import delimiter_of, split_lines

# Some two hundred thousand rows, which take a tenth of a gigabyte while they are split.
BLOCK_BYTES = 32 * 2**20
# Blocks that are split while the one before is cleaned.
AHEAD = 2
# What tells a file's encoding, and the longest cell that runs over lines.
BEGINNING = 2**18
LONGEST_CELL = 2**20
ROWS_BY_PYTHON = 50_000
QUOTE = b'"'


class Part(NamedTuple):
    """Rows of a file: the place of each, their cells by column, and the place after the last."""

    places: np.ndarray
    cells: list[Coded]
    after: int


class Block(NamedTuple):
    """Whole lines of a file, where they begin in it, and what they are being split into."""

    start: int
    content: bytes
    cells: Future


def encoding_of(path: Path) -> str | None:
    """The encoding that a text file begins in; None where its lines cannot be told before it is decoded."""
    with path.open("rb") as file:
        beginning = file.read(BEGINNING)
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\n" not in beginning:
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(beginning)
        except UnicodeDecodeError:
            continue
        return encoding
    return None


def parts_of(name: str, file: BinaryIO, encoding: str, block_bytes: int = BLOCK_BYTES) -> Iterator[Part]:
    """The rows of a delimited file in parts: its first lines, in which the header is, and then block by block.

    Raises:
        PilotError: the file is not all of one encoding, or holds what is no text.
    """
    top = b"".join(islice(file, HEADER_WITHIN)).removeprefix(codecs.BOM_UTF8)
    top += _rest_of_cell(file, top)
    text = _text(name, top, encoding)
    delimiter = delimiter_of(name, text)
    part = _by_python(name, text, delimiter, 1, 0)
    yield part
    width, after = len(part.cells), part.after
    # In GB18030 a byte of a character may look like this separator, and like no other that matters.
    sure = not (encoding == "gb18030" and delimiter == "|")
    for block in _blocks(file, partial(_by_arrow, delimiter=delimiter, width=width), block_bytes) if sure else ():
        if b"\0" in block.content:
            raise PilotError(f"{name}：含有二进制内容，不是文本文件。请确认扩展名与内容一致。")
        try:
            columns = block.cells.result()
            if columns is None:
                file.seek(block.start)
                break
            part = _placed([_decoded(name, column, encoding) for column in columns], after)
        except pa.ArrowInvalid:  # rows of different lengths
            part = _by_python(name, _text(name, block.content, encoding), delimiter, after, width)
        yield part
        after = part.after
    yield from _rest_by_python(name, file, encoding, delimiter, after, width)


def _blocks(file: BinaryIO, split, block_bytes: int) -> Iterator[Block]:
    """Blocks of whole rows in order, the next ones being split in threads meanwhile."""
    waiting: deque[Block] = deque()
    with ThreadPoolExecutor(AHEAD) as pool:
        start = file.tell()
        while content := file.read(block_bytes):
            content += file.readline()
            content += _rest_of_cell(file, content)
            waiting.append(Block(start, content, pool.submit(split, content)))
            start = file.tell()
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        yield from waiting


def _rest_of_cell(file: BinaryIO, content: bytes) -> bytes:
    """The lines up to the end of a quoted cell that goes on after some content."""
    rest, odd = b"", content.count(QUOTE) % 2
    while odd and len(rest) < LONGEST_CELL and (line := file.readline()):
        rest += line
        odd ^= line.count(QUOTE) % 2
    return rest


def _quotes_pair(content: bytes, delimiter: str) -> bool:
    """Whether every quotation mark begins or ends a cell, or is doubled within one: all readers agree on these."""
    if QUOTE not in content:
        return True
    characters = np.frombuffer(content, np.uint8)
    at = np.flatnonzero(characters == ord(QUOTE))
    ends = np.array([ord(delimiter), *b"\n\r", ord(QUOTE)], np.uint8)
    before, after = characters[at[0::2] - 1], characters[np.minimum(at[1::2] + 1, len(content) - 1)]
    begins = np.isin(before, ends) | (at[0::2] == 0)
    return len(at) % 2 == 0 and bool(begins.all() and np.isin(after, ends).all())


def _by_arrow(content: bytes, delimiter: str, width: int) -> list[pa.DictionaryArray] | None:
    """The columns of a block as codes and the bytes of their distinct cells; None where quotation marks do not pair.

    Raises:
        ArrowInvalid: not every row has `width` cells.
    """
    from pyarrow import csv as arrow_csv

    if not _quotes_pair(content, delimiter):
        return None
    names = [str(number) for number in range(width)]
    quoted = QUOTE in content
    table = arrow_csv.read_csv(
        pa.BufferReader(content),
        arrow_csv.ReadOptions(use_threads=False, block_size=len(content) + 1, column_names=names),
        arrow_csv.ParseOptions(
            delimiter=delimiter,
            quote_char='"' if quoted else False,
            newlines_in_values=quoted,
            ignore_empty_lines=False,
        ),
        arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.binary()),
            check_utf8=False,
            null_values=[],
            strings_can_be_null=False,
        ),
    )
    return [column.combine_chunks().dictionary_encode() for column in table.columns]


def _decoded(name: str, column: pa.DictionaryArray, encoding: str) -> Coded:
    words = [_text(name, word, encoding) for word in column.dictionary.to_pylist()]
    return Coded(column.indices.to_numpy().astype(np.intp), words)


def _text(name: str, content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise PilotError(f"{name}：开头是 {encoding} 编码，后面有内容不是。请整份另存为 UTF-8 编码后再试。") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _placed(cells: list[Coded], first: int) -> Part:
    """Cells with the lines on which their rows begin: a quoted cell may run over lines."""
    breaks = [looked_up(column, lambda word: word.count("\n"), np.int64) for column in cells]
    lines = 1 + reduce(np.add, breaks)
    after = first + int(lines.sum())
    return Part(first + np.cumsum(lines) - lines, cells, after)


def _by_python(name: str, text: str, delimiter: str, first: int, width: int) -> Part:
    lines = text.split("\n")
    lines = lines if lines[-1] else lines[:-1]
    try:
        rows = list(split_lines(lines, delimiter, csv.QUOTE_MINIMAL))
    except csv.Error:
        rows = list(split_lines(lines, delimiter, csv.QUOTE_NONE))
    return _of_rows(name, rows, first, width)._replace(after=first + len(lines))


def _rest_by_python(name: str, file: BinaryIO, encoding: str, delimiter: str, first: int, width: int) -> Iterator[Part]:
    """The rows from here to the end of the file, with quotation marks as text if they do not pair."""
    start = file.tell()

    def rows(quoting: int) -> Iterator[tuple[int, list[str]]]:
        file.seek(start)
        text = io.TextIOWrapper(file, encoding)
        try:
            yield from split_lines((line.removesuffix("\n") for line in text), delimiter, quoting)
        finally:
            text.detach()

    try:
        try:
            deque(rows(csv.QUOTE_MINIMAL), maxlen=0)
            found = rows(csv.QUOTE_MINIMAL)
        except csv.Error:
            found = rows(csv.QUOTE_NONE)
        while batch := list(islice(found, ROWS_BY_PYTHON)):
            yield _of_rows(name, batch, first, width)
    except csv.Error as error:
        raise PilotError(f"{name}：有一行无法拆分成单元格（{error}）。") from None
    except UnicodeDecodeError:
        raise PilotError(f"{name}：开头是 {encoding} 编码，后面有内容不是。请整份另存为 UTF-8 编码后再试。") from None


def _of_rows(name: str, rows: list[tuple[int, list[str]]], first: int, width: int) -> Part:
    """Split rows as a part, filled up with empty cells to one length."""
    texts = even(name, (row for _, row in rows))
    cells = [coded(column) for column in zip(*texts, strict=True)]
    cells += [repeated("", len(rows))] * (width - len(cells))
    places = np.array([place for place, _ in rows], np.int64) + first - 1
    return Part(places, cells, int(places[-1]) + 1 if len(rows) else first)
