"""Which row of a table is its header, and what column each of its cells names, in plain Python."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from pilotlib import columns, vocabulary
from pilotlib.columns import column_named, is_part_of_a_row, title_of
from pilotlib.distinct import asked_of_each, each_value
from pilotlib.errors import PilotError
from pilotlib.project import ledger_beside
from pilotlib.reading.likely import guessed_header, nearly_named, without_unit
from pilotlib.vocabulary import plain

# A row that names fewer columns than this is no header: one word of a title may well be a column's name.
FEWEST_HEADER_CELLS = 3
# No title above a table is longer than this.
HEADER_WITHIN = 200
# The reason of a correction of a header that `source.toml` gives, not the ledger.
BY_COLUMNS = "source.toml 的 [columns]"
_OF_RESULTS = columns.RESULT_COLUMNS.keys() - {"college", "trained"}
_OF_PLACES = {"places_applied", "places_approved", "status"}


class Header(NamedTuple):
    """A header: the positions (from 0) of its first and last row, its titles, and the column that each names.

    `lines` are its rows as they stand in the file, the white space around cells aside; `understood` is a title that
    says what it means only together with the table's own, and what it was taken for.
    """

    first: int
    last: int
    titles: list[str]
    names: list[str | None]
    lines: tuple[list[str], ...] = ()
    understood: tuple[str, str] | None = None


def find_header(rows: Iterable[Sequence[str]], called: Mapping[str, str] = vocabulary.NOTHING_SAID) -> Header | None:
    """The first row that names every column, else the one that names the most; two rows where they name more together.

    `called` gives headers that are not known the title of a column, as `headings_of` says.
    None if no row is a header. A header that is repeated further down with more columns is no reason to begin there.
    In a header of two rows 培训人数 over 申请 and 批准 is 申请培训人数 and 批准培训人数.
    """
    stripped = [[cell.strip() for cell in row] for row in rows]

    def name_of(title: str) -> str | None:
        return column_named(called.get(title, title))

    single = [Header(place, place, row, list(map(name_of, row)), (row,)) for place, row in enumerate(stripped)]
    double = [_of_two_rows(upper, lower, name_of) for upper, lower in pairwise(single)]
    # Where levels or rounds stand below a row, it is no header alone.
    alone = [upper for upper, lower in pairwise(single) if not (columns_named(upper) and _says_parts(lower))]
    alone += single[-1:]
    # Of readings that name as many columns, that of a row which goes on with the one above comes first.
    pairs = zip(double, pairwise(single), strict=True)
    readings = [*(header for header, (upper, lower) in pairs if _goes_on(upper, lower)), *alone, *double]
    whole = [header for header in readings if set(columns.EXPECTED_COLUMNS) <= set(header.names)]
    first = min((header.last for header in whole), default=None)
    nearest = [header for header in whole if first in (header.first, header.last)]
    best = max(nearest or readings, key=columns_named, default=None)
    if not best:
        return None
    above = "".join(chain(*stripped[: best.first]))
    best = _with_unit(_with_people(best, above), above)
    nothing_else = len(list(filter(None, best.titles))) == columns_named(best) > 1
    answered = bool(called) and set(called) <= set(best.titles)  # whoever names headers says which row it is
    of_few = (nothing_else or answered) and set(columns.REQUIRED_COLUMNS) <= set(best.names)
    is_one = columns_named(best) >= FEWEST_HEADER_CELLS or of_few
    return best if is_one else None


def header_of(cells: pd.DataFrame, file: str = "申报表", corrections: pd.DataFrame | None = None) -> Header:
    """The header of a table of text cells, as `correct_header` corrects it.

    PilotError where there is none, or rows stand above it under another row that is nearly one.
    """
    rows = cells.head(HEADER_WITHIN).to_numpy().tolist()
    if not (header := find_header(rows, headings_of(corrections))):
        raise no_header(file, [rows], headings_of(corrections))
    for number, row in enumerate(rows[: header.first]):
        names = {column_named(cell) for cell in row} - {None}
        if len(names) > len(columns.EXPECTED_COLUMNS) / 2 and any(map(any, rows[number + 1 : header.first])):
            missing = [name for name in columns.EXPECTED_COLUMNS if name not in names]
            both = f"第 {cells.index[number]} 行与第 {cells.index[header.first]} 行都像表头，两者之间还有内容"
            fault = f"上面的一行没有{'、'.join(map(title_of, missing))}列。{nearly_named(row, missing)}"
            raise PilotError(f"{file}：{both}。{fault}请把两行表头改成一样，另存后再试。")
    return correct_header(header, corrections, file)


def headings_of(corrections: pd.DataFrame | None) -> dict[str, str]:
    """What the ledger says of headers, in row 0: the title as it stands → what it becomes."""
    if corrections is None:
        return {}
    of_header = corrections[ledger_rows(corrections) == 0]
    return dict(zip(of_header["was"].str.strip(), of_header["becomes"].str.strip(), strict=True))


def correct_header(header: Header, corrections: pd.DataFrame | None, file: str) -> Header:
    """Put in the ledger's corrections of row 0, which is the header: a word that is nearly a column's name.

    PilotError where the header does not say what the ledger says it does, or the correction names no column.
    """
    if corrections is None:
        return header
    given, titles = header.titles, list(header.titles)
    entries = corrections.loc[ledger_rows(corrections) == 0, ["was", "becomes", "reason"]]
    for was, becomes, reason in entries.itertuples(index=False):
        where = reason if reason == BY_COLUMNS else ledger_beside(file)
        places = [place for place, title in enumerate(given) if title == was.strip()]
        if not places:
            raise PilotError(f"{where}：{file} 的表头没有“{was}”。表头现有：“{'”、“'.join(given)}”。")
        if not column_named(becomes) or not reason.strip():
            raise PilotError(f"{where}：表头“{was}”要更正为已知的列名并写明理由，现为“{becomes}”。")
        if len(places) > 1:
            raise PilotError(f"{where}：{file} 的表头“{was}”有 {len(places)} 处。请在表中改好后另存。")
        if titles[places[0]] != given[places[0]]:
            raise PilotError(f"{where}：{file} 的表头“{was}”更正了两次。请合并为一条。")
        titles[places[0]] = becomes.strip()
    return header._replace(titles=titles, names=list(map(column_named, titles)))


def ledger_rows(corrections: pd.DataFrame) -> pd.Series:
    """The rows that the ledger names, as numbers (Excel likes to write 16.0); missing where it names none."""
    is_number = corrections["row"].str.fullmatch(r"\s*\d+(\.0+)?\s*")
    return pd.to_numeric(corrections["row"].where(is_number), errors="coerce")


def columns_named(header: Header) -> int:
    """How many different columns a header names."""
    return len(set(header.names) - {None})


def fit(header: Header, of_results: bool) -> tuple[bool, int]:
    """Whether a header is of a table of that kind, and how many columns it names that the other kind has not alone."""
    others = columns.APPLICATION_COLUMNS if of_results else columns.RESULT_COLUMNS
    return is_of_results(header) == of_results, len(set(header.names) - {None, *others})


def is_of_results(header: Header) -> bool:
    """Whether a table under this header says how students did, and not which places were applied for or approved.

    培训人数 alone does not: it may be the number of places.
    """
    return bool(_OF_RESULTS & set(header.names)) and not _OF_PLACES & set(header.names)


def header_rows(cells: pd.DataFrame, header: Header) -> np.ndarray:
    """Which rows of cells are a header: they name three columns or more, or say the same as one of its rows."""
    bits = {name: 1 << place for place, name in enumerate(columns.SOURCE_COLUMNS)} | {None: 0}
    stripped = [each_value(cells[position], str.strip) for position in cells]
    names = [asked_of_each(column, lambda text: bits[column_named(text)], np.int64) for column in stripped]
    is_header = np.bitwise_count(reduce(np.bitwise_or, names)) >= FEWEST_HEADER_CELLS
    for line in header.lines:
        words = [*line, *[""] * len(stripped)]
        same = [(column == word).to_numpy() for column, word in zip(stripped, words, strict=False)]
        is_header |= reduce(np.logical_and, same)
    return is_header


def no_header(file: str, tables: Sequence[Sequence[Sequence[str]]], called: Mapping[str, str]) -> PilotError:
    """What is said of tables without a header; with its `rows` where one of unknown words may be it."""
    there = set(map(str.strip, chain(*chain(*tables))))
    absent = "、".join(f"“{word}”" for word in called if word not in there)
    named = f"{BY_COLUMNS} 所写的{absent}不在表中。" if absent else ""
    titles = "、".join(map(title_of, columns.EXPECTED_COLUMNS))
    sides = ({column_named(row[0]) for row in rows if row} - {None} for rows in tables)
    if any(len(names) >= FEWEST_HEADER_CELLS for names in sides):
        return PilotError(f"{file}：列名写在第一列，表是横放的。请在表格软件中转置（行列互换），另存后再试。")
    for row in chain(*tables):
        is_part = [is_part_of_a_row(cell) or vocabulary.ORDINAL_ROUND.fullmatch(plain(cell)) for cell in row]
        if len(parts := [cell.strip() for cell, one in zip(row, is_part, strict=True) if one]) > 1:
            return laid_out_in_parts(file, parts)
    said = f"{file}：没有找到表头。{named}表头应有的列，除证书名称外可以缺少：{titles}。"
    rows = next((rows[place:] for rows in tables if (place := guessed_header(rows)) is not None), None)
    return PilotError(said + nearly_named(rows[0] if rows else []), rows=rows)


def laid_out_in_parts(where: str, parts: Sequence[str]) -> PilotError:
    """What is said of a table with a column for each level or round of a row."""
    said = f"{where}：“{'”、“'.join(parts)}”把一项申报的等级或批次分列写出，读不准"
    return PilotError(f"{said}。请改成一行一个证书、一个等级、一个批次，另存后再试。")


def _with_unit(header: Header, above: str) -> Header:
    """A header whose counts are of the larger unit that stands above the table, where they say none themselves."""
    if not (unit := vocabulary.UNIT_ABOVE.search(plain(above))):
        return header
    counts = set(columns.source_columns("count"))
    both = zip(header.titles, header.names, strict=True)
    titles = [f"{title}（{unit[1]}）" if name in counts and "(" not in plain(title) else title for title, name in both]
    return header._replace(titles=titles)


def _with_people(header: Header, above: str) -> Header:
    """A header in which 人数 alone, without another count, is of the places that the table's title speaks of."""
    counts = columns.source_columns("count")
    places = [n for n, title in enumerate(header.titles) if without_unit(title) in vocabulary.PEOPLE_TITLES]
    name = next((name for name, words in vocabulary.PEOPLE_BY_TITLE.items() if words.search(above)), None)
    if name is None or len(places) != 1 or set(counts) & set(header.names):
        return header
    place, titles, names = places[0], list(header.titles), list(header.names)
    understood = titles[place], title_of(name)
    titles[place], names[place] = title_of(name), name
    return header._replace(titles=titles, names=names, understood=understood)


