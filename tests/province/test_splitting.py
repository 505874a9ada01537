"""A table of many schools, split: every row of a school in its own table, with its place, and no school invented."""

import csv

import pytest
from openpyxl import Workbook

from pilotlib import PilotError
from pilotlib.province.pieces import folder_named, split
from pilotlib.vocabulary import NO_SCHOOL
from tests.province.province import province, write
from tests.tables import HEADER, row


def parts_of(tmp_path, lines, by="学校"):
    parts = split(write(tmp_path / "某省.csv", lines), by)
    return {(part.school, part.year): list(_with_places(part)) for part in parts}


def _with_places(part):
    """The part's lines, header first, each with its place before it."""
    places = ["place", *(str(row) for _, row in part.places)]
    return [[place, *line] for place, line in zip(places, _lines(part), strict=True)]


def _lines(part):
    return list(csv.reader(part.task().table.decode().splitlines(keepends=True)))


def test_each_school_and_year_has_its_rows_with_their_places(tmp_path):
    lines = [
        ("某省申报表",),
        (*HEADER, "学校"),
        (*row(序号="1"), "甲学院"),
        (*row(序号="2"), " 乙学院 "),
        (*row(序号="3", 申报年度="２０２２"), "甲学院"),
        (*row(序号="4", 申报专业="会计\n市场营销"), "甲学院"),
    ]
    found = parts_of(tmp_path, lines)
    assert list(found) == [("乙学院", 2021), ("甲学院", 2021), ("甲学院", 2022)]
    assert found["乙学院", 2021] == [["place", *HEADER, "学校"], ["4", *row(序号="2"), " 乙学院 "]]
    assert [line[:2] for line in found["甲学院", 2021][1:]] == [["3", "1"], ["6", "4"]]
    assert found["甲学院", 2021][2][5] == "会计\n市场营销"


def test_totals_blank_rows_and_repeated_headers_belong_to_no_school(tmp_path):
    lines = [("学校", *HEADER), ("甲学院", *row()), ("",) * 10, ("学校", *HEADER), ("乙学院", *row())]
    lines += [("合计", *[""] * 6, "50", "50", ""), ("备注：以上均已公示", *[""] * 9), ("全省总计", *[""] * 9)]
    found = parts_of(tmp_path, lines)
    assert [school for school, _ in found if "学院" in school] == ["乙学院", "甲学院"]
    assert all(len(table) == 2 for (school, _), table in found.items() if "学院" in school)


def test_a_schools_own_total_goes_with_it_and_is_set_aside_there(tmp_path):
    lines = [("学校", *HEADER), ("甲学院", *row()), ("甲学院", "小计", *[""] * 5, "50", "50", "")]
    (table,) = parts_of(tmp_path, lines).values()
    assert [line[0] for line in table[1:]] == ["2", "3"]


def test_an_application_without_a_school_is_kept_and_named_so(tmp_path):
    found = parts_of(tmp_path, [("学校", *HEADER), ("甲学院", *row()), ("", *row(序号="2"))])
    assert [line[0] for line in found[NO_SCHOOL, 2021][1:]] == ["3"]


@pytest.mark.parametrize(
    ("others", "where"), [(("2021",), ("甲学院", 2021)), (("2021", "2022"), ("甲学院", 0)), ((), ("甲学院", 0))]
)
def test_a_year_that_cannot_be_read_is_that_of_the_schools_other_rows_if_they_have_one(tmp_path, others, where):
    lines = [("甲学院", *row(申报年度=year)) for year in ("当年", *others)]
    found = parts_of(tmp_path, [("学校", *HEADER), *lines, ("乙学院", *row())])
    assert "2" in [line[0] for line in found[where]]
    assert sum(len(table) - 1 for table in found.values()) == len(lines) + 1


