"""How years are told side by side: by small years of which every word is written out, and by the pages made of several."""

import re
from html import unescape

import docx
import openpyxl
import pandas as pd
import pytest

from pilotlib import PilotError
from pilotlib.reading import YearStatistics, read_year_statistics
from pilotlib.report import parts
from pilotlib.report.told import texts
from pilotlib.report.years import (
    book_of,
    changes_table,
    measures_table,
    members_table,
    places_headline,
    read_years,
    sentences,
)
from pilotlib.statistics.years import COMPARED, breaks, came_and_went, certificates, compared, majors, measures
from tests.report.reports import pieces_of, processed_of, report_of
from tests.statistics.test_years import FIRST, SECOND, THIRD
from tests.tables import row


def text_of(html):
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r'href="data:[^"]*"', "", html)))


def test_the_sentences_of_two_years():
    table = compared(measures([FIRST, SECOND]), 2019, 2020)
    standing = [came_and_went(members([FIRST, SECOND]), 2019, 2020) for members in (certificates, majors)]
    assert sentences(table, standing, 2019, 2020) == [
        "与2019年相比，试点由2项增至3项（+1，+50%）；证书仍为2种；申请总培训人数由80人增至125人（+45，+56.3%）；"
        "批准总培训人数由80人增至125人（+45，+56.3%）；专业数仍为2个；试点专业在校生由700人减至610人（−90，−12.9%）。",
        "证书：新增1种（数字营销），延续1种，不再申报1种（网店运营推广）。",
        "专业：新增1个（市场营销），更名1个（会计改称大数据与会计），不再申报1个（电子商务）。",
    ]


def test_many_names_are_cut_and_said_to_be():
    standing = came_and_went(certificates([FIRST, SECOND]), 2019, 2020)
    many = standing.loc[[0] * 9].reset_index(drop=True)
    told = sentences(compared(measures([FIRST, SECOND]), 2019, 2020), [many, standing], 2019, 2020)
    assert told[1] == f"证书：新增9种（{'、'.join(['数字营销'] * 8)}等，全部见下表）。"


def test_without_an_earlier_year_there_is_no_section():
    report = report_of(row())
    assert parts.comparison(report).data == ""
    assert not any("历年对比" in piece for piece in pieces_of(report, drawn=False))


def test_with_an_earlier_year_there_is_one_with_its_tables_and_breaks():
    report = report_of(row(), earlier=FIRST)
    told = text_of(parts.comparison(report).data)
    assert "2019年与2021年的指标" in told
    assert "2019年与2021年之间的年度没有处理结果。" in told
    assert "不再申报1种（网店运营推广）" in told
    assert sum('<span class="topic">历年对比' in piece for piece in pieces_of(report, drawn=False)) == 1


def test_names_from_a_table_are_text():
    report = report_of(row(证书名称="<script>x</script>职业技能等级证书(初级)"), earlier=FIRST)
    assert "<script>" not in parts.comparison(report).data


def test_measures_stand_with_a_column_a_year():
    wide = measures_table([FIRST, SECOND, THIRD], "来源").data.set_index("measure")
    assert list(wide.columns) == ["2019年", "2020年", "2022年", "change", "unit", "topic", "note"]
    assert wide.loc["批准总培训人数", ["2019年", "2020年", "2022年"]].tolist() == [80, 125, 70]
    assert wide.loc["初级", "note"] == "下限：2022年；2022年为下限，至多减少60"
    assert wide["2019年"].isna()["第二次"]


def test_certificates_stand_in_the_years_that_have_them():
    years = [FIRST, SECOND, THIRD]
    wide = members_table("certificates", years, "来源").data
    assert wide[["name", "in_years"]].to_numpy().tolist() == [
        ["财务共享服务", "2019、2020、2022"],
        ["数字营销", "2020、2022"],
        ["网店运营推广", "2019"],
    ]
    renamed = members_table("majors", years, "来源").data.set_index("in_years")
    assert renamed.loc["2019、2020、2022", "name"] == "会计，曾用大数据与会计"


def test_years_that_name_no_major_stand_side_by_side():
    processed, statistics = processed_of(row(申报专业=""))
    book = book_of([YearStatistics(year, processed.about, statistics) for year in (2019, 2020)])
    assert texts(book.tables["majors"]).empty
    assert book.paragraphs["members"].endswith("专业：两年都没有。")


