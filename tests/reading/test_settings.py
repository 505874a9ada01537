"""What `source.toml` and `school.toml` say: of the table in its file, its headers, its rows, its statuses."""

import tomllib

import pytest

from pilotlib import PilotError
from pilotlib.checking import by_cause, clean_inputs
from pilotlib.reading import read_inputs, read_table
from pilotlib.reading.settings import FORMS, SOURCE
from pilotlib.statistics import Tables, compare_counts, recount, summarise
from pilotlib.statistics.places import only_approved
from tests import writers
from tests.conftest import under
from tests.tables import HEADER, row

ROWS = [
    list(row(序号=str(number), 证书名称=f"{name}(初级)")) for number, name in enumerate(("甲", "乙", "丙"), start=1)
]
TABLE = [list(HEADER), *ROWS]


@pytest.fixture
def received(tmp_path):
    """A project of one year of such a table, with what is said in the files of settings; its inputs are read."""

    def receive(rows=TABLE, source="", school="", sheets=None):
        folder = tmp_path / "data" / "raw" / "2021"
        folder.mkdir(parents=True, exist_ok=True)
        kind, content = ("xlsx", writers.xlsx(sheets)) if sheets else ("csv", writers.delimited(rows))
        (folder / f"applications.{kind}").write_bytes(content)
        (folder / "source.toml").write_text(source, encoding="utf-8")
        (folder.parent / "school.toml").write_text(school, encoding="utf-8")
        return read_inputs(tmp_path, 2021)

    return receive


def counted(inputs):
    """The places approved, counted twice, and the problems by cause."""
    _, cleaned, problems, _ = clean_inputs(inputs)
    statistics = summarise(Tables(cleaned.applications, cleaned.majors, inputs.indicators, {}))
    compare_counts(statistics, recount(inputs.cells, inputs.corrections, inputs.origin.aside, inputs.school))
    approved = int(only_approved(cleaned.applications)["places_approved"].fillna(0).sum())
    return approved, cleaned, by_cause(problems).groupby("rule")["message"].agg(list).to_dict()


def test_what_a_new_year_begins_with_is_what_may_be_said():
    uncommented = SOURCE.format(file='"a"', sha256="", year=2031, years="")
    assert tomllib.loads(uncommented) == {"file": "a", "sha256": ""}
    told = {
        "received_from",
        "received_on",
        "prepared_on",
        "rows",
        "sheet",
        "table",
        "begin",
        "end",
        "years",
        "columns",
        "set_aside",
    }
    assert set(FORMS["source.toml"]) == told | {"file", "sha256"}


def test_headers_that_are_named_are_columns_in_both_counts(received):
    header = ["编码", "年", "轮", "名目", "学科", "规模甲", "数甲", "数乙", "意见甲"]
    named = zip(header[1:], HEADER[1:], strict=True)
    source = "[columns]\n" + "".join(f'"{word}" = "{title}"\n' for word, title in named)
    approved, cleaned, _ = counted(received([header, *ROWS], source))
    assert approved == 150
    assert cleaned.applications["certificate"].tolist() == ["甲", "乙", "丙"]
    of_header = cleaned.changes[cleaned.changes["source_row"] == 0]
    assert set(of_header["reason"]) == {"source.toml 的 [columns]"}
    assert len(of_header) == 8


def test_two_named_headers_are_enough(received):
    rows = [["甲目", "数甲", "备注"], ["甲(初级)", "60", ""]]
    inputs = received(rows, '[columns]\n"甲目" = "证书名称"\n"数甲" = "批准总培训人数"\n')
    assert counted(inputs)[0] == 60


def test_a_row_longer_than_a_header_that_is_named_is_refused(received):
    rows = [["甲目", "数甲", "意见"], ["甲(初级)", "1", "060", "通过"]]
    with pytest.raises(PilotError, match="下面的行比它长"):
        received(rows, '[columns]\n"甲目" = "证书名称"\n"数甲" = "批准总培训人数"\n')


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ('[columns]\n"核定量" = "批准总培训人数"\n', r"source\.toml 的 \[columns\]：.* 的表头没有“核定量”"),
        ('[columns]\n"申报状态" = "某列"\n', r"source\.toml 的 \[columns\]：表头“申报状态”要更正为已知的列名"),
        ('sheet = "二稿"\n', r"source\.toml：.* 中没有 sheet"),
        ("table = 2\n", r"source\.toml：.* 中没有 sheet"),
        ("end = 9\n", r"source\.toml：.*到第 4 行"),
        ("begin = 2\n", "没有找到表头|表头不在 begin"),
        ('[set_aside]\nreason = "退回"\n9 = "丙(初级)"\n', r"source\.toml：.* 第 9 行的证书名称不存在"),
        ('[set_aside]\nreason = "退回"\n3 = "乙(初级)"\n', r"第 3 行的证书名称现为“丙\(初级\)”，不是“乙\(初级\)”"),
        ('[set_aside]\n3 = "丙(初级)"\n', "没有写理由"),
        ('[set_aside]\nreason = "退回"\n三 = "丙(初级)"\n', r"不是有效的 TOML.*要加英文引号"),
        ('[set_aside]\nreason = "退回"\n"三" = "丙(初级)"\n', "行次要写数字"),
        ("set_aside = [3]\n", r"set_aside = \[3\] 应写成 .*reason"),
        ("years = 2021\n", r"years = 2021 应写成 years = \["),
    ],
)
def test_what_is_not_there_stops_and_is_named(received, source, sentence):
    with pytest.raises(PilotError, match=sentence):
        received(source=source)


