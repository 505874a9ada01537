import pytest

from pilotlib import PilotError
from pilotlib.cleaning.rows import name_columns, names_of, reasons_of, rows_set_aside, whole_table
from pilotlib.reading.headers import header_of
from pilotlib.statistics.recount import recount
from tests.tables import HEADER, ROW, cells_of, row


def columns_of(cells, file="申报表"):
    return name_columns(cells, header_of(cells, file), file)


def parted(cells):
    piece = whole_table(cells, header_of(cells), "申报表")
    reasons = reasons_of(piece, names_of(piece))
    return reasons.index[reasons == ""].tolist(), rows_set_aside(columns_of(cells), cells, reasons)


def aside_of(cells):
    kept, aside = parted(cells)
    return kept, aside[["source_row", "reason"]].astype(object).to_numpy().tolist()


def test_columns_are_named_in_any_order_and_by_any_alias():
    aliases = {
        "批准总培训人数": "获批培训人数",
        "证书名称": "证书名称（等级）",
        "申报专业": "专 业 名 称",
        "申报年度": "年 度",
    }
    header = tuple(aliases.get(title, title) for title in reversed(HEADER))
    table = columns_of(cells_of(tuple(reversed(ROW)), header=header))
    assert table.loc[1, ["certificate", "majors", "places_approved", "year"]].tolist() == [
        ROW[3],
        "会计",
        "50",
        "2021",
    ]


def test_other_columns_keep_their_own_names_and_empty_ones_go():
    header = (*HEADER, "联系人", "", "severity", "联系人", "")
    table = columns_of(cells_of((*ROW, "甲", "乙", "丙", "丁", ""), header=header))
    assert table.columns[9:].tolist() == ["联系人", "第11列", "severity（第12列）", "联系人（第13列）"]


def test_rows_that_are_no_applications_are_set_aside_with_their_reason():
    cells = cells_of(ROW, HEADER, ("",) * 9, row(序号="2"), ("汇 总", *("",) * 5, "100", "100", ""))
    assert aside_of(cells) == ([1, 4], [[2, "重复的表头"], [3, "空行"], [5, "合计行"]])


@pytest.mark.parametrize("words", [("合计",), ("总 计",), ("", "小计"), ("", "", "", "合计：")])
def test_total_rows(words):
    total = words + ("",) * (9 - len(words))
    assert aside_of(cells_of(ROW, total)) == ([1], [[2, "合计行"]])


def test_a_certificate_whose_name_holds_a_total_word_is_an_application():
    assert aside_of(cells_of(row(证书名称="共计合计核算职业技能等级证书(初级)"))) == ([1], [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (row(序号="填写示例"), "示例行"),
        (row(序号="", 申报状态="样例："), "示例行"),
        (("①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨"), "列号行"),
        (("", "", "", "", "", "（人）", "单位：人", "人", ""), "单位行"),
        (("总", "计", "", "", "", "", "50", "50", ""), "合计行"),
        (("制表人：某某", "", "第一次", "", "", "", "", "", "审核日期：2021年"), "签字行"),
        (("", "2021", "", "", "", "", "", "", ""), "表外文字"),
    ],
)
def test_rows_of_other_kinds(line, reason):
    cells = cells_of(ROW, line)
    assert aside_of(cells) == ([1], [[2, reason]])
    assert recount(cells)["", "applications"] == 1


OTHER = row(证书名称="界面设计职业技能等级证书(初级)", 申请总培训人数="20", 批准总培训人数="10")
SUM = ("", "", "", "本校", "", "", "70", "60", "")


def test_sums_by_any_name_are_no_applications_and_neither_are_sums_of_parts():
    cells = cells_of(ROW, OTHER, SUM, ROW, OTHER, SUM, ("", "", "", "", "", "", "140", "120", ""))
    assert aside_of(cells)[0] == [1, 2, 4, 5]
    assert recount(cells)["", "places_approved"] == 120


@pytest.mark.parametrize(
    "line", [row(申请总培训人数="70", 批准总培训人数="60"), ("", "", "第一次", "本校", "", "", "70", "61", "")]
)
def test_an_application_as_large_as_those_above_together_is_one(line):
    cells = cells_of(ROW, OTHER, line)
    assert aside_of(cells)[0] == [1, 2, 3]
    assert recount(cells)["", "applications"] == 3


def test_rows_above_the_header_are_set_aside_without_a_number():
    title = ("申报明细表", *("",) * 8)
    cells = cells_of(HEADER, ROW, header=title)
    kept, aside = parted(cells)
    assert kept == [1]
    assert aside["reason"].tolist() == ["表头以上"]
    assert aside["place"].tolist() == [1]
    assert aside["source_row"].isna().all()
    assert aside["text"].tolist() == ["申报明细表"]


def test_a_missing_column_is_named_with_the_line_and_what_is_there():
    with pytest.raises(PilotError, match=r"表格\.tsv 第 1 行（表头）：缺少“证书名称”列。表头现有：序号、申报年度"):
        columns_of(cells_of(ROW[:3] + ROW[4:], header=HEADER[:3] + HEADER[4:]), "表格.tsv")


@pytest.mark.parametrize(
    ("title", "name"),
    [("申报状太", "申报状态"), ("批准总培训人", "批准总培训人数"), ("申请总培训数", "申请总培训人数")],
)
def test_a_title_that_is_nearly_a_missing_columns_is_no_other_column(title, name):
    header = tuple(title if known == name else known for known in HEADER)
    with pytest.raises(PilotError, match=f"缺少“{name}”列.*“{title}”接近“"):
        columns_of(cells_of(ROW, header=header), "表格.tsv")


@pytest.mark.parametrize("title", ["申请时间", "申请人", "审核意见", "专业代码"])
def test_a_title_of_another_meaning_is_a_column_of_its_own(title):
    header = ("证书名称", "等级", title, "批次")
    assert title in columns_of(cells_of(("财务共享服务", "初级", "5", "第一次"), header=header), "表格.tsv")


def test_two_columns_of_one_meaning_are_both_named():
    with pytest.raises(PilotError, match="“批准总培训人数”（第8列）、“获批人数”（第10列）都是批准总培训人数列"):
        columns_of(cells_of((*ROW, "50"), header=(*HEADER, "获批人数")))


def test_no_header_is_said():
    with pytest.raises(PilotError, match="没有找到表头"):
        columns_of(cells_of(ROW, header=ROW))


@pytest.mark.parametrize(
    ("title", "name"), [("报名人数", "registered"), ("培训人数", "trained"), ("通过人数", "passed")]
)
def test_a_count_of_results_is_never_one_of_places(title, name):
    names = columns_of(
        cells_of(("财务共享服务", "初级", "5", "第一次"), header=("证书名称", "等级", title, "批次")), "表格.tsv"
    )
    assert name in names and not {"places_applied", "places_approved"} & {*names}
