"""The report's first page as a picture to share, and what it shows in words."""

import io
import re

from bs4 import BeautifulSoup
from PIL import Image

from pilotlib.publishing.page import Content
from pilotlib.publishing.paper import as_pdf, for_paper
from pilotlib.report.books import Book

_WIDTH, _COLOURS = 1200, 128  # pixels; so few that the file is small
_TOLD = "h1 span, .points li, .headline, .measure, .key-figures div, .doubts"


def as_png(content: Content, book: Book) -> bytes:
    """The first page of the PDF, 1,200 pixels wide; the same bytes every time."""
    import pypdfium2

    opening = BeautifulSoup(content.opening, "html.parser")
    for link in opening("a"):  # to sections, which are left out
        del link["href"]
    with pypdfium2.PdfDocument(as_pdf(content._replace(opening=str(opening), body="", contents=[]), book)) as pdf:
        page = pdf[0]
        picture = page.render(scale=_WIDTH / page.get_width()).to_pil()
    target = io.BytesIO()
    picture.convert("RGB").quantize(_COLOURS, Image.Quantize.MAXCOVERAGE).save(target, "png", optimize=True)
    return target.getvalue()


def in_words(content: Content, book: Book) -> str:
    """What the picture shows, a line for each of its parts, for those who do not see it."""
    parts = [
        re.sub(" (?=[：；。])", "", part.get_text(" ", strip=True)) for part in for_paper(content.opening).select(_TOLD)
    ]
    return "\n".join([*parts, *(f"{fact.name}：{fact.value}" for fact in book.cover)]) + "\n"
