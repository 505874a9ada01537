from functools import cache
from unittest import mock

import pytest

from pilotlib import load_year, load_years
from pilotlib.exploring import years
from tests.conftest import ROOT, make_project
from tests.generator import years as generated
from tests.test_results import given


@pytest.fixture(scope="package", autouse=True)
def counted_once():
    """A year's raw files do not change here: each year is cleaned and counted once for all that open it."""
    with mock.patch.object(years, "_counted", cache(years._counted)):
        yield


@pytest.fixture(scope="session")
def year():
    return load_year(2021, project=ROOT)


@pytest.fixture(scope="session")
def project_with_results(tmp_path_factory):
    """2021 with a table of results, and a year before it without one."""
    project = given(make_project(tmp_path_factory.mktemp("results") / "project"))
    (made,) = generated(3, 2020, 1)[0]
    (project / "data" / "raw" / "2020").mkdir()
    text = "\n".join("\t".join(row) for row in made.rows)
    (project / "data" / "raw" / "2020" / "applications.tsv").write_text(text, encoding="utf-8")
    return project


@pytest.fixture(scope="session")
def with_results(project_with_results):
    return load_years(project=project_with_results)
