"""A table that is told: page, CSV, sheet, document and cell are made from it, so they cannot differ."""

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from html import escape
from numbers import Real
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.checking import CHECK_RULES
from pilotlib.cleaning.log import CHANGE_RULES
from pilotlib.cleaning.verbs import is_approved
from pilotlib.columns import COLUMNS, NUMBER_KINDS, Kind, column_of, kind_of, title_of, unit_of
from pilotlib.report.prose import AT_LEAST, NOT_GIVEN, fixed, number, signed
from pilotlib.vocabulary import SEVERITIES
from pilotlib.words import display_width

NOTHING = "—"
NUMBERED = '<span class="numbered" data-kind="{}"></span>'  # where a page puts the number of a table or a figure
NO_HEADS: Mapping[str, str] = {}
_TAG = re.compile("<[^>]+>")
_ROOM = {"short": 3, "word": 6, "name": 18, "long": float("inf")}  # up to how many characters
_TITLES = {rule: entry["title"] for rule, entry in (CHANGE_RULES | CHECK_RULES).items()} | SEVERITIES
# Kinds of columns whose values are names of ours, and the words they stand for.
_WORDS = {"term": title_of, **dict.fromkeys(("rule", "severity"), lambda name: _TITLES.get(name, name))}
# How the figures of a kind are written, where not as a number for reading.
_WRITTEN: dict[Kind, Callable[[Any], str]] = {"rate": fixed, "change": signed}
_WRITTEN |= dict.fromkeys(("row", "year", "code"), str)


class Told(NamedTuple):
    """A table with all that is said of it. Of cells, as tables with its index and some columns: `marks`, which are
    set off; `bounds`, which are lower bounds, by default as columns of that kind say; `gaps`, the word where nothing
    is, if not the column's own. `links`: where the first column leads, or "". `heads`: other headings. `shown`,
    `limit`: the columns and rows that the page shows of all. `nothing`: what it says where there are no rows."""

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
    heads: Mapping[str, str] = NO_HEADS
    notes: str = ""
    shown: tuple[str, ...] = ()
    limit: int | None = None
    searchable: bool = False
    nothing: str = ""


def in_words(data: pd.DataFrame) -> pd.DataFrame:
    """The table with our names in its cells turned into Chinese words, and truth into 是 and 否."""
    kinds = {name: kind_of(name) for name in names_of(data)}
    words = {name: data[name].astype(str).map(_WORDS[kind]) for name, kind in kinds.items() if kind in _WORDS}
    truths = {name: data[name].map({True: "是", False: "否"}) for name in names_of(data.select_dtypes(bool))}
    return data.assign(**words, **truths)


def names_of(data: pd.DataFrame) -> list[str]:
    """The names of a table's columns."""
    return [str(name) for name in data.columns]


def csv_of(data: pd.DataFrame, heads: Mapping[str, str] = NO_HEADS) -> bytes:
    """Data as a CSV for people (utf-8-sig), under Chinese titles, with two decimals; an apostrophe before what looks a
    formula."""
    table = in_words(data.round(2))
    words = table.select_dtypes(["str", "object", "category"]).astype("str")
    texts = words.replace(r"^([=+\-@\t\r])", r"'\1", regex=True)
    titles = {name: heads.get(name, title_of(name)) for name in names_of(table)}
    return table.assign(**texts).rename(columns=titles).to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def texts(told: Told) -> pd.DataFrame:
    """Every cell as a reader sees it: lower bounds say so themselves, without the columns of that kind."""
    data, bounds = in_words(told.data), bounds_of(told)
    columns: dict[str, pd.Series[str]] = {}
    for name in [name for name in names_of(data) if kind_of(name) != "bound"]:
        column, write, missing = column_of(name), _WRITTEN.get(kind_of(name), number), data[name].isna()
        blank = NOT_GIVEN if column and column.not_given else NOTHING
        if kind_of(name) == "rate" and "source_row" in data:  # a row of the file has the digits that it was given
            write = partial(fixed, decimals=2)
        values = [blank if gap else value for value, gap in zip(data[name], missing, strict=True)]
        words = [write(value) if isinstance(value, Real) else str(value) for value in values]
        written = pd.Series(words, data.index, dtype="str")
        if told.gaps is not None and name in told.gaps:
            written = written.mask(missing & (told.gaps[name] != ""), told.gaps[name])
        columns[name] = written.mask(bounds[name] & ~missing, AT_LEAST + written) if name in bounds else written
    return pd.DataFrame(columns, index=data.index, columns=list(columns), dtype="str")


def cells(told: Told) -> pd.DataFrame:
    """Every cell as HTML: set off where it is marked; the first of a row is a link where it leads."""
    frame = texts(told).map(escape)
    if told.marks is not None:
        frame = frame.mask(told.marks.reindex(columns=frame.columns, fill_value=False), "<mark>" + frame + "</mark>")
    if told.links is not None:
        first = frame.columns[0]
        linked = '<a href="' + told.links + '">' + frame[first] + "</a>"
        frame = frame.assign(**{first: frame[first].where(told.links == "", linked)})
    return frame


