"""A large table's totals once more, straight from its raw cells: by pyarrow, sharing only how a word is read."""

import re
from collections import Counter
from collections.abc import Callable
from functools import reduce

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pilotlib.coded import Coded, all_of, any_of, looked_up, taken
from pilotlib.columns import column_named, title_of
from pilotlib.errors import PilotError
from pilotlib.reading.headers import FEWEST_HEADER_CELLS
from pilotlib.reading.pieces import Piece
from pilotlib.vocabulary import (
    APPROVED_STATUSES,
    NO_SCHOOL,
    RULED_LINE,
    TOTAL_FORM,
    TOTAL_FORM_WITHOUT_CERTIFICATE,
    plain,
)
from pilotlib.words import count_text, is_count, levels_in, normalised, split_certificate

LABELS = ("serial", "year", "application_round", "certificate", "level", "majors", "status")
TELLING = ("year", "application_round", "certificate", "students", "places_applied", "places_approved")
TOTALLED = ("applications", "places_applied", "places_approved")


class Recount:
    """Counts piece by piece: rows, totals by school, and the different certificates with and without their level."""

    def __init__(self) -> None:
        """Nothing has been counted yet."""
        self.rows = 0
        self.totals: Counter = Counter()
        self.pairs: set[tuple[str, str]] = set()

    def add(self, piece: Piece, places: list[int]) -> None:
        """Count the rows of a piece; `places` are the positions of its columns of schools and of cities."""
        columns = {name: column for name, column in zip(piece.header.names, piece.cells, strict=True) if name}
        schools = piece.cells[places[0]]
        below = pa.array(piece.rows > 0)
        self.rows += pc.sum(below).as_py()
        counted = pa.table(
            {
                "school": pa.array(schools.codes),
                "certificate": pa.array(columns["certificate"].codes),
                "level": pa.array(columns["level"].codes) if "level" in columns else pa.nulls(len(below), pa.int32()),
                "places_applied": _said(columns["places_applied"], _number, pa.int64()),
                "places_approved": pc.if_else(
                    _said(columns["status"], lambda text: normalised(text) in APPROVED_STATUSES),
                    _said(columns["places_approved"], _number, pa.int64()),
                    0,
                ),
            }
        ).filter(pc.and_(below, pc.invert(_no_application(piece, columns, places))))
        sums = counted.group_by("school").aggregate(
            [("school", "count"), ("places_applied", "sum"), ("places_approved", "sum")]
        )
        for code, *numbers in zip(*(sums.column(name).to_pylist() for name in _SUMS), strict=True):
            name = normalised(schools.words[code].replace("\n", "")) or NO_SCHOOL
            self.totals.update({(name, measure): number for measure, number in zip(TOTALLED, numbers, strict=True)})
        pairs = counted.group_by(["certificate", "level"]).aggregate([]).to_pydict()
        for certificate, level in zip(pairs["certificate"], pairs["level"], strict=True):
            name, within = split_certificate(normalised(columns["certificate"].words[certificate]))
            beside = "" if level is None else levels_in(normalised(columns["level"].words[level]))
            self.pairs.add((name, within or beside))

    def take(self, other: "Recount") -> None:
        """Add what another has counted."""
        self.rows += other.rows
        self.totals.update(other.totals)
        self.pairs |= other.pairs

    def compare(self, tables: dict[str, pd.DataFrame]) -> None:
        """Hold the tables against this count.

        Raises:
            PilotError: two counts differ; names school, measure and both numbers.
        """
        by_school = tables["by_school"].groupby("school")[list(TOTALLED)].sum()
        counted = Counter(
            {
                (school, name): number
                for name in TOTALLED
                for school, number in zip(by_school.index.to_list(), by_school[name].to_list(), strict=True)
            }
        )
        overview = tables["overview"].iloc[0]
        counted |= {("", name): int(overview[name]) for name in ("certificates", "certificate_levels", "rows_read")}
        again = self.totals | Counter(
            {
                ("", "certificates"): len({name for name, _ in self.pairs}),
                ("", "certificate_levels"): len(self.pairs),
                ("", "rows_read"): self.rows,
            }
        )
        differing = [key for key in counted | again if counted[key] != again[key]]
        if differing:
            school, measure = differing[0]
            raise PilotError(
                f"两次计数不一致：{school or '全表'}的{title_of(measure)}为 {counted[school, measure]}，"
                f"从原始单元格重数为 {again[school, measure]}。共 {len(differing)} 处不一致，没有汇总；"
                "请把申报表交给维护者查看。"
            )


_SUMS = ("school", "school_count", "places_applied_sum", "places_approved_sum")


def _no_application(piece: Piece, columns: dict[str, Coded], places: list[int]) -> pa.Array:
    """Rows that are headers, totals, ruled lines, or say nothing; all but the first two have no certificate."""
    labels = [*(piece.cells[place] for place in places), *(columns[name] for name in LABELS if name in columns)]
    telling = [columns[name] for name in TELLING if name in columns]
    found = _headers(piece) | _anywhere(labels, TOTAL_FORM)
    few = np.flatnonzero(looked_up(columns["certificate"], lambda text: bool(RULED_LINE.fullmatch(plain(text)))))
    blank = looked_up(taken(columns["certificate"], few), lambda text: not plain(text))
    labels, telling, cells = ([taken(column, few) for column in of] for of in (labels, telling, piece.cells))
    found[few] |= blank & _anywhere(labels, TOTAL_FORM_WITHOUT_CERTIFICATE)
    found[few] |= ~any_of(looked_up(column, lambda text: bool(plain(text))) for column in telling)
    found[few] |= all_of(looked_up(column, lambda text: bool(RULED_LINE.fullmatch(plain(text)))) for column in cells)
    return pa.array(found)


def _anywhere(columns: list[Coded], form: re.Pattern) -> np.ndarray:
    """Rows in which the whole of some cell is of a form."""
    return any_of(looked_up(column, lambda text: bool(form.fullmatch(plain(text)))) for column in columns)


def _headers(piece: Piece) -> np.ndarray:
    """Rows that name three columns or more, or say what the header says; few rows come near, and these are read."""
    numbers = reduce(
        np.add, [looked_up(column, lambda text: column_named(text) is not None, int) for column in piece.cells]
    )
    found = np.zeros(len(piece.rows), bool)
    for row in np.flatnonzero(numbers >= FEWEST_HEADER_CELLS):
        texts = [column.words[column.codes[row]].strip() for column in piece.cells]
        different = {column_named(text) for text in texts} - {None}
        found[row] = len(different) >= FEWEST_HEADER_CELLS or texts in piece.header.lines
    return found


def _said(column: Coded, function: Callable[[str], object], kind: pa.DataType | None = None) -> pa.Array:
    answers = pa.array([function(word) for word in column.words], kind or pa.bool_())
    return answers.take(pa.array(column.codes))


def _number(text: str) -> int:
    digits = count_text(normalised(text))
    return int(digits) if is_count(digits) else 0
