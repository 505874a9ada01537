"""The verbs of cleaning, and the typed tables of what they leave.

A verb takes a table of text cells and returns a new one, `table.pipe(name_rounds)`: a row per application,
`source_row` as index, columns named as in `columns.SOURCE_COLUMNS`. It changes cells: no row goes, comes or moves.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from pilotlib import columns, vocabulary, words
from pilotlib.distinct import asked_of_each, both_filled, counts_of, each_value, in_order
from pilotlib.reading.headers import Header
from pilotlib.vocabulary import NOTHING_SAID

Verb = Callable[[pd.DataFrame], pd.DataFrame]


def strip_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Take the white space around every cell away."""
    return _with_each(table, table.columns, str.strip)


def normalise_characters(table: pd.DataFrame) -> pd.DataFrame:
    """Write letters, digits and white space in one way in every cell of a source column."""
    return _with_each(table, columns.SOURCE_COLUMNS, words.normalised)


def name_rounds(table: pd.DataFrame) -> pd.DataFrame:
    """Give each round its standard name: 第一批次 becomes 第一次."""
    return _with_each(table, columns.source_columns("round"), vocabulary.round_named)


def name_statuses(table: pd.DataFrame, answers: Mapping[str, str] = NOTHING_SAID) -> pd.DataFrame:
    """Give each status its standard name, or that which the school's `answers` give it."""
    return _with_each(table, columns.source_columns("status"), partial(vocabulary.status_named, answers=answers))


def write_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Write counts as plain digits, a date in a column of years as its year; marks for "missing" become empty.

    >>> pd.DataFrame({"students": ["1,234", "50人", "—"]}).pipe(write_counts)["students"].to_list()
    ['1234', '50', '']
    """
    years = _with_each(table, columns.source_columns("year"), words.year_text)
    return _with_each(years, columns.source_columns("count"), words.count_text)


def write_rates(table: pd.DataFrame) -> pd.DataFrame:
    """Write rates in percent as digits: 0.95 and 95% become 95."""
    return _with_each(table, columns.source_columns("rate"), words.rate_text)


def blank_unreadable_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Empty the count cells that are still no whole number; the log keeps what they held."""
    return _with_each(table, columns.COUNT_COLUMNS, lambda text: text if words.is_count(text) else "")


def complete_majors(table: pd.DataFrame, known_majors: frozenset[str]) -> pd.DataFrame:
    """Complete the last major of a cut-off cell when exactly one known major begins that way."""
    fills = fills_width(table["majors"])

    def completed(text: str) -> str:
        last = (words.split_majors(text) or [""])[-1]
        fulls = words.majors_beginning(last, known_majors) if fills(text) else []
        # A separator at the end says that the last major is whole, and that another is cut off altogether.
        return text.removesuffix(last) + fulls[0] if len(fulls) == 1 and text.endswith(last) else text

    return _with_each(table, ["majors"], completed)


def convert_counts(table: pd.DataFrame, factors: dict[str, int]) -> pd.DataFrame:
    """Write counts given in hundreds or thousands of people in people; `factors` has the larger unit of a column.

    >>> pd.DataFrame({"students": ["5", "0.5", "约5"]}).pipe(convert_counts, {"students": 100})["students"].to_list()
    ['500', '50', '约5']
    """
    for name, factor in factors.items():
        table = _with_each(table, [name], partial(words.multiplied, factor=factor))
    return table


def verbs_for(header: Header, answers: Mapping[str, str] = NOTHING_SAID) -> list[tuple[str, Verb]]:
    """What is done to the cells of every table, in order, each under its rule; `answers` as in `name_statuses`."""
    titles = zip(header.names, header.titles, strict=True)
    factors = {name: by for name, title in titles if name and (by := columns.heading_of(title).factor) > 1}
    return [
        ("characters", normalise_characters),
        ("round_alias", name_rounds),
        ("status_alias", partial(name_statuses, answers=answers)),
        ("count_unit", partial(convert_counts, factors=factors)),
        ("count_format", write_counts),
        ("rate_format", write_rates),
        ("count_unreadable", blank_unreadable_counts),
    ]


def cut_off_certificates(certificates: pd.Series, has_level: np.ndarray) -> np.ndarray:
    """Which certificate cells are cut off: an open bracket, or no level where the column's width ends.

    The second sign counts only where other rows have levels; `has_level` says which, in the name or beside it.
    """
    fills = fills_width(certificates)
    opened = asked_of_each(certificates, lambda text: sum(map(text.count, "(（")) > sum(map(text.count, ")）")))
    ends_there = asked_of_each(certificates, lambda text: not text.endswith((")", "）")) and fills(text))
    return opened | (~has_level & ends_there & has_level.any())


