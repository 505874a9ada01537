"""The report over all schools of a table as a book: opened from what a batch wrote, shown by `schools.ipynb`."""

import json
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import pandas as pd

from pilotlib import __version__
from pilotlib.columns import COLUMNS, FIGURES, kind_of, title_of
from pilotlib.errors import PilotError
from pilotlib.project import find_project
from pilotlib.province.doubts import doubts_of
from pilotlib.province.figures import CITIES_DRAWN, year_figures
from pilotlib.province.sentences import (
    NOT_NAMED,
    bounded_years,
    certificates_paragraph,
    year_paragraphs,
    years_of,
)
from pilotlib.province.statistics import ADDED_UP, SCHOOLS_STATISTICS
from pilotlib.reading.files import read_text
from pilotlib.report.books import Book, Fact, Kind
from pilotlib.report.prose import NOT_GIVEN, Statistics, measured, number
from pilotlib.report.told import Told, names_of
from pilotlib.report.year_tables import OURS

SCHOOLS_SHOWN = 2_000  # rows on the page, which a phone searches and sorts within a second
CERTIFICATES_SHOWN = 30
# What the page does not say of every school.
_ONLY_AS_DATA = {"certificate_levels", "rows_set_aside", "cells_changed", "distinct_students", "errors", "notes"}
KEY_MEASURES = (
    "schools",
    "applications",
    "certificates",
    "places_applied",
    "places_approved",
    "certificate_levels",
    "schools_failed",
    "cells_changed",
)


def open_schools(processed: str | None = None) -> Book:
    """Open the tables over all schools in the folder `processed`, or those of the project that were made last.

    Raises:
        PilotError: there are none.
    """
    return read_schools(Path(processed) if processed else newest_batch(find_project() / "data" / "processed" / "batch"))


def newest_batch(folder: Path) -> Path:
    """The folder below `folder` whose `about.json` was written last.

    Raises:
        PilotError: there is none.
    """
    found = [about for about in folder.glob("*/about.json") if about.is_file()]
    if not found:
        raise PilotError("还没有各学校的汇总结果。请先运行 pilot batch 申报表 --by 学校。")
    return max(found, key=lambda about: (about.stat().st_mtime_ns, about.parent.name)).parent


def read_schools(folder: Path) -> Book:
    """The book over the schools of a table, from what a batch wrote into a folder.

    Raises:
        PilotError: it is not there, or not all of it.
    """
    files = {name: folder / f"{name}.parquet" for name in SCHOOLS_STATISTICS}
    missing = [path.name for path in (*files.values(), folder / "about.json") if not path.is_file()]
    if missing:
        raise PilotError(f"{folder.name} 中还没有各学校的汇总结果（缺 {missing[0]}）。请先运行 pilot batch。")
    statistics = {name: pd.read_parquet(path) for name, path in files.items()}
    return book_of(json.loads(read_text(folder / "about.json")), statistics)


SCHOOLS = Kind("schools", "index", "汇总", "pilotlib.province.book.read_schools")


def book_of(about: dict[str, Any], statistics: Statistics) -> Book:
    """The book over the schools of a table.

    Args:
        about: The table's `title, file, sha256, by, years, rows_read`.
        statistics: Those of `SCHOOLS_STATISTICS`, by name.
    """
    years, source = years_of(statistics), f"{about['file']}，按{about['by']}汇总"
    tables = _tables(statistics, source)
    figures = {name: entry for year in years for name, entry in year_figures(statistics, tables, year).items()}
    failed = statistics["failures"]["school"].nunique()
    rest = f"；{number(failed)}所学校未完成，原因逐条列出" if failed else ""
    overview = statistics["overview"].set_index("measure")["value"].astype(object)
    return Book(
        file=SCHOOLS.file,
        title=(about["title"], "1+X证书制度试点汇总"),
        subtitle=f"依据{source}{rest}。",
        owner=about["title"],
        source=f"{source}，SHA-256 {about['sha256']}",
        tables=tables,
        figures=figures,
        paragraphs=_paragraphs(statistics, years),
        key_figures=_key_figures(statistics["overview"], years),
        doubts=doubts_of(statistics),
        provenance=_provenance(about, statistics["overview"], years),
        facts={
            "title": about["title"],
            "by": about["by"],
            "years": years,
            "counts": overview.where(overview.notna(), None).to_dict(),
        },
    )


def _tables(statistics: Statistics, source: str) -> dict[str, Told]:
    """Every statistic as it is told; years are told apart, and cities, where there are several."""
    years, bounds = years_of(statistics), _bounds_in_words(statistics)
    over_years = f"{'、'.join(map(str, years))}年合计。" if len(years) > 1 else ""
    definitions = {
        "overview": over_years + bounds,
        "by_certificate": over_years + bounds,
        **dict.fromkeys(("by_year", "by_school", "by_city", "by_round", "by_level"), bounds),
    }
    tables = {
        name: Told(
            name,
            entry.title,
            entry.definition + definitions.get(name, ""),
            entry.unit,
            source,
            statistics[name],
            gaps=_gaps(statistics[name]),
            shown=_shown(name, statistics),
        )
        for name, entry in SCHOOLS_STATISTICS.items()
        if len(statistics[name]) > {"by_year": 1, "by_city": 0}.get(name, -1)
    }
    links = {name: statistics[name]["report"].map(link_to) for name in ("by_school", "outliers")}
    linked = "学校名称链接到该校的报告。" if (links["by_school"] != "").any() else ""
    return tables | {
        "by_school": tables["by_school"]._replace(
            links=links["by_school"], notes=linked, limit=SCHOOLS_SHOWN, searchable=True
        ),
        "by_certificate": tables["by_certificate"]._replace(limit=CERTIFICATES_SHOWN),
        "outliers": tables["outliers"]._replace(links=links["outliers"]),
        "definitions": _definitions(statistics),
    }


