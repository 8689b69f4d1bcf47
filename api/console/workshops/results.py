"""Why an outcome is what it is: cells, means as exact fractions, cuts, the composite, and the place in the ranking."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from api.console.workshops.standing import Candidate, Workshop
from api.words.record import term_labels
from ledger.domain.decisions.session import places
from ledger.domain.events.candidacy import AssessmentOutcomeComputed
from ledger.domain.events.session import RankingComputed
from ledger.domain.outcome import unmet
from ledger.domain.record import Stream
from ledger.store.ledger import Ledger
from ledger.words import Words
from projections.insight.recomputing import rounded


class Score(NamedTuple):
    """A mean, exactly, and rounded to three places."""

    fraction: str
    decimal: Decimal

    @classmethod
    def of(cls, numerator: int, denominator: int) -> "Score":
        decimal = rounded(Fraction(numerator, denominator)).normalize() + 0
        return cls(f"{numerator}/{denominator}" if denominator > 1 else str(numerator), decimal)


class Cell(NamedTuple):
    """The levels of one cell of the plan; ``moderated`` replaces each of them."""

    activity: Words
    competency: Words
    levels: tuple[int, ...]
    moderated: int | None
    required: int


class Competence(NamedTuple):
    """A competency with its mean; ``met`` is None while it is incomplete."""

    name: Words
    total: int
    levels: int
    mean: Score | None
    cut: int
    met: bool | None


class Result(NamedTuple):
    """What came of a candidate: ``rank`` and ``is_tied`` of those who meet everything, ``has_seat`` once ranked."""

    candidate: Candidate
    outcome: str
    cells: tuple[Cell, ...]
    competencies: tuple[Competence, ...]
    composite: Score | None
    rank: int | None
    is_tied: bool
    has_seat: bool | None
    unmet: tuple[Words, ...]


def results(workshop: Workshop, ranking: RankingComputed | None) -> list[Result]:
    """Return the results of those who attended and have an outcome: by rank, then by name."""
    terms = {**term_labels(workshop.version.activities), **term_labels(workshop.version.competencies)}
    ranks = {} if ranking is None else _ranks(ranking)
    found = [_result(one, workshop, one.candidacy.outcome, terms, ranks)
             for one in workshop.attending if one.candidacy.outcome is not None]  # fmt: skip
    return sorted(found, key=lambda one: (one.rank is None, one.rank or 0))


def ranking_of(ledger: Ledger, session_id: str) -> RankingComputed | None:
    """Return the ranking as it is recorded."""
    events = [signed.event.facts for signed in ledger.signed_events(Stream("session", session_id))]
    return next((fact for fact in events if isinstance(fact, RankingComputed)), None)


def _ranks(ranking: RankingComputed) -> dict[str, tuple[int, bool]]:
    """Return place and whether others share it, by candidacy."""
    found = places(ranking)
    every = list(found.values())
    return {one: (place, every.count(place) > 1) for one, place in found.items()}


def _result(
    candidate: Candidate,
    workshop: Workshop,
    outcome: AssessmentOutcomeComputed,
    terms: Mapping[str, Words],
    ranks: Mapping[str, tuple[int, bool]],
) -> Result:
    selected = workshop.session.selected
    rank, is_tied = ranks.get(candidate.id, (None, False))
    composite = outcome.composite
    return Result(
        candidate,
        outcome.outcome,
        tuple(
            Cell(terms[c.activity], terms[c.competency], tuple(s.level for s in c.sheets), c.moderated, c.required)
            for c in outcome.cells
        ),
        tuple(
            Competence(
                terms[c.competency], c.total, c.count, Score.of(c.total, c.count) if c.count else None, c.cut, c.met
            )
            for c in outcome.competencies
        ),
        None if composite is None else Score.of(composite.numerator, composite.denominator),
        rank,
        is_tied,
        None if selected is None else candidate.id in selected,
        tuple(_term(name, terms) for name in unmet(outcome)),
    )


def _term(name: str, terms: Mapping[str, Words]) -> Words:
    parts = [terms[part] for part in name.split("/")]
    return Words(" / ".join(p.en for p in parts), " / ".join(p.fr for p in parts))
