"""Corrections that are suggested: one a cell, and none where digits do not stand for themselves."""

import pandas as pd
import pytest

from pilotlib.checking import check
from pilotlib.checking.proposals import lines_for_majors, lines_for_statuses, propose
from pilotlib.cleaning import clean
from pilotlib.columns import column_named
from pilotlib.reading.likely import lines_for
from tests.tables import cells_of, row

REFERENCE = pd.DataFrame(
    [(name, name, "", "2021", "财经商贸大类") for name in ("大数据与会计", "电子商务技术", "市场营销管理")],
    columns=["major", "catalogue_name", "code", "catalogue_year", "category"],
    dtype=str,
)


def proposed(**cell):
    cells = cells_of(row(**cell))
    cleaned = clean(cells, None, REFERENCE)
    table = cells.iloc[1:].set_axis([column_named(title) for title in cells.iloc[0]], axis="columns")
    table = table.set_axis(pd.Index([1], name="source_row"))
    found = propose(check(cleaned, 2021, reference=REFERENCE), table, REFERENCE)
    return found[["row", "column", "was", "becomes"]].to_numpy().tolist()


def test_several_majors_of_one_cell_are_one_correction_and_longer_names_stay():
    assert proposed(申报专业="大数据与会汁、电子商务枝术、大数据与会汁管理学院某专业") == [
        [
            "1",
            "申报专业",
            "大数据与会汁、电子商务枝术、大数据与会汁管理学院某专业",
            "大数据与会计、电子商务技术、大数据与会汁管理学院某专业",
        ]
    ]


@pytest.mark.parametrize(
    ("count", "becomes"), [("约50", "50"), ("5O", "50"), ("2万", None), ("-50", None), ("50%", None)]
)
def test_digits_are_proposed_only_where_nothing_beside_them_makes_them_another_number(count, becomes):
    found = [entry[3] for entry in proposed(批准总培训人数=count) if entry[1] == "批准总培训人数"]
    assert found == ([becomes] if becomes else [])


def test_of_two_words_for_one_column_a_person_decides():
    assert lines_for(["申报状太", "申报状志", "证书名称"]) == ['# "申报状太" = ""', '# "申报状志" = ""']
    assert lines_for(["申报状太", "证书名称"]) == ['"申报状太" = "申报状态"']


@pytest.mark.parametrize(
    "title", ["报名总数", "参加培训总数", "通过总数", "获证总数", "人数", "试点人数（人）", "试点学生规模", "受训学员数", "证书批次", "专业大类", "备注"]
)  # fmt: skip
def test_a_header_of_another_meaning_or_of_none_is_left_to_be_filled_in(title):
    assert lines_for(["证书名称", title]) == [f'# "{title}" = ""']


def test_who_somebody_is_is_proposed_for_no_column():
    assert lines_for(["证书名称", "学生姓名", "身份证号"]) == []


def test_a_level_cut_off_inside_its_bracket_is_completed():
    cut = "机械产品三维模型设计职业技能等级证书(中"
    assert proposed(证书名称=cut) == [["1", "证书名称", cut, "机械产品三维模型设计职业技能等级证书(中级)"]]


def test_an_unknown_major_is_proposed_as_the_likeliest_or_to_be_filled_in():
    reference = pd.DataFrame(
        [["通信技术", "现代通信技术", "510301", "2021", "电子与信息大类"]],
        columns=["major", "catalogue_name", "code", "catalogue_year", "category"],
    )
    words = ["现代移动通信技术", "护理", "现代通信枝术"]  # the last is misspelt: its cell is to be corrected
    problems = pd.DataFrame({"rule": "major_unknown", "value": [*words, words[0]]})
    assert lines_for_majors(problems, reference) == [
        "现代移动通信技术,现代通信技术,510301,2021,电子与信息大类",
        "# 护理,目录名称,专业代码,目录年份,专业大类",
    ]
    assert lines_for_statuses(problems.assign(rule="status_unknown", value="另“议")) == [
        '# "另“议" = "approved"  # 没有批准的写 "not_approved"'
    ]
