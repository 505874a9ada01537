"""How all schools of a table are told: by small tables of which every word is written out, and by whole pages."""

import base64
import json
import os
import re
from functools import cached_property
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import docx
import openpyxl
import pandas as pd
import pytest

from pilotlib import PilotError
from pilotlib.province import sections
from pilotlib.province.book import SCHOOLS, book_of, newest_batch, open_schools
from pilotlib.province.sections import certificates_paragraph, year_paragraphs
from pilotlib.province.statistics import places_bands, rate_bands, summarise_schools
from pilotlib.report import parts
from pilotlib.running import stages
from tests.conftest import ROOT, full
from tests.hostile import CELLS, SCRIPT
from tests.province.schools import ABOUT, counted, failure, province, school, write

THREE = [school("甲校", 100, 90), school("乙校", 200, 200), school("丙校", 50, 55)]
ONE_UNLIKE = [90, 91, 92, 93, 94, 95, 90, 91, 92, 93, 94, 40]
FOUND = [school(f"{place}校", 100, approved) for place, approved in enumerate(ONE_UNLIKE)]


class Schools(SimpleNamespace):
    """The statistics of some schools, and the book made of them where somebody reads it."""

    @cached_property
    def book(self):
        return book_of(ABOUT, self.statistics)


def schools_of(rows, failures=(), **tables) -> Schools:
    statistics = summarise_schools(counted(rows, failures, **tables))
    return Schools(**statistics, statistics=statistics)


@pytest.fixture(scope="module")
def three() -> Schools:
    return schools_of(THREE)


@pytest.fixture(scope="module")
def found() -> Schools:
    return schools_of(FOUND)


def published(folder: Path, tables, editions=("html",), **about) -> SimpleNamespace:
    """The notebook executed on the tables and published: `out` holds the editions, `page` is the html as text."""
    processed, out = write(folder / "tables", tables, **about), folder / "out"
    (out / "schools").mkdir(parents=True)
    notebook, values = folder / "told.ipynb", {"processed": str(processed)}
    stages.execute(
        ROOT / "notebooks" / "schools.ipynb", notebook, values, ROOT, folder / "failed", "汇总", "in-process"
    )
    report = {
        "kind": SCHOOLS,
        "editions": editions,
        "given": [processed],
        "before": {"province.csv": "ab12"},
        "parameters": {},
        "style": "",
        "template": None,
    }
    stages.publish_book(SimpleNamespace(**report), notebook, out)
    return SimpleNamespace(out=out, page=(out / "index.html").read_text(encoding="utf-8"))


def text_of(html) -> str:
    html = re.sub(r'href="data:[^"]*"', "", getattr(html, "data", html))
    return unescape(re.sub(r"<[^>]+>", "", html))


def test_three_schools_in_sentences(three):
    told = year_paragraphs(three.statistics, 2031)
    assert told == {
        "rounds": "2031年度3所学校共申报1+X证书试点6项，申请培训350人，批准345人，批准率98.6%。"
        "分批次看，第一次6项、批准345人。分等级看，初级6项、批准345人。",
        "schools": "批准人数最多的是乙校（200人，占58%）。"
        "批准人数少于申请人数的1所，等于申请人数的1所，多于申请人数的1所。",
        "cities": "",
    }


def test_key_figures_are_those_of_the_overview(three):
    told = text_of(parts.key_figures(three.book))
    for expected in ("学校数3所", "试点6项", "证书7种分等级计7个", "批准总培训人数345人申请350人"):
        assert expected in told
    assert "相加" not in told


def test_a_missing_count_makes_sums_lower_bounds_and_leaves_the_rate_to_the_others():
    rows = [*THREE, school("丁校", 40, 30, lower_bound=True, city="甲市"), school("戊校", 20, 20, city="乙市")]
    schools = schools_of(rows)
    told = year_paragraphs(schools.statistics, 2031)
    assert "申请培训410人，批准至少395人，其中人数完整的4所学校批准率98.6%。" in told["rounds"]
    assert told["schools"].startswith("就已知人数而言，批准人数最多的是乙校（200人）。")
    assert told["schools"].endswith("；1所有人数缺失，不作比较。")
    assert schools.by_school.set_index("school")["approval_rate"].isna().to_dict()["丁校"]
    assert schools.by_city.dropna(subset="city").set_index("city")["lower_bound"].to_dict() == {
        "甲市": True,
        "乙市": False,
    }
    assert "2031年就已知人数，甲市批准最多，为至少30人" in sections.figures(schools.book, "cities").data
    assert "1所学校的人数有未提供的，合计只是下限" in text_of(parts.doubts(schools.book))
    assert "丁校：申请40人，批准至少30人。" in text_of(parts.doubts(schools.book))
    assert re.search(r"<td[^>]*>至少30</td>", parts.table(schools.book, "by_school").data)


