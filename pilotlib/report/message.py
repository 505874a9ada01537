"""What a year comes to: the ranked sentences, the cards and the headings that its report begins with."""

from typing import Any

import pandas as pd

from pilotlib.columns import title_of
from pilotlib.report.books import Fact, Point
from pilotlib.report.figures import levels_are_open, top_of
from pilotlib.report.prose import NOT_GIVEN, Statistics, at_least, measured, number, people
from pilotlib.vocabulary import UNKNOWN, round_title

# Within this share of what was applied for, in percent, approval is said to be about the same.
_ABOUT = 1
_HALF = 50
# What the school gives of each step, what it is called, and what it is a part of.
_STEPS = {"students_trained": "完成培训", "students_assessed": "参加考核"}
_STEPS |= {"students_passed": "通过", "students_awarded": "获证"}
_COMPARED = ("applications", "certificates", "places_approved", "majors_count", "students_trained", "students_assessed")
_BASES = {"students_trained": "批准名额", "students_assessed": "培训人数"}


def points_of(statistics: Statistics, compared: pd.DataFrame | None = None, before: int = 0) -> list[Point]:
    """What happened in a year and what it means, the weightiest first; of what is not known there is no sentence.

    `compared` are the measures beside those of the year `before`, as the table `compared_measures` has them.
    """
    found = [_approved(statistics), _trained(statistics), changed_point(compared, before), _levels(statistics)]
    return [point for point in [*found, _covered(statistics)] if point]


def cards_of(statistics: Statistics, compared: pd.DataFrame | None = None, before: int = 0) -> list[Fact]:
    """The year in four figures, each with what it is of, and how it changed from the year `before`."""
    said, given, changes = _measures(statistics), _given(statistics), _changes(compared)
    applied = "" if said["places_applied"] == NOT_GIVEN else f"申请{said['places_applied']}"
    levels = f"分等级计{said['certificate_levels']}，申报{said['applications']}"
    cards = [Fact("批准名额", said["places_approved"], applied)]
    for name, base in _BASES.items():
        told = at_least(given["value"].get(name), unit=given["unit"].get(name, "人"))
        shares = {f"{base}的{{}}%": given["percent"].get(name)}
        if name == "students_assessed":
            shares["其中{}%通过"] = given["percent"].get("students_passed")
        notes = [form.format(number(share)) for form, share in shares.items() if pd.notna(share)]
        cards.append(Fact(_STEPS[name], told, "；".join(notes)))
    cards.append(Fact("证书", said["certificates"], levels))
    measures = ("places_approved", "students_trained", "students_assessed", "certificates")
    return [
        card._replace(note="；".join(filter(None, [card.note, changes.get(name) and f"比{before}年{changes[name]}"])))
        for card, name in zip(cards, measures, strict=True)
    ]


def headings_of(statistics: Statistics, compared: pd.DataFrame | None = None, before: int = 0) -> dict[str, str]:
    """What each section of the report finds, by its topic; a topic of which nothing is known has none."""
    said, rounds, trained = _measures(statistics), _top(statistics, "by_round"), _trained(statistics)
    repeated = len(statistics["repeated_over_rounds"])
    again = f"，{number(repeated)}个在两个以上批次申报" if repeated else ""
    places = f"共{said['applications']}申报、{said['certificates']}证书"
    if rounds is not None and len(statistics["by_round"]) > 1:
        share = f"，占{number(rounds['share'])}%"
        places = f"{round_title(rounds['application_round'])}批准{people(rounds['places_approved'])}{share}"
    changed = changed_point(compared, before)
    return {
        "comparison": changed.happened if changed else "",
        "places": places,
        "training": trained.happened if trained else "",
        "certificates": f"{said['certificates']}证书{again}",
        "majors": _reached(said),
    }


def _approved(statistics: Statistics) -> Point:
    """What was approved, beside what was applied for, and the round with the most of it."""
    said, values, bounds = _measures(statistics), *_known(statistics)
    applied, approved = values["places_applied"], values["places_approved"]
    if pd.isna(approved):
        asked = "" if pd.isna(applied) else f"，申请培训{said['places_applied']}"
        return Point(f"全年申报{said['applications']}、{said['certificates']}证书{asked}", "批准人数未提供")
    means, rounds = [], _top(statistics, "by_round")
    if pd.notna(applied) and not (bounds["places_applied"] or bounds["places_approved"]):
        more, near = approved - applied, abs(approved - applied) * 100 <= _ABOUT * applied
        alike = "与申请的人数相同" if not more else f"与申请的{people(applied)}基本一致"
        unlike = f"比申请的{people(applied)}{'多' if more > 0 else '少'}{people(abs(more))}"
        means = [alike if near else unlike]
    if rounds is not None and len(statistics["by_round"]) > 1:
        means.append(f"{round_title(rounds['application_round'])}最多，占{number(rounds['share'])}%")
    return Point(f"全年获批培训名额{said['places_approved']}", "；".join(means))


