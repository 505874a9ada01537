"""A table of results beside the applications: read, recognised, added up, held against what else is known, told."""

import io
import re
from collections import Counter
from functools import cache
from unittest import mock

import openpyxl
import pandas as pd
import pytest
from hypothesis import given as of
from hypothesis import strategies as st

from pilotlib import PilotError
from pilotlib.checking import clean_inputs
from pilotlib.checking.results import check_results
from pilotlib.claims import check_claims
from pilotlib.claims.facts import facts_of
from pilotlib.cleaning import Cleaned, clean
from pilotlib.publishing.workbook import as_xlsx
from pilotlib.reading import YearStatistics, read_inputs, read_processed, read_table
from pilotlib.reading.documents import passages_of
from pilotlib.report import year_tables
from pilotlib.report.told import texts
from pilotlib.report.year import book_of
from pilotlib.running.stages import write_year
from pilotlib.statistics import RESULT_STATISTICS, compare_counts, recount, summarise, tables_of
from pilotlib.statistics.indicators import indicators, rates
from pilotlib.statistics.places import Tables, results_of
from pilotlib.statistics.results import results_by
from pilotlib.statistics.years import compared, measures
from pilotlib.vocabulary import OUTCOMES
from tests import writers
from tests.conftest import examples, make_project, pilot, under
from tests.report.reports import pieces_of
from tests.tables import asked_once, cells_of, row

HEADER = [
    "序号",
    "证书名称",
    "等级",
    "二级学院",
    "专业",
    "报名人数",
    "培训人数",
    "参考人数",
    "通过人数",
    "取证人数",
    "通过率",
]
ROWS = [
    ["1", "财务共享服务职业技能等级证书", "初级", "财经学院", "会计", "50", "50", "48", "40", "40", "83.33%"],
    ["2", "5G移动网络运维(中级)", "", "信息学院", "通信技术", "95", "92", "90", "81", "80", "90%"],
    [
        "3",
        "界面设计（初级）",
        "",
        "艺术学院",
        "广告设计与制作",
        "40",
        "40",
        "38",
        "33",
        "33",
        "82.5％",
    ],  # of 40 trained
    ["4", "网店运营推广", "中级", "财经学院", "电子商务", "130", "135", "120", "108", "", "0.9"],
    ["5", "产品创意设计", "初级", "艺术学院", "产品艺术设计", "9", "9", "8", "8", "8", "100"],
    ["合计", "", "", "", "", "324", "326", "304", "271", "", "88.8%"],  # 270 passed: 88.82 is cut off, 271 is wrong
]
TABLE = writers.delimited([HEADER, *ROWS])
STUDENTS = ["证书名称", "等级", "班级", "姓名", "学号", "性别", "成绩", "考核结果"]
NOBODY = b"indicator,value,unit,note\n"


@pytest.fixture(scope="module", autouse=True)
def applications_cleaned_once():
    """The applications of 2021 are the same beside all tables of results."""
    with mock.patch("pilotlib.checking.clean", asked_once(clean)):
        yield


def given(project):
    """A year 2021 with results, and with no words and figures of the school's own."""
    raw = project / "data" / "raw" / "2021"
    (raw / "results.csv").write_bytes(TABLE)
    (raw / "indicators.csv").write_bytes(NOBODY)
    (raw / "narrative.md").unlink()
    return project


@pytest.fixture
def with_results(project):
    return given(project)


@pytest.fixture(scope="session")
def counted(tmp_path_factory):
    """That year as the first stage leaves it, and its statistics."""
    return processed(given(make_project(tmp_path_factory.mktemp("results") / "project")))


def cleaned(project, table: bytes | None = None):
    if table is not None:
        (project / "data" / "raw" / "2021" / "results.csv").write_bytes(table)
    return clean_inputs(read_inputs(project, 2021))


def processed(project, table: bytes | None = None):
    """The year as the first stage leaves it, and its statistics, counted twice."""
    folder = project / "data" / "processed" / "2021"
    write_year(folder, cleaned(project, table))
    of_year = read_processed(folder)
    statistics = summarise(tables_of(of_year))
    compare_counts(statistics, *counted_again(of_year))
    return of_year, statistics


def counted_again(of_year) -> list[Counter]:
    tables = of_year, of_year.results
    return [recount(table.cells, table.corrections, table.about["aside"]) for table in tables]


