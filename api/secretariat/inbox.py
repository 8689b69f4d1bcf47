"""The inbox: commands that wait for the officers who must sign them.

A command becomes a statement when it is prepared: this fixes its stream, version and time. A prepared statement
stays as it is while it can be recorded. When the record has moved on, or the statement is too old, it is prepared
anew, and the signatures given so far are void. Personal values stay here until the statement is recorded or the
person is erased; the arguments of a command hold only their digests.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar

import msgspec
from eventsourcing.persistence import PersistenceError

from api.secretariat import forthcoming
from api.secretariat.importing import answers
from api.secretariat.proposals import Proposal, Waiting, about_erased, read_row, row_of
from api.secretariat.replays import Replays
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
from ledger.store.opening import open_database
from ledger.store.port import LARGEST, Cursor, Row, rewrite
from ledger.store.submission import Prepared, Receipt, Submission
from ledger.words import Words

DATABASE = "desk.db"
IMPORTED_ONCE = frozenset({"session", "candidates", "scores"})
_TABLES = (
    "CREATE TABLE IF NOT EXISTS proposals ("
    "id INTEGER PRIMARY KEY, command TEXT NOT NULL, arguments BLOB NOT NULL, disclosures BLOB NOT NULL, "
    "signers BLOB NOT NULL, source TEXT NOT NULL, payload BLOB, signatures BLOB NOT NULL, follows INTEGER NOT NULL, "
    "leaf INTEGER)",
    "CREATE TABLE IF NOT EXISTS imported_files ("
    "sha256 TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (sha256, source))",
    "CREATE TABLE IF NOT EXISTS requests ("
    "person TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, number INTEGER NOT NULL, "
    "until INTEGER NOT NULL, PRIMARY KEY (person, key))",
    answers.TABLE,
    "DROP TABLE IF EXISTS answers",  # of an earlier version: they held names
)
_INSERT = (
    "INSERT INTO proposals (command, arguments, disclosures, signers, source, payload, signatures, follows) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"
)


class NotFiled(Refused):
    """Refusals to file a proposal, or to prepare it yet."""

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
    """The proposals that wait, in the order in which they were filed. Safe for threads, and beside other processes.

    ``record`` records a complete statement; through a ``Writer``, officers who sign at once share a commit.
    """

    def __init__(self, ledger: Ledger, record: Callable[[Submission], Receipt] | None = None) -> None:
        self._ledger = ledger
        self._record = record or ledger.record
        self._lock = RLock()
        self._cursor: Cursor | None = None  # of the transaction that is open
        self._may_hold_removed_values = True  # until that was checked: a process may have died before
        self._database = open_database(ledger.folder / DATABASE)
        self._database.create(_TABLES)
        self.replays = Replays(self._database)
        # A process that died after recording a statement, and before noting it here, left it waiting.
        for item in self._select("WHERE leaf IS NULL AND payload IS NOT NULL"):
            if item.payload is not None and (receipt := ledger.receipt(item.payload)) is not None:
                self._settle(item, receipt)
        self._forget_erased()

    def close(self) -> None:
        self._database.close()

    def file_import(
        self,
        proposals: Iterable[Proposal],
        source: str,
        files: dict[str, str],
        answered: Iterable[answers.Answer],
        planned_on: Iterable[int],
    ) -> None:
        """File an import as :meth:`file` does, and keep the answers by which it was planned.

        Raises ``Conflict`` when other proposals wait than ``planned_on``, by number.
        """
        with self._transaction() as cursor:
            self.require_not_imported(source, files)
            if [item.number for item in self.waiting()] != list(planned_on):
                raise Conflict("moved-on", "what waits changed since the import was planned: import again")
            answers.keep(cursor, source, answered, self._ledger.now())
            self.file(proposals, source, files)

    def file(self, proposals: Iterable[Proposal], source: str, files: dict[str, str] | None = None) -> list[int]:
        """File proposals, all or none, and return their numbers.

        ``files`` maps the digests of an import to names. Raises ``Refused`` when it was imported before.
        """
        with self._transaction() as cursor:
            if files is not None:
                self.require_not_imported(source, files)
                rows = [(digest, name, source) for digest, name in files.items()]
                cursor.executemany("INSERT INTO imported_files VALUES (?, ?, ?)", rows)
            return [self._insert(proposal, source) for proposal in proposals]

    def require_not_imported(self, source: str, files: dict[str, str]) -> None:
        """Require that the source is new, and each of its files that names people or scores.

        Two workshops may share a plan, not their candidates. Raises ``Refused``.
        """
        if self._rows("SELECT 1 FROM imported_files WHERE source = ?", source):
            raise NotFiled("workshop-imported", session=source)
        for digest, name in files.items():
            known = self._rows("SELECT name, source FROM imported_files WHERE sha256 = ?", digest)
            if known and Path(name).stem in IMPORTED_ONCE:
                raise NotFiled("file-imported", file=name, name=known[0]["name"], source=known[0]["source"])

    def require_new(self, proposal: Proposal) -> None:
        """Refuse to propose what waits already. Raises ``Refused`` with its number."""
        forthcoming.require_new(proposal, self._ledger, self.waiting())

    def propose(
        self, proposal: Proposal, source: str, request: Request | None = None
    ) -> tuple[Waiting, Prepared | None]:
        """File one proposal that can be signed now, and prepare its statement.

        A ``request`` that was sent before files nothing: the earlier proposal is returned, with its statement for a
        signer, and with None for others. A request is remembered for as long as a statement can wait for signatures.
        Raises ``Refused``, and ``Conflict`` when the key came with a different request before.
        """
        with self._transaction() as cursor:
            if request is not None and (filed := self._filed_by(request)) is not None:
                signs = any(signer.person == request.person for signer in proposal.signers)
                if signs:
                    return self.prepare(filed, request.person)
                known = self.find(filed)
                assert known is not None  # requests are removed with what they filed
                return known, None
            prepared = self._ledger.prepare(proposal.command, proposal.signers, proposal.disclosures)
            self.require_new(proposal)
            number = self._insert(proposal, source, prepared.payload)
            if request is not None:
                until = int((self._ledger.now() + STATEMENT_LIFETIME).timestamp())
                row = (request.person, request.key, request.digest, number, until)
                cursor.execute("INSERT INTO requests VALUES (?, ?, ?, ?, ?)", row)
            return Waiting(number, proposal, source, prepared.payload, {}), prepared

    def waiting(self, person: str | None = None) -> list[Waiting]:
        """Return what is not recorded yet; for a person, what they have not signed yet. Nothing is prepared."""
        waiting = self._forget_erased()
        return waiting if person is None else [w for w in waiting if person in w.people - w.signatures.keys()]

    def find(self, number: int) -> Waiting | None:
        """Return a proposal by its number, or None; once recorded, with the signatures of its statement."""
        item = self._row(number)
        return item if item is None or item.leaf is None else self._as_recorded(item, item.leaf)[0]

    def preview(self, item: Waiting) -> Prepared:
        """Return what would be signed now; nothing is written. Raises ``Refused``."""
        prepared = self._prepared(item)
        if isinstance(prepared, Receipt):  # by a process that died before noting it here
            raise _unknown(item.number)
        return prepared

    def prepare(self, number: int, person: str) -> tuple[Waiting, Prepared]:
        """Return the statement for one of its signers: as prepared before while it can be recorded, else prepared anew.

        A statement that is prepared anew has no signatures. Once recorded, it is returned as it was signed.
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
        """Sign with a key at hand, and return as :meth:`add` does.

        Raises ``Refused`` while the rules say no, and ``Conflict`` when signatures became void.
        """
        return self.add(number, person, self.prepare(number, person)[1].signed_by(key))

    def add(self, number: int, person: str, signature: Signature) -> Receipt | Waiting:
        """Add one officer's signature of the prepared statement, and submit the statement with the last one.

        Returns the receipt, or the proposal that waits for another signature. The same signature sent again has the
        same result.
        Raises ``Refused`` or a ``LedgerError``.
        """
        with self._transaction():  # no other signature is added in between
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
            if not item.people <= item.signatures.keys():
                self._update(number, signatures=msgspec.json.encode(item.signatures))
                return item
        envelope = seal(payload, tuple(item.signatures[signer.person] for signer in proposal.signers))
        return self._submit(item, Submission(proposal.command, envelope, proposal.disclosures))

    def sign_all(self, keys: dict[str, SigningKey]) -> list[Receipt]:
        """Sign whatever is ready with these keys, by person id, until nothing more is; return the receipts."""
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

    @contextmanager
    def _transaction(self, *, commit: bool = True) -> Iterator[Cursor]:
        """Open a transaction, or join the open one."""
        with self._lock:
            if self._cursor is not None:
                yield self._cursor
                return
            with self._database.transaction(commit=commit) as self._cursor:
                try:
                    yield self._cursor
                finally:
                    self._cursor = None

    def _submit(self, item: Waiting, submission: Submission) -> Receipt:
        """Record a complete statement. The ledger knows whether it is recorded already."""
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
        """Note where a statement is recorded, remove its values, and file the next step."""
        with self._transaction():
            if self._update(item.number, leaf=receipt.index, disclosures=b"[]", payload=None, signatures=b"{}"):
                self._next_step(receipt, item.source)
        self._may_hold_removed_values |= bool(item.proposal.disclosures)
        self._remove_copies()

    def _require_genuine(self, payload: bytes, person: str, signature: Signature) -> None:
        """Raise ``Unverifiable`` at once for a false signature, rather than with the last one."""
        event, read = decode_payload(payload), self._ledger.read()
        signer = next(signer for signer in event.by if signer.person == person)
        if not claim_of(0, signer, signature, pae(STATEMENT_TYPE, payload), event, read).holds():
            raise Unverifiable("signature-invalid", f"signature: it does not hold under key {signature.keyid}")

    def _forget_erased(self) -> list[Waiting]:
        """Remove, from the file too, all that is about a person who was erased; return what waits."""
        waiting = self._select("WHERE leaf IS NULL ORDER BY id")
        requested = self._select("WHERE leaf IS NOT NULL AND id IN (SELECT number FROM requests)")
        gone = about_erased([*waiting, *requested], self._ledger.read())
        if gone:
            rows = [(number,) for number in gone]
            with self._transaction() as cursor:
                cursor.executemany("DELETE FROM proposals WHERE id = ? AND leaf IS NULL", rows)
                # The requests that filed them too: the database uses the last number again.
                cursor.executemany("DELETE FROM requests WHERE number = ?", rows)
                rewrite(cursor, "proposals")
            self._may_hold_removed_values = True
        self._remove_copies()
        return [item for item in waiting if item.number not in gone]

    def _remove_copies(self) -> None:
        """Remove the last copies of removed values, now or once no other process is reading them."""
        if self._may_hold_removed_values and self._cursor is None:
            with suppress(PersistenceError):
                self._may_hold_removed_values = not self._database.forget_erased()

    def _filed_by(self, request: Request) -> int | None:
        """Return the number that this request filed before. Raises ``Conflict`` when its key came with another."""
        now = int(self._ledger.now().timestamp())
        with self._transaction() as cursor:
            cursor.execute("DELETE FROM requests WHERE until <= ?", (now,))
        statement = "SELECT request, number FROM requests WHERE person = ? AND key = ?"
        known = self._rows(statement, request.person, request.key)
        if known and known[0]["request"] != request.digest:
            raise Conflict("idempotency-key-reused", "Idempotency-Key: it came with another request before")
        return int(known[0]["number"]) if known else None

    def _prepared(self, item: Waiting) -> Prepared | Receipt:
        """Return the statement prepared before while it can be recorded, else a new one.

        Returns its receipt when it is recorded, which was not noted here. Raises ``Refused``.
        """
        proposal = item.proposal
        if item.payload is not None:
            resumed = self._ledger.resume(item.payload, proposal.command, proposal.disclosures)
            if resumed is not None:
                return resumed
        earlier = "SELECT 1 FROM proposals WHERE id < ? AND source = ? AND leaf IS NULL LIMIT 1"
        if proposal.follows and self._rows(earlier, item.number, item.source):
            raise NotFiled("not-yet")
        return self._ledger.prepare(proposal.command, proposal.signers, proposal.disclosures)

    def _as_recorded(self, item: Waiting, leaf: int) -> tuple[Waiting, Prepared]:
        """Return a proposal and its statement as they were signed and recorded."""
        (entry,) = self._ledger.entries(leaf, leaf + 1)
        envelope = open_envelope(entry.state)
        event = decode_payload(envelope.payload)
        signatures = {signer.person: signature for signer, signature in match_signatures(envelope, event)}
        item = msgspec.structs.replace(item, payload=envelope.payload, signatures=signatures, leaf=leaf)
        return item, Prepared(envelope.payload, event, self._ledger.read())

    def _next_step(self, receipt: Receipt, source: str) -> None:
        """After a grant, file the issue of the certificate for a registrar, if there is one."""
        if receipt.wire_name == BY_FACT[CertificationGranted].wire_name:
            command = IssueCertificate(certification_id=Stream.parse(receipt.stream).id)
            for registrar in self._ledger.holders(Role.REGISTRAR)[:1]:
                self.file([Proposal(command, (Signer(registrar, Role.REGISTRAR),))], source)

    def _row(self, number: int) -> Waiting | None:
        return next(iter(self._select("WHERE id = ?", number)), None) if 0 < number <= LARGEST else None

    def _found(self, number: int, person: str) -> Waiting:
        """Return a proposal that this person signs. Raises ``Refused``."""
        item = self._row(number)
        if item is None or person not in item.people:
            raise _unknown(number)
        return item

    def _select(self, where: str, *parameters: object) -> list[Waiting]:
        return list(map(read_row, self._rows(f"SELECT * FROM proposals {where}", *parameters)))

    def _rows(self, statement: str, *parameters: object) -> list[Row]:
        with self._transaction(commit=False) as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()

    def _insert(self, proposal: Proposal, source: str, payload: bytes | None = None) -> int:
        with self._transaction() as cursor:
            cursor.execute(_INSERT, row_of(proposal, source, payload))
            return int(cursor.fetchall()[0]["id"])

    def _update(self, number: int, **columns: Any) -> bool:
        """Change a proposal that is not recorded yet; return whether there was one."""
        assignments = ", ".join(f"{column} = ?" for column in columns)
        statement = f"UPDATE proposals SET {assignments} WHERE id = ? AND leaf IS NULL RETURNING id"
        with self._transaction() as cursor:
            cursor.execute(statement, (*columns.values(), number))
            return bool(cursor.fetchall())


def _unknown(number: int) -> Refused:
    return Refused("unknown", kind="statement", id=number)
