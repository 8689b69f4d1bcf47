"""The secretariat's commands over HTTP, in two steps.

*Prepare* returns the exact bytes to sign, or the refusal. *Submit* adds one officer's signature; with the last one
the statement is recorded. Both can be repeated without harm: a prepared statement is kept under the request's
Idempotency-Key, and a signature counts once. Only the signers of a statement see what it says. Until it is recorded,
who filed it can withdraw it, and each of its signers can refuse it.
"""

from base64 import b64decode, b64encode
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, Field, PlainSerializer, WithJsonSchema
from starlette.responses import Response

from api.negotiation import JSON
from api.pages import POSITION
from api.problems import WrongInput
from api.secretariat.authentication import FromOfficer, SignedRequest
from api.secretariat.concerning import concerns
from api.secretariat.endings import REASON, How
from api.secretariat.filing import file
from api.secretariat.office import Office, OfOffice
from api.secretariat.proposals import Proposal, Trace, Waiting, proposal
from api.strict_requests import StrictRoute
from api.words import command_in_words, event_in_words
from api.words.failures import failure_in_words
from api.words.levels import as_asked_of, as_read_by
from ledger.domain.record import ROLE_LABELS
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.errors import LedgerError, Unverifiable
from ledger.signing.envelope import STATEMENT_TYPE, Signature
from ledger.signing.officer_key import lengths
from ledger.store.submission import Prepared, Receipt
from ledger.words import LANGUAGES, Words

MAX_BODY_BYTES = 256 * 1024  # a statement has at most 64 kB
PAGE = 100

IdempotencyKey = Annotated[
    str, Header(alias="Idempotency-Key", min_length=8, max_length=200, description="Your own, new for each statement.")
]


class CommandRequest(BaseModel, frozen=True):
    """A command that an officer asks for."""

    command: str = Field(examples=["grant-role"])
    arguments: dict[str, Any] = Field(
        description='as in docs/events; a personal value as {"name": ..., "value": ...}, which stays in the vault',
        examples=[{"person_id": "4f1c2ab09d3e7788", "role": "moderator"}],
    )
    signers: list[str] = Field(description="person ids, in the order of the command's seats", max_length=10)


MAX_SIGNATURE = 4800  # characters of the longest that a passkey makes, in base64


class GivenSignature(BaseModel, frozen=True):
    """An officer's signature over ``to_sign``."""

    keyid: str = Field(pattern="^[0-9a-f]{32}$")
    signature: str = Field(
        description="base64: for a key of Ed25519 64 bytes; for a passkey the encoding of its assertion",
        max_length=MAX_SIGNATURE,
    )


# Written as an object, not as the tuple that it is.
InBoth = Annotated[
    Words,
    PlainSerializer(Words._asdict),
    WithJsonSchema(
        {"type": "object", "properties": {f: {"type": "string"} for f in Words._fields}, "required": Words._fields}
    ),
]


class Seat(BaseModel, frozen=True):
    """A signer, the role in which they sign, and whether they have signed."""

    person: str
    role: str
    signed: bool


class Statement(BaseModel, frozen=True):
    """A prepared statement; ``to_sign`` is the DSSE pre-authentication encoding of ``payload``, both base64."""

    number: int
    command: str
    words: InBoth
    seats: list[Seat]
    stream: str
    version: int
    time: datetime
    payload_type: str
    payload: str
    to_sign: str


class Filed(BaseModel, frozen=True):
    """A statement that others sign: only they see what it says."""

    number: int
    command: str
    seats: list[Seat]


class WaitingLine(BaseModel, frozen=True):
    """A statement that waits for the officer; ``not_yet`` is the reason why it cannot be signed now.

    ``filed_by`` is an officer, ``command line``, or ``register`` for a next step.
    """

    number: int
    command: str
    words: InBoth
    seats: list[Seat]
    filed_by: str
    expires: datetime
    not_yet: InBoth | None


class WaitingPage(BaseModel, frozen=True):
    """A page of waiting statements; ``next`` is the ``after`` of the next page, null at the end.

    ``unreadable`` are the numbers of statements that this version cannot read: they hide no other, and a registrar or a
    programme manager can withdraw them.
    """

    statements: list[WaitingLine]
    next: int | None
    unreadable: list[int]


