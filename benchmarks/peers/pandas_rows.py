"""pandas as it is usually written: `.str` methods on whole columns."""

import pandas as pd

from benchmarks.peers import words


def summarise(path: str) -> list[tuple]:
    cells = read(path)
    return summed(cleaned(cells.apply(lambda column: column.str.strip())))


def read(path: str) -> pd.DataFrame:
    names = list(words.COLUMNS)
    return pd.read_csv(path, dtype=str, keep_default_na=False, header=0, names=names, encoding="utf-8-sig")


def cleaned(cells: pd.DataFrame) -> pd.DataFrame:
    """The applications among stripped cells, their words read."""
    rows = cells[
        (cells["certificate"] != "")
        & ~cells["certificate"].str.contains(words.HEADER)
        & ~cells["serial"].str.contains(words.TOTAL)
    ]
    parts = rows["certificate"].str.extract(words.CERTIFICATE)
    return rows.assign(
        name=parts[0],
        level=parts[1].fillna(""),
        application_round=rounds(rows["application_round"]),
        **{name: counts(rows[name]) for name in words.COUNTS},
    )


def counts(column: pd.Series) -> pd.Series:
    digits = column.str.translate(str.maketrans(words.WIDE, words.NARROW)).str.replace(",", "")
    return pd.to_numeric(digits.str.extract(words.COUNT, expand=False)).astype("Int64")


def rounds(column: pd.Series) -> pd.Series:
    ordinal = column.str.extract(words.ORDINAL, expand=False).replace(words.ORDINALS)
    named = column.mask(column.str.contains(words.CARRIED_ON), "沿用批次")
    return named.mask(ordinal.notna(), "第" + ordinal + "次")


def summed(applications: pd.DataFrame) -> list[tuple]:
    """The table by school."""
    approved = applications["status"] == words.APPROVED
    by_school = (
        applications.assign(
            places_approved=applications["places_approved"].where(approved),
            pair=applications["name"].astype(str) + "|" + applications["level"].astype(str),
        )
        .groupby("school", observed=True)
        .agg(
            applications=("name", "size"),
            certificates=("name", "nunique"),
            certificate_levels=("pair", "nunique"),
            places_applied=("places_applied", "sum"),
            places_approved=("places_approved", "sum"),
        )
    )
    return list(by_school.itertuples(name=None))
