"""Measure everything and write docs/performance.md with its figure: `make bench`.

Usage: python -m benchmarks.performance [--from FOLDER] [--to DOCS]

With --from nothing is measured: `reports.json`, `large.json` and `largest.json` of an earlier run are told again.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

from matplotlib import pyplot as plt

from benchmarks.reports import ROOT

TOOLS = {
    "ours": "pilotlib",
    "polars_lazy": "polars, lazy",
    "duckdb_sql": "duckdb",
    "pandas_distinct": "pandas over distinct values",
    "pandas_rows": "plain pandas",
    "rmarkdown": "R Markdown",
}
MILLION = 1_000_000
MEASURED = {
    "reports.json": ["benchmarks.reports"],
    "large.json": ["benchmarks.large_tables", "--rows", "10000,100000,1000000", "--runs", "3"],
    # Plain pandas would take minutes and more memory than many machines have.
    "largest.json": [
        *("benchmarks.large_tables", "--rows", "10000000", "--runs", "1"),
        *("--tools", "ours,polars_lazy,duckdb_sql"),
    ],
}


def measure(folder: Path) -> None:
    for name, command in MEASURED.items():
        subprocess.run([sys.executable, "-m", *command, "--out", str(folder / name)], cwd=ROOT, check=True)


def page(reports: dict, large: list[dict]) -> str:
    """The whole page."""
    machine, versions = reports["machine"], reports["versions"]
    named = ", ".join(f"{name} {number}" for name, number in versions.items())
    return "\n".join(
        [
            "# Performance",
            "",
            f"Written by `make bench`: {machine['cores']} cores, Python {machine['python']}, {named}. Ratios are what "
            "counts: what stands in one table was measured in one run, by turns. Seconds are those of that machine.",
            "",
            *_one(reports),
            *_many(reports),
            *_large(large),
        ]
    )


def _one(reports: dict) -> list[str]:
    one = reports["one"]
    rows = [
        ("papermill and nbconvert, as they come: three notebooks, no workbook", one["plain"]),
        ("`pilot run --force --engine kernel`: html, xlsx, manifest", one["ours, by kernels"]),
        ("`pilot run --force`: the same without kernels", one["ours"]),
        ("the floor: the same work as a plain Python script", one["floor"]),
        ("`pilot run`, a sentence of the school's text changed", one["text changed"]),
        ("`pilot run`, nothing changed", one["unchanged"]),
        ("`pilot --help`", one["help"]),
    ]
    if "rmarkdown" in one:
        rows.insert(1, ("R Markdown: ten tables and six figures of the same year", one["rmarkdown"]))
    return [
        "## One report",
        "",
        "Whole processes for one year, start and imports included.",
        "",
        *_table(
            ("", "seconds", "of papermill and nbconvert", "of the floor"),
            [(what, f"{s:.2f}", f"{s / one['plain']:.2f}", f"{s / one['floor']:.2f}") for what, s in rows],
        ),
    ]


def _many(reports: dict) -> list[str]:
    process, others = reports["process"], reports["others"]
    rows = [
        (f"{number} school{'s' * (number != '1')}", f"{s:.2f}", f"{s / others:.2f}")
        for number, s in reports["many"].items()
    ]
    grown = process["memory at the end"] / process["memory at 10"] - 1
    of_script, last = process["ours"] / process["script"], max(map(int, reports["many"]))
    return [
        "## Many reports",
        "",
        f"`pilot batch`, a process a core, the report over all included; beside {others:.2f} s a report of papermill "
        "and nbconvert, one after the other in one process.",
        "",
        *_table(("", "seconds a report", "of papermill and nbconvert"), rows),
        f"In one process, a report takes {process['ours']:.2f} s of the processor, {of_script:.2f} of the "
        f"{process['script']:.2f} s of the same work as a warm script. After 10 reports it holds "
        f"{process['memory at 10']:.0f} MiB, after {last} {process['memory at the end']:.0f} MiB ({grown:+.1%}).",
        "",
    ]


def _large(large: list[dict]) -> list[str]:
    ours = {one["rows"]: one for one in large if one["tool"] == "ours"}
    rows = [
        (
            f"{one['rows']:,}",
            TOOLS[one["tool"]],
            f"{one['seconds']:.2f}",
            f"{one['processor_seconds']:.2f}",
            f"{one['peak_megabytes']:.0f}",
            f"{ours[one['rows']]['seconds'] / one['seconds']:.2f}",
        )
        for one in large
    ]
    return [
        "## Large tables",
        "",
        "A national table as CSV, cleaned and added up by school; whole processes. Each tool makes the same table of "
        "schools, to the last figure, or the benchmark stops; pilotlib also counts everything a second time and adds "
        "up by round, level, city and certificate.",
        "",
        "![Seconds by rows](performance.svg)",
        "",
        *_table(("rows", "", "seconds", "of the processor", "peak MiB", "pilotlib's seconds of its"), rows),
    ]


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    rule = ["---", *["--:"] * (len(header) - 1)]
    return [*("| " + " | ".join(cells) + " |" for cells in (header, rule, *rows)), ""]


def draw(large: list[dict], path: Path) -> None:
    """Seconds by rows, both on scales of tens."""
    with plt.rc_context({"svg.hashsalt": "performance", "svg.fonttype": "none"}):
        figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
        for tool, title in TOOLS.items():
            points = [(one["rows"], one["seconds"]) for one in large if one["tool"] == tool]
            if points:
                axes.plot(*zip(*points, strict=True), "o-", label=title, linewidth=2.5 if tool == "ours" else 1.2)
        axes.set(xscale="log", yscale="log", xlabel="rows", ylabel="seconds, whole process")
        axes.legend(frameon=False)
        axes.grid(alpha=0.3)
        figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", type=Path, dest="source")
    parser.add_argument("--to", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    folder = options.source or ROOT / ".pilot" / "benchmarks"
    if not options.source:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        measure(folder)
    reports, *tables = (json.loads((folder / name).read_text(encoding="utf-8")) for name in MEASURED)
    large = [one for table in tables for one in table["results"]]
    reports["versions"] |= tables[0]["versions"]
    draw(large, options.to / "performance.svg")
    (options.to / "performance.md").write_text(page(reports, large), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
