"""pilot new: from a received file to a year that can be run."""

import csv
import hashlib
import io
import tomllib

import pytest

from pilotlib import PilotError
from pilotlib.receiving import look_through, set_up_year, years_of
from tests import writers
from tests.conftest import pilot, under
from tests.reading.test_formats import HEADER, MERGED, NOTHING_BELOW, ROWS, TITLE, TOTAL

RECEIVED = [[cell.replace("2021", "2022") for cell in line] for line in [TITLE, *NOTHING_BELOW, TOTAL]]
THERE = (
    "data/raw/2021 中已有申报表 applications.tsv，没有改动。"
    "要换成这一份，请只移走 applications.tsv（更正、指标和文字都留着），再运行一次。"
)


@pytest.fixture
def received(tmp_path):
    """A workbook as an office gets it: a title over the table, merged cells, a total, a Chinese sheet in GBK."""
    merged = [(0, 0, 0, 8), *((top + 1, left, bottom + 1, right) for top, left, bottom, right in MERGED)]
    content = writers.xlsx({"申报明细": RECEIVED, "填表说明": [["请按序号填写"]]}, merged=merged)

    def in_gbk(name, data):
        if name != "xl/workbook.xml":
            return data
        return b'<?xml version="1.0" encoding="GBK"?>' + data.decode().split("?>", 1)[-1].encode("gbk")

    path = tmp_path / "2022年申报表（收到）.xlsx"
    path.write_bytes(writers.repacked(content, in_gbk))
    return path


def test_a_file_that_takes_the_place_of_another_is_the_one_of_which_the_source_speaks(project, received, tmp_path):
    pilot(project, "new", "2022", str(received))
    folder = project / "data" / "raw" / "2022"
    told = (folder / "source.toml").read_text(encoding="utf-8").replace("# received_from", "received_from")
    (folder / "source.toml").write_text(told, encoding="utf-8")
    (folder / "applications.xlsx").unlink()
    other = tmp_path / "改正后的.csv"
    other.write_bytes(
        writers.delimited(
            [HEADER, ["1", "2022", "第一次", "网店运营推广职业技能等级证书(中级)", "会计", "9", "3", "3", "审核通过"]]
        )
    )
    assert pilot(project, "new", "2022", str(other)).returncode == 0
    source = tomllib.loads((folder / "source.toml").read_text(encoding="utf-8"))
    assert source["file"] == other.name and source["sha256"] == hashlib.sha256(other.read_bytes()).hexdigest()
    assert source["received_from"] == "证书信息管理服务平台导出"
    assert "sha256" not in pilot(project, "check", "2022").stdout


def test_a_new_year_is_the_file_as_received_and_what_goes_beside_it(project, received):
    result = pilot(project, "new", "2022", str(received))
    folder = project / "data" / "raw" / "2022"
    assert result.returncode == 0, result.stderr
    names = ["applications.xlsx", "corrections.csv", "indicators.csv", "narrative.md", "source.toml"]
    assert sorted(path.name for path in folder.iterdir()) == names
    copy = folder / "applications.xlsx"
    assert copy.read_bytes() == received.read_bytes()
    assert copy.stat().st_mode & 0o222 == 0
    source = tomllib.loads((folder / "source.toml").read_text(encoding="utf-8"))
    assert source == {"file": received.name, "sha256": hashlib.sha256(received.read_bytes()).hexdigest()}
    for name, header in (
        ("corrections.csv", "row,column,was,becomes,reason"),
        ("indicators.csv", "indicator,value,unit,note"),
    ):
        first, example, *rest = (folder / name).read_text(encoding="utf-8-sig").splitlines()
        assert first == header
        assert example.startswith("# ")
        assert rest == []
    headings = (folder / "narrative.md").read_text(encoding="utf-8").split("\n\n")
    assert [line.strip()[3:5] for line in headings] == ["一、", "二、", "三、", "四、", "五、", "六、"]
    lines = result.stdout.splitlines()
    assert lines[0] == f"已建立 data/raw/2022：{'、'.join(names)}"
    assert "  工作表“申报明细”（表头认出 9 列；文件中共有 2 个表，其余没有申报表的表头）" in lines
    assert "  第2行申报批次：与上方合并为一格，同为“沿用批次”" in lines
    assert "  文件第6行（合计行）：合计｜｜｜｜｜｜100｜101" in lines
    assert any(line.startswith("applications.xlsx：申报 3 行，剔除 2 行，更改 0 个单元格；错误 0 条") for line in lines)


