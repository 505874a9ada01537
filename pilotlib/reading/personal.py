"""What says who somebody is: it stays in the received file, and no cell, log or message has it."""

from collections.abc import Sequence

from pilotlib.reading.headers import Header
from pilotlib.vocabulary import PERSONAL_TITLE, PERSONAL_WORD, plain

LEFT_OUT = "（略）"


def without_personal(rows: Sequence[Sequence[str]], header: Header) -> tuple[list[list[str]], str]:
    """The rows of a table without personal data, and in words what was left out ("" if nothing).

    A column that is none of ours goes, title and all, if its title says that it holds such data, or if most of its
    cells do; in other cells such a word becomes `LEFT_OUT`.
    """
    personal: dict[int, str] = {}
    for place, column in enumerate(zip(*rows, strict=True)):
        title, name = (line[place] if place < len(line) else "" for line in (header.titles, header.names))
        below = list(filter(str.strip, column[header.last + 1 :]))
        saying = filter(PERSONAL_WORD.search, below)
        if not name and (PERSONAL_TITLE.fullmatch(plain(title or "")) or len(list(saying)) * 2 > len(below)):
            personal[place] = title or f"第{place + 1}列"
    others = [["" if place in personal else text for place, text in enumerate(row)] for row in rows]
    kept = [list(map(_without_words, row)) for row in others]
    in_words = ["单元格中的电话、证件号、邮箱或经办人姓名"] if kept != others else []
    return kept, "、".join([*personal.values(), *in_words])


def told_row(row: Sequence[str], header: Header) -> str:
    """A row's cells for a message; where the table has personal data, and they may have shifted, none of them."""
    if any(PERSONAL_TITLE.fullmatch(plain(title)) for title in header.titles):
        return "（有个人信息，不列出）"
    return _without_words("｜".join(row).rstrip("｜"))


def _without_words(text: str) -> str:
    return PERSONAL_WORD.sub(LEFT_OUT, text) if len(text) > 5 else text  # none stands in a shorter one
