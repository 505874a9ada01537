"""Figures for a cell: those of the report, and a chart of any selection whose form is chosen."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import seaborn
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

from pilotlib.chinese import use_chinese_font
from pilotlib.columns import SOURCE_COLUMNS, source_columns, title_of, unit_of
from pilotlib.errors import PilotError, suggestion
from pilotlib.report.colours import GROUND_COLOUR, LEVEL_COLOURS
from pilotlib.report.drawing import draw_bars, draw_stacks, floats, report_style
from pilotlib.report.figures import FIGURES, drawing
from pilotlib.report.prose import number, shortened
from pilotlib.report.told import names_of
from pilotlib.report.year_tables import figure_tables
from pilotlib.statistics.places import only_approved
from pilotlib.vocabulary import UNKNOWN

FORMS = {"bar": "条形图", "stacked": "堆叠条形图", "line": "折线图", "heat": "热力图"}
GROUPS = (*source_columns("round", "level", "name", "names", "status", "text"), "year")
MEASURES = (*(name for name, column in SOURCE_COLUMNS.items() if column.adds_up), "applications")
_LONGEST_LABEL = 18  # characters
_BY_LENGTH = source_columns("name", "names", "status", "text")  # the others have an order of their own
NOT_COUNTED = "无数据"  # no bar is not a bar of 0
_ACROSS = 45  # characters that stand side by side below or above a chart


def chart(
    rows: pd.DataFrame,
    by: str = "application_round",
    measure: str = "places_approved",
    form: str = "bar",
    split: str = "level",
) -> Figure:
    """A chart of applications.

    Args:
        rows: Applications, as `load_year` gives them, or a part of them.
        by: A column of `GROUPS`: a bar, a point or a row of the chart each. Places shared by several majors stay whole:
            they belong to the majors together.
        measure: One of `MEASURES`; approved places count only where the status means approval.
        form: One of `FORMS`: bar, stacked, line, heat.
        split: A second column of `GROUPS`, for the parts of a stack, the lines, or the columns of a heat map.

    Returns:
        A matplotlib figure.

    Raises:
        PilotError: a name that there is not, or nothing to draw.

    Example:
        chart(load_year().applications, by="level", form="stacked", split="application_round")
    """
    for name, known in ((by, GROUPS), (split, GROUPS), (measure, MEASURES), (form, FORMS)):
        if name not in known:
            raise PilotError(f"图没有“{name}”。{suggestion(name, list(known))}")
    if rows.empty:
        raise PilotError("没有符合条件的申报，没有图可画。请放宽筛选。")
    use_chinese_font()
    table = _counted(rows, list(dict.fromkeys([by] if form == "bar" else [by, split])), measure)
    bars = 9 if form == "line" else table[by].nunique()
    with report_style():
        figure = Figure(figsize=(8, 1.1 + 0.34 * bars), layout="constrained")
        axes = figure.subplots()
        _DRAWN[form](axes, table, by, split)
        axes.set_title(f"{title_of(measure)}（{unit_of(measure)}），按{title_of(by)}", loc="left", fontsize="medium")
    return figure


def _counted(rows: pd.DataFrame, by: list[str], measure: str) -> pd.DataFrame:
    """One row per group: its words as they are drawn, and `value`; a group of nothing but missing counts is missing."""
    table = only_approved(pd.DataFrame(rows)).assign(applications=1)
    for name in by:
        column = table[name]
        ordered = isinstance(column.dtype, pd.CategoricalDtype)
        known = column.cat.categories if ordered else sorted(column.dropna().unique())
        words = column.astype(object).where(column.notna(), UNKNOWN).astype("str")
        table[name] = pd.Categorical(words, list(dict.fromkeys([*map(str, known), UNKNOWN])), ordered=True)
    groups = table.groupby(by, observed=True, sort=True)[measure]
    return groups.sum(min_count=1).astype("Float64").rename("value").reset_index()


def _bar(axes: Axes, table: pd.DataFrame, by: str, split: str) -> None:
    table = table.sort_values("value", ascending=False, kind="stable") if by in _BY_LENGTH else table
    draw_bars(axes, table[by].astype(str), floats(table["value"]), _LONGEST_LABEL)
    _label_ends(axes, table["value"])


def _stacked(axes: Axes, table: pd.DataFrame, by: str, split: str) -> None:
    wide = _wide(table, by, split)
    totals = wide.sum(axis="columns", min_count=1)
    if by in _BY_LENGTH:
        totals = totals.sort_values(ascending=False, kind="stable")
    looks = {name: {"color": colour, "edgecolor": GROUND_COLOUR} for name, colour in _colours(wide).items()}
    draw_stacks(axes, wide.loc[totals.index].fillna(0).astype(float), looks, _LONGEST_LABEL)
    _label_ends(axes, totals)
    axes.margins(x=0.12, y=0.01)
    _legend(axes, wide)


def _label_ends(axes: Axes, values: "pd.Series[float]") -> None:
    """Write the figure at the end of each bar, or that there is none."""
    axes.bar_label(cast(BarContainer, axes.containers[-1]), [_label(value) for value in values], padding=4)
    axes.margins(x=0.12)


def _line(axes: Axes, table: pd.DataFrame, by: str, split: str) -> None:
    wide = _wide(table, by, split)
    for name, colour in _colours(wide).items():
        label = shortened(name, _LONGEST_LABEL)
        axes.plot(range(len(wide)), wide[name].astype(float), "o-", color=colour, label=label)
    axes.set_xticks(range(len(wide)), [shortened(str(name), 8) for name in wide.index])
    axes.tick_params(axis="x", labelbottom=True, rotation=_rotation(wide.index))
    axes.set_ylim(bottom=0)
    _legend(axes, wide)


def _heat(axes: Axes, table: pd.DataFrame, by: str, split: str) -> None:
    wide = _wide(table, by, split).astype(float)
    wide = wide.set_axis([shortened(str(name), _LONGEST_LABEL) for name in wide.index], axis="index")
    wide = wide.set_axis([shortened(str(name), 8) for name in wide.columns], axis="columns")
    texts = wide.map(_label).where(wide.notna(), "")
    seaborn.heatmap(wide, ax=axes, cmap="Blues", annot=texts, fmt="", cbar=False, linewidths=1, vmin=0)
    axes.set(xlabel="", ylabel="")
    axes.tick_params(axis="x", labelbottom=False, labeltop=True, rotation=_rotation(wide.columns))
    axes.tick_params(axis="y", rotation=0)


_DRAWN = {"bar": _bar, "stacked": _stacked, "line": _line, "heat": _heat}


def _wide(table: pd.DataFrame, by: str, split: str) -> pd.DataFrame:
    """A row per value of `by`, a column per value of `split`, in their orders."""
    if by == split:
        return table.set_index(by)[["value"]].set_axis([title_of(by)], axis="columns")
    wide = table.set_index([by, split])["value"].unstack(split).astype("Float64")
    return wide.sort_index(axis="index").sort_index(axis="columns")


def _colours(wide: pd.DataFrame) -> dict[str, Any]:
    others = iter(seaborn.color_palette("colorblind", wide.shape[1]))
    return {name: LEVEL_COLOURS.get(name) or next(others) for name in names_of(wide)}


def _legend(axes: Axes, wide: pd.DataFrame) -> None:
    if wide.shape[1] > 1:
        axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)


def _rotation(names: pd.Index) -> int:
    return 0 if sum(map(len, map(str, names))) < _ACROSS else 60


def _label(value: float) -> str:
    return number(value) if pd.notna(value) else NOT_COUNTED


# A figure shows itself in a cell only once pyplot has loaded its backend, which it otherwise does at its own first one.
plt.switch_backend(plt.get_backend())


def _of_statistics(name: str) -> Callable[[dict[str, pd.DataFrame]], Figure]:
    """What draws a figure of the report from the statistics of a year."""

    def draw(statistics: dict[str, pd.DataFrame]) -> Figure:
        return drawing(FIGURES[name](figure_tables(statistics, "")))

    draw.__doc__ = FIGURES[name].__doc__
    return draw


# figures.majors(year.statistics) …: ordinary matplotlib figures, to be changed and saved.
figures = SimpleNamespace(**{name: _of_statistics(name) for name in FIGURES})
