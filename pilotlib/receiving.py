"""A received file → the folder of a new year: the file as it came, and the small files that go beside it."""

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pilotlib.checking import CleanedYear, clean_inputs, has_errors
from pilotlib.checking.proposals import lines_for_majors, lines_for_statuses, propose
from pilotlib.cleaning.rows import name_columns
from pilotlib.columns import CORRECTION_COLUMNS, EXPECTED_COLUMNS, INDICATOR_COLUMNS
from pilotlib.errors import PilotError
from pilotlib.project import LEDGERS
from pilotlib.reading import TABLES, find_table, hash_of, read_inputs, read_table
from pilotlib.reading.files import read_bytes, read_text
from pilotlib.reading.headers import Header, header_of, is_of_results
from pilotlib.reading.likely import lines_for
from pilotlib.reading.personal import told_row
from pilotlib.reading.settings import SOURCE
from pilotlib.reading.tables import years_on_sheets
from pilotlib.report.year_tables import findings
from pilotlib.vocabulary import NARRATIVE_SECTIONS
from pilotlib.words import normalised, year_text

# What a small file of a new year shows as an example.
CORRECTION_EXAMPLE = "# 3,批准总培训人数,5O,50,平台截图所示（这一行是示例；去掉行首的 # 才起作用）"
INDICATOR_EXAMPLE = "# 培训学生,120,人,完成培训的学生（这一行是示例；去掉行首的 # 才起作用）"


class Findings(NamedTuple):
    """What is found in a new year, line by line; lines proposed for files, by these; whether it has errors."""

    lines: list[str]
    proposed: dict[str, list[str]]
    refused: bool = False


def years_of(table: Path) -> list[int]:
    """The years of which a received table says that it holds them: by its sheets' names, else in a column of years.

    None where its header is not known. PilotErrors as of `read_table`.
    """
    if years := years_on_sheets(table):
        return sorted(years)
    try:
        cells = read_table(table).cells
    except PilotError as error:
        if error.rows is None:
            raise
        return []
    header = header_of(cells, table.name)
    place = header.names.index("year") if "year" in header.names else cells.shape[1]
    words = {year_text(normalised(cell)) for cell in cells.iloc[header.last + 1 :, place : place + 1].to_numpy().flat}
    return sorted(int(word) for word in words if re.fullmatch(r"20\d\d", word))


def set_up_year(project: Path, year: int, table: Path, years: Sequence[int] = ()) -> Path:
    """Make `data/raw/<year>/` from a received table, a file, an archive or a folder that `read_table` reads.

    The folder holds `applications.*` as received, read-only, and the small files beside it, to be filled in; a table
    of results becomes `results.*`. Either may come first. `years` are all that the table holds. PilotError where the
    year has such a table already, or it cannot be read even if `source.toml` said more of it; nothing has been made
    then.
    """
    final = project / "data" / "raw" / str(year)
    name = _kind_of(table, year)
    joins, there = final.is_dir(), find_table(final, name) if final.is_dir() else None
    if there:
        how = f"要换成这一份，请只移走 {there.name}（更正、指标和文字都留着），再运行一次"
        raise PilotError(f"data/raw/{year} 中已有{TABLES[name]} {there.name}，没有改动。{how}。")
    if not joins and (final.exists() or final.is_symlink()):
        raise PilotError(f"data/raw/{year} 已经存在，不是文件夹，没有改动。请先把它移走。")
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
            several = f"years = {list(years)}\n" if len(years) > 1 else ""
            names = {"year": year, "file": json.dumps(shown, ensure_ascii=False), "sha256": hash_of(copy)}
            source = SOURCE.format(years=several, **names)
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
                if name == "applications" and (kept := final / "source.toml").exists():
                    (folder / kept.name).write_text(_of_file(read_text(kept), source), encoding="utf-8", newline="\n")
                    (folder / kept.name).replace(kept)
                for file in [file for file in folder.iterdir() if not (final / file.name).exists()]:
                    file.rename(final / file.name)
            else:
                folder.rename(final)  # onto nothing: a year made meanwhile by another command is kept
    except OSError as error:
        if final.exists():
            raise PilotError(f"data/raw/{year} 刚刚由另一个命令建立，没有改动。") from None
        raise PilotError(f"data/raw/{year} 没有建成（{error.strerror}）。请检查权限与磁盘空间。") from None
    return final


