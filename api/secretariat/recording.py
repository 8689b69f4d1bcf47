"""Recording a statement at once, where every officer who must sign is at hand with their key."""

from collections.abc import Mapping
from typing import Any

from api.secretariat.proposals import Proposal, proposal
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.signing.envelope import seal
from ledger.signing.keys import SigningKey
from ledger.store.ledger import Ledger
from ledger.store.submission import Receipt, Submission


def record(ledger: Ledger, proposed: Proposal, keys: Mapping[str, SigningKey]) -> Receipt:
    """Prepare, sign and record a proposal with the keys of its signers, by person id.

    Nothing is left behind when it fails. Raises ``Refused`` or a ``LedgerError``.
    """
    prepared = ledger.prepare(proposed.command, proposed.signers, proposed.disclosures)
    signatures = tuple(prepared.signed_by(keys[signer.person]) for signer in proposed.signers)
    return ledger.record(Submission(proposed.command, seal(prepared.payload, signatures), proposed.disclosures))


def record_with_keys(ledger: Ledger, name: str, *keys: SigningKey, **arguments: Any) -> Receipt:
    """Record a command with these keys, in the order of its seats.

    Whoever signs in their own name is the holder of the key; while it is being enrolled, the person of ``arguments``.
    Raises as :func:`record` does.
    """
    read = ledger.read()
    people = [
        (read.key_holder(key.key_id) or arguments["person_id"])
        if role is Role.KEY_HOLDER
        else _officer(ledger, role, key)
        for role, key in zip(BY_COMMAND_NAME[name].seats, keys, strict=True)
    ]
    return record(ledger, proposal(name, *people, **arguments), dict(zip(people, keys, strict=True)))


def _officer(ledger: Ledger, role: Role, key: SigningKey) -> str:
    read = ledger.read()
    for person in ledger.holders(role):
        if key.key_id in read.officer(person).keys:
            return person
    raise Refused("role-not-held", person=key.key_id, role=role)
