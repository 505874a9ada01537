"""By which other columns, or lines, those of a table may come about, as their headers say."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import compress, permutations, product
from operator import add, mul, sub, truediv

import numpy as np
from numpy.typing import NDArray

from pilotlib.claims import grammar
from pilotlib.claims.cells import Cell, Line, Table
from pilotlib.claims.facts import figure
from pilotlib.claims.grammar import SHAPE, WORDS

# What a cell can be of two others of its line, the first perhaps so many powers of ten larger or smaller.
_OF_TWO = {"sum": add, "rest": sub, "product": mul, "mean": truediv}
_POWERS = (0, 4, -4)
_SEVERAL_DIGITS = 20  # a number that is less is soon what two others come to
Floats = NDArray[np.float64]
Reading = tuple[str, Sequence[Line]]  # a family, and the lines of its operands


def readings_of(table: Table, columns: Sequence[Line], column: int) -> list[Reading]:
    """The ways to read a column by its header: 增减, from the column or the line before to the column before it; 占比,
    the column before it by its total, else by its sum; 缺考, 生均, 金额 by any two columns before it."""
    header, late = table.headers[column], columns[column - 1]
    if re.search(SHAPE["change_column"], header):
        levels = [at for at in range(1, column) if not re.search(SHAPE["change_column"], table.headers[at])]
        late = columns[levels[-1]] if levels else late  # 2022年, 2023年, 增减额, 增长率
        early = columns[levels[-2]] if len(levels) > 1 else [None] * len(late)
        return [("change", (early, late)), ("change", ([None, *late[:-1]], late))]
    if re.search(SHAPE["running_column"], header):
        return [("sum", ([None, *columns[column][:-1]], late))] if len(late) > 2 else []
    if not re.search(SHAPE["share_column"], header):
        named = [family for family, form in SHAPE["of_row"].items() if re.search(form, header)]
        before = [line for name, line in zip(table.headers[:column], columns, strict=False) if _is_amount(name, line)]
        of_all = [("middle", before)] if re.search(SHAPE["mean_column"], header) and len(before) > 1 else []
        of_all += [("rest", before)] if "rest" in named and len(before) > 2 else []
        if "sum" in named and len(before) == 3:  # 年初, 新增, 剔旧, 年末
            return [("sum", (*before[:2], _scaled(before[2], -1.0)))]
        if re.search(SHAPE["total_column"], header):  # 总学时, 理论, 实操, or behind them
            of_all += [("sum", parts) for parts in ([*columns[column + 1 : column + 3]], before) if len(parts) > 1]
        return [*of_all, *_of_two(columns, column, named)]
    of = [cell for cell, label in zip(late, table.labels, strict=True) if re.search(SHAPE["total_line"], label)]
    of = [_added(of or late)] if len(of) < 2 else [None]
    of_two = [("ratio", (late, columns[column - 2]))] if column > 2 else []  # 专任教师, 双师型, 比例
    return [("ratio", (late, of * len(late))), *of_two]


def _is_amount(header: str, line: Line) -> bool:
    """Whether a column holds numbers that can be added."""
    return any(line) and not re.search(SHAPE["no_sum_column"], header)


def _of_two(columns: Sequence[Line], column: int, named: list[str]) -> list[Reading]:
    """The way to read a column by two before it that fits most of its cells: as its header names, or a product or a
    quotient that fits two cells at least, of several digits, and half of all: 生均 is 图书 ÷ 学生, each perhaps in 万.
    """
    own, *others = (_values(columns[at]) for at in (column, *range(1, column)))
    step = np.array([cell.claim.number.step if cell else np.nan for cell in columns[column]])
    best, reading = 0, list[Reading]()
    ways = product(permutations(range(len(others)), 2), named[:1] or ("product", "mean"), _POWERS)
    with np.errstate(all="ignore"):
        for (one, two), family, power in ways:
            expected = _OF_TWO[family](others[one] * 10.0**power, others[two])
            fit, all_of_them = abs(expected - own) <= step / 2 + 1e-9, int(np.isfinite(expected * own).sum())
            telling = len({*own[fit]}) > 1 and (own[fit] / step[fit]).min() >= _SEVERAL_DIGITS
            if fit.sum() > best and (named or (telling and fit.sum() * 2 >= all_of_them)):
                best, reading = fit.sum(), [(family, (_scaled(columns[one + 1], 10.0**power), columns[two + 1]))]
    return reading


def _values(line: Line) -> Floats:
    return np.array([cell.claim.value if cell else np.nan for cell in line])


def _scaled(line: Line, factor: float) -> Line:
    """A column by so much: of so many ten thousands as single ones, or the other way round; of what goes off."""
    scaled = list[Cell | None]()
    for cell in line if factor != 1 else ():
        if cell:
            value = round(cell.claim.value * factor, 6)
            number = cell.claim.number._replace(written=figure(abs(value)), value=abs(value))
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
        if re.search(SHAPE["change_column"], names[column]):
            continue
        before = [at for at in range(column) if any(line[at] for line in lines)]
        since, last = [at for at in before if at >= last], column + 1
        pair = operands(names[column], [names[at] for at in since])
        pairs = [(since[pair[0]], since[pair[1]])] if pair else []
        tops = [before[at] for at in _tops(names[column], [names[at] for at in before])]
        tops = [top for top in tops if top in since] or tops or before[-1:]
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
