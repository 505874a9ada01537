"""The project's own files agree with each other."""

import ast
import re
import shutil
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT, years_counted_once

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DEPENDENCIES = [Requirement(text) for text in PYPROJECT["project"]["dependencies"]]
EXTRAS = [Requirement(text) for extra in PYPROJECT["project"]["optional-dependencies"].values() for text in extra]
EXTRAS += [Requirement(text) for group in PYPROJECT["dependency-groups"].values() for text in group]
EXTRAS += [Requirement(text) for text in PYPROJECT["build-system"]["requires"]]
EXTRAS = [need for need in EXTRAS if need.name != PYPROJECT["project"]["name"]]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
CONDA_NAMES = {"matplotlib": "matplotlib-base"}
ONLY_ON_PYPI = {"cn2an", "noto-cjk-sans-otc", "jupyter-app-launcher"}


def test_environment_yml_asks_for_the_same_as_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    from_pip = [text for entry in environment if isinstance(entry, dict) for text in entry["pip"] if text != "-e ."]
    from_conda = [text for entry in environment if isinstance(entry, str) for text in [entry] if text not in ("pip",)]
    wanted = {CONDA_NAMES.get(need.name, need.name): need.specifier for need in DEPENDENCIES}
    given = {need.name: need.specifier for need in map(Requirement, [*from_conda, *from_pip])}
    assert given.pop("python") == Requirement("python" + PYPROJECT["project"]["requires-python"]).specifier
    assert given == wanted
    assert {Requirement(text).name for text in from_pip} == ONLY_ON_PYPI


@pytest.mark.parametrize("need", [*DEPENDENCIES, *EXTRAS], ids=str)
def test_the_lock_pins_every_dependency_within_its_bounds(need):
    pins = re.findall(rf"^{re.escape(canonicalize_name(need.name))}==(\S+)", LOCK, flags=re.MULTILINE)
    assert pins
    assert all(need.specifier.contains(pin) for pin in pins)


def test_every_pin_has_a_hash_and_no_registry_is_named():
    blocks = re.split(r"(?m)^(?=[a-z0-9])", LOCK)[1:]
    assert len(blocks) > 80
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK
    assert "index-url" not in LOCK


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "data/raw/README.md", "notebooks/start.md"])
def test_files_that_a_readme_names_exist(name):
    text = re.sub("```python.*?```", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert all(((ROOT / name).parent / link).exists() for link in links)
    tree = re.findall(r"^\s*([\w./-]+/|[\w.-]+\.\w+)\s{2,}\S", text, flags=re.MULTILINE)
    made_by_runs = ("reports/", "data/processed/")
    parents = ("", "notebooks", "pilotlib", "data/raw/2021", "data/raw", "pilotlib/report", "pilotlib/running")
    for entry in tree:
        assert entry.startswith(made_by_runs) or any((ROOT / parent / entry).exists() for parent in parents), entry


def test_the_two_readmes_have_the_same_sections():
    sections = [
        re.findall(r"^## ", (ROOT / name).read_text(encoding="utf-8"), flags=re.M)
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert len(sections[0]) == len(sections[1]) > 4


def test_rooms_import_only_from_the_rooms_above_them():
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| (`.*?) \|", text[text.index("## The rooms") : text.index("## Where a decision")], re.M)
    order = [room.rstrip("/") for row in table for room in re.findall("`(.*?)`", row)]
    package = ROOT / "pilotlib"
    rooms = {path.relative_to(package).parts[0].removesuffix(".py") for path in package.rglob("*.py")}
    assert rooms - {"__init__"} == set(order)
    wrong = [
        f"{path.relative_to(package)} imports {node.module}"
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pilotlib.")
        if (room := path.relative_to(package).parts[0].removesuffix(".py")) != "__init__"
        if order.index(node.module.split(".")[1]) > order.index(room)
    ]
    assert wrong == []


def test_the_version_is_one():
    from pilotlib import __version__

    assert PYPROJECT["project"]["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def python_shown(name: str) -> str:
    (block,) = re.findall("```python\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    return block


@pytest.mark.parametrize("name", ["README.md", "notebooks/start.md"])
def test_the_lines_of_python_that_are_shown_run(name, tmp_path, monkeypatch):
    shutil.copytree(ROOT / "data" / "raw", tmp_path / "data" / "raw")
    monkeypatch.chdir(tmp_path)
    with years_counted_once():
        exec(python_shown(name), {})


def test_the_two_readmes_show_the_same_lines_of_python_with_comments_of_their_own():
    english, chinese = (ast.dump(ast.parse(python_shown(name))) for name in ("README.md", "README.zh-CN.md"))
    assert english == chinese


def test_a_card_of_the_launcher_leads_to_each_notebook():
    cards = yaml.safe_load((ROOT / "jupyter" / "jupyter_app_launcher" / "jp_app_launcher.yaml").read_text("ascii"))
    paths = [card["source"][0]["args"]["path"] for card in cards]
    assert set(paths) == {f"notebooks/{path.name}" for path in (ROOT / "notebooks").iterdir() if path.is_file()}
