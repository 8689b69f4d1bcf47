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
from ledger.domain.dating import STATEMENT_LIFETIME
from ledger.domain.decisions.certification import IssueCertificate
from ledger.domain.events.certification import CertificationGranted
from ledger.domain.events.persons import PersonalDataErased
from ledger.domain.record import Role, Signer, Stream
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_FACT
from ledger.errors import Conflict, LedgerError, Unverifiable
from ledger.signing.envelope import STATEMENT_TYPE, Signature, open_envelope, pae, seal
from ledger.signing.keys import SigningKey
from ledger.signing.statement import decode_payload, match_signatures
from ledger.signing.verifying import claim_of
from ledger.store.ledger import Ledger
from ledger.store.submission import Prepared, Receipt, Submission
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


class Request(msgspec.Struct, frozen=True):
    """A request that may be sent again: its sender, its Idempotency-Key, and the digest of what it asks for."""

    person: str
    key: str
    digest: str


class Inbox:
    """What waits, in the order in which it was filed. Safe for threads, and beside other processes.

    ``record`` records what is complete; many officers at once share their commits through that of a ``Writer``.
    """

    def __init__(self, ledger: Ledger, record: Callable[[Submission], Receipt] | None = None) -> None:
        self._ledger = ledger
        self._record = record or ledger.record
        self._lock = RLock()
        self._database = sqlite3.connect(ledger.folder / DATABASE, check_same_thread=False)
        self._database.executescript("PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON;" + _TABLES)
        # A process that stopped between recording a statement and noting it here left it waiting.
        for item in self._select("WHERE leaf IS NULL AND payload IS NOT NULL"):
            if item.payload is not None and (receipt := ledger.receipt(item.payload)) is not None:
                self._settle(item, receipt)
        self._forget_erased()

    def close(self) -> None:
        self._database.close()

    def file(self, proposals: Iterable[Proposal], source: str, files: dict[str, str] | None = None) -> list[int]:
        """File proposals, all or none; returns their numbers.

        ``files`` maps the digests of an import to names. Raises ``Refused`` when it was imported before.
        """
        with self._transaction():
            if files is not None:
                self.require_not_imported(source, files)
                rows = [(digest, name, source) for digest, name in files.items()]
                self._database.executemany("INSERT INTO imported_files VALUES (?, ?, ?)", rows)
            return [self._insert(proposal, source) for proposal in proposals]

    def require_not_imported(self, source: str, files: dict[str, str]) -> None:
        """Require that the source is new, and each of its files that names people or scores.

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

    def propose(
        self, proposal: Proposal, source: str, request: Request | None = None
    ) -> tuple[Waiting, Prepared | None]:
        """File one proposal that can be signed now, and prepare its statement.

        A ``request`` that was sent before files nothing: the proposal of the first time is returned, with None.
        It is known for as long as a statement may wait for its signatures. Raises ``Refused``, and ``Conflict`` when
        the key came with another request before.
        """
        with self._transaction():
            number = None if request is None else self._filed_by(request)
            if number is not None:
                return self._found(number), None
            prepared = self._ledger.prepare(proposal.command, proposal.signers, proposal.disclosures)
            number = self._insert(proposal, source, prepared.payload)
            if request is not None:
                until = int((self._ledger.now() + STATEMENT_LIFETIME).timestamp())
                row = (request.person, request.key, request.digest, number, until)
                self._database.execute("INSERT INTO requests VALUES (?, ?, ?, ?, ?)", row)
            return Waiting(number, proposal, source, prepared.payload, {}), prepared

    def waiting(self, person: str | None = None) -> list[Waiting]:
        """What is not recorded yet; for one person, what they have not signed yet. It prepares nothing."""
        return [item for item in self._forget_erased() if person is None or item.waits_for(person)]

    def find(self, number: int) -> Waiting | None:
        """A proposal by its number; once it is recorded, with the signatures of its statement."""
        item = self._row(number)
        return item if item is None or item.leaf is None else self._as_recorded(item, item.leaf)[0]

    def preview(self, item: Waiting) -> Prepared:
        """What would be signed now; nothing is written. Raises ``Refused``."""
        prepared = self._prepared(item)
        if isinstance(prepared, Receipt):  # another process recorded it, and stopped before noting it here
            raise _unknown(item.number)
        return prepared

    def prepare(self, number: int, person: str) -> tuple[Waiting, Prepared]:
        """The statement that a person is to sign: what was prepared before, while it can be recorded as it is.

        When it cannot, it is prepared anew, without signatures. Once recorded, it is what was signed.
        Raises ``Refused``.
        """
        with self._transaction():
            item = self._found(number, person)
            if item.leaf is not None:
                return self._as_recorded(item, item.leaf)
            prepared = self._prepared(item)
            if isinstance(prepared, Receipt):
                self._settle(item, prepared)
                return self._as_recorded(item, prepared.index)
            if prepared.payload != item.payload:
                self._update(number, payload=prepared.payload, signatures=b"{}")
                item = msgspec.structs.replace(item, payload=prepared.payload, signatures={})
            return item, prepared

    def sign(self, number: int, person: str, key: SigningKey) -> Receipt | Waiting:
        """Sign with a key at hand; returns as :meth:`add` does.

        Raises ``Refused`` while the rules say no, and ``Conflict`` when signatures became void.
        """
        return self.add(number, person, self.prepare(number, person)[1].signed_by(key))

    def add(self, number: int, person: str, signature: Signature) -> Receipt | Waiting:
        """Take one officer's signature of the prepared statement; with the last one it is submitted.

        Returns the receipt, or what waits for another signature. The same again returns the same.
        Raises ``Refused`` or a ``LedgerError``.
        """
        with self._transaction():  # nobody else's signature comes in between
            item = self._found(number, person)
            if item.leaf is not None:
                signed, prepared = self._as_recorded(item, item.leaf)
                if signature not in signed.signatures.values():
                    raise _unknown(number)
                return Receipt(item.leaf, prepared.event.stream, prepared.event.version, prepared.event.type)
            if item.payload is None:
                raise Unverifiable("signature-not-wanted", f"no signature of {person} is wanted here")
            payload, proposal = item.payload, item.proposal
            self._require_genuine(payload, person, signature)
            item = msgspec.structs.replace(item, signatures={**item.signatures, person: signature})
            if not item.is_complete:
                self._update(number, signatures=msgspec.json.encode(item.signatures))
                return item
        envelope = seal(payload, tuple(item.signatures[signer.person] for signer in proposal.signers))
        return self._submit(item, Submission(proposal.command, envelope, proposal.disclosures))

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
                        added = self.sign(waiting.number, signer.person, keys[signer.person])
                    except (Refused, LedgerError):
                        break  # not ready yet; what comes before it may make it so
                    moved = True
                    if isinstance(added, Receipt):
                        receipts.append(added)
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

    def _submit(self, item: Waiting, submission: Submission) -> Receipt:
        """Record what everyone signed. Sent again, it is the ledger that knows that it was recorded."""
        try:
            receipt = self._record(submission)
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

    def _require_genuine(self, payload: bytes, person: str, signature: Signature) -> None:
        """A signature that does not hold is refused at once, not only with the last one."""
        event, read = decode_payload(payload), self._ledger.read()
        signer = next(signer for signer in event.by if signer.person == person)
        if not claim_of(0, signer, signature, pae(STATEMENT_TYPE, payload), event, read).holds():
            raise Unverifiable("signature-invalid", f"signature: it does not hold under key {signature.keyid}")

    def _forget_erased(self) -> list[Waiting]:
        """Remove whatever is about a person whose data were erased, also from the file; returns what waits."""
        waiting = self._select("WHERE leaf IS NULL ORDER BY id")
        requested = self._select("WHERE leaf IS NOT NULL AND id IN (SELECT number FROM requests)")
        gone = about_erased([*waiting, *requested], self._ledger.read())
        if gone:
            with self._transaction():
                self._forget(gone)
            with self._lock:
                self._database.execute("VACUUM")  # rows that were moved leave copies in the gaps of pages
        return [item for item in waiting if item.number not in gone]

    def _forget(self, numbers: Iterable[int]) -> None:
        """Out of the inbox, and no request is answered with them: SQLite gives the last number again."""
        rows = [(number,) for number in numbers]
        self._database.executemany("DELETE FROM proposals WHERE id = ? AND leaf IS NULL", rows)
        self._database.executemany("DELETE FROM requests WHERE number = ?", rows)

    def _filed_by(self, request: Request) -> int | None:
        """The number of what this request filed before. Raises ``Conflict`` when its key came with another one."""
        now = int(self._ledger.now().timestamp())
        self._database.execute("DELETE FROM requests WHERE until <= ?", (now,))
        known = self._database.execute(
            "SELECT request, number FROM requests WHERE person = ? AND key = ?", (request.person, request.key)
        ).fetchone()
        if known is not None and known[0] != request.digest:
            raise Conflict("idempotency-key-reused", "Idempotency-Key: it came with another request before")
        return None if known is None else int(known[1])

    def _prepared(self, item: Waiting) -> Prepared | Receipt:
        """The statement prepared before, while it can be recorded as it is, or else a new one.

        Returns the receipt if it was recorded, and that was not noted here. Raises ``Refused``.
        """
        proposal = item.proposal
        if item.payload is not None:
            resumed = self._ledger.resume(item.payload, proposal.command, proposal.disclosures)
            if resumed is not None:
                return resumed
        if proposal.follows and self._is_preceded(item):
            raise NotFiled("not-yet")
        return self._ledger.prepare(proposal.command, proposal.signers, proposal.disclosures)

    def _as_recorded(self, item: Waiting, leaf: int) -> tuple[Waiting, Prepared]:
        """A proposal and its statement as they were signed and recorded."""
        (entry,) = self._ledger.entries(leaf, leaf + 1)
        envelope = open_envelope(entry.state)
        event = decode_payload(envelope.payload)
        signatures = {signer.person: signature for signer, signature in match_signatures(envelope, event)}
        item = msgspec.structs.replace(item, payload=envelope.payload, signatures=signatures, leaf=leaf)
        return item, Prepared(envelope.payload, event, self._ledger.read())

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

    def _row(self, number: int) -> Waiting | None:
        return next(iter(self._select("WHERE id = ?", number)), None) if 0 < number <= LAST_NUMBER else None

    def _found(self, number: int, person: str | None = None) -> Waiting:
        """A proposal; only for one of its signers where a person is named. Raises ``Refused``."""
        item = self._row(number)
        if item is None or (person is not None and person not in item.people):
            raise _unknown(number)
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


def _unknown(number: int) -> Refused:
    return Refused("unknown", kind="statement", id=number)
