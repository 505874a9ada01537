"""A folder with one file a school, each in its own layout: whose it is, and reports as for one table of all."""

import json
import zipfile

import pytest

from pilotlib import PilotError
from pilotlib.province.owners import owners_of
from pilotlib.province.totals import summarise_table
from tests import writers
from tests.conftest import make_project
from tests.province.standin import made_by_standins
from tests.tables import HEADER, ROW, row

TITLE = ["某某职业技术学院2021年1+X证书制度试点申报表", *[""] * 8]
SHORT = [["证书名称", "等级", "获批人数"], ["财务共享服务", "初级", "30"], ["界面设计", "中级", "20"]]


@pytest.fixture
def folder(tmp_path):
    """Three schools: named in a line above the table, by the sheet, by the file; one file holds a column of schools."""
    folder = tmp_path / "乙省"
    folder.mkdir()
    (folder / "1.csv").write_bytes(writers.delimited([TITLE, HEADER, ROW, row(序号="2", 批准总培训人数="40")]))
    (folder / "2.xlsx").write_bytes(writers.xlsx({"城市学院": [["2021年", "", ""], *SHORT]}))
    (folder / "丙工业学校2021年申报表.csv").write_bytes(writers.delimited(SHORT))
    of_two = [("学校", "市", *HEADER), ("丁学院", "甲市", *ROW), ("戊学院", "乙市", *ROW)]
    (folder / "9.tsv").write_bytes(writers.delimited(of_two, "\t"))
    return folder


def test_each_file_says_whose_it_is_and_schools_csv_overrules_it(folder):
    told = {name: (owner.school, owner.year, owner.told_by) for name, owner in owners_of(folder, "学校").items()}
    assert told == {
        "1.csv": ("某某职业技术学院", 2021, "表的标题"),
        "2.xlsx": ("城市学院", 2021, "工作表名"),
        "丙工业学校2021年申报表.csv": ("丙工业学校", 2021, "文件名"),
    }
    (folder / "schools.csv").write_text("\ufefffile,school,city\n2.xlsx,某某城市学院(本部),丙市\n", encoding="utf-8")
    owner = owners_of(folder, "学校")["2.xlsx"]
    assert (owner.school, owner.city, owner.told_by) == ("某某城市学院(本部)", "丙市", "schools.csv")


def test_a_document_number_is_no_year_and_a_name_in_schools_csv_that_is_not_there_is_told(folder):
    title = [["教职成〔2019〕6号", "", ""], ["某市教育局关于𠮷林学院2021年试点的批复", "", ""], *SHORT]
    (folder / "3.csv").write_bytes(writers.delimited(title))
    assert owners_of(folder, "学校")["3.csv"][:3] == ("𠮷林学院", "", 2021)
    (folder / "schools.csv").write_text("file,school\n9.tsv,丁学院\n33.csv,己学院\n", encoding="utf-8")
    with pytest.raises(PilotError, match=r"schools\.csv：文件夹中没有“33\.csv”"):
        owners_of(folder, "学校")
    (folder / "schools.csv").write_text("file,school\n9.tsv,丁学院\n", encoding="utf-8")
    assert owners_of(folder, "学校")["9.tsv"].school == "丁学院"  # whatever its own column says


def test_they_add_up_counted_twice(folder):
    (folder / "schools.csv").write_text("file,school,city\n2.xlsx,某某城市学院(本部),丙市\n", encoding="utf-8")
    tables = summarise_table(folder, owners=owners_of(folder, "学校"))
    columns = ["school", "year", "city", "applications", "places_approved"]
    rows = tables["by_school"].sort_values("school")[columns].astype(object)
    assert sorted(map(tuple, rows.to_numpy().tolist())) == [
        ("丁学院", 2021, "甲市", 1, 50),
        ("丙工业学校", 2021, "", 2, 50),
        ("戊学院", 2021, "乙市", 1, 50),
        ("某某城市学院（本部）", 2021, "丙市", 2, 50),
        ("某某职业技术学院", 2021, "", 2, 90),
    ]


def test_a_school_that_gives_no_count_makes_sums_over_it_lower_bounds(folder):
    """Two files give places applied for, one of which also has a school more; two give none."""
    tables = summarise_table(folder, owners=owners_of(folder, "学校"))
    overview = tables["overview"].iloc[0]
    assert overview[["places_applied", "places_approved"]].tolist() == [200, 290]
    assert overview[["applied_lower_bound", "lower_bound"]].tolist() == [True, False]
    assert not tables["by_school"]["lower_bound"].any()
    bounds = tables["by_school"].set_index("school")["applied_lower_bound"]
    assert bounds.to_dict() == {
        "丁学院": False,
        "丙工业学校": True,
        "城市学院": True,
        "戊学院": False,
        "某某职业技术学院": False,
    }
    only = folder.parent / "只有批准"
    only.mkdir()
    (only / "丙工业学校2021年.csv").write_bytes(writers.delimited(SHORT))
    nobody = summarise_table(only, owners=owners_of(only, "学校"))["overview"].iloc[0]
    assert nobody[["places_approved", "applied_lower_bound", "lower_bound"]].tolist() == [50, False, False]


@pytest.mark.parametrize("packed", [pytest.param(False, marks=pytest.mark.full), True])  # unpacked, it is a folder
def test_each_school_gets_its_report(folder, tmp_path, packed):
    project = make_project(tmp_path / "project")
    if packed:
        with zipfile.ZipFile(folder.with_suffix(".zip"), "w") as archive:
            for file in folder.iterdir():
                archive.write(file, f"乙省/{file.name}")
    table = folder.with_suffix(".zip") if packed else folder
    assert made_by_standins(project, table) == {"made": 5, "kept": 0, "failed": 0}
    schools = project / "reports" / "batch" / "乙省" / "schools"
    assert {path.name for path in schools.iterdir()} >= {"某某职业技术学院", "丙工业学校", "城市学院", "丁学院"}
    manifest = json.loads((schools / "城市学院" / "2021" / "manifest.json").read_text(encoding="utf-8"))
    assert [manifest["counts"][name] for name in ("applications", "places_approved")] == [2, 50]
    assert made_by_standins(project, table) == {"made": 0, "kept": 5, "failed": 0}


def test_files_that_cannot_be_read_are_all_named(folder):
    (folder / "坏.xlsx").write_bytes(b"PK\x03\x04")
    (folder / "空.csv").write_bytes(b"")
    with pytest.raises(PilotError, match=r"(?s)有 2 个文件无法读取.*坏\.xlsx.*空\.csv"):
        owners_of(folder, "学校")
