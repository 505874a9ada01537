"""Files of every format, damaged at random: each must be read whole or refused in a sentence.

Usage: python -m tests.fuzz [--inputs 10000] [--seconds 900] [--seed 0] [--keep FOLDER]

Half as many tables are of other shapes and words than ours (`tests.shapes`), with known answers: columns dropped, doubled
and renamed, qualifiers, other units, rows of other kinds. A finding is one that is misread, or refused for nothing.

Every input is read, cleaned and checked in a process that is watched. A finding is a traceback, a warning, a hang
(20 s of work), more than 4 GB of memory, rows that are neither applications nor set aside, a log that does not lead back to
the raw cells, or an empty result without a word. Findings are kept as files; the exit status is then 1.
"""

import argparse
import io
import multiprocessing
import random
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from functools import cache
from html import escape
from pathlib import Path

from tests import shapes, writers
from tests.generator import generate
from tests.reading.test_formats import GRIDS, MERGED, NOTHING_BELOW, TITLE, TWO_ROWS, TWO_ROWS_MERGED

SECONDS_PER_INPUT = 20
MOST_MEMORY = 4 * 2**30
ARCHIVES = ("xlsx", "ods", "docx", "zip")
NASTY = ("\0", "\x1b[2J", "\u202e", "\ufeff", '"', "''", ",", "\t", "\n", "|", "9" * 400, "-1", "1e309", "NaN", "=1+1", "@x", "<b>", "]]>", "&#0;", "&x;", "序号", "合计", "证书名称", "㊿", "𠀀", "٣", "½")  # fmt: skip
TEXT = re.compile(rb">([^<>]+)<")
NUMBER = re.compile(rb'="(\d{1,7})"')


@cache
def seeds() -> list[tuple[str, bytes]]:
    """Whole files of every format, plain and odd, to begin from."""
    found = []
    for kind, written in GRIDS.items():
        for seed in range(2):
            rows = generate(seed, 10).rows
            if kind in ("txt", "md", "pdf"):
                rows = [[cell.replace("\n", "；") for cell in row] for row in rows]
            found.append((kind, written(rows)))
        if kind in ("xlsx", "xls", "ods", "html", "docx", "zip"):
            found.append((kind, written(NOTHING_BELOW, merged=MERGED)))
            found.append((kind, written([[*TITLE, "", ""], *TWO_ROWS], merged=[(0, 0, 0, 8)])))
            found.append((kind, written(TWO_ROWS, merged=TWO_ROWS_MERGED)))
    return found


