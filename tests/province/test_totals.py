"""A table cleaned and added up in pieces: the applications, changes and sums of the whole table, and every answer."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotlib import PilotError
from pilotlib.cleaning import clean
from pilotlib.province import totals
from pilotlib.province.totals import summarise_table
from pilotlib.reading import read_table
from pilotlib.statistics.places import counted, only_approved
from pilotlib.statistics.places import totals as totals_of
from pilotlib.statistics.recount import recount_piece
from pilotlib.vocabulary import NO_SCHOOL
from tests.cleaning.test_properties import TABLES
from tests.conftest import examples, full
from tests.generator import generate
from tests.province.test_files import written
from tests.tables import HEADER, ROW, row

TINY = 2000
SOME = examples(2, 30)
SEEDS = st.integers(min_value=0, max_value=10**9)


@pytest.fixture(autouse=True)
def first_lines_are_few(monkeypatch):
    """The first lines of a file are one part: few, so that small tables have several."""
    monkeypatch.setattr("pilotlib.reading.texts.HEADER_WITHIN", 5)


def national(seed, schools=4, rows=40, level_column=False):
    """Schools' tables below each other under one header, each with its generator's answers."""
    made = {f"第{number}学院": generate(seed + number, rows, level_column=level_column) for number in range(schools)}
    header = next(iter(made.values())).rows[0]
    body = [
        # a header repeated inside is that of the national table
        ("学校" if line == table.rows[0] else school, *(header if line == table.rows[0] else line))
        for school, table in made.items()
        for line in table.rows[1:]
    ]
    return made, [("学校", *header), *body]


def compared(tables, cells):
    """Hold the tables of pieces against `clean` and the statistics on the whole table."""
    cleaned = clean(cells)
    applications = cleaned.applications.assign(
        school=cleaned.applications["学校"].replace("", NO_SCHOOL),
        level=lambda table: table["level"].astype(object).fillna("未知"),
    )
    rows = counted(only_approved(applications))
    wanted = totals_of(rows, ["school", "year"])
    columns = list(wanted.columns)
    pd.testing.assert_frame_equal(tables["by_school"][columns], wanted, check_dtype=False)
    by_round = totals_of(rows, ["year", "application_round"])
    found = tables["by_round"].dropna(subset="application_round")
    assert found["places_approved"].fillna(-1).tolist() == by_round["places_approved"].fillna(-1).tolist()
    by_level = totals_of(rows, ["level"]).set_index("level")
    assert tables["by_level"].groupby("level", observed=True)["applications"].sum().to_dict() == (
        by_level["applications"].to_dict()
    )
    overview = tables["overview"].iloc[0]
    below = cleaned.set_aside["source_row"].notna()
    assert overview["rows_read"] == overview["applications"] + below.sum()
    changed = cleaned.changes.drop_duplicates(["source_row", "column"])
    assert overview["cells_changed"] == len(changed)
    of_school = changed["source_row"].map(applications.set_index("source_row")["school"]).value_counts()
    cells_changed = tables["by_school"].groupby("school")["cells_changed"].sum()
    assert cells_changed[cells_changed > 0].to_dict() == of_school.to_dict()
    reasons = tables["set_aside"].groupby("reason")["rows"].sum().to_dict()
    assert reasons == cleaned.set_aside["reason"].value_counts().to_dict()


@SOME
@given(SEEDS, st.booleans(), st.sampled_from(["utf-8-sig", "gb18030"]))
def test_the_sums_in_pieces_are_those_of_the_whole_table_and_of_the_generator(tmp_path_factory, seed, beside, encoding):
    made, rows = national(seed, level_column=beside)
    path = written(tmp_path_factory.getbasetemp() / "national.csv", rows, encoding=encoding)
    tables = summarise_table(path, block_bytes=TINY)
    by_school = tables["by_school"].set_index("school")
    for school, table in made.items():
        found = by_school.loc[school]
        assert found["applications"] == table.applications
        assert found["places_applied"] == table.places_applied
        assert found["places_approved"] == table.places_approved
        assert found["certificate_levels"] == len(table.certificate_levels)
        assert found["certificates"] == len({name for name, _ in table.certificate_levels})
        named = sum(table.set_aside.values()) - table.set_aside["重复的表头"]
        assert found["rows_set_aside"] == named
    rounds = sum((table.by_round for table in made.values()), Counter())
    found = tables["by_round"].groupby("application_round", observed=True)["places_approved"].sum()
    assert {name: value for name, value in found.items() if value} == dict(+rounds)
    compared(tables, read_table(path).cells)


@examples(4, 100)
@given(TABLES, st.lists(st.sampled_from(["甲", "乙 ", " ", "丙"]), min_size=1, max_size=6))
def test_any_table_adds_up_as_the_whole_table_does(tmp_path_factory, rows, schools):
    lines = [(schools[place % len(schools)], *line) for place, line in enumerate(rows)]
    filler = [("丁", *row(序号=str(place))) for place in range(9)]
    path = written(tmp_path_factory.getbasetemp() / "any.csv", [("学校", *HEADER), *filler, *lines])
    tables = summarise_table(path, block_bytes=TINY)
    cleaned = clean(read_table(path).cells)
    assert tables["overview"]["applications"][0] == len(cleaned.applications)
    assert tables["overview"]["rows_read"][0] == len(lines) + len(filler)
    assert tables["by_school"]["places_applied"].sum() == cleaned.applications["places_applied"].sum()


def test_nothing_depends_on_the_size_of_the_pieces_or_the_kind_of_file(tmp_path):
    _, rows = national(7, rows=120 if full() else 15)
    half = len(rows) // 2
    path = written(tmp_path / "a.csv", rows)
    wanted = summarise_table(path)
    (tmp_path / "parts").mkdir()
    written(tmp_path / "parts" / "1.tsv", rows[:half], "\t")
    pd.DataFrame(rows[half:], columns=rows[0]).to_parquet(tmp_path / "parts" / "2.parquet", index=False)
    pd.DataFrame(rows[1:], columns=rows[0]).to_parquet(tmp_path / "b.parquet", index=False)
    for other, size in ((path, 999), (path, 20_000), (tmp_path / "parts", TINY), (tmp_path / "b.parquet", 5000)):
        for name, table in summarise_table(other, block_bytes=size).items():
            pd.testing.assert_frame_equal(table, wanted[name], obj=name)


def test_a_row_without_a_school_or_a_number_is_counted_and_told(tmp_path):
    lines = [("", "甲市", *ROW), ("丙", "乙市", *row(批准总培训人数="约50")), ("合计", "", *("",) * 6, "100", "50", "")]
    tables = summarise_table(written(tmp_path / "a.csv", [("学 校", "地市", *HEADER), *lines]), by="学校")
    by_school = tables["by_school"].set_index("school")
    assert by_school["lower_bound"].to_dict() == {"丙": True, NO_SCHOOL: False}
    assert by_school["city"].to_dict() == {"丙": "乙市", NO_SCHOOL: "甲市"}
    assert by_school["places_approved"].isna().to_dict() == {"丙": True, NO_SCHOOL: False}
    assert tables["by_city"][["city", "places_applied"]].astype(object).to_numpy().tolist() == [
        ["乙市", 50],
        ["甲市", 50],
    ]
    assert tables["overview"][["rows_read", "applications", "rows_set_aside"]].to_numpy().tolist() == [[3, 2, 1]]
    assert tables["set_aside"].to_numpy().tolist() == [["", "合计行", 1]]


def test_a_column_that_is_not_there_is_said_with_the_header(tmp_path):
    path = written(tmp_path / "a.csv", [HEADER, ROW])
    with pytest.raises(PilotError, match="没有“学校”列，无法按它汇总。表头现有：序号、申报年度"):
        summarise_table(path)


@pytest.mark.parametrize("fault", ["school", "pairs", "rows"])
def test_two_counts_that_differ_stop(fault, tmp_path, monkeypatch):
    path = written(tmp_path / "a.csv", [("学校", *HEADER), ("甲", *ROW), ("乙", *ROW)])

    def counted_wrongly(*arguments, **named):
        recount = recount_piece(*arguments, **named)
        if fault == "school":
            recount.totals["甲", "places_applied"] += 1
        elif fault == "pairs":
            recount = recount._replace(pairs=recount.pairs | {("无", "初级")})
        else:
            recount = recount._replace(rows=recount.rows + 1)
        return recount

    monkeypatch.setattr(totals, "recount_piece", counted_wrongly)
    with pytest.raises(PilotError, match="两次计数不一致"):
        summarise_table(path)


def test_subtotals_in_the_column_of_cities_are_set_aside_and_the_unnamed_is_no_school(tmp_path):
    lines = [("学校", "市", *HEADER), ("甲", "苏州", *ROW), ("乙", "苏州", *ROW), ("", "苏州", *ROW)]
    lines += [("", "苏州小计", *[""] * 6, "150", "150", ""), ("", "合计", *[""] * 6, "150", "150", "")]
    path = written(tmp_path / "t.csv", lines)
    tables = summarise_table(path)
    overview = tables["overview"].iloc[0]
    assert (overview["applications"], overview["places_applied"], overview["schools"]) == (3, 150, 2)
    assert tables["by_city"][["city", "schools", "applications"]].to_numpy().tolist() == [["苏州", 2, 3]]
    assert tables["by_certificate"]["schools"].tolist() == [2]


def test_columns_without_content_further_down_and_other_names_are_columns_all_the_same(tmp_path):
    lines = [("school", "市", *HEADER), *(("甲", "苏州" if place < 3 else "", *ROW) for place in range(40))]
    tables = summarise_table(written(tmp_path / "t.csv", lines), "school", block_bytes=TINY)
    assert tables["by_school"]["applications"].tolist() == [40]


def test_a_table_without_applications_is_a_sentence(tmp_path):
    with pytest.raises(PilotError, match="没有一行申报"):
        summarise_table(written(tmp_path / "t.csv", [("学校", *HEADER)]))


def test_a_table_without_statuses_rounds_and_places_applied_for_adds_up(tmp_path):
    lines = ["学校,申报年度,证书名称,批准总培训人数", "甲校,2021,财务共享服务(初级),50", "甲校,2021,界面设计(中级),"]
    (tmp_path / "a.csv").write_text("\n".join([*lines, "乙校,2021,财务共享服务(初级),30"]) + "\n", encoding="utf-8")
    tables = summarise_table(tmp_path / "a.csv")
    columns = ["school", "applications", "places_approved", "lower_bound"]
    assert tables["by_school"][columns].to_numpy().tolist() == [["乙校", 1, 30, False], ["甲校", 2, 50, True]]
    assert tables["by_school"]["places_applied"].isna().all()
    assert tables["overview"]["certificate_levels"].item() == 2
