"""From a college's 1+X application table to its annual report."""

from pilotlib.errors import PilotError

__all__ = ["PilotError"]
__version__ = "0.1.0"
