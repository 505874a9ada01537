"""The board of filters: what is chosen on the left is seen at once as totals, table, chart and code."""

import base64
import json
from collections.abc import Iterable
from functools import partial
from html import escape
from typing import Any

import ipywidgets as widgets
import pandas as pd
from itables.widget import ITable

from pilotlib.columns import SOURCE_COLUMNS, application_columns, title_of
from pilotlib.exploring.charts import FORMS, chart, groups_of, measures_of
from pilotlib.exploring.years import Years, load_years
from pilotlib.publishing.workbook import as_xlsx
from pilotlib.report.drawing import png_of
from pilotlib.report.prose import number
from pilotlib.report.shown import Table, shown
from pilotlib.report.told import NOTHING, Told, csv_of, heading, in_words, texts
from pilotlib.statistics import Tables
from pilotlib.statistics.indicators import overview
from pilotlib.vocabulary import UNKNOWN

# What can be chosen in the table of applications itself: its columns of words.
CHOICES = application_columns("round", "level", "name", "status", "text")
# What has been chosen of each column; nothing chosen is everything.
Selection = dict[str, tuple[Any, ...]]
_ON_ONE_LINE = application_columns("round", "level", "status")
# How the table of rows is shown.
_TABLE: dict[str, Any] = {
    "language": {
        "search": "搜索：",
        "info": "第 _START_ 至 _END_ 行，共 _TOTAL_ 行",
        "infoEmpty": "没有行",
        "infoFiltered": "（从 _MAX_ 行中搜出）",
        "lengthMenu": "每页 _MENU_ 行",
        "zeroRecords": "没有符合条件的行",
        "emptyTable": "没有符合条件的申报",
        "paginate": {"first": "首页", "previous": "上一页", "next": "下一页", "last": "末页"},
        "aria": {"orderable": "：点此排序", "orderableReverse": "：点此反向排序", "orderableRemove": "：点此取消排序"},
    },
    "showIndex": False,
    "lengthMenu": [10, 25, 100],
    # Said, so that it stays where few rows are left.
    "layout": {"topStart": "search", "topEnd": "pageLength", "bottomStart": "info", "bottomEnd": "paging"},
    "classes": "display compact",
    "allow_html": False,
    "warn_on_unexpected_option_type": False,  # it does not know that the words may be nested
    "maxBytes": 0,
    "style": "width:100%",
}
# What is chosen of a chart: the choice's title, and what is chosen at first, if it is there.
_PICKS = {
    "form": ("图形", "bar"),
    "measure": ("数值", "places_approved"),
    "by": ("分组", "application_round"),
    "split": ("再分", "level"),
}
_PICK_LOOK = {"layout": {"width": "15em"}, "style": {"description_width": "3em"}}
_IN_A_ROW = {"flex_flow": "row wrap", "align_items": "flex-start"}
_WIDEST_FILTER = 30  # em
_as_list = partial(json.dumps, ensure_ascii=False)  # a list as Python writes it too, in double quotes
_CODE = '<pre style="border:1px solid currentColor;padding:.6em;overflow:auto;margin:0 0 .4em">'
_COPY = (
    '<button class="jupyter-button" style="width:auto;padding:0 1em" onclick="'
    "navigator.clipboard.writeText(this.previousElementSibling.textContent).then(() =&gt; {"
    "this.textContent = '已复制'; setTimeout(() =&gt; {this.textContent = '复制代码'}, 1500)})"
    '">复制代码</button>'
)


