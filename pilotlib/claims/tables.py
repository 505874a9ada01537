"""Layer one of tables: rates, changes, shares, rests, means, products and totals, judged by the table alone."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from operator import not_

from pilotlib.claims import grammar
from pilotlib.claims.arithmetic import compute, ratio
from pilotlib.claims.cells import Cell, Line, Table
from pilotlib.claims.claim import Claim
from pilotlib.claims.facts import figure
from pilotlib.claims.grammar import AGREES, DISAGREES, SHAPE, WORDS, say
from pilotlib.claims.judging import Finding, Group, Way, is_mistyped, judged
from pilotlib.claims.readings import Reading, apart, rates, readings_of

_Judged = tuple[Cell, Finding]


def judge_table(table: Table, beside: str = "") -> list[_Judged]:
    """The cells of a table that its others determine, each with what follows from them; `beside` is the text at
    it and right before and behind it, which may say that not all lines are listed.
    """
    headers, labels, lines = table
    if not lines:
        return []
    columns = list(zip(*lines, strict=True))
    counts = [[cell if cell and not cell.claim.number.unit else None for cell in line] for line in lines]
    adds_up = [not re.search(SHAPE["no_sum_column"], header) for header in headers]
    across = [[cell if adds else None for cell, adds in zip(line, adds_up, strict=True)] for line in counts]
    totals = _totals(labels, counts, headers)
    if re.search(SHAPE["lines_left_out"], beside):
        totals = (one for one in totals if one[1].state == AGREES or one[1].value < (one[1].expected or 0))
    found = [
        *_means(labels, lines, headers),
        *totals,
        *_totals(headers, list(zip(*across, strict=True)), [""] * len(lines)),
    ]
    for column in range(1, len(headers)):
        found += _by_readings(columns[column], readings_of(table, columns, column))
    for at in range(2, len(headers)):  # 男生, 女生, 人数
        if re.search(SHAPE["persons_column"], headers[at]) and apart(headers[at - 2], headers[at - 1]):
            found += _by_readings(columns[at], [("sum", (columns[at - 2], columns[at - 1]))], certain=False)
    for names, along in ((labels, columns), (headers, lines)):
        for cells, readings, certain in rates(names, along):
            # Where the names say of what a rate is, one line that agrees is enough: a rate may be copied down.
            named = _by_readings(cells, readings[:1], one_in=math.inf) if certain else []
            guessed = _by_readings(cells, readings[certain:], certain=False)
            found += max(named, guessed, key=_agreeing)
    return sorted({item[0][:2]: item for item in found}.values(), key=lambda item: item[0][:2])


def _by_readings(cells: Line, readings: Iterable[Reading], *, certain: bool = True, one_in: float = 3) -> list[_Judged]:
    """Cells held against what follows by the reading that the most of them agree with."""
    found = []
    for family, operands in readings:
        told = list[_Judged]()
        for cell, *others in zip(cells, *operands, strict=True):
            parts = tuple(other.claim for other in others if other)
            of_one = family == "ratio" and cell and not cell.claim.number.unit and cell.claim.value <= 1  # 0.86 of 86%
            if cell and len(parts) == len(operands) and not of_one:
                told += _told(cell, family, [parts])
        one_in_two = 2 if family in ("middle", "rest") else one_in
        found.append(_held(told, certain=certain and family not in SHAPE["of_row"], one_in=one_in_two))
    return max(found, key=_agreeing, default=[])


def _agreeing(judged: Iterable[_Judged]) -> int:
    """How many cells agree, if perhaps mistyped; not those that any reading would agree with: of equal numbers."""
    telling = [(cell, finding) for cell, finding in judged if len({part.value for part in finding.parts}) != 1]
    return sum(finding.state == AGREES or is_mistyped(cell.claim, finding.expected or 0) for cell, finding in telling)


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


def _held(found: list[_Judged], *, certain: bool = True, one_in: float = 3) -> list[_Judged]:
    """Cells with what follows, if that is what their table means: if a third agree (or one in `one_in`), or where the
    reading is certain of one cell alone."""
    agree = _agreeing(found)
    meant = (certain and len(found) == 1) or (0 < len(found) <= agree * one_in)
    return found if meant or ((agree or one_in == math.inf) and _are_slips(found)) else []


def _are_slips(found: list[_Judged]) -> bool:
    """Whether cells differ a little and to both sides: of another base all would differ to one."""
    apart = [finding.value / finding.expected - 1 if finding.expected else math.inf for _, finding in found]
    return min(apart) < 0 < max(apart) and max(map(abs, apart)) <= grammar.RULES["measure_rules"]["slip"]


def _means(labels: list[str], lines: Sequence[Line], headers: list[str]) -> list[_Judged]:
    """The means of a line 平均: of the lines before it."""
    if any(re.search(SHAPE["persons_column"], header) for header in headers):
        return []  # they may be weighted
    means = [place for place, label in enumerate(labels) if re.search(SHAPE["mean_line"], label) and place > 1]
    if not means:
        return []
    return _by_readings(lines[means[0]], [("middle", lines[: means[0]])], certain=False)


def _totals(labels: list[str], lines: Sequence[Line], headers: list[str]) -> Iterator[_Judged]:
    """The totals of a line 合计: of all lines before it (of one that comes first, after it), of those since the last
    total, or of the totals before it."""
    of_which = [label.startswith(WORDS["of which"][0]) for label in labels]  # a part of the line before it
    all_lines = zip(labels, lines, of_which, strict=True)
    filled = [(label, line) for label, line, is_part in all_lines if any(line) and not is_part]
    totals = [bool(re.search(SHAPE["total_line"], re.sub(SHAPE["in_brackets"], "", label))) for label, _ in filled]
    start, shared = 0, re.search(SHAPE["shared_lines"], next(filter(None, headers), ""))
    for place in [*compress(range(len(filled)), totals)]:
        others, marks = (filled[1:], totals[1:]) if place == 0 else (filled[:place], totals[:place])
        sums, persons = list[_Judged](), list[_Judged]()
        for header, cell, *parts in zip(headers, filled[place][1], *(line for _, line in others), strict=True):
            ways = [parts[start:], [*compress(parts, map(not_, marks))], [*compress(parts, marks)]]
            groups = [tuple(part.claim for part in way if part) for way in ways if len(way) > 1 and all(way)]
            told = _told(cell, "sum", groups) if cell and len(others) - start > 1 else []
            no_sum = told and told[0][1].state == DISAGREES and re.search(SHAPE["no_sum_column"], header)
            sums += [] if no_sum else told
            persons += told if re.search(SHAPE["persons_column"], header) else []
        # Persons may be fewer, if none of their columns adds up: who takes two certificates is one person.
        may_be_fewer = (shared or re.search(SHAPE["over_time"], filled[place][0])) and not _agreeing(persons)
        fewer = [one for one in persons if may_be_fewer and one[1].value < (one[1].expected or 0)]
        sums = [one for one in sums if one not in fewer]
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
