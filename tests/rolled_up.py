"""Tables over all schools as a batch leaves them, made from a few rows of schools."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

ABOUT = {"title": "甲省试点", "file": "province.csv", "sha256": "ab12", "by": "学校", "rows_read": 40}
PLACES = ["applications", "places_applied", "places_approved"]
COUNTS = [*PLACES, "certificates", "certificate_levels", "rows_set_aside", "cells_changed", "distinct_students"]
COUNTS += ["errors", "warnings", "notes", "year"]
FAILURE = ["school", "year", "source_row", "place", "column", "value", "message"]
_UNITS = {"schools": "所", "schools_failed": "所", "applications": "项", "certificates": "种"}
_UNITS |= {"certificate_levels": "个", "places_applied": "人", "places_approved": "人"}
_UNITS |= {"rows_set_aside": "行", "cells_changed": "个"}


def school(name, applied, approved, *, year=2031, **others) -> dict:
    """A school's row; what is not said is the same for all."""
    row = {"school": name, "year": year, "city": "", "applications": 2, "certificates": 2, "certificate_levels": 2}
    row |= {"places_applied": applied, "places_approved": approved, "rows_set_aside": 0, "cells_changed": 1}
    row |= {"lower_bound": False, "distinct_students": None, "places_per_100_students": None}
    return row | {"errors": 0, "warnings": 0, "notes": 0, "report": ""} | others


def failure(name, message, *, year=2031, row=3, place=9, column="places_approved", value="若干") -> tuple:
    """A reason why a school could not be done."""
    return name, year, row, place, column, value, message


def tables_of(rows: list[dict], failures: list[tuple] = (), rounds=None, levels=None, certificates=None) -> dict:
    """The tables by name. Every application is of one round and level, unless `rounds` and `levels` say otherwise."""
    schools = pd.DataFrame(rows).astype(dict.fromkeys(COUNTS, "Int64") | {"places_per_100_students": "Float64"})
    failed = pd.DataFrame(list(failures), columns=FAILURE)
    failed = failed.astype(dict.fromkeys(["year", "source_row", "place"], "Int64"))
    bound = bool(schools["lower_bound"].any())
    values = schools[[*PLACES, "rows_set_aside", "cells_changed"]].sum().to_dict()
    values |= {"schools": schools.loc[schools["applications"].notna(), "school"].nunique()}
    values |= {"schools_failed": failed["school"].nunique(), "certificates": 7, "certificate_levels": 9}
    overview = pd.DataFrame(
        {
            "measure": list(_UNITS),
            "value": pd.array([float(values[name]) for name in _UNITS], "Float64"),
            "unit": list(_UNITS.values()),
            "lower_bound": [bound and name.startswith("places") for name in _UNITS],
            "note": "",
        }
    )
    certificate = {"certificate": ["财务共享服务"], "schools": [len(schools)]} | {
        name: [values[name]] for name in PLACES
    }
    return {
        "overview": overview,
        "by_school": schools,
        "by_city": _grouped(schools[schools["city"] != ""], ["year", "city"]),
        "by_round": _grouped(schools.assign(application_round="第一次"), ["year", "application_round"])
        if rounds is None
        else rounds,
        "by_level": _grouped(schools.assign(level="初级"), ["year", "level"]) if levels is None else levels,
        "by_certificate": pd.DataFrame(certificate) if certificates is None else certificates,
        "failures": failed,
    }


def write(folder: Path, tables: dict[str, pd.DataFrame], **about) -> Path:
    """Write the tables and what they are about into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    years = sorted({int(year) for year in tables["by_school"]["year"]})
    (folder / "about.json").write_text(json.dumps(ABOUT | {"years": years} | about), encoding="utf-8")
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    return folder


def province(schools: int, years=(2031,), cities: int = 12, failed: int = 2, seed: int = 5) -> dict:
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
    parts = dict(zip(PLACES, ([float(row[name]) for row in rows] for name in PLACES), strict=True))
    names = [f"{kind}应用{place}" for place in range(20) for kind in ("智能", "数据", "网店")]
    shares = random.dirichlet(np.ones(len(names)))
    certificates = pd.DataFrame({"certificate": names, "schools": (shares * 6 * schools).astype(int) + 1})
    certificates = certificates.assign(**{name: (shares * sum(parts[name])).astype(int) for name in PLACES})
    certificates = certificates.sort_values("places_approved", ascending=False)
    return tables_of(rows, missing, certificates=certificates)


def _grouped(schools: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    groups = schools.groupby(by)
    table = groups[PLACES].sum().assign(schools=groups["school"].nunique()).reset_index()
    return table.sort_values(["year", "places_approved"], ascending=[True, False])[[*by, "schools", *PLACES]]
