"""The report for paper: nothing to click, nothing folded away, wide tables on their side; and the PDF made of it."""

import base64
import os
from collections.abc import Iterator
from itertools import takewhile, zip_longest
from math import sqrt
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from jinja2 import Template

from pilotlib.chinese import FONT_FAMILY, font_for
from pilotlib.publishing.page import Content
from pilotlib.report.books import Book
from pilotlib.report.colours import COLOURS
from pilotlib.report.prose import visible
from pilotlib.words import display_width

_TEMPLATES = Path(__file__).with_name("template")
_PAGE_FONT = "Report Sans"
_TIME = "SOURCE_DATE_EPOCH"  # the variable that gives a font that is embedded the time it was made
SIGNED = ("审核", "签字")  # lines to be filled in by hand, on the cover
# Only of the screen: what is folded under a figure stands among the tables too.
_ON_SCREEN = ".download, .search, .why, .back, .hidden, .by, .narrow, details.data, summary"
_HEADINGS = ("h2", "h3", "h4")
# Widths in characters of half width: of a page upright and on its side, of the gap between columns, of a heading before
# it is broken, and of a text column that would rather be broken than make its table a wide one.
_UPRIGHT, _LANDSCAPE, _GAP, _WIDEST_HEAD, _WIDEST_TEXT = 124, 185, 3, 10, 24
FEW = 12  # rows that stand on one page together
_FEWEST = 4  # rows for which no page is turned


def as_pdf(content: Content, book: Book) -> bytes:
    """The report on A4: cover, contents with page numbers, running header; tagged, with bookmarks."""
    import weasyprint

    fetcher = weasyprint.URLFetcher(allowed_protocols=["data"])
    given = {name: os.environ[name] for name in [_TIME] if name in os.environ}
    os.environ[_TIME] = "0"
    try:
        page = weasyprint.HTML(string=_page(content, book), url_fetcher=fetcher)
        return page.write_pdf(pdf_variant="pdf/ua-1")
    finally:
        del os.environ[_TIME]
        os.environ.update(given)


def _page(content: Content, book: Book) -> str:
    """The report as the HTML that becomes a PDF, with the fonts that draw it, whatever the machine has."""
    opening, body = for_paper(content.opening), for_paper(content.body)
    sign(body, book)
    for drawn in [*opening.select(".drawing"), *body.select(".drawing")]:
        for svg in drawn.select("svg"):  # of which a PDF takes the title
            svg.insert(0, body.new_tag("title", string=str(drawn["aria-label"])))
            del svg["aria-hidden"]
    template, style = (_TEMPLATES.joinpath(name).read_text("utf-8") for name in ("paper.html.j2", "paper.css"))
    html = Template(template, trim_blocks=True, lstrip_blocks=True).render(
        page=content._replace(opening=str(opening), body=str(body)),
        style=style,
        colours=COLOURS,
        author=visible(book.owner),
        cover=book.cover,
        signed=SIGNED,
    )
    face = '@font-face {{ font-family: "{}"; font-weight: {}; src: url(data:font/woff;base64,{}); }}\n'
    coded = {
        weight: base64.b64encode(font_for(html, weight == "bold")).decode("ascii") for weight in ("normal", "bold")
    }
    faces = "".join(face.format(_PAGE_FONT, weight, font) for weight, font in coded.items())
    return html.replace(FONT_FAMILY, _PAGE_FONT).replace("<style>", f"<style>\n{faces}", 1)


def for_paper(html: str) -> BeautifulSoup:
    """A page's HTML for paper: what is only of the screen is gone, what was folded is open, links out are text. Each
    table has widths for its columns and stands in a block with its notes; a wide one is `landscape`, and what leads to
    it is in its block."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.select(_ON_SCREEN):
        element.decompose()
    for element in soup.select('details, div.table, a[href]:not([href^="#"])'):
        if (place := element.get("id")) and element.table:  # to which contents may lead
            element.table["id"] = place
        element.unwrap()
    for element in soup.select("[hidden]"):
        del element["hidden"]
    for table in soup.find_all("table"):
        widths = _widths(table)
        rows, needed = len(table.select("tbody tr")), sum(min(width, _WIDEST_TEXT) for width in widths)
        wide, few = needed > (_UPRIGHT if rows > _FEWEST else _LANDSCAPE), rows <= FEW
        group, shares = soup.new_tag("colgroup"), _shares(widths, _LANDSCAPE if wide else _UPRIGHT)
        group.extend(soup.new_tag("col", style=f"width:{share:.2f}%") for share in shares)
        table.insert(table.index(table.caption) + 1 if table.caption else 0, group)
        notes = takewhile(lambda tag: "notes" in (tag.get("class") or ""), table.find_next_siblings(True))
        parts = [*(_lead(table) if wide else []), table, *notes]
        block = soup.new_tag("section", attrs={"class": f"block{' landscape' * wide}{' few' * few}"})
        parts[0].insert_before(block)
        block.extend(parts)
    return soup


def sign(body: BeautifulSoup, book: Book) -> None:
    """Put the school's name and the date that is given below a report's text, which ends where its appendices begin."""
    signature = body.new_tag("div", attrs={"class": "signature"})
    for line in filter(None, [book.owner, *(fact.value for fact in book.cover if fact.name == "编制日期")]):
        signature.append(body.new_tag("p", string=visible(line)))
    appendix = next((heading for heading in body("h2")[1:] if heading.get_text().startswith("附录")), None)
    if appendix:
        (appendix.find_parent("section", class_="landscape") or appendix).insert_before(signature)
    else:
        body.append(signature)


def _lead(table: Tag) -> Iterator[Tag]:
    """The headings right above a table and the sentences below them; nothing where something else is between."""
    before = list(takewhile(lambda tag: tag.name in (*_HEADINGS, "p"), table.find_previous_siblings(True)))
    first = next((place for place, tag in enumerate(before) if tag.name in _HEADINGS), len(before))
    headings = list(takewhile(lambda tag: tag.name in _HEADINGS, before[first:]))
    return reversed([*before[:first], *headings] if headings else [])


def _widths(table: Tag) -> list[int]:
    """What each column of a table needs, in characters of half width; a figure, which is never broken, one more."""
    rows = [row.find_all(["th", "td"]) for row in table.find_all("tr")]
    texts = [[display_width(cell.get_text()) + ("figure" in (cell.get("class") or "")) for cell in row] for row in rows]
    columns = zip_longest(*texts, fillvalue=0)
    return [max(min(head, _WIDEST_HEAD), *cells, 0) + _GAP for head, *cells in columns]


def _shares(widths: list[int], room: float) -> list[float]:
    """Each column's share of a page in percent: narrow ones get what they need, the rest share by what they hold.

    >>> [round(share, 1) for share in _shares([6, 30, 200, 800], 100)]
    [6.0, 30.0, 21.3, 42.7]
    """
    shares, narrow = [0.0] * len(widths), sorted(range(len(widths)), key=widths.__getitem__)
    while narrow and widths[narrow[0]] <= room / len(narrow):
        place = narrow.pop(0)
        shares[place] = widths[place]
        room -= widths[place]
    for place in narrow:  # which are the wide ones now
        shares[place] = room * sqrt(widths[place]) / sum(sqrt(widths[other]) for other in narrow)
    return [100 * share / sum(shares) for share in shares]