def test_a_year_that_is_there_is_refused_and_kept(project, received):
    before = {path: path.read_bytes() for path in (project / "data" / "raw").rglob("*") if path.is_file()}
    result = pilot(project, "new", "2021", str(received))
    assert result.returncode == 1
    assert result.stderr == f"错误：{THERE}\n"
    assert {path: path.read_bytes() for path in (project / "data" / "raw").rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("year", "name", "content", "sentence"),
    [
        ("20222", "a.csv", b"x", "年度“20222”不是四位数字"),
        ("../x", "a.csv", b"x", "年度“../x”不是四位数字"),
        ("2022", "a.pages", b"x", "不认识这种文件"),
        ("2022", "a.csv", "姓名,电话,地址\n".encode(), "没有找到表头"),
        ("2022", "a.xlsx", b"PK\x03\x04", "文件损坏"),
        ("2022", None, b"", "没有这个文件"),
    ],
)
def test_what_cannot_be_read_makes_no_year(project, tmp_path, year, name, content, sentence):
    path = tmp_path / (name or "missing.csv")
    if name:
        path.write_bytes(content)
    result = pilot(project, "new", year, str(path))
    assert result.returncode == 1
    assert sentence in result.stderr
    assert sorted(path.name for path in (project / "data" / "raw").iterdir() if path.name[0] in ".2.") == ["2021"]


def test_corrections_are_proposed_ready_to_paste_and_never_applied(project, tmp_path):
    rows = [
        ["1", "2022", "第一次", "财务共享服务职业技能等级证书(初级)", "会汁", "437", "50", "5O", "审核通过"],
        ["2", "2022", "", "机械产品三维模型设计职业技能等级证书(中", "会计", "437", "20", "约20", "审核己通过"],
        ["3", "2022", "第一次", "网店运营推广职业技能等级证书(中级)", "电子商务技", "900", "30", "20到30", "审核通过"],
    ]
    path = tmp_path / "a.csv"
    path.write_bytes(writers.delimited([HEADER, *rows]))
    result = pilot(project, "new", "2022", str(path))
    assert result.returncode == 0, result.stderr
    assert "再用 pilot check 2022 看一遍" in result.stdout and "核对无误后" not in result.stdout
    told = result.stdout.split("建议写进 data/raw/2022/corrections.csv")[1].split("建议写进")[0].splitlines()[1:]
    proposed = {
        (row, column): (was, becomes) for row, column, was, becomes, reason in csv.reader(io.StringIO("\n".join(told)))
    }
    assert proposed == {
        ("1", "批准总培训人数"): ("5O", "50"),
        ("2", "批准总培训人数"): ("约20", "20"),
        ("2", "申报批次"): ("", "第一次"),
        ("2", "证书名称"): ("机械产品三维模型设计职业技能等级证书(中", "机械产品三维模型设计职业技能等级证书(中级)"),
        ("3", "申报专业"): ("电子商务技", "电子商务"),
    }
    ledger = project / "data" / "raw" / "2022" / "corrections.csv"
    assert len(ledger.read_text(encoding="utf-8-sig").splitlines()) == 2
    with ledger.open("a", encoding="utf-8") as file:
        file.write("\n".join(told) + "\n")
    checked = pilot(project, "check", "2022")
    assert "第2行批准总培训人数：“约20”→“20”（人工更正）" in checked.stdout
    assert under(checked.stdout.splitlines(), "错误 1 条") == [
        "第3行的批准总培训人数“20到30”不是整数，请在corrections.csv中更正。"
    ]


def proposed_lines(stdout, file):
    """The lines that are proposed for a file."""
    lines = stdout.split(f"建议写进 {file}")[1].splitlines()[1:]
    ends = (number for number, line in enumerate(lines) if line.startswith(("建议写进", "下一步", "已建立")))
    return lines[: next(ends, None)]


@pytest.mark.parametrize("file", ["source.toml", "corrections.csv"])
def test_a_header_that_is_nearly_one_is_suggested_and_taken_only_where_a_person_says_so(project, tmp_path, file):
    header = [title.replace("批准总培训人数", "批淮总培训人数") for title in HEADER]
    path = tmp_path / "a.csv"
    path.write_bytes(writers.delimited([header, *([cell.replace("2021", "2022") for cell in row] for row in ROWS)]))
    result = pilot(project, "new", "2022", str(path))
    assert "缺少“批准总培训人数”列" in result.stdout
    assert "“批淮总培训人数”接近“批准总培训人数”" in result.stdout
    lines = proposed_lines(result.stdout, "data/raw/2022/source.toml")
    assert lines == ["[columns]", '"批淮总培训人数" = "批准总培训人数"']
    lines, reason = (
        (lines, "source.toml 的 [columns]")
        if file == "source.toml"
        else (["0,,批淮总培训人数,批准总培训人数,错字"], "错字")
    )
    with (project / "data" / "raw" / "2022" / file).open("a", encoding="utf-8") as beside:
        beside.write("\n".join(lines) + "\n")
    lines, proposed, _ = look_through(project, 2022)
    assert under(lines, "更正的表头") == [f"“批淮总培训人数”→“批准总培训人数”（{reason}）"]
    assert not [line for line in lines if line.startswith("错误")]
    assert not any(proposed.values())


