"""The report in a real browser: offline, on a phone, in the dark, on paper, without a script or a Chinese font.

Screenshots are kept in `artefacts/`, which git ignores.
"""

import io
import re
import unicodedata

import pytest
from pypdf import PdfReader

from tests.browser import gate
from tests.browser.conftest import ARTEFACTS, load, open_page
from tests.conftest import full

WINDOWS = [
    (1280, "light"),
    pytest.param((1280, "dark"), marks=pytest.mark.full),
    pytest.param((390, "light"), marks=pytest.mark.full),
    (390, "dark"),
]
NARROWEST = (320, "light")
HEIGHT = 900


@pytest.fixture(scope="module", params=[*WINDOWS, NARROWEST], ids=lambda window: "-".join(map(str, window)))
def page(request, window, ran):
    """The report at a width, on a light or a dark ground, with everything unfolded."""
    gate.open_all(load(window, ran.report, *request.param))
    return window


def narrowest(page) -> bool:
    return page.viewport_size["width"] == NARROWEST[0]


@pytest.fixture
def desk(desk_window, ran):
    """The report as it opens on a desk."""
    return load(desk_window, ran.report)


@pytest.fixture(scope="module")
def opened(browser, ran):
    """The same, once for all tests that only look at it."""
    page = open_page(browser, ran.report, viewport={"width": 1280, "height": HEIGHT})
    yield page
    page.context.close()


def test_axe_finds_nothing(page):
    if narrowest(page):
        return  # the same page as at 390, scrolled further: the gate's own checks look at it
    # Contrast axe measures in `test_trends`, in a page of the same style.
    violations, incomplete = gate.found_by_axe(page, contrast=full())
    assert violations == []
    # What axe cannot tell of contrast, before a shadow or in a drawing, the gate's own checks measure.
    assert [text for text in incomplete if not text.startswith("color-contrast at ")] == []


@pytest.mark.parametrize("check", gate.CHECKS, ids=lambda check: check.__name__)
def test_the_gate_finds_nothing(page, check):
    if check is gate.out_of_reach and page.viewport_size["width"] != 390 and not full():
        return  # what can be reached there
    assert check(page) == []


def test_figures_read_on_a_phone(page):
    if not narrowest(page):
        assert gate.unreadable_drawn_text(page, least_pixels=12) == []


def test_nothing_is_asked_of_any_host_and_nothing_is_complained_of(page):
    assert page.heard == []


@pytest.mark.full
def test_a_screenshot_is_kept(page):
    ARTEFACTS.mkdir(exist_ok=True)
    scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    path = ARTEFACTS / f"annual-report-{page.viewport_size['width']}-{scheme}.png"
    page.screenshot(path=path, full_page=True)
    assert path.stat().st_size > 50_000


def test_figures_say_their_message_and_what_they_show(opened):
    told = opened.eval_on_selector_all(
        "figure",
        "all => all.map(one => [one.querySelector('.headline').textContent, one.querySelector('.drawing').ariaLabel])",
    )
    assert [re.match(r"图\d", headline)[0] for headline, _ in told] == [f"图{number}" for number in range(1, 7)]
    assert all(label.startswith(f"{headline[2:]}。") and re.search(r"从.+到", label) for headline, label in told)


def test_every_chinese_character_is_drawn_by_the_font_that_the_page_carries(opened):
    session = opened.context.new_cdp_session(opened)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": -1})["root"]
    nodes = session.send(
        "DOM.querySelectorAll", {"nodeId": root["nodeId"], "selector": "h1, h2, p, td, th, dd, text, caption"}
    )
    drawn = {"ours": 0, "others": set()}
    for node in nodes["nodeIds"]:
        for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]:
            if font["isCustomFont"]:
                drawn["ours"] += font["glyphCount"]
            else:
                drawn["others"].add(font["familyName"])
    assert drawn["ours"] > 2000
    assert drawn["others"] == set()


def test_the_mark_of_a_number_leads_to_its_row_and_back(desk):
    marks = desk.locator("sup a.check")
    assert marks.count() == 21  # 18 numbers, and three of them have a sum or a list that disagrees
    assert desk.locator("sup a.check.disagrees").all_inner_texts() == ["≠推算"] * 3
    mark = desk.locator("sup a.check.lower_bound")
    assert mark.get_attribute("aria-label").endswith("：下限")
    mark.click()
    row = desk.locator("tr:has(:target)")
    assert "17" in row.locator("mark").inner_text()
    assert "至少为15个" in row.inner_text()
    row.locator("a").click()
    assert desk.evaluate("document.querySelector(':target').textContent") == "≥"


