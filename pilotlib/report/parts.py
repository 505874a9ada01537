"""The parts of the annual report, each as one piece of HTML that a notebook cell ends in."""

import re
from html import escape

import mistune
import pandas as pd
from IPython.display import HTML

from pilotlib import __version__
from pilotlib.claims import DISAGREES, STATES
from pilotlib.cleaning import number_of_changed_cells
from pilotlib.columns import COLUMNS, INDICATORS, title_of
from pilotlib.report import Report
from pilotlib.report.checked import SIGNS, claims_table, marks_as_links, with_marks
from pilotlib.report.figures import FIGURES, FigureEntry
from pilotlib.report.prose import Statistics, brief, description, measured, number, year_paragraphs
from pilotlib.report.style import svg_of
from pilotlib.report.tables import (
    applications_table,
    cell_texts,
    html_table,
    numeric_columns,
    source_of,
    statistic_table,
)
from pilotlib.statistics import STATISTICS
from pilotlib.vocabulary import SEVERITIES

DOUBTS_SHOWN = 5  # of each kind, at the top of the report
KEY_MEASURES = (
    "applications",
    "certificates",
    "places_applied",
    "places_approved",
    "majors_count",
    "distinct_students",
    "places_per_100_students",
    "repeated_certificates",
)


def title_block(report: Report) -> HTML:
    """The report's title, its school and what it rests on."""
    problems, changes = report.processed.problems, report.processed.changes
    cells = number(number_of_changed_cells(changes))
    subtitle = f"依据{source_of(report)}；更改{cells}个单元格，{number(len(problems))}处问题与提示逐条列出。"
    # A line of the title ends where its parts end.
    title = f"<span>{escape(report.school)}</span><span>{report.year}年1+X证书制度试点年度报告</span>"
    return HTML(f"<h1>{title}</h1><p class='subtitle'>{escape(subtitle)}</p>")


def key_figures(report: Report) -> HTML:
    """The year in a few figures."""
    overview = report.statistics["overview"]
    notes = overview.set_index("measure")["note"]
    return HTML(
        facts("key-figures", [(COLUMNS[name].title, measured(overview, name), notes[name]) for name in KEY_MEASURES])
    )


def doubts(report: Report) -> HTML:
    """What a reader should doubt: the claims that disagree, then the warnings; of many, the first and how many more."""
    # What is doubtful of the whole table comes before what is doubtful of a row.
    problems = report.processed.problems.sort_values("source_row", na_position="first", kind="stable")
    wrong = report.claims.loc[report.claims["state"] == DISAGREES, "explanation"]
    warnings = problems.loc[problems["severity"] == "warning", "message"]
    lists = {"学校文字与数据不一致": (wrong, "数据核对"), "申报表中的警示": (warnings, "数据修正与存疑")}
    told = "".join(_doubt(title, list(dict.fromkeys(told)), section) for title, (told, section) in lists.items())
    return HTML(told or "<p>没有发现存疑之处。</p>")


def year_paragraph(report: Report, topic: str) -> HTML:
    """A paragraph on the year's applications, computed; the topics are those of `year_paragraphs`."""
    paragraph = year_paragraphs(brief(report.statistics), report.year)[topic]
    return HTML(f"<p>{escape(paragraph)}</p>" if paragraph else "")


def first_narrative(report: Report) -> HTML:
    """The school's own words on the year's tasks (its section 一), below the sentences that are computed."""
    texts = [text for text in _sections(report) if not _FIRST_SECTION.match(text) and not text.startswith("## ")]
    texts += [text.partition("\n")[2] for text in _sections(report) if _FIRST_SECTION.match(text)]
    body = "".join(_render(text, report) for text in texts)
    if not _sections(report):
        return HTML("<p>学校没有提供文字。</p>")
    return HTML(f"<section class='given'><h3>学校的说明</h3>{_AS_WRITTEN}{body}</section>" if body else "")


