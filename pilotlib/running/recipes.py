"""Recipes: of what a result was made, written beside it and asked before it is made anew; how it is moved in.

A result is a folder. It is current while its recipe says what would be said now: the same inputs, settings,
code and versions, and the files that it was left with, all told by content. It is moved in whole.
"""

import ctypes
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import stat
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pilotlib.errors import PilotError
from pilotlib.project import STARTING

Recipe = dict[str, Any]
# A line of a package's metadata → the package that it asks for, the extras of that, and for which extra of its own.
_REQUIREMENT = re.compile(
    r"""^Requires-Dist:\ ([\w.-]+) \s*(?:\[(.*?)\])? (?:.*;.*\bextra\s*==\s*["'](.+?)["'])?""",
    re.MULTILINE | re.VERBOSE,
)
_HERE = -100  # AT_FDCWD: names are relative to the working directory
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


def recipe_of(inputs: dict[str, str], settings: dict[str, Any], code: str) -> Recipe:
    """The recipe of a result: of inputs (the hash of each by its name), settings for JSON to hold, `code()`."""
    return {"inputs": inputs | {"pilotlib": code}, "settings": settings, "versions": versions()}


def is_current(folder: Path, recipe: Recipe) -> bool:
    """Whether a folder was made by this recipe and holds what it was left with."""
    with suppress(OSError):
        return _beside(folder).read_bytes() == _written(folder, recipe)
    return False


def forget(folder: Path) -> None:
    """Remove the recipe beside a folder, which is not current from then on."""
    _beside(folder).unlink(missing_ok=True)


