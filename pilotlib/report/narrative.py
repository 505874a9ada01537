"""The school's own text on the page, as the school wrote it, a mark behind each of its numbers."""

import re
from html import escape

import mistune
from IPython.display import HTML

from pilotlib.claims import STATES
from pilotlib.report.books import Book
from pilotlib.report.checked import SIGNS, marks_as_links, with_marks

_AS_WRITTEN = (
    "<p class='notes'>以下是学校的原文。其中的数都已与数据核对，数后的记号链接到“数据核对”："
    f"{'，'.join(f'{SIGNS[state]} {title}' for state, title in reversed(STATES.items()))}。</p>"
)
_FIRST_SECTION = re.compile(r"## *一、")


def first_narrative(book: Book) -> HTML:
    """The school's own words on the year's tasks (its section 一), below the sentences that are computed."""
    sections = _sections(book)
    if not sections:
        return HTML("<p>学校没有提供文字。</p>")
    texts = [text for text in sections if not _FIRST_SECTION.match(text) and not text.startswith("## ")]
    texts += [text.partition("\n")[2] for text in sections if _FIRST_SECTION.match(text)]
    body = "".join(_render(text, book) for text in texts)
    return HTML(f"<section class='given'><h3>学校的说明</h3>{_AS_WRITTEN}{body}</section>" if body else "")


def narrative(book: Book) -> HTML:
    """The other sections of the school's own text, as the school wrote them; HTML in them is shown as text."""
    others = [text for text in _sections(book) if text.startswith("## ") and not _FIRST_SECTION.match(text)]
    return HTML("".join(_render(text, book) for text in others))


def _sections(book: Book) -> list[str]:
    """The narrative, part by part: what stands before the first heading of the second level, then each section.

    A heading with nothing under it is none: the narrative of a new year begins with headings alone.
    """
    marked = book.narrative if book.claims is None else with_marks(book.narrative, book.claims)
    return [text for text in re.split(r"(?m)^(?=## )", marked) if re.sub(r"^## .*", "", text).strip()]


class _TextOnly(mistune.HTMLRenderer):
    """The school's Markdown in a page of ours: no picture or link to elsewhere, no heading of the first level."""

    def heading(self, text: str, level: int, **attributes: object) -> str:
        return super().heading(text, max(level, 2), **attributes)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"{text}（图：{escape(url)}）"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return text if text == url else f"{text}（{escape(url)}）"


def _render(markdown: str, book: Book) -> str:
    page = str(mistune.create_markdown(renderer=_TextOnly(escape=True))(markdown))
    return page if book.claims is None else marks_as_links(page, book.claims)
