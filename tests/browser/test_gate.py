"""The gate itself: a page without fault passes, and every planted fault is found."""

import pytest

from tests.browser import gate
from tests.browser.conftest import cleared, load

GOOD = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>好的一页</title>
<meta name="viewport" content="width=device-width">
<style>:focus-visible {{ outline: 2px solid black; }} svg {{ width: 200px; }} {style}</style></head>
<body><main id="main"><h1>标题</h1><p><a href="#main">回到开头</a></p>
<table><caption>一张表</caption><tr><th scope="col">列</th></tr><tr><td>1</td></tr></table>
<svg role="img" aria-label="甲最多，为二十" viewBox="0 0 100 20"><rect width="100" height="20" fill="#fff"/>
<text x="5" y="15" font-size="14" fill="#000">甲</text></svg>
{fault}</main></body></html>"""
SVG = '<svg role="img" aria-label="{told}" viewBox="0 0 100 20"><rect width="100" height="20" fill="#345"/>{text}</svg>'
FAULTS = {
    "no alt": (gate.undescribed_images, '<img src="data:,">', "一幅图没有说明"),
    "placeholder alt": (gate.undescribed_images, '<img src="data:," alt="No description">', "占位文字"),
    "alt twice": (gate.undescribed_images, '<img src="data:," alt="甲最多，为二十">', "说明重复"),
    "heading left out": (gate.disordered_headings, "<h3>小节</h3>", "从1级跳到3级"),
    "second title": (gate.disordered_headings, "<h1>又一个</h1>", "一级标题应当有一个"),
    "empty heading": (gate.disordered_headings, "<h2></h2>", "空标题"),
    "empty header cell": (
        gate.poor_tables,
        "<table><caption>表</caption><tr><th scope=col></th></tr></table>",
        "空表头",
    ),
    "no caption": (gate.poor_tables, "<table><tr><th scope=col>列</th></tr></table>", "表没有标题"),
    "no scope": (gate.poor_tables, "<table><caption>表</caption><tr><th>列</th></tr></table>", "没有scope"),
    "dangling link": (gate.dangling_links, '<a href="#nowhere">去</a>', "#nowhere"),
    "link to another host": (gate.dangling_links, '<a href="https://example.com">去</a>', "example.com"),
    "link to nowhere": (gate.dangling_links, "<a>去</a>", "没有去处的链接"),
    "faint text": (gate.faint_text, '<p style="color:#999">淡</p>', "“淡”的对比度只有2.85"),
    "faint drawn text": (
        gate.unreadable_drawn_text,
        SVG.format(told="乙", text='<text x="5" y="15" font-size="14" fill="#567">乙</text>'),
        "图中文字“乙”的对比度",
    ),
    "sideways": (gate.scrolls_sideways, '<div style="width:3000px">宽</div>', "页面宽"),
    "out of reach": (gate.out_of_reach, '<button tabindex="-1">按</button>', "键盘到不了：<button"),
    "no sign of focus": (gate.out_of_reach, '<button style="outline:none">按</button>', "得到焦点看不出来：<button"),
}


@pytest.fixture
def opened(window):
    """A page of which this and that is wrong, in the place of the one before."""

    def opened(fault="", style=""):
        cleared(window).set_content(GOOD.format(fault=fault, style=style))
        return window

    return opened


def test_a_good_page_passes(opened):
    page = opened()
    assert gate.found_by_axe(page)[0] == []
    assert {check.__name__: check(page) for check in gate.CHECKS} == {check.__name__: [] for check in gate.CHECKS}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(opened, fault):
    check, html, sentence = FAULTS[fault]
    assert any(sentence in found for found in check(opened(html)))


def test_small_drawn_text_is_found(opened):
    assert gate.unreadable_drawn_text(opened(), least_pixels=12) == []
    small = SVG.format(told="丙", text='<text x="5" y="15" font-size="5" fill="#fff">丙</text>')
    assert gate.unreadable_drawn_text(opened(small), least_pixels=12) == ["图中文字“丙”太小"]


def test_axe_finds_what_is_planted_for_it(opened):
    planted = {
        "image-alt": '<img src="data:,">',
        "color-contrast": '<p style="color:#999">淡淡的字</p>',
        "label": "<input>",
        "heading-order": "<h4>跳过</h4>",
        "empty-table-header": "<table><caption>表</caption><tr><th scope=col></th></tr></table>",
    }
    page = opened("".join(planted.values()))
    found = {fault.split(" at ")[0] for fault in gate.found_by_axe(page)[0]}
    assert set(planted) <= found
    without = {fault.split(" at ")[0] for fault in gate.found_by_axe(page, contrast=False)[0]}
    assert found - without == {"color-contrast"}


def test_a_request_and_a_complaint_are_heard(window, tmp_path):
    fault = '<img src="http://localhost:9/x.png" alt="丁"><script>console.error("坏了")</script>'
    (tmp_path / "page.html").write_text(GOOD.format(fault=fault, style=""), encoding="utf-8")
    page = load(window, tmp_path / "page.html")
    assert any("localhost:9" in heard for heard in page.heard)
    assert "坏了" in page.heard
