"""The figures of the annual report, each an entry over one told table.

An entry says which columns name the bars and give their lengths, what the figure finds, and what draws it.
"""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from pilotlib.columns import title_of, unit_of
from pilotlib.report import headlines
from pilotlib.report.colours import GROUND_COLOUR, MAIN_COLOUR, TEXT_COLOUR
from pilotlib.report.drawing import (
    INCHES_PER_BAR,
    bar_chart,
    canvas,
    draw_bars,
    draw_stacks,
    floats,
    legend,
    stack_chart,
    write_at_ends,
)
from pilotlib.report.prose import NOT_GIVEN, number, shortened
from pilotlib.report.style import HATCH, report_style
from pilotlib.report.told import Told, bounds_of

Tables = dict[str, Told]


class FigureEntry(NamedTuple):
    """A figure over one told table: `draw` makes it of the table's data.

    Its rows are named by the columns `labels`, its bars are as long as the columns `lengths`; `headline` says its
    finding, `form` in words how the rows are shown, `unit` stands below it.
    """

    table: Told
    draw: Callable[[pd.DataFrame], Figure]
    headline: str
    form: str
    labels: list[str]
    lengths: list[str]
    unit: str


def drawing(entry: FigureEntry) -> Figure:
    """The figure."""
    return entry.draw(entry.table.data)


def data_of(entry: FigureEntry) -> Told:
    """What a figure shows, as a table: lower bounds are marked as in the table that it is drawn of."""
    columns, table = [*entry.labels, *entry.lengths], entry.table
    bounds, gaps = bounds_of(table), pd.DataFrame(index=table.data.index) if table.gaps is None else table.gaps
    return Told(
        table.name,
        f"图中数据：{entry.headline}",
        table.definition,
        table.unit,
        table.source,
        table.data[columns],
        bounds=bounds[bounds.columns.intersection(columns)],
        gaps=gaps[gaps.columns.intersection(columns)],
    )


def description(entry: FigureEntry) -> str:
    """A figure in words, for those who do not see it: its message, its form, its longest and its shortest bar."""
    table, first = entry.table.data, entry.lengths[0]
    names = table[entry.labels].astype(str).agg("".join, axis="columns").map(shortened)
    lengths = table[first].astype("Float64").dropna()
    ends = f"共{number(len(table))}个数"
    if len(lengths) > 1:
        ends_at = (int(lengths.argmax()), int(lengths.argmin()))
        most, least = (f"{names[lengths.index[at]]}的{number(lengths.iloc[at])}" for at in ends_at)
        ends += f"，{title_of(first)}从{most}{unit_of(first)}到{least}{unit_of(first)}"
    return f"{entry.headline}。{entry.form}{ends}。各数见数据表。"


def round_level(tables: Tables) -> FigureEntry:
    """Approved places by round, stacked by level."""
    return FigureEntry(
        tables["by_round_level"],
        lambda table: stack_chart(table, "application_round", "level", "places_approved"),
        headlines.round_level(tables["by_round"].data, tables["by_level"].data),
        "横向堆叠条形图，每个批次一条，按等级分段。",
        ["application_round", "level"],
        ["places_approved"],
        "人（批准培训人数）",
    )


def certificates(tables: Tables) -> FigureEntry:
    """Approved places by certificate; a mark where another number was applied for."""
    return FigureEntry(
        tables["by_certificate"],
        lambda table: approved_and_applied(table, "certificate"),
        headlines.certificates(tables["by_certificate"].data, tables["approved_unlike_applied"].data),
        "横向条形图，每种证书一条，条长为批准人数；与申请不同的，用菱形标出申请人数。",
        ["certificate"],
        ["places_applied", "places_approved"],
        "人",
    )


def majors(tables: Tables) -> FigureEntry:
    """Approved places by major: alone, and shared with others (hatched, not to be added up)."""
    return FigureEntry(
        tables["by_major"],
        _alone_and_shared,
        headlines.majors(tables["by_major"].data),
        "横向条形图，每个专业两段：实心为单独获批，斜线为与其他专业共享，共享部分不可相加。",
        ["major"],
        ["places_approved_alone", "places_approved_shared"],
        "人（批准培训人数）",
    )


def per_100_students(tables: Tables) -> FigureEntry:
    """Approved places per 100 students, by major or group of majors that share places."""
    table = tables["places_per_100_students"]
    known = table._replace(data=table.data.dropna(subset="places_per_100_students"))
    return FigureEntry(
        known,
        _per_100_students,
        headlines.per_100_students(known.data),
        "横向条形图，每个专业或共享名额的专业组一条，从多到少排列。",
        ["majors_together"],
        ["places_per_100_students"],
        "人（每百名在校生的批准名额）",
    )


