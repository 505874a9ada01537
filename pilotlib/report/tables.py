"""Tables as people read them: Chinese titles and words, formatted numbers, accessible HTML."""

import base64
from html import escape
from numbers import Real

import pandas as pd

from pilotlib.checking.sentences import CHECK_RULES
from pilotlib.cleaning import repairs
from pilotlib.cleaning.rules import CHANGE_RULES
from pilotlib.columns import title_of, unit_of
from pilotlib.reading import Processed
from pilotlib.report import Report
from pilotlib.report.prose import NOT_GIVEN, number
from pilotlib.statistics import STATISTICS
from pilotlib.vocabulary import SEVERITIES
from pilotlib.words import display_width

NOTHING = "—"
_ROOM = {"short": 3, "word": 6, "name": 18, "long": float("inf")}  # up to how many characters
# Columns whose values are names of ours, and the words they stand for.
_RULE_TITLES = {rule: title for rule, (title, _) in CHANGE_RULES.items()} | {
    rule: title for rule, (_, title, _) in CHECK_RULES.items()
}
_WORDS = {
    "column": title_of,
    "measure": title_of,
    "indicator": title_of,
    "numerator": title_of,
    "denominator": title_of,
    "rule": lambda rule: _RULE_TITLES.get(rule, rule),
    "severity": lambda severity: SEVERITIES.get(severity, severity),
}
_TWO_DECIMALS = {"share", "percent", "places_per_100_students", "approval_rate"}
_TOLD_COLUMNS = (
    "source_row",
    "application_round",
    "certificate",
    "level",
    "majors",
    "students",
    "places_applied",
    "places_approved",
    "status",
    "note",
    "certificate_as_given",
    "majors_as_given",
)
_NOT_GIVEN_COLUMNS = {"value", "percent", "numerator_value", "denominator_value"}


def in_words(table: pd.DataFrame) -> pd.DataFrame:
    """The table with our names in its cells turned into Chinese words, and truth into 是 and 否."""
    words = {name: table[name].astype(str).map(_WORDS[name]) for name in table.columns.intersection(list(_WORDS))}
    truths = {name: table[name].map({True: "是", False: "否"}) for name in table.select_dtypes(bool)}
    return table.assign(**words, **truths)


