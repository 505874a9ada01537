from collections.abc import Callable

import pandas as pd
import pytest

from pilotlib.claims import check_claims, facts_of
from pilotlib.claims.facts import Facts
from pilotlib.reading.documents import passages_of
from tests.tables import Statistics


def facts_from(cleaned, indicators: pd.DataFrame, colleges: dict[str, str] | None = None) -> Facts:
    statistics = Statistics(cleaned, colleges, indicators)
    return facts_of(statistics.tables, statistics)


@pytest.fixture(scope="session")
def facts(cleaned, inputs) -> Facts:
    """What is known of 2021: its table and its indicators."""
    return facts_from(cleaned, inputs.indicators)


@pytest.fixture(scope="session")
def check(facts) -> Callable[[str], pd.DataFrame]:
    """Check a text against 2021."""
    return lambda text: check_claims(passages_of(text), facts, ours=True)
