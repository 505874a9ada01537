"""How figures look: type, size, and what a drawing may not do."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib
import seaborn
from matplotlib.figure import Figure

from pilotlib.chinese import FONT_FAMILY, register_font
from pilotlib.errors import PilotError
from pilotlib.report.colours import OTHER_COLOUR, TEXT_COLOUR

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
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


@contextmanager
def report_style() -> Iterator[None]:
    """Matplotlib and seaborn as the report sets them, for the time of a drawing; a missing glyph is an error."""
    register_font()
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
                f"图中的字符“{character}”是字体里没有的。请在原表或 corrections.csv 中改写含有它的单元格。"
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
    # Names of groups, which every figure has alike, would stand on a page twice.
    return re.sub('<g id="[^"]*"', "<g", svg[svg.index("<svg") :]).strip()


def png_of(figure: Figure, dots_per_inch: int = PAPER_DPI) -> bytes:
    """The figure as a picture, by default for paper; the same bytes every time.

    Raises:
        PilotError: a character that the font does not have.
    """
    target = io.BytesIO()
    with report_style():
        figure.savefig(target, format="png", dpi=dots_per_inch, metadata={"Software": None})
    return target.getvalue()
