"""The book of a year: its tables, figures and sentences, the school's text and what became of its numbers."""

import json
from collections.abc import Hashable
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from pilotlib import __version__
from pilotlib.checking import by_cause
from pilotlib.claims import check_narrative, count_states
from pilotlib.claims.grammar import DISAGREES
from pilotlib.cleaning import number_of_changed_cells
from pilotlib.project import earlier_folder, find_project, ledger_beside, year_of
from pilotlib.reading import Processed, YearStatistics, processed_folder, read_processed, read_year_statistics
from pilotlib.reading.headers import BY_COLUMNS
from pilotlib.report import year_tables
from pilotlib.report.books import KINDS, Book, Doubt, Fact
from pilotlib.report.checked import claims_table
from pilotlib.report.figures import FIGURES
from pilotlib.report.message import cards_of, headings_of, points_of
from pilotlib.report.prose import Statistics, brief, date_named, number, visible, year_paragraphs
from pilotlib.report.years import compare
from pilotlib.statistics import RESULT_STATISTICS, STATISTICS
from pilotlib.statistics.years import COMPARED
from pilotlib.vocabulary import PERSON_TIMES


def open_year(year: int | str | None = None, processed: str | None = None, project: str | None = None) -> Book:
    """`read_year` of a project, by default the one around the working directory; the newest year by default."""
    folder = find_project(project)
    number = year_of(folder, year)
    return read_year(processed_folder(folder, number, processed), earlier_folder(folder, number))


def read_year(folder: Path, earlier: Path | None = None) -> Book:
    """The book of a year, of what its first two stages wrote (else a PilotError), beside an earlier year."""
    files = chain.from_iterable(sorted(place.rglob("*.*")) for place in (folder, earlier) if place)
    return _read(folder, earlier, tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in files))


@lru_cache(maxsize=1)
def _read(folder: Path, earlier: Path | None, _: Hashable) -> Book:
    """The book of a year once for these files: the notebook tells it, and then it is published."""
    before = read_year_statistics(earlier, COMPARED) if earlier else None
    return book_of(read_processed(folder), read_year_statistics(folder, STATISTICS).statistics, before)


def book_of(processed: Processed, statistics: Statistics, earlier: YearStatistics | None = None) -> Book:
    """The book of a year as cleaned and counted; `earlier` is a processed year with which it is compared."""
    about = processed.about
    year, school = about["year"], about["school"].get("name", "")
    source, results = f"{year}年申报明细表", processed.results
    counted = f"{year}年考核结果表" if results else ""
    own = "学校提供的表外指标" if len(processed.given_indicators) else ""
    summed = counted if PERSON_TIMES in statistics["indicators"]["unit"].tolist() else ""
    given = "；".join(filter(None, [own, summed])) or "学校没有提供表外指标"
    claims = check_narrative(processed, statistics)
    cut = {name: brief(table) for name, table in statistics.items()}
    paragraphs, drawn = year_paragraphs(cut, year), year_tables.figure_tables(cut, source, given, counted)
    tables = year_tables.statistic_tables(statistics, source, given, counted)
    tables = {name: told for name, told in tables.items() if name not in RESULT_STATISTICS or len(told.data)}
    tables |= year_tables.logged_tables(processed, processed.problems, source)
    tables |= year_tables.results_tables(results, results.problems, counted) if results else {}
    tables |= {"claims": claims_table(claims, source)} | year_tables.defining_tables(processed.applications)
    told: tuple[Any, ...] = (cut,)
    if earlier:
        compared, sentences = compare([earlier, YearStatistics(year, about, statistics)])
        tables, paragraphs["comparison"] = tables | compared, "\n".join(sentences)
        told = cut, compared["compared_measures"].data, earlier.year
    known, aside = statistics["overview"], len(processed.set_aside)
    overview, changed = known.set_index("measure"), number_of_changed_cells(processed.changes)
    values = overview["value"].astype(object)
    rows = {"rows_read": len(processed.applications) + aside, "rows_set_aside": aside}
    wrong = claims.loc[claims["state"] == DISAGREES, "explanation"].drop_duplicates().tolist()
    problems = processed.problems
    return Book(
        file=KINDS["year"].file,
        title=(school, f"{year}年1+X证书制度试点年度报告"),
        owner=school,
        source=f"{about['file']}，SHA-256 {about['sha256']}",
        period=f"{year}年",
        tables=tables,
        figures={name: entry(drawn) for name, entry in FIGURES.items() if results or name != "pass_rates"},
        paragraphs=paragraphs,
        facts={
            "year": year,
            "counts": rows | {"cells_changed": changed} | values.where(values.notna(), None).to_dict(),
            "claims": count_states(claims),
            "problems": json.loads(processed.problems.to_json(orient="records", force_ascii=False)),
        },
        cover=_cover(about),
        headings=headings_of(*told),
        points=points_of(*told),
        key_figures=cards_of(*told),
        doubts=[
            Doubt(f"学校文字中{number(len(wrong))}处与数据不一致", wrong, "数据核对"),
            _warnings("申报表", problems),
            *([_warnings("考核结果表", results.problems)] if results else []),
        ],
        provenance=_provenance(processed),
        narrative=processed.narrative,
        claims=claims,
    )


def _warnings(table: str, problems: pd.DataFrame) -> Doubt:
    """The warnings of a table; what is doubtful of the whole of it comes before what is doubtful of a row."""
    in_order = problems.sort_values("source_row", na_position="first", kind="stable")
    grave = in_order[in_order["severity"] == "warning"].drop_duplicates("message").reset_index(drop=True)
    return Doubt(f"{table}中{number(len(grave))}处存疑", by_cause(grave)["message"].tolist(), "修正与存疑")


def _cover(about: dict[str, Any]) -> list[Fact]:
    """Who made the report and when, of each what `school.toml` and `source.toml` say."""
    given = {"编制单位": about["school"].get("prepared_by"), "编制日期": about["source"].get("prepared_on")}
    return [Fact(name, visible(date_named(str(value)))) for name, value in given.items() if value]


def _provenance(processed: Processed) -> list[Fact]:
    """File, receipt, hash, and the version that computed the figures."""
    about, source, results = processed.about, processed.about["source"], processed.results
    tables = [processed, results] if results else [processed]
    counts = [(table.corrections["reason"] != BY_COLUMNS).sum() for table in tables]
    ledgers = dict(zip([ledger_beside(table.about["file"]) for table in tables], counts, strict=True))
    return [
        Fact("申报表", about["file"]),
        Fact("来自", str(source.get("received_from", "未记录"))),
        Fact("收到日期", str(source.get("received_on", "未记录"))),
        Fact("SHA-256", about["sha256"]),
        Fact("申报行数", number(len(processed.applications))),
        *(Fact("人工更正", f"{number(count)}条（{ledger}）") for ledger, count in ledgers.items()),
        *([Fact("考核结果表", f"{results.about['file']}，SHA-256 {results.about['sha256']}")] if results else []),
        Fact("更改的单元格", f"{number(number_of_changed_cells(processed.changes))}个"),
        Fact("表外指标", f"{number(len(processed.given_indicators))}条（indicators.csv）"),
        Fact("计算程序", f"pilotlib {__version__}；申报数、证书数、申请与批准人数由两种方法各算一次，结果一致"),
    ]
