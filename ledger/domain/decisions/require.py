"""What the decisions of several subjects require: each function returns it, or raises ``Refused``."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

from ledger.domain.decisions.acting import Act, Command
from ledger.domain.events.appeal import Measure
from ledger.domain.events.certification import CertificationGranted, PreAccreditationGranted
from ledger.domain.reader import Reader
from ledger.domain.record import Role, Stream
from ledger.domain.refusal import Refused
from ledger.domain.standing import Status
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.certification import Certification
from ledger.domain.states.persons import Person
from ledger.domain.states.scheme import Scheme
from ledger.domain.states.session import Session
from ledger.words import Words

EACH_ONCE = Words("one or more, each once", "un ou plusieurs éléments, chacun une seule fois")
BEFORE_IT_BEGINS = Words(
    "a day from today on, before the workshop begins",
    "une date à partir d’aujourd’hui, avant le début de l’atelier",
)
NOT_OVER = Words("today or a later day", "aujourd’hui ou une date ultérieure")
NONE_TWICE = Words("each once", "chaque élément une seule fois")


def new(command: Command, read: Reader) -> None:
    """Refuse when the subject of the command is recorded already."""
    if read.state(command.subject).version:
        raise Refused("already-exists", kind=command.subject.kind, id=command.subject.id)


def known(stream: Stream, read: Reader) -> Any:
    """The state of a subject, which must be recorded."""
    state = read.state(stream)
    if not state.version:
        raise Refused("unknown", kind=stream.kind, id=stream.id)
    return state


def each_once(field: str, names: Sequence[str]) -> None:
    """Refuse a field of which there is none, or that has one name twice."""
    if not names or len(set(names)) < len(names):
        raise Refused("malformed", field=field, expected=EACH_ONCE)


def none_twice(field: str, items: Sequence[object]) -> None:
    """Refuse a field that is a set by meaning and has one item twice."""
    if any(items.count(item) > 1 for item in items):
        raise Refused("malformed", field=field, expected=NONE_TWICE)


def compromise(since: datetime | None, known: datetime | None, act: Act) -> None:
    """Refuse a compromise of a key in the future, or no earlier than the one that is ``known``."""
    if since is not None and since > act.time:
        raise Refused("in-the-future", field="compromised_since")
    if since is not None and known is not None and since >= known:
        raise Refused("compromise-known", since=f"{known:%Y-%m-%d %H:%M} UTC")


def happened(field: str, day: date, least: date, act: Act) -> None:
    """Refuse a day to come, or one before that of what it follows."""
    if day > act.day:
        raise Refused("in-the-future", field=field)
    if day < least:
        raise Refused("malformed", field=field, expected=Words(f"not before {least}", f"pas avant le {least}"))


def not_held(candidacy_id: str, measure: Measure, day: date, read: Reader) -> None:
    """Refuse what the panel of an appeal ordered to wait."""
    for appeal in read.appeals_of(candidacy_id):
        if appeal.holds(measure, day):
            assert appeal.measure is not None
            raise Refused("interim-measure", appeal=appeal.lodged.appeal_id, until=appeal.measure.until)


def not_in_own_case(act: Act, person_id: str, read: Reader) -> None:
    """Refuse when a signer is the person concerned, but for a key holder who proves possession of their key."""
    if read.is_among(person_id, [signer.person for signer in act.by if signer.role is not Role.KEY_HOLDER]):
        raise Refused("own-case", person=person_id)


def in_own_name(act: Act, person_id: str, read: Reader) -> None:
    """Refuse when somebody else than the person concerned signs, or they have no key to sign with.

    The refusal names who signs: whose case it is, is nothing that they learn by trying.
    """
    (signer,) = act.by
    if not read.is_among(signer.person, [person_id]):
        raise Refused("not-in-own-name", person=signer.person)
    if not read.officer(signer.person).keys:
        raise Refused("no-key", person=signer.person)


def officer(person_id: str, act: Act, read: Reader) -> None:
    """Refuse somebody who can sign in no role on the day of the statement."""
    if not read.roles_on(person_id, act.day):
        raise Refused("no-officer", person=person_id)


def from_today(field: str, day: date, act: Act) -> None:
    """Refuse a last day that is over."""
    if day < act.day:
        raise Refused("malformed", field=field, expected=NOT_OVER)


def person(person_id: str, read: Reader) -> Person:
    """The person whom a command names, who must be known and not erased, by the id that counts."""
    survivor = read.survivor(person_id)
    if survivor is not None:
        raise Refused("person-merged", person=person_id, survivor=survivor)
    return present(person_id, read)


def present(person_id: str, read: Reader) -> Person:
    """The person behind an id, as they are now: known, and not erased."""
    person = read.human(person_id)
    if not person.known:
        raise Refused("unknown", kind="person", id=person_id)
    if person.erased:
        raise Refused("person-erased", person=person_id)
    return person


def administration(administration_id: str, read: Reader) -> None:
    """The administration must be registered."""
    known(Stream("administration", administration_id), read)


def scheme(scheme_id: str, read: Reader) -> Scheme:
    """The scheme, which must be established."""
    return cast(Scheme, known(Stream("scheme", scheme_id), read))


def session(session_id: str, read: Reader) -> Session:
    """The session, which must have been planned."""
    return cast(Session, known(Stream("session", session_id), read))


def call_open(session: Session) -> None:
    """Refuse when the call for nominations of a workshop was closed."""
    if session.call_closed:
        raise Refused("call-closed", session=session.planned.session_id)


def is_candidate(person_id: str, session_id: str, read: Reader) -> bool:
    """Whether a person was ever nominated for the workshop."""
    return any(taken.nominated.session_id == session_id for taken in read.candidacies_of(person_id))


def no_candidate(person_id: str, session_id: str, read: Reader) -> None:
    """Refuse a person who was ever nominated for the workshop: it is their own case, like that of every candidate."""
    if is_candidate(person_id, session_id, read):
        raise Refused("officer-is-candidate", person=person_id)


def candidacy(candidacy_id: str, read: Reader) -> Candidacy:
    """The candidacy, which must have been nominated, of a person who was not erased."""
    candidacy = cast(Candidacy, known(Stream("candidacy", candidacy_id), read))
    present(candidacy.nominated.person_id, read)
    return candidacy


def attending(candidacy_id: str, read: Reader) -> Candidacy:
    """The candidacy, which must be selected and not withdrawn."""
    found = candidacy(candidacy_id, read)
    within(found)
    if not found.attends:
        raise Refused("not-eligible")
    return found


def not_excluded(candidacy: Candidacy) -> None:
    """Refuse a candidate who was excluded (ISO/IEC 17024, 7.4)."""
    if candidacy.preparation.excluded is not None:
        raise Refused("candidate-excluded", incident=candidacy.preparation.excluded.incident_id)


def underway(candidacy_id: str, read: Reader) -> Candidacy:
    """The candidacy, which must not be withdrawn, refused, excluded or decided on."""
    found = candidacy(candidacy_id, read)
    within(found)
    if found.eligible is False:
        raise Refused("not-eligible")
    if read.certification(candidacy_id).decided:
        raise Refused("certification-decided")
    return found


def within(candidacy: Candidacy) -> None:
    """Refuse a candidacy that was withdrawn, or a candidate who was excluded, has no seat or declined it."""
    if candidacy.withdrawn:
        raise Refused("candidacy-withdrawn")
    not_excluded(candidacy)
    if candidacy.preparation.out:
        raise Refused("no-seat-taken")


def not_recused(officer: str, candidacy: Candidacy, read: Reader) -> None:
    """Refuse who recused themselves from this candidate, or declared a tie to them or to their administration."""
    if read.is_among(officer, candidacy.recused):
        raise Refused("recused", person=officer, session=candidacy.nominated.session_id)
    no_conflict(officer, candidacy, read)


def no_conflict(officer: str, candidacy: Candidacy, read: Reader) -> None:
    """Refuse who declared a tie to this candidate or to an administration that nominated or employed them."""
    nomination = candidacy.nominated
    if read.has_conflict(officer, nomination.person_id) or read.has_conflict_with(
        officer, nomination.administration_id
    ):
        raise Refused("conflict-declared", person=officer, candidacy=candidacy.candidacy_id)


def not_barred(officer: str, candidacy: Candidacy, read: Reader) -> None:
    """Refuse who decided before what an appeal remitted, or heard an appeal in the case."""
    heard_by = {member for appeal in read.appeals_of(candidacy.candidacy_id) for member in appeal.heard_by}
    if read.is_among(officer, candidacy.barred | heard_by):
        raise Refused("decided-before", person=officer)


def granted(certification_id: str, read: Reader) -> tuple[Certification, CertificationGranted]:
    """The certification with its grant, which there must be."""
    certification = read.certification(certification_id)
    if certification.grant is None:
        raise Refused("not-granted")
    return certification, certification.grant


def awarded(
    certification_id: str, read: Reader
) -> tuple[Certification, CertificationGranted | PreAccreditationGranted]:
    """The certification with its grant, or the pre-accreditation that there must be at least."""
    certification = read.certification(certification_id)
    award = certification.grant or certification.pre_accreditation
    if award is None:
        raise Refused("not-granted")
    return certification, award


def decidable(certification_id: str, act: Act, read: Reader) -> tuple[Certification, CertificationGranted]:
    """The certification with its grant, which those who act must be able to decide on."""
    certification, grant = granted(certification_id, read)
    present(grant.person_id, read)
    independent(act, read.candidacy(certification_id), read)
    not_held(certification_id, "certification-held", act.day, read)
    not_ended(certification)
    return certification, grant


def not_ended(certification: Certification) -> None:
    """Refuse when a certification was withdrawn, relinquished or annulled."""
    if certification.standing.ended is not None:
        raise Refused(certification.standing.ended[1].value)


def only(candidacy: Candidacy, first_day: date, read: Reader) -> None:
    """Refuse a person who holds another certification under the same scheme on the first day of a period, or will."""
    person_id, scheme_id = candidacy.nominated.person_id, candidacy.nominated.scheme_id
    for other in read.candidacies_of(person_id):
        standing = read.certification(other.candidacy_id).standing
        status = standing.on(max(first_day, standing.effective_from or first_day))
        is_another = other.candidacy_id != candidacy.candidacy_id and other.nominated.scheme_id == scheme_id
        if is_another and status in (Status.VALID, Status.SUSPENDED):
            raise Refused("already-certified", person=person_id, certification=other.candidacy_id)


def in_force(certification: Certification, effective_from: date) -> None:
    """Refuse a day before the certification takes effect, or after it expires."""
    standing = certification.standing
    if standing.effective_from is not None and effective_from < standing.effective_from:
        raise Refused("effective-too-early", date=standing.effective_from)
    not_expired(certification, effective_from)


def not_expired(certification: Certification, day: date) -> None:
    """Refuse when a certification is past its last day."""
    expires_on = certification.standing.expires_on
    if expires_on is not None and day > expires_on:
        raise Refused("expired", date=expires_on)


def independent(act: Act, candidacy: Candidacy, read: Reader) -> None:
    """Refuse a decider who trained, scored or moderated this person in any workshop (ISO/IEC 17024 9.4.4).

    A conflict of interest that they declared holds in every workshop too.
    """
    person_id = candidacy.nominated.person_id
    deciders = [s.person for s in act.by if s.role is Role.DECISION_AUTHORITY]
    for taken in read.candidacies_of(person_id):
        session_id = taken.nominated.session_id
        for decider in deciders:
            not_recused(decider, taken, read)
            session = read.session(session_id)
            # A candidate who withdrew after the first day was trained too.
            if read.is_among(decider, session.facilitators) and taken.was_trained(session.planned.start):
                raise Refused("decider-trained", person=decider, session=session_id)
            if read.is_among(decider, taken.scorers):
                raise Refused("decider-scored", person=decider, session=session_id)
            if read.is_among(decider, taken.moderators):
                raise Refused("decider-moderated", person=decider, session=session_id)
            for appeal in read.appeals_of(taken.candidacy_id):
                if read.is_among(decider, appeal.heard_by):
                    raise Refused("decider-heard-appeal", person=decider, appeal=appeal.lodged.appeal_id)
