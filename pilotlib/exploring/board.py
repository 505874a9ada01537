"""The board of filters: what is chosen on the left is seen at once as totals, table, chart and code."""

import base64
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

import ipywidgets as widgets
import pandas as pd
from itables.widget import ITable

from pilotlib.columns import SOURCE_COLUMNS, source_columns, title_of
from pilotlib.exploring.charts import FORMS, GROUPS, MEASURES, chart
from pilotlib.exploring.selection import Selection, as_code, choices, select, totals
from pilotlib.exploring.years import load_years
from pilotlib.publishing.workbook import as_xlsx
from pilotlib.report.drawing import png_of
from pilotlib.report.prose import number
from pilotlib.report.told import NOTHING, Told, csv_of, heading, in_words, names_of

_ON_ONE_LINE = source_columns("round", "level", "status")
_IN_CHINESE = {
    "search": "搜索：",
    "info": "第 _START_ 至 _END_ 行，共 _TOTAL_ 行",
    "infoEmpty": "没有行",
    "infoFiltered": "（从 _MAX_ 行中搜出）",
    "lengthMenu": "每页 _MENU_ 行",
    "zeroRecords": "没有符合条件的行",
    "emptyTable": "没有符合条件的申报",
    "paginate": {"first": "首页", "previous": "上一页", "next": "下一页", "last": "末页"},
    "aria": {"orderable": "：点此排序", "orderableReverse": "：点此反向排序", "orderableRemove": "：点此取消排序"},
}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST_FILTER = 30  # em
_COPY = (
    "navigator.clipboard.writeText(this.previousElementSibling.textContent)"
    ".then(() => {this.textContent = '已复制'; setTimeout(() => {this.textContent = '复制代码'}, 1500)})"
)


def explore(years: Iterable[int] | None = None) -> widgets.VBox:
    """A board on which the applications of all years (or of those named) are filtered by clicking.

    Nothing chosen in a filter is everything; several words are chosen with Ctrl or Shift. The table can be searched and
    sorted; the code below the chart makes the same rows; the selection is saved as CSV or as a workbook.

    Raises:
        PilotError: as `load_years`.
    """
    loaded = load_years(years)
    filters = {name: _filter(_short_title(name), words) for name, words in choices(loaded).items()}
    groups, measures = ({title_of(name): name for name in names} for names in (GROUPS, MEASURES))
    picks = {
        "form": _pick("图形", {title: name for name, title in FORMS.items()}, "bar"),
        "measure": _pick("数值", measures, "places_approved"),
        "by": _pick("分组", groups, "application_round"),
        "split": _pick("再分", groups, "level"),
    }
    clear = widgets.Button(description="清除筛选", icon="times")
    counted, drawn, code, exports = (widgets.HTML() for _ in range(4))
    options = _table_options(_shown(loaded.applications))
    table = ITable(_as_shown(loaded.applications), **options)

    def chosen() -> Selection:
        return {name: tuple(box.value) for name, box in filters.items()}

    def draw(_: Any = None) -> None:
        picks["split"].disabled = picks["form"].value == "bar"
        drawn.value = _picture(select(loaded, chosen()), **{name: box.value for name, box in picks.items()})

    def refresh(_: Any = None) -> None:
        rows = select(loaded, chosen())
        table.update(_as_shown(rows), **options)  # it forgets them where rows change
        code.value = _code(as_code(loaded, chosen()))
        draw()
        # Last, because they take longest: what was clicked for is seen before.
        counted.value = totals(loaded, rows)._repr_html_()
        exports.value = _exports(rows)

    def clear_all(_: Any) -> None:
        _without_notice(filters.values(), refresh)
        for box in filters.values():
            box.value = ()
        _with_notice(filters.values(), refresh)
        refresh()

    _with_notice(filters.values(), refresh)
    _with_notice(picks.values(), draw)
    clear.on_click(clear_all)
    refresh()
    return _laid_out(filters.values(), clear, counted, picks.values(), drawn, table, exports, code)


def _laid_out(
    filters: Iterable[widgets.Widget],
    clear: widgets.Widget,
    counted: widgets.Widget,
    picks: Iterable[widgets.Widget],
    drawn: widgets.Widget,
    *below: widgets.Widget,
) -> widgets.VBox:
    """The board: filters above, totals beside the chart, then the table, the exports and the code."""
    wrapped = widgets.Layout(flex_flow="row wrap", align_items="flex-start")
    *table_and_exports, code = below
    pictured = widgets.VBox(
        [widgets.HBox(list(picks), layout=wrapped), drawn], layout=widgets.Layout(flex="1 1 0", min_width="0")
    )
    return widgets.VBox(
        [
            widgets.HTML("<b>筛选</b>：不选即全部；按住 Ctrl 或 Shift 可选几项。"),
            widgets.HBox(list(filters), layout=wrapped),
            clear,
            widgets.HBox([counted, pictured]),
            *table_and_exports,
            widgets.HTML("<b>同样的结果，用代码</b>：粘贴到任一单元格即可继续分析。"),
            code,
        ]
    )


