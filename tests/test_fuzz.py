"""The fuzzing script itself: it runs, and it finds what it is there to find."""

import pandas as pd
import pytest

from pilotlib.cleaning import clean
from pilotlib.reading import read_table
from tests import fuzz
from tests.conftest import ROOT, full
from tests.reading.test_formats import GRIDS, TABLE

EXAMINE = fuzz.examine
# What was found: each file was a traceback, a refusal without a reason, half a minute, or rows
# taken for text above the table.
FOUND = {
    "count-of-20-digits.csv": 1,
    "first-header-names-fewer.csv": 3,
    "merged-beyond.ods": 1,
    "merged-beyond.xlsx": 1,
    "ruled-line.md": 1,
    "ten-thousands-of-blank-rows.xls": 11,
    "total-of-50-digits.txt": 10,
    "two-row-header-repeated-in-one.csv": 3,
}


@pytest.mark.parametrize("name", FOUND)
def test_files_in_which_faults_were_found_are_read_whole(name, tmp_path, monkeypatch):
    read, path = [], ROOT / "tests" / "data" / "fuzz" / name

    def remember(*arguments):
        read.append(clean(*arguments))
        return read[-1]

    monkeypatch.setattr("pilotlib.cleaning.clean", remember)
    assert fuzz.examine(path.suffix[1:], path.read_bytes(), tmp_path) == "read"
    assert [len(cleaned.applications) for cleaned in read] == [FOUND[name]]


def test_every_file_in_which_a_fault_was_found_is_tested():
    assert {path.name for path in (ROOT / "tests" / "data" / "fuzz").iterdir()} == set(FOUND)


def test_some_damaged_files_are_read_or_refused(tmp_path):
    def look(kind, content):
        return fuzz.examine(kind, content, tmp_path)

    files = 300 if full() else 8
    outcomes, findings = fuzz.fuzz(files, 300, 5, tmp_path / "kept", look)
    assert findings == []
    assert {how for _, how in outcomes} == {"read", "refused"}
    assert sum(outcomes.values()) == files


def test_the_watched_process_gives_the_same_answers(tmp_path):
    worker = fuzz.Worker()
    try:
        assert worker.examine("csv", GRIDS["csv"](TABLE)) == "read"
        assert worker.examine("csv", b"") == "refused"
    finally:
        worker.stop()


def broken_reader(path):
    raise KeyError("a fault")


def without_a_row(cells, *arguments):
    cleaned = clean(cells, *arguments)
    return cleaned._replace(applications=cleaned.applications.iloc[1:])


def without_a_record(cells, *arguments):
    cleaned = clean(cells, *arguments)
    wrong = pd.DataFrame([(1, "status", "没有过", "审核通过", "characters", "")], columns=list(cleaned.changes))
    return cleaned._replace(changes=wrong)


def nothing(cells, *arguments):
    cleaned = clean(cells, *arguments)
    return cleaned._replace(applications=cleaned.applications.iloc[:0], majors=cleaned.majors.iloc[:0])


@pytest.mark.parametrize(
    ("place", "fault", "said"),
    [
        ("pilotlib.reading.read_table", broken_reader, "KeyError: 'a fault'"),
        ("pilotlib.cleaning.clean", without_a_row, "rows lost or invented"),
        ("pilotlib.cleaning.clean", without_a_record, "the log names a cell that was not there"),
        ("pilotlib.cleaning.clean", nothing, "rows lost or invented"),
    ],
)
def test_a_planted_fault_is_found_and_kept(place, fault, said, monkeypatch, tmp_path):
    monkeypatch.setattr(place, fault)
    assert said in fuzz.examine("csv", GRIDS["csv"](TABLE), tmp_path)

    def look(kind, content):
        return fuzz.examine("csv", GRIDS["csv"](TABLE), tmp_path)

    outcomes, findings = fuzz.fuzz(2, 60, 1, tmp_path / "kept", look)
    assert sum(outcomes.values()) == len(findings) == 2
    assert said in findings[0].with_name(findings[0].name + ".said").read_text(encoding="utf-8")


def test_the_unharmed_table_is_read(tmp_path):
    assert {kind: EXAMINE(kind, written(TABLE), tmp_path) for kind, written in GRIDS.items()} == dict.fromkeys(
        GRIDS, "read"
    )
    (tmp_path / "whole.csv").write_bytes(GRIDS["csv"](TABLE))
    assert len(read_table(tmp_path / "whole.csv").cells) == 4
