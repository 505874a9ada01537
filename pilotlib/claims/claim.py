"""A number that states something, what the words around it say of it, and how it stands among those of its passage."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from pilotlib.claims import grammar
from pilotlib.claims.facts import Scope
from pilotlib.claims.grammar import MONEY, PEOPLE, PERCENT, SHAPE, TIMES, WORDS
from pilotlib.claims.numbers import Number
from pilotlib.claims.text import Names, Span, Word, kinds_of

_FACTORS = {unit: round(worth * 1e4) for unit, worth in grammar.RULES["in_ten_thousands"].items()}
_REACH = 40  # so many claims before and after one are looked at together with it


class Claim(NamedTuple):
    """A number that states something, the words around it, and what they say of it.

    Read off the text: the words right `before` and `after` the number, their `kinds`, all words `in_segment`; the
    characters near it that nothing explains (`unknown`); where its `clause` and `sentence` begin and end; the text from
    the number before it (`lead`) and up to the next (`tail`). Understood: the `measures` that it may be of, the
    likeliest first; the `scope` named beside it and the one `carried` over; the `limits` (part, elsewhere, time,
    planned) that hold; the words that put it `outside` the year or make it `doubtful` that it is of the whole; and the
    kinds of all words `said` in the sentence so far. Of its relations: its `place` in a list and the length of that,
    how it `stands` (`lead`, #, unit, `tail`; in a bare list as all do) and the `family` of its
    computation; whether a share of it follows (`is_part`).
    """

    number: Number
    value: float
    names: Names
    before: list[Word]
    after: list[Word]
    kinds: frozenset[str]
    in_segment: list[Word]
    unknown: str
    clause: Span
    sentence: Span
    lead: str
    tail: str
    noun: str = ""
    measures: tuple[str, ...] = ()
    scope: Scope = Scope()
    carried: Scope = Scope()
    limits: frozenset[tuple[str, str]] = frozenset()
    outside: str = ""
    doubtful: str = ""
    said: frozenset[str] = frozenset()
    place: tuple[int, int] = (0, 1)
    stands: str = ""
    family: str = ""
    is_part: bool = False

    @property
    def measure(self) -> str:
        """What it likeliest counts; "" where that is not known."""
        return self.measures[0] if self.measures else ""


def stated(number: Number) -> Claim:
    """A number that no words surround, as in the cell of a table."""
    return Claim(number, number.value or 0.0, Names(), [], [], frozenset(), [], "", (0, 0), (0, 0), "", "")


def factor(claim: Claim) -> int:
    """What one of a number's unit is worth: of money in 元, of anything else 1."""
    return _FACTORS.get(claim.number.unit, 1)


def amount(claim: Claim) -> float:
    """What a number is worth, money in 元."""
    return claim.value * factor(claim)


def same_unit(claim: Claim, other: Claim) -> bool:
    """Whether two counts are of one unit: persons with persons, things with things of the same measure word."""
    one, two = claim.number, other.number
    if (one.unit == "") != (two.unit == ""):  # 总课时180，其中理论72课时
        return (other if one.unit else claim).lead.rstrip("为共达有计").endswith(one.unit or two.unit)
    alike = one.kind in (PERCENT, PEOPLE, TIMES, MONEY) or one.unit == two.unit
    return claim is not other and one.kind == two.kind and alike


def about(claim: Claim) -> set[str]:
    """Whom a claim is of: the words for another place, time or part, 其中 aside."""
    after = {word.text for word in claim.after if {"part", "elsewhere"} & set(word.kinds)}
    return {word for _, word in claim.limits} - set(WORDS["of which"]) | after


def beside(claim: Claim) -> str:
    """The text right before and right after a number, up to the next mark."""
    return claim.lead[-14:] + re.split(SHAPE["between_clauses"], claim.tail)[0][:10]


def of_one_thing(claim: Claim, other: Claim) -> bool:
    """Whether the words beside two numbers have two characters in common that stand together."""
    one, two = (re.sub(SHAPE["no_letters"], " ", beside(number)) for number in (claim, other))
    return any(one[at : at + 2] in two for at in range(len(one) - 1) if " " not in one[at : at + 2])


def is_count(claim: Claim) -> bool:
    """Whether a number says how many or how much there is, not by how much more."""
    return claim.number.kind != PERCENT and claim.family != "change"


class Around(NamedTuple):
    """A claim with those of its sentence, before it (the nearest first) and after it, and those of the sentences before
    (the last first) and after it.
    """

    claim: Claim
    text: str
    earlier: list[Claim]
    later: list[Claim]
    before: list[Claim]
    behind: list[Claim]

    @property
    def section(self) -> int:
        """The place of the last ； or 。 before the claim."""
        return max(self.text.rfind(mark, 0, self.claim.number.start) for mark in SHAPE["section_ends"])


def around(claims: list[Claim], text: str) -> Iterator[Around]:
    """Each claim of a passage with those that its relations can join."""
    sentences = [_in_lists([*group]) for _, group in groupby(claims, key=lambda claim: claim.sentence)]
    for number, sentence in enumerate(sentences):
        before = sentences[number - 1][: -_REACH - 1 : -1] if number else []
        behind = sentences[number + 1][:_REACH] if number + 1 < len(sentences) else []
        for place, claim in enumerate(sentence):
            last = place - (claim.place[0] if claim.family == "ratio" else 0)  # not those of its own list
            earlier, later = sentence[max(0, last - _REACH) : last][::-1], sentence[place + 1 : place + 1 + _REACH]
            yield Around(claim, text, earlier, later, before, behind)


def _in_lists(sentence: list[Claim]) -> list[Claim]:
    """The claims of a sentence, with place in a list and family; in a bare list (80人和50人) all stand alike."""
    lists = list[list[Claim]]()
    for place in range(len(sentence) - 1, 0, -1):
        one, two = sentence[place - 1], sentence[place]
        if two.number.unit.startswith(one.number.unit) and re.fullmatch(SHAPE["joint"], two.lead):  # 43、35、9分
            alike = one.number._replace(unit=two.number.unit, kind=two.number.kind)
            sentence[place - 1] = one._replace(number=alike)
    for claim in sentence:
        joined = lists and same_unit(lists[-1][-1], claim) and re.fullmatch(SHAPE["next_of_list"], claim.lead)
        lists[-1:] = [*lists[-1:-1], [*lists[-1], claim]] if joined else [*lists[-1:], [claim]]
    placed = list[Claim]()
    for row in lists:
        bare = all(re.fullmatch(SHAPE["joint"], claim.lead) for claim in row[1:])
        if (persons := re.search(SHAPE["persons_led_up_to"], row[0].lead)) and not any(c.number.unit for c in row):
            unit = persons["unit"]
            row = [one._replace(number=one.number._replace(unit=unit, kind=grammar.UNITS[unit])) for one in row]
        years = re.search(SHAPE["years_in_a_row"], row[0].lead)
        if years and int(years["last"]) - int(years["first"]) + 1 == len(row):  # 2020—2022年分别为80人、90人、95人
            times = (("time", f"{int(years['first']) + at}年") for at in range(len(row)))
            row = [one._replace(limits=one.limits | {time}) for one, time in zip(row, times, strict=True)]
        for place, claim in enumerate(row):
            stands = f"{(row[0] if bare else claim).lead}#{claim.number.unit}{(row[-1] if bare else claim).tail}"
            family = next((name for name, cue in grammar.FAMILIES.items() if cue.search(stands)), "")
            kinds = claim.kinds | kinds_of(row[-1].after) | (row[0].kinds if bare else frozenset())
            placed.append(claim._replace(place=(place, len(row)), stands=stands, family=family, kinds=kinds))
    return _with_shares(placed)


def _with_shares(sentence: list[Claim]) -> list[Claim]:
    """The claims of a sentence, those marked that a share follows; a share that says no whole is of the one before."""
    base = ""
    for at, claim in enumerate(sentence):
        share = re.search(SHAPE["share_of"], claim.stands) if claim.family == "ratio" else None
        if share and at:
            alike = [place for place in range(at) if claim.place[1] > 1 and sentence[place].place == claim.place]
            of = alike[-1] if alike else at - 1  # the second share of a list is of the second number
            part = sentence[of]
            sentence[of] = part._replace(is_part=bool(re.search(SHAPE["share_behind"], claim.stands)))
            if not share["base"] and base and not any(word in part.lead for word in WORDS["of which"]):
                sentence[at] = claim._replace(stands=claim.stands.replace("#", base + "#", 1))
            base = share["base"] or base
    return sentence
