"""How a report of any kind is made: its steps, each where something has changed, then its results put in place.

Steps write into `.pilot/<name>/`, which can be deleted at any time; what they made is moved in whole, or nothing is.
This module imports little, so that a report of which nothing has changed is done in a moment.
"""

import gc
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout
from tqdm import tqdm

from pilotlib.errors import PilotError
from pilotlib.report.books import Book, Kind
from pilotlib.running import recipes
from pilotlib.running.moving import aside, mend, put_in_place
from pilotlib.running.steps import Step, take

PUBLISHING = "导出"


class Report(NamedTuple):
    """A report that is to be made.

    `name` is that of its lock and of its work folder, `title` what progress and errors call it, `notebook` tells it,
    `final` is the folder of its editions. `inputs()` are the files that it depends on, as they are now; `before` the
    hashes that they had when the run began. `editions`, `parameters` (further ones, of its notebooks) and `engine` are
    as `pipeline.run` takes them.
    """

    project: Path
    kind: Kind
    name: str
    title: str
    notebook: Path
    final: Path
    inputs: Callable[[], list[Path]]
    before: dict[str, str]
    editions: Sequence[str]
    parameters: dict[str, str]
    engine: str | None = None

    @property
    def work(self) -> Path:
        """The folder of what its steps make."""
        return self.project / ".pilot" / self.name

    @property
    def failed(self) -> Path:
        """The folder of a notebook that failed."""
        return self.final.with_name(f"{self.final.name}-failed")

    @property
    def files(self) -> list[Path]:
        """What is published: the manifest, then the editions, the first of them last."""
        editions = [f"{self.kind.file}.{edition}" for edition in reversed(self.editions)]
        return [self.final / name for name in ("manifest.json", *editions)]


def make_report(
    report: Report, steps: Sequence[Step], places: dict[Path, Path], *, force: bool = False, quiet: bool = False
) -> list[str]:
    """Take the steps of a report and put what they made in place; the caller holds `only_run` of its name.

    Args:
        report: The report.
        steps: What makes it, in order; those of `steps_of_telling` are the last.
        places: The final place of each folder of the work folder that takes the place of the last one.
        force: Whether every step is taken.
        quiet: Whether no progress is shown.

    Returns:
        The titles of the steps that were taken; `PUBLISHING` where only something had to be put in place.

    Raises:
        PilotError: an edition that cannot be made, before any step is taken; a step that failed; an input that changed
            meanwhile. What stands in the final places is untouched.
    """

    def prepare() -> None:
        from pilotlib.running.stages import check_editions

        check_editions(report.editions)
        for final in places.values():
            with aside(final):
                pass  # a place that cannot be written is better known before than after the work

    disabled = True if quiet else None
    progress = tqdm(desc=report.title, total=len(steps), unit="步", disable=disabled, leave=False)
    with _collector_at_rest(), progress:
        for final in places.values():
            mend(final)
        titles = take(steps, report.project, prepare, force, progress)
        if recipes.hashes(report.project, report.inputs()) != report.before:
            for step in steps:
                recipes.forget(step.makes)
            raise PilotError(f"{report.title}的原始文件在运行中有改动，结果没有写入。请再运行一次。")
        moved = put_in_place(places)
    shutil.rmtree(report.failed, ignore_errors=True)
    return titles or ([PUBLISHING] if moved else [])


def steps_of_telling(
    report: Report, reads: Sequence[Path], values: dict[str, Any], open_book: Callable[[], Book]
) -> list[Step]:
    """The last two steps of any report: its notebook tells it (into `told`), and it is published (into `published`).

    Args:
        report: The report.
        reads: The files and folders of which it tells.
        values: The values of the notebook's own parameters.
        open_book: Opens its book.
    """
    told = report.work / "told"

    def tell(new: Path) -> None:
        execute(report, report.notebook, report.kind.title, values, new)

    def publish(new: Path) -> None:
        from pilotlib.running.stages import publish_book

        publish_book(report, told / report.notebook.name, open_book, new)

    given = {"parameters": report.parameters}
    settings = given | {"editions": list(report.editions)}
    return [
        Step(report.kind.title, [report.notebook, *reads], given, told, tell),
        Step(PUBLISHING, [told, *reads, *report.inputs()], settings, report.work / "published", publish),
    ]


def execute(report: Report, notebook: Path, title: str, values: dict[str, Any], folder: Path) -> None:
    """Run a notebook of a report with the values of its parameters; the executed one is written into a folder."""
    from pilotlib.running import stages

    given = values | report.parameters
    stages.execute(notebook, folder / notebook.name, given, report.project, report.failed, title, report.engine)


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
    with ExitStack() as stack:
        try:
            stack.enter_context(FileLock(work.with_name(f"{name}.lock"), timeout=0))
        except Timeout:
            raise PilotError(f"{name} 正由另一个 pilot run 处理，这一次没有运行。请等它结束后再试。") from None
        yield work


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Collect garbage once, afterwards: looking for it all the time takes a sixth of a run."""
    at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if at_work:
            gc.enable()
        gc.collect()
