"""What the board shows, and in which order."""

import io

import openpyxl
import pandas as pd
import pytest
from PIL import Image

from pilotlib import explore
from pilotlib.exploring.board import file_of, to_choose
from pilotlib.exploring.selection import picked, totals
from tests.conftest import ROOT


@pytest.fixture
def board(monkeypatch):
    monkeypatch.chdir(ROOT)
    return explore(2021).children[0]


def ask(board, **change) -> list[str]:
    """Ask something as the browser does; what the board answers, in order."""
    answers: list[str] = []
    board.observe(lambda change: answers.append(change["name"]))
    board.rows.observe(lambda change: answers.append("rows"), "_dt_args")
    board.asked = board.asked | {"number": board.asked["number"] + 1} | change
    return [name for name in answers if name != "asked"]


def test_a_filter_changes_all_that_the_board_shows_what_was_clicked_for_first(board):
    before = board.picture
    assert "1,662" in board.totals and board.said.endswith("25行")
    answers = ask(board, selection={"application_round": ["第二次"]})
    assert answers == ["said", "picture", "code", "rows", "totals", "answered"]
    assert board.answered == board.asked["number"] == 1
    assert "180" in board.totals and "1,662" not in board.totals
    assert 'rows["application_round"].isin(["第二次"])' in board.code
    assert board.picture != before
    assert len(board.rows.df) == 2
    ask(board, selection={})
    assert board.picture == before


def test_another_form_leaves_the_rows_and_their_totals(board):
    assert ask(board, picks={"form": "heat"}) == ["offered", "said", "picture", "code", "answered"]
    assert board.said == "热力图：批准总培训人数，按申报批次与等级，25行"


def test_nothing_chosen_is_said_and_whatever_happens_is_answered(board, monkeypatch):
    ask(board, selection={"application_round": ["第二次"], "level": ["初级"]})
    assert (board.picture, board.said) == ("", "没有符合条件的行，没有图可画。请放宽筛选。")
    monkeypatch.setattr("pilotlib.exploring.board.totals", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ask(board, selection={})
    assert board.answered == board.asked["number"]
    monkeypatch.setattr("pilotlib.exploring.board.totals", totals)
    ask(board, picks={"form": "heat"})  # what failed is made up for
    assert "1,662" in board.totals


def test_it_offers_columns_with_a_choice_and_says_why_a_second_grouping_is_off(year, with_results):
    told = to_choose(year, "applications", picked(year.applications, {}))
    assert told["tables"] == [["applications", "申报"]]
    assert [column["title"] for column in told["columns"]] == ["批次", "证书", "等级", "专业"]
    why = {pick["name"]: pick["why"] for pick in told["picks"] if pick["why"]}
    assert why == {"split": "条形图没有再分：选堆叠条形图、折线图或热力图"}
    told = to_choose(year, "applications", picked(year.applications, {"form": "heat"}))
    assert [pick["why"] for pick in told["picks"]] == [""] * 4
    told = to_choose(with_results, "results", picked(with_results.results, {}))
    assert told["tables"] == [["applications", "申报"], ["results", "考核结果"]]
    assert [column["title"] for column in told["columns"]] == ["证书", "等级", "二级学院", "专业（组）"]
    measures = next(pick for pick in told["picks"] if pick["name"] == "measure")
    titles = [
        "报名人数",
        "培训人数",
        "参考人数",
        "通过人数",
        "取证人数",
        "参考占培训",
        "参考占报名",
        "通过率",
        "取证占参考",
    ]
    assert [title for _, title, _ in measures["words"]] == titles
    assert measures["picked"] == "pass_rate"


def test_files_hold_what_is_shown(board, monkeypatch):
    ask(board, selection={"application_round": ["第二次"]}, picks={"form": "stacked"})
    sent = []
    monkeypatch.setattr(board, "send", lambda said, contents: sent.append((said["name"], *contents)))
    for kind in ("csv", "xlsx", "svg", "png"):
        board.send_file(None, {"file": kind}, [])
    (_, csv), (_, xlsx), (name, svg), (_, png) = sent
    assert [name for name, _ in sent] == [
        "所选行.csv",
        "所选行.xlsx",
        "批准总培训人数，按申报批次与等级.svg",
        "批准总培训人数，按申报批次与等级.png",
    ]
    assert pd.read_csv(io.BytesIO(csv), encoding="utf-8-sig")["批准总培训人数"].sum() == 180
    assert "所选行" in openpyxl.load_workbook(io.BytesIO(xlsx)).sheetnames
    assert all(text in svg.decode() for text in (name[:-4], "单位：人。来源：2021年申报明细表，25行中的2行。"))
    assert Image.open(io.BytesIO(png)).size[0] > 1500


def test_what_is_named_is_chosen_at_first(project_with_results, monkeypatch):
    monkeypatch.chdir(project_with_results)
    board = explore(years=[2021], 等级="中级", by="批次", form="堆叠条形图").children[0]
    assert board.said == "堆叠条形图：批准总培训人数，按申报批次与等级，20行"
    assert board.asked["selection"] == {"level": ["中级"]}
    board = explore(table="考核结果").children[0]
    assert board.said == "条形图：通过率，按证书名称，5行"
    assert ask(board, table="applications", selection={}, picks={})[-1] == "answered"
    assert board.said.startswith("条形图：批准总培训人数，按申报批次")


def test_a_file_of_a_part_says_where_it_is_from(year):
    _, workbook = file_of(year.applications.head(3), picked(year.applications, {}), "xlsx")
    cells = [cell.value for sheet in openpyxl.load_workbook(io.BytesIO(workbook)) for row in sheet for cell in row]
    assert any("2021年申报明细表，25行中的3行" in str(cell) for cell in cells)
