"""DSSE envelopes: a payload, its type, and the signatures over both.

The envelope's own bytes are canonical JSON, so that one statement has one encoding: what opens must
re-format to the same bytes. See https://github.com/secure-systems-lab/dsse, protocol version 1.0.2.
"""

import msgspec

from ledger.errors import Unverifiable
from ledger.signing.canonical import encode

STATEMENT_TYPE = "application/vnd.pca-ledger.statement.v1+json"
MAX_ENTRY_BYTES = 65_535  # an entry bundle of c2sp.org/tlog-tiles gives each entry a 16-bit length


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``sig`` over the PAE is raw Ed25519, 64 bytes, or that of a passkey; ``keyid`` is only a hint."""

    keyid: str
    sig: bytes


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The field names are DSSE's."""

    payload: bytes
    payloadType: str  # noqa: N815 - the name on the wire
    signatures: tuple[Signature, ...]


_decoder = msgspec.json.Decoder(Envelope)


def pae(payload_type: str, body: bytes) -> bytes:
    """Pre-authentication encoding: what a signer signs, so that the type is signed too."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)


def seal(payload: bytes, signatures: tuple[Signature, ...]) -> bytes:
    """The canonical bytes of a statement's envelope."""
    return encode(Envelope(payload, STATEMENT_TYPE, signatures))


def open_envelope(data: bytes) -> Envelope:
    """The envelope of a statement in exactly these bytes. Raises ``Unverifiable``."""
    if len(data) > MAX_ENTRY_BYTES:
        raise Unverifiable("entry-too-large", f"a statement has at most {MAX_ENTRY_BYTES} bytes, not {len(data)}")
    try:
        envelope = _decoder.decode(data)
    except msgspec.DecodeError as error:
        raise Unverifiable("envelope-malformed", f"not a DSSE envelope: {error}") from None
    if encode(envelope) != data:
        raise Unverifiable("envelope-not-canonical", "the envelope is not in canonical JSON")
    if envelope.payloadType != STATEMENT_TYPE:
        raise Unverifiable("envelope-type", f"expected payload type {STATEMENT_TYPE}")
    return envelope
