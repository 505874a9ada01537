"""Steps, each of which makes one folder of a work folder, taken only where its result is not current."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

from pilotlib.errors import PilotError
from pilotlib.running import recipes
from pilotlib.running.moving import aside, move_in
from pilotlib.running.recipes import Recipe


class Step(NamedTuple):
    """One step: its title, what it reads (files, and folders with all that is in them), what else its result depends
    on, the folder that it makes, what fills a new folder, and whether it is named among the steps that were taken."""

    title: str
    reads: Sequence[Path]
    settings: dict[str, Any]
    makes: Path
    action: Callable[[Path], None]
    named: bool = True


def take(
    steps: Sequence[Step], project: Path, before_any: Callable[[], None], force: bool, progress: "tqdm[None]"
) -> list[str]:
    """Take the steps in their order, each only where its result is not current; the titles of those that were taken.

    Args:
        steps: The steps.
        project: The project's folder, below which inputs are named.
        before_any: What is done before the first step that is taken.
        force: Whether all are taken.
        progress: What is told of every step that is done.

    Raises:
        PilotError: something that a step reads has changed meanwhile: its result fits neither content.
    """
    taken: list[Step] = []
    code = recipes.code()
    for step in steps:
        files = list(_files(step.reads))
        recipe = recipes.recipe_of(recipes.hashes(project, files), step.settings, code)
        if force or not recipes.is_current(step.makes, recipe):
            if not taken:
                before_any()
            _make(step, project, files, recipe)
            taken.append(step)
        progress.update()
    return [step.title for step in taken if step.named]


def _make(step: Step, project: Path, files: list[Path], recipe: Recipe) -> None:
    """Take a step; its last result stays, without a recipe, until the new one is whole."""
    recipes.forget(step.makes)
    # A folder of its own: a kernel that outlived its killed run still writes into that run's.
    with aside(step.makes) as new:
        step.action(new)
        _stop_on_change(step.title, recipe, recipes.hashes(project, files), recipes.code())
        move_in(new, step.makes)
    recipes.record(step.makes, recipe)


def _files(reads: Sequence[Path]) -> Iterator[Path]:
    for path in reads:
        if path.is_dir():
            yield from recipes.files_in(path)
        else:
            yield path


def _stop_on_change(title: str, before: Recipe, inputs: dict[str, str], code: str) -> None:
    changed = [Path(name).name for name, digest in before["inputs"].items() if inputs[name] != digest]
    changed += ["pilotlib"] if code != before["code"] else []
    if changed:
        raise PilotError(f"{title}所读的 {'、'.join(changed)} 在运行中有改动，结果没有写入。请再运行一次。")