def categories(tables: Tables) -> FigureEntry:
    """Approved places by 大类 of the catalogue."""
    return FigureEntry(
        tables["by_category"],
        _categories,
        headlines.categories(tables["by_category"].data),
        "横向条形图，每个专业大类一条，从多到少排列。",
        ["category"],
        ["places_approved"],
        "人（批准培训人数）",
    )


def applied_to_awarded(tables: Tables) -> FigureEntry:
    """From places applied for to certificates awarded; a step that was not given says so."""
    return FigureEntry(
        tables["flow"],
        _applied_to_awarded,
        headlines.applied_to_awarded(tables["flow"].data),
        "横向条形图，从申请到获证每一步一条；没有提供的步骤写明未提供。",
        ["step"],
        ["people", "percent"],
        "人；百分比以上一步为分母",
    )


FIGURES: dict[str, Callable[[Tables], FigureEntry]] = {
    entry.__name__: entry
    for entry in (round_level, certificates, majors, per_100_students, categories, applied_to_awarded)
}


def approved_and_applied(table: pd.DataFrame, names: str) -> Figure:
    """A bar for what was approved, named by the column `names`; a mark where another number was applied for."""
    known = table["places_approved"].notna()
    same = (table["places_approved"] == table["places_applied"]).fillna(False).astype(bool)
    approved, applied = floats(table["places_approved"]), floats(table["places_applied"])
    figure, axes = canvas(len(table), legend=True)
    with report_style():
        draw_bars(axes, table[names], approved, label="批准")
        label = "申请（与批准不同时标出）"
        places = range(len(table))
        axes.plot(applied.where(~same), places, "D", color=TEXT_COLOUR, markeredgecolor=GROUND_COLOUR, label=label)
        first = approved.map(number).where(same, "批准" + approved.map(number)).where(known, "未计入批准")
        texts = first.where(same, first + "，申请" + table["places_applied"].map(number, na_action=None))
        write_at_ends(axes, approved.combine(applied, max), texts.tolist())
        legend(figure)
    return figure


def _alone_and_shared(table: pd.DataFrame) -> Figure:
    counts = ["places_approved_alone", "places_approved_shared"]
    table = table.assign(**{name: floats(table[name]) for name in counts})
    table = table.sort_values("places_approved_alone", ascending=False, kind="stable", ignore_index=True)
    alone, shared = table["places_approved_alone"], table["places_approved_shared"]
    wide = pd.DataFrame({"单独": alone, "共享": shared.where(shared > 0)}).set_axis(table["major"], axis="index")
    looks = {
        "单独": {"color": MAIN_COLOUR},
        "共享": {
            "color": GROUND_COLOUR,
            "edgecolor": MAIN_COLOUR,
            "hatch": HATCH,
            "label": "与其他专业共享（不可相加）",
        },
    }
    own = alone.map(number).where(table["applications_alone"] > 0, "")
    common = ("共享" + shared.map(number)).where(table["applications_shared"] > 0, "")
    between = own.where((own == "") | (common == ""), own + "，")
    figure, axes = canvas(len(table), legend=True)
    with report_style():
        draw_stacks(axes, wide, looks)
        write_at_ends(axes, alone + shared, (between + common).tolist())
        legend(figure)
    return figure


def _per_100_students(table: pd.DataFrame) -> Figure:
    together = table["majors_together"]
    group = together.str.partition("、")[0] + table["majors_count"].map(
        lambda count: f"\n等{count}个专业" if count > 2 else ""
    )
    labels = group.where(together.str.count("、") != 1, together.str.replace("、", "、\n"))
    lengths = floats(table["places_per_100_students"])
    figure = bar_chart(labels, lengths, lengths.map(number).tolist(), INCHES_PER_BAR * 1.2)
    for text in figure.axes[0].get_yticklabels():
        text.set(linespacing=1.35, multialignment="right")
    return figure


def _categories(table: pd.DataFrame) -> Figure:
    places = floats(table["places_approved"])
    texts = places.map(number) + "人"
    if places.sum():
        texts = texts + "（" + (places / places.sum() * 100).map(number) + "%）"
    return bar_chart(table["category"], places, texts.tolist())


def _applied_to_awarded(table: pd.DataFrame) -> Figure:
    of_the_one_before = (
        "（" + table["step_before"].fillna("") + "的" + table["percent"].map(number, na_action=None) + "%）"
    )
    texts = table["people"].map(number, na_action=None) + "人" + of_the_one_before.where(table["percent"].notna(), "")
    texts = texts.where(table["people"].notna(), NOT_GIVEN)
    return bar_chart(table["step"], floats(table["people"]), texts.tolist(), INCHES_PER_BAR * 1.3)
