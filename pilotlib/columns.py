"""The columns of every table, each a line of `columns.csv`, from which follows how it is read, checked and told."""

import csv
import re
from collections import ChainMap
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from pilotlib.vocabulary import LEVELS, PART_OF_A_ROW, plain

# A count is a whole number of persons or things; a rate has always two decimals, a value those that it has; a
# change is what a number rose or fell by, with its sign.
Figure = Literal["count", "rate", "value", "change"]
# A text is shown as it stands; a name (of a certificate, a school …), or several names in one cell, is cut where it
# is too long for a sentence or a figure; a term (a column, measure or indicator) and a rule of cleaning or checking
# are shown as their titles; a flag is 是 or 否, and so is a bound: whether others of its row are lower bounds.
Word = Literal["text", "name", "names", "term", "rule", "flag", "bound", "code", "level", "round", "status", "severity"]
# A row is the number of one: never summed, never with thousands separated.
Kind = Literal[Figure, Word, "row", "year"]
NUMBER_KINDS: frozenset[Kind] = frozenset(get_args(Figure))


class Column(NamedTuple):
    """A column; `unit` is empty where it has none. `of` in `columns.csv` says what it is one of: a received table
    (source, in the order of the report; result, of one of results), any other table (derived), the school's own
    figures (indicator).

    `required`: a table without it is refused. `adds_up`: rows may be summed, and a cell merged over several rows
    gives its number once for all; what any other merged cell says holds for each row. `not_given`: where nothing
    stands, nobody gave the figure. `bounds`: of a bound, the columns whose figures are at least what they say.
    `likely`: how an unknown header reads that probably, and not surely, names it.
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
    likely: str = ""


def _columns() -> dict[str, dict[str, Column]]:
    """The entries of `columns.csv`, by what they are columns of and by name."""
    tables: dict[str, dict[str, Column]] = {"source": {}, "result": {}, "derived": {}, "indicator": {}}
    for entry in csv.DictReader(Path(__file__).with_name("columns.csv").read_text("utf-8").splitlines()):
        table, name = tables[entry.pop("of")], entry.pop("name")
        flags = {flag: entry[flag] == "yes" for flag in ("required", "adds_up", "not_given")}
        lists = {names: tuple(filter(None, entry[names].split("、"))) for names in ("aliases", "bounds")}
        fields: dict[str, Any] = entry | flags | lists
        table[name] = Column(**fields)
    return tables


# A table as received, in which `certificate` and `majors` hold the whole cell and are taken apart by cleaning; every
# other column of every table that is written; the year's figures that the table cannot give.
APPLICATION_COLUMNS, RESULT_COLUMNS, DERIVED_COLUMNS, INDICATORS = _columns().values()
SOURCE_COLUMNS = APPLICATION_COLUMNS | RESULT_COLUMNS
COLUMNS = SOURCE_COLUMNS | DERIVED_COLUMNS
_NAMED = ChainMap(COLUMNS, INDICATORS)
# An indicator goes by its name or by its title.
INDICATOR_TITLES = {column.title: name for name, column in INDICATORS.items()}

# The small files beside a table.
CORRECTION_COLUMNS = ("row", "column", "was", "becomes", "reason")
INDICATOR_COLUMNS = ("indicator", "value", "unit", "note")
REFERENCE_COLUMNS = ("major", "catalogue_name", "code", "catalogue_year", "category")


def source_columns(*kinds: Kind) -> list[str]:
    """The names of the columns of a received table that are of some kinds, in order.

    >>> source_columns("count")[:5]
    ['students', 'places_applied', 'places_approved', 'registered', 'trained']
    """
    return [name for name, column in SOURCE_COLUMNS.items() if column.kind in kinds]


def application_columns(*kinds: Kind) -> list[str]:
    """Those of `source_columns` that an application has: none of its results.

    >>> application_columns("count")
    ['students', 'places_applied', 'places_approved']
    """
    return [name for name in source_columns(*kinds) if name in APPLICATION_COLUMNS]


REQUIRED_COLUMNS = tuple(name for name, column in SOURCE_COLUMNS.items() if column.required)
# Columns whose absence is told and not refused; the figures that need one are not given then.
EXPECTED_COLUMNS = tuple(application_columns("round", "name", "names", "count", "status"))
# What a table of results counts; without any of these it is none.
RESULT_COUNTS = [name for name in source_columns("count") if name in RESULT_COLUMNS]
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


# What stands around a header's word and changes nothing of what it names; what makes its numbers larger.
_AROUND_HEADER = re.compile(r"^[*★※]+|^\(?\d{1,2}[.、)]|[*★※:]+$")
_NEUTRAL_BEFORE = re.compile("^(?:本年度?|今年|当年)")
_NEUTRAL_WITHIN = re.compile("(?:单位:)?(?:人|名|人数|人次|年|个|项|%)|[必选]填|本年度?|今年|当年")
_FACTORS = {"十人": 10, "百人": 100, "千人": 1000, "万人": 10_000}
# Every known header, in the form in which words are compared → the column that it names.
HEADERS = {
    plain(word): name for name, column in SOURCE_COLUMNS.items() for word in (name, column.title, *column.aliases)
}


class Heading(NamedTuple):
    """What a header says: the source column, None where it names none; what its numbers are to be multiplied by; and,
    where it names none, the column that it would name but for a qualifier that makes it another measure."""

    name: str | None
    factor: int = 1
    nearly: str | None = None


@lru_cache(2**16)
def heading_of(header: str) -> Heading:
    """Read a header: a known word, what stands around it, and qualifiers in brackets.

    >>> heading_of("*学生规模（百人）："), heading_of("批准人数（上年）").nearly, heading_of("备注").name
    (Heading(name='students', factor=100, nearly=None), 'places_approved', None)
    """
    word = _AROUND_HEADER.sub("", plain(header))
    base, _, brackets = word.partition("(")
    name, factor = HEADERS.get(base) or HEADERS.get(_NEUTRAL_BEFORE.sub("", base)), 1
    if word in HEADERS or name is None:
        return Heading(HEADERS.get(word))
    for qualifier in filter(None, re.split("[()]", brackets)):
        of_unit = _FACTORS.get(qualifier.removeprefix("单位:"), 1) if SOURCE_COLUMNS[name].kind == "count" else 1
        factor *= of_unit
        if of_unit == 1 and not _NEUTRAL_WITHIN.fullmatch(qualifier) and HEADERS.get(qualifier) != name:
            # A rate of another denominator is one of the table's own.
            return Heading(None, 1, None if SOURCE_COLUMNS[name].kind == "rate" else name)
    return Heading(name, factor)


def is_part_of_a_row(header: str) -> bool:
    """Whether a header is of one level or round of a row's numbers, or a level itself.

    >>> [is_part_of_a_row(header) for header in ("初级申请人数", "批准人数（第二批）", "初级", "等级")]
    [True, True, True, False]
    """
    word = plain(header)
    rest = PART_OF_A_ROW.sub("", word).replace("()", "")
    name = HEADERS.get(rest) if rest != word else None
    return word in LEVELS or (name is not None and SOURCE_COLUMNS[name].kind == "count")


def column_named(header: str) -> str | None:
    """The name of the source column that a header means, or None.

    >>> column_named("批准人数"), column_named("学生规模（人）"), column_named("备注")
    ('places_approved', 'students', None)
    """
    return heading_of(header).name


def title_of(name: str) -> str:
    """The Chinese title of a column, measure or indicator; a name that is not ours is its own title.

    >>> title_of("students"), title_of("students_trained"), title_of("联系人")
    ('学生规模', '培训学生', '联系人')
    """
    return _NAMED[name].title if name in _NAMED else name


def unit_of(name: str) -> str:
    """The unit of a column, measure or indicator, empty where it has none."""
    return _NAMED[name].unit if name in _NAMED else ""
