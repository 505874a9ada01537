import pytest

from pilotlib import load_year, load_years
from tests.conftest import ROOT, make_project, years_counted_once
from tests.generator import years as generated
from tests.test_results import given


@pytest.fixture(scope="package", autouse=True)
def counted_once():
    with years_counted_once():
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
