"""The first count held against the second: where they differ, a run stops."""

from collections import Counter

import pandas as pd

from pilotlib.columns import RESULT_COUNTS, title_of
from pilotlib.errors import PilotError
from pilotlib.statistics.recount import TOTALLED, Counts
from pilotlib.vocabulary import NO_ROUND

NOTHING: Counts = Counter()
# The breakdowns that count every application once, so that their sums are the year's totals.
BREAKDOWNS = ("by_round", "by_level", "by_round_level", "by_certificate", "by_category")
# Those of which each group is counted too, and what names it.
GROUPS = {"by_round": "application_round", "by_level": "level", "results_by_level": "level"}


def compare_counts(statistics: dict[str, pd.DataFrame], recounted: Counts, of_results: Counts = NOTHING) -> None:
    """Hold every total of a year's statistics against the second counts, of its applications and `of_results`.

    PilotError names one that differs.
    """
    overview = statistics["overview"].set_index("measure")["value"].fillna(0)
    counted = [("overview", "", name, overview[name]) for name in (*TOTALLED, "certificates", "certificate_levels")]
    # Where the table has no rounds or no majors, there is nothing to break down by them.
    absent = {"by_round", "by_round_level"} if recounted[NO_ROUND, "applications"] else set()
    absent |= set() if overview.get("majors_count", 1) else {"by_category"}
    broken_down = {name: statistics[name] for name in BREAKDOWNS if name not in absent}
    broken_down |= {name: table for name, table in statistics.items() if name.startswith("results") and len(table)}
    for name, table in broken_down.items():
        for measure in RESULT_COUNTS if name.startswith("results") else TOTALLED:
            counted.append((name, "", measure, table[measure].sum()))
            if name in GROUPS:
                groups = table.set_index(GROUPS[name])[measure].fillna(0)
                counted += [(name, str(word), measure, count) for word, count in groups.items()]
    first, second = Counts(), Counts()
    for name, group, measure, count in counted:
        key = f"统计“{name}”{group}", measure
        first[key] = int(count)
        second[key] = (of_results if name.startswith("results") else recounted)[group, measure]
    stop_on_difference(first, second, "没有出报告")


def stop_on_difference(first: Counts, second: Counts, so: str) -> None:
    """PilotError, which names one of the numbers, where two counts by (what, measure) differ; `so` is what follows."""
    differing = [key for key in first | second if first[key] != second[key]]
    if differing:
        what, measure = differing[0]
        raise PilotError(
            f"两次计数不一致：{what or '全表'}的{title_of(measure)}为 {first[differing[0]]}，"
            f"从原始单元格重数为 {second[differing[0]]}。"
            f"共 {len(differing)} 处不一致，{so}；请把申报表交给维护者查看。"
        )
