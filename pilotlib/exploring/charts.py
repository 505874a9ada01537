"""Figures for a cell: those of the report, and a chart of any selection whose form is chosen."""

from collections.abc import Callable
from textwrap import wrap
from types import SimpleNamespace
from typing import Any

import pandas as pd
import seaborn
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pilotlib.chinese import use_chinese_font
from pilotlib.columns import ADDED_UP_COLUMNS, RESULT_COUNTS, column_named, kind_of, source_columns, title_of, unit_of
from pilotlib.errors import PilotError, suggestion
from pilotlib.report.colours import GROUND_COLOUR, LEVEL_COLOURS, MAIN_COLOUR, OTHER_COLOUR
from pilotlib.report.drawing import draw_stacks
from pilotlib.report.figures import FIGURES, FigureEntry, drawing, is_known
from pilotlib.report.prose import AT_LEAST, at_least, number, shortened
from pilotlib.report.shown import source_of, with_names
from pilotlib.report.style import report_style
from pilotlib.report.told import names_of
from pilotlib.report.year_tables import figure_tables
from pilotlib.statistics.places import PLACES, lacking, only_approved, percent_of
from pilotlib.vocabulary import FEWEST_RANKED, PERSON_TIMES, RESULT_RATES, UNKNOWN

FORMS = {"bar": "条形图", "stacked": "堆叠条形图", "line": "折线图", "heat": "热力图"}
GROUPS = (*source_columns("round", "level", "name", "names", "status", "text"), "majors_together", "year")
_LONGEST_LABEL = 18  # characters
_IN_ORDER = ("round", "year")  # kinds of columns along which something goes on; the others are categories
_BY_LENGTH = ("name", "names", "status", "text")  # kinds of columns that have no order of their own
NOT_COUNTED = "无数据"  # no bar is not a bar of 0
_FEW_LINES = 4  # of more, only lower bounds are written beside their points
_ACROSS = 45  # characters that stand side by side below or above a chart
_TITLE_LINE, _LINE = 42, 0.26  # characters of a title in a line of it, and how high that is in inches


def chart(
    rows: pd.DataFrame,
    by: str = "application_round",
    measure: str = "places_approved",
    form: str = "bar",
    split: str = "level",
    title: str = "",
) -> Figure:
    """A chart of applications, or of results, as a figure of matplotlib with title, unit and source.

    Args:
        rows: Applications or results, as `load_year` gives them, or a part of them.
        by: A column of `GROUPS`: a bar, a point or a row of the chart each. Places shared by several majors stay
            whole: they belong to the majors together. Chinese titles work here and below.
        measure: One of `measures_of(rows)`; approved places count only where the status means approval.
        form: One of `FORMS`: bar, stacked, line, heat.
        split: A second column of `GROUPS`, for the parts of a stack, the lines, or the columns of a heat map.
        title: Its title, by default what is drawn; `figure.suptitle(…)` replaces it later.

    Raises:
        PilotError: a name that there is not, a form that does not fit, or nothing to draw.

    Example:
        chart(load_year().applications, by="level", form="stacked", split="application_round")
    """
    if not isinstance(rows, pd.DataFrame):
        raise PilotError("chart 画一张表的各行，如 chart(load_year().applications)。")
    rows = with_names(rows)
    groups = {group: title_of(group) for group in groups_of(rows)}
    if not {*groups} - {"year"}:
        raise PilotError('chart 画申报或考核结果的各行；统计表用它自己的 plot，如 统计表.plot.barh(y="列名")。')
    by, form = named(by, groups, "图"), named(form, FORMS, "图")
    split = by if form == "bar" else named(split, groups, "图")
    measure = named(measure, {name: title_of(name) for name in measures_of(rows)}, "图")
    if rows.empty:
        raise PilotError("没有符合条件的行，没有图可画。请放宽筛选。")
    if why := unfit(form, by, measure):
        raise PilotError(f"{why}。")
    use_chinese_font()
    whole = _counted(rows, [by], measure)
    if form in ("bar", "stacked") and kind_of(by) in _BY_LENGTH:
        whole = whole.sort_values(["few", "value"], ascending=[True, False], kind="stable")
    one = whole.set_axis([whole.index, [title_of(measure)] * len(whole)])
    parts = one if split == by else _counted(rows, [by, split], measure)
    values, texts = (parts[name].unstack().reindex(whole.index) for name in ("value", "text"))
    figure = _drawn(form, values, texts, whole["text"].tolist())
    said = title or drawn_title(by, measure, form, split)
    return _entitled(figure, said, unit_of(measure) or PERSON_TIMES, source_of(rows))


