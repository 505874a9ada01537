"""The figures of the annual report, each an entry over one told table, with what it finds as its headline."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, cast

import pandas as pd
from matplotlib.figure import Figure

from pilotlib.columns import title_of, unit_of
from pilotlib.report.drawing import WIDE, Layout, bar_chart, floats, marked_chart, paired_chart, stack_chart
from pilotlib.report.prose import NOT_GIVEN, at_least, level_named, number, people, shortened
from pilotlib.report.style import report_style
from pilotlib.report.told import Told, bounds_of
from pilotlib.statistics.places import measured_by
from pilotlib.vocabulary import FEWEST_RANKED, UNKNOWN, round_title

ToldTables = dict[str, Told]
# How many rows a figure shows of a longer table, and up to how many it shows all.
_SHOWN, _ALL_SHOWN = 10, 12


class FigureEntry(NamedTuple):
    """A figure over one told table: its finding, in words how its rows are shown, the columns that name the rows,
    those that give the lengths of the bars, the unit and what else is to be said of what is drawn, and how few known
    numbers make no figure. `draw` makes it in a layout, within the report's style."""

    table: Told
    draw: Callable[[Layout], Figure]
    headline: str
    form: str
    labels: list[str]
    lengths: list[str]
    unit: str = "批准培训人数，人"
    fewest: int = 1


def drawing(entry: FigureEntry, layout: Layout = WIDE) -> Figure:
    """The figure in a layout, in the style of the report."""
    with report_style():
        return entry.draw(layout)


def is_known(entry: FigureEntry) -> bool:
    """Whether enough numbers are known that the figure could show something."""
    return bool(entry.table.data[entry.lengths].notna().any(axis="columns").sum() >= entry.fewest)


def data_of(entry: FigureEntry) -> Told:
    """What a figure shows, as a table: lower bounds are marked as in the table that it is drawn of."""
    data = entry.table.data[[*entry.labels, *entry.lengths]]
    bounds, gaps = bounds_of(entry.table).filter(data.columns), entry.table.gaps
    told = Told(*entry.table[:5], data, bounds=bounds, gaps=gaps, heads=entry.table.heads)
    return told._replace(title=f"图中数据：{entry.headline}")


def description(entry: FigureEntry) -> str:
    """A figure in words, for those who do not see it: message, form, the longest and the shortest bar."""
    table, first = entry.table.data, entry.lengths[0]
    names = table[entry.labels].astype(str).agg("".join, axis="columns").map(shortened)
    lengths, bounds = table[first].astype("Float64").dropna(), _bounds(entry.table, first)
    ends = f"共{number(len(table))}个数"
    if len(lengths) > 1:
        places = lengths.index[[int(lengths.argmax()), int(lengths.argmin())]]
        most, least = (f"{names[place]}的{at_least(lengths[place], bounds[place], unit_of(first))}" for place in places)
        ends += f"，{title_of(first)}从{most}到{least}"
    return f"{entry.headline}。{entry.form}{ends}。各数见数据表。"


def round_level(tables: ToldTables) -> FigureEntry:
    """Approved places by round, stacked by level."""
    table, headline = tables["by_round_level"], "各批次、各等级的批准培训人数"
    rounds, levels = (top_of(tables[name].data, "share") for name in ("by_round", "by_level"))
    if rounds is not None and levels is not None and not _is_bounded(tables):
        of_round, of_level = (f"{number(top['share'])}%" for top in (rounds, levels))
        least = "至少" if levels_are_open(tables["by_level"].data) else ""
        of_levels = f"，{levels['level']}{least}占{of_level}" if levels["level"] != UNKNOWN else ""
        headline = f"{round_title(rounds['application_round'])}占批准人数的{of_round}{of_levels}"
    form, labels = "横向堆叠条形图，每个批次一条，按等级分段。", ["application_round", "level"]
    named = table.data.assign(application_round=table.data["application_round"].astype(str).map(round_title))
    draw = partial(stack_chart, table=named, row=labels[0], part=labels[1])
    return FigureEntry(table, draw, headline, form, labels, ["places_approved"])


def certificates(tables: ToldTables) -> FigureEntry:
    """Approved places by certificate; a mark where another number was applied for."""
    table, headline = tables["by_certificate"], "各证书的申请与批准培训人数"
    measure = measured_by(table.data)
    top, verb = top_of(table.data, measure), "获批" if measure == "places_approved" else "申请"
    if top is not None and not _is_bounded(tables):
        unlike = tables["approved_unlike_applied"].data["certificate"].nunique()
        rest = f"；{number(unlike)}种证书的批准与申请不同" if unlike else ""
        headline = f"{top['certificate']}{verb}最多，为{people(top[measure])}{rest}"
    rows, others = leading(table.data, measure, "种证书")
    draw = partial(marked_chart, table=rows, names="certificate", marked=_place(rows, top))
    form = "横向条形图，每种证书一条，条长为批准人数；与申请不同的，用菱形标出申请人数。"
    unit = f"{'批准' if measure == 'places_approved' else '申请'}培训人数，人{others}"
    return FigureEntry(table, draw, headline, form, ["certificate"], ["places_applied", "places_approved"], unit)


