"""The part of the Chinese font that a page carries for its characters."""

import io
from html import unescape

from noto_cjk_sans_otc import FONT_PATH

from pilotlib.chinese import FONT_FAMILY

__all__ = ["FONT_FAMILY", "font_for"]

_FACE_NUMBER = 2  # the Simplified Chinese face of the collection
_ALWAYS = frozenset(map(chr, range(32, 127))) | {"•"}  # the page's own letters, and the mark of a list
_TABLES_FOR_OTHER_USES = ("BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx")


def font_for(html: str) -> bytes:
    """The part of the font that draws the characters of a page, as WOFF; about 130 bytes a Chinese character."""
    import uharfbuzz
    from fontTools.ttLib import TTFont

    wanted = uharfbuzz.SubsetInput()
    wanted.sets(uharfbuzz.SubsetInputSets.UNICODE).update(map(ord, _ALWAYS | set(unescape(html))))
    dropped = (int.from_bytes(tag.encode(), "big") for tag in _TABLES_FOR_OTHER_USES)
    wanted.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG).update(dropped)
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FONT_PATH)), _FACE_NUMBER)
    font = TTFont(io.BytesIO(uharfbuzz.subset(face, wanted).blob.data), recalcTimestamp=False)
    font.flavor = "woff"
    target = io.BytesIO()
    font.save(target)
    return target.getvalue()
