"""Statements to store and to read, and the same as plain events of the eventsourcing library."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from eventsourcing.application import Application

from ledger.domain.events.candidacy import ScoreSheetSubmitted
from ledger.domain.events.common import Digest
from ledger.domain.record import Event, Head, Role, Signer
from ledger.domain.subjects import BY_FACT
from ledger.signing.envelope import Signature, open_envelope, seal
from ledger.signing.statement import SignedEvent, payload_of
from tests.scenario import ORIGIN, key_of

CANDIDACIES = 100  # whose streams grow in turn, as on a day of assessment


@dataclass(frozen=True)
class Sheet:
    """What a score sheet's statement says, as an event of the library: attributes of JSON's own types."""

    originator_id: str
    originator_version: int
    time: datetime
    ledger: str
    nonce: str
    head: dict[str, Any]
    by: list[dict[str, str]]
    facts: dict[str, Any]
    signatures: list[dict[str, str]]


def sheets(apart: int = 1, after: int = 0) -> Iterator[SignedEvent]:
    """Sealed score sheets without end. The signature is a real one, but always the same.

    The numbers of the candidacies are so far ``apart``, and each has ``after`` events already.
    """
    key = key_of("assessor1")
    signature = Signature(key.key_id, key.sign(b""))
    number = 0
    while True:
        candidacy, version = number % CANDIDACIES * apart, number // CANDIDACIES + 1 + after
        event = Event(
            ledger=ORIGIN,
            type=BY_FACT[ScoreSheetSubmitted].wire_name,
            stream=f"candidacy:c-{candidacy}",
            version=version,
            time=datetime(2017, 5, 16, 9, tzinfo=UTC),
            nonce=secrets.token_bytes(16),
            head=Head(number, secrets.token_bytes(32)),
            by=(Signer("assessor1", Role.ASSESSOR),),
            facts=ScoreSheetSubmitted(
                sheet_id=f"c-{candidacy}-{version}",
                activity="case-study",
                commitment=Digest("levels", secrets.token_urlsafe(32)),
            ),
        )
        yield SignedEvent(event, seal(payload_of(event), (signature,)))
        number += 1


def as_library_event(signed: SignedEvent) -> Sheet:
    """The same content, for the library to encode and decode."""
    says: dict[str, Any] = msgspec.to_builtins(signed.event, builtin_types=(datetime,))
    signatures = msgspec.to_builtins(open_envelope(signed.envelope).signatures)
    content = {name: says[name] for name in ("time", "ledger", "nonce", "head", "by", "facts")}
    return Sheet(signed.event.stream, signed.event.version, signatures=signatures, **content)


def library_application(database: Path) -> Application[str]:
    """The library as it comes, on a SQLite file."""
    return Application(
        {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(database), "ORIGINATOR_ID_TYPE": "text"}
    )
