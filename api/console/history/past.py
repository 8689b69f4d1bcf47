"""The pages of the past: what is recorded of a person or a thing, one entry, and one's own signatures."""

import json
from typing import Annotated

import msgspec
from fastapi import Path, Query, Request
from starlette.responses import RedirectResponse, Response

from api.console.application import Console, Visitor, console_of, visitor_of
from api.console.commands.views import record_of
from api.console.commands.words import SUBJECT_NAMES
from api.console.history import entries, facts
from api.console.history.entries import Recorded
from api.console.history.facts import Subject
from api.console.page import page
from api.console.permissions import HISTORY_OF
from api.console.refusals import ConsoleRefusal
from api.console.routing import STORABLE, router
from api.lists.own_case import workshop_in
from api.pages import language_of
from api.public.as_of import AsOf, When, times
from api.public.log import BYTES, TEXT
from ledger.domain.decisions import require
from ledger.domain.decisions.candidacy import sees_findings
from ledger.domain.events.candidacy import FindingsRecorded
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.reading import Draft
from ledger.store.port import LARGEST
from ledger.words import Words

PAGE = 100  # entries on one page
KINDS: dict[str, Words] = {
    **SUBJECT_NAMES,
    "session": Words("Workshop", "Atelier"),
    "candidacy": Words("Candidacy", "Candidature"),
    "certification": Words("Certification", "Certification"),
    "person": Words("Person", "Personne"),
    "administration": Words("Administration", "Administration"),
    "scheme": Words("Scheme", "Programme"),
    "officer": Words("Officer", "Responsable"),
    "ledger": Words("Founding of the register", "Fondation du registre"),
}
"""What each kind of stream is about."""

past = router()
Id = Annotated[str, Path(max_length=200, pattern=STORABLE)]
Number = Annotated[int, Path(ge=1, le=LARGEST)]
Start = Annotated[int, Query(ge=0, le=LARGEST)]
Compared = Annotated[str, Query(max_length=10)]


@past.get("/history/people/{person_id}", name="history.person")
def person(request: Request, person_id: Id, when: When, other: Compared = "", start: Start = 0) -> Response:
    """Everything about a person, under all their ids; a merged id leads to the one that counts."""
    console, visitor = console_of(request), visitor_of(request)
    subject = _subject(console, visitor, "person", person_id, when)
    if subject.id != person_id:
        return RedirectResponse(str(request.url.replace(path=f"/console/history/people/{subject.id}")), 303)
    return _timeline(request, subject, when, other, start)


@past.get("/history/entries/{number}", name="history.entry")
def entry(request: Request, number: Number) -> Response:
    """One entry of the log: what it says, who signed it, its bytes, and its proof."""
    console, chosen = console_of(request), language_of(request)
    read = _entry(console, visitor_of(request), number)
    (line,) = entries.lines(console, [read], chosen)
    return page(
        request,
        "history-entry.html",
        line=line,
        event=read.event,
        kind=KINDS[line.kind],
        # Who signed it reads it, but perhaps not what else is recorded there.
        address=address_of(line.kind, line.id) if HISTORY_OF[line.kind].allows(visitor_of(request).roles) else "",
        hash=entries.hash_of(read),
        statement=json.dumps(msgspec.to_builtins(read.event), indent=2, ensure_ascii=False),
        envelope=json.dumps(json.loads(read.envelope), indent=2),
        size=console.office.ledger.size(),
        published=console.office.ledger.publications.size,
    )


@past.get("/history/entries/{number}/proof", name="history.proof")
def proof(request: Request, number: Number) -> Response:
    """The proof that an entry is in the published log (c2sp.org/tlog-proof)."""
    console = console_of(request)
    _entry(console, visitor_of(request), number)
    return _file(str(console.office.ledger.proof(number - 1)).encode(), TEXT, f"entry-{number}.tlog-proof")


@past.get("/history/entries/{number}/statement", name="history.statement")
def statement(request: Request, number: Number) -> Response:
    """The exact bytes of an entry, which are hashed in the log."""
    read = _entry(console_of(request), visitor_of(request), number)
    return _file(read.envelope, BYTES, f"entry-{number}.dsse.json")


@past.get("/my-signatures", name="history.mine")
def mine(request: Request, start: Start = 0) -> Response:
    """Every entry of the log that carries the visitor's name as a signer, the latest first."""
    console, visitor = console_of(request), visitor_of(request)
    ledger = console.office.ledger
    size = ledger.size()
    signed = [*entries.signed_by(ledger, ledger.read().ids_of(visitor.person))][::-1]
    shown = entries.lines(console, signed[start : start + PAGE], language_of(request))
    more = start + PAGE if len(signed) > start + PAGE else 0
    mine = [line._replace(by=tuple(each for each in line.by if each.person == visitor.person)) for line in shown]
    return page(request, "my-signatures.html", lines=mine, count=len(signed), more=more, size=size)


