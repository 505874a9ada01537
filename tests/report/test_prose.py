import pandas as pd
import pytest

from pilotlib.report import prose
from pilotlib.report.figures import FIGURES, description
from pilotlib.report.message import cards_of, points_of
from pilotlib.report.year_tables import figure_tables
from tests.report.reports import processed_of
from tests.tables import row


def test_the_sentences_of_2021_carry_its_figures(statistics):
    text = "".join(prose.year_paragraphs(statistics, 2021).values())
    for words in (
        "2021年度共申报1+X证书试点25项，涉及21种证书",
        "不同等级分别计算，为23个",
        "申请培训1,659人，批准1,662人",
        "沿用批次11项、批准610人；第一次12项、批准872人；第二次2项、批准180人",
        "初级5项、批准284人；中级20项、批准1,378人",
        "其中2项的等级在原表中看不到，由更正记录补出，涉及批准110人",
        "5G移动网络运维（中级，沿用批次20、第二次70，合计90人）",
        "工业机器人应用编程（中级，沿用批次60、第二次110，合计170人）",
        "第23行融媒体内容制作申请101人、批准104人",
        "涉及至少15个专业，分属至少5个专业大类",
        "在校生5,501人",
        "培训学生1,028人，为批准总培训人数（1,662人）的61.9%",
        "参加考核学生908人，为培训学生（1,028人）的88.3%",
        "考核通过学生、获得证书学生未提供",
    ):
        assert words in text


def test_headlines_say_the_finding(statistics):
    tables = figure_tables(statistics, "来源")
    assert {name: entry(tables).headline for name, entry in FIGURES.items()} == {
        "round_level": "第一批次占批准人数的52.5%，中级占82.9%",
        "certificates": "工业机器人应用编程获批最多，为170人；1种证书的批准与申请不同",
        "majors": "电子商务单独获批最多，为250人；6个专业另有与其他专业共享的名额",
        "per_100_students": "每百名在校生的名额，广告设计与制作最多（80.8），物联网应用技术最少（8.8）",
        "categories": "财经商贸大类获批最多，占36.7%",
        "applied_to_awarded": "批准的名额有61.9%完成培训，其中88.3%参加考核",
        "pass_rates": "各证书的考核通过率",
    }


def test_a_description_says_the_message_the_form_and_the_ends_of_the_scale(statistics):
    entry = FIGURES["round_level"](figure_tables(statistics, "来源"))
    assert description(entry._replace(headline="一句话")) == (
        "一句话。横向堆叠条形图，每个批次一条，按等级分段。共5个数，批准总培训人数从第一次中级的728人到沿用批次初级的140人。"
        "各数见数据表。"
    )


def test_a_name_too_long_to_read_is_cut_in_sentences_and_its_hidden_marks_are_shown():
    table = pd.DataFrame({"certificate": ["甲" * 50, "乙\u202e丙"], "places_approved": [1, 2]})
    assert prose.brief(table)["certificate"].tolist() == [
        "甲" * 39 + "…",
        "乙〔U+202E〕丙",
    ]


def test_steps_after_the_table_name_their_denominator(statistics):
    steps = figure_tables(statistics, "来源")["flow"].data.set_index("step")
    assert steps["step_before"].to_dict()["考核"] == "培训"
    assert steps.loc[["培训", "考核"], "percent"].round(2).tolist() == [61.85, 88.33]
    assert steps.loc[["通过", "获证"], "people"].isna().all()


def test_lower_bounds_and_missing_values_are_said():
    overview = pd.DataFrame(
        {"measure": ["a", "b"], "value": [15.0, pd.NA], "unit": ["个", "人"], "lower_bound": [True, False]}
    ).astype({"value": "Float64"})
    assert prose.measured(overview, "a") == "至少15个"
    assert prose.measured(overview, "b") == "未提供"


def test_the_message_of_2021_says_what_happened_and_what_it_means(statistics):
    told = [
        f"{point.happened}：{point.means}" for point in points_of({n: prose.brief(t) for n, t in statistics.items()})
    ]
    assert told == [
        "全年获批培训名额1,662人：与申请的1,659人基本一致；第一批次最多，占52.5%",
        "完成培训1,028人，占批准名额的61.9%：有634个名额没有完成培训；908人参加考核，占培训人数的88.3%；"
        "通过、获证人数未提供，成效还无从评价",
        "以中级为主：中级名额1,378人，占82.9%；各专业大类中财经商贸大类最多，占36.7%",
        "涉及至少15个专业，其在校生共5,501名：平均每百名在校生有名额30.2人；各专业从8.8人到80.8人不等",
    ]
    cards = [(card.name, card.value, card.note) for card in cards_of(statistics)]
    assert cards == [
        ("批准名额", "1,662人", "申请1,659人"),
        ("完成培训", "1,028人", "批准名额的61.9%"),
        ("参加考核", "908人", "培训人数的88.3%"),
        ("证书", "21种", "分等级计23个，申报25项"),
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [(7, "增加7人"), (-7, "减少7人"), (0, "持平")],
)
def test_the_message_names_the_change_on_the_year_before(statistics, change, said):
    compared = pd.DataFrame({"measure": ["批准总培训人数"], "change": [change], "unit": ["人"]})
    told = {point.happened for point in points_of(statistics, compared, 2020)}
    assert f"批准名额比2020年{said}" in told
    assert cards_of(statistics, compared, 2020)[0].note == f"申请1,659人；比2020年{said}"


def test_what_is_not_known_is_no_part_of_the_message():
    _, statistics = processed_of(row(批准总培训人数="", 申报专业="", 学生规模=""))
    told = [point.happened for point in points_of(statistics)]
    assert told == ["全年申报1项、1种证书，申请培训50人", "培训与考核的人数没有提供"]


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [(0.05, 1, "0.1"), (-2, 1, "−2"), (1662, 1, "1,662"), (36.7, 2, "36.7"), (88.33, 2, "88.33"), (-0.01, 1, "0")],
)
def test_numbers_have_one_decimal_one_minus_and_separated_thousands(value, decimals, written):
    assert prose.number(value, decimals) == written
