"""Trusted time (RFC 3161): replies of an independent authority about checkpoints.

Anyone can check its reply, also with OpenSSL:
``openssl ts -verify -data checkpoint -in checkpoint.tsr -CAfile authority.pem``.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256, sha384, sha512
from typing import Protocol

from cryptography.x509 import load_pem_x509_certificates
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder, decode_timestamp_response

from ledger.auditing import AuditFinding, Progress
from ledger.errors import Unverifiable
from ledger.store.notes import Notes

GRANTED = (0, 1)
MAX_REPLY_BYTES = 256 * 1024  # a reply with its certificates has a few thousand
_HASHES = {  # NIST's object identifiers
    "2.16.840.1.101.3.4.2.1": sha256,
    "2.16.840.1.101.3.4.2.2": sha384,
    "2.16.840.1.101.3.4.2.3": sha512,
}


class Authority(Protocol):
    """A time-stamp authority (RFC 3161)."""

    def ask(self, request: bytes) -> bytes:
        """The reply to a request, both in DER. Raises OSError when it grants none."""


def stamped_at(data: bytes, reply: bytes, authority: bytes) -> datetime:
    """Returns when an authority saw ``data``; ``authority`` is the PEM of its root certificate.

    Raises ``Unverifiable`` when the reply does not hold, ValueError when the PEM holds no certificate.
    """
    decoded, builder = decoded_reply(reply), VerifierBuilder()
    for certificate in load_pem_x509_certificates(authority):
        builder = builder.add_root_certificate(certificate)
    try:
        builder.build().verify_message(decoded, data)
    except (VerificationError, ValueError) as error:
        raise Unverifiable("timestamp-invalid", f"the time-stamp does not hold: {error}") from None
    return decoded.tst_info.gen_time.astimezone(UTC)


def audit_time_stamps(notes: Notes, progress: Progress) -> Iterator[AuditFinding]:
    """Checks that each reply is about the note that it is stored with; :func:`stamped_at` checks who signed it."""
    stamped = notes.time_stamps()
    for done, (size, note, reply) in enumerate(stamped, 1):
        try:
            imprint = decoded_reply(reply).tst_info.message_imprint
            hashed = _HASHES[imprint.hash_algorithm.dotted_string](note.encode()).digest()
        except (Unverifiable, LookupError) as error:
            yield AuditFinding("time-stamp-differs", None, f"checkpoint of {size} entries: {error}")
        else:
            if hashed != imprint.message:
                yield AuditFinding("time-stamp-differs", None, f"checkpoint of {size} entries: it is of something else")
        progress(done, len(stamped))


def decoded_reply(reply: bytes) -> TimeStampResponse:
    """Parses a reply that grants a time-stamp. Raises ``Unverifiable``."""
    try:
        decoded = decode_timestamp_response(reply)
    except ValueError:
        raise Unverifiable("timestamp-malformed", "not a time-stamp reply") from None
    if decoded.status not in GRANTED:
        raise Unverifiable("timestamp-refused", f"the authority refused: {'; '.join(decoded.status_string)}")
    return decoded