def test_the_contents_list_every_section(opened):
    listed, titles = gate.contents(opened)
    assert listed == titles
    appendices = ["数据核对", "统计表", "修正与存疑", "申报明细", "指标定义与术语", "数据来源"]
    assert listed == [
        *("一、批准与批次", "二、培训与考核", "三、证书", "四、专业与学生", "五、学校的说明"),
        *(f"附录{letter}　{title}" for letter, title in zip("ABCDEF", appendices, strict=True)),
    ]
    below = opened.locator("nav .wide .below a").all_inner_texts()
    assert below[:2] == ["表2　年度总览", "表3　按申报批次"]


def test_the_first_screen_tells_the_year(desk_window, ran):
    """What happened and what it means, four figures, the way from applied to awarded, and what is to be doubted."""
    page = load(desk_window, ran.report, width=1440)
    for part in (".points", ".lead figure", ".key-figures", ".doubts"):
        box = page.locator(part).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 900, part
    assert page.locator(".points b").all_inner_texts() == [
        "全年获批培训名额1,662人",
        "完成培训1,028人，占批准名额的61.9%",
        "以中级为主",
        "涉及至少15个专业，其在校生共5,501名",
    ]
    assert page.locator(".key-figures dd:not(.note)").all_inner_texts() == ["1,662人", "1,028人", "908人", "21种"]
    links = page.locator(".doubts a")
    assert links.all_inner_texts() == ["学校文字中3处与数据不一致", "申报表中5处存疑"]
    page.set_viewport_size({"width": 390, "height": 844})
    box = page.locator(".points").bounding_box()
    assert box["y"] + box["height"] <= 844
    assert not page.locator("nav a").first.is_visible()
    assert page.locator("nav summary").is_visible()


def test_the_page_is_short_and_light(desk_window, ran):
    page = load(desk_window, ran.report, width=1440)
    assert page.evaluate("document.documentElement.scrollHeight") <= 9 * 900
    assert ran.report.stat().st_size <= 400 * 1024


def test_tables_are_numbered_in_order_and_name_no_file_but_in_the_last_section(opened):
    numbers = opened.locator("main .fold summary .numbered").all_inner_texts()
    assert numbers == [f"表{number}" for number in range(1, len(numbers) + 1)]
    text = opened.locator("main").evaluate("main => main.textContent")
    before, _, sources = text.rpartition("附录F")
    assert "applications.tsv" in sources
    assert re.findall(r"[\w-]+\.(?:csv|tsv|xlsx|toml|json|md|html)\b|SHA", before) == []


def test_a_mark_shows_why_where_it_stands(desk):
    mark = desk.locator("a.check.disagrees").nth(1)
    why = desk.locator("a.check.disagrees + .why").nth(1)
    assert not why.is_visible()
    mark.hover()
    assert why.is_visible()
    assert "可写作：“另有第二批次2项、180人" in why.inner_text()
    desk.mouse.move(0, 0)
    mark.focus()
    assert why.is_visible()


