"""Layer one of tables: rates, changes, shares, rests, means, products and totals, judged by the table alone."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import compress, zip_longest
from operator import not_
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.arithmetic import Finding, Group, Way, compute, judged, ratio
from pilotlib.claims.claim import Claim, stated
from pilotlib.claims.facts import figure
from pilotlib.claims.grammar import AGREES, DISAGREES, SHAPE, WORDS, say
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


_Judged = tuple[Cell, Finding]
_Line = Sequence[Cell | None]
_Reading = tuple[str, Sequence[_Line]]  # a family, and the lines of its operands


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
    counts = [[cell if cell and not cell.claim.number.unit else None for cell in line] for line in lines]
    adds_up = [not re.search(SHAPE["no_sum_column"], header) for header in headers]
    across = [[cell if adds else None for cell, adds in zip(line, adds_up, strict=True)] for line in counts]
    found = [
        *_means(labels, lines, headers),
        *_totals(labels, counts, headers),
        *_totals(headers, list(zip(*across, strict=True)), [""] * len(lines)),
    ]
    for column in range(1, len(headers)):
        found += _by_readings(columns[column], _readings(table, columns, column))
    for at in range(2, len(headers)):  # 男生, 女生, 人数
        if re.search(SHAPE["persons_column"], headers[at]) and _apart(headers[at - 2], headers[at - 1]):
            found += _by_readings(columns[at], [("sum", (columns[at - 2], columns[at - 1]))], certain=False)
    for names, along in ((labels, columns), (headers, lines)):
        for cells, readings, certain in _rates(names, along):
            # Where the names say of what a rate is, one line that agrees is enough: a rate may be copied down.
            named = _by_readings(cells, readings[:1], most=math.inf) if certain else []
            guessed = _by_readings(cells, readings[certain:], certain=False)
            found += max(named, guessed, key=_agreeing)
    return sorted({item[0][:2]: item for item in found}.values(), key=lambda item: item[0][:2])


def _apart(one: str, two: str) -> bool:
    """Whether two columns are of both sexes: 男生, 女生."""
    names = [re.sub(SHAPE["no_header"], "", name) for name in (one, two)]
    groups = {grammar.EXCLUSIVE.get(name, "") for name in names}
    return groups == {grammar.EXCLUSIVE[SHAPE["of_both_sexes"]]} and names[0] != names[1]


def _cell(row: int, column: int, text: str) -> Cell | None:
    match = re.fullmatch(SHAPE["cell"], text)
    if not match:
        return None
    written, unit = match["number"], "%" if match["percent"] else ""
    value = float(re.sub(r"[,，\s]", "", written).replace("−", "-").replace("－", "-"))
    step = 10.0 ** -len(written.partition(".")[2])
    return Cell(row, column, written, stated(Number(written, 0, 0, 0, "", value, unit, "", "", step)))


@cache
def _kinds_in(name: str) -> frozenset[str]:
    """The kinds of the words in the name of a row or column."""
    return frozenset(kind for kind, known in WORDS.items() if any(word in name for word in known))


def _tops(rate_name: str, names: Sequence[str]) -> list[int]:
    """The places of the names that a rate's numerator can have."""
    rate, stem = _rate_in(rate_name), re.search(SHAPE["unnamed_rate"], rate_name)
    done = ["" if re.search(SHAPE["not_done"], name) else name for name in names]  # 未通过 is no 通过
    fit = [_kinds_in(name) & {*rate.top} if rate else stem and stem["stem"] in name for name in done]
    return [*compress(range(len(names)), fit)]


def operands(rate_name: str, names: Sequence[str]) -> tuple[int, int] | None:
    """The places of the numerator and the denominator of a rate, by its name and theirs; None where several may be."""
    rate, tops = _rate_in(rate_name), _tops(rate_name, names)
    rest = [at for at, name in enumerate(names) if at not in tops and name and not re.search(SHAPE["not_done"], name)]
    by_kind = ([at for at in rest if kind in _kinds_in(names[at])] for kind in (rate.bottom if rate else ()))
    bottoms = next(filter(None, by_kind), []) if rate else rest
    of_times = {bool(re.search(SHAPE["of_times"], names[at])) for at in tops + bottoms}
    return (tops[0], bottoms[0]) if len(tops) == len(bottoms) == len(of_times) == 1 else None


def _rate_in(name: str) -> grammar.Rate | None:
    return next((rate for word, rate in grammar.RATE_NAMED.items() if word in name), None)


