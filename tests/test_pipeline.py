"""A year from raw files to the report, by the command."""

import hashlib
import json
import re
import shutil

import nbformat
import pandas as pd
import pytest

from pilotlib import PilotError
from pilotlib.running import pipeline
from tests import standin
from tests.conftest import contents, editions_here, pilot


def test_the_run_says_in_three_lines_what_it_read_and_found_and_where_the_report_is(ran):
    *did, read, found, report = ran.stdout.splitlines()
    assert read == "2021 年：读入 25 行，批准名额1,662人，完成培训1,028人，参加考核908人，证书21种"
    assert found == "发现：学校文字中3处与数据不一致；申报表中5处存疑"
    assert report.startswith("报告：reports/2021/annual-report.html （另有 ")
    assert did[0] == "2021 年：运行了清洗与检查、统计、年度报告、导出"
    assert len(did) > 20 and all((ran.project / line.removeprefix("已写入 ")).is_file() for line in did[1:])
    assert "Traceback" not in ran.stderr
    assert "WARNING" not in ran.stderr


def test_the_page_over_all_reports_has_the_figures_of_the_report(ran):
    page = re.sub("<[^>]+>", " ", (ran.project / "reports" / "index.html").read_text(encoding="utf-8"))
    assert re.search(
        r"2021年度报告.*批准名额\s+1,662人\s+申请1,659人.*完成培训\s+1,028人.*证书\s+21种", page, flags=re.DOTALL
    )
    assert str(ran.project) not in page


