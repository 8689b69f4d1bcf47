"""Nine attacks on a ledger, carried out on synthetic ones; the audit must name each.

The attacker is the operator, who has the files, the key of the log, and in some attacks an officer's key.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import msgspec

from api.secretariat.founding import found
from api.secretariat.proposals import proposal
from api.witness.store import Witness
from ledger.auditing import audit
from ledger.domain.events.office import FOUNDING, Founder, LedgerFounded
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.record import Event, Fact, Role, Signer
from ledger.domain.subjects import BY_FACT
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.evidence import conflict
from ledger.log.witness import Request
from ledger.signing.envelope import STATEMENT_TYPE, Signature, open_envelope, pae, seal
from ledger.signing.keys import SigningKey
from ledger.signing.note import Note
from ledger.signing.statement import SignedEvent, decode_payload, payload_of
from ledger.store.founding import DATABASE, LOG_KEY
from ledger.store.ledger import Ledger
from ledger.store.opening import open_database
from ledger.store.submission import Submission
from ledger.words import Words

ORIGIN = "attacked.example/pca"
BODY = Words("Example Customs Organisation", "Organisation douanière d’exemple")
ROLES = (
    Role.DIRECTOR,
    Role.SECURITY_OFFICER,
    Role.REGISTRAR,
    Role.PROGRAMME_MANAGER,
    Role.DATA_PROTECTION_OFFICER,
    Role.MODERATOR,
)
ENTRY = 5


class _Key(Protocol):
    key_id: str

    def sign(self, message: bytes, /) -> bytes: ...


class _Impostor:
    """A key of the operator that claims another key id."""

    def __init__(self, key_id: str) -> None:
        self.key_id = key_id
        self._key = SigningKey.generate()

    def sign(self, message: bytes, /) -> bytes:
        return self._key.sign(message)


class Attack(msgspec.Struct, frozen=True):
    """``run`` carries it out in an empty folder and returns the codes of the findings; ``code`` must be one of them."""

    name: str
    words: Words
    code: str
    run: Callable[[Path], set[str]]


class Victim:
    """A founded ledger with its officers' keys, a day after its founding."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.folder = folder
        names = {role: f"{role.title()} Exemple" for role in ROLES}
        self.ledger, self._officers = found(folder, lambda: self.now, origin=ORIGIN, body=BODY, names=names)
        self.now += timedelta(days=1)

    def person(self, role: Role) -> str:
        return self._officers[role][0]

    def key(self, role: Role) -> SigningKey:
        return self._officers[role][1]

    def prepared(self, name: str, *roles: Role, **arguments: Any) -> Submission:
        """Returns a command of these officers, prepared and correctly signed."""
        asked = proposal(name, *map(self.person, roles), **arguments)
        event = self.ledger.prepare(asked.command, asked.signers, asked.disclosures).event
        return Submission(asked.command, _signed(event, list(map(self.key, roles))), asked.disclosures)

    def do(self, name: str, *roles: Role, **arguments: Any) -> None:
        """Prepare a command of these officers and record it."""
        self.ledger.record(self.prepared(name, *roles, **arguments))

    def grant(self, role: Role) -> Submission:
        """The director gives the registrar another role."""
        return self.prepared("grant-role", Role.DIRECTOR, person_id=self.person(Role.REGISTRAR), role=role)

    def forge(self, submission: Submission, keys: Sequence[_Key], **changed: Any) -> set[str]:
        """Append a changed statement past every rule, with a correct tree; return what the audit finds."""
        event = msgspec.structs.replace(_event(submission), **changed)
        self.ledger.application.events.put([SignedEvent(event, _signed(event, keys))])
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
        with Ledger.open(folder / which, lambda: here.now) as ledger:
            here.ledger = ledger
            ledger.record(here.grant(role))
            keys = [ledger.trust.verifier_key]
            witness = Witness(folder / f"witness-{which}", f"{which}.example", keys, lambda: here.now)
            line = witness.add_checkpoint(str(Request(0, (), ledger.checkpoint())).encode())
            notes.append(str(Note.parse(ledger.checkpoint()).signed_too(line)))
    key = here.ledger.trust.verifier_key
    evidence = conflict(notes[0], notes[1], key)
    assert evidence is not None
    evidence.require_conflict(key)
    here.folder = folder / "there"
    return here.audited(seen=notes[:1])


def rolled_back(folder: Path) -> set[str]:
    """An old copy of the database is restored, without the checkpoints since."""
    victim = Victim(folder)
    victim.ledger.database.forget_erased()  # the file holds everything then
    old = (folder / DATABASE).read_bytes()
    victim.ledger.record(victim.grant(Role.MODERATOR))
    kept = victim.ledger.checkpoint()
    victim.ledger.close()
    (folder / DATABASE).write_bytes(old)
    return victim.audited(seen=[kept])