def tables_in(project, table: bytes | None = None) -> Tables:
    """What statistics are made of, of the year as it is now."""
    inputs, made, _, results = cleaned(project, table)
    return Tables(made.applications, made.majors, inputs.indicators, {}, results_of(results.cleaned, {}))


def messages(project, table: bytes | None = None, rule: str = "") -> list[str]:
    problems = cleaned(project, table).results.problems
    return problems.loc[problems["rule"].str.contains(rule), "message"].tolist()


@cache
def one_application() -> Cleaned:
    return clean(cells_of(row()))


def found(inputs, *rows, header, rule) -> list[str]:
    """What is found in a table of results of these rows beside one application."""
    problems = check_results(clean(cells_of(*rows, header=header)), one_application(), inputs)
    return problems.loc[problems["rule"].str.contains(rule), "message"].tolist()


def test_the_figures_are_those_counted_by_hand(counted):
    statistics = counted[1]
    year = statistics["results"].iloc[0]
    assert year[["registered", "trained", "sat", "passed", "awarded", "awarded_bound"]].tolist() == [
        *(324, 326, 304, 270, 161, True)
    ]
    assert round(year["completion_rate"], 2) == round(326 / 1662 * 100, 2) == 19.61
    rates = year[["attendance_of_trained", "attendance_of_registered", "pass_rate"]].astype(float).round(2)
    assert rates.tolist() == [93.25, 93.83, 88.82]
    assert pd.isna(year["award_rate"])  # of a lower bound
    table = statistics["results_by_certificate"].set_index("certificate")
    assert table.index.tolist() == ["5G移动网络运维", "网店运营推广", "界面设计", "财务共享服务", "产品创意设计"]
    assert table["pass_rate"].astype(float).round(2).tolist() == [90, 90, 86.84, 83.33, 100]
    assert table["few_sat"].tolist() == [False, False, False, False, True]
    assert table["completion_rate"].astype(float).round(2).tolist() == [
        102.22,
        103.85,
        100,
        100,
        22.5,
    ]  # 92 of 90, 135 of 130 …, 9 of 40
    levels = statistics["results_by_level"].set_index("level")
    assert levels.index.tolist() == ["初级", "中级"]
    assert levels["sat"].tolist() == [94, 210]
    colleges = statistics["results_by_college"].set_index("college")["passed"]
    assert colleges.to_dict() == {"信息学院": 81, "财经学院": 148, "艺术学院": 41}
    assert statistics["results_by_major"].set_index("majors_together")["sat"]["会计"] == 48
    assert "completion_rate" not in statistics["results_by_major"]


def test_a_wrong_rate_and_a_wrong_total_are_found_and_right_ones_are_not(counted):
    problems = counted[0].results.problems
    assert problems.loc[problems["rule"].str.contains("pass_rate|total"), "message"].tolist() == [
        "第3行的通过率写作82.5%，而通过33÷参考38=86.84%，请核对是抄错，还是以别的人数为分母。",
        "第6行的通过率写作88.8%，而通过271÷参考304=89.14%，请核对是抄错，还是以别的人数为分母。",
        "第6行（合计）的通过人数写作271，各行相加为270，请核对是否抄错或漏行。",
    ]


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        *(("86.8%", 0), ("86.84", 0), ("0.8684", 0), ("0.868421052631579", 0), ("87%", 0), ("86%", 0), ("—", 0)),
        *(("", 0), ("86.9%", 1), ("88%", 1), ("85%", 1), ("0.85", 1), ("1", 1), ("0.87%", 1), ("约九成", 1)),
    ],
)
def test_a_rate_is_held_against_as_exactly_as_it_is_given(inputs, rate, told):
    header = ("证书名称", "参考", "通过", "合格率(%)")
    assert len(found(inputs, ("界面设计(初级)", "38", "33", rate), header=header, rule="pass_rate")) == told


def test_subtotals_are_held_against_the_rows_above_them(inputs):
    rows = [("界面设计(初级)", "2"), ("财务共享服务(初级)", "3"), ("小计", "5"), ("网店运营推广(中级)", "7")]
    for stated, expected in (("7", []), ("8", ["第5行（合计）的参考人数写作8，各行相加为7，请核对是否抄错或漏行。"])):
        table = [*rows, ("小计", stated), ("合计", "12")]
        assert found(inputs, *table, header=("证书名称", "参考人数"), rule="total") == expected