def test_the_run_warns_of_claims_that_disagree_and_records_them(ran):
    assert "学校文字中3处与数据不一致" in ran.stdout
    manifest = json.loads((ran.project / "reports" / "2021" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["claims"] == {"disagrees": 3, "not_understood": 1, "lower_bound": 1, "no_data": 2, "agrees": 16}


def test_a_strict_run_stops_at_a_disagreement_and_keeps_the_last_report(project_with_report):
    before = contents(project_with_report / "reports")
    result = pilot(project_with_report, "run", "--strict")
    assert result.returncode == 1
    assert "narrative.md：有 3 处与数据不一致，没有出报告。" in result.stderr
    assert "第5行“" in result.stderr
    assert "3D引擎技术应用不在申报表中" in result.stderr
    assert contents(project_with_report / "reports") == before


def test_nothing_but_results_is_left(ran):
    assert sorted(path.name for path in (ran.project / "reports").iterdir()) == ["2021", "index.html"]
    assert sorted(path.name for path in (ran.project / "data" / "processed").iterdir()) == ["2021"]
    assert sorted(path.name for path in ran.reports.iterdir()) == sorted(
        ["manifest.json", *(f"annual-report.{edition}" for edition in editions_here())]
    )


def test_the_report_says_the_figures_and_the_doubts(ran):
    page = re.sub("<[^>]+>", "", ran.report.read_text(encoding="utf-8"))
    for words in (
        "中山火炬职业技术学院2021年1+X证书制度试点年度报告",
        "25项", "21种", "1,659人", "1,662人", "至少15个", "5,501人",
        "第23行批准104人，多于申请的101人",
        "5G移动网络运维（中级，沿用批次20、第二批次70，合计90人）",
        "工业机器人应用编程（中级，沿用批次60、第二批次110，合计170人）",
        "依据较弱",
        "17个专业",  # the school's own words stand as they are
        "学校没有提供专业与学院的对照，未提供",
        "更改的单元格4个",
    ):  # fmt: skip
        assert words in page


def test_the_page_holds_no_code_and_no_other_host(ran):
    page = ran.report.read_text(encoding="utf-8")
    without_names = re.sub(r'xmlns(:\w+)?="[^"]+"', "", page)
    assert not re.search(r"https?:|src=[\"']?//|<script |<link rel=[\"']stylesheet|@import", without_names)
    assert "import pilotlib" not in page
    assert "parts." not in page
    assert str(ran.project) not in page
    assert len(page.encode()) < 400 * 1024


def test_every_processed_table_stands_there_for_people_and_for_programs(ran):
    tables = {path.stem for path in ran.processed.rglob("*.parquet")}
    assert tables == {path.stem for path in ran.processed.rglob("*.csv")}
    applications = (ran.processed / "applications.csv").read_bytes()
    assert applications.startswith(b"\xef\xbb\xbf")
    assert applications.decode("utf-8-sig").startswith("行,序号,申报年度,申报批次,证书名称,等级,")
    assert len(pd.read_parquet(ran.processed / "applications.parquet")) == 25


def test_the_dictionary_explains_every_column_of_every_statistic(ran):
    dictionary = pd.read_parquet(ran.processed / "dictionary.parquet")
    explained = dictionary.groupby("table").size().to_dict()
    statistics = {path.stem: pd.read_parquet(path) for path in (ran.processed / "statistics").glob("*.parquet")}
    assert explained == {name: len(table.columns) for name, table in statistics.items()}
    assert dictionary["meaning"].str.len().gt(0).all()


def test_the_manifest_records_inputs_outputs_versions_counts_and_problems(ran):
    manifest = json.loads((ran.project / "reports" / "2021" / "manifest.json").read_text(encoding="utf-8"))
    table = "data/raw/2021/applications.tsv"
    assert manifest["inputs"][table] == hashlib.sha256((ran.project / table).read_bytes()).hexdigest()
    assert len(manifest["inputs"]) == 7
    assert manifest["outputs"]["annual-report.html"] == hashlib.sha256(ran.report.read_bytes()).hexdigest()
    assert len(manifest["outputs"]) == len(editions_here())
    assert manifest["counts"]["rows_read"] == 25
    assert manifest["counts"]["places_approved"] == 1662
    assert manifest["versions"]["pandas"] == pd.__version__
    assert len(manifest["problems"]) == 9


def test_html_and_xlsx_are_the_default(project):
    with standin.stages(execute=standin.copied):
        result = pilot(project, "run", "2021")
    assert result.returncode == 0, result.stderr
    reports = sorted(path.name for path in (project / "reports" / "2021").iterdir())
    assert reports == ["annual-report.html", "annual-report.xlsx", "manifest.json"]


@pytest.mark.full
@pytest.mark.parametrize("engine", ["kernel", "in-process"])
def test_two_runs_by_either_engine_give_the_same_bytes_and_html_and_xlsx_are_the_default(ran, project, engine):
    """`ran` is of the engine in the process. Of the report alone, tests/report/test_editions.py holds them together."""
    result = pilot(project, "run", "2021", "--engine", engine)
    assert result.returncode == 0, result.stderr
    assert contents(project / "data" / "processed") == contents(ran.project / "data" / "processed")
    again = contents(project / "reports" / "2021")
    assert sorted(again) == ["annual-report.html", "annual-report.xlsx", "manifest.json"]
    again.pop("manifest.json")
    assert again == {name: (ran.reports / name).read_bytes() for name in again}


def test_papermill_alone_makes_the_report_notebook_after_a_run(executed):
    node = nbformat.read(executed, as_version=4)
    assert any("1,662人" in str(cell.get("outputs")) for cell in node.cells)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (("-p", "yaer", "2021"), "笔记本没有参数“yaer”。是否想写“year”？"),
        (("-p", "processed", "elsewhere"), "参数“processed”由命令自己给出"),
        (("--editions", "html,docs"), "没有“docs”这种版本。是否想写“docx”？"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_before_anything_runs(project, parameters, sentence):
    result = pilot(project, "run", "2021", *parameters)
    assert result.returncode == 1
    assert sentence in result.stderr
    assert not (project / "data" / "processed").exists()


def spoil_table(name, replace, by):
    def spoil(project):
        path = project / "data" / "raw" / "2021" / name
        path.chmod(0o644)
        path.write_text(path.read_text(encoding="utf-8-sig").replace(replace, by), encoding="utf-8")

    return spoil


def empty_table(project):
    (project / "data" / "raw" / "2021" / "applications.tsv").write_bytes(b"")


def binary_table(project):
    (project / "data" / "raw" / "2021" / "applications.tsv").write_bytes(bytes(range(256)))


def no_table(project):
    shutil.rmtree(project / "data" / "raw" / "2021")


BAD_INPUTS = {
    "no such year": (no_table, "没有 2021 年度：找不到文件夹 data/raw/2021。"),
    "an empty file": (empty_table, "applications.tsv：文件是空的。"),
    "a binary file": (binary_table, "applications.tsv：不是文本文件"),
    "a missing column": (spoil_table("applications.tsv", "证书名称", "别的列"), "applications.tsv 第 1 行（表头）：缺少“证书名称”列。"),
    "another year": (spoil_table("applications.tsv", "7\t2021\t", "7\t2020\t"), "第7、17行的申报年度是“2020”，不是本年度2021"),
    "a correction that does not hold": (
        spoil_table("applications.tsv", "证书(中\t", "证书(高\t"),
        "corrections.csv 第 3 条：applications.tsv 第 18 行“证书名称”现为“机械产品三维模型设计职业技能等级证书(高”",
    ),
}  # fmt: skip
# Seen from outside, kernels and all; the others run without kernels.
BY_COMMAND = ("no such year", "another year")


@pytest.fixture(scope="module")
def project_with_report(ran, tmp_path_factory):
    """A project with a good report that no failed run may touch."""
    return shutil.copytree(ran.project, tmp_path_factory.mktemp("good") / "project")


@pytest.mark.parametrize("case", BAD_INPUTS)
def test_bad_input_is_a_sentence_and_leaves_the_last_report(project_with_report, tmp_path, case):
    spoil, sentence = BAD_INPUTS[case]
    project = shutil.copytree(project_with_report, tmp_path / "project")
    before = contents(project / "reports" / "2021"), contents(project / "data" / "processed")
    spoil(project)
    if case in BY_COMMAND:
        result = pilot(project, "run", "2021")
        assert result.returncode == 1
        assert sentence in result.stderr
        assert "Traceback" not in result.stderr
        assert pilot(project, "check", "2021").returncode == 1
    else:
        with standin.stages(), pytest.raises(PilotError, match=re.escape(sentence)):
            pipeline.run(project, 2021, editions=standin.EDITIONS)
    assert (contents(project / "reports" / "2021"), contents(project / "data" / "processed")) == before
    assert not list(project.rglob(".2021-*"))


def test_a_notebook_that_raises_is_named_with_its_cell_and_kept(project_with_report, tmp_path):
    project = shutil.copytree(project_with_report, tmp_path / "project")
    path = project / "notebooks" / "2_statistics.ipynb"
    node = nbformat.read(path, as_version=4)
    node.cells.append(nbformat.v4.new_code_cell("1 / 0"))
    nbformat.write(node, path)
    before = contents(project / "reports" / "2021")
    result = pilot(project, "run", "2021")
    assert result.returncode == 1
    assert "统计（2_statistics.ipynb）第 12 个代码格出错：ZeroDivisionError：division by zero" in result.stderr
    assert "reports/2021-failed/2_statistics.ipynb" in result.stderr
    assert "Traceback" not in result.stderr
    assert contents(project / "reports" / "2021") == before
    kept = nbformat.read(project / "reports" / "2021-failed" / "2_statistics.ipynb", as_version=4)
    assert any("division by zero" in str(cell.get("outputs")) for cell in kept.cells)
