"""Trusted time (RFC 3161): an authority that knows nothing of logs states that it saw a checkpoint at a moment.

It is asked for what is published, and nothing waits for it. Anyone checks its reply, with OpenSSL too:
``openssl ts -verify -data checkpoint -in checkpoint.tsr -CAfile authority.pem``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256, sha384, sha512

from cryptography.x509 import load_pem_x509_certificates
from rfc3161_client import (
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from api.outside.fetching import Exchanges
from ledger.auditing import Finding, Progress
from ledger.errors import Unverifiable
from ledger.store.recorder import LedgerRecorder

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
GRANTED = (0, 1)
SECONDS = 10
MAX_REPLY_BYTES = 256 * 1024  # a reply with its certificates has a few thousand
OK = 200
_HASHES = {  # NIST's object identifiers
    "2.16.840.1.101.3.4.2.1": sha256,
    "2.16.840.1.101.3.4.2.2": sha384,
    "2.16.840.1.101.3.4.2.3": sha512,
}


class Authority:
    """A time-stamp authority at an http(s) address."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"--tsa: {url}: expected an http(s) address")
        self._url = url
        self._exchanges = Exchanges(SECONDS, MAX_REPLY_BYTES)

    def stamp(self, data: bytes) -> bytes:
        """The authority's reply over ``data``, in DER. Raises OSError when it grants none."""
        asked = TimestampRequestBuilder().data(data).build()
        request = self._exchanges.request("POST", self._url, content=asked.as_bytes(), headers={"Content-Type": QUERY})
        status, body = self._exchanges.send(request)
        if status != OK:
            raise OSError(f"{self._url}: answers {status}")
        try:
            reply = _decoded(body)
        except Unverifiable as error:
            raise OSError(f"{self._url}: {error}") from None
        if reply.tst_info.nonce != asked.nonce:
            raise OSError(f"{self._url}: answers another request")
        return body


def stamped_at(data: bytes, reply: bytes, authority: bytes) -> datetime:
    """When an authority saw ``data``; ``authority`` is the PEM of its root certificate.

    Raises ``Unverifiable`` when the reply does not hold, ValueError when the PEM holds no certificate.
    """
    decoded, builder = _decoded(reply), VerifierBuilder()
    for certificate in load_pem_x509_certificates(authority):
        builder = builder.add_root_certificate(certificate)
    try:
        builder.build().verify_message(decoded, data)
    except (VerificationError, ValueError) as error:
        raise Unverifiable("timestamp-invalid", f"the time-stamp does not hold: {error}") from None
    return decoded.tst_info.gen_time.astimezone(UTC)


def audit_time_stamps(log: LedgerRecorder, progress: Progress) -> Iterator[Finding]:
    """Each kept reply is of the note beside which it stands. Who signed it is :func:`stamped_at`'s to say."""
    stamped = log.time_stamps()
    for done, (size, note, reply) in enumerate(stamped, 1):
        try:
            imprint = _decoded(reply).tst_info.message_imprint
            hashed = _HASHES[imprint.hash_algorithm.dotted_string](note.encode()).digest()
        except (Unverifiable, LookupError) as error:
            yield Finding("time-stamp-differs", None, f"checkpoint of {size} entries: {error}")
        else:
            if hashed != imprint.message:
                yield Finding("time-stamp-differs", None, f"checkpoint of {size} entries: it is of something else")
        progress(done, len(stamped))


def _decoded(reply: bytes) -> TimeStampResponse:
    try:
        decoded = decode_timestamp_response(reply)
    except ValueError as error:
        raise Unverifiable("timestamp-malformed", f"not a time-stamp reply: {error}") from None
    if decoded.status not in GRANTED:
        raise Unverifiable("timestamp-refused", f"the authority refused: {'; '.join(decoded.status_string)}")
    return decoded
