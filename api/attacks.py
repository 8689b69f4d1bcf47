"""Nine attacks on a ledger, carried out on synthetic ones; the audit must name each.

The attacker is the operator, who has the files, the key of the log, and in some attacks an officer's key.
"""

import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from api.secretariat.founding import APPOINTED, FOUNDERS, found
from api.secretariat.proposals import Proposal, proposal
from api.secretariat.recording import record
from api.witness.store import Witness
from ledger.auditing import audit
from ledger.domain.events.office import FOUNDING, Founder, LedgerFounded
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.record import Event, Fact, Role, Signer
from ledger.domain.subjects import BY_FACT
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.evidence import conflict
from ledger.log.witness import Request
from ledger.signing.envelope import STATEMENT_TYPE, Signature, pae, seal
from ledger.signing.keys import SigningKey
from ledger.signing.note import Note
from ledger.signing.statement import SignedEvent, payload_of
from ledger.store.founding import LOG_KEY
from ledger.store.ledger import Ledger
from ledger.store.opening import DATABASE, open_database
from ledger.words import Words

ORIGIN = "attacked.example/pca"
BODY = Words("Example Customs Organisation", "Organisation douanière d’exemple")
ENTRY = 5


class Attack(msgspec.Struct, frozen=True):
    """``run`` carries it out in an empty folder and returns the codes of the findings; ``code`` must be one of them."""

    en: str
    fr: str
    code: str
    run: Callable[[Path], set[str]]


class Victim:
    """A founded ledger with its officers' keys, a day after its founding."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.folder = folder
        names = {role: f"{role.title()} Exemple" for role in (*FOUNDERS, *APPOINTED)}
        self.ledger, self._officers = found(
            folder, lambda: self.now, origin=ORIGIN, body=BODY, names=names, is_simulated=True
        )
        self.now += timedelta(days=1)

    def person(self, role: Role) -> str:
        return self._officers[role][0]

    def key(self, role: Role) -> SigningKey:
        return self._officers[role][1]

    def proposal(self, name: str, *roles: Role, **arguments: Any) -> Proposal:
        return proposal(name, *map(self.person, roles), **arguments)

    def prepare(self, wanted: Proposal) -> Event[Fact]:
        return self.ledger.prepare(wanted.command, wanted.signers, wanted.disclosures).event

    def do(self, wanted: Proposal) -> None:
        """Record a proposal, signed with the officers' keys."""
        record(self.ledger, wanted, dict(self._officers.values()))

    def grant(self, role: Role) -> Proposal:
        """The director gives the registrar another role."""
        return self.proposal("grant-role", Role.DIRECTOR, person_id=self.person(Role.REGISTRAR), role=role)

    def forge(self, event: Event[Fact], *keys: SigningKey, **changed: Any) -> set[str]:
        """Append a changed statement past every rule, with a correct tree; return what the audit finds."""
        event = msgspec.structs.replace(event, **changed)
        payload = payload_of(event)
        message = pae(STATEMENT_TYPE, payload)
        envelope = seal(payload, tuple(Signature(key.key_id, key.sign(message)) for key in keys))
        self.ledger.application.events.put([SignedEvent(event, envelope)])
        size = self.ledger.size()
        checkpoint = Checkpoint(ORIGIN, size, self.ledger.tree.root_at(size))
        self.ledger.notes.add_checkpoint(size, sign_checkpoint(checkpoint, SigningKey.load(self.folder / LOG_KEY)))
        return self.audited()

    def audited(self, seen: Sequence[str] = ()) -> set[str]:
        """Returns the codes of the findings of an audit."""
        self.ledger.close()
        return {finding.code for finding in audit(self.folder, seen=seen).findings}


def changed_event(folder: Path) -> set[str]:
    """A byte of an entry is changed in the database."""
    changed = "CAST(replace(CAST(state AS TEXT), 'A', 'B') AS BLOB)"
    return _tampered(folder, f"UPDATE stored_events SET state = {changed} WHERE position = {ENTRY}")


def removed_event(folder: Path) -> set[str]:
    """An entry is deleted from the database."""
    return _tampered(folder, f"DELETE FROM stored_events WHERE position = {ENTRY}")


def forked_log(folder: Path) -> set[str]:
    """The operator keeps two ledgers that differ in their last entry, and shows each to a different witness."""
    here = Victim(folder / "here")
    here.ledger.close()
    shutil.copytree(here.folder, folder / "there")
    notes = []
    for which, role in (("here", Role.MODERATOR), ("there", Role.ASSESSOR)):
        with Ledger.open(folder / which, lambda: here.now, is_simulated=True) as ledger:
            here.ledger = ledger
            here.do(here.grant(role))
            logs = {ledger.trust.origin: [ledger.trust.verifier_key]}
            witness = Witness(folder / f"witness-{which}", f"{which}.example", logs, lambda: here.now)
            lines = witness.add_checkpoint(str(Request(0, (), ledger.checkpoint())).encode())
            notes.append(str(Note.parse(ledger.checkpoint()).signed_too(*lines)))
    key = here.ledger.trust.verifier_key
    evidence = conflict(notes[0], notes[1], key)
    assert evidence is not None
    evidence.require_conflict(key)
    here.folder = folder / "there"
    return here.audited(seen=notes[:1])


