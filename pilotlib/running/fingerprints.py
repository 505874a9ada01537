"""What a run was made from and with: hashes of files, the code, versions of what it calls."""

import hashlib
import importlib.metadata
import platform
from collections.abc import Iterable
from functools import cache
from pathlib import Path

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


def hashes(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    """The SHA-256 of files, by their paths below a folder."""
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def files_in(folder: Path) -> list[Path]:
    """Every file in a folder and below it, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def code_files() -> list[Path]:
    """The files of this package: its code, templates and data."""
    return [path for path in files_in(Path(__file__).parents[1]) if "__pycache__" not in path.parts]


@cache
def versions() -> dict[str, str]:
    """The versions of Python and of the packages that figures and pages come from."""
    packages = {name: importlib.metadata.version(name) for name in RECORDED_PACKAGES}
    return {"python": platform.python_version()} | packages