def test_equal_schools_are_all_named():
    rows = [school("甲校", 9, 9), school("乙校", 9, 9), school("丙校", 9, 2)]
    told = year_paragraphs(schools_of(rows).statistics, 2031)
    assert told["schools"].startswith("批准人数最多的是乙校、甲校（9人，各占45%，2所学校并列）。")


def test_the_largest_tenth_of_the_schools(found):
    told = year_paragraphs(found.statistics, 2031)
    # The largest of twelve has 95 of 1,055.
    assert "批准人数最多的十分之一学校（1所）合计占9%。" in told["schools"]


def test_certificates_in_a_sentence():
    table = pd.DataFrame(
        {
            "certificate": ["数字营销", "网店运营推广"],
            "schools": [1, 3],
            "applications": [2, 4],
            "places_applied": [200, 150],
            "places_approved": [200, 145],
        }
    )
    told = certificates_paragraph(schools_of(THREE, certificates=table).statistics)
    assert told == "申报学校最多的证书是网店运营推广（3所）；批准人数最多的是数字营销（200人，占58%）。"


def test_one_school_unlike_the_others_is_named_with_the_fence(found):
    schools = found
    rate = schools.quartiles.set_index("measure").loc["approval_rate"]
    # Of twelve sorted rates the quarters lie between the third and fourth (90, 91), and the ninth and tenth (93, 94).
    assert rate[["minimum", "lower_quartile", "median", "upper_quartile", "maximum"]].tolist() == [
        *(40, 90.75, 92, 93.25, 95)
    ]
    assert rate[["lower_fence", "upper_fence"]].tolist() == [87, 97]
    assert schools.outliers[["school", "measure", "value", "side"]].to_numpy().tolist() == [
        ["11校", "approval_rate", 40, "低于下界"],
        ["11校", "places_approved", 40, "低于下界"],
    ]
    assert "11校：批准率40%，低于下界（87%）。" in text_of(parts.doubts(schools.book))
    assert "Tukey" in text_of(parts.table(schools.book, "quartiles"))


def test_a_school_at_the_fence_is_inside():
    rows = [school(f"{place}校", 100, approved) for place, approved in enumerate([*ONE_UNLIKE[:-1], 87])]
    assert schools_of(rows).outliers.empty


def test_a_school_of_which_a_count_is_missing_is_not_compared():
    schools = schools_of([*FOUND[:-1], FOUND[-1] | {"lower_bound": True}])
    assert schools.outliers.empty
    assert schools.quartiles.set_index("measure")["schools"].to_dict() == {"approval_rate": 11, "places_approved": 11}
    assert places_bands(schools.by_school)["schools"].sum() == 11


def test_of_seven_schools_none_is_judged():
    schools = schools_of([school(f"{place}校", 100, 90 + place) for place in range(6)] + [school("末校", 100, 1)])
    assert schools.outliers.empty
    assert schools.quartiles["upper_fence"].isna().all()
    assert text_of(parts.paragraph(schools.book, "outliers")).startswith("有数可比的学校不足8所，不作判定。")


def test_where_most_schools_are_the_same_it_is_said():
    schools = schools_of(
        [school(f"{place}校", 10 + place, 10 + place) for place in range(9)] + [school("末校", 100, 99)]
    )
    told = text_of(parts.paragraph(schools.book, "outliers"))
    assert "2031年一半以上的学校批准率同为100%，四分位距为0，凡与之不同的都列出。" in told
    assert set(schools.outliers.loc[schools.outliers["measure"] == "approval_rate", "school"]) == {"末校"}


