"""Files that were once misread, each of a kind: set up as a year, they give the right figures or are refused.

In each the same three applications stand, of 437, 866 and 99 students, 50, 130 and 40 places applied for, and 50, 120
and 30 approved, but where a line below says otherwise.
"""

from pathlib import Path
from unittest import mock

import pytest

from pilotlib import PilotError
from pilotlib.checking import clean_inputs
from pilotlib.cleaning import clean
from pilotlib.province.totals import summarise_table
from pilotlib.reading import read_inputs
from pilotlib.receiving import set_up_year
from tests import writers
from tests.tables import HEADER, ROW, Statistics, asked_once, row

FAULTS = Path(__file__).parent / "data" / "faults"
BASE = (3, 1402, 220, 200)
JOINED = (5, 2729, 420, 400)
NOT_SHOWN, PUT_TOGETHER = "连同划去、上标或隐藏的文字", "依次接成"

# The file → what comes of it (rows, students, places applied for, places approved), the rows set aside, and what is
# said in a warning.
READ = {
    "F03_del.html": (BASE, [], NOT_SHOWN),
    "F03_dn.html": (BASE, [], NOT_SHOWN),
    "F03_rich_strike.xlsx": (BASE, [], NOT_SHOWN),
    "F03_rich_sup.xls": (BASE, [], NOT_SHOWN),
    "F03_rich_sup.xlsx": (BASE, [], NOT_SHOWN),
    "F03_strike.docx": (BASE, [], NOT_SHOWN),
    "F03_strike.pdf": (BASE, [], NOT_SHOWN),
    "F03_sup.ods": (BASE, [], NOT_SHOWN),
    "F03_sup.pdf": (BASE, [], NOT_SHOWN),
    "F03_sup1.html": (BASE, [], NOT_SHOWN),
    "F03_superscript.docx": (BASE, [], NOT_SHOWN),
    "F03_vanish.docx": (BASE, [], NOT_SHOWN),
    "F04_cont.html": (JOINED, [], PUT_TOGETHER),
    "F04_cont.xlsx": (JOINED, [], PUT_TOGETHER),
    "F04_cont.zip": (JOINED, [], PUT_TOGETHER),
    "F04_continued_nohead.docx": (JOINED, [], PUT_TOGETHER),
    "F05a_unit_hundreds.csv": ((3, 1500, 220, 200), [], ""),
    "F05b_last_year_in_brackets.csv": (BASE, [], ""),
    "F05c_women_in_brackets.csv": (BASE, [], ""),
    "F06a_example_row.csv": (BASE, ["示例行"], ""),
    "F06b_column_numbers_row.csv": (BASE, ["列号行"], ""),
    "F06c_total_named_quanxiao.csv": (BASE, ["合计行"], ""),
    "F06d_total_named_zongshu.csv": (BASE, ["合计行"], ""),
    "F07a_unit_row.csv": (BASE, ["单位行"], ""),
    "F07b_sum_without_label.csv": (BASE, ["合计行"], ""),
    "F07c_signature_row.csv": (BASE, ["签字行"], ""),
    "F07d_second_table_below.csv": (BASE, ["空行", "表外文字", "表外文字", "表外文字"], ""),
    "F07e_column_numbers_in_brackets.csv": (BASE, ["列号行"], ""),
    "F07f_he_ji_in_two_cells.csv": (BASE, ["合计行"], ""),
    "F07g_leiji.csv": (BASE, ["合计行"], ""),
    "F08_biff2.xls": (BASE, [], ""),
    "F08_csv.xls": (BASE, [], ""),
    "F08_csv.xlsx": (BASE, [], ""),
    "F08_html2.xls": (BASE, [], ""),
    "F08_html4.xls": (BASE, [], ""),
    "F08_html5.xls": (BASE, [], ""),
    "F08_html6.xls": (BASE, [], ""),
    "F08_mht.xls": (BASE, [], ""),
    "F08_tsv.xls": (BASE, [], ""),
    "F08_u16.xls": (BASE, [], ""),
    "F08_xml2003.xls": (BASE, [], ""),
    "F08_xml2003.xml": (BASE, [], ""),
    "F09_backslash.xlsx": (BASE, [], ""),
    "F09_ordinary.xlsm": (BASE, [], ""),
    "F09_upperwb.xlsx": (BASE, [], ""),
    "F09_wb22.xlsx": (BASE, [], ""),
    "F11_h_bom.xlsx": (BASE, [], ""),
    "F11_h_colon.xlsx": (BASE, [], ""),
    "F11_h_num.xlsx": (BASE, [], ""),
    "F11_h_star.xlsx": (BASE, [], ""),
    "F11_h_star2.xlsx": (BASE, [], ""),
    "F11_h_unit.xlsx": (BASE, [], ""),
    "F11_h_zw.xlsx": (BASE, [], ""),
    "F12_space_in_last_row.xlsx": (BASE, [], ""),
    "F12_space_in_row_60000.xlsx": (BASE, [], ""),
    "F14_float_noise.xlsx": ((3, 1402, 220, 360), [], ""),
    "F14_year_as_date.xlsx": (BASE, [], ""),
    "F15_continued_with_header.docx": (JOINED, ["重复的表头"], PUT_TOGETHER),
    "F15_hidden_copy.xlsx": (BASE, [], ""),
    "F15_rounds_on_sheets.xlsx": (BASE, ["重复的表头"], PUT_TOGETHER),
    "F17_dash_in_approved.csv": ((3, 1402, 220, 150), [], "第1行缺少批准总培训人数"),
}
NOT_WORKED_OUT, LOCKED, LONGER = "是公式，文件中没有算出的值", "有密码保护", "表头有 9 列，下面的行比它长"
REFUSED = {
    "F01a_xlsxwriter_formulas_not_calculated.xlsx": NOT_WORKED_OUT,
    "F01b_xlsxwriter_text_formulas.xlsx": NOT_WORKED_OUT,
    "F01c_xlwt_formulas_not_calculated.xls": NOT_WORKED_OUT,
    "F01d_placeholder_zero.ods": NOT_WORKED_OUT,
    "F01e_fullCalcOnLoad_zero.xlsx": NOT_WORKED_OUT,
    "F02a_unquoted_thousands.csv": f"{LONGER}.*\n  · 第 1 行（文件第 2 行）：1｜2021｜.*｜1｜117｜1｜060｜1｜060\n",
    "F02b_unquoted_comma_majors_last.csv": f"{LONGER}.*\n  · 第 2 行（文件第 3 行）：.*｜电子商务｜市场营销｜物流管理\n",
    "F02c_unquoted_thousands_status_last.csv": LONGER,
    "F02d_batch_unquoted_thousands.csv": "表头有 10 列，下面的行比它长",
    "F05d_two_row_header_last_year.csv": "“申请人数（上年度）”是不是申请总培训人数，从括号中的字看不出来",
    "F05e_two_row_header_2020_over_2021.xlsx": "“申请人数（2020年）”|缺少“申请总培训人数”、“批准总培训人数”列",
    "F09_wps_et_biff8.et": NOT_WORKED_OUT,
    "F10_enc.ods": LOCKED,
    "F10_encrypted.docx": LOCKED,
    "F10_encrypted.pdf": LOCKED,
    "F10_encrypted.xlsx": LOCKED,
    "F16_one_line_gbk.csv": "从第 4 行起不是同一种编码",
}
PROVINCE = "F13_batch_rare_hanzi_and_bracket_widths.csv"


