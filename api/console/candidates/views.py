"""A candidate's own steps, read from the record as it is: nothing of anybody else, and nothing of any assessment."""

from datetime import date
from typing import NamedTuple

from api.console.workshops.preparing import ACCEPTED, DECLINED, STEPS, Link, link
from api.lists.applications import application_state
from api.lists.labels import CODES
from ledger.domain.events.ai_use import AiUseDeclared
from ledger.domain.events.scheme import Step
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.session import Session
from ledger.domain.steps import is_done, steps_of
from ledger.papers import PAPERS
from ledger.reading import Draft
from ledger.store.ledger import Ledger
from ledger.words import Words

SIGNED: dict[Step, tuple[str, str]] = {
    "application": ("submit-application", "declaration/v1"),
    "code-of-conduct": ("accept-code-of-conduct", "code-of-conduct/v1"),
    "interests": ("declare-interests", "interests/v1"),
    "ai-notice": ("acknowledge-ai-use", "ai-notice/v1"),
}
"""The command and the text of each step that a candidate signs in their own name."""


class Own(NamedTuple):
    """A step of one's own: the text that it is about, and where it is signed; None of what others do or is done."""

    name: Words
    is_done: bool
    text: Words | None
    form: Link | None


class Uses(NamedTuple):
    """A use of artificial intelligence, in words."""

    declared: AiUseDeclared
    purpose: Words
    touches: tuple[Words, ...]


class Mine(NamedTuple):
    """One's own candidacy. ``missing`` is what an application that was returned lacks, ``until`` by when."""

    id: str
    session: Session
    application: Words
    missing: tuple[Words, ...]
    until: date | None
    steps: tuple[Own, ...]
    uses: tuple[Uses, ...]
    invited: date | None
    answer: Words | None
    appeal_until: date | None


def own(ledger: Ledger, person: str) -> list[Mine]:
    """Return the candidacies of a human, the latest workshop first."""
    read = ledger.read()
    found = [_mine(one, read) for one in read.candidacies_of(person)]
    return sorted(found, key=lambda one: (one.session.planned.start, one.id), reverse=True)


def _mine(candidacy: Candidacy, read: Draft) -> Mine:
    session, prepared = read.session(candidacy.nominated.session_id), candidacy.preparation
    is_open = not (candidacy.ended or read.certification(candidacy.candidacy_id).decided)
    returned, answer = prepared.returned, prepared.answer
    return Mine(
        candidacy.candidacy_id,
        session,
        CODES[application_state(prepared)],
        () if returned is None else tuple(CODES[item] for item in returned.missing),
        None if returned is None else returned.complete_by,
        tuple(_step(step, candidacy, session, is_open) for step in steps_of(session, read.scheme_version(session))),
        tuple(
            Uses(use, CODES[use.purpose], tuple(CODES[each] for each in use.touches))
            for use in session.ai_uses.values()
        ),
        None if prepared.invited is None else prepared.invited.reply_by,
        None if answer is None else ACCEPTED if answer.accepted else DECLINED,
        None if prepared.excluded is None else prepared.excluded.appeal_until,
    )


def _step(step: Step, candidacy: Candidacy, session: Session, is_open: bool) -> Own:
    done = is_done(step, candidacy, session)
    if step not in SIGNED:
        return Own(STEPS[step], done, None, None)
    command, text = SIGNED[step]
    # An application can be handed in again until it is complete, and before the selection.
    is_due = is_open and not done and (step != "application" or candidacy.undecided)
    form = link(command, candidacy_id=candidacy.candidacy_id, text=text) if is_due else None
    return Own(STEPS[step], done, PAPERS[text], form)
