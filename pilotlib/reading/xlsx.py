"""Excel workbooks → a table per sheet: values by calamine, and by the sheets' XML what it does not tell."""

import io
import posixpath
import re
import zipfile
from functools import reduce
from xml.etree.ElementTree import Element

from python_calamine import CalamineWorkbook  # openpyxl drops what merged cells cover, and refuses odd styles

from pilotlib.reading.files import opening, unpacked
from pilotlib.reading.grids import HIDDEN_SHEET, MARKS, Grid, check_size, count_of, even, pale, unshown, whole_number
from pilotlib.reading.workbooks import elements, stop_on_formulas

_IN_GBK = re.compile(rb"""<\?xml[^>]{0,150}?encoding=["'](gb[\w-]*)["']""", re.IGNORECASE)
_ERROR = re.compile(rb"""(<(?:\w+:)?c\s[^>]*?\b)t=["']e["']""")


def read_xlsx(name: str, content: bytes) -> list[Grid]:
    """The sheets of an Excel workbook; of formulas, the values that were last shown, without which one is refused."""
    # Calamine reads the errors that a sheet shows as empty: a reader must hear of them, as texts.
    members = {part: _ERROR.sub(rb'\1t="str"', _in_utf8(xml)) for part, xml in unpacked(name, content).items()}
    members = _usual_names(name, members)
    about, links = (members.get(f"xl/{part}", b"") for part in ("workbook.xml", "_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in elements(name, links, "Relationship")}
    files = {
        entry.get("name", ""): posixpath.join("/xl", targets.get(entry.get("id"), "")).lstrip("/")
        for entry in elements(name, about, "sheet")
    }
    recalculates = any(entry.get("fullCalcOnLoad") in ("1", "true") for entry in elements(name, about, "calcPr"))
    # By number, what `_marked_text` says of shared texts, and the looks that strike out or raise a cell.
    shared = enumerate(elements(name, members.get("xl/sharedStrings.xml", b"<none/>"), "si"))
    strings = {str(number): text for number, string in shared if (text := _marked_text(string)) is not None}
    style = next(elements(name, members.get("xl/styles.xml", b"<none/>"), "styleSheet"), Element(""))
    fonts = {str(number) for number, font in enumerate(style.iterfind("fonts/font")) if _is_marked(font)}
    looks = {str(place) for place, look in enumerate(style.iterfind("cellXfs/xf")) if look.get("fontId") in fonts}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    with opening(name):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(packed.getvalue()))
    grids = []
    for number, entry in enumerate(workbook.sheets_metadata):
        where = f"工作表“{entry.name}”"
        place, xml = f"{name} 的{where}", members.get(files.get(entry.name, ""))
        last, hidden, texts = _structure(place, xml, strings, looks, recalculates) if xml else (None, [], {})
        with opening(place):
            sheet = workbook.get_sheet_by_index(number)
            values = sheet.to_python(skip_empty_area=False, nrows=last)
            merged = sorted((*first, bottom) for first, (bottom, _) in sheet.merged_cell_ranges or [])
        rows = [[whole_number(value) if isinstance(value, float) else str(value) for value in row] for row in values]
        rows = even(name, rows)
        for (row, column), text in texts.items():
            rows[row][column] = text or unshown(rows[row][column])
        where += HIDDEN_SHEET if "Hidden" in str(entry.visible) else ""
        grids.append(Grid(where, rows, merged, hidden))
    return grids


def _usual_names(name: str, members: dict[str, bytes]) -> dict[str, bytes]:
    """The parts of a workbook under the names that libraries expect; programs may name the first one as they like."""
    by_lower = {member.lower(): member for member in members}
    for relation in elements(name, members.get("_rels/.rels", b"<none/>"), "Relationship"):
        if relation.get("Type", "").endswith("/officeDocument"):
            target = relation.get("Target", "").lstrip("/").lower()
            folder, base = posixpath.split(target)
            relations = f"{folder}/_rels/{base}.rels"
            usual = {by_lower.get(target): "xl/workbook.xml", by_lower.get(relations): "xl/_rels/workbook.xml.rels"}
            members = {usual.get(member, member): data for member, data in members.items()}
    return members


def _marked_text(string: Element) -> str | None:
    """A text of which a part is struck out, raised or white, that marked; "" where it is blank, None of any other."""
    text = ""
    for run in string.iterfind("r"):
        words, colour = run.findtext("t") or "", run.find(".//color")
        look = {} if colour is None else colour.attrib
        is_white = look.get("rgb", "").endswith("FFFFFF") or (look.get("theme"), look.get("tint")) == ("0", None)
        text += unshown(words) if _is_marked(run) else pale(words) if is_white else words
    return text if {*MARKS} & {*text} else None if "".join(string.itertext()).strip() else ""


def _is_marked(looks: Element) -> bool:
    strike, raised = looks.find(".//strike"), looks.find(".//vertAlign")
    is_struck = strike is not None and strike.get("val", "1") not in ("0", "false")
    return is_struck or (raised is not None and raised.get("val", "").startswith("su"))  # or lowered


def _structure(
    where: str, xml: bytes, strings: dict[str, str], looks: set[str], recalculates: bool
) -> tuple[int, list[int], dict[tuple[int, int], str | None]]:
    """What calamine does not tell of a sheet: how many rows are not blank; its hidden rows; the texts of which a
    part is marked, by position, None where it is the whole. PilotError for its size, or a formula not worked out.
    """
    row = rows = columns = 0
    hidden, texts, formulas = [], {}, {}
    for element in elements(where, xml, "row"):
        row = count_of(element.get("r", ""), row + 1)
        if element.get("hidden") in ("1", "true"):
            hidden.append(row - 1)
        column = 0
        for cell in element.iterfind("c"):
            place = re.fullmatch("([A-Z]{1,4})([0-9]{1,8})", cell.get("r", ""))
            letters, cell_row = (place[1], int(place[2])) if place else ("", row)
            # A is 1, AB is 28.
            column = reduce(lambda number, letter: number * 26 + ord(letter) - 64, letters, 0) or column + 1
            position, inline, is_marked = (cell_row - 1, column - 1), cell.find("is"), cell.get("s") in looks
            value = cell.findtext("v") or ("" if inline is None else "".join(inline.itertext()))
            special = strings.get(value) if cell.get("t") == "s" else None if inline is None else _marked_text(inline)
            if value.strip() and special != "":  # neither only formatted nor a blank
                rows, columns = max(rows, cell_row), max(columns, column)
                if special or is_marked:
                    texts[position] = None if is_marked else special
            if cell.find("f") is not None:
                formulas[position] = value
        element.clear()
    check_size(where, rows, columns)
    stop_on_formulas(where, formulas, recalculates)
    return rows, hidden, texts


def _in_utf8(content: bytes) -> bytes:
    """An XML file in UTF-8, where a program of this country wrote it in GBK: libraries read no other encodings."""
    if not (declared := _IN_GBK.match(content)):
        return content
    return content.decode("gb18030", errors="replace").replace(declared[1].decode(), "UTF-8", 1).encode()
