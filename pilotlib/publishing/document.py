"""The report as a document for Word: cover, contents, headings, tables with repeated heads, wide ones on their side."""

import tempfile
from html import escape
from itertools import zip_longest
from math import inf
from pathlib import Path

import pypandoc
from bs4 import BeautifulSoup, Tag
from docx import Document
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from pilotlib.errors import PilotError
from pilotlib.publishing.finishing import (
    BREAK,
    set_contents,
    set_cover,
    set_marks,
    set_numbers,
    set_sections,
    set_tables,
)
from pilotlib.publishing.layouts import GONGWEN, REPORT, set_page, set_styles
from pilotlib.publishing.page import Content
from pilotlib.publishing.paper import for_paper, sign
from pilotlib.publishing.workbook import saved
from pilotlib.report.books import Book
from pilotlib.report.drawing import PAPER
from pilotlib.report.figures import drawing
from pilotlib.report.prose import shortened, visible
from pilotlib.report.style import png_of

_LONGEST_PROPERTY = 255  # characters
_WIDEST_CM, _TALLEST_ON_COVER_CM = 15.0, 5.4  # pictures
_CARDS = 4  # beside each other
# What of the page takes which style of the document.
_STYLES = {
    "Title": "h1",
    "Point": ".points li, .doubts",
    "Figure Title": "figure .headline",
    "Measure": ".measure",
    "Notes": ".notes, figcaption",
    "Card Value": ".card",
    "Sign-off": ".signature p",
}
# Before which of a document's settings that of its fields stands.
_LATER = ("w:hdrShapeDefaults", "w:footnotePr", "w:endnotePr", "w:compat", "w:rsids", "w:themeFontLang")


def as_docx(content: Content, book: Book, style: str = "", template: Path | None = None) -> bytes:
    """The document, made of the page by pandoc and laid out as a report, with the styles and the page of a school's own
    `template` where there is one; or by GB/T 9704, where the style is `gongwen`."""
    layout, template = (GONGWEN, None) if style == "gongwen" else (REPORT, template)
    document, own = _converted(content, book, template)
    set_styles(document, layout, own)
    if not own:
        set_page(document, layout, visible("　".join(filter(None, book.title))))
    for language in document.styles.element.xpath("./w:docDefaults//w:lang"):  # of which the forms of commas are
        language.set(qn("w:eastAsia"), "zh-CN")
    set_cover(document, book)
    set_contents(document, content)
    set_sections(document)
    set_tables(document)
    set_marks(document)
    if not own:  # how high the lines of a template are is not known
        set_numbers(document, layout)
    document.settings.element.insert_element_before(
        parse_xml(f'<w:updateFields {nsdecls("w")} w:val="true"/>'), *_LATER
    )
    properties = document.core_properties
    properties.title, properties.language = shortened(content.title, _LONGEST_PROPERTY), "zh-CN"
    properties.author = shortened(visible(book.owner), _LONGEST_PROPERTY) or "pilotlib"
    return saved(document)


def _converted(content: Content, book: Book, template: Path | None) -> tuple[WordDocument, set[str]]:
    """The page as pandoc makes a document of it, and the names of the styles that a template brought."""
    with tempfile.TemporaryDirectory() as folder:
        path, options = Path(folder) / "report.docx", [f"--reference-doc={template}"] if template else []
        page = f"<html><body>{_prepared(content, book, Path(folder))}</body></html>"
        try:
            own = {str(style.name) for style in Document(str(template)).styles} if template else set[str]()
            pypandoc.convert_text(
                page,
                "docx",
                format="html-auto_identifiers",
                outputfile=path,
                extra_args=["--quiet", "--shift-heading-level-by=-1", f"--resource-path={folder}", *options],
            )
        except (PackageNotFoundError, ValueError, KeyError, RuntimeError):
            if not template:
                raise
            raise PilotError(f"{template.name}读不出来，不能用作模板。请用 Word 另存为 docx，或把它移走。") from None
        return Document(str(path)), own


