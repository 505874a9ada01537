"""A document → its prose, paragraph by paragraph, and its tables, each with its place in the file."""

import re
import zipfile
from pathlib import Path
from typing import NamedTuple

from pilotlib.errors import PilotError
from pilotlib.reading.files import read_bytes, read_text
from pilotlib.reading.tables import grids_of

PROSE_SUFFIXES = (".md", ".txt", ".docx", ".html", ".htm", ".xlsx")
# A line that opens a paragraph of its own though no blank line stands before it.
_OPENS = re.compile(
    r"\s*(?:#|[-*+>]\s|\d{1,2}[.、．)）]|[（(][\d一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、是])"
)
_ENDS_PROSE = re.compile(r"[。！？!?；;：:”）)]\s*$")
_TABLE_LINE = re.compile(r"\s*\||[^\t]*\t[^\t]*\t|\s*\+[-=+]+\+")


class Passage(NamedTuple):
    """A paragraph of prose: the line (of a docx: the paragraph) at which it begins, from 1, and its text.

    A table has no text but `rows`; each is a line. Cells of a text file keep the white space around them, and `between`
    is the mark that stands between them.
    """

    line: int
    text: str
    rows: tuple[tuple[str, ...], ...] = ()
    between: str = ""


def read_document(path: Path | str) -> list[Passage]:
    """The prose and tables of a finished document; the tables of a docx or html after its prose.

    Args:
        path: A md or txt file (UTF-8, UTF-16 with its mark, or GB18030), a docx or html, or a xlsx (tables alone).

    Raises:
        PilotError: the file is missing, empty, of another kind, damaged, or a docx and python-docx is not installed.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if path.is_dir() or suffix not in PROSE_SUFFIXES:
        kinds = "、".join(suffix.lstrip(".") for suffix in PROSE_SUFFIXES)
        raise PilotError(f"{path.name}：不能核对这种文件。可以核对的有 {kinds}。")
    if suffix in (".md", ".txt"):
        passages = passages_of(read_text(path))
    else:
        passages = _read_docx(path) if suffix == ".docx" else _read_html(path) if suffix != ".xlsx" else []
        tables = (tuple(map(tuple, grid.rows)) for grid in grids_of(path) if len(grid.rows) > 1)
        passages += [Passage(number, "", rows) for number, rows in enumerate(tables, len(passages) + 1)]
    if not passages:
        raise PilotError(f"{path.name}：没有正文可以核对，也没有表格。请确认文件内容。")
    return passages


def passages_of(text: str) -> list[Passage]:
    """The paragraphs and tables of a plain or Markdown text; lines that a program wrapped are joined.

    >>> [passage.text for passage in passages_of("一、概况\\n\\n培训1028人，\\n考核908人。")]
    ['一、概况', '培训1028人，\\n考核908人。']
    """
    passages: list[Passage] = []
    open_line, table = False, []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if _TABLE_LINE.match(line):
            open_line = False
            table.append(line)
            continue
        if sum(bool(re.search(r"[^\s|:+=-]", row)) for row in table) > 1:
            between = "|" if "|" in table[0] else "\t"
            rows = tuple(tuple(row.split(between)) for row in table)
            passages.append(Passage(number - len(table), "", rows, between))
        table = []
        if not line.strip():
            open_line = False
            continue
        if open_line and not _OPENS.match(line):
            passages[-1] = Passage(passages[-1].line, f"{passages[-1].text}\n{line}")
        else:
            passages.append(Passage(number, line))
        open_line = not line.lstrip().startswith("#") and not _ENDS_PROSE.search(line)
    return passages


def _read_html(path: Path) -> list[Passage]:
    """Every line of a page outside its tables."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(read_text(path), "html.parser")
    for element in soup.find_all(["table", "script", "style"]):
        element.decompose()
    lines = [" ".join(line.split()) for line in soup.get_text("\n").split("\n")]
    return [Passage(number, line) for number, line in enumerate(lines, start=1) if line]


def _read_docx(path: Path) -> list[Passage]:
    """Every paragraph outside tables, with the text of insertions and content controls, without that of deletions."""
    read_bytes(path)
    try:
        import docx
        from docx.opc.exceptions import PackageNotFoundError
        from docx.oxml.ns import qn
    except ImportError:
        command = 'pip install "pilotlib[office]"'
        raise PilotError(f"读取 docx 需要另装一个软件包。请运行 {command}，或把文件另存为 txt。") from None
    try:
        body = docx.Document(str(path)).element.body
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError) as error:
        kind = type(error).__name__
        raise PilotError(f"{path.name}：不是 Word 文档（{kind}）。请在 Word 中打开后另存为 docx，再试一次。") from None
    paragraphs = [item for item in body.iter(qn("w:p")) if next(item.iterancestors(qn("w:tbl")), None) is None]
    marks = {qn("w:tab"): " ", qn("w:br"): " ", qn("w:cr"): " "}
    passages = []
    for number, item in enumerate(paragraphs, start=1):
        text = "".join(marks.get(part.tag, part.text or "") for part in item.iter(qn("w:t"), *marks))
        if text.strip():
            passages.append(Passage(number, text))
    return passages
