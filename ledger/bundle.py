"""The verification bundle: all that a third party needs to check one certificate offline, as one file.

It holds the statements of the certification, and those that make its signers officers, back to the
founding of the ledger; each with its proof of inclusion under one signed checkpoint; what the log states
about the ends of those streams; and the disclosures that the holder chose. It never holds the trust root.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import UNSET, UnsetType

from ledger.domain.events.certification import CertificateIssued, CertificateReissued
from ledger.domain.events.office import FOUNDING
from ledger.domain.record import Stream
from ledger.errors import Unverifiable
from ledger.log.tree import HASH_BYTES
from ledger.signing.envelope import MAX_ENTRY_BYTES, open_envelope
from ledger.signing.statement import decode_payload

if TYPE_CHECKING:  # who reads a bundle needs no database
    from ledger.domain.events.certification import CertificateContent
    from ledger.domain.record import Fact
    from ledger.store.ledger import Ledger

MEDIA_TYPE = "application/vnd.pca-ledger.bundle.v1+json"
MAX_BUNDLE_BYTES = 8 * 1024 * 1024
MAX_STATEMENTS = 10_000
MAX_PATH = 64  # a tree of 2^64 leaves


class Included(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement's exact bytes, its leaf index, and its path to the root of the checkpoint."""

    index: int
    envelope: bytes
    path: tuple[bytes, ...]


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The earliest witnessed checkpoint that covers the certificate, and the certificate's path to its root."""

    checkpoint: str
    path: tuple[bytes, ...]


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``checkpoint`` and ``heads`` are signed notes; bytes are base64; statements come in log order.

    ``first`` bounds when the certificate was recorded; it is left out where ``checkpoint`` does so as well.
    """

    format: Literal["pca-ledger-bundle/v1"] = "pca-ledger-bundle/v1"
    number: str
    checkpoint: str
    heads: str
    statements: tuple[Included, ...]
    disclosures: tuple[str, ...]
    first: Seen | UnsetType = UNSET

    def __bytes__(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> Bundle:
        """Bounded in size before anything is decoded. Raises ``Unverifiable`` naming the field."""
        if len(data) > MAX_BUNDLE_BYTES:
            raise Unverifiable("bundle-too-large", f"a bundle has at most {MAX_BUNDLE_BYTES} bytes, not {len(data)}")
        try:
            bundle = _decoder.decode(data)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Unverifiable("bundle-malformed", f"not a verification bundle: {error}") from None
        if len(bundle.statements) > MAX_STATEMENTS:
            raise Unverifiable("bundle-malformed", f"statements: expected at most {MAX_STATEMENTS}")
        for number, included in enumerate(bundle.statements):
            if len(included.envelope) > MAX_ENTRY_BYTES:
                raise Unverifiable("bundle-malformed", f"statements[{number}].envelope: too large")
            _require_path(included.path, f"statements[{number}].path")
        if bundle.first is not UNSET:
            _require_path(bundle.first.path, "first.path")
        return bundle


_decoder = msgspec.json.Decoder(Bundle)


def _require_path(path: tuple[bytes, ...], field: str) -> None:
    if len(path) > MAX_PATH or any(len(digest) != HASH_BYTES for digest in path):
        raise Unverifiable("bundle-malformed", f"{field}: expected at most {MAX_PATH} hashes of 32 bytes")


def assemble(ledger: Ledger, certification_id: str, number: str, disclosures: tuple[str, ...] = ()) -> Bundle:
    """The bundle of one certificate as the log stands now; ``disclosures`` as RFC 9901 writes them."""
    note, checkpoint = ledger.latest()
    found: dict[int, bytes] = {}
    versions: dict[Stream, int] = {}
    first: Seen | UnsetType = UNSET
    wanted = [FOUNDING, Stream("certification", certification_id)]
    while wanted:
        stream = wanted.pop()
        if stream in versions:
            continue
        versions[stream] = 0
        for index, envelope in ledger.statements(stream, checkpoint.size):
            found[index] = envelope
            event = decode_payload(open_envelope(envelope).payload)
            versions[stream] = event.version
            if is_of_certificate(event.facts, number):
                first = _first_seen(ledger, index, checkpoint.size)
            wanted += [Stream("officer", signer.person) for signer in event.by]
    return Bundle(
        number=number,
        checkpoint=note,
        heads=ledger.state_heads(checkpoint, {stream: versions[stream] for stream in sorted(versions, key=str)}),
        statements=tuple(
            Included(index, found[index], tuple(ledger.inclusion(index, checkpoint.size))) for index in sorted(found)
        ),
        disclosures=disclosures,
        first=first,
    )


def is_of_certificate(facts: Fact, number: str) -> bool:
    """Whether it is the statement by which the certificate of that number was issued."""
    return isinstance(facts, CertificateIssued | CertificateReissued) and facts.certificate.number == number


def _first_seen(ledger: Ledger, index: int, size: int) -> Seen | UnsetType:
    seen = ledger.publications.first_witnessed(index)
    if seen is None or seen[0] >= size:
        return UNSET
    return Seen(seen[1], tuple(ledger.inclusion(index, seen[0])))


def disclosures_of(
    ledger: Ledger, certificate: CertificateContent, names: Collection[str] | None = None
) -> tuple[str, ...]:
    """The details of the holder as certified, or those of these names, as far as the vault still holds them.

    Raises ValueError when the certificate has no detail of such a name.
    """
    certified = {digest.name: digest.digest for digest in certificate.holder}
    for name in names or ():
        if name not in certified:
            raise ValueError(f"{name}: expected one of: {', '.join(certified)}")
    wanted = [digest for name, digest in certified.items() if names is None or name in names]
    held = (ledger.vault.get(digest) for digest in wanted)
    return tuple(row.encoded for row in held if row is not None)
