"""How claims are judged, rule by rule; expected figures are those of DOMAIN.md."""

import pytest

CASES = {
    # text: number → state, and words of its explanation
    "sense of 种": ("沿用批次申报证书9种。", {"9": ("agrees", "证书为9种；沿用批次证书等级项数为11个")}),
    "a sum that leaves out a round": (
        "全年累计获批培训名额1482个。",
        {"1482": ("disagrees", "没有计入第二次180人")},
    ),
    "two rounds named together": ("沿用批次与第一次申报共批准培训1482人。", {"1482": ("agrees", "")}),
    "two rounds taken together on purpose": (
        "两个批次合计批准培训1482人。",
        {"1482": ("agrees", "没有计入第二次180人")},
    ),
    "more than a lower bound": ("试点覆盖20个专业。", {"20": ("lower_bound", "至少为15个")}),
    "the lower bound itself": ("试点覆盖15个专业。", {"15": ("lower_bound", "")}),
    "less than a lower bound": ("试点覆盖14个专业。", {"14": ("disagrees", "专业数至少为15个")}),
    "rounded down": ("全年完成学生培训近1100人。", {"1100": ("agrees", "")}),
    "too far off to be nearly": ("全年完成学生培训近2000人。", {"2000": ("disagrees", "")}),
    "more than": ("全年完成学生培训1000余人。", {"1000": ("agrees", "")}),
    "more than what there is": ("全年完成学生培训超过1100人。", {"1100": ("disagrees", "")}),
    "in ten thousands": ("全年完成学生培训0.1万人。", {"0.1万": ("agrees", "")}),
    "persons and person-times": ("全年完成学生培训1028人次。", {"1028": ("no_data", "人次与人数不能相互核对")}),
    "another year": ("2020年完成学生培训720人。", {"720": ("no_data", "2020年")}),
    "another place": ("全省共批准试点培训任务86500人。", {"86500": ("no_data", "全省")}),
    "the school again": (
        "全省批准86500人，我校获批培训任务1660人。",
        {"86500": ("no_data", ""), "1660": ("disagrees", "1,662人")},
    ),
    "a plan": ("计划明年培训学生1500人。", {"1500": ("no_data", "")}),
    "a part of the school": ("机电工程学院完成学生培训200人。", {"200": ("no_data", "机电工程学院")}),
    "the same part again": ("商学院完成培训412人，考核300人。", {"412": ("no_data", ""), "300": ("no_data", "")}),
    "a part of the year": ("3月至6月组织学生培训412人。", {"412": ("no_data", "可能只说其中一部分")}),
    "until a date is the whole year": ("截至2021年12月31日，完成学生培训1029人。", {"1029": ("disagrees", "")}),
    "a part of those before": ("完成学生培训1028人，其中女生516人。", {"516": ("no_data", "女生")}),
    "not given": ("全年获证学生786人。", {"786": ("no_data", "没有获得证书学生")}),
    "not of this field": ("举办宣讲会6场。", {"6": ("not_understood", "")}),
    "level of a round": ("第一次申报中级证书11个。", {"11": ("disagrees", "第一次中级证书等级项数为10个")}),
    "a certificate": (
        "财务共享服务（初级）获批培训60人。",
        {"60": ("disagrees", "初级财务共享服务批准总培训人数为50人")},
    ),
    "a certificate over its rounds": ("5G 移动网络运维（中级）全年批准90人。", {"90": ("agrees", "")}),
    "a major": ("会计专业获批培训100人。", {"100": ("agrees", "")}),
    "students of a major": ("会计专业在校生473人。", {"473": ("disagrees", "437人")}),
    "a category": ("财经商贸大类获批培训610人。", {"610": ("agrees", "")}),
    "respectively": (
        "沿用批次、第一次、第二次分别获批610人、872人和108人。",
        {"610": ("agrees", ""), "872": ("agrees", ""), "108": ("disagrees", "第二次批准总培训人数为180人")},
    ),
    "each in brackets": (
        "共获批试点25项（沿用批次11项、第一次12项、第二次3项）。",
        {"25": ("agrees", ""), "11": ("agrees", ""), "12": ("agrees", ""), "3": ("disagrees", "")},
    ),
    "a bracket explains what it follows": ("试点专业在校生（5501人）。", {"5501": ("agrees", "")}),
    "a share": ("第一次批准872人，占批准总人数的52.47%。", {"52.47": ("agrees", "872 ÷ 批准总培训人数1,662")}),
    "a wrong share": ("第一次批准872人，占批准总人数的58.8%。", {"58.8": ("disagrees", "52.47%")}),
    "a share without its count": ("第一次占批准人数的52.47%。", {"52.47": ("agrees", "")}),
    "shares respectively": (
        "参加考核的908人中，男生513人、女生395人，分别占56.5%和45.3%。",
        {"56.5": ("agrees", "513 ÷"), "45.3": ("disagrees", "43.5%")},
    ),
    "a rate of the passage": (
        "培训40人，其中38人参加考核，33人通过，通过率86.8%。",
        {"86.8": ("agrees", "33 ÷ 参加考核学生38")},
    ),
    "true of another denominator": (
        "培训学生40人，考核通过33人，通过率86.8%。",
        {"86.8": ("disagrees", "33 ÷ 培训学生40 = 82.5%，文中写86.8%；以38为分母才是86.8%")},
    ),
    "a rate of the year": ("考核率为88.33%。", {"88.33": ("agrees", "908 ÷ 培训学生1,028")}),
    "cut off, not rounded": ("考核率为88.32%。", {"88.32": ("agrees", "")}),
    "a wrong rate of the year": ("考核率为88.43%。", {"88.43": ("disagrees", "")}),
    "with an exception": ("除个别证书外，其余考核率均为100%。", {"100": ("no_data", "“除个别证书外”")}),
    "without one": ("各证书考核率均为100%。", {"100": ("disagrees", "88.33%")}),
    "growth from the passage": ("2020年培训学生800人，2021年培训学生1028人，增长28.5%。", {"28.5": ("agrees", "")}),
    "wrong growth": ("2020年培训学生800人，2021年培训学生1028人，增长26.5%。", {"26.5": ("disagrees", "28.5%")}),
    "growth without the year before": ("培训学生1028人，比上年增长28.5%。", {"28.5": ("no_data", "")}),
    "risen from": ("培训学生由655人增至1028人。", {"655": ("no_data", ""), "1028": ("agrees", "")}),
    "words that nothing explains": ("依托粤港澳湾区协作框架培训学生300人。", {"300": ("not_understood", "没有认出")}),
    "emphasis": ("批准总培训人数**1626**人。", {"1626": ("disagrees", "")}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_claim_is_in_its_state_and_says_why(name, check):
    text, expected = CASES[name]
    claims = check(text)
    made = claims[(claims["kind"] == "claim") & ~claims["derived"]].set_index("number")
    found = {number: made.loc[number, "state"] for number in expected}
    assert found == {number: state for number, (state, _) in expected.items()}
    assert all(words in made.loc[number, "explanation"] for number, (_, words) in expected.items())


SUMS = {
    "A甲班30人、乙班28人，共58人。": ("30+28", "agrees"),
    "甲班30人、乙班28人，共60人。": ("30+28", "disagrees"),
    "获批证书12个，其中初级2个、中级10个。": ("2+10", "agrees"),
    "获批证书12个，其中初级2个、中级11个。": ("2+11", "disagrees"),
    "获批证书12个（初级2个、中级10个）。": ("2+10", "agrees"),
    "商学院412人、信息工程学院178人，合计培训590人。": ("412+178", "agrees"),
}


@pytest.mark.parametrize("text", SUMS)
def test_the_parts_of_a_total_are_added_up(text, check):
    claims = check(text)
    assert claims.loc[claims["derived"], ["number", "state"]].to_numpy().tolist() == [list(SUMS[text])]


@pytest.mark.parametrize(
    ("text", "count", "state", "words"),
    [
        ("获批财务共享服务、界面设计、网店运营推广等3个证书试点。", 3, "agrees", "都在申报表中"),
        ("获批财务共享服务、界面设计、网店运营推广等4个证书试点。", 3, "not_understood", "可能没有列全"),
        ("获批财务共享服务、界面设计、网店运营推广4个证书试点。", 3, "disagrees", "与所写的4个不符"),
        ("获批财务共享服务、界面设计、网店运营推广等2个证书试点。", 3, "disagrees", "与所写的2个不符"),
        ("获批财务共享服务、界面设计等21个证书试点。", 2, "not_understood", "可能没有列全"),
        ("获批财务共享服务、界面设计、网店运营推广、家装设计等4个证书试点。", 4, "disagrees", "家装设计不在申报表中"),
        ("获批财务共享服务、界面设计、网店运营推厂等3个证书试点。", 3, "disagrees", "表中有“网店运营推广”"),
        ("第二次获批2个证书：5G移动网络运维、工业机器人应用编程。", 2, "agrees", ""),
        ("第二次获批2个证书（5G移动网络运维和工业机器人应用编程）。", 0, "", ""),
        ("获批界面设计、网络系统建设与运维和自媒体运营3个证书试点。", 3, "agrees", ""),
        ("与华为、腾讯、京东3个企业合作。", 3, "no_data", ""),
    ],
)
def test_listed_names_are_counted_and_looked_up(text, count, state, words, check):
    claims = check(text)
    made = claims[claims["derived"]]
    assert made["value"].tolist() == ([count] if count else [])
    assert made["state"].tolist() == ([state] if state else [])
    assert all(words in explanation for explanation in made["explanation"])


def test_a_round_that_is_mentioned_without_a_figure_is_no_omission(check):
    text = "第一次批准872人，沿用批次批准610人，第二次尚在准备。"
    assert not check(text)["derived"].any()
    assert check(text.replace("，第二次尚在准备", ""))["derived"].any()


def test_what_the_program_writes_of_a_year_agrees_with_it(check, statistics):
    """The report's own sentences, checked by the same rules: nothing in them may be called wrong."""
    from pilotlib.report.prose import year_paragraphs

    claims = check("\n\n".join(year_paragraphs(statistics, 2021).values()))
    claims = claims[(claims["kind"] == "claim") & ~claims["derived"]]
    assert len(claims) > 30
    assert "disagrees" not in set(claims["state"])
    assert (claims["state"] == "agrees").mean() > 0.5


def test_an_empty_text_has_no_claims(check):
    assert check("").empty
    assert check("没有数。").empty
