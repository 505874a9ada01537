"""How long a document of 20,000 numbers and 200 tables takes to check, and how time and memory grow with its length.

Usage: python benchmarks/claims_of_a_long_document.py
"""

import time
import tracemalloc
from itertools import cycle, islice

import pandas as pd

from pilotlib.claims import check_claims, facts_of
from pilotlib.claims.facts import Facts
from pilotlib.claims.numbers import find_numbers, plain_text
from pilotlib.cleaning import clean
from pilotlib.project import find_project, year_of
from pilotlib.reading import read_inputs
from pilotlib.reading.documents import Passage, passages_of
from pilotlib.statistics import Tables, summarise

NUMBERS, TABLES, ROWS = 20_000, 200, 12


def table(line: int) -> Passage:
    """Persons by class with a rate and a total: 50 numbers."""
    counts = [(120 + (line * place) % 97, 100 + (line + place) % 19) for place in range(ROWS)]
    counts.append((sum(row[0] for row in counts), sum(row[1] for row in counts)))
    names = [*(f"{line}-{place}班级" for place in range(ROWS)), "合计"]
    rows = ((name, str(of), str(top), f"{top / of:.1%}") for name, (of, top) in zip(names, counts, strict=True))
    return Passage(line, "", (("班级", "参加人数", "通过人数", "通过率"), *rows))


def document(narrative: str, numbers: int, tables: int) -> list[Passage]:
    """The year's own text over and over, with tables between, until both hold so many numbers."""
    passages = passages_of(narrative)
    each = sum(len(find_numbers(plain_text(passage.text))) for passage in passages)
    in_tables = tables * (ROWS + 1) * 3
    repeated = [*islice(cycle(passages), len(passages) * -(-(numbers - in_tables) // each))]
    step, made = max(1, len(repeated) // max(tables, 1)), list[Passage]()
    for number, passage in enumerate(repeated):
        made.append(passage._replace(line=len(made) + 1))
        made += [table(len(made) + 1)] if number % step == 0 and number // step < tables else []
    return made


def facts_of_the_year() -> tuple[str, Facts]:
    """The year's own text, and what is known of it."""
    project = find_project()
    inputs = read_inputs(project, year_of(project))
    cleaned = clean(inputs.cells, inputs.corrections, inputs.reference, inputs.file)
    tables = Tables(cleaned.applications, cleaned.majors, inputs.indicators, {})
    return inputs.narrative, facts_of(tables, summarise(tables))


def measured(passages: list[Passage], facts: Facts) -> tuple[float, float, pd.DataFrame]:
    """Seconds, and in a second run the most memory in MiB, of a check; and its claims."""
    start = time.perf_counter()
    claims = check_claims(passages, facts)
    seconds = time.perf_counter() - start
    tracemalloc.start()
    check_claims(passages, facts)
    most = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return seconds, most, claims


def main() -> None:
    narrative, facts = facts_of_the_year()
    check_claims(document(narrative, 100, 1), facts)  # expressions are compiled once
    results = []
    for part in (4, 2, 1):
        passages = document(narrative, NUMBERS // part, TABLES // part)
        seconds, most, claims = measured(passages, facts)
        results.append((seconds, most))
        size = f"{NUMBERS // part:>6} numbers, {TABLES // part:>4} tables, {len(claims):>6} rows of claims"
        print(f"{size}: {seconds:5.1f} s, {most:6.1f} MiB at most")
    (small, little), _, (large, much) = results
    print(f"four times the length: {large / small:.1f} times the time, {much / little:.1f} times the memory")


if __name__ == "__main__":
    main()