THREE = [
    ROW,
    row(
        序号="2", 证书名称="界面设计职业技能等级证书(中级)", 学生规模="866", 申请总培训人数="130", 批准总培训人数="120"
    ),
    row(
        序号="3", 证书名称="网店运营推广职业技能等级证书(初级)", 学生规模="99", 申请总培训人数="40", 批准总培训人数="30"
    ),
]
MODEL, SUMS = list(row(证书名称="界面设计(高级)")), ["1402", "220", "200", ""]
PLAIN_HTML = writers.html([[HEADER, *THREE]]).decode()


def marked_html(was, becomes, style=""):
    assert was in PLAIN_HTML
    return (style + PLAIN_HTML.replace(was, becomes, 1)).encode()


# Neighbours of these files: a name, what it holds, and the rows set aside.
NEIGHBOURS = {
    "model in brackets.csv": (writers.delimited([HEADER, ["（示例）", *MODEL[1:]], *THREE]), ["示例行"]),
    "model with a number.csv": (writers.delimited([HEADER, ["例：1", *MODEL[1:]], *THREE]), ["示例行"]),
    "model in the name.csv": (
        writers.delimited([HEADER, [*MODEL[:3], "（填写示例）界面设计(高级)", *MODEL[4:]], *THREE]),
        ["示例行"],
    ),
    "columns by stems.csv": (writers.delimited([HEADER, [*"甲乙丙丁戊123己"], *THREE]), ["列号行"]),
    "columns by letters.csv": (writers.delimited([HEADER, [*"ABCDEFG", "H=F-G", "I"], *THREE]), ["列号行"]),
    "sum in a name.csv": (writers.delimited([HEADER, *THREE, ["", "", "", "学院总数", "", *SUMS]]), ["合计行"]),
    "an average below.csv": (
        writers.delimited([HEADER, *THREE, ["平均", *[""] * 4, "467.3", "73.3", "66.7", ""]]),
        ["汇总说明行"],
    ),
    "shares below.csv": (
        writers.delimited([HEADER, *THREE, ["占比（%）", *[""] * 4, "100", "100", "91", ""]]),
        ["汇总说明行"],
    ),
    "a whole and its women.csv": (
        writers.delimited(
            [
                [*HEADER[:7], "", HEADER[7], "", *HEADER[8:]],
                [*[""] * 6, "总数", "其中女生", "合计", "女", ""],
                *([*cells[:7], "9", cells[7], "8", *cells[8:]] for cells in THREE),
            ]
        ),
        ["表头的上一行"],
    ),
    "a total on top.csv": (
        writers.delimited([HEADER, ["", "", "", "全校", "", *SUMS], *THREE]),
        ["合计行"],
    ),
    "parts of rows.csv": (
        writers.delimited([HEADER, THREE[0], ["", "", "", "其中：扩招", "", "20", "5", "5", ""], *THREE[1:]]),
        ["汇总说明行"],
    ),
    "a page's foot.csv": (writers.delimited([HEADER, *THREE, ["共3条 每页20条 第1/1页", *[""] * 8]]), ["表外文字"]),
    "signed in cells.csv": (
        writers.delimited([HEADER, *THREE, ["填表人：欧阳小明", "", "", "", "审核：", "", "", "2021年3月5日", ""]]),
        ["签字行"],
    ),
    "as above.csv": (
        writers.delimited([HEADER, THREE[0], *(["〃", "同上", "″", *cells[3:8], "同上"] for cells in THREE[1:])]),
        [],
    ),
    "a unit above.csv": (
        writers.delimited(
            [
                ["单位：百人", *[""] * 8],
                HEADER,
                *([*cells[:5], *(str(int(text) / 100) for text in cells[5:8]), cells[8]] for cells in THREE),
            ]
        ),
        ["表头以上"],
    ),
    "a note below.csv": (writers.delimited([HEADER, *THREE, ["注：第2行以平台为准", *[""] * 8]]), ["表外文字"]),
    "thousands.csv": (
        writers.delimited([HEADER, *THREE, ["合计", "", "", "", "", "1，402", "220", "200", ""]]),
        ["合计行"],
    ),
    "broken lines.html": (
        marked_html("界面设计职业技能等级证书(中级)", "界面设计<br>职业技能等级证书<br>（中级）"),
        [],
    ),
    "women among them.csv": (
        writers.delimited([[*HEADER, "其中女生"], *([*cells, "9"] for cells in THREE)]),
        [],
    ),
    "lowered.html": (marked_html(">866<", ">866<sub>1</sub><"), []),
    "no size.html": (marked_html(">120<", ">120<b style='font-size: 0'>0</b><"), []),
    "looks of a class.html": (
        marked_html(">120<", "><b class=x1>13</b>120<", "<style><!--\n.x1 {text-decoration: line-through}--></style>"),
        [],
    ),
    "looks of another medium.html": (
        marked_html(">120<", "><b class=x1>120</b><", "<style>@media print {.x1 {display: none} p {}}</style>"),
        [],
    ),
    "inserted and deleted.html": (marked_html(">120<", "><del>130</del><ins>120</ins><"), []),
}


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_neighbours_are_read_right(name, received, tmp_path):
    content, aside = NEIGHBOURS[name]
    (tmp_path / name).write_bytes(content)
    year = received(tmp_path / name)
    assert figures(year) == BASE
    assert year.cleaned.set_aside["reason"].tolist() == aside
    assert not (year.problems["severity"] == "error").any()


