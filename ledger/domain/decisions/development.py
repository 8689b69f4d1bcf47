"""Continued competence (ISO/IEC 17024, 9.6): what holders state in their own name, and what the body reviews.

Activities and requests are the holder's own statements; registrars verify, review and report. What counts for a
renewal is in ``ledger/domain/renewal.py``.
"""

from datetime import date, timedelta
from typing import ClassVar

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.panel import require_new_deciders
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import development as facts
from ledger.domain.events.certification import CertificationGranted
from ledger.domain.events.common import Digest
from ledger.domain.months import add_months
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.renewal import history_of, likeness, progress_of, version_of
from ledger.domain.standing import Status
from ledger.domain.states.certification import Certification
from ledger.domain.states.development import Development, evolve_development
from ledger.words import Words

ONE_OF_BOTH = Words(
    "a workshop or the title of an event, not both", "un atelier ou l’intitulé d’un événement, pas les deux"
)


class DevelopmentCommand(Command, frozen=True, kw_only=True):
    kind = "development"
    person_id: str


class LogCpdActivity(DevelopmentCommand, frozen=True, kw_only=True):
    activity_id: str
    activity_code: facts.ActivityCode
    hours: int
    day: date
    evidence: Digest


class VerifyCpdActivity(DevelopmentCommand, frozen=True, kw_only=True):
    activity_id: str
    accepted_hours: int
    reason: Digest | None = None


class RecordRefresher(DevelopmentCommand, frozen=True, kw_only=True):
    session_id: str | None = None
    title: Digest | None = None
    hours: int
    day: date


class ReportCapabilityChange(DevelopmentCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"kind_code": "capability_change"}
    kind_code: Digest
    reported_by: facts.Reporter
    day: date
    account: Digest | None = None


class ReviewSurveillance(DevelopmentCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"result_code": "surveillance_result"}
    certification_id: str
    until: date
    looked_at: tuple[facts.LookedAt, ...]
    result_code: Digest
    rationale: Digest | None = None


class RequestRecertification(DevelopmentCommand, frozen=True, kw_only=True):
    certification_id: str
    evidence: Digest | None = None


class RefuseRecertification(DevelopmentCommand, frozen=True, kw_only=True):
    certification_id: str
    reason: Digest


class ReportMisuse(DevelopmentCommand, frozen=True, kw_only=True):
    misuse_id: str
    certification_id: str
    seen: Digest
    seen_on: date


def log_cpd_activity(command: LogCpdActivity, act: Act, read: Reader) -> Fact:
    """A holder states what they did since their certification took effect, each activity once."""
    _themselves(command, act, read)
    _while_certified(command.person_id, command.day, act, read)
    history = history_of(command.person_id, read)
    if command.activity_id in history.activities:
        raise Refused("already-exists", kind="activity", id=command.activity_id)
    stated = command.stated_as(facts.CpdActivityLogged)
    for activity_id, other in history.activities.items():
        verified = history.verified.get(activity_id)
        if likeness(other) == likeness(stated) and (verified is None or verified.hours):
            raise Refused("activity-logged", hours=command.hours, day=command.day)
    return stated


def verify_cpd_activity(command: VerifyCpdActivity, act: Act, read: Reader) -> Fact:
    """A registrar decides how many hours of an activity count, and says why where fewer do."""
    require.person(command.person_id, read)
    history = history_of(command.person_id, read)
    activity = history.activities.get(command.activity_id)
    if activity is None:
        raise Refused("unknown", kind="activity", id=command.activity_id)
    if command.accepted_hours > activity.hours:
        raise Refused("hours-beyond-logged", hours=activity.hours)
    if command.accepted_hours < activity.hours and command.reason is None:
        raise Refused("fewer-hours-unexplained", hours=activity.hours)
    verified = history.verified.get(command.activity_id)
    if verified is not None and verified.hours == command.accepted_hours:
        raise Refused("already-verified", hours=verified.hours)
    return command.stated_as(facts.CpdActivityVerified)


