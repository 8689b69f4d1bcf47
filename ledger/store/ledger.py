"""The ledger: prepares statements, takes signed ones, and answers what was recorded.

Preparing decides and answers the bytes to sign. Submitting decides again: what was signed must still be
what the rules answer. One group of submissions is one transaction, followed by one signed checkpoint.
"""

from __future__ import annotations

import secrets
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock

from eventsourcing.persistence import IntegrityError, Notification

from ledger.documents import Documents
from ledger.domain.deciding import decide
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.record import Event, Fact, Head, Role, Signer, Stream
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_FACT
from ledger.errors import Conflict, Corrupt, LedgerError, Unverifiable
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.heads import sign_heads
from ledger.log.proof import InclusionProof
from ledger.log.tiles import FULL, Tile, bundle_bytes
from ledger.reading import Draft
from ledger.signing.envelope import open_envelope
from ledger.signing.keys import SigningKey
from ledger.signing.post_quantum import MlDsaKey
from ledger.signing.statement import SignedEvent, decode_payload, payload_of
from ledger.signing.verifying import Verifiers
from ledger.store.application import LedgerApplication
from ledger.store.founding import DATABASE, LOG_KEY, NONCE_BYTES, TRUST, found
from ledger.store.group import Group, require_answer
from ledger.store.publishing import Publications
from ledger.store.replica import Replica
from ledger.store.submission import Answer, Prepared, Receipt, Submission, received
from ledger.trust import TrustRoot
from ledger.vault import Disclosure, Vault

ATTEMPTS = 20  # to decide again when another process appended in between
CACHED_TILES = 1024  # of 8 KiB each

Clock = Callable[[], datetime]


