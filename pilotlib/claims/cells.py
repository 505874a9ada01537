"""The numbers of a table: where each stands, under which header, in which line."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from pilotlib.claims.claim import Claim, stated
from pilotlib.claims.grammar import SHAPE
from pilotlib.claims.numbers import Number, plain_text


class Cell(NamedTuple):
    """A number in a table: where it stands, what is written, and what it states."""

    row: int
    column: int
    written: str
    claim: Claim


class Table(NamedTuple):
    """A table's headers, and of each line its label (its first text) and its cells, None where no number stands."""

    headers: list[str]
    labels: list[str]
    lines: list[list[Cell | None]]


Line = Sequence[Cell | None]


def table_of(rows: Sequence[Sequence[str]]) -> Table:
    """The numbers of a table under their headers; no lines where it has no header."""
    filled = zip(*zip_longest(*rows, fillvalue=""), strict=True)
    texts = [[re.sub(SHAPE["white_space"], "", plain_text(text)) for text in row] for row in filled]
    cells = [[_cell(row, column, text) for column, text in enumerate(line)] for row, line in enumerate(texts)]
    of_years = [all(not cell or re.match(SHAPE["year_cell"], cell.written) for cell in line) for line in cells]
    first = next((place for place, line in enumerate(texts) if len({*line} - {""}) > 1), len(texts))
    if first == len(texts) or not of_years[first]:
        return Table([], [], [])
    end = next((place for place in range(first + 1, len(texts)) if any(cells[place])), len(texts))
    headers = list(map("".join, zip(*texts[first:end], strict=True)))
    labels = [next((text for text in line if not re.fullmatch(r"[\d.]{0,3}", text)), "") for line in texts[end:]]
    return Table(headers, labels, cells[end:])


def _cell(row: int, column: int, text: str) -> Cell | None:
    match = re.fullmatch(SHAPE["cell"], text)
    if not match:
        return None
    written, unit = match["number"], "%" if match["percent"] else ""
    value = float(re.sub(r"[,，\s]", "", written).replace("−", "-").replace("－", "-"))
    step = 10.0 ** -len(written.partition(".")[2])
    return Cell(row, column, written, stated(Number(written, 0, 0, 0, "", value, unit, "", "", step)))
