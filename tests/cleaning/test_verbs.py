import numpy as np
import pandas as pd
import pytest

from pilotlib import PilotError
from pilotlib.cleaning import clean
from pilotlib.cleaning.log import apply_corrections, ledger_of
from pilotlib.cleaning.verbs import complete_majors, cut_off_certificates, cut_off_majors, name_statuses
from pilotlib.reading.headers import Header
from tests.tables import cells_of, row

KNOWN = frozenset({"电气自动化技术", "会计", "会计信息管理", "电子商务", "电子商务技术", "机电一体化技术"})


def table(**columns):
    rows = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=pd.RangeIndex(1, rows + 1, name="source_row"), dtype="category")


def corrected(given, corrections, file="申报表"):
    return apply_corrections(given, ledger_of(corrections, Header(0, 0, [], [])), file)["majors"].tolist()


def ledger(row="1", column="申报专业", was="会计", becomes="会计学", reason="据原件"):
    return pd.DataFrame(
        [[row, column, was, becomes, reason]], columns=["row", "column", "was", "becomes", "reason"], dtype=str
    )


def test_a_correction_is_put_in_where_the_table_holds_what_the_ledger_says():
    given = table(majors=["会计", "会计"])
    assert corrected(given, ledger()) == ["会计学", "会计"]
    assert given["majors"].tolist() == ["会计", "会计"]


@pytest.mark.parametrize(
    ("corrections", "sentence"),
    [
        (ledger(was="电商"), "第 1 条：甲.tsv 第 1 行“申报专业”现为“会计”，不是“电商”"),
        (ledger(row="7"), "第 1 条：甲.tsv 没有第 7 行"),
        (ledger(row="x"), "没有第 x 行"),
        (ledger(column="没有的列"), "甲.tsv 没有“没有的列”列。现有：申报专业。"),
        (pd.concat([ledger(), ledger()]), "第 2 条：甲.tsv 第 1 行“申报专业”更正了两次"),
    ],
)
def test_a_correction_that_does_not_fit_stops_with_its_place(corrections, sentence):
    with pytest.raises(PilotError, match=sentence):
        corrected(table(majors=["会计"]), corrections.reset_index(drop=True), "甲.tsv")


def test_every_correction_that_does_not_fit_is_named():
    corrections = pd.concat([ledger(was="电商"), ledger(row="2"), ledger(row="7"), ledger(column="没有的列")])
    with pytest.raises(PilotError) as error:
        corrected(table(majors=["会计", "会计"]), corrections.reset_index(drop=True))
    assert [f"第 {number} 条" in str(error.value) for number in (1, 2, 3, 4)] == [True, False, True, True]


@pytest.mark.parametrize(
    ("majors", "completed"),
    [
        (["机电一体化技术；电气自动"], "机电一体化技术；电气自动化技术"),
        (["电气自动"], "电气自动"),  # no column is so narrow: a name of its own, or short for another
        (["会计"], "会计"),  # a known major itself
        (["机电一体化技术；会计；电子商"], "机电一体化技术；会计；电子商"),  # two majors begin so
        (["未知专业"], "未知专业"),
        (["机电一体化技术；药品；电气自动；"], "机电一体化技术；药品；电气自动；"),  # whole: the cut came after it
        (["机电一体化技术；电子商务技术；"], "机电一体化技术；电子商务技术；"),
        (["电气自动；会计"], "电气自动；会计"),  # cells are cut at their end
        (["电气自动", "机电一体化技术；电子商务"], "电气自动"),  # far from the width at which the column cuts
    ],
)
def test_the_last_major_of_a_cut_off_cell_is_completed_when_only_one_is_known(majors, completed):
    assert table(majors=majors).pipe(complete_majors, KNOWN)["majors"].iloc[0] == completed


def test_cut_off_majors():
    cells = pd.Series(
        ["机电一体化技术；会计；通信；电子商", "机电一体化技术；电子商务技术；通；", "机电一体化技术；电子商务"]
    )
    assert cut_off_majors(cells, KNOWN).tolist() == [True, True, False]


def test_cut_off_certificates():
    full, cut = "跨境电商B2B数据运营职业技能等级证书(中级)", "企业财务与会计机器人应用职业技能等级证书"
    open_bracket, short = "机械产品三维模型设计职业技能等级证书(中", "某某证书"
    column, levels = pd.Series([full, cut, open_bracket, short]), np.array([True, False, False, False])
    assert cut_off_certificates(column, levels).tolist() == [False, True, True, False]
    beside = np.array([True] * 4)  # a column of their own says the levels
    assert cut_off_certificates(column, beside).tolist() == [False, False, True, False]
    none = np.array([False, False])
    assert cut_off_certificates(pd.Series([cut, short]), none).tolist() == [False, False]


def test_counts_in_hundreds_are_people_and_what_has_a_unit_of_its_own_is_left_unread():
    cells = cells_of(row(学生规模="4.37"), row(学生规模="1,2"), row(学生规模="5人"), row(学生规模="—"))
    cleaned = clean(cells.replace("学生规模", "学生规模（百人）"))
    assert cleaned.applications["students"].astype(object).fillna("").tolist() == [437, "", "", ""]
    changes = cleaned.changes[cleaned.changes["column"] == "students"]
    assert changes[["source_row", "before", "after", "rule"]].astype(object).to_numpy().tolist() == [
        [1, "4.37", "437", "count_unit"],
        [2, "1,2", "", "count_unreadable"],
        [3, "5人", "5人×100", "count_unit"],
        [3, "5人×100", "", "count_unreadable"],
        [4, "—", "", "count_format"],
    ]


@pytest.mark.parametrize(
    "status", ["已通过", "通过", "同意", "已批准", "获批", "批准", "已备案", "省级审核通过", "审核通过。"]
)
def test_words_for_approval_are_one(status):
    assert name_statuses(table(status=[status, "未通过"]))["status"].tolist() == ["审核通过", "未通过"]
