"""The parts of a report of any kind, each as one piece of HTML that a notebook cell ends in."""

import re
from collections.abc import Sequence
from html import escape

import mistune
from IPython.display import HTML

from pilotlib.checking import by_cause
from pilotlib.columns import title_of
from pilotlib.report.books import Book, Fact
from pilotlib.report.checked import MARKS_EXPLAINED, claims_cells, claims_lead, marks_as_links, with_marks
from pilotlib.report.drawing import svg_of
from pilotlib.report.figures import data_of, description, drawing
from pilotlib.report.prose import number, visible
from pilotlib.report.told import cells, html
from pilotlib.statistics import STATISTICS

DOUBTS_SHOWN = 5  # of each kind, at the top of the report


def title_block(book: Book) -> HTML:
    """The report's title, a line for each of its parts, and what it rests on."""
    title = "".join(f"<span>{escape(line)}</span>" for line in book.title)
    return HTML(f"<h1>{title}</h1><p class='subtitle'>{escape(book.subtitle)}</p>")


def key_figures(book: Book) -> HTML:
    """The report in a few figures."""
    return _facts("key-figures", book.key_figures)


def provenance(book: Book) -> HTML:
    """Where the figures come from, and the version that computed them."""
    return _facts("facts", book.provenance)


def _facts(kind: str, facts: Sequence[Fact]) -> HTML:
    """A list of facts, each under its name; of key figures with their notes."""
    # JupyterLab floats the terms of a list and what is said of them; here each stands above its fact.
    style = "style='float:none;width:auto'"
    note = f"<dd class='note' {style}>{{2}}</dd>" if kind == "key-figures" else ""
    form = f"<div><dt {style}>{{0}}</dt><dd {style}>{{1}}</dd>{note}</div>"
    return HTML(f"<dl class='{kind}'>{''.join(form.format(*map(escape, fact)) for fact in facts)}</dl>")


def doubts(book: Book) -> HTML:
    """What a reader should doubt, of many the first, with a link to the section that holds all."""
    pieces = []
    for doubt in book.doubts:
        items = "".join(f"<li>{escape(visible(sentence))}</li>" for sentence in doubt.sentences[:DOUBTS_SHOWN])
        rest = f"，这里列出前{DOUBTS_SHOWN}处" if len(doubt.sentences) > DOUBTS_SHOWN else ""
        lead = f'{escape(doubt.title)}{rest}，全部见<a class="section">{doubt.section}</a>'
        pieces += [f"<p>{lead}。</p><ul>{items}</ul>"] if items else []
    return HTML("".join(pieces) or "<p>没有发现存疑之处。</p>")


def paragraph(book: Book, topic: str) -> HTML:
    """The sentences on a topic, a paragraph a line; nothing where nothing is known."""
    lines = book.paragraphs.get(topic, "").splitlines()
    return HTML("".join(f"<p>{escape(visible(line))}</p>" for line in lines))


def first_narrative(book: Book) -> HTML:
    """The school's own words on the year's tasks (its section 一), below the sentences that are computed."""
    body, others = _narrative(book)
    if not body:
        return HTML("" if others else "<p>学校没有提供文字。</p>")
    return HTML(f"<section class='given'><h3>学校的说明</h3>{MARKS_EXPLAINED}{body}</section>")


def narrative(book: Book) -> HTML:
    """The other sections of the school's own text, as written; HTML in them is shown as text."""
    return HTML(_narrative(book)[1])


def _narrative(book: Book) -> list[str]:
    """The narrative as HTML: its section 一 after what stands before the first heading, and its other
    sections; a heading with nothing under it is none, for the narrative of a new year is headings alone."""
    marked = book.narrative if book.claims is None else with_marks(book.narrative, book.claims)
    sections = [text for text in re.split(r"(?m)^(?=## )", marked) if re.sub(r"^## .*", "", text).strip()]
    others = [text for text in sections if re.match("## (?! *一、)", text)]
    first = [re.sub(r"^## .*\n", "", text) for text in sections if text not in others]
    render = mistune.create_markdown(renderer=_TextOnly(escape=True))
    pages = ["".join(str(render(text)) for text in part) for part in (first, others)]
    return pages if book.claims is None else [marks_as_links(page, book.claims) for page in pages]


