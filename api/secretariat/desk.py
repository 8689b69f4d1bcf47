"""The desk: commands that wait for the officers who must sign them.

A command becomes a statement when its first officer signs: only then are stream, version and time
fixed. When the record moved on before the last one signed, the statement is prepared anew and the
signatures given so far are void. Values that wait here leave the desk with the statement, and with the
erasure of the person they are about; the arguments of a command hold only their digests.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

import msgspec

from ledger.domain.catalogue import BY_FACT
from ledger.domain.commands import BY_COMMAND, BY_COMMAND_NAME
from ledger.domain.deciding import public_key_for
from ledger.domain.decisions.acting import Command
from ledger.domain.decisions.certification import IssueCertificate
from ledger.domain.events.certification import CertificationGranted
from ledger.domain.events.persons import PersonalDataErased
from ledger.domain.record import Event, Fact, Role, Signer
from ledger.domain.refusal import Refused
from ledger.errors import Conflict, LedgerError, Unverifiable
from ledger.signing.envelope import STATEMENT_TYPE, Signature, open_envelope, pae, seal
from ledger.signing.keys import SigningKey, verify
from ledger.signing.statement import decode_payload
from ledger.store.ledger import Ledger, Receipt, Submission
from ledger.store.reading import Draft
from ledger.store.writer import Writer
from ledger.vault import Disclosure

DATABASE = "desk.db"
IMPORTED_ONCE = frozenset({"session", "candidates", "scores"})
_TABLES = """
CREATE TABLE IF NOT EXISTS proposals (
    id INTEGER PRIMARY KEY, command TEXT NOT NULL, arguments BLOB NOT NULL, disclosures BLOB NOT NULL,
    signers BLOB NOT NULL, source TEXT NOT NULL, payload BLOB, signatures BLOB NOT NULL, follows INTEGER NOT NULL,
    leaf INTEGER);
CREATE TABLE IF NOT EXISTS imported_files (
    sha256 TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (sha256, source));
CREATE TABLE IF NOT EXISTS answers (
    person TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, answer BLOB NOT NULL, PRIMARY KEY (person, key));
