"""A table of many schools in pieces, cleaned, with each row's school and city; and split by school."""

import hashlib
import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import pandas as pd

from pilotlib.cleaning import CleanedPiece, clean_piece
from pilotlib.cleaning.rows import Piece
from pilotlib.columns import APPLICATION_COLUMNS, source_columns, title_of
from pilotlib.distinct import asked_of_each, each_value
from pilotlib.errors import PilotError
from pilotlib.province.files import about_pieces, pieces_of
from pilotlib.province.owners import Owner, year_said
from pilotlib.reading.texts import BLOCK_BYTES
from pilotlib.report.told import names_of
from pilotlib.running.progress import bar
from pilotlib.vocabulary import NO_SCHOOL, NOTHING_SAID, TOTAL_FORM, plain
from pilotlib.words import normalised, year_text

# Rows that are set aside for these reasons belong to nobody, whatever stands in the school's column.
NAMELESS = ("重复的表头", "并入上一行")
CITY_TITLES = ("市", "城市", "地市", "所在市")
NOBODYS: dict[str, Owner] = {}
_LONGEST_NAME = 60
# 丙学院(东区) and 丙学院（东区） are one.
_WIDE_BRACKETS = str.maketrans("()", "（）")
_RESERVED = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]")


class SchoolsPiece(NamedTuple):
    """A piece as it stands, and cleaned; the positions of its columns of schools and perhaps of cities, none in a
    school's own file; each row's school and city, "" where it names none."""

    piece: Piece
    cleaned: CleanedPiece
    by: list[int]
    schools: pd.Series
    cities: pd.Series


class Task(NamedTuple):
    """A school's year: its name and its part of the table, the bytes of a CSV; and the forms of its report."""

    school: str
    year: int
    table: bytes
    editions: Sequence[str] = ()


class Part(NamedTuple):
    """A school's rows of one year (0 where it cannot be read): text under the titles of its first file, as index each
    row's place in the table of all: its file, "" where the table is one, and its row."""

    school: str
    year: int
    rows: pd.DataFrame

    @property
    def is_reported(self) -> bool:
        """Whether there is to be a report: the rows name a school and a year."""
        return self.school != NO_SCHOOL and self.year > 0

    @property
    def places(self) -> list[tuple[str, int]]:
        """Where each row is in the table of all."""
        return self.rows.index.tolist()

    def task(self, editions: Sequence[str] = ()) -> Task:
        """What has to be done."""
        table = self.rows.to_csv(index=False, lineterminator="\n").encode()
        return Task(self.school, self.year, table, editions)


def cleaned_pieces(
    path: Path | str,
    by: str,
    block_bytes: int = BLOCK_BYTES,
    owners: dict[str, Owner] = NOBODYS,
    answers: Mapping[str, str] = NOTHING_SAID,
) -> Iterator[SchoolsPiece]:
    """The pieces of a table in order, each cleaned while the one before it is worked on.

    A file of `owners` has no column `by`; `answers` say what unknown statuses mean.
    PilotError: the table cannot be read, has no such column, or one number of people for several rows.
    """
    years: dict[str, int] = {}
    with ThreadPoolExecutor(1) as pool:
        waiting: deque[Future[SchoolsPiece]] = deque()
        for piece in pieces_of(path, block_bytes):
            year = years.setdefault(piece.file, year_said(piece))  # by the first piece of a file
            waiting.append(pool.submit(_cleaned, piece, by, owners.get(piece.file), year, answers))
            if len(waiting) > 1:
                yield waiting.popleft().result()
        yield from (future.result() for future in waiting)


def _cleaned(piece: Piece, by: str, owner: Owner | None, year: int, answers: Mapping[str, str]) -> SchoolsPiece:
    """A piece cleaned; where it has no columns of schools and years, they are its owner's and `year` (0: not known)."""
    positions = [] if owner else _label_positions(piece, by)
    cleaned = clean_piece(piece, positions, answers)
    if "year" not in piece.header.names:
        years = pd.array([year or pd.NA] * len(cleaned.applications), dtype="Int64")
        cleaned = cleaned._replace(applications=cleaned.applications.assign(year=years))
    constant = partial(pd.Series, index=piece.cells.index, dtype=object)
    names = map(constant, owner[:2]) if owner else (piece.cells[position] for position in positions)
    nameless = cleaned.reasons.isin(NAMELESS).to_numpy()
    schools, cities, *_ = (_names(column, nameless) for column in (*names, constant("")))
    return SchoolsPiece(piece, cleaned, positions, schools, cities)


def _names(cells: pd.Series, nameless: np.ndarray) -> pd.Series:
    """The names in a column of cells, "" in rows that are known to name none."""
    names = each_value(cells, school_name)
    return names.cat.set_categories(names.cat.categories.union([""], sort=False)).mask(nameless, "")


