"""Fifteen attacks on a ledger, carried out on synthetic ones; the audit must name each.

The attacker is the operator, who has the files, the key of the log, and in some attacks an officer's key.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Delete, Update, delete, insert, select, update

from api.attacked import BODY, ORIGIN, Attack, Victim
from api.attacked_passkeys import PASSKEY_ATTACKS
from api.witness.store import Witness
from ledger.domain.events.office import FOUNDING, Founder, LedgerFounded
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.record import Role, Signer
from ledger.domain.subjects import BY_FACT
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.evidence import conflict
from ledger.log.witness import Request
from ledger.signing.keys import SigningKey
from ledger.signing.note import Note
from ledger.store.founding import LOG_KEY
from ledger.store.ledger import Ledger
from ledger.store.notes import CHECKPOINTS
from ledger.store.opening import open_record
from ledger.store.publishing import PUBLISHED
from ledger.store.recorder import LOG_HEAD, STORED_EVENTS
from ledger.store.tables import RECORD

ENTRY = 5
TABLES = RECORD.sorted_tables
_POSITION = STORED_EVENTS.c.position


def changed_event(folder: Path) -> set[str]:
    """A byte of an entry is changed in the database."""
    victim = Victim(folder)
    (row,) = victim.ledger.log.select_notifications(ENTRY, 1)
    return _tampered(
        victim, update(STORED_EVENTS).where(_POSITION == ENTRY).values(state=row.state.replace(b"A", b"B"))
    )


def removed_event(folder: Path) -> set[str]:
    """An entry is deleted from the database."""
    return _tampered(Victim(folder), delete(STORED_EVENTS).where(_POSITION == ENTRY))


def changed_head(folder: Path) -> set[str]:
    """The head to which entries are appended is set back, so that the next entries take the places of others."""
    return _tampered(Victim(folder), update(LOG_HEAD).values(size=ENTRY))


def replaced_checkpoint(folder: Path) -> set[str]:
    """A checkpoint is replaced by another one, which the log signed too."""
    victim = Victim(folder)
    note = sign_checkpoint(Checkpoint(ORIGIN, ENTRY, bytes(32)), SigningKey.load(folder / LOG_KEY))
    return _tampered(victim, update(CHECKPOINTS).where(CHECKPOINTS.c.size == ENTRY).values(note=note))


def forked_log(folder: Path) -> set[str]:
    """The operator records another last entry in a copy of the ledger, and shows each to a different witness."""
    victim = Victim(folder)
    set_back = _kept(victim)
    key, notes = victim.ledger.trust.verifier_key, list[str]()
    for role in (Role.MODERATOR, Role.ASSESSOR):
        set_back()
        with Ledger.open(folder, lambda: victim.now, is_simulated=True) as ledger:
            victim.ledger = ledger
            victim.do(victim.grant(role))
            witness = Witness(folder / f"witness-{role}", f"{role}.example", {ORIGIN: [key]}, lambda: victim.now)
            lines = witness.add_checkpoint(str(Request(0, (), ledger.checkpoint())).encode())
            notes.append(str(Note.parse(ledger.checkpoint()).signed_too(*lines)))
    evidence = conflict(notes[0], notes[1], key)
    assert evidence is not None
    evidence.require_conflict(key)
    return victim.audited(seen=notes[:1])


def rolled_back(folder: Path) -> set[str]:
    """An old copy of the database is restored, without the checkpoints since."""
    victim = Victim(folder)
    set_back = _kept(victim)
    victim.do(victim.grant(Role.MODERATOR))
    kept = victim.ledger.checkpoint()
    set_back()
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


def _tampered(victim: Victim, statement: Update | Delete) -> set[str]:
    with victim.ledger.database.transaction(commit=True) as cursor:
        cursor.run(statement)
    return victim.audited()


def _kept(victim: Victim) -> Callable[[], None]:
    """What sets the database, and what was shown of it, back to what they are now; the ledger is closed then."""
    rows = {table: [dict(row._mapping) for row in victim.ledger.database.run(select(table))] for table in TABLES}

    def set_back() -> None:
        victim.ledger.close()
        (victim.folder / PUBLISHED).unlink(missing_ok=True)
        with closing(open_record(victim.folder)) as database, database.transaction(commit=True) as cursor:
            for table in TABLES:
                cursor.run(delete(table))
                cursor.run(insert(table), rows[table])

    return set_back


ATTACKS: tuple[Attack, ...] = (
    Attack("a changed event", "un événement modifié", "entry-altered", changed_event),
    Attack("a removed event", "un événement retiré", "entry-missing", removed_event),
    Attack("the head of the log set back", "la tête du journal ramenée en arrière", "log-head", changed_head),
    Attack("a replaced checkpoint", "un point de contrôle remplacé", "checkpoint-root", replaced_checkpoint),
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
    *PASSKEY_ATTACKS,
)
