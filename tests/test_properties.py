"""What holds for any table from the generator, in any format: nothing lost, nothing invented, every answer known."""

import random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotlib.checking import check
from pilotlib.cleaning import clean
from pilotlib.reading import read_table
from pilotlib.statistics import compare_counts, recount
from tests.conftest import examples, full
from tests.generator import MAJORS, REFERENCE, REFERENCE_COLUMNS, generate, planted, years
from tests.reading.test_formats import GRIDS
from tests.tables import Statistics, cells_of, cleaned_once

KNOWN = pd.DataFrame(REFERENCE, columns=list(REFERENCE_COLUMNS), dtype=str)
NO_CORRECTIONS = pd.DataFrame(columns=["row", "column", "was", "becomes", "reason"], dtype=str)
SOME = examples(3, 50, derandomize=True)
FEW = examples(2, 30, derandomize=True)  # where every statistic is computed
SEEDS = st.integers(min_value=0, max_value=10**9)


def cleaned_of(made):
    return clean(cells_of(*map(tuple, made.rows[1:]), header=tuple(made.rows[0])), None, KNOWN)


def answers(statistics):
    overview = statistics["overview"].set_index("measure")["value"]
    by = {
        name: statistics[name].set_index(key)["places_approved"].fillna(0).astype(int)
        for name, key in (("by_round", "application_round"), ("by_level", "level"), ("by_certificate", "certificate"))
    }
    return {
        "applications": overview["applications"],
        "places": (overview["places_applied"], overview["places_approved"]),
        "certificate_levels": overview["certificate_levels"],
        "students": overview["distinct_students"],
        **{name: {str(key): value for key, value in table.items() if value} for name, table in by.items()},
    }


def known(made):
    return {
        "applications": made.applications,
        "places": (made.places_applied, made.places_approved),
        "certificate_levels": len(made.certificate_levels),
        "students": made.distinct_students,
        **{
            name: {key: value for key, value in getattr(made, name).items() if value}
            for name in ("by_round", "by_level", "by_certificate")
        },
    }


@FEW
@given(SEEDS, st.integers(1, 60), st.booleans())
def test_the_known_answers_come_out_and_add_up(seed, rows, level_column):
    made = generate(seed, rows, level_column=level_column)
    cleaned = cleaned_of(made)
    assert len(made.rows) - 1 == len(cleaned.applications) + len(cleaned.set_aside)
    assert cleaned.set_aside["reason"].value_counts().to_dict() == made.set_aside
    statistics = Statistics(cleaned)
    assert answers(statistics) == known(made)
    total = made.places_approved
    for name in ("by_round", "by_level", "by_round_level", "by_certificate", "by_category"):
        assert statistics[name]["places_approved"].sum() == total
        assert statistics[name]["applications"].sum() == made.applications
    cells = cells_of(*map(tuple, made.rows[1:]), header=tuple(made.rows[0]))
    compare_counts(statistics, recount(cells, NO_CORRECTIONS))


@SOME
@given(SEEDS, st.integers(1, 60))
def test_every_planted_fault_is_reported_and_nothing_else(seed, rows):
    made = generate(seed, rows)
    problems = check(cleaned_of(made), made.year, reference=KNOWN)
    found = problems.groupby("rule")["source_row"].agg(list).to_dict()
    assert {rule: sorted(at) for rule, at in found.items()} == planted(made)


@SOME
@given(SEEDS, st.integers(1, 40))
def test_undoing_the_log_gives_the_raw_cells(seed, rows):
    made = generate(seed, rows)
    cleaned = cleaned_of(made)
    names = {"序号": "serial"} | dict(
        zip(
            made.rows[0],
            (
                "serial",
                "year",
                "application_round",
                "certificate",
                "majors",
                "students",
                "places_applied",
                "places_approved",
                "status",
            ),
            strict=True,
        )
    )
    raw = pd.DataFrame(made.rows[1:], columns=[names[title] for title in made.rows[0]]).set_axis(
        range(1, len(made.rows))
    )
    now = {
        (row, column): after
        for row, column, after in cleaned.changes[["source_row", "column", "after"]].itertuples(index=False)
    }
    for row, column, before, after in reversed(
        list(cleaned.changes[["source_row", "column", "before", "after"]].itertuples(index=False))
    ):
        assert now[row, column] == after
        now[row, column] = before
    assert all(before == raw.loc[row, column].strip() for (row, column), before in now.items())
    for application in cleaned.applications.itertuples():
        for column in (
            "year",
            "students",
            "places_applied",
            "places_approved",
            "application_round",
            "status",
            "serial",
        ):
            value = getattr(application, column)
            if (application.source_row, column) not in now:
                assert ("" if pd.isna(value) else str(value)) == raw.loc[application.source_row, column].strip()


