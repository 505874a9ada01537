"""Where the seconds of one run go: imports, kernels, cells, export. Shares of one run on this machine.

Usage: python benchmarks/where_a_run_goes.py [YEAR]
"""

import sys
import time

START = time.perf_counter()

import nbformat  # noqa: E402

from pilotlib.project import find_project, year_of  # noqa: E402
from pilotlib.running import pipeline, stages  # noqa: E402

IMPORTED = time.perf_counter()


def main() -> None:
    project = find_project()
    spent = {"imports of the command": IMPORTED - START}

    def timed(name, function):
        def call(*arguments):
            before = time.perf_counter()
            function(*arguments)
            spent[name] = time.perf_counter() - before

        return call

    execute = stages.execute

    def stage(notebook, output, *rest):
        before = time.perf_counter()
        execute(notebook, output, *rest)
        whole = time.perf_counter() - before
        cells = [
            (cell.source, cell.metadata.get("papermill", {}).get("duration") or 0)
            for cell in nbformat.read(output, as_version=4).cells
            if cell.cell_type == "code"
        ]
        for source, seconds in cells:
            kind = (
                "imports in notebooks" if "import " in source else "figures" if ".figure(" in source else "other cells"
            )
            spent[kind] = spent.get(kind, 0) + seconds
        spent["kernels"] = spent.get("kernels", 0) + whole - sum(seconds for _, seconds in cells)

    stages.execute = stage
    stages.publish = timed("export", stages.publish)
    year = int(sys.argv[1]) if len(sys.argv) > 1 else year_of(project)
    pipeline.run(project, year, editions=("html", "xlsx"), force=True)
    whole = time.perf_counter() - START
    spent["moving, hashing, manifest"] = whole - sum(spent.values())
    for name, seconds in sorted(spent.items(), key=lambda entry: -entry[1]):
        print(f"{name:28}{seconds:7.2f} s{seconds / whole:7.0%}")
    print(f"{'whole':28}{whole:7.2f} s")
    before = time.perf_counter()
    pipeline.run(project, year, editions=("html", "xlsx"))
    print(f"again, nothing changed: {(time.perf_counter() - before) / whole:.1%} of the whole")


if __name__ == "__main__":
    main()
