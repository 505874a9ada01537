"""Many schools in sentences, and the parts of their report that are shown a year or not always.

Every number is one of the statistics'; where a count is missing, sums say 至少 and nothing comes of them.
"""

from collections.abc import Callable, Hashable
from typing import Any

import pandas as pd

from pilotlib.columns import title_of
from pilotlib.province.statistics import HIGH, LEAST_SCHOOLS, is_incomplete
from pilotlib.report import parts
from pilotlib.report.books import Book, Doubt
from pilotlib.report.cell import Part
from pilotlib.report.prose import (
    NOT_GIVEN,
    Statistics,
    asked_and_granted,
    breakdown,
    number,
    people,
    shortened,
    visible,
)
from pilotlib.statistics.places import BOUNDS, PLACES

NAMES_SHOWN = 5
NOT_NAMED = "未写明"
_SCHOOLS_FOR_TENTH = 10  # from how many schools on the largest tenth is told
_Row = dict[Hashable, Any]


def figures(book: Book, *names: str, fewest: int = 1) -> Part:
    """The figures of these names for each year, in order, that has so many schools."""
    counts = book.tables["by_school"].data.groupby("year")["school"].nunique()
    years = counts.index[counts >= fewest]
    return Part("".join(parts.figure(book, f"{name}-{year}").data for name in names for year in years))


def section(book: Book, topic: str, title: str) -> Part:
    """The section of a topic, with its figure of each year; nothing where nothing is known of it."""
    return parts.section(book, topic, title, *(name for name in book.figures if name.startswith(f"{topic}-")))


def years_of(statistics: Statistics) -> list[int]:
    """The years of the table, in order."""
    return sorted(statistics["by_school"]["year"].dropna().astype(int).unique().tolist())


def over_years(statistics: Statistics) -> str:
    """The years, where what is said of the table is said of several."""
    years = years_of(statistics)
    return f"{'、'.join(map(str, years))}年" if len(years) > 1 else ""


def in_year(statistics: Statistics, year: int) -> Statistics:
    """The rows of one year, of the statistics that have years."""
    return {name: table[table["year"] == year] for name, table in statistics.items() if "year" in table}


def name_of(name: Any) -> str:
    """A name from the table as it stands in sentences and figures."""
    return shortened(visible(name)) if isinstance(name, str) and name.strip() else NOT_NAMED


