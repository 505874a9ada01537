"""How long a national table takes to clean and add up by school, and how much memory: ours and others, same result.

Usage: python -m benchmarks.large_tables [--rows 10000,100000,1000000] [--tools ours,polars_lazy] [--runs 5]
                                         [--out results.json]

Every run is a process of its own, imports and start included; the middle of its runs counts. Memory is the peak of
what the process holds. Results that differ in a single school stop it.
"""

import argparse
import csv
import io
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tests.generator import generate

TOOLS = ("ours", "polars_lazy", "duckdb_sql", "pandas_distinct", "pandas_rows")
PACKAGES = ("pandas", "pyarrow", "numpy", "polars", "duckdb")
DIFFERENT_ROWS, ROWS_A_SCHOOL, ROWS_AT_ONCE = 2000, 200, 100_000


def write_table(path: Path, rows: int, seed: int = 1) -> None:
    """A national table of so many rows: the lines of one generated table, drawn again and again for many schools."""
    header, *body = generate(seed, DIFFERENT_ROWS, dirty=True, faults=False).rows
    lines = np.array([_line(row) for row in body if row[0] != "合计"], dtype=object)
    chance = np.random.default_rng(seed)
    schools = max(rows // ROWS_A_SCHOOL, 1)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write("学校," + _line(header))
        for start in range(0, rows, ROWS_AT_ONCE):
            size = min(ROWS_AT_ONCE, rows - start)
            of_school = np.arange(start, start + size) * schools // rows
            drawn = lines[chance.integers(0, len(lines), size)]
            file.writelines(f"第{school:05d}职业技术学院,{line}" for school, line in zip(of_school, drawn, strict=True))


def _line(row: list[str]) -> str:
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\n").writerow(row)
    return target.getvalue()


def measured(tool: str, table: Path, out: Path) -> dict[str, float]:
    """Wall time, time of the processor, and peak memory of one run in a process of its own."""
    start = time.perf_counter()
    arguments = [sys.executable, "-m", "benchmarks.peers", tool, str(table), str(out)]
    process = os.posix_spawn(sys.executable, arguments, os.environ)
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{tool} failed on {table.name}")
    return {
        "seconds": time.perf_counter() - start,
        "processor_seconds": usage.ru_utime + usage.ru_stime,
        "peak_megabytes": usage.ru_maxrss / 1024,
    }


def compared(rows: int, tools: list[str], runs: int, folder: Path) -> list[dict]:
    """The results of every tool for a table of so many rows, which must all be the same table."""
    table = folder / f"{rows}.csv"
    write_table(table, rows)
    results = []
    for tool in tools:
        out = folder / f"{tool}.csv"
        measures = [measured(tool, table, out) for _ in range(runs)]
        middle = {name: round(statistics.median(one[name] for one in measures), 3) for name in measures[0]}
        results.append({"rows": rows, "tool": tool, "file_megabytes": round(table.stat().st_size / 2**20, 1)} | middle)
        print(results[-1], flush=True)
        if out.read_bytes() != (folder / f"{tools[0]}.csv").read_bytes():
            raise SystemExit(f"{tool} and {tools[0]} do not make the same table of {rows} rows")
    table.unlink()
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="10000,100000,1000000")
    parser.add_argument("--tools", default=",".join(TOOLS))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path("large_tables.json"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = [
            result
            for rows in map(int, options.rows.split(","))
            for result in compared(rows, options.tools.split(","), options.runs, Path(folder))
        ]
    about = {
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "runs": options.runs,
        "versions": {name: version(name) for name in PACKAGES},
    }
    options.out.write_text(json.dumps(about | {"results": results}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
