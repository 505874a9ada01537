"""The given document and the school's own text of 2021, every number of them; and what follows from one change."""

import pandas as pd
import pytest

from pilotlib.claims import check_claims
from pilotlib.cleaning import clean
from pilotlib.reading.documents import passages_of, read_document
from tests.claims.conftest import facts_from

# Of the given document: number, unit, state, value found (DOMAIN.md), statistic.
GIVEN = [
    ("12", "个", "agrees", 12, "by_round"),
    ("2", "个", "agrees", 2, "by_round_level"),
    ("10", "个", "agrees", 10, "by_round_level"),
    ("872", "人", "agrees", 872, "by_round"),
    ("11", "个", "agrees", 11, "by_round"),
    ("610", "人", "agrees", 610, "by_round"),
    ("5", "个", "no_data", None, None),
    ("17", "个", "lower_bound", 15, "overview"),
    ("12", "个", "agrees", 12, "indicators"),
    ("51", "人", "agrees", 51, "indicators"),
    ("1028", "人", "agrees", 1028, "indicators"),
    ("14", "个", "agrees", 14, "indicators"),
    ("908", "人", "agrees", 908, "indicators"),
    ("两", "批", "not_understood", None, None),
    ("100", "%", "no_data", 88.33, "rates"),
    ("10", "个", "agrees", 10, "indicators"),
    ("14", "个", "agrees", 14, "indicators"),
]
DERIVED = [
    ("2+10", 12, "agrees", 12),
    ("12+11", 23, "disagrees", 25),
    ("872+610", 1482, "disagrees", 1662),
    ("12 names", 12, "disagrees", 11),
    ("908÷1028", 88.33, "agrees", 88.33),
]


def rows(claims: pd.DataFrame, columns: list[str], *, derived: bool) -> list[tuple]:
    shown = claims[(claims["kind"] == "claim") & (claims["derived"] == derived)][columns].astype(object)
    return [tuple(row) for row in shown.where(shown.notna(), None).itertuples(index=False)]


@pytest.fixture(scope="module")
def given(given_document, facts):
    return check_claims(read_document(given_document), facts)


@pytest.fixture(scope="module")
def narrative(inputs, check):
    return check(inputs.narrative)


def test_every_number_of_the_given_document_is_in_its_state(given):
    assert rows(given, ["number", "unit", "state", "expected", "statistic"], derived=False) == GIVEN


def test_lists_sums_and_rates_of_the_given_document_are_made_up(given):
    made = rows(given, ["number", "value", "state", "expected"], derived=True)
    named = [("12 names" if "、" in number else number, *rest) for number, *rest in made]
    assert named == DERIVED


def test_the_labels_of_the_given_document_are_listed(given):
    labels = given.loc[given["kind"] == "label", "number"].str.replace(" ", "")
    assert {"2021年", "2021年度", "1+X", "3D", "5G", "第一批次", "一", "六", "第三方"} <= set(labels)
    assert given.loc[given["kind"] == "label", "state"].isna().all()


def test_what_the_reader_must_be_told(given):
    told = "\n".join(given["explanation"])
    assert "沿用批次证书等级项数为11个；沿用批次证书为9种" in told
    assert "列出12个名称，其中3D引擎技术应用不在申报表中" in told
    assert "没有提到第二次（2项，180人）" in told
    assert "除个别证书试点分两批考核外" in told
    assert "908 ÷ 培训学生1028 = 88.33%" in told


def test_places_are_those_of_the_file(given, given_document):
    lines = given_document.read_text(encoding="utf-8").split("\n")
    written = given[~given["derived"]]
    for line, column, number in zip(written["line"], written["column"], written["number"], strict=True):
        assert lines[line - 1][column - 1 :].startswith(number)


def test_without_indicators_there_is_nothing_to_check_them_against(given_document, cleaned, inputs):
    claims = check_claims(read_document(given_document), facts_from(cleaned, inputs.indicators.iloc[:0]))
    states = [state for _, _, state, _, statistic in GIVEN]
    without = ["no_data" if statistic in ("indicators", "rates") else state for *_, state, _, statistic in GIVEN]
    assert [row[0] for row in rows(claims, ["state"], derived=False)] == without
    assert without != states


def test_the_narrative_says_the_same_as_the_given_document(narrative):
    states = [row for row in rows(narrative, ["number", "state"], derived=False) if row != ("两", "agrees")]
    assert states == [(number, state) for number, _, state, *_ in GIVEN]


@pytest.mark.parametrize(
    ("before", "after", "turned", "righted"),
    [
        ("872人", "873人", {"873", "873+610"}, {"872+610"}),
        ("610人", "601人", {"601", "872+601"}, {"872+610"}),
        ("初级2个", "初级3个", {"3", "3+10"}, set()),
        ("获批11个", "获批13个", {"13", "12+13"}, {"12+11"}),
        ("1028人", "1029人", {"1029", "908÷1029"}, set()),
        ("908人", "980人", {"980", "980÷1028"}, set()),
        ("51人", "57人", {"57"}, set()),
        ("10个试点", "16个试点", {"16"}, set()),
        ("17个专业", "14个专业", {"14"}, set()),
        ("14个考核站点", "15个考核站点", {"15"}, set()),
        ("、产品创意设计等12个", "等12个", {"11 names"}, {"12 names"}),
        ("3D引擎技术应用", "自媒体运营", set(), {"12 names"}),
    ],
)
def test_one_changed_figure_turns_what_depends_on_it(before, after, turned, righted, inputs, narrative, check):
    assert inputs.narrative.count(before) == 1
    wrong = _wrong(check(inputs.narrative.replace(before, after)))
    assert (wrong - _wrong(narrative), _wrong(narrative) - wrong) == (turned, righted)


def test_one_changed_cell_turns_the_claims_that_depend_on_it(inputs, narrative):
    cells = inputs.cells.copy()
    assert cells.iloc[20, 7] == "150"
    cells.iloc[20, 7] = "155"  # a place approved in the first round, at 中级
    cleaned = clean(cells, inputs.corrections, inputs.reference, inputs.file)
    changed = check_claims(passages_of(inputs.narrative), facts_from(cleaned, inputs.indicators))
    assert _wrong(changed) - _wrong(narrative) == {"872"}
    assert changed.loc[changed["number"] == "872", "expected"].tolist() == [877]


def test_a_known_number_of_colleges_is_checked(cleaned, inputs):
    colleges = {major: f"第{number % 5}学院" for number, major in enumerate(cleaned.majors["major"].unique())}
    claims = check_claims(passages_of("试点覆盖5个二级学院。"), facts_from(cleaned, inputs.indicators, colleges))
    assert claims["state"].tolist() == ["lower_bound"]


def _wrong(claims: pd.DataFrame) -> set[str]:
    numbers = claims.loc[claims["state"] == "disagrees", "number"]
    return {f"{number.count('、') + 1} names" if "、" in number else number for number in numbers}
