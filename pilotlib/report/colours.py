"""The one palette: of the page, of the figures on it, and of the workbook."""

import re
from typing import NamedTuple

from pilotlib.vocabulary import LEVELS


class Colour(NamedTuple):
    """A colour on a light page and on a dark one."""

    light: str
    dark: str


# The page's and the figures' colours, by the name of their variable in the page's style. On either ground each colour
# of a bar has 3:1 against the ground and against the level before it, and what is written in a bar has 4.5:1.
COLOURS = {
    "text": Colour("#1A232C", "#F4F6F8"),
    "ground": Colour("#FFFFFF", "#12171D"),
    "quiet": Colour("#4A5560", "#B3BEC9"),
    "level-1": Colour("#4696CC", "#2F72A0"),
    "level-2": Colour("#0F3A5F", "#B5D6EF"),
    "level-3": Colour("#DB7426", "#AD5310"),
    "main": Colour("#0B4F8A", "#6DB3F2"),
    "other": Colour("#7F92A5", "#66798C"),
    # Of the page alone.
    "link": Colour("#0A4A80", "#8CC4F5"),
    "line": Colour("#7A8793", "#7D8A97"),
    "hairline": Colour("#D5DBE1", "#39434E"),
    "panel": Colour("#F1F4F6", "#1C242C"),
    "mark": Colour("#FDEBC8", "#4A3A14"),
    "wrong": Colour("#A3260F", "#FFA08C"),
}
TEXT_COLOUR, GROUND_COLOUR, OTHER_COLOUR = (COLOURS[name].light for name in ("text", "ground", "quiet"))
# Of bars that are no level: those that a headline names, and the others.
MAIN_COLOUR, QUIET_COLOUR = (COLOURS[name].light for name in ("main", "other"))
LINK_COLOUR = COLOURS["link"].light
LEVEL_COLOURS = {level: COLOURS[f"level-{place}"].light for place, level in enumerate(LEVELS, start=1)}
# What is written in a level's segment: the middle one is the far end of the scale on either ground.
INK_COLOURS = dict(zip(LEVELS, (TEXT_COLOUR, GROUND_COLOUR, TEXT_COLOUR), strict=True))
_VARIABLES = {colour.light.lower(): f"var(--{name})" for name, colour in COLOURS.items()}


def with_page_colours(svg: str) -> str:
    """The drawing with the page's variables in the place of its colours, so that it follows a dark page.

    >>> with_page_colours('<path style="fill: #0f3a5f"/>')
    '<path style="fill: var(--level-2)"/>'
    """
    return re.sub("#[0-9a-f]{6}", lambda found: _VARIABLES.get(found[0], found[0]), svg)
