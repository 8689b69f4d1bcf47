"""Certifications: what each is today, its past, and what can be done with it."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from api.console.application import Console
from api.console.certifications.renewing import Renewing, renewing
from api.console.commands.words import TITLES
from api.console.filed import why_not
from api.console.names import with_names
from api.console.routing import PREFIX
from api.lists.readers import awaited_workshops
from api.words import event_in_brief
from api.words.record import Record
from ledger.domain.certificate_status import CERTIFICATION_LABELS
from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act
from ledger.domain.events.certification import CertificationGranted, PreAccreditationGranted
from ledger.domain.months import add_months
from ledger.domain.record import ROLE_LABELS, Event, Fact, Role, Signer, Stream
from ledger.domain.refusal import Refused
from ledger.domain.scope import scope_on
from ledger.domain.standing import Status
from ledger.domain.states.certification import Certification
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.likeness import parts_of, words_of
from ledger.reading import Draft
from ledger.words import LANGUAGES, Language, Words

PAGE = 100  # certifications on one page


class Line(NamedTuple):
    """A certification in the list."""

    id: str
    name: str
    number: str
    status: Status
    label: Words
    expires_on: date | None
    session_id: str


class Deed(NamedTuple):
    """Something that can be done: the address of its form, and who signs."""

    title: Words
    address: str
    who: Words


class Past(NamedTuple):
    """An event of the past of a certification: when it was recorded, what it says, and who signed it in which role."""

    day: date
    brief: str
    fields: tuple[str, ...]
    by: tuple[tuple[str, Words], ...]


class One(NamedTuple):
    """A certification with its past; ``bar`` says why whoever looks may not decide on it."""

    line: Line
    certification: Certification
    scope: tuple[tuple[Words, bool], ...]
    past: tuple[Past, ...]
    deeds: tuple[Deed, ...]
    renewing: Renewing | None
    bar: Words | None


def certifications(
    record: Record, today: date, words: str, status: str, start: int, person: str
) -> tuple[list[Line], int]:
    """Return a page of what was granted, the latest first, from ``start``, and how many there are in all.

    They are those of a status, in whose name, number or workshop each word begins one; none of a workshop in which
    ``person``, who looks, waits for a decision. Names are read for the page only, unless they are searched.
    """
    awaited = awaited_workshops(person, record.read)
    found = [record.read.certification(one) for one in record.ids_of("certification")]
    granted = [
        (award.effective_from, one.certification_id, one)
        for one in found
        if (award := awarded(one)) is not None and award.session_id not in awaited
    ]
    asked = [one for *_, one in sorted(granted, reverse=True) if status in ("", one.standing.on(today))]
    if not (wanted := parts_of(words)):
        return _lines(asked[start : start + PAGE], record, today), len(asked)
    matching = [line for line in _lines(asked, record, today) if _has(line, wanted)]
    return matching[start : start + PAGE], len(matching)


def one_of(console: Console, record: Record, certification_id: str, person: str, language: Language) -> One:
    """Return a certification, or a pre-accreditation. Raises ``Refused`` if there is none, and in one's own case."""
    ledger, read = console.office.ledger, record.read
    certification, grant = require.awarded(certification_id, read)
    if read.is_among(person, [grant.person_id]):
        raise Refused("own-case", person=person)
    if grant.session_id in awaited_workshops(person, read):
        raise Refused("officer-is-candidate", person=person)
    today = ledger.now().date()
    (line,) = _lines([certification], record, today)
    version = read.scheme(grant.scheme_id).drafts[grant.scheme_version]
    held = scope_on(certification.scopes, today) if certification.scopes else frozenset(grant.scope)
    return One(
        line,
        certification,
        tuple((Words(c.name_en, c.name_fr), c.id in held) for c in version.competencies),
        past_of(console, record, Stream("certification", certification_id), language, [grant.person_id]),
        (
            *_deeds(certification, today, version.renewal_window_months, {c.id for c in version.competencies}),
            *_deeds_of_renewal(certification, read.one(grant.person_id), renewing(certification, today, read)),
        ),
        renewing(certification, today, read),
        _bar(certification_id, person, record, Act((Signer(person, Role.DECISION_AUTHORITY),), ledger.now())),
    )


def past_of(
    console: Console, record: Record, stream: Stream, language: Language, about: Iterable[str] = ()
) -> tuple[Past, ...]:
    """Return every event of a stream in words, the latest first; ``about`` are people whom they may name."""
    ledger = console.office.ledger
    events: list[Event[Fact]] = [signed.event for signed in ledger.signed_events(stream)]
    people = {record.read.one(signer.person) for event in events for signer in event.by}
    names, read = record.names(people), with_names(ledger, {*people, *about})
    return tuple(
        Past(
            event.time.date(),
            *event_in_brief(event, language, read),
            tuple((names.get(record.read.one(s.person), s.person), ROLE_LABELS[s.role]) for s in event.by),
        )
        for event in reversed(events)
    )