def explore(years: Iterable[int] | None = None) -> widgets.VBox:
    """A board on which the applications of all years (or of those named) are filtered by clicking.

    Nothing chosen in a filter is everything; several words are chosen with Ctrl or Shift. The table can be searched and
    sorted; the code below the chart makes the same rows; the selection is saved as CSV or as a workbook. PilotError as
    in `load_years`.
    """
    loaded = load_years(years)
    filters = {name: _filter(name, words) for name, words in choices(loaded).items()}
    groups, measures = groups_of(loaded.applications), measures_of(loaded.applications)
    offered = {"form": list(FORMS), "measure": measures, "by": groups, "split": groups}
    picks = {name: _pick(*_PICKS[name], words) for name, words in offered.items()}
    clear = widgets.Button(description="清除筛选", icon="times")
    counted, drawn, code, exports = (widgets.HTML() for _ in range(4))
    places = [place for place, name in enumerate(loaded.applications) if name in _ON_ONE_LINE]
    options = _TABLE | {"columnDefs": [{"className": "dt-nowrap", "targets": places}]}
    table = ITable(_as_shown(loaded.applications), **options)

    def chosen() -> Selection:
        return {name: tuple(box.value) for name, box in filters.items()}

    def draw(_: Any = None) -> None:
        picks["split"].disabled = picks["form"].value == "bar"
        drawn.value = _picture(select(loaded, chosen()), **{name: box.value for name, box in picks.items()})

    def refresh(_: Any = None) -> None:
        rows = select(loaded, chosen())
        table.update(_as_shown(rows), **options)  # it forgets them where rows change
        code.value = f"{_CODE}{escape(as_code(loaded, chosen()))}</pre>{_COPY}"
        draw()
        # Last, because they take longest: what was clicked for is seen before.
        counted.value = totals(loaded, rows)._repr_html_()
        exports.value = _exports(rows)

    def clear_all(_: Any) -> None:
        for box in filters.values():
            box.unobserve(refresh, names="value")
            box.value = ()
            box.observe(refresh, names="value")
        refresh()

    for box in (*filters.values(), *picks.values()):
        box.observe(refresh if box in filters.values() else draw, names="value")
    clear.on_click(clear_all)
    refresh()
    filter_row, pick_row = (widgets.HBox([*boxes.values()], layout=_IN_A_ROW) for boxes in (filters, picks))
    pictured = widgets.VBox([pick_row, drawn], layout={"flex": "1 1 0", "min_width": "0"})
    hint = widgets.HTML("<b>筛选</b>：不选即全部；按住 Ctrl 或 Shift 可选几项。")
    code_title = widgets.HTML("<b>同样的结果，用代码</b>：粘贴到任一单元格即可继续分析。")
    beside = widgets.HBox([counted, pictured])
    return widgets.VBox([hint, filter_row, clear, beside, table, exports, code_title, code])


def choices(years: Years) -> dict[str, list[Any]]:
    """What there is to choose from, by column; a level that is not known is 未知."""
    applications = years.applications
    offered: dict[str, list[Any]] = {"year": list(years.years)}
    for name in [name for name in CHOICES if name in applications]:
        words = applications[name].astype("category").cat.remove_unused_categories().cat.categories
        offered[name] = [*words, *([UNKNOWN] if applications[name].isna().any() else [])]
    return offered | {"major": list(dict.fromkeys(years.majors["major"]))}


def select(years: Years, selection: Selection) -> pd.DataFrame:
    """The applications that are chosen: where every column with a choice holds one of the chosen words."""
    rows = years.applications
    chosen = pd.Series(True, index=rows.index)
    for name in filter(selection.get, ("year", *CHOICES)):
        words = selection[name]
        chosen &= rows[name].isin(words) | (rows[name].isna() & (UNKNOWN in words))
    if selection.get("major"):
        majors = years.majors[years.majors["major"].isin(selection["major"])]
        keys = pd.MultiIndex.from_frame(majors[["year", "source_row"]])
        chosen &= pd.MultiIndex.from_frame(rows[["year", "source_row"]]).isin(keys)
    return rows[chosen]


def as_code(years: Years, selection: Selection) -> str:
    """The lines of pandas that give the same rows: `rows = rows[rows["level"].isin(["中级"])]`."""
    numbers = [*(selection.get("year") or years.years)]
    lines = ["from pilotlib import load_years", f"rows = load_years({numbers}).applications"]
    if selection.get("major"):
        wanted = f'majors["major"].isin({_as_list(selection["major"])})'
        lines[1:] = [
            f"years = load_years({numbers})",
            "rows, majors = years.applications, years.majors",
            f'rows = rows.merge(majors.loc[{wanted}, ["year", "source_row"]].drop_duplicates())',
        ]
    conditions = []
    for name in filter(selection.get, CHOICES):
        known = [word for word in selection[name] if word != UNKNOWN]
        parts = [f'rows["{name}"].isin({_as_list(known)})'] if known else []
        parts += [f'rows["{name}"].isna()'] if UNKNOWN in selection[name] else []
        conditions.append(f"({' | '.join(parts)})" if len(parts) > 1 else parts[0])
    return "\n".join([*lines, *([f"rows = rows[{' & '.join(conditions)}]"] if conditions else [])])


