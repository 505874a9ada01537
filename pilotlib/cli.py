"""The command `pilot`. Heavy imports are made where they are used, so that help and errors come at once."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pilotlib import __version__
from pilotlib.errors import PilotError
from pilotlib.project import find_project, newest_year, years_in
from pilotlib.report.books import DEFAULT_EDITIONS

if TYPE_CHECKING:
    import pandas as pd

    from pilotlib.running.pipeline import Made

_project = click.option(
    "--project", type=click.Path(path_type=Path), help="The project's folder; by default found from here upwards."
)

_editions = click.option(
    "--editions",
    default=",".join(DEFAULT_EDITIONS),
    show_default=True,
    help="The report's forms: html, xlsx, docx, pdf; by commas.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def pilot() -> None:
    """From a college's 1+X application table to its annual report."""


@pilot.command()
@click.argument("year", required=False)
@click.option("-p", "parameters", nargs=2, multiple=True, metavar="NAME VALUE", help="A parameter of the notebooks.")
@click.option("--strict", is_flag=True, help="Fail, and write nothing, where a number of the narrative disagrees.")
@_editions
@click.option("--all", "all_years", is_flag=True, help="Every year, then the report over all years.")
@click.option("--force", is_flag=True, help="Run everything again, changed or not.")
@click.option(
    "--engine",
    type=click.Choice(["in-process", "kernel"]),
    help="Run the notebooks in this process (the default), or each in a kernel of its own; the results are the same.",
)
@_project
def run(
    year: str | None,
    parameters: tuple[tuple[str, str], ...],
    strict: bool,
    editions: str,
    all_years: bool,
    force: bool,
    engine: str | None,
    project: Path | None,
) -> None:
    """Make the report of YEAR (the newest year by default), as far as something has changed.

    With --all a year that fails stops no other; it is named at the end, and the exit status is 1.
    """
    from pilotlib.running import pipeline

    if all_years and year:
        raise PilotError(f"--all 与年度 {year} 只能写一个。")
    folder = find_project(project)
    names = _names(editions)

    def run_and_tell(number: int) -> None:
        made = pipeline.run(folder, number, dict(parameters), editions=names, strict=strict, force=force, engine=engine)
        _tell(folder, f"{number} 年", made)

    if not all_years:
        run_and_tell(_year(folder, year))
        return
    failed: list[str] = []
    newest_year(folder)  # says that there is none
    for number in years_in(folder):
        with _named_at_the_end(failed, f"{number} 年"):
            run_and_tell(number)
    with _named_at_the_end(failed, "历年对比"):
        trends = pipeline.run_trends(folder, editions=names, force=force, engine=engine)
        if trends:
            _tell(folder, "历年对比", trends)
        else:
            click.echo("历年对比：处理过的年度不足两年，没有对比。")
    if failed:
        raise PilotError(f"{len(failed)} 份报告没有完成：\n" + "\n".join(failed))


@contextmanager
def _named_at_the_end(failed: list[str], title: str) -> Iterator[None]:
    """Keep what a user can mend for the end, so that one year stops no other."""
    try:
        yield
    except (PilotError, OSError) as error:
        failed.append(f"{title}：{_sentence(error)}")


def _tell(folder: Path, title: str, made: "Made") -> None:
    """Say what a run wrote, or that nothing had changed; warn of numbers that disagree."""
    manifest = next(path for path in made.written if path.name == "manifest.json")
    wrong = json.loads(manifest.read_text(encoding="utf-8")).get("claims", {}).get("disagrees", 0)
    if wrong:
        click.echo(f"警示：{title}的学校文字中有 {wrong} 处与数据不一致，见报告的“数据核对”一节。", err=True)
    if not made.stages:
        click.echo(f"{title}：没有变化，报告已是最新：{made.written[-1].relative_to(folder)}")
        return
    click.echo(f"{title}：运行了{'、'.join(made.stages)}")
    for path in made.written:
        click.echo(f"已写入 {path.relative_to(folder)}")


@pilot.command()
@click.argument("year", required=False)
@_project
def check(year: str | None, project: Path | None) -> None:
    """Read, clean and check the table of YEAR; print what is found and write nothing."""
    from pilotlib.checking.year import clean_year
    from pilotlib.report.findings import findings

    folder = find_project(project)
    inputs, cleaned, problems = clean_year(folder, _year(folder, year))
    click.echo("\n".join(findings(inputs.file, cleaned, problems)))
    if (problems["severity"] == "error").any():
        sys.exit(1)