def test_schools_lie_in_bands():
    rows = [school(f"{place}校", 100, places) for place, places in enumerate([3, 7, 12, 18, 95])]
    # 95 of 100 schools have fewer than 79.6 places: ten bands of ten would reach to 99.
    bands = places_bands(schools_of(rows).by_school).set_index("places_band")["schools"]
    assert list(bands.index)[:2] == ["0至9", "10至19"]
    assert list(bands.index)[-1] == "70及以上"
    assert bands[bands > 0].to_dict() == {"0至9": 2, "10至19": 2, "70及以上": 1}


def test_a_rate_is_a_hundred_only_where_the_counts_are_the_same():
    counts = [(30_000, 29_999), (50, 50), (40, 41), (100, 70)]
    rows = [school(f"{place}校", applied, approved) for place, (applied, approved) in enumerate(counts)]
    bands = rate_bands(schools_of(rows).by_school)
    assert bands.to_numpy().tolist() == [
        ["70%至不足80%", 1],
        ["80%至不足90%", 0],
        ["90%至不足100%", 1],
        ["100%", 1],
        ["超过100%", 1],
    ]


def test_a_figure_says_what_it_shows_and_holds_its_data(found):
    html = sections.figures(found.book, "rate").data
    told = re.search(r'aria-label="([^"]+)"', html)[1]
    assert told.startswith("2031年12所学校批准率的中位数为92%，0所照申请批准。横向条形图")
    assert "<details class='data'>" in html and html.split("</svg>")[0].count("<path") < 60
    assert ["40%至不足50%", "1"] in [
        re.findall(r">([^<>]+)</t[hd]>", row)
        for row in re.findall("<tr>.*?</tr>", html.split("<details class='data'>")[1])
    ]


def test_failed_schools_are_told_with_row_and_column(three):
    failures = [
        failure("丁校", "第3行“批准总培训人数”为“若干”，不是人数。"),
        failure("丁校", "第5行没有等级。", row=5, place=11, column="level", value=""),
        failure("戊校", "没有可以读的行。", row=None, place=None, column="", year=None),
    ]
    schools = schools_of(THREE, failures)
    told = text_of(parts.doubts(schools.book))
    assert "2所学校未完成，全部见未完成的学校。" in told
    assert "丁校：第3行“批准总培训人数”为“若干”，不是人数（文件第9行）；另有1处。" in told
    assert "戊校：没有可以读的行。" in told
    table = parts.table(schools.book, "failures").data
    for cell in ("丁校", "3", "9", "批准总培训人数", "若干", "11", "等级"):
        assert f">{cell}</t" in table
    assert "2所学校未完成：原因逐条列出。" in text_of(parts.message(schools.book))
    assert text_of(parts.table(three.book, "failures")) == "没有。表中的学校全部完成。"


def test_the_schools_with_most_warnings_come_first():
    rows = [
        school("甲校", 9, 9, warnings=1, warning_causes="序号不连续1处"),
        school("乙校", 8, 8, warnings=12, warning_causes="截断12处"),
        school("丙校", 7, 7),
    ]
    told = text_of(parts.doubts(schools_of(rows).book))
    assert "2所学校的申报表有警示，共13处，多的在前" in told
    assert told.index("乙校：截断12处。") < told.index("甲校：序号不连续1处。")


def test_of_many_the_first_five_are_listed():
    rows = [school(f"{place}校", 9, 9, warnings=place, warning_causes=f"截断{place}处") for place in range(8)]
    told = text_of(parts.doubts(schools_of(rows).book))
    assert "7所学校的申报表有警示，共28处，多的在前，这里列出前5处，全部见各学校。" in told
    assert "3校：截断3处。" in told and "2校：截断2处。" not in told


def test_nothing_to_look_at_is_a_sentence(three):
    assert text_of(parts.doubts(three.book)) == "没有发现存疑之处。"


