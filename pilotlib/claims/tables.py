"""Layer one of tables: rates, changes, shares and totals, by row and by column, judged by the table alone; and what
prose says of a cell."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import compress, zip_longest
from operator import not_
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.arithmetic import Finding, Way, change, judged
from pilotlib.claims.claim import Claim
from pilotlib.claims.facts import close_to, figure
from pilotlib.claims.grammar import AGREES, DISAGREES, SHAPE, WORDS, say
from pilotlib.claims.numbers import plain_text


class Cell(NamedTuple):
    """A number in a table: where it stands, what is written, its value, the worth of its last digit, its unit."""

    row: int
    column: int
    written: str
    value: float
    step: float
    unit: str


class Table(NamedTuple):
    """A table's headers, and of each line its label (its first text) and its cells, None where no number stands."""

    headers: list[str]
    labels: list[str]
    lines: list[list[Cell | None]]


class Cells(NamedTuple):
    """The cells of a document's tables by the label of their row, with their header; those labels by their first two
    characters; the sums of columns by value.
    """

    named: dict[str, list[tuple[str, Cell]]]
    starts: dict[str, list[str]]
    sums: dict[float, str]


_Judged = tuple[Cell, Finding]
_Way = tuple[Cell, float, str]  # a cell, what it should be, and how that is computed
_Line = Sequence[Cell | None]
_Values = Sequence[float | None]
_Reading = tuple[bool, _Values, _Values]  # whether a column is a change between two others, else it is their rate


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


def judge_table(table: Table) -> list[_Judged]:
    """The cells of a table that its others determine, each with what follows from them."""
    headers, labels, lines = table
    if not lines:
        return []
    columns = list(zip(*lines, strict=True))
    counts = [[cell if cell and not cell.unit else None for cell in line] for line in lines]
    adds_up = [not re.search(SHAPE["no_sum_column"], header) for header in headers]
    across = [[cell if adds else None for cell, adds in zip(line, adds_up, strict=True)] for line in counts]
    found = [*_totals(labels, counts, headers), *_totals(headers, list(zip(*across, strict=True)), [""] * len(lines))]
    for column in range(1, len(headers)):
        found += _by_readings(columns[column], _readings(table, columns, column))
    for names, along in ((labels, columns), (headers, lines)):
        for cells, rate in _rates(names, along):
            found += _by_readings(cells, [rate])
    return sorted({item[0][:2]: item for item in found}.values(), key=lambda item: item[0])


def _readings(table: Table, columns: Sequence[_Line], column: int) -> list[_Reading]:
    """The ways to read a column by its header: 增减, from the column or the line before to the column before it; 占比,
    the column before it by its total, else by its sum."""
    header, late = table.headers[column], [*map(_value, columns[column - 1])]
    if re.search(SHAPE["change_column"], header):
        early = [*map(_value, columns[column - 2])] if column > 2 else [None] * len(late)
        return [(True, late, early), (True, late, [None, *late[:-1]])]
    if not re.search(SHAPE["share_column"], header):
        return []
    of = [value for value, label in zip(late, table.labels, strict=True) if re.search(SHAPE["total_line"], label)]
    of = of if len(of) == 1 else late if not of else [None]
    return [(False, late, [None if None in of else sum(filter(None, of))] * len(late))]


