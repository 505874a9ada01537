"""A year in a line: the same figures as the report, shown well, and errors that are a sentence."""

import importlib
import shutil
import subprocess
import sys

import pandas as pd
import pytest

import pilotlib
from pilotlib import PilotError, chart, check_draft, figures, in_chinese, load_year, load_years, reference, trace_row
from pilotlib.report.shown import Table
from pilotlib.statistics import STATISTICS
from tests.conftest import ROOT, make_project
from tests.generator import years as generated


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    project = make_project(tmp_path_factory.mktemp("years") / "project")
    for made in generated(3, 2019, 2)[0]:
        folder = project / "data" / "raw" / str(made.year)
        folder.mkdir()
        text = "\n".join("\t".join(row) for row in made.rows)
        (folder / "applications.tsv").write_text(text, encoding="utf-8")
    return load_years(project=project)


def test_a_year_has_the_figures_of_the_given_table(year):
    rows = year.applications
    assert (len(rows), rows["places_applied"].sum(), rows["places_approved"].sum()) == (25, 1659, 1662)
    by_round = year.statistics["by_round"].set_index("application_round")["places_approved"]
    assert by_round.to_dict() == {"沿用批次": 610, "第一次": 872, "第二次": 180}
    assert set(year.statistics) == set(STATISTICS)
    assert all((table["year"] == 2021).all() for table in (rows, year.majors, year.changes, year.problems))


def test_a_year_may_be_written_as_text_and_has_chinese_titles_on_request():
    year = load_year("2021", chinese=True, project=ROOT)
    assert year.years == (2021,)
    assert year.applications["批准总培训人数"].sum() == 1662
    assert set(year.changes["列"]) == {"申报专业", "证书名称"}
    assert year.statistics["by_round"]["批准总培训人数"].sum() == 1662
    assert list(year.statistics["by_round"].columns) == list(year.statistics["按申报批次"].columns)
    assert "places_approved" not in year.statistics["by_round"]
    assert figures.majors(year.statistics).axes  # drawn of the statistics as they were computed


def test_a_chinese_title_works_wherever_a_name_does(year):
    rows = year.applications
    for chinese, english in (
        (rows["批准总培训人数"], rows["places_approved"]),
        (rows[["证书名称", "等级"]], rows[["certificate", "level"]]),
        (rows.sort_values("批准总培训人数"), rows.sort_values("places_approved")),
        (rows.sort_values(by=["等级", "批准总培训人数"]), rows.sort_values(by=["level", "places_approved"])),
        (rows.nlargest(5, "批准总培训人数"), rows.nlargest(5, "places_approved")),
        (rows.set_index("证书名称"), rows.set_index("certificate")),
        (year.statistics["按专业"], year.statistics["by_major"]),
        (in_chinese(rows)["level"], in_chinese(rows)["等级"]),
    ):
        assert chinese.equals(english)
    sums = rows.groupby("等级", observed=True)["批准总培训人数"].sum()
    assert sums.to_dict() == {"初级": 284, "中级": 1378}
    assert year.statistics["按专业大类"].groupby("专业大类")["批准总培训人数"].sum()["财经商贸大类"] == 610


def test_a_column_goes_by_its_other_headers_and_one_that_is_not_there_is_named_in_its_language(year):
    rows = year.applications
    assert rows["批次"].equals(rows["application_round"]) and rows["专业"].equals(rows["majors"])
    assert rows.groupby("批次", observed=True)["批准人数"].sum()["第二次"] == 180
    with pytest.raises(PilotError, match="可用的有：申报年度、行、申报批次"):
        rows["没有的列"]
    with pytest.raises(PilotError, match="是否想写“level”"):
        rows["levle"]


def test_a_year_in_chinese_is_drawn_and_traced_as_any_other(year):
    chinese = load_year(2021, chinese=True, project=ROOT)
    assert trace_row(chinese, 16).equals(trace_row(year, 16))
    assert trace_row(chinese, "16").equals(trace_row(year, 16))
    titles = [chart(rows, by="等级").texts[0].get_text() for rows in (chinese.applications, year.applications)]
    assert titles == ["批准总培训人数，按等级"] * 2
    assert len(chinese.problems[chinese.problems["程度"] == "警示"]) == 5


