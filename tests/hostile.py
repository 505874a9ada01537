"""A project whose raw files hold what could do harm where a file is taken for more than text."""

from pathlib import Path

SCRIPT = "<script>window.alien = 1</script>"
FORMULA = "=HYPERLINK('http://example.com/';'点我')"
TEMPLATE = "{{7*7}}{% raw %}"
PATH = "../../x"
TURNED = "甲\u202e乙\u2066丙\u200f"
TURNED_AS_SHOWN = "甲〔U+202E〕乙〔U+2066〕丙〔U+200F〕"
MATHS = "价格$x$与$y_1$"
LONG = "长" * 10_000
MARKUP = "<img src=x onerror=alert(1)>"
CELLS = (SCRIPT, FORMULA, TEMPLATE, PATH, TURNED, MATHS, LONG, MARKUP, "+1+1", "@SUM(A1)", "-2+3")
NARRATIVE = f"""# {SCRIPT}

## 一、年度试点任务

{SCRIPT} {TEMPLATE} {MATHS} {TURNED} [链接](javascript:alert(1)) ![图](http://example.com/x.png) <b onclick=alert(1)>粗</b>

<style>body {{ display: none }}</style>

## 二、{MARKUP}

- {LONG}
- <a href="http://example.com" id="content">去</a> 申请 9999 人
"""


def spoil(project: Path) -> Path:
    """Write hostile text into every raw file of the project's year: certificates of new rows, and free texts."""
    raw = project / "data" / "raw"
    for path in raw.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    rows = "".join(
        f"{place}\t2021\t第一次\t{text}(初级)\t会计\t437\t{places}\t{places}\t审核通过\n"
        for place, text in enumerate(CELLS, start=26)
        for places in [300 if text == LONG else 5]  # so many that a figure draws it
    )
    rows += f"40\t2021\t{MATHS}\t界面设计(中级)\t{MARKUP}\t437\t5\t5\t{FORMULA}\n"
    _change(raw / "2021" / "applications.tsv", lambda text: f"{text.rstrip()}\n{rows}")
    _change(raw / "2021" / "indicators.csv", lambda text: f"{text.rstrip()}\n专项经费,3,万元,{FORMULA}{TURNED}\n")
    _change(raw / "2021" / "corrections.csv", lambda text: text.replace("依据较弱", f"{SCRIPT}{TURNED}"))
    _change(raw / "school.toml", lambda text: f"name = '{SCRIPT}{MATHS}'\n")
    _change(raw / "2021" / "source.toml", lambda text: f'received_from = "{MARKUP}"\nreceived_on = "{FORMULA}"\n')
    _change(raw / "2021" / "narrative.md", lambda text: NARRATIVE)
    return project


def _change(path: Path, changed) -> None:
    path.write_text(changed(path.read_text(encoding="utf-8-sig")), encoding="utf-8")
