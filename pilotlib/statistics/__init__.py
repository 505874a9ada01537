"""Applications, majors, indicators → named tidy statistics.

`STATISTICS` is the one place where a statistic is declared: the same entry names the table in the report, in the
files and in the data dictionary.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from pilotlib.statistics import indicators, majors, places
from pilotlib.statistics.places import Tables, tables_of
from pilotlib.statistics.recount import compare_counts, recount

__all__ = ["STATISTICS", "Statistic", "Tables", "compare_counts", "recount", "summarise", "tables_of"]


class Statistic(NamedTuple):
    """One statistic: Chinese title, unit of its counts, definition, and the function of tables that makes its own.

    `formula` says how its figures are computed, `caveats` what they must not be taken for.
    """

    title: str
    unit: str
    definition: str
    function: Callable[[Any], pd.DataFrame]
    formula: str = ""
    caveats: str = ""


STATISTICS = {
    "overview": Statistic(
        "年度总览",
        "各行注明",
        "全年各批次合计。批准培训人数只计状态为已批准的行；标“至少”的数值是下限，实际值可能更大。",
        indicators.overview,
        "申报数 = 申报表的行数；证书数 = 不同证书名称的个数；申请（批准）人数 = 各行之和，批准只取状态为已批准的行。",
        "有人数缺失或专业被截断的，总数只是下限；一行写几个等级的，等级数也只是下限。",
    ),
    "by_round": Statistic(
        "按申报批次",
        "项、种、个、人",
        "一行申报为一项。证书数不区分等级；同一证书在两个批次申报，在各批次各计一次，因此各批次证书数不可相加。",
        places.by_round,
        "每个批次：项数 = 行数，证书数 = 不同名称数，人数 = 各行之和；占比 = 该批次批准人数 ÷ 全部批准人数 × 100。",
        "人数可以跨批次相加，证书数不可以。没有批准人数的批次不是0，是没有数据。",
    ),
    "by_level": Statistic(
        "按等级",
        "项、种、个、人",
        "等级取更正之后的值；“更正前”两列只看表中原文。同一证书的不同等级分别计入各等级。",
        places.by_level,
        "每个等级：项数 = 行数，人数 = 各行之和；占比 = 该等级批准人数 ÷ 全部批准人数 × 100。",
        "证书数不可跨等级相加。等级未知的另列一行；由更正得出的等级，可与“更正前”对照。",
    ),
    "by_round_level": Statistic(
        "按批次与等级",
        "项、种、人",
        "批次与等级的每一种组合，只列出现过的。",
        places.by_round_level,
        "每个批次与等级的组合：项数 = 行数，人数 = 各行之和。",
        "没有列出的组合是没有申报，不是数据缺失。",
    ),
    "by_certificate": Statistic(
        "按证书",
        "项、人",
        "同一证书的各等级、各批次人数相加；所在批次与各批次人数随行列出。",
        places.by_certificate,
        "每种证书：项数 = 行数，人数 = 各等级、各批次各行之和。",
        "同名不同等级在此是一种证书；改了名称的证书算另一种。",
    ),
    "repeated_over_rounds": Statistic(
        "在两个及以上批次申报的证书",
        "人",
        "证书与等级都相同而批次不同的申报，人数为各批次之和。",
        places.repeated_over_rounds,
        "证书与等级相同的行，批次数大于1的；人数 = 各批次之和。",
        "等级未知的行无法比对，不在其中。",
    ),
    "approved_unlike_applied": Statistic(
        "批准与申请人数不同的申报",
        "人",
        "批准总培训人数不等于申请总培训人数的行。",
        places.approved_unlike_applied,
        "批准总培训人数 − 申请总培训人数 ≠ 0 的行。",
        "任何一个人数缺失的行不在其中；未批准的行也不在其中。",
    ),
    "by_major": Statistic(
        "按专业",
        "人、项",
        "“单独”为只写这一个专业的申报；“共享”为与其他专业写在同一行的申报，名额不拆分，各专业之间不可相加。",
        majors.by_major,
        "单独 = 只写该专业的行的批准人数之和；共享 = 同时写了其他专业的行的批准人数之和。",
        "共享人数在每个有关专业各出现一次，不可跨专业相加，也不可与单独相加后再求总数。",
    ),
    "distinct_students": Statistic(
        "不重复的在校生数",
        "人",
        "只写一个专业的行给出该专业人数，每个专业只计一次；多个专业共用的行减去已知专业，余数归其余专业合计，不拆分。"
        "学生规模不可跨行相加。",
        majors.distinct_students,
        "独写一行的专业取该行人数；共用一行的，该行人数 − 其中已知专业的人数 = 其余专业合计。",
        "同一专业各行人数不同的，视为未知；被截断的行可能还有专业没有看到。",
    ),
    "places_per_100_students": Statistic(
        "每百名在校生的批准名额",
        "人",
        "批准培训人数 ÷ 在校生数 × 100。共享名额的专业合为一组，名额与学生各只计一次。",
        majors.places_per_100_students,
        "批准培训人数 ÷ 在校生数 × 100，四舍五入到两位小数；全年 = 各组批准人数之和 ÷ 各组学生之和 × 100。",
        "分母是在校生，不是应参加培训的人数；学生数未知的组没有比率，也不计入全年。",
    ),
    "by_category": Statistic(
        "按专业大类",
        "个、项、人",
        "按《职业教育专业目录》代码前两位归类；一行的专业分属几个大类时，单列为一组，不拆分。",
        majors.by_category,
        "每个大类：专业数 = 不同专业数，项数 = 行数，人数 = 各行之和。",
        "专业目录中查不到的专业没有大类；跨大类的一组不可并入任何一类。",
    ),
    "by_college": Statistic(
        "按二级学院",
        "个、项、人",
        "按学校提供的专业与学院对照归类；学校未提供对照时没有此表。",
        majors.by_college,
        "每个二级学院：专业数、项数、人数，算法同按专业大类。",
        "跨学院共享的名额单列为一组，不拆分。",
    ),
    "by_status": Statistic(
        "按申报状态",
        "项、人",
        "人数为表中所列；只有“计入批准”的状态才计入批准培训人数，未知状态一律不计。",
        places.by_status,
        "每种状态：项数 = 行数，人数 = 各行之和。",
        "未计入批准的状态，其人数不在任何批准总数里。",
    ),
    "indicators": Statistic(
        "表外指标",
        "各行注明",
        "申报表中没有、由学校另行提供的数字；没有提供的不作推算。",
        indicators.indicators,
        "学校在 indicators.csv 中填写的数，照录，不计算。",
        "申报表无法佐证这些数；未提供不等于0。",
    ),
    "rates": Statistic(
        "比率",
        "%",
        "名称写明分子与分母；分子或分母未提供的不计算。以计划数为分母的比率可以超过100%。",
        indicators.rates,
        "分子 ÷ 分母 × 100，四舍五入到两位小数。",
        "同一个“通过率”换了分母就是另一个数；分子、分母的口径以学校填写为准。",
    ),
}


def summarise(tables: Tables) -> dict[str, pd.DataFrame]:
    """Every statistic of `STATISTICS`, by name."""
    return {name: statistic.function(tables) for name, statistic in STATISTICS.items()}
