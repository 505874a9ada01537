"""Applications, majors, indicators → named tidy statistics, each declared in one place: `statistics.toml`."""

from collections.abc import Callable
from pkgutil import resolve_name
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.statistics.agreement import compare_counts
from pilotlib.statistics.places import Tables, tables_of
from pilotlib.statistics.recount import recount
from pilotlib.vocabulary import registry

__all__ = ["STATISTICS", "Statistic", "Tables", "compare_counts", "recount", "summarise", "tables_of"]


class Statistic(NamedTuple):
    """One statistic: what is said of it, as in `statistics.toml`, and the function of tables that makes its own."""

    title: str
    unit: str
    definition: str
    function: Callable[[Any], pd.DataFrame]
    formula: str = ""
    caveats: str = ""


STATISTICS = {
    name: Statistic(**entry | {"function": resolve_name(f"{__name__}.{entry['function']}")})
    for name, entry in registry(__file__, "statistics.toml").items()
}
RESULT_STATISTICS = [name for name in STATISTICS if name.startswith("results")]


def summarise(tables: Tables) -> dict[str, pd.DataFrame]:
    """Every statistic of `STATISTICS`, by name."""
    return {name: statistic.function(tables) for name, statistic in STATISTICS.items()}