@pilot.command()
@click.argument("year")
@click.argument("table", type=click.Path(path_type=Path))
@_project
def new(year: str, table: Path, project: Path | None) -> None:
    """Set up YEAR from the received TABLE (a file, a zip or a folder), and say what is found in it.

    The table is copied as it is. Corrections are proposed, ready to paste, and never applied.
    """
    from pilotlib.receiving import look_through, set_up_year
    from pilotlib.report.findings import as_ledger

    folder = find_project(project)
    made = set_up_year(folder, _four_digits(year), table)
    click.echo(f"已建立 {made.relative_to(folder)}：{'、'.join(sorted(path.name for path in made.iterdir()))}")
    lines, proposed = look_through(folder, int(year))
    click.echo("\n".join(lines))
    if len(proposed):
        click.echo(f"建议的更正（没有写入；逐条核对后，把同意的行粘贴到 data/raw/{year}/corrections.csv）：")
        click.echo(as_ledger(proposed))
    click.echo(f"下一步：补上 source.toml 的来源；核对无误后运行 pilot run {year}")


@pilot.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--year", help="The year to hold it against; the newest by default.")
@click.option("--json", "as_objects", is_flag=True, help="A list of objects, one per number, instead of a table.")
@_project
def claims(file: Path, year: str | None, as_objects: bool, project: Path | None) -> None:
    """Check every number in a finished document FILE (md, txt, docx) against the data of a year.

    Exit status 1 where something disagrees.
    """
    from pilotlib.claims import DISAGREES
    from pilotlib.exploring.years import claims_in
    from pilotlib.reading.documents import read_document
    from pilotlib.report.checked import as_json, as_lines

    passages = read_document(file)
    folder = find_project(project)
    checked = claims_in(passages, folder, _year(folder, year))
    click.echo(as_json(checked) if as_objects else "\n".join(as_lines(checked, file.name)))
    if (checked["state"] == DISAGREES).any():
        sys.exit(1)


@pilot.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--by", default="学校", show_default=True, help="The title of the column that names the school.")
@click.option("--workers", type=click.IntRange(1), help="How many processes work at once; by default one a core.")
@click.option("--scheduler", metavar="ADDRESS", help="A dask scheduler (tcp://HOST:PORT) whose workers do the work.")
@click.option("--reports/--no-reports", default=True, help="A report for each school, or only the one over all.")
@_editions
@click.option("--force", is_flag=True, help="Make everything again, changed or not.")
@_project
def batch(
    table: Path,
    by: str,
    workers: int | None,
    scheduler: str | None,
    reports: bool,
    editions: str,
    force: bool,
    project: Path | None,
) -> None:
    """Make a report for each school and year of TABLE (a file, or a folder of its parts), and one over all.

    Only what is missing or has changed is made. Schools that fail are named at the end, and the exit status is 1.
    """
    from pilotlib.province.batch import run_batch

    folder = find_project(project)
    names = _names(editions)
    made = run_batch(
        folder, table, by, editions=names, workers=workers, scheduler=scheduler, reports=reports, force=force
    )
    failed = made.faults.drop_duplicates(["school", "year"])
    click.echo(f"{table.name}：新做 {made.made} 份，没有变化 {made.kept} 份，没有做成 {len(failed)} 份")
    for path in made.over_all:
        click.echo(f"汇总 {path.relative_to(folder)}")
    if len(failed):
        raise PilotError(
            f"{len(failed)} 份报告没有完成，请在{table.name}中改好后再运行一次：\n" + "\n".join(_faults(made.faults))
        )


def _faults(faults: "pd.DataFrame") -> Iterator[str]:
    """Each fault as a line: the school, where it stands in the table of all, what is wrong."""
    for school, year, _, place, _, _, message in faults.fillna({"year": 0, "place": 0}).itertuples(index=False):
        when, where = f" {year}" if year > 0 else "", f"（原表第{place}行）" if place > 0 else ""
        yield f"  · {school}{when}{where}：{message}"


def _names(editions: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (name.strip() for name in editions.split(",")))))


def main() -> None:
    """Run the command; what a user can mend is one sentence and exit status 1, never a traceback."""
    try:
        pilot()
    except (PilotError, OSError) as error:
        click.echo(f"错误：{_sentence(error)}", err=True)
        sys.exit(1)


def _sentence(error: PilotError | OSError) -> str:
    if isinstance(error, PilotError):
        return str(error)
    if isinstance(error, shutil.Error):  # of copying many files: (from, to, reason) of each
        _, name, reason = error.args[0][0]
        return f"{name} 无法读写（{reason.partition(': ')[0]}）。请检查权限与磁盘空间。"
    return f"{error.filename or '文件'} 无法读写（{error.strerror or error}）。请检查权限与磁盘空间。"


def _year(project: Path, given: str | None) -> int:
    return newest_year(project) if given is None else _four_digits(given)


def _four_digits(given: str) -> int:
    if not (given.isascii() and given.isdecimal() and len(given) == 4):
        raise PilotError(f"年度“{given}”不是四位数字。请写成四位的年份。")
    return int(given)
