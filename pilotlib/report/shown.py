"""Tables that show themselves in a cell or as text, as the report shows them: title, units, repaired cells marked.

What a told table says of itself stands in the `attrs` of its data, as plain values, and pandas carries it through
filters and sorting. A formatter of IPython's would do for a cell; the class is there for plain Python, where a table
is printed and where a column that is not there must be a sentence too.
"""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any, NamedTuple, cast

import pandas as pd

from pilotlib.columns import title_of
from pilotlib.errors import UnknownNameError, suggestion
from pilotlib.report.findings import aligned
from pilotlib.report.told import Told, element_of, figure_columns, heading, names_of, texts

MOST_ROWS = 60
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
    """What a table says of itself.

    `words` are the name, title, definition, unit and source of the told table, `rows` and `columns` those it had;
    `names` leads from Chinese titles of its columns back to their names; `marks` are the repaired cells: column →
    "year/source_row" → what was there and why it was changed.
    """

    words: tuple[str, str, str, str, str]
    rows: int
    columns: list[str]
    year: int | None
    names: dict[str, str]
    marks: dict[str, dict[str, str]]


class Table(pd.DataFrame):
    """A DataFrame in every respect, but for how it is shown and what it says of a column that it does not have.

    Asked for one by its name, it raises UnknownNameError, which is also a KeyError.
    """

    @property
    def _constructor(self) -> "type[Table]":
        return Table

    def __getitem__(self, key: Any) -> Any:
        """A column, columns or rows, as of any DataFrame."""
        with self._naming(key):
            return super().__getitem__(key)

    def sort_values(self, by: Any, *args: Any, **kwargs: Any) -> Any:
        """The rows in order, as of any DataFrame."""
        with self._naming(by):
            return super().sort_values(by, *args, **kwargs)

    def groupby(self, by: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The rows in groups, as of any DataFrame."""
        with self._naming(by):
            return super().groupby(by, *args, **kwargs)

    @contextmanager
    def _naming(self, key: Any) -> Iterator[None]:
        """A column of `key` that is not there becomes a sentence."""
        try:
            yield
        except UnknownNameError:
            raise
        except KeyError:
            asked = key if isinstance(key, list) else [key]
            unknown = [name for name in asked if isinstance(name, str) and name not in self.columns]
            if not unknown:
                raise
            name, known, about = unknown[0], names_of(self), about_of(self)
            same = [column for column in known if name in (title_of(column), about and about.names.get(column))]
            hint = f"“{name}”在这里写作“{same[0]}”。" if same else suggestion(name, known)
            raise UnknownNameError(f"表中没有“{name}”一列。{hint}") from None

    def _repr_html_(self) -> str | None:
        showing = _showing(self)
        if showing is None:
            return cast(Any, super())._repr_html_()
        written, marks = showing.texts.map(escape), showing.marks
        reasons = marks.fillna("").map(escape)
        written = written.mask(marks.notna(), "<mark title='" + reasons + "'>" + written + "</mark>")
        element = element_of(written, showing.data, showing.caption)
        notes = "".join(f'<p class="notes">{escape(note)}</p>' for note in showing.notes)
        return f'{_STYLE}<div class="pilotlib">{element}{notes}</div>'

    def __repr__(self) -> str:
        """The table as text, its figures to the right, a repaired cell with a star."""
        showing = _showing(self)
        if showing is None:
            return super().__repr__()
        written = showing.texts.mask(showing.marks.notna(), showing.texts + "*")
        columns = [[heading(name), *written[name]] for name in names_of(written)]
        numbers = figure_columns(showing.data)
        lines = aligned(columns, {place for place, name in enumerate(written) if name in numbers})
        rule = "─" * 4
        return "\n".join([showing.caption, rule, *lines, rule, *showing.notes])


class _Showing(NamedTuple):
    """The first rows of a table under the names of their columns, and all that is written of them."""

    data: pd.DataFrame
    texts: pd.DataFrame
    marks: pd.DataFrame
    caption: str
    notes: list[str]


def shown(told: Told, *, year: int | None = None, marks: dict[str, dict[str, str]] | None = None) -> Table:
    """The data of a told table, which shows itself; see `About`."""
    words = (told.name, told.title, told.definition + told.notes, told.unit, told.source)
    return _with(told.data, About(words, len(told.data), names_of(told.data), year, {}, marks or {}))


def renamed(table: pd.DataFrame, given: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """A table made of `given` by naming its columns otherwise, which shows itself as that does, if it does.

    `names` leads from the columns' new names to the old ones.
    """
    about = about_of(given)
    if about is None:
        return table
    return _with(table, about._replace(rows=len(table), columns=names_of(table), names=names))


def _with(table: pd.DataFrame, about: About) -> Table:
    made = Table(table)
    made.attrs = {_ABOUT: about._asdict()}
    return made


def about_of(table: pd.DataFrame) -> About | None:
    """What a table says of itself, or None."""
    about = table.attrs.get(_ABOUT)
    return About(**about) if about else None


def _showing(table: Table) -> _Showing | None:
    """What is shown of a table; None where pandas' own way of showing is the better one."""
    about = about_of(table)
    if about is None or table.columns.nlevels > 1 or not all(isinstance(name, str) for name in table.columns):
        return None
    first = pd.DataFrame(table.head(MOST_ROWS))
    index: list[Hashable] = [name for name in first.index.names if name is not None]
    if set(index) & set(first.columns):
        return None
    first = first.reset_index(drop=not index)
    data = first.rename(columns=about.names)
    if not (first.columns.is_unique and data.columns.is_unique):
        return None
    told = Told(*about.words, data)
    written = texts(told)
    marks = _marks(data, about).reindex(columns=written.columns)
    whole = set(first.columns) <= set(about.columns)
    notes = [
        *([f"{told.definition}单位：{told.unit}。"] if whole else []),
        *(
            ["着色（或带*）的单元格与原表不同；trace_row(…, 行) 说明原值与理由。"]
            if marks.notna().any(axis=None)
            else []
        ),
        *([f"只显示前{len(data):,}行，共{len(table):,}行。"] if len(table) > len(data) else []),
    ]
    return _Showing(data, written, marks, _caption(table, about, whole, "source_row" in data), notes)


def _caption(table: Table, about: About, whole: bool, rows_are_named: bool) -> str:
    """The title; of a part, how large a part; of what was computed from it, that it was."""
    title = about.words[1]
    if not whole or (len(table) != about.rows and "source_row" in about.columns and not rows_are_named):
        return f"由“{title}”得出"
    return title if len(table) == about.rows else f"{title}：{about.rows:,}行中的{len(table):,}行"


def _marks(data: pd.DataFrame, about: About) -> pd.DataFrame:
    """For every cell, what was there before it was repaired, and why; missing where it is as received."""
    none = pd.DataFrame(index=data.index, columns=data.columns, dtype=object)
    if "source_row" not in data or not about.marks:
        return none
    year = data["year"] if "year" in data else pd.Series(about.year, index=data.index)
    rows = year.astype(str) + "/" + data["source_row"].astype(str)
    repaired = {name: rows.map(cells).astype(object) for name, cells in about.marks.items() if name in data}
    return none.assign(**repaired)
