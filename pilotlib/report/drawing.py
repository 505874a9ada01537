"""Bars, stacks, dots and their legends, drawn within `report_style`. Titles are text of the page, not of drawings."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from pilotlib.report.colours import (
    GROUND_COLOUR,
    INK_COLOURS,
    LEVEL_COLOURS,
    LINK_COLOUR,
    MAIN_COLOUR,
    OTHER_COLOUR,
    QUIET_COLOUR,
    TEXT_COLOUR,
)
from pilotlib.report.prose import at_least, number, people, shortened
from pilotlib.report.style import TEXT_POINTS
from pilotlib.words import display_width

_BAR_INCHES = 0.34
_LONGEST_LABEL = 14  # characters beside a bar
_EDGE = 0.04  # inches around a drawing
_ACROSS = 3  # entries of a legend in a row
_THICK = 0.62  # a bar, of the height of its row where nothing else is in it
_ROOM_TO_WRITE = 0.1  # of the longest stack: in a shorter part nothing is written
_HATCHED = {"color": GROUND_COLOUR, "hatch": "////"}


class Layout(NamedTuple):
    """How wide a figure is drawn, in inches, and up to which width (of two a Chinese character) names stand beside
    their bars; longer ones stand above them."""

    inches: float
    beside: int


# For a page's column, for a phone's or half a column, and for paper.
WIDE, NARROW, PAPER = Layout(8.4, 28), Layout(4.2, 9), Layout(6.3, 28)


def bar_chart(layout: Layout, lengths: "pd.Series[float]", texts: Sequence[str], marked: int | None = None) -> Figure:
    """A bar for each length, under the name in its index, with a text at its end; a hole for one that is missing. The
    bar at the place `marked` is set off from the others, which are quiet; without one all are alike."""
    chart = _canvas(layout, lengths.index)
    _draw_bars(chart, lengths, marked)
    return _finished(chart, lengths, texts)


def marked_chart(layout: Layout, table: pd.DataFrame, names: str, marked: int | None = None) -> Figure:
    """A bar for what was approved, named by a column; a mark where another number was applied for. Where nobody says
    what was approved, a bar for what was applied for."""
    both, flags = table[["places_approved", "places_applied"]], ("lower_bound", "applied_lower_bound")
    bounds = zip(both, (table.get(flag, [False] * len(table)) for flag in flags), strict=True)
    said, asked = (pd.Series(map(at_least, both[name], flag), both.index, dtype="str") for name, flag in bounds)
    approved, applied = (floats(both[name]) for name in both)
    granted, given = both["places_approved"].notna(), both["places_applied"].notna()
    if not granted.any():
        return bar_chart(layout, applied.set_axis(table[names]), asked.tolist(), marked)
    same = (both["places_approved"] == both["places_applied"]).fillna(False).astype(bool) | ~given
    unlike = not same.all()
    chart = _canvas(layout, table[names], legend=unlike)
    _draw_bars(chart, approved.set_axis(table[names]), marked)
    look: dict[str, Any] = {"color": TEXT_COLOUR, "markeredgecolor": GROUND_COLOUR}
    if unlike:  # what is not given is no mark at 0
        chart.axes.plot(applied.where(~same), range(len(table)), "D", label="申请（与批准不同时标出）", **look)
    texts = said.where(same, ("批准" + said).where(granted, "未计入批准") + "，申请" + asked)
    return _finished(chart, approved.combine(applied, max), texts.tolist())


def stack_chart(layout: Layout, table: pd.DataFrame, row: str, part: str) -> Figure:
    """Approved places: a stack a word of `row`, a piece a word of `part`, hatched where it is no level."""
    given = table["places_approved"].astype("Float64").groupby(table[row].astype(str), sort=False)
    totals, gaps = given.sum(min_count=1), table["lower_bound"].eq(True).groupby(table[row].astype(str)).any()
    table = table.astype({row: str, part: str}).assign(places_approved=floats(table["places_approved"]))
    wide = table.pivot_table("places_approved", row, part, sort=False, observed=True, fill_value=0)
    parts = sorted(wide.columns.astype(str), key=lambda name: [*LEVEL_COLOURS, name].index(name))
    looks = {name: {"color": colour, "edgecolor": GROUND_COLOUR} for name, colour in LEVEL_COLOURS.items()}
    others = _HATCHED | {"edgecolor": OTHER_COLOUR}
    chart = _canvas(layout, wide.index, 1.3 * _BAR_INCHES, legend=True)
    sums = draw_stacks(chart.axes, wide[parts], {name: looks.get(name, others) for name in parts}, thick=chart.thick)
    for name, bars in zip(parts, cast(list[Any], chart.axes.containers), strict=True):
        texts = [number(value) if value > _ROOM_TO_WRITE * sums.max() else "" for value in wide[name]]
        chart.axes.bar_label(bars, texts, label_type="center", color=INK_COLOURS.get(name, TEXT_COLOUR))
    return _finished(chart, sums, [people(totals[name], gaps[name]) for name in wide.index])


def paired_chart(layout: Layout, wide: pd.DataFrame, texts: Sequence[str], label: str, marked: int | None) -> Figure:
    """A bar for each row, and below it a thin hatched one that bears the label, for its second column: two lengths that
    nobody is to add up."""
    first, second = (wide[name].to_numpy() for name in wide)
    chart, places = _canvas(layout, wide.index, legend=bool((second > 0).any()), more=0.09), range(len(wide))
    _draw_bars(chart, wide.iloc[:, 0], marked)
    thin = 0.35 * chart.thick
    look: dict[str, Any] = _HATCHED | {"edgecolor": OTHER_COLOUR, "label": label, "height": thin}
    if (second > 0).any():
        chart.axes.barh([place + (chart.thick + thin) / 2 for place in places], second, **look)
    return _finished(chart, pd.Series(np.maximum(first, second), wide.index), texts)


def dot_chart(
    layout: Layout,
    lengths: "pd.Series[float]",
    texts: Sequence[str],
    middle: float,
    label: str,
    marked: Sequence[int] = (),
    links: Iterable[str] = (),
) -> Figure:
    """A dot for each length with a text beside it, in the order given, and a line at the middle of all, which bears the
    label; dots at the places `marked` are set off. `links`: where each name leads, or ""."""
    chart, places = _canvas(layout, lengths.index, 0.75 * _BAR_INCHES, legend=True), range(len(lengths))
    colours = [MAIN_COLOUR if place in marked else QUIET_COLOUR for place in places]
    chart.axes.axvline(middle, color=OTHER_COLOUR, linestyle=(0, (3, 2)), label=label, zorder=1)
    chart.axes.scatter(lengths.to_numpy(), places, s=46, c=colours, zorder=3)
    chart.axes.set_ylim(len(lengths) - 0.5, -0.5)
    return _finished(chart, lengths, texts, links)


def dumbbell_chart(layout: Layout, wide: pd.DataFrame, texts: Sequence[str], marked: int | None = None) -> Figure:
    """For each row a line from its first length to its second, whose end is a full dot and has the text beside it."""
    chart, places = _canvas(layout, wide.index, legend=True), range(len(wide))
    first, second = (floats(wide[name]).to_numpy() for name in wide)
    colours = [MAIN_COLOUR if marked in (None, place) else QUIET_COLOUR for place in places]
    chart.axes.hlines(places, first, second, colors=colours, linewidth=3)
    for name, ends, fill in zip(wide, (first, second), (GROUND_COLOUR, TEXT_COLOUR), strict=True):
        chart.axes.scatter(ends, places, s=42, c=fill, edgecolors=TEXT_COLOUR, label=str(name), zorder=3)
    chart.axes.set_ylim(len(wide) - 0.5, -0.5)
    return _finished(chart, pd.Series(np.maximum(first, second), wide.index), texts)


class _Chart(NamedTuple):
    """A figure that is being drawn: its axes, its layout, the names of its rows as they are written, whether they stand
    above their bars, and how thick a bar is, of the height of its row."""

    figure: Figure
    axes: Axes
    layout: Layout
    names: list[str]
    above: bool
    thick: float


def _draw_bars(chart: _Chart, lengths: "pd.Series[float]", marked: int | None = None) -> None:
    """A bar for each row, by its place: rows whose names are cut to the same label stay two bars."""
    places = range(len(lengths))
    colours = [MAIN_COLOUR if marked in (None, place) else QUIET_COLOUR for place in places]
    chart.axes.barh(places, lengths.fillna(0).to_numpy(), height=chart.thick, color=colours)
    chart.axes.set_ylim(len(lengths) - 0.5 if len(lengths) else 0.5, -0.5)


def draw_stacks(
    axes: Axes,
    wide: pd.DataFrame,
    looks: dict[str, dict[str, Any]],
    longest: int = _LONGEST_LABEL,
    thick: float = _THICK,
) -> "pd.Series[float]":
    """A stack for each row, the first on top, a piece for each column; returns how long the stacks are."""
    start = pd.Series(0.0, index=wide.index)
    for name, look in looks.items():
        shape: dict[str, Any] = {"label": shortened(name, longest), "height": thick} | look
        axes.barh(range(len(wide)), wide[name], left=start, **shape)
        start = start + wide[name].fillna(0)
    axes.set_yticks(range(len(wide)), _labels(wide.index, longest))
    axes.invert_yaxis()
    return start


def floats(column: "pd.Series[Any]") -> "pd.Series[float]":
    """Figures as lengths: a missing one has none."""
    return column.astype("Float64").fillna(0).astype(float)


def _canvas(
    layout: Layout, names: Iterable[str], inches: float = _BAR_INCHES, *, legend: bool = False, more: float = 0
) -> _Chart:
    """An empty chart with a row for each name, higher by `more` inches, and where names stand above the bars."""
    labels = _labels(names, _LONGEST_LABEL)
    above = max((display_width(line) for label in labels for line in label.split("\n")), default=0) > layout.beside
    labels = [label.replace("\n", "") for label in labels] if above else labels
    most = max((label.count("\n") for label in labels), default=0)
    row = inches + more + (0.21 if above else 0.13 * most)
    figure = Figure(figsize=(layout.inches, 0.15 + 0.35 * legend + row * max(len(labels), 1)))
    axes = figure.subplots()
    axes.margins(y=0.01)
    return _Chart(figure, axes, layout, labels, above, _THICK * inches / row)


def _labels(names: Iterable[str], longest: int) -> list[str]:
    return ["\n".join(shortened(line, longest) for line in str(name).split("\n")) for name in names]


def _finished(chart: _Chart, lengths: "pd.Series[float]", texts: Sequence[str], links: Iterable[str] = ()) -> Figure:
    """The drawing with each row's name, perhaps a link, and its bar's text, and a legend where something bears a
    label."""
    figure, axes, layout, names, above, thick = chart
    wide = 0.55 * TEXT_POINTS  # about as wide a Latin character is drawn
    beside = 0 if above else max((_width_of(line) for name in names for line in name.split("\n")), default=0)
    width = layout.inches * 72 - beside - 2 * TEXT_POINTS
    room = [min(wide * display_width(text) + 5, 0.8 * width) for text in texts]
    ends = [length * width / (width - end) for length, end in zip(lengths.fillna(0), room, strict=True)]
    longest = max(ends, default=0) or 1
    axes.set(xlim=(0, longest), xlabel="", ylabel="")
    for place, (length, text) in enumerate(zip(lengths, texts, strict=True)):
        missing = pd.isna(length)  # neither a bar of 0 nor a shape that would look like a length
        at, colour = (0 if missing else length, place), OTHER_COLOUR if missing else TEXT_COLOUR
        axes.annotate(text, at, xytext=(5, 0), textcoords="offset points", va="center", color=colour)
    if above:  # into the room that the row has more than its bar
        axes.set_yticks([])
        near: dict[str, Any] = {"xytext": (3, 3), "textcoords": "offset points", "va": "bottom"}
        written: list[Any] = [axes.annotate(name, (0, place - thick / 2), **near) for place, name in enumerate(names)]
        axes.set_ylim(len(names) - 0.5, -1 + thick / 2)
    else:
        axes.set_yticks(range(len(names)), names, linespacing=1.3)
        written = axes.get_yticklabels()
    for name, link in zip(written, links, strict=False):
        name.set(url=link or None, color=LINK_COLOUR if link else TEXT_COLOUR)
    if labels := axes.get_legend_handles_labels()[1]:
        shape: dict[str, Any] = {"borderaxespad": 0, "handlelength": 1.4, "columnspacing": 1.2}
        figure.legend(loc="upper left", bbox_to_anchor=(0, 1), ncols=_ACROSS, **shape)
    # All room is known: matplotlib's own search for it would take a third of the time of a drawing.
    left, high = beside / 72 + _EDGE + 0.1 * (not above), _EDGE + 0.29 * -(-len(labels) // _ACROSS)
    across, down = figure.get_size_inches()
    figure.subplots_adjust(left / across, _EDGE / down, 1 - _EDGE / across, 1 - high / down)
    return figure


def _width_of(line: str) -> float:
    """How wide a line of text is drawn, in points."""
    width, _, _ = text_to_path.get_text_width_height_descent(line, FontProperties(size=TEXT_POINTS), ismath=False)
    return float(width)
