"""Tables that show themselves in a cell or as text as the report shows them: title, units, repairs marked.

What is said of them stands in their `attrs` as plain values; pandas carries it through filters and sorting.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from html import escape
from typing import Any, NamedTuple, cast

import pandas as pd

from pilotlib.columns import kind_of, title_of
from pilotlib.errors import UnknownNameError, suggestion
from pilotlib.report.told import NO_HEADS, Told, aligned, element_of, figure_columns, heading, names_of, texts

_MOST_ROWS = 60
_ABOUT = "pilotlib"
_STYLE = (
    "<style>.pilotlib table{border-collapse:collapse;margin:0}.pilotlib caption{font-weight:bold;text-align:left;"
    "padding:.3em 0;color:inherit}.pilotlib th,.pilotlib td{text-align:left!important;padding:.25em .7em;"
    "vertical-align:top;white-space:normal;max-width:24em}.pilotlib .short,.pilotlib .word{white-space:nowrap}"
    ".pilotlib .name{min-width:6em}.pilotlib .long{min-width:10em}.pilotlib .figure{word-break:keep-all}"
    ".pilotlib thead th{border-bottom:1px solid currentColor;"
    "vertical-align:bottom}.pilotlib tbody th{font-weight:normal}.pilotlib .figure{text-align:right!important;"
    "font-variant-numeric:tabular-nums}.pilotlib mark{background:#ffe49c;color:#222}"
    ".pilotlib .notes{opacity:.8;max-width:60em;margin:.3em 0}</style>"
)


class About(NamedTuple):
    """What a table says of itself: name, title, definition, unit, source, rows and columns of the told table.

    `marks` are the repaired cells: column → "year/source_row" → what was there and why it was changed; `names` leads
    from Chinese titles of columns back to their names.
    """

    words: tuple[str, str, str, str, str]
    rows: int
    columns: list[str]
    year: int | None
    marks: dict[str, dict[str, str]]
    names: Mapping[str, str] = NO_HEADS


def _naming(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method of DataFrame for which a column that is not there is a sentence."""

    @wraps(method)
    def of_table(table: "Table", *args: Any, **kwargs: Any) -> Any:
        try:
            return method(table, *args, **kwargs)
        except UnknownNameError:
            raise
        except KeyError:
            key = args[0] if args else kwargs.get("by")
            asked = key if isinstance(key, list) else [key]
            unknown = [name for name in asked if isinstance(name, str) and name not in table.columns]
            if not unknown:
                raise
            name, known, about = unknown[0], names_of(table), about_of(table)
            same = [column for column in known if name in (title_of(column), about and about.names.get(column))]
            hint = f"“{name}”在这里写作“{same[0]}”。" if same else suggestion(name, known)
            raise UnknownNameError(f"表中没有“{name}”一列。{hint}") from None

    return of_table


class Table(pd.DataFrame):
    """A DataFrame in every respect but for how it is shown; asked for a column that it does not have, it
    raises UnknownNameError, which is also a KeyError."""

    __getitem__ = _naming(pd.DataFrame.__getitem__)
    sort_values = _naming(pd.DataFrame.sort_values)
    groupby = _naming(pd.DataFrame.groupby)

    @property
    def _constructor(self) -> "type[Table]":
        return Table

    def _repr_html_(self) -> str | None:
        told = _as_told(self)
        if told is None:
            return cast(Any, super())._repr_html_()
        written, why = texts(told).map(escape), _reasons(told.data, self)
        written = written.mask(why.notna(), "<mark title='" + why.fillna("").map(escape) + "'>" + written + "</mark>")
        notes = "".join(f'<p class="notes">{escape(note)}</p>' for note in told.notes.splitlines())
        return f'{_STYLE}<div class="pilotlib">{element_of(told, written)}{notes}</div>'

    def __repr__(self) -> str:
        """The table as text, its figures to the right, a repaired cell with a star."""
        told = _as_told(self)
        if told is None:
            return super().__repr__()
        written = texts(told)
        written = written.mask(_reasons(told.data, self).notna(), written + "*")
        columns = [[heading(name), *written[name]] for name in names_of(written)]
        numbers = figure_columns(told.data)
        lines = aligned(columns, {place for place, name in enumerate(written) if name in numbers})
        rule = "─" * 4
        return "\n".join([told.title, rule, *lines, rule, *told.notes.splitlines()])


def shown(told: Told, *, year: int | None = None, marks: dict[str, dict[str, str]] | None = None) -> Table:
    """The data of a told table, which shows itself; see `About`."""
    words = (told.name, told.title, told.definition + told.notes, told.unit, told.source)
    return _with(told.data, About(words, len(told.data), names_of(told.data), year, marks or {}))


def renamed(table: pd.DataFrame, given: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """A table made of `given` by naming its columns otherwise, which shows itself as that does, if it does.

    `names` leads from the columns' new names to the old ones.
    """
    about = about_of(given)
    if about is None:
        return table
    return _with(table, about._replace(rows=len(table), columns=names_of(table), names=names))


def about_of(table: pd.DataFrame) -> About | None:
    """What a table says of itself, or None."""
    about = table.attrs.get(_ABOUT)
    return About(**about) if about else None


def _with(table: pd.DataFrame, about: About) -> Table:
    made = Table(table)
    made.attrs = {_ABOUT: about._asdict()}
    return made


def _as_told(table: Table) -> Told | None:
    """The first rows under the names of their columns, with what is said of them, a note a line.

    None where pandas' own way of showing is the better one.
    """
    about, index = about_of(table), [name for name in table.index.names if name is not None]
    named = table.columns.nlevels == 1 and all(isinstance(name, str) for name in table.columns)
    if about is None or not named or set(index) & set(table.columns):
        return None
    first = pd.DataFrame(table.head(_MOST_ROWS)).reset_index(drop=not index)
    data = first.rename(columns=about.names)
    if not data.columns.is_unique:
        return None
    name, title, definition, unit, source = about.words
    all_columns = set(first.columns) <= set(about.columns)
    notes = [f"{definition}单位：{unit}。"] if all_columns else []
    if _reasons(data, table).notna().any(axis=None):
        notes.append("着色（或带*）的单元格与原表不同；trace_row(…, 行) 说明原值与理由。")
    if len(table) > len(data):
        notes.append(f"只显示前{len(data):,}行，共{len(table):,}行。")
    # Of a part it is said how large a part, of what was computed from the table, that it was.
    of_rows = len(table) == about.rows or "source_row" not in about.columns or "source_row" in data
    if not (all_columns and of_rows):
        title = f"由“{title}”得出"
    elif len(table) != about.rows:
        title = f"{title}：{about.rows:,}行中的{len(table):,}行"
    return Told(name, title, definition, unit, source, data, notes="\n".join(notes))


def _reasons(data: pd.DataFrame, table: Table) -> pd.DataFrame:
    """For every cell that is shown, what was there before it was repaired, and why; missing elsewhere."""
    about = about_of(table)
    names = [name for name in names_of(data) if kind_of(name) != "bound"]
    reasons = pd.DataFrame(index=data.index, columns=names, dtype=object)
    if about is None or "source_row" not in data or not about.marks:
        return reasons
    year = data["year"] if "year" in data else pd.Series(about.year, index=data.index)
    rows = year.astype(str) + "/" + data["source_row"].astype(str)
    repaired = {name: rows.map(cells).astype(object) for name, cells in about.marks.items() if name in names}
    return reasons.assign(**repaired)
