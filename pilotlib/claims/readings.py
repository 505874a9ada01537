"""By which other columns, or lines, those of a table may come about, as their headers say."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import compress

from pilotlib.claims import grammar
from pilotlib.claims.cells import Cell, Line, Table
from pilotlib.claims.facts import figure
from pilotlib.claims.grammar import SHAPE, WORDS

Reading = tuple[str, Sequence[Line]]  # a family, and the lines of its operands


def readings_of(table: Table, columns: Sequence[Line], column: int) -> list[Reading]:
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


def _in_unit_of(header: str, line: Line, own: str) -> Line:
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


def _added(cells: Line) -> Cell | None:
    """A cell that holds the sum of others, if any do."""
    filled = [cell for cell in cells if cell]
    value = sum(cell.claim.value for cell in filled)
    return filled[0]._replace(claim=filled[0].claim._replace(value=value)) if filled else None


def rates(names: list[str], lines: Sequence[Line]) -> Iterator[tuple[Line, list[Reading], bool]]:
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
        readings: list[Reading] = []
        for top, bottom in pairs:
            readings.append(("ratio", ([line[top] for line in lines], [line[bottom] for line in lines])))
        yield [line[column] for line in lines], readings, pair is not None


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
    bottoms = next(filter(None, by_kind), rest if len(rest) == 1 else []) if rate else rest
    of_times = {bool(re.search(SHAPE["of_times"], names[at])) for at in tops + bottoms}
    return (tops[0], bottoms[0]) if len(tops) == len(bottoms) == len(of_times) == 1 else None


def _rate_in(name: str) -> grammar.Rate | None:
    return next((rate for word, rate in grammar.RATE_NAMED.items() if word in name), None)


def apart(one: str, two: str) -> bool:
    """Whether two columns are of both sexes: 男生, 女生."""
    names = [re.sub(SHAPE["no_header"], "", name) for name in (one, two)]
    groups = {grammar.EXCLUSIVE.get(name, "") for name in names}
    return groups == {grammar.EXCLUSIVE[SHAPE["of_both_sexes"]]} and names[0] != names[1]
