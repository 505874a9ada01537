"""Every entry of the grammar, run on the example that it was written for."""

import pytest

from pilotlib.claims import NO_FACTS, check_claims, grammar
from pilotlib.claims.meaning import understand
from pilotlib.claims.numbers import find_numbers, plain_text
from pilotlib.claims.text import NAMES, lexicon_of, paragraph_of
from pilotlib.reading.documents import passages_of


@pytest.mark.parametrize("label", grammar.LABELS, ids=lambda label: f"{label.name} {label.example}")
def test_a_label_is_recognised_in_its_example(label):
    found = find_numbers(plain_text(label.example))
    assert label.name in [number.label for number in found]
    assert all(number.label for number in found if number.written in label.example[:4])


@pytest.mark.parametrize("measure", grammar.MEASURES, ids=lambda measure: f"{measure.name} {measure.example}")
def test_a_measure_is_understood_in_its_example(measure, facts):
    claims = understand(paragraph_of(plain_text(measure.example), lexicon_of(facts)))
    assert measure.name in [claim.measure for claim in claims]


@pytest.mark.parametrize("rate", grammar.RATES, ids=lambda rate: rate.example)
def test_a_rate_is_recognised_in_its_example(rate, check):
    """It is either held against the year or said to have nothing to be held against; never taken for another."""
    claims = check(rate.example + "。")
    assert claims.loc[~claims["derived"], "state"].isin(["agrees", "no_data"]).all()


def test_words_that_measures_ask_for_are_in_the_grammar():
    asked = {word for measure in grammar.MEASURES for word in (*measure.counted, *measure.needs, *measure.never)}
    assert asked <= set(grammar.WORDS) | NAMES


@pytest.mark.parametrize(
    "relation", [one for of in grammar.RELATIONS.values() for one in of], ids=lambda one: one.example
)
def test_a_relation_determines_the_numbers_of_its_example(relation):
    """The wrong number of the example, the last that disagrees, could not be told if the words left others open."""
    claims = check_claims(passages_of(relation.example), NO_FACTS)
    assert (claims.loc[~claims["derived"], "state"] == "disagrees").sum() == 1
