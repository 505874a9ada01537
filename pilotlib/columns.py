"""The columns of every table: title, unit, meaning, kind, and the other names that they go by.

How a column is read, cleaned, checked, formatted, aligned, ordered and totalled follows from its entry: no other list
of column names decides any of it. A column is added by adding its entry.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from pilotlib.vocabulary import plain

Kind = Literal[
    "text",  # words as they stand
    "name",  # of a certificate, a major, a school …: cut where it is too long for a sentence or a figure
    "names",  # several of them in one cell
    "count",  # a whole number of persons or things
    "rate",  # a ratio, always with two decimals
    "value",  # any number, with the decimals that it has
    "change",  # what a number rose or fell by, with its sign
    "row",  # a number that names a row: never summed, never with thousands separated
    "year",
    "flag",  # 是 or 否
    "bound",  # 是 or 否: whether other figures of its row are lower bounds
    "code",
    "level",
    "round",
    "status",
    "term",  # the name of a column, measure or indicator, shown as its title
    "rule",  # the name of a rule of cleaning or checking, shown as its title
    "severity",
]
FIGURES: frozenset[Kind] = frozenset({"count", "rate", "value", "change"})


class Column(NamedTuple):
    """A column.

    `unit` is empty where it has none. `required`: a table without it is refused. `adds_up`: rows may be summed, and a
    cell merged over several rows gives its number once for all of them; what any other merged cell says holds for each
    row. `not_given`: where nothing stands, the figure is one that nobody gave, and that is said. `bounds`: of a bound,
    the columns whose figures are at least what they say.
    """

    title: str
    unit: str
    meaning: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    required: bool = False
    adds_up: bool = False
    not_given: bool = False
    bounds: tuple[str, ...] = ()


# The table as received. `certificate` and `majors` hold the whole cell here and are taken apart by cleaning.
SOURCE_COLUMNS = {
    "serial": Column("序号", "", "表中的序号", "row", ("编号", "项目序号")),
    "year": Column("申报年度", "年", "申报的年度，批准当年有效", "year", ("年度", "年份", "申报年份")),
    "application_round": Column(
        "申报批次",
        "",
        "同一年内第几次申报；沿用批次指往年证书继续试点。不是证书公布的批次",
        "round",
        ("批次", "申请批次"),
        required=True,
    ),
    "certificate": Column(
        "证书名称",
        "",
        "职业技能等级证书，不含等级与后缀",
        "name",
        ("证书", "证书名称(等级)", "证书名称及等级", "职业技能等级证书", "职业技能等级证书名称", "1+X证书名称"),
        required=True,
    ),
    "level": Column("等级", "", "初级、中级、高级；空为未知", "level", ("证书等级", "级别", "技能等级")),
    "majors": Column(
        "申报专业",
        "",
        "参与试点的专业，一个或多个",
        "names",
        ("专业", "专业名称", "涉及专业", "试点专业"),
        required=True,
    ),
    "students": Column(
        "学生规模",
        "人",
        "该行各专业在校生合计；不可跨行相加",
        "count",
        ("学生人数", "在校生人数", "在校生规模", "专业学生规模"),
        required=True,
    ),
    "places_applied": Column(
        "申请总培训人数",
        "人",
        "申请的培训名额",
        "count",
        ("申请培训人数", "申请人数", "申请培训总人数", "申报人数", "申报培训人数"),
        required=True,
        adds_up=True,
    ),
    "places_approved": Column(
        "批准总培训人数",
        "人",
        "批准的培训名额",
        "count",
        ("批准培训人数", "批准人数", "批准培训总人数", "获批人数", "获批培训人数", "获批总培训人数"),
        required=True,
        adds_up=True,
    ),
    "status": Column("申报状态", "", "平台上的审核状态", "status", ("状态", "审核状态", "审批状态"), required=True),
}

# Every other column of every table the project writes: the data dictionary is made of these.
DERIVED_COLUMNS = {
    "source_row": Column("行", "", "在申报表中的行次：表头下第一行为 1，被剔除的行也计入", "row"),
    "place": Column("文件位置", "", "文件中的行号（表格软件中左侧的行号）", "row"),
    "level_as_given": Column("等级（更正前）", "", "仅从表中原文读出的等级", "level"),
    "certificate_as_given": Column("证书名称（原文）", "", "表中原文，仅去掉首尾空白", "text"),
    "majors_as_given": Column("申报专业（原文）", "", "表中原文，仅去掉首尾空白", "text"),
    "truncated": Column("截断", "", "原文被列宽截断：该行任一单元格，或专业表中的这一个专业名", "flag"),
    "major": Column("专业", "", "表中所用的专业名称，截断的已补全", "name"),
    "as_given": Column("原文", "", "表中原文", "text"),
    "catalogue_name": Column("目录名称", "", "《职业教育专业目录》中的名称", "name"),
    "code": Column("专业代码", "", "所在目录年份的专业代码", "code"),
    "catalogue_year": Column("目录年份", "年", "专业代码所属目录的年份；代码在不同目录间会重复使用", "year"),
    "category": Column("专业大类", "", "专业代码前两位对应的大类", "name"),
    "college": Column("二级学院", "", "专业所在的二级学院，由学校提供", "name"),
    "column": Column("列", "", "所在的列", "term"),
    "before": Column("原值", "", "更改前的内容", "text"),
    "after": Column("现值", "", "更改后的内容", "text"),
    "rule": Column("规则", "", "更改或检查所依据的规则", "rule"),
    "reason": Column("理由", "", "为什么这样处理", "text"),
    "value": Column("值", "", "数值或有问题的内容", "value", not_given=True),
    "severity": Column("程度", "", "错误、警示或提示；有错误时不出报告", "severity"),
    "message": Column("说明", "", "一句话说明", "text"),
    "text": Column("内容", "", "该行全文，单元格之间以“｜”分隔", "text"),
    "measure": Column("指标", "", "统计指标", "term"),
    "unit": Column("单位", "", "计量单位", "text"),
    "lower_bound": Column(
        "下限", "", "是：实际值可能更大", "bound", bounds=("value", "places_applied", "places_approved")
    ),
    "note": Column("备注", "", "口径或来源", "text"),
    "applications": Column("试点", "项", "申报表的行数：一个证书的一个等级在一个批次为一项", "count"),
    "certificates": Column("证书", "种", "不同证书数，不区分等级", "count"),
    "certificate_levels": Column("证书×等级", "个", "不同的证书与等级组合数；等级未知的另算一个", "count"),
    "share": Column("占批准人数", "%", "占全部批准培训人数的比例", "rate"),
    "applications_as_given": Column("试点（更正前）", "项", "只看表中原文时的项数", "count"),
    "places_approved_as_given": Column("批准人数（更正前）", "人", "只看表中原文时的批准人数", "count"),
    "levels": Column("等级", "", "该证书申报的等级", "text"),
    "rounds": Column("批次", "", "所在批次", "text"),
    "rounds_detail": Column("各批次批准人数", "", "逐批次列出的批准人数", "text"),
    "applications_alone": Column("单独申报", "项", "只写了这一个专业的试点", "count"),
    "places_approved_alone": Column("单独批准人数", "人", "只写了这一个专业的试点的批准人数", "count"),
    "applications_shared": Column("共享申报", "项", "与其他专业写在同一行的试点", "count"),
    "places_approved_shared": Column("共享批准人数", "人", "与其他专业共享的名额，未拆分；各专业之间不可相加", "count"),
    "shared_with": Column("共享的专业", "", "同一行中的其他专业", "text"),
    "majors_together": Column("专业（组）", "", "共享名额的专业合为一组，名额与学生都只计一次", "name"),
    "places_per_100_students": Column("每百名在校生批准名额", "人", "批准培训人数 ÷ 在校生数 × 100", "rate"),
    "source_rows": Column("所在行", "", "依据的申报表行次", "text"),
    "how": Column("得出方式", "", "数值如何得出", "text"),
    "majors_count": Column("专业数", "个", "涉及的专业数", "count"),
    "categories_count": Column("专业大类数", "个", "涉及的专业大类数", "count"),
    "colleges_count": Column("二级学院数", "个", "涉及的二级学院数", "count"),
    "rounds_count": Column("申报批次数", "个", "有申报的批次数", "count"),
    "distinct_students": Column(
        "试点专业在校生", "人", "申报专业的在校生之和，每个专业只计一次；不是全校人数", "count"
    ),
    "repeated_certificates": Column("两个及以上批次申报", "个", "在不止一个批次申报的证书×等级数", "count"),
    "counts_as_approved": Column("计入批准", "", "该状态的人数是否计入批准人数", "flag"),
    "indicator": Column("指标", "", "表外指标，由学校提供", "term"),
    "rate": Column("比率", "", "名称中写明分子与分母", "text"),
    "numerator": Column("分子", "", "分子的名称", "term"),
    "numerator_value": Column("分子值", "", "分子的数值", "value", not_given=True),
    "denominator": Column("分母", "", "分母的名称", "term"),
    "denominator_value": Column("分母值", "", "分母的数值", "value", not_given=True),
    "step": Column("步骤", "", "从申请到获证的一步", "text"),
    "people": Column("人数", "人", "人数", "count", not_given=True),
    "percent": Column("比率", "%", "分子 ÷ 分母 × 100", "rate", not_given=True),
    "entry": Column("条", "", "序号", "row"),
    "number": Column("数", "", "文中所写的数", "text"),
    "state": Column("结论", "", "一致、不一致、下限、无数据或未识别", "text"),
    "expected": Column("查得", "", "数据中的数", "value"),
    "difference": Column("相差", "", "所写的数减去查得的数", "change"),
    "statistic": Column("依据", "", "核对所用的统计表", "text"),
    "derived": Column("推算", "", "是：由文中的数推算而来，文中没有这样写", "flag"),
    "line": Column("文中行次", "", "数在学校文字中的行", "row"),
    "sentence": Column("原句", "", "数所在的句子", "text"),
    "explanation": Column("说明", "", "一句话说明", "text"),
    "table": Column("数据表", "", "数据表的名称", "text"),
    "title": Column("名称", "", "中文名称", "text"),
    "meaning": Column("含义", "", "含义", "text"),
    "definition": Column("定义", "", "统计的是什么", "text"),
    "formula": Column("算式", "", "如何计算", "text"),
    "caveats": Column("注意", "", "不可用来说明什么", "text"),
    "was": Column("原值", "", "更正前必须与表中一致的内容", "text"),
    "becomes": Column("更正为", "", "更正后的内容", "text"),
    "row": Column("行", "", "要更正的行次", "row"),
    "topic": Column("类别", "", "指标所属的类别", "text"),
    "name": Column("名称", "", "后一年所用的名称；不再申报的用前一年的", "text"),
    "former": Column("前一年名称", "", "更名的专业在前一年所用的名称", "text"),
    "standing": Column("去留", "", "新增、更名、延续或不再申报", "text"),
    "earlier": Column("前一年", "", "前一年的数", "value", not_given=True),
    "later": Column("后一年", "", "后一年的数", "value", not_given=True),
    "change": Column("变化", "", "后一年减前一年；比率为百分点；下限与缺失不作比较", "change"),
    "rate_of_change": Column("变化率", "%", "变化 ÷ 前一年 × 100", "change"),
    "earlier_bound": Column("前一年为下限", "", "是：实际值可能更大", "bound", bounds=("earlier",)),
    "later_bound": Column("后一年为下限", "", "是：实际值可能更大", "bound", bounds=("later",)),
    "levels_later": Column("后一年等级", "", "后一年申报的等级", "text"),
    "years": Column("年度", "", "一个年度，或后一年比前一年；标“至少”的为下限", "text"),
    "applications_change": Column("试点变化", "项", "后一年减前一年", "change"),
    "places_approved_change": Column("批准总培训人数变化", "人", "后一年减前一年", "change"),
    "certificates_new": Column("新增证书", "种", "前一年没有的证书", "count"),
    "certificates_carried_on": Column("延续证书", "种", "两年都有的证书", "count"),
    "certificates_gone": Column("不再申报证书", "种", "后一年没有的证书", "count"),
    "majors_new": Column("新增专业", "个", "前一年没有的专业", "count"),
    "majors_renamed": Column("更名专业", "个", "两年名称不同而目录名称相同的专业", "count"),
    "majors_carried_on": Column("延续专业", "个", "两年都有的专业", "count"),
    "majors_gone": Column("不再申报专业", "个", "后一年没有的专业", "count"),
    "file": Column("申报表", "", "收到的申报表", "text"),
    "sha256": Column("SHA-256", "", "申报表文件的校验值", "text"),
    "in_years": Column("见于", "", "申报过的年度", "text"),
    "school": Column("学校", "", "汇总表中的学校", "name"),
    "city": Column("所在市", "", "学校所在的市，由汇总表给出", "name"),
    "schools": Column("学校数", "所", "有申报的不同学校数", "count"),
    "schools_failed": Column("未完成的学校", "所", "申报表有错误、没有完成处理的学校数，原因逐条列出", "count"),
    "schools_complete": Column("人数完整的学校", "所", "没有人数缺失的学校数，批准率由它们算出", "count"),
    "rows_set_aside": Column("剔除的行", "行", "表中不是申报的行", "count"),
    "cells_changed": Column("更改的单元格", "个", "与原表不同的单元格数", "count"),
    "errors": Column("错误", "处", "该校申报表中的错误", "count"),
    "warnings": Column("警示", "处", "该校申报表中的警示", "count"),
    "notes": Column("提示", "处", "该校申报表中的提示", "count"),
    "report": Column("报告", "", "该校年度报告的位置，相对于汇总所在的文件夹；空为没有", "text"),
    "approval_rate": Column("批准率", "%", "批准总培训人数 ÷ 申请总培训人数 × 100；人数有缺失的学校不计算", "rate"),
    "places_band": Column("批准人数", "人", "批准总培训人数所在的区间，含两端", "text"),
    "rate_band": Column("批准率", "", "批准率所在的区间", "text"),
    "minimum": Column("最小", "", "最小的值", "value"),
    "lower_quartile": Column("下四分位数", "", "四分之一的学校不超过此值（线性插值）", "value"),
    "median": Column("中位数", "", "一半的学校不超过此值", "value"),
    "upper_quartile": Column("上四分位数", "", "四分之三的学校不超过此值（线性插值）", "value"),
    "maximum": Column("最大", "", "最大的值", "value"),
    "lower_fence": Column("下界", "", "下四分位数减 1.5 倍四分位距；小于 0 的不列", "value"),
    "upper_fence": Column("上界", "", "上四分位数加 1.5 倍四分位距", "value"),
    "side": Column("偏向", "", "高于上界或低于下界", "text"),
}
COLUMNS = SOURCE_COLUMNS | DERIVED_COLUMNS

# The small files beside a table.
CORRECTION_COLUMNS = ("row", "column", "was", "becomes", "reason")
INDICATOR_COLUMNS = ("indicator", "value", "unit", "note")
REFERENCE_COLUMNS = ("major", "catalogue_name", "code", "catalogue_year", "category")

# The year's figures that the table cannot give: code name → title, unit, meaning.
INDICATORS = {
    "certificates_with_teachers_trained": Column("完成师资培训的证书", "个", "组织教师参加师资培训的证书数", "count"),
    "teachers_trained": Column("培训教师", "人", "完成师资培训的教师人数", "count"),
    "examiners": Column("考评员", "人", "取得考评员资格的人数", "count"),
    "students_trained": Column("培训学生", "人", "完成培训的学生人数", "count"),
    "certificates_assessed": Column("完成考核的证书", "个", "已完成考核的证书试点数", "count"),
    "students_assessed": Column("参加考核学生", "人", "参加考核的学生人数", "count"),
    "students_passed": Column("考核通过学生", "人", "考核通过的学生人数", "count"),
    "students_awarded": Column("获得证书学生", "人", "取得证书的学生人数", "count"),
    "pilots_buying_equipment": Column("购置设备的试点", "个", "进行设备购置准备的试点数", "count"),
    "assessment_sites": Column("考核站点", "个", "完成申报和建设的考核站点数", "count"),
    "funds": Column("专项经费", "万元", "用于试点的经费", "value"),
    "courses_integrated": Column("书证融通课程", "门", "融入证书标准的课程数", "count"),
    "credits_registered": Column("登记学分", "学分", "存入学分银行的学分", "value"),
}


def source_columns(*kinds: Kind) -> list[str]:
    """The names of the columns of a received table that are of some kinds, in order.

    >>> source_columns("count")
    ['students', 'places_applied', 'places_approved']
    """
    return [name for name, column in SOURCE_COLUMNS.items() if column.kind in kinds]


REQUIRED_COLUMNS = tuple(name for name, column in SOURCE_COLUMNS.items() if column.required)
# What cleaning reads as whole numbers.
COUNT_COLUMNS = tuple(source_columns("count", "year"))


_OF_A_YEAR = re.compile(r"\d{4}年")  # a column that holds one year's figures beside those of other years


def column_of(name: str) -> Column | None:
    """The entry of a column, that of a figure for a year's own column; None for one that a table brought along.

    >>> column_of("students").title, column_of("2021年").kind, column_of("联系人")
    ('学生规模', 'value', None)
    """
    if _OF_A_YEAR.fullmatch(name):
        return Column(name, "", "该年的数", "value", not_given=True)
    return COLUMNS.get(name)


def kind_of(name: str) -> Kind:
    """The kind of a column; one that a table brought along itself is text.

    >>> kind_of("students"), kind_of("联系人")
    ('count', 'text')
    """
    column = column_of(name)
    return column.kind if column else "text"


# Every known header, in the form in which words are compared → the column that it names.
HEADERS = {
    plain(word): name for name, column in SOURCE_COLUMNS.items() for word in (name, column.title, *column.aliases)
}


@lru_cache(2**16)
def column_named(header: str) -> str | None:
    """The name of the source column that a header means, a unit in brackets aside, or None.

    >>> column_named("批准人数"), column_named("学生规模（人）"), column_named("备注")
    ('places_approved', 'students', None)
    """
    word = plain(header)
    return HEADERS.get(word) or HEADERS.get(re.sub(r"\([^()]{1,4}\)$", "", word))


def title_of(name: str) -> str:
    """The Chinese title of a column, measure or indicator; a name that is not ours is its own title.

    >>> title_of("students"), title_of("students_trained"), title_of("联系人")
    ('学生规模', '培训学生', '联系人')
    """
    entry = COLUMNS.get(name) or INDICATORS.get(name)
    return entry.title if entry else name


def unit_of(name: str) -> str:
    """The unit of a column, measure or indicator, empty where it has none."""
    entry = COLUMNS.get(name) or INDICATORS.get(name)
    return entry.unit if entry else ""


def indicator_named(word: str) -> str | None:
    """The code name of an indicator given by its code name or its Chinese title, or None."""
    return next((name for name, entry in INDICATORS.items() if word in (name, entry.title)), None)
