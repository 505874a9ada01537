import pytest

from pilotlib import load_year
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def year():
    return load_year(2021, project=ROOT)
