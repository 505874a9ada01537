"""The report over all schools as a book: opened from what a batch wrote, shown by `schools.ipynb`."""

import json
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import pandas as pd

from pilotlib import __version__
from pilotlib.columns import COLUMNS, NUMBER_KINDS, kind_of, title_of
from pilotlib.errors import PilotError
from pilotlib.project import find_project
from pilotlib.province import sections
from pilotlib.province.figures import CITIES_DRAWN, year_figures
from pilotlib.province.statistics import ADDED_UP, SCHOOLS_STATISTICS, is_incomplete
from pilotlib.reading.files import read_text
from pilotlib.report.books import Book, Fact, Kind, Point
from pilotlib.report.figures import FigureEntry
from pilotlib.report.prose import NOT_GIVEN, Statistics, measured, number
from pilotlib.report.told import Told, names_of
from pilotlib.report.year_tables import OURS, filled
from pilotlib.vocabulary import NO_ROUND

SCHOOLS_SHOWN = 2_000  # rows on the page, which a phone searches and sorts within a second
CERTIFICATES_SHOWN = 30
# What the page does not say of every school.
_ONLY_AS_DATA = {"certificate_levels", "rows_set_aside", "cells_changed", "distinct_students"}
_ONLY_AS_DATA |= {"errors", "warnings", "notes"}
# What a phone shows of a school before anything is scrolled.
_FIRST = ("school", "year", "places_approved", "approval_rate")
_DEFINED = ("by_round", "by_school", "quartiles")  # what their figures mean is told
# The cards, and what is said below each.
_CARDS = {
    "places_approved": "申请{places_applied}",
    "schools": "未完成{schools_failed}",
    "certificates": "分等级计{certificate_levels}",
    "applications": "",
}


def newest_batch(folder: Path) -> Path:
    """The folder below `folder` whose `about.json` was written last; PilotError where there is none."""
    found = [about for about in folder.glob("*/about.json") if about.is_file()]
    if not found:
        raise PilotError("还没有各学校的汇总结果。请先运行 pilot batch 申报表 --by 学校。")
    return max(found, key=lambda about: (about.stat().st_mtime_ns, about.parent.name)).parent


def open_schools(processed: Path | str | None = None) -> Book:
    """The book of what a batch wrote into a folder, by default the project's last; else a PilotError."""
    folder = Path(processed) if processed else newest_batch(find_project() / "data" / "processed" / "batch")
    files = {name: folder / f"{name}.parquet" for name in SCHOOLS_STATISTICS}
    missing = [path.name for path in (*files.values(), folder / "about.json") if not path.is_file()]
    if missing:
        raise PilotError(f"{folder.name} 中还没有各学校的汇总结果（缺 {missing[0]}）。请先运行 pilot batch。")
    statistics = {name: pd.read_parquet(path) for name, path in files.items()}
    return book_of(json.loads(read_text(folder / "about.json")), statistics)


SCHOOLS = Kind(("schools",), "index", "汇总", "pilotlib.province.book.open_schools")


def book_of(about: dict[str, Any], statistics: Statistics) -> Book:
    """The book over the schools of a table: of its `title, file, sha256, by, rows_read`, and its statistics."""
    years, source = sections.years_of(statistics), f"各学校申报表，按{about['by']}汇总"
    tables = _tables(statistics, source)
    figures: dict[str, FigureEntry] = {}
    for year in years:
        figures |= year_figures(statistics, tables, year)
    overview, over = statistics["overview"], sections.over_years(statistics)
    said, key_figures = {name: measured(overview, name) for name in overview["measure"]}, list[Fact]()
    for name, note in _CARDS.items():  # of several years together, and said to be
        together = over and over + ("相加" if name in ADDED_UP else "，重复的只计一次")
        key_figures.append(Fact(title_of(name), said[name], "；".join(filter(None, [together, note.format(**said)]))))
    values, paragraphs = overview.set_index("measure")["value"].astype(object), _paragraphs(statistics, years)
    headings, texts = _headed(paragraphs)
    counts = values.where(values.notna(), None).to_dict()
    return Book(
        file=SCHOOLS.file,
        title=(about["title"], "1+X证书制度试点汇总"),
        owner=about["title"],
        source=f"{about['file']}，按{about['by']}汇总，SHA-256 {about['sha256']}",
        period="、".join(map(str, years)) + "年",
        tables=tables,
        figures=figures,
        paragraphs=texts,
        headings=headings,
        points=_points(paragraphs, said, over),
        key_figures=key_figures,
        doubts=sections.doubts_of(statistics),
        provenance=[
            Fact("来源", about["file"]),
            Fact("SHA-256", about["sha256"]),
            Fact("汇总依据", about["by"]),
            Fact("年度", "、".join(map(str, years))),
            Fact("读入行数", number(about["rows_read"])),
            *(Fact(title_of(name), said[name]) for name in ("rows_set_aside", "cells_changed")),
            Fact("计算程序", f"pilotlib {__version__}；申报数、证书数、申请与批准人数由两种方法各算一次，结果一致"),
        ],
        facts={"title": about["title"], "by": about["by"], "years": years, "counts": counts},
    )