def test_results_are_held_against_applications_and_the_schools_own_figures(project):
    rows = [["1", "未申报的证书", "初级", "", "", "", "", "5", "6", "", ""], *ROWS[:2]]
    of_year = cleaned(project, writers.delimited([HEADER, *rows]))
    told = of_year.results.problems.set_index("rule")["message"]
    assert told["result_unknown"] == "“未申报的（初级）”有考核结果，不在申报表中；请核对证书名称与等级。"
    assert "“界面设计（中级）”在申报表中，没有考核结果。" in told["result_missing"].tolist()
    assert told["trained_above_places"] == "培训人数92，多于5G移动网络运维（中级）的90人。"
    assert told["result_above"] == "第1行的通过人数6多于参考人数5，请核对。"
    # 142 trained, of one row it is not known: below what the school says. 143 sat, of 908.
    # Of 3 certificates somebody sat, of one in two levels; the school says 14.
    unless = "；两者口径不同时请在备注中写明，否则请核对。"
    assert told["indicator_unlike_results"].tolist() == [
        f"indicators.csv写作参加考核学生908，考核结果表中参考人数相加为143人次{unless}",
        f"indicators.csv写作完成考核的证书14，考核结果表中参加了考核的证书有3种，连等级3项{unless}",
    ]


def test_a_count_that_is_not_there_is_not_given_and_never_0(with_results):
    table = writers.delimited(
        [["证书名称", "等级", "参考人数"], ["界面设计", "初级", "38"], ["财务共享服务", "初级", "—"]]
    )
    of_year, statistics = processed(with_results, table)
    year = statistics["results"].iloc[0]
    assert year["sat"] == 38 and year["sat_bound"]
    assert year[["registered", "trained", "passed", "awarded", "pass_rate", "completion_rate"]].isna().all()
    absent = of_year.results.problems.query("rule == 'result_absent'")["column"].tolist()
    assert absent == ["registered", "trained", "passed", "awarded"]
    text = book_of(of_year, statistics).paragraphs["training"].splitlines()[-1]
    assert text.startswith("考核结果表共计：报名人数未提供，培训人数未提供，参考人数至少38人次，通过人数未提供")


def test_sums_of_results_stand_in_for_figures_that_the_school_did_not_give(with_results):
    tables = tables_in(with_results)
    known = indicators(tables).set_index("indicator")
    assert known.loc["students_trained", ["value", "unit"]].tolist() == [326, "人次"]
    assert pd.isna(known.loc["students_awarded", "value"])  # of one row it is not known
    percent = rates(tables).set_index("rate")["percent"]
    assert round(percent["考核通过学生（人次） ÷ 参加考核学生（人次）"], 2) == 88.82
    with_own = "indicator,value,unit,note\n参加考核学生,300,人,不重复\n".encode()
    (with_results / "data" / "raw" / "2021" / "indicators.csv").write_bytes(with_own)
    known = indicators(tables_in(with_results)).set_index("indicator")["value"]
    assert known["students_assessed"] == 300
    assert pd.isna(known["students_passed"])  # persons and person-times are not divided by one another


def test_two_counts_of_results_that_differ_stop_the_run(counted):
    of_year, statistics = counted
    with pytest.raises(PilotError, match=r"统计“results”的参考人数为 304，从原始单元格重数为 305"):
        compare_counts(statistics, counted_again(of_year)[0], counted_again(of_year)[1] + Counter({("", "sat"): 1}))
    less = statistics["results_by_level"].assign(sat=[93, 211])
    with pytest.raises(PilotError, match=r"统计“results_by_level”初级的参考人数为 93，从原始单元格重数为 94"):
        compare_counts(statistics | {"results_by_level": less}, *counted_again(of_year))


