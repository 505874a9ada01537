"""The reports of a project: a year's, from its raw files, and the one over all years; each as far as it is not current.

This module imports little, so that a report of which nothing has changed is done in a moment.
"""

import shutil
from collections.abc import Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from pilotlib.errors import PilotError
from pilotlib.project import COUNTED, earlier_folder, input_files, processed_years
from pilotlib.report.books import KINDS
from pilotlib.running.recipes import files_in
from pilotlib.running.reports import Report, Step, find_notebooks, make_report, only_run, steps_of_telling

YEAR_NOTEBOOKS = ("1_clean", "2_statistics", KINDS["year"].notebook)
# What the second stage depends on of what the first wrote; the report depends on all of it.
READ_BY_STATISTICS = ("about.json", *(f"{name}.parquet" for name in COUNTED))
TRENDS = "trends"


class Made(NamedTuple):
    """What a run made: titles of the steps that were taken, in order, and the files of the report, the page last."""

    stages: list[str]
    written: list[Path]


def run(
    project: Path,
    year: int,
    parameters: dict[str, str] | None = None,
    *,
    editions: Sequence[str],
    strict: bool = False,
    force: bool = False,
    engine: str | None = None,
    quiet: bool = False,
) -> Made:
    """Make a year's processed tables and its report, as far as something has changed.

    Args:
        project: The project's folder.
        year: The year.
        parameters: Further parameters for the notebooks that declare them.
        editions: The forms in which the report is published, names of `EDITIONS`.
        strict: Whether a number of the school's text that disagrees with the data stops the run.
        force: Whether everything is run again.
        engine: What runs the notebooks, one of `stages.ENGINES`; what they make does not depend on it.
        quiet: Whether no progress is shown.

    Raises:
        PilotError: an unknown parameter or an edition that cannot be made (before anything is run), bad input, a
            notebook that failed (it is kept where the message says), another run of this year, an input that changed
            meanwhile, or, in a strict run, a claim that disagrees. The last good report and tables are untouched.
    """

    def inputs() -> list[Path]:
        return [*input_files(project, year), *_tables_in(earlier_folder(project, year))]

    notebooks = list(find_notebooks(project, YEAR_NOTEBOOKS).values())
    if parameters:
        from pilotlib.running.stages import check_parameters

        check_parameters(notebooks, parameters)
    final, processed = project / "reports" / str(year), project / "data" / "processed" / str(year)
    names = (str(year), f"{year} 年", notebooks[-1])
    report = Report(project, KINDS["year"], *names, final, inputs, editions, parameters or {}, engine)
    steps = _steps_of_year(report, notebooks, year, strict)
    with only_run(project, report.name):
        places = {report.work / "tables": processed, report.work / "published": final}
        titles = make_report(report, steps, places, force=force, quiet=quiet)
    tables = [*sorted(processed.glob("*.csv")), *sorted((processed / "statistics").glob("*.csv"))]
    return Made(titles, [*tables, *report.files])


def run_trends(
    project: Path, *, editions: Sequence[str], force: bool = False, engine: str | None = None
) -> Made | None:
    """Make the report over all processed years, as far as something has changed; None with fewer than two.

    Raises:
        PilotError: as `run`.
    """

    def inputs() -> list[Path]:
        return _tables_in(*(project / "data" / "processed" / str(year) for year in processed_years(project)))

    if len(processed_years(project)) < 2:
        return None
    kind, final = KINDS["years"], project / "reports" / TRENDS
    notebook = find_notebooks(project, [kind.notebook])[kind.notebook]
    report = Report(project, kind, TRENDS, kind.title, notebook, final, inputs, editions, engine=engine)
    steps = steps_of_telling(report, inputs(), {}, partial(kind.open, project))
    with only_run(project, report.name):
        titles = make_report(report, steps, {report.work / "published": final}, force=force)
    return Made(titles, report.files)


def _steps_of_year(report: Report, notebooks: Sequence[Path], year: int, strict: bool) -> list[Step]:
    """A year's steps: cleaned and counted by a notebook each, put together, held against its text, told, published."""
    cleaned, counted, tables = (report.work / name for name in ("cleaned", "counted", "tables"))
    earlier, values = earlier_folder(report.project, year), {"year": year, "processed": str(tables)}

    def stage(title: str, notebook: Path, reads: list[Path], makes: Path, *parts: Path) -> Step:
        def run_notebook(new: Path) -> None:
            """In one folder with copies of the tables that it reads."""
            _put_together(parts, new)
            report.execute(notebook, title, {"year": year, "processed": str(new)}, report.work)

        return Step(title, [notebook, *reads], report.settings_of(notebook), makes, run_notebook)

    judging = Step("数据核对", [tables], {}, report.work / "judged", partial(_judge, tables), named=False)
    return [
        stage("清洗与检查", notebooks[0], input_files(report.project, year), cleaned),
        stage("统计", notebooks[1], [cleaned / name for name in READ_BY_STATISTICS], counted, cleaned),
        Step("处理结果", [counted, cleaned], {}, tables, partial(_put_together, [counted, cleaned]), named=False),
        *([judging] if strict else []),
        *steps_of_telling(report, [tables, *_tables_in(earlier)], values, partial(report.kind.open, tables, earlier)),
    ]


def _put_together(parts: Sequence[Path], new: Path) -> None:
    """Copy folders into one; of files of the same name the last stays."""
    for part in parts:
        shutil.copytree(part, new, dirs_exist_ok=True)


def _judge(tables: Path, _: Path) -> None:
    """Stop at numbers of the school's text that disagree with the data.

    Raises:
        PilotError: names each of them.
    """
    from pilotlib.claims import DISAGREES
    from pilotlib.report.year import read_year

    claims = read_year(tables).claims
    assert claims is not None  # of a year's book
    wrong = claims[claims["state"] == DISAGREES]
    named = zip(wrong["line"], wrong["number"], wrong["explanation"], strict=True)
    lines = [f"\n  · 第{line}行“{number}”：{why}" for line, number, why in named]
    if lines:
        raise PilotError(f"narrative.md：有 {len(lines)} 处与数据不一致，没有出报告。{''.join(lines)}")


def _tables_in(*folders: Path | None) -> list[Path]:
    """The processed tables of years that the report of another reads; none of no year."""
    files = chain.from_iterable(files_in(folder) for folder in folders if folder)
    return [path for path in files if path.suffix in (".parquet", ".json")]
