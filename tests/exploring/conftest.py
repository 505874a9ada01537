from functools import cache
from unittest import mock

import pytest

from pilotlib import load_year
from pilotlib.exploring import years
from tests.conftest import ROOT


@pytest.fixture(scope="package", autouse=True)
def counted_once():
    """A year's raw files do not change here: each year is cleaned and counted once for all that open it."""
    with mock.patch.object(years, "_counted", cache(years._counted)):
        yield


@pytest.fixture(scope="session")
def year():
    return load_year(2021, project=ROOT)