def _trained(statistics: Statistics) -> Point | None:
    """How far the approved places were used, and how many of the trained were assessed, passed, got a certificate."""
    given = _given(statistics)
    told = {name: at_least(given["value"].get(name), unit=given["unit"].get(name, "人")) for name in _STEPS}
    missing = [title for name, title in _STEPS.items() if told[name] == NOT_GIVEN]
    if len(missing) == len(_STEPS):
        return Point("培训与考核的人数没有提供", "名额用了多少、多少人取得证书，本报告无从说明")
    share, approved = given["percent"].get("students_trained"), _known(statistics)[0]["places_approved"]
    left = 0 if pd.isna(share) else approved - given["value"]["students_trained"]
    of_places = "" if pd.isna(share) else f"，占批准名额的{number(share)}%"
    happened, means = f"完成培训{told['students_trained']}{of_places}", list[str]()
    if left > 0:
        means.append(f"有{number(left)}个名额没有完成培训")
    for name in [name for name in _STEPS if name != "students_trained" and told[name] != NOT_GIVEN]:
        of, base = given["percent"].get(name), "培训" if name == "students_assessed" else "参考"
        means.append(f"{told[name]}{_STEPS[name]}" + ("" if pd.isna(of) else f"，占{base}人数的{number(of)}%"))
    if told["students_trained"] == NOT_GIVEN:
        happened, means = means[0], means[1:]
    unknown = "，成效还无从评价" if {_STEPS["students_passed"], _STEPS["students_awarded"]} <= {*missing} else ""
    rest = [f"{'、'.join(missing)}人数未提供{unknown}"] if missing else []
    return Point(happened, "；".join([*means, *rest]))


def changed_point(compared: pd.DataFrame | None, before: int) -> Point | None:
    """How the approved places changed, and the certificates and majors beside them, where years are comparable."""
    changes = _changes(compared)
    if compared is None or not changes:
        return None
    others = {"applications": "申报", "certificates": "证书", "majors_count": "专业"}
    means = [f"{title}{changes[name]}" for name, title in others.items() if name in changes]
    if "places_approved" not in changes:
        return Point(f"批准人数与{before}年不作比较", "；".join(means))
    return Point(f"批准名额比{before}年{changes['places_approved']}", "；".join(means))


def _levels(statistics: Statistics) -> Point | None:
    """The level and the category with the most places, of those that are known exactly."""
    levels, categories = _top(statistics, "by_level"), _top(statistics, "by_category")
    open_levels = levels_are_open(statistics["by_level"])
    places = "" if categories is None else f"{categories['category']}"
    total = statistics["by_category"]["places_approved"].sum() if places else 0
    share = f"占{number(categories['places_approved'] / total * 100)}%" if categories is not None else ""
    if levels is None or levels["level"] == UNKNOWN:
        return Point(f"{places}最多", share) if places else None
    most = f"以{levels['level']}为主" if levels["share"] > _HALF else f"{levels['level']}最多"
    share_of_level = at_least(levels["share"], open_levels, "%")
    means = f"{levels['level']}名额{people(levels['places_approved'], open_levels)}，占{share_of_level}"
    return Point(most, means + (f"；各专业大类中{places}最多，{share}" if places else ""))


def _covered(statistics: Statistics) -> Point | None:
    """How many majors and students the year reaches, and how far majors differ."""
    said, rates = _measures(statistics), statistics["places_per_100_students"]
    if not (reached := _reached(said)):
        return None
    means, rate = [], rates["places_per_100_students"].dropna()
    if said["places_per_100_students"] != NOT_GIVEN:
        partly = "（只计在校生数已知的专业）" if _known(statistics)[1]["distinct_students"] else ""
        means.append(f"平均每百名在校生有名额{said['places_per_100_students']}{partly}")
    if len(rate) > 1 and rate.min() > 0:
        means.append(f"各专业从{number(rate.min())}人到{number(rate.max())}人不等")
    return Point(f"涉及{reached}", "；".join(means))


def _reached(said: dict[str, str]) -> str:
    """The majors and the students that the year reaches, as far as they are known."""
    majors, students = said["majors_count"], said["distinct_students"].replace("人", "名")
    parts = {f"{majors}专业": majors, f"其在校生共{students}": students}
    return "，".join(part for part, count in parts.items() if count != NOT_GIVEN)


def _measures(statistics: Statistics) -> dict[str, str]:
    """Every measure of the overview with its unit, 至少 before a lower bound."""
    return {name: measured(statistics["overview"], name) for name in statistics["overview"]["measure"]}


def _known(statistics: Statistics) -> tuple["pd.Series[Any]", "pd.Series[bool]"]:
    """The measures of the overview as numbers, and which of them are lower bounds."""
    overview = statistics["overview"].set_index("measure")
    return overview["value"], overview["lower_bound"]


def _given(statistics: Statistics) -> pd.DataFrame:
    """What the school gives of each step: `value`, `unit`, and `percent` of the step before; by its name."""
    given = statistics["indicators"].set_index("indicator")[["value", "unit"]]
    return given.join(statistics["rates"].set_index("numerator")["percent"])


def _top(statistics: Statistics, name: str) -> "pd.Series[Any] | None":
    """The row of a breakdown with the most approved places; none where places are lower bounds or not known."""
    return None if _known(statistics)[1]["places_approved"] else top_of(statistics[name], "places_approved")


def _changes(compared: pd.DataFrame | None) -> dict[str, str]:
    """Each measure's change from the year before in words, of those that can be compared."""
    if compared is None:
        return {}
    rows = compared.dropna(subset="change")
    much = rows["change"].abs().map(number) + rows["unit"]
    words = much.where(rows["change"] < 0, "增加" + much).where(rows["change"] >= 0, "减少" + much)
    told = dict(zip(rows["measure"], words.mask(rows["change"] == 0, "持平"), strict=True))
    return {name: told[title_of(name)] for name in _COMPARED if title_of(name) in told}