def _rates(names: list[str], lines: Sequence[_Line]) -> Iterator[tuple[_Line, _Reading]]:
    """Rates by line, where the names say the rate, its numerator and its denominator since the rate before."""
    columns, last = [place for place, name in enumerate(names) if re.search(SHAPE["rate_column"], name)], 0
    kinds = [_kinds_in(name) for name in names] if columns else []
    for column in columns:
        since, last = range(last, column), column + 1
        rate = next((rate for word, rate in grammar.RATE_NAMED.items() if word in names[column]), None)
        stem = re.search(SHAPE["unnamed_rate"], names[column])
        named = [kinds[place] & {*rate.top} if rate else stem and stem["stem"] in names[place] for place in since]
        tops, rest = [*compress(since, named)], [*compress(since, map(not_, named))]
        by_kind = ([place for place in rest if kind in kinds[place]] for kind in (rate.bottom if rate else ()))
        bottoms = next(filter(None, by_kind), []) if rate else [n for n in rest if any(line[n] for line in lines)]
        of_times = {bool(re.search(SHAPE["of_times"], names[place])) for place in tops + bottoms}
        if len(tops) == len(bottoms) == len(of_times) == 1:
            top, bottom = ([_value(line[place]) for line in lines] for place in (*tops, *bottoms))
            yield [line[column] for line in lines], (False, top, bottom)


@cache
def _kinds_in(name: str) -> frozenset[str]:
    """The kinds of the words in the name of a row or column."""
    return frozenset(kind for kind, known in WORDS.items() if any(word in name for word in known))


def _by_readings(cells: _Line, readings: Iterable[_Reading]) -> list[_Judged]:
    """Cells held against what follows by the reading that the most of them agree with."""
    found = []
    for changed, late, early in readings:
        ways = list[_Way]()
        for cell, value, base in zip(cells, late, early, strict=True):
            if cell and value is not None and base and (changed or cell.unit or cell.value > 1):  # 0.86 may be 86%
                ways.append((cell, *change(cell.unit if changed else "%", changed, base, value)))
        found.append(_held(ways))
    return max(found, key=lambda judged: sum(finding.state == AGREES for _, finding in judged), default=[])


def _value(cell: Cell | None) -> float | None:
    return cell.value if cell else None


def _held(ways: Sequence[_Way]) -> list[_Judged]:
    """Cells held against what they should be, if that is what the table means: of one cell alone, or if half agree."""
    found = []
    for cell, expected, computation in ways:
        state, explanation, instead = AGREES, computation + "。", ""
        if not close_to(abs(cell.value), cell.step, "", abs(expected)):
            state, instead = DISAGREES, figure(expected) + cell.unit
            explanation = say("text_differs", computation=computation, written=cell.written + cell.unit)
        found.append((cell, Finding(state, explanation, round(expected, 2), None, cell.written, cell.value, instead)))
    agree = sum(finding.state == AGREES for _, finding in found)
    return found if len(found) == 1 or agree * 2 >= len(found) else []


def cells_of(tables: Iterable[Table]) -> Cells:
    """What prose can say of the tables of a document."""
    named, sums = dict[str, list[tuple[str, Cell]]](), dict[float, str]()
    for headers, labels, lines in tables:
        for label, line in zip(labels, lines, strict=True):
            filled = [(header, cell) for header, cell in zip(headers, line, strict=True) if cell]
            named.setdefault(label, []).extend(filled if len(label) > 2 else [])
        totals = [line for label, line in zip(labels, lines, strict=True) if re.search(SHAPE["total_line"], label)]
        for header, column in zip(headers, zip(*(totals[-1:] or lines), strict=True), strict=bool(lines)):
            if (totals or len(column) > 1) and all(column):
                sums[sum(cell.value for cell in column if cell)] = header
    starts = dict[str, list[str]]()
    for name in filter(None, named):
        starts.setdefault(name[:2], []).append(name)
    return Cells(named, starts, sums)


