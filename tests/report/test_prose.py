import pandas as pd

from pilotlib.report import prose
from pilotlib.report.figures import FIGURES, description
from pilotlib.report.year_tables import figure_tables


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
        "培训学生1,028人，为批准总培训人数（1,662人）的61.85%",
        "参加考核学生908人，为培训学生（1,028人）的88.33%",
        "考核通过学生、获得证书学生未提供",
    ):
        assert words in text


def test_headlines_say_the_finding(statistics):
    tables = figure_tables(statistics, "来源")
    assert {name: entry(tables).headline for name, entry in FIGURES.items()} == {
        "round_level": "第一次占批准人数的52.47%，中级占82.91%",
        "certificates": "工业机器人应用编程获批最多，为170人；1种证书的批准与申请不同",
        "majors": "电子商务单独获批最多，为250人；6个专业另有与其他专业共享的名额",
        "per_100_students": "每百名在校生的名额，广告设计与制作最多（80.81），物联网应用技术最少（8.77）",
        "categories": "财经商贸大类获批最多，占36.7%",
        "applied_to_awarded": "申请1,659人，批准1,662人，培训1,028人，考核908人",
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
    assert steps.loc[["培训", "考核"], "percent"].tolist() == [61.85, 88.33]
    assert steps.loc[["通过", "获证"], "people"].isna().all()


def test_lower_bounds_and_missing_values_are_said():
    overview = pd.DataFrame(
        {"measure": ["a", "b"], "value": [15.0, pd.NA], "unit": ["个", "人"], "lower_bound": [True, False]}
    ).astype({"value": "Float64"})
    assert prose.measured(overview, "a") == "至少15个"
    assert prose.measured(overview, "b") == "未提供"
