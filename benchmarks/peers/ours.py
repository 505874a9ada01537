"""pilotlib: everything that `summarise_table` does, the second count and the tables by round and level included."""

from benchmarks.peers.words import MEASURES
from pilotlib.province.totals import summarise_table


def summarise(path: str) -> list[tuple]:
    by_school = summarise_table(path)["by_school"][["school", *MEASURES]].fillna(0)
    return list(by_school.itertuples(index=False, name=None))
