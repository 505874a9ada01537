"""What a batch counts of many schools, from a few rows of schools: added up and joined by the batch's own functions."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from pilotlib.province.batch import AGREED, REPORT_COLUMNS, school_tables, write_statistics
from pilotlib.province.school import faults_table
from pilotlib.province.totals import Sums, sums_of, tables_of
from pilotlib.statistics.places import PLACES
from pilotlib.statistics.recount import Recount

ABOUT = {"title": "甲省试点", "file": "province.csv", "sha256": "ab12", "by": "学校", "rows_read": 40}
FAILURE = ["school", "year", "source_row", "place", "column", "value", "message"]
CERTIFICATES = ["财务共享服务", *(f"证书{number}" for number in range(6))]
COUNTS = ["applications", *PLACES, "cells_changed"]


def school(name, applied, approved, *, year=2031, **others) -> dict:
    """A school's row; what is not said is the same for all."""
    row = {"school": name, "year": year, "city": "", "applications": 2}
    row |= {"places_applied": applied, "places_approved": approved, "cells_changed": 1}
    row |= {"lower_bound": False, "applied_lower_bound": False}
    row |= {"distinct_students": None, "places_per_100_students": None}
    return row | {"errors": 0, "warnings": 0, "notes": 0, "warning_causes": "", "report": ""} | others


def failure(name, message, *, year=2031, row=3, place=9, column="places_approved", value="若干") -> dict:
    """A reason why a school could not be done."""
    return dict(zip(FAILURE, (name, year, row, place, column, value, message), strict=True))


def counted(
    rows: list[dict], failures: list[dict] = (), certificates: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """The tables of schools. Every application is of one round and level.

    A school whose applications are None has not been counted. `certificates` are the table by certificate instead.
    """
    schools = pd.DataFrame(rows).astype(dict.fromkeys(["year", *COUNTS], "Int64"))
    totals = tables_of(_sums(schools.fillna(dict.fromkeys(COUNTS, 0))))
    reports = schools[[name for name in REPORT_COLUMNS if name in schools and name not in AGREED]]
    agreed = totals["by_school"][["school", "year", *AGREED]]
    reports = reports.merge(agreed, on=["school", "year"]).astype(REPORT_COLUMNS)
    tables = school_tables(totals, reports, faults_table(list(failures)))
    uncounted = tables["by_school"]["school"].isin(schools.loc[schools["applications"].isna(), "school"])
    by_school = tables["by_school"].astype({"applications": "Int64"})
    by_school.loc[uncounted, ["applications", *PLACES]] = pd.NA
    if certificates is not None:
        certificates = certificates.assign(lower_bound=bool(schools["lower_bound"].any()), applied_lower_bound=False)
        tables["by_certificate"] = certificates
    return tables | {"by_school": by_school}


def _sums(schools: pd.DataFrame) -> Sums:
    """What schools add up to, each with the same seven certificates, of which the first has all its places."""
    groups = schools.assign(application_round="第一次", level="初级", applied_lacking=0)
    groups = groups.assign(approved_lacking=schools["lower_bound"].astype("int64"))
    rows = groups.merge(pd.DataFrame({"certificate": CERTIFICATES}), how="cross")
    sums = ["applications", *PLACES, "cells_changed", "approved_lacking"]
    rows[sums] = rows[sums].where(rows["certificate"] == CERTIFICATES[0], 0)
    rows = rows.astype(dict.fromkeys(["school", "city", "application_round", "level", "certificate"], "category"))
    rows = rows.astype(dict.fromkeys(["applications", "cells_changed"], "int64"))
    aside = pd.DataFrame({"school": pd.Categorical([]), "reason": pd.Categorical([])})
    return Sums(*sums_of(rows), aside, int(schools["applications"].sum()), Recount(Counter(), frozenset(), 0))


def write(folder: Path, tables: dict[str, pd.DataFrame], **about) -> Path:
    """Write the statistics of tables and what they are about into a folder, as a batch does."""
    write_statistics(folder, tables, ABOUT | about)
    return folder


def province(schools: int, years=(2031,), cities: int = 12, failed: int = 2, seed: int = 5) -> dict[str, pd.DataFrame]:
    """A province as there might be one: sizes far apart, most schools approved as asked."""
    random, rows = np.random.default_rng(seed), []
    for year in years:
        applied = (random.lognormal(6.2, 0.8, schools) // 5 * 5 + 20).astype(int)
        rate = np.clip(random.normal(0.93, 0.1, schools), 0.3, 1.05)
        rate[random.random(schools) < 0.35] = 1
        rate[:2] = 0.21, 0.34
        students = (applied / np.clip(random.normal(0.32, 0.08, schools), 0.1, 0.7)).astype(int)
        warnings = random.poisson(1.2, schools)
        for place in range(schools):
            name = f"{'东南西北中'[place % 5]}{'江海山河湖'[place // 5 % 5]}职业技术学院{place + 1}"
            approved = int(applied[place] * rate[place])
            rows.append(
                school(
                    name,
                    int(applied[place]),
                    approved,
                    year=year,
                    city=f"{'甲乙丙丁戊己庚辛壬癸子丑'[place % cities]}州市" if cities else "",
                    applications=int(applied[place] // 60 + 1),
                    distinct_students=int(students[place]),
                    places_per_100_students=round(approved / int(students[place]) * 100, 2),
                    warnings=int(warnings[place]),
                    lower_bound=place in (7, 8),
                    report=f"schools/{name}/{year}/annual-report.html",
                )
            )
    missing = [
        failure(f"未通过学院{place + 1}", f"第{place + 3}行“批准总培训人数”为“若干”，不是人数。", place=40 + place)
        for place in range(failed)
    ]
    parts = {name: sum(row[name] for row in rows) for name in ("applications", *PLACES)}
    names = [f"{kind}应用{place}" for place in range(20) for kind in ("智能", "数据", "网店")]
    shares = random.dirichlet(np.ones(len(names)))
    certificates = pd.DataFrame({"certificate": names, "schools": (shares * 6 * schools).astype(int) + 1})
    certificates = certificates.assign(**{name: (shares * number).astype(int) for name, number in parts.items()})
    return counted(rows, missing, certificates=certificates.sort_values("places_approved", ascending=False))
