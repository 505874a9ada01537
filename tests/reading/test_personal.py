"""Personal data: in no cell, log or message, whatever they stand in; and it is said what was left out."""

import pytest

from pilotlib import PilotError
from pilotlib.checking import clean_inputs
from pilotlib.cleaning import clean
from pilotlib.columns import COLUMNS
from pilotlib.reading import read_inputs, read_table
from pilotlib.report.told import csv_of
from pilotlib.report.year_tables import findings
from tests.conftest import pilot
from tests.tables import HEADER, row

WHO = ("杜某某", "110101199003074514", "20210304001", "139 1234 5678", "someone@example.cn")
TITLES = ("学生姓名", "身份证号", "学号", "备用", "邮箱")


def table(tmp_path, rows, name="applications.csv"):
    path = tmp_path / name
    path.write_text("\n".join(",".join(cells) for cells in rows), encoding="utf-8")
    return path


def test_columns_of_such_data_go_whole_by_their_title_or_by_what_stands_in_them(tmp_path):
    path = table(tmp_path, [(*HEADER, *TITLES, "备注"), (*row(), *WHO, "校企合作"), (*row(序号="2"), *WHO, "")])
    cells, origin = read_table(path)
    assert origin.said("personal_left_out") == "学生姓名、身份证号、学号、备用、邮箱"
    cleaned = clean(cells, None, None, path.name, origin)
    own = cleaned.applications.columns.difference([*COLUMNS], sort=False)
    assert list(own) == ["备注"]
    assert cleaned.applications["备注"].to_list() == ["校企合作", ""]
    logged = cleaned.changes[cleaned.changes["rule"] == "personal_left_out"]
    assert logged[["before", "after"]].to_numpy().tolist() == [["学生姓名、身份证号、学号、备用、邮箱", ""]]
    assert cleaned.applications["places_approved"].sum() == 100


@pytest.mark.parametrize(
    ("cell", "left"),
    [
        ("联系电话13912345678", "联系电话（略）"),
        ("经办人：张某某", "经办人（略）"),
        ("身份证 11010119900307451X", "身份证 （略）"),
        ("发至a.b@example.edu.cn", "发至（略）"),
        ("文号20210304001号", "文号20210304001号"),
        ("实训101教室", "实训101教室"),
        ("设备清单（略）", "设备清单（略）"),
    ],
)
def test_in_other_cells_only_the_word_goes(tmp_path, cell, left):
    path = table(tmp_path, [(*HEADER, "备注"), (*row(), cell), (*row(序号="2"), "无"), (*row(序号="3"), "无")])
    cells, origin = read_table(path)
    assert cells.iloc[1, -1] == left
    assert bool(origin.said("personal_left_out")) == (left != cell)


def test_nothing_that_comes_of_such_a_table_has_them(project, tmp_path):
    header, rows = (*HEADER, *TITLES), [(*row(), *WHO), (*row(序号="2", 学生规模="约五百"), *WHO)]
    signed = ("填表人：杜某某", *("",) * (len(header) - 1))
    received = table(tmp_path, [header, *rows, signed], "收到.csv")
    told = pilot(project, "new", "2031", str(received))
    inputs = read_inputs(project, 2031)
    _, cleaned, problems, _ = clean_inputs(inputs)
    tables = [*cleaned, problems, inputs.cells.rename(columns=str)]
    texts = [told.stdout, told.stderr, *findings(inputs.file, cleaned, problems)]
    texts += [csv_of(data).decode() for data in tables]
    assert "没有读取的个人信息" in "".join(texts)
    assert "约五百" in told.stdout
    for word in ("杜某某", "110101", "20210304", "1234 5678", "someone"):
        assert not [text for text in texts if word in text], word


def test_a_row_that_is_refused_does_not_tell_them_either(tmp_path):
    path = table(tmp_path, [(*HEADER, "姓名"), (*row(学生规模="1,060"), "杜某某")])
    with pytest.raises(PilotError, match="第 1 行") as refused:
        read_table(path)
    assert "杜某某" not in str(refused.value)
