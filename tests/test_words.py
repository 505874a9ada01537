import re

import pandas as pd
import pytest

from pilotlib.vocabulary import CERTIFICATE_FORMS, in_level_order, in_round_order, listed, plain, round_named
from pilotlib.words import count_text, display_width, levels_in, normalised, split_certificate, split_majors


@pytest.mark.parametrize(
    ("text", "certificate", "level"),
    [
        ("财务共享服务职业技能等级证书(初级)", "财务共享服务", "初级"),
        ("财务共享服务职业技能等级证书（中级）", "财务共享服务", "中级"),
        ("数字媒体设计师（初级）证书", "数字媒体设计师", "初级"),
        ("无人机驾驶职业能力证书（中级）", "无人机驾驶", "中级"),
        ("网店运营推广高级证书", "网店运营推广", "高级"),
        ("网店运营推广职业技能等级证书高级", "网店运营推广", "高级"),
        ("老年照护(初级、中级)", "老年照护", "初级、中级"),
        ("某某（中级、初级）", "某某", "初级、中级"),
        ("5G移动网络运维职业技能等级证书(初级)", "5G移动网络运维", "初级"),
        ("老年照护职业技能等级证书（中级,初级）", "老年照护", "初级、中级"),
        ("2-3新能源汽车动力系统技术(初级)", "2-3新能源汽车动力系统技术", "初级"),
        ("企业财务与会计机器人应用职业技能等级证书", "企业财务与会计机器人应用", ""),
        ("财务共享服务", "财务共享服务", ""),
        ("机械产品三维模型设计职业技能等级证书(中", "机械产品三维模型设计", ""),
        ("机械产品三维模型设计职业技能等级证书(", "机械产品三维模型设计", ""),
        ("机械产品三维模型设计职业技能等", "机械产品三维模型设计", ""),
        ("高级财务管理职业技能等级证书(初级)", "高级财务管理", "初级"),
        ("财务(管理)职业技能等级证书", "财务(管理)", ""),
        ("", "", ""),
    ],
)
def test_certificate_and_level_of_a_cell(text, certificate, level):
    assert split_certificate(text) == (certificate, level)


@pytest.mark.parametrize(("form", "example"), CERTIFICATE_FORMS.items(), ids=CERTIFICATE_FORMS.values())
def test_every_form_fits_the_example_it_was_written_for(form, example):
    first = next(form for form in CERTIFICATE_FORMS if re.fullmatch(form, example))
    assert first == form


@pytest.mark.parametrize(
    ("text", "majors"),
    [
        ("会计", ["会计"]),
        ("电子商务；市场营销", ["电子商务", "市场营销"]),
        (
            "电子商务;市场营销、会计,通信技术/物联网应用技术\n产品艺术设计，",
            ["电子商务", "市场营销", "会计", "通信技术", "物联网应用技术", "产品艺术设计"],
        ),
        ("会计；会计", ["会计"]),
        ("", []),
    ],
)
def test_majors_of_a_cell(text, majors):
    assert split_majors(text) == majors


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("50", "50"), ("1,234", "1234"), ("50人", "50"), ("50.0", "50"), ("007", "7"), ("2021年度", "2021"),
        ("", ""), ("—", ""), ("/", ""), ("无", ""),
        ("约50", "约50"), ("-5", "-5"), ("1.5", "1.5"), ("1,23", "1,23"), ("9" * 10, "9" * 10), ("50人次", "50人次"),
    ],
)  # fmt: skip
def test_counts(text, digits):
    assert count_text(text) == digits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("５Ｇ移动网络运维（中级）", "5G移动网络运维（中级）"),
        ("５０", "50"),
        ("50①", "50①"),
        ("3D Max", "3D Max"),
        ("财务 共享\u3000服务", "财务共享服务"),
        ("3D  Max 设计", "3D Max设计"),
        ("\u200b会计\ufeff", "会计"),
        ("⼈⼯智能", "人工智能"),
        ("电子商务；\n市场营销", "电子商务；\n市场营销"),
    ],
)
def test_characters(text, expected):
    assert normalised(text) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("第一次", "第一次"), ("第一批次", "第一次"), ("第一批", "第一次"), ("第1批", "第一次"),
        ("第二次申报", "第二次"),
        ("第10批", "第十次"), ("沿用批次", "沿用批次"), ("沿用", "沿用批次"), ("补报", "补报"),
        ("第11批", "第11批"), ("第0批", "第0批"),
    ],
)  # fmt: skip
def test_rounds(text, name):
    assert round_named(text) == name


def test_width_is_counted_as_a_table_shows_it():
    assert display_width("企业财务与会计机器人应用职业技能等级证书") == 40
    assert display_width("跨境电商B2C数据运营职业技能等级证书(中级)") == 41


def test_words_are_compared_listed_and_put_in_order():
    assert (plain("年 度"), plain("证书名称（等级）")) == ("年度", "证书名称(等级)")
    assert (levels_in("中级"), levels_in("初、中级")) == ("中级", "初级、中级")
    assert in_round_order(["第二次", "补报", "第一次", "沿用批次"]) == ["沿用批次", "第一次", "第二次", "补报"]
    assert in_level_order(["高级", "初级、中级"]) == ["初级", "中级", "高级", "初级、中级"]
    assert listed(pd.Series(["第一次", "第二次", "第一次"])) == "第一次、第二次"
