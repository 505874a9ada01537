import base64
import hashlib
import io
import re

import nbformat
import pytest
from fontTools.ttLib import TTFont

from pilotlib import PilotError, publishing
from pilotlib.publishing.page import as_html, content_of
from pilotlib.report.books import DEFAULT_EDITIONS
from pilotlib.report.cell import PAGE_STYLE, Part, Title


def notebook(tmp_path, *outputs):
    cells = [
        nbformat.v4.new_markdown_cell("只给人看", metadata={"tags": ["about"]}),
        nbformat.v4.new_markdown_cell("## 一、甲"),
        nbformat.v4.new_code_cell("secret_code()", outputs=list(outputs)),
    ]
    path = tmp_path / "notebook.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def page_of(notebook):
    return as_html(content_of(notebook)).decode()


def shown(html):
    return nbformat.v4.new_output("execute_result", data={"text/html": html, "text/plain": "<HTML>"})


def test_a_page_holds_what_cells_show_and_no_code(tmp_path):
    page = page_of(notebook(tmp_path, shown("<h1>报告</h1><p>正文</p>")))
    assert '<html lang="zh-CN">' in page
    assert "<title>报告</title>" in page
    assert "<p>正文</p>" in page
    assert '<a href="#section-1">一、甲</a>' in page
    assert '<h2 id="section-1">一、甲</h2>' in page
    assert "secret_code" not in page
    assert "只给人看" not in page


def test_a_part_brings_its_style_into_a_cell_and_not_onto_the_page(tmp_path):
    title, text = Title("<h1>报告</h1>"), Part("<div>正文</div>")
    for shown_in_cell in (title._repr_html_(), text._repr_html_()):
        assert '<div class="pilotlib-report">' in shown_in_cell
    assert PAGE_STYLE.splitlines()[-2] in title._repr_html_() and "--main: #" in title._repr_html_()
    path = notebook(tmp_path, shown(title._repr_html_()), shown(text._repr_html_()), shown("<div>别的</div>"))
    content = content_of(path)
    assert content.opening.split() == []
    assert content.body.split("</h2>")[1].split() == ["<h1>报告</h1>", "<div>正文</div>", "<div>别的</div>"]


def test_what_is_about_the_notebook_is_not_on_the_page(tmp_path):
    path = notebook(tmp_path, shown("<p>正文</p>"))
    node = nbformat.read(path, as_version=4)
    output = shown("<p>打开成稿</p>")
    node.cells.append(nbformat.v4.new_code_cell("x", outputs=[output], metadata={"tags": ["about"]}))
    nbformat.write(node, path)
    assert "正文" in page_of(path) and "打开成稿" not in page_of(path)


def test_what_a_cell_prints_is_shown_not_dropped(tmp_path):
    page = page_of(notebook(tmp_path, nbformat.v4.new_output("stream", text="<注意>")))
    assert "<pre>&lt;注意&gt;</pre>" in page


def test_the_page_carries_the_glyphs_it_needs(tmp_path):
    page = page_of(notebook(tmp_path, shown("<h1>考评员&#20154;</h1>")))
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
        content_of(notebook(tmp_path, *outputs))


def test_a_link_to_a_section_leads_there_and_one_to_none_is_text(tmp_path):
    page = page_of(notebook(tmp_path, shown("<p>见<a class='section'>一、甲</a>与<a class='section'>别处</a></p>")))
    assert '<p>见<a href="#section-1">一、甲</a>与别处</p>' in page


def test_the_contents_leave_out_the_marks_of_numbers(tmp_path):
    page = page_of(notebook(tmp_path, shown("<h2>二、3<sup><a href='#claim-1'>✓</a></sup>项改革</h2>")))
    assert '<a href="#section-2">二、3项改革</a>' in page
    assert '<h2 id="section-2">二、3<sup>' in page


def test_the_pages_own_script_is_the_only_one_allowed(tmp_path):
    page = page_of(notebook(tmp_path, shown("<h1>甲</h1>")))
    script = re.search("<script>(.*?)</script>", page, flags=re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page


@pytest.mark.parametrize(
    ("editions", "sentence"),
    [
        ([], "没有写明要哪种版本。可用的有：html、xlsx、docx、pdf、png。"),
        (["htm"], "没有“htm”这种版本。是否想写“html”？"),
        (["docx"], 'docx版需要另装一组程序包：pip install "pilotlib\\[office\\]"'),
        (["html", "pdf"], 'pdf版需要另装一组程序包：pip install "pilotlib\\[pdf\\]"'),
    ],
)
def test_an_edition_that_cannot_be_made_is_said_before_anything_runs(monkeypatch, editions, sentence):
    monkeypatch.setattr(publishing, "import_module", failing(ModuleNotFoundError()))
    with pytest.raises(PilotError, match=sentence):
        publishing.check_editions(editions)


def test_a_system_without_pango_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(publishing, "import_module", failing(OSError("cannot load library 'libpango'")))
    with pytest.raises(PilotError, match=r"pdf版需要系统的Pango库.*apt install libpango-1\.0-0"):
        publishing.check_editions(["pdf"])


def failing(error):
    """An import that fails."""

    def import_module(_):
        raise error

    return import_module


def test_the_defaults_want_nothing_more(monkeypatch):
    monkeypatch.setattr(publishing, "import_module", failing(ModuleNotFoundError()))
    publishing.check_editions(DEFAULT_EDITIONS)
