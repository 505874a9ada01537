"""Stages without kernels: the first two notebooks run in this process, the report is a stand-in.

What a run does around its notebooks (what it runs again, locks, moving in) is tested with these in a fraction of the
time. `python -m tests.standin PROJECT YEAR [wait]` is such a run as a process of its own, to be killed or waited for.
"""

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from pilotlib import PilotError, running
from pilotlib.running import pipeline, recipes
from pilotlib.running.recipes import hashes

EDITIONS = ("html", "xlsx")


def execute(notebook, output, parameters, project, failed, title, engine=None):
    """The code cells of the first two notebooks, run here; of others a digest of what they would read."""
    if notebook.stem in ("1_clean", "2_statistics"):
        import nbformat

        names = {}
        before = Path.cwd()
        os.chdir(project)
        try:
            for cell in nbformat.read(notebook, as_version=4).cells:
                if cell.cell_type == "code":
                    exec(cell.source, names)
                    if "parameters" in cell.metadata.get("tags", []):
                        names |= parameters
        finally:
            os.chdir(before)
        return
    folder = Path(parameters["processed"])
    files = sorted(path for path in folder.rglob("*") if path.suffix == ".parquet")
    output.write_text(json.dumps(hashes(folder, files)) + notebook.read_text(encoding="utf-8"), encoding="utf-8")


def copied(notebook, output, parameters, project, failed, title, engine=None):
    """Stages that only carry the school's text along, for runs that are killed."""
    text = (project / "data" / "raw" / str(parameters["year"]) / "narrative.md").read_text(encoding="utf-8")
    folder = Path(parameters["processed"])
    if notebook.stem == "1_clean":
        for name in pipeline.READ_BY_STATISTICS:
            (folder / name).write_text(text, encoding="utf-8")
    if notebook.stem == "2_statistics":
        (folder / "statistics").mkdir()
        (folder / "statistics" / "overview.parquet").write_text(text, encoding="utf-8")
    output.write_text(text, encoding="utf-8")


def publish_book(report, notebook, folder):
    """Each edition in many small pieces, so that a kill finds it half written; then the manifest with their hashes."""
    text = notebook.read_text(encoding="utf-8")
    for edition in report.editions:
        with (folder / f"annual-report.{edition}").open("w", encoding="utf-8") as file:
            for _ in range(300):
                file.write(text)
                file.flush()
    manifest = {"outputs": hashes(folder, sorted(folder.iterdir())), "inputs": report.before, "style": report.style}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def publish_when_told(*arguments):
    publish_book(*arguments)
    print("ready", flush=True)
    sys.stdin.readline()


def stages(**others):
    """The stand-ins in place of the real stages."""
    return mock.patch.multiple(
        "pilotlib.running.stages",
        **({"execute": execute, "publish_book": publish_book, "check_editions": tuple} | others),
    )


if __name__ == "__main__":
    # In the place of the real module, whose imports take longer than all the rest.
    publisher = publish_when_told if "wait" in sys.argv else publish_book
    real = SimpleNamespace(execute=copied, publish_book=publisher, check_editions=tuple)
    sys.modules["pilotlib.running.stages"] = running.stages = real
    if "PILOTLIB_TEST_WITHOUT_EXCHANGE" in os.environ:
        recipes._exchanged = lambda *_: False
    try:
        pipeline.run(Path(sys.argv[1]), int(sys.argv[2]), editions=EDITIONS)
    except PilotError as error:
        sys.exit(str(error))