@SOME
@given(SEEDS, st.integers(1, 40))
def test_cleaning_what_was_cleaned_changes_nothing(seed, rows):
    cleaned = cleaned_of(generate(seed, rows))
    majors = cleaned.majors.groupby("source_row")["major"].agg("；".join)
    written = cleaned.applications.assign(
        certificate=lambda table: [
            name if pd.isna(level) else f"{name}（{level}）"
            for name, level in zip(table["certificate"], table["level"], strict=True)
        ],
        majors=lambda table: table["source_row"].map(majors),
    )
    columns = [
        "serial",
        "year",
        "application_round",
        "certificate",
        "majors",
        "students",
        "places_applied",
        "places_approved",
        "status",
    ]
    again = clean(cells_of(*written[columns].astype(str).itertuples(index=False, name=None)), None, KNOWN)
    assert again.changes.empty
    assert again.set_aside.empty
    same = [
        name
        for name in cleaned.applications
        if name not in ("source_row", "level_as_given", "certificate_as_given", "majors_as_given", "truncated")
    ]
    pd.testing.assert_frame_equal(again.applications[same], cleaned.applications[same], check_categorical=False)


@FEW
@given(SEEDS, st.integers(2, 40))
def test_the_order_of_rows_and_columns_does_not_matter(seed, rows):
    made = generate(seed, rows)
    header, *body = made.rows
    total = [body.pop()] if body[-1][0] == "合计" else []
    chance = random.Random(seed)
    chance.shuffle(body)
    columns = chance.sample(range(len(header)), len(header))
    turned = [[row[place] for place in columns] for row in (header, *body, *total)]
    cleaned = clean(cells_of(*map(tuple, turned[1:]), header=tuple(turned[0])), None, KNOWN)
    assert answers(Statistics(cleaned)) == known(made)


# Every kind of file is read right in tests/reading/test_formats.py: by default one of text, of sheets, of a page here.
BY_DEFAULT = ("csv", "xlsx", "docx")


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[] if kind in BY_DEFAULT else pytest.mark.full) for kind in GRIDS]
)
def test_the_format_does_not_matter(kind, tmp_path):
    for seed in range(3 if full() and kind not in ("pdf", "zip") else 1):
        made = generate(seed, 12)
        if kind in ("txt", "md", "pdf"):  # a line of text has no line break in it, and an empty one is no row
            made.rows = [[cell.replace("\n", "；") for cell in row] for row in made.rows if any(row)]
            made.set_aside.pop("空行", None)
        path = tmp_path / f"applications.{kind}"
        path.write_bytes(GRIDS[kind](made.rows))
        table = read_table(path)
        cleaned = cleaned_once(*table, KNOWN)
        assert answers(Statistics(cleaned)) == known(made)
        aside = cleaned.set_aside["reason"]
        assert aside[aside != "表格线"].value_counts().to_dict() == made.set_aside


def test_the_generator_is_seeded_and_of_any_size():
    assert generate(7, 50).rows == generate(7, 50).rows
    assert generate(7, 50).rows != generate(8, 50).rows
    size = 20_000 if full() else 2_000
    large = generate(1, size)
    assert large.applications == size
    assert len(large.majors) == len(MAJORS)
    tables, changes = years(3, 2018, 5)
    assert [made.year for made in tables] == [2018, 2019, 2020, 2021, 2022]
    assert all(len(change["新增"]) == 3 and len(change["不再申报"]) == 2 for change in changes)
