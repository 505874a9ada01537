"""How well numbers are found and judged: `tests/data/claims.tsv` holds sentences with answers made by hand.

Each row is a text in the style of other schools' reports and an answer per number, in order: the number as written
and `label`, or every state that would be right for it. `python -m tests.claims.scoring` prints the measures.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from pilotlib.claims.numbers import plain_text

TABLE = Path(__file__).parents[1] / "data" / "claims.tsv"


def answers() -> list[tuple[str, list[tuple[str, set[str]]]]]:
    """Each text with its numbers and the states that are right for each."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(row["text"], [_answer(part) for part in row["answers"].split("; ")]) for row in rows]


def score(check: Callable[[str], pd.DataFrame]) -> tuple[Counter, list[str]]:
    """Counts of what was found and how it was judged, and a line for each number that was not as it should be."""
    counts, lines = Counter(), []
    for text, wanted in answers():
        claims = check(text)
        left = [
            (row.number, row.state if row.kind == "claim" else "label")
            for row in claims[~claims["derived"]].itertuples()
        ]
        for number, states in wanted:
            place = next((place for place, (found, _) in enumerate(left) if _same(found, number, states)), None)
            state = left.pop(place)[1] if place is not None else "missed"
            counts["numbers"] += 1
            counts["found"] += state != "missed"
            counts["right"] += state in states
            if "label" not in states:
                counts["claims"] += 1
                counts["claims right"] += state in states
                counts["wrong"] += states == {"disagrees"}
                counts["wrong told"] += states == {"disagrees"} and state == "disagrees"
                counts["told wrong"] += state == "disagrees"
                counts["told wrong rightly"] += state == "disagrees" and "disagrees" in states
                counts["told right"] += state == "agrees"
                counts["told right rightly"] += state == "agrees" and "agrees" in states
            if state not in states:
                lines.append(f"{number}: {state}, not {'|'.join(sorted(states))}: {text}")
        extra = [number for number, state in left if state != "label"]
        counts["invented"] += len(extra)
        lines += [f"{number}: invented: {text}" for number in extra]
    return counts, lines


def measures(counts: Counter) -> dict[str, float]:
    """Precision and recall of finding, and of calling a claim right or wrong."""
    return {
        "numbers": counts["numbers"],
        "found (recall)": counts["found"] / counts["numbers"],
        "found (precision)": counts["found"] / (counts["found"] + counts["invented"]),
        "claims": counts["claims"],
        "claims rightly judged": counts["claims right"] / counts["claims"],
        "不一致 (precision)": counts["told wrong rightly"] / counts["told wrong"],
        "不一致 (recall)": counts["wrong told"] / counts["wrong"],
        "一致 (precision)": counts["told right rightly"] / counts["told right"],
    }


def _answer(part: str) -> tuple[str, set[str]]:
    number, _, states = part.rpartition(" ")
    return number, set(states.split("|"))


def _same(found: str, number: str, states: set[str]) -> bool:
    found, number = (re.sub(r"[\s,]", "", plain_text(text)) for text in (found, number))
    return found == number or ("label" in states and _digits(number) in found)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text) or text


if __name__ == "__main__":
    from pilotlib.claims import check_claims, facts_of
    from pilotlib.cleaning import clean
    from pilotlib.project import find_project
    from pilotlib.reading import read_inputs
    from pilotlib.reading.documents import passages_of
    from pilotlib.statistics import Tables, summarise

    inputs = read_inputs(find_project(), 2021)
    cleaned = clean(inputs.cells, inputs.corrections, inputs.reference, inputs.file)
    tables = Tables(cleaned.applications, cleaned.majors, inputs.indicators, {})
    facts = facts_of(tables, summarise(tables))
    counted, wrong = score(lambda text: check_claims(passages_of(text), facts))
    print("\n".join(wrong))
    for name, value in measures(counted).items():
        print(f"{name:<24}{value:>8.3f}" if value < 1.5 else f"{name:<24}{value:>8}")
