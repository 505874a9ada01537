import re
from itertools import pairwise

import matplotlib
import pandas as pd
import pytest
from matplotlib import font_manager
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from pilotlib import PilotError
from pilotlib.chinese import register_font
from pilotlib.cleaning import clean
from pilotlib.report import colours
from pilotlib.report.drawing import NARROW, WIDE
from pilotlib.report.figures import FIGURES, drawing
from pilotlib.report.style import report_style, svg_of
from pilotlib.report.year_tables import figure_tables, statistic_tables
from pilotlib.statistics import Tables, summarise
from tests.tables import cells_of, row


@pytest.fixture
def no_chinese_font_but_ours(monkeypatch):
    """Matplotlib as on a machine whose system has no Chinese font."""
    register_font()
    fonts = font_manager.fontManager.ttflist
    ours = [font for font in fonts if "noto_cjk_sans_otc" in font.fname or font.name.startswith("DejaVu")]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", ours)
    font_manager._findfont_cached.cache_clear() if hasattr(font_manager, "_findfont_cached") else None


def drawn(name: str, statistics) -> Figure:
    """A figure of the annual report."""
    return drawing(FIGURES[name](figure_tables(statistics, "来源")))


# Of a year without results there is no pass rate to draw; tests/test_results.py has one with.
@pytest.mark.parametrize("name", sorted(FIGURES.keys() - {"pass_rates"}))
def test_every_figure_is_drawn_with_the_font_that_comes_along(name, statistics, no_chinese_font_but_ours):
    svg = svg_of(drawn(name, statistics), name)
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", svg)
    assert any(re.search("[\u4e00-\u9fff]", text) for text in texts)
    assert "Noto Sans CJK SC" in svg


def test_a_glyph_that_the_font_lacks_is_an_error():
    with report_style():
        figure = Figure(figsize=(2, 1))
        figure.text(0, 0.5, "\U0001f9ff")
    with pytest.raises(PilotError, match="字符“\U0001f9ff”是字体里没有的"):
        svg_of(figure, "lacking")


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_the_same_bytes_every_time_and_says_no_time(name, statistics):
    first, second = (svg_of(drawn(name, statistics), name) for _ in range(2))
    assert first == second
    assert "<metadata>" not in first


def test_a_figure_is_the_same_whatever_style_a_notebook_has_set(statistics):
    plain = svg_of(drawn("certificates", statistics), "a")
    with matplotlib.style.context("dark_background"):
        assert svg_of(drawn("certificates", statistics), "a") == plain


def test_bars_show_sums_not_means(statistics):
    axes = drawn("certificates", statistics).axes[0]
    widths = [bar.get_width() for bar in axes.containers[0]]
    assert widths == [170, 150, 140, 130, 120, 104, 80, 80, 80, 68]
    entry = FIGURES["certificates"](figure_tables(statistics, "来源"))
    assert entry.unit == "批准培训人数，人；前10种证书，其余11种证书合计540人"  # 1662 − 1122


def test_the_bar_that_the_headline_names_is_set_off_and_the_others_are_quiet(statistics):
    bars = drawn("certificates", statistics).axes[0].patches
    assert [to_hex(bar.get_facecolor()) == colours.MAIN_COLOUR.lower() for bar in bars] == [True] + [False] * 9
    assert {to_hex(bar.get_facecolor()) for bar in bars[1:]} == {colours.QUIET_COLOUR.lower()}


@pytest.mark.parametrize("layout", [WIDE, NARROW])
@pytest.mark.parametrize("name", sorted(FIGURES.keys() - {"pass_rates"}))
def test_the_longest_bar_is_more_than_half_the_figure(name, layout, statistics):
    figure = drawing(FIGURES[name](figure_tables(statistics, "来源")), layout)
    with report_style():
        figure.draw_without_rendering()
    bars = [bar for box in figure.axes[0].containers for bar in getattr(box, "patches", [])]
    longest = max(bar.get_window_extent().x1 for bar in bars) - min(bar.get_window_extent().x0 for bar in bars)
    assert longest >= 0.55 * figure.bbox.width


def test_what_is_shared_is_a_bar_of_its_own_that_begins_where_the_other_does(statistics):
    axes = drawn("majors", statistics).axes[0]
    own, shared = axes.containers
    assert {bar.get_x() for bar in [*own, *shared]} == {0}
    assert [bar.get_width() for bar in own][:2] == [250, 150]
    assert [bar.get_width() for bar in shared][:2] == [80, 170]
    assert all(below.get_y() > bar.get_y() for bar, below in zip(own, shared, strict=True))


def test_a_step_that_was_not_given_has_no_shape_that_looks_like_a_length(statistics):
    patches = drawn("applied_to_awarded", statistics).axes[0].patches
    assert [patch.get_width() for patch in patches] == [1659, 1662, 1028, 908, 0, 0]


def test_a_step_that_was_not_given_says_so(statistics):
    axes = drawn("applied_to_awarded", statistics).axes[0]
    assert [text.get_text() for text in axes.texts][-2:] == ["未提供", "未提供"]


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_colours_stand_out_from_the_ground_and_from_their_neighbours(ground):
    shades = {name: getattr(colour, ground) for name, colour in colours.COLOURS.items()}
    levels = [shades[f"level-{place}"] for place in (1, 2, 3)]
    assert all(contrast(shade, shades["ground"]) >= 3 for shade in [*levels, shades["main"], shades["line"]])
    assert all(contrast(one, other) >= 3 for one, other in pairwise(levels))
    assert contrast(shades["text"], shades["ground"]) >= 7
    written_in = dict(zip(levels, ("text", "ground", "text"), strict=True))
    assert all(contrast(level, shades[ink]) >= 4.5 for level, ink in written_in.items())


def test_a_drawing_follows_the_colours_of_its_page(statistics):
    svg = colours.with_page_colours(svg_of(drawn("round_level", statistics), "round_level"))
    assert set(re.findall("#[0-9a-f]{6}", svg)) == set()
    assert {"var(--level-1)", "var(--level-2)", "var(--text)", "var(--ground)"} <= set(re.findall(r"var\([^)]+\)", svg))


def test_equal_labels_stay_two_bars_and_a_dollar_sign_is_text():
    table = pd.DataFrame({"category": ["甲" * 30 + "一", "甲" * 30 + "二", "$x$"], "places_approved": [3, 2, 1]})
    overview = pd.DataFrame({"measure": ["places_approved"], "value": [6], "lower_bound": [False]})
    tables = statistic_tables({"by_category": table, "overview": overview}, "来源")
    figure = drawing(FIGURES["categories"](tables))
    axes = figure.axes[0]
    assert [bar.get_width() for bar in axes.containers[0]] == [3, 2, 1]
    assert "$x$" in svg_of(figure, "dollar")


def test_a_figure_of_a_lower_bound_says_so_and_gives_no_shares():
    rows = [row(批准总培训人数="-"), row(申报批次="第二次", 证书名称="网店运营推广职业技能等级证书(中级)")]
    cleaned = clean(cells_of(*rows))
    given = pd.DataFrame(columns=["indicator", "value", "unit", "note"], dtype=str)
    tables = figure_tables(summarise(Tables(cleaned.applications, cleaned.majors, given, {})), "来源")
    rounds, steps = (FIGURES[name](tables) for name in ("round_level", "applied_to_awarded"))
    assert rounds.headline == "各批次、各等级的批准培训人数"
    assert [text.get_text() for text in drawing(rounds).axes[0].texts if text.get_text()][-2:] == ["未提供", "50人"]
    assert steps.headline == "申请100人，批准至少50人"
    assert tables["flow"].data["percent"].isna().all()
