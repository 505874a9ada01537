"""An executed notebook → its content → one page of HTML for browsers."""

import base64
import hashlib
import re
from collections import Counter
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from jinja2 import Template

from pilotlib.chinese import font_for
from pilotlib.errors import PilotError
from pilotlib.report.cell import PAGE_STYLE, without_style
from pilotlib.report.colours import COLOURS, with_page_colours
from pilotlib.report.prose import visible
from pilotlib.vocabulary import ORDINALS

_TEMPLATES = Path(__file__).with_name("template")
_SECTION = re.compile(r"<h2\b([^>]*)>(.*?)</h2>", re.DOTALL)
_LISTED = re.compile('<details class="fold listed"><summary>(.*?)</summary>', re.DOTALL)
_NUMBERED = re.compile(r'(<summary>|<caption>|)<span class="numbered" data-kind="(.)"></span>')
_LED = re.compile(r"""<a class=["']section["'](?: data-section="(.*?)")?>(.*?)</a>""")


class Entry(NamedTuple):
    """A line of the list of contents: where it leads, its text (escaped), and its level: a section, a table below."""

    id: str
    title: str
    level: int = 1


class Content(NamedTuple):
    """The report as HTML: `title` as text, `opening` (what stands before the first section: its first page),
    `contents`, `body` (the sections)."""

    title: str
    opening: str
    contents: list[Entry]
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
            if "text/html" in kinds:
                output.data["text/html"] = without_style(output.data["text/html"])
            if any(kind.startswith("image/") for kind in kinds) or not {"text/html", "text/plain"} & set(kinds):
                why = "图片没有文字说明。请用parts.figure。"
                raise PilotError(f"{where}的输出（{'、'.join(kinds)}）不能放进报告：{why}")
    return content_in(visible(_exported(node)))


def _exported(node: nbformat.NotebookNode) -> str:
    """The cells' own HTML by nbconvert's template; HTMLExporter would parse all of it again, for pictures that lack a
    description, which are refused above."""
    from nbconvert.exporters import TemplateExporter

    html, _ = TemplateExporter.from_notebook_node(_exporter(), node)
    return html


@cache
def _exporter() -> Any:
    from nbconvert import HTMLExporter  # compiles the template, once

    folders = [str(_TEMPLATES.parent)]
    return HTMLExporter(template_name="template", extra_template_basedirs=folders, exclude_anchor_links=True)


def content_in(html: str) -> Content:
    """The content of what cells show: sections, figures and tables get their numbers, sections and listed tables their
    ids, to which links by title lead, to none as text."""
    contents, counts = list[Entry](), Counter[str]()

    def section(heading: re.Match[str]) -> str:
        text, topic = heading[2], re.search('<span class="topic">(.*?)(<i>|</span>)', heading[2])
        number = f"{ORDINALS[counts['section']]}、" if "section" in heading[1] else ""
        counts["section"] += bool(number)
        title = re.sub("<sup>.*?</sup>|<[^>]+>", "", topic[1] if topic else text, flags=re.DOTALL)
        contents.append(Entry(f"section-{len(contents) + 1}", number + title))
        marked = text.replace('<span class="topic">', f'<span class="topic">{number}', 1) if topic else number + text
        return f'<h2 id="{contents[-1].id}"{heading[1]}>{marked}</h2>'

    def numbered(found: re.Match[str]) -> str:
        """The number in its place; a folded table has it in its summary and in its caption."""
        before, kind = found[1], found[2]
        counts[kind] += not (counts["folded"] and before == "<caption>")
        counts["folded"] = int(before == "<summary>")
        return f'{before}<span class="numbered">{kind}{counts[kind]}</span>'

    def listed(table: re.Match[str]) -> str:
        contents.append(
            Entry(f"table-{len(contents) + 1}", re.sub("<small>.*|<[^>]+>", "", table[1].replace("</span>", "　")), 2)
        )
        return f'<details class="fold" id="{contents[-1].id}"><summary>{table[1]}</summary>'

    def told(piece: re.Match[str]) -> str:
        heading, table = _SECTION.fullmatch(piece[0]), _LISTED.fullmatch(piece[0])
        return section(heading) if heading else listed(table) if table else piece[0]

    def led(link: re.Match[str]) -> str:
        place = next((entry.id for entry in contents if entry.title.endswith(link[1] or link[2])), "")
        return f'<a href="#{place}">{link[2]}</a>' if place else link[2]

    html = _NUMBERED.sub(numbered, html)
    html = re.sub(f"{_SECTION.pattern}|{_LISTED.pattern}", told, html, flags=re.DOTALL)
    opening, first_heading, rest = _LED.sub(led, html).partition("<h2 ")
    title = re.search(r"<h1\b[^>]*>(.*?)</h1>", html, flags=re.DOTALL)
    text = unescape(re.sub("<[^>]+>", "", title[1])) if title else ""
    return Content(text, opening, contents, first_heading + rest)


def as_html(content: Content) -> bytes:
    """One self-contained page: no request to any host, its own script, of the Chinese font what it needs."""
    script = (_TEMPLATES / "page.js").read_text(encoding="utf-8")
    return _page(content, with_page_colours(content.opening), with_page_colours(content.body), script).encode()


def _page(content: Content, opening: str, body: str, script: str) -> str:
    template = (_TEMPLATES / "page.html.j2").read_text(encoding="utf-8")
    texts = template + opening + body + script + "".join(entry.title for entry in content.contents)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return Template(template, trim_blocks=True, lstrip_blocks=True).render(
        page=content,
        opening=opening,
        body=body,
        script=script,
        script_hash=f"sha256-{digest}",
        colours=COLOURS,
        style=PAGE_STYLE,
        font=base64.b64encode(font_for(texts)).decode("ascii"),
    )
