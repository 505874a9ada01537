"""Tables unlike that of 2021: the whole report is told, and no sentence is formed around a figure that is not there."""

import io
import re

import pandas as pd
import pytest

from pilotlib.checking import check
from pilotlib.cleaning import clean
from pilotlib.report import parts
from pilotlib.report.told import csv_of
from pilotlib.report.year import book_of
from tests.report.reports import NO_CORRECTIONS, pieces_of, processed_of, report_of
from tests.tables import HEADER, cells_of, row


def told(*rows, drawn: bool = False, **given) -> str:
    """The text of the whole report on a table of these rows; of a figure what is said beside it, where not drawn.

    No sentence of it is formed around a figure that is not there.
    """
    page = "".join(pieces_of(report_of(*rows, **given), drawn))
    assert "<img" not in page
    text = re.sub("<[^>]+>", " ", page)
    assert not re.search(r"未提供[个项种%]|未提供专业|nan|NaN|inf\b|None|<NA>|\bFalse\b|涉及0个", text)
    return text


LEVEL_COLUMN = (*HEADER, "等级")
VARIATIONS = {
    "one row without fault": [row()],
    "one round": [row(), row(序号="2", 证书名称="界面设计(高级)")],
    "nothing approved": [row(申报状态="待省教育厅审核")],
    "approved count missing": [row(批准总培训人数=""), row(序号="2", 证书名称="界面设计(中级)")],
    "no approved count at all": [row(批准总培训人数="")],
    "no major": [row(申报专业="")],
    "no students": [row(学生规模="0")],
    "approved none": [row(批准总培训人数="0")],
    "several levels": [row(证书名称="界面设计(初、中级)")],
    "unknown level": [row(证书名称="界面设计")],
    "unknown round": [row(申报批次="补报")],
    "total, header again, blank, remark": [
        row(),
        HEADER,
        ("",) * 9,
        ("合计：50人", *("",) * 8),
        ("注：本表由教务处填报", *("",) * 8),
    ],
    "pending beside approved": [row(申请总培训人数="200"), row(序号="2", 申报状态="待省教育厅审核")],
    "full width": [tuple("".join(chr(ord(c) + 0xFEE0) if c.isdecimal() else c for c in cell) for cell in row())],
}


# Those whose figures are unlike others: nothing to draw, bars of no length, a part that is no level.
DRAWN = ("no approved count at all", "approved none", "several levels")
# Those that tests below tell whole too, for what they say; or that are no others once they are cleaned; and levels and
# rounds that there are not, for several levels are one.
ALIKE = ("one row without fault", "one round", "approved count missing", "pending beside approved", "full width")
ALIKE += ("total, header again, blank, remark", "unknown level", "unknown round")


def cases() -> list:
    told = [(case, False) for case in VARIATIONS if case not in DRAWN] + [(case, True) for case in VARIATIONS]
    by_default = {*((case, False) for case in VARIATIONS if case not in ALIKE), *((case, True) for case in DRAWN)}
    return [pytest.param(*case, marks=[] if case in by_default else pytest.mark.full) for case in told]


@pytest.mark.parametrize(("case", "drawn"), cases())
def test_every_table_is_told_whole(case, drawn, inputs):
    with_reference = len(case) % 2  # some with, some without
    told(*VARIATIONS[case], drawn=drawn, reference=inputs.reference if with_reference else None)


def test_a_table_in_which_every_level_is_known_has_no_unknown_one():
    text = told(row(), row(序号="2", 证书名称="界面设计(中级)"))
    assert "分等级看，初级1项、批准50人；中级1项、批准50人。" in text
    assert "由更正记录补出" not in text
    assert text.count("学校没有提供文字") == 1


def test_what_is_not_approved_is_said_and_counts_nothing():
    text = told(row(), row(序号="2", 证书名称="界面设计(中级)", 申报状态="待省教育厅审核"))
    assert "其中1项的状态不是已批准（待省教育厅审核1项），人数不计入批准。" in text
    assert "中级1项、批准未提供" in text
    assert "批准50人" in text


def test_a_sum_with_a_missing_count_is_a_lower_bound_and_names_the_row():
    text = told(row(), row(序号="2", 证书名称="界面设计(中级)", 批准总培训人数=""))
    assert "批准至少50人" in text
    assert "第2行的人数缺失，未计入" in text


def test_students_of_majors_not_approved_yet_are_in_the_denominator():
    rows = (
        row(学生规模="1000", 批准总培训人数="100"),
        row(申报专业="电子商务", 学生规模="1000", 申报状态="待省教育厅审核"),
    )
    assert "平均每百名在校生的批准名额为5人" in told(*rows)


