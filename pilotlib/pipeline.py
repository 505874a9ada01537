"""A year's stages in order, by papermill; what they made is moved in whole, or nothing is."""

import hashlib
import importlib.metadata
import json
import platform
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import papermill
from papermill.exceptions import PapermillExecutionError
from tqdm import tqdm

from pilotlib.claims import DISAGREES, count_states
from pilotlib.cleaning import number_of_changed_cells
from pilotlib.errors import PilotError, suggestion
from pilotlib.project import input_files
from pilotlib.report import Report, read_report
from pilotlib.report.publishing import DEFAULT_EDITIONS, check_editions, publish

STAGES = {"1_clean": "清洗与检查", "2_statistics": "统计", "3_annual_report": "年度报告"}
OWN_PARAMETERS = ("year", "processed")
RECORDED_PACKAGES = (
    "pilotlib",
    "pandas",
    "numpy",
    "pyarrow",
    "pandera",
    "matplotlib",
    "seaborn",
    "papermill",
    "nbconvert",
)


def run(
    project: Path,
    year: int,
    parameters: dict[str, str] | None = None,
    *,
    strict: bool = False,
    editions: Sequence[str] = DEFAULT_EDITIONS,
) -> list[Path]:
    """Make a year's processed tables and its report.

    Args:
        project: The project's folder.
        year: The year.
        parameters: Further parameters for the notebooks that know them.
        strict: Whether a number of the school's text that disagrees with the data stops the run.
        editions: The forms in which the report is published, names of `EDITIONS`.

    Returns:
        What was written, the first edition last.

    Raises:
        PilotError: an unknown parameter or an edition that cannot be made (before anything is run), bad input, a
            notebook that failed, or a claim that disagrees where the run is strict. The last good report and tables
            are untouched; a notebook that failed is kept where the message says.
    """
    parameters = parameters or {}
    notebooks = find_notebooks(project)
    check_parameters(notebooks, parameters)
    check_editions(editions)
    before = _hashes(project, input_files(project, year))
    processed, reports = project / "data" / "processed", project / "reports"
    with _aside(processed, year) as tables, _aside(reports, year) as page, _aside(reports, year) as executed:
        for stage, title in tqdm(STAGES.items(), desc=f"{year} 年", unit="步", disable=None, leave=False):
            values = {"year": year, "processed": str(tables)} | parameters
            known = papermill.inspect_notebook(notebooks[stage])
            _execute(
                notebooks[stage], executed, {name: values[name] for name in values if name in known}, project, title
            )
            if stage == "2_statistics":
                report = read_report(tables)
                if strict:
                    _stop_on_disagreement(report.claims)
        publish(executed / "3_annual_report.ipynb", report, editions, page)
        if _hashes(project, input_files(project, year)) != before:
            raise PilotError(f"{year} 年的原始文件在运行中有改动，结果没有写入。请再运行一次。")
        _write_manifest(page, report, before, parameters)
        _move_in(tables, processed / str(year))
        _move_in(page, reports / str(year))
    shutil.rmtree(_failed_folder(project, year), ignore_errors=True)
    return [
        *sorted((processed / str(year)).glob("*.csv")),
        *sorted((processed / str(year) / "statistics").glob("*.csv")),
        reports / str(year) / "manifest.json",
        *(reports / str(year) / f"annual-report.{name}" for name in reversed(editions)),
    ]


def find_notebooks(project: Path) -> dict[str, Path]:
    """The stage notebooks: the project's own, else those beside the package.

    Raises:
        PilotError: there are none.
    """
    for folder in (project / "notebooks", Path(__file__).parents[1] / "notebooks"):
        notebooks = {stage: folder / f"{stage}.ipynb" for stage in STAGES}
        if all(path.exists() for path in notebooks.values()):
            return notebooks
    raise PilotError(
        f"找不到笔记本：{project / 'notebooks'} 中应有 {'、'.join(f'{stage}.ipynb' for stage in STAGES)}。"
    )


