"""Tables that lack columns: the report is of what there is, what needs the rest is not given, and nothing else changes."""

import re

import pandas as pd
import pytest

from pilotlib.checking import check
from pilotlib.cleaning import clean
from pilotlib.statistics import STATISTICS, compare_counts, recount
from tests.report.reports import pieces_of, report_of
from tests.tables import HEADER, Statistics, cells_of, row

ROWS = (
    row(),
    row(
        序号="2",
        证书名称="界面设计(中级)",
        申报专业="广告设计与制作",
        学生规模="900",
        申请总培训人数="40",
        批准总培训人数="30",
    ),
    row(序号="3", 申报批次="第二次", 证书名称="界面设计(中级)", 申报专业="电子商务；会计", 学生规模="1000"),
)
OPTIONAL = [name for name in HEADER if name != "证书名称"]


def without(*names):
    """The rows and the header without some columns."""
    places = [place for place, name in enumerate(HEADER) if name not in names]
    return [tuple(cells[place] for place in places) for cells in ROWS], tuple(HEADER[place] for place in places)


def counted(cells):
    """The overview of a table and its other statistics when asked for, counted twice; no error, no cell missing."""
    cleaned = clean(cells)
    problems = check(cleaned, 2021)
    assert not set(problems["rule"]) & {"value_required", "value_missing", "status_unknown"}
    statistics = Statistics(cleaned)
    compare_counts(statistics, recount(cells))
    return statistics["overview"].set_index("measure")["value"], statistics, problems


# What a table without a column does not give; without a status, all that it says to be approved is.
NOT_GIVEN = {
    "序号": [],
    "申报年度": [],
    "申报批次": ["repeated_certificates"],
    "申报专业": ["majors_count", "categories_count", "distinct_students", "places_per_100_students"],
    "学生规模": ["distinct_students", "places_per_100_students"],
    "申请总培训人数": ["places_applied"],
    "批准总培训人数": ["places_approved", "places_per_100_students"],
    "申报状态": [],
}
WHOLE = {"applications": 3, "certificates": 2, "certificate_levels": 2, "places_applied": 140, "places_approved": 130}
WHOLE |= {"majors_count": 3, "distinct_students": 1900, "repeated_certificates": 1}


@pytest.mark.parametrize("name", OPTIONAL)
def test_without_a_column_all_else_is_as_it_was(name):
    rows, header = without(name)
    values, statistics, problems = counted(cells_of(*rows, header=header))
    assert all(isinstance(statistics[name], pd.DataFrame) for name in STATISTICS)
    for measure, value in WHOLE.items():
        if measure in NOT_GIVEN[name]:
            assert values.isna()[measure], measure
        else:
            assert values[measure] == value, measure
    said = problems.loc[problems["rule"] == "column_absent", "message"].to_list()
    missing = name not in ("序号", "申报年度")
    assert said == ([f"申报表没有{name}，需要它的统计为未提供。"] if missing else [])


WITHOUT = [(name,) for name in OPTIONAL] + [tuple(OPTIONAL[1:]), tuple(OPTIONAL[2:7])]
TOLD = (("申报专业",), tuple(OPTIONAL[2:7]))  # what most figures need, and all that any needs but the status


@pytest.mark.parametrize(
    "names", [pytest.param(names, marks=[] if names in TOLD else pytest.mark.full) for names in WITHOUT]
)
def test_the_whole_report_reads_as_if_made_for_the_table(names, inputs):
    rows, header = without(*names)
    page = "".join(pieces_of(report_of(*rows, header=header, reference=inputs.reference), drawn=False))
    text = re.sub("<[^>]+>", " ", page)
    assert not re.search(r"nan|NaN|inf\b|None|<NA>|\bFalse\b|未提供[个项种%]|涉及0个|未归类", text)
    assert text.count("申报表没有所需的列，未提供。") == len(
        {
            *(["批次", "批次与等级", "重复"] if "申报批次" in names else []),
            *(["状态"] if "申报状态" in names else []),
            *(["不同"] if {"申请总培训人数", "批准总培训人数"} & {*names} else []),
            *(["专业", "大类", "学生", "比率"] if "申报专业" in names else []),
        }
    )


def test_without_statuses_what_is_approved_is_and_with_blank_ones_it_is_not():
    rows, header = without("申报状态")
    assert counted(cells_of(*rows, header=header))[0]["places_approved"] == 130
    blank = clean(cells_of(*[(*cells[:-1], "") for cells in ROWS]))
    assert (check(blank, 2021)["rule"] == "value_missing").sum() == 3


APPROVED_LIST = [
    ["2021年1+X证书制度试点获批名单", "", "", "", ""],
    ["序号", "证书", "等级", "专业", "人数"],
    ["1", "财务共享服务职业技能等级证书", "初级", "会计", "50"],
    ["2", "界面设计职业技能等级证书", "中级", "广告设计与制作", "30"],
]


def test_a_list_of_approved_pilots_is_a_table():
    values, statistics, problems = counted(cells_of(*map(tuple, APPROVED_LIST[1:]), header=tuple(APPROVED_LIST[0])))
    assert [values["applications"], values["places_approved"]] == [2, 80]
    assert values.isna()[["places_applied", "distinct_students", "repeated_certificates"]].all()
    assert statistics["by_level"].set_index("level")["places_approved"].to_dict() == {"初级": 50, "中级": 30}
    assert "表头“人数”按表的标题读作批准总培训人数，请核对。" in problems["message"].to_list()


@pytest.mark.parametrize(("title", "measure"), [("2021年试点申报一览", "places_applied"), ("名单", "")])
def test_which_people_are_meant_only_the_title_says(title, measure):
    table = [(title, *[""] * 4), *map(tuple, APPROVED_LIST[2:])]
    values = counted(cells_of(tuple(APPROVED_LIST[1]), *table[1:], header=table[0]))[0]
    given = values[["places_applied", "places_approved"]].dropna()
    assert given.to_dict() == ({measure: 80} if measure else {})


def test_two_columns_are_enough():
    values = counted(cells_of(("财务共享服务(初级)", "50"), ("界面设计(中级)", "30"), header=("证书名称", "批准人数")))[
        0
    ]
    assert [values["applications"], values["places_approved"]] == [2, 80]


def test_a_list_of_what_was_approved_is_told_as_one():
    rows, header = without("申报批次", "学生规模", "申请总培训人数", "申报状态")
    report = report_of(*rows, header=header)
    assert report.paragraphs["places"].startswith("2021年度共获批1+X证书试点3项，涉及2种证书；")
    assert report.figures["applied_to_awarded"].table.data["step"].tolist()[0] == "批准"
