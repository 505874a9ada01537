"""What the lab's kernels are given, which are started with `--ext=pilotlib.lab`."""

from html import escape
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from IPython.display import HTML, display

from pilotlib.chinese import use_chinese_font
from pilotlib.errors import PilotError

_SENTENCE = '<p style="border-left:3px solid;padding-left:.75em;line-height:1.7;white-space:pre-line">{}</p>'


def load_ipython_extension(shell: Any) -> None:
    """Called by a kernel as it starts, and by tests without one."""
    use_chinese_font()
    # JupyterLab writes it into every notebook that it opens: with a version of Python, each is changed by being opened.
    IPythonKernel.language_info.pop("version", None)
    if shell:
        shell.set_custom_exc((PilotError,), _say)


def _say(shell: Any, _: Any, error: PilotError, *__: Any, **___: Any) -> None:
    """An error that a reader can mend is a sentence and nothing red; the cells that follow stay as they are.

    That is for JupyterLab, which names the cell that it runs. Whoever else runs a notebook looks for an error.
    """
    if "cellId" in shell.get_parent().get("metadata", {}):
        display(HTML(_SENTENCE.format(escape(str(error)))))
    else:
        shell.showtraceback()
