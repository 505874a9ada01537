"""A column says what it is, in one line: what is read, cleaned, told and published of it follows from its entry."""

import os
import shutil
import subprocess
import sys
from typing import get_args

import pytest

from pilotlib.columns import COLUMNS, INDICATORS, SOURCE_COLUMNS, Kind, column_named
from tests.conftest import ROOT

ENTRY = "schooling,学制,年,text,source,,,,,修业年限,专业的修业年限"
CLEANED_WITH_IT = """
import pandas as pd
from pilotlib.cleaning import clean
from tests.tables import HEADER, cells_of, row

cleaned = clean(cells_of((*row(), " ３年"), header=(*HEADER, "修业年限")))
print(cleaned.applications["schooling"].to_list(), cleaned.changes[["column", "before", "after"]].to_numpy().tolist())
"""


@pytest.mark.parametrize("name", [*COLUMNS, *INDICATORS])
def test_every_column_has_a_title_a_meaning_and_a_kind(name):
    column = COLUMNS.get(name) or INDICATORS[name]
    assert column.title
    assert column.meaning
    assert column.kind in get_args(Kind)
    assert not column.adds_up or column.kind == "count"


def test_every_header_leads_to_one_column():
    words = [word for column in SOURCE_COLUMNS.values() for word in (column.title, *column.aliases)]
    assert len(words) == len(set(words))
    assert all(column_named(word) for word in words)


def test_a_column_is_added_by_one_line(tmp_path):
    """Of a package to which one line was added, nothing else changed: the column is read, cleaned and kept."""
    shutil.copytree(ROOT / "pilotlib", tmp_path / "pilotlib", ignore=shutil.ignore_patterns("__pycache__"))
    columns = tmp_path / "pilotlib" / "columns.csv"
    text = columns.read_text(encoding="utf-8")
    columns.write_text(text.replace("\nstatus,", f"\n{ENTRY}\nstatus,", 1), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    command = [sys.executable, "-c", CLEANED_WITH_IT]
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "['3年'] [['schooling', '３年', '3年']]"
