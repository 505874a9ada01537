"""What is counted of many schools → named tidy statistics, declared as those of a year are."""

from typing import NamedTuple

import pandas as pd

from pilotlib.province import spread
from pilotlib.province.spread import FENCE, LEAST_SCHOOLS, TUKEY, with_rate
from pilotlib.report.prose import number
from pilotlib.statistics import Statistic
from pilotlib.vocabulary import NO_SCHOOL

ADDED_UP = ["applications", "places_applied", "places_approved"]
RULE = (
    f"离群按Tukey的界判定：低于下四分位数减{number(FENCE)}倍四分位距，或高于上四分位数加{number(FENCE)}倍四分位距"
    f"（{TUKEY}）；有该数的学校不足{LEAST_SCHOOLS}所时不判定。人数有缺失的学校不参加比较。"
)


class SchoolTables(NamedTuple):
    """What was counted of many schools: the totals of `totals.tables_of`, and what became of the schools' reports.

    `by_school` also has the `distinct_students, places_per_100_students, errors, warnings, notes` of a school's report,
    and where it is (`report`); `overview` has a measure a row. `failures` has a row for each fault of a school that has
    no report: `school, year, source_row, place, column, value, message`.
    """

    overview: pd.DataFrame
    by_school: pd.DataFrame
    by_city: pd.DataFrame
    by_round: pd.DataFrame
    by_level: pd.DataFrame
    by_certificate: pd.DataFrame
    failures: pd.DataFrame


def by_school(tables: SchoolTables) -> pd.DataFrame:
    """One row per school and year, with its rate; the newest year and the most places first."""
    return with_rate(tables.by_school).sort_values(
        ["year", "places_approved", "school"], ascending=[False, False, True], kind="stable", ignore_index=True
    )


def by_year(tables: SchoolTables) -> pd.DataFrame:
    """One row per year: the sums over the schools that are counted.

    The rate is that of `schools_complete`, the schools of which no count is missing.
    """
    schools = counted(tables.by_school)
    complete = schools[~schools["lower_bound"]].groupby("year")
    years = schools.groupby("year")
    named = schools[schools["school"] != NO_SCHOOL].groupby("year")["school"].nunique()
    table = years[ADDED_UP].sum()
    rate = with_rate(complete[ADDED_UP].sum().assign(lower_bound=False))["approval_rate"]
    table.insert(0, "schools", named.reindex(table.index, fill_value=0).astype("Int64"))
    return table.assign(
        lower_bound=years["lower_bound"].any(),
        schools_complete=complete["school"].nunique().reindex(table.index, fill_value=0).astype("Int64"),
        approval_rate=rate,
    ).reset_index()


def counted(schools: pd.DataFrame) -> pd.DataFrame:
    """The schools that have been counted: one that failed has no applications."""
    return schools[schools["applications"].notna()]


SCHOOLS_STATISTICS = {
    "overview": Statistic(
        "总计",
        "各行注明",
        "全表各学校合计。",
        lambda tables: tables.overview,
        "申报、人数为各学校之和；证书、证书×等级、学校为不同者的个数。",
        "证书数不可跨学校相加。",
    ),
    "by_year": Statistic(
        "各年度",
        "各列注明",
        "不跨年度相加。",
        by_year,
        "每个年度：各学校之和；批准率 = 人数完整的学校的批准人数之和 ÷ 申请人数之和 × 100。",
        "没有统计结果的学校不在其中。",
    ),
    "by_school": Statistic(
        "各学校",
        "各列注明",
        "每所学校每个年度一行，按批准总培训人数从多到少。",
        by_school,
        "每所学校：项数 = 行数，人数 = 各行之和，批准只取状态为已批准的行；批准率 = 批准 ÷ 申请 × 100。",
        "没有报告的学校，在校生与警示等没有数；剔除的行计在该校的第一个年度。",
    ),
    "by_city": Statistic(
        "各市",
        "各列注明",
        "",
        lambda tables: with_rate(tables.by_city),
        "每个年度、每个市：项数 = 行数，人数 = 各行之和，学校数 = 不同学校数。",
        "证书数不可跨市相加；没有写明所在市的另列一行。",
    ),
    "by_round": Statistic(
        "各批次",
        "各列注明",
        "",
        lambda tables: with_rate(tables.by_round),
        "每个年度、每个批次：项数 = 行数，人数 = 各行之和，学校数 = 不同学校数。",
        "学校数、证书数不可跨批次相加。",
    ),
    "by_level": Statistic(
        "各等级",
        "各列注明",
        "",
        lambda tables: with_rate(tables.by_level),
        "每个年度、每个等级：项数 = 行数，人数 = 各行之和，学校数 = 不同学校数。",
        "学校数、证书数不可跨等级相加；等级未知的另列一行。",
    ),
    "by_certificate": Statistic(
        "各证书",
        "各列注明",
        "不区分等级。",
        lambda tables: with_rate(tables.by_certificate),
        "每种证书：项数 = 行数，人数 = 各等级、各批次、各学校各行之和。",
        "学校数不可跨证书相加。",
    ),
    "places_bands": Statistic(
        "批准人数分布",
        "所",
        "各区间的学校数；人数有缺失的学校不计。",
        lambda tables: spread.of_each_year(spread.places_bands, by_school(tables)),
        "区间等宽，宽度取1、2、5、10、20……中使十个区间达到第95百分位数的最小者；最大的几所合在最后一个区间。",
        "没有写明学校的申报不计。",
    ),
    "rate_bands": Statistic(
        "批准率分布",
        "所",
        "各区间的学校数；人数有缺失的学校不计。",
        lambda tables: spread.of_each_year(spread.rate_bands, by_school(tables)),
        "每10个百分点一个区间；恰好等于与多于申请人数的，各为一个区间。",
        "没有写明学校的申报不计。",
    ),
    "quartiles": Statistic(
        "四分位数与界",
        "各行注明",
        RULE,
        lambda tables: spread.quartiles(by_school(tables)),
        "四分位数用线性插值；界 = 下（上）四分位数 −（+） 1.5 × 四分位距。",
        "小于0的下界不列。",
    ),
    "outliers": Statistic(
        "与多数学校不同的学校",
        "各行注明",
        RULE,
        lambda tables: spread.outliers(by_school(tables)),
        "低于下界或高于上界的学校，离界最远的在前。",
        "只表示与多数学校不同，未必有错。",
    ),
    "failures": Statistic(
        "未完成的学校",
        "条",
        "逐条列出原因及所在的行。",
        lambda tables: tables.failures,
        "每处错误一行。",
        "这些学校的申报仍计入总计。",
    ),
}


def summarise_schools(tables: SchoolTables) -> dict[str, pd.DataFrame]:
    """Every statistic of `SCHOOLS_STATISTICS`, by name."""
    return {name: statistic.function(tables) for name, statistic in SCHOOLS_STATISTICS.items()}
