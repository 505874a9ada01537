"""The parts of a report, each as one piece of HTML that a notebook cell ends in; they are the same for every kind."""

from html import escape

from IPython.display import HTML

from pilotlib.columns import title_of
from pilotlib.report.books import Book, Doubt, Fact
from pilotlib.report.checked import claims_cells, claims_lead
from pilotlib.report.figures import FigureEntry, data_of, description, drawing
from pilotlib.report.prose import number, visible
from pilotlib.report.style import svg_of
from pilotlib.report.told import cells, html, with_download
from pilotlib.statistics import STATISTICS

DOUBTS_SHOWN = 5  # of each kind, at the top of the report


def title_block(book: Book) -> HTML:
    """The report's title, a line for each of its parts, and what it rests on."""
    title = "".join(f"<span>{escape(line)}</span>" for line in book.title)
    return HTML(f"<h1>{title}</h1><p class='subtitle'>{escape(book.subtitle)}</p>")


def key_figures(book: Book) -> HTML:
    """The report in a few figures."""
    return HTML(_facts("key-figures", book.key_figures))


def doubts(book: Book) -> HTML:
    """What a reader should doubt, by kind; of many, the first and how many there are."""
    told = "".join(_doubt(doubt) for doubt in book.doubts if doubt.sentences)
    return HTML(told or "<p>没有发现存疑之处。</p>")


def paragraph(book: Book, topic: str) -> HTML:
    """The sentences on a topic, a paragraph a line; nothing where nothing is known."""
    lines = book.paragraphs.get(topic, "").splitlines()
    return HTML("".join(f"<p>{escape(visible(line))}</p>" for line in lines))


def figure(book: Book, name: str) -> HTML:
    """A figure with its finding as headline, described in words, with unit, source, and its data one click away."""
    return HTML(figure_html(name, book.figures[name]))


def figure_html(name: str, entry: FigureEntry) -> str:
    """A figure's drawing, headline, description, unit, source and data."""
    if entry.table.data.empty:
        return f"<p>单位：{escape(entry.unit)}：没有可以画出的数据。</p>"
    told, headline = escape(description(entry)), escape(entry.headline)
    svg = svg_of(drawing(entry), name).replace("<svg ", f'<svg role="img" aria-label="{told}" ', 1)
    return (
        f'<figure id="figure-{name}"><h3>{headline}</h3>{svg}'
        f"<figcaption>单位：{escape(entry.unit)}。来源：{escape(entry.table.source)}。</figcaption>"
        f"<details><summary>图中数据<span class='hidden'>：{headline}</span></summary>"
        f"{with_download(data_of(entry))}</details></figure>"
    )


def table(book: Book, *names: str) -> HTML:
    """Tables of the report, one below the other."""
    return HTML("".join(html(book.tables[name]) for name in names))


def statistics(book: Book) -> HTML:
    """Every statistic's table, in the order of the registry; a sentence where none could be made."""
    pieces = [
        "<p>按二级学院的统计：学校没有提供专业与学院的对照，未提供。</p>"
        if name == "by_college" and book.tables[name].data.empty
        else html(book.tables[name])
        for name in STATISTICS
    ]
    return HTML("".join(pieces))


def claims(book: Book) -> HTML:
    """Every number of the school's text held against the data: the count by state, and each with its reason."""
    if book.claims is None or book.claims.empty:
        return HTML("<p>学校的文字中没有数字可以核对。</p>")
    told = book.tables["claims"]._replace(notes="点序号回到正文中的数。")
    lead = f"<p>{claims_lead(book.claims)}</p>"
    return HTML(lead + html(told, claims_cells(book.claims, told)))


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


def changes(book: Book) -> HTML:
    """Every cell that was changed: what it held, what it holds, and why; merged cells only by their number."""
    told = book.tables["changes"]
    merged = told.data["rule"] == "merged_cell"
    counts = told.data.loc[merged, "column"].map(title_of).value_counts(sort=False)
    repeated = "、".join(f"{title}{number(count)}格" for title, count in counts.items())
    notes = f"合并单元格的内容在各行重复（{repeated}），逐格见本表的CSV与工作簿。" if repeated else ""
    return HTML(html(told._replace(notes=notes), cells(told)[~merged]))


def set_aside(book: Book) -> HTML:
    """The rows of the file that are no applications."""
    if book.tables["set_aside"].data.empty:
        kept = len(book.tables["applications"].data)
        return HTML(f"<p>申报表读入{number(kept)}行，全部作为申报统计，没有剔除的行。</p>")
    return table(book, "set_aside")


def provenance(book: Book) -> HTML:
    """Where the figures come from, and the version that computed them."""
    return HTML(_facts("facts", book.provenance))


def _facts(kind: str, facts: list[Fact]) -> str:
    """A list of named facts: name, fact, and perhaps a note."""
    # JupyterLab floats the terms of a list and what is said of them; here each stands above its fact.
    standing = "style='float:none;width:auto'"
    note_of = "<dd class='note' {standing}>{note}</dd>"
    items = "".join(
        f"<div><dt {standing}>{escape(fact.name)}</dt><dd {standing}>{escape(fact.value)}</dd>"
        + (note_of.format(standing=standing, note=escape(fact.note)) if kind == "key-figures" else "")
        + "</div>"
        for fact in facts
    )
    return f"<dl class='{kind}'>{items}</dl>"


def _doubt(doubt: Doubt) -> str:
    """Some sentences under the line that counts them, with a link to the section that holds them all."""
    items = "".join(f"<li>{escape(visible(sentence))}</li>" for sentence in doubt.sentences[:DOUBTS_SHOWN])
    rest = f"，这里列出前{DOUBTS_SHOWN}处" if len(doubt.sentences) > DOUBTS_SHOWN else ""
    told = f'{escape(doubt.title)}{rest}，全部见<a class="section">{doubt.section}</a>'
    return f"<p>{told}。</p><ul>{items}</ul>"