class _TextOnly(mistune.HTMLRenderer):
    """The school's Markdown in our page: no picture or link to elsewhere, no heading of the first level."""

    def heading(self, text: str, level: int, **attributes: object) -> str:
        return super().heading(text, max(level, 2), **attributes)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"{text}（图：{escape(url)}）"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return text if text == url else f"{text}（{escape(url)}）"


def claims(book: Book) -> HTML:
    """Every number of the school's text held against the data: the count by state, each with its reason."""
    if book.claims is None or not (book.claims["kind"] == "claim").any():
        return HTML("<p>学校的文字中没有数字可以核对。</p>")
    told = book.tables["claims"]._replace(notes="点序号回到正文中的数。")
    return HTML(f"<p>{claims_lead(book.claims)}</p>{html(told, claims_cells(book.claims, told))}")


def figure(book: Book, name: str) -> HTML:
    """A figure with its finding as headline, described in words, with unit, source, and its data; nothing where the
    report has no such part, or too few numbers are known that it could show."""
    if not (entry := book.figures.get(name)):
        return HTML("")
    unit, headline = escape(entry.unit), escape(entry.headline)
    if entry.table.data[entry.lengths].notna().any(axis="columns").sum() < entry.fewest:
        return HTML("")
    label = f'role="img" aria-label="{escape(description(entry))}"'
    svg = svg_of(drawing(entry), name).replace("<svg ", f"<svg {label} ", 1)
    return HTML(
        f'<figure id="figure-{name}"><h3>{headline}</h3>{svg}'
        f"<figcaption>单位：{unit}。来源：{escape(entry.table.source)}。</figcaption>"
        f"<details><summary>图中数据<span class='hidden'>：{headline}</span></summary>"
        f"{html(data_of(entry), notes=False)}</details></figure>"
    )


def table(book: Book, *names: str) -> HTML:
    """Tables of the report, one below the other; those that it does not have are no part of it."""
    return HTML("".join(html(book.tables[name]) for name in names if name in book.tables))


def statistics(book: Book) -> HTML:
    """Every statistic's table, in the order of the registry."""
    return table(book, *STATISTICS)


def comparison(book: Book) -> HTML:
    """The section 历年对比: the year beside the nearest earlier one; nothing where there is none."""
    if "compared_measures" not in book.tables:
        return HTML("")
    broken = f"<h3>两年口径不同之处</h3>{breaks(book).data}" if "breaks" in book.tables else ""
    tables = table(book, "compared_measures", "compared_certificates", "compared_majors").data
    return HTML(f"<h2>历年对比</h2>{paragraph(book, 'comparison').data}{broken}{tables}")


def breaks(book: Book) -> HTML:
    """Where years cannot be compared as they stand."""
    items = "".join(f"<li>{escape(visible(message))}</li>" for message in book.tables["breaks"].data["message"])
    return HTML(f"<ul>{items}</ul>" if items else "<p>各年口径相同。</p>")


def problems(book: Book) -> HTML:
    """What checking found, the gravest first: a cause of many rows once (workbook and CSV say it row by row)."""
    found = [book.tables[name] for name in ("problems", "results_problems") if name in book.tables]
    return HTML("".join(html(told, cells(told._replace(data=by_cause(told.data)))) for told in found))


def changes(book: Book) -> HTML:
    """Every cell that was changed: what it was, what it is, and why; merged cells only by their number."""
    told = book.tables["changes"]
    merged = told.data["rule"] == "merged_cell"
    counts = told.data.loc[merged, "column"].map(title_of).value_counts(sort=False)
    repeated = "、".join(f"{title}{number(count)}格" for title, count in counts.items())
    notes = f"合并单元格的内容在各行重复（{repeated}），逐格见本表的CSV与工作簿。" if repeated else ""
    return HTML(html(told._replace(notes=notes), cells(told)[~merged]))