def test_a_tap_shows_why_and_a_second_one_leads_to_the_row(browser, ran):
    page = open_page(browser, ran.report, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    mark = page.locator("a.check.disagrees").first
    mark.scroll_into_view_if_needed()
    mark.tap()
    assert page.locator("a.check.disagrees + .why").first.is_visible()
    assert page.url.partition("#")[2] == ""
    assert gate.scrolls_sideways(page) == []
    mark.tap()
    assert page.url.partition("#")[2] == mark.get_attribute("href")[1:]
    assert page.locator("tr:has(:target)").is_visible()
    page.context.close()


def test_the_list_of_contents_shows_where_one_is(desk):
    desk.locator("#section-4").scroll_into_view_if_needed()
    desk.evaluate("document.querySelector('#section-4').scrollIntoView()")
    desk.locator("nav .wide a[aria-current][href='#section-4']").wait_for()


def test_data_of_a_figure_are_one_click_away(desk):
    details = desk.locator("#figure-round_level details")
    assert not details.locator("table").is_visible()
    details.locator("summary").click()
    assert details.locator("tbody tr").all_inner_texts()[0].split() == ["沿用批次", "初级", "140"]


def test_the_data_of_a_table_can_be_saved_from_the_page(unfolded, ran):
    with unfolded.expect_download() as saved:
        unfolded.get_by_role("link", name="下载“按等级”的数据").click()
    assert saved.value.suggested_filename == "按等级.csv"
    assert saved.value.path().read_bytes() == (ran.processed / "statistics" / "by_level.csv").read_bytes()


def test_a_window_with_forced_colours_is_read_too(desk):
    desk.emulate_media(forced_colors="active", color_scheme="dark")
    assert gate.faint_text(desk) == []
    assert gate.unreadable_drawn_text(desk) == []


@pytest.fixture
def unfolded(desk):
    """The report on a desk with everything unfolded."""
    gate.open_all(desk)
    return desk


def rows(page) -> list[list[str]]:
    return [row.split("\t") for row in page.locator(".searchable tbody tr:visible").all_inner_texts()]


def test_the_application_table_can_be_searched(unfolded):
    unfolded.get_by_label("在表中查找").fill("跨境电商 第一次")
    assert unfolded.get_by_role("status").inner_text() == "显示1行，共25行"
    assert [row[2] for row in rows(unfolded)] == ["跨境电商B2C数据运营"]
    unfolded.get_by_label("在表中查找").fill("没有这样的")
    assert rows(unfolded) == []
    unfolded.get_by_label("在表中查找").fill("")
    assert len(rows(unfolded)) == 25


def test_the_application_table_can_be_sorted_and_put_back(unfolded):
    def press(name):
        unfolded.get_by_role("button", name=name).click()

    given = [row[0] for row in rows(unfolded)]
    press("批准总培训人数")
    assert [row[7] for row in rows(unfolded)][-2:] == ["130", "150"]
    press("批准总培训人数")
    assert [row[7] for row in rows(unfolded)][:2] == ["150", "130"]
    assert unfolded.locator("th[aria-sort=descending]").count() == 1
    press("批准总培训人数")
    assert [row[0] for row in rows(unfolded)] == given
    press("申报批次")
    assert [row[1] for row in rows(unfolded)] == ["沿用批次"] * 11 + ["第一次"] * 12 + ["第二次"] * 2
    press("等级")
    assert [row[3] for row in rows(unfolded)] == ["初级"] * 5 + ["中级"] * 20


def test_without_a_script_the_report_reads_the_same(browser, ran, opened):
    page = open_page(browser, ran.report, java_script_enabled=False, viewport={"width": 1280, "height": HEIGHT})
    assert page.heard == []
    assert page.locator(".searchable tbody tr").count() == 25
    assert page.locator("input, button").count() == 0
    without, with_script = (re.sub(r"\s", "", one.locator("main").inner_text()) for one in (page, opened))
    assert without == with_script.replace("在表中查找显示25行，共25行", "")
    page.screenshot(path=ARTEFACTS / "annual-report-1280-without-script.png")
    page.context.close()


def test_a_script_in_the_page_that_is_not_its_own_does_not_run(desk):
    desk.evaluate(
        """() => { const one = document.createElement("script"); one.textContent = "window.alien = 1";
                   document.body.append(one); }"""
    )
    assert desk.evaluate("window.alien") is None


def test_the_printed_page_has_every_heading_page_numbers_and_repeated_headers(desk, ran):
    gate.open_all(desk)
    desk.get_by_label("在表中查找").fill("没有这样的")  # what is searched for on the screen is no matter on paper
    printed = PdfReader(io.BytesIO(desk.pdf(prefer_css_page_size=True, outline=True, tagged=True)))
    pages = [unicodedata.normalize("NFKC", page.extract_text()) for page in printed.pages]
    headings = [re.sub(r"\s", "", unicodedata.normalize("NFKC", text)) for text in gate.contents(desk)[1]]
    assert [item.title for item in printed.outline if not isinstance(item, list)] or printed.outline
    text = re.sub(r"\s", "", "".join(pages))
    assert [heading for heading in headings if heading not in text] == []
    assert all(f"{number} / {len(pages)}" in page for number, page in enumerate(pages, start=1))
    shown = re.sub(r"\s", "", desk.locator("main").inner_text())
    # One more, of the row that is searched away; one less, for on paper a figure is without its own data.
    assert text.count("网络系统建设与运维") == shown.count("网络系统建设与运维") + 1 - 1
    assert text.count("申报批次证书名称等级") > 1  # the long table's header, on each of its pages
    assert [round(side / 72 * 25.4) for side in printed.pages[0].mediabox[2:]] == [210, 297]
    assert "下载" not in text
