"""The grammar of `grammar.toml`: the words and forms by which numbers in Chinese reports are found and understood."""

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

# What is used in one place is read from here, by the name of its table.
RULES = tomllib.loads(files("pilotlib.claims").joinpath("grammar.toml").read_text(encoding="utf-8"))


class Label(NamedTuple):
    """What looks like a number and states nothing."""

    name: str
    form: str
    example: str


class Measure(NamedTuple):
    """What a number counts: the class of its unit, its noun, the words that must and that may not stand near it."""

    name: str
    kind: str
    example: str
    counted: Sequence[str] = ()
    needs: Sequence[str] = ()
    never: Sequence[str] = ()


class Rate(NamedTuple):
    """A rate by its names: in a text, a count with a word of the kinds `top` divided by one with a word of the kinds
    `bottom`, the usual first; of the year, `numerator` by `denominators`.
    """

    words: Sequence[str]
    example: str
    top: Sequence[str]
    bottom: Sequence[str]
    numerator: str
    denominators: Sequence[str]


class Relation(NamedTuple):
    """Which two numbers another one comes about by: see the head of [[relations]]; `named` if no part can be meant,
    `sole` if its words leave no other reading, whatever else fits, `unnamed` if of no rate that [[rates]] name."""

    of: str
    example: str
    cue: str = ""
    first: str = ""
    second: str = ""
    by: str = ""
    named: bool = False
    sole: bool = False
    unnamed: bool = False


def _words(table: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words.split()) for name, words in table.items()}


AGREES, DISAGREES, LOWER_BOUND = "agrees", "disagrees", "lower_bound"
UNDECIDED = NO_DATA, NOT_UNDERSTOOD = "no_data", "not_understood"
# The states of a claim, the gravest first, with their Chinese names.
STATES = {DISAGREES: "不一致", NOT_UNDERSTOOD: "未识别", LOWER_BOUND: "下限", NO_DATA: "无数据", AGREES: "一致"}

# Classes of units and kinds of labels that the code treats apart.
PEOPLE, TIMES, THINGS, PERCENT, MONEY = "people", "times", "things", "percent", "money"
FOR_EACH = ":"  # the unit of 18:1
COUNTS = (PEOPLE, TIMES, THINGS, MONEY)
YEAR, ORDINAL, DATE, COHORT, MALFORMED, PROPORTION = "年份", "序数", "日期", "年级", "写法不明", "比例"
READ_WITH_THE_WORDS = ("名称", "模块代码", "概括", "等次")  # 5G of 5G移动网络运维, 一年 of 上一年度
IN_NAMES = (*READ_WITH_THE_WORDS, "专业代码", ORDINAL)  # the labels that may stand within a name of a list

SHAPE = RULES["shape"]
TRADITIONAL = tuple(RULES["traditional"][form].replace("\n", "") for form in ("traditional", "simplified"))
BEFORE, AFTER = _words(RULES["before"]), _words(RULES["after"])
UNITS = {unit: kind for kind, units in _words(RULES["units"]).items() for unit in units}
LABELS = [Label(**entry) for entry in RULES["labels"]]

WORDS, OTHER_WORDS = _words(RULES["words"]), _words(RULES["other_words"])
KINDS = {name: frozenset(kinds) for name, kinds in RULES["kinds"].items()}
LIMITS: dict[str, str] = RULES["limits"]
EXCLUSIVE = {name: names for names in RULES["exclusive"]["groups"] for name in names.split()}
MEASURES = [Measure(**entry) for entry in RULES["measures"]]
RATES = [Rate(**entry) for entry in RULES["rates"]]
RATE_NAMED = {word: rate for rate in RATES for word in rate.words}


def _form(expression: str) -> str:
    """An expression, the forms of [shape] that its braces name filled in, which end where a number stands."""
    return re.sub(r"\{([a-z_]+)\}", lambda name: SHAPE[name[1]], expression)


FAMILIES = {name: re.compile(_form(form)) for name, form in RULES["families"].items()}
RELATIONS: dict[str, list[Relation]] = {}
for _entry in RULES["relations"]:
    _forms = {role: _form(_entry.get(role, "")) for role in ("cue", "first", "second")}
    RELATIONS.setdefault(_entry["of"], []).append(Relation(**_entry | _forms))


def say(sentence: str, **fields: object) -> str:
    """One of the grammar's sentences by its name, the braces filled."""
    return str(RULES["sentences"][sentence].format(**fields))
