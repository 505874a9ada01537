"""Recipes: of what a result was made, written beside it, and asked before it is made anew.

A result is a folder: of a stage, of a year's editions, of a school's report. It is current while its recipe says what
would be said now: the same inputs, settings, code and versions, and the files that it was left with. All is told by
content. A recipe that is damaged says something else, so its result is made anew.
"""

import hashlib
import importlib.metadata
import json
import platform
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

Recipe = dict[str, Any]


def recipe_of(inputs: dict[str, str], settings: dict[str, Any], code: str) -> Recipe:
    """The recipe of a result that is to be made.

    Args:
        inputs: The hash of each input, by its name.
        settings: What else the result depends on, as JSON can hold it.
        code: The hash of this package, `code()`.
    """
    return {"inputs": inputs, "settings": settings, "code": code, "versions": versions()}


def is_current(folder: Path, recipe: Recipe) -> bool:
    """Whether a folder was made by this recipe and holds what it was left with."""
    try:
        return _beside(folder).read_bytes() == _written(folder, recipe)
    except OSError:
        return False


def record(folder: Path, recipe: Recipe) -> None:
    """Write beside a finished folder by which recipe it was made, and what it holds."""
    _beside(folder).write_bytes(_written(folder, recipe))


def forget(folder: Path) -> None:
    """Remove the recipe beside a folder, which is not current from then on."""
    _beside(folder).unlink(missing_ok=True)


def digest(content: bytes) -> str:
    """The hash that everything is told by."""
    return hashlib.sha256(content).hexdigest()


def hashes(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    """The hash of each file, by its path below a folder or, outside of it, its whole path; "" of one that is gone."""
    names = ((path, path.relative_to(folder) if path.is_relative_to(folder) else path) for path in files)
    return {name.as_posix(): _hash_of(path) for path, name in names}


def files_in(folder: Path) -> list[Path]:
    """Every file in a folder and below it, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def code_files() -> list[Path]:
    """The files of this package: its code, templates and data."""
    return [path for path in files_in(Path(__file__).parents[1]) if "__pycache__" not in path.parts]


def code() -> str:
    """One hash of this package as it is now."""
    package = Path(__file__).parents[1]
    return digest(json.dumps(hashes(package, code_files())).encode())


@cache
def versions() -> dict[str, str]:
    """The versions of Python, of this package and of every package that it asks for, those of extras if installed.

    What only its own development asks for makes no result and is left out.
    """
    asked = [line for line in importlib.metadata.requires("pilotlib") or [] if "extra == 'dev'" not in line]
    names = {re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in asked} | {"pilotlib"}
    found = {name: _version_of(name) for name in sorted(names)}
    return {"python": platform.python_version()} | {name: version for name, version in found.items() if version}


def _version_of(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _hash_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _beside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.recipe.json")


def _written(folder: Path, recipe: Recipe) -> bytes:
    whole = recipe | {"outputs": hashes(folder, files_in(folder))}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True).encode()
