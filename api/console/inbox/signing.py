"""Signing with one gesture what was reviewed: prepared, shown to the passkey as one challenge, and added."""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.console.access.ceremonies import Ceremony
from api.console.access.enrolment import required_site
from api.console.access.passkeys import passkeys_of, read_asserted, request_options
from api.console.application import Console, Visitor
from api.console.refusals import ConsoleRefusal
from api.secretariat.together import add_signatures, prepare_listed, sign_listed
from ledger.signing.envelope import STATEMENT_TYPE, pae
from ledger.signing.keys import SigningKey
from ledger.signing.passkeys import sign_challenge, signatures_of

SIGN = "sign"

_Payloads = list[tuple[int, bytes]]


def begin(console: Console, visitor: Visitor, agreed: Mapping[int, bytes]) -> dict[str, Any]:
    """Return what the browser is asked to sign, and keep the statements. Raises ``Refused`` or a ``LedgerError``."""
    ledger, person = console.office.ledger, visitor.person
    read = ledger.read()
    site = required_site(console, read)
    keys = passkeys_of(read.officer(person), site)
    if not keys:
        raise ConsoleRefusal("no-passkey")
    prepared = prepare_listed(console.office.inbox, ledger, person, agreed)
    challenge = sign_challenge(ledger.trust.origin, [statement.to_sign for statement in prepared.values()])
    payloads: _Payloads = [(number, statement.payload) for number, statement in prepared.items()]
    data = msgspec.msgpack.encode(payloads)
    console.ceremonies.begin(Ceremony(challenge, SIGN, visitor.session.id, person, data))
    return request_options(challenge, site, keys.values())


def finish(console: Console, visitor: Visitor, credential: str) -> list[int]:
    """Add the signatures of a gesture, record what is complete, and return the numbers of the statements.

    Raises ``Refused`` for an answer that comes too late, ``Unverifiable`` for one that does not hold: then nothing is
    signed. What changed since is not signed either, and still waits.
    """
    ledger, answered = console.office.ledger, read_asserted(credential)
    ceremony = console.ceremonies.take(answered.challenge, SIGN, visitor.session.id)
    if ceremony is None:
        raise ConsoleRefusal("answer-too-late")
    read = ledger.read()
    keys = passkeys_of(visitor.officer, required_site(console, read))
    key_id = next((i for i, key in keys.items() if key.credential_id == answered.credential_id), None)
    if key_id is None:
        raise ConsoleRefusal("passkey-unknown")
    payloads = msgspec.msgpack.decode(ceremony.data, type=_Payloads)
    messages = [pae(STATEMENT_TYPE, payload) for _, payload in payloads]
    signatures = signatures_of(keys[key_id], key_id, answered.assertion, ledger.trust.origin, messages)
    signed = {n: (payload, signature) for (n, payload), signature in zip(payloads, signatures, strict=True)}
    for _ in add_signatures(console.office.inbox, ledger, visitor.person, signed):
        pass  # what became of each is on the next page, which can be loaded again
    console.counters.note(visitor.person, key_id, answered.assertion.sign_count)
    return list(signed)


def finish_with(console: Console, person: str, key: SigningKey, agreed: Mapping[int, bytes]) -> list[int]:
    """Sign with the key of a demonstration, and return the numbers of the statements."""
    for _ in sign_listed(console.office.inbox, console.office.ledger, person, key, agreed):
        pass
    return list(agreed)
