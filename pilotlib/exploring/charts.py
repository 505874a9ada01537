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
from pilotlib.columns import APPLICATION_COLUMNS, application_columns, title_of, unit_of
from pilotlib.errors import PilotError, suggestion
from pilotlib.report.colours import GROUND_COLOUR, LEVEL_COLOURS, MAIN_COLOUR
from pilotlib.report.drawing import draw_stacks, report_style
from pilotlib.report.figures import FIGURES, FigureEntry, drawing
from pilotlib.report.prose import number, shortened
from pilotlib.report.told import names_of
from pilotlib.report.year_tables import figure_tables
from pilotlib.statistics.places import only_approved
from pilotlib.vocabulary import UNKNOWN

FORMS = {"bar": "条形图", "stacked": "堆叠条形图", "line": "折线图", "heat": "热力图"}
GROUPS = (*application_columns("round", "level", "name", "names", "status", "text"), "year")
MEASURES = (*(name for name, column in APPLICATION_COLUMNS.items() if column.adds_up), "applications")
_LONGEST_LABEL = 18  # characters
_BY_LENGTH = application_columns("name", "names", "status", "text")  # the others have an order of their own
NOT_COUNTED = "无数据"  # no bar is not a bar of 0
_ACROSS = 45  # characters that stand side by side below or above a chart


def chart(
    rows: pd.DataFrame,
    by: str = "application_round",
    measure: str = "places_approved",
    form: str = "bar",
    split: str = "level",
) -> Figure:
    """A chart of applications, as a figure of matplotlib.

    Args:
        rows: Applications, as `load_year` gives them, or a part of them.
        by: A column of `GROUPS`: a bar, a point or a row of the chart each. Places shared by several majors stay
            whole: they belong to the majors together. Chinese titles work here and below.
        measure: One of `MEASURES`; approved places count only where the status means approval.
        form: One of `FORMS`: bar, stacked, line, heat.
        split: A second column of `GROUPS`, for the parts of a stack, the lines, or the columns of a heat map.

    Raises:
        PilotError: a name that there is not, or nothing to draw.

    Example:
        chart(load_year().applications, by="level", form="stacked", split="application_round")
    """
    groups, measures = groups_of(rows), measures_of(rows)
    by, split = (_known(name, {group: title_of(group) for group in groups}) for name in (by, split))
    measure, form = _known(measure, {name: title_of(name) for name in measures}), _known(form, FORMS)
    if rows.empty:
        raise PilotError("没有符合条件的申报，没有图可画。请放宽筛选。")
    use_chinese_font()
    wide = _counted(rows, by, by if form == "bar" else split, measure)
    if form in ("bar", "stacked") and by in _BY_LENGTH:
        wide = wide.loc[wide.sum(axis="columns", min_count=1).sort_values(ascending=False, kind="stable").index]
    others = iter(seaborn.color_palette("colorblind", wide.shape[1]) if wide.shape[1] > 1 else [MAIN_COLOUR])
    colours = {name: LEVEL_COLOURS.get(name) or next(others) for name in names_of(wide)}
    with report_style():
        figure = Figure(figsize=(8, 1.1 + 0.34 * (9 if form == "line" else len(wide))), layout="constrained")
        axes = figure.subplots()
        _DRAWN[form](axes, wide, colours)
        if form != "heat" and wide.shape[1] > 1:
            axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)
        axes.set_title(f"{title_of(measure)}（{unit_of(measure)}），按{title_of(by)}", loc="left", fontsize="medium")
    return figure


def _known(word: str, titles: dict[str, str]) -> str:
    """The name that a word is, or whose title; PilotError for another."""
    names = {title: name for name, title in titles.items()} | {name: name for name in titles}
    if word not in names:
        raise PilotError(f"图没有“{word}”。{suggestion(word, list(names))}")
    return names[word]


def groups_of(rows: pd.DataFrame) -> list[str]:
    """Those of `GROUPS` that a table has."""
    return [name for name in GROUPS if name in rows]


