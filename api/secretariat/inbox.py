"""The inbox: commands that wait for the officers who must sign them.

A command becomes a statement when it is prepared: then stream, version and time are fixed. A prepared
statement stays as it is for as long as it could be recorded; when the record moved on, or it grew too old, it is
prepared anew and the signatures given so far are void. Values that wait here leave the inbox with the statement,
and with the erasure of the person they are about; the arguments of a command hold only their digests.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar

import msgspec

from api.secretariat.proposals import Proposal, Waiting, about_erased, read_row, row_of
from ledger.domain.catalogue import BY_FACT
from ledger.domain.dating import STATEMENT_LIFETIME
from ledger.domain.deciding import public_key_for
from ledger.domain.decisions.certification import IssueCertificate
from ledger.domain.events.certification import CertificationGranted
from ledger.domain.events.persons import PersonalDataErased
from ledger.domain.record import Event, Fact, Role, Signer, Stream
from ledger.domain.refusal import Refused
from ledger.errors import Conflict, LedgerError, Unverifiable
from ledger.signing.envelope import STATEMENT_TYPE, Signature, open_envelope, pae, seal
from ledger.signing.keys import SigningKey, verify
from ledger.signing.statement import decode_payload, match_signatures
from ledger.store.ledger import Ledger
from ledger.store.submission import Prepared, Receipt, Submission
from ledger.store.writer import Writer
from ledger.words import Words

DATABASE = "desk.db"
LAST_NUMBER = 2**63 - 1  # SQLite counts no further
IMPORTED_ONCE = frozenset({"session", "candidates", "scores"})
_TABLES = """
CREATE TABLE IF NOT EXISTS proposals (
    id INTEGER PRIMARY KEY, command TEXT NOT NULL, arguments BLOB NOT NULL, disclosures BLOB NOT NULL,
    signers BLOB NOT NULL, source TEXT NOT NULL, payload BLOB, signatures BLOB NOT NULL, follows INTEGER NOT NULL,
    leaf INTEGER);
CREATE TABLE IF NOT EXISTS imported_files (
    sha256 TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (sha256, source));
CREATE TABLE IF NOT EXISTS requests (
    person TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, number INTEGER NOT NULL, until INTEGER NOT NULL,
    PRIMARY KEY (person, key));
