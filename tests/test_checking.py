import pandas as pd
import pytest

from pilotlib import PilotError
from pilotlib.checking import CHECK_RULES, by_cause, check, stop_on_errors
from pilotlib.cleaning import clean
from pilotlib.vocabulary import SEVERITIES
from tests.tables import cells_of, row


def found(*rows, year=2021, **given) -> dict[str, list[str]]:
    """Rule → its sentences, for a table of these rows."""
    problems = check(clean(cells_of(*rows), None, given.get("reference")), year, **given)
    return problems.groupby("rule")["message"].agg(list).to_dict()


def test_what_is_said_of_the_2021_table(cleaned, inputs):
    problems = check(cleaned, 2021, inputs.source, inputs.sha256, inputs.indicators, inputs.reference)
    assert problems[["source_row", "rule", "severity"]].astype(object).to_numpy().tolist() == [
        [8, "cell_truncated", "warning"],
        [16, "cell_truncated", "warning"],
        [18, "cell_truncated", "warning"],
        [23, "approved_above_applied", "warning"],
        [25, "cell_truncated", "warning"],
        [3, "rounds_several", "note"],
        [8, "rounds_several", "note"],
        [24, "rounds_several", "note"],
        [25, "rounds_several", "note"],
    ]
    assert problems.loc[3, "message"] == "第23行批准104人，多于申请的101人，请向平台核实。"
    assert "依据较弱" in problems.loc[1, "message"]


def test_without_corrections_two_levels_are_unknown(cleaned_as_printed):
    problems = check(cleaned_as_printed, 2021)
    assert problems.loc[problems["rule"] == "level_missing", "source_row"].tolist() == [16, 18]


@pytest.mark.parametrize(
    ("rows", "rule", "sentence"),
    [
        ([row(申报年度="2020")], "year_differs", "第1行的申报年度是“2020”，不是本年度2021，请核对文件是否放错文件夹。"),
        ([row(申报年度=""), row(序号="2", 证书名称="网店运营推广(初级)")], "value_required", "第1行缺少申报年度，请在corrections.csv中补上并写明依据。"),
        ([row(证书名称="")], "value_required", "第1行缺少证书名称，请在corrections.csv中补上并写明依据。"),
        ([row(批准总培训人数="约50")], "count_unreadable", "第1行的批准总培训人数“约50”不是整数，请在corrections.csv中更正。"),
        ([row(学生规模="")], "value_missing", "第1行缺少学生规模，按缺失处理，不计入相应统计。"),
        ([row(证书名称="界面设计")], "level_missing", "第1行“界面设计”没有写明等级，按等级未知统计。"),
        ([row(证书名称="界面设计(初级、中级)")], "levels_several", "第1行同时写了“初级、中级”，人数无法按等级拆分，单列统计。"),
        ([row(申报状态="补正材料")], "status_unknown", "第1行的申报状态“补正材料”不在已知状态之列，人数不计入批准。"),
        ([row(批准总培训人数="60")], "approved_above_applied", "第1行批准60人，多于申请的50人，请向平台核实。"),
        ([row(批准总培训人数="40")], "approved_below_applied", "第1行批准40人，少于申请的50人。"),
        ([row(申报批次="补报")], "round_unknown", "第1行的申报批次“补报”不是沿用批次或第几次，按原名统计。"),
        ([row(), row(序号="2")], "application_repeated", "第2行“财务共享服务（初级）”与第1行的证书、等级和批次都相同，可能重复登记。"),
        ([row(), row(申报批次="第二次")], "serial_repeated", "第2行的序号“1”与第1行相同。"),
        ([row(), row(序号="4")], "serial_gap", "序号中缺少2、3，抄录时可能漏行，请与原件核对。"),
        ([row(), row(学生规模="400")], "students_differ", "第2行的学生规模400与同一专业其他行的437不同，该专业学生数按缺失处理。"),
        (
            [row(), row(申报专业="电子商务", 学生规模="100"), row(申报专业="会计；电子商务", 学生规模="500")],
            "students_sum_differs",
            "第3行的学生规模500不等于各专业之和537。",
        ),
        (
            [row(), ("合计", *("",) * 5, "50", "999", "")],
            "total_differs",
            "第2行（合计）的批准总培训人数写作999，各行相加为50，请核对是否抄错或漏行。",
        ),
        ([], "no_application", "申报表中没有一行申报，请确认放入的是申报明细表。"),
    ],
)  # fmt: skip
def test_each_rule_says_row_and_value(rows, rule, sentence):
    assert sentence in found(*rows)[rule]


def test_a_table_without_fault_has_no_problem():
    assert found(row(), row(序号="2", 证书名称="界面设计(中级)")) == {}


def test_a_count_that_cannot_be_read_is_one_problem():
    assert set(found(row(批准总培训人数="约50"))) == {"count_unreadable"}


def test_majors_are_looked_up_only_where_there_is_a_reference(inputs):
    assert "major_unknown" not in found(row(申报专业="新专业"))
    assert found(row(申报专业="新专业"), reference=inputs.reference)["major_unknown"] == [
        "第1行的专业“新专业”不在对照表中，无法归入专业大类；请补入data/raw/reference/majors.csv。"
    ]


def test_a_table_changed_since_receipt_is_told():
    messages = found(row(), source={"sha256": "a", "rows": 2}, sha256="b")
    assert set(messages) == {"table_changed", "rows_differ"}
    assert messages["rows_differ"] == ["申报表有1行申报，source.toml记录为2行，请核对是否缺行或多行。"]


def test_indicators_are_checked():
    given = pd.DataFrame(
        [["培训教师", "五十一", "人", ""], ["新指标", "3", "个", ""]], columns=["indicator", "value", "unit", "note"]
    )
    messages = found(row(), indicators=given)
    assert messages["indicator_unreadable"] == [
        "indicators.csv第1条的值“五十一”不是数字，请改为数字；没有就删去这一条。"
    ]
    assert messages["indicator_unknown"] == ["indicators.csv第2条“新指标”不是已知指标，照原样列出。"]


def test_all_errors_are_said_at_once():
    problems = check(clean(cells_of(row(申报年度="2020", 批准总培训人数="约50"))), 2021)
    with pytest.raises(PilotError, match="有 2 处错误") as error:
        stop_on_errors(problems, "甲.tsv")
    assert str(error.value).startswith("甲.tsv：")
    assert "“2020”" in str(error.value)
    assert "“约50”" in str(error.value)


def test_warnings_do_not_stop():
    stop_on_errors(check(clean(cells_of(row(批准总培训人数="60"))), 2021))


def test_every_rule_has_a_known_severity_and_a_whole_sentence():
    assert {rule["severity"] for rule in CHECK_RULES.values()} == set(SEVERITIES)
    assert all(rule["sentence"].endswith("。") for rule in CHECK_RULES.values())


def test_a_cause_of_many_rows_is_said_once_with_its_rows():
    problems = check(clean(cells_of(*[row(批准总培训人数="49")] * 7, row(批准总培训人数="60"))), 2021)
    lines = by_cause(problems).query("column == 'places_approved'")["message"].tolist()
    assert lines == [
        "第8行批准60人，多于申请的50人，请向平台核实。",
        "批准少于申请，共7处：第1、2、3、4、5、6、7行。如第1行批准49人，少于申请的50人。",
    ]