def test_a_folder_and_an_archive_are_copied_whole(project, tmp_path):
    folder = tmp_path / "收到"
    folder.mkdir()
    (folder / "明细.csv").write_bytes(writers.delimited([HEADER, *ROWS]))
    (folder / "说明.txt").write_text("请查收", encoding="utf-8")
    made = set_up_year(project, 2031, folder)
    assert sorted(path.name for path in (made / "applications").iterdir()) == ["明细.csv", "说明.txt"]
    archive = tmp_path / "收到.zip"
    archive.write_bytes(writers.zipped({"../../明细.csv": writers.delimited([HEADER, *ROWS])}))
    assert (set_up_year(project, 2032, archive) / "applications.zip").read_bytes() == archive.read_bytes()
    assert not (project / "data" / "明细.csv").exists()


def test_nothing_is_left_where_the_year_cannot_be_made(project, tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_bytes(writers.delimited([HEADER, *ROWS]))

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pilotlib.receiving.hash_of", fail)
    with pytest.raises(PilotError, match="data/raw/2031 没有建成（No space left on device）"):
        set_up_year(project, 2031, path)
    assert sorted(path.name for path in (project / "data" / "raw").iterdir() if path.is_dir()) == ["2021", "reference"]


def test_a_table_of_unknown_headers_is_set_up_shown_and_read_once_they_are_named(project, tmp_path):
    rows = [["编码", "开展证书", "报名总数", "核准名额"], ["A", "甲(初级)", "66", "60"], ["B", "乙(中级)", "55", "50"]]
    path = tmp_path / "a.csv"
    path.write_bytes(writers.delimited(rows))
    assert set_up_year(project, 2031, path).is_dir()
    lines, proposed, _ = look_through(project, 2031)
    assert lines[0] == "错误 1 条" and "没有找到表头" in lines[1]
    assert lines[2:] == [
        "可能是表头的一行：编码｜开展证书｜报名总数｜核准名额",
        "其下：A｜甲(初级)｜66｜60",
        "其下：B｜乙(中级)｜55｜50",
    ]
    paste = proposed["data/raw/2031/source.toml"]
    assert paste == [
        "[columns]",
        '# "编码" = ""',
        '"开展证书" = "证书名称"',
        '# "报名总数" = ""',
        '"核准名额" = "批准总培训人数"',
    ]
    with (project / "data" / "raw" / "2031" / "source.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join(paste) + "\n")
    lines, *_ = look_through(project, 2031)
    assert "申报 2 行，剔除 0 行" in lines[-1]
    assert not [line for line in lines if line.startswith("错误")]


def test_who_somebody_is_is_not_shown_where_the_header_is_not_known(project, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(writers.delimited([["甲", "学生姓名", "丙"], ["1", "张三丰", "2"]]))
    set_up_year(project, 2031, path)
    lines, proposed, _ = look_through(project, 2031)
    assert "张三丰" not in "".join(lines)
    assert "姓名" not in "".join(proposed["data/raw/2031/source.toml"])


def test_every_year_of_a_table_is_set_up_and_what_is_there_is_kept(project, tmp_path):
    rows = [
        [cell.replace("2021", year) for cell in line] for year, line in zip(("2021", "2031", "2032"), ROWS, strict=True)
    ]
    path = tmp_path / "a.csv"
    path.write_bytes(writers.delimited([HEADER, *rows]))
    result = pilot(project, "new", str(path))
    assert result.returncode == 0, result.stderr
    told = [line for line in result.stdout.splitlines() if "建立" in line]
    assert told[0] == f"2021 年没有建立：{THERE}"
    assert [line.split("：")[0] for line in told[1:]] == ["已建立 data/raw/2031", "已建立 data/raw/2032"]
    for year in (2031, 2032):
        source = tomllib.loads((project / "data" / "raw" / str(year) / "source.toml").read_text(encoding="utf-8"))
        assert source["years"] == [2021, 2031, 2032]
        assert "申报 1 行，剔除 2 行" in look_through(project, year)[0][-1]


def test_years_are_told_by_a_column_or_by_sheets(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(writers.xlsx({"2030年": [HEADER, ROWS[0]], "2031年": [HEADER, ROWS[0]]}))
    assert years_of(path) == [2030, 2031]
    path.write_bytes(writers.xlsx({"2019-2021汇总": [HEADER, *ROWS]}))
    assert years_of(path) == [2021]


def test_where_nothing_says_the_year_it_is_asked_for(project, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(writers.delimited([["证书名称", "等级", "批准人数"], ["甲", "初级", "5"]]))
    result = pilot(project, "new", str(path))
    assert result.returncode == 1
    assert "看不出是哪一年的。请写明年度：pilot new 年度" in result.stderr
