"""The words of the field, as data: columns, levels, rounds, statuses, indicators.

Everything that another college or another year may call by another name is here and nowhere else.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple


class Column(NamedTuple):
    """A column: its Chinese title, its unit (empty where it has none), its meaning, other names it goes by."""

    title: str
    unit: str
    meaning: str
    aliases: tuple[str, ...] = ()


# The table as received. `certificate` and `majors` hold the whole cell here and are taken apart by cleaning.
SOURCE_COLUMNS = {
    "serial": Column("序号", "", "表中的序号", ("编号", "项目序号")),
    "year": Column("申报年度", "年", "申报的年度，批准当年有效", ("年度", "年份", "申报年份")),
    "application_round": Column(
        "申报批次", "", "同一年内第几次申报；沿用批次指往年证书继续试点。不是证书公布的批次", ("批次", "申请批次")
    ),
    "certificate": Column(
        "证书名称",
        "",
        "职业技能等级证书，不含等级与后缀",
        ("证书", "证书名称(等级)", "证书名称及等级", "职业技能等级证书", "职业技能等级证书名称", "1+X证书名称"),
    ),
    "level": Column("等级", "", "初级、中级、高级；空为未知", ("证书等级", "级别", "技能等级")),
    "majors": Column("申报专业", "", "参与试点的专业，一个或多个", ("专业", "专业名称", "涉及专业", "试点专业")),
    "students": Column(
        "学生规模", "人", "该行各专业在校生合计；不可跨行相加", ("学生人数", "在校生人数", "在校生规模", "专业学生规模")
    ),
    "places_applied": Column(
        "申请总培训人数",
        "人",
        "申请的培训名额",
        ("申请培训人数", "申请人数", "申请培训总人数", "申报人数", "申报培训人数"),
    ),
    "places_approved": Column(
        "批准总培训人数",
        "人",
        "批准的培训名额",
        ("批准培训人数", "批准人数", "批准培训总人数", "获批人数", "获批培训人数", "获批总培训人数"),
    ),
    "status": Column("申报状态", "", "平台上的审核状态", ("状态", "审核状态", "审批状态")),
}
# A table without serial numbers loses nothing, levels mostly stand in the names, and the year is that of the folder;
# the other columns it must have.
REQUIRED_COLUMNS = tuple(name for name in SOURCE_COLUMNS if name not in ("serial", "year", "level"))
COUNT_COLUMNS = ("year", "students", "places_applied", "places_approved")

# Every other column of every table the project writes: the data dictionary is made of these.
DERIVED_COLUMNS = {
    "source_row": Column("行", "", "在申报表中的行次：表头下第一行为 1，被剔除的行也计入"),
    "place": Column("文件位置", "", "文件中的行号（表格软件中左侧的行号）"),
    "level_as_given": Column("等级（更正前）", "", "仅从表中原文读出的等级"),
    "certificate_as_given": Column("证书名称（原文）", "", "表中原文，仅去掉首尾空白"),
    "majors_as_given": Column("申报专业（原文）", "", "表中原文，仅去掉首尾空白"),
    "truncated": Column("截断", "", "原文被列宽截断：该行任一单元格，或专业表中的这一个专业名"),
    "major": Column("专业", "", "表中所用的专业名称，截断的已补全"),
    "as_given": Column("原文", "", "表中原文"),
    "catalogue_name": Column("目录名称", "", "《职业教育专业目录》中的名称"),
    "code": Column("专业代码", "", "所在目录年份的专业代码"),
    "catalogue_year": Column("目录年份", "年", "专业代码所属目录的年份；代码在不同目录间会重复使用"),
    "category": Column("专业大类", "", "专业代码前两位对应的大类"),
    "college": Column("二级学院", "", "专业所在的二级学院，由学校提供"),
    "column": Column("列", "", "所在的列"),
    "before": Column("原值", "", "更改前的内容"),
    "after": Column("现值", "", "更改后的内容"),
    "rule": Column("规则", "", "更改或检查所依据的规则"),
    "reason": Column("理由", "", "为什么这样处理"),
    "value": Column("值", "", "数值或有问题的内容"),
    "severity": Column("程度", "", "错误、警示或提示；有错误时不出报告"),
    "message": Column("说明", "", "一句话说明"),
    "text": Column("内容", "", "该行全文，单元格之间以“｜”分隔"),
    "measure": Column("指标", "", "统计指标"),
    "unit": Column("单位", "", "计量单位"),
    "lower_bound": Column("下限", "", "是：实际值可能更大"),
    "note": Column("备注", "", "口径或来源"),
    "applications": Column("试点", "项", "申报表的行数：一个证书的一个等级在一个批次为一项"),
    "certificates": Column("证书", "种", "不同证书数，不区分等级"),
    "certificate_levels": Column("证书×等级", "个", "不同的证书与等级组合数；等级未知的另算一个"),
    "share": Column("占批准人数", "%", "占全部批准培训人数的比例"),
    "applications_as_given": Column("试点（更正前）", "项", "只看表中原文时的项数"),
    "places_approved_as_given": Column("批准人数（更正前）", "人", "只看表中原文时的批准人数"),
    "levels": Column("等级", "", "该证书申报的等级"),
    "rounds": Column("批次", "", "所在批次"),
    "rounds_detail": Column("各批次批准人数", "", "逐批次列出的批准人数"),
    "applications_alone": Column("单独申报", "项", "只写了这一个专业的试点"),
    "places_approved_alone": Column("单独批准人数", "人", "只写了这一个专业的试点的批准人数"),
    "applications_shared": Column("共享申报", "项", "与其他专业写在同一行的试点"),
    "places_approved_shared": Column("共享批准人数", "人", "与其他专业共享的名额，未拆分；各专业之间不可相加"),
    "shared_with": Column("共享的专业", "", "同一行中的其他专业"),
    "majors_together": Column("专业（组）", "", "共享名额的专业合为一组，名额与学生都只计一次"),
    "places_per_100_students": Column("每百名在校生批准名额", "人", "批准培训人数 ÷ 在校生数 × 100"),
    "source_rows": Column("所在行", "", "依据的申报表行次"),
    "how": Column("得出方式", "", "数值如何得出"),
    "majors_count": Column("专业数", "个", "涉及的专业数"),
    "categories_count": Column("专业大类数", "个", "涉及的专业大类数"),
    "colleges_count": Column("二级学院数", "个", "涉及的二级学院数"),
    "rounds_count": Column("申报批次数", "个", "有申报的批次数"),
    "distinct_students": Column("试点专业在校生", "人", "申报专业的在校生之和，每个专业只计一次；不是全校人数"),
    "repeated_certificates": Column("两个及以上批次申报", "个", "在不止一个批次申报的证书×等级数"),
    "counts_as_approved": Column("计入批准", "", "该状态的人数是否计入批准人数"),
    "indicator": Column("指标", "", "表外指标，由学校提供"),
    "rate": Column("比率", "", "名称中写明分子与分母"),
    "numerator": Column("分子", "", "分子的名称"),
    "numerator_value": Column("分子值", "", "分子的数值"),
    "denominator": Column("分母", "", "分母的名称"),
    "denominator_value": Column("分母值", "", "分母的数值"),
    "people": Column("人数", "人", "人数"),
    "percent": Column("比率", "%", "分子 ÷ 分母 × 100"),
    "entry": Column("条", "", "序号"),
    "number": Column("数", "", "文中所写的数"),
    "state": Column("结论", "", "一致、不一致、下限、无数据或未识别"),
    "expected": Column("查得", "", "数据中的数"),
    "difference": Column("相差", "", "所写的数减去查得的数"),
    "statistic": Column("依据", "", "核对所用的统计表"),
    "derived": Column("推算", "", "是：由文中的数推算而来，文中没有这样写"),
    "line": Column("文中行次", "", "数在学校文字中的行"),
    "sentence": Column("原句", "", "数所在的句子"),
    "explanation": Column("说明", "", "一句话说明"),
    "table": Column("数据表", "", "数据表的名称"),
    "title": Column("名称", "", "中文名称"),
    "meaning": Column("含义", "", "含义"),
    "definition": Column("定义", "", "统计的是什么"),
    "formula": Column("算式", "", "如何计算"),
    "caveats": Column("注意", "", "不可用来说明什么"),
    "was": Column("原值", "", "更正前必须与表中一致的内容"),
    "becomes": Column("更正为", "", "更正后的内容"),
    "row": Column("行", "", "要更正的行次"),
    "topic": Column("类别", "", "指标所属的类别"),
    "name": Column("名称", "", "后一年所用的名称；不再申报的用前一年的"),
    "former": Column("前一年名称", "", "更名的专业在前一年所用的名称"),
    "standing": Column("去留", "", "新增、更名、延续或不再申报"),
    "change": Column("变化", "", "后一年减前一年；比率为百分点；下限与缺失不作比较"),
    "rate_of_change": Column("变化率", "%", "变化 ÷ 前一年 × 100"),
    "earlier_bound": Column("前一年为下限", "", "是：实际值可能更大"),
    "later_bound": Column("后一年为下限", "", "是：实际值可能更大"),
    "levels_later": Column("后一年等级", "", "后一年申报的等级"),
    "in_years": Column("见于", "", "申报过的年度"),
    "school": Column("学校", "", "汇总表中的学校"),
    "city": Column("所在市", "", "学校所在的市，由汇总表给出"),
    "schools": Column("学校数", "所", "有申报的不同学校数"),
    "schools_failed": Column("未完成的学校", "所", "申报表有错误、没有完成处理的学校数，原因逐条列出"),
    "schools_complete": Column("人数完整的学校", "所", "没有人数缺失的学校数，批准率由它们算出"),
    "rows_set_aside": Column("剔除的行", "行", "表中不是申报的行"),
    "cells_changed": Column("更改的单元格", "个", "与原表不同的单元格数"),
    "errors": Column("错误", "处", "该校申报表中的错误"),
    "warnings": Column("警示", "处", "该校申报表中的警示"),
    "notes": Column("提示", "处", "该校申报表中的提示"),
    "report": Column("报告", "", "该校年度报告的位置，相对于汇总所在的文件夹；空为没有"),
    "approval_rate": Column("批准率", "%", "批准总培训人数 ÷ 申请总培训人数 × 100；人数有缺失的学校不计算"),
    "places_band": Column("批准人数", "人", "批准总培训人数所在的区间，含两端"),
    "rate_band": Column("批准率", "", "批准率所在的区间"),
    "minimum": Column("最小", "", "最小的值"),
    "lower_quartile": Column("下四分位数", "", "四分之一的学校不超过此值（线性插值）"),
    "median": Column("中位数", "", "一半的学校不超过此值"),
    "upper_quartile": Column("上四分位数", "", "四分之三的学校不超过此值（线性插值）"),
    "maximum": Column("最大", "", "最大的值"),
    "lower_fence": Column("下界", "", "下四分位数减 1.5 倍四分位距；小于 0 的不列"),
    "upper_fence": Column("上界", "", "上四分位数加 1.5 倍四分位距"),
    "side": Column("偏向", "", "高于上界或低于下界"),
}
COLUMNS = SOURCE_COLUMNS | DERIVED_COLUMNS

# The small files beside a table.
CORRECTION_COLUMNS = ("row", "column", "was", "becomes", "reason")
INDICATOR_COLUMNS = ("indicator", "value", "unit", "note")
REFERENCE_COLUMNS = ("major", "catalogue_name", "code", "catalogue_year", "category")

# What a yearly report tells, in order: the headings of the school's own text.
NARRATIVE_SECTIONS = (
    "一、年度试点任务",
    "二、工作机制",
    "三、书证融通与教学改革",
    "四、教师激励",
    "五、经费保障",
    "六、宣传推广",
)

LEVELS = ("初级", "中级", "高级")
UNKNOWN = "未知"

CARRIED_ON = "沿用批次"
ROUND_ALIASES = {"沿用": CARRIED_ON, "沿用批": CARRIED_ON, "延续批次": CARRIED_ON, "沿用证书": CARRIED_ON}
# 第一批次 = 第一批 = 第1次 = 第一次
ORDINAL_ROUND = re.compile(r"第?([一二三四五六七八九十]|\d{1,2})(?:批次|批|次|轮)(?:申报|申请)?")
ORDINALS = "一二三四五六七八九十"

# The statuses that are evidenced, and those that mean approval. An unknown one is reported and never approved.
STATUSES = ("审核通过", "待省教育厅审核")
APPROVED_STATUSES = ("审核通过",)

MAJOR_SEPARATORS = re.compile(r"[；;、，,/\n]+")
MISSING_MARKS = frozenset({"-", "--", "—", "——", "–", "/", "\\", "无", "暂无", "空"})
# 合计, 全校合计, 合计：50人. A longer text is a total only where no certificate stands beside it.
TOTAL_WORD = "(?:合计|总计|汇总|小计|共计)"
TOTAL_FORM = re.compile(rf"{TOTAL_WORD}:?")
TOTAL_FORM_WITHOUT_CERTIFICATE = re.compile(rf".{{0,8}}{TOTAL_WORD}|{TOTAL_WORD}:.{{0,20}}")
# The line of a Markdown table between header and rows.
RULED_LINE = re.compile(":?-{2,}:?|")
COUNT_FORM = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(?:\.0+)?(?:人|名|年|年度)?")

_LEVELS_FORM = r"(?P<levels>(?:[初中高]级?[、,，/和及])*[初中高]级)"  # 初级; 初级、中级; 初、中级
_SUFFIX = "(?:职业技能等级证书|职业能力等级证书|职业能力证书|技能等级证书|等级证书|证书)"
# How a cell writes certificate and level, the first that fits; each with the example it was written for.
CERTIFICATE_FORMS = tuple(
    (re.compile(form), example)
    for form, example in (
        (rf"(?P<name>.+?){_SUFFIX}?[（(]{_LEVELS_FORM}[）)]{_SUFFIX}?", "数字媒体设计师（初级）证书"),
        (rf"(?P<name>.+?){_SUFFIX}?[（(](?P<cut>[^（）()]{{0,9}})", "机械产品三维模型设计职业技能等级证书(中"),
        (rf"(?P<name>.+?){_LEVELS_FORM}{_SUFFIX}", "网店运营推广高级证书"),
        (rf"(?P<name>.+?){_SUFFIX}{_LEVELS_FORM}", "网店运营推广职业技能等级证书高级"),
        (rf"(?P<name>.+?){_SUFFIX}", "企业财务与会计机器人应用职业技能等级证书"),
        (r"(?P<name>.+?)职业技能(?:等(?:级(?:证)?)?)?", "机械产品三维模型设计职业技能等"),
        (r"(?P<name>.+)", "财务共享服务"),
    )
)

# The year's figures that the table cannot give: code name → title, unit, meaning.
INDICATORS = {
    "certificates_with_teachers_trained": Column("完成师资培训的证书", "个", "组织教师参加师资培训的证书数"),
    "teachers_trained": Column("培训教师", "人", "完成师资培训的教师人数"),
    "examiners": Column("考评员", "人", "取得考评员资格的人数"),
    "students_trained": Column("培训学生", "人", "完成培训的学生人数"),
    "certificates_assessed": Column("完成考核的证书", "个", "已完成考核的证书试点数"),
    "students_assessed": Column("参加考核学生", "人", "参加考核的学生人数"),
    "students_passed": Column("考核通过学生", "人", "考核通过的学生人数"),
    "students_awarded": Column("获得证书学生", "人", "取得证书的学生人数"),
    "pilots_buying_equipment": Column("购置设备的试点", "个", "进行设备购置准备的试点数"),
    "assessment_sites": Column("考核站点", "个", "完成申报和建设的考核站点数"),
    "funds": Column("专项经费", "万元", "用于试点的经费"),
    "courses_integrated": Column("书证融通课程", "门", "融入证书标准的课程数"),
    "credits_registered": Column("登记学分", "学分", "存入学分银行的学分"),
}

# Rates: numerator, denominator. Each is an indicator's name or a measure of the overview.
RATES = (
    ("students_trained", "places_approved"),
    ("students_assessed", "students_trained"),
    ("students_passed", "students_assessed"),
    ("students_awarded", "students_assessed"),
)

SEVERITIES = {"error": "错误", "warning": "警示", "note": "提示"}


@lru_cache(2**16)
def plain(text: str) -> str:
    """A header or word in the form in which words are compared: NFKC, no white space, lower case.

    >>> plain("年 度"), plain("证书名称（等级）")
    ('年度', '证书名称(等级)')
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


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


def round_named(text: str) -> str:
    """A round under its standard name; a name of an unknown kind stays as it is.

    >>> [round_named(text) for text in ("第一批次", "第2批", "沿用", "补报")]
    ['第一次', '第二次', '沿用批次', '补报']
    """
    ordinal = ORDINAL_ROUND.fullmatch(text)
    if ordinal and ordinal[1] in ORDINALS:
        return f"第{ordinal[1]}次"
    if ordinal and 1 <= int(ordinal[1]) <= len(ORDINALS):
        return f"第{ORDINALS[int(ordinal[1]) - 1]}次"
    return ROUND_ALIASES.get(text, text)


def in_round_order(rounds: list[str]) -> list[str]:
    """Rounds in the order of the year: carried on, first, second …, then names of other kinds.

    >>> in_round_order(["第二次", "补报", "第一次", "沿用批次"])
    ['沿用批次', '第一次', '第二次', '补报']
    """
    standard = [CARRIED_ON, *(f"第{ordinal}次" for ordinal in ORDINALS)]
    return sorted(set(rounds), key=lambda name: (standard.index(name) if name in standard else len(standard), name))
