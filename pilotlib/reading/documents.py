"""A document → its prose, paragraph by paragraph, and its tables, each with its place in the file."""

import re
from pathlib import Path
from typing import NamedTuple

from pilotlib.errors import PilotError
from pilotlib.reading.files import as_text, read_bytes
from pilotlib.reading.grids import shown
from pilotlib.reading.pages import docx_text, library, shown_in_docx
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

    A table has no text but `rows`. Cells of a text file keep the white space around them; `between` is their separator.
    """

    line: int
    text: str
    rows: tuple[tuple[str, ...], ...] = ()
    between: str = ""


def read_document(path: Path | str) -> list[Passage]:
    """The prose and tables of a document, of a docx or html the tables last; PilotError if it has none."""
    path = Path(path)
    suffix = path.suffix.lower()
    if path.is_dir() or suffix not in PROSE_SUFFIXES:
        kinds = "、".join(PROSE_SUFFIXES).replace(".", "")
        raise PilotError(f"{path.name}：不能核对这种文件。可以核对的有 {kinds}。")
    content = read_bytes(path)
    if suffix in (".md", ".txt"):
        passages = passages_of(as_text(path.name, content))
    else:
        lines: list[str] = []
        if suffix == ".docx":
            docx = library("docx", '读取 docx 请先运行 pip install "pilotlib[office]"，或把文件另存为 txt。')
            try:
                body = docx.Document(str(path)).element.body
            except Exception as error:
                fault = f"{path.name}：不是 Word 文档（{type(error).__name__}）"
                raise PilotError(f"{fault}。请在 Word 中打开后另存为 docx，再试一次。") from None
            # A text box's paragraphs come after the one that holds it.
            paragraphs = shown_in_docx(body, "w:p[not(ancestor::w:tbl)]")
            lines = [shown(docx_text(paragraph)).replace("\n", " ") for paragraph in paragraphs]
        elif suffix in (".html", ".htm"):
            from bs4 import BeautifulSoup

            soup = BeautifulSoup(as_text(path.name, content), "html.parser")
            for element in soup.find_all(["table", "script", "style"]):
                element.decompose()
            lines = [" ".join(line.split()) for line in soup.get_text("\n").split("\n")]
        passages = [Passage(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
        rows_of = ([tuple(map(shown, row)) for row in grid.rows] for grid in grids_of(path.name, content))
        tables = (tuple(rows) for rows in rows_of if len(rows) > 1)
        passages += [Passage(number, "", rows) for number, rows in enumerate(tables, len(passages) + 1)]
    if not passages:
        raise PilotError(f"{path.name}：没有正文可以核对，也没有表格。请确认文件内容。")
    return passages


def passages_of(text: str) -> list[Passage]:
    """The paragraphs and tables of a plain or Markdown text; lines that a program wrapped are joined."""
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
