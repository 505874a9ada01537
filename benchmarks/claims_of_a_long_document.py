"""How long a document of 20,000 numbers takes to check, and how time and memory grow with its length.

Usage: python benchmarks/claims_of_a_long_document.py
"""

import time
import tracemalloc
from itertools import cycle, islice

from pilotlib.claims import check_claims, facts_of
from pilotlib.claims.numbers import find_numbers, plain_text
from pilotlib.cleaning import clean
from pilotlib.project import find_project, year_of
from pilotlib.reading import read_inputs
from pilotlib.reading.documents import Passage, passages_of
from pilotlib.statistics import Tables, summarise

NUMBERS = 20_000


def document(narrative: str, numbers: int) -> list[Passage]:
    """The year's own text over and over, until it holds so many numbers."""
    passages = passages_of(narrative)
    each = sum(len(find_numbers(plain_text(passage.text))) for passage in passages)
    repeated = islice(cycle(passages), len(passages) * -(-numbers // each))
    return [Passage(line, passage.text) for line, passage in enumerate(repeated, start=1)]


def main() -> None:
    project = find_project()
    inputs = read_inputs(project, year_of(project))
    cleaned = clean(inputs.cells, inputs.corrections, inputs.reference, inputs.file)
    tables = Tables(cleaned.applications, cleaned.majors, inputs.indicators, {})
    facts = facts_of(tables, summarise(tables))
    check_claims(document(inputs.narrative, 100), facts)  # expressions are compiled once
    measured = {}
    for numbers in (NUMBERS // 4, NUMBERS // 2, NUMBERS):
        passages = document(inputs.narrative, numbers)
        start = time.perf_counter()
        claims = check_claims(passages, facts)
        seconds = time.perf_counter() - start
        tracemalloc.start()
        check_claims(passages, facts)
        measured[numbers] = seconds, tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        characters = sum(len(passage.text) for passage in passages)
        size = f"{len(claims):>7} numbers, {characters:>7} characters"
        print(f"{size}: {seconds:5.1f} s, {measured[numbers][1]:6.1f} MiB at most")
    (small, little), (large, much) = measured[NUMBERS // 4], measured[NUMBERS]
    print(f"four times the length: {large / small:.1f} times the time, {much / little:.1f} times the memory")


if __name__ == "__main__":
    main()