def for_people(table: pd.DataFrame) -> pd.DataFrame:
    """The table as it goes into a CSV for people: in words, with Chinese titles; numbers stay numbers.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    told = in_words(table)
    texts = {name: _never_a_formula(told[name]) for name in told.select_dtypes(["str", "object"])}
    return told.assign(**texts).rename(columns=title_of)


def _never_a_formula(column: pd.Series) -> pd.Series:
    texts = column.astype("str")
    return texts.where(~texts.str.match(r"[=+\-@\t\r]").fillna(False).astype(bool), "'" + texts)


def csv_of(table: pd.DataFrame) -> bytes:
    """The table as a CSV for people, which spreadsheets open as it is (utf-8-sig)."""
    return for_people(table).to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def cell_texts(table: pd.DataFrame) -> pd.DataFrame:
    """Every cell as the text a reader sees: thousands separated, 至少 before a lower bound, missing said in words."""
    told = in_words(table).drop(columns="lower_bound", errors="ignore")
    texts = pd.DataFrame(
        {name: [_text(value, name) for value in column] for name, column in told.items()}, index=table.index, dtype=str
    )
    if "lower_bound" in table:
        texts["value"] = texts["value"].mask(table["lower_bound"] & table["value"].notna(), "至少" + texts["value"])
    return texts


def html_table(
    texts: pd.DataFrame,
    caption: str,
    *,
    data: pd.DataFrame | None = None,
    numeric: set[str] = frozenset(),
    notes: str = "",
    html: bool = False,
    searchable: bool = False,
) -> str:
    """A table in a scroll box of its own, with caption, scopes, units in its headings, and its data as a download.

    Args:
        texts: What `cell_texts` returns.
        caption: The title.
        data: The same table as data, for the download; by default the texts.
        numeric: The columns set as figures.
        notes: Text below the table: definition, unit, source.
        html: Whether the cells are HTML already; else they are escaped.
        searchable: Whether the page's script offers to search and sort it. A column of ordered categories in `data`
            is sorted in their order.
    """
    cells = texts if html else texts.map(escape)
    data = texts if data is None else data
    orders = {name: _order(data[name]) for name in texts.columns.intersection(data.columns)} if searchable else {}
    below = f'<p class="notes">{escape(notes)}</p>' if notes else ""
    box = f'<div class="table{" searchable" if searchable else ""}" role="region" aria-label="{escape(caption)}"'
    element = table_element(cells, escape(caption), numeric, orders)
    return f'{box} tabindex="0">{element}</div>{below}{_download(data, caption) if len(texts) else ""}'


def table_element(
    cells: pd.DataFrame, caption: str, numeric: set[str], attributes: dict[str, str] | None = None
) -> str:
    """The table itself, of cells and caption that are HTML; `attributes` are further ones of a column's heading."""
    names = list(cells.columns)
    kinds = {name: f' class="{_kind(cells[name], numeric)}"' for name in names}
    more = attributes or {}
    heads = "".join(f'<th scope="col"{kinds[name]}{more.get(name, "")}>{escape(heading(name))}</th>' for name in names)
    ends = [('<th scope="row"', "</th>"), *[("<td", "</td>")] * (len(names) - 1)]
    rows = "".join(
        "<tr>"
        + "".join(
            f"{start}{kinds[name]}>{cell}{end}" for name, cell, (start, end) in zip(names, row, ends, strict=True)
        )
        + "</tr>"
        for row in cells.itertuples(index=False, name=None)
    )
    body = rows or f'<tr><td colspan="{len(names)}">没有。</td></tr>'
    return f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def aligned(columns: list[list[str]], figures: set[int] = frozenset()) -> list[str]:
    """Columns of texts as lines for a terminal, where a Chinese character is two columns wide.

    Args:
        columns: Each column from its heading down.
        figures: The places of the columns that are set to the right.
    """
    widths = [max(map(display_width, column)) for column in columns]
    return [
        "  ".join(
            " " * (width - display_width(text)) + text
            if place in figures
            else text + " " * (width - display_width(text))
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in zip(*columns, strict=True)
    ]


def _download(data: pd.DataFrame, caption: str) -> str:
    """A link that holds the table as a file; it goes nowhere, so it works offline and without a script."""
    content = csv_of(data)
    size = f"{len(content) / 1024:.1f}" if len(content) >= 1024 else "不足1"
    return (
        f'<p class="download"><a download="{escape(caption)}.csv" href="data:text/csv;charset=utf-8;base64,'
        f'{base64.b64encode(content).decode("ascii")}">下载“{escape(caption)}”的数据（CSV，{size} KB）</a></p>'
    )


def _order(column: pd.Series) -> str:
    if not (isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered):
        return ""
    return f' data-order="{escape("|".join(map(str, column.cat.categories)))}"'


def numeric_columns(table: pd.DataFrame) -> set[str]:
    """The columns that hold counts or rates; row numbers are names, not figures."""
    return set(table.select_dtypes("number").columns) - {"source_row", "place"}


def statistic_table(name: str, table: pd.DataFrame, source: str) -> str:
    """A statistic with its title, definition, unit and source."""
    entry = STATISTICS[name]
    notes = f"{entry.definition}单位：{entry.unit}。来源：{source}。"
    return html_table(cell_texts(table), entry.title, data=table, numeric=numeric_columns(table), notes=notes)


def source_of(report: Report, name: str = "") -> str:
    """Where the figures of a statistic come from: the application table, the school's own figures, or both."""
    table = f"{report.year}年申报明细表（{report.processed.about['file']}）"
    given = "学校提供的indicators.csv" if len(report.processed.given_indicators) else "学校没有提供表外指标"
    both = f"{table}；{given}"
    return {"indicators": given, "rates": both, "applied_to_awarded": both}.get(name, table)


def told_applications(processed: Processed) -> pd.DataFrame:
    """The application table as cleaned, for readers.

    One row per application: `source_row, application_round, certificate, level, majors` (joined), the counts, `status`,
    `note` (what was changed or found in the row), and the two cells as given.
    """
    applications, rows = processed.applications, processed.applications["source_row"]
    found = pd.concat(
        [
            in_words(repairs(processed.changes)).assign(note=lambda table: table["rule"] + "：" + table["column"]),
            in_words(processed.problems).assign(note=lambda table: table["rule"]),
        ]
    ).dropna(subset="source_row")
    texts = {
        "majors": processed.majors.groupby("source_row")["major"].agg("；".join),
        "note": found.groupby("source_row")["note"].agg(lambda words: "；".join(dict.fromkeys(words))),
    }
    texts = {name: rows.map(column).astype(object).fillna("").astype("str") for name, column in texts.items()}
    return applications.assign(**texts)[list(_TOLD_COLUMNS)]


def repaired(processed: Processed) -> pd.DataFrame:
    """Where `told_applications` differs from the table as received: one truth per row and column."""
    told, changes, applications = told_applications(processed), repairs(processed.changes), processed.applications
    cells = pd.DataFrame(
        {
            name: told["source_row"].isin(
                changes.loc[changes["column"] == ("certificate" if name == "level" else name), "source_row"]
            )
            for name in told.columns
        }
    )
    # Of a changed certificate cell, only the part that changed.
    level_changed = applications["level"].astype(str) != applications["level_as_given"].astype(str)
    return cells.assign(certificate=cells["certificate"] & ~level_changed, level=cells["level"] & level_changed)


def applications_table(processed: Processed, source: str) -> str:
    """The application table as cleaned: changed cells marked, and a last column that says what was found in a row."""
    told = told_applications(processed)
    shown = told.drop(columns=["certificate_as_given", "majors_as_given"])
    texts = cell_texts(shown).map(escape)
    marked = texts.mask(repaired(processed)[texts.columns], "<mark>" + texts + "</mark>")
    notes = f"着色的单元格与原表不同，原值与理由见“数据修正与存疑”。来源：{source}。"
    return html_table(
        marked,
        "申报明细（清洗后）",
        data=told,
        numeric=numeric_columns(shown),
        notes=notes,
        html=True,
        searchable=True,
    )


def heading(name: str) -> str:
    """A column's title with its unit: 学生规模（人）."""
    return title_of(name) + (f"（{unit_of(name)}）" if unit_of(name) and name != "year" else "")


def _kind(texts: pd.Series, numeric: set[str]) -> str:
    """How a column is set: figures to the right; the others with room for their longest text."""
    if texts.name in numeric:
        return "figure"
    plain_texts = texts.str.replace("<[^>]+>", "", regex=True)
    longest = max([len(heading(texts.name)), *plain_texts.str.len()])
    return next(kind for kind, characters in _ROOM.items() if longest <= characters)


def missing_text(name: str) -> str:
    """What stands in a column where nothing is: a figure was not given, anything else is not there."""
    return NOT_GIVEN if name in _NOT_GIVEN_COLUMNS else NOTHING


def _text(value, name: str) -> str:
    if not isinstance(value, str) and pd.api.types.is_scalar(value) and pd.isna(value):
        return missing_text(name)
    if isinstance(value, str):
        return value
    if name in _TWO_DECIMALS:
        return f"{value:.2f}"
    if name in ("source_row", "place", "year") or not isinstance(value, Real):
        return str(value)
    return number(value)