def mutated(chance: random.Random, kind: str, content: bytes, others: list[bytes]) -> bytes:
    """A file changed at random, inside its archive as often as outside."""
    if kind in ARCHIVES and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            chosen = chance.sample(archive.namelist(), chance.choice((1, 1, 2)))
        return writers.repacked(content, lambda name, data: _in_member(chance, data) if name in chosen else data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        content = chance.choice(CHANGES)(chance, content, others)
    return content


def _in_member(chance: random.Random, data: bytes) -> bytes:
    """XML that stays XML more often than not: numbers and texts changed rather than its marks."""
    for _ in range(chance.choice((1, 3, 10))):
        data = chance.choice((_number, _number, _number, _text, _text, *CHANGES))(chance, data, [data])
    return data


def _text(chance, content, others):
    """Something else between two tags."""
    found = list(TEXT.finditer(content))
    if not found:
        return content
    one = chance.choice(found)
    new = escape(chance.choice((*NASTY, "50", "中级", "合计"))).encode("utf-8", "replace")
    return content[: one.start(1)] + new + content[one.end(1) :]


def _flipped(chance, content, others):
    changed = bytearray(content)
    for _ in range(chance.choice((1, 3, 30)) if content else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(chance, content, others):
    return content[: chance.randrange(len(content) + 1)]


def _part(chance, content):
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.choice((1, 10, 100, 1000)))


def _dropped(chance, content, others):
    start, end = _part(chance, content)
    return content[:start] + content[end:]


def _doubled(chance, content, others):
    start, end = _part(chance, content)
    return content[:end] + content[start:end] * chance.choice((1, 2, 50)) + content[end:]


def _spliced(chance, content, others):
    other = chance.choice(others)
    start, end = _part(chance, other)
    place = chance.randrange(len(content) + 1)
    return content[:place] + other[start:end] + content[place:]


def _nasty(chance, content, others):
    place = chance.randrange(len(content) + 1)
    return content[:place] + chance.choice(NASTY).encode() + content[place:]


def _number(chance, content, others):
    """One number of an attribute changed: a row's place, a span, a repeat."""
    found = list(NUMBER.finditer(content))
    if not found:
        return content
    one = chance.choice(found)
    new = chance.choice((b"0", b"-1", b"1", b"2", b"99", b"16385", b"1048577", b"999999999999"))
    return content[: one.start(1)] + new + content[one.end(1) :]


def _lines(chance, content, others):
    """Rows put in another order, dropped or doubled; cells of a line moved."""
    lines = content.split(b"\n")
    place = chance.randrange(len(lines))
    lines[place:place] = [chance.choice(lines)] * chance.choice((1, 1, 40))
    if chance.random() < 0.5:
        del lines[chance.randrange(len(lines))]
    return b"\n".join(lines)


CHANGES = (_flipped, _cut, _dropped, _doubled, _spliced, _nasty, _lines)


def examine(kind: str, content: bytes, folder: Path) -> str:
    """`read` or `refused`, or what is wrong."""
    from pilotlib import PilotError
    from pilotlib.checking import check
    from pilotlib.cleaning import clean
    from pilotlib.reading import read_table

    path = folder / f"applications.{kind}"
    path.write_bytes(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table = read_table(path)
            cleaned = clean(table.cells, None, None, path.name, table.origin)
            problems = check(cleaned, 2021)
    except PilotError as error:
        return "refused" if str(error).rstrip().endswith(("。", "？")) else f"no sentence: {error}"
    except BaseException:
        return traceback.format_exc()
    if len(cleaned.applications) == 0 and not (problems["severity"] == "error").any():
        return "an empty result without a word"
    header = 1
    if len(table.cells) - header != len(cleaned.applications) + len(cleaned.set_aside):
        return "rows lost or invented"
    return _undone(table, cleaned) or "read"


def _undone(table, cleaned) -> str:
    """What is wrong with the log: nothing, if undoing it leads to cells of the row that it names."""
    logged = cleaned.changes[(cleaned.changes["column"] != "") & (cleaned.changes["source_row"] > 0)]
    now: dict = {}
    for row, column, before, after in (
        logged[["source_row", "column", "before", "after"]].iloc[::-1].itertuples(index=False)
    ):
        if now.get((row, column), after) != after:
            return f"the log does not lead back: row {row}, {column}"
        now[row, column] = before
    offset = dict(zip(cleaned.applications["source_row"], _places(table, cleaned), strict=True))
    raw = [{cell.strip() for cell in line} for line in _as_received(table).to_numpy()]
    for (row, column), before in now.items():
        if before not in raw[offset[row]]:
            return f"the log names a cell that was not there: row {row}, {column}, {before!r}"
    return ""


def _as_received(table):
    """The cells of a table before merged ones were filled."""
    cells = table.cells.copy()
    filled = table.origin.steps.dropna(subset="position")
    for place, position, before in (
        filled.loc[filled["rule"] != "merged_count", ["place", "position", "before"]].iloc[::-1].values
    ):
        cells.loc[place, position] = before
    return cells


def _places(table, cleaned) -> list[int]:
    """The positions in the file of the applications: every row that was not set aside, below the header."""
    aside = set(cleaned.set_aside["place"])
    kept = [position for position, place in enumerate(table.cells.index) if place not in aside]
    return kept[-len(cleaned.applications) :] if len(cleaned.applications) else []


def _work(connection) -> None:
    # Each process examines one input after the other until it is told to stop.
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    with tempfile.TemporaryDirectory() as folder:
        while (task := connection.recv()) is not None:
            signal.setitimer(signal.ITIMER_PROF, SECONDS_PER_INPUT)  # at its end the process does
            connection.send(examine(*task, Path(folder)))


class Worker:
    """A process that examines inputs, and is replaced when one is too much for it."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.connection, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=_work, args=(other,), daemon=True)
        self.process.start()
        other.close()

    def examine(self, kind: str, content: bytes) -> str:
        try:
            self.connection.send((kind, content))
            if self.connection.poll(20 * SECONDS_PER_INPUT):  # others may have the machine
                return self.connection.recv()
            said = "no end, and no work"
        except (EOFError, BrokenPipeError):
            said = f"the process died, or worked for {SECONDS_PER_INPUT} s"
        self.process.kill()
        self.process.join()
        self.start()
        return said

    def stop(self) -> None:
        self.connection.send(None)
        self.process.join()


def fuzz(inputs: int, seconds: float, seed: int, keep: Path, look=None) -> tuple[Counter, list[Path]]:
    """Examine so many inputs, or as many as there is time for.

    Returns:
        How many inputs of each format came out how, and the files of the findings.
    """
    begun = time.monotonic()
    worker = None if look else Worker()
    whole = seeds()
    outcomes: Counter = Counter()
    findings = []
    for number in range(inputs):
        if time.monotonic() - begun > seconds:
            break
        chance = random.Random(f"{seed}-{number}")
        kind, content = chance.choice(whole)
        content = mutated(chance, kind, content, [other for _, other in whole])
        said = look(kind, content) if look else worker.examine(kind, content)
        outcome = said if said in ("read", "refused") else "finding"
        outcomes[kind, outcome] += 1
        if outcome == "finding":
            keep.mkdir(parents=True, exist_ok=True)
            path = keep / f"{seed}-{number}.{kind}"
            path.write_bytes(content)
            path.with_suffix(f".{kind}.said").write_text(said, encoding="utf-8")
            findings.append(path)
    if worker:
        worker.stop()
    for number in range(0 if look else inputs // 2):
        if time.monotonic() - begun > 1.5 * seconds:
            break
        with tempfile.TemporaryDirectory() as folder:
            said = shapes.examine(f"{seed}-{number}", Path(folder))
            outcome = said if said in ("read", "refused") else "finding"
            outcomes["shapes", outcome] += 1
            if outcome == "finding":
                keep.mkdir(parents=True, exist_ok=True)
                findings.append(keep / f"{seed}-{number}.said")
                findings[-1].write_text(said, encoding="utf-8")
    return outcomes, findings


def _share(arguments) -> tuple[Counter, list[Path]]:
    return fuzz(*arguments)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("artefacts/fuzz"))
    given = parser.parse_args()
    multiprocessing.set_start_method("forkserver")
    cores = multiprocessing.cpu_count()
    parts = [(given.inputs // cores, given.seconds, given.seed * 1000 + part, given.keep) for part in range(cores)]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(cores) as pool:
        results = list(pool.map(_share, parts))
    outcomes = sum((counted for counted, _ in results), Counter())
    findings = [path for _, found in results for path in found]
    print(f"{'format':8}{'inputs':>8}{'read':>8}{'refused':>9}{'findings':>10}")
    for kind in [*GRIDS, "shapes", "all"]:
        counts = {
            name: sum(n for (of, how), n in outcomes.items() if how == name and kind in (of, "all"))
            for name in ("read", "refused", "finding")
        }
        print(f"{kind:8}{sum(counts.values()):8}{counts['read']:8}{counts['refused']:9}{counts['finding']:10}")
    for path in findings[:20]:
        print(path)
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
