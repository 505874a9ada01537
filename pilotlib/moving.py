"""Finished folders take the place of the last ones: at every moment a reader finds the one or the other, whole."""

import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pilotlib.errors import PilotError

_HERE = -100  # AT_FDCWD: names are relative to the working directory
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


@contextmanager
def aside(final: Path) -> Iterator[Path]:
    """A folder beside a final one, on the same disk, so that moving in is one step; gone afterwards.

    What an interrupted run left beside it is mended or removed first: whoever comes here holds the lock.

    Raises:
        PilotError: what stands in the final place is no folder.
    """
    if final.is_symlink() or (final.exists() and not final.is_dir()):
        raise PilotError(f"{final.parent.name}/{final.name} 不是文件夹，没有写入。请先把它移走。")
    final.parent.mkdir(parents=True, exist_ok=True)
    last = _last(final)
    if last.exists() and not final.exists():
        last.rename(final)
    for left_over in final.parent.glob(f".{final.name}-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    path = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
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
        # Two steps, where the system has no exchange; `aside` mends what is interrupted between them.
        last = _last(final)
        final.rename(last)
        try:
            new.rename(final)
        except OSError:
            last.rename(final)
            raise
        shutil.rmtree(last, ignore_errors=True)


def _last(final: Path) -> Path:
    return final.with_name(f".{final.name}-last")


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system or the disk cannot."""
    if os.name != "posix":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one.absolute()), os.fsencode(other.absolute())
    if hasattr(library, "renameat2"):
        return library.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0
    if hasattr(library, "renamex_np"):
        return library.renamex_np(*names, _EXCHANGE) == 0
    return False