def measures_of(rows: pd.DataFrame) -> list[str]:
    """Those of `MEASURES` that a table has."""
    return [name for name in MEASURES if name in rows or name == "applications"]


def _counted(rows: pd.DataFrame, by: str, split: str, measure: str) -> pd.DataFrame:
    """A row per word of `by`, a column per word of `split` (one, where both are the same), as they are drawn and
    in their orders. A group of nothing but missing counts is missing."""
    table = only_approved(pd.DataFrame(rows)).assign(applications=1)
    for name in {by, split}:
        words = table[name].astype("category").cat.rename_categories(str)
        words = words.cat.set_categories(list(filter(None, words.cat.categories)))
        known = dict.fromkeys([*words.cat.categories, UNKNOWN])
        table[name] = words.cat.set_categories(list(known), ordered=True).fillna(UNKNOWN)
    groups = table.groupby(list(dict.fromkeys([by, split])), observed=True, sort=True)[measure]
    sums = groups.sum(min_count=1).astype("Float64")
    return sums.to_frame(title_of(by)) if by == split else sums.unstack(split).sort_index(axis="columns")


def _stacks(axes: Axes, wide: pd.DataFrame, colours: dict[str, Any]) -> None:
    """Bars, in parts where there are several columns; at the end of each its figure or that there is none."""
    looks = {name: {"color": colour, "edgecolor": GROUND_COLOUR} for name, colour in colours.items()}
    draw_stacks(axes, wide.fillna(0).astype(float), looks, _LONGEST_LABEL)
    totals = wide.sum(axis="columns", min_count=1)
    texts = [number(total) if pd.notna(total) else NOT_COUNTED for total in totals]
    axes.bar_label(cast(BarContainer, axes.containers[-1]), texts, padding=4)
    axes.margins(x=0.12, y=0.01)


def _lines(axes: Axes, wide: pd.DataFrame, colours: dict[str, Any]) -> None:
    for name, colour in colours.items():
        label = shortened(name, _LONGEST_LABEL)
        axes.plot(range(len(wide)), wide[name].astype(float), "o-", color=colour, label=label)
    axes.set_xticks(range(len(wide)), [shortened(str(name), 8) for name in wide.index])
    axes.tick_params(axis="x", labelbottom=True, rotation=_rotation(wide.index))
    axes.set_ylim(bottom=0)


def _heat(axes: Axes, wide: pd.DataFrame, _: dict[str, Any]) -> None:
    values = wide.astype(float).set_axis([shortened(str(name), _LONGEST_LABEL) for name in wide.index], axis="index")
    values = values.set_axis([shortened(str(name), 8) for name in wide.columns], axis="columns")
    texts = values.map(number).where(values.notna(), "")
    seaborn.heatmap(values, ax=axes, cmap="Blues", annot=texts, fmt="", cbar=False, linewidths=1, vmin=0)
    axes.set(xlabel="", ylabel="")
    axes.tick_params(axis="x", labelbottom=False, labeltop=True, rotation=_rotation(values.columns))
    axes.tick_params(axis="y", rotation=0)


def _rotation(names: pd.Index) -> int:
    """How far names below or above a chart are turned: not at all where they have room side by side."""
    return 0 if sum(map(len, map(str, names))) < _ACROSS else 60


_DRAWN = {"bar": _stacks, "stacked": _stacks, "line": _lines, "heat": _heat}
# A figure shows itself in a cell only once pyplot has loaded its backend, which it otherwise does at its own first one.
plt.switch_backend(plt.get_backend())


def _of_statistics(figure: Callable[..., FigureEntry]) -> Callable[[dict[str, pd.DataFrame]], Figure]:
    """What draws a figure of the report from the statistics of a year."""

    def draw(statistics: dict[str, pd.DataFrame]) -> Figure:
        return drawing(figure(figure_tables(dict(statistics), "")))  # as they were computed, whatever they are shown as

    draw.__doc__ = figure.__doc__
    return draw


# figures.majors(year.statistics) …: ordinary matplotlib figures, to be changed and saved.
figures = SimpleNamespace(**{name: _of_statistics(figure) for name, figure in FIGURES.items()})
