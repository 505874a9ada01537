import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from pilotlib import cli
from tests.conftest import ROOT, make_project, pilot, under, years_counted_once

JSON_KEYS = [
    "number", "value", "unit", "kind", "state", "expected", "statistic", "sentence", "line", "column", "explanation",
]  # fmt: skip


@pytest.fixture(scope="module")
def drafting(tmp_path_factory):
    """A project in which drafts are checked, each under a name of its own; its year is counted once."""
    with years_counted_once():
        yield make_project(tmp_path_factory.mktemp("drafting") / "project")


def test_check_prints_what_is_found_and_writes_nothing(project):
    before = sorted(project.rglob("*"))
    result = pilot(project, "check", "2021")
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    assert [line for line in lines[:-1] if line[0] != " "] == ["警示 5 条", "提示 4 条", "更改 4 个单元格"]
    warned, noted, changed = (under(lines, heading) for heading in ("警示", "提示", "更改"))
    assert (len(warned), len(noted), len(changed)) == (4, 2, 3)  # a cause is said once, with its rows
    assert warned[0].startswith("第8、25行“电气自动”被列宽截断")
    assert warned[3] == "第23行批准104人，多于申请的101人，请向平台核实。"
    assert noted == [
        "第3、24行“5G移动网络运维（中级）”在沿用批次、第二次都有申报，按证书统计时合并计算。",
        "第8、25行“工业机器人应用编程（中级）”在沿用批次、第二次都有申报，按证书统计时合并计算。",
    ]
    assert changed[2] == (
        "第18行证书名称：“机械产品三维模型设计职业技能等级证书(中”→“机械产品三维模型设计职业技能等级证书(中级)”（人工更正）"
    )
    assert lines[-1] == "applications.tsv：申报 25 行，剔除 0 行，更改 4 个单元格；错误 0 条，警示 5 条，提示 4 条。"
    assert sorted(project.rglob("*")) == before


def test_in_gbk_the_command_begins_anew_with_names_in_utf_8_and_words_in_gbk(project, monkeypatch):
    begun = []
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "gbk")
    monkeypatch.setattr("os.execv", lambda *command: begun.append(command))
    monkeypatch.setattr("os.environ", {})
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "gbk"))
    monkeypatch.setattr(sys, "argv", ["pilot", "check", "--project", str(project)])
    with pytest.raises(SystemExit):
        cli.main()
    assert begun == [(sys.executable, sys.orig_argv)]
    assert os.environ == {"LANGUAGE": "zh_CN", "PYTHONUTF8": "1", "PYTHONIOENCODING": "gbk:backslashreplace"}
    with pytest.raises(SystemExit):
        cli.main()
    assert len(begun) == 1


def test_check_fails_when_there_are_errors(project):
    path = project / "data" / "raw" / "2021" / "applications.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("\t104\t", "\t一百零四\t"), encoding="utf-8")
    result = pilot(project, "check")
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "错误 1 条"
    assert under(lines, "错误") == ["第23行的批准总培训人数“一百零四”不是整数，请在corrections.csv中更正。"]


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


@pytest.mark.parametrize("command", ["", *cli.pilot.commands])
def test_help_is_in_chinese_but_for_what_one_types(tmp_path, command):
    result = pilot(tmp_path, *filter(None, [command]), "--help")
    assert result.stdout.startswith("用法: ") and "显示这份说明。" in result.stdout
    known = {"pilot", "dask", "tcp", "GB/T", "JSON", "json", "file", "school", "city", "schools.csv", "PATH", "TABLE"}
    known |= {
        "html",
        "xlsx",
        "docx",
        "pdf",
        "png",
        "md",
        "txt",
        "zip",
        "in-process",
        "kernel",
        "gongwen",
        *cli.pilot.commands,
    }
    words = set(re.findall(r"(?<![\w-])[A-Za-z][\w./-]+", result.stdout))
    assert words - known == set()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["rnu"], "错误：没有命令 'rnu'。 是不是 'run'？"),
        (["run", "--editoins", "html"], "错误：没有选项 '--editoins'。 是不是 '--editions'？"),
        (["batch"], "错误：缺少参数 '申报表'."),
        (["run", "--engine", "x"], "错误：'--engine' 的值不对：'x' 不是 'in-process', 'kernel' 之一。"),
        (["run", "--editions"], "错误：选项 '--editions' 后面要写 1 个值。"),
        (["run", "2021", "2022"], "错误：多出的参数：2022"),
    ],
)
def test_a_command_written_wrong_is_told_in_chinese_and_exits_with_2(tmp_path, arguments, sentence):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    result = pilot(tmp_path, *arguments)
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == sentence
    assert re.findall("[A-Za-z]{4,}", re.sub(r"pilot|batch|-\S+|'[^']*'", "", result.stderr)) == []


