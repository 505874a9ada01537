"""The roll-up in sentences: a year's totals, who was approved most, its cities, rounds and levels, and certificates.

Every number is one of the tables'; where a count is missing, sums say 至少 and nothing is computed from them.
"""

import pandas as pd

from pilotlib.report.prose import NOT_GIVEN, number, shortened, visible
from pilotlib.report.rollup import RollUp, counted
from pilotlib.vocabulary import UNKNOWN

NAMES_TOLD = 5
NOT_NAMED = "未写明"
_SCHOOLS_FOR_TENTH = 10  # from how many schools on the largest tenth is told


def year_paragraphs(rollup: RollUp, year: int) -> dict[str, str]:
    """A year's applications in sentences, a paragraph a topic; an empty one where nothing is known.

    `places`: totals, rounds and levels; `schools`: who was approved most, and other than asked; `cities`.
    """
    schools = counted(rollup.by_school[rollup.by_school["year"] == year])
    if schools.empty:
        return {"places": f"{year}年度没有可以汇总的学校。", "schools": "", "cities": ""}
    bounded = year in rollup.bounded_years
    told = _most(schools, "school", "所学校", bounded) + _tenth(schools, bounded) + _unlike(schools)
    return {
        "places": _totals(rollup, year) + _parts(rollup, year),
        "schools": (f"{year}年：" if len(rollup.years) > 1 else "") + told,
        "cities": _cities(rollup, year, bounded),
    }


def certificates_paragraph(rollup: RollUp) -> str:
    """The certificates over all schools: how many, which the most schools applied for, which has most places."""
    table = rollup.by_certificate
    if table.empty:
        return ""
    over = f"以下为{_years(rollup)}年合计。" if len(rollup.years) > 1 else ""
    most = table["schools"].max()
    names = names_told(table.loc[table["schools"] == most, "certificate"])
    told = f"申报学校最多的证书是{names}（{number(most)}所）；" if pd.notna(most) and len(table) > 1 else ""
    return over + told + _most(table, "certificate", "种证书", bool(rollup.bounded_years))


def names_told(names: pd.Series) -> str:
    """Names for a sentence: the first few, and how many there are."""
    told = "、".join(name_of(name) for name in names.head(NAMES_TOLD))
    return told + (f"等{number(len(names))}个" if len(names) > NAMES_TOLD else "")


def name_of(name: str) -> str:
    """A name from the table as it stands in sentences and figures."""
    return shortened(visible(name)) if name.strip() else NOT_NAMED


def at_least(value, bounded: bool, unit: str = "人") -> str:
    """A count with its unit, 至少 before a lower bound."""
    return NOT_GIVEN if pd.isna(value) else ("至少" if bounded else "") + number(value) + unit


def _years(rollup: RollUp) -> str:
    return "、".join(map(str, rollup.years))


def _totals(rollup: RollUp, year: int) -> str:
    row = rollup.by_year.set_index("year").loc[year]
    rate = row["approval_rate"]
    complete = f"其中人数完整的{number(row['schools_complete'])}所学校" if row["lower_bound"] else ""
    applied, approved = (at_least(row[name], row["lower_bound"]) for name in ("places_applied", "places_approved"))
    return (
        f"{year}年度{number(row['schools'])}所学校共申报1+X证书试点{number(row['applications'])}项，"
        f"申请培训{applied}，批准{approved}" + (f"，{complete}批准率{number(rate)}%" if pd.notna(rate) else "") + "。"
    )


def _parts(rollup: RollUp, year: int) -> str:
    told = ""
    for title, table, name in (("批次", rollup.by_round, "application_round"), ("等级", rollup.by_level, "level")):
        rows = table[(table["year"] == year) & (table["applications"] > 0)]
        parts = [
            f"{'等级未知' if name == 'level' and part == UNKNOWN else name_of(part)}{number(count)}项、"
            f"批准{at_least(places, bounded)}"
            for part, count, places, bounded in rows[
                [name, "applications", "places_approved", "lower_bound"]
            ].itertuples(index=False)
        ]
        told += f"分{title}看，{'；'.join(parts)}。" if parts else ""
    return told


def _most(table: pd.DataFrame, name: str, counter: str, bounded: bool) -> str:
    """Which row was approved most, and its share of all."""
    places = table["places_approved"]
    most, whole = places.max(), places.sum()
    if pd.isna(most) or most == 0 or len(table) < 2:
        return ""
    top = table[places == most]
    own = bool(top["lower_bound"].any())
    share = "" if bounded else f"，{'各' if len(top) > 1 else ''}占{number(most / whole * 100)}%"
    many = f"，{number(len(top))}{counter}并列" if len(top) > 1 else ""
    known = "就已知人数而言，" if bounded else ""
    return f"{known}批准人数最多的是{names_told(top[name])}（{at_least(most, own)}{share}{many}）。"


def _tenth(schools: pd.DataFrame, bounded: bool) -> str:
    """How much of all places the tenth of the schools with the most places has."""
    tenth, whole = len(schools) // 10, schools["places_approved"].sum()
    if bounded or len(schools) < _SCHOOLS_FOR_TENTH or whole == 0:
        return ""
    part = schools["places_approved"].astype("Float64").nlargest(tenth).sum() / whole * 100
    return f"批准人数最多的十分之一学校（{number(tenth)}所）合计占{number(part)}%。"


def _unlike(schools: pd.DataFrame) -> str:
    """How many schools were approved fewer, as many, and more places than they asked for."""
    known = schools[~schools["lower_bound"]].dropna(subset=["places_applied", "places_approved"])
    differ = known["places_approved"] - known["places_applied"]
    counts = {"少于": (differ < 0).sum(), "等于": (differ == 0).sum(), "多于": (differ > 0).sum()}
    parts = [f"{word}申请人数的{number(count)}所" for word, count in counts.items() if count]
    rest = len(schools) - len(known)
    left = f"；{number(rest)}所有人数缺失，不作比较" if rest else ""
    return f"批准人数{'，'.join(parts)}{left}。" if parts else ""


def _cities(rollup: RollUp, year: int, bounded: bool) -> str:
    rows = rollup.by_city[rollup.by_city["year"] == year]
    named = rows[rows["city"] != ""]
    if named.empty:
        return ""
    unnamed = rows.loc[rows["city"] == "", "schools"].sum()
    rest = f"；另有{number(unnamed)}所学校没有写明所在市" if unnamed else ""
    count = f"{year}年度的学校分布在{number(named['city'].nunique())}个市{rest}。"
    return count + _most(named, "city", "个市", bounded or bool(unnamed))
