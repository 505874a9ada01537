"""Statistics → matplotlib figures. Each takes the statistics by name and returns a figure; titles are page text."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pilotlib.report import prose
from pilotlib.report.colours import (
    GROUND_COLOUR,
    INK_COLOURS,
    LEVEL_COLOURS,
    MAIN_COLOUR,
    OTHER_COLOUR,
    TEXT_COLOUR,
)
from pilotlib.report.prose import NOT_GIVEN, Statistics, flow, number
from pilotlib.report.style import HATCH, TEXT_POINTS, WIDTH_INCHES, report_style
from pilotlib.words import display_width

INCHES_PER_BAR = 0.3
LONGEST_LABEL = 14  # characters beside a bar


def round_level(statistics: Statistics) -> Figure:
    """Approved places by round, stacked by level."""
    table = statistics["by_round_level"].astype({"level": str, "application_round": str})
    table = table.assign(places_approved=table["places_approved"].astype(float).fillna(0))
    wide = table.pivot_table(
        index="application_round", columns="level", values="places_approved", sort=False, observed=True, fill_value=0
    )
    levels = [
        *(level for level in LEVEL_COLOURS if level in wide),
        *(level for level in wide if level not in LEVEL_COLOURS),
    ]
    figure, axes = _canvas(len(wide), INCHES_PER_BAR * 1.6, legend=True)
    with report_style():
        start = pd.Series(0.0, index=wide.index)
        for level in levels:
            known = level in LEVEL_COLOURS
            bars = axes.barh(
                range(len(wide)),
                wide[level],
                left=start,
                label=level,
                color=LEVEL_COLOURS.get(level, GROUND_COLOUR),
                hatch=None if known else HATCH,
                edgecolor=GROUND_COLOUR if known else OTHER_COLOUR,
            )
            wide_enough = wide[level] > 0.1 * wide.sum(axis="columns").max()
            labels = [number(value) if shown else "" for value, shown in zip(wide[level], wide_enough, strict=True)]
            axes.bar_label(bars, labels, label_type="center", color=INK_COLOURS.get(level, TEXT_COLOUR))
            start = start + wide[level]
        _name(axes, wide.index)
        _ends(axes, start, [f"{number(total)}人" for total in start])
        _legend(figure)
        axes.invert_yaxis()
    return figure


def certificates(statistics: Statistics) -> Figure:
    """Approved places by certificate as bars; a mark where another number was applied for."""
    table = statistics["by_certificate"]
    known = table["places_approved"].notna()
    same = (table["places_approved"] == table["places_applied"]).fillna(False).astype(bool)
    bars = _floats(table, ["places_approved", "places_applied"])
    figure, axes = _canvas(len(table), legend=True)
    with report_style():
        _bars(axes, bars["certificate"], bars["places_approved"], label="批准")
        mark = {"color": TEXT_COLOUR, "markeredgecolor": GROUND_COLOUR, "label": "申请（与批准不同时标出）"}
        axes.plot(bars["places_applied"].where(~same), range(len(bars)), "D", **mark)
        texts = [
            number(approved)
            if equal
            else f"{f'批准{number(approved)}' if given else '未计入批准'}，申请{number(applied)}"
            for approved, applied, equal, given in zip(
                bars["places_approved"], table["places_applied"], same, known, strict=True
            )
        ]
        _ends(axes, bars[["places_approved", "places_applied"]].max(axis="columns"), texts)
        _legend(figure)
    return figure


def majors(statistics: Statistics) -> Figure:
    """Approved places by major: alone, and shared with others (hatched, not to be added up)."""
    table = _floats(statistics["by_major"], ["places_approved_alone", "places_approved_shared"])
    table = table.sort_values("places_approved_alone", ascending=False, kind="stable", ignore_index=True)
    figure, axes = _canvas(len(table), legend=True)
    with report_style():
        alone, shared = table["places_approved_alone"], table["places_approved_shared"]
        axes.barh(table.index, alone, color=MAIN_COLOUR, label="单独")
        axes.barh(
            table.index,
            shared.where(shared > 0),
            left=alone,
            color=GROUND_COLOUR,
            hatch=HATCH,
            edgecolor=MAIN_COLOUR,
            label="与其他专业共享（不可相加）",
        )
        texts = [
            "，".join(([number(own)] if single else []) + ([f"共享{number(common)}"] if several else []))
            for own, common, single, several in zip(
                alone, shared, table["applications_alone"], table["applications_shared"], strict=True
            )
        ]
        _name(axes, table["major"])
        _ends(axes, alone + shared, texts)
        _legend(figure)
        axes.invert_yaxis()
    return figure


def per_100_students(statistics: Statistics) -> Figure:
    """Approved places per 100 students, by major or group of majors that share places."""
    table = statistics["places_per_100_students"].dropna(subset="places_per_100_students")
    table = _floats(table, ["places_per_100_students"])
    names = table["majors_together"].str.split("、")
    group = names.str[0] + table["majors_count"].map(lambda count: f"\n等{count}个专业" if count > 2 else "")
    labels = group.where(names.str.len() != 2, table["majors_together"].str.replace("、", "、\n"))
    figure, axes = _canvas(len(table), INCHES_PER_BAR * 1.2)
    with report_style():
        _bars(axes, labels, table["places_per_100_students"])
        for text in axes.get_yticklabels():
            text.set(linespacing=1.35, multialignment="right")
        _ends(axes, table["places_per_100_students"], [number(value) for value in table["places_per_100_students"]])
    return figure


def categories(statistics: Statistics) -> Figure:
    """Approved places by 大类 of the catalogue."""
    table = _floats(statistics["by_category"], ["places_approved"])
    whole = table["places_approved"].sum()
    texts = [
        f"{number(places)}人" + (f"（{number(places / whole * 100)}%）" if whole else "")
        for places in table["places_approved"]
    ]
    return bar_chart(table["category"], table["places_approved"], texts)


def applied_to_awarded(statistics: Statistics) -> Figure:
    """From places applied for to certificates awarded; a step that was not given says so."""
    table = flow(statistics)
    texts = [
        f"{number(value)}人{f'（{before}的{number(percent)}%）' if pd.notna(percent) else ''}"
        if pd.notna(value)
        else NOT_GIVEN
        for _, value, before, percent in table.itertuples(index=False)
    ]
    return bar_chart(table["step"], table["people"].astype(float).fillna(0), texts, INCHES_PER_BAR * 1.3)


def bar_chart(
    names: Iterable[str], lengths: pd.Series, texts: list[str], inches_per_bar: float = INCHES_PER_BAR
) -> Figure:
    """A bar for each name, one below the other, with a text at its end."""
    figure, axes = _canvas(len(lengths), inches_per_bar)
    with report_style():
        _bars(axes, names, lengths)
        _ends(axes, lengths, texts)
    return figure


class FigureEntry(NamedTuple):
    """A figure of the report.

    `draw` makes it from the statistics and `headline` says its finding; `form` says in words how `table` is shown,
    its rows named by the columns `labels`, its bars as long as `lengths`; `unit` stands below it.
    """

    draw: Callable[[Statistics], Figure]
    headline: Callable[[Statistics], str]
    form: str
    table: Callable[[Statistics], pd.DataFrame]
    labels: list[str]
    lengths: list[str]
    unit: str


FIGURES = {
    "round_level": FigureEntry(
        round_level,
        prose.round_level_headline,
        "横向堆叠条形图，每个批次一条，按等级分段。",
        lambda statistics: statistics["by_round_level"],
        ["application_round", "level"],
        ["places_approved"],
        "单位：人（批准培训人数）",
    ),
    "certificates": FigureEntry(
        certificates,
        prose.certificates_headline,
        "横向条形图，每种证书一条，条长为批准人数；与申请不同的，用菱形标出申请人数。",
        lambda statistics: statistics["by_certificate"],
        ["certificate"],
        ["places_applied", "places_approved"],
        "单位：人",
    ),
    "majors": FigureEntry(
        majors,
        prose.majors_headline,
        "横向条形图，每个专业两段：实心为单独获批，斜线为与其他专业共享，共享部分不可相加。",
        lambda statistics: statistics["by_major"],
        ["major"],
        ["places_approved_alone", "places_approved_shared"],
        "单位：人（批准培训人数）",
    ),
    "per_100_students": FigureEntry(
        per_100_students,
        prose.per_100_students_headline,
        "横向条形图，每个专业或共享名额的专业组一条，从多到少排列。",
        lambda statistics: statistics["places_per_100_students"].dropna(subset="places_per_100_students"),
        ["majors_together"],
        ["places_per_100_students"],
        "单位：人（每百名在校生的批准名额）",
    ),
    "categories": FigureEntry(
        categories,
        prose.categories_headline,
        "横向条形图，每个专业大类一条，从多到少排列。",
        lambda statistics: statistics["by_category"],
        ["category"],
        ["places_approved"],
        "单位：人（批准培训人数）",
    ),
    "applied_to_awarded": FigureEntry(
        applied_to_awarded,
        prose.applied_to_awarded_headline,
        "横向条形图，从申请到获证每一步一条；没有提供的步骤写明未提供。",
        prose.flow,
        ["step"],
        ["people", "percent"],
        "单位：人；百分比以上一步为分母",
    ),
}


def _canvas(bars: int, inches_per_bar: float = INCHES_PER_BAR, legend: bool = False) -> tuple[Figure, Axes]:
    with report_style():
        figure = Figure(
            figsize=(WIDTH_INCHES, 0.2 + 0.35 * legend + inches_per_bar * max(bars, 1)), layout="constrained"
        )
        axes = figure.subplots()
        axes.margins(y=0.01)
    return figure, axes


def _bars(axes: Axes, names: Iterable[str], lengths: pd.Series, **settings) -> None:
    """A bar for each row, by its place: rows whose names are cut to the same label stay two bars."""
    look = {"color": MAIN_COLOUR, "saturation": 1, "legend": False} | settings
    seaborn.barplot(x=lengths.to_numpy(), y=range(len(lengths)), orient="h", ax=axes, **look)
    _name(axes, names)


def _name(axes: Axes, names: Iterable[str]) -> None:
    labels = ["\n".join(prose.shortened(part, LONGEST_LABEL) for part in name.split("\n")) for name in names]
    axes.set_yticks(range(len(labels)), labels)


def _ends(axes: Axes, lengths: pd.Series, texts: list[str]) -> None:
    """Write each bar's text at its end, and leave room for it."""
    for position, (length, text) in enumerate(zip(lengths, texts, strict=True)):
        axes.annotate(text, (length, position), xytext=(5, 0), textcoords="offset points", va="center")
    names = [line for label in axes.get_yticklabels() for line in label.get_text().split("\n")]
    width = WIDTH_INCHES * 72 - max(map(_points, names), default=0) - 2 * TEXT_POINTS
    room = [min(_points(text) + 5, 0.8 * width) for text in texts]
    ends = [length * width / (width - beside) for length, beside in zip(lengths, room, strict=True)]
    axes.set(xlim=(0, max(ends, default=0) or 1), xlabel="", ylabel="")


def _points(text: str) -> float:
    """About how wide a text is drawn."""
    return display_width(text) / 2 * TEXT_POINTS * 1.1


def _legend(figure: Figure) -> None:
    figure.legend(loc="outside upper left", ncols=3, borderaxespad=0, handlelength=1.4, columnspacing=1.2)


def _floats(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return table.assign(**{name: table[name].astype("Float64").fillna(0).astype(float) for name in columns})
