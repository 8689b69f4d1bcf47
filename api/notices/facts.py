"""What a notice states, gathered when it is sent: a name or a status of weeks ago is not sent as today's."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from textwrap import shorten
from typing import Any, cast

import msgspec

from api.notices.kinds import Kind, Notice
from api.notices.letters import MOST_CHARACTERS, MOST_LINES, OVERDUE_DAYS, Line
from api.notices.people import People
from api.register import Register
from api.secretariat.inbox import Inbox
from api.secretariat.links import Links
from api.secretariat.proposals import Waiting
from api.words import event_in_words
from api.words.of_missions import DOMAINS
from api.words.record import territory
from api.words.vocabulary import CHOICES
from ledger.domain.events import certification as facts
from ledger.domain.reader import Reader
from ledger.domain.record import Event, Fact
from ledger.domain.renewal import progress_of
from ledger.domain.serving import role_of
from ledger.domain.standing import Status
from ledger.domain.subjects import BY_COMMAND, BY_FACT
from ledger.signing.statement import read_stored
from ledger.store.ledger import Ledger
from ledger.words import LANGUAGES, Language, Words

DOCUMENTS_WAIT = timedelta(days=1)  # then a certificate is sent without its documents, which cannot be made
SIGN_IN_WAIT = timedelta(minutes=30)
SIGN_IN_SECONDS = 30 * 60  # for which a link to sign in is good, from when its letter is written
STANDING = (
    Kind.SUSPENSION,
    Kind.LIFTING,
    Kind.WITHDRAWAL,
    Kind.RELINQUISHED,
    Kind.ANNULLED,
    Kind.RESTORED,
)
ENDING = (Kind.WITHDRAWAL, Kind.RELINQUISHED, Kind.ANNULLED)
LASTING = (Status.VALID, Status.SUSPENDED, Status.NOT_YET_VALID)
Issued = facts.CertificateIssued | facts.CertificateReissued | facts.CertificateReissuedV1
Dated = (
    facts.CertificationSuspended
    | facts.CertificationSuspendedV1
    | facts.SuspensionLifted
    | facts.CertificationWithdrawn
    | facts.CertificationWithdrawnV1
    | facts.CertificationRelinquished
    | facts.PreAccreditationGranted
    | facts.RecognitionGranted
)


class NotNeeded(Exception):
    """What a notice would say is not so any more, or is not wanted any more."""


class NotYet(Exception):
    """What a notice says is not ready."""


class Content(msgspec.Struct, frozen=True):
    """What a letter states. ``language`` is that of what it is about; None if that has none of ours."""

    facts: dict[str, Any]
    language: Language | None = None
    stop: str = ""


class Gathering:
    """Gathers from one register; ``inbox`` returns that of its secretariat."""

    def __init__(self, register: Register, ledger: Ledger, people: People, inbox: Callable[[], Inbox]) -> None:
        self._register, self._ledger, self._people, self._inbox = register, ledger, people, inbox
        self._url = register.settings.base_url
        self._links = Links(ledger.database, ledger.now)

    def content(self, notice: Notice, now: datetime) -> Content:
        """Return what a notice states now. Raises ``NotNeeded``, and ``NotYet``."""
        match notice.kind:
            case Kind.CERTIFICATE:
                return self._certificate(notice, now)
            case Kind.REFUSAL | Kind.NOT_SELECTED:
                return self._workshop(notice)
            case Kind.SUSPENSION | Kind.LIFTING | Kind.WITHDRAWAL | Kind.RELINQUISHED:
                return self._dated(notice)
            case Kind.ANNULLED | Kind.RESTORED:
                self._require_untold(notice, STANDING)
                return self._certified(notice.subject, {})
            case Kind.PRE_ACCREDITED | Kind.RECOGNISED:
                return self._in_field_phase(notice)
            case Kind.EXPIRY:
                return self._expiry(notice, now.date())
            case Kind.DIGEST:
                return self._digest(notice, now)
            case Kind.RECEIPT:
                return self._receipt(notice)
            case Kind.SIGN_IN:
                return self._sign_in(notice, now)
            case Kind.CALL:
                return self._call(notice, now.date())
            case Kind.RETURNED | Kind.INCOMPLETE:
                return self._returned(notice)
            case Kind.INVITED:
                return self._invited(notice)
            case Kind.RELEASE_ASKED | Kind.ASSIGNED | Kind.FEEDBACK_ASKED | Kind.REPORT_DUE:
                return self._mission(notice)
            case Kind.EXCLUDED:
                excluded = self._ledger.read().candidacy(notice.subject).preparation.excluded
                return self._candidate(notice, None if excluded is None else excluded.appeal_until)

    def _mission(self, notice: Notice) -> Content:
        """What is told of a mission, while what is asked for is still to be done."""
        read = self._ledger.read()
        mission, person_id = read.mission(notice.subject), notice.person_id
        request = mission.requested
        match notice.kind:
            case Kind.RELEASE_ASKED:
                is_due = mission.is_open and None in mission.releases.values()
            case Kind.ASSIGNED:
                is_due = mission.is_open and role_of(person_id, mission, read) is not None
            case Kind.FEEDBACK_ASKED:
                contacts = read.administration(request.administration_id).contacts
                is_due = not mission.has_feedback and read.is_among(person_id, contacts)
            case _:
                is_due = mission.recommendations is None
        if not is_due:
            raise NotNeeded
        place, topic = territory(request.administration_id), DOMAINS[request.topic]
        is_for_contacts = notice.kind in (Kind.RELEASE_ASKED, Kind.FEEDBACK_ASKED)
        stated = {
            "mission": Words(*(f"{place.into(each)} ({topic.into(each)})" for each in LANGUAGES)),
            "start": mission.first_day,
            "end": mission.last_day,
            "page": f"{self._url}/console/{'member' if is_for_contacts else 'own-missions'}",
        }
        return Content(stated, _ours(request.language))

    def _certificate(self, notice: Notice, now: datetime) -> Content:
        certificate = cast(Issued, self._event(int(notice.cause)).facts).certificate
        read = self._ledger.read()
        if read.certification(notice.subject).number != certificate.number:
            raise NotNeeded  # it was reissued since
        self._require_untold(notice, ENDING)
        status = read.certification(notice.subject).standing.on(now.date())
        kept = self._ledger.documents.set_of(certificate.number)
        if kept is None and read.issuer().version and now - notice.queued < DOCUMENTS_WAIT:
            raise NotYet
        stated = {
            "number": certificate.number,
            "title": Words(certificate.scheme_title_en, certificate.scheme_title_fr),
            "effective": certificate.effective_from,
            "expires": certificate.expires_on,
            "suspended": status is Status.SUSPENDED,
            "documents": "" if kept is None else f"{self._url}/holder/{kept.token}",
            "page": f"{self._url}/certificates/{certificate.number}",
        }
        return Content(stated, _ours(certificate.language))

    def _call(self, notice: Notice, today: date) -> Content:
        until, told, read = (
            date.fromisoformat(notice.cause.partition("/")[0]),
            self._workshop(notice),
            self._ledger.read(),
        )
        contacts = {one for code in self._ledger.ids_of("administration") for one in read.administration(code).contacts}
        if until < today or not read.is_among(notice.person_id, contacts):
            raise NotNeeded
        return Content({**told.facts, "until": until, "page": f"{self._url}/console/member"}, told.language)

    def _returned(self, notice: Notice) -> Content:
        candidacy = self._ledger.read().candidacy(notice.subject)
        returned = candidacy.preparation.returned if candidacy.undecided else None
        if notice.kind is Kind.INCOMPLETE and returned and not notice.cause.startswith(f"{returned.complete_by}/"):
            raise NotNeeded  # it was returned again since, with another day
        return self._candidate(notice, None if returned is None else returned.complete_by)

    def _invited(self, notice: Notice) -> Content:
        candidacy = self._ledger.read().candidacy(notice.subject)
        prepared = candidacy.preparation
        invited = prepared.invited if prepared.answer is None and not candidacy.ended else None
        return self._candidate(notice, None if invited is None else invited.reply_by)

    def _candidate(self, notice: Notice, until: date | None) -> Content:
        """What a candidate is told of, with the day until which; raise ``NotNeeded`` when there is no such day now."""
        if until is None:
            raise NotNeeded
        told = self._of_session(self._ledger.read().candidacy(notice.subject).nominated.session_id)
        return Content({**told.facts, "until": until, "page": f"{self._url}/console/own"}, told.language)

    def _workshop(self, notice: Notice) -> Content:
        return self._of_session(notice.subject)

    def _of_session(self, session_id: str) -> Content:
        session = self._ledger.read().session(session_id).planned
        stated = {
            "workshop": session.session_id,
            "title": Words(session.title_en, session.title_fr),
            "place": session.place,
            "start": session.start,
            "end": session.end,
        }
        return Content(stated, _ours(session.language))

    def _dated(self, notice: Notice) -> Content:
        self._require_untold(notice, STANDING)
        fact = cast(Dated, self._event(int(notice.cause)).facts)
        return self._certified(notice.subject, {"effective": fact.effective_from})

    def _in_field_phase(self, notice: Notice) -> Content:
        standing = self._ledger.read().certification(notice.subject).standing
        fact = cast(Dated, self._event(int(notice.cause)).facts)
        until = standing.pre_accredited and standing.pre_accredited[1]
        return self._certified(notice.subject, {"effective": fact.effective_from, "until": until})

    def _require_untold(self, notice: Notice, kinds: Sequence[Kind]) -> None:
        """Raise ``NotNeeded`` for what was late, when a person was told meanwhile what was decided after it."""
        if self._people.outbox.is_told(kinds, notice.subject, int(notice.cause)):
            raise NotNeeded

    def _expiry(self, notice: Notice, today: date) -> Content:
        read = self._ledger.read()
        certification = read.certification(notice.subject)
        standing = certification.standing
        expires = standing.expires_on
        if expires is None or not notice.cause.startswith(f"{expires}/") or standing.on(today) not in LASTING:
            raise NotNeeded  # renewed, withdrawn or expired since
        progress = progress_of(certification, read)
        gaps = [] if progress is None else [gap.words for gap in progress.gaps(today)]
        stated = {"expires": expires, "days": (expires - today).days, "gaps": gaps}
        return self._certified(notice.subject, stated)

    def _certified(self, certification_id: str, stated: dict[str, Any]) -> Content:
        certification = self._ledger.read().certification(certification_id)
        number = certification.number
        page = f"{self._url}/certificates/{number}" if number else ""
        award = certification.grant or certification.pre_accreditation
        language = None if award is None else _ours(award.language)
        return Content({**stated, "number": number, "page": page}, language)

    def _digest(self, notice: Notice, now: datetime) -> Content:
        recipient = self._people.recipient(notice.person_id)
        wanted = self._people.choices(notice.person_id).digests and recipient and not self._people.fails(recipient)
        lines = lines_of(self._inbox().waiting(notice.person_id), now) if wanted else []
        if not lines:
            raise NotNeeded
        stop = f"{self._url}/notices/{self._people.token(notice.person_id)}"
        stated = {
            "lines": lines,
            "total": sum(line.count for line in lines),
            "overdue": sum(line.overdue for line in lines),
            "overdue_days": OVERDUE_DAYS,
            "stop": stop,
        }
        return Content(stated, stop=stop)

    def _receipt(self, notice: Notice) -> Content:
        leaves, read = [int(leaf) for leaf in notice.subject.split()], self._ledger.read().unopened()
        lines = []
        for leaf in leaves[:MOST_LINES]:
            event = self._event(leaf + 1)
            lines.append(Line(label=_said_by_mail(event, read), subject=event.stream, leaf=leaf))
        return Content({"lines": lines, "total": len(leaves)})

    def _sign_in(self, notice: Notice, now: datetime) -> Content:
        """The link is made here, with the letter: nothing that is stored opens a page."""
        if now - notice.queued >= SIGN_IN_WAIT:
            raise NotNeeded  # whoever asked for it has asked again, or gone
        kind, _, language = notice.subject.partition("/")
        secret = self._links.make(kind, notice.person_id, (), SIGN_IN_SECONDS)
        link = f"{self._url}/console/{kind}/link/{secret}"
        return Content({"link": link, "minutes": SIGN_IN_SECONDS // 60}, _ours(language))

    def _event(self, position: int) -> Event[Fact]:
        (entry,) = self._ledger.entries(position - 1, position)
        return read_stored(entry.topic, entry.state).event


def lines_of(waiting: Sequence[Waiting], now: datetime) -> list[Line]:
    """Return what waits, a line for each kind of statement: the overdue first, then the longest waiting."""
    filed: dict[Words, list[datetime]] = {}
    for item in waiting:
        row = BY_COMMAND[type(item.proposal.command)]
        label = row.event_types[0].label if len(row.event_types) == 1 else CHOICES[row.name]
        filed.setdefault(label, []).append(datetime.fromtimestamp(item.filed, UTC))
    before = now - timedelta(days=OVERDUE_DAYS)
    lines = [
        Line(label=label, count=len(at), since=min(at).date(), overdue=sum(one < before for one in at))
        for label, at in filed.items()
    ]
    return sorted(lines, key=lambda line: (not line.overdue, line.since))


def _said_by_mail(event: Event[Fact], read: Reader) -> Words:
    """Return what an event says, with people by id and sealed values closed; of what is confidential only the title."""
    row = BY_FACT[type(event.facts)]
    if row.visibility == "confidential":
        return row.label
    return Words(*(shorten(event_in_words(event, each, read), MOST_CHARACTERS, placeholder="…") for each in LANGUAGES))


def _ours(language: str) -> Language | None:
    return next((one for one in LANGUAGES if one == language), None)