def test_the_words_of_click_are_those_of_the_catalogue():
    """The file that is read is made of the one that is written, and each entry is something that click says."""
    folder = ROOT / "pilotlib" / "locale" / "zh_CN" / "LC_MESSAGES"
    with (folder / "pilotlib.po").open("rb") as file:
        catalogue, made = read_po(file), io.BytesIO()
    write_mo(made, catalogue)
    assert made.getvalue() == (folder / "pilotlib.mo").read_bytes()
    code = "".join(path.read_text(encoding="utf-8") for path in Path(click.__file__).parent.glob("*.py"))
    said = [text for entry in catalogue if entry.id for text in ([entry.id] if isinstance(entry.id, str) else entry.id)]
    assert [text for text in said if f'"{text}"' not in code] == []


def test_claims_of_a_document_are_a_table_and_disagreement_is_the_exit_status(drafting):
    document = drafting / "disagreeing.md"
    document.write_text("第一批次获批培训任务873人。\n\n完成学生培训1028人。", encoding="utf-8")
    result = pilot(drafting, "claims", "disagreeing.md", "--year", "2021")
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["≠", "不一致", "1:11", "873人"]
    assert [line.strip() for line in lines[1:4]] == [
        "原文：第一批次获批培训任务873人。",
        "核对：第一批次批准总培训人数为872人，文中写873人，多1人。",
        "可写作：第一批次获批培训任务872人",
    ]
    listed = pilot(drafting, "claims", "disagreeing.md", "--year", "2021", "--all").stdout.splitlines()
    assert listed[4].split() == ["结论", "行:列", "数", "数据", "依据", "说明"]
    assert listed[6].split()[1:4] == ["一致", "3:7", "1028人"]
    assert lines[-1].startswith(
        "disagreeing.md：不一致 1 条，未识别 0 条，下限 0 条，无数据 0 条，一致 1 条；另有 1 处数字不是陈述。"
    )
    document.write_text("完成学生培训1028人。", encoding="utf-8")
    assert pilot(drafting, "claims", "disagreeing.md").returncode == 0


def test_claims_as_json_are_one_object_per_number(drafting):
    (drafting / "listed.txt").write_text("2021年获批12个，其中初级2个、中级10个。", encoding="utf-8")
    result = pilot(drafting, "claims", "listed.txt", "--json")
    objects = json.loads(result.stdout)
    assert [item["number"] for item in objects] == ["2021年", "12", "2+10", "2", "10"]
    assert all(list(item)[: len(JSON_KEYS)] == JSON_KEYS for item in objects)
    assert [item.get("derived") for item in objects] == [None, None, True, None, None]
    assert (objects[0]["kind"], objects[0]["state"], objects[0]["value"]) == ("label", None, None)
    assert (objects[1]["line"], objects[1]["column"], objects[1]["sentence"]) == (
        1,
        8,
        "2021年获批12个，其中初级2个、中级10个。",
    )


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.txt", "", "文件是空的"),
        ("renamed.docx", "PK", "不是 Word 文档"),
        ("table.md", "| 甲 | 乙 |\n| - | - |", "没有正文可以核对"),
        ("report.pdf", "%PDF", "不能核对这种文件"),
    ],
)
def test_a_document_that_cannot_be_checked_is_a_sentence(drafting, name, content, sentence):
    (drafting / name).write_text(content, encoding="utf-8")
    result = pilot(drafting, "claims", name)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"错误：{name}：")
    assert sentence in result.stderr


def test_a_document_without_a_claim_says_so(drafting):
    (drafting / "silent.txt").write_text("2021年的工作按计划推进。", encoding="gb18030")
    result = pilot(drafting, "claims", "silent.txt")
    assert result.returncode == 0
    assert result.stdout.strip() == "silent.txt：没有找到陈述性的数（只有年份、序号一类的数字 1 处）。"


def test_a_document_of_another_year_or_school_is_judged_by_itself(drafting):
    (drafting / "another.md").write_text("# 江海职业学院2019年度报告\n\n学校完成学生培训1029人。", encoding="utf-8")
    result = pilot(drafting, "claims", "another.md", "--json")
    assert "只按文字自身核对" in result.stderr
    assert [item["state"] for item in json.loads(result.stdout) if item["kind"] == "claim"] == ["no_data"]
    assert pilot(drafting, "claims", "another.md", "--year", "2021", "--school", "江海职业学院").returncode == 1


def test_without_a_year_a_document_is_judged_by_itself(tmp_path):
    (tmp_path / "draft.txt").write_text("参加考核2400人，1800人取得证书，通过率68.5%。", encoding="utf-8")
    result = pilot(tmp_path, "claims", "draft.txt")
    assert (result.returncode, "没有年度数据" in result.stderr) == (1, True)
    assert "1800 ÷ 参加考核学生2400 = 75%，文中写68.5%" in result.stdout
    assert "可写作：通过率75%" in result.stdout


def test_the_package_runs_as_the_command(tmp_path):
    command = [sys.executable, "-m", "pilotlib", "run", "21", "--project", str(tmp_path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("错误：")