DROP TABLE IF EXISTS answers; -- of an earlier version: they held names
"""
_INSERT = (
    "INSERT INTO proposals (command, arguments, disclosures, signers, source, payload, signatures, follows) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


class NotFiled(Refused):
    """What is not filed, or not prepared yet."""

    texts: ClassVar = {
        "workshop-imported": Words(
            "workshop {session} has already been imported", "l’atelier {session} a déjà été importé"
        ),
        "file-imported": Words(
            "{file} has already been imported, as {name} of {source}",
            "{file} a déjà été importé, sous le nom {name} de {source}",
        ),
        "not-yet": Words(
            "an earlier step has not been recorded yet", "une étape précédente n’est pas encore enregistrée"
        ),
        "signer-not-named": Words(
            "{person} is not among the signers; only a registrar or a programme manager may file statements for others",
            "{person} ne figure pas parmi les signataires ; seuls les responsables du registre et du programme "
            "peuvent déposer des déclarations pour autrui",
        ),
    }


class Inbox:
    """What waits, in the order in which it was filed. Safe for threads, and beside other processes.

    Many officers at once share their commits through a ``writer``.
    """

    def __init__(self, ledger: Ledger, writer: Writer | None = None) -> None:
        self._ledger = ledger
        self._record = ledger.record if writer is None else writer.record
        self._lock = RLock()
        self._database = sqlite3.connect(ledger.folder / DATABASE, check_same_thread=False)
        self._database.executescript("PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON;" + _TABLES)
        for item in self._select("WHERE leaf IS NULL"):
            self._settled(item)
        self._forget_erased()

    def close(self) -> None:
        self._database.close()

    def file(self, proposals: Iterable[Proposal], source: str, files: dict[str, str] | None = None) -> list[int]:
        """Put proposals in the inbox, all or none; answers their numbers.

        ``files`` maps the digests of an import to names. Raises ``Refused`` when it was imported before.
        """
        with self._transaction():
            if files is not None:
                self.require_not_imported(source, files)
                rows = [(digest, name, source) for digest, name in files.items()]
                self._database.executemany("INSERT INTO imported_files VALUES (?, ?, ?)", rows)
            return [self._insert(proposal, source) for proposal in proposals]

    def require_not_imported(self, source: str, files: dict[str, str]) -> None:
        """A source is imported once, and a file that names people or scores once under any source.

        Two workshops may share a plan, not their candidates. Raises ``Refused``.
        """
        with self._lock:
            if self._database.execute("SELECT 1 FROM imported_files WHERE source = ?", (source,)).fetchone():
                raise NotFiled("workshop-imported", session=source)
            for digest, name in files.items():
                known = self._database.execute(
                    "SELECT name, source FROM imported_files WHERE sha256 = ?", (digest,)
                ).fetchone()
                if known and Path(name).stem in IMPORTED_ONCE:
                    raise NotFiled("file-imported", file=name, name=known[0], source=known[1])

    def propose(self, proposal: Proposal, source: str) -> int:
        """File one proposal that can be signed now, prepared; answers its number. Raises ``Refused``."""
        prepared = self._ledger.prepare(proposal.command, proposal.signers, proposal.disclosures)
        with self._transaction():
            return self._insert(proposal, source, prepared.payload)

    def once(self, person: str, key: str, request: str, act: Callable[[], int]) -> int:
        """The number that ``act`` answered to this request of a person under this key, now or the first time.

        It is kept in the transaction in which ``act`` files what it files, for as long as a statement may wait for
        its signatures. Raises ``Conflict`` when the key came with another request before.
        """
        with self._transaction():
            now = int(self._ledger.now().timestamp())
            self._database.execute("DELETE FROM requests WHERE until <= ?", (now,))
            known = self._database.execute(
                "SELECT request, number FROM requests WHERE person = ? AND key = ?", (person, key)
            ).fetchone()
            if known is None:
                number, until = act(), now + int(STATEMENT_LIFETIME.total_seconds())
                row = (person, key, request, number, until)
                self._database.execute("INSERT INTO requests VALUES (?, ?, ?, ?, ?)", row)
                return number
        if known[0] != request:
            raise Conflict("idempotency-key-reused", "Idempotency-Key: it came with another request before")
        return int(known[1])

    def waiting(self, person: str | None = None) -> list[Waiting]:
        """What is not recorded yet; for one person, what they have not signed yet. It prepares nothing."""
        self._forget_erased()
        found = self._select("WHERE leaf IS NULL ORDER BY id")
        return [item for item in found if person is None or item.waits_for(person)]

    def find(self, number: int) -> Waiting | None:
        """A proposal by its number; once it is recorded, with the statement as it was signed."""
        item = next(iter(self._select("WHERE id = ?", number)), None) if 0 < number <= LAST_NUMBER else None
        if item is not None and self._settled(item):
            return self.find(number)
        if item is None or item.leaf is None:
            return item
        (entry,) = self._ledger.entries(item.leaf, item.leaf + 1)
        envelope = open_envelope(entry.state)
        signed = match_signatures(envelope, decode_payload(envelope.payload))
        signatures = {signer.person: signature for signer, signature in signed}
        return msgspec.structs.replace(item, payload=envelope.payload, signatures=signatures)

    def preview(self, item: Waiting) -> Event[Fact]:
        """What would be signed now; nothing is written. Raises ``Refused``."""
        return self._kept(item) or self._prepared(item).event

    def prepare(self, number: int) -> tuple[bytes, Event[Fact]]:
        """The bytes to sign (inside the PAE) and what they say: those that were prepared before, while they hold.

        Raises ``Refused``.
        """
        with self._transaction():
            item = self._still_waiting(self.find(number), number)
            event = self._kept(item)
            if event is not None and item.payload is not None:
                return item.payload, event
            prepared = self._prepared(item)
            self._update(number, payload=prepared.payload, signatures=b"{}")
            return prepared.payload, prepared.event

    def sign(self, number: int, person: str, key: SigningKey) -> Receipt | None:
        """Sign with a key at hand; answers the receipt, or None while another signature is missing.

        Raises ``Refused`` while the rules say no, and ``Conflict`` when signatures became void.
        """
        message = pae(STATEMENT_TYPE, self.prepare(number)[0])
        return self.add(number, person, Signature(key.key_id, key.sign(message)))

    def add(self, number: int, person: str, signature: Signature) -> Receipt | None:
        """Take one officer's signature of the prepared statement; with the last one it is submitted.

        The same again is answered the same, also when it is recorded.
        """
        with self._transaction():  # nobody else's signature comes in between
            # Looked up once: the same signature, sent twice at once, may be recorded after any look.
            item = self.find(number)
            if item is not None and item.leaf is not None and signature in item.signatures.values():
                return self._receipt(item.leaf)
            item = self._still_waiting(item, number)
            if item.payload is None or person not in item.people:
                raise Unverifiable("signature-not-wanted", f"no signature of {person} is wanted here")
            payload = item.payload
            self._require_genuine(payload, person, signature)
            item = msgspec.structs.replace(item, signatures={**item.signatures, person: signature})
            if not item.is_complete:
                self._update(number, signatures=msgspec.json.encode(item.signatures))
                return None
        return self._submit(item, payload)

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
        """Take a proposal out of the inbox that nobody will sign."""
        with self._transaction():
            self._forget([number])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One transaction that has the write lock from its start, or a part of the one that is open."""
        with self._lock:
            if self._database.in_transaction:
                yield
                return
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                yield

    def _submit(self, item: Waiting, payload: bytes) -> Receipt:
        ordered = tuple(item.signatures[signer.person] for signer in item.proposal.signers)
        submission = Submission(item.proposal.command, seal(payload, ordered), item.proposal.disclosures)
        try:
            try:
                receipt = self._record(submission)
            except (Refused, Conflict):
                receipt = self._record(submission)  # sent twice at once: perhaps the other one was recorded
        except (Refused, LedgerError):
            self._update(item.number, payload=None, signatures=b"{}")
            raise
        self._settle(item, receipt)
        if receipt.wire_name == BY_FACT[PersonalDataErased].wire_name:
            self._forget_erased()
        return receipt

    def _settle(self, item: Waiting, receipt: Receipt) -> None:
        """It is recorded: it waits no longer, needs its values here no longer, and what follows it is filed."""
        with self._transaction():
            if self._update(item.number, leaf=receipt.index, disclosures=b"[]", payload=None, signatures=b"{}"):
                self._next_step(receipt, item.source)

    def _settled(self, item: Waiting) -> bool:
        """Whether it was recorded, and what was to be written here afterwards failed: that is done now."""
        if item.leaf is not None or item.payload is None:
            return False
        event = decode_payload(item.payload)
        found = self._ledger.log.locate(event.stream, event.version)
        if found is None or open_envelope(found[1]).payload != item.payload:
            return False
        self._settle(item, Receipt(found[0] - 1, event.stream, event.version, event.type))
        return True

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
        """Whatever is about a person whose data were erased leaves the inbox, and the file."""
        waiting = self._select("WHERE leaf IS NULL")
        asked = self._select("WHERE leaf IS NOT NULL AND id IN (SELECT number FROM requests)")
        gone = about_erased([*waiting, *asked], self._ledger.read())
        if not gone:
            return
        with self._transaction():
            self._forget(gone)
        with self._lock:
            self._database.execute("VACUUM")  # rows that were moved leave copies in the gaps of pages

    def _forget(self, numbers: Iterable[int]) -> None:
        """Out of the inbox, and no request is answered with them: SQLite gives the last number again."""
        rows = [(number,) for number in numbers]
        self._database.executemany("DELETE FROM proposals WHERE id = ? AND leaf IS NULL", rows)
        self._database.executemany("DELETE FROM requests WHERE number = ?", rows)

    def _kept(self, item: Waiting) -> Event[Fact] | None:
        """The statement that was prepared before, while it could be recorded as it is. Raises ``Refused``."""
        if item.payload is None:
            return None
        event, proposal = decode_payload(item.payload), item.proposal
        return event if self._ledger.holds(event, proposal.command, proposal.disclosures) else None

    def _prepared(self, item: Waiting) -> Prepared:
        """The statement for the record as it stands now. Raises ``Refused``."""
        proposal = item.proposal
        if proposal.follows and self._is_preceded(item):
            raise NotFiled("not-yet")
        return self._ledger.prepare(proposal.command, proposal.signers, proposal.disclosures)

    def _is_preceded(self, item: Waiting) -> bool:
        with self._lock:
            earlier = self._database.execute(
                "SELECT 1 FROM proposals WHERE id < ? AND source = ? AND leaf IS NULL", (item.number, item.source)
            )
            return earlier.fetchone() is not None

    def _next_step(self, receipt: Receipt, source: str) -> None:
        """Who is granted a certification is issued a certificate: file that for a registrar, if there is one."""
        if receipt.wire_name == BY_FACT[CertificationGranted].wire_name:
            command = IssueCertificate(certification_id=Stream.parse(receipt.stream).id)
            for registrar in self._ledger.holders(Role.REGISTRAR)[:1]:
                self.file([Proposal(command, (Signer(registrar, Role.REGISTRAR),))], source)

    def _receipt(self, leaf: int) -> Receipt:
        (entry,) = self._ledger.entries(leaf, leaf + 1)
        return Receipt(leaf, str(entry.originator_id), entry.originator_version, entry.topic)

    def _still_waiting(self, item: Waiting | None, number: int) -> Waiting:
        if item is None or item.leaf is not None:
            raise Refused("unknown", kind="proposal", id=number)
        return item

    def _select(self, where: str, *parameters: object) -> list[Waiting]:
        with self._lock:
            return list(map(read_row, self._database.execute(f"SELECT * FROM proposals {where}", parameters)))

    def _insert(self, proposal: Proposal, source: str, payload: bytes | None = None) -> int:
        number = self._database.execute(_INSERT, row_of(proposal, source, payload)).lastrowid
        assert number is not None  # of an insert
        return number

    def _update(self, number: int, **columns: Any) -> bool:
        """Change what is not recorded yet; answers whether there was such a one."""
        assignments = ", ".join(f"{column} = ?" for column in columns)
        with self._transaction():
            changed = self._database.execute(
                f"UPDATE proposals SET {assignments} WHERE id = ? AND leaf IS NULL", (*columns.values(), number)
            )
            return changed.rowcount > 0