def test_what_cannot_be_drawn_is_said(year):
    with pytest.raises(PilotError, match="统计表用它自己的 plot"):
        chart(year.statistics["按专业大类"], by="专业大类")
    with pytest.raises(PilotError, match="画一张表的各行"):
        chart(year)
    with pytest.raises(PilotError, match="没有给出足够的数"):
        figures.pass_rates(year)
    assert chart(year.applications, by="等级", form="堆叠", split="批次").axes


def test_charts_take_chinese_names(year):
    titles = [
        made.texts[0].get_text()
        for made in (
            chart(year.applications, by="等级", form="堆叠条形图", split="申报批次", measure="申请总培训人数"),
            chart(year.applications, by="level", form="stacked", split="application_round", measure="places_applied"),
        )
    ]
    assert titles == ["申请总培训人数，按等级与申报批次"] * 2


def test_a_statistic_is_drawn_with_its_names_beside_its_bars(year, several):
    axes = year.statistics["by_category"][["专业大类", "批准总培训人数"]].plot.barh()
    assert [label.get_text() for label in axes.get_yticklabels()][:2] == ["财经商贸大类", "装备制造大类"]
    assert [bar.get_width() for bar in axes.patches] == [610, 380, 284, 268, 120]
    assert axes.get_ylabel() == "专业大类"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["批准总培训人数"]
    rows = year.applications
    for x, y in (("places_applied", "places_approved"), ("申请总培训人数", "批准总培训人数")):
        assert rows.plot.scatter(x=x, y=y).get_xlabel() == "申请总培训人数"
    axes = year.statistics["by_category"].plot.barh(x="category", y="批准总培训人数")
    assert [label.get_text() for label in axes.get_yticklabels()][:2] == ["财经商贸大类", "装备制造大类"]
    assert "year" not in year.statistics["by_category"]
    assert "year" in several.statistics["by_category"]


def test_years_stand_below_each_other_with_all_their_rounds_in_order(several):
    assert several.years == (2019, 2020, 2021)
    rows = several.applications
    assert len(rows[rows["year"] == 2021]) == 25
    assert rows["application_round"].cat.ordered
    rounds = [name for name in rows["application_round"].cat.categories if name in ("沿用批次", "第一次", "第二次")]
    assert rounds == ["沿用批次", "第一次", "第二次"]
    assert rows.loc[rows["year"] == 2021, "places_approved"].sum() == 1662
    assert set(several.statistics["by_round"]["year"]) == {2019, 2020, 2021}


def test_one_row_is_told_cell_by_cell(year):
    traced = trace_row(year, 16).set_index("column")
    assert traced.loc["证书名称", "before"] == "企业财务与会计机器人应用职业技能等级证书"
    assert traced.loc["证书名称", "after"] == "企业财务与会计机器人应用职业技能等级证书(中级)"
    assert traced.loc["证书名称", "rule"] == "人工更正"
    assert "依据较弱" in traced.loc["证书名称", "reason"]
    assert traced.loc["批准总培训人数", "after"] == "50"
    with pytest.raises(PilotError, match="没有第26行：行次从1到25"):
        trace_row(year, 26)


def test_repaired_cells_are_marked_wherever_the_row_goes(year):
    rows = year.applications.sort_values("source_row", ascending=False).query("source_row in [16, 17]")
    part = rows[["source_row", "certificate", "level"]]
    html, text = part._repr_html_(), repr(part)
    assert html.count("<mark") == 1
    assert "title='原值：企业财务与会计机器人应用职业技能等级证书。" in html
    assert [line.split()[-1] for line in text.splitlines() if line.startswith("1")] == ["中级", "中级*"]
    assert "25行中的2行" in text
    assert in_chinese(part)._repr_html_().count("<mark") == 1


def test_a_table_says_its_title_units_and_thousands(year):
    text = repr(year.statistics["overview"])
    assert text.splitlines()[0] == "年度总览"
    assert "1,662" in text and "至少15" in text
    html = year.statistics["by_round"]._repr_html_()
    assert (
        '<caption><span class="numbered" data-kind="表"></span>按申报批次</caption>' in html
        and "批准总培训人数（人）" in html
    )


