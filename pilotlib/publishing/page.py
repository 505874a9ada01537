"""The editions made of one page of HTML: for browsers, and as a PDF for paper."""

import base64
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

from pilotlib.chinese import FONT_FAMILY, font_for
from pilotlib.publishing.content import TEMPLATES, Content, for_paper
from pilotlib.report.colours import COLOURS, with_page_colours

_PAGE_FONT = "Report Sans"


def as_html(content: Content) -> bytes:
    """One self-contained page: no request to any host, and no script but its own (search and sort of a long table).

    The Chinese font is carried as a subset of the characters on the page, for readers who have none of their own.
    """
    return _page(content, with_page_colours(content.body), (TEMPLATES / "page.js").read_text(encoding="utf-8")).encode()


def as_pdf(content: Content) -> bytes:
    """The page on A4: tagged, with bookmarks, page numbers, and page numbers in its list of contents."""
    import weasyprint

    body = for_paper(content.body)
    for drawing in body.select("svg[aria-label]"):  # a PDF takes the description from the drawing's title
        title = body.new_tag("title")
        title.string = str(drawing["aria-label"])
        drawing.insert(0, title)
    # Drawn by the font that the page carries, whatever fonts the machine has.
    style = f'body {{ font-family: "{_PAGE_FONT}"; }} table {{ table-layout: fixed; }}'
    html = _page(content, str(body).replace(FONT_FAMILY, _PAGE_FONT), "", style)
    fetcher = weasyprint.URLFetcher(allowed_protocols=["data"])
    with _at_no_time():
        return weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1")


@contextmanager
def _at_no_time() -> Iterator[None]:
    """Fonts that are embedded meanwhile say a time that is always the same, not that of writing them."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    try:
        yield
    finally:
        del os.environ["SOURCE_DATE_EPOCH"]
        if given is not None:
            os.environ["SOURCE_DATE_EPOCH"] = given


def _page(content: Content, body: str, script: str, style: str = "") -> str:
    from jinja2 import Template

    template = (TEMPLATES / "page.html.j2").read_text(encoding="utf-8")
    texts = template + content.opening + body + script + "".join(title for _, title in content.contents)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return Template(template, trim_blocks=True, lstrip_blocks=True).render(
        page=content,
        body=body,
        script=script,
        script_hash=f"sha256-{digest}",
        colours=COLOURS,
        style=(TEMPLATES / "page.css").read_text(encoding="utf-8") + style,
        font=base64.b64encode(font_for(texts)).decode("ascii"),
    )
