"""The words of the field, from `vocabulary.toml`, and the forms in which they are compared."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd


def registry(module: str, file: str) -> dict[str, Any]:
    """The entries of a TOML file beside a module (its `__file__`), by name: rules, statistics."""
    return tomllib.loads(Path(module).with_name(file).read_text("utf-8"))


_WORDS = registry(__file__, "vocabulary.toml")


def _form(form: str) -> re.Pattern[str]:
    """A form, in which the name of a part in braces stands for it."""
    for name, part in _WORDS["parts"].items():
        form = form.replace(f"{{{name}}}", part)
    return re.compile(form)


NARRATIVE_SECTIONS = tuple(_WORDS["narrative_sections"])
LEVELS = tuple(_WORDS["levels"])
# Applications that name none, of a table of many schools, or of one without rounds.
NO_SCHOOL = "未写学校"
NO_ROUND = "未写批次"
UNKNOWN = "未知"
CARRIED_ON = "沿用批次"
ROUND_ALIASES = dict.fromkeys(_WORDS["carried_on"], CARRIED_ON)
ORDINALS = "一二三四五六七八九十"
APPROVED_STATUSES = ("审核通过",)
STATUSES = (*APPROVED_STATUSES, *_WORDS["not_approved"])
STATUS_ALIASES = dict.fromkeys(_WORDS["approved"], "审核通过")
# What `school.toml` may say of a status that is not known, besides one that is.
STATUS_ANSWERS = {"approved": "审核通过", "批准": "审核通过", "not_approved": "未批准"}
# Sat and passed, by what is said of a student; under 是否合格 also by yes or no.
OUTCOMES = dict.fromkeys(_WORDS["passed"], (1, 1)) | dict.fromkeys(_WORDS["failed"], (1, 0))
OUTCOMES |= dict.fromkeys(_WORDS["absent"], (0, 0))
YES_OR_NO = {"是": (1, 1), "否": (1, 0), "√": (1, 1), "×": (1, 0)}
MISSING_MARKS = frozenset(_WORDS["missing_marks"])
DITTO = frozenset(_WORDS["ditto"])
PEOPLE_TITLES = frozenset(_WORDS["people_titles"])
PEOPLE_BY_TITLE = {name: _form(form) for name, form in _WORDS["people_by_title"].items()}
LABEL_FORMS = tuple(map(_form, _WORDS["label_forms"]))
ROW_FORMS = tuple(map(_form, _WORDS["row_forms"]))
TOTAL_HALVES = tuple(map(_form, _WORDS["total_halves"]))
CERTIFICATE_FORMS = {_form(form): example for example, form in _WORDS["certificate_forms"].items()}
_FORMS = {name: _form(form) for name, form in _WORDS["forms"].items()}
TOTAL_FORM, COLUMN_NUMBER_FORM = LABEL_FORMS[0], ROW_FORMS[2]
ORDINAL_ROUND = _FORMS["ordinal_round"]
COHORT_TITLE = _FORMS["cohort_title"]
MAJOR_SEPARATORS = _FORMS["major_separators"]
TOTAL_FORM_WITHOUT_CERTIFICATE = _FORMS["total_without_certificate"]
OTHER_MEASURE = _FORMS["other_measure"]
NEVER_LIKELY = _FORMS["never_likely"]
WHOLE_FORM = _FORMS["whole"]
VOID_WORD = _FORMS["void"]
SCHOOL_TITLE = _FORMS["school_title"]
UNIT_ABOVE = _FORMS["unit_above"]
PART_OF_A_ROW = _FORMS["part_of_a_row"]
PERSONAL_TITLE = _FORMS["personal_title"]
PERSONAL_WORD = _FORMS["personal_word"]
DATE_FORM = _FORMS["date"]
COUNT_FORM = _FORMS["count"]
INVISIBLE = _FORMS["invisible"]
ANYTHING = re.compile(".+")

NOTHING_SAID: Mapping[str, str] = {}

# What a table of results counts, and the figure of the school's own that is of the same.
_COUNTED = ("registered", "trained", "sat", "passed", "awarded")
_OF_STUDENTS = ("students_registered", "students_trained", "students_assessed", "students_passed", "students_awarded")
RESULT_INDICATORS = dict(zip(_COUNTED, _OF_STUDENTS, strict=True))
# Rates of results: what they are called, numerator, denominator.
RESULT_RATES = {
    "completion_rate": ("trained", "places_approved"),
    "attendance_of_trained": ("sat", "trained"),
    "attendance_of_registered": ("sat", "registered"),
    "pass_rate": ("passed", "sat"),
    "award_rate": ("awarded", "sat"),
}
PERSON_TIMES = "人次"  # their unit over several certificates: who sits for two counts twice
FEWEST_RANKED = 10  # sat: of fewer no rate is ranked
# Rates: numerator, denominator. Each is an indicator's name or a measure of the overview.
RATES = (
    ("students_trained", "places_approved"),
    ("students_assessed", "students_trained"),
    ("students_passed", "students_assessed"),
    ("students_awarded", "students_assessed"),
)

SEVERITIES = {"error": "错误", "warning": "警示", "note": "提示"}


@lru_cache(2**16)
def plain(text: str) -> str:
    """A word in the form in which words are compared: NFKC, no blanks or unseen marks, lower case ("年 度": 年度)."""
    return re.sub(rf"\s+|{INVISIBLE.pattern}", "", unicodedata.normalize("NFKC", text)).lower()


def round_named(text: str) -> str:
    """A round under its standard name (第2批 is 第二次, 沿用 is 沿用批次); a name of an unknown kind stays as it is."""
    ordinal = ORDINAL_ROUND.fullmatch(text)
    if not ordinal:
        return ROUND_ALIASES.get(text, text)
    number = int(ordinal[1]) if ordinal[1].isdecimal() else ORDINALS.index(ordinal[1]) + 1
    return f"第{ORDINALS[number - 1]}次" if 1 <= number <= len(ORDINALS) else text


def round_title(text: str) -> str:
    """Rounds as an office names them; what is quoted stays as it is.

    >>> round_title("沿用批次20、第二次70，文中“第二次”")
    '沿用批次20、第二批次70，文中“第二次”'
    """
    form = f"“[^”]*”|(第[{ORDINALS}])次"
    return re.sub(form, lambda match: f"{match[1]}批次" if match[1] else match[0], text)


def is_round(text: str) -> bool:
    """Whether a word is the name of a round.

    >>> is_round("第二批"), is_round("沿用"), is_round("汇总")
    (True, True, False)
    """
    return round_named(text) == CARRIED_ON or ORDINAL_ROUND.fullmatch(text) is not None


def status_named(text: str, answers: Mapping[str, str] = NOTHING_SAID) -> str:
    """A status under its standard name, or under that which the school's answers give it; else as it is.

    >>> [status_named(text, {"校内通过": "approved"}) for text in ("已通过", "审核通过。", "未通过", "校内通过")]
    ['审核通过', '审核通过', '未通过', '审核通过']
    """
    word = answers.get(text, text).rstrip("。.；;")
    word = STATUS_ANSWERS.get(word, word)
    return STATUS_ALIASES.get(word) or (word if word in STATUSES else text)


def in_round_order(rounds: list[str]) -> list[str]:
    """Rounds in the order of the year: carried on, first, second …, then names of other kinds; each once."""
    standard = [CARRIED_ON, *(f"第{ordinal}次" for ordinal in ORDINALS)]
    return sorted(set(rounds), key=lambda name: (standard.index(name) if name in standard else len(standard), name))


def in_level_order(levels: Iterable[str]) -> list[str]:
    """The three levels, then what else occurs: cells that name several, such as 初级、中级."""
    return [*LEVELS, *sorted(set(levels) - set(LEVELS))]


def listed(words: pd.Series) -> str:
    """Distinct words in the order in which they come, joined for reading; missing ones are left out."""
    return "、".join(dict.fromkeys(map(str, words.dropna())))