def narrative(report: Report) -> HTML:
    """The other sections of the school's own text, as the school wrote them; HTML in them is shown as text."""
    others = [text for text in _sections(report) if text.startswith("## ") and not _FIRST_SECTION.match(text)]
    return HTML("".join(_render(text, report) for text in others))


def claims(report: Report) -> HTML:
    """Every number of the school's text held against the data: the count by state, and each with its reason."""
    if report.claims.empty:
        return HTML("<p>学校的文字中没有数字可以核对。</p>")
    return HTML(claims_table(report.claims))


def figure(report: Report, name: str) -> HTML:
    """A figure with its finding as headline, described in words, with unit, source, and its data one click away."""
    return drawn(name, FIGURES[name], brief(report.statistics), source_of(report, name))


def drawn(name: str, entry: FigureEntry, statistics: Statistics, source: str) -> HTML:
    """A figure's drawing, headline, description, unit, source and data."""
    table, headline = entry.table(statistics), entry.headline(statistics)
    if table.empty:
        return HTML(f"<p>{escape(entry.unit)}：没有可以画出的数据。</p>")
    told = escape(description(headline, entry.form, table, entry.labels, entry.lengths))
    svg = svg_of(entry.draw(statistics), name).replace("<svg ", f'<svg role="img" aria-label="{told}" ', 1)
    data = table[[*entry.labels, *entry.lengths]]
    values = html_table(cell_texts(data), f"图中数据：{headline}", data=data, numeric=numeric_columns(data))
    return HTML(
        f'<figure id="figure-{name}"><h3>{escape(headline)}</h3>{svg}'
        f"<figcaption>{escape(entry.unit)}。来源：{escape(source)}。</figcaption>"
        f"<details><summary>图中数据<span class='hidden'>：{escape(headline)}</span></summary>{values}</details>"
        "</figure>"
    )


def statistic(report: Report, name: str) -> HTML:
    """A statistic's table with title, definition, unit and source; a sentence where it is empty."""
    table = report.statistics[name]
    if name == "by_college" and table.empty:
        return HTML("<p>按二级学院的统计：学校没有提供专业与学院的对照，未提供。</p>")
    return HTML(statistic_table(name, table, source_of(report, name)))


def statistics(report: Report) -> HTML:
    """Every statistic's table, in the order of the registry."""
    return HTML("".join(statistic(report, name).data for name in STATISTICS))


def changes(report: Report) -> HTML:
    """Every cell that was changed: what it held, what it holds, and why; merged cells only by their number."""
    table = report.processed.changes
    merged = table["rule"] == "merged_cell"
    counts = table.loc[merged, "column"].map(title_of).value_counts(sort=False)
    repeated = "、".join(f"{title}{number(count)}格" for title, count in counts.items())
    notes = "除首尾空白外，凡与原表不同的单元格都在此表中。"
    notes += f"合并单元格的内容在各行重复（{repeated}），逐格见本表的CSV与工作簿。" if repeated else ""
    return HTML(html_table(cell_texts(table[~merged]), "更改记录", data=table, notes=notes))


def problems(report: Report) -> HTML:
    """Everything that checking found, the gravest first."""
    table = report.processed.problems[["source_row", "severity", "rule", "message"]]
    counts = table["severity"].value_counts()
    said = "，".join(f"{title}{number(counts.get(name, 0))}条" for name, title in SEVERITIES.items())
    return HTML(html_table(cell_texts(table), "问题与提示", data=table, notes=f"{said}。有错误时不出报告。"))


def set_aside(report: Report) -> HTML:
    """The rows of the file that are no applications."""
    kept, aside = len(report.processed.applications), len(report.processed.set_aside)
    if not aside:
        return HTML(f"<p>申报表读入{number(kept)}行，全部作为申报统计，没有剔除的行。</p>")
    table = report.processed.set_aside
    return HTML(
        html_table(
            cell_texts(table), "剔除的行", data=table, notes=f"读入{number(kept + aside)}行，其中申报{number(kept)}行。"
        )
    )


def definitions(report: Report) -> HTML:
    """How each statistic is defined."""
    entries = [(entry.title, entry.unit, entry.definition) for entry in STATISTICS.values()]
    return HTML(html_table(pd.DataFrame(entries, columns=["title", "unit", "definition"]), "统计表的定义"))


