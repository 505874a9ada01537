"""JupyterLab as `make lab` opens it, in a real browser: in Chinese, from this machine alone, every notebook run."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import TimeoutError

from tests.browser.conftest import ARTEFACTS
from tests.conftest import ROOT, full, make_project

TOKEN = "abc"
STARTED_WITHIN = 120_000  # milliseconds, many times what either takes on a machine with nothing else to do
RUN_WITHIN = 240_000
# Runs in the page: whether a kernel is starting for the open notebook. JupyterLab keeps what it is to run until that
# answers; what comes some tenths of a second earlier it does not run, and says so.
KERNEL_ASKED_FOR = "() => !!window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
# Runs in the page: whether the kernel has said what it is, which JupyterLab then writes into the notebook.
KERNEL_ANSWERED = """async () => {
  await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.info;
  return true;
}"""
IS_CHANGED = "() => window.jupyterapp.shell.currentWidget.context.model.dirty"
WRONG = "[data-mime-type='application/vnd.jupyter.error'],[data-mime-type*='stderr']"
# Runs in the page: whether every code cell has a number, which it has once it has run.
ALL_RUN = """count => {
  const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(prompt => prompt.textContent);
  return prompts.length === count && prompts.every(text => /\\[\\d+\\]/.test(text));
}"""


@pytest.fixture(scope="module")
def lab(request, browser, tmp_path_factory):
    """The address of a JupyterLab over a project; which has been run where all notebooks are: the stages want it."""
    folder = make_project(tmp_path_factory.mktemp("lab") / "project")
    if full():
        ran = request.getfixturevalue("ran")
        shutil.copytree(ran.project / "data" / "processed", folder / "data" / "processed")
    for name in ("jupyter", "docs"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "Makefile", folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"--allow-root --no-browser --ip=127.0.0.1 --port={port} --IdentityProvider.token={TOKEN}"
    options += " --KernelManager.transport=ipc"  # no port of a kernel is taken from the other tests'
    options += " --LabApp.expose_app_in_browser=True"  # so that a test can ask whether the kernel has answered
    command = ["make", "--old-file=.venv/ready", "lab", f"BIN={Path(sys.executable).parent}", f"OPTIONS={options}"]
    log = (folder / "lab.log").open("w")
    home = {"HOME": str(folder), "JUPYTER_CONFIG_DIR": str(folder / "none"), "JUPYTER_RUNTIME_DIR": str(folder / "r")}
    server = subprocess.Popen(
        command, cwd=folder, stdout=log, stderr=log, env=os.environ | home, start_new_session=True
    )
    address = f"http://127.0.0.1:{port}"
    while server.poll() is None and not _answers(address):
        time.sleep(0.1)
    assert server.poll() is None, (folder / "lab.log").read_text()
    yield address
    os.killpg(server.pid, signal.SIGTERM)
    server.wait(timeout=30)
    log.close()


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/api?token={TOKEN}").close()
    except URLError:
        return False
    return True


@pytest.fixture(scope="module")
def page(browser, lab):
    """The one page of the lab, which may neither complain nor ask any other host: to open JupyterLab takes seconds."""
    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    page.set_default_timeout(STARTED_WITHIN)
    complaints, asked = [], set()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())  # whether to leave a notebook that has run
    page.on("request", lambda request: asked.add(urlsplit(request.url)))
    page.on("websocket", lambda socket: asked.add(urlsplit(socket.url)))
    yield page
    page.context.close()
    assert complaints == []
    local = urlsplit(lab).netloc
    assert {url.netloc for url in asked if url.scheme not in ("data", "blob")} == {local}


def wait_for(page, condition: str, arg=None, timeout: int = STARTED_WITHIN) -> None:
    """Ask five times a second: asked with every frame, which is the default, a page is drawn all the time."""
    page.wait_for_function(condition, arg=arg, timeout=timeout, polling=200)


def open_notebook(page, lab, name: str) -> None:
    """Open a notebook in a workspace of its own."""
    page.goto(f"{lab}/lab/workspaces/{name}/tree/notebooks/{name}.ipynb?token={TOKEN}")


def choose_run_all(page) -> None:
    """Choose 运行所有单元格 from the menu, as soon as a kernel is asked for."""
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook")
    wait_for(page, KERNEL_ASKED_FOR)
    page.get_by_role("menuitem", name="运行", exact=True).first.click()
    page.get_by_text("运行所有单元格", exact=True).click()


def run_all(page, name: str) -> None:
    """Run the open notebook from the menu; no cell of it may end in an error or a warning."""
    choose_run_all(page)
    source = (ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")
    try:
        wait_for(page, ALL_RUN, arg=source.count('"cell_type": "code"'), timeout=RUN_WITHIN)
    except TimeoutError:
        page.screenshot(path=ARTEFACTS / f"lab-{name}-stuck.png")
        prompts = page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()
        said = page.locator(".jp-OutputArea-output").all_inner_texts()
        pytest.fail(f"{name} did not run to its end; its cells are {prompts} and said: {said}")
    assert page.locator(WRONG).all_inner_texts() == []


@pytest.fixture(scope="module")
def started(page, lab):
    """The lab as it opens."""
    page.goto(f"{lab}/?token={TOKEN}")
    page.wait_for_selector(".jp-MarkdownViewer h1")
    return page


@pytest.fixture(scope="module")
def launcher(started):
    """The lab with its launcher open: its cards."""
    started.locator(".lm-TabBar-addButton >> visible=true").first.click()
    wait_for(started, "document.querySelectorAll('.jp-LauncherCard').length > 8")
    return started.locator(".jp-LauncherCard-label")


@pytest.fixture(scope="module")
def board(started, launcher):
    """The notebook with the board, opened by its card and run."""
    launcher.filter(has_text="6 自助探索").click()
    run_all(started, "explore")
    return started


def test_it_opens_in_chinese_on_the_start_page(started):
    assert started.locator(".jp-MarkdownViewer h1").inner_text().startswith("从这里开始")
    assert started.locator(".lm-MenuBar-itemLabel").all_inner_texts()[:2] == ["文件", "编辑"]
    started.wait_for_selector(".jp-MarkdownViewer img[src^='data:image/svg'], .jp-MarkdownViewer svg")
    links = started.locator(".jp-MarkdownViewer a[href]").evaluate_all("all => all.map(a => a.textContent)")
    assert {"清洗与检查", "统计", "年度报告", "历年对比", "自助探索", "问与答", "统计说明"} <= set(links)
    assert started.locator(".Toastify__toast").count() == 0


def test_the_launcher_has_a_card_for_each_notebook_numbered_as_on_the_start_page(started, launcher):
    shown = [text for text in launcher.all_inner_texts() if re.match(r"\d |开始", text)]
    rows = started.locator(".jp-MarkdownViewer tbody tr").evaluate_all(
        "all => all.map(row => `${row.cells[0].textContent} ${row.cells[1].textContent}`)"
    )
    assert shown[1:] == rows
    assert shown == [
        "开始",
        "1 清洗与检查",
        "2 统计",
        "3 年度报告",
        "4 历年对比",
        "5 各学校汇总",
        "6 自助探索",
        "7 问与答",
    ]


def answered(page) -> None:
    """Wait until the board shows all of what it was asked."""
    wait_for(page, "!document.querySelector('.pilot-board').classList.contains('waiting')")


def pick(page, form: str) -> None:
    page.get_by_role("button", name=form, exact=True).click()
    wait_for(page, "form => document.querySelector('.picture img').alt.startsWith(form)", arg=form)


def test_what_is_ticked_changes_rows_chart_and_code(board):
    page = board
    page.wait_for_selector(".dt-info")
    before = page.locator(".picture img").get_attribute("src")
    assert "共 25 行" in page.locator(".dt-info").inner_text()
    assert page.locator(".dt-search").inner_text().startswith("搜索")
    places = page.locator("table.dataTable th").filter(has_text="批准总培训人数")
    places.locator(".dt-column-order").click()
    places.locator(".dt-column-order").click()
    wait_for(page, "document.querySelector('table.dataTable tbody td:nth-child(9)').textContent === '150'")
    assert page.locator(".columns legend").all_inner_texts() == ["批次", "证书", "等级", "专业"]
    page.get_by_role("checkbox", name="第二次").check()
    wait_for(page, "document.querySelector('.dt-info')?.textContent.includes('共 2 行')")
    answered(page)
    assert page.locator(".picture img").get_attribute("src") != before
    assert "180" in page.locator(".totals").inner_text()
    assert "第二次" in page.locator(".pilot-board pre").text_content()
    page.locator(".dt-search input").fill("5G")
    wait_for(page, "document.querySelector('.dt-info')?.textContent.includes('从 2 行中搜出')")
    page.locator(".chip").click()
    wait_for(page, "document.querySelector('.dt-info')?.textContent.includes('共 25 行')")
    answered(page)
    assert page.locator(".picture img").get_attribute("src") == before
    clipped = "all => all.filter(box => box.scrollWidth > box.clientWidth).map(box => box.textContent)"
    assert page.locator(".columns .words, .picks, .chips").evaluate_all(clipped) == []


def test_a_board_says_that_it_works_until_all_is_there(board):
    """The sign comes with the click itself, before the kernel has heard of it, and goes with the last answer."""
    seen = board.evaluate("""() => new Promise(done => {
      const page = document.querySelector('.pilot-board'), totals = page.querySelector('.totals'), seen = [];
      const see = () => seen.push(page.querySelector('[role=status]').textContent + totals.className);
      new MutationObserver(() => {
        see();
        if (!page.classList.contains('waiting')) done(seen);
      }).observe(page, {attributes: true});
      page.querySelector('fieldset:nth-child(3) input').click();
      see();
      setTimeout(() => done(seen), 60_000);
    })""")
    assert seen[0] == "正在计算…totals old"
    assert seen[-1] == "totals"
    board.get_by_role("button", name="清除筛选").click()
    answered(board)


def test_many_words_are_searched_and_keys_are_the_boards(board):
    search = board.get_by_label("搜索专业")
    cells = board.locator(".jp-Cell").count()
    search.fill("电子")
    shown = board.locator("fieldset").filter(has=search).locator("label:visible")
    assert shown.all_inner_texts() == ["电子商务"]
    shown.locator("input").focus()
    board.keyboard.press("Space")
    wait_for(board, "document.querySelector('.chip')?.textContent === '专业：电子商务 ×'")
    answered(board)
    board.keyboard.press("b")  # which would be a new cell
    grouped = board.get_by_label("分组")
    grouped.focus()
    board.keyboard.press("ArrowDown")
    wait_for(board, "document.querySelector('.picture img').alt.includes('按证书名称')")
    assert board.locator(".jp-Cell").count() == cells
    grouped.select_option(label="申报批次")
    search.fill("")
    board.get_by_role("button", name="清除筛选").click()
    answered(board)


def test_forms_that_do_not_fit_say_why(board):
    split = board.locator(".pick").last
    assert split.inner_text().split("\n") == ["再分", "条形图没有再分：选堆叠条形图、折线图或热力图"]
    pick(board, "折线图")
    assert split.locator("option").all_inner_texts() == ["证书名称", "等级", "申报专业"]
    board.get_by_label("分组").select_option(label="证书名称")
    wait_for(board, "document.querySelector('.picture img').alt.startsWith('条形图')")
    line = board.get_by_role("button", name="折线图", exact=True)
    assert line.get_attribute("aria-disabled") == "true"
    assert board.locator(".forms small").inner_text() == "折线图只画有先后的分组，如申报批次、申报年度"
    board.get_by_label("分组").select_option(label="申报批次")
    answered(board)


def test_chart_and_rows_are_downloaded(board):
    pick(board, "热力图")
    answered(board)
    title = "批准总培训人数，按申报批次与等级"
    for label, name, begins in (
        ("图 SVG", f"{title}.svg", b"<svg"),
        ("图 PNG", f"{title}.png", b"\x89PNG"),
        ("所选行 CSV", "所选行.csv", "\ufeff".encode()),
        ("所选行 XLSX", "所选行.xlsx", b"PK"),
    ):
        with board.expect_download() as download:
            board.get_by_role("button", name=label).click()
        assert download.value.suggested_filename == name
        content = download.value.path().read_bytes()
        assert content.startswith(begins)
        assert len(content) > 500  # how many rows there are is as the board was left


def test_the_code_of_the_board_draws_its_chart(board):
    code = board.locator(".pilot-board pre").text_content()
    board.evaluate(
        """async code => {
      const commands = window.jupyterapp.commands, notebook = window.jupyterapp.shell.currentWidget.content;
      await commands.execute('notebook:insert-cell-below');
      notebook.activeCell.model.sharedModel.setSource(code);
      await commands.execute('notebook:run-cell');
    }""",
        code,
    )
    board.wait_for_selector(".jp-OutputArea-output img[src^='data:image/png']")


def test_a_terminal_and_a_cell_find_the_command(board):
    board.evaluate("""async () => {
      const commands = window.jupyterapp.commands, notebook = window.jupyterapp.shell.currentWidget.content;
      await commands.execute('notebook:insert-cell-below');
      notebook.activeCell.model.sharedModel.setSource('!pilot check');
      await commands.execute('notebook:run-cell');
    }""")
    wait_for(board, "document.body.textContent.includes('applications.tsv：申报 25 行')")


def test_words_in_a_table_stay_whole(board):
    """No cell is one character wide."""
    narrow = "all => all.filter(cell => cell.textContent.length > 1 && cell.clientWidth < 30).length"
    cells = board.locator(".pilotlib td, .pilotlib th")
    assert cells.count() > 50
    assert cells.evaluate_all(narrow) == 0


def test_what_is_missing_is_said_without_red(board, launcher):
    """Of a project with fewer than two processed years, by its card; the cells below do not run."""
    board.locator(".lm-TabBar-addButton >> visible=true").first.click()
    board.locator(".jp-LauncherCard-label >> visible=true").filter(has_text="4 历年对比").click()
    wait_for(board, "window.jupyterapp.shell.currentWidget?.context?.path === 'notebooks/trends.ipynb'")
    choose_run_all(board)
    notebook = board.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    notebook.get_by_text(re.compile("历年对比至少需要两个处理过的年度.*pilot new")).wait_for()
    assert notebook.locator(WRONG).count() == 0
    assert notebook.locator(".jp-OutputArea-output").count() == 1


def test_a_notebook_is_not_changed_by_being_opened_and_run_all_before_a_kernel_says_so(page, lab, board):
    held = []
    page.route(
        "**/api/sessions?*", lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
    )
    page.evaluate(
        "() => {window.jupyterapp.commands.execute('docmanager:open', {path: 'notebooks/2_statistics.ipynb'})}"
    )
    wait_for(page, "window.jupyterapp.shell.currentWidget?.context?.path === 'notebooks/2_statistics.ipynb'")
    while not held:
        page.wait_for_timeout(50)
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.get_by_text("is still initializing").first.wait_for()
    held[0].continue_()
    page.unroute("**/api/sessions?*")
    wait_for(page, KERNEL_ASKED_FOR)
    assert page.evaluate(KERNEL_ANSWERED)
    assert not page.evaluate(IS_CHANGED)


def test_the_start_page_is_the_first_again_whatever_was_open(page, lab, board):
    page.goto(f"{lab}/?token={TOKEN}")
    page.wait_for_selector(".jp-MarkdownViewer h1 >> visible=true")
    wait_for(page, "window.jupyterapp.shell.currentWidget?.context?.path === 'notebooks/start.md'")
    assert page.locator(".lm-TabBar-tabLabel", has_text="explore.ipynb").count() == 1


@pytest.mark.full  # the board is run from the same menu
@pytest.mark.parametrize("name", ["1_clean", "2_statistics", "3_annual_report", "cookbook"])
def test_every_notebook_runs_from_the_menu(page, lab, name):
    """Without parameters and from the notebook's own folder; opened, it is as it is stored."""
    open_notebook(page, lab, name)
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook")
    wait_for(page, KERNEL_ASKED_FOR)
    assert page.evaluate(KERNEL_ANSWERED)
    assert not page.evaluate(IS_CHANGED)
    run_all(page, name)
    page.screenshot(path=ARTEFACTS / f"lab-{name}.png")
