"""The parts of a report of any kind, each as one piece of HTML that a notebook cell ends in."""

import re
from collections.abc import Sequence
from html import escape

import mistune

from pilotlib.checking import by_cause
from pilotlib.columns import title_of
from pilotlib.project import find_project
from pilotlib.report.books import Book, Fact
from pilotlib.report.cell import Part, Title
from pilotlib.report.checked import (
    MARKS_EXPLAINED,
    claims_cells,
    claims_heading,
    claims_lead,
    disagreeing,
    marks_as_links,
    with_marks,
)
from pilotlib.report.drawing import NARROW, WIDE, Layout
from pilotlib.report.figures import data_of, description, drawing, is_known
from pilotlib.report.prose import visible
from pilotlib.report.style import svg_of
from pilotlib.report.told import NUMBERED, cells, html
from pilotlib.statistics import STATISTICS

_DOUBTS_SHOWN = 5  # of each kind


def title_block(book: Book) -> Title:
    """The report's title, a line for each of its parts; below it who made it and when, as far as that is given."""
    title = "".join(f"<span>{escape(line)}</span>" for line in book.title if line)
    made = "　".join(f"{fact.name}：{fact.value}" for fact in book.cover)
    return Title(f"<h1>{title}</h1>" + (f"<p class='by'>{escape(made)}</p>" if made else ""))


def message(book: Book, name: str = "") -> Part:
    """What happened and what it means, the weightiest first, and in a line what is to be doubted, with links to the
    sections that hold it; beside the figure of that name."""
    said = [(visible(happened), visible(means)) for happened, means in book.points]
    items = [f"<li><b>{escape(happened)}</b>{escape(means and f'：{means}')}。</li>" for happened, means in said]
    drawn = figure(book, name, NARROW).data if name else ""
    points = f"<ol class='points'>{''.join(items)}</ol>" if items else ""
    links = [
        f'<a class="section" data-section="{doubt.section}">{escape(doubt.title)}</a>'
        for doubt in book.doubts
        if doubt.sentences
    ]
    line = f"<p class='doubts'>{'；'.join(links) or '没有发现存疑之处'}。各项数字的依据见后文。</p>"
    return Part(f"<div class='lead'><div>{points}{line if book.doubts else ''}</div>{drawn}</div>")


def key_figures(book: Book) -> Part:
    """The report in a few figures."""
    return _facts("key-figures", book.key_figures)


def provenance(book: Book) -> Part:
    """Where the figures come from, and the version that computed them."""
    return _facts("facts", book.provenance)


def _facts(kind: str, facts: Sequence[Fact]) -> Part:
    """A list of facts, each under its name; of key figures with their notes."""
    note = "<dd class='note'>{2}</dd>" if kind == "key-figures" else ""
    form = f"<div><dt>{{0}}</dt><dd>{{1}}</dd>{note}</div>"
    return Part(f"<dl class='{kind}'>{''.join(form.format(*map(escape, fact)) for fact in facts)}</dl>")


def doubts(book: Book, section: str = "") -> Part:
    """What a reader should doubt, of many the first, with a link to the section that holds all; or what one holds."""
    pieces = []
    for doubt in [doubt for doubt in book.doubts if section in ("", doubt.section)]:
        items = "".join(f"<li>{escape(visible(sentence))}</li>" for sentence in doubt.sentences[:_DOUBTS_SHOWN])
        rest = f"，这里列出前{_DOUBTS_SHOWN}处" if len(doubt.sentences) > _DOUBTS_SHOWN else ""
        place = f'，全部见<a class="section">{doubt.section}</a>' if not section else rest and "，全部见下表"
        lead = f"{escape(doubt.title)}{rest}{place}"
        pieces += [f"<p>{lead}。</p><ul>{items}</ul>"] if items else []
    return Part("".join(pieces) or "<p>没有发现存疑之处。</p>")


def section(book: Book, topic: str, title: str, *figures: str) -> Part:
    """A section of a topic: its title and what it finds as heading, its sentences, its figures; nothing where nothing
    is known of it."""
    found, text = book.headings.get(topic, ""), paragraph(book, topic).data
    drawn = "".join(figure(book, name).data for name in figures)
    if not text and not drawn:
        return Part("")
    return Part(f"<h2 class='section'>{_heading(title, found)}</h2>{text}{drawn}")


def _heading(title: str, found: str) -> str:
    return f'<span class="topic">{title}<i>：</i></span>{escape(visible(found))}' if found else title


def paragraph(book: Book, topic: str) -> Part:
    """The sentences on a topic, a paragraph a line; nothing where nothing is known."""
    lines = book.paragraphs.get(topic, "").splitlines()
    return Part("".join(f"<p>{escape(visible(line))}</p>" for line in lines))


def narrative(book: Book) -> Part:
    """The school's own text as a section, as written, each checked number marked; HTML in it is shown as text."""
    if not re.sub(r"(?m)^#.*$|\s", "", book.narrative):  # the narrative of a new year is headings alone
        return Part("")
    claims = book.claims if book.claims is not None and (book.claims["kind"] == "claim").any() else None
    text = book.narrative if claims is None else with_marks(book.narrative, claims)
    sections = [part for part in re.split(r"(?m)^(?=## )", text) if re.sub(r"^## .*", "", part).strip()]
    body = str(mistune.create_markdown(renderer=_TextOnly(escape=True))("".join(sections)))
    if claims is None:
        return Part(f"<h2 class='section'>学校的说明</h2><div class='given'>{body}</div>")
    heading, body = claims_heading(claims), MARKS_EXPLAINED + f"<div class='given'>{marks_as_links(body, claims)}</div>"
    return Part(f"<h2 class='section'>{_heading('学校的说明', heading)}</h2>{body}")


