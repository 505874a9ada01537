"""An executed notebook → the content that every edition is made of: title, opening, contents, body."""

import io
import re
import zipfile
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pilotlib.errors import PilotError
from pilotlib.report.prose import visible
from pilotlib.words import display_width

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from nbconvert import HTMLExporter
    from nbformat import NotebookNode

# Widths of tables on paper, in characters of half width at the size of a table's text.
_PAGE, _GAP, _WIDEST_HEAD = 100, 3, 9
_TIMES = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")
TEMPLATES = Path(__file__).with_name("template")


class Content(NamedTuple):
    """The report as HTML: `title` as text, `opening` (what stands before the first section), `contents` (id and title
    of every section, escaped), `body` (the sections)."""

    title: str
    opening: str
    contents: list[tuple[str, str]]
    body: str


def content_of(notebook: Path) -> Content:
    """What an executed notebook shows, without its code.

    Raises:
        PilotError: the notebook holds an error, or was never run.
    """
    import nbformat

    node = nbformat.read(notebook, as_version=4)
    _refuse_unfit(node, notebook)
    html, _ = _exporter().from_notebook_node(node)
    html, contents = _with_contents(visible(html))
    opening, first_heading, rest = html.partition("<h2 ")
    title = re.search(r"<h1\b[^>]*>(.*?)</h1>", html, flags=re.DOTALL)
    return Content(re.sub("<[^>]+>", "", title[1]) if title else "", opening, contents, first_heading + rest)


@cache
def _exporter() -> "HTMLExporter":
    """nbconvert with the report's template, which is compiled once."""
    from nbconvert import HTMLExporter

    return HTMLExporter(
        template_name="template",
        extra_template_basedirs=[str(TEMPLATES.parent)],
        exclude_input=True,
        exclude_anchor_links=True,
    )


def for_paper(html: str) -> "BeautifulSoup":
    """The same for readers with nothing to click on: without downloads and what is folded away; tables fit the page.

    A link out of the document becomes its text: what it leads to is not beside a paper.
    """
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    for element in soup.select(".download, details"):
        element.decompose()
    for link in soup.select('a[href]:not([href^="#"])'):
        link.unwrap()
    for table in soup.find_all("table"):
        rows = [[display_width(cell.get_text()) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
        columns = zip_longest(*rows, fillvalue=0)
        widths = [max(min(head, _WIDEST_HEAD), *cells, 0) + _GAP for head, *cells in columns]
        group = soup.new_tag("colgroup")
        group.extend(soup.new_tag("col", style=f"width:{share:.2f}%") for share in _shares(widths))
        table.insert(table.index(table.caption) + 1 if table.caption else 0, group)
    return soup


def _shares(widths: list[int]) -> list[float]:
    """Each column's share of the page in percent: narrow ones get what they need, wide ones share the rest alike.

    >>> [round(share, 1) for share in _shares([6, 30, 200])]
    [6.0, 30.0, 64.0]
    """
    shares, room = [0.0] * len(widths), float(_PAGE)
    for given, place in enumerate(sorted(range(len(widths)), key=widths.__getitem__)):
        shares[place] = min(widths[place], room / (len(widths) - given))
        room -= shares[place]
    return [100 * share / sum(shares) for share in shares]


def _refuse_unfit(node: "NotebookNode", notebook: Path) -> None:
    """Stop at a notebook that would come out as a clean page with something missing."""
    codes = [cell for cell in node.cells if cell.cell_type == "code"]
    for number, cell in enumerate(codes, start=1):
        where = f"{notebook.name}第{number}个代码格"
        for output in cell.outputs:
            if output.output_type == "error":
                raise PilotError(f"{where}出错（{output.ename}：{output.evalue}），不能导出。")
            kinds = sorted(output.get("data", {}))
            in_words = not kinds or "text/html" in kinds or "text/plain" in kinds
            if not in_words or any(kind.startswith("image/") for kind in kinds):
                why = "图片没有文字说明。请用parts.figure。"
                raise PilotError(f"{where}的输出（{'、'.join(kinds)}）不能放进报告：{why}")
    if not any(cell.outputs for cell in codes):
        raise PilotError(f"{notebook.name}还没有运行过，不能导出。请先运行全部单元格。")


def _with_contents(html: str) -> tuple[str, list[tuple[str, str]]]:
    """Give every second-level heading an id, list them, and lead each link to a section by its title to that id.

    A link to a section that this notebook does not have becomes its text.
    """
    contents: list[tuple[str, str]] = []

    def marked(heading: re.Match[str]) -> str:
        text = re.sub("<sup>.*?</sup>|<[^>]+>", "", heading[1], flags=re.DOTALL)  # without the marks of its numbers
        contents.append((f"section-{len(contents) + 1}", text))
        return f'<h2 id="{contents[-1][0]}">{heading[1]}</h2>'

    def led(link: re.Match[str]) -> str:
        return f'<a href="#{ids[link[1]]}">{link[1]}</a>' if link[1] in ids else link[1]

    html = re.sub(r"<h2\b[^>]*>(.*?)</h2>", marked, html, flags=re.DOTALL)
    ids = {text: name for name, text in reversed(contents)}
    return re.sub(r'<a class="section">(.*?)</a>', led, html), contents


def without_times(office_file: bytes) -> bytes:
    """The same zip archive without the times at which it was made, so that the same content is the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office_file)) as given, zipfile.ZipFile(target, "w") as timeless:
        for name in given.namelist():
            content = _TIMES.sub(b"", given.read(name)) if name == "docProps/core.xml" else given.read(name)
            # of the earliest time that an archive knows
            timeless.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()
