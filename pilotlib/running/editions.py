"""The editions of a report that a run makes: those asked for, and those that stand there, so that none grows old."""

import json
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pilotlib.report.books import EXTRAS


@dataclass
class Editions:
    """Of a report by the name of its files: the editions `asked` for; the `others` that stand in its folder; those of
    both that are `old`, as its last run could not make them; and, once it is known, which of the others cannot be made
    here: `missing`, each with the reason."""

    file: str
    asked: Sequence[str]
    others: Sequence[str]
    old: set[str]
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """All of them, in the order of `EXTRAS`."""
        order = list(EXTRAS)
        return sorted({*self.asked, *self.others}, key=lambda name: (order.index(name) if name in order else -1, name))

    @property
    def made(self) -> list[str]:
        """Those that can be made."""
        return [name for name in self.names if name not in self.missing]

    @property
    def kept(self) -> list[str]:
        """The files of those that stay as they are."""
        return [f"{self.file}.{name}" for name in self.missing]

    def check(self) -> None:
        """Find out what is missing; PilotError where one that is asked for cannot be made."""
        from pilotlib.running import stages

        stages.check_editions(self.asked)
        self.missing = stages.missing_for(self.others) if self.others else {}

    def can_be_made_now(self) -> bool:
        """Whether some of the old ones can be made now."""
        if self.old:
            self.check()
        return not self.old <= self.missing.keys()


def editions_of(asked: Sequence[str], folder: Path, file: str) -> Editions:
    """The editions of the report of this name in a folder, whose manifest says which of them its last run made."""
    standing = [name for name in EXTRAS if (folder / f"{file}.{name}").is_file()]
    # Where none wants an extra, there is none that a run may have been unable to make.
    made = manifest_of(folder).get("outputs", {}) if any(EXTRAS[name] for name in standing) else {}
    old = {name for name in standing if EXTRAS[name] and f"{file}.{name}" not in made}
    return Editions(file, asked, [name for name in standing if name not in asked], old)


def manifest_of(folder: Path) -> dict[str, Any]:
    """What the manifest of a report says; nothing where it cannot be read."""
    with suppress(OSError, ValueError):
        return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    return {}


def sentences(refreshed: Collection[str], missing: dict[str, str]) -> list[str]:
    """What a reader of the terminal is told of editions that stood there.

    >>> sentences(["docx"], {"pdf": "pdf版需要另装一组程序包"})
    ['原已有的 docx 版一并更新。', '警示：原已有的 pdf 版没有更新，仍是以前的内容：pdf版需要另装一组程序包']
    """
    lines = [f"原已有的 {'、'.join(refreshed)} 版一并更新。"] if refreshed else []
    return lines + [f"警示：原已有的 {name} 版没有更新，仍是以前的内容：{why}" for name, why in missing.items()]
