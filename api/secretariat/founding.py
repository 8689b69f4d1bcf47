"""Founding a ledger with its first officers: two founders, and those whom they appoint on the same day."""

from collections.abc import Mapping
from pathlib import Path

from api.secretariat.proposals import details_of, new_id, proposal, split_name
from api.secretariat.recording import record
from ledger.disclosures import seal
from ledger.domain.record import Role
from ledger.files import make_private
from ledger.signing.keys import MlDsaKey, SigningKey
from ledger.store.clock import Clock
from ledger.store.founding import found as found_ledger
from ledger.store.ledger import Ledger

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
    is_simulated: bool = False,
) -> tuple[Ledger, dict[Role, tuple[str, SigningKey]]]:
    """Found a ledger and appoint its first officers; return their person ids and keys by role.

    ``names`` holds "Given Family" for each role of FOUNDERS and APPOINTED; ``policy`` names the log's
    witnesses (c2sp.org/tlog-policy). Each key is written to a file in ``keys`` before anything is
    founded: a ledger without its officers' keys is lost. A simulated clock may jump.

    Raises FileExistsError, and ValueError when the policy cannot be read.
    """
    officers = {role: (new_id(), SigningKey.generate()) for role in (*FOUNDERS, *APPOINTED)}
    details = {role: details_of(*split_name(names[role])) for role in officers}
    if keys is not None:
        make_private(keys)
        for role, (_, key) in officers.items():
            key.save(keys / f"{role}.key")
    found_ledger(
        folder,
        clock(),
        origin=origin,
        body=body,
        founders=[(officers[role][0], role, officers[role][1], seal(details[role])[1]) for role in FOUNDERS],
        log_key=SigningKey.generate(),
        ml_dsa_key=MlDsaKey.generate(),
        policy=policy,
    )
    ledger = Ledger.open(folder, clock, is_simulated=is_simulated)
    keys_of = dict(officers.values())
    director, security = (officers[role][0] for role in FOUNDERS)
    # The security officer registers the first registrar, as one until then: nobody grants a role to themselves.
    record(ledger, proposal("grant-role", director, person_id=security, role=Role.REGISTRAR), keys_of)
    for role in APPOINTED:
        person, key = officers[role]
        registering = proposal("register-person", security, person_id=person, details=details[role])
        record(ledger, registering, keys_of)
        record(ledger, proposal("grant-role", director, person_id=person, role=role), keys_of)
        enrolment = proposal("register-key", security, person, person_id=person, public_key=key.public)
        record(ledger, enrolment, keys_of)
    record(ledger, proposal("revoke-role", director, person_id=security, role=Role.REGISTRAR), keys_of)
    return ledger, officers
