"""Years side by side: the last two in tables and sentences, and the book over all years of a project."""

import re
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from pilotlib.columns import title_of
from pilotlib.errors import PilotError
from pilotlib.project import find_project, processed_years
from pilotlib.reading import YearStatistics, processed_folder, read_year_statistics
from pilotlib.report.books import KINDS, Book, Doubt, Point
from pilotlib.report.drawing import dumbbell_chart, marked_chart, stack_chart
from pilotlib.report.figures import FigureEntry, leading, levels_are_open, top_of
from pilotlib.report.message import cards_of, changed_point
from pilotlib.report.prose import AT_LEAST, NOT_GIVEN, at_least, number, people, shortened, signed
from pilotlib.report.told import NOTHING, Told, names_of
from pilotlib.statistics import years as yearly
from pilotlib.statistics.places import PLACES

_Years = Sequence[YearStatistics]
_BOUNDED = f"（{AT_LEAST}）"
_KEY = ["topic", "measure", "unit"]
_NAMES_SHOWN = 8
_NO_COMPARISON = "下限、未提供的数和当年没有的批次不作比较，原因写在备注中；比率的变化以百分点计。"
TOTALS = ("applications", "certificates", "places_applied", "places_approved", "majors_count", "distinct_students")
_BREAKS = ("breaks", "口径不同之处", "年度之间不能直接比较的地方。", "处")
_GAPS = {True: NOTHING, False: ""}
# What comes and goes: what finds it, what it is, its measure word, what is counted of it; what is to be known
# between two years, and over all of them.
_MEMBERS = {
    "certificates": (yearly.certificates, "证书", "种", "批准人数", "证书不区分等级。", "不区分等级。"),
    "majors": (
        *(yearly.majors, "专业", "个", "学生规模"),
        "更名按专业对照表中的目录名称识别；名单被截断的年度，未必新增或不再申报。",
        "更名的专业按目录名称认作同一个，列出用过的名称。",
    ),
}


def compare(years: _Years) -> tuple[dict[str, Told], list[str]]:
    """The last two years in tables (breaks, if any, measures, certificates, majors) and in sentences."""
    before, after = (year.year for year in years[-2:])
    source = f"{before}年与{after}年的申报明细表"
    unlike = Told(*_BREAKS, source, yearly.breaks(years[-2:]))
    changes = yearly.compared(yearly.measures(years), before, after)
    standings = [yearly.came_and_went(find(years), before, after) for find, *_ in _MEMBERS.values()]
    figures = ["earlier", "earlier_bound", "later", "later_bound"]
    data = changes[["measure", *figures, "unit", "change", "rate_of_change", "topic", "note"]]
    title, heads = f"{before}年与{after}年的指标", {"earlier": f"{before}年", "later": f"{after}年"}
    gaps = pd.DataFrame(NOTHING, index=data.index, columns=["earlier", "later"])
    tables = [unlike] if len(unlike.data) else []
    tables += [Told("compared_measures", title, _NO_COMPARISON, "各行注明", source, data, gaps=gaps, heads=heads)]
    for (name, (_, kind, _, counted, notes, _)), table in zip(_MEMBERS.items(), standings, strict=True):
        title, definition = f"{before}年与{after}年的{kind}", f"“{NOTHING}”为当年没有，“{NOT_GIVEN}”为人数缺失。{notes}"
        absent = {"earlier": table["standing"] == yearly.NEW, "later": table["standing"] == yearly.GONE}
        heads = {"earlier": f"{before}年{counted}", "later": f"{after}年{counted}"}
        heads |= {"levels": f"{before}年等级", "levels_later": f"{after}年等级"}
        data = table.astype({"standing": "str"}).drop(columns="former" if name == "certificates" else [])
        gaps = pd.DataFrame(absent).map(_GAPS.get)
        tables.append(Told(f"compared_{name}", title, definition, "人", source, data, gaps=gaps, heads=heads))
    return {told.name: told for told in tables}, sentences(changes, standings, before, after)