def hashes(folder: Path, paths: Iterable[Path]) -> dict[str, str]:
    """The hash of each file, also in folders, by its path (below `folder`); "" of one that is gone."""
    hashed = {}
    for path in chain.from_iterable(files_in(path) if path.is_dir() else [path] for path in paths):
        name = path.relative_to(folder) if path.is_relative_to(folder) else path
        hashed[name.as_posix()] = ""
        with suppress(FileNotFoundError), path.open("rb") as file:
            hashed[name.as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashed


def files_in(folder: Path) -> list[Path]:
    """Every file in a folder and below it, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def code() -> str:
    """One hash of this package as it is now: its code, templates and data."""
    package = Path(__file__).parents[1]
    # In a wheel, the notebooks stand there too: a step asks for its own.
    own = [path for path in files_in(package) if not path.is_relative_to(STARTING)]
    files = [path for path in own if "__pycache__" not in path.parts]
    return hashlib.sha256(json.dumps(hashes(package, files)).encode()).hexdigest()


@cache
def versions() -> dict[str, str]:
    """The versions of Python, of this package and of all installed that it asks for, also indirectly."""
    own_extras = frozenset(importlib.metadata.metadata("pilotlib").get_all("Provides-Extra", []))
    asked, recorded = [("pilotlib", own_extras - {"dev"})], {}
    for name, extras in asked:  # which grows meanwhile
        with suppress(importlib.metadata.PackageNotFoundError):
            distribution = importlib.metadata.distribution(name)
            # Its head alone, as text: all parsed as mail, as `distribution.requires` does, take half a second.
            head = (distribution.read_text("METADATA") or str(distribution.metadata)).partition("\n\n")[0]
            recorded[name] = "".join(re.findall("^Version: (.*)", head, re.MULTILINE))
            for other, its_extras, extra in re.findall(_REQUIREMENT, head):
                need = re.sub("[-_.]+", "-", other).lower(), frozenset(re.findall(r"[\w.-]+", its_extras))
                if (not extra or extra in extras) and need not in asked:
                    asked.append(need)
    return {"python": platform.python_version()} | dict(sorted(recorded.items()))


def _beside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.recipe.json")


def _written(folder: Path, recipe: Recipe) -> bytes:
    outputs = {"outputs": hashes(folder, [folder])}
    return json.dumps(recipe | outputs, ensure_ascii=False, indent=1, sort_keys=True).encode()


def mend(final: Path) -> None:
    """Put right what an interrupted run left in and beside a final place; PilotError if that is no folder."""
    parent = final.parent  # whoever comes here holds the lock
    if parent.exists() and not parent.is_dir():
        raise PilotError(f"{parent.name} 不是文件夹，无法读写。请先把它移走。")
    if final.is_symlink() or (final.exists() and not final.is_dir()):
        raise PilotError(f"{parent.name}/{final.name} 不是文件夹，没有写入。请先把它移走。")
    last = final.with_name(f".{final.name}~last")
    if last.exists() and not final.exists():
        last.rename(final)
    for left_over in parent.glob(f".{final.name}~*"):
        shutil.rmtree(left_over, ignore_errors=True)


@contextmanager
def aside(final: Path) -> Iterator[Path]:
    """A folder beside a final one (mended first), so that moving in is one step; gone afterwards."""
    mend(final)
    final.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{final.name}~", dir=final.parent))
    folder.chmod(stat.S_IMODE(final.parent.stat().st_mode))  # in a shared folder others may replace it
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def replacing(final: Path, recipe: Recipe | None = None) -> Iterator[Path]:
    """A new folder that, filled without an error, takes the last one's place, perhaps with its recipe."""
    forget(final)
    with aside(final) as new:  # which takes the last one away
        yield new
        if not final.exists():
            new.rename(final)
        elif not _exchanged(new, final):
            # Two steps, where the system has no exchange; `mend` puts right what is interrupted between them.
            last = final.rename(final.with_name(f".{final.name}~last"))
            try:
                new.rename(final)
            except OSError:
                last.rename(final)
                raise
            shutil.rmtree(last, ignore_errors=True)
    if recipe:
        written = _beside(final).with_suffix(".new")  # whole or not there, also where the process is killed
        written.write_bytes(_written(final, recipe))
        written.replace(_beside(final))


def put_in_place(places: dict[Path, Path], kept: Collection[str] = ()) -> bool:
    """Copy each folder into its final place where it does not stand there already; whether any was moved. Of what
    stands there files of these names are `kept`. Every copy is whole before the first is moved, so that a full disk
    changes none of them."""

    def stands(folder: Path, final: Path) -> bool:
        return hashes(folder, [folder]) == {
            name: content for name, content in hashes(final, [final]).items() if name not in kept
        }

    differ = {folder: final for folder, final in places.items() if not stands(folder, final)}
    with ExitStack() as stack:
        for folder, final in reversed(differ.items()):  # the last that is entered is the first that is moved
            new = stack.enter_context(replacing(final))
            keep(kept, final, shutil.copytree(folder, new, dirs_exist_ok=True))
    return bool(differ)


def put_file(source: Path, target: Path) -> bool:
    """Copy a file into its place, whole, where it does not stand there already; whether it was moved."""
    if target.is_file() and target.read_bytes() == source.read_bytes():
        return False
    new = target.with_name(f".{target.name}-new")
    new.write_bytes(source.read_bytes())
    new.replace(target)
    return True


def keep(names: Iterable[str], last: Path, new: Path) -> None:
    """Copy those of the files that stand in the last folder into the new one."""
    for path in (last / name for name in names):
        if path.is_file():
            shutil.copy2(path, new)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system or the disk cannot."""
    if os.name != "posix":
        return False
    library, names = ctypes.CDLL(None), [os.fsencode(path.absolute()) for path in (one, other)]
    if hasattr(library, "renameat2"):
        return library.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0
    return hasattr(library, "renamex_np") and library.renamex_np(*names, _EXCHANGE) == 0


@contextmanager
def only_run(project: Path, name: str, wait: float = 0) -> Iterator[Path]:
    """The work folder of a year, of the trends or of a batch, for one run at a time: else, after so many seconds, a
    PilotError.

    Who may only read there needs no lock: where nothing has changed such a run is told so, else it fails to write.
    """
    work = project / ".pilot" / name
    work.mkdir(parents=True, exist_ok=True)
    lock = FileLock(work.with_name(f"{name}.lock"), timeout=wait)  # which ends with its process
    try:
        with lock if os.access(work, os.W_OK) else nullcontext():
            yield work
    except Timeout:
        raise PilotError(f"{name} 正由另一个 pilot run 处理，这一次没有运行。请等它结束后再试。") from None