def _goes_on(upper: Header, lower: Header) -> bool:
    """Whether a row goes on with the header above it: it names columns below blanks alone, or says the whole and parts
    of what is counted above."""
    below = [title for title, name in zip(lower.titles, upper.names, strict=False) if name]
    words = list(map(plain, filter(None, lower.titles)))
    whole_and_part = any(map(vocabulary.WHOLE_FORM.fullmatch, words)) and any(
        map(vocabulary.OTHER_MEASURE.search, words)
    )
    forms = (vocabulary.WHOLE_FORM.fullmatch, vocabulary.PART_OF_A_ROW.fullmatch, vocabulary.OTHER_MEASURE.search)
    parts = (any(form(word) for form in forms) for word in words)
    names_others = columns_named(lower) > 0 and not any(below)
    return columns_named(upper) > 0 and (names_others or ((whole_and_part or _says_parts(lower)) and all(parts)))


def _says_parts(row: Header) -> bool:
    """Whether a row names several levels or rounds, and columns of ours no more."""
    words = [plain(title) for title in row.titles if title]
    parts = sum(vocabulary.PART_OF_A_ROW.fullmatch(word) is not None for word in words)
    return parts > 1 and all(
        vocabulary.PART_OF_A_ROW.fullmatch(word) or vocabulary.WHOLE_FORM.fullmatch(word) for word in words
    )


def _of_two_rows(upper: Header, lower: Header, name_of: Callable[[str], str | None]) -> Header:
    """Two rows read as one header: an upper cell stands over those below it up to the next."""
    over, titles = "", []
    for above, below in zip(upper.titles, lower.titles, strict=False):
        over = above or (over if below else "")
        qualifies = vocabulary.OTHER_MEASURE.search(over) is not None  # 批准人数 under 上年度 is not 批准人数
        last = f"{below}（{over}）" if qualifies else below
        readings = [below + over, over + below, last] if below else [over]
        readings += [over] * (vocabulary.WHOLE_FORM.fullmatch(plain(below)) is not None)
        titles.append(next(filter(name_of, readings), last if qualifies else over + below))
    return Header(upper.first, lower.last, titles, list(map(name_of, titles)), (*upper.lines, *lower.lines))