def _lines(found: Iterable[Certification], record: Record, today: date) -> list[Line]:
    grants = [(one, award) for one in found if (award := awarded(one)) is not None]
    names = record.names({record.read.one(grant.person_id) for _, grant in grants})
    return [
        Line(
            one.certification_id,
            names.get(record.read.one(grant.person_id), grant.person_id),
            one.number,
            status := one.standing.on(today),
            CERTIFICATION_LABELS[status],
            grant.field_deadline if isinstance(grant, PreAccreditationGranted) else one.standing.expires_on,
            grant.session_id,
        )
        for one, grant in grants
    ]


def awarded(one: Certification) -> CertificationGranted | PreAccreditationGranted | None:
    """Return what was granted under a certification; None where nothing was."""
    return one.grant or one.pre_accreditation


def _has(line: Line, wanted: list[str]) -> bool:
    own = words_of(f"{line.name} {line.number} {line.session_id}")
    return all(any(word.startswith(part) for word in own) for part in wanted)


def _deeds(one: Certification, today: date, window: int, competencies: set[str]) -> Iterable[Deed]:
    """Yield what the standing of today allows. What else the rules ask for, they say when it is filed."""
    at = {"certification_id": one.certification_id}
    status = one.standing.on(today)
    dated = {**at, "effective_from": max(today, one.standing.first_day or today).isoformat()}
    if one.standing.ended is None:
        if one.grant is None:
            yield _deed("decide-field-phase", at)
        else:
            yield from _decisions(one, today, window, competencies, dated)
        if status not in (Status.EXPIRED, Status.LAPSED):
            yield _deed("relinquish-certification", dated)
    if not one.standing.annulled:
        yield _deed("annul-certification", at)


def _decisions(
    one: Certification, today: date, window: int, competencies: set[str], dated: dict[str, str]
) -> Iterable[Deed]:
    """Yield what can be done with a certification that was granted and has not ended."""
    at = {"certification_id": one.certification_id}
    status, expires_on = one.standing.on(today), one.standing.expires_on
    dated = {**dated, "effective_from": max(today, one.standing.effective_from or today).isoformat()}
    in_force = status in (Status.VALID, Status.NOT_YET_VALID, Status.SUSPENDED)
    if status in (Status.VALID, Status.NOT_YET_VALID):
        yield _deed("suspend-certification", dated)
    if status is Status.SUSPENDED:
        yield _deed("lift-suspension", dated)
    if status is Status.VALID and expires_on is not None and today >= add_months(expires_on, -window):
        yield _deed("renew-certification", at)
    if in_force:
        scope = one.scopes[-1][1]
        if len(scope) > 1:
            yield _deed("reduce-scope", dated)
        if competencies - scope:
            yield _deed("extend-scope", dated)
    if one.issues:
        yield _deed("reissue-certificate", at)
    last = dated if expires_on is None or today <= expires_on else {**at, "effective_from": expires_on.isoformat()}
    yield _deed("withdraw-certification", last)


def _deeds_of_renewal(one: Certification, person_id: str, counts: Renewing | None) -> Iterable[Deed]:
    """Yield what can be recorded of the holder's continued competence."""
    at = {"person_id": person_id}
    held = {**at, "certification_id": one.certification_id}
    if counts is not None:
        yield _deed("record-refresher", at)
        yield _deed("review-surveillance", held)
        yield _deed("report-capability-change", at)
        if counts.asked_for:
            yield _deed("refuse-recertification", held)
    yield _deed("report-misuse", held)


def _deed(command: str, given: dict[str, str]) -> Deed:
    row = BY_COMMAND_NAME[command]
    seats = [ROLE_LABELS[role] for role in dict.fromkeys(row.seats)]
    count = "" if len(row.seats) == 1 else f"{len(row.seats)}\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN} "
    who = Words(*(f"{count}{', '.join(seat.into(language) for seat in seats)}" for language in LANGUAGES))
    return Deed(TITLES[command], f"{PREFIX}/commands/{command}?{urlencode(given)}", who)


def _bar(certification_id: str, person: str, record: Record, act: Act) -> Words | None:
    """Return why this person may not decide, although they hold the role; None when nothing bars them."""
    read: Draft = record.read
    if Role.DECISION_AUTHORITY not in read.officer(person).roles:
        return None
    try:
        require.independent(act, read.candidacy(certification_id), read)
    except Refused as refused:
        return why_not(refused, record.names([person]))
    return None
