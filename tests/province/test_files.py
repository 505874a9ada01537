"""A table in pieces is the table that `read_table` reads: cell for cell, place for place, whatever the file is like.

Both are compared with what Python's csv alone makes of it.
"""

import csv
import io
import re
from unittest.mock import patch

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotlib import PilotError
from pilotlib.province.files import pieces_of
from pilotlib.reading import read_table
from tests import writers
from tests.cleaning.test_properties import MANY, TABLES
from tests.tables import HEADER, ROW

ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"])
LINE_ENDS = st.sampled_from(["\n", "\r\n"])


@pytest.fixture(autouse=True)
def first_lines_are_few(monkeypatch):
    """The first lines of a file are one piece: few, so that small tables have several."""
    monkeypatch.setattr("pilotlib.reading.texts.HEADER_WITHIN", 5)
    monkeypatch.setattr("pilotlib.reading.texts.ROWS_BY_PYTHON", 5)
    monkeypatch.setattr("pilotlib.reading.texts.BLOCKS_TOGETHER", 2)


def whole(path, block_bytes=400):
    """The cells of all pieces below each other, as `read_table` gives them; rows are numbered through."""
    pieces = list(pieces_of(path, block_bytes))
    numbers = [number for piece in pieces for number in piece.rows]
    assert numbers == list(range(-pieces[0].header.last, len(numbers) - pieces[0].header.last))
    return pd.concat([piece.cells.astype(str) for piece in pieces]).fillna(""), len(pieces)


def same(path, **options):
    """The number of pieces, whose cells are those of the whole table, whoever splits it."""
    cells, pieces = whole(path, **options)
    alike = {"check_column_type": False, "check_index_type": False}
    pd.testing.assert_frame_equal(cells, read_table(path).cells, **alike)
    with patch("pilotlib.reading.texts._is_plain", return_value=False):
        pd.testing.assert_frame_equal(cells, read_table(path).cells, **alike)
    return pieces


def written(path, rows, delimiter=",", encoding="utf-8", end="\n", quoting=csv.QUOTE_MINIMAL):
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    path.write_bytes(target.getvalue().encode(encoding))
    return path


def long(rows):
    """Rows enough that the blocks after the first lines hold some of them too."""
    return [HEADER, *[ROW] * 12, *rows, ROW]


