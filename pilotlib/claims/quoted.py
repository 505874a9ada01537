"""What prose says of the tables of its document: a cell named by its row and column, or the total of a column."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.arithmetic import RELATIVE, compute
from pilotlib.claims.cells import Cell, Table
from pilotlib.claims.claim import Claim
from pilotlib.claims.facts import figure
from pilotlib.claims.grammar import AGREES, DISAGREES, SHAPE, WORDS, say
from pilotlib.claims.judging import Finding, Way, judged
from pilotlib.claims.readings import operands

_NO_CHANCE = 100  # a number that is the total of a column by no chance


class Cells(NamedTuple):
    """The cells of a document's tables by the label of their row, with their header; those labels by their first two
    characters; and of each column its header and total, by the value of that."""

    named: dict[str, list[tuple[str, Cell]]]
    starts: dict[str, list[str]]
    totals: dict[float, tuple[str, Claim]]


class Totals(NamedTuple):
    """The labels of a table's lines, how many these are but for totals, and the header and total of each column that is
    full of numbers.
    """

    labels: list[str]
    lines: int
    columns: list[tuple[str, Claim]]


def cells_of(tables: Iterable[Table], totals: Iterable[Totals]) -> Cells:
    """What prose can say of the tables of a document, each with its totals."""
    named = dict[str, list[tuple[str, Cell]]]()
    for headers, labels, lines in tables:
        for label, line in zip(labels, lines, strict=True):
            filled = [(header, cell) for header, cell in zip(headers, line, strict=True) if cell]
            named.setdefault(label, []).extend(filled if len(label) > 2 else [])
    sums = {total.value: (header, total) for of_table in totals for header, total in of_table.columns}
    starts = dict[str, list[str]]()
    for name in filter(None, named):
        starts.setdefault(name[:2], []).append(name)
    return Cells(named, starts, sums)


def totals_of(table: Table) -> Totals:
    """The totals of a table's columns, as it says them, else their sums."""
    headers, labels, lines = table
    totals = [line for label, line in zip(labels, lines, strict=True) if re.search(SHAPE["total_line"], label)]
    found = list[tuple[str, Claim]]()
    for header, column in zip(headers, zip(*(totals[-1:] or lines), strict=True), strict=bool(lines)):
        parts = [cell.claim for cell in column if cell]
        if len(parts) == len(column) and (totals or len(column) > 1):
            found.append((header, parts[0]._replace(value=sum(part.value for part in parts))))
    return Totals(labels, len(lines) - len(totals), found)


