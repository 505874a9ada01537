"""Steps that are taken again only where something has changed: told by content, by doit.

Each step makes one folder in the work folder of its run. doit keeps what the files that it read held, and what it made,
when it last succeeded. The work folder can be deleted at any time, wholly or in part.
"""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from doit.dependency import DatabaseException, Dependency, MD5Checker, SqliteDB, get_file_md5
from doit.task import Task
from doit.tools import config_changed
from tqdm import tqdm

from pilotlib.errors import PilotError
from pilotlib.running.fingerprints import code_files, files_in, hashes, versions
from pilotlib.running.moving import aside, move_in

# What doit raises at a state that it did not write so: not a database, not JSON, JSON of another shape.
DAMAGE = (sqlite3.Error, DatabaseException, ValueError, TypeError, AttributeError)


class Step(NamedTuple):
    """One step: its title, what it reads, what else it depends on, what it makes, and how (`action(new place)`)."""

    name: str
    title: str
    reads: Iterable[Path]
    settings: dict
    makes: Path
    action: Callable[[Path], None]


class Steps:
    """Steps taken one after the other, each only where doit finds something changed; `titles` of those that ran."""

    def __init__(self, work: Path, before_any: Callable[[], None], force: bool, progress: tqdm) -> None:
        """Steps in a work folder, with what to do before the first that is taken, and whether all are."""
        self.titles: list[str] = []
        self._before_any, self._force, self._progress = before_any, force, progress
        self._state = work / "state.sqlite"
        self._code = code_files()
        self._versions = versions()

    def take(self, step: Step) -> None:
        """Take a step if anything that it depends on has changed since it last succeeded, or what it made has.

        Raises:
            PilotError: a file that it reads changed meanwhile: what it made fits neither content.
        """

        def is_whole(task: Task, values: dict) -> bool:
            return values.get("made") == hashes(step.makes, files_in(step.makes))

        read = [*step.reads, *self._code]
        task = Task(
            step.name,
            actions=None,
            file_dep=[str(path) for path in read],
            uptodate=[config_changed(step.settings | {"versions": self._versions}), is_whole],
        )
        if not self._is_up_to_date(task):
            if not self.titles:
                self._before_any()
            before = _contents(read)
            # A folder of its own: a kernel that outlived its killed run still writes into that run's.
            with aside(step.makes) as new:
                step.action(new)
                _stop_on_change(before, step)
                move_in(new, step.makes)
            task.save_extra_values()
            task.values["made"] = hashes(step.makes, files_in(step.makes))
            self._record(lambda manager: manager.save_success(task))
            self.titles.append(step.title)
        self._progress.update()

    def forget(self) -> None:
        """Take every step again next time."""
        self._state.unlink(missing_ok=True)

    def _is_up_to_date(self, task: Task) -> bool:
        """Whether nothing is to be done; if something is, what doit knows of the task goes before it begins."""
        fresh = []

        def ask(manager: Dependency) -> None:
            # Asked even where all is forced: it is then that doit takes down what the task depends on.
            status = manager.get_status(task, {}).status
            fresh.append(status == "up-to-date" and not self._force)
            if not fresh[-1]:
                manager.remove_success(task)

        self._record(ask)
        return fresh[-1]

    def _record(self, use: Callable[[Dependency], None]) -> None:
        """Open what doit keeps, use it, and write it; what is damaged is begun anew."""
        for last_time in (False, True):
            try:
                manager = Dependency(SqliteDB, str(self._state), _ByContent)
                use(manager)
                manager.close()
                return
            except DAMAGE as error:
                self.forget()
                if last_time:
                    raise PilotError(f"{self._state} 无法读写（{error}）。请检查权限与磁盘空间。") from None


class _ByContent(MD5Checker):
    """doit's checker without its short cut: a file with the same time may hold something else.

    A file that went while it was read is like no other.
    """

    def check_modified(self, file_path: str, file_stat, state: tuple) -> bool:
        _, size, md5 = state
        return file_stat.st_size != size or get_file_md5(file_path) != md5

    def get_state(self, dep: str, current_state: tuple | None) -> tuple:
        try:
            return super().get_state(dep, None)
        except FileNotFoundError:
            return 0, -1, ""


def _contents(files: Iterable[Path]) -> dict[Path, str | None]:
    return {path: get_file_md5(path) if path.is_file() else None for path in files}


def _stop_on_change(before: dict[Path, str | None], step: Step) -> None:
    now = _contents(before)
    changed = [path.name for path in before if now[path] != before[path]]
    if changed:
        raise PilotError(f"{step.title}所读的 {'、'.join(changed)} 在运行中有改动，结果没有写入。请再运行一次。")
