import base64
import re

import pandas as pd
from bs4 import BeautifulSoup

from pilotlib.report.figures import drawing
from pilotlib.report.told import Told, csv_of, html, texts
from pilotlib.statistics.places import percent_of
from tests.report.reports import report_of
from tests.tables import row


def table(data, title="学生", **more):
    return Told("name", title, "定义。", "人", "来源", data, **more)


def test_a_rate_is_rounded_once_where_it_is_shown():
    """214 of 325 are 65.846…%: 65.8, and not the 65.9 that 65.85 would be."""
    data = pd.DataFrame({"share": percent_of(pd.Series([214]), pd.Series([325]))})
    assert texts(table(data))["share"].tolist() == ["65.8"]
    assert csv_of(data).decode("utf-8-sig").splitlines()[1:] == ["65.85"]


def test_tables_for_people_have_chinese_titles_and_words():
    data = pd.DataFrame({"source_row": [1], "column": ["majors"], "rule": ["correction"], "truncated": [True]})
    assert csv_of(data).decode("utf-8-sig") == "行,列,规则,截断\n1,申报专业,人工更正,是\n"


def test_cells_are_written_for_reading():
    data = pd.DataFrame(
        {"measure": ["places_approved", "majors_count", "students_passed"], "value": [1662.0, 15, None]}
    )
    data = data.astype({"value": "Float64"}).assign(lower_bound=[False, True, False])
    assert texts(table(data)).to_numpy().tolist() == [
        ["批准总培训人数", "1,662"],
        ["专业数", "至少15"],
        ["考核通过学生", "未提供"],
    ]


def test_a_table_has_caption_scopes_units_and_a_scroll_box():
    page = html(table(pd.DataFrame({"major": ["会计"], "students": [437]})))
    assert '<caption><span class="numbered" data-kind="表"></span>学生</caption>' in page
    assert '<th scope="col" class="figure">学生规模（人）</th>' in page
    assert '<th scope="row" class="short">会计</th>' in page
    assert '<td class="figure">437</td>' in page
    assert 'role="region"' in page
    assert 'tabindex="0"' in page
    assert '<p class="notes">定义。单位：人。来源：来源。</p>' in page


def test_the_data_of_a_table_come_along_as_a_file_with_its_size():
    data = pd.DataFrame({"major": ["会计"], "students": [1437]})
    page = html(table(data))
    link = re.search('<a download="学生.csv" href="data:text/csv;charset=utf-8;base64,([^"]+)">(.*?)</a>', page)
    assert base64.b64decode(link[1]).decode("utf-8-sig") == "专业,学生规模\n会计,1437\n"
    assert link[2] == "下载“学生”的数据（CSV，不足1 KB）"


def test_a_table_to_search_says_in_which_order_its_categories_stand():
    levels = pd.Categorical(["中级"], ["初级", "中级"], ordered=True)
    data = pd.DataFrame({"major": ["会计"], "level": levels})
    page = html(table(data, searchable=True))
    assert 'class="table searchable"' in page
    assert '<th scope="col" class="short" data-order="初级|中级">等级</th>' in page


def test_what_comes_from_a_file_is_text():
    page = html(table(pd.DataFrame({"major": ["<script>alert(1)</script>"]}), "<b>"))
    assert "<script>" not in page
    assert "<b>" not in page


def test_an_empty_table_says_so():
    assert "没有。" in html(table(pd.DataFrame({"major": []}, dtype=str), "空"))


def test_a_round_that_lacks_a_count_says_so_and_the_others_do_not():
    """In 第一次 an approved application lacks what was approved; one that is not approved yet has nothing to lack."""
    report = report_of(
        row(),
        row(序号="2", 证书名称="界面设计(中级)", 申请总培训人数="40", 批准总培训人数=""),
        row(序号="3", 申报批次="第二次", 申请总培训人数="30", 批准总培训人数="30"),
        row(序号="4", 申报批次="第二次", 证书名称="网店运营推广(中级)", 批准总培训人数="", 申报状态="待省教育厅审核"),
    )
    told = report.tables["by_round"]
    page = BeautifulSoup(html(told), "html.parser")
    assert [[cell.get_text() for cell in line.find_all(["th", "td"])] for line in page.select("tbody tr")] == [
        ["第一次", "2", "2", "2", "90", "至少50", "62.5"],
        ["第二次", "2", "2", "2", "80", "30", "37.5"],
    ]
    assert csv_of(told.data).decode("utf-8-sig").splitlines() == [
        "申报批次,试点,证书,证书等级项数,申请总培训人数,批准总培训人数,申请下限,下限,占批准人数",
        "第一次,2,2,2,90,50,否,是,62.5",
        "第二次,2,2,2,80,30,否,否,37.5",
    ]
    assert "第一批次2项、批准至少50人；第二批次2项、批准30人。" in report.paragraphs["places"]
    stacks = [text.get_text() for text in drawing(report.figures["round_level"]).axes[0].texts]
    assert stacks[-2:] == ["至少50人", "30人"]
    bars = [text.get_text() for text in drawing(report.figures["certificates"]).axes[0].texts]
    assert bars == ["80", "未计入批准，申请40", "未计入批准，申请50"]
    assert report.figures["certificates"].headline == "各证书的申请与批准培训人数"