class Reason(BaseModel, frozen=True):
    """Why a statement is withdrawn or refused, in one line; best without names."""

    reason: str = Field(min_length=1, max_length=REASON.at_most)


class Ended(BaseModel, frozen=True):
    """A statement that is not recorded: ``how`` it ended, when, by whom and why. Personal values are removed.

    ``by`` is as ``filed_by``. The reason goes with the person concerned, and after 180 days.
    """

    number: int
    command: str
    filed_by: str
    how: How
    at: datetime
    by: str
    reason: str | None


class EndedPage(BaseModel, frozen=True):
    """A page of what ended, the latest first; ``next`` is the ``skip`` of the next page, null at the end."""

    statements: list[Ended]
    next: int | None


class Recorded(BaseModel, frozen=True):
    """Where the statement is in the log; ``leaf`` counts from 0."""

    leaf: int
    stream: str
    version: int
    event: str


class Missing(BaseModel, frozen=True):
    """The signatures that are still missing."""

    number: int
    seats: list[Seat]


router = APIRouter(
    prefix="/secretariat",
    tags=["secretariat"],
    route_class=StrictRoute,
    max_body_size=MAX_BODY_BYTES,
    responses={
        401: {"description": "the request carries no valid signature of an officer (RFC 9421)"},
        409: {"description": "the record has moved on, or the key came with a different request"},
        422: {"description": "the rules refuse the command"},
    },
)


@router.post("/statements", status_code=201, response_model=Statement | Filed)
def prepare(sender: FromOfficer, office: OfOffice, wanted: CommandRequest, key: IdempotencyKey) -> Response:
    """Prepare a statement: returns the exact bytes to sign, or the refusal, which leaves nothing behind.

    A registrar or a programme manager can file what others sign, and gets only its number.
    """
    prepared = _prepared(sender, office, wanted, key)
    office.inbox.sync()
    return Response(prepared.model_dump_json(), 201, media_type=JSON)


def _prepared(sender: SignedRequest, office: Office, wanted: CommandRequest, key: str) -> Statement | Filed:
    proposed = _proposal(wanted)
    item, prepared = file(office.inbox, sender.officer, proposed, key, sender.body)
    if prepared is None:
        return Filed(number=item.number, command=item.proposal.name, seats=_seats(item))
    return _statement(sender.person, item, prepared)


@router.get("/statements")
def waiting(
    sender: FromOfficer,
    office: OfOffice,
    after: Annotated[int, Query(ge=0, description="Only numbers after this one.")] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
) -> WaitingPage:
    """List what waits for the officer, in words, each ready to sign or with the reason why not."""
    listed = [w for w in office.inbox.waiting(sender.person) if w.number > after]
    lines = [_line(office, sender.person, item) for item in listed[:limit]]
    unreadable = [trace.number for trace in office.inbox.unreadable()]
    return WaitingPage(statements=lines, next=lines[-1].number if len(listed) > limit else None, unreadable=unreadable)


@router.get("/ended")
def ended(
    sender: FromOfficer,
    office: OfOffice,
    skip: Annotated[int, Query(ge=0, description="How many of the latest to leave out.")] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
) -> EndedPage:
    """List what ended without being recorded, of what the officer filed or was to sign, the latest first."""
    read, end = office.ledger.read(), skip + limit
    listed = [trace for trace in office.inbox.ended() if concerns(trace, sender.person, read)]
    return EndedPage(statements=list(map(_ended, listed[skip:end])), next=end if len(listed) > end else None)


@router.post("/statements/{number}/withdrawal")
def withdraw(sender: FromOfficer, office: OfOffice, number: int, body: Reason) -> Ended:
    """Withdraw a statement that you filed, until it is recorded. Sent again, it has the same result."""
    return _ended(office.inbox.withdraw(number, sender.person, body.reason))


@router.post("/statements/{number}/refusal")
def refuse(sender: FromOfficer, office: OfOffice, number: int, body: Reason) -> Ended:
    """Refuse a statement that you are to sign, until it is recorded. Sent again, it has the same result."""
    return _ended(office.inbox.refuse(number, sender.person, body.reason))


