import base64
import io
import re

import nbformat
import pytest
from fontTools.ttLib import TTFont

from pilotlib import PilotError
from pilotlib.report.publishing import publish_html


def notebook(tmp_path, *outputs):
    cells = [
        nbformat.v4.new_markdown_cell("只给人看", metadata={"tags": ["about"]}),
        nbformat.v4.new_markdown_cell("## 一、甲"),
        nbformat.v4.new_code_cell("secret_code()", outputs=list(outputs)),
    ]
    path = tmp_path / "notebook.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def shown(html):
    return nbformat.v4.new_output("execute_result", data={"text/html": html, "text/plain": "<HTML>"})


def test_a_page_holds_what_cells_show_and_no_code(tmp_path):
    publish_html(notebook(tmp_path, shown("<h1>报告</h1><p>正文</p>")), tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page
    assert "<title>报告</title>" in page
    assert "<p>正文</p>" in page
    assert '<a href="#section-1">一、甲</a>' in page
    assert '<h2 id="section-1">一、甲</h2>' in page
    assert "secret_code" not in page
    assert "只给人看" not in page


def test_what_a_cell_prints_is_shown_not_dropped(tmp_path):
    publish_html(notebook(tmp_path, nbformat.v4.new_output("stream", text="<注意>")), tmp_path / "page.html")
    assert "<pre>&lt;注意&gt;</pre>" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_the_page_carries_the_glyphs_it_needs(tmp_path):
    publish_html(notebook(tmp_path, shown("<h1>考评员&#20154;</h1>")), tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    font = TTFont(io.BytesIO(base64.b64decode(re.search(r"base64,([^)]+)\)", page)[1])))
    assert {ord(character) for character in "考评员人一甲0Az"} <= set(font.getBestCmap())


@pytest.mark.parametrize(
    ("outputs", "sentence"),
    [
        (
            [nbformat.v4.new_output("error", ename="KeyError", evalue="'x'", traceback=[])],
            "第1个代码格出错（KeyError：'x'）",
        ),
        ([], "还没有运行过"),
        (
            [nbformat.v4.new_output("display_data", data={"image/png": "iVBO", "text/plain": "<Figure>"})],
            "图片没有文字说明",
        ),
    ],
)
def test_a_notebook_that_would_lose_something_is_refused(tmp_path, outputs, sentence):
    with pytest.raises(PilotError, match=sentence):
        publish_html(notebook(tmp_path, *outputs), tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()
