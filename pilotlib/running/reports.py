"""How a report of any kind is made: by steps, each taken where something has changed, then its results put in place.

A step makes one folder of `.pilot/<name>/`, which can be deleted at any time; what the steps made is moved in whole, or
nothing is. This module imports little, so that a report of which nothing has changed is done in a moment.
"""

import gc
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout
from tqdm import tqdm

from pilotlib.errors import PilotError
from pilotlib.report.books import Book, Kind
from pilotlib.running import recipes

PUBLISHING = "导出"


class Step(NamedTuple):
    """One step: its title, what it reads (files, and folders with all that is in them), what else its result depends
    on, the folder that it makes, what fills a new folder, and whether it is named among the steps that were taken."""

    title: str
    reads: Sequence[Path]
    settings: dict[str, Any]
    makes: Path
    action: Callable[[Path], None]
    named: bool = True


@dataclass
class Report:
    """A report that is to be made.

    `name` is that of its lock and of its work folder, `title` what progress and errors call it, `notebook` tells it,
    `final` is the folder of its editions. `inputs()` are the files that it depends on, as they are now; `before` the
    hashes that they had when the run began. `editions`, `parameters` and `engine` are as `pipeline.run` takes them.
    """

    project: Path
    kind: Kind
    name: str
    title: str
    notebook: Path
    final: Path
    inputs: Callable[[], list[Path]]
    editions: Sequence[str]
    parameters: dict[str, str] = field(default_factory=dict)
    engine: str | None = None

    def __post_init__(self) -> None:
        """Remember what is read, and where its steps work and a notebook that failed is kept."""
        self.before = recipes.hashes(self.project, self.inputs())
        self.work = self.project / ".pilot" / self.name
        self.failed = self.final.with_name(f"{self.final.name}-failed")

    @property
    def files(self) -> list[Path]:
        """What is published: the manifest, then the editions, the first of them last."""
        editions = [f"{self.kind.file}.{edition}" for edition in reversed(self.editions)]
        return [self.final / name for name in ("manifest.json", *editions)]

    def settings_of(self, notebook: Path) -> dict[str, Any]:
        """What the result of a notebook depends on besides its inputs: those of the parameters that it declares."""
        if not self.parameters:
            return {}
        from pilotlib.running.stages import declared

        return declared(self.parameters, notebook)

    def execute(self, notebook: Path, title: str, values: dict[str, Any], folder: Path) -> None:
        """Run a notebook with the values of its parameters; the executed one is written into a folder."""
        from pilotlib.running import stages

        output, parameters = folder / notebook.name, values | self.parameters
        stages.execute(notebook, output, parameters, self.project, self.failed, title, self.engine)


def make_report(
    report: Report, steps: Sequence[Step], places: dict[Path, Path], *, force: bool = False, quiet: bool = False
) -> list[str]:
    """Take the steps of a report, every one if forced, and move what they made into its final `places`.

    The caller holds `only_run` of its name. Returned are the titles of the steps that were taken; `PUBLISHING` where
    only something had to be put in place.

    Raises:
        PilotError: an edition that cannot be made, before any step is taken; a step that failed; an input that changed
            meanwhile. What stands in the final places is untouched.
    """
    taken: list[Step] = []
    code = recipes.code()
    progress = tqdm(steps, desc=report.title, unit="步", disable=True if quiet else None, leave=False)
    with ExitStack() as stack, progress:
        if gc.isenabled():  # looking for garbage all the time takes a sixth of a run
            gc.disable()
            stack.callback(gc.collect)
            stack.callback(gc.enable)
        for final in places.values():
            recipes.mend(final)
        for step in progress:
            recipe = recipes.recipe_of(recipes.hashes(report.project, step.reads), step.settings, code)
            if force or not recipes.is_current(step.makes, recipe):
                if not taken:
                    _prepare(report, places.values())
                _take(step, report.project, recipe)
                taken.append(step)
        if recipes.hashes(report.project, report.inputs()) != report.before:
            for step in steps:
                recipes.forget(step.makes)
            raise PilotError(f"{report.title}的原始文件在运行中有改动，结果没有写入。请再运行一次。")
        moved = recipes.put_in_place(places)
    shutil.rmtree(report.failed, ignore_errors=True)
    return [step.title for step in taken if step.named] or ([PUBLISHING] if moved else [])


def _prepare(report: Report, places: Iterable[Path]) -> None:
    """Stop at an edition that cannot be made and at a place that cannot be written, before the work is done."""
    from pilotlib.running import stages

    stages.check_editions(report.editions)
    for final in places:
        with recipes.aside(final):
            pass


def _take(step: Step, project: Path, recipe: recipes.Recipe) -> None:
    """Take a step; its last result stays, without a recipe, until the new one is whole.

    Raises:
        PilotError: something that it reads has changed meanwhile: its result fits neither content.
    """
    recipes.forget(step.makes)
    # A folder of its own: a kernel that outlived its killed run still writes into that run's.
    with recipes.aside(step.makes) as new:
        step.action(new)
        now = recipes.recipe_of(recipes.hashes(project, step.reads), {}, recipes.code())["inputs"]
        changed = [Path(name).name for name, digest in recipe["inputs"].items() if now.get(name) != digest]
        if changed:
            raise PilotError(f"{step.title}所读的 {'、'.join(changed)} 在运行中有改动，结果没有写入。请再运行一次。")
        recipes.move_in(new, step.makes)
    recipes.record(step.makes, recipe)


def steps_of_telling(
    report: Report, reads: Sequence[Path], values: dict[str, Any], open_book: Callable[[], Book]
) -> list[Step]:
    """The last two steps of any report: its notebook tells it (into `told`), and it is published (into `published`).

    It tells of the files and folders `reads`; `values` are those of the notebook's own parameters.
    """
    told, published = report.work / "told", report.work / "published"

    def publish(new: Path) -> None:
        from pilotlib.running import stages

        notebook = told / report.notebook.name
        stages.publish_book(notebook, open_book, report.editions, new, report.before, report.parameters)

    settings, title = {"parameters": report.parameters, "editions": list(report.editions)}, report.kind.title
    tell = partial(report.execute, report.notebook, title, values)
    return [
        Step(title, [report.notebook, *reads], report.settings_of(report.notebook), told, tell),
        Step(PUBLISHING, [told, *reads, *report.inputs()], settings, published, publish),
    ]


def find_notebooks(project: Path, names: Iterable[str]) -> dict[str, Path]:
    """The notebooks of these names: the project's own, else those beside the package.

    Raises:
        PilotError: there are none.
    """
    for folder in (project / "notebooks", Path(__file__).parents[2] / "notebooks"):
        notebooks = {name: folder / f"{name}.ipynb" for name in names}
        if all(path.exists() for path in notebooks.values()):
            return notebooks
    raise PilotError(f"找不到笔记本：{project / 'notebooks'} 中应有 {'、'.join(f'{name}.ipynb' for name in names)}。")


@contextmanager
def only_run(project: Path, name: str) -> Iterator[Path]:
    """The work folder of a year, of the trends or of a batch, for one run at a time; the lock ends with its process.

    Raises:
        PilotError: another run is at it.
    """
    work = project / ".pilot" / name
    work.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(work.with_name(f"{name}.lock"), timeout=0):
            yield work
    except Timeout:
        raise PilotError(f"{name} 正由另一个 pilot run 处理，这一次没有运行。请等它结束后再试。") from None
