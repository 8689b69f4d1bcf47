"""A statement is one event with its signatures: decoded strictly at the door, quickly on replay."""

import re
from collections.abc import Container
from typing import Any

import msgspec

from ledger.domain.events.office import FOUNDING, AnyFounding
from ledger.domain.record import Event, Fact, Signer
from ledger.domain.subjects import BY_WIRE_NAME, EVENT_TYPES, KIND_OF
from ledger.errors import Corrupt, Unverifiable
from ledger.signing.canonical import encode, encode_untyped
from ledger.signing.envelope import Envelope, Signature

# The closed registry: a wire name that is not in the catalogue names nothing.
# The decoders differ in the class of the facts, which a table cannot express.
_payload_decoders: dict[str, Any] = {
    row.wire_name: msgspec.json.Decoder(Event[row.fact])  # type: ignore[name-defined]  # built from the table
    for row in EVENT_TYPES
}


_LONG_NUMBER = re.compile(rb"[:,\[-][0-9]{16}")  # 2^53 has as many digits; what is inside a text is no number
_DIGITS, _AS_MANY_DIGITS = bytes.maketrans(b"123456789", b"000000000"), b"0" * 16  # found in a quarter of the time


class _SealedPayload(msgspec.Struct):
    """An envelope of which only the payload is needed: replay does not read the signatures."""

    payload: bytes


class _Wire(msgspec.Struct):
    type: str


_envelope_decoder = msgspec.json.Decoder(_SealedPayload)
_wire_decoder = msgspec.json.Decoder(_Wire)


class SignedEvent(msgspec.Struct, frozen=True):
    """An event and the exact bytes of its envelope: what is stored, hashed and served."""

    event: Event[Fact]
    envelope: bytes

    @property
    def originator_id(self) -> str:
        """The stream, under the name that the eventsourcing library gives it."""
        return self.event.stream

    @property
    def originator_version(self) -> int:
        return self.event.version


def payload_of(event: Event[Fact]) -> bytes:
    """The canonical bytes that are signed."""
    return encode(event)


def decode_payload(payload: bytes) -> Event[Fact]:
    """The event of exactly these bytes. Raises ``Unverifiable`` naming the field and what was expected."""
    try:
        wire_name = _wire_decoder.decode(payload).type
        if wire_name not in BY_WIRE_NAME:
            raise Unverifiable("wire-name-unknown", f"type: {wire_name!r} is not in the catalogue of events")
        event: Event[Fact] = _payload_decoders[wire_name].decode(payload)
        if _AS_MANY_DIGITS in payload.translate(_DIGITS) and _LONG_NUMBER.search(payload):
            encode_untyped(msgspec.json.decode(payload))
    except (ValueError, RecursionError) as error:
        raise Unverifiable("payload-malformed", f"not a statement: {error}") from None
    if event.time.utcoffset():
        raise Unverifiable("payload-not-canonical", "time: expected UTC, written with Z")
    if encode(event) != payload:
        raise Unverifiable("payload-not-canonical", "the statement is not in canonical JSON")
    _require_shape(event)
    return event


def _require_shape(event: Event[Fact]) -> None:
    """Require the stream and the number of signers of the event's type. Raises ``Unverifiable``.

    Read models rely on it, and whoever holds the database can insert anything.
    """
    row = BY_WIRE_NAME[event.type]
    try:
        stream = event.subject
    except ValueError as error:
        raise Unverifiable("stream-other", str(error)) from None
    if stream.kind != KIND_OF[row.fact]:
        raise Unverifiable("stream-other", f"stream: {event.type} does not belong into {event.stream}")
    if issubclass(row.fact, AnyFounding):  # by as many as there are founders
        if (stream, event.version) != (FOUNDING, 1):
            raise Unverifiable("founded-again", "a ledger is founded once, by its first statement")
    elif len(event.by) != len(row.seats):
        raise Unverifiable("seats-not-filled", f"by: expected {len(row.seats)} signers of {event.type}")


def read_stored(wire_name: str, envelope: bytes) -> SignedEvent:
    """The event of a stored envelope. Raises ``Corrupt``.

    Appending checked the bytes, and the audit checks them again; here they are only decoded.
    """
    decoder = _payload_decoders.get(wire_name)
    if decoder is None:
        raise Corrupt("topic-unknown", f"stored topic {wire_name!r} is not in the catalogue of events")
    try:
        event = decoder.decode(_envelope_decoder.decode(envelope).payload)
        if event.type != wire_name:
            raise Unverifiable("wire-name-unknown", f"type: expected {wire_name}, not {event.type!r}")
        _require_shape(event)
        return SignedEvent(event, envelope)
    except (msgspec.DecodeError, Unverifiable) as error:
        raise Corrupt("state-malformed", f"stored statement of type {wire_name}: {error}") from None


def decode_unverified(envelope: bytes, types: Container[str]) -> Event[Fact] | None:
    """The event of an envelope if it says that it is of one of these types: nothing is verified. Raises ValueError."""
    payload = _envelope_decoder.decode(envelope).payload
    wire_name = _wire_decoder.decode(payload).type
    return _payload_decoders[wire_name].decode(payload) if wire_name in types else None


def match_signatures(envelope: Envelope, event: Event[Fact]) -> list[tuple[Signer, Signature]]:
    """Each signer with their signature. Raises ``Unverifiable`` when they do not pair up."""
    if len(envelope.signatures) < len(event.by):
        missing = event.by[len(envelope.signatures)].person
        raise Unverifiable("signature-missing", f"the signature of {missing} is missing")
    if len(envelope.signatures) > len(event.by):
        raise Unverifiable("signature-extra", "there are more signatures than signers")
    # Two keys of one person are one person.
    if len(event.by) > 1 and len({signer.person for signer in event.by}) != len(event.by):
        raise Unverifiable("signers-not-distinct", "one person is named as signer twice")
    return list(zip(event.by, envelope.signatures, strict=True))
