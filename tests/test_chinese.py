"""Chinese glyphs in every plot, whatever an analyst's style asks for, on a machine without a Chinese font."""

import io
import json
import subprocess
import sys

import pytest
from fontTools.ttLib import TTFont

from pilotlib.chinese import font_for
from tests.conftest import ROOT

DRAW = """
import warnings
warnings.filterwarnings("error", message="Glyph")
import matplotlib
matplotlib.use("agg")
from matplotlib import font_manager
fonts = font_manager.fontManager
fonts.ttflist = [font for font in fonts.ttflist if font.name.startswith("DejaVu")]
{extension}
import matplotlib.pyplot as plt
{style}
figure, axes = plt.subplots()
axes.set_title("批次−等级")
figure.canvas.draw()
"""
EXTENSION = "from pilotlib.lab import load_ipython_extension; load_ipython_extension(None)"
STYLES = [
    "",
    "import seaborn; seaborn.set_theme()",
    "plt.style.use('ggplot')",
    "plt.rcParams['font.sans-serif'] = ['DejaVu Sans']",
    "plt.rcParams['font.family'] = 'DejaVu Serif'",
    "plt.rcdefaults()",
]


def drawn(extension: str, style: str) -> subprocess.CompletedProcess:
    code = DRAW.format(extension=extension, style=style)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_every_style_falls_back_to_the_chinese_font():
    result = drawn(
        EXTENSION, "\n".join(f"{style}\nplt.figure().suptitle('批').figure.canvas.draw()" for style in STYLES)
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("style", [STYLES[0], pytest.param(STYLES[1], marks=pytest.mark.full)])
def test_without_it_the_glyphs_are_missing(style):
    assert "Glyph" in drawn("", style).stderr


def test_the_lab_starts_its_kernels_with_it():
    kernel = json.loads((ROOT / "jupyter" / "kernels" / "python3" / "kernel.json").read_text(encoding="utf-8"))
    assert "--ext=pilotlib.lab" in kernel["argv"]


def test_the_bold_of_a_page_is_drawn_in_the_forms_of_chinese():
    uharfbuzz = pytest.importorskip("uharfbuzz")
    pytest.importorskip("noto_cjk_sans_jp_bold")
    face = TTFont(io.BytesIO(font_for("直骨", bold=True)))
    face.flavor = None
    plain = io.BytesIO()
    face.save(plain)
    font = uharfbuzz.Font(uharfbuzz.Face(plain.getvalue()))

    def glyphs(language: str) -> list[int]:
        buffer = uharfbuzz.Buffer()
        buffer.add_str("直骨")
        buffer.guess_segment_properties()
        buffer.language = language
        uharfbuzz.shape(font, buffer)
        return [info.codepoint for info in buffer.glyph_infos]

    assert 0 not in glyphs("zh-cn")
    assert not set(glyphs("zh-cn")) & set(glyphs("ja"))
