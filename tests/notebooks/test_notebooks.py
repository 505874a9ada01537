"""Every notebook is thin, without outputs, and those that want no run before them run by hand.

The stages run by hand in a browser: tests/browser/test_lab.py.
"""

import ast
import json
import re
from contextlib import nullcontext
from unittest import mock

import nbformat
import papermill
import pytest
from ipykernel.ipkernel import IPythonKernel

from pilotlib.lab import load_ipython_extension
from pilotlib.running.engine import IN_PROCESS
from tests.conftest import KERNELS, ROOT, make_project, years_counted_once

LAB = ROOT / "jupyter"
ORDER = ('"changes"', '"set_aside"', '"problems"', '"cleaned"', "cells_table")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
STAGES = [path for path in NOTEBOOKS if path.name[0].isdigit()]
by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
by_stage = pytest.mark.parametrize("path", STAGES, ids=lambda path: path.stem)


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@by_name
def test_no_outputs_and_no_traces_of_a_run_are_kept(path):
    node = nbformat.read(path, as_version=4)
    assert all(cell.outputs == [] and cell.execution_count is None for cell in node.cells if cell.cell_type == "code")
    assert set(node.metadata) == {"kernelspec", "language_info"}


def test_each_says_of_its_kernel_what_the_lab_would_write_into_it():
    """Or it would be marked as changed as soon as it is opened."""
    spec = json.loads((LAB / "kernels" / "python3" / "kernel.json").read_text(encoding="utf-8"))
    with mock.patch.dict(IPythonKernel.language_info):
        load_ipython_extension(None)
        info = dict(IPythonKernel.language_info)
    assert "version" not in info
    for path in NOTEBOOKS:
        metadata = nbformat.read(path, as_version=4).metadata
        assert metadata.language_info == info
        assert metadata.kernelspec == {"name": "python3"} | {name: spec[name] for name in ("display_name", "language")}


def test_the_lab_writes_each_as_it_is_stored():
    for path in NOTEBOOKS:
        text = path.read_text(encoding="utf-8")
        assert nbformat.writes(nbformat.reads(text, as_version=4)) + "\n" == text


def test_the_labs_kernel_stops_papermill_where_something_is_missing(tmp_path, monkeypatch):
    """In JupyterLab itself the same is a sentence: tests/browser/test_lab.py."""
    monkeypatch.setenv("JUPYTER_PATH", str(LAB))
    with pytest.raises(papermill.PapermillExecutionError) as caught:
        by_hand("trends", tmp_path)
    assert caught.value.ename == "PilotError"
    assert "至少需要两个处理过的年度" in caught.value.evalue


def test_what_was_decided_comes_first_and_the_table_as_received_is_folded():
    sources = [cell.source for cell in code_cells(ROOT / "notebooks" / "1_clean.ipynb")]
    places = [next(place for place, source in enumerate(sources) if word in source) for word in ORDER]
    assert places == sorted(places)
    assert "folded=True" in sources[places[-1]]


@by_name
def test_the_first_cell_says_what_goes_in_and_what_comes_out(path):
    first = nbformat.read(path, as_version=4).cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert all(f"**{word}**" in first.source for word in ("目的", "输入", "输出"))


@by_stage
def test_one_cell_of_parameters_each_a_literal_with_a_comment(path):
    tagged = [cell for cell in code_cells(path) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    lines = tagged[0].source.splitlines()
    assert all(re.fullmatch(r"\w+ = \S+  # .+", line) for line in lines)
    assert [ast.literal_eval(line.split("#")[0].split(" = ")[1].strip()) for line in lines] == [None] * len(lines)
    help_texts = {name: entry["help"] for name, entry in papermill.inspect_notebook(path).items()}
    assert set(help_texts) == {"year", "processed", "project"}
    assert all(help_texts.values())


@by_name
def test_no_functions_paths_years_or_warning_filters(path):
    for cell in code_cells(path):
        tree = ast.parse(cell.source)
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda)]
        assert "warnings" not in cell.source
        assert not re.search(r"""["'](\.{0,2}/|data/|reports/)""", cell.source)
        assert not re.search(r"\b20\d\d\b", cell.source)


@by_name
def test_every_cell_but_parameters_ends_in_something_to_look_at(path):
    for cell in code_cells(path):
        if "parameters" not in cell.metadata.get("tags", []):
            assert isinstance(ast.parse(cell.source).body[-1], ast.Expr)


@pytest.mark.parametrize("path", [ROOT / "notebooks" / "start.md", *NOTEBOOKS], ids=lambda path: path.stem)
def test_every_link_leads_to_a_file(path):
    links = re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8"))
    assert all((path.parent / link).is_file() for link in links)
    assert links or path.suffix == ".ipynb"


def by_hand(name, folder, engine=None):
    """The code cells of a notebook that wants no run before it, executed in a fresh project; it writes nothing.

    By a kernel, where no engine is named.
    """
    project = make_project(folder / "project")
    path = project / "notebooks" / f"{name}.ipynb"
    with nullcontext() if engine else KERNELS:
        node = papermill.execute_notebook(
            path,
            folder / path.name,
            cwd=path.parent,
            engine_name=engine,
            kernel_name="python3",
            progress_bar=False,
        )
    assert not (project / "data" / "processed").exists()
    return [cell for cell in node.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def cookbook(tmp_path_factory):
    with years_counted_once():
        return by_hand("cookbook", tmp_path_factory.mktemp("by-hand"), IN_PROCESS)


@pytest.mark.full
def test_every_cell_of_the_board_shows_something_and_nothing_warns(tmp_path):
    test_every_cell_shows_something_and_nothing_warns(by_hand("explore", tmp_path))


def test_every_cell_shows_something_and_nothing_warns(cookbook):
    for cell in cookbook:
        if "parameters" not in cell.metadata.get("tags", []):
            assert cell.outputs, cell.source
            assert all(output.output_type != "stream" for output in cell.outputs), cell.outputs


def test_the_answers_of_the_cookbook_are_those_of_the_table(cookbook):
    said = {cell.source: "".join(output.data["text/plain"] for output in cell.outputs) for cell in cookbook}
    assert "1,662" in said['this.statistics["overview"]']
    assert any("各批次相加 23 种，实际 21 种" in text for text in said.values())
    repeated = said['this.statistics["repeated_over_rounds"]']
    assert "5G移动网络运维" in repeated and "工业机器人应用编程" in repeated
    draft = next(text for source, text in said.items() if source.startswith("check_draft"))
    wrong = [line for line in draft.splitlines() if "不一致" in line]
    assert len(wrong) >= 1 and any("1482人" in line for line in wrong)


def test_figures_show_themselves_in_a_cell(cookbook):
    drawn = [cell for cell in cookbook if cell.source.startswith(("chart(", "figure = "))]
    assert len(drawn) == 2
    assert all("image/png" in cell.outputs[0].data for cell in drawn)