def columns(report: Report) -> HTML:
    """What the columns of the application table and the indicators mean."""
    shown = [name for name in report.processed.applications.columns if name in COLUMNS]
    entries = [(COLUMNS[name].title, COLUMNS[name].unit, COLUMNS[name].meaning) for name in shown]
    entries += [(entry.title, entry.unit, entry.meaning) for entry in INDICATORS.values()]
    return HTML(html_table(pd.DataFrame(entries, columns=["title", "unit", "meaning"]), "列与指标的含义"))


def applications(report: Report) -> HTML:
    """The application table as cleaned, repairs marked."""
    return HTML(applications_table(report.processed, source_of(report)))


def provenance(report: Report) -> HTML:
    """Where the figures come from: file, receipt, hash, and the version that computed them."""
    about = report.processed.about
    source = about["source"]
    origin = {
        "申报表": about["file"],
        "来自": source.get("received_from", "未记录"),
        "收到日期": source.get("received_on", "未记录"),
        "SHA-256": about["sha256"],
        "申报行数": number(len(report.processed.applications)),
        "人工更正": f"{number(len(report.processed.corrections))}条（corrections.csv）",
        "表外指标": f"{number(len(report.processed.given_indicators))}条（indicators.csv）",
        "计算程序": f"pilotlib {__version__}；申报数、证书数、申请与批准人数由两种方法各算一次，结果一致",
    }
    return HTML(facts("facts", [(name, str(fact)) for name, fact in origin.items()]))


_AS_WRITTEN = (
    "<p class='notes'>以下是学校的原文。其中的数都已与数据核对，数后的记号链接到“数据核对”："
    f"{'，'.join(f'{SIGNS[state]} {title}' for state, title in reversed(STATES.items()))}。</p>"
)
_FIRST_SECTION = re.compile(r"## *一、")


def _sections(report: Report) -> list[str]:
    """The narrative, part by part: what stands before the first heading of the second level, then each section.

    A heading with nothing under it is none: the narrative of a new year begins with headings alone.
    """
    marked = with_marks(report.processed.narrative, report.claims)
    return [text for text in re.split(r"(?m)^(?=## )", marked) if re.sub(r"^## .*", "", text).strip()]


class _TextOnly(mistune.HTMLRenderer):
    """The school's Markdown in a page of ours: no picture or link to elsewhere, no heading of the first level."""

    def heading(self, text: str, level: int, **attributes) -> str:
        return super().heading(text, max(level, 2), **attributes)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"{text}（图：{escape(url)}）"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return text if text == url else f"{text}（{escape(url)}）"


def _render(markdown: str, report: Report) -> str:
    return marks_as_links(mistune.create_markdown(renderer=_TextOnly(escape=True))(markdown), report.claims)


def facts(kind: str, named: list[tuple[str, ...]]) -> str:
    """A list of named facts: name, fact, and perhaps a note."""
    # JupyterLab floats the terms of a list and what is said of them; here each stands above its fact.
    standing = "style='float:none;width:auto'"
    items = "".join(
        f"<div><dt {standing}>{escape(name)}</dt><dd {standing}>{escape(fact)}</dd>"
        + "".join(f"<dd class='note' {standing}>{escape(note)}</dd>" for note in notes)
        + "</div>"
        for name, fact, *notes in named
    )
    return f"<dl class='{kind}'>{items}</dl>"


def _doubt(title: str, sentences: list[str], section: str) -> str:
    """Some sentences under a line that counts them, with a link to the section that holds them all."""
    if not sentences:
        return ""
    shown = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences[:DOUBTS_SHOWN])
    rest = f"，这里列出前{DOUBTS_SHOWN}处" if len(sentences) > DOUBTS_SHOWN else ""
    told = f'{title}：{number(len(sentences))}处{rest}，全部见<a class="section">{section}</a>'
    return f"<p>{told}。</p><ul>{shown}</ul>"
