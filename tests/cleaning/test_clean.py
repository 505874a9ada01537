"""The 2021 table, cleaned, against what was read off it by hand."""

import shutil

import pandas as pd
import pytest

from pilotlib.cleaning import clean
from pilotlib.reading import read_inputs
from tests.conftest import ROOT
from tests.tables import HEADER, cells_of, row

BY_HAND = pd.read_csv(ROOT / "tests" / "data" / "2021-applications.csv", dtype=str, keep_default_na=False)


def as_text(applications: pd.DataFrame) -> pd.DataFrame:
    texts = applications.astype(object).where(applications.notna(), "").astype(str)
    return texts.assign(truncated=texts["truncated"].map({"True": "cut", "False": ""}))


def undone(cleaned) -> pd.DataFrame:
    """The raw cells again: what cleaning made of each row, with the log undone."""
    texts = as_text(cleaned.applications).set_index("source_row")
    majors = cleaned.majors.groupby("source_row")["major"].agg("；".join)
    cells = pd.DataFrame(
        {
            "serial": texts["serial"],
            "year": texts["year"],
            "application_round": texts["application_round"],
            "certificate": texts["certificate"] + "职业技能等级证书(" + texts["level"] + ")",
            "majors": majors.set_axis(majors.index.astype(str)),
            "students": texts["students"],
            "places_applied": texts["places_applied"],
            "places_approved": texts["places_approved"],
            "status": texts["status"],
        }
    )
    for change in cleaned.changes.iloc[::-1].itertuples():
        assert cells.loc[str(change.source_row), change.column] == change.after
        cells.loc[str(change.source_row), change.column] = change.before
    return cells


def test_every_row_is_what_was_read_by_hand(cleaned):
    found = as_text(cleaned.applications)[
        [
            "source_row",
            "application_round",
            "certificate",
            "level",
            "level_as_given",
            "students",
            "places_applied",
            "places_approved",
            "truncated",
        ]
    ]
    pd.testing.assert_frame_equal(found.set_axis(BY_HAND.columns, axis="columns"), BY_HAND, check_dtype=False)


def test_types_are_those_of_the_contract(cleaned):
    types = cleaned.applications.dtypes.astype(str)
    assert set(types[["students", "places_applied", "places_approved", "year"]]) == {"Int64"}
    assert set(types[["certificate", "certificate_as_given", "majors_as_given", "status"]]) == {"str"}
    assert list(cleaned.applications["level"].cat.categories) == ["初级", "中级", "高级"]
    assert list(cleaned.applications["application_round"].cat.categories) == ["沿用批次", "第一次", "第二次"]
    assert cleaned.applications["level"].cat.ordered
    assert cleaned.majors["category"].cat.ordered


def test_undoing_the_log_gives_the_file_back_cell_for_cell(cleaned):
    lines = (ROOT / "data" / "raw" / "2021" / "applications.tsv").read_text(encoding="utf-8").splitlines()
    raw = [line.split("\t") for line in lines[1:]]
    assert undone(cleaned).to_numpy().tolist() == raw


def test_only_the_four_cut_off_cells_were_changed(cleaned):
    changes = cleaned.changes[["source_row", "column", "rule"]].to_numpy().tolist()
    assert changes == [
        [8, "majors", "correction"],
        [16, "certificate", "correction"],
        [18, "certificate", "correction"],
        [25, "majors", "correction"],
    ]
    assert "依据较弱" in cleaned.changes.loc[1, "reason"]


def test_without_corrections_only_what_is_beyond_doubt_is_completed(cleaned_as_printed):
    changes = cleaned_as_printed.changes[["source_row", "column", "rule"]].to_numpy().tolist()
    assert changes == [[8, "majors", "major_completed"], [25, "majors", "major_completed"]]
    levels = cleaned_as_printed.applications.groupby("level", observed=True, dropna=False)["places_approved"].sum()
    assert levels.tolist() == [284, 1268, 110]


