"""Any file → a table of text cells, each row with its place in the file."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from pilotlib.errors import PilotError
from pilotlib.project import DOCUMENT_SUFFIXES, READABLE_SUFFIXES, WORKBOOK_SUFFIXES
from pilotlib.values import by_value
from pilotlib.vocabulary import REQUIRED_COLUMNS, column_named, title_of

DELIMITERS = "\t,;|"
# A row that names fewer columns than this is no header: one word of a title may well be a column's name.
FEWEST_HEADER_CELLS = 3


def read_table(path: Path | str) -> pd.DataFrame:
    """Read the table in a file as it stands, every cell as text.

    Tables (tsv, csv) and workbook sheets (xlsx, xls, ods) are read whole. Of a text document (txt, md) the
    table inside it is read: from the line that names the columns to the last line that has the same separator.

    Args:
        path: The file; text may be UTF-8, UTF-16 with its mark, or GB18030.

    Returns:
        One row per row of the table, header included; columns 0, 1, 2 …; empty cells are "". The index
        `place` is the row's number in the file: the line of a text, the row of a sheet.

    Raises:
        PilotError: the file is missing, empty, not a table that can be read, or holds two tables.

    Example:
        >>> read_table("data/raw/2021/applications.tsv").loc[19, 3]
        '机械产品三维模型设计职业技能等级证书(中'
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in READABLE_SUFFIXES:
        kinds = "、".join(suffix.lstrip(".") for suffix in READABLE_SUFFIXES)
        raise PilotError(f"{path.name}：不认识这种文件。可以读取的有 {kinds}。")
    if suffix in WORKBOOK_SUFFIXES:
        return _read_workbook(path)
    return _read_delimited(path, inside_document=suffix in DOCUMENT_SUFFIXES)


def read_text(path: Path | str) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else GB18030; line ends become line feeds.

    Raises:
        PilotError: the file is missing, cannot be opened, is empty, or is not text.
    """
    path = Path(path)
    content = read_bytes(path)
    if not content.strip():
        raise PilotError(f"{path.name}：文件是空的。请放入收到的文件后再运行。")
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise PilotError(f"{path.name}：不是文本文件，或编码无法识别。请另存为 UTF-8 编码的文本，或使用 xlsx。")
    if "\0" in text:
        raise PilotError(f"{path.name}：含有二进制内容，不是文本文件。请确认扩展名与内容一致。")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: Path) -> bytes:
    """A file's bytes, or a sentence saying why there are none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PilotError(f"{path.name}：没有这个文件（在 {path.parent} 中找过）。") from None
    except OSError as error:
        raise PilotError(f"{path.name}：无法读取（{error.strerror}）。请检查权限后再试。") from None


def header_rows(cells: pd.DataFrame) -> pd.Series:
    """For each row of text cells, whether it names at least three different columns: a header or a repeat of it."""
    names = cells.apply(lambda column: by_value(column, column_named))
    return names.nunique(axis="columns") >= FEWEST_HEADER_CELLS


def _read_workbook(path: Path) -> pd.DataFrame:
    read_bytes(path)
    try:
        sheets = pd.read_excel(
            path, sheet_name=None, header=None, dtype=str, engine="calamine", keep_default_na=False, na_filter=False
        )
    except Exception as error:  # calamine raises a family of its own per format, and zip and xml errors below it
        raise PilotError(f"{path.name}：不是可以打开的工作簿（{error}）。请用表格软件打开后另存，再试一次。") from None
    tables = {name: sheet for name, sheet in sheets.items() if header_rows(sheet).any()}
    if not tables:
        raise _no_header(path)
    if len(tables) > 1:
        names = "、".join(f"“{name}”" for name in tables)
        raise PilotError(f"{path.name}：{len(tables)} 个工作表都像申报表：{names}。请只留下一个。")
    (cells,) = tables.values()
    return cells.fillna("").astype(str).set_axis(_places(cells.index + 1), axis="index")


def _read_delimited(path: Path, *, inside_document: bool) -> pd.DataFrame:
    lines = read_text(path).split("\n")
    if not lines[-1]:
        lines.pop()
    delimiter, header = _find_header_line(path, lines)
    first, last = 0, len(lines)
    if inside_document:
        first = header
        last = _end_of_table(lines, delimiter, header)
    try:
        try:
            rows = list(_split(lines[first:last], delimiter, csv.QUOTE_MINIMAL))
        except csv.Error:  # quotation marks that do not pair are part of the text
            rows = list(_split(lines[first:last], delimiter, csv.QUOTE_NONE))
    except csv.Error as error:
        raise PilotError(f"{path.name}：有一行无法拆分成单元格（{error}）。") from None
    places = _places(pd.Index([place + first for place, _ in rows]))
    width = max(len(row) for _, row in rows)
    return pd.DataFrame([row + [""] * (width - len(row)) for _, row in rows], index=places, dtype=str)


def _end_of_table(lines: list[str], delimiter: str, header: int) -> int:
    """The number after the last line of the table: the last full row, and shorter rows (totals) right below it.

    A line between rows that has no separator, such as a page's number, ends nothing.
    """
    full = [number for number in range(header, len(lines)) if lines[number].count(delimiter) >= FEWEST_HEADER_CELLS - 1]
    end = full[-1] + 1
    while end < len(lines) and delimiter in lines[end]:
        end += 1
    return end


def _split(lines: list[str], delimiter: str, quoting: int) -> Iterator[tuple[int, list[str]]]:
    """Rows of cells with the line on which each begins (a quoted cell may run over lines)."""
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, quoting=quoting, strict=True)
    place = 1
    for row in reader:
        yield place, row
        place = reader.line_num + 1


def _find_header_line(path: Path, lines: list[str]) -> tuple[str, int]:
    """The separator and line number (from 0) of the line that names the most columns."""
    named = {
        (delimiter, number): len({column_named(cell.strip('"')) for cell in line.split(delimiter)} - {None})
        for number, line in enumerate(lines)
        for delimiter in DELIMITERS
        if line.count(delimiter) >= FEWEST_HEADER_CELLS - 1
    }
    best = max(named, key=named.get, default=None)
    if best is None or named[best] < FEWEST_HEADER_CELLS:
        raise _no_header(path)
    return best


def _no_header(path: Path) -> PilotError:
    titles = "、".join(title_of(name) for name in REQUIRED_COLUMNS)
    return PilotError(f"{path.name}：没有找到表头。表头应有这些列：{titles}。")


def _places(numbers: pd.Index) -> pd.Index:
    return pd.Index(numbers, name="place")
