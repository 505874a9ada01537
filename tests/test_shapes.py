"""Tables of other shapes and words than ours are read right, or refused, and never otherwise (`make fuzz` makes more)."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotlib import PilotError
from pilotlib.reading import read_table
from tests.conftest import examples
from tests.shapes import examine, table_of
from tests.tables import HEADER


@examples(15, 2000)
@given(st.integers(0, 10**6))
def test_a_table_of_another_shape_is_read_right_or_refused(tmp_path_factory, seed):
    assert examine(seed, tmp_path_factory.getbasetemp()) in ("read", "refused")


@examples(5, 500)
@given(st.integers(0, 10**6))
def test_a_row_with_unquoted_thousands_is_never_read(tmp_path_factory, seed):
    tmp_path, chance = tmp_path_factory.getbasetemp(), random.Random(seed)
    rows, _ = table_of(chance)
    row = rows[chance.randrange(len(rows))]
    row[chance.choice((5, 6, 7))] = f"{chance.randrange(1, 9)},{chance.randrange(100, 999)}"
    (tmp_path / "a.csv").write_text("\n".join(map(",".join, [HEADER, *rows])) + "\n", encoding="utf-8")
    with pytest.raises(PilotError, match="下面的行比它长"):
        read_table(tmp_path / "a.csv")
