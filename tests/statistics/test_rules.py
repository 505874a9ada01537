"""The statistics' rules on small tables, agreed in words."""

from collections import Counter

import pandas as pd
import pytest

from pilotlib import PilotError
from pilotlib.cleaning import clean
from pilotlib.statistics import STATISTICS, compare_counts, recount
from tests.tables import HEADER, Statistics, cells_of, row

NO_CORRECTIONS = pd.DataFrame(columns=["row", "column", "was", "becomes", "reason"], dtype=str)


def summarised(*rows, reference=None, colleges=None):
    cleaned = clean(cells_of(*rows), None, reference)
    return Statistics(cleaned, colleges)


def overview(statistics, measure):
    return statistics["overview"].set_index("measure").loc[measure, "value"]


@pytest.mark.parametrize("status", ["待省教育厅审核", "未通过", ""])
def test_only_an_approved_status_counts_as_approved(status):
    statistics = summarised(row(), row(申报状态=status, 批准总培训人数="30"))
    assert overview(statistics, "places_approved") == 50
    assert statistics["by_status"].set_index("status").loc[status, "places_approved"] == 30


def test_a_sum_over_nothing_is_missing_not_0():
    statistics = summarised(row(批准总培训人数=""))
    assert pd.isna(overview(statistics, "places_approved"))
    assert statistics["by_round"]["places_approved"].isna().all()


# In 第一次 an approved application lacks what was approved; in 第二次 one that is not approved has nothing to lack.
ONE_LACKING = (
    row(),
    row(序号="2", 证书名称="界面设计(中级)", 申请总培训人数="40", 批准总培训人数=""),
    row(序号="3", 申报批次="第二次", 申请总培训人数="30", 批准总培训人数="30"),
    row(序号="4", 申报批次="第二次", 证书名称="网店运营推广(中级)", 批准总培训人数="", 申报状态="待省教育厅审核"),
)


def test_a_missing_count_bounds_the_sums_that_it_is_part_of_and_no_others():
    statistics = summarised(*ONE_LACKING)
    rounds = statistics["by_round"].set_index("application_round")[["places_applied", "places_approved", "lower_bound"]]
    assert rounds.T.to_dict("list") == {"第一次": [90, 50, True], "第二次": [80, 30, False]}
    for name, key, bounds in (
        ("by_level", ["level"], {"初级": False, "中级": True}),
        ("by_certificate", ["certificate"], {"财务共享服务": False, "界面设计": True, "网店运营推广": False}),
        ("by_round_level", ["application_round", "level"], {
            ("第一次", "初级"): False, ("第一次", "中级"): True, ("第二次", "初级"): False, ("第二次", "中级"): False,
        }),
        ("by_status", ["status"], {"审核通过": True, "待省教育厅审核": False}),
        ("repeated_over_rounds", ["certificate"], {"财务共享服务": False}),
    ):  # fmt: skip
        table = statistics[name]
        assert table["lower_bound"].dtype == bool
        assert dict(zip(table[key].astype(str).agg(tuple, axis=1), table["lower_bound"], strict=True)) == {
            (key if isinstance(key, tuple) else (key,)): bound for key, bound in bounds.items()
        }, name
    assert statistics["overview"].set_index("measure")["lower_bound"][["places_applied", "places_approved"]].tolist() == [
        False, True,
    ]  # fmt: skip


def test_what_was_applied_for_and_is_missing_leaves_what_was_approved_exact():
    statistics = summarised(row(), row(序号="2", 证书名称="界面设计(中级)", 申请总培训人数="", 批准总培训人数="20"))
    columns = ["places_applied", "applied_lower_bound", "places_approved", "lower_bound"]
    for name in ("by_round", "by_status"):
        assert statistics[name][columns].to_numpy().tolist() == [[50, True, 70, False]], name


def test_a_sum_over_rounds_that_lacks_a_count_says_so_in_its_details():
    lacking = row(序号="2", 申报批次="第二次", 批准总培训人数="")
    statistics = summarised(row(), row(序号="3", 申报批次="第二次", 批准总培训人数="30"), lacking)
    table = statistics["repeated_over_rounds"]
    assert table[["places_approved", "lower_bound", "rounds_detail"]].to_numpy().tolist() == [
        [80, True, "第一次50、第二次至少30"]
    ]


def sizes(*rows):
    table = summarised(*rows)["distinct_students"]
    return (
        table.set_index("majors_together")["students"]
        .astype(object)
        .where(table["students"].notna().to_numpy(), None)
        .to_dict()
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([("甲", 100), ("甲", 100)], {"甲": 100}),
        ([("甲", 100), ("甲", 90)], {"甲": None}),  # rows that disagree fix nothing
        ([("甲", 100), ("甲；乙", 150)], {"甲": 100, "乙": 50}),  # one left: the rest is its size
        ([("甲；乙", 150)], {"甲、乙": 150}),  # not split
        ([("甲；乙", 150), ("甲；乙", 150)], {"甲、乙": 150}),
        ([("甲；乙", 150), ("甲；乙", 140)], {"甲、乙": None}),
        ([("甲", 100), ("乙", 50), ("甲；乙", 150)], {"甲": 100, "乙": 50}),
        ([("甲", 100), ("甲；乙", 90)], {"甲": 100, "乙": None}),  # less than nothing is left
        ([("甲；乙", 150), ("乙；丙", 90)], {"甲、乙": None, "乙、丙": None}),  # overlapping rests cannot be added up
        ([("甲", 100), ("甲", 90), ("甲；乙", 150)], {"甲": None, "乙": None}),
    ],
)
def test_distinct_students(given, expected):
    assert sizes(*(row(申报专业=majors, 学生规模=str(students)) for majors, students in given)) == expected


