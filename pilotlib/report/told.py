"""A table that is shown: its name, title, definition, unit, source and data, and every form in which it is read.

The page, the CSV, the sheet of the workbook, the document and the cell of a notebook are made from it, so they cannot
differ. How a column is written follows from its kind.
"""

import base64
from html import escape
from numbers import Real
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.checking.sentences import CHECK_RULES
from pilotlib.cleaning.log import CHANGE_RULES
from pilotlib.columns import COLUMNS, FIGURES, column_of, kind_of, title_of, unit_of
from pilotlib.report.prose import AT_LEAST, NOT_GIVEN, number
from pilotlib.vocabulary import SEVERITIES

NOTHING = "—"
_ROOM = {"short": 3, "word": 6, "name": 18, "long": float("inf")}  # up to how many characters
_RULE_TITLES = {rule: title for rule, (title, _) in CHANGE_RULES.items()} | {
    rule: title for rule, (_, title, _) in CHECK_RULES.items()
}
# Kinds of columns whose values are names of ours, and the words they stand for.
_WORDS = {
    "term": title_of,
    "rule": lambda rule: _RULE_TITLES.get(rule, rule),
    "severity": lambda severity: SEVERITIES.get(severity, severity),
}


class Told(NamedTuple):
    """A table with all that is said of it.

    `marks`: for cells of the data, whether they are set off; `bounds`: whether they are lower bounds, by default as the
    data's own columns of the kind `bound` say; `gaps`: the word that stands in a cell where nothing is, where that is
    not the column's own; each a table with the data's index and some of its columns. `links`: where the cells of the
    first column lead, empty for nowhere. `heads`: headings other than the columns' own. `shown` and `limit`: which
    columns and how many rows the page shows, by default all; the other forms hold all.
    """

    name: str
    title: str
    definition: str
    unit: str
    source: str
    data: pd.DataFrame
    marks: pd.DataFrame | None = None
    bounds: pd.DataFrame | None = None
    gaps: pd.DataFrame | None = None
    links: "pd.Series[str] | None" = None
    heads: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    notes: str = ""
    shown: tuple[str, ...] = ()
    limit: int | None = None
    searchable: bool = False


def in_words(data: pd.DataFrame) -> pd.DataFrame:
    """The table with our names in its cells turned into Chinese words, and truth into 是 and 否."""
    kinds = {name: kind_of(name) for name in names_of(data)}
    words = {name: data[name].astype(str).map(_WORDS[kind]) for name, kind in kinds.items() if kind in _WORDS}
    truths = {name: data[name].map({True: "是", False: "否"}) for name in names_of(data.select_dtypes(bool))}
    return data.assign(**words, **truths)


def names_of(data: pd.DataFrame) -> list[str]:
    """The names of a table's columns."""
    return [str(name) for name in data.columns]


def csv(told: Told) -> bytes:
    """The table as a CSV for people, which spreadsheets open as it is (utf-8-sig)."""
    return csv_of(told.data, told.heads)


def csv_of(data: pd.DataFrame, heads: dict[str, str] | None = None) -> bytes:
    """Data as a CSV for people: in words, under Chinese titles; numbers stay numbers.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    table = in_words(data)
    words = names_of(table.select_dtypes(["str", "object", "category"]))
    texts = {name: _never_a_formula(table[name]) for name in words}
    titles = {name: (heads or {}).get(name, title_of(name)) for name in names_of(table)}
    return table.assign(**texts).rename(columns=titles).to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def texts(told: Told) -> pd.DataFrame:
    """Every cell as the text a reader sees: thousands separated, 至少 before a lower bound, missing said in words.

    Columns of the kind `bound` are not among them: their figures say it.
    """
    data, bounds = in_words(told.data), bounds_of(told)
    names = [name for name in names_of(data) if kind_of(name) != "bound"]
    columns = {name: [_text(value, name) for value in data[name]] for name in names}
    frame = pd.DataFrame(columns, index=data.index, columns=names, dtype="str")
    gaps = pd.DataFrame() if told.gaps is None else told.gaps
    for name in names_of(gaps):
        frame[name] = frame[name].mask(data[name].isna() & (gaps[name] != ""), gaps[name])
    for name in names_of(bounds):
        frame[name] = frame[name].mask(bounds[name] & data[name].notna(), AT_LEAST + frame[name])
    return frame


def cells(told: Told) -> pd.DataFrame:
    """Every cell as HTML: its text, set off where it is marked; a row's first is a link where it leads somewhere."""
    frame = texts(told).map(escape)
    if told.marks is not None:
        frame = frame.mask(told.marks.reindex(columns=frame.columns, fill_value=False), "<mark>" + frame + "</mark>")
    if told.links is not None:
        first = frame.columns[0]
        linked = '<a href="' + told.links + '">' + frame[first] + "</a>"
        frame = frame.assign(**{first: frame[first].where(told.links == "", linked)})
    return frame


def html(told: Told, shown: pd.DataFrame | None = None) -> str:
    """The table of the page: in a scroll box of its own, what is said of it below, and its data as a download.

    Args:
        told: The table.
        shown: The cells that the page shows, as `cells` returns them; by default those that the table says.
    """
    shown = cells(told).head(told.limit or len(told.data)) if shown is None else shown
    shown = shown[list(told.shown)] if told.shown else shown
    cut = told.limit is not None and len(told.data) > told.limit
    rest = f"共{number(len(told.data))}行，页面列出前{number(told.limit)}行，全部见本表的CSV与工作簿。" if cut else ""
    below = f"{told.definition}{told.notes}{rest}单位：{told.unit}。来源：{told.source}。"
    return f'{box(told, shown)}<p class="notes">{escape(below)}</p>{_download(told) if len(shown) else ""}'