def majors(tables: ToldTables) -> FigureEntry:
    """Approved places by major: alone, and shared with others (hatched, not to be added up)."""
    table, lengths = tables["by_major"], ["places_approved_alone", "places_approved_shared"]
    top, sharing = top_of(table.data, lengths[0]), (table.data["applications_shared"] > 0).sum()
    most = "各专业的批准培训人数" if top is None else f"{top['major']}单独获批最多，为{people(top[lengths[0]])}"
    headline = most + (f"；{number(sharing)}个专业另有与其他专业共享的名额" if sharing else "")
    rows = table.data.sort_values(lengths, key=floats, ascending=False, kind="stable", ignore_index=True)
    rows, others = leading(rows, lengths[0], "个专业")
    own, common = (rows[name].map(number, na_action=None).astype("str") for name in lengths)
    own, common = own.where(rows["applications_alone"] > 0, ""), "共享" + common
    texts = (own + "，" + common.where(rows["applications_shared"] > 0, "")).str.strip("，")
    wide = rows.set_index("major")[lengths].apply(floats)
    label = "与其他专业共享（不可相加）"
    draw = partial(paired_chart, wide=wide, texts=texts.tolist(), label=label, marked=None if top is None else 0)
    form = "横向条形图，每个专业一条，为单独获批的人数；下方的斜线细条为与其他专业共享的人数，不可相加。"
    return FigureEntry(table, draw, headline, form, ["major"], lengths, f"单独获批的培训人数，人{others}")


def per_100_students(tables: ToldTables) -> FigureEntry:
    """Approved places per 100 students, by major or group of majors that share places."""
    rate = "places_per_100_students"
    table, headline = tables[rate].data.dropna(subset=rate), "每百名在校生的批准名额"
    together, rates = table["majors_together"], table[rate].map(number).tolist()
    if len(table) > 1:
        most, least = together.iloc[0], together.iloc[-1]
        headline = f"每百名在校生的名额，{most}最多（{rates[0]}），{least}最少（{rates[-1]}）"
    rows, others = leading(table, rate, "个专业或专业组", add=False)
    more = rows["majors_count"].map(lambda count: f"等{count}个专业" if count > 1 else "")
    names = together.loc[rows.index].str.split("、").str[0] + more
    lengths = floats(rows[rate]).set_axis(names)
    draw = partial(bar_chart, lengths=lengths, texts=rates[: len(rows)], marked=0 if len(table) > 1 else None)
    form, unit = "横向条形图，每个专业或共享名额的专业组一条，从多到少排列。", f"每百名在校生的批准名额，人{others}"
    return FigureEntry(tables[rate]._replace(data=table), draw, headline, form, ["majors_together"], [rate], unit)


def categories(tables: ToldTables) -> FigureEntry:
    """Approved places by 大类 of the catalogue."""
    table, headline = tables["by_category"], "各专业大类的批准培训人数"
    places, top = floats(table.data["places_approved"]), top_of(table.data, "places_approved")
    known, bounded = (table.data["places_approved"], _bounds(table, "places_approved")), _is_bounded(tables)
    texts = pd.Series(map(people, *known), table.data.index, dtype="str")
    if places.sum() and not bounded:
        texts = texts + "（" + (places / places.sum() * 100).map(number) + "%）"
    if top is not None and len(places) > 1 and not bounded:
        headline = f"{top['category']}获批最多，占{number(top['places_approved'] / places.sum() * 100)}%"
    marked = _place(table.data, top) if len(places) > 1 else None
    lengths = places.set_axis(table.data["category"])
    draw = partial(bar_chart, lengths=lengths, texts=texts.tolist(), marked=marked)
    form = "横向条形图，每个专业大类一条，从多到少排列。"
    return FigureEntry(table, draw, headline, form, ["category"], ["places_approved"])


