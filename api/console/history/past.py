"""The pages of the past: what is recorded of a person or a thing, one entry, and one's own signatures."""

import json
from typing import Annotated

import msgspec
from fastapi import Path, Query, Request
from starlette.responses import RedirectResponse, Response

from api.console.application import Visitor, console_of, reader_of, visitor_of
from api.console.commands.words import SUBJECT_NAMES
from api.console.page import page
from api.console.permissions import HISTORY_OF
from api.console.refusals import ConsoleRefusal
from api.console.routing import router
from api.pages import language_of
from api.past import entries, facts
from api.past.entries import Recorded
from api.past.facts import Subject
from api.past.rows import Row
from api.past.search import address_of
from api.public.as_of import AsOf, When, times
from api.public.log import BYTES, TEXT
from api.strict_requests import STORABLE
from api.words.record import Record
from ledger.domain.refusal import Refused
from ledger.store.ledger import Ledger
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
    "advisor": Words("Advisor in service", "Conseiller en service"),
    "mission": Words("Mission", "Mission"),
    "appeal": Words("Appeal", "Recours"),
    "complaint": Words("Complaint", "Plainte"),
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
    subject = _subject(request, "person", person_id, when)
    if subject.id != person_id:
        return RedirectResponse(str(request.url.replace(path=f"/console/history/people/{subject.id}")), 303)
    return _timeline(request, subject, when, other, start)


@past.get("/history/entries/{number}", name="history.entry")
def entry(request: Request, number: Number) -> Response:
    """One entry of the log: what it says, who signed it, its bytes, and its proof."""
    ledger = console_of(request).office.ledger
    read = _entry(request, number)
    (line,) = entries.lines(ledger, [read], language_of(request))
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
        size=ledger.size(),
        published=ledger.publications.size,
    )


@past.get("/history/entries/{number}/proof", name="history.proof")
def proof(request: Request, number: Number) -> Response:
    """The proof that an entry is in the published log (c2sp.org/tlog-proof)."""
    _entry(request, number)
    return _file(str(console_of(request).office.ledger.proof(number - 1)).encode(), TEXT, f"entry-{number}.tlog-proof")


@past.get("/history/entries/{number}/statement", name="history.statement")
def statement(request: Request, number: Number) -> Response:
    """The exact bytes of an entry, which are hashed in the log."""
    return _file(_entry(request, number).envelope, BYTES, f"entry-{number}.dsse.json")


@past.get("/my-signatures", name="history.mine")
def mine(request: Request, start: Start = 0) -> Response:
    """The entries of the log that carry the visitor's name as a signer, the latest first; ``start`` is the latest."""
    ledger, person = console_of(request).office.ledger, visitor_of(request).person
    size = ledger.size()
    ids = ledger.read().ids_of(person)
    signed, more = entries.signed_by(ledger, ids, min(start or size, size), PAGE)
    shown = entries.lines(ledger, signed, language_of(request))
    mine = [line._replace(by=tuple(each for each in line.by if each.person in ids)) for line in shown]
    return page(request, "my-signatures.html", lines=mine, more=more, size=size)


@past.get("/history/{kind}/{one_id}", name="history.one")  # last: other addresses look alike
def one(request: Request, kind: Id, one_id: Id, when: When, other: Compared = "", start: Start = 0) -> Response:
    """Everything that is recorded of a workshop, a certification, a scheme, an administration, or an officer."""
    if kind not in HISTORY_OF:
        raise Refused("unknown", kind="page", id=kind)
    if kind == "person":
        return RedirectResponse(f"/console/history/people/{one_id}", 303)
    return _timeline(request, _subject(request, kind, one_id, when), when, other, start)


def _subject(request: Request, kind: str, one_id: str, when: AsOf) -> Subject:
    visitor = visitor_of(request)
    _require_may_read(visitor, kind)
    ledger = console_of(request).office.ledger
    return facts.subject(ledger, kind, one_id, _size(ledger, when), reader_of(visitor))


def _size(ledger: Ledger, when: AsOf) -> int:
    return ledger.size() if when.known_on == when.today else min(ledger.size(), ledger.size_at(when.known))


def _timeline(request: Request, subject: Subject, when: AsOf, other: str, start: int) -> Response:
    ledger = console_of(request).office.ledger
    current = facts.facts(ledger, subject, when.on)
    compared = times(request, other).on if other.strip() else None
    latest = subject.entries[::-1]
    more = start + PAGE if len(latest) > start + PAGE else 0
    lines = entries.lines(ledger, latest[start : start + PAGE], language_of(request))
    return page(
        request,
        "history-timeline.html",
        kind=subject.kind,
        label=KINDS[subject.kind],
        title=_title(ledger, subject, current),
        address=address_of(subject.kind, subject.id),
        subject_id=subject.id,
        facts=current,
        when=when,
        compared=compared,
        differences=None if compared is None else facts.differences(facts.facts(ledger, subject, compared), current),
        lines=lines,
        count=len(latest),
        more=more,
        size=_size(ledger, when),
        published=ledger.publications.size,
    )


def _title(ledger: Ledger, subject: Subject, current: list[Row]) -> Words:
    """Return the name of a person, a scheme or an administration, the holder of a certification, or an id."""
    if subject.kind in facts.RESULT:
        return Record.of(ledger).candidacy_labels([subject.id])[subject.id]
    if subject.kind == "mission":
        return Record.of(ledger).mission_labels([subject.id])[subject.id]
    if subject.kind == "appeal":
        return Record.of(ledger).appeal_labels([subject.id])[subject.id]
    if subject.kind == "complaint":
        return Record.of(ledger).complaint_labels([subject.id])[subject.id]
    if subject.kind == "advisor":
        return Record.of(ledger).person_labels([subject.id])[subject.id]
    named = {row.label.en: row.value for row in current}
    return named.get("Name") or named.get("Title") or Words(subject.id, subject.id)


def _entry(request: Request, number: int) -> Recorded:
    """Return an entry to a visitor who may read it, and to its signers. Raises ``Refused``."""
    ledger, visitor = console_of(request).office.ledger, visitor_of(request)
    read = entries.of_number(ledger, number)
    if all(signer.person != visitor.person for signer in read.event.by):
        _require_may_read(visitor, read.event.subject.kind)
        facts.require_not_own(ledger, [read], reader_of(visitor))
        if not facts.seen_by(reader_of(visitor), [read], ledger.read()):
            raise ConsoleRefusal("findings-unseen")
    return read


def _require_may_read(visitor: Visitor, kind: str) -> None:
    rule = HISTORY_OF[kind]
    if not rule.allows(visitor.roles):
        raise ConsoleRefusal("not-allowed", who=rule.who)


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, 200, headers, media_type)
