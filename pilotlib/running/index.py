"""`reports/index.html`: every year that has a report, and the report over all, with key figures and links."""

from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pilotlib.report.books import EXTRAS, KINDS
from pilotlib.running import recipes
from pilotlib.running.editions import manifest_of

_NAMES = {"html": "网页", "xlsx": "工作簿", "docx": "文档", "pdf": "PDF", "png": "图片"}  # any other goes by its ending
_WAIT = 60  # seconds, for another run that is at it


def make_index(project: Path) -> list[Path]:
    """Make the page anew where a report that stands there has changed; the page if it did."""
    reports = project / "reports"
    page, editions = reports / "index.html", {folder: _editions(folder) for folder in _folders(reports)}
    # Who may only read there finds the page as the last run left it.
    with suppress(PermissionError), recipes.only_run(project, "index", _WAIT) as work:
        files = [path for paths in editions.values() for path in paths]
        sizes = {path.relative_to(reports).as_posix(): path.stat().st_size for path in files}
        inputs = recipes.hashes(reports, [folder / "manifest.json" for folder in editions])
        recipe = recipes.recipe_of(inputs, {"sizes": sizes}, recipes.code())
        if not recipes.is_current(work / "made", recipe):
            from pilotlib.publishing.page import as_html, content_in

            with recipes.replacing(work / "made", recipe) as new:
                (new / page.name).write_bytes(as_html(content_in(_html(editions))))
        if editions and recipes.put_file(work / "made" / page.name, page):
            return [page]
    return []


def _folders(reports: Path) -> list[Path]:
    """The folders of the reports that stand there: years, the newest first, then the one over all."""
    years = sorted(reports.glob("[0-9]" * 4), reverse=True)
    return [folder for folder in [*years, reports / KINDS["years"].file] if (folder / "manifest.json").is_file()]


def _editions(folder: Path) -> list[Path]:
    file = KINDS["years" if folder.name == KINDS["years"].file else "year"].file
    return [path for path in (folder / f"{file}.{name}" for name in EXTRAS) if path.is_file()]


def _html(reports: dict[Path, list[Path]]) -> str:
    """The page: a title, and a section for each report with its editions and key figures."""
    manifests = {folder: manifest_of(folder) for folder in reports}
    owners = {manifest.get("report", {}).get("owner", "") for manifest in manifests.values()}
    title = f"{owners.pop() if len(owners) == 1 else ''}1+X证书制度试点报告"
    sections = [_section(folder, paths, manifests[folder]) for folder, paths in reports.items()]
    about = f"共{len(reports)}份报告，新的年度在前。链接指向同一文件夹中的文件。"
    return f"<h1>{escape(title)}</h1><p class='by'>{about}</p>{''.join(sections)}"


def _section(folder: Path, editions: list[Path], manifest: dict[str, Any]) -> str:
    """A report: its editions, of which an old one is said to be so, and its key figures."""
    links, figures = [], manifest.get("report", {}).get("key_figures", [])
    for path in editions:
        name, size = path.suffix.removeprefix("."), f"{max(path.stat().st_size / 1024, 1):,.0f} KB"
        old = "" if path.name in manifest.get("outputs", ()) else "，仍是以前的内容"
        target = quote(f"{folder.name}/{path.name}")
        links.append(f'<li><a href="{target}">{_NAMES.get(name, name)}</a>（{name}，{size}{old}）</li>')
    form = "<div><dt>{}</dt><dd>{}</dd><dd class='note'>{}</dd></div>"
    cards = "".join(form.format(*map(escape, figure)) for figure in figures)
    is_year = folder.name.isdigit()
    heading = f"{folder.name}{KINDS['year'].title}" if is_year else KINDS["years"].title
    shown = f"<dl class='key-figures'>{cards}</dl>" if cards else ""
    return f"<h2>{heading}</h2><ul>{''.join(links)}</ul>{shown}"
