"""The Chinese font in plots, also in those of an analyst; an IPython extension, which the lab's kernels load."""

from collections.abc import Callable
from functools import cache
from typing import Any

from noto_cjk_sans_otc import FONT_PATH

FONT_FAMILY = "Noto Sans CJK SC"


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
    # Whatever sets the families goes through their validators: only there does the fallback outlive a change of style.
    families = ("font.family", "font.sans-serif")
    settings.validate = settings.validate | {name: _with_fallback(settings.validate[name]) for name in families}
    settings.update({name: settings[name] for name in families})


def _with_fallback(validate: Callable[[Any], list[str]]) -> Callable[[Any], list[str]]:
    def families(value: Any) -> list[str]:
        asked = validate(value)
        return [*asked, *({FONT_FAMILY} - set(asked))]

    return families


def load_ipython_extension(shell: Any) -> None:
    """Called by a kernel that is started with `--ext=pilotlib.chinese`."""
    use_chinese_font()
