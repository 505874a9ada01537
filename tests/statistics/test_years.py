"""Two and three small years of which every answer is written out here."""

from functools import cache, partial

import pandas as pd
import pytest

from pilotlib.cleaning import clean
from pilotlib.reading import YearStatistics
from pilotlib.statistics.years import breaks, came_and_went, certificates, compared, majors, measures
from tests.tables import Statistics, cells_of, row

REFERENCE = pd.DataFrame(
    [
        ("会计", "大数据与会计", "530302", "2021", "财经商贸大类"),
        ("电子商务", "电子商务", "530701", "2021", "财经商贸大类"),
        ("市场营销", "市场营销", "530605", "2021", "财经商贸大类"),
    ],
    columns=["major", "catalogue_name", "code", "catalogue_year", "category"],
    dtype=str,
)


def year_of(year, *rows, indicators=(), school="某校"):
    statistics = Statistics(partial(clean, cells_of(*rows), None, REFERENCE), indicators=indicators)
    return YearStatistics(year, {"year": year, "school": {"name": school}}, statistics)


def application(certificate, level="初级", major="会计", students="400", places="50", **others):
    text = f"{certificate}职业技能等级证书" + (f"({level})" if level else "")
    return row(证书名称=text, 申报专业=major, 学生规模=students, 申请总培训人数=places, 批准总培训人数=places, **others)


FIRST = year_of(
    2019,
    application("财务共享服务", places="50"),
    application("网店运营推广", "中级", "电子商务", "300", "30"),
    indicators=[("培训学生", "40", "人", ""), ("培训教师", "0", "人", "")],
)
SECOND = year_of(
    2020,
    application("财务共享服务", places="60", major="大数据与会计", students="410"),
    application("财务共享服务", "中级", places="20", major="大数据与会计", students="410"),
    application("数字营销", "中级", "市场营销", "200", "45", 申报批次="第二次"),
    indicators=[("培训教师", "5", "人", "")],
)
# One row without a level, one whose status does not count.
THIRD = year_of(
    2022,
    application("财务共享服务", "", places="70"),
    application("数字营销", "中级", "市场营销", "220", "15", 申报批次="第二次", 申报状态="待省教育厅审核"),
)


def changes(earlier, later):
    table = measures([earlier, later])
    return compared(table, earlier.year, later.year).set_index("measure")


@cache
def first_to_second():
    return changes(FIRST, SECOND)


@pytest.mark.parametrize(
    ("measure", "earlier", "later", "change", "rate"),
    [
        ("试点", 2, 3, 1, 50),
        ("证书", 2, 2, 0, 0),
        ("证书等级项数", 2, 3, 1, 50),
        ("申请总培训人数", 80, 125, 45, 56.25),
        ("批准总培训人数", 80, 125, 45, 56.25),
        ("试点专业在校生", 700, 610, -90, -12.857143),
        ("第一次", 80, 80, 0, 0),
        ("初级", 50, 60, 10, 20),
        ("中级", 30, 65, 35, 116.666667),
    ],
)
def test_a_measure_and_its_change(measure, earlier, later, change, rate):
    found = first_to_second().loc[measure]
    assert found[["earlier", "later", "change", "rate_of_change"]].tolist() == [earlier, later, change, rate]
    assert found["note"] == ""


def test_a_round_that_did_not_exist_is_said_and_not_compared():
    found = first_to_second().loc["第二次"]
    assert (pd.isna(found["earlier"]), found["later"], pd.isna(found["change"])) == (True, 45, True)
    assert found["note"] == "2019年没有这一批次"


def test_a_figure_that_was_not_given_is_missing_and_never_0():
    found = first_to_second().loc["培训学生"]
    assert found["earlier"] == 40
    assert pd.isna(found["later"])
    assert pd.isna(found["change"])
    assert found["note"] == "2020年未提供"
    assert "考评员" not in first_to_second().index


def test_a_rate_of_change_from_0_is_not_computed():
    found = first_to_second().loc["培训教师"]
    assert found["change"] == 5
    assert pd.isna(found["rate_of_change"])
    assert found["note"] == "2019年为0，不计变化率"


def test_a_rate_changes_in_percentage_points_only():
    one = year_of(2019, application("甲"), indicators=[("培训学生", "40", "", ""), ("参加考核学生", "20", "", "")])
    two = year_of(2020, application("甲"), indicators=[("培训学生", "40", "", ""), ("参加考核学生", "30", "", "")])
    found = changes(one, two).loc["参加考核学生 ÷ 培训学生"]
    assert found[["earlier", "later", "change"]].tolist() == [50, 75, 25]
    assert pd.isna(found["rate_of_change"])


