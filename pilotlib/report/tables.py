"""Tables as people read them: Chinese titles and words, formatted numbers, accessible HTML."""

from html import escape

import pandas as pd

from pilotlib.checking.sentences import CHECK_RULES
from pilotlib.cleaning.rules import CHANGE_RULES
from pilotlib.reading import Processed
from pilotlib.report.prose import NOT_GIVEN, number
from pilotlib.statistics import STATISTICS
from pilotlib.vocabulary import SEVERITIES, title_of, unit_of

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
_TWO_DECIMALS = {"share", "percent", "places_per_100_students"}
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
    texts: pd.DataFrame, caption: str, *, numeric: set[str] = frozenset(), notes: str = "", html: bool = False
) -> str:
    """A table in a scroll box of its own, with caption, scopes, and units in its headings.

    Args:
        texts: What `cell_texts` returns.
        caption: The title.
        numeric: The columns set as figures.
        notes: Text below the table: definition, unit, source.
        html: Whether the cells are HTML already; else they are escaped.
    """
    names = list(texts.columns)
    cells = texts if html else texts.map(escape)
    kinds = {name: f' class="{_kind(texts[name], numeric)}"' for name in names}
    heads = "".join(f'<th scope="col"{kinds[name]}>{escape(_heading(name))}</th>' for name in names)
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
    below = f'<p class="notes">{escape(notes)}</p>' if notes else ""
    return (
        f'<div class="table" role="region" aria-label="{escape(caption)}" tabindex="0"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>{below}"
    )


def numeric_columns(table: pd.DataFrame) -> set[str]:
    """The columns that hold counts or rates; row numbers are names, not figures."""
    return set(table.select_dtypes("number").columns) - {"source_row", "place"}


def statistic_table(name: str, table: pd.DataFrame, source: str) -> str:
    """A statistic with its title, definition, unit and source."""
    entry = STATISTICS[name]
    notes = f"{entry.definition}单位：{entry.unit}。来源：{source}。"
    return html_table(cell_texts(table), entry.title, numeric=numeric_columns(table), notes=notes)


def applications_table(processed: Processed, source: str) -> str:
    """The application table as cleaned: changed cells marked, and a last column that says what was found in a row."""
    applications = processed.applications
    majors = processed.majors.groupby("source_row")["major"].agg("；".join)
    shown = applications[
        [
            "source_row",
            "application_round",
            "certificate",
            "level",
            "students",
            "places_applied",
            "places_approved",
            "status",
        ]
    ].assign(majors=applications["source_row"].map(majors).astype(object).fillna(""))
    shown = shown[[*shown.columns[:4], "majors", *shown.columns[4:8]]]
    texts = cell_texts(shown).map(escape)
    level_changed = applications["level"].astype(str) != applications["level_as_given"].astype(str)
    for name in shown.columns.difference(["source_row"]):
        column = "certificate" if name == "level" else name
        changed = shown["source_row"].isin(processed.changes.loc[processed.changes["column"] == column, "source_row"])
        if column == "certificate":  # of a changed certificate cell, mark the part that changed
            changed &= level_changed == (name == "level")
        texts[name] = texts[name].mask(changed, "<mark>" + texts[name] + "</mark>")
    remarks = pd.concat(
        [
            in_words(processed.changes).assign(remark=lambda table: table["rule"] + "：" + table["column"]),
            in_words(processed.problems).assign(remark=lambda table: table["rule"]),
        ]
    )
    remarks = (
        remarks.dropna(subset="source_row")
        .groupby("source_row")["remark"]
        .agg(lambda words: "；".join(dict.fromkeys(words)))
    )
    texts["note"] = shown["source_row"].map(remarks).astype(object).fillna("").map(escape)
    notes = f"着色的单元格与原表不同，原值与理由见“数据修正与存疑”。来源：{source}。"
    return html_table(texts, "申报明细（清洗后）", numeric=numeric_columns(shown), notes=notes, html=True)


def _heading(name: str) -> str:
    return title_of(name) + (f"（{unit_of(name)}）" if unit_of(name) and name != "year" else "")


def _kind(texts: pd.Series, numeric: set[str]) -> str:
    """How a column is set: figures to the right; the others with room for their longest text."""
    if texts.name in numeric:
        return "figure"
    plain_texts = texts.str.replace("<[^>]+>", "", regex=True)
    longest = max([len(_heading(texts.name)), *plain_texts.str.len()])
    return next(kind for kind, characters in _ROOM.items() if longest <= characters)


def _text(value, name: str) -> str:
    if not isinstance(value, str) and pd.isna(value):
        return NOT_GIVEN if name in _NOT_GIVEN_COLUMNS else NOTHING
    if isinstance(value, str):
        return value
    if name in _TWO_DECIMALS:
        return f"{value:.2f}"
    return str(value) if name in ("source_row", "place", "year") else number(value)
