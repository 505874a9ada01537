import base64
import re

import pandas as pd

from pilotlib.report.told import Told, csv_of, html, texts


def table(data, title="学生", **more):
    return Told("name", title, "定义。", "人", "来源", data, **more)


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
    assert "<caption>学生</caption>" in page
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
