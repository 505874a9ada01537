"""Many schools in sentences: a year's totals, who was approved most, certificates, and what should be looked at.

Every number is one of the statistics'; where a count is missing, sums say 至少 and nothing comes of them.
"""

from collections.abc import Callable, Hashable
from typing import Any

import pandas as pd

from pilotlib.columns import title_of
from pilotlib.province.statistics import HIGH, counted
from pilotlib.report.books import Doubt
from pilotlib.report.prose import NOT_GIVEN, Statistics, breakdown, number, people, shortened, visible

NAMES_SHOWN = 5
NOT_NAMED = "未写明"
_SCHOOLS_FOR_TENTH = 10  # from how many schools on the largest tenth is told
_Row = dict[Hashable, Any]


def years_of(statistics: Statistics) -> list[int]:
    """The years of the table, in order."""
    return sorted(statistics["by_school"]["year"].dropna().astype(int).unique().tolist())


def over_years(statistics: Statistics) -> str:
    """The years, where what is said of the table is said of several."""
    years = years_of(statistics)
    return f"{'、'.join(map(str, years))}年" if len(years) > 1 else ""


def year_paragraphs(statistics: Statistics, year: int) -> dict[str, str]:
    """A year's applications in sentences, a paragraph a topic; an empty one where nothing is known.

    `places`: totals, rounds and levels; `schools`: who was approved most, and other than asked; `cities`.
    """
    of_year = {name: table[table["year"] == year] for name, table in statistics.items() if "year" in table}
    schools, rounds = counted(of_year["by_school"]), of_year["by_round"]
    if schools.empty:
        return {"places": f"{year}年度没有可以汇总的学校。", "schools": "", "cities": ""}
    bounded = bool(schools["lower_bound"].any())
    rounds = rounds.assign(application_round=rounds["application_round"].map(name_of))
    parts = breakdown("批次", rounds, "application_round") + breakdown("等级", of_year["by_level"], "level")
    named = f"{year}年：" if over_years(statistics) else ""
    most = _most(schools, "school", "所学校", bounded) + _tenth(schools, bounded)
    return {
        "places": _totals(of_year["by_year"].iloc[0], year) + parts,
        "schools": named + most + _unlike(schools),
        "cities": _cities(of_year["by_city"], year, bounded),
    }


def certificates_paragraph(statistics: Statistics) -> str:
    """The certificates over all schools: which the most schools applied for, which has the most places."""
    table, years = statistics["by_certificate"], over_years(statistics)
    if table.empty:
        return ""
    over, most = f"以下为{years}合计。" if years else "", table["schools"].max()
    names = _names(table.loc[table["schools"] == most, "certificate"])
    by_schools = f"申报学校最多的证书是{names}（{number(most)}所）；" if len(table) > 1 else ""
    return over + by_schools + _most(table, "certificate", "种证书", bool(table["lower_bound"].any()))


def _names(names: "pd.Series[str]") -> str:
    """Names for a sentence: the first few, and how many there are."""
    shown = "、".join(map(name_of, names.head(NAMES_SHOWN)))
    return shown + (f"等{number(len(names))}个" if len(names) > NAMES_SHOWN else "")


def name_of(name: Any) -> str:
    """A name from the table as it stands in sentences and figures."""
    return shortened(visible(name)) if isinstance(name, str) and name.strip() else NOT_NAMED


def _totals(row: "pd.Series[Any]", year: int) -> str:
    rate = row["approval_rate"]
    complete = f"其中人数完整的{number(row['schools_complete'])}所学校" if row["lower_bound"] else ""
    applied, approved = (people(row[name], row["lower_bound"]) for name in ("places_applied", "places_approved"))
    return (
        f"{year}年度{number(row['schools'])}所学校共申报1+X证书试点{number(row['applications'])}项，"
        f"申请培训{applied}，批准{approved}" + (f"，{complete}批准率{number(rate)}%" if pd.notna(rate) else "") + "。"
    )


