"""Where things are in a project, and how one begins; light to import, so that a command with nothing to do is quick."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from pilotlib.errors import PilotError

# The processed tables that a year's statistics are made of.
COUNTED = ("cells", "corrections", "applications", "majors", "given_indicators")
# The tables of a year by the names of their files, and the ledger of corrections to each.
LEDGERS = {"applications": "corrections.csv", "results": "results_corrections.csv"}
_YEAR = "[0-9]" * 4
# What a new project begins with: in a wheel all of it stands in this folder, in a clone only what is its own.
STARTING = Path(__file__).with_name("starting")
_BEGINNING: tuple[str, ...] = (".gitignore", "README.zh-CN.md", "data/processed/README.md", "reports/README.md")
_BEGINNING += ("data/raw/README.md", "data/raw/README.zh-CN.md", "data/raw/school.toml", "data/raw/reference")
_BEGINNING += ("docs/formats.md", "docs/statistics.md", "jupyter", "notebooks")
_MADE_BY_TOOLS = ("__pycache__", ".ipynb_checkpoints")
NEXT = "填好 data/raw/school.toml，再用收到的申报表建立年度：pilot new 年度 文件"


def find_project(start: Path | str | None = None) -> Path:
    """The nearest folder at or above `start` (the working directory) that holds `data/raw`, or PilotError."""
    start = Path(start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "data" / "raw").is_dir():
            return folder
    how = "请进入项目文件夹，或用 --project（papermill 用 -p project）指定；还没有项目的，先运行 pilot init 文件夹。"
    raise PilotError(f"{start} 及其上级文件夹中都没有 data/raw。{how}")


def ledger_beside(table: str) -> str:
    """The file of corrections to a table of a year, by that table's own file; any other table has that of applications.

    >>> ledger_beside("applications.tsv"), ledger_beside("results.xlsx")
    ('corrections.csv', 'results_corrections.csv')
    """
    return LEDGERS.get(Path(table).stem, LEDGERS["applications"])


def years_in(project: Path) -> list[int]:
    """The years that have a folder in `data/raw`, in order."""
    folders = (project / "data" / "raw").glob(_YEAR)
    return sorted(int(folder.name) for folder in folders if folder.is_dir())


def year_of(project: Path, year: int | str | None = None) -> int:
    """The year that is asked for, as a number; the last that has a folder in `data/raw` where none is.

    PilotError for what is no year of four digits, and where there is none at all.
    """
    if year is not None and not re.fullmatch("[0-9]{4}", str(year)):
        raise PilotError(f"年度“{year}”不是四位数字。请写成四位的年份。")
    if years := years_in(project) if year is None else [year]:
        return int(years[-1])
    raise PilotError(f"data/raw 中还没有任何年度。下一步：{NEXT}")


def processed_years(project: Path) -> list[int]:
    """The years whose statistics stand in `data/processed`, in order."""
    files = (project / "data" / "processed").glob(f"{_YEAR}/statistics/overview.parquet")
    return sorted(int(file.parts[-3]) for file in files if file.is_file())


def earlier_folder(project: Path, year: int) -> Path | None:
    """The processed tables of the nearest earlier year, with which a year is compared, or None."""
    earlier = max((other for other in processed_years(project) if other < year), default=None)
    return project / "data" / "processed" / str(earlier) if earlier else None


def input_files(project: Path, year: int) -> list[Path]:
    """The files that a year's report depends on, in order of their paths; PilotError if there is no such year."""
    raw = project / "data" / "raw"
    shared = [raw / "school.toml", *(raw / "reference").glob("*.csv")]
    return sorted(path for path in [*year_folder(project, year).rglob("*"), *shared] if path.is_file())


def year_folder(project: Path, year: int) -> Path:
    """The folder of what is given for a year; PilotError where there is none."""
    folder = project / "data" / "raw" / str(year)
    if not folder.is_dir():
        known = "、".join(str(known) for known in years_in(project)) or "（空）"
        raise PilotError(f"没有 {year} 年度：找不到文件夹 data/raw/{year}。现有年度：{known}。")
    return folder


def find_notebooks(project: Path, names: Sequence[str]) -> list[Path]:
    """The notebooks of these names: the project's own or those that one begins with, else a PilotError."""
    for folder in (project / "notebooks", _beginning("notebooks")):
        notebooks = [folder / f"{name}.ipynb" for name in names]
        if all(path.exists() for path in notebooks):
            return notebooks
    raise PilotError(f"找不到笔记本：{project / 'notebooks'} 中应有 {'、'.join(f'{name}.ipynb' for name in names)}。")


def _beginning(part: str) -> Path:
    """A file or folder that a project begins with: in the wheel, or in a clone beside the package."""
    own = STARTING / part
    return own if own.exists() else STARTING.parents[1] / part


def begin_project(folder: Path) -> Path:
    """Make a project that has no year yet in a new or an empty folder; its path. PilotError where anything is there."""
    import tempfile  # here alone: to import it takes as long as to say what a command does

    final = folder.resolve()
    if any(final.iterdir()) if final.is_dir() else final.exists():
        raise PilotError(f"{folder} 中已有内容，没有改动。请换一个还没有的或空的文件夹：pilot init 文件夹")
    final.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pilot-", dir=final) as temporary:
        for part in _BEGINNING:
            source = _beginning(part)
            for file in filter(Path.is_file, [source, *source.rglob("*")]):
                place = Path(part, file.relative_to(source))
                if {*place.parts}.isdisjoint(_MADE_BY_TOOLS):
                    content, target = file.read_bytes(), Path(temporary, place)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(_without_outputs(content) if file.suffix == ".ipynb" else content)
        for made in list(Path(temporary).iterdir()):
            made.rename(final / made.name)
    return final


def _without_outputs(notebook: bytes) -> bytes:
    """A notebook as before it was run: what it was run on belongs to another project."""
    content = json.loads(notebook)
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
