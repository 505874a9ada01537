import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotlib.claims.numbers import find_numbers, plain_text
from tests.conftest import examples

CLAIMS = [  # text, number, value, unit, how it is meant
    ("培训1028人", "1028", 1028, "人", ""),
    ("培训1,028人", "1,028", 1028, "人", ""),
    ("培训１０２８人", "1028", 1028, "人", ""),
    ("培训１，０２８人", "1,028", 1028, "人", ""),
    ("培训 1028 人", "1028", 1028, "人", ""),
    ("培训1 028人", "1 028", 1028, "人", ""),
    ("培训一千零二十八人", "一千零二十八", 1028, "人", ""),
    ("三名教师", "三", 3, "名", ""),
    ("两个批次", "两", 2, "个", ""),
    ("十二个证书", "十二", 12, "个", ""),
    ("培训2.5 万人次", "2.5 万", 25000, "人次", ""),
    ("投入80万元", "80", 80, "万元", ""),
    ("投入1.2亿元", "1.2", 1.2, "亿元", ""),
    ("通过率86.8%", "86.8", 86.8, "%", ""),
    ("通过率８６．８％", "86.8", 86.8, "%", ""),
    ("占百分之八十", "百分之八十", 80, "%", ""),
    ("占百分之八十八点五", "百分之八十八点五", 88.5, "%", ""),
    ("百分之百", "百分之百", 100, "%", ""),
    ("八成学生", "八成", 80, "%", ""),
    ("三分之一的教师", "三分之一", 33.333333, "%", ""),
    ("900余人", "900", 900, "人", "some_more"),
    ("超过900人", "900", 900, "人", "at_least"),
    ("900人以上", "900", 900, "人", "at_least"),
    ("近900人", "900", 900, "人", "about"),
    ("900人左右", "900", 900, "人", "about"),
    ("不足900人", "900", 900, "人", "below"),
    ("2021人参加", "2021", 2021, "人", ""),
    ("**12**个证书", "12", 12, "个", ""),
    ("提高5个百分点", "5", 5, "个百分点", ""),
    ("380人次之", "380", 380, "人", ""),
    ("一半学生", "一半", 50, "%", ""),
    ("七成八的学生", "七成八", 78, "%", ""),
    ("节约3.3万元", "3.3", 3.3, "万元", ""),
    ("约3.3万元", "3.3", 3.3, "万元", "about"),
    ("十二个人", "十二", 12, "个人", ""),
    ("男女生比例约为1.5:1", "1.5:1", 1.5, ":", ""),
    ("师生配比为1:18", "1:18", 18, ":", ""),
    ("生师比为17.6", "17.6", 17.6, ":", ""),
    ("两县的干部", "两", 2, "", ""),
]
LABELS = [
    ("2021年", "2021年"),
    ("２０２１年度", "2021年度"),
    ("2021、2022年", "2021、2022年"),
    ("2020—2021学年", "2020—2021学年"),
    ("2021年3月15日", "2021年3月15日"),
    ("2021-03-15", "2021-03-15"),
    ("2021.3.15", "2021.3.15"),
    ("2021/3/15", "2021/3/15"),
    ("9月10日", "9月10日"),
    ("二〇二一年", "二〇二一年"),
    ("2019级学生", "2019级"),
    ("教职成〔2019〕6号", "〔2019〕6号"),
    ("一、概况", "一、"),
    ("（二）培训", "（二）"),
    ("1.培训", "1."),
    ("### 3. 培训", "3."),
    ("一是组织", "一"),
    ("①组织", "①"),
    ("1+X证书", "1+X"),
    ("“1＋X”证书", "1+X"),
    ("5G移动网络运维", "5G"),
    ("3D引擎技术应用", "3D"),
    ("跨境电商B2B数据运营", "B2B"),
    ("2-3新能源汽车", "2-3"),
    ("第一批次", "第一批次"),
    ("第三方", "第三方"),
    ("0760-88291234", "0760-88291234"),
    ("“十四五”规划", "十四五"),
    ("增加了一条途径", "一条"),
    ("六个方面", "六个方面"),
    ("专业代码460104", "460104"),
    ("集合时间为1:30", "1:30"),
    ("比分为2:1", "2:1"),
    ("https://example.org/2021/12", "https://example.org/2021/12"),
]
NO_NUMBER = ["统一组织", "一体化", "二级学院", "三教改革", "十分重视", "万一", "一直", "唯一", "千方百计"]


@pytest.mark.parametrize(("text", "number", "value", "unit", "modifier"), CLAIMS, ids=[row[0] for row in CLAIMS])
def test_a_claim_is_found_with_its_value_and_unit(text, number, value, unit, modifier):
    (found,) = find_numbers(plain_text(text))
    assert (found.written, found.value, found.unit, found.label, found.modifier) == (number, value, unit, "", modifier)


@pytest.mark.parametrize(("text", "number"), LABELS, ids=[row[0] for row in LABELS])
def test_what_states_nothing_is_a_label(text, number):
    (found,) = find_numbers(plain_text(text))
    assert found.label
    assert (found.written, found.value) == (number, None)


@pytest.mark.parametrize("text", NO_NUMBER)
def test_words_with_a_numeral_in_them_are_no_numbers(text):
    assert find_numbers(plain_text(text)) == []


PIECES = st.sampled_from(
    [
        *"0123456789０９，,.。、；：（）%％第年月日人个名项次万元十百千一二两三+-—~ \n#AXxG",
        "1+X",
        "培训",
        "2021年",
        "百分之",
        "等",
    ]
)


@examples(40, 1000)
@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
def test_every_digit_stands_in_exactly_one_number(text):
    plain = plain_text(text)
    assert len(plain) == len(text)
    numbers = find_numbers(plain)
    assert all(first.end <= second.start for first, second in pairwise(numbers))
    assert all(plain[number.start : number.end] == number.written for number in numbers)
    covered = {place for number in numbers for place in range(number.start, number.end)}
    assert {match.start() for match in re.finditer("[0-9]", plain)} <= covered


def test_a_year_before_a_percentage_is_no_date():
    assert [number.written for number in find_numbers("2019年70.3%，2020年10.5%")] == [
        "2019年",
        "70.3",
        "2020年",
        "10.5",
    ]
