"""The style of the report's drawings, and drawings as SVG and PNG, the same bytes every time."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from pilotlib.chinese import FONT_FAMILY, register_font
from pilotlib.errors import PilotError
from pilotlib.report.colours import GROUND_COLOUR, OTHER_COLOUR, TEXT_COLOUR

TEXT_POINTS = 10.5
_SETTINGS: Any = {
    "axes.axisbelow": True,
    "axes.linewidth": 1.25,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": GROUND_COLOUR,
    "patch.force_edgecolor": True,
    "font.sans-serif": [FONT_FAMILY],
    **dict.fromkeys(("font.size", "legend.fontsize", "xtick.labelsize", "ytick.labelsize"), TEXT_POINTS),
    "axes.edgecolor": OTHER_COLOUR,
    **dict.fromkeys(("axes.labelcolor", "text.color", "ytick.color"), TEXT_COLOUR),
    **dict.fromkeys(("axes.spines.top", "axes.spines.right", "axes.spines.bottom"), False),
    **dict.fromkeys(("xtick.bottom", "xtick.labelbottom", "ytick.left"), False),
    **dict.fromkeys(("legend.frameon", "axes.unicode_minus"), False),
    "hatch.linewidth": 1.2,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "svg.fonttype": "none",  # text stays text: it can be selected, and the reader's own font draws it
}


@contextmanager
def report_style() -> Iterator[None]:
    """Matplotlib as the report sets it; PilotError where the font lacks a drawn character."""
    register_font()
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()  # whatever else a notebook has set
        matplotlib.rcParams.update(_SETTINGS)
        warnings.filterwarnings("error", message=r"Glyph .* missing")
        try:
            yield
        except UserWarning as warning:
            if not (glyph := re.match(r"Glyph (\d+)", str(warning))):
                raise
            advice = "请在原表或 corrections.csv 中改写含有它的单元格。"
            raise PilotError(f"图中的字符“{chr(int(glyph[1]))}”是字体里没有的。{advice}") from None


def svg_of(figure: Figure, name: str) -> str:
    """The figure as an `<svg>` element, always the same bytes; ids rest on `name`: a page can hold many."""
    target, nothing = io.StringIO(), dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with report_style(), matplotlib.rc_context({"svg.hashsalt": name}):
        figure.savefig(target, format="svg", metadata=nothing)
    svg = target.getvalue()
    # Names of groups, which every figure has alike, would stand on a page twice; a hundredth of a point is not seen.
    svg = re.sub('<g id="[^"]*"', "<g", svg[svg.index("<svg") :])
    svg = svg.replace("<a xlink:href", "<a href")  # a link like any other on a page
    svg = re.sub(r' transform="rotate\(-0 [^"]*"', "", svg)
    return re.sub("<[^>]*>", lambda tag: re.sub(r"(\.\d\d)\d+", r"\1", tag[0]), svg).strip()


def png_of(figure: Figure, dots_per_inch: int = 220) -> bytes:
    """The figure as a picture, by default for paper; the same bytes every time."""
    target = io.BytesIO()
    with report_style():
        figure.savefig(target, format="png", dpi=dots_per_inch, metadata={"Software": None})
    return target.getvalue()
