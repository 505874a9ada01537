"""Applications, majors, indicators → named tidy statistics.

`STATISTICS` is the one place where a statistic is declared: the same entry names the table in the report, in the
files and in the data dictionary.
"""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from pilotlib.statistics import indicators, majors, places
from pilotlib.statistics.recount import compare_counts, recount
from pilotlib.statistics.tables import Tables, college_of_major, tables_of

__all__ = [
    "STATISTICS",
    "Statistic",
    "Tables",
    "college_of_major",
    "compare_counts",
    "recount",
    "summarise",
    "tables_of",
]


class Statistic(NamedTuple):
    """One statistic: Chinese title, unit of its counts, definition, and the function that makes its tidy table."""

    title: str
    unit: str
    definition: str
    function: Callable[[Tables], pd.DataFrame]


STATISTICS = {
    "overview": Statistic(
        "年度总览",
        "各行注明",
        "全年各批次合计。批准培训人数只计状态为已批准的行；标“至少”的数值是下限，实际值可能更大。",
        indicators.overview,
    ),
    "by_round": Statistic(
        "按申报批次",
        "项、种、个、人",
        "一行申报为一项。证书数不区分等级；同一证书在两个批次申报，在各批次各计一次，因此各批次证书数不可相加。",
        places.by_round,
    ),
    "by_level": Statistic(
        "按等级",
        "项、种、个、人",
        "等级取更正之后的值；“更正前”两列只看表中原文。同一证书的不同等级分别计入各等级。",
        places.by_level,
    ),
    "by_round_level": Statistic(
        "按批次与等级", "项、种、人", "批次与等级的每一种组合，只列出现过的。", places.by_round_level
    ),
    "by_certificate": Statistic(
        "按证书", "项、人", "同一证书的各等级、各批次人数相加；所在批次与各批次人数随行列出。", places.by_certificate
    ),
    "repeated_over_rounds": Statistic(
        "在两个及以上批次申报的证书",
        "人",
        "证书与等级都相同而批次不同的申报，人数为各批次之和。",
        places.repeated_over_rounds,
    ),
    "approved_unlike_applied": Statistic(
        "批准与申请人数不同的申报", "人", "批准总培训人数不等于申请总培训人数的行。", places.approved_unlike_applied
    ),
    "by_major": Statistic(
        "按专业",
        "人、项",
        "“单独”为只写这一个专业的申报；“共享”为与其他专业写在同一行的申报，名额不拆分，各专业之间不可相加。",
        majors.by_major,
    ),
    "distinct_students": Statistic(
        "不重复的在校生数",
        "人",
        "只写一个专业的行给出该专业人数，每个专业只计一次；多个专业共用的行减去已知专业，余数归其余专业合计，不拆分。"
        "学生规模不可跨行相加。",
        majors.distinct_students,
    ),
    "places_per_100_students": Statistic(
        "每百名在校生的批准名额",
        "人",
        "批准培训人数 ÷ 在校生数 × 100。共享名额的专业合为一组，名额与学生各只计一次。",
        majors.places_per_100_students,
    ),
    "by_category": Statistic(
        "按专业大类",
        "个、项、人",
        "按《职业教育专业目录》代码前两位归类；一行的专业分属几个大类时，单列为一组，不拆分。",
        majors.by_category,
    ),
    "by_college": Statistic(
        "按二级学院",
        "个、项、人",
        "按学校提供的专业与学院对照归类；学校未提供对照时没有此表。",
        majors.by_college,
    ),
    "by_status": Statistic(
        "按申报状态",
        "项、人",
        "人数为表中所列；只有“计入批准”的状态才计入批准培训人数，未知状态一律不计。",
        places.by_status,
    ),
    "indicators": Statistic(
        "表外指标", "各行注明", "申报表中没有、由学校另行提供的数字；没有提供的不作推算。", indicators.indicators
    ),
    "rates": Statistic(
        "比率",
        "%",
        "名称写明分子与分母；分子或分母未提供的不计算。以计划数为分母的比率可以超过100%。",
        indicators.rates,
    ),
}


def summarise(tables: Tables) -> dict[str, pd.DataFrame]:
    """Every statistic of `STATISTICS`, by name."""
    return {name: statistic.function(tables) for name, statistic in STATISTICS.items()}
