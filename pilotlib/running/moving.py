"""Finished folders take the place of the last ones: at every moment a reader finds the one or the other, whole."""

import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pilotlib.errors import PilotError
from pilotlib.running.recipes import hashes

_HERE = -100  # AT_FDCWD: names are relative to the working directory
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


def mend(final: Path) -> None:
    """Put right what an interrupted run left in and beside a final place: whoever comes here holds the lock.

    Raises:
        PilotError: what stands in the final place, or above it, is no folder; a link is not followed.
    """
    parent = final.parent
    if parent.exists() and not parent.is_dir():
        raise PilotError(f"{parent.name} 不是文件夹，无法读写。请先把它移走。")
    if final.is_symlink() or (final.exists() and not final.is_dir()):
        raise PilotError(f"{parent.name}/{final.name} 不是文件夹，没有写入。请先把它移走。")
    last = _last(final)
    if last.exists() and not final.exists():
        last.rename(final)
    for left_over in parent.glob(f".{final.name}~*"):
        shutil.rmtree(left_over, ignore_errors=True)


@contextmanager
def aside(final: Path) -> Iterator[Path]:
    """A folder beside a final one, on the same disk, so that moving in is one step; gone afterwards.

    Raises:
        PilotError: as `mend`.
    """
    mend(final)
    final.parent.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=f".{final.name}~", dir=final.parent))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def move_in(new: Path, final: Path) -> None:
    """Put a finished folder in the place of the last one, which goes."""
    if not final.exists():
        new.rename(final)
    elif _exchanged(new, final):
        shutil.rmtree(new, ignore_errors=True)
    else:
        # Two steps, where the system has no exchange; `mend` puts right what is interrupted between them.
        last = _last(final)
        final.rename(last)
        try:
            new.rename(final)
        except OSError:
            last.rename(final)
            raise
        shutil.rmtree(last, ignore_errors=True)


def put_in_place(places: dict[Path, Path]) -> bool:
    """Copy each folder into its final place, where it does not stand there already; whether anything was moved.

    Every copy is whole before the first is moved, so that a full disk changes none of them.
    """
    with ExitStack() as stack:
        ready = {}
        for folder, final in places.items():
            if hashes(folder, [folder]) != hashes(final, [final]):
                new = stack.enter_context(aside(final))
                shutil.copytree(folder, new, dirs_exist_ok=True)
                ready[new] = final
        for new, final in ready.items():
            move_in(new, final)
    return bool(ready)


def _last(final: Path) -> Path:
    return final.with_name(f".{final.name}~last")


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system or the disk cannot."""
    if os.name != "posix":
        return False
    library, names = ctypes.CDLL(None, use_errno=True), [os.fsencode(path.absolute()) for path in (one, other)]
    if hasattr(library, "renameat2"):
        return library.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0
    return hasattr(library, "renamex_np") and library.renamex_np(*names, _EXCHANGE) == 0