def sentences(changes: pd.DataFrame, standings: Sequence[pd.DataFrame], before: int, after: int) -> list[str]:
    """What rose and fell, of changes as `compared` returns them; what is new and gone, of `came_and_went`."""
    overview = changes[changes["topic"] == yearly.OVERVIEW].set_index("measure").to_dict("index")
    parts = []
    for title in [title for title in map(title_of, TOTALS) if title in overview]:
        row = overview[title]
        earlier, later = (at_least(row[name], row[f"{name}_bound"], row["unit"]) for name in ("earlier", "later"))
        if pd.isna(row["change"]):
            parts.append(f"{title}{before}年{earlier}、{after}年{later}（{row['note']}）")
        elif row["change"] == 0:
            parts.append(f"{title}仍为{later}")
        else:
            rate = "" if pd.isna(row["rate_of_change"]) else f"，{signed(row['rate_of_change'])}%"
            verb = "增至" if row["change"] > 0 else "减至"
            parts.append(f"{title}由{earlier}{verb}{later}（{signed(row['change'])}{rate}）")
    lines = [f"与{before}年相比，{'；'.join(parts)}。"] if parts else []
    for (_, kind, unit, *_), standing in zip(_MEMBERS.values(), standings, strict=True):
        short = standing[["name", "former"]].map(shortened)
        names, parts = short["name"].where(short["former"] == "", short["former"] + "改称" + short["name"]), []
        for word in yearly.STANDINGS:
            group = names[standing["standing"] == word].tolist()
            more = "等，全部见下表" if len(group) > _NAMES_SHOWN else ""
            listed = "" if word == yearly.CARRIED_ON else f"（{'、'.join(group[:_NAMES_SHOWN])}{more}）"
            parts += [f"{word}{number(len(group))}{unit}{listed}"] if group else []
        lines.append(f"{kind}：{'，'.join(parts) or '两年都没有'}。")
    return lines


def read_years(project: Path | str | None = None, years: Sequence[int] | None = None) -> Book:
    """The book over all processed years of a project (the one around the working directory), or those named;
    PilotError where fewer than two years have been processed, or a named one has not."""
    folder = find_project(project)
    chosen = sorted(set(years or processed_years(folder)))
    if len(chosen) < 2:
        known = f"现有：{'、'.join(map(str, chosen))}。" if chosen else "现在一个也没有。"
        raise PilotError(f"历年对比至少需要两个处理过的年度，{known}用 pilot new 建立另一年度后运行 pilot run --all。")
    return book_of([read_year_statistics(processed_folder(folder, year), yearly.COMPARED) for year in chosen])


def book_of(years: _Years) -> Book:
    """The book over these years."""
    source = f"{years[0].year}至{years[-1].year}年各年的处理结果"
    given = [(f"{year}年", about["school"].get("name", ""), about["file"], about["sha256"]) for year, about, _ in years]
    files = pd.DataFrame(given, columns=["years", "school", "file", "sha256"], dtype="str")
    (school, *others), unlike = files["school"].unique(), yearly.breaks(years)
    tables = (
        measures_table(years, source),
        changes_table(years, source),
        *(members_table(name, years, source) for name in _MEMBERS),
        Told(*_BREAKS, source, unlike),
        Told("sources", "各年数据来源", "每个年度的学校与申报表。", "年", source, files),
    )
    (before, last), (compared, lines) = years[-2:], compare(years)
    measured = compared["compared_measures"].data
    changed, figures = [*filter(None, [changed_point(measured, before.year)])], _figures(years, source)
    counted = (re.sub("（[^）]*）", "", line).rstrip("。") for line in lines[-len(_MEMBERS) :])  # the names stand below
    members = [Point(*line.split("：", 1)) for line in counted]
    return Book(
        file=KINDS["years"].file,
        title=("" if others else school, "1+X证书制度试点历年对比"),
        owner="" if others else school,
        source=source,
        period=f"{years[0].year}至{years[-1].year}年",
        tables={told.name: told for told in tables},
        figures={entry.table.name: entry for entry in figures},
        paragraphs={"places": "\n".join(lines[: -len(_MEMBERS)]), "members": "\n".join(lines[-len(_MEMBERS) :])},
        headings={
            "places": changed[0].happened if changed else "",
            "members": "".join(members[0]),
        },
        facts={"years": [year.year for year in years]},
        points=[*changed, *members],
        key_figures=cards_of(last.statistics, measured, before.year),
        doubts=[Doubt(f"年度之间{number(len(unlike))}处口径不同", unlike["message"].tolist(), _BREAKS[1])],
    )


