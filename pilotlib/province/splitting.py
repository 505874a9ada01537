"""A table of many schools → a table for each school and year, as it was received, and the place of every row."""

import csv
import hashlib
import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, cast

import pandas as pd

from pilotlib.distinct import asked_of_each
from pilotlib.errors import PilotError
from pilotlib.province.pieces import cleaned_pieces
from pilotlib.province.school import Task
from pilotlib.reading.pieces import Piece
from pilotlib.reading.texts import BLOCK_BYTES
from pilotlib.vocabulary import NO_SCHOOL
from pilotlib.words import count_text, normalised

_LONGEST_NAME = 60
_RESERVED = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]")


class Part(NamedTuple):
    """A school's rows of one year, and the file that holds them; a year that cannot be read is 0.

    The places of the rows in the table of all are in a file of their own: they move where a row is added for another
    school, and that changes nothing in this one.
    """

    school: str
    year: int
    file: Path

    @property
    def key(self) -> tuple[str, int]:
        """The school and the year."""
        return self.school, self.year

    @property
    def is_reported(self) -> bool:
        """Whether there is to be a report: the rows name a school and a year."""
        return self.school != NO_SCHOOL and self.year > 0

    @property
    def places_file(self) -> Path:
        """The file of the rows' places."""
        return self.file.with_suffix(".places")

    def places(self) -> list[tuple[str, int]]:
        """The place of every row in the table of all, in order: its file, "" where the table is one, and its row."""
        with self.places_file.open(encoding="utf-8", newline="") as source:
            return [(file, int(row)) for file, row in csv.reader(source)]

    def task(self) -> Task:
        """What has to be done."""
        return Task(self.school, self.year, self.file.read_bytes())


def split(table: Path, by: str, folder: Path) -> list[Part]:
    """Write the rows of each school and year into a CSV of their own, and say which there are.

    Rows that name no school and are no applications (totals, blank rows, the header again) belong to nobody; those that
    are applications belong to `NO_SCHOOL`. A row whose year cannot be read goes with the others of its school,
    where checking finds it, if these are all of one year.

    Args:
        table: A file, or a folder of files that are parts of one table.
        by: The title of the column that names the school.
        folder: Where the files go.

    Raises:
        PilotError: there is no such column, no column of years, or one that every table must have is missing.
    """
    parts: dict[tuple[str, int], Part] = {}
    titles: dict[tuple[str, int], list[str]] = {}
    for piece, _, cleaned, schools, _ in cleaned_pieces(table, by, BLOCK_BYTES):
        if "year" not in piece.header.names:
            raise PilotError(f"{piece.file}：没有申报年度列，不知道是哪一年的报告。请补上这一列。")
        years = asked_of_each(piece.cells.iloc[:, piece.header.names.index("year")], _year, int)
        belongs = (piece.rows > 0) & ((cleaned.reasons == "").to_numpy() | (schools != "").to_numpy())
        keys = pd.DataFrame({"school": schools.astype("str").replace("", NO_SCHOOL).array, "year": years})[belongs]
        cells, file = piece.cells.astype(object), piece.file if table.is_dir() else ""
        groups = cast("dict[tuple[str, int], pd.Index]", keys.groupby(["school", "year"]).groups)
        for (school, year), rows in groups.items():
            part = parts.get((school, year)) or Part(school, int(year), folder / f"{len(parts)}.csv")
            if part.key not in parts:
                parts[part.key], titles[part.key] = part, piece.header.titles
                _append(part.file, [piece.header.titles])
            of_part = cells.iloc[rows, _order(titles[part.key], piece, school)]
            _append(part.file, of_part.itertuples(index=False, name=None))
            _append(part.places_file, ((file, place) for place in of_part.index))
    return sorted(_with_unread_years(parts.values()))


def folder_named(name: str) -> str:
    """A folder's name for a school: what may stand in a path, and what tells it from another that is cut to the same.

    >>> folder_named("某某职业技术学院（东校区）"), folder_named("../学院")
    ('某某职业技术学院（东校区）', '___学院-4335424c')
    """
    kept = re.sub(r"[^\w（）()·-]", "_", name)[:_LONGEST_NAME]
    # Some systems reserve some names, and hold those that differ in capitals only for one.
    if kept == name == name.casefold() and not _RESERVED.fullmatch(name):
        return kept
    return f"{kept}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _order(titles: list[str], piece: Piece, school: str) -> list[int]:
    """The positions of a piece's columns in the order of a school's first piece.

    Raises:
        PilotError: they are not the same columns.
    """
    own = piece.header.titles
    if own == titles:
        return list(range(len(own)))
    if sorted(own) != sorted(titles) or len(set(own)) != len(own):
        differing = "、".join(sorted(set(own) ^ set(titles) - {""})) or "重名的列"
        raise PilotError(f"{piece.file}：{school}的列与前面的文件不同（{differing}）。请把各文件的列改成一样。")
    return [own.index(title) for title in titles]


def _year(text: str) -> int:
    """The year that a cell says in four digits; 0 where it says none."""
    digits = count_text(normalised(text))
    return int(digits) if re.fullmatch(r"\d{4}", digits) else 0


def _with_unread_years(parts: Iterable[Part]) -> list[Part]:
    """Put rows whose year cannot be read to those of their school, if these are of one year."""
    kept: list[Part] = []
    of_school: dict[str, list[Part]] = {}
    for part in sorted(parts, key=lambda part: -part.year):
        others = of_school.setdefault(part.school, [])
        if part.year or len(others) != 1:
            others.append(part)
            kept.append(part)
        else:
            with part.file.open(encoding="utf-8", newline="") as source:
                _append(others[0].file, islice(csv.reader(source), 1, None))
            _append(others[0].places_file, part.places())
    return kept


def _append(file: Path, rows: Iterable[Iterable[Any]]) -> None:
    with file.open("a", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows(rows)
