"""The one exception family: its message is a whole Chinese sentence for the reader."""

from collections.abc import Sequence


class PilotError(Exception):
    """Something a user can mend: the message names file, row, column, value, and what to do.

    `where` is said after it in brackets: where the run stopped. `sentence` is the message without that. `rows` are the
    first of a table that can be read once `source.toml` says more of it; None where that would not help.
    """

    def __init__(self, sentence: str, where: str = "", rows: Sequence[Sequence[str]] | None = None) -> None:
        """An error said in a sentence."""
        self.rows = rows
        super().__init__(f"{sentence}\n（{where}）" if where else sentence)
        self.sentence = sentence

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in a cell instead of a traceback."""
        return [f"错误：{self}"]


class UnknownNameError(PilotError, KeyError):
    """A column or table that is not there, asked for by name."""

    __str__ = Exception.__str__  # KeyError would put the sentence in quotes


def suggestion(word: str, known: list[str]) -> str:
    """The end of an error sentence: the known word that `word` nearly is, or all of them.

    >>> suggestion("yaer", ["year", "processed"])
    '是否想写“year”？'
    >>> suggestion("x", ["year", "processed"])
    '可用的有：year、processed。'
    """
    from difflib import get_close_matches  # takes as long as half of the command's help

    close = get_close_matches(word, known, n=1)
    return f"是否想写“{close[0]}”？" if close else f"可用的有：{'、'.join(known)}。"