def measures_table(years: _Years, source: str) -> Told:
    """The measures with a column a year: `measure`, the years' values, `unit, topic, note` (years of lower
    bounds and of missing counts). What no year gives is not there."""
    rows = yearly.measures(years).assign(year=lambda rows: rows["year"].map("{}年".format)).set_index([*_KEY, "year"])
    rows = rows[(rows["note"] != NOT_GIVEN).groupby(_KEY, sort=False).transform("any")]
    wide = (rows[name].unstack("year", sort=False) for name in ("value", "lower_bound", "note"))
    values, bounds, gaps = (table.rename_axis(columns=None) for table in wide)
    there = rows[rows["value"].notna()].reset_index("year")
    marks = {"下限": there[there["lower_bound"]], "有人数缺失": there[there["incomplete"]]}
    marked = [f"{mark}：" + part.groupby(_KEY)["year"].agg("、".join) for mark, part in marks.items()]
    notes = pd.concat(marked).groupby(_KEY).agg("；".join).reindex(values.index, fill_value="").astype("str")
    last = yearly.compared(yearly.measures(years), *(year.year for year in years[-2:])).set_index(_KEY)
    why = last["note"].reindex(values.index).fillna("").astype("str")
    notes = (notes + "；" + why).str.strip("；").astype("str")
    values = values.assign(change=last["change"].reindex(values.index))
    table, columns = values.assign(note=notes).reset_index(), names_of(values)
    bounds, gaps = (part.reset_index(drop=True) for part in (bounds.astype(bool), gaps))
    definition = f"{_NO_COMPARISON}“变化”为最后一年比前一年。各年都未提供的指标不列。"
    shown = ("measure", *columns, "unit", "note")
    data = table[["measure", *columns, "unit", "topic", "note"]]
    return Told("measures", "各年的指标", definition, "各行注明", source, data, bounds=bounds, gaps=gaps, shown=shown)


def changes_table(years: _Years, source: str) -> Told:
    """Each year beside the one before: a row a pair, the change of each total, and how many came and went."""
    rows, table = list[dict[str, Any]](), yearly.measures(years)
    for before, after in pairwise(year.year for year in years):
        both = yearly.compared(table, before, after)
        changed = both[both["topic"] == yearly.OVERVIEW].set_index("measure")["change"]
        row = {f"{name}_change": changed.get(title_of(name)) for name in ("applications", "places_approved")}
        for kind, (find, *_) in _MEMBERS.items():
            counts = yearly.came_and_went(find(years), before, after)["standing"].value_counts(sort=False)
            row |= counts.set_axis(["new", "renamed", "carried_on", "gone"]).add_prefix(f"{kind}_")
        rows.append({"years": f"{after}年比{before}年"} | row)
    data = pd.DataFrame(rows).drop(columns="certificates_renamed")  # of another name, it is another certificate
    data = data.astype(dict.fromkeys(("applications_change", "places_approved_change"), "Float64"))
    definition = f"每年与前一个有结果的年度相比。{_NO_COMPARISON}"
    return Told("changes", "逐年变化", definition, "各列注明", source, data)


def members_table(what: str, years: _Years, source: str) -> Told:
    """Certificates or majors with a column a year: `name` (every name), the years' values, `in_years`."""
    find, kind, _, counted, _, notes = _MEMBERS[what]
    members = find(years)
    groups = members.sort_values("year", ascending=False).groupby("key")
    names = groups["name"].agg(lambda names: "，曾用".join(dict.fromkeys(names)))
    there = members.groupby("key")["year"].agg(lambda years: "、".join(map(str, years)))
    wide = members.pivot(index="key", columns="year", values="value")
    wide = wide.reindex(columns=[year.year for year in years]).astype("Float64")
    columns, order = [f"{year}年" for year in wide], {"last": groups["year"].max()}
    order |= {"value": wide.ffill(axis="columns").iloc[:, -1]}
    table = wide.set_axis(columns, axis="columns").assign(name=names, in_years=there, **order)
    table = table.sort_values([*order], ascending=False, kind="stable", ignore_index=True)
    data = table[["name", *columns, "in_years"]].astype({"name": "str", "in_years": "str"})
    absent = {column: ~data["in_years"].str.contains(column.removesuffix("年")) for column in columns}
    gaps = pd.DataFrame(absent).map(_GAPS.get)
    title, definition = f"各年{kind}的{counted}", f"“{NOTHING}”为当年没有申报。数为{counted}；{notes}"
    return Told(what, title, definition, "人", source, data, gaps=gaps, shown=("name", *columns))