@MANY
@given(
    TABLES,
    st.sampled_from([",", "\t", ";", "|"]),
    ENCODINGS,
    LINE_ENDS,
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_any_table_is_the_same_in_pieces(tmp_path_factory, rows, delimiter, encoding, end, quoting):
    path = tmp_path_factory.getbasetemp() / "pieces.csv"
    same(written(path, long(rows), delimiter, encoding, end, quoting))


@MANY
@given(st.lists(st.text(st.sampled_from('甲,"\n\r1 '), max_size=12), max_size=8), st.sampled_from(["utf-8", "gb18030"]))
def test_lines_of_any_shape_are_the_same_in_pieces(tmp_path_factory, lines, encoding):
    path = tmp_path_factory.getbasetemp() / "lines.csv"
    text = "\n".join([*[",".join(row) for row in long([])], *lines, ",".join(ROW)])
    path.write_bytes(text.encode(encoding))
    try:
        read_table(path)
    except PilotError as error:  # a row longer than the header
        with pytest.raises(PilotError, match=re.escape(str(error).split("\n")[0])):
            list(pieces_of(path, 300))
    else:
        same(path, block_bytes=300)


@pytest.mark.parametrize(
    "lines",
    [
        ["1,2021"],
        [",".join(ROW) + ",,"],
        ["", ""],
        ['1,2021,"第一次\n第二次",某某证书,会计,1,2,3,审核通过'],
        ['1,2021,第一次,12"屏维修证书,会计,1,2,3,审核通过'],
        ['1,2021,第一次,"某某"证书,会计,1,2,3,审核通过'],
        ['1,2021,第一次,"某某证书,会计,1,2,3,审核通过'],
    ],
)
def test_short_long_and_empty_lines_and_marks_that_do_not_pair_are_read_as_elsewhere(lines, tmp_path):
    path = tmp_path / "applications.csv"
    rows = [",".join(row) for row in long([])]
    path.write_text("\n".join([*rows, *lines, *rows[1:]]) + "\n", encoding="utf-8")
    assert same(path, block_bytes=400) > 2


def test_a_row_longer_than_the_header_is_refused_in_pieces_too(tmp_path):
    path = tmp_path / "applications.csv"
    rows = [",".join(row) for row in long([])]
    path.write_text("\n".join([*rows, ",".join(ROW) + ",more", *rows[1:]]) + "\n", encoding="utf-8")
    for read in (read_table, lambda path: list(pieces_of(path, 400))):
        with pytest.raises(PilotError, match=f"第 {len(rows)} 行（文件第 {len(rows) + 1} 行）：.*｜more"):
            read(path)


def test_a_short_row_far_above_the_end_is_read_the_same_every_time(tmp_path, monkeypatch):
    """Pyarrow reads ahead in a thread of its own, also after it has met a row that it refuses."""
    monkeypatch.setattr("pilotlib.reading.texts.ROWS_BY_PYTHON", 1000)
    path = tmp_path / "a.csv"
    path.write_text(
        "\n".join([",".join(HEADER), *[",".join(ROW)] * 10, "合计", *[",".join(ROW)] * 4000]), encoding="utf-8"
    )
    for _ in range(20):
        assert sum(len(piece.cells) for piece in pieces_of(path, 20_000)) == 4012


def test_a_file_larger_than_the_limit_of_other_readers_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("pilotlib.reading.files.LARGEST_FILE", 100)
    path = written(tmp_path / "a.csv", long([]))
    assert len(whole(path)[0]) == 14
    with pytest.raises(PilotError, match="超过"):
        read_table(path)


def test_parquet_and_a_folder_of_partitions_hold_the_same_rows(tmp_path):
    rows = long([(*ROW[:-1], "")])
    table = pd.DataFrame(rows[1:], columns=HEADER)
    table.astype({"学生规模": "Int64", "批准总培训人数": float}).to_parquet(tmp_path / "one.parquet", index=False)
    cells, pieces = whole(tmp_path / "one.parquet", 150 * 5)
    assert pieces == 4
    assert cells.to_numpy().tolist() == [list(row) for row in rows]
    (tmp_path / "parts").mkdir()
    written(tmp_path / "parts" / "2.tsv", rows, "\t")
    table.astype("category").to_parquet(tmp_path / "parts" / "1.parquet", index=False)
    (tmp_path / "parts" / "_SUCCESS").touch()
    files = {}
    for piece in pieces_of(tmp_path / "parts"):
        files[piece.file] = files.get(piece.file, 0) + len(piece.rows)
    assert files == {"1.parquet": len(rows), "2.tsv": len(rows)}
    assert list(files) == sorted(files)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (",".join(HEADER).encode() + b"\n" + ",".join(ROW).encode() * 9000 + b"\n" + "会计".encode("gb18030"), "UTF-8"),
        (b"PAR1", "损坏"),
        (b"a,b\n1,2\n", "没有找到表头"),
    ],
)
def test_what_cannot_be_read_is_said(content, sentence, tmp_path):
    path = tmp_path / ("x.parquet" if content == b"PAR1" else "x.csv")
    path.write_bytes(content)
    with pytest.raises(PilotError, match=sentence):
        list(pieces_of(path))


def test_a_cell_longer_than_any_swallows_no_rows(tmp_path):
    """Two marks that stand further apart than any cell is long would pair; they are part of the text."""
    body = [",".join([*ROW[:4], "会计" * 500, *ROW[5:]])] * 300
    opened = ",".join([*ROW[:3], '"屏', *ROW[4:]])
    closed = ",".join([*ROW[:3], '屏"', *ROW[4:]])
    path = tmp_path / "a.csv"
    path.write_text("\n".join([",".join(HEADER), opened, *body, closed, ",".join(ROW)]) + "\n", encoding="utf-8")
    assert len(whole(path, block_bytes=2**22)[0]) == 304
    same(path, block_bytes=2**22)


@pytest.mark.parametrize("kind", ["xlsx", "html"])
def test_a_file_of_another_kind_than_its_name_says_is_read_as_what_it_is(kind, tmp_path):
    path = tmp_path / "a.csv"
    rows = [list(row) for row in long([])]
    path.write_bytes(writers.xlsx({"明细": rows}) if kind == "xlsx" else writers.html([rows]))
    assert whole(path)[0].to_numpy().tolist() == rows
