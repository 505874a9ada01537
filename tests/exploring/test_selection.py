"""What is clicked and what is written choose the same rows; charts hold the figures of what is chosen."""

import contextlib
import io

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotlib import PilotError, chart, explore, figures, load_year
from pilotlib.exploring.board import Selection, as_code, choices, select, totals
from pilotlib.exploring.charts import FORMS, GROUPS, groups_of, measures_of
from pilotlib.vocabulary import UNKNOWN
from tests.conftest import ROOT, examples


@pytest.fixture(scope="module")
def with_an_unknown_level(year):
    rows = year.applications
    return year._replace(applications=rows.assign(level=rows["level"].where(rows["source_row"] != 3)))


@examples(10, 100)
@given(st.data())
def test_the_code_gives_the_rows_that_were_clicked(with_an_unknown_level, monkeypatch_module, data):
    years = with_an_unknown_level
    monkeypatch_module.setattr("pilotlib.load_years", lambda years_asked: years, raising=False)
    offered = choices(years)
    selection = Selection(
        **{name: tuple(data.draw(st.lists(st.sampled_from(words), unique=True))) for name, words in offered.items()}
    )
    rows = select(years, selection)
    code = as_code(years, selection)
    space: dict = {}
    exec(code, space)
    assert space["rows"]["source_row"].to_list() == rows["source_row"].to_list()
    assert code.count("\n") <= 4


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_choices_are_what_the_table_holds(year, with_an_unknown_level):
    offered = choices(year)
    assert offered["year"] == [2021]
    assert offered["application_round"] == ["沿用批次", "第一次", "第二次"]
    assert offered["level"] == ["初级", "中级"]
    assert len(offered["certificate"]) == 21
    assert choices(with_an_unknown_level)["level"] == ["初级", "中级", UNKNOWN]


def test_totals_of_a_part_are_those_of_the_rows(year):
    second = select(year, Selection(application_round=("第二次",)))
    told = totals(year, second).set_index("measure")["2021年"]
    assert told["applications"] == "2"
    assert told["places_approved"] == "180"
    everything = totals(year, year.applications).set_index("measure")["2021年"]
    assert (everything["places_approved"], everything["majors_count"]) == ("1,662", "至少15")
    assert everything["distinct_students"] == "5,501"
    assert totals(year, year.applications.iloc[:0]).empty


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("by", GROUPS)
def test_every_form_of_chart_can_be_drawn(year, form, by):
    figure = chart(year.applications, by=by, form=form)
    figure.canvas.draw()
    assert figure.axes[0].get_title(loc="left")


def test_the_bars_are_as_long_as_the_figures(year):
    axes = chart(year.applications).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [610, 872, 180]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["沿用批次", "第一次", "第二次"]
    stacked = chart(year.applications, by="level", form="stacked", split="application_round").axes[0]
    assert sum(bar.get_width() for bar in stacked.patches) == 1662


def test_places_that_are_not_approved_are_no_approved_places(year):
    pending = year.applications.assign(status="待省教育厅审核")
    for form in ("bar", "stacked"):
        axes = chart(pending, form=form).axes[0]
        assert {bar.get_width() for bar in axes.patches} == {0}
        assert [text.get_text() for text in axes.texts] == ["无数据"] * 3


def test_figures_of_the_report_are_ordinary_figures(year, tmp_path):
    figure = figures.majors(year.statistics)
    figure.axes[0].set_title("各专业的批准人数")
    figure.savefig(tmp_path / "majors.png")
    assert (tmp_path / "majors.png").stat().st_size > 5000


@pytest.fixture(scope="module")
def board(monkeypatch_module):
    monkeypatch_module.chdir(ROOT)
    return explore([2021])


def test_a_filter_changes_all_that_the_board_shows(board):
    boxes = {box.description: box for box in board.children[1].children}
    said = _html_of(board)
    boxes["批次"].value = ("第二次",)
    after = _html_of(board)
    assert "1,662" in said and "180" in after and "1,662" not in after
    assert "rows[&quot;application_round&quot;].isin([&quot;第二次&quot;])" in after
    assert said.split("data:image/png")[1][:3000] != after.split("data:image/png")[1][:3000]
    board.children[2].click()
    assert _html_of(board) == said


def test_the_export_holds_the_selection(board):
    import base64
    import re

    next(box for box in board.children[1].children if box.description == "批次").value = ("第二次",)
    links = re.findall(r'href="data:[^,]*,([^"]+)"', _html_of(board))
    text, workbook = (base64.b64decode(link) for link in links)
    table = pd.read_csv(io.BytesIO(text), encoding="utf-8-sig")
    assert table["批准总培训人数"].sum() == 180
    sheets = openpyxl.load_workbook(io.BytesIO(workbook))
    assert "所选申报" in sheets.sheetnames


def _html_of(widget) -> str:
    """Every HTML of a board, in order."""
    own = [widget.value] if hasattr(widget, "value") and isinstance(widget.value, str) else []
    return "".join([*own, *map(_html_of, getattr(widget, "children", ()))])


def test_a_table_that_lacks_columns_is_explored_by_those_it_has(tmp_path):
    folder = tmp_path / "data" / "raw" / "2021"
    folder.mkdir(parents=True)
    text = "证书名称,等级,获批人数\n财务共享服务,初级,50\n界面设计,,30\n"
    (folder / "applications.csv").write_text(text, encoding="utf-8")
    rows = load_year(project=tmp_path).applications
    assert groups_of(rows) == ["certificate", "level", "majors", "year"]
    assert measures_of(rows) == ["places_approved", "applications"]
    assert chart(rows, by="level").axes[0].get_title(loc="left") == "批准总培训人数（人），按等级"
    with pytest.raises(PilotError, match="图没有“application_round”"):
        chart(rows, by="application_round", split="level")
    with contextlib.chdir(tmp_path):
        board = explore()
    assert "50" in "".join(box.value for box in board.children if hasattr(box, "value"))
