"""Tables that show themselves as the report does; pandas carries what is said of them along in `attrs`."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import wraps
from html import escape
from itertools import chain
from typing import Any, cast

import pandas as pd
from pandas.api.typing import DataFrameGroupBy
from pandas.plotting import PlotAccessor

from pilotlib.columns import NUMBER_KINDS, column_named, kind_of, title_of
from pilotlib.errors import UnknownNameError, suggestion
from pilotlib.report.told import Told, aligned, element_of, figure_columns, heading, names_of, texts

_ABOUT = "pilotlib"
_NOT_WORDS = {*NUMBER_KINDS, "row", "year", "bound", "flag"}
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
    """A method of DataFrame, or of its groups, that takes a column by its name as by its Chinese title, and for which
    one that is not there is a sentence."""

    @wraps(method)
    def of_table(table: Any, *args: Any, **kwargs: Any) -> Any:
        columns = pd.DataFrame(getattr(table, "obj", table)).columns
        args = tuple(_named(columns, each) for each in args)
        kwargs = {name: _named(columns, each) for name, each in kwargs.items()}
        try:
            return method(table, *args, **kwargs)
        except KeyError as error:
            asked = chain.from_iterable(
                each if isinstance(each, list) else [each] for each in (*args, *kwargs.values())
            )
            unknown = [name for name in asked if isinstance(name, str) and name not in columns]
            if not unknown or isinstance(error, UnknownNameError):
                raise
            known = list(map(str, columns))
            hint = suggestion(unknown[0], known if unknown[0].isascii() else [*titles_of(known).values()])
            raise UnknownNameError(f"表中没有“{unknown[0]}”一列。{hint}") from None

    return of_table


def _named(columns: pd.Index, word: Any) -> Any:
    """A word, or each of a list, as the column is called whose title, name or header it is; else as it is."""
    if isinstance(word, list):
        return [_named(columns, each) for each in word]
    if not isinstance(word, str) or word in columns:
        return word
    same = [name for name in map(str, columns) if word == title_of(name) or name == title_of(word)]
    same = same or [name for name in map(str, columns) if name == column_named(word)]
    return same[0] if len(same) == 1 else word


class Groups(DataFrameGroupBy):  # type: ignore[type-arg]
    """Groups of a table, whose columns go by their Chinese titles too."""

    __getitem__ = _naming(DataFrameGroupBy.__getitem__)


class Plots(PlotAccessor):
    """As pandas draws a table, with Chinese titles: where no x is asked for, its first column of words names the bars
    or points; numbers of rows and years are no measures."""

    _parent: pd.DataFrame

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """As pandas takes it, names and titles alike."""
        drawn = pd.DataFrame(self._parent).rename(columns=title_of)
        words = [title_of(name) for name in names_of(self._parent) if kind_of(name) not in _NOT_WORDS]
        if kwargs.get("x") is None and words and drawn.index.names == [None]:
            numbers = [title_of(name) for name in ("year", "source_row")]
            drawn = drawn.set_index(words[0]).drop(columns=numbers, errors="ignore")
        kwargs = {name: _named(drawn.columns, each) for name, each in kwargs.items()}
        return PlotAccessor(drawn)(*args, **kwargs)


class Table(pd.DataFrame):
    """A DataFrame but for how it is shown and drawn: a column goes by its name and by its Chinese title; one that it
    lacks is an UnknownNameError, also a KeyError.

    >>> Table({"level": ["中级", "初级"], "places_approved": [3, 2]}).groupby("等级")["批准总培训人数"].sum().to_dict()
    {'中级': 3, '初级': 2}
    """

    __getitem__ = _naming(pd.DataFrame.__getitem__)
    sort_values = _naming(pd.DataFrame.sort_values)
    set_index = _naming(pd.DataFrame.set_index)
    nlargest = _naming(pd.DataFrame.nlargest)
    nsmallest = _naming(pd.DataFrame.nsmallest)
    pivot_table = _naming(pd.DataFrame.pivot_table)
    value_counts = _naming(pd.DataFrame.value_counts)

    @_naming
    def groupby(self, *args: Any, **kwargs: Any) -> Any:
        """As pandas does it."""
        groups = super().groupby(*args, **kwargs)
        groups.__class__ = Groups
        return groups

    @property
    def plot(self) -> Any:
        """What draws the table, as pandas does."""
        return Plots(self)

    def _ipython_key_completions_(self) -> list[str]:
        return [*names_of(self), *titles_of(names_of(self)).values()]

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
        page = f'<div class="pilotlib">{element_of(told, written)}{notes}</div>'
        if self.attrs[_ABOUT]["folded"]:
            page = f"<details><summary>{escape(told.title)}</summary>{page}</details>"
        return _STYLE + page

    def __repr__(self) -> str:
        """The table as text, its figures to the right, a repaired cell with a star."""
        told, why = _as_told(self)
        if told is None:
            return super().__repr__()
        written = texts(told)
        written, figures = written.mask(why.notna(), written + "*"), figure_columns(told.data)
        lines = aligned((name in figures, [heading(name), *written[name]]) for name in names_of(written))
        return "\n".join([told.title, "────", *lines, "────", *told.notes.splitlines()])


def shown(
    told: Told, *, year: int | None = None, marks: dict[str, dict[str, str]] | None = None, folded: bool = False
) -> Table:
    """The data of a told table, of a year, which shows itself, perhaps folded; `marks` are its repaired cells: column →
    "year/source_row" → what was there and why it was changed."""
    words = told._replace(definition=told.definition + told.notes)[:5]
    table, about = Table(told.data), {"words": words, "rows": len(told.data), "columns": names_of(told.data)}
    table.attrs = {_ABOUT: about | {"year": year, "marks": marks or {}, "folded": folded}}
    return table


def source_of(table: pd.DataFrame) -> str:
    """Where a table comes from, and how many of its rows these are, if not all; "" where nothing is said of it."""
    if not (about := table.attrs.get(_ABOUT)):
        return ""
    part = f"，{about['rows']:,}行中的{len(table):,}行" if len(table) != about["rows"] else ""
    return f"{about['words'][4]}{part}"


def titles_of(names: Iterable[str]) -> dict[str, str]:
    """The Chinese title of each column; where several have the same, with the column's name."""
    titles = {name: title_of(name) for name in names}
    counts = Counter(titles.values())
    return {name: title if counts[title] == 1 else f"{title}（{name}）" for name, title in titles.items()}


def with_names(table: pd.DataFrame) -> pd.DataFrame:
    """A table that was told, its columns under their names again where they go by their Chinese titles."""
    return _renamed(table, table.attrs.get(_ABOUT, {}).get("columns", ()))


def _renamed(table: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    return table.rename(columns={title: name for name, title in titles_of(columns).items() if name not in table})


def _as_told(table: Table) -> tuple[Told | None, pd.DataFrame]:
    """The first rows with what is said of them, a note a line, and for each cell what was there before its repair,
    and why; None where pandas' own way of showing is the better one."""
    about, index = table.attrs.get(_ABOUT), [name for name in table.index.names if name is not None]
    named = table.columns.nlevels == 1 and all(isinstance(name, str) for name in table.columns)
    if not about or not named or set(index) & set(table.columns):
        return None, pd.DataFrame()
    first = pd.DataFrame(table.head(60)).reset_index(drop=not index)
    told_rows, columns, data = about["rows"], about["columns"], _renamed(first, about["columns"])
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
