"""How figures are drawn: type, size, bars, stacks, legends. Titles are text of the page, not of drawings."""

import io
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import matplotlib
import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pilotlib.chinese import FONT_FAMILY, register_font
from pilotlib.errors import PilotError
from pilotlib.report.colours import GROUND_COLOUR, INK_COLOURS, LEVEL_COLOURS, MAIN_COLOUR, OTHER_COLOUR, TEXT_COLOUR
from pilotlib.report.prose import at_least, number, people, shortened
from pilotlib.words import display_width

_BAR_INCHES = 0.3
_LONGEST_LABEL = 14  # characters beside a bar
# Drawn to be read at the width of a phone: narrow, and with text that is not small.
_WIDTH_INCHES, _TEXT_POINTS = 4.2, 10.5
_ROOM_TO_WRITE = 0.1  # of the longest stack: in a shorter part nothing is written
_HATCHED = {"color": GROUND_COLOUR, "hatch": "////"}
_SETTINGS = {
    "font.sans-serif": [FONT_FAMILY],
    **dict.fromkeys(("font.size", "legend.fontsize", "xtick.labelsize", "ytick.labelsize"), _TEXT_POINTS),
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
    """Matplotlib and seaborn as the report sets them; PilotError where the font lacks a drawn character."""
    register_font()
    with matplotlib.rc_context(), warnings.catch_warnings():
        seaborn.set_theme(style="white", rc=_SETTINGS)
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
    # Names of groups, which every figure has alike, would stand on a page twice.
    return re.sub('<g id="[^"]*"', "<g", svg[svg.index("<svg") :]).strip()


def png_of(figure: Figure, dots_per_inch: int = 220) -> bytes:
    """The figure as a picture, by default for paper; the same bytes every time."""
    target = io.BytesIO()
    with report_style():
        figure.savefig(target, format="png", dpi=dots_per_inch, metadata={"Software": None})
    return target.getvalue()


# What follows is called within `report_style`.


def bar_chart(lengths: "pd.Series[float]", texts: Sequence[str], inches: float = _BAR_INCHES, **look: Any) -> Figure:
    """A bar for each length, under the name in its index, with a text at its end; `look` is the names'."""
    figure, axes = _canvas(len(lengths), inches)
    _draw_bars(axes, lengths, **look)
    return _finished(figure, axes, lengths, texts)


def marked_chart(table: pd.DataFrame, names: str) -> Figure:
    """A bar for what was approved, named by a column; a mark where another number was applied for. Where nobody says
    what was approved, a bar for what was applied for."""
    both, flags = table[["places_approved", "places_applied"]], ("lower_bound", "applied_lower_bound")
    bounds = zip(both, (table.get(flag, [False] * len(table)) for flag in flags), strict=True)
    said, asked = (pd.Series(map(at_least, both[name], flag), both.index, dtype="str") for name, flag in bounds)
    approved, applied = (floats(both[name]) for name in both)
    granted, given = both["places_approved"].notna(), both["places_applied"].notna()
    if not granted.any():
        return bar_chart(applied.set_axis(table[names]), asked.tolist())
    same = (both["places_approved"] == both["places_applied"]).fillna(False).astype(bool) | ~given
    figure, axes = _canvas(len(table), legend=True)
    _draw_bars(axes, approved.set_axis(table[names]), label="批准")
    look: dict[str, Any] = {"color": TEXT_COLOUR, "markeredgecolor": GROUND_COLOUR}
    if given.any():  # what is not given is no mark at 0
        axes.plot(applied.where(~same), range(len(table)), "D", label="申请（与批准不同时标出）", **look)
    texts = said.where(same, ("批准" + said).where(granted, "未计入批准") + "，申请" + asked)
    return _finished(figure, axes, approved.combine(applied, max), texts.tolist())


def stack_chart(table: pd.DataFrame, row: str, part: str) -> Figure:
    """Approved places: a stack a word of `row`, a piece a word of `part`, hatched where it is no level."""
    given = table["places_approved"].astype("Float64").groupby(table[row].astype(str), sort=False)
    totals, gaps = given.sum(min_count=1), table["lower_bound"].eq(True).groupby(table[row].astype(str)).any()
    table = table.astype({row: str, part: str}).assign(places_approved=floats(table["places_approved"]))
    wide = table.pivot_table("places_approved", row, part, sort=False, observed=True, fill_value=0)
    parts = sorted(wide.columns.astype(str), key=lambda name: [*LEVEL_COLOURS, name].index(name))
    looks = {name: {"color": colour, "edgecolor": GROUND_COLOUR} for name, colour in LEVEL_COLOURS.items()}
    others = _HATCHED | {"edgecolor": OTHER_COLOUR}
    figure, axes = _canvas(len(wide), _BAR_INCHES * 1.6, legend=True)
    sums = draw_stacks(axes, wide[parts], {name: looks.get(name, others) for name in parts})
    for name, bars in zip(parts, cast(list[Any], axes.containers), strict=True):
        texts = [number(value) if value > _ROOM_TO_WRITE * sums.max() else "" for value in wide[name]]
        axes.bar_label(bars, texts, label_type="center", color=INK_COLOURS.get(name, TEXT_COLOUR))
    return _finished(figure, axes, sums, [people(totals[name], gaps[name]) for name in wide.index])


def hatched_chart(wide: pd.DataFrame, texts: Sequence[str], label: str) -> Figure:
    """A stack for each row, of two columns of lengths: the second piece is hatched and bears the label."""
    solid, hatched = wide.columns
    figure, axes = _canvas(len(wide), legend=True)
    look = _HATCHED | {"edgecolor": MAIN_COLOUR, "label": label}
    drawn = wide.assign(**{hatched: wide[hatched].where(wide[hatched] > 0)})
    sums = draw_stacks(axes, drawn, {solid: {"color": MAIN_COLOUR}, hatched: look})
    return _finished(figure, axes, sums, texts)


def _draw_bars(axes: Axes, lengths: "pd.Series[float]", label: str | None = None, **look: Any) -> None:
    """A bar for each row, by its place: rows whose names are cut to the same label stay two bars."""
    bars: dict[str, Any] = {"color": MAIN_COLOUR, "saturation": 1, "legend": False, "label": label}
    if len(lengths):
        seaborn.barplot(x=lengths.to_numpy(), y=range(len(lengths)), orient="h", ax=axes, **bars)
    _write_names(axes, lengths.index, **look)


def draw_stacks(
    axes: Axes, wide: pd.DataFrame, looks: dict[str, dict[str, Any]], longest: int = _LONGEST_LABEL
) -> "pd.Series[float]":
    """A stack for each row, the first on top, a piece for each column; returns how long the stacks are."""
    start = pd.Series(0.0, index=wide.index)
    for name, look in looks.items():
        axes.barh(range(len(wide)), wide[name], left=start, **({"label": shortened(name, longest)} | look))
        start = start + wide[name].fillna(0)
    _write_names(axes, wide.index, longest)
    axes.invert_yaxis()
    return start


def floats(column: "pd.Series[Any]") -> "pd.Series[float]":
    """Figures as lengths: a missing one has none."""
    return column.astype("Float64").fillna(0).astype(float)


def _canvas(bars: int, inches: float = _BAR_INCHES, legend: bool = False) -> tuple[Figure, Axes]:
    height = 0.2 + 0.35 * legend + inches * max(bars, 1)
    figure = Figure(figsize=(_WIDTH_INCHES, height), layout="constrained")
    axes = figure.subplots()
    axes.margins(y=0.01)
    return figure, axes


def _write_names(axes: Axes, names: Iterable[str], longest: int = _LONGEST_LABEL, **look: Any) -> None:
    labels = ["\n".join(shortened(line, longest) for line in str(name).split("\n")) for name in names]
    axes.set_yticks(range(len(labels)), labels, **look)


def _finished(figure: Figure, axes: Axes, lengths: "pd.Series[float]", texts: Sequence[str]) -> Figure:
    """The drawing with each bar's text at its end, and a legend where something bears a label."""
    for position, (length, text) in enumerate(zip(lengths, texts, strict=True)):
        axes.annotate(text, (length, position), xytext=(5, 0), textcoords="offset points", va="center")
    names = "\n".join(label.get_text() for label in axes.get_yticklabels()).split("\n")
    wide = 0.55 * _TEXT_POINTS  # about as wide a Latin character is drawn
    width = _WIDTH_INCHES * 72 - wide * max(map(display_width, names)) - 2 * _TEXT_POINTS
    room = [min(wide * display_width(text) + 5, 0.8 * width) for text in texts]
    ends = [length * width / (width - beside) for length, beside in zip(lengths, room, strict=True)]
    axes.set(xlim=(0, max(ends, default=0) or 1), xlabel="", ylabel="")
    if axes.get_legend_handles_labels()[1]:
        figure.legend(loc="outside upper left", ncols=3, borderaxespad=0, handlelength=1.4, columnspacing=1.2)
    return figure