def year_paragraphs(statistics: Statistics, year: int) -> dict[str, str]:
    """A year's applications in sentences, a paragraph a topic; an empty one where nothing is known.

    `rounds`: totals, rounds and levels; `schools`: who was approved most, and other than asked; `cities`.
    """
    of_year = in_year(statistics, year)
    schools, rounds = of_year["by_school"].dropna(subset="applications"), of_year["by_round"]
    if schools.empty:
        return {"rounds": f"{year}年度没有可以汇总的学校。", "schools": "", "cities": ""}
    bounded, total = bool(schools["lower_bound"].any()), of_year["by_year"].iloc[0]
    partly = is_incomplete(schools).any()
    complete = f"其中人数完整的{number(total['schools_complete'])}所学校" if partly else ""
    rate = f"，{complete}批准率{number(total['approval_rate'])}%" if pd.notna(total["approval_rate"]) else ""
    applied, approved = (people(total[name], total[bound]) for name, bound in zip(PLACES, BOUNDS, strict=True))
    rounds = rounds.assign(application_round=rounds["application_round"].map(name_of))
    named = f"{year}年：" if over_years(statistics) else ""
    located, cities = of_year["by_city"].dropna(subset="city"), ""
    if len(located):
        elsewhere = of_year["by_city"]["schools"].sum() - located["schools"].sum()
        rest = f"；另有{number(elsewhere)}所学校没有写明所在市" if elsewhere else ""
        cities = f"{year}年度的学校分布在{number(located['city'].nunique())}个市{rest}。"
        cities += _most(located, "city", "个市", bounded or bool(elsewhere))
    return {
        "rounds": f"{year}年度{number(total['schools'])}所学校共申报1+X证书试点{number(total['applications'])}项，"
        + asked_and_granted(applied, approved, rate)
        + breakdown("批次", rounds, "application_round")
        + breakdown("等级", of_year["by_level"], "level"),
        "schools": named + _most(schools, "school", "所学校", bounded) + _differences(schools, bounded),
        "cities": cities,
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


def outliers_paragraph(statistics: Statistics) -> str:
    """What it means to be unlike the others, and where that is little, as most schools are the same."""
    spread = statistics["quartiles"]
    if statistics["outliers"].empty:
        judged = (spread["schools"] >= LEAST_SCHOOLS).any()
        return "没有学校在界外。" if judged else f"有数可比的学校不足{LEAST_SCHOOLS}所，不作判定。"
    same = spread[(spread["lower_quartile"] == spread["upper_quartile"]) & (spread["schools"] >= LEAST_SCHOOLS)]
    texts = [
        f"{year}年一半以上的学校{title_of(measure)}同为{number(value)}{unit}，四分位距为0，凡与之不同的都列出。"
        for year, measure, value, unit in same[["year", "measure", "median", "unit"]].itertuples(index=False)
    ]
    return "\n".join(["离群只表示与多数学校不同，未必有错，值得核实。", *texts])


def _names(names: "pd.Series[str]") -> str:
    """Names for a sentence: the first few, and how many there are."""
    shown = "、".join(map(name_of, names.head(NAMES_SHOWN)))
    return shown + (f"等{number(len(names))}个" if len(names) > NAMES_SHOWN else "")


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


def _differences(schools: pd.DataFrame, bounded: bool) -> str:
    """How much the largest tenth of the schools has; how many were approved fewer, as many, more places."""
    places, tenth, text = schools["places_approved"].astype("Float64"), len(schools) // 10, ""
    if not bounded and len(schools) >= _SCHOOLS_FOR_TENTH and places.sum() > 0:
        share = places.nlargest(tenth).sum() / places.sum() * 100
        text = f"批准人数最多的十分之一学校（{number(tenth)}所）合计占{number(share)}%。"
    known = schools[~is_incomplete(schools)].dropna(subset=PLACES)
    differ = known["places_approved"] - known["places_applied"]
    counts = {"少于": (differ < 0).sum(), "等于": (differ == 0).sum(), "多于": (differ > 0).sum()}
    parts = [f"{word}申请人数的{number(count)}所" for word, count in counts.items() if count]
    rest = len(schools) - len(known)
    left = f"；{number(rest)}所有人数缺失，不作比较" if rest else ""
    return text + (f"批准人数{'，'.join(parts)}{left}。" if parts else "")


def doubts_of(statistics: Statistics) -> list[Doubt]:
    """Schools that failed, that lack a count, whose tables have warnings, and that are unlike the others."""
    schools, failures, unlike = (statistics[name] for name in ("by_school", "failures", "outliers"))
    reasons = failures.groupby(["school", "year"], sort=False, dropna=False)["message"].transform("size")
    failed = failures.assign(reasons=reasons).drop_duplicates(["school", "year"])
    bounded, warned = schools[is_incomplete(schools)], schools[schools["warnings"].fillna(0) > 0]
    warned = warned.sort_values(["warnings", "school", "year"], ascending=[False, True, False], kind="stable")
    warnings = f"申报表有警示，共{number(warned['warnings'].sum())}处，多的在前"
    unlike = unlike.assign(fence=unlike["upper_fence"].where(unlike["side"] == HIGH, unlike["lower_fence"]))
    several = bool(over_years(statistics))

    def doubt(title: str, rows: pd.DataFrame, words: Callable[[_Row], str], section: str) -> Doubt:
        """A sentence a row: the school, with its year where there are several, and the words."""
        sentences = []
        for row in rows.to_dict("records"):
            year = f"（{row['year']}年）" if several and pd.notna(row["year"]) else ""
            sentences.append(f"{name_of(row['school'])}{year}：{words(row)}。")
        return Doubt(title.format(number(rows["school"].nunique())), sentences, section)

    lacking = f"{{}}所学校的人数有{NOT_GIVEN}的，合计只是下限"
    return [
        doubt("{}所学校未完成", failed, _failure, "未完成的学校"),
        doubt(lacking, bounded, _places, "各学校"),
        doubt(f"{{}}所学校的{warnings}", warned, lambda row: row["warning_causes"], "各学校"),
        doubt(f"{number(len(unlike))}个数与多数学校不同", unlike, _outlier, "学校之间的差异"),
    ]


def _places(row: _Row) -> str:
    applied, approved = (people(row[name], row[bound]) for name, bound in zip(PLACES, BOUNDS, strict=True))
    return f"申请{applied}，批准{approved}"


def _failure(row: _Row) -> str:
    """The first reason why a school failed, where it is if that does not say so, and how many more."""
    place: str = f"文件第{row['place']}行" if pd.notna(row["place"]) else ""
    column = title_of(row["column"])
    where = "，".join(filter(None, [place, "" if column in row["message"] else column]))
    more = f"；另有{number(row['reasons'] - 1)}处" if row["reasons"] > 1 else ""
    return row["message"].rstrip("。") + (f"（{where}）" if where else "") + more


def _outlier(row: _Row) -> str:
    value, fence = (f"{number(row[name])}{row['unit']}" for name in ("value", "fence"))
    return f"{title_of(row['measure'])}{value}，{row['side']}（{fence}）"
