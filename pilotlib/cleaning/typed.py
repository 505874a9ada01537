"""Clean coded text → the typed tables `applications` and `majors`."""

from collections.abc import Iterable
from itertools import chain

import numpy as np
import pandas as pd

from pilotlib.cleaning.words import levels_in, split_certificate, split_majors
from pilotlib.coded import Coded, Table, category_of, count_of, mapped, repeated, text_of, together
from pilotlib.columns import SOURCE_COLUMNS
from pilotlib.vocabulary import LEVELS, in_round_order


def typed_applications(
    rows: np.ndarray, given: Table, read_as_given: Table, now: Table, truncated: np.ndarray
) -> pd.DataFrame:
    """One row per application, from the cells as given, read as given, and as cleaned; in the file's order."""
    return pd.DataFrame(
        {
            "source_row": rows,
            "serial": text_of(now.get("serial") or repeated("", len(rows))),
            "year": count_of(now["year"]),
            "application_round": category_of(now["application_round"], in_round_order),
            "certificate": text_of(certificates_of(now)),
            "level": category_of(levels_of(now), _in_level_order),
            "level_as_given": category_of(levels_of(read_as_given), _in_level_order),
            "certificate_as_given": text_of(given["certificate"]),
            "majors_as_given": text_of(given["majors"]),
            "students": count_of(now["students"]),
            "places_applied": count_of(now["places_applied"]),
            "places_approved": count_of(now["places_approved"]),
            "status": text_of(now["status"]),
            "truncated": truncated,
            **{name: text_of(column) for name, column in given.items() if name not in SOURCE_COLUMNS},
        }
    )


def typed_majors(rows: np.ndarray, now: Coded, given: Coded, cut: np.ndarray, reference: pd.DataFrame) -> pd.DataFrame:
    """One row per application and major, in the cell's order, with what the reference knows of the major.

    The last major of a cut-off cell is marked `truncated`: others may have followed. A correction that adds majors
    to the cell has settled that.
    """
    codes, both = together([now, given])
    lists = [split_majors(text) for text, _ in both]
    before = [split_majors(text) for _, text in both]
    sizes = np.array([len(majors) for majors in lists], np.int64)
    # Every list stands once after the others; each row takes the stretch that is its own.
    ends = np.cumsum(sizes)[codes]
    of_row = np.repeat(np.arange(len(codes)), sizes[codes])
    within = np.arange(len(of_row)) - np.repeat(np.cumsum(sizes[codes]) - sizes[codes], sizes[codes])
    place = np.repeat(ends - sizes[codes], sizes[codes]) + within
    as_given = [
        texts[number] if number < len(texts) else None
        for texts, majors in zip(before, lists, strict=True)
        for number in range(len(majors))
    ]
    found = np.array([text is not None for text in as_given], bool)[place]
    unsettled = (np.repeat(sizes[codes], sizes[codes]) == within + 1) & found & cut[of_row]
    majors = Coded(place, list(chain.from_iterable(lists)))
    by_either_name = (
        pd.concat([reference, reference.assign(major=reference["catalogue_name"])])
        .drop_duplicates("major")
        .set_index("major")
    )
    in_code_order = list(dict.fromkeys(reference.sort_values(["catalogue_year", "code"])["category"]))
    known = by_either_name.reindex(majors.words).take(place).reset_index(drop=True)
    return pd.DataFrame(
        {
            "source_row": rows[of_row],
            "major": text_of(majors),
            "as_given": text_of(Coded(place, [text or "" for text in as_given])),
            "truncated": unsettled,
            **{name: known[name] for name in ("catalogue_name", "code", "catalogue_year")},
            "category": pd.Categorical(known["category"], in_code_order, ordered=True),
        }
    )


def certificates_of(cells: Table) -> Coded:
    """The certificate in each name, without level and suffix."""
    return mapped(cells["certificate"], lambda text: split_certificate(text)[0])


def levels_of(cells: Table) -> Coded:
    """The level in the certificate's name, else in a column of its own."""
    in_names = mapped(cells["certificate"], lambda text: split_certificate(text)[1])
    if "level" not in cells:
        return in_names
    codes, both = together([in_names, cells["level"]])
    return Coded(codes, [in_name or levels_in(beside) for in_name, beside in both])


def _in_level_order(levels: Iterable[str]) -> list[str]:
    """The three levels, then cells that name several."""
    return [*LEVELS, *sorted(set(levels) - set(LEVELS))]
