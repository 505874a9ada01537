"""Whatever a table holds: nothing is lost, nothing is invented, no input is changed, no fault is a traceback."""

import csv
import io

import pandas as pd
from hypothesis import example, given
from hypothesis import strategies as st

from pilotlib import PilotError
from pilotlib.checking import check
from pilotlib.cleaning import clean
from pilotlib.reading import read_table
from pilotlib.statistics import Tables, compare_counts, recount, summarise
from pilotlib.vocabulary import CARRIED_ON
from pilotlib.words import normalised
from tests.conftest import examples
from tests.tables import HEADER, cells_of

REFERENCE = pd.DataFrame(
    [
        ("电气自动化技术", "电气自动化技术", "460306", "2021", "装备制造大类"),
        ("会计", "大数据与会计", "530302", "2021", "财经商贸大类"),
        ("电子商务", "电子商务", "530701", "2021", "财经商贸大类"),
    ],
    columns=["major", "catalogue_name", "code", "catalogue_year", "category"],
    dtype=str,
)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
COUNTS = (
    st.sampled_from(["50", "1,234", "50人", "５０", " 7 ", "", "—", "约50", "-5", "1e3", "50.0", "9" * 12]) | ANY_TEXT
)
COLUMNS = {
    "序号": st.sampled_from(["1", "2", "3", "", "合计"]) | ANY_TEXT,
    "申报年度": st.sampled_from(["2021", "2021年", "", "２０２１"]),
    "申报批次": st.sampled_from(["沿用批次", "第一批次", "第一次", "第2批", "补报", ""]) | ANY_TEXT,
    "证书名称": st.sampled_from(
        [
            "财务共享服务职业技能等级证书(初级)",
            "界面设计（中级）证书",
            "老年照护(初级、中级)",
            "某某职业技能等级证书(中",
            "某某高级证书",
            "",
        ]
    )
    | ANY_TEXT,
    "申报专业": st.lists(st.sampled_from(["会计", "电子商务", "电气自动", "电气自动化技术", "新专业"]), max_size=3).map(
        "；".join
    )
    | ANY_TEXT,
    "学生规模": COUNTS,
    "申请总培训人数": COUNTS,
    "批准总培训人数": COUNTS,
    "申报状态": st.sampled_from(["审核通过", "待省教育厅审核", "退回", ""]) | ANY_TEXT,
}
ROWS = st.tuples(*COLUMNS.values()) | st.just(HEADER) | st.just(("",) * len(HEADER)) | st.just(("合计", *("",) * 8))
TABLES = st.lists(ROWS, max_size=6)
MANY = examples(8, 100)
FEW = examples(3, 100)  # where a table is cleaned


@FEW
@given(TABLES)
def test_nothing_is_lost_and_nothing_is_invented(rows):
    cells = cells_of(*rows)
    before = cells.copy()
    cleaned = clean(cells, None, REFERENCE)
    pd.testing.assert_frame_equal(cells, before)

    numbers = [*cleaned.applications["source_row"], *cleaned.set_aside["source_row"]]
    assert sorted(numbers) == list(range(1, len(rows) + 1))

    logged = {(change.source_row, change.column): change for change in cleaned.changes.iloc[::-1].itertuples()}
    for application in cleaned.applications.itertuples():
        raw = dict(zip(HEADER, rows[application.source_row - 1], strict=True))
        assert application.certificate_as_given == raw["证书名称"].strip()
        assert application.majors_as_given == raw["申报专业"].strip()
        assert application.certificate in normalised(raw["证书名称"])
        assert pd.isna(application.level) or all(level in raw["证书名称"] for level in application.level.split("、"))
        for column, title in (
            ("serial", "序号"),
            ("year", "申报年度"),
            ("application_round", "申报批次"),
            ("students", "学生规模"),
            ("places_applied", "申请总培训人数"),
            ("places_approved", "批准总培训人数"),
            ("status", "申报状态"),
        ):
            value = getattr(application, column)
            text = "" if pd.isna(value) else str(value)
            change = logged.get((application.source_row, column))
            assert (change.before if change else text) == raw[title].strip()
            assert change is None or change.before != change.after
        for major in cleaned.majors.loc[cleaned.majors["source_row"] == application.source_row, "major"]:
            assert major in normalised(raw["申报专业"]) or (application.source_row, "majors") in logged


@FEW
@given(TABLES)
def test_checks_and_statistics_hold_for_any_table(rows):
    cells = cells_of(*rows)
    cleaned = clean(cells, None, REFERENCE)
    copies = [table.copy() for table in cleaned]
    indicators = pd.DataFrame(columns=["indicator", "value", "unit", "note"], dtype=str)
    problems = check(cleaned, 2021, {}, "", indicators, REFERENCE)
    assert problems["message"].str.len().gt(0).all()
    if (problems["severity"] == "error").any():
        return  # a run ends here
    statistics = summarise(Tables(cleaned.applications, cleaned.majors, indicators, {}))
    compare_counts(statistics, recount(cells, pd.DataFrame(columns=["row", "column", "was", "becomes"])))
    for table, copy in zip(cleaned, copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)


@MANY
@given(TABLES, st.sampled_from(["\t", ",", ";", "|"]), st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
def test_a_table_written_as_text_is_read_back_cell_for_cell(tmp_path_factory, rows, delimiter, encoding):
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator="\n").writerows([HEADER, *rows])
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(target.getvalue().encode(encoding))
    cells = read_table(path).cells
    assert cells.to_numpy().tolist() == [list(HEADER), *(list(row) for row in rows)]


@MANY
@example(b"\xef", ".txt")  # half a mark
@given(st.binary(max_size=300), st.sampled_from([".tsv", ".csv", ".txt", ".md", ".xlsx", ".xls", ".ods"]))
def test_any_file_at_all_is_read_or_refused_in_a_sentence(tmp_path_factory, content, suffix):
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(content)
    try:
        cells = read_table(path).cells
    except PilotError as error:
        assert path.name in str(error)
    else:
        assert len(cells)


def test_the_rounds_of_the_tests_are_known_to_the_vocabulary():
    assert CARRIED_ON == "沿用批次"
