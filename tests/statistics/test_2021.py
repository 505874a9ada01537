"""The statistics of 2021 against figures counted by hand."""

import pandas as pd
import pytest

from pilotlib.statistics import STATISTICS, Tables, summarise


def rows(table: pd.DataFrame, *columns: str) -> list[list]:
    """The rows, rates to two decimals as they are written here."""
    chosen = table[list(columns)].map(lambda value: round(value, 2) if isinstance(value, float) else value)
    chosen = chosen.astype(object)
    return chosen.where(chosen.notna(), None).to_numpy().tolist()


def test_every_registered_statistic_is_written(statistics):
    assert set(statistics) == set(STATISTICS)


def test_overview(statistics):
    assert rows(statistics["overview"], "measure", "value", "unit", "lower_bound") == [
        ["applications", 25, "项", False],
        ["certificates", 21, "种", False],
        ["certificate_levels", 23, "个", False],
        ["places_applied", 1659, "人", False],
        ["places_approved", 1662, "人", False],
        ["majors_count", 15, "个", True],
        ["categories_count", 5, "个", True],
        ["distinct_students", 5501, "人", False],
        ["places_per_100_students", 30.21, "人", False],
        ["repeated_certificates", 2, "个", False],
    ]


def test_by_round(statistics):
    columns = (
        "application_round",
        "applications",
        "certificates",
        "certificate_levels",
        "places_applied",
        "places_approved",
        "share",
    )
    assert rows(statistics["by_round"], *columns) == [
        ["沿用批次", 11, 9, 11, 610, 610, 36.70],
        ["第一次", 12, 12, 12, 869, 872, 52.47],
        ["第二次", 2, 2, 2, 180, 180, 10.83],
    ]


def test_by_level_after_and_before_corrections(statistics):
    columns = ("level", "applications", "places_approved", "applications_as_given", "places_approved_as_given")
    assert rows(statistics["by_level"], *columns) == [
        ["初级", 5, 284, 5, 284],
        ["中级", 20, 1378, 18, 1268],
        ["未知", 0, 0, 2, 110],
    ]


def test_levels_before_corrections_when_there_is_no_ledger(cleaned_as_printed, inputs):
    tables = Tables(cleaned_as_printed.applications, cleaned_as_printed.majors, inputs.indicators, {})
    statistics = summarise(tables)
    assert rows(statistics["by_level"], "level", "places_approved") == [["初级", 284], ["中级", 1268], ["未知", 110]]
    assert statistics["overview"].set_index("measure").loc["certificate_levels", "value"] == 23


def test_by_round_and_level(statistics):
    assert rows(statistics["by_round_level"], "application_round", "level", "applications", "places_approved") == [
        ["沿用批次", "初级", 3, 140],
        ["沿用批次", "中级", 8, 470],
        ["第一次", "初级", 2, 144],
        ["第一次", "中级", 10, 728],
        ["第二次", "中级", 2, 180],
    ]


def test_by_certificate_sums_rounds_and_levels_and_says_so(statistics):
    table = statistics["by_certificate"].set_index("certificate")
    assert len(table) == 21
    assert table.loc["工业机器人应用编程", ["rounds", "places_approved", "rounds_detail"]].tolist() == [
        "沿用批次、第二次", 170, "沿用批次60、第二次110",
    ]  # fmt: skip
    assert table.loc["5G移动网络运维", ["levels", "applications", "places_approved"]].tolist() == ["初级、中级", 3, 140]


def test_certificates_in_two_rounds(statistics):
    columns = ("certificate", "level", "rounds_detail", "places_approved", "source_rows")
    assert rows(statistics["repeated_over_rounds"], *columns) == [
        ["5G移动网络运维", "中级", "沿用批次20、第二次70", 90, "3、24"],
        ["工业机器人应用编程", "中级", "沿用批次60、第二次110", 170, "8、25"],
    ]


def test_the_one_row_whose_figures_differ(statistics):
    assert rows(statistics["approved_unlike_applied"], "source_row", "places_applied", "places_approved") == [
        [23, 101, 104]
    ]


def test_majors_alone_and_shared(statistics):
    table = statistics["by_major"].set_index("major")
    assert len(table) == 15
    columns = ["students", "places_approved_alone", "places_approved_shared", "shared_with"]
    assert table.loc["电子商务", columns].tolist() == [866, 250, 80, "市场营销"]
    assert table.loc["机电一体化技术", columns[:3]].tolist() == [356, 150, 170]
    assert table.loc["电气自动化技术", columns[:3]].isna().tolist() == [True, True, False]
    assert table.loc["会计", ["catalogue_name", "code"]].tolist() == ["大数据与会计", "530302"]
    assert table["places_approved_alone"].sum() == 1662 - 80 - 60 - 110


def test_distinct_students_name_what_cannot_be_split(statistics):
    table = statistics["distinct_students"].set_index("majors_together")["students"]
    assert table.sum() == 5501
    assert table["机械制造与自动化、电气自动化技术"] == 310
    assert table.drop("机械制造与自动化、电气自动化技术").to_dict() == {
        "会计": 437, "通信技术": 195, "物联网应用技术": 456, "机电一体化技术": 356, "国际经济与贸易": 409,
        "电子商务": 866, "广告设计与制作": 99, "食品药品监督管理": 340, "市场营销": 794, "模具设计与制造": 451,
        "药品生产技术": 533, "产品艺术设计": 73, "数字媒体应用技术": 182,
    }  # fmt: skip


def test_places_per_100_students_count_each_place_and_student_once(statistics):
    table = statistics["places_per_100_students"].set_index("majors_together")
    assert table["places_approved"].sum() == 1662
    assert table["students"].sum() == 5501
    assert table.loc["电子商务、市场营销", ["students", "places_approved"]].tolist() == [1660, 380]
    assert table.loc["物联网应用技术", "places_per_100_students"] == pytest.approx(8.77, abs=0.005)
    assert table.loc["广告设计与制作", "places_per_100_students"] == pytest.approx(80.81, abs=0.005)


def test_by_category(statistics):
    assert rows(statistics["by_category"], "category", "majors_count", "applications", "places_approved") == [
        ["财经商贸大类", 4, 8, 610],
        ["装备制造大类", 4, 6, 380],
        ["电子与信息大类", 3, 5, 284],
        ["食品药品与粮食大类", 2, 3, 268],
        ["文化艺术大类", 2, 3, 120],
    ]


def test_no_college_is_invented(statistics):
    assert statistics["by_college"].empty


def test_by_status(statistics):
    assert rows(statistics["by_status"], "status", "counts_as_approved", "applications", "places_approved") == [
        ["审核通过", True, 25, 1662]
    ]


def test_indicators_that_were_not_given_are_missing(statistics):
    values = statistics["indicators"].set_index("indicator")["value"]
    given = values.dropna().to_dict()
    assert given == {
        "certificates_with_teachers_trained": 12, "teachers_trained": 51, "students_trained": 1028,
        "certificates_assessed": 14, "students_assessed": 908, "pilots_buying_equipment": 10, "assessment_sites": 14,
    }  # fmt: skip
    assert values[["students_passed", "students_awarded", "funds", "credits_registered"]].isna().all()


def test_rates_name_both_sides(statistics):
    assert rows(statistics["rates"], "rate", "numerator_value", "denominator_value", "percent") == [
        ["培训学生 ÷ 批准总培训人数", 1028, 1662, 61.85],
        ["参加考核学生 ÷ 培训学生", 908, 1028, 88.33],
        ["考核通过学生 ÷ 参加考核学生", None, 908, None],
        ["获得证书学生 ÷ 参加考核学生", None, 908, None],
    ]
