"""How figures look: colours, type, and what a drawing may not do."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

import matplotlib
import seaborn
from matplotlib import font_manager
from matplotlib.figure import Figure

from pilotlib.errors import PilotError
from pilotlib.report.font import FONT_FAMILY, FONT_PATH
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
    "main": Colour("#1F6F6B", "#63B8B1"),
    # Of the page alone.
    "link": Colour("#0B4A7F", "#9CC9EE"),
    "line": Colour("#7A8793", "#7D8A97"),
    "hairline": Colour("#D5DBE1", "#39434E"),
    "panel": Colour("#F1F4F6", "#1C242C"),
    "mark": Colour("#FDEBC8", "#4A3A14"),
    "wrong": Colour("#A3260F", "#FFA08C"),
}
TEXT_COLOUR, GROUND_COLOUR, OTHER_COLOUR = (COLOURS[name].light for name in ("text", "ground", "quiet"))
MAIN_COLOUR = COLOURS["main"].light  # of bars that are no level
LEVEL_COLOURS = {level: COLOURS[f"level-{place}"].light for place, level in enumerate(LEVELS, start=1)}
# What is written in a level's segment: the middle one is the far end of the scale on either ground.
INK_COLOURS = dict(zip(LEVELS, (TEXT_COLOUR, GROUND_COLOUR, TEXT_COLOUR), strict=True))
HATCH = "////"
# Drawn to be read at the width of a phone: narrow, and with text that is not small.
WIDTH_INCHES = 4.2
TEXT_POINTS = 10.5

_SETTINGS = {
    "font.family": "sans-serif",
    "font.sans-serif": [FONT_FAMILY],
    "font.size": TEXT_POINTS,
    "axes.labelsize": TEXT_POINTS,
    "xtick.labelsize": TEXT_POINTS,
    "ytick.labelsize": TEXT_POINTS,
    "axes.unicode_minus": False,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.bottom": False,
    "axes.edgecolor": OTHER_COLOUR,
    "axes.labelcolor": TEXT_COLOUR,
    "text.color": TEXT_COLOUR,
    "xtick.bottom": False,
    "xtick.labelbottom": False,
    "ytick.left": False,
    "ytick.color": TEXT_COLOUR,
    "legend.frameon": False,
    "legend.fontsize": TEXT_POINTS,
    "hatch.linewidth": 1.2,
    # Text stays text: it can be selected, and the reader's own font draws it.
    "svg.fonttype": "none",
}


PAPER_DPI = 220
_VARIABLES = {colour.light.lower(): f"var(--{name})" for name, colour in COLOURS.items()}
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


@contextmanager
def report_style() -> Iterator[None]:
    """Matplotlib and seaborn as the report sets them, for the time of a drawing; a missing glyph is an error."""
    _register_font()
    with matplotlib.rc_context(), warnings.catch_warnings():
        seaborn.set_theme(style="white", rc=_SETTINGS)
        warnings.filterwarnings("error", message=r"Glyph .* missing")
        try:
            yield
        except UserWarning as warning:
            glyph = re.match(r"Glyph (\d+)", str(warning))
            if not glyph:
                raise
            character = chr(int(glyph[1]))
            raise PilotError(
                f"图中的字符“{character}”是字体里没有的。请在 corrections.csv 中改写含有它的单元格。"
            ) from None


def svg_of(figure: Figure, name: str) -> str:
    """The figure as an `<svg>` element, the same bytes every time; ids begin from `name`, so pages can hold many.

    Raises:
        PilotError: a character that the font does not have.
    """
    target = io.StringIO()
    with report_style(), matplotlib.rc_context({"svg.hashsalt": name}):
        figure.savefig(target, format="svg", metadata=_NO_METADATA)
    svg = target.getvalue()
    return svg[svg.index("<svg") :].strip()


def png_of(figure: Figure) -> bytes:
    """The figure as a picture for paper, the same bytes every time.

    Raises:
        PilotError: a character that the font does not have.
    """
    target = io.BytesIO()
    with report_style():
        figure.savefig(target, format="png", dpi=PAPER_DPI, metadata={"Software": None})
    return target.getvalue()


def with_page_colours(svg: str) -> str:
    """The drawing with the page's variables in the place of its colours, so that it follows a dark page.

    >>> with_page_colours('<path style="fill: #0f3a5f"/>')
    '<path style="fill: var(--level-2)"/>'
    """
    return re.sub("#[0-9a-f]{6}", lambda found: _VARIABLES.get(found[0], found[0]), svg)


@cache
def _register_font() -> None:
    font_manager.fontManager.addfont(FONT_PATH)