def test_page_and_workbook_tell_them(counted):
    of_year, statistics = counted
    book = book_of(of_year, statistics)
    page = "".join(pieces_of(book, drawn=False))
    assert "通过率88.8%（通过人数270人次÷参考人数304人次）" in page
    assert "最高的是5G移动网络运维（中级）、网店运营推广（中级）（90%），最低的是财务共享服务（初级）（83.3%）" in page
    assert "参考不足10人次的不参与比较：产品创意设计（初级）" in page
    assert re.search(r"考核结果表中\d+处存疑", page)
    assert book.figures["pass_rates"].table.data["certificate"].tolist()[-1] == "产品创意设计"
    sheets = openpyxl.load_workbook(io.BytesIO(as_xlsx("", "", "来源", list(book.tables.values()))))
    sheet = sheets["考核结果：按证书"]
    assert [cell.value for cell in sheet[6]][:7] == ["5G移动网络运维", "中级", 95, 92, 90, 81, 80]
    assert "2021年考核结果表" in sheet["A3"].value
    assert {"考核结果：问题与提示", "考核结果：明细（清洗后）"} <= {*sheets.sheetnames}


def test_a_year_without_results_has_no_such_part(with_results):
    folder = with_results / "data" / "processed" / "2021"
    (folder / "results").mkdir(parents=True)  # of an earlier run
    (with_results / "data" / "raw" / "2021" / "results.csv").unlink()
    write_year(folder, cleaned(with_results))
    without = read_processed(folder)
    assert without.results is None
    book = book_of(without, summarise(tables_of(without)))
    assert not {*RESULT_STATISTICS, "results_problems"} & {*book.tables}
    page = "".join(pieces_of(book, drawn=False))
    assert not re.search("考核结果表中.*存疑", page) and "考核结果表共计" not in page and "考核通过率" not in page


def test_claims_on_a_certificate_are_held_against_its_results_and_totals_in_persons_are_not(counted):
    of_year, statistics = counted
    facts = facts_of(tables_of(of_year), statistics)
    text = (
        "我校财务共享服务（初级）48人参加考核。5G移动网络运维（中级）85人参加考核。全年共有280人参加考核。"
        "财务共享服务的考核通过率为83.33%。"
    )
    claims = check_claims(passages_of(text), facts).query("not derived")
    states = claims[claims["number"].isin(["48", "85", "280", "83.33"])].set_index("number")["state"]
    assert states.to_dict() == {"48": "agrees", "85": "disagrees", "280": "no_data", "83.33": "agrees"}


def test_years_side_by_side_compare_person_times_with_person_times_alone(counted):
    of_year, statistics = counted
    persons = statistics["indicators"].replace({"人次": "人"})
    years = [YearStatistics(2020, of_year.about, statistics | {"indicators": persons})]
    years += [YearStatistics(year, of_year.about, statistics) for year in (2021, 2022)]
    table = measures(years).query("measure == '培训学生'")
    told = table[["unit", "year", "value"]].dropna().to_numpy().tolist()
    assert told == [["人", 2020, 326], ["人次", 2021, 326], ["人次", 2022, 326]]
    change = compared(measures(years), 2021, 2022).query("measure == '培训学生'")["change"].tolist()
    assert change == [0]


def test_either_table_may_come_first_and_results_alone_make_no_report(project, tmp_path):
    results, applications = tmp_path / "考核情况.csv", tmp_path / "获批名单.csv"
    results.write_bytes(TABLE)
    applications.write_bytes(writers.delimited([["证书名称", "等级", "批准人数"], ["界面设计", "初级", "40"]]))
    told = pilot(project, "new", "2022", str(results))
    assert told.returncode == 0, told.stderr
    assert "认出是考核结果表。只有结果出不了报告：再用 pilot new 2022 放入申报表" in told.stdout
    refused = pilot(project, "check", "2022")
    assert "只有考核结果出不了报告：名额要由申报表或获批名单（证书、等级、批准人数）给出" in refused.stderr
    told = pilot(project, "new", "2022", str(applications))
    assert told.returncode == 0, told.stderr
    assert "results.csv：结果 5 行，剔除 1 行" in told.stdout
    folder = project / "data" / "raw" / "2022"
    assert {"applications.csv", "results.csv", "source.toml"} <= {path.name for path in folder.iterdir()}
    assert (folder / "results.csv").stat().st_mode & 0o222 == 0
    again = pilot(project, "new", "2022", str(results))
    assert "data/raw/2022 中已有考核结果表 results.csv，没有改动。要换成这一份，请只移走 results.csv" in again.stderr
    results.rename(folder / "applications.csv")
    assert "applications.csv：是考核结果表" in pilot(project, "check", "2022").stderr


