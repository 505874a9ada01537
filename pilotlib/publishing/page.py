"""An executed notebook → its content → one page of HTML for browsers."""

import base64
import hashlib
import re
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from jinja2 import Template

from pilotlib.chinese import font_for
from pilotlib.errors import PilotError
from pilotlib.report.colours import COLOURS, with_page_colours
from pilotlib.report.prose import visible

_TEMPLATES = Path(__file__).with_name("template")


class Content(NamedTuple):
    """The report as HTML: `title` as text, `opening` (what stands before the first section), `contents` (id and
    title of every section, escaped), `body` (the sections)."""

    title: str
    opening: str
    contents: list[tuple[str, str]]
    body: str


def content_of(notebook: Path) -> Content:
    """What an executed notebook shows, without its code; PilotError where that is not the whole report."""
    node = nbformat.read(notebook, as_version=4)
    codes = [cell for cell in node.cells if cell.cell_type == "code"]
    if not any(cell.outputs for cell in codes):
        raise PilotError(f"{notebook.name}还没有运行过，不能导出。请先运行全部单元格。")
    for number, cell in enumerate(codes, start=1):
        where = f"{notebook.name}第{number}个代码格"
        for output in cell.outputs:
            if output.output_type == "error":
                raise PilotError(f"{where}出错（{output.ename}：{output.evalue}），不能导出。")
            kinds = sorted(output.get("data", {})) or ["text/plain"]  # what is printed has no kind
            if any(kind.startswith("image/") for kind in kinds) or not {"text/html", "text/plain"} & set(kinds):
                why = "图片没有文字说明。请用parts.figure。"
                raise PilotError(f"{where}的输出（{'、'.join(kinds)}）不能放进报告：{why}")
    return content_in(visible(_exporter().from_notebook_node(node)[0]))


@cache
def _exporter() -> Any:
    from nbconvert import HTMLExporter  # compiles the template, once

    folders = [str(_TEMPLATES.parent)]
    return HTMLExporter(template_name="template", extra_template_basedirs=folders, exclude_anchor_links=True)


def content_in(html: str) -> Content:
    """The content of what cells show; sections get ids, to which links by title lead, to none as text."""
    contents: list[tuple[str, str]] = []

    def marked(heading: re.Match[str]) -> str:
        text = re.sub("<sup>.*?</sup>|<[^>]+>", "", heading[1], flags=re.DOTALL)  # without the marks of its numbers
        contents.append((f"section-{len(contents) + 1}", text))
        return f'<h2 id="{contents[-1][0]}">{heading[1]}</h2>'

    def led(link: re.Match[str]) -> str:
        return f'<a href="#{ids[link[1]]}">{link[1]}</a>' if link[1] in ids else link[1]

    html = re.sub(r"<h2\b[^>]*>(.*?)</h2>", marked, html, flags=re.DOTALL)
    ids = {text: name for name, text in reversed(contents)}
    opening, first_heading, rest = re.sub(r'<a class="section">(.*?)</a>', led, html).partition("<h2 ")
    title = re.search(r"<h1\b[^>]*>(.*?)</h1>", html, flags=re.DOTALL)
    text = unescape(re.sub("<[^>]+>", "", title[1])) if title else ""
    return Content(text, opening, contents, first_heading + rest)


def as_html(content: Content) -> bytes:
    """One self-contained page: no request to any host, its own script, of the Chinese font what it needs."""
    script = (_TEMPLATES / "page.js").read_text(encoding="utf-8")
    return _page(content, with_page_colours(content.body), script).encode()


def _page(content: Content, body: str, script: str) -> str:
    template = (_TEMPLATES / "page.html.j2").read_text(encoding="utf-8")
    texts = template + content.opening + body + script + "".join(title for _, title in content.contents)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return Template(template, trim_blocks=True, lstrip_blocks=True).render(
        page=content,
        body=body,
        script=script,
        script_hash=f"sha256-{digest}",
        colours=COLOURS,
        style=(_TEMPLATES / "page.css").read_text(encoding="utf-8"),
        font=base64.b64encode(font_for(texts)).decode("ascii"),
    )
