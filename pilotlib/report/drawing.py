"""Bars, stacks and legends, drawn once for every figure; titles are text of the page and not of the drawing."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

from pilotlib.report.colours import GROUND_COLOUR, INK_COLOURS, LEVEL_COLOURS, MAIN_COLOUR, OTHER_COLOUR, TEXT_COLOUR
from pilotlib.report.prose import number, shortened
from pilotlib.report.style import HATCH, TEXT_POINTS, WIDTH_INCHES, report_style
from pilotlib.words import display_width

INCHES_PER_BAR = 0.3
LONGEST_LABEL = 14  # characters beside a bar
_ROOM_TO_WRITE = 0.1  # of the longest stack: in a shorter part nothing is written


def bar_chart(
    names: Iterable[str], lengths: "pd.Series[float]", texts: Sequence[str], inches_per_bar: float = INCHES_PER_BAR
) -> Figure:
    """A bar for each name, one below the other, with a text at its end."""
    figure, axes = canvas(len(lengths), inches_per_bar)
    with report_style():
        draw_bars(axes, names, lengths)
        write_at_ends(axes, lengths, texts)
    return figure


def stack_chart(table: pd.DataFrame, row: str, part: str, length: str, unit: str = "人") -> Figure:
    """A stack for each value of the column `row`, a piece for each of the column `part`, as long as `length` says.

    Pieces that are no level are hatched; at a stack's end stands its sum.
    """
    table = table.astype({row: str, part: str}).assign(**{length: floats(table[length])})
    wide = table.pivot_table(index=row, columns=part, values=length, sort=False, observed=True, fill_value=0)
    parts = sorted(wide.columns.astype(str), key=lambda name: [*LEVEL_COLOURS, name].index(name))
    figure, axes = canvas(len(wide), INCHES_PER_BAR * 1.6, legend=True)
    with report_style():
        sums = draw_stacks(axes, wide[parts], {name: look_of(name) for name in parts})
        longest = wide.sum(axis="columns").max()
        for name, bars in zip(parts, axes.containers, strict=True):
            texts = [number(value) if value > _ROOM_TO_WRITE * longest else "" for value in wide[name]]
            axes.bar_label(
                cast(BarContainer, bars), texts, label_type="center", color=INK_COLOURS.get(name, TEXT_COLOUR)
            )
        write_at_ends(axes, sums, [f"{number(total)}{unit}" for total in sums])
        legend(figure)
    return figure


def canvas(bars: int, inches_per_bar: float = INCHES_PER_BAR, legend: bool = False) -> tuple[Figure, Axes]:
    """An empty figure for so many bars, as wide as a phone reads it."""
    with report_style():
        height = 0.2 + 0.35 * legend + inches_per_bar * max(bars, 1)
        figure = Figure(figsize=(WIDTH_INCHES, height), layout="constrained")
        axes = figure.subplots()
        axes.margins(y=0.01)
    return figure, axes


def draw_bars(
    axes: Axes, names: Iterable[str], lengths: "pd.Series[float]", longest: int = LONGEST_LABEL, **settings: Any
) -> None:
    """A bar for each row, by its place: rows whose names are cut to the same label stay two bars."""
    look = {"color": MAIN_COLOUR, "saturation": 1, "legend": False} | settings
    seaborn.barplot(x=lengths.to_numpy(), y=range(len(lengths)), orient="h", ax=axes, **look)
    write_names(axes, names, longest)


def draw_stacks(
    axes: Axes, wide: pd.DataFrame, looks: dict[str, dict[str, Any]], longest: int = LONGEST_LABEL
) -> "pd.Series[float]":
    """A stack for each row, a piece for each column, the first row on top; returns how long the stacks are."""
    start = pd.Series(0.0, index=wide.index)
    for name, look in looks.items():
        axes.barh(range(len(wide)), wide[name], left=start, **({"label": shortened(name, longest)} | look))
        start = start + wide[name].fillna(0)
    write_names(axes, wide.index.astype(str), longest)
    axes.invert_yaxis()
    return start


def look_of(name: str) -> dict[str, Any]:
    """How the piece of a stack that stands for a level is drawn; what is no level is hatched."""
    if name in LEVEL_COLOURS:
        return {"color": LEVEL_COLOURS[name], "edgecolor": GROUND_COLOUR}
    return {"color": GROUND_COLOUR, "edgecolor": OTHER_COLOUR, "hatch": HATCH}


def write_names(axes: Axes, names: Iterable[str], longest: int = LONGEST_LABEL) -> None:
    """Write each bar's name beside it, long lines of it cut."""
    labels = ["\n".join(shortened(line, longest) for line in str(name).split("\n")) for name in names]
    axes.set_yticks(range(len(labels)), labels)


def write_at_ends(axes: Axes, lengths: "pd.Series[float]", texts: Sequence[str]) -> None:
    """Write each bar's text at its end, and leave room for it."""
    for position, (length, text) in enumerate(zip(lengths, texts, strict=True)):
        axes.annotate(text, (length, position), xytext=(5, 0), textcoords="offset points", va="center")
    names = [line for label in axes.get_yticklabels() for line in label.get_text().split("\n")]
    width = WIDTH_INCHES * 72 - max(map(_points, names), default=0) - 2 * TEXT_POINTS
    room = [min(_points(text) + 5, 0.8 * width) for text in texts]
    ends = [length * width / (width - beside) for length, beside in zip(lengths, room, strict=True)]
    axes.set(xlim=(0, max(ends, default=0) or 1), xlabel="", ylabel="")


def legend(figure: Figure) -> None:
    """A legend above the drawing."""
    figure.legend(loc="outside upper left", ncols=3, borderaxespad=0, handlelength=1.4, columnspacing=1.2)


def floats(column: "pd.Series[Any]") -> "pd.Series[float]":
    """Figures as lengths: a missing one has none."""
    return column.astype("Float64").fillna(0).astype(float)


def _points(text: str) -> float:
    """About how wide a text is drawn."""
    return display_width(text) / 2 * TEXT_POINTS * 1.1