class _TextOnly(mistune.HTMLRenderer):
    """The school's Markdown in our page: no picture or link to elsewhere, headings below those of the report."""

    def heading(self, text: str, level: int, **attributes: object) -> str:
        return super().heading(text, max(level + 1, 3), **attributes)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"{text}（图：{escape(url)}）"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return text if text == url else f"{text}（{escape(url)}）"


def claims(book: Book) -> Part:
    """Every number of the school's text held against the data: what disagrees, with a sentence that could stand
    instead; the count of the rest, and folded a row for each."""
    if book.claims is None or not (book.claims["kind"] == "claim").any():
        return Part(
            f"<p>{'学校的文字中没有数字' if book.narrative.strip() else '学校没有提供文字，没有数字'}可以核对。</p>"
        )
    told = book.tables["claims"]._replace(notes="点序号回到正文中的数。")
    table = html(told, claims_cells(book.claims, told), folded=True)
    return Part(f"<p>{claims_lead(book.claims)}</p>{disagreeing(book.claims)}{table}")


def figure(book: Book, name: str, *layouts: Layout) -> Part:
    """A figure with its finding as headline, described in words, with measure, source, and its data; nothing where the
    report has no such part, or too few numbers are known that it could show. It is drawn for a page's column and for a
    phone, of which a page shows one, or in the layouts given."""
    if not (entry := book.figures.get(name)):
        return Part("")
    headline = escape(entry.headline)
    if not is_known(entry):
        return Part("")
    drawn = ""
    for number, layout in enumerate(layouts or (WIDE, NARROW)):
        look = f'class="{("wide", "narrow")[number]}" ' if not layouts else ""
        svg = svg_of(drawing(entry, layout), f"{name}-{number}")
        drawn += svg.replace("<svg ", f"<svg {look}", 1)
    if "<a " in drawn:  # what can be reached in it is no part of a picture
        role = "group"
    else:
        role, drawn = "img", drawn.replace("<svg ", '<svg aria-hidden="true" ')
    measure = "，".join(filter(None, [book.period, entry.unit]))
    title = f'<p class="headline">{NUMBERED.format("图")}{headline}</p><p class="measure">{escape(measure)}</p>'
    return Part(
        f'<figure id="figure-{name}">{title}'
        f'<div class="drawing" role="{role}" aria-label="{escape(description(entry))}">{drawn}</div>'
        f"<figcaption>来源：{escape(entry.table.source)}。</figcaption>"
        f"<details class='data'><summary>图中数据<span class='hidden'>：{headline}</span></summary>"
        f"{html(data_of(entry), notes=False).replace(NUMBERED.format('表'), '')}</details></figure>"
    )


def table(book: Book, *names: str, folded: bool = False) -> Part:
    """Tables of the report, one below the other, perhaps each folded under its title; those that it does not have are
    no part of it."""
    return Part("".join(html(book.tables[name], folded=folded) for name in names if name in book.tables))


def statistics(book: Book) -> Part:
    """Every statistic's table, folded, in the order of the registry."""
    return Part(table(book, *STATISTICS, folded=True).data.replace('class="fold"', 'class="fold listed"'))


def comparison(book: Book) -> Part:
    """The section on the year beside the nearest earlier one; nothing where there is none."""
    if "compared_measures" not in book.tables:
        return Part("")
    broken = f"<h3>两年口径不同之处</h3>{breaks(book).data}" if "breaks" in book.tables else ""
    tables = table(book, "compared_measures", "compared_certificates", "compared_majors", folded=True).data
    return Part(section(book, "comparison", "历年对比").data + broken + tables)


def breaks(book: Book) -> Part:
    """Where years cannot be compared as they stand."""
    items = "".join(f"<li>{escape(visible(message))}</li>" for message in book.tables["breaks"].data["message"])
    return Part(f"<ul>{items}</ul>" if items else "<p>各年口径相同。</p>")


def problems(book: Book) -> Part:
    """What checking found, the gravest first: a cause of many rows once (workbook and CSV say it row by row)."""
    found = [book.tables[name] for name in ("problems", "results_problems") if name in book.tables]
    shown = ((told, cells(told._replace(data=by_cause(told.data)))) for told in found)
    return Part("".join(html(told, rows, folded=True) for told, rows in shown))


def changes(book: Book) -> Part:
    """Every cell that was changed: what it was, what it is, and why; merged cells only by their number."""
    told = book.tables["changes"]
    merged = told.data["rule"] == "merged_cell"
    counts = told.data.loc[merged, "column"].map(title_of).value_counts(sort=False)
    repeated = "、".join(f"{title}{count:,}格" for title, count in counts.items())
    notes = f"合并单元格的内容在各行重复（{repeated}），逐格见本表的CSV与工作簿。" if repeated else ""
    return Part(html(told._replace(notes=notes), cells(told)[~merged], folded=True))


def finished(book: Book, project: str | None = None) -> Part:
    """For who reads the notebook: a link to the page that a run has made of this year, or how to get it."""
    year = book.facts["year"]
    page = f"reports/{year}/{book.file}.html"
    if (find_project(project) / page).is_file():
        return Part(f"<p><a href='../{page}'>打开成稿：{page}</a></p>")
    return Part(f"<p>还没有成稿。在单元格中写 <code>!pilot run {year}</code>，得到 {page}。</p>")
