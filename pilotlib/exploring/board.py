"""The board of filters: what is chosen is seen at once as chart, rows, totals and code. `board.js` is its face."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets
import pandas as pd
from itables.widget import ITable
from traitlets import Dict, Int, Unicode

from pilotlib.columns import source_columns, title_of
from pilotlib.errors import PilotError
from pilotlib.exploring.charts import FORMS, chart, drawn_title
from pilotlib.exploring.selection import (
    PICKS,
    TABLES,
    Asked,
    as_code,
    asked_at_first,
    choices,
    column_title,
    offered,
    picked,
    select,
    tables_of,
    totals,
)
from pilotlib.exploring.years import Years, load_years
from pilotlib.publishing.workbook import as_xlsx
from pilotlib.report.prose import number
from pilotlib.report.shown import source_of
from pilotlib.report.style import png_of, svg_of
from pilotlib.report.told import NOTHING, Told, csv_of, heading, in_words, names_of

_ON_ONE_LINE = set(map(heading, source_columns("round", "level", "status")))
# How the table of rows is shown.
_TABLE: dict[str, Any] = {
    "language": {
        "search": "搜索：",
        "info": "第 _START_ 至 _END_ 行，共 _TOTAL_ 行",
        "infoEmpty": "没有行",
        "infoFiltered": "（从 _MAX_ 行中搜出）",
        "lengthMenu": "每页 _MENU_ 行",
        "zeroRecords": "没有符合条件的行",
        "emptyTable": "没有符合条件的行",
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
_NO_SPLIT = "条形图没有再分：选堆叠条形图、折线图或热力图"
# Files that can be downloaded, and their types.
_FILES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv;charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Board(anywidget.AnyWidget):
    """The choices and what they show but the rows, which stand in `rows`. The browser sets `asked`: `number, table,
    selection, picks`; the answers come one by one, what was clicked for first, and `answered` is the number of the
    question once all are there. A file is made when it is asked for."""

    _esm, _css = Path(__file__).with_name("board.js"), Path(__file__).with_name("board.css")
    asked = Dict().tag(sync=True)
    offered = Dict().tag(sync=True)
    picture = Unicode().tag(sync=True)
    said = Unicode().tag(sync=True)
    code = Unicode().tag(sync=True)
    totals = Unicode().tag(sync=True)
    answered = Int(-1).tag(sync=True)

    def __init__(self, years: Years, asked: Asked) -> None:
        """A board of some years, and what is asked at first."""
        super().__init__(asked=asked)
        self.years, self.rows = years, ITable(as_shown(years.applications), **_TABLE)
        self.counted: tuple[Any, ...] = ()
        self.answer()
        self.observe(self.answer, "asked")
        self.on_msg(self.send_file)

    def chosen(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """The rows, and what is drawn of them."""
        table, selection = self.asked["table"], self.asked["selection"]
        return select(self.years, selection, table), picked(getattr(self.years, table), self.asked["picks"])

    def answer(self, _: Any = None) -> None:
        """Show what is asked for; rows and totals that stand there already stay."""
        (rows, picks), table, selection = self.chosen(), self.asked["table"], self.asked["selection"]
        try:
            self.offered = to_choose(self.years, table, picks)
            self.said, self.picture = pictured(rows, picks)
            self.code = as_code(self.years, selection, picks, table)
            if self.counted != (table, selection):
                self.show_rows(as_shown(rows))
                self.totals = totals(self.years, rows, table)._repr_html_() or ""
                self.counted = table, selection
        finally:
            self.answered = self.asked["number"]

    def show_rows(self, rows: pd.DataFrame) -> None:
        """Show the rows, as `as_shown` words them; the table forgets its options where rows change."""
        short = [place for place, name in enumerate(names_of(rows)) if name in _ON_ONE_LINE]
        self.rows.update(rows, **_TABLE, columnDefs=[{"className": "dt-nowrap", "targets": short}])

    def send_file(self, _: Any, wanted: dict[str, str], __: Any) -> None:
        """Send a file of what is shown."""
        name, content = file_of(*self.chosen(), wanted["file"])
        self.send({"name": name, "type": _FILES[wanted["file"]]}, [content])


def explore(years: Iterable[int | str] | int | str | None = None, **chosen: Any) -> widgets.VBox:
    """A board on which the applications of all years (or of those named) are filtered and drawn by clicking, and
    results where a year has some. Nothing chosen is everything.

    What else is named is chosen at first, by Chinese title or English name: words of a column; of the chart `by`,
    `measure`, `form` and `split`; `table="考核结果"`. PilotError as in `load_years`, and for a word that there is not.

    Example:
        explore(等级=["中级"], by="批次", measure="批准总培训人数", form="堆叠条形图")
    """
    loaded = load_years(years)
    board = Board(loaded, asked_at_first(loaded, chosen))
    return widgets.VBox([board, board.rows])


def to_choose(years: Years, table: str, picks: dict[str, str]) -> dict[str, Any]:
    """What the browser offers: `tables`, `columns` in which there is more than one word, `picks` of the chart, each
    with what is picked, its words and why one of them, or all, cannot be."""
    words = {name: words for name, words in choices(years, table).items() if len(words) > 1}
    of_chart = offered(getattr(years, table), picks)
    return {
        "tables": [[name, TABLES[name]] for name in tables_of(years)],
        "columns": [{"name": name, "title": column_title(name), "words": words[name]} for name in words],
        "picks": [
            {
                "name": name,
                "title": PICKS[name][0],
                "picked": picks[name],
                "words": [[word, FORMS.get(word) or title_of(word), why] for word, why in of_chart[name].items()],
                "why": _NO_SPLIT if (name, picks["form"]) == ("split", "bar") else "",
            }
            for name in PICKS
        ],
    }


def pictured(rows: pd.DataFrame, picks: dict[str, str]) -> tuple[str, str]:
    """What is drawn, in words, and the picture; or why there is none, and nothing."""
    try:
        picture = svg_of(chart(rows, **picks), "board")
    except PilotError as error:
        return str(error), ""
    return f"{FORMS[picks['form']]}：{drawn_title(**picks)}，{number(len(rows))}行", picture


def file_of(rows: pd.DataFrame, picks: dict[str, str], kind: str) -> tuple[str, bytes]:
    """A file's name and content: the chart as svg or png, the rows as csv or xlsx."""
    if kind in ("svg", "png"):
        drawn, title = chart(rows, **picks), drawn_title(**picks)
        return f"{title}.{kind}", png_of(drawn) if kind == "png" else svg_of(drawn, title).encode()
    data = pd.DataFrame(rows).reset_index(drop=True)
    data.attrs = {}
    told = Told("selection", "所选行", "筛选出的行，清洗之后。", "人、项", source_of(rows), data)
    return f"所选行.{kind}", csv_of(data) if kind == "csv" else as_xlsx(told.title, "", told.source, [told])


def as_shown(rows: pd.DataFrame) -> pd.DataFrame:
    """What the report shows of the rows, in words under headings with units; figures can be sorted as such."""
    table = in_words(pd.DataFrame(rows.loc[:, :"note"] if "note" in rows else rows).reset_index(drop=True))
    words = table.select_dtypes(exclude="number").astype(object).fillna(NOTHING).astype("str")
    return table.assign(**words).rename(columns=heading)
