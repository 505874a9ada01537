"""A folder with one file a school: whose each file is, of which year, and what says so."""

import csv
import re
from pathlib import Path
from typing import NamedTuple

from pilotlib.cleaning.rows import Piece
from pilotlib.errors import PilotError
from pilotlib.province.files import SCHOOLS_FILE, files_of, pieces_of
from pilotlib.reading.files import left_by_a_system, read_text, unpacked
from pilotlib.vocabulary import plain

_SCHOOL = re.compile(
    "[\u4e00-\u9fff\U00020000-\U0003ffff（）()·]{2,40}?(?:学院|大学|学校|中专|职高|职校|技校|职教中心)(?:[（(][\u4e00-\u9fff]{1,6}[）)])?"
)
# In a line above the table 〔2019〕6号 is no year.
_YEAR, _YEAR_OF_FILE = re.compile(r"(?<!\d)(20\d\d)年"), re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_NOT_OF_A_NAME = re.compile(r"[\d\s_.-]+|年度?|申报(?:明细)?表|明细表|汇总表|1\+X|X证书制度|证书|试点|报送|上报")


class Owner(NamedTuple):
    """Whose a file is: a school, its city ("" where that is not said), its year (0 likewise), and what says so."""

    school: str
    city: str
    year: int
    told_by: str


def owners_of(folder: Path, by: str) -> dict[str, Owner]:
    """The owners of those files of a folder that have no column `by` of schools, by the files' names.

    A school is named in `schools.csv`, also of a file with such a column, else by a line above the table, by its sheet,
    or by the file's own name. PilotError names every file that cannot be read, and each in `schools.csv` that is not
    there. Of a table that is no folder there are none.
    """
    if not folder.is_dir():
        return {}
    given, owners, faults = _given(folder / SCHOOLS_FILE), dict[str, Owner](), list[str]()
    files = files_of(folder)
    if strange := "”、“".join(sorted(given.keys() - {file.name for file in files})):
        raise PilotError(f"{SCHOOLS_FILE}：文件夹中没有“{strange}”。请写文件的全名。")
    for file in files:
        try:
            piece = next(pieces_of(file))
        except PilotError as error:
            faults.append(f"  · {error}")
            continue
        if file.name in given or plain(by) not in map(plain, piece.header.titles):
            owners[file.name] = _owner(file, piece, given.get(file.name, {}))
    if faults:
        raise PilotError(f"{folder.name}：有 {len(faults)} 个文件无法读取。\n" + "\n".join(faults))
    return owners


def unpack(archive: Path, folder: Path) -> Path:
    """The files of a zip archive in a folder, each under its name, the second of a name under its whole path."""
    folder.mkdir()
    for name, content in unpacked(archive.name, archive.read_bytes()).items():
        target = folder / Path(name).name
        if not left_by_a_system(name):
            (folder / name.replace("/", "·") if target.exists() else target).write_bytes(content)
    return folder


def _given(path: Path) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(read_text(path).splitlines() if path.exists() else ["file,school,city"])
    if missing := {"file", "school"} - {*(rows.fieldnames or ())}:
        raise PilotError(
            f"{path.name} 第 1 行（表头）：缺少列 {'、'.join(sorted(missing))}。列应为 file、school、city。"
        )
    return {row["file"]: row for row in rows}


def _owner(file: Path, piece: Piece, given: dict[str, str]) -> Owner:
    above = _lines_above(piece)
    told = [(line, "表的标题") for line in above]
    told += [(piece.origin.said("table_taken"), "工作表名"), (file.stem, "文件名")]
    # 关于某某学院 … is about a school, and no part of its name.
    named = (
        (found[0].split("关于")[-1], where)
        for text, where in told
        if (found := _SCHOOL.search(text.partition("“")[2] or text))
    )
    school, where = next(named, (_NOT_OF_A_NAME.sub("", file.stem) or file.stem, "文件名"))
    if given.get("school"):
        school, where = given["school"], SCHOOLS_FILE
    return Owner(school, given.get("city") or "", year_said(piece), where)


def year_said(piece: Piece) -> int:
    """The year that a line above a table says, or its file's name; 0 where none does. Only of a file's first piece."""
    years = [*map(_YEAR.search, _lines_above(piece)), _YEAR_OF_FILE.search(Path(piece.file).stem)]
    return next((int(found[1]) for found in years if found), 0)


def _lines_above(piece: Piece) -> list[str]:
    return ["".join(cells) for cells in piece.cells.iloc[: piece.header.first].to_numpy().tolist()]
