"""From a college's 1+X application table to its annual report. What a cell may ask for stands in `__all__`."""

from importlib import import_module
from typing import Any

from pilotlib.errors import PilotError

# Imported where they are asked for: the command needs none of them, and they bring pandas and matplotlib along.
_MODULES = {
    **dict.fromkeys(("load_year", "load_years", "in_chinese", "trace_row", "check_draft", "reference"), "years"),
    **dict.fromkeys(("figures", "chart"), "charts"),
    "explore": "board",
}
__all__ = ["PilotError", *_MODULES]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"pilotlib.exploring.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