def forged_signature(folder: Path) -> set[str]:
    """A statement in the director's name, signed with the operator's key under the director's key id."""
    victim = Victim(folder)
    return victim.forge(victim.grant(Role.MODERATOR), [_Impostor(victim.key(Role.DIRECTOR).key_id)])


def signing_twice(folder: Path) -> set[str]:
    """Erasure wants two people: the data protection officer signs in both seats, with another key each time."""
    victim = Victim(folder)
    seats = (Role.DATA_PROTECTION_OFFICER, Role.SECURITY_OFFICER)
    details = [{"name": name, "value": "Exemple"} for name in NAME_DETAILS]
    victim.do("register-person", Role.REGISTRAR, person_id="somebody", details=details)
    erasure = victim.prepared("erase-personal-data", *seats, person_id="somebody", basis_code="request")
    by = tuple(Signer(victim.person(seats[0]), role) for role in seats)
    return victim.forge(erasure, [victim.key(seats[0]), SigningKey.generate()], by=by)


def revoked_key(folder: Path) -> set[str]:
    """A statement is signed with a key that was revoked before it."""
    victim = Victim(folder)
    grant, key = victim.grant(Role.MODERATOR), victim.key(Role.DIRECTOR)
    director = victim.person(Role.DIRECTOR)
    victim.do("revoke-key", Role.SECURITY_OFFICER, person_id=director, key_id=key.key_id, reason_code="lost")
    return victim.forge(grant, [key])


def back_dated(folder: Path) -> set[str]:
    """An import of today is dated as if it had been recorded in 2017."""
    victim = Victim(folder)
    time = datetime(2017, 5, 19, 16, tzinfo=UTC)
    return victim.forge(victim.grant(Role.MODERATOR), [victim.key(Role.DIRECTOR)], time=time)


def founded_again(folder: Path) -> set[str]:
    """The operator founds the ledger a second time, naming deciders of their own."""
    victim = Victim(folder)
    keys = [SigningKey.generate(), SigningKey.generate()]
    people = ("accomplice", "another-accomplice")
    founders = tuple(
        Founder(person, Role.DECISION_AUTHORITY, key.public, ()) for person, key in zip(people, keys, strict=True)
    )
    return victim.forge(
        victim.grant(Role.MODERATOR),
        keys,
        type=BY_FACT[LedgerFounded].wire_name,
        stream=str(FOUNDING),
        version=2,
        by=tuple(Signer(person, Role.KEY_HOLDER) for person in people),
        facts=LedgerFounded(body_en=BODY.en, body_fr=BODY.fr, founders=founders),
    )


def _tampered(folder: Path, statement: str) -> set[str]:
    victim = Victim(folder)
    victim.ledger.close()
    with closing(open_database(folder / DATABASE)) as database, database.transaction(commit=True) as cursor:
        cursor.execute(statement)
    return victim.audited()


def _event(submission: Submission) -> Event[Fact]:
    return decode_payload(open_envelope(submission.envelope).payload)


def _signed(event: Event[Fact], keys: Sequence[_Key]) -> bytes:
    payload = payload_of(event)
    message = pae(STATEMENT_TYPE, payload)
    return seal(payload, tuple(Signature(key.key_id, key.sign(message)) for key in keys))


# fmt: off
ATTACKS: tuple[Attack, ...] = (
    Attack("changed-event", Words("a changed event", "un événement modifié"), "tree-node", changed_event),
    Attack("removed-event", Words("a removed event", "un événement retiré"), "entry-missing", removed_event),
    Attack("forked-log", Words("a forked log, shown to two witnesses", "un journal bifurqué, montré à deux témoins"),
           "log-forked", forked_log),
    Attack("rolled-back",
           Words("a database restored to an older state", "une base de données ramenée à un état antérieur"),
           "rolled-back", rolled_back),
    Attack("forged-signature",
           Words("an officer's forged signature", "la signature falsifiée d’un responsable"),
           "signature-invalid", forged_signature),
    Attack("signing-twice", Words("one person signing twice", "une personne qui signe deux fois"),
           "signers-not-distinct", signing_twice),
    Attack("revoked-key", Words("a key used after its revocation", "une clé employée après sa révocation"),
           "signature-unknown-key", revoked_key),
    Attack("founded-again",
           Words("officers appointed by a second founding", "des responsables nommés lors d’une seconde fondation"),
           "founded-again", founded_again),
    Attack("back-dated", Words("a back-dated import", "un import antidaté"), "back-dated", back_dated),
)
# fmt: on
