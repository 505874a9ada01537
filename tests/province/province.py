"""A province's table: schools below each other, with what is true of each, and some of them broken on purpose."""

import csv
import random
from pathlib import Path

from tests.generator import FIELDS, LEVELS, WORKS
from tests.tables import HEADER, row

CERTIFICATES = [f"{field}{work}" for field in FIELDS for work in WORKS]


def province(seed: int, schools: int, rows: int = 4, broken: tuple[int, ...] = (), year: int = 2031) -> tuple:
    """The lines of a table, header first, and for each school its applications and places: applied for, approved.

    A broken school has a certificate missing in its second row. Between schools stand blank rows, the header again, and
    totals; the last row is a total over all.
    """
    chance = random.Random(seed)
    lines: list[tuple[str, ...]] = [("学校", *HEADER)]
    answers: dict[str, tuple[int, int, int]] = {}
    for number in range(schools):
        name, applied, approved = f"第{number:04d}职业技术学院", 0, 0
        for place, certificate in enumerate(chance.sample(CERTIFICATES, rows), start=1):
            places = chance.randrange(1, 30) * 5
            applied, approved = applied + places, approved + places
            named = f"{certificate}职业技能等级证书({chance.choice(LEVELS)})"
            of_row = row(
                序号=str(place),
                申报年度=f"{year}年" if place == 1 else str(year),
                证书名称="" if number in broken and place == 2 else named,
                申请总培训人数=f"{places}人",
                批准总培训人数=str(places),
            )
            lines.append((name, *of_row))
        answers[name] = (rows, applied, approved)
        between = (("",) * 10, lines[0], ("合计", *[""] * 6, str(applied), str(approved), ""))
        lines += [line for line in between if chance.random() < 0.3]
    every = [sum(column) for column in zip(*answers.values(), strict=True)]
    return [*lines, ("合计", *[""] * 6, str(every[1]), str(every[2]), "")], answers


def write(path: Path, lines) -> Path:
    """The table as a CSV as spreadsheets write it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(lines)
    return path