def test_what_is_computed_from_a_table_does_not_pass_for_it(year):
    sums = year.applications.groupby("level", observed=True)[["places_approved"]].sum()
    assert repr(sums).splitlines()[0] == "由“申报明细（清洗后）”得出"
    assert "1,378" in repr(sums)
    more = year.applications.assign(places_more=1)
    assert repr(more).splitlines()[0] == "由“申报明细（清洗后）”得出"


def test_texts_of_a_school_stay_text(year):
    evil = year.applications.assign(certificate="<script>alert(1)</script>")
    assert "<script>" not in evil._repr_html_()


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.pivot_table(index="level", columns="application_round", values="students", observed=True),
        lambda table: table.set_index("source_row")[["students"]].assign(source_row=1),
        lambda table: table.assign(parts=table["majors"].str.split("；")),
        lambda table: table.iloc[:0],
        lambda table: table.rename(columns={"students": 7}),
        lambda table: table.T,
        lambda table: pd.concat([table] * 4, ignore_index=True),
    ],
)
def test_whatever_is_made_of_a_table_can_be_shown(year, change):
    made = change(year.applications)
    assert isinstance(made, Table)
    assert repr(made)
    assert "<table" in made._repr_html_()


def test_a_long_table_says_how_much_it_does_not_show(year):
    long = pd.concat([year.applications] * 4, ignore_index=True)
    assert "只显示前60行，共100行。" in repr(long)


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda year: year.applications["学生规摸"], "表中没有“学生规摸”一列"),
        (lambda year: year.applications[["level", "certificat"]], "是否想写“certificate”"),
        (lambda year: in_chinese(year.applications)["studnets"], "表中没有“studnets”一列"),
        (lambda year: load_year("去年", project=ROOT), "年度“去年”不是四位数字"),
        (lambda year: year.statistics["by_majr"], "是否想写“by_major”"),
        (lambda year: load_year(1999, project=ROOT), "没有 1999 年度"),
        (lambda year: check_draft("没有的文件.docx", project=ROOT), "没有的文件.docx"),
        (lambda year: pilotlib.chart(year.applications, by="levle"), "是否想写“level”"),
        (lambda year: pilotlib.chart(year.applications.iloc[:0]), "没有图可画"),
    ],
)
def test_errors_are_one_sentence_also_in_a_cell(year, ask, told):
    with pytest.raises(PilotError, match=told) as caught:
        ask(year)
    lines = caught.value._render_traceback_()
    assert len(lines) == 1
    assert lines[0].startswith("错误：")


def test_a_draft_is_held_against_the_year():
    told = check_draft("全年批准培训1482人，申报25项。", 2021, project=ROOT)
    states = told.set_index("number")["state"]
    assert states["1482人"] == "不一致"
    assert states["25项"] == "一致"


def test_a_draft_whose_title_names_another_year_is_judged_by_itself(tmp_path):
    draft = tmp_path / "draft.html"
    draft.write_text("<h1>2019年度报告</h1><p>全年批准培训1482人。</p>", encoding="utf-8")
    assert check_draft(str(draft), project=ROOT)["state"].tolist() == ["无数据"]
    assert check_draft(str(draft), 2021, project=ROOT)["state"].tolist() == ["不一致"]


def test_a_draft_whose_title_names_a_year_of_the_project_is_held_against_that(tmp_path):
    project = make_project(tmp_path / "project")
    shutil.copytree(project / "data" / "raw" / "2021", project / "data" / "raw" / "2022")
    (project / "data" / "raw" / "2022" / "narrative.md").write_text("", encoding="utf-8")
    draft = "2021年度工作小结\n\n我校全年批准培训1482人。"
    assert check_draft(draft, project=project)["state"].tolist()[-1] == "不一致"


def test_every_statistic_says_all_of_itself():
    table = reference()
    assert list(table["statistic"]) == list(STATISTICS)
    assert (table[["title", "unit", "definition", "formula", "caveats"]] != "").all(axis=None)


def test_the_reference_page_is_the_registry(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs")
    made = importlib.import_module("make_reference")
    assert made.page() == made.PAGE.read_text("utf-8"), "run python docs/make_reference.py"


def test_names_complete_and_the_command_stays_light():
    assert set(pilotlib.__all__) <= set(dir(pilotlib))
    assert all(getattr(pilotlib, name).__doc__ for name in pilotlib.__all__ if name != "figures")
    light = "import sys, pilotlib; print('pandas' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", light], text=True).strip() == "False"