@past.get("/history/{kind}/{one_id}", name="history.one")  # last: other addresses look alike
def one(request: Request, kind: Id, one_id: Id, when: When, other: Compared = "", start: Start = 0) -> Response:
    """Everything that is recorded of a workshop, a certification, a scheme, an administration, or an officer."""
    if kind not in HISTORY_OF:
        raise Refused("unknown", kind="page", id=kind)
    if kind == "person":
        return RedirectResponse(f"/console/history/people/{one_id}", 303)
    subject = _subject(console_of(request), visitor_of(request), kind, one_id, when)
    return _timeline(request, subject, when, other, start)


def address_of(kind: str, one_id: str) -> str:
    """Return the address of what is recorded of something."""
    return f"/console/history/people/{one_id}" if kind == "person" else f"/console/history/{kind}/{one_id}"


def _subject(console: Console, visitor: Visitor, kind: str, one_id: str, when: AsOf) -> Subject:
    _require_may_read(visitor, kind)
    ledger = console.office.ledger
    size = ledger.size() if when.known_on == when.today else min(ledger.size(), ledger.size_at(when.known))
    subject = facts.subject(console, kind, one_id, size)
    if subject.entries:
        _require_not_own(console, visitor, subject.entries)
    read = ledger.read()
    return subject._replace(entries=[each for each in subject.entries if not _is_unseen(visitor, each, read)])


def _timeline(request: Request, subject: Subject, when: AsOf, other: str, start: int) -> Response:
    console, ledger = console_of(request), console_of(request).office.ledger
    current = facts.facts(console, subject, when.on)
    compared = times(request, other).on if other.strip() else None
    latest = subject.entries[::-1]
    more = start + PAGE if len(latest) > start + PAGE else 0
    lines = entries.lines(console, latest[start : start + PAGE], language_of(request))
    return page(
        request,
        "history-timeline.html",
        kind=subject.kind,
        label=KINDS[subject.kind],
        title=_title(console, subject, current),
        address=address_of(subject.kind, subject.id),
        subject_id=subject.id,
        facts=current,
        when=when,
        compared=compared,
        differences=None if compared is None else facts.differences(facts.facts(console, subject, compared), current),
        lines=lines,
        count=len(latest),
        more=more,
        size=ledger.size() if when.known_on == when.today else min(ledger.size(), ledger.size_at(when.known)),
        published=ledger.publications.size,
    )


def _title(console: Console, subject: Subject, current: list[facts.Row]) -> Words:
    """Return the name of a person, a scheme or an administration, the holder of a certification, or an id."""
    if subject.kind in facts.RESULT:
        return record_of(console).candidacy_labels([subject.id])[subject.id]
    named = {row.label.en: row.value for row in current}
    return named.get("Name") or named.get("Title") or Words(subject.id, subject.id)


def _entry(console: Console, visitor: Visitor, number: int) -> Recorded:
    """Return an entry to a visitor who may read it, and to its signers. Raises ``Refused``."""
    read = entries.of_number(console.office.ledger, number)
    if all(signer.person != visitor.person for signer in read.event.by):
        _require_may_read(visitor, read.event.subject.kind)
        _require_not_own(console, visitor, [read])
        if _is_unseen(visitor, read, console.office.ledger.read()):
            raise ConsoleRefusal("findings-unseen")
    return read


def _is_unseen(visitor: Visitor, entry: Recorded, read: Draft) -> bool:
    """Whether an entry holds findings that the visitor, who has to record their own first, does not see yet."""
    is_of_member = isinstance(entry.event.facts, FindingsRecorded) and Role.SELECTION_PANEL in visitor.roles
    return is_of_member and not sees_findings(visitor.person, read.candidacy(entry.event.subject.id), read)


def _require_may_read(visitor: Visitor, kind: str) -> None:
    rule = HISTORY_OF[kind]
    if not rule.allows(visitor.roles):
        raise ConsoleRefusal("not-allowed", who=rule.who, person=visitor.person)


def _require_not_own(console: Console, visitor: Visitor, entries: list[Recorded]) -> None:
    """Require the visitor to be no candidate of the same workshop: nobody reads their own case as an officer."""
    read = console.office.ledger.read()
    streams = dict.fromkeys(each.event.subject for each in entries)
    for session_id in dict.fromkeys(workshop_in(stream, read) for stream in streams):
        if session_id is not None:
            require.no_candidate(visitor.person, session_id, read)


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, 200, headers, media_type)
