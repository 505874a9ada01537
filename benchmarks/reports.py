"""How long reports take: one, an unchanged one, and many; beside papermill and nbconvert, and beside a plain script.

Usage: python -m benchmarks.reports [--runs 5] [--many 1,100] [--out results.json]

Of one report every run is a process of its own, imports and start included, the tools in turn. Of many, `pilot batch`
is timed as a whole; papermill and nbconvert, one report after the other in one process, are timed on a few schools. The
time of the processor and the memory of a report are those of a process that makes them one after the other.
"""

import argparse
import csv
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks import floor, plain
from pilotlib.project import find_project, year_of
from pilotlib.province.pieces import split
from pilotlib.province.school import Task, make_report, settings_of
from tests.generator import generate

PACKAGES = ("pandas", "matplotlib", "papermill", "nbconvert", "ipykernel")
PILOT = str(Path(sys.executable).with_name("pilot"))
SCHOOLS_BY_OTHERS = 3
EDITIONS = ("html", "xlsx")


def seconds_of(command: list[str], folder: Path) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def one_report(project: Path, runs: int) -> dict[str, float]:
    """Seconds of each tool for one year, in the middle of its runs; R Markdown's where it is installed."""
    year = str(year_of(project))
    times: dict[str, list[float]] = {}
    for number in range(runs):
        for tool in ("plain", "floor"):
            out = project / "out" / f"{tool}-{number}"
            out.mkdir(parents=True)
            times.setdefault(tool, []).append(
                seconds_of([sys.executable, "-m", f"benchmarks.{tool}", str(project), year, str(out)], ROOT)
            )
        forced = [PILOT, "run", year, "--force"]
        times.setdefault("ours", []).append(seconds_of(forced, project))
        times.setdefault("ours, by kernels", []).append(seconds_of([*forced, "--engine", "kernel"], project))
        if shutil.which("Rscript"):
            times.setdefault("rmarkdown", []).append(seconds_of(by_rmarkdown(project, year), project))
        times.setdefault("unchanged", []).append(seconds_of([PILOT, "run", year], project))
        with (project / "data" / "raw" / year / "narrative.md").open("a", encoding="utf-8") as narrative:
            narrative.write(f"\n这是第{number + 1}次改动。\n")
        times.setdefault("text changed", []).append(seconds_of([PILOT, "run", year], project))
        times.setdefault("help", []).append(seconds_of([PILOT, "--help"], project))
    return {tool: statistics.median(values) for tool, values in times.items()}


def by_rmarkdown(project: Path, year: str) -> list[str]:
    """The command that makes ten tables and six figures of a year's cleaned applications by R Markdown."""
    table, page = project / "data" / "processed" / year / "applications.csv", project / "out" / "r.html"
    source = shutil.copy(ROOT / "benchmarks" / "peers" / "report.Rmd", project / "out")
    call = f"rmarkdown::render('{source}', params = list(table = '{table}'), output_file = '{page}', quiet = TRUE)"
    return ["env", "LC_ALL=C.UTF-8", "Rscript", "-e", call]


def many_reports(project: Path, number: int) -> float:
    """Seconds of `pilot batch` for so many schools, with a process a core."""
    table = province(project / f"schools-{number}.csv", number)
    seconds = seconds_of([PILOT, "batch", table.name], project)
    made = len(list((project / "reports" / "batch").glob(f"schools-{number}/schools/*/*/annual-report.html")))
    assert made == number, made
    return seconds


def province(path: Path, schools: int) -> Path:
    """A table of schools with 25 rows each."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for school in range(schools):
            header, *rows = generate(school, 25, dirty=False, faults=False).rows
            if not school:
                writer.writerow(["学校", *header])
            writer.writerows([f"第{school:04d}职业技术学院", *row] for row in rows)
    return path


def in_one_process(project: Path, schools: int) -> dict[str, float]:
    """Time of the processor of a report, ours and as a plain script, by turns; and what memory grows to."""
    parts = split(province(project / "cpu.csv", schools), "学校")
    settings = settings_of(project, EDITIONS)
    ours, theirs, resident = [], [], {}
    for number, part in enumerate(parts, start=1):
        start = time.process_time()
        made = make_report(part.task(EDITIONS), settings)
        ours.append(time.process_time() - start)
        assert made.files, made.faults
        resident[number] = memory_now()
        if number <= 10:
            theirs.append(cpu_of_script(project, part.task(EDITIONS)))
    return {
        "ours": statistics.median(ours[1:]),
        "script": statistics.median(theirs[1:]),
        "memory at 10": resident[10],
        "memory at the end": resident[len(parts)],
    }


def cpu_of_script(project: Path, task: Task) -> float:
    with tempfile.TemporaryDirectory() as name:
        lay_out(Path(name), project, task)
        start, here = time.process_time(), Path.cwd()
        floor.run(Path(name), task.year, Path(name))
        os.chdir(here)
        return time.process_time() - start


def lay_out(folder: Path, project: Path, task: Task) -> None:
    raw = folder / "data" / "raw"
    (raw / str(task.year)).mkdir(parents=True)
    (raw / str(task.year) / "applications.csv").write_bytes(task.table)
    (raw / "school.toml").write_text(f'name = "{task.school}"\n', encoding="utf-8")
    shutil.copytree(project / "data" / "raw" / "reference", raw / "reference")
    shutil.copytree(project / "notebooks", folder / "notebooks")


def by_others(project: Path) -> float:
    """Seconds of a report by papermill and nbconvert, one after the other in one process."""
    parts = split(province(project / "others.csv", SCHOOLS_BY_OTHERS), "学校")
    seconds = []
    for part in parts:
        with tempfile.TemporaryDirectory() as name:
            lay_out(Path(name), project, part.task(EDITIONS))
            start = time.perf_counter()
            plain.run(Path(name), part.year, Path(name))
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def memory_now() -> float:
    """What this process holds, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--many", type=lambda text: [int(number) for number in text.split(",")], default=[1, 100])
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        project = Path(name)
        for folder in ("data/raw", "notebooks"):
            shutil.copytree(ROOT / folder, project / folder)
        result = {
            "one": one_report(project, arguments.runs),
            "many": {number: many_reports(project, number) / number for number in arguments.many},
            "others": by_others(project),
            "process": in_one_process(project, max(arguments.many)),
            "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
            "versions": {package: version(package) for package in PACKAGES},
        }
    print(json.dumps(result, indent=2))
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


ROOT = find_project(Path(__file__))

if __name__ == "__main__":
    main()