def _drawn(form: str, values: pd.DataFrame, texts: pd.DataFrame, whole: list[str]) -> Figure:
    """A chart of values, a row of it for each of theirs, with the texts of each, or of all of a row."""
    others = iter(seaborn.color_palette("colorblind", values.shape[1]) if values.shape[1] > 1 else [MAIN_COLOUR])
    colours = {name: LEVEL_COLOURS.get(name) or next(others) for name in names_of(values)}
    named_beside = len(colours) if form != "heat" and len(colours) > 1 else 0
    height = max(0.34 * (9 if form == "line" else len(values)), 0.24 * named_beside)
    height += 1.1 if form == "heat" and _rotation(values.columns) else 0.3
    with report_style():
        figure = Figure(figsize=(8, height), layout="constrained")
        axes = figure.subplots()
        _DRAWN[form](axes, values, whole if form in ("bar", "stacked") else texts, colours)
        if named_beside:
            axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)
    return figure


def drawn_title(by: str, measure: str, form: str, split: str) -> str:
    """What a chart shows.

    >>> drawn_title("application_round", "places_approved", "stacked", "level")
    '批准总培训人数，按申报批次与等级'
    """
    second = f"与{title_of(split)}" if form != "bar" and split != by else ""
    return f"{title_of(measure)}，按{title_of(by)}{second}"


def named(word: Any, titles: dict[Any, str], of: str) -> Any:
    """The name that a word is, or whose title or header it is or begins; PilotError for another, of what is `of`."""
    names = {title: name for name, title in titles.items()} | {name: name for name in titles}
    begun = [name for title, name in names.items() if len(str(word)) > 1 and str(title).startswith(str(word))]
    name = names.get(word) or names.get(column_named(str(word))) or (begun[0] if len(begun) == 1 else None)
    if name is None:
        raise PilotError(f"{of}没有“{word}”。{suggestion(str(word), list(map(str, names)))}")
    return name


def unfit(form: str, by: str, measure: str) -> str:
    """Why a form does not fit what is drawn, "" where it does.

    >>> unfit("line", "certificate", "places_approved"), unfit("line", "year", "places_approved")
    ('折线图只画有先后的分组，如申报批次、申报年度', '')
    """
    if form == "line" and kind_of(by) not in _IN_ORDER:
        return f"折线图只画有先后的分组，如{title_of('application_round')}、{title_of('year')}"
    return "比率不能相加，没有堆叠条形图" if form == "stacked" and kind_of(measure) == "rate" else ""


def groups_of(rows: pd.DataFrame) -> list[str]:
    """Those of `GROUPS` that a table has."""
    return [name for name in GROUPS if name in rows]


def measures_of(rows: pd.DataFrame) -> list[str]:
    """What can be drawn of a table: its columns that add up, rates of these, and of applications how many there are."""
    counts = [name for name in ADDED_UP_COLUMNS if name in rows]
    rates = [rate for rate, sides in RESULT_RATES.items() if {*sides} <= {*counts}]
    of_results = not {*RESULT_COUNTS}.isdisjoint(counts) and {*PLACES}.isdisjoint(counts)
    return [*counts, *rates, *([] if of_results else ["applications"])]


def _counted(rows: pd.DataFrame, keys: list[str], measure: str) -> pd.DataFrame:
    """A row per word, or pair of words, of the columns, in their orders: `value`, missing where all of its counts are,
    or a rate lacks one; `text`, which says so, and where it is a lower bound; whether `few` sat: that is no rank."""
    table = only_approved(pd.DataFrame(rows)).assign(applications=1)
    for name in keys:
        words = table[name].astype("category").cat.rename_categories(str)
        words = words.cat.set_categories(list(filter(None, words.cat.categories)))
        known = dict.fromkeys([*words.cat.categories, UNKNOWN])
        table[name] = words.cat.set_categories(list(known), ordered=True).fillna(UNKNOWN)
    sides = list(RESULT_RATES.get(measure, (measure,)))
    lacks = lacking(table)[measure] if measure in PLACES else table[sides].isna().any(axis="columns")
    groups = table.assign(lacks=lacks).groupby(keys, observed=True, sort=True)
    sums, bounds = groups[sides].sum(min_count=1).astype("Float64"), groups["lacks"].any()
    if measure in RESULT_RATES:
        return _rates(sums, bounds)
    value = sums[measure]
    texts = [at_least(*pair) for pair in zip(value, bounds, strict=True)]
    text = pd.Series(texts, sums.index, dtype="str").mask(value.isna(), NOT_COUNTED)
    return pd.DataFrame({"value": value, "text": text, "few": False})


def _rates(sums: pd.DataFrame, bounds: "pd.Series[bool]") -> pd.DataFrame:
    """`value, text, few` of the rates of its first column to its second, where neither is a lower bound."""
    part, whole = (sums[name] for name in names_of(sums))
    value, few = percent_of(part, whole).mask(bounds), (whole < FEWEST_RANKED).fillna(False).astype(bool)
    rate, of, in_all = (each.map(number).astype("str") for each in (value, part, whole))
    text = rate + "%（" + of + "/" + in_all + few.map({True: "，不排名）", False: "）"})
    return pd.DataFrame({"value": value, "text": text.mask(value.isna(), NOT_COUNTED), "few": few})


