"""A report that is to be made: what it is made of and where, and one step on the way to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pilotlib.errors import PilotError
from pilotlib.project import find_notebooks
from pilotlib.report.books import Kind
from pilotlib.running import recipes
from pilotlib.running.editions import manifest_of

TEMPLATE = "report-template.docx"  # in data/raw: a school's own styles and page for the docx


class Step(NamedTuple):
    """One step: its title, what it reads (files, folders), what else its result depends on, the folder that it
    makes, what fills a new one, and whether it is named among the steps that were taken."""

    title: str
    reads: Sequence[Path]
    settings: dict[str, Any]
    makes: Path
    action: Callable[[Path], None]
    named: bool = True


@dataclass
class Report:
    """A report to be made: `title` is what progress and errors call it, `final` the folder of its editions,
    `inputs()` the files that it depends on as they are now, `before` their hashes as the run began, `values`
    what its notebooks get, `given` what opens its book; the rest is as `run` takes it."""

    project: Path
    kind: Kind
    title: str
    final: Path
    inputs: Callable[[], list[Path]]
    editions: Sequence[str]
    values: dict[str, Any]
    given: Sequence[Any]
    parameters: dict[str, str] = field(default_factory=dict)
    engine: str | None = None
    style: str = ""

    def __post_init__(self) -> None:
        """Remember what is read, where steps work; PilotError for a parameter or a style that nothing takes."""
        if self.style and "docx" not in self.editions:
            raise PilotError(f"--style {self.style} 是docx版的版式，这次没有要docx版。请写成 --editions html,docx。")
        docx = self.final / f"{self.kind.file}.docx"
        if docx.exists() and "docx" not in self.editions:  # made anew because it stands there, it keeps its style
            self.style = manifest_of(self.final).get("style", "")
        template = self.project / "data" / "raw" / TEMPLATE
        self.template = template if ("docx" in self.editions or docx.exists()) and template.exists() else None
        self.before = recipes.hashes(self.project, self.read())
        self.work = self.project / ".pilot" / "-".join(self.final.relative_to(self.project / "reports").parts)
        self.published = self.work / "published"
        self.failed = self.final.with_name(f"{self.final.name}-failed")
        self.notebooks = find_notebooks(self.project, self.kind.notebooks)
        self.declared: dict[Path, dict[str, str]] = {}
        if self.parameters:
            from pilotlib.running import stages

            self.declared = stages.declared_by_each(self.notebooks, self.parameters)

    def read(self) -> list[Path]:
        """The files that it depends on, with the template of its document."""
        return [*self.inputs(), *filter(None, [self.template])]

    def execute(self, title: str, notebook: Path, folder: Path, **values: Any) -> None:
        """Run a notebook with its values, or those given here; the executed one is written into a folder."""
        from pilotlib.running import stages

        output, values = folder / notebook.name, self.values | values | self.parameters
        stages.execute(notebook, output, values, self.project, self.failed, title, self.engine)

    def judge(self, _: Path) -> None:
        """Stop where a number of the year's text disagrees with its data."""
        from pilotlib.running import stages

        stages.stop_on_disagreement(*self.given)

    def publish(self, folder: Path) -> None:
        """Write its editions, of the notebook that told it, and a manifest into a folder."""
        from pilotlib.running import stages

        stages.publish_book(self, self.work / "told" / self.notebooks[-1].name, folder)