def test_as_given_columns_keep_the_cell(cleaned):
    row_18 = cleaned.applications.set_index("source_row").loc[18]
    assert row_18["certificate_as_given"] == "机械产品三维模型设计职业技能等级证书(中"
    assert cleaned.majors.loc[cleaned.majors["truncated"], ["source_row", "as_given"]].to_numpy().tolist() == [
        [8, "电气自动"],
        [25, "电气自动"],
    ]


def test_a_renamed_major_keeps_its_name_in_the_table_and_finds_its_code(cleaned):
    major = cleaned.majors.set_index("major").loc["会计"].iloc[0]
    assert major[["catalogue_name", "code", "category"]].tolist() == ["大数据与会计", "530302", "财经商贸大类"]


def test_a_major_under_its_catalogue_name_is_found_too(inputs):
    majors = clean(cells_of(row(申报专业="大数据与会计")), None, inputs.reference).majors
    assert majors["code"].tolist() == ["530302"]


@pytest.mark.parametrize("kind", ["document", "xlsx"])
def test_the_same_table_in_another_raw_file_leads_to_the_same_applications(project, inputs, cleaned, kind, request):
    folder = project / "data" / "raw" / "2021"
    (folder / "applications.tsv").unlink()
    if kind == "document":
        shutil.copy(request.getfixturevalue("given_document"), folder / "applications.txt")
    else:
        lines = inputs.cells.to_numpy().tolist()
        numbers = [[int(cell) if cell.isdecimal() else cell for cell in line] for line in lines]
        title = ["申报明细表", *[None] * 8]
        pd.DataFrame([title, *numbers], dtype=object).to_excel(folder / "applications.xlsx", index=False, header=False)
    other = read_inputs(project, 2021)
    again = clean(other.cells, other.corrections, other.reference, other.file)
    pd.testing.assert_frame_equal(again.applications, cleaned.applications)
    pd.testing.assert_frame_equal(again.majors, cleaned.majors)


def test_every_change_is_logged_with_its_rule():
    messy = row(
        申报年度="2021年",
        申报批次="第一批次",
        证书名称="５Ｇ移动网络运维（中级）",
        学生规模="1,234",
        申请总培训人数="５０人",
        批准总培训人数="约50",
    )
    cleaned = clean(cells_of(messy))
    assert cleaned.changes[["column", "before", "after", "rule"]].to_numpy().tolist() == [
        ["certificate", "５Ｇ移动网络运维（中级）", "5G移动网络运维（中级）", "characters"],
        ["places_applied", "５０人", "50人", "characters"],
        ["application_round", "第一批次", "第一次", "round_alias"],
        ["year", "2021年", "2021", "count_format"],
        ["students", "1,234", "1234", "count_format"],
        ["places_applied", "50人", "50", "count_format"],
        ["places_approved", "约50", "", "count_unreadable"],
    ]
    only = cleaned.applications.iloc[0]
    assert (only["year"], only["students"], only["places_applied"]) == (2021, 1234, 50)
    assert pd.isna(only["places_approved"])


def test_surrounding_white_space_is_no_change():
    cleaned = clean(cells_of(row(证书名称="  财务共享服务职业技能等级证书(初级) ", 批准总培训人数="\t50")))
    assert cleaned.changes.empty
    assert cleaned.applications["certificate"].tolist() == ["财务共享服务"]


def test_columns_that_are_not_ours_are_kept_untouched():
    cleaned = clean(cells_of((*row(), " １ 班"), header=(*HEADER, "备注")))
    assert cleaned.applications["备注"].tolist() == ["１ 班"]


def test_two_levels_in_one_cell_are_not_split():
    cleaned = clean(cells_of(row(证书名称="老年照护(初级、中级)")))
    assert cleaned.applications["level"].tolist() == ["初级、中级"]


def test_a_table_without_rows_is_empty_not_an_error():
    cleaned = clean(cells_of())
    assert [len(table) for table in cleaned] == [0, 0, 0, 0]
