"""One run of one tool: `python -m benchmarks.peers TOOL TABLE OUT` writes the table by school for comparison."""

import csv
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.peers.words import MEASURES

tool, table, out = sys.argv[1:]
found = import_module(f"benchmarks.peers.{tool}").summarise(table)
with Path(out).open("w", encoding="utf-8", newline="") as file:
    csv.writer(file).writerows([("school", *MEASURES), *sorted((school, *map(int, sums)) for school, *sums in found)])