def quoted(claim: Claim, text: str, cells: Cells) -> Finding | None:
    """A number of prose held against the one cell whose row and column its clause names, or a column that it sums."""
    clause, of_rate = text[slice(*claim.clause)], claim.number.unit == "%"
    if claim.value in cells.sums and re.search(SHAPE["total"], claim.lead) and claim.number.kind in grammar.COUNTS:
        return Finding(AGREES, say("column_total", header=cells.sums[claim.value]), claim.value)
    if of_rate and re.search(SHAPE["of_a_table"], text[slice(*claim.sentence)]):
        ways = _rates_of_sums(claim, clause, cells) if re.search(SHAPE["of_a_whole_table"], clause) else []
        return judged(claim, ways)
    starts = (
        (place, label) for place in range(len(clause)) for label in cells.starts.get(clause[place : place + 2], ())
    )
    found = [cell for place, label in starts if clause.startswith(label, place) for cell in cells.named[label]]
    stems = ((re.sub(SHAPE["no_header"], "", header), cell) for header, cell in found if bool(cell.unit) == of_rate)
    alike = [cell for stem, cell in stems if len(stem) > 1 and stem in clause]
    if len({cell.value for cell in alike}) != 1 or claim.number.modifier:
        return None
    said = say("in_table", cell=alike[0].written)
    if alike[0].value == claim.value:
        return Finding(AGREES, said + "。", claim.value)
    of_a_table = re.search(SHAPE["of_a_table"], text[slice(*claim.sentence)])
    if not of_a_table and sorted(alike[0].written) != sorted(claim.number.written):
        return None
    return Finding(DISAGREES, say("text_differs", computation=said, written=claim.number.with_unit), alike[0].value)


def _rates_of_sums(claim: Claim, clause: str, cells: Cells) -> list[Way]:
    """The rate that a clause names, formed of the totals of a table's columns."""
    rate = next((rate for word, rate in grammar.RATE_NAMED.items() if word in clause), None)
    tops = [value for value, header in cells.sums.items() if rate and _kinds_in(header) & {*rate.top}]
    bottoms = [value for value, header in cells.sums.items() if rate and _kinds_in(header) & {*rate.bottom}]
    if len(tops) != 1 or len(bottoms) != 1 or not bottoms[0]:
        return []
    return [Way(*change("%", False, bottoms[0], tops[0]), (), True)]


def _cell(row: int, column: int, text: str) -> Cell | None:
    match = re.fullmatch(SHAPE["cell"], text)
    if not match:
        return None
    written = match["number"]
    value = float(re.sub(r"[,，\s]", "", written).replace("−", "-").replace("－", "-"))
    return Cell(row, column, written, value, 10.0 ** -len(written.partition(".")[2]), "%" if match["percent"] else "")


def _totals(labels: list[str], lines: Sequence[_Line], headers: list[str]) -> Iterator[_Judged]:
    """The totals of a line 合计: of all lines before it (of one that comes first, after it), of those since the last
    total, or of the totals before it."""
    filled = [(label, line) for label, line in zip(labels, lines, strict=True) if any(line)]
    totals = [bool(re.search(SHAPE["total_line"], label)) for label, _ in filled]
    start, shared = 0, re.search(SHAPE["shared_lines"], next(filter(None, headers), ""))
    for place in [*compress(range(len(filled)), totals)]:
        others, marks = (filled[1:], totals[1:]) if place == 0 else (filled[:place], totals[:place])
        sums = list[_Way]()
        for cell in filter(None, filled[place][1] if len(others) - start > 1 else ()):
            along = filled[place][1].index(cell)
            parts = [line[along] for _, line in others]
            ways = [parts[start:], [*compress(parts, map(not_, marks))], [*compress(parts, marks)]]
            added = [[part.value for part in way if part] for way in ways if len(way) > 1 and all(way)]
            way = next((way for way in added if close_to(cell.value, cell.step, "", sum(way))), [*added, []][0])
            # Persons may be fewer: who takes two certificates is one person.
            fewer = cell.value < sum(way) and shared and re.search(SHAPE["persons_column"], headers[along])
            no_sum = fewer or re.search(SHAPE["no_sum_column"], headers[along])
            if way and (close_to(cell.value, cell.step, "", sum(way)) or not no_sum):
                equation = " + ".join(map(figure, way)) if len(way) < 8 else say("column_sum", count=len(way))
                sums.append((cell, sum(way), say("table_sum", equation=equation, total=figure(sum(way)))))
        start = place + 1 if sums else start
        yield from _held(sums)
