"""The record as this process has folded it in, and what a statement must satisfy to follow it.

Other processes append to the same database: :meth:`Replica.catch_up` folds in what they appended.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from ledger.disclosures import Disclosure
from ledger.domain.dating import CLOCK_SKEW, STATEMENT_LIFETIME, is_back_dated
from ledger.domain.decisions.acting import Command
from ledger.domain.events.clock import THE_CLOCK
from ledger.domain.record import Event, Fact, Stream
from ledger.domain.subjects import SUBJECTS
from ledger.errors import Conflict, Corrupt, Unverifiable
from ledger.log.tree import RightEdge, leaf_hash
from ledger.reading import Draft, Memory
from ledger.signing.envelope import open_envelope
from ledger.signing.statement import decode_payload
from ledger.store.application import LedgerApplication
from ledger.store.clock import Timekeeper
from ledger.store.port import Unavailable
from ledger.store.remembering import KeptMemory, KeptStates, Reached
from ledger.store.tree import StoredTree
from ledger.store.vault import Vault

REPLAY_BATCH = 5000
WRITE_EVERY, WRITE_AT_CLOSE = 20_000, 500  # entries after which states are written: reading 500 takes some 15 ms
CACHED_ROOTS = 1024


class Replica:
    """The states after the entries that were read so far. The caller holds the ledger's lock."""

    def __init__(
        self,
        application: LedgerApplication,
        vault: Vault,
        origin: str,
        time: Timekeeper,
        states: Path,
        *,
        read_only: bool = False,
    ) -> None:
        """``states`` is the file of the states that are kept."""
        self.application = application
        self.vault = vault
        self._origin = origin
        self._time = time
        self.root_at = lru_cache(CACHED_ROOTS)(StoredTree(application.database).root_at)
        self.memory = KeptMemory(
            KeptStates(states, origin, self._has, writes=not read_only), self._folded, self._folded_all
        )
        reached = self.memory.load()
        self._edge = RightEdge() if reached is None else reached.edge  # of the tree of what was folded in
        self._last = b"" if reached is None else reached.last  # the leaf hash of the last of it

    def catch_up(self) -> None:
        """Fold in what was appended since, by this process or another.

        Raises ``Corrupt`` when the log no longer ends, or goes on, as it was read: a database was set back, or another
        one took its place.
        """
        recorder, mapper = self.application.recorder, self.application.mapper
        while True:
            known = self.memory.size
            batch = recorder.select_notifications(known, REPLAY_BATCH)
            if known and (not batch or leaf_hash(batch.pop(0).state) != self._last):
                says = f"the log does not have the {known} entries that this process read: it was set back, or replaced"
                raise Corrupt("log-forked", says)
            if not batch:
                self.memory.write(self._edge, self._last, WRITE_EVERY)
                return
            with uncollected():
                self.memory.advance(mapper.to_domain_event(n).event for n in batch)  # type: ignore[attr-defined]  # our mapper returns SignedEvent
            leaves = [leaf_hash(n.state) for n in batch]
            self._edge, _ = self._edge.append(leaves)
            self._last = leaves[-1]
            self.memory.write(self._edge, self._last, WRITE_EVERY)

    def close(self) -> None:
        """Keep the states for the next process."""
        self.memory.write(self._edge, self._last, WRITE_AT_CLOSE)
        self.memory.close()

    def _has(self, reached: Reached) -> bool:
        """Whether the log goes on from there: it has that last entry, under nodes of that tree."""
        size = reached.edge.size
        entries = self.application.recorder.select_notifications(size, 1, size)
        try:
            return leaf_hash(entries[0].state) == reached.last and self.root_at(size) == reached.edge.root()
        except LookupError:
            return False

    def _folded(self, stream: Stream, size: int) -> Any | None:
        """Return the state of one stream after the first ``size`` entries, from its own."""
        subject, state = SUBJECTS[stream.kind], None
        for position, envelope in self.application.recorder.of_streams([str(stream)]):
            if position <= size:
                before = subject.initial(stream.id, Draft(self.memory)) if state is None else state
                state = subject.evolve(before, decode_payload(open_envelope(envelope).payload))
        return state

    def _folded_all(self, size: int) -> Memory:
        """Return a memory of the first ``size`` entries. Raises ``Corrupt`` when they are not those that were read.

        Raises ``Unavailable`` when the log has fewer: this thread sees it as it was at an earlier moment.
        """
        memory, edge, read = Memory(), RightEdge(), self._edge
        while True:
            stop = read.size if memory.size < read.size else size
            batch = self.application.recorder.select_notifications(memory.size + 1, REPLAY_BATCH, stop)
            if not batch and memory.size < size:
                raise Unavailable(f"the log has {memory.size} entries, of {size} that this process read")
            if not batch:
                return memory
            memory.advance(self.application.mapper.to_domain_event(n).event for n in batch)  # type: ignore[attr-defined]  # our mapper returns SignedEvent
            edge, _ = edge.append([leaf_hash(n.state) for n in batch])
            if edge.size == read.size and edge != read:
                raise Corrupt("log-forked", f"the first {read.size} entries are not those that this process read")

    def settle(self, read: Draft, head: RightEdge, last: bytes) -> None:
        """Fold in what was decided on this draft and appended: the head has become this, its last leaf hash that."""
        read.settle()
        self._edge, self._last = head, last

    def require_head(self, head: RightEdge) -> None:
        """Require that the stored head of the log, which is locked, is that of the entries that were read.

        Whoever can write in the database could otherwise have a checkpoint signed of a tree that the log never had.
        Raises ``Corrupt``.
        """
        if head != self._edge:
            says = f"the head of the log is of {head.size} entries, and not that of the {self._edge.size} which it has"
            raise Corrupt("log-head", says)

    def draft(self, staged: Callable[[str], Disclosure | None]) -> Draft:
        """Return a reader of the record; ``staged`` returns the disclosures that come with a statement, by digest."""
        held_as = cache(self.vault.get)  # a page names the same people many times

        def disclosure(digest: str) -> Disclosure | None:
            if (brought := staged(digest)) is not None:
                return brought
            held = held_as(digest)
            return None if held is None else Disclosure.of_vault(held.encoded)

        return Draft(self.memory, disclosure)

    def require_plausible(self, said: Command | Event[Fact]) -> None:
        """Require a plausible clock, unless it is what the command or event confirms. Raises ``Conflict``."""
        if said.subject != THE_CLOCK:
            self._time.require_plausible(self.memory.known.last)

    def require_current(self, event: Event[Fact]) -> None:
        """Require a statement of this ledger, made in the last days, whose signers saw a head that the log had.

        A confirmation of the clock dates back no entry that its signers did not see. Raises ``Unverifiable``, or
        ``Conflict`` when it is too old.
        """
        self.require_plausible(event)
        now = self._time.now()
        if event.ledger != self._origin:
            raise Unverifiable("ledger-other", f"ledger: expected {self._origin}")
        if event.time > now + CLOCK_SKEW:
            raise Unverifiable("time-in-the-future", "time: lies in the future")
        if event.time < now - STATEMENT_LIFETIME:
            raise Conflict("statement-expired", "time: the statement was prepared more than 7 days ago; prepare again")
        if not 0 <= event.head.size <= self.memory.size or event.head.root != self.root_at(event.head.size):
            raise Unverifiable("head-unknown", "head: the log never had this head")
        seen, before = self.memory.known[event.head.size], self.memory.known.last
        if event.subject == THE_CLOCK:
            if before > max(seen, event.time):
                raise Conflict("moved-on", "time: what was recorded since would count as known then; prepare again")
        elif is_back_dated(event.time, seen, before):
            raise Unverifiable("back-dated", "time: earlier than what its signers saw in the log")


_switching = Lock()  # no thread enables it between another's look and its disabling, which would last


@contextmanager
def uncollected() -> Iterator[None]:
    """Within it, no garbage is looked for: entries leave none, and looking takes two fifths of a replay.

    A batch of statements leaves what its refusals leave, which is found after it; looking takes a twentieth of it.
    """
    with _switching:
        was_enabled = gc.isenabled()
        gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            with _switching:
                gc.enable()