@router.get("/statements/{number}")
def statement(sender: FromOfficer, office: OfOffice, number: int) -> Statement:
    """Return one statement for the officer to sign, prepared anew when it can no longer be recorded as it is."""
    item, prepared = office.inbox.prepare(number, sender.person)
    if item.leaf is not None:
        raise Refused("unknown", kind="statement", id=number)
    return _statement(sender.person, item, prepared)


@router.post(
    "/statements/{number}/signatures",
    status_code=201,
    response_model=Recorded,
    responses={202: {"model": Missing, "description": "added; other signatures are still missing"}},
)
def submit(sender: FromOfficer, office: OfOffice, number: int, body: GivenSignature) -> Response:
    """Add your signature. With the last one the statement is recorded; sent again, it has the same result."""
    key = sender.officer.keys.get(body.keyid)
    if key is None:
        raise Unverifiable("signature-unknown-key", "keyid: expected an active key of the signing officer")
    signature = Signature(body.keyid, _signature(body.signature, *lengths(key)))
    added = office.inbox.add(number, sender.person, signature)
    if isinstance(added, Receipt):
        place = Recorded(leaf=added.index, stream=added.stream, version=added.version, event=added.wire_name)
        return Response(place.model_dump_json(), 201, {POSITION: str(added.index + 1)}, JSON)
    missing = Missing(number=number, seats=_seats(added))
    return Response(missing.model_dump_json(), 202, media_type=JSON)


def _proposal(wanted: CommandRequest) -> Proposal:
    row = BY_COMMAND_NAME.get(wanted.command)
    if row is None:
        raise WrongInput("command", f"expected one of {', '.join(BY_COMMAND_NAME)}", "commande inconnue")
    if len(wanted.signers) != len(row.seats):
        en, fr = (", ".join(ROLE_LABELS[role].into(each) for role in row.seats) for each in LANGUAGES)
        raise WrongInput(
            "signers",
            f"expected one person for each role: {en}",
            f"une personne est attendue pour chaque fonction : {fr}",
        )
    try:
        return proposal(wanted.command, *wanted.signers, **wanted.arguments)
    except ValueError as error:  # msgspec.ValidationError is one
        raise WrongInput("arguments", str(error), f"arguments incorrects ({error})") from None


def _signature(text: str, least: int, most: int) -> bytes:
    try:
        raw = b64decode(text, validate=True)
    except ValueError:  # binascii.Error is one
        raw = b""
    if not least <= len(raw) <= most:
        en, fr = (f"{least}", f"{least}") if least == most else (f"{least} to {most}", f"{least} à {most}")
        raise WrongInput("signature", f"expected {en} bytes in base64", f"{fr} octets en base64 sont attendus")
    return raw


def _statement(person: str, item: Waiting, prepared: Prepared) -> Statement:
    event, read = prepared.event, as_read_by(person, prepared.event, prepared.read)
    return Statement(
        number=item.number,
        command=item.proposal.name,
        words=Words(*(event_in_words(event, language, read) for language in LANGUAGES)),
        seats=_seats(item),
        stream=event.stream,
        version=event.version,
        time=event.time,
        payload_type=STATEMENT_TYPE,
        payload=b64encode(prepared.payload).decode(),
        to_sign=b64encode(prepared.to_sign).decode(),
    )


def _line(office: Office, person: str, item: Waiting) -> WaitingLine:
    proposal, not_yet = item.proposal, None
    try:
        office.inbox.preview(item)
    except (Refused, LedgerError) as error:
        not_yet = failure_in_words(error)
    read = as_asked_of(person, proposal.command, proposal.signers, office.ledger.read(proposal.disclosures))
    words = Words(*(command_in_words(proposal.command, language, read) for language in LANGUAGES))
    return WaitingLine(
        number=item.number,
        command=proposal.name,
        words=words,
        seats=_seats(item),
        filed_by=item.filed_by,
        expires=item.expires,
        not_yet=not_yet,
    )


def _ended(trace: Trace) -> Ended:
    ending = trace.ending
    assert ending is not None  # only such traces are listed and returned
    return Ended(
        number=trace.number,
        command=trace.name,
        filed_by=trace.filed_by,
        how=ending.how,
        at=ending.at,
        by=ending.by,
        reason=ending.reason,
    )


def _seats(item: Waiting) -> list[Seat]:
    return [Seat(person=s.person, role=s.role, signed=s.person in item.signatures) for s in item.proposal.signers]
