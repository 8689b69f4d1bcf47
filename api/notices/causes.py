"""What causes a notice: an entry of the log, the calendar, and what waits in the inbox."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from api.notices.facts import LASTING
from api.notices.kinds import Kind, Wanted
from api.notices.people import People
from api.notices.receipts import receipts
from api.secretariat.inbox import Inbox
from ledger.domain.events import application, attendance, candidacy, certification, invitation, mission
from ledger.domain.record import Event, Fact
from ledger.reading import Draft
from ledger.signing.statement import read_stored
from ledger.store.ledger import Ledger

# What is recorded later than this after it took effect is the past, such as workshops that are imported.
NEWS_FOR = timedelta(days=92)
BATCH = 500  # entries that are followed in one transaction
AHEAD = (30, 90, 180)  # days before a certification expires
REPORT_DUE_DAYS = 14  # after the end of a mission
INCOMPLETE_AHEAD = 7  # days before an application that was returned is to be complete


def of_entries(ledger: Ledger, people: People, after: int, last: int) -> list[Wanted]:
    """Return the notices that the entries of the log after a position cause, up to and including the ``last``."""
    entries = [(one.id, read_stored(one.topic, one.state)) for one in ledger.entries(after, last)]
    read = ledger.read()
    causes = (of_entry(signed.event, position, read) for position, signed in entries)
    on_missions = (one for position, signed in entries for one in of_mission(signed.event, position, read))
    signed_by = receipts((position - 1, signed) for position, signed in entries)
    return [*filter(None, causes), *on_missions, *(one for one in signed_by if people.has_address(one.person_id))]


def of_entry(event: Event[Fact], position: int, read: Draft) -> Wanted | None:
    """Return the notice that an entry of the log causes."""
    subject, cause = event.subject.id, str(position)
    match event.facts:
        case certification.CertificateIssued(certificate=issued):
            found = Kind.CERTIFICATE, subject, issued.effective_from
        case certification.CertificateReissued() | certification.CertificateReissuedV1():
            found = Kind.CERTIFICATE, subject, event.time.date()
        case certification.CertificationRefused(session_id=session_id):
            found = Kind.REFUSAL, session_id, read.session(session_id).planned.end
        case candidacy.EligibilityRefused() | candidacy.EligibilityRefusedV1():
            session = read.session(read.candidacy(subject).nominated.session_id)
            found = Kind.NOT_SELECTED, session.planned.session_id, session.planned.start
        case application.ApplicationReturned(complete_by=day):
            found = Kind.RETURNED, subject, day
        case invitation.CandidateInvited(reply_by=day):
            found = Kind.INVITED, subject, day
        case attendance.CandidateExcluded(appeal_until=day):
            found = Kind.EXCLUDED, subject, day
        case (
            certification.CertificationSuspended(effective_from=day)
            | certification.CertificationSuspendedV1(effective_from=day)
        ):
            found = Kind.SUSPENSION, subject, day
        case certification.SuspensionLifted(effective_from=day):
            found = Kind.LIFTING, subject, day
        case (
            certification.CertificationWithdrawn(effective_from=day)
            | certification.CertificationWithdrawnV1(effective_from=day)
        ):
            found = Kind.WITHDRAWAL, subject, day
        case certification.PreAccreditationGranted(effective_from=day):
            found = Kind.PRE_ACCREDITED, subject, day
        case certification.RecognitionGranted(effective_from=day):
            found = Kind.RECOGNISED, subject, day
        case certification.CertificationRelinquished(effective_from=day):
            found = Kind.RELINQUISHED, subject, day
        case certification.CertificationAnnulled():
            found = Kind.ANNULLED, subject, event.time.date()
        case certification.DecisionAnnulled():
            found = Kind.RESTORED, subject, event.time.date()
        case _:
            return None
    kind, about, day = found
    person_id = read.candidate(subject)
    if person_id is None or event.time.date() - day > NEWS_FOR:
        return None
    human = read.human(person_id)
    return None if human.erased else Wanted(kind, human.person_id, cause, about)


def of_mission(event: Event[Fact], position: int, read: Draft) -> Iterator[Wanted]:
    """Yield the notices that an entry on a mission causes: to the advisor, or to each contact point that is asked."""
    if event.subject.kind != "mission":
        return
    subject, cause, request = event.subject.id, str(position), read.mission(event.subject.id).requested
    people: Iterable[str] = ()
    match event.facts:
        case mission.ReleaseRequested(person_id=person_id):
            employers = read.employers(person_id, request.start, request.end)
            kind, people = Kind.RELEASE_ASKED, {one for a in employers for one in read.administration(a).contacts}
        case mission.AdvisorAssigned(person_id=person_id):
            kind, people = Kind.ASSIGNED, (person_id,)
        case mission.MissionCompleted():
            kind, people = Kind.FEEDBACK_ASKED, read.administration(request.administration_id).contacts
        case _:
            return
    if event.time.date() - request.end <= NEWS_FOR:
        for human in map(read.human, sorted(people)):
            if not human.erased:
                yield Wanted(kind, human.person_id, cause, subject)


def reports_due(ledger: Ledger, today: date) -> Iterator[Wanted]:
    """Yield a notice to each lead whose mission ended so many days ago and who has filed no report."""
    read = ledger.read()
    for mission_id in ledger.ids_of("mission"):
        state = read.mission(mission_id)
        if state.ended_on is None or state.recommendations is not None or state.lead is None:
            continue
        human, days = read.human(state.lead), (today - state.ended_on).days
        if REPORT_DUE_DAYS <= days <= NEWS_FOR.days and not human.erased:
            yield Wanted(Kind.REPORT_DUE, human.person_id, f"report/{mission_id}", mission_id)


def expiries(ledger: Ledger, today: date) -> Iterator[Wanted]:
    """Yield the notices of what expires soon: of each certification the one for the days that are left."""
    read = ledger.read()
    for certification_id in ledger.ids_of("certification"):
        state = read.certification(certification_id)
        expires = state.standing.expires_on
        if state.grant is None or expires is None or state.standing.on(today) not in LASTING:
            continue
        ahead, human = next((n for n in AHEAD if (expires - today).days <= n), None), read.human(state.grant.person_id)
        if ahead is not None and not human.erased:
            yield Wanted(Kind.EXPIRY, human.person_id, f"{expires}/{ahead}/{certification_id}", certification_id)


def incomplete(ledger: Ledger, today: date) -> Iterator[Wanted]:
    """Yield the notices of applications that were returned and are to be complete soon."""
    read = ledger.read()
    for candidacy_id in ledger.ids_of("candidacy"):
        state = read.candidacy(candidacy_id)
        returned = state.preparation.returned
        if returned is None or not state.undecided or not 0 <= (returned.complete_by - today).days <= INCOMPLETE_AHEAD:
            continue
        human = read.human(state.nominated.person_id)
        if not human.erased:
            yield Wanted(Kind.INCOMPLETE, human.person_id, f"{returned.complete_by}/{candidacy_id}", candidacy_id)


def digests(ledger: Ledger, people: People, inbox: Callable[[], Inbox], today: date) -> Iterator[Wanted]:
    """Yield a digest for each officer for whom something waits, unless they want none."""
    wanted = {p for item in inbox().waiting() for p in item.people if item.is_complete or p not in item.signatures}
    for person_id in ledger.people():
        if person_id in wanted and people.choices(person_id).digests:
            recipient = people.recipient(person_id)
            if recipient is not None and recipient.address and not people.fails(recipient):
                yield Wanted(Kind.DIGEST, person_id, today.isoformat())