@pytest.mark.parametrize("header", [["证书名称", "等级", "培训人数"], ["证书名称", "等级", "批准人数", "通过人数"]])
def test_what_may_be_places_is_not_taken_for_results(project, tmp_path, header):
    path = tmp_path / "a.csv"
    path.write_bytes(writers.delimited([header, ["界面设计", "初级", *["40"] * (len(header) - 2)]]))
    assert pilot(project, "new", "2022", str(path)).returncode == 0
    assert (project / "data" / "raw" / "2022" / "applications.csv").exists()


def test_of_a_workbook_with_both_sheets_each_name_takes_its_own(project):
    sheets = {"申报": [["证书名称", "等级", "批准人数"], ["界面设计", "初级", "40"]], "结果": [HEADER, *ROWS]}
    folder = project / "data" / "raw" / "2021"
    (folder / "applications.tsv").rename(folder.parent.parent / "old.tsv")
    for name in ("applications", "results"):
        (folder / f"{name}.xlsx").write_bytes(writers.xlsx(sheets))
    (folder / "corrections.csv").unlink()
    inputs = read_inputs(project, 2021)
    assert (len(inputs.cells), len(inputs.results.cells)) == (2, 7)


def test_results_without_anything_that_counts_are_refused(with_results):
    with pytest.raises(
        PilotError, match=r"results.csv：没有报名人数、.*中的任何一列，不是考核结果表。表头现有：证书名称、等级、专业"
    ):
        cleaned(with_results, writers.delimited([["证书名称", "等级", "专业"], ["界面设计", "初级", "会计"]]))


def test_results_have_a_ledger_of_their_own(with_results):
    ledger = "row,column,was,becomes,reason\n3,通过率,82.5％,86.84%,按参考人数重算\n".encode()
    (with_results / "data" / "raw" / "2021" / "results_corrections.csv").write_bytes(ledger)
    of_year = cleaned(with_results)
    assert "第3行" not in "".join(messages(with_results, rule="pass_rate"))
    changes = of_year.results.cleaned.changes
    assert changes[changes["rule"] == "correction"][["source_row", "before", "after"]].to_numpy().tolist() == [
        [3, "82.5％", "86.84%"]
    ]


def students(*rows) -> bytes:
    return writers.delimited([["某校2021年考核成绩"], STUDENTS, *rows])


def test_students_are_counted_up_and_are_nowhere_else(with_results):
    people = [
        ["界面设计", "初级", "设计1班", "欧阳小明", "20210001", "男", "85", "合格"],
        ["界面设计", "初级", "设计1班", "司马小红", "20210002", "女", "51", "不合格"],
        ["界面设计", "初级", "设计2班", "诸葛小强", "20210003", "男", "", "缺考"],
        ["财务共享服务", "初级", "会计1班", "上官小芳", "20210004", "女", "90", "合格"],
        ["制表人：上官小芳", "", "", "", "", "", "", ""],
    ]
    of_year, statistics = processed(with_results, students(*people))
    table = statistics["results_by_certificate"].set_index("certificate")[["sat", "passed", "pass_rate"]]
    assert table.loc[["界面设计", "财务共享服务"]].to_numpy().tolist() == [[2, 1, 50], [1, 1, 100]]
    assert len(of_year.results.cells) == 6  # two above, three classes, the signature
    book = book_of(of_year, statistics)
    written = "".join(pieces_of(book, drawn=False)).encode()
    folder = with_results / "data" / "processed"
    written += b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for name in ("小明", "小红", "小强", "小芳", "20210001", "20210004"):
        assert name.encode() not in written


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (("界面设计", "待定"), "文件第3行的考核结果没有写明或不认识。请写合格、不合格或缺考"),
        (("界面设计", ""), "文件第3行的考核结果没有写明或不认识"),
        (("", "合格"), "文件第3行的没有证书名称。请逐行写明"),
    ],
)
def test_a_student_of_whom_it_is_not_known_is_an_error(with_results, cells, sentence):
    with pytest.raises(PilotError, match=sentence) as error:
        cleaned(with_results, students([cells[0], "初级", "1班", "欧阳小明", "20210001", "男", "", cells[1]]))
    assert "小明" not in str(error.value)


def test_scores_alone_say_who_sat_and_not_who_passed(with_results):
    table = [["证书名称", "等级", "学号", "成绩"], ["界面设计", "初级", "1", "59.5"], ["界面设计", "初级", "2", "缺考"]]
    year = results_by(tables_in(with_results, writers.delimited(table)), ["part"])
    assert year.loc[0, "sat"] == 1
    assert year["passed"].isna().all()