"""
_INSERT = (
    "INSERT INTO proposals (command, arguments, disclosures, signers, source, payload, signatures, follows) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


class Proposal(msgspec.Struct, frozen=True):
    """A command, who is to sign it, and the values behind its new digests.

    One that ``follows`` waits until everything filed before it from the same source is recorded.
    """

    command: Command
    signers: tuple[Signer, ...]
    disclosures: tuple[Disclosure, ...] = ()
    follows: bool = False


class Waiting(msgspec.Struct, frozen=True):
    """A proposal on the desk; ``signed`` holds the persons who have signed its statement."""

    number: int
    proposal: Proposal
    source: str
    payload: bytes | None
    signatures: dict[str, Signature]

    @property
    def signed(self) -> tuple[str, ...]:
        return tuple(self.signatures)


class Desk:
    """What waits, in the order in which it was filed. Safe for threads.

    Many officers at once share their commits through a ``writer``.
    """

    def __init__(self, ledger: Ledger, writer: Writer | None = None) -> None:
        self._ledger = ledger
        self._record = ledger.record if writer is None else writer.record
        self._lock = RLock()
        self._database = sqlite3.connect(ledger.folder / DATABASE, check_same_thread=False)
        self._database.executescript("PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON;" + _TABLES)
        self._forget_erased()

    def close(self) -> None:
        self._database.close()

    def file(self, proposals: Iterable[Proposal], source: str, files: dict[str, str] | None = None) -> None:
        """Put proposals on the desk, all or none. ``files`` maps SHA-256 (hex) to name.

        A file is taken once for a source, and one that names people or scores once at all: two workshops
        may share a plan, not their candidates. Raises ``Conflict`` when a file was imported before.
        """
        with self._transaction():
            for sha256, name in (files or {}).items():
                anywhere = Path(name).stem in IMPORTED_ONCE
                known = self._database.execute(
                    "SELECT name, source FROM imported_files WHERE sha256 = ? AND (source = ? OR ?)",
                    (sha256, source, anywhere),
                ).fetchone()
                if known:
                    raise Conflict("file-imported", f"{name}: imported before, as {known[0]} of {known[1]}")
                self._database.execute("INSERT INTO imported_files VALUES (?, ?, ?)", (sha256, name, source))
            self._database.executemany(_INSERT, [_row(proposal, source) for proposal in proposals])

    def propose(self, proposal: Proposal, source: str) -> int:
        """File one proposal that can be signed now, prepared; answers its number. Raises ``Refused``."""
        prepared = self._ledger.prepare(proposal.command, proposal.signers, proposal.disclosures)
        with self._transaction():
            number = self._database.execute(_INSERT, _row(proposal, source, prepared.payload)).lastrowid
        assert number is not None  # of an insert
        return number

    def once(self, person: str, key: str, request: str, act: Callable[[], bytes]) -> bytes:
        """What ``act`` answered to this request of a person under this key, now or the first time.

        The answer is kept in the transaction in which ``act`` files what it files. Raises ``Conflict`` when
        the key came with another request before.
        """
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            known = self._database.execute(
                "SELECT request, answer FROM answers WHERE person = ? AND key = ?", (person, key)
            ).fetchone()
            if known is None:
                answer = act()
                self._database.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", (person, key, request, answer))
                return answer
        if known[0] != request:
            raise Conflict("idempotency-key-reused", "Idempotency-Key: it came with another request before")
        return bytes(known[1])

    def waiting(self, person: str | None = None) -> list[Waiting]:
        """What is not recorded yet; for one person, what they have not signed yet."""
        self._forget_erased()
        with self._lock:
            rows = self._database.execute("SELECT * FROM proposals WHERE leaf IS NULL ORDER BY id").fetchall()
        found = [_waiting(row) for row in rows]
        return [w for w in found if person is None or _wants(w, person)]

    def sign(self, number: int, person: str, key: SigningKey) -> Receipt | None:
        """Sign with a key at hand; answers the receipt, or None while another signature is missing.

        Raises ``Refused`` while the rules say no, and ``Conflict`` when signatures became void.
        """
        message = pae(STATEMENT_TYPE, self._prepared(number))
        return self.add(number, person, Signature(key.key_id, key.sign(message)))

    def prepare(self, number: int) -> tuple[bytes, Event[Fact]]:
        """The bytes to sign (inside the PAE) and what they say. Raises ``Refused``."""
        payload = self._prepared(number)
        return payload, decode_payload(payload)

    def add(self, number: int, person: str, signature: Signature) -> Receipt | None:
        """Take one officer's signature of the prepared statement; with the last one it is submitted."""
        waiting = self._get(number)
        if waiting.payload is None or not _wants(waiting, person):
            raise Unverifiable("signature-not-wanted", f"no signature of {person} is wanted here")
        self._require_genuine(waiting.payload, person, signature)
        signatures = {**waiting.signatures, person: signature}
        if len(signatures) < len(waiting.proposal.signers):
            self._update(number, signatures=msgspec.json.encode(signatures))
            return None
        ordered = tuple(signatures[signer.person] for signer in waiting.proposal.signers)
        submission = Submission(waiting.proposal.command, seal(waiting.payload, ordered), waiting.proposal.disclosures)
        try:
            receipt = self._record(submission)
        except (Refused, LedgerError):
            self._update(number, payload=None, signatures=b"{}")
            raise
        # What is recorded needs its values here no longer.
        self._update(number, leaf=receipt.index, disclosures=b"[]", payload=None, signatures=b"{}")
        if receipt.wire_name == BY_FACT[PersonalDataErased].wire_name:
            self._forget_erased()
        self._next_step(receipt, waiting.source)
        return receipt

    def find(self, number: int) -> Waiting | None:
        """A proposal that is not recorded yet; None when there is none of this number."""
        with self._lock:
            row = self._database.execute("SELECT * FROM proposals WHERE id = ? AND leaf IS NULL", (number,)).fetchone()
        return None if row is None else _waiting(row)

    def recorded_as(self, number: int, signature: Signature) -> Receipt | None:
        """Where the proposal was recorded with this very signature; None when it was not."""
        with self._lock:
            row = self._database.execute("SELECT leaf FROM proposals WHERE id = ?", (number,)).fetchone()
        if row is None or row[0] is None:
            return None
        (entry,) = self._ledger.entries(row[0], row[0] + 1)
        if signature not in open_envelope(entry.state).signatures:
            return None
        return Receipt(row[0], str(entry.originator_id), entry.originator_version, entry.topic)

    def sign_all(self, keys: dict[str, SigningKey]) -> list[Receipt]:
        """Let officers whose keys are at hand sign whatever is ready, until nothing more is."""
        receipts: list[Receipt] = []
        moved = True
        while moved:
            moved = False
            for waiting in self.waiting():
                for signer in waiting.proposal.signers:
                    if signer.person not in keys or signer.person in waiting.signatures:
                        continue
                    try:
                        receipt = self.sign(waiting.number, signer.person, keys[signer.person])
                    except (Refused, LedgerError):
                        break  # not ready yet; what comes before it may make it so
                    moved = True
                    if receipt is not None:
                        receipts.append(receipt)
        return receipts

    def drop(self, number: int) -> None:
        """Take a proposal off the desk that nobody will sign."""
        with self._transaction():
            self._database.execute("DELETE FROM proposals WHERE id = ? AND leaf IS NULL", (number,))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One transaction, or a part of the one that is open."""
        with self._lock:
            if self._database.in_transaction:
                yield
                return
            with self._database:
                yield

    def _require_genuine(self, payload: bytes, person: str, signature: Signature) -> None:
        """A signature that does not hold is refused at once, not only with the last one."""
        event, read = decode_payload(payload), self._ledger.read()
        signer = next(signer for signer in event.by if signer.person == person)
        public = public_key_for(signer, signature.keyid, event, read)
        if public is None:
            raise Unverifiable("signature-unknown-key", f"keyid: not an active key of {person}")
        if not verify(public, pae(STATEMENT_TYPE, payload), signature.sig):
            raise Unverifiable("signature-invalid", f"signature: it does not hold under key {signature.keyid}")

    def _forget_erased(self) -> None:
        """Whatever waits about a person whose data were erased leaves the desk, and the file."""
        read = self._ledger.read()
        with self._lock:
            rows = self._database.execute("SELECT * FROM proposals WHERE leaf IS NULL").fetchall()
            about = {row[0]: _person_concerned(_waiting(row).proposal.command, read) for row in rows}
            gone = [(number,) for number, person in about.items() if person and read.person(person).erased]
            if gone:
                with self._database:
                    self._database.executemany("DELETE FROM proposals WHERE id = ?", gone)
                self._database.execute("VACUUM")  # rows that were moved leave copies in the gaps of pages

    def _prepared(self, number: int) -> bytes:
        waiting = self._get(number)
        if waiting.payload is not None and waiting.signatures:
            return waiting.payload
        if waiting.proposal.follows and self._is_preceded(waiting):
            raise Refused("not-yet")
        # Nobody has signed: the statement is made for the record as it stands now.
        proposal = waiting.proposal
        prepared = self._ledger.prepare(proposal.command, proposal.signers, proposal.disclosures)
        self._update(number, payload=prepared.payload)
        return prepared.payload

    def _is_preceded(self, waiting: Waiting) -> bool:
        with self._lock, closing(self._database.cursor()) as cursor:
            cursor.execute(
                "SELECT 1 FROM proposals WHERE id < ? AND source = ? AND leaf IS NULL", (waiting.number, waiting.source)
            )
            return cursor.fetchone() is not None

    def _next_step(self, receipt: Receipt, source: str) -> None:
        """Who is granted a certification is issued a certificate: file that for a registrar."""
        if receipt.wire_name == BY_FACT[CertificationGranted].wire_name:
            registrar = self._ledger.holders(Role.REGISTRAR)[0]
            command = IssueCertificate(certification_id=receipt.stream.partition(":")[2])
            self.file([Proposal(command, (Signer(registrar, Role.REGISTRAR),))], source)

    def _get(self, number: int) -> Waiting:
        waiting = self.find(number)
        if waiting is None:
            raise Refused("unknown", kind="proposal", id=number)
        return waiting

    def _update(self, number: int, **columns: Any) -> None:
        assignments = ", ".join(f"{column} = ?" for column in columns)
        with self._transaction():
            self._database.execute(f"UPDATE proposals SET {assignments} WHERE id = ?", (*columns.values(), number))


def _row(proposal: Proposal, source: str, payload: bytes | None = None) -> tuple[Any, ...]:
    return (
        BY_COMMAND[type(proposal.command)].name,
        msgspec.json.encode(proposal.command),
        msgspec.json.encode([d.encoded for d in proposal.disclosures]),
        msgspec.json.encode(proposal.signers),
        source,
        payload,
        b"{}",
        proposal.follows,
    )


def _person_concerned(command: Command, read: Draft) -> str | None:
    """Whom a command is about: a person, or the candidate of a candidacy or certification."""
    person: str | None = getattr(command, "person_id", None)
    candidacy_id = getattr(command, "candidacy_id", None) or getattr(command, "certification_id", None)
    if person is None and candidacy_id is not None:
        nomination = read.candidacy(candidacy_id).nomination
        person = nomination.person_id if nomination else None
    return person


def _wants(waiting: Waiting, person: str) -> bool:
    return person not in waiting.signatures and person in {s.person for s in waiting.proposal.signers}


def _waiting(row: Sequence[Any]) -> Waiting:
    number, command, arguments, disclosures, signers, source, payload, signatures, follows, _ = row
    proposal = Proposal(
        msgspec.json.decode(arguments, type=BY_COMMAND_NAME[command].command),
        msgspec.json.decode(signers, type=tuple[Signer, ...]),
        tuple(map(Disclosure.parse, msgspec.json.decode(disclosures))),
        bool(follows),
    )
    return Waiting(number, proposal, source, payload, msgspec.json.decode(signatures, type=dict[str, Signature]))
