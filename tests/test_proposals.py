"""Corrections that are suggested: one a cell, and none where digits do not stand for themselves."""

import pandas as pd
import pytest

from pilotlib.checking import check
from pilotlib.checking.proposals import propose, propose_header
from pilotlib.cleaning import clean
from pilotlib.columns import column_named
from pilotlib.reading.headers import Header
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


def test_a_missing_column_is_proposed_once():
    titles = ["申报状太", "申报状志", "证书名称"]
    found = propose_header(Header(0, 0, titles, [column_named(title) for title in titles]))
    assert found[["row", "was", "becomes"]].to_numpy().tolist() == [["0", "申报状太", "申报状态"]]


def test_a_level_cut_off_inside_its_bracket_is_completed():
    cut = "机械产品三维模型设计职业技能等级证书(中"
    assert proposed(证书名称=cut) == [["1", "证书名称", cut, "机械产品三维模型设计职业技能等级证书(中级)"]]