def test_a_table_that_goes_on_and_ends_in_sums_is_joined(received, tmp_path):
    more = [row(序号="4", 证书名称="老年照护(初级)"), ["合计", "", "", "", "", "1839", "270", "250", ""]]
    (tmp_path / "a.xlsx").write_bytes(writers.xlsx({"申报": [HEADER, *THREE], "续": more}))
    year = received(tmp_path / "a.xlsx")
    assert figures(year) == (4, 1839, 270, 250)
    assert year.cleaned.set_aside["reason"].tolist() == ["合计行"]


def test_every_file_is_told_of():
    assert {path.name for path in FAULTS.iterdir()} == {*READ, *REFUSED, PROVINCE}


@pytest.fixture(scope="module", autouse=True)
def equal_tables_cleaned_once():
    with mock.patch("pilotlib.checking.clean", asked_once(clean)):
        yield


@pytest.fixture
def received(tmp_path):
    """What comes of a file: the year cleaned and checked."""
    (tmp_path / "data" / "raw").mkdir(parents=True)

    def receive(path):
        set_up_year(tmp_path, 2021, path)
        return clean_inputs(read_inputs(tmp_path, 2021))

    return receive


def figures(year):
    applications = year.cleaned.applications
    sums = applications[["students", "places_applied", "places_approved"]].sum()
    return len(applications), *map(int, sums)


