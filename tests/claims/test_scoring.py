"""How well claims in sentences of other schools' style are found and judged. The bounds are what was reached.

The table is no proof of how other documents fare: the README says what is found in those not seen before.
A change that lowers a measure has broken something.
"""

import pytest

from tests.claims.scoring import measures, score


@pytest.fixture(scope="module")
def reached(check):
    counts, lines = score(check)
    return measures(counts), lines


def test_every_number_is_found_and_none_is_made_up(reached):
    assert reached[0]["numbers"] > 1200
    assert reached[0]["found (recall)"] == 1
    assert reached[0]["found (precision)"] == 1


def test_what_is_called_wrong_is_wrong(reached):
    false = [line for line in reached[1] if ": disagrees, not" in line]
    assert len(false) <= 1, false


def test_most_claims_are_judged_as_wanted(reached):
    assert reached[0]["claims rightly judged"] >= 0.85
    assert reached[0]["不一致 (recall)"] >= 0.7
    assert reached[0]["一致 (precision)"] >= 0.99