def test_majors_in_another_order_are_the_same_majors():
    rows = (
        row(申报专业="会计；电子商务", 学生规模="300"),
        row(申报专业="电子商务；会计", 学生规模="300", 申报批次="第二次"),
    )
    assert "共有在校生300人" in told(*rows)


def test_a_mark_beside_a_number_is_no_digit():
    changes = clean(cells_of(row(批准总培训人数="50①"))).changes
    assert changes[["before", "after", "rule"]].to_numpy().tolist() == [["50①", "", "count_unreadable"]]


def test_a_level_in_a_column_of_its_own_is_read():
    text = told((*row(证书名称="界面设计"), "中级"), header=LEVEL_COLUMN)
    assert "中级1项、批准50人" in text


def test_a_markdown_table_is_read(tmp_path):
    from pilotlib.reading import read_table

    lines = [HEADER, ("---",) * 9, row()]
    path = tmp_path / "applications.md"
    path.write_text(
        "# 说明\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n\n完。\n", encoding="utf-8"
    )
    cleaned = clean(read_table(path).cells)
    assert cleaned.applications["certificate"].tolist() == ["财务共享服务"]
    assert cleaned.set_aside["reason"].tolist() == ["表格线"]


def test_a_correction_that_lengthens_a_cell_marks_it_as_cut_off_and_one_that_adds_majors_settles_it():
    cells = cells_of(row(申报专业="机电一体化技术；电气自动"))
    ledger = NO_CORRECTIONS.copy()
    ledger.loc[0] = ["1.0", "申报专业", "机电一体化技术；电气自动", "机电一体化技术；电气自动化技术", "据原件"]
    assert clean(cells, ledger.astype("str")).majors["truncated"].tolist() == [False, True]
    ledger.loc[0, "becomes"] = "机电一体化技术；电气自动化技术；工业机器人技术"
    assert clean(cells, ledger.astype("str")).majors["truncated"].tolist() == [False, False, False]


def test_the_schools_text_is_kept_whole_whatever_its_headings():
    narrative = "# 年度总结\n\n前言。\n\n## 二、工作机制\n\n机制。\n\n![图](http://example.com/a.png) [链](http://example.com)<b>"
    text = told(row(), narrative=narrative)
    for words in ("年度总结", "前言。", "二、工作机制", "机制。", "&lt;b&gt;", "图：http://example.com/a.png"):
        assert words in text
    assert text.count("学校没有提供文字") == 0


def test_an_indicator_given_twice_is_an_error():
    given = pd.DataFrame(
        [["培训学生", "5", "人", ""], ["培训学生", "6", "人", ""]], columns=["indicator", "value", "unit", "note"]
    )
    problems = check(clean(cells_of(row())), 2021, indicators=given)
    assert problems["rule"].tolist() == ["indicator_repeated"]


def test_a_formula_is_text_in_the_csv():
    written = csv_of(pd.DataFrame({"备注": ['=HYPERLINK("x")', "-1", "甲"]}))
    assert pd.read_csv(io.BytesIO(written))["备注"].tolist() == ['\'=HYPERLINK("x")', "'-1", "甲"]


def test_a_doubt_about_the_whole_table_is_told_before_those_about_its_rows():
    processed, statistics = processed_of(row(批准总培训人数="60"))
    whole = processed.problems.iloc[[0]].assign(source_row=pd.NA, severity="warning", message="整张表可疑。")
    problems = pd.concat([processed.problems, whole.astype(processed.problems.dtypes)], ignore_index=True)
    shown = parts.doubts(book_of(processed._replace(problems=problems), statistics)).data
    assert shown.index("整张表可疑。") < shown.index("第1行批准60人")


@pytest.fixture(scope="module")
def one_row():
    return processed_of(row())


@pytest.mark.parametrize(
    ("school", "source", "cover"),
    [
        ({}, {}, []),
        (
            {"prepared_by": "教务处"},
            {"prepared_on": "2022-01-10"},
            [("编制单位", "教务处"), ("编制日期", "2022年1月10日")],
        ),
        ({}, {"prepared_on": "2022年1月"}, [("编制日期", "2022年1月")]),
        ({"prepared_by": "教务处\x07"}, {}, [("编制单位", "教务处〔U+0007〕")]),
    ],
)
def test_the_cover_names_the_office_and_the_day_that_are_given(one_row, school, source, cover):
    processed, statistics = one_row
    about = processed.about | {"school": {"name": "某校"} | school, "source": source}
    assert [fact[:2] for fact in book_of(processed._replace(about=about), statistics).cover] == cover
