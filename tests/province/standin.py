"""A stand-in for making a school's report: counted by the project, told in a line. For tests of what is around it."""

import hashlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from unittest import mock

import pandas as pd

from pilotlib.checking import check, stop_on_errors
from pilotlib.cleaning import clean
from pilotlib.columns import INDICATOR_COLUMNS
from pilotlib.errors import PilotError
from pilotlib.province.batch import Batch, run_batch
from pilotlib.province.school import Made
from pilotlib.reading import read_table
from pilotlib.statistics import Tables
from pilotlib.statistics.indicators import overview

# A school of this name takes its process down.
DEADLY = "致命学院"


def make_report(task, settings) -> Made:
    if task.school == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "applications.csv"
        path.write_bytes(task.table)
        cleaned = clean(read_table(path).cells)
    problems = check(cleaned, task.year)
    try:
        stop_on_errors(problems)
    except PilotError as error:
        faults = problems.loc[problems["severity"] == "error", ["source_row", "column", "value", "message"]]
        return Made({}, faults.to_dict("records") or [{"message": str(error)}])
    tables = Tables(cleaned.applications, cleaned.majors, pd.DataFrame(columns=INDICATOR_COLUMNS, dtype=str), {})
    told = overview(tables).set_index("measure")["value"].astype(object)
    page = f"{task.school} {task.year} {hashlib.sha256(task.table).hexdigest()}\n".encode()
    pages = {f"annual-report.{edition}": page for edition in task.editions}
    manifest = {
        "outputs": dict.fromkeys(pages, hashlib.sha256(page).hexdigest()),
        "counts": told.where(told.notna(), None).to_dict(),
        "problems": json.loads(problems.to_json(orient="records")),
    }
    return Made(pages | {"manifest.json": json.dumps(manifest).encode()})


def batch_of_standins(project: Path, table: Path, editions: Sequence[str] = ("html",), apart: bool = False) -> Batch:
    """Run a batch whose reports are stand-ins: in processes of their own, which take seconds to start, or in this."""
    from tests.province.standin import make_report as by_name  # so that other processes find it

    here = mock.patch(
        "pilotlib.province.batch.in_processes", lambda work, tasks, workers: ((t, work(t)) for t in tasks)
    )
    with mock.patch("pilotlib.province.school.make_report", by_name), nullcontext() if apart else here:
        return run_batch(project, table, "学校", editions=editions)


def made_by_standins(project: Path, table: Path, apart: bool = False) -> dict[str, int]:
    """How many reports such a batch made, kept, and could not make."""
    done = batch_of_standins(project, table, apart=apart)
    return {"made": done.made, "kept": done.kept, "failed": done.faults["school"].nunique()}


if __name__ == "__main__":
    print(json.dumps(made_by_standins(Path(sys.argv[1]), Path(sys.argv[2]), apart=True)))
