"""Layer one of tables: rates by row, totals by column and by row, judged by the table alone."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import close_to, figure
from pilotlib.claims.grammar import AGREES, DISAGREES, SHAPE, WORDS, say


class Cell(NamedTuple):
    """A number in a table: where it stands, what is written, its value, the worth of its last digit, its unit."""

    row: int
    column: int
    written: str
    value: float
    step: float
    unit: str


Judged = tuple[Cell, str, str, float]
_Lines = Sequence[Sequence[Cell | None]]


def judge_table(rows: Sequence[Sequence[str]]) -> list[Judged]:
    """The cells of a table that its others determine: each with its state, how, and what follows from the others."""
    width = max(map(len, rows), default=0)
    texts = [[re.sub(SHAPE["white_space"], "", text) for text in (*row, *[""] * (width - len(row)))] for row in rows]
    cells = [[_cell(row, column, text) for column, text in enumerate(line)] for row, line in enumerate(texts)]
    first = next((place for place, row in enumerate(cells) if sum(map(bool, row)) > 1), len(rows))
    headers = [
        "".join(column) for column in zip(*(line for line in texts[:first] if len({*line} - {""}) > 1), strict=True)
    ]
    if not headers or first == len(rows):
        return []
    summed = [not re.search(SHAPE["no_sum_column"], header) for header in headers]
    body = [
        [cell if adds and cell and not cell.unit else None for adds, cell in zip(summed, row, strict=True)]
        for row in cells
    ]
    labels = [next(filter(None, line), "") for line in texts[first:]]
    by_row = list(zip(*body[first:], strict=True))
    found = [*_rates(headers, cells[first:]), *_totals(labels, body[first:]), *_totals(headers, by_row)]
    return sorted({item[0][:2]: item for item in found}.values())


def _cell(row: int, column: int, text: str) -> Cell | None:
    match = re.fullmatch(SHAPE["cell"], text)
    if not match:
        return None
    written = match["number"]
    step = 10.0 ** -len(written.partition(".")[2])
    return Cell(row, column, written, float(re.sub("[,，]", "", written)), step, "%" if match["percent"] else "")


def _judged(cell: Cell, expected: float, computation: str) -> Judged:
    if close_to(cell.value, cell.step, "", expected):
        return cell, AGREES, computation + "。", round(expected, 2)
    said = say("text_differs", computation=computation, written=cell.written + cell.unit)
    return cell, DISAGREES, said, round(expected, 2)


def _likely(items: list[Judged]) -> list[Judged]:
    """What was judged, if it is what the table means: one alone, or if half of them agree."""
    agree = sum(state == AGREES for _, state, _, _ in items)
    return items if len(items) == 1 or agree * 2 >= len(items) else []


def _rates(headers: list[str], body: _Lines) -> Iterator[Judged]:
    """Rates by row, where the headers name the rate, its numerator and its denominator since the rate before."""
    last = 0
    for column in (place for place, header in enumerate(headers) if re.search(SHAPE["rate_column"], header)):
        since, last = range(last, column), column + 1
        named = next((rate for rate in grammar.RATES if any(word in headers[column] for word in rate.words)), None)
        top, bottom = (named.top, named.bottom) if named else ((), ())
        tops = _with_a_word(headers, since, top)
        bottoms = [[place for place in _with_a_word(headers, since, [kind]) if place not in tops] for kind in bottom]
        found = (tops, next(filter(None, bottoms), []))
        if [len(places) for places in found] != [1, 1] or len({"人次" in headers[place] for (place,) in found}) > 1:
            continue
        items = []
        for row in body:
            above, below, cell = (row[place] for place in (tops[0], found[1][0], column))
            if above and below and cell and below.value and (cell.unit or cell.value > 1 or "%" in headers[column]):
                percent = above.value / below.value * 100
                values = {"top": figure(above.value), "bottom": figure(below.value), "percent": figure(percent)}
                items.append(_judged(cell, percent, say("division", **values)))
        yield from _likely(items)


def _with_a_word(headers: list[str], places: Sequence[int], kinds: Sequence[str]) -> list[int]:
    words = [word for kind in kinds for word in WORDS[kind]]
    return [place for place in places if any(word in headers[place] for word in words)]


def _totals(labels: list[str], lines: _Lines) -> Iterator[Judged]:
    """The totals of a line 合计: of all lines before it, of those since the last total, or of the totals before it."""
    numbered = [
        (re.search(SHAPE["total_line"], label), line) for label, line in zip(labels, lines, strict=True) if any(line)
    ]
    start = 0
    for place, (is_total, line) in enumerate(numbered):
        if not is_total or place - start < 2:
            continue
        items = []
        for column, cell in enumerate(line):
            parts = [(total, other[column]) for total, other in numbered[:place]]
            ways = [parts[start:], [part for part in parts if not part[0]], [part for part in parts if part[0]]]
            sums = [
                [part.value for _, part in run if part] for run in ways if len(run) > 1 and all(part for _, part in run)
            ]
            if cell and sums:
                way = next((way for way in sums if close_to(cell.value, cell.step, "", sum(way))), sums[0])
                equation = " + ".join(map(figure, way)) if len(way) < 8 else say("column_sum", count=len(way))
                items.append(_judged(cell, sum(way), say("table_sum", equation=equation, total=figure(sum(way)))))
        start = place + 1
        yield from _likely(items)