def _figures(years: _Years, source: str) -> list[FigureEntry]:
    """Places approved and applied for, a bar a year; places approved, a stack a year, a piece a level; how those of
    certificates changed that the last two years have both."""
    overviews = [year.statistics["overview"].set_index("measure").loc[PLACES] for year in years]
    bounds = [_BOUNDED * bool(overview["lower_bound"]["places_approved"]) for overview in overviews]
    names = [f"{year.year}年{bound}" for year, bound in zip(years, bounds, strict=True)]
    sums = [overview["value"].astype("Int64").to_list() for overview in overviews]
    places = pd.DataFrame(sums, pd.Index(names, name="years", dtype="str"), PLACES, "Int64").reset_index()
    parts = [year.statistics["by_level"].assign(years=f"{year.year}年").astype({"level": "str"}) for year in years]
    levels = pd.concat(parts, ignore_index=True).query("applications > 0")
    last = levels[levels["years"].isin(levels["years"].tail(1))]
    top, headline = top_of(last, "share"), "历年各等级批准培训人数"
    if top is not None and not last["lower_bound"].eq(True).any():
        least = AT_LEAST if levels_are_open(last) else ""
        headline = f"{top['years']}{top['level']}{least}占批准人数的{number(top['share'])}%"
    told = Told("places_over_years", "历年人数", "各年申请与批准的培训人数。", "人", source, places)
    form = "横向条形图，每年一条，批准与申请不同的以菱形标出申请数。"
    draw, lengths = partial(marked_chart, table=places, names="years"), ["places_approved", "places_applied"]
    first = FigureEntry(told, draw, places_headline(places), form, ["years"], lengths)
    told = Told("levels_over_years", "历年等级", "各年各等级的批准培训人数。", "人", source, levels)
    draw, form = partial(stack_chart, table=levels, row="years", part="level"), "横向堆叠条形图，每年一条，按等级分段。"
    second = FigureEntry(told, draw, headline, form, ["years", "level"], ["places_approved"])
    return [first, second, *_changed_certificates(years, source)]


def _changed_certificates(years: _Years, source: str) -> list[FigureEntry]:
    """Of certificates that the last two years have both: from which number of places to which, the most changed first;
    no figure where none changed."""
    before, after = (year.year for year in years[-2:])
    rows = yearly.came_and_went(yearly.certificates(years[-2:]), before, after).dropna(subset=["earlier", "later"])
    rows = rows.assign(change=rows["later"] - rows["earlier"]).query("change != 0")
    rows = rows.sort_values("change", key=abs, ascending=False, kind="stable", ignore_index=True)
    if rows.empty:
        return []
    heads = {"earlier": f"{before}年", "later": f"{after}年"}
    data = rows[["name", "earlier", "later", "change"]]
    told = Told("certificates_changed", "证书的变化", "两年都有的证书的批准人数。", "人", source, data, heads=heads)
    shown, others = leading(data, "change", "种证书", add=False)
    top, changes = shown.iloc[0], shown["change"].map(signed)
    texts = (shown["earlier"].map(number) + " → " + shown["later"].map(number) + "（" + changes + "）").tolist()
    wide = shown.set_index("name")[["earlier", "later"]].rename(columns=heads)
    verb = "增加" if top["change"] > 0 else "减少"
    headline = f"{number(len(data))}种证书的名额有变化，{top['name']}{verb}最多，为{people(abs(top['change']))}"
    form = f"哑铃图，每种证书一条，从{before}年的批准人数到{after}年的，变化大的在前。"
    draw = partial(dumbbell_chart, wide=wide, texts=texts, marked=0)
    return [
        FigureEntry(told, draw, headline, form, ["name"], ["later", "earlier", "change"], f"批准培训人数，人{others}")
    ]


def places_headline(every: pd.DataFrame) -> str:
    """The first and the last year's `places_approved`, and the year with the most where all are known."""
    table = every.dropna(subset="places_approved")
    if len(table) < 2:
        return "历年批准培训人数"
    first, last = (table["years"] + "为" + table["places_approved"].map(people)).iloc[[0, -1]]
    most = table.loc[table["places_approved"] == table["places_approved"].max(), "years"].tolist()
    comparable = len(table) == len(every) and not every["years"].str.endswith(_BOUNDED).any()
    return f"批准培训人数{first}，{last}" + (f"，{most[0]}最多" if comparable and len(most) == 1 else "")