def test_a_lower_bound_bounds_the_change():
    found = changes(SECOND, THIRD)
    assert found.loc["初级", ["later", "later_bound", "note"]].tolist() == [0, True, "2022年为下限，至多减少60"]
    middle = found.loc["中级"]
    assert middle["later_bound"]
    assert pd.isna(middle["later"])  # its places are not approved yet
    first = changes(FIRST, THIRD).loc["批准总培训人数"]
    assert first[["earlier", "later", "change"]].tolist() == [80, 70, -10]
    levels = year_of(2020, application("甲", places="10"), application("乙", "", places="5"))
    bounded = changes(FIRST, levels).loc["初级"]
    assert bounded[["earlier", "later", "later_bound"]].tolist() == [50, 10, True]
    assert pd.isna(bounded["change"])
    assert bounded["note"] == "2020年为下限，至多减少40"
    turned = changes(year_of(2018, *[application("甲", places="10"), application("乙", "", places="5")]), FIRST)
    assert turned.loc["初级", "note"] == "2018年为下限，至多增加40"


def test_certificates_new_carried_on_and_gone():
    found = came_and_went(certificates([FIRST, SECOND]), 2019, 2020)
    assert found[["name", "standing", "earlier", "later", "levels", "levels_later"]].astype(object).fillna("").to_numpy().tolist() == [
        ["数字营销", "新增", "", 45, "", "中级"],
        ["财务共享服务", "延续", 50, 80, "初级", "初级、中级"],
        ["网店运营推广", "不再申报", 30, "", "中级", ""],
    ]  # fmt: skip


def test_a_renamed_major_is_recognised_through_the_reference():
    found = came_and_went(majors([FIRST, SECOND]), 2019, 2020)
    assert found[["name", "former", "standing", "earlier", "later"]].astype(object).fillna("").to_numpy().tolist() == [
        ["市场营销", "", "新增", "", 200],
        ["大数据与会计", "会计", "更名", 400, 410],
        ["电子商务", "", "不再申报", 300, ""],
    ]  # fmt: skip


def test_breaks_between_years_are_listed():
    years = [FIRST, SECOND, THIRD._replace(about={"year": 2022, "school": {"name": "别校"}})]
    assert breaks(years)["message"].tolist() == [
        "2020年与2022年之间的年度没有处理结果。",
        "2019年：某校；2020年：某校；2022年：别校。",
        "2019年没有这一批次：第二次。",
        "2022年没有已批准的申报：第二次。",
        "2022年没有已批准的申报：中级。",
        "2022年未提供：培训教师。",
        "2020年、2022年未提供：培训学生。",
        "2020年、2022年未提供：培训学生 ÷ 批准总培训人数。",
        "2022年只有下限：初级。",
        "2022年有1项的状态不是已批准，人数不计入批准。",
    ]


def test_years_that_are_alike_have_no_breaks():
    assert breaks([FIRST, FIRST._replace(year=2020)]).empty


def test_the_same_year_twice_changes_nothing():
    again = SECOND._replace(year=2021)
    found = changes(SECOND, again)
    assert found["change"].dropna().eq(0).all()
    standing = came_and_went(majors([SECOND, again]), 2020, 2021)["standing"]
    assert set(standing) == {"延续"}


def test_what_is_formed_of_missing_counts_is_not_compared():
    given = [("培训学生", "40", "人", "")]
    whole = year_of(2019, application("财务共享服务"), indicators=given)
    missing = year_of(2020, application("财务共享服务"), application("数字营销", places=""), indicators=given)
    change = changes(whole, missing)
    rate = "培训学生 ÷ 批准总培训人数"
    assert change.loc[[rate, "每百名在校生批准名额"], "note"].tolist() == ["2020年有人数缺失，无法比较"] * 2
    assert change.loc[[rate, "每百名在校生批准名额"], "change"].isna().all()
    assert change.loc["批准总培训人数", "note"] == "2020年为下限，至少持平"
    told = breaks([whole, missing])["message"].tolist()
    assert f"2020年有人数缺失，只按已知的数算出：{rate}。" in told


def test_a_missing_count_bounds_the_round_and_the_level_that_it_is_of_alone():
    whole = year_of(2019, application("财务共享服务"), application("数字营销", "中级", 申报批次="第二次"))
    lacking = (
        application("数字营销", "中级", places="", 申报批次="第二次"),
        application("云计算", "中级", 申报批次="第二次"),
    )
    change = changes(whole, year_of(2020, application("财务共享服务", places="60"), *lacking))
    assert change.loc[["第一次", "初级"], ["change", "note"]].to_numpy().tolist() == [[10, ""]] * 2
    assert change.loc[["第二次", "中级"], "note"].tolist() == ["2020年为下限，至少持平"] * 2


def test_rows_of_several_levels_bound_each_of_them():
    one = year_of(2019, *(application("数字营销", level) for level in ("初级", "中级", "高级")))
    several = year_of(2020, application("财务共享服务", "初级、中级"), application("数字营销", "高级"))
    change = changes(one, several)
    assert change.loc["初级", "note"] == "2020年为下限，至多减少50"
    assert change.loc["中级", "note"] == "2020年为下限，至多减少50"
    assert change.loc["高级", ["change", "note"]].tolist() == [0, ""]
