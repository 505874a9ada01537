"""What a cell of IPython makes of the API: names complete, errors are short, help is shown."""

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def shell():
    shell = InteractiveShell(colors="nocolor")
    shell.run_cell(f"from pilotlib import load_year, figures; import pilotlib; year = load_year(project={str(ROOT)!r})")
    return shell


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("pilotlib.load", {"load_year", "load_years"}),
        ("from pilotlib import tr", {"trace_row"}),
        ("year.app", {"applications"}),
        ("figures.", {"round_level", "certificates", "majors", "categories"}),
        ('year.statistics["by_', {"by_round", "by_level", "by_major"}),
        ('year.applications["places', {"places_applied", "places_approved"}),
        ('year.statistics["按', {"按申报批次", "按专业", "按专业大类"}),
        ('year.applications["批准', {"批准总培训人数"}),
    ],
)
def test_names_complete(shell, typed, offered):
    with provisionalcompleter():
        found = {completion.text for completion in shell.Completer.completions(typed, len(typed))}
    assert offered <= {text.rpartition('"')[2] for text in found}


@pytest.mark.parametrize(
    "wrong",
    [
        "load_year(1999)",
        "year.applications['学生规摸']",
        "year.applications.sort_values('学生规摸')",
        "year.applications.groupby(['level', '批吃'])",
        "year.statistics['by_majr']",
        "pilotlib.explore(2021, 等级='高级')",
    ],
)
def test_an_error_is_one_line_in_a_cell(shell, capsys, wrong):
    result = shell.run_cell(wrong)
    assert not result.success
    said = capsys.readouterr().out.strip()
    assert said.startswith("错误：")
    assert "\n" not in said


def test_help_is_shown(shell, capsys, monkeypatch):
    # The pager is that of the process's shell, which other tests may have begun.
    monkeypatch.setattr("IPython.core.page.get_ipython", lambda: shell)
    shell.run_cell("load_year?")
    said = capsys.readouterr().out
    assert "Raises:" in said and "Example:" in said