def check_parameters(notebooks: dict[str, Path], parameters: dict[str, str]) -> None:
    """Hold the given parameters against those that the notebooks declare, before a kernel starts.

    Raises:
        PilotError: names the parameter that no notebook has, or that the command sets itself.
    """
    known = {name for path in notebooks.values() for name in papermill.inspect_notebook(path)}
    for name in parameters:
        if name not in known:
            raise PilotError(f"笔记本没有参数“{name}”。{suggestion(name, sorted(known))}")
        if name in OWN_PARAMETERS:
            raise PilotError(f"参数“{name}”由命令自己给出，不能用 -p 指定。年度请写成 pilot run 年度。")


def _execute(notebook: Path, folder: Path, parameters: dict, project: Path, title: str) -> None:
    output = folder / notebook.name
    try:
        papermill.execute_notebook(
            notebook,
            output,
            parameters=parameters,
            kernel_name="python3",
            cwd=project,
            progress_bar=False,
            request_save_on_cell_execute=False,
            extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
            shutdown_kernel="immediate",  # every file is written by then; a graceful end waits up to seconds
        )
    except PapermillExecutionError as error:
        kept = _failed_folder(project, parameters["year"])
        kept.mkdir(parents=True, exist_ok=True)
        shutil.copy(output, kept / notebook.name)
        where = (kept / notebook.name).relative_to(project)
        if error.ename == PilotError.__name__:
            raise PilotError(
                f"{error.evalue}\n（{title}停在笔记本第 {error.exec_count} 个代码格，现场保存在 {where}）"
            ) from None
        raise PilotError(
            f"{title}（{notebook.name}）第 {error.exec_count} 个代码格出错：{error.ename}：{error.evalue}\n"
            f"现场保存在 {where}，可在 JupyterLab 中打开查看。上一次的报告没有改动。"
        ) from None


def _stop_on_disagreement(claims: pd.DataFrame) -> None:
    wrong = claims[claims["state"] == DISAGREES]
    lines = "".join(
        f"\n  · 第{line}行“{written}”：{why}"
        for line, written, why in zip(wrong["line"], wrong["number"], wrong["explanation"], strict=True)
    )
    if lines:
        raise PilotError(f"narrative.md：有 {len(wrong)} 处与数据不一致，没有出报告。{lines}")


def _write_manifest(page: Path, report: Report, inputs: dict[str, str], parameters: dict[str, str]) -> None:
    """What the report was made from and with; the one output that holds a time."""
    processed, overview = report.processed, report.statistics["overview"]
    manifest = {
        "year": report.year,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "inputs": inputs,
        "outputs": _hashes(page, sorted(page.iterdir())),
        "parameters": parameters,
        "versions": {"python": platform.python_version()}
        | {name: importlib.metadata.version(name) for name in RECORDED_PACKAGES},
        "counts": {
            "rows_read": len(processed.applications) + len(processed.set_aside),
            "rows_set_aside": len(processed.set_aside),
            "cells_changed": number_of_changed_cells(processed.changes),
        }
        | overview.set_index("measure")["value"]
        .astype(object)
        .where(overview["value"].notna().to_numpy(), None)
        .to_dict(),
        "claims": count_states(report.claims),
        "problems": json.loads(processed.problems.to_json(orient="records", force_ascii=False)),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2)
    (page / "manifest.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _hashes(folder: Path, files: list[Path]) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@contextmanager
def _aside(folder: Path, year: int) -> Iterator[Path]:
    """A folder beside the final ones, gone afterwards: on the same disk, so that moving in is one rename."""
    folder.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=f".{year}-", dir=folder))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _move_in(new: Path, final: Path) -> None:
    """Put a finished folder in the place of the last one."""
    last = final.with_name(f".{final.name}-last")
    shutil.rmtree(last, ignore_errors=True)
    if final.exists():
        final.replace(last)
    try:
        new.replace(final)
    except OSError:
        if last.exists():
            last.replace(final)
        raise
    shutil.rmtree(last, ignore_errors=True)


def _failed_folder(project: Path, year: int) -> Path:
    return project / "reports" / f"{year}-failed"
