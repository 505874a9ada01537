"""What a run does where something has changed: notebooks by papermill, a year's tables, editions, manifest."""

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import papermill
from papermill.exceptions import PapermillExecutionError

from pilotlib.checking import CleanedYear
from pilotlib.claims.grammar import DISAGREES
from pilotlib.columns import COLUMNS, title_of, unit_of
from pilotlib.errors import PilotError, suggestion
from pilotlib.publishing import Look, publish, write_tables
from pilotlib.publishing import check_editions as check_editions
from pilotlib.publishing import missing_for as missing_for
from pilotlib.report.year import read_year
from pilotlib.running.engine import IN_PROCESS, shell_is_taken
from pilotlib.running.recipes import hashes, versions
from pilotlib.running.report import Report
from pilotlib.statistics import STATISTICS

# What may run the notebooks → what papermill calls it.
ENGINES = {IN_PROCESS: IN_PROCESS, "kernel": None}


def declared(parameters: dict[str, Any], notebook: Path) -> dict[str, Any]:
    """Those of the parameters that a notebook declares, in its cell of that tag."""
    names = papermill.inspect_notebook(notebook)
    return {name: value for name, value in parameters.items() if name in names}


def declared_by_each(notebooks: Sequence[Path], parameters: dict[str, str]) -> dict[Path, dict[str, str]]:
    """Those of the parameters that each notebook declares; PilotError for one that none has, or is ours."""
    known = set().union(*map(papermill.inspect_notebook, notebooks))
    for name in parameters:
        if name not in known:
            raise PilotError(f"笔记本没有参数“{name}”。{suggestion(name, sorted(known))}")
        if name in ("year", "processed", "years", "project"):
            raise PilotError(f"参数“{name}”由命令自己给出，不能用 -p 指定。年度请写成 pilot run 年度。")
    return {notebook: declared(parameters, notebook) for notebook in notebooks}


def execute(
    notebook: Path, output: Path, values: dict[str, Any], project: Path, failed: Path, title: str, engine: str | None
) -> None:
    """Run a notebook with those of the values that it declares, by one of `ENGINES`: by default in this
    process, unless it is a shell of IPython's. A kernel that dies is a PilotError, and so is a cell that fails:
    it says where in `failed` the notebook is kept."""
    try:
        papermill.execute_notebook(
            notebook,
            output,
            parameters=declared(values, notebook),
            engine_name=ENGINES[engine or ("kernel" if shell_is_taken() else IN_PROCESS)],
            kernel_name="python3",
            cwd=project,
            progress_bar=False,
            request_save_on_cell_execute=False,
            # The rest is for a kernel; every file is written when it ends, and a graceful end waits up to seconds.
            extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
            shutdown_kernel="immediate",
        )
    except PapermillExecutionError as error:
        failed.mkdir(parents=True, exist_ok=True)
        shutil.copy(output, failed / notebook.name)
        where, cell = (failed / notebook.name).relative_to(project), f"第 {error.exec_count} 个代码格"
        if error.ename == PilotError.__name__:
            raise PilotError(error.evalue, f"{title}停在笔记本{cell}，现场保存在 {where}") from None
        raise PilotError(
            f"{title}（{notebook.name}）{cell}出错：{error.ename}：{error.evalue}\n"
            f"现场保存在 {where}，可在 JupyterLab 中打开查看。上一次的报告没有改动。"
        ) from None
    except RuntimeError as error:  # of jupyter_client where a kernel does not start, of nbclient where it dies
        raise PilotError(
            f"{title}（{notebook.name}）的 Python 内核没有启动或中途退出（{error}），常因内存或磁盘空间不足。"
            "上一次的报告没有改动；请腾出空间后再运行。"
        ) from None


def stop_on_disagreement(tables: Path, earlier: Path | None) -> None:
    """Stop at numbers of a year's text that disagree with its data: a PilotError names each."""
    claims = read_year(tables, earlier).claims
    assert claims is not None  # of a year's book
    wrong = claims.loc[claims["state"] == DISAGREES, ["line", "number", "explanation"]]
    lines = [f"\n  · 第{line}行“{number}”：{why}" for line, number, why in wrong.itertuples(index=False)]
    if lines:
        raise PilotError(f"narrative.md：有 {len(lines)} 处与数据不一致，没有出报告。{''.join(lines)}")


def write_year(folder: Path, of_year: CleanedYear) -> None:
    """Write what the first stage made of a year: its tables, `about.json`, the school's text as it is; and in a folder
    `results` the same of its table of results, if there is one."""
    inputs, cleaned, problems, results = of_year
    for name in ("statistics", "results"):
        shutil.rmtree(folder / name, ignore_errors=True)  # of an earlier run, not of these tables
    cells = inputs.cells.rename(columns=str).reset_index()
    given = {"cells": cells, "corrections": inputs.corrections, "given_indicators": inputs.indicators}
    write_tables(folder, given | cleaned._asdict() | {"problems": problems})
    about = {name: getattr(inputs, name) for name in ("year", "file", "sha256", "school", "source")}
    about["aside"] = list(inputs.origin.aside)
    text = json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True, default=str)
    (folder / "about.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    (folder / "narrative.md").write_text(inputs.narrative, encoding="utf-8", newline="\n")
    if results:
        (folder / "results").mkdir()
        write_year(folder / "results", results)


def data_dictionary(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What every column of the given tables means: `table, title, column, unit, meaning`."""
    rows = []
    for name, table in tables.items():
        title, columns = STATISTICS[name].title, [column for column in table.columns if column in COLUMNS]
        rows += [(name, title, title_of(column), unit_of(column), COLUMNS[column].meaning) for column in columns]
    return pd.DataFrame(rows, columns=["table", "title", "column", "unit", "meaning"])


def publish_book(report: Report, notebook: Path, folder: Path) -> None:
    """Write a report as its executed notebook shows it, in every edition, and a manifest, which holds a time."""
    book = report.kind.open(*report.given)
    publish(notebook, book, report.editions, folder, Look(report.style, report.template))
    manifest = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "inputs": report.before,
        "outputs": hashes(folder, [folder]),
        "parameters": report.parameters,
        "style": report.style,
        "report": {
            "owner": book.owner,
            "key_figures": [list(fact) for fact in book.key_figures],
            "doubts": [doubt.title for doubt in book.doubts if doubt.sentences],
        },
        "versions": versions(),
    }
    text = json.dumps(manifest | book.facts, ensure_ascii=False, indent=2)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8", newline="\n")