def totals(years: Years, rows: pd.DataFrame) -> Table:
    """The overview of the chosen applications: `measure, unit`, a column a year, 至少 before lower bounds; of a
    part of a table only what can be counted in that part: nothing is split."""
    title = f"所选申报：{len(rows):,}项" if len(rows) else "没有符合条件的申报"
    told = Told("totals", title, "只数所选的申报，名额不拆分。", "各行注明", "申报明细表", rows)
    columns: dict[str, Any] = {"measure": [], "unit": []}
    for year, part in pd.DataFrame(rows).groupby("year", sort=False):
        majors = years.majors[(years.majors["year"] == year) & years.majors["source_row"].isin(part["source_row"])]
        table = overview(Tables(part, pd.DataFrame(majors), pd.DataFrame(), {}))
        values = texts(told._replace(data=table[["value", "lower_bound"]]))["value"]
        columns |= {"measure": table["measure"], "unit": table["unit"], f"{year}年": values}
    return shown(told._replace(data=pd.DataFrame(columns, dtype="str")))


def _pick(title: str, first: str, words: list[str]) -> widgets.Dropdown:
    """A choice of one word of several, each under its title."""
    options = [(FORMS.get(word) or title_of(word), word) for word in words]
    value = first if first in words else words[0]
    return widgets.Dropdown(description=title, options=options, value=value, **_PICK_LOOK)


def _filter(name: str, offered: list[Any]) -> widgets.SelectMultiple:
    """A choice of several words of a column, under the column's shortest name; of majors it is that of one."""
    column = SOURCE_COLUMNS.get("majors" if name == "major" else name)
    title = min((column.title, *column.aliases[:1]), key=len) if column else title_of(name)
    longest = max((len(str(word)) for word in offered), default=0)
    return widgets.SelectMultiple(
        options=[(str(word), word) for word in offered],
        description=title,
        layout={"width": f"{min(max(longest, 5) + 5, _WIDEST_FILTER)}em", "height": "9.5em"},
        style={"description_width": "2.6em"},
    )


def _as_shown(rows: pd.DataFrame) -> pd.DataFrame:
    """What the report shows of the rows, in words under headings with units; figures can be sorted as such."""
    table = in_words(pd.DataFrame(rows.loc[:, :"note"]).reset_index(drop=True))
    words = table.select_dtypes(exclude="number").astype(object).fillna(NOTHING).astype("str")
    return table.assign(**words).rename(columns=heading)


def _picture(rows: pd.DataFrame, form: str, measure: str, by: str, split: str) -> str:
    if rows.empty:
        return "<p>没有符合条件的申报，没有图可画。</p>"
    picture = base64.b64encode(png_of(chart(rows, by, measure, form, split), dots_per_inch=110)).decode("ascii")
    said = f"{FORMS[form]}：{title_of(measure)}，按{title_of(by)}，{number(len(rows))}项申报"
    return f'<img alt="{escape(said)}" style="max-width:100%" src="data:image/png;base64,{picture}">'


def _exports(rows: pd.DataFrame) -> str:
    """Links that hold the selection as files; they go nowhere, so that they work on any server."""
    data = pd.DataFrame(rows).reset_index(drop=True)
    data.attrs = {}
    told = Told("selection", "所选申报", "筛选出的申报，清洗之后。", "人、项", "申报明细表", data)
    xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    files = (
        ("CSV", "text/csv;charset=utf-8", csv_of(data)),
        ("XLSX", xlsx, as_xlsx(told.title, "", told.source, [told])),
    )
    return "".join(
        f'<a style="text-decoration:underline;margin-right:1.5em" download="所选申报.{name.lower()}" '
        f'href="data:{kind};base64,{base64.b64encode(content).decode("ascii")}">导出{name}（{number(len(data))}行）</a>'
        for name, kind, content in files
    )