def _shown(name: str, statistics: Statistics) -> tuple[str, ...]:
    """The columns on the page: not the year where there is one, nor cities where there are none."""
    left_out = {"report"} | (_ONLY_AS_DATA if name == "by_school" else set())
    left_out |= {"year"} if len(years_of(statistics)) < 2 else set()
    left_out |= {"city"} if statistics["by_city"].empty else set()
    columns = names_of(statistics[name])
    return tuple(column for column in columns if column not in left_out and kind_of(column) != "bound")


def _gaps(table: pd.DataFrame) -> pd.DataFrame:
    """What stands where a name is missing."""
    names = [name for name in names_of(table) if kind_of(name) == "name"]
    return pd.DataFrame(NOT_NAMED, table.index, names)


def _definitions(statistics: Statistics) -> Told:
    """What the figures of the tables mean."""
    columns = dict.fromkeys(
        column for name in ("by_round", "by_school", "quartiles") for column in names_of(statistics[name])
    )
    entries = [
        (COLUMNS[name].title, COLUMNS[name].unit, COLUMNS[name].meaning) for name in columns if kind_of(name) in FIGURES
    ]
    data = pd.DataFrame(entries, columns=["title", "unit", "meaning"], dtype="str")
    return Told("definitions", "指标的含义", "各表中指标的含义。", "项", OURS, data)


def _paragraphs(statistics: Statistics, years: list[int]) -> dict[str, str]:
    """The sentences by topic, a paragraph for each year."""
    of_years = [year_paragraphs(statistics, year) for year in years]
    topics = {topic: [texts[topic] for texts in of_years if texts[topic]] for topic in ("places", "schools", "cities")}
    if len(years) > 1:
        topics["places"].insert(0, "各年度分别说明，不跨年度相加。")
    if statistics["by_city"]["city"].nunique() > CITIES_DRAWN:
        topics["cities"].append(f"图中为批准最多的{CITIES_DRAWN}个市。")
    paragraphs = {topic: "\n".join(texts) for topic, texts in topics.items()}
    return paragraphs | {"certificates": certificates_paragraph(statistics)}


def _key_figures(overview: pd.DataFrame, years: list[int]) -> list[Fact]:
    """All schools in a few figures; of several years together, and said to be."""
    notes = overview.set_index("measure")["note"]
    named = "、".join(map(str, years))

    def over_years(measure: str) -> str:
        if len(years) < 2:
            return ""
        adds_up = measure in (*ADDED_UP, "cells_changed", "rows_set_aside")
        return f"{named}年相加" if adds_up else f"{named}年，重复的只计一次"

    return [
        Fact(title_of(name), measured(overview, name), "；".join(filter(None, [over_years(name), notes[name]])))
        for name in KEY_MEASURES
    ]


def _provenance(about: dict[str, Any], overview: pd.DataFrame, years: list[int]) -> list[Fact]:
    """Where the figures come from."""
    return [
        Fact("来源", about["file"]),
        Fact("SHA-256", about["sha256"]),
        Fact("汇总依据", about["by"]),
        Fact("年度", "、".join(map(str, years))),
        Fact("读入行数", number(about["rows_read"])),
        *(Fact(title_of(name), measured(overview, name)) for name in ("rows_set_aside", "cells_changed")),
        Fact("计算程序", f"pilotlib {__version__}；申报数、证书数、申请与批准人数由两种方法各算一次，结果一致"),
    ]


def _bounds_in_words(statistics: Statistics) -> str:
    """What a lower bound means, where there is one."""
    schools = statistics["by_school"]
    if not bounded_years(statistics):
        return ""
    counts = schools[schools["lower_bound"]].groupby("year")["school"].nunique()
    named = "、".join(f"{year}年{number(count)}所" for year, count in counts.items())
    return f"有学校的人数{NOT_GIVEN}（{named}），含有它们的合计为至少，批准率只按人数完整的学校计算。"


def link_to(report: str) -> str:
    """Where a school's report is, as it stands in a page: relative, percent-encoded; empty where it is no such place.

    >>> link_to("schools/甲校/2031/annual-report.html")
    'schools/%E7%94%B2%E6%A0%A1/2031/annual-report.html'
    >>> link_to("javascript:alert(1)"), link_to("../x.html"), link_to("//host/x"), link_to("")
    ('javascript%3Aalert%281%29', '', '', '')
    """
    parts = PurePosixPath(report).parts
    inside = parts and not report.startswith("/") and ".." not in parts and "\\" not in report
    return quote(report, safe="/") if inside else ""
