"""Charts hold the figures of what is chosen, and say their title, unit and source wherever they go."""

import pandas as pd
import pytest

from pilotlib import PilotError, chart, figures, load_year, load_years
from pilotlib.exploring.charts import FORMS, groups_of
from pilotlib.report.style import svg_of


def texts(figure) -> list[str]:
    """What stands in the figure itself, outside its axes."""
    return [text.get_text() for text in figure.texts]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("by", ["application_round", "certificate", "level", "majors", "status", "year"])
def test_every_form_of_chart_that_fits_can_be_drawn(year, form, by):
    assert by in groups_of(year.applications)
    if form == "line" and by not in ("application_round", "year"):
        with pytest.raises(PilotError, match="折线图只画有先后的分组"):
            chart(year.applications, by=by, form=form)
        return
    figure = chart(year.applications, by=by, form=form)
    figure.canvas.draw()
    assert texts(figure)[0].startswith("批准总培训人数，按")


def test_the_bars_are_as_long_as_the_figures(year):
    axes = chart(year.applications).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [610, 872, 180]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["沿用批次", "第一次", "第二次"]
    stacked = chart(year.applications, by="level", form="stacked", split="application_round").axes[0]
    assert sum(bar.get_width() for bar in stacked.patches) == 1662


def test_places_that_are_not_approved_are_no_approved_places(year):
    pending = year.applications.assign(status="待省教育厅审核")
    for form in ("bar", "stacked"):
        axes = chart(pending, form=form).axes[0]
        assert {bar.get_width() for bar in axes.patches} == {0}
        assert [text.get_text() for text in axes.texts] == ["无数据"] * 3


@pytest.mark.parametrize("form", FORMS)
def test_a_lower_bound_is_one_in_every_form(year, form):
    rows = year.applications
    rows = rows.assign(places_approved=rows["places_approved"].where(rows["source_row"] != 1))  # 50 of 610
    written = [text.get_text() for text in chart(rows, form=form).axes[0].texts]
    assert (
        "至少90" if form in ("line", "heat") else "至少560"
    ) in written  # 初级 in 沿用批次: 140, 50 of them in row 1
    assert "至少872" not in written


def test_rates_are_drawn_with_what_they_are_of_and_few_are_not_ranked(with_results):
    figure = chart(with_results.results, by="certificate", measure="pass_rate")
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts] == [
        "90%（81/90）",
        "90%（108/120）",
        "86.8%（33/38）",
        "83.3%（40/48）",
        "100%（8/8，不排名）",
    ]
    assert texts(figure) == ["通过率，按证书名称", "单位：%。来源：2021年考核结果表。"]
    # 取证 of one row is not there: a sum is a lower bound, and there is no rate.
    levels = chart(with_results.results, by="level", measure="awarded").axes[0]
    assert [text.get_text() for text in levels.texts] == ["81", "至少80"]
    levels = chart(with_results.results, by="level", measure="award_rate").axes[0]
    assert [text.get_text() for text in levels.texts] == ["86.2%（81/94）", "无数据"]
    with pytest.raises(PilotError, match="比率不能相加"):
        chart(with_results.results, by="level", measure="通过率", form="stacked")


@pytest.mark.parametrize("form", ["stacked", "line"])
def test_many_names_beside_a_chart_have_room(with_results, form):
    figure = chart(with_results.applications, by="year", form=form, split="certificate")
    svg_of(figure, "many")  # lays it out; axes without room would be a warning
    legend = figure.axes[0].get_legend().get_window_extent()
    assert legend.y0 >= 0 and legend.y1 <= figure.bbox.height
    one_row = with_results.applications.query("year == 2021 and application_round == '沿用批次'")
    svg_of(chart(one_row, form="heat", split="certificate"), "many")


def test_of_many_lines_only_lower_bounds_are_written(year):
    rows = year.applications
    rows = rows.assign(places_approved=rows["places_approved"].where(rows["source_row"] != 8))  # 60 and 110
    lines = chart(rows, form="line", split="certificate").axes[0]
    assert len(lines.get_lines()) == 21
    assert list(lines.texts) == []
    both = rows.assign(application_round="第一次")
    assert [text.get_text() for text in chart(both, form="line", split="certificate").axes[0].texts] == ["至少110"]


def test_a_chart_has_one_title_its_unit_and_its_source(year, with_results):
    rows = year.applications
    said = "单位：人。来源：2021年申报明细表。"
    assert texts(chart(rows)) == ["批准总培训人数，按申报批次", said]
    assert texts(chart(rows, form="stacked", title="各批次")) == ["各批次", said]
    part = chart(rows[rows["等级"] == "中级"], measure="applications")
    assert texts(part) == ["试点，按申报批次", "单位：项。来源：2021年申报明细表，25行中的20行。"]
    both = with_results.applications
    assert texts(chart(both))[1] == "单位：人。来源：2020年申报明细表；2021年申报明细表。"
    plain = pd.DataFrame(rows)
    plain.attrs = {}
    assert texts(chart(plain)) == ["批准总培训人数，按申报批次", "单位：人。"]


def test_figures_of_the_report_are_ordinary_figures_with_one_title(year, project_with_results, tmp_path):
    figure = figures.majors(year.statistics)
    headline, said = texts(figure)
    assert headline == "电子商务单独获批最多，为250人；6个专业另有与其他专业共享的名额"
    assert said.startswith("单位：单独获批的培训人数，人") and said.endswith("来源：2021年申报明细表。")
    figure.suptitle("各专业的批准人数")
    assert texts(figure) == ["各专业的批准人数", said]
    assert figure.legends == [] and figure.axes[0].get_legend() is not None
    figure.savefig(tmp_path / "majors.png")
    assert (tmp_path / "majors.png").stat().st_size > 5000
    assert texts(figures.majors(year.statistics, title="专业"))[0] == "专业"
    from_applied = texts(figures.applied_to_awarded(year.statistics))[1]
    assert from_applied.endswith("来源：2021年申报明细表；学校提供的表外指标。")
    of_results = load_year(2021, project=project_with_results).statistics
    assert texts(figures.pass_rates(of_results))[1] == "单位：通过率，%；通过 ÷ 参考。来源：2021年考核结果表。"
    with pytest.raises(PilotError, match="图是一个年度的"):
        figures.majors(load_years(project=project_with_results).statistics)


@pytest.mark.parametrize("name", ["round_level", "certificates", "majors"])
def test_title_axes_legend_and_source_do_not_touch(year, name):
    figure = getattr(figures, name)(year.statistics)
    svg_of(figure, name)  # lays it out
    title, said = (text.get_window_extent() for text in figure.texts)
    axes, legend = figure.axes[0].get_window_extent(), figure.axes[0].get_legend()
    assert title.y0 >= axes.y1
    assert said.y1 <= axes.y0
    if legend:
        assert said.y1 <= legend.get_window_extent().y0 < legend.get_window_extent().y1 <= axes.y0 + 2
