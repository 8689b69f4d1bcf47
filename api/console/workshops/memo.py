"""What the decision authority decides on: the results, who trained, scored and moderated whom, and who may decide."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from api.console.filed import why_not
from api.console.workshops.results import Result
from api.console.workshops.standing import Candidate, Stage, Workshop
from api.console.workshops.waiting import of_candidates, unsigned
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Proposal, proposal
from api.words.record import Record
from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act
from ledger.domain.record import Role, Signer
from ledger.domain.refusal import Refused
from ledger.words import Words

COMMAND = "decide-certification"
GRANT = Words("Granted: met everything, and was ranked into a seat.",
              "Accord\N{NO-BREAK SPACE}: tout est atteint, et une place est attribuée.")  # fmt: skip
REASONS = {
    "met": Words(
        "Refused: qualified, but no seat was left.",
        "Refus\N{NO-BREAK SPACE}: niveau atteint, mais aucune place restante.",
    ),
    "not-met": Words(
        "Refused: not every competency is met.", "Refus\N{NO-BREAK SPACE}: des compétences ne sont pas atteintes."
    ),
    "incomplete": Words(
        "Refused: the assessment is incomplete.", "Refus\N{NO-BREAK SPACE}: l’évaluation est incomplète."
    ),
}


class Separation(NamedTuple):
    """Who scored and moderated a candidate, and the exceptions: a trainer who was allowed to assess, of a workshop."""

    candidate: Candidate
    scored: tuple[str, ...]
    moderated: tuple[str, ...]
    exceptions: tuple[tuple[str, str], ...]


class Decider(NamedTuple):
    """Somebody of the decision authority: on whom they may not decide, and why. ``bars`` is empty when on all."""

    person: str
    name: str
    bars: tuple[tuple[str, Words], ...]


class Decision(NamedTuple):
    """What the rules make of a candidate; ``number`` and ``awaited`` are of the decision that waits."""

    result: Result
    says: Words
    number: int | None
    is_mine: bool
    awaited: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether nobody has proposed to decide yet."""
        return self.number is None and self.result.candidate.stage is Stage.RANKED


def separation(workshop: Workshop) -> list[Separation]:
    """Return the separation of duties, candidate by candidate."""
    return [
        Separation(
            one,
            _named(one.candidacy.scorers, workshop),
            _named(one.candidacy.moderators, workshop),
            tuple(sorted((workshop.names[person], session) for person, session in one.candidacy.exceptions)),
        )
        for one in workshop.attending
    ]


def deciders(workshop: Workshop, record: Record, now: datetime) -> list[Decider]:
    """Return everybody of the decision authority with what bars them, as the rules say."""
    return [
        Decider(person, workshop.names[person], tuple(_bars(person, workshop, now)))
        for person in record.holders(Role.DECISION_AUTHORITY)
    ]


def decisions(workshop: Workshop, found: Iterable[Result], inbox: Inbox, person: str) -> list[Decision]:
    """Return what the rules make of each candidate once the workshop is ranked."""
    if workshop.session.selected is None:
        return []
    waiting, rows = of_candidates(inbox, workshop, COMMAND), list[Decision]()
    for result in found:
        says = GRANT if result.has_seat else REASONS[result.outcome]
        item = waiting.get(result.candidate.id)
        missing = [] if item is None else [signer.person for signer in unsigned(item)]
        names = tuple(workshop.names[one] for one in missing)
        rows.append(Decision(result, says, None if item is None else item.number, person in missing, names))
    return rows


def undecided(workshop: Workshop) -> list[Candidate]:
    """Return those on whom the decision authority has to decide."""
    return workshop.at(Stage.RANKED)


def proposals(candidacies: Iterable[str], effective_from: str, people: Sequence[str]) -> list[Proposal]:
    """Return a decision on each candidacy, for two of the decision authority to sign."""
    return [proposal(COMMAND, *people, candidacy_id=one, effective_from=effective_from) for one in candidacies]


def _bars(person: str, workshop: Workshop, now: datetime) -> Iterable[tuple[str, Words]]:
    try:
        require.no_candidate(person, workshop.id, workshop.read)
    except Refused as refused:
        yield "", why_not(refused, workshop.names)
        return
    act = Act((Signer(person, Role.DECISION_AUTHORITY),), now)
    for one in workshop.attending:
        try:
            require.independent(act, one.candidacy, workshop.read)
        except Refused as refused:
            yield one.name, why_not(refused, workshop.names)


def _named(people: Iterable[str], workshop: Workshop) -> tuple[str, ...]:
    return tuple(sorted(workshop.names[person] for person in people))
