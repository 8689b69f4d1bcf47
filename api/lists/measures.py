"""Lists of measures of the assessments themselves. They are diagnostics: no rule asks them, and none is a gate."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TypeVar

from api.lists.listing import Asked, Code, Row
from api.lists.story import Story
from api.words.record import language_name
from ledger.domain.states.candidacy import Candidacy
from ledger.words import Words
from projections.insight.agreement import Correlation
from projections.insight.intervals import Interval
from projections.insight.ratings import Agreement, Rate, agreement, given, rate, severities

ALL = Words("all", "ensemble")
T = TypeVar("T")
TOO_FEW, NO_DIFFERENCE = "too-few-data", "no-difference"


class PassRate(Row, frozen=True, kw_only=True):
    by: Code
    key: str
    title: Words
    passed: int
    total: int
    incomplete: int
    rate: float | None
    low: float | None
    high: float | None
    note: Code | None


class Strictness(Row, frozen=True, kw_only=True):
    assessor_id: str
    assessor: str | None
    difference: float | None
    low: float | None
    high: float | None
    candidates: int
    cells: int
    note: Code | None


class Agreed(Row, frozen=True, kw_only=True):
    session_id: str
    competency: str
    title: Words
    cells: int
    alpha_ordinal: float | None
    alpha_interval: float | None
    icc_one: float | None
    icc_one_low: float | None
    icc_one_high: float | None
    icc_all: float | None
    icc_all_low: float | None
    icc_all_high: float | None
    candidates: int
    raters: int
    left_out: int
    note: Code | None


def pass_rates(story: Story, asked: Asked) -> Iterator[PassRate]:
    """Pass rates of all, by workshop, by language, and by competency, each with an interval of 95 %."""
    assessed = [each for each in story.candidacies.values() if each.outcome is not None]
    yield _rate("all", "all", ALL, map(_met, assessed))
    for session_id, members in sorted(_by(assessed, lambda each: each.nominated.session_id).items()):
        plan = story.sessions[session_id].planned
        yield _rate("workshop", session_id, Words(plan.title_en, plan.title_fr), map(_met, members))
    languages = _by(assessed, lambda each: story.sessions[each.nominated.session_id].planned.language)
    for language, members in sorted(languages.items()):
        yield _rate("language", language, language_name(language), map(_met, members))
    competencies: dict[str, list[bool | None]] = defaultdict(list)
    for each in assessed:
        for trace in each.outcome.competencies if each.outcome is not None else ():
            competencies[trace.competency].append(trace.met)
    titles = _titles(story)
    for competency, results in sorted(competencies.items()):
        yield _rate("competency", competency, titles[competency], results)


def assessor_severity(story: Story, asked: Asked) -> Iterator[Strictness]:
    """By how much each assessor's levels lie above those of the others in the same cells, over all workshops."""
    levels = chain.from_iterable(given(each, story.one) for each in story.candidacies.values())
    for assessor, found in severities(levels).items():
        low, high = _ends(found.interval if found.is_enough else None)
        yield Strictness(
            assessor_id=assessor,
            assessor=story.name(assessor),
            difference=found.difference if found.is_enough else None,
            low=low,
            high=high,
            candidates=found.candidates,
            cells=found.cells,
            note=None if found.is_enough else TOO_FEW,
        )


def assessor_agreement(story: Story, asked: Asked) -> Iterator[Agreed]:
    """How far the assessors of each workshop agreed, in all and by competency."""
    titles = _titles(story)
    for session_id in sorted(each for each in story.sessions if not asked.leaves_out("session_id", each)):
        members = map(story.candidacies.__getitem__, story.in_session[session_id])
        levels = [row for each in members for row in given(each, story.one)]
        if levels:
            yield agreed(session_id, "all", ALL, agreement(levels))
        for competency, rows in sorted(_by(levels, lambda row: row.competency).items()):
            yield agreed(session_id, competency, titles[competency], agreement(rows))


def _rate(by: str, key: str, title: Words, results: Iterable[bool | None]) -> PassRate:
    found: Rate = rate(results)
    low, high = _ends(found.interval if found.is_enough else None)
    return PassRate(
        by=by,
        key=key,
        title=title,
        passed=found.passed,
        total=found.total,
        incomplete=found.incomplete,
        rate=found.passed / found.total if found.is_enough else None,
        low=low,
        high=high,
        note=None if found.is_enough else TOO_FEW,
    )


def agreed(session_id: str, competency: str, title: Words, found: Agreement) -> Agreed:
    """Return the row on how far the assessors of a workshop agree in a competency; empty where too little is known."""
    table = found.correlations
    shown = table if table is not None and found.are_correlations_enough else None
    of_one, one_low, one_high = _possible(None if shown is None else shown.of_one)
    of_all, all_low, all_high = _possible(None if shown is None else shown.of_all)
    is_enough = found.is_enough and shown is not None
    note = None if is_enough else TOO_FEW
    if found.is_enough and found.ordinal is None:
        note = NO_DIFFERENCE
    return Agreed(
        session_id=session_id,
        competency=competency,
        title=title,
        cells=found.cells,
        alpha_ordinal=None if found.ordinal is None or not found.is_enough else float(found.ordinal),
        alpha_interval=None if found.interval is None or not found.is_enough else float(found.interval),
        icc_one=of_one,
        icc_one_low=one_low,
        icc_one_high=one_high,
        icc_all=of_all,
        icc_all_low=all_low,
        icc_all_high=all_high,
        candidates=0 if table is None else table.targets,
        raters=0 if table is None else table.raters,
        left_out=found.left_out,
        note=note,
    )


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (interval.low, interval.high)


def _possible(found: Correlation | None) -> tuple[float | None, float | None, float | None]:
    """Return a correlation with the ends of its interval; of assessors who oppose each other, the estimate can be none.

    Beyond -1 to 1 it would read as agreement beyond measure: alpha says how far they differ.
    """
    if found is None or abs(found.value) > 1:
        return None, None, None
    low, high = _ends(found.interval)
    return found.value, None if low is None else max(low, -1.0), high


def _met(candidacy: Candidacy) -> bool | None:
    outcome = "incomplete" if candidacy.outcome is None else candidacy.outcome.outcome
    return {"met": True, "not-met": False, "incomplete": None}[outcome]


def _titles(story: Story) -> dict[str, Words]:
    """The names of all competencies, as the latest version that has one calls it."""
    versions = (version for scheme in story.schemes.values() for version in scheme.drafts.values())
    return {each.id: Words(each.name_en, each.name_fr) for version in versions for each in version.competencies}


def _by(rows: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found