def applied_to_awarded(tables: ToldTables) -> FigureEntry:
    """From places applied for to certificates awarded; a step that was not given says so."""
    table = tables["flow"]
    step, counts, percent = (table.data[name] for name in ("step", "people", "percent"))
    texts = pd.Series(map(at_least, counts, bounds_of(table)["people"], table.data["unit"]), counts.index, dtype="str")
    given = [f"{name}{text}" for name, text in zip(step, texts, strict=True) if text != NOT_GIVEN]
    texts = texts + ("　" + percent.map(number) + "%").where(percent.notna(), "")
    # The step that the report's message begins with after what was approved.
    marked = step.tolist().index("培训") if counts[step == "培训"].notna().any() else None
    lengths = counts.astype("Float64").astype(float).set_axis(step)
    draw = partial(bar_chart, lengths=lengths, texts=texts.tolist(), marked=marked)
    forms = {"培训": "批准的名额有{}%完成培训", "考核": "其中{}%参加考核", "通过": "参加的有{}%通过"}
    shares = percent.set_axis(step).reindex(pd.Index(forms)).tolist()
    found = [form.format(number(share)) for form, share in zip(forms.values(), shares, strict=True) if pd.notna(share)]
    headline, unit = "，".join(found or given) or "从申请到获证", "人；百分比以上一步为分母"
    form = "横向条形图，从申请到获证每一步一条；没有提供的步骤写明未提供。"
    return FigureEntry(table, draw, headline, form, ["step"], ["people", "percent"], unit, fewest=2)


def pass_rates(tables: ToldTables) -> FigureEntry:
    """Pass rates by certificate and level, each with those who passed and sat; of few, last and said to be so."""
    table = tables["results_by_certificate"]
    rows, headline = table.data.dropna(subset="pass_rate"), "各证书的考核通过率"
    few, names, percent = rows["few_sat"], level_named(rows), rows["pass_rate"].map(number).astype("str") + "%"
    passed, sat = (rows[name].map(number).astype("str") for name in ("passed", "sat"))
    texts = percent + "（" + passed + "/" + sat
    texts = texts + few.map({True: "，不排名）", False: "）"})
    best = rows[~few & (rows["pass_rate"] == rows["pass_rate"][~few].max())]
    if len(best) == 1 < (~few).sum():
        headline = f"{names[best.index[0]]}通过率最高，为{percent[best.index[0]]}"
    marked = _place(rows, best.iloc[0]) if len(best) == 1 < (~few).sum() else None
    draw = partial(bar_chart, lengths=floats(rows["pass_rate"]).set_axis(names), texts=texts.tolist(), marked=marked)
    form = f"横向条形图，每个证书与等级一条，从高到低排列；参考不足{FEWEST_RANKED}人次的排在最后，不参与排名。"
    labels, unit = [name for name in ("certificate", "level") if name in rows], "通过率，%；通过 ÷ 参考"
    told = table._replace(data=rows, nothing="")
    return FigureEntry(told, draw, headline, form, labels, ["pass_rate", "passed", "sat"], unit)


_ALL = (round_level, certificates, majors, per_100_students, categories, applied_to_awarded, pass_rates)
FIGURES: dict[str, Callable[[ToldTables], FigureEntry]] = {figure.__name__: figure for figure in _ALL}


def leading(rows: pd.DataFrame, column: str, counter: str, add: bool = True) -> tuple[pd.DataFrame, str]:
    """The first rows, or all of a few, and what is to be said of the rest: how many, and how many people they add."""
    if len(rows) <= _ALL_SHOWN:
        return rows, ""
    rest = rows[column].iloc[_SHOWN:].astype("Float64")
    together = f"合计{people(rest.sum())}" if add and rest.notna().all() else "见数据"
    return rows.head(_SHOWN), f"；前{_SHOWN}{counter}，其余{number(len(rest))}{counter}{together}"


def _place(rows: pd.DataFrame, top: "pd.Series[Any] | None") -> int | None:
    """The place of a row among those that are drawn."""
    return None if top is None or top.name not in rows.index else int(cast(int, rows.index.get_loc(top.name)))


def _bounds(told: Told, column: str) -> "pd.Series[bool]":
    """Which figures of a column are lower bounds."""
    return bounds_of(told).reindex(columns=[column], fill_value=False)[column]


def _is_bounded(tables: ToldTables) -> bool:
    """Whether what was approved is at least what the tables say: of such sums there are no shares."""
    return bool(tables["overview"].data.set_index("measure")["lower_bound"]["places_approved"])


def levels_are_open(by_level: pd.DataFrame) -> bool:
    """Whether more may belong to a level than is counted there: some applications do not say theirs."""
    return bool(by_level.loc[by_level["level"] == UNKNOWN, "applications"].sum())


def top_of(table: pd.DataFrame, column: str) -> "pd.Series[Any] | None":
    """The row with the most; none where nothing is known or all is 0."""
    values = table[column].astype("Float64").fillna(0)
    return table.iloc[int(values.argmax())] if (values > 0).any() else None
