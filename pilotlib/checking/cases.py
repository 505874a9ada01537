"""What checking finds, case by case, and what cells and total rows of any received table may hold."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from pilotlib import columns
from pilotlib.cleaning import Cleaned
from pilotlib.distinct import asked_of_each
from pilotlib.reading.settings import OTHER_YEAR
from pilotlib.vocabulary import LEVELS, SEVERITIES, STATUSES, is_round, registry
from pilotlib.words import count_text, is_count, normalised

CHECK_RULES = registry(__file__, "rules.toml")
# A case: the row of the table or NA, the column, its value, what that was compared with, the rule.
Case = tuple[Any, str, str, str, str]
# So many cases of one cause are told each; of more, so many rows are named, or so many values where they have none.
_TOLD_EACH, _MOST_NAMED, _FEW_NAMES = 5, 20, 5
TYPES: dict[str, Any] = dict.fromkeys(("source_row", "column", "value", "rule", "severity", "message"), "str") | {
    "source_row": "Int64",
    "severity": pd.CategoricalDtype(list(SEVERITIES), ordered=True),
}


def problems_of(found: list[Case], ledger: str) -> pd.DataFrame:
    """Cases as problems (TYPES), errors first; `ledger` is what sentences call the place of corrections."""
    # A cell that cannot be read, or whose count stands in a merged cell, is one problem, not also a missing value.
    explained = {case[:2] for case in found if case[-1] in ("count_unreadable", "merged_count")}
    rows = []
    for row, column, value, other, rule in found:
        if rule not in ("value_missing", "value_required") or (row, column) not in explained:
            said = {"row": row, "value": value, "other": other, "ledger": ledger}
            message = CHECK_RULES[rule]["sentence"].format(title=columns.title_of(column), **said)
            rows.append((row, column, value, rule, CHECK_RULES[rule]["severity"], message))
    problems = pd.DataFrame(rows, columns=list(TYPES)).astype(TYPES)
    return problems.sort_values(["severity", "source_row"], kind="stable", ignore_index=True)


def by_cause(problems: pd.DataFrame) -> pd.DataFrame:
    """Problems as of `check`, one for each cause, which names its rows; in order of their first rows."""
    said_together = problems["rule"].isin([rule for rule, entry in CHECK_RULES.items() if "together" in entry])
    causes = problems.groupby(["rule", problems["column"].mask(said_together, "")], sort=False)
    told = [problems.head(0)]
    for (rule, _), cases in causes:
        entry, first = CHECK_RULES[str(rule)], cases.head(1)
        if "together" in entry:
            rows_of = cases.groupby("value", sort=False)["source_row"].agg(rows_named)
            words = [f"“{word}”" + (f"（{rows}）" if rows else "") for word, rows in rows_of.items()]
            cases = first.assign(message=entry["together"].format(words=_listed(words), value=rows_of.index[0]))
        elif len(cases) > _TOLD_EACH:
            where = rows_named(cases["source_row"]) or _listed(cases["value"], _FEW_NAMES)
            cases = first.assign(message=f"{entry['title']}，共{len(cases)}处：{where}。如" + first["message"])
        told.append(_said_once(cases))
    return pd.concat(told).sort_index(ignore_index=True)


def _said_once(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases whose sentences differ in nothing but the row that they begin with, as one that names all rows."""
    said = cases["message"].str.replace("^第[0-9]+行", "", regex=True)
    rows = cases["source_row"].where(said != cases["message"]).groupby(said, sort=False).agg(rows_named)
    return cases[~said.duplicated()].assign(message=[where + sentence for sentence, where in rows.items()])


def rows_named(numbers: pd.Series) -> str:
    """The numbers of rows in words, the first ones of many: 第1、3、5行; "" where there is none."""
    rows = numbers.dropna().unique()
    return f"第{_listed(map(str, rows))}行" if len(rows) else ""


def _listed(words: Iterable[str], most: int = _MOST_NAMED) -> str:
    every = list(words)
    return "、".join(every[:most]) + ("等" if len(every) > most else "")


