import pytest

from tests.conftest import pilot


def test_check_prints_what_is_found_and_writes_nothing(project):
    before = sorted(project.rglob("*"))
    result = pilot(project, "check", "2021")
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    assert lines[2] == (
        "更改  第18行证书名称：“机械产品三维模型设计职业技能等级证书(中”→“机械产品三维模型设计职业技能等级证书(中级)”（人工更正）"
    )
    assert lines[7] == "警示  第23行批准104人，多于申请的101人，请向平台核实。"
    assert lines[-1] == "applications.tsv：申报 25 行，剔除 0 行，更改 4 个单元格；错误 0 条，警示 5 条，提示 4 条。"
    assert sorted(project.rglob("*")) == before


def test_check_fails_when_there_are_errors(project):
    path = project / "data" / "raw" / "2021" / "applications.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("\t104\t", "\t一百零四\t"), encoding="utf-8")
    result = pilot(project, "check")
    assert result.returncode == 1
    assert "错误  第23行的批准总培训人数“一百零四”不是整数" in result.stdout


def test_another_project_can_be_named(project, tmp_path):
    assert pilot(tmp_path, "check", "--project", str(project)).returncode == 0


@pytest.mark.parametrize("year", ["21", "2o21", "../2021"])
def test_a_year_is_four_digits(project, year):
    result = pilot(project, "check", year)
    assert result.returncode == 1
    assert f"年度“{year}”不是四位数字" in result.stderr


def test_outside_a_project_a_sentence_says_so(tmp_path):
    result = pilot(tmp_path, "run")
    assert result.returncode == 1
    assert result.stderr.startswith("错误：")
    assert "data/raw" in result.stderr


def test_a_folder_that_cannot_be_written_is_a_sentence(project):
    (project / "reports").write_text("a file where the folder should be", encoding="utf-8")
    result = pilot(project, "run")
    assert result.returncode == 1
    assert "无法读写" in result.stderr
    assert "Traceback" not in result.stderr


def test_help_names_the_commands(tmp_path):
    result = pilot(tmp_path, "--help")
    assert all(command in result.stdout for command in ("run", "check"))
