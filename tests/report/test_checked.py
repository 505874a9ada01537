"""How the check is told in the page."""

import re

import mistune
import pytest

from pilotlib.claims import check_claims, facts_of
from pilotlib.claims.facts import NO_FACTS
from pilotlib.reading.documents import passages_of
from pilotlib.report.checked import as_lines, claims_cells, claims_lead, claims_table, marks_as_links, with_marks
from pilotlib.report.told import html
from pilotlib.statistics import Tables, summarise


@pytest.fixture(scope="module")
def check(cleaned, inputs):
    tables = Tables(cleaned.applications, cleaned.majors, inputs.indicators, {})
    facts = facts_of(tables, summarise(tables))
    return lambda text: check_claims(passages_of(text), facts, ours=True)


def shown(claims):
    """The table of the page, and what is said above it."""
    told = claims_table(claims, "来源")
    return claims_lead(claims) + html(told, claims_cells(claims, told))


def rendered(text, claims):
    return marks_as_links(mistune.html(with_marks(text, claims)), claims)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("培训1028人。", "培训1028人✓。"),
        ("培训 1028 人。", "培训 1028 人✓。"),
        ("培训**1028**人。", "培训1028人✓。"),
        ("培训1000余人。", "培训1000余人✓。"),
        ("考核率88.33%。", "考核率88.33%✓。"),
        ("考核率为百分之八十八。", "考核率为百分之八十八✓。"),
        ("获批12个，初级2个、中级10个。", "获批12个✓，初级2个✓、中级10个✓。"),
        ("2021年，1+X证书。", "2021年，1+X证书。"),
        ("第一行\n培训1029人，考核908人。", "第一行\n培训1029人≠，考核908人✓。"),
        ("参加[培训1028人](https://example.org/12)。", "参加培训1028人✓。"),
        ("甲\ue0003\ue001培训1028人。", "甲\ufffd3？\ufffd培训1028人✓。"),
    ],
)
def test_marks_stand_behind_numbers_and_units_and_change_nothing_else(text, shown, check):
    page = re.sub('<span class="why".*?</span>', "", rendered(text, check(text)))
    assert re.sub("<[^>]+>", "", page).strip() == shown


def test_what_a_sum_lacks_is_marked_at_the_end_of_its_clause(inputs, check):
    page = re.sub('<span class="why".*?</span>', "", rendered(inputs.narrative, check(inputs.narrative)))
    text = re.sub("<[^>]+>", "", page)
    assert "沿用批次获批11个✓≠推算，培训任务为610人✓≠推算。" in text
    assert "等12个✓证书已有51人✓结束师资培训≠推算，" in text


def test_a_mark_says_why_and_what_could_stand_instead(inputs, check):
    page = rendered(inputs.narrative, check(inputs.narrative))
    why = [re.sub("<[^>]+>", "", found) for found in re.findall('<span class="why".*?</span>', page)]
    assert len(why) == 21
    assert sum("可写作：“另有第二批次2项、180人，全年合计25项、1,662人”。" in text for text in why) == 2
    assert all(re.search(f'aria-describedby="why-{entry}"', page) for entry in re.findall('id="why-(\\d+)"', page))


def test_every_mark_has_its_row(inputs, check):
    claims = check(inputs.narrative)
    page, table = rendered(inputs.narrative, claims), shown(claims)
    marks = re.findall(r'id="number-(\d+)" href="#claim-(\d+)" aria-label="([^"]+)"', page)
    rows = re.findall(r'id="claim-(\d+)" href="#number-(\d+)"', table)
    assert len(marks) == 21
    assert {number for number, _, _ in marks} == {claim for _, claim, _ in marks} <= {entry for entry, _ in rows}
    assert {owner for _, owner in rows} <= {number for number, _, _ in marks}
    assert len({label for _, _, label in marks}) == len(marks)


def test_disagreements_come_first_and_all_states_are_counted(inputs, check):
    table = shown(check(inputs.narrative))
    assert "≠ 不一致3条，？ 未识别1条，≥ 下限1条，○ 无数据2条，✓ 一致16条" in table
    states = re.findall(r'class="check (\w+)"', table)
    assert states == ["disagrees"] * 3 + ["not_understood", "lower_bound"] + ["no_data"] * 2 + ["agrees"] * 16


def test_what_a_school_writes_is_never_markup(check):
    text = "<b onclick='x'>培训</b>1029人<script>&。"
    claims = check(text)
    assert "<script" not in shown(claims)
    assert "&lt;script" in shown(claims)


def test_a_terminal_tells_a_wrong_total_once_and_a_line_of_a_table_as_it_stands():
    text = "三场到场1,306人、872人、415人，累计2,953人。\n\n| 系 | 报考 | 合格 | 合格率 |\n|---|---|---|---|\n| 甲 | 96 | 84 | 84.5% |"
    lines = as_lines(check_claims(passages_of(text), NO_FACTS), "稿.md")
    assert sum("1,306 + 872 + 415 = 2,593" in line for line in lines) == 1
    assert "    原文：甲 | 96 | 84 | 84.5%" in lines


def test_without_a_year_no_year_is_named():
    claims = check_claims(passages_of("2020年全市有图书馆30座。"), NO_FACTS)
    assert "文中没有可以核对的数" in claims["explanation"].iloc[-1]
