"""The columns of every table: title, unit, meaning, kind, and the other names that they go by.

How a column is read, cleaned, typed, checked, formatted, aligned, ordered, totalled and told follows from its
line in `columns.csv`. A column is added by adding its line.
"""

import csv
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pilotlib.vocabulary import plain

Kind = Literal[
    "text",  # words as they stand
    "name",  # of a certificate, a major, a school …: cut where it is too long for a sentence or a figure
    "names",  # several of them in one cell
    "count",  # a whole number of persons or things
    "rate",  # a ratio, always with two decimals
    "value",  # any number, with the decimals that it has
    "change",  # what a number rose or fell by, with its sign
    "row",  # a number that names a row: never summed, never with thousands separated
    "year",
    "flag",  # 是 or 否
    "bound",  # 是 or 否: whether other figures of its row are lower bounds
    "code",
    "level",
    "round",
    "status",
    "term",  # the name of a column, measure or indicator, shown as its title
    "rule",  # the name of a rule of cleaning or checking, shown as its title
    "severity",
]
FIGURES: frozenset[Kind] = frozenset({"count", "rate", "value", "change"})


class Column(NamedTuple):
    """A column; `unit` is empty where it has none.

    `required`: a table without it is refused. `adds_up`: rows may be summed, and a cell merged over several rows
    gives its number once for all; what any other merged cell says holds for each row. `not_given`: where nothing
    stands, nobody gave the figure. `bounds`: of a bound, the columns whose figures are at least what they say.
    """

    title: str
    unit: str
    meaning: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    required: bool = False
    adds_up: bool = False
    not_given: bool = False
    bounds: tuple[str, ...] = ()


def _columns() -> dict[str, dict[str, Column]]:
    """The entries of `columns.csv`, by what they are columns of and by name."""
    tables: dict[str, dict[str, Column]] = {"source": {}, "derived": {}, "indicator": {}}
    for entry in csv.DictReader(Path(__file__).with_name("columns.csv").read_text("utf-8").splitlines()):
        table, name = tables[entry.pop("of")], entry.pop("name")
        flags = {flag: entry[flag] == "yes" for flag in ("required", "adds_up", "not_given")}
        lists = {names: tuple(filter(None, entry[names].split("、"))) for names in ("aliases", "bounds")}
        fields: dict[str, Any] = entry | flags | lists
        table[name] = Column(**fields)
    return tables


# The table as received, in which `certificate` and `majors` hold the whole cell and are taken apart by cleaning; every
# other column of every table that is written; the year's figures that the table cannot give.
SOURCE_COLUMNS, DERIVED_COLUMNS, INDICATORS = _columns().values()
COLUMNS = SOURCE_COLUMNS | DERIVED_COLUMNS
_NAMED = INDICATORS | COLUMNS
# An indicator goes by its name or by its title.
INDICATOR_TITLES = {column.title: name for name, column in INDICATORS.items()}

# The small files beside a table.
CORRECTION_COLUMNS = ("row", "column", "was", "becomes", "reason")
INDICATOR_COLUMNS = ("indicator", "value", "unit", "note")
REFERENCE_COLUMNS = ("major", "catalogue_name", "code", "catalogue_year", "category")


def source_columns(*kinds: Kind) -> list[str]:
    """The names of the columns of a received table that are of some kinds, in order.

    >>> source_columns("count")
    ['students', 'places_applied', 'places_approved']
    """
    return [name for name, column in SOURCE_COLUMNS.items() if column.kind in kinds]


REQUIRED_COLUMNS = tuple(name for name, column in SOURCE_COLUMNS.items() if column.required)
# What cleaning reads as whole numbers, and those of them whose rows add up.
COUNT_COLUMNS = tuple(source_columns("count", "year"))
ADDED_UP_COLUMNS = tuple(name for name, column in SOURCE_COLUMNS.items() if column.adds_up)


def column_of(name: str) -> Column | None:
    """The entry of a column, or of one year's figures beside others'; None for one that a table brought along.

    >>> column_of("students").title, column_of("2021年").kind, column_of("联系人")
    ('学生规模', 'value', None)
    """
    if re.fullmatch(r"\d{4}年", name):
        return Column(name, "", "该年的数", "value", not_given=True)
    return COLUMNS.get(name)


def kind_of(name: str) -> Kind:
    """The kind of a column; one that a table brought along itself is text.

    >>> kind_of("students"), kind_of("联系人")
    ('count', 'text')
    """
    return column.kind if (column := column_of(name)) else "text"


# Every known header, in the form in which words are compared → the column that it names.
HEADERS = {
    plain(word): name for name, column in SOURCE_COLUMNS.items() for word in (name, column.title, *column.aliases)
}


@lru_cache(2**16)
def column_named(header: str) -> str | None:
    """The name of the source column that a header means, a unit in brackets aside, or None.

    >>> column_named("批准人数"), column_named("学生规模（人）"), column_named("备注")
    ('places_approved', 'students', None)
    """
    word = plain(header)
    return HEADERS.get(word) or HEADERS.get(re.sub(r"\([^()]{1,4}\)$", "", word))


def title_of(name: str) -> str:
    """The Chinese title of a column, measure or indicator; a name that is not ours is its own title.

    >>> title_of("students"), title_of("students_trained"), title_of("联系人")
    ('学生规模', '培训学生', '联系人')
    """
    return _NAMED[name].title if name in _NAMED else name


def unit_of(name: str) -> str:
    """The unit of a column, measure or indicator, empty where it has none."""
    return _NAMED[name].unit if name in _NAMED else ""