def cases_of(
    rule: str, column: str, table: pd.DataFrame, which: pd.Series, value: str = "", other: str = ""
) -> list[Case]:
    """A case of a rule for each of some rows; `value` (else `column`) and `other` name the columns of these."""
    if not which.any():
        return []
    rows = table[which.fillna(False).astype(bool)].assign(none="").astype(object).fillna("")
    rows = rows.reindex(columns=["source_row", value or column, other or "none"])
    return [(row, column, str(text), str(compared), rule) for row, text, compared in rows.to_numpy()]


def seen_in(changes: pd.DataFrame) -> list[Case]:
    """The changes of the log that are problems too."""
    seen = changes[changes["rule"].isin(list(CHECK_RULES))].assign(other="")
    return list(map(tuple, seen[["source_row", "column", "before", "other", "rule"]].to_numpy()))


def of_cells(applications: pd.DataFrame, year: int) -> list[Case]:
    """Cells that are empty, and words that are not known, by the kinds of their columns; other years."""
    # By kind, in the order in which those of a row are told: the rule of an empty cell, that of an unknown word,
    # and which words are known.
    kinds: dict[columns.Kind, tuple[str, str, Callable[[str], object]]] = {
        "year": ("value_required", "year_differs", str(year).__eq__),
        "round": ("value_required", "round_unknown", is_round),
        "name": ("value_required", "", bool),
        "names": ("value_missing", "", bool),
        "level": ("level_missing", "levels_several", LEVELS.__contains__),
        "count": ("value_missing", "", bool),
        "status": ("value_missing", "status_unknown", STATUSES.__contains__),
    }
    table = applications.rename(columns={"majors_as_given": "majors"}).assign(this_year=year)
    table = table.drop(columns="year") if table["year"].isna().all() else table
    found = []
    for kind, (rule, rule_of_others, is_known) in kinds.items():
        for name in table.columns.intersection(columns.source_columns(kind)):
            empty = table[name].isna() | (table[name] == "")
            others = ~empty & ~asked_of_each(table[name].astype(str), is_known)
            found += cases_of(rule, name, table, empty, "certificate_as_given" if kind == "level" else name)
            found += cases_of(rule_of_others, name, table, others, other="this_year")
    return found


def of_totals(cleaned: Cleaned) -> list[Case]:
    """Total rows that say neither the sum of the whole table nor that of rows above since another such; none of a
    table of several years, whose totals are of all."""
    aside = cleaned.set_aside.dropna(subset="source_row")
    rows = aside[(aside["reason"] == "合计行") & (OTHER_YEAR not in [*aside["reason"]])]
    above = np.searchsorted(cleaned.applications["source_row"], rows["source_row"].astype(int))
    parts = rows["text"].str.contains("小计").to_numpy()
    found = []
    for column in cleaned.applications.columns.intersection(list(columns.ADDED_UP_COLUMNS)):
        sums = np.append(0, cleaned.applications[column].fillna(0).astype(int).cumsum())
        starts = np.append(0, sums[above])  # of what a total may be the sum: from the first row, from behind another
        since = sums[above][:, None] - starts[None, :]
        stated = counts_in(rows, column)
        said = stated.fillna(-1).to_numpy()
        right = (np.tri(*since.shape).astype(bool) & (since == said[:, None])).any(axis=1) | (said == sums[-1])
        total = np.where(parts, since.diagonal(), sums[-1])
        wrong = pd.Series(~right, rows.index) & stated.notna()
        found += cases_of("total_differs", column, rows.assign(stated=stated, sum=total), wrong, "stated", "sum")
    return found


def counts_in(rows: pd.DataFrame, column: str) -> "pd.Series[int]":
    """The counts of a column, also of texts; missing where a text is none."""
    texts = rows[column].astype(object).fillna("").astype(str).map(normalised).map(count_text)
    return pd.to_numeric(texts.where(texts.map(is_count)), errors="coerce").astype("Int64")