def _of_file(said: str, of_new: str) -> str:
    """What is said of an earlier file in `source.toml`, with the name and the hash of a new one."""
    lines = {line.partition(" ")[0]: line for line in re.findall("^(?:file|sha256) = .*", of_new, re.MULTILINE)}
    return re.sub("^(file|sha256) = .*", lambda old: lines[old[1]], said, flags=re.MULTILINE)


def _kind_of(table: Path, year: int) -> str:
    """Which of `TABLES` a received table is; one whose header is not known yet is taken for the applications."""
    try:
        of_results = is_of_results(header_of(read_table(table, year=year).cells, table.name))
        read_table(table, year=year, of_results=of_results)
    except PilotError as error:
        if error.rows is None:
            raise
        return "applications"
    return "results" if of_results else "applications"


def look_through(project: Path, year: int) -> Findings:
    """What is found in a new year's tables, or why they are refused, and what may be written.

    Of a table whose header is not known the row that may be it is shown, and those below it.
    """
    if not find_table(project / "data" / "raw" / str(year), "applications"):
        again = f"再用 pilot new {year} 放入申报表，或一份获批名单（证书、等级、批准人数）。"
        return Findings([f"认出是考核结果表。只有结果出不了报告：{again}"], {})
    try:
        of_year = clean_inputs(read_inputs(project, year))
    except PilotError as error:
        titles, *below = (error.rows or [[]])[:4]
        shown = [told_row(row, Header(0, 0, list(titles), [])) for row in (titles, *below) if row]
        lines = [f"{'其下' if number else '可能是表头的一行'}：{text}" for number, text in enumerate(shown)]
        proposed = {f"data/raw/{year}/source.toml": _under("columns", {}, lines_for(titles))}
        return Findings(["错误 1 条", f"  {error}", *lines], proposed, refused=True)
    return Findings(findings(of_year.inputs.file, *of_year[1:]), proposed_for(of_year), has_errors(of_year))


def proposed_for(year: CleanedYear) -> dict[str, list[str]]:
    """Lines that a person may want to paste, by the file in which they belong: they answer what checking asks."""
    inputs, _, problems, results = year
    header = header_of(inputs.cells, inputs.file, inputs.corrections)
    # Of a table that has all columns, others are its own.
    columns = [line for line in lines_for(header.titles) if not line.startswith("#")]
    columns = columns if {*EXPECTED_COLUMNS} - {*header.names} else []
    return {
        f"data/raw/{inputs.year}/source.toml": _under("columns", inputs.source, columns),
        f"data/raw/{inputs.year}/corrections.csv": _corrections(year),
        f"data/raw/{inputs.year}/{LEDGERS['results']}": _corrections(results) if results else [],
        "data/raw/school.toml": _under("statuses", inputs.school, lines_for_statuses(problems)),
        "data/raw/reference/majors.csv": lines_for_majors(problems, inputs.reference),
    }


def _corrections(year: CleanedYear) -> list[str]:
    """The corrections that suggest themselves for a table, a line of the ledger each."""
    inputs, cleaned, problems, _ = year
    header = header_of(inputs.cells, inputs.file, inputs.corrections)
    as_given = name_columns(inputs.cells, header, inputs.file).loc[cleaned.applications["source_row"]]
    proposed = propose(problems, as_given, inputs.reference)
    return proposed.to_csv(index=False, header=False, lineterminator="\n").splitlines()


def _under(section: str, said: Mapping[str, Any], lines: list[str]) -> list[str]:
    """Lines with the head of their section, where the file does not have it."""
    return [f"[{section}]", *lines] if lines and section not in said else lines
