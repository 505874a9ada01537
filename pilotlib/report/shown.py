"""Tables that show themselves as the report does; pandas carries what is said of them along in `attrs`."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import wraps
from html import escape
from typing import Any, cast

import pandas as pd

from pilotlib.columns import kind_of, title_of
from pilotlib.errors import UnknownNameError, suggestion
from pilotlib.report.told import Told, aligned, element_of, figure_columns, heading, names_of, texts

_ABOUT = "pilotlib"
_STYLE = (
    "<style>.pilotlib table{border-collapse:collapse;margin:0}.pilotlib caption{font-weight:bold;text-align:left;"
    "padding:.3em 0;color:inherit}.pilotlib th,.pilotlib td{text-align:left!important;padding:.25em .7em;"
    "vertical-align:top;white-space:normal;max-width:24em}.pilotlib .short,.pilotlib .word{white-space:nowrap}"
    ".pilotlib .name{min-width:6em}.pilotlib .long{min-width:10em}.pilotlib .figure{word-break:keep-all}"
    ".pilotlib thead th{border-bottom:1px solid currentColor;vertical-align:bottom}.pilotlib tbody th{"
    "font-weight:normal}.pilotlib .figure{text-align:right!important;font-variant-numeric:tabular-nums}"
    ".pilotlib mark{background:#ffe49c;color:#222}.pilotlib .notes{opacity:.8;max-width:60em;margin:.3em 0}</style>"
)


def _naming(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method of DataFrame for which a column that is not there is a sentence."""

    @wraps(method)
    def of_table(table: "Table", *args: Any, **kwargs: Any) -> Any:
        try:
            return method(table, *args, **kwargs)
        except KeyError as error:
            key = args[0] if args else kwargs.get("by")
            asked = key if isinstance(key, list) else [key]
            unknown = [name for name in asked if isinstance(name, str) and name not in table.columns]
            if not unknown or isinstance(error, UnknownNameError):
                raise
            name, known = unknown[0], names_of(table)
            same = [column for column in known if name == title_of(column) or column == title_of(name)]
            hint = f"“{name}”在这里写作“{same[0]}”。" if same else suggestion(name, known)
            raise UnknownNameError(f"表中没有“{name}”一列。{hint}") from None

    return of_table


class Table(pd.DataFrame):
    """A DataFrame but for how it is shown; a column that it lacks is an UnknownNameError, also a KeyError."""

    __getitem__ = _naming(pd.DataFrame.__getitem__)
    sort_values = _naming(pd.DataFrame.sort_values)
    groupby = _naming(pd.DataFrame.groupby)

    @property
    def _constructor(self) -> "type[Table]":
        return Table

    def _repr_html_(self) -> str | None:
        told, why = _as_told(self)
        if told is None:
            return cast(Any, super())._repr_html_()
        written = texts(told).map(escape)
        written = written.mask(why.notna(), "<mark title='" + why.fillna("").map(escape) + "'>" + written + "</mark>")
        notes = "".join(f'<p class="notes">{escape(note)}</p>' for note in told.notes.splitlines())
        return f'{_STYLE}<div class="pilotlib">{element_of(told, written)}{notes}</div>'

    def __repr__(self) -> str:
        """The table as text, its figures to the right, a repaired cell with a star."""
        told, why = _as_told(self)
        if told is None:
            return super().__repr__()
        written = texts(told)
        written, figures = written.mask(why.notna(), written + "*"), figure_columns(told.data)
        lines = aligned((name in figures, [heading(name), *written[name]]) for name in names_of(written))
        return "\n".join([told.title, "────", *lines, "────", *told.notes.splitlines()])


def shown(told: Told, *, year: int | None = None, marks: dict[str, dict[str, str]] | None = None) -> Table:
    """The data of a told table, of a year, which shows itself; `marks` are its repaired cells: column →
    "year/source_row" → what was there and why it was changed."""
    words = told._replace(definition=told.definition + told.notes)[:5]
    table, about = Table(told.data), {"words": words, "rows": len(told.data), "columns": names_of(told.data)}
    table.attrs = {_ABOUT: about | {"year": year, "marks": marks or {}}}
    return table


def titles_of(names: Iterable[str]) -> dict[str, str]:
    """The Chinese title of each column; where several have the same, with the column's name."""
    titles = {name: title_of(name) for name in names}
    counts = Counter(titles.values())
    return {name: title if counts[title] == 1 else f"{title}（{name}）" for name, title in titles.items()}


def _as_told(table: Table) -> tuple[Told | None, pd.DataFrame]:
    """The first rows with what is said of them, a note a line, and for each cell what was there before its repair,
    and why; None where pandas' own way of showing is the better one."""
    about, index = table.attrs.get(_ABOUT), [name for name in table.index.names if name is not None]
    named = table.columns.nlevels == 1 and all(isinstance(name, str) for name in table.columns)
    if not about or not named or set(index) & set(table.columns):
        return None, pd.DataFrame()
    first = pd.DataFrame(table.head(60)).reset_index(drop=not index)
    told_rows, columns, titles = about["rows"], about["columns"], titles_of(about["columns"])
    data = first.rename(columns={title: name for name, title in titles.items() if name not in first})
    if not data.columns.is_unique:
        return None, pd.DataFrame()
    names = [name for name in names_of(data) if kind_of(name) != "bound"]
    reasons = pd.DataFrame(index=data.index, columns=names, dtype=object)
    if "source_row" in data:
        year = data["year"].astype(str) if "year" in data else str(about["year"])
        rows = year + "/" + data["source_row"].astype(str)
        repaired = {name: rows.map(cells) for name, cells in about["marks"].items() if name in names}
        reasons = reasons.assign(**repaired).astype(object)
    name, title, definition, unit, source = about["words"]
    all_columns = set(data.columns) <= set(columns)
    notes = [f"{definition}单位：{unit}。"] if all_columns else []
    if reasons.notna().any(axis=None):
        notes.append("着色（或带*）的单元格与原表不同；trace_row(…, 行) 说明原值与理由。")
    if len(table) > len(data):
        notes.append(f"只显示前{len(data):,}行，共{len(table):,}行。")
    # Of a part it is said how large a part, of what was computed from the table, that it was.
    of_rows = len(table) == told_rows or "source_row" not in columns or "source_row" in data
    if not (all_columns and of_rows):
        title = f"由“{title}”得出"
    elif len(table) != told_rows:
        title = f"{title}：{told_rows:,}行中的{len(table):,}行"
    return Told(name, title, definition, unit, source, data, notes="\n".join(notes)), reasons