def _rates(names: list[str], lines: Sequence[_Line]) -> Iterator[tuple[_Line, list[_Reading], bool]]:
    """Rates by line, and whether the names say the numerator and the denominator since the rate before; where they do
    not, a numerator by any number before it."""
    last = 0
    for column in [place for place, name in enumerate(names) if re.search(SHAPE["rate_column"], name)]:
        before = [at for at in range(column) if any(line[at] for line in lines)]
        since, last = [at for at in before if at >= last], column + 1
        pair = operands(names[column], [names[at] for at in since])
        pairs = [(since[pair[0]], since[pair[1]])] if pair else []
        tops = [before[at] for at in _tops(names[column], [names[at] for at in before])]
        tops = [top for top in tops if top in since] or tops
        pairs += [(top, bottom) for top in tops for bottom in before if bottom != top]
        readings: list[_Reading] = []
        for top, bottom in pairs:
            readings.append(("ratio", ([line[top] for line in lines], [line[bottom] for line in lines])))
        yield [line[column] for line in lines], readings, pair is not None


def _in_unit_of(header: str, line: _Line, own: str) -> _Line:
    """A column of money in the unit of another header: of 15 under 费用（万元） 150000 for 人均（元）."""
    if not (SHAPE["money"] in header and SHAPE["money"] in own):
        return line
    factor = 10.0 ** (4 * ((SHAPE["ten_thousands"] in header) - (SHAPE["ten_thousands"] in own)))
    scaled = list[Cell | None]()
    for cell in line if factor != 1 else ():
        if cell:
            value = round(cell.claim.value * factor, 6)
            number = cell.claim.number._replace(written=figure(value))
            cell = cell._replace(claim=cell.claim._replace(value=value, number=number))
        scaled.append(cell)
    return scaled or line


def _readings(table: Table, columns: Sequence[_Line], column: int) -> list[_Reading]:
    """The ways to read a column by its header: 增减, from the column or the line before to the column before it; 占比,
    the column before it by its total, else by its sum; 缺考, 生均, 金额 by any two columns before it."""
    header, late = table.headers[column], columns[column - 1]
    if re.search(SHAPE["change_column"], header):
        early = columns[column - 2] if column > 2 else [None] * len(late)
        return [("change", (early, late)), ("change", ([None, *late[:-1]], late))]
    if not re.search(SHAPE["share_column"], header):
        family = next((family for family, form in SHAPE["of_row"].items() if re.search(form, header)), "")
        pairs = [(one, two) for one in range(1, column) for two in range(1, column) if one != two and family]
        priced = {at for at, name in enumerate(table.headers) if re.search(SHAPE["price_column"], name)}
        pairs = [pair for pair in pairs if family != "product" or pair[0] in priced]
        of_persons = {at for at, name in enumerate(table.headers) if re.search(SHAPE["of_persons"], name)}
        pairs = [pair for pair in pairs if pair[1] in of_persons or not re.search(SHAPE["for_each_person"], header)]
        all_before = [(family, columns[1:column])] if family == "middle" else []
        used = {one: _in_unit_of(table.headers[one], columns[one], header) for one, _ in pairs}
        return [*all_before, *((family, (used[one], columns[two])) for one, two in pairs)]
    of = [cell for cell, label in zip(late, table.labels, strict=True) if re.search(SHAPE["total_line"], label)]
    of = [_added(of or late)] if len(of) < 2 else [None]
    of_two = [("ratio", (late, columns[column - 2]))] if column > 2 else []  # 专任教师, 双师型, 比例
    return [("ratio", (late, of * len(late))), *of_two]


def _added(cells: _Line) -> Cell | None:
    """A cell that holds the sum of others, if any do."""
    filled = [cell for cell in cells if cell]
    value = sum(cell.claim.value for cell in filled)
    return filled[0]._replace(claim=filled[0].claim._replace(value=value)) if filled else None


def _by_readings(cells: _Line, readings: Iterable[_Reading], *, certain: bool = True, most: float = 3) -> list[_Judged]:
    """Cells held against what follows by the reading that the most of them agree with."""
    found = []
    for family, operands in readings:
        told = list[_Judged]()
        for cell, *others in zip(cells, *operands, strict=True):
            parts = tuple(other.claim for other in others if other)
            of_one = family == "ratio" and cell and not cell.claim.number.unit and cell.claim.value <= 1  # 0.86 of 86%
            if cell and len(parts) == len(operands) and not of_one:
                told += _told(cell, family, [parts])
        found.append(
            _held(told, certain=certain and family not in SHAPE["of_row"], most=2 if family == "middle" else most)
        )
    return max(found, key=_agreeing, default=[])


def _agreeing(judged: Iterable[_Judged]) -> int:
    """How many cells agree, those aside that any reading would agree with: of equal numbers."""
    findings = [finding for _, finding in judged]
    apart = [finding for finding in findings if len({part.value for part in finding.parts}) != 1]
    return sum(finding.state == AGREES for finding in apart)


