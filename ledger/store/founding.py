"""The founding of a ledger: leaf 0, the log's keys and the trust root, in a folder that is there whole or not."""

import secrets
import shutil
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec

from ledger.disclosures import Disclosure
from ledger.domain.decisions.office import require_credentials, require_founding
from ledger.domain.events.common import Digest
from ledger.domain.events.office import FOUNDING, AnyFounding, Founder, FounderV2, LedgerFounded, LedgerFoundedV2
from ledger.domain.events.passkeys import Credential
from ledger.domain.record import Event, Head, Role, Signer, Site
from ledger.domain.subjects import BY_FACT
from ledger.files import make_private, move, write_whole
from ledger.log.cosignature import Cosigner
from ledger.log.policy import Policy
from ledger.log.tree import EMPTY_ROOT, leaf_hash
from ledger.reading import Draft, Memory
from ledger.signing.envelope import STATEMENT_TYPE, Signature, open_envelope, pae, seal
from ledger.signing.keys import MlDsaKey, SigningKey
from ledger.signing.note import VerifierKey
from ledger.signing.statement import SignedEvent, decode_payload, match_signatures, payload_of
from ledger.signing.verifying import claim_of
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


class LeafZero(msgspec.Struct, frozen=True):
    """A founding that is prepared to be signed: the payload of leaf 0, and the values behind its digests."""

    payload: bytes
    held: tuple[Held, ...]

    @property
    def to_sign(self) -> bytes:
        """The bytes that each founder signs (DSSE)."""
        return pae(STATEMENT_TYPE, self.payload)


def prepare(
    time: datetime,
    *,
    origin: str,
    body: tuple[str, str],
    founders: Sequence[tuple[str, Role, bytes | Credential, Sequence[Disclosure]]],
    sites: Sequence[Site] = (),
) -> LeafZero:
    """Prepare leaf 0 for the founders to sign; nothing is written.

    ``body`` is the name of the certification body in English and French. A founder is a person id, a role, a public
    key of Ed25519 or a passkey, and details such as the name. Passkeys sign on the pages of ``sites``. Raises
    ``Refused`` unless the founders are two people or more, each with a key, a director and a security officer among
    them.
    """
    facts = _facts(body, founders, tuple(sites))
    require_founding(facts, {d.digest: d for *_, details in founders for d in details}.get)
    require_credentials(facts, Draft(Memory()))
    event = Event(
        ledger=origin,
        type=BY_FACT[type(facts)].wire_name,
        stream=str(FOUNDING),
        version=1,
        time=whole_seconds(time),
        nonce=secrets.token_bytes(NONCE_BYTES),
        head=Head(0, EMPTY_ROOT),
        by=tuple(Signer(person_id, Role.KEY_HOLDER) for person_id, *_ in founders),
        facts=facts,
    )
    held = tuple(Held(d.digest, person_id, d.name, d.encoded) for person_id, *_, details in founders for d in details)
    return LeafZero(payload_of(event), held)


def _facts(
    body: tuple[str, str],
    founders: Sequence[tuple[str, Role, bytes | Credential, Sequence[Disclosure]]],
    sites: tuple[Site, ...],
) -> AnyFounding:
    """The facts in version 1 where that says everything: programs of before passkeys read it too."""
    en, fr = body
    v2 = tuple(
        FounderV2(person_id, role, key, tuple(Digest(d.name, d.digest) for d in details))
        for person_id, role, key, details in founders
    )
    keys = [founder.key for founder in v2 if isinstance(founder.key, bytes)]
    if sites or len(keys) < len(v2):
        return LedgerFoundedV2(body_en=en, body_fr=fr, sites=sites, founders=v2)
    v1 = tuple(Founder(f.person_id, f.role, key, f.details) for f, key in zip(v2, keys, strict=True))
    return LedgerFounded(body_en=en, body_fr=fr, founders=v1)


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
    """Found a ledger with key files: :func:`prepare`, sign and :func:`found_signed`, of which see the errors."""
    named = [(person_id, role, key.public, details) for person_id, role, key, details in founders]
    leaf = prepare(time, origin=origin, body=body, founders=named)
    signatures = [Signature(key.key_id, key.sign(leaf.to_sign)) for _, _, key, _ in founders]
    found_signed(folder, leaf, signatures, log_key=log_key, ml_dsa_key=ml_dsa_key, policy=policy)


def found_signed(
    folder: Path,
    leaf: LeafZero,
    signatures: Sequence[Signature],
    *,
    log_key: SigningKey,
    ml_dsa_key: MlDsaKey | None = None,
    policy: str | None = None,
) -> None:
    """Found a ledger in an empty folder, all of it or nothing, with the signatures of its founders in order.

    ``policy`` names the log's witnesses. Raises ``Unverifiable`` for a signature that does not hold, FileExistsError,
    ``Unreadable`` when the database holds something, and ValueError when the policy cannot be read.
    """
    Policy.parse(policy or "quorum none")
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder}: expected an empty folder")
    event, envelope = decode_payload(leaf.payload), seal(leaf.payload, tuple(signatures))
    for signer, signature in match_signatures(open_envelope(envelope), event):
        fault = claim_of(0, signer, signature, leaf.to_sign, event, Draft(Memory())).fault()
        if fault is not None:
            raise fault
    origin = event.ledger
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
            sealed = Vault(database, keys).sealed(list(leaf.held))
            application.events.put([SignedEvent(event, envelope)], expects_size=0, disclosures=sealed)
            stamp(cursor, marks.FOUNDING)
        # Whoever opens the folder meanwhile stamps it too; without the folder the database is founded anew.
        move(unfinished, folder)
        with database.transaction(commit=True) as cursor:
            stamp(cursor, HEAD)