def rolled_back(folder: Path) -> set[str]:
    """An old copy of the database is restored, without the checkpoints since."""
    victim = Victim(folder)
    with closing(open_database(folder / DATABASE)) as database:
        database.forget_erased()  # the file holds everything then
    old = (folder / DATABASE).read_bytes()
    victim.do(victim.grant(Role.MODERATOR))
    kept = victim.ledger.checkpoint()
    victim.ledger.close()
    (folder / DATABASE).write_bytes(old)
    return victim.audited(seen=[kept])


def forged_signature(folder: Path) -> set[str]:
    """A statement in the director's name, signed with the operator's key under the director's key id."""
    victim = Victim(folder)
    impostor = SigningKey.generate()
    impostor.key_id = victim.key(Role.DIRECTOR).key_id
    return victim.forge(victim.prepare(victim.grant(Role.MODERATOR)), impostor)


def signing_twice(folder: Path) -> set[str]:
    """Erasure wants two people: the data protection officer signs in both seats, with another key each time."""
    victim = Victim(folder)
    seats = (Role.DATA_PROTECTION_OFFICER, Role.SECURITY_OFFICER)
    details = [{"name": name, "value": "Exemple"} for name in NAME_DETAILS]
    victim.do(victim.proposal("register-person", Role.REGISTRAR, person_id="somebody", details=details))
    erasure = victim.proposal("erase-personal-data", *seats, person_id="somebody", basis_code="request")
    by = tuple(Signer(victim.person(seats[0]), role) for role in seats)
    return victim.forge(victim.prepare(erasure), victim.key(seats[0]), SigningKey.generate(), by=by)


def revoked_key(folder: Path) -> set[str]:
    """A statement is signed with a key that was revoked before it."""
    victim = Victim(folder)
    grant, key = victim.prepare(victim.grant(Role.MODERATOR)), victim.key(Role.DIRECTOR)
    lost = {"person_id": victim.person(Role.DIRECTOR), "key_id": key.key_id, "reason_code": "lost"}
    victim.do(victim.proposal("revoke-key", Role.SECURITY_OFFICER, **lost))
    return victim.forge(grant, key)


def back_dated(folder: Path) -> set[str]:
    """An import of today is dated as if it had been recorded in 2017."""
    victim = Victim(folder)
    time = datetime(2017, 5, 19, 16, tzinfo=UTC)
    return victim.forge(victim.prepare(victim.grant(Role.MODERATOR)), victim.key(Role.DIRECTOR), time=time)


def founded_again(folder: Path) -> set[str]:
    """The operator founds the ledger a second time, naming deciders of their own."""
    victim = Victim(folder)
    keys = {person: SigningKey.generate() for person in ("accomplice", "another-accomplice")}
    founders = tuple(Founder(person, Role.DECISION_AUTHORITY, key.public, ()) for person, key in keys.items())
    return victim.forge(
        victim.prepare(victim.grant(Role.MODERATOR)),
        *keys.values(),
        type=BY_FACT[LedgerFounded].wire_name,
        stream=str(FOUNDING),
        version=2,
        by=tuple(Signer(person, Role.KEY_HOLDER) for person in keys),
        facts=LedgerFounded(body_en=BODY.en, body_fr=BODY.fr, founders=founders),
    )


def _tampered(folder: Path, statement: str) -> set[str]:
    victim = Victim(folder)
    victim.ledger.close()
    with closing(open_database(folder / DATABASE)) as database, database.transaction(commit=True) as cursor:
        cursor.execute(statement)
    return victim.audited()


ATTACKS: tuple[Attack, ...] = (
    Attack("a changed event", "un événement modifié", "entry-altered", changed_event),
    Attack("a removed event", "un événement retiré", "entry-missing", removed_event),
    Attack(
        "a forked log, shown to two witnesses", "un journal bifurqué, montré à deux témoins", "log-forked", forked_log
    ),
    Attack(
        "a database restored to an older state",
        "une base de données ramenée à un état antérieur",
        "rolled-back",
        rolled_back,
    ),
    Attack(
        "an officer's forged signature",
        "la signature falsifiée d’un responsable",
        "signature-invalid",
        forged_signature,
    ),
    Attack("one person signing twice", "une personne qui signe deux fois", "signers-not-distinct", signing_twice),
    Attack(
        "a key used after its revocation", "une clé employée après sa révocation", "signature-unknown-key", revoked_key
    ),
    Attack(
        "officers appointed by a second founding",
        "des responsables nommés lors d’une seconde fondation",
        "founded-again",
        founded_again,
    ),
    Attack("a back-dated import", "un import antidaté", "back-dated", back_dated),
)
