"""Text files → tables: cells between separators, in a file of their own or inside a document."""

import csv
from collections.abc import Iterable, Iterator

from pilotlib.errors import PilotError
from pilotlib.reading.files import as_text
from pilotlib.reading.grids import WIDEST_TABLE, Grid, even
from pilotlib.reading.headers import FEWEST_HEADER_CELLS, HEADER_WITHIN, Header, find_header, named

DELIMITERS = "\t,;|"


def read_delimited(name: str, content: bytes) -> list[Grid]:
    """The table that a csv or tsv is, title lines above its header included."""
    lines = _lines(name, content)
    delimiter, _ = _header(name, lines, HEADER_WITHIN)
    return [_grid(name, "", lines, delimiter, 0)]


def read_document(name: str, content: bytes) -> list[Grid]:
    """The table inside a txt or md: from its header to its last full row and the shorter rows right below it."""
    lines = _lines(name, content)
    delimiter, header = _header(name, lines, len(lines))
    if not header:
        return [_grid(name, "", lines, delimiter, 0)] if any(delimiter in line for line in lines) else []
    end = _end_of_table(lines, delimiter, header.last)
    where = f"第 {header.first + 1} 至 {end} 行的表格" if (header.first, end) != (0, len(lines)) else ""
    return [_grid(name, where, lines[:end], delimiter, header.first)]


def delimiter_of(name: str, text: str) -> str:
    """The separator of the cells in the first lines of a file."""
    return _header(name, text.split("\n"), HEADER_WITHIN)[0]


def _lines(name: str, content: bytes) -> list[str]:
    lines = as_text(name, content).split("\n")
    return lines if lines[-1] else lines[:-1]


def _header(name: str, lines: list[str], within: int) -> tuple[str, Header | None]:
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


def _grid(name: str, where: str, lines: list[str], delimiter: str, first: int) -> Grid:
    try:
        try:
            rows = list(split_lines(lines[first:], delimiter, csv.QUOTE_MINIMAL))
        except csv.Error:  # quotation marks that do not pair are part of the text
            rows = list(split_lines(lines[first:], delimiter, csv.QUOTE_NONE))
    except csv.Error as error:
        raise PilotError(f"{name}：有一行无法拆分成单元格（{error}）。") from None
    return Grid(where, even(name, (row for _, row in rows)), places=[place + first for place, _ in rows])


def _end_of_table(lines: list[str], delimiter: str, header: int) -> int:
    """The number after the last line of the table: the last full row, and shorter rows (totals) right below it.

    A line between rows that has no separator, such as a page's number, ends nothing.
    """
    full = [number for number in range(header, len(lines)) if lines[number].count(delimiter) >= FEWEST_HEADER_CELLS - 1]
    end = full[-1] + 1
    while end < len(lines) and delimiter in lines[end]:
        end += 1
    return end


def split_lines(lines: Iterable[str], delimiter: str, quoting: int) -> Iterator[tuple[int, list[str]]]:
    """Rows of cells with the line on which each begins (a quoted cell may run over lines)."""
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, quoting=quoting, strict=True)
    place = 1
    for row in reader:
        yield place, row
        place = reader.line_num + 1
