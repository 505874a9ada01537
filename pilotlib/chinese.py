"""The Chinese font: in plots, also an analyst's, and the part that a page carries."""

import io
from functools import cache
from html import unescape
from pkgutil import resolve_name
from typing import Any

from noto_cjk_sans_otc import FONT_PATH

FONT_FAMILY = "Noto Sans CJK SC"
_BOLD = "noto_cjk_sans_jp_bold:FONT_PATH"
_ALWAYS = frozenset(map(chr, range(32, 127))) | {"•"}  # the page's own letters, and the mark of a list
_TABLES_FOR_OTHER_USES = ("BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx")


@cache
def register_font() -> None:
    """Make matplotlib know the font."""
    from matplotlib import font_manager

    font_manager.fontManager.addfont(FONT_PATH)


@cache
def use_chinese_font() -> None:
    """Every plot of this process falls back to the Chinese font, whatever fonts a style or seaborn asks for."""
    import matplotlib

    register_font()
    settings: Any = matplotlib.rcParams
    families = ("font.family", "font.sans-serif")
    validate = settings.validate["font.family"]

    def with_fallback(value: Any) -> list[str]:
        asked = validate(value)
        return [*asked, *({FONT_FAMILY} - set(asked))]

    # Whatever sets the families goes through their validator: only there does the fallback outlive a change of style.
    settings.validate = settings.validate | dict.fromkeys(families, with_fallback)
    settings.update({name: settings[name] for name in families})


def font_for(html: str, bold: bool = False) -> bytes:
    """The part of the font that draws the characters of a page, as WOFF; about 130 bytes a Chinese character. Bold is
    of the extra `pdf`: the Japanese face of the same font, whose Chinese forms a text in Chinese takes by itself."""
    import uharfbuzz
    from fontTools.ttLib import TTFont

    wanted = uharfbuzz.SubsetInput()
    wanted.sets(uharfbuzz.SubsetInputSets.UNICODE).update(map(ord, _ALWAYS | set(unescape(html))))
    dropped = (int.from_bytes(tag.encode(), "big") for tag in _TABLES_FOR_OTHER_USES if tag != "GSUB" or not bold)
    wanted.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG).update(dropped)
    path, face = (resolve_name(_BOLD), 0) if bold else (FONT_PATH, 2)  # the Simplified Chinese face
    font = TTFont(
        io.BytesIO(uharfbuzz.subset(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)), face), wanted).blob.data),
        recalcTimestamp=False,
    )
    font.flavor = "woff"
    target = io.BytesIO()
    font.save(target)
    return target.getvalue()