def test_years_are_told_one_by_one_and_sums_over_them_say_so():
    schools = schools_of([*THREE, school("甲校", 100, 50, year=2030), school("乙校", 100, 60, year=2030)])
    assert year_paragraphs(schools.statistics, 2030)["rounds"].startswith(
        "2030年度2所学校共申报1+X证书试点4项，申请培训200人，批准110人，批准率55%。"
    )
    assert "申请培训350人，批准345人" in year_paragraphs(schools.statistics, 2031)["rounds"]
    assert year_paragraphs(schools.statistics, 2030)["schools"] == (
        "2030年：批准人数最多的是乙校（60人，占54.5%）。批准人数少于申请人数的2所。"
    )
    assert "455" not in text_of(parts.paragraph(schools.book, "rounds"))
    assert "各年度分别说明，不跨年度相加。" in text_of(parts.paragraph(schools.book, "rounds"))
    told = text_of(parts.key_figures(schools.book))
    assert "批准总培训人数455人2030、2031年相加" in told
    assert "学校数3所2030、2031年，重复的只计一次" in told
    assert schools.by_year[["year", "schools", "places_approved"]].to_numpy().tolist() == [
        [2030, 2, 110],
        [2031, 3, 345],
    ]
    assert schools.quartiles.groupby("year")["schools"].max().to_dict() == {2030: 2, 2031: 3}
    assert sections.figures(schools.book, "places").data.count("<figure") == 2
    assert certificates_paragraph(schools.statistics).startswith("以下为2030、2031年合计。")


def test_without_cities_there_is_no_section_and_no_column(three):
    without, with_them = three, schools_of([row | {"city": f"{row['school']}市"} for row in THREE])
    assert sections.section(without.book, "cities", "各市").data == ""
    assert "所在市" not in re.sub('base64,[^"]*', "", parts.table(without.book, "by_school").data)
    assert "各市" not in [table.title for table in without.book.tables.values()]
    told = sections.section(with_them.book, "cities", "各市").data
    assert "<h2 class='section'><span class=\"topic\">各市" in told
    assert "2031年乙校市批准最多，为200人" in sections.figures(with_them.book, "cities").data
    assert "学校分布在3个市批准人数最多的是乙校市（200人，占58%）。" in text_of(told)


def test_cities_are_told_year_by_year():
    rows = [school("甲校", 9, 8, city="东市"), school("乙校", 9, 7, city="西市")]
    rows += [school("甲校", 9, 1, city="东市", year=2030), school("乙校", 9, 5, city="西市", year=2030)]
    html = sections.section(schools_of(rows).book, "cities", "各市").data
    assert re.findall(r'class="headline"><span[^>]*></span>(.*?)</p>', html) == [
        "2030年西市批准最多，为5人",
        "2031年东市批准最多，为8人",
    ]
    assert "2030年度的学校分布在2个市。批准人数最多的是西市（5人，占83.3%）。" in text_of(html)


def test_a_report_is_led_to_only_below_the_page():
    reports = {
        "甲校": "schools/甲 校%/2031/annual-report.html",
        "乙校": "../outside.html",
        "丙校": "javascript:alert(1)",
        "丁校": "https://example.com/x",
        "戊校": "/etc/passwd",
        "己校": "",
    }
    schools = schools_of([school(name, 9, 9, report=report) for name, report in reports.items()])
    html = parts.table(schools.book, "by_school").data
    links = dict(re.findall(r'<a href="([^"]+)">([^<]+)</a>', html))
    assert {name: to for to, name in links.items()} == {
        "甲校": "schools/%E7%94%B2%20%E6%A0%A1%25/2031/annual-report.html",
        "丙校": "javascript%3Aalert%281%29",  # a file of this name, beside the page
        "丁校": "https%3A//example.com/x",
    }


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(PilotError, match=r"缺 overview\.parquet.*请先运行 pilot batch"):
        open_schools(tmp_path)
    with pytest.raises(PilotError, match="还没有各学校的汇总结果。请先运行 pilot batch 申报表 --by 学校。"):
        newest_batch(tmp_path)


def test_the_batch_made_last_is_opened(tmp_path):
    for place, name in enumerate(("b", "a")):
        write(tmp_path / name, counted(THREE))
        os.utime(tmp_path / name / "about.json", (place, place))
    assert newest_batch(tmp_path).name == "a"


