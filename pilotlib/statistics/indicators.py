"""The year's overview, the figures the school gave, and the rates between them."""

from typing import Any

import pandas as pd

from pilotlib.columns import INDICATOR_TITLES, INDICATORS, RESULT_COUNTS, title_of, unit_of
from pilotlib.statistics.majors import distinct_students, places_per_100_students
from pilotlib.statistics.places import (
    DECIMALS,
    PLACES,
    Tables,
    lacking,
    percent_of,
)
from pilotlib.vocabulary import PERSON_TIMES, RATES, RESULT_INDICATORS, listed


def overview(tables: Tables) -> pd.DataFrame:
    """The year in one table: `measure, value, unit, lower_bound, note`."""
    applications, majors = tables.approved, tables.majors
    pairs = applications[["certificate", "level"]].drop_duplicates()
    cut_off = "、".join(majors.loc[majors["truncated"], "source_row"].astype(str))
    cut_off_note = f"第{cut_off}行的申报专业被截断，其后可能还有专业" if cut_off else ""
    no_category = bool(majors["category"].isna().any())
    students = distinct_students(tables)
    grouped = "；".join(students.loc[students["majors_together"].str.contains("、"), "majors_together"])
    unknown = "；".join(students.loc[students["students"].isna(), "majors_together"])
    students_note = f"未能得出：{unknown}" if unknown else f"{grouped}只有合计数，已计入" if grouped else ""
    students_note = students_note if applications["students"].notna().any() else ""
    ratios = places_per_100_students(tables)
    known = ratios[ratios["students"].notna()]
    in_known, places = known["students"].sum(), known["places_approved"].sum(min_count=1)
    ratio = round(places / in_known * 100, DECIMALS) if in_known > 0 and pd.notna(places) else pd.NA
    left_out = "；".join(ratios.loc[ratios["students"].isna(), "majors_together"])
    which = "只计已批准的状态" if applications["status"].notna().any() else "申报表没有状态，按表中所列计"
    rounds = applications.groupby(["certificate", "level"], observed=True)["application_round"].nunique()
    repeated = int((rounds > 1).sum()) if applications["application_round"].notna().any() else pd.NA
    ratio_note = "批准培训人数 ÷ 在校生 × 100" + (f"，不含学生数未知的{left_out}" if left_out and len(known) else "")
    rows = [
        ("applications", len(applications), False, "申报表的行数"),
        ("certificates", applications["certificate"].nunique(), False, "不区分等级"),
        ("certificate_levels", len(pairs), False, "同一证书的不同等级分别计"),
        ("places_applied", *_sum_of(applications, "places_applied", "全部批次")),
        ("places_approved", *_sum_of(applications, "places_approved", f"全部批次，{which}")),
        ("majors_count", majors["major"].nunique() or pd.NA, bool(cut_off), cut_off_note),
        ("categories_count", majors["category"].nunique() or pd.NA, bool(cut_off) or no_category, "专业目录中的大类"),
        ("distinct_students", students["students"].sum(min_count=1), bool(unknown), students_note),
        ("places_per_100_students", ratio, False, ratio_note),
        ("repeated_certificates", repeated, False, "按证书与等级计"),
    ]
    table = pd.DataFrame(rows, columns=["measure", "value", "lower_bound", "note"]).astype({"value": "Float64"})
    table["lower_bound"] &= table["value"].notna()
    table.insert(2, "unit", table["measure"].map(unit_of))
    return table


def _sum_of(applications: pd.DataFrame, measure: str, note: str) -> tuple[Any, bool, str]:
    """A sum, whether it is a lower bound because counts are missing, and a note that names their rows."""
    missing = applications.loc[lacking(applications)[measure], "source_row"]
    named = f"；第{listed(missing)}行的人数缺失，未计入" if 0 < len(missing) < len(applications) else ""
    return applications[measure].sum(min_count=1), bool(len(missing)), note + named


def indicators(tables: Tables) -> pd.DataFrame:
    """Every known figure from outside the table: `indicator, value, unit, note`; where the school gave no numbers of
    students, the sums of its results in person-times; else missing."""
    given = tables.indicators.assign(
        indicator=tables.indicators["indicator"].replace(INDICATOR_TITLES),
        value=pd.to_numeric(tables.indicators["value"].str.replace(",", "")).astype("Float64"),
    )
    others = [name for name in given["indicator"] if name not in INDICATORS]
    table = pd.DataFrame({"indicator": [*INDICATORS, *others]}).merge(given, on="indicator", how="left")
    unit = table["unit"].where(table["unit"].fillna("") != "", table["indicator"].map(unit_of))
    table = table.assign(unit=unit, note=table["note"].fillna(""))[["indicator", "value", "unit", "note"]]
    counts, people = tables.results[RESULT_COUNTS], table["indicator"].isin(RESULT_INDICATORS.values())
    if table.loc[people, "value"].notna().any():  # persons and person-times are not mixed
        return table
    sums = counts.sum(min_count=1).mask(counts.isna().any()).astype("Float64").rename(RESULT_INDICATORS)
    values = table["indicator"].map(sums).fillna(table["value"])
    summed = people & values.notna()
    words = {"unit": PERSON_TIMES, "note": "由考核结果表相加：一人参加两种证书为两人次"}
    return table.assign(value=values, **{name: table[name].mask(summed, word) for name, word in words.items()})


def rates(tables: Tables) -> pd.DataFrame:
    """The rates of `vocabulary.RATES`, each named by numerator and denominator; missing where either is."""
    given = indicators(tables).set_index("indicator")
    values, times = given["value"], given.index[given["unit"] == PERSON_TIMES]
    places = tables.approved[PLACES].sum(min_count=1)
    values = pd.concat([values, places.astype("Float64")])
    table = pd.DataFrame(RATES, columns=["numerator", "denominator"])
    for place, side in ((1, "numerator"), (3, "denominator")):
        table.insert(place, f"{side}_value", table[side].map(values))
    titles = table[["numerator", "denominator"]].map(lambda name: title_of(name) + "（人次）" * (name in times))
    table.insert(0, "rate", titles["numerator"] + " ÷ " + titles["denominator"])
    return table.assign(percent=percent_of(table["numerator_value"], table["denominator_value"]))