def test_the_message_counts_what_came_and_went_and_leaves_the_names_to_the_section():
    processed, statistics = processed_of(row())
    other, later = processed_of(row(证书名称="网店运营推广职业技能等级证书(中级)", 申报专业="物流管理"))
    book = book_of([YearStatistics(2019, processed.about, statistics), YearStatistics(2020, other.about, later)])
    assert [point for point in book.points if point.happened in ("证书", "专业")] == [
        ("证书", "新增1种，不再申报1种"),
        ("专业", "新增1个，不再申报1个"),
    ]
    assert book.headings["members"] == "证书新增1种，不再申报1种"
    assert "新增1种（网店运营推广）" in book.paragraphs["members"]


def test_each_year_beside_the_one_before():
    table = changes_table([FIRST, SECOND, THIRD], "来源").data
    assert table["years"].tolist() == ["2020年比2019年", "2022年比2020年"]
    assert table["applications_change"].tolist() == [1, -1]
    assert table["places_approved_change"].tolist() == [45, -55]
    assert table[["certificates_new", "certificates_carried_on", "certificates_gone"]].to_numpy().tolist() == [
        [1, 1, 1],
        [0, 2, 0],
    ]


def test_one_year_alone_is_a_sentence(ran):
    with pytest.raises(PilotError, match="历年对比至少需要两个处理过的年度，现有：2021。用 pilot new"):
        read_years(ran.project)


def test_generated_years_come_out_as_they_were_made(several_years):
    folders = sorted((several_years.project / "data" / "processed").glob("20*"))
    read = [read_year_statistics(folder, COMPARED) for folder in folders]
    tables, changes = several_years.generated
    values = measures(read).set_index(["measure", "year"])["value"]
    for made in tables:
        assert values["批准总培训人数", made.year] == made.places_approved
        assert values["试点", made.year] == made.applications
        assert values["试点专业在校生", made.year] == made.distinct_students
    members = certificates(read)
    for made, change in zip(tables[1:], changes, strict=True):
        standing = came_and_went(members, made.year - 1, made.year)
        found = {name: set(group["name"]) for name, group in standing.groupby("standing", observed=True)}
        assert found == change
    assert "2021年" not in "".join(breaks(read[:-1])["message"])


def test_the_pages_say_the_same_figures(several_years):
    page = text_of(several_years.trends.read_text(encoding="utf-8"))
    tables, _ = several_years.generated
    assert all(f"{made.places_approved:,}" in page for made in tables)
    assert "1,662" in page
    report = text_of(several_years.report.read_text(encoding="utf-8"))
    assert f"批准总培训人数由{tables[-1].places_approved:,}人" in report


def test_the_workbooks_and_the_document_hold_the_tables(several_years):
    reports = several_years.trends.parent
    book = openpyxl.load_workbook(reports / "trends.xlsx")
    assert book.sheetnames == [
        "目录",
        "各年的指标",
        "逐年变化",
        "各年证书的批准人数",
        "各年专业的学生规模",
        "口径不同之处",
        "各年数据来源",
        "历年人数",
        "历年等级",
        "证书的变化",
    ]
    annual = openpyxl.load_workbook(reports / "annual-report.xlsx")
    assert annual.sheetnames[-4:] == [
        *("2020年与2021年的指标", "2020年与2021年的证书", "2020年与2021年的专业", "从申请到获证")
    ]
    assert len(docx.Document(str(reports / "trends.docx")).tables) >= 5


@pytest.mark.parametrize(
    ("years", "places", "most"),
    [
        (["2019年", "2020年"], [50, 60], "，2020年最多"),
        (["2019年", "2020年"], [60, 60], ""),
        (["2019年", "2020年（至少）"], [60, 50], ""),
        (["2018年", "2019年", "2020年"], [None, 60, 50], ""),
    ],
)
def test_the_year_with_the_most_places_is_named_only_where_all_are_known(years, places, most):
    table = pd.DataFrame({"years": years, "places_approved": pd.array(places, "Int64")})
    told = places_headline(table)
    known = [(year, count) for year, count in zip(years, places, strict=True) if count]
    (first, one), (last, other) = known[0], known[-1]
    assert told == f"批准培训人数{first}为{one}人，{last}为{other}人{most}"
