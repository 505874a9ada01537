"""How a piece of a report shows itself in a cell: as on the page, whose style its title brings along."""

from pathlib import Path

from IPython.display import HTML

from pilotlib.report.colours import COLOURS

PAGE_STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
_BEGIN, _END = '<div class="pilotlib-report">', "</div>"
# What a notebook's own style sets for every table, list and heading, set back; figures are numbered on the page alone.
_IN_A_CELL = """
& { max-width: var(--column); padding: 0 .5rem; color: var(--text); background: var(--ground); color-scheme: light; }
& { display: flow-root; font-size: 1rem; line-height: 1.7; }
h1, h2, h3, h4 { font-weight: bold; }
h2:first-child { margin-top: .5rem; }
dt, dd { float: none; width: auto; font-weight: normal; }
table { table-layout: auto; margin: 0; color: inherit; }
tbody tr:nth-child(n) { background: none; }
.numbered:empty { display: none; }
a.section { color: inherit; }
"""


class Part(HTML):
    """A piece of HTML in an element that the style is for."""

    def _repr_html_(self) -> str:
        return f"{_BEGIN}{self.data}{_END}"


class Title(Part):
    """The first piece, with the page's style for all that follow."""

    def _repr_html_(self) -> str:
        colours = "".join(f"--{name}: {colour.light}; " for name, colour in COLOURS.items())
        rules = f"{colours}{PAGE_STYLE.replace(':root', '&')}{_IN_A_CELL}"
        # Twice the class: it has to outdo what the notebook's own style says of tables in outputs.
        return f"<style>.pilotlib-report.pilotlib-report {{ {rules} }}</style>{super()._repr_html_()}"


def without_style(shown: str) -> str:
    """What a piece holds, of what it shows in a cell; any other HTML as it is."""
    _, begin, piece = shown.partition(_BEGIN)
    return piece.removesuffix(_END) if begin else shown