def quoted(claim: Claim, text: str, cells: Cells, beside: Sequence[Totals]) -> Finding | None:
    """A number of prose held against the one cell whose row and column its clause names, or the totals of columns, of
    the tables right before and behind it if it is to be called wrong."""
    alone = re.fullmatch(SHAPE["no_subject"], text[claim.clause[0] : claim.number.start])  # 最高的是甲学院，为92.8%
    start = min(claim.clause[0], claim.number.start - len(claim.lead)) if alone else claim.clause[0]
    clause, sentence, of_rate = text[start : claim.clause[1]], text[slice(*claim.sentence)], claim.number.unit == "%"
    if any(claim.value == totals.lines for totals in beside) and claim.number.written in SHAPE["few"]:
        return Finding(AGREES, say("lines_counted", count=claim.value), claim.value)
    own_total, summed_up = re.search(SHAPE["total"], claim.lead), re.search(SHAPE["sums_up"], sentence)
    if claim.number.kind in grammar.COUNTS:
        header, _ = cells.totals.get(claim.value, ("", None))
        of_it = own_total or (summed_up and _stem(header) in clause)
        if header and (of_it or (claim.value >= _NO_CHANCE and any(header in dict(one.columns) for one in beside))):
            return Finding(AGREES, say("column_total", header=header), claim.value)
        differs = _total_of_a_table(claim, text[slice(*claim.clause)], sentence, beside)
        if differs and (own_total or summed_up):
            return differs
    of_all = re.search(SHAPE["of_a_whole_table"], clause) and not re.search(SHAPE["of_some_lines"], clause)
    if of_rate and of_all and re.search(SHAPE["of_a_table"], sentence):
        totals = [*cells.totals.values()]
        parts = tuple(totals[at][1] for at in operands(clause, [header for header, _ in totals]) or ())
        way = compute("ratio", claim, parts, sure=True) if parts else None
        return judged(claim, [way]) if way else None
    starts = (
        (place, label) for place in range(len(clause)) for label in cells.starts.get(clause[place : place + 2], ())
    )
    found = [item for place, label in starts if clause.startswith(label, place) for item in cells.named[label]]
    if claim.family == "change" and len(found) == 2:  # 本学年开课门数增加15门, of a line of two years
        way = compute("change", claim, tuple(cell.claim for _, cell in found), sure=True)
        return judged(claim, [way]) if way and claim.number.unit not in RELATIVE else None
    stems = [(_stem(header), cell) for header, cell in found]
    alike = [cell for stem, cell in stems if len(stem) > 1 and stem in clause]
    alike = [cell for cell in alike if bool(cell.claim.number.unit) == of_rate]
    if len({cell.claim.value for cell in alike}) != 1 or claim.number.modifier:
        return None
    of_another = re.search(SHAPE["of_another_figure"], re.sub(_stem(found[0][0]) or "$", "", clause))
    value, said = alike[0].claim.value, say("in_table", cell=alike[0].written)
    if value == claim.value:
        return Finding(AGREES, said + "。", value)
    if not re.search(SHAPE["of_a_table"], sentence) and sorted(alike[0].written) != sorted(claim.number.written):
        return None
    if of_another:
        return None
    return Finding(DISAGREES, say("text_differs", computation=said, written=claim.number.with_unit), value)


def _total_of_a_table(claim: Claim, clause: str, sentence: str, beside: Sequence[Totals]) -> Finding | None:
    """A total held against that of the one column which its clause names, where its sentence speaks of the table."""
    written = sorted(claim.number.written.replace(",", ""))  # else it is the total if it has its digits
    columns = [total for totals in beside for total in totals.columns if not total[1].number.unit]
    numbers = {*re.findall(r"\d{3,}", sentence.replace(",", ""))}  # 合计666人, which is the total of a column
    speaks_of_it = any(re.search(SHAPE[form], sentence) for form in ("of_a_table", "of_all_years"))
    speaks_of_it |= any(f"{total.value:g}" in numbers for _, total in columns)
    few = [SHAPE["few"][one.lines - 2] for one in beside if 1 < one.lines < 10]  # 三个项目, which are its lines
    speaks_of_it |= any(f"{count}个" in sentence for count in few)
    named = [(header, total) for header, total in columns if len(_stem(header)) > 1 and _stem(header) in clause]
    alike = [(header, total) for header, total in columns if sorted(f"{total.value:g}") == written and len(written) > 2]
    of_lines = any(label in clause for totals in beside for label in totals.labels if len(label) > 1)
    bare = re.sub("|".join(re.escape(_stem(header)) for header, _ in columns) or "$", "", clause)
    of_lines |= bool(re.search(SHAPE["of_some_lines"], bare)) or any(word in sentence for word in WORDS["of which"])
    named = named if speaks_of_it and named and not of_lines else alike
    vague = claim.number.modifier or claim.number.kind == grammar.MONEY
    apart = re.search(f"{SHAPE['part_of_a_whole']}|{SHAPE['may_overlap']}", sentence)
    if len(named) != 1 or vague or apart:
        return None
    header, total = named[0]
    of_times = bool(re.search(SHAPE["of_times"], header)) == (claim.number.kind == grammar.TIMES)
    said = say("total_of_column", header=header, total=figure(total.value))
    return judged(claim, [Way(total.value, said, (total,), sure=True)]) if of_times else None


def _stem(header: str) -> str:
    """A header without what says only that it counts: 报名 of 报名人数（人）."""
    return re.sub(SHAPE["no_header"], "", header)