def test_where_every_school_failed_the_page_says_so():
    schools = schools_of([school("甲校", None, None, applications=None)], [failure("甲校", "第3行没有证书。")])
    assert year_paragraphs(schools.statistics, 2031)["rounds"] == "2031年度没有可以汇总的学校。"
    assert [text_of(sections.figures(schools.book, name)) for name in ("places", "rate")] == ["", ""]
    assert "甲校：第3行没有证书（文件第9行，批准总培训人数）。" in text_of(parts.doubts(schools.book))


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A province of 30 schools in 5 cities, two failed, in three editions."""
    return published(tmp_path_factory.mktemp("told"), province(30, cities=5), ["html", "xlsx", "docx"])


def test_every_edition_holds_the_tables(told):
    book = openpyxl.load_workbook(told.out / "index.xlsx")
    assert book.sheetnames == [
        *("目录", "总计", "各学校", "各市", "各批次", "各等级", "各证书", "批准人数分布", "批准率分布"),
        *("四分位数与界", "与多数学校不同的学校", "未完成的学校", "指标的含义"),
    ]
    assert book["各学校"].auto_filter.ref.endswith("35")
    assert book["各学校"]["A36"].value == "合计"
    first = book["各学校"]["A6"]
    assert first.hyperlink.target.startswith("schools/%")
    assert book["各证书"].auto_filter.ref.endswith("65")
    assert told.page.count("<h2 ") == 10
    document = docx.Document(str(told.out / "index.docx"))
    assert len(document.tables) > 8
    assert not [link for link in document.part.rels.values() if link.is_external]


def test_the_manifest_names_what_was_made_and_from_what(told):
    manifest = json.loads((told.out / "manifest.json").read_text(encoding="utf-8"))
    assert sorted(manifest["outputs"]) == ["index.docx", "index.html", "index.xlsx"]
    assert manifest["inputs"] == {"province.csv": "ab12"}
    assert manifest["title"] == "甲省试点"
    assert manifest["years"] == [2031]
    assert manifest["counts"]["schools"] == 30


def test_the_same_tables_come_out_as_the_same_bytes(told, tmp_path):
    editions = ("html", "xlsx", "docx") if full() else ("html", "xlsx")  # a document is made as that of a year
    again = published(tmp_path, province(30, cities=5), editions)
    for edition in editions:
        assert (again.out / f"index.{edition}").read_bytes() == (told.out / f"index.{edition}").read_bytes()


def test_names_from_the_table_are_text(tmp_path):
    rows = [
        school(
            name[:300], 100 + place, 90 + place, city=name[:300], warnings=place, report=f"schools/{name[:80]}/x.html"
        )
        for place, name in enumerate(CELLS)
    ]
    certificates = counted(rows)["by_certificate"].assign(certificate=SCRIPT)
    failures = [failure(name[:300], name[:300], value=name[:300], column=name[:300]) for name in CELLS]
    tables = counted(rows, failures, certificates=certificates)
    made = published(tmp_path, tables, ["html", "xlsx"], title=SCRIPT, file=SCRIPT, by=SCRIPT)
    body = made.page.split("<body>")[1]
    assert body.count("<script") == 1
    assert "<img" not in body
    assert "\u202e" not in made.page
    assert not re.search(r'href="(?!#|data:text/csv|schools/)', body)
    assert not re.search(r'href="[^"]*\.\./', body)
    for data in re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', body):
        text = base64.b64decode(data).decode("utf-8-sig")
        assert not re.search(r'(?m)(^|,)"?[=@+](?=[A-Z1])', text)
    book = openpyxl.load_workbook(made.out / "index.xlsx")
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)


@pytest.mark.full
def test_1200_schools_make_a_page_of_a_megabyte(tmp_path):
    made = published(tmp_path, province(1200), ["html"])
    assert len(made.page.encode()) < 1_100_000
    assert made.page.count("/2031/annual-report.html") >= 1200


def test_of_very_many_rows_the_page_holds_the_first_and_the_download_all(monkeypatch):
    monkeypatch.setattr("pilotlib.province.book.SCHOOLS_SHOWN", 2)
    html = parts.table(schools_of(THREE).book, "by_school").data
    assert re.findall(r'<th scope="row"[^>]*>([^<]+)</th>', html) == ["乙校", "甲校"]
    assert "共3行，页面列出前2行，全部见本表的CSV与工作簿。" in html
    data = re.search(r'base64,([^"]+)"', html)[1]
    assert "丙校" in base64.b64decode(data).decode("utf-8-sig")
