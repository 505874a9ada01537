"""Files that would take the machine: refused in a sentence, in bounded memory, before they are unpacked or parsed."""

import io
import resource
import subprocess
import sys
import zipfile

import pytest

from pilotlib import PilotError
from pilotlib.reading import read_table
from pilotlib.reading.files import LARGEST_FILE
from tests import writers
from tests.reading.test_formats import HEADER, ROWS, TABLE


def refused(path, match):
    with pytest.raises(PilotError, match=match) as error:
        read_table(path)
    assert str(error.value).endswith("。")


def test_a_text_of_two_gigabytes(tmp_path):
    path = tmp_path / "applications.csv"
    with path.open("wb") as file:
        file.write(writers.delimited(TABLE))
        file.truncate(2 * 2**30)
    refused(path, "文件超过 100 MB，不像一份申报表，没有读取")


def test_a_million_columns(tmp_path):
    path = tmp_path / "applications.csv"
    path.write_text(",".join(HEADER) + "," * 1_000_000 + "\n" + ",".join(ROWS[0]), encoding="utf-8")
    refused(path, "没有找到表头|表格有 .* 列，超出可以读取的范围")
    path.write_text(",".join(HEADER) + "\n" + ",".join(ROWS[0]) + "," * 1_000_000, encoding="utf-8")
    refused(path, "表格有 2 行、1000009 列，超出可以读取的范围")


def bomb(member: str, content: bytes) -> bytes:
    """A workbook one member of which unpacks to more than the limit."""
    whole = writers.xlsx({"申报": TABLE})
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, content if name == member else source.read(name))
    return target.getvalue()


def test_a_workbook_that_unpacks_to_more_than_it_says_or_may(tmp_path):
    path = tmp_path / "applications.xlsx"
    content = bomb("xl/worksheets/sheet1.xml", b"<a/>" * (LARGEST_FILE // 4 + 1))
    assert len(content) < 2**20
    path.write_bytes(content)
    refused(path, "解压后超过 100 MB")
    # The same with a directory that lies about the size.
    lying = content.replace((LARGEST_FILE + 4).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != content
    path.write_bytes(lying)
    refused(path, "文件损坏")


def test_a_workbook_with_a_cell_at_the_far_end(tmp_path):
    path = tmp_path / "applications.xlsx"
    content = writers.repacked(
        writers.xlsx({"申报": TABLE}),
        lambda name, data: data.replace(b'r="I4"', b'r="XFD1048576"') if name.endswith("sheet1.xml") else data,
    )
    path.write_bytes(content)
    refused(path, "工作表“申报”：表格有 1048576 行、16384 列，超出可以读取的范围")


def test_an_ods_that_repeats_a_row_a_million_times(tmp_path):
    path = tmp_path / "applications.ods"
    content = writers.repacked(
        writers.ods({"申报": TABLE}),
        lambda name, data: (
            data.replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="99999999">', 2)
            if name == "content.xml"
            else data
        ),
    )
    path.write_bytes(content)
    refused(path, "超出可以读取的范围")


def test_an_html_cell_that_spans_everything(tmp_path):
    path = tmp_path / "applications.html"
    row = "".join(f"<td colspan=99999 rowspan=99999>{title}</td>" for title in HEADER)
    path.write_text(f"<table><tr>{row}</tr></table>", encoding="utf-8")
    refused(path, "超出可以读取的范围")


def test_entities_that_grow(tmp_path):
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    for kind, member in (("xlsx", "xl/workbook.xml"), ("ods", "content.xml")):
        content = writers.repacked(
            getattr(writers, kind)({"申报": TABLE}),
            lambda name, data, member=member: laughs + data.split(b"?>", 1)[-1] if name == member else data,
        )
        path = tmp_path / f"applications.{kind}"
        path.write_bytes(content)
        refused(path, "文件损坏")


def test_an_archive_in_an_archive_is_not_opened(tmp_path):
    path = tmp_path / "applications.zip"
    path.write_bytes(writers.zipped({"a.zip": writers.zipped({"b.csv": writers.delimited(TABLE)})}))
    refused(path, "放在一起的压缩包没有打开")


def test_a_protected_archive_is_said_to_be(tmp_path):
    content = bytearray(writers.zipped({"a.csv": writers.delimited(TABLE)}))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "applications.zip"
    path.write_bytes(bytes(content))
    refused(path, "有密码保护")


def test_the_largest_files_are_refused_within_bounded_memory(tmp_path):
    """Each of the files above in a process that may take 1.5 GB."""
    (tmp_path / "bomb.xlsx").write_bytes(bomb("xl/worksheets/sheet1.xml", b"<a/>" * (LARGEST_FILE // 4 + 1)))
    (tmp_path / "wide.csv").write_text(",".join(HEADER) + "\n" + "," * 5_000_000, encoding="utf-8")
    with (tmp_path / "long.csv").open("wb") as file:
        file.write(writers.delimited(TABLE))
        file.truncate(2 * 2**30)
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (1500 * 2**20,) * 2);"
        "from pilotlib import PilotError; from pilotlib.reading import read_table\n"
        "for path in sys.argv[1:]:\n"
        "    try: read_table(path)\n"
        "    except PilotError: print('refused')\n"
    )
    names = [str(tmp_path / name) for name in ("bomb.xlsx", "wide.csv", "long.csv")]
    told = subprocess.run([sys.executable, "-c", code, *names], capture_output=True, text=True, check=False)
    assert told.stdout.split() == ["refused"] * 3, told.stderr
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != 1500 * 2**20
