"""The command `pilot`, in Chinese. Heavy imports are made where they are used, so that help and errors come at once."""

import gettext
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
from pilotlib.project import NEXT, begin_project, find_project, year_of, years_in
from pilotlib.report.books import DEFAULT_EDITIONS

if TYPE_CHECKING:
    from pilotlib.running.pipeline import Made

_path = click.Path(path_type=Path)
_year = click.argument("year", required=False, metavar="[年度]")
_project = click.option(
    "--project",
    type=_path,
    callback=lambda _, __, given: find_project(given),
    help="项目文件夹；默认从当前文件夹向上找。",
)
_editions = click.option(
    "--editions",
    metavar="版式",
    default=",".join(DEFAULT_EDITIONS),
    show_default=True,
    callback=lambda _, __, given: list(dict.fromkeys(filter(None, map(str.strip, given.split(","))))),
    help="报告的版式：html、xlsx、docx、pdf、png，用逗号分开。",
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    help="从学校的 1+X 证书试点申报表到年度报告：清洗、统计、核对文字，导出可以发给任何人的一个文件。",
    epilog="退出码：0 完成；1 有错误，或核对出不一致；2 命令的写法不对。",
    subcommand_metavar="命令 …",
    options_metavar="[选项]",
)
@click.version_option(__version__, help="显示版本。", message="%(prog)s %(version)s")
def pilot() -> None:
    """The commands below."""


_command = partial(pilot.command, options_metavar="[选项]")


