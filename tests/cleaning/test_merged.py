"""Cells merged over rows: what is repeated, what is given once, and rows that are one application together."""

import pandas as pd
import pytest

from pilotlib.checking import check
from pilotlib.cleaning import clean, number_of_changed_cells
from pilotlib.columns import CORRECTION_COLUMNS
from pilotlib.reading.choosing import Origin, steps_of
from pilotlib.reading.grids import fill_merged
from pilotlib.reading.headers import header_of
from pilotlib.report.year_tables import findings
from pilotlib.statistics.recount import recount
from tests.conftest import under

TITLES = "序号｜申报年度｜申报批次｜证书名称｜申报专业｜学生规模｜申请总培训人数｜批准总培训人数｜申报状态"
FIRST = "1｜2021｜第一次｜财务共享服务职业技能等级证书(初级)｜会计｜437｜50｜40｜审核通过"
LAST = "3｜2021｜第一次｜网店运营推广职业技能等级证书(中级)｜电子商务｜300｜30｜30｜审核通过"
NO_CORRECTIONS = pd.DataFrame(columns=CORRECTION_COLUMNS, dtype=str)
WHOLE_APPLICATION = (0, 1, 2, 3, 6, 7, 8)


def cleaned(second, columns, last=3):
    """Three rows of which the second is under cells of the first in some columns; and the second count of them."""
    rows = [line.split("｜") for line in (TITLES, FIRST, second, LAST)]
    merged = [(1, column, last - 1) for column in columns]
    rows, steps, positions = fill_merged(rows, header_of(pd.DataFrame(rows, dtype=str)), merged)
    cells = pd.DataFrame(rows, index=pd.RangeIndex(1, 5, name="place"), dtype=str)
    filled = steps_of((row + 1, *rest) for row, *rest in steps)
    continued = tuple(row + 1 for row in positions)
    made = clean(cells, origin=Origin(steps=filled, aside=dict.fromkeys(continued, "并入上一行")))
    return made, recount(cells, NO_CORRECTIONS, continued)


def told(changes):
    return changes[["source_row", "column", "before", "after", "rule"]].to_numpy().tolist()


def test_what_lies_hidden_beneath_a_merged_cell_is_not_what_the_row_says():
    second = "9｜2020｜第二次｜财务共享服务职业技能等级证书(中级)｜会计｜437｜20｜77｜审核通过"
    made, counts = cleaned(second, (1, 2, 7))
    row = made.applications.loc[1]
    assert (row["year"], row["application_round"], row["serial"]) == (2021, "第一次", "9")
    assert made.applications["places_approved"].isna().tolist() == [False, True, False]
    assert told(made.changes) == [
        [2, "places_approved", "", "", "merged_count"],
        [2, "year", "2020", "2021", "merged_hidden"],
        [2, "application_round", "第二次", "第一次", "merged_hidden"],
        [2, "places_approved", "77", "", "merged_hidden"],
    ]
    assert number_of_changed_cells(made.changes) == 3
    told_of = under(findings("a", made, check(made, 2021)), "更改")
    assert told_of[2] == "第2行批准总培训人数：“77”→“”（合并盖住的内容）"
    assert (counts["", "applications"], counts["", "places_approved"], counts["第一次", "applications"]) == (3, 70, 3)


@pytest.mark.parametrize(("majors", "students"), [("会计", 437), ("电子商务", None)])
def test_students_merged_over_rows_hold_for_each_only_if_the_majors_are_the_same(majors, students):
    second = f"2｜2021｜第一次｜财务共享服务职业技能等级证书(中级)｜{majors}｜｜20｜20｜审核通过"
    made, _ = cleaned(second, (5,))
    value = made.applications["students"][1]
    assert (None if pd.isna(value) else value) == students
    assert made.changes["rule"].tolist() == ["merged_cell" if students else "merged_count"]


@pytest.mark.parametrize(("students", "sum_of_both"), [("463", 900), ("", 437), ("若干", None)])
def test_rows_under_one_merged_application_are_one_with_the_majors_of_all(students, sum_of_both):
    made, counts = cleaned(f"｜｜｜｜市场营销｜{students}｜｜｜", WHOLE_APPLICATION)
    assert made.applications["source_row"].tolist() == [1, 3]
    assert made.majors[["source_row", "major"]].to_numpy().tolist() == [[1, "会计"], [1, "市场营销"], [3, "电子商务"]]
    value = made.applications["students"][0]
    assert (None if pd.isna(value) else value) == sum_of_both
    assert made.set_aside[["source_row", "place", "reason"]].to_numpy().tolist() == [[2, 3, "并入上一行"]]
    assert "市场营销" in made.set_aside["text"][0]
    assert [1, "majors", "会计", "会计、市场营销", "merged_row"] in told(made.changes)
    told_of = under(findings("a", made, check(made, 2021)), "更改")
    assert "第1行申报专业：“会计”→“会计、市场营销”（合并的行）" in told_of
    assert (counts["", "applications"], counts["", "places_applied"], counts["", "places_approved"]) == (2, 80, 70)


@pytest.mark.parametrize(
    "second",
    [
        "｜｜第二次｜｜市场营销｜463｜｜｜",  # a round of its own
        "2｜｜第一次｜｜市场营销｜463｜｜｜",  # a number of its own
        "｜｜第一次｜｜｜463｜｜｜",  # no major
    ],
)
def test_rows_with_something_of_their_own_stay_applications(second):
    made, counts = cleaned(second, (1, 3, 6, 7, 8))
    assert made.applications["source_row"].tolist() == [1, 2, 3]
    assert counts["", "applications"] == 3


def test_a_merged_cell_that_reaches_beyond_the_table_ends_with_it():
    second = "2｜｜第一次｜财务共享服务职业技能等级证书(中级)｜会计｜437｜20｜20｜审核通过"
    made, _ = cleaned(second, (1,), last=90)
    assert made.applications["year"].tolist() == [2021, 2021, 2021]