@pytest.mark.parametrize("name", READ)
def test_the_right_figures_are_read(name, received):
    expected, aside, warning = READ[name]
    year = received(FAULTS / name)
    assert figures(year) == expected
    assert year.cleaned.set_aside["reason"].tolist() == aside
    messages = year.problems.loc[year.problems["severity"] == "warning", "message"]
    assert not warning or messages.str.contains(warning).any()
    assert not (year.problems["severity"] == "error").any()


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_be_misread_is_refused(name, received):
    with pytest.raises(PilotError, match=f"(?s){REFUSED[name]}"):
        received(FAULTS / name)


@pytest.mark.parametrize("name", ["F02a_unquoted_thousands.csv", "F02d_batch_unquoted_thousands.csv"])
def test_rows_longer_than_the_header_are_refused_in_a_table_of_schools_too(name, tmp_path):
    with pytest.raises(PilotError, match="下面的行比它长"):
        summarise_table(FAULTS / name, "申报专业" if "F02a" in name else "学校")


def test_schools_are_one_whatever_the_width_of_their_brackets():
    by_school = summarise_table(FAULTS / PROVINCE)["by_school"]
    assert by_school["school"].tolist() == ["ABC学院", "丙学院（东区）", "𠮷林学院"]
    assert by_school["applications"].tolist() == [4, 6, 2]


def test_text_that_is_not_shown_is_in_the_log(received):
    changes = received(FAULTS / "F03_rich_sup.xlsx").cleaned.changes
    of_cell = changes[changes["rule"] == "text_unshown"]
    assert of_cell[["source_row", "column", "before", "after"]].astype(object).to_numpy().tolist() == [
        [2, "students", "8661", "866"]
    ]


