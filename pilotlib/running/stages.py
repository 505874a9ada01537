"""What a run does where something has changed: notebooks by papermill, editions, the manifest.

Everything heavy is imported here, and this module only where there is something to do.
"""

import json
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import papermill
from papermill.exceptions import PapermillExecutionError

from pilotlib.claims import DISAGREES
from pilotlib.errors import PilotError, suggestion
from pilotlib.publishing import check_editions as check_editions
from pilotlib.publishing import publish
from pilotlib.report.books import Book
from pilotlib.report.year import read_year
from pilotlib.running.engine import IN_PROCESS, shell_is_taken
from pilotlib.running.recipes import hashes, versions

if TYPE_CHECKING:
    from pilotlib.running.reports import Report

KERNEL = "kernel"
# What may run the notebooks → what papermill calls it.
ENGINES = {IN_PROCESS: IN_PROCESS, KERNEL: None}
OWN_PARAMETERS = ("year", "processed", "years")


def check_parameters(notebooks: Iterable[Path], parameters: Iterable[str]) -> None:
    """Hold the names of given parameters against those that the notebooks declare, before one is run.

    Raises:
        PilotError: names the parameter that no notebook has, or that the command sets itself.
    """
    known = set().union(*map(papermill.inspect_notebook, notebooks))
    for name in parameters:
        if name not in known:
            raise PilotError(f"笔记本没有参数“{name}”。{suggestion(name, sorted(known))}")
        if name in OWN_PARAMETERS:
            raise PilotError(f"参数“{name}”由命令自己给出，不能用 -p 指定。年度请写成 pilot run 年度。")


def execute(
    notebook: Path,
    output: Path,
    parameters: dict[str, Any],
    project: Path,
    failed: Path,
    title: str,
    engine: str | None = None,
) -> None:
    """Run a notebook with those of the parameters that it declares.

    `engine` is one of `ENGINES`: in this process by default, where a shell of IPython's is not running already.

    Raises:
        PilotError: a cell failed; the notebook is kept in `failed`, where the message says. Or its kernel died.
    """
    declared = papermill.inspect_notebook(notebook)
    try:
        papermill.execute_notebook(
            notebook,
            output,
            parameters={name: value for name, value in parameters.items() if name in declared},
            engine_name=ENGINES[engine or (KERNEL if shell_is_taken() else IN_PROCESS)],
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
        where = (failed / notebook.name).relative_to(project)
        if error.ename == PilotError.__name__:
            raise PilotError(
                f"{error.evalue}\n（{title}停在笔记本第 {error.exec_count} 个代码格，现场保存在 {where}）"
            ) from None
        raise PilotError(
            f"{title}（{notebook.name}）第 {error.exec_count} 个代码格出错：{error.ename}：{error.evalue}\n"
            f"现场保存在 {where}，可在 JupyterLab 中打开查看。上一次的报告没有改动。"
        ) from None
    except RuntimeError as error:  # of jupyter_client where a kernel does not start, of nbclient where it dies
        raise PilotError(
            f"{title}（{notebook.name}）的 Python 内核没有启动或中途退出（{error}），常因内存或磁盘空间不足。"
            "上一次的报告没有改动；请腾出空间后再运行。"
        ) from None


def stop_on_disagreement(tables: Path) -> None:
    """Stop a strict run at numbers of the school's text that disagree with the data.

    Raises:
        PilotError: names each of them.
    """
    claims = read_year(tables).claims
    assert claims is not None  # of a year's book
    wrong = claims[claims["state"] == DISAGREES]
    lines = "".join(
        f"\n  · 第{line}行“{written}”：{why}"
        for line, written, why in zip(wrong["line"], wrong["number"], wrong["explanation"], strict=True)
    )
    if lines:
        raise PilotError(f"narrative.md：有 {len(wrong)} 处与数据不一致，没有出报告。{lines}")


def publish_book(report: "Report", notebook: Path, open_book: Callable[[], Book], folder: Path) -> None:
    """Write a report as its executed notebook shows it into a folder, in every edition, and its manifest."""
    book = open_book()
    publish(notebook, book, report.editions, folder)
    write_manifest(folder, book.facts, report.before, report.parameters)


def write_manifest(folder: Path, facts: dict[str, Any], inputs: dict[str, str], parameters: dict[str, str]) -> None:
    """Write `manifest.json`, the one output that holds a time."""
    manifest = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "inputs": inputs,
        "outputs": hashes(folder, sorted(path for path in folder.iterdir() if path.is_file())),
        "parameters": parameters,
        "versions": versions(),
    } | facts
    text = json.dumps(manifest, ensure_ascii=False, indent=2)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8", newline="\n")