def _told(cell: Cell, family: str, groups: Sequence[Group]) -> list[_Judged]:
    """A cell with what follows from operands, if anything does."""
    claim, number = cell.claim, cell.claim.number
    if family != "sum":
        unit = "%" if family == "ratio" else number.unit
        claim = claim._replace(value=abs(claim.value), number=number._replace(unit=unit), stands=SHAPE["of_change"])
    if family in ("mean", "middle", "product"):
        ways = (_by_units(family, *parts) for parts in groups)
    else:
        ways = (compute(family, claim, parts, sure=True) for parts in groups)
    finding = judged(claim, filter(None, ways), most=math.inf)
    if not finding:
        return []
    instead = figure(finding.expected or 0) + number.unit if finding.state == DISAGREES else ""
    return [(cell, finding._replace(number=cell.written, value=cell.claim.value, instead=instead))]


def _by_units(family: str, *parts: Claim) -> Way | None:
    """A mean or a product of columns, whose units only their headers tell."""
    written, first, second = [part.number.written for part in parts], *parts[:2]
    if family == "mean":
        return ratio(first, second, sure=True, per=1) if second.value else None
    if family == "middle":
        value = sum(part.value for part in parts) / len(parts)
        middle = say("division", top=f"（{' + '.join(written)}）", bottom=len(parts), percent=figure(value))
        return Way(value, middle, parts, True)
    value = first.value * second.value
    return Way(value, say("product", price=written[0], count=written[1], product=figure(value)), (first, second), True)


def _held(found: list[_Judged], *, certain: bool = True, most: float = 3) -> list[_Judged]:
    """Cells with what follows, if that is what their table means: if a third agree (or one in `most`), or where the
    reading is certain of one cell alone."""
    agree = _agreeing(found)
    return found if (certain and len(found) == 1) or 0 < len(found) <= agree * most else []


def _means(labels: list[str], lines: Sequence[_Line], headers: list[str]) -> list[_Judged]:
    """The means of a line 平均: of the lines before it."""
    if any(re.search(SHAPE["persons_column"], header) for header in headers):
        return []  # they may be weighted
    means = [place for place, label in enumerate(labels) if re.search(SHAPE["mean_line"], label) and place > 1]
    if not means:
        return []
    return _by_readings(lines[means[0]], [("middle", lines[: means[0]])], certain=False)


def _totals(labels: list[str], lines: Sequence[_Line], headers: list[str]) -> Iterator[_Judged]:
    """The totals of a line 合计: of all lines before it (of one that comes first, after it), of those since the last
    total, or of the totals before it."""
    filled = [(label, line) for label, line in zip(labels, lines, strict=True) if any(line)]
    totals = [bool(re.search(SHAPE["total_line"], label)) for label, _ in filled]
    start, shared = 0, re.search(SHAPE["shared_lines"], next(filter(None, headers), ""))
    for place in [*compress(range(len(filled)), totals)]:
        others, marks = (filled[1:], totals[1:]) if place == 0 else (filled[:place], totals[:place])
        sums = list[_Judged]()
        for header, cell, *parts in zip(headers, filled[place][1], *(line for _, line in others), strict=True):
            ways = [parts[start:], [*compress(parts, map(not_, marks))], [*compress(parts, marks)]]
            groups = [tuple(part.claim for part in way if part) for way in ways if len(way) > 1 and all(way)]
            told = _told(cell, "sum", groups) if cell and len(others) - start > 1 else []
            for _, finding in told:
                # Persons may be fewer: who takes two certificates is one person.
                fewer = (shared or re.search(SHAPE["over_time"], filled[place][0])) and finding.value < (
                    finding.expected or 0
                )
                no_sum = SHAPE["no_sum_column"] + ("|" + SHAPE["persons_column"] if fewer else "")
                sums += told if finding.state == AGREES or not re.search(no_sum, header) else []
        start = place + 1 if sums else start
        # A total above all lines may be of lines that overlap: 教师358人, 双师型263人, 高级职称121人.
        of_parts = place == 0 or any(WORDS["of which"][0] in label for label, _ in filled)
        yield from sums if not of_parts and _forgets_a_line(sums) else _held(sums, certain=place > 0)


def _forgets_a_line(sums: list[_Judged]) -> bool:
    """Whether each of several totals is that of all lines but one, in every column the same."""
    short = [
        {at for at, part in enumerate(found.parts) if math.isclose(found.value + part.value, found.expected or 0)}
        for _, found in sums
    ]
    return len(short) > 1 and bool(set.intersection(*short))