@_command(
    help="生成一个年度的报告，默认是最新的年度；只重做有变化的部分。\n\n"
    "用 --all 时，一个年度没有做成不影响其他年度，最后逐一说明，退出码为 1。"
)
@_year
@click.option("-p", "parameters", nargs=2, multiple=True, metavar="参数名 值", help="笔记本的一个参数。")
@click.option("--strict", is_flag=True, help="学校的文字中有数与数据不一致时，不写出任何结果。")
@_editions
@click.option("-v", "--verbose", is_flag=True, help="列出运行的步骤和写出的文件。")
@click.option("--all", "all_years", is_flag=True, help="各个年度依次做，再做历年对比。")
@click.option("--force", is_flag=True, help="无论有无变化，全部重做。")
@click.option(
    "--engine",
    type=click.Choice(["in-process", "kernel"]),
    help="笔记本在本进程中运行（默认），或各用一个内核；结果相同。",
)
@click.option("--style", type=click.Choice(["gongwen"]), help="docx 按 GB/T 9704 公文格式排版；默认按报告排版。")
@_project
def run(
    project: Path,
    year: str | None,
    parameters: list[tuple[str, str]],
    strict: bool,
    all_years: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Make the report of a year, or of all, and say what is in it."""
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
                _tell(project, title, made._replace(written=[*make_index(project), *made.written]), verbose)
            else:
                click.echo(f"{title}：处理过的年度不足两年，没有对比。")
        except (PilotError, OSError) as error:
            if not all_years:
                raise
            failed.append(f"{title}：{_sentence(error)}")
    if failed:
        raise PilotError(f"{len(failed)} 份报告没有完成：\n" + "\n".join(failed))


def _tell(folder: Path, title: str, made: "Made", verbose: bool) -> None:
    """Say what a run read and found, and where the report is; what it did, too, where that is asked for."""
    *others, page = (str(path.relative_to(folder)) for path in made.written)
    _say(made.said)
    manifest = json.loads(next(path for path in made.written if path.name == "manifest.json").read_text("utf-8"))
    told, counts = manifest.get("report", {}), manifest.get("counts", {})
    rows = [f"读入 {counts['rows_read']} 行"] if counts else []
    did = [f"{title}：运行了{'、'.join(made.stages)}", *(f"已写入 {name}" for name in others)] if made.stages else []
    lines = did if verbose else []
    lines += [f"{title}：{'，'.join([*rows, *(f'{name}{value}' for name, value, _ in told.get('key_figures', []))])}"]
    lines += [f"发现：{'；'.join(told.get('doubts', [])) or '没有存疑之处'}"]
    editions = "、".join(path.suffix[1:] for path in made.written[:-1] if path.stem == made.written[-1].stem)
    where = "报告" if made.stages else "没有变化，报告已是最新"
    click.echo("\n".join([*lines, f"{where}：{page}" + (f" （另有 {editions}）" if editions else "")]))


def _say(lines: Iterable[str]) -> None:
    """Print lines, warnings among the errors."""
    for line in lines:
        click.echo(line, err=line.startswith("警示"))


def _tell_proposed(proposed: dict[str, list[str]]) -> None:
    for file, lines in proposed.items():
        if lines:
            how = "没有写入；逐条核对后，把同意的行粘贴进去，# 开头的补全后去掉 #"
            click.echo("\n".join([f"建议写进 {file} 的行（{how}）：", *lines]))


@_command(help="读取、清洗、检查一个年度的申报表，列出发现的问题；不写任何文件。")
@_year
@_project
def check(year: str | None, project: Path) -> None:
    """Print what is found in the table of a year; write nothing."""
    from pilotlib.checking import clean_inputs, has_errors
    from pilotlib.reading import read_inputs
    from pilotlib.receiving import proposed_for
    from pilotlib.report.year_tables import findings

    of_year = clean_inputs(read_inputs(project, year_of(project, year)))
    click.echo("\n".join(findings(of_year.inputs.file, *of_year[1:])))
    _tell_proposed(proposed_for(of_year))
    sys.exit(int(has_errors(of_year)))


@_command(help="建立一个新的项目：笔记本、说明和待填写的学校设置，还没有年度。有内容的文件夹不会改动。")
@click.argument("folder", type=_path, metavar="文件夹")
def init(folder: Path) -> None:
    """Make a project that has no year yet."""
    made = begin_project(folder)
    click.echo(f"已建立 {made}：{'、'.join(sorted(path.name for path in made.iterdir()))}")
    click.echo(f"下一步：进入这个文件夹，{NEXT}（详见 README.zh-CN.md）")


@_command(
    help="用收到的申报表（文件、zip 或文件夹）建立一个年度，并说明其中有什么。\n\n"
    "不写年度时，表中有几个年度就建立几个。文件原样复制；可以补充的说明只作建议，不写入。"
)
@click.argument("given", nargs=-1, required=True, metavar="[年度] 申报表")
@_project
def new(given: tuple[str, ...], project: Path) -> None:
    """Set up a year, or every year of a table, from the received table, and say what is found in it."""
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
        lines, proposed, refused = look_through(project, year)
        click.echo("\n".join(lines))
        _tell_proposed(proposed)
        if refused:
            click.echo(f"下一步：按上面所说补写，再用 pilot check {year} 看一遍")
        elif (folder / "source.toml").exists():
            click.echo(f"下一步：补上 source.toml 的来源；核对无误后运行 pilot run {year}")


@_command(
    help="核对一份写好的文件（md、txt、docx、html、xlsx）中的每一个数：文字自身的计算，以及年度数据。\n\n"
    "标题写着别的年度或学校的，只按文字自身核对。有不一致时退出码为 1。"
)
@click.argument("file", type=_path, metavar="文件")
@click.option("--year", metavar="年度", help="与哪一年的数据核对，无论标题怎么写。")
@click.option("--school", default="", metavar="名称", help="文件中本校的另一个名称。")
@click.option("--all", "everything", is_flag=True, help="一致的也列出。")
@click.option("--json", "as_objects", is_flag=True, help="输出 JSON，每个数一个对象。")
@click.option("--project", type=_path, help="项目文件夹；没有项目时，只按文字自身核对。")
def claims(file: Path, year: str | None, school: str, everything: bool, as_objects: bool, project: Path | None) -> None:
    """Check every number in a finished document: its own arithmetic, and a year."""
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


@_command(
    help="一张表中的每所学校、每个年度各出一份报告，再出一份汇总。\n\n"
    "表可以是一个文件，也可以是各部分、或每校一个文件的文件夹或 zip：属于哪所学校，看学校一列，"
    "其次看 schools.csv（file、school、city）、表上方的标题、工作表名、文件名。\n\n"
    "只重做没有的和有变化的。没有做成的学校最后逐一说明，退出码为 1。"
)
@click.argument("table", type=_path, metavar="申报表")
@click.option("--by", default="学校", show_default=True, metavar="列名", help="写明学校的列。")
@click.option("--workers", type=click.IntRange(1), metavar="个数", help="同时运行几个进程；默认每个核一个。")
@click.option("--scheduler", metavar="地址", help="交给一个 dask 调度器（tcp://主机:端口）。")
@click.option("--reports/--no-reports", default=True, help="每校出报告，或只出汇总。")
@_editions
@click.option("--force", is_flag=True, help="无论有无变化，全部重做。")
@_project
def batch(project: Path, table: Path, by: str, **options: Any) -> None:
    """Make a report for each school and year of a table, and one over all."""
    from pilotlib.running.progress import bar

    with bar(f"{table.name}：准备"):
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
    os.environ["LANGUAGE"] = "zh_CN"  # click's own words, too
    gettext.bindtextdomain("pilotlib", str(Path(__file__).with_name("locale")))
    gettext.textdomain("pilotlib")
    if sys.getfilesystemencoding() != "utf-8" and "PYTHONUTF8" not in os.environ:
        # In GBK no file could have every name, and libraries would look for others: begin anew, only the words in GBK.
        os.environ |= {"PYTHONUTF8": "1", "PYTHONIOENCODING": f"{sys.stdout.encoding}:backslashreplace"}
        os.execv(sys.executable, sys.orig_argv)
    try:
        pilot(prog_name="pilot")
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
