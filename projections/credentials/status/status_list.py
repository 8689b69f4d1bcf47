"""The format of a status list: the status of many certificates as one list of bits (W3C Bitstring Status List 1.0)."""

import zlib
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from gzip import compress
from typing import Any

import msgspec

from ledger.errors import Unverifiable
from ledger.log.checkpoint import Checkpoint
from projections.credentials.facts import IssuerIdentity, StatusPurpose
from projections.credentials.proofs import jws
from projections.credentials.proofs.data_integrity import timestamp
from projections.credentials.proofs.json_ld import CREDENTIALS, LOG_HEAD, LOG_ORIGIN, LOG_ROOT, LOG_SIZE

SIZE = 131_072  # entries: the minimum that hides which entry a verifier looks up (6.1)
MULTIBASE_URL = "u"
MAX_BYTES = 1_000_000  # of a list, unpacked: 8 million entries
MAX_CHARACTERS = 1_400_000
GZIP = 16 + zlib.MAX_WBITS
LIFETIME = timedelta(days=1)
TTL = timedelta(minutes=1)  # for which verifiers and caches may keep a list
MEANINGS: dict[StatusPurpose, str] = {
    # Others read this list only, so it holds whatever must not be accepted now (docs/decisions/0036).
    "revocation": "Set while a certificate must not be accepted: withdrawn, relinquished, annulled, superseded or "
    "suspended. Suspensions end.",
    "suspension": "Set while a certification is suspended, or the certificate states more than is certified.",
}


def encode(positions: Iterable[int], size: int = SIZE) -> str:
    """The ``encodedList`` with the bits at ``positions`` set. The same positions always give the same text.

    ``size`` is a multiple of 8. Raises ValueError for a position outside the list.
    """
    if size % 8 or size < SIZE:
        raise ValueError(f"{size}: expected whole bytes, and at least {SIZE} entries")
    bits = bytearray(size // 8)
    for position in positions:
        if not 0 <= position < size:
            raise ValueError(f"{position}: outside a list of {size}")
        bits[position // 8] |= _mask(position)
    # mtime 0: the text must not depend on when it was packed.
    return MULTIBASE_URL + jws.encode(compress(bytes(bits), mtime=0))


def decode(text: str) -> bytes:
    """The bits, most significant first, of at most MAX_BYTES. Raises ``Unverifiable`` (status-list-malformed)."""
    digits = text.removeprefix(MULTIBASE_URL)
    if digits == text or len(text) > MAX_CHARACTERS:
        raise _malformed(f'expected "u" and at most {MAX_CHARACTERS - 1} characters of base64url')
    unpacking = zlib.decompressobj(GZIP)
    try:
        bits = unpacking.decompress(jws.decode(digits), MAX_BYTES)
    except (ValueError, zlib.error) as error:
        raise _malformed(str(error)) from None
    if not unpacking.eof or unpacking.unused_data:
        raise _malformed(f"expected one gzip stream of at most {MAX_BYTES} bytes")
    if len(bits) * 8 < SIZE:
        raise _malformed(f"expected at least {SIZE} entries")
    return bits


def is_set(bits: bytes, position: int) -> bool:
    """Whether the bit is set. Raises ``Unverifiable`` (status-list-range) for a position outside the list."""
    if not 0 <= position < len(bits) * 8:
        raise Unverifiable("status-list-range", f"{position}: outside a list of {len(bits) * 8}")
    return bool(bits[position // 8] & _mask(position))


class StatusList(msgspec.Struct, frozen=True, kw_only=True):
    """List ``number`` of a purpose at a moment (aware UTC, whole seconds), made from at least the entries of ``head``.

    ``head`` is None when no published head has only entries that were known at that moment.
    """

    issuer: IssuerIdentity
    purpose: StatusPurpose
    number: int
    moment: datetime
    head: Checkpoint | None

    def document(self, positions: Iterable[int]) -> dict[str, Any]:
        """The unsigned BitstringStatusListCredential with the bits at ``positions`` set."""
        url = self.issuer.status_list(self.purpose, self.number)
        unsigned: dict[str, Any] = {
            "@context": [CREDENTIALS],
            "id": url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "description": MEANINGS[self.purpose],
            "issuer": self.issuer.did,
            "validFrom": timestamp(self.moment),
            "validUntil": timestamp(self.moment + LIFETIME),
            "credentialSubject": {
                "id": f"{url}#list",
                "type": "BitstringStatusList",
                "statusPurpose": self.purpose,
                "ttl": TTL // timedelta(milliseconds=1),
                "encodedList": encode(positions),
            },
        }
        if self.head is not None:
            unsigned[LOG_HEAD] = log_head(self.head)
        return unsigned


def log_head(head: Checkpoint) -> dict[str, Any]:
    """A head of the log as lists name it."""
    return {LOG_ORIGIN: head.origin, LOG_SIZE: head.size, LOG_ROOT: b64encode(head.root).decode()}


def _mask(position: int) -> int:
    return 0x80 >> position % 8


def _malformed(why: str) -> Unverifiable:
    return Unverifiable("status-list-malformed", f"not a status list: {why}")
