"""What is clicked and what is written choose the same rows and draw the same chart."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotlib import PilotError, chart, explore, load_year
from pilotlib.exploring.charts import FORMS, groups_of, measures_of
from pilotlib.exploring.selection import (
    Selection,
    as_code,
    asked_at_first,
    choices,
    offered,
    picked,
    select,
    tables_of,
    totals,
)
from pilotlib.report.style import svg_of
from pilotlib.vocabulary import UNKNOWN
from tests.conftest import examples


@pytest.fixture(scope="module")
def with_an_unknown_level(year):
    rows = year.applications
    return year._replace(applications=rows.assign(level=rows["level"].where(rows["source_row"] != 3)))


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@examples(6, 100)
@given(st.data())
def test_the_code_gives_the_rows_and_the_chart_that_were_clicked(
    with_an_unknown_level, with_results, monkeypatch_module, data
):
    years = data.draw(st.sampled_from([with_an_unknown_level, with_results]))
    monkeypatch_module.setattr("pilotlib.load_years", lambda years_asked: years, raising=False)
    table = data.draw(st.sampled_from(tables_of(years)))
    selection = Selection()
    for name, words in choices(years, table).items():
        few = st.lists(st.sampled_from(words), unique=True, max_size=3)
        selection[name] = tuple(data.draw(few)) if data.draw(st.booleans()) else ()
    whole = getattr(years, table)
    words = {"form": list(FORMS), "measure": measures_of(whole), "by": groups_of(whole), "split": groups_of(whole)}
    picks = picked(whole, {name: data.draw(st.sampled_from(of)) for name, of in words.items()})
    rows = select(years, selection, table)
    code = as_code(years, selection, picks, table)
    made, _, drawn = code.rpartition("\n")
    space: dict = {}
    exec(made, space)
    assert space["rows"].equals(rows)
    assert code.count("\n") <= 3
    if len(rows):
        assert svg_of(eval(drawn, space), "same") == svg_of(chart(rows, **picks), "same")


def test_choices_are_what_the_table_holds(year, with_an_unknown_level):
    offered = choices(year)
    assert offered["year"] == [2021]
    assert offered["application_round"] == ["沿用批次", "第一次", "第二次"]
    assert offered["level"] == ["初级", "中级"]
    assert len(offered["certificate"]) == 21
    assert len(offered["major"]) == 15
    assert choices(with_an_unknown_level)["level"] == ["初级", "中级", UNKNOWN]


def test_a_row_is_chosen_by_any_of_its_majors(year):
    rows = select(year, Selection(major=("市场营销",)))
    assert rows["majors"].str.contains("市场营销").all()
    assert set(rows["source_row"]) == set(year.majors.loc[year.majors["major"] == "市场营销", "source_row"])


def test_totals_of_a_part_are_those_of_the_rows(year):
    second = select(year, Selection(application_round=("第二次",)))
    told = totals(year, second).set_index("measure")["2021年"]
    assert told["applications"] == "2"
    assert told["places_approved"] == "180"
    everything = totals(year, year.applications).set_index("measure")["2021年"]
    assert (everything["places_approved"], everything["majors_count"]) == ("1,662", "至少15")
    assert (everything["distinct_students"], everything["repeated_certificates"]) == ("5,501", "2")
    assert totals(year, year.applications.iloc[:0]).empty


def test_results_are_looked_at_where_a_year_has_some(year, with_results):
    assert tables_of(year) == ["applications"]
    assert tables_of(with_results) == ["applications", "results"]
    offered = choices(with_results, "results")
    assert offered["year"] == [2021]
    assert offered["level"] == ["初级", "中级"]
    assert offered["college"] == ["信息学院", "艺术学院", "财经学院"]
    told = totals(with_results, with_results.results, "results").set_index("measure")["2021年"]
    # 报名 50+95+40+130+9, 培训 50+92+40+135+9, 参考 48+90+38+120+8, 通过 40+81+33+108+8; 取证 of one row is not there.
    assert told[["registered", "trained", "sat", "passed", "awarded"]].tolist() == [
        "324",
        "326",
        "304",
        "270",
        "至少161",
    ]
    assert (told["pass_rate"], told["award_rate"]) == ("88.8", "未提供")
    beginners = select(with_results, Selection(level=("初级",)), "results")
    assert totals(with_results, beginners, "results").set_index("measure")["2021年"]["pass_rate"] == "86.2"  # 81 / 94


def test_a_form_is_offered_where_it_fits_and_why_it_is_not_is_said(year, with_results):
    def off(rows, **picks):
        return {form: why for form, why in offered(rows, picks)["form"].items() if why}

    rows, results = year.applications, with_results.results
    assert off(rows, by="application_round") == {}
    assert off(rows, by="certificate") == {"line": "折线图只画有先后的分组，如申报批次、申报年度"}
    assert off(with_results.applications, by="year") == {}
    assert off(results, by="certificate", measure="passed").keys() == {"line"}
    assert off(results, measure="pass_rate")["stacked"] == "比率不能相加，没有堆叠条形图"
    alone = rows.drop(columns=["level", "certificate", "majors", "status", "year"])
    assert off(alone) == dict.fromkeys(("stacked", "heat"), "没有别的分组可以再分")
    # What does not fit any more gives way.
    assert picked(rows, {"form": "line", "by": "certificate"})["form"] == "bar"


@pytest.mark.parametrize("by", ["application_round", "certificate", "level", "majors"])
def test_the_second_grouping_is_another_one_and_one_word_is_no_grouping(year, by):
    words = offered(year.applications, {"by": by})
    assert set(words["by"]) == {"application_round", "certificate", "level", "majors"}  # one year, one status
    assert set(words["split"]) == set(words["by"]) - {by}
    assert picked(year.applications, {"by": by, "split": by})["split"] != by


def test_what_is_chosen_at_first_goes_by_title_and_name(year, with_results):
    chinese = {"等级": "中级", "批次": ["第一次", "第二次"], "专业": "会计", "form": "堆叠条形图", "by": "批次"}
    english = {"level": ["中级"], "application_round": ["第一次", "第二次"], "major": ["会计"]}
    english |= {"form": "stacked", "by": "application_round"}
    asked = asked_at_first(year, chinese | {"measure": "批准总培训人数"})
    assert asked == asked_at_first(year, english | {"measure": "places_approved"})
    assert asked["selection"]["application_round"] == ["第一次", "第二次"]
    assert asked["picks"] == {"measure": "places_approved", "by": "application_round", "form": "stacked"}
    asked = asked_at_first(with_results, {"table": "考核结果", "学院": "财经学院", "数值": "通过率"})
    assert (asked["table"], asked["selection"]) == ("results", {"college": ["财经学院"]})
    assert asked["picks"] == {"measure": "pass_rate"}


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"等级": "高级"}, "等级没有“高级”。.*中级"),
        ({"班级": "一班"}, "筛选没有“班级”"),
        ({"专业": ["会记"]}, "专业没有“会记”。可用的有：会计、"),
        ({"by": "等及"}, "分组没有“等及”。可用的有：申报批次、证书名称、等级"),
        ({"form": "饼图"}, "图形没有“饼图”。可用的有：条形图、"),
        ({"by": "证书名称", "form": "折线图"}, "^折线图只画有先后的分组"),
        ({"by": "等级", "split": "等级"}, "再分没有“等级”"),
        ({"table": "考核结果"}, "看的表没有“考核结果”。可用的有：申报"),
    ],
)
def test_an_unknown_word_is_a_sentence_that_says_what_there_is(year, chosen, said):
    with pytest.raises(PilotError, match=said):
        asked_at_first(year, chosen)


def test_a_table_that_lacks_columns_is_explored_by_those_it_has(tmp_path):
    folder = tmp_path / "data" / "raw" / "2021"
    folder.mkdir(parents=True)
    text = "证书名称,等级,获批人数\n财务共享服务,初级,50\n界面设计,,30\n"
    (folder / "applications.csv").write_text(text, encoding="utf-8")
    rows = load_year(project=tmp_path).applications
    assert groups_of(rows) == ["certificate", "level", "majors", "year"]
    assert measures_of(rows) == ["places_approved", "applications"]
    with pytest.raises(PilotError, match="图没有“application_round”"):
        chart(rows, by="application_round", split="level")
    with contextlib.chdir(tmp_path):
        board = explore().children[0]
    assert "50" in board.picture and "30" in board.picture
    assert board.said == "条形图：批准总培训人数，按证书名称，2行"
