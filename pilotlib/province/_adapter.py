"""Temporary: today's coded pieces as the frames of the contract."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from pilotlib.cleaning.core import clean_piece as clean_coded
from pilotlib.cleaning.log import changed_in
from pilotlib.cleaning.rows import REASONS
from pilotlib.cleaning.typed import certificates_of, levels_of
from pilotlib.coded import any_of, category_of, count_of, distinct
from pilotlib.reading.pieces import pieces_of as coded_pieces
from pilotlib.vocabulary import LEVELS, in_round_order
from functools import reduce


class CleanedPiece(NamedTuple):
    applications: pd.DataFrame
    reasons: pd.Series
    cells_changed: pd.Series


class Origin(NamedTuple):
    filled: pd.DataFrame
    continued: tuple = ()


class Piece(NamedTuple):
    file: str
    header: object
    header_place: int
    first: int
    cells: pd.DataFrame
    origin: Origin
    coded: object

    @property
    def rows(self):
        return np.arange(self.first, self.first + len(self.cells))


def cat(column):
    once = distinct(column)
    return pd.Categorical.from_codes(once.codes, pd.Index(once.words, dtype="str"))


EMPTY = Origin(pd.DataFrame(columns=["place", "position", "before", "after", "kind"]))


def pieces_of(path, block_bytes):
    for piece in coded_pieces(path, block_bytes):
        cells = pd.DataFrame({n: cat(c) for n, c in enumerate(piece.cells)}).set_axis(piece.places)
        yield Piece(piece.file, piece.header, piece.header_place, int(piece.rows[0]), cells, EMPTY, piece)


def clean_piece(piece, by=()):
    cleaned = clean_coded(piece.coded, labels=[piece.coded.cells[n] for n in by])
    app, now = cleaned.applications, cleaned.applications.now
    frame = pd.DataFrame(
        {
            "source_row": app.rows,
            "year": count_of(now["year"]),
            "application_round": category_of(now["application_round"], in_round_order),
            "certificate": cat(certificates_of(now)),
            "level": category_of(levels_of(now), lambda w: [*LEVELS, *sorted(set(w) - set(LEVELS))]),
            "places_applied": count_of(now["places_applied"]),
            "places_approved": count_of(now["places_approved"]),
            "status": cat(now["status"]),
        }
    )
    reasons = pd.Series(pd.Categorical.from_codes(cleaned.reasons, pd.Index(["", *REASONS[1:]], dtype="str")), index=cleaned.rows)
    changed = [any_of([changed_in(b[n], a[n]) for b, a, _ in app.steps]).astype(np.int64) for n in now]
    return CleanedPiece(frame, reasons, pd.Series(reduce(np.add, changed)))