def _stacks(axes: Axes, values: pd.DataFrame, texts: list[str], colours: dict[str, Any]) -> None:
    """Bars, in parts where there are several columns; at the end of each what is written of it."""
    looks = {name: {"color": colour, "edgecolor": GROUND_COLOUR} for name, colour in colours.items()}
    draw_stacks(axes, values.fillna(0).astype(float), looks, _LONGEST_LABEL)
    bars: Any = axes.containers[-1]
    axes.bar_label(bars, texts, padding=4)
    axes.margins(x=0.12, y=0.01)


def _lines(axes: Axes, values: pd.DataFrame, texts: pd.DataFrame, colours: dict[str, Any]) -> None:
    for name, colour in colours.items():
        label = shortened(name, _LONGEST_LABEL)
        axes.plot(range(len(values)), values[name].astype(float), "o-", color=colour, label=label)
        for place, (value, text) in enumerate(zip(values[name], texts[name], strict=True)):
            if pd.notna(value) and (len(colours) <= _FEW_LINES or text.startswith(AT_LEAST)):
                axes.annotate(text, (place, value), xytext=(0, 5), textcoords="offset points", ha="center")
    axes.set_xticks(range(len(values)), [shortened(str(name), 8) for name in values.index])
    axes.tick_params(axis="x", labelbottom=True, rotation=_rotation(values.index))
    axes.set_ylim(bottom=0)


def _heat(axes: Axes, values: pd.DataFrame, texts: pd.DataFrame, _: dict[str, Any]) -> None:
    rows = values.astype(float).set_axis([shortened(str(name), _LONGEST_LABEL) for name in values.index], axis="index")
    rows = rows.set_axis([shortened(str(name), 8) for name in values.columns], axis="columns")
    written = texts.where(values.notna(), "").set_axis(rows.index).set_axis(rows.columns, axis="columns")
    seaborn.heatmap(rows, ax=axes, cmap="Blues", annot=written, fmt="", cbar=False, linewidths=1, vmin=0)
    axes.set(xlabel="", ylabel="")
    axes.tick_params(axis="x", labelbottom=False, labeltop=True, rotation=_rotation(rows.columns))
    axes.tick_params(axis="y", rotation=0)


def _rotation(names: pd.Index) -> int:
    """How far names below or above a chart are turned: not at all where they have room side by side."""
    return 0 if sum(map(len, map(str, names))) < _ACROSS else 60


_DRAWN: dict[str, Callable[..., None]] = {"bar": _stacks, "stacked": _stacks, "line": _lines, "heat": _heat}
# A figure shows itself in a cell only once pyplot has loaded its backend, which it otherwise does at its own first one.
plt.switch_backend(plt.get_backend())


def _entitled(figure: Figure, title: str, unit: str, source: str) -> Figure:
    """The figure with what is to be said wherever it goes: its one title above, unit and source below. Its legend
    becomes one of the axes, below them: one of the figure's own would take the place of a title."""
    lines, said = wrap(title, _TITLE_LINE) or [""], f"单位：{unit}。" + (f"来源：{source}。" if source else "")
    figure.set_figheight(figure.get_figheight() + _LINE * (1 + len(lines)))
    figure.set_layout_engine("constrained")  # a figure of the report has room for no more than itself
    with report_style():
        for legend in figure.legends:
            legend.remove()
            shown = figure.axes[0].get_legend_handles_labels()
            figure.axes[0].legend(*shown, loc="upper left", bbox_to_anchor=(0, 0), ncols=3)
        figure.suptitle("\n".join(lines), x=0.01, ha="left", fontsize="large", fontweight="normal")
        figure.supxlabel(said, x=0.01, ha="left", fontsize="small", fontweight="normal", color=OTHER_COLOUR)
    return figure


def _of_statistics(figure: Callable[..., FigureEntry]) -> Callable[..., Figure]:
    """What draws a figure of the report from the statistics of a year."""

    def draw(statistics: Any, title: str = "") -> Figure:
        computed = dict(getattr(statistics, "statistics", statistics))  # also of a year, whatever they are shown as
        if "year" in computed["overview"]:
            raise PilotError("报告中的图是一个年度的。请用 load_year(年度).statistics；几个年度用 chart。")
        entry = figure(figure_tables(computed, ""))
        if not is_known(entry):
            raise PilotError(f"{entry.table.title}：没有给出足够的数，没有图可画。")
        made_of = [entry.table.name] if entry.table.name in computed else ["overview", "indicators"]
        sources = dict.fromkeys(filter(None, (source_of(computed[name]) for name in made_of)))
        return _entitled(drawing(entry), title or entry.headline, entry.unit, "；".join(sources))

    draw.__doc__ = figure.__doc__
    return draw


# figures.majors(year.statistics) …: ordinary matplotlib figures, to be changed and saved.
figures = SimpleNamespace(**{name: _of_statistics(figure) for name, figure in FIGURES.items()})