def _most(table: pd.DataFrame, name: str, counter: str, bounded: bool) -> str:
    """Which row was approved most, and its share of all."""
    places = table["places_approved"]
    most, total = places.max(), places.sum()
    if pd.isna(most) or most == 0 or len(table) < 2:
        return ""
    top = table[places == most]
    own = bool(top["lower_bound"].any())
    share = "" if bounded else f"，{'各' if len(top) > 1 else ''}占{number(most / total * 100)}%"
    many = f"，{number(len(top))}{counter}并列" if len(top) > 1 else ""
    known = "就已知人数而言，" if bounded else ""
    return f"{known}批准人数最多的是{_names(top[name])}（{people(most, own)}{share}{many}）。"


def _tenth(schools: pd.DataFrame, bounded: bool) -> str:
    """How much of all places the tenth of the schools with the most places has."""
    tenth, total = len(schools) // 10, schools["places_approved"].sum()
    if bounded or len(schools) < _SCHOOLS_FOR_TENTH or total == 0:
        return ""
    part = schools["places_approved"].astype("Float64").nlargest(tenth).sum() / total * 100
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


def _cities(rows: pd.DataFrame, year: int, bounded: bool) -> str:
    named = rows.dropna(subset="city")
    if named.empty:
        return ""
    unnamed = rows.loc[rows["city"].isna(), "schools"].sum()
    rest = f"；另有{number(unnamed)}所学校没有写明所在市" if unnamed else ""
    count = f"{year}年度的学校分布在{number(named['city'].nunique())}个市{rest}。"
    return count + _most(named, "city", "个市", bounded or bool(unnamed))


def doubts_of(statistics: Statistics) -> list[Doubt]:
    """Schools that failed, that lack a count, whose tables have warnings, and that are unlike the others."""
    schools, failures, unlike = (statistics[name] for name in ("by_school", "failures", "outliers"))
    reasons = failures.groupby(["school", "year"], sort=False, dropna=False)["message"].transform("size")
    failed = failures.assign(reasons=reasons).drop_duplicates(["school", "year"])
    bounded, warned = schools[schools["lower_bound"]], schools[schools["warnings"].fillna(0) > 0]
    warned = warned.sort_values(["warnings", "school", "year"], ascending=[False, True, False], kind="stable")
    warnings = f"申报表有警示，共{number(warned['warnings'].sum())}处，多的在前"
    unlike = unlike.assign(fence=unlike["upper_fence"].where(unlike["side"] == HIGH, unlike["lower_fence"]))
    kinds: list[tuple[str, pd.DataFrame, Callable[[_Row], str], str]] = [
        ("{}所学校未完成", failed, _failure, "未完成的学校"),
        (f"{{}}所学校的人数有{NOT_GIVEN}的，合计只是下限", bounded, _lower_bound, "各学校"),
        (f"{{}}所学校的{warnings}", warned, lambda row: f"{number(row['warnings'])}处", "各学校"),
        (f"{number(len(unlike))}个数与多数学校不同", unlike, _outlier, "学校之间的差异"),
    ]
    several = bool(over_years(statistics))
    return [
        Doubt(
            title.format(number(rows["school"].nunique())),
            [f"{_school(row, several)}：{words(row)}。" for row in rows.to_dict("records")],
            section,
        )
        for title, rows, words, section in kinds
        if len(rows)
    ]


def _school(row: _Row, several: bool) -> str:
    """A school as it is named, with its year where there are several."""
    return name_of(row["school"]) + (f"（{row['year']}年）" if several and pd.notna(row["year"]) else "")


def _failure(row: _Row) -> str:
    """The first reason why a school failed, where it is if that does not say so, and how many more there are."""
    place: str = f"文件第{row['place']}行" if pd.notna(row["place"]) else ""
    column = title_of(row["column"])
    where = "，".join(filter(None, [place, "" if column in row["message"] else column]))
    more = f"；另有{number(row['reasons'] - 1)}处" if row["reasons"] > 1 else ""
    return row["message"].rstrip("。") + (f"（{where}）" if where else "") + more


def _lower_bound(row: _Row) -> str:
    return f"批准{people(row['places_approved'], True)}"


def _outlier(row: _Row) -> str:
    value, fence = (f"{number(row[name])}{row['unit']}" for name in ("value", "fence"))
    return f"{title_of(row['measure'])}{value}，{row['side']}（{fence}）"
