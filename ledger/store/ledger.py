"""The ledger: it prepares statements, records signed ones, and returns what was recorded.

Preparing decides a command and returns the bytes to sign. Submitting decides it again: the decision must still be
what was signed. One batch of submissions is one transaction, followed by one signed checkpoint.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import RLock
from time import monotonic, sleep
from typing import Self

from eventsourcing.persistence import IntegrityError, Notification

from ledger.disclosures import Disclosure
from ledger.domain.deciding import next_event
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.record import Event, Fact, Head, Role, Signer, Stream
from ledger.domain.refusal import Refused
from ledger.errors import Conflict, Corrupt, LedgerError, Unreadable, Unverifiable
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.heads import sign_heads
from ledger.log.proof import InclusionProof
from ledger.log.tiles import FULL, Tile, bundle_bytes
from ledger.log.tree import RightEdge
from ledger.reading import ERASED, Draft
from ledger.signing.envelope import open_envelope
from ledger.signing.keys import SigningKey
from ledger.signing.statement import SignedEvent, decode_payload
from ledger.signing.verifying import Verifiers
from ledger.store.application import LedgerApplication
from ledger.store.batch import Batch, require_decision
from ledger.store.cache import folder_of
from ledger.store.clock import Clock, Timekeeper
from ledger.store.documents import DocumentStore
from ledger.store.earlier_values import seal_earlier
from ledger.store.erasures import LIST, persons, read_list, repeat
from ledger.store.founding import LOG_KEY, NONCE_BYTES, TRUST
from ledger.store.keystore.keeper import Keeper
from ledger.store.keystore.opening import FOLDER, VARIABLE, open_keys
from ledger.store.keystore.port import KeyStore, person
from ledger.store.migrations.backup import backups
from ledger.store.notes import Notes
from ledger.store.opening import open_founded
from ledger.store.port import Cursor, Unavailable, Uncertain
from ledger.store.publishing import Publications
from ledger.store.replica import Replica, uncollected
from ledger.store.submission import Answer, Prepared, Receipt, Submission, payload_to_sign, received
from ledger.store.tree import StoredTree
from ledger.store.vault import Vault
from ledger.trust import TrustRoot

RESOLVING_SECONDS, RESOLVING_PAUSE = 10.0, 0.2  # for which a lost commit is looked for, and between two attempts
STATES = "states.db"  # kept for the next process: see :mod:`ledger.store.remembering`
CACHED_TILES = 1024  # of 8 KiB each


class Ledger(AbstractContextManager["Ledger"]):
    """One ledger in one folder. Safe for threads, and beside other processes on the same folder."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        is_simulated: bool = False,
        read_only: bool = False,
        keys: KeyStore | None = None,
    ) -> None:
        self.folder, self.read_only = folder, read_only
        self.trust = TrustRoot.load(folder / TRUST)
        self.database = open_founded(folder, self.trust, read_only=read_only)
        self.application = LedgerApplication(self.database, has_tables=True)
        self.log = self.application.recorder
        self.tree = StoredTree(self.database)
        self.notes = Notes(self.database)
        self.keys = Keeper(keys or open_keys(folder))
        self.vault = Vault(self.database, self.keys)
        self.documents = DocumentStore(self.database, self.keys, self.log.lock, secrets.randbelow)
        self.time = Timekeeper(clock, is_simulated=is_simulated)
        self.publications = Publications(folder, self.notes, self.tree, self.log, self.trust, self.now)
        self._log_key = SigningKey.load(folder / LOG_KEY)
        if self._log_key.public != self.trust.verifier_key.public:
            raise Corrupt("log-key-other", f"{LOG_KEY} is not the key of {TRUST}: nobody could verify its checkpoints")
        self._lock = RLock()
        states = folder_of(folder) / STATES
        self._replica = Replica(self.application, self.vault, self.trust.origin, self.time, states, read_only=read_only)
        self._verifiers = Verifiers()
        self._hashes = lru_cache(CACHED_TILES)(self.tree.hashes)  # which never change
        self._forgotten = 0  # of those whom the memory knows as erased
        self.erased_again: tuple[str, ...] = ()

    @classmethod
    def open(
        cls,
        folder: Path,
        clock: Clock,
        *,
        is_simulated: bool = False,
        read_only: bool = False,
        keys: KeyStore | None = None,
    ) -> Self:
        """Open a founded ledger. Raises ``Corrupt`` when a checkpoint is not of its entries.

        ``is_simulated``: the clock may jump as it likes. ``read_only``: nothing is written to the database, which may
        be a replica. ``keys`` are the persons' keys if they are not where the folder's are.
        """
        ledger = cls(folder, clock, is_simulated=is_simulated, read_only=read_only, keys=keys)
        with ledger.database.snapshot():  # another process may append between one reading and the next
            size = ledger.log.size()
            signed = ledger.notes.latest_checkpoint(), ledger.notes.latest_published()
        for latest in signed:
            if latest is not None and latest[0] > size:
                raise Corrupt("checkpoint-ahead", f"a checkpoint of {latest[0]} entries was signed, the log has {size}")
        ledger.publications.require_not_behind()
        with ledger._lock:
            ledger._replica.catch_up()
            if read_only:
                return ledger
            latest = ledger.notes.latest_checkpoint()
            if latest is None or latest[0] < size:  # founded, restored, or of an earlier version
                with ledger.database.transaction(commit=True) as cursor:
                    head = ledger.log.lock(cursor)
                    ledger._replica.catch_up()
                    ledger._replica.require_head(head)
                    ledger._sign_checkpoint(cursor, head)
            ledger.publications.publish_unwitnessed()
            ledger.publications.keep_latest()
        seal_earlier(ledger.database, ledger.keys)
        ledger._erase_again()
        return ledger

    def close(self) -> None:
        """Close the files and the threads."""
        self.publications.keep_recorded()
        with self._lock:
            self._replica.close()
        self._verifiers.close()
        self.keys.store.close()
        self.application.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, staged: Iterable[Disclosure] = ()) -> Draft:
        """Return a reader of the record as it is now; ``staged`` disclosures come with a statement."""
        with self._lock:
            return self._read(staged)

    @contextmanager
    def still(self) -> Iterator[None]:
        """Within it, no other thread of this process appends.

        Enter it before a transaction that writes and reads the record: an append waits for that transaction,
        and reading would wait for the append.
        """
        with self._lock:
            yield

    def holders(self, role: Role) -> list[str]:
        """Return the person ids of those who hold a role and a key now: founders first, then in order."""
        read, today = self.read(), self.now().date()
        officers = [read.officer_on(one, today) for one in self.people()]
        return [officer.person_id for officer in officers if role in officer.roles and officer.keys]

    def people(self) -> list[str]:
        """Return the person ids of everyone who is or was an officer: founders first, then in order."""
        founders = [founder.person_id for founder in self.read().founding().founders]
        return list(dict.fromkeys([*founders, *self.ids_of("officer")]))

    def _erase_again(self) -> None:
        """Erase whom a restored database or key store has not heard of: its own log, or a list beside it, names them.

        Raises ``Unavailable``, and ``Unreadable`` when the key store is not that of this ledger.
        """
        if self.keys.store.is_empty() and self.vault.locked():
            says = f"the keys of persons are not in {FOLDER}: set {VARIABLE}, or restore them from a backup"
            dit = f"les clés des personnes ne sont pas dans {FOLDER} : définissez {VARIABLE} ou restaurez-les"
            raise Unreadable(f"{self.folder}: {says}", f"{self.folder} : {dit}")
        earlier = self.folder / LIST
        if earlier.exists():
            self.keys.destroy(map(person, read_list(earlier)))
            earlier.unlink()
        with self._lock:
            self._forget_erased()
        destroyed = self.keys.store.destroyed()
        self.keys.destroy(destroyed)  # of which an older store may still have some
        self.erased_again = repeat(self.database, persons(destroyed))

    def _forget_erased(self) -> None:
        """Destroy the keys of everyone whose erasure was folded in. Raises ``Unavailable``; then it is tried again."""
        erased = self._replica.memory.found(ERASED)[self._forgotten :]
        if not erased:
            return
        read = Draft(self._replica.memory)
        ids = [one_id for person_id in erased for one_id in read.ids_of(person_id)]
        self.vault.forget(ids)
        try:
            if not self.keys.store.destroyed().issuperset(map(person, ids)):
                for backup in backups(self.folder):  # of an earlier version, with everybody in clear
                    backup.unlink(missing_ok=True)
            self.keys.destroy(map(person, ids))
        except (OSError, Unavailable) as error:
            raise Unavailable(f"recorded, but keys could not be destroyed: {error}") from error
        self._forgotten += len(erased)

    def erasures(self) -> object:
        """Return what is equal for as long as the same ids count as those of erased persons."""
        with self._lock:
            self._replica.catch_up()
            memory = self._replica.memory
            return len(memory.found(ERASED)), memory.merges

    def ids_of(self, kind: str) -> list[str]:
        """Return the ids of every stream of a kind, in order."""
        return self._replica.memory.ids_of(kind)

    def entries(self, start: int, stop: int) -> Sequence[Notification]:
        """Return the stored entries with leaf indexes from ``start`` to ``stop``, the latter excluded."""
        return self.log.select_notifications(start + 1, max(stop - start, 0), stop)

    def signed_events(self, stream: Stream) -> list[SignedEvent]:
        """Return every event of a stream, in order."""
        return [self.application.mapper.to_domain_event(s) for s in self.log.select_events(str(stream))]  # type: ignore[misc]  # our mapper returns SignedEvent

    def size(self) -> int:
        """Return how many entries the log has."""
        return self.log.size()

    def size_at(self, moment: datetime) -> int:
        """Return how many entries were known at a moment. Once the log has a later one, this never changes."""
        with self._lock:
            self._replica.catch_up()
            return self._replica.memory.known.size_at(moment)

    def statements(self, streams: Iterable[Stream], size: int) -> list[tuple[int, bytes]]:
        """Return leaf index and exact bytes of the streams' statements among the first ``size`` entries, in order."""
        rows = self.log.of_streams(map(str, streams))
        return [(position - 1, state) for position, state in rows if position <= size]

    def checkpoint(self) -> str:
        """Return the latest published checkpoint, as a note."""
        return self.latest()[0]

    def latest(self) -> tuple[str, Checkpoint]:
        """Return the latest published checkpoint, as a note and parsed. Raises ``Conflict`` while there is none."""
        return self.publications.latest()

    def state_heads(self, checkpoint: Checkpoint, versions: dict[Stream, int]) -> str:
        """Return a signed note of the streams' versions under a checkpoint."""
        return sign_heads(checkpoint, self.now(), versions, self._log_key)

    def proof(self, index: int) -> InclusionProof:
        """Return the proof that leaf ``index`` is in the published log. Raises ``Refused`` when it is not."""
        note, checkpoint = self.latest()
        if not 0 <= index < checkpoint.size:
            raise Refused("unknown", kind="entry", id=str(index + 1))
        (path,) = self.tree.inclusions([index], checkpoint.size)
        return InclusionProof(index, tuple(path), note)

    def tile(self, tile: Tile) -> bytes:
        """Return the hashes of a tile, or the entries of a bundle. Raises LookupError if the public log has neither."""
        if not tile.is_in(self.publications.size):
            raise LookupError(str(tile))
        if tile.level == "entries":
            first = tile.index * FULL
            return bundle_bytes([entry.state for entry in self.entries(first, first + tile.width)])
        return self._hashes(tile.tree_level, tile.index * FULL, tile.width)

    def now(self) -> datetime:
        """Return the time of the ledger's clock, in whole seconds UTC."""
        return self.time.now()

    def require_plausible_clock(self) -> None:
        """Require that the clock can be right, beside what the log says. Raises ``Conflict``."""
        with self._lock:
            self._replica.catch_up()
            self.time.require_plausible(self._replica.memory.known.last)

    def prepare(
        self,
        command: Command,
        by: tuple[Signer, ...],
        disclosures: Iterable[Disclosure] = (),
        on: Draft | None = None,
    ) -> Prepared:
        """Decide a command, and return the statement for ``by`` to sign. Raises ``Refused``.

        ``on`` is a reader that :meth:`read` returned, with the disclosures of all that is prepared on it, and with the
        events that are to be recorded before this one: it can be appended after them only.
        """
        time = self.now()
        with self._lock:
            read = self._read(disclosures) if on is None else on
            self._replica.require_plausible(command)
            size = self._replica.memory.size
            head, nonce = Head(size, self._replica.root_at(size)), secrets.token_bytes(NONCE_BYTES)
            event = next_event(command, Act(by, time), read, self.trust.origin, head, nonce)
        return Prepared(payload_to_sign(event), event, read)

    def resume(
        self, payload: bytes, command: Command, disclosures: Iterable[Disclosure] = (), on: Draft | None = None
    ) -> Prepared | Receipt | None:
        """Return a statement that was prepared before, while it can be recorded as it is; ``on`` as in :meth:`prepare`.

        Returns its receipt once it is recorded, and None when the record moved on or the statement is too old.
        Raises ``Refused`` when the rules no longer allow it.
        """
        with self._lock:
            read, event = self._read(disclosures) if on is None else on, decode_payload(payload)
            receipt = self._recorded(event, lambda envelope: open_envelope(envelope).payload == payload)
            if receipt is not None:
                self._forget_erased()
                return receipt
            try:
                self._replica.require_current(event)
                require_decision(event, command, read)
            except (Conflict, Unverifiable):
                return None
            return Prepared(payload, event, read)

    def receipt(self, payload: bytes) -> Receipt | None:
        """Return where a prepared statement is in the log, or None."""
        with self._lock:
            self._replica.catch_up()
            self._forget_erased()
            return self._recorded(decode_payload(payload), lambda envelope: open_envelope(envelope).payload == payload)

    def submit(self, submissions: Sequence[Submission]) -> list[Answer]:
        """Record signed statements in one transaction; returns an answer for each, in order.

        With a receipt, the statement and the checkpoint that covers it are on the disk: a commit syncs them together.
        The copy of that checkpoint beside the database follows: see :meth:`Publications.keep_recorded`.
        Raises ``Unavailable`` when nothing was recorded, and ``Uncertain`` when that could not be found out in time.
        """
        with self._lock:
            answers = self._record(submissions)
            self._forget_erased()
        return answers

    def record(self, submission: Submission) -> Receipt:
        """Record one signed statement. Raises ``Refused`` or a ``LedgerError`` when it is not recorded."""
        (answer,) = self.submit([submission])
        return received(answer)

    def _read(self, staged: Iterable[Disclosure]) -> Draft:
        self._replica.catch_up()
        with suppress(Unavailable):  # a read does not acknowledge it
            self._forget_erased()
        return self._replica.draft({d.digest: d for d in staged}.get)

    def _record(self, submissions: Sequence[Submission]) -> list[Answer]:
        """Append what passes. When it is not known whether that was committed, it is submitted again: recorded once."""
        uncertain: Uncertain | None = None
        deadline = monotonic() + RESOLVING_SECONDS
        while True:
            try:
                if uncertain is not None:
                    self.log.confirm()
                return self._append(submissions)
            except IntegrityError as error:
                raise Corrupt("log-forked", f"the head of the log contradicts its entries ({error})") from error
            except Unavailable as error:
                if isinstance(error, Uncertain):
                    uncertain = error
                if uncertain is None:
                    raise
                if monotonic() > deadline:
                    raise uncertain from error
                sleep(RESOLVING_PAUSE)

    def _append(self, submissions: Sequence[Submission]) -> list[Answer]:
        """Decide, and append what passes with its checkpoint."""
        self._replica.catch_up()
        batch, answers = self._decided(submissions)
        receipts: dict[int, Receipt] = {}
        if len(answers) < len(submissions):
            with self.database.transaction(commit=True) as cursor:
                head = self.log.lock(cursor)
                if head.size != batch.size:  # nobody appends now: this decision is the last
                    self._replica.catch_up()
                    batch, answers = self._decided(submissions)
                self._replica.require_head(head)
                receipts = batch.append(head)
                self._sign_checkpoint(cursor, batch.head)
                for number, receipt in receipts.items():
                    if (settle := submissions[number].settle) is not None:
                        settle(receipt)
            batch.settle()
        # A refused statement may be recorded already: before, by another process, or in this batch.
        refused = {number: self._recorded_before(submissions[number]) or error for number, error in answers.items()}
        return [answer for _, answer in sorted((refused | receipts).items())]

    @uncollected()
    def _decided(self, submissions: Sequence[Submission]) -> tuple[Batch, dict[int, Answer]]:
        """Decide in order, and verify signatures together; return what passes, and the errors of the rest by number.

        The keys that what passes is sealed with are made.
        """
        excluded: dict[int, Answer] = {}
        while True:
            errors: dict[int, Answer] = {}
            batch = Batch(self._replica)
            for number, submission in enumerate(submissions):
                if number not in excluded:
                    try:
                        batch.take(number, submission)
                    except (Refused, LedgerError) as error:
                        errors[number] = error
            forged = {c.number: wrong for c in self._verifiers.false(batch.claims) if (wrong := c.fault()) is not None}
            refused = (forged | batch.with_values_of_others()) or batch.make_keys()
            if not refused:
                return batch, errors | excluded
            excluded |= refused  # what was decided after them is decided anew

    def _recorded_before(self, submission: Submission) -> Receipt | None:
        """Return the receipt of a signed statement that is in the log byte for byte, or None."""
        try:
            event = decode_payload(open_envelope(submission.envelope).payload)
        except Unverifiable:
            return None
        return self._recorded(event, lambda envelope: envelope == submission.envelope)

    def _recorded(self, event: Event[Fact], is_same: Callable[[bytes], bool]) -> Receipt | None:
        """Return the receipt of a statement in the log; None when its place is free, or holds another envelope."""
        if event.version > self._replica.memory.version(event.subject):
            return None
        for position, envelope in self.log.of_version(event.stream, event.version):
            if is_same(envelope):
                return Receipt.of(position, event)
        return None

    def _sign_checkpoint(self, cursor: Cursor, head: RightEdge) -> None:
        """Sign the head of the log, inside a transaction that has locked it. Raises ``Corrupt`` at another root."""
        checkpoint = Checkpoint(self.trust.origin, head.size, head.root())
        self.publications.add(cursor, head.size, sign_checkpoint(checkpoint, self._log_key))