def _filter(title: str, offered: list[Any]) -> widgets.SelectMultiple:
    longest = max((len(str(word)) for word in offered), default=0)
    layout = widgets.Layout(width=f"{min(max(longest, 5) + 5, _WIDEST_FILTER)}em", height="9.5em")
    options = [(str(word), word) for word in offered]
    box = widgets.SelectMultiple(options=options, description=title, layout=layout)
    box.style.description_width = "2.6em"
    return box


def _short_title(name: str) -> str:
    """The shortest name of a column; the majors' is that of each of them."""
    column = SOURCE_COLUMNS.get("majors" if name == "major" else name)
    return min((column.title, *column.aliases), key=len) if column else title_of(name)


def _pick(title: str, names: dict[str, str], first: str) -> widgets.Dropdown:
    """A choice of one of the names, shown by their titles."""
    box = widgets.Dropdown(options=list(names.items()), value=first, description=title)
    box.layout.width, box.style.description_width = "15em", "3em"
    return box


def _with_notice(boxes: Iterable[widgets.Widget], notice: Callable[..., None]) -> None:
    for box in boxes:
        box.observe(notice, names="value")


def _without_notice(boxes: Iterable[widgets.Widget], notice: Callable[..., None]) -> None:
    for box in boxes:
        box.unobserve(notice, names="value")


def _as_shown(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows under headings with units, in words; figures stay figures, so that they sort as such."""
    table = in_words(pd.DataFrame(rows[_shown(rows)]).reset_index(drop=True))
    numbers = table.select_dtypes("number").columns
    words = {
        name: table[name].astype(object).where(table[name].notna(), NOTHING).astype("str")
        for name in table.columns.drop(numbers)
    }
    return table.assign(**words).rename(columns=heading)


def _shown(rows: pd.DataFrame) -> list[str]:
    """The columns of the board: what the report shows of applications, up to the note."""
    return names_of(rows)[: names_of(rows).index("note") + 1]


def _table_options(shown: list[str]) -> dict[str, Any]:
    return {
        "language": _IN_CHINESE,
        "showIndex": False,
        "lengthMenu": [10, 25, 100],
        # Said, so that it stays where few rows are left.
        "layout": {"topStart": "search", "topEnd": "pageLength", "bottomStart": "info", "bottomEnd": "paging"},
        "classes": "display compact",
        "allow_html": False,
        "warn_on_unexpected_option_type": False,  # it does not know that the words may be nested
        "maxBytes": 0,
        "columnDefs": [{"className": "dt-nowrap", "targets": [shown.index(name) for name in _ON_ONE_LINE]}],
        "style": "width:100%",
    }


def _picture(rows: pd.DataFrame, form: str, measure: str, by: str, split: str) -> str:
    if rows.empty:
        return "<p>没有符合条件的申报，没有图可画。</p>"
    picture = base64.b64encode(png_of(chart(rows, by, measure, form, split), dots_per_inch=110)).decode("ascii")
    said = f"{FORMS[form]}：{title_of(measure)}，按{title_of(by)}，{number(len(rows))}项申报"
    return f'<img alt="{escape(said)}" style="max-width:100%" src="data:image/png;base64,{picture}">'


def _code(text: str) -> str:
    return (
        f'<pre style="border:1px solid currentColor;padding:.6em;overflow:auto;margin:0 0 .4em">{escape(text)}</pre>'
        f'<button class="jupyter-button" style="width:auto;padding:0 1em" onclick="{escape(_COPY)}">复制代码</button>'
    )


def _exports(rows: pd.DataFrame) -> str:
    """Links that hold the selection as files; they go nowhere, so that they work on any server."""
    shown = pd.DataFrame(rows).reset_index(drop=True)
    shown.attrs = {}
    told = Told("selection", "所选申报", "筛选出的申报，清洗之后。", "人、项", "申报明细表", shown)
    files = {
        "CSV": ("text/csv;charset=utf-8", "csv", csv_of(told.data, told.heads)),
        "XLSX": (_XLSX, "xlsx", as_xlsx(told.title, "", told.source, [told])),
    }
    links = [
        f'<a style="text-decoration:underline;margin-right:1.5em" download="所选申报.{ending}" '
        f'href="data:{kind};base64,{base64.b64encode(content).decode("ascii")}">导出{name}（{number(len(shown))}行）</a>'
        for name, (kind, ending, content) in files.items()
    ]
    return "".join(links)
