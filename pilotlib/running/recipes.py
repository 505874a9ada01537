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
from itertools import chain
from pathlib import Path
from typing import Any

Recipe = dict[str, Any]
# A line of a package's metadata → the package that it asks for, the extras of that, and for which extra of its own.
_REQUIREMENT = re.compile(
    r"""^Requires-Dist:\ ([\w.-]+) \s*(?:\[(.*?)\])? (?:.*;.*\bextra\s*==\s*["'](.+?)["'])?""",
    re.MULTILINE | re.VERBOSE,
)


def recipe_of(inputs: dict[str, str], settings: dict[str, Any], code: str) -> Recipe:
    """The recipe of a result that is to be made.

    Args:
        inputs: The hash of each input, by its name.
        settings: What else the result depends on, as JSON can hold it.
        code: The hash of this package, `code()`.
    """
    return {"inputs": inputs | {"pilotlib": code}, "settings": settings, "versions": versions()}


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


def hashes(folder: Path, paths: Iterable[Path]) -> dict[str, str]:
    """The hash of each file, and of each in a folder among the paths; "" of one that is gone.

    A file is named by its path below `folder` or, outside of it, by its whole path.
    """
    files = chain.from_iterable(files_in(path) if path.is_dir() else [path] for path in paths)
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
    return digest(json.dumps(hashes(Path(__file__).parents[1], code_files())).encode())


@cache
def versions() -> dict[str, str]:
    """The versions of Python, of this package and of every installed package that it asks for, directly or not.

    Those of its extras are among them; what only its own development asks for makes no result and is left out.
    """
    own_extras = frozenset(importlib.metadata.metadata("pilotlib").get_all("Provides-Extra", []))
    asked, recorded = [("pilotlib", own_extras - {"dev"})], {}
    for name, extras in asked:  # which grows meanwhile
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        # Its head alone, as text: parsed as mail, as `distribution.requires` does, all take half a second.
        head = (distribution.read_text("METADATA") or str(distribution.metadata)).partition("\n\n")[0]
        recorded[name] = "".join(re.findall("^Version: (.*)", head, re.MULTILINE))
        for other, its_extras, extra in re.findall(_REQUIREMENT, head):
            need = re.sub("[-_.]+", "-", other).lower(), frozenset(re.findall(r"[\w.-]+", its_extras))
            if (not extra or extra in extras) and need not in asked:
                asked.append(need)
    return {"python": platform.python_version()} | dict(sorted(recorded.items()))


def _hash_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _beside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.recipe.json")


def _written(folder: Path, recipe: Recipe) -> bytes:
    outputs = {"outputs": hashes(folder, files_in(folder))}
    return json.dumps(recipe | outputs, ensure_ascii=False, indent=1, sort_keys=True).encode()
