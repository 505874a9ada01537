"""What an analyst looks up: where a row comes from, whether a draft is right, what a statistic is."""

from pathlib import Path

import pandas as pd

from pilotlib.checking import stop_on_errors
from pilotlib.checking.year import clean_year
from pilotlib.claims import NO_FACTS, check_claims, facts_of, not_of_the_year, school_names
from pilotlib.cleaning import repairs
from pilotlib.errors import PilotError
from pilotlib.exploring.years import Years, computed
from pilotlib.project import find_project, newest_year, years_in
from pilotlib.reading.documents import Passage, passages_of, read_document
from pilotlib.report.checked import claims_table
from pilotlib.report.shown import Table, shown
from pilotlib.report.told import Told, in_words
from pilotlib.report.year_tables import OURS
from pilotlib.statistics import STATISTICS

_OF_A_STATISTIC = ("title", "unit", "definition", "formula", "caveats")


def trace_row(years: Years, row: int, year: int | None = None) -> Table:
    """One row of the table as received, cell by cell: what stood there, what is used, and why it is not the same.

    Args:
        years: What `load_year` or `load_years` returns.
        row: The row, as `source_row` counts them.
        year: Which year's; needed where there are several.

    Raises:
        PilotError: no such row.
    """
    year = years.years[-1] if year is None else year
    cells, log, found, aside = (
        pd.DataFrame(table)[(table["year"] == year) & (table["source_row"] == row)]
        for table in (years.cells, years.changes, years.problems, years.set_aside)
    )
    if cells.empty:
        known = years.cells.loc[years.cells["year"] == year, "source_row"]
        raise PilotError(f"{year}年的申报表没有第{row}行：行次从{known.min()}到{known.max()}。")
    columns = in_words(repairs(log)).groupby("column", sort=False)
    changed = columns.agg(after=("after", "last"), rule=("rule", _each_once), reason=("reason", _each_once))
    said = in_words(found).groupby("column", sort=False)["message"].agg(_each_once)
    traced = cells[["column", "before"]].set_index("column").join(changed).join(said)
    traced = traced.assign(after=traced["after"].fillna(traced["before"])).fillna("").reset_index()
    if len(aside):
        traced = traced.assign(after="", rule="剔除的行", reason=aside["reason"].iloc[0])
    definition = "“原值”是文件中的内容，“现值”是统计所用的内容。"
    told = Told("traced", f"{year}年申报表第{row}行", definition, "格", f"{year}年申报明细表", traced)
    return shown(told, year=year)


def check_draft(draft: Path | str, year: int | None = None, *, project: Path | str | None = None) -> Table:
    """Every number of a draft held against a year's data, those that disagree first.

    Args:
        draft: A file (md, txt, docx), or the text itself.
        year: The year; the newest by default.
        project: The project's folder, by default the one above the working directory.

    Returns:
        `entry, state, number, derived, line, sentence, explanation, expected, difference, statistic`.

    Raises:
        PilotError: there is no such file, or it cannot be read.
    """
    is_file = isinstance(draft, Path) or draft.strip().endswith((".md", ".txt", ".docx"))
    passages = read_document(Path(draft)) if is_file else passages_of(str(draft))
    folder = find_project(project)
    year = newest_year(folder) if year is None else year
    told = claims_table(claims_in(passages, folder, year)[0], f"{year}年申报明细表")
    definition = "“查得”是数据中的数；“相差”是所写的数减去查得的数。"
    return shown(told._replace(title="草稿中的数", definition=definition))


def reference() -> Table:
    """Every statistic there is: `statistic, title, unit, definition, formula, caveats`."""
    rows = [(name, *(getattr(entry, field) for field in _OF_A_STATISTIC)) for name, entry in STATISTICS.items()]
    data = pd.DataFrame(rows, columns=["statistic", *_OF_A_STATISTIC], dtype="str")
    return shown(Told("reference", "统计一览", "每项统计的名称、单位、定义、算式与注意。", "项", OURS, data))


def claims_in(
    passages: list[Passage], project: Path | None, year: int | None = None, school: str = ""
) -> tuple[pd.DataFrame, str]:
    """Every number of a document judged by the text itself and against a year's data.

    Args:
        passages: The document, as `reading.documents.read_document` returns it.
        project: The project's folder, if there is one.
        year: The year; without it the newest, unless the document's title names another.
        school: One more name of this school, by which a document may speak of it.

    Returns:
        The claims, as `claims.check_claims` returns them, and why no year was asked, in a sentence ("" if one was).
    """
    if project is None or (year is None and not years_in(project)):
        return check_claims(passages, NO_FACTS), "没有年度数据，只按文字自身核对。"
    of_year = clean_year(project, newest_year(project) if year is None else year)
    stop_on_errors(of_year.problems, of_year.inputs.file)
    facts = facts_of(*computed(of_year), (*school_names(of_year.inputs.school), school))
    other = not_of_the_year(passages, facts, any_year=year is not None)
    note = f"标题说的是“{other}”，只按文字自身核对；如要与数据核对，请用 --year 或 --school 指明。" if other else ""
    return check_claims(passages, NO_FACTS if other else facts), note


def _each_once(texts: pd.Series) -> str:
    return "；".join(dict.fromkeys(texts))
