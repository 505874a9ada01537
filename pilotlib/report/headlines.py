"""What the figures of the annual report find, each from the tables it is drawn of; a plain title where nothing is."""

from typing import Any

import pandas as pd

from pilotlib.report.prose import number, people


def round_level(by_round: pd.DataFrame, by_level: pd.DataFrame) -> str:
    """The round and the level with the most places, and their shares."""
    top_round, top_level = (_top(table, "share") for table in (by_round, by_level))
    if top_round is None or top_level is None:
        return "各批次、各等级的批准培训人数"
    return (
        f"{top_round['application_round']}占批准人数的{number(top_round['share'])}%，"
        f"{top_level['level']}占{number(top_level['share'])}%"
    )


def certificates(by_certificate: pd.DataFrame, unlike: pd.DataFrame) -> str:
    """The certificate with the most places, and how many were approved for other than asked."""
    top = _top(by_certificate, "places_approved")
    if top is None:
        return "各证书的申请与批准培训人数"
    differing = unlike["certificate"].nunique()
    rest = f"；{number(differing)}种证书的批准与申请不同" if differing else ""
    return f"{top['certificate']}获批最多，为{people(top['places_approved'])}{rest}"


def majors(table: pd.DataFrame) -> str:
    """The major with the most places of its own, and how many share places."""
    top = _top(table, "places_approved_alone")
    shared = int((table["applications_shared"] > 0).sum())
    rest = f"；{number(shared)}个专业另有与其他专业共享的名额" if shared else ""
    if top is None:
        return f"各专业的批准培训人数{rest}"
    return f"{top['major']}单独获批最多，为{people(top['places_approved_alone'])}{rest}"


def per_100_students(table: pd.DataFrame) -> str:
    """Who has the most and the fewest places for its students."""
    if len(table) < 2:
        return "每百名在校生的批准名额"
    most, least = table.iloc[0], table.iloc[-1]
    return (
        f"每百名在校生的名额，{most['majors_together']}最多（{number(most['places_per_100_students'])}），"
        f"{least['majors_together']}最少（{number(least['places_per_100_students'])}）"
    )


def applied_to_awarded(table: pd.DataFrame) -> str:
    """Every step that was given, in order."""
    steps = table.dropna(subset="people")
    return "，".join(f"{row.step}{people(row.people)}" for row in steps.itertuples(index=False)) or "从申请到获证"


def categories(table: pd.DataFrame) -> str:
    """The 大类 with the most places, and its share."""
    top = _top(table, "places_approved")
    if top is None or len(table) < 2:
        return "各专业大类的批准培训人数"
    return f"{top['category']}获批最多，占{number(top['places_approved'] / table['places_approved'].sum() * 100)}%"


def _top(table: pd.DataFrame, column: str) -> "pd.Series[Any] | None":
    """The row with the most; none where nothing is known or all is 0."""
    values = table[column].astype("Float64").fillna(0)
    return table.iloc[int(values.argmax())] if (values > 0).any() else None
