"""What a run does where something has changed: notebooks by papermill, editions, the manifest.

Everything heavy is imported here, and this module only where there is something to do.
"""

import json
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import papermill
from papermill.exceptions import PapermillExecutionError

from pilotlib.claims import DISAGREES
from pilotlib.errors import PilotError, suggestion
from pilotlib.publishing import check_editions, publish
from pilotlib.report.books import read_year, read_years
from pilotlib.running.engine import IN_PROCESS, shell_is_taken
from pilotlib.running.fingerprints import hashes, versions

__all__ = [
    "check_editions",
    "check_parameters",
    "execute",
    "publish_all_years",
    "publish_year",
    "stop_on_disagreement",
]

KERNEL = "kernel"
# What may run the notebooks → what papermill calls it.
ENGINES = {IN_PROCESS: IN_PROCESS, KERNEL: None}
OWN_PARAMETERS = ("year", "processed", "years")


def check_parameters(notebooks: Iterable[Path], parameters: dict[str, str]) -> dict[str, dict[str, str]]:
    """Hold the given parameters against those that the notebooks declare, before a kernel starts.

    Returns:
        For each notebook's name, those of the parameters that it knows.

    Raises:
        PilotError: names the parameter that no notebook has, or that the command sets itself.
    """
    declared = {notebook.stem: set(papermill.inspect_notebook(notebook)) for notebook in notebooks}
    known = set().union(*declared.values())
    for name in parameters:
        if name not in known:
            raise PilotError(f"笔记本没有参数“{name}”。{suggestion(name, sorted(known))}")
        if name in OWN_PARAMETERS:
            raise PilotError(f"参数“{name}”由命令自己给出，不能用 -p 指定。年度请写成 pilot run 年度。")
    return {
        stem: {name: value for name, value in parameters.items() if name in names} for stem, names in declared.items()
    }


def execute(
    notebook: Path,
    output: Path,
    parameters: dict,
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
            stopped = f"{title}停在笔记本第 {error.exec_count} 个代码格，现场保存在 {where}"
            raise PilotError(error.evalue, stopped) from None
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
    wrong = claims[claims["state"] == DISAGREES]
    lines = "".join(
        f"\n  · 第{line}行“{written}”：{why}"
        for line, written, why in zip(wrong["line"], wrong["number"], wrong["explanation"], strict=True)
    )
    if lines:
        raise PilotError(f"narrative.md：有 {len(wrong)} 处与数据不一致，没有出报告。{lines}")


def publish_year(
    notebook: Path,
    tables: Path,
    earlier: Path | None,
    editions: Iterable[str],
    folder: Path,
    inputs: dict[str, str],
    parameters: dict[str, str],
) -> None:
    """Write the report in every edition, and the manifest: what it was made from and with."""
    book = read_year(tables, earlier)
    publish(notebook, book, editions, folder)
    write_manifest(folder, book.facts, inputs, parameters)


def publish_all_years(
    notebook: Path, project: Path, editions: Iterable[str], folder: Path, inputs: dict[str, str]
) -> None:
    """Write the report over all processed years in every edition, and its manifest."""
    book = read_years(project)
    publish(notebook, book, editions, folder)
    write_manifest(folder, book.facts, inputs, {})


def write_manifest(folder: Path, facts: dict, inputs: dict[str, str], parameters: dict[str, str]) -> None:
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
