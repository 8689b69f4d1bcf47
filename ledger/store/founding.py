"""The founding of a ledger: leaf 0, the log's keys and the trust root, in a folder that is there whole or not."""

import secrets
import shutil
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from ledger.disclosures import Disclosure
from ledger.domain.decisions.office import require_founding
from ledger.domain.events.common import Digest
from ledger.domain.events.office import FOUNDING, Founder, LedgerFounded
from ledger.domain.record import Event, Head, Role, Signer
from ledger.domain.subjects import BY_FACT
from ledger.files import make_private, move, write_whole
from ledger.log.cosignature import Cosigner
from ledger.log.policy import Policy
from ledger.log.tree import EMPTY_ROOT, leaf_hash
from ledger.signing.envelope import STATEMENT_TYPE, Signature, pae, seal
from ledger.signing.keys import MlDsaKey, SigningKey
from ledger.signing.note import VerifierKey
from ledger.signing.statement import SignedEvent, payload_of
from ledger.store.application import LedgerApplication
from ledger.store.clock import whole_seconds
from ledger.store.keystore.keeper import Keeper
from ledger.store.keystore.opening import open_keys
from ledger.store.migrations import HEAD, make_empty, marks, stamp
from ledger.store.opening import open_to_found
from ledger.store.publishing import ML_DSA_KEY
from ledger.store.vault import Held, Vault
from ledger.trust import TrustRoot

NONCE_BYTES = 16
LOG_KEY, TRUST = "log.key", "trust.json"


def found(
    folder: Path,
    time: datetime,
    *,
    origin: str,
    body: tuple[str, str],
    founders: Sequence[tuple[str, Role, SigningKey, Sequence[Disclosure]]],
    log_key: SigningKey,
    ml_dsa_key: MlDsaKey | None = None,
    policy: str | None = None,
) -> None:
    """Found a ledger in an empty folder, all of it or nothing. Each founder signs leaf 0.

    ``body`` is the name of the certification body in English and French. A founder is a person id,
    a role, a key and details such as the name. ``policy`` names the log's witnesses. Raises FileExistsError,
    ``Unreadable`` when the database holds something, ValueError when the policy cannot be read, and ``Refused``
    unless the founders are two people or more, each with a key, a director and a security officer among them.
    """
    Policy.parse(policy or "quorum none")
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder}: expected an empty folder")
    facts = LedgerFounded(
        body_en=body[0],
        body_fr=body[1],
        founders=tuple(
            Founder(person_id, role, key.public, tuple(Digest(d.name, d.digest) for d in details))
            for person_id, role, key, details in founders
        ),
    )
    require_founding(facts, {d.digest: d for _, _, _, details in founders for d in details}.get)
    event = Event(
        ledger=origin,
        type=BY_FACT[LedgerFounded].wire_name,
        stream=str(FOUNDING),
        version=1,
        time=whole_seconds(time),
        nonce=secrets.token_bytes(NONCE_BYTES),
        head=Head(0, EMPTY_ROOT),
        by=tuple(Signer(person_id, Role.KEY_HOLDER) for person_id, *_ in founders),
        facts=facts,
    )
    payload = payload_of(event)
    message = pae(STATEMENT_TYPE, payload)
    envelope = seal(payload, tuple(Signature(key.key_id, key.sign(message)) for _, _, key, _ in founders))
    held = [Held(d.digest, person_id, d.name, d.encoded) for person_id, _, _, details in founders for d in details]
    unfinished = folder.with_name(f".{folder.name}.founding")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a founding that was interrupted: nobody has seen it
    make_private(unfinished)
    log_key.save(unfinished / LOG_KEY)
    if ml_dsa_key is not None:
        ml_dsa_key.save(unfinished / ML_DSA_KEY)
    trust = TrustRoot(
        origin,
        str(VerifierKey(origin, log_key.public)),
        leaf_hash(envelope).hex(),
        None if ml_dsa_key is None else str(Cosigner(origin, ml_dsa_key).verifier_key),
        policy,
    )
    write_whole(unfinished / TRUST, bytes(TrustRoot.parse(bytes(trust))))
    keys = Keeper(open_keys(unfinished))
    with closing(keys.store), closing(open_to_found(folder, unfinished)) as database:
        with database.transaction(commit=True) as cursor:
            make_empty(database, cursor, marks.FOUNDING)
            application = LedgerApplication(database)
            sealed = Vault(database, keys).sealed(held)
            application.events.put([SignedEvent(event, envelope)], expects_size=0, disclosures=sealed)
            stamp(cursor, marks.FOUNDING)
        # Whoever opens the folder meanwhile stamps it too; without the folder the database is founded anew.
        move(unfinished, folder)
        with database.transaction(commit=True) as cursor:
            stamp(cursor, HEAD)