def _prepared(content: Content, book: Book, folder: Path) -> str:
    """The page's HTML in the words that pandoc understands: pictures (in `folder`) for drawings, tables for facts."""
    opening, body = for_paper(content.opening), for_paper(content.body)
    sign(body, book)
    for soup in (opening, body):
        for figure in soup.select("figure[id^=figure-]"):  # becomes a picture
            _draw(figure, book, folder, _TALLEST_ON_COVER_CM if soup is opening else inf)
        for facts in soup.find_all("dl"):
            _as_tables(facts, soup)
        for link in soup.select("a[id]"):  # a place to lead to; pandoc makes one of a span, not of a link
            link.wrap(soup.new_tag("span", id=str(link["id"])))
            del link["id"]
        for cell in soup.select("td.figure, th.figure"):
            cell["style"] = "text-align:right"
        for mark in soup.select(".numbered"):
            mark.append("　")
        for part in soup.select("h1 span")[1:]:  # the parts of the title, a line each
            part.insert_before(soup.new_tag("br"))
        for style, where in _STYLES.items():
            for element in soup.select(where):
                element.wrap(soup.new_tag("div", attrs={"custom-style": style}))
                element.name = "p"
        for element in soup.select("ol.points, div.lead, figure[id^=figure-]"):
            element.unwrap()
    return f"{opening}{_break('cover')}{_with_sections(body)}"


def _draw(figure: Tag, book: Book, folder: Path, tallest: float) -> None:
    """Put a picture in the place of a figure's drawing."""
    svg, name = figure.svg, str(figure["id"]).removeprefix("figure-")
    assert svg is not None
    label = str(figure.select(".drawing")[0]["aria-label"])
    drawn = drawing(book.figures[name], PAPER)
    (folder / f"{name}.png").write_bytes(png_of(drawn))
    wide, high = drawn.get_size_inches()
    width = min(2.54 * wide, _WIDEST_CM, tallest * wide / high)
    look = f'src="{name}.png" style="width:{width:.2f}cm" alt="{escape(label)}"'
    picture = BeautifulSoup(f'<div custom-style="Picture"><p><img {look}></p></div>', "html.parser")
    svg.replace_with(picture)


def _as_tables(facts: Tag, soup: BeautifulSoup) -> None:
    """Put tables in the place of named facts: cards beside each other, else a row each."""
    named = [[cell.get_text() for cell in fact.find_all(["dt", "dd"])] for fact in facts.find_all("div")]
    heads, parts = ["项目", "内容"], [named]
    if "key-figures" in facts["class"]:
        cards = [named[first : first + _CARDS] for first in range(0, len(named), _CARDS)]
        heads, parts = [], [[list(row) for row in zip_longest(*part, fillvalue="") if any(row)] for part in cards]
    for rows in parts:
        table, group = soup.new_tag("table"), soup.new_tag("colgroup")
        group.extend(soup.new_tag("col", style=f"width:{share}") for share in (["22%", "78%"] if heads else []))
        table.append(group)
        for number, row in enumerate([heads, *rows] if heads else rows):
            line = soup.new_tag("tr")
            for text in row:
                cell = soup.new_tag("td" if number else "th")
                large = number == 1 and not heads
                cell.append(soup.new_tag("p", string=text, attrs={"class": "card"}) if large else text)
                line.append(cell)
            table.append(line)
        facts.insert_before(table)
    facts.decompose()


def _break(kind: str) -> str:
    return f'<div custom-style="{BREAK}"><p>{kind}</p></div>'


def _with_sections(body: BeautifulSoup) -> str:
    """The body with marks where a section of upright pages ends and where one of wide ones does."""
    wide = body.select("section.landscape")
    alone = [(block, block.find_previous_sibling(True), block.find_next_sibling(True)) for block in wide]
    for block, before, after in alone:
        if before not in wide:
            block.insert_before(BeautifulSoup(_break("upright"), "html.parser"))
        if after and after not in wide:
            block.insert_after(BeautifulSoup(_break("landscape"), "html.parser"))
    return str(body)
