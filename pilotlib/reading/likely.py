"""What a header of unknown words most probably says: shown and proposed to a person, never taken."""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from difflib import SequenceMatcher, get_close_matches

from pilotlib.columns import EXPECTED_COLUMNS, HEADERS, SOURCE_COLUMNS, column_named, is_part_of_a_row, title_of
from pilotlib.vocabulary import COUNT_FORM, NEVER_LIKELY, OTHER_MEASURE, PEOPLE_TITLES, PERSONAL_TITLE, plain
from pilotlib.words import one_off

_FEWEST_WORDS = 3


def guessed_header(rows: Sequence[Sequence[str]]) -> int | None:
    """The position of the first row that may be a header, whatever its words: no numbers, and a row below it."""
    for place, row in enumerate(rows[:-1]):
        words = list(filter(None, map(plain, row)))
        has_numbers = any(map(COUNT_FORM.fullmatch, words))
        if len(words) >= _FEWEST_WORDS and not has_numbers and any(map(str.strip, rows[place + 1])):
            return place
    return None


def lines_for(titles: Sequence[str]) -> list[str]:
    """Lines for `[columns]` of `source.toml`, one a header that is not known: its column, or to be filled in.

    >>> lines_for(["证书名称", "最终核定名额", "报名总数"])
    ['"最终核定名额" = "批准总培训人数"', '# "报名总数" = ""']
    """
    missing = [name for name in SOURCE_COLUMNS if name not in map(column_named, titles)]
    unknown = [title for title in titles if title and not column_named(title) and not OTHER_MEASURE.search(title)]
    likely = [likely_column(title, missing) for title in unknown]
    words = [json.dumps(title, ensure_ascii=False) for title in unknown]
    return [
        f'{word} = "{title_of(name)}"' if name and likely.count(name) == 1 else f'# {word} = ""'
        for word, name in zip(words, likely, strict=True)
        if not PERSONAL_TITLE.fullmatch(plain(word))
    ]


def nearly_named(words: Iterable[str], wanted: Collection[str] = EXPECTED_COLUMNS) -> str:
    """Sentences on words that are probably, and not surely, names of wanted columns: 申报状太 is nearly 申报状态."""
    near = [(word.strip(), likely_column(word, wanted)) for word in words]
    return "".join(f"“{word}”接近“{title_of(name)}”。" for word, name in near if name)


def likely_column(word: str, wanted: Collection[str] = EXPECTED_COLUMNS) -> str | None:
    """The wanted column that an unknown header most probably names, misspelt or by its sense; None where in doubt.

    >>> [likely_column(word) for word in ("申报状太", "最终核定名额", "报名总数", "备注")]
    ['status', 'places_approved', None, None]
    """
    title = without_unit(word)
    if column_named(word) or title in PEOPLE_TITLES or NEVER_LIKELY.match(title) or is_part_of_a_row(word):
        return None
    likely = [name for name, column in SOURCE_COLUMNS.items() if re.fullmatch(column.likely, title)]
    return misspelt(word, wanted) or (likely[0] if len(likely) == 1 and likely[0] in wanted else None)


def misspelt(word: str, wanted: Collection[str]) -> str | None:
    """The wanted column of whose names a header is so nearly one that it can hardly mean another: 批准总培训人."""
    aliases = {alias: name for alias, name in HEADERS.items() if name in wanted and len(alias) > 1}
    word = plain(word)
    for alias in [] if column_named(word) else get_close_matches(word, aliases, cutoff=0.7):
        if (len(word) == len(alias) and one_off(word, alias)) or SequenceMatcher(None, word, alias).ratio() > 0.9:
            return aliases[alias]
    return None


def without_unit(title: str) -> str:
    """A header as words are compared, without a unit of people in brackets: 试点规模（人） is 试点规模."""
    return re.sub(r"\((?:人|名|人数)\)$", "", plain(title))
