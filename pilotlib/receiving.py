"""A received file → the folder of a new year: the file as it came, and the small files that go beside it."""

import json
import tempfile
from pathlib import Path

import pandas as pd

from pilotlib.checking import clean_inputs
from pilotlib.checking.proposals import propose, propose_header
from pilotlib.cleaning.rows import name_columns
from pilotlib.columns import CORRECTION_COLUMNS, INDICATOR_COLUMNS
from pilotlib.errors import PilotError
from pilotlib.reading import TABLES, find_table, hash_of, read_inputs, read_table
from pilotlib.reading.files import read_bytes
from pilotlib.reading.headers import header_of, is_of_results
from pilotlib.report.year_tables import findings
from pilotlib.vocabulary import NARRATIVE_SECTIONS

# What is recorded of a table's receipt; what only the office knows is left to fill in.
SOURCE = """\
# 申报表从哪里来。sha256 用来发现收到之后的改动。去掉行首的 # 并填写：
# received_from = "证书信息管理服务平台导出"
# received_on = {year}-03-31
# rows = 25  # 申报的行数；与读到的不同时会提醒
file = {file}
sha256 = "{sha256}"
"""
CORRECTION_EXAMPLE = "# 3,批准总培训人数,5O,50,平台截图所示（这一行是示例；去掉行首的 # 才起作用）"
INDICATOR_EXAMPLE = "# 培训学生,120,人,完成培训的学生（这一行是示例；去掉行首的 # 才起作用）"


def set_up_year(project: Path, year: int, table: Path) -> Path:
    """Make `data/raw/<year>/` from a received table, a file, an archive or a folder that `read_table` reads.

    The folder holds `applications.*` as received, read-only, and the small files beside it, to be filled in; a table
    of results becomes `results.*`. Either may come first. PilotError where the year has such a table already, or it
    cannot be read; nothing has been made then.
    """
    final = project / "data" / "raw" / str(year)
    name, other = TABLES if not is_of_results(header_of(read_table(table).cells, table.name)) else reversed(TABLES)
    joins = final.is_dir() and find_table(final, other) and not find_table(final, name)
    if (final.exists() or final.is_symlink()) and not joins:
        raise PilotError(f"data/raw/{year} 已经存在，没有改动。要重新建立，请先把它移走。")
    read_table(table, of_results=name == "results")
    try:
        with tempfile.TemporaryDirectory("", f".{year}-", final.parent, ignore_cleanup_errors=True) as temporary:
            folder = Path(temporary)
            copy = folder / f"{name}{'' if table.is_dir() else table.suffix.lower()}"
            for file in filter(Path.is_file, table.iterdir() if table.is_dir() else [table]):
                target = copy / file.relative_to(table)
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(read_bytes(file))
                target.chmod(0o444)
            shown = "".join(character if character.isprintable() else "�" for character in table.name)
            source = SOURCE.format(year=year, file=json.dumps(shown, ensure_ascii=False), sha256=hash_of(copy))
            texts = {
                "source.toml": source,
                "corrections.csv": f"\ufeff{','.join(CORRECTION_COLUMNS)}\n{CORRECTION_EXAMPLE}\n",
                "indicators.csv": f"\ufeff{','.join(INDICATOR_COLUMNS)}\n{INDICATOR_EXAMPLE}\n",
                "narrative.md": "\n\n".join(f"## {title}" for title in NARRATIVE_SECTIONS) + "\n",
            }
            for beside, text in texts.items() if name == "applications" else ():
                (folder / beside).write_text(text, encoding="utf-8", newline="\n")
            folder.chmod(0o755)
            if joins:
                for file in [file for file in folder.iterdir() if not (final / file.name).exists()]:
                    file.rename(final / file.name)
            else:
                folder.rename(final)  # onto nothing: a year made meanwhile by another command is kept
    except OSError as error:
        if final.exists():
            raise PilotError(f"data/raw/{year} 刚刚由另一个命令建立，没有改动。") from None
        raise PilotError(f"data/raw/{year} 没有建成（{error.strerror}）。请检查权限与磁盘空间。") from None
    return final


def look_through(project: Path, year: int) -> tuple[list[str], pd.DataFrame]:
    """What is found in a new year's tables, line by line, or why they are refused; and the corrections proposed."""
    if not find_table(project / "data" / "raw" / str(year), "applications"):
        again = f"再用 pilot new {year} 放入申报表，或一份获批名单（证书、等级、人数）。"
        return [f"认出是考核结果表。只有结果出不了报告：{again}"], pd.DataFrame()
    inputs = read_inputs(project, year)
    header = header_of(inputs.cells, inputs.file, inputs.corrections)
    try:
        _, cleaned, problems, results = clean_inputs(inputs)
    except PilotError as error:
        return [f"错误  {error}"], propose_header(header)
    as_given = name_columns(inputs.cells, header, inputs.file).loc[cleaned.applications["source_row"]]
    return findings(inputs.file, cleaned, problems, results), propose(problems, as_given, inputs.reference)