def test_a_major_without_any_size_makes_the_sum_a_lower_bound():
    statistics = summarised(row(申报专业="甲", 学生规模="100"), row(申报专业="乙", 学生规模=""))
    line = statistics["overview"].set_index("measure").loc["distinct_students"]
    assert line[["value", "lower_bound"]].tolist() == [100, True]


def test_majors_that_share_places_are_taken_together():
    statistics = summarised(
        row(申报专业="甲", 学生规模="100", 批准总培训人数="10"),
        row(申报专业="甲；乙", 学生规模="200", 批准总培训人数="20"),
        row(申报专业="丙", 学生规模="50", 批准总培训人数="5"),
    )
    table = statistics["places_per_100_students"].set_index("majors_together")
    assert table["places_approved"].to_dict() == {"甲、乙": 30, "丙": 5}
    assert table["places_per_100_students"].to_dict() == {"甲、乙": 15, "丙": 10}


def test_majors_that_share_places_through_others_are_one_group():
    statistics = summarised(*(row(申报专业=majors) for majors in ("甲", "甲；乙", "乙；丙", "丁")))
    assert statistics["places_per_100_students"]["majors_together"].tolist() == ["丁", "甲、乙、丙"]


def test_places_shared_between_categories_stand_alone(inputs):
    statistics = summarised(row(申报专业="会计；通信技术"), row(), reference=inputs.reference)
    table = statistics["by_category"].set_index("category")["places_approved"].to_dict()
    assert table == {"财经商贸大类、电子与信息大类": 50, "财经商贸大类": 50}


def test_colleges_are_counted_where_the_school_has_said_which_majors_are_whose():
    statistics = summarised(row(), row(申报专业="新专业"), colleges={"会计": "财经学院"})
    assert statistics["by_college"].set_index("college")["places_approved"].to_dict() == {"财经学院": 50, "未归类": 50}


def test_the_second_count_does_not_use_the_first():
    rows = [
        row(),
        HEADER,
        ("",) * 9,
        row(申报批次="第二批", 批准总培训人数="1,050人"),
        row(申报状态="退回"),
        ("合计", *("",) * 8),
    ]
    assert recount(cells_of(*rows), NO_CORRECTIONS) == Counter(
        {
            ("", "applications"): 3,
            ("", "places_applied"): 150,
            ("", "places_approved"): 1100,
            ("第一次", "applications"): 2,
            ("第一次", "places_applied"): 100,
            ("第一次", "places_approved"): 50,
            ("第二次", "applications"): 1,
            ("第二次", "places_applied"): 50,
            ("第二次", "places_approved"): 1050,
            ("初级", "applications"): 3,
            ("初级", "places_applied"): 150,
            ("初级", "places_approved"): 1100,
            ("", "certificates"): 1,
            ("", "certificate_levels"): 1,
        }
    )


def test_the_second_count_knows_the_corrections():
    corrections = pd.DataFrame([["1", "批准总培训人数", "50", "60", ""]], columns=NO_CORRECTIONS.columns, dtype=str)
    assert recount(cells_of(row()), corrections)["", "places_approved"] == 60


def test_two_counts_that_differ_stop_the_run():
    statistics = summarised(row())
    counted = recount(cells_of(row()), NO_CORRECTIONS)
    compare_counts(statistics, counted)
    with pytest.raises(PilotError, match="两次计数不一致：统计“overview”的批准总培训人数为 50，从原始单元格重数为 51"):
        compare_counts(statistics, counted + Counter({("", "places_approved"): 1}))


@pytest.fixture(scope="module")
def counted_twice():
    """Statistics of two applications, all that are asked for, and their second count, which agrees."""
    rows = row(), row(序号="2", 证书名称="界面设计(中级)")
    statistics, counted = summarised(*rows), recount(cells_of(*rows), NO_CORRECTIONS)
    compare_counts(statistics, counted)
    return {name: statistics[name] for name in STATISTICS}, counted


@pytest.mark.parametrize("lose", [False, True])
@pytest.mark.parametrize("name", ["by_round", "by_level", "by_round_level", "by_certificate", "by_category"])
def test_a_breakdown_that_does_not_add_up_stops_the_run(name, lose, counted_twice):
    statistics, counted = counted_twice
    wrong = statistics[name].assign(places_approved=statistics[name]["places_approved"] + 1)
    with pytest.raises(PilotError, match="两次计数不一致"):
        compare_counts(statistics | {name: wrong.iloc[:0] if lose else wrong}, counted)
