"""Tables that show themselves, in a cell or as text: title, units, thousands, repaired cells marked.

What a table tells of itself stands in `attrs`, as plain values, and pandas carries it through filters and sorting.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import NamedTuple

import pandas as pd

from pilotlib.columns import title_of
from pilotlib.errors import UnknownNameError, suggestion
from pilotlib.report.tables import aligned, cell_texts, heading, numeric_columns, table_element
from pilotlib.statistics import STATISTICS

MOST_ROWS = 60
_ABOUT = "pilotlib"
_OF_MARKS = "着色（或带*）的单元格与原表不同；trace_row(…, 行) 说明原值与理由。"
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
    """What a table tells of itself.

    `rows` and `columns` are those it had when it was named; `titles` leads from Chinese titles back to names;
    `marks` are the repaired cells: column → row → what was there and why it was changed. A row is "year/source_row".
    """

    title: str
    notes: str
    rows: int
    columns: list[str]
    year: int | None
    titles: dict[str, str]
    marks: dict[str, dict[str, str]]


class Table(pd.DataFrame):
    """A DataFrame in every respect, but for how it is shown and what it says of a column that it does not have."""

    @property
    def _constructor(self) -> type["Table"]:
        return Table

    def __getitem__(self, key):
        """A column, columns or rows, as of any DataFrame.

        Raises:
            UnknownNameError: a column is not there; it is also a KeyError.
        """
        with self._naming(key):
            return super().__getitem__(key)

    def sort_values(self, by, *args, **kwargs):
        """The rows in order, as of any DataFrame.

        Raises:
            UnknownNameError: as where a column is asked for.
        """
        with self._naming(by):
            return super().sort_values(by, *args, **kwargs)

    def groupby(self, by=None, *args, **kwargs):
        """The rows in groups, as of any DataFrame.

        Raises:
            UnknownNameError: as where a column is asked for.
        """
        with self._naming(by):
            return super().groupby(by, *args, **kwargs)

    @contextmanager
    def _naming(self, key) -> Iterator[None]:
        """A column of `key` that is not there becomes a sentence."""
        try:
            yield
        except UnknownNameError:
            raise
        except KeyError:
            asked = key if isinstance(key, list) else [key]
            unknown = next((name for name in asked if isinstance(name, str) and name not in self.columns), None)
            if unknown is None:
                raise
            raise UnknownNameError(self._unknown(unknown)) from None

    def _unknown(self, name: str) -> str:
        known = [str(column) for column in self.columns]
        names = about_of(self).titles if about_of(self) else {}
        same = [column for column in known if name in (title_of(column), names.get(column))]
        hint = f"“{name}”在这里写作“{same[0]}”。" if same else suggestion(name, known)
        return f"表中没有“{name}”一列。{hint}"

    def _repr_html_(self) -> str | None:
        table, about = _to_show(self)
        if table is None:
            return super()._repr_html_()
        shown = _texts(table, about)
        marks = _marks(table, about)
        texts = shown.map(escape)
        texts = texts.mask(marks.notna(), "<mark title='" + marks.fillna("").map(escape) + "'>" + texts + "</mark>")
        element = table_element(
            texts.rename(columns=lambda name: heading(about.titles.get(name, name))),
            escape(_caption(table, about, len(self))),
            {heading(about.titles.get(name, name)) for name in numeric_columns(table)},
        )
        notes = "".join(f'<p class="notes">{escape(note)}</p>' for note in _notes(self, table, about, marks))
        return f'{_STYLE}<div class="pilotlib">{element}{notes}</div>'

    def __repr__(self) -> str:
        """The table as text, its figures to the right, a repaired cell with a star."""
        table, about = _to_show(self)
        if table is None:
            return super().__repr__()
        texts, marks = _texts(table, about), _marks(table, about)
        texts = texts.mask(marks.notna(), texts + "*")
        columns = [[heading(about.titles.get(name, name)), *texts[name]] for name in texts]
        figures = {number for number, name in enumerate(texts) if name in numeric_columns(table)}
        lines = aligned(columns, figures)
        rule = "─" * 4
        return "\n".join([_caption(table, about, len(self)), rule, *lines, rule, *_notes(self, table, about, marks)])


def titled(
    table: pd.DataFrame,
    title: str,
    notes: str = "",
    *,
    year: int | None = None,
    marks: dict[str, dict[str, str]] | None = None,
    titles: dict[str, str] | None = None,
) -> Table:
    """The table with what it tells of itself; see `About`."""
    made = Table(table)
    columns = [str(column) for column in table.columns]
    made.attrs = {_ABOUT: About(title, notes, len(table), columns, year, titles or {}, marks or {})._asdict()}
    return made


def statistic(name: str, statistics: dict[str, pd.DataFrame], year: int | None = None) -> Table:
    """A statistic under its title, with its definition and unit below it."""
    entry = STATISTICS[name]
    return titled(statistics[name], entry.title, f"{entry.definition}单位：{entry.unit}。", year=year)


def about_of(table: pd.DataFrame) -> About | None:
    """What a table tells of itself, or None."""
    about = table.attrs.get(_ABOUT)
    return About(**about) if about else None


def _to_show(table: Table) -> tuple[Table | None, About | None]:
    """The first rows with named indexes as columns; None where pandas' own way of showing is the better one."""
    about = about_of(table)
    if about is None or table.columns.nlevels > 1 or not all(isinstance(name, str) for name in table.columns):
        return None, None
    first = table.head(MOST_ROWS)
    named = [name for name in first.index.names if name is not None]
    if named and set(named) & set(table.columns):
        return None, None
    first = first.reset_index() if named else first.reset_index(drop=True)
    return (first, about) if first.columns.is_unique else (None, None)