@of(
    st.lists(
        st.tuples(st.sampled_from("甲乙"), st.sampled_from(["1班", "2班", ""]), st.sampled_from([*OUTCOMES])),
        min_size=1,
    )
)
@examples(8, 200)
def test_every_student_is_counted_once(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("students") / "a.csv"
    table = [
        ["证书名称", "等级", "姓名", "班级", "考核结果"],
        *([name, "初级", "某某", group, word] for name, group, word in rows),
    ]
    path.write_bytes(writers.delimited(table))
    cells = read_table(path, of_results=True).cells
    expected = {(name, group): [0, 0] for name, group, _ in rows}
    for name, group, word in rows:
        expected[name, group] = [
            before + one for before, one in zip(expected[name, group], OUTCOMES[word], strict=True)
        ]
    assert cells.iloc[0].tolist() == ["证书名称", "等级", "班级", "参考人数", "通过人数"]
    counted = {(name, group): [int(sat), int(passed)] for name, _, group, sat, passed in cells.iloc[1:].to_numpy()}
    assert counted == expected


def test_rates_that_are_parts_of_one_are_told_in_percent(with_results):
    """A sheet formatted as percent holds 0.8667; a count that is missing beside a rate is no crash."""
    header = ["证书名称", "等级", "参考人数", "通过人数", "通过率"]
    rows = [
        ["界面设计", "初级", "30", "26", "0.8667"],
        ["界面设计", "中级", "", "9", "90%"],
        ["合计", "", "30", "35", ""],
    ]
    of_year = cleaned(with_results, writers.delimited([header, *rows]))
    assert of_year.results.cleaned.applications["pass_rate"].tolist() == ["86.67", "90"]
    told = year_tables.results_tables(of_year.results.cleaned, of_year.results.problems, "来源")
    assert texts(told["results_applications"])["pass_rate"].tolist() == ["86.67", "90.00"]


def test_yes_and_no_answer_a_question(with_results):
    rows = [["界面设计", "初级", "是"], ["界面设计", "初级", "否"], ["界面设计", "初级", "缺考"]]
    of_year = cleaned(with_results, writers.delimited([["证书名称", "等级", "是否通过"], *rows]))
    assert of_year.results.cleaned.applications[["sat", "passed"]].to_numpy().tolist() == [[2, 1]]


def test_names_behind_any_title_stay_in_the_file(with_results):
    rows = [["界面设计", "初级", "30", "欧阳小明"], ["财务共享服务", "初级", "20", "上官小芳"]]
    of_year = cleaned(with_results, writers.delimited([["证书名称", "等级", "参考人数", "联系人"], *rows]))
    assert "小明" not in of_year.results.cleaned.applications.to_csv()
    assert "联系人是个人信息" in "".join(of_year.results.problems["message"])


def test_a_row_that_is_there_twice_is_told(with_results):
    rows = [["1", "界面设计", "初级", "30"], ["2", "界面设计", "初级", "30"], ["3", "界面设计", "中级", "30"]]
    of_year = cleaned(with_results, writers.delimited([["序号", "证书名称", "等级", "参考人数"], *rows]))
    problems = of_year.results.problems
    assert problems.loc[problems["rule"] == "result_repeated", "source_row"].tolist() == [2]


def test_results_are_among_the_key_figures(counted):
    of_year, statistics = counted
    told = {fact.name: (fact.value, fact.note) for fact in book_of(of_year, statistics).key_figures}
    assert told["参加考核"] == ("304人次", "培训人数的93.3%；其中88.8%通过")  # 304 ÷ 326, 270 ÷ 304


def test_many_changes_of_one_kind_are_told_in_one_line(with_results):
    rows = [[f"证书{number}甲", "初级", "10", "9", "0.9"] for number in range(11)]
    of_year = cleaned(with_results, writers.delimited([["证书名称", "等级", "参考人数", "通过人数", "通过率"], *rows]))
    lines = year_tables.findings("results.csv", of_year.results.cleaned, of_year.results.problems)
    assert under(lines, "更改") == ["通过率（统一比率写法）：第1、2、3、4、5、6、7、8、9、10、11行"]
