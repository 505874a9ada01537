"""Layer one of tables: rates by row, totals by column and by row, judged by the table alone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, zip_longest
from operator import not_
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import close_to, figure
from pilotlib.claims.grammar import AGREES, DISAGREES, SHAPE, WORDS, say
from pilotlib.claims.relations import Finding


class Cell(NamedTuple):
    """A number in a table: where it stands, what is written, its value, the worth of its last digit, its unit."""

    row: int
    column: int
    written: str
    value: float
    step: float
    unit: str


_Judged = tuple[Cell, Finding]
_Lines = Sequence[Sequence[Cell | None]]


def judge_table(rows: Sequence[Sequence[str]]) -> list[_Judged]:
    """The cells of a table that its others determine, each with what follows from them."""
    filled = zip(*zip_longest(*rows, fillvalue=""), strict=True)
    texts = [[re.sub(SHAPE["white_space"], "", text) for text in row] for row in filled]
    cells = [[_cell(row, column, text) for column, text in enumerate(line)] for row, line in enumerate(texts)]
    first = next((place for place, row in enumerate(cells) if sum(map(bool, row)) > 1), len(rows))
    head = [line for line in texts[:first] if len({*line} - {""}) > 1]
    if not head or first == len(rows):
        return []
    headers = list(map("".join, zip(*head, strict=True)))
    adds = [not re.search(SHAPE["no_sum_column"], header) for header in headers]
    lines = cells[first:]
    body = [[cell if cell and not cell.unit and adds[cell.column] else None for cell in line] for line in lines]
    labels = [next(filter(None, line), "") for line in texts[first:]]
    by_column = list(zip(*body, strict=True))
    found = [*_rates(headers, lines), *_totals(labels, body), *_totals(headers, by_column)]
    return sorted({item[0][:2]: item for item in found}.values())


def _cell(row: int, column: int, text: str) -> Cell | None:
    match = re.fullmatch(SHAPE["cell"], text)
    if not match:
        return None
    written = match["number"]
    step = 10.0 ** -len(written.partition(".")[2])
    return Cell(row, column, written, float(re.sub("[,，]", "", written)), step, "%" if match["percent"] else "")


def _judged(ways: Iterable[tuple[Cell, float, str]]) -> list[_Judged]:
    """Cells held against what follows, if that is what the table means: of one cell alone, or if half of them agree."""
    found = []
    for cell, expected, computation in ways:
        state, explanation, instead = AGREES, computation + "。", ""
        if not close_to(cell.value, cell.step, "", expected):
            state, instead = DISAGREES, figure(expected) + cell.unit
            explanation = say("text_differs", computation=computation, written=cell.written + cell.unit)
        found.append((cell, Finding(state, explanation, round(expected, 2), None, cell.written, cell.value, instead)))
    agree = sum(finding.state == AGREES for _, finding in found)
    return found if len(found) == 1 or agree * 2 >= len(found) else []


def _rates(headers: list[str], body: _Lines) -> Iterator[_Judged]:
    """Rates by row, where the headers name the rate, its numerator and its denominator since the rate before."""
    kinds = [{kind for kind, words in WORDS.items() if any(word in header for word in words)} for header in headers]
    last = 0
    for column in (place for place, header in enumerate(headers) if re.search(SHAPE["rate_column"], header)):
        since, last = range(last, column), column + 1
        rate = next((rate for word, rate in grammar.RATE_NAMED.items() if word in headers[column]), None)
        tops = [place for place in since if rate and kinds[place] & {*rate.top}]
        rest = [place for place in since if place not in tops]
        ways = ([place for place in rest if kind in kinds[place]] for kind in (rate.bottom if rate else ()))
        bottoms = next(filter(None, ways), [])
        if len(tops) != 1 or len(bottoms) != 1 or len({"人次" in headers[place] for place in tops + bottoms}) > 1:
            continue
        ratios = []
        for row in body:
            above, below, cell = row[tops[0]], row[bottoms[0]], row[column]
            if above and below and cell and below.value and (cell.unit or cell.value > 1 or "%" in headers[column]):
                percent = above.value / below.value * 100
                values = {"top": figure(above.value), "bottom": figure(below.value), "percent": figure(percent)}
                ratios.append((cell, percent, say("division", **values)))
        yield from _judged(ratios)


def _totals(labels: list[str], lines: _Lines) -> Iterator[_Judged]:
    """The totals of a line 合计: of all lines before it, of those since the last total, or of the totals before it."""
    filled = [(label, line) for label, line in zip(labels, lines, strict=True) if any(line)]
    totals = [bool(re.search(SHAPE["total_line"], label)) for label, _ in filled]
    start = 0
    for place, (_, line) in enumerate(filled):
        if not totals[place] or place - start < 2:
            continue
        sums = []
        for column, cell in enumerate(line):
            parts = [other[column] for _, other in filled[:place]]
            ways = [parts[start:], [*compress(parts, map(not_, totals))], [*compress(parts, totals)]]
            added = [[part.value for part in way if part] for way in ways if len(way) > 1 and all(way)]
            if cell and added:
                way = next((way for way in added if close_to(cell.value, cell.step, "", sum(way))), added[0])
                equation = " + ".join(map(figure, way)) if len(way) < 8 else say("column_sum", count=len(way))
                sums.append((cell, sum(way), say("table_sum", equation=equation, total=figure(sum(way)))))
        start = place + 1
        yield from _judged(sums)
