"""Founding a ledger with its first officers: two founders, and those whom they appoint on the same day."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from api.secretariat.proposals import Proposal, new_id, proposal
from api.secretariat.recording import record
from ledger.disclosures import Disclosure, random_salt
from ledger.domain.record import Role
from ledger.signing.keys import MlDsaKey, SigningKey
from ledger.store.ledger import Clock, Ledger

FOUNDERS = (Role.DIRECTOR, Role.SECURITY_OFFICER)
APPOINTED = (Role.REGISTRAR, Role.PROGRAMME_MANAGER, Role.DATA_PROTECTION_OFFICER, Role.MODERATOR)


def found(
    folder: Path,
    clock: Clock,
    *,
    origin: str,
    body: tuple[str, str],
    names: Mapping[Role, str],
    policy: str | None = None,
    keys: Path | None = None,
) -> tuple[Ledger, dict[Role, tuple[str, SigningKey]]]:
    """Found a ledger and appoint its first officers; return their person ids and keys by role.

    ``names`` holds "Given Family" for each role of FOUNDERS and APPOINTED; ``policy`` names the log's
    witnesses (c2sp.org/tlog-policy). Each key is written to a file in ``keys`` before anything is
    founded: a ledger without its officers' keys is lost.

    Raises FileExistsError, and ValueError when the policy cannot be read.
    """
    officers = {role: (new_id(), SigningKey.generate()) for role in (*FOUNDERS, *APPOINTED)}
    if keys is not None:
        keys.mkdir(parents=True, exist_ok=True)
        for role, (_, key) in officers.items():
            key.save(keys / f"{role}.key")
    ledger = Ledger.found(
        folder,
        clock,
        origin=origin,
        body=body,
        founders=[(*_founder(role, officers), _details(names[role])) for role in FOUNDERS],
        log_key=SigningKey.generate(),
        ml_dsa_key=MlDsaKey.generate(),
        policy=policy,
    )
    keys_of = dict(officers.values())
    director, _ = officers[Role.DIRECTOR]
    # The director registers the first registrar, as one until then.
    record(ledger, proposal("grant-role", director, person_id=director, role=Role.REGISTRAR), keys_of)
    for role in APPOINTED:
        person, key = officers[role]
        details = [{"name": d.name, "value": d.value} for d in _details(names[role])]
        record(ledger, proposal("register-person", director, person_id=person, details=details), keys_of)
        record(ledger, proposal("grant-role", director, person_id=person, role=role), keys_of)
        record(ledger, enrolment(officers[Role.SECURITY_OFFICER][0], person, key.public), keys_of)
    record(ledger, proposal("revoke-role", director, person_id=director, role=Role.REGISTRAR), keys_of)
    return ledger, officers


def enrolment(security_officer: str, person: str, public_key: bytes) -> Proposal:
    """Return the enrolment of a person's key; the security officer signs it, and the person with that key."""
    return proposal("register-key", security_officer, person, person_id=person, public_key=public_key)


def _founder(role: Role, officers: Mapping[Role, tuple[str, SigningKey]]) -> tuple[str, Role, SigningKey]:
    person, key = officers[role]
    return person, role, key


def _details(name: str) -> list[Disclosure]:
    given, _, family = name.partition(" ")
    return [
        Disclosure("given_name", given, random_salt()),
        Disclosure("family_name", family or given, random_salt()),
    ]