class Ledger:
    """One ledger in one folder. Safe for threads, and beside other processes on the same folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self.trust = TrustRoot.load(folder / TRUST)
        self.application = LedgerApplication(folder / DATABASE)
        self.log = self.application.recorder
        self.vault = Vault(self.log.datastore)
        self.documents = Documents(self.log.datastore, secrets.randbelow)
        self._clock = clock
        self.publications = Publications(folder, self.log, self.trust, self.now)
        self._log_key = SigningKey.load(folder / LOG_KEY)
        if self._log_key.public != self.trust.verifier_key.public:
            raise Corrupt("log-key-other", f"{LOG_KEY} is not the key of {TRUST}: what it signed nobody would believe")
        self._lock = Lock()
        self._replica = Replica(self.application, self.vault, self.trust.origin, self.now)
        self._verifiers = Verifiers()
        self._hashes = lru_cache(CACHED_TILES)(self.log.hashes)  # which never change

    @classmethod
    def open(cls, folder: Path, clock: Clock) -> Ledger:
        """Open a founded ledger. Raises ``Corrupt`` when a checkpoint is ahead of the entries, or of other ones."""
        ledger = cls(folder, clock)
        size = ledger.log.size()
        for latest in (ledger.log.latest_checkpoint(), ledger.log.latest_published()):
            if latest is not None and latest[0] > size:
                raise Corrupt("checkpoint-ahead", f"a checkpoint of {latest[0]} entries was signed, the log has {size}")
        ledger.publications.require_not_behind()
        with ledger._lock:
            ledger._replica.catch_up()
            ledger._sign_checkpoint()
        ledger.log.finish_erasures()
        return ledger

    @classmethod
    def found(
        cls,
        folder: Path,
        clock: Clock,
        *,
        origin: str,
        body: tuple[str, str],
        founders: Sequence[tuple[str, Role, SigningKey, Sequence[Disclosure]]],
        log_key: SigningKey,
        ml_dsa_key: MlDsaKey | None = None,
        policy: str | None = None,
    ) -> Ledger:
        """Found a ledger in an empty folder: leaf 0 is signed by each founder. All of it is there then, or nothing.

        ``body`` is the name of the certification body in English and French; a founder is a person id,
        a role, a key and details such as the name. ``policy`` names the log's witnesses. Raises FileExistsError,
        ValueError when the policy cannot be read, and ``Refused`` when the founders are not two people with a key each,
        a director and a security officer among them.
        """
        found(
            folder,
            _now(clock),
            origin=origin,
            body=body,
            founders=founders,
            log_key=log_key,
            ml_dsa_key=ml_dsa_key,
            policy=policy,
        )
        return cls.open(folder, clock)

    def close(self) -> None:
        """Let go of the file and the threads."""
        self.log.finish_erasures()
        self._verifiers.close()
        self.application.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- reading -------------------------------------------------------------------------------

    def read(self, staged: Iterable[Disclosure] = ()) -> Draft:
        """A reader of the record as it stands now; ``staged`` disclosures come with a statement."""
        with self._lock:
            return self._read(staged)

    def holders(self, role: Role) -> list[str]:
        """Who can sign in a role now, holding it and a key: founders first, then by person id."""
        read = self.read()
        officers = map(read.officer, self._people(read))
        return [officer.person_id for officer in officers if role in officer.roles and officer.keys]

    def people(self) -> list[str]:
        """Everyone who is or was an officer, founders first, then by person id."""
        return self._people(self.read())

    def _people(self, read: Draft) -> list[str]:
        founders = [founder.person_id for founder in read.founding().founders]
        return list(dict.fromkeys([*founders, *self.ids_of("officer")]))

    def ids_of(self, kind: str) -> list[str]:
        """The ids of every stream of a kind, in order."""
        return sorted(stream.id for stream in list(self._replica.memory.states) if stream.kind == kind)

    def find_person(self, given_name: str, family_name: str, administration_id: str) -> str | None:
        """The person of that name whom that administration employs or nominated; None when there is none."""
        asked = {"given_name": given_name, "family_name": family_name}
        read = self.read()
        for person_id in self.ids_of("person"):
            person = read.person(person_id)
            nominated = {c.nominated.administration_id for c in read.candidacies_of(person.person_id)}
            if administration_id in {person.administration_id, *nominated}:
                known = {name: read.disclosure(person.details.get(name, "")) for name in asked}
                if {name: d.value for name, d in known.items() if d is not None} == asked:
                    return person.person_id
        return None

    def entries(self, start: int, stop: int) -> Sequence[Notification]:
        """The stored entries with leaf indexes from ``start`` to ``stop``, the latter excluded."""
        return self.log.select_notifications(start + 1, max(stop - start, 0), stop)

    def signed_events(self, stream: Stream) -> list[SignedEvent]:
        """Every event of a stream, in order."""
        return [self.application.mapper.to_domain_event(s) for s in self.log.select_events(str(stream))]  # type: ignore[misc]  # our mapper answers SignedEvent

    def size(self) -> int:
        """How many entries the log has."""
        return self.log.size()

    def size_at(self, moment: datetime) -> int:
        """How many entries were known at a moment. Once the log knows a later one, this never changes."""
        with self._lock:
            self._replica.catch_up()
            return bisect_right(self._replica.memory.known, moment, 1) - 1  # from 1: the first is of size 0

    def statements(self, stream: Stream, size: int) -> list[tuple[int, bytes]]:
        """Leaf index and exact bytes of a stream's statements among the first ``size`` entries, in order."""
        return [(position - 1, state) for position, state in self.log.of_stream(str(stream)) if position <= size]

    def checkpoint(self) -> str:
        """The latest published checkpoint, as a note."""
        return self.latest()[0]

    def latest(self) -> tuple[str, Checkpoint]:
        """The latest published checkpoint as a note, and what it says. Raises ``Conflict`` while there is none."""
        return self.publications.latest()

    def state_heads(self, checkpoint: Checkpoint, versions: dict[Stream, int]) -> str:
        """What the log states now, signed: so far these streams go under this checkpoint."""
        return sign_heads(checkpoint, self.now(), versions, self._log_key)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The path from leaf ``index`` to the root of the tree of ``size`` leaves."""
        return self.log.inclusion(index, size)

    def proof(self, index: int) -> InclusionProof:
        """That leaf ``index`` stands in the published log. Raises ``Refused`` when it does not."""
        note, checkpoint = self.latest()
        if not 0 <= index < checkpoint.size:
            raise Refused("unknown", kind="entry", id=str(index + 1))
        return InclusionProof(index, tuple(self.inclusion(index, checkpoint.size)), note)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """That the tree of ``new`` leaves begins with that of ``old`` leaves; nothing to prove from 0."""
        return self.log.consistency(old, new) if old else []

    def tile(self, tile: Tile) -> bytes:
        """The hashes of a tile, or the entries of a bundle. Raises LookupError when the public log has none such."""
        if not tile.is_in(self.publications.size):
            raise LookupError(f"{tile}: the published log has no such tile")
        if tile.level == "entries":
            first = tile.index * FULL
            return bundle_bytes([entry.state for entry in self.entries(first, first + tile.width)])
        return self._hashes(tile.tree_level, tile.index * FULL, tile.width)

    def now(self) -> datetime:
        """The ledger's clock, in whole seconds UTC."""
        return _now(self._clock)

    # -- writing -------------------------------------------------------------------------------

    def prepare(self, command: Command, by: tuple[Signer, ...], disclosures: Iterable[Disclosure] = ()) -> Prepared:
        """The statement that ``by`` would sign for this command. Raises ``Refused``."""
        time = self.now()
        with self._lock:
            read = self._read(disclosures)
            decided = decide(command, Act(by, time), read)
            size = self._replica.memory.size
            event = Event(
                ledger=self.trust.origin,
                type=BY_FACT[type(decided.fact)].wire_name,
                stream=str(decided.stream),
                version=read.version(decided.stream) + 1,
                time=time,
                nonce=secrets.token_bytes(NONCE_BYTES),
                head=Head(size, self._replica.root_at(size)),
                by=by,
                facts=decided.fact,
            )
        return Prepared(payload_of(event), event, read)

    def resume(
        self, payload: bytes, command: Command, disclosures: Iterable[Disclosure] = ()
    ) -> Prepared | Receipt | None:
        """Return a statement that was prepared before, while it can be recorded as it is.

        Once it was recorded, whoever submitted it, its receipt is returned; None when the record moved on or it grew
        too old. Raises ``Refused`` when the rules no longer allow it.
        """
        with self._lock:
            read, event = self._read(disclosures), decode_payload(payload)
            receipt = self._recorded(event, lambda envelope: open_envelope(envelope).payload == payload)
            if receipt is not None:
                return receipt
            try:
                self._replica.require_current(event)
                require_answer(event, command, read)
            except (Conflict, Unverifiable):
                return None
            return Prepared(payload, event, read)

    def receipt(self, payload: bytes) -> Receipt | None:
        """Return where a prepared statement is in the log, None when it is not."""
        with self._lock:
            self._replica.catch_up()
            return self._recorded(decode_payload(payload), lambda envelope: open_envelope(envelope).payload == payload)

    def submit(self, submissions: Sequence[Submission]) -> list[Answer]:
        """Record a group of signed statements; one answer each, in order. Nothing is half done."""
        with self._lock:
            self._replica.catch_up()
            answers = self._record(submissions)
            self._sign_checkpoint()
        # Not under the lock: it may wait for readers.
        self.log.finish_erasures()
        return answers

    def record(self, submission: Submission) -> Receipt:
        """Record one signed statement. Raises ``Refused`` or a ``LedgerError`` when it is not."""
        (answer,) = self.submit([submission])
        return received(answer)

    def _read(self, staged: Iterable[Disclosure]) -> Draft:
        self._replica.catch_up()
        return self._replica.draft({d.digest: d for d in staged}.get)

    def _record(self, submissions: Sequence[Submission]) -> list[Answer]:
        """Decide in order, verify together, append at once; what fails is answered, the rest goes on."""
        for _ in range(ATTEMPTS):
            answers: dict[int, Answer] = {}
            group = Group(self._replica)
            for number, submission in enumerate(submissions):
                try:
                    group.take(number, submission)
                except (Refused, LedgerError) as error:
                    answers[number] = error
            refused = {**self._forged(group), **group.with_values_of_others()}
            if refused:
                rest = [s for n, s in enumerate(submissions) if n not in refused]
                remaining = iter(self._record(rest))
                return [refused[n] if n in refused else next(remaining) for n in range(len(submissions))]
            try:
                appended = group.append()
            except IntegrityError:
                self._replica.catch_up()
                continue
            # What is refused may be recorded already: earlier, by another process, or in this group.
            again = {number: self._recorded_before(submissions[number]) or error for number, error in answers.items()}
            receipts = {number: _receipt(position, event) for number, (position, event) in appended.items()}
            return [{**again, **receipts}[n] for n in range(len(submissions))]
        return [Conflict("busy", "other writers were faster each time: submit again")] * len(submissions)

    def _forged(self, group: Group) -> dict[int, Answer]:
        """The submissions with a signature that does not hold."""
        return {
            claim.number: Unverifiable("signature-invalid", f"the signature of {claim.person} does not hold")
            for claim in self._verifiers.false(group.claims)
        }

    def _recorded_before(self, submission: Submission) -> Receipt | None:
        """The receipt of a signed statement that is in the log, byte for byte."""
        try:
            event = decode_payload(open_envelope(submission.envelope).payload)
        except Unverifiable:
            return None
        return self._recorded(event, lambda envelope: envelope == submission.envelope)

    def _recorded(self, event: Event[Fact], is_same: Callable[[bytes], bool]) -> Receipt | None:
        """The receipt of a statement that is in the log; None when its place is free, or holds another envelope."""
        if event.version > self._replica.memory.version(event.subject):
            return None
        found = self.log.locate(event.stream, event.version)
        return _receipt(found[0], event) if found is not None and is_same(found[1]) else None

    def _sign_checkpoint(self) -> None:
        size, latest = self._replica.memory.size, self.log.latest_checkpoint()
        if latest is None or latest[0] < size:
            checkpoint = Checkpoint(self.trust.origin, size, self._replica.root_at(size))
            self.log.store_checkpoint(size, sign_checkpoint(checkpoint, self._log_key))


def _receipt(position: int, event: Event[Fact]) -> Receipt:
    return Receipt(position - 1, event.stream, event.version, event.type)


def _now(clock: Clock) -> datetime:
    return clock().astimezone(UTC).replace(microsecond=0)
