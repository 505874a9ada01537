"""How far a run or a batch is, for a terminal, from the moment that it begins; light to import, for that reason."""

from collections.abc import Iterable
from multiprocessing import parent_process
from typing import Any

from tqdm import tqdm


def bar(what: str, things: Iterable[Any] = (), unit: str = "块", total: int | None = None, quiet: bool = False) -> Any:
    """What is gone through, with a bar that says what it is, how much is done and the time left, and goes when all is.

    Of nothing to go through only what it is. Nothing is shown where there is no terminal, nor by a batch's processes,
    nor if `quiet`.
    """
    hidden, form = True if quiet or parent_process() else None, None if things else "{desc}……"
    return tqdm(things, what, total, unit=unit, leave=False, disable=hidden, bar_format=form)