def _texts(table: Table, about: About) -> pd.DataFrame:
    named = pd.DataFrame(table).rename(columns=about.titles)
    return cell_texts(named).set_axis([name for name in table.columns if name != "lower_bound"], axis="columns")


def _caption(table: Table, about: About, rows: int) -> str:
    """The title; of a part, how large a part; of what was computed from it, that it was."""
    names, whole = {about.titles.get(name, name) for name in table.columns}, {"source_row"} & set(about.columns)
    if not set(table.columns) <= set(about.columns) or (rows != about.rows and not whole <= names):
        return f"由“{about.title}”得出"
    return about.title if rows == about.rows else f"{about.title}：{about.rows:,}行中的{rows:,}行"


def _marks(table: Table, about: About) -> pd.DataFrame:
    """For every cell, what was there before it was repaired, and why; missing where it is as received."""
    none = pd.DataFrame(index=table.index, columns=_texts(table, about).columns, dtype=object)
    names = {about.titles.get(name, name): name for name in none.columns}
    if "source_row" not in names or not about.marks:
        return none
    year = table[names["year"]] if "year" in names else pd.Series(about.year, index=table.index)
    rows = year.astype(str) + "/" + table[names["source_row"]].astype(str)
    return none.assign(
        **{names[name]: rows.map(marked).astype(object) for name, marked in about.marks.items() if name in names}
    )


def _notes(whole: Table, table: Table, about: About, marks: pd.DataFrame) -> list[str]:
    """What stands below a table: what it means, what its marks mean, how much of it is not shown."""
    of_the_table = about.notes if set(table.columns) <= set(about.columns) else ""
    hidden = len(whole) - len(table)
    return [
        *([of_the_table] if of_the_table else []),
        *(
            ["着色（或带*）的单元格与原表不同；trace_row(…, 行) 说明原值与理由。"]
            if marks.notna().any(axis=None)
            else []
        ),
        *([f"只显示前{len(table):,}行，共{len(whole):,}行。"] if hidden else []),
    ]
