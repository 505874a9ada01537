import shutil

import pytest

from pilotlib import PilotError
from pilotlib.project import find_project, year_of
from pilotlib.reading import read_inputs, read_processed, read_year_statistics
from tests import writers
from tests.tables import HEADER, ROW


def test_the_project_is_the_nearest_folder_above_that_holds_raw_data(project):
    assert find_project(project / "notebooks") == project


def test_outside_a_project_a_sentence_says_so(tmp_path):
    with pytest.raises(PilotError, match="data/raw"):
        find_project(tmp_path)


def test_the_year_of_is_the_default(project):
    (project / "data" / "raw" / "2019").mkdir()
    (project / "data" / "raw" / "草稿").mkdir()
    assert year_of(project) == 2021


def test_everything_given_for_a_year_is_read(inputs):
    assert inputs.file == "applications.tsv"
    assert inputs.cells.shape == (26, 9)
    assert len(inputs.corrections) == 4
    assert inputs.indicators["indicator"].tolist()[:3] == ["完成师资培训的证书", "培训教师", "培训学生"]
    assert len(inputs.reference) == 15
    assert inputs.school["name"] == "中山火炬职业技术学院"
    assert inputs.source["rows"] == 25
    assert inputs.source["sha256"] == inputs.sha256
    assert inputs.narrative.count("\n## ") + inputs.narrative.startswith("## ") == 6


def test_a_year_needs_nothing_but_its_table(project):
    for path in (project / "data" / "raw" / "2021").iterdir():
        if path.name != "applications.tsv":
            path.unlink()
    shutil.rmtree(project / "data" / "raw" / "reference")
    (project / "data" / "raw" / "school.toml").unlink()
    inputs = read_inputs(project, 2021)
    assert inputs.corrections.empty
    assert inputs.indicators.empty
    assert inputs.narrative == ""


def test_a_ledger_may_have_chinese_headers(project):
    path = project / "data" / "raw" / "2021" / "corrections.csv"
    path.write_text("行,列,原值,更正为,理由\n1,申报专业,会计,会计学,例\n", encoding="utf-8")
    assert read_inputs(project, 2021).corrections["becomes"].tolist() == ["会计学"]


def test_cells_merged_under_a_header_that_the_ledger_corrects_are_filled_as_under_the_right_one(project):
    """Two rows that are one application: the column of places that tells so is misspelt in the file."""
    folder = project / "data" / "raw" / "2021"
    (folder / "applications.tsv").unlink()
    goes_on = ["", "", "", "", "市场营销", "463", "", "", ""]
    merged = [(1, column, 2, column) for column in (0, 1, 2, 3, 6, 7, 8)]
    found = []
    for title in ("批准总培训人数", "批准总培训人薮"):
        header = [*HEADER[:7], title, *HEADER[8:]]
        (folder / "applications.xlsx").write_bytes(writers.xlsx({"明细": [header, list(ROW), goes_on]}, merged=merged))
        ledger = "row,column,was,becomes,reason\n" + (f"0,,{title},批准总培训人数,错字\n" if title[-1] == "薮" else "")
        (folder / "corrections.csv").write_text(ledger, encoding="utf-8")
        inputs = read_inputs(project, 2021)
        found.append((inputs.cells.iloc[1:].to_numpy().tolist(), list(inputs.origin.aside)))
    assert found[0] == found[1]
    assert found[0][1] == [3]


def test_an_empty_file_beside_the_table_is_as_none(project):
    for name in ("indicators.csv", "narrative.md", "corrections.csv"):
        (project / "data" / "raw" / "2021" / name).write_bytes(b"\n")
    inputs = read_inputs(project, 2021)
    assert [len(inputs.indicators), len(inputs.corrections), inputs.narrative] == [0, 0, ""]


def test_colleges_are_lists_of_majors(project):
    (project / "data" / "raw" / "school.toml").write_text('[colleges]\n"商学院" = "会计"\n', encoding="utf-8")
    with pytest.raises(
        PilotError, match=r'school\.toml：colleges = {"商学院" = "会计"} 应写成 .*\["会计", "市场营销"\]'
    ):
        read_inputs(project, 2021)


def test_lines_that_begin_with_a_number_sign_are_comments(project):
    path = project / "data" / "raw" / "2021" / "indicators.csv"
    path.write_text("indicator,value,unit,note\n# 培训教师,51,人,例\n培训教师,52,人,\n", encoding="utf-8")
    assert read_inputs(project, 2021).indicators["value"].tolist() == ["52"]


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("corrections.csv", "row,column\n", r"corrections\.csv 第 1 行（表头）：缺少列 was、becomes、reason"),
        ("source.toml", "rows = \n", r"source\.toml：不是有效的 TOML"),
        ("source.toml", "row = 25\n", r"source\.toml：不认识“row”。是否想写“rows”？"),
        ("source.toml", 'rows = "25"\n', r"rows = \"25\" 应写成 rows = 25 那样"),
        (
            "indicators.csv",
            "indicator,value,unit,note\n培训教师,51\n考评员,1,人,\n考核站点,1,个,甲,乙\n",
            r"indicators\.csv 第 1 条：有 2 格，表头有 4 格(?s:.*)indicators\.csv 第 3 条：有 5 格",
        ),
    ],
)
def test_a_faulty_file_beside_the_table_is_named(project, file, content, sentence):
    (project / "data" / "raw" / "2021" / file).write_text(content, encoding="utf-8")
    with pytest.raises(PilotError, match=sentence):
        read_inputs(project, 2021)


def test_no_table_and_two_tables_are_said(project):
    folder = project / "data" / "raw" / "2021"
    shutil.copy(folder / "applications.tsv", folder / "applications.csv")
    with pytest.raises(PilotError, match=r"2 个申报表：applications\.csv、applications\.tsv"):
        read_inputs(project, 2021)
    (folder / "applications.csv").unlink()
    (folder / "applications.tsv").unlink()
    with pytest.raises(PilotError, match="没有申报表"):
        read_inputs(project, 2021)


def test_results_that_are_not_there_say_which_stage_to_run(tmp_path):
    with pytest.raises(PilotError, match="1_clean"):
        read_processed(tmp_path)
    with pytest.raises(PilotError, match="2_statistics"):
        read_year_statistics(tmp_path, ["overview"])
