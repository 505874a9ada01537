"""A table with a row a student → one of counts: who they are is nowhere else."""

from collections.abc import Sequence

import pandas as pd

from pilotlib.columns import RESULT_COUNTS, title_of
from pilotlib.errors import PilotError
from pilotlib.reading.headers import Header
from pilotlib.vocabulary import COHORT_TITLE, OUTCOMES, TOTAL_FORM, YES_OR_NO, listed, plain
from pilotlib.words import normalised

_GROUPS = ("year", "application_round", "certificate", "level", "majors", "college")


def has_row_a_student(header: Header) -> bool:
    """Whether a table says of each student how they did, and counts none."""
    names = {*header.names}
    return "certificate" in names and bool({"outcome", "score"} & names) and not {*RESULT_COUNTS} & names


def counted_up(cells: pd.DataFrame, header: Header, file: str, aside: Sequence[int] = ()) -> pd.DataFrame:
    """Text cells with a row a student as a table of counts.

    A row for each certificate, level, class … that occurs, at the place of its first student, with 参考人数 and, where
    outcomes are given, 通过人数. Rows of no student, also those whose places are `aside`, stay below. PilotError names
    rows whose outcome or score is missing or not known, and those that name no certificate.
    """
    place_of = {name: place for place, name in enumerate(header.names) if name}
    titles = enumerate(zip(header.titles, header.names, strict=True))
    by = [place for place, (title, name) in titles if name in _GROUPS or COHORT_TITLE.fullmatch(plain(title))]
    below = cells.iloc[header.last + 1 :].map(normalised)
    said_as = OUTCOMES | (YES_OR_NO if "是否" in header.titles[place_of.get("outcome", 0)] else {})
    read = said_as.get if "outcome" in place_of else _of_score
    said = below[place_of["outcome" if "outcome" in place_of else "score"]].map(read)
    certificates, counts = below[place_of["certificate"]], ~below.index.isin(list(aside))
    # A row that fills no other cell is a remark.
    filled = (below != "").sum(axis="columns") - (certificates != "") > 0
    others = ["", header.titles[place_of["certificate"]]]
    certified = filled & ~(certificates.isin(others) | certificates.str.fullmatch(TOTAL_FORM.pattern))
    for wrong, fault in (
        (certified & said.isna(), "考核结果没有写明或不认识。请写合格、不合格或缺考；成绩请写数字或缺考"),
        (~certified & said.notna(), "没有证书名称。请逐行写明"),
    ):
        if (wrong & counts).any():
            raise PilotError(f"{file}：文件第{listed(pd.Series(below.index[wrong & counts][:20]))}行的{fault}。")
    is_student = certified & counts
    measures = ["sat", "passed"] if "outcome" in place_of else ["sat"]
    of_each = pd.DataFrame(said[is_student].tolist(), below.index[is_student], ["sat", "passed"])[measures]
    students = below.loc[is_student, by].join(of_each).reset_index()
    groups = students.groupby(by, sort=False)
    counted = groups.agg({"place": "first"} | dict.fromkeys(measures, "sum")).reset_index().set_index("place")
    head = cells.iloc[: header.last + 1][by]
    head.iloc[-1] = [header.titles[place] for place in by]
    named = head.assign(**dict.fromkeys(measures, "")).astype(object)
    named.loc[named.index[-1], measures] = list(map(title_of, measures))
    table = pd.concat([named, counted.astype(str), below.loc[~is_student, by]]).fillna("")
    return table.set_axis(range(table.shape[1]), axis="columns").astype(str)


def _of_score(text: str) -> tuple[int, int] | None:
    """Of a score only that its student sat: what is enough to pass, the table does not say."""
    return (1, 0) if text.replace(".", "", 1).isdecimal() else OUTCOMES.get(text)
