"""The command `pilot`. Heavy imports are made where they are used, so that help and errors come at once."""

import json
import os
import shutil
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pilotlib import __version__
from pilotlib.errors import PilotError
from pilotlib.project import find_project, year_of, years_in
from pilotlib.report.books import DEFAULT_EDITIONS

if TYPE_CHECKING:
    from pilotlib.running.pipeline import Made

_path = click.Path(path_type=Path)
_year = click.argument("year", required=False)
_project = click.option(
    "--project",
    type=_path,
    callback=lambda _, __, given: find_project(given),
    help="The project's folder; by default found from here upwards.",
)
_editions = click.option(
    "--editions",
    default=",".join(DEFAULT_EDITIONS),
    show_default=True,
    callback=lambda _, __, given: list(dict.fromkeys(filter(None, map(str.strip, given.split(","))))),
    help="The report's forms: html, xlsx, docx, pdf, png; by commas.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def pilot() -> None:
    """From a college's 1+X application table to its annual report."""


@pilot.command()
@_year
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
@click.option(
    "--style", type=click.Choice(["gongwen"]), help="Lay the docx out as GB/T 9704 asks; by default as a report."
)
@_project
def run(
    project: Path, year: str | None, parameters: list[tuple[str, str]], strict: bool, all_years: bool, **options: Any
) -> None:
    """Make the report of YEAR (the newest year by default), as far as something has changed.

    With --all a year that fails stops no other; it is named at the end, and the exit status is 1.
    """
    from pilotlib.running import pipeline
    from pilotlib.running.index import make_index

    if all_years and year:
        raise PilotError(f"--all 与年度 {year} 只能写一个。")
    newest = year_of(project, year)  # which says that there is none
    years, make_year = years_in(project) if all_years else [newest], partial(pipeline.run, strict=strict)
    reports: dict[str, Any] = {f"{each} 年": partial(make_year, project, each, dict(parameters)) for each in years}
    if all_years:
        reports["历年对比"] = partial(pipeline.run_trends, project)
    failed = []
    for title, make in reports.items():
        try:
            if made := make(**options):
                _tell(project, title, made._replace(written=[*make_index(project), *made.written]))
            else:
                click.echo(f"{title}：处理过的年度不足两年，没有对比。")
        except (PilotError, OSError) as error:
            if not all_years:
                raise
            failed.append(f"{title}：{_sentence(error)}")
    if failed:
        raise PilotError(f"{len(failed)} 份报告没有完成：\n" + "\n".join(failed))


def _tell(folder: Path, title: str, made: "Made") -> None:
    """Say what a run did and wrote, the page last; warn of numbers that disagree."""
    manifest = next(path for path in made.written if path.name == "manifest.json")
    wrong = json.loads(manifest.read_text(encoding="utf-8")).get("claims", {}).get("disagrees", 0)
    if wrong:
        click.echo(f"警示：{title}的学校文字中有 {wrong} 处与数据不一致，见报告的“数据核对”一节。", err=True)
    names = [str(path.relative_to(folder)) for path in made.written]
    did = "\n已写入 ".join([f"{title}：运行了{'、'.join(made.stages)}", *names])
    _say(made.said)
    click.echo(did if made.stages else f"{title}：没有变化，报告已是最新：{names[-1]}")


def _say(lines: Iterable[str]) -> None:
    """Print lines, warnings among the errors."""
    for line in lines:
        click.echo(line, err=line.startswith("警示"))


def _tell_proposed(proposed: dict[str, list[str]]) -> None:
    for file, lines in proposed.items():
        if lines:
            how = "没有写入；逐条核对后，把同意的行粘贴进去，# 开头的补全后去掉 #"
            click.echo("\n".join([f"建议写进 {file} 的行（{how}）：", *lines]))


@pilot.command()
@_year
@_project
def check(year: str | None, project: Path) -> None:
    """Read, clean and check the table of YEAR; print what is found and write nothing."""
    from pilotlib.checking import clean_inputs
    from pilotlib.reading import read_inputs
    from pilotlib.receiving import proposed_for
    from pilotlib.report.year_tables import findings

    of_year = clean_inputs(read_inputs(project, year_of(project, year)))
    click.echo("\n".join(findings(of_year.inputs.file, *of_year[1:])))
    _tell_proposed(proposed_for(of_year))
    sys.exit(int(any((table.problems["severity"] == "error").any() for table in (of_year, of_year.results) if table)))


@pilot.command()
@click.argument("given", nargs=-1, required=True, metavar="[YEAR] TABLE")
@_project
def new(given: tuple[str, ...], project: Path) -> None:
    """Set up YEAR from the received TABLE (a file, a zip or a folder), and say what is found in it.

    Without a YEAR, every year that the table holds: in a column of years, or on a sheet each whose name says it.

    The table is copied as it is. What could be said of it is proposed, ready to paste, and never written.
    """
    from pilotlib.receiving import look_through, set_up_year, years_of

    *years, table = given
    if len(years) > 1:
        raise click.UsageError(f"只写一个年度和一个文件，现为 {len(given)} 个：{'、'.join(given)}。")
    asked = [year_of(project, year) for year in years]
    found = years_of(Path(table))
    if not asked and not found:
        raise PilotError(f"{Path(table).name}：看不出是哪一年的。请写明年度：pilot new 年度 {table}")
    for year in asked or found:
        try:
            folder = set_up_year(project, year, Path(table), found)
        except PilotError as error:
            if asked:
                raise
            click.echo(f"{year} 年没有建立：{error}")
            continue
        click.echo(f"已建立 {folder.relative_to(project)}：{'、'.join(sorted(path.name for path in folder.iterdir()))}")
        lines, proposed = look_through(project, year)
        click.echo("\n".join(lines))
        _tell_proposed(proposed)
        if (folder / "source.toml").exists():
            click.echo(f"下一步：补上 source.toml 的来源；核对无误后运行 pilot run {year}")


@pilot.command()
@click.argument("file", type=_path)
@click.option("--year", help="The year to hold it against, whatever its title says.")
@click.option("--school", default="", help="One more name of this school, where the document has another for it.")
@click.option("--all", "everything", is_flag=True, help="List also what agrees.")
@click.option("--json", "as_objects", is_flag=True, help="A list of objects, one per number, instead of a table.")
@click.option("--project", type=_path, help="The project's folder; without one the text is judged by itself.")
def claims(file: Path, year: str | None, school: str, everything: bool, as_objects: bool, project: Path | None) -> None:
    """Check every number in a finished document FILE (md, txt, docx, html, xlsx): its own arithmetic, and a year.

    A document whose title names another year or school is judged by itself. Exit status 1 where something disagrees.
    """
    from pilotlib.claims.grammar import DISAGREES
    from pilotlib.exploring.years import claims_in
    from pilotlib.reading.documents import read_document
    from pilotlib.report.checked import as_json, as_lines

    passages = read_document(file)
    try:
        folder = find_project(project)
    except PilotError:
        if project or year:
            raise
        folder = None
    checked, note = claims_in(passages, folder, year, school)
    if note:
        click.echo(f"{file.name}：{note}", err=True)
    click.echo(as_json(checked) if as_objects else "\n".join(as_lines(checked, file.name, everything=everything)))
    sys.exit(int((checked["state"] == DISAGREES).any()))


@pilot.command()
@click.argument("table", type=_path)
@click.option("--by", default="学校", show_default=True, help="The title of the column that names the school.")
@click.option("--workers", type=click.IntRange(1), help="How many processes work at once; by default one a core.")
@click.option("--scheduler", metavar="ADDRESS", help="A dask scheduler (tcp://HOST:PORT) whose workers do the work.")
@click.option("--reports/--no-reports", default=True, help="A report for each school, or only the one over all.")
@_editions
@click.option("--force", is_flag=True, help="Make everything again, changed or not.")
@_project
def batch(project: Path, table: Path, by: str, **options: Any) -> None:
    """Make a report for each school and year of TABLE, and one over all.

    TABLE is a file, or a folder or a zip of parts of one table or of one file a school: whose each is, its column of
    schools says, else schools.csv (file, school, city), a title above the table, the sheet, or the file's name.

    Only what is missing or has changed is made. Schools that fail are named at the end, and the exit status is 1.
    """
    from pilotlib.province.batch import run_batch

    made = run_batch(project, table, by, **options)
    for file, owner in made.owners.items():
        click.echo(f"{file}：{owner.school}（来自{owner.told_by}）")
    failed = made.faults.drop_duplicates(["school", "year"])
    click.echo(f"{table.name}：新做 {made.made} 份，没有变化 {made.kept} 份，没有做成 {len(failed)} 份")
    _say(made.said)
    for path in made.over_all:
        click.echo(f"汇总 {path.relative_to(project)}")
    year, place = " " + made.faults["year"].astype("str"), "（原表第" + made.faults["place"].astype("str") + "行）"
    lines = "  · " + made.faults["school"] + year.fillna("") + place.fillna("") + "：" + made.faults["message"]
    if len(lines):
        raise PilotError(f"{len(failed)} 份报告没有完成，请在{table.name}中改好后再运行一次：\n" + "\n".join(lines))


def main() -> None:
    """Run the command; what a user can mend is one sentence and exit status 1, never a traceback."""
    if sys.getfilesystemencoding() != "utf-8" and "PYTHONUTF8" not in os.environ:
        # In GBK no file could have every name, and libraries would look for others: begin anew, only the words in GBK.
        os.environ |= {"PYTHONUTF8": "1", "PYTHONIOENCODING": f"{sys.stdout.encoding}:backslashreplace"}
        os.execv(sys.executable, sys.orig_argv)
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
