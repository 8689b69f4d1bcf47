"""What candidates did before and beside the assessment, what is missing, and the statements that come next.

Whoever can sign or file a statement is led to its form; the rules decide. What a candidate needs to be assessed is
nobody's business here but that a request waits, and that only for those who file.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from api.console.application import Visitor
from api.console.commands.views import may_file
from api.console.commands.words import TITLES
from api.console.routing import PREFIX
from api.console.workshops.standing import Candidate, Workshop
from api.lists.applications import application_state
from api.lists.labels import CODES
from api.secretariat.endings import FILING
from api.secretariat.proposals import Proposal, proposal
from api.words.vocabulary import DETAILS
from ledger.disclosures import Disclosure
from ledger.domain.events.ai_use import AiUseDeclared
from ledger.domain.events.scheme import Step
from ledger.domain.steps import is_done, steps_of
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.store.vault import Vault
from ledger.words import Words

ON_PAPER: dict[Step, str] = {
    "code-of-conduct": "code-of-conduct/v1", "interests": "interests/v1", "ai-notice": "ai-notice/v1",
}  # fmt: skip
"""The text that a candidate without a key signs by hand, by step."""
STEPS: dict[Step, Words] = {
    "application": Words("Application", "Dossier"),
    "code-of-conduct": Words("Code of conduct", "Code de conduite"),
    "interests": Words("Interests", "Intérêts"),
    "identity": Words("Identity", "Identité"),
    "ai-notice": Words("Artificial intelligence", "Intelligence artificielle"),
}
"""What steps are called on pages."""
PRESENT, ABSENT = "present", "absent"


class Link(NamedTuple):
    """A form that is filled in so far as it is known."""

    label: Words
    address: str


class Done(NamedTuple):
    """A step, and whether it is done."""

    name: Words
    is_done: bool


class Prepared(NamedTuple):
    """A candidate with their steps. ``until`` is by when they complete the application, or answer the invitation.

    ``asks`` says whether a request for an accommodation waits, to those who file; ``next`` are the forms to go on with.
    """

    candidate: Candidate
    application: Words
    steps: tuple[Done, ...]
    until: date | None
    seat: Words | None
    asks: bool
    next: tuple[Link, ...]


class Use(NamedTuple):
    """A declared use of artificial intelligence, who validates it, and which candidates do not know of it yet."""

    declared: AiUseDeclared
    purpose: Words
    validator: str
    waiting: tuple[str, ...]


class Attending(NamedTuple):
    """A candidate in the sheet of a day, or of one activity: whether they were there, as recorded last."""

    candidate: Candidate
    present: bool | None
    identified: bool


def link(command: str, **given: str) -> Link:
    """Return where a command is filed, with what is known filled in."""
    return Link(TITLES[command], f"{PREFIX}/commands/{command}?{urlencode(given)}")


def prepared(workshop: Workshop, visitor: Visitor) -> list[Prepared]:
    """Return the candidates of a workshop with what they did, and what a visitor can go on with."""
    return [_prepared(one, workshop, visitor) for one in workshop.candidates]


def uses(workshop: Workshop) -> list[Use]:
    """Return the declared uses of artificial intelligence."""
    return [
        Use(
            use,
            CODES[use.purpose],
            workshop.names[use.person_id],
            tuple(
                one.name
                for one in workshop.candidates
                if not one.candidacy.ended and use.use_id not in (one.candidacy.preparation.ai_uses or ())
            ),
        )
        for use in workshop.session.ai_uses.values()
    ]


def items(candidate: Candidate, vault: Vault) -> list[tuple[Words, Any]]:
    """Return what the application of a candidate states, by the name of each item; what is not held is left out."""
    digests = candidate.candidacy.preparation.application or ()
    held = vault.held([digest.digest for digest in digests])
    found = {digest: Disclosure.of_vault(row.encoded) for digest, row in held.items()}
    opened = ((digest.name, found.get(digest.digest)) for digest in digests)
    return [(DETAILS[name], sealed.value) for name, sealed in opened if sealed is not None]


def days_of(workshop: Workshop) -> list[date]:
    """Return the days of a workshop so far."""
    start, end = workshop.session.planned.start, min(workshop.session.planned.end, workshop.today)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def sheet(workshop: Workshop, day: date, activity: str | None) -> list[Attending]:
    """Return who attends, and whether they were there."""
    needs_identity = "identity" in workshop.version.steps
    return [
        Attending(
            one,
            one.candidacy.preparation.attended.get((day, activity)),
            not needs_identity or one.candidacy.preparation.identity is not None,
        )
        for one in workshop.attending
        if not one.certification.decided
    ]


def attendances(
    rows: list[Attending], entered: dict[str, str], facilitator: str, day: date, activity: str | None
) -> list[Proposal]:
    """Return a statement on each candidate whose attendance was entered, and differs from what is recorded."""
    said = {PRESENT: True, ABSENT: False}
    return [
        proposal(
            "record-attendance", facilitator, candidacy_id=row.candidate.id, day=day, activity=activity,
            present=said[entered[row.candidate.id]],
        )
        for row in rows
        if entered.get(row.candidate.id) in said and said[entered[row.candidate.id]] is not row.present
    ]  # fmt: skip


def _prepared(one: Candidate, workshop: Workshop, visitor: Visitor) -> Prepared:
    candidacy, state = one.candidacy, one.candidacy.preparation
    session, files = workshop.session, bool(FILING & visitor.roles)
    invited = state.invited if state.answer is None else None
    until = state.returned.complete_by if state.returned is not None else invited.reply_by if invited else None
    seat = None if state.shortlisted is None else SEAT if state.shortlisted else NO_SEAT
    if state.answer is not None:
        seat = ACCEPTED if state.answer.accepted else DECLINED
    following = _next(one, workshop) if not (candidacy.withdrawn or one.certification.decided) else ()
    return Prepared(
        one,
        CODES[application_state(state)],
        tuple(Done(STEPS[step], is_done(step, candidacy, session)) for step in steps_of(session, workshop.version)),
        until,
        seat,
        files and state.accommodation == "requested",
        tuple(
            link(name, candidacy_id=one.id, **given)
            for name, given in following
            if may_file(BY_COMMAND_NAME[name], visitor.officer)
        ),
    )


SEAT, NO_SEAT = Words("has a place", "place attribuée"), Words("no place", "sans place")
ACCEPTED, DECLINED = Words("comes", "viendra"), Words("does not come", "ne viendra pas")


def _next(one: Candidate, workshop: Workshop) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the commands that come next for a candidate, with what is known of them."""
    candidacy, state = one.candidacy, one.candidacy.preparation
    if state.excluded is not None or candidacy.eligible is False:
        return
    if state.out:  # passed over, or declined
        if not workshop.session.closed:
            yield ("record-answer" if state.invited is not None else "shortlist-candidate"), {}
        return
    if candidacy.undecided and not state.complete:
        if state.application is None or state.returned is not None:
            yield "receive-application", {"text": "declaration/v1"}
        else:
            yield "declare-application-complete", {}
            yield "return-application", {}
    for step in steps_of(workshop.session, workshop.version):
        if step in ON_PAPER and not is_done(step, candidacy, workshop.session):
            yield "receive-signed-paper", {"text": ON_PAPER[step]}
    if candidacy.attends and state.identity is None:
        yield "verify-identity", {"verified_on": f"{workshop.today}"}
    if state.accommodation == "requested":
        yield "decide-accommodation", {}
    elif not candidacy.sheets:
        yield "request-accommodation", {}
    if candidacy.attends and not candidacy.sheets and not workshop.session.closed:
        yield from _invitation(one)
    if workshop.session.incidents:
        yield ("exclude-candidate" if state.incidents else "implicate-candidate"), {}


def _invitation(one: Candidate) -> Iterator[tuple[str, dict[str, str]]]:
    state = one.candidacy.preparation
    if not state.shortlisted:
        yield "shortlist-candidate", {}
        yield "pass-over-candidate", {}
    elif state.invited is None:
        yield "invite-candidate", {}
    elif state.answer is None:
        yield "record-answer", {}
