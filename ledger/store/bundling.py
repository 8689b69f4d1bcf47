"""Assembling the verification bundle of a certificate from the log and the vault."""

from collections.abc import Collection

from msgspec import UNSET, UnsetType

from ledger.bundle import Bundle, Included, Seen, is_of_certificate
from ledger.domain.events.certification import CertificateContent
from ledger.domain.events.office import FOUNDING, credentials_of
from ledger.domain.events.passkeys import PASSKEY_POLICY
from ledger.domain.record import Stream
from ledger.signing.envelope import open_envelope
from ledger.signing.statement import decode_payload
from ledger.store.ledger import Ledger
from ledger.store.reading import Record


def assemble(ledger: Ledger, certification_id: str, number: str, disclosures: tuple[str, ...] = ()) -> Bundle:
    """The bundle of one certificate under the latest published checkpoint; ``disclosures`` as RFC 9901 writes them."""
    note, checkpoint = ledger.latest()
    envelopes: dict[int, bytes] = {}
    versions: dict[Stream, int] = {}
    first: Seen | UnsetType = UNSET
    wanted = {FOUNDING, Stream("certification", certification_id)}
    while wanted:  # those of the officers who signed, of the officers who signed those, and what is said of passkeys
        versions |= dict.fromkeys(wanted, 0)
        signers: set[Stream] = set()
        for index, envelope in ledger.statements(wanted, checkpoint.size):
            envelopes[index] = envelope
            event = decode_payload(open_envelope(envelope).payload)
            versions[Stream.parse(event.stream)] = event.version
            if is_of_certificate(event.facts, number):
                first = _first_seen(ledger, index, checkpoint.size)
            signers |= {Stream("officer", signer.person) for signer in event.by}
            signers |= {PASSKEY_POLICY} if credentials_of(event.facts) else set()
        wanted = signers - versions.keys()
    indexes = sorted(envelopes)
    paths = ledger.tree.inclusions(indexes, checkpoint.size)
    return Bundle(
        number=number,
        checkpoint=note,
        heads=ledger.state_heads(checkpoint, {stream: versions[stream] for stream in sorted(versions, key=str)}),
        statements=tuple(
            Included(index, envelopes[index], tuple(path)) for index, path in zip(indexes, paths, strict=True)
        ),
        disclosures=disclosures,
        first=first,
    )


def _first_seen(ledger: Ledger, index: int, size: int) -> Seen | UnsetType:
    seen = ledger.publications.first_witnessed(index)
    if seen is None or seen[0] >= size:
        return UNSET
    (path,) = ledger.tree.inclusions([index], seen[0])
    return Seen(seen[1], tuple(path))


def disclosures_of(
    record: Record, certificate: CertificateContent, names: Collection[str] | None = None
) -> tuple[str, ...]:
    """The certified details of the holder, or those of these names, as far as the vault still holds them.

    Raises ValueError when the certificate has no detail of such a name.
    """
    certified = {digest.name: digest.digest for digest in certificate.holder}
    for name in names or ():
        if name not in certified:
            raise ValueError(f"{name}: expected one of: {', '.join(certified)}")
    wanted = [digest for name, digest in certified.items() if names is None or name in names]
    held = record.vault.held(wanted)
    return tuple(held[digest].encoded for digest in wanted if digest in held)