def test_a_missing_figure_makes_the_sum_a_lower_bound(received):
    overview = Statistics(received(FAULTS / "F17_dash_in_approved.csv").cleaned)["overview"].set_index("measure")
    assert overview.loc["places_approved", "lower_bound"]
    assert not overview.loc["places_applied", "lower_bound"]


def test_a_workbook_of_wps_is_read_by_its_content(received, tmp_path):
    path = tmp_path / "明细.et"
    path.write_bytes(writers.xls({"明细": [HEADER, ROW]}))
    assert figures(received(path)) == (1, 437, 50, 50)


TITLED = ["证书名称", "等级", "批准人数"]
# What a table holds that may not count, or not here → what a warning says of it.
DOUBTFUL = {
    "another year above": (
        [["某校2020年1+X申报表", "", ""], TITLED, ["界面设计", "初级", "50"]],
        "写的是2020年，这里按2021年处理",
    ),
    "a row that is void": (
        [
            [*TITLED, "说明"],
            ["界面设计", "初级", "50", ""],
            ["老年照护", "初级", "40", "本条作废"],
            ["A", "中级", "1", ""],
        ],
        "第2行另有一格写着“本条作废”",
    ),
    "two levels": (
        [TITLED, ["界面设计（中级）", "初级", "50"], ["老年照护", "中级", "40"]],
        "第1行",
    ),
    "several schools": (
        [[*TITLED, "学校"], ["界面设计", "初级", "50", "甲学院"], ["老年照护", "初级", "40", "乙学院"]],
        "表中有几所学校（甲学院、乙学院）",
    ),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_may_not_count_is_told(name, received, tmp_path):
    rows, warning = DOUBTFUL[name]
    (tmp_path / "a.csv").write_bytes(writers.delimited(rows))
    problems = received(tmp_path / "a.csv").problems
    assert problems.loc[problems["severity"] == "warning", "message"].str.contains(warning, regex=False).any()


# Tables that say one application's numbers in another way than a row each.
LAID_OUT = {
    "levels as columns": (
        [
            ["证书名称", "初级申请人数", "初级批准人数", "中级申请人数", "中级批准人数"],
            ["界面设计", "5", "5", "6", "6"],
        ],
        "“初级申请人数”、“初级批准人数”.*分列写出",
    ),
    "rounds below places": (
        [["证书名称", "批准人数", "", "专业"], ["", "第一批", "第二批", ""], ["界面设计", "5", "5", "会计"]],
        "“第一批”、“第二批”.*分列写出",
    ),
    "ticks below levels": (
        [["证书名称", "初级", "中级", "申请人数", "批准人数"], ["界面设计", "√", "", "5", "5"]],
        "“初级”、“中级”.*分列写出",
    ),
    "on its side": (
        [["证书名称", "甲", "乙"], ["等级", "初级", "中级"], ["批准人数", "50", "40"], ["申请人数", "50", "40"]],
        "表是横放的",
    ),
    "columns in another order": (
        [TITLED, ["界面设计", "初级", "50"], ["证书名称", "批准人数", "等级"], ["老年照护", "40", "中级"]],
        "文件第 3 行：又有一行表头，列的顺序与前面不同",
    ),
    "side by side": (
        [[*TITLED, "", *TITLED], ["界面设计", "初级", "50", "", "老年照护", "初级", "40"]],
        "“证书名称”（第1列）、“证书名称”（第5列）都是证书名称列.*并排",
    ),
}


@pytest.mark.parametrize("name", LAID_OUT)
def test_a_table_in_another_layout_is_refused_with_what_to_do(name, received, tmp_path):
    rows, sentence = LAID_OUT[name]
    (tmp_path / "a.csv").write_bytes(writers.delimited(rows))
    with pytest.raises(PilotError, match=sentence):
        received(tmp_path / "a.csv")
