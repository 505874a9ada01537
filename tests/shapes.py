"""Tables of other shapes and words than ours, made with known answers: read right, or refused, and never otherwise."""

import random

import pandas as pd

from pilotlib import PilotError
from pilotlib.checking import check
from pilotlib.cleaning import clean
from pilotlib.reading import read_table
from pilotlib.statistics.places import only_approved
from pilotlib.statistics.recount import recount
from tests import writers
from tests.tables import HEADER

Answer = tuple[int, int | None, int | None]  # applications, places applied for and approved; None where none is given

CERTIFICATES = ("财务共享服务", "网店运营推广", "界面设计", "物联网智慧农业", "老年照护", "幼儿照护", "5G移动网络运维")
MAJORS = ("会计", "电子商务", "广告设计与制作", "护理", "学前教育")
LEVELS = ("初级", "中级", "高级")
ALIASES = {
    "申报批次": ("批次", "试点批次", "*申报批次", "3.申报批次"),
    "证书名称": ("1+X证书名称", "证书名称：", "证书名称（必填）"),
    "申报专业": ("所属专业", "专业名称", "申报专业*"),
    "学生规模": ("专业在校生数", "学生规模（人）", "学生规模（在校生人数）", "学生总规模"),
    "申请总培训人数": ("申报数", "申请总培训人数（单位：人）", "计划培训人数"),
    "批准总培训人数": ("核定人数", "批准数", "本年核定数", "批准总培训人数（人次）"),
    "申报状态": ("审核结果", "状态"),
}
OTHER_MEASURES = ("上年", "女生", "2020年", "其中男生", "累计")
TOTALS = ("合计", "总　计", "全校", "证书总数", "累计：", "本校共计", "")


def table_of(chance: random.Random) -> tuple[list[list[str]], Answer]:
    """A table as a careful office writes it, and what it says: applications, places applied for and approved."""
    rows, approved = [], []
    for number in range(1, chance.randrange(3, 9)):
        applied = chance.randrange(5, 200)
        granted = applied - chance.choice((0, 0, 5, 3))
        status = chance.choice(("审核通过", "审核通过", "待省教育厅审核"))
        certificate = f"{chance.choice(CERTIFICATES)}职业技能等级证书({chance.choice(LEVELS)})"
        about = [str(number), "2021", chance.choice(("沿用批次", "第一次")), certificate, chance.choice(MAJORS)]
        rows.append([*about, str(chance.randrange(50, 900)), str(applied), str(granted), status])
        approved += [granted] * (status == "审核通过")
    return rows, (len(rows), sum(int(row[6]) for row in rows), sum(approved) if approved else None)


def sums_of(rows: list[list[str]], label: str, place: int) -> list[str]:
    sums = [str(sum(int(row[column]) for row in rows)) for column in (5, 6, 7)]
    row = ["", "", "", "", "", *sums, ""]
    row[place] = label
    return row


def odd(chance: random.Random) -> tuple[list[str], list[list[str]], Answer, bool]:
    """A header, rows, the answer, and whether the table may not be read at all."""
    rows, answer = table_of(chance)
    header, body, refused = list(HEADER), [list(row) for row in rows], False
    for place, title in enumerate(HEADER):
        if title in ALIASES and chance.random() < 0.5:
            header[place] = chance.choice(ALIASES[title])
    if chance.random() < 0.3:  # one column in hundreds
        place = chance.choice((6, 7))
        header[place] = f"{HEADER[place]}（百人）"
        for row in body:
            row[place] = str(int(row[place]) / 100)
    if chance.random() < 0.3:
        body = [[f"{int(cell):,}" if column in (5,) else cell for column, cell in enumerate(row)] for row in body]
    if chance.random() < 0.4 and "百人" not in "".join(header):
        body.append(sums_of(rows, chance.choice(TOTALS), chance.choice((0, 3))))
    if chance.random() < 0.3:
        body.insert(0, ["", "年", "", "", "", "人", "人", "人", ""])
    if chance.random() < 0.3:
        body.insert(0, [str(number) for number in range(1, 10)])
    if chance.random() < 0.3:
        body.insert(0, ["示例", "2021", "第一次", "某某职业技能等级证书(初级)", "会计", "100", "50", "50", "审核通过"])
    if chance.random() < 0.3:
        body.append(["填表人：", "", "", "审核人：", "", "", "联系电话：13800138000", "2021年12月1日", ""])
    if chance.random() < 0.3:
        body.insert(chance.randrange(len(body)), [""] * 9)
    dropped: set[int] = set()
    if chance.random() < 0.3:  # what a table need not have; of the places one column stays
        dropped = set(chance.sample((0, 1, 2, 4, 5, 8, chance.choice((6, 7))), chance.randrange(1, 5)))
        dropped -= {0} if any("示例" in row for row in body) else set()  # only its label tells such a row
    if chance.random() < 0.2:
        place = chance.choice((5, 6, 7))
        header[place], refused = f"{HEADER[place]}（{chance.choice(OTHER_MEASURES)}）", place not in dropped
    if chance.random() < 0.1 and not dropped and not refused:
        place = chance.randrange(1, 9)
        header.append(chance.choice([HEADER[place], *ALIASES.get(HEADER[place], [])]))
        body, refused = [[*row, row[place]] for row in body], True
    if chance.random() < 0.2:
        header.append(chance.choice(("备注", "联系人", "负责教师", "上年批准人数", "报名人数")))
        numbers = [str(number) for number in range(1, 10)]
        body = [[*row, "10" if row[:9] == numbers else chance.choice(("", "7", "无"))] for row in body]
    order = [place for place in range(len(header)) if place not in dropped]
    if chance.random() < 0.3:
        chance.shuffle(order)
    applications, applied, approved = answer
    if 8 in dropped:  # without statuses, all that is said to be approved is
        approved = sum(int(row[7]) for row in rows)
    known = applications, None if 6 in dropped else applied, None if 7 in dropped else approved
    return [header[place] for place in order], [[row[place] for place in order] for row in body], known, refused


def said_of(path) -> Answer | None:
    """What is read of a file; None where an error stops the report."""
    cells = read_table(path).cells
    cleaned = clean(cells)
    if (check(cleaned, 2021)["severity"] == "error").any():
        return None
    counts, applications = recount(cells), only_approved(cleaned.applications)
    sums = [applications[name].sum(min_count=1) for name in ("places_applied", "places_approved")]
    said = len(applications), *(None if pd.isna(number) else int(number) for number in sums)
    again = tuple(counts["", name] for name in ("applications", "places_applied", "places_approved"))
    assert tuple(number or 0 for number in said) == again
    return said


def examine(seed: int | str, folder) -> str:
    """What becomes of an odd table: read, refused, or a sentence on what was misread."""
    chance = random.Random(seed)
    header, body, answer, refused = odd(chance)
    kind, write = chance.choice([("csv", writers.delimited), ("tsv", lambda rows: writers.delimited(rows, "\t"))])
    path = folder / f"applications.{kind}"
    path.write_bytes(write([header, *body]))
    try:
        said = said_of(path)
    except PilotError as error:
        return "refused" if refused else f"refused {header}: {error}"
    if refused or said not in (answer, None):
        return f"{header}: read {said}, not {answer}{' but refused' if refused else ''}"
    return "read" if said else "refused"
