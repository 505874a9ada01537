"""A draft or a finished document, every number of which is judged by the text itself and against a year."""

from pathlib import Path

import pandas as pd

from pilotlib.checking import clean_year, stop_on_errors
from pilotlib.claims import NO_FACTS, check_claims, facts_of, not_of_the_year, school_names
from pilotlib.exploring.years import tables_to_count
from pilotlib.project import find_project, newest_year, years_in
from pilotlib.reading.documents import PROSE_SUFFIXES, Passage, passages_of, read_document
from pilotlib.report.checked import claims_table
from pilotlib.report.shown import Table, shown
from pilotlib.statistics import summarise


def check_draft(draft: Path | str, year: int | None = None, *, project: Path | str | None = None) -> Table:
    """Every number of a draft held against a year's data, those that disagree first.

    Args:
        draft: A file (md, txt, docx, html, xlsx), or the text itself.
        year: The year; the newest by default, unless the title names another.
        project: The project's folder, by default the one above the working directory.

    Returns:
        `entry, state, number, derived, line, sentence, explanation, expected, difference, statistic`.

    Raises:
        PilotError: there is no such file, or it cannot be read.
    """
    is_file = isinstance(draft, Path) or draft.strip().endswith(PROSE_SUFFIXES)
    passages = read_document(Path(draft)) if is_file else passages_of(str(draft))
    folder = find_project(project)
    claims, note = claims_in(passages, folder, year)
    told = claims_table(claims, f"{newest_year(folder) if year is None else year}年申报明细表")
    definition = f"“查得”是数据中的数；“相差”是所写的数减去查得的数。{note}"
    return shown(told._replace(title="草稿中的数", definition=definition))


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
    tables = tables_to_count(of_year)
    facts = facts_of(tables, summarise(tables), (*school_names(of_year.inputs.school), school))
    other = not_of_the_year(passages, facts, any_year=year is not None)
    note = f"标题说的是“{other}”，只按文字自身核对；如要与数据核对，请用 --year 或 --school 指明。" if other else ""
    return check_claims(passages, NO_FACTS if other else facts), note