def box(told: Told, shown: pd.DataFrame | None = None) -> str:
    """The table in its scroll box alone."""
    shown = cells(told) if shown is None else shown
    orders = {name: _order(told.data[name]) for name in shown.columns} if told.searchable else {}
    element = element_of(shown, told.data, told.title, told.heads, orders)
    title = escape(told.title)
    kind = "table searchable" if told.searchable else "table"
    return f'<div class="{kind}" role="region" aria-label="{title}" tabindex="0">{element}</div>'


def with_download(told: Told) -> str:
    """The table in its scroll box, with its data as a download: what is said of it stands elsewhere."""
    return box(told) + _download(told)


def element_of(
    shown: pd.DataFrame,
    data: pd.DataFrame,
    caption: str,
    heads: dict[str, str] | None = None,
    attributes: dict[str, str] | None = None,
) -> str:
    """The `<table>` of cells that are HTML.

    Args:
        shown: The cells.
        data: The data they show, by which columns of figures are known.
        caption: The title, as text.
        heads: Headings other than the columns' own.
        attributes: Further attributes of a column's heading.
    """
    names, figures, more = list(shown.columns), figure_columns(data), attributes or {}
    headings = {name: heading(name, heads) for name in names}
    kinds = {name: f' class="{"figure" if name in figures else _room(shown[name], headings[name])}"' for name in names}
    head = "".join(f'<th scope="col"{kinds[name]}{more.get(name, "")}>{escape(headings[name])}</th>' for name in names)
    starts = ['<th scope="row"', *["<td"] * (len(names) - 1)]
    ends = ["</th>", *["</td>"] * (len(names) - 1)]
    lines = [f"{start}{kinds[name]}>" + shown[name] + end for start, name, end in zip(starts, names, ends, strict=True)]
    rows = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*lines, strict=True))
    body = rows or f'<tr><td colspan="{len(names)}">没有。</td></tr>'
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def bounds_of(told: Told) -> pd.DataFrame:
    """For the columns that may hold lower bounds, which cells are."""
    if told.bounds is not None:
        return told.bounds
    said = {name: column for name, column in COLUMNS.items() if column.kind == "bound" and name in told.data}
    columns = {bounded: name for name, column in said.items() for bounded in column.bounds if bounded in told.data}
    return pd.DataFrame({bounded: told.data[name].astype(bool) for bounded, name in columns.items()}, told.data.index)


def figure_columns(data: pd.DataFrame) -> set[str]:
    """The columns that hold figures: set to the right, their thousands separated."""
    numbers = names_of(data.select_dtypes("number"))
    return {name for name in numbers if name not in COLUMNS or kind_of(name) in FIGURES}


def heading(name: str, heads: dict[str, str] | None = None) -> str:
    """A column's title with its unit: 学生规模（人）."""
    if heads and name in heads:
        return heads[name]
    unit = "" if kind_of(name) == "year" else unit_of(name)
    return title_of(name) + (f"（{unit}）" if unit else "")


def missing_text(name: str) -> str:
    """What stands in a column where nothing is: a figure was not given, anything else is not there."""
    column = column_of(name)
    return NOT_GIVEN if column and column.not_given else NOTHING


def signed(value: float) -> str:
    """A change with its sign.

    >>> signed(30), signed(-1.5), signed(0)
    ('+30', '−1.5', '0')
    """
    return ("+" if value > 0 else "") + number(value).replace("-", "−")


def is_missing(value: Any) -> bool:
    """Whether nothing stands in a cell."""
    return not isinstance(value, str) and pd.api.types.is_scalar(value) and bool(pd.isna(value))


def _text(value: Any, name: str) -> str:
    if is_missing(value):
        return missing_text(name)
    if not isinstance(value, Real):
        return str(value)
    kind = kind_of(name)
    if kind == "rate":
        return f"{value:.2f}"
    if kind == "change":
        return signed(float(value))
    return str(value) if kind in ("row", "year", "code") else number(value)


def _never_a_formula(column: "pd.Series[str]") -> "pd.Series[str]":
    words = column.astype("str")
    return words.where(~words.str.match(r"[=+\-@\t\r]").fillna(False).astype(bool), "'" + words)


def _download(told: Told) -> str:
    """A link that holds the table as a file; it goes nowhere, so it works offline and without a script."""
    content, title = csv(told), escape(told.title)
    size = f"{len(content) / 1024:.1f}" if len(content) >= 1024 else "不足1"
    return (
        f'<p class="download"><a download="{title}.csv" href="data:text/csv;charset=utf-8;base64,'
        f'{base64.b64encode(content).decode("ascii")}">下载“{title}”的数据（CSV，{size} KB）</a></p>'
    )


def _order(column: "pd.Series[Any]") -> str:
    if not (isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered):
        return ""
    return f' data-order="{escape("|".join(map(str, column.cat.categories)))}"'


def _room(column: "pd.Series[str]", head: str) -> str:
    """How a column of words is set: with room for its longest text."""
    longest = max([len(head), *column.str.replace("<[^>]+>", "", regex=True).str.len()])
    return next(kind for kind, characters in _ROOM.items() if longest <= characters)