def record_refresher(command: RecordRefresher, act: Act, read: Reader) -> Fact:
    """A registrar records that a holder was at a refresher, each once."""
    require.person(command.person_id, read)
    if (command.session_id is None) == (command.title is None):
        raise Refused("malformed", field="session_id", expected=ONE_OF_BOTH)
    _while_certified(command.person_id, command.day, act, read)
    if command.session_id is not None:
        plan = require.session(command.session_id, read).planned
        if not plan.start <= command.day <= plan.end:
            raise Refused("not-on-this-day", start=plan.start, end=plan.end)
    recorded = history_of(command.person_id, read).refreshers
    is_known = command.session_id in {one.session_id for one in recorded if one.session_id is not None}
    if is_known or command.day in {one.day for one in recorded}:
        raise Refused("refresher-recorded", day=command.day)
    return command.stated_as(facts.RefresherAttended)


def report_capability_change(command: ReportCapabilityChange, act: Act, read: Reader) -> Fact:
    """A registrar records what a holder or an administration reported; a review of it is to follow (7.1)."""
    require.person(command.person_id, read)
    _not_in_the_future("day", command.day, act)
    if not any(one.in_force(act.day) for one in _held_by(command.person_id, read)):
        raise Refused("none-in-force", person=command.person_id)
    return command.stated_as(facts.CapabilityChangeReported)


def review_surveillance(command: ReviewSurveillance, act: Act, read: Reader) -> Fact:
    """A registrar reviews a certification from where the last review ended up to a day."""
    certification, grant = _held(command, read)
    if not certification.in_force(act.day):
        raise Refused("none-in-force", person=command.person_id)
    require.each_once("looked_at", command.looked_at)
    reviewed = history_of(command.person_id, read).reviewed_until(command.certification_id)
    since = grant.effective_from if reviewed is None else reviewed + timedelta(days=1)
    if not since <= command.until <= act.day:
        raise Refused("outside-surveillance", since=since, until=act.day)
    return command.stated_as(facts.SurveillanceReviewed, since=since)


def request_recertification(command: RequestRecertification, act: Act, read: Reader) -> Fact:
    """A holder asks inside the renewal window for the renewal of a certification that is neither over nor suspended."""
    _themselves(command, act, read)
    certification, _ = _held(command, read)
    period_end = renewable(certification, act.day, read)
    if not certification.in_force(act.day):
        raise Refused("none-in-force", person=command.person_id)
    if history_of(command.person_id, read).asked_for(command.certification_id, period_end):
        raise Refused("recertification-requested")
    return command.stated_as(facts.RecertificationRequested, period_end=period_end)


def refuse_recertification(command: RefuseRecertification, act: Act, read: Reader) -> Fact:
    """Two of the decision authority refuse what a holder asked for. The holder may appeal."""
    certification, _ = _held(command, read)
    require.decidable(command.certification_id, act, read)
    require_new_deciders(act, read.candidacy(command.certification_id), read)
    period_end = certification.standing.expires_on
    if not history_of(command.person_id, read).asked_for(command.certification_id, period_end):
        raise Refused("recertification-not-requested")
    appeal_until = act.day + timedelta(days=version_of(certification, read).clocks.appeal_days)
    return command.stated_as(facts.RecertificationRefused, appeal_until=appeal_until)


def report_misuse(command: ReportMisuse, act: Act, read: Reader) -> Fact:
    """A registrar reports a use of a document or a mark that the rules do not allow, even after a withdrawal (9.7)."""
    _held(command, read)
    _not_in_the_future("seen_on", command.seen_on, act)
    if command.misuse_id in history_of(command.person_id, read).misuses:
        raise Refused("already-exists", kind="misuse", id=command.misuse_id)
    return command.stated_as(facts.MisuseReported)


def renewable(certification: Certification, day: date, read: Reader) -> date:
    """The last day of the period at whose end a certification can be renewed, on a day inside the renewal window."""
    expires_on = certification.standing.expires_on
    if expires_on is None:
        raise Refused("no-expiry")
    if certification.standing.on(day) is Status.SUSPENDED:
        raise Refused("suspended")
    opens = add_months(expires_on, -version_of(certification, read).renewal_window_months)
    if not opens <= day <= expires_on:
        raise Refused("outside-renewal-window", opens=opens, closes=expires_on)
    return expires_on


