"""Native charts of a workbook: each is a figure of the report, drawn by the program that shows the sheet."""

from collections.abc import Mapping
from functools import partial

import pandas as pd
from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.data_source import AxDataSource, MultiLevelStrRef, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.fill import ColorChoice, PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.worksheet.worksheet import Worksheet

from pilotlib.columns import unit_of
from pilotlib.publishing.sheets import COLOUR
from pilotlib.report.colours import LEVEL_COLOURS
from pilotlib.report.figures import FigureEntry
from pilotlib.report.prose import visible
from pilotlib.statistics.places import PLACES

WIDTH = 16.0  # cm, and so is all that follows
_BAR, _ROOM, _HIGHEST = 0.38, 2.6, 24.0  # a bar, title and legend, the highest chart
_MOST_BARS = 40
_LEVELS = {level: colour.removeprefix("#") for level, colour in LEVEL_COLOURS.items()}
_font = partial(CharacterProperties, latin=None, solidFill=COLOUR["text"])
_no_line = partial(LineProperties, noFill=True)


def is_drawn(entry: FigureEntry) -> bool:
    """Whether a figure has as many known numbers as make one."""
    return bool(entry.table.data[entry.lengths].notna().any(axis="columns").sum() >= entry.fewest)


def rows_of(entry: FigureEntry, data: pd.DataFrame, alone: bool) -> range:
    """The rows of a sheet's data that a figure is drawn of, where they follow one another; else none, or all where
    the figure is `alone` on its sheet."""
    places = sorted(map(int, data.index.get_indexer(entry.table.data.index)))
    if not places or places[0] < 0 or places[-1] - places[0] + 1 != len(places):
        places = list(range(len(data) if alone else 0))
    return range(places[0], places[0] + min(len(places), _MOST_BARS)) if places else range(0)


def chart_of(
    page: Worksheet, entry: FigureEntry, data: pd.DataFrame, places: Mapping[str, int], header: int, rows: range
) -> BarChart:
    """A figure as bars of these rows of a sheet's data; its columns stand at `places`, under the row of heads."""
    first, last = header + 1 + rows.start, header + rows.stop
    lengths = [name for name in entry.lengths if unit_of(name) == unit_of(entry.lengths[0])]
    chart = BarChart(barDir="bar", gapWidth=45, overlap=0)
    for number, name in enumerate(lengths):
        series = Series(Reference(page, min_col=places[name], min_row=first, max_row=last))
        series.tx = SeriesLabel(StrRef(str(Reference(page, min_col=places[name], min_row=header))))
        series.cat = _names(page, [places[label] for label in entry.labels], first, last)
        series.graphicalProperties, series.invertIfNegative = _look(name, number), False
        series.dLbls = DataLabelList(showVal=True, txPr=_text())
        for other in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
            setattr(series.dLbls, other, False)
        if "level" in entry.labels and len(lengths) == 1:
            levels = data["level"].astype(str).iloc[rows.start : rows.stop]
            series.dPt = [_point(number, _LEVELS.get(level, COLOUR["line"])) for number, level in enumerate(levels)]
        chart.series.append(series)
    cut = f"（前{len(rows)}行）" if len(rows) == _MOST_BARS < len(entry.table.data) else ""
    chart.title = _title(visible(entry.headline or entry.table.title) + cut)
    bars = len(rows) * (len(lengths) + 0.45) * len(entry.labels)  # names of two levels want room to stand on end
    chart.width, chart.height = WIDTH, min(_BAR * bars + _ROOM, _HIGHEST)
    chart.legend = chart.legend if len(lengths) > 1 else None
    if chart.legend:
        chart.legend.position, chart.legend.txPr = "b", _text()
    names, numbers = chart.x_axis, chart.y_axis
    names.scaling.orientation, names.delete, names.txPr, names.majorTickMark = "maxMin", False, _text(), "none"
    names.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=COLOUR["line"]))
    numbers.delete, numbers.majorGridlines, numbers.scaling.min = True, None, 0
    chart.graphical_properties = GraphicalProperties(solidFill=COLOUR["ground"], ln=_no_line())
    return chart


def _names(page: Worksheet, places: list[int], first: int, last: int) -> AxDataSource:
    """What names the bars: a column, or several side by side as levels of one axis."""
    beside = [places[0] + number for number in range(len(places))] == places
    where = Reference(page, min_col=places[0], max_col=places[-1] if beside else None, min_row=first, max_row=last)
    if beside and len(places) > 1:
        return AxDataSource(multiLvlStrRef=MultiLevelStrRef(f=str(where)))
    return AxDataSource(strRef=StrRef(f=str(where)))


def _look(name: str, number: int) -> GraphicalProperties:
    """The colour of a column's bars: what was applied for is quiet, what is shared (beside what is not) hatched."""
    if name == PLACES[0]:
        return GraphicalProperties(solidFill=COLOUR["line"], ln=_no_line())
    if number == 0 or name in PLACES:
        return GraphicalProperties(solidFill=COLOUR["main"], ln=_no_line())
    colours = {"fgClr": ColorChoice(srgbClr=COLOUR["main"]), "bgClr": ColorChoice(srgbClr=COLOUR["ground"])}
    hatched = PatternFillProperties(prst="wdUpDiag", **colours)
    return GraphicalProperties(pattFill=hatched, ln=LineProperties(solidFill=COLOUR["main"]))


def _point(number: int, colour: str) -> DataPoint:
    look = GraphicalProperties(solidFill=colour, ln=_no_line())
    return DataPoint(idx=number, invertIfNegative=False, spPr=look)


def _text(size: int = 900) -> RichText:
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_font(sz=size)), endParaRPr=_font(sz=size))])


def _title(text: str) -> Title:
    font = _font(sz=1100, b=True)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=font), r=[RegularTextRun(rPr=font, t=text)])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)
