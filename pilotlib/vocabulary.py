"""The words of the field, as data: what another college or year may call by another name is here and in `columns`."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

# What a yearly report tells, in order: the headings of the school's own text.
NARRATIVE_SECTIONS = (
    *("一、年度试点任务", "二、工作机制", "三、书证融通与教学改革"),
    *("四、教师激励", "五、经费保障", "六、宣传推广"),
)

LEVELS = ("初级", "中级", "高级")
# Applications that name none, of a table of many schools, or of one without rounds.
NO_SCHOOL = "未写学校"
NO_ROUND = "未写批次"
UNKNOWN = "未知"

CARRIED_ON = "沿用批次"
ROUND_ALIASES = {"沿用": CARRIED_ON, "沿用批": CARRIED_ON, "延续批次": CARRIED_ON, "沿用证书": CARRIED_ON}
# 第一批次 = 第一批 = 第1次 = 第一次
ORDINAL_ROUND = re.compile(r"第?([一二三四五六七八九十]|\d{1,2})(?:批次|批|次|轮)(?:申报|申请)?")
ORDINALS = "一二三四五六七八九十"

# The statuses that are known, and those that mean approval. An unknown one is asked for and never approved.
_NOT_APPROVED = "待省教育厅审核 待审核 待审批 审核中 审批中 未审核 未批准 未通过 不通过 审核未通过 审核不通过"
_NOT_APPROVED += " 不同意 不予批准 退回 已退回 驳回"
STATUSES = ("审核通过", *_NOT_APPROVED.split())
_APPROVED_TOO = "通过 已通过 审核已通过 已审核通过 审批通过 省级审核通过 通过审核 同意 批准 已批准 获批 备案 已备案"
STATUS_ALIASES = dict.fromkeys(_APPROVED_TOO.split(), "审核通过")
APPROVED_STATUSES = ("审核通过",)
# What `school.toml` may say of a status that is not known, besides one that is.
STATUS_ANSWERS = {"approved": "审核通过", "批准": "审核通过", "not_approved": "未批准"}

# What a table with a row a student says of each: did they sit, and did they pass? An unknown word is asked about.
OUTCOMES = (
    dict.fromkeys(["合格", "通过", "已通过", "及格", "考核合格", "考核通过", "考试合格", "考试通过"], (1, 1))
    | dict.fromkeys(["不合格", "未通过", "不通过", "不及格", "考核不合格", "考试不合格", "未合格"], (1, 0))
    | dict.fromkeys(["缺考", "缺席", "旷考", "弃考", "未参加", "未参考", "未参加考核"], (0, 0))
)
YES_OR_NO = {"是": (1, 1), "否": (1, 0), "√": (1, 1), "×": (1, 0)}  # under 是否合格
# Columns of such a table by which students may be told apart without saying who they are.
COHORT_TITLE = re.compile("(?:行政|所在)?班级?|年级|(?:考试|考核|认定)(?:时间|日期|次数|场次|批次)|考次|场次")

MAJOR_SEPARATORS = re.compile(r"[；;、，,/\n]+")
MISSING_MARKS = frozenset({"-", "--", "—", "——", "–", "/", "\\", "无", "暂无", "空"})
# 合计, 全校合计, 合计：50人. A longer text is a total only where no certificate stands beside it.
TOTAL_WORD = "(?:合计|总计|汇总|小计|共计|累计)"
TOTAL_FORM = re.compile(rf"{TOTAL_WORD}:?")
TOTAL_FORM_WITHOUT_CERTIFICATE = re.compile(rf".{{0,8}}{TOTAL_WORD}|{TOTAL_WORD}:.{{0,20}}")
# Headers that do not say which people are counted, and the words of the title above a table that do; the first counts.
PEOPLE_TITLES = ("人数", "试点人数", "计划人数", "名额", "规模", "试点规模", "试点学生规模")
PEOPLE_BY_TITLE = {
    "places_approved": re.compile("批准|获批|通过|公布|立项|备案|核定|(?<!申报)试点(?:院校|学校|单位)名单"),
    "places_applied": re.compile("申报|申请|拟"),
}
# What makes a header's numbers another measure: last year's, the women's, another year's.
OTHER_MEASURE = re.compile(r"上一?(?:年|届|学年|批)|去年|往年|前年|历年|女|男|\d{4}|其中")
# A header that says this is of results: it is never taken to be likely one of applications.
NEVER_LIKELY = re.compile(
    ".*(?:报名|参[加训考]|考核|考试|通过|合格|获[证得取]|取[证得]|发证|率|代码|编号|大类|日期|时间)"
)
# Below a header, the whole of what it counts, beside a part of it.
WHOLE_FORM = re.compile("(?:合|总|小|共)?计|(?:总|全部)?(?:人数|数)|全部|全体")
# The word for a total written into two cells.
TOTAL_HALVES = (re.compile("[合总共小累]"), re.compile("计"))
# 平均, 占比; 其中:五年制; 共8条 第1/3页: what is said of the rows, and of none of them.
SUMMARY_FORM = re.compile(
    r"(?:平均|均值|中位|最大|最小|最高|最低|占比|比例|百分比|同比|环比|增长率)(?:值|数|人数)?(?:\(%\))?:?"
    r"|其中.{0,20}|共\d+[项个条种行页所].*|第\d+(?:/\d+)?页.*|(?:注|备注|附注|说明|填表说明|状态|图例)\d?:.+"
)
# What stands for the cell above; what says in a column not ours that a row does not count, or not as it stands.
DITTO = frozenset({"同上", "同前", "〃", "″"})
VOID_WORD = re.compile("作废|撤销|撤回|取消|注销|无效|不计|重复|为准|调整前|变更前|原计划")
# Titles of a column that says whose an application is.
SCHOOL_TITLE = re.compile("(?:申报|试点|所属)?(?:学校|院校)(?:名称)?|申报单位")
# 单位：百人, above a table: its numbers of people are of so many.
UNIT_ABOVE = re.compile("单位:?[(]?([十百千万]人)")
# A level or a round in a header: 初级申请人数, 第二批批准人数.
PART_OF_A_ROW = re.compile(r"[初中高]级|第?[一二三四五六七八九十\d]{1,2}(?:批次|批|次|轮)|沿用(?:批次)?|新增")
# 示例, in the cell of a label; 填表人：…; a unit, in every cell of its row; (3) under a column's title.
_MODEL = "(?:填写)?(?:示例|样例|范例|例如|例|样板|样本|范本)行?"
MODEL_FORM = re.compile(rf"{_MODEL}:?\d{{0,2}}:?|[(\[【]{_MODEL}[)\]】].*")
SIGNATURE_FORM = re.compile(
    r"(?:填表|制表|填报|审核|审批|复核|经办|负责|联系|报送|主管)(?:人|单位|部门|日期|时间|电话|方式|领导)(?:签[字名章])?(?::.*|\(略\).*)?"
)
# What says who somebody is: the title of a column; in a cell the number of an identity card or a mobile phone, an
# address for mail, and the name behind 填表人.
PERSONAL_TITLE = re.compile(
    ".*(?:姓名|身份证|证件号|学籍号|学号|考生号|准考证|手机|电话|联系方式|邮箱|邮件|微信|qq"
    "|联系人|负责人|经办人|填[报表]人|班主任|辅导员).*"
)
PERSONAL_WORD = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:19|20)\d\d[01]\d[0-3]\d{4}[\dXx](?!\d)|(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
    r"|[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+|(?<=[表报核批办责系送管]人)[:：]\s*[\u4e00-\u9fff·]{2,}"
)
UNIT_FORM = re.compile(r"\(?(?:单位:)?(?:人|人次|名|个|项|种|年|年度|年份|元|万元|%)\)?|")
ANYTHING = re.compile(".+")
COLUMN_NUMBER_FORM = re.compile(r"\(?(?:\d{1,2}|[甲乙丙丁戊己庚辛壬癸]|[a-z](?:=[-+*/a-z]+)?)\)?|")
# The line of a Markdown table between header and rows.
RULED_LINE = re.compile(":?-{2,}:?|")
# One cell of these says that its row is no application; a row all of whose cells are of one of those is none either.
LABEL_FORMS = (TOTAL_FORM, MODEL_FORM, SIGNATURE_FORM, SUMMARY_FORM)
ROW_FORMS = (RULED_LINE, UNIT_FORM, COLUMN_NUMBER_FORM)
DATE_FORM = re.compile(r"(\d{4})[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?月?(?: 00:00:00)?")
COUNT_FORM = re.compile(r"(\d+|\d{1,3}(?:[,，]\d{3})+|\d{1,3}(?: \d{3})+)(?:\.0+)?(?:人|名|年|年度)?")

_LEVELS_FORM = r"(?P<levels>(?:[初中高]级?[、,，/和及])*[初中高]级)"  # 初级; 初级、中级; 初、中级
_SUFFIX = "(?:职业技能等级证书|职业能力等级证书|职业能力证书|技能等级证书|等级证书|证书)"
# How a cell writes certificate and level, the first that fits; each with the example it was written for.
CERTIFICATE_FORMS = {
    rf"(?P<name>.+?){_SUFFIX}?[（(]{_LEVELS_FORM}[）)]{_SUFFIX}?": "数字媒体设计师（初级）证书",
    rf"(?P<name>.+?){_SUFFIX}?[（(][^（）()]{{0,9}}": "机械产品三维模型设计职业技能等级证书(中",
    rf"(?P<name>.+?){_LEVELS_FORM}{_SUFFIX}": "网店运营推广高级证书",
    rf"(?P<name>.+?){_SUFFIX}{_LEVELS_FORM}": "网店运营推广职业技能等级证书高级",
    rf"(?P<name>.+?){_SUFFIX}": "企业财务与会计机器人应用职业技能等级证书",
    r"(?P<name>.+?)职业技能(?:等(?:级(?:证)?)?)?": "机械产品三维模型设计职业技能等",
    r"(?P<name>.+)": "财务共享服务",
}

NOTHING_SAID: Mapping[str, str] = {}

# What a table of results counts, and the figure of the school's own that is of the same.
_COUNTED = ("registered", "trained", "sat", "passed", "awarded")
_OF_STUDENTS = ("students_registered", "students_trained", "students_assessed", "students_passed", "students_awarded")
RESULT_INDICATORS = dict(zip(_COUNTED, _OF_STUDENTS, strict=True))
# Rates of results: what they are called, numerator, denominator.
RESULT_RATES = {
    "completion_rate": ("trained", "places_approved"),
    "attendance_of_trained": ("sat", "trained"),
    "attendance_of_registered": ("sat", "registered"),
    "pass_rate": ("passed", "sat"),
    "award_rate": ("awarded", "sat"),
}
PERSON_TIMES = "人次"  # their unit over several certificates: who sits for two counts twice
FEWEST_RANKED = 10  # sat: of fewer no rate is ranked
# Rates: numerator, denominator. Each is an indicator's name or a measure of the overview.
RATES = (
    ("students_trained", "places_approved"),
    ("students_assessed", "students_trained"),
    ("students_passed", "students_assessed"),
    ("students_awarded", "students_assessed"),
)

# Characters that no reader sees.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

SEVERITIES = {"error": "错误", "warning": "警示", "note": "提示"}


def registry(module: str, file: str) -> dict[str, Any]:
    """The entries of a TOML file beside a module (its `__file__`), by name: rules, statistics."""
    return tomllib.loads(Path(module).with_name(file).read_text("utf-8"))


@lru_cache(2**16)
def plain(text: str) -> str:
    """A word in the form in which words are compared: NFKC, no blanks or unseen marks, lower case ("年 度": 年度)."""
    return re.sub(rf"\s+|{INVISIBLE.pattern}", "", unicodedata.normalize("NFKC", text)).lower()


def round_named(text: str) -> str:
    """A round under its standard name (第2批 is 第二次, 沿用 is 沿用批次); a name of an unknown kind stays as it is."""
    ordinal = ORDINAL_ROUND.fullmatch(text)
    if not ordinal:
        return ROUND_ALIASES.get(text, text)
    number = int(ordinal[1]) if ordinal[1].isdecimal() else ORDINALS.index(ordinal[1]) + 1
    return f"第{ORDINALS[number - 1]}次" if 1 <= number <= len(ORDINALS) else text


def round_title(text: str) -> str:
    """Rounds as an office names them; what is quoted stays as it is.

    >>> round_title("沿用批次20、第二次70，文中“第二次”")
    '沿用批次20、第二批次70，文中“第二次”'
    """
    form = f"“[^”]*”|(第[{ORDINALS}])次"
    return re.sub(form, lambda match: f"{match[1]}批次" if match[1] else match[0], text)


def is_round(text: str) -> bool:
    """Whether a word is the name of a round.

    >>> is_round("第二批"), is_round("沿用"), is_round("汇总")
    (True, True, False)
    """
    return round_named(text) == CARRIED_ON or ORDINAL_ROUND.fullmatch(text) is not None


def status_named(text: str, answers: Mapping[str, str] = NOTHING_SAID) -> str:
    """A status under its standard name, or under that which the school's answers give it; else as it is.

    >>> [status_named(text, {"校内通过": "approved"}) for text in ("已通过", "审核通过。", "未通过", "校内通过")]
    ['审核通过', '审核通过', '未通过', '审核通过']
    """
    word = answers.get(text, text).rstrip("。.；;")
    word = STATUS_ANSWERS.get(word, word)
    return STATUS_ALIASES.get(word) or (word if word in STATUSES else text)


def in_round_order(rounds: list[str]) -> list[str]:
    """Rounds in the order of the year: carried on, first, second …, then names of other kinds; each once."""
    standard = [CARRIED_ON, *(f"第{ordinal}次" for ordinal in ORDINALS)]
    return sorted(set(rounds), key=lambda name: (standard.index(name) if name in standard else len(standard), name))


def in_level_order(levels: Iterable[str]) -> list[str]:
    """The three levels, then what else occurs: cells that name several, such as 初级、中级."""
    return [*LEVELS, *sorted(set(levels) - set(LEVELS))]


def listed(words: pd.Series) -> str:
    """Distinct words in the order in which they come, joined for reading; missing ones are left out."""
    return "、".join(words.dropna().astype(str).unique())