def cut_off_majors(majors: pd.Series, known_majors: frozenset[str]) -> np.ndarray:
    """Which major cells are cut off: they fill the column's width and end in a separator or a part of a known major."""
    fills = fills_width(majors)

    def is_cut(text: str) -> bool:
        last = words.split_majors(text)[-1:] if fills(text) else []
        return any(
            vocabulary.MAJOR_SEPARATORS.search(text[-1]) or words.majors_beginning(name, known_majors) for name in last
        )

    return asked_of_each(majors, is_cut)


def applications_of(now: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """One row per application, in the file's order: `source_row`, the source columns by their kinds, the table's own.

    `now` are the cells as cleaned, `given` as given, surrounding white space aside; `source_row` is their index.
    """
    names = each_value(now["certificate"], lambda text: words.split_certificate(text)[0])
    table = now.drop(columns="majors").assign(certificate=names, level=_levels_of(now))
    read = normalise_characters(given.filter(["certificate", "level"]))
    ours = {name: _typed(table[name], name) for name in columns.SOURCE_COLUMNS if name in table}
    as_given = {"level_as_given": _typed(_levels_of(read), "level")}
    as_given |= {f"{name}_as_given": given[name] for name in ("certificate", "majors")}
    own = {name: given[name] for name in given if name not in columns.SOURCE_COLUMNS}
    return pd.DataFrame(ours | as_given | own).rename_axis("source_row").reset_index()


def with_expected_columns(applications: pd.DataFrame) -> pd.DataFrame:
    """Applications with those columns that figures need and their table does not have, all missing."""
    absent = [name for name in columns.EXPECTED_COLUMNS if name not in (*applications, "majors")]
    blank = {name: _typed(pd.Series("", applications.index, dtype=str), name) for name in absent}
    return applications.assign(**{name: column.replace("", pd.NA) for name, column in blank.items()})


def is_approved(applications: pd.DataFrame) -> pd.Series:
    """Which applications are approved: those whose status says so; of a table that has no statuses, all."""
    return applications["status"].isin(vocabulary.APPROVED_STATUSES) | applications["status"].isna()


def majors_of(now: pd.Series, given: pd.Series, cut: np.ndarray, reference: pd.DataFrame) -> pd.DataFrame:
    """One row per application and major, of cells as they are `now` and were `given`, in the cell's order.

    `source_row, major, as_given, truncated`, and what `reference` (REFERENCE_COLUMNS) knows of the major by either
    of its names. The last major of a cell that is `cut` off is `truncated`: others may have followed; a correction
    that adds majors to the cell has settled that.
    """
    lists, before = (cells.astype(object).map(words.split_majors) for cells in (now, given))
    padded = [(old + [None] * len(new))[: len(new)] for old, new in zip(before, lists, strict=True)]
    table = pd.DataFrame({"major": lists, "as_given": padded, "cut": cut}, index=now.index)
    table = table.rename_axis("source_row").explode(["major", "as_given"]).dropna(subset="major").reset_index()
    known = pd.concat([reference, reference.assign(major=reference["catalogue_name"])]).drop_duplicates("major")
    table = table.astype({"major": str}).merge(known, how="left", on="major")
    last = ~table["source_row"].duplicated(keep="last")
    in_code_order = reference.sort_values(["catalogue_year", "code"])["category"].unique()
    return table.assign(
        as_given=table["as_given"].fillna("").astype(str),
        truncated=last & table["cut"].astype(bool) & table["as_given"].notna(),
        category=pd.Categorical(table["category"], in_code_order, ordered=True),
    )[["source_row", "major", "as_given", "truncated", *columns.REFERENCE_COLUMNS[1:]]]


def _with_each(table: pd.DataFrame, names: Iterable[str], rule: Callable[[str], str]) -> pd.DataFrame:
    return table.assign(**{name: each_value(table[name], rule) for name in names if name in table})


def fills_width(column: pd.Series) -> Callable[[str], bool]:
    """Whether a cell is as wide as the widest, give or take a character: where a column's width would cut."""
    # No column of a printed table is narrower than ten Chinese characters: a shorter cell was not cut off.
    width = asked_of_each(column, words.display_width, int).max(initial=21) - 1
    return lambda text: words.display_width(text) >= width


def _levels_of(cells: pd.DataFrame) -> pd.Series:
    """The level in the certificate's name and in a column of its own; "" where there is none."""
    named = each_value(cells["certificate"], lambda text: words.split_certificate(text)[1])
    if "level" not in cells:
        return named
    # Where they differ, both: which holds is not known.
    return each_value(both_filled(named, each_value(cells["level"], words.levels_in)), words.levels_in)


def _typed(column: pd.Series, name: str) -> pd.Series:
    kind = columns.SOURCE_COLUMNS[name].kind
    if kind in ("count", "year"):
        return counts_of(column)
    orders = {"round": vocabulary.in_round_order, "level": vocabulary.in_level_order}
    return in_order(column, orders[kind]) if kind in orders else column
