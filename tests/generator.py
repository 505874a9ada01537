"""Application tables as colleges send them, of any size, with every answer and every fault known beforehand.

The answers are added up while the rows are made; nothing of pilotlib is called. Same seed, same table.
"""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.tables import HEADER

OTHER_HEADERS = {
    "申报年度": ("年 度", "年份"),
    "证书名称": ("证书名称（等级）", "职业技能等级证书"),
    "申报专业": ("专业名称", "试点专业"),
    "学生规模": ("学生人数", "学生规模（人）"),
    "申请总培训人数": ("申请培训人数", "申请人数"),
    "批准总培训人数": ("批准人数", "获批培训人数"),
    "申报状态": ("状态", "审核状态"),
}
# A round's standard name, and what it may be called.
ROUNDS = {"沿用批次": ("沿用批次", "沿用"), "第一次": ("第一次", "第一批次", "第1批"), "第二次": ("第二次", "第二批")}
LEVELS = ("初级", "中级", "高级")
FIELDS = (
    "工业机器人",
    "网络安全",
    "智能财税",
    "数字营销",
    "云计算",
    "大数据",
    "物联网",
    "新媒体",
    "母婴护理",
    "建筑信息模型",
)
WORKS = ("操作与运维", "集成应用", "系统运营", "技术服务", "平台管理", "数据分析", "设计与开发")
# Catalogue name and category by major; codes are the place in this list.
MAJORS = (
    "会计",
    "电子商务",
    "市场营销",
    "物流管理",
    "软件技术",
    "机电一体化技术",
    "药品生产技术",
    "护理",
    "室内艺术设计",
    "建筑工程技术",
    "酒店管理",
    "汽车检测与维修技术",
)
REFERENCE_COLUMNS = ("major", "catalogue_name", "code", "catalogue_year", "category")
REFERENCE = [
    (name, name, f"53{place:04d}", "2021", "财经商贸大类" if place < 4 else "其他大类")
    for place, name in enumerate(MAJORS)
]
SEPARATORS = ("；", ";", "、", "，", "/", "\n")
APPROVED, PENDING = "审核通过", "待省教育厅审核"


@dataclass
class Generated:
    """A table of text cells, header first; what is true of it; and what is wrong with it: (row, rule)."""

    rows: list[list[str]]
    year: int
    applications: int = 0
    set_aside: Counter = field(default_factory=Counter)
    places_applied: int = 0
    places_approved: int = 0
    by_round: Counter = field(default_factory=Counter)
    by_level: Counter = field(default_factory=Counter)
    by_certificate: Counter = field(default_factory=Counter)
    certificate_levels: set = field(default_factory=set)
    majors: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)

    @property
    def distinct_students(self) -> int:
        return sum(self.majors.values())


def generate(
    seed: int, rows: int = 25, year: int = 2021, *, dirty: bool = True, faults: bool = True, level_column: bool = False
) -> Generated:
    """A table of so many applications.

    `dirty` writes cells and headers in the ways that are understood, and puts rows between that are no applications;
    `faults` plants what must be reported.
    """
    chance = random.Random(seed)
    sizes = {major: chance.randrange(30, 900) for major in MAJORS}
    made = Generated([], year)
    taken: Counter = Counter()
    alone: list[str] = []
    body: list[list[str]] = []
    for number in range(1, rows + 1):
        certificate, level, application_round = _free(chance, taken, rows)
        approved = chance.randrange(1, 40) * 5
        applied, status = approved, APPROVED
        majors = [chance.choice(MAJORS)]
        if len(alone) > 2 and chance.random() < 0.2:
            majors = chance.sample(alone, 2)
        elif majors[0] not in alone:
            alone.append(majors[0])
        students = sum(sizes[major] for major in majors)
        if chance.random() < 0.1:
            status = PENDING
        row_number = len(body) + 1
        if faults and chance.random() < 0.15:
            fault = chance.choice(
                ("level_missing", "approved_above_applied", "approved_below_applied", "status_unknown")
            )
            if fault == "level_missing":
                level = ""
            elif fault == "status_unknown":
                status = "已退回修改"
            elif fault == "approved_above_applied":
                applied = approved - 1
            else:
                applied = approved + 3
            made.faults.append((row_number, fault))
        _count(made, certificate, level, application_round, majors, sizes, applied, approved, status)
        body.append(
            _written(
                chance,
                dirty,
                number,
                year,
                application_round,
                certificate,
                level,
                majors,
                students,
                applied,
                approved,
                status,
                level_column,
            )
        )
        if dirty and chance.random() < 0.05:
            body.append(_no_application(chance, made, len(body[-1])))
    header = [chance.choice((title, *OTHER_HEADERS.get(title, ()))) if dirty else title for title in HEADER]
    header = header + (["等级"] if level_column else [])
    for place, row in enumerate(body):
        if row == ["header"]:
            body[place] = list(header)
    if dirty and chance.random() < 0.7:
        made.set_aside["合计行"] += 1
        body.append(
            ["合计", *[""] * 5, str(made.places_applied), str(_all_approved(body, header)), *[""] * (len(header) - 8)]
        )
    made.rows = [header, *body]
    return made


