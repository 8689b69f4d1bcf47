"""Publishing checkpoints: each with every signature that the trust root asks for.

The log signs a checkpoint after each commit and publishes the latest, with its ML-DSA-44 signature if it has that key.
Where the policy asks for witnesses, a checkpoint is published once a quorum has cosigned it; until then the one before
stays the latest, because only witnessed entries count in public. A published checkpoint with a time is signed again
every hour: readers see that the log is still running.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock

from eventsourcing.persistence import OperationalError, PersistenceError

from ledger.errors import Conflict, Corrupt, LedgerError, Unverifiable
from ledger.files import expecting, write_whole
from ledger.log.checkpoint import Checkpoint, open_checkpoint
from ledger.log.cosignature import Cosigner
from ledger.log.policy import Policy
from ledger.signing.keys import MlDsaKey
from ledger.signing.note import MAX_NOTE_BYTES, Note, NoteSignature
from ledger.store.notes import Notes
from ledger.store.port import Cursor
from ledger.store.recorder import LedgerRecorder
from ledger.store.tree import StoredTree
from ledger.trust import TrustRoot

ML_DSA_KEY, PUBLISHED = "log-ml-dsa.key", "published.note"
PUBLISHING = "publishing"  # the name of the trouble that says why nothing is published
SIGNED_AGAIN = timedelta(hours=1)
NOTES = 8  # whose signatures are verified once


class Publications:
    """Publishes the checkpoints of one log. Safe for threads, and beside other processes on the same file."""

    def __init__(
        self,
        folder: Path,
        notes: Notes,
        tree: StoredTree,
        log: LedgerRecorder,
        trust: TrustRoot,
        now: Callable[[], datetime],
    ) -> None:
        self.policy: Policy = trust.witnesses
        self._notes, self._tree, self._log = notes, tree, log
        self._trust = trust
        self._now = now
        self._file = folder / PUBLISHED
        self._lock = Lock()
        self._in_file = 0, ""  # the note that is known to be there, with its size; no note when it is another's
        self._recorded: tuple[int, str] | None = None  # what this process published last by recording it
        # No checkpoint with a size above the first number and up to the second satisfies the policy of today.
        self._unwitnessed = 0, 0
        self._opened = lru_cache(NOTES)(trust.opened)
        self._witnessed = lru_cache(NOTES)(self.policy.witnessed)
        self._signed_at = lru_cache(NOTES)(trust.signed_at)
        self._cosigner = (
            None if trust.ml_dsa_key is None else Cosigner(trust.origin, MlDsaKey.load(folder / ML_DSA_KEY))
        )
        if self._cosigner is not None and self._cosigner.verifier_key != trust.ml_dsa_key:
            raise Corrupt("log-key-other", f"{ML_DSA_KEY} is not the key that the trust root names")

    @property
    def size(self) -> int:
        """How many entries are public; 0 while none are."""
        if not self.policy.asks:
            return self._log.size()
        latest = self._notes.latest_published()
        return 0 if latest is None else latest[0]

    def latest(self) -> tuple[str, Checkpoint]:
        """The latest published checkpoint as a note, and what it says. Raises ``Conflict`` while there is none."""
        latest = self._notes.latest_published()
        if latest is None:
            raise Conflict("not-witnessed", "nothing is published yet: the log waits for its witnesses")
        self._keep(*latest)
        return latest[1], self._opened(latest[1])

    def signed_at(self) -> datetime | None:
        """When the latest published checkpoint was signed; None when it states no time, or there is none."""
        latest = self._notes.latest_published()
        return None if latest is None else self._signed_at(latest[1])

    def cosigned(self) -> dict[str, int]:
        """The size of the latest published checkpoint that each witness cosigned; 0 when it is none of the last few."""
        sizes = dict.fromkeys(self.policy.witnesses, 0)
        latest = self._notes.latest_published()
        for _ in range(NOTES):
            if latest is None or all(sizes.values()):
                break
            size, note = latest
            lines = {(line.name, line.hint) for line in Note.parse(note).signatures}
            for name, witness in self.policy.witnesses.items():
                if not sizes[name] and (witness.key.name, witness.key.hint) in lines:
                    sizes[name] = size
            latest = self._notes.latest_published(size - 1)
        return sizes

    def latest_of(self, size: int) -> Checkpoint | None:
        """The latest published checkpoint of at most ``size`` entries; None when there is none."""
        found = self._notes.latest_published(size)
        return None if found is None else self._opened(found[1])

    def first_witnessed(self, index: int) -> tuple[int, str] | None:
        """The earliest checkpoint that covers leaf ``index`` and satisfies the policy: its size and note.

        None when nobody is asked, or it was not witnessed by them.
        """
        if not self.policy.asks:
            return None
        start, end = self._unwitnessed
        size, start = (end, start) if start <= index < end else (index, index)
        while (found := self._notes.next_published(size)) is not None and self.policy.witnessed(found[1]) is None:
            size = found[0]  # published under another policy
        if size > index:
            self._unwitnessed = start, size  # which the next certificate of that time passes over
        return found

    def unpublished(self) -> str | None:
        """The latest checkpoint that the log signed; None when it is published already, and recently."""
        signed, latest = self._notes.latest_checkpoint(), self._notes.latest_published()
        assert signed is not None  # signed when the ledger was opened
        if latest is not None and latest[0] >= signed[0] and not self._is_due(latest[1]):
            return None
        return signed[1]

    def candidate(self) -> Note | None:
        """What is unpublished, as the log signs it for the public."""
        note = self.unpublished()
        if note is None:
            return None
        self._log.confirm()
        return self._signed_for_all(note)

    def _signed_for_all(self, note: str) -> Note:
        """A checkpoint with every signature that the log itself gives to the public."""
        if self._cosigner is None:
            return Note.parse(note)
        checkpoint = open_checkpoint(note, self._trust.verifier_key)
        return Note.parse(note).signed_too(self._cosigner.cosign(checkpoint, int(self._now().timestamp())))

    def _is_due(self, note: str) -> bool:
        if self.policy.asks and self._witnessed(note) is None:
            return True  # published when the policy was another one
        if not self.policy.asks and self.policy.witnesses and not self._cosignatures(note):
            return True  # no quorum is asked for, but some witness may cosign
        signed_at = self._signed_at(note)
        return signed_at is not None and signed_at + SIGNED_AGAIN <= self._now()

    def add(self, cursor: Cursor, size: int, note: str) -> None:
        """Store a checkpoint that the log signs, in the transaction that appends. Nobody has seen it before the commit.

        It is published with it where the policy asks nobody. Raises ``Corrupt`` when another root of this size was
        signed before.
        """
        published = None if self.policy.asks else str(self._signed_for_all(note))
        stored = self._notes.add_checkpoint(size, note, published)
        if stored != note and Note.parse(stored).text != Note.parse(note).text:
            raise Corrupt("log-forked", f"another checkpoint of {size} entries was signed")
        if published is not None:
            cursor.after_commit(partial(setattr, self, "_recorded", (size, published)))

    def publish_unwitnessed(self) -> None:
        """Publish the latest checkpoint if that is still to be done, where the policy asks nobody to witness it."""
        note = None if self.policy.asks else self.candidate()
        if note is not None:
            self.publish(note)

    def publish(self, note: Note) -> None:
        """Publish a candidate. Raises ``Unverifiable`` when a signature or a witness is missing."""
        checkpoint = self._trust.opened(str(note))
        self.policy.require(str(note))
        if checkpoint.root != self._tree.root_at(checkpoint.size):
            raise Unverifiable("checkpoint-root", "the checkpoint is of another tree")
        # Those of the note of that size that was published first say the earliest time, and stay.
        first = self._notes.first_published(checkpoint.size)
        text = str(note if first is None else note.signed_too(*self._cosignatures(first)))
        self._notes.publish(checkpoint.size, text)
        self._keep(checkpoint.size, text)

    def require_not_behind(self) -> None:
        """What was published last is in the log. Raises ``Corrupt`` when the database was set back, or replaced.

        A backup that is copied back holds old checkpoints with old entries, and is consistent in itself: so the
        latest note is in a file of its own as well, which each process writes before it shows the note to anyone.
        """
        with expecting(self._file, "the note published last; restore it", "la dernière note publiée, à restaurer"):
            kept = self._kept()
        size = self._log.size()
        if kept is not None and kept.size > size:
            published = f"{self._file.name} shows that {kept.size} entries were published"
            raise Corrupt("checkpoint-ahead", f"{published}, the log has {size}: was it set back?")
        if kept is not None and kept.root != self._tree.root_at(kept.size):
            raise Corrupt("log-forked", f"{self._file.name} shows {kept.size} entries that this log does not have")

    def keep_latest(self) -> None:
        """Keep what was published beside the database, too: a copy of before it is set back is noticed then.

        What cannot be kept now is kept before it is shown.
        """
        with suppress(PersistenceError):
            latest = self._notes.latest_published()
            if latest is not None:
                self._keep(*latest)

    def keep_recorded(self) -> None:
        """The same with what this process recorded, which it knows without the database.

        It takes two syncs, for which nobody who records a statement waits.
        """
        if self._recorded is not None:
            with suppress(PersistenceError, LedgerError, OSError):
                self._keep(*self._recorded)

    def _keep(self, size: int, note: str) -> None:
        """Replace the note beside the database, unless more is known to have been published: before it is shown."""
        if self._is_in_file(size, note):
            return
        with self._lock:
            if self._is_in_file(size, note):
                return  # since another thread showed it
            kept = self._kept()
            if kept is not None and kept.size > size:
                self._in_file = kept.size, ""
                return
            try:
                write_whole(self._file, note.encode())
            except OSError as error:
                raise OperationalError(error) from None
            self._in_file = size, note

    def _is_in_file(self, size: int, note: str) -> bool:
        """Whether this note is known to be in the file, or one of more entries."""
        known_size, known_note = self._in_file
        return size < known_size or note == known_note

    def _kept(self) -> Checkpoint | None:
        if not self._file.exists():
            return None
        with self._file.open("rb") as file:
            note = file.read(MAX_NOTE_BYTES + 1)
        return open_checkpoint(note.decode(errors="replace"), self._trust.verifier_key)

    def _cosignatures(self, note: str) -> list[NoteSignature]:
        """The lines in the names of the policy's witnesses; that they hold is not checked."""
        keys = {(witness.key.name, witness.key.hint) for witness in self.policy.witnesses.values()}
        return [line for line in Note.parse(note).signatures if (line.name, line.hint) in keys]