def html(told: Told, shown: pd.DataFrame | None = None, *, notes: bool = True, folded: bool = False) -> str:
    """The table of the page, of its own cells or those given, with what is said of it and a download; perhaps folded
    under its title."""
    rows = len(told.data)
    if told.nothing and not rows:
        return f"<p>{escape(told.nothing)}</p>"
    shown = cells(told).head(told.limit or rows) if shown is None else shown
    shown = shown[list(told.shown)] if told.shown else shown
    title, kind = escape(told.title), "table searchable" if told.searchable else "table"
    page = f'<div class="{kind}" role="region" aria-label="{title}" tabindex="0">{element_of(told, shown)}</div>'
    if notes:
        cut = told.limit is not None and rows > told.limit
        rest = f"共{number(rows)}行，页面列出前{number(told.limit)}行，全部见本表的CSV与工作簿。" if cut else ""
        below = f"{told.definition}{told.notes}{rest}单位：{told.unit}。来源：{told.source}。"
        page += f'<p class="notes">{escape(below)}</p>'
    if not shown.empty:
        # A link that holds the table as a file goes nowhere, so it works offline and without a script.
        content = csv_of(told.data, told.heads)
        size = f"{len(content) / 1024:.1f}" if len(content) >= 1024 else "不足1"
        page += (
            f'<p class="download"><a download="{title}.csv" href="data:text/csv;charset=utf-8;base64,'
            f'{base64.b64encode(content).decode("ascii")}">下载“{title}”的数据（CSV，{size} KB）</a></p>'
        )
    lead = f"{NUMBERED.format('表')}{title}<small>{number(len(shown))}行</small>"
    return f'<details class="fold"><summary>{lead}</summary>{page}</details>' if folded else page


def element_of(told: Told, shown: pd.DataFrame) -> str:
    """The `<table>` of some of its cells as HTML; one to search says in which order its categories stand."""
    figures = figure_columns(told.data)
    # On a phone a table of words is a list of cards, each cell under its heading.
    as_cards = len(figures & {*names_of(shown)}) * 2 < shown.shape[1]
    heads, columns = list[str](), list[list[str]]()
    for name in names_of(shown):
        title, data, order = heading(name, told.heads), told.data[name], ""
        longest = max([len(title), *(len(_TAG.sub("", text)) for text in shown[name])])
        kind = "figure" if name in figures else next(kind for kind, most in _ROOM.items() if longest <= most)
        if told.searchable and isinstance(data.dtype, pd.CategoricalDtype) and data.cat.ordered:
            order = f' data-order="{escape("|".join(map(str, data.cat.categories)))}"'
        start, end = ("<td", "</td>") if columns else ('<th scope="row"', "</th>")
        heads.append(f'<th scope="col" class="{kind}"{order}>{escape(title)}</th>')
        label = f' data-label="{escape(title)}"' if as_cards else ""
        columns.append([f'{start} class="{kind}"{label}>{text}{end}' for text in shown[name]])
    rows = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*columns, strict=True))
    body = rows or f'<tr><td colspan="{len(heads)}">没有。</td></tr>'
    start = '<table class="words">' if as_cards else "<table>"
    caption, head = NUMBERED.format("表") + escape(told.title), "".join(heads)
    return f"{start}<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def bounds_of(told: Told) -> pd.DataFrame:
    """For the columns that may hold lower bounds, which cells are."""
    marks, data = dict[str, "pd.Series[bool]"](), told.data
    for name in [name for name in names_of(data) if kind_of(name) == "bound"]:
        marks |= dict.fromkeys(COLUMNS[name].bounds, data[name].astype(bool))
    return pd.DataFrame(marks, data.index).filter(data.columns) if told.bounds is None else told.bounds


def totals_of(told: Told) -> dict[str, tuple[float, bool]]:
    """The sums of its columns that add up, and whether each is a lower bound, as a count is missing; none of rows that
    are one, that are set aside or of several years; of the approved none where rows of the table are not approved."""
    data, bounds = told.data, bounds_of(told)
    of_years = "years" in data or len(set(data.get("year", ()))) > 1
    if len(data) < 2 or of_years or told.name == "set_aside":
        return {}
    names = [name for name in names_of(data) if name in COLUMNS and COLUMNS[name].adds_up and data[name].notna().any()]
    if "status" in data and not is_approved(data).all():
        names = [name for name in names if name != "places_approved"]
    return {name: (data[name].sum(), bool(bounds.get(name, data[name].isna()).any())) for name in names}


def figure_columns(data: pd.DataFrame) -> set[str]:
    """The columns that hold figures: set to the right, their thousands separated."""
    numbers = data.select_dtypes("number").columns
    return {name for name in numbers if name not in COLUMNS or kind_of(name) in NUMBER_KINDS}


def heading(name: str, heads: Mapping[str, str] = NO_HEADS) -> str:
    """A column's title with its unit: 学生规模（人）."""
    unit = "" if kind_of(name) == "year" else unit_of(name)
    return heads.get(name, title_of(name) + (f"（{unit}）" if unit else ""))


def aligned(columns: Iterable[tuple[bool, list[str]]]) -> list[str]:
    """Columns of texts, headings first, as lines for a terminal; those said to hold figures to the right."""
    padded = []
    for is_figures, column in columns:
        width = max(map(display_width, column))
        spaces = [" " * (width - display_width(text)) for text in column]
        pairs = zip(spaces, column, strict=True) if is_figures else zip(column, spaces, strict=True)
        padded.append(["".join(pair) for pair in pairs])
    return ["  ".join(row).rstrip() for row in zip(*padded, strict=True)]