def _tables(statistics: Statistics, source: str) -> dict[str, Told]:
    """Every statistic as it is told, years and cities where there are several; and what the figures mean."""
    years, schools = sections.over_years(statistics), statistics["by_school"]
    counts = schools[is_incomplete(schools)].groupby("year")["school"].nunique()
    bounded = "、".join(f"{year}年{number(count)}所" for year, count in counts.items())
    bounds = f"有学校的人数{NOT_GIVEN}（{bounded}），含有它们的合计为至少，批准率只按人数完整的学校计算。"
    together = dict.fromkeys(("overview", "by_certificate"), f"{years}合计。" if years else "")
    left_out = {"report"} | (set() if years else {"year"}) | ({"city"} if statistics["by_city"].empty else set())
    nothing = {"failures": "没有。表中的学校全部完成。", "outliers": SCHOOLS_STATISTICS["outliers"].definition}
    tables = {}
    for name, entry in SCHOOLS_STATISTICS.items():
        data, hidden = statistics[name], left_out | (_ONLY_AS_DATA if name == "by_school" else set())
        shown = [column for column in filled(data) if column not in hidden]
        nothing_said = name == "by_round" and set(data["application_round"]) == {NO_ROUND}
        if nothing_said or len(data) < {"by_year": 2, "by_city": 1}.get(name, 0):
            continue
        kinds = {column: kind_of(column) for column in names_of(data)}
        named = [column for column, kind in kinds.items() if kind == "name"]
        definition = entry.definition + together.get(name, "") + (bounds if bounded and "lower_bound" in data else "")
        about = name, entry.title, definition, entry.unit, source, data
        tables[name] = Told(
            *about,
            gaps=pd.DataFrame(sections.NOT_NAMED, data.index, named),
            links=data["report"].map(link_to) if "report" in data else None,
            shown=tuple(sorted(shown, key=lambda column: name == "by_school" and column not in _FIRST)),
            notes="学校名称链接到该校的报告。" if name == "by_school" and data["report"].map(link_to).any() else "",
            limit={"by_school": SCHOOLS_SHOWN, "by_certificate": CERTIFICATES_SHOWN}.get(name),
            searchable=name == "by_school",
            nothing=nothing.get(name, ""),
        )
    columns = dict.fromkeys(name for table in _DEFINED for name in names_of(statistics[table]))
    figures = [COLUMNS[name] for name in columns if kind_of(name) in NUMBER_KINDS]
    meanings = pd.DataFrame(figures)[["title", "unit", "meaning"]].astype("str")
    tables["definitions"] = Told("definitions", "指标的含义", "各表中指标的含义。", "项", OURS, meanings)
    return tables


def _paragraphs(statistics: Statistics, years: list[int]) -> dict[str, str]:
    """The sentences by topic, a paragraph for each year."""
    by_year = pd.DataFrame([sections.year_paragraphs(statistics, year) for year in years])
    paragraphs = {str(topic): "\n".join(filter(None, texts)) for topic, texts in by_year.items()}
    if len(years) > 1:
        paragraphs["rounds"] = f"各年度分别说明，不跨年度相加。\n{paragraphs['rounds']}"
    if statistics["by_city"]["city"].nunique() > CITIES_DRAWN:
        paragraphs["cities"] += f"\n图中为批准最多的{CITIES_DRAWN}个市。"
    of_all = {"certificates": sections.certificates_paragraph, "outliers": sections.outliers_paragraph}
    return paragraphs | {topic: paragraph(statistics) for topic, paragraph in of_all.items()}


def _headed(paragraphs: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What a topic of one year finds, the first of several sentences, and what is left to say of each topic."""
    headings, texts = dict[str, str](), dict(paragraphs)
    for topic, text in paragraphs.items():
        first, _, rest = text.partition("。")
        if rest and "\n" not in text:
            headings[topic], texts[topic] = first, rest
    return headings, texts


def _points(paragraphs: dict[str, str], said: dict[str, str], of_years: str) -> list[Point]:
    """The report's message: of each topic's sentences the first, and what follows it; who failed."""
    means = f"{of_years}相加" if of_years else f"申请{said['places_applied']}，涉及{said['certificates']}证书"
    first = Point(f"{said['schools']}学校获批培训名额{said['places_approved']}", means)
    texts = [line for topic in ("schools", "certificates") for line in paragraphs[topic].splitlines()[:2]]
    texts += [] if said["schools_failed"].startswith("0") else [f"{said['schools_failed']}学校未完成。原因逐条列出"]
    return [first, *(Point(*text.rstrip("。").split("。", 1)) for text in texts if text)]


def link_to(report: str) -> str:
    """Where a school's report is, relative and percent-encoded for a page; empty where it is no such place.

    >>> link_to("schools/甲校/2031/annual-report.html")
    'schools/%E7%94%B2%E6%A0%A1/2031/annual-report.html'
    >>> link_to("javascript:alert(1)"), link_to("../x.html"), link_to("//host/x"), link_to("")
    ('javascript%3Aalert%281%29', '', '', '')
    """
    parts = PurePosixPath(report).parts
    inside = parts and not report.startswith("/") and ".." not in parts and "\\" not in report
    return quote(report, safe="/") if inside else ""