def years(seed: int, first: int, number: int) -> tuple[list[Generated], list[dict]]:
    """Some years of one college, and for each year after the first what is new, carried on and gone."""
    chance = random.Random(seed)
    certificates = {f"{field_}{work}" for field_ in FIELDS[:3] for work in WORKS[:4]}
    every = sorted(f"{field_}{work}" for field_ in FIELDS for work in WORKS)
    tables, changes = [], []
    sizes = {major: chance.randrange(30, 900) for major in MAJORS}
    for year in range(first, first + number):
        before = set(certificates)
        if tables:
            gone = set(chance.sample(sorted(certificates), 2))
            new = set(chance.sample([name for name in every if name not in certificates], 3))
            certificates = certificates - gone | new
            changes.append({"新增": new, "延续": before - gone, "不再申报": gone})
        made = Generated([list(HEADER)], year)
        for place, certificate in enumerate(sorted(certificates), start=1):
            application_round = "沿用批次" if certificate in before and tables else "第一次"
            level, places = chance.choice(LEVELS), chance.randrange(1, 40) * 5
            major = chance.choice(MAJORS)
            _count(made, certificate, level, application_round, [major], sizes, places, places, APPROVED)
            made.rows.append(
                _written(
                    chance,
                    False,
                    place,
                    year,
                    application_round,
                    certificate,
                    level,
                    [major],
                    sizes[major],
                    places,
                    places,
                    APPROVED,
                    False,
                )
            )
        tables.append(made)
    return tables, changes


def _free(chance, taken, rows) -> tuple[str, str, str]:
    """A certificate, level and round that have not been together yet."""
    while True:
        name = chance.choice(FIELDS) + chance.choice(WORKS) + (str(chance.randrange(rows)) if rows > 100 else "")
        key = name, chance.choice(LEVELS), chance.choices(list(ROUNDS), (5, 5, 1))[0]
        # In one round only, so that a repeat over rounds is never a fault beside those planted.
        if not taken[key[:2]]:
            taken[key[:2]] += 1
            return key


def _count(made, certificate, level, application_round, majors, sizes, applied, approved, status) -> None:
    made.applications += 1
    made.places_applied += applied
    made.certificate_levels.add((certificate, level))
    made.by_certificate[certificate] += 0
    made.majors |= {major: sizes[major] for major in majors}
    if status == APPROVED:
        made.places_approved += approved
        made.by_round[application_round] += approved
        made.by_level[level or "未知"] += approved
        made.by_certificate[certificate] += approved


def _written(
    chance,
    dirty,
    number,
    year,
    application_round,
    certificate,
    level,
    majors,
    students,
    applied,
    approved,
    status,
    level_column,
) -> list[str]:
    suffix = "职业技能等级证书"
    named = f"{certificate}{suffix}" + (f"({level})" if level and not level_column else "")
    cells = [
        str(number),
        str(year),
        application_round,
        named,
        "；".join(majors),
        str(students),
        str(applied),
        str(approved),
        status,
    ]
    if dirty:
        if level and not level_column and chance.random() < 0.3:
            named = chance.choice(
                (
                    f"{certificate}（{level}）证书",
                    f"{certificate}{level}证书",
                    f"{certificate}职业技能等级证书{level}",
                    f" {certificate}职业技能等级证书（{level}） ",
                )
            )
        cells = [
            str(number),
            chance.choice((str(year), f"{year}年", _wide(str(year)))),
            chance.choice(ROUNDS[application_round]),
            named,
            chance.choice(SEPARATORS).join(majors),
            _number(chance, students),
            _number(chance, applied),
            _number(chance, approved),
            chance.choice((status, f" {status}")),
        ]
    return [*cells, *([level] if level_column else [])]


def _number(chance, value: int) -> str:
    return chance.choice((str(value), str(value), f"{value:,}", f"{value}人", _wide(str(value)), f" {value}"))


def _wide(digits: str) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in digits)


def _no_application(chance, made: Generated, width: int) -> list[str]:
    reason = chance.choice(("重复的表头", "空行", "表外文字"))
    made.set_aside[reason] += 1
    return {
        "重复的表头": ["header"],
        "空行": [""] * width,
        "表外文字": ["备注：以上各项均已公示", *[""] * (width - 1)],
    }[reason]


def _all_approved(body, header) -> int:
    """What a total row adds up: the column as it stands, whatever the statuses are."""
    column = 7
    texts = (row[column] for row in body if len(row) > column and row != header)
    digits = (
        "".join(chr(ord(c) - 0xFEE0) if "０" <= c <= "９" else c for c in text if c.isdecimal()) for text in texts
    )
    return sum(int(text) for text in digits if text)


def planted(made: Generated) -> dict[str, list[int]]:
    """The planted faults by rule: the rows."""
    rows = defaultdict(list)
    for row, rule in made.faults:
        rows[rule].append(row)
    return dict(rows)