def _label_positions(piece: Piece, by: str) -> list[int]:
    """The position of the column of schools and, if there is one, that of cities."""
    header, filled = piece.header, piece.origin.steps
    titles = [plain(title) for title in header.titles]
    schools = [position for position, title in enumerate(titles) if title == plain(by)]
    if len(schools) != 1:
        many = f"有 {len(schools)} 列“{by}”" if schools else f"没有“{by}”列"
        known = "、".join(filter(None, header.titles))
        raise PilotError(f"{piece.file}：{many}，无法按它汇总。表头现有：{known}。请用 --by 指定学校所在的列名。")
    if header.names[schools[0]] in APPLICATION_COLUMNS:  # that of colleges may well be one of schools
        raise PilotError(f"{piece.file}：“{by}”是每张申报表都有的列，不是学校。请用 --by 指定学校所在的列名。")
    for place, position in filled.loc[filled["rule"] == "merged_count", ["place", "position"]].to_numpy():
        name = header.names[position]
        if name in source_columns("count"):  # of several rows, perhaps of several schools
            where = f"{piece.file}第{place}行的{title_of(name)}"
            raise PilotError(f"{where}与上方合并为一格，分不到各行。请取消合并、逐行填好后另存。")
    cities = [position for position, title in enumerate(titles) if title in CITY_TITLES and position not in schools]
    return schools + cities[:1]


def school_name(text: str) -> str:
    """A school's or a city's name, written in one way; a total over several is none.

    >>> school_name(" 某某\\n学院 "), school_name("合 计")
    ('某某学院', '')
    """
    return "" if TOTAL_FORM.fullmatch(plain(text)) else normalised(text.replace("\n", "")).translate(_WIDE_BRACKETS)


def split(table: Path, by: str, owners: dict[str, Owner] = NOBODYS) -> list[Part]:
    """The rows of each school and year of a table, in order.

    Rows that name no school belong to `NO_SCHOOL` where they are applications, else (totals, blank rows) to nobody.
    A row whose year cannot be read goes with the others of its school, if they are of one year: checking finds it.

    PilotError: there is no column `by`, no column of years, or one that every table must have is missing.
    """
    parts = defaultdict[tuple[str, int], list[pd.DataFrame]](list)
    pieces = bar(f"{table.name}：按学校分开", cleaned_pieces(table, by, owners=owners), total=about_pieces(table))
    for piece, cleaned, _, schools, _ in pieces:
        if "year" in piece.header.names:
            years = asked_of_each(piece.cells.iloc[:, piece.header.names.index("year")], _year, int)
        elif piece.file not in owners and cleaned.applications["year"].isna().any():
            where = "没有申报年度列，表的标题与文件名也没有写年份"
            raise PilotError(f"{piece.file}：{where}，不知道是哪一年的报告。请补上这一列。")
        else:
            years = np.full(len(piece.cells), cleaned.applications["year"].fillna(0).max())
        belongs = (piece.rows > 0) & ((cleaned.reasons == "").to_numpy() | (schools != "").to_numpy())
        keys = pd.DataFrame({"school": schools.astype("str").replace("", NO_SCHOOL).array, "year": years})[belongs]
        places = pd.MultiIndex.from_product([[piece.file if table.is_dir() else ""], piece.cells.index])
        cells = piece.cells.astype(object).set_axis(piece.header.titles, axis="columns").set_axis(places)
        groups = cast("dict[tuple[str, int], pd.Index]", keys.groupby(["school", "year"]).groups)
        for (school, year), rows in groups.items():
            parts[school, int(year)].append(cells.iloc[rows])
    for school in [school for school, year in parts if not year]:
        others = [key for key in parts if key[0] == school and key[1]]
        if len(others) == 1:
            parts[others[0]] += parts.pop((school, 0))
    return [Part(*key, _together(key[0], pieces)) for key, pieces in sorted(parts.items())]


def _together(school: str, pieces: list[pd.DataFrame]) -> pd.DataFrame:
    """A school's rows below each other, the columns in the order of the first; PilotError where others have others."""
    titles = names_of(pieces[0])
    for place, rows in enumerate(pieces):
        own = names_of(rows)
        if own != titles:
            if sorted(own) != sorted(titles) or len(set(own)) != len(own):
                differing, file = "、".join(sorted(set(own) ^ set(titles) - {""})) or "重名的列", rows.index[0][0]
                raise PilotError(f"{file}：{school}的列与前面的文件不同（{differing}）。请把各文件的列改成一样。")
            pieces[place] = rows[titles]
    return pd.concat(pieces)


def _year(text: str) -> int:
    """The year that a cell says in four digits; 0 where it says none."""
    digits = year_text(normalised(text))
    return int(digits) if re.fullmatch(r"\d{4}", digits) else 0


def folder_named(name: str) -> str:
    """A folder's name for a school: what may stand in a path, and what tells it from another cut to the same.

    >>> folder_named("某某职业技术学院（东校区）"), folder_named("../学院")
    ('某某职业技术学院（东校区）', '___学院-4335424c')
    """
    kept = re.sub(r"[^\w（）()·-]", "_", name)[:_LONGEST_NAME]
    # Some systems reserve some names, and hold those that differ in capitals only for one.
    if kept == name == name.casefold() and not _RESERVED.fullmatch(name):
        return kept
    return f"{kept}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