def test_parts_of_a_table_may_have_their_columns_in_another_order_and_no_others(tmp_path):
    table = tmp_path / "某省"
    table.mkdir()
    write(table / "a.csv", [("学校", *HEADER, "备注"), ("甲学院", *row(序号="1"), "无")])
    write(table / "b.csv", [("备注", *reversed(HEADER), "学校"), ("见附件", *reversed(row(序号="2")), "甲学院")])
    (part,) = split(table, "学校")
    assert _lines(part)[1:] == [
        ["甲学院", *row(序号="1"), "无"],
        ["甲学院", *row(序号="2"), "见附件"],
    ]
    assert part.places == [("a.csv", 2), ("b.csv", 2)]
    write(table / "c.csv", [("学校", *HEADER, "电话"), ("甲学院", *row(序号="3"), "1")])
    with pytest.raises(PilotError, match=r"c\.csv：甲学院的列与前面的文件不同（备注、电话）"):
        split(table, "学校")


def test_a_name_is_one_whatever_its_white_space_and_breaks(tmp_path):
    names = ("甲学院", " 甲 学院", "甲\n学院", "甲学院　")
    found = parts_of(tmp_path, [("学校", *HEADER), *((name, *row()) for name in names)])
    assert [school for school, _ in found] == ["甲学院"]


def test_a_merged_column_of_schools_is_filled_and_merged_numbers_are_refused(tmp_path):
    workbook = Workbook()
    sheet = workbook.active
    for line in [("学校", *HEADER), ("甲学院", *row(序号="1")), ("", *row(序号="2")), ("乙学院", *row(序号="3"))]:
        sheet.append(line)
    sheet.merge_cells("A2:A3")
    workbook.save(tmp_path / "某省.xlsx")
    found = {part.school: part.places for part in split(tmp_path / "某省.xlsx", "学校")}
    assert found == {"甲学院": [("", 2), ("", 3)], "乙学院": [("", 4)]}
    sheet.merge_cells("H2:H3")
    workbook.save(tmp_path / "某省.xlsx")
    with pytest.raises(PilotError, match=r"某省\.xlsx第3行的申请总培训人数与上方合并为一格"):
        split(tmp_path / "某省.xlsx", "学校")


def test_every_row_of_a_generated_province_is_in_one_part(tmp_path):
    lines, answers = province(5, 30)
    found = parts_of(tmp_path, lines)
    assert {school: len(table) - 1 for (school, _), table in found.items()} == {
        school: rows for school, (rows, _, _) in answers.items()
    }


@pytest.mark.parametrize(
    ("header", "by", "said"),
    [
        (("学校", *HEADER), "单位", "没有“单位”列"),
        (("学校", *HEADER), "证书名称", "是每张申报表都有的列"),
        (("学校", *HEADER[:8], "申报状太"), "学校", "申报状态"),
        (("学校", *HEADER[:8], "学校"), "学校", "有 2 列“学校”"),
        (("学校", *(name for name in HEADER if name != "申报年度")), "学校", "没有申报年度列"),
    ],
)
def test_a_column_that_is_missing_is_a_sentence(tmp_path, header, by, said):
    lines = [header, ("甲学院", *row()[: len(header) - 1])]
    with pytest.raises(PilotError, match=said):
        parts_of(tmp_path, lines, by)


@pytest.mark.parametrize(
    "name", ["../../etc", "C:\\", "CON", "a/b", "学院/..", "学" * 200, "甲\n乙", ".", "<b>", "学院."]
)
def test_no_name_leads_out_of_its_folder(tmp_path, name):
    folder = tmp_path / folder_named(name)
    folder.mkdir()
    assert folder.parent == tmp_path
    assert folder.resolve().parent == tmp_path.resolve()
    assert folder_named(name) != folder_named(name + "x")


def test_names_that_differ_have_folders_that_differ():
    names = ["abc", "ABC", "学" * 70, "学" * 71, "甲/乙", "甲_乙", "甲:乙", "甲 乙", "甲乙"]
    assert len({folder_named(name).casefold() for name in names}) == len(names)
    assert folder_named("某某职业技术学院（东校区）") == "某某职业技术学院（东校区）"


def test_a_year_given_as_a_date_is_that_year(tmp_path):
    lines = [(*HEADER, "学校"), (*row(申报年度="2021-01-01"), "甲学院"), (*row(申报年度="2021年"), "甲学院")]
    assert list(parts_of(tmp_path, lines)) == [("甲学院", 2021)]