def require_shown(certification: Certification, day: date, method: str, evidence: Digest | None, read: Reader) -> None:
    """Refuse a renewal for which the scheme asks for more than is recorded; a reassessment needs its evidence instead.

    Under a version without a rule of renewal the decision authority judges for itself.
    """
    progress = progress_of(certification, read)
    if progress is None or progress.rule is None:
        return
    if method == "reassessment":
        if evidence is None:
            raise Refused("reassessment-without-evidence")
        return
    gaps = progress.gaps(day)
    if gaps:
        raise Refused("renewal-gaps", gaps=tuple(gap.words for gap in gaps))


def _themselves(command: DevelopmentCommand, act: Act, read: Reader) -> None:
    require.person(command.person_id, read)
    require.in_own_name(act, command.person_id, read)


def _held(
    command: ReviewSurveillance | RequestRecertification | RefuseRecertification | ReportMisuse, read: Reader
) -> tuple[Certification, CertificationGranted]:
    """The certification that a command names, which must be granted to the person of the stream."""
    require.person(command.person_id, read)
    certification, grant = require.granted(command.certification_id, read)
    if not read.is_among(grant.person_id, [command.person_id]):
        raise Refused("not-their-certification", person=command.person_id)
    return certification, grant


def _held_by(person_id: str, read: Reader) -> list[Certification]:
    """What came of every candidacy of a human."""
    return [read.certification(one.candidacy_id) for one in read.candidacies_of(person_id)]


def _not_in_the_future(field: str, day: date, act: Act) -> None:
    if day > act.day:
        raise Refused("in-the-future", field=field)


def _while_certified(person_id: str, day: date, act: Act, read: Reader) -> None:
    """Refuse a day in the future, or in no period of validity of a certification that is in force now."""
    _not_in_the_future("day", day, act)
    grants = [one.grant for one in _held_by(person_id, read) if one.grant is not None and one.in_force(act.day)]
    if not any(grant.effective_from <= day for grant in grants):
        raise Refused("not-while-certified", person=person_id, day=day)


OWN_NAME = "What a holder states of themselves is theirs alone."

# fmt: off
DEVELOPMENT = Subject(
    kind="development",
    id_field="person_id",
    initial=lambda *_: Development(),
    evolve=evolve_development,
    person=lambda person_id, _: person_id,
    commands=(
        command_type("log-cpd-activity", LogCpdActivity, log_cpd_activity,
            EventType("cpd-activity-logged/v1", facts.CpdActivityLogged, (Role.KEY_HOLDER,), "confidential",
                      Words("Development activity logged", "Activité de formation continue déclarée")),
            own_case=OWN_NAME),
        command_type("verify-cpd-activity", VerifyCpdActivity, verify_cpd_activity,
            EventType("cpd-activity-verified/v1", facts.CpdActivityVerified, (Role.REGISTRAR,), "confidential",
                      Words("Development activity verified", "Activité de formation continue validée"))),
        command_type("record-refresher", RecordRefresher, record_refresher,
            EventType("refresher-attended/v1", facts.RefresherAttended, (Role.REGISTRAR,), "restricted",
                      Words("Refresher attended", "Recyclage suivi"))),
        command_type("report-capability-change", ReportCapabilityChange, report_capability_change,
            EventType("capability-change-reported/v1", facts.CapabilityChangeReported, (Role.REGISTRAR,),
                      "confidential",
                      Words("Change of capability reported", "Changement affectant la capacité signalé"))),
        command_type("review-surveillance", ReviewSurveillance, review_surveillance,
            EventType("surveillance-reviewed/v1", facts.SurveillanceReviewed, (Role.REGISTRAR,), "confidential",
                      Words("Surveillance reviewed", "Surveillance effectuée"))),
        command_type("request-recertification", RequestRecertification, request_recertification,
            EventType("recertification-requested/v1", facts.RecertificationRequested, (Role.KEY_HOLDER,),
                      "confidential", Words("Recertification requested", "Recertification demandée")),
            own_case=OWN_NAME),
        command_type("refuse-recertification", RefuseRecertification, refuse_recertification,
            EventType("recertification-refused/v1", facts.RecertificationRefused, (Role.DECISION_AUTHORITY,) * 2,
                      "confidential", Words("Recertification refused", "Recertification refusée"))),
        command_type("report-misuse", ReportMisuse, report_misuse,
            EventType("misuse-reported/v1", facts.MisuseReported, (Role.REGISTRAR,), "confidential",
                      Words("Misuse reported", "Usage abusif signalé"))),
    ),
)
# fmt: on