def test_a_row_that_is_set_aside_is_in_no_count_and_says_why(received):
    inputs = received(source='[set_aside]\nreason = "已退回"\n2 = "乙(初级)"\n')
    approved, cleaned, _ = counted(inputs)
    assert approved == 100
    aside = cleaned.set_aside
    assert aside[["source_row", "reason"]].to_numpy().tolist() == [[2, "已退回（source.toml）"]]


def test_rows_of_other_years_are_set_aside_and_a_year_that_is_not_named_is_an_error(received):
    rows = [list(row(申报年度=year, 证书名称=f"{year}证(初级)")) for year in ("2021", "2022", "2023")]
    total = ["合计", *[""] * 6, "150", ""]
    approved, cleaned, told = counted(received([list(HEADER), *rows, total], "years = [2021, 2022]\n"))
    assert approved == 100
    assert cleaned.set_aside["reason"].tolist() == ["其他年度的行", "合计行"]
    assert told["year_differs"] == ["第3行的申报年度是“2023”，不是本年度2021，请核对文件是否放错文件夹。"]
    assert "total_differs" not in told


def test_a_sheet_or_a_table_and_its_rows_are_chosen(received):
    other = [list(HEADER), list(row(证书名称="丁(初级)", 批准总培训人数="7"))]
    sheets = {"一稿": other, "二稿": [["题目"], *TABLE, ["下表"], *other]}
    with pytest.raises(PilotError, match="中写明用哪一个，如 table = 1") as error:
        received(sheets={"一稿": other, "二稿": TABLE[:2] + other[1:]})
    assert error.value.rows == []
    for source in ('sheet = "二稿"\nbegin = 2\nend = 5\n', "table = 2\nbegin = 2\nend = 5\n"):
        inputs = received(source=source, sheets=sheets)
        assert counted(inputs)[0] == 150
        assert inputs.origin.said("table_taken") == "工作表“二稿”第 2 至 5 行"


def test_where_sheets_are_named_for_years_the_years_own_is_taken(received):
    other = [list(HEADER), list(row(证书名称="丁(初级)", 申报年度="2020"))]
    assert counted(received(sheets={"2020年": other, "2021年": TABLE, "2022年": other}))[0] == 150


def test_an_unknown_status_is_asked_for_once_and_answered_once(received):
    statuses = ["校内通过", "另议", "校内通过", "退回", "同意"]
    rows = [list(row(序号=str(n), 证书名称=f"{n}证(初级)", 申报状态=word)) for n, word in enumerate(statuses, start=1)]
    approved, _, told = counted(received([list(HEADER), *rows]))
    assert approved == 50
    assert told["status_unknown"] == [
        "申报状态“校内通过”（第1、3行）、“另议”（第2行）不在已知状态之列，人数不计入批准。请在data/raw/school.toml的"
        '[statuses]下各写一行：批准的写"校内通过" = "approved"，没有批准的写"not_approved"。'
    ]
    answers = '[statuses]\n"校内通过" = "approved"\n"另议" = "not_approved"\n"退回" = "approved"\n'
    approved, cleaned, told = counted(received([list(HEADER), *rows], school=answers))
    assert approved == 200
    assert "status_unknown" not in told
    assert cleaned.applications["status"].tolist() == ["审核通过", "未批准", "审核通过", "审核通过", "审核通过"]


@pytest.mark.parametrize(
    ("school", "sentence"),
    [
        (
            '[statuses]\n"校内通过" = "yes"\n',
            r'\[statuses\] 的 "校内通过" = "yes" 不能用。批准的写 "校内通过" = "approved"',
        ),
        ('[statuses]\n校内通过 = "approved"\n', "school.toml：不是有效的 TOML.*要加英文引号"),
        ("[status]\n", r"school\.toml：不认识“status”。是否想写“statuses”"),
    ],
)
def test_an_answer_that_is_none_is_refused_with_its_line(received, school, sentence):
    with pytest.raises(PilotError, match=sentence):
        received(school=school)


def test_unknown_majors_are_told_in_one_line(received, tmp_path):
    (tmp_path / "data" / "raw" / "reference").mkdir(parents=True)
    reference = "major,catalogue_name,code,catalogue_year,category\n会计,大数据与会计,530302,2021,财经商贸大类\n"
    (tmp_path / "data" / "raw" / "reference" / "majors.csv").write_text(reference, encoding="utf-8")
    rows = [
        list(row(序号="1", 申报专业="软件技术、会计")),
        list(row(序号="2", 证书名称="乙(初级)", 申报专业="软件技术、护理")),
    ]
    _, _, told = counted(received([list(HEADER), *rows]))
    assert told["major_unknown"] == [
        "专业“软件技术”（第1、2行）、“护理”（第2行）不在对照表中，无法归入专业大类；"
        "请补入data/raw/reference/majors.csv，各写一行。"
    ]


def test_thousands_of_blank_rows_are_one_line(received):
    from pilotlib.report.year_tables import findings

    inputs = received([TABLE[0], TABLE[1], *[[""] * 9] * 3000, *TABLE[2:], *[[""] * 9] * 50])
    lines = findings(inputs.file, *clean_inputs(inputs)[1:])
    assert len(lines) < 8
    assert under(lines, "剔除 3050 行") == [
        "文件第3、4、5、6、7、8、9、10、11、12、13、14、15、16、17、18、19、20、21、22等行（空行）："
    ]
    assert "剔除 3050 行" in lines[-1]


def test_a_table_is_read_without_any_settings(tmp_path):
    (tmp_path / "a.csv").write_bytes(writers.delimited(TABLE))
    assert read_table(tmp_path / "a.csv").origin.aside == {}
