"""What a cleaned piece adds to the totals, and what several add together: numbers over codes, words only once."""

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
import pandas as pd

from pilotlib.cleaning.core import CleanedPiece
from pilotlib.cleaning.log import changed_in
from pilotlib.cleaning.rows import REASONS
from pilotlib.cleaning.typed import certificates_of, levels_of
from pilotlib.coded import Coded, any_of, count_of, distinct, looked_up, mapped, repeated, taken, together
from pilotlib.errors import PilotError
from pilotlib.vocabulary import APPROVED_STATUSES, NO_SCHOOL

# Sums of a group; `…_known` counts the numbers that a sum is made of, `unknown` the applications that lack one.
MEASURES = (
    "applications",
    "places_applied",
    "places_approved",
    "applied_known",
    "approved_known",
    "unknown",
    "cells_changed",
)
# A group and a certificate are one number of 63 bits: so many bits for the kinds, and for the certificates.
KIND_BITS, CERTIFICATE_BITS, PLACE_BITS = 14, 24, 24


class Partial(NamedTuple):
    """Sums of some rows.

    `places` are the distinct (school, year, city), `kinds` the distinct (round, level), `certificates` the distinct
    certificates; in `groups` each number is a place and a kind, in `seen` a group (its position) and a certificate
    that occur together. `sums` has a row for each group, its columns are `MEASURES`; `sums_by_certificate` likewise has
    a row for each certificate. `set_aside` counts rows by (school, reason).
    """

    places: list[tuple[str, ...]]
    kinds: list[tuple[str, ...]]
    certificates: list[str]
    groups: np.ndarray
    sums: np.ndarray
    seen: np.ndarray
    sums_by_certificate: np.ndarray
    set_aside: Counter


def summarise_piece(cleaned: CleanedPiece, schools: Coded, cities: Coded | None = None) -> Partial:
    """The sums of a cleaned piece.

    Args:
        cleaned: As `clean_piece` returns it.
        schools: The name of each row's school, "" where it names none.
        cities: The city of each row, if the table has any.
    """
    aside = _set_aside(cleaned, schools)
    kept = cleaned.reasons == 0
    schools = mapped(taken(schools, kept), lambda name: name or NO_SCHOOL)
    applications = cleaned.applications
    now, rows = applications.now, len(applications.rows)
    cities = taken(cities, kept) if cities else repeated("", rows)
    place_codes, places = together([distinct(schools), distinct(now["year"]), distinct(cities)])
    kind_codes, kinds = together([distinct(now["application_round"]), distinct(levels_of(now))])
    certificates = distinct(certificates_of(now))
    keys = place_codes.astype(np.int64) << KIND_BITS | kind_codes
    codes, groups = pd.factorize(keys)
    measures = np.stack(_measures(cleaned), axis=1)
    return Partial(
        places,
        kinds,
        certificates.words,
        groups,
        _sums(codes, measures, len(groups)),
        pd.unique(codes.astype(np.int64) << CERTIFICATE_BITS | certificates.codes),
        _sums(certificates.codes, measures, len(certificates.words)),
        aside,
    )


def added(partials: Sequence[Partial]) -> Partial:
    """The sums of all rows of some partial sums.

    Raises:
        PilotError: there are more schools, certificates or rounds than there can be.
    """
    known: tuple[dict, dict, dict] = ({}, {}, {})
    groups, of_certificates, certificate_codes = [], [], []
    for partial in partials:
        places, kinds, certificates = (
            np.array([numbers.setdefault(word, len(numbers)) for word in words], np.int64)
            for numbers, words in zip(known, (partial.places, partial.kinds, partial.certificates), strict=True)
        )
        kind = kinds[partial.groups & (1 << KIND_BITS) - 1]
        groups.append(places[partial.groups >> KIND_BITS] << KIND_BITS | kind)
        of_certificates.append(certificates[partial.seen & (1 << CERTIFICATE_BITS) - 1])
        certificate_codes.append(certificates)
    for numbers, bits in zip(known, (PLACE_BITS, KIND_BITS, CERTIFICATE_BITS), strict=True):
        if len(numbers) > 1 << bits:
            raise PilotError("学校、批次或证书的名称太多，无法汇总。请检查这几列是否错位。")
    codes, found = pd.factorize(np.concatenate(groups))
    starts = np.cumsum([0, *(len(partial.groups) for partial in partials)])
    seen = [
        codes[start:][partial.seen >> CERTIFICATE_BITS] << CERTIFICATE_BITS | certificate
        for start, partial, certificate in zip(starts, partials, of_certificates, strict=False)
    ]
    sums = np.concatenate([partial.sums for partial in partials])
    by_certificate = np.concatenate([partial.sums_by_certificate for partial in partials])
    set_aside: Counter = Counter()
    for partial in partials:
        set_aside.update(partial.set_aside)
    return Partial(
        *(list(numbers) for numbers in known),
        groups=found,
        sums=_sums(codes, sums, len(found)),
        seen=pd.unique(np.concatenate(seen)),
        sums_by_certificate=_sums(np.concatenate(certificate_codes), by_certificate, len(known[2])),
        set_aside=set_aside,
    )


def _sums(codes: np.ndarray, measures: np.ndarray, number: int) -> np.ndarray:
    """The sum of every column of `measures` for each of so many codes."""
    return np.stack([np.bincount(codes, column, number) for column in measures.T], axis=1).astype(np.int64)


def _measures(cleaned: CleanedPiece) -> list[np.ndarray]:
    """`MEASURES` of every application."""
    now = cleaned.applications.now
    approved = looked_up(now["status"], lambda text: text in APPROVED_STATUSES)
    applied, places = count_of(now["places_applied"]), count_of(now["places_approved"])
    applied_known, approved_known = ~applied.isna(), ~places.isna() & approved
    changed = [
        any_of([changed_in(before[name], after[name]) for before, after, _ in cleaned.applications.steps])
        for name in now
    ]
    return [
        np.ones(len(approved)),
        applied.to_numpy(np.int64, na_value=0),
        places.to_numpy(np.int64, na_value=0) * approved,
        applied_known,
        approved_known,
        ~applied_known | (approved & ~approved_known),
        reduce(np.add, (column.astype(np.int64) for column in changed)),
    ]


def _set_aside(cleaned: CleanedPiece, schools: Coded) -> Counter:
    """Rows set aside by (school, reason); "" where the row names no school."""
    header = REASONS.index("重复的表头")
    which = np.flatnonzero((cleaned.reasons != 0) & (cleaned.rows != 0))
    schools = taken(schools, which)
    keys, counts = np.unique(schools.codes.astype(np.int64) * len(REASONS) + cleaned.reasons[which], return_counts=True)
    found: Counter = Counter()
    for code, reason, number in zip(*np.divmod(keys, len(REASONS)), counts, strict=True):
        found["" if reason == header else schools.words[code], REASONS[reason]] += int(number)
    return found
