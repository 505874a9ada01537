"""Layer one of tables: rates by row, totals by column and by row, judged by the table alone."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import close_to, figure
from pilotlib.claims.grammar import AGREES, DISAGREES, SHAPE, WORDS, say

Rows = Sequence[Sequence[str]]


class Cell(NamedTuple):
    """A number in a table: what is written, its value, the worth of its last digit, whether it is a percentage."""

    written: str
    value: float
    step: float
    percent: bool


class Judged(NamedTuple):
    """A cell that others of its table determine: its place, whether it agrees with them, what follows from them."""

    row: int
    column: int
    cell: Cell
    state: str
    explanation: str
    expected: float


def judge_table(rows: Rows) -> list[Judged]:
    """The cells of a table that its other cells determine, by row and column."""
    cells = [[_cell(text) for text in row] for row in rows]
    first = next((place for place, row in enumerate(cells) if sum(map(bool, row)) > 1), len(rows))
    width = max(map(len, rows), default=0)
    above = [row for row in rows[:first] if len({text.strip() for text in row if text.strip()}) > 1]
    headers = [
        "".join(re.sub(r"\s|:?-{2,}:?", "", row[column]) for row in above if column < len(row))
        for column in range(width)
    ]
    body = [(place, row) for place, row in enumerate(cells) if place >= first and any(row) and len(row) == width]
    found = [*_rates(headers, body), *_totals_by_column(headers, body, rows), *_totals_by_row(headers, body)]
    return sorted({(item.row, item.column): item for item in found}.values())


def _cell(text: str) -> Cell | None:
    match = re.fullmatch(SHAPE["cell"], text)
    if not match:
        return None
    value = float(re.sub("[,，]", "", match["number"]))
    return Cell(match["number"], value, 10.0 ** -len(match["number"].partition(".")[2]), bool(match["percent"]))


def _judged(row: int, column: int, cell: Cell, expected: float, sentence: str, **fields: str) -> Judged:
    agrees = close_to(cell.value, cell.step, "", expected)
    unit, computation = "%" if "rate" in sentence else "", say(sentence, **fields)
    said = computation if agrees else say("text_differs", computation=computation, written=cell.written + unit)
    return Judged(row, column, cell, AGREES if agrees else DISAGREES, said, round(expected, 2))


def _named(headers: list[str], kind: str, never: Sequence[str] = ()) -> list[int]:
    """The columns of counts whose header has a word of a kind and none of others."""

    def has(header: str, kinds: Sequence[str]) -> bool:
        return any(word in header for name in kinds for word in WORDS[name])

    counts = [column for column, header in enumerate(headers) if not re.search(SHAPE["rate_column"], header)]
    return [column for column in counts if has(headers[column], [kind]) and not has(headers[column], never)]


def _rates(headers: list[str], body: list[tuple[int, list[Cell | None]]]) -> Iterator[Judged]:
    """Rates by row, where the headers name the rate, its numerator and its denominator since the rate before."""
    last = -1
    for column, header in enumerate(headers):
        if not re.search(SHAPE["rate_column"], header):
            continue
        named = [rate for rate in grammar.RATES if any(word in header for word in rate.words)]
        since, last = range(last + 1, column), column
        for rate in named[:1]:
            tops = [place for place in _first(headers, rate.top, ()) if place in since]
            bottoms = [place for place in _first(headers, rate.bottom, rate.top) if place in since]
            if len(tops) != 1 or len(bottoms) != 1 or ("人次" in headers[tops[0]]) != ("人次" in headers[bottoms[0]]):
                continue
            items = []
            for row, cells in body:
                top, bottom, cell = cells[tops[0]], cells[bottoms[0]], cells[column]
                if top and bottom and cell and bottom.value and (cell.percent or cell.value > 1 or "%" in header):
                    percent = top.value / bottom.value * 100
                    fields = {"top": figure(top.value), "bottom": figure(bottom.value), "percent": figure(percent)}
                    items.append(_judged(row, column, cell, percent, "text_rate", **fields))
            if len(items) < 3 or sum(item.state == AGREES for item in items) * 2 >= len(items):
                yield from items


def _first(headers: list[str], kinds: Sequence[str], never: Sequence[str]) -> list[int]:
    return next((columns for kind in kinds if (columns := _named(headers, kind, never))), [])


def _totals_by_column(headers: list[str], body: list[tuple[int, list[Cell | None]]], rows: Rows) -> Iterator[Judged]:
    """The totals of a row 合计: of all rows before it, or of the subtotals; only where some column of it agrees."""
    is_total = {row: bool(re.match(SHAPE["total_row"], _label(rows[row]))) for row, _ in body}
    start = 0
    for place, (row, cells) in enumerate(body):
        if not is_total[row] or place - start < 2:
            continue
        before = [body[:place], body[start:place]]
        start, items = place + 1, []
        for column, cell in enumerate(cells):
            ways = []
            for run in before:
                for of_totals in (False, True):
                    parts = [other[column] for number, other in run if is_total[number] == of_totals]
                    ways += [[part.value for part in parts if part]] if len(parts) > 1 and all(parts) else []
            if cell and ways and not cell.percent and not re.search(SHAPE["no_sum_column"], headers[column]):
                way = next((way for way in ways if close_to(cell.value, cell.step, "", sum(way))), ways[-1])
                items.append(_total(row, column, cell, way))
        agree = sum(item.state == AGREES for item in items)
        yield from items if agree * 2 >= len(items) or len(items) == 1 else []


def _totals_by_row(headers: list[str], body: list[tuple[int, list[Cell | None]]]) -> Iterator[Judged]:
    """The totals of a column 合计 of all counts before it, where they agree in most rows."""
    for column, header in enumerate(headers):
        if not re.fullmatch(SHAPE["total_column"], header):
            continue
        parts = [place for place, name in enumerate(headers[:column]) if not re.search(SHAPE["no_sum_column"], name)]
        items = []
        for row, cells in body:
            cell, values = cells[column], [part.value for place in parts if (part := cells[place])]
            if cell and len(values) > 1:
                items.append(_total(row, column, cell, values))
        if len(items) > 2 and sum(item.state == AGREES for item in items) * 2 > len(items):
            yield from items


def _total(row: int, column: int, cell: Cell, parts: list[float]) -> Judged:
    equation = " + ".join(map(figure, parts)) if len(parts) < 8 else say("column_sum", count=len(parts))
    return _judged(row, column, cell, sum(parts), "table_sum", equation=equation, total=figure(sum(parts)))


def _label(row: Sequence[str]) -> str:
    return next((re.sub(r"\s", "", text) for text in row if text.strip()), "")
